//! The tree of one key and one number of tokens. Trees never meet, so each can
//! be worked on by itself.

use hashbrown::HashMap;

use crate::leaf_index::LeafIndex;
use crate::memo::{Memo, Remembered};
use crate::vocabulary::{TokenId, Vocabulary, WILDCARD_ID};
use crate::{Change, Search, Settings, Turn, tokens};

/// From so many clusters on, a leaf has an index of their tokens.
const BIG_LEAF: usize = 48;
/// The share of a leaf's rows, one in so many, up to which looking at those
/// that the index names is quicker than looking at all.
const WORTH_AN_INDEX: usize = 4;

/// What a new cluster has for an id, until it gets one.
pub(crate) const NO_ID: u32 = u32::MAX;

/// The root's place among the nodes.
const ROOT: u32 = 0;

/// Lines of a key and a length.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    key: Box<str>,
    length: usize,
    vocabulary: Vocabulary,
    nodes: Vec<Node>,
    /// The child of a node for a token.
    children: HashMap<(u32, TokenId), u32>,
    free_nodes: Vec<u32>,
    clusters: Vec<Cluster>,
    free_clusters: Vec<u32>,
    /// Counted up whenever a node is made or goes.
    structure: u64,
    /// Tokens of clusters that were forgotten since the vocabulary was made.
    forgotten_tokens: usize,
    memo: Memo,
    tokens: Vec<TokenId>,
}

/// A place in the tree: an inner node, or a leaf and its clusters.
#[derive(Debug, Clone, Default)]
struct Node {
    parent: u32,
    token: TokenId,
    children: usize,
    members: Vec<u32>,
    /// The members' templates, one after the other.
    rows: Vec<TokenId>,
    /// Of a big leaf.
    index: Option<Box<LeafIndex>>,
    /// Rows that were added since one was removed last.
    added: usize,
    /// Counted up whenever a row is added, changed or removed.
    version: u64,
}

impl Node {
    fn row(&self, row: usize, length: usize) -> &[TokenId] {
        &self.rows[row * length..][..length]
    }

    /// Makes the index of a leaf that has become big; not where rows come and
    /// go, since each that goes ends it.
    fn index_if_big(&mut self, length: usize) {
        let rows = self.members.len();
        if self.index.is_some() || rows < BIG_LEAF || WORTH_AN_INDEX * self.added < rows {
            return;
        }
        let mut index = LeafIndex::default();
        for (number, row) in (0..).zip(0..self.members.len()) {
            index.add(number, self.row(row, length));
        }
        self.index = Some(Box::new(index));
    }
}

#[derive(Debug, Clone)]
struct Cluster {
    id: u32,
    size: u64,
    node: u32,
}

impl Cluster {
    /// Takes a line.
    fn count(&mut self) {
        self.size = self.size.saturating_add(1);
    }
}

/// What a line came to in its tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learned {
    /// The cluster's place in the tree.
    pub(crate) cluster: u32,
    pub(crate) change: Change,
}

/// How well a row fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// Tokens that are equal, wildcards left out.
    equal: usize,
    wildcards: usize,
}

