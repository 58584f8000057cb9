//! The card that lies beside a trained model: what it is and how it came to be.

use std::fmt::Write;
use std::path::Path;

use ebrc_evaluation::{Interval, Report, Summary};
use ebrc_model::{Calibration, Error as ModelError, ModelFiles, TrainingReport};
use ebrc_taxonomy::BounceType;
use serde::Serialize;

use super::Base;
use crate::Error;
use crate::run::file;

/// What a card calls the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CardBase {
    /// Its name, where it is known.
    pub(super) name: Option<String>,
    /// Its id on a hub, where it comes from one.
    hub_id: Option<String>,
}

/// The words around the base's name.
const BEFORE_BASE: &str = " on the base `";
const AFTER_BASE: &str = "` (SHA-256 of its weights";

impl CardBase {
    /// The base that a card names.
    pub(super) fn of_card(card: &str) -> Self {
        let (front, body) = front_and_body(card);
        let name = body
            .split_once(AFTER_BASE)
            .and_then(|(before, _)| before.rsplit_once(BEFORE_BASE));
        let mut front = front.unwrap_or_default().lines();
        Self {
            name: name.map(|(_, name)| name.to_owned()),
            hub_id: front
                .find_map(|line| line.strip_prefix(BASE_MODEL))
                .map(|id| id.trim().to_owned()),
        }
    }
}

impl From<&Base> for CardBase {
    fn from(base: &Base) -> Self {
        Self {
            name: Some(base.name()),
            hub_id: match base {
                Base::Hub { id, .. } => Some(id.clone()),
                Base::Embedded | Base::Folder(_) => None,
            },
        }
    }
}

/// `README.md` of a newly trained model's folder.
pub(super) fn model_card(
    base: &Base,
    report: &TrainingReport,
    calibration: Option<&Calibration>,
) -> String {
    card_of_training(&base.into(), report, calibration)
}

/// A model's files and the text of its card, where it has one.
pub(super) fn model_and_card(folder: Option<&Path>) -> Result<(ModelFiles, Option<String>), Error> {
    let Some(folder) = folder else {
        let card = ebrc_embedded::classifier_card().to_owned();
        return Ok((ebrc_embedded::classifier(), Some(card)));
    };
    let files = ModelFiles::from_folder(folder)?;
    let path = folder.join(file::MODEL_CARD);
    let card = path.is_file().then(|| card_text(&path)).transpose()?;
    Ok((files, card))
}

/// The text of a card's file.
pub(super) fn card_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(ebrc_files::read(path)?).map_err(|_| {
        Error::Nothing(format!(
            "{}: not UTF-8; save the card as UTF-8",
            path.display()
        ))
    })
}

/// The card of a folder's model, or of the classifier that ships with ebrc, made
/// anew: from what its training saved, with the base and the evaluation that its
/// card tells, where it has one.
///
/// # Errors
/// Where the model's files cannot be read, or `training.json` is not among them.
pub fn renewed_model_card(folder: Option<&Path>) -> Result<String, Error> {
    let (files, card) = model_and_card(folder)?;
    let report = files.training()?.ok_or_else(|| ModelError::MissingFile {
        place: files.origin().to_owned(),
        file: "training.json".to_owned(),
        remedy: "a card tells how a model was trained: use the folder that `ebrc train` made"
            .to_owned(),
    })?;
    let card = card.unwrap_or_default();
    let mut base = CardBase::of_card(&card);
    if base.name.is_none() && report.base_weights_sha256 == ebrc_embedded::base().weights_sha256() {
        base = (&Base::Embedded).into();
    }
    let renewed = card_of_training(&base, &report, files.calibration()?.as_ref());
    Ok(match (index_of(&card), evaluation_of(&card)) {
        (None, None) => renewed,
        (index, section) => with_evaluation(
            &renewed,
            &index.unwrap_or_default(),
            section.unwrap_or_default(),
        ),
    })
}

/// An evaluation as a card tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CardEvaluation {
    /// What was measured on, in a sentence.
    pub measured_on: Option<String>,
    /// The figures, in the card's order.
    pub figures: Vec<CardFigure>,
}

/// A figure of a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CardFigure {
    /// Such as `Macro F1`.
    pub name: String,
    /// A share.
    pub value: f64,
}

