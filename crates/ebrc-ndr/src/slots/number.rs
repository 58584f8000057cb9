//! Counts, sizes and scores, and the numbers that name a thing.

use super::{Found, SlotKind};
use crate::character::View;

/// Units that may touch their number.
const UNITS: &[&str] = &[
    "b", "bit", "bits", "byte", "bytes", "d", "day", "days", "g", "gb", "gib", "h", "hour",
    "hours", "hr", "hrs", "k", "kb", "kib", "m", "mb", "mib", "min", "mins", "minute", "minutes",
    "ms", "nd", "o", "octets", "rd", "s", "sec", "second", "seconds", "secs", "st", "t", "tb",
    "th", "x",
];

/// Words before a number that make it a name: `RFC 5322`, `TLS 1.2`.
const NAMED_BY: &[&str] = &[
    "rfc", "tls", "tlsv", "ssl", "sslv", "section", "sections", "http", "utf", "iso",
];

/// From how many digits on a number is an id: no size and no count is as long.
const ID_DIGITS: usize = 10;

/// A number at `at`. It takes its sign with it, which lies at or behind
/// `literal`; its unit stays in the text.
pub(super) fn find(view: View<'_>, at: usize, literal: usize) -> Option<Found> {
    if !view.byte(at).is_ascii_digit() {
        return vendor_code(view, at).map(Found::Literal);
    }
    let first_end = view.span(at, |byte| byte.is_ascii_digit());
    let mut end = first_end;
    while view.byte(end) == b',' {
        let group = view.span(end + 1, |byte| byte.is_ascii_digit());
        if group - end != 4 {
            break;
        }
        end = group;
    }
    let mut parts = 1;
    while view.byte(end) == b'.' && view.byte(end + 1).is_ascii_digit() {
        end = view.span(end + 1, |byte| byte.is_ascii_digit());
        parts += 1;
    }
    if !view.word_ends(end) && !unit_follows(view, end) {
        return None;
    }
    if parts == 1
        && let Some(end) = codes(view, at, end)
    {
        return Some(Found::Literal(end));
    }
    // `TLSv1.2` and `v4.96` are words whose digits a dot parts.
    let goes_on =
        at >= literal + 2 && view.byte(at - 1) == b'.' && view.byte(at - 2).is_ascii_digit();
    let is_enhanced =
        parts == 3 && matches!(view.bytes(at, first_end), b"2" | b"4" | b"5") && end - at <= 9;
    if is_enhanced || goes_on || is_named(view, at) {
        return Some(Found::Literal(end));
    }
    let kind = if first_end - at >= ID_DIGITS {
        SlotKind::Id
    } else {
        SlotKind::Number
    };
    Some(Found::Slot(kind, with_sign(view, at, literal), end))
}

fn unit_follows(view: View<'_>, at: usize) -> bool {
    let end = view.span(at, |byte| byte.is_ascii_alphabetic());
    let unit = view.bytes(at, end);
    end > at
        && view.word_ends(end)
        && UNITS
            .iter()
            .any(|known| unit.eq_ignore_ascii_case(known.as_bytes()))
}

/// A reply code with its enhanced code in the midst of a text.
fn codes(view: View<'_>, at: usize, end: usize) -> Option<usize> {
    let class = view.byte(at);
    let is_code = end - at == 3
        && matches!(class, b'2' | b'4' | b'5')
        && matches!(view.byte(end), b' ' | b'-')
        && view.byte(end + 1) == class
        && view.byte(end + 2) == b'.';
    if !is_code {
        return None;
    }
    let enhanced = view.span(end + 1, |byte| byte.is_ascii_digit() || byte == b'.');
    let dots = view
        .bytes(end, enhanced)
        .iter()
        .filter(|&&byte| byte == b'.')
        .count();
    (dots == 2 && view.byte(enhanced - 1) != b'.' && view.word_ends(enhanced)).then_some(enhanced)
}

/// Whether the word before a number makes it a name.
pub(super) fn is_named(view: View<'_>, at: usize) -> bool {
    let spaces = view
        .bytes(0, at)
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b' ' | b'-'))
        .count();
    let word_end = at - spaces;
    NAMED_BY.iter().any(|word| {
        view.ends_with_before(word_end, word)
            && !view
                .byte((word_end - word.len()).wrapping_sub(1))
                .is_ascii_alphanumeric()
    })
}

fn with_sign(view: View<'_>, at: usize, literal: usize) -> usize {
    let has_sign = at > literal
        && matches!(view.byte(at - 1), b'+' | b'-')
        && (at - 1 == 0 || matches!(view.byte(at - 2), b' ' | b'(' | b'[' | b'=' | b':' | b','));
    at - usize::from(has_sign)
}

/// A provider's own code, such as `OU-002`: capitals, a hyphen, three digits.
fn vendor_code(view: View<'_>, at: usize) -> Option<usize> {
    let letters = view.span(at, |byte| byte.is_ascii_uppercase());
    if !(1..=4).contains(&(letters - at)) || view.byte(letters) != b'-' {
        return None;
    }
    let end = view.span(letters + 1, |byte| byte.is_ascii_digit());
    (end - letters == 4 && view.word_ends(end) && view.byte(end) != b'-').then_some(end)
}
