use ebrc_evaluation::{ErrorPair, ErrorTemplate, Figures, Report};
use maud::{Markup, html};

use super::table::kind;
use crate::numerals::{counted, divide, grouped, percent};

/// How many pairs are open from the start.
const OPEN: usize = 3;

/// Mistakes by pair of types, with the templates of which it was surest.
pub(super) fn pairs(report: &Report) -> Markup {
    if report.errors.is_empty() {
        return html! { p { "None: no message was taken for one of another type." } };
    }
    // Pairs are counted over the whole log where its truth is known.
    let population = report.run.as_ref().and_then(|run| run.population.as_ref());
    let figures = population.unwrap_or(&report.headline);
    let (over, sure) = if population.is_some() {
        ("over the whole log", "share of votes")
    } else if report.run.is_some() {
        ("in the sample", "share of votes")
    } else {
        ("in the headline's rows", "probability")
    };
    html! {
        p {
            "Messages of one type that were taken for another " (over) ", the most frequent pairs \
             first; of each pair the templates of which the classifier was surest. Their texts \
             are masked, though masking may miss a name: what a sign such as " code { "<*>" } " or \
             a word in capitals stands for was in the message and is in no report."
        }
        @for (position, pair) in report.errors.iter().enumerate() {
            details.pair open[position < OPEN] {
                summary { (heading(pair, figures)) }
                ol {
                    @for template in &pair.surest { (entry(template, sure)) }
                }
                @let listed = pair.surest.len() as u64;
                @if pair.templates > listed {
                    p.small.soft { "And " (grouped(pair.templates - listed)) " more." }
                }
            }
        }
    }
}

fn heading(pair: &ErrorPair, figures: &Figures) -> Markup {
    let support = figures
        .per_type
        .get(&pair.gold)
        .map_or(0.0, |row| row.support as f64);
    html! {
        span.kind title=(pair.gold.meaning()) { (kind(pair.gold)) }
        " taken for "
        span.kind title=(pair.predicted.meaning()) { (kind(pair.predicted)) }
        span.small.soft {
            " " (counted(pair.messages, "message")) ", "
            (percent(divide(pair.messages as f64, support))) "% of the gold type; "
            (counted(pair.templates, "template"))
        }
    }
}

fn entry(found: &ErrorTemplate, sure: &str) -> Markup {
    let lines: Vec<String> = found.lines.iter().map(u64::to_string).collect();
    html! {
        li {
            @match &found.template {
                Some(text) => code.text { (text) },
                None => span.soft { "its text is not known" },
            }
            div.small.soft {
                (counted(found.messages, "message"))
                @if let Some(confidence) = found.confidence {
                    ", " (sure) " " (percent(confidence)) "%"
                }
                @if let Some(template_id) = found.template_id { ", template " (template_id) }
                @match lines.as_slice() {
                    [] => {},
                    [line] => { ", line " (line) },
                    lines => { ", lines " (lines.join(", ")) },
                }
            }
        }
    }
}
