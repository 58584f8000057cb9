use ebrc_evaluation::{Rival, Rivals, Summary};
use maud::{Markup, html};

use super::table::framed;
use crate::numerals::{grouped, p_number, percent, points, points_range};
use crate::verdict::Outcome;

pub(super) fn table(rivals: &Rivals) -> Markup {
    let messages = &rivals.messages;
    let head = html! {
        tr {
            th.text scope="col" { "classifier" }
            th.wide scope="col" { "precision" } th.wide scope="col" { "recall" }
            th scope="col" { "F1" } th.wide scope="col" { "accuracy" }
            th scope="col" { "F1 gained" } th scope="col" { "p" }
        }
    };
    let body = html! {
        tbody.chosen {
            tr {
                th.text scope="row" { strong { "this classifier" } }
                (figures(&rivals.this))
                td { "–" } td { "–" }
            }
        }
        @for rival in &rivals.others { (row(rival)) }
    };
    html! {
        p {
            "All on the same messages: " (messages) ", " (grouped(rivals.this.support))
            ". Macro averages in percent. What is gained is this classifier's F1 less the \
             other's, in points, with its 95% interval. The test is a paired randomisation test: "
            "p is how often chance alone would make a difference of this size."
        }
        (framed("This classifier and others", head, body))
    }
}

fn figures(summary: &Summary) -> Markup {
    html! {
        td.wide { (percent(summary.macro_precision)) }
        td.wide { (percent(summary.macro_recall)) }
        td { (percent(summary.macro_f1)) }
        td.wide { (percent(summary.accuracy)) }
    }
}

fn row(rival: &Rival) -> Markup {
    let found = &rival.comparison;
    let outcome = match Outcome::of(found) {
        Outcome::Better => "Beaten",
        Outcome::Worse => "Better than this one",
        Outcome::Open => "Not told apart",
    };
    html! {
        tbody {
            tr.bare {
                th.text scope="row" { (rival.name) }
                (figures(&rival.summary))
                td { (points(found.macro_f1_difference)) }
                td.whole { (p_number(found)) }
            }
            tr.note {
                td colspan="7" {
                    p {
                        (rival.meaning) " "
                        strong { (outcome) "." }
                        @if let Some(interval) = found.macro_f1_interval {
                            " The F1 gained lies in " (points_range(interval)) "."
                        }
                        " "
                        (grouped(found.only_this_right)) " messages are right here alone, "
                        (grouped(found.only_other_right)) " there alone."
                    }
                }
            }
        }
    }
}
