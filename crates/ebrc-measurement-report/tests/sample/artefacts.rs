//! The artefacts of the made-up measurement, in the order of the paper.

use chrono::Datelike as _;
use ebrc_artefacts::{
    Artefact, ColumnKind, Curve, Drawing, Figure, Findings, Outcome, Table, Unit, Value,
};

use super::{
    ADDRESS, COUNTRIES, Noise, artefact, busy, column, days, figure, named_days, picture, series,
    text,
};

pub(super) fn degree(noise: &mut Noise) -> Artefact {
    let days = days();
    let mut table_rows = Vec::new();
    let (mut non, mut soft, mut hard) = (Vec::new(), Vec::new(), Vec::new());
    let mut months: Vec<((i32, u32), f64)> = Vec::new();
    for day in &days {
        let mails = (640_000.0 * busy(*day) * (0.85 + 0.3 * noise.next())).round();
        let soft_mails = (mails * (0.03 + 0.04 * noise.next())).round();
        let hard_mails = (mails * (0.06 + 0.05 * noise.next())).round();
        non.push(Some(mails - soft_mails - hard_mails));
        soft.push(Some(soft_mails));
        hard.push(Some(hard_mails));
        let month = (day.year(), day.month());
        match months.last_mut() {
            Some((last, total)) if *last == month => *total += mails,
            _ => months.push((month, mails)),
        }
        table_rows.push(vec![
            text(day.to_string()),
            Value::Number(mails),
            Value::Number(hard_mails / mails),
        ]);
    }
    let volume = days.iter().map(|day| {
        let month = months
            .iter()
            .find(|(month, _)| *month == (day.year(), day.month()));
        month.filter(|_| day.day() == 15).map(|(_, total)| *total)
    });
    let mut artefact = artefact(
        ("O1", "bounce-degree", "Bounce degree"),
        "Section 4.1, Figure 5",
        "A mail is non-bounced if its first attempt succeeded, soft-bounced if a later one did, \
         and hard-bounced if none did.",
        Outcome::Measured(Findings {
            figures: vec![
                figure("non-bounced mails", 0.871_2, Some(0.870_7), Unit::Share),
                figure("soft-bounced mails", 0.047_1, Some(0.048_2), Unit::Share),
                figure("hard-bounced mails", 0.081_7, Some(0.081_1), Unit::Share),
                figure("mails", 241_113_902.0, Some(298e6), Unit::Count),
                figure(
                    "attempts of a soft-bounced mail",
                    2.87,
                    Some(3.0),
                    Unit::Mean,
                ),
            ],
            tables: vec![Table {
                name: "mails-by-day".to_owned(),
                title: "Mails by day".to_owned(),
                columns: vec![
                    column("day", ColumnKind::Date),
                    column("mails", ColumnKind::Number(Unit::Count)),
                    column("hard_bounced", ColumnKind::Number(Unit::Share)),
                ],
                rows: table_rows,
            }],
            pictures: vec![picture(
                "figure-5-daily-mails",
                "Mails a day by bounce degree, and their volume a month",
                Drawing::DailyBars {
                    days: named_days(),
                    left: "mails a day".to_owned(),
                    bars: vec![
                        series("non-bounced", non),
                        series("soft-bounced", soft),
                        series("hard-bounced", hard),
                    ],
                    right: "mails a month".to_owned(),
                    line: series("volume of the month", volume.collect()),
                },
            )],
        }),
    );
    artefact.sql =
        "SELECT day,\n       count(*) FILTER (WHERE degree = 'non') AS non_bounced,\n       \
                    count(*) FILTER (WHERE attempts <> 1 AND degree = 'soft') AS soft_bounced\n\
                    FROM mails\nGROUP BY day\nORDER BY day"
            .to_owned();
    artefact
}

pub(super) fn types(noise: &mut Noise) -> Artefact {
    let rows = (1..=15).map(|number| {
        let hard = (noise.next() * 4e6).round();
        vec![
            text(format!("T{number}")),
            text("A name of a type & its \"explanation\", which is <long> enough to be broken"),
            Value::Number(hard),
            Value::Number(noise.next() * 0.2),
            if number == 13 {
                Value::Missing
            } else {
                Value::Number(noise.next() * 40.0)
            },
        ]
    });
    artefact(
        ("E10", "mails-by-type", "Mails by bounce type"),
        "Section 3.2, Table 1",
        "A mail counts for each type that one of its messages has.",
        Outcome::Measured(Findings {
            tables: vec![Table {
                name: "mails-by-type".to_owned(),
                title: "Mails by type".to_owned(),
                columns: vec![
                    column("type", ColumnKind::Text),
                    column("explanation", ColumnKind::Text),
                    column("mails", ColumnKind::Number(Unit::Count)),
                    column("share", ColumnKind::Number(Unit::Share)),
                    column("mean_seconds", ColumnKind::Number(Unit::Seconds)),
                ],
                rows: rows.collect(),
            }],
            ..Findings::default()
        }),
    )
}

