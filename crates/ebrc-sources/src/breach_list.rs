use std::borrow::Cow;
use std::path::Path;

use sha1::{Digest, Sha1};

use crate::error::Fault;
use crate::lines::for_each_line;
use crate::{Error, count, file_name};

/// Which addresses have leaked (section 4.2.1).
pub trait BreachList: Send + Sync {
    /// Whether an address is known to have leaked. Case makes no difference.
    fn contains(&self, address: &str) -> bool;

    /// What the source is, in a line, for a report.
    fn describe(&self) -> String;
}

/// Leaked addresses from a text file, which may be compressed: either an
/// address a line, or the SHA-1 of one in 40 hexadecimal digits, which
/// `:` and a number may follow, as breach services give them. The first
/// entry tells which. Blank lines and lines that begin with `#` count for
/// nothing.
///
/// Addresses are lower-cased as a whole before they are hashed or compared,
/// as breach services do it, although user names could differ by case (RFC
/// 5321, section 2.4).
///
/// Kept are the first 64 bits of each address's SHA-1 and nothing else: 8
/// bytes an address, up to 24 while the file is read. With *n* entries an
/// address that did not leak is taken for one that did with a chance of *n* in
/// 2^64: of ten million addresses that are looked up in a list of a billion,
/// one with a chance of 1 in 1,800. An address that leaked is always found.
pub struct BreachListFile {
    /// In order, without repetitions.
    hashes: Vec<u64>,
    description: String,
}

impl BreachListFile {
    /// Reads a list.
    ///
    /// # Errors
    /// Where it cannot be read, or a line is neither an address nor a hash, or
    /// not what the lines before it are. The line is named, not repeated.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut hashes = Vec::new();
        let mut form = None;
        for_each_line(path, |line| {
            if line.starts_with('#') {
                return Ok(());
            }
            let form = *form.get_or_insert_with(|| match hash_in(line) {
                Some(_) => Form::Hashes,
                None => Form::Addresses,
            });
            hashes.push(form.hash_of_line(line)?);
            Ok(())
        })?;
        hashes.sort_unstable();
        hashes.dedup();
        hashes.shrink_to_fit();
        let entries = match form {
            Some(Form::Hashes) => count(hashes.len(), "SHA-1 hash", "es"),
            Some(Form::Addresses) | None => count(hashes.len(), "address", "es"),
        };
        let description = format!("{}: {entries}", file_name(path));
        Ok(Self {
            hashes,
            description,
        })
    }
}

impl BreachList for BreachListFile {
    fn contains(&self, address: &str) -> bool {
        self.hashes.binary_search(&hash_of(address)).is_ok()
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

impl std::fmt::Debug for BreachListFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BreachListFile")
            .field(&self.description)
            .finish()
    }
}

#[derive(Clone, Copy)]
enum Form {
    Addresses,
    Hashes,
}

impl Form {
    fn hash_of_line(self, line: &str) -> Result<u64, Fault> {
        match self {
            Self::Hashes => hash_in(line).ok_or_else(|| {
                Fault::new(
                    "the entry is no SHA-1 hash, unlike those before it",
                    "write 40 hexadecimal digits, and after them at most `:` and a number",
                )
            }),
            Self::Addresses if is_address(line) => Ok(hash_of(line)),
            Self::Addresses => Err(Fault::new(
                "the entry is no address",
                "write one address a line and nothing else, or SHA-1 hashes only",
            )),
        }
    }
}

/// The first 64 bits of an address's SHA-1.
fn hash_of(address: &str) -> u64 {
    let is_lower = address
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let address = if is_lower {
        Cow::Borrowed(address)
    } else {
        Cow::Owned(address.to_lowercase())
    };
    let digest = Sha1::digest(address.as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0, |hash, &byte| hash << 8 | u64::from(byte))
}

/// The first 64 bits of the hash that a line gives.
fn hash_in(line: &str) -> Option<u64> {
    const DIGITS: usize = 40;
    let (hash, rest) = line.split_at_checked(DIGITS)?;
    let has_count = rest
        .strip_prefix(':')
        .is_some_and(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()));
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) || !(rest.is_empty() || has_count) {
        return None;
    }
    u64::from_str_radix(hash.get(..16)?, 16).ok()
}

/// Whether a line can be an address, and only that: leaks circulate with
/// passwords behind their addresses too.
fn is_address(line: &str) -> bool {
    /// RFC 5321, section 4.5.3.1.
    const LONGEST: usize = 64 + 1 + 255;
    let Some((user, domain)) = line.rsplit_once('@') else {
        return false;
    };
    let is_domain = domain
        .chars()
        .all(|c| c.is_alphanumeric() || "-._".contains(c) || !c.is_ascii());
    let is_plain = !line.chars().any(|c| c.is_whitespace() || c.is_control());
    !user.is_empty() && !domain.is_empty() && is_domain && is_plain && line.len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_start_of_the_standard_one() {
        // The example of FIPS 180-4.
        assert_eq!(hash_of("abc"), 0xa999_3e36_4706_816a);
        assert_eq!(hash_of("ABC"), hash_of("abc"));
        assert_eq!(hash_of("É"), hash_of("é"));
        let line = "A9993E364706816ABA3E25717850C26C9CD0D89D";
        assert_eq!(hash_in(line), Some(hash_of("abc")));
        assert_eq!(hash_in(&format!("{line}:17")), Some(hash_of("abc")));
    }

    #[test]
    fn what_is_nearly_a_hash_is_none() {
        let hash = "a9993e364706816aba3e25717850c26c9cd0d89d";
        for bad in [
            &hash[1..],
            &format!("{hash}0"),
            &format!("{hash}:"),
            &format!("{hash}:x"),
            &format!("{hash}:-1"),
            &format!("+{}", &hash[1..]),
            "",
        ] {
            assert_eq!(hash_in(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_stands_alone() {
        for good in [
            "a@b",
            "a.b+c@x-y.example",
            "\"a@b\"@c",
            "jürgen@bücher.example",
        ] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@b", "a".repeat(400));
        for bad in [
            "a",
            "@b",
            "a@",
            "a@b:secret",
            "a@b,c",
            "a b@c",
            "a@b c",
            &long,
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
