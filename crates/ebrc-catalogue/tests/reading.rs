//! What the reader accepts, and what it says of wrong lines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;

use ebrc_catalogue::{Catalogue, Codes, Error, Slot};
use ebrc_taxonomy::{BounceType, TemplateLabel};

const HEADER: &str = "label,codes,text,software,language,weight\n";

fn read(lines: &str) -> Result<Catalogue, Error> {
    let content = format!("{HEADER}{lines}");
    Catalogue::from_texts([("T8.csv", content.as_str())])
}

#[test]
fn a_line_is_read_with_quotes_and_several_codes() {
    let lines =
        "T8,550 5.1.1|550|5.1.1|none|550,\"no \"\"{local_part}\"\", sorry\",postfix,en,100\n";
    let catalogue = read(&format!("\u{feff}{lines}")).unwrap_err();
    assert!(
        catalogue.to_string().starts_with("T8.csv, line 2"),
        "{catalogue}"
    );
    let catalogue = read(lines).unwrap();
    let [entry] = catalogue.entries() else {
        panic!("one entry")
    };
    assert_eq!(entry.label, BounceType::NoSuchRecipient.into());
    let codes: Vec<String> = entry.codes.iter().map(Codes::to_string).collect();
    assert_eq!(codes, ["550 5.1.1", "550", "5.1.1", "none"]);
    assert_eq!(entry.text.to_string(), "no \"{local_part}\", sorry");
    assert!(entry.text.has(Slot::LocalPart));
    assert_eq!(
        (entry.software.as_str(), entry.language.as_str()),
        ("postfix", "en")
    );
    assert_eq!(entry.weight, 100);
}

#[test]
fn a_byte_order_mark_before_the_header_is_left_out() {
    let content = format!("\u{feff}{HEADER}ambiguous,550,rejected,generic,en,1\n");
    let catalogue = Catalogue::from_texts([("a.csv", content.as_str())]).unwrap();
    assert_eq!(catalogue.entries()[0].label, TemplateLabel::Ambiguous);
}

#[test]
fn each_wrong_line_is_named_with_what_is_wrong_and_the_remedy() {
    let good = "T8,550,fine,postfix,en,1\n";
    for (line, words) in [
        (
            "T17,550,no,postfix,en,1",
            "`T17` is no label; write T1 to T16",
        ),
        (
            "T8,550,no {who},postfix,en,1",
            "`{who}` is no slot; use one of recipient",
        ),
        ("T8,550,no {recipient,postfix,en,1", "is not closed"),
        (
            "T8,250,no,postfix,en,1",
            "`250` has no reply code of a refusal; write a reply",
        ),
        (
            "T8,550 2.1.1,no,postfix,en,1",
            "has no enhanced code of class 4 or 5",
        ),
        ("T8,550 5.1,no,postfix,en,1", "has no enhanced code"),
        (
            "T8,5.1.1 550,no,postfix,en,1",
            "has codes in the wrong order",
        ),
        (
            "T8,550 5.1.1 5.1.2,no,postfix,en,1",
            "has two enhanced codes",
        ),
        ("T8,550,,postfix,en,1", "the text is empty"),
        (
            "T8,550,no,Postfix,en,1",
            "`Postfix` is no software; write one word in lower case",
        ),
        ("T8,550,no,,en,1", "`` is no software"),
        (
            "T8,550,no,postfix,english,1",
            "`english` is no language; write two letters",
        ),
        (
            "T8,550,no,postfix,en,0",
            "`0` is no weight; write 1 (rare) to 100",
        ),
        ("T8,550,no,postfix,en,101", "`101` is no weight"),
        (
            "T8,550,no, sorry,postfix,en,1",
            "7 fields where 6 belong; put quotes",
        ),
    ] {
        let error = read(&format!("{good}{line}\n")).unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("T8.csv, line 3: "), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(matches!(error, Error::Line { line: 3, .. }));
    }
}

#[test]
fn a_text_over_two_lines_does_not_shift_the_line_that_an_error_names() {
    let error = read("T8,550,\"first\nsecond\",postfix,en,1\nT8,550,x,postfix,en,0\n").unwrap_err();
    assert!(error.to_string().starts_with("T8.csv, line 4: "), "{error}");
}

