//! `ebrc evaluate`: gold files good and bad, people's judgements of a sample,
//! what to label next, the learning curve, and thresholds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fmt::Write as _;
use std::fs;

use program::{Program, record};
use serde_json::Value;

/// Rows of three types, one of them wrong on purpose, and an ambiguous one.
const GOLD: &str = r#"{"text":"550 5.1.1 <a@b.example>: user unknown","type":"T8"}
{"text":"552 5.2.2 mailbox of <c@d.example> is full","type":"T9","lang":"en"}
{"text":"450 4.7.1 greylisted, please try again in 300 seconds","type":"T6","confidence":"high"}
{"text":"552 5.2.2 mailbox is full","type":"T5","cluster":"wrong"}
{"text":"554 rejected","type":"AMBIGUOUS"}
"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn evaluated(program: &Program, gold: &str, more: &[&str]) -> Value {
    program.write("gold.jsonl", gold);
    let mut arguments = vec!["evaluate", "--gold", "gold.jsonl", "--json"];
    arguments.extend(more);
    json(&program.succeeds(&arguments))
}

#[test]
fn a_gold_file_is_compared_with_the_baselines_beside_it() {
    let program = Program::new();
    let report = evaluated(&program, GOLD, &["--out", "out"]);
    assert_eq!(report["support"], 4);
    assert_eq!(report["accuracy"], 0.75);
    assert_eq!(report["confusion"][4][8], 1);
    assert_eq!(report["gold"]["ambiguous"]["rows"], 1);
    let rivals = report["rivals"]["others"].as_array().unwrap();
    let names: Vec<&str> = rivals.iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "enhanced code",
            "keyword rules",
            "TF-IDF + logistic regression"
        ]
    );
    for rival in rivals {
        assert_eq!(rival["summary"]["support"], 4);
        assert!(rival["comparison"]["p_value"].as_f64().unwrap() <= 1.0);
    }
    let error = &report["errors"][0];
    assert_eq!(
        (&error["gold"], &error["predicted"]),
        (&json("\"T5\""), &json("\"T9\""))
    );
    assert_eq!(error["surest"][0]["lines"], json("[4]"));
    assert_eq!(error["surest"][0]["template"], "552 5.2.2 mailbox is full");
    let page = fs::read_to_string(program.path("out/report.html")).unwrap();
    assert!(page.contains("keyword rules") && page.contains("mailbox is full"));
    assert!(!page.contains("a@b.example"));
    assert!(program.path("out/reliability.svg").is_file());
    assert!(program.path("out/reliability.csv").is_file());
}

#[test]
fn rows_that_come_again_count_again_and_are_told() {
    let program = Program::new();
    let once = evaluated(&program, GOLD, &[]);
    let twice = evaluated(&program, &GOLD.repeat(2), &[]);
    assert_eq!(twice["support"], 8);
    assert_eq!(twice["macro_f1"], once["macro_f1"]);
    assert_eq!(
        (&once["gold"]["repeated"], &twice["gold"]["repeated"]),
        (&json("0"), &json("5"))
    );
    let other = GOLD.replace("\"T5\",\"cluster\":\"wrong\"", "\"T9\"")
        + "{\"text\":\"552 5.2.2 mailbox is full\",\"type\":\"T12\"}\n";
    let report = evaluated(&program, &other, &[]);
    assert_eq!(report["gold"]["contradictory_texts"], 1);
}

#[test]
fn one_type_only_is_no_trouble() {
    let program = Program::new();
    let row = "{\"text\":\"552 5.2.2 mailbox is full\",\"type\":\"T9\"}\n";
    let report = evaluated(&program, &row.repeat(3), &[]);
    assert_eq!(
        (&report["macro_f1"], &report["types"]),
        (&json("1.0"), &json("1"))
    );
    assert!(report["kappa"].is_null());
    assert!(report["intervals"].is_null());
    program.write("gold.jsonl", row);
    program.succeeds(&["evaluate", "--gold", "gold.jsonl"]);
}

