//! Which mails bounce, for which causes, and how they fare.

use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::{Rng, RngExt};

use crate::alias::AliasTable;
use crate::{Cause, Error, Settings};

/// Where no draw of second causes changes a share by more, it is settled.
const SETTLED: f64 = 1e-12;

/// What a bounced mail is to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) cause: Cause,
    /// What one of its other attempts meets, and which one.
    pub(crate) second: Option<(u32, Cause)>,
    /// Whether the sender's filter holds it to be spam.
    pub(crate) spam: bool,
    pub(crate) ending: Ending,
}

/// When a mail is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Never.
    Refused,
    /// Behind so many refusals.
    AcceptedAfter(u32),
    /// As the retries go: by the policies of the receiver.
    Open,
}

/// How many refusals a normal mail meets, on average, where retries decide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenRefusals {
    pub(crate) listed: f64,
    pub(crate) greylisted: f64,
}

/// Draws fates at the rates of the settings.
#[derive(Debug, Clone)]
pub(crate) struct Mix {
    settings: Settings,
    /// The first cause of a bounced mail, listed senders apart.
    causes: Option<AliasTable>,
    /// How likely a mail meets one of these causes.
    bounced: f64,
    /// How likely a mail meets a listed sender first, on each day.
    listed: Vec<f64>,
    /// The causes' shares of all bounced mails.
    shares: Vec<f64>,
    /// Of each first cause, the second ones, where there are any.
    seconds: Vec<Option<AliasTable>>,
    /// How many of the mails whose first cause may be one of two meet another.
    two_causes: f64,
}

impl Mix {
    /// `listed` is, for each day, how much more mail than on average meets a
    /// blocklist.
    ///
    /// # Errors
    /// Where no cause has a share, or a cause has less than what it is to be
    /// the second of.
    pub(crate) fn new(settings: &Settings, listed: &[f64]) -> Result<Self, Error> {
        let rates = |cause: Cause| settings.causes.of(cause);
        let met: f64 = Cause::ALL
            .iter()
            .filter(|&&cause| cause != Cause::UnexplainedRefusal)
            .map(|&cause| rates(cause).share)
            .sum();
        let seconds = Cause::ALL
            .iter()
            .map(|&first| AliasTable::new(&second_weights(settings, first)))
            .collect();
        let (mut firsts, two_causes) = first_shares(settings, (met - 1.0).max(0.0))?;
        let total: f64 = firsts.iter().sum();
        if total <= 0.0 {
            return Err(Error::Setting {
                setting: "shares of causes in sum".to_owned(),
                value: total.to_string(),
                range: "above 0",
            });
        }
        let shares: Vec<f64> = firsts.iter().map(|share| share / total).collect();
        let by_listing = std::mem::take(&mut firsts[Cause::SenderListed.index()]) / total;
        let by_listing = by_listing * settings.bounced;
        // Where nearly all mail bounces, the days cannot differ as much.
        let most = listed.iter().fold(1.0, |most: f64, &day| most.max(day));
        let room = (1.0 - settings.bounced) / (by_listing * (most - 1.0)).max(f64::MIN_POSITIVE);
        let swing = room.min(1.0);
        Ok(Self {
            causes: AliasTable::new(&firsts),
            bounced: settings.bounced - by_listing,
            listed: listed
                .iter()
                .map(|day| by_listing * (1.0 + swing * (day - 1.0)))
                .collect(),
            shares,
            seconds,
            two_causes,
            settings: settings.clone(),
        })
    }

