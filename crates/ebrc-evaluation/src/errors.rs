use std::cmp::Reverse;
use std::collections::BTreeMap;

use ebrc_taxonomy::BounceType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema::TypeId;

/// How many pairs of types a report lists.
const MOST_PAIRS: usize = 12;

/// How many templates a pair lists.
const MOST_TEMPLATES: usize = 5;

/// How many lines of a gold file a template lists.
const MOST_LINES: usize = 5;

/// Messages of one type that were taken for another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorPair {
    /// The truth.
    #[schemars(with = "TypeId")]
    pub gold: BounceType,
    /// What was predicted.
    #[schemars(with = "TypeId")]
    pub predicted: BounceType,
    /// How many messages there are.
    pub messages: u64,
    /// How many templates they belong to.
    pub templates: u64,
    /// The templates of which the classifier was surest, the surest first: five
    /// at most.
    pub surest: Vec<ErrorTemplate>,
}

/// A template whose messages were taken for another type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorTemplate {
    /// Its text, volatile parts masked; `None` where it is not known.
    pub template: Option<String>,
    /// Its number in a run; `None` for a gold file.
    pub template_id: Option<u32>,
    /// Its messages that were mistaken.
    pub messages: u64,
    /// How sure the classifier was: the highest probability of a message's
    /// answer, or the share of votes for a run's template; `None` where that is
    /// not known.
    pub confidence: Option<f64>,
    /// Its first lines in a gold file, from 1: five at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u64>,
}

/// Mistaken messages of a template.
#[derive(Debug, Clone)]
pub(crate) struct Mistake<'a> {
    pub(crate) gold: BounceType,
    pub(crate) predicted: BounceType,
    pub(crate) template: Template<'a>,
    pub(crate) messages: u64,
    pub(crate) confidence: Option<f64>,
    pub(crate) line: Option<u64>,
}

/// What tells a template from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Template<'a> {
    Text(&'a str),
    Numbered(u32, Option<&'a str>),
    Line(u64),
    Unknown,
}

/// Groups mistakes by pair of types, the most frequent pair first.
pub(crate) fn error_pairs<'a>(mistakes: impl IntoIterator<Item = Mistake<'a>>) -> Vec<ErrorPair> {
    type Templates<'a> = BTreeMap<Template<'a>, ErrorTemplate>;
    let mut pairs: BTreeMap<(BounceType, BounceType), Templates<'a>> = BTreeMap::new();
    for mistake in mistakes {
        let templates = pairs.entry((mistake.gold, mistake.predicted)).or_default();
        let found = templates
            .entry(mistake.template)
            .or_insert_with(|| ErrorTemplate {
                template: match mistake.template {
                    Template::Text(text) => Some(text.to_owned()),
                    Template::Numbered(_, text) => text.map(str::to_owned),
                    Template::Line(_) | Template::Unknown => None,
                },
                template_id: match mistake.template {
                    Template::Numbered(template_id, _) => Some(template_id),
                    _ => None,
                },
                messages: 0,
                confidence: None,
                lines: Vec::new(),
            });
        found.messages += mistake.messages;
        found.confidence = match (found.confidence, mistake.confidence) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        if let Some(line) = mistake.line
            && found.lines.len() < MOST_LINES
        {
            found.lines.push(line);
        }
    }
    let mut pairs: Vec<ErrorPair> = pairs
        .into_iter()
        .map(|((gold, predicted), templates)| {
            let count = templates.len() as u64;
            let mut surest: Vec<ErrorTemplate> = templates.into_values().collect();
            let messages = surest.iter().map(|template| template.messages).sum();
            surest.sort_by(|one, other| {
                let sure = |template: &ErrorTemplate| template.confidence.unwrap_or(0.0);
                sure(other)
                    .total_cmp(&sure(one))
                    .then(other.messages.cmp(&one.messages))
            });
            surest.truncate(MOST_TEMPLATES);
            ErrorPair {
                gold,
                predicted,
                messages,
                templates: count,
                surest,
            }
        })
        .collect();
    // A stable sort: of equally many, the lower ids first.
    pairs.sort_by_key(|pair| Reverse(pair.messages));
    pairs.truncate(MOST_PAIRS);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use BounceType::{Greylisted, MailboxFull, Timeout};

    #[test]
    fn pairs_come_by_messages_and_templates_by_confidence() {
        let mistake = |gold, text, confidence, line| Mistake {
            gold,
            predicted: Timeout,
            template: Template::Text(text),
            messages: 1,
            confidence: Some(confidence),
            line: Some(line),
        };
        let found = error_pairs([
            mistake(Greylisted, "try <*>", 0.9, 3),
            mistake(MailboxFull, "full <*>", 0.5, 4),
            mistake(MailboxFull, "quota", 0.8, 5),
            mistake(MailboxFull, "full <*>", 0.7, 9),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].gold, found[0].messages, found[0].templates),
            (MailboxFull, 3, 2)
        );
        let texts: Vec<_> = found[0]
            .surest
            .iter()
            .map(|t| t.template.as_deref())
            .collect();
        assert_eq!(texts, [Some("quota"), Some("full <*>")]);
        let full = &found[0].surest[1];
        assert_eq!((full.confidence, full.messages), (Some(0.7), 2));
        assert_eq!(full.lines, [4, 9]);
    }
}
