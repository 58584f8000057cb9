use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An enhanced mail system status code (RFC 3463), such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EnhancedCode {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// What the code is about: 1 address, 2 mailbox, 3 system, 4 network,
    /// 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// The condition within the subject.
    pub detail: u16,
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl From<EnhancedCode> for String {
    fn from(code: EnhancedCode) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for EnhancedCode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for EnhancedCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match enhanced_at(text) {
            Some((code, rest)) if rest.is_empty() => Ok(code),
            _ => Err(format!(
                "`{text}` is no enhanced status code; write it as 5.1.1"
            )),
        }
    }
}

/// A server's reply, its codes apart from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NdrMessage {
    /// The reply code (RFC 5321), such as 550.
    pub reply_code: Option<u16>,
    /// The enhanced status code.
    pub enhanced_code: Option<EnhancedCode>,
    /// The text without the codes, also without those that continue a reply of
    /// several lines, white space collapsed.
    pub text: String,
}

impl NdrMessage {
    /// Takes a reply apart, as a server sends it or as a log or a bounce wraps
    /// it (`host a[b] said: 550 … (in reply to RCPT TO command)`, `smtp; 550 …`).
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        let collapsed = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let reply = unwrapped(&collapsed);
        let (reply_code, rest) = match reply_code_at(reply) {
            Some((code, rest)) => (Some(code), rest),
            None => (None, reply),
        };
        let (mut enhanced_code, rest) = match leading_enhanced(rest) {
            Some((code, rest)) => (Some(code), rest),
            None => (None, rest),
        };
        let continued = reply_code.is_some() && is_continued(reply, reply_code);
        let mut text = without_continuations(rest, reply_code, enhanced_code, continued);
        if enhanced_code.is_none()
            && let Some((code, without)) = lift_parenthesised(&text)
        {
            enhanced_code = Some(code);
            text = without;
        }
        Self {
            reply_code,
            enhanced_code,
            text,
        }
    }

    /// Whether the reply accepts the mail (2xx).
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.reply_code.is_some_and(|code| code / 100 == 2)
    }
}

/// Whether a reply accepts the mail (2xx), without taking it apart.
#[must_use]
pub fn is_accepted(raw: &str) -> bool {
    reply_code_at(raw.trim_start()).is_some_and(|(code, _)| code / 100 == 2)
}

/// A reply code at the start, and what follows it.
fn reply_code_at(text: &str) -> Option<(u16, &str)> {
    let bytes = text.as_bytes();
    let code = bytes.get(..3)?;
    let separated = matches!(bytes.get(3), None | Some(b' ' | b'-' | b'\t' | b':' | b','));
    if !(b'2'..=b'5').contains(&code[0]) || !code.iter().all(u8::is_ascii_digit) || !separated {
        return None;
    }
    let number = code
        .iter()
        .fold(0, |n, digit| n * 10 + u16::from(digit - b'0'));
    Some((
        number,
        text[3..].trim_start_matches([' ', '-', '\t', ':', ',']),
    ))
}

/// An enhanced code right at the start, and what follows it.
fn enhanced_at(text: &str) -> Option<(EnhancedCode, &str)> {
    let (class, rest) = number_at(text, 1)?;
    let (subject, rest) = number_at(rest.strip_prefix('.')?, 3)?;
    let (detail, rest) = number_at(rest.strip_prefix('.')?, 3)?;
    let class = u8::try_from(class)
        .ok()
        .filter(|class| [2, 4, 5].contains(class))?;
    let next = rest.as_bytes();
    // 5.1.1.20 is an address, 5.1.1a a version.
    let ends = match next.first() {
        None => true,
        Some(b'.') => !next.get(1).is_some_and(u8::is_ascii_alphanumeric),
        Some(byte) => !byte.is_ascii_alphanumeric(),
    };
    let code = EnhancedCode {
        class,
        subject,
        detail,
    };
    ends.then_some((code, rest))
}

