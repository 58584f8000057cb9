//! Who writes to whom, so that a cause is met.

use ebrc_taxonomy::{BounceType, TemplateLabel};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::calendar::Moment;
use crate::countries::Country;
use crate::mail::PATIENCE;
use crate::mix::{Ending, Fate};
use crate::people::{self, Mailbox, Sender};
use crate::receivers::Policy;
use crate::texts::Saying;
use crate::{Cause, Simulation, geography, names};

/// Countries whose factor is larger count as if it were this.
const LARGEST_FACTOR: f64 = 20.0;

/// The share of a bulk spammer's recipients that are in no leaked list.
const BULK_SPAM_UNLEAKED: f64 = 0.01;

/// The parties of a mail, and what is said to it.
pub(crate) struct Parties<'c> {
    pub(crate) label: TemplateLabel,
    /// `None` where the catalogue has no such text.
    pub(crate) saying: Option<Saying<'c>>,
    pub(crate) from: String,
    pub(crate) to: String,
    /// The domain whose servers receive; `None` where there are none.
    pub(crate) server: Option<u32>,
}

impl<'c> Simulation<'c> {
    /// Who writes to whom such that the cause can be met, and what is said.
    pub(crate) fn parties(&self, fate: &Fate, at: Moment, rng: &mut ChaCha8Rng) -> Parties<'c> {
        let cause = fate.cause;
        let world = &self.world;
        let (receivers, troubles) = (&world.receivers, &world.troubles);
        let label = cause.label();
        match cause {
            Cause::ReceiverMxError => {
                let domain = troubles.mx.broken_at(at.hour(), rng);
                self.unserved(domain, None, label, at, rng)
            }
            Cause::ReceiverDomainExpired => {
                let domain = troubles.expired(at, rng);
                self.unserved(domain, None, label, at, rng)
            }
            Cause::RecipientDomainTypo => {
                let domain = loop {
                    let domain = receivers.draw(rng);
                    if domain < people::MISTYPED {
                        break domain;
                    }
                };
                let way = u64::from(rng.next_u32().trailing_zeros()) % people::WAYS;
                let wrong = people::mistyped_domain(domain, way);
                self.unserved(Some(domain), Some(wrong), label, at, rng)
            }
            Cause::MailboxFullEpisode | Cause::RecipientInactive => {
                let mailbox = if cause == Cause::MailboxFullEpisode {
                    troubles.full_box(at, rng)
                } else {
                    troubles.idle_box(at, rng)
                };
                let mailbox =
                    mailbox.unwrap_or_else(|| self.leaked(at, rng, |rng| receivers.draw(rng)));
                let sender = world.senders.correspondent(mailbox, rng);
                let software = receivers.software_of(mailbox.domain);
                let saying = self.texts.draw_right(label, Some(software), rng, |saying| {
                    cause == Cause::MailboxFullEpisode || saying.is_about_inactivity
                });
                self.served(label, saying, mailbox, sender)
            }
            Cause::UsernameGuess => {
                let (sender, mailbox) = world.senders.guesser(rng);
                let software = receivers.software_of(mailbox.domain);
                let saying = self.texts.draw_of(label, software, rng);
                let mut parties = self.served(label, saying, mailbox, sender);
                let variant = rng.random_range(0..names::GUESSES);
                let mut to = String::with_capacity(64);
                names::guess(mailbox.domain, mailbox.user, variant, &mut to);
                to.push('@');
                names::receiver_domain(mailbox.domain, &mut to);
                parties.to = to;
                parties
            }
            Cause::BulkSpam => {
                // Who is gone accepts nothing.
                let is_gone = fate.ending == Ending::Refused
                    && rng.random_bool(self.settings.bulk_spam_to_strangers);
                let label = if is_gone {
                    BounceType::NoSuchRecipient.into()
                } else {
                    label
                };
                let saying = self.texts.draw(label, rng);
                let software = saying.and_then(|saying| saying.software);
                let mut mailbox =
                    self.leaked(at, rng, |rng| receivers.with_software(software, rng));
                if is_gone {
                    mailbox.user = people::gone_user(mailbox.domain, rng);
                }
                let sender = world.senders.bulk(rng);
                self.served(label, saying, mailbox, sender)
            }
            Cause::SenderDnsError | Cause::BrokenAuthentication => {
                let saying = self.texts.draw(label, rng);
                let software = saying.and_then(|saying| saying.software);
                let (broken, policy) = if cause == Cause::SenderDnsError {
                    (&troubles.sender_dns, None)
                } else {
                    (&troubles.authentication, Some(Policy::Authentication))
                };
                let (mailbox, other) = self.find(at, rng, |rng| match policy {
                    Some(policy) => receivers.with_policy(policy, software, rng),
                    None => receivers.with_software(software, rng),
                });
                let sender = broken
                    .broken_at(at.hour(), rng)
                    .map_or(other, |domain| world.senders.user_of(domain, rng));
                self.served(label, saying, mailbox, sender)
            }
            Cause::SenderListed => {
                let day = at.day();
                let uses_spamhaus = rng.random_bool(world.spamhaus_on(day as u32).min(1.0));
                let names = uses_spamhaus && rng.random_bool(world.spamhaus_named.min(1.0));
                let saying = self
                    .texts
                    .draw_right(label, None, rng, |saying| saying.names_spamhaus == names);
                let policy = if uses_spamhaus {
                    Policy::Spamhaus
                } else {
                    Policy::OtherBlocklist
                };
                let software = saying.and_then(|saying| saying.software);
                let (mut mailbox, mut sender) = self.find(at, rng, |rng| {
                    let mut domain = receivers.with_policy(policy, software, rng);
                    for _ in 0..PATIENCE {
                        if world.uses_blocklist(domain, day) {
                            break;
                        }
                        domain = receivers.with_policy(policy, software, rng);
                    }
                    domain
                });
                if fate.ending == Ending::Open && rng.random_bool(self.bulk_delayed) {
                    sender = world.senders.bulk(rng);
                    mailbox = self.leaked(at, rng, |_| mailbox.domain);
                }
                self.served(label, saying, mailbox, sender)
            }
            _ => {
                let saying = self.texts.draw_right(label, None, rng, |saying| {
                    cause != Cause::RecipientTypo || !saying.is_about_inactivity
                });
                let software = saying.and_then(|saying| saying.software);
                let factor = |of: fn(&Country) -> f64| {
                    move |site| of(geography::country(site)).min(LARGEST_FACTOR)
                };
                let (mailbox, sender) = self.find(at, rng, |rng| match cause {
                    Cause::Greylisting => receivers.with_policy(Policy::Greylisting, software, rng),
                    Cause::TlsMandate => receivers.with_policy(Policy::TlsMandate, software, rng),
                    Cause::SlowNetwork => receivers.by_country(
                        software,
                        factor(|country| country.timeouts),
                        LARGEST_FACTOR,
                        rng,
                    ),
                    Cause::RecipientTypo => receivers.by_country(
                        software,
                        factor(|country| country.strangers),
                        LARGEST_FACTOR,
                        rng,
                    ),
                    _ => receivers.with_software(software, rng),
                });
                let mut parties = self.served(label, saying, mailbox, sender);
                if cause == Cause::RecipientTypo {
                    parties.to.clear();
                    people::mistyped_address(mailbox, sender, &mut parties.to);
                }
                parties
            }
        }
    }

    /// A mailbox at a domain, and somebody who writes to it; nothing is broken
    /// with either.
    fn find(
        &self,
        at: Moment,
        rng: &mut ChaCha8Rng,
        draw: impl Fn(&mut ChaCha8Rng) -> u32,
    ) -> (Mailbox, Sender) {
        let world = &self.world;
        let mut found = Default::default();
        for _ in 0..PATIENCE {
            let domain = draw(rng);
            let user = people::active_user(domain, rng);
            let mailbox = Mailbox { domain, user };
            let sender = world.senders.correspondent(mailbox, rng);
            found = (mailbox, sender);
            let is_checked = world.receivers.has(domain, Policy::Authentication);
            if world.troubles.is_reachable(mailbox, at)
                && world.troubles.is_in_order(sender, at, is_checked)
            {
                break;
            }
        }
        found
    }

    /// A mailbox of a leaked list, mostly, as a bulk spammer has, that can be
    /// reached.
    pub(crate) fn leaked(
        &self,
        at: Moment,
        rng: &mut ChaCha8Rng,
        draw: impl Fn(&mut ChaCha8Rng) -> u32,
    ) -> Mailbox {
        let is_unleaked = rng.random_bool(BULK_SPAM_UNLEAKED);
        let mut reachable = Mailbox::default();
        for _ in 0..PATIENCE {
            let domain = draw(rng);
            let user = people::active_user(domain, rng);
            let mailbox = Mailbox { domain, user };
            if !self.world.troubles.is_reachable(mailbox, at) {
                continue;
            }
            reachable = mailbox;
            if is_unleaked || mailbox.is_breached(self.settings.breached) {
                break;
            }
        }
        reachable
    }

    fn served(
        &self,
        label: TemplateLabel,
        saying: Option<Saying<'c>>,
        mailbox: Mailbox,
        sender: Sender,
    ) -> Parties<'c> {
        Parties {
            label,
            saying,
            from: sender.address(),
            to: mailbox.address(),
            server: Some(mailbox.domain),
        }
    }

    /// A mail to a domain without servers, or to one written `wrong`.
    fn unserved(
        &self,
        domain: Option<u32>,
        wrong: Option<String>,
        label: TemplateLabel,
        at: Moment,
        rng: &mut ChaCha8Rng,
    ) -> Parties<'c> {
        let world = &self.world;
        let domain = domain.unwrap_or_else(|| world.receivers.draw(rng));
        let user = people::active_user(domain, rng);
        let mailbox = Mailbox { domain, user };
        let mut sender = world.senders.correspondent(mailbox, rng);
        for _ in 0..PATIENCE {
            if world.troubles.is_in_order(sender, at, false) {
                break;
            }
            sender = world.senders.correspondent(mailbox, rng);
        }
        let to = match wrong {
            Some(wrong) => {
                let mut to = String::with_capacity(64);
                names::user(domain, user, &mut to);
                to.push('@');
                to.push_str(&wrong);
                to
            }
            None => mailbox.address(),
        };
        Parties {
            label,
            saying: self.texts.draw(label, rng),
            from: sender.address(),
            to,
            server: None,
        }
    }
}
