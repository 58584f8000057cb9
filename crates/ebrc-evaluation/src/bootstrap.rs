use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use schemars::JsonSchema;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Bootstrap intervals of a summary's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

/// The messages of each cluster that agree in a cell, with their number.
pub(crate) type Clusters<C> = Vec<Vec<(C, u64)>>;

/// Adds up the messages of each cluster by cell; clusters come in order, and
/// so do their cells.
pub(crate) fn clustered<'a, C: Ord>(
    messages: impl IntoIterator<Item = (Cluster<'a>, C, u64)>,
) -> Clusters<C> {
    let mut clusters: BTreeMap<Cluster<'a>, BTreeMap<C, u64>> = BTreeMap::new();
    for (cluster, cell, count) in messages {
        if count > 0 {
            *clusters
                .entry(cluster)
                .or_default()
                .entry(cell)
                .or_default() += count;
        }
    }
    clusters
        .into_values()
        .map(|cells| cells.into_iter().collect())
        .collect()
}

type Cell = (BounceType, Option<BounceType>);

/// Figures and their intervals; `None` without any message.
pub(crate) fn measure<'a>(
    observations: impl IntoIterator<Item = Observation<'a>>,
    bootstrap: &Bootstrap,
) -> Option<Figures> {
    let clusters: Clusters<Cell> = clustered(observations.into_iter().map(|observation| {
        let cell = (observation.gold, observation.predicted);
        (observation.cluster, cell, observation.messages)
    }));
    if clusters.is_empty() {
        return None;
    }
    let mut figures = confusion_of(clusters.iter().flatten()).figures();
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

fn confusion_of<'a>(cells: impl IntoIterator<Item = &'a (Cell, u64)>) -> Confusion {
    let mut confusion = Confusion::default();
    for &((gold, predicted), messages) in cells {
        confusion.add(gold, predicted, messages);
    }
    confusion
}

impl Bootstrap {
    /// What `figure` makes of each resample of so many clusters, which it gets
    /// as positions; nothing with fewer than two. A resample has a random
    /// stream of its own, so the threads do not matter.
    pub(crate) fn resample<T: Send>(
        &self,
        clusters: usize,
        figure: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync,
    ) -> Option<Vec<T>> {
        if clusters < 2 || self.resamples == 0 {
            return None;
        }
        let all =
            self.each(|mut rng| figure(&mut (0..clusters).map(|_| rng.random_range(0..clusters))));
        Some(all)
    }

    /// What `figure` makes of each resample's random stream, in order.
    pub(crate) fn each<T: Send>(&self, figure: impl Fn(ChaCha8Rng) -> T + Sync) -> Vec<T> {
        (0..self.resamples)
            .into_par_iter()
            .map(|number| {
                let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
                rng.set_stream(number.into());
                figure(rng)
            })
            .collect()
    }
}

fn intervals(clusters: &Clusters<Cell>, bootstrap: &Bootstrap) -> Option<Intervals> {
    let found = bootstrap.resample(clusters.len(), |drawn| {
        let summary = confusion_of(drawn.flat_map(|index| &clusters[index]))
            .figures()
            .summary;
        [
            summary.macro_precision,
            summary.macro_recall,
            summary.macro_f1,
            summary.accuracy,
        ]
    })?;
    Some(Intervals::of(&found, clusters.len()))
}

impl Intervals {
    /// Of macro precision, macro recall, macro F1 and accuracy of resamples.
    pub(crate) fn of(found: &[[f64; 4]], clusters: usize) -> Self {
        let of = |figure: usize| percentile_interval(found.iter().map(|all| all[figure]).collect());
        Self {
            level: LEVEL,
            resamples: found.len() as u32,
            clusters,
            macro_precision: of(0),
            macro_recall: of(1),
            macro_f1: of(2),
            accuracy: of(3),
        }
    }
}

/// The middle 95% of values.
pub(crate) fn percentile_interval(mut values: Vec<f64>) -> Interval {
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
