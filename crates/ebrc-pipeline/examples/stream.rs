//! How many messages a second `ebrc classify` types, as a line of JSON for each
//! pass over the same messages: in the first, every distinct text is
//! classified, later ones show what a message costs that is like others.
//!
//! `cargo run --release -p ebrc-pipeline --example stream -- MODEL MESSAGES PRECISION THREADS PASSES`
//!
//! MODEL is a folder, MESSAGES a file with a message a line, PRECISION `f32`
//! or `int8`. Reading is not timed, nor is the writing of answers; making
//! their lines is.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use ebrc_model::{DeviceChoice, ModelFiles, Precision};
use ebrc_pipeline::{Classification, MessageStream};
use serde_json::json;

/// Messages a batch, as in `ebrc classify`.
const BATCH: usize = 8192;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, messages, precision, threads, passes] = arguments.as_slice() else {
        return Err("usage: stream MODEL MESSAGES PRECISION THREADS PASSES".into());
    };
    let precision = match precision.as_str() {
        "f32" => Precision::F32,
        "int8" => Precision::Int8,
        _ => return Err("PRECISION is f32 or int8".into()),
    };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.parse()?)
        .build_global()?;
    let files = ModelFiles::from_folder(Path::new(model))?;
    let model = Classification::load(&files, DeviceChoice::Cpu, precision)?;
    let content = fs::read_to_string(messages)?;
    let messages: Vec<String> = content.lines().map(str::to_owned).collect();
    let mut stream = MessageStream::new(&model);
    let mut out = io::stdout().lock();
    for pass in 0..passes.parse::<usize>()? {
        let start = Instant::now();
        let mut bytes = 0;
        for batch in messages.chunks(BATCH) {
            for lines in stream.lines(batch)? {
                bytes += lines.len();
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let line = json!({
            "pass": pass,
            "threads": threads,
            "messages": messages.len(),
            "bytes": bytes,
            "wall_s": seconds,
            "messages_a_second": messages.len() as f64 / seconds,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
