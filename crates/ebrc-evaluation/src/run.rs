use std::collections::BTreeMap;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::agreement::Agreement;
use crate::bootstrap::{Bootstrap, Cluster, Observation, measure, summarise};
use crate::comparison::{Pair, compare};
use crate::errors::{ErrorPair, Mistake, Template, error_pairs};
use crate::figures::Figures;
use crate::learning::LearningPoint;
use crate::prevalence::{Estimates, Sampled, estimate};
use crate::rival::{Rival, RivalName, Rivals};
use crate::schema::ByType;
use crate::vote::{self, VoteParts, VoteRow};

/// Who typed a message.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A person labelled the message's template.
    Labelled,
    /// The majority vote of the template's messages.
    Predicted,
    /// The model, which read the message itself.
    Direct,
}

/// Messages of a run that agree in template, truth, type, source and in what
/// other classifiers say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Their template; `None` where they match none.
    pub template_id: Option<u32>,
    /// The truth, as the log or people who reviewed it have it; `None` where it
    /// is not known.
    pub gold: Option<TemplateLabel>,
    /// Their type; `None` where their template was labelled ambiguous.
    pub predicted: Option<BounceType>,
    /// Who typed them.
    pub source: Source,
    /// How many they are.
    pub messages: u64,
    /// What other classifiers say.
    pub rivals: Vec<BounceType>,
}

/// What is known of a template, for the list of mistakes.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateFacts {
    /// Its text, volatile parts masked.
    pub text: String,
    /// The share of votes for its type; `None` where nobody voted.
    pub share: Option<f64>,
}

/// What a run is judged by. Rows may come in any order and in parts.
#[derive(Debug, Clone, Copy)]
pub struct RunEvidence<'a> {
    /// Every refused message of the run.
    pub population: &'a [RunRow],
    /// The paper's protocol: `per_type` random messages of each predicted
    /// type.
    pub sampled: &'a [RunRow],
    /// The same among the messages that the model typed: not
    /// [`Source::Labelled`]. With a review, those of the judged sample.
    pub sampled_predicted: &'a [RunRow],
    /// Messages asked for of each predicted type; the paper takes 100.
    pub per_type: u64,
    /// The classifiers that it is compared with, in the order of
    /// [`RunRow::rivals`].
    pub rivals: &'a [RivalName],
    /// What is known of the templates.
    pub templates: &'a BTreeMap<u32, TemplateFacts>,
    /// The messages that took part in a vote, those of a template together.
    pub votes: &'a [VoteRow],
    /// What people say who judged the sample; then theirs is the truth of
    /// `sampled` and `sampled_predicted`.
    pub review: Option<&'a Review>,
    /// What a classifier is worth by the number of labelled templates, where
    /// that was measured.
    pub learning_curve: &'a [LearningPoint],
}

/// What people found who judged the sample of the paper's protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// How many people judged.
    pub reviewers: u64,
    /// Messages of the sample.
    pub sampled: u64,
    /// Messages that have a label by somebody, and on which nobody differs or a
    /// third settled.
    pub judged: u64,
    /// How many of them people call ambiguous; they count in no figure.
    pub ambiguous: u64,
    /// Messages on which the first two differ and which no third settled; they
    /// count in no figure.
    pub unsettled: u64,
    /// How far the first two agree; `None` where only one judged.
    pub agreement: Option<Agreement>,
}

/// What a run's report has beside its headline, which is the paper's protocol
/// over all messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunParts {
    /// Messages sampled of each predicted type.
    pub per_type: u64,
    /// What the sample says of the whole log.
    pub estimates: Option<Estimates>,
    /// The paper's protocol over the messages that the model typed; `None`
    /// where it typed none.
    pub sampled_predicted: Option<Figures>,
    /// Every message whose truth is a type; `None` where the truth of the log
    /// is not known.
    pub population: Option<Figures>,
    /// Those of them that the model typed: what people have labelled does not
    /// flatter it here. `None` where it typed none.
    pub population_predicted: Option<Figures>,
    /// Messages by who typed them, those of ambiguous truth included.
    pub sources: BTreeMap<Source, u64>,
    /// Messages whose truth is ambiguous.
    pub ambiguous: AmbiguousTruth,
    /// What the vote gains; `None` where the truth of voters is not known.
    pub vote: Option<VoteParts>,
    /// What people found who judged the sample.
    pub review: Option<Review>,
    /// What a classifier is worth by the number of labelled templates; empty
    /// where that was not measured.
    pub learning_curve: Vec<LearningPoint>,
}

/// Messages that give no reason. They count into no precision or recall.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AmbiguousTruth {
    /// How many there are.
    pub messages: u64,
    /// How many of them are without a type, as they should be.
    pub unclassified: u64,
    /// How many of them got each type.
    #[schemars(with = "ByType<u64>")]
    pub typed: BTreeMap<BounceType, u64>,
}

/// What a run comes to.
pub(crate) struct RunResult {
    pub(crate) headline: Figures,
    pub(crate) parts: RunParts,
    pub(crate) rivals: Option<Rivals>,
    pub(crate) errors: Vec<ErrorPair>,
}

