//! The main job as a whole: the same bytes on any number of threads, going on
//! after a kill, and what each stage leaves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use program::{Program, names};

/// A run small enough for a test, and yet with every stage.
const SMALL: [&str; 11] = [
    "reproduce",
    "--quick",
    // A GPU sums in another order.
    "--device",
    "cpu",
    "--emails",
    "6000",
    "--top",
    "60",
    "--per-type",
    "30",
    "--out",
];

fn small<'a>(folder: &'a str, threads: &'a str) -> Vec<&'a str> {
    let mut arguments = SMALL.to_vec();
    arguments.extend([folder, "--threads", threads]);
    arguments
}

fn assert_equal_folders(one: &Path, two: &Path) {
    assert_eq!(names(one), names(two));
    for name in names(one) {
        let (one, two) = (one.join(&name), two.join(&name));
        if one.is_dir() {
            assert_equal_folders(&one, &two);
        } else {
            assert!(
                fs::read(&one).unwrap() == fs::read(&two).unwrap(),
                "{} differs",
                one.display()
            );
        }
    }
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    let program = Program::new();
    let screen = program.succeeds(&small("one", "1"));
    program.succeeds(&small("two", "2"));
    assert_equal_folders(&program.path("one"), &program.path("two"));
    assert!(
        screen.contains("91.24") && screen.contains("93.85"),
        "{screen}"
    );
    assert!(screen.contains("report.html"), "{screen}");
    for file in [
        "run.json",
        "templates.csv",
        "drain.json",
        "assignments.parquet",
        "labels.csv",
        "train.jsonl",
        "validation.jsonl",
        "sampling.csv",
        "predictions.csv",
        "annotated.parquet",
        "model/config.json",
        "model/tokenizer.json",
        "model/tokenizer_config.json",
        "model/model.safetensors",
        "model/training.json",
        "model/README.md",
        "evaluation/report.json",
        "evaluation/confusion.csv",
        "evaluation/report.html",
    ] {
        assert!(program.path("one").join(file).is_file(), "{file}");
    }
    // There is one way to make a card.
    let card = fs::read_to_string(program.path("one/model/README.md")).unwrap();
    assert_eq!(program.succeeds(&["model", "card", "one/model"]), card);
    // A second go finds everything there and changes nothing.
    let weights = program.path("one/model/model.safetensors");
    let before = fs::metadata(&weights).unwrap().modified().unwrap();
    program.succeeds(&small("one", "2"));
    assert_eq!(fs::metadata(&weights).unwrap().modified().unwrap(), before);
}

#[test]
fn training_goes_on_after_a_kill_as_if_nothing_had_been() {
    let program = Program::new();
    program.succeeds(&["simulate", "--emails", "4000", "--out", "log.parquet"]);
    program.succeeds(&["mine", "log.parquet", "--run", "whole"]);
    program.succeeds(&["label", "--run", "whole", "--from-truth", "--top", "60"]);
    program.succeeds(&["sample", "--run", "whole", "--per-type", "20"]);
    fs::create_dir(program.path("killed")).unwrap();
    for name in program.names("whole") {
        fs::copy(
            program.path("whole").join(&name),
            program.path("killed").join(&name),
        )
        .unwrap();
    }
    let train = |run| {
        [
            "train",
            "--run",
            run,
            "--epochs",
            "2",
            "--batch-size",
            "8",
            "--checkpoint-every",
            "3",
            "--resume",
        ]
    };
    program.succeeds(&train("whole"));

    let mut child = program
        .command(&train("killed"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let checkpoint = program.path("killed/checkpoint.safetensors");
    let begun = Instant::now();
    while !checkpoint.exists() {
        assert!(begun.elapsed() < Duration::from_secs(300), "no checkpoint");
        assert!(
            child.try_wait().unwrap().is_none(),
            "training was too quick"
        );
        sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!program.path("killed/model").exists());
    program.succeeds(&train("killed"));
    assert_equal_folders(&program.path("whole/model"), &program.path("killed/model"));
    assert!(!checkpoint.exists());
}
