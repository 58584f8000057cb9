//! Numbers as people read them.

use ebrc_evaluation::{Comparison, Interval};

/// A share, in which nothing of nothing is 0.
pub(crate) fn divide(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// 0.9124 as `91.24`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}

/// A share below 1 that is never rounded up to all: 0.999 99 as `> 99.99`.
pub(crate) fn threshold(share: f64) -> String {
    let text = percent(share);
    if share < 1.0 && text == "100.00" {
        "> 99.99".to_owned()
    } else {
        text
    }
}

/// A difference of shares in percentage points: 0.0312 as `+3.12`, with a
/// minus sign as it is printed.
pub(crate) fn points(difference: f64) -> String {
    let text = format!("{:+.2}", difference * 100.0);
    if text == "-0.00" {
        "+0.00".to_owned()
    } else {
        text.replace('-', "−")
    }
}

/// Where a difference lies, in percentage points.
pub(crate) fn points_range(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

/// `p = 0.012`, or `p < 0.001` where no more can be said from so many rounds.
pub(crate) fn p_value(comparison: &Comparison) -> String {
    let number = p_number(comparison);
    if number.starts_with('<') {
        format!("p {number}")
    } else {
        format!("p = {number}")
    }
}

/// As [`p_value`], without the letter.
pub(crate) fn p_number(comparison: &Comparison) -> String {
    let Comparison {
        p_value, rounds, ..
    } = *comparison;
    // A p-value is never less than one part in the number of rounds.
    let least = 1.0 / (1.0 + f64::from(rounds));
    if p_value < 0.001 {
        "< 0.001".to_owned()
    } else if rounds > 0 && p_value <= least * 1.000_001 {
        format!("< {:.3}", (least * 1_000.0).floor() / 1_000.0 + 0.001)
    } else {
        format!("{p_value:.3}")
    }
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

/// `1 message`, `1,234 messages`.
pub(crate) fn counted(number: u64, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {of}{plural}", grouped(number))
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

    fn comparison(p_value: f64, rounds: u32) -> Comparison {
        Comparison {
            macro_f1_difference: 0.0,
            macro_f1_interval: None,
            accuracy_difference: 0.0,
            accuracy_interval: None,
            only_this_right: 0,
            only_other_right: 0,
            p_value,
            rounds,
        }
    }

    #[test]
    fn p_values_say_no_more_than_their_rounds_allow() {
        let cases = [
            (1.0 / 1_001.0, 1_000, "p < 0.001"),
            (2.0 / 1_001.0, 1_000, "p = 0.002"),
            (1.0 / 10_001.0, 10_000, "p < 0.001"),
            (1.0 / 201.0, 200, "p < 0.005"),
            (0.0496, 1_000, "p = 0.050"),
            (1.0, 0, "p = 1.000"),
        ];
        for (value, rounds, expected) in cases {
            assert_eq!(p_value(&comparison(value, rounds)), expected);
        }
    }

    #[test]
    fn differences_have_a_sign_and_thresholds_are_not_rounded_up() {
        let cases = [(0.031_2, "+3.12"), (-0.004, "−0.40"), (-0.000_001, "+0.00")];
        for (difference, expected) in cases {
            assert_eq!(points(difference), expected);
        }
        assert_eq!(threshold(0.999_99), "> 99.99");
        assert_eq!(threshold(1.0), "100.00");
        assert_eq!(threshold(0.954), "95.40");
        assert_eq!(counted(1, "message"), "1 message");
        assert_eq!(counted(1_000, "message"), "1,000 messages");
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
