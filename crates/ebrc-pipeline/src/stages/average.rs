use std::path::Path;

use ebrc_model::{DeviceChoice, ModelFiles, WeightFormat};

use super::model_card::{CardBase, card_of_training, card_text};
use super::train::save_model;
use crate::run::file;
use crate::texts::{messages_of, weighted_examples};
use crate::{Error, Run, Stage};

/// Writes to a new folder the classifier whose weights are the mean of those of
/// several runs: runs of one training set and base that were trained with
/// different seeds.
///
/// # Errors
/// Where a run has no classifier, the runs do not fit together, or the folder
/// is there already.
pub fn average_models(
    runs: &[Run],
    folder: &Path,
    weights: WeightFormat,
    device: DeviceChoice,
) -> Result<(), Error> {
    if folder.exists() {
        return Err(Error::Nothing(format!(
            "{}: it is there already; name a new folder",
            folder.display()
        )));
    }
    let mut models = Vec::with_capacity(runs.len());
    for run in runs {
        models.push(ModelFiles::from_folder(
            &run.existing(file::MODEL, Stage::Train)?,
        )?);
    }
    let mut validation = Vec::new();
    let mut base = CardBase::default();
    if let Some(run) = runs.first() {
        let messages = messages_of(&run.existing(file::VALIDATION, Stage::Sample)?)?;
        validation = weighted_examples(&messages);
        let card = run.model().join(file::MODEL_CARD);
        if card.is_file() {
            base = CardBase::of_card(&card_text(&card)?);
        }
    }
    let mean = ebrc_model::average(&models, &validation, device)?;
    let card = card_of_training(&base, &mean.report, mean.classifier.calibration());
    save_model(&mean, weights, &card, folder)
}