    /// The fate of a mail of a day; `None` where it is accepted at once.
    pub(crate) fn draw<R: Rng + ?Sized>(&self, day: usize, rng: &mut R) -> Option<Fate> {
        let point = rng.random::<f64>();
        let listed = self.listed.get(day).copied().unwrap_or_default();
        let cause = match &self.causes {
            _ if point < listed => Cause::SenderListed,
            Some(causes) if point < listed + self.bounced => Cause::ALL[causes.draw(rng)],
            _ => return None,
        };
        let rates = self.settings.causes.of(cause);
        let second = match &self.seconds[cause.index()] {
            Some(seconds) if rng.random_bool(self.two_causes) => {
                Some(Cause::ALL[seconds.draw(rng)])
            }
            _ => None,
        };
        // A mail that is sent once meets one cause.
        let spam = second.is_none() && rng.random_bool(self.spam_of_single(cause));
        let ending = match rates.hard {
            _ if spam => Ending::Refused,
            None => Ending::Open,
            Some(hard) if rng.random_bool(given_normal(hard, rates.spam)) => Ending::Refused,
            // The second attempt comes with TLS.
            Some(_) if cause == Cause::TlsMandate && second.is_none() => Ending::AcceptedAfter(1),
            Some(_) => {
                let least = if second.is_some() { 2 } else { 1 };
                Ending::AcceptedAfter(self.refusals_before_success(least, rng))
            }
        };
        let attempts = match ending {
            Ending::Refused => self.settings.max_attempts,
            Ending::AcceptedAfter(refusals) => refusals,
            Ending::Open => 2,
        };
        Some(Fate {
            cause,
            second: second.map(|second| (rng.random_range(0..attempts), second)),
            spam,
            ending,
        })
    }

    fn spam_of_single(&self, cause: Cause) -> f64 {
        let spam = self.settings.causes.of(cause).spam;
        match self.seconds[cause.index()] {
            Some(_) => (spam / (1.0 - self.two_causes)).min(1.0),
            None => spam,
        }
    }

    fn refusals_before_success<R: Rng + ?Sized>(&self, least: u32, rng: &mut R) -> u32 {
        loop {
            let mut refusals = least;
            while refusals < self.settings.max_attempts
                && rng.random_bool(self.settings.retry_failure)
            {
                refusals += 1;
            }
            if refusals < self.settings.max_attempts {
                return refusals;
            }
            // Given up, which this mail is not. At certain failure it gets
            // through on the last attempt.
            if self.settings.retry_failure >= 0.999 {
                return self.settings.max_attempts - 1;
            }
        }
    }

    /// The share of all mails that meet a cause first.
    pub(crate) fn rate(&self, cause: Cause) -> f64 {
        self.settings.bounced * self.shares[cause.index()]
    }

    /// How many NDR messages of each label there are, about, in proportion.
    pub(crate) fn messages_by_label(&self, open: OpenRefusals) -> Vec<(TemplateLabel, f64)> {
        let mut messages: Vec<(TemplateLabel, f64)> = BounceType::ALL
            .into_iter()
            .map(TemplateLabel::from)
            .chain([TemplateLabel::Ambiguous])
            .map(|label| (label, 0.0))
            .collect();
        let mut add = |label: TemplateLabel, number: f64| {
            messages[label_index(label)].1 += number;
        };
        for &cause in Cause::ALL {
            let rates = self.settings.causes.of(cause);
            let soft = if cause == Cause::TlsMandate {
                1.0
            } else {
                self.mean_refusals()
            };
            let normal = match rates.hard {
                Some(hard) => {
                    (hard - rates.spam) * f64::from(self.settings.max_attempts)
                        + (1.0 - hard) * soft
                }
                None if cause == Cause::SenderListed => (1.0 - rates.spam) * open.listed,
                None => (1.0 - rates.spam) * open.greylisted,
            };
            let number = self.shares[cause.index()] * (rates.spam + normal);
            if cause == Cause::BulkSpam {
                let strangers = self.settings.bulk_spam_to_strangers;
                add(BounceType::NoSuchRecipient.into(), strangers * number);
                add(cause.label(), (1.0 - strangers) * number);
            } else {
                add(cause.label(), number);
            }
            let weights = second_weights(&self.settings, cause);
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                let seconds = self.shares[cause.index()] * self.two_causes;
                for (&second, weight) in Cause::ALL.iter().zip(weights) {
                    add(second.label(), seconds * weight / total);
                }
            }
        }
        messages
    }

    fn mean_refusals(&self) -> f64 {
        let failure = self.settings.retry_failure;
        let (mut mean, mut total, mut chance) = (0.0, 0.0, 1.0);
        for refusals in 1..self.settings.max_attempts {
            mean += chance * f64::from(refusals);
            total += chance;
            chance *= failure;
        }
        mean / total
    }
}

