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
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use ebrc_model::{Classifier, DeviceChoice, Error, HubSettings, ModelFiles, Precision};
use safetensors::Dtype;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tiny_bert::{TinyBert, vocabulary};
use tiny_http::{Header, Request, Response, Server};

const MAIN: &str = "1111111111111111111111111111111111111111";
const OLD: &str = "0000000000000000000000000000000000000000";

/// What a hub answers with. Weights are redirected to another host, as the hub
/// does with large files, and named by their SHA-256.
#[derive(Clone, Default)]
struct Store {
    /// Content by `owner/name/commit/file`.
    files: BTreeMap<String, Vec<u8>>,
    /// After so many requests the branch `main`, until then [`OLD`], is
    /// [`MAIN`].
    moves_after: usize,
    /// A range that is asked for is overlooked.
    whole_always: bool,
    /// The weights that are sent are not those that are told.
    falsifies: Option<&'static str>,
    /// Every file is told to be of this commit.
    commit: Option<&'static str>,
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
    range: Option<String>,
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
                    let before = asked.lock().unwrap().len();
                    asked.lock().unwrap().push(Asked {
                        path: request.url().to_owned(),
                        authorization: header(&request, "Authorization"),
                        range: header(&request, "Range"),
                    });
                    answer(request, &store, before);
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
/// or in the range asked for; `before` requests came before.
fn answer(request: Request, store: &Store, before: usize) {
    let status = |request: Request, status: u16| {
        request.respond(Response::empty(status)).unwrap();
    };
    if let Some(code) = store.status {
        return status(request, code);
    }
    if let Some(token) = store.token
        && request.url().contains("/resolve/")
        && header(&request, "Authorization") != Some(format!("Bearer {token}"))
    {
        return status(request, 401);
    }
    let parts: Vec<&str> = request.url().split('/').skip(1).collect();
    let [owner, name, kind @ ("resolve" | "stored"), revision, file] = parts[..] else {
        return status(request, 404);
    };
    let commit = match revision {
        "main" if before < store.moves_after => OLD,
        "main" => MAIN,
        _ => revision,
    };
    let key = format!("{owner}/{name}/{commit}/{file}");
    let Some(content) = store.files.get(&key) else {
        return status(request, 404);
    };
    let told = store.commit.unwrap_or(commit);
    let large = file.ends_with(".safetensors");
    if large && kind == "resolve" {
        let host = header(&request, "Host").unwrap();
        let port = host.rsplit(':').next().unwrap();
        let place = format!("http://localhost:{port}/{owner}/{name}/stored/{commit}/{file}");
        let etag = format!("\"{}\"", sha256(content));
        let mut response = Response::empty(302);
        for (name, value) in [
            ("Location", place.as_str()),
            ("X-Linked-ETag", etag.as_str()),
            ("X-Repo-Commit", told),
            ("ETag", "\"of the redirect\""),
        ] {
            response.add_header(Header::from_bytes(name, value).unwrap());
        }
        return request.respond(response).unwrap();
    }
    let etag = format!("\"{}\"", git_object(content));
    let falsified: Vec<u8> = content.iter().map(|byte| !byte).collect();
    let content = if store.falsifies == Some(file) {
        &falsified
    } else {
        content
    };
    let total = content.len();
    let asked = header(&request, "Range").filter(|range| {
        // Sizes are told in any case.
        !store.whole_always || range == "bytes=0-0"
    });
    let range = asked.and_then(|range| {
        let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
        let end = end.parse().unwrap_or(total - 1);
        Some((start.parse::<usize>().ok()?, end))
    });
    let (start, end) = range.unwrap_or((0, total - 1));
    if start > end {
        return status(request, 416);
    }
    let mut response = Response::from_data(&content[start..=end])
        .with_status_code(if range.is_some() { 206 } else { 200 });
    let span = format!("bytes {start}-{end}/{total}");
    for (name, value) in [
        ("ETag", etag.as_str()),
        ("X-Repo-Commit", told),
        ("Content-Range", span.as_str()),
    ] {
        response.add_header(Header::from_bytes(name, value).unwrap());
    }
    request.respond(response).unwrap();
}

/// What git hashes a file to: an id that `git hash-object` gives, too.
fn git_object(bytes: &[u8]) -> String {
    let object = [format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat();
    let digits = Sha1::digest(object);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A network in which connections to a hub break: of so many answers that are
/// longer, only the first bytes arrive.
struct BreakingNetwork {
    address: String,
}

impl BreakingNetwork {
    fn before(hub: &Hub, bytes: usize, breaks: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let hub = hub.server.server_addr().to_string();
        let (own, mut left) = (address.clone(), breaks);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                    request.push(byte[0]);
                }
                let Some(head) = request.strip_suffix(b"\r\n") else {
                    continue;
                };
                let mut upstream = TcpStream::connect(&hub).unwrap();
                upstream.write_all(head).unwrap();
                upstream.write_all(b"Connection: close\r\n\r\n").unwrap();
                let mut answer = Vec::new();
                upstream.read_to_end(&mut answer).unwrap();
                let port = |address: &str| address.rsplit(':').next().unwrap().to_owned();
                // Redirections lead through this network, too.
                let head_end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
                let head = String::from_utf8_lossy(&answer[..head_end]).replace(
                    &format!("localhost:{}", port(&hub)),
                    &format!("localhost:{}", port(&own)),
                );
                let answer = [head.as_bytes(), &answer[head_end..]].concat();
                let long = answer.len() > bytes && left > 0;
                left -= usize::from(long);
                let sent = if long { bytes } else { answer.len() };
                let _ = stream.write_all(&answer[..sent]);
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
        Self { address }
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A cache in a new folder, so that no token of the person who tests is read.
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
            token_file: self.home().join("token"),
            offline: false,
        }
    }
}

impl Cache {
    /// The repository's folder.
    fn repository(&self) -> PathBuf {
        self.home().join("hub/models--owner--name")
    }

