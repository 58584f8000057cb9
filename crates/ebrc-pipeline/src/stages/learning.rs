//! How many labelled templates buy which quality.

use std::collections::{BTreeMap, BTreeSet};

use ebrc_evaluation::{Bootstrap, LabellingOrder, LearningPoint, RunRow, Source};
use ebrc_model::{ModelFiles, Precision};
use ebrc_sampling::{Opinion, Stratum, majority_vote};
use ebrc_taxonomy::{BounceType, TemplateLabel};
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::classify::{Classification, Probabilities, most_probable};
use super::label::doubt;
use super::train::{fine_tune, remove_folder_if_there};
use super::{SampleSettings, TrainRequest};
use crate::refusals::each_refusal;
use crate::run::{file, write_json};
use crate::texts::{LabelledMessage, weighted_examples};
use crate::{Error, Run, Stage, TemplateRow, Watch, tables};

/// How a learning curve is measured.
#[derive(Debug, Clone)]
pub struct LearningPlan {
    /// How many templates are labelled, rising.
    pub sizes: Vec<usize>,
    /// How training sets are drawn.
    pub sample: SampleSettings,
    /// How classifiers are trained.
    pub train: TrainRequest,
    /// How many messages of a template vote.
    pub per_template: u64,
}

/// Labels more and more templates of a simulated log by its truth, the biggest
/// first and those in most doubt, trains a classifier on each set, and measures
/// what it is worth. Writes `learning-curve.json`, which the run's next
/// evaluation shows.
///
/// # Errors
/// Where the log carries no truth, no size is given, or training fails.
pub fn learning_curve(
    run: &Run,
    plan: &LearningPlan,
    watch: &mut dyn Watch,
) -> Result<Vec<LearningPoint>, Error> {
    let mut sizes = plan.sizes.clone();
    sizes.sort_unstable();
    sizes.dedup();
    if sizes.first().is_none_or(|&least| least == 0) {
        return Err(Error::Nothing(
            "a learning curve needs numbers of templates, such as 25,50,100,200,400".to_owned(),
        ));
    }
    let log = MinedLog::read(run, plan, watch)?;
    let most = log.templates.len();
    for size in sizes.extract_if(.., |size| *size > most) {
        watch.tell(&format!(
            "evaluate: the run has {most} templates, so {size} cannot be labelled"
        ));
    }
    if sizes.is_empty() {
        return Err(Error::Nothing(format!(
            "the run has {most} templates; ask for a learning curve over fewer"
        )));
    }
    let mut measured: Vec<Measured> = Vec::new();
    for order in [LabellingOrder::Biggest, LabellingOrder::MostInDoubt] {
        let mut labelled: Vec<usize> = Vec::new();
        for &size in &sizes {
            let lacking = size - labelled.len();
            let before = measured
                .last()
                .filter(|before| before.order == order && order == LabellingOrder::MostInDoubt);
            labelled = match before {
                Some(before) => log.with_most_in_doubt(labelled, lacking, &before.answers),
                // Templates come the biggest first.
                None => (0..size).collect(),
            };
            let same = measured.iter().find(|other| other.labelled == labelled);
            let answers = match same {
                Some(other) => other.answers.clone(),
                None => {
                    watch.tell(&format!(
                        "evaluate: learning from {size} labelled templates, {}",
                        order.name()
                    ));
                    log.answers_after(run, plan, &labelled, watch)?
                }
            };
            measured.push(Measured {
                order,
                labelled: labelled.clone(),
                answers,
            });
        }
    }
    let known: BTreeSet<u32> = measured
        .iter()
        .flat_map(|point| &point.labelled)
        .map(|&place| log.templates[place].template_id)
        .collect();
    let bootstrap = Bootstrap::with_seed(plan.sample.seed);
    let points: Vec<LearningPoint> = measured
        .iter()
        .filter_map(|point| {
            LearningPoint::of(
                point.order,
                point.labelled.len() as u64,
                &log.rows(point),
                |template_id| !known.contains(&template_id),
                &bootstrap,
            )
        })
        .collect();
    let templates_sha256 = templates_sha256(run)?;
    let curve = LearningCurve {
        templates_sha256,
        points,
    };
    write_json(&run.path(file::LEARNING_CURVE), &curve)?;
    Ok(curve.points)
}

