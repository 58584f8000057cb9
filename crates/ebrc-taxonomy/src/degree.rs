use std::fmt;

use serde::{Deserialize, Serialize};

/// How a mail fared over all its delivery attempts (section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BounceDegree {
    /// The first attempt was accepted.
    NonBounced,
    /// A later attempt was accepted.
    SoftBounced,
    /// No attempt was accepted.
    HardBounced,
}

impl BounceDegree {
    /// The degree of a mail, from whether each attempt was accepted, in order.
    ///
    /// A mail without attempts was never accepted: hard-bounced.
    pub fn of_attempts(accepted: impl IntoIterator<Item = bool>) -> Self {
        match accepted.into_iter().position(|accepted| accepted) {
            Some(0) => Self::NonBounced,
            Some(_) => Self::SoftBounced,
            None => Self::HardBounced,
        }
    }

    /// The degree as the paper writes it, such as `soft-bounced`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonBounced => "non-bounced",
            Self::SoftBounced => "soft-bounced",
            Self::HardBounced => "hard-bounced",
        }
    }
}

impl fmt::Display for BounceDegree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_accepted_attempt_decides() {
        let check = |attempts: &[bool], degree| {
            assert_eq!(BounceDegree::of_attempts(attempts.iter().copied()), degree);
        };
        check(&[true], BounceDegree::NonBounced);
        check(&[true, false], BounceDegree::NonBounced);
        check(&[false, false, true], BounceDegree::SoftBounced);
        check(&[false, false], BounceDegree::HardBounced);
        check(&[], BounceDegree::HardBounced);
    }
}
