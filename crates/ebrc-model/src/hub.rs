//! Models from the Hugging Face hub, through the cache that Python uses too.
//!
//! All files of a model come from one commit: a branch or tag is resolved
//! before the first file, and every file is asked for by the commit. The cache
//! names a file by its checksum (its SHA-256 where it is large, otherwise its
//! object id in git), which is held against it when it comes and again whenever
//! it is read.
//!
//! The address of the hub is trusted: it gets the token, and names files of the
//! cache.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use hf_hub::api::sync::{Api, ApiBuilder, ApiError};
use hf_hub::{Cache, CacheRepo, Repo, RepoType};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::files::{ModelFiles, hexadecimal};

/// How often a file is begun or gone on with before it is given up.
const ATTEMPTS: usize = 4;

/// Between two attempts: what a connection may need to come back.
const PAUSE: Duration = Duration::from_millis(300);

/// How to reach the hub. The caller reads the environment (`HF_ENDPOINT`,
/// `HF_HUB_CACHE`, `HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE`); this crate does
/// not.
#[derive(Clone, PartialEq, Eq)]
pub struct HubSettings {
    /// Address of the hub, `https://huggingface.co` or a mirror.
    pub endpoint: String,
    /// The cache, `~/.cache/huggingface/hub` by custom; laid out as Python's
    /// `huggingface_hub` lays it out.
    pub cache_dir: PathBuf,
    /// Access token for gated or private models. Beside the hub, the host that
    /// it keeps large files on gets it when it is asked for their size.
    pub token: Option<String>,
    /// A file that holds the token where none is given; it need not be there,
    /// and is read only when the hub is asked.
    pub token_file: PathBuf,
    /// Use the cache alone.
    pub offline: bool,
}

impl std::fmt::Debug for HubSettings {
    // The token is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubSettings")
            .field("endpoint", &self.endpoint)
            .field("cache_dir", &self.cache_dir)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

impl ModelFiles {
    /// Fetches a model from the hub, or from the cache if it is there.
    ///
    /// `id` is `owner/name` (or `name`), `revision` a branch, tag or commit. A
    /// branch that the cache knows is what it was when it was fetched: the hub
    /// is not asked again, and whoever wants a newer commit names it.
    ///
    /// # Errors
    ///
    /// [`Error::Hub`] when the repository or the network does not give the
    /// files, or gives others than the hub says they are, [`Error::MissingFile`]
    /// when the repository holds no BERT in safetensors.
    pub fn from_hub(id: &str, revision: &str, settings: &HubSettings) -> Result<Self> {
        let model = HubModel::new(id, revision, settings)?;
        let commit = model.commit()?;
        let files = Self::gather(id, |file| model.read(&commit, file))?;
        model.remember(&commit)?;
        Ok(files)
    }
}

/// A model of a hub, at a revision.
struct HubModel<'a> {
    id: &'a str,
    revision: &'a str,
    settings: &'a HubSettings,
    cache: Cache,
    /// `None` when offline.
    hub: Option<Api>,
}

/// A file of the cache.
enum Cached {
    Absent,
    /// Its bytes have another SHA-256 than its name says.
    Damaged,
    Whole(Vec<u8>),
}

impl<'a> HubModel<'a> {
    fn new(id: &'a str, revision: &'a str, settings: &'a HubSettings) -> Result<Self> {
        let mut model = Self {
            id,
            revision,
            settings,
            cache: Cache::new(settings.cache_dir.clone()),
            hub: None,
        };
        if !is_repository_id(id) {
            return Err(model.fault(
                "neither a folder nor a repository id",
                "give an existing folder or an id such as google-bert/bert-base-uncased",
            ));
        }
        if !is_revision(revision) {
            return Err(model.fault(
                "no branch, tag or commit can be called so",
                "use `main` or what the repository's page lists",
            ));
        }
        if !settings.offline {
            let token = settings.token.clone().or_else(|| {
                let token = std::fs::read_to_string(&settings.token_file).ok()?;
                Some(token.trim().to_owned()).filter(|token| !token.is_empty())
            });
            // Attempts are counted here: the library's own would append to what
            // a broken one left without looking how much that is.
            let hub = ApiBuilder::from_cache(model.cache.clone())
                .with_progress(false)
                .with_retries(0)
                .with_token(token)
                .with_endpoint(settings.endpoint.trim_end_matches('/').to_owned())
                .build()
                .map_err(|error| model.fault(&error.to_string(), "check the hub's address"))?;
            model.hub = Some(hub);
        }
        Ok(model)
    }

