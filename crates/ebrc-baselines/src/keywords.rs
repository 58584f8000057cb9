//! By keyword rules.

use BounceType::*;
use ebrc_ndr::classifier_text;
use ebrc_taxonomy::BounceType;

/// Phrases that tell a type, in lower case. The first rule of which the text
/// has a phrase decides, so what is told in plain words comes before what may
/// stand beside it; a type whose words differ in strength has two rules. The
/// borders are those of `data/LABELLING.md`.
#[rustfmt::skip]
const RULES: &[(BounceType, &[&str])] = &[
    (Greylisted, &["greylist", "graylist", "grey-list", "gray-list", "grey list", "sender triplet"]),
    // Faults of the server, which name its storage or its connections.
    (Other, &["insufficient system", "too many hops", "mail loop", "loops back", "routing loop"]),
    // Before whatever the sender is told of rates.
    (RecipientRate, &[
        "receiving mail at a rate", "receiving mail too", "receiving too m", "recipient rate",
        "accepting more messages", "messages for this recipient", "messages to this recipient",
    ]),
    (Timeout, &["tls timeout", "handshake timed out", "connection timed out"]),
    (Starttls, &["tls", "certificate", "encryption", "ssl", "dnssec"]),
    // A listed link is content, before the blocklist that lists it.
    (SpamContent, &["surbl", "uribl", "url in", "links in", "virus", "phish", "malware"]),
    // Before names of DNS, and before "unauthenticated" mail.
    (Blocklisted, &[
        "reverse dns", "dns ptr", "ptr record", "reverse hostname", "your hostname", "rdns",
        "dynamic ip", "residential", "dial-up",
    ]),
    (SenderAuthentication, &[
        "spf", "dkim", "dmarc", "sender id", "spoof", "unauthenticated", "not authenticated",
        "authentication checks", "email authentication", "sender policy",
    ]),
    (Blocklisted, &[
        "blacklist", "blocklist", "block list", "black list", "blackhole", "spamhaus", "spamcop",
        "sorbs", "dnsbl", "rbl", "reputation", "sender score", "blocked using", "is listed",
        "listed at", "listed by", "banned", "complaints", "abuse", "spam source", "spammer",
        "outbound sender",
    ]),
    (SenderDns, &[
        "sender address rejected: domain", "domain of sender", "domain of your sender",
        "sender domain", "sender's domain", "sender address has null mx",
        "helo command rejected: host", "helo name", "ehlo name",
    ]),
    (ReceiverDns, &[
        "host not found", "domain not found", "name service error", "name server", "nullmx",
        "null mx", "no mx", "mx record", "dns", "unknown host", "host unknown", "no such domain",
        "domain does not exist", "unable to resolve", "could not resolve", "not accept mail",
    ]),
    // A count over a time limits the sender, one of one mail does not; and a
    // quota of messages is no quota of storage.
    (SenderRate, &[
        "recipients per hour", "recipients per day", "recipients this hour", "message quota",
        "sending quota", "quota for sending",
    ]),
    (RecipientCount, &[
        "too many recipients", "too many invalid", "too many unknown", "too many rcpt",
        "recipient limit", "recipient list", "recipients per message", "number of recipients",
        "maximum recipients", "one recipient at a time",
    ]),
    (MailboxFull, &[
        "quota", "mailbox full", "mailbox is full", "inbox is full", "storage", "mailbox size",
        "space", "disk full", "mailbox has exceeded",
    ]),
    (MessageSize, &[
        "message size", "mail size", "too large", "too big", "size limit", "maximum size",
        "message length", "header too long", "allowed size",
    ]),
    (SenderRate, &[
        "too many connections", "too many concurrent", "rate limit", "ratelimit", "rate-limit",
        "throttl", "too fast", "too many messages", "too many mails", "too many emails",
        "too much mail", "connection limit", "sending limit", "slow down", "too frequent",
        "per hour", "unusual rate", "connection rate", "sending rate", "too quickly",
        "daily limit", "hourly limit", "rate exceeded", "too many open", "maximum number of connections",
    ]),
    (SpamContent, &[
        "spam", "junk", "content", "attachment", "unsolicited", "bulk mail", "infected", "scored",
    ]),
    // Before the address that could not be verified for want of a connection.
    (Interrupted, &["connection refused", "connection reset", "no route", "network is unreachable"]),
    (NoSuchRecipient, &[
        "user unknown", "unknown user", "no such", "not exist", "doesn't exist", "not found",
        "invalid recipient", "unknown recipient", "recipient unknown", "mailbox unavailable",
        "invalid mailbox", "invalid address", "unknown address", "address unknown", "user table",
        "alias table", "disabled", "inactive", "suspended", "no longer", "not a valid",
        "recipient address rejected", "bad destination", "address syntax", "no mailbox",
        "doesn't have", "unknown local",
    ]),
    (Timeout, &["timed out", "timeout", "time-out", "time out", "timedout", "took too long"]),
    (Interrupted, &[
        "lost connection", "connection lost", "connection closed", "closed connection",
        "closed the connection", "connection dropped", "dropped connection", "broken pipe",
        "unreachable", "to connect", "not connect", "no answer", "not responding",
        "did not respond", "connection failed", "connection died", "disconnected",
    ]),
];

