use std::collections::BTreeSet;

/// More digits than a year has are a number of their own, as of students.
const MOST_DIGITS: usize = 4;

/// Fewer letters name nobody.
const FEWEST_LETTERS: usize = 3;

/// Two name parts, the smaller first: people swap them.
pub(super) type Parts = (String, String);

/// A user name without its digits, and the ways to take it for a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    text: String,
    /// Empty where the user name names nobody.
    pub(super) splits: Vec<Parts>,
    /// Whether the parts are run together, so that a split is a guess.
    pub(super) is_joined: bool,
}

impl Form {
    /// Reads a user name in lower case.
    pub(super) fn read(user: &str, decorations: &BTreeSet<String>) -> Self {
        let name = user.split('+').next().unwrap_or(user);
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        if digits > MOST_DIGITS || letters < FEWEST_LETTERS {
            return Self {
                text: user.to_owned(),
                splits: Vec::new(),
                is_joined: false,
            };
        }
        let text: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
        let text = text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
        let mut parts: Vec<&str> = text
            .split(|c: char| !c.is_alphabetic())
            .filter(|part| !part.is_empty())
            .collect();
        if parts.iter().any(|part| !decorations.contains(*part)) {
            parts.retain(|part| !decorations.contains(*part));
        }
        let (splits, is_joined) = (splits(&parts), parts.len() == 1);
        Self {
            text,
            splits,
            is_joined,
        }
    }

    /// Its letters, without signs.
    pub(super) fn letters(&self) -> Vec<char> {
        self.text.chars().filter(|c| c.is_alphabetic()).collect()
    }
}

pub(super) fn ordered(first: &str, second: &str) -> Parts {
    let (first, second) = (first.min(second), first.max(second));
    (first.to_owned(), second.to_owned())
}

fn splits(parts: &[&str]) -> Vec<Parts> {
    let mut splits: Vec<Parts> = match parts {
        [] => Vec::new(),
        // Joined: anywhere.
        [joined] => joined
            .char_indices()
            .skip(1)
            .map(|(at, _)| ordered(&joined[..at], &joined[at..]))
            .collect(),
        // A middle initial may be left out elsewhere.
        [first, middle, last] if middle.chars().count() == 1 => vec![
            ordered(first, last),
            ordered(&[*first, *middle].concat(), last),
            ordered(first, &[*middle, *last].concat()),
        ],
        _ => (1..parts.len())
            .map(|at| ordered(&parts[..at].concat(), &parts[at..].concat()))
            .collect(),
    };
    splits.sort_unstable();
    splits.dedup();
    splits
}

/// Whether `short` is how people abbreviate `long`: its first letters, or its
/// first and a later one (the syllables of a Chinese given name, a double
/// name).
pub(super) fn abbreviates(short: &str, long: &str) -> bool {
    let mut letters = short.chars();
    let (Some(first), second, third, fourth) = (
        letters.next(),
        letters.next(),
        letters.next(),
        letters.next(),
    ) else {
        return false;
    };
    if long.starts_with(short) {
        return fourth.is_none();
    }
    let (Some(second), None) = (second, third) else {
        return false;
    };
    let mut letters = long.chars();
    letters.next() == Some(first) && letters.any(|letter| letter == second)
}

/// All that abbreviates a name part, and itself.
pub(super) fn abbreviations(long: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([long.to_owned()]);
    for (at, _) in long.char_indices().skip(1).take(3) {
        all.insert(long[..at].to_owned());
    }
    let mut letters = long.chars();
    if let Some(first) = letters.next() {
        all.extend(letters.map(|second| String::from_iter([first, second])));
    }
    all
}
