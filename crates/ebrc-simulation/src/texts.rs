//! Which texts, with which codes, servers say how often.

use std::collections::BTreeMap;

use ebrc_catalogue::{Catalogue, Codes, Entry};
use ebrc_taxonomy::TemplateLabel;
use rand::Rng;

use crate::alias::AliasTable;
use crate::mix::label_index;
use crate::{Error, Settings};

/// How many of the commonest texts people label in the paper.
const TOP: usize = 200;

/// The software of texts that anybody may say.
const ANYBODY: &str = "generic";

/// Steps of halving an interval: more would not show in a log.
const HALVINGS: usize = 24;

/// A text with one of its codes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying<'c> {
    pub(crate) entry: &'c Entry,
    pub(crate) codes: Codes,
    /// `None` where anybody says it.
    pub(crate) software: Option<u16>,
}

/// Draws what servers say.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'c> {
    /// By label: T1 to T16, ambiguous.
    labels: Vec<LabelTexts<'c>>,
    /// The share of messages of each software.
    software: Vec<f64>,
}

#[derive(Debug, Clone)]
struct LabelTexts<'c> {
    sayings: Vec<Saying<'c>>,
    all: Option<AliasTable>,
    /// Of each software, its sayings and those of anybody.
    by_software: Vec<Option<(Vec<u32>, AliasTable)>>,
}

impl<'c> Texts<'c> {
    /// Weighs the catalogue's texts. `messages` says how many NDR messages
    /// each label has, in proportion.
    pub(crate) fn new(
        catalogue: &'c Catalogue,
        settings: &Settings,
        messages: &[(TemplateLabel, f64)],
    ) -> Result<Self, Error> {
        let mut numbers: BTreeMap<&str, u16> = BTreeMap::new();
        for entry in catalogue.entries() {
            if entry.software != ANYBODY {
                numbers.insert(&entry.software, 0);
            }
        }
        for (number, own) in (0..).zip(numbers.values_mut()) {
            *own = number;
        }
        let mut sayings: Vec<Vec<Saying<'c>>> = vec![Vec::new(); messages.len()];
        for entry in catalogue.entries() {
            for &codes in &entry.codes {
                sayings[label_index(entry.label)].push(Saying {
                    entry,
                    codes,
                    software: numbers.get(entry.software.as_str()).copied(),
                });
            }
        }
        for (sayings, &(label, messages)) in sayings.iter().zip(messages) {
            if sayings.is_empty() && messages > 0.0 {
                return Err(Error::NoText { label });
            }
        }
        let total: f64 = messages.iter().map(|(_, messages)| messages).sum();
        let shares = messages
            .iter()
            .map(|(_, messages)| messages / total)
            .collect();
        let weights = Weights::settle(&sayings, shares, settings);
        let mut software = vec![0.0; numbers.len()];
        let mut labels = Vec::new();
        for (sayings, shares) in sayings.into_iter().zip(weights) {
            for (saying, share) in sayings.iter().zip(&shares) {
                if let Some(number) = saying.software {
                    software[usize::from(number)] += share;
                }
            }
            labels.push(LabelTexts::new(sayings, &shares, numbers.len()));
        }
        if software.is_empty() {
            // Anybody says everything: one software that says nothing else.
            software.push(1.0);
        }
        Ok(Self { labels, software })
    }

    /// The share of messages of each software.
    pub(crate) fn software(&self) -> &[f64] {
        &self.software
    }

    /// Something that is said with a label.
    pub(crate) fn draw<R: Rng + ?Sized>(
        &self,
        label: TemplateLabel,
        rng: &mut R,
    ) -> Option<Saying<'c>> {
        let texts = &self.labels[label_index(label)];
        Some(texts.sayings[texts.all.as_ref()?.draw(rng)])
    }

    /// The same of a domain with this software; where that says nothing of the
    /// kind, what others say.
    pub(crate) fn draw_of<R: Rng + ?Sized>(
        &self,
        label: TemplateLabel,
        software: u16,
        rng: &mut R,
    ) -> Option<Saying<'c>> {
        let texts = &self.labels[label_index(label)];
        match texts.by_software.get(usize::from(software)) {
            Some(Some((own, table))) => Some(texts.sayings[own[table.draw(rng)] as usize]),
            _ => self.draw(label, rng),
        }
    }
}

