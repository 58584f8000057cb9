//! The tables of a report as CSV, and its plots as SVG.

use crate::plots;
use crate::views::{self, Averages, View};
use ebrc_evaluation::{
    ErrorPair, Interval, Intervals, LearningPoint, Reliability, Report, Rivals, Summary, VoteParts,
};

/// The names of all files that [`attachments`] may have. Of an earlier report,
/// those that a later one lacks are to be removed.
pub const ATTACHMENTS: &[&str] = &[
    "confusion.csv",
    "types.csv",
    "averages.csv",
    "rivals.csv",
    "errors.csv",
    "reliability.csv",
    "thresholds.csv",
    "vote-share.csv",
    "learning-curve.csv",
    "reliability.svg",
    "thresholds.svg",
    "vote-share.svg",
    "learning-curve.svg",
];

/// The tables of a report as CSV and its plots as SVG, as pairs of file name
/// and content: the headline's confusion matrix, the figures by type and the
/// averages; and of what else the report has, the files in [`ATTACHMENTS`].
#[must_use]
pub fn attachments(report: &Report) -> Vec<(String, String)> {
    let views = views::of_report(report);
    let mut files = vec![
        ("confusion.csv", report.confusion().to_csv()),
        ("types.csv", types(&views)),
        ("averages.csv", averages(&views, &views::languages(report))),
    ];
    if let Some(rivals) = &report.rivals {
        files.push(("rivals.csv", classifiers(rivals)));
    }
    if !report.errors.is_empty() {
        files.push(("errors.csv", errors(&report.errors)));
    }
    if let Some(found) = views::reliability(report) {
        files.push(("reliability.csv", reliability(found)));
        files.push(("thresholds.csv", thresholds(found)));
    }
    if let Some(run) = &report.run {
        if let Some(vote) = &run.vote {
            files.push(("vote-share.csv", vote_share(vote)));
        }
        if !run.learning_curve.is_empty() {
            files.push(("learning-curve.csv", learning_curve(&run.learning_curve)));
        }
    }
    let tables = files
        .into_iter()
        .map(|(name, content)| (name.to_owned(), content));
    let plots = plots::of_report(report)
        .into_iter()
        .map(|plot| (format!("{}.svg", plot.name), plot.to_file()));
    tables.chain(plots).collect()
}

/// A table whose rows are as long as its header.
fn csv<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and no row is shorter or longer than another.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Nothing for what is not known.
fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    [
        cell(interval.map(|interval| interval.low)),
        cell(interval.map(|interval| interval.high)),
    ]
}

fn types(views: &[View<'_>]) -> String {
    let rows = views.iter().filter_map(|view| Some((view, view.figures?)));
    let rows = rows.flat_map(|(view, figures)| {
        figures.per_type.iter().map(|(kind, row)| {
            [
                view.name.clone(),
                kind.id().to_owned(),
                kind.name().to_owned(),
                row.precision.to_string(),
                row.recall.to_string(),
                row.f1.to_string(),
                row.support.to_string(),
                row.predicted.to_string(),
                row.unclassified.to_string(),
            ]
        })
    });
    csv(
        [
            "compared",
            "type",
            "name",
            "precision",
            "recall",
            "f1",
            "support",
            "predicted",
            "unclassified",
        ],
        rows,
    )
}

fn averages(views: &[View<'_>], languages: &[(&str, Averages<'_>)]) -> String {
    let views = views.iter().map(|view| (view.name.clone(), &view.averages));
    let languages = languages
        .iter()
        .map(|(language, averages)| (format!("Language {language}"), averages));
    let rows = views.chain(languages).map(|(name, averages)| {
        let of = |figure: fn(&Intervals) -> Interval| ends(averages.intervals.map(figure));
        let [precision_low, precision_high] = of(|all| all.macro_precision);
        let [recall_low, recall_high] = of(|all| all.macro_recall);
        let [f1_low, f1_high] = of(|all| all.macro_f1);
        let [accuracy_low, accuracy_high] = of(|all| all.accuracy);
        [
            name,
            averages.messages.to_string(),
            averages.precision.to_string(),
            precision_low,
            precision_high,
            averages.recall.to_string(),
            recall_low,
            recall_high,
            averages.f1.to_string(),
            f1_low,
            f1_high,
            averages.accuracy.to_string(),
            accuracy_low,
            accuracy_high,
        ]
    });
    csv(
        [
            "compared",
            "messages",
            "macro_precision",
            "macro_precision_low",
            "macro_precision_high",
            "macro_recall",
            "macro_recall_low",
            "macro_recall_high",
            "macro_f1",
            "macro_f1_low",
            "macro_f1_high",
            "accuracy",
            "accuracy_low",
            "accuracy_high",
        ],
        rows,
    )
}

