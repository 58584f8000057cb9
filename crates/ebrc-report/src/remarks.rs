//! What is to be said of messages that count into no figure, and what figures
//! are of, in plain sentences.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use ebrc_evaluation::{GoldParts, Report, RunParts, Source, Summary};
use ebrc_taxonomy::BounceType;

use crate::numerals::{divide, grouped, percent};

/// What is to be said of messages that count into no figure.
pub(crate) fn of_report(report: &Report) -> Vec<String> {
    let of_run = report.run.iter().flat_map(of_run);
    let gold = report.gold.iter();
    of_run
        .chain(gold.flat_map(|gold| of_gold(gold, &report.headline.summary)))
        .collect()
}

fn of_run(run: &RunParts) -> Vec<String> {
    let total: u64 = run.sources.values().sum();
    let of = |source| run.sources.get(&source).copied().unwrap_or(0);
    let share = |part: u64| percent(divide(part as f64, total as f64));
    let mut remark = format!(
        "Of {} refused messages, {}% have a template that people labelled",
        grouped(total),
        share(of(Source::Labelled)),
    );
    let voted = share(of(Source::Predicted));
    let direct = of(Source::Direct);
    // Writing to a string cannot fail.
    let _ = if direct > 0 {
        write!(
            remark,
            ", {voted}% one that the model typed by vote, and {}% were typed by the model directly.",
            share(direct)
        )
    } else {
        write!(remark, " and {voted}% one that the model typed by vote.")
    };
    let mut remarks = vec![remark];
    let ambiguous = &run.ambiguous;
    if ambiguous.messages > 0 {
        let typed = ambiguous.messages - ambiguous.unclassified;
        remarks.push(format!(
            "{} messages ({}%) are ambiguous in truth and count in no figure. {} of them are left \
             without a type, as they should be; {} got one{}.",
            grouped(ambiguous.messages),
            share(ambiguous.messages),
            grouped(ambiguous.unclassified),
            grouped(typed),
            most_frequent(&ambiguous.typed),
        ));
    }
    remarks
}

fn of_gold(gold: &GoldParts, headline: &Summary) -> Vec<String> {
    let mut remarks = Vec::new();
    let ambiguous = &gold.ambiguous;
    if ambiguous.rows > 0 {
        let mut remark = format!(
            "{} rows are ambiguous and count in no figure; the model gives them a type nevertheless{}.",
            grouped(ambiguous.rows),
            most_frequent(&ambiguous.typed)
        );
        if let Some(auroc) = ambiguous.auroc {
            let _ = write!(
                remark,
                " A low probability tells them from the headline's rows with an AUROC of \
                 {auroc:.3} (0.5: not at all; 1: always)."
            );
        }
        remarks.push(remark);
    }
    remarks.push(format!(
        "{} of {} rows of the headline are wrong.",
        grouped(gold.wrong),
        grouped(headline.support)
    ));
    if gold.repeated > 0 {
        remarks.push(format!(
            "{} of {} rows read the same as an earlier one and agree with it in the rest; they count all \
             the same.",
            grouped(gold.repeated),
            grouped(gold.rows)
        ));
    }
    if gold.contradictory_texts > 0 {
        remarks.push(format!(
            "The file gives {} {} several types: no classifier of texts can get all of their rows \
             right, and each row counts.",
            grouped(gold.contradictory_texts),
            if gold.contradictory_texts == 1 {
                "text"
            } else {
                "texts"
            }
        ));
    }
    remarks
}

/// What the averages and the intervals are of.
pub(crate) fn basis(summary: &Summary) -> String {
    let mut text = format!(
        "Over {} messages; macro averages over the {} types that occur.",
        grouped(summary.support),
        summary.types
    );
    if summary.unclassified > 0 {
        let _ = write!(
            text,
            " {} of the messages are not classified.",
            grouped(summary.unclassified)
        );
    }
    if let Some(intervals) = &summary.intervals {
        let _ = write!(
            text,
            " Intervals from {} bootstrap resamples of {} clusters of messages.",
            grouped(u64::from(intervals.resamples)),
            grouped(intervals.clusters as u64)
        );
    }
    text
}

/// The three types that were given most often, in brackets.
fn most_frequent(typed: &BTreeMap<BounceType, u64>) -> String {
    let mut falling: Vec<(BounceType, u64)> =
        typed.iter().map(|(&kind, &count)| (kind, count)).collect();
    falling.sort_by_key(|&(kind, count)| (Reverse(count), kind));
    let named: Vec<String> = falling
        .iter()
        .take(3)
        .map(|&(kind, count)| format!("{kind} {}: {}", kind.name(), grouped(count)))
        .collect();
    match named.as_slice() {
        [] => String::new(),
        named if falling.len() > 3 => format!(" (mostly {})", named.join(", ")),
        named => format!(" ({})", named.join(", ")),
    }
}
