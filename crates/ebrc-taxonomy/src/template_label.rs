use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{BounceType, Error};

/// What a person says of a template: its type, or that its text says too
/// little to tell (the paper's Table 6).
///
/// Ambiguous templates are left out of training unless it is told otherwise, and
/// mails whose only failures
/// are ambiguous are left out of the statistics by type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum TemplateLabel {
    /// The text gives this reason.
    Type(BounceType),
    /// The text gives no reason.
    Ambiguous,
}

impl TemplateLabel {
    /// The type, unless the label is [`Self::Ambiguous`].
    #[must_use]
    pub fn bounce_type(self) -> Option<BounceType> {
        match self {
            Self::Type(kind) => Some(kind),
            Self::Ambiguous => None,
        }
    }

    /// The label as files write it: `T1` to `T16`, or `ambiguous`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type(kind) => kind.id(),
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl From<BounceType> for TemplateLabel {
    fn from(kind: BounceType) -> Self {
        Self::Type(kind)
    }
}

impl fmt::Display for TemplateLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TemplateLabel {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let trimmed = word.trim();
        if trimmed.eq_ignore_ascii_case("ambiguous") {
            return Ok(Self::Ambiguous);
        }
        trimmed
            .parse()
            .map(Self::Type)
            .map_err(|_| Error::UnknownLabel(trimmed.to_owned()))
    }
}

impl From<TemplateLabel> for &'static str {
    fn from(label: TemplateLabel) -> Self {
        label.as_str()
    }
}

impl TryFrom<String> for TemplateLabel {
    type Error = Error;

    fn try_from(word: String) -> Result<Self, Error> {
        word.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_in_any_case_and_written_in_one() {
        for word in ["AMBIGUOUS", " ambiguous "] {
            assert_eq!(word.parse(), Ok(TemplateLabel::Ambiguous));
        }
        let label: Result<TemplateLabel, _> = "Mailbox-Full".parse();
        assert_eq!(label, Ok(BounceType::MailboxFull.into()));
        assert_eq!(label.map(TemplateLabel::as_str), Ok("T9"));
    }

    #[test]
    fn a_foreign_word_is_named_in_the_error() {
        assert_eq!(
            "spam?".parse::<TemplateLabel>(),
            Err(Error::UnknownLabel("spam?".into()))
        );
    }
}
