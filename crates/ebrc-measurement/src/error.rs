use std::path::PathBuf;

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;

/// Why a measurement, or a query, fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A snapshot of an outside source cannot be read.
    #[error(transparent)]
    Source(#[from] ebrc_sources::Error),
    /// A table of the run is missing.
    #[error("{}: there is no such table; run `ebrc measure` first", .0.display())]
    NoTable(PathBuf),
    /// A setting is outside its range, or there is none of that name.
    #[error("{0}")]
    Setting(String),
    /// The query is wrong, or the engine fails at it.
    #[error("{name}: {}", explain(.said))]
    Query {
        /// The rule or query.
        name: String,
        /// What the engine says: no source of this error, since it may quote
        /// what the log holds.
        said: Box<DataFusionError>,
    },
    /// A Parquet file cannot be written.
    #[error("{}: cannot be written: {reason}", .file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A table that the program reads has other columns than it should.
    #[error("{}: {reason}; {remedy}", .file.display())]
    Table {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The engine's threads cannot be made, or one of them broke down.
    #[error("the engine's threads fail: {0}")]
    Threads(std::io::Error),
    /// A rule gives a figure that `figures.csv` does not explain.
    #[error("the figure {0} has no label")]
    Unexplained(String),
    /// The measurement was asked to stop.
    #[error("stopped; run `ebrc measure` again")]
    Interrupted,
}

impl Error {
    pub(crate) fn query(name: &str) -> impl FnOnce(DataFusionError) -> Self {
        let name = name.to_owned();
        move |said| Self::Query {
            name,
            said: Box::new(said),
        }
    }
}

/// The engine's words, with a remedy where memory or disk ran out.
fn explain(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => {
            format!("{text}; give it more with --memory, or make room on the disk")
        }
        // The engine quotes the value, which may be an address.
        DataFusionError::ArrowError(inner, _)
            if matches!(
                **inner,
                ArrowError::CastError(_) | ArrowError::ParseError(_)
            ) =>
        {
            "a value of the log cannot be read as what the query makes of it".to_owned()
        }
        _ => text,
    }
}
