//! A small random BERT, its files in the hub's layout, and toy texts for it.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::Path;

use half::{bf16, f16};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

/// Labels of the toy texts.
pub(crate) const LABELS: [&str; 3] = ["full", "unknown", "spam"];

/// Words that tell a toy text's label.
const KEYS: [[&str; 3]; 3] = [
    ["mailbox", "full", "quota"],
    ["user", "unknown", "recipient"],
    ["spam", "blocked", "policy"],
];

/// Words that tell nothing.
pub(crate) const FILLERS: [&str; 12] = [
    "the",
    "message",
    "was",
    "not",
    "delivered",
    "to",
    "server",
    "remote",
    "said",
    "550",
    "mails",
    "sorry",
];

/// Shape and numbers of each tensor by name.
pub(crate) type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// The files of a model, to be changed at will before they are written.
#[derive(Clone)]
pub(crate) struct TinyBert {
    pub(crate) config: Value,
    pub(crate) tokenizer: Value,
    pub(crate) tensors: Tensors,
}

impl TinyBert {
    /// A base of 2 layers of width 32, 4 heads.
    pub(crate) fn new() -> Self {
        Self::sized(2, 32, 4, 64)
    }

    /// A base of other sizes. Its numbers are larger than those of a newly
    /// drawn BERT, so that no part of the network is almost linear.
    pub(crate) fn sized(layers: usize, width: usize, heads: usize, wide: usize) -> Self {
        let vocabulary = vocabulary();
        let positions = 24;
        let config = json!({
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": vocabulary.len(),
            "hidden_size": width,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": wide,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "max_position_embeddings": positions,
            "type_vocab_size": 2,
            "initializer_range": 0.02,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 0,
        });
        let mut tensors = Random::new(1);
        tensors.table(
            "embeddings.word_embeddings.weight",
            &[vocabulary.len(), width],
        );
        tensors.table("embeddings.position_embeddings.weight", &[positions, width]);
        tensors.table("embeddings.token_type_embeddings.weight", &[2, width]);
        tensors.norm("embeddings.LayerNorm", width);
        for layer in 0..layers {
            let name = |part: &str| format!("encoder.layer.{layer}.{part}");
            for part in ["self.query", "self.key", "self.value", "output.dense"] {
                tensors.affine(&name(&format!("attention.{part}")), width, width);
            }
            tensors.norm(&name("attention.output.LayerNorm"), width);
            tensors.affine(&name("intermediate.dense"), wide, width);
            tensors.affine(&name("output.dense"), width, wide);
            tensors.norm(&name("output.LayerNorm"), width);
        }
        tensors.affine("pooler.dense", width, width);
        Self {
            config,
            tokenizer: tokenizer(&vocabulary),
            tensors: tensors.tensors,
        }
    }

    /// The same model with a random head for [`LABELS`].
    pub(crate) fn classifier(mut self) -> Self {
        let width = self.tensors["pooler.dense.bias"].1.len();
        let mut head = Random::new(2);
        head.affine("classifier", LABELS.len(), width);
        self.tensors.extend(head.tensors);
        self.config["id2label"] = json!({"0": LABELS[0], "1": LABELS[1], "2": LABELS[2]});
        self
    }

    /// The same weights under other names.
    pub(crate) fn renamed(mut self, rename: impl Fn(&str) -> String) -> Self {
        self.tensors = self
            .tensors
            .into_iter()
            .map(|(name, tensor)| (rename(&name), tensor))
            .collect();
        self
    }

