//! A measurement's artefacts as CSV files, pictures, a page and JSON.
//!
//! Nothing is measured here: all numbers are those of a
//! [`Measurement`](ebrc_artefacts::Measurement), and equal measurements give
//! equal bytes.
//!
//! ```
//! use ebrc_artefacts::{Artefact, Figure, Findings, Measurement, Outcome, Unit};
//! use ebrc_measurement_report::{Addresses, terminal, write};
//!
//! let degree = Artefact {
//!     id: "O1".to_owned(),
//!     name: "bounce-degree".to_owned(),
//!     title: "Bounce degree".to_owned(),
//!     place: "Section 4.1".to_owned(),
//!     rule: "Each mail counts once.".to_owned(),
//!     settings: Vec::new(),
//!     sql: String::new(),
//!     outcome: Outcome::Measured(Findings {
//!         figures: vec![Figure {
//!             name: "non-bounced mails".to_owned(),
//!             value: Some(0.9),
//!             paper: Some(0.8707),
//!             unit: Unit::Share,
//!         }],
//!         ..Findings::default()
//!     }),
//! };
//! let measurement = Measurement {
//!     settings: Vec::new(),
//!     sources: Vec::new(),
//!     artefacts: vec![degree],
//! };
//! let folder = tempfile::tempdir()?;
//! let files = write(&measurement, folder.path(), Addresses::Hidden)?;
//! assert!(files.contains(&folder.path().join("report.html")));
//! assert!(terminal(&measurement).contains("90.00%"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod files;
mod names;
mod numerals;
mod page;
mod pictures;
mod privacy;
mod tables;
mod terminal;

pub use files::write;
pub use privacy::Addresses;
pub use terminal::terminal;

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or the folder could not be read or written.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// Two tables or pictures would be one file.
    #[error(
        "artefact {artefact} has two parts for the file {file}: give its tables and pictures \
         names of their own"
    )]
    SameName {
        /// The artefact, by its name in the checklist.
        artefact: String,
        /// The file's name.
        file: String,
    },
    /// A picture's values cannot be drawn.
    #[error("the picture {picture} cannot be drawn: {reason}")]
    Picture {
        /// The stem of its files.
        picture: String,
        /// Why, and what would help.
        reason: String,
    },
    /// The measurement cannot be written as JSON.
    #[error("measurement.json cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}
