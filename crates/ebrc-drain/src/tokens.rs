//! A line's tokens: what white space parts.

use std::borrow::Cow;

/// The line with every extra delimiter as a space.
pub(crate) fn with_spaces<'a>(line: &'a str, delimiters: &[String]) -> Cow<'a, str> {
    let mut line = Cow::Borrowed(line);
    for delimiter in delimiters {
        if line.contains(delimiter.as_str()) {
            line = Cow::Owned(line.replace(delimiter.as_str(), " "));
        }
    }
    line
}

/// How many tokens a line has.
pub(crate) fn count(line: &str) -> usize {
    /// No more than a byte can count.
    const MANY: usize = 255;
    if !line.is_ascii() {
        return line.split_whitespace().count();
    }
    let bytes = line.as_bytes();
    let Some((&first, rest)) = bytes.split_first() else {
        return 0;
    };
    let begun = usize::from(!is_space(first));
    // A token begins where no space follows a space; compilers make vector
    // code of this.
    let chunks = bytes.chunks(MANY).zip(rest.chunks(MANY));
    let others = chunks.map(|(before, at)| {
        let begins = before.iter().zip(at);
        let begins = begins.map(|(&before, &at)| u8::from(is_space(before) & !is_space(at)));
        usize::from(begins.fold(0, u8::wrapping_add))
    });
    begun + others.sum::<usize>()
}

/// The tokens of a line in their order.
pub(crate) fn split(line: &str) -> Tokens<'_> {
    if line.is_ascii() {
        Tokens::Ascii(line)
    } else {
        Tokens::Unicode(line.split_whitespace())
    }
}

/// Iterates over a line's tokens.
pub(crate) enum Tokens<'a> {
    Ascii(&'a str),
    Unicode(std::str::SplitWhitespace<'a>),
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = match self {
            Self::Unicode(tokens) => return tokens.next(),
            Self::Ascii(rest) => rest,
        };
        let bytes = rest.as_bytes();
        let start = bytes.iter().position(|&byte| !is_space(byte))?;
        let length = bytes[start..].iter().position(|&byte| is_space(byte));
        let end = length.map_or(bytes.len(), |length| start + length);
        let token = &rest[start..end];
        *rest = &rest[end..];
        Some(token)
    }
}

/// The white space of ASCII, as Unicode has it.
fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn extra_delimiters_part_tokens_and_are_none() {
        let delimiters = ["=".to_owned(), "->".to_owned()];
        let line = with_spaces("from=a->b to=c", &delimiters);
        assert_eq!(
            split(&line).collect::<Vec<_>>(),
            ["from", "a", "b", "to", "c"]
        );
        assert!(matches!(with_spaces("a b", &delimiters), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn tokens_are_those_of_the_standard_library(
            line in "([ab]{0,3}[ \t\n\r\u{b}\u{c}]{0,3}){0,200}|([a\u{a0}\u{3000}é ]{0,9})",
        ) {
            let expected: Vec<&str> = line.split_whitespace().collect();
            prop_assert_eq!(count(&line), expected.len());
            prop_assert_eq!(split(&line).collect::<Vec<_>>(), expected);
        }
    }
}
