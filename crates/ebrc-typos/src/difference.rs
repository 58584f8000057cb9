//! Which kind of error lies between two names, without listing errors.

use crate::glyphs::{Glyphs, cyrillic};
use crate::homoglyphs::is_homoglyph;
use crate::keyboards::are_neighbours;
use crate::kind::Kind;

/// The vowels that [`Kind::VowelSwap`] swaps.
pub(crate) const VOWELS: &str = "aeiou";

/// The first kind, in the order of [`Kind::ALL`], that turns the name `right`
/// into `wrong`; none if they are the same or further apart.
///
/// A name is a domain's label before its ending, or a user's name. Letters are
/// compared as they are: lower them first. A label beginning with `xn--` stands
/// for its Unicode form, so decode it first. Kinds that depend on a domain's
/// ending take the one of `com`; [`Kind::Various`] is never the answer, for it
/// takes more than a label.
///
/// ```
/// use ebrc_typos::{Kind, kind_of};
///
/// assert_eq!(kind_of("yahoo", "yaho"), Some(Kind::Omission));
/// assert_eq!(kind_of("hotmail", "lotmail"), Some(Kind::Bitsquatting));
/// assert_eq!(kind_of("yahoo", "gmail"), None);
/// ```
pub fn kind_of(right: &str, wrong: &str) -> Option<Kind> {
    if right.is_ascii() && wrong.is_ascii() {
        return first_kind(right.as_bytes(), wrong.as_bytes(), Glyphs::ASCII);
    }
    let [right, wrong]: [Vec<char>; 2] = [right, wrong].map(|name| name.chars().collect());
    first_kind(&right, &wrong, Glyphs::ALL)
}

/// Bytes of ASCII, or letters of any script.
pub(crate) trait Letter: Copy + Eq + Into<char> {}

impl<L: Copy + Eq + Into<char>> Letter for L {}

/// [`kind_of`] where homoglyphs are those given.
pub(crate) fn first_kind<L: Letter>(right: &[L], wrong: &[L], glyphs: Glyphs) -> Option<Kind> {
    if right == wrong || right.len() > wrong.len() + 2 || wrong.len() > right.len() + 4 {
        return None;
    }
    let pair = Pair::new(right, wrong);
    Kind::ALL.into_iter().find(|&kind| pair.is(kind, glyphs))
}

/// Whether a kind, be it the first or not, turns `right` into `wrong`.
pub(crate) fn turns<L: Letter>(kind: Kind, right: &[L], wrong: &[L], glyphs: Glyphs) -> bool {
    right != wrong && Pair::new(right, wrong).is(kind, glyphs)
}

/// How many letters two names have in common at their start.
pub(crate) fn same_start<A: Letter, B: Letter>(one: &[A], other: &[B]) -> usize {
    let both = one.iter().zip(other);
    both.take_while(|(a, b)| Into::<char>::into(**a) == Into::<char>::into(**b))
        .count()
}

/// How many letters two names have in common at their end.
pub(crate) fn same_end<A: Letter, B: Letter>(one: &[A], other: &[B]) -> usize {
    let both = one.iter().rev().zip(other.iter().rev());
    both.take_while(|(a, b)| Into::<char>::into(**a) == Into::<char>::into(**b))
        .count()
}

/// Two different names, and how much of them is the same.
struct Pair<'a, L> {
    right: &'a [L],
    wrong: &'a [L],
    start: usize,
    end: usize,
}

impl<'a, L: Letter> Pair<'a, L> {
    fn new(right: &'a [L], wrong: &'a [L]) -> Self {
        Self {
            right,
            wrong,
            start: same_start(right, wrong),
            end: same_end(right, wrong),
        }
    }

