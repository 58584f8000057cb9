//! The plots of a report as SVG: in its page, and as files of their own.

mod calibration;
mod frame;
mod learning;
mod shares;
mod thresholds;

use ebrc_evaluation::Report;
use maud::{Markup, PreEscaped, Render, html};

use crate::{colour, views};

/// The style that plots share, within a page and without.
pub(crate) const STYLE: &str = include_str!("plots/style.css");

/// What a file needs above the picture for its title.
const HEADING: f64 = 34.0;

/// A picture that says in words what it shows.
pub(crate) struct Plot {
    /// What its files are called, without their endings.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// What there is to be seen, in words.
    pub(crate) finding: String,
    height: f64,
    body: Markup,
}

impl Plot {
    /// The picture within a page.
    pub(crate) fn to_markup(&self) -> Markup {
        let title = format!("{}-title", self.name);
        let description = format!("{}-finding", self.name);
        html! {
            svg.chart viewBox=(self.view_box()) role="img"
                aria-labelledby=(title) aria-describedby=(description) {
                title id=(title) { (self.title) }
                desc id=(description) { (self.finding) }
                (self.body)
            }
        }
    }

    /// The picture as a file of its own.
    pub(crate) fn to_file(&self) -> String {
        let style = format!(
            "{}{STYLE}svg{{background:var(--ground)}}\n\
             @media (max-width:28rem){{.chart text{{font-size:19px}}.chart .heading{{font-size:15px}}}}",
            colour::variables()
        );
        let (width, height) = (frame::WIDTH, self.height + HEADING);
        let view_box = format!("0 {} {width} {height}", -HEADING);
        let picture = html! {
            svg.chart xmlns="http://www.w3.org/2000/svg" viewBox=(view_box) role="img"
                aria-labelledby="title" aria-describedby="finding" {
                title id="title" { (self.title) }
                desc id="finding" { (self.finding) }
                style { (PreEscaped(style)) }
                text.heading x="0" y=(Units(20.0 - HEADING)) { (self.title) }
                (self.body)
            }
        };
        format!("{}\n", picture.into_string())
    }

    fn view_box(&self) -> String {
        format!("0 0 {} {}", frame::WIDTH, self.height)
    }
}

/// All plots that there is something to be seen in.
pub(crate) fn of_report(report: &Report) -> Vec<Plot> {
    let run = report.run.as_ref();
    let reliability = views::reliability(report);
    [
        reliability.map(calibration::plot),
        reliability.map(thresholds::plot),
        run.and_then(|run| run.vote.as_ref()).map(shares::plot),
        run.and_then(|run| learning::plot(&run.learning_curve)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A length or place, to a tenth of a unit.
struct Units(f64);

impl Render for Units {
    fn render_to(&self, buffer: &mut String) {
        let text = format!("{:.1}", self.0);
        buffer.push_str(text.trim_end_matches('0').trim_end_matches('.'));
    }
}
