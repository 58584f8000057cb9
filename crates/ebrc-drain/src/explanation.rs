//! Why a line goes where it goes.

use crate::{ClusterId, Drain, tokens};

/// Which way a line takes at a token of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// To the token's own child.
    Own,
    /// To the wildcard's child, since the token has none of its own.
    Wildcard,
    /// Nowhere: there is neither.
    DeadEnd,
}

/// A cluster of the leaf that a line leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Which.
    pub cluster: ClusterId,
    /// Tokens of its template, wildcards left out, that the line has too.
    pub equal: usize,
    /// Wildcards of its template.
    pub wildcards: usize,
    /// Equal tokens over all tokens.
    pub similarity: f64,
}

/// Why a line goes where it goes: what [`Drain::learn`] would do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The line's tokens. Their number, with the key, chooses the tree.
    pub tokens: Vec<String>,
    /// For each token of the path, from the first on, which way it leads. Ends
    /// with a dead end, or in a leaf.
    pub path: Vec<Turn>,
    /// The clusters of that leaf, the most similar first: the one with more
    /// equal tokens, then with more wildcards, then the older.
    pub candidates: Vec<Candidate>,
    /// The cluster that takes the line; `None` where it makes a new one.
    pub joins: Option<ClusterId>,
}

impl Drain {
    /// Why a line goes where it goes, without learning it.
    #[must_use]
    pub fn explain(&self, key: &str, line: &str) -> Explanation {
        let line = tokens::with_spaces(line, &self.settings().extra_delimiters);
        let tokens: Vec<String> = tokens::split(&line).map(str::to_owned).collect();
        let length = tokens.len();
        let Some(tree) = self.known_tree(key, length) else {
            return Explanation {
                tokens,
                path: Vec::new(),
                candidates: Vec::new(),
                joins: None,
            };
        };
        let tree = self.tree(tree);
        let (path, rows) = tree.candidates(self.settings(), &line);
        let mut candidates: Vec<Candidate> = rows
            .into_iter()
            .map(|(cluster, equal, wildcards)| Candidate {
                cluster: ClusterId(tree.id(cluster)),
                equal,
                wildcards,
                similarity: if length == 0 {
                    1.0
                } else {
                    equal as f64 / length as f64
                },
            })
            .collect();
        // A stable sort: of equals the older stays first.
        candidates.sort_by_key(|row| std::cmp::Reverse((row.equal, row.wildcards)));
        let wanted = self.settings().similarity;
        let first = candidates.first().filter(|row| row.similarity >= wanted);
        Explanation {
            tokens,
            path,
            joins: first.map(|row| row.cluster),
            candidates,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Change, Settings};

    #[test]
    fn turns_and_candidates_are_told() -> Result<(), crate::Error> {
        let mut drain = Drain::new(Settings {
            similarity: 0.6,
            ..Settings::default()
        })?;
        let full = drain.learn("", "mailbox is full").cluster;
        drain.learn("", "mailbox 1 away");
        let new = drain.explain("", "user is unknown");
        assert_eq!((new.path, new.joins), (vec![Turn::DeadEnd], None));
        let known = drain.explain("", "mailbox was full");
        assert_eq!(
            (known.path.as_slice(), known.joins),
            (&[Turn::Own][..], Some(full))
        );
        let similarities = known.candidates.iter().map(|row| row.similarity);
        assert!(similarities.eq([2.0 / 3.0, 1.0 / 3.0]));
        drain.learn("", "1 is full");
        let by_wildcard = drain.explain("", "unheard is full");
        assert_eq!(by_wildcard.path, [Turn::Wildcard]);
        assert!(drain.explain("other", "mailbox is full").path.is_empty());
        Ok(())
    }

    proptest! {
        #[test]
        fn a_line_goes_where_its_explanation_says(
            lines in prop::collection::vec("[abc]( [abcd1]){0,4}", 2..60),
        ) {
            let settings = Settings { depth: 5, max_children: 3, ..Settings::default() };
            let mut drain = Drain::new(settings)?;
            for line in &lines {
                let told = drain.explain("", line).joins;
                let learned = drain.learn("", line);
                let joined = (learned.change != Change::Created).then_some(learned.cluster);
                prop_assert_eq!(told, joined);
            }
        }
    }
}
