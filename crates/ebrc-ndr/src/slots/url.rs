//! Web addresses.

use crate::character::{View, is_unspaced};

/// A web address with its scheme, or one that begins with `www.`.
pub(super) fn with_scheme(view: View<'_>, at: usize) -> Option<usize> {
    let start = match view.byte(at) | 0x20 {
        b'h' => behind(view, at, "https://").or_else(|| behind(view, at, "http://"))?,
        b'f' => behind(view, at, "ftp://")?,
        b'w' => behind(view, at, "www.")?,
        _ => return None,
    };
    // `www.b.com[1.2.3.4]` is a host and its address.
    let name = view.span(start, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
    });
    if view.byte(at) | 0x20 == b'w' && view.byte(name) == b'[' {
        return None;
    }
    let end = end(view, start);
    (end > start).then_some(end)
}

/// The end of a web address of which the host name has been read up to `at`;
/// `None` where no path follows it.
pub(super) fn without_scheme(view: View<'_>, at: usize) -> Option<usize> {
    let path = view.byte(at + 1);
    let has_path = view.byte(at) == b'/'
        && (path.is_ascii_alphabetic() || matches!(path, b'?' | b'#' | b'~' | b'/'));
    has_path.then(|| end(view, at))
}

fn behind(view: View<'_>, at: usize, prefix: &str) -> Option<usize> {
    let end = at + prefix.len();
    view.bytes(at, end)
        .eq_ignore_ascii_case(prefix.as_bytes())
        .then_some(end)
}

/// Whether brackets are closed that the address did not open.
fn opens_less(address: &str, open: char, close: char) -> bool {
    address.matches(open).count() < address.matches(close).count()
}

/// Where the address ends: before white space and signs that no address holds,
/// and before punctuation that is the sentence's.
fn end(view: View<'_>, start: usize) -> usize {
    let rest = &view.text[start..];
    let stops = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|')
            || is_unspaced(c)
    };
    let mut address = &rest[..rest.find(stops).unwrap_or(rest.len())];
    while let Some(last) = address.chars().next_back() {
        let is_sentence = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '’' | '”' | '»' => true,
            ')' => opens_less(address, '(', ')'),
            ']' => opens_less(address, '[', ']'),
            _ => false,
        };
        if !is_sentence {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    start + address.len()
}
