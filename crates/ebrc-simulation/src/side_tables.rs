//! What stages would otherwise ask the outside for, and what is true of the
//! world.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, SystemTime};

use chrono::{Days, NaiveDate};
use mmdb_writer::ipnet::{IpNet, Ipv4Net, Ipv6Net};
use mmdb_writer::{Value, Writer};
use serde_json::json;

use crate::Simulation;
use crate::calendar::DAYS;
use crate::episodes::Episode;
use crate::geography::{self, Site};
use crate::names::{self, fraction, mix};
use crate::people::{self, MISTYPED, Mailbox, WAYS};
use crate::receivers::{self, Policy, mx_ip};
use crate::troubles;

/// When the outside was asked (section 5.1), and asked again (section 5.2).
const ASKED: (i32, u32, u32) = (2023, 12, 3);
const ASKED_AGAIN: (i32, u32, u32) = (2024, 2, 3);

/// Of bulk spammers, 23 of 31 are on a blocklist of domains (section 4.2.1).
const BULK_LISTED: f64 = 23.0 / 31.0;

/// Of the domains that are gone, 3,000 of 5,000 can be registered; of these,
/// 751 are registered again, of which 105 receive mail: 59 by whom they were
/// before, 28 by others, and of the rest that is not known (sections 5.1 and
/// 5.2).
const REGISTRABLE: f64 = 0.6;
const REGISTERED_AGAIN: f64 = 751.0 / 3000.0;
const RECEIVES_AGAIN: f64 = 105.0 / 751.0;
const SAME_REGISTRANT: f64 = 59.0 / 105.0;
const OTHER_REGISTRANT: f64 = 28.0 / 105.0;

/// Of mistyped domains, so many belong to nobody; the others do not receive.
const TYPO_FREE: f64 = 0.3;

/// Of the user names that do not exist at a free provider, 312 of 875 can be
/// registered (section 5.2).
const NAME_FREE: f64 = 312.0 / 875.0;

/// The biggest domains, at which user names are asked for (section 5.1).
const FREE_PROVIDERS: u32 = 5;

const ADDRESS: u8 = 1;
const MAIL_EXCHANGE: u8 = 15;
const NO_ERROR: u8 = 0;
const NO_SUCH_NAME: u8 = 3;

/// A table beside a simulated log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SideTable {
    /// The countries of all servers, as a MaxMind database with the fields of
    /// GeoLite2 Country: `country.iso_code`.
    Countries,
    /// Their networks, with the fields of GeoLite2 ASN:
    /// `autonomous_system_number` and `autonomous_system_organization`. The
    /// numbers are those for private use (RFC 6996).
    AutonomousSystems,
    /// The addresses that have leaked, one a line, in order.
    BreachList,
    /// The sender domains on a blocklist of domains, as rbldnsd's `dnset`.
    DomainBlocklist,
    /// What a resolver answers of receiver domains, mistyped ones too: a JSON
    /// object a line as DNS over HTTPS services give it (`Status`, `Question`,
    /// `Answer`).
    Resolver,
    /// What a registrar answers of those that do not exist: `domain` and
    /// `available`, a JSON object a line.
    Registrar,
    /// What a resolver answers two months later of those that were available.
    ResolverLater,
    /// The registrations of these, before and after, as RDAP objects (RFC
    /// 9083), one a line.
    Registrations,
    /// Which user names can be registered at the biggest providers: `address`
    /// and `available`, as CSV.
    UserNames,
    /// Truth: each receiver domain with its software, country, network and
    /// policies.
    Domains,
    /// Truth: what was broken from which day and hour to which.
    Episodes,
    /// Truth: the proxy MTAs, and the days on which each is listed.
    Proxies,
    /// Truth: what sender domains are.
    Senders,
}

impl SideTable {
    /// Every table.
    pub const ALL: [Self; 13] = [
        Self::Countries,
        Self::AutonomousSystems,
        Self::BreachList,
        Self::DomainBlocklist,
        Self::Resolver,
        Self::Registrar,
        Self::ResolverLater,
        Self::Registrations,
        Self::UserNames,
        Self::Domains,
        Self::Episodes,
        Self::Proxies,
        Self::Senders,
    ];

