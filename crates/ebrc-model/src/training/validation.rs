//! Texts that were not trained on: what they say of weights, and what they
//! calibrate.

use super::Example;
use crate::calibration::Calibration;
use crate::error::Result;
use crate::loss::{Target, cross_entropy};
use crate::metrics::{Confusion, Validation};
use crate::network::Network;
use crate::precision::Precision;
use crate::tokens::TextEncoder;

/// A validation set as the network reads it; may be empty.
pub(super) struct ValidationSet<'a> {
    examples: &'a [Example],
    sequences: Vec<Vec<u32>>,
    classes: usize,
}

impl<'a> ValidationSet<'a> {
    pub(super) fn new(
        examples: &'a [Example],
        classes: usize,
        encoder: &TextEncoder,
    ) -> Result<Self> {
        let texts: Vec<&str> = examples.iter().map(|e| e.text.as_str()).collect();
        Ok(Self {
            examples,
            sequences: encoder.encode_all(&texts)?,
            classes,
        })
    }

    /// Figures of the network's weights, and the macro-F1 in full precision;
    /// `None` for an empty set.
    pub(super) fn validate(&self, network: &mut Network) -> Result<Option<(Validation, f64)>> {
        if self.examples.is_empty() {
            return Ok(None);
        }
        network.pack(Precision::F32)?;
        let rows = network.infer_all(&self.sequences, |output| output.logits)?;
        let mut confusion = Confusion::new(self.classes);
        let (mut loss, mut total) = (0.0, 0.0);
        for (row, target) in rows.iter().zip(self.targets()) {
            let weight = f64::from(target.weight);
            let label = target.label;
            loss += cross_entropy(row, &[target], self.classes, 0.0).0;
            total += weight;
            let mut predicted = 0;
            for (class, logit) in row.iter().enumerate() {
                if *logit > row[predicted] {
                    predicted = class;
                }
            }
            confusion.add(label, predicted, weight);
        }
        let macro_f1 = confusion.macro_f1();
        let validation = Validation {
            loss: (loss / total) as f32,
            macro_f1: macro_f1 as f32,
            accuracy: confusion.accuracy() as f32,
        };
        Ok(Some((validation, macro_f1)))
    }

    /// Fits the temperature to the network's answers; `None` for an empty set.
    pub(super) fn calibrate(&self, network: &mut Network) -> Result<Option<Calibration>> {
        network.pack(Precision::F32)?;
        if self.examples.is_empty() {
            return Ok(None);
        }
        let logits = network.infer_all(&self.sequences, |output| output.logits)?;
        let targets: Vec<Target> = self.targets().collect();
        Ok(Some(Calibration::fit(&logits, &targets)))
    }

    fn targets(&self) -> impl Iterator<Item = Target> {
        self.examples.iter().map(|example| Target {
            label: example.label,
            certainty: 1.0,
            weight: example.weight,
        })
    }
}
