use std::collections::BTreeMap;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::bootstrap::{Bootstrap, Cluster, Observation, measure, summarise};
use crate::comparison::{Pair, compare};
use crate::errors::{ErrorPair, Mistake, Template, error_pairs};
use crate::figures::{Figures, Summary};
use crate::reliability::{Judged, Reliability, reliability};
use crate::rival::{Rival, RivalName, Rivals};
use crate::schema::ByType;

/// The language of rows that name none (BCP 47: undetermined).
const NO_LANGUAGE: &str = "und";

/// How sure the people who typed a message are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Sure.
    High,
    /// Fairly sure.
    Medium,
    /// A guess: left out of the headline figures.
    Low,
}

/// What a model is judged by against a gold file.
#[derive(Debug, Clone, Copy)]
pub struct GoldEvidence<'a> {
    /// The rows, and what the model says of each.
    pub rows: &'a [GoldRow],
    /// The classifiers that it is compared with, in the order of
    /// [`GoldRow::rivals`].
    pub rivals: &'a [RivalName],
    /// Texts that rows of the headline give several types.
    pub contradictory_texts: u64,
}

/// One or more rows of a gold file that agree in all, and what the model said
/// of their message.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldRow {
    /// The line of the first in the file, from 1.
    pub line: u64,
    /// How many rows these are.
    pub messages: u64,
    /// What people say.
    pub gold: TemplateLabel,
    /// How sure they are.
    pub confidence: Option<Confidence>,
    /// A second right answer.
    pub alt: Option<TemplateLabel>,
    /// The message's language.
    pub lang: Option<String>,
    /// Rows of one cluster are of one wording, and are resampled together.
    pub cluster: Option<String>,
    /// The message's text with its volatile parts masked, for the list of
    /// mistakes.
    pub template: Option<String>,
    /// What the model says.
    pub predicted: BounceType,
    /// The probability that the model gives its answer.
    pub probability: f64,
    /// The same before the model's calibration; `None` where it has none.
    pub uncalibrated: Option<f64>,
    /// Whether a text of the catalogue that was given for this is alike.
    pub seen: Option<bool>,
    /// What other classifiers say.
    pub rivals: Vec<BounceType>,
}

impl GoldRow {
    /// A row without any of the optional keys.
    #[must_use]
    pub fn new(line: u64, gold: TemplateLabel, predicted: BounceType, probability: f64) -> Self {
        Self {
            line,
            messages: 1,
            gold,
            confidence: None,
            alt: None,
            lang: None,
            cluster: None,
            template: None,
            predicted,
            probability,
            uncalibrated: None,
            seen: None,
            rivals: Vec::new(),
        }
    }

    /// Rows of low confidence and ambiguous rows do not count.
    fn counts(&self) -> bool {
        self.confidence != Some(Confidence::Low) && self.gold != TemplateLabel::Ambiguous
    }

    /// The type the row counts for in the lenient figures.
    fn lenient_gold(&self) -> Option<BounceType> {
        let first = self.gold.bounce_type();
        let second = self.alt.and_then(TemplateLabel::bounce_type);
        if second == Some(self.predicted) {
            second
        } else {
            first.or(second)
        }
    }
}

/// What a gold file's report has beside its headline, which is of the rows
/// whose gold is a type and whose confidence is not low.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GoldParts {
    /// All rows of the file.
    pub rows: u64,
    /// Rows that read the same as an earlier one, addresses and other volatile
    /// parts aside, and agree with it in the rest; they count all the same.
    pub repeated: u64,
    /// Texts that rows of the headline give several types; each row counts.
    pub contradictory_texts: u64,
    /// Rows of every confidence, with a second right answer accepted. A
    /// prediction that is the row's `alt` counts as right, and the row as one
    /// of that type. An ambiguous row whose `alt` is a type counts as one of
    /// that type; other ambiguous rows do not count.
    pub lenient: Figures,
    /// The headline's rows of high confidence.
    pub high_confidence: Option<Summary>,
    /// The headline's rows of medium confidence.
    pub medium_confidence: Option<Summary>,
    /// The rows of low confidence whose gold is a type.
    pub low_confidence: Option<Summary>,
    /// The headline's rows by language; `und` where none is given. Empty where
    /// no row gives one.
    pub languages: BTreeMap<String, Summary>,
    /// The headline's rows that are like a text of the given catalogue.
    pub seen: Option<Summary>,
    /// The headline's rows that are like none of them.
    pub unseen: Option<Summary>,
    /// The rows whose gold is ambiguous.
    pub ambiguous: AmbiguousRows,
    /// Whether the probabilities of the headline's answers can be believed.
    pub reliability: Option<Reliability>,
    /// How many rows of the headline are wrong.
    pub wrong: u64,
}

