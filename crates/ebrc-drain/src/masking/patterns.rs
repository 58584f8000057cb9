use std::borrow::Cow;

use regex::Regex;

use crate::Error;

/// Masks of one's own: what a regular expression finds is written as its name
/// in angle brackets. They go before [`Masks`](super::Masks), which leave such
/// slots as they are.
///
/// ```
/// use ebrc_drain::masking::{Masks, Patterns};
///
/// let own = Patterns::new([("ticket", r"T-\d+"), ("*", r"\bat \w+$")])?;
/// let line = own.mask("T-12 closed 3 days ago at noon");
/// assert_eq!(line, "<ticket> closed 3 days ago <*>");
/// assert_eq!(Masks::all().mask(&line), "<ticket> closed <number> days ago <*>");
/// # Ok::<(), ebrc_drain::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    patterns: Vec<(String, Regex)>,
}

impl Patterns {
    /// Names and their regular expressions, in the order in which they are
    /// looked for: a later one sees what earlier ones wrote.
    ///
    /// # Errors
    /// A name that is neither `*` nor lower-case letters and `_`, or an
    /// expression that the crate `regex` does not take.
    pub fn new<'a>(patterns: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let read = |(name, expression): (&'a str, &'a str)| {
            let fault = |reason: String| Error::Pattern {
                name: name.to_owned(),
                reason,
            };
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            if name != "*" && (name.is_empty() || !name.bytes().all(is_plain)) {
                let remedy = "name it `*`, or with lower-case letters and `_`";
                return Err(fault(remedy.to_owned()));
            }
            let expression = Regex::new(expression).map_err(|error| fault(error.to_string()))?;
            Ok((format!("<{name}>"), expression))
        };
        let patterns: Result<_, Error> = patterns.into_iter().map(read).collect();
        Ok(Self {
            patterns: patterns?,
        })
    }

    /// The line with what is found masked.
    #[must_use]
    pub fn mask<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let mut line = Cow::Borrowed(line);
        for (slot, expression) in &self.patterns {
            let slot = regex::NoExpand(slot);
            if let Cow::Owned(masked) = expression.replace_all(&line, slot) {
                line = Cow::Owned(masked);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_expressions_are_checked() {
        for (name, expression, expected) in [
            ("Ticket", "T", "lower-case"),
            ("", "T", "lower-case"),
            ("ticket", "(", "unclosed group"),
        ] {
            let error = Patterns::new([(name, expression)]).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn patterns_are_looked_for_in_their_order() -> Result<(), Error> {
        let both = Patterns::new([("pair", "ab"), ("one", r"\ba\b|\$")])?;
        assert_eq!(both.mask("ab a $1"), "<pair> <one> <one>1");
        let swallowed = Patterns::new([("pair", "ab"), ("*", "<.*")])?;
        assert_eq!(swallowed.mask("ab a $1"), "<*>");
        assert!(matches!(both.mask("xyz"), Cow::Borrowed("xyz")));
        Ok(())
    }
}
