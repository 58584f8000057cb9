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
    ids: HashTable<TokenId>,
    hashes: DefaultHashBuilder,
    /// All tokens, end to end.
    text: String,
    /// Where each token ends.
    ends: Vec<usize>,
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
        let hash = self.hashes.hash_one(token.as_bytes());
        let found = self.ids.find(hash, |&id| self.token(id) == token);
        found.copied().unwrap_or(UNKNOWN_ID)
    }

    pub(crate) fn intern(&mut self, token: &str) -> TokenId {
        let known = self.get(token);
        if known != UNKNOWN_ID {
            return known;
        }
        let id = TokenId::try_from(self.ends.len()).unwrap_or(UNKNOWN_ID);
        self.text.push_str(token);
        self.ends.push(self.text.len());
        let Self {
            ids,
            hashes,
            text,
            ends,
        } = self;
        let hash_of = |&id: &TokenId| hashes.hash_one(token_at(text, ends, id).as_bytes());
        ids.insert_unique(hashes.hash_one(token.as_bytes()), id, hash_of);
        id
    }

    pub(crate) fn token(&self, id: TokenId) -> &str {
        token_at(&self.text, &self.ends, id)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
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
