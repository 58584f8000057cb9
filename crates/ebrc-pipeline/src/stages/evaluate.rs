use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ebrc_catalogue::{Catalogue, WordingIndex};
use ebrc_delivery::{AnnotatedReader, TypeSource};
use ebrc_evaluation::{
    Bootstrap, Confidence, GoldRow, Report, RunEvidence, RunRow, Setting, Source,
};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::Deserialize;
use serde_json::json;

use super::Classification;
use crate::error::BEGIN_AGAIN;
use crate::run::file;
use crate::texts::read_json_lines;
use crate::{Error, Run, Stage, Watch};

const RECORDS_A_REPORT: u64 = 4096;

/// A message whose nearest catalogue text shares more than this of its words
/// is of seen wording.
const SEEN_SHARE: f64 = 0.8;

/// How a run is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateSettings {
    /// Messages of each predicted type; the paper takes 100.
    pub per_type: u64,
    /// The seed of the sample and of the bootstrap.
    pub seed: u64,
}

/// How a model is evaluated against labelled messages.
#[derive(Debug, Clone)]
pub struct GoldSettings {
    /// The labelled messages: JSON lines of `text`, `type` and what else the
    /// design of gold files allows.
    pub gold: PathBuf,
    /// A catalogue whose wordings count as seen.
    pub seen: Option<Catalogue>,
    /// The folder of the report's files; none are written without one.
    pub out: Option<PathBuf>,
    /// The seed of the bootstrap.
    pub seed: u64,
}

/// Compares a run's types with the truth of its log: by the paper's protocol,
/// and over the whole population.
///
/// # Errors
/// Where the run is not annotated, or its log carries no truth.
pub fn evaluate(
    run: &Run,
    evaluation: &EvaluateSettings,
    watch: &mut dyn Watch,
) -> Result<Report, Error> {
    let annotated = run.existing(file::ANNOTATED, Stage::Annotate)?;
    let settings = json!({ "per_type": evaluation.per_type, "seed": evaluation.seed });
    let population = population(&annotated, watch)?;
    let rows: Vec<RunRow> = population.iter().map(Counted::row).collect();
    let all = sample(&rows, evaluation, |_| true);
    let by_model = sample(&rows, evaluation, |source| source != Source::Labelled);
    let mut sampled = Tally::default();
    let mut sampled_predicted = Tally::default();
    let mut in_type: BTreeMap<(BounceType, bool), u64> = BTreeMap::new();
    each_typed(&annotated, watch, |message| {
        let Some(kind) = message.predicted else {
            return;
        };
        for (only_model, picks, tally) in [
            (false, &all, &mut sampled),
            (true, &by_model, &mut sampled_predicted),
        ] {
            if only_model && message.source == Source::Labelled {
                continue;
            }
            let ordinal = in_type.entry((kind, only_model)).or_default();
            if picks
                .get(&kind)
                .is_some_and(|picks| picks.binary_search(ordinal).is_ok())
            {
                tally.add(message);
            }
            *ordinal += 1;
        }
    })?;
    let sampled = sampled.rows();
    let sampled_predicted = sampled_predicted.rows();
    let evidence = RunEvidence {
        population: &rows,
        sampled: &sampled,
        sampled_predicted: &sampled_predicted,
        per_type: evaluation.per_type,
    };
    let report = Report::of_run(
        &evidence,
        &Bootstrap::with_seed(evaluation.seed),
        vec![
            Setting::new("messages a type", evaluation.per_type),
            Setting::new("seed", evaluation.seed),
        ],
    )
    .map_err(|error| match error {
        ebrc_evaluation::Error::NoTruth => Error::NoTruth,
        error => error.into(),
    })?;
    let folder = run.evaluation();
    write_report(&report, &folder)?;
    let summary = json!({
        "macro_precision": report.headline.summary.macro_precision,
        "macro_recall": report.headline.summary.macro_recall,
    });
    run.record(
        Stage::Evaluate,
        &settings,
        &[annotated],
        &[folder],
        &summary,
    )?;
    Ok(report)
}

/// One refused message of an annotated log with truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Typed {
    template_id: Option<u32>,
    gold: TemplateLabel,
    predicted: Option<BounceType>,
    source: Source,
}

#[derive(Debug)]
struct Counted {
    typed: Typed,
    messages: u64,
}

impl Counted {
    fn row(&self) -> RunRow {
        RunRow {
            template_id: self.typed.template_id,
            gold: self.typed.gold,
            predicted: self.typed.predicted,
            source: self.typed.source,
            messages: self.messages,
        }
    }
}

/// Messages counted by what they agree in, so that memory grows with the
/// templates and not with the log.
#[derive(Debug, Default)]
struct Tally(BTreeMap<Typed, u64>);

impl Tally {
    fn add(&mut self, typed: Typed) {
        *self.0.entry(typed).or_default() += 1;
    }

    fn counted(self) -> Vec<Counted> {
        self.0
            .into_iter()
            .map(|(typed, messages)| Counted { typed, messages })
            .collect()
    }

    fn rows(self) -> Vec<RunRow> {
        self.counted().iter().map(Counted::row).collect()
    }
}

