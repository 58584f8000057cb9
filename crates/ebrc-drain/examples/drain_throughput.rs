//! How fast lines are learned, as one line of JSON: what `benches/drain/` sets
//! beside other implementations of Drain.
//!
//! `cargo run --release -p ebrc-drain --example drain_throughput -- [OPTIONS] FILE`
//!
//! FILE holds a line each and is read before the clock starts; `-` stands for
//! standard input, of which each line is learned as it comes and none is kept.
//! Without FILE, `--lines N` are made up, the same each time: of `--templates N`
//! (100), with `--tokens N` or `--tokens LOW-HIGH` each (16); `--stream` has
//! each learned as it is made, `--print` has them printed and not learned.
//!
//! `--depth N`, `--similarity S`, `--max-children N` and `--no-numeric` are
//! Drain's settings; `--masks` masks each line as `ebrc` does; `--passes N`
//! learns all lines again and again; `--limit SECONDS` ends it early; `--threads N`
//! learns on as many threads.

mod common;

use std::borrow::Cow;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufWriter, Write};
use std::time::Instant;

use ebrc_drain::Drain;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = common::Arguments::new();
    let settings = arguments.settings()?;
    let masks = arguments.flag("--masks");
    let passes: u64 = arguments.value("--passes")?.unwrap_or(1);
    let threads: usize = arguments.value("--threads")?.unwrap_or(1);
    let lines: u64 = arguments.value("--lines")?.unwrap_or(0);
    let templates: u64 = arguments.value("--templates")?.unwrap_or(100);
    let limit: f64 = arguments.value("--limit")?.unwrap_or(f64::INFINITY);
    let tokens: Option<String> = arguments.value("--tokens")?;
    let tokens = range(tokens.as_deref().unwrap_or("16"))?;
    let (stream, print) = (arguments.flag("--stream"), arguments.flag("--print"));
    let file = arguments.file()?;

    let generator = Generator { templates, tokens };
    if print {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut line = String::new();
        for number in 0..lines {
            generator.line(number, &mut line);
            writeln!(out, "{line}")?;
        }
        return Ok(out.flush()?);
    }
    let mut drain = Drain::new(settings)?;
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let mut line = String::new();
    let (learned, clusters, seconds) = match file.as_deref() {
        None if stream => {
            let start = Instant::now();
            for number in 0..lines {
                generator.line(number, &mut line);
                drain.learn("", &masked(&line, masks));
            }
            (lines, drain.len(), start.elapsed())
        }
        Some("-") => {
            let mut input = io::stdin().lock();
            let mut learned = 0;
            let start = Instant::now();
            while input.read_line(&mut line)? > 0 {
                let text = line.strip_suffix('\n').unwrap_or(&line);
                drain.learn("", &masked(text, masks));
                learned += 1;
                line.clear();
            }
            (learned, drain.len(), start.elapsed())
        }
        _ => {
            let content = match file {
                Some(path) => fs::read_to_string(path)?,
                None => generator.text(lines),
            };
            let lines: Vec<&str> = content.split_terminator('\n').collect();
            let mut learned = passes * lines.len() as u64;
            let start = Instant::now();
            if threads > 1 {
                for _ in 0..passes {
                    pool.install(|| learn_together(&mut drain, &lines, masks));
                }
            } else {
                learned = 0;
                'all: for _ in 0..passes {
                    for line in &lines {
                        drain.learn("", &masked(line, masks));
                        learned += 1;
                        if learned.is_multiple_of(64) && start.elapsed().as_secs_f64() > limit {
                            break 'all;
                        }
                    }
                }
            }
            (learned, drain.len(), start.elapsed())
        }
    };
    let seconds = seconds.as_secs_f64();
    let peak_mb = peak_mb();
    Ok(writeln!(
        io::stdout(),
        r#"{{"tool": "ebrc", "lines": {learned}, "seconds": {seconds}, "clusters": {clusters}, "peak_mb": {peak_mb}}}"#
    )?)
}

/// The most memory that this process has had, in MB.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

fn masked(line: &str, masks: bool) -> Cow<'_, str> {
    if masks {
        ebrc_ndr::mask(line).into()
    } else {
        line.into()
    }
}

/// Lines that are learned at a time by all threads.
const BATCH: usize = 65_536;

fn learn_together(drain: &mut Drain, lines: &[&str], masks: bool) {
    for lines in lines.chunks(BATCH) {
        let masked = lines.par_iter().map(|line| ("", masked(line, masks)));
        let masked: Vec<_> = masked.collect();
        drain.learn_all(&masked);
        masked.into_par_iter().for_each(drop);
    }
}

/// Makes up lines of templates. One token in four is a slot, but not the first;
/// its value is a word with digits.
struct Generator {
    templates: u64,
    /// The fewest and the most.
    tokens: (u64, u64),
}

/// So many words are there, about as in the replies of mail servers.
const WORDS: u64 = 4000;

impl Generator {
    /// The line of a number. Each template is the line of one of the first
    /// numbers; later ones are of few templates more often than of many.
    fn line(&self, number: u64, line: &mut String) {
        let template = if number < self.templates {
            number
        } else {
            (share(hash(number, 0)).powi(3) * self.templates as f64) as u64
        };
        let dice = hash(template, 1);
        let tokens = self.tokens.0 + dice % (self.tokens.1 - self.tokens.0 + 1);
        line.clear();
        for position in 0..tokens {
            if position > 0 {
                line.push(' ');
            }
            if position > 0 && (position + dice / 1024).is_multiple_of(4) {
                let value = hash(number, 2 + position);
                push_word(value % WORDS, line);
                line.push_str(&(value % 9000 + 1000).to_string());
            } else {
                // Some words are common.
                let word = share(hash(template, 2 + position)).powi(2);
                push_word((word * WORDS as f64) as u64, line);
            }
        }
    }

    fn text(&self, lines: u64) -> String {
        let (mut text, mut line) = (String::new(), String::new());
        for number in 0..lines {
            self.line(number, &mut line);
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// A word of letters alone.
fn push_word(mut number: u64, line: &mut String) {
    number += 26 * 26;
    while number > 0 {
        line.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
}

/// Splitmix64: evenly spread, and the same on every machine.
fn hash(number: u64, salt: u64) -> u64 {
    let mut hash = number
        .wrapping_add(salt << 40)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Of all hashes, how many are smaller.
fn share(hash: u64) -> f64 {
    hash as f64 / u64::MAX as f64
}

/// `16`, or `8-40` for lines of different lengths.
fn range(word: &str) -> Result<(u64, u64), Box<dyn Error>> {
    let (low, high) = word.split_once('-').unwrap_or((word, word));
    let range = (low.parse()?, high.parse()?);
    if range.0 == 0 || range.0 > range.1 {
        return Err(format!("--tokens {word}: not a range from 1 up").into());
    }
    Ok(range)
}
