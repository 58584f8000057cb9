//! Models as they are found in folders, whole and broken, and as they are
//! saved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use std::fs;
use std::path::Path;

use ebrc_model::{
    Classifier, DeviceChoice, Encoder, Error, ModelFiles, Precision, Scores, WeightFormat,
};
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};
use tiny_bert::{LABELS, TinyBert, toy_texts, vocabulary};

fn load(folder: &Path) -> Result<Classifier, Error> {
    Classifier::load(
        &ModelFiles::from_folder(folder)?,
        DeviceChoice::Cpu,
        Precision::F32,
    )
}

fn scores(classifier: &Classifier) -> Vec<Scores> {
    let texts = toy_texts(40);
    let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
    classifier.classify(&texts).unwrap()
}

fn scores_of(model: &TinyBert) -> Vec<Scores> {
    scores(&load(model.folder().path()).unwrap())
}

/// The largest difference of any two probabilities.
fn distance(a: &[Scores], b: &[Scores]) -> f32 {
    assert_eq!(a.len(), b.len());
    let numbers = |scores: &[Scores]| -> Vec<f32> {
        scores
            .iter()
            .flat_map(|scores| scores.probabilities.clone())
            .collect()
    };
    let pairs = numbers(a).into_iter().zip(numbers(b));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// The message of the error that loading a spoilt classifier gives.
fn complaint(spoil: impl FnOnce(&mut TinyBert, &Path)) -> String {
    let mut model = TinyBert::new().classifier();
    let folder = model.folder();
    spoil(&mut model, folder.path());
    load(folder.path()).unwrap_err().to_string()
}

/// The same, of a classifier changed before it is written.
fn complaint_of(spoil: impl FnOnce(&mut TinyBert)) -> String {
    complaint(|model, folder| {
        spoil(model);
        model.write(folder);
    })
}

fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn names_with_and_without_prefix_and_old_ones_give_the_same_scores() {
    let model = TinyBert::new().classifier();
    let expected = scores_of(&model);
    let python = |name: &str| {
        if name.starts_with("classifier.") {
            name.to_owned()
        } else {
            format!("bert.{name}")
        }
    };
    let old = |name: &str| {
        python(name)
            .replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta")
    };
    assert_eq!(scores_of(&model.clone().renamed(python)), expected);
    assert_eq!(scores_of(&model.renamed(old)), expected);
}

#[test]
fn tensors_that_no_classifier_needs_do_not_matter() {
    let mut model = TinyBert::new().classifier();
    let expected = scores_of(&model);
    model
        .tensors
        .insert("cls.predictions.bias".into(), (vec![2], vec![1.0, 2.0]));
    model
        .tensors
        .insert("embeddings.position_ids".into(), (vec![1], vec![0.0]));
    assert_eq!(scores_of(&model), expected);
}

#[test]
fn numbers_of_sixteen_bits_give_nearly_the_same_scores() {
    let model = TinyBert::new().classifier();
    let expected = scores_of(&model);
    // Weights rounded to 11 and to 8 significant bits.
    for (dtype, tolerance) in [(Dtype::F16, 3e-3), (Dtype::BF16, 3e-2)] {
        let folder = model.folder();
        fs::write(
            folder.path().join("model.safetensors"),
            model.weights(dtype),
        )
        .unwrap();
        let distance = distance(&scores(&load(folder.path()).unwrap()), &expected);
        assert!(
            0.0 < distance && distance < tolerance,
            "{dtype:?}: {distance}"
        );
    }
}

#[test]
fn a_vocabulary_file_does_for_the_tokenizer() {
    let model = TinyBert::new().classifier();
    let expected = scores_of(&model);
    for line_end in ["\n", "\r\n"] {
        let folder = model.folder();
        fs::remove_file(folder.path().join("tokenizer.json")).unwrap();
        let lines: Vec<String> = vocabulary()
            .iter()
            .map(|piece| format!("{piece}{line_end}"))
            .collect();
        fs::write(folder.path().join("vocab.txt"), lines.concat()).unwrap();
        assert_eq!(scores(&load(folder.path()).unwrap()), expected);
    }
}

#[test]
fn the_settings_beside_a_vocabulary_file_say_whether_letters_are_lowered() {
    let folder = TinyBert::new().classifier().folder();
    fs::remove_file(folder.path().join("tokenizer.json")).unwrap();
    fs::write(folder.path().join("vocab.txt"), vocabulary().join("\n")).unwrap();
    let classify = || {
        let classifier = load(folder.path()).unwrap();
        let scores = classifier.classify(&["mailbox full", "Mailbox FULL", "? ?"]);
        scores.unwrap()
    };
    let lowered = classify();
    assert_eq!(lowered[0], lowered[1]);
    let settings = json!({"do_lower_case": false}).to_string();
    fs::write(folder.path().join("tokenizer_config.json"), settings).unwrap();
    let as_written = classify();
    assert_eq!(as_written[0], lowered[0]);
    // Now both words are unknown, as two signs are that the vocabulary lacks.
    assert_eq!(as_written[1], as_written[2]);
    assert_ne!(as_written[1], as_written[0]);
}

#[test]
fn padding_in_the_tokenizer_file_changes_no_score() {
    let mut model = TinyBert::new().classifier();
    let padded = scores_of(&model);
    model.tokenizer["padding"] = Value::Null;
    assert_eq!(scores_of(&model), padded);
}

#[test]
fn texts_are_cut_where_the_tokenizer_file_says_else_where_positions_end() {
    let mut model = TinyBert::new().classifier();
    let long = "mail ".repeat(30);
    let texts = [long.as_str(), &long[..22 * 5], &long[..4 * 5], ""];
    let whole = load(model.folder().path()).unwrap();
    let whole = whole.classify(&texts).unwrap();
    assert_eq!(whole[0], whole[1]);
    assert_ne!(whole[0], whole[2]);
    model.tokenizer["truncation"] = json!({
        "direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0,
    });
    let cut = load(model.folder().path()).unwrap();
    let cut = cut.classify(&texts).unwrap();
    assert_eq!(cut[0], whole[2]);
    assert_eq!(cut[2..], whole[2..]);
}

#[test]
fn a_model_compiled_into_the_program_gives_the_same_scores() {
    let model = TinyBert::new().classifier();
    let leak = |bytes: Vec<u8>| -> &'static [u8] { bytes.leak() };
    let files = ModelFiles::from_static(
        "the test",
        leak(model.config.to_string().into_bytes()),
        leak(model.tokenizer.to_string().into_bytes()),
        leak(model.weights(Dtype::F32)),
    );
    let classifier = Classifier::load(&files, DeviceChoice::Cpu, Precision::F32).unwrap();
    assert_eq!(scores(&classifier), scores_of(&model));
    let folder = model.folder();
    let other = ModelFiles::from_folder(folder.path()).unwrap();
    assert_eq!(files.weights_sha256(), other.weights_sha256());
}

#[test]
fn an_encoder_needs_neither_pooler_nor_head() {
    let mut model = TinyBert::new().classifier();
    let states = |model: &TinyBert| {
        let files = ModelFiles::from_folder(model.folder().path()).unwrap();
        let encoder = Encoder::load(&files).unwrap();
        encoder.first_states(&["mailbox full", "spam"]).unwrap()
    };
    let expected = states(&model);
    assert_eq!((expected.len(), expected[0].len()), (2, 32));
    let spare = |name: &str| name.starts_with("pooler.") || name.starts_with("classifier.");
    model.tensors.retain(|name, _| !spare(name));
    assert_eq!(states(&model), expected);
}

#[test]
fn a_missing_file_is_named() {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        let message = complaint(|_, folder| fs::remove_file(folder.join(file)).unwrap());
        assert_names(&message, &[file]);
    }
    let message = complaint(|_, folder| {
        fs::remove_file(folder.join("tokenizer.json")).unwrap();
    });
    assert_names(&message, &["vocab.txt"]);
    let absent = Path::new("/no/such/folder");
    let error = ModelFiles::from_folder(absent).unwrap_err();
    assert!(matches!(error, Error::MissingFile { .. }));
    assert_names(&error.to_string(), &["/no/such/folder", "config.json"]);
}

