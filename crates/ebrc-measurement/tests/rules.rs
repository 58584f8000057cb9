//! Small logs made by hand, of which the answer is plain.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod world;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use ebrc_artefacts::Outcome;
use ebrc_delivery::{DeliveryRecord, EmailFlag};
use ebrc_measurement::{Session, Settings};
use world::World;

/// Hours after the log's beginning.
fn at(hours: i64) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2022, 6, 14)
        .unwrap()
        .and_hms_opt(0, 0, 0)
        .unwrap()
        + TimeDelta::hours(hours)
}

/// A mail with a reply and a label for each attempt; `""` is no label.
fn mail(from: &str, to: &str, hours: i64, attempts: &[(&str, &str)]) -> DeliveryRecord {
    DeliveryRecord {
        from: from.to_owned(),
        to: to.to_owned(),
        start_time: at(hours),
        end_time: at(hours),
        from_ip: attempts.iter().map(|_| "192.0.2.1".to_owned()).collect(),
        to_ip: attempts.iter().map(|_| "10.0.0.1".to_owned()).collect(),
        delivery_result: attempts
            .iter()
            .map(|(reply, _)| (*reply).to_owned())
            .collect(),
        delivery_latency: Some(attempts.iter().map(|_| 1000).collect()),
        email_flag: Some(EmailFlag::Normal),
        truth_type: Some(
            attempts
                .iter()
                .map(|(_, label)| label.parse().ok())
                .collect(),
        ),
        truth_cause: None,
    }
}

const ACCEPTED: (&str, &str) = ("250 OK", "");
const NOBODY: (&str, &str) = ("550 5.1.1 user unknown", "T8");
const NO_SERVER: (&str, &str) = ("450 4.4.3 host not found", "T2");
const FULL: (&str, &str) = ("552 5.2.2 mailbox full", "T9");
const UNSIGNED: (&str, &str) = ("550 5.7.26 SPF and DKIM both do not pass", "T3");

/// Measures, and answers a query about the tables as CSV without the heading.
struct Measured(Session);

