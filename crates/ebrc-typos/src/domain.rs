//! A domain's parts.

use std::borrow::Cow;
use std::ops::Range;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use crate::glyphs::Glyphs;
use crate::kind::Kind;
use crate::variants::variants_with;

/// Top-level domains that RFC 2606 sets aside for tests.
const RESERVED: [&str; 4] = ["example", "invalid", "localhost", "test"];

/// A domain in the one form in which domains are compared: in lower case, with
/// no dot at its end, and in ASCII by UTS 46. None if it is no host name.
///
/// ```
/// use ebrc_typos::normalise_domain;
///
/// assert_eq!(normalise_domain("Müller.DE."), Some("xn--mller-kva.de".to_owned()));
/// assert_eq!(normalise_domain("no domain"), None);
/// ```
pub fn normalise_domain(domain: &str) -> Option<String> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()
        .map(Cow::into_owned)
}

/// Every wrong form of a domain that dnstwist makes without lists of words,
/// normalised, each once and with its kind: errors in the label before the
/// ending, in the order of [`variants`](crate::variants), then
/// [`Kind::Various`]. None for what is no domain.
///
/// ```
/// use ebrc_typos::{Kind, domain_variants};
///
/// let wrong = domain_variants("yahoo.com.cn");
/// assert!(wrong.contains(&("yaho.com.cn".to_owned(), Kind::Omission)));
/// ```
pub fn domain_variants(domain: &str) -> Vec<(String, Kind)> {
    let Some(domain) = normalise_domain(domain).and_then(|domain| Domain::new(&domain)) else {
        return Vec::new();
    };
    let label: String = domain.label().iter().collect();
    let [before, behind]: [String; 2] =
        [domain.before(), domain.behind()].map(|part| part.iter().collect());
    let mut seen = std::collections::HashSet::from([domain.text().collect::<String>()]);
    variants_with(&label, domain.glyphs())
        .filter(|(wrong, _)| !wrong.is_empty())
        .map(|(wrong, kind)| ([&before, &*wrong, &behind].concat(), kind))
        .chain(
            domain
                .various()
                .into_iter()
                .map(|wrong| (wrong, Kind::Various)),
        )
        .filter(|(wrong, _)| seen.insert(wrong.clone()))
        .filter_map(|(wrong, kind)| Some((normalise_domain(&wrong)?, kind)))
        .collect()
}

/// A domain in Unicode and where its parts are: what stands before the label,
/// the label in which errors are looked for, the ending, and a reserved
/// top-level domain, each behind a dot: `mail.harborbank.com.example`.
#[derive(Debug)]
pub(crate) struct Domain {
    letters: Vec<char>,
    label: Range<usize>,
    ending: Range<usize>,
}

impl Domain {
    /// Splits a normalised domain. The ending is the public suffix, as far as
    /// registries and not companies made it; a reserved top-level domain counts
    /// as absent unless only a label stands before it. None without a dot.
    pub(crate) fn new(normalised: &str) -> Option<Self> {
        let (name, reserved) = match normalised.rsplit_once('.') {
            Some((name, last)) if RESERVED.contains(&last) && name.contains('.') => {
                (name, last.len() + 1)
            }
            _ => (normalised, 0),
        };
        let (_, last) = name.rsplit_once('.')?;
        let ending = Some(public_suffix(name))
            .filter(|ending| ending.len() < name.len())
            .unwrap_or(last);
        // A label is one in Unicode too; so dots tell the parts apart.
        let ending_dots = ending.matches('.').count();
        let reserved_dots = usize::from(reserved > 0);
        let letters = to_unicode(normalised);
        let dots: Vec<usize> = (0..letters.len())
            .filter(|&at| letters[at] == '.')
            .collect();
        let ends = match reserved_dots {
            0 => letters.len(),
            _ => *dots.last()?,
        };
        let dot = dots.len().checked_sub(1 + ending_dots + reserved_dots)?;
        let start = dot.checked_sub(1).map_or(0, |previous| dots[previous] + 1);
        Some(Self {
            label: start..dots[dot],
            ending: dots[dot] + 1..ends,
            letters,
        })
    }

    /// The whole domain in Unicode.
    pub(crate) fn letters(&self) -> &[char] {
        &self.letters
    }

    /// What stands before the label, with the dot between.
    pub(crate) fn before(&self) -> &[char] {
        &self.letters[..self.label.start]
    }

    /// The label before the ending.
    pub(crate) fn label(&self) -> &[char] {
        &self.letters[self.label.clone()]
    }

    /// The ending.
    pub(crate) fn ending(&self) -> &[char] {
        &self.letters[self.ending.clone()]
    }

