use std::borrow::Cow;
use std::fmt;

use hashbrown::HashMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::recency::Recency;
use crate::state::{Leaf, SavedCluster};
use crate::tree::{self, Tree};
use crate::{Error, Settings, tokens};

/// A cluster's number, counted up from 0 in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClusterId(pub u32);

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a line changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Nothing but the cluster's size.
    None,
    /// A token of the cluster's template became a wildcard.
    Template,
    /// The cluster was made.
    Created,
}

/// Where a line went, and what it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Learned {
    /// The cluster that took the line.
    pub cluster: ClusterId,
    /// What became of it.
    pub change: Change,
}

/// Where a line's template is looked for.
///
/// Clusters never move: where a template's tokens became wildcards, or a node
/// filled up, a line that a cluster took may later lead to another leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Search {
    /// In the leaf that the line's path leads to.
    #[default]
    Leaf,
    /// There, and where that finds nothing among all clusters of its key and
    /// length.
    LeafThenAll,
    /// Among all clusters of its key and length: the template with most
    /// wildcards, of equals the older.
    All,
}

/// Where a cluster lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    tree: u32,
    cluster: u32,
}

/// What lines of one tree came to.
struct LearnedOfTree {
    tree: u32,
    /// Those that went to clusters with a number, each with its line.
    numbered: Vec<(u32, Learned)>,
    /// The others.
    unnumbered: Vec<(u32, tree::Learned)>,
}

impl LearnedOfTree {
    fn new(number: u32, learned: Vec<(u32, tree::Learned)>, tree: &Tree) -> Self {
        let mut numbered = Vec::with_capacity(learned.len());
        let mut unnumbered = Vec::new();
        for (line, learned) in learned {
            match tree.id(learned.cluster) {
                tree::NO_ID => unnumbered.push((line, learned)),
                id => numbered.push((
                    line,
                    Learned {
                        cluster: ClusterId(id),
                        change: learned.change,
                    },
                )),
            }
        }
        Self {
            tree: number,
            numbered,
            unnumbered,
        }
    }
}

/// A view of one cluster of a [`Drain`].
#[derive(Debug, Clone, Copy)]
pub struct Cluster<'a> {
    tree: &'a Tree,
    place: u32,
}

impl<'a> Cluster<'a> {
    /// The key under which the cluster's lines were learned.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.tree.key()
    }

    /// The template's tokens, [`crate::WILDCARD`] where lines differ.
    pub fn tokens(&self) -> impl Iterator<Item = &'a str> {
        self.tree.template(self.place)
    }

    /// The tokens joined by single spaces.
    #[must_use]
    pub fn template(&self) -> String {
        self.tokens().collect::<Vec<_>>().join(" ")
    }

    /// How many lines the cluster took.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size(self.place)
    }
}

