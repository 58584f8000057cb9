use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use ebrc_taxonomy::TemplateLabel;

use crate::words::share;
use crate::{Entry, Error, reader, words};

/// A catalogue of labelled NDR texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

/// How many entries a catalogue has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Of each label that occurs.
    pub labels: BTreeMap<TemplateLabel, usize>,
    /// In each language.
    pub languages: BTreeMap<String, usize>,
    /// Of each software.
    pub software: BTreeMap<String, usize>,
}

/// Two entries that share many words.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SimilarPair {
    /// The position of one in [`Catalogue::entries`].
    pub first: usize,
    /// The position of the other, behind the first.
    pub second: usize,
    /// The share of words in both over those in either.
    pub share: f64,
}

impl Catalogue {
    /// Reads every `.csv` file of a folder, in the order of their names.
    ///
    /// # Errors
    /// Where the folder or a file cannot be read, a line is wrong, or no entry
    /// is there at all.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let refuse = |source| ebrc_files::Error::read(folder, source);
        let mut paths = BTreeSet::new();
        for item in fs::read_dir(folder).map_err(refuse)? {
            let path = item.map_err(refuse)?.path();
            if path.extension().is_some_and(|extension| extension == "csv") {
                paths.insert(path);
            }
        }
        let mut entries = Vec::new();
        for path in paths {
            let name = path.display().to_string();
            let content = String::from_utf8(ebrc_files::read(&path)?).map_err(|error| {
                let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                Error::Line {
                    file: name.clone(),
                    line: 1 + good.iter().filter(|&&byte| byte == b'\n').count() as u64,
                    reason: "no UTF-8; save the file as UTF-8".to_owned(),
                }
            })?;
            reader::read(&name, &content, &mut entries)?;
        }
        Self::of(entries, &folder.display().to_string())
    }

    /// Reads files that are in memory: each its name, for errors, and its
    /// content.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_texts<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Error> {
        let mut entries = Vec::new();
        for (name, content) in files {
            reader::read(name, content, &mut entries)?;
        }
        Self::of(entries, "the catalogue")
    }

    fn of(entries: Vec<Entry>, place: &str) -> Result<Self, Error> {
        if entries.is_empty() {
            return Err(Error::Empty {
                place: place.to_owned(),
            });
        }
        Ok(Self { entries })
    }

    /// The entries, in the order of the files; at least one.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Names the catalogue: a SHA-256 in hexadecimal of all that its entries
    /// say, in order.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut content = String::new();
        for entry in &self.entries {
            let codes: Vec<String> = entry.codes.iter().map(ToString::to_string).collect();
            content.extend([
                entry.label.as_str(),
                "\0",
                &codes.join("|"),
                "\0",
                &entry.text.to_string(),
                "\0",
                &entry.software,
                "\0",
                &entry.language,
                "\0",
                &entry.weight.to_string(),
                "\n",
            ]);
        }
        ebrc_files::sha256_hex_of(content.as_bytes())
    }

    /// How many entries there are by label, language and software.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entry in &self.entries {
            *counts.labels.entry(entry.label).or_default() += 1;
            *counts.languages.entry(entry.language.clone()).or_default() += 1;
            *counts.software.entry(entry.software.clone()).or_default() += 1;
        }
        counts
    }

    /// The pairs of entries that share more than `threshold` (above 0) of their
    /// [`words`], in order.
    ///
    /// Every pair that shares so many words has one in common among each one's
    /// rarest few, so only such pairs are compared.
    #[must_use]
    pub fn similar_pairs(&self, threshold: f64) -> Vec<SimilarPair> {
        let texts = self.words_by_rarity();
        let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut pairs = Vec::new();
        for (second, text) in texts.iter().enumerate() {
            // The words that a text may lack in a pair, and one more.
            let spare = ((1.0 - threshold) * text.len() as f64).floor().max(0.0) as usize;
            let rarest = &text[..text.len().min(spare + 1)];
            let candidates: BTreeSet<usize> = rarest
                .iter()
                .filter_map(|word| holders.get(word))
                .flatten()
                .copied()
                .collect();
            for first in candidates {
                let share = share_of_sorted(&texts[first], text);
                if share > threshold {
                    pairs.push(SimilarPair {
                        first,
                        second,
                        share,
                    });
                }
            }
            for &word in rarest {
                holders.entry(word).or_default().push(second);
            }
        }
        pairs.sort_by_key(|pair| (pair.first, pair.second));
        pairs
    }

    /// Each entry's words as numbers, the rarest first.
    fn words_by_rarity(&self) -> Vec<Vec<u32>> {
        let texts: Vec<BTreeSet<String>> = self
            .entries
            .iter()
            .map(|entry| words(&entry.text.to_string()))
            .collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for word in texts.iter().flatten() {
            *counts.entry(word).or_default() += 1;
        }
        let mut by_rarity: Vec<&str> = counts.keys().copied().collect();
        by_rarity.sort_by_key(|word| counts[word]);
        let numbers: HashMap<&str, u32> = by_rarity.into_iter().zip(0..).collect();
        texts
            .iter()
            .map(|text| {
                let mut text: Vec<u32> = text.iter().map(|word| numbers[word.as_str()]).collect();
                text.sort_unstable();
                text
            })
            .collect()
    }
}

fn share_of_sorted(one: &[u32], other: &[u32]) -> f64 {
    let (mut a, mut b, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (one.get(a), other.get(b)) {
        both += usize::from(x == y);
        a += usize::from(x <= y);
        b += usize::from(y <= x);
    }
    share(both, one.len(), other.len())
}
