use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ebrc_taxonomy::TemplateLabel;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::mine::percent;
use crate::refusals::each_refusal;
use crate::run::file;
use crate::tables::{self, read_labels, read_sheet};
use crate::{Error, LabelRow, Run, Stage, TemplateRow, VoteRow, Watch};

/// Who labels a simulated run.
const TRUTH: &str = "simulation";

/// What labelling came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelSummary {
    /// Templates with a label.
    pub templates: u64,
    /// Of these, ambiguous ones.
    pub ambiguous: u64,
    /// The share of all NDR messages that the labelled templates hold.
    pub coverage: f64,
}

/// Which templates are to be labelled first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The biggest, as the paper does.
    Biggest,
    /// Those without a label that have the most messages and of whose type the
    /// classifier is least certain: where a label is worth most.
    MostInDoubt,
}

/// The templates to label, in order.
///
/// # Errors
/// Where the run was not mined; for those in doubt, where it has no
/// predictions, or none is in doubt.
pub fn label_candidates(run: &Run, top: usize, order: Order) -> Result<Vec<TemplateRow>, Error> {
    let mut rows = templates(run)?;
    if order == Order::MostInDoubt {
        let votes: Vec<VoteRow> = tables::read(&run.existing(file::VOTES, Stage::Predict)?)?;
        let mut certainty: BTreeMap<u32, (f64, u64)> = BTreeMap::new();
        for vote in &votes {
            let (sum, count) = certainty.entry(vote.template_id).or_default();
            *sum += f64::from(vote.confidence);
            *count += 1;
        }
        let known = existing_labels(run, &rows)?;
        let mut in_doubt: Vec<(f64, TemplateRow)> = rows
            .into_iter()
            .filter(|row| !known.contains_key(&row.template_id))
            .filter_map(|row| {
                let (sum, count) = certainty.get(&row.template_id)?;
                Some((doubt(row.count, sum / *count as f64), row))
            })
            .collect();
        if in_doubt.is_empty() {
            return Err(Error::Nothing(
                "no template was typed by vote, so none is in doubt; run `ebrc predict` after \
                 labelling some"
                    .to_owned(),
            ));
        }
        // A stable sort: of equal doubt, the biggest first.
        in_doubt.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        rows = in_doubt.into_iter().map(|(_, row)| row).collect();
    }
    rows.truncate(top);
    Ok(rows)
}

/// How far a certain answer for a template is to be trusted. A classifier that
/// learned from few templates is certain of types that it has never seen, so
/// without this the biggest templates would never be asked for.
const TRUST: f64 = 0.8;

/// How many of a template's messages one has to expect to be wrongly typed.
pub(super) fn doubt(messages: u64, certainty: f64) -> f64 {
    messages as f64 * (1.0 - TRUST * certainty)
}

/// Every template, the biggest first.
fn templates(run: &Run) -> Result<Vec<TemplateRow>, Error> {
    tables::read(&run.existing(file::TEMPLATES, Stage::Mine)?)
}

/// The labels that a run has.
///
/// # Errors
/// Where the run was not mined, or its labels are wrong.
pub fn labels(run: &Run) -> Result<BTreeMap<u32, TemplateLabel>, Error> {
    let rows = existing_labels(run, &templates(run)?)?;
    Ok(rows.into_iter().map(|(id, row)| (id, row.label)).collect())
}

/// Writes the sheet that a person fills in: the first templates, with the
/// labels that are there already.
///
/// # Errors
/// Those of [`label_candidates`], or where the sheet cannot be written.
pub fn label_sheet(run: &Run, top: usize, order: Order, sheet: &Path) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct Row<'a> {
        template_id: u32,
        template: String,
        label: &'a str,
        labelled_by: &'a str,
        count: u64,
    }
    let known = existing_labels(run, &templates(run)?)?;
    let rows: Vec<Row<'_>> = label_candidates(run, top, order)?
        .iter()
        .map(|template| {
            let label = known.get(&template.template_id);
            Row {
                template_id: template.template_id,
                template: template.whole(),
                label: label.map_or("", |row| row.label.as_str()),
                labelled_by: label.map_or("", |row| &row.labelled_by),
                count: template.count,
            }
        })
        .collect();
    tables::write(sheet, &rows)?;
    Ok(rows.len() as u64)
}

fn existing_labels(run: &Run, templates: &[TemplateRow]) -> Result<BTreeMap<u32, LabelRow>, Error> {
    let path = run.labels();
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let rows = read_labels(&path, templates)?;
    Ok(rows.into_iter().map(|row| (row.template_id, row)).collect())
}

/// Takes the labels of a filled-in sheet. A template that is not in the sheet
/// keeps its label; one that is there without a label loses it.
///
/// # Errors
/// Where a line names no template of this run or no label, or no template has
/// a label then; nothing is changed.
pub fn label_from_file(
    run: &Run,
    sheet: &Path,
    watch: &mut dyn Watch,
) -> Result<LabelSummary, Error> {
    let templates = templates(run)?;
    let rows = read_sheet(sheet, &templates)?;
    let labels = with_changes(existing_labels(run, &templates)?, rows);
    if labels.is_empty() {
        return Err(Error::Nothing(format!(
            "{}: no template has a label; fill in the column `label`",
            sheet.display()
        )));
    }
    let settings = json!({ "from": "sheet" });
    finish(run, &templates, labels, &settings, &[], watch)
}

