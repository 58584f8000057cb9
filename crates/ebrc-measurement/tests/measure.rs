//! Measurements of simulated logs, held against counts made in another way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod world;

use std::collections::{BTreeMap, BTreeSet};

use ebrc_artefacts::{Artefact, Figure, Findings, Measurement, Outcome, Table, Value};
use ebrc_measurement::{Session, Settings, Types, measure};
use ebrc_ndr::NdrMessage;
use ebrc_taxonomy::{BounceDegree, BounceType, TemplateLabel};
use world::World;

fn artefact<'a>(measurement: &'a Measurement, id: &str) -> &'a Artefact {
    let found = measurement.artefacts.iter().find(|it| it.id == id);
    found.unwrap_or_else(|| panic!("no artefact {id}"))
}

fn findings<'a>(measurement: &'a Measurement, id: &str) -> &'a Findings {
    match &artefact(measurement, id).outcome {
        Outcome::Measured(findings) => findings,
        Outcome::NotMeasurable { missing } => panic!("{id}: {missing}"),
    }
}

fn figure(measurement: &Measurement, id: &str, label: &str) -> f64 {
    let found = findings(measurement, id)
        .figures
        .iter()
        .find(|Figure { name, .. }| name.contains(label));
    found
        .and_then(|figure| figure.value)
        .unwrap_or_else(|| panic!("{id}: no {label}"))
}

fn table<'a>(measurement: &'a Measurement, id: &str, name: &str) -> &'a Table {
    let tables = &findings(measurement, id).tables;
    tables.iter().find(|table| table.name == name).unwrap()
}

/// A column of numbers by a column of words.
fn by_word(table: &Table, word: &str, number: &str) -> BTreeMap<String, f64> {
    let place = |name: &str| table.columns.iter().position(|it| it.name == name).unwrap();
    let (word, number) = (place(word), place(number));
    let pair = |row: &Vec<Value>| match (&row[word], &row[number]) {
        (Value::Text(word), Value::Number(number)) => Some((word.clone(), *number)),
        _ => None,
    };
    table.rows.iter().filter_map(pair).collect()
}

fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn counts_equal_those_of_the_records() {
    let world = World::new(8_000);
    let measurement = world.measure(&world.request()).unwrap();

    let mut degrees: BTreeMap<String, f64> = BTreeMap::new();
    let mut types: BTreeMap<BounceType, f64> = BTreeMap::new();
    let (mut typed, mut bounced, mut soft_attempts) = (0.0, 0.0, 0.0);
    let (mut messages, mut without_code) = (0.0, 0.0);
    let mut receivers = BTreeSet::new();
    let mut proxies = BTreeSet::new();
    for record in &world.records {
        let degree = record.degree();
        *degrees.entry(degree.to_string()).or_default() += 1.0;
        receivers.insert(record.to.rsplit_once('@').unwrap().1);
        proxies.extend(&record.from_ip);
        if degree == BounceDegree::SoftBounced {
            soft_attempts += record.delivery_result.len() as f64;
        }
        let labels: BTreeSet<TemplateLabel> = record
            .truth_type
            .iter()
            .flatten()
            .flatten()
            .copied()
            .collect();
        bounced += f64::from(!labels.is_empty());
        typed += f64::from(labels.iter().any(|label| label.bounce_type().is_some()));
        for kind in labels.iter().filter_map(|label| label.bounce_type()) {
            *types.entry(kind).or_default() += 1.0;
        }
        for reply in record
            .delivery_result
            .iter()
            .filter(|it| !ebrc_ndr::is_accepted(it))
        {
            messages += 1.0;
            without_code += f64::from(NdrMessage::parse(reply).enhanced_code.is_none());
        }
    }

    let found = by_word(table(&measurement, "O1", "degrees"), "degree", "mails");
    assert_eq!(found, degrees);
    let soft = degrees[BounceDegree::SoftBounced.as_str()];
    assert_close(figure(&measurement, "O2", "attempts"), soft_attempts / soft);
    assert_close(figure(&measurement, "E4", "bounced mails"), bounced);
    assert_close(figure(&measurement, "E4", "with a type"), typed);
    assert_close(figure(&measurement, "E1", "NDR messages"), messages);
    assert_close(
        figure(&measurement, "E1", "without"),
        without_code / messages,
    );
    assert_close(
        figure(&measurement, "D2", "receiver domains"),
        receivers.len() as f64,
    );
    assert_close(
        figure(&measurement, "D2", "proxy MTAs"),
        proxies.len() as f64,
    );
    let by_type = by_word(table(&measurement, "E10", "types"), "type", "mails");
    assert_eq!(by_type.len(), types.len());
    for (kind, mails) in types {
        assert_close(by_type[kind.id()], mails);
    }
    // The same once more, by the checks that a report of a simulated log has.
    for check in ["degrees", "types"] {
        let check = table(&measurement, "V1", check);
        let word = check.columns[0].name.as_str();
        assert_eq!(by_word(check, word, "found"), by_word(check, word, "truth"));
    }
}

