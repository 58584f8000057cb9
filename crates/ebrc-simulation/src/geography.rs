//! Where servers stand, in whose network, and how well they are reached.

use crate::alias::AliasTable;
use crate::countries::{COUNTRIES, Country};
use crate::names::{fraction, mix};
use crate::proxies::Region;

/// Software that people run on machines of their own, anywhere. All other
/// software of the catalogue is that of a provider.
const SELF_HOSTED: [&str; 48] = [
    "amavis",
    "argomail",
    "assp",
    "axigen",
    "communigate",
    "coremail",
    "courier",
    "cyrus",
    "domino",
    "dovecot",
    "exchange",
    "exim",
    "ezmlm",
    "fortimail",
    "groupwise",
    "haraka",
    "hmailserver",
    "icewarp",
    "imail",
    "james",
    "kerio",
    "kumomta",
    "maildrop",
    "mailenable",
    "mailman",
    "mailscanner",
    "majordomo",
    "mdaemon",
    "mercury",
    "mmdf",
    "opensmtpd",
    "plesk",
    "postfix",
    "powermta",
    "procmail",
    "qmail",
    "qmail-ldap",
    "rspamd",
    "sendmail",
    "smartermail",
    "spamassassin",
    "spamdyke",
    "stalwart",
    "sympa",
    "vms",
    "vpopmail",
    "xmail",
    "zimbra",
];

/// How many places a provider has.
const SITES: u64 = 8;

/// Providers' sites are in the countries with the most servers.
const SITE_COUNTRIES: usize = 25;

/// Networks (autonomous systems) of a country, at most.
const MOST_NETWORKS: u64 = 64;

/// The first AS number for private use (RFC 6996).
const FIRST_NUMBER: u32 = 4_200_000_000;

/// The median latency of accepted mails, in milliseconds, and the spread of
/// its logarithm at which the mean is 19.37 s (appendix C).
const MEDIAN: f64 = 14_030.0;
const SPREAD: f64 = 0.803;

/// How far a proxy's region moves a country's latency, up or down, as a
/// logarithm: the paper's regions differ by 3.77 s.
const REGION: f64 = 0.15;

/// Countries that one region reaches much faster than the others (appendix C):
/// from Hong Kong to Cambodia takes 8.93 s, from elsewhere 79 s.
const FROM_HONG_KONG: [(&str, f64); 3] = [("KH", 0.107), ("AO", 0.4), ("BO", 0.5)];

/// To these, sessions from Hong Kong time out more often (Figure 8).
const FAR_FROM_HONG_KONG: [&str; 20] = [
    "AO", "BF", "BW", "CD", "CM", "ET", "GA", "GH", "MG", "ML", "MW", "MZ", "NA", "RW", "SN", "TZ",
    "UG", "ZM", "ZW", "BZ",
];
pub(crate) const FAR: f64 = 2.0;

/// Where a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    country: u8,
    /// Its network among those of the country or, above these, a provider's.
    network: u16,
}

/// Draws sites and knows countries.
#[derive(Debug, Clone)]
pub(crate) struct Geography {
    countries: AliasTable,
    provider_countries: AliasTable,
    /// Of each software, whether it is a provider's.
    providers: Vec<bool>,
    /// What medians of countries are multiplied with, in milliseconds.
    scale: f64,
    /// The spread of latencies within a country.
    spread: f64,
}

impl Geography {
    /// `software` names the software of each number.
    pub(crate) fn new(software: &[&str]) -> Option<Self> {
        let shares: Vec<f64> = COUNTRIES.iter().map(|country| country.share).collect();
        Some(Self {
            provider_countries: AliasTable::new(&shares[..SITE_COUNTRIES])?,
            countries: AliasTable::new(&shares)?,
            providers: software
                .iter()
                .map(|name| !SELF_HOSTED.contains(name))
                .collect(),
            scale: 1000.0,
            spread: SPREAD,
        })
    }

    /// Fits the latencies to the world's median and mean. `mail` is the share
    /// of mails of each country.
    pub(crate) fn fit(&mut self, mail: &[f64]) {
        let total: f64 = mail.iter().sum();
        let moment = |of: &dyn Fn(f64) -> f64| {
            COUNTRIES
                .iter()
                .zip(mail)
                .map(|(country, mail)| mail / total * of(country.latency.ln()))
                .sum::<f64>()
        };
        let mean = moment(&|logarithm| logarithm);
        let variance = moment(&|logarithm| (logarithm - mean).powi(2)) + REGION * REGION / 3.0;
        self.scale = MEDIAN / mean.exp();
        self.spread = (SPREAD * SPREAD - variance).max(0.01).sqrt();
    }

