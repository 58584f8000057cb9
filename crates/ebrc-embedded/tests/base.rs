//! The shipped base against the model that it was cut from.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use ebrc_model::Encoder;
use serde_json::Value;

/// Texts and the `[CLS]` states that the whole model, in f32, has for them;
/// written by `scripts/make-base.sh`.
const FULL: &str = include_str!("full-base-states.json");

/// The base's weights are rounded to f16: 11 significant bits. States are of
/// the order of 1 and pass six layers.
const TOLERANCE: f64 = 0.01;

#[test]
fn the_cut_base_has_the_states_of_the_whole_model() {
    let rows: Vec<Value> = serde_json::from_str(FULL).unwrap();
    assert!(rows.len() >= 10);
    let texts: Vec<&str> = rows
        .iter()
        .map(|row| row["text"].as_str().unwrap())
        .collect();
    let encoder = Encoder::load(&ebrc_embedded::base()).unwrap();
    let mut largest: f64 = 0.0;
    for (row, state) in rows.iter().zip(encoder.first_states(&texts).unwrap()) {
        let full = row["state"].as_array().unwrap();
        assert_eq!(full.len(), state.len());
        for (full, ours) in full.iter().zip(state) {
            largest = largest.max((full.as_f64().unwrap() - f64::from(ours)).abs());
        }
    }
    assert!(largest > 0.0 && largest < TOLERANCE, "{largest}");
}
