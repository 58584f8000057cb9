//! Models from a hub: a small one of our own on the loopback interface.

#![cfg(feature = "hub")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use ebrc_model::{Classifier, DeviceChoice, Error, HubSettings, ModelFiles, Precision};
use safetensors::Dtype;
use tempfile::TempDir;
use tiny_bert::{TinyBert, vocabulary};
use tiny_http::{Header, Request, Response, Server};

const MAIN: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "0000000000000000000000000000000000000000";

/// What a hub answers with.
#[derive(Clone, Default)]
struct Store {
    /// Content by `owner/name/commit/file`.
    files: BTreeMap<String, Vec<u8>>,
    /// Repositories that want this token.
    token: Option<&'static str>,
    /// Answer every request with this status.
    status: Option<u16>,
}

impl Store {
    /// A hub with one model, whose branch `main` is [`MAIN`].
    fn with(model: &TinyBert) -> Self {
        let mut store = Self::default();
        store.add(MAIN, model);
        store
    }

    fn add(&mut self, commit: &str, model: &TinyBert) {
        let files = [
            ("config.json", model.config.to_string().into_bytes()),
            ("tokenizer.json", model.tokenizer.to_string().into_bytes()),
            ("model.safetensors", model.weights(Dtype::F32)),
        ];
        for (file, content) in files {
            self.files
                .insert(format!("owner/name/{commit}/{file}"), content);
        }
    }
}

/// What a request asked for.
#[derive(Debug, Clone)]
struct Asked {
    path: String,
    authorization: Option<String>,
}

/// A hub that answers until it is dropped.
struct Hub {
    server: Arc<Server>,
    asked: Arc<Mutex<Vec<Asked>>>,
    thread: Option<JoinHandle<()>>,
}

impl Hub {
    fn serve(store: Store) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let thread = std::thread::spawn({
            let (server, asked) = (Arc::clone(&server), Arc::clone(&asked));
            move || {
                for request in server.incoming_requests() {
                    asked.lock().unwrap().push(Asked {
                        path: request.url().to_owned(),
                        authorization: header(&request, "Authorization"),
                    });
                    answer(request, &store);
                }
            }
        });
        Self {
            server,
            asked,
            thread: Some(thread),
        }
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.server.server_addr())
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.server.unblock();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn header(request: &Request, name: &'static str) -> Option<String> {
    let headers = request.headers().iter();
    let mut named = headers.filter(|header| header.field.equiv(name));
    named.next().map(|header| header.value.to_string())
}

/// Answers as the hub does: `/{owner}/{name}/resolve/{revision}/{file}`, whole
/// or in the range asked for.
fn answer(request: Request, store: &Store) {
    let status = |request: Request, status: u16| {
        request.respond(Response::empty(status)).unwrap();
    };
    if let Some(code) = store.status {
        return status(request, code);
    }
    if let Some(token) = store.token
        && header(&request, "Authorization") != Some(format!("Bearer {token}"))
    {
        return status(request, 401);
    }
    let parts: Vec<&str> = request.url().split('/').skip(1).collect();
    let [owner, name, "resolve", revision, file] = parts[..] else {
        return status(request, 404);
    };
    let commit = if revision == "main" { MAIN } else { revision };
    let key = format!("{owner}/{name}/{commit}/{file}");
    let Some(content) = store.files.get(&key) else {
        return status(request, 404);
    };
    let total = content.len();
    let range = header(&request, "Range").and_then(|range| {
        let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
        let end = end.parse().unwrap_or(total - 1);
        Some((start.parse::<usize>().ok()?, end))
    });
    let (start, end) = range.unwrap_or((0, total - 1));
    let mut response = Response::from_data(&content[start..=end])
        .with_status_code(if range.is_some() { 206 } else { 200 });
    let etag = format!("\"{commit}-{file}\"");
    let span = format!("bytes {start}-{end}/{total}");
    for (name, value) in [
        ("ETag", etag.as_str()),
        ("X-Repo-Commit", commit),
        ("Content-Range", span.as_str()),
    ] {
        response.add_header(Header::from_bytes(name, value).unwrap());
    }
    request.respond(response).unwrap();
}

/// A cache in a new folder, so that no token of the person who tests lies
/// beside it.
struct Cache(TempDir);

impl Cache {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn home(&self) -> &Path {
        self.0.path()
    }

    fn settings(&self, endpoint: String) -> HubSettings {
        HubSettings {
            endpoint,
            cache_dir: self.home().join("hub"),
            token: None,
            offline: false,
        }
    }
}

const ID: &str = "owner/name";

