use std::path::PathBuf;

use crate::Stage;

/// What a stage that keeps nothing of a part says when it is stopped.
pub(crate) const BEGIN_AGAIN: &str = "nothing half-done was left; the same command begins anew";

/// Why a stage could not finish.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A delivery log could not be read or written.
    #[error(transparent)]
    Delivery(#[from] ebrc_delivery::Error),
    /// The miner refused its settings or its saved state.
    #[error(transparent)]
    Drain(#[from] ebrc_drain::Error),
    /// The catalogue of NDR texts is wrong.
    #[error(transparent)]
    Catalogue(#[from] ebrc_catalogue::Error),
    /// A sample cannot be drawn.
    #[error(transparent)]
    Sampling(#[from] ebrc_sampling::Error),
    /// The model could not be loaded, trained or saved.
    #[error(transparent)]
    Model(#[from] ebrc_model::Error),
    /// A report could not be made.
    #[error(transparent)]
    Evaluation(#[from] ebrc_evaluation::Error),
    /// The simulation's settings are wrong.
    #[error(transparent)]
    Simulation(#[from] ebrc_simulation::Error),
    /// A file of the run is not there yet.
    #[error("{} is missing from the run; run `ebrc {stage}` first", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
        /// The stage that writes it.
        stage: Stage,
    },
    /// A folder is no run.
    #[error(
        "{} is no run folder; name one that `ebrc mine --run` or `ebrc reproduce` made",
        .0.display()
    )]
    NoRun(PathBuf),
    /// A line of a text file is wrong.
    #[error("{}, line {line}: {reason}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// A file has changed since a stage read it.
    #[error("{} has changed since `ebrc {stage}` read it; run `ebrc {stage}` again", file.display())]
    Stale {
        /// The file.
        file: PathBuf,
        /// The stage whose results are out of date.
        stage: Stage,
    },
    /// The logs are not what they were when they were mined.
    #[error("the delivery log is not the one that was mined ({reason}); run `ebrc mine` again")]
    LogChanged {
        /// What differs.
        reason: String,
    },
    /// More bad records than allowed.
    #[error(
        "{source}\n{seen} bad records, {allowed} allowed; mend the log, or allow more with --skip-bad"
    )]
    TooManyBad {
        /// How many there were so far.
        seen: u64,
        /// How many were allowed.
        allowed: u64,
        /// The last of them.
        source: Box<ebrc_delivery::Error>,
    },
    /// The log holds no truth to compare with.
    #[error(
        "the run's log carries no truth, so there is nothing to compare with; have people judge a \
         sample with `ebrc evaluate --run RUN --export-for-review CSV`, or evaluate a model \
         against labelled messages with `ebrc evaluate --model DIR --gold FILE`"
    )]
    NoTruth,
    /// Nothing to work on.
    #[error("{0}")]
    Nothing(String),
    /// The stage was asked to stop.
    #[error("stopped; {0}")]
    Interrupted(&'static str),
}
