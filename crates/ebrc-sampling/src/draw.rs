use std::collections::BTreeSet;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is for. Draws for different purposes are
/// independent of each other.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Training = 1,
    Validation = 2,
    Predictive = 3,
    Evaluation = 4,
}

/// The stream of one template (or type). Seed, purpose and id make up
/// ChaCha's key, so no two streams overlap and none depends on another.
pub(crate) fn stream(seed: u64, purpose: Purpose, id: u32) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8] = purpose as u8;
    key[16..20].copy_from_slice(&id.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// Chooses `wanted` of the ordinals `0..messages` without replacement (all
/// where there are fewer), each set of that size being as probable as any
/// other; in ascending order.
///
/// Floyd's algorithm (Bentley, *Programming Pearls*, CACM 30(9), 1987): one
/// random number a choice, and memory for the choice alone, however many
/// messages there are.
pub(crate) fn choose(wanted: u64, messages: u64, rng: &mut impl Rng) -> Vec<u64> {
    if wanted >= messages {
        return (0..messages).collect();
    }
    let mut chosen = BTreeSet::new();
    for last in messages - wanted..messages {
        let candidate = rng.random_range(0..=last);
        if !chosen.insert(candidate) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_five_is_chosen_equally_often() {
        let mut rng = stream(11, Purpose::Predictive, 0);
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..10_000 {
            *counts.entry(choose(2, 5, &mut rng)).or_insert(0_i64) += 1;
        }
        assert_eq!(counts.len(), 10);
        // 1,000 expected each; the standard deviation is 30.
        for (pair, count) in counts {
            assert!((count - 1_000).abs() < 150, "{pair:?}: {count}");
        }
    }

    #[test]
    fn streams_of_other_seeds_purposes_and_ids_differ() {
        let draw = |seed, purpose, id| choose(20, 1_000_000, &mut stream(seed, purpose, id));
        let reference = draw(1, Purpose::Training, 1);
        assert_eq!(reference, draw(1, Purpose::Training, 1));
        assert_ne!(reference, draw(2, Purpose::Training, 1));
        assert_ne!(reference, draw(1, Purpose::Evaluation, 1));
        assert_ne!(reference, draw(1, Purpose::Training, 2));
    }
}
