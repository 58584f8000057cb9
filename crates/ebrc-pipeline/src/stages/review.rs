//! Sheets on which people judge the sample of the paper's protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ebrc_evaluation::{Agreement, Review};
use ebrc_taxonomy::TemplateLabel;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::EvaluateSettings;
use super::evaluate::sampled_messages;
use crate::tables::{self, label_of, sheet_rows};
use crate::{Error, Run, Watch};

/// Which delivery attempt of an annotated log a message is: `m12a0` is the first
/// attempt of the thirteenth mail. No spreadsheet takes that for a number or a
/// date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MessageId {
    /// The mail's place in the log.
    pub(crate) mail: u64,
    /// The attempt's place in the mail.
    pub(crate) attempt: u32,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m{}a{}", self.mail, self.attempt)
    }
}

impl FromStr for MessageId {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let parts = word.trim().strip_prefix('m');
        parts
            .and_then(|parts| parts.split_once('a'))
            .and_then(|(mail, attempt)| {
                Some(Self {
                    mail: mail.parse().ok()?,
                    attempt: attempt.parse().ok()?,
                })
            })
            .ok_or_else(|| "no message id, such as m12a0; keep the sheet's own".to_owned())
    }
}

/// Writes the sample of the paper's protocol as a sheet for people to judge:
/// messages in random order, without what the run says of them, so that it
/// sways nobody. Messages come as they are in the log.
///
/// # Errors
/// Where the run is not annotated, or the sheet cannot be written.
pub fn review_sheet(
    run: &Run,
    settings: &EvaluateSettings,
    sheet: &Path,
    watch: &mut dyn Watch,
) -> Result<u64, Error> {
    #[derive(Serialize)]
    struct Row<'a> {
        message_id: String,
        r#type: &'a str,
        message: String,
    }
    let mut messages = sampled_messages(run, settings, watch)?;
    messages.shuffle(&mut ChaCha8Rng::seed_from_u64(settings.seed));
    let rows: Vec<Row<'_>> = messages
        .into_iter()
        .map(|(id, raw)| Row {
            message_id: id.to_string(),
            r#type: "",
            message: harmless(raw),
        })
        .collect();
    tables::write(sheet, &rows)?;
    Ok(rows.len() as u64)
}

/// A message that begins like a formula would be computed by a spreadsheet.
fn harmless(message: String) -> String {
    if message.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{message}")
    } else {
        message
    }
}

/// What people say of the sample.
pub(super) struct Reviewed {
    labels: BTreeMap<MessageId, TemplateLabel>,
    reviewers: u64,
    unsettled: u64,
    agreement: Option<Agreement>,
    sheets: Vec<PathBuf>,
    ids: BTreeSet<MessageId>,
}

impl Reviewed {
    pub(super) fn label(&self, id: MessageId) -> Option<TemplateLabel> {
        self.labels.get(&id).copied()
    }

    /// Whether the sheets have a message.
    pub(super) fn has(&self, id: MessageId) -> bool {
        self.ids.contains(&id)
    }

    /// For the report of a sample of so many messages, so many of which the
    /// sheets have.
    ///
    /// # Errors
    /// Where the sheets are of another sample.
    pub(super) fn summary(&self, sampled: u64, in_sheet: u64) -> Result<Review, Error> {
        let rows = self.ids.len() as u64;
        if rows != sampled || in_sheet != sampled {
            return Err(Error::Nothing(format!(
                "{}: has {in_sheet} of the {sampled} messages of the run's sample, and {} in all; judge a sheet that \
                 `ebrc evaluate --export-for-review` wrote of this run with the same --per-type \
                 and --seed, and keep all of its rows",
                self.sheets[0].display(),
                rows,
            )));
        }
        Ok(Review {
            reviewers: self.reviewers,
            sampled,
            judged: self.labels.len() as u64,
            ambiguous: self
                .labels
                .values()
                .filter(|label| **label == TemplateLabel::Ambiguous)
                .count() as u64,
            unsettled: self.unsettled,
            agreement: self.agreement.clone(),
        })
    }
}

type Judgements = BTreeMap<MessageId, Option<TemplateLabel>>;

/// Reads filled-in sheets: two of different people, and a third that settles
/// where they differ.
///
/// # Errors
/// Where a line has no message id or no label, sheets are of different samples,
/// nobody judged anything, or there are more than three.
pub(super) fn read_review(sheets: &[PathBuf]) -> Result<Reviewed, Error> {
    if sheets.len() > 3 {
        return Err(Error::Nothing(
            "more than three review sheets; give those of two people, and a third that settles \
             where they differ"
                .to_owned(),
        ));
    }
    let all: Vec<Judgements> = sheets
        .iter()
        .map(|sheet| read_sheet(sheet))
        .collect::<Result<_, _>>()?;
    let first = &all[0];
    for (sheet, judgements) in sheets.iter().zip(&all).skip(1) {
        let strange = judgements.keys().find(|id| !first.contains_key(*id));
        if let Some(id) = strange {
            return Err(Error::Nothing(format!(
                "{}: message {id} is not in {}; give sheets of one and the same sample",
                sheet.display(),
                sheets[0].display()
            )));
        }
    }
    let says = |sheet: usize, id: &MessageId| -> Option<TemplateLabel> {
        all.get(sheet)?.get(id).copied().flatten()
    };
    let mut labels = BTreeMap::new();
    let mut unsettled = 0;
    for id in first.keys() {
        let settled = match (says(0, id), says(1, id)) {
            (Some(one), Some(other)) if one != other => says(2, id),
            (one, other) => one.or(other).or(says(2, id)),
        };
        match settled {
            Some(label) => {
                labels.insert(*id, label);
            }
            None if says(0, id).is_some() => unsettled += 1,
            None => {}
        }
    }
    if labels.is_empty() {
        return Err(Error::Nothing(format!(
            "{}: no message has a type; fill in the column `type`",
            sheets[0].display()
        )));
    }
    let both = first
        .keys()
        .filter_map(|id| Some((says(0, id)?, says(1, id)?)));
    Ok(Reviewed {
        agreement: (all.len() > 1).then(|| Agreement::of(both)),
        reviewers: all.len() as u64,
        unsettled,
        ids: first.keys().copied().collect(),
        labels,
        sheets: sheets.to_vec(),
    })
}

#[derive(Deserialize)]
struct SheetRow {
    message_id: String,
    r#type: String,
}

fn read_sheet(path: &Path) -> Result<Judgements, Error> {
    let mut judgements = Judgements::new();
    for (line, row) in sheet_rows::<SheetRow>(path, "message_id,type,message")? {
        let refuse = |reason: String| Error::Line {
            file: path.to_owned(),
            line,
            reason,
        };
        let id: MessageId = row.message_id.parse().map_err(refuse)?;
        let label = label_of(&row.r#type).map_err(refuse)?;
        let earlier = judgements.insert(id, label);
        if earlier.is_some_and(|earlier| earlier != label) {
            return Err(refuse(format!(
                "message {id} has another type on an earlier line; keep one of the two"
            )));
        }
    }
    Ok(judgements)
}
