//! The confusion matrix, its figures, and the evaluation report.
