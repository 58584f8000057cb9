//! Records as Arrow columns.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    ListBuilder, StringBuilder, TimestampSecondBuilder, UInt32Builder, UInt64Builder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{DateTime, NaiveDateTime};
use ebrc_files::CompleteFile;
use ebrc_taxonomy::TemplateLabel;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::record::parse_time;
use crate::{DeliveryRecord, EmailFlag, Error};

/// Records in memory at a time.
pub(crate) const BATCH: usize = 8192;

pub(crate) fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

/// The columns of a log. Those that a mail may lack are nullable, and there in
/// any case.
pub(crate) fn record_fields(with_truth: bool) -> Vec<Field> {
    let time = DataType::Timestamp(TimeUnit::Second, None);
    let mut fields = vec![
        Field::new("from", DataType::Utf8, false),
        Field::new("to", DataType::Utf8, false),
        Field::new("start_time", time.clone(), false),
        Field::new("end_time", time, false),
        Field::new("from_ip", list(DataType::Utf8), false),
        Field::new("to_ip", list(DataType::Utf8), false),
        Field::new("delivery_result", list(DataType::Utf8), false),
        Field::new("delivery_latency", list(DataType::UInt64), true),
        Field::new("email_flag", DataType::Utf8, true),
    ];
    if with_truth {
        fields.push(Field::new("truth_type", list(DataType::Utf8), true));
        fields.push(Field::new("truth_cause", DataType::Utf8, true));
    }
    fields
}

/// Gathers records into columns.
#[derive(Debug)]
pub(crate) struct RecordColumns {
    pub(crate) with_truth: bool,
    from: StringBuilder,
    to: StringBuilder,
    start_time: TimestampSecondBuilder,
    end_time: TimestampSecondBuilder,
    from_ip: ListBuilder<StringBuilder>,
    to_ip: ListBuilder<StringBuilder>,
    delivery_result: ListBuilder<StringBuilder>,
    delivery_latency: ListBuilder<UInt64Builder>,
    email_flag: StringBuilder,
    truth_type: ListBuilder<StringBuilder>,
    truth_cause: StringBuilder,
}

impl RecordColumns {
    pub(crate) fn new(with_truth: bool) -> Self {
        Self {
            with_truth,
            from: StringBuilder::new(),
            to: StringBuilder::new(),
            start_time: TimestampSecondBuilder::new(),
            end_time: TimestampSecondBuilder::new(),
            from_ip: ListBuilder::default(),
            to_ip: ListBuilder::default(),
            delivery_result: ListBuilder::default(),
            delivery_latency: ListBuilder::default(),
            email_flag: StringBuilder::new(),
            truth_type: ListBuilder::default(),
            truth_cause: StringBuilder::new(),
        }
    }

    pub(crate) fn push(&mut self, record: &DeliveryRecord) {
        self.from.append_value(&record.from);
        self.to.append_value(&record.to);
        self.start_time
            .append_value(record.start_time.and_utc().timestamp());
        self.end_time
            .append_value(record.end_time.and_utc().timestamp());
        push_strings(&mut self.from_ip, record.from_ip.iter().map(Some));
        push_strings(&mut self.to_ip, record.to_ip.iter().map(Some));
        push_strings(
            &mut self.delivery_result,
            record.delivery_result.iter().map(Some),
        );
        self.delivery_latency.append_option(
            record
                .delivery_latency
                .as_ref()
                .map(|latencies| latencies.iter().copied().map(Some)),
        );
        self.email_flag
            .append_option(record.email_flag.map(EmailFlag::as_str));
        match &record.truth_type {
            Some(truth) => push_strings(
                &mut self.truth_type,
                truth.iter().map(|label| label.map(TemplateLabel::as_str)),
            ),
            None => self.truth_type.append_null(),
        }
        self.truth_cause
            .append_option(record.truth_cause.as_deref());
    }

    pub(crate) fn len(&self) -> usize {
        arrow_array::builder::ArrayBuilder::len(&self.from)
    }

    pub(crate) fn finish(&mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.from.finish()),
            Arc::new(self.to.finish()),
            Arc::new(self.start_time.finish()),
            Arc::new(self.end_time.finish()),
            Arc::new(self.from_ip.finish()),
            Arc::new(self.to_ip.finish()),
            Arc::new(self.delivery_result.finish()),
            Arc::new(self.delivery_latency.finish()),
            Arc::new(self.email_flag.finish()),
        ];
        let truth: [ArrayRef; 2] = [
            Arc::new(self.truth_type.finish()),
            Arc::new(self.truth_cause.finish()),
        ];
        if self.with_truth {
            columns.extend(truth);
        }
        columns
    }
}

