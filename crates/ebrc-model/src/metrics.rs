//! Figures of a validation set.

use serde::{Deserialize, Serialize};

/// How well a model does on the validation set; every example counts by its
/// weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Validation {
    /// Mean cross-entropy.
    pub loss: f32,
    /// Mean over the labels of their F1; labels that neither occur nor are
    /// predicted are left out.
    pub macro_f1: f32,
    /// Share of right predictions.
    pub accuracy: f32,
}

/// Weights of examples by true and predicted label.
pub(crate) struct Confusion {
    classes: usize,
    weights: Vec<f64>,
}

impl Confusion {
    pub(crate) fn new(classes: usize) -> Self {
        Self {
            classes,
            weights: vec![0.0; classes * classes],
        }
    }

    pub(crate) fn add(&mut self, truth: usize, predicted: usize, weight: f64) {
        self.weights[truth * self.classes + predicted] += weight;
    }

    pub(crate) fn accuracy(&self) -> f64 {
        let hits: f64 = (0..self.classes)
            .map(|c| self.weights[c * self.classes + c])
            .sum();
        hits / self.weights.iter().sum::<f64>()
    }

    pub(crate) fn macro_f1(&self) -> f64 {
        let (mut total, mut classes) = (0.0, 0);
        for class in 0..self.classes {
            let hit = self.weights[class * self.classes + class];
            let truth: f64 = self.weights[class * self.classes..(class + 1) * self.classes]
                .iter()
                .sum();
            let predicted: f64 = self.weights.iter().skip(class).step_by(self.classes).sum();
            if truth + predicted > 0.0 {
                total += 2.0 * hit / (truth + predicted);
                classes += 1;
            }
        }
        if classes == 0 {
            0.0
        } else {
            total / f64::from(classes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_small_table() {
        let mut confusion = Confusion::new(4);
        // Label 0: 3 right, 1 taken for 1. Label 1: 2 right. Label 2: never
        // right, weight 2 taken for 0. Label 3 does not occur.
        confusion.add(0, 0, 3.0);
        confusion.add(0, 1, 1.0);
        confusion.add(1, 1, 2.0);
        confusion.add(2, 0, 2.0);
        assert!((confusion.accuracy() - 5.0 / 8.0).abs() < 1e-12);
        let expected = (6.0 / 9.0 + 4.0 / 5.0 + 0.0) / 3.0;
        assert!((confusion.macro_f1() - expected).abs() < 1e-12);
    }
}
