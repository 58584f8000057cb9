//! From an entry to a reply.

use std::fmt::Write;

use chrono::{Datelike, NaiveDateTime, Timelike};
use ebrc_taxonomy::BounceType;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::opaque::{hex, made_up_domain, queue_id, url, uuid};
use crate::{Codes, Entry, Envelope, MadeUpEnvelope, Part, Slot};

const BYTE_LIMITS: [u32; 6] = [
    10_240_000, 10_485_760, 20_971_520, 26_214_400, 36_700_160, 52_428_800,
];
const COUNT_LIMITS: [u32; 10] = [5, 10, 20, 25, 30, 50, 100, 200, 500, 1000];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Entry {
    /// The reply as a log holds it, with one of the entry's `codes` (or any
    /// others). The envelope fills the slots that name the parties and the
    /// time, random numbers the others.
    ///
    /// A text with `{code}` is a reply of several lines, which logs join:
    /// `550-5.7.1 first 550-5.7.1 second 550 5.7.1 last`.
    pub fn render<R: Rng + ?Sized>(
        &self,
        codes: Codes,
        envelope: &Envelope<'_>,
        rng: &mut R,
    ) -> String {
        let mut reply = String::with_capacity(192);
        let parts = self.text.parts();
        let mut lines_left = parts
            .iter()
            .filter(|part| matches!(part, Part::Slot(Slot::Code)))
            .count();
        let mut message = Message {
            entry: self,
            envelope,
            limit: None,
        };
        if self.lead == 0 {
            write_codes(codes, lines_left > 0, &mut reply);
        }
        for (position, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => {
                    let mut literal = literal.as_str();
                    if position == self.lead && position > 0 {
                        let (report, rest) =
                            literal.split_at(literal.find("said: ").map_or(0, |at| at + 6));
                        reply.push_str(report);
                        write_codes(codes, false, &mut reply);
                        literal = rest;
                    }
                    // Codes end with their space or hyphen.
                    let behind_code = position > 0 && parts[position - 1] == Part::Slot(Slot::Code);
                    reply.push_str(if behind_code {
                        literal.strip_prefix(' ').unwrap_or(literal)
                    } else {
                        literal
                    });
                }
                Part::Slot(Slot::Code) => {
                    lines_left -= 1;
                    write_codes(codes, lines_left > 0, &mut reply);
                }
                Part::Slot(slot) => message.fill(*slot, rng, &mut reply),
            }
        }
        reply.truncate(reply.trim_end().len());
        reply
    }

    /// The reply number `ordinal` of a seed, with any of the entry's codes and
    /// a made-up envelope. The same numbers give the same reply.
    #[must_use]
    pub fn render_seeded(&self, seed: u64, ordinal: u64) -> String {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ self.shape);
        rng.set_stream(ordinal);
        let codes = self
            .codes
            .get(rng.random_range(0..self.codes.len().max(1)))
            .copied()
            .unwrap_or_default();
        let envelope = MadeUpEnvelope::new(&mut rng);
        self.render(codes, &envelope.envelope(), &mut rng)
    }
}

/// The codes and what parts them from the text. In a reply of several lines a
/// hyphen says that more follow (RFC 5321, section 4.2.1).
fn write_codes(codes: Codes, more: bool, out: &mut String) {
    if let Some(reply) = codes.reply {
        let sign = if more { '-' } else { ' ' };
        let _ = write!(out, "{reply}{sign}");
    }
    if let Some(enhanced) = codes.enhanced {
        let _ = write!(out, "{enhanced} ");
    }
}

struct Message<'a> {
    entry: &'a Entry,
    envelope: &'a Envelope<'a>,
    limit: Option<u32>,
}

