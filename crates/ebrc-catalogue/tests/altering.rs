//! What altered replies look like, and the file of surroundings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ebrc_catalogue::{Alteration, Error, Surroundings};
use ebrc_taxonomy::{BounceType, TemplateLabel};

const HEADER: &str = "place,text,language\n";
const TYPED: TemplateLabel = TemplateLabel::Type(BounceType::NoSuchRecipient);
const REPLIES: [&str; 4] = [
    "550 5.1.1 <ann@a.example>: no such user",
    "452 4.2.2 mailbox full",
    "421 too busy",
    "unknown host",
];

fn read(lines: &str) -> Result<Surroundings, Error> {
    Surroundings::from_text("surroundings.csv", &format!("{HEADER}{lines}"))
}

/// The replies, all of one type.
fn typed() -> impl Iterator<Item = (&'static str, TemplateLabel)> {
    REPLIES.into_iter().map(|reply| (reply, TYPED))
}

fn altered(surroundings: &Surroundings, reply: &str, count: u64) -> Vec<String> {
    let alteration = Alteration::new(typed(), surroundings);
    (0..count)
        .map(|number| alteration.alter(reply, TYPED, 1, number))
        .collect()
}

#[test]
fn half_of_the_replies_keep_their_codes_and_the_others_lose_or_change_them() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for reply in altered(&Surroundings::default(), REPLIES[0], 10_000) {
        let (codes, text) = reply.split_at(reply.find('<').unwrap());
        assert_eq!(text, "<ann@a.example>: no such user");
        *counts.entry(codes.trim_end().to_owned()).or_default() += 1;
    }
    // A half of own codes, 0.2 without any, 0.15 without the enhanced one, and
    // 0.15 of any reply's codes, a quarter of which are of this very reply.
    for (codes, expected) in [
        ("550 5.1.1", 5_375),
        ("", 2_375),
        ("550", 1_500),
        ("452 4.2.2", 375),
        ("421", 375),
    ] {
        let found = counts.remove(codes).unwrap();
        // Four standard deviations at the most.
        assert!(found.abs_diff(expected) < 200, "{codes}: {found}");
    }
    assert!(counts.is_empty(), "{counts:?}");
}

#[test]
fn a_quarter_of_the_replies_stand_among_other_words() {
    let lines = "before,host {mx_host} #,en\nbehind,(in reply to {recipient}),en\n";
    let surroundings = read(lines).unwrap();
    let (mut before, mut behind, mut both) = (0_u32, 0_u32, 0_u32);
    for reply in altered(&surroundings, "no such user", 10_000) {
        let starts = reply.starts_with("host mx");
        let ends = reply.ends_with(".example)");
        assert!(reply.contains("no such user"), "{reply}");
        assert!(!reply.contains(['{', '}']), "{reply}");
        before += u32::from(starts);
        behind += u32::from(ends);
        both += u32::from(starts && ends);
    }
    for (found, expected) in [(before, 1_625), (behind, 1_375), (both, 500)] {
        assert!(found.abs_diff(expected) < 160, "{found}, not {expected}");
    }
}

#[test]
fn the_same_numbers_alter_alike_and_others_otherwise() {
    let surroundings = shipped();
    let once = altered(&surroundings, REPLIES[1], 50);
    assert_eq!(once, altered(&surroundings, REPLIES[1], 50));
    let distinct: BTreeSet<&String> = once.iter().collect();
    assert!(distinct.len() > 10, "{}", distinct.len());
    let alteration = Alteration::new(typed(), &surroundings);
    let other: Vec<String> = (0..50)
        .map(|number| alteration.alter(REPLIES[1], TYPED, 2, number))
        .collect();
    assert_ne!(once, other);
}

#[test]
fn codes_that_lines_repeat_are_said_once() {
    let reply = "550-5.7.1 first line\r\n550 5.7.1 second line";
    for reply in altered(&Surroundings::default(), reply, 20) {
        assert!(reply.ends_with("first line second line"), "{reply}");
        assert!(reply.matches("5.7.1").count() <= 1, "{reply}");
    }
}

#[test]
fn codes_stay_where_the_words_alone_give_no_reason() {
    let none = Surroundings::default();
    let replies = typed().chain([
        ("550 address rejected", TemplateLabel::Ambiguous),
        ("554 5.0.0 rejected", TemplateLabel::Ambiguous),
    ]);
    let alteration = Alteration::new(replies, &none);
    let all = |reply, label| -> BTreeSet<String> {
        (0..1_000)
            .map(|number| alteration.alter(reply, label, 1, number))
            .collect()
    };
    let decided = "550 5.1.1 Address rejected";
    assert_eq!(all(decided, TYPED), BTreeSet::from([decided.to_owned()]));
    let told = "550 5.1.1 Address rejected: no such user here";
    assert!(all(told, TYPED).len() > 4);
    let ambiguous = all("450 rejected", TemplateLabel::Ambiguous);
    let expected = [
        "450 rejected",
        "550 rejected",
        "554 5.0.0 rejected",
        "rejected",
    ];
    assert!(ambiguous.iter().eq(expected), "{ambiguous:?}");
}

fn shipped() -> Surroundings {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../data/surroundings.csv"]
        .iter()
        .collect();
    Surroundings::from_text("data/surroundings.csv", &fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_shipped_surroundings_are_many_and_of_both_places() {
    let surroundings = shipped();
    let replies = altered(&surroundings, "qqq", 4_000);
    let before: BTreeSet<&str> = replies
        .iter()
        .filter_map(|reply| reply.split_once(" qqq").map(|(before, _)| before))
        .collect();
    let behind: BTreeSet<&str> = replies
        .iter()
        .filter_map(|reply| reply.split_once("qqq ").map(|(_, behind)| behind))
        .collect();
    assert!(before.len() > 100, "{}", before.len());
    assert!(behind.len() > 40, "{}", behind.len());
}

#[test]
fn each_wrong_line_is_named_with_what_is_wrong_and_the_remedy() {
    let good = "before,Last error:,en\n";
    for (line, words) in [
        (
            "above,Last error:,en",
            "`above` is no place; write before or behind",
        ),
        ("before,Last error:", "2 fields where 3 belong"),
        ("before,,en", "the text is empty"),
        ("before,see {who},en", "`{who}` is no slot"),
        (
            "behind,({code}),en",
            "`{code}` belongs to replies of several lines",
        ),
        ("behind,Bye.,english", "`english` is no language"),
    ] {
        let message = read(&format!("{good}{line}\n")).unwrap_err().to_string();
        assert!(
            message.starts_with("surroundings.csv, line 3: "),
            "{message}"
        );
        assert!(message.contains(words), "{message}");
    }
    let message = Surroundings::from_text("s.csv", "text,place\n").unwrap_err();
    assert_eq!(
        message.to_string(),
        "s.csv, line 1: begin the file with place,text,language"
    );
}
