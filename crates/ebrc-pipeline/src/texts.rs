//! Messages as the model reads them: equal texts once, with their number.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use ebrc_model::Example;
use ebrc_taxonomy::BounceType;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A line of `train.jsonl` or `validation.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LabelledMessage {
    pub(crate) text: String,
    pub(crate) label: BounceType,
    pub(crate) template_id: u32,
}

/// Reads JSON lines, each with its number; empty ones are passed over.
pub(crate) fn read_json_lines<T: for<'a> Deserialize<'a>>(
    path: &Path,
    expected: &str,
) -> Result<Vec<(u64, T)>, Error> {
    let mut rows = Vec::new();
    let reader = BufReader::new(ebrc_files::open_read(path)?);
    for (line, text) in (1..).zip(reader.lines()) {
        let refuse = |reason: String| Error::Line {
            file: path.to_owned(),
            line,
            reason,
        };
        let text = text.map_err(|error| refuse(error.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(&text).map_err(|error| {
            refuse(format!(
                "{}; a line is {expected}",
                without_position(&error)
            ))
        })?;
        rows.push((line, row));
    }
    Ok(rows)
}

/// A JSON error speaks of line 1 of the one line it was given.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.find(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Messages to examples: a text is trained once, weighted by how often it
/// occurs. Ordered by text, so that the order of the log does not matter.
pub(crate) fn weighted_examples(messages: &[(u64, LabelledMessage)]) -> Vec<Example> {
    let mut counts: BTreeMap<(String, BounceType), u32> = BTreeMap::new();
    for (_, message) in messages {
        let text = ebrc_ndr::classifier_text(&message.text);
        *counts.entry((text, message.label)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|((text, label), count)| Example {
            text,
            label: label.index(),
            weight: count as f32,
        })
        .collect()
}
