//! Files that are complete or absent, and reading through compression.
//!
//! A [`CompleteFile`] is written beside its place, synced and renamed, so that
//! nobody ever sees half of it, whatever kills the program.
//!
//! ```
//! use std::io::Write;
//! use ebrc_files::{CompleteFile, open_read};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("templates.csv");
//! let mut file = CompleteFile::create(&path)?;
//! file.write_all(b"template_id\n")?;
//! assert!(!path.exists());
//! file.commit()?;
//! assert_eq!(std::io::read_to_string(open_read(&path)?)?, "template_id\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod complete;
mod read;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use complete::{CompleteFile, remove_if_there, write_complete};
pub use read::{open_read, read, sha256_hex, sha256_hex_of};

/// A file or folder that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("{}: cannot be read: {source}{}", path.display(), read_remedy(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file could not be written; nothing of it was left.
    #[error("{}: cannot be written: {source}{}", path.display(), write_remedy(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl Error {
    /// A file that could not be read.
    pub fn read(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Read {
            path: path.into(),
            source,
        }
    }

    /// A file that could not be written.
    pub fn write(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Write {
            path: path.into(),
            source,
        }
    }
}

fn read_remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "; check the path",
        io::ErrorKind::PermissionDenied => "; check its permissions",
        io::ErrorKind::UnexpectedEof => "; it is cut short, copy it again",
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            "; it is damaged, copy it again"
        }
        _ => "",
    }
}

fn write_remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; make room on the disk, or name a folder on another one"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; name a folder that you may write to"
        }
        io::ErrorKind::NotFound => "; make the folder first",
        _ => "",
    }
}

/// Makes a folder and those above it, where they are not there yet.
///
/// # Errors
/// Where a folder cannot be made.
pub fn create_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))
}