/// T1 to T16, then ambiguous.
pub(crate) fn label_index(label: TemplateLabel) -> usize {
    label
        .bounce_type()
        .map_or(BounceType::COUNT, BounceType::index)
}

/// How likely a mail is hard-bounced where it is no spam.
fn given_normal(hard: f64, spam: f64) -> f64 {
    if spam < 1.0 {
        ((hard - spam) / (1.0 - spam)).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

/// Whether another attempt of a mail may meet another cause: not where no
/// server answers, where the second attempt comes at once over TLS, or where
/// the mail is sent once.
fn may_be_one_of_two(first: Cause) -> bool {
    !matches!(
        first,
        Cause::ReceiverMxError
            | Cause::ReceiverDomainExpired
            | Cause::RecipientDomainTypo
            | Cause::TlsMandate
            | Cause::BulkSpam
            | Cause::UnexplainedRefusal
    )
}

/// How often each cause is the second one behind `first`: always one of
/// another type.
fn second_weights(settings: &Settings, first: Cause) -> Vec<f64> {
    Cause::ALL
        .iter()
        .map(|&second| {
            let counts = may_be_one_of_two(first)
                && second != Cause::UnexplainedRefusal
                && second.label() != first.label();
            if counts {
                settings.causes.of(second).second
            } else {
                0.0
            }
        })
        .collect()
}

/// The shares of first causes such that, with the second ones, each cause is
/// met by the mails of its setting; and how many of the mails that may meet a
/// second cause do. `seconds` is how many do, as a share of all with a type.
fn first_shares(settings: &Settings, seconds: f64) -> Result<(Vec<f64>, f64), Error> {
    let wanted: Vec<f64> = Cause::ALL
        .iter()
        .map(|&cause| settings.causes.of(cause).share)
        .collect();
    let chances: Vec<Vec<f64>> = Cause::ALL
        .iter()
        .map(|&first| {
            let mut weights = second_weights(settings, first);
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= total);
            }
            weights
        })
        .collect();
    let may = |first: usize| chances[first].iter().any(|&chance| chance > 0.0);
    let mut firsts = wanted.clone();
    let mut two_causes = 0.0;
    for _ in 0..1000 {
        let eligible: f64 = firsts
            .iter()
            .enumerate()
            .filter(|&(first, _)| may(first))
            .map(|(_, share)| share)
            .sum();
        two_causes = if seconds > 0.0 {
            seconds / eligible.max(f64::MIN_POSITIVE)
        } else {
            0.0
        };
        let mut change: f64 = 0.0;
        let mut next = Vec::with_capacity(wanted.len());
        for (cause, &wanted) in wanted.iter().enumerate() {
            let second: f64 = firsts
                .iter()
                .zip(&chances)
                .map(|(share, chances)| share * two_causes * chances[cause])
                .sum();
            let first = (wanted - second).max(0.0);
            change = change.max((first - firsts[cause]).abs());
            next.push(first);
        }
        firsts = next;
        if change < SETTLED {
            break;
        }
    }
    if two_causes > 1.0 {
        return Err(Error::Setting {
            setting: "shares of causes, unexplained refusals apart, in sum".to_owned(),
            value: (1.0 + seconds).to_string(),
            range: "less, as so many mails cannot meet two causes",
        });
    }
    for (cause, (first, wanted)) in Cause::ALL.iter().zip(firsts.iter().zip(&wanted)) {
        if *first <= 0.0 && settings.causes.of(*cause).second > 0.0 && seconds > 0.0 {
            return Err(Error::Setting {
                setting: format!("causes.{}.share", cause.as_str().replace('-', "_")),
                value: wanted.to_string(),
                range: "more, as it is met so often as a second cause: or lower its `second`",
            });
        }
    }
    Ok((firsts, two_causes))
}