#[test]
fn files_of_rubbish_get_an_error_with_their_line() {
    let program = Program::new();
    let mut classes = String::new();
    for number in 17..20_000 {
        let _ = writeln!(classes, "{{\"text\":\"550 no\",\"type\":\"T{number}\"}}");
    }
    let row = r#"{"text":"552 full","type":"T9"}"#;
    for (content, line, what) in [
        (classes.as_str(), 1, "T17"),
        (&format!("{row}\n\u{0}\u{1}\u{2}\n"), 2, "no valid JSON"),
        (
            &format!("{row}\n\n{{\"text\":\"\",\"type\":\"T9\"}}"),
            3,
            "empty",
        ),
        (&format!("{row}\n{}", "[".repeat(100_000)), 2, "wrong kind"),
        (
            r#"{"text":"552 full","type":"T9","confidence":"sure"}"#,
            1,
            "sure",
        ),
        (
            r#"{"text":"552 full","type":"T9","alt":9}"#,
            1,
            "wrong kind",
        ),
    ] {
        program.write("gold.jsonl", content);
        let error = program.fails(&["evaluate", "--gold", "gold.jsonl", "--out", "out"]);
        assert!(
            error.contains(&format!("gold.jsonl, line {line}: ")),
            "{error}"
        );
        assert!(error.contains(what), "{error}");
        assert!(!program.path("out").exists());
    }
    fs::write(
        program.path("gold.jsonl"),
        b"{\"text\":\"\xff\",\"type\":\"T9\"}\n",
    )
    .unwrap();
    let error = program.fails(&["evaluate", "--gold", "gold.jsonl"]);
    assert!(error.contains("line 1: not UTF-8"), "{error}");
    for nothing in [
        "",
        "\n\n",
        "{\"text\":\"554 rejected\",\"type\":\"ambiguous\"}\n",
    ] {
        program.write("gold.jsonl", nothing);
        let error = program.fails(&["evaluate", "--gold", "gold.jsonl"]);
        assert!(
            error.contains("give rows whose `type` is T1 to T16"),
            "{error}"
        );
    }
}

/// A run of a simulated log, typed by the classifier inside.
fn annotated_run(program: &Program) {
    program.succeeds(&["simulate", "--emails", "4000", "--out", "log.parquet"]);
    program.succeeds(&["mine", "log.parquet", "--run", "run"]);
    program.succeeds(&["label", "--run", "run", "--from-truth", "--top", "30"]);
    program.succeeds(&["predict", "--run", "run", "--per-template", "5"]);
    program.succeeds(&["annotate", "--run", "run"]);
}

#[test]
fn people_judge_a_sample_and_their_agreement_is_told() {
    let program = Program::new();
    annotated_run(&program);
    let sample = ["evaluate", "--run", "run", "--per-type", "5"];
    let with = |more: &[&'static str]| [&sample[..], more].concat();
    program.succeeds(&with(&["--export-for-review", "sheet.csv"]));
    let sheet = fs::read_to_string(program.path("sheet.csv")).unwrap();
    assert_eq!(sheet.lines().next(), Some("message_id,type,message"));
    let ids: Vec<&str> = sheet
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(",,").map(|(id, _)| id))
        .filter(|id| id.starts_with('m'))
        .collect();
    assert!(ids.len() > 40, "{}", ids.len());
    // One says T8 of all; the other T9 of the first three, T8 of the rest.
    let judged = |name: &str, label: &dyn Fn(usize) -> &'static str| {
        let mut text = "message_id;type\n".to_owned();
        for (place, id) in ids.iter().enumerate() {
            let _ = writeln!(text, "{id};{}", label(place));
        }
        program.write(name, &text);
    };
    judged("one.csv", &|_| "T8");
    judged("two.csv", &|place| if place < 3 { "T9" } else { "t8" });
    judged("three.csv", &|place| {
        if place == 0 { "ambiguous" } else { "" }
    });
    let report = json(&program.succeeds(&with(&["--json", "--import-review", "one.csv"])));
    assert_eq!(report["support"], ids.len());
    assert_eq!(report["per_type"]["T8"]["support"], ids.len());
    let review = &report["run"]["review"];
    assert_eq!(
        (&review["reviewers"], &review["agreement"]),
        (&json("1"), &Value::Null)
    );

    let both = ["--json", "--import-review", "one.csv", "two.csv"];
    let report = json(&program.succeeds(&with(&both)));
    let review = &report["run"]["review"];
    assert_eq!(
        (&review["unsettled"], &review["judged"]),
        (&json("3"), &json(&(ids.len() - 3).to_string()))
    );
    assert_eq!(review["agreement"]["agreed"], ids.len() - 3);
    assert_eq!(review["agreement"]["differences"][0]["second"], "T9");
    assert_eq!(report["support"], ids.len() - 3);

    let all = [
        "--json",
        "--import-review",
        "one.csv",
        "two.csv",
        "three.csv",
    ];
    let report = json(&program.succeeds(&with(&all)));
    assert_eq!(report["run"]["review"]["unsettled"], 2);

    // The same number of other messages is another sample, too.
    let other = ["evaluate", "--run", "run", "--per-type", "5", "--seed", "2"];
    let error = program.fails(&[&other[..], &["--import-review", "one.csv"]].concat());
    assert!(error.contains("same --per-type and --seed"), "{error}");
    program.write(
        "shifted.csv",
        "message_id,type\nm1a0,550 no <secret@b.example>\n",
    );
    let error = program.fails(&with(&["--import-review", "shifted.csv"]));
    assert!(
        error.contains("line 2") && !error.contains("secret"),
        "{error}"
    );

    // A sheet of another sample, a strange id and a type that is none.
    let error = program.fails(&[
        "evaluate",
        "--run",
        "run",
        "--per-type",
        "6",
        "--import-review",
        "one.csv",
    ]);
    assert!(error.contains("same --per-type"), "{error}");
    for (content, what) in [
        ("message_id,type\nm1-0,T8\n", "line 2: no message id"),
        ("message_id,type\nm1a0,T17\n", "T17"),
        ("id,type\nm1a0,T7\n", "message_id"),
        ("message_id,type\nm1a0,\n", "fill in the column `type`"),
        (
            "message_id,type\nm1a0,T8\nm1a0,T9\n",
            "another type on an earlier line",
        ),
    ] {
        program.write("bad.csv", content);
        let error = program.fails(&with(&["--import-review", "bad.csv"]));
        assert!(error.contains(what), "{error}");
    }
}

