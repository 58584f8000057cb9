use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confusion::divide;

/// Bins of equal width, as Guo et al. have them.
const BINS: usize = 15;

/// Precisions that a threshold is looked up for.
const TARGETS: [f64; 4] = [0.9, 0.95, 0.98, 0.99];

/// Whether an answer's probability is how often such answers are right
/// (Guo et al., *On Calibration of Modern Neural Networks*, ICML 2017).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reliability {
    /// Messages that were looked at.
    pub messages: u64,
    /// The expected calibration error: the mean distance of a bin's mean
    /// probability from its share of right answers, weighted by messages.
    pub expected_calibration_error: f64,
    /// The same before temperature scaling; `None` where it is not known.
    pub uncalibrated_error: Option<f64>,
    /// The bins that hold messages, in rising order.
    pub bins: Vec<ReliabilityBin>,
    /// What is gained by answering only above a probability: at each distinct
    /// probability a point, thinned out to a hundred at most, in rising order.
    pub thresholds: Vec<Threshold>,
    /// For some precisions, the lowest threshold that reaches it here.
    pub targets: Vec<Target>,
}

/// Answers whose probabilities lie near each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReliabilityBin {
    /// The lowest probability; not in the bin, unless it is 0.
    pub low: f64,
    /// The highest probability, in the bin.
    pub high: f64,
    /// How many messages there are.
    pub messages: u64,
    /// The mean probability of their answers.
    pub confidence: f64,
    /// The share of right answers.
    pub accuracy: f64,
}

/// Only answers of at least this probability are given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Threshold {
    /// The lowest probability of an answer that is given.
    pub threshold: f64,
    /// Of the messages that are answered, the share that is right.
    pub precision: f64,
    /// Of all messages, the share that is answered.
    pub coverage: f64,
}

/// A precision that is asked for, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The precision that is asked for.
    pub precision: f64,
    /// The lowest threshold that reaches it; `None` where none does.
    pub reached: Option<Threshold>,
}

/// An answer and whether it is right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    pub(crate) probability: f64,
    pub(crate) uncalibrated: Option<f64>,
    pub(crate) right: bool,
    pub(crate) messages: u64,
}

/// `None` without any message.
pub(crate) fn reliability(mut answers: Vec<Judged>) -> Option<Reliability> {
    answers.retain(|answer| answer.messages > 0);
    let messages: u64 = answers.iter().map(|answer| answer.messages).sum();
    if messages == 0 {
        return None;
    }
    let bins = bins(answers.iter().map(|a| (a.probability, a.right, a.messages)));
    let before: Option<Vec<(f64, bool, u64)>> = answers
        .iter()
        .map(|answer| Some((answer.uncalibrated?, answer.right, answer.messages)))
        .collect();
    let uncalibrated_error = before.map(|before| error_of(&self::bins(before), messages));
    let all = thresholds(answers, messages);
    let targets = TARGETS
        .map(|precision| Target {
            precision,
            reached: all
                .iter()
                .find(|threshold| threshold.precision >= precision)
                .copied(),
        })
        .to_vec();
    Some(Reliability {
        messages,
        expected_calibration_error: error_of(&bins, messages),
        uncalibrated_error,
        bins,
        thresholds: thinned(all),
        targets,
    })
}

