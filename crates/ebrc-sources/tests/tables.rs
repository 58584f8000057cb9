//! Tables in CSV: listings of proxies, and bandwidths.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use chrono::NaiveDate;
use ebrc_sources::{BandwidthTable, BlocklistHistory, Country, Error};

fn open<T>(bytes: &[u8], open: fn(&Path) -> Result<T, Error>) -> Result<T, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, bytes).unwrap();
    open(&path)
}

fn history(text: &str) -> Result<BlocklistHistory, Error> {
    open(text.as_bytes(), BlocklistHistory::open)
}

fn bandwidth(text: &str) -> Result<BandwidthTable, Error> {
    open(text.as_bytes(), BandwidthTable::open)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const PROXIES: &str = "\
ip,ipv6,host,region,listed_from,listed_to
192.0.2.1,2001:db8::1,mx1.example,hk,2022-06-14,2022-06-20
192.0.2.1,2001:db8::1,mx1.example,hk,2022-07-01,2022-07-01
192.0.2.2,,mx2.example,us,2023-01-01,
192.0.2.3,2001:db8::3,mx3.example,de,,
";

#[test]
fn both_days_of_a_listing_belong_to_it() {
    let history = history(PROXIES).unwrap();
    for (address, date, expected) in [
        ("192.0.2.1", "2022-06-13", false),
        ("192.0.2.1", "2022-06-14", true),
        ("192.0.2.1", "2022-06-20", true),
        ("192.0.2.1", "2022-06-21", false),
        ("192.0.2.1", "2022-07-01", true),
        ("192.0.2.1", "2022-07-02", false),
        ("2001:db8::1", "2022-07-01", true),
        ("::ffff:192.0.2.1", "2022-07-01", true),
        ("192.0.2.2", "2022-12-31", false),
        ("192.0.2.2", "2030-01-01", true),
        ("192.0.2.3", "2023-01-01", false),
        ("198.51.100.1", "2023-01-01", false),
    ] {
        assert_eq!(
            history.listed_on(ip(address), day(date)),
            expected,
            "{address} {date}"
        );
    }
}

#[test]
fn lines_with_an_address_in_common_are_of_one_proxy() {
    let history = history(PROXIES).unwrap();
    let addresses: Vec<_> = history
        .proxies()
        .iter()
        .map(|proxy| proxy.addresses())
        .collect();
    assert_eq!(
        addresses,
        [
            &[ip("192.0.2.1"), ip("2001:db8::1")][..],
            &[ip("192.0.2.2")],
            &[ip("192.0.2.3"), ip("2001:db8::3")],
        ]
    );
    let [first, ..] = history.proxies() else {
        panic!("there are proxies");
    };
    assert_eq!(history.proxy(ip("2001:db8::1")), Some(first));
    assert_eq!(history.proxy(ip("2001:db8::2")), None);
    assert_eq!(history.describe(), "table.csv: 3 proxies, 3 listings");
}

#[test]
fn columns_may_stand_in_any_order() {
    let history =
        history("listed_to, ip ,listed_from\n2022-01-02, 192.0.2.1 ,2022-01-01\n").unwrap();
    assert!(history.listed_on(ip("192.0.2.1"), day("2022-01-02")));
    assert_eq!(history.describe(), "table.csv: 1 proxy, 1 listing");
}

#[track_caller]
fn refused<T>(result: Result<T, Error>, expected: &str) {
    let message = result.err().map(|error| error.to_string());
    let message = message.unwrap_or_else(|| "accepted".to_owned());
    assert!(message.contains(expected), "{message}");
    assert!(message.contains("table.csv"), "{message}");
}

#[test]
fn bad_histories_are_refused() {
    let with = |rows: &str| history(&format!("ip,ipv6,listed_from,listed_to\n{rows}\n"));
    refused(with("mx1,,,"), "line 2: there is no IP address");
    refused(with(",,,"), "line 2: there is no IP address");
    refused(with("192.0.2.1/24,,,"), "line 2: there is no IP address");
    refused(with("192.0.2.1,,14.06.2022,"), "line 2: there is no date");
    refused(with("192.0.2.1,,2022-02-30,"), "line 2: there is no date");
    refused(with("192.0.2.1,,,2022-01-01"), "has no beginning");
    refused(
        with("192.0.2.1,,2022-01-02,2022-01-01"),
        "ends before it begins",
    );
    refused(
        with("192.0.2.1,,2022-01-02"),
        "line 2: the line has 3 fields, the header 4",
    );
    refused(
        with("192.0.2.1,2001:db8::1,,\n192.0.2.2,,,\n192.0.2.2,2001:db8::1,,"),
        "line 4: the addresses belong to two proxies",
    );
    refused(
        history("ip,listed_from\n"),
        "there is no column `listed_to`; begin the file",
    );
    refused(history(""), "there is no column `ip`");
    refused(
        open(
            b"ip,listed_from,listed_to\n\xff,,\n",
            BlocklistHistory::open,
        ),
        "line 2: the line is not UTF-8",
    );
}

#[test]
fn bandwidths_are_by_country() {
    let text = "country,name,mbps\nde,Germany,92.5\nAO,\"Angola, Republic of\",20\n";
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for bytes in [text.as_bytes(), &packed] {
        let table = open(bytes, BandwidthTable::open).unwrap();
        let mbps = |code| table.mbps(Country::from_code(code).unwrap());
        assert_eq!(mbps("DE"), Some(92.5));
        assert_eq!(mbps("AO"), Some(20.0));
        assert_eq!(mbps("US"), None);
        assert_eq!(table.describe(), "table.csv: 2 countries");
    }
    refused(
        open(&packed[..packed.len() - 2], BandwidthTable::open),
        "cut short",
    );
}

#[test]
fn bad_bandwidths_are_refused() {
    let with = |row: &str| bandwidth(&format!("country,mbps\nAO,20\n{row}\n"));
    refused(with("Germany,92"), "line 3: there is no country");
    for bad in [
        "DE,",
        "DE,fast",
        "DE,0",
        "DE,-1",
        "DE,NaN",
        "DE,inf",
        "DE,\"92,5\"",
    ] {
        refused(with(bad), "line 3: there is no bandwidth");
    }
    refused(
        with("ao,21"),
        "line 3: AO was there before; keep one line a country",
    );
    refused(
        bandwidth("country\nDE\n"),
        "line 1: there is no column `mbps`",
    );
}