/// The type of a raw NDR message by ordered keyword rules, in any case: what an
/// engineer would write in an afternoon, for English.
///
/// They look at [`classifier_text`], so that no address or host takes part.
/// Where no rule applies: [`BounceType::Other`].
#[must_use]
pub fn by_keywords(raw: &str) -> BounceType {
    let text = classifier_text(raw).to_lowercase();
    RULES
        .iter()
        .find(|(_, phrases)| phrases.iter().any(|phrase| text.contains(phrase)))
        .map_or(Other, |&(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_written_as_they_are_sought() {
        for phrase in RULES.iter().flat_map(|(_, phrases)| *phrases) {
            assert_eq!(*phrase, phrase.to_lowercase().trim());
            assert!(phrase.len() > 2);
        }
    }

    #[test]
    fn no_phrase_is_hidden_by_an_earlier_rule() {
        for (position, (_, phrases)) in RULES.iter().enumerate() {
            let earlier = RULES[..position].iter().flat_map(|(_, phrases)| *phrases);
            for hider in earlier {
                for phrase in *phrases {
                    assert!(!phrase.contains(hider), "`{phrase}` behind `{hider}`");
                }
            }
        }
    }

    #[test]
    fn messages_are_typed() {
        for (raw, kind) in [
            (
                "450 4.1.8 <a@x.example>: Sender address rejected: Domain not found",
                SenderDns,
            ),
            ("553 The sender domain could not be found", SenderDns),
            (
                "550 <b@y.example>: Recipient address rejected: Domain not found",
                ReceiverDns,
            ),
            (
                "Host or domain name not found. Name service error for name=y.example",
                ReceiverDns,
            ),
            (
                "550 5.7.26 Neither SPF nor DKIM passed, see the DMARC policy",
                SenderAuthentication,
            ),
            (
                "550 Unauthenticated mail from x.example is refused",
                SenderAuthentication,
            ),
            ("530 5.7.0 Must issue a STARTTLS command first", Starttls),
            ("TLS handshake failed: certificate expired", Starttls),
            ("554 Blocked using zen.spamhaus.org", Blocklisted),
            (
                "421 Deferred for the poor REPUTATION of [192.0.2.7]",
                Blocklisted,
            ),
            ("550 Client has no PTR record", Blocklisted),
            (
                "451 4.7.1 Greylisting in action, come back in 300 seconds",
                Greylisted,
            ),
            ("450 New sender triplet, please try later", Greylisted),
            ("421 Too many connections from your host", SenderRate),
            (
                "452 You sent to too many people: 500 recipients per hour is the limit",
                SenderRate,
            ),
            ("454 Your daily message quota is used up", SenderRate),
            (
                "550 5.1.1 <b@y.example>: User unknown in virtual mailbox table",
                NoSuchRecipient,
            ),
            (
                "550 The account of this recipient is DISABLED",
                NoSuchRecipient,
            ),
            ("552 5.2.2 The user is over quota", MailboxFull),
            ("452 Mailbox full", MailboxFull),
            ("452 4.5.3 Too many recipients", RecipientCount),
            (
                "550 Too many invalid recipients in this session",
                RecipientCount,
            ),
            (
                "450 The user is receiving mail at a rate that prevents delivery",
                RecipientRate,
            ),
            (
                "450 Too many messages for this recipient, try in an hour",
                RecipientRate,
            ),
            ("552 5.3.4 Message size exceeds fixed limit", MessageSize),
            ("552 The attachment is too large", MessageSize),
            ("554 5.7.1 This looks like SPAM, score 12.3", SpamContent),
            ("550 A virus was found in the mail", SpamContent),
            (
                "554 The message has a link in SURBL, which is a blocklist",
                SpamContent,
            ),
            (
                "connect to mx.y.example[192.0.2.1]:25: Connection timed out",
                Timeout,
            ),
            ("421 Idle timeout, closing connection", Timeout),
            (
                "connect to mx.y.example[192.0.2.1]:25: Connection refused",
                Interrupted,
            ),
            (
                "lost connection with mx.y.example while sending RCPT TO",
                Interrupted,
            ),
            ("554 5.4.6 Too many hops", Other),
            ("452 4.3.1 Insufficient system storage", Other),
            ("550 Access denied", Other),
            ("", Other),
        ] {
            assert_eq!(by_keywords(raw), kind, "{raw}");
        }
    }

    #[test]
    fn addresses_and_hosts_take_no_part() {
        for raw in [
            "550 <spam@quota.example> is refused",
            "550 refused by mx.virus-timeout.example[192.0.2.1]",
        ] {
            assert_eq!(by_keywords(raw), Other, "{raw}");
        }
    }
}
