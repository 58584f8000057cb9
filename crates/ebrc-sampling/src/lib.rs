//! Training, predictive and evaluation sets from labelled templates.
