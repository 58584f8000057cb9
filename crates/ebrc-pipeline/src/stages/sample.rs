use std::collections::BTreeMap;
use std::path::PathBuf;

use ebrc_catalogue::{Alteration, Catalogue, Entry};
use ebrc_sampling::{Plan, Stratum, Wanted};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::{Deserialize, Serialize};

use crate::refusals::{each_refusal, write_json_lines};
use crate::run::file;
use crate::tables::{self, SamplingRow, read_labels};
use crate::texts::LabelledMessage;
use crate::{Error, Run, Stage, TemplateRow, Watch};

/// Where a training set is drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleSource {
    /// The run's labelled templates and the messages of its logs.
    Run,
    /// A catalogue of labelled NDR texts, rendered as often as needed.
    Catalogue(PathBuf),
}

/// How a training set is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleSettings {
    /// Where from.
    pub source: SampleSource,
    /// Messages a type; the paper takes 4,000.
    pub per_type: u64,
    /// Messages of ambiguous templates, of which a classifier learns to be
    /// unsure; the paper takes none.
    pub ambiguous: u64,
    /// The share of each type's templates that is kept for validation.
    pub validation_share: f64,
    /// Whether messages to train on are altered: other codes or none, and the
    /// words of sending servers around them. The paper does not.
    pub altered: bool,
    /// The seed of every choice.
    pub seed: u64,
}

/// How messages are drawn, wherever they come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    pub(super) wanted: Wanted,
    pub(super) validation_share: f64,
    pub(super) seed: u64,
}

impl SampleSettings {
    pub(super) fn draw(&self) -> Draw {
        Draw {
            wanted: Wanted {
                per_type: self.per_type,
                ambiguous: self.ambiguous,
            },
            validation_share: self.validation_share,
            seed: self.seed,
        }
    }
}

/// What the training set came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSummary {
    /// Messages to train on.
    pub training: u64,
    /// How many of them are ambiguous.
    #[serde(default)]
    pub ambiguous: u64,
    /// Messages to validate on, of other templates.
    pub validation: u64,
    /// Types that fell short of their number of messages.
    pub short: Vec<BounceType>,
}

/// Draws the balanced training set and the validation set.
///
/// # Errors
/// Where labels are missing, or no labelled template has a type.
pub fn sample(
    run: &Run,
    settings: &SampleSettings,
    watch: &mut dyn Watch,
) -> Result<SampleSummary, Error> {
    let inputs = match &settings.source {
        SampleSource::Run => vec![
            run.existing(file::TEMPLATES, Stage::Mine)?,
            run.existing(file::ASSIGNMENTS, Stage::Mine)?,
            run.existing(file::LABELS, Stage::Label)?,
        ],
        SampleSource::Catalogue(folder) => vec![folder.clone()],
    };
    if let Some(summary) = run.finished(Stage::Sample, settings, &inputs)? {
        watch.tell("sample: the training set is there already");
        return Ok(summary);
    }
    let (plan, messages) = match &settings.source {
        SampleSource::Run => from_run(run, settings, watch)?,
        SampleSource::Catalogue(folder) => {
            from_catalogue(&Catalogue::load(folder)?, settings.draw())?
        }
    };
    let (validation, mut training): (Vec<LabelledMessage>, Vec<LabelledMessage>) = messages
        .into_iter()
        .partition(|message| plan.is_held_out(message.template_id));
    if settings.altered {
        alter(&mut training, settings.seed)?;
    }

    let outputs = [file::TRAIN, file::VALIDATION, file::SAMPLING].map(|name| run.path(name));
    write_json_lines(&outputs[0], &training)?;
    write_json_lines(&outputs[1], &validation)?;
    let table = sampling_table(&plan, &training, &validation);
    tables::write(&outputs[2], &table)?;

    let summary = SampleSummary {
        training: training.len() as u64,
        ambiguous: training
            .iter()
            .filter(|message| message.label == TemplateLabel::Ambiguous)
            .count() as u64,
        validation: validation.len() as u64,
        short: table
            .iter()
            .filter(|row| row.lacked > 0)
            .map(|row| row.label)
            .collect(),
    };
    run.record(Stage::Sample, settings, &inputs, &outputs, &summary)?;
    watch.tell(&format!(
        "sample: {} messages to train on, {} of other templates to validate on",
        summary.training, summary.validation
    ));
    if settings.ambiguous > 0 {
        watch.tell(&format!(
            "sample: {} of {} ambiguous messages are among them",
            summary.ambiguous, settings.ambiguous
        ));
    }
    for row in &table {
        if row.lacked > 0 {
            watch.tell(&format!(
                "sample: {} ({}) has {} of {} messages, from {} labelled templates",
                row.label,
                row.label.name(),
                row.got,
                row.wanted,
                row.templates
            ));
        }
    }
    Ok(summary)
}

