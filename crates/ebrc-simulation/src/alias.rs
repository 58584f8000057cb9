use rand::Rng;

/// Draws positions in proportion to weights, in constant time (Walker's alias
/// method in Vose's form).
#[derive(Debug, Clone)]
pub(crate) struct AliasTable {
    /// Of each position, the chance (of 2³²) to stay, and where to go else.
    slots: Vec<(u32, u32)>,
}

impl AliasTable {
    /// `None` where no weight is above 0.
    pub(crate) fn new(weights: &[f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let scale = weights.len() as f64 / total;
        let mut shares: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        let mut slots: Vec<(u32, u32)> = (0..)
            .take(weights.len())
            .map(|own| (u32::MAX, own))
            .collect();
        let (mut poor, mut rich): (Vec<u32>, Vec<u32>) = (0..)
            .take(weights.len())
            .partition(|&own| shares[own as usize] < 1.0);
        while let (Some(low), Some(&high)) = (poor.pop(), rich.last()) {
            let (low_at, high_at) = (low as usize, high as usize);
            slots[low_at] = ((shares[low_at] * 4_294_967_296.0) as u32, high);
            shares[high_at] -= 1.0 - shares[low_at];
            if shares[high_at] < 1.0 {
                rich.pop();
                poor.push(high);
            }
        }
        // Rounding may leave poor ones without a rich one: they stay, unless
        // they must never be drawn.
        let heaviest = (0..)
            .zip(weights)
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |(at, _)| at);
        for low in poor {
            if weights[low as usize] <= 0.0 {
                slots[low as usize] = (0, heaviest);
            }
        }
        Some(Self { slots })
    }

    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> usize {
        self.at(rng.next_u64())
    }

    /// What the random `bits` stand for.
    pub(crate) fn at(&self, bits: u64) -> usize {
        let own = (((bits >> 32) * self.slots.len() as u64) >> 32) as usize;
        let (stay, other) = self.slots[own];
        if bits as u32 <= stay && stay > 0 {
            own
        } else {
            other as usize
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn positions_are_drawn_as_often_as_they_weigh() {
        let weights = [5.0, 0.0, 1.0, 3.0, 0.5, 0.5];
        let table = AliasTable::new(&weights).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut counts = [0_u32; 6];
        for _ in 0..100_000 {
            counts[table.draw(&mut rng)] += 1;
        }
        assert_eq!(counts[1], 0);
        for (count, weight) in counts.into_iter().zip(weights) {
            assert!(
                (f64::from(count) / 10_000.0 - weight).abs() < 0.1,
                "{counts:?}"
            );
        }
    }

    #[test]
    fn the_table_holds_the_weights_exactly() {
        let weights: Vec<f64> = (0..1000).map(|at| f64::from(at * at % 97)).collect();
        let total: f64 = weights.iter().sum();
        let table = AliasTable::new(&weights).unwrap();
        let mut held = vec![0.0; weights.len()];
        for (own, &(stay, other)) in table.slots.iter().enumerate() {
            let stays = f64::from(stay) / 4_294_967_296.0;
            held[own] += stays;
            held[other as usize] += 1.0 - stays;
        }
        for (held, weight) in held.into_iter().zip(&weights) {
            assert!((held / 1000.0 - weight / total).abs() < 1e-8);
        }
    }

    #[test]
    fn nothing_is_drawn_from_no_weight() {
        assert!(AliasTable::new(&[]).is_none());
        assert!(AliasTable::new(&[0.0, 0.0]).is_none());
    }
}
