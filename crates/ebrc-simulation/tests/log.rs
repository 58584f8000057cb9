//! The log as a whole, on a catalogue made for these tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use ebrc_catalogue::Catalogue;
use ebrc_delivery::{DeliveryRecord, EmailFlag};
use ebrc_simulation::{Cause, Error, Settings, Simulation};
use ebrc_taxonomy::{BounceDegree, BounceType, TemplateLabel};

/// Table 1 of the paper, in percent of the mails with an unambiguous type.
const TABLE_1: [f64; 16] = [
    1.79, 20.06, 2.65, 1.86, 31.10, 2.63, 2.54, 7.46, 2.06, 0.78, 1.87, 0.53, 9.31, 15.04, 6.51,
    4.26,
];

/// Twelve texts of each label, of three kinds of software and of anybody.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut content = "label,codes,text,software,language,weight\n".to_owned();
    let labels = BounceType::ALL
        .into_iter()
        .map(TemplateLabel::from)
        .chain([TemplateLabel::Ambiguous]);
    for label in labels {
        for number in 0..12 {
            let software = ["postfix", "exim", "outlook", "generic"][number % 4];
            let codes = ["550 5.7.1|550", "450", "451 4.7.1|none"][number % 3];
            content += &format!(
                "{label},{codes},{label} way {} of {software} for {{recipient}} from {{client_ip}},\
                 {software},en,{}\n",
                char::from(b'a' + number as u8),
                1 + 8 * number
            );
        }
    }
    Catalogue::from_texts([("test.csv", content.as_str())]).unwrap()
});

fn settings(emails: u64, seed: u64) -> Settings {
    Settings {
        emails,
        seed,
        receiver_domains: 20_000,
        ..Settings::default()
    }
}

fn log(emails: u64, seed: u64) -> Vec<DeliveryRecord> {
    Simulation::new(&CATALOGUE, settings(emails, seed))
        .unwrap()
        .collect()
}

/// 200,000 mails, for the shares.
static LOG: LazyLock<Vec<DeliveryRecord>> = LazyLock::new(|| log(200_000, 1));

fn labels(record: &DeliveryRecord) -> BTreeSet<TemplateLabel> {
    record
        .truth_type
        .iter()
        .flatten()
        .flatten()
        .copied()
        .collect()
}

