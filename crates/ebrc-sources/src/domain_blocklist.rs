use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Fault;
use crate::lines::for_each_line;
use crate::{Error, count, file_name};

/// Which domains are on a blocklist (section 4.2.1).
pub trait DomainBlocklist: Send + Sync {
    /// Whether a domain is listed. Case and a dot at its end make no
    /// difference; an internationalised name is looked up as it is written.
    fn contains(&self, domain: &str) -> bool;

    /// What the source is, in a line, for a report.
    fn describe(&self) -> String;
}

/// Listed domains from a text file, which may be compressed, in the format of
/// rbldnsd's `dnset`; a plain list with a domain a line is one too.
///
/// | Entry | Listed |
/// |---|---|
/// | `example.com` | the domain, not what is below it |
/// | `*.example.com` | what is below it, not the domain |
/// | `.example.com` | both |
/// | `!` before any of these | not listed, whatever wider entry says so |
///
/// An entry for a domain itself goes before a wildcard, and a longer wildcard
/// before a shorter one; where an entry and its exclusion say the same, the
/// exclusion holds. What follows an entry after a space, or a line that begins
/// with `:`, says what a server is to answer; it means nothing here. Neither
/// do comments (`#`, `;`) nor settings (`$`), except that `$DATASET` may begin
/// nothing but a `dnset`.
#[derive(Debug)]
pub struct DomainBlocklistFile {
    /// By name: what is said of the domain itself, and of what is below it.
    names: BTreeMap<Box<str>, Entry>,
    description: String,
}

#[derive(Debug, Default, Clone, Copy)]
struct Entry {
    itself: Option<Verdict>,
    below: Option<Verdict>,
}

/// In order, so that the greater one holds where two are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Listed,
    Excluded,
}

impl DomainBlocklistFile {
    /// Reads a list.
    ///
    /// # Errors
    /// Where it cannot be read, or a line is no entry of a `dnset`. The line
    /// is named, not repeated.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut names: BTreeMap<Box<str>, Entry> = BTreeMap::new();
        for_each_line(path, |line| {
            if is_entry(line)? {
                let (name, entry) = parse_entry(line)?;
                let known = names.entry(name.into_boxed_str()).or_default();
                known.itself = known.itself.max(entry.itself);
                known.below = known.below.max(entry.below);
            }
            Ok(())
        })?;
        let description = format!("{}: {}", file_name(path), count(names.len(), "domain", "s"));
        Ok(Self { names, description })
    }

    fn verdict(&self, domain: &str) -> Option<Verdict> {
        if let Some(verdict) = self.names.get(domain).and_then(|entry| entry.itself) {
            return Some(verdict);
        }
        let mut rest = domain;
        while let Some((_, above)) = rest.split_once('.') {
            if let Some(verdict) = self.names.get(above).and_then(|entry| entry.below) {
                return Some(verdict);
            }
            rest = above;
        }
        None
    }
}

impl DomainBlocklist for DomainBlocklistFile {
    fn contains(&self, domain: &str) -> bool {
        self.verdict(&normalised(domain)) == Some(Verdict::Listed)
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

fn normalised(domain: &str) -> String {
    domain.strip_suffix('.').unwrap_or(domain).to_lowercase()
}

/// Whether a line lists or excludes something.
fn is_entry(line: &str) -> Result<bool, Fault> {
    if let Some(setting) = line.trim_start_matches([':', '#', ';']).strip_prefix('$') {
        if let Some(dataset) = setting.strip_prefix("DATASET") {
            let kind = dataset.split_whitespace().next().unwrap_or_default();
            if kind.split(':').next() != Some("dnset") {
                return Err(Fault::new(
                    "a dataset begins that is no `dnset`",
                    "keep the file's datasets of domains only",
                ));
            }
        }
        return Ok(false);
    }
    Ok(!line.starts_with([':', '#', ';']))
}

fn parse_entry(line: &str) -> Result<(String, Entry), Fault> {
    let (verdict, rest) = match line.strip_prefix('!') {
        Some(rest) => (Verdict::Excluded, rest.trim_start()),
        None => (Verdict::Listed, line),
    };
    // What follows is the server's answer, or a comment.
    let name = rest.split(char::is_whitespace).next().unwrap_or_default();
    let (name, entry) = if let Some(name) = name.strip_prefix("*.") {
        let entry = Entry {
            itself: None,
            below: Some(verdict),
        };
        (name, entry)
    } else {
        let both = name.strip_prefix('.');
        let entry = Entry {
            itself: Some(verdict),
            below: both.map(|_| verdict),
        };
        (both.unwrap_or(name), entry)
    };
    let name = normalised(name);
    if !is_domain(&name) {
        return Err(Fault::new(
            "the entry is no domain",
            "write `example.com`, `*.example.com` or `.example.com`, with `!` before exclusions",
        ));
    }
    Ok((name, entry))
}

/// RFC 1035, section 2.3.4, and what lists use beyond letters.
fn is_domain(name: &str) -> bool {
    const LONGEST: usize = 253;
    const LONGEST_LABEL: usize = 63;
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || "-_".contains(c) || !c.is_ascii())
    };
    name.len() <= LONGEST && name.split('.').all(is_label)
}
