use super::{Found, Slot, address, byte, joins, number, path, span};

/// Endings of host names that no package of a program has first.
const ENDINGS: &[&[u8]] = &[b"com", b"net", b"org", b"edu", b"gov", b"mil"];

/// Whether letters alone are a hexadecimal number of a usual length.
pub(super) fn is_hexadecimal(letters: &[u8]) -> bool {
    matches!(letters.len(), 8 | 16 | 32 | 40 | 64) && letters.iter().all(u8::is_ascii_hexdigit)
}

/// What kind of word a part of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Letters, perhaps with a digit or two behind them: `eth0`, `ssh2`.
    Word,
    /// Digits alone.
    Digits,
    /// Anything else of letters and digits.
    Mixed,
}

impl Part {
    fn of(part: &[u8]) -> Self {
        let letters = part
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
            .count();
        let digits = part[letters..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let rest = part.len() - letters - digits;
        if letters == 0 && rest == 0 {
            Self::Digits
        } else if rest == 0 && digits <= 2 && !is_hexadecimal(part) {
            Self::Word
        } else if letters > 0
            && digits > 0
            && digits <= 2
            && !part.iter().all(u8::is_ascii_hexdigit)
        {
            // `log4j`, `i18n`, `jk2init`: one short number within letters.
            let more = part[letters + digits..].iter().any(u8::is_ascii_digit);
            if more { Self::Mixed } else { Self::Word }
        } else {
            Self::Mixed
        }
    }
}

/// What the word at `at` is, with all that `.`, `-`, `_`, `@` and the like
/// join to it.
pub(super) fn find(bytes: &[u8], at: usize) -> Found {
    let first = byte(bytes, at);
    if first.is_ascii_hexdigit() {
        let first_end = span(bytes, at, |byte| byte.is_ascii_hexdigit());
        if byte(bytes, first_end) == b':' && first_end - at <= 4 {
            if let Some(end) = address::hardware(bytes, at) {
                return Found::Slot(Slot::Id, at, end);
            }
            if let Some(end) = address::v6(bytes, at) {
                return Found::Slot(Slot::Ip, at, end);
            }
        }
    }
    if first == b'0' && matches!(byte(bytes, at + 1), b'x' | b'X') {
        let end = span(bytes, at + 2, |byte| byte.is_ascii_hexdigit());
        if end > at + 2 && !joins(byte(bytes, end)) {
            return Found::Slot(Slot::Id, at, end);
        }
    }
    let shape = Shape::of(bytes, at);
    if first.is_ascii_digit()
        && let Some(end) = number::find(bytes, at)
        && (end >= shape.end || !bytes[end..shape.end].iter().any(u8::is_ascii_alphabetic))
        && byte(bytes, shape.end) != b'@'
    {
        return Found::Slot(Slot::Number, at, end);
    }
    if byte(bytes, shape.end) == b'@' {
        let domain = Shape::of(bytes, shape.end + 1);
        if domain.dots > 0 {
            return Found::Slot(Slot::Email, at, domain.end);
        }
    }
    if shape.numbers + shape.mixed == 0 {
        if shape.dots > 0 && is_host(&bytes[at..shape.end], shape.dots) {
            return Found::Slot(Slot::Host, at, with_port(bytes, shape.end));
        }
        return match path::relative(bytes, at, shape.end) {
            Some(end) => Found::Slot(Slot::Path, at, end),
            None => Found::Literal(shape.end),
        };
    }
    if shape.dots >= 2 {
        return Found::Slot(Slot::Host, at, with_port(bytes, shape.end));
    }
    // `core.2275`, `Thread-12`: the name says more than its number.
    if let Some(start) = shape.number_behind {
        return Found::Slot(Slot::Number, start, shape.end);
    }
    Found::Slot(Slot::Id, at, shape.end)
}

fn with_port(bytes: &[u8], end: usize) -> usize {
    if byte(bytes, end) == b':' {
        let port = span(bytes, end + 1, |byte| byte.is_ascii_digit());
        if port > end + 1 && !joins(byte(bytes, port)) {
            return port;
        }
    }
    end
}

/// Whether a dotted name of words ends as a host's does, and does not begin
/// so, as the packages of programs do.
fn is_host(name: &[u8], dots: usize) -> bool {
    let mut labels = name.split(|&byte| byte == b'.');
    let first = labels.next().unwrap_or_default();
    let last = labels.next_back().unwrap_or_default();
    let country = dots >= 2 && last.len() == 2 && !name.iter().any(u8::is_ascii_uppercase);
    (country || ENDINGS.contains(&last)) && !ENDINGS.contains(&first)
}

/// Letters and digits, and the signs that join them.
#[derive(Debug, Clone, Copy)]
struct Shape {
    end: usize,
    dots: usize,
    /// How many parts are digits, and how many are a mixture.
    numbers: usize,
    mixed: usize,
    /// Where the number of one word, a `.` or `-`, and a number begins.
    number_behind: Option<usize>,
}

impl Shape {
    fn of(bytes: &[u8], at: usize) -> Self {
        let mut shape = Self {
            end: at,
            dots: 0,
            numbers: 0,
            mixed: 0,
            number_behind: None,
        };
        let mut start = at;
        let mut dots = 0;
        let mut parts = 0;
        loop {
            let end = span(bytes, start, |byte| {
                byte.is_ascii_alphanumeric() || !byte.is_ascii()
            });
            if end == start {
                return shape;
            }
            shape.dots += dots;
            let part = Part::of(&bytes[start..end]);
            shape.numbers += usize::from(part == Part::Digits);
            shape.mixed += usize::from(part == Part::Mixed);
            shape.number_behind = (parts == 1
                && part == Part::Digits
                && shape.numbers == 1
                && shape.mixed == 0
                && matches!(bytes[start - 1], b'.' | b'-')
                && bytes[start - 2].is_ascii_alphanumeric())
            .then_some(start);
            parts += 1;
            shape.end = end;
            let next = span(bytes, end, |byte| matches!(byte, b'.' | b'-' | b'_'));
            if next == end || next - end > 2 {
                return shape;
            }
            dots = bytes[end..next]
                .iter()
                .filter(|&&byte| byte == b'.')
                .count();
            if dots > 1 {
                return shape;
            }
            start = next;
        }
    }
}
