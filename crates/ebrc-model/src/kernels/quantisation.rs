//! Rows of f32 as whole numbers from 0 to [`LEVELS`], and products of such
//! rows as f32 again.

use pulp::{Arch, Simd, WithSimd};

use super::vectorised;

/// The largest number of a row. Seven bits, so that pairs of products with
/// signed bytes fit into 16 bits: processors without dot products of bytes add
/// them up there, and get the same sums as those with them.
pub(crate) const LEVELS: f32 = 127.0;

/// Added to a small number, it leaves the nearest whole one in the low bits.
const ROUND: f32 = 12_582_912.0;

/// A matrix's rows as whole numbers: `x ≈ scale · (number - zero)`.
#[derive(Default)]
pub(crate) struct QuantisedRows {
    pub(crate) numbers: Vec<u8>,
    /// A scale for each row.
    pub(crate) scales: Vec<f32>,
    /// The number that stands for 0 in each row.
    pub(crate) zeros: Vec<u8>,
}

impl QuantisedRows {
    /// Fills itself with the rows of `x`; each has its own scale, so what
    /// becomes of a row does not depend on the others.
    pub(crate) fn fill(&mut self, x: &[f32], width: usize) {
        let rows = x.len() / width;
        self.numbers.resize(x.len(), 0);
        self.scales.resize(rows, 0.0);
        self.zeros.resize(rows, 0);
        vectorised(
            #[inline(always)]
            || {
                let rows = x
                    .chunks_exact(width)
                    .zip(self.numbers.chunks_exact_mut(width));
                let places = self.scales.iter_mut().zip(&mut self.zeros);
                for ((x, numbers), (scale, zero)) in rows.zip(places) {
                    (*scale, *zero) = quantise(x, numbers);
                }
            },
        );
    }
}

/// Quantises a row; returns its scale and its zero.
#[inline(always)]
fn quantise(x: &[f32], numbers: &mut [u8]) -> (f32, u8) {
    let (smallest, largest) = range(x);
    let scale = (largest - smallest) / LEVELS;
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    let zero = (-smallest * inverse + ROUND) - ROUND;
    for (number, x) in numbers.iter_mut().zip(x) {
        let level = x.mul_add(inverse, zero).clamp(0.0, LEVELS);
        *number = (level + ROUND).to_bits() as u8;
    }
    (scale, zero as u8)
}

/// The smallest and the largest number of a row, 0 included.
#[inline(always)]
fn range(x: &[f32]) -> (f32, f32) {
    Arch::new().dispatch(Range(x))
}

struct Range<'a>(&'a [f32]);

impl WithSimd for Range<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, f32) {
        let (blocks, rest) = S::as_simd_f32s(self.0);
        let (mut low, mut high) = (simd.splat_f32s(0.0), simd.splat_f32s(0.0));
        for block in blocks {
            low = simd.min_f32s(low, *block);
            high = simd.max_f32s(high, *block);
        }
        let ends = (simd.reduce_min_f32s(low), simd.reduce_max_f32s(high));
        rest.iter()
            .fold(ends, |(low, high), x| (x.min(low), x.max(high)))
    }
}

/// What a quantised weight's outputs are multiplied by, and what a row's zero
/// adds to each.
#[derive(Default)]
pub(crate) struct Outputs {
    scales: Vec<f32>,
    /// The sum of each output's numbers.
    sums: Vec<i32>,
}

impl QuantisedRows {
    /// Sums of products of these rows' numbers and a weight's, as f32.
    pub(crate) fn products(&self, sums: &[i32], outputs: &Outputs, out: &mut [f32]) {
        let width = outputs.scales.len();
        vectorised(
            #[inline(always)]
            || {
                let lines = out.chunks_exact_mut(width).zip(sums.chunks_exact(width));
                let rows = self.scales.iter().zip(&self.zeros);
                for ((out, sums), (scale, zero)) in lines.zip(rows) {
                    let zero = i32::from(*zero);
                    let columns = sums.iter().zip(&outputs.sums).zip(&outputs.scales);
                    for (out, ((sum, column), column_scale)) in out.iter_mut().zip(columns) {
                        *out = (sum - zero * column) as f32 * (scale * column_scale);
                    }
                }
            },
        );
    }
}

