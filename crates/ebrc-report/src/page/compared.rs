use maud::{Markup, html};

use super::table::{framed, range, with_interval};
use crate::numerals::{grouped, percent};
use crate::views::{Averages, View};

/// The sets of messages, and below them the languages: of most there are few
/// rows.
pub(super) fn compared(views: &[View<'_>], languages: &[(&str, Averages<'_>)]) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "messages" }
            th scope="col" { "precision" } th scope="col" { "recall" }
            th scope="col" { "F1" } th.wide scope="col" { "accuracy" }
            th scope="col" { "n" }
        }
    };
    let body = html! { @for view in views { (row(view)) } };
    html! {
        p { "Macro averages in percent, and the number of messages." }
        (framed("What was compared", head, body))
        @if !languages.is_empty() {
            details {
                summary { "By language" }
                (by_language(languages))
            }
        }
    }
}

fn row(view: &View<'_>) -> Markup {
    let averages = &view.averages;
    html! {
        tbody {
            tr.bare {
                th.text scope="row" { strong { (view.name) } }
                td { (percent(averages.precision)) }
                td { (percent(averages.recall)) }
                td { (percent(averages.f1)) }
                td.wide { (percent(averages.accuracy)) }
                td { (grouped(averages.messages)) }
            }
            tr.note { td colspan="6" {
                p {
                    (view.meaning)
                    @if let Some(bounds) = averages.intervals {
                        " Intervals: precision " (range(bounds.macro_precision))
                        ", recall " (range(bounds.macro_recall))
                        ", F1 " (range(bounds.macro_f1))
                        ", accuracy " (range(bounds.accuracy)) "."
                    }
                }
            } }
        }
    }
}

fn by_language(languages: &[(&str, Averages<'_>)]) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "language" }
            th scope="col" { "precision" } th scope="col" { "recall" }
            th scope="col" { "F1" } th.wide scope="col" { "accuracy" }
            th scope="col" { "n" }
        }
    };
    let body = html! {
        tbody {
            @for (language, averages) in languages {
                tr {
                    th.text scope="row" { (language) }
                    td { (percent(averages.precision)) }
                    td { (percent(averages.recall)) }
                    (with_interval(averages.f1, averages.intervals.map(|all| all.macro_f1)))
                    td.wide { (percent(averages.accuracy)) }
                    td { (grouped(averages.messages)) }
                }
            }
        }
    };
    html! {
        p.small.soft {
            "Headline rows of each language (" code { "und" } ": none is given), the most \
             frequent first. Figures of a few rows say little."
        }
        (framed("Headline rows by language, macro averages in percent", head, body))
    }
}
