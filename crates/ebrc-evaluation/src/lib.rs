//! The confusion matrix, its figures, intervals and comparisons: what an
//! evaluation comes to.
//!
//! Two things are evaluated. A *run* is compared with the truth of its
//! (simulated) log by the protocol of *Bounce in the Wild* (IMC 2024): 100
//! random messages of each predicted type; and beside it over all messages.
//! A *model* is compared with a gold file, messages that people have typed.
//! Either gives a [`Report`], which is the JSON of `report.json`; the crate
//! `ebrc-report` writes it as a page and the like.
//!
//! The figures are those of scikit-learn: see [`Confusion`] for what happens
//! to types that do not occur. Intervals come from a bootstrap over clusters,
//! since the messages of one template are right or wrong together: see
//! [`Bootstrap`].
//!
//! ```
//! use ebrc_evaluation::{Bootstrap, GoldEvidence, GoldRow, Report};
//! use ebrc_taxonomy::BounceType::{Greylisted, MailboxFull};
//!
//! let rows = [
//!     GoldRow::new(1, MailboxFull.into(), MailboxFull, 0.99),
//!     GoldRow::new(2, MailboxFull.into(), Greylisted, 0.55),
//!     GoldRow::new(3, Greylisted.into(), Greylisted, 0.98),
//! ];
//! let evidence = GoldEvidence { rows: &rows, rivals: &[], contradictory_texts: 0 };
//! let report = Report::of_gold(&evidence, &Bootstrap::with_seed(1), Vec::new())?;
//! assert_eq!(report.headline.summary.macro_recall, 0.75);
//! assert_eq!(report.errors[0].surest[0].lines, [2]);
//! # Ok::<(), ebrc_evaluation::Error>(())
//! ```

mod agreement;
mod bootstrap;
mod comparison;
mod confusion;
mod errors;
mod figures;
mod gold;
mod learning;
mod prevalence;
mod reliability;
mod report;
mod rival;
mod run;
mod schema;
mod vote;

pub use agreement::{Agreement, Difference};
pub use bootstrap::{Bootstrap, Interval, Intervals};
pub use comparison::Comparison;
pub use confusion::Confusion;
pub use errors::{ErrorPair, ErrorTemplate};
pub use figures::{Figures, Summary, TypeFigures};
pub use gold::{AmbiguousRows, Confidence, GoldEvidence, GoldParts, GoldRow};
pub use learning::{LabellingOrder, LearningPoint};
pub use prevalence::{Estimates, TypeEstimates};
pub use reliability::{Reliability, ReliabilityBin, Target, Threshold};
pub use report::{Report, Setting};
pub use rival::{Rival, RivalName, Rivals};
pub use run::{AmbiguousTruth, Review, RunEvidence, RunParts, RunRow, Source, TemplateFacts};
pub use vote::{ShareBin, VoteParts, VoteRow};

/// The precision that *Bounce in the Wild* (IMC 2024) prints for its
/// classifier, on its own data. For display beside a report's figures.
pub const PAPER_PRECISION: f64 = 0.9124;

/// The recall that *Bounce in the Wild* (IMC 2024) prints for its classifier,
/// on its own data. For display beside a report's figures.
pub const PAPER_RECALL: f64 = 0.9385;

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No message of a run has a type for its truth.
    #[error(
        "none of the run's sampled messages has a true type to compare with; \
         sample at least 1 message a type from a log with truth"
    )]
    NoTruth,
    /// No row of a gold file counts into the headline figures.
    #[error(
        "none of the {rows} gold rows has a type with more than low confidence; \
         give rows whose `type` is T1 to T16"
    )]
    NoGold {
        /// How many rows there were.
        rows: u64,
    },
}
