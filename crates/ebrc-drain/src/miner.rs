use std::fmt;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::vocabulary::{TokenId, UNKNOWN_ID, Vocabulary, WILDCARD_ID};
use crate::{Error, Settings, WILDCARD};

/// A cluster's number, counted up from 0 in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub u32);

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A cluster as its owner holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCluster {
    pub(crate) key: u32,
    pub(crate) tokens: Vec<TokenId>,
    pub(crate) size: u64,
}

/// A place in the tree: an inner node or a leaf.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub(crate) children: HashMap<TokenId, u32>,
    pub(crate) clusters: Vec<u32>,
}

/// A view of one cluster of a [`Drain`].
#[derive(Debug, Clone, Copy)]
pub struct Cluster<'a> {
    drain: &'a Drain,
    stored: &'a StoredCluster,
}

impl<'a> Cluster<'a> {
    /// The key under which the cluster's lines were learned.
    #[must_use]
    pub fn key(&self) -> &'a str {
        &self.drain.keys[self.stored.key as usize]
    }

    /// The template's tokens, [`WILDCARD`] where lines differ.
    pub fn tokens(&self) -> impl Iterator<Item = &'a str> {
        let vocabulary = &self.drain.vocabulary;
        self.stored.tokens.iter().map(|&id| vocabulary.token(id))
    }

    /// The tokens joined by single spaces.
    #[must_use]
    pub fn template(&self) -> String {
        self.tokens().collect::<Vec<_>>().join(" ")
    }

    /// How many lines the cluster took.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.stored.size
    }
}

/// The miner: learns templates from lines, and finds a line's template.
#[derive(Debug, Clone)]
pub struct Drain {
    pub(crate) settings: Settings,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) keys: Vec<String>,
    pub(crate) key_ids: HashMap<String, u32>,
    /// The tree of each (key, number of tokens).
    pub(crate) roots: HashMap<(u32, usize), u32>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) clusters: Vec<StoredCluster>,
}

