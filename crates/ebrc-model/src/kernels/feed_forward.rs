//! Bias and GELU of the feed-forward layer.

use super::elementary::normal_distribution;
use super::vectorised;

/// Overwrites rows `x` of the bias's width by gelu(x + bias), with the exact
/// GELU x·Φ(x) (Hendrycks and Gimpel, 2016).
pub(crate) fn bias_gelu(x: &mut [f32], bias: &[f32]) {
    vectorised(
        #[inline(always)]
        || {
            for row in x.chunks_exact_mut(bias.len()) {
                for (x, bias) in row.iter_mut().zip(bias) {
                    let u = *x + bias;
                    *x = u * normal_distribution(u).0;
                }
            }
        },
    );
}

/// Overwrites the gradient of [`bias_gelu`]'s result by that of `x`, and
/// returns the gradient of the bias.
pub(crate) fn bias_gelu_backward(x: &[f32], bias: &[f32], gradient: &mut [f32]) -> Vec<f32> {
    let mut bias_gradient = vec![0.0; bias.len()];
    vectorised(
        #[inline(always)]
        || {
            let width = bias.len();
            for (gradient, x) in gradient.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
                let columns = gradient.iter_mut().zip(x).zip(bias).zip(&mut bias_gradient);
                for (((gradient, x), bias), bias_gradient) in columns {
                    let u = x + bias;
                    let (below, density) = normal_distribution(u);
                    *gradient *= u.mul_add(density, below);
                    *bias_gradient += *gradient;
                }
            }
        },
    );
    bias_gradient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{assert_close, gelu, inner, numerical_gradient, random_numbers, wide};

    const WIDTH: usize = 19;

    fn forward(x: &[f64], bias: &[f64]) -> Vec<f64> {
        let columns = bias.iter().cycle();
        x.iter().zip(columns).map(|(x, b)| gelu(x + b)).collect()
    }

    /// Rows from the tails as well as from around 0.
    fn rows() -> Vec<f32> {
        let numbers = random_numbers(7 * WIDTH, 1);
        numbers.iter().map(|x| 5.0 * x).collect()
    }

    /// The error function is exact to 1.5e-7, which x up to 6 multiplies.
    const TOLERANCE: f64 = 5e-7;

    #[test]
    fn bias_and_gelu_are_those_of_f64() {
        let (x, bias) = (rows(), random_numbers(WIDTH, 2));
        let expected = forward(&wide(&x), &wide(&bias));
        let mut found = x;
        bias_gelu(&mut found, &bias);
        assert_close("gelu", &found, &expected, TOLERANCE);
    }

    #[test]
    fn gradients_are_those_of_central_differences() {
        let (x, bias) = (rows(), random_numbers(WIDTH, 2));
        let direction = random_numbers(x.len(), 3);
        let along = |x: &[f64], bias: &[f64]| inner(&forward(x, bias), &wide(&direction));
        let mut x_gradient = direction.clone();
        let bias_gradient = bias_gelu_backward(&x, &bias, &mut x_gradient);
        let (x, bias) = (wide(&x), wide(&bias));
        let expected = numerical_gradient(&x, |x| along(x, &bias));
        assert_close("x", &x_gradient, &expected, TOLERANCE);
        let expected = numerical_gradient(&bias, |bias| along(&x, bias));
        assert_close("bias", &bias_gradient, &expected, TOLERANCE);
    }
}
