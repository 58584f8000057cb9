//! What the text has below the headline's tables.

use super::Paper;
use super::columns::{columns, cut, padded};
use super::tables::Table;
use crate::numerals::{
    counted, grouped, p_number, percent, points, points_range, short, threshold,
};
use crate::views::{self, Averages};
use crate::{remarks, verdict};
use ebrc_evaluation::{Interval, PAPER_PRECISION, PAPER_RECALL, Report, Summary};

/// How many pairs of types are listed.
const MOST_PAIRS: usize = 6;

/// How many templates of a pair are listed.
const MOST_TEMPLATES: usize = 2;

pub(super) fn averages(report: &Report, paper: &mut Paper) {
    let summary = &report.headline.summary;
    let bounds = summary.intervals.as_ref();
    let with_paper = report.run.is_some();
    let paper_column = if with_paper { 9 } else { 0 };
    let heading = if with_paper { "paper" } else { "" };
    let mut header = format!("{:<20}{:>7}{heading:>paper_column$}", "average", "%");
    if bounds.is_some() {
        header.push_str("   95% interval");
    }
    paper.line(&header);
    let mut row = |name: &str, share, printed: Option<f64>, interval: Option<Interval>| {
        let printed = printed
            .filter(|_| with_paper)
            .map(percent)
            .unwrap_or_default();
        let mut text = format!("{name:<20}{:>7}{printed:>paper_column$}", percent(share));
        if let Some(interval) = interval {
            text.push_str(&format!("   {}", range(interval)));
        }
        paper.line(&text);
    };
    let precision = bounds.map(|bounds| bounds.macro_precision);
    let recall = bounds.map(|bounds| bounds.macro_recall);
    row(
        "macro precision",
        summary.macro_precision,
        Some(PAPER_PRECISION),
        precision,
    );
    row(
        "macro recall",
        summary.macro_recall,
        Some(PAPER_RECALL),
        recall,
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
        paper.line(&format!("{:<20}{kappa:>7.4}", "Cohen's kappa"));
    }
    paper.words(&remarks::basis(summary));
    if with_paper {
        paper.words("Paper: as printed in \"Bounce in the Wild\" (IMC 2024), on its own data.");
    }
}

const FIGURES: [(&str, usize); 5] = [
    ("precision", 10),
    ("recall", 7),
    ("F1", 7),
    ("accuracy", 9),
    ("n", 7),
];

fn figures(averages: &Averages<'_>) -> [String; 5] {
    [
        percent(averages.precision),
        percent(averages.recall),
        percent(averages.f1),
        percent(averages.accuracy),
        short(averages.messages),
    ]
}

pub(super) fn views(report: &Report, paper: &mut Paper) {
    let mut table = Table::new("compared", &FIGURES);
    for view in views::of_report(report) {
        table.row(&view.name, figures(&view.averages));
    }
    table.print(paper);
}

/// Several languages a line, since of most there are few rows.
pub(super) fn languages(report: &Report, paper: &mut Paper) {
    const LONGEST: usize = 18;
    const GAP: usize = 4;
    let languages = views::languages(report);
    let longest = languages.iter().map(|(name, _)| columns(name)).max();
    let Some(longest) = longest.map(|longest| longest.min(LONGEST)) else {
        return;
    };
    let cells: Vec<String> = languages
        .iter()
        .map(|(name, averages)| {
            format!(
                "{}{:>8}{:>7}",
                padded(&cut(name, longest), longest),
                percent(averages.f1),
                short(averages.messages)
            )
        })
        .collect();
    let cell = longest + 15 + GAP;
    paper.gap();
    paper.words("By language, the most frequent first: macro F1 in percent, and n.");
    for line in cells.chunks(((paper.width + GAP) / cell).max(1)) {
        paper.line(&line.join(&" ".repeat(GAP)));
    }
}

/// Accuracy and counts give way where there is no room for them.
pub(super) fn rivals(report: &Report, paper: &mut Paper) {
    let Some(rivals) = &report.rivals else {
        return;
    };
    paper.gap();
    let roomy = paper.width >= 96;
    let [precision, recall, f1, accuracy, _] = FIGURES;
    let tested = [("gain", 8), ("p", 9)];
    let columns = if roomy {
        let interval = ("95% interval", 20);
        vec![
            precision, recall, f1, accuracy, tested[0], interval, tested[1],
        ]
    } else {
        vec![precision, recall, f1, tested[0], tested[1]]
    };
    let mut table = Table::new("classifier", &columns);
    let mut row = |name: &str, summary: &Summary, gain: String, interval: String, p: String| {
        let [precision, recall, f1, accuracy, _] = figures(&Averages::of(summary));
        if roomy {
            table.row(name, [precision, recall, f1, accuracy, gain, interval, p]);
        } else {
            table.row(name, [precision, recall, f1, gain, p]);
        }
    };
    let none = || "-".to_owned();
    row("this classifier", &rivals.this, none(), none(), none());
    for rival in &rivals.others {
        let found = &rival.comparison;
        row(
            &rival.name,
            &rival.summary,
            points(found.macro_f1_difference),
            found.macro_f1_interval.map_or_else(none, points_range),
            p_number(found),
        );
    }
    table.print(paper);
    paper.words(&verdict::of_rivals(rivals));
    paper.words("Gain: this one's macro F1 less the other's, in points; p of a paired test.");
}