    fn snapshot(&self, commit: &str) -> PathBuf {
        self.repository().join("snapshots").join(commit)
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
    let repository = cache.repository();
    let commit = fs::read_to_string(repository.join("refs/main")).unwrap();
    assert_eq!(commit, MAIN);
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(repository.join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.ends_with(".lock")).collect();
        names.sort();
        names
    };
    // No part is left, and no commit is taken for a branch.
    assert_eq!(names("refs"), ["main"]);
    assert_eq!(names("snapshots"), [MAIN]);
    assert_eq!(names("blobs").len(), 3);
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let path = cache.snapshot(MAIN).join(file);
        assert!(path.is_file(), "{}", path.display());
    }
    let weights = cache.snapshot(MAIN).join("model.safetensors");
    let blob = fs::read_link(&weights).unwrap();
    let name = sha256(&fs::read(&weights).unwrap());
    assert_eq!(blob, Path::new("../../blobs").join(name));
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
    let of_it = format!("/{OLD}/");
    let asked = &hub.asked()[before..];
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|asked| asked.path.contains(&of_it)));
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

/// A hub whose branch `main` was another model once, with other labels and
/// other weights; and what it was and is, by label and weights.
fn moving_hub() -> (Store, [(String, String); 2]) {
    let new = TinyBert::new().classifier();
    let mut old = new.clone();
    old.config["id2label"]["0"] = serde_json::json!("older");
    old.tensors.get_mut("pooler.dense.bias").unwrap().1[0] = 9.0;
    let mut store = Store::with(&new);
    store.add(OLD, &old);
    let models = [old, new].map(|model| {
        let label = model.config["id2label"]["0"].as_str().unwrap().to_owned();
        (label, sha256(&model.weights(Dtype::F32)))
    });
    (store, models)
}

fn label_and_weights(files: &ModelFiles) -> (String, String) {
    let description = files.describe().unwrap();
    (description.labels[0].clone(), description.weights.sha256)
}

#[test]
fn files_of_two_commits_never_mix() {
    let (mut store, models) = moving_hub();
    for moves_after in 0..12 {
        store.moves_after = moves_after;
        let (hub, cache) = (Hub::serve(store.clone()), Cache::new());
        let mut settings = cache.settings(hub.endpoint());
        let found = label_and_weights(&fetch("main", &settings).unwrap());
        assert!(models.contains(&found), "{moves_after}: {found:?}");
        let asked = hub.asked();
        let by_branch = asked.iter().filter(|asked| asked.path.contains("/main/"));
        assert_eq!(by_branch.count(), 1, "{asked:?}");
        drop(hub);
        settings.offline = true;
        assert_eq!(label_and_weights(&fetch("main", &settings).unwrap()), found);
    }
}

