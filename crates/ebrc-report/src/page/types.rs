use ebrc_evaluation::{Figures, Summary};
use maud::{Markup, html};

use super::table::{framed, kind};
use crate::numerals::{grouped, percent};

pub(super) fn types(figures: &Figures) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "type" }
            th scope="col" { "precision" } th scope="col" { "recall" }
            th scope="col" { "F1" } th scope="col" { "support" }
            th.wide scope="col" { "predicted" }
        }
    };
    let body = html! {
        tbody {
            @for (&of, row) in &figures.per_type {
                tr {
                    th.text scope="row" title=(of.meaning()) { (kind(of)) }
                    @if row.occurs() {
                        (bar(row.precision)) (bar(row.recall)) (bar(row.f1))
                    } @else {
                        td { "–" } td { "–" } td { "–" }
                    }
                    td { (grouped(row.support)) }
                    td.wide { (grouped(row.predicted)) }
                }
            }
        }
    };
    framed("Figures of each type", head, body)
}

fn bar(share: f64) -> Markup {
    html! {
        td.bar style=(format!("--w:{:.1}%", share * 100.0)) { (percent(share)) }
    }
}

pub(super) fn averages(summary: &Summary) -> Markup {
    let rows = [
        (
            "macro",
            "each type counts the same",
            [
                summary.macro_precision,
                summary.macro_recall,
                summary.macro_f1,
            ],
        ),
        (
            "micro",
            "each message counts the same",
            [
                summary.micro_precision,
                summary.micro_recall,
                summary.micro_f1,
            ],
        ),
        (
            "weighted",
            "each type by its support",
            [
                summary.weighted_precision,
                summary.weighted_recall,
                summary.weighted_f1,
            ],
        ),
    ];
    let head = html! {
        tr {
            th.text scope="col" { "average" } th.text.wide scope="col" { "meaning" }
            th scope="col" { "precision" } th scope="col" { "recall" }
            th scope="col" { "F1" }
        }
    };
    let body = html! {
        tbody {
            @for (name, meaning, figures) in rows {
                tr {
                    th.text scope="row" { (name) }
                    td.text.wide.soft { (meaning) }
                    @for share in figures { td { (percent(share)) } }
                }
            }
        }
    };
    html! {
        (framed("Averages", head, body))
        p {
            "Accuracy is " (percent(summary.accuracy)) "%"
            @if let Some(kappa) = summary.kappa {
                ", Cohen's kappa " (format!("{kappa:.4}"))
            }
            "."
        }
    }
}