pub(crate) fn push_strings<S: AsRef<str>>(
    builder: &mut ListBuilder<StringBuilder>,
    items: impl Iterator<Item = Option<S>>,
) {
    for item in items {
        builder.values().append_option(item);
    }
    builder.append(true);
}

pub(crate) fn push_numbers(
    builder: &mut ListBuilder<UInt32Builder>,
    items: impl Iterator<Item = Option<u32>>,
) {
    for item in items {
        builder.values().append_option(item);
    }
    builder.append(true);
}

/// A Parquet file in the writing.
pub(crate) struct ParquetFile {
    schema: SchemaRef,
    writer: ArrowWriter<CompleteFile>,
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetFile").finish_non_exhaustive()
    }
}

impl ParquetFile {
    pub(crate) fn create(path: &Path, fields: Vec<Field>) -> Result<Self, Error> {
        Self::within(CompleteFile::create(path)?, fields)
    }

    /// Goes on in a file that has been begun.
    pub(crate) fn within(file: CompleteFile, fields: Vec<Field>) -> Result<Self, Error> {
        let path = file.path().to_owned();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_created_by("ebrc".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(1 << 18))
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
            .map_err(|error| write_error(&path, &error))?;
        Ok(Self { schema, writer })
    }

    pub(crate) fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), Error> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns);
        let written = batch
            .map_err(ParquetError::from)
            .and_then(|batch| self.writer.write(&batch));
        written.map_err(|error| write_error(self.writer.inner().path(), &error))
    }

    pub(crate) fn commit(self) -> Result<(), Error> {
        let path = self.writer.inner().path().to_owned();
        let file = self
            .writer
            .into_inner()
            .map_err(|error| write_error(&path, &error))?;
        Ok(file.commit()?)
    }
}

/// A disk that is full is the system's error, not the format's.
fn write_error(path: &Path, error: &ParquetError) -> Error {
    match system_error(error) {
        Some(source) => ebrc_files::Error::write(path, source).into(),
        None => Error::Parquet {
            file: path.to_owned(),
            reason: format!("cannot be written: {error}"),
        },
    }
}

/// What is wrong with a file that is being read.
pub(crate) fn read_error(path: &Path, error: &ParquetError) -> Error {
    match system_error(error) {
        Some(source) => ebrc_files::Error::read(path, source).into(),
        None => Error::Parquet {
            file: path.to_owned(),
            reason: format!("{error}; the file is no Parquet, damaged or cut short, copy it again"),
        },
    }
}

fn system_error(error: &ParquetError) -> Option<io::Error> {
    let ParquetError::External(inner) = error else {
        return None;
    };
    let source = inner.downcast_ref::<io::Error>()?;
    Some(io::Error::new(source.kind(), source.to_string()))
}

/// Opens a Parquet file that has columns of these names.
pub(crate) fn open(path: &Path, needed: &[&str]) -> Result<ParquetRecordBatchReader, Error> {
    let file = File::open(path).map_err(|error| ebrc_files::Error::read(path, error))?;
    batches(path, file, needed)
}

/// The batches of an open file, which errors call `path`.
pub(crate) fn batches(
    path: &Path,
    file: File,
    needed: &[&str],
) -> Result<ParquetRecordBatchReader, Error> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| read_error(path, &error))?;
    for name in needed {
        if builder.schema().column_with_name(name).is_none() {
            return Err(Error::Parquet {
                file: path.to_owned(),
                reason: format!("column {name} is missing; use the columns of a delivery log"),
            });
        }
    }
    builder
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| read_error(path, &error))
}

/// One batch of a file, column by column.
pub(crate) struct Batch<'a> {
    pub(crate) path: &'a Path,
    pub(crate) batch: &'a RecordBatch,
}

