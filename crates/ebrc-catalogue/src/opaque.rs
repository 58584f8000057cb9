//! Values of slots that no envelope knows: ids, counts, links.

use std::fmt::Write;

use rand::{Rng, RngExt};

const UPPER_HEX: &[u8] = b"0123456789ABCDEF";
const LOWER_HEX: &[u8] = b"0123456789abcdef";
const MIXED: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Postfix's long queue ids leave vowels out.
const NO_VOWELS: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

const NAMES: &[&str] = &[
    "amber", "birch", "cedar", "copper", "coral", "delta", "ember", "falcon", "granite", "harbor",
    "indigo", "juniper", "kestrel", "lantern", "maple", "meadow", "nectar", "onyx", "orchard",
    "pepper", "quarry", "ridge", "saffron", "summit", "tidal", "umber", "velvet", "willow",
];
const TRADES: &[&str] = &[
    "bank", "books", "cargo", "clinic", "college", "design", "foods", "freight", "garden", "labs",
    "law", "mail", "media", "motors", "optics", "parts", "press", "tools", "travel", "works",
];
const USERS: &[&str] = &[
    "anna", "bruno", "carla", "deniz", "elena", "farid", "greta", "hiro", "ines", "jonas", "kamil",
    "laura", "meilin", "nadia", "oscar", "paula", "rahul", "sofia", "tomas", "yuki",
];

fn pick<'a, R: Rng + ?Sized>(rng: &mut R, list: &[&'a str]) -> &'a str {
    list.get(rng.random_range(0..list.len()))
        .copied()
        .unwrap_or_default()
}

pub(crate) fn made_up_domain<R: Rng + ?Sized>(rng: &mut R, out: &mut String) {
    let (name, trade) = (pick(rng, NAMES), pick(rng, TRADES));
    out.extend([name, "-", trade, ".example"]);
}

pub(crate) fn made_up_user<R: Rng + ?Sized>(rng: &mut R, out: &mut String) {
    out.push_str(pick(rng, USERS));
    out.push('.');
    out.push_str(pick(rng, NAMES));
}

/// Letters and digits; the first is a letter, the second a digit, so that no
/// id reads as a number or as a word.
fn token<R: Rng + ?Sized>(rng: &mut R, alphabet: &[u8], length: usize, out: &mut String) {
    let mut bits = 0_u64;
    for position in 0..length {
        if position % 8 == 0 {
            bits = rng.next_u64();
        }
        let from = match position {
            0 => alphabet.get(10..).unwrap_or(alphabet),
            1 => alphabet.get(..10).unwrap_or(alphabet),
            _ => alphabet,
        };
        // A byte a letter: the slight bias is of no matter here.
        let byte = usize::from(bits as u8) % from.len();
        out.push(char::from(from[byte]));
        bits >>= 8;
    }
}

/// An id of a queue or session, in the shape that the software gives it.
pub(crate) fn queue_id<R: Rng + ?Sized>(rng: &mut R, software: &str, shape: u64, out: &mut String) {
    match (software, shape % 4) {
        ("exim", _) => {
            token(rng, MIXED, 6, out);
            out.push('-');
            token(rng, MIXED, 6, out);
            out.push('-');
            token(rng, MIXED, 2, out);
        }
        ("gmail", _) => gmail_id(rng, out),
        ("sendmail", _) => token(rng, MIXED, 14, out),
        ("postfix", 0 | 1) | (_, 0) => token(rng, UPPER_HEX, 11, out),
        ("postfix", _) | (_, 1) => token(rng, NO_VOWELS, 15, out),
        (_, 2) => token(rng, LOWER_HEX, 12, out),
        (_, _) => token(rng, MIXED, 16, out),
    }
}

/// A long opaque token.
pub(crate) fn hex<R: Rng + ?Sized>(rng: &mut R, software: &str, shape: u64, out: &mut String) {
    match (software, shape % 3) {
        ("gmail", _) => gmail_id(rng, out),
        ("outlook" | "exchange" | "exchange-online", _) | (_, 0) => token(rng, UPPER_HEX, 16, out),
        (_, 1) => token(rng, LOWER_HEX, 32, out),
        (_, _) => token(rng, MIXED, 24, out),
    }
}

/// Such as `d2e1a72fcca58-6e4a5b6c7d8si123456789ejc.12`.
fn gmail_id<R: Rng + ?Sized>(rng: &mut R, out: &mut String) {
    token(rng, LOWER_HEX, 13, out);
    out.push('-');
    token(rng, LOWER_HEX, 11, out);
    let _ = write!(
        out,
        "si{}ejc.{}",
        rng.random_range(1_000_000..1_000_000_000_u32),
        rng.random_range(1..1000_u16)
    );
}

pub(crate) fn uuid<R: Rng + ?Sized>(rng: &mut R, out: &mut String) {
    let [high, low] = [rng.next_u64(), rng.next_u64()];
    let _ = write!(
        out,
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    );
}

pub(crate) fn url<R: Rng + ?Sized>(rng: &mut R, shape: u64, out: &mut String) {
    let site = NAMES
        .get(shape as usize % NAMES.len())
        .copied()
        .unwrap_or_default();
    match (shape >> 8) % 3 {
        0 => {
            out.extend(["https://postmaster.", site, ".example/lookup?id="]);
            token(rng, LOWER_HEX, 12, out);
        }
        1 => {
            out.extend(["http://www.", site, ".example/mail/errors/"]);
            token(rng, MIXED, 10, out);
        }
        _ => out.extend(["https://help.", site, ".example/mail/answer.html"]),
    }
}
