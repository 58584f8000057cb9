//! BERT for sequence classification: load, fine-tune, classify, save.
