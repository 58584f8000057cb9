//! The run's CSV files: templates, labels, predictions.

use std::collections::BTreeMap;
use std::path::Path;

use ebrc_files::CompleteFile;
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::texts::is_short_word;

/// A line of `templates.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// The template's number; it stays the same however the table is sorted.
    pub template_id: u32,
    /// How many NDR messages the template has.
    pub count: u64,
    /// The reply code, such as 550.
    pub reply_code: Option<u16>,
    /// The enhanced status code, such as 5.1.1.
    pub enhanced_code: Option<String>,
    /// The text, slots written `(*)`.
    pub template: String,
}

impl TemplateRow {
    /// The codes and the text as one line.
    #[must_use]
    pub fn whole(&self) -> String {
        let code = self.reply_code.map(|code| code.to_string());
        [
            code.as_deref(),
            self.enhanced_code.as_deref(),
            Some(self.template.as_str()),
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
    }
}

/// A line of `labels.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRow {
    /// The template's number in `templates.csv`.
    pub template_id: u32,
    /// The template, codes and all, for the person who labels.
    pub template: String,
    /// T1 to T16, or `ambiguous`.
    pub label: TemplateLabel,
    /// Who says so.
    pub labelled_by: String,
}

/// Where a template's or a message's type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A person labelled the template.
    Labelled,
    /// The classifier's majority vote.
    Predicted,
}

/// A line of `predictions.csv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictionRow {
    /// The template's number in `templates.csv`.
    pub template_id: u32,
    /// The template's type, or `ambiguous` where a person said so.
    pub label: TemplateLabel,
    /// How many messages voted for the type; empty where labelled.
    pub votes: Option<u64>,
    /// How many messages voted; empty where labelled.
    pub messages: Option<u64>,
    /// `votes / messages`; empty where labelled.
    pub share: Option<f64>,
    /// Who gave the label.
    pub source: Source,
}

/// A line of `votes.csv`: what the classifier says of a message that took part
/// in its template's vote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoteRow {
    /// The template's number in `templates.csv`.
    pub template_id: u32,
    /// Which of its template's messages this is, from 0, in the logs' order.
    pub ordinal: u64,
    /// The most probable type of the message by itself.
    pub label: BounceType,
    /// Its probability.
    pub confidence: f32,
}

/// A line of `sampling.csv`: what a type got and lacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SamplingRow {
    pub(crate) label: BounceType,
    pub(crate) templates: usize,
    pub(crate) wanted: u64,
    pub(crate) got: u64,
    pub(crate) lacked: u64,
    pub(crate) training: u64,
    pub(crate) validation: u64,
    pub(crate) validation_templates: usize,
}

pub(crate) fn write<T: Serialize>(path: &Path, rows: &[T]) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(CompleteFile::create(path)?);
    for row in rows {
        writer
            .serialize(row)
            .map_err(|error| line_error(path, &error))?;
    }
    let file = writer.into_inner().map_err(|error| Error::Line {
        file: path.to_owned(),
        line: 0,
        reason: error.error().to_string(),
    })?;
    file.commit()?;
    Ok(())
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(ebrc_files::open_read(path)?);
    reader
        .deserialize()
        .map(|row| row.map_err(|error| line_error(path, &error)))
        .collect()
}

fn line_error(path: &Path, error: &csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => match err.field() {
            Some(field) => format!("column {}: {}", field + 1, err.kind()),
            None => err.kind().to_string(),
        },
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} columns where the header has {expected_len}; quote fields with commas"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8; save the file as UTF-8".to_owned(),
        _ => error.to_string(),
    };
    Error::Line {
        file: path.to_owned(),
        line,
        reason,
    }
}

