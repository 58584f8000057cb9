use ebrc_taxonomy::BounceType;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::{
    Bootstrap, Cluster, Clusters, Interval, Observation, clustered, percentile_interval,
};
use crate::confusion::Confusion;

/// Two classifiers on the same messages: this one, and another.
///
/// The intervals come from the cluster bootstrap, both classifiers on the same
/// resamples. The p-value is that of a paired randomisation test (Noreen,
/// *Computer-Intensive Methods for Testing Hypotheses*, 1989): if the two were
/// equally good, their answers for a cluster could as well be exchanged.
/// Answers are exchanged by cluster, since the messages of a cluster are right
/// or wrong together; so McNemar's test, which takes messages one by one, would
/// find too much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// This one's macro F1 less the other's, -1 to 1.
    pub macro_f1_difference: f64,
    /// Where the difference lies; `None` with fewer than two clusters.
    pub macro_f1_interval: Option<Interval>,
    /// This one's accuracy less the other's, -1 to 1.
    pub accuracy_difference: f64,
    /// Where the difference lies; `None` with fewer than two clusters.
    pub accuracy_interval: Option<Interval>,
    /// Messages that this one alone gets right.
    pub only_this_right: u64,
    /// Messages that the other alone gets right.
    pub only_other_right: u64,
    /// How likely a difference in macro F1 of this size or more would be, up or
    /// down, if the two were equally good. It is never less than one part in
    /// the number of rounds.
    pub p_value: f64,
    /// How often answers were exchanged at random, and clusters resampled.
    pub rounds: u32,
}

impl Comparison {
    /// Whether the test tells the two apart at 5%.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.p_value < 0.05
    }
}

/// Messages that agree in truth and in both answers.
pub(crate) struct Pair<'a> {
    pub(crate) cluster: Cluster<'a>,
    pub(crate) gold: BounceType,
    pub(crate) this: Option<BounceType>,
    pub(crate) other: Option<BounceType>,
    pub(crate) messages: u64,
}

impl<'a> Pair<'a> {
    /// The other's answers alone.
    pub(crate) fn of_other(self) -> Observation<'a> {
        Observation {
            cluster: self.cluster,
            gold: self.gold,
            predicted: self.other,
            messages: self.messages,
        }
    }
}

type Cell = (BounceType, Option<BounceType>, Option<BounceType>);

/// Compares two classifiers; `None` without any message.
pub(crate) fn compare<'a>(
    pairs: impl IntoIterator<Item = Pair<'a>>,
    bootstrap: &Bootstrap,
) -> Option<Comparison> {
    let clusters: Clusters<Cell> = clustered(pairs.into_iter().map(|pair| {
        let cell = (pair.gold, pair.this, pair.other);
        (pair.cluster, cell, pair.messages)
    }));
    if clusters.is_empty() {
        return None;
    }
    let mut all = Both::default();
    let (mut only_this_right, mut only_other_right) = (0, 0);
    for &((gold, this, other), messages) in clusters.iter().flatten() {
        all.add((gold, this, other), messages, false);
        match (this == Some(gold), other == Some(gold)) {
            (true, false) => only_this_right += messages,
            (false, true) => only_other_right += messages,
            _ => {}
        }
    }
    let [macro_f1_difference, accuracy_difference] = all.differences();
    let found = bootstrap.resample(clusters.len(), |drawn| {
        let mut both = Both::default();
        for &(cell, messages) in drawn.flat_map(|index| &clusters[index]) {
            both.add(cell, messages, false);
        }
        both.differences()
    });
    let interval = |figure: usize| {
        let found = found.as_ref()?;
        Some(percentile_interval(
            found.iter().map(|both| both[figure]).collect(),
        ))
    };
    Some(Comparison {
        macro_f1_difference,
        macro_f1_interval: interval(0),
        accuracy_difference,
        accuracy_interval: interval(1),
        only_this_right,
        only_other_right,
        p_value: p_value(&clusters, macro_f1_difference, bootstrap),
        rounds: bootstrap.resamples,
    })
}

