use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use ebrc_files::CompleteFile;
use ebrc_taxonomy::TemplateLabel;
use flate2::write::GzEncoder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use rayon::prelude::*;

use crate::columns::{self, BATCH, Batch, ParquetFile, RecordColumns, record_fields};
use crate::record::parse_time;
use crate::{DeliveryRecord, Error};

/// A line longer than this is no record.
const LONGEST_LINE: u64 = 16 << 20;

/// How many records one thread makes at a time.
const RECORDS_A_PART: usize = 512;

/// About the length of a line.
const BYTES_A_LINE: usize = 600;

const PARQUET: &[u8] = b"PAR1";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What every record has.
const NEEDED: [&str; 7] = [
    "from",
    "to",
    "start_time",
    "end_time",
    "from_ip",
    "to_ip",
    "delivery_result",
];

/// What a record may lack.
const OPTIONAL: [&str; 2] = ["delivery_latency", "email_flag"];

/// Reads a delivery log record by record: NDJSON, also compressed with gzip or
/// zstd, or Parquet; the content tells which. `-` is standard input.
///
/// After [`Error::BadRecord`] the next record follows; any other error is the
/// last item.
#[derive(Debug)]
pub struct LogReader {
    path: PathBuf,
    source: Source,
    /// Lines or rows so far.
    line: u64,
}

enum Source {
    Lines(BufReader<Box<dyn Read + Send>>),
    Parquet {
        batches: ParquetRecordBatchReader,
        pending: std::vec::IntoIter<Result<DeliveryRecord, String>>,
    },
    Ended,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lines(_) => "Lines",
            Self::Parquet { .. } => "Parquet",
            Self::Ended => "Ended",
        })
    }
}

impl LogReader {
    /// Opens a log.
    ///
    /// # Errors
    /// Where the file cannot be opened, or is a Parquet file that is damaged or
    /// has other columns.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut lines = BufReader::with_capacity(1 << 17, ebrc_files::open_read(path)?);
        let start = lines
            .fill_buf()
            .map_err(|error| ebrc_files::Error::read(path, error))?;
        let source = if start.starts_with(PARQUET) {
            let file =
                seekable(path, &mut lines).map_err(|error| ebrc_files::Error::read(path, error))?;
            Source::Parquet {
                batches: columns::batches(path, file, &NEEDED)?,
                pending: Vec::new().into_iter(),
            }
        } else {
            if start.starts_with(BYTE_ORDER_MARK) {
                lines.consume(BYTE_ORDER_MARK.len());
            }
            Source::Lines(lines)
        };
        Ok(Self {
            path: path.to_owned(),
            source,
            line: 0,
        })
    }

    fn bad(&self, reason: String, raw: Vec<u8>) -> Error {
        Error::BadRecord {
            file: self.path.clone(),
            line: self.line,
            reason,
            raw,
        }
    }

    fn checked(&self, record: DeliveryRecord, raw: &[u8]) -> Result<DeliveryRecord, Error> {
        match record.fault() {
            None => Ok(record),
            Some(reason) => Err(self.bad(reason, raw.to_vec())),
        }
    }

    fn next_line(&mut self) -> Option<Result<DeliveryRecord, Error>> {
        loop {
            let Source::Lines(lines) = &mut self.source else {
                return None;
            };
            let mut line = Vec::new();
            let read = lines
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line);
            match read {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => {
                    self.source = Source::Ended;
                    return Some(Err(ebrc_files::Error::read(&self.path, error).into()));
                }
            }
            self.line += 1;
            if line.len() as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
                let skipped = skip_line(lines);
                line.truncate(1024);
                let reason = format!("longer than {} MiB; is this a log?", LONGEST_LINE >> 20);
                return Some(Err(match skipped {
                    Ok(()) => self.bad(reason, line),
                    Err(error) => {
                        self.source = Source::Ended;
                        ebrc_files::Error::read(&self.path, error).into()
                    }
                }));
            }
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            return Some(match serde_json::from_slice(text) {
                Ok(record) => self.checked(record, text),
                Err(error) => Err(self.bad(json_reason(text, &error), text.to_vec())),
            });
        }
    }

    fn next_row(&mut self) -> Option<Result<DeliveryRecord, Error>> {
        loop {
            let Source::Parquet { batches, pending } = &mut self.source else {
                return None;
            };
            if let Some(row) = pending.next() {
                self.line += 1;
                return Some(match row {
                    Ok(record) => self.checked(record, &[]),
                    Err(reason) => Err(self.bad(reason, Vec::new())),
                });
            }
            let rows = match batches.next()? {
                Ok(batch) => Batch {
                    path: &self.path,
                    batch: &batch,
                }
                .records(),
                Err(error) => Err(columns::read_error(&self.path, &error.into())),
            };
            match rows {
                Ok(rows) => *pending = rows.into_iter(),
                Err(error) => {
                    self.source = Source::Ended;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Iterator for LogReader {
    type Item = Result<DeliveryRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.source {
            Source::Lines(_) => self.next_line(),
            Source::Parquet { .. } => self.next_row(),
            Source::Ended => None,
        }
    }
}

fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = lines.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match buffer.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                lines.consume(end + 1);
                return Ok(());
            }
            None => {
                let length = buffer.len();
                lines.consume(length);
            }
        }
    }
}

