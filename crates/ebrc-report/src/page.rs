//! The report as an HTML page that needs nothing beside itself: no network, and
//! a script only for the keyboard's way through a matrix.

mod calibration;
mod compared;
mod errors;
mod learning;
mod matrix;
mod opening;
mod reading;
mod review;
mod rivals;
mod table;
mod types;
mod vote;

use ebrc_evaluation::Report;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::colour;
use crate::plots::{self, Plot};
use crate::{remarks, views};

const TITLE: &str = "Evaluation of the bounce classifier";

/// A part of the page that its contents list.
struct Section {
    id: &'static str,
    heading: &'static str,
    body: Markup,
}

/// The report as an HTML page that needs nothing beside itself.
#[must_use]
pub fn to_html(report: &Report) -> String {
    let style = [
        &colour::variables(),
        plots::STYLE,
        include_str!("page/style.css"),
    ]
    .concat();
    let sections = sections(report);
    let page = html! {
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
                (opening::opening(report))
                nav aria-label="Contents" {
                    ul {
                        @for section in &sections {
                            li { a href=(format!("#{}", section.id)) { (section.heading) } }
                        }
                    }
                }
                main {
                    @for section in &sections {
                        section id=(section.id) {
                            h2 { (section.heading) }
                            (section.body)
                        }
                    }
                }
                script { (PreEscaped(include_str!("page/matrix.js"))) }
            }
        }
    };
    page.into_string()
}

fn sections(report: &Report) -> Vec<Section> {
    let views = views::of_report(report);
    let plots = plots::of_report(report);
    let run = report.run.as_ref();
    let part = |id, heading, body: Option<Markup>| body.map(|body| Section { id, heading, body });
    [
        part(
            "rivals",
            "Against other classifiers",
            report.rivals.as_ref().map(rivals::table),
        ),
        part(
            "compared",
            "What was compared",
            Some(compared::compared(&views, &views::languages(report))),
        ),
        part("matrix", "Confusion matrix", Some(matrix::matrices(&views))),
        part("types", "The types", Some(types::types(&report.headline))),
        part(
            "averages",
            "Averages",
            Some(types::averages(&report.headline.summary)),
        ),
        part("errors", "Errors to read", Some(errors::pairs(report))),
        part(
            "calibration",
            "Can the probabilities be believed?",
            calibration::calibration(report, &plots),
        ),
        part(
            "vote",
            "What the vote gains",
            run.and_then(|run| run.vote.as_ref())
                .map(|vote| vote::vote(vote, &plots)),
        ),
        part(
            "learning",
            "How many labels it takes",
            run.and_then(|run| learning::learning(&run.learning_curve, &plots)),
        ),
        part(
            "review",
            "People who judged",
            run.and_then(|run| run.review.as_ref()).map(review::review),
        ),
        part("also", "Also", also(report)),
        part(
            "reading",
            "How to read the figures",
            Some(reading::reading()),
        ),
        part("settings", "Settings", reading::settings(report)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn also(report: &Report) -> Option<Markup> {
    let remarks = remarks::of_report(report);
    (!remarks.is_empty()).then(|| html! { @for remark in &remarks { p { (remark) } } })
}

/// The plot of a name, with what it shows in words, if there is one.
fn figure(plots: &[Plot], name: &str) -> Markup {
    html! {
        @if let Some(plot) = plots.iter().find(|plot| plot.name == name) {
            figure {
                (plot.to_markup())
                figcaption { (plot.finding) " (" code { (plot.name) ".csv" } ")" }
            }
        }
    }
}
