//! Training, predictive and evaluation sets, and the majority vote: the
//! sampling of section 3.2 of *Bounce in the Wild* (IMC 2024), in numbers only.
//!
//! Nothing here sees a message. A message is named by its *ordinal*: the n-th
//! message, from 0, of its template (or of its predicted type) in the order of
//! the log. Ordinals are chosen from the counts alone, before the log is read,
//! so one pass over the log picks the messages up and none is held in memory.
//!
//! Every template has a random stream of its own, which depends on the seed,
//! on what is drawn and on the template's id. Which other templates there are,
//! and in which order they are given, changes nothing in it.
//!
//! ```
//! use ebrc_sampling::{Stratum, Wanted, balance};
//! use ebrc_taxonomy::BounceType::MessageSize;
//!
//! // Three templates of T12; the smallest cannot give its share of 1,000.
//! let labelled = [(1, 90_000), (4, 7_000), (9, 200)].map(|(template_id, messages)| Stratum {
//!     template_id,
//!     label: MessageSize.into(),
//!     messages,
//! });
//! let wanted = Wanted { per_type: 3_000, ambiguous: 0 };
//! let plan = balance(wanted, 0.15, &labelled, 7)?;
//! let shares = [1, 4, 9].map(|template_id| plan.picks(template_id).len());
//! assert_eq!(shares, [1_400, 1_400, 200]);
//! // One of the three templates validates; the others train.
//! assert_eq!([1, 4, 9].iter().filter(|&&id| plan.is_held_out(id)).count(), 1);
//! # Ok::<(), ebrc_sampling::Error>(())
//! ```

mod balance;
mod draw;
mod predicted;
mod vote;

pub use balance::{Plan, Stratum, TypeRow, Wanted, balance};
pub use predicted::{evaluation, predictive};
pub use vote::{Opinion, Vote, majority_vote};

/// The share of a type's templates that is kept for validation unless the
/// caller says otherwise.
pub const DEFAULT_VALIDATION_SHARE: f64 = 0.15;

/// Why a training set cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No message was asked for.
    #[error("a training set of 0 messages a type is empty; ask for at least 1 (the paper: 4000)")]
    NoMessages,
    /// The validation share is no share.
    #[error("{0} is no share of the templates for validation; give at least 0 and less than 1")]
    ValidationShare(f64),
    /// A template was given twice.
    #[error("template {0} is labelled twice; keep one label of the two")]
    LabelledTwice(u32),
}