pub(super) fn errors(report: &Report, paper: &mut Paper) {
    if report.errors.is_empty() {
        return;
    }
    paper.gap();
    paper.words("Errors to read, by pair of types; the templates of which it was surest, masked (masking may \
         miss a name):");
    for pair in report.errors.iter().take(MOST_PAIRS) {
        let (gold, predicted) = (pair.gold, pair.predicted);
        paper.indented(
            "  ",
            &format!(
                "{gold} {} taken for {predicted} {}: {}, {}",
                gold.name(),
                predicted.name(),
                counted(pair.messages, "message"),
                counted(pair.templates, "template")
            ),
        );
        for found in pair.surest.iter().take(MOST_TEMPLATES) {
            let sure = found
                .confidence
                .map_or_else(String::new, |share| format!("{}%", percent(share)));
            let place = match (found.template_id, found.lines.first()) {
                (Some(template_id), _) => format!("template {template_id}"),
                (None, Some(line)) => format!("line {line}"),
                (None, None) => String::new(),
            };
            let text = found.template.as_deref().unwrap_or("");
            let words: Vec<&str> = text.split_whitespace().collect();
            let told = format!("{sure:>11}  {place:<15}{}", words.join(" "));
            paper.line(&cut(&told, paper.width));
        }
    }
    let more = report.errors.len().saturating_sub(MOST_PAIRS) as u64;
    if more > 0 {
        paper.line(&format!("  and {} more", counted(more, "pair")));
    }
}

pub(super) fn calibration(report: &Report, paper: &mut Paper) {
    let Some(found) = views::reliability(report) else {
        return;
    };
    paper.gap();
    paper.words(&verdict::of_reliability(found));
    let mut table = Table::new(
        "wanted right",
        &[("threshold", 10), ("right", 8), ("answered", 10)],
    );
    for target in &found.targets {
        let cells = match target.reached {
            Some(reached) => [
                threshold(reached.threshold),
                percent(reached.precision),
                percent(reached.coverage),
            ],
            None => ["-", "-", "-"].map(str::to_owned),
        };
        table.row(&format!("{:.0}%", target.precision * 100.0), cells);
    }
    table.print(paper);
}

pub(super) fn vote(report: &Report, paper: &mut Paper) {
    let Some(vote) = report.run.as_ref().and_then(|run| run.vote.as_ref()) else {
        return;
    };
    paper.gap();
    let mut table = Table::new("answer of", &FIGURES);
    table.row("single messages", figures(&Averages::of(&vote.single)));
    table.row("the vote", figures(&Averages::of(&vote.voted)));
    table.print(paper);
    paper.words(&verdict::of_vote(vote));
}

pub(super) fn learning(report: &Report, paper: &mut Paper) {
    let points = report.run.iter().flat_map(|run| &run.learning_curve);
    let mut table = Table::new(
        "labelled",
        &[("templates", 10), ("whole log", 11), ("new templates", 15)],
    );
    let mut any = false;
    for point in points {
        any = true;
        let new = point.new_templates.as_ref();
        table.row(
            point.order.name(),
            [
                grouped(point.templates),
                percent(point.whole_log.macro_f1),
                new.map_or_else(|| "-".to_owned(), |summary| percent(summary.macro_f1)),
            ],
        );
    }
    if any {
        paper.gap();
        paper.words("Macro F1 by the number of labelled templates:");
        table.print(paper);
    }
}

pub(super) fn review(report: &Report, paper: &mut Paper) {
    if let Some(review) = report.run.as_ref().and_then(|run| run.review.as_ref()) {
        paper.gap();
        paper.words(&verdict::of_review(review));
    }
}

pub(super) fn remarks(report: &Report, paper: &mut Paper) {
    for remark in remarks::of_report(report) {
        paper.gap();
        paper.words(&remark);
    }
}

fn range(interval: Interval) -> String {
    format!("{} to {}", percent(interval.low), percent(interval.high))
}