/// The share of exchanges at which the difference is as large as it is, the
/// one at hand among them.
fn p_value(clusters: &Clusters<Cell>, observed: f64, bootstrap: &Bootstrap) -> f64 {
    let differs = |cluster: &Vec<(Cell, u64)>| cluster.iter().any(|((_, a, b), _)| a != b);
    // Exchanging equal answers changes nothing.
    let (open, fixed): (Vec<_>, Vec<_>) = clusters.iter().partition(|cluster| differs(cluster));
    let mut base = Both::default();
    for &(cell, messages) in fixed.into_iter().flatten() {
        base.add(cell, messages, false);
    }
    // Sums come in another order: equal differences may differ in the last bits.
    let threshold = observed.abs() - 1e-12;
    let as_large = bootstrap
        .each(|mut rng| {
            let mut both = base.clone();
            for cluster in &open {
                let exchanged = rng.random::<bool>();
                for &(cell, messages) in *cluster {
                    both.add(cell, messages, exchanged);
                }
            }
            both.differences()[0].abs() >= threshold
        })
        .into_iter()
        .filter(|&as_large| as_large)
        .count();
    (1 + as_large) as f64 / f64::from(1 + bootstrap.resamples)
}

/// The confusion matrices of both.
#[derive(Clone, Default)]
struct Both {
    this: Confusion,
    other: Confusion,
}

impl Both {
    fn add(&mut self, (gold, this, other): Cell, messages: u64, exchanged: bool) {
        let (this, other) = if exchanged {
            (other, this)
        } else {
            (this, other)
        };
        self.this.add(gold, this, messages);
        self.other.add(gold, other, messages);
    }

    /// Of macro F1 and of accuracy.
    fn differences(&self) -> [f64; 2] {
        let this = self.this.figures().summary;
        let other = self.other.figures().summary;
        [
            this.macro_f1 - other.macro_f1,
            this.accuracy - other.accuracy,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BounceType::{Greylisted, MailboxFull};

    fn pair(cluster: u32, this: bool, other: bool) -> Pair<'static> {
        let answer = |right| Some(if right { MailboxFull } else { Greylisted });
        Pair {
            cluster: Cluster::Template(cluster),
            gold: MailboxFull,
            this: answer(this),
            other: answer(other),
            messages: 1,
        }
    }

    fn of(pairs: Vec<Pair<'static>>) -> Comparison {
        compare(pairs, &Bootstrap::with_seed(3)).unwrap()
    }

    #[test]
    fn equal_classifiers_do_not_differ() {
        let found = of((0..40).map(|id| pair(id, id % 3 > 0, id % 3 > 0)).collect());
        assert_eq!(found.macro_f1_difference, 0.0);
        assert_eq!((found.only_this_right, found.only_other_right), (0, 0));
        assert_eq!(found.p_value, 1.0);
        assert!(!found.is_significant());
    }

    #[test]
    fn the_p_value_is_that_of_the_sign_test_where_each_cluster_is_a_message() {
        // Of ten messages that one alone gets right, this one has nine: the
        // sign test says 2 · (1 + 10) / 2^10 = 0.0215.
        let pairs = (0..60).map(|id| match id {
            0 => pair(id, false, true),
            1..10 => pair(id, true, false),
            _ => pair(id, true, true),
        });
        let bootstrap = Bootstrap {
            resamples: 20_000,
            seed: 4,
        };
        let found = compare(pairs, &bootstrap).unwrap();
        assert!((found.p_value - 0.0215).abs() < 0.004, "{found:?}");
        assert_eq!((found.only_this_right, found.only_other_right), (9, 1));
        let interval = found.accuracy_interval.unwrap();
        let difference = found.accuracy_difference;
        assert!((difference - 8.0 / 60.0).abs() < 1e-12);
        assert!(interval.low < difference && difference < interval.high);
    }

    #[test]
    fn messages_of_one_cluster_prove_as_little_as_one() {
        let pairs = |clusters: u32| -> Vec<_> {
            (0..40)
                .map(|id| pair(id % clusters, id % 4 > 0, id % 8 > 3))
                .collect()
        };
        assert!(of(pairs(40)).p_value < 0.2);
        assert_eq!(of(pairs(1)).p_value, 1.0);
    }
}
