use std::collections::HashMap;

use ebrc_model::{Classifier, DeviceChoice, ModelFiles};
use ebrc_taxonomy::BounceType;
use serde::Serialize;

use crate::error::BEGIN_AGAIN;
use crate::{Error, Stage, Watch};

/// Distinct texts that are classified between two reports of progress.
const TEXTS_A_REPORT: usize = 512;

/// Probabilities of the sixteen types, in the order of [`BounceType::ALL`].
pub(crate) type Probabilities = [f32; BounceType::COUNT];

/// The answer for one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The most probable type.
    pub kind: BounceType,
    /// Its probability.
    pub confidence: f32,
    /// The probability of each type, in the order of [`BounceType::ALL`].
    pub scores: [f32; BounceType::COUNT],
}

impl Answer {
    fn of(scores: Probabilities) -> Self {
        let mut kind = BounceType::SenderDns;
        for other in BounceType::ALL {
            if scores[other.index()] > scores[kind.index()] {
                kind = other;
            }
        }
        Self {
            kind,
            confidence: scores[kind.index()],
            scores,
        }
    }
}

/// A classifier that speaks of bounce types.
#[derive(Debug)]
pub struct Classification {
    classifier: Classifier,
    /// SHA-256 of the weights file.
    fingerprint: String,
    /// Which of the model's outputs a type is.
    outputs: [usize; BounceType::COUNT],
}

impl Classification {
    /// Loads a classifier whose labels are the sixteen types, in any order.
    ///
    /// # Errors
    /// Where the model cannot be loaded, a label is no type, or a type has no
    /// label.
    pub fn load(files: &ModelFiles, device: DeviceChoice) -> Result<Self, Error> {
        let classifier = Classifier::load(files, device)?;
        let mut outputs = [None; BounceType::COUNT];
        for (output, label) in classifier.labels().iter().enumerate() {
            let kind: BounceType = label.parse().map_err(|error| {
                Error::Nothing(format!(
                    "the model's label {output}: {error}; use a model trained by `ebrc train`"
                ))
            })?;
            outputs[kind.index()] = Some(output);
        }
        let mut complete = [0; BounceType::COUNT];
        for kind in BounceType::ALL {
            complete[kind.index()] = outputs[kind.index()].ok_or_else(|| {
                Error::Nothing(format!(
                    "the model has no label for {kind}; use a model trained by `ebrc train`"
                ))
            })?;
        }
        Ok(Self {
            classifier,
            fingerprint: files.weights_sha256(),
            outputs: complete,
        })
    }

    /// Names the model: the SHA-256 of its weights file.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Types raw NDR messages; equal texts are classified once.
    ///
    /// # Errors
    /// Where the model fails.
    pub fn classify(&self, messages: &[&str]) -> Result<Vec<Answer>, Error> {
        let texts: Vec<String> = messages
            .iter()
            .map(|message| ebrc_ndr::classifier_text(message))
            .collect();
        let mut positions: HashMap<&str, usize> = HashMap::new();
        let mut distinct: Vec<&str> = Vec::new();
        let places: Vec<usize> = texts
            .iter()
            .map(|text| {
                *positions.entry(text).or_insert_with(|| {
                    distinct.push(text);
                    distinct.len() - 1
                })
            })
            .collect();
        let scores = self.probabilities(&distinct)?;
        Ok(places
            .into_iter()
            .map(|place| Answer::of(scores[place]))
            .collect())
    }

    /// The types of texts as the model reads them.
    pub(crate) fn types_of_texts(&self, texts: &[&str]) -> Result<Vec<BounceType>, Error> {
        let scores = self.probabilities(texts)?;
        Ok(scores
            .into_iter()
            .map(|scores| Answer::of(scores).kind)
            .collect())
    }

    /// Probabilities of texts as the model reads them.
    fn probabilities(&self, texts: &[&str]) -> Result<Vec<Probabilities>, Error> {
        let scores = self.classifier.classify(texts)?;
        Ok(scores
            .iter()
            .map(|scores| self.outputs.map(|output| scores.probabilities[output]))
            .collect())
    }

    /// As [`Self::probabilities`], telling the progress.
    pub(crate) fn probabilities_watched(
        &self,
        texts: &[&str],
        stage: Stage,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Probabilities>, Error> {
        watch.begin(stage, Some(texts.len() as u64));
        let mut all = Vec::with_capacity(texts.len());
        for part in texts.chunks(TEXTS_A_REPORT) {
            all.extend(self.probabilities(part)?);
            watch.advance(all.len() as u64);
            if watch.wants_stop() {
                return Err(Error::Interrupted(BEGIN_AGAIN));
            }
        }
        Ok(all)
    }
}

impl Classification {
    /// The answers for texts as the model reads them, telling the progress.
    pub(crate) fn answers_watched(
        &self,
        texts: &[&str],
        stage: Stage,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Answer>, Error> {
        let scores = self.probabilities_watched(texts, stage, watch)?;
        Ok(scores.into_iter().map(Answer::of).collect())
    }
}

/// A message's answer as `ebrc classify` prints it.
#[derive(Debug, Serialize)]
pub struct AnswerLine<'a> {
    text: &'a str,
    r#type: &'static str,
    name: &'static str,
    category: &'static str,
    confidence: f32,
    scores: std::collections::BTreeMap<&'static str, f32>,
}

impl Answer {
    /// The answer beside its message, ready to be written as JSON.
    #[must_use]
    pub fn line<'a>(&self, text: &'a str) -> AnswerLine<'a> {
        AnswerLine {
            text,
            r#type: self.kind.id(),
            name: self.kind.name(),
            category: self.kind.category().name(),
            confidence: self.confidence,
            scores: BounceType::ALL
                .into_iter()
                .map(|kind| (kind.id(), self.scores[kind.index()]))
                .collect(),
        }
    }
}
