use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use ebrc_catalogue::{Catalogue, WordingIndex};
use ebrc_evaluation::{Bootstrap, Confidence, GoldEvidence, GoldRow, Report, RivalName, Setting};
use ebrc_ndr::{NdrMessage, classifier_text, mask};
use ebrc_taxonomy::TemplateLabel;
use hashbrown::HashMap;
use rayon::prelude::*;
use serde::Deserialize;

use super::baselines::Baselines;
use super::evaluate::write_report;
use super::{Classification, classify::Answer};
use crate::error::BEGIN_AGAIN;
use crate::texts::json_line;
use crate::{Error, Stage, Watch};

/// A message whose nearest catalogue text shares more than this of its words
/// is of seen wording.
const SEEN_SHARE: f64 = 0.8;

/// Lines that are read together.
const LINES_A_BATCH: usize = 8192;

/// Lines that one thread takes apart at a time.
const LINES_A_PART: usize = 128;

/// How a model is evaluated against labelled messages.
#[derive(Debug, Clone)]
pub struct GoldSettings {
    /// The labelled messages: JSON lines of `text`, `type` and what else the
    /// design of gold files allows.
    pub gold: PathBuf,
    /// A catalogue whose wordings count as seen.
    pub seen: Option<Catalogue>,
    /// The folder of the report's files; none are written without one.
    pub out: Option<PathBuf>,
    /// The seed of the bootstrap.
    pub seed: u64,
}

/// Another model, to compare with.
#[derive(Debug)]
pub struct OtherModel {
    /// As the report is to name it.
    pub name: String,
    /// The model.
    pub model: Classification,
}

/// A line of a gold file; other keys are ignored.
#[derive(Debug, Deserialize)]
struct GoldLine {
    text: String,
    r#type: TemplateLabel,
    #[serde(default)]
    confidence: Option<Confidence>,
    #[serde(default)]
    alt: Option<TemplateLabel>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    cluster: Option<String>,
}

/// Compares a model with messages that people have typed; beside it the
/// baselines, and other models.
///
/// Memory grows with the distinct texts, not with the rows.
///
/// # Errors
/// Where the gold file is wrong, by line, or holds nothing to compare with; or
/// where a model fails.
pub fn evaluate_gold(
    model: &Classification,
    others: &[OtherModel],
    settings: &GoldSettings,
    watch: &mut dyn Watch,
) -> Result<Report, Error> {
    let gold = GoldFile::read(&settings.gold, watch)?;
    let texts: Vec<&str> = gold.texts.iter().map(|text| text.read.as_str()).collect();
    let answers = model.answers_watched(&texts, Stage::Evaluate, watch)?;
    let baselines = Baselines::of_catalogue(&ebrc_embedded::catalogue()?, settings.seed, watch)?;
    let mut rivals: Vec<Vec<_>> = gold
        .texts
        .par_iter()
        .map(|text| baselines.answers(&text.raw, &text.read))
        .collect();
    let mut names = baselines.names();
    for other in others {
        let theirs = other
            .model
            .answers_watched(&texts, Stage::Evaluate, watch)?;
        for (rivals, answer) in rivals.iter_mut().zip(theirs) {
            rivals.push(answer.kind);
        }
        names.push(RivalName {
            name: other.name.clone(),
            meaning: format!(
                "Another model; SHA-256 of its weights {}.",
                other.model.fingerprint()
            ),
        });
    }
    let index = settings.seen.as_ref().map(WordingIndex::new);
    let facts: Vec<TextFacts> = gold
        .texts
        .par_iter()
        .zip(&answers)
        .map(|(text, answer)| TextFacts::of(text, answer, model.temperature(), index.as_ref()))
        .collect();
    let rows: Vec<GoldRow> = gold
        .rows
        .iter()
        .map(|(key, found)| {
            let text = key.text as usize;
            let (facts, answer) = (&facts[text], &answers[text]);
            GoldRow {
                line: found.line,
                messages: found.messages,
                gold: key.gold,
                confidence: key.confidence,
                alt: key.alt,
                lang: key.lang.map(|lang| gold.names[lang as usize].clone()),
                cluster: Some(match key.cluster {
                    Some(cluster) => gold.names[cluster as usize].clone(),
                    None => facts.template.clone(),
                }),
                template: Some(facts.template.clone()),
                predicted: answer.kind,
                probability: f64::from(answer.confidence),
                uncalibrated: facts.uncalibrated,
                seen: facts.seen,
                rivals: rivals[text].clone(),
            }
        })
        .collect();
    let gold_name = settings.gold.file_name().unwrap_or_default();
    let mut made_with = vec![
        Setting::new("gold", gold_name.to_string_lossy()),
        Setting::new("gold (SHA-256)", ebrc_files::sha256_hex(&settings.gold)?),
        Setting::new("model weights (SHA-256)", model.fingerprint()),
        Setting::new("precision", model.precision()),
    ];
    if let Some(temperature) = model.temperature() {
        made_with.push(Setting::new("temperature", format!("{temperature:.4}")));
    }
    if let Some(catalogue) = &settings.seen {
        made_with.push(Setting::new("seen catalogue (SHA-256)", catalogue.sha256()));
    }
    made_with.push(Setting::new("seed", settings.seed));
    let report = Report::of_gold(
        &GoldEvidence {
            rows: &rows,
            rivals: &names,
            contradictory_texts: gold.contradictory_texts(),
        },
        &Bootstrap::with_seed(settings.seed),
        made_with,
    )?;
    if let Some(folder) = &settings.out {
        write_report(&report, folder)?;
    }
    Ok(report)
}

