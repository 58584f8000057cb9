use std::path::{Path, PathBuf};

/// A snapshot that cannot be used. What stands in a file is never repeated:
/// lists hold personal data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, is cut short, or its compression is broken.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A line is none of its format's.
    #[error("{}, line {line}: {reason}; {remedy}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A file as a whole is not what it should be.
    #[error("{}: {reason}; {remedy}", file.display())]
    Snapshot {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
}

impl Error {
    pub(crate) fn read(file: &Path, source: std::io::Error) -> Self {
        Self::File(ebrc_files::Error::read(file, source))
    }
}

/// What is wrong with a line, before its place is known.
#[derive(Debug)]
pub(crate) struct Fault {
    reason: String,
    remedy: &'static str,
}

impl Fault {
    pub(crate) fn new(reason: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            reason: reason.into(),
            remedy,
        }
    }

    pub(crate) fn at(self, file: &Path, line: u64) -> Error {
        Error::Line {
            file: file.to_owned(),
            line,
            reason: self.reason,
            remedy: self.remedy,
        }
    }
}