    /// The table's path within a folder of all tables.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Countries => "countries.mmdb",
            Self::AutonomousSystems => "autonomous-systems.mmdb",
            Self::BreachList => "breach-list.txt",
            Self::DomainBlocklist => "domain-blocklist.txt",
            Self::Resolver => "resolver-2023-12-03.ndjson",
            Self::Registrar => "registrar-2023-12-03.ndjson",
            Self::ResolverLater => "resolver-2024-02-03.ndjson",
            Self::Registrations => "registrations.ndjson",
            Self::UserNames => "user-names.csv",
            Self::Domains => "truth/domains.csv",
            Self::Episodes => "truth/episodes.csv",
            Self::Proxies => "truth/proxies.csv",
            Self::Senders => "truth/senders.csv",
        }
    }
}

impl Simulation<'_> {
    /// Writes a table of the world. The same settings and catalogue give the
    /// same bytes.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write_side_table(&self, table: SideTable, out: &mut dyn Write) -> io::Result<()> {
        match table {
            SideTable::Countries => self.write_database(
                "Ebrc-Simulated (compatible with GeoLite2-Country)",
                out,
                |site| {
                    let code = geography::country(site).code;
                    Value::map([("country", Value::map([("iso_code", Value::from(code))]))])
                },
            ),
            SideTable::AutonomousSystems => self.write_database(
                "Ebrc-Simulated (compatible with GeoLite2-ASN)",
                out,
                |site| {
                    let number = geography::system_number(site);
                    Value::map([
                        ("autonomous_system_number", Value::from(number)),
                        (
                            "autonomous_system_organization",
                            Value::from(names::organisation(geography::system_rank(site))),
                        ),
                    ])
                },
            ),
            SideTable::BreachList => self.write_breach_list(out),
            SideTable::DomainBlocklist => self.write_domain_blocklist(out),
            SideTable::Resolver => self.write_resolver(out),
            SideTable::Registrar => self.write_registrar(out),
            SideTable::ResolverLater => self.write_resolver_later(out),
            SideTable::Registrations => self.write_registrations(out),
            SideTable::UserNames => self.write_user_names(out),
            SideTable::Domains => self.write_domains(out),
            SideTable::Episodes => self.write_episodes(out),
            SideTable::Proxies => self.write_proxies(out),
            SideTable::Senders => self.write_senders(out),
        }
    }

    fn write_database(
        &self,
        kind: &str,
        out: &mut dyn Write,
        value: impl Fn(Site) -> Value,
    ) -> io::Result<()> {
        let asked = date(ASKED)
            .and_time(chrono::NaiveTime::MIN)
            .and_utc()
            .timestamp();
        let mut database = Writer::builder(kind)
            .build_epoch(SystemTime::UNIX_EPOCH + Duration::from_secs(asked.unsigned_abs()))
            .build();
        let mut insert = |network: IpNet, site: Site| {
            database
                .insert_value(network, value(site))
                .map_err(io::Error::other)
        };
        let receivers = &self.world.receivers;
        for domain in 0..receivers.len() {
            let network = Ipv4Addr::from(receivers::network(domain));
            let network = Ipv4Net::new(network, 30).map_err(io::Error::other)?;
            insert(network.into(), receivers.site(domain))?;
        }
        for proxy in &self.world.proxies {
            let site = Site::of_region(proxy.region);
            if let Ok(ip) = proxy.ip.parse::<Ipv4Addr>() {
                insert(Ipv4Net::from(ip).into(), site)?;
            }
            if let Ok(ip) = proxy.ipv6.parse::<Ipv6Addr>() {
                insert(Ipv6Net::from(ip).into(), site)?;
            }
        }
        database.write_to(out).map_err(io::Error::other)
    }

    fn write_breach_list(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut addresses = Vec::new();
        for domain in 0..self.world.receivers.len() {
            let users = (0..people::users_of(domain)).chain(people::all_gone(domain));
            for mailbox in users.map(|user| Mailbox { domain, user }) {
                if mailbox.is_breached(self.settings.breached) {
                    addresses.push(mailbox.address());
                }
            }
        }
        addresses.sort_unstable();
        for address in addresses {
            writeln!(out, "{address}")?;
        }
        Ok(())
    }

    fn write_domain_blocklist(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, ":127.0.1.2:$ sends spam")?;
        for (domain, kind) in self.world.senders.domains() {
            if kind == "bulk-spammer" && chance(domain, 0xdb1) < BULK_LISTED {
                writeln!(out, ".{}", sender_domain(domain))?;
            }
        }
        Ok(())
    }

    /// Receiver domains that are gone when the outside is asked, and mistyped
    /// ones that belong to nobody.
    fn gone(&self) -> Vec<Gone> {
        let asked = date(ASKED);
        let last_day = (asked - self.world.calendar.date(0)).num_days() as i32;
        let mut gone: Vec<Gone> = self
            .world
            .troubles
            .expiries()
            .iter()
            .filter(|&&(_, day)| day <= last_day)
            .map(|&(domain, day)| Gone {
                name: receiver_domain(domain),
                is_typo: false,
                expired: Some(self.date(day)),
                chance: chance(domain, 0x90e),
            })
            .collect();
        for (name, number) in typo_domains() {
            if chance(number, 0x791) < TYPO_FREE {
                gone.push(Gone {
                    name,
                    is_typo: true,
                    expired: None,
                    chance: chance(number, 0x90e),
                });
            }
        }
        gone.sort_by(|a, b| a.name.cmp(&b.name));
        gone.dedup_by(|a, b| a.name == b.name);
        gone
    }

    fn date(&self, day: i32) -> NaiveDate {
        let first = self.world.calendar.date(0);
        let days = Days::new(u64::from(day.unsigned_abs()));
        let moved = if day < 0 {
            first.checked_sub_days(days)
        } else {
            first.checked_add_days(days)
        };
        moved.unwrap_or(first)
    }

    fn write_resolver(&self, out: &mut dyn Write) -> io::Result<()> {
        let gone = self.gone();
        let is_gone = |name: &str| {
            gone.binary_search_by(|other| other.name.as_str().cmp(name))
                .is_ok()
        };
        for domain in 0..self.world.receivers.len() {
            let name = receiver_domain(domain);
            let answer = (!is_gone(&name)).then(|| mx_ip(domain, 0));
            write_answer(&name, ADDRESS, answer, out)?;
        }
        let mut typos: Vec<(String, u32)> = typo_domains().collect();
        typos.sort_unstable();
        typos.dedup_by(|a, b| a.0 == b.0);
        for (name, number) in typos {
            // Somebody's, who sells it or shows advertisements.
            let answer = (!is_gone(&name)).then(|| format!("203.0.113.{}", 200 + number % 50));
            write_answer(&name, ADDRESS, answer, out)?;
        }
        Ok(())
    }

    fn write_registrar(&self, out: &mut dyn Write) -> io::Result<()> {
        for gone in self.gone() {
            let answer = json!({
                "domain": gone.name,
                "available": gone.is_registrable(),
                "definitive": true,
            });
            writeln!(out, "{answer}")?;
        }
        Ok(())
    }

    fn write_resolver_later(&self, out: &mut dyn Write) -> io::Result<()> {
        for gone in self.gone().iter().filter(|gone| gone.is_registrable()) {
            let new = Again::of(gone);
            let address = new.is_registered.then(|| "203.0.113.199".to_owned());
            write_answer(&gone.name, ADDRESS, address, out)?;
            let exchange = new.receives.then(|| format!("10 mx.{}.", gone.name));
            if new.is_registered {
                write_answer(&gone.name, MAIL_EXCHANGE, exchange, out)?;
            }
        }
        Ok(())
    }

    fn write_registrations(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut write = |name: &str, dates: &[(&str, NaiveDate)], holder: Option<String>| {
            let events: Vec<_> = dates
                .iter()
                .map(|(action, date)| {
                    json!({ "eventAction": action, "eventDate": format!("{date}T00:00:00Z") })
                })
                .collect();
            let holder = holder.map(|handle| {
                json!({ "objectClassName": "entity", "handle": handle, "roles": ["registrant"] })
            });
            let object = json!({
                "objectClassName": "domain",
                "ldhName": name,
                "events": events,
                "entities": Vec::from_iter(holder),
            });
            writeln!(out, "{object}")
        };
        for gone in self.gone().iter().filter(|gone| gone.is_registrable()) {
            let holder = format!("R{:08X}", mix(gone.chance.to_bits()) as u32);
            if let Some(expired) = gone.expired {
                let first = expired - chrono::TimeDelta::days(5 * 365);
                let dates = [("registration", first), ("expiration", expired)];
                write(&gone.name, &dates, Some(holder.clone()))?;
            }
            let new = Again::of(gone);
            if new.is_registered {
                let day = Days::new(1 + (gone.chance * 1e6) as u64 % 60);
                let first = date(ASKED).checked_add_days(day).unwrap_or_default();
                let dates = [
                    ("registration", first.min(date(ASKED_AGAIN))),
                    ("expiration", first + chrono::TimeDelta::days(365)),
                ];
                let other = format!("R{:08X}", mix(gone.chance.to_bits() ^ 1) as u32);
                let holder = match new.registrant {
                    Registrant::Same => Some(holder),
                    Registrant::Other => Some(other),
                    Registrant::Hidden => None,
                };
                write(&gone.name, &dates, holder)?;
            }
        }
        Ok(())
    }

    fn write_user_names(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut addresses = Vec::new();
        for domain in 0..FREE_PROVIDERS.min(self.world.receivers.len()) {
            for user in 0..people::users_of(domain) {
                let mailbox = Mailbox { domain, user };
                for sender in self.world.senders.correspondents(mailbox) {
                    let mut address = String::new();
                    people::mistyped_address(mailbox, sender, &mut address);
                    addresses.push(address);
                }
            }
            addresses
                .extend(people::all_gone(domain).map(|user| Mailbox { domain, user }.address()));
        }
        addresses.sort_unstable();
        addresses.dedup();
        let mut table = csv::Writer::from_writer(out);
        table.write_record(["address", "available"])?;
        for address in addresses {
            let turn = address
                .bytes()
                .fold(7, |turn, byte| mix(turn ^ u64::from(byte)));
            let is_free = fraction(turn) < NAME_FREE;
            table.write_record([address.as_str(), if is_free { "true" } else { "false" }])?;
        }
        table.flush()
    }

    fn write_domains(&self, out: &mut dyn Write) -> io::Result<()> {
        let world = &self.world;
        let mut table = csv::Writer::from_writer(out);
        table.write_record([
            "domain",
            "software",
            "country",
            "autonomous_system",
            "network",
            "tls_mandate",
            "greylists",
            "checks_authentication",
            "blocklist_from",
            "uses_spamhaus",
        ])?;
        for domain in 0..world.receivers.len() {
            let site = world.receivers.site(domain);
            let has = |policy| world.receivers.has(domain, policy).to_string();
            let spamhaus = world.uses_spamhaus_from(domain);
            let from = match spamhaus {
                Some(day) => Some(day),
                None => world
                    .receivers
                    .has(domain, Policy::OtherBlocklist)
                    .then_some(0),
            };
            let software = usize::from(world.receivers.software_of(domain));
            table.write_record([
                receiver_domain(domain),
                self.texts
                    .names()
                    .get(software)
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                geography::country(site).code.to_owned(),
                geography::system_number(site).to_string(),
                format!("{}/30", Ipv4Addr::from(receivers::network(domain))),
                has(Policy::TlsMandate),
                has(Policy::Greylisting),
                has(Policy::Authentication),
                from.map_or_else(String::new, |day| world.calendar.date(day).to_string()),
                spamhaus.is_some().to_string(),
            ])?;
        }
        table.flush()
    }

    fn write_episodes(&self, out: &mut dyn Write) -> io::Result<()> {
        let world = &self.world;
        let troubles = &world.troubles;
        let mut table = csv::Writer::from_writer(out);
        table.write_record(["kind", "subject", "from", "to"])?;
        let hour = |hour: u32| {
            let date = world.calendar.date(hour / 24);
            format!("{date} {:02}:00:00", hour % 24)
        };
        let mut write = |kind: &str, subject: String, episode: &Episode| {
            let to = if troubles::is_open(episode) {
                String::new()
            } else {
                hour(episode.to)
            };
            table.write_record([kind, &subject, &hour(episode.from), &to])
        };
        for episode in troubles.mx.all() {
            write(
                "receiver-mx-error",
                receiver_domain(episode.subject),
                episode,
            )?;
        }
        for episode in troubles.sender_dns.all() {
            write("sender-dns-error", sender_domain(episode.subject), episode)?;
        }
        for episode in troubles.authentication.all() {
            write(
                "broken-authentication",
                sender_domain(episode.subject),
                episode,
            )?;
        }
        for (mailbox, episode) in troubles.full_boxes() {
            write("mailbox-full-episode", mailbox.address(), episode)?;
        }
        for (mailbox, episode) in troubles.idle_boxes() {
            write("recipient-inactive", mailbox.address(), episode)?;
        }
        for &(domain, day) in troubles.expiries() {
            let name = receiver_domain(domain);
            let from = format!("{} 00:00:00", self.date(day));
            table.write_record(["receiver-domain-expired", &name, &from, ""])?;
        }
        table.flush()
    }

    fn write_proxies(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(["ip", "ipv6", "host", "region", "listed_from", "listed_to"])?;
        for proxy in &self.world.proxies {
            let listed = |day: u32| proxy.listed.get(day as usize) == Some(&true);
            let own = [&proxy.ip, &proxy.ipv6, &proxy.host, proxy.region.code()];
            let mut is_ever = false;
            let mut from = None;
            for day in 0..=DAYS {
                match (from, listed(day)) {
                    (None, true) => from = Some(day),
                    (Some(first), false) => {
                        let span =
                            [first, day - 1].map(|day| self.world.calendar.date(day).to_string());
                        table
                            .write_record(own.into_iter().chain(span.iter().map(String::as_str)))?;
                        from = None;
                        is_ever = true;
                    }
                    _ => {}
                }
            }
            if !is_ever {
                table.write_record(own.into_iter().chain(["", ""]))?;
            }
        }
        table.flush()
    }

    fn write_senders(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(["domain", "kind"])?;
        for (domain, kind) in self.world.senders.domains() {
            table.write_record([&sender_domain(domain), kind])?;
        }
        table.flush()
    }
}