/// A gold file: equal rows once, with their number.
#[derive(Default)]
struct GoldFile {
    texts: Vec<GoldText>,
    text_numbers: HashMap<String, u32>,
    /// Languages and clusters.
    names: Vec<String>,
    name_numbers: HashMap<String, u32>,
    rows: Vec<(RowKey, Found)>,
    row_numbers: HashMap<RowKey, usize>,
}

/// A message as the model reads it, and the first of the file's texts that
/// reads so.
struct GoldText {
    read: String,
    raw: String,
}

/// What equal rows agree in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct RowKey {
    text: u32,
    gold: TemplateLabel,
    confidence: Option<Confidence>,
    alt: Option<TemplateLabel>,
    lang: Option<u32>,
    cluster: Option<u32>,
}

struct Found {
    /// The first row's line.
    line: u64,
    messages: u64,
}

impl GoldFile {
    fn read(path: &Path, watch: &mut dyn Watch) -> Result<Self, Error> {
        watch.begin(Stage::Evaluate, None);
        let mut reader = std::io::BufReader::with_capacity(1 << 20, ebrc_files::open_read(path)?);
        let mut file = Self::default();
        let mut before = 0;
        let mut lines: Vec<Vec<u8>> = Vec::new();
        loop {
            let mut line = Vec::new();
            let length = reader
                .read_until(b'\n', &mut line)
                .map_err(|source| ebrc_files::Error::read(path, source))?;
            if length > 0 {
                lines.push(line);
            }
            if lines.len() == LINES_A_BATCH || length == 0 {
                file.take(path, before, &lines)?;
                before += lines.len() as u64;
                lines.clear();
                watch.advance(before);
                if watch.wants_stop() {
                    return Err(Error::Interrupted(BEGIN_AGAIN));
                }
            }
            if length == 0 {
                return Ok(file);
            }
        }
    }

    fn take(&mut self, path: &Path, before: u64, lines: &[Vec<u8>]) -> Result<(), Error> {
        let parsed: Vec<Result<Option<(GoldLine, String)>, String>> = lines
            .par_iter()
            .with_min_len(LINES_A_PART)
            .map(|line| parse(line))
            .collect();
        for (line, parsed) in (before + 1..).zip(parsed) {
            let parsed = parsed.map_err(|reason| Error::Line {
                file: path.to_owned(),
                line,
                reason,
            })?;
            if let Some((row, read)) = parsed {
                self.add(line, row, read);
            }
        }
        Ok(())
    }

    fn add(&mut self, line: u64, row: GoldLine, read: String) {
        let text = match self.text_numbers.get(&read) {
            Some(&number) => number,
            None => {
                let number = self.texts.len() as u32;
                self.text_numbers.insert(read.clone(), number);
                self.texts.push(GoldText {
                    read,
                    raw: row.text,
                });
                number
            }
        };
        let key = RowKey {
            text,
            gold: row.r#type,
            confidence: row.confidence,
            alt: row.alt,
            lang: row.lang.map(|name| self.number_of(name)),
            cluster: row.cluster.map(|name| self.number_of(name)),
        };
        let next = self.rows.len();
        let place = *self.row_numbers.entry(key).or_insert(next);
        if place == next {
            self.rows.push((key, Found { line, messages: 0 }));
        }
        self.rows[place].1.messages += 1;
    }

    fn number_of(&mut self, name: String) -> u32 {
        if let Some(&number) = self.name_numbers.get(&name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.clone());
        self.name_numbers.insert(name, number);
        number
    }

    fn contradictory_texts(&self) -> u64 {
        let labels: BTreeSet<(u32, TemplateLabel)> = self
            .rows
            .iter()
            .filter(|(key, _)| key.confidence != Some(Confidence::Low))
            .filter(|(key, _)| key.gold != TemplateLabel::Ambiguous)
            .map(|(key, _)| (key.text, key.gold))
            .collect();
        let labels: Vec<_> = labels.into_iter().collect();
        let by_text = labels.chunk_by(|(one, _), (other, _)| one == other);
        by_text.filter(|labels| labels.len() > 1).count() as u64
    }
}

/// A line's row and its text as the model reads it; `None` for an empty line.
fn parse(line: &[u8]) -> Result<Option<(GoldLine, String)>, String> {
    let expected = "{\"text\": …, \"type\": \"T1\" to \"T16\" or \"AMBIGUOUS\"}";
    let Some(row) = json_line::<GoldLine>(line, expected)? else {
        return Ok(None);
    };
    if row.text.trim().is_empty() {
        return Err("the text is empty; write the message, or remove the line".to_owned());
    }
    let read = classifier_text(&row.text);
    Ok(Some((row, read)))
}

/// What holds for all rows of a text.
struct TextFacts {
    template: String,
    uncalibrated: Option<f64>,
    seen: Option<bool>,
}

impl TextFacts {
    fn of(
        text: &GoldText,
        answer: &Answer,
        temperature: Option<f64>,
        index: Option<&WordingIndex>,
    ) -> Self {
        let message = NdrMessage::parse(&text.raw);
        let codes = [
            message.reply_code.map(|code| code.to_string()),
            message.enhanced_code.map(|code| code.to_string()),
        ];
        let mut template = codes.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !template.is_empty() {
            template.push(' ');
        }
        template.push_str(&mask(&message.text));
        Self {
            template,
            uncalibrated: temperature.and_then(|temperature| answer.uncalibrated(temperature)),
            seen: index.map(|index| {
                index
                    .nearest(&text.raw)
                    .is_some_and(|(_, share)| share > SEEN_SHARE)
            }),
        }
    }
}
