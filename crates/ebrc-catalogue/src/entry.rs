use std::fmt;

use ebrc_ndr::EnhancedCode;
use ebrc_taxonomy::TemplateLabel;

use crate::Text;

/// The codes before a text; either or both may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Codes {
    /// The three digits of RFC 5321, 400 to 599.
    pub reply: Option<u16>,
    /// The code of RFC 3463, of class 4 or 5.
    pub enhanced: Option<EnhancedCode>,
}

impl Codes {
    /// Reads `550 5.1.1`, `550`, `5.1.1`, or `none`.
    ///
    /// # Errors
    /// What is wrong, and the remedy.
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        let refuse = |what: &str| {
            Err(format!(
                "`{word}` {what}; write a reply code 400 to 599, an enhanced code such as 5.1.1, \
                 both with a space between, or `none`"
            ))
        };
        let mut codes = Self::default();
        if word.is_empty() || word == "none" {
            return Ok(codes);
        }
        for code in word.split(' ') {
            if code.contains('.') {
                let Some(enhanced) = enhanced_code(code) else {
                    return refuse("has no enhanced code of class 4 or 5");
                };
                if codes.enhanced.replace(enhanced).is_some() {
                    return refuse("has two enhanced codes");
                }
            } else {
                let reply = match code.parse::<u16>() {
                    Ok(reply) if (400..=599).contains(&reply) => reply,
                    _ => return refuse("has no reply code of a refusal"),
                };
                if codes.enhanced.is_some() || codes.reply.replace(reply).is_some() {
                    return refuse("has codes in the wrong order");
                }
            }
        }
        Ok(codes)
    }
}

impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.reply, self.enhanced) {
            (Some(reply), Some(enhanced)) => write!(f, "{reply} {enhanced}"),
            (Some(reply), None) => write!(f, "{reply}"),
            (None, Some(enhanced)) => write!(f, "{enhanced}"),
            (None, None) => f.write_str("none"),
        }
    }
}

fn enhanced_code(word: &str) -> Option<EnhancedCode> {
    let mut numbers = word.split('.');
    let class = match numbers.next()? {
        "4" => 4,
        "5" => 5,
        _ => return None,
    };
    let mut number = || {
        let digits = numbers.next()?;
        let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let code = EnhancedCode {
        class,
        subject: number()?,
        detail: number()?,
    };
    numbers.next().is_none().then_some(code)
}

/// One way in which mail servers refuse mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// What the text literally means.
    pub label: TemplateLabel,
    /// The codes with which the text occurs, the usual ones first; at least one.
    pub codes: Vec<Codes>,
    /// What is said behind the codes.
    pub text: Text,
    /// The MTA, provider or filter that says it, in lower case; `generic`
    /// where anybody may.
    pub software: String,
    /// The language, as ISO 639-1.
    pub language: String,
    /// How common the text is, 1 (rare) to 100 (everybody meets it daily).
    pub weight: u8,
    /// Chooses the shapes of this entry's ids and times, which a server keeps.
    pub(crate) shape: u64,
    /// The part before which codes stand: behind `said: ` of a report.
    pub(crate) lead: usize,
}