impl Drain {
    /// An empty miner.
    ///
    /// # Errors
    /// Where a setting is outside its range.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.validate()?;
        Ok(Self {
            settings,
            vocabulary: Vocabulary::new(),
            keys: Vec::new(),
            key_ids: HashMap::new(),
            roots: HashMap::new(),
            nodes: Vec::new(),
            clusters: Vec::new(),
        })
    }

    /// The settings this miner was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a line: the cluster it joined, or the new one it made.
    pub fn learn(&mut self, key: &str, line: &str) -> ClusterId {
        let tokens = self.look_up(line);
        if let Some(id) = self.search(key, &tokens, self.settings.similarity, false) {
            let cluster = &mut self.clusters[id as usize];
            cluster.size += 1;
            for (own, &token) in cluster.tokens.iter_mut().zip(&tokens) {
                if *own != token {
                    *own = WILDCARD_ID;
                }
            }
            return ClusterId(id);
        }
        self.add(key, line)
    }

    /// The cluster whose template the line matches in every token, without
    /// learning anything; a wildcard matches every token.
    #[must_use]
    pub fn find(&self, key: &str, line: &str) -> Option<ClusterId> {
        let tokens = self.look_up(line);
        self.search(key, &tokens, 1.0, true).map(ClusterId)
    }

    /// One cluster.
    #[must_use]
    pub fn cluster(&self, id: ClusterId) -> Option<Cluster<'_>> {
        let stored = self.clusters.get(id.0 as usize)?;
        Some(Cluster {
            drain: self,
            stored,
        })
    }

    /// All clusters, in the order of their ids.
    pub fn clusters(&self) -> impl Iterator<Item = (ClusterId, Cluster<'_>)> {
        (0..).zip(&self.clusters).map(|(id, stored)| {
            let cluster = Cluster {
                drain: self,
                stored,
            };
            (ClusterId(id), cluster)
        })
    }

    fn look_up(&self, line: &str) -> Vec<TokenId> {
        line.split_whitespace()
            .map(|token| self.vocabulary.get(token))
            .collect()
    }

    /// How many tokens lead to the leaf of a line.
    fn path_length(&self, tokens: usize) -> usize {
        (self.settings.depth - 3).min(tokens.saturating_sub(1))
    }

    fn search(
        &self,
        key: &str,
        tokens: &[TokenId],
        similarity: f64,
        wildcards_count: bool,
    ) -> Option<u32> {
        let key = *self.key_ids.get(key)?;
        let mut node = &self.nodes[*self.roots.get(&(key, tokens.len()))? as usize];
        for token in &tokens[..self.path_length(tokens.len())] {
            let child = node
                .children
                .get(token)
                .or_else(|| node.children.get(&WILDCARD_ID))?;
            node = &self.nodes[*child as usize];
        }
        self.most_similar(&node.clusters, tokens, similarity, wildcards_count)
    }

    /// The most similar cluster that is similar enough: ties go to the one
    /// with more wildcards, then to the older.
    fn most_similar(
        &self,
        leaf: &[u32],
        tokens: &[TokenId],
        similarity: f64,
        wildcards_count: bool,
    ) -> Option<u32> {
        let mut best: Option<(usize, usize, u32)> = None;
        for &id in leaf {
            let mut equal = 0;
            let mut wildcards = 0;
            for (&own, &token) in self.clusters[id as usize].tokens.iter().zip(tokens) {
                if own == WILDCARD_ID {
                    wildcards += 1;
                } else if own == token {
                    equal += 1;
                }
            }
            if wildcards_count {
                equal += wildcards;
            }
            if best.is_none_or(|(e, w, _)| (equal, wildcards) > (e, w)) {
                best = Some((equal, wildcards, id));
            }
        }
        let (equal, _, id) = best?;
        let share = if tokens.is_empty() {
            1.0
        } else {
            equal as f64 / tokens.len() as f64
        };
        (share >= similarity).then_some(id)
    }

    fn add(&mut self, key: &str, line: &str) -> ClusterId {
        let words: Vec<&str> = line.split_whitespace().collect();
        let tokens: Vec<TokenId> = words
            .iter()
            .map(|word| self.vocabulary.intern(word))
            .collect();
        let key = self.key_id(key);
        let id = self.clusters.len() as u32;
        let mut node = match self.roots.get(&(key, tokens.len())) {
            Some(&root) => root,
            None => {
                let root = self.new_node();
                self.roots.insert((key, tokens.len()), root);
                root
            }
        };
        for position in 0..self.path_length(tokens.len()) {
            node = self.child_for(node, tokens[position], words[position]);
        }
        self.nodes[node as usize].clusters.push(id);
        self.clusters.push(StoredCluster {
            key,
            tokens,
            size: 1,
        });
        ClusterId(id)
    }

    /// The child for a new cluster's token. A node keeps its last place for
    /// the wildcard, which takes every token that finds no place of its own.
    fn child_for(&mut self, node: u32, token: TokenId, word: &str) -> u32 {
        let children = &self.nodes[node as usize].children;
        if let Some(&child) = children.get(&token) {
            return child;
        }
        let numeric =
            self.settings.numeric_tokens_are_wildcards && word.chars().any(char::is_numeric);
        let wildcard = children.get(&WILDCARD_ID).copied();
        let reserved = usize::from(wildcard.is_none());
        let own_place = !numeric && children.len() + reserved < self.settings.max_children;
        let name = if own_place { token } else { WILDCARD_ID };
        if name == WILDCARD_ID
            && let Some(child) = wildcard
        {
            return child;
        }
        let child = self.new_node();
        self.nodes[node as usize].children.insert(name, child);
        child
    }

    fn new_node(&mut self) -> u32 {
        self.nodes.push(Node::default());
        (self.nodes.len() - 1) as u32
    }

    pub(crate) fn key_id(&mut self, key: &str) -> u32 {
        if let Some(&id) = self.key_ids.get(key) {
            return id;
        }
        let id = self.keys.len() as u32;
        self.keys.push(key.to_owned());
        self.key_ids.insert(key.to_owned(), id);
        id
    }
}

