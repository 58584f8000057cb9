//! The three files that make a model, wherever they come from.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::config::BertConfig;
use crate::error::{Error, Result};
use crate::weights::{SharedBytes, WeightFile};

/// Where a model's folder keeps its calibration.
pub(crate) const CALIBRATION: &str = "calibration.json";

/// Where it keeps how it was trained.
pub(crate) const TRAINING: &str = "training.json";

/// A model's configuration, tokenizer and weights, as bytes.
///
/// They come from a folder laid out as the Hugging Face hub does it, from the
/// hub itself ([`ModelFiles::from_hub`], feature `hub`) or from the program
/// ([`ModelFiles::from_static`]).
#[derive(Clone)]
pub struct ModelFiles {
    pub(crate) origin: String,
    pub(crate) config: Cow<'static, [u8]>,
    pub(crate) tokenizer: Cow<'static, [u8]>,
    pub(crate) weights: SharedBytes,
    pub(crate) calibration: Option<Cow<'static, [u8]>>,
    pub(crate) training: Option<Cow<'static, [u8]>>,
}

impl std::fmt::Debug for ModelFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelFiles")
            .field("origin", &self.origin)
            .field("weights_bytes", &self.weights.len())
            .finish_non_exhaustive()
    }
}

impl ModelFiles {
    /// Reads `config.json`, `tokenizer.json` (or `vocab.txt` with
    /// `tokenizer_config.json`), `model.safetensors` and, where they are there,
    /// `calibration.json` and `training.json` of a folder.
    ///
    /// # Errors
    ///
    /// A file that is absent or cannot be read.
    pub fn from_folder(folder: &Path) -> Result<Self> {
        let place = folder.display().to_string();
        if !folder.is_dir() {
            return Err(Error::MissingFile {
                place,
                file: "model folder".into(),
                remedy: "give the path of a folder with config.json, tokenizer.json and \
                         model.safetensors"
                    .into(),
            });
        }
        let read = |name: &str| {
            let path = folder.join(name);
            match std::fs::read(&path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(ebrc_files::Error::read(path, source).into()),
            }
        };
        let files = Self::gather(&place, read)?;
        // Not from a hub, where it would be asked for in vain each time.
        let calibration = read(CALIBRATION)?.map(Cow::Owned);
        let training = read(TRAINING)?.map(Cow::Owned);
        Ok(Self {
            calibration,
            training,
            ..files
        })
    }

    /// A model whose files are compiled into the program; `origin` names it in
    /// errors. `tokenizer` is a `tokenizer.json`, `weights` a safetensors file.
    #[must_use]
    pub fn from_static(
        origin: &str,
        config: &'static [u8],
        tokenizer: &'static [u8],
        weights: &'static [u8],
    ) -> Self {
        Self {
            origin: origin.to_owned(),
            config: Cow::Borrowed(config),
            tokenizer: Cow::Borrowed(tokenizer),
            weights: Arc::new(Cow::Borrowed(weights)),
            calibration: None,
            training: None,
        }
    }

    /// The same with the calibration that training saved with it.
    #[must_use]
    pub fn with_calibration(self, calibration: &'static [u8]) -> Self {
        Self {
            calibration: Some(Cow::Borrowed(calibration)),
            ..self
        }
    }

    /// The same with the `training.json` that training saved with it.
    #[must_use]
    pub fn with_training(self, training: &'static [u8]) -> Self {
        Self {
            training: Some(Cow::Borrowed(training)),
            ..self
        }
    }

    /// How errors name the model: its folder or repository, or what it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// SHA-256 of the weights file in hexadecimal, as `sha256sum` prints it.
    #[must_use]
    pub fn weights_sha256(&self) -> String {
        hexadecimal(&Sha256::digest(&**self.weights))
    }

