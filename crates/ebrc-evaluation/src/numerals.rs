//! Numbers as people read them.

/// 0.9124 as `91.24`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}

/// 1234567 as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In five characters at most: `99999`, `123k`, `1.2M`, `12M`.
pub(crate) fn short(number: u64) -> String {
    let scaled = |unit: u64, letter: char| {
        if number < 10 * unit {
            format!("{:.1}{letter}", number as f64 / unit as f64)
        } else {
            format!("{:.0}{letter}", number as f64 / unit as f64)
        }
    };
    match number {
        0..100_000 => number.to_string(),
        100_000..999_500 => scaled(1_000, 'k'),
        999_500..999_500_000 => scaled(1_000_000, 'M'),
        _ => scaled(1_000_000_000, 'G'),
    }
}

/// The percentage of a part, in three characters: empty for nothing, `<1` for
/// all but nothing, and `100` only for all.
pub(crate) fn whole_percent(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return String::new();
    }
    let percent = 100.0 * part as f64 / whole as f64;
    if part < whole && percent >= 99.5 {
        "99".to_owned()
    } else if percent < 0.5 {
        "<1".to_owned()
    } else {
        format!("{:.0}", percent.round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_easily() {
        assert_eq!(percent(0.912_44), "91.24");
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (number, expected) in cases {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn short_numbers_are_short() {
        let cases = [
            (99_999, "99999"),
            (123_456, "123k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (12_345_678, "12M"),
            (999_500_000, "1.0G"),
        ];
        for (number, expected) in cases {
            assert_eq!(short(number), expected);
        }
    }

    #[test]
    fn only_nothing_is_empty_and_only_all_is_100() {
        let cases = [
            (0, 5, ""),
            (0, 0, ""),
            (1, 1_000, "<1"),
            (1, 200, "1"),
            (1, 100, "1"),
            (999, 1_000, "99"),
            (7, 7, "100"),
        ];
        for (part, whole, expected) in cases {
            let text = whole_percent(part, whole);
            assert_eq!(text, expected, "{part}/{whole}");
        }
    }
}
