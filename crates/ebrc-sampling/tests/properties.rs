//! What must hold of every plan, whatever the templates.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::collections::BTreeMap;

use ebrc_sampling::{Error, Stratum, Wanted, balance, evaluation, predictive};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use proptest::prelude::*;

fn stratum(template_id: u32, label: BounceType, messages: u64) -> Stratum {
    Stratum {
        template_id,
        label: label.into(),
        messages,
    }
}

fn of_each(per_type: u64) -> Wanted {
    Wanted {
        per_type,
        ambiguous: 0,
    }
}

fn strata() -> impl Strategy<Value = Vec<Stratum>> {
    let sizes = prop_oneof![0_u64..4, 0_u64..200, 0_u64..100_000];
    prop::collection::btree_map(0_u32..500, (0_usize..3, sizes), 0..30).prop_map(|templates| {
        templates
            .into_iter()
            .map(|(id, (label, messages))| stratum(id, BounceType::ALL[label], messages))
            .collect()
    })
}

proptest! {
    #[test]
    fn sums_are_right_and_nothing_is_repeated(
        labelled in strata(), per_type in 1_u64..3_000, seed: u64,
    ) {
        let plan = balance(of_each(per_type), 0.15, &labelled, seed).unwrap();
        prop_assert_eq!(plan.table().len(), BounceType::COUNT);
        for row in plan.table() {
            let own: Vec<_> = labelled.iter().filter(|s| s.label == row.label.into()).collect();
            let there: u64 = own.iter().map(|s| s.messages).sum();
            let got: u64 = own.iter().map(|s| plan.picks(s.template_id).len() as u64).sum();
            prop_assert_eq!(row.got, got);
            prop_assert_eq!(row.got, there.min(per_type));
            prop_assert_eq!(row.lacked, per_type - got);
            prop_assert_eq!(row.templates, own.len());
            let validation: u64 = own
                .iter()
                .filter(|s| plan.is_held_out(s.template_id))
                .map(|s| plan.picks(s.template_id).len() as u64)
                .sum();
            prop_assert_eq!(row.validation, validation);
            prop_assert!(validation * 2 <= got);
        }
        for s in &labelled {
            let picks = plan.picks(s.template_id);
            prop_assert!(picks.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(picks.iter().all(|&ordinal| ordinal < s.messages));
        }
    }

    #[test]
    fn templates_that_can_give_more_differ_by_one_at_most(
        labelled in strata(), per_type in 1_u64..3_000, seed: u64,
    ) {
        let plan = balance(of_each(per_type), 0.15, &labelled, seed).unwrap();
        for row in plan.table() {
            let open: Vec<u64> = labelled
                .iter()
                .filter(|s| s.label == row.label.into())
                .map(|s| (s.messages, plan.picks(s.template_id).len() as u64))
                .filter(|(messages, picked)| picked < messages)
                .map(|(_, picked)| picked)
                .collect();
            let (Some(least), Some(most)) = (open.iter().min(), open.iter().max()) else {
                continue;
            };
            prop_assert!(most - least <= 1);
            prop_assert_eq!(row.lacked, 0);
            // No emptied template gave more than an open one could have.
            prop_assert!(row.largest_share <= least + 1);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        shuffled in strata().prop_shuffle(), per_type in 1_u64..3_000, seed: u64,
    ) {
        let mut sorted = shuffled.clone();
        sorted.sort_by_key(|s| s.template_id);
        prop_assert_eq!(
            balance(of_each(per_type), 0.15, &shuffled, seed),
            balance(of_each(per_type), 0.15, &sorted, seed)
        );
    }

    #[test]
    fn held_out_templates_are_as_many_as_promised(
        labelled in strata(), share in 0.0_f64..1.0, seed: u64,
    ) {
        let plan = balance(of_each(1_000), share, &labelled, seed).unwrap();
        for row in plan.table() {
            let giving = labelled
                .iter()
                .filter(|s| s.label == row.label.into() && !plan.picks(s.template_id).is_empty())
                .count();
            prop_assert!(row.held_out <= ((share * giving as f64).round() as usize).max(1));
            prop_assert_eq!(row.held_out == 0, giving < 3 || share == 0.0);
            prop_assert!(row.held_out == 0 || row.held_out < giving);
        }
    }

    #[test]
    fn a_template_votes_the_same_whatever_else_is_there(
        templates in prop::collection::btree_map(0_u32..1_000, 0_u64..5_000, 1..20), seed: u64,
    ) {
        let all: Vec<(u32, u64)> = templates.into_iter().collect();
        let picks = predictive(100, &all, seed);
        for &(template_id, messages) in &all {
            let alone = predictive(100, &[(template_id, messages)], seed);
            prop_assert_eq!(&alone[&template_id], &picks[&template_id]);
            prop_assert_eq!(picks[&template_id].len() as u64, messages.min(100));
        }
    }
}

#[test]
fn eight_templates_of_a_type_give_500_each_as_in_the_paper() {
    let labelled: Vec<Stratum> = (0..8)
        .map(|id| stratum(id, BounceType::MessageSize, 10_000 + u64::from(id)))
        .collect();
    let plan = balance(of_each(4_000), 0.15, &labelled, 1).unwrap();
    assert!((0..8).all(|id| plan.picks(id).len() == 500));
    let row = plan.table()[BounceType::MessageSize.index()];
    assert_eq!(
        (row.got, row.lacked, row.held_out, row.validation),
        (4_000, 0, 1, 500)
    );
}

#[test]
fn what_does_not_divide_goes_to_the_lower_ids() {
    let labelled = [7, 3, 5].map(|id| stratum(id, BounceType::Timeout, 50));
    let plan = balance(of_each(20), 0.0, &labelled, 1).unwrap();
    assert_eq!([3, 5, 7].map(|id| plan.picks(id).len()), [7, 7, 6]);
}

#[test]
fn a_template_draws_the_same_whatever_else_is_labelled() {
    let own = stratum(5, BounceType::Timeout, 1_000_000);
    let other = stratum(6, BounceType::Blocklisted, 1_000_000);
    let alone = balance(of_each(100), 0.15, &[own], 9).unwrap();
    let together = balance(of_each(100), 0.15, &[other, own], 9).unwrap();
    assert_eq!(alone.picks(5), together.picks(5));
    assert_ne!(together.picks(5), together.picks(6));
    assert_ne!(
        alone.picks(5),
        balance(of_each(100), 0.15, &[own], 10).unwrap().picks(5)
    );
}

#[test]
fn a_type_s_one_big_template_is_never_held_out() {
    let labelled: Vec<Stratum> = (0..10)
        .map(|id| stratum(id, BounceType::Timeout, if id == 4 { 3_000 } else { 10 }))
        .collect();
    for seed in 0..50 {
        let plan = balance(of_each(4_000), 0.3, &labelled, seed).unwrap();
        assert!(!plan.is_held_out(4));
        assert_eq!(plan.table()[BounceType::Timeout.index()].held_out, 3);
    }
}

#[test]
fn every_template_is_held_out_for_some_seed() {
    let labelled: Vec<Stratum> = (0..10)
        .map(|id| stratum(id, BounceType::Timeout, 500))
        .collect();
    let mut times = BTreeMap::new();
    for seed in 0..200 {
        let plan = balance(of_each(4_000), 0.15, &labelled, seed).unwrap();
        for id in (0..10).filter(|&id| plan.is_held_out(id)) {
            *times.entry(id).or_insert(0) += 1;
        }
    }
    // Two of ten, 200 times: 40 expected each.
    assert_eq!(times.len(), 10);
    assert!(
        times.values().all(|&count| (15..70).contains(&count)),
        "{times:?}"
    );
}

#[test]
fn evaluation_takes_all_where_there_are_fewer() {
    let types = [
        (BounceType::Timeout, 1_000),
        (BounceType::Other, 7),
        (BounceType::Starttls, 0),
    ];
    let picks = evaluation(100, &types, 3);
    assert_eq!(picks[&BounceType::Timeout].len(), 100);
    assert_eq!(picks[&BounceType::Other], (0..7).collect::<Vec<u64>>());
    assert_eq!(picks[&BounceType::Starttls], Vec::<u64>::new());
    assert_eq!(
        picks[&BounceType::Timeout],
        evaluation(100, &types[..1], 3)[&BounceType::Timeout]
    );
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let twice = [1, 2, 1].map(|id| stratum(id, BounceType::Timeout, 5));
    assert_eq!(
        balance(of_each(4_000), 0.15, &twice, 1),
        Err(Error::LabelledTwice(1))
    );
    assert_eq!(balance(of_each(0), 0.15, &[], 1), Err(Error::NoMessages));
    for share in [-0.1, 1.0] {
        assert_eq!(
            balance(of_each(1), share, &[], 1),
            Err(Error::ValidationShare(share))
        );
    }
    assert!(matches!(
        balance(of_each(1), f64::NAN, &[], 1),
        Err(Error::ValidationShare(_))
    ));
}

#[test]
fn ambiguous_messages_come_beside_those_of_types_and_only_to_train() {
    let ambiguous = |template_id, messages| Stratum {
        label: TemplateLabel::Ambiguous,
        ..stratum(template_id, BounceType::Other, messages)
    };
    let of_types = [
        stratum(1, BounceType::Timeout, 500),
        stratum(2, BounceType::Timeout, 90),
    ];
    let mut labelled = of_types.to_vec();
    labelled.extend([ambiguous(3, 400), ambiguous(4, 20), ambiguous(5, 400)]);
    let without = balance(of_each(100), 0.15, &of_types, 1).unwrap();
    assert_eq!(
        balance(of_each(100), 0.15, &labelled, 1).unwrap().table(),
        without.table()
    );
    let wanted = Wanted {
        ambiguous: 120,
        ..of_each(100)
    };
    let plan = balance(wanted, 0.15, &labelled, 1).unwrap();
    assert_eq!(plan.table(), without.table());
    assert_eq!(
        [1, 2].map(|id| plan.picks(id)),
        [1, 2].map(|id| without.picks(id))
    );
    assert_eq!([3, 4, 5].map(|id| plan.picks(id).len()), [50, 20, 50]);
    assert!([3, 4, 5].iter().all(|&id| !plan.is_held_out(id)));
}
