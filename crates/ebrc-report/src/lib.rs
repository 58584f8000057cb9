//! An evaluation's report as a page, plots, tables and terminal text.
//!
//! Nothing is measured here: all figures are those of a
//! [`Report`](ebrc_evaluation::Report), and equal reports give equal bytes.
//!
//! ```
//! use ebrc_evaluation::{Bootstrap, GoldEvidence, GoldRow, Report};
//! use ebrc_taxonomy::BounceType::{Greylisted, MailboxFull};
//!
//! let rows = [
//!     GoldRow::new(1, MailboxFull.into(), MailboxFull, 0.99),
//!     GoldRow::new(2, MailboxFull.into(), Greylisted, 0.55),
//! ];
//! let evidence = GoldEvidence { rows: &rows, rivals: &[], contradictory_texts: 0 };
//! let report = Report::of_gold(&evidence, &Bootstrap::with_seed(1), Vec::new())?;
//! assert!(ebrc_report::to_html(&report).starts_with("<!DOCTYPE html>"));
//! assert!(ebrc_report::to_terminal(&report, 80).contains("macro recall"));
//! for (name, _) in ebrc_report::attachments(&report) {
//!     assert!(ebrc_report::ATTACHMENTS.contains(&name.as_str()));
//! }
//! # Ok::<(), ebrc_evaluation::Error>(())
//! ```

mod attachments;
mod colour;
mod numerals;
mod page;
mod plots;
mod remarks;
mod terminal;
mod verdict;
mod views;

pub use attachments::{ATTACHMENTS, attachments};
pub use page::to_html;
pub use terminal::to_terminal;
