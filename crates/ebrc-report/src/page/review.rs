use ebrc_evaluation::{Agreement, Review};
use maud::{Markup, html};

use super::table::framed;
use crate::numerals::grouped;
use crate::verdict;

/// How many pairs of labels are listed.
const MOST_DIFFERENCES: usize = 10;

pub(super) fn review(review: &Review) -> Markup {
    html! {
        p { (verdict::of_review(review)) }
        @if let Some(agreement) = &review.agreement {
            @if !agreement.differences.is_empty() { (differences(agreement)) }
        }
    }
}

fn differences(agreement: &Agreement) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "the first says" } th.text scope="col" { "the second says" }
            th scope="col" { "messages" }
        }
    };
    let shown = agreement.differences.iter().take(MOST_DIFFERENCES);
    let body = html! {
        tbody {
            @for difference in shown {
                tr {
                    td.text { (label(difference.first)) }
                    td.text { (label(difference.second)) }
                    td { (grouped(difference.messages)) }
                }
            }
        }
    };
    framed("Where the first two differ", head, body)
}

fn label(label: ebrc_taxonomy::TemplateLabel) -> Markup {
    match label.bounce_type() {
        Some(kind) => super::table::kind(kind),
        None => html! { (label.as_str()) },
    }
}
