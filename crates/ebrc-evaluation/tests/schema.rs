//! Reports keep to the schema that is published for them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

mod sample;

use ebrc_evaluation::{GoldEvidence, GoldRow, Report};
use ebrc_taxonomy::BounceType::MailboxFull;
use sample::{RunSample, gold_report};
use serde_json::{Value, json};

const PUBLISHED: &str = include_str!("../../../schemas/report.schema.json");

fn reports() -> Vec<Value> {
    // One row has neither intervals nor most of the parts.
    let rows = [GoldRow::new(1, MailboxFull.into(), MailboxFull, 0.9)];
    let least = GoldEvidence {
        rows: &rows,
        rivals: &[],
        contradictory_texts: 0,
    };
    let bootstrap = ebrc_evaluation::Bootstrap::with_seed(1);
    let mut judged = RunSample::new();
    for row in &mut judged.population {
        row.gold = None;
    }
    [
        RunSample::new().report(20),
        judged.report(20),
        gold_report(20),
        Report::of_gold(&least, &bootstrap, Vec::new()).unwrap(),
    ]
    .into_iter()
    .map(|report| serde_json::to_value(report).unwrap())
    .collect()
}

#[test]
fn the_published_schema_is_that_of_the_report() {
    // Not `assert_eq`, which would print both.
    assert!(
        PUBLISHED == format!("{:#}\n", Report::schema()),
        "write it again: cargo run -p ebrc-evaluation --example schema > schemas/report.schema.json"
    );
    let published: Value = serde_json::from_str(PUBLISHED).unwrap();
    assert_eq!(published["$id"], "urn:ebrc:report");
    assert_eq!(
        published["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(published["title"].is_string());
    jsonschema::meta::validate(&published).unwrap();
}

#[test]
fn reports_keep_to_the_schema() {
    let validator = jsonschema::validator_for(&Report::schema()).unwrap();
    for report in reports() {
        let faults: Vec<String> = validator
            .iter_errors(&report)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

#[test]
fn a_damaged_report_does_not() {
    let validator = jsonschema::validator_for(&Report::schema()).unwrap();
    let damage: [(&str, Value); 8] = [
        ("/accuracy", json!("high")),
        ("/macro_f1", Value::Null),
        ("/support", json!(-1)),
        ("/confusion/3", json!([1, 2])),
        ("/per_type/T1", json!({"precision": 1.0})),
        ("/errors/0/gold", json!("T17")),
        ("/rivals/others/0/comparison/p_value", json!([])),
        ("/run/review/agreement/differences/0/first", json!("unsure")),
    ];
    let report = &reports()[0];
    for (place, value) in damage {
        let mut damaged = report.clone();
        *damaged.pointer_mut(place).unwrap() = value;
        assert!(!validator.is_valid(&damaged), "{place}");
    }
    for place in [
        "",
        "/run",
        "/per_type",
        "/per_type/T1",
        "/intervals",
        "/run/vote",
    ] {
        let mut damaged = report.clone();
        let object = damaged.pointer_mut(place).unwrap().as_object_mut().unwrap();
        object.insert("surprise".to_owned(), json!(1));
        assert!(!validator.is_valid(&damaged), "an unknown key in {place:?}");
    }
    for key in [
        "macro_precision",
        "per_type",
        "confusion",
        "errors",
        "settings",
    ] {
        let mut damaged = report.clone();
        damaged.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&damaged), "without {key}");
    }
}
