//! Finds which of many names can be one typing error away from another.
//!
//! A right and a wrong name that are an error apart have a *key* in common: a
//! name with a letter left out, or one between them on the way of a homoglyph.
//! So the names of one side are stored by their keys, as in a dictionary of
//! deletions, and those of the other side look theirs up. What is found need not
//! be an error apart: that is left to [`first_kind`](crate::difference::first_kind).

use crate::difference::takes_es;
use crate::glyphs::{Glyphs, latin};
use crate::homoglyphs::{steps, steps_back};

/// A hash of a key. Two keys of one hash only cost another comparison.
pub(crate) type Key = u32;

/// Hashes letters.
pub(crate) fn key(letters: impl Iterator<Item = char>) -> Key {
    let mixed = letters.fold(0xcbf2_9ce4_8422_2325_u64, |state, letter| {
        (state ^ u64::from(letter)).wrapping_mul(0x0100_0000_01b3)
    });
    (mixed ^ (mixed >> 32)) as Key
}

/// The keys of a right name; some may come twice.
pub(crate) fn keys_of_right(name: &[char], glyphs: Glyphs, mut take: impl FnMut(Key)) {
    take(key(name.iter().copied()));
    omissions(name, &mut take);
    for step in steps(name, glyphs) {
        take(key(step.make(name)));
    }
}

/// The keys of a wrong name; some may come twice.
pub(crate) fn keys_of_wrong(name: &[char], mut take: impl FnMut(Key)) {
    take(key(name.iter().copied()));
    omissions(name, &mut take);
    for step in steps_back(name) {
        take(key(step.make(name)));
    }
    for at in 1..name.len().saturating_sub(1) {
        if takes_es(name[at - 1]) && name[at..].starts_with(&['e', 's']) {
            take(key(name[..at].iter().chain(&name[at + 2..]).copied()));
        }
    }
    if name.iter().any(|&letter| latin(letter).is_some()) {
        let letters = name.iter().map(|&letter| latin(letter).unwrap_or(letter));
        take(key(letters));
    }
}

fn omissions(name: &[char], take: &mut impl FnMut(Key)) {
    for at in 0..name.len() {
        // Of a run of the same letter, one omission is enough.
        if at == 0 || name[at] != name[at - 1] {
            take(key(name[..at].iter().chain(&name[at + 1..]).copied()));
        }
    }
}

/// Names, by number, and their keys.
#[derive(Debug, Default)]
pub(crate) struct Neighbourhood {
    entries: Vec<(Key, u32)>,
}

impl Neighbourhood {
    /// Of pairs of a key and a name's number.
    pub(crate) fn new(mut entries: Vec<(Key, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        Self { entries }
    }

    /// The numbers of the names that have a key.
    pub(crate) fn with(&self, key: Key) -> impl Iterator<Item = u32> {
        let first = self.entries.partition_point(|(other, _)| *other < key);
        let rest = self.entries[first..].iter();
        rest.take_while(move |(other, _)| *other == key)
            .map(|(_, name)| *name)
    }
}
