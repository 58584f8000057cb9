use ebrc_evaluation::{Reliability, Threshold};
use maud::html;

use super::Plot;
use super::frame::{ABOVE, BELOW, Frame, LEGEND_ROW, Scale, legend, percentages, percentages_from};
use crate::numerals::{percent, threshold};

const TOP: f64 = 2.0 * LEGEND_ROW + ABOVE;
const BOTTOM: f64 = TOP + 250.0;

/// What is gained, and lost, by answering only above a probability.
pub(super) fn plot(found: &Reliability) -> Plot {
    let least = found
        .thresholds
        .first()
        .map_or(0.0, |point| point.threshold);
    // The axis begins at a round number, and always has some length.
    let from = ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9);
    let frame = Frame {
        top: TOP,
        bottom: BOTTOM,
        across: Scale::linear(from, 1.0),
        upward: Scale::linear(0.0, 1.0),
    };
    let steps = |figure: fn(&Threshold) -> f64| {
        let points = found.thresholds.iter();
        let points: Vec<(f64, f64)> = points
            .map(|point| (point.threshold, figure(point)))
            .collect();
        frame.steps(from, &points)
    };
    let step = if from < 0.5 { 0.2 } else { 0.1 };
    let ticks = percentages_from(from, step);
    let solid = html! { path.line.one d="M4 0H48" {} };
    let dashed = html! { path.line.dashed.two d="M4 0H48" {} };
    let body = html! {
        (legend(14.0, solid, "of the answers given, the share that is right"))
        (legend(14.0 + LEGEND_ROW, dashed, "of all messages, the share answered"))
        (frame.upward_axis("share", &percentages(0.0, 1.0, 0.25)))
        path.line.dashed.two d=(steps(|point| point.coverage)) {}
        path.line.one d=(steps(|point| point.precision)) {}
        (frame.across_axis("lowest probability that is answered", &ticks))
    };
    Plot {
        name: "thresholds",
        title: "What answering only above a probability gains and costs".to_owned(),
        finding: finding(found),
        height: BOTTOM + BELOW,
        body,
    }
}

fn finding(found: &Reliability) -> String {
    let all = found
        .thresholds
        .first()
        .map_or(0.0, |point| point.precision);
    let mut text = format!("With every message answered, {}% are right.", percent(all));
    let out_of_reach = found.targets.iter().find(|target| target.reached.is_none());
    // The first that has a price.
    let priced = found.targets.iter().find_map(|target| {
        let reached = target.reached?;
        (reached.coverage < 1.0).then_some((target.precision, reached))
    });
    if let Some((precision, reached)) = priced {
        text.push_str(&format!(
            " For {:.0}% right, answers below a probability of {}% are to be left out; {}% of the \
             messages are answered then.",
            precision * 100.0,
            threshold(reached.threshold),
            percent(reached.coverage)
        ));
    }
    if let Some(target) = out_of_reach {
        text.push_str(&format!(
            " No threshold gets {:.0}% right.",
            target.precision * 100.0
        ));
    }
    text
}