/// Rows that give no reason. They count into no precision or recall.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AmbiguousRows {
    /// How many there are.
    pub rows: u64,
    /// How many of them got each type.
    #[schemars(with = "ByType<u64>")]
    pub typed: BTreeMap<BounceType, u64>,
    /// How well a low probability tells these rows from the headline's: the
    /// area under the ROC curve, that is the chance that the model is less
    /// sure of a random ambiguous row than of a random other (equally sure:
    /// half a chance). `None` where one of the two sorts is missing.
    pub auroc: Option<f64>,
}

/// What a gold file comes to.
pub(crate) struct GoldResult {
    pub(crate) headline: Figures,
    pub(crate) parts: GoldParts,
    pub(crate) rivals: Option<Rivals>,
    pub(crate) errors: Vec<ErrorPair>,
}

pub(crate) fn evaluate(
    evidence: &GoldEvidence<'_>,
    bootstrap: &Bootstrap,
) -> Result<GoldResult, Error> {
    let rows = evidence.rows;
    let total: u64 = rows.iter().map(|row| row.messages).sum();
    let no_gold = Error::NoGold { rows: total };
    let part = |wanted: &dyn Fn(&GoldRow) -> bool| {
        summarise(observations(rows, wanted, strict_gold), bootstrap)
    };
    let headline = measure(observations(rows, &GoldRow::counts, strict_gold), bootstrap)
        .ok_or_else(|| no_gold.clone())?;
    let lenient = measure(
        observations(rows, &|_| true, GoldRow::lenient_gold),
        bootstrap,
    )
    .ok_or(no_gold)?;

    let mut languages = BTreeMap::new();
    if rows.iter().any(|row| row.lang.is_some()) {
        for row in rows.iter().filter(|row| row.counts()) {
            languages.entry(language(row).to_owned()).or_insert(None);
        }
        for (name, summary) in &mut languages {
            *summary = part(&|row| row.counts() && language(row) == name);
        }
    }
    let judged = counting(rows).map(|(_, row, gold)| Judged {
        probability: row.probability,
        uncalibrated: row.uncalibrated,
        right: row.predicted == gold,
        messages: row.messages,
    });
    let mistakes = counting(rows)
        .filter(|(_, row, gold)| row.predicted != *gold)
        .map(|(_, row, gold)| Mistake {
            gold,
            predicted: row.predicted,
            template: match &row.template {
                Some(text) => Template::Text(text),
                None => Template::Line(row.line),
            },
            messages: row.messages,
            confidence: Some(row.probability),
            line: Some(row.line),
        });
    let wrong = counting(rows)
        .filter(|(_, row, gold)| row.predicted != *gold)
        .map(|(_, row, _)| row.messages)
        .sum();
    let parts = GoldParts {
        rows: total,
        repeated: total - rows.len() as u64,
        contradictory_texts: evidence.contradictory_texts,
        lenient,
        high_confidence: part(&|row| row.confidence == Some(Confidence::High)),
        medium_confidence: part(&|row| row.confidence == Some(Confidence::Medium)),
        low_confidence: part(&|row| row.confidence == Some(Confidence::Low)),
        languages: languages
            .into_iter()
            .filter_map(|(name, summary)| Some((name, summary?)))
            .collect(),
        seen: part(&|row| row.counts() && row.seen == Some(true)),
        unseen: part(&|row| row.counts() && row.seen == Some(false)),
        ambiguous: ambiguous_rows(rows),
        reliability: reliability(judged.collect()),
        wrong,
    };
    Ok(GoldResult {
        rivals: rivals(evidence, &headline, bootstrap),
        errors: error_pairs(mistakes),
        headline,
        parts,
    })
}

/// The headline's rows, each with its position and type.
fn counting(rows: &[GoldRow]) -> impl Iterator<Item = (usize, &GoldRow, BounceType)> {
    rows.iter()
        .enumerate()
        .filter(|(_, row)| row.counts())
        .filter_map(|(position, row)| Some((position, row, row.gold.bounce_type()?)))
}

