//! Merging of templates after mining, for those that are one template parted.
//!
//! Drain never moves a line, so a high similarity leaves one cluster for every
//! word that a slot had, and for every number of words. Seen side by side, the
//! templates tell slots from constants better than any line does: what takes
//! many values at one place is a slot, what takes two or three is a choice of
//! words. [`merge`] looks at templates alone, so it costs what their number
//! costs, not the log's.
//!
//! ```
//! use ebrc_drain::merge::{Merging, merge};
//!
//! let templates = [
//!     "login of ada ok", "login of bob ok", "login of eve ok", "login of kim ok",
//!     "login of zoe ok", "disk <number> up", "disk <number> down",
//! ];
//! let merged = merge(templates.map(|template| ("", template)), &Merging::default());
//! assert_eq!(merged.group_of, [0, 0, 0, 0, 0, 1, 2]);
//! assert_eq!(merged.templates, ["login of <*> ok", "disk <number> up", "disk <number> down"]);
//! ```

use std::collections::BTreeMap;
use std::hash::Hash;

use hashbrown::HashMap;

use crate::WILDCARD;

/// When templates are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merging {
    /// How many words a place must have had to be a slot; fewer are a choice of
    /// words that makes templates differ. Below 2 is as 2.
    pub words: usize,
    /// How many words at the front are never slots for having been many, as
    /// Drain's tree holds its first tokens to be constant.
    pub prefix: usize,
    /// How many words a slot may have held, where its words differ in number;
    /// 1 leaves templates of different lengths alone, but for repetitions of a
    /// slot.
    pub longest: usize,
}

impl Default for Merging {
    /// Five words, one word at the front, no stretches: what served lines best
    /// whose slots are masked. Between four and six words, little changes.
    fn default() -> Self {
        Self {
            words: 5,
            prefix: 1,
            longest: 1,
        }
    }
}

/// Which templates became one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The group of each template, in the order of the input; groups are
    /// numbered in the order in which they first occur.
    pub group_of: Vec<usize>,
    /// The template of each group.
    pub templates: Vec<String>,
}

/// Merges templates, each with its key; those of different keys stay apart.
///
/// In this order, until nothing changes:
///
/// 1. templates are one that differ in digits or in the names of slots only;
/// 2. templates are one that differ in how often a slot is repeated;
/// 3. templates that differ at one place are one if [`Merging::words`] words
///    stand there, or if one of two words is the other with a wildcard in it;
/// 4. [`Merging::words`] templates are one if they differ in what is behind the
///    `=` of some words only;
/// 5. [`Merging::words`] templates are one if they differ only in words that no
///    other template of that length has at that place, and hold twice as many
///    other words;
/// 6. templates that differ in one stretch of up to [`Merging::longest`] words
///    are one if [`Merging::words`] of them do, and hold twice as many other
///    words.
///
/// Where merged templates differ, a wildcard stands in the new one, between
/// what the words have in common up to a sign: `user=<*>,`.
#[must_use]
pub fn merge<'a>(
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    merging: &Merging,
) -> Merged {
    let mut work = Work::default();
    for (key, template) in templates {
        work.add(key, template);
    }
    work.fold();
    loop {
        let before = work.templates.len();
        work.repetitions();
        work.places(merging);
        work.values(merging);
        work.rarities(merging);
        if merging.longest > 1 {
            work.stretches(merging);
        }
        if work.templates.len() == before {
            break;
        }
    }
    work.finish()
}

/// A word's number.
type Word = u32;

#[derive(Default)]
struct Words {
    ids: HashMap<String, Word>,
    texts: Vec<String>,
    /// Each word with its slots and digits as wildcards.
    canonical: Vec<Word>,
    /// Each canonical word with what is behind its `=` as a wildcard.
    keyed: Vec<Word>,
}

impl Words {
    fn intern(&mut self, text: &str) -> Word {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = self.texts.len() as Word;
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        self.canonical.push(id);
        self.keyed.push(id);
        let canonical = canonical(text);
        self.canonical[id as usize] = self.intern(&canonical);
        let keyed = keyed(&canonical);
        self.keyed[id as usize] = self.intern(&keyed);
        id
    }

