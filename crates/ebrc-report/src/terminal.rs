//! The report as plain text.

mod columns;
mod sections;
mod tables;

use std::fmt::Write as _;

use ebrc_evaluation::{Figures, Report};
use ebrc_taxonomy::BounceType;

use self::columns::{columns, fitting};
use crate::numerals::{percent, short, whole_percent};

/// What the tables need at the least.
const NARROWEST: usize = 60;

/// Lines of a width.
struct Paper {
    /// In columns.
    width: usize,
    text: String,
}

impl Paper {
    /// A line that its writer knows to fit. Control characters, which a template
    /// may have, would steer the terminal.
    fn line(&mut self, text: &str) {
        let signs = text.trim_end().chars();
        let harmless = signs.map(|sign| if sign.is_control() { '\u{fffd}' } else { sign });
        self.text.extend(harmless);
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.line("");
    }

    /// Words, on as many lines as they take.
    fn words(&mut self, text: &str) {
        self.indented("", text);
    }

    /// The same behind a margin.
    fn indented(&mut self, margin: &str, text: &str) {
        let mut current = margin.to_owned();
        let mut empty = true;
        for word in text.split_whitespace() {
            let mut word = word;
            if !empty && columns(&current) + 1 + columns(word) > self.width {
                self.line(&current);
                margin.clone_into(&mut current);
                empty = true;
            }
            if !empty {
                current.push(' ');
            }
            empty = false;
            // A word longer than a line is broken wherever the line ends.
            loop {
                let part = fitting(word, self.width.saturating_sub(columns(&current)));
                current.push_str(part);
                word = &word[part.len()..];
                if word.is_empty() {
                    break;
                }
                self.line(&current);
                margin.clone_into(&mut current);
            }
        }
        self.line(&current);
    }
}

/// The report as plain text of at most `width` columns (60 at least), counted as
/// terminals do: an East Asian wide character takes two.
#[must_use]
pub fn to_terminal(report: &Report, width: usize) -> String {
    let mut paper = Paper {
        width: width.max(NARROWEST),
        text: String::new(),
    };
    type_table(&report.headline, &mut paper);
    paper.gap();
    matrix(&report.headline, &mut paper);
    paper.gap();
    sections::averages(report, &mut paper);
    paper.gap();
    sections::views(report, &mut paper);
    sections::languages(report, &mut paper);
    sections::rivals(report, &mut paper);
    sections::errors(report, &mut paper);
    sections::calibration(report, &mut paper);
    sections::vote(report, &mut paper);
    sections::learning(report, &mut paper);
    sections::review(report, &mut paper);
    sections::remarks(report, &mut paper);
    paper.text
}

fn type_table(figures: &Figures, paper: &mut Paper) {
    let roomy = paper.width >= 72;
    let mut header = format!(
        "{:<26}{:>9}{:>8}{:>8}{:>9}",
        "type", "precision", "recall", "F1", "support"
    );
    if roomy {
        header.push_str("  predicted");
    }
    paper.line(&header);
    for (kind, row) in &figures.per_type {
        let mut text = format!("{:<4}{:<22}", kind.id(), kind.name());
        let shares = [row.precision, row.recall, row.f1].map(|share| {
            if row.occurs() {
                percent(share)
            } else {
                "-".to_owned()
            }
        });
        let [precision, recall, f1] = shares;
        let _ = write!(
            text,
            "{precision:>9}{recall:>8}{f1:>8}{:>9}",
            short(row.support)
        );
        if roomy {
            let _ = write!(text, "{:>11}", short(row.predicted));
        }
        paper.line(&text);
    }
}

/// Shares of each gold type, since counts do not fit into 80 columns.
fn matrix(figures: &Figures, paper: &mut Paper) {
    let cell = if paper.width >= 78 { 4 } else { 3 };
    let unclassified = figures.summary.unclassified > 0;
    // Without a blank between them, ids such as T10 would run together.
    let number_only = cell == 3;
    paper.words(
        "Confusion matrix: of each gold type (row), the percentage predicted to be each type \
         (column).",
    );
    let mut header = "    ".to_owned();
    for kind in BounceType::ALL {
        let id = kind.id();
        let id = if number_only {
            id.trim_start_matches('T')
        } else {
            id
        };
        let _ = write!(header, "{id:>cell$}");
    }
    let column = if number_only { "no" } else { "none" };
    if unclassified {
        let _ = write!(header, "{column:>cell$}");
    }
    paper.line(&format!("{header}{:>6}", "n"));
    for (kind, row) in &figures.per_type {
        let mut text = format!("{:<4}", kind.id());
        let counts = figures.confusion[kind.index()];
        let last = unclassified.then_some(row.unclassified);
        for count in counts.into_iter().chain(last) {
            let share = whole_percent(count, row.support);
            let share = if share.is_empty() { "." } else { &share };
            let _ = write!(text, "{share:>cell$}");
        }
        paper.line(&format!("{text}{:>6}", short(row.support)));
    }
    if unclassified {
        paper.words(&format!(
            "{column}: not classified, the template was labelled ambiguous."
        ));
    }
}