impl CardEvaluation {
    /// The evaluation that a card tells, by its front matter.
    pub(super) fn of_card(card: &str) -> Option<Self> {
        let index = index_of(card)?;
        let mut figures = Vec::new();
        let mut name = None;
        for line in index
            .lines()
            .map(|line| line.trim_start_matches([' ', '-']))
        {
            match line.split_once(": ") {
                Some(("name", word)) => name = Some(word),
                Some(("value", word)) => {
                    if let (Some(name), Ok(value)) = (name, word.parse()) {
                        figures.push(CardFigure {
                            name: name.to_owned(),
                            value,
                        });
                    }
                }
                _ => {}
            }
        }
        let first = evaluation_of(card).and_then(|section| section.trim_start().lines().next());
        Some(Self {
            measured_on: first.filter(|line| !line.is_empty()).map(str::to_owned),
            figures,
        })
    }
}

/// `README.md` of a model's folder, with the front matter that hubs read.
pub(super) fn card_of_training(
    base: &CardBase,
    report: &TrainingReport,
    calibration: Option<&Calibration>,
) -> String {
    let mut card = String::from(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n\
         - email\n- bounce\n- ndr\n- smtp\n",
    );
    if let Some(id) = &base.hub_id {
        let _ = writeln!(card, "{BASE_MODEL} {id}");
    }
    card.push_str("---\n\n# Bounce reason classifier\n\n");
    let _ = write!(
        card,
        "A BERT for sequence classification that tells from the text of an NDR message why a \
         mail bounced. Trained by `ebrc` {}{BEFORE_BASE}{}{AFTER_BASE} `{}`).\n\n",
        report.ebrc_version,
        base.name.as_deref().unwrap_or("unknown"),
        report.base_weights_sha256
    );
    card.push_str(
        "## Input\n\nWhat `ebrc` makes of a raw reply: the reply code and the enhanced status code \
         lifted out and put in front, addresses, IPs, hosts, ids, times and numbers written as \
         plain words. `ebrc classify --model DIR` does it; a program that calls the model itself \
         must do the same. In Python, `pipeline(\"text-classification\", model=DIR, \
         dtype=torch.float32)` loads it; call it with `truncation=True`.\n\n## Labels\n\n| id | name | meaning |\n|---|---|---|\n",
    );
    for kind in BounceType::ALL {
        let _ = writeln!(
            card,
            "| {} | `{}` | {} |",
            kind.id(),
            kind.name(),
            kind.meaning()
        );
    }
    let _ = write!(
        card,
        "\n## Training\n\n| what | value |\n|---|---|\n\
         | messages trained on | {} ({} distinct texts) |\n\
         | messages validated on, of other templates | {} ({} distinct texts) |\n\
         | steps | {} |\n| kept weights | {} |\n\
         | seed | {} |\n| highest learning rate | {} |\n| texts a step | {} |\n\
         | SHA-256 of labels and examples | `{}` |\n",
        report.train.weight,
        report.train.texts,
        report.validation.weight,
        report.validation.texts,
        report.steps,
        kept_weights(report),
        seeds(report),
        report.settings.learning_rate,
        report.settings.batch_size,
        report.data_sha256,
    );
    if let Some(best) = &report.best {
        let _ = write!(
            card,
            "\nOn the validation set: macro-F1 {:.4}, accuracy {:.4}, loss {:.4}. The templates \
             of the validation set are of the same source as those of the training set: on mail \
             of other origin expect less, and measure it with `ebrc evaluate --gold`.\n",
            best.macro_f1, best.accuracy, best.loss
        );
    }
    if let Some(calibration) = calibration {
        let _ = write!(
            card,
            "\nSo that probabilities are shares, `ebrc` divides logits by the temperature {:.4} \
             that {} texts of the validation set gave (`calibration.json`); Python's pipeline \
             does not.\n",
            calibration.temperature, calibration.texts
        );
    }
    card.push_str("\n`training.json` holds all settings and the loss curve.\n");
    card
}

fn kept_weights(report: &TrainingReport) -> String {
    match report.averaged.as_slice() {
        [] => format!("those of epoch {}", report.best_epoch),
        trainings => format!(
            "the mean of {} trainings' weights, of their epochs {}",
            trainings.len(),
            listed(trainings.iter().map(|training| training.best_epoch))
        ),
    }
}

fn seeds(report: &TrainingReport) -> String {
    match report.averaged.as_slice() {
        [] => report.settings.seed.to_string(),
        trainings => listed(trainings.iter().map(|training| training.settings.seed)),
    }
}

fn listed(numbers: impl Iterator<Item = impl ToString>) -> String {
    let words: Vec<String> = numbers.map(|number| number.to_string()).collect();
    words.join(", ")
}

/// The key of the front matter that names the base on a hub.
const BASE_MODEL: &str = "base_model:";

/// Where a card's figures begin.
const EVALUATION: &str = "\n## Evaluation\n";

/// The key of the front matter that hubs read figures from.
const MODEL_INDEX: &str = "model-index:";