fn fetch(revision: &str, settings: &HubSettings) -> Result<ModelFiles, Error> {
    ModelFiles::from_hub(ID, revision, settings)
}

/// The message with which a hub's model is refused.
fn complaint(store: Store) -> String {
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let error = fetch("main", &cache.settings(hub.endpoint())).unwrap_err();
    error.to_string()
}

fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn a_model_is_fetched_once_and_then_used_from_the_cache() {
    let model = TinyBert::new().classifier();
    let (hub, cache) = (Hub::serve(Store::with(&model)), Cache::new());
    // A slash at the end of the address does no harm.
    let mut settings = cache.settings(format!("{}/", hub.endpoint()));
    let fetched = fetch("main", &settings).unwrap();
    let local = ModelFiles::from_folder(model.folder().path()).unwrap();
    assert_eq!(fetched.weights_sha256(), local.weights_sha256());
    let scores = |files: &ModelFiles| {
        let classifier = Classifier::load(files, DeviceChoice::Cpu, Precision::F32).unwrap();
        classifier.classify(&["mailbox full", "spam"]).unwrap()
    };
    assert_eq!(scores(&fetched), scores(&local));

    let before = hub.asked().len();
    let again = fetch("main", &settings).unwrap();
    assert_eq!(hub.asked().len(), before);
    assert_eq!(scores(&again), scores(&local));
    drop(hub);
    settings.offline = true;
    assert_eq!(scores(&fetch("main", &settings).unwrap()), scores(&local));
}

#[test]
fn the_cache_is_laid_out_as_python_lays_it_out() {
    let (hub, cache) = (Hub::serve(Store::with(&TinyBert::new())), Cache::new());
    fetch("main", &cache.settings(hub.endpoint())).unwrap();
    let repository = cache.home().join("hub/models--owner--name");
    let commit = std::fs::read_to_string(repository.join("refs/main")).unwrap();
    assert_eq!(commit, MAIN);
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let path = repository.join("snapshots").join(MAIN).join(file);
        assert!(path.is_file(), "{}", path.display());
    }
}

#[test]
fn a_revision_is_fetched_and_cached_as_such() {
    let (new, mut old) = (TinyBert::new(), TinyBert::new());
    old.tensors.get_mut("pooler.dense.bias").unwrap().1[0] = 9.0;
    let mut store = Store::with(&new);
    store.add(OLD, &old);
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    let main = fetch("main", &settings).unwrap().weights_sha256();
    let before = hub.asked().len();
    let pinned = fetch(OLD, &settings).unwrap().weights_sha256();
    let resolve = format!("/owner/name/resolve/{OLD}/");
    let asked = &hub.asked()[before..];
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|asked| asked.path.starts_with(&resolve)));
    assert_ne!(pinned, main);
    drop(hub);
    settings.offline = true;
    for (revision, sha256) in [(OLD, &pinned), ("main", &main), (MAIN, &main)] {
        let files = fetch(revision, &settings).unwrap();
        assert_eq!(files.weights_sha256(), *sha256, "{revision}");
    }
    let error = fetch("v2", &settings).unwrap_err().to_string();
    assert_names(&error, &["owner/name", "v2", "offline"]);
}

#[test]
fn a_model_with_a_vocabulary_file_is_fetched_and_cached_too() {
    let model = TinyBert::new().classifier();
    let mut store = Store::with(&model);
    store
        .files
        .remove(&format!("owner/name/{MAIN}/tokenizer.json"));
    let vocabulary = vocabulary().join("\n").into_bytes();
    store
        .files
        .insert(format!("owner/name/{MAIN}/vocab.txt"), vocabulary);
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    let scores = |files: &ModelFiles| {
        let classifier = Classifier::load(files, DeviceChoice::Cpu, Precision::F32).unwrap();
        classifier.classify(&["mailbox full", "spam"]).unwrap()
    };
    let local = ModelFiles::from_folder(model.folder().path()).unwrap();
    let expected = scores(&local);
    assert_eq!(scores(&fetch("main", &settings).unwrap()), expected);
    drop(hub);
    settings.offline = true;
    assert_eq!(scores(&fetch("main", &settings).unwrap()), expected);
}

