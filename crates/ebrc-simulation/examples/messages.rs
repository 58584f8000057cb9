//! The refusals of a simulated log, one a line, as many as asked for; with the
//! word `gold` as a gold file, each with its truth:
//! `cargo run --release -p ebrc-simulation --example messages -- COUNT [SEED [gold]]`.

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
        .ok_or("usage: messages COUNT [SEED [gold]]")?
        .parse()?;
    let seed = arguments.next().map_or(Ok(1), |word| word.parse())?;
    let gold = arguments.next().is_some_and(|word| word == "gold");
    let catalogue = Catalogue::load(Path::new("data/catalogue"))?;
    let settings = Settings {
        emails: MAILS_A_REFUSAL * count + 1000,
        seed,
        ..Settings::default()
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let attempts = Simulation::new(&catalogue, settings)?.flat_map(|record| {
        let truth = record.truth_type.unwrap_or_default();
        record.delivery_result.into_iter().zip(truth)
    });
    let refusals = attempts.filter_map(|(reply, truth)| Some((reply, truth?)));
    for (reply, truth) in refusals.take(count as usize) {
        if gold {
            let row = serde_json::json!({ "text": reply, "type": truth });
            writeln!(out, "{row}")?;
        } else {
            writeln!(out, "{}", reply.replace(['\r', '\n'], " "))?;
        }
    }
    Ok(out.flush()?)
}
