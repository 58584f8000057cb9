use std::f64::consts::TAU;

use ebrc_taxonomy::BounceType;
use rand::{Rng, RngExt};

/// After so many milliseconds senders give a session up.
const TIMEOUTS: [f64; 4] = [30_000.0, 60_000.0, 120_000.0, 300_000.0];

/// The spread of a refusal's latency, as a logarithm.
const SPREAD: f64 = 0.8;

/// How long a refused attempt takes, in milliseconds; `None` is a refusal
/// without a type.
pub(crate) fn of_refusal<R: Rng + ?Sized>(kind: Option<BounceType>, rng: &mut R) -> u64 {
    let median = match kind {
        Some(BounceType::Timeout) => {
            let timeout = TIMEOUTS[rng.random_range(0..TIMEOUTS.len())];
            return (timeout + rng.random_range(0.0..5_000.0)) as u64;
        }
        Some(BounceType::ReceiverDns) => 900.0,
        // Greetings are refused at once, contents after they are sent.
        Some(BounceType::Blocklisted | BounceType::SenderRate) => 2_500.0,
        Some(BounceType::SpamContent | BounceType::MessageSize) => 15_000.0,
        Some(BounceType::Interrupted) => 12_000.0,
        _ => 5_000.0,
    };
    log_normal(median, SPREAD, rng)
}

/// A number of milliseconds whose logarithm is normal.
pub(crate) fn log_normal<R: Rng + ?Sized>(median: f64, spread: f64, rng: &mut R) -> u64 {
    (median * (spread * normal(rng)).exp()).clamp(20.0, 1_800_000.0) as u64
}

/// A number of the standard normal law (Box and Muller).
pub(crate) fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (TAU * rng.random::<f64>()).cos()
}
