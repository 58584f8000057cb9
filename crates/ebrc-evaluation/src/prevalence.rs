use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{Bootstrap, Cluster, Clusters, Intervals, clustered};
use crate::confusion::divide;
use crate::schema::ByType;

/// What the paper's sample says of the whole log.
///
/// A sample by predicted type has as many messages of a rare type as of a
/// frequent one. So its precision is that of the log, but its recall is not:
/// the misses among a frequent prediction count too little. Here every sampled
/// message stands for as many messages of the log as there are of its predicted
/// type for one sampled (the Horvitz-Thompson estimator of a stratified sample).
/// Messages without a predicted type are not sampled, and not counted; those
/// that are ambiguous in truth stand for others of their kind, and count in no
/// figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimates {
    /// Mean precision of the types that occur.
    pub macro_precision: f64,
    /// Mean recall of the types that occur.
    pub macro_recall: f64,
    /// Mean F1 of the types that occur.
    pub macro_f1: f64,
    /// The share of the log's classified messages that is right.
    pub accuracy: f64,
    /// How many of the log's messages whose truth is a type the sample stands
    /// for, rounded.
    pub messages: u64,
    /// How far the figures may be off; `None` with fewer than two clusters.
    pub intervals: Option<Intervals>,
    /// The types that occur in the sample.
    #[schemars(with = "ByType<TypeEstimates>")]
    pub per_type: BTreeMap<BounceType, TypeEstimates>,
}

/// What the paper's sample says of a type in the whole log.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TypeEstimates {
    /// Of the messages predicted to be of the type, the share that is.
    pub precision: f64,
    /// Of the messages truly of the type, the share predicted to be.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// The share of the log's classified messages that is truly of the type.
    pub prevalence: f64,
}

/// One or more sampled messages that agree.
pub(crate) struct Sampled<'a> {
    pub(crate) cluster: Cluster<'a>,
    /// `None` where the truth is that there is no type.
    pub(crate) gold: Option<BounceType>,
    pub(crate) predicted: BounceType,
    pub(crate) messages: u64,
}

type Cell = (Option<BounceType>, BounceType);

/// Reweights a sample by predicted type; `population` says how many messages of
/// each predicted type there are. `None` without any sampled message.
pub(crate) fn estimate<'a>(
    sampled: impl IntoIterator<Item = Sampled<'a>>,
    population: &BTreeMap<BounceType, u64>,
    bootstrap: &Bootstrap,
) -> Option<Estimates> {
    let clusters: Clusters<Cell> = clustered(sampled.into_iter().map(|sampled| {
        let cell = (sampled.gold, sampled.predicted);
        (sampled.cluster, cell, sampled.messages)
    }));
    let has_type = |((gold, _), _): &(Cell, u64)| gold.is_some();
    if !clusters.iter().flatten().any(has_type) {
        return None;
    }
    let mut estimates = of_sample(clusters.iter().flatten(), population);
    let found = bootstrap.resample(clusters.len(), |drawn| {
        let of = of_sample(drawn.flat_map(|index| &clusters[index]), population);
        [
            of.macro_precision,
            of.macro_recall,
            of.macro_f1,
            of.accuracy,
        ]
    });
    estimates.intervals = found.map(|found| Intervals::of(&found, clusters.len()));
    Some(estimates)
}

