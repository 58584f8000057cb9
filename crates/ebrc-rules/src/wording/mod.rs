//! What the words of a reply tell beyond its type.
//!
//! All functions take the reply as the log has it, codes and all, and look at
//! single words and phrases in any case. They are fast enough for every
//! bounced reply of a log; none keeps anything.
//!
//! They are told only what the type has already settled: each says which type
//! the caller asks for first. A reply of another type may well use the same
//! words (`Account inactive: its storage quota is used up` is a full mailbox).

mod authentication;
mod blocklist;
mod greylisting;
mod inactive;
mod tls;

pub use authentication::{Authentication, authentication_failed};
pub use blocklist::blocklist_named;
pub use greylisting::greylisting_named;
pub use inactive::is_inactive;
pub use tls::tls_required;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

/// Finds words in any case of the Latin letters; of the words that begin at
/// the same place, the longest.
#[expect(
    clippy::expect_used,
    reason = "the words are constants, and every test of a function builds its own"
)]
fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words.into_iter().map(str::as_bytes))
        .expect("few short words")
}

/// A pattern, in any case.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and every test of a function builds its own"
)]
fn pattern(expression: &str) -> Regex {
    Regex::new(&format!("(?i){expression}")).expect("a valid pattern")
}
