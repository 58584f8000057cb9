//! The shipped classifier in f32 and in bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use ebrc_model::{Classifier, DeviceChoice, Precision};

#[test]
fn the_classifier_says_nearly_the_same_in_bytes() {
    let catalogue = ebrc_embedded::catalogue().unwrap();
    let entries = catalogue.entries().iter().step_by(19);
    let texts: Vec<String> = entries.map(|entry| entry.render_seeded(1, 0)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let [exact, bytes] = [Precision::F32, Precision::Int8].map(|precision| {
        let files = ebrc_embedded::classifier();
        let classifier = Classifier::load(&files, DeviceChoice::Cpu, precision).unwrap();
        classifier.classify(&texts).unwrap()
    });
    let mut others = 0;
    let mut differences = 0.0;
    for (exact, bytes) in exact.iter().zip(&bytes) {
        others += usize::from(exact.best().0 != bytes.best().0);
        differences += f64::from((exact.best().1 - bytes.best().1).abs());
    }
    assert!(texts.len() > 250);
    assert!(differences > 0.0, "both computed the same");
    let mean = differences / texts.len() as f64;
    assert!(mean < 0.02, "probabilities move by {mean} on average");
    assert!(
        others * 50 < texts.len(),
        "{others} of {} texts",
        texts.len()
    );
}
