//! Probabilities that can be believed: temperature scaling.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::loss::{Target, cross_entropy};

/// A precision is not believed that fewer texts than this stand for.
const FEWEST_TEXTS: usize = 50;

/// Temperatures that are tried: from an hundredth to a hundredfold.
const HOTTEST: f64 = 100.0;

/// Temperature scaling (Guo et al., *On Calibration of Modern Neural Networks*,
/// ICML 2017), fitted on the validation set, and what it says of thresholds.
///
/// Logits are divided by the temperature before their softmax. That changes no
/// answer, only its probability. So that a few texts that are all right do not
/// prove certainty, the fit takes a right label for (n + 1) / (n + 2) true, n
/// the number of texts, as Platt does (*Probabilistic Outputs for Support
/// Vector Machines*, 1999).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Calibration {
    /// What logits are divided by; positive.
    pub temperature: f64,
    /// Texts of the validation set.
    pub texts: usize,
    /// Mean cross-entropy on the validation set without temperature.
    pub loss_before: f64,
    /// The same with it.
    pub loss_after: f64,
    /// What answering only above a probability gains there, in rising order of
    /// both.
    pub thresholds: Vec<PrecisionThreshold>,
}

/// The lowest probability above which answers are so often right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrecisionThreshold {
    /// Answers of at least this probability are given.
    pub threshold: f64,
    /// Of the messages that are answered, the share that is right.
    pub precision: f64,
    /// Of all messages, the share that is answered.
    pub coverage: f64,
}

impl Calibration {
    /// The lowest threshold whose answers reached this precision on the
    /// validation set; `None` where none did.
    #[must_use]
    pub fn threshold_for(&self, precision: f64) -> Option<PrecisionThreshold> {
        self.thresholds
            .iter()
            .find(|found| found.precision >= precision)
            .copied()
    }

    pub(crate) fn parse(bytes: &[u8], file: &str) -> Result<Self> {
        let bad = |reason: String| Error::BadJson {
            file: file.to_owned(),
            reason,
            remedy: "copy it again from the model's origin, or remove it".into(),
        };
        let calibration: Self =
            serde_json::from_slice(bytes).map_err(|error| bad(error.to_string()))?;
        if !(calibration.temperature > 0.0 && calibration.temperature.is_finite()) {
            return Err(bad(format!(
                "the temperature is {}, which is no positive number",
                calibration.temperature
            )));
        }
        Ok(calibration)
    }

    /// Fits the temperature to the logits of the validation set: the one at
    /// which their mean cross-entropy against Platt's targets is least.
    pub(crate) fn fit(logits: &[Vec<f32>], targets: &[Target]) -> Self {
        let total: f64 = targets.iter().map(|target| f64::from(target.weight)).sum();
        // The loss is convex in the inverse temperature: its slope has one zero.
        let (mut low, mut high) = (1.0 / HOTTEST, HOTTEST);
        for _ in 0..64 {
            // In equal ratios, as temperatures differ by factors.
            let middle = (low * high).sqrt();
            if slope(logits, targets, middle) > 0.0 {
                high = middle;
            } else {
                low = middle;
            }
        }
        let temperature = 1.0 / (low * high).sqrt();
        let loss = |temperature: f64| {
            let rows = logits.iter().zip(targets);
            let sum: f64 = rows
                .map(|(row, target)| {
                    let row = scaled(row, temperature);
                    cross_entropy(&row, &[*target], row.len(), 0.0).0
                })
                .sum();
            sum / total
        };
        Self {
            temperature,
            texts: logits.len(),
            loss_before: loss(1.0),
            loss_after: loss(temperature),
            thresholds: thresholds(logits, targets, temperature, total),
        }
    }
}

/// Logits divided by a temperature.
pub(crate) fn scaled(logits: &[f32], temperature: f64) -> Vec<f32> {
    let divided = logits.iter().map(|logit| f64::from(*logit) / temperature);
    divided.map(|logit| logit as f32).collect()
}

/// How the summed cross-entropy grows with the inverse temperature: by the
/// mean logit under the model's probabilities, less that under Platt's targets.
fn slope(logits: &[Vec<f32>], targets: &[Target], inverse: f64) -> f64 {
    let doubt = 1.0 / (logits.len() as f64 + 2.0);
    let rows = logits.iter().zip(targets);
    rows.map(|(row, target)| {
        let largest = row.iter().copied().fold(f32::MIN, f32::max);
        let (mut total, mut mean) = (0.0, 0.0);
        for logit in row {
            let part = (inverse * f64::from(logit - largest)).exp();
            total += part;
            mean += part * f64::from(*logit);
        }
        let right = f64::from(row[target.label]);
        let all: f64 = row.iter().map(|logit| f64::from(*logit)).sum();
        let others = (all - right) / (row.len() - 1).max(1) as f64;
        let wanted = (1.0 - doubt) * right + doubt * others;
        f64::from(target.weight) * (mean / total - wanted)
    })
    .sum()
}

