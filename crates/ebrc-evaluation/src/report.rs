use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use ebrc_taxonomy::BounceType;
use serde::{Deserialize, Serialize};

use crate::bootstrap::Bootstrap;
use crate::confusion::{Confusion, divide};
use crate::figures::{Figures, Summary};
use crate::gold::{self, GoldParts, GoldRow};
use crate::numerals::{grouped, percent};
use crate::run::{self, RunEvidence, RunParts, Source};
use crate::{Error, page, terminal};

/// A setting that an evaluation was made with, for the reader of its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What was set.
    pub name: String,
    /// To what.
    pub value: String,
}

impl Setting {
    /// A setting with any value that can be written.
    pub fn new(name: impl Into<String>, value: impl ToString) -> Self {
        Self {
            name: name.into(),
            value: value.to_string(),
        }
    }
}

/// An evaluation: serialised, it is `report.json`.
///
/// The headline's figures are the keys of the top level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The figures that answer the question. Of a run: the paper's protocol
    /// over all messages. Of a gold file: the rows whose gold is a type and
    /// whose confidence is not low.
    #[serde(flatten)]
    pub headline: Figures,
    /// What else a run is judged by; `None` for a gold file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunParts>,
    /// What else a gold file tells; `None` for a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gold: Option<GoldParts>,
    /// What the evaluation was made with.
    pub settings: Vec<Setting>,
}

impl Report {
    /// Compares a run with the truth of its log.
    ///
    /// # Errors
    /// Where no sampled message has a type for its truth.
    pub fn of_run(
        evidence: &RunEvidence<'_>,
        bootstrap: &Bootstrap,
        settings: Vec<Setting>,
    ) -> Result<Self, Error> {
        let (headline, run) = run::evaluate(evidence, bootstrap)?;
        Ok(Self {
            headline,
            run: Some(run),
            gold: None,
            settings,
        })
    }

    /// Compares a model's answers with a gold file.
    ///
    /// # Errors
    /// Where no row counts into the headline.
    pub fn of_gold(
        rows: &[GoldRow],
        bootstrap: &Bootstrap,
        settings: Vec<Setting>,
    ) -> Result<Self, Error> {
        let (headline, gold) = gold::evaluate(rows, bootstrap)?;
        Ok(Self {
            headline,
            run: None,
            gold: Some(gold),
            settings,
        })
    }

    /// The headline's confusion matrix.
    #[must_use]
    pub fn confusion(&self) -> Confusion {
        Confusion::from(&self.headline)
    }

    /// The headline's confusion matrix as `confusion.csv`.
    #[must_use]
    pub fn confusion_csv(&self) -> String {
        self.confusion().to_csv()
    }

    /// The report as an HTML page that needs nothing beside itself.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::page(self)
    }

    /// The report as plain text of at most `width` columns (60 at least).
    #[must_use]
    pub fn to_terminal(&self, width: usize) -> String {
        terminal::text(self, width)
    }

    /// Every set of messages that was judged, the headline first.
    pub(crate) fn views(&self) -> Vec<View<'_>> {
        let mut views = Vec::new();
        if let Some(run) = &self.run {
            run_views(run, &self.headline, &mut views);
        }
        if let Some(gold) = &self.gold {
            gold_views(gold, &self.headline, &mut views);
        }
        views
    }
}

/// A set of messages and what it came to.
pub(crate) struct View<'a> {
    pub(crate) name: String,
    /// What the figures mean.
    pub(crate) meaning: String,
    pub(crate) summary: &'a Summary,
    /// With a confusion matrix, if the report keeps one.
    pub(crate) figures: Option<&'a Figures>,
}

