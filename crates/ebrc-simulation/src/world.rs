//! The domains that send and receive.

use std::cmp::Ordering;
use std::fmt::Write;

use rand::{Rng, RngExt};

use crate::alias::AliasTable;
use crate::names::mix;
use crate::{Settings, names};

/// Domains of these ranks get their software in turn, so that each software has
/// its part of the mails; those behind, at random.
const BY_TURN: usize = 1000;

/// Domains that users mistype are among the first ones (section 4.3.2).
const MISTYPED: usize = 1000;

/// Sender domains that send bulk spam, and that guess names (section 4.2.1).
const BULK_SENDERS: u32 = 31;
const GUESSING_SENDERS: u32 = 9;

/// One sender domain of so many has broken records (section 4.3.1: 9,000 of
/// 68,000).
const CARELESS: u32 = 7;

/// User numbers of mailboxes that are full, and that nobody uses any more; no
/// other mail goes there.
const FULL_BOXES: u32 = 1 << 20;
const IDLE_BOXES: u32 = 1 << 21;

/// Which users a mail may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recipients {
    Active,
    Full,
    Idle,
}

/// Who may send a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Senders {
    Any,
    Careless,
    Bulk,
    Guessing,
}

/// Draws parties of mails.
#[derive(Debug, Clone)]
pub(crate) struct World {
    senders: AliasTable,
    sender_domains: u32,
    receivers: AliasTable,
    /// Each domain's software.
    software: Vec<u16>,
    /// Of each software, its domains.
    by_software: Vec<Option<(Vec<u32>, AliasTable)>>,
    broken: AliasTable,
}

impl World {
    /// `software` is the share of mails of each software; `None` where a law
    /// has no weights.
    pub(crate) fn new<R: Rng + ?Sized>(
        settings: &Settings,
        software: &[f64],
        rng: &mut R,
    ) -> Option<Self> {
        let weights = zipf(settings.receiver_domains, settings.receiver_domain_exponent);
        let of_domain = assign(&weights, software, rng);
        let mut groups: Vec<(Vec<u32>, Vec<f64>)> = vec![Default::default(); software.len()];
        for (domain, (&software, &weight)) in (0..).zip(of_domain.iter().zip(&weights)) {
            let (domains, weights) = &mut groups[usize::from(software)];
            domains.push(domain);
            weights.push(weight);
        }
        Some(Self {
            senders: AliasTable::new(&zipf(
                settings.sender_domains,
                settings.sender_domain_exponent,
            ))?,
            sender_domains: settings.sender_domains,
            receivers: AliasTable::new(&weights)?,
            software: of_domain,
            by_software: groups
                .into_iter()
                .map(|(domains, weights)| Some((domains, AliasTable::new(&weights)?)))
                .collect(),
            broken: AliasTable::new(&zipf(settings.broken_receiver_domains, 0.7))?,
        })
    }

    /// A domain by its popularity.
    pub(crate) fn receiver<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        self.receivers.draw(rng) as u32
    }

    /// A domain of a software by its popularity; where it has none, any.
    pub(crate) fn receiver_with<R: Rng + ?Sized>(&self, software: u16, rng: &mut R) -> u32 {
        match self.by_software.get(usize::from(software)) {
            Some(Some((domains, table))) => domains[table.draw(rng)],
            _ => self.receiver(rng),
        }
    }

    pub(crate) fn software_of(&self, domain: u32) -> u16 {
        self.software[domain as usize]
    }

    /// A domain that many write to, and so mistype.
    pub(crate) fn mistyped<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        loop {
            let domain = self.receiver(rng);
            if (domain as usize) < MISTYPED {
                return domain;
            }
        }
    }

    /// A domain whose MX records are broken.
    pub(crate) fn broken<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        self.broken.draw(rng) as u32
    }

    /// A user of a domain. Popular domains have more.
    pub(crate) fn user<R: Rng + ?Sized>(
        &self,
        domain: u32,
        recipients: Recipients,
        rng: &mut R,
    ) -> u32 {
        let users = 20 + 100_000 / (domain + 1);
        match recipients {
            Recipients::Active => rng.random_range(0..users),
            Recipients::Full => FULL_BOXES + rng.random_range(0..users.div_ceil(50)),
            Recipients::Idle => IDLE_BOXES + rng.random_range(0..users.div_ceil(100)),
        }
    }

    /// Writes a sender's address.
    pub(crate) fn sender<R: Rng + ?Sized>(&self, who: Senders, rng: &mut R, out: &mut String) {
        let domain = match who {
            Senders::Any => self.senders.draw(rng) as u32,
            Senders::Careless => {
                let domain = self.senders.draw(rng) as u32;
                (domain - domain % CARELESS + 3).min(self.sender_domains - 1)
            }
            Senders::Bulk => self.sender_domains + rng.random_range(0..BULK_SENDERS),
            Senders::Guessing => {
                self.sender_domains + BULK_SENDERS + rng.random_range(0..GUESSING_SENDERS)
            }
        };
        let users = 20 + 2_000 / (domain % self.sender_domains + 1);
        names::user(domain, rng.random_range(0..users), out);
        out.push('@');
        names::sender_domain(domain, out);
    }
}

