//! The report as one HTML page that needs nothing beside itself.

mod artefact;
mod basis;
mod opening;
mod table;

use std::collections::BTreeMap;

use ebrc_artefacts::{Artefact, Measurement, Outcome};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::pictures::{self, Drawn};
use crate::privacy::{self, Addresses};

const TITLE: &str = "Measurement of a delivery log";

/// The names of columns that a report leaves out, by the artefact's and the
/// table's name.
pub(crate) type Hidden = BTreeMap<(String, String), Vec<String>>;

/// Which columns of which tables are left out.
pub(crate) fn hidden_columns(measurement: &Measurement, addresses: Addresses) -> Hidden {
    let mut hidden = Hidden::new();
    if addresses == Addresses::Shown {
        return hidden;
    }
    for artefact in &measurement.artefacts {
        if let Outcome::Measured(findings) = &artefact.outcome {
            for table in &findings.tables {
                let columns: Vec<String> = privacy::left_out(table).map(str::to_owned).collect();
                if !columns.is_empty() {
                    hidden.insert((artefact.id.clone(), table.name.clone()), columns);
                }
            }
        }
    }
    hidden
}

/// The page: the measurement is shown as it is given.
pub(crate) fn to_html(measurement: &Measurement, pictures: &[Drawn], hidden: &Hidden) -> String {
    let style = [include_str!("page/style.css"), &pictures::style()].concat();
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (TITLE) }
                style { (PreEscaped(style)) }
            }
            body {
                (opening::opening(measurement))
                (contents(measurement))
                main {
                    section id="glance" {
                        h2 { "At a glance" }
                        (opening::glance(measurement))
                    }
                    section id="sources" {
                        h2 { "Sources" }
                        (basis::sources(&measurement.sources))
                    }
                    section id="settings" {
                        h2 { "Settings" }
                        (basis::settings(&measurement.settings))
                    }
                    @for each in &measurement.artefacts {
                        (artefact::section(each, &measurement.settings, pictures, hidden))
                    }
                }
            }
        }
    }
    .into_string()
}

fn contents(measurement: &Measurement) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                @for (id, heading) in [
                    ("glance", "At a glance"), ("sources", "Sources"), ("settings", "Settings"),
                ] {
                    li { a href=(format!("#{id}")) { (heading) } }
                }
            }
            ol.artefacts {
                @for artefact in &measurement.artefacts {
                    li {
                        a href=(format!("#{}", anchor(artefact))) {
                            span.id { (artefact.id) } (artefact.title)
                        }
                        @if matches!(artefact.outcome, Outcome::NotMeasurable { .. }) {
                            span.soft.small { " not measurable" }
                        }
                    }
                }
            }
        }
    }
}

/// Where an artefact stands in the page.
fn anchor(artefact: &Artefact) -> String {
    format!("artefact-{}", artefact.id)
}

/// Where a setting stands in the page.
fn setting_anchor(name: &str) -> String {
    format!("setting-{name}")
}
