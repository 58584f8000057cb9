use std::collections::BTreeMap;
use std::hash::BuildHasher;

use ebrc_model::{Classifier, DeviceChoice, ModelFiles, Precision, PrecisionThreshold};
use ebrc_taxonomy::BounceType;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
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
const MOST_TEXTS: usize = 100_000;

/// How many messages a stream remembers at least, and at most twice.
const MOST_MESSAGES: usize = 1 << 17;

/// Bytes of the longest message that a stream remembers.
const LONGEST_MESSAGE: usize = 2048;

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
        let (kind, confidence) = most_probable(&scores);
        Self {
            kind,
            confidence,
            scores,
        }
    }
}

impl Answer {
    /// The probability that the answer would have if its logits were not
    /// divided by a temperature; `None` for one so low that scores vanish in it.
    pub(crate) fn uncalibrated(&self, temperature: f64) -> Option<f64> {
        const LOWEST: f64 = 0.2;
        let undivided = |score: f32| f64::from(score).powf(temperature);
        let total: f64 = self.scores.iter().map(|&score| undivided(score)).sum();
        (temperature >= LOWEST).then(|| undivided(self.confidence) / total)
    }
}

/// The most probable type, of equals the first, and its probability.
pub(crate) fn most_probable(scores: &Probabilities) -> (BounceType, f32) {
    let mut kind = BounceType::SenderDns;
    for other in BounceType::ALL {
        if scores[other.index()] > scores[kind.index()] {
            kind = other;
        }
    }
    (kind, scores[kind.index()])
}

/// What a stream says of a message whose answer is less probable than a
/// threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenUnsure {
    /// Its answer, marked for a person to look at.
    Review,
    /// That its type cannot be determined: T16.
    Other,
}

/// Below which probability a stream does not trust its answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Caution {
    /// The lowest probability of an answer that is trusted.
    pub threshold: f32,
    /// What is said below it.
    pub when_unsure: WhenUnsure,
}

/// A classifier that speaks of bounce types.
#[derive(Debug)]
pub struct Classification {
    classifier: Classifier,
    files: ModelFiles,
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
            files: files.clone(),
            outputs: complete,
        })
    }

    /// The threshold at which the model's answers were right this often on its
    /// validation set.
    ///
    /// # Errors
    /// Where the model was not calibrated, or is never so often right.
    pub fn threshold_for(&self, precision: f64) -> Result<PrecisionThreshold, Error> {
        let Some(calibration) = self.classifier.calibration() else {
            return Err(Error::Nothing(
                "the model has no calibration.json, so its probabilities promise no precision; \
                 train it with `ebrc train` and a validation set"
                    .to_owned(),
            ));
        };
        calibration.threshold_for(precision).ok_or_else(|| {
            let best = calibration.thresholds.last();
            Error::Nothing(format!(
                "no threshold reaches a precision of {precision} on the model's validation set; \
                 the highest it reaches is {:.4}",
                best.map_or(0.0, |best| best.precision)
            ))
        })
    }

    /// What its logits are divided by; `None` for a model without calibration.
    pub(crate) fn temperature(&self) -> Option<f64> {
        let calibration = self.classifier.calibration()?;
        Some(calibration.temperature)
    }

    /// How it computes, as reports say it.
    pub(crate) fn precision(&self) -> &'static str {
        match self.classifier.precision() {
            Precision::F32 => "f32",
            Precision::Int8 => "int8",
        }
    }

    /// Names the model: the SHA-256 of its weights file.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.files.weights_sha256()
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

/// Types a stream of messages, batch by batch. What came before is not
/// classified again: a log of millions has some thousands of texts, and many
/// messages come word for word.
#[derive(Debug)]
pub struct MessageStream<'m> {
    model: &'m Classification,
    /// Where the answers of raw messages are.
    messages: Memory,
    /// Where the answer of each text that the model read is.
    texts: HashMap<String, u32>,
    /// What stands behind the message in its line.
    answers: Vec<Vec<u8>>,
    /// Where the stream does not trust its answers.
    caution: Option<Caution>,
}

/// What a line says of a message, behind its text.
#[derive(Serialize)]
struct AnswerFields {
    r#type: &'static str,
    name: &'static str,
    category: &'static str,
    confidence: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<bool>,
    scores: BTreeMap<&'static str, f32>,
}

/// What is known of a message before the model is asked.
enum Known {
    /// Where its answer is; the same message came not long ago.
    Message(u32),
    /// Where its answer is, and the message's hash.
    Text(u32, u64),
    /// The text that the model is to read, and the message's hash.
    Not(String, u64),
}

impl<'m> MessageStream<'m> {
    /// A stream that knows no text yet.
    #[must_use]
    pub fn new(model: &'m Classification) -> Self {
        Self {
            model,
            messages: Memory::default(),
            texts: HashMap::new(),
            answers: Vec::new(),
            caution: None,
        }
    }

    /// The same, which says so where it is unsure.
    #[must_use]
    pub fn with_caution(self, caution: Caution) -> Self {
        Self {
            caution: Some(caution),
            ..self
        }
    }

