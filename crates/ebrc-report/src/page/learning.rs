use ebrc_evaluation::{LearningPoint, Summary};
use maud::{Markup, html};

use super::figure;
use super::table::{framed, with_interval};
use crate::numerals::{grouped, percent};
use crate::plots::Plot;

pub(super) fn learning(points: &[LearningPoint], plots: &[Plot]) -> Option<Markup> {
    if points.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th.text scope="col" { "order" } th scope="col" { "templates" }
            th.wide scope="col" { "messages" }
            th scope="col" { "whole log" } th scope="col" { "new templates" }
        }
    };
    let f1 = |summary: Option<&Summary>| match summary {
        Some(summary) => with_interval(
            summary.macro_f1,
            summary.intervals.as_ref().map(|all| all.macro_f1),
        ),
        None => html! { td { "–" } },
    };
    let body = html! {
        tbody {
            @for point in points {
                tr {
                    th.text scope="row" { (point.order.name()) }
                    td { (grouped(point.templates)) }
                    td.wide { (percent(point.coverage)) }
                    (f1(Some(&point.whole_log)))
                    (f1(point.new_templates.as_ref()))
                }
            }
        }
    };
    Some(html! {
        p {
            "Each point is a classifier of its own, trained on so many labelled templates. New \
             templates are those that no point has labelled, so they show what the classifier \
             has learnt; on the whole log, what people labelled counts as well."
        }
        (figure(plots, "learning-curve"))
        details {
            summary { "The same as a table" }
            (framed("Macro F1 in percent by number of labelled templates", head, body))
        }
    })
}
