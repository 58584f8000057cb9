//! What a report holds, and what its JSON says.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

mod sample;

use ebrc_evaluation::{Bootstrap, Error, Report, RunRow, Source, Summary};
use ebrc_taxonomy::BounceType::{self, Greylisted, MailboxFull, NoSuchRecipient, Timeout};
use ebrc_taxonomy::TemplateLabel::Ambiguous;
use sample::small::{bare, gold_report, gold_row, of_gold, row, run_report};
use serde_json::Value;

#[test]
fn a_run_s_parts_count_the_right_messages() {
    let report = run_report();
    assert_eq!(report.headline.summary.support, 220);
    assert_eq!(report.headline.summary.accuracy, 218.0 / 220.0);
    let run = report.run.as_ref().unwrap();
    let population = run.population.as_ref().unwrap();
    let of_timeout = population.per_type[&Timeout];
    let population = &population.summary;
    assert_eq!((population.support, population.unclassified), (9_920, 100));
    assert_eq!(population.accuracy, 9_620.0 / 9_920.0);
    // Timeout: 20 of 120 found, 100 of them unclassified.
    assert_eq!(of_timeout.recall, 20.0 / 120.0);
    assert_eq!(of_timeout.precision, 1.0);
    let predicted = run.population_predicted.as_ref().unwrap();
    assert_eq!(
        (predicted.summary.support, predicted.summary.unclassified),
        (820, 0)
    );
    assert_eq!(predicted.summary.accuracy, 620.0 / 820.0);
    let sampled = run.sampled_predicted.as_ref().unwrap();
    assert_eq!(sampled.summary.accuracy, 120.0 / 220.0);
    assert_eq!(run.sources[&Source::Labelled], 9_150);
    assert_eq!(
        (run.ambiguous.messages, run.ambiguous.unclassified),
        (80, 50)
    );
    assert_eq!(run.ambiguous.typed[&Timeout], 30);
}

#[test]
fn a_gold_file_s_parts_count_the_right_rows() {
    let report = gold_report();
    let summary = &report.headline.summary;
    assert_eq!((summary.support, summary.accuracy), (4, 0.5));
    let gold = report.gold.as_ref().unwrap();
    assert_eq!(gold.rows, 7);
    let support = |part: &Option<Summary>| part.as_ref().map(|summary| summary.support);
    assert_eq!(support(&gold.high_confidence), Some(1));
    assert_eq!(support(&gold.medium_confidence), Some(1));
    assert_eq!(support(&gold.low_confidence), Some(1));
    assert_eq!(gold.seen.as_ref().unwrap().support, 1);
    assert_eq!(gold.unseen.as_ref().unwrap().support, 2);
    let languages: Vec<(&str, u64)> = gold
        .languages
        .iter()
        .map(|(name, summary)| (name.as_str(), summary.support))
        .collect();
    assert_eq!(languages, [("de", 1), ("en", 1), ("und", 2)]);
    // Lines 1 and 3 are right, 4 and 7 by their second answer; 2 and 5 are
    // wrong; 6 has no answer at all.
    assert_eq!(gold.lenient.summary.support, 6);
    assert_eq!(gold.lenient.summary.accuracy, 4.0 / 6.0);
    assert_eq!(gold.lenient.per_type[&Greylisted].support, 2);
    assert_eq!(gold.lenient.per_type[&MailboxFull].support, 3);
    assert_eq!(gold.ambiguous.rows, 2);
    // Headline .99 .60 .95 .90; ambiguous .40 (below all), .92 (below two): 6 of 8.
    assert_eq!(gold.ambiguous.auroc, Some(0.75));
    let lines: Vec<&[u64]> = report
        .errors
        .iter()
        .map(|pair| pair.surest[0].lines.as_slice())
        .collect();
    // Of equally many, the lower types first: T9, then T14.
    assert_eq!((gold.wrong, lines), (2, vec![&[2][..], &[4][..]]));
}

#[test]
fn parts_without_rows_are_absent() {
    let rows = [gold_row(1, MailboxFull, MailboxFull, 0.9)];
    let report = of_gold(&rows).unwrap();
    let gold = report.gold.unwrap();
    assert!(gold.languages.is_empty());
    assert!(gold.seen.is_none() && gold.unseen.is_none() && gold.low_confidence.is_none());
    assert_eq!(gold.ambiguous.auroc, None);
}

#[test]
fn json_has_the_headline_at_its_top() {
    for report in [run_report(), gold_report()] {
        let json = serde_json::to_value(&report).unwrap();
        for key in ["macro_precision", "macro_recall", "macro_f1", "accuracy"] {
            let share = json[key].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&share), "{key}");
        }
        let support = json["support"].as_u64().unwrap();
        let per_type = json["per_type"].as_object().unwrap();
        let mut total = 0;
        for kind in BounceType::ALL {
            let row = &per_type[kind.id()];
            assert!(row["precision"].is_f64() && row["recall"].is_f64() && row["f1"].is_f64());
            total += row["support"].as_u64().unwrap();
        }
        assert_eq!((per_type.len(), total), (16, support));
        let rows = json["confusion"].as_array().unwrap();
        let cells: Vec<u64> = rows
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .map(|cell| cell.as_u64().unwrap())
            .collect();
        assert_eq!((rows.len(), cells.len()), (16, 256));
        assert_eq!(cells.iter().sum::<u64>(), support);
        assert!(json["intervals"]["macro_recall"]["low"].is_f64());
        assert_eq!(json.get("run").is_some(), report.run.is_some());
        assert_eq!(json.get("gold").is_some(), report.gold.is_some());
    }
}

#[test]
fn a_report_that_was_written_can_be_read() {
    for report in [run_report(), gold_report()] {
        let json = serde_json::to_string(&report).unwrap();
        let read: Report = serde_json::from_str(&json).unwrap();
        assert_eq!(read, report);
    }
}

#[test]
fn nothing_to_compare_is_an_error() {
    let rows = [gold_row(1, Ambiguous, Timeout, 0.4)];
    assert_eq!(of_gold(&rows), Err(Error::NoGold { rows: 1 }));
    let found = Report::of_run(&bare(&[], &[], &[]), &Bootstrap::with_seed(1), Vec::new());
    assert_eq!(found, Err(Error::NoTruth));
}

#[test]
fn the_order_of_rows_changes_no_byte_of_a_run_s_report() {
    let forth = run_report();
    let population = [
        row(1, MailboxFull, Some(MailboxFull), Source::Labelled, 60),
        row(2, NoSuchRecipient, Some(Timeout), Source::Predicted, 40),
        row(1, MailboxFull, Some(MailboxFull), Source::Labelled, 38),
    ];
    let mut turned = population.clone();
    turned.reverse();
    let report = |rows: &[RunRow]| {
        let evidence = bare(rows, rows, &[]);
        let report = Report::of_run(&evidence, &Bootstrap::with_seed(3), Vec::new()).unwrap();
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(report(&population), report(&turned));
    let value: Value = serde_json::from_str(&report(&population)).unwrap();
    assert!(value["run"]["sampled_predicted"].is_null());
    assert_eq!(forth, run_report());
}
