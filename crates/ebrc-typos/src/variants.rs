//! All errors in a name, kind by kind.

use std::collections::HashSet;

use crate::difference::{VOWELS, is_mark, is_of_host_name, takes_es};
use crate::glyphs::{Glyphs, cyrillic};
use crate::homoglyphs::steps;
use crate::keyboards::neighbours;
use crate::kind::Kind;

/// Every wrong form of a name that [`kind_of`](crate::kind_of) knows, each once
/// and with its kind: in the order of [`Kind::ALL`] and, within a kind, of the
/// alphabet. A name of ten letters has some thousands, nearly all of them
/// homoglyphs.
///
/// ```
/// use ebrc_typos::{Kind, variants};
///
/// assert!(variants("yahoo").any(|(wrong, kind)| wrong == "yaho" && kind == Kind::Omission));
/// ```
pub fn variants(name: &str) -> impl Iterator<Item = (String, Kind)> {
    variants_with(name, Glyphs::ALL)
}

/// [`variants`] where homoglyphs are those given.
pub(crate) fn variants_with(name: &str, glyphs: Glyphs) -> impl Iterator<Item = (String, Kind)> {
    let letters: Vec<char> = name.chars().collect();
    let mut seen = HashSet::from([name.to_owned()]);
    Kind::ALL.into_iter().flat_map(move |kind| {
        let mut new = all_of(kind, &letters, glyphs);
        new.retain(|wrong| seen.insert(wrong.clone()));
        new.sort_unstable();
        new.into_iter().map(move |wrong| (wrong, kind))
    })
}

/// What a kind makes of a name; some of it more than once, and the name itself
/// may be among it.
fn all_of(kind: Kind, name: &[char], glyphs: Glyphs) -> Vec<String> {
    let letters = name.len();
    let with = |at: usize, taken: usize, put: &[char]| -> String {
        let kept = [&name[..at], put, &name[at + taken..]];
        kept.concat().into_iter().collect()
    };
    let places = name.iter().copied().enumerate();
    match kind {
        Kind::Addition => (0..=letters)
            .filter(|&at| name.get(at).is_none_or(|letter| *letter == '-'))
            .flat_map(|at| ('0'..='9').chain('a'..='z').map(move |more| (at, more)))
            .map(|(at, more)| with(at, 0, &[more]))
            .collect(),
        Kind::Bitsquatting => places
            .flat_map(|(at, letter)| (0..8).map(move |bit| (at, letter as u32 ^ (1 << bit))))
            .filter_map(|(at, flipped)| Some((at, char::from_u32(flipped)?)))
            .filter(|(_, flipped)| is_of_host_name(*flipped))
            .map(|(at, flipped)| with(at, 1, &[flipped]))
            .collect(),
        Kind::Cyrillic => {
            let all: Option<String> = name.iter().map(|letter| cyrillic(*letter)).collect();
            all.into_iter().collect()
        }
        Kind::Homoglyph => homoglyphs(name, glyphs),
        Kind::Hyphenation => (1..letters).map(|at| with(at, 0, &['-'])).collect(),
        Kind::Insertion => places
            .take(letters.saturating_sub(1))
            .flat_map(|(at, letter)| beside(letter).map(move |more| (at, more)))
            .flat_map(|(at, more)| [with(at, 0, &[more]), with(at + 1, 0, &[more])])
            .collect(),
        Kind::Omission => (0..letters).map(|at| with(at, 1, &[])).collect(),
        Kind::Plural => (3..letters.saturating_sub(1))
            .map(|at| match takes_es(name[at - 1]) {
                true => with(at, 0, &['e', 's']),
                false => with(at, 0, &['s']),
            })
            .collect(),
        Kind::Repetition => places.map(|(at, letter)| with(at, 0, &[letter])).collect(),
        Kind::Replacement => places
            .flat_map(|(at, letter)| beside(letter).map(move |other| (at, other)))
            .map(|(at, other)| with(at, 1, &[other]))
            .collect(),
        Kind::Subdomain => (1..letters.saturating_sub(1))
            .filter(|&at| !name[at - 1..=at].iter().any(is_mark))
            .map(|at| with(at, 0, &['.']))
            .collect(),
        Kind::Transposition => (1..letters)
            .map(|at| with(at - 1, 2, &[name[at], name[at - 1]]))
            .collect(),
        Kind::VowelSwap => places
            .filter(|(_, letter)| VOWELS.contains(*letter))
            .flat_map(|(at, _)| VOWELS.chars().map(move |vowel| (at, vowel)))
            .map(|(at, vowel)| with(at, 1, &[vowel]))
            .collect(),
        Kind::Various => Vec::new(),
    }
}

fn beside(key: char) -> impl Iterator<Item = char> {
    let (qwerty, others) = neighbours(key);
    qwerty.chars().chain(others.chars())
}

fn homoglyphs(name: &[char], glyphs: Glyphs) -> Vec<String> {
    let mut all = HashSet::new();
    for step in steps(name, glyphs) {
        let once: Vec<char> = step.make(name).collect();
        all.extend(steps(&once, glyphs).map(|step| step.make(&once).collect::<String>()));
        all.insert(once.into_iter().collect());
    }
    all.into_iter().collect()
}