    /// A line of JSON for each message, in order: `text`, `type`, `name`,
    /// `category`, `confidence`, `scores`, and `review` where the stream is to
    /// mark what a person should look at. The lines come in several parts.
    ///
    /// # Errors
    /// Where the model fails.
    pub fn lines(&mut self, messages: &[impl AsRef<str> + Sync]) -> Result<Vec<Vec<u8>>, Error> {
        if self.texts.len() > MOST_TEXTS {
            *self = Self {
                caution: self.caution,
                ..Self::new(self.model)
            };
        }
        let known: Vec<Known> = messages
            .par_iter()
            .with_min_len(MESSAGES_A_PART)
            .map(|message| self.known(message.as_ref()))
            .collect();
        let mut new: Vec<String> = Vec::new();
        let mut places = Vec::with_capacity(messages.len());
        for (message, known) in messages.iter().map(AsRef::as_ref).zip(known) {
            let place = match known {
                Known::Message(place) => place,
                Known::Text(place, hash) => {
                    self.messages.insert(message, hash, place);
                    place
                }
                Known::Not(text, hash) => {
                    let next = (self.answers.len() + new.len()) as u32;
                    let place = *self.texts.entry(text).or_insert_with_key(|text| {
                        new.push(text.clone());
                        next
                    });
                    self.messages.insert(message, hash, place);
                    place
                }
            };
            places.push(place);
        }
        let new: Vec<&str> = new.iter().map(String::as_str).collect();
        let scores = self.model.probabilities(&new).inspect_err(|_| {
            // These texts have places, but no answers.
            self.texts.clear();
            self.messages = Memory::default();
        })?;
        for scores in scores {
            self.answers.push(Answer::of(scores).fields(self.caution)?);
        }
        let answers = &self.answers;
        messages
            .par_chunks(MESSAGES_A_PART)
            .zip(places.par_chunks(MESSAGES_A_PART))
            .map(|(messages, places)| {
                let mut lines = Vec::with_capacity(messages.len() * BYTES_A_LINE);
                for (message, &place) in messages.iter().zip(places) {
                    lines.extend_from_slice(b"{\"text\":");
                    serde_json::to_writer(&mut lines, message.as_ref()).map_err(unwritable)?;
                    lines.extend_from_slice(&answers[place as usize]);
                }
                Ok(lines)
            })
            .collect()
    }

    fn known(&self, message: &str) -> Known {
        let hash = self.messages.hash(message);
        if let Some(place) = self.messages.get(message, hash) {
            return Known::Message(place);
        }
        let text = ebrc_ndr::classifier_text(message);
        match self.texts.get(&text) {
            Some(&place) => Known::Text(place, hash),
            None => Known::Not(text, hash),
        }
    }
}

/// The messages that came last, with the place of each one's answer.
#[derive(Debug, Default)]
struct Memory {
    hasher: DefaultHashBuilder,
    recent: Messages,
    /// Those of the time before: forgotten when `recent` is full.
    older: Messages,
}

/// Messages, end to end, and where each one is.
#[derive(Debug, Default)]
struct Messages {
    text: String,
    places: HashTable<Place>,
}

#[derive(Debug)]
struct Place {
    hash: u64,
    start: usize,
    end: usize,
    answer: u32,
}

impl Memory {
    fn hash(&self, message: &str) -> u64 {
        self.hasher.hash_one(message)
    }

    fn get(&self, message: &str, hash: u64) -> Option<u32> {
        let found = self.recent.get(message, hash);
        found.or_else(|| self.older.get(message, hash))
    }

    /// Remembers a message; it may be among the older ones already.
    fn insert(&mut self, message: &str, hash: u64, answer: u32) {
        if message.len() > LONGEST_MESSAGE {
            return;
        }
        if self.recent.places.len() == MOST_MESSAGES {
            std::mem::swap(&mut self.recent, &mut self.older);
            self.recent.text.clear();
            self.recent.places.clear();
        }
        let start = self.recent.text.len();
        self.recent.text.push_str(message);
        let place = Place {
            hash,
            start,
            end: self.recent.text.len(),
            answer,
        };
        let places = &mut self.recent.places;
        places.insert_unique(hash, place, |place| place.hash);
    }
}

impl Messages {
    fn get(&self, message: &str, hash: u64) -> Option<u32> {
        let is_it =
            |place: &Place| place.hash == hash && self.text[place.start..place.end] == *message;
        Some(self.places.find(hash, is_it)?.answer)
    }
}

impl Answer {
    /// `,"type":…}` and the end of the line.
    fn fields(&self, caution: Option<Caution>) -> Result<Vec<u8>, Error> {
        let unsure = caution.is_some_and(|caution| self.confidence < caution.threshold);
        let when_unsure = caution.map(|caution| caution.when_unsure);
        let kind = match when_unsure {
            Some(WhenUnsure::Other) if unsure => BounceType::Other,
            _ => self.kind,
        };
        let fields = AnswerFields {
            r#type: kind.id(),
            name: kind.name(),
            category: kind.category().name(),
            confidence: self.confidence,
            review: (when_unsure == Some(WhenUnsure::Review)).then_some(unsure),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_messages_are_remembered_and_the_first_forgotten() {
        let mut memory = Memory::default();
        let count = 3 * MOST_MESSAGES as u32;
        for number in 0..count {
            let message = format!("message {number}");
            let hash = memory.hash(&message);
            assert_eq!(memory.get(&message, hash), None);
            memory.insert(&message, hash, number);
        }
        let recall = |message: &str| memory.get(message, memory.hash(message));
        for number in 0..count {
            let expected = (number >= MOST_MESSAGES as u32).then_some(number);
            assert_eq!(recall(&format!("message {number}")), expected);
        }
        assert_eq!(recall("message"), None);
    }

    #[test]
    fn messages_that_are_very_long_are_not_remembered() {
        let mut memory = Memory::default();
        let long = "x".repeat(LONGEST_MESSAGE + 1);
        for message in [&long[1..], &long] {
            let hash = memory.hash(message);
            memory.insert(message, hash, 7);
        }
        let recall = |message: &str| memory.get(message, memory.hash(message));
        assert_eq!((recall(&long[1..]), recall(&long)), (Some(7), None));
    }
}