/// The card with an evaluation's figures, in place of those it may have: a
/// section, and the front matter's `model-index`.
pub(super) fn card_with_evaluation(card: &str, report: &Report) -> String {
    with_evaluation(card, &model_index(report), &evaluation(report))
}

/// The card with these figures: the lines of the front matter, and the text of
/// the section.
fn with_evaluation(card: &str, index: &str, section: &str) -> String {
    let (front, body) = front_and_body(card);
    let mut out = String::new();
    if let Some(front) = front {
        let (others, _) = split_off_index(front);
        let _ = write!(out, "---\n{others}{index}---\n");
    }
    let (before, after) = match body.split_once(EVALUATION) {
        Some((before, section)) => (before, &section[section_end(section)..]),
        None => (body, ""),
    };
    let _ = write!(
        out,
        "{}\n{EVALUATION}\n{}{after}",
        before.trim_end(),
        section.trim_start_matches('\n'),
    );
    out
}

/// A card's front matter, where it has one, and the rest.
fn front_and_body(card: &str) -> (Option<&str>, &str) {
    let parts = card
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
    match parts {
        Some((front, body)) => (Some(front), body),
        None => (None, card),
    }
}

/// The front matter's figures, where a card has them.
fn index_of(card: &str) -> Option<String> {
    let (_, index) = split_off_index(front_and_body(card).0?);
    Some(index).filter(|index| !index.is_empty())
}

/// The text of a card's section of figures, where it has one.
fn evaluation_of(card: &str) -> Option<&str> {
    let (_, section) = front_and_body(card).1.split_once(EVALUATION)?;
    Some(&section[..section_end(section)])
}

/// Where the next section begins.
fn section_end(section: &str) -> usize {
    section.find("\n## ").unwrap_or(section.len())
}

/// Front matter without the figures it may have, and these: the key's line, and
/// those that belong to it.
fn split_off_index(front: &str) -> (String, String) {
    let mut inside = false;
    let (mut others, mut index) = (String::new(), String::new());
    for line in front.lines() {
        let belongs = line.starts_with([' ', '-']) || line.is_empty();
        inside = line.starts_with(MODEL_INDEX) || (inside && belongs);
        let out = if inside { &mut index } else { &mut others };
        out.push_str(line);
        out.push('\n');
    }
    (others, index)
}

/// What was measured on, in a sentence.
fn measured_on(report: &Report) -> String {
    match (&report.run, &report.gold) {
        (Some(run), _) if run.review.is_some() => format!(
            "{} random messages of each predicted type of a delivery log, judged by people",
            run.per_type
        ),
        (Some(run), _) => format!(
            "{} random messages of each predicted type of a simulated delivery log; templates \
             that people labelled are among them",
            run.per_type
        ),
        (None, Some(gold)) => format!(
            "{} labelled NDR messages, {} of which have a type and are labelled with confidence",
            gold.rows, report.headline.summary.support
        ),
        (None, None) => "labelled NDR messages".to_owned(),
    }
}

fn model_index(report: &Report) -> String {
    let summary = &report.headline.summary;
    let dataset = if report.run.is_some() {
        "delivery log"
    } else {
        "labelled NDR messages"
    };
    let mut index = format!(
        "{MODEL_INDEX}\n- name: bounce-reason-classifier\n  results:\n  - task:\n      type: \
         text-classification\n    dataset:\n      name: {dataset}\n      type: ndr-messages\n    \
         metrics:\n"
    );
    for (name, kind, value) in [
        ("Macro precision", "precision", summary.macro_precision),
        ("Macro recall", "recall", summary.macro_recall),
        ("Macro F1", "f1", summary.macro_f1),
        ("Accuracy", "accuracy", summary.accuracy),
    ] {
        let _ = writeln!(
            index,
            "    - name: {name}\n      type: {kind}\n      value: {value:.4}"
        );
    }
    index
}

