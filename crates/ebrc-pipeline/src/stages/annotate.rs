use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use ebrc_delivery::{AnnotatedRecord, AnnotatedWriter, DeliveryRecord, LogReader, TypeSource};
use ebrc_drain::{Drain, Search};
use ebrc_ndr::NdrMessage;
use ebrc_taxonomy::{BounceType, TemplateLabel};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Classification;
use super::mine::{key, percent};
use crate::error::BEGIN_AGAIN;
use crate::refusals::{Assignments, BadRecords, each_record};
use crate::run::file;
use crate::{Error, PredictionRow, Run, Source, Stage, Watch, tables};

/// Mails of other logs that are annotated together: their new texts are
/// classified in one go.
const MAILS_A_BATCH: usize = 4096;

/// Texts whose types are remembered while other logs are annotated.
const REMEMBERED_TEXTS: usize = 1 << 18;

/// What annotation came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnotateSummary {
    /// Mails.
    pub mails: u64,
    /// Refused attempts, each of which has a type now.
    pub refusals: u64,
    /// Refused attempts whose template a person labelled.
    pub labelled: u64,
    /// Refused attempts whose template was typed by vote.
    pub predicted: u64,
    /// Refused attempts that match no template: the model typed them at once.
    pub direct: u64,
}

impl AnnotateSummary {
    fn count(&mut self, source: TypeSource) {
        self.refusals += 1;
        match source {
            TypeSource::Labelled => self.labelled += 1,
            TypeSource::Predicted => self.predicted += 1,
            TypeSource::Direct => self.direct += 1,
        }
    }

    fn tell(&self, annotation: &Path, watch: &mut dyn Watch) {
        watch.tell(&format!(
            "annotate: {} refusals of {} mails have their types in {}: {:.2}% by people's labels, \
             {:.2}% by vote, {:.2}% by the model at once",
            self.refusals,
            self.mails,
            annotation.display(),
            percent(self.labelled, self.refusals),
            percent(self.predicted, self.refusals),
            percent(self.direct, self.refusals),
        ));
    }
}

type Types = BTreeMap<u32, (TemplateLabel, TypeSource)>;

/// Gives every message of the mined logs its template's type.
///
/// # Errors
/// Where the run has no predictions yet, or its logs have changed.
pub fn annotate(run: &Run, watch: &mut dyn Watch) -> Result<AnnotateSummary, Error> {
    let predictions = run.existing(file::PREDICTIONS, Stage::Predict)?;
    let inputs = [
        predictions.clone(),
        run.existing(file::ASSIGNMENTS, Stage::Mine)?,
    ];
    let settings = json!({});
    if let Some(summary) = run.finished(Stage::Annotate, &settings, &inputs)? {
        watch.tell("annotate: the annotated log is there already");
        return Ok(summary);
    }
    let types = types(&predictions)?;
    let path = run.path(file::ANNOTATED);
    let mut writer = AnnotatedWriter::create(&path)?;
    let mut assignments = Assignments::open(run)?;
    let mut summary = AnnotateSummary::default();
    summary.mails = each_record(run, Stage::Annotate, watch, |mail, record| {
        let mut annotated = Annotation::of(&record);
        for (attempt, raw) in (0..).zip(&record.delivery_result) {
            if ebrc_ndr::is_accepted(raw) {
                annotated.push(None, None);
                continue;
            }
            let (template_id, _) = assignments.next(mail, attempt)?;
            let Some(&typed) = types.get(&template_id) else {
                return Err(Error::LogChanged {
                    reason: format!("predictions.csv has no template {template_id}"),
                });
            };
            summary.count(typed.1);
            annotated.push(Some(template_id), Some(typed));
        }
        Ok(writer.write(&annotated.with(record))?)
    })?;
    assignments.finish()?;
    writer.commit()?;
    run.record(
        Stage::Annotate,
        &settings,
        &inputs,
        std::slice::from_ref(&path),
        &summary,
    )?;
    summary.tell(&path, watch);
    Ok(summary)
}

/// Gives every message of other logs the type of the run's template that it
/// matches; a message without one is typed by the model at once.
///
/// # Errors
/// Where the run has no predictions yet, a log cannot be read or holds more bad
/// records than allowed, or the model fails; nothing is written then.
pub fn annotate_logs(
    run: &Run,
    logs: &[PathBuf],
    out: &Path,
    model: &Classification,
    skip_bad: u64,
    watch: &mut dyn Watch,
) -> Result<AnnotateSummary, Error> {
    let types = types(&run.existing(file::PREDICTIONS, Stage::Predict)?)?;
    let drain = Drain::from_json(&ebrc_files::read(&run.existing(file::DRAIN, Stage::Mine)?)?)?;
    let mut matching = Matching {
        drain,
        types,
        model,
        remembered: HashMap::new(),
        summary: AnnotateSummary::default(),
    };
    let mut bad = BadRecords::new(skip_bad);
    let mut writer = AnnotatedWriter::create(out)?;
    let mut batch = Vec::with_capacity(MAILS_A_BATCH);
    watch.begin(Stage::Annotate, None);
    for log in logs {
        for record in LogReader::open(log)? {
            let Some(record) = bad.sift(record)? else {
                continue;
            };
            batch.push(record);
            if batch.len() == MAILS_A_BATCH {
                matching.write(&mut batch, &mut writer)?;
                watch.advance(matching.summary.mails);
                if watch.wants_stop() {
                    return Err(Error::Interrupted(BEGIN_AGAIN));
                }
            }
        }
    }
    matching.write(&mut batch, &mut writer)?;
    writer.commit()?;
    let mut name = out.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    name.push(file::REJECTED);
    let rejected = out.with_file_name(name);
    if bad.write(&rejected)? {
        watch.tell(&format!(
            "annotate: {} bad records left out, see {}",
            bad.count(),
            rejected.display()
        ));
    }
    matching.summary.tell(out, watch);
    Ok(matching.summary)
}

