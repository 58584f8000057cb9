use serde::{Deserialize, Serialize};

use crate::Error;

/// How Drain tells lines apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Depth of the tree, at least 3: the root, the length, `depth − 3` tokens,
    /// the leaf. Deeper is faster and splits more.
    pub depth: usize,
    /// The share of tokens, 0 to 1, in which a line must equal a cluster's
    /// template to join it.
    pub similarity: f64,
    /// How many children a node may have, at least 2, before further tokens
    /// share the wildcard's child.
    pub max_children: usize,
    /// Whether a token with a digit goes to the wildcard's child at once.
    pub numeric_tokens_are_wildcards: bool,
    /// Clusters that are kept at the most: beyond it the one that took no line
    /// for longest is forgotten, and its number never given again. With it,
    /// memory is bounded on a stream without end. Without it none is forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_clusters: Option<usize>,
    /// What parts tokens beside white space, and belongs to none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_delimiters: Vec<String>,
}

impl Default for Settings {
    /// Depth 4, similarity 0.4, 100 children: the defaults in wide use.
    fn default() -> Self {
        Self {
            depth: 4,
            similarity: 0.4,
            max_children: 100,
            numeric_tokens_are_wildcards: true,
            max_clusters: None,
            extra_delimiters: Vec::new(),
        }
    }
}

impl Settings {
    /// For lines whose slots are masked ([`crate::masking`]) and templates that
    /// are merged after mining ([`crate::merge`]): depth 4, and one token in
    /// twenty may differ. What still differs then is words, and a choice of
    /// words makes another template more often than a slot; [`crate::merge`]
    /// decides that better, from all templates at once.
    ///
    /// Each choice of words makes a cluster, so a log whose slots hold many
    /// words that no mask finds has many.
    #[must_use]
    pub fn for_masked_lines() -> Self {
        Self {
            similarity: 0.95,
            ..Self::default()
        }
    }

    /// # Errors
    /// Names the setting that is outside its range.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let refuse = |setting, value, range| {
            Err(Error::Setting {
                setting,
                value,
                range,
            })
        };
        if self.depth < 3 {
            return refuse("depth", self.depth.to_string(), "at least 3");
        }
        if !(0.0..=1.0).contains(&self.similarity) {
            return refuse("similarity", self.similarity.to_string(), "between 0 and 1");
        }
        if self.max_children < 2 {
            return refuse("max_children", self.max_children.to_string(), "at least 2");
        }
        if self.max_clusters == Some(0) {
            return refuse("max_clusters", "0".to_owned(), "at least 1");
        }
        if self.extra_delimiters.iter().any(String::is_empty) {
            let range = "a text of one character or more";
            return refuse("extra_delimiters", "empty".to_owned(), range);
        }
        Ok(())
    }

    /// In how many tokens a line of so many must equal a template to join it.
    pub(crate) fn equal_tokens(&self, tokens: usize) -> usize {
        let is_enough = |equal: &usize| *equal as f64 / tokens as f64 >= self.similarity;
        (0..tokens).find(is_enough).unwrap_or(tokens)
    }

    /// How many tokens lead to the leaf of a line of so many.
    pub(crate) fn path_length(&self, tokens: usize) -> usize {
        (self.depth - 3).min(tokens.saturating_sub(1))
    }
}
