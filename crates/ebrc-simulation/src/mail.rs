//! A mail and its attempts.

use chrono::{NaiveDateTime, TimeDelta};
use ebrc_catalogue::{Catalogue, Envelope};
use ebrc_delivery::{DeliveryRecord, EmailFlag};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::calendar::Moment;
use crate::geography::{self, Site};
use crate::mix::{Ending, Fate, Mix, OpenRefusals};
use crate::names::mix;
use crate::people::{self, Mailbox, Sender};
use crate::proxies::{PROXIES, ProxyMta};
use crate::receivers::{Policy, mx_hosts, mx_ip};
use crate::texts::{Saying, Texts};
use crate::world::World;
use crate::{Cause, Error, Settings, latency};

/// The stream of random numbers that makes the world; mails have those of their
/// numbers.
const WORLD: u64 = u64::MAX;

/// How often a party or a proxy is drawn again before any is right.
pub(crate) const PATIENCE: usize = 64;

/// How many mails to a greylisting domain are tried out, to know how many
/// refusals such mail meets.
const TRIALS: u32 = 2000;

/// The share of accepted bulk spam that the sender's filter holds to be spam.
const BULK_SPAM_FLAGGED: f64 = 0.8;

/// How long greylisting domains let a sender wait, in seconds.
const GREYLISTING_WINDOWS: [i64; 6] = [60, 180, 300, 300, 300, 600];

/// Between two attempts, in seconds; over TLS, where it is demanded, at once.
const WAIT: std::ops::Range<i64> = 60..420;
const WAIT_FOR_TLS: std::ops::Range<i64> = 0..3;

/// A delivery log in the order of time, record by record, made as it is read.
///
/// The same settings and catalogue give the same records, each from its number
/// alone.
#[derive(Debug, Clone)]
pub struct Simulation<'c> {
    pub(crate) settings: Settings,
    rng: ChaCha8Rng,
    mix: Mix,
    pub(crate) texts: Texts<'c>,
    pub(crate) world: World,
    /// Of the mails accepted at once, the shares from bulk spammers and from
    /// those who guessed right.
    bulk_accepted: f64,
    guesses_right: f64,
    /// Of the mails that open with a blocklist and may get through, the share
    /// from bulk spammers.
    pub(crate) bulk_delayed: f64,
    next: u64,
}

/// A mail that is accepted at once.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    sender: Sender,
    mailbox: Mailbox,
    proxy: usize,
    is_spam: bool,
}

/// Which proxy is to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Any other than the one that tried last.
    Any,
    /// Another that is on a blocklist that day.
    Listed,
    /// Another that is on none.
    Unlisted,
    /// The one that tried last.
    Previous,
}

/// An attempt's outcome: what is said where it is refused.
type Outcome<'c> = Option<(TemplateLabel, Option<Saying<'c>>)>;

impl<'c> Simulation<'c> {
    /// Makes the world.
    ///
    /// # Errors
    /// Where a setting is outside its range, or the catalogue lacks the texts
    /// of a cause.
    pub fn new(catalogue: &'c Catalogue, settings: Settings) -> Result<Self, Error> {
        settings.validate()?;
        let rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let mut of_world = rng.clone();
        of_world.set_stream(WORLD);
        let senseless = || Error::Setting {
            setting: "rates in sum".to_owned(),
            value: "0".to_owned(),
            range: "above 0",
        };
        // How often each label is said decides about the texts, these about the
        // software, this about the domains, and these about the days on which
        // blocklists are met: not about how often that is in all.
        let draft = Mix::new(&settings, &[])?;
        let open = OpenRefusals {
            listed: (0..settings.max_attempts)
                .map(|retries| settings.listed.powi(retries.cast_signed()))
                .sum(),
            greylisted: greylisted_refusals(&settings, &mut of_world),
        };
        let texts = Texts::new(catalogue, &settings, &draft.messages_by_label(open))?;
        let listed = draft.rate(Cause::SenderListed);
        let world = World::new(&settings, &texts, listed, &mut of_world).ok_or_else(senseless)?;
        let mix = Mix::new(&settings, &world.listed_mail())?;
        let accepted = (1.0 - settings.bounced).max(f64::MIN_POSITIVE);
        let hard = |cause| {
            let hard = settings.causes.of(cause).hard;
            mix.rate(cause) * hard.unwrap_or_default()
        };
        let bulk = hard(Cause::BulkSpam);
        let normal = listed * (1.0 - settings.causes.sender_listed.spam);
        Ok(Self {
            bulk_accepted: bulk * settings.bulk_spam_accepted / accepted,
            guesses_right: hard(Cause::UsernameGuess) * settings.guesses_right / accepted,
            bulk_delayed: (bulk * settings.bulk_spam_delayed / normal.max(f64::MIN_POSITIVE))
                .min(1.0),
            mix,
            texts,
            world,
            rng,
            settings,
            next: 0,
        })
    }