/// How many hosts receive a domain's mail.
pub(crate) fn mx_hosts(domain: u32) -> u32 {
    1 + (mix(u64::from(domain) ^ 0x3a11) % 4) as u32
}

/// The address of a receiving host: all of them differ.
pub(crate) fn mx_ip(domain: u32, host: u32) -> String {
    // An odd factor makes another number of each below 2²⁴.
    let number = (domain * 4 + host).wrapping_mul(0x009e_3779) & 0x00ff_ffff;
    let mut ip = String::with_capacity(15);
    let _ = write!(
        ip,
        "10.{}.{}.{}",
        number >> 16,
        (number >> 8) & 255,
        number & 255
    );
    ip
}

fn zipf(domains: u32, exponent: f64) -> Vec<f64> {
    (1..=domains)
        .map(|rank| f64::from(rank).powf(-exponent))
        .collect()
}

/// A software for each domain, so that each gets its share of the mails.
fn assign<R: Rng + ?Sized>(weights: &[f64], software: &[f64], rng: &mut R) -> Vec<u16> {
    let total: f64 = weights.iter().sum();
    let wanted: f64 = software.iter().sum();
    let mut open: Vec<f64> = software
        .iter()
        .map(|share| share * total / wanted.max(f64::MIN_POSITIVE))
        .collect();
    let mut assigned = Vec::with_capacity(weights.len());
    for &weight in weights.iter().take(BY_TURN) {
        let next = (0_u16..)
            .zip(&open)
            .max_by(|a, b| a.1.partial_cmp(b.1).unwrap_or(Ordering::Equal))
            .map_or(0, |(next, _)| next);
        open[usize::from(next)] -= weight;
        assigned.push(next);
    }
    for open in &mut open {
        *open = open.max(0.0);
    }
    let rest = AliasTable::new(&open);
    for _ in assigned.len()..weights.len() {
        assigned.push(rest.as_ref().map_or(0, |rest| rest.draw(rng) as u16));
    }
    assigned
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn each_software_gets_its_share_of_mails() {
        let settings = Settings::default();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let world = World::new(&settings, &[0.2, 0.0, 0.7, 0.1], &mut rng).unwrap();
        let mut counts = [0_u32; 4];
        for _ in 0..100_000 {
            let domain = world.receiver(&mut rng);
            counts[usize::from(world.software_of(domain))] += 1;
            assert_eq!(world.software_of(world.receiver_with(3, &mut rng)), 3);
        }
        assert_eq!(counts[1], 0);
        for (count, share) in counts.into_iter().zip([0.2, 0.0, 0.7, 0.1]) {
            assert!(
                (f64::from(count) / 100_000.0 - share).abs() < 0.02,
                "{counts:?}"
            );
        }
    }

    #[test]
    fn every_host_has_its_own_address() {
        let addresses: BTreeSet<String> = (0..20_000)
            .flat_map(|domain| (0..4).map(move |host| mx_ip(domain, host)))
            .collect();
        assert_eq!(addresses.len(), 80_000);
    }
}
