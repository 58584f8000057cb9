use super::{byte, digits, span, word_ends};

const NAMES: [&[u8]; 19] = [
    b"monday",
    b"tuesday",
    b"wednesday",
    b"thursday",
    b"friday",
    b"saturday",
    b"sunday",
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];
const DAYS: usize = 7;

/// A date, a time of day, or both, in any order that logs use.
pub(super) fn find(bytes: &[u8], at: usize) -> Option<usize> {
    let mut position = at;
    let mut end = None;
    let (mut date, mut clock, mut month, mut numbers) = (false, false, false, 0);
    // Most lines begin with neither: a digit that no sign of a time follows.
    if byte(bytes, at).is_ascii_digit() {
        let next = digits(bytes, at);
        let signed = matches!(byte(bytes, next), b':' | b'-' | b'/' | b'.');
        let named = byte(bytes, next) == b' ' && byte(bytes, next + 1).is_ascii_uppercase();
        if next - at > 4 || !(signed || named) {
            return None;
        }
    }
    loop {
        let here = byte(bytes, position);
        let next = if here.is_ascii_digit() {
            if let Some(next) = (!clock).then(|| self::clock(bytes, position)).flatten() {
                clock = true;
                Some(next)
            } else if let Some(next) = (!date && !month)
                .then(|| self::date(bytes, position))
                .flatten()
            {
                date = true;
                Some(next)
            } else {
                let next = digits(bytes, position);
                let part = matches!(next - position, 1 | 2 | 4) && word_ends(bytes, next);
                let fits = numbers < 2 && !date && (month || (numbers == 0 && !clock));
                if part && fits {
                    numbers += 1;
                    Some(next)
                } else {
                    None
                }
            }
        } else if let Some((name, next)) = name(bytes, position) {
            if name < DAYS {
                (position == at).then_some(next)
            } else if month || date {
                None
            } else {
                month = true;
                Some(next)
            }
        } else if clock {
            zone(bytes, position)
        } else {
            None
        };
        let Some(next) = next else { break };
        // A number is a day or a year only beside a month.
        let complete = date || (month && numbers > 0) || (clock && !month && numbers == 0);
        if complete {
            end = Some(next);
        }
        // What may lie between two parts.
        position = match (byte(bytes, next), byte(bytes, next + 1)) {
            (b',', b' ') => next + 2,
            (b' ', b' ') => next + 2,
            (b' ' | b'T' | b'_', _) => next + 1,
            (b'-' | b':', b'0'..=b'9') if (date || numbers == 2) && !clock => next + 1,
            (b'/' | b'-', _) if month || name_follows(bytes, next + 1) => next + 1,
            _ => break,
        };
    }
    end
}

fn name_follows(bytes: &[u8], at: usize) -> bool {
    name(bytes, at).is_some_and(|(name, _)| name >= DAYS)
}

/// The name of a day or month, whole or as three letters.
fn name(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if !byte(bytes, at).is_ascii_uppercase() {
        return None;
    }
    let end = span(bytes, at, |byte| byte.is_ascii_alphabetic());
    let word = &bytes[at..end];
    if word.len() < 3 || word.len() > 9 {
        return None;
    }
    let is_name = |name: &&[u8]| {
        (word.len() == 3 || word.len() == name.len())
            && name[..word.len()].eq_ignore_ascii_case(word)
    };
    NAMES
        .iter()
        .position(|name| name.len() >= word.len() && is_name(name))
        .map(|name| (name, end))
}

/// `h:mm`, `hh:mm:ss`, with a fraction.
fn clock(bytes: &[u8], at: usize) -> Option<usize> {
    let hours = digits(bytes, at);
    let minutes = pair(bytes, hours)?;
    if !(1..=2).contains(&(hours - at)) {
        return None;
    }
    let mut end = minutes;
    if let Some(seconds) = pair(bytes, minutes) {
        end = seconds;
        if matches!(byte(bytes, end), b'.' | b',' | b':') {
            let fraction = digits(bytes, end + 1);
            if fraction > end + 1 {
                end = fraction;
            }
        }
    }
    if byte(bytes, end) == b'Z' {
        end += 1;
    } else if matches!(byte(bytes, end), b'+' | b'-') && byte(bytes, end + 1).is_ascii_digit() {
        end = zone(bytes, end).unwrap_or(end);
    }
    let goes_on = byte(bytes, end) == b':' && byte(bytes, end + 1).is_ascii_digit();
    (word_ends(bytes, end) && !goes_on).then_some(end)
}

/// A colon and two digits.
fn pair(bytes: &[u8], at: usize) -> Option<usize> {
    (byte(bytes, at) == b':' && digits(bytes, at + 1) == at + 3).then_some(at + 3)
}

/// `2026-11-24`, `24/11/2026`, `24.11.26`; the same sign twice.
fn date(bytes: &[u8], at: usize) -> Option<usize> {
    let first = digits(bytes, at);
    let sign = byte(bytes, first);
    if !matches!(sign, b'-' | b'/' | b'.') {
        return None;
    }
    let second = digits(bytes, first + 1);
    if byte(bytes, second) != sign {
        return None;
    }
    let end = digits(bytes, second + 1);
    let lengths = (first - at, second - first - 1, end - second - 1);
    let fits = match lengths {
        (4, 1..=2, 1..=2) => true,
        (1..=2, 1..=2, 4) => true,
        (1..=2, 1..=2, 2) => sign == b'/',
        _ => false,
    };
    let goes_on = byte(bytes, end) == sign && byte(bytes, end + 1).is_ascii_digit();
    let ends = word_ends(bytes, end) || matches!(byte(bytes, end), b'T' | b'_');
    (fits && !goes_on && ends).then_some(end)
}

/// `UTC`, `PDT`, `CEST`, `AM`, `+0100`, `-07:00`.
fn zone(bytes: &[u8], at: usize) -> Option<usize> {
    if matches!(byte(bytes, at), b'+' | b'-') {
        let end = digits(bytes, at + 1);
        return match end - at - 1 {
            4 => Some(end),
            2 => Some(pair(bytes, end).unwrap_or(end)),
            _ => None,
        }
        .filter(|&end| word_ends(bytes, end));
    }
    let end = span(bytes, at, |byte| byte.is_ascii_uppercase());
    let word = &bytes[at..end];
    // Exactly these: `GET` and `POST` follow the time in many logs.
    let known = match word {
        b"Z" | b"UTC" | b"GMT" | b"AM" | b"PM" | b"CET" | b"EET" | b"WET" | b"MSK" => true,
        b"CEST" | b"EEST" | b"WEST" | b"AEST" | b"AEDT" | b"AKST" | b"AKDT" | b"NZST" | b"NZDT" => {
            true
        }
        [place, b'S' | b'D', b'T'] => b"ABCEHIJKMNP".contains(place),
        _ => false,
    };
    (known && word_ends(bytes, end)).then_some(end)
}
