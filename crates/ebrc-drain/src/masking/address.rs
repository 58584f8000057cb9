use super::{byte, digits, span, word_ends};

/// An IPv4 address, with its port or prefix length.
pub(super) fn v4(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for part in 0..4 {
        if part > 0 {
            if byte(bytes, end) != b'.' {
                return None;
            }
            end += 1;
        }
        let start = end;
        end = digits(bytes, start);
        if !(1..=3).contains(&(end - start)) {
            return None;
        }
    }
    // `10.0.0.1.example.org` and `10.0.0.1-2` are other things.
    if matches!(byte(bytes, end), b'.' | b'-') && byte(bytes, end + 1).is_ascii_alphanumeric() {
        return None;
    }
    Some(with_port(bytes, end)).filter(|&end| word_ends(bytes, end))
}

/// The end of the port or prefix length behind an address, or the address's.
fn with_port(bytes: &[u8], end: usize) -> usize {
    if matches!(byte(bytes, end), b':' | b'/') {
        let port = digits(bytes, end + 1);
        if port > end + 1 && word_ends(bytes, port) {
            return port;
        }
    }
    end
}

/// An IPv6 address: eight groups, or fewer around `::`, with a digit.
pub(super) fn v6(bytes: &[u8], at: usize) -> Option<usize> {
    let groups = Groups::of(bytes, at);
    let whole = if groups.gaps == 1 {
        groups.count < 8 && (groups.count > 0)
    } else {
        groups.gaps == 0 && groups.count == 8
    };
    let digit = || bytes[at..groups.end].iter().any(u8::is_ascii_digit);
    (whole && groups.longest <= 4 && digit()).then_some(groups.end)
}

/// A hardware address or the like: six or more pairs of digits.
pub(super) fn hardware(bytes: &[u8], at: usize) -> Option<usize> {
    let groups = Groups::of(bytes, at);
    let pairs = groups.gaps == 0 && groups.count >= 6 && groups.longest == 2;
    pairs.then_some(groups.end)
}

/// Hexadecimal groups that colons join.
struct Groups {
    count: usize,
    longest: usize,
    gaps: usize,
    end: usize,
}

impl Groups {
    fn of(bytes: &[u8], at: usize) -> Self {
        let mut groups = Self {
            count: 0,
            longest: 0,
            gaps: 0,
            end: at,
        };
        // A gap at the front is two colons, not an empty group before them.
        let mut position = at + usize::from(byte(bytes, at) == b':');
        loop {
            let end = span(bytes, position, |byte| byte.is_ascii_hexdigit());
            if end > position {
                groups.count += 1;
                groups.longest = groups.longest.max(end - position);
                groups.end = end;
            } else if byte(bytes, position) == b':' {
                groups.gaps += 1;
                groups.end = position + 1;
            } else if position != at {
                break;
            }
            if byte(bytes, end) != b':' {
                break;
            }
            position = end + 1;
        }
        if !word_ends(bytes, groups.end) {
            groups.longest = usize::MAX;
        }
        groups
    }
}
