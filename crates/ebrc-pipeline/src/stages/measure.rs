use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

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
    /// A folder for what does not fit into memory.
    pub spilled: PathBuf,
    /// The folder of the report.
    pub report: PathBuf,
}

impl MeasurementFiles {
    fn of(run: &Run) -> Self {
        Self {
            annotated: run.path(file::ANNOTATED),
            templates: run.path(file::TEMPLATES),
            tables: run.path(file::TABLES),
            spilled: run.path(file::SPILLED),
            report: run.path(file::MEASUREMENT),
        }
    }
}

/// Where a measurement reads and writes.
///
/// # Errors
/// Where the log has not been annotated, or something changed since.
pub fn measurement_files(run: &Run) -> Result<MeasurementFiles, Error> {
    run.existing(file::ANNOTATED, Stage::Annotate)?;
    run.existing(file::TEMPLATES, Stage::Mine)?;
    Ok(MeasurementFiles::of(run))
}

/// The files of a measurement that was made, and the settings that
/// [`record_measurement`] was given. The files are not read: their hashes in
/// the journal tell whether the log was annotated again since.
///
/// # Errors
/// Where the run has not been measured, or not since it was annotated.
pub fn measured_files(run: &Run) -> Result<(MeasurementFiles, Value), Error> {
    let files = MeasurementFiles::of(run);
    let missing = || Error::Missing {
        file: files.tables.clone(),
        stage: Stage::Measure,
    };
    let mut journal = run.journal()?;
    let measured = journal.stages.remove(Stage::Measure.name());
    let measured = measured.ok_or_else(missing)?;
    let annotated = journal.stages.remove(Stage::Annotate.name());
    let wrote = annotated.and_then(|mut record| record.outputs.remove(file::ANNOTATED));
    if measured.inputs.get(file::ANNOTATED) != wrote.as_ref() {
        return Err(Error::Stale {
            file: files.annotated,
            stage: Stage::Measure,
        });
    }
    Ok((files, measured.settings))
}

/// Writes a measurement, once its files are complete, into the run's journal.
///
/// # Errors
/// Where a file cannot be read, or the journal written.
pub fn record_measurement(
    run: &Run,
    files: &MeasurementFiles,
    settings: &impl Serialize,
    snapshots: &[PathBuf],
    summary: &impl Serialize,
) -> Result<(), Error> {
    let inputs: Vec<PathBuf> = [&files.annotated, &files.templates]
        .into_iter()
        .chain(snapshots)
        .cloned()
        .collect();
    let outputs = [files.report.clone(), files.tables.clone()];
    run.record(Stage::Measure, settings, &inputs, &outputs, summary)
}