/// Takes labels given one by one, such as on the local page; `None` takes one
/// away.
///
/// # Errors
/// Where the labels cannot be written.
pub fn write_labels(
    run: &Run,
    labels: &BTreeMap<u32, Option<TemplateLabel>>,
    labelled_by: &str,
    watch: &mut dyn Watch,
) -> Result<LabelSummary, Error> {
    let templates = templates(run)?;
    let known = existing_labels(run, &templates)?;
    let changes: Vec<(u32, Option<LabelRow>)> = templates
        .iter()
        .filter_map(|template| {
            let label = *labels.get(&template.template_id)?;
            if known.get(&template.template_id).map(|row| row.label) == label {
                return None;
            }
            let row = label.map(|label| LabelRow {
                template_id: template.template_id,
                template: template.whole(),
                label,
                labelled_by: labelled_by.to_owned(),
            });
            Some((template.template_id, row))
        })
        .collect();
    let settings = json!({ "from": "page" });
    finish(
        run,
        &templates,
        with_changes(known, changes),
        &settings,
        &[],
        watch,
    )
}

fn with_changes(
    mut labels: BTreeMap<u32, LabelRow>,
    changes: Vec<(u32, Option<LabelRow>)>,
) -> BTreeMap<u32, LabelRow> {
    for (template_id, row) in changes {
        match row {
            Some(row) => labels.insert(template_id, row),
            None => labels.remove(&template_id),
        };
    }
    labels
}

/// Labels the biggest templates of a simulated run by what the simulation
/// knows: the truth of most of a template's messages.
///
/// # Errors
/// Where the log carries no truth.
pub fn label_from_truth(
    run: &Run,
    top: usize,
    watch: &mut dyn Watch,
) -> Result<LabelSummary, Error> {
    let settings = json!({ "from": TRUTH, "top": top });
    let templates_path = run.existing(file::TEMPLATES, Stage::Mine)?;
    let inputs = [
        templates_path,
        run.existing(file::ASSIGNMENTS, Stage::Mine)?,
    ];
    if let Some(summary) = run.finished(Stage::Label, &settings, &inputs)? {
        watch.tell("label: the labels are there already");
        return Ok(summary);
    }
    let templates = templates(run)?;
    let mut truths: BTreeMap<u32, BTreeMap<TemplateLabel, u64>> = templates
        .iter()
        .take(top)
        .map(|template| (template.template_id, BTreeMap::new()))
        .collect();
    each_refusal(run, Stage::Label, watch, |refusal| {
        if let Some(counts) = truths.get_mut(&refusal.template_id)
            && let Some(truth) = refusal.truth
        {
            *counts.entry(truth).or_default() += 1;
        }
        Ok(())
    })?;
    let rows: BTreeMap<u32, LabelRow> = templates
        .iter()
        .filter_map(|template| {
            let counts = truths.get(&template.template_id)?;
            // Of equally many, the first in the order of labels.
            let (&label, _) = counts.iter().rev().max_by_key(|&(_, &count)| count)?;
            let row = LabelRow {
                template_id: template.template_id,
                template: template.whole(),
                label,
                labelled_by: TRUTH.to_owned(),
            };
            Some((template.template_id, row))
        })
        .collect();
    if rows.is_empty() {
        return Err(Error::NoTruth);
    }
    finish(run, &templates, rows, &settings, &inputs, watch)
}

fn finish(
    run: &Run,
    templates: &[TemplateRow],
    mut labels: BTreeMap<u32, LabelRow>,
    settings: &serde_json::Value,
    inputs: &[PathBuf],
    watch: &mut dyn Watch,
) -> Result<LabelSummary, Error> {
    let path = run.labels();
    // In the order of the templates: the biggest first.
    let rows: Vec<LabelRow> = templates
        .iter()
        .filter_map(|template| labels.remove(&template.template_id))
        .collect();
    tables::write(&path, &rows)?;
    let counts: BTreeMap<u32, u64> = templates
        .iter()
        .map(|row| (row.template_id, row.count))
        .collect();
    let covered = rows
        .iter()
        .filter_map(|row| counts.get(&row.template_id))
        .sum();
    let summary = LabelSummary {
        templates: rows.len() as u64,
        ambiguous: rows
            .iter()
            .filter(|row| row.label == TemplateLabel::Ambiguous)
            .count() as u64,
        coverage: percent(covered, counts.values().sum()) / 100.0,
    };
    run.record(Stage::Label, settings, inputs, &[path], &summary)?;
    watch.tell(&format!(
        "label: {} templates labelled, {} of them ambiguous; they cover {:.2}% of the messages",
        summary.templates,
        summary.ambiguous,
        100.0 * summary.coverage
    ));
    Ok(summary)
}
