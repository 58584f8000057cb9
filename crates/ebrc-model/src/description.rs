//! What a model's files say of it.

use serde::Serialize;

use crate::calibration::Calibration;
use crate::config::BertConfig;
use crate::error::{Error, Result};
use crate::files::{CALIBRATION, ModelFiles, TRAINING};
use crate::layout::{HEAD, POOLER, WORDS};
use crate::tokens::{TextEncoder, saved_max_length};
use crate::training::TrainingReport;

/// What a model's files say of it: its shape, its weights, what it was trained
/// on, and how it is calibrated.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelDescription {
    /// Layers and widths.
    pub architecture: Architecture,
    /// Numbers that training may change.
    pub parameters: usize,
    /// The same by part of the network, from the input on.
    pub parts: Vec<PartSize>,
    /// The weights file.
    pub weights: WeightsSize,
    /// Word pieces that the tokenizer knows.
    pub vocabulary: usize,
    /// Texts are cut to this many tokens, `[CLS]` and `[SEP]` included.
    pub max_length: usize,
    /// The labels in the order of the scores; none for a base.
    pub labels: Vec<String>,
    /// How it was trained, where ebrc did.
    pub training: Option<TrainingReport>,
    /// What makes its probabilities shares, where it has it.
    pub calibration: Option<Calibration>,
}

/// The shape of a BERT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Architecture {
    /// Class in Python's `transformers`.
    pub class: String,
    /// Encoder layers.
    pub layers: usize,
    /// Width of a hidden state.
    pub hidden_size: usize,
    /// Attention heads a layer.
    pub attention_heads: usize,
    /// Width of the feed-forward layer.
    pub intermediate_size: usize,
    /// Positions that have an embedding.
    pub positions: usize,
}

/// A part of the network and the numbers it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PartSize {
    /// Such as `word embeddings`.
    pub part: String,
    /// Numbers that training may change.
    pub parameters: usize,
}

/// The weights file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WeightsSize {
    /// Number formats of its tensors, such as `F16`; several where they differ.
    pub formats: Vec<String>,
    /// Size of the file.
    pub bytes: usize,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

impl ModelFiles {
    /// Describes the model without loading it. A base, which has no labels, is
    /// described too.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the files, by name; tensors of the wrong shape or
    /// kind among it.
    pub fn describe(&self) -> Result<ModelDescription> {
        let config_name = self.name_of("config.json");
        let config = BertConfig::parse(&self.config, &config_name)?;
        let labels = if config.id2label.is_empty() {
            Vec::new()
        } else {
            config.labels(&config_name)?
        };
        let encoder = TextEncoder::new(self, &config, saved_max_length(self, &config))?;
        let weights = self.open_weights(&config, labels.len())?;
        let mut parts: Vec<PartSize> = Vec::new();
        let mut formats: Vec<String> = Vec::new();
        let mut count =
            |part: &str, parameters: usize| match parts.iter_mut().find(|known| known.part == part)
            {
                Some(known) => known.parameters += parameters,
                None => parts.push(PartSize {
                    part: part.to_owned(),
                    parameters,
                }),
            };
        for part in PARTS {
            for (name, shape) in weights.shapes() {
                if part_of(name) != part {
                    continue;
                }
                match weights.format(name)? {
                    Some(format) => {
                        if !formats.contains(&format) {
                            formats.push(format);
                        }
                    }
                    // A base may come without.
                    None if part == POOLER_PART && labels.is_empty() => continue,
                    None => return Err(weights.missing(name)),
                }
                count(part, shape.iter().product());
            }
        }
        Ok(ModelDescription {
            architecture: Architecture {
                class: config.architectures.first().cloned().unwrap_or_default(),
                layers: config.num_hidden_layers,
                hidden_size: config.hidden_size,
                attention_heads: config.num_attention_heads,
                intermediate_size: config.intermediate_size,
                positions: config.max_position_embeddings,
            },
            parameters: parts.iter().map(|part| part.parameters).sum(),
            parts,
            weights: WeightsSize {
                formats,
                bytes: self.weights.len(),
                sha256: self.weights_sha256(),
            },
            vocabulary: encoder.vocabulary(),
            max_length: encoder.max_length(),
            labels,
            training: self.training()?,
            calibration: self.calibration()?,
        })
    }

    /// What makes the model's probabilities shares; `None` where it has none.
    ///
    /// # Errors
    ///
    /// [`Error::BadJson`] where `calibration.json` is not what ebrc writes.
    pub fn calibration(&self) -> Result<Option<Calibration>> {
        match &self.calibration {
            Some(bytes) => Calibration::parse(bytes, &self.name_of(CALIBRATION)).map(Some),
            None => Ok(None),
        }
    }

    /// How the model was trained; `None` where ebrc did not train it.
    ///
    /// # Errors
    ///
    /// [`Error::BadJson`] where `training.json` is not what ebrc writes.
    pub fn training(&self) -> Result<Option<TrainingReport>> {
        let Some(bytes) = &self.training else {
            return Ok(None);
        };
        match serde_json::from_slice(bytes) {
            Ok(report) => Ok(Some(report)),
            Err(error) => Err(Error::BadJson {
                file: self.name_of(TRAINING),
                reason: error.to_string(),
                remedy: "copy it again from the model's origin, or remove it".into(),
            }),
        }
    }
}

const POOLER_PART: &str = "pooler";

/// The parts of a network, from its input on.
const PARTS: [&str; 5] = [
    "word embeddings",
    "other embeddings",
    "encoder layers",
    POOLER_PART,
    "classification head",
];

/// The part of a tensor.
fn part_of(tensor: &str) -> &'static str {
    match tensor {
        WORDS => PARTS[0],
        _ if tensor.starts_with("embeddings.") => PARTS[1],
        _ if tensor.starts_with(POOLER) => PARTS[3],
        _ if tensor.starts_with(HEAD) => PARTS[4],
        _ => PARTS[2],
    }
}