/// The types of templates, as `predictions.csv` has them.
fn types(predictions: &Path) -> Result<Types, Error> {
    let rows: Vec<PredictionRow> = tables::read(predictions)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let source = match row.source {
                Source::Labelled => TypeSource::Labelled,
                Source::Predicted => TypeSource::Predicted,
            };
            (row.template_id, (row.label, source))
        })
        .collect())
}

/// The lists of an annotated mail.
struct Annotation {
    template_id: Vec<Option<u32>>,
    label: Vec<Option<TemplateLabel>>,
    source: Vec<Option<TypeSource>>,
}

impl Annotation {
    fn of(record: &DeliveryRecord) -> Self {
        let attempts = record.delivery_result.len();
        Self {
            template_id: Vec::with_capacity(attempts),
            label: Vec::with_capacity(attempts),
            source: Vec::with_capacity(attempts),
        }
    }

    fn push(&mut self, template_id: Option<u32>, typed: Option<(TemplateLabel, TypeSource)>) {
        self.template_id.push(template_id);
        self.label.push(typed.map(|(label, _)| label));
        self.source.push(typed.map(|(_, source)| source));
    }

    fn with(self, record: DeliveryRecord) -> AnnotatedRecord {
        AnnotatedRecord {
            record,
            template_id: self.template_id,
            label: self.label,
            source: self.source,
        }
    }
}

/// Annotation of mails that were not mined.
struct Matching<'a> {
    drain: Drain,
    types: Types,
    model: &'a Classification,
    /// Types of texts that match no template.
    remembered: HashMap<String, BounceType>,
    summary: AnnotateSummary,
}

impl Matching<'_> {
    /// Annotates and writes a batch, which is empty then.
    fn write(
        &mut self,
        batch: &mut Vec<DeliveryRecord>,
        writer: &mut AnnotatedWriter,
    ) -> Result<(), Error> {
        let templates: Vec<Vec<Option<u32>>> = batch
            .par_iter()
            .map(|record| self.templates(record))
            .collect();
        self.classify_unmatched(batch, &templates)?;
        for (record, templates) in batch.drain(..).zip(templates) {
            let mut annotated = Annotation::of(&record);
            for (raw, template_id) in record.delivery_result.iter().zip(templates) {
                if ebrc_ndr::is_accepted(raw) {
                    annotated.push(None, None);
                    continue;
                }
                let known = template_id.and_then(|id| self.types.get(&id).copied());
                let typed = known.or_else(|| {
                    let text = ebrc_ndr::classifier_text(raw);
                    let kind = *self.remembered.get(&text)?;
                    Some((kind.into(), TypeSource::Direct))
                });
                if let Some((_, source)) = typed {
                    self.summary.count(source);
                }
                annotated.push(known.and(template_id), typed);
            }
            self.summary.mails += 1;
            writer.write(&annotated.with(record))?;
        }
        Ok(())
    }

    /// The template that each refused attempt matches.
    fn templates(&self, record: &DeliveryRecord) -> Vec<Option<u32>> {
        let template = |raw: &String| {
            if ebrc_ndr::is_accepted(raw) {
                return None;
            }
            let message = NdrMessage::parse(raw);
            let line = ebrc_ndr::mask(&message.text);
            let found = self
                .drain
                .find(&key(&message), &line, Search::LeafThenAll)?;
            self.types.contains_key(&found.0).then_some(found.0)
        };
        record.delivery_result.iter().map(template).collect()
    }

    /// Has the model type the batch's new texts without a template.
    fn classify_unmatched(
        &mut self,
        batch: &[DeliveryRecord],
        templates: &[Vec<Option<u32>>],
    ) -> Result<(), Error> {
        let unmatched: Vec<String> = batch
            .iter()
            .zip(templates)
            .flat_map(|(record, templates)| record.delivery_result.iter().zip(templates))
            .filter(|(raw, template)| template.is_none() && !ebrc_ndr::is_accepted(raw))
            .map(|(raw, _)| ebrc_ndr::classifier_text(raw))
            .collect();
        if self.remembered.len() > REMEMBERED_TEXTS {
            self.remembered.clear();
        }
        let mut new: Vec<&str> = unmatched
            .iter()
            .map(String::as_str)
            .filter(|text| !self.remembered.contains_key(*text))
            .collect();
        new.sort_unstable();
        new.dedup();
        let kinds = self.model.types_of_texts(&new)?;
        let typed: Vec<(String, BounceType)> =
            new.into_iter().map(str::to_owned).zip(kinds).collect();
        self.remembered.extend(typed);
        Ok(())
    }
}
