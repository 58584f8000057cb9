use std::sync::Arc;

use hashbrown::HashMap;

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
    ids: HashMap<Arc<str>, TokenId>,
    tokens: Vec<Arc<str>>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut vocabulary = Self {
            ids: HashMap::new(),
            tokens: Vec::new(),
        };
        vocabulary.intern(WILDCARD);
        vocabulary
    }

    pub(crate) fn get(&self, token: &str) -> TokenId {
        self.ids.get(token).copied().unwrap_or(UNKNOWN_ID)
    }

    pub(crate) fn intern(&mut self, token: &str) -> TokenId {
        if let Some(&id) = self.ids.get(token) {
            return id;
        }
        let id = TokenId::try_from(self.tokens.len()).unwrap_or(UNKNOWN_ID);
        let token: Arc<str> = token.into();
        self.tokens.push(Arc::clone(&token));
        self.ids.insert(token, id);
        id
    }

    pub(crate) fn token(&self, id: TokenId) -> &str {
        self.tokens
            .get(id as usize)
            .map_or(WILDCARD, |token| &**token)
    }

    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|token| &**token)
    }
}
