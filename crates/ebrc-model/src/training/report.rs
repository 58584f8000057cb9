//! What training tells: while it runs, and at its end.

use std::path::{Path, PathBuf};

use ebrc_files::write_complete;
use serde::{Deserialize, Serialize};

use super::TrainSettings;
use crate::classifier::{Classifier, WeightFormat, json_bytes};
use crate::error::Result;
use crate::metrics::Validation;

/// What happens during training, for display. The observer may stop training
/// at any of these.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TrainEvent {
    /// Something worth knowing, such as a part of the network that the base
    /// lacked.
    Note(String),
    /// Training begins, or goes on.
    Started {
        /// Steps of all epochs.
        steps: usize,
        /// Steps of an epoch.
        steps_per_epoch: usize,
        /// Steps already done by the checkpoint that training goes on from.
        done: usize,
    },
    /// A step was taken.
    Step {
        /// Steps done.
        step: usize,
        /// The epoch, from 1.
        epoch: usize,
        /// The step's loss.
        loss: f32,
        /// The step's learning rate.
        learning_rate: f32,
        /// Norm of the gradient before shortening.
        gradient_norm: f32,
    },
    /// An epoch ended and the validation set was classified.
    Validated {
        /// The epoch, from 1.
        epoch: usize,
        /// The figures.
        validation: Validation,
        /// Whether these are the best weights so far.
        best: bool,
    },
    /// The state was written.
    CheckpointWritten {
        /// Steps done.
        step: usize,
    },
}

/// A point of the loss curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurvePoint {
    /// Steps done.
    pub step: usize,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Mean training loss since the point before.
    pub train_loss: f32,
    /// Learning rate of the last step.
    pub learning_rate: f32,
    /// Figures of the validation set, at the end of an epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
}

/// Number of examples of a set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SetSize {
    /// Distinct texts.
    pub texts: usize,
    /// Sum of their weights: the messages they stand for.
    pub weight: f64,
}

/// How a model came to be; saved as `training.json`. The same training gives
/// the same report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrainingReport {
    /// Version of this program.
    pub ebrc_version: String,
    /// The settings.
    pub settings: TrainSettings,
    /// SHA-256 of the base's weights file.
    pub base_weights_sha256: String,
    /// SHA-256 over labels, training and validation examples.
    pub data_sha256: String,
    /// The labels in order.
    pub labels: Vec<String>,
    /// Size of the training set.
    pub train: SetSize,
    /// Size of the validation set.
    pub validation: SetSize,
    /// Steps taken.
    pub steps: usize,
    /// The epoch whose weights were kept, from 1; of averaged models, that of
    /// the first.
    pub best_epoch: usize,
    /// Figures of the kept weights, when there was a validation set.
    pub best: Option<Validation>,
    /// Whether patience ended training before the last epoch.
    pub stopped_early: bool,
    /// The loss curve; empty where models were averaged.
    pub curve: Vec<CurvePoint>,
    /// The trainings whose weights were averaged, if that is what this model is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub averaged: Vec<TrainingReport>,
}

/// A fine-tuned model and how it came to be.
#[derive(Debug)]
pub struct TrainedModel {
    /// The model, ready to classify.
    pub classifier: Classifier,
    /// How it came to be.
    pub report: TrainingReport,
}

impl TrainedModel {
    /// Writes the model as [`Classifier::save`] does, and `training.json`.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`].
    pub fn save(&self, folder: &Path, format: WeightFormat) -> Result<()> {
        self.classifier.save(folder, format)?;
        write_complete(&folder.join("training.json"), &json_bytes(&self.report)?)?;
        Ok(())
    }
}

/// How training ended.
#[derive(Debug)]
pub enum Outcome {
    /// All epochs were gone through, or patience ended.
    Finished(Box<TrainedModel>),
    /// The observer stopped it.
    Interrupted {
        /// Steps done.
        step: usize,
        /// The file to go on from.
        checkpoint: Option<PathBuf>,
    },
}
