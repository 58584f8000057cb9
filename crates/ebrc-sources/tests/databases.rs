//! Countries and autonomous systems, from databases written here.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ebrc_sources::{
    AutonomousSystem, AutonomousSystems, Error, Geography, MmdbAutonomousSystems, MmdbGeography,
};
use mmdb_writer::ipnet::IpNet;
use mmdb_writer::{Value, Writer};
use tempfile::TempDir;

fn database(kind: &str, networks: &[(&str, Value)]) -> Vec<u8> {
    // 2023-12-03.
    let built = SystemTime::UNIX_EPOCH + Duration::from_secs(1_701_561_600);
    let mut writer = Writer::builder(kind).build_epoch(built).build();
    for (network, value) in networks {
        let network: IpNet = network.parse().unwrap();
        writer.insert_value(network, value.clone()).unwrap();
    }
    writer.to_bytes().unwrap()
}

fn code(code: &str) -> Value {
    let names = Value::map([
        ("en", Value::from("a name")),
        ("de", Value::from("ein Name")),
    ]);
    Value::map([("iso_code", Value::from(code)), ("names", names)])
}

fn countries() -> Vec<u8> {
    let continent = Value::map([("code", Value::from("EU")), ("names", code("no"))]);
    database(
        "GeoLite2-Country",
        &[
            (
                "192.0.2.0/24",
                Value::map([
                    ("continent", continent),
                    ("country", code("DE")),
                    ("registered_country", code("US")),
                ]),
            ),
            (
                "192.0.2.128/26",
                Value::map([("registered_country", code("FR"))]),
            ),
            (
                "198.51.100.0/24",
                Value::map([("is_anycast", Value::from(true))]),
            ),
            ("203.0.113.7/32", Value::map([("country", code("DE"))])),
            ("203.0.113.8/32", Value::map([("country", code("unknown"))])),
            ("2001:db8::/32", Value::map([("country", code("JP"))])),
        ],
    )
}

fn systems() -> Vec<u8> {
    database(
        "GeoLite2-ASN",
        &[
            (
                "192.0.2.0/24",
                Value::map([
                    ("autonomous_system_number", Value::from(4_200_000_000_u32)),
                    ("autonomous_system_organization", Value::from("EXAMPLE-AS")),
                ]),
            ),
            (
                "2001:db8::/32",
                Value::map([("autonomous_system_number", Value::from(64_512_u32))]),
            ),
        ],
    )
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_country_is_where_the_network_is_else_where_it_is_registered() {
    let folder = tempfile::tempdir().unwrap();
    let geography = MmdbGeography::open(&write(&folder, "c.mmdb", &countries())).unwrap();
    for (address, expected) in [
        ("192.0.2.1", Some("DE")),
        ("192.0.2.127", Some("DE")),
        ("192.0.2.128", Some("FR")),
        ("192.0.2.192", Some("DE")),
        ("::ffff:192.0.2.1", Some("DE")),
        // 6to4 (RFC 3056): databases give such addresses the IPv4 ones' records.
        ("2002:c000:0201::1", Some("DE")),
        ("203.0.113.7", Some("DE")),
        ("203.0.113.6", None),
        // Neither a record without a country nor a word in its place is one.
        ("198.51.100.9", None),
        ("203.0.113.8", None),
        ("2001:db8:ffff::1", Some("JP")),
        ("2001:db9::1", None),
        ("10.0.0.1", None),
    ] {
        let country = geography.country(ip(address)).map(|c| c.to_string());
        assert_eq!(country.as_deref(), expected, "{address}");
    }
}

#[test]
fn a_database_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let source: Box<dyn Geography> =
        Box::new(MmdbGeography::open(&write(&folder, "c.mmdb", &countries())).unwrap());
    assert_eq!(
        source.describe(),
        "c.mmdb: GeoLite2-Country, built 2023-12-03"
    );
    let source: Box<dyn AutonomousSystems> =
        Box::new(MmdbAutonomousSystems::open(&write(&folder, "a.mmdb", &systems())).unwrap());
    assert_eq!(source.describe(), "a.mmdb: GeoLite2-ASN, built 2023-12-03");
}