impl Tree {
    pub(crate) fn new(key: &str, length: usize) -> Self {
        Self {
            key: key.into(),
            length,
            vocabulary: Vocabulary::new(),
            nodes: vec![Node::default()],
            children: HashMap::new(),
            free_nodes: Vec::new(),
            clusters: Vec::new(),
            free_clusters: Vec::new(),
            structure: 0,
            forgotten_tokens: 0,
            memo: Memo::default(),
            tokens: Vec::new(),
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Adds a line of the tree's length. A new cluster has no id yet.
    pub(crate) fn learn(&mut self, settings: &Settings, line: &str) -> Learned {
        let (hash, known) = self.memo.get(line);
        if let Some(known) = known
            && known.structure == self.structure
            && let Some(node) = self.nodes.get(known.node as usize)
            && known.version == node.version
        {
            self.clusters[known.cluster as usize].count();
            return Learned {
                cluster: known.cluster,
                change: Change::None,
            };
        }
        let mut looked_up = std::mem::take(&mut self.tokens);
        looked_up.clear();
        looked_up.extend(tokens::split(line).map(|token| self.vocabulary.get(token)));
        let found = self.search(settings, &looked_up);
        let learned = match found {
            Some((node, row)) => self.join(node, row, &looked_up),
            None => self.add(settings, line),
        };
        // A line that made a cluster need not join it when it comes again: its
        // own wildcards count as no equal tokens.
        if let Some((node, _)) = found {
            let went = Remembered {
                cluster: learned.cluster,
                node,
                version: self.nodes[node as usize].version,
                structure: self.structure,
            };
            self.memo.put(hash, line, went);
        }
        self.tokens = looked_up;
        learned
    }

    /// The leaf and the row of the cluster that a line joins.
    fn search(&self, settings: &Settings, line: &[TokenId]) -> Option<(u32, usize)> {
        let node = self.leaf_of(&line[..settings.path_length(self.length)])?;
        let needed = settings.equal_tokens(self.length);
        let (row, fit) = self.best(node, line, needed)?;
        (fit.equal >= needed).then_some((node, row))
    }

    /// Where a path of tokens leads: to the token's own child, else to the
    /// wildcard's.
    fn leaf_of(&self, path: &[TokenId]) -> Option<u32> {
        let mut node = ROOT;
        for &token in path {
            node = self
                .child(node, token)
                .or_else(|| self.child(node, WILDCARD_ID))?;
        }
        Some(node)
    }

    fn child(&self, node: u32, token: TokenId) -> Option<u32> {
        self.children.get(&(node, token)).copied()
    }

    /// The most similar row of a leaf, if any equals the line in as many tokens
    /// as are needed: ties go to the one with more wildcards, then to the older.
    fn best(&self, node: u32, line: &[TokenId], needed: usize) -> Option<(usize, Fit)> {
        let leaf = &self.nodes[node as usize];
        let most = leaf.members.len() / WORTH_AN_INDEX;
        let index = leaf.index.as_ref();
        match index.and_then(|index| index.candidates(line, needed, most)) {
            Some(named) => {
                let named = named.into_iter().map(|row| row as usize);
                self.best_of(named.map(|row| (row, leaf.row(row, self.length))), line)
            }
            None => self.best_of(self.rows(node), line),
        }
    }

    fn best_of<'a>(
        &self,
        rows: impl Iterator<Item = (usize, &'a [TokenId])>,
        line: &[TokenId],
    ) -> Option<(usize, Fit)> {
        let mut best: Option<(usize, Fit)> = None;
        for (number, row) in rows {
            let equal = equal_tokens(row, line);
            if best.is_some_and(|(_, best)| equal < best.equal) {
                continue;
            }
            let fit = Fit {
                equal,
                wildcards: wildcards(row),
            };
            if best.is_none_or(|(_, best)| fit > best) {
                best = Some((number, fit));
                if equal == self.length {
                    break;
                }
            }
        }
        best
    }

    /// The rows of a leaf with their numbers.
    fn rows(&self, node: u32) -> impl Iterator<Item = (usize, &[TokenId])> {
        let node = &self.nodes[node as usize];
        let length = self.length;
        (0..node.members.len()).map(move |row| (row, node.row(row, length)))
    }

    fn join(&mut self, node: u32, row: usize, line: &[TokenId]) -> Learned {
        let node = &mut self.nodes[node as usize];
        let mut changed = false;
        for (own, &token) in node.rows[row * self.length..].iter_mut().zip(line) {
            if *own != token && *own != WILDCARD_ID {
                *own = WILDCARD_ID;
                changed = true;
            }
        }
        node.version += u64::from(changed);
        let cluster = node.members[row];
        self.clusters[cluster as usize].count();
        Learned {
            cluster,
            change: if changed {
                Change::Template
            } else {
                Change::None
            },
        }
    }

    fn add(&mut self, settings: &Settings, line: &str) -> Learned {
        let words: Vec<&str> = tokens::split(line).collect();
        let ids: Vec<TokenId> = words
            .iter()
            .map(|word| self.vocabulary.intern(word))
            .collect();
        let mut node = ROOT;
        for (&word, &token) in words.iter().zip(&ids[..settings.path_length(self.length)]) {
            node = self.child_for(settings, node, token, word);
        }
        Learned {
            cluster: self.put(node, &ids, 1),
            change: Change::Created,
        }
    }

    /// Puts a new cluster into a leaf.
    fn put(&mut self, node: u32, template: &[TokenId], size: u64) -> u32 {
        let cluster = Cluster {
            id: NO_ID,
            size,
            node,
        };
        let place = take_place(&mut self.clusters, &mut self.free_clusters, cluster);
        let node = &mut self.nodes[node as usize];
        if let Some(index) = &mut node.index {
            index.add(node.members.len() as u32, template);
        }
        node.members.push(place);
        node.rows.extend_from_slice(template);
        node.version += 1;
        node.added += 1;
        node.index_if_big(self.length);
        place
    }

    /// The child for a new cluster's token. A node keeps its last place for
    /// the wildcard, which takes every token that finds no place of its own.
    fn child_for(&mut self, settings: &Settings, node: u32, token: TokenId, word: &str) -> u32 {
        if let Some(child) = self.child(node, token) {
            return child;
        }
        let numeric = settings.numeric_tokens_are_wildcards && word.chars().any(char::is_numeric);
        let wildcard = self.child(node, WILDCARD_ID);
        let reserved = usize::from(wildcard.is_none());
        let children = self.nodes[node as usize].children;
        let own_place = !numeric && children + reserved < settings.max_children;
        if !own_place && let Some(child) = wildcard {
            return child;
        }
        self.new_child(node, if own_place { token } else { WILDCARD_ID })
    }

    fn new_child(&mut self, parent: u32, token: TokenId) -> u32 {
        let child = Node {
            parent,
            token,
            ..Node::default()
        };
        let place = take_place(&mut self.nodes, &mut self.free_nodes, child);
        self.children.insert((parent, token), place);
        self.nodes[parent as usize].children += 1;
        self.structure += 1;
        place
    }

    /// The cluster whose template a line matches in every token; a wildcard
    /// matches every token. Of several, one with more wildcards, then the
    /// older.
    pub(crate) fn find(&self, settings: &Settings, line: &str, search: Search) -> Option<u32> {
        let ids: Vec<TokenId> = tokens::split(line)
            .map(|token| self.vocabulary.get(token))
            .collect();
        let in_leaf = || {
            let leaf = self.leaf_of(&ids[..settings.path_length(self.length)])?;
            self.matching(leaf, &ids).map(|(_, id)| id)
        };
        let everywhere = || {
            let leaves = (0..).take(self.nodes.len());
            let found = leaves.filter_map(|node| self.matching(node, &ids));
            // Of equally many wildcards the older.
            let best = found.max_by_key(|&(wildcards, id)| (wildcards, std::cmp::Reverse(id)));
            best.map(|(_, id)| id)
        };
        match search {
            Search::Leaf => in_leaf(),
            Search::LeafThenAll => in_leaf().or_else(everywhere),
            Search::All => everywhere(),
        }
    }

    /// The wildcards and the id of a leaf's cluster that a line matches.
    fn matching(&self, node: u32, line: &[TokenId]) -> Option<(usize, u32)> {
        let mut best: Option<(usize, usize)> = None;
        for (number, row) in self.rows(node) {
            let wildcards = wildcards(row);
            if equal_tokens(row, line) + wildcards == self.length
                && best.is_none_or(|(_, most)| wildcards > most)
            {
                best = Some((number, wildcards));
            }
        }
        let (row, wildcards) = best?;
        let member = self.nodes[node as usize].members[row];
        Some((wildcards, self.clusters[member as usize].id))
    }

    pub(crate) fn set_id(&mut self, cluster: u32, id: u32) {
        self.clusters[cluster as usize].id = id;
    }

    pub(crate) fn id(&self, cluster: u32) -> u32 {
        self.clusters[cluster as usize].id
    }

    pub(crate) fn size(&self, cluster: u32) -> u64 {
        self.clusters[cluster as usize].size
    }

    /// The tokens of a cluster's template.
    pub(crate) fn template(&self, cluster: u32) -> impl Iterator<Item = &str> {
        let node = self.clusters[cluster as usize].node;
        let members = &self.nodes[node as usize].members;
        let row = members.iter().position(|&member| member == cluster);
        let row = row.and_then(|row| self.rows(node).nth(row));
        let tokens = row.map_or(&[][..], |(_, row)| row);
        tokens.iter().map(|&token| self.vocabulary.token(token))
    }

    /// Forgets a cluster, and the nodes that led to it alone.
    pub(crate) fn forget(&mut self, cluster: u32) {
        let mut place = self.clusters[cluster as usize].node;
        let node = &mut self.nodes[place as usize];
        if let Some(row) = node.members.iter().position(|&member| member == cluster) {
            node.members.remove(row);
            (node.index, node.added) = (None, 0);
            node.rows.drain(row * self.length..(row + 1) * self.length);
            node.version += 1;
        }
        self.free_clusters.push(cluster);
        loop {
            let node = &self.nodes[place as usize];
            if place == ROOT || !node.members.is_empty() || node.children > 0 {
                break;
            }
            let (parent, token) = (node.parent, node.token);
            self.children.remove(&(parent, token));
            self.nodes[parent as usize].children -= 1;
            self.free_nodes.push(place);
            self.structure += 1;
            place = parent;
        }
        // A node's version begins anew when its place is taken again.
        self.memo.clear();
        self.forgotten_tokens += self.length;
        if self.forgotten_tokens > self.vocabulary.len() {
            self.renew_vocabulary();
        }
    }

    /// Leaves out the tokens that no template holds any more.
    fn renew_vocabulary(&mut self) {
        let old = std::mem::replace(&mut self.vocabulary, Vocabulary::new());
        for node in &mut self.nodes {
            let mut renewed = |id: &mut TokenId| *id = self.vocabulary.intern(old.token(*id));
            node.rows.iter_mut().for_each(&mut renewed);
            node.index = None;
            renewed(&mut node.token);
        }
        for ((node, mut token), child) in std::mem::take(&mut self.children) {
            token = self.vocabulary.intern(old.token(token));
            self.children.insert((node, token), child);
        }
        self.forgotten_tokens = 0;
    }

    /// How many tokens, nodes and clusters there is room for.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.vocabulary.len() + self.nodes.len() + self.children.len() + self.clusters.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.clusters.len() == self.free_clusters.len()
    }

    /// Every leaf that holds clusters: its path, and its clusters in their
    /// order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (Vec<&str>, &[u32])> {
        let leaves = (0..).zip(&self.nodes);
        leaves
            .filter(|(_, node)| !node.members.is_empty())
            .map(|(place, node)| (self.path(place), node.members.as_slice()))
    }

