//! By the enhanced status code alone.

use BounceType::*;
use ebrc_ndr::NdrMessage;
use ebrc_taxonomy::BounceType;

/// Subject and detail of codes that tell a type, each group with the reason.
/// What is not listed tells none: T16.
///
/// The meanings are those of RFC 3463 and of the IANA registry of SMTP enhanced
/// status codes (RFC 5248), whose later entries name their own RFC here. Codes
/// of one provider alone, such as 7.650, are no part of it.
const MEANINGS: &[(BounceType, &[(u16, u16)])] = &[
    // The sender's domain is no address to answer to (1.8), or says that it
    // takes no mail (7.27, RFC 7505). 1.7, a malformed sender, is no matter of
    // DNS.
    (SenderDns, &[(1, 8), (7, 27)]),
    // The recipient's domain does not exist (1.2), takes no mail (1.10,
    // RFC 7505), or its name servers fail (4.3) or name no host (4.4).
    (ReceiverDns, &[(1, 2), (1, 10), (4, 3), (4, 4)]),
    // A signature that does not hold (7.7); DKIM (7.20 to 7.22) and SPF (7.23,
    // 7.24) of RFC 7372, and several of them at once (7.26); ARC (7.29,
    // RFC 8617).
    (
        SenderAuthentication,
        &[
            (7, 7),
            (7, 20),
            (7, 21),
            (7, 22),
            (7, 23),
            (7, 24),
            (7, 26),
            (7, 29),
        ],
    ),
    // Cryptography in transport failed (7.5, 7.6), or encryption is needed
    // (7.10, 7.11, RFC 5248; 7.30, RFC 8689).
    (Starttls, &[(7, 5), (7, 6), (7, 10), (7, 11), (7, 30)]),
    // "Not authorised" (7.1) is what servers say to clients on a blocklist
    // first of all. Reverse DNS (7.25, RFC 7372) is a rule about who may send.
    (Blocklisted, &[(7, 1), (7, 25)]),
    // Congestion (4.5) asks the sender to slow down; a flood (7.28) is the
    // sender's by definition.
    (SenderRate, &[(4, 5), (7, 28)]),
    // The mailbox or its address: unknown, malformed, ambiguous or moved, or
    // just wrong (1.0); disabled (2.1); another owner's by now (7.17, 7.18,
    // RFC 7293).
    (
        NoSuchRecipient,
        &[
            (1, 0),
            (1, 1),
            (1, 3),
            (1, 4),
            (1, 6),
            (2, 1),
            (7, 17),
            (7, 18),
        ],
    ),
    (MailboxFull, &[(2, 2)]),
    (RecipientCount, &[(5, 3)]),
    // Too large for the mailbox (2.3), for the system (3.4), or for its
    // priority (7.16, RFC 6710).
    (MessageSize, &[(2, 3), (3, 4), (7, 16)]),
    // Undefined by the registry, but what content filters answer with where
    // they have no better code.
    (SpamContent, &[(7, 0)]),
    // Delivery time expired: a wait that ran out.
    (Timeout, &[(4, 7)]),
    // No answer (4.1) or a bad connection (4.2), without a word of time.
    (Interrupted, &[(4, 1), (4, 2)]),
    // T16 has no entry. Among what is left, these are told apart with intent:
    // 3.1 is the server's disk and not a mailbox, 4.6 a loop, 7.8 and 7.13 a
    // client's own login. Greylisting and the recipient's rate have no code.
];

/// The type of a raw NDR message by its enhanced status code alone (RFC 3463
/// and the IANA registry). Whether the failure lasts, the class, says nothing.
///
/// Without a code, or with one that tells no type: [`BounceType::Other`].
#[must_use]
pub fn by_enhanced_code(raw: &str) -> BounceType {
    let Some(code) = NdrMessage::parse(raw).enhanced_code else {
        return Other;
    };
    if code.class == 2 {
        // A success is no reason to bounce.
        return Other;
    }
    let meant = (code.subject, code.detail);
    MEANINGS
        .iter()
        .find(|(_, codes)| codes.contains(&meant))
        .map_or(Other, |&(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_is_listed_twice() {
        let mut seen = BTreeSet::new();
        for (_, codes) in MEANINGS {
            for code in *codes {
                assert!(seen.insert(code), "{code:?}");
            }
        }
    }

    #[test]
    fn codes_tell_types() {
        for (code, kind) in [
            ("1.8", SenderDns),
            ("7.27", SenderDns),
            ("1.2", ReceiverDns),
            ("1.10", ReceiverDns),
            ("4.3", ReceiverDns),
            ("4.4", ReceiverDns),
            ("7.7", SenderAuthentication),
            ("7.20", SenderAuthentication),
            ("7.23", SenderAuthentication),
            ("7.26", SenderAuthentication),
            ("7.29", SenderAuthentication),
            ("7.10", Starttls),
            ("7.30", Starttls),
            ("7.1", Blocklisted),
            ("7.25", Blocklisted),
            ("4.5", SenderRate),
            ("7.28", SenderRate),
            ("1.0", NoSuchRecipient),
            ("1.1", NoSuchRecipient),
            ("1.6", NoSuchRecipient),
            ("2.1", NoSuchRecipient),
            ("2.2", MailboxFull),
            ("5.3", RecipientCount),
            ("2.3", MessageSize),
            ("3.4", MessageSize),
            ("7.0", SpamContent),
            ("4.7", Timeout),
            ("4.1", Interrupted),
            ("4.2", Interrupted),
            ("0.0", Other),
            ("1.7", Other),
            ("3.1", Other),
            ("4.6", Other),
            ("7.8", Other),
            ("7.650", Other),
            ("999.999", Other),
        ] {
            for (reply, class) in [(421, 4), (550, 5)] {
                let raw = format!("{reply} {class}.{code} refused");
                assert_eq!(by_enhanced_code(&raw), kind, "{raw}");
            }
        }
    }

    #[test]
    fn the_text_says_nothing() {
        for raw in [
            "550 user unknown",
            "mailbox full",
            "",
            "250 2.1.1 ok",
            "550 No, 5.1.1 is listed in the second place",
        ] {
            assert_eq!(by_enhanced_code(raw), Other, "{raw}");
        }
    }

    #[test]
    fn the_code_is_read_from_within_a_report() {
        let raw = "host mx.b.example[192.0.2.1] said: 452-4.2.2 over quota (in reply to RCPT TO)";
        assert_eq!(by_enhanced_code(raw), MailboxFull);
    }
}
