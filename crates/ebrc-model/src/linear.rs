//! Products of rows with a weight that is packed once for many of them.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

use crate::error::{Error, Result};
use crate::kernels::quantisation::{Outputs, QuantisedRows, quantise_weight};
use crate::precision::Precision;

/// Rows that are multiplied together: their results stay in a core's cache.
pub(crate) const BLOCK: usize = 64;

/// A weight and its bias, ready for products.
pub(crate) struct Linear {
    weight: Weight,
    inputs: usize,
    /// A number for each output; [`Linear::product`] does not add it.
    pub(crate) bias: Vec<f32>,
}

enum Weight {
    F32(PackedBMatrix<f32>),
    Int8 {
        packed: PackedBMatrix<i8>,
        outputs: Outputs,
    },
}

thread_local! {
    // An executor asks the processor for its abilities, which takes as long as a
    // small product, and may not go from thread to thread.
    static F32: GemmExecutor<f32> = GemmExecutor::default();
    static INT8: GemmExecutor<u8, i8, i32> = GemmExecutor::default();
}

/// Buffers of products, to be used again.
#[derive(Default)]
pub(crate) struct ProductBuffers {
    rows: QuantisedRows,
    sums: Vec<i32>,
}

impl Linear {
    /// Packs a weight that has a row of `inputs` numbers for each output.
    pub(crate) fn pack(
        weight: &[f32],
        bias: Vec<f32>,
        inputs: usize,
        precision: Precision,
    ) -> Self {
        let outputs = bias.len();
        let weight = match precision {
            Precision::F32 => {
                let rows = NdTensorView::from_data([outputs, inputs], weight);
                Weight::F32(F32.with(|executor| executor.prepack_b(rows.transposed())))
            }
            Precision::Int8 => {
                let shape = [outputs, inputs];
                let (numbers, outputs) = quantise_weight(weight, inputs);
                let rows = NdTensorView::from_data(shape, numbers.as_slice());
                let packed = INT8.with(|executor| executor.prepack_b(rows.transposed()));
                Weight::Int8 { packed, outputs }
            }
        };
        Self {
            weight,
            inputs,
            bias,
        }
    }

    /// Number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Writes x · weightᵀ to `out`, a row for each of `x`.
    pub(crate) fn product(
        &self,
        x: &[f32],
        out: &mut [f32],
        buffers: &mut ProductBuffers,
    ) -> Result<()> {
        let blocks = x
            .chunks(BLOCK * self.inputs)
            .zip(out.chunks_mut(BLOCK * self.outputs()));
        for (x, out) in blocks {
            self.block(x, out, buffers)?;
        }
        Ok(())
    }

    fn block(&self, x: &[f32], out: &mut [f32], buffers: &mut ProductBuffers) -> Result<()> {
        let rows = x.len() / self.inputs;
        let shape = [rows, self.inputs];
        let done = match &self.weight {
            Weight::F32(packed) => F32.with(|executor| {
                let x = GemmInputA::Unpacked(NdTensorView::from_data(shape, x));
                executor.gemm(out, x, GemmInputB::Packed(packed), GemmOptions::default())
            }),
            Weight::Int8 { packed, outputs } => {
                buffers.rows.fill(x, self.inputs);
                buffers.sums.resize(out.len(), 0);
                // The library's own zeros for each row are wrong beyond its first
                // tile of rows (0.27.0): they are taken off afterwards.
                let numbers = NdTensorView::from_data(shape, buffers.rows.numbers.as_slice());
                let x = GemmInputA::Unpacked(numbers);
                let weight = GemmInputB::Packed(packed);
                let done = INT8.with(|executor| {
                    executor.gemm(&mut buffers.sums, x, weight, GemmOptions::default())
                });
                buffers.rows.products(&buffers.sums, outputs, out);
                done
            }
        };
        done.map_err(|error| Error::Invalid(format!("a matrix product failed ({error})")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, random_numbers, wide};

    /// x · weightᵀ in f64.
    fn expected(x: &[f32], weight: &[f32], inputs: usize) -> Vec<f64> {
        let (x, weight) = (wide(x), wide(weight));
        let rows = x.chunks_exact(inputs);
        rows.flat_map(|x| {
            weight
                .chunks_exact(inputs)
                .map(|w| x.iter().zip(w).map(|(x, w)| x * w).sum::<f64>())
        })
        .collect()
    }

    #[test]
    fn products_are_those_of_f64() {
        // Sums of many rounded products; in bytes each is off by a hundredth.
        for (precision, tolerance) in [(Precision::F32, 1e-6), (Precision::Int8, 0.02)] {
            let mut buffers = ProductBuffers::default();
            for (inputs, outputs) in [(5, 3), (32, 64), (384, 768), (1536, 384)] {
                let weight = random_numbers(outputs * inputs, 1);
                let linear = Linear::pack(&weight, vec![0.0; outputs], inputs, precision);
                for rows in [1, 7, 9, 64, 70, 200] {
                    let x = random_numbers(rows * inputs, 2);
                    let mut out = vec![f32::NAN; rows * outputs];
                    linear.product(&x, &mut out, &mut buffers).unwrap();
                    let expected = expected(&x, &weight, inputs);
                    let what = format!("{precision:?} {rows} x {inputs} x {outputs}");
                    assert_close(&what, &out, &expected, tolerance);
                }
            }
        }
    }

    #[test]
    fn products_of_bytes_are_exact() {
        // Every row's largest number and every weight's are 127 steps: nothing
        // is rounded, and the sums are as large as they can be.
        let (rows, inputs, outputs) = (21, 400, 40);
        let x: Vec<f32> = (0..rows * inputs)
            .map(|i| if i % 3 == 0 { -27.0 } else { 100.0 })
            .collect();
        let weight: Vec<f32> = (0..outputs * inputs)
            .map(|i| if i % 7 == 0 { -127.0 } else { 127.0 })
            .collect();
        let linear = Linear::pack(&weight, vec![0.0; outputs], inputs, Precision::Int8);
        let mut out = vec![0.0; rows * outputs];
        let mut buffers = ProductBuffers::default();
        linear.product(&x, &mut out, &mut buffers).unwrap();
        let expected = expected(&x, &weight, inputs);
        assert_close("exact", &out, &expected, 1e-7);
    }
}
