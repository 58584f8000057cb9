use std::fmt;

use rand::{Rng, RngExt};

/// Where proxy MTAs stand (section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Region {
    /// The United States.
    UnitedStates,
    /// Hong Kong.
    HongKong,
    /// Germany.
    Germany,
    /// Singapore.
    Singapore,
    /// The United Kingdom.
    UnitedKingdom,
    /// India.
    India,
}

impl Region {
    /// The regions, and how many of the paper's 34 proxy MTAs each has here;
    /// the paper does not say.
    const PROXIES: [(Self, u8); 6] = [
        (Self::UnitedStates, 10),
        (Self::HongKong, 9),
        (Self::Germany, 6),
        (Self::Singapore, 4),
        (Self::UnitedKingdom, 3),
        (Self::India, 2),
    ];

    /// The code of ISO 3166-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnitedStates => "US",
            Self::HongKong => "HK",
            Self::Germany => "DE",
            Self::Singapore => "SG",
            Self::UnitedKingdom => "GB",
            Self::India => "IN",
        }
    }

    /// The first three bytes of its proxies' addresses, and the first of the
    /// last bytes.
    fn network(self) -> (&'static str, u8) {
        match self {
            Self::UnitedStates => ("192.0.2", 11),
            Self::HongKong => ("198.51.100", 11),
            Self::Germany => ("203.0.113", 11),
            Self::Singapore => ("198.51.100", 101),
            Self::UnitedKingdom => ("203.0.113", 101),
            Self::India => ("192.0.2", 101),
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A server that delivers the provider's mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProxyMta {
    /// Its address, which a log's `from_ip` holds.
    pub ip: String,
    /// Its address in IPv6.
    pub ipv6: String,
    /// Its host name.
    pub host: String,
    /// Where it stands.
    pub region: Region,
    /// Whether it is on a blocklist, day by day.
    pub listed: Vec<bool>,
}

/// How many proxies there are in all regions.
pub(crate) const PROXIES: usize = 34;

/// How many of the proxies are listed on three days of four, where the average
/// allows it (section 4.2.2 has five on more than 70% of the days).
const CHRONIC: usize = 5;
const CHRONICALLY_LISTED: f64 = 0.75;

/// On every day so many are on no list: some mail gets through, and another
/// proxy can try again.
const FEWEST_UNLISTED: usize = 2;

/// How many days a proxy stays listed, on average.
const DAYS_LISTED: f64 = 12.0;

/// All 34 proxies, with the days on which they are listed.
pub(crate) fn all<R: Rng + ?Sized>(listed: f64, days: usize, rng: &mut R) -> Vec<ProxyMta> {
    let mut proxies = Vec::new();
    for (region, number) in Region::PROXIES {
        let (network, first) = region.network();
        let code = region.code().to_lowercase();
        for own in 0..number {
            let at = first + own;
            proxies.push(ProxyMta {
                ip: format!("{network}.{at}"),
                ipv6: format!("2001:db8:{:x}::{at:x}", 0x10 + region as u16),
                host: format!("out{}.{code}.relay-mail.example", own + 1),
                region,
                listed: Vec::new(),
            });
        }
    }
    let total = proxies.len() as f64;
    let fewest = CHRONICALLY_LISTED * CHRONIC as f64 / total;
    let chronic = if listed >= fewest && listed < CHRONICALLY_LISTED {
        CHRONIC
    } else {
        0
    };
    let others = (listed * total - CHRONICALLY_LISTED * chronic as f64) / (total - chronic as f64);
    let step = proxies.len() / CHRONIC;
    for (number, proxy) in proxies.iter_mut().enumerate() {
        let is_chronic = chronic > 0 && number % step == 0 && number / step < chronic;
        let share = if is_chronic {
            CHRONICALLY_LISTED
        } else {
            others.clamp(0.0, 1.0)
        };
        proxy.listed = episodes(share, days, rng);
    }
    for day in 0..days {
        let free = proxies.iter().filter(|proxy| !proxy.listed[day]).count();
        let missing = FEWEST_UNLISTED.saturating_sub(free);
        let listed = proxies.iter_mut().filter(|proxy| proxy.listed[day]);
        for proxy in listed.skip(day % 8).take(missing) {
            proxy.listed[day] = false;
        }
    }
    proxies
}

/// Days on and off a list, in turns.
fn episodes<R: Rng + ?Sized>(share: f64, days: usize, rng: &mut R) -> Vec<bool> {
    // Chances of a change from one day to the next, so that the share holds.
    let leave = (1.0 / DAYS_LISTED).min((1.0 - share) / share.max(1e-9));
    let join = if share >= 1.0 {
        1.0
    } else {
        leave * share / (1.0 - share)
    };
    let mut listed = rng.random_bool(share);
    (0..days)
        .map(|_| {
            let today = listed;
            let change = if listed { leave } else { join };
            listed ^= rng.random_bool(change.clamp(0.0, 1.0));
            today
        })
        .collect()
}