impl<'c> LabelTexts<'c> {
    fn new(sayings: Vec<Saying<'c>>, shares: &[f64], software: usize) -> Self {
        let by_software = (0..software as u16)
            .map(|number| {
                let own: Vec<u32> = (0..)
                    .zip(&sayings)
                    .filter(|(_, saying)| saying.software.is_none_or(|own| own == number))
                    .map(|(at, _)| at)
                    .collect();
                let weights: Vec<f64> = own.iter().map(|&at| shares[at as usize]).collect();
                Some((own, AliasTable::new(&weights)?))
            })
            .collect();
        Self {
            all: AliasTable::new(shares),
            sayings,
            by_software,
        }
    }
}

/// Finds how heavily the catalogue's weights count, so that the commonest texts
/// make up their share, and how much codes without an enhanced one are
/// preferred.
struct Weights<'a> {
    sayings: &'a [Vec<Saying<'a>>],
    /// The share of messages of each label.
    labels: Vec<f64>,
    /// The logarithm of each entry's weight, and of its share of that: the
    /// codes named first are the usual ones.
    logarithms: Vec<Vec<(f64, f64)>>,
}

impl Weights<'_> {
    fn settle(sayings: &[Vec<Saying<'_>>], labels: Vec<f64>, settings: &Settings) -> Vec<Vec<f64>> {
        let weights = Weights {
            sayings,
            labels,
            logarithms: sayings
                .iter()
                .map(|sayings| sayings.iter().map(logarithms).collect())
                .collect(),
        };
        let (mut low, mut high) = (0.25, 12.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            let shares = weights.with_codes(middle, settings.without_enhanced_code);
            if top(&shares) < settings.top_200_texts {
                low = middle;
            } else {
                high = middle;
            }
        }
        weights.with_codes(f64::midpoint(low, high), settings.without_enhanced_code)
    }

    /// The shares with which so many messages lack an enhanced code.
    fn with_codes(&self, power: f64, without: f64) -> Vec<Vec<f64>> {
        let (mut low, mut high) = (-6.0, 6.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.without_enhanced(&self.shares(power, middle)) < without {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.shares(power, f64::midpoint(low, high))
    }

    /// The share of all messages that each saying has.
    fn shares(&self, power: f64, preference: f64) -> Vec<Vec<f64>> {
        self.sayings
            .iter()
            .zip(&self.logarithms)
            .zip(&self.labels)
            .map(|((sayings, logarithms), label)| {
                let mut shares: Vec<f64> = sayings
                    .iter()
                    .zip(logarithms)
                    .map(|(saying, (weight, code))| {
                        let liked = if saying.codes.enhanced.is_none() {
                            preference
                        } else {
                            0.0
                        };
                        (power * weight + code + liked).exp()
                    })
                    .collect();
                let total: f64 = shares.iter().sum();
                if total > 0.0 {
                    shares.iter_mut().for_each(|share| *share *= label / total);
                }
                shares
            })
            .collect()
    }

    fn without_enhanced(&self, shares: &[Vec<f64>]) -> f64 {
        self.sayings
            .iter()
            .flatten()
            .zip(shares.iter().flatten())
            .filter(|(saying, _)| saying.codes.enhanced.is_none())
            .map(|(_, share)| share)
            .sum()
    }
}

fn logarithms(saying: &Saying<'_>) -> (f64, f64) {
    let codes = &saying.entry.codes;
    let position = codes
        .iter()
        .position(|&codes| codes == saying.codes)
        .unwrap_or(0);
    let total: f64 = (1..=codes.len()).map(|rank| 1.0 / rank as f64).sum();
    (
        (f64::from(saying.entry.weight) / 100.0).ln(),
        -((position + 1) as f64 * total).ln(),
    )
}

fn top(shares: &[Vec<f64>]) -> f64 {
    let mut all: Vec<f64> = shares.iter().flatten().copied().collect();
    if all.len() > TOP {
        all.select_nth_unstable_by(TOP, |a, b| b.total_cmp(a));
        all.truncate(TOP);
    }
    all.iter().sum()
}
