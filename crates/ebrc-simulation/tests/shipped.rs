//! The log that the catalogue shipped with ebrc makes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use ebrc_catalogue::Catalogue;
use ebrc_drain::Drain;
use ebrc_ndr::NdrMessage;
use ebrc_simulation::{Settings, Simulation};
use ebrc_taxonomy::TemplateLabel;

/// Section 3.2: the top 200 templates hold 68.49% of the messages, and 28.79%
/// of the messages carry no enhanced code.
#[test]
fn mining_finds_the_papers_coverage_and_codes() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "data", "catalogue"]
        .iter()
        .collect();
    let catalogue = Catalogue::load(&folder).unwrap();
    let settings = Settings {
        emails: 200_000,
        ..Settings::default()
    };
    let mut drain = Drain::new(ebrc_drain::Settings {
        similarity: 0.7,
        ..ebrc_drain::Settings::default()
    })
    .unwrap();
    let mut labels: BTreeSet<TemplateLabel> = BTreeSet::new();
    let (mut messages, mut without) = (0_u64, 0_u64);
    for record in Simulation::new(&catalogue, settings).unwrap() {
        let truth = record.truth_type.unwrap();
        for (reply, truth) in record.delivery_result.iter().zip(truth) {
            assert_eq!(ebrc_ndr::is_accepted(reply), truth.is_none(), "{reply}");
            let Some(label) = truth else {
                continue;
            };
            labels.insert(label);
            let message = NdrMessage::parse(reply);
            messages += 1;
            without += u64::from(message.enhanced_code.is_none());
            let key = format!("{:?} {:?}", message.reply_code, message.enhanced_code);
            drain.learn(&key, &ebrc_ndr::mask(&message.text));
        }
    }
    assert_eq!(labels.len(), 17);
    let mut sizes: Vec<u64> = drain
        .clusters()
        .map(|(_, cluster)| cluster.size())
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let top: u64 = sizes.iter().take(200).sum();
    let percent = |part: u64| 100.0 * part as f64 / messages as f64;
    assert!(
        (percent(top) - 68.49).abs() < 3.0,
        "top 200: {:.2}%",
        percent(top)
    );
    assert!(
        (percent(without) - 28.79).abs() < 1.5,
        "{:.2}%",
        percent(without)
    );
}
