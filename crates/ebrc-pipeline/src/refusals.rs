//! One pass over the mined logs: every refusal with its template.

use std::path::{Path, PathBuf};

use ebrc_delivery::{AssignmentReader, DeliveryRecord, LogReader};
use ebrc_files::CompleteFile;
use ebrc_taxonomy::TemplateLabel;
use serde::Serialize;

use crate::error::BEGIN_AGAIN;
use crate::run::file;
use crate::stages::MineSettings;
use crate::{Error, Run, Stage, Watch};

/// How often a pass tells its progress and asks whether to stop.
const RECORDS_A_REPORT: u64 = 4096;

/// One refused delivery attempt.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) template_id: u32,
    /// Which of its template's messages this is, from 0, in the logs' order.
    pub(crate) ordinal: u64,
    /// The reply as the log has it.
    pub(crate) raw: &'a str,
    /// What a simulated log says.
    pub(crate) truth: Option<TemplateLabel>,
}

/// Where bad records go, and how many may.
#[derive(Debug)]
pub(crate) struct BadRecords {
    allowed: u64,
    seen: u64,
    /// `None` where nobody wants to read them.
    rejected: Option<Vec<Rejected>>,
}

#[derive(Debug, Serialize)]
struct Rejected {
    file: PathBuf,
    line: u64,
    reason: String,
    raw: String,
}

impl BadRecords {
    pub(crate) fn new(allowed: u64) -> Self {
        Self {
            allowed,
            seen: 0,
            rejected: Some(Vec::new()),
        }
    }

    /// Passes over every bad record: mining has told of them.
    pub(crate) fn known() -> Self {
        Self {
            allowed: u64::MAX,
            seen: 0,
            rejected: None,
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.seen
    }

    /// Passes a good record on and keeps a bad one; an error once there are
    /// too many.
    pub(crate) fn sift(
        &mut self,
        record: Result<DeliveryRecord, ebrc_delivery::Error>,
    ) -> Result<Option<DeliveryRecord>, Error> {
        match record {
            Ok(record) => Ok(Some(record)),
            Err(ebrc_delivery::Error::BadRecord {
                file,
                line,
                reason,
                raw,
            }) => {
                self.seen += 1;
                let seen = self.seen;
                if seen > self.allowed {
                    let source = Box::new(ebrc_delivery::Error::BadRecord {
                        file,
                        line,
                        reason,
                        raw,
                    });
                    return Err(Error::TooManyBad {
                        seen,
                        allowed: self.allowed,
                        source,
                    });
                }
                if let Some(rejected) = &mut self.rejected {
                    rejected.push(Rejected {
                        file,
                        line,
                        reason,
                        raw: String::from_utf8_lossy(&raw).into_owned(),
                    });
                }
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what was rejected; a file of earlier ones goes where nothing was.
    pub(crate) fn write(&self, path: &Path) -> Result<bool, Error> {
        let rejected = self.rejected.as_deref().unwrap_or_default();
        if rejected.is_empty() {
            ebrc_files::remove_if_there(path)?;
            return Ok(false);
        }
        write_json_lines(path, rejected)?;
        Ok(true)
    }
}

pub(crate) fn write_json_lines<T: Serialize>(path: &Path, rows: &[T]) -> Result<(), Error> {
    use std::io::Write;
    let mut file = CompleteFile::create(path)?;
    for row in rows {
        let written = serde_json::to_writer(&mut file, row)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"));
        written.map_err(|source| ebrc_files::Error::write(path, source))?;
    }
    file.commit()?;
    Ok(())
}

/// What the mine stage left about the logs.
pub(crate) fn mined(run: &Run) -> Result<MineSettings, Error> {
    let settings = run.settings_of(Stage::Mine)?;
    serde_json::from_value(settings)
        .map_err(|error| Error::Nothing(format!("run.json: {error}; run `ebrc mine` again")))
}

/// Reads the mined logs again, record by record, without the bad ones.
pub(crate) fn each_record(
    run: &Run,
    stage: Stage,
    watch: &mut dyn Watch,
    mut each: impl FnMut(u64, DeliveryRecord) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mined = mined(run)?;
    let total = run
        .journal()?
        .stages
        .get(Stage::Mine.name())
        .and_then(|record| record.summary.get("mails")?.as_u64());
    watch.begin(stage, total);
    let mut mail = 0;
    for log in &mined.logs {
        let mut bad = BadRecords::known();
        for record in LogReader::open(&run.resolve(log))? {
            let Some(record) = bad.sift(record)? else {
                continue;
            };
            each(mail, record)?;
            mail += 1;
            if mail.is_multiple_of(RECORDS_A_REPORT) {
                watch.advance(mail);
                if watch.wants_stop() {
                    return Err(Error::Interrupted(BEGIN_AGAIN));
                }
            }
        }
    }
    watch.advance(mail);
    Ok(mail)
}

/// The mined assignments, in step with the mails they belong to.
pub(crate) struct Assignments {
    reader: AssignmentReader,
    ordinals: Vec<u64>,
}

impl Assignments {
    pub(crate) fn open(run: &Run) -> Result<Self, Error> {
        let path = run.existing(file::ASSIGNMENTS, Stage::Mine)?;
        Ok(Self {
            reader: AssignmentReader::open(&path)?,
            ordinals: Vec::new(),
        })
    }

    /// The template of the next refusal, which must be this one, and which of
    /// its template's messages it is.
    pub(crate) fn next(&mut self, mail: u64, attempt: u32) -> Result<(u32, u64), Error> {
        let changed = |reason: String| Error::LogChanged { reason };
        let assignment = self
            .reader
            .next()
            .ok_or_else(|| changed(format!("mail {mail} is new")))??;
        if (assignment.mail, assignment.attempt) != (mail, attempt) {
            return Err(changed(format!("attempt {attempt} of mail {mail} differs")));
        }
        let template = assignment.template_id as usize;
        if self.ordinals.len() <= template {
            self.ordinals.resize(template + 1, 0);
        }
        let ordinal = self.ordinals[template];
        self.ordinals[template] += 1;
        Ok((assignment.template_id, ordinal))
    }

    /// Nothing may be left when the logs are at their end.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        match self.reader.next() {
            None => Ok(()),
            Some(_) => Err(Error::LogChanged {
                reason: "mails are missing".to_owned(),
            }),
        }
    }
}

/// Visits every refusal of the mined logs, in order.
pub(crate) fn each_refusal(
    run: &Run,
    stage: Stage,
    watch: &mut dyn Watch,
    mut each: impl FnMut(Refusal<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut assignments = Assignments::open(run)?;
    each_record(run, stage, watch, |mail, record| {
        for (attempt, raw) in (0..).zip(&record.delivery_result) {
            if ebrc_ndr::is_accepted(raw) {
                continue;
            }
            let (template_id, ordinal) = assignments.next(mail, attempt)?;
            let truth = record
                .truth_type
                .as_ref()
                .and_then(|truth| *truth.get(attempt as usize)?);
            each(Refusal {
                template_id,
                ordinal,
                raw,
                truth,
            })?;
        }
        Ok(())
    })?;
    assignments.finish()
}