    /// Collects the files through `read`, which gives `None` for an absent one.
    pub(crate) fn gather(
        place: &str,
        mut read: impl FnMut(&str) -> Result<Option<Vec<u8>>>,
    ) -> Result<Self> {
        let missing = |file: &str, remedy: &str| Error::MissingFile {
            place: place.to_owned(),
            file: file.to_owned(),
            remedy: remedy.to_owned(),
        };
        let config = read("config.json")?
            .ok_or_else(|| missing("config.json", "use the whole folder of a BERT model"))?;
        let tokenizer = match read("tokenizer.json")? {
            Some(bytes) => bytes,
            None => {
                let vocabulary = read("vocab.txt")?.ok_or_else(|| {
                    missing(
                        "tokenizer.json nor vocab.txt",
                        "copy either from the model's origin",
                    )
                })?;
                let settings = read("tokenizer_config.json")?;
                tokenizer_from_vocabulary(&vocabulary, settings.as_deref(), place)?
            }
        };
        let weights = read("model.safetensors")?.ok_or_else(|| {
            missing(
                "model.safetensors",
                "use a model with weights in one safetensors file, or convert pytorch_model.bin",
            )
        })?;
        Ok(Self {
            origin: place.to_owned(),
            config: Cow::Owned(config),
            tokenizer: Cow::Owned(tokenizer),
            weights: Arc::new(Cow::Owned(weights)),
            calibration: None,
            training: None,
        })
    }

    /// The weights of a model of this shape with so many labels (0: without a
    /// head).
    pub(crate) fn open_weights(
        &self,
        config: &BertConfig,
        labels: usize,
    ) -> Result<WeightFile<'_>> {
        let name = self.name_of("model.safetensors");
        WeightFile::open(&self.weights, name, config, labels)
    }

    /// How errors name one of the files.
    pub(crate) fn name_of(&self, file: &str) -> String {
        format!("{}/{file}", self.origin)
    }
}

/// A `tokenizer.json` for BERT's original `vocab.txt` (a piece a line, the
/// line number its id), lower-casing unless the settings say otherwise.
fn tokenizer_from_vocabulary(
    vocabulary: &[u8],
    settings: Option<&[u8]>,
    place: &str,
) -> Result<Vec<u8>> {
    let bad = |file: &str, reason: String| Error::Tokenizer {
        file: format!("{place}/{file}"),
        reason,
        remedy: "copy the file again from the model's origin".into(),
    };
    let text = std::str::from_utf8(vocabulary).map_err(|e| bad("vocab.txt", e.to_string()))?;
    let settings: Value = match settings {
        Some(bytes) => serde_json::from_slice(bytes)
            .map_err(|e| bad("tokenizer_config.json", e.to_string()))?,
        None => Value::Null,
    };
    let flag = |name: &str| settings.get(name).and_then(Value::as_bool);
    let pieces: Vec<&str> = text
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect();
    let mut ids = serde_json::Map::new();
    for (id, piece) in pieces.iter().enumerate() {
        ids.insert((*piece).to_owned(), json!(id));
    }
    let id_of = |piece: &str| {
        ids.get(piece)
            .cloned()
            .ok_or_else(|| bad("vocab.txt", format!("has no piece {piece}")))
    };
    let (cls, sep) = (id_of("[CLS]")?, id_of("[SEP]")?);
    let mut added = Vec::new();
    for piece in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
        if let Some(id) = ids.get(piece) {
            added.push(json!({
                "id": id, "content": piece, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            }));
        }
    }
    added.sort_by_key(|piece| piece["id"].as_u64());
    id_of("[UNK]")?;
    let tokenizer = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": true,
            "handle_chinese_chars": flag("tokenize_chinese_chars").unwrap_or(true),
            "strip_accents": flag("strip_accents"),
            "lowercase": flag("do_lower_case").unwrap_or(true),
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 1}},
            ],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [cls], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [sep], "tokens": ["[SEP]"]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    });
    serde_json::to_vec(&tokenizer).map_err(|e| bad("vocab.txt", e.to_string()))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
