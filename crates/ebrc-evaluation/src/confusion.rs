use std::fmt::Write as _;

use ebrc_taxonomy::BounceType;
use ndarray::{Array2, ArrayView2, Axis, Slice};

use crate::figures::{Figures, Summary, TypeFigures};

const TYPES: usize = BounceType::COUNT;

/// How often each true (gold) type was predicted to be each type.
///
/// A message without a predicted type (its template was labelled ambiguous) is
/// *unclassified*: it counts against the recall of its true type, and against
/// no precision.
///
/// Figures follow scikit-learn with `zero_division=0` and `labels` the types
/// that occur, be it as truth or as prediction. So a type that occurs in
/// neither is left out of the averages; a type that is predicted but never
/// true has precision, recall and F1 of 0, and these zeros count in the macro
/// average.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    /// 16 rows (gold) × 17 columns (predicted, then unclassified).
    cells: Array2<u64>,
}

impl Default for Confusion {
    fn default() -> Self {
        Self {
            cells: Array2::zeros((TYPES, TYPES + 1)),
        }
    }
}

impl Confusion {
    /// Counts `messages` messages of a true type that were predicted to be
    /// another, or were not classified.
    pub fn add(&mut self, gold: BounceType, predicted: Option<BounceType>, messages: u64) {
        self.cells[[gold.index(), column(predicted)]] += messages;
    }

    /// The counts, 16×16: rows gold, columns predicted.
    #[must_use]
    pub fn counts(&self) -> ArrayView2<'_, u64> {
        self.cells.slice_axis(Axis(1), Slice::from(..TYPES))
    }

    /// Messages of a true type that were not classified.
    #[must_use]
    pub fn unclassified(&self, gold: BounceType) -> u64 {
        self.cells[[gold.index(), TYPES]]
    }

    /// All messages, classified or not.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.cells.sum()
    }

    /// Precision, recall and the rest; all 0 without any message.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let supports = self.cells.sum_axis(Axis(1));
        let predictions = self.counts().sum_axis(Axis(0));
        let mut sums = Sums::default();
        let per_type = BounceType::ALL
            .into_iter()
            .map(|kind| {
                let index = kind.index();
                let figures = TypeFigures::new(
                    self.cells[[index, index]],
                    supports[index],
                    predictions[index],
                    self.unclassified(kind),
                );
                sums.add(&figures);
                (kind, figures)
            })
            .collect();
        let total = supports.sum();
        let hits = self.cells.diag().sum();
        let classified = predictions.sum();
        Figures {
            summary: sums.summary(total, hits, classified, self.kappa()),
            per_type,
            confusion: self.rows(),
        }
    }

    /// Cohen's kappa: agreement beyond what the margins alone would give.
    /// `None` where that is not defined, with a single type and no mistake.
    fn kappa(&self) -> Option<f64> {
        let total = self.total() as f64;
        let observed = self.cells.diag().sum() as f64 / total;
        let supports = self.cells.sum_axis(Axis(1));
        let predictions = self.cells.sum_axis(Axis(0));
        // Nothing is unclassified in truth, so the 17th column agrees with nothing.
        let expected: f64 = supports
            .iter()
            .zip(&predictions)
            .map(|(&support, &predicted)| support as f64 / total * (predicted as f64 / total))
            .sum();
        let kappa = (observed - expected) / (1.0 - expected);
        kappa.is_finite().then_some(kappa)
    }

    fn rows(&self) -> [[u64; TYPES]; TYPES] {
        let mut rows = [[0; TYPES]; TYPES];
        for ((gold, predicted), &count) in self.counts().indexed_iter() {
            rows[gold][predicted] = count;
        }
        rows
    }

    /// As CSV: the header `gold,T1,…,T16,unclassified`, then a line a type.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("gold");
        for kind in BounceType::ALL {
            csv.push(',');
            csv.push_str(kind.id());
        }
        csv.push_str(",unclassified\n");
        for (kind, row) in BounceType::ALL.into_iter().zip(self.cells.rows()) {
            csv.push_str(kind.id());
            for count in row {
                // Writing to a string cannot fail.
                let _ = write!(csv, ",{count}");
            }
            csv.push('\n');
        }
        csv
    }
}

/// The counts that a report keeps.
impl From<&Figures> for Confusion {
    fn from(figures: &Figures) -> Self {
        let mut confusion = Self::default();
        for (&gold, row) in &figures.per_type {
            for predicted in BounceType::ALL {
                let count = figures.confusion[gold.index()][predicted.index()];
                confusion.add(gold, Some(predicted), count);
            }
            confusion.add(gold, None, row.unclassified);
        }
        confusion
    }
}

fn column(predicted: Option<BounceType>) -> usize {
    predicted.map_or(TYPES, BounceType::index)
}

/// Sums over the types that occur.
#[derive(Default)]
struct Sums {
    types: usize,
    plain: [f64; 3],
    weighted: [f64; 3],
    unclassified: u64,
}

impl Sums {
    fn add(&mut self, figures: &TypeFigures) {
        if !figures.occurs() {
            return;
        }
        self.types += 1;
        self.unclassified += figures.unclassified;
        let three = [figures.precision, figures.recall, figures.f1];
        for (position, value) in three.into_iter().enumerate() {
            self.plain[position] += value;
            self.weighted[position] += value * figures.support as f64;
        }
    }