impl Message<'_> {
    fn fill<R: Rng + ?Sized>(&mut self, slot: Slot, rng: &mut R, out: &mut String) {
        let envelope = self.envelope;
        let (software, shape) = (self.entry.software.as_str(), self.entry.shape);
        match slot {
            Slot::Recipient => out.push_str(envelope.recipient),
            Slot::Sender => out.push_str(envelope.sender),
            Slot::LocalPart => out.push_str(local_part(envelope.recipient)),
            Slot::RecipientDomain => out.push_str(domain(envelope.recipient)),
            Slot::SenderDomain => out.push_str(domain(envelope.sender)),
            Slot::ClientIp => out.push_str(envelope.client_ip),
            Slot::ClientIpv6 => out.push_str(envelope.client_ipv6),
            Slot::ClientHost | Slot::Helo => out.push_str(envelope.client_host),
            Slot::MxHost => out.push_str(envelope.mx_host),
            Slot::MxIp => out.push_str(envelope.mx_ip),
            Slot::Host => {
                let _ = write!(out, "relay{}.", rng.random_range(1..40_u8));
                made_up_domain(rng, out);
            }
            Slot::QueueId => queue_id(rng, software, shape, out),
            Slot::Hex => hex(rng, software, shape, out),
            Slot::Uuid => uuid(rng, out),
            Slot::MessageId => {
                let time = envelope.time.and_utc().timestamp();
                let _ = write!(out, "{time}.");
                queue_id(rng, "postfix", 0, out);
                out.push('@');
                out.push_str(envelope.client_host);
            }
            Slot::Url => url(rng, shape, out),
            Slot::Size => {
                let size = self.limit(rng) + rng.random_range(1000..60_000_000);
                let _ = write!(out, "{size}");
            }
            Slot::Limit => {
                let limit = self.limit(rng);
                let _ = write!(out, "{limit}");
            }
            Slot::Count => number(rng, 2, 120, out),
            // The last byte of a blocklist's answer: `127.0.0.{number}`.
            Slot::Number if out.ends_with('.') => number(rng, 2, 12, out),
            Slot::Number => number(rng, 1, 10_000, out),
            Slot::Seconds => one_of(rng, &[10, 30, 60, 120, 180, 300, 600, 900, 3600], out),
            Slot::Minutes => one_of(rng, &[1, 2, 5, 10, 15, 20, 30, 60], out),
            Slot::Hours => one_of(rng, &[1, 2, 4, 6, 8, 12, 24, 48, 72], out),
            Slot::Timestamp => timestamp(software, shape, envelope.time, rng, out),
            Slot::Date => date(shape, envelope.time, out),
            Slot::Port => out.push_str("25"),
            Slot::Score => {
                let _ = write!(out, "{:.1}", rng.random_range(50..300_u16) as f32 / 10.0);
            }
            // Written with the codes.
            Slot::Code => {}
        }
    }

    /// One limit a message: bytes where the mail is too large, else a count.
    fn limit<R: Rng + ?Sized>(&mut self, rng: &mut R) -> u32 {
        let limits: &[u32] = if self.entry.label == BounceType::MessageSize.into()
            || self.entry.text.has(Slot::Size)
        {
            &BYTE_LIMITS
        } else {
            &COUNT_LIMITS
        };
        *self.limit.get_or_insert_with(|| {
            limits
                .get(rng.random_range(0..limits.len()))
                .copied()
                .unwrap_or(1)
        })
    }
}

fn local_part(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or(address, |(local_part, _)| local_part)
}

fn domain(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or(address, |(_, domain)| domain)
}

fn number<R: Rng + ?Sized>(rng: &mut R, from: u32, to: u32, out: &mut String) {
    let _ = write!(out, "{}", rng.random_range(from..to));
}

fn one_of<R: Rng + ?Sized>(rng: &mut R, values: &[u32], out: &mut String) {
    let value = values
        .get(rng.random_range(0..values.len()))
        .copied()
        .unwrap_or(1);
    let _ = write!(out, "{value}");
}

fn timestamp<R: Rng + ?Sized>(
    software: &str,
    shape: u64,
    time: NaiveDateTime,
    rng: &mut R,
    out: &mut String,
) {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let microsoft = matches!(software, "outlook" | "exchange" | "exchange-online");
    let _ = match shape % 3 {
        _ if microsoft => write!(
            out,
            "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            rng.random_range(0..1000_u16)
        ),
        0 => write!(
            out,
            "{}, {day:02} {} {year} {hour:02}:{minute:02}:{second:02} +0000",
            weekday(time),
            month_name(time)
        ),
        1 => write!(
            out,
            "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        ),
        _ => write!(
            out,
            "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        ),
    };
}

fn date(shape: u64, time: NaiveDateTime, out: &mut String) {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let _ = match shape % 2 {
        0 => write!(out, "{year}-{month:02}-{day:02}"),
        _ => write!(out, "{day} {} {year}", month_name(time)),
    };
}

fn weekday(time: NaiveDateTime) -> &'static str {
    let position = time.weekday().num_days_from_monday() as usize;
    WEEKDAYS.get(position).copied().unwrap_or_default()
}

fn month_name(time: NaiveDateTime) -> &'static str {
    MONTHS
        .get(time.month0() as usize)
        .copied()
        .unwrap_or_default()
}