/// The file of a Parquet log, which is read from its end: the file itself or,
/// where it comes through a pipe or packed, a nameless copy of it.
fn seekable(path: &Path, content: &mut impl BufRead) -> io::Result<File> {
    if path != Path::new("-") {
        let mut file = File::open(path)?;
        let mut start = [0; PARQUET.len()];
        if file.read_exact(&mut start).is_ok() && start == *PARQUET {
            file.rewind()?;
            return Ok(file);
        }
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(content, &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

/// What is wrong with a line, by field, without its content: serde's own words
/// may quote a value.
fn json_reason(line: &[u8], error: &serde_json::Error) -> String {
    use serde_json::Value;
    if let Err(error) = std::str::from_utf8(line) {
        return format!(
            "no UTF-8 (column {}); convert the log to UTF-8, or remove the line",
            error.valid_up_to() + 1
        );
    }
    let Ok(value) = serde_json::from_slice::<Value>(line) else {
        return format!(
            "no valid JSON (column {}); mend or remove the line",
            error.column()
        );
    };
    let Value::Object(object) = value else {
        return "no JSON object; a record is one object a line".to_owned();
    };
    let text_list = |value: &Value| {
        value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string))
    };
    let expected = |name: &str| -> (&'static str, bool) {
        let value = object.get(name).unwrap_or(&Value::Null);
        match name {
            "from" | "to" => ("text", value.is_string()),
            "start_time" | "end_time" => {
                let time = value.as_str().and_then(parse_time);
                ("a time as YYYY-MM-DD HH:MM:SS", time.is_some())
            }
            "delivery_latency" => {
                let items = value.as_array();
                let whole = items.is_some_and(|items| items.iter().all(Value::is_u64));
                ("a list of whole milliseconds", whole)
            }
            "email_flag" => {
                let known = matches!(value.as_str(), Some("Normal" | "Spam"));
                ("Normal or Spam", known)
            }
            _ => ("a list of text", text_list(value)),
        }
    };
    let is_there = |name: &&str| object.get(*name).is_some_and(|value| !value.is_null());
    for name in NEEDED
        .into_iter()
        .chain(OPTIONAL.into_iter().filter(is_there))
    {
        if !object.contains_key(name) {
            return format!("{name} is missing; a record needs {}", NEEDED.join(", "));
        }
        let (form, right) = expected(name);
        if !right {
            return format!("{name} must be {form}");
        }
    }
    let truth = object.get("truth_type").cloned().unwrap_or_default();
    if serde_json::from_value::<Option<Vec<Option<TemplateLabel>>>>(truth).is_err() {
        return "truth_type must be a list of T1 to T16, ambiguous or null".to_owned();
    }
    let cause = object.get("truth_cause").unwrap_or(&Value::Null);
    if !cause.is_string() && !cause.is_null() {
        return "truth_cause must be text".to_owned();
    }
    // What JSON itself allows, and a record does not.
    "a field stands twice; keep one of them".to_owned()
}

/// Writes a delivery log; its name tells the format: `.ndjson`, `.jsonl` or
/// `.json`, each also with `.gz` or `.zst`, or `.parquet`. The log appears
/// when it is committed.
#[derive(Debug)]
pub struct LogWriter {
    path: PathBuf,
    sink: Sink,
}

enum Sink {
    Plain(CompleteFile),
    Gzip(Blocks<GzEncoder<CompleteFile>>),
    Zstd(zstd::Encoder<'static, CompleteFile>),
    Parquet(Box<ParquetLog>),
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Gzip(_) => "Gzip",
            Self::Zstd(_) => "Zstd",
            Self::Parquet(_) => "Parquet",
        })
    }
}

