//! Learns arbitrary lines under arbitrary settings, with a restart amid them:
//! nothing panics, ids count up and stay, a template has its lines' tokens or
//! wildcards in their places, and a miner that was loaded goes on as one that
//! never stopped. The bytes themselves are loaded as a state too.
#![no_main]

use ebrc_drain::{Change, Drain, Search, Settings, WILDCARD};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, text)) = bytes.split_first_chunk::<5>() else {
        return;
    };
    load_damaged(text);
    let &[depth, similarity, children, restart, flags] = head;
    let settings = Settings {
        depth: depth as usize % 16,
        // Some are beyond 1.
        similarity: f64::from(similarity) / 250.0,
        max_children: children as usize % 8,
        numeric_tokens_are_wildcards: flags & 1 == 0,
        max_clusters: (flags & 2 == 0).then_some(flags as usize >> 2),
        ..Settings::default()
    };
    let most = settings.max_clusters.unwrap_or(usize::MAX);
    let Ok(mut drain) = Drain::new(settings) else {
        return;
    };
    let mut other = drain.clone();
    let text = String::from_utf8_lossy(text);
    let mut lines: Vec<(&str, &str)> = Vec::new();
    // Of each cluster ever made.
    let mut sizes: Vec<u64> = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let (key, line) = line.split_once('\t').unwrap_or(("", line));
        if number == restart as usize {
            let state = other.to_json().expect("a miner has a state");
            other = Drain::from_json(&state).expect("a state is loaded");
        }
        let found = drain.find(key, line, Search::LeafThenAll);
        if let Some(found) = found {
            let cluster = drain.cluster(found).expect("what is found exists");
            assert_eq!(cluster.key(), key);
            check_tokens(cluster.tokens(), line);
            assert!(drain.parameters(found, line).is_some());
        }
        let joins = drain.explain(key, line).joins;
        let learned = drain.learn(key, line);
        assert_eq!(other.learn(key, line), learned);
        let id = learned.cluster;
        if learned.change == Change::Created {
            assert_eq!((id.0, joins), (sizes.len() as u32, None));
            sizes.push(0);
        } else {
            assert_eq!(joins, Some(id));
        }
        sizes[id.0 as usize] += 1;
        let cluster = drain.cluster(id).expect("what is learned exists");
        assert_eq!((cluster.key(), cluster.size()), (key, sizes[id.0 as usize]));
        check_tokens(cluster.tokens(), line);
        assert!(drain.len() <= most);
        lines.push((key, line));
    }
    for &(key, line) in &lines {
        for search in [Search::Leaf, Search::LeafThenAll, Search::All] {
            assert_eq!(drain.find(key, line, search), other.find(key, line, search));
        }
    }
    if most == usize::MAX {
        let mut together = Drain::new(drain.settings().clone()).expect("settings were right");
        together.learn_all(&lines);
        assert_eq!(drain.to_json().ok(), together.to_json().ok());
    }
    assert_eq!(drain.to_json().ok(), other.to_json().ok());
});

fn check_tokens<'a>(template: impl Iterator<Item = &'a str>, line: &str) {
    let template: Vec<&str> = template.collect();
    let tokens: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(template.len(), tokens.len());
    for (own, token) in template.iter().zip(tokens) {
        assert!(*own == WILDCARD || *own == token);
    }
}

/// A state that is loaded from anything is used without a panic.
fn load_damaged(bytes: &[u8]) {
    if let Ok(mut drain) = Drain::from_json(bytes) {
        for line in ["", "a", "a b", "a b c", "<*> 1"] {
            let _ = drain.find("", line, Search::All);
            drain.learn("", line);
        }
        for (_, cluster) in drain.clusters() {
            let _ = cluster.template();
        }
    }
}
