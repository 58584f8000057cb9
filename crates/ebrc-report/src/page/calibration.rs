use ebrc_evaluation::{Reliability, Report};
use maud::{Markup, html};

use super::figure;
use super::table::framed;
use crate::numerals::{grouped, percent, threshold};
use crate::plots::Plot;
use crate::views;

pub(super) fn calibration(report: &Report, plots: &[Plot]) -> Option<Markup> {
    let found = views::reliability(report)?;
    let of = if report.run.is_some() {
        "the single messages that took part in a vote, before it"
    } else {
        "the headline's rows"
    };
    Some(html! {
        p {
            "A probability of 80% should be right in 80% of cases. Here it is measured on " (of)
            "; on the dotted diagonal it would be so exactly."
        }
        (figure(plots, "reliability"))
        details {
            summary { "The same as a table" }
            (bins(found))
        }
        h3 { "What answering less gains" }
        p { "Who leaves messages with a low probability unanswered is right more often." }
        (figure(plots, "thresholds"))
        (targets(found))
    })
}

fn bins(found: &Reliability) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "probability" } th scope="col" { "messages" }
            th scope="col" { "mean" } th scope="col" { "right" }
        }
    };
    let body = html! {
        tbody {
            @for bin in &found.bins {
                tr {
                    th.text scope="row" { (percent(bin.low)) " to " (percent(bin.high)) }
                    td { (grouped(bin.messages)) }
                    td { (percent(bin.confidence)) }
                    td { (percent(bin.accuracy)) }
                }
            }
        }
    };
    framed("Right answers by probability, in percent", head, body)
}

fn targets(found: &Reliability) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "wanted right" } th scope="col" { "threshold" }
            th scope="col" { "right" } th scope="col" { "answered" }
        }
    };
    let body = html! {
        tbody {
            @for target in &found.targets {
                tr {
                    th.text scope="row" { (format!("{:.0}%", target.precision * 100.0)) }
                    @match target.reached {
                        Some(reached) => {
                            td { (threshold(reached.threshold)) }
                            td { (percent(reached.precision)) }
                            td { (percent(reached.coverage)) }
                        },
                        None => td colspan="3" { "out of reach" },
                    }
                }
            }
        }
    };
    framed(
        "The lowest threshold that gets a wanted share right, in percent",
        head,
        body,
    )
}
