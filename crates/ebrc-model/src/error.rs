//! What can go wrong, and what to do about it.

use std::path::PathBuf;

/// Everything that can go wrong in this crate.
///
/// Messages name the file, field or tensor and the remedy; they never hold a
/// text that was classified or trained on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A file that a model needs is absent.
    #[error("{place}: no {file}; {remedy}")]
    MissingFile {
        /// The folder or repository.
        place: String,
        /// The file's name.
        file: String,
        /// What to do.
        remedy: String,
    },
    /// A JSON file is broken or lacks a field.
    #[error("{file}: {reason}; {remedy}")]
    BadJson {
        /// The file.
        file: String,
        /// What the parser says.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// The configuration is valid but describes a model that this crate does
    /// not run.
    #[error("{file}: {field} is {found}, but {expected}")]
    Unsupported {
        /// The configuration file.
        file: String,
        /// The field.
        field: String,
        /// What it says.
        found: String,
        /// What would do.
        expected: String,
    },
    /// The weights are no safetensors file, or a truncated one.
    #[error("{file}: no complete safetensors file ({reason}); fetch or copy it again")]
    BadWeights {
        /// The weights' origin.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// A tensor is absent from the weights.
    #[error(
        "{file}: tensor {tensor} is missing; the file holds another architecture or is \
         incomplete, use the weights of a BERT model"
    )]
    MissingTensor {
        /// The weights' origin.
        file: String,
        /// The tensor's name, without the prefix `bert.`.
        tensor: String,
    },
    /// A tensor has another shape than the configuration says.
    #[error(
        "{file}: tensor {tensor} has shape {actual:?}, but config.json makes it {expected:?}; \
         the two files belong to different models"
    )]
    MisshapenTensor {
        /// The weights' origin.
        file: String,
        /// The tensor's name.
        tensor: String,
        /// The shape that follows from the configuration.
        expected: Vec<usize>,
        /// The shape found.
        actual: Vec<usize>,
    },
    /// A tensor's numbers are of a kind that no BERT uses.
    #[error("{file}: tensor {tensor} is of type {found}; convert it to F32, F16 or BF16")]
    TensorType {
        /// The weights' origin.
        file: String,
        /// The tensor's name.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// The tokenizer cannot be used.
    #[error("{file}: {reason}; {remedy}")]
    Tokenizer {
        /// The tokenizer's origin.
        file: String,
        /// What is wrong.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// Settings, labels or examples that cannot be trained on.
    #[error("{0}")]
    Invalid(String),
    /// The loss or the gradient is no longer a number.
    #[error("training diverged at step {step}: the {what} is not finite; lower the learning rate")]
    Diverged {
        /// The step, from 1.
        step: usize,
        /// Loss or gradient.
        what: &'static str,
    },
    /// A checkpoint does not belong to this training run.
    #[error("{}: {reason}; {remedy}", path.display())]
    Checkpoint {
        /// The checkpoint.
        path: PathBuf,
        /// What does not fit.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// The device cannot be used.
    #[error("device {device}: {reason}")]
    Device {
        /// The device asked for.
        device: String,
        /// Why not, and the remedy.
        reason: String,
    },
    /// A model could not be had from the hub.
    #[error("{id} (revision {revision}): {reason}; {remedy}")]
    Hub {
        /// The repository.
        id: String,
        /// The revision.
        revision: String,
        /// What happened.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// An error inside the tensor library.
    #[error("computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;
