//! Fine-tuning: all layers, with a new head on the pooled `[CLS]` state.

mod averaging;
mod checkpoint;
mod plan;
mod report;
mod settings;
mod validation;

use std::ops::ControlFlow;

use sha2::{Digest, Sha256};

pub use averaging::average;
pub use checkpoint::CheckpointPolicy;
use checkpoint::{Fingerprint, State, Tensors};
pub use report::{CurvePoint, Outcome, SetSize, TrainEvent, TrainedModel, TrainingReport};
pub use settings::TrainSettings;
use validation::ValidationSet;

use crate::calibration::Calibration;
use crate::classifier::Classifier;
use crate::config::BertConfig;
use crate::device::DeviceChoice;
use crate::dropout::StepDropout;
use crate::error::{Error, Result};
use crate::files::{ModelFiles, hexadecimal};
use crate::loss::Target;
use crate::metrics::Validation;
use crate::network::{Kernels, Network};
use crate::optimizer::{AdamW, Step};
use crate::parameters::{Absent, Parameters};
use crate::tokens::{PackedBatch, TextEncoder};

/// A text, its label and how many messages it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The text as the model reads it.
    pub text: String,
    /// Index of the label.
    pub label: usize,
    /// The probability that the model is to give the label: 1 where the text
    /// says what it says. Less for a text that gives no reason, so that such
    /// texts are later known by a low probability (Hendrycks et al., *Deep
    /// Anomaly Detection with Outlier Exposure*, ICLR 2019); the other labels
    /// share the rest. Validation asks for the label alone.
    pub certainty: f32,
    /// How many equal texts this one stands for; positive.
    pub weight: f32,
}

/// Watches training; stops it by [`ControlFlow::Break`].
pub type Observer<'a> = &'a mut dyn FnMut(TrainEvent) -> ControlFlow<()>;

/// What to train.
#[derive(Debug, Clone, Copy)]
pub struct TrainingData<'a> {
    /// The labels; an example's label is an index into them.
    pub labels: &'a [String],
    /// What is learned from.
    pub train: &'a [Example],
    /// What decides when to stop and which weights to keep; may be empty, then
    /// all epochs are gone through and the last weights kept.
    pub validation: &'a [Example],
}

/// Fine-tunes a base on examples.
///
/// A step's loss is the sum over its examples of weight × cross-entropy,
/// divided by (number of examples × mean weight of the training set): in
/// expectation that of training on every text as often as its weight says.
///
/// Training runs on the current rayon pool. On the CPU its result is the same
/// bits for any number of threads, and whether or not it was interrupted and
/// resumed.
///
/// # Errors
///
/// Unfit settings, labels or examples; a base with faults, by name; a
/// checkpoint of another training; divergence; faults of files or the device.
pub fn train(
    base: &ModelFiles,
    data: TrainingData,
    settings: &TrainSettings,
    device: DeviceChoice,
    checkpoint: Option<&CheckpointPolicy>,
    observe: Observer,
) -> Result<Outcome> {
    settings.check()?;
    check_data(data)?;
    let mut config = BertConfig::parse(&base.config, &base.name_of("config.json"))?;
    config.set_labels(data.labels);
    let device = device.open()?;
    let encoder = TextEncoder::new(base, &config, settings.max_length)?;
    let weights = base.open_weights(&config, data.labels.len())?;
    let absent = Absent::IsDrawnFrom(settings.seed);
    let (parameters, pooler_drawn) = Parameters::read(&weights, &config, absent, &device)?;
    let kernels = Network::kernels_for(&device);
    let network = Network::new(config, parameters, device, kernels)?;
    if pooler_drawn {
        let note = "the base has no pooler; a new one is trained".to_owned();
        if observe(TrainEvent::Note(note)).is_break() {
            return Ok(Outcome::Interrupted {
                step: 0,
                checkpoint: None,
            });
        }
    }
    let mut trainer = Trainer::new(base, data, settings, network, &encoder)?;
    if let Some(step) = trainer.run(checkpoint, observe)? {
        // Before the first step nothing is written.
        let checkpoint = checkpoint.filter(|_| step > 0);
        let checkpoint = checkpoint.map(|policy| policy.path.clone());
        return Ok(Outcome::Interrupted { step, checkpoint });
    }
    let (network, calibration, report) = trainer.finish()?;
    let labels = data.labels.to_vec();
    let classifier = Classifier::from_parts(network, encoder, labels, calibration);
    Ok(Outcome::Finished(Box::new(TrainedModel {
        classifier,
        report,
    })))
}