    /// A reserved top-level domain, with the dot before it, or nothing.
    pub(crate) fn reserved(&self) -> &[char] {
        &self.letters[self.ending.end..]
    }

    /// What stands behind the label, with the dot between.
    pub(crate) fn behind(&self) -> &[char] {
        &self.letters[self.label.end..]
    }

    /// The homoglyphs that can be met under the ending.
    pub(crate) fn glyphs(&self) -> Glyphs {
        Glyphs::of_ending(&self.ending().iter().collect::<String>())
    }

    /// What [`Kind::Various`] makes of the domain.
    pub(crate) fn various(&self) -> Vec<String> {
        let [before, label, ending, reserved]: [String; 4] =
            [self.before(), self.label(), self.ending(), self.reserved()]
                .map(|part| part.iter().collect());
        let mut all = Vec::new();
        let mut add = |parts: &[&str]| all.push(parts.concat() + &reserved);
        if let Some((_, last)) = ending.rsplit_once('.') {
            add(&[&before, &label, ".", last]);
            add(&[&before, &label, &ending]);
        } else {
            add(&[&before, &label, &ending, ".", &ending]);
            if ending != "com" {
                add(&[&before, &label, "-", &ending, ".com"]);
                add(&[&before, &label, &ending, ".com"]);
            }
        }
        if let Some(before) = before.strip_suffix('.') {
            add(&[before, &label, ".", &ending]);
            add(&[&before.replace('.', ""), &label, ".", &ending]);
            add(&[before, "-", &label, ".", &ending]);
            add(&[&before.replace('.', "-"), "-", &label, ".", &ending]);
        }
        all
    }

    fn text(&self) -> impl Iterator<Item = char> {
        self.letters.iter().copied()
    }
}

/// A normalised domain in Unicode.
pub(crate) fn to_unicode(normalised: &str) -> Vec<char> {
    let (unicode, _) = idna::domain_to_unicode(normalised);
    unicode.chars().collect()
}

/// The longest public suffix of a registry: `io`, not `github.io`.
fn public_suffix(name: &str) -> &str {
    let mut rest = name;
    loop {
        let Some(suffix) = psl::suffix(rest.as_bytes()) else {
            return rest;
        };
        let ending = &rest[rest.len() - suffix.as_bytes().len()..];
        match ending.split_once('.') {
            Some((_, shorter)) if suffix.typ() == Some(psl::Type::Private) => rest = shorter,
            _ => return ending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(domain: &str) -> Option<[String; 4]> {
        let domain = Domain::new(&normalise_domain(domain).unwrap())?;
        let parts = [
            domain.before(),
            domain.label(),
            domain.ending(),
            domain.reserved(),
        ];
        Some(parts.map(|part| part.iter().collect()))
    }

    #[test]
    fn domains_are_split_at_the_public_suffix() {
        let cases = [
            ("yahoo.com", ["", "yahoo", "com", ""]),
            ("yahoo.com.cn", ["", "yahoo", "com.cn", ""]),
            ("mx.a.yahoo.co.jp", ["mx.a.", "yahoo", "co.jp", ""]),
            (
                "harborbank.com.example",
                ["", "harborbank", "com", ".example"],
            ),
            (
                "mail.harborbank.co.uk.test",
                ["mail.", "harborbank", "co.uk", ".test"],
            ),
            ("harborbank.example", ["", "harborbank", "example", ""]),
            ("com.example", ["", "com", "example", ""]),
            ("mail.example.com", ["mail.", "example", "com", ""]),
            ("someone.github.io", ["someone.", "github", "io", ""]),
            ("co.uk", ["", "co", "uk", ""]),
            ("springer.comm", ["", "springer", "comm", ""]),
            ("müller.公司.cn", ["", "müller", "公司.cn", ""]),
        ];
        for (domain, expected) in cases {
            assert_eq!(parts(domain).unwrap(), expected, "{domain}");
        }
        assert_eq!(parts("localhost"), None);
    }

    #[test]
    fn domains_are_normalised() {
        let cases = [
            ("Yahoo.COM.", Some("yahoo.com")),
            ("xn--mller-kva.de", Some("xn--mller-kva.de")),
            ("MÜLLER.de", Some("xn--mller-kva.de")),
            ("ab--cd.com", Some("ab--cd.com")),
            ("-yahoo.com", None),
            ("yahoo..com", None),
            ("under_score.com", None),
            ("xn--a.com", None),
            ("", None),
        ];
        for (domain, expected) in cases {
            assert_eq!(normalise_domain(domain).as_deref(), expected, "{domain}");
        }
    }
}
