//! What an NDR message says: its codes, and its text with volatile parts
//! masked.
//!
//! A delivery attempt ends with a reply of the receiving server, or with a
//! diagnosis of the sending one. [`NdrMessage::parse`] lifts the reply code
//! (RFC 5321, section 4.2) and the enhanced status code (RFC 3463) out of it.
//! [`mask`] puts `<email>`, `<ip>` and so on in the place of what differs from
//! mail to mail, for a template miner; [`classifier_text`] says the same in
//! plain words, for a language model.
//!
//! ```
//! use ebrc_ndr::{NdrMessage, classifier_text, display_template, mask};
//!
//! let raw = "550-5.1.1 <bob@b.com>: unknown user, see\r\n550 5.1.1 https://b.com/help";
//! let message = NdrMessage::parse(raw);
//! assert_eq!(message.reply_code, Some(550));
//! assert_eq!(message.enhanced_code.map(|code| code.to_string()), Some("5.1.1".into()));
//! assert_eq!(message.text, "<bob@b.com>: unknown user, see https://b.com/help");
//! assert_eq!(mask(&message.text), "<email>: unknown user, see <url>");
//! assert_eq!(display_template("<email>: unknown <*>, see <url>"), "(*): unknown (*), see (*)");
//! assert_eq!(classifier_text(raw), "550 5.1.1 email: unknown user, see url");
//! ```

mod character;
mod classifier;
mod codes;
mod known_hosts;
mod mask;
mod message;
mod slots;
mod wrapper;

pub use classifier::classifier_text;
pub use codes::{EnhancedCode, InvalidEnhancedCode};
pub use mask::{display_template, mask};
pub use message::{NdrMessage, is_accepted};
pub use slots::SlotKind;