/// A domain that does not exist when the outside is asked.
struct Gone {
    name: String,
    is_typo: bool,
    expired: Option<NaiveDate>,
    /// Between 0 and 1, of its own.
    chance: f64,
}

impl Gone {
    fn is_registrable(&self) -> bool {
        self.is_typo || self.chance < REGISTRABLE
    }
}

/// What became of a domain that could be registered.
struct Again {
    is_registered: bool,
    receives: bool,
    registrant: Registrant,
}

enum Registrant {
    Same,
    Other,
    Hidden,
}

impl Again {
    fn of(gone: &Gone) -> Self {
        let bits = gone.chance.to_bits();
        let turn = |of| fraction(mix(bits ^ of));
        let is_registered = turn(0xa1) < REGISTERED_AGAIN;
        let who = turn(0xa3);
        Self {
            is_registered,
            receives: is_registered && turn(0xa2) < RECEIVES_AGAIN,
            registrant: match () {
                () if who < SAME_REGISTRANT && !gone.is_typo => Registrant::Same,
                () if who < SAME_REGISTRANT + OTHER_REGISTRANT => Registrant::Other,
                () => Registrant::Hidden,
            },
        }
    }
}

fn write_answer(name: &str, kind: u8, data: Option<String>, out: &mut dyn Write) -> io::Result<()> {
    let name = format!("{name}.");
    let question = json!([{ "name": name, "type": kind }]);
    // A name without such a record exists all the same.
    let status = if data.is_none() && kind == ADDRESS {
        NO_SUCH_NAME
    } else {
        NO_ERROR
    };
    let answer = match data {
        None => json!({ "Status": status, "Question": question }),
        Some(data) => json!({
            "Status": status,
            "Question": question,
            "Answer": [{ "name": name, "type": kind, "TTL": 3600, "data": data }],
        }),
    };
    writeln!(out, "{answer}")
}

/// Every mistyped domain that a mail may be for, with a number of its own.
fn typo_domains() -> impl Iterator<Item = (String, u32)> {
    (0..MISTYPED).flat_map(|domain| {
        (0..WAYS).map(move |way| {
            let number = domain * WAYS as u32 + way as u32;
            (people::mistyped_domain(domain, way), number)
        })
    })
}

fn receiver_domain(domain: u32) -> String {
    let mut name = String::new();
    names::receiver_domain(domain, &mut name);
    name
}

fn sender_domain(domain: u32) -> String {
    let mut name = String::new();
    names::sender_domain(domain, &mut name);
    name
}

/// A number between 0 and 1 that belongs to another one.
fn chance(number: u32, of: u64) -> f64 {
    fraction(mix((u64::from(number) << 16) ^ of))
}

fn date((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
