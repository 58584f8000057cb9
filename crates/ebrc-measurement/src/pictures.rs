//! What pictures show, from an artefact's tables.

use ebrc_artefacts::{Curve, Drawing, Series, Table, Unit};

use crate::table::{numbers, texts};

/// Draws from the tables of an artefact, in their order.
pub(crate) type Draw = fn(&[Table]) -> Option<Drawing>;

/// Countries of a picture of the first ones.
const FIRST: usize = 20;

pub(crate) fn servers_by_country(tables: &[Table]) -> Option<Drawing> {
    let countries = tables.first()?;
    Some(Drawing::Ranking {
        measure: "share of receiver MTAs".to_owned(),
        unit: Unit::Share,
        categories: first(texts(countries, "country")),
        groups: vec![Series {
            name: "receiver MTAs".to_owned(),
            values: first(numbers(countries, "share")),
        }],
    })
}

pub(crate) fn daily_mails(tables: &[Table]) -> Option<Drawing> {
    let [daily, monthly, ..] = tables else {
        return None;
    };
    let days = texts(daily, "day");
    let months = texts(monthly, "month");
    let mails = numbers(monthly, "mails");
    // A month's point stands in its middle.
    let mut line = vec![None; days.len()];
    for (month, count) in months.iter().zip(mails) {
        let of_month = |day: &&String| day.starts_with(month.as_str());
        let first = days.iter().position(|day| of_month(&day));
        let length = days.iter().filter(of_month).count();
        if let Some(place) = first.and_then(|first| line.get_mut(first + length / 2)) {
            *place = count;
        }
    }
    let bar = |name: &str, column: &str| Series {
        name: name.to_owned(),
        values: numbers(daily, column),
    };
    Some(Drawing::DailyBars {
        left: "mails a day".to_owned(),
        bars: vec![
            bar("hard-bounced", "hard_bounced"),
            bar("soft-bounced", "soft_bounced"),
            bar("non-bounced", "non_bounced"),
        ],
        right: "mails a month".to_owned(),
        line: Series {
            name: "mails of the month".to_owned(),
            values: line,
        },
        days,
    })
}

pub(crate) fn blocked(tables: &[Table]) -> Option<Drawing> {
    let daily = tables.first()?;
    let series = |name: &str, column: &str| Series {
        name: name.to_owned(),
        values: numbers(daily, column),
    };
    let mut bars = vec![
        series("flagged Spam", "spam"),
        series("flagged Normal", "normal"),
        series("without a flag", "unflagged"),
    ];
    let is_empty = |bar: &Series| bar.values.iter().flatten().all(|count| *count == 0.0);
    if bars.iter().any(|bar| !is_empty(bar)) {
        bars.retain(|bar| !is_empty(bar));
    }
    Some(Drawing::DailyBars {
        days: texts(daily, "day"),
        left: "blocked mails a day".to_owned(),
        bars,
        right: "blocked proxy MTAs".to_owned(),
        line: series("proxy MTAs", "proxies"),
    })
}

pub(crate) fn durations(tables: &[Table]) -> Option<Drawing> {
    let durations = tables.first()?;
    let kinds = texts(durations, "kind");
    let days = numbers(durations, "days");
    let shares = numbers(durations, "share");
    let mut curves: Vec<Curve> = Vec::new();
    for ((kind, days), share) in kinds.into_iter().zip(days).zip(shares) {
        let (Some(days), Some(share)) = (days, share) else {
            continue;
        };
        match curves.last_mut() {
            Some(curve) if curve.name == kind => curve.points.push((days, share)),
            _ => curves.push(Curve {
                name: kind,
                points: vec![(days, share)],
            }),
        }
    }
    (!curves.is_empty()).then(|| Drawing::Cumulative {
        horizontal: "days".to_owned(),
        is_logarithmic: true,
        curves,
    })
}

pub(crate) fn poor_degree(tables: &[Table]) -> Option<Drawing> {
    let [countries, by_region, ..] = tables else {
        return None;
    };
    let categories = first(texts(countries, "country"));
    let (country, region) = (texts(by_region, "country"), texts(by_region, "region"));
    let share = numbers(by_region, "share");
    let mut regions = region.clone();
    regions.sort_unstable();
    regions.dedup();
    let groups = regions
        .into_iter()
        .map(|name| {
            let values = categories
                .iter()
                .map(|category| {
                    let place = country
                        .iter()
                        .zip(&region)
                        .position(|(country, region)| country == category && *region == name)?;
                    share.get(place).copied().flatten()
                })
                .collect();
            Series { name, values }
        })
        .collect();
    Some(Drawing::Ranking {
        measure: "poor degree".to_owned(),
        unit: Unit::Share,
        categories,
        groups,
    })
}

pub(crate) fn latency(tables: &[Table]) -> Option<Drawing> {
    let countries = tables.first()?;
    let mut rows: Vec<(String, Option<f64>)> = texts(countries, "country")
        .into_iter()
        .zip(numbers(countries, "median_seconds"))
        .collect();
    rows.reverse();
    let (categories, values) = rows.into_iter().unzip();
    Some(Drawing::Ranking {
        measure: "median latency".to_owned(),
        unit: Unit::Seconds,
        categories,
        groups: vec![Series {
            name: "median".to_owned(),
            values,
        }],
    })
}

fn first<T>(mut values: Vec<T>) -> Vec<T> {
    values.truncate(FIRST);
    values
}
