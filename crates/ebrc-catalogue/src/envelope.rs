use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use rand::{Rng, RngExt};

use crate::opaque::{made_up_domain, made_up_user};

/// What a delivery attempt knows: it fills the slots that name the parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The sender's address.
    pub sender: &'a str,
    /// The recipient's address.
    pub recipient: &'a str,
    /// The IP address of the connecting MTA.
    pub client_ip: &'a str,
    /// Its address in IPv6.
    pub client_ipv6: &'a str,
    /// Its host name, which it also says in HELO.
    pub client_host: &'a str,
    /// The receiving host.
    pub mx_host: &'a str,
    /// The IP address of the receiving host.
    pub mx_ip: &'a str,
    /// When the reply is given, UTC.
    pub time: NaiveDateTime,
}

/// An envelope made up from random numbers, of names and addresses that are
/// reserved for documentation (RFC 2606, RFC 3849, RFC 5737).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUpEnvelope {
    sender: String,
    recipient: String,
    client_ip: String,
    client_ipv6: String,
    client_host: String,
    mx_host: String,
    mx_ip: String,
    time: NaiveDateTime,
}

impl MadeUpEnvelope {
    /// Makes one up.
    pub fn new<R: Rng + ?Sized>(rng: &mut R) -> Self {
        let address = |rng: &mut R| {
            let mut address = String::new();
            made_up_user(rng, &mut address);
            address.push('@');
            made_up_domain(rng, &mut address);
            address
        };
        let host = |rng: &mut R, name: &str| {
            let mut host = String::new();
            let _ = write!(host, "{name}{}.", rng.random_range(1..10_u8));
            made_up_domain(rng, &mut host);
            host
        };
        let ip = |rng: &mut R| {
            let network = ["192.0.2", "198.51.100", "203.0.113"][rng.random_range(0..3_usize)];
            format!("{network}.{}", rng.random_range(1..255_u8))
        };
        let recipient = address(rng);
        let mx_host = format!(
            "mx{}.{}",
            rng.random_range(1..5_u8),
            recipient.split_once('@').map_or("", |(_, domain)| domain)
        );
        Self {
            sender: address(rng),
            recipient,
            client_ip: ip(rng),
            client_ipv6: format!(
                "2001:db8:{:x}:{:x}::{:x}",
                rng.random_range(1..0xffff_u16),
                rng.random_range(1..0xffff_u16),
                rng.random_range(1..0xfff_u16)
            ),
            client_host: host(rng, "mail"),
            mx_host,
            mx_ip: ip(rng),
            time: NaiveDate::from_ymd_opt(2022, 6, 14)
                .map(NaiveDateTime::from)
                .unwrap_or_default()
                + TimeDelta::seconds(rng.random_range(0..450 * 86_400)),
        }
    }

    /// The envelope, as rendering takes it.
    #[must_use]
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope {
            sender: &self.sender,
            recipient: &self.recipient,
            client_ip: &self.client_ip,
            client_ipv6: &self.client_ipv6,
            client_host: &self.client_host,
            mx_host: &self.mx_host,
            mx_ip: &self.mx_ip,
            time: self.time,
        }
    }
}
