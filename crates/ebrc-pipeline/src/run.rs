use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Journal, Stage, StageRecord};

/// The names of a run's files.
pub(crate) mod file {
    pub(crate) const JOURNAL: &str = "run.json";
    pub(crate) const SIMULATED_LOG: &str = "delivery-log.parquet";
    pub(crate) const TEMPLATES: &str = "templates.csv";
    pub(crate) const DRAIN: &str = "drain.json";
    pub(crate) const ASSIGNMENTS: &str = "assignments.parquet";
    pub(crate) const REJECTED: &str = "rejected.ndjson";
    pub(crate) const STANDARD_INPUT: &str = "standard-input.parquet";
    pub(crate) const LABELS: &str = "labels.csv";
    pub(crate) const EARLIER_LABELS: &str = "labels-of-earlier-templates.csv";
    pub(crate) const TRAIN: &str = "train.jsonl";
    pub(crate) const VALIDATION: &str = "validation.jsonl";
    pub(crate) const SAMPLING: &str = "sampling.csv";
    pub(crate) const MODEL: &str = "model";
    pub(crate) const WEIGHTS: &str = "model.safetensors";
    pub(crate) const MODEL_CARD: &str = "README.md";
    pub(crate) const CHECKPOINT: &str = "checkpoint.safetensors";
    pub(crate) const PREDICTIONS: &str = "predictions.csv";
    pub(crate) const VOTES: &str = "votes.csv";
    pub(crate) const ANNOTATED: &str = "annotated.parquet";
    pub(crate) const MEASUREMENT: &str = "measurement";
    pub(crate) const TABLES: &str = "tables";
    pub(crate) const SPILLED: &str = ".spilled";
    pub(crate) const EVALUATION: &str = "evaluation";
    pub(crate) const LEARNING_CURVE: &str = "learning-curve.json";
    pub(crate) const INCOMPLETE_LEARNING: &str = ".incomplete-learning";
}

/// A run folder.
#[derive(Debug, Clone)]
pub struct Run {
    /// As it was named, for messages.
    folder: PathBuf,
    /// The same without links and dots, for telling what lies inside.
    canonical: PathBuf,
    keep_finished: bool,
}

