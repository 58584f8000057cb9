use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use super::forms::{Form, Parts, abbreviates, abbreviations, ordered};

/// A part that is the same in two variants has at least so many letters; the
/// shortest family names have fewer, and are found where both parts are the
/// same.
const FEWEST_SHARED: usize = 3;

/// Up to so many people, two of whom each has what the other abbreviates are
/// one (`daniel.g` and `d.garcia`). Among more, chance makes such pairs, and
/// soon among names that are run together: those are left as they are.
const FEW_PEOPLE: usize = 16;

/// Two typing errors of one address are at most so many letters apart.
const SLIPS: usize = 2;

/// The people whose names explain user names.
pub(super) struct People {
    people: Vec<Person>,
}

struct Person {
    /// The ways to take the name; one where several user names agree, none
    /// where nobody can say.
    names: Vec<Parts>,
    /// The numbers of the user names.
    forms: Vec<usize>,
}

impl People {
    /// The fewest people, nearly: the name that explains the most user names
    /// first, then the name that explains the most of the rest, and so on.
    /// (The minimum set cover is hard; the greedy one is off by at most the
    /// logarithm of its largest set.)
    pub(super) fn explain(forms: &[Form]) -> Self {
        let mut by_split: HashMap<&Parts, Vec<usize>> = HashMap::new();
        for (number, form) in forms.iter().enumerate() {
            for split in &form.splits {
                by_split.entry(split).or_default().push(number);
            }
        }
        let explained = |name: &Parts| -> BTreeSet<usize> {
            variants(name)
                .iter()
                .filter_map(|variant| by_split.get(variant))
                .flatten()
                .copied()
                .collect()
        };
        // Of names that explain as many, the longest and then the first.
        let mut queue: BinaryHeap<(usize, usize, Reverse<&Parts>)> = by_split
            .keys()
            .filter_map(|&name| {
                let count = explained(name).len();
                (count > 1).then(|| (count, name.0.len() + name.1.len(), Reverse(name)))
            })
            .collect();
        let mut is_explained = vec![false; forms.len()];
        let mut people = Vec::new();
        while let Some((count, length, Reverse(name))) = queue.pop() {
            let mut rest = explained(name);
            rest.retain(|&number| !is_explained[number]);
            if rest.len() < 2 {
                continue;
            }
            if rest.len() < count {
                queue.push((rest.len(), length, Reverse(name)));
                continue;
            }
            for &number in &rest {
                is_explained[number] = true;
            }
            people.push(Person {
                names: vec![name.clone()],
                forms: rest.into_iter().collect(),
            });
        }
        let alone = (0..forms.len()).filter(|&number| !is_explained[number]);
        people.extend(alone.map(|number| Person {
            names: if forms[number].is_joined {
                Vec::new()
            } else {
                forms[number].splits.clone()
            },
            forms: vec![number],
        }));
        let mut people = Self { people };
        if people.people.len() <= FEW_PEOPLE {
            people.unite();
        }
        people
    }

    /// How many people.
    pub(super) fn count(&self) -> usize {
        self.people.len()
    }

    /// How many have several user names.
    pub(super) fn with_variants(&self) -> u64 {
        self.several().count() as u64
    }

    /// Whether not all variants can be typing errors of one address: several
    /// people have some, or two of them lie more than [`SLIPS`] apart, signs
    /// aside.
    pub(super) fn differ_by_more_than_slips(&self, forms: &[Form]) -> bool {
        self.several().count() > 1
            || self.several().any(|person| {
                let letters = |number: &usize| forms[*number].letters();
                let first = letters(&person.forms[0]);
                person.forms[1..]
                    .iter()
                    .any(|number| edits(&first, &letters(number)) > SLIPS)
            })
    }

    fn several(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.forms.len() > 1)
    }

    /// Whether a user name is one of somebody who has several.
    pub(super) fn have(&self, form: &Form) -> bool {
        self.several().flat_map(|person| &person.names).any(|name| {
            let variants = variants(name);
            form.splits.iter().any(|split| variants.contains(split))
        })
    }

    fn unite(&mut self) {
        let mut at = 0;
        while at < self.people.len() {
            let united = (0..at).find_map(|other| {
                let names = common(&self.people[other].names, &self.people[at].names);
                (!names.is_empty()).then_some((other, names))
            });
            if let Some((other, names)) = united {
                let person = self.people.remove(at);
                self.people[other].forms.extend(person.forms);
                self.people[other].names = names;
                // With a longer name, it may be one with others.
                at = 0;
            } else {
                at += 1;
            }
        }
    }
}

/// All that is a variant of a name.
fn variants(name: &Parts) -> BTreeSet<Parts> {
    let mut variants = BTreeSet::from([name.clone()]);
    for (whole, other) in [(&name.0, &name.1), (&name.1, &name.0)] {
        if whole.chars().count() >= FEWEST_SHARED {
            variants.extend(
                abbreviations(other)
                    .iter()
                    .map(|short| ordered(whole, short)),
            );
        }
    }
    variants
}

/// Names of which both are variants.
fn common(these: &[Parts], those: &[Parts]) -> Vec<Parts> {
    let mut names: Vec<Parts> = these
        .iter()
        .flat_map(|this| those.iter().flat_map(|that| whole_names(this, that)))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The names of which both are variants, straight and swapped.
fn whole_names(this: &Parts, that: &Parts) -> Vec<Parts> {
    let straight = (longer(&this.0, &that.0), longer(&this.1, &that.1));
    let swapped = (longer(&this.0, &that.1), longer(&this.1, &that.0));
    [straight, swapped]
        .into_iter()
        .filter_map(|(first, second)| first.zip(second))
        .filter(|(first, second)| {
            first.chars().count().max(second.chars().count()) >= FEWEST_SHARED
        })
        .map(|(first, second)| ordered(first, second))
        .collect()
}

/// The longer of two of which the other is the same or an abbreviation.
fn longer<'a>(this: &'a str, that: &'a str) -> Option<&'a str> {
    if this == that || abbreviates(that, this) {
        Some(this)
    } else {
        abbreviates(this, that).then_some(that)
    }
}

/// The fewest letters to put in, leave out or replace (Levenshtein's distance).
fn edits(this: &[char], that: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=that.len()).collect();
    for (i, a) in this.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in that.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[that.len()]
}
