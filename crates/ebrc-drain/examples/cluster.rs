//! Clusters the lines of a file or of standard input: the id of each line's
//! cluster, a line each. What `scripts/drain3-parity.sh` holds against Drain3.
//!
//! `cargo run --release -p ebrc-drain --example cluster -- [OPTIONS] [FILE]`
//!
//! `--depth N`, `--similarity S`, `--max-children N`, `--numeric` or
//! `--no-numeric`; `--templates FILE` has the templates written to a file, in
//! the order of their ids; `--find FILE` has a file's lines looked up
//! afterwards, `-` for a line without a template.

mod common;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};

use ebrc_drain::{Drain, Search};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = common::Arguments::new();
    let mut drain = Drain::new(arguments.settings()?)?;
    let templates: Option<String> = arguments.value("--templates")?;
    let find: Option<String> = arguments.value("--find")?;
    let lines = match arguments.file()?.as_deref() {
        None | Some("-") => io::read_to_string(io::stdin())?,
        Some(path) => fs::read_to_string(path)?,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines.split_terminator('\n') {
        writeln!(out, "{}", drain.learn("", line).cluster)?;
    }
    if let Some(path) = find {
        for line in fs::read_to_string(path)?.split_terminator('\n') {
            match drain.find("", line, Search::Leaf) {
                Some(id) => writeln!(out, "{id}")?,
                None => writeln!(out, "-")?,
            }
        }
    }
    if let Some(path) = templates {
        let mut file = BufWriter::new(File::create(path)?);
        for (_, cluster) in drain.clusters() {
            writeln!(file, "{}", cluster.template())?;
        }
        file.flush()?;
    }
    Ok(out.flush()?)
}
