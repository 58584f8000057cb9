use ebrc_evaluation::Report;
use maud::{Markup, html};

use super::table::framed;

const WORDS: [(&str, &str); 12] = [
    (
        "Precision",
        "Of the messages predicted to be of a type, the share that is of that type.",
    ),
    (
        "Recall",
        "Of the messages that are of a type, the share predicted to be of that type.",
    ),
    ("F1", "The harmonic mean of precision and recall."),
    ("Support", "How many messages are of the type in truth."),
    (
        "Macro average",
        "The mean over the types that occur, be it as truth or as prediction. A type that is \
         predicted but never true counts as 0; a type that does not occur is left out.",
    ),
    (
        "Cohen's kappa",
        "Agreement beyond chance: 0 is that of chance, 1 is full agreement.",
    ),
    (
        "95% interval",
        "Where a figure lies in 95% of resamples, each of which draws as many clusters of \
         messages as there are, with replacement. Messages of a cluster (a template, or one \
         wording) are right or wrong together, so they are drawn together.",
    ),
    (
        "Paired test and p",
        "If two classifiers were equally good, their answers could as well be exchanged. They \
         are, at random, for each cluster of messages as a whole and many times over; p is the \
         share of exchanges that make a difference in F1 as large as the one found. Below 0.05 \
         the two are told apart. Each comparison stands for itself: of twenty, one would be told \
         apart by chance. The interval comes another way, and may not agree where few clusters hold \
         most of the messages.",
    ),
    (
        "Reweighting",
        "The sample has as many messages of a rare type as of a frequent one. To speak of the \
         log, each sampled message counts for as many as the log has of its predicted type for \
         one sampled (the Horvitz-Thompson estimator).",
    ),
    (
        "Expected calibration error",
        "Answers are put into fifteen bins by their probability. In each, the mean probability \
         and the share of right answers should be the same; the error is their mean distance, \
         each bin weighted by its messages.",
    ),
    (
        "Temperature scaling",
        "One number, fitted on messages kept apart, by which all probabilities are made more or \
         less extreme. It changes no answer.",
    ),
    (
        "AUROC",
        "The area under the ROC curve: how often a message that should be doubted has a lower \
         probability than one that should not. 0.5 is no better than chance, 1 is always.",
    ),
];

pub(super) fn reading() -> Markup {
    html! {
        dl {
            @for (word, meaning) in WORDS {
                div { dt { (word) } dd { (meaning) } }
            }
        }
    }
}

pub(super) fn settings(report: &Report) -> Option<Markup> {
    if report.settings.is_empty() {
        return None;
    }
    let head = html! {
        tr { th.text scope="col" { "setting" } th.text scope="col" { "value" } }
    };
    let body = html! {
        tbody {
            @for setting in &report.settings {
                tr { th.text scope="row" { (setting.name) } td.text { (setting.value) } }
            }
        }
    };
    Some(framed("Settings", head, body))
}
