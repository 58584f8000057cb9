//! Writes the small random classifier of the tests as ebrc saves a model:
//! what `tests/python-model.sh` makes `crates/ebrc-model/tests/python.json` from.
//!
//! `cargo run --release -p ebrc-model --example tiny_model -- FOLDER`

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests' code is used")]

use std::error::Error;
use std::path::Path;

use ebrc_model::{Classifier, DeviceChoice, ModelFiles, Precision, WeightFormat};

#[path = "../tests/tiny_bert/mod.rs"]
mod tiny_bert;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: tiny_model FOLDER")?;
    let written = tiny_bert::TinyBert::new().classifier().folder();
    let files = ModelFiles::from_folder(written.path())?;
    let classifier = Classifier::load(&files, DeviceChoice::Cpu, Precision::F32)?;
    classifier.save(Path::new(&folder), WeightFormat::F32)?;
    Ok(())
}
