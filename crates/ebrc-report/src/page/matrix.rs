use ebrc_evaluation::{Figures, TypeFigures};
use ebrc_taxonomy::BounceType;
use maud::{Markup, html};

use super::table::{framed, kind};
use crate::colour;
use crate::numerals::{divide, grouped, percent, whole_percent};
use crate::views::View;

/// What a column of messages without a type is called.
const UNCLASSIFIED: &str = "not classified";

pub(super) fn matrices(views: &[View<'_>]) -> Markup {
    let mut kept = views
        .iter()
        .filter_map(|view| Some((&view.name, view.figures?)));
    html! {
        p {
            "A row is a gold type (the truth), a column what was predicted. A cell is the \
             percentage of the row's messages. "
            span.key.right {} " is right, " span.key.wrong {} " is wrong."
        }
        @if let Some((name, headline)) = kept.next() {
            (heat_map(name, headline))
            details {
                summary { "The counts in words" }
                (counts(name, headline))
            }
        }
        @for (name, figures) in kept {
            details {
                summary { "The same for “" (name) "”" }
                (heat_map(name, figures))
                (counts(name, figures))
            }
        }
    }
}

/// The confusion matrix as a heat map: percentages of each gold type, the
/// counts in the titles and, by the script, in a line below.
fn heat_map(name: &str, figures: &Figures) -> Markup {
    let unclassified = figures.summary.unclassified > 0;
    html! {
        div.heat {
            div.scroll tabindex="0" role="region" aria-label=(format!("Confusion matrix, {name}")) {
                table.matrix {
                    caption.unseen { "Confusion matrix, " (name) }
                    thead { tr {
                        th scope="col" { span { "gold" } }
                        @for kind in BounceType::ALL {
                            @let predicted = figures.per_type.get(&kind).map_or(0, |row| row.predicted);
                            th scope="col" title=(kind.meaning())
                                data-name=(named(kind)) data-predicted=(predicted) {
                                // A phone has room for the number alone.
                                b { "T" } (kind.id().trim_start_matches('T'))
                                span { (kind.name()) }
                            }
                        }
                        @if unclassified {
                            th scope="col" title="the template was labelled ambiguous" {
                                "none" span { (UNCLASSIFIED) }
                            }
                        }
                        th.total scope="col" title="messages of the gold type" { "n" }
                    } }
                    tbody {
                        @for (&gold, row) in &figures.per_type {
                            tr {
                                th scope="row" title=(gold.meaning()) data-name=(named(gold)) {
                                    (gold.id()) span { (gold.name()) }
                                }
                                @for predicted in BounceType::ALL {
                                    (cell(figures, gold, row, Some(predicted)))
                                }
                                @if unclassified { (cell(figures, gold, row, None)) }
                                td.total { (grouped(row.support)) }
                            }
                        }
                    }
                }
            }
            p.readout data-readout aria-live="polite" { "Point at a cell for its counts." }
        }
    }
}

/// A type as the script tells it.
fn named(kind: BounceType) -> String {
    format!("{} ({})", kind.id(), kind.name())
}

fn count(
    figures: &Figures,
    gold: BounceType,
    row: &TypeFigures,
    predicted: Option<BounceType>,
) -> u64 {
    predicted.map_or(row.unclassified, |kind| {
        figures.confusion[gold.index()][kind.index()]
    })
}

fn cell(
    figures: &Figures,
    gold: BounceType,
    row: &TypeFigures,
    predicted: Option<BounceType>,
) -> Markup {
    let count = count(figures, gold, row, predicted);
    let share = divide(count as f64, row.support as f64);
    let target = predicted.map_or(UNCLASSIFIED, BounceType::id);
    let title = format!(
        "{gold} → {target}: {} of {} ({}%)",
        grouped(count),
        grouped(row.support),
        percent(share)
    );
    let right = predicted == Some(gold);
    html! {
        @if count > 0 {
            td class=(colour::classes(share, right))
                style=(format!("--a:{:.3}", colour::strength(share)))
                title=(title) { (whole_percent(count, row.support)) }
        } @else if right {
            td.own title=(title) {}
        } @else {
            td title=(title) {}
        }
    }
}

/// What became of the messages of each type, in words, the most frequent first.
fn counts(name: &str, figures: &Figures) -> Markup {
    let head = html! {
        tr {
            th.text scope="col" { "gold type" } th scope="col" { "n" }
            th.text scope="col" { "predicted" }
        }
    };
    let occurring = figures.per_type.iter().filter(|(_, row)| row.support > 0);
    let body = html! {
        tbody {
            @for (&gold, row) in occurring {
                tr {
                    th.text scope="row" { (kind(gold)) }
                    td { (grouped(row.support)) }
                    td.text { (predictions(figures, gold, row)) }
                }
            }
        }
    };
    framed(&format!("The counts in words, {name}"), head, body)
}

fn predictions(figures: &Figures, gold: BounceType, row: &TypeFigures) -> String {
    let columns = BounceType::ALL.map(Some).into_iter().chain([None]);
    let mut found: Vec<(Option<BounceType>, u64)> = columns
        .map(|predicted| (predicted, count(figures, gold, row, predicted)))
        .filter(|(_, messages)| *messages > 0)
        .collect();
    // A stable sort: of equally many, the lower ids first.
    found.sort_by_key(|(_, messages)| std::cmp::Reverse(*messages));
    let told: Vec<String> = found
        .into_iter()
        .map(|(predicted, messages)| {
            format!(
                "{} {} ({}%)",
                predicted.map_or(UNCLASSIFIED, BounceType::id),
                grouped(messages),
                percent(divide(messages as f64, row.support as f64))
            )
        })
        .collect();
    told.join(", ")
}
