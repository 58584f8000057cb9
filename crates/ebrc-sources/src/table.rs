use std::io::Read;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::error::Fault;

/// A CSV file with a header line; may be compressed. Columns are found by
/// name, so others beside them do no harm.
pub(crate) struct Table {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: csv::StringRecord,
}

/// The number of a column.
#[derive(Clone, Copy)]
pub(crate) struct Column(usize);

/// A line of a table.
pub(crate) struct Row(csv::StringRecord);

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(ebrc_files::open_read(path)?);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(refuse(path, error)),
        };
        Ok(Self {
            path: path.to_owned(),
            reader,
            header,
        })
    }

    pub(crate) fn find_column(&self, name: &str) -> Option<Column> {
        self.header.iter().position(|own| own == name).map(Column)
    }

    /// A column that must be there; `remedy` says what the header should be.
    pub(crate) fn column(&self, name: &str, remedy: &'static str) -> Result<Column, Error> {
        self.find_column(name).ok_or_else(|| {
            Fault::new(format!("there is no column `{name}`"), remedy).at(&self.path, 1)
        })
    }

    pub(crate) fn for_each_row(
        mut self,
        mut take: impl FnMut(&Row) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        let mut row = Row(csv::StringRecord::new());
        while self
            .reader
            .read_record(&mut row.0)
            .map_err(|error| refuse(&self.path, error))?
        {
            let line = row.0.position().map_or(0, csv::Position::line);
            take(&row).map_err(|fault| fault.at(&self.path, line))?;
        }
        Ok(())
    }
}

impl Row {
    pub(crate) fn get(&self, column: Column) -> &str {
        self.0.get(column.0).unwrap_or_default()
    }
}

fn refuse(path: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::read(path, source),
        csv::ErrorKind::Utf8 { .. } => {
            Fault::new("the line is not UTF-8", "give a CSV file in UTF-8").at(path, line)
        }
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Fault::new(
            format!("the line has {len} fields, the header {expected_len}"),
            "give every line a field for each column",
        )
        .at(path, line),
        _ => Fault::new("the line cannot be read", "give a CSV file").at(path, line),
    }
}