    fn is_wildcard(&self, word: Word) -> bool {
        self.texts[self.canonical[word as usize] as usize] == WILDCARD
    }

    /// What stands before and behind the one wildcard of a word.
    fn around_wildcard(&self, word: Word) -> Option<(&str, &str)> {
        let (front, back) =
            self.texts[self.canonical[word as usize] as usize].split_once(WILDCARD)?;
        (!back.contains(WILDCARD)).then_some((front, back))
    }

    /// Whether a word is what one of them with a wildcard may stand for.
    fn covers(&self, general: Word, word: Word) -> bool {
        let text = self.texts[self.canonical[word as usize] as usize].as_str();
        self.around_wildcard(general).is_some_and(|(front, back)| {
            text.len() >= front.len() + back.len()
                && text.starts_with(front)
                && text.ends_with(back)
        })
    }

    fn holds_wildcard(&self, word: Word) -> bool {
        self.texts[self.canonical[word as usize] as usize].contains(WILDCARD)
    }

    /// What two words have in common, with a wildcard in between.
    fn blend(&mut self, a: Word, b: Word) -> Word {
        if a == b {
            return a;
        }
        let (canonical_a, canonical_b) = (self.canonical[a as usize], self.canonical[b as usize]);
        if canonical_a == canonical_b {
            return canonical_a;
        }
        let blended = blend(
            &self.texts[canonical_a as usize],
            &self.texts[canonical_b as usize],
        );
        self.intern(&blended)
    }
}

