//! The refusals of a simulated log with their truth, as a gold file, as many as
//! asked for: `cargo run --release -p ebrc-simulation --example gold -- COUNT [SEED]`.

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
        .ok_or("usage: gold COUNT [SEED]")?
        .parse()?;
    let seed = arguments.next().map_or(Ok(1), |word| word.parse())?;
    let catalogue = Catalogue::load(Path::new("data/catalogue"))?;
    let settings = Settings {
        emails: MAILS_A_REFUSAL * count + 1000,
        seed,
        ..Settings::default()
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let rows = Simulation::new(&catalogue, settings)?.flat_map(|record| {
        let truth = record.truth_type.unwrap_or_default();
        record.delivery_result.into_iter().zip(truth)
    });
    let rows = rows.filter_map(|(reply, truth)| Some((reply, truth?)));
    for (reply, truth) in rows.take(count as usize) {
        let row = serde_json::json!({ "text": reply, "type": truth });
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}
