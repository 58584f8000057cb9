//! Dates and times of day, in the forms that logs and replies use.

use crate::character::View;

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A time that begins with a digit.
pub(super) fn with_digits(view: View<'_>, at: usize) -> Option<usize> {
    let digits = view.span(at, |byte| byte.is_ascii_digit());
    match view.byte(digits) {
        b':' => clock(view, at),
        b'-' | b'/' | b'.' => numeric_date(view, at).or_else(|| day_month_year(view, at)),
        b' ' => day_month_year(view, at),
        _ => None,
    }
}

/// A time that begins with the name of a day or month, which ends at
/// `word_end`.
pub(super) fn with_name(view: View<'_>, at: usize, word_end: usize) -> Option<usize> {
    let word = view.bytes(at, word_end);
    if !(3..=9).contains(&word.len()) || !word[0].is_ascii_uppercase() {
        return None;
    }
    if is_one_of(word, &DAYS) {
        let date = skip_signs(view, word_end)?;
        if view.byte(date).is_ascii_digit() {
            return day_month_year(view, date).or_else(|| numeric_date(view, date));
        }
        let month_end = view.span(date, |byte| byte.is_ascii_alphabetic());
        return month_day(view, date, month_end);
    }
    month_day(view, at, word_end)
}

/// `2024-01-02`, `02.01.2024`, `1/2/24`, with or without a time of day.
fn numeric_date(view: View<'_>, at: usize) -> Option<usize> {
    let (first, end) = digits(view, at, 4)?;
    let first_length = end - at;
    let sign = view.byte(end);
    let (second, end) = digits(view, end + 1, 2)?;
    if view.byte(end) != sign {
        return None;
    }
    let third_start = end + 1;
    let (third, end) = digits(view, third_start, 4)?;
    let is_date = match (first_length, end - third_start) {
        (4, 1..=2) => is_year(first) && is_month(second) && is_day(third),
        (1..=2, 4) => is_year(third) && is_day(first) && is_day(second) && first + second < 44,
        (1..=2, 2) => sign == b'/' && is_day(first) && is_day(second),
        _ => false,
    };
    let goes_on = view.byte(end) == sign && view.byte(end + 1).is_ascii_digit();
    if !is_date || goes_on {
        return None;
    }
    if view.byte(end) == b'T' {
        return clock(view, end + 1);
    }
    view.word_ends(end).then(|| with_clock(view, end))
}

/// `24 Nov 2026`, `24-Nov-2026`, with or without a time of day.
fn day_month_year(view: View<'_>, at: usize) -> Option<usize> {
    let (day, end) = digits(view, at, 2)?;
    if !is_day(day) || !matches!(view.byte(end), b' ' | b'-' | b'/' | b'.') {
        return None;
    }
    let month = end + 1;
    let month_end = view.span(month, |byte| byte.is_ascii_alphabetic());
    if !is_month_name(view.bytes(month, month_end)) {
        return None;
    }
    let year = skip_signs(view, month_end)?;
    let (value, end) = digits(view, year, 4)?;
    let is_date = match end - year {
        4 => is_year(value),
        // `24 Nov 09:00` has no year.
        2 => view.byte(end) != b':',
        _ => false,
    };
    (is_date && view.word_ends(end)).then(|| with_clock(view, end))
}

/// `Nov 24 09:00:00 2026`, `Nov 24, 2026`: a month, a day, and a year or a
/// time of day.
fn month_day(view: View<'_>, at: usize, month_end: usize) -> Option<usize> {
    if !is_month_name(view.bytes(at, month_end)) {
        return None;
    }
    let day = view.span(month_end, |byte| byte == b' ');
    let (value, end) = digits(view, day, 2)?;
    if day == month_end || !is_day(value) {
        return None;
    }
    let next = skip_signs(view, end)?;
    if let Some(clock_end) = clock(view, next) {
        return Some(year(view, clock_end).unwrap_or(clock_end));
    }
    let (value, end) = digits(view, next, 4)?;
    (is_year(value) && view.word_ends(end)).then(|| with_clock(view, end))
}

/// A space and a year, as `asctime` ends.
fn year(view: View<'_>, at: usize) -> Option<usize> {
    if view.byte(at) != b' ' {
        return None;
    }
    let (value, end) = digits(view, at + 1, 4)?;
    (is_year(value) && view.word_ends(end)).then_some(end)
}

/// The time of day behind a date, where there is one.
fn with_clock(view: View<'_>, end: usize) -> usize {
    for between in [" ", ", ", " at ", ", at ", " - "] {
        let start = end + between.len();
        if view.bytes(end, start) == between.as_bytes()
            && let Some(end) = clock(view, start)
        {
            return end;
        }
    }
    // `02/Jan/2024:03:04:05 +0000`
    if view.byte(end) == b':'
        && let Some(end) = clock(view, end + 1)
    {
        return end;
    }
    end
}

