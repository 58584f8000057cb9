//! Renders a catalogue's texts, one reply each:
//! `cargo run -p ebrc-catalogue --example render [FOLDER]`.
//!
//! A line is the label, the reply as a log has it, and the reply as the
//! classifier reads it, with tabs between.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use ebrc_catalogue::Catalogue;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("data/catalogue"), PathBuf::from);
    let mut out = io::stdout().lock();
    for entry in Catalogue::load(&folder)?.entries() {
        let reply = entry.render_seeded(1, 0);
        let read = ebrc_ndr::classifier_text(&reply);
        writeln!(out, "{}\t{reply}\t{read}", entry.label)?;
    }
    Ok(())
}
