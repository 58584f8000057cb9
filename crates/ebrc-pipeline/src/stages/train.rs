use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ebrc_model::{
    CheckpointPolicy, DeviceChoice, Example, HubSettings, ModelFiles, Outcome, TrainEvent,
    TrainSettings, TrainedModel, TrainingData, WeightFormat,
};
use ebrc_taxonomy::BounceType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::model_card::model_card;
use crate::run::file;
use crate::texts::{messages_of, weighted_examples};
use crate::{Error, Run, Stage, Watch};

/// Texts that a training goes through, where the number of epochs is not given.
const TEXTS_TO_GO_THROUGH: usize = 20_000;

/// The BERT to start from.
#[derive(Debug, Clone)]
pub enum Base {
    /// The one that ships with ebrc.
    Embedded,
    /// A folder laid out like a repository of the hub.
    Folder(PathBuf),
    /// A repository of the hub.
    Hub {
        /// Such as `google-bert/bert-base-uncased`.
        id: String,
        /// A branch, tag or commit.
        revision: String,
        /// How to reach the hub.
        settings: HubSettings,
    },
}

impl Base {
    pub(super) fn files(&self) -> Result<ModelFiles, Error> {
        Ok(match self {
            Self::Embedded => ebrc_embedded::base(),
            Self::Folder(folder) => ModelFiles::from_folder(folder)?,
            Self::Hub {
                id,
                revision,
                settings,
            } => ModelFiles::from_hub(id, revision, settings)?,
        })
    }

    /// How the journal and the model card name the base.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Embedded => "ebrc-base".to_owned(),
            Self::Folder(folder) => folder.file_name().map_or_else(
                || "folder".to_owned(),
                |name| name.to_string_lossy().into_owned(),
            ),
            Self::Hub { id, revision, .. } => format!("{id} ({revision})"),
        }
    }
}

/// How a run's classifier is trained.
#[derive(Debug, Clone)]
pub struct TrainRequest {
    /// What to start from.
    pub base: Base,
    /// Where to compute.
    pub device: DeviceChoice,
    /// The fine-tuning's settings, the seed among them.
    pub settings: TrainSettings,
    /// Epochs at the most; where not given, as many as the number of distinct
    /// texts asks for.
    pub epochs: Option<usize>,
    /// Steps from one checkpoint to the next.
    pub checkpoint_every: usize,
    /// Go on from the run's checkpoint, where there is one.
    pub resume: bool,
    /// Number format of the saved weights.
    pub weights: WeightFormat,
}

/// What training came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSummary {
    /// Messages trained on.
    pub messages: u64,
    /// Distinct texts among them.
    pub texts: u64,
    /// Steps made.
    pub steps: u64,
    /// Best macro-F1 on the validation set, where there is one.
    pub macro_f1: Option<f64>,
}

/// Fine-tunes the base on the run's training set and saves the classifier.
///
/// # Errors
/// Where the training set is missing or wrong, or the model cannot be loaded,
/// trained or saved. A stop leaves a checkpoint.
pub fn train(
    run: &Run,
    request: &TrainRequest,
    watch: &mut dyn Watch,
) -> Result<TrainSummary, Error> {
    let paths = [
        run.existing(file::TRAIN, Stage::Sample)?,
        run.existing(file::VALIDATION, Stage::Sample)?,
    ];
    let base = request.base.files()?;
    let recorded = recorded_settings(request, &base)?;
    if let Some(summary) = run.finished(Stage::Train, &recorded, &paths)? {
        watch.tell("train: the classifier is there already");
        return Ok(summary);
    }
    let messages = messages_of(&paths[0])?;
    let held_out = messages_of(&paths[1])?;
    let training = weighted_examples(&messages);
    let validation = weighted_examples(&held_out);
    watch.tell(&format!(
        "train: {} messages are {} distinct texts; {} messages, {} texts to validate on",
        messages.len(),
        training.len(),
        held_out.len(),
        validation.len()
    ));
    let checkpoint = run.path(file::CHECKPOINT);
    let policy = CheckpointPolicy {
        path: checkpoint.clone(),
        every_steps: request.checkpoint_every,
        resume: request.resume && checkpoint.exists(),
    };
    let trained = fine_tune(
        request,
        &base,
        [&training, &validation],
        Some(&policy),
        watch,
    )?
    .ok_or(Error::Interrupted(
        "`ebrc train --resume` goes on from here",
    ))?;
    let summary = TrainSummary {
        messages: messages.len() as u64,
        texts: training.len() as u64,
        steps: trained.report.steps as u64,
        macro_f1: trained.report.best.map(|best| f64::from(best.macro_f1)),
    };
    let card = model_card(
        &request.base,
        &trained.report,
        trained.classifier.calibration(),
    );
    let folder = run.model();
    save_model(&trained, request.weights, &card, &folder)?;
    run.record(
        Stage::Train,
        &recorded,
        &paths,
        std::slice::from_ref(&folder),
        &summary,
    )?;
    ebrc_files::remove_if_there(&checkpoint)?;
    watch.tell(&format!(
        "train: the classifier is in {}{}",
        folder.display(),
        match summary.macro_f1 {
            Some(macro_f1) => format!("; macro-F1 {macro_f1:.3} on the validation set"),
            None => String::new(),
        }
    ));
    Ok(summary)
}

