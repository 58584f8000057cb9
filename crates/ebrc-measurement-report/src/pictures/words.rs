//! What a picture shows, in words, for those who do not see it.

use ebrc_artefacts::{Curve, Drawing, Series, Unit};

use crate::numerals::{counted, grouped, with_unit};

/// A sentence or a few.
pub(super) fn finding(drawing: &Drawing) -> String {
    match drawing {
        Drawing::DailyBars {
            days,
            left,
            bars,
            right,
            line,
        } => daily(days, left, bars, right, line),
        Drawing::Cumulative {
            horizontal, curves, ..
        } => {
            let told: Vec<String> = curves.iter().map(|each| curve(horizontal, each)).collect();
            told.join(" ")
        }
        Drawing::Ranking {
            measure,
            unit,
            categories,
            groups,
        } => {
            let told: Vec<String> = groups
                .iter()
                .map(|group| ranking(*unit, categories, group, groups.len() > 1))
                .collect();
            let categories = counted(categories.len(), "bar");
            let groups = match groups.len() {
                0 | 1 => String::new(),
                number => format!(" in each of {number} groups"),
            };
            format!("{categories}{groups}: {measure}. {}", told.join(" "))
        }
    }
}

fn daily(days: &[String], left: &str, bars: &[Series], right: &str, line: &Series) -> String {
    let mut told = Vec::new();
    for series in bars {
        let total: f64 = series.values.iter().flatten().sum();
        told.push(format!(
            "{} ({left}) {} in all{}",
            series.name,
            number(total),
            most(days, series)
        ));
    }
    if line.values.iter().flatten().next().is_some() {
        told.push(format!(
            "{} ({right}, the line){}",
            line.name,
            most(days, line)
        ));
    }
    let (first, last) = (days.first(), days.last());
    let period = match (first, last) {
        (Some(first), Some(last)) => {
            format!("{} from {first} to {last}: ", counted(days.len(), "day"))
        }
        _ => String::new(),
    };
    format!("{period}{}.", told.join("; "))
}

/// `, most on 2022-11-25 (1,234)`.
fn most(days: &[String], series: &Series) -> String {
    let mut best: Option<(&str, f64)> = None;
    for (day, value) in days.iter().zip(&series.values) {
        if let Some(value) = *value
            && best.is_none_or(|(_, highest)| value > highest)
        {
            best = Some((day, value));
        }
    }
    best.map(|(day, value)| format!(", most on {day} ({})", number(value)))
        .unwrap_or_default()
}

fn curve(horizontal: &str, curve: &Curve) -> String {
    let at = |share: f64| curve.points.iter().find(|point| point.1 >= share);
    match (at(0.5), at(0.9)) {
        (Some(half), Some(most)) => format!(
            "{}: half are at most {} {horizontal}, nine in ten at most {}.",
            curve.name,
            grouped(half.0, 1),
            grouped(most.0, 1)
        ),
        _ => format!("{}: nothing to show.", curve.name),
    }
}

fn ranking(unit: Unit, categories: &[String], group: &Series, named: bool) -> String {
    let mut known: Vec<(&str, f64)> = categories
        .iter()
        .zip(&group.values)
        .filter_map(|(category, value)| Some((category.as_str(), (*value)?)))
        .collect();
    known.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(other.0)));
    let name = if named {
        format!("{}: ", group.name)
    } else {
        String::new()
    };
    let told =
        |(category, value): (&str, f64)| format!("{category} ({})", with_unit(Some(value), unit));
    let most = if named { "most" } else { "Most" };
    match (known.first(), known.last()) {
        (Some(first), Some(last)) if known.len() > 1 => {
            format!(
                "{name}{most} in {}, least in {}.",
                told(*first),
                told(*last)
            )
        }
        (Some(only), _) => format!("{name}{}.", told(*only)),
        _ => format!("{name}nothing to show."),
    }
}

fn number(value: f64) -> String {
    let decimals = if value.fract() == 0.0 { 0 } else { 2 };
    grouped(value, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[Option<f64>]) -> Series {
        Series {
            name: name.to_owned(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn each_drawing_is_told() {
        let daily = Drawing::DailyBars {
            days: vec!["2022-06-14".to_owned(), "2022-06-15".to_owned()],
            left: "mails".to_owned(),
            bars: vec![series("hard", &[Some(1_000.0), Some(2_000.0)])],
            right: "mails a month".to_owned(),
            line: series("volume", &[None, Some(9.0)]),
        };
        assert_eq!(
            finding(&daily),
            "2 days from 2022-06-14 to 2022-06-15: hard (mails) 3,000 in all, most on \
             2022-06-15 (2,000); volume (mails a month, the line), most on 2022-06-15 (9)."
        );
        let cumulative = Drawing::Cumulative {
            horizontal: "days".to_owned(),
            is_logarithmic: true,
            curves: vec![Curve {
                name: "MX".to_owned(),
                points: vec![(1.0, 0.6), (30.0, 1.0)],
            }],
        };
        assert_eq!(
            finding(&cumulative),
            "MX: half are at most 1.0 days, nine in ten at most 30.0."
        );
        let ranking = Drawing::Ranking {
            measure: "median latency".to_owned(),
            unit: Unit::Seconds,
            categories: vec!["Chad".to_owned(), "Japan".to_owned()],
            groups: vec![series("all", &[Some(60.0), Some(9.5)])],
        };
        assert_eq!(
            finding(&ranking),
            "2 bars: median latency. Most in Chad (60.00 s), least in Japan (9.50 s)."
        );
    }
}
