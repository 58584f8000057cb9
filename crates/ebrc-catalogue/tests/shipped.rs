//! The catalogue that ships with ebrc.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::PathBuf;

use ebrc_catalogue::Catalogue;
use ebrc_ndr::NdrMessage;
use ebrc_taxonomy::{BounceType, TemplateLabel};

fn shipped() -> Catalogue {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "data", "catalogue"]
        .iter()
        .collect();
    Catalogue::load(&folder).unwrap()
}

#[test]
fn there_are_enough_texts_of_every_label() {
    let catalogue = shipped();
    assert!(
        catalogue.entries().len() >= 3_000,
        "{}",
        catalogue.entries().len()
    );
    let counts = catalogue.counts();
    for label in BounceType::ALL
        .into_iter()
        .map(TemplateLabel::from)
        .chain([TemplateLabel::Ambiguous])
    {
        assert!(
            counts.labels.get(&label).is_some_and(|&count| count >= 120),
            "{label}"
        );
    }
    assert!(
        counts.languages.len() >= 14,
        "{:?}",
        counts.languages.keys()
    );
}

#[test]
fn no_two_texts_share_more_than_four_fifths_of_their_words() {
    let catalogue = shipped();
    let pairs: Vec<String> = catalogue
        .similar_pairs(0.8)
        .iter()
        .map(|pair| {
            let [first, second] = [pair.first, pair.second].map(|at| &catalogue.entries()[at]);
            format!(
                "{:.2}\n  {}: {}\n  {}: {}\n",
                pair.share, first.label, first.text, second.label, second.text
            )
        })
        .collect();
    assert!(
        pairs.is_empty(),
        "reword or remove one of each:\n{}",
        pairs.concat()
    );
}

#[test]
fn every_text_renders_to_a_refusal_with_its_codes() {
    for entry in shipped().entries() {
        for ordinal in 0..8 {
            let reply = entry.render_seeded(1, ordinal);
            assert!(
                !reply.contains(['{', '}', '\n']) || entry.text.to_string().contains("{{"),
                "{reply}"
            );
            assert!(
                !reply.ends_with(' ') && !ebrc_ndr::is_accepted(&reply),
                "{reply}"
            );
            assert!(!NdrMessage::parse(&reply).text.is_empty(), "{reply}");
        }
    }
}
