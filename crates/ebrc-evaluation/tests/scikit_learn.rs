//! The figures are scikit-learn's: see `scripts/evaluation-fixture.py`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::collections::BTreeMap;

use ebrc_evaluation::{Bootstrap, Confusion, GoldRow, Report};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
    auroc: Vec<Doubts>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    matrix: Vec<Vec<u64>>,
    labels: Vec<usize>,
    per_type: BTreeMap<String, Vec<f64>>,
    #[serde(rename = "macro")]
    macro_: Averages,
    micro: Averages,
    weighted: Averages,
    accuracy: f64,
    kappa: Option<f64>,
}

#[derive(Deserialize)]
struct Averages {
    precision: f64,
    recall: f64,
    f1: f64,
}

#[derive(Deserialize)]
struct Doubts {
    ambiguous: Vec<bool>,
    probabilities: Vec<f64>,
    auroc: f64,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("scikit-learn.json")).unwrap()
}

#[test]
fn figures_agree_to_a_millionth_of_a_millionth() {
    let cases = fixture().cases;
    assert_eq!(cases.len(), 12);
    for case in cases {
        let mut confusion = Confusion::default();
        for (gold, row) in BounceType::ALL.into_iter().zip(&case.matrix) {
            assert_eq!(row.len(), 17);
            for (column, &count) in row.iter().enumerate() {
                confusion.add(gold, BounceType::from_index(column), count);
            }
        }
        let figures = confusion.figures();
        let check = |what: &str, found: f64, expected: f64| {
            let difference = (found - expected).abs();
            assert!(
                difference < 1e-12,
                "{}, {what}: {found}, not {expected}",
                case.name
            );
        };
        let summary = &figures.summary;
        check(
            "macro precision",
            summary.macro_precision,
            case.macro_.precision,
        );
        check("macro recall", summary.macro_recall, case.macro_.recall);
        check("macro F1", summary.macro_f1, case.macro_.f1);
        check(
            "micro precision",
            summary.micro_precision,
            case.micro.precision,
        );
        check("micro recall", summary.micro_recall, case.micro.recall);
        check("micro F1", summary.micro_f1, case.micro.f1);
        check(
            "weighted precision",
            summary.weighted_precision,
            case.weighted.precision,
        );
        check(
            "weighted recall",
            summary.weighted_recall,
            case.weighted.recall,
        );
        check("weighted F1", summary.weighted_f1, case.weighted.f1);
        check("accuracy", summary.accuracy, case.accuracy);
        assert_eq!(
            summary.kappa.is_some(),
            case.kappa.is_some(),
            "{}",
            case.name
        );
        check(
            "kappa",
            summary.kappa.unwrap_or(0.0),
            case.kappa.unwrap_or(0.0),
        );

        assert_eq!(summary.types, case.labels.len(), "{}", case.name);
        for (position, &label) in case.labels.iter().enumerate() {
            let kind = BounceType::from_index(label).unwrap();
            let row = figures.per_type[&kind];
            assert!(row.occurs());
            check(
                kind.id(),
                row.precision,
                case.per_type["precision"][position],
            );
            check(kind.id(), row.recall, case.per_type["recall"][position]);
            check(kind.id(), row.f1, case.per_type["f1"][position]);
        }
    }
}

#[test]
fn doubt_finds_ambiguous_rows_as_often_as_scikit_learn_says() {
    let cases = fixture().auroc;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let rows: Vec<GoldRow> = (1..)
            .zip(case.ambiguous.iter().zip(&case.probabilities))
            .map(|(line, (&ambiguous, &probability))| {
                let gold = if ambiguous {
                    TemplateLabel::Ambiguous
                } else {
                    BounceType::Timeout.into()
                };
                GoldRow::new(line, gold, BounceType::Timeout, probability)
            })
            .collect();
        let report = Report::of_gold(&rows, &Bootstrap::with_seed(1), Vec::new()).unwrap();
        let found = report.gold.unwrap().ambiguous.auroc.unwrap();
        assert!(
            (found - case.auroc).abs() < 1e-12,
            "{found}, not {}",
            case.auroc
        );
    }
}
