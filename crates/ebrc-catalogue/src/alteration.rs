//! What happens to a reply on its way into somebody's log.

use ebrc_ndr::NdrMessage;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Codes, MadeUpEnvelope, Surroundings};

/// How often a reply gets other codes than its own.
const OTHER_CODES: f64 = 0.5;
/// Of these, how often it gets none at all.
const NO_CODES: f64 = 0.4;
/// Of these, how often the enhanced code alone is left out.
const NO_ENHANCED_CODE: f64 = 0.3;
/// How often something stands around a reply.
const SURROUNDED: f64 = 0.25;
/// Of these, how often it stands before the reply; both before and behind it in
/// the share by which this and [`BEHIND`] exceed 1.
const BEFORE: f64 = 0.65;
/// Of these, how often it stands behind the reply.
const BEHIND: f64 = 0.55;

/// Alters replies to what other people's logs hold: with the codes that another
/// server would give, or none, and with the words of a sending server around
/// them. What a reply means stays the same, as labels follow the literal meaning
/// of the text and not its codes; but for the few texts that only their code
/// decides (`550 5.1.1 Address rejected`), which are altered like all others.
#[derive(Debug)]
pub struct Alteration<'a> {
    /// The codes of all replies.
    codes: Vec<Codes>,
    surroundings: &'a Surroundings,
}

impl<'a> Alteration<'a> {
    /// For a set of replies: its codes are the other codes that they may get,
    /// each as often as it occurs there.
    #[must_use]
    pub fn new<'t>(
        replies: impl IntoIterator<Item = &'t str>,
        surroundings: &'a Surroundings,
    ) -> Self {
        let replies = replies.into_iter().map(NdrMessage::parse);
        Self {
            codes: replies.map(|reply| codes(&reply)).collect(),
            surroundings,
        }
    }

    /// The reply, altered by chance: by the random numbers of a seed and of the
    /// reply's number in its set. Codes that a reply of several lines repeats
    /// are said once.
    #[must_use]
    pub fn alter(&self, reply: &str, seed: u64, number: u64) -> String {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let message = NdrMessage::parse(reply);
        let mut altered = match self.chosen(codes(&message), &mut rng) {
            codes if codes == Codes::default() => message.text,
            codes => format!("{codes} {}", message.text),
        };
        if rng.random_bool(SURROUNDED) {
            let envelope = MadeUpEnvelope::new(&mut rng);
            let envelope = envelope.envelope();
            let place: f64 = rng.random();
            if place < BEFORE
                && let Some(before) = any(self.surroundings.before(), &mut rng)
            {
                let before = before.render(Codes::default(), &envelope, &mut rng);
                altered = format!("{before} {altered}");
            }
            if place >= 1.0 - BEHIND
                && let Some(behind) = any(self.surroundings.behind(), &mut rng)
            {
                altered.push(' ');
                altered.push_str(&behind.render(Codes::default(), &envelope, &mut rng));
            }
        }
        altered
    }

    fn chosen(&self, own: Codes, rng: &mut ChaCha8Rng) -> Codes {
        if !rng.random_bool(OTHER_CODES) {
            return own;
        }
        let way: f64 = rng.random();
        if way < NO_CODES {
            Codes::default()
        } else if way < NO_CODES + NO_ENHANCED_CODE {
            Codes {
                enhanced: None,
                ..own
            }
        } else {
            any(&self.codes, rng).copied().unwrap_or_default()
        }
    }
}

fn codes(message: &NdrMessage) -> Codes {
    Codes {
        reply: message.reply_code,
        enhanced: message.enhanced_code,
    }
}

fn any<'a, T>(list: &'a [T], rng: &mut ChaCha8Rng) -> Option<&'a T> {
    list.get(rng.random_range(0..list.len().max(1)))
}