fn population(annotated: &Path, watch: &mut dyn Watch) -> Result<Vec<Counted>, Error> {
    let mut tally = Tally::default();
    each_typed(annotated, watch, |typed| tally.add(typed))?;
    Ok(tally.counted())
}

/// The ordinals to sample of each predicted type.
fn sample(
    rows: &[RunRow],
    settings: &EvaluateSettings,
    counts: impl Fn(Source) -> bool,
) -> BTreeMap<BounceType, Vec<u64>> {
    let mut messages: BTreeMap<BounceType, u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| counts(row.source)) {
        if let Some(kind) = row.predicted {
            *messages.entry(kind).or_default() += row.messages;
        }
    }
    let messages: Vec<(BounceType, u64)> = messages.into_iter().collect();
    ebrc_sampling::evaluation(settings.per_type, &messages, settings.seed)
}

/// Visits every refused message of an annotated log that has a truth.
fn each_typed(
    annotated: &Path,
    watch: &mut dyn Watch,
    mut each: impl FnMut(Typed),
) -> Result<(), Error> {
    watch.begin(Stage::Evaluate, None);
    let mut mails = 0_u64;
    for row in AnnotatedReader::open(annotated)? {
        let row = row?;
        let truth = row.record.truth_type.as_deref().unwrap_or_default();
        let attempts = row.label.iter().zip(&row.source).zip(&row.template_id);
        for (((&label, &source), &template_id), &gold) in attempts.zip(truth) {
            let (Some(label), Some(source), Some(gold)) = (label, source, gold) else {
                continue;
            };
            each(Typed {
                template_id,
                gold,
                predicted: label.bounce_type(),
                source: match source {
                    TypeSource::Labelled => Source::Labelled,
                    TypeSource::Predicted => Source::Predicted,
                    TypeSource::Direct => Source::Direct,
                },
            });
        }
        mails += 1;
        if mails.is_multiple_of(RECORDS_A_REPORT) {
            watch.advance(mails);
            if watch.wants_stop() {
                return Err(Error::Interrupted(BEGIN_AGAIN));
            }
        }
    }
    Ok(())
}

/// A line of a gold file; other keys are ignored.
#[derive(Debug, Deserialize)]
struct GoldLine {
    text: String,
    r#type: TemplateLabel,
    #[serde(default)]
    confidence: Option<Confidence>,
    #[serde(default)]
    alt: Option<TemplateLabel>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    cluster: Option<String>,
}

/// Compares a model with messages that people have typed.
///
/// # Errors
/// Where the gold file is wrong, by line, or holds nothing to compare with; or
/// where the model fails.
pub fn evaluate_gold(
    model: &Classification,
    settings: &GoldSettings,
    watch: &mut dyn Watch,
) -> Result<Report, Error> {
    let expected = "{\"text\": …, \"type\": \"T1\" to \"T16\" or \"AMBIGUOUS\"}";
    let lines: Vec<(u64, GoldLine)> = read_json_lines(&settings.gold, expected)?;
    for (line, row) in &lines {
        if row.text.trim().is_empty() {
            return Err(Error::Line {
                file: settings.gold.clone(),
                line: *line,
                reason: "the text is empty; write the message, or remove the line".to_owned(),
            });
        }
    }
    let texts: Vec<String> = lines
        .iter()
        .map(|(_, row)| ebrc_ndr::classifier_text(&row.text))
        .collect();
    let distinct: BTreeMap<&str, usize> = {
        let mut sorted: Vec<&str> = texts.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.into_iter().zip(0..).collect()
    };
    let in_order: Vec<&str> = distinct.keys().copied().collect();
    let answers = model.answers_watched(&in_order, Stage::Evaluate, watch)?;
    let index = settings.seen.as_ref().map(WordingIndex::new);
    let rows: Vec<GoldRow> = lines
        .into_iter()
        .zip(&texts)
        .filter_map(|((line, row), text)| {
            let answer = answers.get(*distinct.get(text.as_str())?)?;
            Some(GoldRow {
                line,
                gold: row.r#type,
                confidence: row.confidence,
                alt: row.alt,
                lang: row.lang,
                cluster: row.cluster,
                predicted: answer.kind,
                probability: f64::from(answer.confidence),
                seen: index.as_ref().map(|index| {
                    index
                        .nearest(&row.text)
                        .is_some_and(|(_, share)| share > SEEN_SHARE)
                }),
            })
        })
        .collect();
    let gold_name = settings.gold.file_name().unwrap_or_default();
    let report = Report::of_gold(
        &rows,
        &Bootstrap::with_seed(settings.seed),
        vec![
            Setting::new("gold", gold_name.to_string_lossy()),
            Setting::new("model weights (SHA-256)", model.fingerprint()),
            Setting::new("seed", settings.seed),
        ],
    )?;
    if let Some(folder) = &settings.out {
        write_report(&report, folder)?;
    }
    Ok(report)
}

/// Writes a report in all its forms.
fn write_report(report: &Report, folder: &Path) -> Result<(), Error> {
    ebrc_files::create_folder(folder)?;
    crate::run::write_json(&folder.join("report.json"), report)?;
    for (name, content) in [
        ("confusion.csv", report.confusion_csv()),
        ("report.html", report.to_html()),
    ] {
        ebrc_files::write_complete(&folder.join(name), content.as_bytes())?;
    }
    Ok(())
}