/// A weight's rows of `inputs` numbers, one for each output, as signed bytes:
/// `weight ≈ scale · number`.
pub(crate) fn quantise_weight(weight: &[f32], inputs: usize) -> (Vec<i8>, Outputs) {
    let mut numbers = vec![0; weight.len()];
    let mut outputs = Outputs::default();
    vectorised(
        #[inline(always)]
        || {
            let rows = weight.chunks_exact(inputs);
            for (weight, numbers) in rows.zip(numbers.chunks_exact_mut(inputs)) {
                outputs.scales.push(quantise_output(weight, numbers));
                outputs
                    .sums
                    .push(numbers.iter().map(|n| i32::from(*n)).sum());
            }
        },
    );
    (numbers, outputs)
}

#[inline(always)]
fn quantise_output(weight: &[f32], numbers: &mut [i8]) -> f32 {
    let (smallest, largest) = range(weight);
    let scale = largest.max(-smallest) / f32::from(i8::MAX);
    let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    for (number, weight) in numbers.iter_mut().zip(weight) {
        *number = ((weight * inverse + ROUND) - ROUND) as i8;
    }
    scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::random_numbers;

    #[test]
    fn numbers_are_within_half_a_step_of_what_they_stand_for() {
        let width = 37;
        let mut x = random_numbers(5 * width, 1);
        x[..width].iter_mut().for_each(|x| *x = x.abs());
        x[width..2 * width].iter_mut().for_each(|x| *x = -x.abs());
        x[2 * width..3 * width].fill(0.0);
        let mut rows = QuantisedRows::default();
        rows.fill(&x, width);
        for (row, x) in x.chunks_exact(width).enumerate() {
            let (scale, zero) = (rows.scales[row], i32::from(rows.zeros[row]));
            for (x, number) in x.iter().zip(&rows.numbers[row * width..]) {
                assert!(f32::from(*number) <= LEVELS);
                let value = (i32::from(*number) - zero) as f32 * scale;
                // The zero is rounded as well as the number.
                assert!((value - x).abs() <= 1.001 * scale, "{x} became {value}");
            }
            let largest = x.iter().fold(0.0_f32, |a, x| a.max(x.abs()));
            assert!(scale <= 2.0 * largest / LEVELS + f32::MIN_POSITIVE);
        }
    }

    #[test]
    fn a_row_is_the_same_in_any_company() {
        let x = random_numbers(3 * 20, 2);
        let mut all = QuantisedRows::default();
        all.fill(&x, 20);
        let mut alone = QuantisedRows::default();
        alone.fill(&x[20..40], 20);
        assert_eq!(alone.numbers, all.numbers[20..40]);
        assert_eq!(
            (alone.scales[0], alone.zeros[0]),
            (all.scales[1], all.zeros[1])
        );
    }

    #[test]
    fn sums_become_products() {
        let rows = QuantisedRows {
            numbers: Vec::new(),
            scales: vec![0.5, 2.0],
            zeros: vec![3, 0],
        };
        let outputs = Outputs {
            scales: vec![1.0, 0.1],
            sums: vec![2, -5],
        };
        let mut out = vec![0.0; 4];
        rows.products(&[10, -20, 30, 40], &outputs, &mut out);
        assert_eq!(out, [2.0, -0.25, 60.0, 8.0]);
    }

    #[test]
    fn weights_keep_their_sign_and_their_zeros() {
        let weight = [-2.0, 0.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0];
        let (numbers, outputs) = quantise_weight(&weight, 4);
        assert_eq!(numbers, [-127, 0, 64, 32, 0, 0, 0, 0]);
        assert_eq!(outputs.scales, [2.0 / 127.0, 0.0]);
        assert_eq!(outputs.sums, [-31, 0]);
    }
}