#[test]
fn a_log_without_truth_can_be_judged_by_people() {
    let program = Program::new();
    let log: String = (0..30)
        .map(|number| {
            record(if number % 3 == 0 {
                "552 5.2.2 mailbox full"
            } else {
                "=550 5.1.1 user unknown"
            })
        })
        .collect();
    program.write("log.ndjson", &log);
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    program.succeeds(&["predict", "--run", "run"]);
    program.succeeds(&["annotate", "--run", "run"]);
    let error = program.fails(&["evaluate", "--run", "run"]);
    assert!(error.contains("--export-for-review"), "{error}");
    program.succeeds(&[
        "evaluate",
        "--run",
        "run",
        "--export-for-review",
        "sheet.csv",
    ]);
    let sheet = fs::read_to_string(program.path("sheet.csv")).unwrap();
    assert_eq!(sheet.lines().count(), 31);
    // No spreadsheet takes a message for a formula.
    assert!(
        sheet.contains(",,'=550") && !sheet.contains(",,=550"),
        "{sheet}"
    );
    let filled: String = sheet
        .lines()
        .map(|line| {
            let label = if line.contains("full") { "T9" } else { "T8" };
            format!("{}\n", line.replace(",,", &format!(",{label},")))
        })
        .collect();
    program.write("sheet.csv", &filled);
    let report = json(&program.succeeds(&[
        "evaluate",
        "--run",
        "run",
        "--import-review",
        "sheet.csv",
        "--json",
    ]));
    assert_eq!(report["support"], 30);
    assert!(report["run"]["population"].is_null());
    assert_eq!(report["run"]["estimates"]["messages"], 30);
    assert_eq!(report["rivals"]["this"]["support"], 30);
}

#[test]
fn what_to_label_next_is_what_is_big_and_in_doubt() {
    let program = Program::new();
    annotated_run(&program);
    program.succeeds(&[
        "label", "--run", "run", "--next", "--top", "20", "--sheet", "next.csv",
    ]);
    let labels = fs::read_to_string(program.path("run/labels.csv")).unwrap();
    let next = fs::read_to_string(program.path("next.csv")).unwrap();
    assert_eq!(next.lines().count(), 21);
    let votes = fs::read_to_string(program.path("run/votes.csv")).unwrap();
    let doubt = |line: &str| -> f64 {
        let id = line.split(',').next().unwrap();
        assert!(
            !labels
                .lines()
                .any(|label| label.split(',').next() == Some(id)),
            "{line}"
        );
        let certainty: Vec<f64> = votes
            .lines()
            .filter(|vote| vote.split(',').next() == Some(id))
            .map(|vote| vote.rsplit(',').next().unwrap().parse().unwrap())
            .collect();
        let count: f64 = line.rsplit(',').next().unwrap().parse().unwrap();
        count * (1.0 - 0.8 * certainty.iter().sum::<f64>() / certainty.len() as f64)
    };
    let doubts: Vec<f64> = next.lines().skip(1).map(doubt).collect();
    assert!(
        doubts.is_sorted_by(|one, other| one >= &(other - 1e-9)),
        "{doubts:?}"
    );
    let program = Program::new();
    program.write("log.ndjson", &record("552 mailbox full"));
    program.succeeds(&["mine", "log.ndjson", "--run", "run"]);
    let error = program.fails(&["label", "--run", "run", "--next", "--sheet", "next.csv"]);
    assert!(error.contains("ebrc predict"), "{error}");
}

