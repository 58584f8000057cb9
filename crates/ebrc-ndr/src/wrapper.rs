//! What a sending server puts around the reply that it reports.

use memchr::memchr_iter;

use crate::codes::{enhanced_code, reply_code};

/// Words right before a reply that say whose it is, and nothing of the reason.
const LEAD_INS: &[&str] = &[
    "said:",
    "<<<",
    "server was:",
    "returned was:",
    "reply was:",
    "response was:",
    "response:",
    "server returned:",
    "server responded:",
    "responded with:",
    "replied:",
    "gave this error:",
    "returned '",
];

/// Postfix's words for a refusal in the greeting: a reason in themselves.
const TELLING_LEAD_IN: &str = "refused to talk to me:";

/// Labels before the codes, as delivery status notifications have them.
const LABELS: &[&str] = &[
    "smtp;",
    "x-postfix;",
    "x-exim;",
    "x-unix;",
    "diagnostic-code:",
];

/// Where a wrapper may end at the latest, in bytes.
const LONGEST: usize = 512;

/// The text behind labels such as `smtp;`, and behind a quote before a code.
pub(crate) fn without_labels(text: &str) -> &str {
    let mut rest = text.trim_start();
    'again: loop {
        for label in LABELS {
            if let Some(start) = rest.get(..label.len())
                && start.eq_ignore_ascii_case(label)
            {
                rest = rest[label.len()..].trim_start();
                continue 'again;
            }
        }
        if let Some(quoted) = rest.strip_prefix(['"', '\'', '#', '<'])
            && reply_code(quoted).is_some()
        {
            rest = quoted;
            continue;
        }
        return rest;
    }
}

/// The reply within a sending server's report; `None` where the text is none.
pub(crate) fn reply_within(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    // Every lead-in ends with one of these.
    let front = &bytes[..bytes.len().min(LONGEST)];
    let ends = b":<'".iter().flat_map(|sign| memchr_iter(*sign, front));
    for position in ends {
        let before = &bytes[..=position];
        let reply = || without_labels(&text[position + 1..]);
        let has_codes =
            |reply: &str| reply_code(reply).is_some() || enhanced_code(reply, false).is_some();
        if ends_with(before, TELLING_LEAD_IN) {
            let start = position + 1 - TELLING_LEAD_IN.len();
            return has_codes(reply()).then(|| &text[start..]);
        }
        if LEAD_INS.iter().any(|lead_in| ends_with(before, lead_in)) {
            let reply = reply();
            if has_codes(reply) || (starts_with(bytes, "host ") && ends_with(before, "said:")) {
                return Some(reply);
            }
        }
        // Exim: `SMTP error from remote mail server after …: host a.com [1.2.3.4]: 550 …`.
        if ends_with(before, "]:") && reports_a_host(bytes, position) {
            let reply = reply();
            if has_codes(reply) {
                return Some(reply);
            }
        }
    }
    None
}

/// Splits the telling lead-in off: its words, and the reply.
pub(crate) fn telling_lead_in(text: &str) -> (&str, &str) {
    if starts_with(text.as_bytes(), TELLING_LEAD_IN) {
        let (lead_in, reply) = text.split_at(TELLING_LEAD_IN.len());
        (lead_in, without_labels(reply))
    } else {
        ("", text)
    }
}

/// The text before Postfix's `(in reply to RCPT TO command)`.
pub(crate) fn without_command(text: &str) -> &str {
    let whole = text.trim_end();
    if !whole.ends_with(" command)") {
        return whole;
    }
    match whole.rfind("(in reply to ") {
        Some(start) => whole[..start].trim_end(),
        None => whole,
    }
}

fn reports_a_host(bytes: &[u8], position: usize) -> bool {
    starts_with(bytes, "host ")
        || starts_with(bytes, "smtp error from remote")
        || bytes[..position]
            .windows(7)
            .any(|window| window.eq_ignore_ascii_case(b": host "))
}

fn starts_with(bytes: &[u8], word: &str) -> bool {
    bytes
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

fn ends_with(bytes: &[u8], word: &str) -> bool {
    bytes.len() >= word.len()
        && bytes[bytes.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
}