#[test]
fn broken_json_is_named_with_its_place() {
    let message = complaint(|_, folder| {
        let file = folder.join("config.json");
        fs::write(&file, "{\"model_type\": \"bert\",\n oops").unwrap();
    });
    assert_names(&message, &["/config.json", "line 2"]);
    let message = complaint(|_, folder| {
        fs::write(folder.join("tokenizer.json"), "{\"version\":").unwrap();
    });
    assert_names(&message, &["/tokenizer.json", "line 1"]);
    let message = complaint(|_, folder| {
        fs::remove_file(folder.join("tokenizer.json")).unwrap();
        fs::write(folder.join("vocab.txt"), vocabulary().join("\n")).unwrap();
        fs::write(folder.join("tokenizer_config.json"), "{").unwrap();
    });
    assert_names(&message, &["/tokenizer_config.json", "line 1"]);
}

#[test]
fn a_configuration_that_does_not_fit_is_named_by_field() {
    let cases = [
        ("model_type", json!("roberta"), "roberta"),
        ("hidden_act", json!("relu"), "relu"),
        ("position_embedding_type", json!("relative_key"), "absolute"),
        ("num_attention_heads", json!(5), "hidden_size"),
        ("num_hidden_layers", json!(0), "positive"),
        (
            "num_hidden_layers",
            json!(1_000_000_000_000_u64),
            "no more than 1000",
        ),
        ("hidden_dropout_prob", json!(1.0), "0..1"),
        ("hidden_size", Value::Null, "config.json"),
    ];
    for (field, value, part) in cases {
        let message = complaint_of(|model| model.config[field] = value);
        assert_names(&message, &["/config.json", part]);
        assert!(
            field == "hidden_size" || message.contains(field),
            "{message}"
        );
    }
    let message = complaint_of(|model| {
        model.config.as_object_mut().unwrap().remove("vocab_size");
    });
    assert_names(&message, &["/config.json", "vocab_size"]);
}

