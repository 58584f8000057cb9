//! The labelled NDR texts with typed slots, and the messages they render to.
//!
//! The catalogue is a folder of CSV files that people read and edit. An
//! [`Entry`] is one way in which mail servers refuse mail: its label, the codes
//! it occurs with, its text with slots (`{recipient}`, `{client_ip}` …), who
//! says it, in which language, and how common it is. Rendered with an
//! [`Envelope`] and a source of random numbers, it is a reply as a delivery log
//! holds it. The texts are facts about servers; the labels follow the literal
//! meaning of a text, as section 3.2 of *Bounce in the Wild* (IMC 2024) has it.
//!
//! ```
//! use ebrc_catalogue::Catalogue;
//!
//! let catalogue = Catalogue::from_texts([(
//!     "T8.csv",
//!     "label,codes,text,software,language,weight\n\
//!      T8,550 5.1.1|550,<{recipient}>: Recipient address rejected: User unknown,postfix,en,90\n",
//! )])?;
//! let reply = catalogue.entries()[0].render_seeded(1, 0);
//! assert!(reply.starts_with("550"));
//! assert!(reply.ends_with(".example>: Recipient address rejected: User unknown"));
//! # Ok::<(), ebrc_catalogue::Error>(())
//! ```

mod alteration;
mod catalogue;
mod entry;
mod envelope;
mod opaque;
mod reader;
mod render;
mod surroundings;
mod text;
mod wording;
mod words;

pub use alteration::Alteration;
pub use catalogue::{Catalogue, Counts, SimilarPair};
pub use entry::{Codes, Entry};
pub use envelope::{Envelope, MadeUpEnvelope};
pub use surroundings::Surroundings;
pub use text::{Part, Slot, Text};
pub use wording::WordingIndex;
pub use words::{shared_words, words};

/// What can be wrong with a catalogue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or the folder could not be read.
    #[error(transparent)]
    File(#[from] ebrc_files::Error),
    /// A line of a file is wrong.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong, and the remedy.
        reason: String,
    },
    /// There is no entry at all.
    #[error("{place}: no NDR text; a catalogue is a folder of .csv files with the columns {columns}",
        columns = reader::HEADER.join(","))]
    Empty {
        /// The folder, or what stands for it.
        place: String,
    },
}
