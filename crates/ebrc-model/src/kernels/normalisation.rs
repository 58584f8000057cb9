//! Layer normalisation of a residual sum (Ba, Kiros and Hinton, 2016).

use super::{dot, sum, vectorised};
use crate::dropout::Dropout;

/// Dropout of a matrix's rows: which row of the whole batch each is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowDropout<'a> {
    pub(crate) dropout: Dropout,
    /// The number of each row in the whole batch.
    pub(crate) rows: &'a [u32],
}

/// What [`normalise`] leaves for the backward pass.
pub(crate) struct Normalised {
    /// The result, gamma · x̂ + beta.
    pub(crate) out: Vec<f32>,
    /// The standardised rows x̂; empty unless asked for.
    pub(crate) standard: Vec<f32>,
    /// 1 / standard deviation of each row; empty unless asked for.
    pub(crate) inverse_deviation: Vec<f32>,
}

/// LayerNorm(residual + dropout(x + bias)) row by row.
pub(crate) fn normalise(
    x: &[f32],
    bias: &[f32],
    residual: &[f32],
    (gamma, beta): (&[f32], &[f32]),
    epsilon: f32,
    dropped: RowDropout,
    keep: bool,
) -> Normalised {
    let width = gamma.len();
    let mut out = vec![0.0; x.len()];
    let mut standard = vec![0.0; if keep { x.len() } else { 0 }];
    let mut inverse_deviation = Vec::with_capacity(if keep { dropped.rows.len() } else { 0 });
    vectorised(|| {
        for (row, out) in out.chunks_exact_mut(width).enumerate() {
            let span = row * width..(row + 1) * width;
            let (x, residual) = (&x[span.clone()], &residual[span.clone()]);
            if dropped.dropout.is_none() {
                for (((out, x), bias), residual) in out.iter_mut().zip(x).zip(bias).zip(residual) {
                    *out = residual + (x + bias);
                }
            } else {
                let first = dropped.rows[row].wrapping_mul(width as u32);
                for (i, out) in out.iter_mut().enumerate() {
                    let factor = dropped.dropout.factor(first.wrapping_add(i as u32));
                    *out = residual[i] + (x[i] + bias[i]) * factor;
                }
            }
            let mean = sum(out) / width as f32;
            for value in out.iter_mut() {
                *value -= mean;
            }
            let inverse = 1.0 / (dot(out, out) / width as f32 + epsilon).sqrt();
            if keep {
                inverse_deviation.push(inverse);
                for (standard, value) in standard[span].iter_mut().zip(out.iter()) {
                    *standard = value * inverse;
                }
            }
            for ((value, gamma), beta) in out.iter_mut().zip(gamma).zip(beta) {
                *value = (*value * inverse).mul_add(*gamma, *beta);
            }
        }
    });
    Normalised {
        out,
        standard,
        inverse_deviation,
    }
}

/// Gradients of [`normalise`].
pub(crate) struct NormaliseGradients {
    /// Of x, after dropout; the same as `residual` where nothing is dropped.
    pub(crate) x: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) residual: Vec<f32>,
    pub(crate) gamma: Vec<f32>,
    pub(crate) beta: Vec<f32>,
}

/// The backward pass of [`normalise`].
pub(crate) fn normalise_backward(
    gradient: &[f32],
    standard: &[f32],
    inverse_deviation: &[f32],
    gamma: &[f32],
    dropped: RowDropout,
) -> NormaliseGradients {
    let width = gamma.len();
    let mut gradients = NormaliseGradients {
        x: vec![0.0; gradient.len()],
        bias: vec![0.0; width],
        residual: vec![0.0; gradient.len()],
        gamma: vec![0.0; width],
        beta: vec![0.0; width],
    };
    let NormaliseGradients {
        x,
        bias,
        residual,
        gamma: d_gamma,
        beta: d_beta,
    } = &mut gradients;
    vectorised(|| {
        for (row, inverse) in inverse_deviation.iter().enumerate() {
            let span = row * width..(row + 1) * width;
            let (dy, standard) = (&gradient[span.clone()], &standard[span.clone()]);
            let (x, residual) = (&mut x[span.clone()], &mut residual[span]);
            for i in 0..width {
                d_gamma[i] = dy[i].mul_add(standard[i], d_gamma[i]);
                d_beta[i] += dy[i];
                residual[i] = dy[i] * gamma[i];
            }
            let mean = sum(residual) / width as f32;
            let slope = dot(residual, standard) / width as f32;
            for (residual, standard) in residual.iter_mut().zip(standard) {
                *residual = inverse * (*residual - mean - standard * slope);
            }
            if dropped.dropout.is_none() {
                x.copy_from_slice(residual);
            } else {
                let first = dropped.rows[row].wrapping_mul(width as u32);
                for i in 0..width {
                    x[i] = residual[i] * dropped.dropout.factor(first.wrapping_add(i as u32));
                }
            }
            for (bias, x) in bias.iter_mut().zip(x.iter()) {
                *bias += x;
            }
        }
    });
    gradients
}
