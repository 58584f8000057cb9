//! Which domains are wrong forms of much-used ones.

use crate::difference::{first_kind, turns};
use crate::domain::{Domain, normalise_domain, to_unicode};
use crate::kind::Kind;
use crate::neighbourhood::{Neighbourhood, key, keys_of_right, keys_of_wrong};

/// The part of a domain that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The label before the ending: `yaho.com.cn`.
    Label,
    /// Only the ending, which is a public suffix: `springer.comm`.
    Ending,
}

/// A domain's right form, and how it was mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainTypo<'a> {
    /// The right domain, normalised.
    pub right: &'a str,
    /// The kind of error.
    pub kind: Kind,
    /// Where the error is.
    pub part: Part,
}

/// Finds the domain that was meant by a mistyped one (section 4.3.2).
///
/// An error in the label is one that dnstwist makes of the right domain. For an
/// error in the ending, which dnstwist does not make, the same kinds are asked
/// for in the same order, but [`Kind::Repetition`] first: the paper counts
/// `springer.comm` as one, although it is an addition too.
///
/// ```
/// use ebrc_typos::{DomainTypos, Kind, Part};
///
/// let typos = DomainTypos::new(["yahoo.com.cn", "springer.com"]);
/// let found = typos.find("yaho.com.cn").unwrap();
/// assert_eq!((found.right, found.kind), ("yahoo.com.cn", Kind::Omission));
/// let found = typos.find("springer.comm").unwrap();
/// assert_eq!((found.kind, found.part), (Kind::Repetition, Part::Ending));
/// assert_eq!(typos.find("elsevier.com"), None);
/// ```
#[derive(Debug)]
pub struct DomainTypos {
    rights: Vec<(String, Domain)>,
    neighbourhood: Neighbourhood,
}

impl DomainTypos {
    /// For right domains, the most used first. What is no domain with a dot is
    /// left out.
    pub fn new<S: AsRef<str>>(rights: impl IntoIterator<Item = S>) -> Self {
        let rights: Vec<(String, Domain)> = rights
            .into_iter()
            .filter_map(|right| normalise_domain(right.as_ref()))
            .filter_map(|right| Domain::new(&right).map(|parts| (right, parts)))
            .collect();
        let mut entries = Vec::new();
        for (number, (_, right)) in (0_u32..).zip(&rights) {
            keys_of_right(right.letters(), right.glyphs(), |key| {
                entries.push((key, number))
            });
            let various = right.various();
            entries.extend(various.iter().map(|wrong| (key(wrong.chars()), number)));
        }
        Self {
            rights,
            neighbourhood: Neighbourhood::new(entries),
        }
    }

    /// The first of the right domains of which `wrong` is a wrong form, if there
    /// is one. The time depends on the length of the domain and hardly on how
    /// many right ones there are. A right domain can be a wrong form of another.
    pub fn find(&self, wrong: &str) -> Option<DomainTypo<'_>> {
        let wrong = to_unicode(&normalise_domain(wrong)?);
        let mut candidates = Vec::new();
        keys_of_wrong(&wrong, |key| {
            candidates.extend(self.neighbourhood.with(key))
        });
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().find_map(|number| {
            let (right, parts) = self.rights.get(number as usize)?;
            let (kind, part) = error(parts, &wrong)?;
            Some(DomainTypo { right, kind, part })
        })
    }
}

/// What is wrong in a domain.
fn error(right: &Domain, wrong: &[char]) -> Option<(Kind, Part)> {
    let glyphs = right.glyphs();
    let in_label = between(right.before(), wrong, right.behind())
        .filter(|label| !label.is_empty())
        .and_then(|label| first_kind(right.label(), label, glyphs));
    if let Some(kind) = in_label {
        return Some((kind, Part::Label));
    }
    let front = [right.before(), right.label(), &['.']].concat();
    let ending = between(&front, wrong, right.reserved());
    if right
        .various()
        .iter()
        .any(|various| various.chars().eq(wrong.iter().copied()))
        && right.letters() != wrong
    {
        let part = if ending.is_some() {
            Part::Ending
        } else {
            Part::Label
        };
        return Some((Kind::Various, part));
    }
    let ending = ending?;
    let kind = if turns(Kind::Repetition, right.ending(), ending, glyphs) {
        Kind::Repetition
    } else {
        first_kind(right.ending(), ending, glyphs)?
    };
    Some((kind, Part::Ending))
}

/// What stands between a start and an end.
fn between<'a>(start: &[char], text: &'a [char], end: &[char]) -> Option<&'a [char]> {
    text.strip_prefix(start)?.strip_suffix(end)
}