fn cause(record: &DeliveryRecord) -> Option<Cause> {
    record
        .truth_cause
        .as_deref()
        .map(|cause| cause.parse().unwrap())
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_others() {
    let bytes = |seed| serde_json::to_string(&log(3000, seed)).unwrap();
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn a_record_comes_from_its_number_alone_and_later_numbers_are_sent_later() {
    let simulation = Simulation::new(&CATALOGUE, settings(5000, 3)).unwrap();
    let log: Vec<_> = simulation.clone().collect();
    for number in [4999, 17, 0] {
        assert_eq!(simulation.record(number), log[number as usize]);
    }
    assert!(log.is_sorted_by_key(|record| record.start_time));
}

#[test]
fn the_iterator_knows_its_length() {
    let mut simulation = Simulation::new(&CATALOGUE, settings(10, 1)).unwrap();
    simulation.next();
    assert_eq!(simulation.size_hint(), (9, Some(9)));
    assert_eq!(simulation.count(), 9);
}

/// Standard errors at 200,000 mails are below 0.08 points; 0.3 are allowed.
#[test]
fn the_degrees_are_those_of_section_4_1() {
    let mut counts: BTreeMap<BounceDegree, usize> = BTreeMap::new();
    for record in LOG.iter() {
        *counts.entry(record.degree()).or_default() += 1;
    }
    for (degree, paper) in [
        (BounceDegree::NonBounced, 87.07),
        (BounceDegree::SoftBounced, 4.82),
        (BounceDegree::HardBounced, 8.11),
    ] {
        let share = percent(counts[&degree], LOG.len());
        assert!((share - paper).abs() < 0.3, "{degree}: {share:.2}%");
    }
}

/// Of 21,500 mails; standard errors are up to 0.32 points. One is allowed, and
/// a tenth of the share more than three standard errors for the small ones.
#[test]
fn the_types_are_those_of_table_1() {
    let mut counts = [0_usize; 16];
    let mut typed = 0;
    let mut ambiguous_only = 0;
    for record in LOG.iter().filter(|record| record.truth_cause.is_some()) {
        let types: Vec<BounceType> = labels(record)
            .into_iter()
            .filter_map(TemplateLabel::bounce_type)
            .collect();
        typed += usize::from(!types.is_empty());
        ambiguous_only += usize::from(types.is_empty());
        for kind in types {
            counts[kind.index()] += 1;
        }
    }
    for (kind, paper) in BounceType::ALL.into_iter().zip(TABLE_1) {
        let share = percent(counts[kind.index()], typed);
        let error = 100.0 * (paper / 100.0 * (1.0 - paper / 100.0) / typed as f64).sqrt();
        assert!(
            (share - paper).abs() < (3.0 * error + 0.02 * paper).min(1.0),
            "{kind}: {share:.2}%"
        );
    }
    let met: f64 = counts.iter().map(|&count| percent(count, typed)).sum();
    assert!((met - 110.45).abs() < 1.0, "{met:.2}%");
    // 6.46 of 38.53 million.
    let ambiguous = percent(ambiguous_only, typed + ambiguous_only);
    assert!((ambiguous - 16.77).abs() < 1.0, "{ambiguous:.2}%");
}

/// Table 2 of the paper, in percent of the mails with an unambiguous type: of
/// a type and a degree, and of a cause.
#[test]
fn the_root_causes_are_those_of_table_2() {
    use BounceDegree::{HardBounced, SoftBounced};
    let bounced: Vec<&DeliveryRecord> = LOG
        .iter()
        .filter(|record| {
            let met = labels(record);
            met.iter().any(|label| label.bounce_type().is_some())
        })
        .collect();
    for (kind, degree, paper) in [
        (BounceType::SenderAuthentication, HardBounced, 2.19),
        (BounceType::Starttls, SoftBounced, 1.78),
        (BounceType::SenderRate, SoftBounced, 2.15),
        (BounceType::MailboxFull, HardBounced, 2.02),
        (BounceType::RecipientRate, HardBounced, 1.35),
        (BounceType::Timeout, SoftBounced, 10.20),
    ] {
        let count = bounced
            .iter()
            .filter(|record| record.degree() == degree && labels(record).contains(&kind.into()))
            .count();
        let share = percent(count, bounced.len());
        assert!((share - paper).abs() < 1.0, "{kind} {degree}: {share:.2}%");
    }
    for (wanted, paper) in [
        (Cause::SenderListed, 31.10),
        (Cause::Greylisting, 2.63),
        (Cause::SpamContent, 6.87),
        (Cause::ReceiverMxError, 11.37),
        (Cause::RecipientDomainTypo, 0.28),
        (Cause::RecipientTypo, 6.85),
        (Cause::RecipientInactive, 0.04),
        (Cause::UsernameGuess, 0.03),
    ] {
        let count = bounced
            .iter()
            .filter(|record| cause(record) == Some(wanted))
            .count();
        let share = percent(count, bounced.len());
        let error = 100.0 * (paper / 100.0 / bounced.len() as f64).sqrt();
        let allowed = (4.0 * error + 0.03 * paper).min(1.0);
        assert!((share - paper).abs() < allowed, "{wanted}: {share:.2}%");
    }
}

#[test]
fn truth_agrees_with_the_results() {
    LOG.iter().for_each(assert_truth_agrees);
}

fn assert_truth_agrees(record: &DeliveryRecord) {
    let attempts = record.delivery_result.len();
    let truth = record.truth_type.as_ref().unwrap();
    for length in [
        truth.len(),
        record.from_ip.len(),
        record.to_ip.len(),
        record.delivery_latency.as_ref().unwrap().len(),
    ] {
        assert_eq!(length, attempts);
    }
    for (reply, truth) in record.delivery_result.iter().zip(truth) {
        assert_eq!(ebrc_ndr::is_accepted(reply), truth.is_none(), "{reply}");
        if let Some(label) = truth {
            let said = format!("{label} way ");
            assert!(reply.contains(&said), "{label}: {reply}");
            assert!(reply.contains(&record.to), "{reply}");
        }
    }
    // Accepted once, at the end.
    assert!(truth[..attempts - 1].iter().all(Option::is_some));
    assert_eq!(record.truth_cause.is_none(), truth.as_slice() == [None]);
    let Some(cause) = cause(record) else {
        return;
    };
    let met = labels(record);
    let own = met.contains(&cause.label())
        || (cause == Cause::BulkSpam && met.contains(&BounceType::NoSuchRecipient.into()));
    assert!(own && met.len() <= 2, "{cause}: {met:?}");
    assert_eq!(
        met.contains(&TemplateLabel::Ambiguous),
        cause == Cause::UnexplainedRefusal
    );
}

#[test]
fn spam_is_sent_once_and_other_mail_as_often_as_needed() {
    let most = Settings::default().max_attempts as usize;
    let mut spam = 0;
    for record in LOG.iter() {
        let attempts = record.delivery_result.len();
        if record.email_flag == Some(EmailFlag::Spam) {
            spam += 1;
            assert_eq!(attempts, 1);
        } else if record.degree() == BounceDegree::HardBounced {
            assert_eq!(attempts, most);
        } else {
            assert!(attempts <= most);
        }
    }
    assert!(spam > 2000);
}

#[test]
fn soft_bounced_mails_take_three_attempts_on_average() {
    let attempts: Vec<usize> = LOG
        .iter()
        .filter(|record| record.degree() == BounceDegree::SoftBounced)
        .map(|record| record.delivery_result.len())
        .collect();
    let mean = attempts.iter().sum::<usize>() as f64 / attempts.len() as f64;
    assert!((mean - 3.0).abs() < 0.15, "{mean}");
}

#[test]
fn listed_proxies_are_refused_and_others_get_through() {
    let simulation = Simulation::new(&CATALOGUE, settings(1, 1)).unwrap();
    let proxies = simulation.proxies();
    assert_eq!(proxies.len(), 34);
    let regions: BTreeSet<&str> = proxies.iter().map(|proxy| proxy.region.code()).collect();
    assert_eq!(regions.len(), 6);
    let listed: Vec<f64> = proxies
        .iter()
        .map(|proxy| {
            percent(
                proxy.listed.iter().filter(|&&day| day).count(),
                proxy.listed.len(),
            )
        })
        .collect();
    let mean = listed.iter().sum::<f64>() / 34.0;
    assert!((mean - 50.0).abs() < 6.0, "{mean}");

    let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
    let by_ip: BTreeMap<&str, usize> = proxies
        .iter()
        .map(|proxy| proxy.ip.as_str())
        .zip(0..)
        .collect();
    assert_eq!(by_ip.len(), 34);
    let (mut blocked, mut soft) = (0, 0);
    for record in LOG.iter() {
        let day = (record.start_time.date() - first).num_days() as usize;
        let tls = cause(record) == Some(Cause::TlsMandate);
        for pair in record.from_ip.windows(2) {
            assert!(tls || pair[0] != pair[1], "another proxy is to try again");
        }
        let blocklisted = Some(BounceType::Blocklisted.into());
        for (ip, truth) in record
            .from_ip
            .iter()
            .zip(record.truth_type.iter().flatten())
        {
            let listed = proxies[by_ip[ip.as_str()]].listed[day];
            if *truth == blocklisted {
                assert!(listed, "{ip} is refused on day {day}");
            }
        }
        if cause(record) == Some(Cause::SenderListed) {
            blocked += 1;
            if record.degree() == BounceDegree::SoftBounced {
                soft += 1;
                let last = by_ip[record.from_ip.last().unwrap().as_str()];
                assert!(!proxies[last].listed[day]);
            }
        }
    }
    let soft = percent(soft, blocked);
    assert!((soft - 80.71).abs() < 1.5, "{soft:.2}%");
}

#[test]
fn domains_keep_to_their_software() {
    let mut spoken: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in LOG.iter() {
        let unreachable = matches!(
            cause(record),
            Some(
                Cause::ReceiverMxError | Cause::ReceiverDomainExpired | Cause::RecipientDomainTypo
            )
        );
        if unreachable {
            continue;
        }
        let (_, domain) = record.to.rsplit_once('@').unwrap();
        for reply in &record.delivery_result {
            for software in ["postfix", "exim", "outlook"] {
                if reply.contains(&format!(" of {software} for ")) {
                    spoken.entry(domain).or_default().insert(software);
                }
            }
        }
    }
    assert!(spoken.len() > 1000);
    for (domain, software) in spoken {
        assert_eq!(software.len(), 1, "{domain} speaks {software:?}");
    }
}

#[test]
fn mail_follows_the_calendar() {
    let first = NaiveDate::from_ymd_opt(2022, 6, 14).unwrap();
    let last = NaiveDate::from_ymd_opt(2023, 9, 6).unwrap();
    let mut weekend = 0;
    let mut months: BTreeMap<(i32, u32), usize> = BTreeMap::new();
    for record in LOG.iter() {
        let date = record.start_time.date();
        assert!((first..=last).contains(&date));
        weekend += usize::from(matches!(date.weekday(), Weekday::Sat | Weekday::Sun));
        *months.entry((date.year(), date.month())).or_default() += 1;
        let latencies = record.delivery_latency.iter().flatten();
        let taken = TimeDelta::milliseconds(latencies.sum::<u64>() as i64);
        assert!(record.end_time + TimeDelta::seconds(1) > record.start_time + taken);
    }
    assert!(percent(weekend, LOG.len()) < 15.0);
    let peak = months.iter().max_by_key(|&(_, count)| count).unwrap().0;
    assert_eq!(*peak, (2023, 1));
}

#[test]
fn accepted_mails_take_the_papers_time() {
    let mut latencies: Vec<u64> = LOG
        .iter()
        .filter(|record| record.truth_cause.is_none())
        .map(|record| record.delivery_latency.as_ref().unwrap()[0])
        .collect();
    latencies.sort_unstable();
    let median = latencies[latencies.len() / 2] as f64 / 1000.0;
    let mean = latencies.iter().sum::<u64>() as f64 / latencies.len() as f64 / 1000.0;
    assert!((median - 14.03).abs() < 0.3, "{median}");
    assert!((mean - 19.37).abs() < 0.5, "{mean}");
}

#[test]
fn every_cause_and_every_label_occurs() {
    let causes: BTreeSet<Cause> = LOG.iter().filter_map(cause).collect();
    assert_eq!(causes.len(), Cause::ALL.len());
    let labels: BTreeSet<TemplateLabel> = LOG.iter().flat_map(labels).collect();
    assert_eq!(labels.len(), 17);
}

#[test]
fn messages_without_an_enhanced_code_are_as_many_as_set() {
    let mut messages = 0;
    let mut without = 0;
    for record in LOG.iter() {
        for reply in record
            .delivery_result
            .iter()
            .filter(|reply| !ebrc_ndr::is_accepted(reply))
        {
            messages += 1;
            without += usize::from(ebrc_ndr::NdrMessage::parse(reply).enhanced_code.is_none());
        }
    }
    let share = percent(without, messages);
    assert!((share - 28.79).abs() < 1.0, "{share:.2}%");
}

#[test]
fn names_are_nobodys() {
    for record in LOG.iter().take(20_000) {
        for address in [&record.from, &record.to] {
            assert!(address.ends_with(".example"), "{address}");
            assert_eq!(address.matches('@').count(), 1, "{address}");
        }
        assert!(
            record
                .to_ip
                .iter()
                .all(|ip| ip.is_empty() || ip.starts_with("10."))
        );
    }
}

#[test]
fn a_catalogue_that_lacks_a_label_is_refused() {
    let content = "label,codes,text,software,language,weight\nT8,550,no,generic,en,1\n";
    let catalogue = Catalogue::from_texts([("x.csv", content)]).unwrap();
    let error = Simulation::new(&catalogue, Settings::default()).unwrap_err();
    assert_eq!(
        error,
        Error::NoText {
            label: BounceType::SenderDns.into()
        }
    );
    assert!(
        error.to_string().contains("no text for T1; add one"),
        "{error}"
    );
}

#[test]
fn wrong_settings_are_refused() {
    let wrong = Settings {
        bounced: 2.0,
        ..Settings::default()
    };
    let error = Simulation::new(&CATALOGUE, wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the simulation's bounced is 2; it must be between 0 and 1"
    );
}

#[test]
fn extreme_settings_make_logs_too() {
    for change in [
        (|settings: &mut Settings| settings.bounced = 0.0) as fn(&mut Settings),
        |settings| settings.bounced = 1.0,
        |settings| {
            settings.listed = 0.0;
            settings.causes.spam_content.share += settings.causes.sender_listed.share;
            settings.causes.sender_listed.share = 0.0;
        },
        |settings| settings.listed = 0.02,
        |settings| settings.listed = 0.9,
        |settings| settings.retry_failure = 1.0,
        |settings| settings.retry_failure = 0.0,
        |settings| settings.max_attempts = 3,
        |settings| settings.expired_domains = 0.0,
        |settings| settings.breached = 0.0,
        |settings| {
            settings.mending.mailboxes.never = 0.9;
            settings.mending.mailboxes.recurrent = 0.1;
        },
        |settings| {
            settings.mending.mx_records.spread = 4.0;
            settings.mending.mx_records.median_days = 400.0;
            settings.mending.authentication.never = 0.0;
            settings.mending.authentication.recurrent = 1.0;
        },
        |settings| {
            settings.receiver_domains = 100;
            settings.sender_domains = 100;
            settings.broken_receiver_domains = 1_000;
            settings.full_mailboxes = 10_000;
            settings.expired_domains = 1.0;
        },
        |settings| {
            settings.policies.greylisting = 1.0;
            settings.policies.tls_top_10k = 0.0;
            settings.policies.spamhaus = 1.0;
            settings.policies.spamhaus_in_february = 1.0;
            settings.policies.authentication = 1.0;
        },
        |settings| settings.top_200_texts = 0.0,
        |settings| settings.without_enhanced_code = 1.0,
        |settings| settings.receiver_domains = 100,
        |settings| settings.receiver_domain_exponent = 0.0,
    ] {
        let mut settings = settings(500, 1);
        change(&mut settings);
        let log: Vec<_> = Simulation::new(&CATALOGUE, settings).unwrap().collect();
        assert_eq!(log.len(), 500);
        log.iter().for_each(assert_truth_agrees);
    }
    let none = Simulation::new(&CATALOGUE, settings(0, 1)).unwrap();
    assert_eq!(none.count(), 0);
}
