//! Names that look alike: one or two steps from a letter or two to what they
//! look like.

use crate::difference::{Letter, same_end, same_start};
use crate::glyphs::{Glyph, Glyphs, key_of};

/// A replacement in a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    at: usize,
    taken: usize,
    put: Glyph,
    twice: bool,
}

impl Step {
    fn put(self) -> impl Iterator<Item = char> + Clone {
        let again = self.twice.then(|| self.put.letters());
        self.put.letters().chain(again.into_iter().flatten())
    }

    /// The name with the replacement made.
    pub(crate) fn make<L: Letter>(self, name: &[L]) -> impl Iterator<Item = char> {
        let before = name[..self.at].iter().map(|&letter| letter.into());
        let behind = name[self.at + self.taken..].iter();
        before
            .chain(self.put())
            .chain(behind.map(|&letter| letter.into()))
    }
}

/// Every replacement by what looks alike. A letter that comes twice in a row
/// can be replaced twice in one step.
pub(crate) fn steps<L: Letter>(name: &[L], glyphs: Glyphs) -> impl Iterator<Item = Step> {
    (0..name.len()).flat_map(move |at| steps_at(name, at, glyphs))
}

fn steps_at<L: Letter>(name: &[L], at: usize, glyphs: Glyphs) -> impl Iterator<Item = Step> {
    glyphs.pairs().flat_map(move |(right, glyph)| {
        replacements(
            &name[at..],
            right.chars(),
            right.len(),
            glyph,
            right.len() == 1,
        )
        .into_iter()
        .flatten()
        .map(move |step| Step { at, ..step })
    })
}

/// Every replacement after which a step of [`steps`] can lead back to `name`,
/// whatever the ending.
pub(crate) fn steps_back<L: Letter>(name: &[L]) -> impl Iterator<Item = Step> {
    (0..name.len()).flat_map(move |at| {
        let ascii = Into::<char>::into(name[at]).is_ascii();
        let glyphs = if ascii { Glyphs::ASCII } else { Glyphs::ALL };
        glyphs.pairs().flat_map(move |(right, glyph)| {
            let letters = glyph.letters();
            let taken = letters.clone().count();
            replacements(
                &name[at..],
                letters,
                taken,
                Glyph::Ascii(right),
                right.len() == 1,
            )
            .into_iter()
            .flatten()
            .map(move |step| Step { at, ..step })
        })
    })
}

/// The replacement of letters by others at the start of a text, and that of
/// them twice in a row.
fn replacements<L: Letter>(
    text: &[L],
    letters: impl Iterator<Item = char> + Clone,
    taken: usize,
    put: Glyph,
    may_be_twice: bool,
) -> [Option<Step>; 2] {
    let starts =
        |text: &[L]| text.len() >= taken && letters.clone().zip(text).all(|(a, &b)| a == b.into());
    if !starts(text) {
        return [None, None];
    }
    let step = |taken, twice| Step {
        at: 0,
        taken,
        put,
        twice,
    };
    let again = may_be_twice && starts(&text[taken..]);
    [
        Some(step(taken, false)),
        again.then(|| step(2 * taken, true)),
    ]
}

/// Whether one step, or two, turn `right` into `wrong`.
pub(crate) fn is_homoglyph<L: Letter>(right: &[L], wrong: &[L], glyphs: Glyphs) -> bool {
    if !skeleton(right).eq(skeleton(wrong)) {
        return false;
    }
    if is_one_step(right, wrong, glyphs) {
        return true;
    }
    let mut between: Vec<char> = Vec::with_capacity(right.len() + 2);
    steps(right, glyphs)
        // No step takes a letter outside ASCII away again.
        .filter(|step| match step.put {
            Glyph::Ascii(_) => true,
            Glyph::Foreign(letter) => wrong.iter().any(|&other| other.into() == letter),
        })
        .any(|step| {
            between.clear();
            between.extend(step.make(right));
            is_one_step(&between, wrong, glyphs)
        })
}

fn is_one_step<A: Letter, B: Letter>(right: &[A], wrong: &[B], glyphs: Glyphs) -> bool {
    let end = same_end(right, wrong);
    // A step takes two letters at most.
    let first = right.len().saturating_sub(end + 2);
    let last = same_start(right, wrong).min(right.len().saturating_sub(1));
    (first..=last)
        .flat_map(|at| steps_at_of(right, at, glyphs))
        .any(|step| {
            step.make(right)
                .eq(wrong.iter().map(|&letter| letter.into()))
        })
}

fn steps_at_of<L: Letter>(name: &[L], at: usize, glyphs: Glyphs) -> impl Iterator<Item = Step> {
    (at < name.len())
        .then(|| steps_at(name, at, glyphs))
        .into_iter()
        .flatten()
}

/// What stays the same under every step. The letters that a step can add to
/// others, such as the `l` in `b` to `lb`, vanish; those that become each other
/// are one.
fn skeleton<L: Letter>(name: &[L]) -> impl Iterator<Item = char> {
    name.iter().flat_map(|&letter| {
        let letter: char = letter.into();
        match key_of(letter) {
            Some(key) => {
                let mut both = key.chars().flat_map(class);
                [both.next(), both.next()]
            }
            None => {
                let mut own = class(letter);
                [own.next(), own.next()]
            }
        }
        .into_iter()
        .flatten()
    })
}

fn class(letter: char) -> impl Iterator<Item = char> {
    let (class, times) = match letter {
        'i' | 'l' | '1' | 'm' | 'n' | 'r' => (letter, 0),
        '0' => ('o', 1),
        '8' => ('3', 1),
        '9' => ('6', 1),
        'b' | 'd' | 'e' | 'k' => ('c', 1),
        'q' => ('g', 1),
        'v' => ('u', 1),
        'w' => ('u', 2),
        _ => (letter, 1),
    };
    std::iter::repeat_n(class, times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_keeps_the_skeleton() {
        let keeps = |right: &str, wrong: &str| {
            let [right, wrong] = [right, wrong].map(|name| name.chars().collect::<Vec<_>>());
            skeleton(&right).eq(skeleton(&wrong))
        };
        for (right, glyph) in Glyphs::ALL.pairs() {
            let wrong: String = glyph.letters().collect();
            assert!(keeps(right, &wrong), "{right} {wrong}");
        }
        assert!(!keeps("harbor", "hartor"));
    }
}
