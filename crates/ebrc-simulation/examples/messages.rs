//! The refusals of a simulated log, one a line, as many as asked for:
//! `cargo run --release -p ebrc-simulation --example messages -- COUNT [SEED]`.

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ebrc_catalogue::Catalogue;
use ebrc_simulation::{Settings, Simulation};

/// Mails a refusal, about; some more are simulated than are needed.
const MAILS_A_REFUSAL: u64 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments
        .next()
        .ok_or("usage: messages COUNT [SEED]")?
        .parse()?;
    let seed = arguments.next().map_or(Ok(1), |word| word.parse())?;
    let catalogue = Catalogue::load(Path::new("data/catalogue"))?;
    let settings = Settings {
        emails: MAILS_A_REFUSAL * count + 1000,
        seed,
        ..Settings::default()
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let replies = Simulation::new(&catalogue, settings)?.flat_map(|record| record.delivery_result);
    let refusals = replies.filter(|reply| !ebrc_ndr::is_accepted(reply));
    for refusal in refusals.take(count as usize) {
        writeln!(out, "{}", refusal.replace(['\r', '\n'], " "))?;
    }
    Ok(out.flush()?)
}
