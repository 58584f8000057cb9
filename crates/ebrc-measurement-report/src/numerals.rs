//! Numbers as people read them.

use ebrc_artefacts::{Figure, Unit};

/// What stands where there is no number.
pub(crate) const NOTHING: &str = "–";

/// A number with its unit: `1,234`, `12.34%`, `14.03 s`, `12.0 days`.
pub(crate) fn with_unit(value: Option<f64>, unit: Unit) -> String {
    let number = bare(value, unit);
    if number == NOTHING {
        return number;
    }
    match unit {
        Unit::Count | Unit::Mean => number,
        Unit::Share => format!("{number}%"),
        Unit::Seconds => format!("{number} s"),
        Unit::Days => format!("{number} days"),
    }
}

/// The same without the unit, which a column's heading says.
pub(crate) fn bare(value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return NOTHING.to_owned();
    };
    match unit {
        Unit::Count if value.fract() == 0.0 => grouped(value, 0),
        Unit::Count | Unit::Mean | Unit::Seconds => grouped(value, 2),
        Unit::Share => grouped(value * 100.0, 2),
        Unit::Days => grouped(value, 1),
    }
}

/// What a heading adds for a unit.
pub(crate) fn unit_of_heading(unit: Unit) -> Option<&'static str> {
    match unit {
        Unit::Count | Unit::Mean => None,
        Unit::Share => Some("%"),
        Unit::Seconds => Some("s"),
        Unit::Days => Some("days"),
    }
}

/// How ours lies to the paper's: percentage points between shares, a multiple
/// of means and durations. Counts grow with the log, so they are not compared.
pub(crate) fn comparison(figure: &Figure) -> String {
    let (Some(ours), Some(paper)) = (figure.value, figure.paper) else {
        return NOTHING.to_owned();
    };
    if !(ours.is_finite() && paper.is_finite()) {
        return NOTHING.to_owned();
    }
    match figure.unit {
        Unit::Share => format!("{} points", signed(100.0 * (ours - paper))),
        Unit::Mean | Unit::Seconds | Unit::Days if paper > 0.0 => {
            format!("× {}", grouped(ours / paper, 2))
        }
        Unit::Count | Unit::Mean | Unit::Seconds | Unit::Days => NOTHING.to_owned(),
    }
}

fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if text == "-0.00" {
        "+0.00".to_owned()
    } else {
        text.replace('-', "−")
    }
}

/// 1234567.891 as `1,234,567.89`.
pub(crate) fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::with_capacity(text.len() + whole.len() / 3 + 1);
    if value < 0.0 && text.contains(|sign: char| ('1'..='9').contains(&sign)) {
        out.push('−');
    }
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    out
}

/// For an axis: `0`, `950`, `2k`, `1.5M`.
pub(crate) fn short(value: f64) -> String {
    let scaled = |unit: f64, letter: &str| {
        // Ticks lie at round numbers: three decimals lose nothing of them.
        let text = format!("{:.3}", value / unit);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        format!("{}{letter}", text.replace('-', "−"))
    };
    match value.abs() {
        size if size >= 1e9 => scaled(1e9, "G"),
        size if size >= 1e6 => scaled(1e6, "M"),
        size if size >= 1e3 => scaled(1e3, "k"),
        _ => scaled(1.0, ""),
    }
}

/// The number of an axis in a unit.
pub(crate) fn tick(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{}%", short((value * 1e9).round() / 1e7)),
        Unit::Count | Unit::Mean | Unit::Seconds | Unit::Days => short(value),
    }
}

/// `1 row`, `1,234 rows`.
pub(crate) fn counted(number: usize, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {of}{plural}", grouped(number as f64, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_laid_out_by_their_unit() {
        let cases = [
            (1_234_567.0, Unit::Count, "1,234,567"),
            (0.5, Unit::Count, "0.50"),
            (999.0, Unit::Count, "999"),
            (0.870_7, Unit::Share, "87.07%"),
            (14.028, Unit::Seconds, "14.03 s"),
            (1_012.04, Unit::Days, "1,012.0 days"),
            (3.0, Unit::Mean, "3.00"),
            (-1_200.0, Unit::Count, "−1,200"),
            (-0.001, Unit::Days, "0.0 days"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(with_unit(Some(value), unit), expected);
        }
        assert_eq!(with_unit(None, Unit::Share), NOTHING);
        assert_eq!(with_unit(Some(f64::NAN), Unit::Share), NOTHING);
    }

    #[test]
    fn ticks_are_short() {
        let cases = [
            (0.0, "0"),
            (950.0, "950"),
            (2_000.0, "2k"),
            (1_500_000.0, "1.5M"),
            (0.1 + 0.2, "0.3"),
        ];
        for (value, expected) in cases {
            assert_eq!(short(value), expected);
        }
        assert_eq!(tick(0.15, Unit::Share), "15%");
        assert_eq!(tick(0.025, Unit::Share), "2.5%");
    }

    #[test]
    fn only_what_can_be_compared_is() {
        let figure = |value, paper, unit| Figure {
            name: String::new(),
            value,
            paper,
            unit,
        };
        let cases = [
            (Some(0.9), Some(0.870_7), Unit::Share, "+2.93 points"),
            (Some(0.8), Some(0.9), Unit::Share, "−10.00 points"),
            (Some(0.1), Some(0.100_000_1), Unit::Share, "+0.00 points"),
            (Some(6.0), Some(12.0), Unit::Days, "× 0.50"),
            (Some(6.0), Some(12.0), Unit::Count, NOTHING),
            (None, Some(12.0), Unit::Share, NOTHING),
            (Some(1.0), Some(0.0), Unit::Seconds, NOTHING),
        ];
        for (value, paper, unit, expected) in cases {
            assert_eq!(comparison(&figure(value, paper, unit)), expected);
        }
    }
}