pub(super) fn blocked(noise: &mut Noise) -> Artefact {
    let (mut spam, mut normal, mut proxies) = (Vec::new(), Vec::new(), Vec::new());
    for day in days() {
        normal.push(Some(
            (12_500.0 * busy(day) * (0.4 + 1.2 * noise.next())).round(),
        ));
        spam.push(Some(
            (3_500.0 * busy(day) * (0.4 + 1.2 * noise.next())).round(),
        ));
        proxies.push(Some((11.0 + 12.0 * noise.next()).round()));
    }
    let mut artefact = artefact(
        ("B3", "blocklisted-proxies", "Proxies on a blocklist"),
        "Section 4.2.2, Figure 6",
        "A proxy is blocked on a day if a message of that day names the blocklist.",
        Outcome::Measured(Findings {
            figures: vec![
                figure("proxies blocked a day", 16.8, Some(17.0), Unit::Mean),
                figure(
                    "blocked mails that are Normal",
                    0.774,
                    Some(0.780_6),
                    Unit::Share,
                ),
            ],
            pictures: vec![picture(
                "figure-6-blocked",
                "Mails blocked by a blocklist a day, and the proxies on it",
                Drawing::DailyBars {
                    days: named_days(),
                    left: "blocked mails".to_owned(),
                    bars: vec![series("Normal", normal), series("Spam", spam)],
                    right: "proxies".to_owned(),
                    line: series("blocked proxies", proxies),
                },
            )],
            ..Findings::default()
        }),
    );
    artefact.settings = vec!["week_starts".to_owned()];
    artefact
}

fn curve(noise: &mut Noise, name: &str, typical: f64, points: usize) -> Curve {
    let mut values: Vec<f64> = (0..points)
        .map(|_| (typical * (6.0 * (noise.next() + noise.next() - 1.0)).exp()).clamp(0.01, 450.0))
        .collect();
    values.sort_by(f64::total_cmp);
    let points = values.iter().enumerate();
    let points = points.map(|(number, value)| (*value, (number + 1) as f64 / values.len() as f64));
    Curve {
        name: name.to_owned(),
        points: points.collect(),
    }
}

pub(super) fn repairs(noise: &mut Noise) -> Artefact {
    let curves = vec![
        curve(noise, "DKIM and SPF", 3.0, 900),
        curve(noise, "MX records", 0.4, 700),
        curve(noise, "full mailboxes", 30.0, 2_000),
    ];
    let mut artefact = artefact(
        ("A2", "repair-times", "How long errors last"),
        "Section 4.3, Figure 7",
        "An episode begins with a domain's first error and ends with its first success after it.",
        Outcome::Measured(Findings {
            figures: vec![
                figure("days of an episode", 14.2, Some(12.0), Unit::Days),
                figure(
                    "domains that never repair",
                    0.284,
                    Some(0.258_1),
                    Unit::Share,
                ),
                Figure {
                    name: "recurrent".to_owned(),
                    value: None,
                    paper: Some(0.337_2),
                    unit: Unit::Share,
                },
            ],
            pictures: vec![picture(
                "figure-7-durations",
                "How long errors last until they are repaired",
                Drawing::Cumulative {
                    horizontal: "days".to_owned(),
                    is_logarithmic: true,
                    curves,
                },
            )],
            ..Findings::default()
        }),
    );
    artefact.settings = vec!["episode_gap_days".to_owned(), "unknown".to_owned()];
    artefact
}