fn evaluation(report: &Report) -> String {
    let mut text = format!("On {}.\n\n", measured_on(report));
    text.push_str("| messages | precision | recall | F1 | accuracy |\n|---|---|---|---|---|\n");
    let mut row = |name: &str, summary: &Summary| {
        let bounds = summary.intervals.as_ref();
        let cell = |share: f64, bounds: Option<Interval>| match bounds {
            Some(Interval { low, high }) => format!(
                "{:.2}% ({:.2} to {:.2})",
                100.0 * share,
                100.0 * low,
                100.0 * high
            ),
            None => format!("{:.2}%", 100.0 * share),
        };
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {} |",
            cell(summary.macro_precision, bounds.map(|b| b.macro_precision)),
            cell(summary.macro_recall, bounds.map(|b| b.macro_recall)),
            cell(summary.macro_f1, bounds.map(|b| b.macro_f1)),
            cell(summary.accuracy, bounds.map(|b| b.accuracy)),
        );
    };
    row("these", &report.headline.summary);
    if let Some(run) = &report.run {
        if let Some(figures) = &run.population {
            row("the whole log", &figures.summary);
        }
        if let Some(figures) = &run.population_predicted {
            row("the whole log, typed by the model", &figures.summary);
        }
    }
    if let Some(gold) = &report.gold {
        if let Some(summary) = &gold.seen {
            row("of wording like a text of the given catalogue", summary);
        }
        if let Some(summary) = &gold.unseen {
            row("of other wording", summary);
        }
    }
    if let Some(rivals) = &report.rivals {
        for rival in &rivals.others {
            row(
                &format!("by {}, on {}", rival.name, rivals.messages),
                &rival.summary,
            );
        }
    }
    text.push_str(
        "\nMacro averages over the types that occur; in brackets 95% bootstrap intervals.\n",
    );
    let reliability = report
        .gold
        .as_ref()
        .and_then(|gold| gold.reliability.as_ref());
    if let Some(reliability) = reliability {
        let _ = write!(
            text,
            "Expected calibration error {:.4}",
            reliability.expected_calibration_error
        );
        if let Some(before) = reliability.uncalibrated_error {
            let _ = write!(text, " ({before:.4} before temperature scaling)");
        }
        text.push_str(".\n");
    }
    text.push_str("\n| id | precision | recall | F1 | support |\n|---|---|---|---|---|\n");
    for (kind, row) in &report.headline.per_type {
        if row.occurs() {
            let _ = writeln!(
                text,
                "| {} | {:.2}% | {:.2}% | {:.2}% | {} |",
                kind.id(),
                100.0 * row.precision,
                100.0 * row.recall,
                100.0 * row.f1,
                row.support
            );
        }
    }
    text
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]
mod tests {
    use super::*;
    use ebrc_evaluation::{Bootstrap, GoldEvidence, GoldRow};

    const CARD: &str =
        "---\nlibrary_name: transformers\ntags:\n- ndr\n---\n\n# Classifier\n\nText.\n";

    fn report(predicted: BounceType) -> Report {
        let rows = [
            GoldRow::new(1, BounceType::MailboxFull.into(), predicted, 0.9),
            GoldRow::new(2, BounceType::Timeout.into(), BounceType::Timeout, 0.8),
        ];
        let evidence = GoldEvidence {
            rows: &rows,
            rivals: &[],
            contradictory_texts: 0,
        };
        Report::of_gold(&evidence, &Bootstrap::with_seed(1), Vec::new()).unwrap()
    }

    #[test]
    fn figures_go_into_the_front_matter_and_a_section() {
        let card = card_with_evaluation(CARD, &report(BounceType::MailboxFull));
        let (front, body) = card
            .strip_prefix("---\n")
            .unwrap()
            .split_once("\n---\n")
            .unwrap();
        assert!(front.starts_with("library_name: transformers\ntags:\n- ndr\nmodel-index:\n"));
        assert!(front.ends_with("- name: Accuracy\n      type: accuracy\n      value: 1.0000"));
        assert!(body.starts_with("\n# Classifier\n\nText.\n\n## Evaluation\n\nOn 2 labelled"));
        assert!(body.contains("| T9 | 100.00% | 100.00% | 100.00% | 1 |"));
        assert!(!body.contains("| T1 |"));
    }

    #[test]
    fn later_figures_take_the_place_of_earlier_ones() {
        let once = card_with_evaluation(CARD, &report(BounceType::MailboxFull));
        let other = card_with_evaluation(CARD, &report(BounceType::Timeout));
        assert_ne!(once, other);
        assert_eq!(
            card_with_evaluation(&other, &report(BounceType::MailboxFull)),
            once
        );
        let bare = card_with_evaluation("# No front matter\n", &report(BounceType::Timeout));
        assert!(bare.starts_with("# No front matter\n\n## Evaluation\n"));
    }

    #[test]
    fn what_others_wrote_stays() {
        let card = "---\nmodel-index:\n- name: old\n  results: []\nlicense: mit\n---\n\n# A\n\n\
                    ## Evaluation\n\nOld.\n\n## Limits\n\nNone known.\n";
        let new = card_with_evaluation(card, &report(BounceType::Timeout));
        assert!(new.starts_with("---\nlicense: mit\nmodel-index:\n- name: bounce"));
        assert!(!new.contains("old") && !new.contains("Old."));
        assert!(new.ends_with("\n## Limits\n\nNone known.\n"));
    }
}
