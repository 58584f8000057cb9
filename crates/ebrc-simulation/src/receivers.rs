//! The domains that receive mail, and what they insist on.

use std::cmp::Ordering;
use std::fmt::Write;

use rand::{Rng, RngExt};

use crate::Settings;
use crate::alias::AliasTable;
use crate::geography::{self, Geography, Site};
use crate::names::mix;

/// Domains of these ranks get their software in turn, so that each software has
/// its part of the mails; those behind, at random.
const BY_TURN: usize = 1000;

/// The first of the ranks where a software that says a policy's texts gets a
/// domain with it, if it has none: the popular domains keep their shares.
const OBSCURE: usize = 10_000;

/// Domains of these ranks do not greylist: their users would not stand for it.
const POPULAR: u32 = 20;

/// Of a software's mail, no more goes to domains with a blocklist.
const MOST_BLOCKLISTED: f64 = 0.9;

/// Days of February 2023, in which domains adopt Spamhaus (section 4.2.2).
const FEBRUARY: std::ops::Range<u32> = 232..260;

/// The least popular domains have neither policies nor mailboxes in trouble: of
/// these, one is without MX records and one has expired from the first day.
pub(crate) const RESERVED: u32 = 2;

/// How often a domain is drawn before it may stand in any country.
const PATIENCE: usize = 200;

/// What a domain insists on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Refuses hosts that Spamhaus lists.
    Spamhaus,
    /// Refuses hosts that another list names.
    OtherBlocklist,
    /// Greylists.
    Greylisting,
    /// Takes mail over TLS alone.
    TlsMandate,
    /// Refuses mail that fails SPF, DKIM or DMARC.
    Authentication,
}

