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
    /// The standardised rows x̂.
    pub(crate) standard: Vec<f32>,
    /// 1 / standard deviation of each row.
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
) -> Normalised {
    let width = gamma.len();
    let mut out = vec![0.0; x.len()];
    let mut standard = vec![0.0; x.len()];
    let mut inverse_deviation = Vec::with_capacity(dropped.rows.len());
    vectorised(
        #[inline(always)]
        || {
            for (row, out) in out.chunks_exact_mut(width).enumerate() {
                let span = row * width..(row + 1) * width;
                let (x, residual) = (&x[span.clone()], &residual[span.clone()]);
                if dropped.dropout.is_none() {
                    for (((out, x), bias), residual) in
                        out.iter_mut().zip(x).zip(bias).zip(residual)
                    {
                        *out = residual + (x + bias);
                    }
                } else {
                    let first = dropped.rows[row].wrapping_mul(width as u32);
                    for (i, out) in out.iter_mut().enumerate() {
                        let factor = dropped.dropout.factor(first.wrapping_add(i as u32));
                        *out = residual[i] + (x[i] + bias[i]) * factor;
                    }
                }
                let inverse = centre(out, epsilon);
                inverse_deviation.push(inverse);
                for (standard, value) in standard[span].iter_mut().zip(out.iter()) {
                    *standard = value * inverse;
                }
                scale(out, inverse, gamma, beta);
            }
        },
    );
    Normalised {
        out,
        standard,
        inverse_deviation,
    }
}

/// Overwrites the residual by LayerNorm(residual + x + bias), row by row.
pub(crate) fn add_and_normalise(
    residual: &mut [f32],
    x: &[f32],
    bias: &[f32],
    (gamma, beta): (&[f32], &[f32]),
    epsilon: f32,
) {
    let width = gamma.len();
    vectorised(
        #[inline(always)]
        || {
            let rows = residual.chunks_exact_mut(width).zip(x.chunks_exact(width));
            for (out, x) in rows {
                for ((out, x), bias) in out.iter_mut().zip(x).zip(bias) {
                    *out += x + bias;
                }
                let inverse = centre(out, epsilon);
                scale(out, inverse, gamma, beta);
            }
        },
    );
}

/// Moves a row's mean to 0; returns 1 / standard deviation.
#[inline(always)]
fn centre(row: &mut [f32], epsilon: f32) -> f32 {
    let width = row.len() as f32;
    let mean = sum(row) / width;
    for value in row.iter_mut() {
        *value -= mean;
    }
    1.0 / (dot(row, row) / width + epsilon).sqrt()
}

/// gamma · row · inverse + beta.
#[inline(always)]
fn scale(row: &mut [f32], inverse: f32, gamma: &[f32], beta: &[f32]) {
    for ((value, gamma), beta) in row.iter_mut().zip(gamma).zip(beta) {
        *value = (*value * inverse).mul_add(*gamma, *beta);
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
    vectorised(
        #[inline(always)]
        || {
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
        },
    );
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dropout::Site;
    use crate::reference::{
        assert_close, inner, layer_norm, numerical_gradient, random_numbers, wide,
    };

    const WIDTH: usize = 21;
    const EPSILON: f32 = 1e-5;

    /// Sums over 21 columns, rounded to 6e-8 each, and a division by the
    /// deviation that magnifies them a little.
    const TOLERANCE: f64 = 2e-6;

    fn forward(
        x: &[f64],
        bias: &[f64],
        residual: &[f64],
        (gamma, beta): (&[f64], &[f64]),
        dropped: RowDropout,
    ) -> Vec<f64> {
        let mut sum = residual.to_vec();
        for (i, sum) in sum.iter_mut().enumerate() {
            let (row, column) = (i / WIDTH, i % WIDTH);
            let number = dropped.rows[row] as usize * WIDTH + column;
            let factor = f64::from(dropped.dropout.factor(number as u32));
            *sum += (x[i] + bias[column]) * factor;
        }
        layer_norm(&sum, gamma, beta, f64::from(EPSILON))
    }

    fn check(dropout: Dropout) {
        // As in a last layer, whose rows are not neighbours.
        let rows = [3, 4, 9, 20, 100_000];
        let dropped = RowDropout {
            dropout,
            rows: &rows,
        };
        let count = rows.len() * WIDTH;
        let (x, residual) = (random_numbers(count, 1), random_numbers(count, 2));
        let bias = random_numbers(WIDTH, 3);
        let (gamma, beta) = (random_numbers(WIDTH, 4), random_numbers(WIDTH, 5));
        let direction = random_numbers(count, 6);
        let normalised = normalise(&x, &bias, &residual, (&gamma, &beta), EPSILON, dropped);
        let gradients = normalise_backward(
            &direction,
            &normalised.standard,
            &normalised.inverse_deviation,
            &gamma,
            dropped,
        );
        let (x, residual, bias) = (wide(&x), wide(&residual), wide(&bias));
        let (gamma, beta, direction) = (wide(&gamma), wide(&beta), wide(&direction));
        let expected = forward(&x, &bias, &residual, (&gamma, &beta), dropped);
        assert_close("result", &normalised.out, &expected, TOLERANCE);
        let along = |out: Vec<f64>| inner(&out, &direction);
        let expected = numerical_gradient(&x, |x| {
            along(forward(x, &bias, &residual, (&gamma, &beta), dropped))
        });
        assert_close("x", &gradients.x, &expected, TOLERANCE);
        let expected = numerical_gradient(&bias, |bias| {
            along(forward(&x, bias, &residual, (&gamma, &beta), dropped))
        });
        assert_close("bias", &gradients.bias, &expected, TOLERANCE);
        let expected = numerical_gradient(&residual, |residual| {
            along(forward(&x, &bias, residual, (&gamma, &beta), dropped))
        });
        assert_close("residual", &gradients.residual, &expected, TOLERANCE);
        let expected = numerical_gradient(&gamma, |gamma| {
            along(forward(&x, &bias, &residual, (gamma, &beta), dropped))
        });
        assert_close("gamma", &gradients.gamma, &expected, TOLERANCE);
        let expected = numerical_gradient(&beta, |beta| {
            along(forward(&x, &bias, &residual, (&gamma, beta), dropped))
        });
        assert_close("beta", &gradients.beta, &expected, TOLERANCE);
    }

    #[test]
    fn values_and_gradients_are_those_of_f64() {
        check(Dropout::NONE);
    }

    #[test]
    fn values_and_gradients_with_dropout_are_those_of_f64() {
        check(Dropout::new(0.3, 5, 2, Site::FeedForward(1)));
    }

    #[test]
    fn in_place_the_bits_are_the_same() {
        let (x, residual) = (random_numbers(3 * WIDTH, 1), random_numbers(3 * WIDTH, 2));
        let [bias, gamma, beta] = [3, 4, 5].map(|seed| random_numbers(WIDTH, seed));
        let dropped = RowDropout {
            dropout: Dropout::NONE,
            rows: &[0, 1, 2],
        };
        let apart = normalise(&x, &bias, &residual, (&gamma, &beta), EPSILON, dropped);
        let mut out = residual;
        add_and_normalise(&mut out, &x, &bias, (&gamma, &beta), EPSILON);
        assert_eq!(out, apart.out);
    }
}
