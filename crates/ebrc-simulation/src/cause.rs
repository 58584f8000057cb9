use std::fmt;
use std::str::FromStr;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::{Deserialize, Serialize};

use crate::Error;

/// How often a cause bounces mail, and how such mail fares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// The mails that meet the cause, as a share of the bounced mails with an
    /// unambiguous type: the shares of Table 1. All but the unexplained
    /// refusals together come to 1 or somewhat more, since a mail may meet two
    /// causes.
    pub share: f64,
    /// How often, beside others, the cause is the second one that a mail
    /// meets: while it is tried again. 0 for causes that must be there before
    /// the mail is sent.
    pub second: f64,
    /// The share of its mails that is never accepted; `None` for blocklists and
    /// greylisting, where the retries through other proxies decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard: Option<f64>,
    /// The share of its mails that the sender's filter holds to be spam; they
    /// are sent once, so it is at most `hard`.
    pub spam: f64,
}

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident, $field:ident, $name:literal, $label:expr,
        $share:literal, $second:literal, $hard:expr, $spam:literal;)+) => {
        /// What caused a mail to bounce; written as words with hyphens into
        /// `truth_cause`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[$doc])* $variant,)+
        }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The cause as logs write it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The label of the replies that such mail meets; of bulk spam,
            /// some are T8 ([`Settings::bulk_spam_to_strangers`](crate::Settings)).
            #[must_use]
            pub fn label(self) -> TemplateLabel {
                match self {
                    $(Self::$variant => $label,)+
                }
            }
        }

        /// The rates of every cause. The defaults follow Tables 1 and 2.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct CauseRates {
            $($(#[$doc])* pub $field: Rates,)+
        }

        impl Default for CauseRates {
            fn default() -> Self {
                Self {
                    $($field: Rates { share: $share, second: $second, hard: $hard, spam: $spam },)+
                }
            }
        }

        impl CauseRates {
            /// The rates of one cause.
            #[must_use]
            pub fn of(&self, cause: Cause) -> &Rates {
                match cause {
                    $(Cause::$variant => &self.$field,)+
                }
            }
        }
    };
}

const fn typed(kind: BounceType) -> TemplateLabel {
    TemplateLabel::Type(kind)
}

use BounceType as T;

causes! {
    /// The sender domain's DNS records are gone or wrong (T1).
    SenderDnsError, sender_dns_error, "sender-dns-error",
        typed(T::SenderDns), 0.0179, 0.0, Some(0.85), 0.02;
    /// The receiver domain's MX records are set up wrongly for a while (T2).
    ReceiverMxError, receiver_mx_error, "receiver-mx-error",
        typed(T::ReceiverDns), 0.1137, 0.0, Some(1.0), 0.03;
    /// The sender mistyped the receiver domain (T2).
    RecipientDomainTypo, recipient_domain_typo, "recipient-domain-typo",
        typed(T::ReceiverDns), 0.0028, 0.0, Some(1.0), 0.01;
    /// The receiver domain was not renewed and is gone (T2; section 5.2).
    ReceiverDomainExpired, receiver_domain_expired, "receiver-domain-expired",
        typed(T::ReceiverDns), 0.0049, 0.0, Some(1.0), 0.01;
    /// The receiver domain's name servers do not answer (T2).
    ReceiverDnsOutage, receiver_dns_outage, "receiver-dns-outage",
        typed(T::ReceiverDns), 0.0792, 0.05, Some(0.75), 0.03;
    /// The sender domain's DKIM, SPF or DMARC is broken (T3).
    BrokenAuthentication, broken_authentication, "broken-authentication",
        typed(T::SenderAuthentication), 0.0265, 0.0, Some(0.82), 0.05;
    /// The receiver demands TLS, with which the second attempt comes (T4).
    TlsMandate, tls_mandate, "tls-mandate",
        typed(T::Starttls), 0.0186, 0.0, Some(0.04), 0.01;
    /// The proxy MTA is on a blocklist that the receiver uses (T5): the mail
    /// gets through by one that is not.
    SenderListed, sender_listed, "sender-listed",
        typed(T::Blocklisted), 0.3110, 0.0, None, 0.172;
    /// The receiver knows the proxy, sender and recipient not yet (T6): the mail
    /// gets through by a proxy that tried before, long enough ago.
    Greylisting, greylisting, "greylisting",
        typed(T::Greylisted), 0.0263, 0.0, None, 0.02;
    /// The proxy MTA delivers too fast (T7).
    SenderTooFast, sender_too_fast, "sender-too-fast",
        typed(T::SenderRate), 0.0254, 0.10, Some(0.05), 0.03;
    /// The sender mistyped the recipient's name (T8).
    RecipientTypo, recipient_typo, "recipient-typo",
        typed(T::NoSuchRecipient), 0.0685, 0.0, Some(1.0), 0.02;
    /// The recipient has not used the account for long (T8).
    RecipientInactive, recipient_inactive, "recipient-inactive",
        typed(T::NoSuchRecipient), 0.0004, 0.0, Some(1.0), 0.02;
    /// An attacker guesses user names (T8).
    UsernameGuess, username_guess, "username-guess",
        typed(T::NoSuchRecipient), 0.0003, 0.0, Some(1.0), 0.20;
    /// The recipient's mailbox is full for weeks (T9).
    MailboxFullEpisode, mailbox_full_episode, "mailbox-full-episode",
        typed(T::MailboxFull), 0.0206, 0.0, Some(1.0), 0.02;
    /// The mail has too many recipients (T10).
    TooManyRecipients, too_many_recipients, "too-many-recipients",
        typed(T::RecipientCount), 0.0078, 0.0, Some(0.90), 0.05;
    /// The recipient gets too much mail (T11).
    RecipientFlooded, recipient_flooded, "recipient-flooded",
        typed(T::RecipientRate), 0.0187, 0.0, Some(0.72), 0.05;
    /// The mail is too large (T12).
    MessageTooLarge, message_too_large, "message-too-large",
        typed(T::MessageSize), 0.0053, 0.0, Some(0.98), 0.01;
    /// The receiver's filter holds the content to be spam (T13).
    SpamContent, spam_content, "spam-content",
        typed(T::SpamContent), 0.0687, 0.0, Some(0.95), 0.483;
    /// A spammer sends to a leaked list of addresses (T13, and T8 where the
    /// address is gone). Table 2 has 7.71%, and its other rows of T8 and T13 as
    /// much as Table 1 has in all but 2.98%: so this is what is left.
    BulkSpam, bulk_spam, "bulk-spam",
        typed(T::SpamContent), 0.0298, 0.0, Some(0.98), 0.95;
    /// The network is too slow (T14).
    SlowNetwork, slow_network, "slow-network",
        typed(T::Timeout), 0.1504, 0.40, Some(0.26), 0.02;
    /// The session is lost, reset or refused (T15).
    SessionLost, session_lost, "session-lost",
        typed(T::Interrupted), 0.0651, 0.35, Some(0.42), 0.02;
    /// The receiver's server or the protocol has a fault (T16).
    ServerFault, server_fault, "server-fault",
        typed(T::Other), 0.0426, 0.10, Some(0.65), 0.03;
    /// The receiver does not say why (ambiguous): 6.46 million mails against
    /// 32.07 million with an unambiguous type.
    UnexplainedRefusal, unexplained_refusal, "unexplained-refusal",
        TemplateLabel::Ambiguous, 0.2014, 0.0, Some(0.95), 0.05;
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Cause {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Self::ALL
            .iter()
            .copied()
            .find(|cause| cause.as_str() == word)
            .ok_or_else(|| Error::UnknownCause(word.to_owned()))
    }
}

