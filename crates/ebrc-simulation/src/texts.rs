//! Which texts, with which codes, servers say how often.

use std::collections::{BTreeMap, BTreeSet};

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

/// How often a text is drawn before any is right.
const PATIENCE: usize = 512;

/// Steps of halving an interval: more would not show in a log.
const HALVINGS: usize = 24;

/// A text with one of its codes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying<'c> {
    pub(crate) entry: &'c Entry,
    pub(crate) codes: Codes,
    /// `None` where anybody says it.
    pub(crate) software: Option<u16>,
    /// Whether the text names Spamhaus.
    pub(crate) names_spamhaus: bool,
    /// Whether the text says that an account is not used.
    pub(crate) is_about_inactivity: bool,
}

/// Draws what servers say.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'c> {
    /// By label: T1 to T16, ambiguous.
    labels: Vec<LabelTexts<'c>>,
    /// The name of each software.
    names: Vec<&'c str>,
    /// The share of messages of each software.
    software: Vec<f64>,
}

/// How much of a label's messages each software says.
#[derive(Debug, Clone)]
pub(crate) struct Speakers {
    /// The share of each software, which is 1 in all: what anybody may say is
    /// said by each as much as it says in all.
    pub(crate) software: Vec<f64>,
    /// The share of all messages of the label.
    pub(crate) share: f64,
}

#[derive(Debug, Clone)]
struct LabelTexts<'c> {
    sayings: Vec<Saying<'c>>,
    /// The share of all messages that each saying has.
    shares: Vec<f64>,
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
            let text = entry.text.to_string().to_lowercase();
            let names_spamhaus = text.contains("spamhaus");
            let is_about_inactivity = ebrc_rules::wording::is_inactive(&text);
            for &codes in &entry.codes {
                sayings[label_index(entry.label)].push(Saying {
                    entry,
                    codes,
                    software: numbers.get(entry.software.as_str()).copied(),
                    names_spamhaus,
                    is_about_inactivity,
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
            labels.push(LabelTexts::new(sayings, shares, numbers.len()));
        }
        let mut names: Vec<&str> = numbers.into_keys().collect();
        if names.is_empty() {
            // Anybody says everything: one software that says nothing else.
            software.push(1.0);
            names.push(ANYBODY);
        }
        Ok(Self {
            labels,
            names,
            software,
        })
    }

    /// The name of each software.
    pub(crate) fn names(&self) -> &[&'c str] {
        &self.names
    }

    /// Who says the texts of a label that are `wanted`.
    pub(crate) fn speakers(
        &self,
        label: TemplateLabel,
        wanted: impl Fn(&Saying<'c>) -> bool,
    ) -> Speakers {
        let texts = &self.labels[label_index(label)];
        let mut software = vec![0.0; self.software.len()];
        let (mut share, mut total, mut by_anybody) = (0.0, 0.0, 0.0);
        for (saying, own) in texts.sayings.iter().zip(&texts.shares) {
            total += own;
            if wanted(saying) {
                share += own;
                match saying.software {
                    Some(number) => software[usize::from(number)] += own,
                    None => by_anybody += own,
                }
            }
        }
        let messages: f64 = self.software.iter().sum();
        for (own, of_all) in software.iter_mut().zip(&self.software) {
            *own += by_anybody * of_all / messages.max(f64::MIN_POSITIVE);
            *own /= share.max(f64::MIN_POSITIVE);
        }
        Speakers {
            software,
            share: if total > 0.0 { share / total } else { 0.0 },
        }
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

impl<'c> Texts<'c> {
    /// Something that is said with a label, of a software where one is named,
    /// and is right; anything where nothing right turns up.
    pub(crate) fn draw_right<R: Rng + ?Sized>(
        &self,
        label: TemplateLabel,
        software: Option<u16>,
        rng: &mut R,
        is_right: impl Fn(&Saying<'c>) -> bool,
    ) -> Option<Saying<'c>> {
        let mut last = None;
        for _ in 0..PATIENCE {
            let saying = match software {
                Some(software) => self.draw_of(label, software, rng),
                None => self.draw(label, rng),
            }?;
            if is_right(&saying) {
                return Some(saying);
            }
            last = Some(saying);
        }
        last
    }
}

impl<'c> LabelTexts<'c> {
    fn new(sayings: Vec<Saying<'c>>, shares: Vec<f64>, software: usize) -> Self {
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
            all: AliasTable::new(&shares),
            sayings,
            shares,
            by_software,
        }
    }
}

/// Finds how much codes without an enhanced one are preferred, so that so many
/// messages lack one.
///
/// A label's texts are common or rare. The common ones make up
/// [`Settings::top_200_texts`] of its messages, by Zipf's law; how many they are
/// is chosen so that, over all labels, they are 200 and the least of each label
/// has as many messages as that of any other. So the 200 commonest texts hold
/// texts of every label that has messages enough: the paper found eight of T12,
/// which is half a percent of its bounced mails. The rare ones share the rest by
/// the catalogue's weights.
struct Weights<'a> {
    sayings: &'a [Vec<Saying<'a>>],
    /// The share of messages of each label.
    labels: Vec<f64>,
    /// How many common texts each label has.
    common: Vec<usize>,
    /// The common texts' share of a label's messages.
    common_share: f64,
    /// The logarithm of each entry's weight, and of its share of that: the
    /// codes named first are the usual ones.
    logarithms: Vec<Vec<(f64, f64)>>,
}

