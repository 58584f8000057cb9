use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;

use crate::draw::{Purpose, choose, stream};

/// The messages that vote on their template's type: of each template
/// `(template_id, messages)`, `per_template` random ordinals, or all where
/// there are fewer. The paper takes 100.
///
/// Ordinals are ascending. A template that is given twice counts once, with
/// the larger number of messages.
#[must_use]
pub fn predictive(
    per_template: u64,
    templates: &[(u32, u64)],
    seed: u64,
) -> BTreeMap<u32, Vec<u64>> {
    largest(templates)
        .into_iter()
        .map(|(template_id, messages)| {
            let mut rng = stream(seed, Purpose::Predictive, template_id);
            (template_id, choose(per_template, messages, &mut rng))
        })
        .collect()
}

/// The messages that are compared with the truth: of each predicted type
/// `(type, messages)`, `per_type` random ordinals, or all where there are
/// fewer. The paper takes 100.
///
/// An ordinal counts the messages *predicted* to be of the type, in the order
/// of the log. Ordinals are ascending. A type that is given twice counts once,
/// with the larger number of messages.
#[must_use]
pub fn evaluation(
    per_type: u64,
    types: &[(BounceType, u64)],
    seed: u64,
) -> BTreeMap<BounceType, Vec<u64>> {
    largest(types)
        .into_iter()
        .map(|(kind, messages)| {
            let mut rng = stream(seed, Purpose::Evaluation, kind as u32);
            (kind, choose(per_type, messages, &mut rng))
        })
        .collect()
}

fn largest<K: Ord + Copy>(counts: &[(K, u64)]) -> BTreeMap<K, u64> {
    let mut largest = BTreeMap::new();
    for &(key, messages) in counts {
        let kept = largest.entry(key).or_insert(messages);
        *kept = messages.max(*kept);
    }
    largest
}
