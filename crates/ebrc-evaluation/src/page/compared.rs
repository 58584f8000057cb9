use maud::{Markup, html};

use super::table::{framed, range};
use crate::numerals::{grouped, percent};
use crate::views::View;

pub(super) fn table(views: &[View<'_>]) -> Markup {
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
