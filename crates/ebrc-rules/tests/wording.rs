//! What the words of the catalogue's texts tell, against their labels.

use std::collections::BTreeMap;
use std::path::Path;

use ebrc_catalogue::Catalogue;
use ebrc_rules::wording::{
    Authentication, authentication_failed, blocklist_named, greylisting_named, is_inactive,
    tls_required,
};

#[expect(clippy::unwrap_used, reason = "without the catalogue, a test fails")]
fn replies() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogue");
    let catalogue = Catalogue::load(&folder).unwrap();
    catalogue
        .entries()
        .iter()
        .enumerate()
        .map(|(n, entry)| (entry.label.to_string(), entry.render_seeded(1, n as u64)))
        .collect()
}

/// How many texts of a label there are and are told, and how many of others
/// are told.
fn told(label: &str, tells: impl Fn(&str) -> bool) -> (usize, usize, usize) {
    let replies = replies();
    let own = |reply: &&(String, String)| reply.0 == label;
    let all = replies.iter().filter(own).count();
    let right = replies.iter().filter(own).filter(|r| tells(&r.1)).count();
    let wrong = replies.iter().filter(|r| !own(r) && tells(&r.1)).count();
    (all, right, wrong)
}

#[test]
fn failed_authentication_is_told() {
    let (all, told, wrong) = told("T3", |reply| authentication_failed(reply).is_some());
    assert!(all > 380 && told * 100 >= all * 98, "{told} of {all}");
    assert!(wrong <= 45, "{wrong}");
    let mut classes: BTreeMap<Authentication, usize> = BTreeMap::new();
    for (label, reply) in replies() {
        if let ("T3", Some(class)) = (label.as_str(), authentication_failed(&reply)) {
            *classes.entry(class).or_default() += 1;
        }
    }
    assert_eq!(classes.len(), 3);
    assert!(
        (20..=32).contains(&classes[&Authentication::Both]),
        "{classes:?}"
    );
}

#[test]
fn greylisting_is_told() {
    // A fifth of the texts of T6 only say to come back.
    let (all, told, wrong) = told("T6", greylisting_named);
    assert!(all > 320 && told * 100 >= all * 78, "{told} of {all}");
    assert!(wrong <= 9, "{wrong}");
}

#[test]
fn required_tls_is_told() {
    let (all, told, wrong) = told("T4", tls_required);
    assert!(all > 320 && (80..=100).contains(&told), "{told} of {all}");
    assert!(wrong <= 2, "{wrong}");
    // No text that says no more than that TLS failed.
    let failures = [
        "handshake",
        "Handshake",
        "ertificate expired",
        "not available",
    ];
    for (label, reply) in replies() {
        if label == "T4" && failures.iter().any(|failure| reply.contains(failure)) {
            assert!(!tls_required(&reply), "{reply}");
        }
    }
}

#[test]
fn inactive_addresses_are_told() {
    let (all, told, _) = told("T8", is_inactive);
    assert!(all > 860 && (30..=40).contains(&told), "{told} of {all}");
    // The same words without the type: a session, or a full mailbox.
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for (label, reply) in replies() {
        if label != "T8" && is_inactive(&reply) {
            *others.entry(label).or_default() += 1;
        }
    }
    assert!(others["T9"] >= 4, "{others:?}");
    assert!(others.values().sum::<usize>() <= 36, "{others:?}");
}

#[test]
fn blocklists_are_told() {
    let (all, told, wrong) = told("T5", |reply| blocklist_named(reply).is_some());
    assert!(all > 700 && (90..=115).contains(&told), "{told} of {all}");
    // Filters of the same names.
    assert!(wrong <= 60, "{wrong}");
    for (label, reply) in replies() {
        if label == "T5" && reply.to_lowercase().contains("zen.spamhaus.org") {
            assert_eq!(blocklist_named(&reply), Some("Spamhaus"), "{reply}");
        }
    }
}
