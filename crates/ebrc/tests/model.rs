//! `ebrc model`: what is told of a model, and its card made anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use std::fs;
use std::path::{Path, PathBuf};

use program::Program;
use serde_json::Value;

/// A folder of `models/`.
fn shipped(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    folder.join(name)
}

/// A copy of the classifier that ships with ebrc, as the folder `model`.
fn with_copy() -> Program {
    let program = Program::new();
    fs::create_dir(program.path("model")).unwrap();
    for entry in fs::read_dir(shipped("classifier")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        fs::copy(&path, program.path("model").join(name)).unwrap();
    }
    program
}

fn inspected(program: &Program, folder: &[&str]) -> Value {
    let mut arguments = vec!["model", "inspect", "--json"];
    arguments.extend(folder);
    serde_json::from_str(&program.succeeds(&arguments)).unwrap()
}

fn file(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn the_shipped_classifier_is_told_from_its_files() {
    let program = Program::new();
    let found = inspected(&program, &[]);
    let folder = shipped("classifier");
    let (config, training) = (file(&folder, "config.json"), file(&folder, "training.json"));
    assert_eq!(found["model"], "the shipped classifier");
    assert_eq!(found["architecture"]["layers"], config["num_hidden_layers"]);
    assert_eq!(found["vocabulary"], config["vocab_size"]);
    let parts = found["parts"].as_array().unwrap();
    let numbers = parts
        .iter()
        .map(|part| part["parameters"].as_u64().unwrap());
    let parameters = found["parameters"].as_u64().unwrap();
    assert_eq!(numbers.sum::<u64>(), parameters);
    let words = config["vocab_size"].as_u64().unwrap() * config["hidden_size"].as_u64().unwrap();
    assert_eq!(parts[0]["part"], "word embeddings");
    assert_eq!(parts[0]["parameters"], words);
    // The file is its numbers and a header.
    let bytes = fs::metadata(folder.join("model.safetensors"))
        .unwrap()
        .len();
    assert_eq!(found["weights"]["bytes"], bytes);
    assert_eq!(found["weights"]["formats"], serde_json::json!(["F16"]));
    assert!((2 * parameters..2 * parameters + 20_000).contains(&bytes));
    for known in ["data_sha256", "train", "validation", "steps", "best"] {
        assert_eq!(found["training"][known], training[known], "{known}");
    }
    let seed = &training["settings"]["seed"];
    assert_eq!(&found["training"]["settings"]["seed"], seed);
    assert_eq!(found["max_length"], training["settings"]["max_length"]);
    assert_eq!(found["calibration"], file(&folder, "calibration.json"));
    assert_eq!(found["labels"], training["labels"]);
    assert_eq!(found["types"][8]["id"], "T9");
    assert_eq!(found["types"][8]["name"], "mailbox-full");
    let card = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(card.contains(&format!("`{}`", found["base"].as_str().unwrap())));
    for figure in found["evaluation"]["figures"].as_array().unwrap() {
        let value = figure["value"].as_f64().unwrap();
        assert!(card.contains(&format!("value: {value:.4}")));
    }
}

#[test]
fn a_folder_is_told_as_a_table() {
    let program = with_copy();
    let table = program.succeeds(&["model", "inspect", "model"]);
    let training = file(&program.path("model"), "training.json");
    for words in [
        "model                   model\n",
        "BertForSequenceClassification",
        "word embeddings",
        "SHA-256",
        "learning rate",
        "temperature",
        "precision 0.95",
        "Macro F1",
        "mailbox-full: recipient's mailbox is over quota",
        training["data_sha256"].as_str().unwrap(),
    ] {
        assert!(table.contains(words), "{words} is not in:\n{table}");
    }
    // The same but for the name.
    let mut own = inspected(&program, &["model"]);
    let shipped = inspected(&program, &[]);
    assert_eq!(own["model"], "model");
    own["model"] = shipped["model"].clone();
    assert_eq!(own, shipped);
}

#[test]
fn a_base_without_labels_training_and_card_is_told_too() {
    let program = Program::new();
    let base = shipped("base");
    let base = base.to_str().unwrap();
    let found = inspected(&program, &[base]);
    assert_eq!(found["labels"], serde_json::json!([]));
    for absent in ["training", "calibration", "evaluation", "base"] {
        assert_eq!(found[absent], Value::Null, "{absent}");
    }
    let table = program.succeeds(&["model", "inspect", base]);
    assert!(table.contains("a base to train on"), "{table}");
}

#[test]
fn the_shipped_card_is_the_one_that_is_made_anew() {
    let program = Program::new();
    let card = fs::read_to_string(shipped("classifier").join("README.md")).unwrap();
    assert_eq!(program.succeeds(&["model", "card"]), card);
}

#[test]
fn a_card_is_made_from_the_training_and_keeps_the_evaluation() {
    let program = with_copy();
    let card_file = program.path("model/README.md");
    let before = fs::read_to_string(&card_file).unwrap();
    // What is not the training's or the evaluation's is not kept; another
    // base and another evaluation are.
    let base = inspected(&program, &["model"])["base"].clone();
    let changed = before
        .replace("# Bounce reason classifier", "# Something")
        .replace(
            &format!("on the base `{}`", base.as_str().unwrap()),
            "on the base `google-bert/bert-base-uncased (main)`",
        )
        .replace(
            "library_name:",
            "base_model: google-bert/bert-base-uncased\nlibrary_name:",
        )
        .replace("## Evaluation\n\nOn ", "## Evaluation\n\nMeasured on ");
    fs::write(&card_file, changed).unwrap();
    let card = program.succeeds(&["model", "card", "model"]);
    assert!(card.contains("\n# Bounce reason classifier\n"), "{card}");
    assert!(card.contains("on the base `google-bert/bert-base-uncased (main)`"));
    assert!(card.contains("\nbase_model: google-bert/bert-base-uncased\n"));
    assert!(card.contains("## Evaluation\n\nMeasured on "));
    assert!(card.contains("\nmodel-index:\n"));
    assert_eq!(program.succeeds(&["model", "card", "model", "--write"]), "");
    assert_eq!(fs::read_to_string(&card_file).unwrap(), card);
    assert_eq!(program.succeeds(&["model", "card", "model"]), card);
    // Without a card there is no evaluation; the base is known by its weights.
    fs::remove_file(&card_file).unwrap();
    let card = program.succeeds(&["model", "card", "model"]);
    assert!(card.contains("on the base `ebrc-base`"), "{card}");
    assert!(!card.contains("## Evaluation") && !card.contains("model-index"));
}

#[test]
fn an_evaluation_goes_into_the_same_card() {
    let program = with_copy();
    let gold = r#"{"text":"552 5.2.2 mailbox full","type":"T9"}"#;
    program.write("gold.jsonl", gold);
    program.succeeds(&[
        "evaluate",
        "--model",
        "model",
        "--gold",
        "gold.jsonl",
        "--card",
    ]);
    let card = fs::read_to_string(program.path("model/README.md")).unwrap();
    assert!(card.contains("On 1 labelled NDR messages"), "{card}");
    assert_eq!(program.succeeds(&["model", "card", "model"]), card);
    let evaluation = &inspected(&program, &["model"])["evaluation"];
    let measured_on = evaluation["measured_on"].as_str().unwrap();
    assert!(measured_on.starts_with("On 1 labelled NDR messages"));
    assert_eq!(evaluation["figures"][2]["name"], "Macro F1");
}

#[test]
fn what_is_wrong_with_a_folder_is_told_by_file() {
    for (name, content, wrong, remedy) in [
        ("training.json", "{}", "missing field", "copy it again"),
        ("training.json", "", "EOF", "copy it again"),
        ("calibration.json", "{}", "missing field", "copy it again"),
        ("config.json", "{", "EOF", "use the config.json"),
        ("model.safetensors", "short", "no complete", "copy it again"),
    ] {
        let program = with_copy();
        fs::write(program.path("model").join(name), content).unwrap();
        let error = program.fails(&["model", "inspect", "model"]);
        for words in [&format!("model/{name}"), wrong, remedy] {
            assert!(error.contains(words), "{words} is not in: {error}");
        }
    }
    let program = with_copy();
    fs::write(program.path("model/README.md"), b"\xff").unwrap();
    let error = program.fails(&["model", "card", "model"]);
    assert!(error.contains("README.md: not UTF-8; save"), "{error}");
    let error = program.fails(&["model", "inspect", "nowhere"]);
    assert!(error.contains("nowhere: no model folder"), "{error}");
    fs::remove_file(program.path("model/training.json")).unwrap();
    fs::remove_file(program.path("model/README.md")).unwrap();
    let error = program.fails(&["model", "card", "model"]);
    assert!(error.contains("model: no training.json"), "{error}");
    assert!(error.contains("ebrc train"), "{error}");
    let table = program.succeeds(&["model", "inspect", "model"]);
    assert!(table.contains("no training.json"), "{table}");
    assert_eq!(program.exit_code(&["model"]), Some(2));
}

#[test]
fn two_trainings_are_averaged_and_what_does_not_fit_is_refused() {
    let program = Program::new();
    fs::create_dir(program.path("catalogue")).unwrap();
    let mut texts = "label,codes,text,software,language,weight\n".to_owned();
    for (label, words) in [("T8", "no such user"), ("T9", "mailbox is full")] {
        for place in ["here", "there", "today", "anywhere", "now"] {
            texts += &format!("{label},550 5.1.1,{words} {place},generic,en,5\n");
        }
    }
    program.write("catalogue/texts.csv", &texts);
    for (run, seed) in [("one", "1"), ("two", "2"), ("again", "1")] {
        let sample = ["sample", "--run", run, "--catalogue", "catalogue"];
        program.succeeds(&[&sample[..], &["--per-type", "10", "--validation", "0.3"]].concat());
        let train = ["train", "--run", run, "--device", "cpu", "--epochs", "1"];
        program.succeeds(&[&train[..], &["--seed", seed]].concat());
    }
    let average = |runs: [&str; 2], output: &str| {
        let arguments = ["model", "average", runs[0], runs[1], "--device", "cpu"];
        let both = [&arguments[..], &["--output", output]].concat();
        program.command(&both).output().unwrap()
    };
    assert!(average(["one", "two"], "both").status.success());
    let card = fs::read_to_string(program.path("both/README.md")).unwrap();
    assert!(card.contains("| seed | 1, 2 |"), "{card}");
    assert!(card.contains("the mean of 2 trainings' weights, of their epochs 1, 1"));
    let table = program.succeeds(&["model", "inspect", "both"]);
    assert!(table.contains("epoch 1 of seed 2"), "{table}");
    let words = program.succeeds(&["model", "card", "both"]);
    assert_eq!(words, card);

    for (runs, output, expected) in [
        (["one", "two"], "both", "name a new folder"),
        (["one", "again"], "other", "train it with another seed"),
        (["one", "catalogue"], "other", "catalogue"),
    ] {
        let output = average(runs, output);
        assert!(!output.status.success());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(expected), "{told}");
    }
    assert!(!program.path("other").exists());
}
