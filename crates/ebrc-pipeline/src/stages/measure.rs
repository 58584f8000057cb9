use std::path::PathBuf;

use serde::Serialize;

use crate::run::file;
use crate::{Error, Run, Stage};

/// What a measurement of a run reads and writes. The engine that measures is
/// not among what the stages are built of: this is its place in a run.
#[derive(Debug, Clone)]
pub struct MeasurementFiles {
    /// The annotated log.
    pub annotated: PathBuf,
    /// The texts of the templates.
    pub templates: PathBuf,
    /// The folder of the tables made on the way, for queries.
    pub tables: PathBuf,
    /// The folder of the report.
    pub report: PathBuf,
}

/// Where a measurement reads and writes.
///
/// # Errors
/// Where the log has not been annotated, or something changed since.
pub fn measurement_files(run: &Run) -> Result<MeasurementFiles, Error> {
    Ok(MeasurementFiles {
        annotated: run.existing(file::ANNOTATED, Stage::Annotate)?,
        templates: run.existing(file::TEMPLATES, Stage::Mine)?,
        tables: run.path(file::TABLES),
        report: run.path(file::MEASUREMENT),
    })
}

/// Writes a measurement, once its files are complete, into the run's journal.
///
/// # Errors
/// Where a file cannot be read, or the journal written.
pub fn record_measurement(
    run: &Run,
    settings: &impl Serialize,
    snapshots: &[PathBuf],
    summary: &impl Serialize,
) -> Result<(), Error> {
    let files = measurement_files(run)?;
    let inputs: Vec<PathBuf> = [files.annotated, files.templates]
        .into_iter()
        .chain(snapshots.iter().cloned())
        .collect();
    run.record(Stage::Measure, settings, &inputs, &[files.report], summary)
}