#[test]
fn another_kind_of_model_is_told_before_the_fields_it_lacks() {
    let message = complaint(|_, folder| {
        let config = json!({"model_type": "t5", "d_model": 512}).to_string();
        fs::write(folder.join("config.json"), config).unwrap();
    });
    assert_names(&message, &["/config.json", "model_type is t5"]);
}

#[test]
fn a_classifier_must_name_its_classes() {
    for names in [json!({}), json!({"0": "full", "2": "spam"})] {
        let message = complaint_of(|model| model.config["id2label"] = names);
        assert_names(&message, &["/config.json", "id2label"]);
    }
}

#[test]
fn a_missing_tensor_is_named() {
    for tensor in [
        "embeddings.word_embeddings.weight",
        "encoder.layer.1.attention.self.key.bias",
        "pooler.dense.weight",
        "classifier.bias",
    ] {
        let message = complaint_of(|model| {
            model.tensors.remove(tensor).unwrap();
        });
        assert_names(&message, &["/model.safetensors", tensor, "missing"]);
    }
}

#[test]
fn a_misshapen_tensor_is_named_with_both_shapes() {
    let message = complaint_of(|model| {
        let tensor = model.tensors.get_mut("pooler.dense.weight").unwrap();
        tensor.0 = vec![16, 64];
    });
    let parts = ["pooler.dense.weight", "[16, 64]", "[32, 32]"];
    assert_names(&message, &parts);
    assert_names(&message, &["/model.safetensors"]);
    // A head of other labels than those of the configuration.
    let message = complaint_of(|model| {
        model.config["id2label"]["3"] = json!("another");
    });
    assert_names(&message, &["classifier.weight", "[3, 32]", "[4, 32]"]);
}

#[test]
fn weights_of_whole_numbers_are_refused_by_type() {
    let message = complaint(|model, folder| {
        let weights = model.weights(Dtype::I64);
        fs::write(folder.join("model.safetensors"), weights).unwrap();
    });
    assert_names(&message, &["/model.safetensors", "I64", "F32"]);
}

#[test]
fn truncated_weights_are_refused_wherever_they_end() {
    let whole = TinyBert::new().classifier().weights(Dtype::F32);
    for length in [0, 5, 100, whole.len() / 2, whole.len() - 1] {
        let message = complaint(|_, folder| {
            fs::write(folder.join("model.safetensors"), &whole[..length]).unwrap();
        });
        assert_names(&message, &["/model.safetensors", "no complete safetensors"]);
    }
}

#[test]
fn a_vocabulary_larger_than_the_embeddings_is_refused() {
    let last = vocabulary().len() - 1;
    let message = complaint_of(|model| {
        model.config["vocab_size"] = json!(last);
        let words = model.tensors.get_mut("embeddings.word_embeddings.weight");
        let (shape, numbers) = words.unwrap();
        shape[0] = last;
        numbers.truncate(last * 32);
    });
    let number = format!("piece number {last}");
    assert_names(&message, &["/tokenizer.json", &number, "vocab_size"]);
}

