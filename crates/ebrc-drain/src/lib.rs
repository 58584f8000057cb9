//! Drain, the log-template miner: lines go in, clusters of lines that share a
//! template come out.
//!
//! The algorithm is that of *Drain: An Online Log Parsing Approach with Fixed
//! Depth Tree* (He et al., ICWS 2017). A line is split at white space. Lines of
//! a key and a length share a tree; `depth − 3` levels of tokens lead to a leaf;
//! the most similar cluster of the leaf takes the line, or a new cluster is
//! made. Clusters never move and never merge, so a cluster's id is stable.
//!
//! The *key* is whatever the caller holds to be part of a template's identity
//! beside its text; lines of different keys never share a cluster. Masking of
//! volatile parts is the caller's too: with a scanner of its own, or with that
//! of [`masking`] for logs of any kind. [`merge`] joins, after mining, templates
//! that are one; [`accuracy`] says how well they agree with true ones.
//!
//! Where published versions of Drain differ, this one does as Drain3 does: the
//! last token of a line never leads to its leaf, so lines shorter than the tree
//! is deep can share a cluster too.
//!
//! ```
//! use ebrc_drain::{Drain, Search, Settings};
//!
//! let mut drain = Drain::new(Settings::default())?;
//! let first = drain.learn("", "mailbox of alice is full").cluster;
//! let second = drain.learn("", "mailbox of bob is full").cluster;
//! assert_eq!(first, second);
//! assert_eq!(drain.cluster(first).map(|c| c.template()), Some("mailbox of <*> is full".into()));
//! let carol = "mailbox of carol is full";
//! assert_eq!(drain.find("", carol, Search::Leaf), Some(first));
//! assert_eq!(drain.parameters(first, carol), Some(vec!["carol".to_owned()]));
//! assert_eq!(drain.find("", "mailbox of carol is empty", Search::Leaf), None);
//! # Ok::<(), ebrc_drain::Error>(())
//! ```

pub mod accuracy;
mod explanation;
mod leaf_index;
pub mod masking;
mod memo;
pub mod merge;
mod miner;
mod recency;
mod settings;
mod state;
mod tokens;
mod tree;
mod vocabulary;

pub use explanation::{Candidate, Explanation, Turn};
pub use miner::{Change, Cluster, ClusterId, Drain, Learned, Search};
pub use settings::Settings;

/// The token that stands for any token in a template.
pub const WILDCARD: &str = "<*>";

/// What can be wrong with settings or with a saved state.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is outside its range.
    #[error("Drain's {setting} is {value}; it must be {range}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// A mask of one's own cannot be used.
    #[error("the mask `{name}` cannot be used: {reason}")]
    Pattern {
        /// The mask's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The saved state is no JSON of the expected shape.
    #[error("Drain's state cannot be read: {0}; mine the log again")]
    Unreadable(#[from] serde_json::Error),
    /// The saved state is from another version of the format.
    #[error(
        "Drain's state has format version {found}, this program reads {expected}; mine the log again"
    )]
    Version {
        /// The version in the state.
        found: u32,
        /// The version this program writes.
        expected: u32,
    },
    /// The saved state refers to something that it does not hold.
    #[error("Drain's state is damaged: {0}; mine the log again")]
    Damaged(String),
}
