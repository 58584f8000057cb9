//! Lines that came before, and where they went.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Lines that are remembered of a tree at the most.
const MOST: usize = 512;
/// Longer lines are not.
const LONGEST: usize = 2_048;
/// Places for the hashes of lines that came once.
const SEEN: usize = 1_024;

/// Where a line went, and what the tree looked like then. As long as it looks
/// the same, the line goes there again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) cluster: u32,
    pub(crate) node: u32,
    /// The node's version.
    pub(crate) version: u64,
    /// The version of the tree's inner nodes.
    pub(crate) structure: u64,
}

/// A masked log says few lines very often. They are remembered from their
/// second time on, so that a log of lines that never come again costs no more
/// than their hashes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memo {
    lines: HashTable<(Box<str>, Remembered)>,
    hashes: DefaultHashBuilder,
    seen: Vec<u32>,
}

impl Memo {
    /// The line's hash, for [`Memo::put`], and what is remembered of it.
    pub(crate) fn get(&self, line: &str) -> (u64, Option<Remembered>) {
        let hash = self.hashes.hash_one(line.as_bytes());
        let found = self.lines.find(hash, |(known, _)| **known == *line);
        (hash, found.map(|(_, remembered)| *remembered))
    }

    /// Remembers where a line went, if it came before.
    pub(crate) fn put(&mut self, hash: u64, line: &str, went: Remembered) {
        if let Some((_, known)) = self.lines.find_mut(hash, |(known, _)| **known == *line) {
            *known = went;
            return;
        }
        if line.len() > LONGEST {
            return;
        }
        if self.seen.is_empty() {
            self.seen = vec![0; SEEN];
        }
        let mark = (hash >> 32) as u32 | 1;
        let place = &mut self.seen[hash as usize % SEEN];
        if *place != mark {
            *place = mark;
            return;
        }
        if self.lines.len() >= MOST {
            self.lines.clear();
        }
        let hashes = &self.hashes;
        self.lines
            .insert_unique(hash, (line.into(), went), |entry| {
                hashes.hash_one(entry.0.as_bytes())
            });
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
