use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ebrc_sampling::{Opinion, majority_vote};
use ebrc_taxonomy::TemplateLabel;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::classify::{Classification, most_probable};
use crate::refusals::each_refusal;
use crate::run::file;
use crate::tables::{self, read_labels};
use crate::{Error, PredictionRow, Run, Source, Stage, TemplateRow, VoteRow, Watch};

/// How templates are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictSettings {
    /// How many messages of a template vote; the paper takes 100.
    pub per_template: u64,
    /// The seed that chooses them.
    pub seed: u64,
}

/// What prediction came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictSummary {
    /// Templates typed by the classifier.
    pub predicted: u64,
    /// Templates that people had labelled.
    pub labelled: u64,
    /// Messages that voted.
    pub messages: u64,
    /// Distinct texts among them, each of which was classified once.
    pub texts: u64,
}

/// Types every template without a label by majority vote of its messages.
///
/// # Errors
/// Where the run was not mined, or the model fails.
pub fn predict(
    run: &Run,
    model: &Classification,
    votes: &PredictSettings,
    watch: &mut dyn Watch,
) -> Result<PredictSummary, Error> {
    let templates_path = run.existing(file::TEMPLATES, Stage::Mine)?;
    let templates: Vec<TemplateRow> = tables::read(&templates_path)?;
    let mut inputs: Vec<PathBuf> = vec![templates_path];
    inputs.push(run.existing(file::ASSIGNMENTS, Stage::Mine)?);
    let labels_path = run.labels();
    let mut labels: BTreeMap<u32, TemplateLabel> = BTreeMap::new();
    if labels_path.exists() {
        for row in read_labels(&labels_path, &templates)? {
            labels.insert(row.template_id, row.label);
        }
        inputs.push(labels_path);
    }
    let settings = json!({
        "per_template": votes.per_template,
        "seed": votes.seed,
        "model": model.fingerprint(),
        "temperature": model.temperature(),
    });
    if let Some(summary) = run.finished(Stage::Predict, &settings, &inputs)? {
        watch.tell("predict: the predictions are there already");
        return Ok(summary);
    }
    let open: Vec<(u32, u64)> = templates
        .iter()
        .filter(|row| !labels.contains_key(&row.template_id))
        .map(|row| (row.template_id, row.count))
        .collect();
    let picks = ebrc_sampling::predictive(votes.per_template, &open, votes.seed);
    let mut sets: BTreeMap<u32, BTreeMap<String, Vec<u64>>> = BTreeMap::new();
    each_refusal(run, Stage::Predict, watch, |refusal| {
        if let Some(picks) = picks.get(&refusal.template_id)
            && picks.binary_search(&refusal.ordinal).is_ok()
        {
            let text = ebrc_ndr::classifier_text(refusal.raw);
            let set = sets.entry(refusal.template_id).or_default();
            set.entry(text).or_default().push(refusal.ordinal);
        }
        Ok(())
    })?;
    let texts: Vec<&str> = sets
        .values()
        .flat_map(|set| set.keys().map(String::as_str))
        .collect::<BTreeSet<&str>>()
        .into_iter()
        .collect();
    let answers = model.probabilities_watched(&texts, Stage::Predict, watch)?;
    let scores: BTreeMap<&str, _> = texts.iter().copied().zip(&answers).collect();

    let mut rows = Vec::with_capacity(templates.len());
    let mut votes_cast: Vec<VoteRow> = Vec::new();
    let mut messages = 0;
    for template in &templates {
        let template_id = template.template_id;
        if let Some(&label) = labels.get(&template_id) {
            rows.push(PredictionRow {
                template_id,
                label,
                votes: None,
                messages: None,
                share: None,
                source: Source::Labelled,
            });
            continue;
        }
        let mut opinions: Vec<Opinion<'_>> = Vec::new();
        let mut cast: Vec<VoteRow> = Vec::new();
        for (text, ordinals) in sets.get(&template_id).into_iter().flatten() {
            let Some(probabilities) = scores.get(text.as_str()) else {
                continue;
            };
            opinions.push(Opinion {
                probabilities,
                messages: ordinals.len() as u64,
            });
            let (label, confidence) = most_probable(probabilities);
            cast.extend(ordinals.iter().map(|&ordinal| VoteRow {
                template_id,
                ordinal,
                label,
                confidence,
            }));
        }
        cast.sort_by_key(|vote| vote.ordinal);
        votes_cast.append(&mut cast);
        let Some(vote) = majority_vote(&opinions) else {
            continue;
        };
        messages += vote.messages;
        rows.push(PredictionRow {
            template_id,
            label: vote.kind.into(),
            votes: Some(vote.votes),
            messages: Some(vote.messages),
            share: Some(vote.share),
            source: Source::Predicted,
        });
    }
    let paths = [run.path(file::PREDICTIONS), run.path(file::VOTES)];
    tables::write(&paths[0], &rows)?;
    tables::write(&paths[1], &votes_cast)?;
    let labelled = rows
        .iter()
        .filter(|row| row.source == Source::Labelled)
        .count() as u64;
    let summary = PredictSummary {
        predicted: rows.len() as u64 - labelled,
        labelled,
        messages,
        texts: texts.len() as u64,
    };
    run.record(Stage::Predict, &settings, &inputs, &paths, &summary)?;
    watch.tell(&format!(
        "predict: {} templates typed by the vote of {} messages ({} distinct texts), \
         {} labelled by people",
        summary.predicted, summary.messages, summary.texts, summary.labelled
    ));
    Ok(summary)
}