fn cluster(position: usize, row: &GoldRow) -> Cluster<'_> {
    row.cluster
        .as_deref()
        .map_or(Cluster::Row(position), Cluster::Named)
}

fn rivals(
    evidence: &GoldEvidence<'_>,
    headline: &Figures,
    bootstrap: &Bootstrap,
) -> Option<Rivals> {
    let others: Vec<Rival> = evidence
        .rivals
        .iter()
        .enumerate()
        .filter_map(|(number, rival)| {
            let answers = || {
                counting(evidence.rows).map(|(position, row, gold)| Pair {
                    cluster: cluster(position, row),
                    gold,
                    this: Some(row.predicted),
                    other: row.rivals.get(number).copied(),
                    messages: row.messages,
                })
            };
            Some(Rival {
                name: rival.name.clone(),
                meaning: rival.meaning.clone(),
                summary: summarise(answers().map(Pair::of_other), bootstrap)?,
                comparison: compare(answers(), bootstrap)?,
            })
        })
        .collect();
    (!others.is_empty()).then(|| Rivals {
        messages: "the headline's rows".to_owned(),
        this: headline.summary.clone(),
        others,
    })
}

fn strict_gold(row: &GoldRow) -> Option<BounceType> {
    row.gold.bounce_type()
}

fn language(row: &GoldRow) -> &str {
    row.lang.as_deref().unwrap_or(NO_LANGUAGE)
}

fn observations<'a>(
    rows: &'a [GoldRow],
    wanted: &dyn Fn(&GoldRow) -> bool,
    gold: fn(&GoldRow) -> Option<BounceType>,
) -> Vec<Observation<'a>> {
    rows.iter()
        .enumerate()
        .filter(|(_, row)| wanted(row))
        .filter_map(|(position, row)| {
            Some(Observation {
                cluster: cluster(position, row),
                gold: gold(row)?,
                predicted: Some(row.predicted),
                messages: row.messages,
            })
        })
        .collect()
}

fn ambiguous_rows(rows: &[GoldRow]) -> AmbiguousRows {
    let mut found = AmbiguousRows::default();
    let mut doubts = Vec::new();
    for row in rows {
        if row.gold == TemplateLabel::Ambiguous {
            found.rows += row.messages;
            *found.typed.entry(row.predicted).or_default() += row.messages;
            doubts.push((1.0 - row.probability, true, row.messages));
        } else if row.counts() {
            doubts.push((1.0 - row.probability, false, row.messages));
        }
    }
    found.auroc = auroc(doubts);
    found
}

/// The area under the ROC curve of scores, each of so many positives or
/// negatives: the chance that a positive's score is above a negative's, equal
/// ones counting half (Mann and Whitney's U).
fn auroc(mut scores: Vec<(f64, bool, u64)>) -> Option<f64> {
    scores.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let (mut positives, mut negatives, mut in_order) = (0.0, 0.0, 0.0);
    for tied in scores.chunk_by(|one, other| one.0 == other.0) {
        let of = |wanted| -> f64 {
            tied.iter()
                .filter(|(_, positive, _)| *positive == wanted)
                .map(|(_, _, count)| *count as f64)
                .sum()
        };
        let (with, without) = (of(true), of(false));
        in_order += with * (negatives + without / 2.0);
        positives += with;
        negatives += without;
    }
    (positives > 0.0 && negatives > 0.0).then(|| in_order / (positives * negatives))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auroc_is_the_share_of_pairs_in_the_right_order() {
        // Pairs (positive, negative): 0.9 beats both, 0.4 beats 0.1 and ties
        // with 0.4: 3.5 of 4.
        let scores = vec![
            (0.9, true, 1),
            (0.4, true, 1),
            (0.4, false, 1),
            (0.1, false, 1),
        ];
        assert_eq!(auroc(scores), Some(0.875));
        // Three equal rows at once are three rows.
        let scores = vec![(0.9, true, 3), (0.2, true, 1), (0.4, false, 2)];
        assert_eq!(auroc(scores), Some(0.75));
        assert_eq!(auroc(vec![(0.5, true, 2), (0.5, false, 1)]), Some(0.5));
        assert_eq!(auroc(vec![(0.1, true, 1), (0.5, false, 1)]), Some(0.0));
        assert_eq!(auroc(vec![(0.1, true, 1)]), None);
        assert_eq!(auroc(Vec::new()), None);
    }
}
