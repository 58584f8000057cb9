use std::borrow::Cow;

use memchr::memchr;

use crate::codes::{Codes, EnhancedCode, enhanced_code, reply_code};
use crate::wrapper;

/// A delivery attempt's reply, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct NdrMessage {
    /// The three-digit code of RFC 5321, section 4.2.
    pub reply_code: Option<u16>,
    /// The code of RFC 3463.
    pub enhanced_code: Option<EnhancedCode>,
    /// What the reply says, on one line: the codes lifted out, those that a
    /// multi-line reply repeats dropped, white space collapsed. Where a
    /// sending server reports the reply (`host a.com[1.2.3.4] said: 550 …`),
    /// the reply alone.
    pub text: String,
}

impl NdrMessage {
    /// Takes a reply apart. Any text is a reply; one without codes is all text.
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        let raw = unescaped(raw);
        let Reply {
            mut codes,
            lead_in,
            rest,
        } = Reply::read(&raw);
        let mut text = String::with_capacity(lead_in.len() + rest.len());
        collapse(lead_in, &mut Codes::default(), &mut text);
        collapse(wrapper::without_command(rest), &mut codes, &mut text);
        lift_code_at_end(&mut codes, &mut text);
        Self {
            reply_code: codes.reply,
            enhanced_code: codes.enhanced,
            text,
        }
    }

    /// Whether the reply accepts the mail: a reply code 2xx, or without one an
    /// enhanced code of class 2.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let codes = Codes {
            reply: self.reply_code,
            enhanced: self.enhanced_code,
            continued: false,
        };
        codes.accept()
    }
}

/// Whether a reply accepts the mail, as [`NdrMessage::is_accepted`] says, but
/// without taking the reply apart.
#[must_use]
pub fn is_accepted(raw: &str) -> bool {
    match raw.as_bytes() {
        // What nearly every reply of a log begins with.
        [b'2', b, c, b' ', ..] if b.is_ascii_digit() && c.is_ascii_digit() => true,
        [b'4' | b'5', b, c, b' ' | b'-', ..] if b.is_ascii_digit() && c.is_ascii_digit() => false,
        _ => Reply::read(&unescaped(raw)).codes.accept(),
    }
}

/// A reply's front.
struct Reply<'a> {
    codes: Codes,
    /// Words of the report that are worth keeping.
    lead_in: &'a str,
    rest: &'a str,
}

impl<'a> Reply<'a> {
    fn read(raw: &'a str) -> Self {
        let outer = read_codes(wrapper::without_labels(raw));
        if outer.0.accept() {
            return Self::bare(outer);
        }
        let Some(reported) = wrapper::reply_within(outer.1) else {
            return Self::bare(outer);
        };
        let (lead_in, reply) = wrapper::telling_lead_in(reported);
        let (inner, rest) = read_codes(reply);
        // Postfix: `Protocol error: host … said: 250 ok (in reply to DATA command)`.
        if inner.accept() && outer.1.starts_with("Protocol error") {
            return Self::bare(outer);
        }
        // A report that begins with a refusal reports a refusal.
        let says_more = !inner.are_empty() && (outer.0.are_empty() || !inner.accept());
        Self {
            codes: if says_more { inner } else { outer.0 },
            lead_in,
            rest,
        }
    }

