//! A report that was written and read again looks the same.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

#[path = "../../ebrc-evaluation/tests/sample/mod.rs"]
mod sample;

use ebrc_evaluation::Report;
use ebrc_report::{attachments, to_html, to_terminal};
use sample::{RunSample, gold_report, small};

#[test]
fn a_report_that_was_written_and_read_looks_the_same() {
    for report in [
        small::run_report(),
        small::gold_report(),
        RunSample::new().report(20),
        gold_report(20),
    ] {
        let json = serde_json::to_string(&report).unwrap();
        let read: Report = serde_json::from_str(&json).unwrap();
        assert_eq!(to_terminal(&read, 80), to_terminal(&report, 80));
        // Too long to be printed where they differ.
        assert!(to_html(&read) == to_html(&report));
        assert!(attachments(&read) == attachments(&report));
    }
}