impl LogWriter {
    /// Begins a log.
    ///
    /// # Errors
    /// Where the name tells no format, or the folder cannot be written to.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_ascii_lowercase())
            .unwrap_or_default();
        let (stem, compression) = match name.strip_suffix(".gz") {
            Some(stem) => (stem, "gz"),
            None => match name.strip_suffix(".zst") {
                Some(stem) => (stem, "zst"),
                None => (name.as_str(), ""),
            },
        };
        let is_json = [".ndjson", ".jsonl", ".json"]
            .iter()
            .any(|extension| stem.ends_with(extension));
        let sink = match compression {
            "" if stem.ends_with(".parquet") => Sink::Parquet(Box::new(ParquetLog::create(path)?)),
            _ if !is_json => return Err(Error::UnknownFormat(path.to_owned())),
            "gz" => Sink::Gzip(Blocks::new(GzEncoder::new(
                CompleteFile::create(path)?,
                flate2::Compression::fast(),
            ))),
            "zst" => {
                let encoder = zstd::Encoder::new(CompleteFile::create(path)?, 1)
                    .map_err(|error| ebrc_files::Error::write(path, error))?;
                Sink::Zstd(encoder)
            }
            _ => Sink::Plain(CompleteFile::create(path)?),
        };
        Ok(Self {
            path: path.to_owned(),
            sink,
        })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// Where the disk is full or otherwise unwilling.
    pub fn write(&mut self, record: &DeliveryRecord) -> Result<(), Error> {
        if let Sink::Parquet(parquet) = &mut self.sink {
            return parquet.write(record);
        }
        let mut lines = Vec::with_capacity(BYTES_A_LINE);
        let written = push_line(record, &mut lines);
        self.write_lines(written.map(|()| lines))
    }

