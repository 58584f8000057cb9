//! The arithmetic between the matrix products, on slices of f32.
//!
//! Every function works through its rows in order on the calling thread, so
//! its result never depends on the number of threads; work is shared out a
//! level above, by parts of a batch. Each is compiled for several instruction
//! sets and the best one chosen at run time (`pulp`).

pub(crate) mod attention;
pub(crate) mod elementary;
pub(crate) mod feed_forward;
pub(crate) mod head;
pub(crate) mod normalisation;
pub(crate) mod quantisation;

/// Runs `work` compiled for the widest instructions of this processor.
///
/// `work` must be `#[inline(always)]`, and all that it calls: what is not
/// inlined here is compiled for the plainest processor, where each fused
/// multiplication is a call of a library function.
#[inline]
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Width in which loops are written so that they fill vector registers.
pub(crate) const LANES: usize = 16;

/// Sum of products, in a fixed order: sixteen partial sums, then their sum.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for i in 0..LANES {
            sums[i] = a[i].mul_add(b[i], sums[i]);
        }
    }
    let mut sum = total(&sums);
    for (a, b) in a_rest.iter().zip(b_rest) {
        sum = a.mul_add(*b, sum);
    }
    sum
}

/// Sum of numbers, in the same fixed order.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for i in 0..LANES {
            sums[i] += block[i];
        }
    }
    total(&sums) + rest.iter().sum::<f32>()
}

/// Pairwise sum of the lanes.
#[inline(always)]
pub(crate) fn total(lanes: &[f32; LANES]) -> f32 {
    let mut half = [0.0_f32; 8];
    for i in 0..8 {
        half[i] = lanes[i] + lanes[i + 8];
    }
    ((half[0] + half[4]) + (half[2] + half[6])) + ((half[1] + half[5]) + (half[3] + half[7]))
}