#[test]
fn a_learning_curve_is_measured_and_shown() {
    let program = Program::new();
    program.succeeds(&["simulate", "--emails", "1500", "--out", "log.parquet"]);
    program.succeeds(&["mine", "log.parquet", "--run", "run"]);
    program.succeeds(&["predict", "--run", "run", "--per-template", "5"]);
    program.succeeds(&["annotate", "--run", "run"]);
    let measure = [
        "evaluate",
        "--run",
        "run",
        "--learning-curve",
        "6,3",
        "--json",
    ];
    let report = json(&program.succeeds(&measure));
    let points = report["run"]["learning_curve"].as_array().unwrap();
    let shape: Vec<(&str, u64)> = points
        .iter()
        .map(|p| {
            (
                p["order"].as_str().unwrap(),
                p["templates"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        shape,
        [
            ("biggest", 3),
            ("biggest", 6),
            ("most-in-doubt", 3),
            ("most-in-doubt", 6)
        ]
    );
    // The first points label the same templates.
    assert_eq!(points[0]["whole_log"], points[2]["whole_log"]);
    for point in points {
        assert_eq!(
            point["whole_log"]["support"],
            points[0]["whole_log"]["support"]
        );
        assert_eq!(
            point["new_templates"]["support"],
            points[0]["new_templates"]["support"]
        );
        assert!(point["coverage"].as_f64().unwrap() > 0.0);
    }
    assert!(program.path("run/evaluation/learning-curve.svg").is_file());
    assert!(
        !program
            .names("run")
            .iter()
            .any(|name| name.starts_with(".incomplete"))
    );
    // A later evaluation still shows it; one after other templates does not.
    let again = json(&program.succeeds(&["evaluate", "--run", "run", "--json"]));
    assert_eq!(
        again["run"]["learning_curve"],
        report["run"]["learning_curve"]
    );
}

#[test]
fn answers_below_a_stated_precision_are_marked_or_other() {
    let program = Program::new();
    let input = "552 5.2.2 mailbox full\n554 weather in the shire\n";
    let classify = |more: &[&'static str]| -> Vec<Value> {
        let arguments = [&["classify"], more].concat();
        let out = program.succeeds_with_input(input, &arguments);
        out.lines().map(json).collect()
    };
    let plain = classify(&[]);
    assert!(plain.iter().all(|line| line.get("review").is_none()));
    assert!(plain[0]["confidence"].as_f64() > plain[1]["confidence"].as_f64());
    let marked = classify(&["--target-precision", "0.95"]);
    assert_eq!(
        (&marked[0]["review"], &marked[1]["review"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
    assert_eq!(marked[1]["type"], plain[1]["type"]);
    let other = classify(&["--target-precision", "0.95", "--when-unsure", "other"]);
    assert_eq!(
        (&other[0]["type"], &other[1]["type"]),
        (&json("\"T9\""), &json("\"T16\""))
    );
    assert_eq!(other[1]["category"], plain_category(&program));
    // A model that was not calibrated promises nothing.
    fs::create_dir(program.path("model")).unwrap();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/classifier/");
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        fs::copy(format!("{shipped}{file}"), program.path("model").join(file)).unwrap();
    }
    let error = program.fails(&["classify", "--model", "model", "--target-precision", "0.9"]);
    assert!(error.contains("no calibration.json"), "{error}");
}

/// The category of T16, from an answer that says so.
fn plain_category(program: &Program) -> Value {
    let out = program.succeeds_with_input("554 5.4.6 too many hops, mail loop\n", &["classify"]);
    let line = json(&out);
    assert_eq!(line["type"], "T16");
    line["category"].clone()
}
