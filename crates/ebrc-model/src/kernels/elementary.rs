//! Exponential and error function in forms that compilers vectorise.

/// e^x for x ≤ 0 and moderate positive x, to about one unit in the last place;
/// below -87 the result is 0 within f32's normal range.
///
/// Reduction by multiples of ln 2 in two parts, then the Taylor polynomial of
/// degree 7 on |r| ≤ ln 2 / 2, whose remainder is below 6e-9.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding and subtracting 1.5 · 2^23 rounds to the nearest integer.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_145_75;
    const LN2_LOW: f32 = 1.428_606_8e-6;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
    let mut p = 1.0 / 5040.0_f32;
    p = p.mul_add(r, 1.0 / 720.0);
    p = p.mul_add(r, 1.0 / 120.0);
    p = p.mul_add(r, 1.0 / 24.0);
    p = p.mul_add(r, 1.0 / 6.0);
    p = p.mul_add(r, 0.5);
    p = p.mul_add(r, 1.0);
    p = p.mul_add(r, 1.0);
    // The low bits of `shifted` hold n; moved to the exponent they make 2^n.
    let power = shifted
        .to_bits()
        .wrapping_sub(ROUND.to_bits())
        .wrapping_add(127)
        << 23;
    p * f32::from_bits(power)
}

/// The standard normal distribution function and its density at x.
///
/// erf by formula 7.1.26 of Abramowitz and Stegun (1964), whose error is below
/// 1.5e-7; its exponential is the density's too.
#[inline(always)]
pub(crate) fn normal_distribution(x: f32) -> (f32, f32) {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let gauss = exp(-z * z);
    let t = 1.0 / 0.327_591_1_f32.mul_add(z, 1.0);
    let mut p = 1.061_405_4_f32;
    p = p.mul_add(t, -1.453_152);
    p = p.mul_add(t, 1.421_413_7);
    p = p.mul_add(t, -0.284_496_74);
    p = p.mul_add(t, 0.254_829_6);
    // Half of erfc(|z|), the probability beyond |x|.
    let beyond = 0.5 * p * t * gauss;
    let below = if x < 0.0 { beyond } else { 1.0 - beyond };
    (below, gauss * 0.398_942_3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_is_exact_to_a_few_units() {
        for i in -87_000..20_000 {
            let x = i as f32 / 1000.0;
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert!(exp(-1e30) < 2e-38);
    }

    #[test]
    fn distribution_function_agrees_with_its_integral() {
        // Simpson's rule on the density, in steps of 1/1000 from -8.
        let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
        let (mut x, mut integral) = (-8.0_f64, 0.0_f64);
        while x < 8.0 {
            let (below, here) = normal_distribution(x as f32);
            assert!((f64::from(below) - integral).abs() < 2.5e-7, "{x}");
            assert!(
                (f64::from(here) - density(x as f32 as f64)).abs() < 1e-7,
                "{x}"
            );
            let h = 1e-3;
            integral += h / 6.0 * (density(x) + 4.0 * density(x + h / 2.0) + density(x + h));
            x += h;
        }
    }
}
