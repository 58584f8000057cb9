use std::collections::BTreeMap;

use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::bootstrap::{Bootstrap, Cluster, Observation, measure, summarise};
use crate::figures::{Figures, Summary};

/// How many mistakes a report lists.
const MOST_MISTAKES: usize = 20;

/// The language of rows that name none (BCP 47: undetermined).
const NO_LANGUAGE: &str = "und";

/// How sure the people who typed a message are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Sure.
    High,
    /// Fairly sure.
    Medium,
    /// A guess: left out of the headline figures.
    Low,
}

/// A row of a gold file, and what the model said of its message.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldRow {
    /// The row's line in the file, from 1.
    pub line: u64,
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
    /// What the model says.
    pub predicted: BounceType,
    /// The probability that the model gives its answer.
    pub probability: f64,
    /// Whether the model was trained on the message's wording.
    pub seen: Option<bool>,
}

impl GoldRow {
    /// A row without any of the optional keys.
    #[must_use]
    pub fn new(line: u64, gold: TemplateLabel, predicted: BounceType, probability: f64) -> Self {
        Self {
            line,
            gold,
            confidence: None,
            alt: None,
            lang: None,
            cluster: None,
            predicted,
            probability,
            seen: None,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldParts {
    /// All rows of the file.
    pub rows: usize,
    /// Rows of every confidence, with a second right answer accepted. A
    /// prediction that is the row's `alt` counts as right, and the row as one
    /// of that type. An ambiguous row whose `alt` is a type counts as one of
    /// that type; other ambiguous rows do not count.
    pub lenient: Figures,
    /// The rows of low confidence whose gold is a type.
    pub low_confidence: Option<Summary>,
    /// The headline's rows by language; `und` where none is given. Empty where
    /// no row gives one.
    pub languages: BTreeMap<String, Summary>,
    /// The headline's rows whose wording the model was trained on.
    pub seen: Option<Summary>,
    /// The headline's rows whose wording is new to the model.
    pub unseen: Option<Summary>,
    /// The rows whose gold is ambiguous.
    pub ambiguous: AmbiguousRows,
    /// How many rows of the headline are wrong.
    pub wrong: usize,
    /// The most confident of these, the most confident first: 20 at most.
    pub mistakes: Vec<Mistake>,
}

/// Rows that give no reason. They count into no precision or recall.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AmbiguousRows {
    /// How many there are.
    pub rows: u64,
    /// How many of them got each type.
    pub typed: BTreeMap<BounceType, u64>,
    /// How well a low probability tells these rows from the headline's: the
    /// area under the ROC curve, that is the chance that the model is less
    /// sure of a random ambiguous row than of a random other (equally sure:
    /// half a chance). `None` where one of the two sorts is missing.
    pub auroc: Option<f64>,
}

/// A wrong answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    /// The row's line in the file, from 1.
    pub line: u64,
    /// What people say.
    pub gold: BounceType,
    /// What the model says.
    pub predicted: BounceType,
    /// The probability it gives its answer.
    pub probability: f64,
}

/// The headline and the parts.
pub(crate) fn evaluate(
    rows: &[GoldRow],
    bootstrap: &Bootstrap,
) -> Result<(Figures, GoldParts), Error> {
    let no_gold = Error::NoGold { rows: rows.len() };
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
    let mut mistakes: Vec<Mistake> = rows
        .iter()
        .filter(|row| row.counts())
        .filter_map(|row| {
            let gold = row.gold.bounce_type()?;
            (gold != row.predicted).then_some(Mistake {
                line: row.line,
                gold,
                predicted: row.predicted,
                probability: row.probability,
            })
        })
        .collect();
    let wrong = mistakes.len();
    mistakes.sort_by(|one, other| {
        other
            .probability
            .total_cmp(&one.probability)
            .then(one.line.cmp(&other.line))
    });
    mistakes.truncate(MOST_MISTAKES);

    let parts = GoldParts {
        rows: rows.len(),
        lenient,
        low_confidence: part(&|row| row.confidence == Some(Confidence::Low)),
        languages: languages
            .into_iter()
            .filter_map(|(name, summary)| Some((name, summary?)))
            .collect(),
        seen: part(&|row| row.counts() && row.seen == Some(true)),
        unseen: part(&|row| row.counts() && row.seen == Some(false)),
        ambiguous: ambiguous_rows(rows),
        wrong,
        mistakes,
    };
    Ok((headline, parts))
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
                cluster: row
                    .cluster
                    .as_deref()
                    .map_or(Cluster::Row(position), Cluster::Named),
                gold: gold(row)?,
                predicted: Some(row.predicted),
                messages: 1,
            })
        })
        .collect()
}

fn ambiguous_rows(rows: &[GoldRow]) -> AmbiguousRows {
    let mut found = AmbiguousRows::default();
    let mut doubts = Vec::new();
    for row in rows {
        if row.gold == TemplateLabel::Ambiguous {
            found.rows += 1;
            *found.typed.entry(row.predicted).or_default() += 1;
            doubts.push((1.0 - row.probability, true));
        } else if row.counts() {
            doubts.push((1.0 - row.probability, false));
        }
    }
    found.auroc = auroc(doubts);
    found
}

/// The area under the ROC curve of scores, from the rank sum of the positives
/// (Mann and Whitney's U); tied scores share their mean rank.
fn auroc(mut scores: Vec<(f64, bool)>) -> Option<f64> {
    scores.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let positives = scores.iter().filter(|(_, positive)| *positive).count() as f64;
    let negatives = scores.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut rank_sum = 0.0;
    let mut before = 0;
    for tied in scores.chunk_by(|one, other| one.0 == other.0) {
        let mean_rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        rank_sum += mean_rank * tied.iter().filter(|(_, positive)| *positive).count() as f64;
        before += tied.len();
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auroc_is_the_share_of_pairs_in_the_right_order() {
        // Pairs (positive, negative): 0.9 beats both, 0.4 beats 0.1 and ties
        // with 0.4: 3.5 of 4.
        let scores = vec![(0.9, true), (0.4, true), (0.4, false), (0.1, false)];
        assert_eq!(auroc(scores), Some(0.875));
        assert_eq!(auroc(vec![(0.5, true), (0.5, false)]), Some(0.5));
        assert_eq!(auroc(vec![(0.1, true), (0.5, false)]), Some(0.0));
        assert_eq!(auroc(vec![(0.1, true)]), None);
        assert_eq!(auroc(Vec::new()), None);
    }
}
