//! How many NDR messages a second one core takes apart and masks.
//!
//! `cargo run --release -p ebrc-ndr --example speed [FILE]`; FILE holds one
//! message a line, and a few built-in ones stand in for it.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use ebrc_ndr::{NdrMessage, classifier_text, is_accepted, mask};

const MESSAGES: &[&str] = &[
    "550 5.1.1 <bob.smith@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's address 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser f12-20020a170902abcd00b0012345678901si1234567plx.123 - gsmtp",
    "554 5.7.1 Service unavailable; Client host [192.0.2.17] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.17",
    "452 4.2.2 The email account that you tried to reach is over quota",
    "connect to mx1.example.net[198.51.100.7]:25: Connection timed out",
    "451 4.7.1 Greylisting in action, please come back in 300 seconds",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR03FT041.eop-EUR03.prod.protection.outlook.com 2024-01-02T03:04:05.678Z 08DB1A2B3C4D5E6F]",
    "552 5.3.4 Message size 35882577 exceeds fixed maximum message size (26214400)",
];

fn main() -> std::io::Result<()> {
    let messages: Vec<String> = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?
            .lines()
            .map(str::to_owned)
            .collect(),
        None => MESSAGES.iter().map(|&message| message.to_owned()).collect(),
    };
    measure("is_accepted", &messages, |raw| {
        black_box(is_accepted(raw));
    });
    measure("parse", &messages, |raw| {
        black_box(NdrMessage::parse(raw));
    });
    measure("parse + mask", &messages, |raw| {
        black_box(mask(&NdrMessage::parse(raw).text));
    });
    measure("classifier_text", &messages, |raw| {
        black_box(classifier_text(raw));
    });
    Ok(())
}

fn measure(name: &str, messages: &[String], each: impl Fn(&str)) {
    let start = Instant::now();
    let mut count = 0_u64;
    let mut bytes = 0_u64;
    while start.elapsed() < Duration::from_secs(2) {
        for message in messages.iter().cycle().take(messages.len().max(8192)) {
            each(message);
            count += 1;
            bytes += message.len() as u64;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{name}: {:.2} million messages a second, {:.0} MB/s",
        count as f64 / seconds / 1e6,
        bytes as f64 / seconds / 1e6
    );
}
