//! What must hold of the figures of any confusion matrix.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use ebrc_evaluation::{Confusion, Summary};
use ebrc_taxonomy::BounceType;
use proptest::prelude::*;

type Cells = Vec<(usize, usize, u64)>;

/// Gold, predicted (16: not classified), messages.
fn cells() -> impl Strategy<Value = Cells> {
    prop::collection::vec((0_usize..16, 0_usize..17, 1_u64..1_000), 1..60)
}

fn confusion(cells: &Cells, renamed: &[usize]) -> Confusion {
    let mut confusion = Confusion::default();
    for &(gold, predicted, messages) in cells {
        let gold = BounceType::ALL[renamed[gold]];
        let predicted = renamed.get(predicted).map(|&index| BounceType::ALL[index]);
        confusion.add(gold, predicted, messages);
    }
    confusion
}

fn unchanged() -> Vec<usize> {
    (0..16).collect()
}

fn averages(summary: &Summary) -> [f64; 10] {
    [
        summary.macro_precision,
        summary.macro_recall,
        summary.macro_f1,
        summary.micro_precision,
        summary.micro_recall,
        summary.micro_f1,
        summary.weighted_precision,
        summary.weighted_recall,
        summary.weighted_f1,
        summary.accuracy,
    ]
}

proptest! {
    #[test]
    fn figures_are_shares_and_counts_add_up(cells in cells()) {
        let confusion = confusion(&cells, &unchanged());
        let figures = confusion.figures();
        let total: u64 = cells.iter().map(|&(_, _, messages)| messages).sum();
        prop_assert_eq!(figures.summary.support, total);
        prop_assert_eq!(confusion.total(), total);
        let classified: u64 = figures.per_type.values().map(|row| row.predicted).sum();
        prop_assert_eq!(classified, confusion.counts().sum());
        prop_assert_eq!(classified + figures.summary.unclassified, total);
        for share in averages(&figures.summary) {
            prop_assert!((0.0..=1.0 + 1e-12).contains(&share));
        }
        // Weighted recall and accuracy are one and the same.
        prop_assert!((figures.summary.weighted_recall - figures.summary.accuracy).abs() < 1e-12);
        prop_assert!(figures.summary.kappa.is_none_or(|kappa| kappa <= 1.0));
        for row in figures.per_type.values() {
            let (low, high) = (row.precision.min(row.recall), row.precision.max(row.recall));
            prop_assert!(low - 1e-12 <= row.f1 && row.f1 <= high + 1e-12);
        }
    }

    #[test]
    fn averages_do_not_depend_on_the_names_of_types(
        cells in cells(), renamed in Just(unchanged()).prop_shuffle(),
    ) {
        let one = averages(&confusion(&cells, &unchanged()).figures().summary);
        let other = averages(&confusion(&cells, &renamed).figures().summary);
        for (one, other) in one.into_iter().zip(other) {
            prop_assert!((one - other).abs() < 1e-12);
        }
    }

    #[test]
    fn a_right_answer_more_never_makes_recall_less(cells in cells(), lucky in 0_usize..16) {
        let before = confusion(&cells, &unchanged()).figures();
        let mut after = confusion(&cells, &unchanged());
        let kind = BounceType::ALL[lucky];
        after.add(kind, Some(kind), 1);
        let after = after.figures();
        prop_assert!(after.per_type[&kind].recall >= before.per_type[&kind].recall);
        prop_assert!(after.per_type[&kind].precision >= before.per_type[&kind].precision);
        prop_assert!(after.summary.accuracy >= before.summary.accuracy);
    }

    #[test]
    fn csv_holds_every_count(cells in cells()) {
        let confusion = confusion(&cells, &unchanged());
        let mut read = Confusion::default();
        for (line, gold) in confusion.to_csv().lines().skip(1).zip(BounceType::ALL) {
            for (column, count) in line.split(',').skip(1).enumerate() {
                read.add(gold, BounceType::from_index(column), count.parse().unwrap());
            }
        }
        prop_assert_eq!(read, confusion);
    }
}
