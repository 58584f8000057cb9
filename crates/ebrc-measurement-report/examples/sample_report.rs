//! Writes the report of a made-up measurement into a folder, to be looked at.
//!
//! ```text
//! cargo run -p ebrc-measurement-report --example sample_report -- FOLDER
//! ```

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::PathBuf;

use ebrc_measurement_report::{Addresses, terminal, write};

// An example's only output is its terminal.
#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name a folder")?;
    let measurement = sample::measurement();
    for path in write(&measurement, &PathBuf::from(folder), Addresses::Hidden)? {
        println!("{}", path.display());
    }
    println!("\n{}", terminal(&measurement));
    Ok(())
}
