//! What a report judges: sets of messages, and the parts that both kinds of
//! report may have.

use std::cmp::Reverse;

use crate::numerals::grouped;
use ebrc_evaluation::{
    Estimates, Figures, GoldParts, Intervals, Reliability, Report, RunParts, Summary,
};

/// The sets of messages that were judged, the headline first; languages are
/// apart.
pub(crate) fn of_report(report: &Report) -> Vec<View<'_>> {
    let mut views = Vec::new();
    if let Some(run) = &report.run {
        run_views(run, &report.headline, &mut views);
    }
    if let Some(gold) = &report.gold {
        gold_views(gold, &report.headline, &mut views);
    }
    views
}

/// The headline's rows by language, the most frequent first.
pub(crate) fn languages(report: &Report) -> Vec<(&str, Averages<'_>)> {
    let languages = report.gold.iter().flat_map(|gold| &gold.languages);
    let mut languages: Vec<_> = languages
        .map(|(name, summary)| (name.as_str(), Averages::of(summary)))
        .collect();
    // A stable sort: of equally many, in the order of their names.
    languages.sort_by_key(|(_, averages)| Reverse(averages.messages));
    languages
}

/// Whether the probabilities of answers can be believed: of a gold file's
/// headline, or of a run's messages that voted.
pub(crate) fn reliability(report: &Report) -> Option<&Reliability> {
    let of_run = || report.run.as_ref()?.vote.as_ref()?.reliability.as_ref();
    let of_gold = || report.gold.as_ref()?.reliability.as_ref();
    of_gold().or_else(of_run)
}

/// A set of messages and what it came to.
pub(crate) struct View<'a> {
    pub(crate) name: String,
    /// What the figures mean.
    pub(crate) meaning: String,
    pub(crate) averages: Averages<'a>,
    /// With a confusion matrix, if the report keeps one.
    pub(crate) figures: Option<&'a Figures>,
}

/// What all views have, be they counted or estimated.
pub(crate) struct Averages<'a> {
    /// Macro averages.
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
    pub(crate) accuracy: f64,
    /// How many messages the figures are of.
    pub(crate) messages: u64,
    pub(crate) intervals: Option<&'a Intervals>,
}

impl<'a> Averages<'a> {
    pub(crate) fn of(summary: &'a Summary) -> Self {
        Self {
            precision: summary.macro_precision,
            recall: summary.macro_recall,
            f1: summary.macro_f1,
            accuracy: summary.accuracy,
            messages: summary.support,
            intervals: summary.intervals.as_ref(),
        }
    }

    fn estimated(estimates: &'a Estimates) -> Self {
        Self {
            precision: estimates.macro_precision,
            recall: estimates.macro_recall,
            f1: estimates.macro_f1,
            accuracy: estimates.accuracy,
            messages: estimates.messages,
            intervals: estimates.intervals.as_ref(),
        }
    }
}

impl<'a> View<'a> {
    fn of_figures(name: &str, meaning: String, figures: &'a Figures) -> Self {
        Self {
            name: name.to_owned(),
            meaning,
            averages: Averages::of(&figures.summary),
            figures: Some(figures),
        }
    }
}

fn run_views<'a>(run: &'a RunParts, headline: &'a Figures, views: &mut Vec<View<'a>>) {
    let per_type = grouped(run.per_type);
    views.push(View::of_figures(
        "Sample",
        format!(
            "The paper's protocol: {per_type} random messages of each predicted type (all where \
             there are fewer), compared with the truth. Sampling by predicted type estimates \
             precision without bias; its recall holds for the sample only."
        ),
        headline,
    ));
    if let Some(estimates) = &run.estimates {
        views.push(View {
            name: "Sample, reweighted".to_owned(),
            meaning: "What the sample says of the whole log: each sampled message stands for as \
                      many as the log has of its predicted type for one sampled. This recall is \
                      an estimate of the log's; messages left without a type are not in it."
                .to_owned(),
            averages: Averages::estimated(estimates),
            figures: None,
        });
    }
    if let Some(figures) = &run.sampled_predicted {
        views.push(View::of_figures(
            "Sample, by model",
            format!(
                "The same, {per_type} messages a type, among those messages only that the model \
                 typed, so that what people labelled does not flatter it."
            ),
            figures,
        ));
    }
    if let Some(figures) = &run.population {
        views.push(View::of_figures(
            "Whole log",
            "Every refused message whose truth is a type. Recall is that of the whole log; \
             messages of templates that were labelled ambiguous are unclassified and count \
             against it."
                .to_owned(),
            figures,
        ));
    }
    if let Some(figures) = &run.population_predicted {
        views.push(View::of_figures(
            "Whole log, by model",
            "Every refused message that the model typed: templates that people labelled are left \
             out."
                .to_owned(),
            figures,
        ));
    }
}

fn gold_views<'a>(gold: &'a GoldParts, headline: &'a Figures, views: &mut Vec<View<'a>>) {
    views.push(View::of_figures(
        "Headline",
        "Rows whose gold is a type and whose confidence is not low.".to_owned(),
        headline,
    ));
    views.push(View::of_figures(
        "Lenient",
        "Rows of every confidence, a second right answer accepted.".to_owned(),
        &gold.lenient,
    ));
    let mut add = |name: &str, meaning: &str, summary: &'a Summary| {
        views.push(View {
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            averages: Averages::of(summary),
            figures: None,
        });
    };
    if let Some(summary) = &gold.high_confidence {
        let meaning = "Headline rows whose label people are sure of.";
        add("High confidence", meaning, summary);
    }
    if let Some(summary) = &gold.medium_confidence {
        let meaning = "Headline rows whose label people are fairly sure of.";
        add("Medium confidence", meaning, summary);
    }
    if let Some(summary) = &gold.low_confidence {
        let meaning = "Rows of low confidence, which the headline leaves out.";
        add("Low confidence", meaning, summary);
    }
    if let Some(summary) = &gold.seen {
        let meaning = "Headline rows that are like a text of the catalogue given for this.";
        add("Seen wording", meaning, summary);
    }
    if let Some(summary) = &gold.unseen {
        let meaning = "Headline rows that are like no text of that catalogue.";
        add("New wording", meaning, summary);
    }
}