/// `03:04`, `03:04:05.678`, `3:04 PM`, with its time zone.
fn clock(view: View<'_>, at: usize) -> Option<usize> {
    let (hour, end) = digits(view, at, 2)?;
    if hour > 24 || view.byte(end) != b':' {
        return None;
    }
    let (minute, mut end) = two_digits(view, end + 1)?;
    let mut second = 0;
    if view.byte(end) == b':' {
        (second, end) = two_digits(view, end + 1)?;
        if matches!(view.byte(end), b'.' | b',') && view.byte(end + 1).is_ascii_digit() {
            end = view.span(end + 1, |byte| byte.is_ascii_digit());
        }
    }
    if minute > 59 || second > 60 {
        return None;
    }
    // A hardware address or a key's fingerprint goes on.
    if view.byte(end) == b':' && view.byte(end + 1).is_ascii_hexdigit() {
        return None;
    }
    let end = behind_half_day(view, end);
    let end = behind_zone(view, end);
    view.word_ends(end).then_some(end)
}

fn behind_half_day(view: View<'_>, at: usize) -> usize {
    let word = at + usize::from(view.byte(at) == b' ');
    let is_half = matches!(view.byte(word), b'A' | b'P' | b'a' | b'p')
        && matches!(view.byte(word + 1), b'M' | b'm')
        && view.word_ends(word + 2);
    if is_half { word + 2 } else { at }
}

fn behind_zone(view: View<'_>, at: usize) -> usize {
    if view.byte(at) == b'Z' && view.word_ends(at + 1) {
        return at + 1;
    }
    let zone = at + usize::from(view.byte(at) == b' ');
    if matches!(view.byte(zone), b'+' | b'-') {
        let Some((_, mut end)) = two_digits(view, zone + 1) else {
            return at;
        };
        end += usize::from(view.byte(end) == b':');
        let Some((_, end)) = two_digits(view, end) else {
            return at;
        };
        return behind_comment(view, end);
    }
    let end = view.span(zone, |byte| byte.is_ascii_uppercase());
    let is_zone = matches!(
        view.bytes(zone, end),
        b"UTC"
            | b"GMT"
            | b"CET"
            | b"CEST"
            | b"EET"
            | b"EEST"
            | b"EST"
            | b"EDT"
            | b"CST"
            | b"CDT"
            | b"MST"
            | b"MDT"
            | b"PST"
            | b"PDT"
            | b"JST"
            | b"KST"
            | b"MSK"
            | b"BST"
            | b"IST"
    );
    if is_zone && view.word_ends(end) {
        end
    } else {
        at
    }
}

/// The zone's name in parentheses: `+0000 (UTC)`.
fn behind_comment(view: View<'_>, at: usize) -> usize {
    if view.bytes(at, at + 2) != b" (" {
        return at;
    }
    let end = view.span(at + 2, |byte| byte.is_ascii_uppercase());
    if (at + 4..=at + 7).contains(&end) && view.byte(end) == b')' {
        end + 1
    } else {
        at
    }
}

/// The next word behind white space and commas; `None` where none lie between.
fn skip_signs(view: View<'_>, at: usize) -> Option<usize> {
    let end = view.span(at, |byte| matches!(byte, b' ' | b',' | b'-' | b'/' | b'.'));
    (1..=2).contains(&(end - at)).then_some(end)
}

/// A number of one to `most` digits that no digit follows.
fn digits(view: View<'_>, at: usize, most: usize) -> Option<(u32, usize)> {
    let end = view.span(at, |byte| byte.is_ascii_digit());
    if !(1..=most).contains(&(end - at)) {
        return None;
    }
    let value = view
        .bytes(at, end)
        .iter()
        .fold(0, |value, digit| 10 * value + u32::from(digit - b'0'));
    Some((value, end))
}

fn two_digits(view: View<'_>, at: usize) -> Option<(u32, usize)> {
    match view.bytes(at, at + 2) {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some((10 * u32::from(a - b'0') + u32::from(b - b'0'), at + 2))
        }
        _ => None,
    }
}

fn is_year(value: u32) -> bool {
    (1970..2100).contains(&value)
}

fn is_month(value: u32) -> bool {
    (1..=12).contains(&value)
}

fn is_day(value: u32) -> bool {
    (1..=31).contains(&value)
}

fn is_month_name(word: &[u8]) -> bool {
    is_one_of(word, &MONTHS)
}

/// Whether letters begin as a day or a month does.
pub(super) fn may_be_a_name(letters: &[u8]) -> bool {
    let &[first, second, third, ..] = letters else {
        return false;
    };
    matches!(
        &[first, second, third].map(|byte| byte | 0x20),
        b"mon"
            | b"tue"
            | b"wed"
            | b"thu"
            | b"fri"
            | b"sat"
            | b"sun"
            | b"jan"
            | b"feb"
            | b"mar"
            | b"apr"
            | b"may"
            | b"jun"
            | b"jul"
            | b"aug"
            | b"sep"
            | b"oct"
            | b"nov"
            | b"dec"
    )
}

/// Whether a word is a name or its first three letters, in any case.
fn is_one_of(word: &[u8], names: &[&str]) -> bool {
    let &[first, second, third, ..] = word else {
        return false;
    };
    let start = [first, second, third].map(|byte| byte | 0x20);
    names.iter().any(|name| {
        name.as_bytes().starts_with(&start)
            && (word.len() == start.len() || word.eq_ignore_ascii_case(name.as_bytes()))
    })
}