#[test]
fn a_fetch_that_broke_off_is_completed() {
    let model = TinyBert::new();
    let weights = format!("owner/name/{MAIN}/model.safetensors");
    let mut store = Store::with(&model);
    let content = store.files.remove(&weights).unwrap();
    let cache = Cache::new();
    let hub = Hub::serve(store.clone());
    let error = fetch("main", &cache.settings(hub.endpoint())).unwrap_err();
    assert_names(&error.to_string(), &["model.safetensors"]);
    drop(hub);
    // A third of the weights came before the connection was cut.
    let blobs = cache.home().join("hub/models--owner--name/blobs");
    let part = blobs.join(format!("{MAIN}-model.part"));
    std::fs::write(part, &content[..content.len() / 3]).unwrap();
    store.files.insert(weights, content);
    let hub = Hub::serve(store);
    let files = fetch("main", &cache.settings(hub.endpoint())).unwrap();
    let local = ModelFiles::from_folder(model.folder().path()).unwrap();
    assert_eq!(files.weights_sha256(), local.weights_sha256());
}

#[test]
fn an_unknown_model_is_told_with_id_revision_and_address() {
    let (hub, cache) = (Hub::serve(Store::default()), Cache::new());
    let error = fetch("v1.0", &cache.settings(hub.endpoint())).unwrap_err();
    assert!(matches!(error, Error::Hub { .. }));
    let parts = ["owner/name", "v1.0", &hub.endpoint(), "no such model"];
    assert_names(&error.to_string(), &parts);
}

#[test]
fn a_refusal_asks_for_a_token() {
    for status in [401, 403] {
        let message = complaint(Store {
            status: Some(status),
            ..Store::default()
        });
        assert_names(&message, &["owner/name", &status.to_string(), "HF_TOKEN"]);
    }
}

#[test]
fn another_fault_of_the_hub_is_told_with_its_file() {
    let message = complaint(Store {
        status: Some(500),
        ..Store::default()
    });
    assert_names(&message, &["config.json", "500", "HF_ENDPOINT"]);
}

#[test]
fn a_hub_that_does_not_answer_is_told() {
    let hub = Hub::serve(Store::default());
    let endpoint = hub.endpoint();
    drop(hub);
    let error = fetch("main", &Cache::new().settings(endpoint.clone())).unwrap_err();
    assert_names(&error.to_string(), &[&endpoint, "network", "HF_ENDPOINT"]);
}

#[test]
fn a_model_without_safetensors_is_told_by_file() {
    let mut store = Store::with(&TinyBert::new());
    let key = format!("owner/name/{MAIN}/model.safetensors");
    let weights = store.files.remove(&key).unwrap();
    let python = format!("owner/name/{MAIN}/pytorch_model.bin");
    store.files.insert(python, weights);
    let message = complaint(store);
    assert_names(&message, &["owner/name", "no model.safetensors", "convert"]);
}

#[test]
fn offline_without_a_cached_model_is_told_with_the_cache() {
    let cache = Cache::new();
    let hub = Hub::serve(Store::with(&TinyBert::new()));
    let mut settings = cache.settings(hub.endpoint());
    settings.offline = true;
    let error = fetch("main", &settings).unwrap_err().to_string();
    let folder = settings.cache_dir.display().to_string();
    assert_names(&error, &["owner/name", &folder, "offline"]);
    assert!(hub.asked().is_empty());
}

#[test]
fn the_token_goes_along_as_bearer_and_opens_a_private_model() {
    let mut store = Store::with(&TinyBert::new());
    store.token = Some("secret");
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert_names(&error, &["401"]);
    assert!(hub.asked().iter().all(|a| a.authorization.is_none()));
    settings.token = Some("wrong".into());
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert!(!error.contains("wrong"), "{error}");
    settings.token = Some("secret".into());
    fetch("main", &settings).unwrap();
    let last = hub.asked().pop().unwrap();
    assert_eq!(last.authorization.as_deref(), Some("Bearer secret"));
}

#[test]
fn a_token_beside_the_cache_serves_when_none_is_given() {
    let mut store = Store::with(&TinyBert::new());
    store.token = Some("secret");
    let (hub, cache) = (Hub::serve(store), Cache::new());
    std::fs::write(cache.home().join("token"), "secret\n").unwrap();
    fetch("main", &cache.settings(hub.endpoint())).unwrap();
}

#[test]
fn what_is_no_id_or_revision_never_reaches_the_hub() {
    let (hub, cache) = (Hub::serve(Store::with(&TinyBert::new())), Cache::new());
    let settings = cache.settings(hub.endpoint());
    for id in [
        "",
        "../name",
        "owner/name/more",
        "owner/na me",
        "/etc/passwd",
    ] {
        let error = ModelFiles::from_hub(id, "main", &settings).unwrap_err();
        assert_names(
            &error.to_string(),
            &["neither a folder nor a repository id"],
        );
    }
    for revision in ["", "../../main", "a b"] {
        let error = fetch(revision, &settings).unwrap_err();
        assert_names(&error.to_string(), &["no branch, tag or commit"]);
    }
    assert!(hub.asked().is_empty());
}