#[test]
fn what_the_cache_lacks_comes_from_the_commit_that_it_has() {
    let (store, models) = moving_hub();
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let settings = cache.settings(hub.endpoint());
    fetch(OLD, &settings).unwrap();
    // As Python leaves it when it is stopped while the branch was at OLD.
    fs::create_dir_all(cache.repository().join("refs")).unwrap();
    fs::write(cache.repository().join("refs/main"), OLD).unwrap();
    fs::remove_file(cache.snapshot(OLD).join("model.safetensors")).unwrap();
    let found = label_and_weights(&fetch("main", &settings).unwrap());
    assert_eq!(found, models[0]);
    // Without the configuration nothing binds to the older commit.
    for file in ["config.json", "model.safetensors"] {
        fs::remove_file(cache.snapshot(OLD).join(file)).unwrap();
    }
    let found = label_and_weights(&fetch("main", &settings).unwrap());
    assert_eq!(found, models[1]);
}

#[test]
fn a_hub_that_gives_another_commit_is_refused() {
    let mut store = Store::with(&TinyBert::new());
    store.commit = Some(OLD);
    let (hub, cache) = (Hub::serve(store.clone()), Cache::new());
    let error = fetch(MAIN, &cache.settings(hub.endpoint())).unwrap_err();
    assert_names(&error.to_string(), &["config.json", "another commit", MAIN]);
    drop(hub);
    // A commit is part of a path.
    store.commit = Some("../../../outside");
    let message = complaint(store);
    assert_names(&message, &["names no commit"]);
}

#[test]
fn a_branch_that_cannot_be_fetched_whole_is_not_noted() {
    let mut store = Store::with(&TinyBert::new());
    store
        .files
        .remove(&format!("owner/name/{MAIN}/model.safetensors"));
    let (hub, cache) = (Hub::serve(store), Cache::new());
    fetch("main", &cache.settings(hub.endpoint())).unwrap_err();
    assert!(cache.snapshot(MAIN).join("config.json").is_file());
    assert!(!cache.repository().join("refs/main").exists());
}

#[test]
fn a_fetch_that_broke_off_is_gone_on_with() {
    let model = TinyBert::new();
    let weights = model.weights(Dtype::F32);
    let (hub, cache) = (Hub::serve(Store::with(&model)), Cache::new());
    // It breaks twice, and goes on by itself.
    let network = BreakingNetwork::before(&hub, weights.len() / 3, 2);
    let files = fetch("main", &cache.settings(network.endpoint())).unwrap();
    assert_eq!(files.weights_sha256(), sha256(&weights));
    let ranges: Vec<String> = hub
        .asked()
        .into_iter()
        .filter(|asked| asked.path.contains("/stored/"))
        .filter_map(|asked| asked.range)
        .filter(|range| range != "bytes=0-0")
        .collect();
    assert_eq!(ranges.len(), 3, "{ranges:?}");
    assert_eq!(ranges[0], "bytes=0-");
    assert!(!ranges[1..].contains(&ranges[0]), "{ranges:?}");
}

#[test]
fn a_fetch_that_always_breaks_leaves_no_half_file_and_goes_on_later() {
    let model = TinyBert::new();
    let weights = model.weights(Dtype::F32);
    let (hub, cache) = (Hub::serve(Store::with(&model)), Cache::new());
    let network = BreakingNetwork::before(&hub, weights.len() / 10, usize::MAX);
    let error = fetch(MAIN, &cache.settings(network.endpoint())).unwrap_err();
    assert_names(
        &error.to_string(),
        &["model.safetensors", "try again", "network"],
    );
    assert!(cache.snapshot(MAIN).join("config.json").is_file());
    assert!(!cache.snapshot(MAIN).join("model.safetensors").exists());
    let blobs = cache.repository().join("blobs");
    assert!(!blobs.join(sha256(&weights)).exists());
    let part = fs::metadata(blobs.join(format!("{}.part", sha256(&weights)))).unwrap();
    let files = fetch(MAIN, &cache.settings(hub.endpoint())).unwrap();
    assert_eq!(files.weights_sha256(), sha256(&weights));
    let going_on = format!("bytes={}-", part.len());
    let mut asked = hub.asked().into_iter().filter_map(|asked| asked.range);
    assert!(part.len() > 0 && asked.any(|range| range == going_on));
}