fn classifiers(rivals: &Rivals) -> String {
    let figures = |summary: &Summary| {
        [
            summary.macro_precision.to_string(),
            summary.macro_recall.to_string(),
            summary.macro_f1.to_string(),
            summary.accuracy.to_string(),
        ]
    };
    let row = |name: &str, summary, rest: [String; 7]| {
        let [precision, recall, f1, accuracy] = figures(summary);
        let [
            difference,
            low,
            high,
            p_value,
            rounds,
            this_alone,
            other_alone,
        ] = rest;
        [
            name.to_owned(),
            precision,
            recall,
            f1,
            accuracy,
            difference,
            low,
            high,
            p_value,
            rounds,
            this_alone,
            other_alone,
        ]
    };
    let own = row("this classifier", &rivals.this, Default::default());
    let others = rivals.others.iter().map(|rival| {
        let found = &rival.comparison;
        let [low, high] = ends(found.macro_f1_interval);
        let rest = [
            found.macro_f1_difference.to_string(),
            low,
            high,
            found.p_value.to_string(),
            found.rounds.to_string(),
            found.only_this_right.to_string(),
            found.only_other_right.to_string(),
        ];
        row(&rival.name, &rival.summary, rest)
    });
    csv(
        [
            "classifier",
            "macro_precision",
            "macro_recall",
            "macro_f1",
            "accuracy",
            "macro_f1_difference",
            "difference_low",
            "difference_high",
            "p_value",
            "rounds",
            "only_this_right",
            "only_other_right",
        ],
        std::iter::once(own).chain(others),
    )
}

fn errors(pairs: &[ErrorPair]) -> String {
    let rows = pairs.iter().flat_map(|pair| {
        pair.surest.iter().map(|found| {
            let lines: Vec<String> = found.lines.iter().map(u64::to_string).collect();
            [
                pair.gold.id().to_owned(),
                pair.predicted.id().to_owned(),
                pair.messages.to_string(),
                pair.templates.to_string(),
                cell(found.template_id),
                cell(found.template.as_ref()),
                found.messages.to_string(),
                cell(found.confidence),
                lines.join(" "),
            ]
        })
    });
    csv(
        [
            "gold",
            "predicted",
            "pair_messages",
            "pair_templates",
            "template_id",
            "template",
            "messages",
            "confidence",
            "lines",
        ],
        rows,
    )
}

fn reliability(found: &Reliability) -> String {
    csv(
        ["low", "high", "messages", "confidence", "accuracy"],
        found.bins.iter().map(|bin| {
            [
                bin.low.to_string(),
                bin.high.to_string(),
                bin.messages.to_string(),
                bin.confidence.to_string(),
                bin.accuracy.to_string(),
            ]
        }),
    )
}

fn thresholds(found: &Reliability) -> String {
    csv(
        ["threshold", "precision", "coverage"],
        found.thresholds.iter().map(|point| {
            [point.threshold, point.precision, point.coverage].map(|value| value.to_string())
        }),
    )
}

fn vote_share(vote: &VoteParts) -> String {
    csv(
        ["low", "high", "templates", "messages", "accuracy"],
        vote.shares.iter().map(|bin| {
            [
                bin.low.to_string(),
                bin.high.to_string(),
                bin.templates.to_string(),
                bin.messages.to_string(),
                bin.accuracy.to_string(),
            ]
        }),
    )
}

fn learning_curve(points: &[LearningPoint]) -> String {
    let row = |point: &LearningPoint, of: &str, summary: &Summary| {
        let bounds = summary.intervals.as_ref();
        let [f1_low, f1_high] = ends(bounds.map(|bounds| bounds.macro_f1));
        let [accuracy_low, accuracy_high] = ends(bounds.map(|bounds| bounds.accuracy));
        [
            point.order.name().to_owned(),
            point.templates.to_string(),
            point.coverage.to_string(),
            of.to_owned(),
            summary.support.to_string(),
            summary.macro_f1.to_string(),
            f1_low,
            f1_high,
            summary.accuracy.to_string(),
            accuracy_low,
            accuracy_high,
        ]
    };
    let rows = points.iter().flat_map(|point| {
        let whole = row(point, "whole log", &point.whole_log);
        let new = point.new_templates.as_ref();
        std::iter::once(whole).chain(new.map(|summary| row(point, "new templates", summary)))
    });
    csv(
        [
            "order",
            "templates",
            "coverage",
            "compared",
            "messages",
            "macro_f1",
            "macro_f1_low",
            "macro_f1_high",
            "accuracy",
            "accuracy_low",
            "accuracy_high",
        ],
        rows,
    )
}
