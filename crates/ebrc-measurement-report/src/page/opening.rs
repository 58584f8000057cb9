use ebrc_artefacts::{Measurement, Outcome};
use maud::{Markup, html};

use super::table::framed;
use super::{TITLE, anchor};
use crate::numerals::{comparison, counted, with_unit};

/// What was measured, and how much of it there is.
pub(super) fn opening(measurement: &Measurement) -> Markup {
    let artefacts = &measurement.artefacts;
    let measured = artefacts
        .iter()
        .filter(|artefact| matches!(artefact.outcome, Outcome::Measured(_)))
        .count();
    let sources = &measurement.sources;
    let given = sources
        .iter()
        .filter(|source| source.snapshot.is_some())
        .count();
    html! {
        header {
            h1 { (TITLE) }
            p.soft {
                "The tables, figures and numbers of “Bounce in the Wild” (IMC 2024), measured of \
                 one log, beside those that the paper prints of its own."
            }
            ul.cards {
                (card("Artefacts measured", measured, artefacts.len()))
                (card("Sources given", given, sources.len()))
            }
            p.small.soft {
                "The paper’s numbers are of 298 million mails of one provider in 2022 and 2023; \
                 for another log they are a landmark and no goal. Shares are compared in \
                 percentage points, means and durations as a multiple of the paper’s; counts grow \
                 with the log, so they are shown beside each other and not compared."
            }
        }
    }
}

fn card(name: &str, part: usize, whole: usize) -> Markup {
    html! {
        li {
            span { (name) }
            b { (part) }
            span.small.soft { "of " (whole) }
        }
    }
}

/// All figures that the paper has too, and what could not be measured.
pub(super) fn glance(measurement: &Measurement) -> Markup {
    let rows: Vec<_> = measurement
        .artefacts
        .iter()
        .filter_map(|artefact| match &artefact.outcome {
            Outcome::Measured(findings) => Some((artefact, findings)),
            Outcome::NotMeasurable { .. } => None,
        })
        .flat_map(|(artefact, findings)| {
            let compared = findings
                .figures
                .iter()
                .filter(|figure| figure.paper.is_some());
            compared.map(move |figure| (artefact, figure))
        })
        .collect();
    let missing: Vec<_> = measurement
        .artefacts
        .iter()
        .filter(|artefact| matches!(artefact.outcome, Outcome::NotMeasurable { .. }))
        .collect();
    let head = html! {
        tr {
            th.text scope="col" { "figure" }
            th scope="col" { "ours" }
            th scope="col" { "paper" }
            th scope="col" { "compared" }
        }
    };
    let body = html! {
        tbody {
            @for (artefact, figure) in &rows {
                tr {
                    th.text scope="row" {
                        a.id href=(format!("#{}", anchor(artefact)))
                            aria-label=(format!("{}, {}", artefact.id, artefact.title)) {
                            (artefact.id)
                        }
                        (figure.name)
                    }
                    td { (with_unit(figure.value, figure.unit)) }
                    td { (with_unit(figure.paper, figure.unit)) }
                    td.compared.soft { (comparison(figure)) }
                }
            }
        }
    };
    html! {
        @if rows.is_empty() {
            p { "No figure was measured that the paper has too." }
        } @else {
            p { (counted(rows.len(), "figure")) " that the paper has too." }
            (framed("Figures that the paper has too", head, body))
        }
        @if !missing.is_empty() {
            h3 { "Not measurable" }
            ul {
                @for artefact in &missing {
                    li {
                        a href=(format!("#{}", anchor(artefact))) {
                            (artefact.id) " " (artefact.title)
                        }
                    }
                }
            }
        }
    }
}
