//! Counts a catalogue's texts: `cargo run -p ebrc-catalogue --example counts [FOLDER]`.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use ebrc_catalogue::Catalogue;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("data/catalogue"), PathBuf::from);
    let catalogue = Catalogue::load(&folder)?;
    let counts = catalogue.counts();
    let mut out = io::stdout().lock();
    writeln!(out, "{} texts", catalogue.entries().len())?;
    section(&mut out, "label", &counts.labels)?;
    section(&mut out, "language", &counts.languages)?;
    section(&mut out, "software", &counts.software)?;
    for pair in catalogue.similar_pairs(0.8) {
        let [first, second] = [pair.first, pair.second].map(|at| &catalogue.entries()[at]);
        writeln!(
            out,
            "{:.2} of the words in common:\n  {}: {}\n  {}: {}",
            pair.share, first.label, first.text, second.label, second.text
        )?;
    }
    Ok(())
}

fn section<'a, K: Display + 'a>(
    out: &mut impl Write,
    title: &str,
    counts: impl IntoIterator<Item = (&'a K, &'a usize)>,
) -> io::Result<()> {
    writeln!(out, "\nby {title}:")?;
    for (key, count) in counts {
        writeln!(out, "{count:6}  {key}")?;
    }
    Ok(())
}
