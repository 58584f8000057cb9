use std::path::PathBuf;

/// What can be wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A record is broken; the reader goes on with the next one.
    #[error("{}, line {line}: {reason}", file.display())]
    BadRecord {
        /// The log.
        file: PathBuf,
        /// The line, or the row of a Parquet file, from 1.
        line: u64,
        /// What is wrong, and the remedy; nothing of the record's content.
        reason: String,
        /// The record as it stands there.
        raw: Vec<u8>,
    },
    /// A Parquet file is broken, cut short, or has other columns.
    #[error("{}: {reason}", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// A file's name does not tell its format.
    #[error(
        "{}: the name tells no format; use .ndjson, .ndjson.gz, .ndjson.zst or .parquet",
        .0.display()
    )]
    UnknownFormat(PathBuf),
}
