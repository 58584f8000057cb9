use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{UInt32Builder, UInt64Builder};
use arrow_schema::{DataType, Field};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use crate::Error;
use crate::columns::{self, BATCH, Batch, ParquetFile};

const COLUMNS: [&str; 3] = ["mail", "attempt", "template_id"];

/// Which template a refused attempt belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The mail, from 0, counted over all logs without their bad records.
    pub mail: u64,
    /// The attempt, from 0.
    pub attempt: u32,
    /// The template.
    pub template_id: u32,
}

/// Writes `assignments.parquet`.
#[derive(Debug)]
pub struct AssignmentWriter {
    file: ParquetFile,
    mail: UInt64Builder,
    attempt: UInt32Builder,
    template_id: UInt32Builder,
    pending: usize,
}

impl AssignmentWriter {
    /// Begins the file.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let fields = vec![
            Field::new(COLUMNS[0], DataType::UInt64, false),
            Field::new(COLUMNS[1], DataType::UInt32, false),
            Field::new(COLUMNS[2], DataType::UInt32, false),
        ];
        Ok(Self {
            file: ParquetFile::create(path, fields)?,
            mail: UInt64Builder::new(),
            attempt: UInt32Builder::new(),
            template_id: UInt32Builder::new(),
            pending: 0,
        })
    }

    /// Adds an assignment.
    ///
    /// # Errors
    /// Where the disk is full or otherwise unwilling.
    pub fn write(&mut self, assignment: &Assignment) -> Result<(), Error> {
        self.mail.append_value(assignment.mail);
        self.attempt.append_value(assignment.attempt);
        self.template_id.append_value(assignment.template_id);
        self.pending += 1;
        if self.pending == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.pending = 0;
        self.file.write(vec![
            Arc::new(self.mail.finish()),
            Arc::new(self.attempt.finish()),
            Arc::new(self.template_id.finish()),
        ])
    }

    /// Makes the file appear.
    ///
    /// # Errors
    /// Where it cannot be completed; nothing is left then.
    pub fn commit(mut self) -> Result<(), Error> {
        if self.pending > 0 {
            self.flush()?;
        }
        self.file.commit()
    }
}

/// Reads `assignments.parquet`, in the order of the log.
#[derive(Debug)]
pub struct AssignmentReader {
    path: PathBuf,
    /// `None` once an error was told.
    batches: Option<ParquetRecordBatchReader>,
    pending: std::vec::IntoIter<Assignment>,
}

impl AssignmentReader {
    /// Opens the file.
    ///
    /// # Errors
    /// Where it cannot be opened, or is damaged.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            path: path.to_owned(),
            batches: Some(columns::open(path, &COLUMNS)?),
            pending: Vec::new().into_iter(),
        })
    }

    fn read(&self, batch: &arrow_array::RecordBatch) -> Result<Vec<Assignment>, Error> {
        let batch = Batch {
            path: &self.path,
            batch,
        };
        let [mail, attempt, template] = COLUMNS.map(|name| batch.numbers(name));
        let damaged = || Error::Parquet {
            file: self.path.clone(),
            reason: "a row is null or too large; run `ebrc mine` again".to_owned(),
        };
        mail?
            .into_iter()
            .zip(attempt?)
            .zip(template?)
            .map(|((mail, attempt), template)| {
                let small = |number: Option<u64>| number.and_then(|n| u32::try_from(n).ok());
                Some(Assignment {
                    mail: mail?,
                    attempt: small(attempt)?,
                    template_id: small(template)?,
                })
            })
            .collect::<Option<_>>()
            .ok_or_else(damaged)
    }
}

impl Iterator for AssignmentReader {
    type Item = Result<Assignment, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(assignment) = self.pending.next() {
                return Some(Ok(assignment));
            }
            let rows = match self.batches.as_mut()?.next()? {
                Ok(batch) => self.read(&batch),
                Err(error) => Err(columns::read_error(&self.path, &error.into())),
            };
            match rows {
                Ok(rows) => self.pending = rows.into_iter(),
                Err(error) => {
                    self.batches = None;
                    return Some(Err(error));
                }
            }
        }
    }
}