#[test]
fn a_part_that_cannot_be_gone_on_with_is_begun_anew() {
    let model = TinyBert::new();
    let weights = model.weights(Dtype::F32);
    let others = vec![7; weights.len() + 5];
    for (length, whole_always) in [
        // Of another file, of its very length, longer; by a hub without ranges.
        (weights.len() / 2, false),
        (weights.len(), false),
        (others.len(), false),
        (weights.len() / 2, true),
    ] {
        let mut store = Store::with(&model);
        store.whole_always = whole_always;
        let (hub, cache) = (Hub::serve(store), Cache::new());
        let blobs = cache.repository().join("blobs");
        fs::create_dir_all(&blobs).unwrap();
        let part = blobs.join(format!("{}.part", sha256(&weights)));
        fs::write(&part, &others[..length]).unwrap();
        let files = fetch("main", &cache.settings(hub.endpoint())).unwrap();
        assert_eq!(files.weights_sha256(), sha256(&weights), "{length}");
        assert!(!part.exists());
    }
}

#[test]
fn files_that_are_not_what_the_hub_says_are_refused() {
    for file in ["model.safetensors", "config.json", "tokenizer.json"] {
        let mut store = Store::with(&TinyBert::new());
        store.falsifies = Some(file);
        let (hub, cache) = (Hub::serve(store), Cache::new());
        let error = fetch("main", &cache.settings(hub.endpoint())).unwrap_err();
        assert_names(&error.to_string(), &[file, "checksum"]);
        assert!(!cache.snapshot(MAIN).join(file).exists());
    }
}

#[test]
fn an_object_of_git_is_named_as_git_names_it() {
    // echo hello | git hash-object --stdin
    assert_eq!(
        git_object(b"hello\n"),
        "ce013625030ba8dba906f756967f9e9ca394464a"
    );
}

#[test]
fn a_configuration_that_was_damaged_in_the_cache_is_fetched_again() {
    let model = TinyBert::new();
    let (hub, cache) = (Hub::serve(Store::with(&model)), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    fetch("main", &settings).unwrap();
    let link = cache.snapshot(MAIN).join("config.json");
    let blob = fs::canonicalize(&link).unwrap();
    let whole = fs::read(&blob).unwrap();
    let damaged = String::from_utf8(whole.clone()).unwrap().replace('1', "2");
    fs::write(&blob, &damaged).unwrap();
    fetch("main", &settings).unwrap();
    assert_eq!(fs::read(&link).unwrap(), whole);
    fs::write(&blob, &damaged).unwrap();
    settings.offline = true;
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert_names(&error, &["config.json", "damaged", "online"]);
}

#[test]
fn weights_that_were_damaged_in_the_cache_are_not_used() {
    let model = TinyBert::new();
    let weights = model.weights(Dtype::F32);
    let (hub, cache) = (Hub::serve(Store::with(&model)), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    fetch("main", &settings).unwrap();
    let blob = cache.repository().join("blobs").join(sha256(&weights));
    let damage = || fs::write(&blob, &weights[..weights.len() - 1]).unwrap();
    damage();
    let files = fetch("main", &settings).unwrap();
    assert_eq!(files.weights_sha256(), sha256(&weights));
    damage();
    settings.offline = true;
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert_names(&error, &["model.safetensors", "damaged", "online"]);
    // A link whose target somebody removed.
    fs::remove_file(&blob).unwrap();
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert_names(
        &error,
        &["model.safetensors", "not in the cache", "offline"],
    );
    settings.offline = false;
    let files = fetch("main", &settings).unwrap();
    assert_eq!(files.weights_sha256(), sha256(&weights));
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
    let asked = hub.asked();
    let mut to_hub = asked.iter().rev().filter(|a| a.path.contains("/resolve/"));
    let last = to_hub.next().unwrap();
    assert_eq!(last.authorization.as_deref(), Some("Bearer secret"));
    // Another host that the hub keeps large files on needs none.
    let large = |asked: &&Asked| {
        asked.path.contains("/stored/") && asked.range.as_deref() != Some("bytes=0-0")
    };
    let mut to_another = asked.iter().filter(large);
    assert_eq!(to_another.next().unwrap().authorization, None);
}

#[test]
fn the_token_of_a_file_serves_when_none_is_given() {
    let mut store = Store::with(&TinyBert::new());
    store.token = Some("secret");
    let (hub, cache) = (Hub::serve(store), Cache::new());
    let mut settings = cache.settings(hub.endpoint());
    fs::write(&settings.token_file, "secret\n").unwrap();
    fetch("main", &settings).unwrap();
    // One that is given goes first.
    settings.token = Some("another".into());
    settings.cache_dir = cache.home().join("other");
    let error = fetch("main", &settings).unwrap_err().to_string();
    assert_names(&error, &["401"]);
    assert!(!format!("{settings:?}").contains("another"));
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
