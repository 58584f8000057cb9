//! Which templates of a big leaf may be similar enough to a line.

use hashbrown::HashMap;

use crate::vocabulary::{TokenId, UNKNOWN_ID, WILDCARD_ID};

/// The rows of a leaf by their tokens.
///
/// A row that equals a line in `n` of its tokens equals it in at least one of
/// any `length − n + 1` places. So the rows that hold the line's token in the
/// places where fewest do are all that need to be looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeafIndex {
    /// The rows that hold a token at a place, in ascending order. Rows whose
    /// token became a wildcard may be among them still.
    rows: HashMap<(u32, TokenId), Vec<u32>>,
}

impl LeafIndex {
    /// Adds a row; rows come in ascending order.
    pub(crate) fn add(&mut self, row: u32, template: &[TokenId]) {
        for (place, &token) in (0..).zip(template) {
            if token != WILDCARD_ID {
                self.rows.entry((place, token)).or_default().push(row);
            }
        }
    }

    /// The rows among which are all that equal a line in so many tokens, in
    /// ascending order; `None` where they are more than `most`, so that going
    /// through all rows is quicker, or where any row will do.
    pub(crate) fn candidates(
        &self,
        line: &[TokenId],
        equal: usize,
        most: usize,
    ) -> Option<Vec<u32>> {
        if equal == 0 {
            return None;
        }
        let places = (line.len() + 1).checked_sub(equal)?;
        let mut known: Vec<&[u32]> = (0..)
            .zip(line)
            .filter(|&(_, &token)| token != UNKNOWN_ID && token != WILDCARD_ID)
            .filter_map(|(place, &token)| self.rows.get(&(place, token)).map(Vec::as_slice))
            .collect();
        // Of the places looked at, those where no row holds the line's token
        // come first and are done with.
        let nowhere = line.len() - known.len();
        let looked_at = places.saturating_sub(nowhere);
        if known.len() > looked_at {
            known.select_nth_unstable_by_key(looked_at, |rows| rows.len());
            known.truncate(looked_at);
        }
        if known.iter().map(|rows| rows.len()).sum::<usize>() > most {
            return None;
        }
        let mut candidates = known.concat();
        candidates.sort_unstable();
        candidates.dedup();
        Some(candidates)
    }
}
