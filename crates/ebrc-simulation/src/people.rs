//! Who writes to whom.

use rand::{Rng, RngExt};

use crate::alias::AliasTable;
use crate::names::{self, mix};
use crate::{Settings, typos};

/// Users of a domain: some everywhere, more where it is popular.
const FEWEST_USERS: u32 = 10;
const MOST_USERS: u32 = 30_000;

/// User numbers of addresses that are gone: nobody has them any more.
const GONE: u32 = 1 << 21;

/// How many senders know a recipient; the first writes the most.
const CORRESPONDENTS: u64 = 4;

/// Domains whose names users mistype are among the first ones (section 4.3.2),
/// and each is mistyped in so many ways.
pub(crate) const MISTYPED: u32 = 1000;
pub(crate) const WAYS: u64 = 4;

/// Attackers' targets are among these ranks: domains that always work.
const FIRST_TARGET: u64 = 20;
const TARGETS: u64 = 30;

/// How many people of its target an attacker names are guessed for.
const VICTIMS: u32 = 3;

/// A mailbox: a domain and its user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mailbox {
    pub(crate) domain: u32,
    pub(crate) user: u32,
}

impl Mailbox {
    fn hash(self, of: u64) -> u64 {
        mix(mix((u64::from(self.domain) << 32) | u64::from(self.user)) ^ of)
    }

    /// The address.
    pub(crate) fn address(self) -> String {
        let mut address = String::with_capacity(64);
        names::user(self.domain, self.user, &mut address);
        address.push('@');
        names::receiver_domain(self.domain, &mut address);
        address
    }

    /// Whether the address is in a leaked list: those that are gone all are.
    pub(crate) fn is_breached(self, share: f64) -> bool {
        self.user >= GONE || names::fraction(self.hash(0xb4ea)) <= share
    }
}

/// A user of a sender domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sender {
    pub(crate) domain: u32,
    pub(crate) user: u32,
}

impl Sender {
    /// The address.
    pub(crate) fn address(self) -> String {
        let mut address = String::with_capacity(64);
        names::user(self.domain, self.user, &mut address);
        address.push('@');
        names::sender_domain(self.domain, &mut address);
        address
    }
}

/// Draws senders. Ordinary domains come first, then those of bulk spammers,
/// then those that guess names.
#[derive(Debug, Clone)]
pub(crate) struct Senders {
    table: AliasTable,
    ordinary: u32,
    bulk: u32,
    guessing: u32,
}

impl Senders {
    pub(crate) fn new(settings: &Settings) -> Option<Self> {
        let weights =
            crate::receivers::zipf(settings.sender_domains, settings.sender_domain_exponent);
        Some(Self {
            table: AliasTable::new(&weights)?,
            ordinary: settings.sender_domains,
            bulk: settings.bulk_senders,
            guessing: settings.guessing_senders,
        })
    }

    /// One of those who write to a mailbox, by a random number.
    pub(crate) fn correspondent<R: Rng + ?Sized>(&self, mailbox: Mailbox, rng: &mut R) -> Sender {
        // The first has half of the mails, the next half of the rest.
        let which = u64::from(rng.next_u32().trailing_zeros()) % CORRESPONDENTS;
        self.correspondent_number(mailbox, which)
    }

    /// All who write to a mailbox.
    pub(crate) fn correspondents(&self, mailbox: Mailbox) -> impl Iterator<Item = Sender> + '_ {
        (0..CORRESPONDENTS).map(move |which| self.correspondent_number(mailbox, which))
    }

    fn correspondent_number(&self, mailbox: Mailbox, which: u64) -> Sender {
        let of = mailbox.hash(which);
        let domain = self.table.at(of) as u32;
        let user = (mix(of) % u64::from(users_of_sender(domain))) as u32;
        Sender { domain, user }
    }

    /// Any user of an ordinary domain.
    pub(crate) fn user_of<R: Rng + ?Sized>(&self, domain: u32, rng: &mut R) -> Sender {
        let user = rng.random_range(0..users_of_sender(domain));
        Sender { domain, user }
    }

    /// A bulk spammer.
    pub(crate) fn bulk<R: Rng + ?Sized>(&self, rng: &mut R) -> Sender {
        Sender {
            domain: self.ordinary + rng.random_range(0..self.bulk.max(1)),
            user: rng.random_range(0..4),
        }
    }

    /// Somebody who guesses names, and whose.
    pub(crate) fn guesser<R: Rng + ?Sized>(&self, rng: &mut R) -> (Sender, Mailbox) {
        let own = rng.random_range(0..self.guessing.max(1));
        let sender = Sender {
            domain: self.ordinary + self.bulk + own,
            user: rng.random_range(0..3),
        };
        let victim = u64::from(own * VICTIMS + rng.random_range(0..VICTIMS));
        // One organisation, several of its people.
        let domain = (FIRST_TARGET + mix(u64::from(own) ^ 0x7a46) % TARGETS) as u32;
        let user = (mix(victim ^ 0x71c7) % u64::from(users_of(domain))) as u32;
        (sender, Mailbox { domain, user })
    }

    /// The domains of each kind, with what a table calls it.
    pub(crate) fn domains(&self) -> impl Iterator<Item = (u32, &'static str)> + '_ {
        let bulk = self.ordinary + self.bulk;
        (0..bulk + self.guessing).map(move |domain| {
            let kind = match domain {
                _ if domain < self.ordinary => "ordinary",
                _ if domain < bulk => "bulk-spammer",
                _ => "username-guesser",
            };
            (domain, kind)
        })
    }
}

/// How many users a receiver domain has.
pub(crate) fn users_of(domain: u32) -> u32 {
    FEWEST_USERS + MOST_USERS / (domain + 1)
}

/// How many addresses of a domain are gone.
pub(crate) fn gone_of(domain: u32) -> u32 {
    users_of(domain).div_ceil(20)
}

fn users_of_sender(domain: u32) -> u32 {
    20 + 2_000 / (domain + 1)
}

/// A user of a domain; some get much more mail than others.
pub(crate) fn active_user<R: Rng + ?Sized>(domain: u32, rng: &mut R) -> u32 {
    let point = rng.random::<f64>();
    let users = users_of(domain);
    ((point * point * f64::from(users)) as u32).min(users - 1)
}

/// An address that is gone.
pub(crate) fn gone_user<R: Rng + ?Sized>(domain: u32, rng: &mut R) -> u32 {
    GONE + rng.random_range(0..gone_of(domain))
}

/// All addresses of a domain that are gone.
pub(crate) fn all_gone(domain: u32) -> impl Iterator<Item = u32> {
    (0..gone_of(domain)).map(|own| GONE + own)
}

/// How a sender has a recipient's address wrong: always in the same way.
pub(crate) fn mistyped_address(mailbox: Mailbox, sender: Sender, out: &mut String) {
    let mut name = String::new();
    names::user(mailbox.domain, mailbox.user, &mut name);
    let own = (u64::from(sender.domain) << 32) | u64::from(sender.user);
    out.push_str(&typos::in_user(&name, &mut seeded(mailbox.hash(own))));
    out.push('@');
    names::receiver_domain(mailbox.domain, out);
}

/// A domain mistyped in one of its [`WAYS`].
pub(crate) fn mistyped_domain(domain: u32, way: u64) -> String {
    let mut right = String::new();
    names::receiver_domain(domain, &mut right);
    typos::in_domain(&right, &mut seeded(mix((u64::from(domain) << 8) ^ way)))
}

fn seeded(number: u64) -> rand_chacha::ChaCha8Rng {
    rand::SeedableRng::seed_from_u64(number)
}
