//! Masks the replies of standard input, one a line, as `ebrc` does before it
//! mines templates; their codes go.
//!
//! `cargo run --release -p ebrc-ndr --example mask <REPLIES`

use std::io::{self, BufWriter, Write};

use ebrc_ndr::{NdrMessage, mask};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::read_to_string(io::stdin())?.split_terminator('\n') {
        writeln!(out, "{}", mask(&NdrMessage::parse(line).text))?;
    }
    out.flush()
}
