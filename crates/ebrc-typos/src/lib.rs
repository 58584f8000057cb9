//! Typing errors in names, of the kinds that dnstwist knows and in its order.

mod difference;
mod glyphs;
mod homoglyphs;
mod keyboards;
mod kind;
mod variants;

pub use difference::kind_of;
pub use keyboards::neighbours_on_qwerty;
pub use kind::Kind;
pub use variants::variants;