#[test]
fn a_system_has_a_number_and_mostly_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let source = MmdbAutonomousSystems::open(&write(&folder, "a.mmdb", &systems())).unwrap();
    let named = AutonomousSystem {
        number: 4_200_000_000,
        organisation: Some("EXAMPLE-AS"),
    };
    assert_eq!(source.system(ip("192.0.2.200")), Some(named));
    let nameless = AutonomousSystem {
        number: 64_512,
        organisation: None,
    };
    assert_eq!(source.system(ip("2001:db8::1")), Some(nameless));
    assert_eq!(source.system(ip("192.0.3.1")), None);
}

#[test]
fn a_database_of_ipv4_has_no_answer_for_ipv6() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder("GeoLite2-Country")
        .ip_version(mmdb_writer::IpVersion::V4)
        .build();
    let network: IpNet = "192.0.2.0/24".parse().unwrap();
    let value = Value::map([("country", code("DE"))]);
    writer.insert_value(network, value).unwrap();
    let path = write(&folder, "v4.mmdb", &writer.to_bytes().unwrap());
    let source = MmdbGeography::open(&path).unwrap();
    let known = source.country(ip("192.0.2.1")).unwrap();
    assert_eq!(known.as_str(), "DE");
    assert_eq!(source.country(ip("::ffff:192.0.2.1")), Some(known));
    assert_eq!(source.country(ip("2001:db8::1")), None);
}

#[test]
fn a_compressed_database_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let packed = zstd::encode_all(countries().as_slice(), 1).unwrap();
    let source = MmdbGeography::open(&write(&folder, "c.mmdb.zst", &packed)).unwrap();
    assert_eq!(source.country(ip("192.0.2.1")).unwrap().as_str(), "DE");
    let cut = write(&folder, "cut.mmdb.zst", &packed[..packed.len() / 2]);
    assert!(matches!(MmdbGeography::open(&cut), Err(Error::File(_))));
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>, path: &Path) -> String {
    let message = result.unwrap_err().to_string();
    assert!(
        message.starts_with(&path.display().to_string()),
        "{message}"
    );
    message
}

#[test]
fn the_wrong_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "a.mmdb", &systems());
    let message = refused(MmdbGeography::open(&path), &path);
    assert!(message.contains("`country.iso_code`"), "{message}");
    assert!(message.ends_with("such as GeoLite2-Country"), "{message}");
    let path = write(&folder, "c.mmdb", &countries());
    let message = refused(MmdbAutonomousSystems::open(&path), &path);
    assert!(message.ends_with("such as GeoLite2-ASN"), "{message}");
    let path = folder.path().join("missing.mmdb");
    assert!(refused(MmdbGeography::open(&path), &path).ends_with("check the path"));
}

#[test]
fn a_database_cut_short_is_refused_wherever_the_cut_is() {
    let folder = tempfile::tempdir().unwrap();
    let whole = countries();
    for kept in (0..whole.len()).step_by(7) {
        let path = write(&folder, "cut.mmdb", &whole[..kept]);
        let message = refused(MmdbGeography::open(&path), &path);
        assert!(message.contains("fetch it again"), "{kept}: {message}");
    }
}

/// Whatever a damaged byte makes of a database, opening and asking end.
#[test]
fn damage_neither_panics_nor_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let whole = countries();
    let mut refused = 0;
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= [0xff, 0x01][place % 2];
        let path = write(&folder, "damaged.mmdb", &bytes);
        match MmdbGeography::open(&path) {
            Ok(source) => {
                source.country(ip("192.0.2.1"));
                source.country(ip("2001:db8::1"));
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > whole.len() / 20, "{refused} of {}", whole.len());
}
