//! The BERT base and the classifier that ship with ebrc.
