//! The CSV and SVG files beside a report.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

#[path = "../../ebrc-evaluation/tests/sample/mod.rs"]
mod sample;

use ebrc_evaluation::{Bootstrap, GoldEvidence, GoldRow, Report};
use ebrc_report::{ATTACHMENTS, attachments};
use ebrc_taxonomy::BounceType::{Greylisted, MailboxFull};
use sample::{RunSample, gold_report};

fn names(report: &Report) -> Vec<String> {
    let files = attachments(report);
    files.into_iter().map(|(name, _)| name).collect()
}

fn file(report: &Report, wanted: &str) -> String {
    let files = attachments(report);
    let (_, content) = files.into_iter().find(|(name, _)| name == wanted).unwrap();
    content
}

/// The rows below the header, which is returned first.
fn table(report: &Report, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let content = file(report, name);
    let mut reader = csv::Reader::from_reader(content.as_bytes());
    let texts = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = texts(reader.headers().unwrap());
    let rows = reader.records().map(|record| texts(&record.unwrap()));
    (header, rows.collect())
}

#[test]
fn a_report_has_the_files_of_its_parts() {
    // The names that are promised are those of a report that has every part.
    assert_eq!(names(&RunSample::new().report(20)), ATTACHMENTS);
    let rows = [
        GoldRow::new(1, MailboxFull.into(), MailboxFull, 0.9),
        GoldRow::new(2, Greylisted.into(), Greylisted, 0.8),
    ];
    let evidence = GoldEvidence {
        rows: &rows,
        rivals: &[],
        contradictory_texts: 0,
    };
    let report = Report::of_gold(&evidence, &Bootstrap::with_seed(1), Vec::new()).unwrap();
    assert_eq!(
        names(&report),
        [
            "confusion.csv",
            "types.csv",
            "averages.csv",
            "reliability.csv",
            "thresholds.csv",
            "reliability.svg",
            "thresholds.svg",
        ]
    );
}

#[test]
fn tables_hold_the_report_s_numbers() {
    let report = RunSample::new().report(20);
    assert_eq!(file(&report, "confusion.csv"), report.confusion().to_csv());
    let run = report.run.as_ref().unwrap();

    let (header, rows) = table(&report, "averages.csv");
    assert_eq!(rows.len(), 5);
    let column = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let estimated = rows.iter().find(|row| row[0] == "Sample, reweighted");
    let recall: f64 = estimated.unwrap()[column("macro_recall")].parse().unwrap();
    assert_eq!(recall, run.estimates.as_ref().unwrap().macro_recall);

    // Four views keep their types.
    assert_eq!(table(&report, "types.csv").1.len(), 4 * 16);

    let (_, rows) = table(&report, "rivals.csv");
    assert_eq!(rows[0][0], "this classifier");
    assert_eq!(rows[3][0], "naive Bayes, words & \"pairs\"");
    let others = &report.rivals.as_ref().unwrap().others;
    let p_value: f64 = rows[1][8].parse().unwrap();
    assert_eq!(p_value, others[0].comparison.p_value);

    let (_, rows) = table(&report, "learning-curve.csv");
    assert_eq!(rows.len(), 20);
    let vote = run.vote.as_ref().unwrap();
    let (_, rows) = table(&report, "vote-share.csv");
    assert_eq!(rows.len(), vote.shares.len());
    let found = vote.reliability.as_ref().unwrap();
    assert_eq!(table(&report, "reliability.csv").1.len(), found.bins.len());
    assert_eq!(
        table(&report, "thresholds.csv").1.len(),
        found.thresholds.len()
    );
}

#[test]
fn averages_have_every_language() {
    let report = gold_report(20);
    let (_, rows) = table(&report, "averages.csv");
    for (language, summary) in &report.gold.as_ref().unwrap().languages {
        let name = format!("Language {language}");
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        assert_eq!(row[1], summary.support.to_string());
        assert_eq!(row[2], summary.macro_precision.to_string());
    }
    // Headline, lenient, three confidences, seen and new wording.
    let languages = report.gold.as_ref().unwrap().languages.len();
    assert_eq!(rows.len(), 7 + languages);
}

#[test]
fn texts_with_commas_and_quotes_stay_in_their_cells() {
    let report = gold_report(20);
    let (_, rows) = table(&report, "errors.csv");
    let listed: usize = report.errors.iter().map(|pair| pair.surest.len()).sum();
    assert_eq!(rows.len(), listed);
    let mut texts = report.errors.iter().flat_map(|pair| &pair.surest);
    for row in &rows {
        let expected = texts.next().unwrap();
        assert_eq!(Some(&row[5]), expected.template.as_ref());
        let lines: Vec<String> = expected.lines.iter().map(u64::to_string).collect();
        assert_eq!(row[8], lines.join(" "));
    }
    assert!(rows.iter().any(|row| row[5].contains("\"over quota\", ")));
}

#[test]
fn pictures_stand_by_themselves() {
    for (name, content) in attachments(&RunSample::new().report(20)) {
        if !name.ends_with(".svg") {
            continue;
        }
        assert!(content.starts_with("<svg "), "{name}");
        assert!(content.ends_with("</svg>\n"), "{name}");
        for part in [
            "xmlns=\"http://www.w3.org/2000/svg\"",
            "viewBox=\"0 -",
            "role=\"img\"",
            "<title ",
            "<desc ",
            "prefers-color-scheme:dark",
        ] {
            assert!(content.contains(part), "{name}: {part}");
        }
        for outside in ["NaN", "inf", "url(", "@import", "href", "<script"] {
            assert!(!content.contains(outside), "{name}: {outside}");
        }
        assert_eq!(content.matches("http").count(), 1, "{name}");
    }
}
