use std::f64::consts::TAU;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::{Rng, RngExt};

/// The median of an accepted attempt and the spread of its logarithm; with
/// them the mean is 19.37 s (appendix C).
const ACCEPTED: (f64, f64) = (14_030.0, 0.803);

/// After so many milliseconds senders give a session up.
const TIMEOUTS: [f64; 4] = [30_000.0, 60_000.0, 120_000.0, 300_000.0];

/// How long an attempt takes, in milliseconds; accepted where there is no label.
pub(crate) fn draw<R: Rng + ?Sized>(label: Option<TemplateLabel>, rng: &mut R) -> u64 {
    let (median, spread) = match label.map(TemplateLabel::bounce_type) {
        None => ACCEPTED,
        Some(Some(BounceType::Timeout)) => {
            let timeout = TIMEOUTS[rng.random_range(0..TIMEOUTS.len())];
            return (timeout + rng.random_range(0.0..5_000.0)) as u64;
        }
        Some(Some(BounceType::ReceiverDns)) => (900.0, 0.9),
        // Greetings are refused at once, contents after they are sent.
        Some(Some(BounceType::Blocklisted | BounceType::SenderRate)) => (2_500.0, 0.8),
        Some(Some(BounceType::SpamContent | BounceType::MessageSize)) => (15_000.0, 0.8),
        Some(Some(BounceType::Interrupted)) => (12_000.0, 1.1),
        Some(_) => (5_000.0, 0.8),
    };
    (median * (spread * normal(rng)).exp()).clamp(20.0, 1_800_000.0) as u64
}

/// A number of the standard normal law (Box and Muller).
fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (TAU * rng.random::<f64>()).cos()
}