impl Batch<'_> {
    fn wrong(&self, name: &str, expected: &str) -> Error {
        let found = self
            .batch
            .schema()
            .field_with_name(name)
            .map(|field| field.data_type().to_string());
        Error::Parquet {
            file: self.path.to_owned(),
            reason: format!(
                "column {name} is {}, but must be {expected}",
                found.as_deref().unwrap_or("missing")
            ),
        }
    }

    /// Whether the batch has the column. One without a type counts as absent:
    /// so other programs write a column that is null in every row.
    fn has(&self, name: &str) -> bool {
        self.batch
            .column_by_name(name)
            .is_some_and(|column| *column.data_type() != DataType::Null)
    }

    fn column(&self, name: &str) -> Result<&ArrayRef, Error> {
        self.batch
            .column_by_name(name)
            .ok_or_else(|| self.wrong(name, "there"))
    }

    pub(crate) fn strings(&self, name: &str) -> Result<Vec<Option<String>>, Error> {
        strings(self.column(name)?).ok_or_else(|| self.wrong(name, "text"))
    }

    pub(crate) fn string_lists(
        &self,
        name: &str,
    ) -> Result<Vec<Option<Vec<Option<String>>>>, Error> {
        lists(self.column(name)?, strings).ok_or_else(|| self.wrong(name, "a list of text"))
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Vec<Option<u64>>, Error> {
        numbers(self.column(name)?).ok_or_else(|| self.wrong(name, "whole numbers"))
    }

    pub(crate) fn number_lists(&self, name: &str) -> Result<Vec<Option<Vec<Option<u64>>>>, Error> {
        lists(self.column(name)?, numbers)
            .ok_or_else(|| self.wrong(name, "a list of whole numbers"))
    }

    pub(crate) fn times(&self, name: &str) -> Result<Vec<Option<NaiveDateTime>>, Error> {
        times(self.column(name)?).ok_or_else(|| self.wrong(name, "a time"))
    }

    /// The records of the batch; a record that lacks a value it needs is
    /// `Err`, with the reason.
    pub(crate) fn records(&self) -> Result<Vec<Result<DeliveryRecord, String>>, Error> {
        let mut from = self.strings("from")?.into_iter();
        let mut to = self.strings("to")?.into_iter();
        let mut start = self.times("start_time")?.into_iter();
        let mut end = self.times("end_time")?.into_iter();
        let mut from_ip = self.string_lists("from_ip")?.into_iter();
        let mut to_ip = self.string_lists("to_ip")?.into_iter();
        let mut result = self.string_lists("delivery_result")?.into_iter();
        let optional = |name| self.has(name).then_some(name);
        let mut latency = optional("delivery_latency")
            .map(|name| self.number_lists(name))
            .transpose()?
            .map(Vec::into_iter);
        let mut flag = optional("email_flag")
            .map(|name| self.strings(name))
            .transpose()?
            .map(Vec::into_iter);
        let mut truth_type = optional("truth_type")
            .map(|name| self.string_lists(name))
            .transpose()?
            .map(Vec::into_iter);
        let mut truth_cause = optional("truth_cause")
            .map(|name| self.strings(name))
            .transpose()?
            .map(Vec::into_iter);
        let mut row = || -> Result<DeliveryRecord, String> {
            // Every column moves on before any value is refused.
            let from = value(from.next(), "from");
            let to = value(to.next(), "to");
            let start_time = time(start.next(), "start_time");
            let end_time = time(end.next(), "end_time");
            let from_ip = whole_list(from_ip.next(), "from_ip");
            let to_ip = whole_list(to_ip.next(), "to_ip");
            let delivery_result = whole_list(result.next(), "delivery_result");
            let latency = latency.as_mut().and_then(Iterator::next).flatten();
            let flag = flag.as_mut().and_then(Iterator::next).flatten();
            let truth_type = truth_type.as_mut().and_then(Iterator::next).flatten();
            let truth_cause = truth_cause.as_mut().and_then(Iterator::next).flatten();
            let delivery_latency = latency
                .map(|latencies| whole(latencies, "delivery_latency"))
                .transpose()?;
            let email_flag = match flag.as_deref() {
                None => None,
                Some("Normal") => Some(EmailFlag::Normal),
                Some("Spam") => Some(EmailFlag::Spam),
                Some(_) => return Err("email_flag is neither Normal nor Spam".to_owned()),
            };
            let truth_type = truth_type
                .map(|labels| labels.into_iter().map(label).collect())
                .transpose()?;
            Ok(DeliveryRecord {
                from: from?,
                to: to?,
                start_time: start_time?,
                end_time: end_time?,
                from_ip: from_ip?,
                to_ip: to_ip?,
                delivery_result: delivery_result?,
                delivery_latency,
                email_flag,
                truth_type,
                truth_cause,
            })
        };
        Ok((0..self.batch.num_rows()).map(|_| row()).collect())
    }
}

/// A label of a list of them.
pub(crate) fn label(text: Option<String>) -> Result<Option<TemplateLabel>, String> {
    text.map(|text| text.parse())
        .transpose()
        // The value itself may be a misplaced message.
        .map_err(|_: ebrc_taxonomy::Error| "a label is neither T1 to T16 nor ambiguous".to_owned())
}