#[test]
fn every_artefact_is_measured_and_the_rows_of_table_2_come_back() {
    let world = World::new(8_000);
    let measurement = world.measure(&world.request()).unwrap();
    for artefact in &measurement.artefacts {
        let findings = findings(&measurement, &artefact.id);
        let is_empty = findings.figures.is_empty() && findings.tables.is_empty();
        assert!(!is_empty, "{}", artefact.id);
        assert!(!artefact.sql.is_empty() && !artefact.rule.is_empty());
        for table in &findings.tables {
            assert!(
                table
                    .rows
                    .iter()
                    .all(|row| row.len() == table.columns.len())
            );
        }
    }
    // Rows that a type and a degree make are exact where types are the truth's.
    let reasons = table(&measurement, "V2", "reasons");
    let (found, truth) = (
        by_word(reasons, "bounce_reason", "found"),
        by_word(reasons, "bounce_reason", "truth"),
    );
    for exact in [
        "blocklisted",
        "greylisted",
        "sender-too-fast",
        "recipient-flooded",
        "authentication-failure",
        "no-starttls",
        "mailbox-full",
        "timeout",
    ] {
        assert!(truth[exact] > 0.0, "{exact}");
        assert_eq!(found[exact], truth[exact], "{exact}");
    }
    let pictures: usize = measurement
        .artefacts
        .iter()
        .map(|it| findings(&measurement, &it.id).pictures.len())
        .sum();
    assert_eq!(pictures, 6);
}

#[test]
fn threads_and_memory_change_nothing() {
    let world = World::new(4_000);
    let one = world.measure(&world.request().threads(1)).unwrap();
    let tables = world.table_bytes();
    let two = world
        .measure(&world.request().threads(3).memory(80 << 20))
        .unwrap();
    assert_eq!(one, two);
    assert_eq!(tables.len(), world.table_bytes().len());
    for (name, bytes) in world.table_bytes() {
        assert!(tables[&name] == bytes, "{name} differs");
    }
}

#[test]
fn what_a_log_lacks_is_named_and_the_rest_is_measured() {
    let mut world = World::new(2_000);
    for record in &mut world.records {
        record.email_flag = None;
        record.delivery_latency = None;
        record.delivery_result.truncate(1);
        record.from_ip.truncate(1);
        record.to_ip.truncate(1);
        if let Some(truth) = &mut record.truth_type {
            truth.truncate(1);
        }
    }
    world.annotate();
    let measurement = world.measure(&world.request().without_sources()).unwrap();
    let missing: BTreeMap<&str, &str> = measurement
        .artefacts
        .iter()
        .filter_map(|it| match &it.outcome {
            Outcome::NotMeasurable { missing } => Some((it.id.as_str(), missing.as_str())),
            Outcome::Measured(_) => None,
        })
        .collect();
    let ids: Vec<&str> = missing.keys().copied().collect();
    assert_eq!(
        ids,
        ["B5", "C1", "C2", "C3", "D4", "I1", "M2", "O2", "T4", "T5"]
    );
    assert!(missing["B5"].contains("email_flag"), "{}", missing["B5"]);
    assert!(
        missing["C1"].contains("delivery_latency"),
        "{}",
        missing["C1"]
    );
    assert!(missing["O2"].contains("one attempt"), "{}", missing["O2"]);
    assert!(missing["D4"].contains("--geography"), "{}", missing["D4"]);
    assert!(missing["M2"].contains("--breach-list"), "{}", missing["M2"]);
    assert_eq!(figure(&measurement, "O1", "soft-bounced"), 0.0);
    assert!(figure(&measurement, "D1", "without email_flag") > 0.0);
}

