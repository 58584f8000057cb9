//! From entries to replies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use chrono::NaiveDate;
use ebrc_catalogue::{Catalogue, Envelope, MadeUpEnvelope, Slot, WordingIndex};
use ebrc_ndr::NdrMessage;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn catalogue(lines: &str) -> Catalogue {
    let content = format!("label,codes,text,software,language,weight\n{lines}");
    Catalogue::from_texts([("x.csv", content.as_str())]).unwrap()
}

fn envelope() -> Envelope<'static> {
    Envelope {
        sender: "ann@sender.example",
        recipient: "bob@receiver.example",
        client_ip: "192.0.2.7",
        client_ipv6: "2001:db8::7",
        client_host: "out7.sender.example",
        mx_host: "mx1.receiver.example",
        mx_ip: "198.51.100.3",
        time: NaiveDate::from_ymd_opt(2023, 2, 14)
            .unwrap()
            .and_hms_opt(9, 31, 7)
            .unwrap(),
    }
}

/// The renderings of one text with each of its codes.
fn render(line: &str) -> Vec<String> {
    let catalogue = catalogue(line);
    let entry = &catalogue.entries()[0];
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    entry
        .codes
        .iter()
        .map(|&codes| entry.render(codes, &envelope(), &mut rng))
        .collect()
}

#[test]
fn the_envelope_fills_the_slots_of_the_parties() {
    assert_eq!(
        render(
            "T8,550 5.1.1|550|5.1.1|none,<{recipient}> {local_part} at {recipient_domain} from \
             <{sender}> {sender_domain} via {client_host}[{client_ip}] {helo} {client_ipv6} to \
             {mx_host}[{mx_ip}]:{port},postfix,en,1\n"
        ),
        ["550 5.1.1 ", "550 ", "5.1.1 ", ""].map(|codes| format!(
            "{codes}<bob@receiver.example> bob at receiver.example from <ann@sender.example> \
             sender.example via out7.sender.example[192.0.2.7] out7.sender.example 2001:db8::7 to \
             mx1.receiver.example[198.51.100.3]:25"
        ))
    );
}

#[test]
fn a_reply_of_several_lines_repeats_its_codes() {
    assert_eq!(
        render("T3,550 5.7.26|550|none,one {code} two {code} {code} three,gmail,en,1\n"),
        [
            "550-5.7.26 one 550-5.7.26 two 550-5.7.26 550 5.7.26 three",
            "550-one 550-two 550-550 three",
            "one two three",
        ]
    );
}

#[test]
fn the_codes_of_a_report_stand_before_the_reported_reply() {
    assert_eq!(
        render(
            "T8,550 5.1.1|none,host {mx_host}[{mx_ip}] said: No such user (in reply to RCPT TO command),postfix,en,1\n"
        ),
        [
            "host mx1.receiver.example[198.51.100.3] said: 550 5.1.1 No such user (in reply to RCPT TO command)",
            "host mx1.receiver.example[198.51.100.3] said: No such user (in reply to RCPT TO command)",
        ]
    );
}

#[test]
fn a_size_is_above_the_limit_and_a_limit_stays_the_same() {
    let catalogue = catalogue("T12,552,{size} of {limit} or {limit},postfix,en,1\n");
    for ordinal in 0..200 {
        let reply = catalogue.entries()[0].render_seeded(5, ordinal);
        let numbers: Vec<u64> = reply
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [552, size, limit, again] = numbers[..] else {
            panic!("{reply}")
        };
        assert!(size > limit && limit == again, "{reply}");
    }
}

#[test]
fn times_are_those_of_the_envelope() {
    let [reply] = &render("T16,none,{timestamp} {date},outlook,en,1\n")[..] else {
        panic!("one reply")
    };
    assert!(reply.starts_with("2023-02-14T09:31:07."), "{reply}");
    assert!(
        reply.ends_with("Z 2023-02-14") || reply.ends_with("Z 14 Feb 2023"),
        "{reply}"
    );
}

#[test]
fn replies_depend_on_seed_and_ordinal_alone() {
    let all = catalogue("T8,550,{recipient} {queue_id} {hex} {uuid} {host} {url},postfix,en,1\n");
    let entry = &all.entries()[0];
    assert_eq!(entry.render_seeded(1, 2), entry.render_seeded(1, 2));
    assert_ne!(entry.render_seeded(1, 2), entry.render_seeded(1, 3));
    assert_ne!(entry.render_seeded(1, 2), entry.render_seeded(2, 2));
}

const ENDS: [&str; 12] = [
    "", "no", "now", "here", "there", "then", "today", "again", "later", "never", "gone", "sorry",
];

/// What varies must not reach Drain as words.
#[test]
fn made_up_values_are_masked() {
    for software in ["postfix", "exim", "sendmail", "gmail", "outlook", "qmail"] {
        for &slot in Slot::ALL {
            // Several texts, so that each shape of the slot's values comes up.
            let lines: String = ENDS
                .iter()
                .map(|end| format!("T8,550,is {{{}}} {end},{software},en,1\n", slot.name()))
                .collect();
            let catalogue = catalogue(&lines);
            for entry in catalogue.entries() {
                for ordinal in 0..30 {
                    let reply = entry.render_seeded(9, ordinal);
                    let masked = ebrc_ndr::mask(&NdrMessage::parse(&reply).text);
                    let left: Vec<&str> = masked
                        .split(['<', '>', ' '])
                        .filter(|word| !ENDS.contains(word))
                        .collect();
                    let kinds = ["email", "ip", "host", "url", "id", "time", "number"];
                    let right = match slot {
                        Slot::LocalPart => left.len() == 2 && left[1].contains('.'),
                        Slot::Code => left == ["is"],
                        _ => left.len() == 2 && kinds.contains(&left[1]),
                    };
                    assert!(right, "{software} {slot:?}: {reply} -> {masked}");
                }
            }
        }
    }
}

#[test]
fn made_up_envelopes_use_reserved_names() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..100 {
        let made_up = MadeUpEnvelope::new(&mut rng);
        let envelope = made_up.envelope();
        for name in [
            envelope.sender,
            envelope.recipient,
            envelope.client_host,
            envelope.mx_host,
        ] {
            assert!(name.ends_with(".example"), "{name}");
        }
        for ip in [envelope.client_ip, envelope.mx_ip] {
            let reserved = ["192.0.2.", "198.51.100.", "203.0.113."];
            assert!(
                reserved.iter().any(|network| ip.starts_with(network)),
                "{ip}"
            );
        }
        assert!(envelope.client_ipv6.parse::<std::net::Ipv6Addr>().is_ok());
        assert!(envelope.client_ipv6.starts_with("2001:db8:"));
    }
}

#[test]
fn the_nearest_wording_is_found_through_slots_and_codes() {
    let all = catalogue(
        "T8,550 5.1.1,<{recipient}>: Recipient address rejected: User unknown,postfix,en,1\n\
         T9,552 5.2.2,The mailbox of {recipient} is over quota,exim,en,1\n",
    );
    let index = WordingIndex::new(&all);
    let (entry, share) = index
        .nearest("450 4.2.2 the mailbox of carl@elsewhere.example is over quota")
        .unwrap();
    assert_eq!(entry, 1);
    assert!((share - 1.0).abs() < 1e-12);
    let (_, share) = index.nearest("554 quota of everything").unwrap();
    assert!(share < 0.5);
    assert_eq!(index.nearest("554 zzz"), None);
}
