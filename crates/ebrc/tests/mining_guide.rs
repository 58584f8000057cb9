//! `ebrc mine --explain` and `--sweep`: what helps to choose Drain's settings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use program::{Program, record};

/// A program beside a log of four templates.
fn with_log() -> Program {
    let program = Program::new();
    let replies = [
        "550 5.1.1 <ann@a.example>: no such user",
        "550 5.1.1 <bob@b.example>: no such user",
        "550 5.1.1 mailbox ann is disabled",
        "452 4.2.2 mailbox full",
        "421 try again later",
    ];
    program.write("log.ndjson", &replies.map(record).concat());
    program
}

#[test]
fn a_message_is_told_its_template_and_why() {
    let program = with_log();
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    let templates = std::fs::read(program.path("run/templates.csv")).unwrap();
    let messages =
        "550 5.1.1 mailbox bob is disabled\n\n550 5.1.1 mailbox full\n452 4.2.2 mailbox gone\n";
    program.write("messages.txt", messages);
    let told = program.succeeds(&["mine", "--run", "run", "--explain", "messages.txt"]);
    for words in [
        "codes 550 5.1.1: mailbox bob is disabled\n  4 tokens\n  `mailbox` has a branch of its own\n",
        "similarity 0.75 (3 tokens equal, 0 wildcards): mailbox ann is disabled\n  -> joins template 1\n",
        "codes 550 5.1.1: mailbox full\n  2 tokens: no message of these codes and this length was mined\n",
        "similarity 0.50 (1 tokens equal, 0 wildcards): mailbox full\n  \
         -> makes a new template: none has a similarity of 0.70\n",
    ] {
        assert!(told.contains(words), "{words} is not in:\n{told}");
    }
    // Nothing was learned.
    assert_eq!(
        std::fs::read(program.path("run/templates.csv")).unwrap(),
        templates
    );
    let missing = program.fails(&["mine", "--run", "none", "--explain", "messages.txt"]);
    assert!(missing.contains("none"), "{missing}");
}

#[test]
fn settings_are_tried_on_the_first_messages_and_nothing_is_written() {
    let program = with_log();
    let told = program.succeeds(&["mine", "log.ndjson", "--run", "run", "--sweep"]);
    assert!(told.starts_with("5 messages\n"), "{told}");
    let rows: Vec<Vec<&str>> = told
        .lines()
        .filter(|line| line.contains('%'))
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), 24);
    for row in &rows {
        assert_eq!(row[2..5], ["4", "3", "100.00%"], "{row:?}");
    }
    let set: Vec<_> = rows
        .iter()
        .filter(|row| row.ends_with(&["<-", "as", "set"]))
        .collect();
    assert_eq!(set.len(), 1);
    assert_eq!(set[0][..2], ["4", "0.70"]);
    assert!(!program.path("run").exists());
    let few = program.succeeds(&["mine", "log.ndjson", "--run", "run", "--sweep", "2"]);
    assert!(few.starts_with("2 messages\n"), "{few}");
}
