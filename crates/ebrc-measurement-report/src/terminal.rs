//! A measurement as a few lines of plain text.

use ebrc_artefacts::{Measurement, Outcome};
use unicode_width::UnicodeWidthStr;

use crate::numerals::{comparison, with_unit};

/// The most columns that a figure's name takes.
const NAME: usize = 44;

/// The figures that the paper has too, beside its values, and what could not
/// be measured; plain text, aligned by the columns of a terminal.
#[must_use]
pub fn terminal(measurement: &Measurement) -> String {
    let mut rows = vec![["", "figure", "ours", "paper", "compared"].map(str::to_owned)];
    let mut missing = Vec::new();
    for artefact in &measurement.artefacts {
        let findings = match &artefact.outcome {
            Outcome::Measured(findings) => findings,
            Outcome::NotMeasurable { missing: what } => {
                missing.push((artefact, what));
                continue;
            }
        };
        for figure in findings
            .figures
            .iter()
            .filter(|figure| figure.paper.is_some())
        {
            rows.push([
                harmless(&artefact.id),
                cut(&harmless(&figure.name), NAME),
                with_unit(figure.value, figure.unit),
                with_unit(figure.paper, figure.unit),
                comparison(figure),
            ]);
        }
    }
    let mut text = String::new();
    if rows.len() > 1 {
        aligned(&rows, &mut text);
    }
    if !missing.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("Not measurable:\n");
        let widest = missing
            .iter()
            .map(|(artefact, _)| artefact.id.width())
            .max();
        let widest = widest.unwrap_or(0);
        for (artefact, what) in missing {
            let id = harmless(&artefact.id);
            let gap = " ".repeat(widest.saturating_sub(id.width()) + 2);
            let what = harmless(what);
            text.push_str(&format!("{id}{gap}{}: {what}\n", harmless(&artefact.title)));
        }
    }
    text
}

/// Two columns of words, then columns of numbers.
fn aligned<const COLUMNS: usize>(rows: &[[String; COLUMNS]], text: &mut String) {
    const WORDS: usize = 2;
    let widths: Vec<usize> = (0..COLUMNS)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            if column > 0 {
                line.push_str("  ");
            }
            if column < WORDS {
                line.push_str(cell);
                line.push_str(&gap);
            } else {
                line.push_str(&gap);
                line.push_str(cell);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

/// Control characters would steer the terminal.
fn harmless(text: &str) -> String {
    let signs = text.chars();
    signs
        .map(|sign| if sign.is_control() { '\u{fffd}' } else { sign })
        .collect()
}

fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for sign in text.chars() {
        kept.push(sign);
        if kept.width() >= room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}
