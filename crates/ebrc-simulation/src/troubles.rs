//! What is broken when: domains and mailboxes.

use rand::{Rng, RngExt};

use crate::alias::AliasTable;
use crate::calendar::{DAYS, HOURS, Moment};
use crate::episodes::{Course, Episode, Episodes};
use crate::people::{self, Mailbox, Sender};
use crate::receivers::{RESERVED, Receivers, zipf};
use crate::settings::{Mending, Settings};

/// Hours of a day, by which authentication and mailboxes are mended.
const DAY: u32 = 24;

/// MX records are broken at domains of these ranks at the most popular: none of
/// the largest providers.
const MX_FROM: f64 = 50.0;

/// Domains expire from this rank on.
const EXPIRES_FROM: u32 = 200;

/// Domains that expired, in days before the log's beginning, at the earliest:
/// one of five is alive at the beginning (section 5.2: 592 of 3,000).
const EARLIEST_EXPIRY: i32 = -1800;

/// How much mail meets what is broken all the time, against what breaks for a
/// while: little to domains without MX records, since people give them up.
const DEAD_DOMAINS: f64 = 0.05;

/// How often a domain is drawn before another will do.
const PATIENCE: usize = 64;

/// What may be broken at a domain, as bits.
const MX: u8 = 1;
const EXPIRY: u8 = 2;
const BOXES: u8 = 4;

/// When what is broken.
#[derive(Debug, Clone)]
pub(crate) struct Troubles {
    /// Receiver domains with wrong MX records, by the hour.
    pub(crate) mx: Episodes,
    /// Sender domains whose records are gone, by the hour.
    pub(crate) sender_dns: Episodes,
    /// Sender domains with broken DKIM, SPF or DMARC, by the day.
    pub(crate) authentication: Episodes,
    /// Full mailboxes, by the day; subjects are positions in `boxes`.
    full: Episodes,
    /// The same of mailboxes that nobody uses.
    idle: Episodes,
    boxes: Vec<Mailbox>,
    idle_boxes: Vec<Mailbox>,
    /// Domains that expire, and on which day.
    expiry: Vec<(u32, i32)>,
    by_popularity: Option<AliasTable>,
    /// Of each receiver domain, what may be broken there.
    flags: Vec<u8>,
    /// Of each sender domain, whether anything may be.
    careless: Vec<bool>,
}

impl Troubles {
    /// `domain_of_full_box` and `domain_of_idle_box` draw where there are
    /// mailboxes that get full, and that nobody uses.
    pub(crate) fn new<R: Rng + ?Sized>(
        settings: &Settings,
        receivers: &Receivers,
        domain_of_full_box: &dyn Fn(&mut R) -> u32,
        domain_of_idle_box: &dyn Fn(&mut R) -> u32,
        rng: &mut R,
    ) -> Self {
        let domains = f64::from(receivers.len());
        let without_mx = receivers.len() - RESERVED;
        let gone = without_mx + 1;
        let mut chosen = vec![false; receivers.len() as usize];
        // Some from every order of magnitude.
        let mut ranks: Vec<(u32, f64)> = Vec::new();
        let first = MX_FROM.min(domains / 2.0);
        let wanted = settings.broken_receiver_domains.min(receivers.len() / 2) as usize;
        for _ in 0..wanted * PATIENCE {
            if ranks.len() + 1 >= wanted {
                break;
            }
            let rank = first * (domains / first).powf(rng.random::<f64>());
            let rank = (rank as u32).min(without_mx - 1);
            if !receivers.is_strict(rank) && !std::mem::replace(&mut chosen[rank as usize], true) {
                ranks.push((rank, 1.0 / f64::from(rank + 1).sqrt()));
            }
        }
        ranks.push((without_mx, 1.0 / domains.sqrt()));
        let some_senders = |share: f64, rng: &mut R| -> Vec<(u32, f64)> {
            let popularity = zipf(settings.sender_domains, settings.sender_domain_exponent);
            let mut senders: Vec<(u32, f64)> = (0..).zip(popularity).collect();
            let count = (share * senders.len() as f64).round().max(1.0) as usize;
            // Sampling without replacement, each as likely as any other.
            for at in 0..count {
                let other = rng.random_range(at..senders.len());
                senders.swap(at, other);
            }
            senders.truncate(count);
            senders
        };
        let without_dns = some_senders(settings.sender_domains_without_dns, rng);
        let unauthenticated = some_senders(settings.careless_sender_domains, rng);
        let mut careless = vec![false; settings.sender_domains as usize];
        for &(domain, _) in without_dns.iter().chain(&unauthenticated) {
            careless[domain as usize] = true;
        }
        let mut flags = vec![0; receivers.len() as usize];
        for &(domain, _) in &ranks {
            flags[domain as usize] |= MX;
        }
        let mut all_boxes = |count: u32, draw: &dyn Fn(&mut R) -> u32, rng: &mut R| {
            let mut boxes: Vec<Mailbox> = (0..count)
                .filter_map(|_| {
                    // No mailbox answers where there are no servers.
                    let works = |&at: &u32| at < without_mx && flags[at as usize] & MX == 0;
                    let domain = (0..PATIENCE).map(|_| draw(rng)).find(works)?;
                    let user = people::active_user(domain, rng);
                    flags[domain as usize] |= BOXES;
                    Some(Mailbox { domain, user })
                })
                .collect();
            boxes.sort_unstable();
            boxes.dedup();
            boxes
        };
        let boxes = all_boxes(settings.full_mailboxes, domain_of_full_box, rng);
        let mut idle_boxes = all_boxes(settings.inactive_mailboxes, domain_of_idle_box, rng);
        idle_boxes.retain(|own| boxes.binary_search(own).is_err());
        let mut expiry = Vec::new();
        for domain in EXPIRES_FROM..without_mx {
            let flags = &mut flags[domain as usize];
            let may = *flags == 0 && !receivers.is_strict(domain);
            if may && rng.random_bool(settings.expired_domains) {
                *flags |= EXPIRY;
                expiry.push((domain, rng.random_range(EARLIEST_EXPIRY..DAYS as i32)));
            }
        }
        flags[gone as usize] |= EXPIRY;
        expiry.push((gone, -1));
        let popularity: Vec<f64> = expiry
            .iter()
            .map(|&(domain, _)| 1.0 / f64::from(domain + 1))
            .collect();
        let course = |mending: &Mending, always_weight: f64| Course {
            always: mending.never,
            recurrent: mending.recurrent,
            median: mending.median_days * 24.0,
            spread: mending.spread,
            always_weight,
        };
        let mending = &settings.mending;
        let equal = |boxes: &[Mailbox]| -> Vec<(u32, f64)> {
            (0..).take(boxes.len()).map(|at| (at, 1.0)).collect()
        };
        // An account that is idle once stays so.
        let idle: Vec<(u32, u32, f64)> = (0..idle_boxes.len() as u32)
            .map(|at| {
                let from_the_start = at == 0 || rng.random_bool(mending.inactive_from_the_start);
                let day = if from_the_start {
                    0
                } else {
                    rng.random_range(1..DAYS)
                };
                (at, day * DAY, 1.0)
            })
            .collect();
        Self {
            mx: Episodes::draw(&ranks, course(&mending.mx_records, DEAD_DOMAINS), 1, rng),
            sender_dns: Episodes::draw(&without_dns, course(&mending.sender_dns, 0.3), 1, rng),
            authentication: Episodes::draw(
                &unauthenticated,
                course(&mending.authentication, 1.0),
                DAY,
                rng,
            ),
            full: Episodes::draw(&equal(&boxes), course(&mending.mailboxes, 1.0), DAY, rng),
            idle: Episodes::onwards(idle, DAY),
            boxes,
            idle_boxes,
            by_popularity: AliasTable::new(&popularity),
            expiry,
            flags,
            careless,
        }
    }