    /// Adds records in the order of their numbers; all threads make them, and
    /// write them down.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_made(
        &mut self,
        numbers: Range<u64>,
        make: impl Fn(u64) -> DeliveryRecord + Sync,
    ) -> Result<(), Error> {
        let parts: Vec<Range<u64>> = numbers
            .clone()
            .step_by(RECORDS_A_PART)
            .map(|from| from..numbers.end.min(from + RECORDS_A_PART as u64))
            .collect();
        if let Sink::Parquet(parquet) = &mut self.sink {
            let records: Vec<Vec<DeliveryRecord>> = parts
                .into_par_iter()
                .map(|part| part.map(&make).collect())
                .collect();
            return records
                .iter()
                .flatten()
                .try_for_each(|record| parquet.write(record));
        }
        let parts: Vec<Result<Vec<u8>, _>> = parts
            .into_par_iter()
            .map(|part| {
                let mut lines = Vec::with_capacity(RECORDS_A_PART * BYTES_A_LINE);
                for number in part {
                    push_line(&make(number), &mut lines)?;
                }
                Ok(lines)
            })
            .collect();
        parts
            .into_iter()
            .try_for_each(|lines| self.write_lines(lines))
    }

    fn write_lines(&mut self, lines: Result<Vec<u8>, serde_json::Error>) -> Result<(), Error> {
        let refuse = |error| ebrc_files::Error::write(&self.path, error);
        let lines = lines.map_err(|error| refuse(error.into()))?;
        let written = match &mut self.sink {
            Sink::Plain(file) => file.write_all(&lines),
            Sink::Gzip(encoder) => encoder.write_all(&lines),
            Sink::Zstd(encoder) => encoder.write_all(&lines),
            Sink::Parquet(_) => Ok(()),
        };
        Ok(written.map_err(refuse)?)
    }

    /// Makes the log appear.
    ///
    /// # Errors
    /// Where it cannot be completed; nothing is left then.
    pub fn commit(self) -> Result<(), Error> {
        let refuse = |error| ebrc_files::Error::write(&self.path, error);
        let file = match self.sink {
            Sink::Plain(file) => file,
            Sink::Gzip(blocks) => blocks
                .finish()
                .and_then(GzEncoder::finish)
                .map_err(refuse)?,
            Sink::Zstd(encoder) => encoder.finish().map_err(refuse)?,
            Sink::Parquet(parquet) => return parquet.commit(),
        };
        Ok(file.commit()?)
    }
}

/// Bytes that an encoder is given at a time.
const BLOCK: usize = 1 << 16;

/// Hands an encoder blocks of one size, however they come: what some of them
/// write follows the borders of what they are given.
struct Blocks<W> {
    encoder: W,
    block: Vec<u8>,
}

impl<W: Write> Blocks<W> {
    fn new(encoder: W) -> Self {
        Self {
            encoder,
            block: Vec::with_capacity(BLOCK),
        }
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.encoder.write_all(&self.block)?;
                self.block.clear();
            }
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<W> {
        self.encoder.write_all(&self.block)?;
        Ok(self.encoder)
    }
}

fn push_line(record: &DeliveryRecord, lines: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    serde_json::to_writer(&mut *lines, record)?;
    lines.push(b'\n');
    Ok(())
}

/// A Parquet log in the writing.
struct ParquetLog {
    path: PathBuf,
    /// Until the first record tells whether there are columns of truth.
    begun: Option<CompleteFile>,
    open: Option<(ParquetFile, RecordColumns)>,
}

impl ParquetLog {
    fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self {
            path: path.to_owned(),
            begun: Some(CompleteFile::create(path)?),
            open: None,
        })
    }

    fn write(&mut self, record: &DeliveryRecord) -> Result<(), Error> {
        let with_truth = record.truth_type.is_some() || record.truth_cause.is_some();
        let (file, columns) = self.open(with_truth)?;
        if with_truth && !columns.with_truth {
            return Err(Error::Parquet {
                file: self.path.clone(),
                reason: "a record carries truth and the first one does not; \
                         write records of one kind, or NDJSON"
                    .to_owned(),
            });
        }
        columns.push(record);
        if columns.len() == BATCH {
            file.write(columns.finish())?;
        }
        Ok(())
    }

    fn commit(mut self) -> Result<(), Error> {
        let (file, columns) = self.open(false)?;
        if columns.len() > 0 {
            file.write(columns.finish())?;
        }
        match self.open {
            Some((file, _)) => file.commit(),
            None => Ok(()),
        }
    }

    fn open(&mut self, with_truth: bool) -> Result<(&mut ParquetFile, &mut RecordColumns), Error> {
        if let Some(begun) = self.begun.take() {
            let file = ParquetFile::within(begun, record_fields(with_truth))?;
            self.open = Some((file, RecordColumns::new(with_truth)));
        }
        match &mut self.open {
            Some((file, columns)) => Ok((file, columns)),
            None => Err(Error::Parquet {
                file: self.path.clone(),
                reason: "its beginning could not be written; write the log again".to_owned(),
            }),
        }
    }
}