pub(crate) fn evaluate(
    evidence: &RunEvidence<'_>,
    bootstrap: &Bootstrap,
) -> Result<RunResult, Error> {
    let all = |rows| measure(observations(rows, |_| true), bootstrap);
    let headline = all(evidence.sampled).ok_or(Error::NoTruth)?;
    let mut sources = BTreeMap::new();
    let mut in_type: BTreeMap<BounceType, u64> = BTreeMap::new();
    let mut ambiguous = AmbiguousTruth::default();
    for row in evidence.population {
        *sources.entry(row.source).or_default() += row.messages;
        if let Some(kind) = row.predicted {
            *in_type.entry(kind).or_default() += row.messages;
        }
        if row.gold == Some(TemplateLabel::Ambiguous) {
            ambiguous.messages += row.messages;
            match row.predicted {
                Some(kind) => *ambiguous.typed.entry(kind).or_default() += row.messages,
                None => ambiguous.unclassified += row.messages,
            }
        }
    }
    let parts = RunParts {
        per_type: evidence.per_type,
        estimates: estimate(sampled(evidence.sampled), &in_type, bootstrap),
        sampled_predicted: all(evidence.sampled_predicted),
        population: all(evidence.population),
        population_predicted: measure(
            observations(evidence.population, RunRow::by_model),
            bootstrap,
        ),
        sources,
        ambiguous,
        vote: vote::evaluate(evidence.votes, bootstrap),
        review: evidence.review.cloned(),
        learning_curve: evidence.learning_curve.to_vec(),
    };
    Ok(RunResult {
        headline,
        parts,
        rivals: rivals(evidence, bootstrap),
        errors: errors(evidence),
    })
}

impl RunEvidence<'_> {
    /// The rows whose truth is known, and whether that is the whole log: else
    /// people have judged the sample alone.
    fn judged(&self) -> (&[RunRow], bool) {
        if self.population.iter().any(|row| row.gold.is_some()) {
            (self.population, true)
        } else {
            (self.sampled, false)
        }
    }
}

impl RunRow {
    fn by_model(&self) -> bool {
        self.source != Source::Labelled
    }

    fn cluster(&self, position: usize) -> Cluster<'static> {
        self.template_id
            .map_or(Cluster::Row(position), Cluster::Template)
    }
}

fn observations(
    rows: &[RunRow],
    wanted: fn(&RunRow) -> bool,
) -> impl Iterator<Item = Observation<'_>> {
    let rows = rows.iter().enumerate().filter(move |(_, row)| wanted(row));
    rows.filter_map(|(position, row)| {
        Some(Observation {
            cluster: row.cluster(position),
            gold: row.gold?.bounce_type()?,
            predicted: row.predicted,
            messages: row.messages,
        })
    })
}

/// Those of the paper's protocol whose truth is known, ambiguous ones too.
fn sampled(rows: &[RunRow]) -> impl Iterator<Item = Sampled<'_>> {
    rows.iter().enumerate().filter_map(|(position, row)| {
        Some(Sampled {
            cluster: row.cluster(position),
            gold: row.gold?.bounce_type(),
            predicted: row.predicted?,
            messages: row.messages,
        })
    })
}

/// On what the model typed, since people's labels are no work of its own; on
/// all where it typed nothing.
fn rivals(evidence: &RunEvidence<'_>, bootstrap: &Bootstrap) -> Option<Rivals> {
    let (rows, whole_log) = evidence.judged();
    let typed_by_model = observations(rows, RunRow::by_model).next().is_some();
    let wanted: fn(&RunRow) -> bool = if typed_by_model {
        RunRow::by_model
    } else {
        |_| true
    };
    let mut others = Vec::new();
    for (number, rival) in evidence.rivals.iter().enumerate() {
        let answers = || {
            let rows = rows.iter().enumerate().filter(|(_, row)| wanted(row));
            rows.filter_map(|(position, row)| {
                Some(Pair {
                    cluster: row.cluster(position),
                    gold: row.gold?.bounce_type()?,
                    this: row.predicted,
                    other: row.rivals.get(number).copied(),
                    messages: row.messages,
                })
            })
        };
        others.push(Rival {
            name: rival.name.clone(),
            meaning: rival.meaning.clone(),
            summary: summarise(answers().map(Pair::of_other), bootstrap)?,
            comparison: compare(answers(), bootstrap)?,
        });
    }
    if others.is_empty() {
        return None;
    }
    let which = match (typed_by_model, whole_log) {
        (true, true) => "every refused message that the model typed",
        (true, false) => "the sampled messages that the model typed",
        (false, true) => "every refused message",
        (false, false) => "the sampled messages",
    };
    Some(Rivals {
        messages: which.to_owned(),
        this: summarise(observations(rows, wanted), bootstrap)?,
        others,
    })
}

fn errors(evidence: &RunEvidence<'_>) -> Vec<ErrorPair> {
    let (rows, _) = evidence.judged();
    error_pairs(rows.iter().filter_map(|row| {
        let gold = row.gold?.bounce_type()?;
        let predicted = row.predicted?;
        let facts = row.template_id.and_then(|id| evidence.templates.get(&id));
        (gold != predicted).then(|| Mistake {
            gold,
            predicted,
            template: row.template_id.map_or(Template::Unknown, |id| {
                Template::Numbered(id, facts.map(|facts| facts.text.as_str()))
            }),
            messages: row.messages,
            confidence: facts.and_then(|facts| facts.share),
            line: None,
        })
    }))
}