    fn summary(self, total: u64, hits: u64, classified: u64, kappa: Option<f64>) -> Summary {
        let [macro_precision, macro_recall, macro_f1] =
            self.plain.map(|sum| divide(sum, self.types as f64));
        let [weighted_precision, weighted_recall, weighted_f1] =
            self.weighted.map(|sum| divide(sum, total as f64));
        let hits = hits as f64;
        Summary {
            macro_precision,
            macro_recall,
            macro_f1,
            micro_precision: divide(hits, classified as f64),
            micro_recall: divide(hits, total as f64),
            micro_f1: divide(2.0 * hits, (classified + total) as f64),
            weighted_precision,
            weighted_recall,
            weighted_f1,
            accuracy: divide(hits, total as f64),
            kappa,
            support: total,
            unclassified: self.unclassified,
            types: self.types,
            intervals: None,
        }
    }
}

/// Division by which nothing of nothing is 0.
pub(crate) fn divide(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BounceType::{Greylisted, MailboxFull, NoSuchRecipient, Other};

    /// Three types, worked by hand:
    ///
    /// | gold | T6 | T8 | T9 | none |
    /// |---|---|---|---|---|
    /// | T6 | 8 | 0 | 2 | 0 |
    /// | T8 | 1 | 3 | 0 | 1 |
    /// | T9 | 1 | 0 | 4 | 0 |
    fn by_hand() -> Confusion {
        let mut confusion = Confusion::default();
        confusion.add(Greylisted, Some(Greylisted), 8);
        confusion.add(Greylisted, Some(MailboxFull), 2);
        confusion.add(NoSuchRecipient, Some(Greylisted), 1);
        confusion.add(NoSuchRecipient, Some(NoSuchRecipient), 3);
        confusion.add(NoSuchRecipient, None, 1);
        confusion.add(MailboxFull, Some(Greylisted), 1);
        confusion.add(MailboxFull, Some(MailboxFull), 4);
        confusion
    }

    fn near(found: f64, expected: f64) {
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn figures_are_those_worked_by_hand() {
        let figures = by_hand().figures();
        let t6 = figures.per_type[&Greylisted];
        near(t6.precision, 0.8);
        near(t6.recall, 0.8);
        near(t6.f1, 0.8);
        let t8 = figures.per_type[&NoSuchRecipient];
        near(t8.precision, 1.0);
        near(t8.recall, 0.6);
        near(t8.f1, 0.75);
        assert_eq!((t8.support, t8.predicted, t8.unclassified), (5, 3, 1));
        let t9 = figures.per_type[&MailboxFull];
        near(t9.precision, 2.0 / 3.0);
        near(t9.recall, 0.8);
        near(t9.f1, 8.0 / 11.0);

        let summary = figures.summary;
        near(summary.macro_precision, (0.8 + 1.0 + 2.0 / 3.0) / 3.0);
        near(summary.macro_recall, 2.2 / 3.0);
        near(summary.macro_f1, (0.8 + 0.75 + 8.0 / 11.0) / 3.0);
        near(summary.micro_precision, 15.0 / 19.0);
        near(summary.micro_recall, 0.75);
        near(summary.micro_f1, 30.0 / 39.0);
        near(summary.weighted_recall, 0.75);
        near(
            summary.weighted_precision,
            (0.8 * 10.0 + 5.0 + 10.0 / 3.0) / 20.0,
        );
        near(summary.accuracy, 0.75);
        // Expected agreement: (10·10 + 5·3 + 5·6) / 400.
        near(
            summary.kappa.unwrap(),
            (0.75 - 145.0 / 400.0) / (1.0 - 145.0 / 400.0),
        );
        assert_eq!(
            (summary.support, summary.unclassified, summary.types),
            (20, 1, 3)
        );
    }

    #[test]
    fn a_type_that_is_only_predicted_counts_as_zero() {
        let mut confusion = Confusion::default();
        confusion.add(MailboxFull, Some(MailboxFull), 9);
        confusion.add(MailboxFull, Some(Other), 1);
        let figures = confusion.figures();
        let other = figures.per_type[&Other];
        assert_eq!((other.precision, other.recall, other.f1), (0.0, 0.0, 0.0));
        assert_eq!(figures.summary.types, 2);
        near(figures.summary.macro_precision, 0.5);
        near(figures.summary.macro_recall, 0.45);
    }

    #[test]
    fn types_that_do_not_occur_are_zeros_outside_the_averages() {
        let mut confusion = Confusion::default();
        confusion.add(MailboxFull, Some(MailboxFull), 9);
        let figures = confusion.figures();
        assert_eq!(figures.per_type.len(), 16);
        assert_eq!(figures.per_type[&Other].support, 0);
        near(figures.summary.macro_f1, 1.0);
        assert_eq!(figures.summary.kappa, None);
        assert_eq!(Confusion::default().figures().summary.macro_f1, 0.0);
    }

    #[test]
    fn csv_has_a_line_a_type() {
        let csv = by_hand().to_csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines[0],
            "gold,T1,T2,T3,T4,T5,T6,T7,T8,T9,T10,T11,T12,T13,T14,T15,T16,unclassified"
        );
        assert_eq!(lines.len(), 17);
        assert_eq!(lines[8], "T8,0,0,0,0,0,1,0,3,0,0,0,0,0,0,0,0,1");
    }

    #[test]
    fn figures_keep_every_count() {
        let confusion = by_hand();
        assert_eq!(Confusion::from(&confusion.figures()), confusion);
    }
}