    /// A mailbox that is full.
    pub(crate) fn full_box<R: Rng + ?Sized>(&self, at: Moment, rng: &mut R) -> Option<Mailbox> {
        let own = self.full.broken_at(at.hour(), rng)?;
        self.boxes.get(own as usize).copied()
    }

    /// A mailbox that nobody uses.
    pub(crate) fn idle_box<R: Rng + ?Sized>(&self, at: Moment, rng: &mut R) -> Option<Mailbox> {
        let own = self.idle.broken_at(at.hour(), rng)?;
        self.idle_boxes.get(own as usize).copied()
    }

    /// A domain that has expired.
    pub(crate) fn expired<R: Rng + ?Sized>(&self, at: Moment, rng: &mut R) -> Option<u32> {
        let table = self.by_popularity.as_ref()?;
        let is_gone = |day: i32| day <= at.day() as i32;
        for _ in 0..PATIENCE {
            let (domain, day) = self.expiry[table.draw(rng)];
            if is_gone(day) {
                return Some(domain);
            }
        }
        let mut gone = self.expiry.iter().filter(|&&(_, day)| is_gone(day));
        gone.next().map(|&(domain, _)| domain)
    }

    /// Whether a mail to a mailbox finds nothing broken there.
    pub(crate) fn is_reachable(&self, mailbox: Mailbox, at: Moment) -> bool {
        let flags = self.flags[mailbox.domain as usize];
        if flags == 0 {
            return true;
        }
        let is_in = |boxes: &[Mailbox], episodes: &Episodes| {
            flags & BOXES != 0
                && boxes
                    .binary_search(&mailbox)
                    .is_ok_and(|own| episodes.is_broken(own as u32, at.hour()))
        };
        let has_mx = flags & MX == 0 || !self.mx.is_broken(mailbox.domain, at.hour());
        let is_alive = flags & EXPIRY == 0
            || self
                .expiry
                .binary_search_by_key(&mailbox.domain, |&(domain, _)| domain)
                .is_ok_and(|own| self.expiry[own].1 > at.day() as i32);
        has_mx
            && is_alive
            && !is_in(&self.boxes, &self.full)
            && !is_in(&self.idle_boxes, &self.idle)
    }

    /// Whether a sender's domain is in order.
    pub(crate) fn is_in_order(&self, sender: Sender, at: Moment, is_checked: bool) -> bool {
        let domain = sender.domain;
        if self.careless.get(domain as usize) != Some(&true) {
            return true;
        }
        let is_refused = is_checked && self.authentication.is_broken(domain, at.hour());
        !is_refused && !self.sender_dns.is_broken(domain, at.hour())
    }

    /// Every mailbox that is full, and when.
    pub(crate) fn full_boxes(&self) -> impl Iterator<Item = (Mailbox, &Episode)> {
        self.full
            .all()
            .iter()
            .filter_map(|episode| Some((*self.boxes.get(episode.subject as usize)?, episode)))
    }

    /// Every mailbox that nobody uses, and when.
    pub(crate) fn idle_boxes(&self) -> impl Iterator<Item = (Mailbox, &Episode)> {
        self.idle
            .all()
            .iter()
            .filter_map(|episode| Some((*self.idle_boxes.get(episode.subject as usize)?, episode)))
    }

    /// Every domain that expires, and the day, counted from the log's first.
    pub(crate) fn expiries(&self) -> &[(u32, i32)] {
        &self.expiry
    }
}

/// Whether an episode outlasts the log.
pub(crate) fn is_open(episode: &Episode) -> bool {
    episode.to >= HOURS
}
