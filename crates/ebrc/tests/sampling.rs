//! `ebrc sample` from a catalogue: altered replies, and ambiguous messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fs;

use program::Program;
use serde_json::Value;

const WORDS: [&str; 6] = ["amber", "birch", "cedar", "delta", "ember", "fern"];

/// A program beside a catalogue of six texts a label.
fn with_catalogue(labels: &[&str]) -> Program {
    let program = Program::new();
    fs::create_dir(program.path("catalogue")).unwrap();
    let mut lines = "label,codes,text,software,language,weight\n".to_owned();
    for label in labels {
        for word in WORDS {
            lines += &format!("{label},550 5.1.1|451,{label} says {label}{word},generic,en,5\n");
        }
    }
    program.write("catalogue/texts.csv", &lines);
    program
}

fn sample(program: &Program, run: &str, more: &[&str]) {
    let mut arguments = vec!["sample", "--run", run, "--catalogue", "catalogue"];
    arguments.extend(["--per-type", "60", "--validation", "0.3"]);
    arguments.extend(more);
    program.succeeds(&arguments);
}

fn lines(program: &Program, file: &str) -> Vec<Value> {
    let content = fs::read_to_string(program.path(file)).unwrap();
    let lines = content.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

fn of_label<'a>(lines: &'a [Value], label: &str) -> Vec<&'a str> {
    lines
        .iter()
        .filter(|line| line["label"] == label)
        .map(|line| line["text"].as_str().unwrap())
        .collect()
}

#[test]
fn replies_to_train_on_are_altered_and_those_to_validate_on_are_not() {
    let program = with_catalogue(&["T8", "T9", "ambiguous"]);
    sample(&program, "plain", &[]);
    let altered = ["--altered", "--ambiguous", "30"];
    sample(&program, "altered", &altered);
    let bytes = |name: &str| fs::read(program.path(name)).unwrap();
    assert_eq!(
        bytes("plain/validation.jsonl"),
        bytes("altered/validation.jsonl")
    );
    let plain = lines(&program, "plain/train.jsonl");
    let found = lines(&program, "altered/train.jsonl");
    assert!(of_label(&plain, "ambiguous").is_empty());
    assert_eq!(of_label(&found, "ambiguous").len(), 30);
    for label in ["T8", "T9"] {
        let (plain, found) = (of_label(&plain, label), of_label(&found, label));
        assert_eq!(plain.len(), found.len());
        let says = format!("{label} says ");
        let is_plain = |text: &&&str| {
            text.starts_with(&format!("550 5.1.1 {says}")) || text.starts_with("451 ")
        };
        assert_eq!(plain.iter().filter(is_plain).count(), plain.len());
        assert!(found.iter().all(|text| text.contains(&says)), "{found:?}");
        // Half keep their codes, and three quarters of these stand alone; other
        // codes may be their own.
        let left = found.iter().filter(is_plain).count();
        assert!(
            left * 4 > found.len() && left * 4 < found.len() * 3,
            "{left}"
        );
    }
    // The training set is the same on any number of threads.
    sample(
        &program,
        "again",
        &[&altered[..], &["--threads", "1"]].concat(),
    );
    assert_eq!(bytes("altered/train.jsonl"), bytes("again/train.jsonl"));
}

#[test]
fn ambiguous_messages_that_a_catalogue_lacks_are_told() {
    let program = with_catalogue(&["T8", "T9"]);
    let arguments = ["sample", "--run", "run", "--catalogue", "catalogue"];
    let output = program
        .command(&[&arguments[..], &["--ambiguous", "30"]].concat())
        .output()
        .unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("0 of 30 ambiguous messages"), "{told}");
}
