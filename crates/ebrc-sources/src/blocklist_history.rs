use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use chrono::NaiveDate;

use crate::error::Fault;
use crate::table::Table;
use crate::{Error, count, file_name};

const HEADER: &str = "begin the file with the line `ip,listed_from,listed_to`";

/// On which days the sender's own proxy MTAs were on a blocklist (section
/// 4.2.2, Figure 6).
///
/// Read from a CSV file with the columns `ip`, `listed_from` and `listed_to`;
/// others count for nothing, except `ipv6`, a second address of the same
/// proxy. A proxy has a line for each listing, of which both days belong to
/// it: without `listed_from` there was none, without `listed_to` it has not
/// ended.
#[derive(Debug, Clone)]
pub struct BlocklistHistory {
    proxies: Vec<Proxy>,
    /// Which proxy an address belongs to.
    by_address: BTreeMap<IpAddr, usize>,
    description: String,
}

/// A proxy MTA, by its addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxy {
    addresses: Vec<IpAddr>,
    /// First and last days of its listings.
    listings: Vec<(NaiveDate, NaiveDate)>,
}

impl Proxy {
    /// Its addresses, in order; at least one.
    #[must_use]
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Whether it was listed on a day.
    #[must_use]
    pub fn listed_on(&self, day: NaiveDate) -> bool {
        self.listings
            .iter()
            .any(|&(first, last)| (first..=last).contains(&day))
    }
}

impl BlocklistHistory {
    /// Reads a history, which may be compressed.
    ///
    /// # Errors
    /// Where it cannot be read, lacks a column, or a line has no address, no
    /// days, or addresses of two proxies.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let table = Table::open(path)?;
        let ip = table.column("ip", HEADER)?;
        let ipv6 = table.find_column("ipv6");
        let from = table.column("listed_from", HEADER)?;
        let to = table.column("listed_to", HEADER)?;
        let mut proxies: Vec<Proxy> = Vec::new();
        let mut by_address: BTreeMap<IpAddr, usize> = BTreeMap::new();
        table.for_each_row(|row| {
            let second = ipv6.map_or("", |column| row.get(column));
            let addresses = parse_addresses([row.get(ip), second])?;
            let mut known = addresses
                .iter()
                .filter_map(|ip| by_address.get(ip).copied());
            let number = known.next().unwrap_or(proxies.len());
            if known.any(|other| other != number) {
                return Err(Fault::new(
                    "the addresses belong to two proxies in the lines before",
                    "give every address to one proxy",
                ));
            }
            if number == proxies.len() {
                proxies.push(Proxy::default());
            }
            if let Some(proxy) = proxies.get_mut(number) {
                proxy
                    .listings
                    .extend(parse_listing(row.get(from), row.get(to))?);
                proxy.addresses.extend(&addresses);
            }
            by_address.extend(addresses.into_iter().map(|ip| (ip, number)));
            Ok(())
        })?;
        for proxy in &mut proxies {
            proxy.addresses.sort_unstable();
            proxy.addresses.dedup();
        }
        let listings = proxies.iter().map(|proxy| proxy.listings.len()).sum();
        let description = format!(
            "{}: {}, {}",
            file_name(path),
            match proxies.len() {
                1 => "1 proxy".to_owned(),
                number => format!("{number} proxies"),
            },
            count(listings, "listing", "s")
        );
        Ok(Self {
            proxies,
            by_address,
            description,
        })
    }

    /// The proxies, in the order of the file.
    #[must_use]
    pub fn proxies(&self) -> &[Proxy] {
        &self.proxies
    }

    /// The proxy of an address. IPv4 addresses that are written as IPv6
    /// (`::ffff:192.0.2.1`) count as IPv4.
    #[must_use]
    pub fn proxy(&self, ip: IpAddr) -> Option<&Proxy> {
        let number = self.by_address.get(&ip.to_canonical())?;
        self.proxies.get(*number)
    }

    /// Whether the proxy of an address was listed on a day; of an address
    /// that is no proxy's nothing is known, so it was not.
    #[must_use]
    pub fn listed_on(&self, ip: IpAddr, day: NaiveDate) -> bool {
        self.proxy(ip).is_some_and(|proxy| proxy.listed_on(day))
    }

    /// What the history is, in a line, for a report.
    #[must_use]
    pub fn describe(&self) -> String {
        self.description.clone()
    }
}

fn parse_addresses(texts: [&str; 2]) -> Result<Vec<IpAddr>, Fault> {
    let parsed: Result<Vec<IpAddr>, _> = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map(|ip: IpAddr| ip.to_canonical()))
        .collect();
    parsed
        .ok()
        .filter(|addresses| !addresses.is_empty())
        .ok_or_else(|| {
            Fault::new(
                "there is no IP address",
                "write one, such as 192.0.2.1 or 2001:db8::1, without a port or a network's size",
            )
        })
}

fn parse_listing(from: &str, to: &str) -> Result<Option<(NaiveDate, NaiveDate)>, Fault> {
    let day = |text: &str| {
        text.parse::<NaiveDate>()
            .map_err(|_| Fault::new("there is no date", "write dates as 2022-06-14"))
    };
    let misfit = |reason| {
        Fault::new(
            reason,
            "give the first and the last day, or leave the last day, or both, empty",
        )
    };
    match (from, to) {
        ("", "") => Ok(None),
        ("", _) => Err(misfit("the listing ends and has no beginning")),
        (from, "") => Ok(Some((day(from)?, NaiveDate::MAX))),
        (from, to) => match (day(from)?, day(to)?) {
            (first, last) if first <= last => Ok(Some((first, last))),
            _ => Err(misfit("the listing ends before it begins")),
        },
    }
}
