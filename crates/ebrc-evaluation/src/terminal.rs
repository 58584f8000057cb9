//! The report as plain text.

use std::fmt::Write as _;

use ebrc_taxonomy::BounceType;

use crate::bootstrap::Interval;
use crate::figures::Figures;
use crate::numerals::{percent, short, whole_percent};
use crate::report::{Report, basis};
use crate::{PAPER_PRECISION, PAPER_RECALL};

/// What the tables need at the least.
const NARROWEST: usize = 60;

pub(crate) fn text(report: &Report, width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    type_table(&report.headline, width, &mut line);
    line("");
    matrix(&report.headline, width, &mut line);
    line("");
    averages(report, width, &mut line);
    line("");
    views(report, width, &mut line);
    remarks(report, width, &mut line);
    out
}

fn type_table(figures: &Figures, width: usize, line: &mut impl FnMut(&str)) {
    let roomy = width >= 72;
    let mut header = format!(
        "{:<26}{:>9}{:>8}{:>8}{:>9}",
        "type", "precision", "recall", "F1", "support"
    );
    if roomy {
        header.push_str("  predicted");
    }
    line(&header);
    for (kind, row) in &figures.per_type {
        let mut text = format!("{:<4}{:<22}", kind.id(), kind.name());
        if row.occurs() {
            let _ = write!(
                text,
                "{:>9}{:>8}{:>8}{:>9}",
                percent(row.precision),
                percent(row.recall),
                percent(row.f1),
                short(row.support)
            );
            if roomy {
                let _ = write!(text, "{:>11}", short(row.predicted));
            }
        } else {
            let _ = write!(text, "{:>9}{:>8}{:>8}{:>9}", "-", "-", "-", 0);
            if roomy {
                let _ = write!(text, "{:>11}", 0);
            }
        }
        line(&text);
    }
}

/// Shares of each gold type, since counts do not fit into 80 columns.
fn matrix(figures: &Figures, width: usize, line: &mut impl FnMut(&str)) {
    let cell = if width >= 78 { 4 } else { 3 };
    let unclassified = figures.summary.unclassified > 0;
    // Without a blank between them, ids such as T10 would run together.
    let number_only = cell == 3;
    wrapped(
        "Confusion matrix: of each gold type (row), the percentage predicted to be each type \
         (column).",
        width,
        line,
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
    if unclassified {
        let _ = write!(header, "{:>cell$}", if number_only { "no" } else { "none" });
    }
    line(&format!("{header}{:>6}", "n"));
    for (kind, row) in &figures.per_type {
        let mut text = format!("{:<4}", kind.id());
        for count in figures.confusion[kind.index()] {
            let share = whole_percent(count, row.support);
            let share = if share.is_empty() { "." } else { &share };
            let _ = write!(text, "{share:>cell$}");
        }
        if unclassified {
            let share = whole_percent(row.unclassified, row.support);
            let share = if share.is_empty() { "." } else { &share };
            let _ = write!(text, "{share:>cell$}");
        }
        line(&format!("{text}{:>6}", short(row.support)));
    }
    if unclassified {
        let column = if number_only { "no" } else { "none" };
        wrapped(
            &format!("{column}: not classified, the template was labelled ambiguous."),
            width,
            line,
        );
    }
}

fn averages(report: &Report, width: usize, line: &mut impl FnMut(&str)) {
    let summary = &report.headline.summary;
    let bounds = summary.intervals.as_ref();
    let with_paper = report.run.is_some();
    let paper_column = if with_paper { 9 } else { 0 };
    let heading = if with_paper { "paper" } else { "" };
    let mut header = format!("{:<20}{:>7}{heading:>paper_column$}", "average", "%");
    if bounds.is_some() {
        header.push_str("   95% interval");
    }
    line(&header);
    let mut row = |name: &str, share, paper: Option<f64>, interval: Option<Interval>| {
        let paper = paper
            .filter(|_| with_paper)
            .map(percent)
            .unwrap_or_default();
        let mut text = format!("{name:<20}{:>7}{paper:>paper_column$}", percent(share));
        if let Some(Interval { low, high }) = interval {
            let _ = write!(text, "   {} to {}", percent(low), percent(high));
        }
        line(&text);
    };
    row(
        "macro precision",
        summary.macro_precision,
        Some(PAPER_PRECISION),
        bounds.map(|bounds| bounds.macro_precision),
    );
    row(
        "macro recall",
        summary.macro_recall,
        Some(PAPER_RECALL),
        bounds.map(|bounds| bounds.macro_recall),
    );
    let interval = bounds.map(|bounds| bounds.macro_f1);
    row("macro F1", summary.macro_f1, None, interval);
    let interval = bounds.map(|bounds| bounds.accuracy);
    row("accuracy", summary.accuracy, None, interval);
    row("micro precision", summary.micro_precision, None, None);
    row("micro recall", summary.micro_recall, None, None);
    row("micro F1", summary.micro_f1, None, None);
    row("weighted precision", summary.weighted_precision, None, None);
    row("weighted recall", summary.weighted_recall, None, None);
    row("weighted F1", summary.weighted_f1, None, None);
    if let Some(kappa) = summary.kappa {
        line(&format!("{:<20}{kappa:>7.4}", "Cohen's kappa"));
    }
    wrapped(&basis(summary), width, line);
    if with_paper {
        let source = "Paper: as printed in \"Bounce in the Wild\" (IMC 2024), on its own data.";
        wrapped(source, width, line);
    }
}

fn views(report: &Report, width: usize, line: &mut impl FnMut(&str)) {
    let views = report.views();
    let longest = views.iter().map(|view| view.name.chars().count()).max();
    let name_width = longest.unwrap_or(0).clamp(18, width - 40);
    line(&format!(
        "{:<name_width$}{:>10}{:>7}{:>7}{:>9}{:>7}",
        "", "precision", "recall", "F1", "accuracy", "n"
    ));
    for view in views {
        let name: String = view.name.chars().take(name_width).collect();
        line(&format!(
            "{name:<name_width$}{:>10}{:>7}{:>7}{:>9}{:>7}",
            percent(view.summary.macro_precision),
            percent(view.summary.macro_recall),
            percent(view.summary.macro_f1),
            percent(view.summary.accuracy),
            short(view.summary.support)
        ));
    }
}

fn remarks(report: &Report, width: usize, line: &mut impl FnMut(&str)) {
    for remark in report.remarks() {
        line("");
        wrapped(&remark, width, line);
    }
    if let Some(gold) = &report.gold
        && !gold.mistakes.is_empty()
    {
        line("");
        line("Most confident mistakes:");
        for mistake in &gold.mistakes {
            line(&format!(
                "  line {:<7} {:<3} predicted {:<3} ({}%)",
                mistake.line,
                mistake.gold.id(),
                mistake.predicted.id(),
                percent(mistake.probability)
            ));
        }
    }
}

fn wrapped(text: &str, width: usize, line: &mut impl FnMut(&str)) {
    let mut current = String::new();
    for word in text.split_whitespace() {
        if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width {
            line(&current);
            current.clear();
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    line(&current);
}
