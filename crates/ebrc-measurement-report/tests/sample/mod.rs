//! A made-up measurement of realistic size: what the tests and the example
//! write a report of.

#![allow(clippy::unwrap_used, reason = "made-up days are days")]

mod artefacts;

use chrono::{Datelike as _, Days, NaiveDate};
use ebrc_artefacts::{
    Artefact, Column, ColumnKind, Drawing, Figure, Measurement, Outcome, Picture, Series, Setting,
    Source, Unit, Value,
};

/// What must be in no file unless addresses are shown.
pub(crate) const ADDRESS: &str = "jane.roe@example.org";

const DAYS: u64 = 450;
const COUNTRIES: usize = 169;

/// Numbers between 0 and 1 that look random and are always the same.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        // Knuth's constants for a linear congruential generator.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The whole measurement.
pub(crate) fn measurement() -> Measurement {
    let mut noise = Noise(7);
    Measurement {
        settings: settings(),
        sources: vec![
            source("geography", Some("country.mmdb, built 2023-09-01")),
            source("breaches", None),
            source("resolver", Some("answers-2024-02-01.csv, 75,102 names")),
            source("registrar", None),
        ],
        artefacts: vec![
            artefacts::degree(&mut noise),
            artefacts::types(&mut noise),
            artefact(
                ("M2", "bulk-spammers", "Bulk spammers"),
                "Section 4.2.1",
                "A sender domain with more than 80% of its recipients in the breach list.",
                Outcome::NotMeasurable {
                    missing: "No breach list was given. Supply one with --breaches FILE: a line \
                              for each address, in small letters."
                        .to_owned(),
                },
            ),
            artefacts::blocked(&mut noise),
            artefacts::repairs(&mut noise),
            artefacts::typos(&mut noise),
            artefacts::regions(&mut noise),
            artefacts::latency(&mut noise),
        ],
    }
}

fn settings() -> Vec<Setting> {
    let setting = |name: &str, value: &str, meaning: &str| Setting {
        name: name.to_owned(),
        value: value.to_owned(),
        meaning: meaning.to_owned(),
    };
    vec![
        setting(
            "episode_gap_days",
            "7",
            "After so many days without an error an episode has ended; the next error begins \
             another one.",
        ),
        setting(
            "typo_similarity",
            "0.9",
            "How similar two user names are at least.",
        ),
        setting("week_starts", "monday", "The first day of a week."),
    ]
}

fn source(name: &str, snapshot: Option<&str>) -> Source {
    Source {
        name: name.to_owned(),
        snapshot: snapshot.map(str::to_owned),
    }
}

fn artefact(
    (id, name, title): (&str, &str, &str),
    place: &str,
    rule: &str,
    outcome: Outcome,
) -> Artefact {
    Artefact {
        id: id.to_owned(),
        name: name.to_owned(),
        title: title.to_owned(),
        place: place.to_owned(),
        rule: rule.to_owned(),
        settings: Vec::new(),
        sql: String::new(),
        outcome,
    }
}

fn figure(name: &str, value: f64, paper: Option<f64>, unit: Unit) -> Figure {
    Figure {
        name: name.to_owned(),
        value: Some(value),
        paper,
        unit,
    }
}

fn column(name: &str, kind: ColumnKind) -> Column {
    Column {
        name: name.to_owned(),
        kind,
    }
}

fn series(name: &str, values: Vec<Option<f64>>) -> Series {
    Series {
        name: name.to_owned(),
        values,
    }
}

fn picture(name: &str, title: &str, drawing: Drawing) -> Picture {
    Picture {
        name: name.to_owned(),
        title: title.to_owned(),
        drawing,
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn days() -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
    (0..DAYS)
        .map(|day| first.checked_add_days(Days::new(day)).unwrap())
        .collect()
}

fn named_days() -> Vec<String> {
    days().iter().map(NaiveDate::to_string).collect()
}

/// More mails on working days, fewer at the end of the year.
fn busy(day: NaiveDate) -> f64 {
    let weekend = day.weekday().number_from_monday() > 5;
    let week = if weekend { 0.45 } else { 1.0 };
    let holiday = if day.month() == 12 && day.day() > 22 {
        0.5
    } else {
        1.0
    };
    week * holiday
}
