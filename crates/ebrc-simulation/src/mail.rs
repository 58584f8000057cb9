//! A mail and its attempts.

use chrono::{NaiveDateTime, TimeDelta};
use ebrc_catalogue::{Catalogue, Envelope};
use ebrc_delivery::{DeliveryRecord, EmailFlag};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::calendar::{Calendar, DAYS};
use crate::mix::{Fate, Mix};
use crate::proxies::{self, ProxyMta};
use crate::texts::{Saying, Texts};
use crate::world::{Recipients, Senders, World, mx_hosts, mx_ip};
use crate::{Cause, Error, Settings, latency, names, typos};

/// The stream of random numbers that makes the world; mails have those of their
/// numbers.
const WORLD: u64 = u64::MAX;

/// How often another proxy is drawn before any is right.
const PATIENCE: usize = 64;

/// A delivery log, record by record, made as it is read.
///
/// The same settings and catalogue give the same records; fewer `emails` give
/// the first ones of more.
#[derive(Debug, Clone)]
pub struct Simulation<'c> {
    settings: Settings,
    rng: ChaCha8Rng,
    mix: Mix,
    texts: Texts<'c>,
    world: World,
    proxies: Vec<ProxyMta>,
    calendar: Calendar,
    next: u64,
}

/// Where a mail goes.
struct Destination {
    /// The recipient's address.
    address: String,
    /// `None` where no server receives for it.
    domain: Option<u32>,
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
        let mix = Mix::new(&settings).ok_or_else(senseless)?;
        let texts = Texts::new(catalogue, &settings, &mix.messages_by_label())?;
        Ok(Self {
            proxies: proxies::all(settings.listed, DAYS, &mut of_world),
            world: World::new(&settings, texts.software(), &mut of_world).ok_or_else(senseless)?,
            calendar: Calendar::new().ok_or_else(senseless)?,
            mix,
            texts,
            rng,
            settings,
            next: 0,
        })
    }

    /// The proxy MTAs of the world.
    #[must_use]
    pub fn proxies(&self) -> &[ProxyMta] {
        &self.proxies
    }

    /// The record of the mail with a number, which may be any.
    #[must_use]
    pub fn record(&self, number: u64) -> DeliveryRecord {
        let mut rng = self.rng.clone();
        // The last stream makes the world; no log has so many mails.
        rng.set_stream(number % WORLD);
        let (day, start_time) = self.calendar.draw(&mut rng);
        match self.mix.draw(&mut rng) {
            None => self.accepted(start_time, &mut rng),
            Some(fate) => self.bounced(fate, day, start_time, &mut rng),
        }
    }

    fn accepted(&self, start_time: NaiveDateTime, rng: &mut ChaCha8Rng) -> DeliveryRecord {
        let domain = self.world.receiver(rng);
        let spam = rng.random_bool(self.settings.accepted_spam);
        let senders = if spam && rng.random() {
            Senders::Bulk
        } else {
            Senders::Any
        };
        let from = self.sender(senders, rng);
        let latency = latency::draw(None, rng);
        let proxy = &self.proxies[rng.random_range(0..self.proxies.len())];
        DeliveryRecord {
            from,
            to: self.active_recipient(domain, rng),
            start_time,
            end_time: start_time + whole_seconds(milliseconds(latency)),
            from_ip: vec![proxy.ip.clone()],
            to_ip: vec![mx_ip(domain, rng.random_range(0..mx_hosts(domain)))],
            delivery_result: vec!["250 OK".to_owned()],
            delivery_latency: vec![latency],
            email_flag: flag(spam),
            truth_type: Some(vec![None]),
            truth_cause: None,
        }
    }

    fn bounced(
        &self,
        fate: Fate,
        day: usize,
        start_time: NaiveDateTime,
        rng: &mut ChaCha8Rng,
    ) -> DeliveryRecord {
        let label = self.label(fate.cause, rng);
        let saying = self.texts.draw(label, rng);
        let destination = self.destination(fate.cause, label, saying, rng);
        let second = fate.second.map(|second| {
            let label = second.label();
            let said = match destination.domain {
                Some(domain) => self
                    .texts
                    .draw_of(label, self.world.software_of(domain), rng),
                None => self.texts.draw(label, rng),
            };
            (rng.random_range(0..fate.refusals), (label, said))
        });
        let from = self.sender(senders(fate.cause), rng);
        let attempts = fate.refusals + u32::from(fate.accepted);
        let mut record = DeliveryRecord {
            from,
            to: destination.address,
            start_time,
            end_time: start_time,
            from_ip: Vec::with_capacity(attempts as usize),
            to_ip: Vec::with_capacity(attempts as usize),
            delivery_result: Vec::with_capacity(attempts as usize),
            delivery_latency: Vec::with_capacity(attempts as usize),
            email_flag: flag(fate.spam),
            truth_type: None,
            truth_cause: Some(fate.cause.as_str().to_owned()),
        };
        let mut truth = Vec::with_capacity(attempts as usize);
        let mut elapsed = TimeDelta::zero();
        let mut previous = usize::MAX;
        for attempt in 0..attempts {
            let outcome: Outcome<'c> = match second {
                _ if attempt == fate.refusals => None,
                Some((at, second)) if at == attempt => Some(second),
                _ => Some((label, saying)),
            };
            if attempt > 0 {
                elapsed += wait(fate.cause, rng);
            }
            let at_once = fate.cause == Cause::TlsMandate && attempt > 0;
            let proxy = if at_once && attempt == 1 {
                previous
            } else {
                self.proxy(listing(fate.cause, outcome), day, previous, rng)
            };
            previous = proxy;
            let latency = latency::draw(outcome.map(|(label, _)| label), rng);
            elapsed += milliseconds(latency);
            let to_ip = match (destination.domain, outcome) {
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
                    &self.proxies[proxy],
                    &to_ip,
                    start_time + elapsed,
                    rng,
                ),
            };
            record.from_ip.push(self.proxies[proxy].ip.clone());
            record.to_ip.push(to_ip);
            record.delivery_result.push(reply);
            record.delivery_latency.push(latency);
            truth.push(outcome.map(|(label, _)| label));
        }
        record.end_time = start_time + whole_seconds(elapsed);
        record.truth_type = Some(truth);
        record
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

    fn label(&self, cause: Cause, rng: &mut ChaCha8Rng) -> TemplateLabel {
        if cause == Cause::BulkSpam && rng.random_bool(self.settings.bulk_spam_to_strangers) {
            BounceType::NoSuchRecipient.into()
        } else {
            cause.label()
        }
    }

    fn sender(&self, senders: Senders, rng: &mut ChaCha8Rng) -> String {
        let mut from = String::with_capacity(48);
        self.world.sender(senders, rng, &mut from);
        from
    }

    fn active_recipient(&self, domain: u32, rng: &mut ChaCha8Rng) -> String {
        let user = self.world.user(domain, Recipients::Active, rng);
        address(
            |out| names::user(domain, user, out),
            |out| names::receiver_domain(domain, out),
        )
    }

    /// A recipient whom mail with this cause is for, at a domain that says this.
    fn destination(
        &self,
        cause: Cause,
        label: TemplateLabel,
        saying: Option<Saying<'c>>,
        rng: &mut ChaCha8Rng,
    ) -> Destination {
        match cause {
            Cause::ReceiverMxError => {
                let domain = self.world.broken(rng);
                let user = self.world.user(domain, Recipients::Active, rng);
                return Destination {
                    address: address(
                        |out| names::user(domain, user, out),
                        |out| names::broken_domain(domain, out),
                    ),
                    domain: None,
                };
            }
            Cause::RecipientDomainTypo => {
                let domain = self.world.mistyped(rng);
                let user = self.world.user(domain, Recipients::Active, rng);
                let mut right = String::new();
                names::receiver_domain(domain, &mut right);
                let wrong = typos::in_domain(&right, rng);
                return Destination {
                    address: address(
                        |out| names::user(domain, user, out),
                        |out| out.push_str(&wrong),
                    ),
                    domain: None,
                };
            }
            _ => {}
        }
        let domain = match saying.and_then(|saying| saying.software) {
            Some(software) => self.world.receiver_with(software, rng),
            None => self.world.receiver(rng),
        };
        let recipients = match cause {
            Cause::MailboxFullEpisode => Recipients::Full,
            Cause::RecipientInactive => Recipients::Idle,
            Cause::BulkSpam if label == BounceType::NoSuchRecipient.into() => Recipients::Idle,
            _ => Recipients::Active,
        };
        let user = self.world.user(domain, recipients, rng);
        let variant = rng.random_range(0..1000_usize);
        let mut name = String::with_capacity(64);
        match cause {
            Cause::UsernameGuess => names::guess(domain, user, variant, &mut name),
            _ => names::user(domain, user, &mut name),
        }
        if cause == Cause::RecipientTypo {
            name = typos::in_user(&name, rng);
        }
        name.push('@');
        names::receiver_domain(domain, &mut name);
        Destination {
            address: name,
            domain: Some(domain),
        }
    }

    /// A proxy other than the previous one and, where it matters, on a
    /// blocklist that day or on none.
    fn proxy(
        &self,
        listed: Option<bool>,
        day: usize,
        previous: usize,
        rng: &mut ChaCha8Rng,
    ) -> usize {
        let mut proxy = 0;
        for _ in 0..PATIENCE {
            proxy = rng.random_range(0..self.proxies.len());
            let right = listed.is_none_or(|wanted| self.proxies[proxy].listed[day] == wanted);
            if right && proxy != previous {
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

fn senders(cause: Cause) -> Senders {
    match cause {
        Cause::SenderDnsError | Cause::BrokenAuthentication => Senders::Careless,
        Cause::BulkSpam => Senders::Bulk,
        Cause::UsernameGuess => Senders::Guessing,
        _ => Senders::Any,
    }
}

/// Whether the attempt's proxy must be listed, or must not be.
fn listing(cause: Cause, outcome: Outcome<'_>) -> Option<bool> {
    match outcome {
        Some((TemplateLabel::Type(BounceType::Blocklisted), _)) => Some(true),
        None if cause == Cause::SenderListed => Some(false),
        _ => None,
    }
}

/// How long the sender waits before it tries again; with TLS, it does not.
fn wait<R: Rng + ?Sized>(cause: Cause, rng: &mut R) -> TimeDelta {
    match cause {
        Cause::TlsMandate => TimeDelta::seconds(rng.random_range(0..3)),
        _ => TimeDelta::seconds(rng.random_range(60..420)),
    }
}

fn flag(spam: bool) -> EmailFlag {
    if spam {
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

fn address(user: impl FnOnce(&mut String), domain: impl FnOnce(&mut String)) -> String {
    let mut address = String::with_capacity(64);
    user(&mut address);
    address.push('@');
    domain(&mut address);
    address
}
