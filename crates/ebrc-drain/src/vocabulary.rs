//! The tokens of a tree's templates, numbered.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::WILDCARD;

/// A token's number; equal tokens have equal numbers.
pub(crate) type TokenId = u32;

/// The wildcard's number.
pub(crate) const WILDCARD_ID: TokenId = 0;

/// The number of every token that no template holds: equal to nothing there.
pub(crate) const UNKNOWN_ID: TokenId = TokenId::MAX;

/// The tokens of templates, numbered. A slot's value is looked up and never
/// added, so the vocabulary does not grow with the log.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    ids: HashTable<Known>,
    hashes: DefaultHashBuilder,
    /// All tokens, end to end.
    text: String,
    /// Where each token ends.
    ends: Vec<usize>,
}

/// A token of the table.
#[derive(Debug, Clone, Copy)]
struct Known {
    ends: Ends,
    id: TokenId,
}

/// The first and the last bytes of a token, and how many it has: all there is
/// of one of up to [`Ends::WHOLE`] bytes, so that looking it up reads no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    /// The longest token that its ends tell whole.
    const WHOLE: usize = 16;

    fn of(token: &[u8]) -> Self {
        let length = token.len();
        let (first, last) = match (token.first_chunk::<8>(), token.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (short(token), 0),
        };
        Self {
            first,
            last,
            length,
        }
    }

    fn is_whole(self) -> bool {
        self.length <= Self::WHOLE
    }
}

/// Up to seven bytes as a number.
fn short(token: &[u8]) -> u64 {
    match (token.first_chunk::<4>(), token.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => {
            let byte = |at: usize| u64::from(token.get(at).copied().unwrap_or(0));
            byte(0) | byte(1) << 8 | byte(2) << 16
        }
    }
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut vocabulary = Self {
            ids: HashTable::new(),
            hashes: DefaultHashBuilder::default(),
            text: String::new(),
            ends: Vec::new(),
        };
        vocabulary.intern(WILDCARD);
        vocabulary
    }

    pub(crate) fn get(&self, token: &str) -> TokenId {
        let ends = Ends::of(token.as_bytes());
        let hash = self.hash(ends, token);
        let found = self.ids.find(hash, |known| {
            known.ends == ends && (ends.is_whole() || self.token(known.id) == token)
        });
        found.map_or(UNKNOWN_ID, |known| known.id)
    }

    pub(crate) fn intern(&mut self, token: &str) -> TokenId {
        let known = self.get(token);
        if known != UNKNOWN_ID {
            return known;
        }
        let id = TokenId::try_from(self.ends.len()).unwrap_or(UNKNOWN_ID);
        self.text.push_str(token);
        self.ends.push(self.text.len());
        let ends = Ends::of(token.as_bytes());
        let hash = self.hash(ends, token);
        let Self {
            ids, hashes, text, ..
        } = self;
        let rehash = |known: &Known| {
            let token = token_at(text, &self.ends, known.id);
            hash_of(hashes, known.ends, token)
        };
        ids.insert_unique(hash, Known { ends, id }, rehash);
        id
    }

    pub(crate) fn token(&self, id: TokenId) -> &str {
        token_at(&self.text, &self.ends, id)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn hash(&self, ends: Ends, token: &str) -> u64 {
        hash_of(&self.hashes, ends, token)
    }
}

fn hash_of(hashes: &DefaultHashBuilder, ends: Ends, token: &str) -> u64 {
    if ends.is_whole() {
        let both = u128::from(ends.first) | u128::from(ends.last) << 64;
        hashes.hash_one(both.wrapping_add(ends.length as u128))
    } else {
        hashes.hash_one(token.as_bytes())
    }
}

/// The empty text for a number that no token has.
fn token_at<'a>(text: &'a str, ends: &[usize], id: TokenId) -> &'a str {
    let id = id as usize;
    let start = match id.checked_sub(1) {
        Some(before) => ends.get(before).copied().unwrap_or(text.len()),
        None => 0,
    };
    let end = ends.get(id).copied().unwrap_or(text.len());
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equal_tokens_have_one_number_and_others_another(
            tokens in prop::collection::vec("[ab]{0,20}|é{0,9}|a{14,18}\0{0,2}", 0..60),
        ) {
            let mut vocabulary = Vocabulary::new();
            let ids: Vec<TokenId> = tokens.iter().map(|token| vocabulary.intern(token)).collect();
            for (token, id) in tokens.iter().zip(&ids) {
                prop_assert_eq!(vocabulary.token(*id), token);
                prop_assert_eq!(vocabulary.get(token), *id);
                prop_assert_eq!(vocabulary.get(&format!("{token}c")), UNKNOWN_ID);
            }
        }
    }
}
