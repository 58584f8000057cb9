//! What a classifier reads of texts and says of them, one a line: JSON with the
//! ids of a text's word pieces and its logits, in f32 on the CPU. What
//! `tests/python-model.py` sets beside Python's.
//!
//! `cargo run --release -p ebrc-model --example logits -- MODEL < TEXTS`
//!
//! MODEL is a folder; TEXTS has a text a line, as the network gets it.

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::Path;

use ebrc_model::{Classifier, DeviceChoice, ModelFiles, Precision};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let model = std::env::args().nth(1).ok_or("usage: logits MODEL")?;
    let files = ModelFiles::from_folder(Path::new(&model))?;
    let classifier = Classifier::load(&files, DeviceChoice::Cpu, Precision::F32)?;
    let mut texts = String::new();
    io::stdin().read_to_string(&mut texts)?;
    let texts: Vec<&str> = texts.lines().collect();
    let mut out = io::stdout().lock();
    for read in classifier.logits(&texts)? {
        let line = json!({"token_ids": read.token_ids, "logits": read.logits});
        writeln!(out, "{line}")?;
    }
    Ok(())
}
