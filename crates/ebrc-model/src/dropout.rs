//! Dropout without state: whether an element is dropped follows from the
//! seed, the step, the place in the network and the element's number alone.
//!
//! So a resumed run drops what the undisturbed run would have dropped, a
//! backward pass recomputes the mask instead of storing it, and every way of
//! computing a step sees the same mask.

/// The dropout of one place in the network at one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dropout {
    key: u32,
    second_key: u32,
    /// Elements whose hash is below this are dropped.
    threshold: u32,
    /// What a kept element is multiplied by, 1 / (1 - p).
    scale: f32,
}

/// Places at which dropout acts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Site {
    Embeddings,
    AttentionWeights(usize),
    AttentionOutput(usize),
    FeedForward(usize),
    Pooled,
}

impl Site {
    fn number(self) -> u64 {
        match self {
            Self::Embeddings => 0,
            Self::Pooled => 1,
            Self::AttentionWeights(layer) => 2 + 3 * layer as u64,
            Self::AttentionOutput(layer) => 3 + 3 * layer as u64,
            Self::FeedForward(layer) => 4 + 3 * layer as u64,
        }
    }
}

impl Dropout {
    /// Drops nothing.
    pub(crate) const NONE: Self = Self {
        key: 0,
        second_key: 0,
        threshold: 0,
        scale: 1.0,
    };

    /// Dropout of a share `probability` of the elements.
    pub(crate) fn new(probability: f32, seed: u64, step: u64, site: Site) -> Self {
        let mixed = splitmix(splitmix(splitmix(seed) ^ step) ^ site.number());
        Self {
            key: mixed as u32,
            second_key: (mixed >> 32) as u32,
            threshold: (f64::from(probability) * 4_294_967_296.0) as u32,
            scale: 1.0 / (1.0 - probability),
        }
    }

    /// Whether nothing is ever dropped.
    pub(crate) fn is_none(&self) -> bool {
        self.threshold == 0
    }

    /// What element `index` is multiplied by: 0 or 1 / (1 - p).
    ///
    /// A 32-bit integer mixer by multiplication and shifts, which compilers
    /// vectorise.
    #[inline(always)]
    pub(crate) fn factor(&self, index: u32) -> f32 {
        let mut x = index.wrapping_mul(0x9e37_79b1).wrapping_add(self.key);
        x ^= x >> 16;
        x = x.wrapping_mul(0x85eb_ca6b) ^ self.second_key;
        x ^= x >> 13;
        x = x.wrapping_mul(0xc2b2_ae35);
        x ^= x >> 16;
        if x < self.threshold { 0.0 } else { self.scale }
    }

    /// The factors of elements `first ..` as many as `count`.
    pub(crate) fn factors(&self, first: u32, count: usize) -> impl Iterator<Item = f32> + '_ {
        (0..count as u32).map(move |i| self.factor(first.wrapping_add(i)))
    }
}

/// Settings of dropout for one training step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepDropout {
    pub(crate) seed: u64,
    pub(crate) step: u64,
    pub(crate) hidden: f32,
    pub(crate) attention: f32,
    pub(crate) pooled: f32,
}

impl StepDropout {
    /// The dropout of a place; without settings (inference) none.
    pub(crate) fn at(step: Option<&Self>, site: Site) -> Dropout {
        let Some(step) = step else {
            return Dropout::NONE;
        };
        let probability = match site {
            Site::AttentionWeights(_) => step.attention,
            Site::Pooled => step.pooled,
            Site::Embeddings | Site::AttentionOutput(_) | Site::FeedForward(_) => step.hidden,
        };
        if probability == 0.0 {
            return Dropout::NONE;
        }
        Dropout::new(probability, step.seed, step.step, site)
    }
}

/// One round of the SplitMix64 generator (Steele, Lea and Flood, 2014).
fn splitmix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_its_share_everywhere_and_independently() {
        let mut previous: Option<Vec<bool>> = None;
        for step in 0..20 {
            let dropout = Dropout::new(0.1, 7, step, Site::FeedForward(3));
            let dropped: Vec<bool> = dropout.factors(0, 100_000).map(|f| f == 0.0).collect();
            let share = dropped.iter().filter(|d| **d).count() as f64 / 1e5;
            // Six standard deviations of a binomial share: 0.0057.
            assert!((share - 0.1).abs() < 0.0057, "step {step}: {share}");
            // Neighbours along a row and down a column of width 384.
            for distance in [1, 2, 384, 1536] {
                let both = dropped
                    .iter()
                    .zip(&dropped[distance..])
                    .filter(|(a, b)| **a && **b);
                let share = both.count() as f64 / (1e5 - distance as f64);
                assert!(
                    (share - 0.01).abs() < 0.002,
                    "step {step}, {distance}: {share}"
                );
            }
            if let Some(previous) = previous {
                let both = dropped
                    .iter()
                    .zip(&previous)
                    .filter(|(a, b)| **a && **b)
                    .count();
                assert!(
                    (both as f64 / 1e5 - 0.01).abs() < 0.002,
                    "step {step}: {both}"
                );
            }
            previous = Some(dropped);
        }
    }
}
