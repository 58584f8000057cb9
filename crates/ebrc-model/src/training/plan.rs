//! The order of examples: which batch is trained at which step.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Batches that are sorted by length together, so that a batch's texts are of
/// like length and still differ from epoch to epoch.
const WINDOW: usize = 50;

/// The batches of an epoch, each a list of examples. They follow from the
/// seed and the epoch alone.
pub(super) fn batches(
    lengths: &[usize],
    batch_size: usize,
    seed: u64,
    epoch: usize,
) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    // Stream 0 draws the new weights.
    random.set_stream(epoch as u64 + 1);
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.shuffle(&mut random);
    for window in order.chunks_mut(WINDOW * batch_size) {
        window.sort_by_key(|example| lengths[*example]);
    }
    let mut batches: Vec<Vec<usize>> = order.chunks(batch_size).map(<[usize]>::to_vec).collect();
    batches.shuffle(&mut random);
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_comes_once_an_epoch() {
        let lengths: Vec<usize> = (0..1000).map(|i| i * 7 % 90).collect();
        let first = batches(&lengths, 16, 1, 0);
        assert_eq!(first, batches(&lengths, 16, 1, 0));
        assert_ne!(first, batches(&lengths, 16, 1, 1));
        assert_ne!(first, batches(&lengths, 16, 2, 0));
        assert_eq!(first.len(), 63);
        let mut seen: Vec<usize> = first.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..1000).collect::<Vec<_>>());
        let spread = |batch: &Vec<usize>| {
            let lengths = batch.iter().map(|i| lengths[*i]);
            lengths.clone().max().unwrap() - lengths.min().unwrap()
        };
        // The smaller window spreads 90 lengths over 13 batches, about 7 each;
        // a batch drawn at random spreads over 80.
        assert!(
            first.iter().all(|batch| spread(batch) <= 15),
            "batches mix lengths"
        );
    }
}
