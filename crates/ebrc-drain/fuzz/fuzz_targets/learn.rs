//! Learns arbitrary lines under arbitrary settings, with a restart amid them:
//! nothing panics, ids count up and stay, a template has its lines' tokens or
//! wildcards in their places, and a miner that was loaded goes on as one that
//! never stopped. The bytes themselves are loaded as a state too.
#![no_main]

use ebrc_drain::{ClusterId, Drain, Settings, WILDCARD};
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
    };
    let Ok(mut drain) = Drain::new(settings) else {
        return;
    };
    let mut other = drain.clone();
    let text = String::from_utf8_lossy(text);
    let mut learned: Vec<(ClusterId, &str, &str)> = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let (key, line) = line.split_once('\t').unwrap_or(("", line));
        if number == restart as usize {
            let state = other.to_json().expect("a miner has a state");
            other = Drain::from_json(&state).expect("a state is loaded");
        }
        let before = drain.clusters().count();
        let found = drain.find(key, line);
        let id = drain.learn(key, line);
        assert_eq!(other.learn(key, line), id);
        if let Some(found) = found {
            let cluster = drain.cluster(found).expect("what is found exists");
            assert_eq!(cluster.key(), key);
            check_tokens(cluster.tokens(), line);
        }
        let after = drain.clusters().count();
        if after > before {
            assert_eq!((id.0 as usize, after), (before, before + 1));
        } else {
            assert!((id.0 as usize) < before);
        }
        learned.push((id, key, line));
    }
    let mut sizes = vec![0; drain.clusters().count()];
    for &(id, key, line) in &learned {
        let cluster = drain.cluster(id).expect("what is learned exists");
        assert_eq!(cluster.key(), key);
        check_tokens(cluster.tokens(), line);
        sizes[id.0 as usize] += 1;
        assert_eq!(drain.find(key, line), other.find(key, line));
    }
    for (id, cluster) in drain.clusters() {
        assert_eq!(cluster.size(), sizes[id.0 as usize]);
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
            let _ = drain.find("", line);
            drain.learn("", line);
        }
        for (_, cluster) in drain.clusters() {
            let _ = cluster.template();
        }
    }
}
