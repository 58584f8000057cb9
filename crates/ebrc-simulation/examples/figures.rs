//! A log's figures beside the paper's, after mining, and the speed:
//! `cargo run --release -p ebrc-simulation --example figures [MAILS] [FOLDER] [SEED]`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use ebrc_catalogue::Catalogue;
use ebrc_drain::Drain;
use ebrc_ndr::NdrMessage;
use ebrc_simulation::{Settings, Simulation};
use ebrc_taxonomy::{BounceDegree, BounceType, TemplateLabel};

const TABLE_1: [f64; 16] = [
    1.79, 20.06, 2.65, 1.86, 31.10, 2.63, 2.54, 7.46, 2.06, 0.78, 1.87, 0.53, 9.31, 15.04, 6.51,
    4.26,
];

/// Rows of Table 2 that a type and a degree make up.
const TABLE_2: [(BounceType, &str, f64); 6] = [
    (BounceType::SenderAuthentication, "hard", 2.19),
    (BounceType::Starttls, "soft", 1.78),
    (BounceType::SenderRate, "soft", 2.15),
    (BounceType::MailboxFull, "hard", 2.02),
    (BounceType::RecipientRate, "hard", 1.35),
    (BounceType::Timeout, "soft", 10.20),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let emails = arguments.next().map_or(Ok(200_000), |word| word.parse())?;
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from("data/catalogue"), PathBuf::from);
    let seed = arguments.next().map_or(Ok(1), |word| word.parse())?;
    let catalogue = Catalogue::load(&folder)?;
    let settings = Settings {
        emails,
        seed,
        ..Settings::default()
    };
    let mut out = io::stdout().lock();

    let start = Instant::now();
    let simulation = Simulation::new(&catalogue, settings)?;
    let world = start.elapsed();
    let bytes: usize = simulation
        .clone()
        .map(|record| {
            record
                .delivery_result
                .iter()
                .map(String::len)
                .sum::<usize>()
        })
        .sum();
    let seconds = (start.elapsed() - world).as_secs_f64();
    writeln!(
        out,
        "{} texts; world in {world:.2?}; {emails} mails in {seconds:.2} s, {:.0} a second; {bytes} bytes of replies",
        catalogue.entries().len(),
        emails as f64 / seconds
    )?;

    let mut drain = Drain::new(ebrc_drain::Settings {
        similarity: 0.7,
        ..ebrc_drain::Settings::default()
    })?;
    let mut degrees = [0_u64; 3];
    let mut types = [0_u64; 17];
    let (mut bounced, mut typed, mut messages, mut without) = (0_u64, 0_u64, 0_u64, 0_u64);
    let (mut soft_listed, mut soft_attempts) = (0_u64, 0_usize);
    let mut by_degree = [[0_u64; 2]; 16];
    let mut causes: BTreeMap<String, u64> = BTreeMap::new();
    for record in simulation {
        let degree = record.degree();
        degrees[degree as usize] += 1;
        let labels: BTreeSet<TemplateLabel> = record
            .truth_type
            .iter()
            .flatten()
            .flatten()
            .copied()
            .collect();
        bounced += u64::from(!labels.is_empty());
        typed += u64::from(labels.iter().any(|label| label.bounce_type().is_some()));
        let is_soft = usize::from(degree == BounceDegree::SoftBounced);
        for label in &labels {
            if let Some(kind) = label.bounce_type() {
                by_degree[kind.index()][is_soft] += 1;
            }
            types[label.bounce_type().map_or(16, BounceType::index)] += 1;
        }
        if let Some(cause) = &record.truth_cause {
            *causes.entry(cause.clone()).or_default() += 1;
        }
        if degree == BounceDegree::SoftBounced {
            soft_attempts += record.delivery_result.len();
            soft_listed += u64::from(labels.contains(&BounceType::Blocklisted.into()));
        }
        for reply in &record.delivery_result {
            if ebrc_ndr::is_accepted(reply) {
                continue;
            }
            let message = NdrMessage::parse(reply);
            messages += 1;
            without += u64::from(message.enhanced_code.is_none());
            let key = format!("{:?} {:?}", message.reply_code, message.enhanced_code);
            drain.learn(&key, &ebrc_ndr::mask(&message.text));
        }
    }
    let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole as f64;
    for (degree, (count, paper)) in [
        BounceDegree::NonBounced,
        BounceDegree::SoftBounced,
        BounceDegree::HardBounced,
    ]
    .into_iter()
    .zip(degrees.into_iter().zip([87.07, 4.82, 8.11]))
    {
        writeln!(
            out,
            "{degree:13} {:6.2}%  paper {paper:6.2}%",
            percent(count, emails)
        )?;
    }
    for (kind, paper) in BounceType::ALL.into_iter().zip(TABLE_1) {
        writeln!(
            out,
            "{kind:13} {:6.2}%  paper {paper:6.2}%",
            percent(types[kind.index()], typed)
        )?;
    }
    for (kind, degree, paper) in TABLE_2 {
        let count = by_degree[kind.index()][usize::from(degree == "soft")];
        writeln!(
            out,
            "{kind:4} {degree:8} {:6.2}%  paper {paper:6.2}%",
            percent(count, typed)
        )?;
    }
    for (cause, count) in causes {
        writeln!(out, "{cause:24} {:6.2}%", percent(count, typed))?;
    }
    writeln!(
        out,
        "ambiguous     {:6.2}%  paper  16.77%",
        percent(bounced - typed, bounced)
    )?;
    writeln!(
        out,
        "T5 soft       {:6.2}%  paper  80.71%",
        percent(soft_listed, types[4])
    )?;
    writeln!(
        out,
        "attempts soft {:6.2}   paper about 3",
        soft_attempts as f64 / degrees[1] as f64
    )?;
    writeln!(
        out,
        "messages a bounced mail {:.2}, paper about 4.9",
        messages as f64 / bounced as f64
    )?;
    writeln!(
        out,
        "no enhanced   {:6.2}%  paper  28.79%",
        percent(without, messages)
    )?;
    let mut sizes: Vec<u64> = drain
        .clusters()
        .map(|(_, cluster)| cluster.size())
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    writeln!(
        out,
        "{} messages, {} templates; top 200 {:.2}%, paper 68.49%",
        messages,
        sizes.len(),
        percent(sizes.iter().take(200).sum(), messages)
    )?;
    Ok(())
}
