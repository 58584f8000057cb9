//! Reply codes and enhanced status codes at the front of a text.

use std::fmt;
use std::str::FromStr;

/// An enhanced mail system status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnhancedCode {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// What failed: 1 the address, 2 the mailbox, 3 the mail system, 4 the
    /// network, 5 the protocol, 6 the content, 7 the policy.
    pub subject: u16,
    /// How exactly; its meaning depends on the subject.
    pub detail: u16,
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl FromStr for EnhancedCode {
    type Err = InvalidEnhancedCode;

    /// Reads a bare code, such as `5.1.1`.
    fn from_str(text: &str) -> Result<Self, InvalidEnhancedCode> {
        match enhanced_code(text, false) {
            Some((code, _)) if code.to_string() == text => Ok(code),
            _ => Err(InvalidEnhancedCode),
        }
    }
}

/// A text that is no enhanced status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no enhanced status code; write one such as 5.1.1, whose class is 2, 4 or 5")]
pub struct InvalidEnhancedCode;

/// The codes a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Codes {
    pub(crate) reply: Option<u16>,
    pub(crate) enhanced: Option<EnhancedCode>,
    /// Whether a hyphen announced more lines (RFC 5321, section 4.2.1).
    pub(crate) continued: bool,
}

impl Codes {
    pub(crate) fn are_empty(&self) -> bool {
        self.reply.is_none() && self.enhanced.is_none()
    }

    pub(crate) fn accept(&self) -> bool {
        match (self.reply, self.enhanced) {
            (Some(reply), _) => reply / 100 == 2,
            (None, Some(enhanced)) => enhanced.class == 2,
            (None, None) => false,
        }
    }

    /// Reads the codes at the front of a text, and what follows them.
    pub(crate) fn read(text: &str) -> (Self, &str) {
        let mut codes = Self::default();
        let mut rest = text;
        if let Some((reply, end)) = reply_code(text) {
            codes.reply = Some(reply);
            rest = &text[end..];
            if let Some(more) = rest.strip_prefix('-') {
                codes.continued = true;
                rest = more;
            } else if let Some(more) = rest.strip_prefix(':') {
                rest = more;
            }
            rest = rest.trim_start();
        }
        if let Some((enhanced, end)) = enhanced_code(rest, codes.reply.is_some()) {
            codes.enhanced = Some(enhanced);
            rest = rest[end..].trim_start();
        }
        (codes, rest)
    }
}

/// A reply code: three digits that stand alone. The code, and where it ends.
pub(crate) fn reply_code(text: &str) -> Option<(u16, usize)> {
    let &[a @ b'2'..=b'5', b, c, ref rest @ ..] = text.as_bytes() else {
        return None;
    };
    let alone = match rest {
        [] => true,
        [b'-' | b'#' | b'<' | b'(' | b'[' | b':' | b'"' | b'\'', ..] => true,
        [b'.' | b',' | b';', after, ..] => after.is_ascii_whitespace(),
        [next, ..] => next.is_ascii_whitespace() || !next.is_ascii(),
    };
    (alone && b.is_ascii_digit() && c.is_ascii_digit()).then(|| {
        let digit = |byte: u8| u16::from(byte - b'0');
        (100 * digit(a) + 10 * digit(b) + digit(c), 3)
    })
}

