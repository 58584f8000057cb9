//! What the words of the catalogue's texts tell, by label, and how fast:
//! `cargo run --release -p ebrc-rules --example wording [FOLDER] [LABEL]`.
//! With a label, the texts of it that a function says nothing of.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use ebrc_catalogue::Catalogue;
use ebrc_rules::wording::{
    authentication_failed, blocklist_named, greylisting_named, is_inactive, tls_required,
};

const ROUNDS: usize = 20;

type Tells = fn(&str) -> bool;
const FUNCTIONS: [(&str, &str, Tells); 5] = [
    ("blocklist_named", "T5", |reply| {
        blocklist_named(reply).is_some()
    }),
    ("authentication_failed", "T3", |reply| {
        authentication_failed(reply).is_some()
    }),
    ("is_inactive", "T8", is_inactive),
    ("tls_required", "T4", tls_required),
    ("greylisting_named", "T6", greylisting_named),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from("data/catalogue"), PathBuf::from);
    let shown = arguments.next();
    let catalogue = Catalogue::load(&folder)?;
    let replies: Vec<(String, String)> = catalogue
        .entries()
        .iter()
        .enumerate()
        .map(|(n, entry)| (entry.label.to_string(), entry.render_seeded(1, n as u64)))
        .collect();
    let mut out = io::stdout().lock();
    for (name, label, tells) in FUNCTIONS {
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        for (own, reply) in &replies {
            if tells(reply) {
                *told.entry(own).or_default() += 1;
            }
            if shown.as_deref() == Some(label) && (own == label) != tells(reply) {
                writeln!(out, "{own} {reply}")?;
            }
        }
        let start = Instant::now();
        let mut again = 0;
        for _ in 0..ROUNDS {
            again += replies.iter().filter(|(_, reply)| tells(reply)).count();
        }
        let rate = (ROUNDS * replies.len()) as f64 / start.elapsed().as_secs_f64();
        writeln!(
            out,
            "{name:22} {rate:9.0} a second; {told:?}, {again} in all"
        )?;
    }
    Ok(())
}
