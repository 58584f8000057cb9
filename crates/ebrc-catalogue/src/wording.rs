//! Which wordings a catalogue knows.

use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::words::share;
use crate::{Catalogue, words};

/// Finds the entry whose words a message shares most; for telling messages of
/// seen and unseen wording apart.
///
/// Messages and entries are compared as masked texts, so that every host, link
/// and id is one word whatever it was.
#[derive(Debug, Clone)]
pub struct WordingIndex {
    /// How many words each entry has.
    sizes: Vec<usize>,
    /// The entries that have a word, in order.
    entries: HashMap<String, Vec<u32>>,
}

impl WordingIndex {
    /// Indexes a catalogue's texts.
    #[must_use]
    pub fn new(catalogue: &Catalogue) -> Self {
        let messages = catalogue.entries().iter();
        Self::of_words(messages.map(|entry| masked_words(&entry.render_seeded(0, 0))))
    }

    /// Indexes messages, of which those of equal words count once.
    pub(crate) fn of<'t>(messages: impl IntoIterator<Item = &'t str>) -> Self {
        let distinct: BTreeSet<_> = messages.into_iter().map(masked_words).collect();
        Self::of_words(distinct)
    }

    fn of_words(messages: impl IntoIterator<Item = BTreeSet<String>>) -> Self {
        let mut index = Self {
            sizes: Vec::new(),
            entries: HashMap::new(),
        };
        for (number, words) in (0..).zip(messages) {
            index.sizes.push(words.len());
            for word in words {
                index.entries.entry(word).or_default().push(number);
            }
        }
        index
    }

    /// The entry (its position in [`Catalogue::entries`]) that shares most
    /// words with a message, and the share, 0 to 1; of equals the first.
    /// `None` where no entry shares any.
    #[must_use]
    pub fn nearest(&self, raw: &str) -> Option<(usize, f64)> {
        let words = masked_words(raw);
        let mut both = vec![0_usize; self.sizes.len()];
        for word in &words {
            for &entry in self.entries.get(word).into_iter().flatten() {
                both[entry as usize] += 1;
            }
        }
        let mut nearest: Option<(usize, f64)> = None;
        for (entry, (&both, &size)) in both.iter().zip(&self.sizes).enumerate() {
            let share = share(both, size, words.len());
            if both > 0 && nearest.is_none_or(|(_, most)| share > most) {
                nearest = Some((entry, share));
            }
        }
        nearest
    }
}

fn masked_words(raw: &str) -> BTreeSet<String> {
    words(&ebrc_ndr::mask(&ebrc_ndr::NdrMessage::parse(raw).text))
}
