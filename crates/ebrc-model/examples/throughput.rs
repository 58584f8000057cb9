//! How many texts a second a model classifies or learns from, or how long one
//! text takes, as one line of JSON: what `benches/models/compare.py` sets beside
//! PyTorch and ONNX Runtime.
//!
//! `cargo run --release -p ebrc-model --example throughput -- TASK PRECISION MODEL TEXTS BATCH THREADS SECONDS`
//!
//! TASK is `inference`, `training` or `latency`, PRECISION `f32` or `int8`, MODEL a folder, TEXTS a file with a text
//! a line. Loading is not timed, nor is the first part of the work; tokenising
//! is.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use ebrc_model::{
    Classifier, DeviceChoice, Example, ModelFiles, Precision, TrainEvent, TrainSettings,
    TrainingData, train,
};
use serde_json::json;

/// Seconds of work before the clock starts.
const WARM_UP: f64 = 0.4;

/// Ticks a second of the CPU times that Linux tells.
const TICKS: f64 = 100.0;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, precision, model, texts, batch, threads, seconds] = arguments.as_slice() else {
        return Err("usage: throughput TASK PRECISION MODEL TEXTS BATCH THREADS SECONDS".into());
    };
    let (batch, seconds): (usize, f64) = (batch.parse()?, seconds.parse()?);
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.parse()?)
        .build_global()?;
    let precision = match precision.as_str() {
        "f32" => Precision::F32,
        "int8" => Precision::Int8,
        _ => return Err("PRECISION is f32 or int8".into()),
    };
    let files = ModelFiles::from_folder(Path::new(model))?;
    let content = fs::read_to_string(texts)?;
    let texts: Vec<&str> = content.lines().collect();
    if texts.is_empty() {
        return Err("TEXTS holds no text".into());
    }
    let mut clock = Clock::new(seconds);
    match task.as_str() {
        "inference" => {
            let classifier = Classifier::load(&files, DeviceChoice::Cpu, precision)?;
            'all: loop {
                for batch in texts.chunks(batch) {
                    classifier.classify(batch)?;
                    if clock.counts(batch.len()) {
                        break 'all;
                    }
                }
            }
        }
        "latency" => {
            let classifier = Classifier::load(&files, DeviceChoice::Cpu, precision)?;
            let mut milliseconds = Vec::new();
            'texts: loop {
                for text in &texts {
                    let start = Instant::now();
                    classifier.classify(&[text])?;
                    let taken = start.elapsed().as_secs_f64() * 1e3;
                    if clock.counts(1) {
                        break 'texts;
                    }
                    if clock.warm.is_some() {
                        milliseconds.push(taken);
                    }
                }
            }
            milliseconds.sort_by(f64::total_cmp);
            let quantile = |share: f64| {
                let place = (milliseconds.len() as f64 * share) as usize;
                milliseconds.get(place).copied()
            };
            let line = json!({
                "threads": threads.parse::<usize>()?,
                "texts": milliseconds.len(),
                "p50_ms": quantile(0.5),
                "p99_ms": quantile(0.99),
            });
            return Ok(writeln!(io::stdout(), "{line}")?);
        }
        "training" => {
            let labels: Vec<String> = (0..16).map(|label| format!("T{}", label + 1)).collect();
            let examples: Vec<Example> = texts
                .iter()
                .enumerate()
                .map(|(number, text)| Example {
                    text: (*text).to_owned(),
                    label: number % labels.len(),
                    certainty: 1.0,
                    weight: 1.0,
                })
                .collect();
            let data = TrainingData {
                labels: &labels,
                train: &examples,
                validation: &[],
            };
            let settings = TrainSettings {
                batch_size: batch,
                epochs: 1000,
                ..TrainSettings::default()
            };
            train(
                &files,
                data,
                &settings,
                DeviceChoice::Cpu,
                None,
                &mut |event| match event {
                    TrainEvent::Step { .. } if clock.counts(batch) => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                },
            )?;
        }
        _ => return Err("TASK is inference, training or latency".into()),
    }
    let line = json!({
        "tool": "ebrc",
        "task": task,
        "batch": batch,
        "threads": threads.parse::<usize>()?,
        "texts": clock.texts,
        "wall_s": clock.wall,
        "cpu_s": clock.cpu,
    });
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Counts texts, once the work is warm.
struct Clock {
    seconds: f64,
    began: Instant,
    warm: Option<(Instant, f64)>,
    texts: usize,
    wall: f64,
    cpu: f64,
}

impl Clock {
    fn new(seconds: f64) -> Self {
        Self {
            seconds,
            began: Instant::now(),
            warm: None,
            texts: 0,
            wall: 0.0,
            cpu: 0.0,
        }
    }

    /// Adds texts; true when the time is over.
    fn counts(&mut self, texts: usize) -> bool {
        let Some((start, cpu)) = self.warm else {
            if self.texts == 0 {
                // Loading is over.
                self.began = Instant::now();
                self.texts = 1;
            }
            if self.began.elapsed().as_secs_f64() > WARM_UP {
                self.texts = 0;
                self.warm = Some((Instant::now(), cpu_seconds()));
            }
            return false;
        };
        self.texts += texts;
        self.wall = start.elapsed().as_secs_f64();
        self.cpu = cpu_seconds() - cpu;
        self.wall > self.seconds
    }
}

/// CPU time of this process so far, of all threads.
fn cpu_seconds() -> f64 {
    let line = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = line.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = |at: usize| -> f64 {
        let field = fields.split_whitespace().nth(at);
        field.and_then(|field| field.parse().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / TICKS
}
