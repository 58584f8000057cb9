use ebrc_evaluation::{Reliability, ReliabilityBin};
use maud::{Markup, html};

use super::frame::{ABOVE, BELOW, Frame, Scale, percentages};
use super::{Plot, Units};
use crate::numerals::{grouped, percent};
use crate::verdict;

const BOTTOM: f64 = 300.0;
/// The strip that says how many messages there are.
const STRIP_TOP: f64 = BOTTOM + 50.0;
const STRIP_BOTTOM: f64 = STRIP_TOP + 56.0;

/// The reliability diagram: how often answers are right, by probability.
pub(super) fn plot(found: &Reliability) -> Plot {
    let frame = Frame {
        top: ABOVE,
        bottom: BOTTOM,
        across: Scale::linear(0.0, 1.0),
        upward: Scale::linear(0.0, 1.0),
    };
    let body = html! {
        (frame.upward_axis("right answers", &percentages(0.0, 1.0, 0.25)))
        path.ideal d=(frame.line(&[(0.0, 0.0), (1.0, 1.0)])) {}
        g.one {
            @for bin in &found.bins { (point(&frame, bin)) }
        }
        (strip(found))
    };
    Plot {
        name: "reliability",
        title: "How often answers are right, by their probability".to_owned(),
        finding: verdict::of_reliability(found),
        height: STRIP_BOTTOM + BELOW,
        body,
    }
}

/// A bin: its mark, and how far that is from the diagonal.
fn point(frame: &Frame, bin: &ReliabilityBin) -> Markup {
    let x = Units(frame.x(bin.confidence));
    let told = format!(
        "{} messages with a mean probability of {}%: {}% right",
        grouped(bin.messages),
        percent(bin.confidence),
        percent(bin.accuracy)
    );
    html! {
        line.range x1=(x) x2=(x)
            y1=(Units(frame.y(bin.confidence))) y2=(Units(frame.y(bin.accuracy))) {}
        circle.mark cx=(x) cy=(Units(frame.y(bin.accuracy))) r="5" { title { (told) } }
    }
}

fn strip(found: &Reliability) -> Markup {
    let most = found.bins.iter().map(|bin| bin.messages).max().unwrap_or(0);
    let frame = Frame {
        top: STRIP_TOP,
        bottom: STRIP_BOTTOM,
        across: Scale::linear(0.0, 1.0),
        upward: Scale::linear(0.0, most as f64),
    };
    html! {
        (frame.upward_axis("messages", &[(0.0, String::new())]))
        @for bin in &found.bins {
            @let (left, right) = (frame.x(bin.low), frame.x(bin.high));
            // A few messages are still to be seen.
            @let height = (STRIP_BOTTOM - frame.y(bin.messages as f64)).max(1.5);
            rect.column x=(Units(left + 1.0)) width=(Units(right - left - 2.0))
                y=(Units(STRIP_BOTTOM - height)) height=(Units(height)) {
                title {
                    (grouped(bin.messages)) " messages of "
                    (percent(bin.low)) "% to " (percent(bin.high)) "%"
                }
            }
        }
        (frame.across_axis("probability of the answer", &percentages(0.0, 1.0, 0.25)))
    }
}