    /// The proxy MTAs of the world.
    #[must_use]
    pub fn proxies(&self) -> &[ProxyMta] {
        &self.world.proxies
    }

    /// The record of the mail with a number below [`Settings::emails`]; a
    /// larger number is sent later.
    #[must_use]
    pub fn record(&self, number: u64) -> DeliveryRecord {
        let mut rng = self.rng.clone();
        // The last stream makes the world; no log has so many mails.
        rng.set_stream(number % WORLD);
        let place = number as f64 + rng.random::<f64>();
        let share = place / self.settings.emails.max(1) as f64;
        let at = self.world.calendar.at(share);
        match self.mix.draw(at.day(), &mut rng) {
            None => self.accepted(at, &mut rng),
            Some(fate) => self.bounced(fate, at, &mut rng),
        }
    }

    fn accepted(&self, at: Moment, rng: &mut ChaCha8Rng) -> DeliveryRecord {
        let world = &self.world;
        let point = rng.random::<f64>();
        let mut right = self.delivery(point, at, rng);
        for _ in 0..PATIENCE {
            let Mailbox { domain, .. } = right.mailbox;
            let is_checked = world.receivers.has(domain, Policy::Authentication);
            let is_listed = world.proxies[right.proxy].listed[at.day()];
            if world.troubles.is_reachable(right.mailbox, at)
                && world.troubles.is_in_order(right.sender, at, is_checked)
                && !(is_listed && world.uses_blocklist(domain, at.day()))
            {
                break;
            }
            right = self.delivery(point, at, rng);
        }
        let domain = right.mailbox.domain;
        let sent_by = &world.proxies[right.proxy];
        let median = world
            .geography
            .latency(world.receivers.site(domain), sent_by.region);
        let latency = latency::log_normal(median, world.geography.spread(), rng);
        let start_time = world.calendar.time(at);
        DeliveryRecord {
            from: right.sender.address(),
            to: right.mailbox.address(),
            start_time,
            end_time: start_time + whole_seconds(milliseconds(latency)),
            from_ip: vec![sent_by.ip.clone()],
            to_ip: vec![mx_ip(domain, rng.random_range(0..mx_hosts(domain)))],
            delivery_result: vec!["250 OK".to_owned()],
            delivery_latency: Some(vec![latency]),
            email_flag: Some(flag(right.is_spam)),
            truth_type: Some(vec![None]),
            truth_cause: None,
        }
    }

    /// Somebody who writes to somebody, and by which proxy.
    fn delivery(&self, point: f64, at: Moment, rng: &mut ChaCha8Rng) -> Delivery {
        let world = &self.world;
        let proxy = rng.random_range(0..world.proxies.len());
        if point < self.bulk_accepted {
            return Delivery {
                mailbox: self.leaked(at, rng, |rng| world.receivers.draw(rng)),
                sender: world.senders.bulk(rng),
                proxy,
                is_spam: rng.random_bool(BULK_SPAM_FLAGGED),
            };
        }
        if point < self.bulk_accepted + self.guesses_right {
            let (sender, mailbox) = world.senders.guesser(rng);
            return Delivery {
                mailbox,
                sender,
                proxy,
                is_spam: false,
            };
        }
        let domain = world.receivers.draw(rng);
        let mailbox = Mailbox {
            domain,
            user: people::active_user(domain, rng),
        };
        Delivery {
            sender: world.senders.correspondent(mailbox, rng),
            mailbox,
            proxy,
            is_spam: rng.random_bool(self.settings.accepted_spam),
        }
    }

