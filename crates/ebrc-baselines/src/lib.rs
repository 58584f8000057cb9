//! The simple classifiers of NDR messages that the BERT has to beat.
//!
//! An evaluation shows them in the same table. [`by_enhanced_code`] reads the
//! enhanced status code alone, [`by_keywords`] looks for phrases, and
//! [`LogisticRegression`] learns from the same examples as the BERT: TF-IDF of
//! words and of pairs of words, and multinomial logistic regression.
//!
//! ```
//! use ebrc_baselines::{Example, LogisticRegression, by_enhanced_code, by_keywords};
//! use ebrc_ndr::classifier_text;
//! use ebrc_taxonomy::BounceType;
//!
//! let raw = "452 4.2.2 <bob@b.example>: the mailbox is full";
//! assert_eq!(by_enhanced_code(raw), BounceType::MailboxFull);
//! assert_eq!(by_keywords(raw), BounceType::MailboxFull);
//!
//! let texts = [
//!     ("550 user unknown", BounceType::NoSuchRecipient),
//!     ("550 no such user here", BounceType::NoSuchRecipient),
//!     ("452 mailbox full", BounceType::MailboxFull),
//!     ("552 this mailbox is full", BounceType::MailboxFull),
//! ];
//! let examples = texts.map(|(text, kind)| Example { text, kind, weight: 1.0 });
//! let regression = LogisticRegression::fit(&examples)?;
//! let (kind, probability) = regression.classify(&classifier_text(raw));
//! assert_eq!(kind, BounceType::MailboxFull);
//! assert!(probability > 0.5);
//! # Ok::<(), ebrc_baselines::Error>(())
//! ```

mod codes;
mod features;
mod keywords;
mod objective;
mod regression;
mod words;

pub use codes::by_enhanced_code;
pub use keywords::by_keywords;
pub use regression::{Example, LogisticRegression};

/// Why a regression could not be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to learn from.
    #[error("no examples to learn from")]
    NoExamples,
    /// A weight is zero, negative, infinite or no number.
    #[error("example {position} weighs {weight}; a weight is a positive, finite number")]
    Weight {
        /// Which of the examples, from 0.
        position: usize,
        /// Its weight.
        weight: f64,
    },
    /// The minimum of the loss was not found.
    #[error("the logistic regression was not fitted: {reason}")]
    Optimiser {
        /// What the optimiser says.
        reason: String,
    },
}
