//! What `ebrc model inspect` tells, as a table.

use anyhow::{Context, Result};
use ebrc_model::{Calibration, TrainingReport};
use ebrc_pipeline::ModelInspection;
use serde_json::Value;

/// Precisions whose thresholds are told.
const PRECISIONS: [f64; 4] = [0.9, 0.95, 0.98, 0.99];

/// Width of the column of names.
const NAMES: usize = 22;

/// What was found, a name and a value a line.
pub(crate) fn table(found: &ModelInspection) -> Result<String> {
    let model = &found.description;
    let shape = &model.architecture;
    let mut table = Table::default();
    table.row("model", &found.model);
    table.row(
        "architecture",
        &format!(
            "{}: {} layers of {}, {} attention heads, feed-forward {}",
            shape.class,
            shape.layers,
            shape.hidden_size,
            shape.attention_heads,
            shape.intermediate_size
        ),
    );
    table.row("parameters", &grouped(model.parameters));
    for part in &model.parts {
        table.detail(&part.part, &grouped(part.parameters));
    }
    table.row(
        "weights",
        &format!(
            "{}, {} bytes",
            model.weights.formats.join(" and "),
            grouped(model.weights.bytes)
        ),
    );
    table.detail("SHA-256", &model.weights.sha256);
    table.row(
        "vocabulary",
        &format!("{} word pieces", grouped(model.vocabulary)),
    );
    table.row(
        "longest text",
        &format!(
            "{} tokens, of {} positions",
            model.max_length, shape.positions
        ),
    );
    match &model.training {
        Some(training) => tell_training(&mut table, found.base.as_deref(), training)?,
        None => table.row("training", "unknown: the folder has no training.json"),
    }
    match &model.calibration {
        Some(calibration) => tell_calibration(&mut table, calibration),
        None => table.row(
            "calibration",
            "none: probabilities are as the softmax has them",
        ),
    }
    match &found.evaluation {
        Some(evaluation) => {
            let measured_on = evaluation.measured_on.as_deref();
            table.row("evaluation", measured_on.unwrap_or("of the card"));
            for figure in &evaluation.figures {
                table.detail(&figure.name, &format!("{:.4}", figure.value));
            }
        }
        None => table.row("evaluation", "the card has none"),
    }
    if model.labels.is_empty() {
        table.row("labels", "none: a base to train on");
    } else {
        table.row("labels", &model.labels.len().to_string());
    }
    for label in &model.labels {
        let kind = found.types.iter().find(|kind| kind.id == label);
        let words = kind.map(|kind| format!("{}: {}", kind.name, kind.meaning));
        table.detail(label, &words.unwrap_or_default());
    }
    Ok(table.text)
}

fn tell_training(table: &mut Table, base: Option<&str>, training: &TrainingReport) -> Result<()> {
    table.row("base", base.unwrap_or("not named by the card"));
    table.detail("SHA-256 of weights", &training.base_weights_sha256);
    table.row("trained by", &format!("ebrc {}", training.ebrc_version));
    let set = |size: &ebrc_model::SetSize| {
        format!(
            "{} messages, {} distinct texts",
            size.weight,
            grouped(size.texts)
        )
    };
    table.detail("training set", &set(&training.train));
    table.detail("validation set", &set(&training.validation));
    table.detail("SHA-256 of both", &training.data_sha256);
    table.detail("steps", &grouped(training.steps));
    match training.averaged.as_slice() {
        [] => table.detail("kept epoch", &training.best_epoch.to_string()),
        trainings => {
            for one in trainings {
                let what = format!("epoch {} of seed {}", one.best_epoch, one.settings.seed);
                table.detail("averaged", &what);
            }
        }
    }
    let settings = serde_json::to_value(&training.settings)
        .context("the settings of the training cannot be told")?;
    if let Value::Object(settings) = settings {
        for (name, value) in &settings {
            table.detail(&name.replace('_', " "), &value.to_string());
        }
    }
    match &training.best {
        Some(best) => {
            table.row("on the validation set", "");
            table.detail("macro-F1", &format!("{:.4}", best.macro_f1));
            table.detail("accuracy", &format!("{:.4}", best.accuracy));
            table.detail("loss", &format!("{:.4}", best.loss));
        }
        None => table.row("on the validation set", "no figures: it was empty"),
    }
    Ok(())
}

fn tell_calibration(table: &mut Table, calibration: &Calibration) {
    table.row(
        "calibration",
        &format!(
            "temperature {:.4}, by {} texts; loss {:.4} before, {:.4} after",
            calibration.temperature,
            grouped(calibration.texts),
            calibration.loss_before,
            calibration.loss_after
        ),
    );
    for precision in PRECISIONS {
        let reached = match calibration.threshold_for(precision) {
            Some(found) => format!(
                "from probability {:.4} on, {:.1}% of messages",
                found.threshold,
                100.0 * found.coverage
            ),
            None => "not reached".to_owned(),
        };
        table.detail(&format!("precision {precision}"), &reached);
    }
}

/// Names and values below each other.
#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn row(&mut self, name: &str, value: &str) {
        let line = format!("{name:NAMES$}  {value}");
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A row that belongs to the one before.
    fn detail(&mut self, name: &str, value: &str) {
        self.row(&format!("  {name}"), value);
    }
}

/// A number, its digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