/// An enhanced code, bare or in one of the usual dresses: `#5.1.1`,
/// `(#5.1.1)`, `<5.1.1>`, `[5.1.1]`. The code, and where it ends.
///
/// Behind a reply code (`sure`), a hyphen may follow it; elsewhere that makes
/// a version number.
pub(crate) fn enhanced_code(text: &str, sure: bool) -> Option<(EnhancedCode, usize)> {
    let bytes = text.as_bytes();
    let closing = match bytes.first()? {
        b'(' => Some(b')'),
        b'<' => Some(b'>'),
        b'[' => Some(b']'),
        _ => None,
    };
    let mut at = usize::from(closing.is_some());
    if bytes.get(at) == Some(&b'#') {
        at += 1;
    }
    let class = match bytes.get(at)? {
        digit @ (b'2' | b'4' | b'5') => digit - b'0',
        _ => return None,
    };
    let (subject, end) = short_number(bytes, at + 1)?;
    let (detail, mut end) = short_number(bytes, end)?;
    if let Some(closing) = closing {
        if bytes.get(end) != Some(&closing) {
            return None;
        }
        end += 1;
    } else {
        let alone = match bytes[end..] {
            []
            | [
                b':' | b')' | b'>' | b']' | b'(' | b'<' | b'[' | b',' | b';' | b'"' | b'\'',
                ..,
            ] => true,
            [b'-' | b'_', ..] if sure => true,
            [b'-' | b'.', after, ..] => after.is_ascii_whitespace(),
            [next, ..] => next.is_ascii_whitespace() || !next.is_ascii(),
        };
        if !alone {
            return None;
        }
    }
    // `5.1.1:` and `5.1.1-` end with the code; a further sign is the text's.
    if matches!(bytes.get(end), Some(b':' | b'-')) {
        end += 1;
    }
    let code = EnhancedCode {
        class,
        subject,
        detail,
    };
    Some((code, end))
}

/// A dot and one to three digits.
fn short_number(bytes: &[u8], dot: usize) -> Option<(u16, usize)> {
    if bytes.get(dot) != Some(&b'.') {
        return None;
    }
    let digits = bytes[dot + 1..]
        .iter()
        .take(4)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let end = dot + 1 + digits;
    let value = bytes[dot + 1..end]
        .iter()
        .fold(0, |value, byte| 10 * value + u16::from(byte - b'0'));
    Some((value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, codes: &str, rest: &str) {
        let (found, left) = Codes::read(text);
        let mut words = Vec::new();
        words.extend(found.reply.map(|code| code.to_string()));
        words.extend(found.enhanced.map(|code| code.to_string()));
        if found.continued {
            words.push("more".to_owned());
        }
        assert_eq!((words.join(" ").as_str(), left), (codes, rest), "{text}");
    }

    #[test]
    fn codes_are_read_in_every_usual_dress() {
        check("550 no", "550", "no");
        check("550", "550", "");
        check("550-no", "550 more", "no");
        check("550: no", "550", "no");
        check("550 5.1.1 no", "550 5.1.1", "no");
        check("550-5.7.26 no", "550 5.7.26 more", "no");
        check("550 #5.1.0 no", "550 5.1.0", "no");
        check("550 (#5.1.1) no", "550 5.1.1", "no");
        check("550 <5.1.1> no", "550 5.1.1", "no");
        check("550 [5.1.1] no", "550 5.1.1", "no");
        check("550 5.1.1: no", "550 5.1.1", "no");
        check("550 5.7.1-no", "550 5.7.1", "no");
        check("5.1.1 no", "5.1.1", "no");
        check("#5.1.1 no", "5.1.1", "no");
        check("5.7.606", "5.7.606", "");
        check("550 不明", "550", "不明");
    }

    #[test]
    fn codes_are_read_and_written() {
        let code: EnhancedCode = "4.7.650".parse().unwrap();
        assert_eq!(code.to_string(), "4.7.650");
        for text in [
            "5.1", "5.1.1x", "5.1.1:", "(5.1.1)", "3.1.1", "5.1.1 no", "",
        ] {
            assert_eq!(
                text.parse::<EnhancedCode>(),
                Err(InvalidEnhancedCode),
                "{text}"
            );
        }
    }

    #[test]
    fn other_numbers_are_no_codes() {
        for text in [
            "5.1.1.20 is listed",
            "550.1 no",
            "5501 no",
            "650 no",
            "5.1.1-rc2 is too old",
            "3.1.1 no",
            "5.1 no",
            "5.1234.1 no",
            "(5.1.1 no",
            "55é",
            "no",
            "",
        ] {
            check(text, "", text);
        }
        check("550 5.1.1.20 is listed", "550", "5.1.1.20 is listed");
        check("550 [5.1.1.20] is listed", "550", "[5.1.1.20] is listed");
    }
}
