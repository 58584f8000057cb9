//! From texts to word-piece ids, and batches of them without padding.

use rayon::prelude::*;
use serde_json::{Value, json};
use tokenizers::{Tokenizer, TruncationParams};

use crate::config::BertConfig;
use crate::error::{Error, Result};
use crate::files::ModelFiles;

/// Turns texts into ids, `[CLS]` first and `[SEP]` last, cut to a length.
pub(crate) struct TextEncoder {
    tokenizer: Tokenizer,
    file: String,
    /// The tokenizer file, without padding and truncation.
    json: Value,
    max_length: usize,
}

impl TextEncoder {
    /// Reads the tokenizer of a model; texts are cut to `max_length` tokens,
    /// and to what the model's positions allow.
    pub(crate) fn new(files: &ModelFiles, config: &BertConfig, max_length: usize) -> Result<Self> {
        let file = files.name_of("tokenizer.json");
        let bad = |reason: String, remedy: &str| Error::Tokenizer {
            file: file.clone(),
            reason,
            remedy: remedy.to_owned(),
        };
        let again = "copy the tokenizer again from the model's origin";
        let mut json: Value =
            serde_json::from_slice(&files.tokenizer).map_err(|e| bad(e.to_string(), again))?;
        // Padding to a fixed length would cost several times the work, and
        // truncation is ours; a file that sets them is silently overruled.
        if let Some(fields) = json.as_object_mut() {
            fields.insert("padding".into(), Value::Null);
            fields.insert("truncation".into(), Value::Null);
        }
        let mut tokenizer: Tokenizer =
            serde_json::from_value(json.clone()).map_err(|e| bad(e.to_string(), again))?;
        tokenizer.with_padding(None);
        let max_length = max_length.min(config.max_position_embeddings);
        if max_length < 3 {
            return Err(Error::Invalid(format!(
                "max_length is {max_length}, but [CLS], [SEP] and a piece need 3; raise it"
            )));
        }
        tokenizer
            .with_truncation(Some(TruncationParams {
                max_length,
                ..TruncationParams::default()
            }))
            .map_err(|e| bad(e.to_string(), again))?;
        let largest = tokenizer.get_vocab(true).into_values().max().unwrap_or(0) as usize;
        if largest >= config.vocab_size {
            return Err(bad(
                format!(
                    "holds piece number {largest}, but config.json says vocab_size {}",
                    config.vocab_size
                ),
                "the two files belong to different models; use those of one",
            ));
        }
        let encoder = Self {
            tokenizer,
            file: file.clone(),
            json,
            max_length,
        };
        let ends = [
            encoder.tokenizer.token_to_id("[CLS]"),
            encoder.tokenizer.token_to_id("[SEP]"),
        ];
        let empty = encoder.encode("")?;
        if ends != [empty.first().copied(), empty.get(1).copied()] || empty.len() != 2 {
            return Err(bad(
                "does not put [CLS] before and [SEP] after a text".into(),
                "use the tokenizer of a BERT model",
            ));
        }
        Ok(encoder)
    }

    fn encode(&self, text: &str) -> Result<Vec<u32>> {
        match self.tokenizer.encode_fast(text, true) {
            Ok(encoding) => Ok(encoding.get_ids().to_vec()),
            Err(error) => Err(Error::Tokenizer {
                file: self.file.clone(),
                reason: format!("cannot encode a text ({error})"),
                remedy: "use the tokenizer of a BERT model".into(),
            }),
        }
    }

    /// Encodes texts on all threads, in order.
    pub(crate) fn encode_all<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Result<Vec<Vec<u32>>> {
        texts
            .par_iter()
            .map(|text| self.encode(text.as_ref()))
            .collect()
    }

    /// Number of word pieces.
    pub(crate) fn vocabulary(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// Most tokens of a text.
    pub(crate) fn max_length(&self) -> usize {
        self.max_length
    }

    /// The tokenizer file to save: no padding, texts cut where they were.
    pub(crate) fn saved(&self) -> Value {
        let mut json = self.json.clone();
        if let Some(fields) = json.as_object_mut() {
            let truncation = json!({
                "direction": "Right",
                "max_length": self.max_length,
                "strategy": "LongestFirst",
                "stride": 0,
            });
            fields.insert("truncation".into(), truncation);
        }
        json
    }
}

/// Where the tokenizer file says that texts are cut.
pub(crate) fn saved_max_length(files: &ModelFiles, config: &BertConfig) -> usize {
    serde_json::from_slice::<Value>(&files.tokenizer)
        .ok()
        .and_then(|json| json.get("truncation")?.get("max_length")?.as_u64())
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or(config.max_position_embeddings)
}

/// Sequences laid end to end: no padding is stored and none computed.
#[derive(Debug, Clone)]
pub(crate) struct PackedBatch {
    /// The ids of all sequences, one after the other.
    pub(crate) ids: Vec<u32>,
    /// Where each sequence begins in `ids`, and at last where they end.
    pub(crate) offsets: Vec<usize>,
    /// Number of the first row and of the first sequence in the batch that
    /// this is a part of; dropout counts from there.
    pub(crate) first_row: usize,
    pub(crate) first_sequence: usize,
}

impl PackedBatch {
    pub(crate) fn new<'a>(sequences: impl IntoIterator<Item = &'a [u32]>) -> Self {
        let mut batch = Self {
            ids: Vec::new(),
            offsets: vec![0],
            first_row: 0,
            first_sequence: 0,
        };
        for sequence in sequences {
            batch.ids.extend_from_slice(sequence);
            batch.offsets.push(batch.ids.len());
        }
        batch
    }

    /// Number of sequences.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of tokens.
    pub(crate) fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Where each sequence begins and ends.
    pub(crate) fn spans(&self) -> impl ExactSizeIterator<Item = (usize, usize)> + '_ {
        self.offsets.windows(2).map(|w| (w[0], w[1]))
    }

    /// The position of every token in its sequence.
    pub(crate) fn positions(&self) -> Vec<u32> {
        self.spans()
            .flat_map(|(start, end)| 0..(end - start) as u32)
            .collect()
    }

    /// The rows of the `[CLS]` tokens.
    pub(crate) fn first_rows(&self) -> Vec<u32> {
        self.spans().map(|(start, _)| start as u32).collect()
    }

    /// Parts of at most `size` sequences each.
    pub(crate) fn split(&self, size: usize) -> Vec<Self> {
        let spans: Vec<(usize, usize)> = self.spans().collect();
        spans
            .chunks(size)
            .enumerate()
            .map(|(part, spans)| {
                let (first, end) = (spans[0].0, spans[spans.len() - 1].1);
                let mut offsets = vec![0];
                offsets.extend(spans.iter().map(|span| span.1 - first));
                Self {
                    ids: self.ids[first..end].to_vec(),
                    offsets,
                    first_row: self.first_row + first,
                    first_sequence: self.first_sequence + part * size,
                }
            })
            .collect()
    }
}
