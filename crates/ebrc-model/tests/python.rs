//! A saved classifier says the same here and in Python's transformers: see
//! `tests/python-model.sh`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use ebrc_model::{Classifier, DeviceChoice, ModelFiles, Precision, WeightFormat};
use serde_json::Value;
use tiny_bert::TinyBert;

/// What transformers says of the small classifier, in f32.
const PYTHON: &str = include_str!("python.json");

const TOLERANCE: f64 = 1e-5;

#[test]
fn word_pieces_and_logits_are_those_of_python() {
    let python: Value = serde_json::from_str(PYTHON).unwrap();
    let load = |files: &ModelFiles| {
        Classifier::load(files, DeviceChoice::Cpu, Precision::F32).expect("loads")
    };
    let folder = TinyBert::new().classifier().folder();
    let saved = tempfile::tempdir().unwrap();
    load(&ModelFiles::from_folder(folder.path()).unwrap())
        .save(saved.path(), WeightFormat::F32)
        .unwrap();
    let files = ModelFiles::from_folder(saved.path()).unwrap();
    assert_eq!(
        files.weights_sha256(),
        python["weights_sha256"].as_str().unwrap(),
        "the small classifier has changed: run tests/python-model.sh --fixture"
    );
    let rows = python["texts"].as_array().unwrap();
    assert!(rows.len() > 30);
    let texts: Vec<&str> = rows.iter().map(|r| r["text"].as_str().unwrap()).collect();
    let read = load(&files).logits(&texts).unwrap();
    let (mut largest, mut longest): (f64, usize) = (0.0, 0);
    for (row, read) in rows.iter().zip(&read) {
        let text = &row["text"];
        assert_eq!(
            serde_json::json!(read.token_ids),
            row["token_ids"],
            "{text}"
        );
        longest = longest.max(read.token_ids.len());
        let expected = row["logits"].as_array().unwrap();
        assert_eq!(read.logits.len(), expected.len());
        for (ours, python) in read.logits.iter().zip(expected) {
            let difference = (f64::from(*ours) - python.as_f64().unwrap()).abs();
            assert!(difference <= TOLERANCE, "{text}: {difference}");
            largest = largest.max(difference);
        }
    }
    // Two ways to sum never agree in every bit, and a text was cut.
    assert!(largest > 0.0);
    assert_eq!(longest, 24);
}
