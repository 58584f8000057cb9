//! The stages of the method, over a run folder.
//!
//! A run is a folder; each stage reads what earlier stages left there and adds
//! its own files, which are complete or absent. `run.json` keeps, for each
//! stage, its settings and the hashes of what it read and wrote, so that a
//! stage whose inputs and settings have not changed need not run again.
//!
//! Nothing here prints: a [`Watch`] is told what happens, and may ask a stage
//! to stop.
//!
//! The stages in order: [`simulate`] (or a log of one's own), [`mine`],
//! [`label`], [`sample`], [`train`], [`predict`], [`annotate`], [`evaluate`].

mod error;
mod journal;
mod refusals;
mod run;
mod stages;
mod tables;
mod texts;
mod watch;

pub use ebrc_drain::{Candidate as TemplateCandidate, Settings as DrainSettings, Turn};
pub use error::Error;
pub use journal::{Journal, StageRecord};
pub use run::Run;
pub use stages::*;
pub use tables::{LabelRow, PredictionRow, Source, TemplateRow, VoteRow};
pub use watch::{Stage, Unwatched, Watch};