#[test]
fn a_tokenizer_without_cls_and_sep_is_refused() {
    let message = complaint_of(|model| model.tokenizer["post_processor"] = Value::Null);
    assert_names(&message, &["/tokenizer.json", "[CLS]", "[SEP]"]);
    let message = complaint(|_, folder| {
        fs::remove_file(folder.join("tokenizer.json")).unwrap();
        fs::write(folder.join("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\nmail\n").unwrap();
    });
    assert_names(&message, &["/vocab.txt", "[SEP]"]);
}

#[test]
fn a_saved_model_is_the_same_model_and_the_same_bytes() {
    let classifier = load(TinyBert::new().classifier().folder().path()).unwrap();
    let expected = scores(&classifier);
    let folders = [0, 1].map(|_| tempfile::tempdir().unwrap());
    let first = folders[0].path().join("a/new/folder");
    classifier.save(&first, WeightFormat::F32).unwrap();
    let loaded = load(&first).unwrap();
    assert_eq!(loaded.labels(), LABELS);
    assert_eq!(scores(&loaded), expected);
    loaded.save(folders[1].path(), WeightFormat::F32).unwrap();
    for file in [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "model.safetensors",
    ] {
        let bytes = |folder: &Path| fs::read(folder.join(file)).unwrap();
        assert!(bytes(&first) == bytes(folders[1].path()), "{file}");
    }
}

#[test]
fn a_model_saved_in_half_precision_is_half_as_large_and_nearly_the_same() {
    let classifier = load(TinyBert::new().classifier().folder().path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let size = |precision: WeightFormat| {
        classifier.save(folder.path(), precision).unwrap();
        let file = folder.path().join("model.safetensors");
        let bytes = fs::read(file).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let numbers = tensors.iter().map(|(_, view)| view.data().len());
        numbers.sum::<usize>()
    };
    assert_eq!(size(WeightFormat::F32), 2 * size(WeightFormat::F16));
    let config = fs::read_to_string(folder.path().join("config.json")).unwrap();
    assert_names(&config, &["\"torch_dtype\": \"float16\""]);
    let distance = distance(&scores(&load(folder.path()).unwrap()), &scores(&classifier));
    // Weights rounded to 11 significant bits.
    assert!(0.0 < distance && distance < 3e-3, "{distance}");
}

#[test]
fn saved_files_say_what_python_expects() {
    let classifier = load(TinyBert::new().classifier().folder().path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    classifier.save(folder.path(), WeightFormat::F32).unwrap();

    let bytes = fs::read(folder.path().join("model.safetensors")).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header.metadata().as_ref().unwrap()["format"], "pt");
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = tensors.names();
    names.sort_unstable();
    assert_eq!(names.len(), 3 + 2 * 3 + 2 * 2 * 8);
    for name in [
        "bert.embeddings.word_embeddings.weight",
        "bert.embeddings.position_embeddings.weight",
        "bert.embeddings.token_type_embeddings.weight",
        "bert.embeddings.LayerNorm.weight",
        "bert.encoder.layer.1.attention.self.query.bias",
        "bert.encoder.layer.0.attention.output.LayerNorm.bias",
        "bert.encoder.layer.1.intermediate.dense.weight",
        "bert.encoder.layer.1.output.dense.weight",
        "bert.pooler.dense.weight",
        "classifier.weight",
        "classifier.bias",
    ] {
        assert!(names.contains(&name), "{name}");
    }

    let json = |file: &str| -> Value {
        serde_json::from_slice(&fs::read(folder.path().join(file)).unwrap()).unwrap()
    };
    let config = json("config.json");
    assert_eq!(
        config["architectures"],
        json!(["BertForSequenceClassification"])
    );
    assert_eq!(config["model_type"], "bert");
    assert_eq!(config["torch_dtype"], "float32");
    let by_index = json!({"0": "full", "1": "unknown", "2": "spam"});
    assert_eq!(config["id2label"], by_index);
    let by_name = json!({"full": 0, "unknown": 1, "spam": 2});
    assert_eq!(config["label2id"], by_name);

    let tokenizer = json("tokenizer.json");
    assert_eq!(tokenizer["padding"], Value::Null);
    assert_eq!(tokenizer["truncation"]["max_length"], 24);
    let settings = json("tokenizer_config.json");
    assert_eq!(settings["tokenizer_class"], "BertTokenizer");
    assert_eq!(settings["do_lower_case"], true);
    assert_eq!(settings["model_max_length"], 24);
}

#[test]
fn python_is_told_to_cut_texts_where_they_are_cut_here() {
    let mut model = TinyBert::new().classifier();
    model.tokenizer["truncation"] = json!({
        "direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0,
    });
    let folder = tempfile::tempdir().unwrap();
    let classifier = load(model.folder().path()).unwrap();
    classifier.save(folder.path(), WeightFormat::F32).unwrap();
    let settings = fs::read(folder.path().join("tokenizer_config.json")).unwrap();
    let settings: Value = serde_json::from_slice(&settings).unwrap();
    assert_eq!(settings["model_max_length"], 6);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let classifier = load(TinyBert::new().classifier().folder().path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "").unwrap();
    let error = classifier.save(&file, WeightFormat::F32).unwrap_err();
    assert!(matches!(error, Error::File(_)));
    assert_names(&error.to_string(), &["a-file"]);
}
