//! Scores Drain on labelled logs in LogHub's format.
//!
//! ```text
//! cargo run --release -p ebrc-drain --example score -- [OPTIONS] PATH...
//! ```
//!
//! Each PATH is a `*_log_structured.csv` with the columns `Content`, `EventId`
//! and `EventTemplate`, or a folder of them. Options:
//!
//! - `--settings FILE`: per set `{"masks": [regex], "depth": n, "similarity": x}`,
//!   by the name in front of the file's `_2k`; masks are replaced by `<*>`, and
//!   nothing is merged. A `grouping_accuracy` (name to figure) there is printed
//!   beside ours.
//! - `--no-masks`, `--no-merge`: without these parts of the one setting for all
//!   sets, which is used where no file of settings is given.
//! - `--depth N`, `--similarity X`, `--words N`, `--stretch N`: change it.
//! - `--json`: one object per set.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ebrc_drain::accuracy::{Accuracy, Parsed};
use ebrc_drain::masking::{Masks, Patterns};
use ebrc_drain::merge::{Merging, merge};
use ebrc_drain::{Drain, Settings};
use serde::Deserialize;

/// What a file of settings says about a set.
#[derive(Deserialize)]
struct Tuned {
    masks: Vec<String>,
    depth: usize,
    similarity: f64,
    #[serde(default)]
    grouping_accuracy: HashMap<String, f64>,
}

struct Options {
    paths: Vec<PathBuf>,
    tuned: Option<HashMap<String, Tuned>>,
    masks: Masks,
    settings: Settings,
    merging: Option<Merging>,
    json: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("score: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        paths: Vec::new(),
        tuned: None,
        masks: Masks::all(),
        settings: Settings::for_masked_lines(),
        merging: Some(Merging::default()),
        json: false,
    };
    let mut merging = Merging::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--settings" => {
                let file = value()?;
                let text = std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
                let tuned = serde_json::from_slice(&text).map_err(|e| format!("{file}: {e}"))?;
                options.tuned = Some(tuned);
            }
            "--no-masks" => options.masks = Masks::none(),
            "--no-merge" => options.merging = None,
            "--depth" => options.settings.depth = value()?.parse()?,
            "--similarity" => options.settings.similarity = value()?.parse()?,
            "--words" => merging.words = value()?.parse()?,
            "--stretch" => merging.longest = value()?.parse()?,
            "--json" => options.json = true,
            _ if argument.starts_with('-') => return Err(format!("no option {argument}").into()),
            _ => options.paths.extend(files(Path::new(&argument))?),
        }
    }
    options.merging = options.merging.map(|_| merging);
    if options.paths.is_empty() {
        return Err("name a *_log_structured.csv or a folder of them".into());
    }
    Ok(options)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if file.to_string_lossy().ends_with("log_structured.csv") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Content")]
    content: String,
    #[serde(rename = "EventId")]
    id: String,
    #[serde(rename = "EventTemplate")]
    template: String,
}

fn read(file: &Path) -> Result<Vec<Record>, Box<dyn Error>> {
    let name = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(name)?;
    let records = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(name)?;
    Ok(records)
}

/// The set's name: what is in front of `_2k` or `_full` or `.log`.
fn set_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let end = ["_2k", "_full", ".log", "_log"]
        .iter()
        .filter_map(|mark| name.find(mark))
        .min();
    name[..end.unwrap_or(name.len())].to_owned()
}

fn score(
    records: &[Record],
    tuned: Option<&Tuned>,
    options: &Options,
) -> Result<Accuracy, Box<dyn Error>> {
    let mut settings = options.settings.clone();
    let mut own = Patterns::default();
    let mut masks = options.masks;
    let mut merging = options.merging;
    if let Some(tuned) = tuned {
        settings = Settings {
            depth: tuned.depth,
            similarity: tuned.similarity,
            ..Settings::default()
        };
        masks = Masks::none();
        merging = None;
        own = Patterns::new(tuned.masks.iter().map(|mask| ("*", mask.as_str())))?;
    }
    let mut drain = Drain::new(settings)?;
    let mut groups = Vec::with_capacity(records.len());
    for record in records {
        let line = masks.mask(&own.mask(&record.content));
        groups.push(drain.learn("", &line).cluster.0);
    }
    let mut templates: Vec<String> = drain.clusters().map(|(_, c)| c.template()).collect();
    if let Some(merging) = merging {
        let merged = merge(
            templates.iter().map(|template| ("", template.as_str())),
            &merging,
        );
        for group in &mut groups {
            *group = merged.group_of[*group as usize] as u32;
        }
        templates = merged.templates;
    }
    let mut ids = HashMap::new();
    Ok(Accuracy::of(records.iter().zip(&groups).map(
        |(record, &group)| {
            let next = ids.len() as u32;
            let truth = Parsed {
                group: *ids.entry(record.id.as_str()).or_insert(next),
                template: &record.template,
            };
            let template = templates[group as usize].as_str();
            (Parsed { group, template }, truth)
        },
    )))
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let mut sums = [0.0; 4];
    let mut sets = 0;
    for file in &options.paths {
        let records = read(file)?;
        let set = set_of(file);
        let tuned = match &options.tuned {
            Some(tuned) => Some(tuned.get(&set).ok_or(format!("no settings of {set}"))?),
            None => None,
        };
        let accuracy = score(&records, tuned, &options)?;
        let figures = [
            accuracy.grouping_accuracy(),
            accuracy.parsing_accuracy(),
            accuracy.grouping_f1(),
            accuracy.template_f1(),
        ];
        if sets == 0 && !options.json {
            println!("set            lines   GA     PA     FGA    FTA    groups   true");
        }
        sets += 1;
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum += figure;
        }
        let [ga, pa, fga, fta] = figures;
        let mut reference: Vec<_> = tuned
            .iter()
            .flat_map(|tuned| &tuned.grouping_accuracy)
            .collect();
        reference.sort_unstable_by_key(|(name, _)| *name);
        if options.json {
            let object = serde_json::json!({
                "set": set, "lines": accuracy.lines, "ga": ga, "pa": pa, "fga": fga, "fta": fta,
                "groups": accuracy.groups, "true_groups": accuracy.true_groups,
            });
            println!("{object}");
            continue;
        }
        print!(
            "{set:<12} {:>7}  {ga:.4} {pa:.4} {fga:.4} {fta:.4}",
            accuracy.lines
        );
        print!(" {:>6} {:>6}", accuracy.groups, accuracy.true_groups);
        for (name, figure) in reference {
            print!("  {name} {figure:.4}");
        }
        println!();
    }
    let [ga, pa, fga, fta] = sums.map(|sum| sum / sets as f64);
    if options.json {
        let object =
            serde_json::json!({"mean_of": sets, "ga": ga, "pa": pa, "fga": fga, "fta": fta});
        println!("{object}");
    } else {
        println!("mean of {sets:<3}         {ga:.4} {pa:.4} {fga:.4} {fta:.4}");
    }
    Ok(())
}