fn thresholds(
    logits: &[Vec<f32>],
    targets: &[Target],
    temperature: f64,
    total: f64,
) -> Vec<PrecisionThreshold> {
    let mut answers: Vec<(f64, bool, f64)> = logits
        .iter()
        .zip(targets)
        .map(|(row, target)| {
            let probabilities = crate::loss::softmax(&scaled(row, temperature));
            let best = crate::classifier::best(&probabilities);
            (
                f64::from(best.1),
                best.0 == target.label,
                target.weight.into(),
            )
        })
        .collect();
    answers.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut given, mut right, mut texts) = (0.0, 0.0, 0);
    let mut points: Vec<PrecisionThreshold> = Vec::new();
    for equal in answers.chunk_by(|one, other| one.0 == other.0) {
        for (_, is_right, weight) in equal {
            given += weight;
            right += if *is_right { *weight } else { 0.0 };
            texts += 1;
        }
        if texts >= FEWEST_TEXTS {
            points.push(PrecisionThreshold {
                threshold: equal[0].0,
                precision: right / given,
                coverage: given / total,
            });
        }
    }
    // From the lowest threshold on, only what is more precise than all below.
    let mut rising: Vec<PrecisionThreshold> = Vec::new();
    for point in points.into_iter().rev() {
        if rising
            .last()
            .is_none_or(|last| point.precision > last.precision)
        {
            rising.push(point);
        }
    }
    rising
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::random_numbers;

    /// Rows of two labels whose logits say 0.9 (2.2) where 0.75 are right.
    fn too_sure() -> (Vec<Vec<f32>>, Vec<Target>) {
        let logits = vec![vec![9.0_f32.ln(), 0.0]; 40];
        let targets = (0..40)
            .map(|row| Target {
                label: usize::from(row % 4 == 0),
                certainty: 1.0,
                weight: 1.0,
            })
            .collect();
        (logits, targets)
    }

    #[test]
    fn the_temperature_makes_probabilities_shares() {
        let (logits, targets) = too_sure();
        let found = Calibration::fit(&logits, &targets);
        assert!(found.loss_after < found.loss_before);
        let probability = crate::loss::softmax(&scaled(&logits[0], found.temperature))[0];
        // 30 of 40 are right, each taken for 41/42 true.
        let expected = 0.75 * 41.0 / 42.0 + 0.25 / 42.0;
        assert!(
            (f64::from(probability) - expected).abs() < 1e-6,
            "{found:?}"
        );
    }

    #[test]
    fn weights_count_as_messages() {
        let (logits, mut targets) = too_sure();
        for target in &mut targets {
            target.weight = if target.label == 0 { 3.0 } else { 1.0 };
        }
        let found = Calibration::fit(&logits, &targets);
        let probability = crate::loss::softmax(&scaled(&logits[0], found.temperature))[0];
        let expected = 0.9 * 41.0 / 42.0 + 0.1 / 42.0;
        assert!(
            (f64::from(probability) - expected).abs() < 1e-6,
            "{found:?}"
        );
    }

    #[test]
    fn a_few_right_answers_are_no_certainty() {
        let logits = vec![vec![9.0, 0.0, 1.0]; 8];
        let targets = vec![
            Target {
                label: 0,
                certainty: 1.0,
                weight: 100.0,
            };
            8
        ];
        let found = Calibration::fit(&logits, &targets);
        let probability = crate::loss::softmax(&scaled(&logits[0], found.temperature))[0];
        assert!((0.85..0.95).contains(&probability), "{found:?}");
    }

    #[test]
    fn no_other_temperature_has_a_lower_loss() {
        let numbers = random_numbers(16 * 200, 3);
        let logits: Vec<Vec<f32>> = numbers
            .chunks(16)
            .map(|row| row.iter().map(|x| 5.0 * x).collect())
            .collect();
        let targets: Vec<Target> = (0..200)
            .map(|row| Target {
                label: if row % 3 == 0 {
                    row % 16
                } else {
                    crate::classifier::best(&logits[row]).0
                },
                certainty: 1.0,
                weight: 1.0 + (row % 5) as f32,
            })
            .collect();
        let found = Calibration::fit(&logits, &targets);
        let at = |inverse: f64| slope(&logits, &targets, inverse);
        assert!(at(1.0 / (1.01 * found.temperature)) < 0.0);
        assert!(at(1.0 / (0.99 * found.temperature)) > 0.0);
        let thresholds = &found.thresholds;
        assert!(thresholds.is_sorted_by(|a, b| {
            a.threshold < b.threshold && a.precision < b.precision && a.coverage > b.coverage
        }));
        assert_eq!(found.threshold_for(1.1), None);
        let least = thresholds[0];
        assert_eq!(found.threshold_for(0.0), Some(least));
        assert!((least.coverage - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_file_with_no_temperature_is_refused() {
        for bytes in [
            &b"{}"[..],
            br#"{"temperature":0,"texts":1,"loss_before":1,"loss_after":1,"thresholds":[]}"#,
        ] {
            let error = Calibration::parse(bytes, "m/calibration.json").unwrap_err();
            assert!(
                error.to_string().starts_with("m/calibration.json: "),
                "{error}"
            );
        }
    }
}