/// The miner: learns templates from lines, and finds a line's template.
#[derive(Debug, Clone)]
pub struct Drain {
    settings: Settings,
    /// The tree of each key and number of tokens.
    roots: HashMap<String, HashMap<usize, u32>>,
    trees: Vec<Tree>,
    free_trees: Vec<u32>,
    clusters: HashMap<u32, Place>,
    next_id: u32,
    recency: Recency,
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
            roots: HashMap::new(),
            trees: Vec::new(),
            free_trees: Vec::new(),
            clusters: HashMap::new(),
            next_id: 0,
            recency: Recency::default(),
        })
    }

    /// The settings this miner was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many clusters there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.clusters.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    /// Adds a line: the cluster it joined, or the new one it made.
    pub fn learn(&mut self, key: &str, line: &str) -> Learned {
        let line = tokens::with_spaces(line, &self.settings.extra_delimiters);
        let tree = self.tree_for(key, tokens::count(&line));
        let learned = self.trees[tree as usize].learn(&self.settings, &line);
        self.numbered(tree, learned)
    }

    /// Adds lines, each with its key, as [`Self::learn`] one after the other
    /// does, but on all threads of the current pool: lines of different keys or
    /// lengths never meet. With [`Settings::max_clusters`] on one thread, since
    /// then they do.
    pub fn learn_all<K, L>(&mut self, lines: &[(K, L)]) -> Vec<Learned>
    where
        K: AsRef<str> + Sync,
        L: AsRef<str> + Sync,
    {
        if self.settings.max_clusters.is_some() || rayon::current_num_threads() == 1 {
            let lines = lines.iter();
            return lines
                .map(|(key, line)| self.learn(key.as_ref(), line.as_ref()))
                .collect();
        }
        let delimiters = &self.settings.extra_delimiters;
        let parted: Vec<(Option<u32>, Cow<'_, str>)> = lines
            .par_iter()
            .map(|(key, line)| {
                let line = tokens::with_spaces(line.as_ref(), delimiters);
                (self.known_tree(key.as_ref(), tokens::count(&line)), line)
            })
            .collect();
        let mut of_trees: Vec<Vec<u32>> = vec![Vec::new(); self.trees.len()];
        for (number, ((key, _), (tree, line))) in (0..).zip(lines.iter().zip(&parted)) {
            let tree = tree.unwrap_or_else(|| self.tree_for(key.as_ref(), tokens::count(line)));
            if tree as usize >= of_trees.len() {
                of_trees.resize(tree as usize + 1, Vec::new());
            }
            of_trees[tree as usize].push(number);
        }
        let settings = &self.settings;
        let mut work: Vec<_> = (0..)
            .zip(self.trees.iter_mut().zip(of_trees))
            .filter(|(_, (_, lines))| !lines.is_empty())
            .collect();
        // The longest first, so that no thread is left alone with it at the end.
        work.sort_by_key(|(_, (_, lines))| std::cmp::Reverse(lines.len()));
        let learned: Vec<LearnedOfTree> = work
            .into_par_iter()
            .with_max_len(1)
            .map(|(number, (tree, lines))| {
                let lines = lines.into_iter();
                let learn = |line: u32| (line, tree.learn(settings, &parted[line as usize].1));
                LearnedOfTree::new(number, lines.map(learn).collect(), tree)
            })
            .collect();
        let nothing = Learned {
            cluster: ClusterId(u32::MAX),
            change: Change::None,
        };
        let mut in_order = vec![nothing; lines.len()];
        let mut unnumbered = Vec::new();
        for of_tree in learned {
            for (line, learned) in of_tree.numbered {
                in_order[line as usize] = learned;
            }
            let tree = of_tree.tree;
            let rest = of_tree.unnumbered.into_iter();
            unnumbered.extend(rest.map(|(line, learned)| (line, tree, learned)));
        }
        // New clusters are numbered in the order of the lines that made them.
        unnumbered.sort_unstable_by_key(|&(line, ..)| line);
        for (line, tree, learned) in unnumbered {
            in_order[line as usize] = self.numbered(tree, learned);
        }
        in_order
    }

    /// The cluster whose template the line matches in every token, without
    /// learning anything; a wildcard matches every token. Of several, the one
    /// with most wildcards, then the older.
    #[must_use]
    pub fn find(&self, key: &str, line: &str, search: Search) -> Option<ClusterId> {
        let line = tokens::with_spaces(line, &self.settings.extra_delimiters);
        let tree = self.known_tree(key, tokens::count(&line))?;
        let found = self.trees[tree as usize].find(&self.settings, &line, search);
        found.map(ClusterId)
    }

    /// One cluster.
    #[must_use]
    pub fn cluster(&self, id: ClusterId) -> Option<Cluster<'_>> {
        let place = self.clusters.get(&id.0)?;
        Some(Cluster {
            tree: self.trees.get(place.tree as usize)?,
            place: place.cluster,
        })
    }

    /// All clusters, in the order of their ids.
    pub fn clusters(&self) -> impl Iterator<Item = (ClusterId, Cluster<'_>)> {
        let mut ids: Vec<u32> = self.clusters.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter()
            .filter_map(|id| Some((ClusterId(id), self.cluster(ClusterId(id))?)))
    }

    /// The parameters of a line: its tokens where the cluster's template has a
    /// wildcard, in their order. `None` where the line is none of the template's.
    #[must_use]
    pub fn parameters(&self, id: ClusterId, line: &str) -> Option<Vec<String>> {
        let line = tokens::with_spaces(line, &self.settings.extra_delimiters);
        let cluster = self.cluster(id)?;
        let mut template = cluster.tokens();
        let mut parameters = Vec::new();
        for token in tokens::split(&line) {
            match template.next()? {
                crate::WILDCARD => parameters.push(token.to_owned()),
                own if own == token => {}
                _ => return None,
            }
        }
        template.next().is_none().then_some(parameters)
    }

    pub(crate) fn known_tree(&self, key: &str, length: usize) -> Option<u32> {
        self.roots.get(key)?.get(&length).copied()
    }

    pub(crate) fn tree(&self, tree: u32) -> &Tree {
        &self.trees[tree as usize]
    }

    /// All trees, in the order of keys and lengths.
    pub(crate) fn trees_in_order(&self) -> Vec<&Tree> {
        let trees = self.roots.values().flat_map(HashMap::values);
        let mut trees: Vec<&Tree> = trees.map(|&tree| self.tree(tree)).collect();
        trees.sort_by_key(|tree| (tree.key(), tree.length()));
        trees
    }

    fn tree_for(&mut self, key: &str, length: usize) -> u32 {
        if let Some(known) = self.known_tree(key, length) {
            return known;
        }
        let tree = Tree::new(key, length);
        let place = tree::take_place(&mut self.trees, &mut self.free_trees, tree);
        let lengths = self.roots.entry_ref(key).or_default();
        lengths.insert(length, place);
        place
    }

    /// Gives a new cluster its number, and forgets one where there are too
    /// many.
    fn numbered(&mut self, tree: u32, learned: tree::Learned) -> Learned {
        let owner = &mut self.trees[tree as usize];
        if learned.change == Change::Created {
            owner.set_id(learned.cluster, self.next_id);
            let place = Place {
                tree,
                cluster: learned.cluster,
            };
            self.clusters.insert(self.next_id, place);
            self.next_id += 1;
        }
        let id = owner.id(learned.cluster);
        if let Some(most) = self.settings.max_clusters {
            self.recency.touch(id);
            while self.recency.len() > most {
                self.forget_oldest();
            }
        }
        Learned {
            cluster: ClusterId(id),
            change: learned.change,
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.recency.pop();
        let Some(place) = oldest.and_then(|id| self.clusters.remove(&id)) else {
            return;
        };
        let tree = &mut self.trees[place.tree as usize];
        tree.forget(place.cluster);
        if tree.is_empty() {
            if let Some(lengths) = self.roots.get_mut(tree.key()) {
                lengths.remove(&tree.length());
                if lengths.is_empty() {
                    self.roots.remove(tree.key());
                }
            }
            self.trees[place.tree as usize] = Tree::new("", 0);
            self.free_trees.push(place.tree);
        }
    }

    pub(crate) fn next_id(&self) -> u32 {
        self.next_id
    }

    pub(crate) fn recency(&self) -> &Recency {
        &self.recency
    }

    /// Puts a saved cluster back to the end of its leaf; `false` where its
    /// number is taken.
    pub(crate) fn restore(&mut self, saved: &SavedCluster, leaf: Leaf<'_>) -> bool {
        let tree = self.tree_for(leaf.key, leaf.length);
        let owner = &mut self.trees[tree as usize];
        let cluster = owner.restore(leaf.path, &saved.template, saved.id, saved.size);
        let place = Place { tree, cluster };
        self.clusters.insert(saved.id, place).is_none()
    }

    /// Goes on counting from here, and with this order of last lines.
    pub(crate) fn resume(&mut self, next_id: u32, recency: &[u32]) {
        self.next_id = next_id;
        for &id in recency {
            self.recency.touch(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::WILDCARD;

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
        assert_eq!(ids.map(|learned| learned.cluster.0), [0, 1, 2, 0]);
        assert_eq!(drain.cluster(ids[1].cluster).map(|c| c.key()), Some("450"));
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
        let older = drain.learn("", "a b c d").cluster;
        let newer = drain.learn("", "e f y z").cluster;
        assert_ne!(older, newer);
        // Two tokens of each: the older.
        assert_eq!(drain.clone().learn("", "a f y d").cluster, older);
        // Two tokens of each, but the newer has a wildcard now.
        assert_eq!(drain.learn("", "e f y q").cluster, newer);
        assert_eq!(drain.learn("", "e b y d").cluster, newer);
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

    #[test]
    fn a_bound_of_clusters_bounds_all_that_is_kept() {
        /// A word of letters.
        fn word(number: u64) -> String {
            number
                .to_string()
                .bytes()
                .map(|digit| char::from(digit - b'0' + b'a'))
                .collect()
        }
        let mut drain = Drain::new(Settings {
            max_clusters: Some(40),
            ..settings(7, 100)
        })
        .unwrap();
        for number in 0..30_000 {
            let key = word(number % 300);
            let line = [1, 3, 7, 11].map(|factor| word(number * factor)).join(" ");
            drain.learn(&key, &line);
            // One tree for a while, then another for each line.
            drain.learn(&word(number / 5_000), &format!("{line} {}", word(number)));
        }
        assert_eq!(drain.len(), 40);
        assert!(drain.roots.len() <= 40 && drain.trees.len() <= 42);
        let held: usize = drain.trees.iter().map(Tree::held).sum();
        // A cluster of five words has five tokens and five nodes of its own.
        assert!(held < 40 * 40, "{held}");
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

    fn check_against_plain(settings: Settings, lines: &[String]) -> Result<(), TestCaseError> {
        let mut plain = Plain::default();
        let mut drain = Drain::new(settings.clone())?;
        for line in lines {
            prop_assert_eq!(
                drain.learn("", line).cluster.0 as usize,
                plain.learn(&settings, line)
            );
        }
        let expected: Vec<String> = plain
            .clusters
            .iter()
            .map(|tokens| tokens.join(" "))
            .collect();
        let found: Vec<String> = drain.clusters().map(|(_, c)| c.template()).collect();
        prop_assert_eq!(found, expected);
        Ok(())
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
            check_against_plain(settings, &lines)?;
        }

        // Big leaves have an index.
        #[test]
        fn clusters_of_big_leaves_equal_those_of_the_plain_algorithm(
            lines in prop::collection::vec("[a-z]( [a-hA-H]){5}", 100..300),
            similarity in 0.3_f64..1.0,
        ) {
            let settings = Settings { depth: 3, similarity, ..Settings::default() };
            check_against_plain(settings, &lines)?;
        }
    }
}