/// Writes a model's folder, its card included. The folder appears whole, in
/// place of one that was there: it is written beside its place and renamed.
pub(super) fn save_model(
    model: &TrainedModel,
    weights: WeightFormat,
    card: &str,
    folder: &Path,
) -> Result<(), Error> {
    let mut name = OsString::from(".incomplete-");
    name.push(folder.file_name().unwrap_or_default());
    let incomplete = folder.with_file_name(name);
    remove_folder_if_there(&incomplete)?;
    model.save(&incomplete, weights)?;
    ebrc_files::write_complete(&incomplete.join(file::MODEL_CARD), card.as_bytes())?;
    remove_folder_if_there(folder)?;
    fs::rename(&incomplete, folder)
        .map_err(|source| ebrc_files::Error::write(folder, source).into())
}

/// Fine-tunes a base on a training and a validation set; `None` where it was
/// asked to stop.
pub(super) fn fine_tune(
    request: &TrainRequest,
    base: &ModelFiles,
    [training, validation]: [&[Example]; 2],
    policy: Option<&CheckpointPolicy>,
    watch: &mut dyn Watch,
) -> Result<Option<Box<TrainedModel>>, Error> {
    let epochs = request.epochs.unwrap_or_else(|| epochs_for(training.len()));
    let settings = TrainSettings {
        epochs,
        // Short epochs differ little from each other.
        patience: request.settings.patience.max(epochs / 3),
        ..request.settings.clone()
    };
    let labels = BounceType::ALL.map(|kind| kind.id().to_owned());
    let outcome = ebrc_model::train(
        base,
        TrainingData {
            labels: &labels,
            train: training,
            validation,
        },
        &settings,
        request.device,
        policy,
        &mut |event| {
            tell(&event, watch);
            if watch.wants_stop() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    )?;
    Ok(match outcome {
        Outcome::Finished(trained) => Some(trained),
        Outcome::Interrupted { .. } => None,
    })
}

/// How often the training set is gone through: a few thousand masked texts a
/// few times, a few dozen many times. A large log's 200 templates come to some
/// hundred distinct texts, which five epochs would hardly touch.
fn epochs_for(texts: usize) -> usize {
    (TEXTS_TO_GO_THROUGH / texts.max(1)).clamp(5, 60)
}

/// What decides over the weights' bytes, for the journal.
fn recorded_settings(request: &TrainRequest, base: &ModelFiles) -> Result<Value, Error> {
    let settings = serde_json::to_value(&request.settings)
        .map_err(|error| Error::Nothing(format!("settings cannot be written: {error}")))?;
    Ok(json!({
        "base": request.base.name(),
        "base_weights_sha256": base.weights_sha256(),
        "precision": match request.weights {
            WeightFormat::F32 => "f32",
            WeightFormat::F16 => "f16",
        },
        "epochs": request.epochs,
        "fine_tuning": settings,
    }))
}

fn tell(event: &TrainEvent, watch: &mut dyn Watch) {
    match event {
        TrainEvent::Note(note) => watch.tell(&format!("train: {note}")),
        TrainEvent::Started { steps, done, .. } => {
            watch.begin(Stage::Train, Some(*steps as u64));
            watch.advance(*done as u64);
            if *done > 0 {
                watch.tell(&format!("train: going on from step {done} of {steps}"));
            }
        }
        TrainEvent::Step { step, .. } => watch.advance(*step as u64),
        TrainEvent::Validated {
            epoch,
            validation,
            best,
        } => watch.tell(&format!(
            "train: epoch {epoch}: validation loss {:.4}, macro-F1 {:.4}, accuracy {:.4}{}",
            validation.loss,
            validation.macro_f1,
            validation.accuracy,
            if *best { " (best so far)" } else { "" }
        )),
        _ => {}
    }
}

pub(super) fn remove_folder_if_there(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(ebrc_files::Error::write(folder, source).into())
        }
        _ => Ok(()),
    }
}