    fn bare((codes, rest): (Codes, &'a str)) -> Self {
        Self {
            codes,
            lead_in: "",
            rest,
        }
    }
}

/// The codes at the front, said once or again: `5.1.1 smtp;550 5.1.1 no`.
fn read_codes(text: &str) -> (Codes, &str) {
    let (mut codes, mut rest) = Codes::read(text);
    if codes.are_empty() {
        return (codes, rest);
    }
    loop {
        let unlabelled = wrapper::without_labels(rest);
        let (again, after) = Codes::read(unlabelled);
        // A reply code behind an enhanced one may be any number, unless
        // something vouches for it.
        let sure = codes.reply.is_some()
            || unlabelled.len() < rest.len()
            || (again.enhanced.is_some() && again.enhanced == codes.enhanced);
        let agrees = !again.are_empty()
            && match again.reply {
                Some(_) => sure && (codes.reply.is_none() || again.reply == codes.reply),
                None => true,
            }
            && (again.enhanced.is_none()
                || codes.enhanced.is_none()
                || again.enhanced == codes.enhanced);
        if !agrees {
            return (codes, rest);
        }
        codes.reply = codes.reply.or(again.reply);
        codes.enhanced = codes.enhanced.or(again.enhanced);
        codes.continued |= again.continued;
        rest = after;
    }
}

/// Appends the words, one space between them, without repeated codes. An
/// enhanced code that only a later line has is lifted out too.
fn collapse(rest: &str, codes: &mut Codes, text: &mut String) {
    let bytes = rest.as_bytes();
    let mut at = 0;
    let mut new_line = false;
    while at < rest.len() {
        let space = space_at(rest, at);
        if space > 0 {
            new_line |= bytes[at] == b'\n';
            at += space;
            continue;
        }
        let repeated = repeated_codes(&rest[at..], codes, new_line);
        new_line = false;
        if repeated > 0 {
            at += repeated;
            continue;
        }
        // As many words as can be copied at once.
        let start = at;
        while at < rest.len() {
            let word = rest.as_bytes()[at..].iter();
            at += word.take_while(|byte| matches!(byte, b'!'..=b'~')).count();
            let goes_on = match bytes.get(at) {
                // What a repeated code begins with is looked at first.
                Some(b' ') => matches!(bytes.get(at + 1), Some(b'!'..=b'1' | b'6'..=b'~')),
                Some(_) => space_at(rest, at) == 0,
                None => false,
            };
            if !goes_on {
                break;
            }
            at += 1;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&rest[start..at]);
    }
}

/// How many bytes of white space or of a control character begin at `at`; 0
/// also within a character.
fn space_at(text: &str, at: usize) -> usize {
    match text.as_bytes()[at] {
        ..=b' ' | 0x7f => 1,
        // The first bytes of all other white space.
        0xc2 | 0xe1..=0xe3 => match text[at..].chars().next() {
            Some(c) if c.is_whitespace() || c.is_control() => c.len_utf8(),
            _ => 0,
        },
        _ => 0,
    }
}

/// How many bytes of codes to drop at the start of a word: those that the
/// first line already said.
fn repeated_codes(word: &str, codes: &mut Codes, new_line: bool) -> usize {
    if !matches!(word.as_bytes().first(), Some(b'2'..=b'5')) {
        return 0;
    }
    if let Some(code) = codes.reply
        && let Some((found, end)) = reply_code(word)
        && found == code
    {
        let hyphen = word.as_bytes().get(end) == Some(&b'-');
        let end = end + usize::from(hyphen);
        let after = word[end..].trim_start_matches([' ', '\t']);
        let end = word.len() - after.len();
        if let Some((enhanced, length)) = enhanced_code(after, true) {
            let new = codes.enhanced.is_none() && (hyphen || codes.continued || new_line);
            if new {
                codes.enhanced = Some(enhanced);
            }
            return if codes.enhanced == Some(enhanced) {
                end + length
            } else {
                0
            };
        }
        let digit_follows = after.starts_with(|c: char| c.is_ascii_digit());
        return if codes.continued || new_line || (hyphen && !digit_follows) {
            end
        } else {
            0
        };
    }
    match enhanced_code(word, false) {
        Some((code, end)) if new_line && codes.enhanced == Some(code) => end,
        _ => 0,
    }
}

/// Lifts a failure's code out of qmail's form: `sorry, no mailbox. (#5.1.1)`.
/// A code in front of the text goes before it.
fn lift_code_at_end(codes: &mut Codes, text: &mut String) {
    if !text.ends_with(')') {
        return;
    }
    if let Some(start) = text.rfind("(#")
        && let Some((code, end)) = enhanced_code(&text[start..], false)
        && start + end == text.len()
        && code.class != 2
    {
        codes.enhanced = codes.enhanced.or(Some(code));
        let kept = text[..start].trim_end().len();
        text.truncate(kept);
    }
}

/// Line ends that a log has escaped, `\r\n` in letters, made real.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(position) = rest.find('\\') {
        text.push_str(&rest[..position]);
        let after = rest.as_bytes().get(position + 2).copied();
        let is_end = matches!(rest.as_bytes().get(position + 1), Some(b'r' | b'n'))
            && matches!(after, None | Some(b'\\' | b' ' | b'0'..=b'9'));
        if is_end {
            text.push('\n');
            rest = &rest[position + 2..];
        } else {
            text.push('\\');
            rest = &rest[position + 1..];
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}
