use std::collections::{BTreeMap, HashMap};

use ebrc_model::{Classifier, DeviceChoice, ModelFiles, Precision};
use ebrc_taxonomy::BounceType;
use rayon::prelude::*;
use serde::Serialize;

use crate::error::BEGIN_AGAIN;
use crate::{Error, Stage, Watch};

/// Distinct texts that are classified between two reports of progress.
const TEXTS_A_REPORT: usize = 512;

/// How many messages one thread takes at a time.
const MESSAGES_A_PART: usize = 256;

/// About the length of a line.
const BYTES_A_LINE: usize = 640;

/// How many texts a stream remembers before it begins anew.
const MOST_KNOWN: usize = 100_000;

/// Probabilities of the sixteen types, in the order of [`BounceType::ALL`].
pub(crate) type Probabilities = [f32; BounceType::COUNT];

/// The answer for one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
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
    pub fn load(
        files: &ModelFiles,
        device: DeviceChoice,
        precision: Precision,
    ) -> Result<Self, Error> {
        let classifier = Classifier::load(files, device, precision)?;
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

/// Types a stream of messages, batch by batch. A text that came before is not
/// classified again: a log of millions has some thousands.
#[derive(Debug)]
pub struct MessageStream<'m> {
    model: &'m Classification,
    /// Where the answer of each known text is.
    known: HashMap<String, usize>,
    /// What stands behind the message in its line.
    answers: Vec<Vec<u8>>,
}

/// What a line says of a message, behind its text.
#[derive(Serialize)]
struct AnswerFields {
    r#type: &'static str,
    name: &'static str,
    category: &'static str,
    confidence: f32,
    scores: BTreeMap<&'static str, f32>,
}

impl<'m> MessageStream<'m> {
    /// A stream that knows no text yet.
    #[must_use]
    pub fn new(model: &'m Classification) -> Self {
        Self {
            model,
            known: HashMap::new(),
            answers: Vec::new(),
        }
    }

    /// A line of JSON for each message, in order: `text`, `type`, `name`,
    /// `category`, `confidence` and `scores`. The lines come in several parts.
    ///
    /// # Errors
    /// Where the model fails.
    pub fn lines(&mut self, messages: &[String]) -> Result<Vec<Vec<u8>>, Error> {
        let texts: Vec<String> = messages
            .par_iter()
            .with_min_len(MESSAGES_A_PART)
            .map(|message| ebrc_ndr::classifier_text(message))
            .collect();
        if self.known.len() > MOST_KNOWN {
            self.known.clear();
            self.answers.clear();
        }
        let mut distinct: Vec<String> = Vec::new();
        let before = self.answers.len();
        let places: Vec<usize> = texts
            .into_iter()
            .map(|text| match self.known.get(&text) {
                Some(&place) => place,
                None => {
                    let place = before + distinct.len();
                    self.known.insert(text.clone(), place);
                    distinct.push(text);
                    place
                }
            })
            .collect();
        let distinct: Vec<&str> = distinct.iter().map(String::as_str).collect();
        for scores in self.model.probabilities(&distinct)? {
            self.answers.push(Answer::of(scores).fields()?);
        }
        let answers = &self.answers;
        messages
            .par_chunks(MESSAGES_A_PART)
            .zip(places.par_chunks(MESSAGES_A_PART))
            .map(|(messages, places)| {
                let mut lines = Vec::with_capacity(messages.len() * BYTES_A_LINE);
                for (message, &place) in messages.iter().zip(places) {
                    lines.extend_from_slice(b"{\"text\":");
                    serde_json::to_writer(&mut lines, message).map_err(unwritable)?;
                    lines.extend_from_slice(&answers[place]);
                }
                Ok(lines)
            })
            .collect()
    }
}

impl Answer {
    /// `,"type":…}` and the end of the line.
    fn fields(&self) -> Result<Vec<u8>, Error> {
        let fields = AnswerFields {
            r#type: self.kind.id(),
            name: self.kind.name(),
            category: self.kind.category().name(),
            confidence: self.confidence,
            scores: BounceType::ALL
                .into_iter()
                .map(|kind| (kind.id(), self.scores[kind.index()]))
                .collect(),
        };
        let mut line = serde_json::to_vec(&fields).map_err(unwritable)?;
        // The object goes on behind the text.
        line[0] = b',';
        line.push(b'\n');
        Ok(line)
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::Nothing(format!("an answer cannot be written: {error}"))
}
