//! `config.json`: the shape of a BERT model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};

/// What `config.json` says of a BERT model, in Python's field names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BertConfig {
    /// Class names; written for Python's sake.
    #[serde(default)]
    pub architectures: Vec<String>,
    /// Always `bert`.
    pub model_type: String,
    /// Number of word pieces.
    pub vocab_size: usize,
    /// Width of a hidden state.
    pub hidden_size: usize,
    /// Number of encoder layers.
    pub num_hidden_layers: usize,
    /// Attention heads a layer.
    pub num_attention_heads: usize,
    /// Width of the feed-forward layer.
    pub intermediate_size: usize,
    /// Activation of the feed-forward layer; `gelu` is the only one supported.
    pub hidden_act: String,
    /// Share of hidden values dropped in training.
    #[serde(default = "default_dropout")]
    pub hidden_dropout_prob: f32,
    /// Share of attention weights dropped in training.
    #[serde(default = "default_dropout")]
    pub attention_probs_dropout_prob: f32,
    /// Share of pooled values dropped before the head; `hidden_dropout_prob`
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classifier_dropout: Option<f32>,
    /// Most tokens of a text.
    pub max_position_embeddings: usize,
    /// Number of segment embeddings.
    pub type_vocab_size: usize,
    /// Standard deviation of new weights.
    #[serde(default = "default_initializer_range")]
    pub initializer_range: f64,
    /// Added to the variance in layer normalisation.
    #[serde(default = "default_layer_norm_eps")]
    pub layer_norm_eps: f64,
    /// Id of the padding piece.
    #[serde(default)]
    pub pad_token_id: usize,
    /// How positions enter; `absolute` is the only one supported.
    #[serde(default = "default_position_embedding_type")]
    pub position_embedding_type: String,
    /// Names of the classes by index, for a fine-tuned model.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id2label: BTreeMap<String, String>,
    /// Indices of the classes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub label2id: BTreeMap<String, usize>,
    /// Type of the numbers in the weights file; informative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torch_dtype: Option<String>,
}

fn default_dropout() -> f32 {
    0.1
}
fn default_initializer_range() -> f64 {
    0.02
}
fn default_layer_norm_eps() -> f64 {
    1e-12
}
fn default_position_embedding_type() -> String {
    "absolute".into()
}

/// Layers are counted out before their weights are looked for: a number that is
/// none must not fill the memory.
const MOST_LAYERS: usize = 1000;

impl BertConfig {
    /// Reads a configuration; `file` names it in errors.
    ///
    /// # Errors
    ///
    /// Broken JSON, a missing field, another kind of model, or sizes that do
    /// not fit together.
    pub fn parse(json: &[u8], file: &str) -> Result<Self> {
        let bad = |reason: String| Error::BadJson {
            file: file.to_owned(),
            reason,
            remedy: "use the config.json that belongs to the model".into(),
        };
        let value: Value = serde_json::from_slice(json).map_err(|e| bad(e.to_string()))?;
        // The kind first: another kind of model lacks BERT's fields, and the
        // first missing field would say less.
        if let Some(kind) = value.get("model_type").and_then(Value::as_str)
            && kind != "bert"
        {
            return Err(unsupported(
                file,
                "model_type",
                kind,
                "only bert is supported",
            ));
        }
        let config: Self = serde_json::from_value(value).map_err(|e| bad(e.to_string()))?;
        config.check(file)?;
        Ok(config)
    }

    fn check(&self, file: &str) -> Result<()> {
        if self.hidden_act != "gelu" {
            return Err(unsupported(
                file,
                "hidden_act",
                &self.hidden_act,
                "only gelu (the exact one, by erf) is supported",
            ));
        }
        if self.position_embedding_type != "absolute" {
            return Err(unsupported(
                file,
                "position_embedding_type",
                &self.position_embedding_type,
                "only absolute is supported",
            ));
        }
        for (field, value) in [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("type_vocab_size", self.type_vocab_size),
        ] {
            if value == 0 {
                return Err(unsupported(file, field, "0", "it must be positive"));
            }
        }
        if self.num_hidden_layers > MOST_LAYERS {
            return Err(unsupported(
                file,
                "num_hidden_layers",
                &self.num_hidden_layers.to_string(),
                &format!("there may be no more than {MOST_LAYERS}"),
            ));
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err(unsupported(
                file,
                "num_attention_heads",
                &self.num_attention_heads.to_string(),
                &format!("it must divide hidden_size, {}", self.hidden_size),
            ));
        }
        for (field, value) in [
            ("hidden_dropout_prob", self.hidden_dropout_prob),
            (
                "attention_probs_dropout_prob",
                self.attention_probs_dropout_prob,
            ),
            ("classifier_dropout", self.classifier_dropout.unwrap_or(0.0)),
        ] {
            if !(0.0..1.0).contains(&value) {
                let found = value.to_string();
                return Err(unsupported(file, field, &found, "it must be in 0..1"));
            }
        }
        Ok(())
    }

    /// Width of an attention head.
    pub(crate) fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// The class names in order of their indices.
    pub(crate) fn labels(&self, file: &str) -> Result<Vec<String>> {
        let labels: Option<Vec<String>> = (0..self.id2label.len())
            .map(|index| self.id2label.get(&index.to_string()).cloned())
            .collect();
        match labels {
            Some(labels) if !labels.is_empty() => Ok(labels),
            _ => Err(Error::BadJson {
                file: file.to_owned(),
                reason: "id2label does not name the classes 0, 1, 2 …".into(),
                remedy: "use a model fine-tuned for classification, or train one on this base"
                    .into(),
            }),
        }
    }

    /// Names the classes and calls the model a classifier.
    pub(crate) fn set_labels(&mut self, labels: &[String]) {
        self.architectures = vec!["BertForSequenceClassification".into()];
        self.id2label = labels
            .iter()
            .enumerate()
            .map(|(i, label)| (i.to_string(), label.clone()))
            .collect();
        self.label2id = labels
            .iter()
            .enumerate()
            .map(|(i, label)| (label.clone(), i))
            .collect();
    }
}

fn unsupported(file: &str, field: &str, found: &str, expected: &str) -> Error {
    Error::Unsupported {
        file: file.to_owned(),
        field: field.to_owned(),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}