impl Cause {
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// Whether no attempt can succeed, as nobody is there to accept.
    pub(crate) fn is_final(self) -> bool {
        matches!(
            self,
            Self::ReceiverMxError
                | Self::RecipientDomainTypo
                | Self::ReceiverDomainExpired
                | Self::RecipientTypo
                | Self::RecipientInactive
                | Self::UsernameGuess
                | Self::MailboxFullEpisode
        )
    }

    /// Whether any attempt may meet it: what depends on who writes to whom
    /// cannot come on the way.
    pub(crate) fn may_be_second(self) -> bool {
        matches!(
            self,
            Self::ReceiverDnsOutage
                | Self::SenderTooFast
                | Self::TooManyRecipients
                | Self::RecipientFlooded
                | Self::MessageTooLarge
                | Self::SpamContent
                | Self::SlowNetwork
                | Self::SessionLost
                | Self::ServerFault
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_read_as_it_is_written() {
        for (position, &cause) in Cause::ALL.iter().enumerate() {
            assert_eq!(cause.index(), position);
            assert_eq!(cause.to_string().parse(), Ok(cause));
        }
        assert!("weather".parse::<Cause>().is_err());
    }

    /// Table 1 of the paper, in percent.
    #[test]
    fn the_default_shares_are_those_of_table_1() {
        let table = [
            1.79, 20.06, 2.65, 1.86, 31.10, 2.63, 2.54, 7.46, 2.06, 0.78, 1.87, 0.53, 9.31, 15.04,
            6.51, 4.26,
        ];
        let rates = CauseRates::default();
        let to_strangers = crate::Settings::default().bulk_spam_to_strangers;
        for (kind, paper) in BounceType::ALL.into_iter().zip(table) {
            let share: f64 = Cause::ALL
                .iter()
                .map(|&cause| {
                    let share = rates.of(cause).share;
                    match (cause, kind) {
                        (Cause::BulkSpam, BounceType::NoSuchRecipient) => share * to_strangers,
                        (Cause::BulkSpam, BounceType::SpamContent) => share * (1.0 - to_strangers),
                        _ if cause.label() == kind.into() => share,
                        _ => 0.0,
                    }
                })
                .sum();
            assert!((100.0 * share - paper).abs() < 0.01, "{kind}: {share}");
        }
    }
}
