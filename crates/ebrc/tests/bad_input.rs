//! Bad input gets an error that names file, line or tensor and the remedy,
//! exit code 1, and no half-written file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fs;

use program::{Program, record};

#[test]
fn a_broken_line_stops_mining_and_names_itself() {
    let program = Program::new();
    program.write("log.ndjson", &format!("{}{{\"from\": \n", record("550 no")));
    let error = program.fails(&["mine", "log.ndjson", "--run", "run"]);
    assert!(error.contains("log.ndjson, line 2"), "{error}");
    assert!(error.contains("--skip-bad"), "{error}");
    assert_eq!(program.names("run"), [] as [&str; 0]);
}

#[test]
fn lists_of_unequal_length_are_named() {
    let program = Program::new();
    let line = record("550 no").replace("[\"10.0.0.1\"]", "[]");
    program.write("log.ndjson", &line);
    let error = program.fails(&["mine", "log.ndjson", "--run", "run"]);
    assert!(error.contains("log.ndjson, line 1"), "{error}");
    assert!(error.contains("from_ip"), "{error}");
}

#[test]
fn bad_records_may_be_left_out_and_are_kept_apart() {
    let program = Program::new();
    let good = record("550 5.1.1 user unknown");
    program.write("log.ndjson", &format!("{good}nonsense\n{good}"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run", "--skip-bad", "1"]);
    let rejected = fs::read_to_string(program.path("run/rejected.ndjson")).unwrap();
    assert!(rejected.contains("\"line\":2"), "{rejected}");
    assert!(rejected.contains("nonsense"), "{rejected}");
    let templates = fs::read_to_string(program.path("run/templates.csv")).unwrap();
    assert_eq!(templates.lines().nth(1), Some("0,2,550,5.1.1,user unknown"));
}

#[test]
fn an_error_says_nothing_personal() {
    let program = Program::new();
    program.write(
        "log.ndjson",
        &record("550 no").replace("\"Normal\"", "\"Odd\""),
    );
    let error = program.fails(&["mine", "log.ndjson", "--run", "run"]);
    assert!(error.contains("email_flag"), "{error}");
    assert!(!error.contains("alice"), "{error}");
}

#[test]
fn a_truncated_parquet_is_named() {
    let program = Program::new();
    program.succeeds(&["simulate", "--emails", "500", "--out", "log.parquet"]);
    let whole = fs::read(program.path("log.parquet")).unwrap();
    fs::write(program.path("cut.parquet"), &whole[..whole.len() / 2]).unwrap();
    let error = program.fails(&["mine", "cut.parquet", "--run", "run"]);
    assert!(error.contains("cut.parquet"), "{error}");
    assert_eq!(program.names("run"), [] as [&str; 0]);
}

#[test]
fn a_label_that_is_no_type_is_named() {
    let program = Program::new();
    program.write("log.ndjson", &record("550 5.1.1 user unknown"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    program.write(
        "labels.csv",
        "template_id,template,label,labelled_by\n0,550 5.1.1 user unknown,T17,me\n",
    );
    let error = program.fails(&["label", "--run", "run", "--from", "labels.csv"]);
    assert!(error.contains("labels.csv, line 2"), "{error}");
    assert!(error.contains("T17"), "{error}");
    assert!(!program.path("run/labels.csv").exists());
}

#[test]
fn a_label_for_a_template_of_another_run_is_refused() {
    let program = Program::new();
    program.write("log.ndjson", &record("550 5.1.1 user unknown"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    for row in ["7,,T8,me", "0,quota exceeded,T9,me"] {
        program.write(
            "labels.csv",
            &format!("template_id,template,label,labelled_by\n{row}\n"),
        );
        let error = program.fails(&["label", "--run", "run", "--from", "labels.csv"]);
        assert!(error.contains("this run"), "{error}");
    }
}

#[test]
fn a_model_without_a_weight_is_named() {
    let program = Program::new();
    program.succeeds_with_input("550 no\n", &["classify"]);
    fs::create_dir(program.path("model")).unwrap();
    let error = program.fails(&["classify", "--model", "model", "log"]);
    assert!(error.contains("config.json"), "{error}");
}

#[test]
fn a_stage_too_early_names_the_one_before_it() {
    let program = Program::new();
    program.write("log.ndjson", &record("550 5.1.1 user unknown"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    let error = program.fails(&["sample", "--run", "run"]);
    assert!(error.contains("ebrc label"), "{error}");
    let error = program.fails(&["sample", "--run", "nowhere"]);
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn a_log_that_changed_after_mining_is_noticed() {
    let program = Program::new();
    let (one, two) = (record("550 5.1.1 user unknown"), record("552 mailbox full"));
    program.write("log.ndjson", &format!("{one}{two}"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    program.succeeds(&["label", "--run", "run", "--sheet", "sheet.csv"]);
    let sheet = fs::read_to_string(program.path("sheet.csv")).unwrap();
    assert!(sheet.contains("552 mailbox full,,,1"), "{sheet}");
    program.write("sheet.csv", &sheet.replace("full,,,1", "full,T9,me,1"));
    program.succeeds(&["label", "--run", "run", "--from", "sheet.csv"]);
    program.write("log.ndjson", &one);
    let error = program.fails(&["sample", "--run", "run"]);
    assert!(error.contains("ebrc mine"), "{error}");
}

#[test]
fn a_sheet_of_a_spreadsheet_of_another_country_is_read() {
    let program = Program::new();
    let (one, two) = (record("550 5.1.1 user unknown"), record("552 mailbox full"));
    program.write("log.ndjson", &format!("{one}{two}"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    program.write(
        "sheet.csv",
        "\u{feff}template_id;template;label;labelled_by\r\n0;;t8;\r\n1;552 mailbox full;T9;me\r\n;;;\r\n",
    );
    program.succeeds(&["label", "--run", "run", "--from", "sheet.csv"]);
    let labels = || fs::read_to_string(program.path("run/labels.csv")).unwrap();
    assert!(labels().contains("0,550 5.1.1 user unknown,T8,unknown"));
    assert!(labels().contains("1,552 mailbox full,T9,me"));
    // An emptied cell takes a label away; a template not in the sheet keeps its.
    program.write("sheet.csv", "template_id,label\n1,\n");
    program.succeeds(&["label", "--run", "run", "--from", "sheet.csv"]);
    assert!(labels().contains(",T8,") && !labels().contains(",T9,"));
    program.write("sheet.csv", "template_id,label\n0,\n");
    let error = program.fails(&["label", "--run", "run", "--from", "sheet.csv"]);
    assert!(error.contains("no template has a label"), "{error}");
    assert!(labels().contains(",T8,"));
}

#[test]
fn results_that_are_out_of_date_are_not_used() {
    let program = Program::new();
    let (one, two) = (record("550 5.1.1 user unknown"), record("552 mailbox full"));
    program.write("log.ndjson", &format!("{one}{two}"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    program.succeeds(&["predict", "--run", "run"]);
    program.succeeds(&["annotate", "--run", "run"]);
    program.write("sheet.csv", "template_id,label\n0,T8\n");
    program.succeeds(&["label", "--run", "run", "--from", "sheet.csv"]);
    program.succeeds(&["predict", "--run", "run"]);
    program.write("sheet.csv", "template_id,label\n0,T9\n");
    program.succeeds(&["label", "--run", "run", "--from", "sheet.csv"]);
    let error = program.fails(&["annotate", "--run", "run"]);
    assert!(error.contains("labels.csv"), "{error}");
    assert!(error.contains("run `ebrc predict` again"), "{error}");
    // Templates of another log: the labels are set aside with them.
    program.write("log.ndjson", &format!("{two}{one}"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    assert!(!program.path("run/labels.csv").exists());
    assert!(program.path("run/labels-of-earlier-templates.csv").exists());
    let error = program.fails(&["annotate", "--run", "run"]);
    assert!(error.contains("run `ebrc predict` again"), "{error}");
}

#[test]
fn a_run_can_be_moved_and_its_log_found_from_anywhere() {
    let program = Program::new();
    program.write("log.ndjson", &record("552 mailbox full"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    fs::create_dir(program.path("elsewhere")).unwrap();
    fs::rename(program.path("run"), program.path("elsewhere/moved")).unwrap();
    program.succeeds(&["predict", "--run", "elsewhere/moved"]);
    program.succeeds(&["annotate", "--run", "elsewhere/moved"]);
}

#[test]
fn a_gold_row_is_refused_without_its_text() {
    let program = Program::new();
    for (row, what) in [
        (
            r#"{"text":"550 no <secret@b.example>","type":"T99"}"#,
            "T99",
        ),
        (
            r#"{"text":"T8","type":"550 no <secret@b.example>"}"#,
            "wrong value",
        ),
        (r#"{"type":"T8"}"#, "text"),
        (r#""550 no <secret@b.example>""#, "wrong kind"),
        ("550 no <secret@b.example>", "wrong kind"),
        ("no <secret@b.example>", "no valid JSON"),
        (r#"{"text":" ","type":"T8"}"#, "empty"),
    ] {
        let good = r#"{"text":"552 mailbox full","type":"T9"}"#;
        program.write("gold.jsonl", &format!("{good}\n{row}\n"));
        let error = program.fails(&["evaluate", "--gold", "gold.jsonl"]);
        assert!(error.contains("gold.jsonl, line 2"), "{error}");
        assert!(error.contains(what), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn an_error_tells_its_cause_once() {
    let program = Program::new();
    let error = program.fails(&["mine", "nowhere.ndjson", "--run", "run"]);
    assert_eq!(error.matches("No such file").count(), 1, "{error}");
    assert!(error.contains("nowhere.ndjson"), "{error}");
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let program = Program::new();
    for wrong in [
        ["classify", "--device", "gpu"],
        ["classify", "--threads", "0"],
    ] {
        assert_eq!(program.exit_code(&wrong), Some(2), "{wrong:?}");
    }
    assert_eq!(
        program.exit_code(&["sample", "--run", "run", "--validation", "2"]),
        Some(2)
    );
    assert_eq!(program.exit_code(&["mine"]), Some(2));
    assert_eq!(program.exit_code(&["evaluate"]), Some(2));
    assert_eq!(program.exit_code(&["--version"]), Some(0));
}
