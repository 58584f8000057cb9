//! The figures are scikit-learn's: see `scripts/evaluation-fixture.py`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::collections::BTreeMap;

use ebrc_evaluation::{Agreement, Bootstrap, Confusion, GoldEvidence, GoldRow, Report};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
    auroc: Vec<Doubts>,
    agreement: Vec<Labels>,
    calibration: Vec<Answers>,
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

/// What two people say, the 17th label being "ambiguous".
#[derive(Deserialize)]
struct Labels {
    first: Vec<usize>,
    second: Vec<usize>,
    kappa: f64,
}

#[derive(Deserialize)]
struct Answers {
    right: Vec<bool>,
    probabilities: Vec<f64>,
    error: f64,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("scikit-learn.json")).unwrap()
}

fn of_gold(rows: &[GoldRow]) -> Report {
    let evidence = GoldEvidence {
        rows,
        rivals: &[],
        contradictory_texts: 0,
    };
    Report::of_gold(&evidence, &Bootstrap::with_seed(1), Vec::new()).unwrap()
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
        let report = of_gold(&rows);
        let found = report.gold.unwrap().ambiguous.auroc.unwrap();
        assert!(
            (found - case.auroc).abs() < 1e-12,
            "{found}, not {}",
            case.auroc
        );
    }
}

#[test]
fn people_agree_as_far_as_scikit_learn_says() {
    let cases = fixture().agreement;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let label =
            |index| BounceType::from_index(index).map_or(TemplateLabel::Ambiguous, Into::into);
        let first = case.first.into_iter().map(label);
        let found = Agreement::of(first.zip(case.second.into_iter().map(label)));
        let kappa = found.kappa.unwrap();
        assert!(
            (kappa - case.kappa).abs() < 1e-12,
            "{kappa}, not {}",
            case.kappa
        );
    }
}

#[test]
fn calibration_is_as_far_off_as_numpy_says() {
    let cases = fixture().calibration;
    assert_eq!(cases.len(), 3);
    for case in cases {
        let rows: Vec<GoldRow> = (1..)
            .zip(case.right.iter().zip(&case.probabilities))
            .map(|(line, (&right, &probability))| {
                let gold = if right {
                    BounceType::Timeout
                } else {
                    BounceType::Other
                };
                GoldRow {
                    // Calibration changes nothing here.
                    uncalibrated: Some(probability),
                    ..GoldRow::new(line, gold.into(), BounceType::Timeout, probability)
                }
            })
            .collect();
        let found = of_gold(&rows).gold.unwrap().reliability.unwrap();
        let error = found.expected_calibration_error;
        assert!(
            (error - case.error).abs() < 1e-12,
            "{error}, not {}",
            case.error
        );
        assert_eq!(found.uncalibrated_error, Some(error));
    }
}