impl Measured {
    fn of(records: Vec<DeliveryRecord>, settings: Settings) -> (World, Self) {
        let mut world = World::of(records);
        world.settings = settings;
        let plan = world.request();
        let measurement = world.measure(&plan).unwrap();
        let o1 = measurement
            .artefacts
            .iter()
            .find(|it| it.id == "O1")
            .unwrap();
        assert!(matches!(o1.outcome, Outcome::Measured(_)));
        let session = Session::open(&plan.borrow(&world));
        (world, Self(session.unwrap()))
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        let mut out = Vec::new();
        self.0.query(sql).unwrap().write_csv(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn degrees_types_and_the_major_type() {
    let records = vec![
        mail("a@s.example", "b@r.example", 0, &[ACCEPTED]),
        mail(
            "a@s.example",
            "b@r.example",
            1,
            &[("451 4.7.1 greylisted", "T6"), ACCEPTED],
        ),
        mail(
            "a@s.example",
            "b@r.example",
            2,
            &[
                ("550 5.7.1 blocked using Spamhaus", "T5"),
                ("421 timeout", "T14"),
                ("421 timeout", "T14"),
            ],
        ),
        mail(
            "a@s.example",
            "b@r.example",
            3,
            &[("550 rejected", "ambiguous")],
        ),
    ];
    let settings = |major: &str| Settings::from_toml(&format!("major_type = \"{major}\"")).unwrap();
    let (_world, measured) = Measured::of(records.clone(), settings("first"));
    assert_eq!(
        measured.rows(
            "SELECT degree, attempts, types, major_type, blocklists FROM mails ORDER BY start_time"
        ),
        [
            "non-bounced,1,[],,[]",
            "soft-bounced,2,[T6],T6,[]",
            "hard-bounced,3,\"[T5, T14]\",T5,[Spamhaus]",
            "hard-bounced,1,[],,[]",
        ]
    );
    // T14 has a row in Table 2 for soft-bounced mails alone.
    assert_eq!(
        measured.rows("SELECT type, is_major, bounce_reason, root_cause, causative_entity FROM bounces ORDER BY start_time, type"),
        [
            "T6,true,greylisted,Spam Blocking Policy,Receiver mail server",
            "T14,false,,,",
            "T5,true,blocklisted,Spam Blocking Policy,Receiver mail server",
        ]
    );
    for (rule, major) in [("last", "T14"), ("most-frequent", "T14")] {
        let (_world, measured) = Measured::of(records.clone(), settings(rule));
        let rows = measured.rows("SELECT major_type FROM mails ORDER BY start_time");
        assert_eq!(rows[2], major, "{rule}");
    }
}

#[test]
fn episodes_begin_end_recur_and_are_censored() {
    let records = vec![
        // Full for 40 days, then mended.
        mail("a@s.example", "full@r.example", 0, &[FULL]),
        mail("a@s.example", "full@r.example", 240, &[FULL, FULL]),
        mail("a@s.example", "full@r.example", 960, &[ACCEPTED]),
        // Full again, to the end of the log.
        mail("a@s.example", "full@r.example", 2000, &[FULL]),
        // Always full.
        mail("a@s.example", "dead@r.example", 5, &[FULL]),
        // No MX for 12 hours; and one failure alone, which may be a resolver's.
        mail("a@s.example", "b@mx.example", 1, &[ACCEPTED]),
        mail("a@s.example", "b@mx.example", 10, &[NO_SERVER]),
        mail("a@s.example", "c@mx.example", 15, &[NO_SERVER]),
        mail("a@s.example", "c@mx.example", 16, &[NO_SERVER]),
        mail("a@s.example", "b@mx.example", 22, &[ACCEPTED]),
        mail("a@s.example", "b@mx.example", 100, &[NO_SERVER]),
        mail("a@s.example", "b@mx.example", 101, &[ACCEPTED]),
        // Unsigned for a day at a domain that checks; another does not check.
        mail("a@odd.example", "b@checks.example", 0, &[UNSIGNED]),
        mail("a@odd.example", "b@lax.example", 5, &[ACCEPTED]),
        mail("a@odd.example", "b@checks.example", 24, &[ACCEPTED]),
    ];
    let (_world, measured) = Measured::of(records, Settings::default());
    assert_eq!(
        measured.rows("SELECT subject, seconds / 3600, failures, is_open_at_start, is_open_at_end, is_ended FROM mailbox_episodes ORDER BY subject, start_time"),
        [
            "dead@r.example,0,1,true,true,false",
            "full@r.example,960,2,true,false,true",
            "full@r.example,0,1,false,true,false",
        ]
    );
    assert_eq!(
        measured.rows("SELECT * FROM mailbox_subjects ORDER BY subject"),
        [
            "dead@r.example,1,true,true,false",
            "full@r.example,2,true,false,true"
        ]
    );
    assert_eq!(
        measured.rows("SELECT subject, seconds / 3600, failures FROM mx_episodes"),
        ["mx.example,12,3"]
    );
    assert_eq!(
        measured.rows(
            "SELECT bounce_reason, count(*) FROM bounces WHERE type = 'T2' GROUP BY 1 ORDER BY 1"
        ),
        ["mx-error,3", ",1"]
    );
    assert_eq!(
        measured.rows("SELECT subject, seconds / 3600 FROM authentication_episodes"),
        ["odd.example,24"]
    );
}

#[test]
fn typing_errors_need_the_right_name_in_the_log() {
    let mut records = vec![
        mail("ann@s.example", "bob.keller@popular.com", 0, &[ACCEPTED]),
        mail(
            "ann@s.example",
            "bob.keler@popular.com",
            1,
            &[NOBODY, NOBODY],
        ),
        // Nobody else wrote to the right one.
        mail("eve@s.example", "bob.keler@popular.com", 2, &[NOBODY]),
        // Not a typing error of anything.
        mail("ann@s.example", "someone.else@popular.com", 3, &[NOBODY]),
        // Never resolves, and is a typing error of a popular domain.
        mail("ann@s.example", "bob@poplar.com", 4, &[NO_SERVER]),
        mail("ann@s.example", "bob@POPULAR.com", 5, &[ACCEPTED]),
        // Never resolves, and is none.
        mail("ann@s.example", "bob@gone.org", 6, &[NO_SERVER]),
        // A typing error that does resolve.
        mail("ann@s.example", "bob@populat.com", 7, &[ACCEPTED]),
        // One letter off, but with mail of its own.
        mail("ann@s.example", "bob@populer.com", 8, &[NO_SERVER]),
        mail("eve@s.example", "bob@populer.com", 9, &[NO_SERVER]),
        mail("eve@s.example", "ann@populer.com", 9, &[NO_SERVER]),
    ];
    for hour in 10..25 {
        records.push(mail("ann@s.example", "bob@popular.com", hour, &[ACCEPTED]));
    }
    let (_world, measured) = Measured::of(records, Settings::default());
    assert_eq!(
        measured.rows("SELECT * FROM domain_typos"),
        ["poplar.com,popular.com,omission,name"]
    );
    assert_eq!(
        measured.rows("SELECT sender, recipient, right_recipient, kind FROM username_typos"),
        ["ann@s.example,bob.keler@popular.com,bob.keller@popular.com,omission"]
    );
    assert_eq!(
        measured.rows("SELECT sender, bounce_reason FROM bounces WHERE bounce_reason IS NOT NULL ORDER BY start_time"),
        [
            "ann@s.example,username-typo",
            "ann@s.example,domain-typo",
            "ann@s.example,mx-error",
            "eve@s.example,mx-error",
            "eve@s.example,mx-error",
        ]
    );
}

#[test]
fn guessing_is_a_few_names_in_many_variants() {
    let mut records = Vec::new();
    let guesses = [
        "j.smith",
        "jsmith",
        "john_smith",
        "smith.john",
        "smithj",
        "john-smith",
        "m.baker",
        "mbaker",
        "mary_baker",
        "baker.mary",
        "bakerm",
    ];
    for (hour, guess) in (0..).zip(guesses) {
        let to = format!("{guess}@bank.example");
        records.push(mail("x@attacker.example", &to, hour, &[NOBODY]));
    }
    for hour in [20, 21, 22] {
        records.push(mail(
            "x@attacker.example",
            "john.smith@bank.example",
            hour,
            &[ACCEPTED],
        ));
    }
    // A newsletter with as many dead addresses, of as many people.
    let dead = [
        "anna.keller",
        "boris.frank",
        "carla.weiss",
        "dieter.lang",
        "emma.jung",
        "fritz.wolf",
        "greta.horn",
        "hans.busch",
        "ida.sommer",
        "jonas.vogt",
        "karin.pohl",
    ];
    for (hour, user) in (0..).zip(dead) {
        let to = format!("{user}@bank.example");
        records.push(mail("news@letter.example", &to, hour, &[NOBODY]));
    }
    let (_world, measured) = Measured::of(records, Settings::default());
    // `john_smith` and `john-smith` may be typing errors of `john.smith`, which
    // was reached: they are no guesses.
    assert_eq!(
        measured.rows("SELECT * FROM guessing"),
        ["attacker.example,bank.example,2,10,11,1,3"]
    );
    let reasons = measured.rows(
        "SELECT sender_domain, bounce_reason, count(*) FROM bounces GROUP BY 1, 2 ORDER BY 1",
    );
    assert_eq!(
        reasons,
        ["attacker.example,username-guess,11", "letter.example,,11"]
    );
}

#[test]
fn words_of_replies_are_read_for_their_type_alone() {
    let replies = [
        ("550 5.7.1 listed by Spamhaus", "T5"),
        ("550 5.7.1 spam, says Spamhaus", "T13"),
        ("530 5.7.0 Must issue a STARTTLS command first", "T4"),
        ("451 4.7.1 Greylisted, try again later", "T6"),
        ("550 5.1.1 account is inactive", "T8"),
        ("550 5.7.26 fails DMARC policy", "T3"),
    ];
    let records: Vec<_> = (0..)
        .zip(replies)
        .map(|(hour, reply)| mail("a@s.example", &format!("u{hour}@r.example"), hour, &[reply]))
        .collect();
    let (_world, measured) = Measured::of(records, Settings::default());
    let rows = measured.rows(
        "SELECT blocklists, requires_tls, names_greylisting, says_inactive, authentication \
         FROM mails ORDER BY start_time",
    );
    let told: BTreeMap<&str, &str> = replies
        .iter()
        .map(|(_, label)| *label)
        .zip(rows.iter().map(String::as_str))
        .collect();
    assert_eq!(told["T5"], "[Spamhaus],false,false,false,");
    assert_eq!(told["T13"], "[],false,false,false,");
    assert_eq!(told["T4"], "[],true,false,false,");
    assert_eq!(told["T6"], "[],false,true,false,");
    assert_eq!(told["T8"], "[],false,false,true,");
    assert_eq!(told["T3"], "[],false,false,false,dmarc");
}
