//! BERT for sequence classification: load, fine-tune, classify, save.

mod calibration;
mod classifier;
mod composed;
mod config;
mod description;
mod device;
mod dropout;
mod error;
mod files;
mod fused;
#[cfg(feature = "hub")]
mod hub;
mod kernels;
mod layout;
mod linear;
mod loss;
mod metrics;
mod network;
mod optimizer;
mod packed;
mod parameters;
mod precision;
#[cfg(test)]
mod reference;
mod tensors;
#[cfg(test)]
#[path = "../tests/tiny_bert/mod.rs"]
mod tiny_bert;
mod tokens;
mod training;
mod weights;

pub use calibration::{Calibration, PrecisionThreshold};
pub use classifier::{Classifier, Encoder, Scores, TextLogits, WeightFormat};
pub use config::BertConfig;
pub use description::{Architecture, ModelDescription, PartSize, WeightsSize};
pub use device::DeviceChoice;
pub use error::{Error, Result};
pub use files::ModelFiles;
#[cfg(feature = "hub")]
pub use hub::HubSettings;
pub use metrics::Validation;
pub use precision::Precision;
pub use training::{
    CheckpointPolicy, CurvePoint, Example, Observer, Outcome, SetSize, TrainEvent, TrainSettings,
    TrainedModel, TrainingData, TrainingReport, average, train,
};