    fn is(&self, kind: Kind, glyphs: Glyphs) -> bool {
        let letters = self.right.len();
        match kind {
            Kind::Addition => self.has_more(|at, more| {
                let last = at == letters || self.right(at) == '-';
                last && (more.is_ascii_lowercase() || more.is_ascii_digit())
            }),
            Kind::Bitsquatting => self.has_other(|right, wrong| {
                let flipped = right as u32 ^ wrong as u32;
                flipped.is_power_of_two() && flipped <= 128 && is_of_host_name(wrong)
            }),
            Kind::Cyrillic => {
                let both = self.right.iter().zip(self.wrong);
                letters == self.wrong.len()
                    && both
                        .map(|(&right, &wrong)| (right.into(), wrong.into()))
                        .all(|(right, wrong)| cyrillic(right) == Some(wrong))
            }
            Kind::Homoglyph => is_homoglyph(self.right, self.wrong, glyphs),
            Kind::Hyphenation => self.has_more(|at, more| more == '-' && 0 < at && at < letters),
            Kind::Insertion => self.has_more(|at, more| {
                // Before or after any letter but the last.
                let beside = |at: usize| at + 1 < letters && are_neighbours(self.right(at), more);
                beside(at) || at > 0 && beside(at - 1)
            }),
            Kind::Omission => {
                letters == self.wrong.len() + 1 && self.start + self.end >= self.wrong.len()
            }
            Kind::Plural => self.is_plural(),
            Kind::Repetition => self.has_more(|at, more| at < letters && self.right(at) == more),
            Kind::Replacement => self.has_other(are_neighbours),
            Kind::Subdomain => self.has_more(|at, more| {
                let inside = 0 < at && at + 1 < letters;
                more == '.' && inside && ![at - 1, at].map(|at| self.right(at)).iter().any(is_mark)
            }),
            Kind::Transposition => {
                let at = self.start;
                letters == self.wrong.len()
                    && at + 1 < letters
                    && self.right[at] == self.wrong[at + 1]
                    && self.right[at + 1] == self.wrong[at]
                    && self.end + 2 >= letters - at
            }
            Kind::VowelSwap => {
                self.has_other(|right, wrong| VOWELS.contains(right) && VOWELS.contains(wrong))
            }
            Kind::Various => false,
        }
    }

    fn right(&self, at: usize) -> char {
        self.right[at].into()
    }

    /// Whether `wrong` has one letter more, for which the test holds: it gets
    /// the letter, and the place in `right` that it can have come before.
    fn has_more(&self, test: impl Fn(usize, char) -> bool) -> bool {
        let letters = self.right.len();
        self.wrong.len() == letters + 1
            // Within a run of the same letter there are several places.
            && (letters.saturating_sub(self.end)..=self.start.min(letters))
                .any(|at| test(at, self.wrong[at].into()))
    }

    /// Whether one letter is another, and the test holds for the right and the
    /// wrong one.
    fn has_other(&self, test: impl Fn(char, char) -> bool) -> bool {
        self.wrong.len() == self.right.len()
            && self.start + self.end + 1 == self.right.len()
            && test(self.right(self.start), self.wrong[self.start].into())
    }

    fn is_plural(&self) -> bool {
        let letters = self.right.len();
        let inside = |at: usize| (3..letters.saturating_sub(1)).contains(&at);
        if self.wrong.len() == letters + 1 {
            return self
                .has_more(|at, more| more == 's' && inside(at) && !takes_es(self.right(at - 1)));
        }
        let es = |at: usize| ['e', 's'] == [at, at + 1].map(|at| self.wrong[at].into());
        self.wrong.len() == letters + 2
            && (letters.saturating_sub(self.end)..=self.start.min(letters))
                .any(|at| inside(at) && takes_es(self.right(at - 1)) && es(at))
    }
}

/// Whether English makes a plural with `es` behind this letter.
pub(crate) fn takes_es(letter: char) -> bool {
    matches!(letter, 's' | 'x' | 'z')
}

/// Whether a dot may not come beside this letter.
pub(crate) fn is_mark(letter: &char) -> bool {
    matches!(letter, '-' | '.')
}

/// Whether a host name may have this letter.
pub(crate) fn is_of_host_name(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
}