    /// The weights file, its numbers stored as `dtype`.
    pub(crate) fn weights(&self, dtype: Dtype) -> Vec<u8> {
        let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = self
            .tensors
            .iter()
            .map(|(name, (shape, numbers))| (name, shape, encode(numbers, dtype)))
            .collect();
        let views = bytes.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(dtype, (*shape).clone(), bytes).unwrap();
            (name.as_str(), view)
        });
        safetensors::serialize(views, None).unwrap()
    }

    /// Writes `config.json`, `tokenizer.json` and `model.safetensors`.
    pub(crate) fn write(&self, folder: &Path) {
        std::fs::write(folder.join("config.json"), self.config.to_string()).unwrap();
        std::fs::write(folder.join("tokenizer.json"), self.tokenizer.to_string()).unwrap();
        std::fs::write(folder.join("model.safetensors"), self.weights(Dtype::F32)).unwrap();
    }

    /// Writes the model to a new folder.
    pub(crate) fn folder(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        folder
    }
}

/// The pieces in order of their ids.
pub(crate) fn vocabulary() -> Vec<String> {
    let mut pieces: Vec<String> = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        .into_iter()
        .chain(KEYS.concat())
        .chain(FILLERS.iter().copied().filter(|word| *word != "mails"))
        .chain(["mail", "##s", "."])
        .map(str::to_owned)
        .collect();
    pieces.extend(('a'..='z').map(|letter| letter.to_string()));
    pieces
}

fn tokenizer(vocabulary: &[String]) -> Value {
    let added: Vec<Value> = vocabulary[..5]
        .iter()
        .enumerate()
        .map(|(id, piece)| {
            json!({
                "id": id, "content": piece, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            })
        })
        .collect();
    let ids: BTreeMap<&String, usize> = vocabulary.iter().zip(0..).collect();
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": {
            "strategy": {"Fixed": 20}, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]",
        },
        "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
            ],
            "pair": [
                {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
                {"SpecialToken": {"id": "[SEP]", "type_id": 1}},
            ],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]},
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": ids,
        },
    })
}

/// Texts of 1 to 12 words with their labels, which single words tell.
pub(crate) fn toy_texts(count: usize) -> Vec<(String, usize)> {
    (0..count)
        .map(|number| {
            let label = number % LABELS.len();
            let length = number * 5 % 12;
            let mut words: Vec<&str> = (0..length)
                .map(|word| FILLERS[(number * 7 + word * word + word) % FILLERS.len()])
                .collect();
            let key = KEYS[label][number / LABELS.len() % 3];
            words.insert(number * 3 % (length + 1), key);
            (words.join(" "), label)
        })
        .collect()
}

fn encode(numbers: &[f32], dtype: Dtype) -> Vec<u8> {
    match dtype {
        Dtype::F32 => numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
        Dtype::F16 => numbers
            .iter()
            .flat_map(|x| f16::from_f32(*x).to_le_bytes())
            .collect(),
        Dtype::BF16 => numbers
            .iter()
            .flat_map(|x| bf16::from_f32(*x).to_le_bytes())
            .collect(),
        Dtype::I64 => numbers
            .iter()
            .flat_map(|x| (*x as i64).to_le_bytes())
            .collect(),
        _ => panic!("no test stores numbers as {dtype:?}"),
    }
}

struct Random {
    random: ChaCha8Rng,
    tensors: Tensors,
}

impl Random {
    fn new(seed: u64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            tensors: Tensors::new(),
        }
    }

    fn around(&mut self, name: String, centre: f32, spread: f32, shape: &[usize]) {
        let numbers = (0..shape.iter().product())
            .map(|_| centre + self.random.random_range(-spread..spread))
            .collect();
        self.tensors.insert(name, (shape.to_vec(), numbers));
    }

    fn table(&mut self, name: &str, shape: &[usize]) {
        self.around(name.to_owned(), 0.0, 0.5, shape);
    }

    fn affine(&mut self, name: &str, outputs: usize, inputs: usize) {
        self.around(format!("{name}.weight"), 0.0, 0.3, &[outputs, inputs]);
        self.around(format!("{name}.bias"), 0.0, 0.1, &[outputs]);
    }

    fn norm(&mut self, name: &str, width: usize) {
        self.around(format!("{name}.weight"), 1.0, 0.2, &[width]);
        self.around(format!("{name}.bias"), 0.0, 0.1, &[width]);
    }
}
