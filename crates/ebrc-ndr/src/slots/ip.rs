//! IPv4 and IPv6 addresses.

use std::net::Ipv6Addr;

use crate::character::View;

/// An IPv4 address at `at`, with its prefix length or port; also a redacted
/// one (`1.2.3.x`, `1.2.*.*`).
pub(super) fn v4(view: View<'_>, at: usize) -> Option<usize> {
    let mut end = at;
    let mut redacted = false;
    for position in 0..4 {
        if position > 0 {
            if view.byte(end) != b'.' {
                return None;
            }
            end += 1;
        }
        let digits = view.span(end, |byte| byte.is_ascii_digit());
        match view.bytes(end, digits) {
            [] if position > 0 => {
                let sign = view.byte(end);
                if !matches!(sign, b'x' | b'X' | b'*') {
                    return None;
                }
                let hidden = view.span(end, |byte| byte == sign);
                if hidden - end > 3 {
                    return None;
                }
                redacted = true;
                end = hidden;
            }
            [_]
            | [_, _]
            | [b'0'..=b'1', _, _]
            | [b'2', b'0'..=b'4', _]
            | [b'2', b'5', b'0'..=b'5']
                if !redacted =>
            {
                end = digits;
            }
            _ => return None,
        }
    }
    // More of it makes a host name or a version; a sentence may follow.
    let goes_on = view.byte(end) == b'.'
        && (view.byte(end + 1).is_ascii_digit() || view.byte(end + 1).is_ascii_lowercase());
    if goes_on || !view.word_ends(end) {
        return None;
    }
    Some(with_prefix(view, port(view, end).unwrap_or(end), 2))
}

/// Where an IPv4 address may begin within a word: at its start, or behind
/// letters that touch it (`IP1.2.3.4`), unless they say that it is a version.
pub(super) fn start_behind_letters(view: View<'_>, at: usize, word_end: usize) -> Option<usize> {
    let start = view.span(at, |byte| byte.is_ascii_alphabetic());
    let letters = view.bytes(at, start);
    let is_version = matches!(letters, [.., b'v' | b'V']);
    (start < word_end && letters.len() <= 10 && !is_version).then_some(start)
}

/// An IPv6 address at `at`, with its zone and prefix length.
pub(super) fn v6(view: View<'_>, at: usize) -> Option<usize> {
    // Cheap refusals first: most words are no hexadecimal digits and a colon.
    let group = view.span(at, |byte| byte.is_ascii_hexdigit());
    if group - at > 4 || view.byte(group) != b':' {
        return None;
    }
    let mut end = view.span(at, |byte| {
        byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
    });
    // A sentence's own colon or full stop.
    while end > at + 2
        && (view.byte(end - 1) == b'.'
            || (view.byte(end - 1) == b':' && view.byte(end - 2) != b':'))
    {
        end -= 1;
    }
    let address = &view.text[at..end];
    let has_digit = address.bytes().any(|byte| byte.is_ascii_hexdigit());
    if !has_digit || address.parse::<Ipv6Addr>().is_err() {
        return None;
    }
    if view.byte(end) == b'%' {
        end = view.span(end + 1, |byte| byte.is_ascii_alphanumeric());
    }
    view.word_ends(end).then(|| with_prefix(view, end, 3))
}

/// `IPv6:2001:db8::1`, the form of address literals (RFC 5321, section 4.1.3).
pub(super) fn v6_labelled(view: View<'_>, at: usize) -> Option<usize> {
    let label = view.bytes(at, at + 5);
    if label.eq_ignore_ascii_case(b"ipv6:") {
        v6(view, at + 5)
    } else {
        None
    }
}

/// Where a port that begins with the colon at `at` ends. What may be a reply
/// code behind a colon is no port.
pub(super) fn port(view: View<'_>, at: usize) -> Option<usize> {
    if view.byte(at) != b':' {
        return None;
    }
    let end = view.span(at + 1, |byte| byte.is_ascii_digit());
    let digits = view.bytes(at + 1, end);
    let is_code =
        matches!(digits, [b'2' | b'4' | b'5', _, _]) && !matches!(digits, b"443" | b"465" | b"587");
    let is_port = (1..=5).contains(&digits.len()) && !is_code && view.word_ends(end);
    let goes_on = matches!(view.byte(end), b':' | b'.') && view.byte(end + 1).is_ascii_digit();
    (is_port && !goes_on).then_some(end)
}

fn with_prefix(view: View<'_>, at: usize, longest: usize) -> usize {
    if view.byte(at) != b'/' {
        return at;
    }
    let end = view.span(at + 1, |byte| byte.is_ascii_digit());
    if (1..=longest).contains(&(end - at - 1)) && view.word_ends(end) {
        end
    } else {
        at
    }
}