    /// Where a domain with some software has its servers.
    pub(crate) fn site(&self, domain: u32, software: u16) -> Site {
        let own = mix(u64::from(domain) ^ 0x517e);
        let is_provider = self
            .providers
            .get(usize::from(software))
            .copied()
            .unwrap_or_default();
        if is_provider {
            let place = mix((u64::from(software) << 8) ^ (own % SITES));
            return Site {
                country: self.provider_countries.at(place) as u8,
                network: MOST_NETWORKS as u16 + software,
            };
        }
        let country = self.countries.at(own);
        // A network for every quarter of a percent of the servers.
        let networks = (COUNTRIES[country].share as u64 / 25).clamp(1, MOST_NETWORKS);
        let (a, b) = (mix(own) % networks, mix(own ^ 1) % networks);
        Site {
            country: country as u8,
            // The first ones are the larger ones.
            network: a.min(b) as u16,
        }
    }

    /// The median latency of mails accepted from a region, in milliseconds.
    pub(crate) fn latency(&self, site: Site, from: Region) -> f64 {
        let country = country(site);
        let near = FROM_HONG_KONG
            .iter()
            .find(|&&(code, _)| from == Region::HongKong && code == country.code);
        let factor = near.map_or_else(
            || {
                let turn = fraction(mix(u64::from(site.country) * 8 + from as u64));
                (REGION * (2.0 * turn - 1.0)).exp()
            },
            |&(_, factor)| factor,
        );
        self.scale * country.latency * factor
    }

    /// The spread of the latencies' logarithm within a country.
    pub(crate) fn spread(&self) -> f64 {
        self.spread
    }
}

/// The country of a site.
pub(crate) fn country(site: Site) -> &'static Country {
    &COUNTRIES[usize::from(site.country)]
}

/// Its position among the countries.
pub(crate) fn country_number(site: Site) -> usize {
    usize::from(site.country)
}

/// The number of a site's autonomous system.
pub(crate) fn system_number(site: Site) -> u32 {
    FIRST_NUMBER + system_rank(site)
}

/// The same, counted from 0: first the providers', then those of the
/// countries.
pub(crate) fn system_rank(site: Site) -> u32 {
    let network = u32::from(site.network);
    match network.checked_sub(MOST_NETWORKS as u32) {
        Some(provider) => provider,
        None => 1000 + u32::from(site.country) * 100 + network,
    }
}

impl Site {
    /// Where a region's proxies stand.
    pub(crate) fn of_region(region: Region) -> Self {
        let country = COUNTRIES
            .iter()
            .position(|country| country.code == region.code());
        Self {
            country: country.unwrap_or_default() as u8,
            network: 0,
        }
    }
}

/// How often sessions between a region and a site time out, against those of
/// other regions.
pub(crate) fn distance(site: Site, from: Region) -> f64 {
    let far = from == Region::HongKong && FAR_FROM_HONG_KONG.contains(&country(site).code);
    if far { FAR } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_one_network_and_few_places_and_others_stand_anywhere() {
        let geography = Geography::new(&["postfix", "bigmail"]).unwrap();
        let sites = |software| (0..5000).map(move |domain| (domain, software));
        let mut places = Vec::new();
        for (domain, software) in sites(1) {
            let site = geography.site(domain, software);
            assert_eq!(system_number(site), FIRST_NUMBER + 1);
            if !places.contains(&site) {
                places.push(site);
            }
        }
        assert!((2..=SITES as usize).contains(&places.len()));
        let mut in_us = 0;
        let mut systems = std::collections::BTreeSet::new();
        for (domain, software) in sites(0) {
            let site = geography.site(domain, software);
            systems.insert(system_number(site));
            in_us += u32::from(country(site).code == "US");
        }
        assert!((1300..1560).contains(&in_us), "{in_us}");
        assert!(systems.len() > 150, "{}", systems.len());
    }

    #[test]
    fn cambodia_is_near_to_hong_kong_alone() {
        let geography = Geography::new(&["postfix"]).unwrap();
        let number = COUNTRIES.iter().position(|c| c.code == "KH").unwrap();
        let site = Site {
            country: number as u8,
            network: 0,
        };
        let near = geography.latency(site, Region::HongKong);
        assert!((8_000.0..10_000.0).contains(&near), "{near}");
        assert!(geography.latency(site, Region::Germany) > 70_000.0);
    }
}
