//! Weighted cross-entropy with label smoothing, and its gradient.

/// The target of one sequence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) label: usize,
    /// The probability that the label should have.
    pub(crate) certainty: f32,
    /// What the sequence's loss is multiplied by.
    pub(crate) weight: f32,
}

impl Target {
    /// The probability that a class should have: the label its certainty, the
    /// others the rest in equal parts. Of a label that is certain, `smoothing`
    /// is spread over all classes.
    pub(crate) fn probability(&self, class: usize, classes: usize, smoothing: f32) -> f64 {
        let (certainty, smoothing) = (f64::from(self.certainty), f64::from(smoothing));
        let is_label = class == self.label;
        if certainty < 1.0 {
            return if is_label {
                certainty
            } else {
                (1.0 - certainty) / (classes as f64 - 1.0)
            };
        }
        let hit = if is_label { 1.0 - smoothing } else { 0.0 };
        hit + smoothing / classes as f64
    }
}

/// The weighted sum of the losses of rows of logits, and its gradient.
///
/// A row's loss is the cross-entropy of its softmax against its
/// [`Target::probability`].
pub(crate) fn cross_entropy(
    logits: &[f32],
    targets: &[Target],
    classes: usize,
    smoothing: f32,
) -> (f64, Vec<f32>) {
    let mut gradient = vec![0.0; logits.len()];
    let mut loss = 0.0;
    let rows = logits
        .chunks_exact(classes)
        .zip(gradient.chunks_exact_mut(classes));
    for ((logits, gradient), target) in rows.zip(targets) {
        let log_total = log_sum_exp(logits);
        for (class, (logit, gradient)) in logits.iter().zip(gradient).enumerate() {
            let log_probability = f64::from(*logit) - log_total;
            let wanted = target.probability(class, classes, smoothing);
            if wanted != 0.0 {
                loss -= f64::from(target.weight) * wanted * log_probability;
            }
            *gradient = (f64::from(target.weight) * (log_probability.exp() - wanted)) as f32;
        }
    }
    (loss, gradient)
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let total: f64 = logits
        .iter()
        .map(|logit| f64::from(logit - largest).exp())
        .sum();
    total.ln() + f64::from(largest)
}

/// The softmax of a row of logits.
pub(crate) fn softmax(logits: &[f32]) -> Vec<f32> {
    let log_total = log_sum_exp(logits);
    logits
        .iter()
        .map(|logit| (f64::from(*logit) - log_total).exp() as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{self, assert_close, numerical_gradient, random_numbers, wide};

    #[test]
    fn loss_and_gradient_are_those_of_f64() {
        let classes = 5;
        let logits: Vec<f32> = random_numbers(4 * classes, 1)
            .iter()
            .map(|x| 6.0 * x)
            .collect();
        let targets = [(0, 1.0, 1.0), (4, 1.0, 0.25), (2, 1.0, 3.0), (2, 0.3, 1.0)].map(
            |(label, certainty, weight)| Target {
                label,
                certainty,
                weight,
            },
        );
        for smoothing in [0.0, 0.125_f32] {
            let (loss, gradient) = cross_entropy(&logits, &targets, classes, smoothing);
            let expected = |logits: &[f64]| {
                reference::cross_entropy(logits, &targets, classes, f64::from(smoothing))
            };
            let logits = wide(&logits);
            // Distances of logits up to 12 are rounded to f32.
            let expected_loss = expected(&logits);
            assert!(
                (loss - expected_loss).abs() < 1e-6 * expected_loss,
                "{loss}"
            );
            let expected = numerical_gradient(&logits, expected);
            assert_close("gradient", &gradient, &expected, 1e-6);
        }
    }

    #[test]
    fn logits_far_apart_give_finite_numbers() {
        let target = Target {
            label: 1,
            certainty: 1.0,
            weight: 1.0,
        };
        let (loss, gradient) = cross_entropy(&[1e4, -1e4], &[target], 2, 0.0);
        assert!((loss - 2e4).abs() < 1e-9, "{loss}");
        assert_eq!(gradient, [1.0, -1.0]);
        assert_eq!(softmax(&[1e4, -1e4]), [1.0, 0.0]);
    }
}
