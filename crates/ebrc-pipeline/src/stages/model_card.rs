//! The card that lies beside a trained model: what it is and how it came to be.

use std::fmt::Write;

use ebrc_evaluation::{Interval, Report, Summary};
use ebrc_model::TrainingReport;
use ebrc_taxonomy::BounceType;

use super::Base;

/// `README.md` of a model folder, with the front matter that hubs read.
pub(super) fn model_card(base: &Base, report: &TrainingReport) -> String {
    let mut card = String::from(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n\
         - email\n- bounce\n- ndr\n- smtp\n",
    );
    if let Base::Hub { id, .. } = base {
        let _ = writeln!(card, "base_model: {id}");
    }
    card.push_str("---\n\n# Bounce reason classifier\n\n");
    let _ = write!(
        card,
        "A BERT for sequence classification that tells from the text of an NDR message why a \
         mail bounced. Trained by `ebrc` {} on the base `{}` (SHA-256 of its weights \
         `{}`).\n\n",
        report.ebrc_version,
        base.name(),
        report.base_weights_sha256
    );
    card.push_str(
        "## Input\n\nWhat `ebrc` makes of a raw reply: the reply code and the enhanced status code \
         lifted out and put in front, addresses, IPs, hosts, ids, times and numbers written as \
         plain words. `ebrc classify --model DIR` does it; a program that calls the model itself \
         must do the same.\n\n## Labels\n\n| id | name | meaning |\n|---|---|---|\n",
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
         | steps | {} |\n| kept weights | those of epoch {} |\n\
         | seed | {} |\n| highest learning rate | {} |\n| texts a step | {} |\n\
         | SHA-256 of labels and examples | `{}` |\n",
        report.train.weight,
        report.train.texts,
        report.validation.weight,
        report.validation.texts,
        report.steps,
        report.best_epoch,
        report.settings.seed,
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
    card.push_str("\n`training.json` holds all settings and the loss curve.\n");
    card
}

/// Where a card's figures begin.
const EVALUATION: &str = "\n## Evaluation\n";

/// The key of the front matter that hubs read figures from.
const MODEL_INDEX: &str = "model-index:";

/// The card with an evaluation's figures, in place of those it may have: a
/// section, and the front matter's `model-index`.
pub(super) fn card_with_evaluation(card: &str, report: &Report) -> String {
    let (front, body) = match card
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
    {
        Some((front, body)) => (Some(front), body),
        None => (None, card),
    };
    let mut out = String::new();
    if let Some(front) = front {
        let _ = write!(
            out,
            "---\n{}{}---\n",
            without_model_index(front),
            model_index(report)
        );
    }
    let (before, after) = match body.split_once(EVALUATION) {
        Some((before, section)) => (before, section.find("\n## ").map(|next| &section[next..])),
        None => (body, None),
    };
    let _ = write!(
        out,
        "{}\n{EVALUATION}\n{}{}",
        before.trim_end(),
        evaluation(report),
        after.unwrap_or_default()
    );
    out
}

/// Front matter without the figures it may have: the key's line, and those that
/// belong to it.
fn without_model_index(front: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in front.lines() {
        let belongs = line.starts_with([' ', '-']) || line.is_empty();
        inside = line.starts_with(MODEL_INDEX) || (inside && belongs);
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
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