impl Policy {
    pub(crate) const ALL: [Self; 5] = [
        Self::Spamhaus,
        Self::OtherBlocklist,
        Self::Greylisting,
        Self::TlsMandate,
        Self::Authentication,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The bit of domains that adopt Spamhaus in February.
const LATE: u8 = 1 << 7;

/// How much of a policy's refusals each software says.
#[derive(Debug, Clone)]
pub(crate) struct Refusers {
    pub(crate) policy: Policy,
    pub(crate) software: Vec<f64>,
    /// For blocklists: the share of all mails that goes to domains with it.
    pub(crate) mail: f64,
}

#[derive(Debug, Clone)]
struct Domains {
    numbers: Vec<u32>,
    table: AliasTable,
}

impl Domains {
    fn new(numbers: Vec<u32>, weights: &[f64]) -> Option<Self> {
        let own: Vec<f64> = numbers.iter().map(|&at| weights[at as usize]).collect();
        Some(Self {
            table: AliasTable::new(&own)?,
            numbers,
        })
    }

    fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        self.numbers[self.table.draw(rng)]
    }
}

/// Draws receiver domains.
#[derive(Debug, Clone)]
pub(crate) struct Receivers {
    popularity: AliasTable,
    software: Vec<u16>,
    sites: Vec<Site>,
    policies: Vec<u8>,
    by_software: Vec<Option<Domains>>,
    /// Of each policy, the domains with it, and of these those of each software.
    with: Vec<(Option<Domains>, Vec<Option<Domains>>)>,
}

impl Receivers {
    /// `software` is the share of mails of each software. `None` where a law
    /// has no weights.
    pub(crate) fn new<R: Rng + ?Sized>(
        settings: &Settings,
        geography: &mut Geography,
        software: &[f64],
        refusers: &[Refusers],
        rng: &mut R,
    ) -> Option<Self> {
        let weights = zipf(settings.receiver_domains, settings.receiver_domain_exponent);
        let of_domain = assign(&weights, software, rng);
        let sites: Vec<Site> = (0..)
            .zip(&of_domain)
            .map(|(domain, &software)| geography.site(domain, software))
            .collect();
        let mut mail = vec![0.0; crate::countries::COUNTRIES.len()];
        for (&site, weight) in sites.iter().zip(&weights) {
            mail[geography::country_number(site)] += weight;
        }
        geography.fit(&mail);
        let groups = group(&of_domain, software.len(), |_| true);
        let mut policies = vec![0; weights.len()];
        for refusers in refusers {
            let draft = Draft {
                settings,
                weights: &weights,
                groups: &groups,
                sites: &sites,
                policies: &mut policies,
            };
            draft.adopt(refusers, rng);
        }
        let with = Policy::ALL
            .into_iter()
            .map(|policy| {
                let has = |domain: usize| policies[domain] & policy.bit() != 0;
                let all = (0..weights.len()).filter(|&at| has(at));
                let all = Domains::new(all.map(|at| at as u32).collect(), &weights);
                let by_software = group(&of_domain, software.len(), has)
                    .into_iter()
                    .map(|numbers| Domains::new(numbers, &weights))
                    .collect();
                (all, by_software)
            })
            .collect();
        Some(Self {
            popularity: AliasTable::new(&weights)?,
            by_software: groups
                .into_iter()
                .map(|numbers| Domains::new(numbers, &weights))
                .collect(),
            software: of_domain,
            sites,
            policies,
            with,
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        self.software.len() as u32
    }

    /// A domain by its popularity.
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> u32 {
        self.popularity.draw(rng) as u32
    }

    /// A domain of a software by its popularity; where it has none, any.
    pub(crate) fn with_software<R: Rng + ?Sized>(&self, software: Option<u16>, rng: &mut R) -> u32 {
        let own = software.and_then(|own| self.by_software.get(usize::from(own))?.as_ref());
        match own {
            Some(domains) => domains.draw(rng),
            None => self.draw(rng),
        }
    }

    /// The same, more often where a country's `factor` is large.
    pub(crate) fn by_country<R: Rng + ?Sized>(
        &self,
        software: Option<u16>,
        factor: impl Fn(Site) -> f64,
        largest: f64,
        rng: &mut R,
    ) -> u32 {
        for _ in 0..PATIENCE {
            let domain = self.with_software(software, rng);
            if rng.random::<f64>() * largest < factor(self.site(domain)) {
                return domain;
            }
        }
        self.with_software(software, rng)
    }

    /// A domain with a policy and a software; where there is none, one with
    /// the policy.
    pub(crate) fn with_policy<R: Rng + ?Sized>(
        &self,
        policy: Policy,
        software: Option<u16>,
        rng: &mut R,
    ) -> u32 {
        let (all, by_software) = &self.with[policy as usize];
        let own = software.and_then(|own| by_software.get(usize::from(own))?.as_ref());
        match own.or(all.as_ref()) {
            Some(domains) => domains.draw(rng),
            None => self.with_software(software, rng),
        }
    }

    pub(crate) fn software_of(&self, domain: u32) -> u16 {
        self.software[domain as usize]
    }

    pub(crate) fn site(&self, domain: u32) -> Site {
        self.sites[domain as usize]
    }

    pub(crate) fn has(&self, domain: u32, policy: Policy) -> bool {
        self.policies[domain as usize] & policy.bit() != 0
    }

    /// Whether a domain has a policy that few have: it may be the only one of
    /// its software.
    pub(crate) fn is_strict(&self, domain: u32) -> bool {
        let common = Policy::Authentication.bit();
        self.policies[domain as usize] & !common != 0
    }

    /// The day on which a domain that uses Spamhaus begins to.
    pub(crate) fn adopts_spamhaus(&self, domain: u32) -> u32 {
        if self.policies[domain as usize] & LATE == 0 {
            return 0;
        }
        let days = u64::from(FEBRUARY.end - FEBRUARY.start);
        FEBRUARY.start + (mix(u64::from(domain) ^ 0xfeb) % days) as u32
    }

    /// Whether a domain refuses listed hosts on a day.
    pub(crate) fn uses_blocklist(&self, domain: u32, day: usize) -> bool {
        self.has(domain, Policy::OtherBlocklist)
            || self.has(domain, Policy::Spamhaus) && day >= self.adopts_spamhaus(domain) as usize
    }
}

/// The share of the domains using Spamhaus in the end that do so on a day.
pub(crate) fn spamhaus_adoption(late: f64, day: u32) -> f64 {
    let passed = day.clamp(FEBRUARY.start, FEBRUARY.end) - FEBRUARY.start;
    1.0 - late * (1.0 - f64::from(passed) / f64::from(FEBRUARY.end - FEBRUARY.start))
}

/// Policies in the making.
struct Draft<'a> {
    settings: &'a Settings,
    weights: &'a [f64],
    groups: &'a [Vec<u32>],
    sites: &'a [Site],
    policies: &'a mut [u8],
}

impl Draft<'_> {
    fn adopt<R: Rng + ?Sized>(self, refusers: &Refusers, rng: &mut R) {
        let policies = &self.settings.policies;
        let policy = refusers.policy;
        let total: f64 = self.weights.iter().sum();
        let blocklists = Policy::Spamhaus.bit() | Policy::OtherBlocklist.bit();
        for (numbers, &share) in self.groups.iter().zip(&refusers.software) {
            let own: f64 = numbers.iter().map(|&at| self.weights[at as usize]).sum();
            let of_mail = refusers.mail * share * total / own.max(f64::MIN_POSITIVE);
            let of_mail = of_mail.min(MOST_BLOCKLISTED);
            let mut owed = 0.0;
            let last = self.weights.len() as u32 - RESERVED;
            let numbers: Vec<u32> = numbers.iter().copied().filter(|&at| at < last).collect();
            for &domain in &numbers {
                let chance = match policy {
                    Policy::Spamhaus | Policy::OtherBlocklist => {
                        // As much mail as is due, in the order of popularity.
                        let weight = self.weights[domain as usize];
                        owed += of_mail * weight;
                        let is_free = self.policies[domain as usize] & blocklists == 0;
                        let adopts = is_free && owed >= 0.5 * weight;
                        if adopts {
                            owed -= weight;
                        }
                        f64::from(u8::from(adopts))
                    }
                    Policy::Greylisting if domain < POPULAR => 0.0,
                    Policy::Greylisting => {
                        let country = geography::country(self.sites[domain as usize]);
                        policies.greylisting * country.greylisting
                    }
                    Policy::TlsMandate => match domain {
                        ..100 => policies.tls_top_100,
                        100..10_000 => {
                            (10_000.0 * policies.tls_top_10k - 100.0 * policies.tls_top_100)
                                / 9_900.0
                        }
                        _ => policies.tls_others,
                    },
                    Policy::Authentication => policies.authentication,
                };
                if rng.random_bool(chance.clamp(0.0, 1.0)) {
                    self.policies[domain as usize] |= policy.bit();
                }
            }
            let has = |at: u32| self.policies[at as usize] & policy.bit() != 0;
            if policy == Policy::Spamhaus {
                // Each software has one that uses it from the first day.
                let adopters: Vec<u32> = numbers.iter().copied().filter(|&at| has(at)).collect();
                let others = adopters.get(1..).unwrap_or_default();
                let chance = policies.spamhaus_in_february * adopters.len() as f64
                    / others.len().max(1) as f64;
                let late: Vec<u32> = others
                    .iter()
                    .copied()
                    .filter(|_| rng.random_bool(chance.min(1.0)))
                    .collect();
                for at in late {
                    self.policies[at as usize] |= LATE;
                }
            }
            let has = |at: u32| self.policies[at as usize] & policy.bit() != 0;
            if share > 0.0 && !numbers.iter().any(|&at| has(at)) {
                let taken = match policy {
                    Policy::Spamhaus | Policy::OtherBlocklist => blocklists,
                    _ => 0,
                };
                let is_free = |at: u32| self.policies[at as usize] & taken == 0;
                let mut free = numbers.iter().filter(|&&at| is_free(at));
                let obscure = free.clone().find(|&&at| at as usize >= OBSCURE);
                if let Some(&domain) = obscure.or_else(|| free.next_back()) {
                    self.policies[domain as usize] |= policy.bit();
                }
            }
        }
    }
}

/// How many hosts receive a domain's mail.
pub(crate) fn mx_hosts(domain: u32) -> u32 {
    1 + (mix(u64::from(domain) ^ 0x3a11) % 4) as u32
}

/// The address of a receiving host: all of them differ, and those of a domain
/// share their first 30 bits.
pub(crate) fn mx_ip(domain: u32, host: u32) -> String {
    let number = network(domain) + host;
    let mut ip = String::with_capacity(15);
    let _ = write!(
        ip,
        "10.{}.{}.{}",
        (number >> 16) & 255,
        (number >> 8) & 255,
        number & 255
    );
    ip
}

/// The network of a domain's hosts, of 30 bits within 10.0.0.0/8.
pub(crate) fn network(domain: u32) -> u32 {
    // An odd factor makes another number of each below 2²².
    0x0a00_0000 | ((domain.wrapping_mul(0x009e_3779) & 0x003f_ffff) << 2)
}

/// The weights of Zipf's law.
pub(crate) fn zipf(domains: u32, exponent: f64) -> Vec<f64> {
    (1..=domains)
        .map(|rank| f64::from(rank).powf(-exponent))
        .collect()
}

/// The domains of each software, popular ones first.
fn group(of_domain: &[u16], software: usize, has: impl Fn(usize) -> bool) -> Vec<Vec<u32>> {
    let mut groups = vec![Vec::new(); software];
    for (domain, &software) in of_domain.iter().enumerate() {
        if has(domain) {
            groups[usize::from(software)].push(domain as u32);
        }
    }
    groups
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

    fn receivers(software: &[f64], refusers: &[Refusers]) -> (Receivers, ChaCha8Rng) {
        let names = vec!["postfix"; software.len()];
        let mut geography = Geography::new(&names).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let settings = Settings::default();
        let receivers =
            Receivers::new(&settings, &mut geography, software, refusers, &mut rng).unwrap();
        (receivers, rng)
    }

    #[test]
    fn each_software_gets_its_share_of_mails() {
        let shares = [0.2, 0.0, 0.7, 0.1];
        let (receivers, mut rng) = receivers(&shares, &[]);
        let mut counts = [0_u32; 4];
        for _ in 0..100_000 {
            let domain = receivers.draw(&mut rng);
            counts[usize::from(receivers.software_of(domain))] += 1;
            let own = receivers.with_software(Some(3), &mut rng);
            assert_eq!(receivers.software_of(own), 3);
        }
        assert_eq!(counts[1], 0);
        for (count, share) in counts.into_iter().zip(shares) {
            assert!(
                (f64::from(count) / 100_000.0 - share).abs() < 0.02,
                "{counts:?}"
            );
        }
    }

    #[test]
    fn policies_are_as_common_as_set_and_go_with_software() {
        let refusers = |policy, software: &[f64], mail| Refusers {
            policy,
            software: software.to_vec(),
            mail,
        };
        let shares = [0.5, 0.499, 0.001];
        let (receivers, mut rng) = receivers(
            &shares,
            &[
                refusers(Policy::Spamhaus, &[0.6, 0.4, 0.0], 0.06),
                refusers(Policy::OtherBlocklist, &[1.0, 0.0, 0.0], 0.02),
                refusers(Policy::TlsMandate, &[0.4, 0.4, 0.2], 0.0),
                refusers(Policy::Greylisting, &[0.4, 0.4, 0.2], 0.0),
            ],
        );
        let mandates = |ranks: std::ops::Range<u32>| {
            ranks
                .filter(|&domain| receivers.has(domain, Policy::TlsMandate))
                .count() as i64
        };
        assert!((mandates(0..100) - 38).abs() <= 14, "{}", mandates(0..100));
        assert!((mandates(0..10_000) - 853).abs() < 90);
        let (mut spamhaus, mut other) = (0_u32, 0_u32);
        for _ in 0..100_000 {
            let domain = receivers.draw(&mut rng);
            spamhaus += u32::from(receivers.has(domain, Policy::Spamhaus));
            other += u32::from(receivers.has(domain, Policy::OtherBlocklist));
            for policy in Policy::ALL {
                if policy == Policy::Authentication {
                    continue;
                }
                for software in [0, 1] {
                    let domain = receivers.with_policy(policy, Some(software), &mut rng);
                    assert!(receivers.has(domain, policy));
                    if policy != Policy::OtherBlocklist {
                        assert_eq!(receivers.software_of(domain), software);
                    }
                }
            }
            let rare = receivers.with_policy(Policy::TlsMandate, Some(2), &mut rng);
            assert_eq!(receivers.software_of(rare), 2);
        }
        assert!((5_400..6_600).contains(&spamhaus), "{spamhaus}");
        assert!((1_700..2_300).contains(&other), "{other}");
        let with = (0..receivers.len())
            .filter(|&domain| receivers.has(domain, Policy::Spamhaus))
            .collect::<Vec<_>>();
        let late = with
            .iter()
            .filter(|&&domain| receivers.adopts_spamhaus(domain) > 0)
            .count();
        let share = late as f64 / with.len() as f64;
        assert!((share - 0.22).abs() < 0.03, "{share}");
        assert!((spamhaus_adoption(0.22, 100) - 0.78).abs() < 1e-9);
        assert!((spamhaus_adoption(0.22, 300) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_host_has_its_own_address() {
        let addresses: BTreeSet<String> = (0..20_000)
            .flat_map(|domain| (0..4).map(move |host| mx_ip(domain, host)))
            .collect();
        assert_eq!(addresses.len(), 80_000);
        assert!(addresses.iter().all(|address| address.starts_with("10.")));
    }
}
