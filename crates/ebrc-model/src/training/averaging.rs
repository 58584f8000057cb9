//! One model out of several.

use super::validation::ValidationSet;
use super::{Example, TrainedModel, TrainingReport};
use crate::classifier::Classifier;
use crate::config::BertConfig;
use crate::device::DeviceChoice;
use crate::error::{Error, Result};
use crate::files::{ModelFiles, TRAINING};
use crate::network::Network;
use crate::parameters::Parameters;
use crate::tokens::{TextEncoder, saved_max_length};

/// The model whose weights are the mean of several models' weights, which were
/// trained on the same base and examples with different seeds. It costs what
/// one of them costs, and does nearly what all do that are asked together
/// (Wortsman et al., *Model soups*, ICML 2022).
///
/// `validation` is the set that they were validated on; it calibrates the mean.
///
/// # Errors
///
/// Fewer than two models; models whose base, examples, labels, configuration or
/// word pieces differ; another validation set; faults of files or the device.
pub fn average(
    models: &[ModelFiles],
    validation: &[Example],
    device: DeviceChoice,
) -> Result<TrainedModel> {
    let [first, others @ ..] = models else {
        return Err(too_few());
    };
    if others.is_empty() {
        return Err(too_few());
    }
    let reports: Vec<TrainingReport> = models.iter().map(report_of).collect::<Result<_>>()?;
    for (number, (model, report)) in models.iter().zip(&reports).enumerate() {
        fits(first, &reports[0], model, report)?;
        if let Some(same) = reports[..number].iter().position(|other| other == report) {
            return Err(Error::Invalid(format!(
                "{} is the same training as {}; train it with another seed",
                model.origin(),
                models[same].origin()
            )));
        }
    }
    let report = &reports[0];
    let weight: f64 = validation.iter().map(|e| f64::from(e.weight)).sum();
    if (validation.len(), weight) != (report.validation.texts, report.validation.weight) {
        return Err(Error::Invalid(format!(
            "the validation set has {} texts, and the models were validated on {}; name the run \
             that they were trained in",
            validation.len(),
            report.validation.texts
        )));
    }
    let config = BertConfig::parse(&first.config, &first.name_of("config.json"))?;
    let device = device.open()?;
    let mut weights = Vec::with_capacity(models.len());
    for model in models {
        weights.push(model.open_weights(&config, report.labels.len())?);
    }
    let parameters = Parameters::mean(&weights, &device)?;
    let kernels = Network::kernels_for(&device);
    let encoder = TextEncoder::new(first, &config, saved_max_length(first, &config))?;
    let mut network = Network::new(config, parameters, device, kernels)?;
    let validation = ValidationSet::new(validation, report.labels.len(), &encoder)?;
    let best = validation.validate(&mut network)?;
    let calibration = validation.calibrate(&mut network)?;
    let labels = report.labels.clone();
    let report = TrainingReport {
        steps: reports.iter().map(|report| report.steps).sum(),
        best: best.map(|(figures, _)| figures),
        stopped_early: reports.iter().any(|report| report.stopped_early),
        curve: Vec::new(),
        averaged: reports.clone(),
        ..report.clone()
    };
    Ok(TrainedModel {
        classifier: Classifier::from_parts(network, encoder, labels, calibration),
        report,
    })
}

fn too_few() -> Error {
    Error::Invalid("a mean takes two models or more; name their folders".to_owned())
}

fn report_of(model: &ModelFiles) -> Result<TrainingReport> {
    model.training()?.ok_or_else(|| Error::MissingFile {
        place: model.origin().to_owned(),
        file: TRAINING.to_owned(),
        remedy: "it tells what a model was trained on: use folders that `ebrc train` made"
            .to_owned(),
    })
}

/// Whether a model may be averaged with the first.
fn fits(
    first: &ModelFiles,
    first_report: &TrainingReport,
    model: &ModelFiles,
    report: &TrainingReport,
) -> Result<()> {
    for (what, same) in [
        (
            "base",
            report.base_weights_sha256 == first_report.base_weights_sha256,
        ),
        ("examples", report.data_sha256 == first_report.data_sha256),
        ("labels", report.labels == first_report.labels),
        ("configuration", model.config == first.config),
        ("word pieces", model.tokenizer == first.tokenizer),
    ] {
        if !same {
            return Err(Error::Invalid(format!(
                "{}: its {what} are not those of {}; average models of one training set and \
                 base that differ in their seeds",
                model.origin(),
                first.origin()
            )));
        }
    }
    Ok(())
}
