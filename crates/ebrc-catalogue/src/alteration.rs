//! What happens to a reply on its way into somebody's log.

use ebrc_ndr::NdrMessage;
use ebrc_taxonomy::TemplateLabel;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Codes, MadeUpEnvelope, Surroundings, WordingIndex};

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
/// A reply that shares this much of its words with one that gives no reason
/// may have its reason from its codes alone.
const DECIDED_BY_CODES: f64 = 0.5;

/// Alters replies to what other people's logs hold: with the codes that another
/// server would give, or none, and with the words of a sending server around
/// them. What a reply means stays the same, as labels follow the literal meaning
/// of the text and not its codes. Where the words say little, the codes may
/// decide (`550 5.1.1 Address rejected`): replies with a reason whose words are
/// much like those of an ambiguous one keep their codes, and ambiguous ones get
/// other codes from among themselves.
#[derive(Debug)]
pub struct Alteration<'a> {
    /// The codes of all replies.
    codes: Vec<Codes>,
    /// The codes of ambiguous ones.
    ambiguous_codes: Vec<Codes>,
    /// The words of ambiguous ones.
    ambiguous: WordingIndex,
    surroundings: &'a Surroundings,
}

impl<'a> Alteration<'a> {
    /// For a set of replies: its codes are the other codes that they may get,
    /// each as often as it occurs there.
    #[must_use]
    pub fn new<'t>(
        replies: impl IntoIterator<Item = (&'t str, TemplateLabel)>,
        surroundings: &'a Surroundings,
    ) -> Self {
        let mut all = Vec::new();
        let mut ambiguous_codes = Vec::new();
        let mut ambiguous = Vec::new();
        for (reply, label) in replies {
            let codes = codes(&NdrMessage::parse(reply));
            all.push(codes);
            if label == TemplateLabel::Ambiguous {
                ambiguous_codes.push(codes);
                ambiguous.push(reply);
            }
        }
        Self {
            codes: all,
            ambiguous_codes,
            ambiguous: WordingIndex::of(ambiguous),
            surroundings,
        }
    }

    /// The reply, altered by chance: by the random numbers of a seed and of the
    /// reply's number in its set. Codes that a reply of several lines repeats
    /// are said once.
    #[must_use]
    pub fn alter(&self, reply: &str, label: TemplateLabel, seed: u64, number: u64) -> String {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(number);
        let message = NdrMessage::parse(reply);
        let own = codes(&message);
        let chosen = match label {
            TemplateLabel::Ambiguous => chosen(own, &self.ambiguous_codes, &mut rng),
            TemplateLabel::Type(_) if self.may_be_decided_by_codes(reply) => own,
            TemplateLabel::Type(_) => chosen(own, &self.codes, &mut rng),
        };
        let mut altered = if chosen == Codes::default() {
            message.text
        } else {
            format!("{chosen} {}", message.text)
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

    fn may_be_decided_by_codes(&self, reply: &str) -> bool {
        let nearest = self.ambiguous.nearest(reply);
        nearest.is_some_and(|(_, share)| share >= DECIDED_BY_CODES)
    }
}

fn chosen(own: Codes, others: &[Codes], rng: &mut ChaCha8Rng) -> Codes {
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
        any(others, rng).copied().unwrap_or_default()
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
