//! How similar two addresses are.

use std::fmt;
use std::str::FromStr;

use rapidfuzz::distance::{damerau_levenshtein, indel, jaro_winkler, levenshtein};
use serde::{Deserialize, Serialize};

/// The share of a user's address that must be that of the wrong one for the
/// two to be compared, unless the caller says otherwise: section 4.3.2 asks
/// for more than 90%.
pub const DEFAULT_SIMILARITY: f64 = 0.9;

/// A measure of similarity, from 0 to 1. The paper does not name its own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Similarity {
    /// 1 less the edits over the longer length, where an edit inserts, deletes
    /// or replaces a letter or swaps two neighbours.
    #[default]
    DamerauLevenshtein,
    /// The same without swaps.
    Levenshtein,
    /// Jaro's, and more for a common start.
    JaroWinkler,
    /// 1 less the edits over both lengths, where an edit inserts or deletes a
    /// letter; others call it *ratio*.
    Indel,
}

/// A word that names no measure of similarity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no measure of similarity; write damerau-levenshtein, levenshtein, jaro-winkler or indel"
)]
pub struct UnknownSimilarity(String);

impl Similarity {
    /// Every measure.
    pub const ALL: [Self; 4] = [
        Self::DamerauLevenshtein,
        Self::Levenshtein,
        Self::JaroWinkler,
        Self::Indel,
    ];

    /// Its name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DamerauLevenshtein => "damerau-levenshtein",
            Self::Levenshtein => "levenshtein",
            Self::JaroWinkler => "jaro-winkler",
            Self::Indel => "indel",
        }
    }

    /// How similar two texts are, letter by letter: 1 if they are the same.
    pub fn of(self, one: &str, other: &str) -> f64 {
        let (one, other) = (one.chars(), other.chars());
        match self {
            Self::DamerauLevenshtein => damerau_levenshtein::normalized_similarity(one, other),
            Self::Levenshtein => levenshtein::normalized_similarity(one, other),
            Self::JaroWinkler => jaro_winkler::normalized_similarity(one, other),
            Self::Indel => indel::normalized_similarity(one, other),
        }
    }
}

impl fmt::Display for Similarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Similarity {
    type Err = UnknownSimilarity;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|measure| measure.as_str() == word)
            .ok_or_else(|| UnknownSimilarity(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_those_they_are_named_after() {
        // A swap of neighbours: one edit, two, and two over both lengths.
        let found = Similarity::ALL.map(|measure| measure.of("martha", "marhta"));
        let expected = [
            1.0 - 1.0 / 6.0,
            1.0 - 2.0 / 6.0,
            0.961_111,
            1.0 - 2.0 / 12.0,
        ];
        for ((measure, found), expected) in Similarity::ALL.iter().zip(found).zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{measure}: {found}");
        }
        for measure in Similarity::ALL {
            assert_eq!(measure.as_str().parse(), Ok(measure));
            assert_eq!(measure.of("ö@a.com", "ö@a.com"), 1.0);
        }
        assert!("ratio".parse::<Similarity>().is_err());
    }
}
