//! What the programs of the peers share: options, lines, the clock, the result.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::str::FromStr;
use std::time::Instant;

/// Patterns of what differs from mail to mail, and what stands for it, in order.
/// Drain3 in Python has the same: `benches/drain/python.py`.
pub const MASKS: [(&str, &str); 6] = [
    (r"https?://[^\s<>]+", "url"),
    (r"<?[\w.+=%-]+@[\w.-]+\.\w{2,}>?", "email"),
    (
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?|\b(?:[0-9a-fA-F]{1,4}:){2,7}:?[0-9a-fA-F]{0,4}\b",
        "ip",
    ),
    (
        r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?|\b\d\d:\d\d:\d\d\b",
        "time",
    ),
    (r"\b(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}\b", "host"),
    (
        r"\b(?:[A-Za-z]+\d+|\d+[A-Za-z]+)[A-Za-z0-9]{6,}(?:[.-][A-Za-z0-9.-]+)?\b|\b\d{4,}\b",
        "id",
    ),
];

/// The options that all programs of `benches/drain/` have.
pub struct Options {
    pub depth: usize,
    pub similarity: f64,
    pub max_children: usize,
    pub numeric: bool,
    pub masks: bool,
    pub passes: u64,
    pub limit: f64,
    pub file: String,
}

impl Options {
    /// # Errors
    /// Where a word is not understood.
    pub fn parse() -> Result<Self, Box<dyn Error>> {
        let mut words = std::env::args().skip(1);
        let mut options = Self {
            depth: 4,
            similarity: 0.4,
            max_children: 100,
            numeric: true,
            masks: false,
            passes: 1,
            limit: f64::INFINITY,
            file: String::new(),
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--depth" => options.depth = value(&word, words.next())?,
                "--similarity" => options.similarity = value(&word, words.next())?,
                "--max-children" => options.max_children = value(&word, words.next())?,
                "--no-numeric" => options.numeric = false,
                "--masks" => options.masks = true,
                "--passes" => options.passes = value(&word, words.next())?,
                "--limit" => options.limit = value(&word, words.next())?,
                _ => options.file = word,
            }
        }
        if options.file.is_empty() {
            return Err("name a file, or - for standard input".into());
        }
        Ok(options)
    }

    /// Learns all lines of the file, or of standard input as they come, and
    /// prints one line of JSON.
    ///
    /// # Errors
    /// Where reading, learning or printing fails.
    pub fn measure<M>(
        &self,
        tool: &str,
        mut miner: M,
        mut learn: impl FnMut(&mut M, &str) -> Result<(), Box<dyn Error>>,
        clusters: impl FnOnce(&M) -> usize,
    ) -> Result<(), Box<dyn Error>> {
        let mut learned = 0_u64;
        let start;
        if self.file == "-" {
            let mut input = io::stdin().lock();
            let mut line = String::new();
            start = Instant::now();
            while input.read_line(&mut line)? > 0 {
                learn(&mut miner, line.strip_suffix('\n').unwrap_or(&line))?;
                learned += 1;
                line.clear();
            }
        } else {
            let content = std::fs::read_to_string(&self.file)?;
            let lines: Vec<&str> = content.split_terminator('\n').collect();
            start = Instant::now();
            'all: for _ in 0..self.passes {
                for line in &lines {
                    learn(&mut miner, line)?;
                    learned += 1;
                    if learned.is_multiple_of(64) && start.elapsed().as_secs_f64() > self.limit {
                        break 'all;
                    }
                }
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let clusters = clusters(&miner);
        let peak_mb = peak_mb();
        Ok(writeln!(
            io::stdout(),
            r#"{{"tool": "{tool}", "lines": {learned}, "seconds": {seconds}, "clusters": {clusters}, "peak_mb": {peak_mb}}}"#
        )?)
    }
}

/// The most memory that this process has had, in MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn value<T>(name: &str, word: Option<String>) -> Result<T, Box<dyn Error>>
where
    T: FromStr<Err: Error + 'static>,
{
    Ok(word
        .ok_or_else(|| format!("{name} needs a value"))?
        .parse()?)
}