/// Reads the rows of a sheet that people filled in with a spreadsheet, each
/// with its line; `columns` says what an error should ask for. Empty rows are
/// passed over.
pub(crate) fn sheet_rows<T: DeserializeOwned>(
    path: &Path,
    columns: &str,
) -> Result<Vec<(u64, T)>, Error> {
    let content = String::from_utf8(ebrc_files::read(path)?).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Error::Line {
            file: path.to_owned(),
            line: 1 + good.iter().filter(|&&byte| byte == b'\n').count() as u64,
            reason: "not UTF-8; save the file as UTF-8".to_owned(),
        }
    })?;
    // Spreadsheets put a byte order mark before the first name.
    let content = content.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .delimiter(delimiter(content))
        .from_reader(content.as_bytes());
    let headers: csv::StringRecord = reader
        .headers()
        .map_err(|error| line_error(path, &error))?
        .iter()
        .map(str::to_ascii_lowercase)
        .collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| line_error(path, &error))?;
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let row = record.deserialize(Some(&headers)).map_err(|error| {
            let reason = match error.kind() {
                csv::ErrorKind::Deserialize { err, .. } => {
                    format!("{}; the columns are {columns}", err.kind())
                }
                _ => error.to_string(),
            };
            Error::Line {
                file: path.to_owned(),
                line,
                reason,
            }
        })?;
        rows.push((line, row));
    }
    Ok(rows)
}

/// A label sheet as people hand it in.
#[derive(Debug, Deserialize)]
struct SheetRow {
    template_id: u32,
    #[serde(default)]
    template: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    labelled_by: String,
}

/// Reads the labels a person gave, checked against the run's templates and in
/// their order; `None` for a template that is in the sheet without a label.
pub(crate) fn read_sheet(
    path: &Path,
    templates: &[TemplateRow],
) -> Result<Vec<(u32, Option<LabelRow>)>, Error> {
    let by_id: BTreeMap<u32, &TemplateRow> =
        templates.iter().map(|row| (row.template_id, row)).collect();
    let mut rows: BTreeMap<u32, Option<LabelRow>> = BTreeMap::new();
    let columns = "template_id,template,label,labelled_by";
    for (line, row) in sheet_rows::<SheetRow>(path, columns)? {
        let refuse = |reason: String| Error::Line {
            file: path.to_owned(),
            line,
            reason,
        };
        let template = by_id.get(&row.template_id).filter(|template| {
            let text = row.template.as_str();
            text.is_empty() || text == template.whole() || text == template.template
        });
        let Some(template) = template else {
            return Err(refuse(format!(
                "template {} is not so in this run; fill in a sheet that `ebrc label --sheet` \
                 made of this run",
                row.template_id
            )));
        };
        let label = label_of(&row.label).map_err(refuse)?;
        let labelled_by = match row.labelled_by.trim() {
            "" => "unknown".to_owned(),
            name => name.to_owned(),
        };
        let row = label.map(|label| LabelRow {
            template_id: row.template_id,
            template: template.whole(),
            label,
            labelled_by,
        });
        let earlier = rows.insert(template.template_id, row.clone());
        if earlier.is_some_and(|earlier| earlier.map(|e| e.label) != row.map(|r| r.label)) {
            return Err(refuse(format!(
                "template {} has another label on an earlier line; keep one of the two",
                template.template_id
            )));
        }
    }
    let ids = templates.iter().map(|template| template.template_id);
    Ok(ids.filter_map(|id| Some((id, rows.remove(&id)?))).collect())
}

/// Reads `labels.csv`, checked against the run's templates.
pub(crate) fn read_labels(path: &Path, templates: &[TemplateRow]) -> Result<Vec<LabelRow>, Error> {
    let rows = read_sheet(path, templates)?;
    Ok(rows.into_iter().filter_map(|(_, row)| row).collect())
}

/// The label that a cell says; `None` of an empty one. A cell that may be a
/// message, from another column, is not quoted.
pub(crate) fn label_of(cell: &str) -> Result<Option<TemplateLabel>, String> {
    match cell.trim() {
        "" => Ok(None),
        word => word
            .parse()
            .map(Some)
            .map_err(|error: ebrc_taxonomy::Error| {
                if is_short_word(word) {
                    error.to_string()
                } else {
                    "the label is none; write T1 to T16, or ambiguous".to_owned()
                }
            }),
    }
}

/// Spreadsheets of some countries part fields with semicolons, or with tabs.
fn delimiter(content: &str) -> u8 {
    let header = content.lines().next().unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .find(|&delimiter| header.as_bytes().contains(&delimiter))
        .unwrap_or(b',')
}