/// Training under way.
struct Trainer<'a> {
    data: TrainingData<'a>,
    settings: &'a TrainSettings,
    base_sha256: String,
    network: Network,
    optimizer: AdamW,
    train: Vec<Vec<u32>>,
    validation: ValidationSet<'a>,
    mean_weight: f64,
    state: State,
    best: Option<Tensors>,
}

impl<'a> Trainer<'a> {
    fn new(
        base: &ModelFiles,
        data: TrainingData<'a>,
        settings: &'a TrainSettings,
        network: Network,
        encoder: &TextEncoder,
    ) -> Result<Self> {
        let texts: Vec<&str> = data.train.iter().map(|e| e.text.as_str()).collect();
        let base_sha256 = base.weights_sha256();
        let fingerprint = Fingerprint {
            settings: hash_of_settings(settings, &network)?,
            data: hash_of_data(data),
            base: hash_of_base(base),
        };
        let total: f64 = data.train.iter().map(|e| f64::from(e.weight)).sum();
        Ok(Self {
            optimizer: AdamW::new(&network.parameters)?,
            train: encoder.encode_all(&texts)?,
            validation: ValidationSet::new(data.validation, data.labels.len(), encoder)?,
            mean_weight: total / data.train.len() as f64,
            state: State::new(fingerprint),
            best: None,
            data,
            settings,
            base_sha256,
            network,
        })
    }

    fn steps_per_epoch(&self) -> usize {
        self.train.len().div_ceil(self.settings.batch_size)
    }

    fn steps(&self) -> usize {
        self.steps_per_epoch() * self.settings.epochs
    }

    /// Trains to the end, or to the step at which the observer stops it.
    fn run(
        &mut self,
        policy: Option<&CheckpointPolicy>,
        observe: Observer,
    ) -> Result<Option<usize>> {
        if let Some(policy) = policy.filter(|policy| policy.resume) {
            let network = &self.network;
            let loaded = checkpoint::load(
                &policy.path,
                &self.state.fingerprint,
                &network.parameters,
                network.device(),
            )?;
            if let Some(loaded) = loaded {
                self.state = loaded.state;
                self.optimizer = loaded.optimizer;
                self.best = loaded.best;
            }
        }
        let steps_per_epoch = self.steps_per_epoch();
        let started = TrainEvent::Started {
            steps: self.steps(),
            steps_per_epoch,
            done: self.state.step,
        };
        if observe(started).is_break() {
            return Ok(Some(self.state.step));
        }
        let lengths: Vec<usize> = self.train.iter().map(Vec::len).collect();
        let mut plan: Option<(usize, Vec<Vec<usize>>)> = None;
        while !self.state.finished {
            let epoch = self.state.step / steps_per_epoch;
            let batches = match plan.take() {
                Some((planned, batches)) if planned == epoch => batches,
                _ => {
                    let size = self.settings.batch_size;
                    plan::batches(&lengths, size, self.settings.seed, epoch)
                }
            };
            let event = self.step(&batches[self.state.step % steps_per_epoch], epoch)?;
            plan = Some((epoch, batches));
            let mut stop = observe(event).is_break();
            if self.state.step.is_multiple_of(steps_per_epoch)
                && let Some(event) = self.end_epoch(epoch)?
            {
                stop |= observe(event).is_break();
            }
            let Some(policy) = policy else {
                if stop {
                    return Ok(Some(self.state.step));
                }
                continue;
            };
            let due = policy.every_steps > 0 && self.state.step.is_multiple_of(policy.every_steps);
            if stop || (due && !self.state.finished) {
                checkpoint::save(
                    &policy.path,
                    &self.state,
                    &self.network.parameters,
                    &self.optimizer,
                    self.best.as_ref(),
                )?;
                stop |= observe(TrainEvent::CheckpointWritten {
                    step: self.state.step,
                })
                .is_break();
            }
            if stop {
                return Ok(Some(self.state.step));
            }
        }
        Ok(None)
    }

