//! The guessing rule against a simulated log's truth:
//! `cargo run --release -p ebrc-rules --example guessing [MAILS] [FOLDER] [SEED]`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use ebrc_catalogue::Catalogue;
use ebrc_rules::guessing::{Candidate, PairCounts, Settings, judge};
use ebrc_simulation::{SideTable, Simulation};
use ebrc_taxonomy::BounceType;

#[derive(Default)]
struct Pair {
    mails: u64,
    refused: BTreeMap<String, u64>,
    delivered: BTreeMap<String, u64>,
    guesses: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let emails = arguments.next().map_or(Ok(200_000), |word| word.parse())?;
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from("data/catalogue"), PathBuf::from);
    let seed = arguments.next().map_or(Ok(1), |word| word.parse())?;
    let catalogue = Catalogue::load(&folder)?;
    let simulation = Simulation::new(
        &catalogue,
        ebrc_simulation::Settings {
            emails,
            seed,
            ..ebrc_simulation::Settings::default()
        },
    )?;
    let mut out = io::stdout().lock();
    let guessers = guessers(&simulation)?;

    let mut senders: BTreeMap<String, u64> = BTreeMap::new();
    let mut pairs: BTreeMap<(String, String), Pair> = BTreeMap::new();
    for record in simulation {
        let (Some((_, sender)), Some((user, receiver))) =
            (record.from.split_once('@'), record.to.split_once('@'))
        else {
            continue;
        };
        *senders.entry(sender.to_owned()).or_default() += 1;
        let pair = pairs
            .entry((sender.to_owned(), receiver.to_owned()))
            .or_default();
        pair.mails += 1;
        let refused = record
            .truth_type
            .iter()
            .flatten()
            .flatten()
            .any(|label| label.bounce_type() == Some(BounceType::NoSuchRecipient));
        if record
            .delivery_result
            .iter()
            .any(|reply| ebrc_ndr::is_accepted(reply))
        {
            *pair.delivered.entry(user.to_owned()).or_default() += 1;
        } else if refused {
            *pair.refused.entry(user.to_owned()).or_default() += 1;
        }
        pair.guesses += u64::from(record.truth_cause.as_deref() == Some("username-guess"));
    }

    let settings = Settings::default();
    let start = Instant::now();
    let (mut candidates, mut found) = (0_u64, BTreeSet::new());
    let (mut right, mut wrong, mut missed) = (0_u64, 0_u64, 0_u64);
    let (mut usernames, mut hits) = (0_u64, 0_usize);
    for ((sender, receiver), pair) in &pairs {
        let counts = PairCounts {
            sender_mails: senders[sender],
            mails: pair.mails,
            refused_users: pair.refused.len() as u64,
            delivered_users: pair.delivered.len() as u64,
        };
        let guessing = settings.is_worth_judging(&counts).then(|| {
            candidates += 1;
            let candidate = Candidate {
                sender_domain: sender.clone(),
                receiver_domain: receiver.clone(),
                sender_mails: counts.sender_mails,
                mails: counts.mails,
                refused_users: pair.refused.keys().cloned().collect(),
                delivered_users: pair.delivered.keys().cloned().collect(),
            };
            judge(&candidate, &settings)
        });
        if let Some(guessing) = guessing.flatten() {
            let mails: u64 = pair.refused.values().sum();
            right += pair.guesses.min(mails);
            wrong += mails - pair.guesses.min(mails);
            missed += pair.guesses - pair.guesses.min(mails);
            usernames += guessing.usernames;
            hits += guessing.hits.len();
            if !guessers.contains(sender) {
                writeln!(out, "wrong: {:?}", pair.refused.keys().collect::<Vec<_>>())?;
            }
            found.insert(sender.clone());
        } else {
            missed += pair.guesses;
            if pair.guesses > 0 {
                writeln!(out, "missed: {:?}", pair.refused.keys().collect::<Vec<_>>())?;
            }
        }
    }
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
    let both = found.intersection(&guessers).count() as f64;
    writeln!(
        out,
        "seed {seed}: {} pairs, {candidates} candidates judged in {:.2?}",
        pairs.len(),
        start.elapsed()
    )?;
    writeln!(
        out,
        "sender domains: precision {:.3}, recall {:.3} ({} found, {} true)",
        share(both, found.len() as f64),
        share(both, guessers.len() as f64),
        found.len(),
        guessers.len()
    )?;
    writeln!(
        out,
        "mails: precision {:.3}, recall {:.3}; {usernames} user names, {hits} hits",
        share(right as f64, (right + wrong) as f64),
        share(right as f64, (right + missed) as f64)
    )?;
    Ok(())
}

/// The sender domains that guess.
fn guessers(simulation: &Simulation) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut table = Vec::new();
    simulation.write_side_table(SideTable::Senders, &mut table)?;
    let mut domains = BTreeSet::new();
    for row in csv::Reader::from_reader(table.as_slice()).records() {
        let row = row?;
        if row.iter().any(|cell| cell == "username-guesser") {
            domains.extend(row.get(0).map(str::to_owned));
        }
    }
    Ok(domains)
}
