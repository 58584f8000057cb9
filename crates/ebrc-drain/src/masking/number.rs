use super::{byte, digits, span, word_ends};

/// A number that begins with a digit at `at`: with its decimals,
/// other numbers that `.`, `:` or `/` joins to it, and a unit right behind it
/// or a unit of bytes behind a space.
pub(super) fn find(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = digits(bytes, at);
    loop {
        let next = digits(bytes, end + 1);
        let joined = match byte(bytes, end) {
            b'.' | b':' | b'/' => next > end + 1,
            _ => false,
        };
        if !joined {
            break;
        }
        end = next;
    }
    let unit = span(bytes, end, |byte| byte.is_ascii_alphabetic());
    if unit - end > 4 || !word_ends(bytes, unit) {
        return None;
    }
    if unit == end && byte(bytes, end) == b' ' {
        return Some(bytes_unit(bytes, end + 1).unwrap_or(end));
    }
    Some(unit)
}

/// `B`, `KB`, `MiB` and so on.
fn bytes_unit(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    if matches!(
        byte(bytes, end),
        b'k' | b'K' | b'M' | b'G' | b'T' | b'P' | b'E'
    ) {
        end += 1;
        if byte(bytes, end) == b'i' {
            end += 1;
        }
    }
    (byte(bytes, end) == b'B' && word_ends(bytes, end + 1)).then_some(end + 1)
}
