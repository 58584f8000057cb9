use ebrc_evaluation::{Interval, PAPER_PRECISION, PAPER_RECALL, Report};
use maud::{Markup, html};

use super::TITLE;
use crate::numerals::{grouped, percent};
use crate::remarks::basis;
use crate::verdict;

/// What a sceptic asks first.
pub(super) fn opening(report: &Report) -> Markup {
    let summary = &report.headline.summary;
    let bounds = summary.intervals.as_ref();
    let paper = |share| report.run.is_some().then_some(share);
    html! {
        header {
            h1 { (TITLE) }
            p.soft { (subject(report)) }
            ul.cards {
                (card(
                    "Macro precision",
                    summary.macro_precision,
                    bounds.map(|bounds| bounds.macro_precision),
                    paper(PAPER_PRECISION),
                ))
                (card(
                    "Macro recall",
                    summary.macro_recall,
                    bounds.map(|bounds| bounds.macro_recall),
                    paper(PAPER_RECALL),
                ))
                (card("Macro F1", summary.macro_f1, bounds.map(|bounds| bounds.macro_f1), None))
                (card("Accuracy", summary.accuracy, bounds.map(|bounds| bounds.accuracy), None))
            }
            @if let Some(rivals) = &report.rivals {
                p.verdict { (verdict::of_rivals(rivals)) }
            }
            p.small.soft {
                (basis(summary))
                @if bounds.is_some() { " The small figures are 95% intervals." }
                @if report.run.is_some() {
                    " The paper's figures are those that “Bounce in the Wild” (IMC 2024) prints \
                     for its classifier on its own data; on other data they are a landmark and \
                     no goal."
                }
            }
        }
    }
}

fn subject(report: &Report) -> String {
    let of_run = report.run.as_ref().map(|run| {
        let truth = if run.review.is_some() {
            "what people say who judged a sample"
        } else {
            "the truth of its delivery log"
        };
        format!(
            "A run, compared with {truth}: {} random messages of each predicted type.",
            grouped(run.per_type)
        )
    });
    let of_gold = report.gold.as_ref().map(|gold| {
        format!(
            "A model, compared with what people say of {} messages.",
            grouped(gold.rows)
        )
    });
    of_run.or(of_gold).unwrap_or_default()
}

fn card(name: &str, share: f64, interval: Option<Interval>, paper: Option<f64>) -> Markup {
    html! {
        li {
            span { (name) }
            b { (percent(share)) "%" }
            @if let Some(interval) = interval {
                span.small.soft { (percent(interval.low)) " to " (percent(interval.high)) }
            }
            @if let Some(paper) = paper {
                span.small.soft { "the paper: " (percent(paper)) "%" }
            }
        }
    }
}