    fn fault(&self, reason: &str, remedy: &str) -> Error {
        Error::Hub {
            id: self.id.to_owned(),
            revision: self.revision.to_owned(),
            reason: reason.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    fn repository(&self, revision: &str) -> Repo {
        Repo::with_revision(self.id.to_owned(), RepoType::Model, revision.to_owned())
    }

    /// The repository's folder of the cache.
    fn cached(&self) -> CacheRepo {
        self.cache.repo(self.repository(self.revision))
    }

    /// Where the cache keeps a file of a commit.
    fn place(&self, commit: &str, file: &str) -> PathBuf {
        self.cached().pointer_path(commit).join(file)
    }

    /// Where the cache keeps the commit of a branch or tag.
    fn reference(&self, revision: &str) -> PathBuf {
        let folder = self.repository(revision).folder_name();
        let folder = self.settings.cache_dir.join(folder);
        folder.join("refs").join(revision)
    }

    /// The commit that all files are of: the revision itself, the one that the
    /// cache knows it by, or what the hub says.
    fn commit(&self) -> Result<String> {
        let known = if is_commit(self.revision) {
            Some(self.revision.to_owned())
        } else {
            std::fs::read_to_string(self.reference(self.revision))
                .ok()
                .map(|commit| commit.trim().to_owned())
                .filter(|commit| is_commit(commit))
        };
        // Also Python writes the commit down before it has the files.
        if let Some(commit) = &known
            && self.place(commit, CONFIG).is_file()
        {
            return Ok(commit.clone());
        }
        let Some(hub) = &self.hub else {
            let folder = self.settings.cache_dir.display();
            return Err(self.fault(
                &format!("not in the cache {folder}, and offline"),
                "fetch the model once while online, or give a folder",
            ));
        };
        if is_commit(self.revision) {
            return Ok(self.revision.to_owned());
        }
        let url = hub.repo(self.repository(self.revision)).url(CONFIG);
        let answer = hub
            .metadata(&url)
            .map_err(|error| self.refusal(CONFIG, &error))?;
        let commit = answer.commit_hash();
        if !is_commit(commit) {
            return Err(self.fault(
                &format!("{} names no commit", self.settings.endpoint),
                "check HF_ENDPOINT, or give a commit as the revision",
            ));
        }
        Ok(commit.to_owned())
    }

    /// A file of a commit, from the cache or the hub; `None` where there is
    /// none.
    fn read(&self, commit: &str, file: &str) -> Result<Option<Vec<u8>>> {
        let place = self.place(commit, file);
        match (read_cached(&place)?, &self.hub) {
            (Cached::Whole(bytes), _) => Ok(Some(bytes)),
            (_, Some(hub)) => self.fetch(hub, commit, file, &place),
            (Cached::Absent, None) if file == WEIGHTS => Err(self.fault(
                &format!("{} is not in the cache, and offline", place.display()),
                "fetch the model once while online, or give a folder",
            )),
            (Cached::Absent, None) => Ok(None),
            (Cached::Damaged, None) => Err(self.fault(
                &format!("{} is damaged, and offline", place.display()),
                "fetch the model once while online",
            )),
        }
    }

    /// Fetches a file into the cache and reads it there.
    fn fetch(&self, hub: &Api, commit: &str, file: &str, place: &Path) -> Result<Option<Vec<u8>>> {
        let endpoint = &self.settings.endpoint;
        let remote = hub.repo(self.repository(commit));
        let expected = match hub.metadata(&remote.url(file)) {
            Ok(metadata) => metadata,
            // The configuration stands for the repository: what lacks it does
            // not exist or is no model.
            Err(error) if file != CONFIG && status_of(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(self.refusal(file, &error)),
        };
        // Both become parts of a path.
        if expected.commit_hash() != commit || !is_revision(expected.etag()) {
            return Err(self.fault(
                &format!("{endpoint} gives {file} of another commit than {commit}"),
                "check HF_ENDPOINT, or give a folder",
            ));
        }
        let blob = self.cached().blob_path(expected.etag());
        let part = blob.with_extension("part");
        if !place.exists() {
            // A link into nowhere would be in the way.
            ebrc_files::remove_if_there(place)?;
        }
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                sleep(PAUSE);
            }
            // A part as long as the whole cannot be gone on with.
            if std::fs::metadata(&part).is_ok_and(|part| part.len() >= expected.size() as u64) {
                ebrc_files::remove_if_there(&part)?;
            }
            let fetched = remote.download(file);
            // The library takes the commit for a branch, too.
            ebrc_files::remove_if_there(&self.reference(commit))?;
            match fetched {
                Ok(_) => match read_cached(place)? {
                    Cached::Whole(bytes) if bytes.len() == expected.size() => {
                        return Ok(Some(bytes));
                    }
                    _ => {
                        ebrc_files::remove_if_there(place)?;
                        ebrc_files::remove_if_there(&blob)?;
                        reason = "its size or checksum is not what the hub says".to_owned();
                    }
                },
                Err(error) if status_of(&error).is_some_and(|status| status < 500) => {
                    return Err(self.refusal(file, &error));
                }
                Err(error) => reason = error.to_string(),
            }
        }
        Err(self.fault(
            &format!("{file} cannot be fetched from {endpoint}: {reason}"),
            "try again, which goes on where it stopped; check the network and HF_ENDPOINT, or \
             give a folder",
        ))
    }

    /// Why the hub did not give a file.
    fn refusal(&self, file: &str, error: &ApiError) -> Error {
        let endpoint = &self.settings.endpoint;
        match status_of(error) {
            Some(404) => self.fault(
                &format!("{endpoint} has no such model"),
                "check the id and the revision",
            ),
            Some(status @ (401 | 403)) => self.fault(
                &format!("{endpoint} refuses access (status {status})"),
                "check the id; for a gated or private model set HF_TOKEN",
            ),
            _ => self.fault(
                &format!("{file} cannot be fetched from {endpoint}: {error}"),
                "check the network and HF_ENDPOINT, or give a folder",
            ),
        }
    }

    /// Notes in the cache which commit the revision is, now that all files of
    /// it are there.
    fn remember(&self, commit: &str) -> Result<()> {
        let reference = self.reference(self.revision);
        let known = std::fs::read_to_string(&reference).ok();
        if is_commit(self.revision) || known.as_deref().map(str::trim) == Some(commit) {
            return Ok(());
        }
        if let Some(folder) = reference.parent() {
            ebrc_files::create_folder(folder)?;
        }
        Ok(ebrc_files::write_complete(&reference, commit.as_bytes())?)
    }
}

/// The file that stands for a model.
const CONFIG: &str = "config.json";

/// The file that every model here has.
const WEIGHTS: &str = "model.safetensors";

/// Reads a file of the cache. It is a link to a file that the hub named by a
/// checksum of what is in it.
fn read_cached(place: &Path) -> Result<Cached> {
    let bytes = match std::fs::read(place) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Cached::Absent),
        Err(source) => return Err(ebrc_files::Error::read(place, source).into()),
    };
    let target = std::fs::canonicalize(place).ok();
    let name = target.as_deref().and_then(Path::file_name);
    let checksum = name
        .and_then(|name| name.to_str())
        .filter(|name| name.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let is_whole = match checksum {
        Some(sha256) if sha256.len() == 64 => hexadecimal(&Sha256::digest(&bytes)) == sha256,
        Some(id) if id.len() == 40 => hexadecimal(git_object(&bytes).as_ref()) == id,
        // A mirror that names files in its own way.
        _ => true,
    };
    Ok(if is_whole {
        Cached::Whole(bytes)
    } else {
        Cached::Damaged
    })
}

