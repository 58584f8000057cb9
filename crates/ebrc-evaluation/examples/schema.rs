//! Prints the schema of `report.json`:
//!
//! ```text
//! cargo run -p ebrc-evaluation --example schema > schemas/report.schema.json
//! ```

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let schema = ebrc_evaluation::Report::schema();
    writeln!(io::stdout(), "{schema:#}")
}
