//! The paper's rules that SQL does not carry: episodes, guessing, and what a
//! reply's words tell.
//!
//! The measurement of *Bounce in the Wild* (IMC 2024) is mostly counting, and
//! a query counts. Three things are no query's work. [`episodes`] makes times
//! of trouble from single failures (sections 4.3.1 and 4.3.2). [`guessing`]
//! says whether a sender domain guesses user names (section 4.2.1).
//! [`wording`] reads what the text of a reply says beyond its type: the
//! blocklist it names, the checks that failed.
//!
//! What the paper leaves open is a setting here, with a default and the reason
//! for it.
//!
//! ```
//! use ebrc_rules::{episodes, wording};
//!
//! let mut builder = episodes::Builder::new(episodes::Settings::default())?;
//! for (time, failed) in [(0, false), (100, true), (200, true), (300, false)] {
//!     if let Some(episode) = builder.push("a.example", time, failed)?.episode {
//!         assert_eq!((episode.start, episode.end), (100, Some(300)));
//!     }
//! }
//! assert_eq!(
//!     wording::blocklist_named("554 5.7.1 blocked using zen.spamhaus.org"),
//!     Some("Spamhaus")
//! );
//! # Ok::<(), episodes::Error>(())
//! ```

pub mod episodes;
pub mod guessing;
pub mod wording;
