//! Typing errors in names, of the kinds that dnstwist knows and in its order.
//!
//! Section 4.3.2 of *Bounce in the Wild* (IMC 2024) looks for mistyped domains
//! and users with the tool [dnstwist](https://github.com/elceef/dnstwist). This
//! is the part of it that needs no lists of words, after its version 20250130:
//! its algorithms, its keyboards and its tables of letters that look alike.
//! Where several algorithms make the same wrong name, it counts for the first of
//! them, in dnstwist's fixed order.
//!
//! [`kind_of`] names the error between two names, [`variants`] and
//! [`domain_variants`] list the errors in one. [`DomainTypos`] finds the domains
//! meant by wrong ones, [`UserTypos`] the users, without listing errors.

mod difference;
mod domain;
mod domain_typos;
mod glyphs;
mod homoglyphs;
mod keyboards;
mod kind;
mod neighbourhood;
mod similarity;
mod user_typos;
mod variants;

pub use difference::kind_of;
pub use domain::{domain_variants, normalise_domain};
pub use domain_typos::{DomainTypo, DomainTypos, Part};
pub use keyboards::neighbours_on_qwerty;
pub use kind::Kind;
pub use similarity::{DEFAULT_SIMILARITY, Similarity, UnknownSimilarity};
pub use user_typos::{UserTypo, UserTypos};
pub use variants::variants;
