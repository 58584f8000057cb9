//! What an NDR message says: its codes, and its text with volatile parts masked.
//!
//! A receiving server refuses mail with a reply code (RFC 5321), often an
//! enhanced status code (RFC 3463), and free text. [`NdrMessage::parse`] lifts
//! the codes out of the text, wherever servers and logs put them. [`mask`] makes
//! one token of every part that differs from mail to mail, for the template
//! miner; [`classifier_text`] writes a message as the classifier reads it.
//!
//! ```
//! use ebrc_ndr::{NdrMessage, classifier_text, mask};
//!
//! let raw = "550-5.1.1 <bob@b.example>: user unknown 550 5.1.1 see http://b.example/h?x=7";
//! let message = NdrMessage::parse(raw);
//! assert_eq!(message.reply_code, Some(550));
//! assert_eq!(message.text, "<bob@b.example>: user unknown see http://b.example/h?x=7");
//! assert_eq!(mask(&message.text), "<email>: user unknown see <url>");
//! assert_eq!(classifier_text(raw), "550 5.1.1 email: user unknown see url");
//! ```

mod codes;
mod known;
mod render;
mod slots;
mod time;

pub use codes::{EnhancedCode, NdrMessage, is_accepted};
pub use render::{classifier_text, display_template, mask};
pub use slots::SlotKind;