#[test]
fn queries_read_and_change_nothing() {
    let world = World::new(1_000);
    world.measure(&world.request()).unwrap();
    let request = world.request();
    let session = Session::open(&request.borrow(&world)).unwrap();
    let csv = |sql: &str| {
        let mut out = Vec::new();
        let rows = session.query(sql).unwrap();
        rows.write_csv_heading(&mut out).unwrap();
        rows.write_csv(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        csv("SELECT domain('Bob@MÜHLE.Example.') AS d, user_name('a@b@c.example') AS u"),
        "d,u\nxn--mhle-0ra.example,a@b\n"
    );
    assert_eq!(csv("SELECT count(*) AS mails FROM mails"), "mails\n1000\n");
    let causes = csv("SELECT DISTINCT root_cause FROM bounces WHERE is_major ORDER BY 1");
    assert!(causes.contains("Spam Blocking Policy"), "{causes}");
    for forbidden in [
        "CREATE TABLE mine AS SELECT 1",
        "DROP TABLE mails",
        "INSERT INTO mails SELECT * FROM mails",
        "COPY mails TO 'mails.csv'",
        "SET datafusion.execution.batch_size = 1",
    ] {
        assert!(session.query(forbidden).is_err(), "{forbidden}");
    }
    assert!(!world.folder().join("mails.csv").exists());
    let error = session.query("SELECT no_such FROM mails").unwrap_err();
    assert!(error.to_string().contains("no_such"), "{error}");
    // What the engine quotes of the log is not told.
    let error = session
        .query("SELECT CAST(recipient AS INT) FROM mails")
        .unwrap_err();
    assert!(!error.to_string().contains('@'), "{error}");
    assert!(std::error::Error::source(&error).is_none());
}

#[test]
fn a_truth_of_types_tells_the_classifiers_errors_apart() {
    let mut world = World::new(2_000);
    // A classifier that holds every refusal to be spam.
    world.annotate_with(|_| TemplateLabel::Type(BounceType::SpamContent));
    let annotated = world.measure(&world.request()).unwrap();
    let types = by_word(table(&annotated, "E10", "types"), "type", "mails");
    assert_eq!(types.keys().collect::<Vec<_>>(), ["T13"]);
    let truth = world.measure(&world.request().types(Types::Truth)).unwrap();
    let types = by_word(table(&truth, "E10", "types"), "type", "mails");
    assert!(types.len() > 10, "{types:?}");
}

#[test]
fn a_missing_table_names_what_to_run() {
    let world = World::new(100);
    let request = world.request();
    let error = Session::open(&request.borrow(&world)).unwrap_err();
    assert!(error.to_string().contains("ebrc measure"), "{error}");
}

#[test]
fn settings_are_checked_and_every_one_is_told() {
    for wrong in [
        "typo_similarity = 2.0",
        "no_such = 1",
        "major_type = \"middle\"",
        "[mx_episodes]\nminimum_failures = 0",
        "[guessing]\nminimum_focus = -1.0",
    ] {
        assert!(Settings::from_toml(wrong).is_err(), "{wrong}");
    }
    let settings = Settings::from_toml("major_type = \"last\"\nblocklist = \"SpamCop\"").unwrap();
    let mut world = World::new(500);
    world.settings = settings;
    let told = world.measure(&world.request()).unwrap().settings;
    let value = |name: &str| &told.iter().find(|it| it.name == name).unwrap().value;
    assert_eq!(
        (value("major_type"), value("blocklist")),
        (&"last".to_owned(), &"SpamCop".to_owned())
    );
    assert_eq!(value("mx_episodes.minimum_failures"), "3");
    assert!(told.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn a_measurement_may_be_stopped() {
    struct Stopped;
    impl ebrc_measurement::Progress for Stopped {
        fn begin(&mut self, _what: &str, _number: usize, _total: usize) {}
        fn wants_stop(&self) -> bool {
            true
        }
    }
    let world = World::new(100);
    let request = world.request();
    let error = measure(&request.borrow(&world), &mut Stopped).unwrap_err();
    assert!(matches!(error, ebrc_measurement::Error::Interrupted));
}
