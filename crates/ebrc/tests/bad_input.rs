//! Bad input gets an error that names file, line or tensor and the remedy,
//! exit code 1, and no half-written file.

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
fn a_wrong_command_line_exits_with_2() {
    let program = Program::new();
    assert_eq!(program.exit_code(&["mine"]), Some(2));
    assert_eq!(program.exit_code(&["evaluate"]), Some(2));
    assert_eq!(program.exit_code(&["--version"]), Some(0));
}
