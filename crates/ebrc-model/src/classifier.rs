//! A fine-tuned model that classifies texts, and an encoder without a head.

use std::path::Path;

use candle_core::Device;
use ebrc_files::write_complete;
use serde_json::{Value, json};

use crate::calibration::{Calibration, scaled};
use crate::config::BertConfig;
use crate::device::DeviceChoice;
use crate::error::{Error, Result};
use crate::files::{CALIBRATION, ModelFiles};
use crate::loss::softmax;
use crate::network::{Kernels, Network};
use crate::packed::{Output, PackedNetwork};
use crate::parameters::{Absent, Parameters, to_safetensors};
use crate::precision::Precision;
use crate::tokens::{TextEncoder, saved_max_length};

/// The probabilities of a text's labels, in the order of
/// [`Classifier::labels`]; they sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// A probability for each label.
    pub probabilities: Vec<f32>,
}

impl Scores {
    /// The most probable label's index and its probability; of equals the
    /// first.
    #[must_use]
    pub fn best(&self) -> (usize, f32) {
        best(&self.probabilities)
    }
}

/// What the network reads of a text and says of it, before calibration and
/// softmax: what other runtimes are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct TextLogits {
    /// Ids of the text's word pieces, `[CLS]` first and `[SEP]` last.
    pub token_ids: Vec<u32>,
    /// A number for each label, in the order of [`Classifier::labels`].
    pub logits: Vec<f32>,
}

/// The largest number and its index; of equals the first.
pub(crate) fn best(numbers: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::MIN);
    for (index, number) in numbers.iter().enumerate() {
        if *number > best.1 {
            best = (index, *number);
        }
    }
    best
}

/// How weights are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeightFormat {
    /// 32 bits a number: the model as trained.
    #[default]
    F32,
    /// 16 bits a number: half the size; scores move by about a thousandth.
    F16,
}

/// A BERT with a classification head.
pub struct Classifier {
    engine: Engine,
    config: BertConfig,
    encoder: TextEncoder,
    labels: Vec<String>,
    calibration: Option<Calibration>,
    precision: Precision,
}

/// What computes logits.
enum Engine {
    /// Packed weights alone: what a loaded model needs on the CPU. The file's
    /// are kept for saving.
    Packed(Box<PackedNetwork>, ModelFiles),
    Network(Box<Network>),
}

impl std::fmt::Debug for Classifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classifier")
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}

impl Classifier {
    /// Loads a fine-tuned model. Its labels are those of `id2label`; texts are
    /// cut where its tokenizer file says, else where its positions end.
    /// `precision` is that of classification.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the files, by name; [`Error::Device`].
    pub fn load(files: &ModelFiles, device: DeviceChoice, precision: Precision) -> Result<Self> {
        let config_name = files.name_of("config.json");
        let config = BertConfig::parse(&files.config, &config_name)?;
        let labels = config.labels(&config_name)?;
        let device = device.open()?;
        let weights = files.open_weights(&config, labels.len())?;
        let calibration = files.calibration()?;
        // Half of the time is the tokenizer's, half the weights'.
        let (encoder, engine) = rayon::join(
            || TextEncoder::new(files, &config, saved_max_length(files, &config)),
            || match Network::kernels_for(&device) {
                Kernels::Fused => {
                    let packed = PackedNetwork::new(&weights, &config, precision, true)?;
                    Ok(Engine::Packed(Box::new(packed), files.clone()))
                }
                kernels @ Kernels::Composed => {
                    let (parameters, _) =
                        Parameters::read(&weights, &config, Absent::IsAnError, &device)?;
                    let network = Network::new(config.clone(), parameters, device, kernels)?;
                    Ok::<_, Error>(Engine::Network(Box::new(network)))
                }
            },
        );
        let engine = engine?;
        Ok(Self {
            precision: match &engine {
                Engine::Packed(..) => precision,
                Engine::Network(_) => Precision::F32,
            },
            engine,
            encoder: encoder?,
            config,
            labels,
            calibration,
        })
    }

    pub(crate) fn from_parts(
        network: Network,
        encoder: TextEncoder,
        labels: Vec<String>,
        calibration: Option<Calibration>,
    ) -> Self {
        Self {
            config: network.config.clone(),
            engine: Engine::Network(Box::new(network)),
            encoder,
            labels,
            calibration,
            precision: Precision::F32,
        }
    }

    /// How it computes: on a GPU in f32, whatever was asked for.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The labels, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What makes its probabilities shares; `None` for a model that has none.
    #[must_use]
    pub fn calibration(&self) -> Option<&Calibration> {
        self.calibration.as_ref()
    }

    /// Classifies texts, on all threads of the current pool; results are in
    /// the texts' order.
    ///
    /// On the CPU a text's scores are the same bits whatever it is classified
    /// together with, and whatever the number of threads, in either precision.
    ///
    /// # Errors
    ///
    /// Faults of the tokenizer or of the device.
    pub fn classify(&self, texts: &[&str]) -> Result<Vec<Scores>> {
        let read = self.logits(texts)?;
        Ok(read
            .iter()
            .map(|TextLogits { logits, .. }| Scores {
                probabilities: match &self.calibration {
                    Some(calibration) => softmax(&scaled(logits, calibration.temperature)),
                    None => softmax(logits),
                },
            })
            .collect())
    }