impl Run {
    /// Opens a run, or makes an empty one where there is none.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn create(folder: &Path) -> Result<Self, Error> {
        ebrc_files::create_folder(folder)?;
        let canonical = folder
            .canonicalize()
            .map_err(|source| ebrc_files::Error::read(folder, source))?;
        Ok(Self {
            folder: folder.to_owned(),
            canonical,
            keep_finished: false,
        })
    }

    /// As [`Self::create`], but a stage that already ran with the same settings
    /// on the same inputs, and whose files still lie there unchanged, is left
    /// out.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn go_on(folder: &Path) -> Result<Self, Error> {
        let run = Self::create(folder)?;
        Ok(Self {
            keep_finished: true,
            ..run
        })
    }

    /// Opens a run that is there.
    ///
    /// # Errors
    /// Where the folder is no run.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if !folder.join(file::JOURNAL).is_file() {
            return Err(Error::NoRun(folder.to_owned()));
        }
        Self::create(folder)
    }

    /// The run's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a simulated log of this run lies.
    #[must_use]
    pub fn simulated_log(&self) -> PathBuf {
        self.path(file::SIMULATED_LOG)
    }

    /// Where the labels of people lie.
    #[must_use]
    pub fn labels(&self) -> PathBuf {
        self.path(file::LABELS)
    }

    /// Where the trained model lies.
    #[must_use]
    pub fn model(&self) -> PathBuf {
        self.path(file::MODEL)
    }

    /// Where the evaluation's files lie.
    #[must_use]
    pub fn evaluation(&self) -> PathBuf {
        self.path(file::EVALUATION)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file that an earlier stage must have written, from inputs that have
    /// not changed since.
    pub(crate) fn existing(&self, name: &str, stage: Stage) -> Result<PathBuf, Error> {
        let path = self.path(name);
        if !path.exists() {
            return Err(Error::Missing { file: path, stage });
        }
        self.check_inputs(&self.journal()?, stage)?;
        Ok(path)
    }

    /// Refuses a stage's results where one of its inputs, or of theirs, is not
    /// what it was. Inputs that are gone, such as a log that is needed no more,
    /// say nothing.
    fn check_inputs(&self, journal: &Journal, stage: Stage) -> Result<(), Error> {
        let Some(record) = journal.stages.get(stage.name()) else {
            return Ok(());
        };
        for (input, hash) in &record.inputs {
            let path = self.resolve(input);
            if path.is_file() && ebrc_files::sha256_hex(&path)? != *hash {
                return Err(Error::Stale { file: path, stage });
            }
            for earlier in Stage::ALL.into_iter().filter(|earlier| *earlier < stage) {
                let wrote = journal.stages.get(earlier.name());
                if wrote.is_some_and(|record| record.outputs.contains_key(input)) {
                    self.check_inputs(journal, earlier)?;
                }
            }
        }
        Ok(())
    }

    /// What the run's stages were given and made.
    ///
    /// # Errors
    /// Where `run.json` cannot be read.
    pub fn journal(&self) -> Result<Journal, Error> {
        let path = self.path(file::JOURNAL);
        if !path.exists() {
            return Ok(Journal::default());
        }
        let bytes = ebrc_files::read(&path)?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Line {
            file: path,
            line: error.line() as u64,
            reason: format!("{error}; delete the file and run the stages again"),
        })
    }

    /// The settings of a stage that has run.
    pub(crate) fn settings_of(&self, stage: Stage) -> Result<Value, Error> {
        let mut journal = self.journal()?;
        match journal.stages.remove(stage.name()) {
            Some(record) => Ok(record.settings),
            None => Err(Error::Missing {
                file: self.path(file::JOURNAL),
                stage,
            }),
        }
    }

    /// A path as the journal writes it: relative to the run where it lies
    /// inside, so that a run may be moved and two runs compared; absolute
    /// elsewhere, so that stages find it from any folder.
    pub(crate) fn journal_name(&self, path: &Path) -> String {
        let canonical = path
            .canonicalize()
            .or_else(|_| std::path::absolute(path))
            .unwrap_or_else(|_| path.to_owned());
        canonical
            .strip_prefix(&self.canonical)
            .unwrap_or(&canonical)
            .to_string_lossy()
            .into_owned()
    }

    /// Where a path of the journal lies; an absolute one is not joined.
    pub(crate) fn resolve(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a stage's entry, once its files are complete.
    pub(crate) fn record(
        &self,
        stage: Stage,
        settings: &impl Serialize,
        inputs: &[PathBuf],
        outputs: &[PathBuf],
        summary: &impl Serialize,
    ) -> Result<(), Error> {
        let mut journal = self.journal()?;
        let record = StageRecord {
            settings: to_value(settings)?,
            inputs: self.hashes(inputs)?,
            outputs: self.hashes(outputs)?,
            summary: to_value(summary)?,
        };
        journal.stages.insert(stage.name().to_owned(), record);
        write_json(&self.path(file::JOURNAL), &journal)
    }

    /// What a stage came to, if it need not run again: see [`Self::go_on`].
    pub(crate) fn finished<T: DeserializeOwned>(
        &self,
        stage: Stage,
        settings: &impl Serialize,
        inputs: &[PathBuf],
    ) -> Result<Option<T>, Error> {
        if !self.keep_finished {
            return Ok(None);
        }
        let mut journal = self.journal()?;
        let Some(record) = journal.stages.remove(stage.name()) else {
            return Ok(None);
        };
        if record.settings != to_value(settings)? {
            return Ok(None);
        }
        let outputs: Vec<PathBuf> = record.outputs.keys().map(|n| self.resolve(n)).collect();
        let unchanged = inputs.iter().chain(&outputs).all(|path| path.exists())
            && record.inputs == self.hashes(inputs)?
            && record.outputs == self.hashes(&outputs)?;
        if !unchanged {
            return Ok(None);
        }
        Ok(serde_json::from_value(record.summary).ok())
    }

    fn hashes(&self, paths: &[PathBuf]) -> Result<BTreeMap<String, String>, Error> {
        let mut hashes = BTreeMap::new();
        for path in paths {
            for file in files_below(path)? {
                hashes.insert(self.journal_name(&file), ebrc_files::sha256_hex(&file)?);
            }
        }
        Ok(hashes)
    }
}

/// Writes a value as readable JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| Error::Line {
        file: path.to_owned(),
        line: 0,
        reason: error.to_string(),
    })?;
    bytes.push(b'\n');
    Ok(ebrc_files::write_complete(path, &bytes)?)
}

fn to_value(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value)
        .map_err(|error| Error::Nothing(format!("settings cannot be written: {error}")))
}

/// A file itself, or the files right in a folder, in order.
fn files_below(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut files: Vec<PathBuf> = entries
        .map_err(|source| ebrc_files::Error::read(path, source))?
        .into_iter()
        .map(|entry| entry.path())
        // A model's card is written anew by each evaluation.
        .filter(|path| path.is_file() && !path.ends_with(file::MODEL_CARD))
        .collect();
    files.sort();
    Ok(files)
}
