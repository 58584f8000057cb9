use std::collections::BTreeMap;

use ebrc_taxonomy::TemplateLabel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confusion::divide;
use crate::schema::LabelText;

/// How far two people agree who judged the same messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agreement {
    /// Messages that both judged.
    pub messages: u64,
    /// Messages that both gave the same label.
    pub agreed: u64,
    /// The share of them, 0 to 1.
    pub share: f64,
    /// Cohen's kappa (*A coefficient of agreement for nominal scales*, 1960):
    /// agreement beyond what the two people's label frequencies would give by
    /// chance. `None` where that is not defined: both gave a single label.
    pub kappa: Option<f64>,
    /// Pairs of labels on which they differ, with their number, the most
    /// frequent first.
    pub differences: Vec<Difference>,
}

/// A pair of labels that two people gave the same messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// What the first says.
    #[schemars(with = "LabelText")]
    pub first: TemplateLabel,
    /// What the second says.
    #[schemars(with = "LabelText")]
    pub second: TemplateLabel,
    /// How often.
    pub messages: u64,
}

impl Agreement {
    /// Of the labels that two people gave the same messages.
    #[must_use]
    pub fn of(labels: impl IntoIterator<Item = (TemplateLabel, TemplateLabel)>) -> Self {
        let mut pairs: BTreeMap<(TemplateLabel, TemplateLabel), u64> = BTreeMap::new();
        for pair in labels {
            *pairs.entry(pair).or_default() += 1;
        }
        let messages: u64 = pairs.values().sum();
        let agreed = pairs
            .iter()
            .filter(|((first, second), _)| first == second)
            .map(|(_, count)| count)
            .sum();
        let mut firsts: BTreeMap<TemplateLabel, u64> = BTreeMap::new();
        let mut seconds = firsts.clone();
        for ((first, second), count) in &pairs {
            *firsts.entry(*first).or_default() += count;
            *seconds.entry(*second).or_default() += count;
        }
        let total = messages as f64;
        let expected: f64 = firsts
            .iter()
            .filter_map(|(label, count)| {
                let other = seconds.get(label)?;
                Some(*count as f64 / total * (*other as f64 / total))
            })
            .sum();
        let share = divide(agreed as f64, total);
        let kappa = (share - expected) / (1.0 - expected);
        let mut differences: Vec<Difference> = pairs
            .into_iter()
            .filter(|((first, second), _)| first != second)
            .map(|((first, second), messages)| Difference {
                first,
                second,
                messages,
            })
            .collect();
        differences.sort_by_key(|difference| std::cmp::Reverse(difference.messages));
        Self {
            messages,
            agreed,
            share,
            kappa: (messages > 0 && kappa.is_finite()).then_some(kappa),
            differences,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebrc_taxonomy::BounceType::{Greylisted, MailboxFull};

    #[test]
    fn kappa_is_that_of_the_textbook() {
        // 20 yes/yes, 15 no/no, 5 and 10 mixed: 0.7 observed, 0.5 expected.
        let label = |first| TemplateLabel::from(if first { MailboxFull } else { Greylisted });
        let pairs = [
            (true, true, 20),
            (true, false, 5),
            (false, true, 10),
            (false, false, 15),
        ]
        .into_iter()
        .flat_map(|(first, second, count)| {
            std::iter::repeat_n((label(first), label(second)), count)
        });
        let found = Agreement::of(pairs);
        assert_eq!((found.messages, found.agreed), (50, 35));
        assert!((found.kappa.unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(found.differences[0].messages, 10);
        assert_eq!(found.differences[0].first, label(false));
    }

    #[test]
    fn one_label_alone_has_no_kappa() {
        let same = (TemplateLabel::Ambiguous, TemplateLabel::Ambiguous);
        assert_eq!(Agreement::of([same, same]).kappa, None);
        assert_eq!(Agreement::of([]).kappa, None);
    }
}
