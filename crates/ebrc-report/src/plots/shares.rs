use ebrc_evaluation::{ShareBin, VoteParts};
use maud::{Markup, html};

use super::frame::{ABOVE, Frame, Scale, percentages};
use super::{Plot, Units};
use crate::numerals::{divide, grouped, percent, short};

const BOTTOM: f64 = 280.0;
/// Below two rows of labels.
const TITLE_DROP: f64 = 68.0;

/// How often a vote is right, by the share of votes for it.
pub(super) fn plot(vote: &VoteParts) -> Plot {
    let bins = &vote.shares;
    let last = bins.len() as f64 - 0.5;
    let frame = Frame {
        top: ABOVE,
        bottom: BOTTOM,
        across: Scale::linear(-0.5, last),
        upward: Scale::linear(0.0, 1.0),
    };
    let body = html! {
        (frame.upward_axis("right", &percentages(0.0, 1.0, 0.25)))
        @for (number, bin) in bins.iter().enumerate() { (column(&frame, number as f64, bin)) }
        (frame.across_title("share of votes, and messages", TITLE_DROP))
    };
    Plot {
        name: "vote-share",
        title: "How often a vote is right, by its share of votes".to_owned(),
        finding: finding(vote),
        height: BOTTOM + TITLE_DROP + 8.0,
        body,
    }
}

fn column(frame: &Frame, number: f64, bin: &ShareBin) -> Markup {
    let middle = frame.x(number);
    let wide = (frame.x(number + 0.5) - middle).min(30.0);
    let top = frame.y(bin.accuracy);
    html! {
        rect.column x=(Units(middle - 0.8 * wide)) width=(Units(1.6 * wide))
            y=(Units(top)) height=(Units(frame.bottom - top)) {
            title {
                (grouped(bin.templates)) " templates, " (grouped(bin.messages)) " messages: "
                (percent(bin.accuracy)) "% right"
            }
        }
        text x=(Units(middle)) y=(Units(top - 6.0)) text-anchor="middle" {
            (format!("{:.0}", bin.accuracy * 100.0))
        }
        text.soft x=(Units(middle)) y=(Units(frame.bottom + 22.0)) text-anchor="middle" {
            (name(bin))
        }
        text.soft x=(Units(middle)) y=(Units(frame.bottom + 44.0)) text-anchor="middle" {
            (short(bin.messages))
        }
    }
}

/// The share in percent, short enough for a column.
fn name(bin: &ShareBin) -> String {
    let high = format!("{:.0}", bin.high * 100.0);
    if bin.low >= 1.0 {
        "all".to_owned()
    } else if bin.high >= 1.0 {
        "<100".to_owned()
    } else {
        format!("≤{high}")
    }
}

fn finding(vote: &VoteParts) -> String {
    let (unanimous, split): (Vec<&ShareBin>, Vec<&ShareBin>) =
        vote.shares.iter().partition(|bin| bin.low >= 1.0);
    let told = |bins: &[&ShareBin], how: &str| {
        let messages: u64 = bins.iter().map(|bin| bin.messages).sum();
        let templates: u64 = bins.iter().map(|bin| bin.templates).sum();
        let right: f64 = bins
            .iter()
            .map(|bin| bin.accuracy * bin.messages as f64)
            .sum();
        (messages > 0).then(|| {
            format!(
                "Where {how} ({} templates), {}% of {} messages are typed right.",
                grouped(templates),
                percent(divide(right, messages as f64)),
                grouped(messages)
            )
        })
    };
    let told = [
        told(&unanimous, "all votes agree"),
        told(&split, "votes are split"),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