fn value<T>(item: Option<Option<T>>, name: &str) -> Result<T, String> {
    item.flatten()
        .ok_or_else(|| format!("{name} is null; every mail needs one"))
}

fn time(item: Option<Option<NaiveDateTime>>, name: &str) -> Result<NaiveDateTime, String> {
    item.flatten()
        .ok_or_else(|| format!("{name} is null or no time; write it as YYYY-MM-DD HH:MM:SS"))
}

fn whole_list<T>(item: Option<Option<Vec<Option<T>>>>, name: &str) -> Result<Vec<T>, String> {
    whole(value(item, name)?, name)
}

/// A list whose every element is there.
fn whole<T>(items: Vec<Option<T>>, name: &str) -> Result<Vec<T>, String> {
    items
        .into_iter()
        .map(|item| {
            item.ok_or_else(|| {
                format!("{name} has an element that is null or negative; every attempt needs one")
            })
        })
        .collect()
}

fn strings(array: &ArrayRef) -> Option<Vec<Option<String>>> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    if let Some(array) = array.as_string_opt::<i32>() {
        return Some(array.iter().map(owned).collect());
    }
    if let Some(array) = array.as_string_opt::<i64>() {
        return Some(array.iter().map(owned).collect());
    }
    let array = array.as_string_view_opt()?;
    Some(array.iter().map(owned).collect())
}

fn numbers(array: &ArrayRef) -> Option<Vec<Option<u64>>> {
    if let Some(array) = array.as_primitive_opt::<UInt64Type>() {
        return Some(array.iter().collect());
    }
    if let Some(array) = array.as_primitive_opt::<UInt32Type>() {
        return Some(array.iter().map(|number| number.map(u64::from)).collect());
    }
    // A negative number is no number of milliseconds: null, and refused above.
    if let Some(array) = array.as_primitive_opt::<Int64Type>() {
        let unsigned = |number: Option<i64>| number.and_then(|n| u64::try_from(n).ok());
        return Some(array.iter().map(unsigned).collect());
    }
    let array = array.as_primitive_opt::<Int32Type>()?;
    let unsigned = |number: Option<i32>| number.and_then(|n| u64::try_from(n).ok());
    Some(array.iter().map(unsigned).collect())
}

fn times(array: &ArrayRef) -> Option<Vec<Option<NaiveDateTime>>> {
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).map(|time| time.naive_utc());
    let scaled = |numbers: Vec<Option<i64>>, a_second: i64| {
        numbers
            .into_iter()
            .map(|number| at(number?.div_euclid(a_second)))
            .collect()
    };
    if let Some(array) = array.as_primitive_opt::<TimestampSecondType>() {
        return Some(scaled(array.iter().collect(), 1));
    }
    if let Some(array) = array.as_primitive_opt::<TimestampMillisecondType>() {
        return Some(scaled(array.iter().collect(), 1_000));
    }
    if let Some(array) = array.as_primitive_opt::<TimestampMicrosecondType>() {
        return Some(scaled(array.iter().collect(), 1_000_000));
    }
    if let Some(array) = array.as_primitive_opt::<TimestampNanosecondType>() {
        return Some(scaled(array.iter().collect(), 1_000_000_000));
    }
    let texts = strings(array)?;
    let parse = |text: Option<String>| parse_time(&text?);
    Some(texts.into_iter().map(parse).collect())
}

type Lists<T> = Vec<Option<Vec<Option<T>>>>;

fn lists<T>(
    array: &ArrayRef,
    items: impl Fn(&ArrayRef) -> Option<Vec<Option<T>>>,
) -> Option<Lists<T>> {
    let slices: Vec<Option<ArrayRef>> = if let Some(array) = array.as_list_opt::<i32>() {
        array.iter().collect()
    } else {
        array.as_list_opt::<i64>()?.iter().collect()
    };
    slices
        .into_iter()
        .map(|slice| match slice {
            Some(slice) => items(&slice).map(Some),
            None => Some(None),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart_from_a_damaged_file() {
        let path = Path::new("log.parquet");
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let written = write_error(path, &ParquetError::External(Box::new(full))).to_string();
        assert!(
            written.starts_with("log.parquet: cannot be written"),
            "{written}"
        );
        assert!(written.contains("make room on the disk"), "{written}");
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let read = read_error(path, &ParquetError::External(Box::new(denied))).to_string();
        assert!(read.starts_with("log.parquet: cannot be read"), "{read}");
        let damaged = read_error(path, &ParquetError::EOF("no footer".to_owned())).to_string();
        assert!(damaged.contains("copy it again"), "{damaged}");
    }
}