fn number_at(text: &str, digits: usize) -> Option<(u16, &str)> {
    let end = text
        .bytes()
        .take(digits)
        .take_while(u8::is_ascii_digit)
        .count();
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// An enhanced code at the start, however it is dressed: `#5.1.1`, `(5.1.1)`,
/// `[5.1.1]`, `<#5.1.1>`.
fn leading_enhanced(text: &str) -> Option<(EnhancedCode, &str)> {
    let bare = text.trim_start_matches(['#', '(', '[', '<']);
    let (code, rest) = enhanced_at(bare)?;
    let dressed = bare.len() < text.len();
    let rest = if dressed {
        rest.trim_start_matches([')', ']', '>'])
    } else {
        rest
    };
    Some((code, rest.trim_start_matches([' ', '-', ':', ';', ','])))
}

/// A code that a server puts behind its text: `no mailbox here (#5.1.1)`.
fn lift_parenthesised(text: &str) -> Option<(EnhancedCode, String)> {
    let start = text.find("(#")?;
    let (code, rest) = enhanced_at(&text[start + 2..])?;
    let rest = rest.strip_prefix(')')?;
    let parts = [text[..start].trim_end(), rest.trim_start()];
    let without = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    Some((code, without))
}

/// The reply inside what logs and bounces put around it.
fn unwrapped(text: &str) -> &str {
    let mut reply = text;
    for prefix in ["smtp;", "SMTP;", "<<<", "Diagnostic-Code:"] {
        if let Some(rest) = reply.strip_prefix(prefix) {
            reply = rest.trim_start();
        }
    }
    let lower_start: String = reply
        .chars()
        .take(24)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let wrapped = [
        "host ",
        "smtp error from remote",
        "remote host said",
        "remote server",
    ]
    .iter()
    .any(|start| lower_start.starts_with(start));
    if wrapped {
        let inner = reply
            .match_indices([':', ';'])
            .map(|(at, _)| reply[at + 1..].trim_start())
            .find(|rest| reply_code_at(rest).is_some() || leading_enhanced(rest).is_some());
        if let Some(inner) = inner {
            reply = inner;
        }
    }
    match reply.rfind(" (in reply to ") {
        Some(end) if reply.ends_with(" command)") || reply.ends_with("command)") => &reply[..end],
        _ => reply,
    }
}

/// Whether a reply has further lines: `550-` and something.
fn is_continued(reply: &str, code: Option<u16>) -> bool {
    let Some(code) = code else { return false };
    let marker = format!("{code}-");
    reply.split(' ').any(|word| word.starts_with(&marker))
}

/// Drops the codes with which the further lines of a reply begin.
fn without_continuations(
    text: &str,
    reply: Option<u16>,
    enhanced: Option<EnhancedCode>,
    continued: bool,
) -> String {
    let Some(reply) = reply else {
        return text.to_owned();
    };
    let reply = reply.to_string();
    let enhanced = enhanced.map(|code| code.to_string());
    let mut kept: Vec<&str> = Vec::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        if let Some(rest) = word.strip_prefix(reply.as_str()) {
            if let Some(line) = rest.strip_prefix('-') {
                let line = match enhanced_at(line) {
                    Some((_, rest)) => rest.trim_start_matches(['-', ':']),
                    None => line,
                };
                if !line.is_empty() {
                    kept.push(line);
                }
                continue;
            }
            let code_follows = enhanced.is_some() && words.peek() == enhanced.as_deref().as_ref();
            if rest.is_empty() && (continued || code_follows) {
                if code_follows {
                    words.next();
                }
                continue;
            }
        }
        kept.push(word);
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, reply: u16, enhanced: &str, text: &str) {
        let message = NdrMessage::parse(raw);
        assert_eq!(message.reply_code.unwrap_or(0), reply, "{raw}");
        let code = message.enhanced_code.map(|code| code.to_string());
        assert_eq!(code.unwrap_or_default(), enhanced, "{raw}");
        assert_eq!(message.text, text, "{raw}");
    }

    #[test]
    fn codes_are_lifted_out_wherever_they_stand() {
        check("550 5.1.1 User unknown", 550, "5.1.1", "User unknown");
        check("550-5.1.1 User unknown", 550, "5.1.1", "User unknown");
        check("550 User unknown", 550, "", "User unknown");
        check(
            "550 #5.1.0 Address rejected",
            550,
            "5.1.0",
            "Address rejected",
        );
        check("550 [5.7.1] no", 550, "5.7.1", "no");
        check("5.2.2 mailbox full", 0, "5.2.2", "mailbox full");
        check(
            "554 no mailbox here (#5.1.1)",
            554,
            "5.1.1",
            "no mailbox here",
        );
        check("552 5.2.2: full", 552, "5.2.2", "full");
        check("connect timed out", 0, "", "connect timed out");
        check("550", 550, "", "");
        check("", 0, "", "");
    }

    #[test]
    fn addresses_versions_and_sizes_are_no_codes() {
        check("550 5.1.1.20 is listed", 550, "", "5.1.1.20 is listed");
        check("5500 bytes", 0, "", "5500 bytes");
        check("250.1 x", 0, "", "250.1 x");
        check("550 3.1.1 odd class", 550, "", "3.1.1 odd class");
    }

    #[test]
    fn the_codes_of_further_lines_are_dropped() {
        check(
            "550-5.1.1 The account does not exist. 550-5.1.1 Try again 550 5.1.1 later x1 - gsmtp",
            550,
            "5.1.1",
            "The account does not exist. Try again later x1 - gsmtp",
        );
        check("550-One\r\n550-two\r\n550 three", 550, "", "One two three");
        check("450 error 450 at once", 450, "", "error 450 at once");
    }

    #[test]
    fn wrappers_are_taken_off() {
        check(
            "host mx.a.com[192.0.2.1] said: 550 5.1.1 unknown (in reply to RCPT TO command)",
            550,
            "5.1.1",
            "unknown",
        );
        check("smtp; 550 5.1.1 unknown", 550, "5.1.1", "unknown");
        check(
            "SMTP error from remote mail server after RCPT TO:<b@b.com>: 550 no such user",
            550,
            "",
            "no such user",
        );
        check("host not found", 0, "", "host not found");
    }

    #[test]
    fn accepted_is_2xx() {
        for raw in ["250 OK", " 250 2.0.0 queued", "250"] {
            assert!(
                is_accepted(raw) && NdrMessage::parse(raw).is_accepted(),
                "{raw}"
            );
        }
        for raw in ["550 250 no", "2500", "OK", ""] {
            assert!(
                !is_accepted(raw) && !NdrMessage::parse(raw).is_accepted(),
                "{raw}"
            );
        }
    }

    #[test]
    fn codes_are_read_and_written() {
        let code: EnhancedCode = "4.7.650".parse().unwrap();
        assert_eq!(code.to_string(), "4.7.650");
        assert!("5.1".parse::<EnhancedCode>().is_err());
        assert!("5.1.1x".parse::<EnhancedCode>().is_err());
    }
}
