use ebrc_taxonomy::BounceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, Cluster, Observation, summarise};
use crate::comparison::{Comparison, Pair, compare};
use crate::confusion::divide;
use crate::figures::Summary;
use crate::reliability::{Judged, Reliability, reliability};

/// A message that took part in its template's vote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoteRow {
    /// The template.
    pub template_id: u32,
    /// The truth of the message.
    pub gold: BounceType,
    /// What the model says of the message by itself.
    pub single: BounceType,
    /// The probability that it gives that.
    pub probability: f64,
    /// What the vote says.
    pub voted: BounceType,
    /// The share of votes for it.
    pub share: f64,
}

/// What the majority vote of a template's messages gains, and what its share
/// of votes tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VoteParts {
    /// The messages that voted, each with its own answer.
    pub single: Summary,
    /// The same messages, each with its template's answer.
    pub voted: Summary,
    /// The vote less the single messages.
    pub comparison: Comparison,
    /// Templates by the share of votes for their type, in rising order.
    pub shares: Vec<ShareBin>,
    /// Whether the probability of a single message's answer can be believed.
    pub reliability: Option<Reliability>,
}

/// Templates whose shares of votes lie near each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShareBin {
    /// The lowest share; not in the bin.
    pub low: f64,
    /// The highest share, in the bin. The last bin holds unanimous votes alone,
    /// and has 1 for both.
    pub high: f64,
    /// How many templates there are.
    pub templates: u64,
    /// How many messages of theirs voted.
    pub messages: u64,
    /// The share of these messages that the vote types right.
    pub accuracy: f64,
}

/// Upper ends of the bins; the last holds unanimous votes alone.
const EDGES: [f64; 8] = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.0];

/// `None` where nobody voted. Rows of a template stand together.
pub(crate) fn evaluate(rows: &[VoteRow], bootstrap: &Bootstrap) -> Option<VoteParts> {
    let observations = |answer: fn(&VoteRow) -> BounceType| {
        rows.iter().map(move |row| Observation {
            cluster: Cluster::Template(row.template_id),
            gold: row.gold,
            predicted: Some(answer(row)),
            messages: 1,
        })
    };
    let pairs = rows.iter().map(|row| Pair {
        cluster: Cluster::Template(row.template_id),
        gold: row.gold,
        this: Some(row.voted),
        other: Some(row.single),
        messages: 1,
    });
    let judged = rows.iter().map(|row| Judged {
        probability: row.probability,
        uncalibrated: None,
        right: row.single == row.gold,
        messages: 1,
    });
    Some(VoteParts {
        single: summarise(observations(|row| row.single), bootstrap)?,
        voted: summarise(observations(|row| row.voted), bootstrap)?,
        comparison: compare(pairs, bootstrap)?,
        shares: shares(rows),
        reliability: reliability(judged.collect()),
    })
}

fn shares(rows: &[VoteRow]) -> Vec<ShareBin> {
    let mut sums = [(0_u64, 0_u64, 0_u64); EDGES.len()];
    for template in rows.chunk_by(|one, other| one.template_id == other.template_id) {
        let share = template[0].share;
        let bin = if share >= 1.0 {
            EDGES.len() - 1
        } else {
            EDGES.iter().position(|&edge| share <= edge).unwrap_or(0)
        };
        sums[bin].0 += 1;
        sums[bin].1 += template.len() as u64;
        sums[bin].2 += template.iter().filter(|row| row.voted == row.gold).count() as u64;
    }
    let low = |bin: usize| bin.checked_sub(1).map_or(0.0, |before| EDGES[before]);
    sums.into_iter()
        .enumerate()
        .filter(|(_, (templates, _, _))| *templates > 0)
        .map(|(bin, (templates, messages, right))| ShareBin {
            low: low(bin),
            high: EDGES[bin],
            templates,
            messages,
            accuracy: divide(right as f64, messages as f64),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use BounceType::{Greylisted, MailboxFull, Timeout};

    fn row(template_id: u32, single: BounceType, voted: BounceType, share: f64) -> VoteRow {
        VoteRow {
            template_id,
            gold: MailboxFull,
            single,
            probability: 0.8,
            voted,
            share,
        }
    }

    #[test]
    fn a_vote_mends_what_single_messages_get_wrong() {
        let rows = [
            row(1, MailboxFull, MailboxFull, 2.0 / 3.0),
            row(1, MailboxFull, MailboxFull, 2.0 / 3.0),
            row(1, Greylisted, MailboxFull, 2.0 / 3.0),
            row(2, Timeout, Timeout, 1.0),
        ];
        let found = evaluate(&rows, &Bootstrap::with_seed(1)).unwrap();
        assert_eq!(found.single.accuracy, 0.5);
        assert_eq!(found.voted.accuracy, 0.75);
        assert_eq!(found.comparison.only_this_right, 1);
        assert_eq!(found.comparison.only_other_right, 0);
        let bins: Vec<_> = found
            .shares
            .iter()
            .map(|bin| (bin.low, bin.high, bin.templates, bin.messages, bin.accuracy))
            .collect();
        assert_eq!(bins, [(0.6, 0.7, 1, 3, 1.0), (1.0, 1.0, 1, 1, 0.0)]);
        assert_eq!(evaluate(&[], &Bootstrap::with_seed(1)), None);
    }
}
