//! Times of trouble, made from single failures and successes.
//!
//! A subject is whatever can be broken for a while: a sender domain's DKIM and
//! SPF records, a receiver domain's MX records, a mailbox that is full
//! (Figure 7, sections 4.3.1 and 4.3.2). Its events come in the order of time,
//! one subject after another, so the [`Builder`] holds one subject at a time.
//!
//! An episode begins with a failure. It ends with a success, which is the
//! first proof that the trouble is over. The true times lie outside of what a
//! log shows: an episode whose subject begins with a failure may have begun
//! earlier (*left-censored*), and one without a success may last until today
//! (*right-censored*). Both are marked, and [`Durations`] says how each counts.

mod builder;
mod durations;

pub use builder::{Builder, Episode, Finished, Subject};
pub use durations::Durations;

use serde::{Deserialize, Serialize};

/// What makes an episode; the paper leaves all of this open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many successes in a row end an episode; its end is the first of
    /// them. Default 1: one mail that gets through proves the repair. More
    /// help where a subject fails only at some receivers.
    pub successes_to_end: u32,
    /// The fewest failures that make an episode; what has fewer is passed
    /// over. Default 1. For MX records 2 is advisable: a single failure may be
    /// a resolver's.
    pub minimum_failures: u64,
    /// The longest time in seconds between two events of an episode. After a
    /// longer one nobody knows what happened meanwhile: the episode is cut
    /// off, right-censored, at its last failure, and a later failure begins
    /// another. Default none: silence proves nothing.
    pub longest_gap: Option<i64>,
    /// The shortest time in seconds from a repair to the next episode that
    /// makes the subject recurrent. Default 0: any failure after a repair.
    pub recurrence_gap: i64,
    /// Until when an episode lasts. Default [`Until::Repair`].
    pub until: Until,
    /// Whether episodes that may have begun before the log count in
    /// [`Durations`], with the part that is seen. Default true: the paper's
    /// subjects that are broken from the first day on are among its figures.
    pub count_open_at_start: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            successes_to_end: 1,
            minimum_failures: 1,
            longest_gap: None,
            recurrence_gap: 0,
            until: Until::Repair,
            count_open_at_start: true,
        }
    }
}

impl Settings {
    /// Says what is out of range.
    ///
    /// # Errors
    ///
    /// When an episode could never end, never begin, or a time is negative.
    pub fn validate(&self) -> Result<(), Error> {
        let wrong = |setting, must| Err(Error::Setting { setting, must });
        if self.successes_to_end == 0 {
            return wrong("successes_to_end", "at least 1");
        }
        if self.minimum_failures == 0 {
            return wrong("minimum_failures", "at least 1");
        }
        if self.longest_gap.is_some_and(|gap| gap <= 0) {
            return wrong("longest_gap", "more than 0 seconds, or left out");
        }
        if self.recurrence_gap < 0 {
            return wrong("recurrence_gap", "at least 0 seconds");
        }
        Ok(())
    }
}

/// Until when an episode that ended lasted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Until the success that ended it: the longest it can have lasted.
    #[default]
    Repair,
    /// Until its last failure: the shortest.
    LastFailure,
}

/// Why episodes cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is out of range.
    #[error("the episodes' {setting} must be {must}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it must be.
        must: &'static str,
    },
    /// The events are not in order.
    #[error("event {event}: before the one ahead of it; sort the events by subject, then by time")]
    Unsorted {
        /// The event's number, from 1.
        event: u64,
    },
}
