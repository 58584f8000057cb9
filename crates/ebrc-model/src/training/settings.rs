//! What a person can set about training.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Settings of fine-tuning. The defaults suit a small BERT (6 layers of 384);
/// for BERT-base a learning rate of 2e-5 is customary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainSettings {
    /// Times that the training set is gone through, at the most.
    pub epochs: usize,
    /// Examples a step.
    pub batch_size: usize,
    /// Highest learning rate, that of the head.
    pub learning_rate: f64,
    /// A layer's learning rate over that of the layer above it, so that the
    /// lower layers and the embeddings, which other texts need too, stay nearer
    /// to the base (Howard and Ruder, *Universal Language Model Fine-tuning*,
    /// ACL 2018); 1 for the same rate everywhere.
    pub layer_decay: f64,
    /// Weight decay, of all but biases and layer normalisation.
    pub weight_decay: f64,
    /// Share of the steps over which the learning rate rises from 0; over the
    /// rest it falls to 0.
    pub warmup_share: f64,
    /// Longer gradients are shortened to this norm.
    pub max_gradient_norm: f64,
    /// Share of a target's probability spread over all labels, where its example
    /// is certain.
    pub label_smoothing: f32,
    /// Texts are cut to this many tokens, `[CLS]` and `[SEP]` included.
    pub max_length: usize,
    /// Training stops after this many epochs without a better macro-F1 on the
    /// validation set, or, where that is the same, a lower loss.
    pub patience: usize,
    /// Steps between points of the loss curve.
    pub curve_every: usize,
    /// Seed of the head's weights, the order of examples, and dropout.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            epochs: 6,
            batch_size: 32,
            learning_rate: 5e-5,
            layer_decay: 1.0,
            weight_decay: 0.01,
            warmup_share: 0.1,
            max_gradient_norm: 1.0,
            label_smoothing: 0.0,
            max_length: 128,
            patience: 2,
            curve_every: 10,
            seed: 42,
        }
    }
}

impl TrainSettings {
    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] names the setting.
    pub fn check(&self) -> Result<()> {
        let wrong = |setting: &str, range: &str| {
            Err(Error::Invalid(format!(
                "setting {setting} is out of range; use {range}"
            )))
        };
        let counts = [
            ("epochs", self.epochs),
            ("batch_size", self.batch_size),
            ("patience", self.patience),
            ("curve_every", self.curve_every),
        ];
        for (setting, value) in counts {
            if value == 0 {
                return wrong(setting, "1 or more");
            }
        }
        if !(self.learning_rate > 0.0 && self.learning_rate < 1.0) {
            return wrong("learning_rate", "a number between 0 and 1 such as 5e-5");
        }
        if !(self.layer_decay > 0.0 && self.layer_decay <= 1.0) {
            return wrong("layer_decay", "more than 0, 1 at the most");
        }
        if !(0.0..1.0).contains(&self.weight_decay) {
            return wrong("weight_decay", "0 or more, below 1");
        }
        if !(0.0..1.0).contains(&self.warmup_share) {
            return wrong("warmup_share", "0 or more, below 1");
        }
        if self.max_gradient_norm.is_nan() || self.max_gradient_norm <= 0.0 {
            return wrong("max_gradient_norm", "a positive number");
        }
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return wrong("label_smoothing", "0 or more, below 1");
        }
        if self.max_length < 3 {
            return wrong("max_length", "3 or more");
        }
        Ok(())
    }

    /// The learning rate of step `step`, from 0, of `steps`.
    pub(crate) fn rate_at(&self, step: usize, steps: usize) -> f64 {
        let warmup = (self.warmup_share * steps as f64).ceil();
        let rising = (step as f64 + 1.0) / (warmup + 1.0);
        let falling = (steps - step) as f64 / (steps as f64 - warmup).max(1.0);
        self.learning_rate * rising.min(falling).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_rises_then_falls() {
        let settings = TrainSettings {
            learning_rate: 0.5,
            ..TrainSettings::default()
        };
        let rates: Vec<f64> = (0..100).map(|step| settings.rate_at(step, 100)).collect();
        assert!(rates.iter().all(|rate| *rate > 0.0 && *rate <= 0.5));
        assert!(rates[..10].is_sorted() && rates[11..].iter().rev().is_sorted());
        assert!(rates.contains(&0.5) && rates[99] < 0.01);
        assert!(settings.rate_at(0, 1) > 0.0);
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let settings = TrainSettings {
            learning_rate: f64::NAN,
            ..TrainSettings::default()
        };
        assert!(
            settings
                .check()
                .unwrap_err()
                .to_string()
                .contains("learning_rate")
        );
        let settings = TrainSettings {
            batch_size: 0,
            ..TrainSettings::default()
        };
        assert!(
            settings
                .check()
                .unwrap_err()
                .to_string()
                .contains("batch_size")
        );
        TrainSettings::default().check().unwrap();
    }
}
