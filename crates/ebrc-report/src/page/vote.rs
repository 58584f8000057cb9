use ebrc_evaluation::{Summary, VoteParts};
use maud::{Markup, html};

use super::figure;
use super::table::{framed, with_interval};
use crate::numerals::grouped;
use crate::plots::Plot;
use crate::verdict;

pub(super) fn vote(vote: &VoteParts, plots: &[Plot]) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "answer of" }
            th scope="col" { "precision" } th scope="col" { "recall" }
            th scope="col" { "F1" } th scope="col" { "accuracy" }
        }
    };
    let row = |name: &str, summary: &Summary| {
        let bounds = summary.intervals.as_ref();
        html! {
            tr {
                th.text scope="row" { (name) }
                (with_interval(summary.macro_precision, bounds.map(|all| all.macro_precision)))
                (with_interval(summary.macro_recall, bounds.map(|all| all.macro_recall)))
                (with_interval(summary.macro_f1, bounds.map(|all| all.macro_f1)))
                (with_interval(summary.accuracy, bounds.map(|all| all.accuracy)))
            }
        }
    };
    let body = html! {
        tbody {
            (row("the message itself", &vote.single))
            (row("its template's vote", &vote.voted))
        }
    };
    html! {
        p {
            "A template gets the type that most of its messages get. On the "
            (grouped(vote.single.support)) " messages that voted: "
        }
        (framed("Single messages and the vote, macro averages in percent", head, body))
        p { (verdict::of_vote(vote)) }
        (figure(plots, "vote-share"))
    }
}