/// The learning curve that was measured on a run's templates; empty where none
/// was, or on others.
pub(super) fn learning_curve_of(run: &Run) -> Result<Vec<LearningPoint>, Error> {
    let path = run.path(file::LEARNING_CURVE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let curve: LearningCurve =
        serde_json::from_slice(&ebrc_files::read(&path)?).map_err(|error| Error::Line {
            file: path,
            line: error.line() as u64,
            reason: format!("{error}; measure the learning curve again"),
        })?;
    Ok(if curve.templates_sha256 == templates_sha256(run)? {
        curve.points
    } else {
        Vec::new()
    })
}

fn templates_sha256(run: &Run) -> Result<String, Error> {
    Ok(ebrc_files::sha256_hex(&run.path(file::TEMPLATES))?)
}

/// `learning-curve.json`.
#[derive(Serialize, Deserialize)]
struct LearningCurve {
    templates_sha256: String,
    points: Vec<LearningPoint>,
}

/// A point before its figures are taken.
struct Measured {
    order: LabellingOrder,
    /// Places of the labelled templates.
    labelled: Vec<usize>,
    answers: Vec<Option<TemplateAnswer>>,
}

/// What a classifier says of a template.
#[derive(Debug, Clone, Copy)]
struct TemplateAnswer {
    kind: BounceType,
    /// The mean probability of its messages' answers.
    certainty: f64,
}

/// What the points of a curve have in common.
struct MinedLog {
    /// The biggest first.
    templates: Vec<TemplateRow>,
    /// By a template's place: how many of its messages have which truth.
    truths: Vec<BTreeMap<TemplateLabel, u64>>,
    texts: Vec<String>,
    /// By a template's place: the texts that vote, and how many messages each
    /// stands for.
    voters: Vec<BTreeMap<usize, u64>>,
}

impl MinedLog {
    fn read(run: &Run, plan: &LearningPlan, watch: &mut dyn Watch) -> Result<Self, Error> {
        let templates: Vec<TemplateRow> =
            tables::read(&run.existing(file::TEMPLATES, Stage::Mine)?)?;
        let counts: Vec<(u32, u64)> = templates
            .iter()
            .map(|row| (row.template_id, row.count))
            .collect();
        let picks = ebrc_sampling::predictive(plan.per_template, &counts, plan.sample.seed);
        let places: HashMap<u32, usize> = templates
            .iter()
            .enumerate()
            .map(|(place, row)| (row.template_id, place))
            .collect();
        let mut truths = vec![BTreeMap::new(); templates.len()];
        let mut voters = vec![BTreeMap::new(); templates.len()];
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut texts = Vec::new();
        each_refusal(run, Stage::Evaluate, watch, |refusal| {
            let Some(&place) = places.get(&refusal.template_id) else {
                return Ok(());
            };
            let Some(truth) = refusal.truth else {
                return Err(Error::NoTruth);
            };
            *truths[place].entry(truth).or_default() += 1;
            let votes = picks
                .get(&refusal.template_id)
                .is_some_and(|picks| picks.binary_search(&refusal.ordinal).is_ok());
            if votes {
                let text = ebrc_ndr::classifier_text(refusal.raw);
                let next = texts.len();
                let number = *numbers.entry(text).or_insert_with_key(|text| {
                    texts.push(text.clone());
                    next
                });
                *voters[place].entry(number).or_default() += 1;
            }
            Ok(())
        })?;
        Ok(Self {
            templates,
            truths,
            texts,
            voters,
        })
    }

    /// The truth of most of a template's messages, as its label.
    fn label(&self, place: usize) -> Option<TemplateLabel> {
        let truths = self.truths[place].iter().rev();
        truths
            .max_by_key(|&(_, &count)| count)
            .map(|(&label, _)| label)
    }

    /// Adds those templates of whose messages most are in doubt.
    fn with_most_in_doubt(
        &self,
        mut labelled: Vec<usize>,
        lacking: usize,
        answers: &[Option<TemplateAnswer>],
    ) -> Vec<usize> {
        let known: BTreeSet<usize> = labelled.iter().copied().collect();
        let mut others: Vec<(f64, usize)> = (0..self.templates.len())
            .filter(|place| !known.contains(place))
            .map(|place| {
                let certainty = answers[place].map_or(1.0, |answer| answer.certainty);
                (doubt(self.templates[place].count, certainty), place)
            })
            .collect();
        others.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        labelled.extend(others.into_iter().take(lacking).map(|(_, place)| place));
        labelled
    }

    /// Trains a classifier on labelled templates, and has it type all others.
    fn answers_after(
        &self,
        run: &Run,
        plan: &LearningPlan,
        labelled: &[usize],
        watch: &mut dyn Watch,
    ) -> Result<Vec<Option<TemplateAnswer>>, Error> {
        let model = self.model_of(run, plan, labelled, watch)?;
        let known: BTreeSet<usize> = labelled.iter().copied().collect();
        let open: BTreeSet<usize> = self
            .voters
            .iter()
            .enumerate()
            .filter(|(place, _)| !known.contains(place))
            .flat_map(|(_, voters)| voters.keys().copied())
            .collect();
        let texts: Vec<&str> = open.iter().map(|&text| self.texts[text].as_str()).collect();
        let scores = model.probabilities_watched(&texts, Stage::Evaluate, watch)?;
        let scores: HashMap<usize, &Probabilities> = open.into_iter().zip(&scores).collect();
        Ok((0..self.templates.len())
            .map(|place| {
                if known.contains(&place) {
                    return None;
                }
                let voters = &self.voters[place];
                let opinions: Vec<Opinion<'_>> = voters
                    .iter()
                    .filter_map(|(text, &messages)| {
                        Some(Opinion {
                            probabilities: scores.get(text)?,
                            messages,
                        })
                    })
                    .collect();
                let vote = majority_vote(&opinions)?;
                let certainty: f64 = opinions
                    .iter()
                    .map(|opinion| {
                        f64::from(most_probable(opinion.probabilities).1) * opinion.messages as f64
                    })
                    .sum();
                Some(TemplateAnswer {
                    kind: vote.kind,
                    certainty: certainty / vote.messages as f64,
                })
            })
            .collect())
    }

    fn model_of(
        &self,
        run: &Run,
        plan: &LearningPlan,
        labelled: &[usize],
        watch: &mut dyn Watch,
    ) -> Result<Classification, Error> {
        let strata: Vec<Stratum> = labelled
            .iter()
            .filter_map(|&place| {
                Some(Stratum {
                    template_id: self.templates[place].template_id,
                    label: self.label(place)?.bounce_type()?.into(),
                    messages: self.templates[place].count,
                })
            })
            .collect();
        if strata.is_empty() {
            return Err(Error::Nothing(format!(
                "the {} biggest templates are all ambiguous; label more",
                labelled.len()
            )));
        }
        let labels: BTreeMap<u32, TemplateLabel> = strata
            .iter()
            .map(|stratum| (stratum.template_id, stratum.label))
            .collect();
        let drawn = ebrc_sampling::balance(
            plan.sample.draw().wanted,
            plan.sample.validation_share,
            &strata,
            plan.sample.seed,
        )?;
        let (mut training, mut validation) = (Vec::new(), Vec::new());
        each_refusal(run, Stage::Evaluate, watch, |refusal| {
            let picks = drawn.picks(refusal.template_id);
            if let Some(&label) = labels.get(&refusal.template_id)
                && picks.binary_search(&refusal.ordinal).is_ok()
            {
                let message = LabelledMessage {
                    text: refusal.raw.to_owned(),
                    label,
                    template_id: refusal.template_id,
                };
                if drawn.is_held_out(refusal.template_id) {
                    validation.push(message);
                } else {
                    training.push(message);
                }
            }
            Ok(())
        })?;
        let (training, validation) = (weighted_examples(&training), weighted_examples(&validation));
        let base = plan.train.base.files()?;
        let trained = fine_tune(&plan.train, &base, [&training, &validation], None, watch)?
            .ok_or(Error::Interrupted("a learning curve begins anew"))?;
        let folder = run.path(file::INCOMPLETE_LEARNING);
        remove_folder_if_there(&folder)?;
        trained.save(&folder, plan.train.weights)?;
        let files = ModelFiles::from_folder(&folder);
        remove_folder_if_there(&folder)?;
        Classification::load(&files?, plan.train.device, Precision::F32)
    }

    /// Every refused message of the log with the type that a point gives it.
    fn rows(&self, point: &Measured) -> Vec<RunRow> {
        let labelled: BTreeSet<usize> = point.labelled.iter().copied().collect();
        let mut rows = Vec::new();
        for (place, template) in self.templates.iter().enumerate() {
            let (predicted, source) = if labelled.contains(&place) {
                let label = self.label(place);
                (label.and_then(TemplateLabel::bounce_type), Source::Labelled)
            } else {
                (
                    point.answers[place].map(|answer| answer.kind),
                    Source::Predicted,
                )
            };
            rows.extend(self.truths[place].iter().map(|(&gold, &messages)| RunRow {
                template_id: Some(template.template_id),
                gold: Some(gold),
                predicted,
                source,
                messages,
                rivals: Vec::new(),
            }));
        }
        rows
    }
}
