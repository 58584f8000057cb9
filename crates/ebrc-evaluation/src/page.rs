//! The report as an HTML page that needs no network and no script.

mod colour;
mod matrix;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::bootstrap::Interval;
use crate::confusion::divide;
use crate::figures::{Figures, Summary};
use crate::gold::GoldParts;
use crate::numerals::{grouped, percent};
use crate::report::{Report, View, basis};
use crate::{PAPER_PRECISION, PAPER_RECALL};

/// How many pairs of confused types are listed.
const MOST_CONFUSED: usize = 10;

pub(crate) fn page(report: &Report) -> String {
    let style = format!("{}{}", colour::variables(), include_str!("page/style.css"));
    let views = report.views();
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Evaluation of the bounce classifier" }
                style { (PreEscaped(style)) }
            }
            body {
                (opening(report))
                (views_table(&views))
                (matrices(&views))
                (types(&report.headline))
                (averages(&report.headline.summary))
                (confusions(&report.headline))
                @if let Some(gold) = &report.gold { (mistakes(gold)) }
                (remarks(report))
                (reading())
                (settings(report))
            }
        }
    };
    page.into_string()
}

fn opening(report: &Report) -> Markup {
    let summary = &report.headline.summary;
    let bounds = summary.intervals.as_ref();
    let paper = |share| report.run.is_some().then_some(share);
    html! {
        header {
            h1 { "Evaluation of the bounce classifier" }
            p.soft {
                @if let Some(run) = &report.run {
                    "A run, compared with the truth of its delivery log: "
                    (grouped(run.per_type)) " random messages of each predicted type."
                }
                @if let Some(gold) = &report.gold {
                    "A model, compared with what people say of "
                    (grouped(gold.rows as u64)) " messages."
                }
            }
        }
        ul.cards {
            (card(
                "Macro precision",
                summary.macro_precision,
                bounds.map(|bounds| bounds.macro_precision),
                paper(PAPER_PRECISION),
            ))
            (card(
                "Macro recall",
                summary.macro_recall,
                bounds.map(|bounds| bounds.macro_recall),
                paper(PAPER_RECALL),
            ))
            (card("Macro F1", summary.macro_f1, bounds.map(|bounds| bounds.macro_f1), None))
            (card("Accuracy", summary.accuracy, bounds.map(|bounds| bounds.accuracy), None))
        }
        p.small.soft {
            (basis(summary))
            @if bounds.is_some() { " The small figures are 95% intervals." }
            @if report.run.is_some() {
                " The paper's figures are those that “Bounce in the Wild” (IMC 2024) prints for \
                 its classifier on its own data; on other data they are a landmark and no goal."
            }
        }
    }
}

fn card(name: &str, share: f64, interval: Option<Interval>, paper: Option<f64>) -> Markup {
    html! {
        li {
            span { (name) }
            b { (percent(share)) "%" }
            @if let Some(interval) = interval {
                span.small.soft { (percent(interval.low)) " to " (percent(interval.high)) }
            }
            @if let Some(paper) = paper {
                span.small.soft { "the paper: " (percent(paper)) "%" }
            }
        }
    }
}

