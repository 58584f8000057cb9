use ebrc_evaluation::{LabellingOrder, LearningPoint, Summary};
use maud::{Markup, html};

use super::frame::{ABOVE, BELOW, Frame, LEGEND_ROW, Scale, legend, percentages_from};
use super::{Plot, Units};
use crate::numerals::{grouped, percent};

/// Points of one line: labelled templates, and what they come to.
type Points<'a> = Vec<(f64, &'a Summary)>;

/// A line of the plot.
struct Series<'a> {
    order: LabellingOrder,
    /// Of new templates, not of the whole log.
    new: bool,
    points: Points<'a>,
}

/// What a classifier is worth by the number of labelled templates; nothing
/// without points.
pub(super) fn plot(points: &[LearningPoint]) -> Option<Plot> {
    let all = series(points);
    let ends = |wanted: fn(f64, f64) -> f64| {
        let templates = points.iter().map(|point| point.templates.max(1) as f64);
        templates.reduce(wanted)
    };
    let (fewest, most) = (ends(f64::min)?, ends(f64::max)?);
    let least = all
        .iter()
        .flat_map(|series| &series.points)
        .map(|(_, summary)| range(summary).0)
        .fold(1.0, f64::min);
    let from = ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9);
    let top = all.len() as f64 * LEGEND_ROW + ABOVE;
    let bottom = top + 270.0;
    let frame = Frame {
        top,
        bottom,
        across: Scale::logarithmic(fewest, most),
        upward: Scale::linear(from, 1.0),
    };
    let step = if from < 0.5 { 0.2 } else { 0.1 };
    let body = html! {
        @for (number, series) in all.iter().enumerate() {
            (legend(14.0 + number as f64 * LEGEND_ROW, sample(series), &name(series)))
        }
        (frame.upward_axis("macro F1", &percentages_from(from, step)))
        @for (number, series) in all.iter().enumerate() {
            // A little apart, so that intervals do not hide each other.
            g transform=(format!("translate({} 0)", 3.0 * (number as f64 - (all.len() as f64 - 1.0) / 2.0)))
                class=(colour(series.order)) {
                (line(&frame, series))
            }
        }
        (frame.across_axis("labelled templates", &template_ticks(points)))
    };
    Some(Plot {
        name: "learning-curve",
        title: "What a classifier is worth by the number of labelled templates".to_owned(),
        finding: finding(&all),
        height: bottom + BELOW,
        body,
    })
}

fn series(points: &[LearningPoint]) -> Vec<Series<'_>> {
    let mut all = Vec::new();
    for order in [LabellingOrder::Biggest, LabellingOrder::MostInDoubt] {
        for new in [false, true] {
            let of_order = points.iter().filter(|point| point.order == order);
            let mut points: Points<'_> = of_order
                .filter_map(|point| {
                    let summary = if new {
                        point.new_templates.as_ref()?
                    } else {
                        &point.whole_log
                    };
                    Some((point.templates.max(1) as f64, summary))
                })
                .collect();
            points.sort_by(|one, other| one.0.total_cmp(&other.0));
            if !points.is_empty() {
                all.push(Series { order, new, points });
            }
        }
    }
    all
}

fn template_ticks(points: &[LearningPoint]) -> Vec<(f64, String)> {
    let mut templates: Vec<u64> = points.iter().map(|point| point.templates.max(1)).collect();
    templates.sort_unstable();
    templates.dedup();
    let tick = |number: u64| (number as f64, grouped(number));
    templates.into_iter().map(tick).collect()
}

fn range(summary: &Summary) -> (f64, f64) {
    let bounds = summary.intervals.as_ref().map(|bounds| bounds.macro_f1);
    bounds.map_or((summary.macro_f1, summary.macro_f1), |bounds| {
        (bounds.low, bounds.high)
    })
}

fn colour(order: LabellingOrder) -> &'static str {
    match order {
        LabellingOrder::Biggest => "one",
        LabellingOrder::MostInDoubt => "two",
    }
}

fn dash(new: bool) -> &'static str {
    if new { "line dashed" } else { "line" }
}

/// Order tells by the mark's form, what was compared by its filling.
fn mark(series: &Series<'_>, x: f64, y: f64, told: Option<String>) -> Markup {
    let class = if series.new { "mark hollow" } else { "mark" };
    let told = html! { @if let Some(told) = told { title { (told) } } };
    match series.order {
        LabellingOrder::Biggest => html! {
            circle class=(class) cx=(Units(x)) cy=(Units(y)) r="4.5" { (told) }
        },
        LabellingOrder::MostInDoubt => html! {
            rect class=(class) x=(Units(x - 4.0)) y=(Units(y - 4.0)) width="8" height="8" {
                (told)
            }
        },
    }
}

fn sample(series: &Series<'_>) -> Markup {
    html! {
        g class=(colour(series.order)) {
            path class=(dash(series.new)) d="M4 0H48" {}
            (mark(series, 26.0, 0.0, None))
        }
    }
}

fn line(frame: &Frame, series: &Series<'_>) -> Markup {
    let through: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|(templates, summary)| (*templates, summary.macro_f1))
        .collect();
    html! {
        path class=(dash(series.new)) d=(frame.line(&through)) {}
        @for (templates, summary) in &series.points {
            @let (low, high) = range(summary);
            @let x = frame.x(*templates);
            @let told = format!(
                "{templates:.0} templates: {}% ({} to {})",
                percent(summary.macro_f1), percent(low), percent(high)
            );
            line.range x1=(Units(x)) x2=(Units(x)) y1=(Units(frame.y(low))) y2=(Units(frame.y(high))) {}
            (mark(series, x, frame.y(summary.macro_f1), Some(told)))
        }
    }
}

fn name(series: &Series<'_>) -> String {
    let of = if series.new {
        "new templates"
    } else {
        "whole log"
    };
    let last = series.points.last();
    let last = last.map_or(0.0, |(_, summary)| summary.macro_f1);
    format!("{of}, {}: {}%", series.order.name(), percent(last))
}

fn finding(all: &[Series<'_>]) -> String {
    let told: Vec<String> = all
        .iter()
        .filter_map(|series| {
            let (first, last) = (series.points.first()?, series.points.last()?);
            let of = if series.new {
                "On templates that nobody labelled"
            } else {
                "On the whole log"
            };
            Some(format!(
                "{of}, {}, macro F1 goes from {}% with {:.0} labelled templates to {}% with {:.0}.",
                series.order.name(),
                percent(first.1.macro_f1),
                first.0,
                percent(last.1.macro_f1),
                last.0
            ))
        })
        .collect();
    told.join(" ")
}
