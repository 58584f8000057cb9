use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ebrc_model::{
    CheckpointPolicy, DeviceChoice, HubSettings, ModelFiles, TrainEvent, TrainSettings, WeightType,
};
use ebrc_taxonomy::BounceType;
use serde::Serialize;
use serde_json::json;

use crate::run::file;
use crate::texts::{LabelledMessage, read_json_lines, weighted_examples};
use crate::{Error, Run, Stage, Watch};

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
    fn files(&self) -> Result<ModelFiles, Error> {
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
            Self::Folder(folder) => folder
                .file_name()
                .map_or_else(|| "folder".to_owned(), |name| name.to_string_lossy().into_owned()),
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
    /// Steps from one checkpoint to the next.
    pub checkpoint_every: usize,
    /// Go on from the run's checkpoint, where there is one.
    pub resume: bool,
    /// Number format of the saved weights.
    pub weights: WeightType,
}

/// What training came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    let expected = "{\"text\": …, \"label\": \"T1\" to \"T16\", \"template_id\": …}";
    let messages: Vec<LabelledMessage> = read_json_lines(&paths[0], expected)?;
    let held_out: Vec<LabelledMessage> = read_json_lines(&paths[1], expected)?;
    let training = weighted_examples(&messages);
    let validation = weighted_examples(&held_out);
    watch.tell(&format!(
        "train: {} messages are {} distinct texts; {} messages, {} texts to validate on",
        messages.len(),
        training.len(),
        held_out.len(),
        validation.len()
    ));
    let labels = BounceType::ALL.map(|kind| kind.id().to_owned());
    let checkpoint = run.path(file::CHECKPOINT);
    let policy = CheckpointPolicy {
        path: checkpoint.clone(),
        every_steps: request.checkpoint_every,
        resume: request.resume && checkpoint.exists(),
    };
    let base = request.base.files()?;
    let outcome = ebrc_model::train(
        &base,
        &labels,
        &training,
        &validation,
        &request.settings,
        request.device.open()?,
        Some(&policy),
        &mut |event| {
            tell(&event, watch);
            if watch.wants_stop() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    )?;
    let Some(trained) = outcome.finished() else {
        return Err(Error::Interrupted(" with --resume"));
    };
    let folder = run.model();
    let summary = TrainSummary {
        messages: messages.len() as u64,
        texts: training.len() as u64,
        steps: trained.steps() as u64,
        macro_f1: trained.best_macro_f1(),
    };
    trained.save(&folder, request.weights)?;
    let card = model_card(request, &summary, &messages);
    ebrc_files::write_complete(&folder.join("README.md"), card.as_bytes())?;
    let settings = settings_value(request);
    run.record(Stage::Train, &settings, &paths, &[folder.clone()], &summary)?;
    remove_if_there(&checkpoint)?;
    watch.tell(&format!("train: the classifier is in {}", folder.display()));
    Ok(summary)
}
