use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// Why a receiving server refused a mail: the paper's T1 to T16.
///
/// Parsed from the id (`T1`) or the name (`sender-dns`), in any case; written
/// as the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum BounceType {
    /// T1: the sender domain's DNS record did not resolve.
    SenderDns,
    /// T2: the receiver domain's DNS record did not resolve.
    ReceiverDns,
    /// T3: DKIM, SPF or DMARC failed.
    SenderAuthentication,
    /// T4: STARTTLS is required, or implemented wrongly.
    Starttls,
    /// T5: the sender MTA is on a blocklist, or of poor reputation.
    Blocklisted,
    /// T6: greylisting.
    Greylisted,
    /// T7: the sender MTA delivers too fast.
    SenderRate,
    /// T8: the recipient address does not exist, or is inactive.
    NoSuchRecipient,
    /// T9: the recipient's mailbox is over quota.
    MailboxFull,
    /// T10: too many (invalid) recipients in one mail.
    RecipientCount,
    /// T11: the recipient gets too many mails, or too fast.
    RecipientRate,
    /// T12: the mail is too large.
    MessageSize,
    /// T13: the content was judged to be spam, or a virus.
    SpamContent,
    /// T14: the SMTP session timed out.
    Timeout,
    /// T15: the SMTP session was lost, reset or refused.
    Interrupted,
    /// T16: the reason cannot be determined, or is none of the above.
    Other,
}

impl BounceType {
    /// Every type, T1 first.
    pub const ALL: [Self; 16] = [
        Self::SenderDns,
        Self::ReceiverDns,
        Self::SenderAuthentication,
        Self::Starttls,
        Self::Blocklisted,
        Self::Greylisted,
        Self::SenderRate,
        Self::NoSuchRecipient,
        Self::MailboxFull,
        Self::RecipientCount,
        Self::RecipientRate,
        Self::MessageSize,
        Self::SpamContent,
        Self::Timeout,
        Self::Interrupted,
        Self::Other,
    ];

    /// How many types there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Position in [`Self::ALL`]: 0 for T1, 15 for T16.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The type at a position of [`Self::ALL`].
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The paper's id: `T1` to `T16`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.words().0
    }

    /// The name used in code, files and on screen, such as `sender-dns`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().1
    }

    /// The reason in a few plain words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::SenderDns => ("T1", "sender-dns", "sender domain's DNS did not resolve"),
            Self::ReceiverDns => (
                "T2",
                "receiver-dns",
                "receiver domain's DNS did not resolve",
            ),
            Self::SenderAuthentication => {
                ("T3", "sender-authentication", "DKIM, SPF or DMARC failed")
            }
            Self::Starttls => (
                "T4",
                "starttls",
                "STARTTLS required, or implemented wrongly",
            ),
            Self::Blocklisted => (
                "T5",
                "blocklisted",
                "sender MTA on a blocklist, or of poor reputation",
            ),
            Self::Greylisted => ("T6", "greylisted", "greylisting"),
            Self::SenderRate => ("T7", "sender-rate", "sender MTA delivers too fast"),
            Self::NoSuchRecipient => (
                "T8",
                "no-such-recipient",
                "recipient address does not exist, or is inactive",
            ),
            Self::MailboxFull => ("T9", "mailbox-full", "recipient's mailbox is over quota"),
            Self::RecipientCount => (
                "T10",
                "recipient-count",
                "too many (invalid) recipients in one mail",
            ),
            Self::RecipientRate => (
                "T11",
                "recipient-rate",
                "recipient gets too many mails, or too fast",
            ),
            Self::MessageSize => ("T12", "message-size", "mail too large"),
            Self::SpamContent => (
                "T13",
                "spam-content",
                "content judged to be spam, or a virus",
            ),
            Self::Timeout => ("T14", "timeout", "SMTP session timed out"),
            Self::Interrupted => ("T15", "interrupted", "SMTP session lost, reset or refused"),
            Self::Other => (
                "T16",
                "other",
                "cannot be determined, or none of the others",
            ),
        }
    }

    /// The category the paper puts this type into.
    #[must_use]
    pub fn category(self) -> Category {
        match self {
            Self::SenderDns | Self::ReceiverDns => Category::DnsQueryFailure,
            Self::SenderAuthentication | Self::Starttls => Category::ViolateProtocolStandard,
            Self::Blocklisted | Self::Greylisted | Self::SenderRate => {
                Category::RestrictEmailSource
            }
            Self::NoSuchRecipient
            | Self::MailboxFull
            | Self::RecipientCount
            | Self::RecipientRate
            | Self::MessageSize
            | Self::SpamContent => Category::RefuseEmailReception,
            Self::Timeout | Self::Interrupted => Category::SmtpConnectionError,
            Self::Other => Category::Other,
        }
    }
}

impl fmt::Display for BounceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for BounceType {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let trimmed = word.trim();
        Self::ALL
            .into_iter()
            .find(|kind| {
                trimmed.eq_ignore_ascii_case(kind.id()) || trimmed.eq_ignore_ascii_case(kind.name())
            })
            .ok_or_else(|| Error::UnknownType(trimmed.to_owned()))
    }
}

impl From<BounceType> for &'static str {
    fn from(kind: BounceType) -> Self {
        kind.id()
    }
}

impl TryFrom<String> for BounceType {
    type Error = Error;

    fn try_from(word: String) -> Result<Self, Error> {
        word.parse()
    }
}

/// The six categories of section 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// T1 and T2.
    DnsQueryFailure,
    /// T3 and T4.
    ViolateProtocolStandard,
    /// T5 to T7.
    RestrictEmailSource,
    /// T8 to T13.
    RefuseEmailReception,
    /// T14 and T15.
    SmtpConnectionError,
    /// T16.
    Other,
}

impl Category {
    /// The category's name as the paper prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DnsQueryFailure => "DNS query failure",
            Self::ViolateProtocolStandard => "Violate protocol standard",
            Self::RestrictEmailSource => "Restrict email source",
            Self::RefuseEmailReception => "Refuse email reception",
            Self::SmtpConnectionError => "SMTP connection error",
            Self::Other => "Unknown/other",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_and_name_leads_back_to_its_type() {
        for (position, kind) in BounceType::ALL.into_iter().enumerate() {
            assert_eq!(kind.id(), format!("T{}", position + 1));
            assert_eq!(kind.id().to_lowercase().parse(), Ok(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(BounceType::from_index(kind.index()), Some(kind));
        }
        assert_eq!(BounceType::from_index(16), None);
    }

    #[test]
    fn a_foreign_word_is_named_in_the_error() {
        let error = "T17".parse::<BounceType>();
        assert_eq!(error, Err(Error::UnknownType("T17".into())));
    }

    #[test]
    fn types_are_written_as_ids() -> Result<(), serde_json::Error> {
        assert_eq!(serde_json::to_string(&BounceType::Other)?, "\"T16\"");
        assert_eq!(
            serde_json::from_str::<BounceType>("\"starttls\"")?,
            BounceType::Starttls
        );
        assert!(serde_json::from_str::<BounceType>("\"T0\"").is_err());
        Ok(())
    }
}
