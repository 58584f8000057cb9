//! Cuts a BERT's vocabulary to the pieces that some texts need, and stores its
//! weights in f16: how `models/base` is made (see `scripts/make-base.sh`).
//!
//! `cargo run --release -p ebrc-model --example cut_base -- FULL TEXTS PIECES OUT FIXTURE`
//!
//! FULL is the folder of the whole model, TEXTS a file with a text a line. The
//! cut vocabulary holds every special piece, every piece of one character that
//! is Latin, a digit or a sign, the pieces of the texts, and then as many of the
//! whole vocabulary's first (commonest) pieces as PIECES leaves room for.
//! FIXTURE receives `[CLS]` states of the whole model on some of the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ebrc_model::{Encoder, ModelFiles};
use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde_json::{Value, json};
use tokenizers::Tokenizer;

/// Pieces below this are special or unused ones.
const SPECIAL: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// How many texts the fixture has.
const FIXTURE_TEXTS: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [full, texts, pieces, out, fixture] = arguments.as_slice() else {
        return Err("usage: cut_base FULL TEXTS PIECES OUT FIXTURE".into());
    };
    let (full, out) = (PathBuf::from(full), PathBuf::from(out));
    let texts = fs::read_to_string(texts)?;
    let texts: Vec<&str> = texts.lines().filter(|text| !text.is_empty()).collect();

    let mut tokenizer: Value = serde_json::from_slice(&fs::read(full.join("tokenizer.json"))?)?;
    tokenizer["padding"] = Value::Null;
    tokenizer["truncation"] = Value::Null;
    let kept = kept_pieces(&tokenizer, &texts, pieces.parse()?)?;
    let numbers: BTreeMap<u64, u64> = kept.iter().copied().zip(0..).collect();
    renumber(&mut tokenizer, &numbers)?;

    let mut config: Value = serde_json::from_slice(&fs::read(full.join("config.json"))?)?;
    config["vocab_size"] = json!(kept.len());
    config["torch_dtype"] = json!("float16");
    config["_name_or_path"] = Value::Null;
    if let Some(fields) = config.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    let weights = cut_weights(&fs::read(full.join("model.safetensors"))?, &kept)?;
    ebrc_files::create_folder(&out)?;
    let write = |name: &str, bytes: &[u8]| ebrc_files::write_complete(&out.join(name), bytes);
    write("config.json", &readable(&config)?)?;
    write("tokenizer.json", &readable(&tokenizer)?)?;
    write("model.safetensors", &weights)?;

    let texts = texts_within(&full, &out, &texts)?;
    let encoder = Encoder::load(&ModelFiles::from_folder(&full)?)?;
    let rows: Vec<Value> = texts
        .iter()
        .zip(encoder.first_states(&texts)?)
        .map(|(text, state)| json!({ "text": text, "state": state }))
        .collect();
    ebrc_files::write_complete(Path::new(fixture), &serde_json::to_vec(&rows)?)?;
    Ok(())
}

fn vocabulary(tokenizer: &Value) -> Result<BTreeMap<u64, String>, Box<dyn Error>> {
    let pieces = tokenizer["model"]["vocab"]
        .as_object()
        .ok_or("the tokenizer has no vocabulary")?;
    pieces
        .iter()
        .map(|(piece, id)| Ok((id.as_u64().ok_or("an id is no number")?, piece.clone())))
        .collect()
}

/// The ids to keep, in ascending order.
fn kept_pieces(
    tokenizer: &Value,
    texts: &[&str],
    wanted: usize,
) -> Result<BTreeSet<u64>, Box<dyn Error>> {
    let pieces = vocabulary(tokenizer)?;
    let mut kept: BTreeSet<u64> = pieces
        .iter()
        .filter(|(_, piece)| {
            let mut characters = piece.strip_prefix("##").unwrap_or(piece).chars();
            let single =
                characters.next().is_some_and(|c| c < '\u{250}') && characters.next().is_none();
            single || SPECIAL.contains(&piece.as_str())
        })
        .map(|(&id, _)| id)
        .collect();
    let whole: Tokenizer = serde_json::from_value(tokenizer.clone())?;
    for text in texts {
        let encoding = whole
            .encode_fast(*text, true)
            .map_err(|error| error.to_string())?;
        kept.extend(encoding.get_ids().iter().map(|&id| u64::from(id)));
    }
    if kept.len() > wanted {
        return Err(format!("the texts need {} pieces; allow as many", kept.len()).into());
    }
    // WordPiece vocabularies are ordered by frequency behind the characters.
    let words = pieces
        .iter()
        .filter(|(_, piece)| piece.trim_start_matches("##").chars().nth(1).is_some())
        .filter(|(_, piece)| !piece.starts_with("[unused"));
    for (&id, _) in words {
        if kept.len() == wanted {
            break;
        }
        kept.insert(id);
    }
    Ok(kept)
}

