//! The log against its side tables: what bounces has its cause in the world,
//! and what does not bounce meets none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};
use ebrc_catalogue::Catalogue;
use ebrc_delivery::{DeliveryRecord, EmailFlag};
use ebrc_simulation::{Cause, Settings, SideTable, Simulation};
use ebrc_taxonomy::{BounceDegree, BounceType};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "data", "catalogue"]
        .iter()
        .collect();
    Catalogue::load(&folder).unwrap()
});

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| Settings {
    emails: 300_000,
    seed: 5,
    receiver_domains: 20_000,
    inactive_mailboxes: 1_000,
    ..Settings::default()
});

static SIMULATION: LazyLock<Simulation<'static>> =
    LazyLock::new(|| Simulation::new(&CATALOGUE, SETTINGS.clone()).unwrap());

static LOG: LazyLock<Vec<DeliveryRecord>> = LazyLock::new(|| SIMULATION.clone().collect());

fn table(table: SideTable) -> Vec<u8> {
    let mut bytes = Vec::new();
    SIMULATION.write_side_table(table, &mut bytes).unwrap();
    bytes
}

fn rows(of: SideTable) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(table(of).as_slice())
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

fn cause(record: &DeliveryRecord) -> Option<Cause> {
    record
        .truth_cause
        .as_deref()
        .map(|cause| cause.parse().unwrap())
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').unwrap().1
}

