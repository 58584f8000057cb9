//! Messages as the model reads them: equal texts once, with their number.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use ebrc_model::Example;
use ebrc_taxonomy::{BounceType, TemplateLabel};
use serde::{Deserialize, Serialize};

use crate::Error;

/// How probable T16 is to become of a text that gives no reason: more than any
/// other type, as the paper has such texts in T16, but not by much.
const CERTAINTY_OF_AMBIGUOUS: f32 = 0.25;

/// A line of `train.jsonl` or `validation.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LabelledMessage {
    pub(crate) text: String,
    /// `ambiguous` only in a training set, where it was asked for.
    pub(crate) label: TemplateLabel,
    pub(crate) template_id: u32,
}

/// Reads the messages of a training or validation set.
pub(crate) fn messages_of(path: &Path) -> Result<Vec<LabelledMessage>, Error> {
    let expected =
        "{\"text\": …, \"label\": \"T1\" to \"T16\" or \"ambiguous\", \"template_id\": …}";
    read_json_lines(path, expected)
}

/// Reads JSON lines; empty ones are passed over.
pub(crate) fn read_json_lines<T: for<'a> Deserialize<'a>>(
    path: &Path,
    expected: &str,
) -> Result<Vec<T>, Error> {
    let mut rows = Vec::new();
    let reader = BufReader::new(ebrc_files::open_read(path)?);
    for (line, text) in (1..).zip(reader.split(b'\n')) {
        let row = text
            .map_err(|error| error.to_string())
            .and_then(|text| json_line(&text, expected))
            .map_err(|reason| Error::Line {
                file: path.to_owned(),
                line,
                reason,
            })?;
        rows.extend(row);
    }
    Ok(rows)
}

/// The value of a JSON line; `None` of an empty one. Errors say what is wrong
/// and never quote the line.
pub(crate) fn json_line<T: for<'a> Deserialize<'a>>(
    line: &[u8],
    expected: &str,
) -> Result<Option<T>, String> {
    // Spreadsheets and editors put a byte order mark before UTF-8.
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    if std::str::from_utf8(line).is_err() {
        return Err("not UTF-8; save the file as UTF-8".to_owned());
    }
    serde_json::from_slice(line)
        .map(Some)
        .map_err(|error| format!("{}; a line is {expected}", reason(&error)))
}

/// What is wrong with a JSON line, without its content: serde's messages quote
/// values, which may be texts or addresses. A single short word is quoted all
/// the same, such as a label that is no type.
fn reason(error: &serde_json::Error) -> String {
    if error.classify() != serde_json::error::Category::Data {
        return "no valid JSON".to_owned();
    }
    let message = error.to_string();
    if message.starts_with("invalid type") {
        return "a value is of a wrong kind".to_owned();
    }
    // The position is that within the one line.
    let message = message.split(" at line ").next().unwrap_or_default();
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if is_short_word(quoted) && !message.contains('"') {
        message.to_owned()
    } else {
        "a field has a wrong value".to_owned()
    }
}

/// Whether a word may be quoted: it is no message and no address.
pub(crate) fn is_short_word(word: &str) -> bool {
    let harmless = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=20).contains(&word.len()) && word.chars().all(harmless)
}

/// Messages to examples: a text is trained once, weighted by how often it
/// occurs. Ordered by text, so that the order of the log does not matter.
pub(crate) fn weighted_examples(messages: &[LabelledMessage]) -> Vec<Example> {
    let mut counts: BTreeMap<(String, TemplateLabel), u32> = BTreeMap::new();
    for message in messages {
        let text = ebrc_ndr::classifier_text(&message.text);
        *counts.entry((text, message.label)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((text, label), count)| Example {
            text,
            label: label.bounce_type().unwrap_or(BounceType::Other).index(),
            certainty: match label {
                TemplateLabel::Type(_) => 1.0,
                TemplateLabel::Ambiguous => CERTAINTY_OF_AMBIGUOUS,
            },
            weight: count as f32,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_example_and_ambiguous_ones_are_doubtful_other() {
        let message = |text: &str, label: TemplateLabel| LabelledMessage {
            text: text.to_owned(),
            label,
            template_id: 0,
        };
        let full = BounceType::MailboxFull;
        let found = weighted_examples(&[
            message("552 <a@a.example> full", full.into()),
            message("450 rejected", TemplateLabel::Ambiguous),
            message("552 <b@b.example> full", full.into()),
        ]);
        let expected = [
            ("450 rejected", BounceType::Other, 0.25, 1.0),
            ("552 email full", full, 1.0, 2.0),
        ];
        let expected = expected.map(|(text, kind, certainty, weight)| Example {
            text: text.to_owned(),
            label: kind.index(),
            certainty,
            weight,
        });
        assert_eq!(found, expected);
    }
}
