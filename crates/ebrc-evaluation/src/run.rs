use std::collections::BTreeMap;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::bootstrap::{Bootstrap, Cluster, Observation, measure};
use crate::figures::Figures;

/// Who typed a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A person labelled the message's template.
    Labelled,
    /// The majority vote of the template's messages.
    Predicted,
    /// The model, which read the message itself.
    Direct,
}

/// Messages of a run that agree in template, truth, type and source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRow {
    /// Their template; `None` where they match none.
    pub template_id: Option<u32>,
    /// The truth.
    pub gold: TemplateLabel,
    /// Their type; `None` where their template was labelled ambiguous.
    pub predicted: Option<BounceType>,
    /// Who typed them.
    pub source: Source,
    /// How many they are.
    pub messages: u64,
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
    /// [`Source::Labelled`].
    pub sampled_predicted: &'a [RunRow],
    /// Messages asked for of each predicted type; the paper takes 100.
    pub per_type: u64,
}

/// What a run's report has beside its headline, which is the paper's protocol
/// over all messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunParts {
    /// Messages sampled of each predicted type.
    pub per_type: u64,
    /// The paper's protocol over the messages that the model typed; `None`
    /// where it typed none.
    pub sampled_predicted: Option<Figures>,
    /// Every message whose truth is a type.
    pub population: Figures,
    /// Those of them that the model typed: what people have labelled does not
    /// flatter it here. `None` where it typed none.
    pub population_predicted: Option<Figures>,
    /// Messages by who typed them, those of ambiguous truth included.
    pub sources: BTreeMap<Source, u64>,
    /// Messages whose truth is ambiguous.
    pub ambiguous: AmbiguousTruth,
}

/// Messages that give no reason. They count into no precision or recall.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbiguousTruth {
    /// How many there are.
    pub messages: u64,
    /// How many of them are without a type, as they should be.
    pub unclassified: u64,
    /// How many of them got each type.
    pub typed: BTreeMap<BounceType, u64>,
}

/// The headline and the parts.
pub(crate) fn evaluate(
    evidence: &RunEvidence<'_>,
    bootstrap: &Bootstrap,
) -> Result<(Figures, RunParts), Error> {
    let all = |rows| measure(observations(rows), bootstrap);
    let headline = all(evidence.sampled).ok_or(Error::NoTruth)?;
    let population = all(evidence.population).ok_or(Error::NoTruth)?;
    let by_model: Vec<RunRow> = evidence
        .population
        .iter()
        .filter(|row| row.source != Source::Labelled)
        .copied()
        .collect();

    let mut sources = BTreeMap::new();
    let mut ambiguous = AmbiguousTruth::default();
    for row in evidence.population {
        *sources.entry(row.source).or_default() += row.messages;
        if row.gold == TemplateLabel::Ambiguous {
            ambiguous.messages += row.messages;
            match row.predicted {
                Some(kind) => *ambiguous.typed.entry(kind).or_default() += row.messages,
                None => ambiguous.unclassified += row.messages,
            }
        }
    }
    let parts = RunParts {
        per_type: evidence.per_type,
        sampled_predicted: all(evidence.sampled_predicted),
        population,
        population_predicted: all(&by_model),
        sources,
        ambiguous,
    };
    Ok((headline, parts))
}

fn observations(rows: &[RunRow]) -> impl Iterator<Item = Observation<'_>> {
    rows.iter().enumerate().filter_map(|(position, row)| {
        Some(Observation {
            cluster: row
                .template_id
                .map_or(Cluster::Row(position), Cluster::Template),
            gold: row.gold.bounce_type()?,
            predicted: row.predicted,
            messages: row.messages,
        })
    })
}