// A template's own wildcard token must never be mistaken for an unknown one.
const _: () = assert!(WILDCARD_ID != UNKNOWN_ID && !WILDCARD.is_empty());

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn settings(depth: usize, max_children: usize) -> Settings {
        Settings {
            depth,
            max_children,
            ..Settings::default()
        }
    }

    fn templates(settings: Settings, lines: &[&str]) -> Vec<(String, u64)> {
        let mut drain = Drain::new(settings).unwrap();
        for line in lines {
            drain.learn("", line);
        }
        drain
            .clusters()
            .map(|(_, cluster)| (cluster.template(), cluster.size()))
            .collect()
    }

    #[test]
    fn lines_that_differ_in_a_slot_share_a_template() {
        assert_eq!(
            templates(
                Settings::default(),
                &["user a is unknown", "user b is unknown", "quota exceeded"]
            ),
            [
                ("user <*> is unknown".to_owned(), 2),
                ("quota exceeded".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn keys_and_lengths_part_lines() {
        let mut drain = Drain::new(Settings::default()).unwrap();
        let ids = [
            drain.learn("550", "no such user"),
            drain.learn("450", "no such user"),
            drain.learn("550", "no such user here"),
            drain.learn("550", "no such user"),
        ];
        assert_eq!(ids.map(|id| id.0), [0, 1, 2, 0]);
        assert_eq!(drain.cluster(ids[1]).map(|c| c.key()), Some("450"));
    }

    #[test]
    fn a_full_node_sends_new_tokens_to_its_wildcard() {
        // Two places: one for a token, the last for the wildcard.
        let lines = ["a x x", "b x x", "c x x"];
        assert_eq!(
            templates(settings(4, 2), &lines),
            [("a x x".to_owned(), 1), ("<*> x x".to_owned(), 2)]
        );
    }

    #[test]
    fn an_empty_line_and_a_single_token_have_clusters() {
        assert_eq!(
            templates(Settings::default(), &["", "rejected", "", "accepted"]),
            [
                (String::new(), 2),
                ("rejected".to_owned(), 1),
                ("accepted".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn ties_go_to_more_wildcards_then_to_the_older() {
        let mut drain = Drain::new(Settings {
            similarity: 0.5,
            ..settings(3, 100)
        })
        .unwrap();
        let older = drain.learn("", "a b c d");
        let newer = drain.learn("", "e f y z");
        assert_ne!(older, newer);
        // Two tokens of each: the older.
        assert_eq!(drain.clone().learn("", "a f y d"), older);
        // Two tokens of each, but the newer has a wildcard now.
        assert_eq!(drain.learn("", "e f y q"), newer);
        assert_eq!(drain.learn("", "e b y d"), newer);
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        for wrong in [
            settings(2, 100),
            settings(4, 1),
            Settings {
                similarity: 1.5,
                ..Settings::default()
            },
        ] {
            assert!(matches!(Drain::new(wrong), Err(Error::Setting { .. })));
        }
    }

    /// The algorithm as the paper tells it, on strings, without any cleverness.
    #[derive(Default)]
    struct Plain {
        leaves: BTreeMap<Vec<String>, Vec<usize>>,
        children: BTreeMap<Vec<String>, Vec<String>>,
        clusters: Vec<Vec<String>>,
    }

    impl Plain {
        fn learn(&mut self, settings: &Settings, line: &str) -> usize {
            let tokens: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let levels = (settings.depth - 3).min(tokens.len().saturating_sub(1));
            let mut path = vec![tokens.len().to_string()];
            let mut found = self.children.contains_key(&path);
            for token in &tokens[..levels] {
                let children = self.children.get(&path).cloned().unwrap_or_default();
                let step = [token.as_str(), WILDCARD]
                    .into_iter()
                    .find(|name| children.iter().any(|child| child == name));
                match step {
                    Some(step) => path.push(step.to_owned()),
                    None => {
                        found = false;
                        break;
                    }
                }
            }
            if found {
                let mut best: Option<(usize, usize, usize)> = None;
                for &id in self.leaves.get(&path).into_iter().flatten() {
                    let pairs = || self.clusters[id].iter().zip(&tokens);
                    let wild = pairs().filter(|(own, _)| *own == WILDCARD).count();
                    let same = pairs()
                        .filter(|(own, token)| *own != WILDCARD && own == token)
                        .count();
                    if best.is_none_or(|(s, w, _)| same > s || (same == s && wild > w)) {
                        best = Some((same, wild, id));
                    }
                }
                if let Some((same, _, id)) = best
                    && (tokens.is_empty()
                        || same as f64 / tokens.len() as f64 >= settings.similarity)
                {
                    for (own, token) in self.clusters[id].iter_mut().zip(&tokens) {
                        if own != token {
                            *own = WILDCARD.to_owned();
                        }
                    }
                    return id;
                }
            }
            let mut path = vec![tokens.len().to_string()];
            self.children.entry(path.clone()).or_default();
            for token in &tokens[..levels] {
                let children = self.children.entry(path.clone()).or_default();
                let has_wildcard = children.iter().any(|child| child == WILDCARD);
                let step = if children.contains(token) {
                    token
                } else if token.chars().any(char::is_numeric) {
                    WILDCARD
                } else if has_wildcard {
                    if children.len() < settings.max_children {
                        token
                    } else {
                        WILDCARD
                    }
                } else if children.len() + 1 < settings.max_children {
                    token
                } else {
                    WILDCARD
                };
                let step = step.to_owned();
                if !children.contains(&step) {
                    children.push(step.clone());
                }
                path.push(step);
                self.children.entry(path.clone()).or_default();
            }
            self.clusters.push(tokens);
            self.leaves
                .entry(path)
                .or_default()
                .push(self.clusters.len() - 1);
            self.clusters.len() - 1
        }
    }

    proptest! {
        #[test]
        fn clusters_equal_those_of_the_plain_algorithm(
            lines in prop::collection::vec("([abc]|d1|e2)( ([abc]|d1|<\\*>)){0,5}|", 1..120),
            depth in 3_usize..7,
            max_children in 2_usize..5,
            similarity in 0.0_f64..1.0,
        ) {
            let settings = Settings { depth, max_children, similarity, ..Settings::default() };
            let mut plain = Plain::default();
            let mut drain = Drain::new(settings.clone())?;
            for line in &lines {
                prop_assert_eq!(drain.learn("", line).0 as usize, plain.learn(&settings, line));
            }
            let expected: Vec<String> =
                plain.clusters.iter().map(|tokens| tokens.join(" ")).collect();
            let found: Vec<String> = drain.clusters().map(|(_, c)| c.template()).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
