//! Neither the order of rows nor the number of threads changes a byte.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

mod sample;

use ebrc_evaluation::{Bootstrap, GoldEvidence, Report};
use sample::{RunSample, gold_report, gold_rows, rival_names, settings};

/// Too long to be printed where they differ.
fn assert_same(one: &Report, other: &Report) {
    let [one, other] = [one, other].map(|report| serde_json::to_string(report).unwrap());
    assert!(one == other);
}

#[test]
fn threads_change_no_byte() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .unwrap()
            .install(|| [RunSample::new().report(100), gold_report(100)])
    };
    for (one, three) in with_threads(1).iter().zip(&with_threads(3)) {
        assert_same(one, three);
    }
}

#[test]
fn the_order_of_a_run_s_rows_changes_no_byte() {
    let forth = RunSample::new();
    let mut back = RunSample::new();
    back.population.reverse();
    back.sampled.reverse();
    back.sampled_predicted.reverse();
    // Votes of a template stand together; the order within does not matter.
    back.votes.reverse();
    assert_same(&forth.report(50), &back.report(50));
}

#[test]
fn rows_of_a_run_may_come_in_parts() {
    let whole = RunSample::new();
    let mut parts = RunSample::new();
    parts.population = whole
        .population
        .iter()
        .flat_map(|row| {
            let mut rest = row.clone();
            rest.messages -= 1;
            let mut one = row.clone();
            one.messages = 1;
            [one, rest]
        })
        .collect();
    assert_same(&whole.report(50), &parts.report(50));
}

#[test]
fn another_seed_changes_intervals_alone() {
    let rows = gold_rows();
    let rivals = rival_names();
    let report = |seed| {
        let evidence = GoldEvidence {
            rows: &rows,
            rivals: &rivals,
            contradictory_texts: 2,
        };
        let bootstrap = Bootstrap {
            resamples: 50,
            seed,
        };
        Report::of_gold(&evidence, &bootstrap, settings()).unwrap()
    };
    let (mut one, mut other) = (report(1).headline.summary, report(2).headline.summary);
    assert_ne!(one, other);
    one.intervals = None;
    other.intervals = None;
    assert_eq!(one, other);
}