/// Alters messages to what other logs may hold.
pub(super) fn alter(messages: &mut [LabelledMessage], seed: u64) -> Result<(), Error> {
    let surroundings = ebrc_embedded::surroundings()?;
    let replies = messages
        .iter()
        .map(|message| (message.text.as_str(), message.label));
    let alteration = Alteration::new(replies, &surroundings);
    for (number, message) in (0..).zip(messages) {
        message.text = alteration.alter(&message.text, message.label, seed, number);
    }
    Ok(())
}

pub(super) type Drawn = (Plan, Vec<LabelledMessage>);

fn from_run(run: &Run, settings: &SampleSettings, watch: &mut dyn Watch) -> Result<Drawn, Error> {
    let templates: Vec<TemplateRow> = tables::read(&run.path(file::TEMPLATES))?;
    let counts: BTreeMap<u32, u64> = templates
        .iter()
        .map(|row| (row.template_id, row.count))
        .collect();
    let labelled: Vec<Stratum> = read_labels(&run.labels(), &templates)?
        .iter()
        .filter_map(|row| {
            Some(Stratum {
                template_id: row.template_id,
                label: row.label,
                messages: *counts.get(&row.template_id)?,
            })
        })
        .collect();
    let plan = plan(&labelled, settings.draw())?;
    let labels: BTreeMap<u32, TemplateLabel> = labelled
        .iter()
        .map(|stratum| (stratum.template_id, stratum.label))
        .collect();
    let mut messages = Vec::new();
    each_refusal(run, Stage::Sample, watch, |refusal| {
        let picks = plan.picks(refusal.template_id);
        if let Some(&label) = labels.get(&refusal.template_id)
            && picks.binary_search(&refusal.ordinal).is_ok()
        {
            messages.push(LabelledMessage {
                text: refusal.raw.to_owned(),
                label,
                template_id: refusal.template_id,
            });
        }
        Ok(())
    })?;
    Ok((plan, messages))
}

/// A catalogue's entry is a template with as many messages as are asked for.
pub(super) fn from_catalogue(catalogue: &Catalogue, draw: Draw) -> Result<Drawn, Error> {
    let labelled: Vec<Stratum> = (0..)
        .zip(catalogue.entries())
        .map(|(template_id, entry)| Stratum {
            template_id,
            label: entry.label,
            messages: match entry.label {
                TemplateLabel::Type(_) => draw.wanted.per_type,
                TemplateLabel::Ambiguous => draw.wanted.ambiguous,
            },
        })
        .collect();
    let plan = plan(&labelled, draw)?;
    let entries: Vec<&Entry> = catalogue.entries().iter().collect();
    let mut messages = Vec::new();
    for stratum in &labelled {
        for &ordinal in plan.picks(stratum.template_id) {
            let entry = entries[stratum.template_id as usize];
            messages.push(LabelledMessage {
                text: entry.render_seeded(draw.seed, ordinal),
                label: stratum.label,
                template_id: stratum.template_id,
            });
        }
    }
    Ok((plan, messages))
}

fn plan(labelled: &[Stratum], draw: Draw) -> Result<Plan, Error> {
    let has_a_type = |stratum: &Stratum| stratum.label.bounce_type().is_some();
    if !labelled.iter().any(has_a_type) {
        return Err(Error::Nothing(
            "no labelled template has a type; label some with `ebrc label`".to_owned(),
        ));
    }
    Ok(ebrc_sampling::balance(
        draw.wanted,
        draw.validation_share,
        labelled,
        draw.seed,
    )?)
}

fn sampling_table(
    plan: &Plan,
    training: &[LabelledMessage],
    validation: &[LabelledMessage],
) -> Vec<SamplingRow> {
    let count = |messages: &[LabelledMessage], label: BounceType| {
        messages
            .iter()
            .filter(|message| message.label == label.into())
            .count() as u64
    };
    plan.table()
        .iter()
        .map(|row| SamplingRow {
            label: row.label,
            templates: row.templates,
            wanted: row.wanted,
            got: row.got,
            lacked: row.lacked,
            training: count(training, row.label),
            validation: count(validation, row.label),
            validation_templates: row.held_out,
        })
        .collect()
}
