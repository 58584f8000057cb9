use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Error;

/// A file that appears at its path, whole, when it is committed. Dropped
/// before that, it leaves nothing.
#[derive(Debug)]
pub struct CompleteFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl CompleteFile {
    /// Begins a file that will lie at `path`.
    ///
    /// # Errors
    /// Where the folder of `path` is missing or cannot be written to.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".incomplete-");
        allow_what_the_umask_allows(&mut builder);
        let file = builder
            .tempfile_in(folder_of(path))
            .map_err(|error| Error::write(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
        })
    }

    /// Where the file will lie.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file appear: written out, synced, renamed.
    ///
    /// # Errors
    /// Where the disk is full, or the file cannot take its place; nothing is
    /// left then, and an older file at the path stays as it was.
    pub fn commit(self) -> Result<(), Error> {
        let Self { path, file } = self;
        let commit = || -> io::Result<()> {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            // The rename itself must survive a crash too.
            File::open(folder_of(&path))?.sync_all()
        };
        commit().map_err(|source| Error::write(&path, source))
    }
}

impl Write for CompleteFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a whole file at once.
///
/// # Errors
/// As [`CompleteFile::create`] and [`CompleteFile::commit`].
pub fn write_complete(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut file = CompleteFile::create(path)?;
    file.write_all(content)
        .map_err(|source| Error::write(path, source))?;
    file.commit()
}

/// Removes a file, where it is there.
///
/// # Errors
/// Where it is there and stays.
pub fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::write(path, source)),
        _ => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Temporary files are private by default; these become ordinary ones.
#[cfg(unix)]
fn allow_what_the_umask_allows(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn allow_what_the_umask_allows(_builder: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_committed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_complete(&path, b"old").unwrap();
        let mut file = CompleteFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        assert_eq!(names(folder.path()), ["a"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn a_committed_file_takes_the_place_of_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_complete(&path, b"old").unwrap();
        write_complete(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_an_ordinary_file_lets_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("a"), folder.path().join("b"));
        write_complete(&ours, b"").unwrap();
        fs::write(&plain, b"").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }

    #[test]
    fn errors_name_the_file_and_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/a");
        let error = write_complete(&path, b"").unwrap_err().to_string();
        assert!(error.contains("missing/a"), "{error}");
        assert!(error.ends_with("make the folder first"), "{error}");
        let full = Error::write("a", io::ErrorKind::StorageFull.into()).to_string();
        assert!(full.contains("make room on the disk"), "{full}");
    }
}