/// The id of a file in git's store of objects.
fn git_object(bytes: &[u8]) -> impl AsRef<[u8]> {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hash.finalize()
}

/// Whether the text is a whole commit, which no branch can move.
fn is_commit(revision: &str) -> bool {
    revision.len() == 40
        && revision
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether the text can be `name` or `owner/name` on the hub; anything else
/// must not become part of a path or an address.
fn is_repository_id(id: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    id.split('/').count() <= 2 && id.split('/').all(part)
}

/// Whether the text can name a branch, tag or commit without leaving the
/// cache's folders.
fn is_revision(revision: &str) -> bool {
    !revision.is_empty()
        && revision
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.'))
        && revision
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
}

/// The status of an HTTP answer, read from the error's text: the error's type
/// belongs to a library that is not ours.
fn status_of(error: &ApiError) -> Option<u16> {
    let text = match error {
        ApiError::RequestError(inner) => inner.to_string(),
        _ => return None,
    };
    let digits: String = text
        .rsplit("http status: ")
        .next()
        .filter(|rest| rest.len() < text.len())?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions() {
        for revision in ["main", "refs/pr/1", "v1.0", "0123abc"] {
            assert!(is_revision(revision), "{revision}");
        }
        for revision in ["", "/", "../x", "a//b", "a b", "a/../b"] {
            assert!(!is_revision(revision), "{revision}");
        }
    }

    #[test]
    fn repository_ids() {
        for id in [
            "bert-base-uncased",
            "google-bert/bert-base-uncased",
            "a/b.c_d-1",
        ] {
            assert!(is_repository_id(id), "{id}");
        }
        for id in [
            "", "/", "a/", "/a", "a/b/c", "../x", "./model", "a b", "a/..", "a?b",
        ] {
            assert!(!is_repository_id(id), "{id}");
        }
    }
}
