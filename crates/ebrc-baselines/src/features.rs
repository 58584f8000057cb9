//! TF-IDF.

use std::collections::HashMap;

use crate::words::words_and_pairs;

/// At most this many features, the most frequent ones: a bound on time and
/// memory.
const MOST_FEATURES: usize = 20_000;

/// What one text alone says tells nothing of others.
const FEWEST_TEXTS: usize = 2;

/// Words and pairs of words with their weights.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    /// The column of every feature. Its order is never looked at.
    columns: HashMap<Box<str>, u32>,
    /// The inverse document frequency of every column.
    rarity: Vec<f64>,
}

/// The features of some texts: of each row the columns that are not zero, in
/// ascending order, and their values. A row has the length 1, or is empty.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    ends: Vec<usize>,
    cells: Vec<(u32, f64)>,
}

impl Vocabulary {
    /// The features that occur in two of the texts at least. Texts that are
    /// equal should come once.
    pub(crate) fn of(texts: &[&str]) -> Self {
        // Of each feature: in how many texts, and in which one last.
        let mut counts: HashMap<Box<str>, (usize, usize)> = HashMap::new();
        for (position, text) in texts.iter().enumerate() {
            words_and_pairs(text, |feature| match counts.get_mut(feature) {
                Some((_, last)) if *last == position => {}
                Some((count, last)) => (*count, *last) = (*count + 1, position),
                None => {
                    counts.insert(feature.into(), (1, position));
                }
            });
        }
        let mut frequent: Vec<(Box<str>, usize)> = counts
            .into_iter()
            .map(|(feature, (count, _))| (feature, count))
            .filter(|&(_, count)| count >= FEWEST_TEXTS)
            .collect();
        frequent.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        frequent.truncate(MOST_FEATURES);
        // The order of columns is that of sums.
        frequent.sort_unstable();
        let rarity = frequent
            .iter()
            .map(|&(_, count)| inverse_document_frequency(texts.len(), count))
            .collect();
        let columns = (0..)
            .zip(frequent)
            .map(|(column, (feature, _))| (feature, column))
            .collect();
        Self { columns, rarity }
    }

    /// How many features there are.
    pub(crate) fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The features of a text, appended as a row.
    pub(crate) fn read(&self, text: &str, rows: &mut Rows) {
        let mut found = Vec::new();
        words_and_pairs(text, |feature| found.extend(self.columns.get(feature)));
        found.sort_unstable();
        let start = rows.cells.len();
        for &column in &found {
            let weight = self.rarity.get(column as usize).copied().unwrap_or(0.0);
            match rows.cells[start..].last_mut() {
                Some((last, value)) if *last == column => *value += weight,
                _ => rows.cells.push((column, weight)),
            }
        }
        let row = &mut rows.cells[start..];
        let length = row.iter().map(|(_, value)| value * value).sum::<f64>();
        if length > 0.0 {
            let length = length.sqrt();
            row.iter_mut().for_each(|(_, value)| *value /= length);
        }
        rows.ends.push(rows.cells.len());
    }
}

impl Rows {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[(u32, f64)]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(&start, &end)| &self.cells[start..end])
    }
}

/// As scikit-learn smooths it: as if one more text had every feature.
fn inverse_document_frequency(texts: usize, with_feature: usize) -> f64 {
    ((1 + texts) as f64 / (1 + with_feature) as f64).ln() + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(vocabulary: &Vocabulary, text: &str) -> Vec<(u32, f64)> {
        let mut rows = Rows::default();
        vocabulary.read(text, &mut rows);
        rows.iter().flatten().copied().collect()
    }

    #[test]
    fn features_of_one_text_are_left_out() {
        let vocabulary = Vocabulary::of(&["user unknown", "unknown user", "user user user"]);
        // `unknown` and `user`; every pair occurs in one text.
        assert_eq!(vocabulary.len(), 2);
        assert!(rows(&vocabulary, "mailbox full").is_empty());
    }

    #[test]
    fn rows_have_the_length_one() {
        let vocabulary = Vocabulary::of(&["a b", "a b c", "a c", "d"]);
        let row = rows(&vocabulary, "c a b a b");
        let length: f64 = row.iter().map(|(_, value)| value * value).sum();
        assert!((length - 1.0).abs() < 1e-12);
        // a, `a b`, b, c: by their order.
        let expected = [
            2.0 * ((5.0_f64 / 4.0).ln() + 1.0),
            2.0 * ((5.0_f64 / 3.0).ln() + 1.0),
            2.0 * ((5.0_f64 / 3.0).ln() + 1.0),
            (5.0_f64 / 3.0).ln() + 1.0,
        ];
        let norm = expected
            .iter()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt();
        assert_eq!(row.len(), expected.len());
        for (position, (&(column, value), expected)) in row.iter().zip(expected).enumerate() {
            assert_eq!(column as usize, position);
            assert!((value - expected / norm).abs() < 1e-12);
        }
    }
}