/// Gives the kept pieces their new numbers wherever the tokenizer names them.
fn renumber(tokenizer: &mut Value, numbers: &BTreeMap<u64, u64>) -> Result<(), Box<dyn Error>> {
    let new = |id: &Value| -> Option<Value> {
        id.as_u64()
            .and_then(|id| numbers.get(&id))
            .map(|id| json!(id))
    };
    let vocab = tokenizer["model"]["vocab"]
        .as_object_mut()
        .ok_or("the tokenizer has no vocabulary")?;
    let mut pieces: Vec<(String, Value)> = vocab
        .iter()
        .filter_map(|(piece, id)| Some((piece.clone(), new(id)?)))
        .collect();
    pieces.sort_by_key(|(_, id)| id.as_u64());
    *vocab = pieces.into_iter().collect();
    for added in tokenizer["added_tokens"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        added["id"] = new(&added["id"]).ok_or("a special piece was cut")?;
    }
    let special = &mut tokenizer["post_processor"]["special_tokens"];
    for token in special
        .as_object_mut()
        .into_iter()
        .flat_map(|map| map.values_mut())
    {
        for id in token["ids"].as_array_mut().into_iter().flatten() {
            *id = new(id).ok_or("a special piece was cut")?;
        }
    }
    Ok(())
}

/// The weights in f16, the word embeddings with the kept rows alone.
fn cut_weights(bytes: &[u8], kept: &BTreeSet<u64>) -> Result<Vec<u8>, Box<dyn Error>> {
    let whole = SafeTensors::deserialize(bytes)?;
    let mut tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)> = BTreeMap::new();
    for (name, tensor) in whole.tensors() {
        if tensor.dtype() != Dtype::F32 {
            // Such as `position_ids`, which are 0, 1, 2 …
            continue;
        }
        let mut shape = tensor.shape().to_vec();
        let row_bytes = tensor.data().len() / shape.first().copied().unwrap_or(1).max(1);
        let data = if name == "embeddings.word_embeddings.weight" {
            shape[0] = kept.len();
            let rows = kept
                .iter()
                .map(|&id| &tensor.data()[id as usize * row_bytes..][..row_bytes]);
            rows.flat_map(half_precision).collect()
        } else {
            half_precision(tensor.data()).collect()
        };
        tensors.insert(name, (shape, data));
    }
    let views: Vec<(&String, TensorView<'_>)> = tensors
        .iter()
        .map(|(name, (shape, data))| Ok((name, TensorView::new(Dtype::F16, shape.clone(), data)?)))
        .collect::<Result<_, safetensors::SafeTensorError>>()?;
    let metadata = [("format".to_owned(), "pt".to_owned())].into();
    Ok(safetensors::serialize(views, Some(metadata))?)
}

fn half_precision(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers
        .iter()
        .flat_map(|number| f16::from_f32(f32::from_le_bytes(*number)).to_le_bytes())
}

/// Texts that both tokenizers cut into the same pieces, spread over all.
fn texts_within<'a>(
    full: &Path,
    cut: &Path,
    texts: &[&'a str],
) -> Result<Vec<&'a str>, Box<dyn Error>> {
    let load = |folder: &Path| {
        Tokenizer::from_file(folder.join("tokenizer.json")).map_err(|error| error.to_string())
    };
    let pieces = |tokenizer: &Tokenizer, text: &str| -> Result<Vec<String>, Box<dyn Error>> {
        let encoding = tokenizer
            .encode(text, true)
            .map_err(|error| error.to_string())?;
        let mask = encoding.get_attention_mask();
        let used = encoding
            .get_tokens()
            .iter()
            .zip(mask)
            .filter(|(_, mask)| **mask == 1);
        Ok(used.map(|(piece, _)| piece.clone()).collect())
    };
    let (whole, cut) = (load(full)?, load(cut)?);
    let mut same = Vec::new();
    for text in texts {
        if text.len() < 400 && pieces(&whole, text)? == pieces(&cut, text)? {
            same.push(*text);
        }
    }
    if same.len() < FIXTURE_TEXTS {
        return Err("hardly a text is cut into the same pieces by both tokenizers".into());
    }
    let step = (same.len() / FIXTURE_TEXTS).max(1);
    Ok(same.into_iter().step_by(step).take(FIXTURE_TEXTS).collect())
}

fn readable(value: &Value) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
