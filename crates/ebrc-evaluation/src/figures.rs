use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bootstrap::Intervals;
use crate::confusion::divide;
use crate::schema::ByType;

/// The figures of one type. All shares are in 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TypeFigures {
    /// Of the messages predicted to be of the type, the share that is.
    pub precision: f64,
    /// Of the messages truly of the type, the share predicted to be.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// Messages truly of the type.
    pub support: u64,
    /// Messages predicted to be of the type.
    pub predicted: u64,
    /// Messages truly of the type that were not classified.
    pub unclassified: u64,
}

impl TypeFigures {
    pub(crate) fn new(hits: u64, support: u64, predicted: u64, unclassified: u64) -> Self {
        let hits = hits as f64;
        Self {
            precision: divide(hits, predicted as f64),
            recall: divide(hits, support as f64),
            f1: divide(2.0 * hits, (support + predicted) as f64),
            support,
            predicted,
            unclassified,
        }
    }

    /// Whether the type occurs, be it as truth or as prediction. One that does
    /// not has figures of 0 that count in no average.
    #[must_use]
    pub fn occurs(&self) -> bool {
        self.support > 0 || self.predicted > 0
    }
}

/// What a set of messages comes to. All shares are in 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Mean precision of the types that occur.
    pub macro_precision: f64,
    /// Mean recall of the types that occur.
    pub macro_recall: f64,
    /// Mean F1 of the types that occur.
    pub macro_f1: f64,
    /// Of all classified messages, the share that is right.
    pub micro_precision: f64,
    /// Of all messages, the share that is right.
    pub micro_recall: f64,
    /// The harmonic mean of the two.
    pub micro_f1: f64,
    /// Mean precision, each type weighted by its support.
    pub weighted_precision: f64,
    /// Mean recall, each type weighted by its support.
    pub weighted_recall: f64,
    /// Mean F1, each type weighted by its support.
    pub weighted_f1: f64,
    /// Of all messages, the share that is right.
    pub accuracy: f64,
    /// Cohen's kappa; `None` where it is not defined (one type, no mistake).
    pub kappa: Option<f64>,
    /// How many messages were compared.
    pub support: u64,
    /// How many of them were not classified.
    pub unclassified: u64,
    /// How many types occur: what the macro averages divide by.
    pub types: usize,
    /// How far the figures may be off; `None` with fewer than two clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
}

/// A summary with the figures of each type and the confusion matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// The averages.
    #[serde(flatten)]
    pub summary: Summary,
    /// All sixteen types; those that do not occur have zeros.
    #[schemars(with = "ByType<TypeFigures>")]
    pub per_type: BTreeMap<BounceType, TypeFigures>,
    /// Messages, 16×16: rows gold, columns predicted, in the order of
    /// [`BounceType::ALL`].
    pub confusion: [[u64; BounceType::COUNT]; BounceType::COUNT],
}
