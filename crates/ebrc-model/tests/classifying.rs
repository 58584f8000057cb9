//! Hidden states and scores: the same as Candle's own BERT computes, and the
//! same bits in any company.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod tiny_bert;

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::BertModel;
use ebrc_model::{Classifier, DeviceChoice, Encoder, ModelFiles, Precision};
use tiny_bert::{LABELS, TinyBert, toy_texts};
use tokenizers::Tokenizer;

/// The `[CLS]` state of the last layer as candle-transformers computes it.
fn candle_state(model: &TinyBert, text: &str) -> Vec<f32> {
    let tensors: HashMap<String, Tensor> = model
        .tensors
        .iter()
        .map(|(name, (shape, numbers))| {
            let tensor = Tensor::from_slice(numbers, shape.clone(), &Device::Cpu).unwrap();
            (name.clone(), tensor)
        })
        .collect();
    let variables = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let config = serde_json::from_value(model.config.clone()).unwrap();
    let bert = BertModel::load(variables, &config).unwrap();
    let mut tokenizer: Tokenizer = serde_json::from_value(model.tokenizer.clone()).unwrap();
    tokenizer.with_padding(None);
    let encoding = tokenizer.encode(text, true).unwrap();
    let ids = Tensor::new(encoding.get_ids(), &Device::Cpu).unwrap();
    let ids = ids.unsqueeze(0).unwrap();
    let segments = ids.zeros_like().unwrap();
    let states = bert.forward(&ids, &segments, None).unwrap();
    states.get(0).unwrap().get(0).unwrap().to_vec1().unwrap()
}

fn texts() -> Vec<String> {
    // Two whole batches and a text more.
    let mut texts: Vec<String> = toy_texts(64).into_iter().map(|(text, _)| text).collect();
    texts.push(String::new());
    texts
}

fn classifier(model: &TinyBert, precision: Precision) -> Classifier {
    let files = ModelFiles::from_folder(model.folder().path()).unwrap();
    Classifier::load(&files, DeviceChoice::Cpu, precision).unwrap()
}

const PRECISIONS: [Precision; 2] = [Precision::F32, Precision::Int8];

/// The bits of every text's scores, all classified together.
fn bits(classifier: &Classifier, texts: &[&str]) -> Vec<Vec<u32>> {
    let scores = classifier.classify(texts).unwrap();
    scores
        .iter()
        .map(|scores| scores.probabilities.iter().map(|p| p.to_bits()).collect())
        .collect()
}

#[test]
fn first_states_are_those_of_candle_transformers() {
    for model in [TinyBert::new(), TinyBert::sized(3, 48, 3, 96)] {
        let files = ModelFiles::from_folder(model.folder().path()).unwrap();
        let encoder = Encoder::load(&files).unwrap();
        let texts = texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let states = encoder.first_states(&texts).unwrap();
        let mut largest = 0.0_f32;
        for (text, state) in texts.iter().zip(states) {
            let expected = candle_state(&model, text);
            assert_eq!(state.len(), expected.len());
            for (found, expected) in state.iter().zip(&expected) {
                // Numbers up to 3, summed in f32 in another order.
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
                largest = largest.max(expected.abs());
            }
        }
        assert!(largest > 1.0, "the states are all but 0: {largest}");
    }
}

#[test]
fn scores_are_probabilities_in_the_order_of_the_labels() {
    let classifier = classifier(&TinyBert::new().classifier(), Precision::F32);
    assert_eq!(classifier.labels(), LABELS);
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for scores in classifier.classify(&texts).unwrap() {
        let sum: f32 = scores.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        let (best, probability) = scores.best();
        assert_eq!(scores.probabilities[best], probability);
        assert!(scores.probabilities.iter().all(|p| *p <= probability));
    }
    assert!(classifier.classify(&[]).unwrap().is_empty());
}

#[test]
fn a_text_scores_the_same_bits_alone_and_in_company() {
    // The sizes of a real small BERT, for they decide how products are summed.
    let models = [TinyBert::new(), TinyBert::sized(1, 384, 12, 1536)];
    let models = models.map(TinyBert::classifier);
    let pairs = models
        .iter()
        .flat_map(|model| PRECISIONS.map(|p| (model, p)));
    for (model, precision) in pairs {
        let classifier = classifier(model, precision);
        let texts = texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = bits(&classifier, &texts);
        assert_ne!(together[0], together[1]);
        for (text, together) in texts.iter().zip(&together) {
            assert_eq!(bits(&classifier, &[text])[0], *together, "{text}");
        }
        let reversed: Vec<&str> = texts.iter().rev().copied().collect();
        let mut again = bits(&classifier, &reversed);
        again.reverse();
        assert_eq!(again, together);
    }
}

#[test]
fn scores_have_the_same_bits_with_one_thread_and_with_two() {
    for precision in PRECISIONS {
        let model = TinyBert::sized(1, 384, 12, 1536).classifier();
        let classifier = classifier(&model, precision);
        let texts = texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let run = |threads: usize, texts: &[&str]| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| bits(&classifier, texts))
        };
        let one = run(1, &texts);
        assert_eq!(one, run(2, &texts));
        // A single text is shared out among the threads in another way.
        assert_eq!(one[..1], run(2, &texts[..1]));
        assert_eq!(one[..1], run(3, &texts[..1]));
    }
}
