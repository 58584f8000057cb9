use ebrc_artefacts::{Artefact, Figure, Findings, Outcome, Setting};
use maud::{Markup, PreEscaped, html};

use super::table::{framed, table};
use super::{Hidden, anchor, setting_anchor};
use crate::names::stem;
use crate::numerals::{comparison, with_unit};
use crate::pictures::Drawn;

/// All that there is of an artefact.
pub(super) fn section(
    artefact: &Artefact,
    settings: &[Setting],
    pictures: &[Drawn],
    hidden: &Hidden,
) -> Markup {
    html! {
        section id=(anchor(artefact)) {
            h2 { span.id { (artefact.id) } (artefact.title) }
            p.small.soft { (artefact.place) }
            p { (artefact.rule) }
            (decided_by(artefact, settings))
            @match &artefact.outcome {
                Outcome::NotMeasurable { missing } => {
                    p.missing { strong { "Not measurable. " } (missing) }
                }
                Outcome::Measured(findings) => {
                    (measured(artefact, findings, pictures, hidden))
                }
            }
            @if !artefact.sql.trim().is_empty() {
                details {
                    summary { "SQL of " (artefact.id) }
                    pre.scroll tabindex="0" role="region"
                        aria-label=(format!("SQL of {}", artefact.id)) {
                        code { (artefact.sql.trim()) }
                    }
                }
            }
        }
    }
}

fn decided_by(artefact: &Artefact, settings: &[Setting]) -> Markup {
    html! {
        @if !artefact.settings.is_empty() {
            p.small {
                span.soft { "Decided by: " }
                @for (number, name) in artefact.settings.iter().enumerate() {
                    @if number > 0 { ", " }
                    @match settings.iter().find(|setting| setting.name == *name) {
                        Some(setting) => {
                            a href=(format!("#{}", setting_anchor(name))) { code { (name) } }
                            " = " code { (setting.value) }
                        }
                        None => code { (name) },
                    }
                }
            }
        }
    }
}

fn measured(
    artefact: &Artefact,
    findings: &Findings,
    pictures: &[Drawn],
    hidden: &Hidden,
) -> Markup {
    let drawn = findings.pictures.iter().filter_map(|picture| {
        let stem = stem(artefact, &picture.name);
        pictures.iter().find(|drawn| drawn.stem == stem)
    });
    html! {
        @if !findings.figures.is_empty() { (figures(artefact, &findings.figures)) }
        @for picture in drawn { (figure(picture)) }
        @for each in &findings.tables {
            @let key = (artefact.id.clone(), each.name.clone());
            @let hidden = hidden.get(&key).map(Vec::as_slice).unwrap_or_default();
            (table(each, &stem(artefact, &each.name), hidden))
        }
    }
}

fn figures(artefact: &Artefact, figures: &[Figure]) -> Markup {
    let compared = figures.iter().any(|figure| figure.paper.is_some());
    let head = html! {
        tr {
            th.text scope="col" { "figure" }
            th scope="col" { "ours" }
            @if compared { th scope="col" { "paper" } th scope="col" { "compared" } }
        }
    };
    let body = html! {
        tbody {
            @for figure in figures {
                tr {
                    th.text scope="row" { (figure.name) }
                    td { (with_unit(figure.value, figure.unit)) }
                    @if compared {
                        td { (with_unit(figure.paper, figure.unit)) }
                        td.compared.soft { (comparison(figure)) }
                    }
                }
            }
        }
    };
    framed(&format!("Figures of {}", artefact.id), head, body)
}

fn figure(picture: &Drawn) -> Markup {
    html! {
        figure {
            div.scroll tabindex="0" role="region" aria-label=(picture.title) {
                (PreEscaped(&picture.svg))
            }
            figcaption {
                (picture.finding) " "
                @for (name, ending) in [("SVG", "svg"), ("PNG", "png")] {
                    @let file = format!("{}.{ending}", picture.stem);
                    a href=(file) aria-label=(format!("{name} of: {}", picture.title)) { (name) }
                    " "
                }
            }
        }
    }
}
