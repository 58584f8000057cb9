use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::confusion::Confusion;
use crate::figures::{Figures, Summary};

/// The share of resamples that an interval holds.
const LEVEL: f64 = 0.95;

/// How intervals are found: the cluster bootstrap with percentile intervals
/// (Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 13).
///
/// A resample draws as many clusters as there are, with replacement, each with
/// all of its messages. Messages of a template are typed together, so drawing
/// messages one by one would make every interval too narrow. The macro
/// averages of a resample are over the types that occur in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many resamples; none gives no intervals.
    pub resamples: u32,
    /// The seed of the draws.
    pub seed: u64,
}

impl Bootstrap {
    /// 1,000 resamples.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        Self {
            resamples: 1_000,
            seed,
        }
    }
}

/// A range, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Bootstrap intervals of a summary's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// The share of resamples that an interval holds: 0.95.
    pub level: f64,
    /// How many resamples there were.
    pub resamples: u32,
    /// How many clusters a resample draws.
    pub clusters: usize,
    /// Of the macro precision.
    pub macro_precision: Interval,
    /// Of the macro recall.
    pub macro_recall: Interval,
    /// Of the macro F1.
    pub macro_f1: Interval,
    /// Of the accuracy.
    pub accuracy: Interval,
}

/// What is drawn as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cluster<'a> {
    /// The messages of a template.
    Template(u32),
    /// The rows that a gold file says belong together.
    Named(&'a str),
    /// A row that belongs to no other, by its position.
    Row(usize),
}

/// One or more messages of equal truth and prediction.
#[derive(Debug, Clone)]
pub(crate) struct Observation<'a> {
    pub(crate) cluster: Cluster<'a>,
    pub(crate) gold: BounceType,
    pub(crate) predicted: Option<BounceType>,
    pub(crate) messages: u64,
}

type Cell = (BounceType, Option<BounceType>);

/// Figures and their intervals; `None` without any message.
pub(crate) fn measure<'a>(
    observations: impl IntoIterator<Item = Observation<'a>>,
    bootstrap: &Bootstrap,
) -> Option<Figures> {
    let mut clusters: BTreeMap<Cluster<'a>, BTreeMap<Cell, u64>> = BTreeMap::new();
    for observation in observations {
        if observation.messages > 0 {
            let cell = (observation.gold, observation.predicted);
            let cells = clusters.entry(observation.cluster).or_default();
            *cells.entry(cell).or_default() += observation.messages;
        }
    }
    let clusters: Vec<Vec<(Cell, u64)>> = clusters
        .into_values()
        .map(|cells| cells.into_iter().collect())
        .collect();
    if clusters.is_empty() {
        return None;
    }
    let mut figures = confusion_of(&clusters).figures();
    figures.summary.intervals = intervals(&clusters, bootstrap);
    Some(figures)
}

/// As [`measure`], the averages alone.
pub(crate) fn summarise<'a>(
    observations: impl IntoIterator<Item = Observation<'a>>,
    bootstrap: &Bootstrap,
) -> Option<Summary> {
    measure(observations, bootstrap).map(|figures| figures.summary)
}

fn confusion_of<'a>(clusters: impl IntoIterator<Item = &'a Vec<(Cell, u64)>>) -> Confusion {
    let mut confusion = Confusion::default();
    for &((gold, predicted), messages) in clusters.into_iter().flatten() {
        confusion.add(gold, predicted, messages);
    }
    confusion
}

fn intervals(clusters: &[Vec<(Cell, u64)>], bootstrap: &Bootstrap) -> Option<Intervals> {
    if clusters.len() < 2 || bootstrap.resamples == 0 {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let mut found: [Vec<f64>; 4] = Default::default();
    for _ in 0..bootstrap.resamples {
        let drawn = (0..clusters.len()).map(|_| &clusters[rng.random_range(0..clusters.len())]);
        let summary = confusion_of(drawn).figures().summary;
        found[0].push(summary.macro_precision);
        found[1].push(summary.macro_recall);
        found[2].push(summary.macro_f1);
        found[3].push(summary.accuracy);
    }
    let [macro_precision, macro_recall, macro_f1, accuracy] = found.map(percentile_interval);
    Some(Intervals {
        level: LEVEL,
        resamples: bootstrap.resamples,
        clusters: clusters.len(),
        macro_precision,
        macro_recall,
        macro_f1,
        accuracy,
    })
}

fn percentile_interval(mut values: Vec<f64>) -> Interval {
    values.sort_unstable_by(f64::total_cmp);
    Interval {
        low: quantile(&values, (1.0 - LEVEL) / 2.0),
        high: quantile(&values, (1.0 + LEVEL) / 2.0),
    }
}

/// Between two values, in proportion: NumPy's default, and R's type 7.
fn quantile(rising: &[f64], share: f64) -> f64 {
    let Some(last) = rising.len().checked_sub(1) else {
        return 0.0;
    };
    let position = share * last as f64;
    let below = rising[position.floor() as usize];
    let above = rising[(position.ceil() as usize).min(last)];
    below + (above - below) * position.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use BounceType::{Greylisted, MailboxFull};

    fn row(cluster: u32, right: bool, messages: u64) -> Observation<'static> {
        Observation {
            cluster: Cluster::Template(cluster),
            gold: MailboxFull,
            predicted: Some(if right { MailboxFull } else { Greylisted }),
            messages,
        }
    }

    fn accuracy(rows: Vec<Observation<'static>>, seed: u64) -> Interval {
        let summary = summarise(rows, &Bootstrap::with_seed(seed)).unwrap();
        summary.intervals.unwrap().accuracy
    }

    #[test]
    fn quantiles_are_numpys() {
        // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .975, 1])
        let values = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [(0.0, 1.0), (0.1, 1.3), (0.5, 3.0), (0.975, 7.7), (1.0, 8.0)] {
            assert!((quantile(&values, share) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn the_interval_of_a_share_is_as_wide_as_theory_says() {
        // 400 messages, 80% right: 1.96 · √(0.8 · 0.2 / 400) = 0.0392.
        let rows: Vec<_> = (0..400).map(|id| row(id, id % 5 != 0, 1)).collect();
        let interval = accuracy(rows, 5);
        assert!((interval.low - 0.7608).abs() < 0.006, "{interval:?}");
        assert!((interval.high - 0.8392).abs() < 0.006, "{interval:?}");
    }

    #[test]
    fn messages_of_a_cluster_stay_together() {
        // The same share of right messages, in 20 clusters of 20.
        let rows: Vec<_> = (0..20).map(|id| row(id, id % 5 != 0, 20)).collect();
        let interval = accuracy(rows, 5);
        assert!(interval.high - interval.low > 0.25, "{interval:?}");
    }

    #[test]
    fn the_seed_alone_decides() {
        let rows: Vec<_> = (0..50)
            .map(|id| row(id, id % 7 != 0, u64::from(id) + 1))
            .collect();
        let mut turned = rows.clone();
        turned.reverse();
        assert_eq!(accuracy(rows.clone(), 1), accuracy(turned, 1));
        assert_ne!(accuracy(rows.clone(), 1), accuracy(rows, 2));
    }

    #[test]
    fn one_cluster_has_no_interval() {
        let summary = summarise(
            [row(1, true, 9), row(1, false, 1)],
            &Bootstrap::with_seed(1),
        );
        assert_eq!(summary.map(|summary| summary.intervals), Some(None));
        assert_eq!(summarise([row(1, true, 0)], &Bootstrap::with_seed(1)), None);
    }
}
