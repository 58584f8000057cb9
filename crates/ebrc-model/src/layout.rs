//! A BERT's weights: what they are called in this crate, and their shapes.

use std::collections::BTreeMap;

use crate::config::BertConfig;

pub(crate) const WORDS: &str = "embeddings.word_embeddings.weight";
pub(crate) const POSITIONS: &str = "embeddings.position_embeddings.weight";
pub(crate) const SEGMENTS: &str = "embeddings.token_type_embeddings.weight";
pub(crate) const EMBEDDINGS_NORM: &str = "embeddings.LayerNorm";
pub(crate) const POOLER: &str = "pooler.dense";
pub(crate) const HEAD: &str = "classifier";

/// The weight and bias pairs of an encoder layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Query,
    Key,
    Value,
    AttentionOutput,
    AttentionNorm,
    Intermediate,
    Output,
    OutputNorm,
}

impl Part {
    pub(crate) const ALL: [Self; 8] = [
        Self::Query,
        Self::Key,
        Self::Value,
        Self::AttentionOutput,
        Self::AttentionNorm,
        Self::Intermediate,
        Self::Output,
        Self::OutputNorm,
    ];

    /// The name in layer `layer`, to which `.weight` or `.bias` is added.
    pub(crate) fn name(self, layer: usize) -> String {
        let part = match self {
            Self::Query => "attention.self.query",
            Self::Key => "attention.self.key",
            Self::Value => "attention.self.value",
            Self::AttentionOutput => "attention.output.dense",
            Self::AttentionNorm => "attention.output.LayerNorm",
            Self::Intermediate => "intermediate.dense",
            Self::Output => "output.dense",
            Self::OutputNorm => "output.LayerNorm",
        };
        format!("encoder.layer.{layer}.{part}")
    }

    fn shape(self, config: &BertConfig) -> Vec<usize> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        match self {
            Self::Query | Self::Key | Self::Value | Self::AttentionOutput => vec![hidden, hidden],
            Self::AttentionNorm | Self::OutputNorm => vec![hidden],
            Self::Intermediate => vec![wide, hidden],
            Self::Output => vec![hidden, wide],
        }
    }
}

/// Name and shape of every tensor of a model with `labels` classes (none: the
/// encoder and pooler alone).
pub(crate) fn shapes(config: &BertConfig, labels: usize) -> BTreeMap<String, Vec<usize>> {
    let hidden = config.hidden_size;
    let mut shapes = BTreeMap::new();
    shapes.insert(WORDS.to_owned(), vec![config.vocab_size, hidden]);
    shapes.insert(
        POSITIONS.to_owned(),
        vec![config.max_position_embeddings, hidden],
    );
    shapes.insert(SEGMENTS.to_owned(), vec![config.type_vocab_size, hidden]);
    let mut pair = |name: &str, weight: Vec<usize>| {
        shapes.insert(format!("{name}.bias"), vec![weight[0]]);
        shapes.insert(format!("{name}.weight"), weight);
    };
    pair(EMBEDDINGS_NORM, vec![hidden]);
    for layer in 0..config.num_hidden_layers {
        for part in Part::ALL {
            pair(&part.name(layer), part.shape(config));
        }
    }
    pair(POOLER, vec![hidden, hidden]);
    if labels > 0 {
        pair(HEAD, vec![labels, hidden]);
    }
    shapes
}
