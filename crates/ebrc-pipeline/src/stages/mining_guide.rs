//! What helps to choose Drain's settings: why a message went where it went, and
//! what other settings would make of a log.

use ebrc_delivery::LogReader;
use ebrc_drain::{Candidate, ClusterId, Drain, Turn};
use ebrc_ndr::NdrMessage;
use rayon::prelude::*;

use super::mine::{MineSettings, key, line_of};
use crate::refusals::BadRecords;
use crate::run::file;
use crate::{Error, Run, Stage, Watch};

/// The depths that a sweep tries.
const DEPTHS: [usize; 4] = [4, 5, 6, 8];
/// The similarities that it tries.
const SIMILARITIES: [f64; 6] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// The biggest templates that people label.
const TOP: usize = 200;

/// Why a message belongs to its template, by a run's miner as it is now.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MessageExplanation {
    /// The reply code and the enhanced status code, `-` for one that lacks.
    pub codes: String,
    /// The tokens that Drain sees: the text with its volatile parts masked.
    pub tokens: Vec<String>,
    /// Which way each token of the path leads. Empty where no message of these
    /// codes and this length was mined.
    pub path: Vec<Turn>,
    /// The templates at the end of the path with their texts, the most similar
    /// first.
    pub candidates: Vec<(Candidate, String)>,
    /// The template that takes the message; `None` where it makes a new one.
    pub joins: Option<ClusterId>,
    /// The similarity that a template needs.
    pub needed: f64,
}

/// Explains messages by a run's miner; nothing is learned.
///
/// # Errors
/// Where the run was not mined.
pub fn explain_messages(run: &Run, messages: &[&str]) -> Result<Vec<MessageExplanation>, Error> {
    let drain = Drain::from_json(&ebrc_files::read(&run.existing(file::DRAIN, Stage::Mine)?)?)?;
    let explain = |raw: &&str| {
        let message = NdrMessage::parse(raw);
        let codes = key(&message);
        let found = drain.explain(&codes, &ebrc_ndr::mask(&message.text));
        let template = |candidate: Candidate| {
            let cluster = drain.cluster(candidate.cluster);
            let text = cluster
                .map(|cluster| cluster.template())
                .unwrap_or_default();
            (candidate, ebrc_ndr::display_template(&text))
        };
        MessageExplanation {
            codes,
            tokens: found.tokens,
            path: found.path,
            candidates: found.candidates.into_iter().map(template).collect(),
            joins: found.joins,
            needed: drain.settings().similarity,
        }
    };
    Ok(messages.iter().map(explain).collect())
}

/// What one setting makes of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SweepRow {
    /// Depth of the tree.
    pub depth: usize,
    /// Share of tokens in which a message equals its template.
    pub similarity: f64,
    /// Templates.
    pub templates: usize,
    /// Templates of a single message.
    pub singles: usize,
    /// The share of messages in the 200 biggest templates.
    pub top_share: f64,
    /// The share of wildcards among the tokens of messages' templates: high
    /// where unlike messages share a template.
    pub wildcard_share: f64,
}

/// Mines the first messages of a log with many settings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Sweep {
    /// How many messages.
    pub messages: usize,
    /// What each setting makes of them, by depth and similarity.
    pub rows: Vec<SweepRow>,
}

/// Tries depths and similarities on the first messages of the logs, up to a
/// number of them; nothing is written.
///
/// # Errors
/// Where a log cannot be read, holds more bad records than allowed, or no mail
/// was refused.
pub fn sweep_settings(
    settings: &MineSettings,
    most: usize,
    watch: &mut dyn Watch,
) -> Result<Sweep, Error> {
    let mut bad = BadRecords::new(settings.skip_bad);
    let mut lines = Vec::new();
    'logs: for log in &settings.logs {
        for record in LogReader::open(log.as_ref())? {
            let Some(record) = bad.sift(record)? else {
                continue;
            };
            let refused = record.delivery_result.iter();
            for raw in refused.filter(|raw| !ebrc_ndr::is_accepted(raw)) {
                if lines.len() == most {
                    break 'logs;
                }
                lines.push(line_of(&NdrMessage::parse(raw)));
            }
        }
    }
    if lines.is_empty() {
        return Err(Error::Nothing(
            "no mail of these logs was refused; there is nothing to try settings on".to_owned(),
        ));
    }
    watch.tell(&format!(
        "mine: {} messages are mined with {} settings",
        lines.len(),
        DEPTHS.len() * SIMILARITIES.len()
    ));
    let tried: Vec<(usize, f64)> = DEPTHS
        .iter()
        .flat_map(|&depth| SIMILARITIES.map(|similarity| (depth, similarity)))
        .collect();
    let rows: Result<Vec<SweepRow>, Error> = tried
        .into_par_iter()
        .map(|(depth, similarity)| {
            let mut drain = Drain::new(ebrc_drain::Settings {
                depth,
                similarity,
                ..settings.drain.clone()
            })?;
            for (key, line) in &lines {
                drain.learn(key, line);
            }
            Ok(row(&drain, lines.len()))
        })
        .collect();
    Ok(Sweep {
        messages: lines.len(),
        rows: rows?,
    })
}

fn row(drain: &Drain, messages: usize) -> SweepRow {
    let (mut sizes, mut wildcards, mut tokens) = (Vec::new(), 0, 0);
    for (_, cluster) in drain.clusters() {
        let template = cluster.tokens();
        let size = cluster.size();
        sizes.push(size);
        for token in template {
            tokens += size;
            wildcards += if token == ebrc_drain::WILDCARD {
                size
            } else {
                0
            };
        }
    }
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    let in_top: u64 = sizes.iter().take(TOP).sum();
    SweepRow {
        depth: drain.settings().depth,
        similarity: drain.settings().similarity,
        templates: sizes.len(),
        singles: sizes.iter().filter(|&&size| size == 1).count(),
        top_share: in_top as f64 / messages as f64,
        wildcard_share: wildcards as f64 / tokens.max(1) as f64,
    }
}
