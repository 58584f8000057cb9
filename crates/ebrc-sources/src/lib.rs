//! What a measurement asks the outside for, read from snapshots: geography,
//! networks, leaked addresses, blocklists, bandwidth.
//!
//! *Bounce in the Wild* (IMC 2024) asks a GeoIP service for countries and
//! networks (section 3.1), a breach service for leaked addresses and a
//! blocklist for spammers' domains (section 4.2.1), a blocklist for its own
//! proxies (section 4.2.2), and takes published bandwidths of countries
//! (appendix C). Here each is a file with a date, so that a measurement gives
//! the same answers again; nothing is asked from a network. The first four are
//! traits, behind which a live source fits as well. No figures come with this
//! crate.
//!
//! Every source tells the report in a line what it is: [`Geography::describe`]
//! and its likes give the file's name, without its folder, and what the file
//! says of itself.
//!
//! ```
//! use ebrc_sources::{BreachList, BreachListFile};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("leaked.txt");
//! std::fs::write(&path, "# leaked in May\nAnna@Example.org\n")?;
//! let list = BreachListFile::open(&path)?;
//! assert!(list.contains("anna@example.org"));
//! assert!(!list.contains("bert@example.org"));
//! assert_eq!(list.describe(), "leaked.txt: 1 address");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod autonomous_systems;
mod bandwidth;
mod blocklist_history;
mod breach_list;
mod country;
mod database;
mod domain_blocklist;
mod error;
mod geography;
mod lines;
mod table;

pub use autonomous_systems::{AutonomousSystem, AutonomousSystems, MmdbAutonomousSystems};
pub use bandwidth::BandwidthTable;
pub use blocklist_history::{BlocklistHistory, Proxy};
pub use breach_list::{BreachList, BreachListFile};
pub use country::Country;
pub use domain_blocklist::{DomainBlocklist, DomainBlocklistFile};
pub use error::Error;
pub use geography::{Geography, MmdbGeography};

use std::path::Path;

/// A file's name for a report: folders may say whose machine it is.
fn file_name(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// A number with its noun, which takes `plural` where it is not one.
fn count(number: usize, noun: &str, plural: &str) -> String {
    let ending = if number == 1 { "" } else { plural };
    format!("{number} {noun}{ending}")
}