#[test]
fn a_wrong_header_is_refused() {
    for (header, words) in [
        (
            "label,code,text,software,language,weight",
            "`code` is no column",
        ),
        (
            "label,text,codes,software,language,weight",
            "out of its place",
        ),
        ("label,codes,text,software,language", "a column is missing"),
    ] {
        let error = Catalogue::from_texts([("x.csv", header)])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("x.csv, line 1: "), "{error}");
        assert!(
            error.contains(words) && error.contains("label,codes,text"),
            "{error}"
        );
    }
}

#[test]
fn a_folder_is_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let empty = Catalogue::load(folder.path()).unwrap_err();
    assert!(matches!(empty, Error::Empty { .. }), "{empty}");
    fs::write(
        folder.path().join("b.csv"),
        format!("{HEADER}T2,none,second,postfix,en,1\n"),
    )
    .unwrap();
    fs::write(
        folder.path().join("a.csv"),
        format!("{HEADER}T1,none,first,postfix,de,1\n"),
    )
    .unwrap();
    fs::write(folder.path().join("notes.txt"), "no catalogue").unwrap();
    let catalogue = Catalogue::load(folder.path()).unwrap();
    let texts: Vec<String> = catalogue
        .entries()
        .iter()
        .map(|e| e.text.to_string())
        .collect();
    assert_eq!(texts, ["first", "second"]);
    let counts = catalogue.counts();
    assert_eq!(
        counts.languages.into_iter().collect::<Vec<_>>(),
        [("de".into(), 1), ("en".into(), 1)]
    );
    assert_eq!(
        counts.software.into_iter().collect::<Vec<_>>(),
        [("postfix".into(), 2)]
    );
    assert_eq!(counts.labels.len(), 2);

    fs::write(folder.path().join("c.csv"), b"label\n\xff".as_slice()).unwrap();
    let error = Catalogue::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("c.csv, line 2: no UTF-8; save the file as UTF-8"),
        "{error}"
    );
    assert!(Catalogue::load(&folder.path().join("gone")).is_err());
}

#[test]
fn similar_texts_are_found_whatever_their_slots() {
    let catalogue = read(
        "T8,550,user {recipient} is not known at this host today,postfix,en,1\n\
         T9,550,mailbox full,postfix,en,1\n\
         T8,550,User {local_part} is NOT known at this host today!,exim,en,1\n\
         T8,550,user {recipient} was never known at that host,exim,en,1\n\
         T9,550,\"Full: mailbox\",exim,en,1\n",
    )
    .unwrap();
    let pairs: Vec<(usize, usize)> = catalogue
        .similar_pairs(0.8)
        .iter()
        .map(|pair| (pair.first, pair.second))
        .collect();
    assert_eq!(pairs, [(0, 2), (1, 4)]);
    let all = catalogue.similar_pairs(0.3);
    assert!(all.iter().any(|pair| (pair.first, pair.second) == (0, 3)));
}

/// The quick search finds what comparing every pair with every other finds.
#[test]
fn the_search_for_similar_texts_misses_none() {
    let vocabulary = ["mail", "box", "full", "user", "not", "known", "here", "try"];
    let lines: String = (0_u32..400)
        .map(|number| {
            let mixed = number.wrapping_mul(2_654_435_761) >> 12;
            let text: Vec<&str> = (0..8)
                .filter(|bit| mixed >> bit & 1 == 1)
                .map(|bit| vocabulary[bit as usize])
                .collect();
            format!("T8,550,x {},postfix,en,1\n", text.join(" "))
        })
        .collect();
    let catalogue = read(&lines).unwrap();
    let texts: Vec<_> = catalogue
        .entries()
        .iter()
        .map(|entry| ebrc_catalogue::words(&entry.text.to_string()))
        .collect();
    for threshold in [0.5, 0.66, 0.8, 0.95] {
        let mut expected = Vec::new();
        for first in 0..texts.len() {
            for second in first + 1..texts.len() {
                if ebrc_catalogue::shared_words(&texts[first], &texts[second]) > threshold {
                    expected.push((first, second));
                }
            }
        }
        assert!(!expected.is_empty());
        let found: Vec<(usize, usize)> = catalogue
            .similar_pairs(threshold)
            .iter()
            .map(|pair| (pair.first, pair.second))
            .collect();
        assert_eq!(found, expected);
    }
}
