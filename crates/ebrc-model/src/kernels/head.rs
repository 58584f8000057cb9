//! Pooler and classification head: a few rows, one a sequence.
//!
//! Plain dot products instead of the matrix library, whose order of summation
//! changes when there is a single row; the work is negligible.

use super::{dot, vectorised};

/// x · weightᵀ + bias; `weight` has a row of `width` numbers for each output.
pub(crate) fn affine(x: &[f32], weight: &[f32], bias: &[f32], width: usize) -> Vec<f32> {
    let outputs = bias.len();
    let mut out = vec![0.0; x.len() / width * outputs];
    vectorised(
        #[inline(always)]
        || {
            for (out, x) in out.chunks_exact_mut(outputs).zip(x.chunks_exact(width)) {
                for ((out, weight), bias) in
                    out.iter_mut().zip(weight.chunks_exact(width)).zip(bias)
                {
                    *out = dot(x, weight) + bias;
                }
            }
        },
    );
    out
}

/// Gradients of [`affine`].
pub(crate) struct AffineGradients {
    pub(crate) x: Vec<f32>,
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

/// The backward pass of [`affine`].
pub(crate) fn affine_backward(
    gradient: &[f32],
    x: &[f32],
    weight: &[f32],
    width: usize,
) -> AffineGradients {
    let outputs = weight.len() / width;
    let mut gradients = AffineGradients {
        x: vec![0.0; x.len()],
        weight: vec![0.0; weight.len()],
        bias: vec![0.0; outputs],
    };
    let AffineGradients {
        x: d_x,
        weight: d_weight,
        bias: d_bias,
    } = &mut gradients;
    vectorised(
        #[inline(always)]
        || {
            let rows = gradient.chunks_exact(outputs).zip(x.chunks_exact(width));
            for ((gradient, x), d_x) in rows.zip(d_x.chunks_exact_mut(width)) {
                for (output, gradient) in gradient.iter().enumerate() {
                    let span = output * width..(output + 1) * width;
                    d_bias[output] += gradient;
                    for (d_weight, x) in d_weight[span.clone()].iter_mut().zip(x) {
                        *d_weight = gradient.mul_add(*x, *d_weight);
                    }
                    for (d_x, weight) in d_x.iter_mut().zip(&weight[span]) {
                        *d_x = gradient.mul_add(*weight, *d_x);
                    }
                }
            }
        },
    );
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{self, assert_close, inner, numerical_gradient, random_numbers, wide};

    /// Sums of up to 37 products, each rounded to 6e-8.
    const TOLERANCE: f64 = 5e-7;

    #[test]
    fn products_and_gradients_are_those_of_f64() {
        // A width that fills two vector registers and leaves a rest.
        let (width, outputs, rows) = (37, 5, 6);
        let x = random_numbers(rows * width, 1);
        let weight = random_numbers(outputs * width, 2);
        let bias = random_numbers(outputs, 3);
        let direction = random_numbers(rows * outputs, 4);
        let gradients = affine_backward(&direction, &x, &weight, width);
        let out = affine(&x, &weight, &bias, width);
        let (x, weight, bias) = (wide(&x), wide(&weight), wide(&bias));
        let along = |x: &[f64], weight: &[f64], bias: &[f64]| {
            inner(&reference::affine(x, weight, bias), &wide(&direction))
        };
        let expected = reference::affine(&x, &weight, &bias);
        assert_close("result", &out, &expected, TOLERANCE);
        let expected = numerical_gradient(&x, |x| along(x, &weight, &bias));
        assert_close("x", &gradients.x, &expected, TOLERANCE);
        let expected = numerical_gradient(&weight, |weight| along(&x, weight, &bias));
        assert_close("weight", &gradients.weight, &expected, TOLERANCE);
        let expected = numerical_gradient(&bias, |bias| along(&x, &weight, bias));
        assert_close("bias", &gradients.bias, &expected, TOLERANCE);
    }
}
