//! Dates and times, which logs write over several words.

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const ZONES: &[&str] = &[
    "am", "bst", "cdt", "cest", "cet", "cst", "edt", "est", "gmt", "hkt", "ist", "jst", "kst",
    "msk", "pdt", "pm", "pst", "utc", "z",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Weekday,
    Month,
    Day,
    Year,
    Clock,
    Date,
    Zone,
}

/// How many words at the start are one point in time; 0 where they are none.
pub(crate) fn span(words: &[&str]) -> usize {
    let parts: Vec<Part> = words.iter().map_while(|word| part(word)).take(7).collect();
    // A point in time does not begin with its zone, its year, or a bare number.
    let begins = match parts.first() {
        Some(Part::Weekday | Part::Month | Part::Clock | Part::Date) => true,
        Some(Part::Day) => parts.get(1) == Some(&Part::Month),
        _ => false,
    };
    let has = |part| parts.contains(&part);
    let tells = has(Part::Date)
        || has(Part::Clock)
        || (has(Part::Month) && has(Part::Day) && has(Part::Year));
    if !begins || !tells {
        return 0;
    }
    // A trailing weekday, month or day belongs to what follows.
    let end = parts
        .iter()
        .rposition(|part| !matches!(part, Part::Weekday | Part::Month | Part::Day))
        .map_or(0, |last| last + 1);
    // "May" is also a verb.
    if end == 0 { 0 } else { end }
}

fn part(word: &str) -> Option<Part> {
    let bare = word
        .trim_start_matches(['(', '[', '<', '"', '\''])
        .trim_end_matches([',', '.', ')', ']', '>', '"', '\'', ';', ':']);
    if bare.len() > 35 || bare.is_empty() || !bare.is_ascii() {
        return None;
    }
    let lower = bare.to_ascii_lowercase();
    if is_clock(&lower) {
        return Some(Part::Clock);
    }
    if is_date(&lower) {
        return Some(Part::Date);
    }
    if lower.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u32 = lower.parse().ok()?;
        return match (lower.len(), number) {
            (1 | 2, 1..=31) => Some(Part::Day),
            (4, 1970..=2199) => Some(Part::Year),
            _ => None,
        };
    }
    let named = |names: &[&str]| {
        names
            .iter()
            .any(|name| lower.starts_with(name) && (lower.len() == 3 || lower.ends_with("day")))
    };
    if named(WEEKDAYS) {
        return Some(Part::Weekday);
    }
    if MONTHS.contains(&lower.as_str()) {
        return Some(Part::Month);
    }
    let offset = lower.strip_prefix(['+', '-']);
    let is_offset = offset.is_some_and(|digits| {
        digits.len() >= 4
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b':')
    });
    (is_offset || ZONES.contains(&lower.as_str())).then_some(Part::Zone)
}

/// 3:04, 03:04:05, 03:04:05.678.
fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let two_digits = |part: Option<&str>| {
        part.is_some_and(|part| {
            (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    if !two_digits(parts.next()) || !two_digits(parts.next()) {
        return false;
    }
    let seconds = parts.next();
    let fraction = seconds.map(|part| part.split('.').next());
    parts.next().is_none() && fraction.is_none_or(two_digits)
}

/// 2026-11-24, 24/11/2026, 2026-11-24T03:04:05Z, 24-Nov-2026.
fn is_date(text: &str) -> bool {
    let day = text.split('t').next().unwrap_or(text);
    let rest = &text[day.len()..];
    let separator = if day.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = day.split(separator).collect();
    let [first, second, third] = parts.as_slice() else {
        return false;
    };
    let digits = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let middle = digits(second, &[1, 2]) || MONTHS.contains(second);
    let year_first = digits(first, &[4]) && digits(third, &[1, 2]);
    let year_last = digits(first, &[1, 2]) && digits(third, &[4]);
    let clock = rest.is_empty()
        || rest
            .strip_prefix('t')
            .and_then(|clock| clock.split(['z', '+']).next())
            .is_some_and(is_clock);
    middle && (year_first || year_last) && clock
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, words: usize) {
        let split: Vec<&str> = text.split(' ').collect();
        assert_eq!(span(&split), words, "{text}");
    }

    #[test]
    fn a_point_in_time_is_found_whole() {
        check("Tue, 24 Nov 2026 09:00:00 +0000 was", 6);
        check("2026-11-24 03:04:05 UTC expired", 3);
        check("2026-11-24T03:04:05Z expired", 1);
        check("24-Nov-2026 3:04 PM", 3);
        check("Nov 24 09:00:00 mx", 3);
        check("(03:04:05) x", 1);
        check("24 Nov 2026.", 3);
    }

    #[test]
    fn words_and_numbers_are_no_times() {
        check("may be 12", 0);
        check("10 messages", 0);
        check("sun 4", 0);
        check("12:34:56:78", 0);
        check("a", 0);
    }
}