fn bins(answers: impl IntoIterator<Item = (f64, bool, u64)>) -> Vec<ReliabilityBin> {
    // In one order, and equal ones as one: sums do not depend on how rows come.
    let mut answers: Vec<(f64, bool, u64)> = answers.into_iter().collect();
    answers.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut sums = [(0_u64, 0.0, 0_u64); BINS];
    for equal in answers.chunk_by(|one, other| one.0 == other.0) {
        let probability = equal[0].0;
        let messages: u64 = equal.iter().map(|(_, _, messages)| messages).sum();
        let right = equal.iter().filter(|(_, right, _)| *right);
        let bin = ((probability * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
        sums[bin].0 += messages;
        sums[bin].1 += probability * messages as f64;
        sums[bin].2 += right.map(|(_, _, messages)| messages).sum::<u64>();
    }
    let edge = |bin: usize| bin as f64 / BINS as f64;
    sums.into_iter()
        .enumerate()
        .filter(|(_, (messages, _, _))| *messages > 0)
        .map(|(bin, (messages, probability, right))| ReliabilityBin {
            low: edge(bin),
            high: edge(bin + 1),
            messages,
            confidence: divide(probability, messages as f64),
            accuracy: divide(right as f64, messages as f64),
        })
        .collect()
}

fn error_of(bins: &[ReliabilityBin], messages: u64) -> f64 {
    let sum: f64 = bins
        .iter()
        .map(|bin| bin.messages as f64 * (bin.accuracy - bin.confidence).abs())
        .sum();
    divide(sum, messages as f64)
}

/// A point at each distinct probability, in rising order.
fn thresholds(mut answers: Vec<Judged>, messages: u64) -> Vec<Threshold> {
    answers.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    let (mut given, mut right) = (0, 0);
    let mut points: Vec<Threshold> = answers
        .chunk_by(|one, other| one.probability == other.probability)
        .map(|equal| {
            for answer in equal {
                given += answer.messages;
                right += if answer.right { answer.messages } else { 0 };
            }
            Threshold {
                threshold: equal[0].probability,
                precision: divide(right as f64, given as f64),
                coverage: divide(given as f64, messages as f64),
            }
        })
        .collect();
    points.reverse();
    points
}

/// A hundred points at most, evenly taken, the first and the last among them.
fn thinned(points: Vec<Threshold>) -> Vec<Threshold> {
    const MOST: usize = 100;
    if points.len() <= MOST {
        return points;
    }
    let last = points.len() - 1;
    (0..MOST)
        .map(|number| points[number * last / (MOST - 1)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(probability: f64, right: bool, messages: u64) -> Judged {
        Judged {
            probability,
            uncalibrated: None,
            right,
            messages,
        }
    }

    #[test]
    fn the_error_is_the_mean_distance_of_bins() {
        // (0.6, 0.666…]: 10 messages of 0.65, 6 right. (0.933…, 1]: 30 of 0.95, 27 right.
        let found = reliability(vec![
            judged(0.65, true, 6),
            judged(0.65, false, 4),
            judged(0.95, true, 27),
            judged(0.95, false, 3),
        ])
        .unwrap();
        let expected = (10.0 * 0.05 + 30.0 * 0.05) / 40.0;
        assert!((found.expected_calibration_error - expected).abs() < 1e-12);
        assert_eq!(found.bins.len(), 2);
        assert_eq!(found.bins[1].messages, 30);
        assert!((found.bins[1].accuracy - 0.9).abs() < 1e-12);
        assert_eq!(found.uncalibrated_error, None);
    }

    #[test]
    fn the_order_and_the_parts_of_answers_change_nothing() {
        let answers: Vec<Judged> = (1..60)
            .map(|n| judged(0.7 + f64::from(n % 20) / 70.0, n % 3 > 0, 2))
            .collect();
        let mut parts: Vec<Judged> = answers.iter().chain(&answers).copied().collect();
        for part in &mut parts {
            part.messages = 1;
        }
        parts.reverse();
        assert_eq!(reliability(answers), reliability(parts));
    }

    #[test]
    fn thresholds_tell_what_answering_less_gains() {
        let found = reliability(vec![
            judged(0.9, true, 8),
            judged(0.6, true, 1),
            judged(0.6, false, 1),
        ])
        .unwrap();
        assert_eq!(found.thresholds.len(), 2);
        let [low, high] = [found.thresholds[0], found.thresholds[1]];
        assert_eq!(
            (low.threshold, low.precision, low.coverage),
            (0.6, 0.9, 1.0)
        );
        assert_eq!(
            (high.threshold, high.precision, high.coverage),
            (0.9, 1.0, 0.8)
        );
        let reached: Vec<Option<f64>> = found
            .targets
            .iter()
            .map(|target| target.reached.map(|reached| reached.threshold))
            .collect();
        assert_eq!(reached, [Some(0.6), Some(0.9), Some(0.9), Some(0.9)]);
    }

    #[test]
    fn a_perfect_and_an_empty_set_are_no_trouble() {
        let found = reliability(vec![judged(1.0, true, 5), judged(0.0, false, 5)]).unwrap();
        assert_eq!(found.expected_calibration_error, 0.0);
        assert_eq!(reliability(vec![judged(1.0, true, 0)]), None);
    }

    #[test]
    fn many_thresholds_are_thinned_out() {
        let answers = (0..5_000).map(|n| judged(f64::from(n) / 5_000.0, n % 2 == 0, 1));
        let found = reliability(answers.collect()).unwrap();
        assert_eq!(found.thresholds.len(), 100);
        assert_eq!(found.thresholds[0].coverage, 1.0);
        assert_eq!(found.thresholds[99].threshold, 4_999.0 / 5_000.0);
    }
}
