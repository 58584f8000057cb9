//! Every table and figure of the paper, measured by SQL on an annotated log.
//!
//! [`measure`] reads `annotated.parquet` once into tables of its own
//! ([`Tables`]), finds what SQL does not carry (episodes, guessing, typing
//! errors), and answers each artefact of sections 3.1 to 4.3 and appendices A
//! to C of *Bounce in the Wild* (IMC 2024) with a query. The queries are files
//! under `sql/`, to be held against the paper; what the paper leaves open is a
//! name in [`Settings`]. [`Session`] opens the same tables and functions to any
//! query.
//!
//! The engine is Apache DataFusion: queries run on all threads, and what
//! sorting and grouping gather goes to disk where memory is short. Memory
//! grows with groups (domains, addresses that bounced), not with mails.

mod artefacts;
mod embedded;
mod engine;
mod error;
mod functions;
mod measure;
mod operators;
mod pictures;
mod rows;
mod session;
mod settings;
mod sources;
mod table;
mod tables;
mod truth;

pub use engine::Resources;
pub use error::Error;
pub use measure::{Progress, Request, Unwatched, measure};
pub use rows::Rows;
pub use session::Session;
pub use settings::{Attempt, Latency, MajorType, Settings};
pub use sources::Sources;
pub use tables::{Tables, Types};
pub use truth::Truth;
