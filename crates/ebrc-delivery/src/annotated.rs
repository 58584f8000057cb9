use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, UInt32Builder};
use arrow_schema::{DataType, Field};
use ebrc_taxonomy::TemplateLabel;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use serde::{Deserialize, Serialize};

use crate::columns::{
    self, BATCH, Batch, ParquetFile, RecordColumns, label, list, push_numbers, push_strings,
    record_fields,
};
use crate::{DeliveryRecord, Error};

/// Who gave a message, or a template, its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypeSource {
    /// A person labelled the template.
    Labelled,
    /// The classifier's majority vote over the template's messages.
    Predicted,
    /// The classifier at once: the message matches no template.
    Direct,
}

impl TypeSource {
    /// The source as files write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Labelled => "labelled",
            Self::Predicted => "predicted",
            Self::Direct => "direct",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        [Self::Labelled, Self::Predicted, Self::Direct]
            .into_iter()
            .find(|source| source.as_str() == text)
            .ok_or_else(|| "a source is neither labelled, predicted nor direct".to_owned())
    }
}

/// A mail with the template and the type of each attempt; `None` where the
/// attempt was accepted, and no template where the message matches none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotatedRecord {
    /// The mail.
    pub record: DeliveryRecord,
    /// The template of each attempt.
    pub template_id: Vec<Option<u32>>,
    /// The type of each attempt, or `ambiguous`.
    pub label: Vec<Option<TemplateLabel>>,
    /// Who gave the type of each attempt.
    pub source: Vec<Option<TypeSource>>,
}

/// Writes `annotated.parquet`: the log's columns, and `template_id`, `type` and
/// `source`, lists with one element an attempt.
#[derive(Debug)]
pub struct AnnotatedWriter {
    file: ParquetFile,
    records: RecordColumns,
    template_id: ListBuilder<UInt32Builder>,
    label: ListBuilder<StringBuilder>,
    source: ListBuilder<StringBuilder>,
}

impl AnnotatedWriter {
    /// Begins the file. The columns of a simulated log's truth are there in any
    /// case, null where a mail carries none.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut fields = record_fields(true);
        fields.push(Field::new("template_id", list(DataType::UInt32), false));
        fields.push(Field::new("type", list(DataType::Utf8), false));
        fields.push(Field::new("source", list(DataType::Utf8), false));
        Ok(Self {
            file: ParquetFile::create(path, fields)?,
            records: RecordColumns::new(true),
            template_id: ListBuilder::default(),
            label: ListBuilder::default(),
            source: ListBuilder::default(),
        })
    }

    /// Adds a mail.
    ///
    /// # Errors
    /// Where the disk is full or otherwise unwilling.
    pub fn write(&mut self, annotated: &AnnotatedRecord) -> Result<(), Error> {
        self.records.push(&annotated.record);
        push_numbers(&mut self.template_id, annotated.template_id.iter().copied());
        push_strings(
            &mut self.label,
            annotated
                .label
                .iter()
                .map(|label| label.map(TemplateLabel::as_str)),
        );
        push_strings(
            &mut self.source,
            annotated
                .source
                .iter()
                .map(|source| source.map(TypeSource::as_str)),
        );
        if self.records.len() == BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let mut columns = self.records.finish();
        columns.push(Arc::new(self.template_id.finish()));
        columns.push(Arc::new(self.label.finish()));
        columns.push(Arc::new(self.source.finish()));
        self.file.write(columns)
    }

    /// Makes the file appear.
    ///
    /// # Errors
    /// Where it cannot be completed; nothing is left then.
    pub fn commit(mut self) -> Result<(), Error> {
        if self.records.len() > 0 {
            self.flush()?;
        }
        self.file.commit()
    }
}

/// Reads `annotated.parquet`.
#[derive(Debug)]
pub struct AnnotatedReader {
    path: PathBuf,
    /// `None` once an error was told.
    batches: Option<ParquetRecordBatchReader>,
    pending: std::vec::IntoIter<AnnotatedRecord>,
}

impl AnnotatedReader {
    /// Opens the file.
    ///
    /// # Errors
    /// Where it cannot be opened, is damaged, or has other columns.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let needed = ["from", "delivery_result", "template_id", "type", "source"];
        Ok(Self {
            path: path.to_owned(),
            batches: Some(columns::open(path, &needed)?),
            pending: Vec::new().into_iter(),
        })
    }

    fn read(&self, batch: &arrow_array::RecordBatch) -> Result<Vec<AnnotatedRecord>, Error> {
        let batch = Batch {
            path: &self.path,
            batch,
        };
        let damaged = |reason| damaged(&self.path, reason);
        let templates = batch.number_lists("template_id")?;
        let labels = batch.string_lists("type")?;
        let sources = batch.string_lists("source")?;
        let mut rows = Vec::with_capacity(templates.len());
        for (((record, templates), labels), sources) in batch
            .records()?
            .into_iter()
            .zip(templates)
            .zip(labels)
            .zip(sources)
        {
            let row = AnnotatedRecord {
                record: record.map_err(damaged)?,
                template_id: templates
                    .unwrap_or_default()
                    .into_iter()
                    .map(|id| id.map(u32::try_from).transpose())
                    .collect::<Result<_, _>>()
                    .map_err(|_| damaged("a template_id is too large".to_owned()))?,
                label: labels
                    .unwrap_or_default()
                    .into_iter()
                    .map(label)
                    .collect::<Result<_, _>>()
                    .map_err(damaged)?,
                source: sources
                    .unwrap_or_default()
                    .into_iter()
                    .map(|source| source.map(|source| TypeSource::parse(&source)).transpose())
                    .collect::<Result<_, _>>()
                    .map_err(damaged)?,
            };
            let attempts = row.record.delivery_result.len();
            let lengths = [row.template_id.len(), row.label.len(), row.source.len()];
            if lengths != [attempts; 3] {
                return Err(damaged("the lists of a row differ in length".to_owned()));
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

fn damaged(path: &Path, reason: String) -> Error {
    Error::Parquet {
        file: path.to_owned(),
        reason: format!("{reason}; run `ebrc annotate` again"),
    }
}

impl Iterator for AnnotatedReader {
    type Item = Result<AnnotatedRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.pending.next() {
                return Some(Ok(row));
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
