use ebrc_taxonomy::BounceType;
use maud::{Markup, html};

use super::colour;
use crate::confusion::divide;
use crate::figures::{Figures, TypeFigures};
use crate::numerals::{grouped, percent, whole_percent};

/// The confusion matrix as a heat map: percentages of each gold type, the
/// counts in the titles.
pub(super) fn heat_map(figures: &Figures) -> Markup {
    let unclassified = figures.summary.unclassified > 0;
    html! {
        div.scroll tabindex="0" role="region" aria-label="Confusion matrix" {
            table.matrix {
                thead { tr {
                    th scope="col" { "gold" }
                    @for kind in BounceType::ALL {
                        th scope="col" title=(kind.name()) { (kind.id()) }
                    }
                    @if unclassified {
                        th scope="col" title="not classified: the template was labelled ambiguous" {
                            "none"
                        }
                    }
                    th.total scope="col" title="messages of the gold type" { "n" }
                } }
                tbody {
                    @for (&gold, row) in &figures.per_type {
                        tr {
                            th scope="row" title=(gold.meaning()) {
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
    }
}

fn cell(
    figures: &Figures,
    gold: BounceType,
    row: &TypeFigures,
    predicted: Option<BounceType>,
) -> Markup {
    let count = match predicted {
        Some(kind) => figures.confusion[gold.index()][kind.index()],
        None => row.unclassified,
    };
    let share = divide(count as f64, row.support as f64);
    let target = predicted.map_or("not classified", BounceType::id);
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

/// A pair of types that were taken for each other, and how often.
pub(super) struct Confused {
    pub(super) gold: BounceType,
    pub(super) predicted: BounceType,
    pub(super) messages: u64,
}

/// The most frequent confusions, the most frequent first.
pub(super) fn most_confused(figures: &Figures, most: usize) -> Vec<Confused> {
    let mut found = Vec::new();
    for gold in BounceType::ALL {
        for predicted in BounceType::ALL {
            let messages = figures.confusion[gold.index()][predicted.index()];
            if gold != predicted && messages > 0 {
                found.push(Confused {
                    gold,
                    predicted,
                    messages,
                });
            }
        }
    }
    // A stable sort: of equally many, the lower ids first.
    found.sort_by_key(|confused| std::cmp::Reverse(confused.messages));
    found.truncate(most);
    found
}