    /// The word pieces and the logits of texts, in their order; computed as
    /// [`Classifier::classify`] does.
    ///
    /// # Errors
    ///
    /// Faults of the tokenizer or of the device.
    pub fn logits(&self, texts: &[&str]) -> Result<Vec<TextLogits>> {
        let sequences = self.encoder.encode_all(texts)?;
        let choose = |output: Output| output.logits;
        let logits = match &self.engine {
            Engine::Packed(network, _) => network.infer_all(&sequences, choose),
            Engine::Network(network) => network.infer_all(&sequences, choose),
        }?;
        let pairs = sequences.into_iter().zip(logits);
        Ok(pairs
            .map(|(token_ids, logits)| TextLogits { token_ids, logits })
            .collect())
    }

    /// Writes the model to a folder, laid out as the hub and Python's
    /// `transformers` expect it: `config.json`, `tokenizer.json`,
    /// `tokenizer_config.json`, `model.safetensors`; and `calibration.json`,
    /// which is ours, where it has one. The same model gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`Error::File`].
    pub fn save(&self, folder: &Path, format: WeightFormat) -> Result<()> {
        ebrc_files::create_folder(folder)?;
        let half = format == WeightFormat::F16;
        let mut config = self.config.clone();
        config.set_labels(&self.labels);
        config.torch_dtype = Some(if half { "float16" } else { "float32" }.into());
        let read;
        let parameters = match &self.engine {
            Engine::Network(network) => &network.parameters,
            Engine::Packed(_, files) => {
                let weights = files.open_weights(&config, self.labels.len())?;
                (read, _) = Parameters::read(&weights, &config, Absent::IsAnError, &Device::Cpu)?;
                &read
            }
        };
        let mut tensors = Vec::new();
        for (name, variable) in parameters.iter() {
            let prefix = if name.starts_with("classifier.") {
                ""
            } else {
                "bert."
            };
            tensors.push((format!("{prefix}{name}"), variable.as_detached_tensor()));
        }
        let weights = to_safetensors(&tensors, half, ("format", "pt".into()))?;
        let tokenizer = self.encoder.saved();
        let settings = tokenizer_settings(&tokenizer, self.encoder.max_length());
        write_complete(&folder.join("config.json"), &json_bytes(&config)?)?;
        write_complete(&folder.join("tokenizer.json"), &json_bytes(&tokenizer)?)?;
        write_complete(
            &folder.join("tokenizer_config.json"),
            &json_bytes(&settings)?,
        )?;
        write_complete(&folder.join("model.safetensors"), &weights)?;
        match &self.calibration {
            Some(calibration) => {
                write_complete(&folder.join(CALIBRATION), &json_bytes(calibration)?)?;
            }
            None => ebrc_files::remove_if_there(&folder.join(CALIBRATION))?,
        }
        Ok(())
    }
}

/// A BERT without a head, for its hidden states; on the CPU, in f32.
pub struct Encoder {
    network: PackedNetwork,
    encoder: TextEncoder,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

impl Encoder {
    /// Loads a base model; a head or a pooler it may have is ignored.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the files, by name.
    pub fn load(files: &ModelFiles) -> Result<Self> {
        let config = BertConfig::parse(&files.config, &files.name_of("config.json"))?;
        let encoder = TextEncoder::new(files, &config, saved_max_length(files, &config))?;
        let weights = files.open_weights(&config, 0)?;
        let network = PackedNetwork::new(&weights, &config, Precision::F32, false)?;
        Ok(Self { network, encoder })
    }

    /// The hidden state of each text's `[CLS]` token after the last layer.
    ///
    /// # Errors
    ///
    /// Faults of the tokenizer.
    pub fn first_states(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        self.network
            .infer_all(&self.encoder.encode_all(texts)?, |output| output.states)
    }
}

/// `tokenizer_config.json`, from what the tokenizer file says, and with the
/// length that texts are cut to.
fn tokenizer_settings(tokenizer: &Value, max_length: usize) -> Value {
    let normalizer = tokenizer.get("normalizer");
    let setting = |name: &str| {
        normalizer
            .and_then(|n| n.get(name))
            .cloned()
            .unwrap_or(Value::Null)
    };
    json!({
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": setting("lowercase"),
        "strip_accents": setting("strip_accents"),
        "tokenize_chinese_chars": setting("handle_chinese_chars"),
        "model_max_length": max_length,
        "unk_token": "[UNK]",
        "sep_token": "[SEP]",
        "pad_token": "[PAD]",
        "cls_token": "[CLS]",
        "mask_token": "[MASK]",
    })
}

pub(crate) fn json_bytes(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| Error::Invalid(format!("a result cannot be written as JSON ({error})")))?;
    bytes.push(b'\n');
    Ok(bytes)
}