    fn path(&self, mut place: u32) -> Vec<&str> {
        let mut path = Vec::new();
        while place != ROOT {
            let node = &self.nodes[place as usize];
            path.push(self.vocabulary.token(node.token));
            place = node.parent;
        }
        path.reverse();
        path
    }

    /// Puts a saved cluster back to the end of its leaf.
    pub(crate) fn restore(
        &mut self,
        path: &[String],
        template: &[String],
        id: u32,
        size: u64,
    ) -> u32 {
        let mut node = ROOT;
        for token in path {
            let token = self.vocabulary.intern(token);
            node = match self.child(node, token) {
                Some(child) => child,
                None => self.new_child(node, token),
            };
        }
        let ids: Vec<TokenId> = template
            .iter()
            .map(|token| self.vocabulary.intern(token))
            .collect();
        let place = self.put(node, &ids, size);
        self.set_id(place, id);
        place
    }

    /// Which way each token of a line's path leads, and the clusters of the
    /// leaf at its end: their places, the tokens in which they equal the line,
    /// and their wildcards.
    pub(crate) fn candidates(
        &self,
        settings: &Settings,
        line: &str,
    ) -> (Vec<Turn>, Vec<(u32, usize, usize)>) {
        let ids: Vec<TokenId> = tokens::split(line)
            .map(|token| self.vocabulary.get(token))
            .collect();
        let mut turns = Vec::new();
        let mut node = ROOT;
        for &token in &ids[..settings.path_length(self.length)] {
            let own = self.child(node, token).map(|child| (Turn::Own, child));
            let wildcard = || Some((Turn::Wildcard, self.child(node, WILDCARD_ID)?));
            let Some((turn, child)) = own.or_else(wildcard) else {
                turns.push(Turn::DeadEnd);
                return (turns, Vec::new());
            };
            turns.push(turn);
            node = child;
        }
        let members = self.nodes[node as usize].members.iter();
        let rows = members
            .zip(self.rows(node))
            .map(|(&member, (_, row))| (member, equal_tokens(row, &ids), wildcards(row)));
        (turns, rows.collect())
    }
}

/// How many tokens of a template, wildcards left out, a line has too.
fn equal_tokens(row: &[TokenId], line: &[TokenId]) -> usize {
    let pairs = row.iter().zip(line);
    let equal = pairs.map(|(own, token)| u32::from((own == token) & (*own != WILDCARD_ID)));
    equal.sum::<u32>() as usize
}

fn wildcards(row: &[TokenId]) -> usize {
    row.iter().filter(|&&token| token == WILDCARD_ID).count()
}

/// Puts an element where one is free, or at the end.
pub(crate) fn take_place<T>(elements: &mut Vec<T>, free: &mut Vec<u32>, element: T) -> u32 {
    match free.pop() {
        Some(place) => {
            elements[place as usize] = element;
            place
        }
        None => {
            elements.push(element);
            (elements.len() - 1) as u32
        }
    }
}