impl Weights<'_> {
    fn settle(sayings: &[Vec<Saying<'_>>], labels: Vec<f64>, settings: &Settings) -> Vec<Vec<f64>> {
        let weights = Weights {
            sayings,
            common: common_texts(&labels, sayings),
            labels,
            common_share: settings.top_200_texts,
            logarithms: sayings
                .iter()
                .map(|sayings| sayings.iter().map(logarithms).collect())
                .collect(),
        };
        let (mut low, mut high) = (-6.0, 6.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if weights.without_enhanced(&weights.shares(middle)) < settings.without_enhanced_code {
                low = middle;
            } else {
                high = middle;
            }
        }
        weights.shares(f64::midpoint(low, high))
    }

    /// The share of all messages that each saying has.
    fn shares(&self, preference: f64) -> Vec<Vec<f64>> {
        self.sayings
            .iter()
            .zip(&self.logarithms)
            .zip(self.labels.iter().zip(&self.common))
            .map(|((sayings, logarithms), (label, &common))| {
                let scores: Vec<f64> = sayings
                    .iter()
                    .zip(logarithms)
                    .map(|(saying, (weight, code))| {
                        let liked = if saying.codes.enhanced.is_none() {
                            preference
                        } else {
                            0.0
                        };
                        weight + code + liked
                    })
                    .collect();
                self.label_shares(sayings, &scores, *label, common)
            })
            .collect()
    }

    fn label_shares(
        &self,
        sayings: &[Saying<'_>],
        scores: &[f64],
        label: f64,
        common: usize,
    ) -> Vec<f64> {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        // Of equals the first in the catalogue.
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let (head, rest) = order.split_at(common);
        let entry = |saying: usize| std::ptr::from_ref(sayings[saying].entry);
        let heads: BTreeSet<*const Entry> = head.iter().map(|&saying| entry(saying)).collect();
        let tail: Vec<usize> = rest
            .iter()
            .copied()
            .filter(|&saying| !heads.contains(&entry(saying)))
            .collect();
        let head_share = if tail.is_empty() {
            label
        } else {
            label * self.common_share
        };
        let mut shares = vec![0.0; scores.len()];
        let total = harmonic(head.len());
        for (rank, &saying) in (1_u32..).zip(head) {
            shares[saying] = head_share / (f64::from(rank) * total);
        }
        let total: f64 = tail.iter().map(|&saying| scores[saying].exp()).sum();
        for saying in tail {
            shares[saying] = (label - head_share) * scores[saying].exp() / total;
        }
        shares
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

/// How many of each label's texts are common: see [`Weights`].
fn common_texts(labels: &[f64], sayings: &[Vec<Saying<'_>>]) -> Vec<usize> {
    // The most common texts of which the least has `least` of the messages.
    let count = |least: f64| -> Vec<usize> {
        labels
            .iter()
            .zip(sayings)
            .map(|(label, sayings)| {
                (1..=sayings.len())
                    .take_while(|&texts| label / (texts as f64 * harmonic(texts)) >= least)
                    .count()
                    .max(usize::from(*label > 0.0 && !sayings.is_empty()))
            })
            .collect()
    };
    let (mut low, mut high) = (1e-9, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::sqrt(low * high);
        if count(middle).iter().sum::<usize>() > TOP {
            low = middle;
        } else {
            high = middle;
        }
    }
    count(high)
}

/// 1 + 1/2 + … + 1/n.
fn harmonic(n: usize) -> f64 {
    (1..=n).map(|rank| 1.0 / rank as f64).sum()
}