    /// Takes one step on a batch of examples.
    fn step(&mut self, batch: &[usize], epoch: usize) -> Result<TrainEvent> {
        let packed = PackedBatch::new(batch.iter().map(|i| self.train[*i].as_slice()));
        let norm = batch.len() as f64 * self.mean_weight;
        let targets: Vec<Target> = batch
            .iter()
            .map(|index| {
                let example = &self.data.train[*index];
                let weight = (f64::from(example.weight) / norm) as f32;
                Target {
                    label: example.label,
                    certainty: example.certainty,
                    weight,
                }
            })
            .collect();
        let config = &self.network.config;
        let dropout = StepDropout {
            seed: self.settings.seed,
            step: self.state.step as u64,
            hidden: config.hidden_dropout_prob,
            attention: config.attention_probs_dropout_prob,
            pooled: config
                .classifier_dropout
                .unwrap_or(config.hidden_dropout_prob),
        };
        let smoothing = self.settings.label_smoothing;
        let (loss, gradients) =
            self.network
                .differentiate(&packed, &targets, smoothing, Some(&dropout))?;
        let learning_rate = self.settings.rate_at(self.state.step, self.steps());
        let step = Step {
            learning_rate,
            layer_decay: self.settings.layer_decay,
            weight_decay: self.settings.weight_decay,
            max_norm: self.settings.max_gradient_norm,
        };
        let gradient_norm = self
            .optimizer
            .step(&self.network.parameters, &gradients, step)?;
        for (what, value) in [("loss", loss), ("gradient", gradient_norm)] {
            if !value.is_finite() {
                return Err(Error::Diverged {
                    step: self.state.step + 1,
                    what,
                });
            }
        }
        let state = &mut self.state;
        state.step += 1;
        state.loss_bits = (f64::from_bits(state.loss_bits) + loss).to_bits();
        state.losses += 1;
        let epoch = epoch + 1;
        let epoch_ends = state
            .step
            .is_multiple_of(self.train.len().div_ceil(self.settings.batch_size));
        if epoch_ends || state.step.is_multiple_of(self.settings.curve_every) {
            let mean = f64::from_bits(state.loss_bits) / state.losses as f64;
            state.curve.push(CurvePoint {
                step: state.step,
                epoch,
                train_loss: mean as f32,
                learning_rate: learning_rate as f32,
                validation: None,
            });
            (state.loss_bits, state.losses) = (0, 0);
        }
        Ok(TrainEvent::Step {
            step: state.step,
            epoch,
            loss: loss as f32,
            learning_rate: learning_rate as f32,
            gradient_norm: gradient_norm as f32,
        })
    }

    /// Validates, keeps the best weights, and decides whether to go on.
    fn end_epoch(&mut self, epoch: usize) -> Result<Option<TrainEvent>> {
        let epoch = epoch + 1;
        self.state.finished = epoch == self.settings.epochs;
        let Some((validation, macro_f1)) = self.validation.validate(&mut self.network)? else {
            return Ok(None);
        };
        let best = self.state.best_f1_bits.is_none_or(|bits| {
            let best = f64::from_bits(bits);
            let lower_loss = || {
                self.best_validation()
                    .is_some_and(|best| validation.loss < best.loss)
            };
            macro_f1 > best || (macro_f1 == best && lower_loss())
        });
        if best {
            self.state.best_f1_bits = Some(macro_f1.to_bits());
            self.state.best_epoch = Some(epoch);
            self.state.epochs_without_gain = 0;
            self.best = Some(self.network.parameters.snapshot()?);
        } else {
            self.state.epochs_without_gain += 1;
            self.state.finished |= self.state.epochs_without_gain >= self.settings.patience;
        }
        if let Some(point) = self.state.curve.last_mut() {
            point.validation = Some(validation);
        }
        Ok(Some(TrainEvent::Validated {
            epoch,
            validation,
            best,
        }))
    }

    /// Figures of the best epoch so far.
    fn best_validation(&self) -> Option<Validation> {
        let best_epoch = self.state.best_epoch?;
        let mut curve = self.state.curve.iter();
        curve.find_map(|point| point.validation.filter(|_| point.epoch == best_epoch))
    }

