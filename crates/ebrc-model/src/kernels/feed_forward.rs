//! Bias and GELU of the feed-forward layer.

use super::elementary::normal_distribution;
use super::vectorised;

/// gelu(x + bias) for rows of the bias's width, with the exact GELU
/// x·Φ(x) (Hendrycks and Gimpel, 2016).
pub(crate) fn bias_gelu(x: &[f32], bias: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    vectorised(|| {
        for (out, x) in out
            .chunks_exact_mut(bias.len())
            .zip(x.chunks_exact(bias.len()))
        {
            for ((out, x), bias) in out.iter_mut().zip(x).zip(bias) {
                let u = x + bias;
                *out = u * normal_distribution(u).0;
            }
        }
    });
    out
}

/// Overwrites the gradient of [`bias_gelu`]'s result by that of `x`, and
/// returns the gradient of the bias.
pub(crate) fn bias_gelu_backward(x: &[f32], bias: &[f32], gradient: &mut [f32]) -> Vec<f32> {
    let mut bias_gradient = vec![0.0; bias.len()];
    vectorised(|| {
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
    });
    bias_gradient
}