fn views_table(views: &[View<'_>]) -> Markup {
    html! {
        h2 { "What was compared" }
        p { "Macro averages in percent, and the number of messages." }
        div.scroll tabindex="0" role="region" aria-label="What was compared" {
            table.plain {
                thead { tr {
                    th.text scope="col" { "messages" }
                    th scope="col" { "precision" } th scope="col" { "recall" }
                    th scope="col" { "F1" } th.wide scope="col" { "accuracy" }
                    th scope="col" { "n" }
                } }
                @for view in views {
                    tbody {
                        tr.bare {
                            th.text scope="row" { strong { (view.name) } }
                            td { (percent(view.summary.macro_precision)) }
                            td { (percent(view.summary.macro_recall)) }
                            td { (percent(view.summary.macro_f1)) }
                            td.wide { (percent(view.summary.accuracy)) }
                            td { (grouped(view.summary.support)) }
                        }
                        tr.note { td colspan="6" {
                            p {
                                (view.meaning)
                                @if let Some(bounds) = &view.summary.intervals {
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
        }
    }
}

fn range(interval: Interval) -> String {
    format!("{} to {}", percent(interval.low), percent(interval.high))
}

fn matrices(views: &[View<'_>]) -> Markup {
    let mut kept = views
        .iter()
        .filter_map(|view| Some((&view.name, view.figures?)));
    html! {
        h2 { "Confusion matrix" }
        p {
            "A row is a gold type (the truth), a column what was predicted. A cell is the \
             percentage of the row's messages; point at it for the counts. "
            span.key.right {} " is right, " span.key.wrong {} " is wrong."
        }
        @if let Some((_, headline)) = kept.next() { (matrix::heat_map(headline)) }
        @for (name, figures) in kept {
            details {
                summary { "The same for “" (name) "”" }
                (matrix::heat_map(figures))
            }
        }
    }
}

fn types(figures: &Figures) -> Markup {
    html! {
        h2 { "The types" }
        div.scroll tabindex="0" role="region" aria-label="Figures of each type" {
            table.plain {
                thead { tr {
                    th.text scope="col" { "type" }
                    th scope="col" { "precision" } th scope="col" { "recall" }
                    th scope="col" { "F1" } th scope="col" { "support" }
                    th.wide scope="col" { "predicted" }
                } }
                tbody {
                    @for (kind, row) in &figures.per_type {
                        tr {
                            th.text scope="row" title=(kind.meaning()) {
                                span.id { (kind.id()) } (kind.name())
                            }
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
            }
        }
    }
}

fn bar(share: f64) -> Markup {
    html! {
        td.bar style=(format!("--w:{:.1}%", share * 100.0)) { (percent(share)) }
    }
}

fn averages(summary: &Summary) -> Markup {
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
    html! {
        h2 { "Averages" }
        div.scroll tabindex="0" role="region" aria-label="Averages" {
            table.plain {
                thead { tr {
                    th.text scope="col" { "average" } th.text.wide scope="col" { "" }
                    th scope="col" { "precision" } th scope="col" { "recall" }
                    th scope="col" { "F1" }
                } }
                tbody {
                    @for (name, meaning, figures) in rows {
                        tr {
                            th.text scope="row" { (name) }
                            td.text.wide.soft { (meaning) }
                            @for share in figures { td { (percent(share)) } }
                        }
                    }
                }
            }
        }
        p {
            "Accuracy is " (percent(summary.accuracy)) "%"
            @if let Some(kappa) = summary.kappa {
                ", Cohen's kappa " (format!("{kappa:.4}"))
            }
            "."
        }
    }
}

fn confusions(figures: &Figures) -> Markup {
    let pairs = matrix::most_confused(figures, MOST_CONFUSED);
    html! {
        h2 { "Most frequent confusions" }
        @if pairs.is_empty() {
            p { "None: no message was taken for one of another type." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Most frequent confusions" {
                table.plain {
                    thead { tr {
                        th.text scope="col" { "gold" } th.text scope="col" { "predicted" }
                        th scope="col" { "messages" } th scope="col" { "of the gold type" }
                    } }
                    tbody {
                        @for pair in &pairs {
                            tr {
                                td.text title=(pair.gold.meaning()) {
                                    span.id { (pair.gold.id()) } (pair.gold.name())
                                }
                                td.text title=(pair.predicted.meaning()) {
                                    span.id { (pair.predicted.id()) } (pair.predicted.name())
                                }
                                td { (grouped(pair.messages)) }
                                td {
                                    (percent(divide(
                                        pair.messages as f64,
                                        figures.per_type.get(&pair.gold)
                                            .map_or(0.0, |row| row.support as f64),
                                    ))) "%"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn mistakes(gold: &GoldParts) -> Markup {
    html! {
        @if !gold.mistakes.is_empty() {
            h2 { "Most confident mistakes" }
            p {
                "The wrong answers of which the model was surest, by the line of the gold file. "
                "Look whether the model or the label is wrong."
            }
            div.scroll tabindex="0" role="region" aria-label="Most confident mistakes" {
                table.plain {
                    thead { tr {
                        th.text scope="col" { "line" } th.text scope="col" { "gold" }
                        th.text scope="col" { "predicted" } th scope="col" { "probability" }
                    } }
                    tbody {
                        @for mistake in &gold.mistakes {
                            tr {
                                th.text scope="row" { (mistake.line) }
                                td.text { span.id { (mistake.gold.id()) } (mistake.gold.name()) }
                                td.text {
                                    span.id { (mistake.predicted.id()) } (mistake.predicted.name())
                                }
                                td { (percent(mistake.probability)) "%" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn remarks(report: &Report) -> Markup {
    let remarks = report.remarks();
    html! {
        @if !remarks.is_empty() {
            h2 { "Also" }
            @for remark in &remarks { p { (remark) } }
        }
    }
}

fn reading() -> Markup {
    html! {
        h2 { "How to read the figures" }
        dl {
            dt { "Precision" }
            dd { "Of the messages predicted to be of a type, the share that is of that type." }
            dt { "Recall" }
            dd { "Of the messages that are of a type, the share predicted to be of that type." }
            dt { "F1" }
            dd { "The harmonic mean of precision and recall." }
            dt { "Support" }
            dd { "How many messages are of the type in truth." }
            dt { "Macro average" }
            dd {
                "The mean over the types that occur, be it as truth or as prediction. A type that "
                "is predicted but never true counts as 0; a type that does not occur is left out."
            }
            dt { "Cohen's kappa" }
            dd { "Agreement beyond chance: 0 is that of chance, 1 is full agreement." }
            dt { "95% interval" }
            dd {
                "Where a figure lies in 95% of resamples, each of which draws as many clusters of "
                "messages as there are, with replacement. Messages of a cluster (a template, or "
                "one wording) are right or wrong together, so they are drawn together."
            }
        }
    }
}

fn settings(report: &Report) -> Markup {
    html! {
        @if !report.settings.is_empty() {
            h2 { "Settings" }
            div.scroll tabindex="0" role="region" aria-label="Settings" {
                table.plain {
                    tbody {
                        @for setting in &report.settings {
                            tr { th.text scope="row" { (setting.name) } td.text { (setting.value) } }
                        }
                    }
                }
            }
        }
    }
}
