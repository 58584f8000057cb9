use super::{before, byte, joins, span};

/// Whether a byte ends a path or a web address.
fn ends(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'"' | b'\''
                | b','
                | b';'
                | b'('
                | b')'
                | b'['
                | b']'
                | b'{'
                | b'}'
                | b'<'
                | b'>'
                | b'|'
        )
}

/// Full stops and the like at the end belong to the sentence.
fn trim(bytes: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && matches!(bytes[end - 1], b'.' | b':' | b'!' | b'?' | b'=') {
        end -= 1;
    }
    end
}

/// What follows `://`, given where the scheme ends.
pub(super) fn url(bytes: &[u8], scheme_end: usize) -> Option<(usize, usize)> {
    if bytes.get(scheme_end..scheme_end + 3)? != b"://" {
        return None;
    }
    let start = scheme_end + 3;
    let end = trim(bytes, start, span(bytes, start, |byte| !ends(byte)));
    (end > start).then_some((start, end))
}

/// A path of two parts or more, or one with a digit in it.
pub(super) fn unix(bytes: &[u8], at: usize) -> Option<usize> {
    if !opens(before(bytes, at)) {
        return None;
    }
    let end = trim(bytes, at, span(bytes, at, |byte| !ends(byte)));
    let path = bytes.get(at + 1..end)?;
    let first = byte(bytes, at + 1);
    if !(joins(first) || matches!(first, b'.' | b'$' | b'/' | b'*' | b'-')) {
        return None;
    }
    let slash = path.iter().position(|&byte| byte == b'/')?;
    // `/10.0.0.1:50010/x` is an address first.
    let numeric = path[..slash]
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':'));
    (!numeric || slash == 0).then_some(end)
}

/// A path that does not begin with a slash: one with three of them.
pub(super) fn relative(bytes: &[u8], at: usize, word_end: usize) -> Option<usize> {
    if byte(bytes, word_end) != b'/' {
        return None;
    }
    let end = trim(bytes, at, span(bytes, word_end, |byte| !ends(byte)));
    let slashes = bytes[at..end].iter().filter(|&&byte| byte == b'/').count();
    (slashes >= 3).then_some(end)
}

/// A path from `./`, `../` or `~/`.
pub(super) fn from_here(bytes: &[u8], at: usize) -> Option<usize> {
    let dots = at + 1 + usize::from(byte(bytes, at + 1) == b'.');
    if byte(bytes, dots) != b'/' || !opens(before(bytes, at)) {
        return None;
    }
    let end = trim(bytes, at, span(bytes, at, |byte| !ends(byte)));
    (end > dots + 1).then_some(end)
}

/// A path with backslashes, from its first one.
pub(super) fn windows(bytes: &[u8], at: usize) -> Option<usize> {
    if !matches!(byte(bytes, at), b'\\' | b'/') {
        return None;
    }
    let end = trim(bytes, at, span(bytes, at, |byte| !ends(byte)));
    let parts = bytes[at..end]
        .iter()
        .filter(|&&byte| matches!(byte, b'\\' | b'/'))
        .count();
    let drive = before(bytes, at) == b':';
    ((drive || parts >= 2) && end > at + 2).then_some(end)
}

/// Whether a path may begin behind a byte.
fn opens(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'=' | b':' | b'"' | b'\'' | b'(' | b'[' | b'{' | b',' | b'<' | b'|'
        )
}
