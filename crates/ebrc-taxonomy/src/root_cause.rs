use std::fmt;

use serde::{Deserialize, Serialize};

/// Why mail bounces in the end: the five root causes of Table 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootCause {
    /// Attackers guess addresses or send spam in bulk.
    MaliciousEmailBehavior,
    /// Receivers defend themselves against spam.
    SpamBlockingPolicy,
    /// Authentication, STARTTLS or MX records are set up wrongly.
    ServerManagerMisconfiguration,
    /// Mistyped, abandoned or full addresses.
    ImproperUserOperation,
    /// The network or the servers are too slow.
    PoorEmailInfrastructure,
}

impl RootCause {
    /// Every root cause, in the order of Table 2.
    pub const ALL: [Self; 5] = [
        Self::MaliciousEmailBehavior,
        Self::SpamBlockingPolicy,
        Self::ServerManagerMisconfiguration,
        Self::ImproperUserOperation,
        Self::PoorEmailInfrastructure,
    ];

    /// Whether a receiver bounced such mail to protect its users (section
    /// 4.2), rather than by accident (section 4.3).
    #[must_use]
    pub fn is_active_protection(self) -> bool {
        matches!(
            self,
            Self::MaliciousEmailBehavior | Self::SpamBlockingPolicy
        )
    }

    /// The cause as the paper prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MaliciousEmailBehavior => "Malicious Email Behavior",
            Self::SpamBlockingPolicy => "Spam Blocking Policy",
            Self::ServerManagerMisconfiguration => "Server Manager Misconfiguration",
            Self::ImproperUserOperation => "Improper User Operation",
            Self::PoorEmailInfrastructure => "Poor Email Infrastructure",
        }
    }
}

impl fmt::Display for RootCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Who caused a mail to bounce: the entities of Figure 1, and the attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CausativeEntity {
    /// Somebody who guesses addresses or sends spam in bulk.
    Attacker,
    /// The person or program that wrote the mail.
    Sender,
    /// The person the mail is for.
    Receiver,
    /// The name server of the sender's domain.
    SenderNameServer,
    /// The name server of the receiver's domain.
    ReceiverNameServer,
    /// The MTA that delivers.
    SenderMailServer,
    /// The MTA that refuses.
    ReceiverMailServer,
}

impl CausativeEntity {
    /// The entity as the paper prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Attacker => "Attacker",
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
            Self::SenderNameServer => "Sender name server",
            Self::ReceiverNameServer => "Receiver name server",
            Self::SenderMailServer => "Sender mail server",
            Self::ReceiverMailServer => "Receiver mail server",
        }
    }
}

impl fmt::Display for CausativeEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
