//! The simple classifiers that a report sets beside the model.

use ebrc_baselines::{Example, LogisticRegression, by_enhanced_code, by_keywords};
use ebrc_catalogue::Catalogue;
use ebrc_evaluation::RivalName;
use ebrc_sampling::Wanted;
use ebrc_taxonomy::BounceType;

use super::sample::{Draw, alter, from_catalogue};
use crate::run::file;
use crate::texts::{LabelledMessage, messages_of, weighted_examples};
use crate::{Error, Run, Stage, Watch};

/// Messages a type of the catalogue: as many as the classifier that ships with
/// ebrc was trained on.
const PER_TYPE: u64 = 2400;

/// The baselines, the regression fitted.
pub(crate) struct Baselines {
    /// `None` where it could not be fitted.
    regression: Option<LogisticRegression>,
    trained_on: &'static str,
}

impl Baselines {
    /// For a run: learns from the training set that its model has learned from;
    /// from the catalogue where there is none.
    pub(crate) fn of_run(run: &Run, seed: u64, watch: &mut dyn Watch) -> Result<Self, Error> {
        let training_set = run.path(file::TRAIN);
        let journal = run.journal()?;
        let learned_from = journal
            .stages
            .get(Stage::Train.name())
            .and_then(|record| record.inputs.get(file::TRAIN));
        let is_there =
            training_set.is_file() && learned_from == Some(&ebrc_files::sha256_hex(&training_set)?);
        if is_there {
            Self::fit(
                &messages_of(&training_set)?,
                "the run's training set",
                watch,
            )
        } else {
            Self::of_catalogue(&ebrc_embedded::catalogue()?, seed, watch)
        }
    }

    /// Learns from a catalogue's texts, drawn and altered as for the classifier
    /// that ships with ebrc; but from all of them, where that one keeps a tenth
    /// for validation.
    pub(crate) fn of_catalogue(
        catalogue: &Catalogue,
        seed: u64,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let draw = Draw {
            wanted: Wanted {
                per_type: PER_TYPE,
                ambiguous: 0,
            },
            validation_share: 0.0,
            seed,
        };
        let (_, mut messages) = from_catalogue(catalogue, draw)?;
        alter(&mut messages, seed)?;
        Self::fit(&messages, "the altered texts of the catalogue", watch)
    }

    /// A regression that cannot be fitted is told of and left out: the report
    /// does not depend on it.
    fn fit(
        messages: &[LabelledMessage],
        trained_on: &'static str,
        watch: &mut dyn Watch,
    ) -> Result<Self, Error> {
        let examples = weighted_examples(messages);
        let examples: Vec<Example<'_>> = examples
            .iter()
            // A regression learns what texts say, not that they say nothing.
            .filter(|example| example.certainty == 1.0)
            .filter_map(|example| {
                Some(Example {
                    text: &example.text,
                    kind: BounceType::from_index(example.label)?,
                    weight: example.weight.into(),
                })
            })
            .collect();
        let regression = match LogisticRegression::fit(&examples) {
            Ok(regression) => Some(regression),
            Err(error) => {
                watch.tell(&format!("evaluate: a baseline is left out: {error}"));
                None
            }
        };
        Ok(Self {
            regression,
            trained_on,
        })
    }

    /// How a report names them, in the order of [`Self::answers`].
    pub(crate) fn names(&self) -> Vec<RivalName> {
        let name = |name: &str, meaning: String| RivalName {
            name: name.to_owned(),
            meaning,
        };
        let mut names = vec![
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
        ];
        if self.regression.is_some() {
            names.push(name(
                "TF-IDF + logistic regression",
                format!(
                    "Words and pairs of words, learned from {}.",
                    self.trained_on
                ),
            ));
        }
        names
    }

    /// What each says of a message, given raw and as the model reads it.
    pub(crate) fn answers(&self, raw: &str, text: &str) -> Vec<BounceType> {
        let learned = self
            .regression
            .as_ref()
            .map(|regression| regression.classify(text).0);
        [by_enhanced_code(raw), by_keywords(raw)]
            .into_iter()
            .chain(learned)
            .collect()
    }
}