fn time(text: &str) -> Option<NaiveDateTime> {
    (!text.is_empty()).then(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap())
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

type Span = (NaiveDateTime, Option<NaiveDateTime>);

/// By kind and subject.
static EPISODES: LazyLock<HashMap<(String, String), Vec<Span>>> = LazyLock::new(|| {
    let mut episodes: HashMap<_, Vec<Span>> = HashMap::new();
    for row in rows(SideTable::Episodes) {
        let span = (time(&row["from"]).unwrap(), time(&row["to"]));
        episodes
            .entry((row["kind"].clone(), row["subject"].clone()))
            .or_default()
            .push(span);
    }
    episodes
});

fn is_broken(kind: &str, subject: &str, at: NaiveDateTime) -> bool {
    EPISODES
        .get(&(kind.to_owned(), subject.to_owned()))
        .is_some_and(|spans| {
            spans
                .iter()
                .any(|&(from, to)| from <= at && to.is_none_or(|to| at < to))
        })
}

static DOMAINS: LazyLock<HashMap<String, BTreeMap<String, String>>> = LazyLock::new(|| {
    rows(SideTable::Domains)
        .into_iter()
        .map(|row| (row["domain"].clone(), row))
        .collect()
});

fn has(policy: &str, name: &str) -> bool {
    DOMAINS.get(name).is_some_and(|row| row[policy] == "true")
}

#[test]
fn what_is_broken_bounces_and_what_is_not_does_not() {
    let mut met: BTreeMap<Cause, usize> = BTreeMap::new();
    let mut recovered = BTreeSet::new();
    for record in LOG.iter() {
        let at = record.start_time;
        let (from, to) = (domain(&record.from), domain(&record.to));
        let broken = [
            (
                Cause::ReceiverMxError,
                is_broken("receiver-mx-error", to, at),
            ),
            (
                Cause::ReceiverDomainExpired,
                is_broken("receiver-domain-expired", to, at),
            ),
            (
                Cause::MailboxFullEpisode,
                is_broken("mailbox-full-episode", &record.to, at),
            ),
            (
                Cause::RecipientInactive,
                is_broken("recipient-inactive", &record.to, at),
            ),
            (
                Cause::SenderDnsError,
                is_broken("sender-dns-error", from, at),
            ),
        ];
        let cause = cause(record);
        for (kind, is_broken) in broken {
            if cause == Some(kind) {
                *met.entry(kind).or_default() += 1;
                assert!(is_broken, "{kind}: {at}");
            }
            // Who mistypes an address may do so at a domain in trouble.
            let counts = record.degree() == BounceDegree::NonBounced;
            assert!(!(is_broken && counts), "{kind}: {at}");
        }
        if cause == Some(Cause::BrokenAuthentication) {
            *met.entry(Cause::BrokenAuthentication).or_default() += 1;
            assert!(is_broken("broken-authentication", from, at));
            assert!(has("checks_authentication", to));
        }
        if cause.is_none() {
            let refused =
                is_broken("broken-authentication", from, at) && has("checks_authentication", to);
            assert!(!refused);
            for (kind, subject) in [
                ("receiver-mx-error", to),
                ("mailbox-full-episode", record.to.as_str()),
                ("broken-authentication", from),
            ] {
                if EPISODES.contains_key(&(kind.to_owned(), subject.to_owned())) {
                    recovered.insert((kind, subject));
                }
            }
        }
    }
    for (kind, least) in [
        (Cause::ReceiverMxError, 2500),
        (Cause::ReceiverDomainExpired, 100),
        (Cause::MailboxFullEpisode, 400),
        (Cause::RecipientInactive, 3),
        (Cause::SenderDnsError, 300),
        (Cause::BrokenAuthentication, 500),
    ] {
        assert!(met[&kind] >= least, "{kind}: {}", met[&kind]);
    }
    // The durations can be seen: mail gets through at other times.
    let count = |wanted: &str| recovered.iter().filter(|(kind, _)| *kind == wanted).count();
    assert!(count("receiver-mx-error") > 300);
    assert!(count("mailbox-full-episode") > 50);
    assert!(count("broken-authentication") > 150);
}

/// Whatever a mail met before: who accepts it can be reached, and breaks no
/// policy.
#[test]
fn nothing_is_accepted_by_what_is_broken() {
    let listed = listings();
    let mut late = 0;
    for record in LOG.iter() {
        if !record.to_ip[0].is_empty() {
            let at = record.start_time;
            assert!(!is_broken("receiver-mx-error", domain(&record.to), at));
            assert!(!is_broken(
                "receiver-domain-expired",
                domain(&record.to),
                at
            ));
        }
        let accepted = record.delivery_result.last() == Some(&"250 OK".to_owned());
        if !accepted {
            continue;
        }
        let last = record.delivery_result.len() - 1;
        late += usize::from(last > 0);
        let at = record.start_time;
        let to = domain(&record.to);
        assert!(!record.to_ip[last].is_empty(), "{to}");
        for (kind, subject) in [
            ("receiver-mx-error", to),
            ("receiver-domain-expired", to),
            ("mailbox-full-episode", record.to.as_str()),
            ("recipient-inactive", record.to.as_str()),
        ] {
            assert!(!is_broken(kind, subject, at), "{kind} {record:?}");
        }
        let uses_list = DOMAINS.get(to).is_some_and(|row| {
            let from = &row["blocklist_from"];
            !from.is_empty() && from.parse::<NaiveDate>().unwrap() <= at.date()
        });
        let is_listed = listed[&record.from_ip[last]]
            .iter()
            .any(|&(from, until)| from <= at.date() && at.date() <= until);
        assert!(!(uses_list && is_listed), "{record:?}");
    }
    assert!(late > 10_000, "{late}");
}

fn listings() -> HashMap<String, Vec<(NaiveDate, NaiveDate)>> {
    let mut listed: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows(SideTable::Proxies) {
        let spans = listed.entry(row["ip"].clone()).or_default();
        if !row["listed_from"].is_empty() {
            let day = |name: &str| row[name].parse::<NaiveDate>().unwrap();
            spans.push((day("listed_from"), day("listed_to")));
        }
    }
    listed
}

#[test]
fn durations_are_those_of_figure_7() {
    let mut days: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut subjects: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
    for ((kind, _), spans) in EPISODES.iter() {
        let counts = subjects.entry(kind).or_default();
        counts.0 += 1;
        counts.1 += usize::from(spans.len() > 1);
        let always = spans[0].1.is_none() && spans[0].0.date() == first;
        counts.2 += usize::from(always);
        for (from, to) in spans {
            if let Some(to) = to {
                let seconds = (*to - *from).num_seconds() as f64;
                days.entry(kind).or_default().push(seconds / 86_400.0);
            }
        }
    }
    let share = |kind: &str, least: f64| {
        let own = &days[kind];
        percent(own.iter().filter(|&&days| days >= least).count(), own.len())
    };
    let mean = |kind: &str| days[kind].iter().sum::<f64>() / days[kind].len() as f64;
    let (all, again, always) = subjects["broken-authentication"];
    assert_eq!(all, 264);
    assert!((percent(always, all) - 25.81).abs() < 8.0);
    assert!((percent(again, all) - 33.72).abs() < 9.0);
    assert!((mean("broken-authentication") - 12.0).abs() < 2.5);
    let (all, _, _) = subjects["receiver-mx-error"];
    assert_eq!(all, 684);
    assert!(share("receiver-mx-error", 1.01) < 45.0);
    let over_a_week = days["receiver-mx-error"]
        .iter()
        .filter(|&&d| d >= 7.0)
        .count();
    assert!((20..80).contains(&over_a_week), "{over_a_week}");
    let (all, again, always) = subjects["mailbox-full-episode"];
    assert!((percent(always, all) - 77.0).abs() < 4.0);
    assert!((percent(again, all) - 2.7).abs() < 2.0);
    assert!((share("mailbox-full-episode", 30.0) - 51.07).abs() < 9.0);
    let (all, _, always) = subjects["recipient-inactive"];
    assert!((percent(always, all) - 67.0).abs() < 8.0);
}

#[test]
fn policies_are_kept() {
    let listed = listings();
    assert_eq!(listed.len(), 34);
    let mut greylisted = 0;
    let mut passed = 0;
    for record in LOG.iter() {
        let to = domain(&record.to);
        let day = record.start_time.date();
        let is_listed = |ip: &str| {
            listed[ip]
                .iter()
                .any(|&(from, until)| from <= day && day <= until)
        };
        let uses_list = DOMAINS.get(to).is_some_and(|row| {
            let from = &row["blocklist_from"];
            !from.is_empty() && from.parse::<NaiveDate>().unwrap() <= day
        });
        match cause(record) {
            Some(Cause::SenderListed) => {
                assert!(uses_list, "{to}");
                // Every refusal has its proxy on the list, and the first other
                // proxy gets through; an attempt may fail for another cause.
                let truth = record.truth_type.iter().flatten();
                for (ip, truth) in record.from_ip.iter().zip(truth) {
                    let is_blocked = *truth == Some(BounceType::Blocklisted.into());
                    let is_other = truth.is_some() && !is_blocked;
                    assert!(is_other || is_listed(ip) == is_blocked);
                }
            }
            Some(Cause::Greylisting) => {
                assert!(has("greylists", to), "{to}");
                greylisted += 1;
                if record.degree() == BounceDegree::SoftBounced {
                    passed += 1;
                    let (last, before) = record.from_ip.split_last().unwrap();
                    assert!(before.contains(last), "an unknown proxy passed");
                } else if record.email_flag == Some(EmailFlag::Normal) {
                    assert_eq!(record.from_ip.len(), 7);
                }
            }
            Some(Cause::TlsMandate) => {
                assert!(has("tls_mandate", to), "{to}");
                if record.from_ip.len() == 2 {
                    assert_eq!(record.from_ip[0], record.from_ip[1]);
                }
            }
            None => assert!(!(uses_list && is_listed(&record.from_ip[0]))),
            _ => {}
        }
    }
    assert!(greylisted > 500);
    let passed = percent(passed, greylisted);
    assert!((15.0..60.0).contains(&passed), "{passed}");
}

#[test]
fn blocklists_catch_more_mail_once_more_domains_use_them() {
    let february = NaiveDate::from_ymd_opt(2023, 2, 1).unwrap();
    let march = NaiveDate::from_ymd_opt(2023, 3, 1).unwrap();
    let adopted = DOMAINS
        .values()
        .filter(|row| row["uses_spamhaus"] == "true")
        .map(|row| row["blocklist_from"].parse::<NaiveDate>().unwrap())
        .collect::<Vec<_>>();
    let late = adopted.iter().filter(|&&day| day >= february).count();
    assert!((percent(late, adopted.len()) - 22.0).abs() < 5.0);
    assert!(adopted.iter().all(|&day| day < march));
    // Each day's refusals by those who use it, against the proxies listed then.
    let listed = listings();
    let rate = |from: NaiveDate, until: NaiveDate| {
        let is_within = |day: NaiveDate| from <= day && day < until;
        let refused = LOG.iter().filter(|record| {
            is_within(record.start_time.date())
                && cause(record) == Some(Cause::SenderListed)
                && DOMAINS[domain(&record.to)]["uses_spamhaus"] == "true"
        });
        let mut chances = 0.0;
        let mut by_day: HashMap<NaiveDate, f64> = HashMap::new();
        for record in LOG.iter() {
            *by_day.entry(record.start_time.date()).or_default() += 1.0;
        }
        for (day, count) in by_day.into_iter().filter(|(day, _)| is_within(*day)) {
            let spans = listed.values().flatten();
            let proxies = spans.filter(|(from, until)| *from <= day && day <= *until);
            chances += count * proxies.count() as f64;
        }
        refused.count() as f64 / chances
    };
    let before = rate(NaiveDate::MIN, february);
    let after = rate(march, NaiveDate::MAX);
    assert!((before / after - 0.78).abs() < 0.08, "{}", before / after);
    for record in LOG.iter() {
        let names = record.delivery_result[0]
            .to_lowercase()
            .contains("spamhaus");
        if names && cause(record) == Some(Cause::SenderListed) {
            let from = &DOMAINS[domain(&record.to)]["blocklist_from"];
            assert!(from.parse::<NaiveDate>().unwrap() <= record.start_time.date());
        }
    }
}

#[test]
fn popular_domains_mandate_tls_more_often() {
    // The table is in the order of popularity.
    let mandates: Vec<bool> = rows(SideTable::Domains)
        .iter()
        .map(|row| row["tls_mandate"] == "true")
        .collect();
    let count = |ranks: std::ops::Range<usize>| mandates[ranks].iter().filter(|&&own| own).count();
    assert!((count(0..100) as i64 - 38).abs() < 15, "{}", count(0..100));
    assert!((percent(count(0..10_000), 10_000) - 8.53).abs() < 1.0);
    assert!(percent(count(10_000..20_000), 10_000) < 2.0);
}

#[test]
fn bulk_spammers_use_leaked_addresses_and_nobody_else_does() {
    let list = String::from_utf8(table(SideTable::BreachList)).unwrap();
    assert!(list.lines().is_sorted());
    let leaked: HashSet<&str> = list.lines().collect();
    let kinds: HashMap<String, String> = rows(SideTable::Senders)
        .into_iter()
        .map(|row| (row["domain"].clone(), row["kind"].clone()))
        .collect();
    let mut recipients: HashMap<&str, (HashSet<&str>, HashSet<&str>)> = HashMap::new();
    let mut bulk: BTreeMap<BounceDegree, usize> = BTreeMap::new();
    for record in LOG.iter() {
        let from = domain(&record.from);
        let (all, found) = recipients.entry(from).or_default();
        all.insert(&record.to);
        if leaked.contains(record.to.as_str()) {
            found.insert(&record.to);
        }
        if kinds[from] == "bulk-spammer" {
            *bulk.entry(record.degree()).or_default() += 1;
        }
    }
    let (mut spammers, mut guessers) = (0, 0);
    for (from, (all, found)) in recipients {
        match kinds[from].as_str() {
            "bulk-spammer" => {
                spammers += 1;
                assert!(percent(found.len(), all.len()) > 80.0, "{from}");
            }
            kind => {
                guessers += usize::from(kind == "username-guesser");
                if all.len() >= 30 {
                    assert!(percent(found.len(), all.len()) < 60.0, "{from}");
                }
            }
        }
    }
    assert_eq!(spammers, 31);
    assert!(guessers > 4);
    // Section 4.2.1: 70.12% hard, 7.32% soft.
    let all: usize = bulk.values().sum();
    let hard = percent(bulk[&BounceDegree::HardBounced], all);
    let soft = percent(bulk[&BounceDegree::SoftBounced], all);
    assert!((hard - 70.12).abs() < 4.0, "{hard}");
    assert!((soft - 7.32).abs() < 3.0, "{soft}");
    let zone = String::from_utf8(table(SideTable::DomainBlocklist)).unwrap();
    assert!((15..=30).contains(&(zone.lines().count() - 1)));
}

#[test]
fn mistyped_names_belong_to_an_address_that_the_same_sender_reaches() {
    let mut reached: HashMap<&str, HashSet<&str>> = HashMap::new();
    for record in LOG.iter().filter(|record| record.truth_cause.is_none()) {
        reached.entry(&record.from).or_default().insert(&record.to);
    }
    let wrong: BTreeSet<(&str, &str)> = LOG
        .iter()
        .filter(|record| cause(record) == Some(Cause::RecipientTypo))
        .map(|record| (record.from.as_str(), record.to.as_str()))
        .collect();
    let known = wrong
        .iter()
        .filter(|(from, to)| {
            reached.get(from).is_some_and(|others| {
                others.iter().any(|other| {
                    domain(other) == domain(to)
                        && other.len().abs_diff(to.len()) <= 1
                        && other
                            .bytes()
                            .zip(to.bytes())
                            .take_while(|(a, b)| a == b)
                            .count()
                            + other
                                .bytes()
                                .rev()
                                .zip(to.bytes().rev())
                                .take_while(|(a, b)| a == b)
                                .count()
                            + 2
                            >= other.len()
                })
            })
        })
        .count();
    // The paper finds the right address of 28,000 of 2.5 million wrong ones.
    assert!(known > 50, "{known} of {}", wrong.len());
}

#[test]
fn every_server_has_a_country_and_a_network() {
    let countries = maxminddb::Reader::from_source(table(SideTable::Countries)).unwrap();
    let systems = maxminddb::Reader::from_source(table(SideTable::AutonomousSystems)).unwrap();
    let code = |ip: &str| -> String {
        let found = countries.lookup(ip.parse().unwrap()).unwrap();
        let found: maxminddb::geoip2::Country = found.decode().unwrap().unwrap();
        found.country.iso_code.unwrap().to_owned()
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    let mut ips: HashSet<&str> = HashSet::new();
    for record in LOG.iter() {
        for ip in record.to_ip.iter().filter(|ip| !ip.is_empty()) {
            if !ips.insert(ip) {
                continue;
            }
            *seen.entry(code(ip)).or_default() += 1;
            let found = systems.lookup(ip.parse().unwrap()).unwrap();
            let found: maxminddb::geoip2::Asn = found.decode().unwrap().unwrap();
            numbers.insert(found.autonomous_system_number.unwrap());
            assert!(!found.autonomous_system_organization.unwrap().is_empty());
        }
        if let (Some(row), [ip, ..]) = (DOMAINS.get(domain(&record.to)), &record.to_ip[..])
            && !ip.is_empty()
        {
            assert_eq!(row["country"], code(ip));
        }
    }
    // Figure 4.
    let us = percent(seen["US"], ips.len());
    assert!((us - 28.53).abs() < 5.0, "{us}");
    assert!(seen.len() > 60 && numbers.len() > 150);
    for proxy in SIMULATION.proxies() {
        assert_eq!(code(&proxy.ip), proxy.region.code());
        assert_eq!(code(&proxy.ipv6), proxy.region.code());
    }
}

#[test]
fn poor_infrastructure_times_out_more_often() {
    let by_country = |wanted: &[&str]| {
        let mut mails = 0;
        let mut soft = 0;
        for record in LOG.iter() {
            let row = DOMAINS.get(domain(&record.to));
            if row.is_none_or(|row| !wanted.contains(&row["country"].as_str())) {
                continue;
            }
            mails += 1;
            let timed_out = record
                .truth_type
                .iter()
                .flatten()
                .any(|label| *label == Some(BounceType::Timeout.into()));
            soft += usize::from(timed_out && record.degree() == BounceDegree::SoftBounced);
        }
        percent(soft, mails)
    };
    let rich = by_country(&["US", "DE", "NL", "GB", "JP"]);
    let poor = by_country(&[
        "NG", "KE", "TZ", "GH", "NA", "RW", "AO", "ZW", "ET", "UG", "MZ",
    ]);
    assert!(poor > 2.0 * rich, "{poor} and {rich}");
}

#[test]
fn the_outside_knows_every_domain_that_did_not_resolve() {
    let mut status: HashMap<String, u64> = HashMap::new();
    for line in String::from_utf8(table(SideTable::Resolver))
        .unwrap()
        .lines()
    {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = answer["Question"][0]["name"].as_str().unwrap();
        let name = name.strip_suffix('.').unwrap().to_owned();
        let code = answer["Status"].as_u64().unwrap();
        assert_eq!(code == 0, answer.get("Answer").is_some());
        assert_eq!(status.insert(name, code), None);
    }
    let available: HashMap<String, bool> = String::from_utf8(table(SideTable::Registrar))
        .unwrap()
        .lines()
        .map(|line| {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            (
                answer["domain"].as_str().unwrap().to_owned(),
                answer["available"].as_bool().unwrap(),
            )
        })
        .collect();
    for record in LOG.iter() {
        let to = domain(&record.to);
        let code = status[to];
        if cause(record) == Some(Cause::ReceiverDomainExpired) {
            assert_eq!(code, 3);
        }
        assert_eq!(code == 3, available.contains_key(to), "{to}");
    }
    let free = available.values().filter(|&&free| free).count();
    assert!((50..100).contains(&(percent(free, available.len()) as u32)));
    let later = String::from_utf8(table(SideTable::ResolverLater)).unwrap();
    let registered = later
        .lines()
        .filter(|line| line.contains("\"type\":1}") && line.contains("\"Status\":0"))
        .count();
    assert!((percent(registered, free) - 25.0).abs() < 6.0);
    let registrations = String::from_utf8(table(SideTable::Registrations)).unwrap();
    for line in registrations.lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(available[object["ldhName"].as_str().unwrap()]);
    }
    let names = rows(SideTable::UserNames);
    let free = names
        .iter()
        .filter(|row| row["available"] == "true")
        .count();
    assert!((percent(free, names.len()) - 35.66).abs() < 1.0);
}

#[test]
fn tables_are_the_same_bytes_again() {
    let again = Simulation::new(&CATALOGUE, SETTINGS.clone()).unwrap();
    for of in SideTable::ALL {
        let mut bytes = Vec::new();
        again.write_side_table(of, &mut bytes).unwrap();
        assert!(bytes == table(of), "{of:?}");
    }
    let paths: BTreeSet<&str> = SideTable::ALL.iter().map(|table| table.path()).collect();
    assert_eq!(paths.len(), SideTable::ALL.len());
}
