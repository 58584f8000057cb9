//! Holds the regression against scikit-learn's, by a fixture that
//! `scripts/baselines-fixture.py` writes.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use ebrc_baselines::{Example, LogisticRegression};
use ebrc_taxonomy::BounceType;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    examples: Vec<Labelled>,
    types: Vec<BounceType>,
    texts: Vec<Classified>,
}

#[derive(Deserialize)]
struct Labelled {
    text: String,
    r#type: BounceType,
    weight: f64,
}

#[derive(Deserialize)]
struct Classified {
    text: String,
    probabilities: Vec<f64>,
}

#[test]
fn types_and_probabilities_are_those_of_scikit_learn() {
    let fixture: Fixture = serde_json::from_str(include_str!("scikit-learn.json")).unwrap();
    let examples: Vec<Example<'_>> = fixture
        .examples
        .iter()
        .map(|labelled| Example {
            text: &labelled.text,
            kind: labelled.r#type,
            weight: labelled.weight,
        })
        .collect();
    let regression = LogisticRegression::fit(&examples).unwrap();
    assert!(fixture.texts.len() > 10);
    for Classified {
        text,
        probabilities,
    } in fixture.texts
    {
        let (kind, probability) = regression.classify(&text);
        let (expected, highest) = fixture
            .types
            .iter()
            .zip(&probabilities)
            .max_by(|one, other| one.1.total_cmp(other.1))
            .unwrap();
        assert_eq!(kind, *expected, "{text}");
        assert!(
            (probability - highest).abs() < 1e-3,
            "{text}: {probability} {highest}"
        );
    }
}
