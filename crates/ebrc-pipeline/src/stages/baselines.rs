//! The simple classifiers that a report sets beside the model.

use ebrc_baselines::{Example, LogisticRegression, by_enhanced_code, by_keywords};
use ebrc_catalogue::Catalogue;
use ebrc_evaluation::RivalName;
use ebrc_taxonomy::BounceType;

use super::sample::{SampleSettings, from_catalogue};
use crate::run::file;
use crate::texts::{LabelledMessage, messages_of, weighted_examples};
use crate::{Error, Run, SampleSource, Stage};

/// Messages a type of the catalogue: as many as the classifier that ships with
/// ebrc was trained on.
const PER_TYPE: u64 = 4000;

/// The baselines, the regression fitted.
pub(crate) struct Baselines {
    regression: LogisticRegression,
    trained_on: &'static str,
}

impl Baselines {
    /// For a run: learns from the run's training set, as its model did; from
    /// the catalogue where it has none.
    pub(crate) fn of_run(run: &Run, seed: u64) -> Result<Self, Error> {
        if !run.path(file::TRAIN).exists() {
            return Self::of_catalogue(&ebrc_embedded::catalogue()?, seed);
        }
        let messages = messages_of(&run.existing(file::TRAIN, Stage::Sample)?)?;
        Self::fit(&messages, "the run's training set")
    }

    /// Learns from a catalogue's texts, drawn as for the classifier that ships
    /// with ebrc.
    pub(crate) fn of_catalogue(catalogue: &Catalogue, seed: u64) -> Result<Self, Error> {
        let settings = SampleSettings {
            source: SampleSource::Run,
            per_type: PER_TYPE,
            validation_share: 0.0,
            seed,
        };
        let (_, messages) = from_catalogue(catalogue, &settings)?;
        Self::fit(&messages, "the catalogue of NDR texts")
    }

    fn fit(messages: &[LabelledMessage], trained_on: &'static str) -> Result<Self, Error> {
        let examples = weighted_examples(messages);
        let examples: Vec<Example<'_>> = examples
            .iter()
            .filter_map(|example| {
                Some(Example {
                    text: &example.text,
                    kind: BounceType::from_index(example.label)?,
                    weight: example.weight.into(),
                })
            })
            .collect();
        Ok(Self {
            regression: LogisticRegression::fit(&examples)?,
            trained_on,
        })
    }

    /// How a report names them, in the order of [`Self::answers`].
    pub(crate) fn names(&self) -> Vec<RivalName> {
        let name = |name: &str, meaning: String| RivalName {
            name: name.to_owned(),
            meaning,
        };
        vec![
            name(
                "enhanced code",
                "The enhanced status code alone (RFC 3463 and the IANA registry); without one, \
                 T16."
                    .to_owned(),
            ),
            name(
                "keyword rules",
                "Some two hundred English phrases, the first rule that matches; without a match, \
                 T16."
                    .to_owned(),
            ),
            name(
                "TF-IDF + logistic regression",
                format!(
                    "Words and pairs of words, learned from {}.",
                    self.trained_on
                ),
            ),
        ]
    }

    /// What each says of a message, given raw and as the model reads it.
    pub(crate) fn answers(&self, raw: &str, text: &str) -> Vec<BounceType> {
        vec![
            by_enhanced_code(raw),
            by_keywords(raw),
            self.regression.classify(text).0,
        ]
    }
}