    /// Puts the best weights back, calibrates them and reports.
    fn finish(mut self) -> Result<(Network, Option<Calibration>, TrainingReport)> {
        if let Some(best) = &self.best {
            self.network.parameters.restore(best)?;
        }
        let calibration = self.validation.calibrate(&mut self.network)?;
        // Other threads may use the weights from now on, see `Parameters::read`.
        self.network.device().synchronize()?;
        let last_epoch = self.state.step / self.steps_per_epoch();
        let best = self.best_validation();
        let best_epoch = self.state.best_epoch.unwrap_or(last_epoch);
        let size = |examples: &[Example]| SetSize {
            texts: examples.len(),
            weight: examples.iter().map(|e| f64::from(e.weight)).sum(),
        };
        let report = TrainingReport {
            ebrc_version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: self.settings.clone(),
            base_weights_sha256: self.base_sha256,
            data_sha256: self.state.fingerprint.data,
            labels: self.data.labels.to_vec(),
            train: size(self.data.train),
            validation: size(self.data.validation),
            steps: self.state.step,
            best_epoch,
            best,
            stopped_early: last_epoch < self.settings.epochs,
            curve: self.state.curve,
            averaged: Vec::new(),
        };
        Ok((self.network, calibration, report))
    }
}

fn check_data(data: TrainingData) -> Result<()> {
    let wrong = |reason: String| Err(Error::Invalid(reason));
    if data.labels.len() < 2 {
        return wrong("there are fewer than two labels; nothing is to be told apart".into());
    }
    for (index, label) in data.labels.iter().enumerate() {
        if data.labels[..index].contains(label) {
            return wrong(format!("label {label} occurs twice; name each once"));
        }
    }
    if data.train.is_empty() {
        return wrong("the training set is empty; label more templates".into());
    }
    for (set, examples) in [("training", data.train), ("validation", data.validation)] {
        for (index, example) in examples.iter().enumerate() {
            if example.label >= data.labels.len() {
                return wrong(format!(
                    "{set} example {index} has label number {}, but there are {} labels",
                    example.label,
                    data.labels.len()
                ));
            }
            if !(example.certainty > 0.0 && example.certainty <= 1.0) {
                return wrong(format!(
                    "{set} example {index} has certainty {}; use more than 0, 1 at the most",
                    example.certainty
                ));
            }
            if !(example.weight > 0.0 && example.weight.is_finite()) {
                return wrong(format!(
                    "{set} example {index} has weight {}; use a positive number",
                    example.weight
                ));
            }
        }
    }
    Ok(())
}

fn hash_of_settings(settings: &TrainSettings, network: &Network) -> Result<String> {
    let mut text = serde_json::to_string(settings)
        .map_err(|error| Error::Invalid(format!("settings cannot be written ({error})")))?;
    // The kernels differ in their last bits, so a run stays with one of them.
    text.push_str(match Network::kernels_for(network.device()) {
        Kernels::Fused => "fused",
        Kernels::Composed => "composed",
    });
    Ok(hexadecimal(&Sha256::digest(text)))
}

fn hash_of_data(data: TrainingData) -> String {
    let mut hash = Sha256::new();
    let count = |hash: &mut Sha256, count: usize| hash.update((count as u64).to_le_bytes());
    count(&mut hash, data.labels.len());
    for label in data.labels {
        count(&mut hash, label.len());
        hash.update(label);
    }
    for examples in [data.train, data.validation] {
        count(&mut hash, examples.len());
        for example in examples {
            count(&mut hash, example.text.len());
            hash.update(&example.text);
            count(&mut hash, example.label);
            hash.update(example.certainty.to_le_bytes());
            hash.update(example.weight.to_le_bytes());
        }
    }
    hexadecimal(&hash.finalize())
}

fn hash_of_base(base: &ModelFiles) -> String {
    let mut hash = Sha256::new();
    for file in [&base.config, &base.tokenizer, &*base.weights] {
        hash.update((file.len() as u64).to_le_bytes());
        hash.update(file);
    }
    hexadecimal(&hash.finalize())
}
