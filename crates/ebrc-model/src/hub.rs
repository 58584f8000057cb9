//! Models from the Hugging Face hub, through the cache that Python uses too.

use std::path::PathBuf;

use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, Repo, RepoType};

use crate::error::{Error, Result};
use crate::files::ModelFiles;

/// How to reach the hub. The caller reads the environment (`HF_ENDPOINT`,
/// `HF_HUB_CACHE`, `HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE`); this crate does
/// not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubSettings {
    /// Address of the hub, `https://huggingface.co` or a mirror.
    pub endpoint: String,
    /// The cache, `~/.cache/huggingface/hub` by custom; laid out as Python's
    /// `huggingface_hub` lays it out.
    pub cache_dir: PathBuf,
    /// Access token for gated or private models; without one, the file `token`
    /// beside the cache serves if there is one.
    pub token: Option<String>,
    /// Use the cache alone.
    pub offline: bool,
}

impl ModelFiles {
    /// Fetches a model from the hub, or from the cache if it is there.
    ///
    /// `id` is `owner/name` (or `name`), `revision` a branch, tag or commit.
    ///
    /// # Errors
    ///
    /// [`Error::Hub`] when the repository or the network does not give the
    /// files, [`Error::MissingFile`] when the repository holds no BERT in
    /// safetensors.
    pub fn from_hub(id: &str, revision: &str, settings: &HubSettings) -> Result<Self> {
        let fault = |reason: String, remedy: &str| Error::Hub {
            id: id.to_owned(),
            revision: revision.to_owned(),
            reason,
            remedy: remedy.to_owned(),
        };
        if !is_repository_id(id) {
            return Err(fault(
                "neither a folder nor a repository id".into(),
                "give an existing folder or an id such as google-bert/bert-base-uncased",
            ));
        }
        if !is_revision(revision) {
            return Err(fault(
                "no branch, tag or commit can be called so".into(),
                "use `main` or what the repository's page lists",
            ));
        }
        let cache = Cache::new(settings.cache_dir.clone());
        let repo = || Repo::with_revision(id.to_owned(), RepoType::Model, revision.to_owned());
        let cached = |file: &str| {
            let cached = cache.repo(repo());
            cached.get(file).or_else(|| {
                // A commit is a revision too, but has no entry under refs.
                let path = cached.pointer_path(revision).join(file);
                path.is_file().then_some(path)
            })
        };
        let remote: Option<ApiRepo> = if settings.offline {
            if cached("config.json").is_none() {
                return Err(fault(
                    format!(
                        "not in the cache {}, and offline",
                        settings.cache_dir.display()
                    ),
                    "fetch the model once while online, or give a folder",
                ));
            }
            None
        } else {
            let mut builder = ApiBuilder::from_cache(cache.clone())
                .with_progress(false)
                .with_retries(3)
                .with_endpoint(settings.endpoint.trim_end_matches('/').to_owned());
            if settings.token.is_some() {
                builder = builder.with_token(settings.token.clone());
            }
            let api = builder
                .build()
                .map_err(|e| fault(e.to_string(), "check the hub's address"))?;
            Some(api.repo(repo()))
        };
        Self::gather(id, |file| {
            let path = match (cached(file), &remote) {
                (Some(path), _) => path,
                (None, None) => return Ok(None),
                (None, Some(remote)) => match remote.download(file) {
                    Ok(path) => path,
                    Err(error) => match status_of(&error) {
                        // The configuration stands for the repository: what
                        // lacks it does not exist or is no model.
                        Some(404) if file != "config.json" => return Ok(None),
                        Some(404) => {
                            return Err(fault(
                                format!("{} has no such model", settings.endpoint),
                                "check the id and the revision",
                            ));
                        }
                        Some(status @ (401 | 403)) => {
                            return Err(fault(
                                format!("{} refuses access (status {status})", settings.endpoint),
                                "check the id; for a gated or private model set HF_TOKEN",
                            ));
                        }
                        _ => {
                            return Err(fault(
                                format!(
                                    "{file} cannot be fetched from {}: {error}",
                                    settings.endpoint
                                ),
                                "check the network and HF_ENDPOINT, or give a folder",
                            ));
                        }
                    },
                },
            };
            std::fs::read(&path)
                .map(Some)
                .map_err(|source| ebrc_files::Error::read(path, source).into())
        })
    }
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
        ApiError::TooManyRetries(inner) => return status_of(inner),
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
