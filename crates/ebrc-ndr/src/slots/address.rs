//! Mail addresses, and message ids that look like them.

use memchr::memchr;

use super::SlotKind;
use crate::character::{View, is_unspaced};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) kind: SlotKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Keys before `=` that are no part of the address behind it.
const KEYS: &[&str] = &[
    "to",
    "from",
    "rcpt",
    "recipient",
    "sender",
    "user",
    "mail",
    "mailfrom",
    "mail-from",
    "rcptto",
    "rcpt-to",
    "orig_to",
    "envelope-from",
    "smtp.mailfrom",
    "header.from",
    "address",
    "addr",
    "email",
    "e-mail",
    "mailbox",
    "account",
    "login",
    "id",
    "s",
    "r",
    "f",
    "mfrom",
];

/// How long an address in angle brackets may be (RFC 5321, section 4.5.3.1,
/// and something for its comment).
const LONGEST: usize = 320;

/// The first address whose bytes all lie at or behind `from`.
pub(super) fn next(view: View<'_>, from: usize) -> Option<Address> {
    let bytes = view.text.as_bytes();
    let mut search = from;
    loop {
        let at = search + memchr(b'@', bytes.get(search..)?)?;
        let end = domain_end(view, at + 1);
        let start = local_start(view, from, at);
        if let (Some(start), Some(end)) = (start, end) {
            return Some(whole(view, from, start, end));
        }
        search = at + 1;
    }
}

/// Widens an address to the angle brackets it stands in, and tells message ids.
fn whole(view: View<'_>, from: usize, start: usize, end: usize) -> Address {
    let (start, end) = in_brackets(view, from, start, end).unwrap_or((start, end));
    let kind = if follows_message_id(view, start) {
        SlotKind::Id
    } else {
        SlotKind::Email
    };
    Address { kind, start, end }
}

/// `<bob smith@b.com>` and `<@a.com,@b.com:bob@c.com>` as a whole.
fn in_brackets(view: View<'_>, from: usize, start: usize, end: usize) -> Option<(usize, usize)> {
    let before = view.bytes(start.saturating_sub(LONGEST).max(from), start);
    let bracket = before
        .iter()
        .rposition(|&byte| matches!(byte, b'<' | b'>'))?;
    let open = start - before.len() + bracket;
    let after = view.bytes(end, (end + LONGEST).min(view.len()));
    let close = end + after.iter().position(|&byte| matches!(byte, b'<' | b'>'))?;
    let inside = view.bytes(open + 1, close);
    let is_address = view.byte(open) == b'<'
        && view.byte(close) == b'>'
        && !inside.first()?.is_ascii_whitespace()
        && inside
            .iter()
            .filter(|byte| byte.is_ascii_whitespace())
            .count()
            <= 2;
    is_address.then_some((open, close + 1))
}

fn follows_message_id(view: View<'_>, start: usize) -> bool {
    let signs = view
        .bytes(0, start)
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b':' | b'=' | b'<' | b'(' | b'['))
        .count();
    let word_end = start - signs;
    signs > 0
        && ["message-id", "messageid", "message id", "msgid", "msg-id"]
            .iter()
            .any(|word| view.ends_with_before(word_end, word))
}

/// Where the part before the `@` at `at` begins; `None` where there is none.
fn local_start(view: View<'_>, from: usize, at: usize) -> Option<usize> {
    let before = view.text.get(from..at)?;
    match before.as_bytes().last()? {
        b'"' => {
            let quote = before[..before.len() - 1].rfind('"')?;
            return (before.len() - quote <= 66).then_some(from + quote);
        }
        // What a log puts for a name it hides: `<redacted>@b.com`.
        close @ (b'>' | b']' | b')') => {
            let open = match close {
                b'>' => '<',
                b']' => '[',
                _ => '(',
            };
            let hidden = before.rfind(open)?;
            let is_word = !before[hidden..].contains(char::is_whitespace);
            return (is_word && before.len() - hidden <= 40).then_some(from + hidden);
        }
        _ => {}
    }
    let spaced = |c: char| is_local(c) && !is_unspaced(c);
    let mut start = before.trim_end_matches(spaced).len();
    if start == before.len() {
        start = before.trim_end_matches(is_local).len();
    }
    let mut local = &before[start..];
    if let Some((key, value)) = local.split_once('=')
        && !value.is_empty()
        && KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
    {
        local = value;
    }
    let trimmed = local.trim_start_matches(|c: char| {
        c.is_ascii_punctuation() && !matches!(c, '*' | '_' | '-' | '+')
    });
    if trimmed.is_empty() {
        return None;
    }
    Some(at - trimmed.len())
}

fn is_local(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_'
        | '`' | '{' | '|' | '}' | '~' | '.' => true,
        c => !c.is_ascii() && (c.is_alphanumeric() || c == '…'),
    }
}

/// Where the domain that begins at `start` ends; `None` where there is none.
fn domain_end(view: View<'_>, start: usize) -> Option<usize> {
    if view.byte(start) == b'[' {
        let literal = view.span(start + 1, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-')
        });
        return (view.byte(literal) == b']').then_some(literal + 1);
    }
    let rest = view.text.get(start..)?;
    // A domain of a script without spaces is followed by a dot; text is not.
    let unspaced = rest.trim_start_matches(|c: char| is_domain(c) && is_unspaced(c));
    let accept_unspaced = unspaced.len() < rest.len() && unspaced.starts_with('.');
    let mut end = 0;
    let mut previous = '\0';
    for (position, c) in rest.char_indices() {
        let goes_on = match c {
            // `bob@b.com... User unknown`
            '.' => previous != '.',
            // `a@b.com@c.com`
            '@' => previous != '@' && position > 0,
            // `bob@b.com.User unknown`
            'A'..='Z' if previous == '.' => {
                !rest[..position].contains(|c: char| c.is_lowercase())
                    || all_upper(&rest[position..])
            }
            c => is_domain(c) && (accept_unspaced || !is_unspaced(c)),
        };
        if !goes_on {
            break;
        }
        if !matches!(c, '.' | '-' | '@') {
            end = position + c.len_utf8();
        }
        previous = c;
    }
    (end > 0).then_some(start + end)
}

/// Whether the word at the front has no lower-case letters.
fn all_upper(rest: &str) -> bool {
    !rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .any(|c| c.is_ascii_lowercase())
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '.' | '-' | '_' | '*' | '…')
        || (!c.is_ascii() && c.is_alphanumeric())
}