    fn bounced(&self, fate: Fate, at: Moment, rng: &mut ChaCha8Rng) -> DeliveryRecord {
        let world = &self.world;
        let day = at.day();
        let parties = self.parties(&fate, at, rng);
        let second = fate.second.map(|(at, second)| {
            let label = second.label();
            let said = match parties.server {
                Some(domain) => {
                    let software = world.receivers.software_of(domain);
                    self.texts.draw_of(label, software, rng)
                }
                None => self.texts.draw(label, rng),
            };
            (at, (label, said))
        });
        let start_time = world.calendar.time(at);
        let expected = match fate.ending {
            _ if fate.spam => 1,
            Ending::AcceptedAfter(refusals) => refusals as usize + 1,
            Ending::Refused | Ending::Open => self.settings.max_attempts as usize,
        };
        let mut record = DeliveryRecord {
            from: parties.from,
            to: parties.to,
            start_time,
            end_time: start_time,
            from_ip: Vec::with_capacity(expected),
            to_ip: Vec::with_capacity(expected),
            delivery_result: Vec::with_capacity(expected),
            delivery_latency: None,
            email_flag: Some(flag(fate.spam)),
            truth_type: None,
            truth_cause: Some(fate.cause.as_str().to_owned()),
        };
        let mut latencies = Vec::with_capacity(expected);
        let mut truth = Vec::with_capacity(expected);
        let mut elapsed = TimeDelta::zero();
        let mut previous = usize::MAX;
        // Which proxies a greylisting server has seen, and when.
        let mut seen: Vec<(usize, i64)> = Vec::new();
        let mut own_refusals = 0;
        let is_slow = parties.label == BounceType::Timeout.into();
        // Blocklists are those of the day on which a mail is first sent.
        let uses_blocklist = parties
            .server
            .is_some_and(|domain| world.uses_blocklist(domain, day));
        for attempt in 0..self.settings.max_attempts {
            if attempt > 0 {
                elapsed += wait(fate.cause, rng);
            }
            let is_second = second.is_some_and(|(at, _)| at == attempt);
            let is_last = fate.ending == Ending::AcceptedAfter(attempt);
            let wanted = match fate.cause {
                Cause::TlsMandate if attempt == 1 => Wanted::Previous,
                Cause::SenderListed if !is_second && own_refusals == 0 => Wanted::Listed,
                Cause::SenderListed if !is_second => Wanted::Any,
                // Whatever else is said comes behind the blocklist.
                _ if uses_blocklist => Wanted::Unlisted,
                _ => Wanted::Any,
            };
            let site = parties
                .server
                .filter(|_| is_slow && !is_last)
                .map(|domain| world.receivers.site(domain));
            let proxy = self.proxy(wanted, day, previous, site, rng);
            previous = proxy;
            let is_refused = match (fate.cause, fate.ending) {
                _ if is_second => true,
                (_, Ending::AcceptedAfter(refusals)) => attempt < refusals,
                (_, Ending::Refused) => true,
                // The first is refused even on a day that lists no proxy, which
                // comes where nearly all mail is to bounce.
                (Cause::SenderListed, Ending::Open) => {
                    own_refusals == 0 || world.proxies[proxy].listed[day]
                }
                (_, Ending::Open) => {
                    let window = greylisting_window(parties.server.unwrap_or_default());
                    !passes_greylisting(&mut seen, proxy, elapsed.num_seconds(), window)
                }
            };
            let outcome: Outcome<'c> = match second {
                Some((_, second)) if is_second => Some(second),
                _ if is_refused => {
                    own_refusals += 1;
                    Some((parties.label, parties.saying))
                }
                _ => None,
            };
            let latency = self.latency(outcome, parties.server, proxy, rng);
            elapsed += milliseconds(latency);
            let to_ip = match (parties.server, outcome) {
                (None, _) | (_, Some((TemplateLabel::Type(BounceType::ReceiverDns), _))) => {
                    String::new()
                }
                (Some(domain), _) => mx_ip(domain, rng.random_range(0..mx_hosts(domain))),
            };
            let reply = match outcome {
                None => "250 OK".to_owned(),
                Some((_, None)) => String::new(),
                Some((_, Some(saying))) => self.reply(
                    saying,
                    &record,
                    &world.proxies[proxy],
                    &to_ip,
                    start_time + elapsed,
                    rng,
                ),
            };
            record.from_ip.push(world.proxies[proxy].ip.clone());
            record.to_ip.push(to_ip);
            record.delivery_result.push(reply);
            latencies.push(latency);
            truth.push(outcome.map(|(label, _)| label));
            if outcome.is_none() || fate.spam {
                break;
            }
        }
        record.end_time = start_time + whole_seconds(elapsed);
        record.delivery_latency = Some(latencies);
        record.truth_type = Some(truth);
        record
    }

    fn latency(
        &self,
        outcome: Outcome<'_>,
        server: Option<u32>,
        proxy: usize,
        rng: &mut ChaCha8Rng,
    ) -> u64 {
        let world = &self.world;
        match (outcome, server) {
            (None, Some(domain)) => {
                let site = world.receivers.site(domain);
                let median = world.geography.latency(site, world.proxies[proxy].region);
                latency::log_normal(median, world.geography.spread(), rng)
            }
            (outcome, _) => {
                let kind = outcome.and_then(|(label, _)| label.bounce_type());
                latency::of_refusal(kind, rng)
            }
        }
    }

    fn reply(
        &self,
        saying: Saying<'c>,
        record: &DeliveryRecord,
        proxy: &ProxyMta,
        to_ip: &str,
        time: NaiveDateTime,
        rng: &mut ChaCha8Rng,
    ) -> String {
        let domain = record.to.rsplit_once('@').map_or("", |(_, domain)| domain);
        let mx_host = ["mx1.", domain].concat();
        let envelope = Envelope {
            sender: &record.from,
            recipient: &record.to,
            client_ip: &proxy.ip,
            client_ipv6: &proxy.ipv6,
            client_host: &proxy.host,
            mx_host: &mx_host,
            // Where no host was found, a text about one names some address.
            mx_ip: if to_ip.is_empty() {
                "10.255.255.254"
            } else {
                to_ip
            },
            time,
        };
        saying.entry.render(saying.codes, &envelope, rng)
    }

    /// A proxy to try next; towards `site`, one that reaches it badly is the
    /// likelier.
    fn proxy(
        &self,
        wanted: Wanted,
        day: usize,
        previous: usize,
        site: Option<Site>,
        rng: &mut ChaCha8Rng,
    ) -> usize {
        let proxies = &self.world.proxies;
        if wanted == Wanted::Previous && previous < proxies.len() {
            return previous;
        }
        let is_right = |proxy: usize| match wanted {
            Wanted::Listed => proxies[proxy].listed[day],
            Wanted::Unlisted => !proxies[proxy].listed[day],
            Wanted::Any | Wanted::Previous => true,
        };
        let right: [bool; PROXIES] =
            std::array::from_fn(|proxy| proxy != previous && is_right(proxy));
        let count = right.iter().filter(|&&right| right).count();
        if count == 0 {
            return rng.random_range(0..proxies.len());
        }
        let mut proxy = 0;
        for _ in 0..PATIENCE {
            let own = rng.random_range(0..count);
            let all = right.iter().enumerate().filter(|&(_, right)| *right);
            proxy = all.map(|(proxy, _)| proxy).nth(own).unwrap_or_default();
            let is_near = site.is_some_and(|site| {
                let distance = geography::distance(site, proxies[proxy].region);
                rng.random::<f64>() * geography::FAR >= distance
            });
            if !is_near {
                break;
            }
        }
        proxy
    }
}