impl<'a> View<'a> {
    fn of_figures(name: &str, meaning: String, figures: &'a Figures) -> Self {
        Self {
            name: name.to_owned(),
            meaning,
            summary: &figures.summary,
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
    views.push(View::of_figures(
        "Whole log",
        "Every refused message whose truth is a type. Recall is that of the whole log; messages \
         of templates that were labelled ambiguous are unclassified and count against it."
            .to_owned(),
        &run.population,
    ));
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
    let mut add = |name: String, meaning: &str, summary: &'a Summary| {
        views.push(View {
            name,
            meaning: meaning.to_owned(),
            summary,
            figures: None,
        });
    };
    if let Some(summary) = &gold.low_confidence {
        let meaning = "Rows of low confidence, which the headline leaves out.";
        add("Low confidence".to_owned(), meaning, summary);
    }
    if let Some(summary) = &gold.seen {
        let meaning = "Headline rows whose wording the model was trained on.";
        add("Seen wording".to_owned(), meaning, summary);
    }
    if let Some(summary) = &gold.unseen {
        let meaning = "Headline rows whose wording is new to the model.";
        add("New wording".to_owned(), meaning, summary);
    }
    for (language, summary) in &gold.languages {
        let name = format!("Language {language}");
        add(name, "Headline rows of this language.", summary);
    }
}

impl Report {
    /// What is to be said of messages that count into no figure, in plain
    /// sentences.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(run) = &self.run {
            let total: u64 = run.sources.values().sum();
            let of = |source| run.sources.get(&source).copied().unwrap_or(0);
            let share = |part: u64| percent(divide(part as f64, total as f64));
            let labelled = of(Source::Labelled);
            let mut remark = format!(
                "Of {} refused messages, {}% have a template that people labelled",
                grouped(total),
                share(labelled),
            );
            let direct = of(Source::Direct);
            if direct > 0 {
                remark.push_str(&format!(
                    ", {}% one that the model typed by vote, and {}% were typed by the model \
                     directly.",
                    share(of(Source::Predicted)),
                    share(direct)
                ));
            } else {
                remark.push_str(&format!(
                    " and {}% one that the model typed by vote.",
                    share(of(Source::Predicted))
                ));
            }
            remarks.push(remark);
            let ambiguous = &run.ambiguous;
            if ambiguous.messages > 0 {
                let typed = ambiguous.messages - ambiguous.unclassified;
                remarks.push(format!(
                    "{} messages ({}%) are ambiguous in truth and count in no figure. {} of them \
                     are left without a type, as they should be; {} got one{}.",
                    grouped(ambiguous.messages),
                    share(ambiguous.messages),
                    grouped(ambiguous.unclassified),
                    grouped(typed),
                    most_frequent(&ambiguous.typed),
                ));
            }
        }
        if let Some(gold) = &self.gold {
            let ambiguous = &gold.ambiguous;
            if ambiguous.rows > 0 {
                let mut remark = format!(
                    "{} rows are ambiguous and count in no figure; the model typed them all the \
                     same{}.",
                    grouped(ambiguous.rows),
                    most_frequent(&ambiguous.typed)
                );
                if let Some(auroc) = ambiguous.auroc {
                    remark.push_str(&format!(
                        " A low probability tells them from the headline's rows with an AUROC of \
                         {auroc:.3} (0.5: not at all; 1: always)."
                    ));
                }
                remarks.push(remark);
            }
            remarks.push(format!(
                "{} of {} rows of the headline are wrong.",
                grouped(gold.wrong as u64),
                grouped(self.headline.summary.support)
            ));
        }
        remarks
    }
}

/// What the averages and the intervals are of.
pub(crate) fn basis(summary: &Summary) -> String {
    let mut text = format!(
        "Over {} messages; macro averages over the {} types that occur.",
        grouped(summary.support),
        summary.types
    );
    if summary.unclassified > 0 {
        let _ = write!(
            text,
            " {} of the messages are not classified.",
            grouped(summary.unclassified)
        );
    }
    if let Some(intervals) = &summary.intervals {
        let _ = write!(
            text,
            " Intervals from {} bootstrap resamples of {} clusters of messages.",
            grouped(u64::from(intervals.resamples)),
            grouped(intervals.clusters as u64)
        );
    }
    text
}

/// The three types that were given most often, in brackets.
fn most_frequent(typed: &BTreeMap<BounceType, u64>) -> String {
    let mut falling: Vec<(BounceType, u64)> =
        typed.iter().map(|(&kind, &count)| (kind, count)).collect();
    falling.sort_by_key(|&(kind, count)| (Reverse(count), kind));
    let named: Vec<String> = falling
        .iter()
        .take(3)
        .map(|&(kind, count)| format!("{kind} {}: {}", kind.name(), grouped(count)))
        .collect();
    match named.as_slice() {
        [] => String::new(),
        named if falling.len() > 3 => format!(" (mostly {})", named.join(", ")),
        named => format!(" ({})", named.join(", ")),
    }
}
