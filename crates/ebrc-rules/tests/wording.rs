//! What the words of the catalogue's texts tell, against their labels.

use std::collections::BTreeMap;
use std::path::Path;

use ebrc_catalogue::Catalogue;
use ebrc_rules::wording::{
    Authentication, authentication_failed, blocklist_named, greylisting_named, is_inactive,
    tls_required,
};

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