pub(super) fn typos(noise: &mut Noise) -> Artefact {
    let rows = (0..120).map(|number| {
        let wrong = if number == 0 {
            ADDRESS.to_owned()
        } else {
            format!("user.{number}@example.net")
        };
        vec![
            text(wrong.clone()),
            text(format!("{wrong}x")),
            text("omission"),
            Value::Number((noise.next() * 90.0).round()),
        ]
    });
    artefact(
        ("U2", "username-typos", "Typos in user names"),
        "Section 4.3.2",
        "An address that is unknown, beside a similar one that the same sender reached.",
        Outcome::Measured(Findings {
            tables: vec![Table {
                name: "typos".to_owned(),
                title: "Typos and what was meant".to_owned(),
                columns: vec![
                    column("wrong_address", ColumnKind::Address),
                    column("right_address", ColumnKind::Address),
                    column("algorithm", ColumnKind::Text),
                    column("mails", ColumnKind::Number(Unit::Count)),
                ],
                rows: rows.collect(),
            }],
            ..Findings::default()
        }),
    )
}

fn countries() -> Vec<String> {
    const FIRST: [&str; 24] = [
        "United States",
        "Germany",
        "Canada",
        "Iran, Islamic Republic of",
        "Côte d’Ivoire",
        "United Kingdom of Great Britain and Northern Ireland",
        "Japan",
        "Brazil",
        "India",
        "Viet Nam",
        "Kenya",
        "Norway",
        "Peru",
        "Chad",
        "Nepal",
        "Oman",
        "Cuba",
        "Fiji",
        "Togo",
        "Mali",
        "Spain",
        "Italy",
        "Poland",
        "Türkiye",
    ];
    (0..COUNTRIES)
        .map(|number| {
            let known = FIRST.get(number).map(|name| (*name).to_owned());
            known.unwrap_or_else(|| format!("Country {number}"))
        })
        .collect()
}

pub(super) fn regions(noise: &mut Noise) -> Artefact {
    let names = [
        "North America",
        "Western Europe",
        "East Asia",
        "South-East Asia",
        "South America",
        "Oceania",
    ];
    let groups = names.iter().map(|name| {
        let values = (0..20).map(|rank| {
            let missing = rank % 7 == 6 && noise.next() < 0.3;
            (!missing).then(|| 0.31 * noise.next() * (1.0 - f64::from(rank) * 0.04))
        });
        series(name, values.collect())
    });
    artefact(
        ("I1", "poor-infrastructure", "Poor email infrastructure"),
        "Section 4.3.3, Figure 8",
        "Of the mails sent to a country from a region, the share that bounced softly by a timeout.",
        Outcome::Measured(Findings {
            pictures: vec![picture(
                "figure-8-regions",
                "The twenty poorest countries by the region of the proxy",
                Drawing::Ranking {
                    measure: "share of mails that bounced softly by a timeout".to_owned(),
                    unit: Unit::Share,
                    categories: countries().into_iter().take(20).collect(),
                    groups: groups.collect(),
                },
            )],
            ..Findings::default()
        }),
    )
}

pub(super) fn latency(noise: &mut Noise) -> Artefact {
    let mut medians: Vec<f64> = (0..COUNTRIES)
        .map(|_| 4.0 + 60.0 * noise.next().powi(3))
        .collect();
    medians.sort_by(|one, other| other.total_cmp(one));
    let countries = countries();
    let rows = countries.iter().zip(&medians).enumerate();
    let rows = rows.map(|(rank, (country, median))| {
        vec![
            Value::Number((rank + 1) as f64),
            text(country.clone()),
            Value::Number(*median),
        ]
    });
    artefact(
        ("C1", "latency", "Latency of delivered mails"),
        "Appendix C, Figure 10",
        "From the beginning of the first attempt to the end of the last one.",
        Outcome::Measured(Findings {
            figures: vec![
                figure("mean latency", 18.442, Some(19.37), Unit::Seconds),
                figure("median latency", 14.9, Some(14.03), Unit::Seconds),
            ],
            tables: vec![Table {
                name: "median-by-country".to_owned(),
                title: "Median latency by country".to_owned(),
                columns: vec![
                    column("rank", ColumnKind::Text),
                    column("country", ColumnKind::Text),
                    column("median_latency", ColumnKind::Number(Unit::Seconds)),
                ],
                rows: rows.collect(),
            }],
            pictures: vec![picture(
                "figure-10-latency",
                "Median latency by country",
                Drawing::Ranking {
                    measure: "median latency in seconds".to_owned(),
                    unit: Unit::Seconds,
                    categories: countries,
                    groups: vec![series(
                        "median",
                        medians.iter().copied().map(Some).collect(),
                    )],
                },
            )],
        }),
    )
}