/// The word with named slots and digits as wildcards.
fn canonical(word: &str) -> String {
    let mut result = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let slot = rest
            .strip_prefix('<')
            .and_then(|inner| inner.find('>'))
            .filter(|&end| {
                let name = &rest[1..=end];
                name == "*"
                    || (end > 0 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
            });
        let length = match slot {
            Some(end) => end + 2,
            None => rest.bytes().take_while(u8::is_ascii_digit).count(),
        };
        if length > 0 {
            if !result.ends_with(WILDCARD) {
                result.push_str(WILDCARD);
            }
            rest = &rest[length..];
        } else {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    result
}

/// `key=value,` as `key=<*>,`.
fn keyed(word: &str) -> String {
    let value = |key: &str, value: &str| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let named = !key.is_empty() && key.bytes().all(is_name);
        let end = value.trim_end_matches([',', ';', '.', ')', ']']);
        (named && !end.is_empty()).then(|| format!("{key}={WILDCARD}{}", &value[end.len()..]))
    };
    word.split_once('=')
        .and_then(|(key, rest)| value(key, rest))
        .unwrap_or_else(|| word.to_owned())
}

/// Two different words as one: what they have in common at both ends, up to a
/// sign, and a wildcard.
fn blend(a: &str, b: &str) -> String {
    let is_sign =
        |c: &char| !c.is_alphanumeric() && !matches!(c, '_' | '<' | '>' | '*' | '-' | '.');
    let common = a
        .chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect::<Vec<_>>();
    let kept = common.iter().rposition(is_sign).map_or(0, |last| last + 1);
    let front: String = common[..kept].iter().collect();
    let (a, b) = (&a[front.len()..], &b[front.len()..]);
    let common = a
        .chars()
        .rev()
        .zip(b.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a)
        .collect::<Vec<_>>();
    let kept = common.iter().rposition(is_sign).map_or(0, |last| last + 1);
    let back: String = common[..kept].iter().rev().collect();
    format!("{front}{WILDCARD}{back}")
}

#[derive(Default)]
struct Work {
    words: Words,
    keys: HashMap<String, u32>,
    /// (key, words) of each template that is left.
    templates: Vec<(u32, Vec<Word>)>,
    /// Which of them each template of the input has become.
    now: Vec<usize>,
}

impl Work {
    fn add(&mut self, key: &str, template: &str) {
        let next = self.keys.len() as u32;
        let key = *self.keys.entry_ref(key).or_insert(next);
        let words = template
            .split_whitespace()
            .map(|word| self.words.intern(word))
            .collect();
        self.now.push(self.templates.len());
        self.templates.push((key, words));
    }

    fn canonical(&self, words: &[Word]) -> Vec<Word> {
        words
            .iter()
            .map(|&word| self.words.canonical[word as usize])
            .collect()
    }

    /// Makes each of some groups of templates one, and those that then are
    /// canonically equal. A template in several groups brings them together.
    fn join(&mut self, groups: &[Vec<usize>]) {
        if groups.is_empty() {
            return;
        }
        let mut parent: Vec<usize> = (0..self.templates.len()).collect();
        for group in groups {
            for &member in group {
                let (a, b) = (root(&mut parent, group[0]), root(&mut parent, member));
                if a != b {
                    let (from, into) = (a.max(b), a.min(b));
                    parent[from] = into;
                    let other = self.templates[from].1.clone();
                    let mut words = std::mem::take(&mut self.templates[into].1);
                    for (word, other) in words.iter_mut().zip(other) {
                        *word = self.words.blend(*word, other);
                    }
                    self.templates[into].1 = words;
                }
            }
        }
        self.keep_roots(&mut parent);
        self.fold();
    }

    fn keep_roots(&mut self, parent: &mut [usize]) {
        let mut number = vec![usize::MAX; self.templates.len()];
        let mut kept = Vec::new();
        for (position, template) in std::mem::take(&mut self.templates).into_iter().enumerate() {
            if root(parent, position) == position {
                number[position] = kept.len();
                kept.push(template);
            }
        }
        for now in &mut self.now {
            *now = number[root(parent, *now)];
        }
        self.templates = kept;
    }

    /// Makes canonically equal templates one.
    fn fold(&mut self) {
        let groups = alike(self.templates.iter().map(|(key, words)| {
            let canonical = self.canonical(words);
            (*key, canonical)
        }));
        self.join(&groups);
    }

    /// The template with each slot once where it is repeated.
    fn once(&self, words: &[Word]) -> Vec<Word> {
        let mut once = self.canonical(words);
        once.dedup_by(|next, word| next == word && self.words.holds_wildcard(*word));
        once
    }

    fn repetitions(&mut self) {
        let mut groups = alike(
            self.templates
                .iter()
                .map(|(key, words)| (*key, self.once(words))),
        );
        groups.retain(|group| {
            let length = |member: usize| self.templates[member].1.len();
            group
                .iter()
                .any(|&member| length(member) != length(group[0]))
        });
        for group in &groups {
            let once = self.once(&self.templates[group[0]].1);
            for &member in group {
                self.templates[member].1.clone_from(&once);
            }
        }
        self.join(&groups);
    }

    fn places(&mut self, merging: &Merging) {
        let mut rests = self.rests();
        let mut place = merging.prefix;
        while self.templates.iter().any(|(_, words)| words.len() > place) {
            let mut groups = Vec::new();
            for group in self.alike_but_for(place, &rests) {
                if group.len() >= merging.words.max(2) {
                    groups.push(group);
                    continue;
                }
                let word = |member: usize| self.templates[member].1[place];
                for &general in &group {
                    let mut covered = group.clone();
                    covered.retain(|&member| {
                        member == general || self.words.covers(word(general), word(member))
                    });
                    if covered.len() > 1 {
                        groups.push(covered);
                    }
                }
            }
            if !groups.is_empty() {
                self.join(&groups);
                rests = self.rests();
            }
            place += 1;
        }
    }

    /// The sum of the hashes of each template's words at their places, from
    /// which one is easily taken away; and how many words are no wildcards.
    fn rests(&self) -> Vec<(u64, usize)> {
        self.templates
            .iter()
            .map(|(key, words)| {
                let start = hash(usize::MAX, *key).wrapping_add(words.len() as u64);
                let mut sum = start;
                let mut constants = 0;
                for (place, &word) in words.iter().enumerate() {
                    sum = sum.wrapping_add(hash(place, self.words.canonical[word as usize]));
                    constants += usize::from(!self.words.is_wildcard(word));
                }
                (sum, constants)
            })
            .collect()
    }

    /// Templates that are equal but for one place, and hold a word elsewhere.
    fn alike_but_for(&self, place: usize, rests: &[(u64, usize)]) -> Vec<Vec<usize>> {
        let mut hashed = Vec::new();
        for (position, (_, words)) in self.templates.iter().enumerate() {
            if let Some(&word) = words.get(place) {
                let (sum, constants) = rests[position];
                if constants > usize::from(!self.words.is_wildcard(word)) {
                    let canonical = self.words.canonical[word as usize];
                    hashed.push((sum.wrapping_sub(hash(place, canonical)), position));
                }
            }
        }
        hashed.sort_unstable();
        let mut groups = Vec::new();
        for equal in hashed
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|equal| equal.len() > 1)
        {
            let first = equal[0].1;
            let mut group: Vec<usize> = equal.iter().map(|&(_, position)| position).collect();
            // Hashes may be equal by chance.
            group.retain(|&member| self.equal_but_for(place, first, member));
            if group.len() > 1 {
                groups.push(group);
            }
        }
        groups
    }

    fn equal_but_for(&self, place: usize, a: usize, b: usize) -> bool {
        let ((key_a, a), (key_b, b)) = (&self.templates[a], &self.templates[b]);
        let canonical = |word: Word| self.words.canonical[word as usize];
        key_a == key_b
            && a.len() == b.len()
            && a.iter()
                .zip(b)
                .enumerate()
                .all(|(at, (&a, &b))| at == place || canonical(a) == canonical(b))
    }

    fn values(&mut self, merging: &Merging) {
        let mut groups = alike(self.templates.iter().map(|(key, words)| {
            let keyed = |&word: &Word| {
                let canonical = self.words.canonical[word as usize];
                self.words.keyed[canonical as usize]
            };
            (*key, words.iter().map(keyed).collect::<Vec<_>>())
        }));
        groups.retain(|group| group.len() >= merging.words.max(2));
        self.join(&groups);
    }

    fn rarities(&mut self, merging: &Merging) {
        // How many templates of a length have a word at a place.
        let mut counts: HashMap<(u32, usize, usize, Word), usize> = HashMap::new();
        let place_of = |key: u32, words: &[Word], place: usize, canonical: &[Word]| {
            (key, words.len(), place, canonical[words[place] as usize])
        };
        for (key, words) in &self.templates {
            for place in 0..words.len() {
                let place = place_of(*key, words, place, &self.words.canonical);
                *counts.entry(place).or_default() += 1;
            }
        }
        let wildcard = self.words.intern(WILDCARD);
        let mut enough = Vec::with_capacity(self.templates.len());
        let mut groups = alike(self.templates.iter().map(|(key, words)| {
            let (mut rare, mut constant) = (0, 0);
            let mut common = self.canonical(words);
            for (place, word) in common.iter_mut().enumerate() {
                if self.words.is_wildcard(*word) {
                    continue;
                }
                let count = counts[&place_of(*key, words, place, &self.words.canonical)];
                if count == 1 && place >= merging.prefix {
                    *word = wildcard;
                    rare += 1;
                } else {
                    constant += 1;
                }
            }
            enough.push(constant >= 2 * rare);
            (*key, common)
        }));
        for group in &mut groups {
            group.retain(|&member| enough[member]);
        }
        groups.retain(|group| group.len() >= merging.words.max(2));
        self.join(&groups);
    }

    fn stretches(&mut self, merging: &Merging) {
        let mut alike: BTreeMap<(u32, Vec<Word>, Vec<Word>), Vec<usize>> = BTreeMap::new();
        for (position, (key, words)) in self.templates.iter().enumerate() {
            let words = self.canonical(words);
            let constants = |words: &[Word]| {
                words
                    .iter()
                    .filter(|&&word| !self.words.is_wildcard(word))
                    .count()
            };
            for start in merging.prefix..words.len() {
                for end in start + 1..=words.len().min(start + merging.longest) {
                    let (front, back) = (&words[..start], &words[end..]);
                    if constants(front) + constants(back) >= 2 * (end - start) {
                        alike
                            .entry((*key, front.to_vec(), back.to_vec()))
                            .or_default()
                            .push(position);
                    }
                }
            }
        }
        let mut alike: Vec<_> = alike
            .into_iter()
            .filter(|(_, group)| group.len() >= merging.words.max(2))
            .collect();
        // The most templates first, then the shortest stretch.
        alike.sort_by_key(|((_, front, back), group)| {
            std::cmp::Reverse((group.len(), front.len() + back.len()))
        });
        let wildcard = self.words.intern(WILDCARD);
        let mut taken = vec![false; self.templates.len()];
        let mut groups = Vec::new();
        for ((_, front, back), group) in alike {
            if group.iter().any(|&member| taken[member]) {
                continue;
            }
            let words = [front, vec![wildcard], back].concat();
            for &member in &group {
                taken[member] = true;
                self.templates[member].1.clone_from(&words);
            }
            groups.push(group);
        }
        self.join(&groups);
    }

    fn finish(self) -> Merged {
        let mut number = vec![usize::MAX; self.templates.len()];
        let mut templates = Vec::new();
        let group_of = self
            .now
            .iter()
            .map(|&now| {
                if number[now] == usize::MAX {
                    number[now] = templates.len();
                    let words = &self.templates[now].1;
                    let texts: Vec<&str> = words
                        .iter()
                        .map(|&word| self.words.texts[word as usize].as_str())
                        .collect();
                    templates.push(texts.join(" "));
                }
                number[now]
            })
            .collect();
        Merged {
            group_of,
            templates,
        }
    }
}