fn of_sample<'a>(
    cells: impl IntoIterator<Item = &'a (Cell, u64)>,
    population: &BTreeMap<BounceType, u64>,
) -> Estimates {
    const TYPES: usize = BounceType::COUNT;
    let mut counts = [[0.0; TYPES]; TYPES];
    let mut sampled = [0.0; TYPES];
    for &((gold, predicted), messages) in cells {
        sampled[predicted.index()] += messages as f64;
        if let Some(gold) = gold {
            counts[gold.index()][predicted.index()] += messages as f64;
        }
    }
    for predicted in BounceType::ALL {
        let column = predicted.index();
        let all = population.get(&predicted).copied().unwrap_or(0);
        let weight = divide(all as f64, sampled[column]);
        for row in &mut counts {
            row[column] *= weight;
        }
    }
    let total: f64 = counts.iter().flatten().sum();
    let mut hits = 0.0;
    let mut per_type = BTreeMap::new();
    for kind in BounceType::ALL {
        let index = kind.index();
        let hit = counts[index][index];
        let support: f64 = counts[index].iter().sum();
        let predicted: f64 = counts.iter().map(|row| row[index]).sum();
        hits += hit;
        if support + predicted > 0.0 {
            let figures = TypeEstimates {
                precision: divide(hit, predicted),
                recall: divide(hit, support),
                f1: divide(2.0 * hit, support + predicted),
                prevalence: divide(support, total),
            };
            per_type.insert(kind, figures);
        }
    }
    let mean = |figure: fn(&TypeEstimates) -> f64| {
        divide(per_type.values().map(figure).sum(), per_type.len() as f64)
    };
    Estimates {
        macro_precision: mean(|figures| figures.precision),
        macro_recall: mean(|figures| figures.recall),
        macro_f1: mean(|figures| figures.f1),
        accuracy: divide(hits, total),
        messages: total.round() as u64,
        intervals: None,
        per_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bootstrap::{Observation, measure};
    use BounceType::{Greylisted, MailboxFull};

    type Row = (u32, Option<BounceType>, BounceType, u64);

    fn sampled((template, gold, predicted, messages): Row) -> Sampled<'static> {
        Sampled {
            cluster: Cluster::Template(template),
            gold,
            predicted,
            messages,
        }
    }

    fn row(template: u32, gold: BounceType, predicted: BounceType, n: u64) -> Sampled<'static> {
        sampled((template, Some(gold), predicted, n))
    }

    #[test]
    fn a_sample_by_predicted_type_is_reweighted_to_the_log() {
        // Of 1,000 messages predicted full, 100 were sampled: 90 are, 10 are
        // greylisted. Of 50 predicted greylisted, all were: 40 are.
        let sample = [
            row(1, MailboxFull, MailboxFull, 90),
            row(2, Greylisted, MailboxFull, 10),
            row(3, Greylisted, Greylisted, 40),
            row(4, MailboxFull, Greylisted, 10),
        ];
        let population = BTreeMap::from([(MailboxFull, 1_000), (Greylisted, 50)]);
        let found = estimate(sample, &population, &Bootstrap::with_seed(1)).unwrap();
        let full = found.per_type[&MailboxFull];
        let grey = found.per_type[&Greylisted];
        assert!((full.precision - 0.9).abs() < 1e-12);
        assert!((grey.precision - 0.8).abs() < 1e-12);
        // In the log: 900 of 910 full ones found, 40 of 140 greylisted ones.
        assert!((full.recall - 900.0 / 910.0).abs() < 1e-12);
        assert!((grey.recall - 40.0 / 140.0).abs() < 1e-12);
        assert!((found.accuracy - 940.0 / 1_050.0).abs() < 1e-12);
        assert!((grey.prevalence - 140.0 / 1_050.0).abs() < 1e-12);
        assert_eq!(found.messages, 1_050);
        assert!(found.intervals.is_some());
        assert_eq!(estimate([], &population, &Bootstrap::with_seed(1)), None);
    }

    #[test]
    fn a_sample_of_everything_is_the_log() {
        let rows: [Row; 5] = [
            (1, Some(MailboxFull), MailboxFull, 7),
            (2, Some(Greylisted), MailboxFull, 2),
            (3, Some(Greylisted), Greylisted, 5),
            // Ambiguous in truth: in the log, and in no figure.
            (4, None, MailboxFull, 9),
            (5, None, Greylisted, 1),
        ];
        let population = BTreeMap::from([(MailboxFull, 18), (Greylisted, 6)]);
        let bootstrap = Bootstrap::with_seed(1);
        let observations = rows
            .iter()
            .filter_map(|&(template, gold, predicted, messages)| {
                Some(Observation {
                    cluster: Cluster::Template(template),
                    gold: gold?,
                    predicted: Some(predicted),
                    messages,
                })
            });
        let figures = measure(observations, &bootstrap).unwrap();
        let found = estimate(rows.map(sampled), &population, &bootstrap).unwrap();
        assert!((found.macro_recall - figures.summary.macro_recall).abs() < 1e-12);
        assert!((found.macro_f1 - figures.summary.macro_f1).abs() < 1e-12);
        assert!((found.accuracy - figures.summary.accuracy).abs() < 1e-12);
        assert_eq!(found.messages, 14);
    }

    #[test]
    fn ambiguous_messages_stand_for_ambiguous_ones() {
        // Half of what is predicted full is ambiguous, so 1,000 of it are 500
        // full ones: of 600 full ones, 500 are found.
        let sample: [Row; 4] = [
            (1, Some(MailboxFull), MailboxFull, 50),
            (2, None, MailboxFull, 50),
            (3, Some(MailboxFull), Greylisted, 10),
            (4, Some(Greylisted), Greylisted, 90),
        ];
        let population = BTreeMap::from([(MailboxFull, 1_000), (Greylisted, 1_000)]);
        let bootstrap = Bootstrap::with_seed(1);
        let found = estimate(sample.map(sampled), &population, &bootstrap).unwrap();
        assert!((found.per_type[&MailboxFull].recall - 500.0 / 600.0).abs() < 1e-12);
        assert_eq!(found.messages, 1_500);
    }
}