impl Iterator for Simulation<'_> {
    type Item = DeliveryRecord;

    fn next(&mut self) -> Option<DeliveryRecord> {
        if self.next >= self.settings.emails {
            return None;
        }
        let record = self.record(self.next);
        self.next += 1;
        Some(record)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.settings.emails - self.next).ok();
        (left.unwrap_or(usize::MAX), left)
    }
}

fn wait<R: Rng + ?Sized>(cause: Cause, rng: &mut R) -> TimeDelta {
    TimeDelta::seconds(rng.random_range(if cause == Cause::TlsMandate {
        WAIT_FOR_TLS
    } else {
        WAIT
    }))
}

fn greylisting_window(domain: u32) -> i64 {
    let turn = mix(u64::from(domain) ^ 0x6e1) as usize % GREYLISTING_WINDOWS.len();
    GREYLISTING_WINDOWS[turn]
}

/// Whether a server that greylists lets a proxy pass, which is to have tried
/// before and waited: sender and recipient, the rest of the tuple, stay the
/// same (section 4.2.2).
fn passes_greylisting(seen: &mut Vec<(usize, i64)>, proxy: usize, now: i64, window: i64) -> bool {
    match seen.iter().find(|&&(other, _)| other == proxy) {
        Some(&(_, first)) => now - first >= window,
        None => {
            seen.push((proxy, now));
            false
        }
    }
}

/// How many refusals a mail to a greylisting domain meets, on average.
fn greylisted_refusals<R: Rng + ?Sized>(settings: &Settings, rng: &mut R) -> f64 {
    let mut refusals = 0_u32;
    for trial in 0..TRIALS {
        let window = greylisting_window(trial);
        let (mut seen, mut now) = (Vec::new(), 0);
        for _ in 0..settings.max_attempts {
            if passes_greylisting(&mut seen, rng.random_range(0..PROXIES), now, window) {
                break;
            }
            refusals += 1;
            now += rng.random_range(WAIT);
        }
    }
    f64::from(refusals) / f64::from(TRIALS)
}

fn flag(is_spam: bool) -> EmailFlag {
    if is_spam {
        EmailFlag::Spam
    } else {
        EmailFlag::Normal
    }
}

fn milliseconds(number: u64) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(number).unwrap_or(i64::MAX / 1000))
}

/// Logs have no fractions of seconds.
fn whole_seconds(span: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(span.num_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greylisting_lets_a_known_proxy_pass_after_its_window() {
        let mut seen = Vec::new();
        assert!(!passes_greylisting(&mut seen, 3, 0, 300));
        assert!(!passes_greylisting(&mut seen, 4, 200, 300));
        assert!(!passes_greylisting(&mut seen, 3, 299, 300));
        assert!(passes_greylisting(&mut seen, 3, 300, 300));
        assert!(!passes_greylisting(&mut seen, 4, 499, 300));
        assert!(passes_greylisting(&mut seen, 4, 501, 300));
    }
}