/// The positions of equal keys, where there is more than one; groups in the
/// order of their first positions.
fn alike<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> Vec<Vec<usize>> {
    let mut numbers: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, key) in keys.enumerate() {
        let next = groups.len();
        let number = *numbers.entry(key).or_insert(next);
        if number == next {
            groups.push(Vec::new());
        }
        groups[number].push(position);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// A word at a place as a number whose sums are as good as random.
fn hash(place: usize, word: Word) -> u64 {
    let mut hash = (place as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(u64::from(word) + 1);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

fn root(parent: &mut [usize], mut of: usize) -> usize {
    while parent[of] != of {
        parent[of] = parent[parent[of]];
        of = parent[of];
    }
    of
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(templates: &[&str], merging: &Merging) -> Vec<String> {
        merge(templates.iter().map(|&template| ("", template)), merging).templates
    }

    fn three() -> Merging {
        Merging {
            words: 3,
            ..Merging::default()
        }
    }

    #[test]
    fn digits_and_names_of_slots_make_no_difference() {
        assert_eq!(
            merged(
                &["eth0 up", "eth1 up", "at <ip> x", "at <host> x", "a <b c>"],
                &three()
            ),
            ["eth<*> up", "at <*> x", "a <b c>"]
        );
    }

    #[test]
    fn repetitions_of_a_slot_are_one() {
        assert_eq!(
            merged(
                &[
                    "drop <id> <id> now",
                    "drop <id> now",
                    "drop <id> <id> <id> now"
                ],
                &three()
            ),
            ["drop <*> now"]
        );
        // A slot that is always there twice stays so.
        assert_eq!(merged(&["at <ip> <ip>"], &three()), ["at <ip> <ip>"]);
    }

    #[test]
    fn many_words_at_a_place_are_a_slot_and_few_are_not() {
        assert_eq!(
            merged(&["vm a up", "vm b up", "vm a down", "vm c up"], &three()),
            ["vm <*> up", "vm a down"]
        );
        assert_eq!(
            merged(&["vm a up", "vm b up"], &three()),
            ["vm a up", "vm b up"]
        );
        // The front is no slot, unless the setting says so.
        let daemons = ["a was started", "b was started", "c was started"];
        assert_eq!(merged(&daemons, &three()), daemons);
        let merging = Merging {
            prefix: 0,
            ..three()
        };
        assert_eq!(merged(&daemons, &merging), ["<*> was started"]);
    }

    #[test]
    fn a_word_that_another_stands_for_joins_it() {
        assert_eq!(
            merged(
                &[
                    "from rhost=<ip> x",
                    "from rhost=localhost x",
                    "from user=a x"
                ],
                &Merging::default()
            ),
            ["from rhost=<*> x", "from user=a x"]
        );
        assert_eq!(
            merged(&["by (<host>) at", "by () at"], &Merging::default()),
            ["by (<*>) at"]
        );
        assert_eq!(
            merged(&["of <*> ok", "of ada ok"], &Merging::default()),
            ["of <*> ok"]
        );
    }

    #[test]
    fn values_behind_equals_signs_may_differ_together() {
        assert_eq!(
            merged(
                &[
                    "lock tag=\"a\", name=b, ws=null",
                    "lock tag=\"c\", name=d, ws=null",
                    "lock tag=\"e\", name=f, ws=g",
                ],
                &three()
            ),
            ["lock tag=\"<*>\", name=<*>, ws=<*>"]
        );
    }

    #[test]
    fn words_that_occur_once_may_differ_together() {
        let templates = [
            "copy of a to x done",
            "copy of b to y done",
            "copy of c to z done",
        ];
        assert_eq!(merged(&templates, &three()), ["copy of <*> to <*> done"]);
        assert_eq!(merged(&templates[..2], &three()), templates[..2]);
        // Nothing but the number of words is alike.
        let templates = ["a b c d", "a e f g", "a h i j"];
        assert_eq!(merged(&templates, &three()), templates);
    }

    #[test]
    fn stretches_of_words_are_merged_where_asked_for() {
        let templates = [
            "the job of ada ended with success",
            "the job of old bob ended with success",
            "the job of our friend eve ended with success",
        ];
        assert_eq!(merged(&templates, &three()), templates);
        let merging = Merging {
            longest: 3,
            ..three()
        };
        assert_eq!(
            merged(&templates, &merging),
            ["the job of <*> ended with success"]
        );
    }

    #[test]
    fn words_keep_what_they_have_in_common_up_to_a_sign() {
        for (a, b, expected) in [
            ("user=root,", "user=rolf,", "user=<*>,"),
            ("(a)", "(b)", "(<*>)"),
            ("a", "b", "<*>"),
            ("x=1", "x=", "x=<*>"),
            ("lock_a", "lock_b", "<*>"),
            ("==", "===", "==<*>"),
        ] {
            assert_eq!(blend(a, b), expected, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn every_template_has_a_group_of_its_key(
            templates in prop::collection::vec(("[kl]", "[ab]( ([abc]|k=[ab]|<x>|<\\*>)){0,4}"), 0..40),
            words in 0_usize..5,
            prefix in 0_usize..2,
            longest in 1_usize..4,
        ) {
            let merging = Merging { words, prefix, longest };
            let merged = merge(
                templates.iter().map(|(key, template)| (key.as_str(), template.as_str())),
                &merging,
            );
            prop_assert_eq!(merged.group_of.len(), templates.len());
            let mut key_of = vec![None; merged.templates.len()];
            for ((key, _), &group) in templates.iter().zip(&merged.group_of) {
                prop_assert!(key_of[group].is_none_or(|other| other == key));
                key_of[group] = Some(key);
            }
            prop_assert!(key_of.iter().all(Option::is_some));
            for ((key, template), &group) in templates.iter().zip(&merged.group_of) {
                for ((other_key, other), &other_group) in templates.iter().zip(&merged.group_of) {
                    prop_assert!(key != other_key || template != other || group == other_group);
                }
            }
        }
    }
}
