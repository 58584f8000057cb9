//! Finds what differs from mail to mail: one pass over the bytes.

mod address;
mod host;
mod id;
mod ip;
mod number;
mod time;
mod top_level_domains;
mod url;

use crate::character::{View, joins_words};

/// What kind of thing a slot of a template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// A mail address, also a partly redacted one.
    Email,
    /// An IPv4 or IPv6 address, with its port or prefix length.
    Ip,
    /// A host or domain name, with its port.
    Host,
    /// A web address.
    Url,
    /// A queue id, session id, message id, UUID, hash or other opaque token.
    Id,
    /// A date, a time of day, or both.
    Time,
    /// A count, a size, a score.
    Number,
}

impl SlotKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Email,
        Self::Ip,
        Self::Host,
        Self::Url,
        Self::Id,
        Self::Time,
        Self::Number,
    ];

    /// The kind as a plain word, such as `email`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Host => "host",
            Self::Url => "url",
            Self::Id => "id",
            Self::Time => "time",
            Self::Number => "number",
        }
    }
}

/// Takes the pieces of a text, in order.
pub(crate) trait Sink {
    fn literal(&mut self, text: &str);
    fn slot(&mut self, kind: SlotKind, value: &str);
}

/// What lies at a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A slot, which may begin before the place.
    Slot(SlotKind, usize, usize),
    /// Plain text up to here.
    Literal(usize),
}

/// Cuts a text into literal pieces and slots.
///
/// Angle brackets right around a slot are part of it, so `<bob@b.com>:` gives
/// a slot and `:`.
pub(crate) fn scan(text: &str, sink: &mut impl Sink) {
    let whole = View { text };
    let mut address = address::next(whole, 0);
    // Where the literal text that no sink has seen yet begins.
    let mut literal = 0;
    let mut at = 0;
    let mut in_word = false;
    let mut after_ip = false;
    while at < text.len() {
        while let Some(found) = &address
            && found.start < at
        {
            address = address::next(whole, at);
        }
        let limit = address.as_ref().map_or(text.len(), |address| address.start);
        if !in_word {
            let plain = plain_words(text.as_bytes(), at, limit);
            if plain > at {
                after_ip = false;
                at = plain;
                continue;
            }
        }
        let view = View {
            text: &text[..limit.max(at)],
        };
        let mut found = Found::Literal(at + 1);
        let byte = text.as_bytes()[at];
        if let Some(address) = &address
            && address.start == at
        {
            found = Found::Slot(address.kind, at, address.end);
        } else if byte.is_ascii_alphanumeric() {
            if in_word {
                found = Found::Literal(whole.span(at, |byte| byte.is_ascii_alphanumeric()));
            } else {
                found = word(whole, view, at, literal);
            }
        } else if byte == b':' {
            if after_ip && let Some(end) = ip::port(whole, at) {
                // The port of `[1.2.3.4]:25` goes with the address.
                sink.literal(&text[literal..at]);
                literal = end;
                found = Found::Literal(end);
            } else if !in_word && let Some(end) = ip::v6(view, at) {
                found = Found::Slot(SlotKind::Ip, at, end);
            }
        } else if !byte.is_ascii() {
            let character = whole.char_at(at);
            let length = character.map_or(1, char::len_utf8);
            in_word = character.is_some_and(joins_words);
            after_ip = false;
            at += length;
            continue;
        }
        match found {
            Found::Slot(kind, mut start, mut end) => {
                if start > literal && whole.byte(start - 1) == b'<' && whole.byte(end) == b'>' {
                    start -= 1;
                    end += 1;
                }
                sink.literal(&text[literal..start]);
                sink.slot(kind, &text[start..end]);
                literal = end;
                at = end;
                in_word = false;
                after_ip = kind == SlotKind::Ip;
            }
            Found::Literal(end) => {
                after_ip &= byte == b']';
                in_word = text.as_bytes()[end - 1].is_ascii_alphanumeric();
                at = end;
            }
        }
    }
    sink.literal(&text[literal..]);
}

/// How far words from `at` on, where none is under way, are plain: a short cut
/// for what most of a text is. They end before `limit`, and so does what parts
/// them.
fn plain_words(bytes: &[u8], mut at: usize, limit: usize) -> usize {
    let bytes = &bytes[..limit.max(at)];
    while let Some(&first) = bytes.get(at) {
        if ends_plain_word(first) {
            at += 1;
            continue;
        }
        let word = &bytes[at..];
        let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let length = letters.count();
        let Some((word, &[next, ..])) = word.split_at_checked(length) else {
            break;
        };
        if length == 0
            || !ends_plain_word(next)
            || (first.is_ascii_uppercase() && time::may_be_a_name(word))
            || id::looks_random(word)
        {
            break;
        }
        at += length + 1;
    }
    at
}

/// Behind a word, these say that nothing else goes on with it.
fn ends_plain_word(byte: u8) -> bool {
    matches!(byte, b' ' | b',' | b')' | b';')
}

/// What begins with a letter or digit at `at`, where a word begins; nothing
/// reaches beyond `view` but a web address, or back before `literal`.
fn word(whole: View<'_>, view: View<'_>, at: usize, literal: usize) -> Found {
    if let Some(end) = url::with_scheme(whole, at) {
        return Found::Slot(SlotKind::Url, at, end);
    }
    let shape = Shape::of(view, at);
    let slot = |kind, end| Found::Slot(kind, at, end);
    if shape.digits == 0 && shape.dots == 0 {
        if let Some(end) = time::with_name(view, at, shape.first_end) {
            return slot(SlotKind::Time, end);
        }
        if view.byte(shape.first_end) == b':'
            && let Some(end) = ip::v6(view, at)
        {
            return slot(SlotKind::Ip, end);
        }
        return match id::find(view, at, &shape) {
            Some(end) => slot(SlotKind::Id, end),
            None => Found::Literal(shape.first_end),
        };
    }
    if let Some(end) = ip::v6_labelled(view, at).or_else(|| ip::v6(view, at)) {
        return slot(SlotKind::Ip, end);
    }
    if view.byte(at).is_ascii_digit()
        && let Some(end) = time::with_digits(view, at)
    {
        return slot(SlotKind::Time, end);
    }
    if shape.dots > 0 {
        if shape.letters > 0
            && let Some(end) = host::find(view, at, shape.end)
        {
            return match url::without_scheme(whole, end) {
                Some(end) => slot(SlotKind::Url, end),
                None => slot(SlotKind::Host, host::with_port(view, end)),
            };
        }
        if let Some(start) = ip::start_behind_letters(view, at, shape.first_end)
            && !number::is_named(view, start)
            && let Some(end) = ip::v4(view, start)
        {
            return Found::Slot(SlotKind::Ip, start, end);
        }
    }
    if shape.letters > 0
        && let Some(end) = id::joined(view, at, &shape)
    {
        return slot(SlotKind::Id, end);
    }
    if let Some(found) = number::find(view, at, literal) {
        return found;
    }
    match id::find(view, at, &shape) {
        Some(end) => slot(SlotKind::Id, end),
        None => Found::Literal(shape.first_end),
    }
}

/// A run of letters, digits and the signs `-`, `_`, `.` that join them.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// Where the first letters and digits end.
    first_end: usize,
    /// Where the run ends, signs at its end left out.
    end: usize,
    letters: usize,
    digits: usize,
    dots: usize,
}

impl Shape {
    fn of(view: View<'_>, at: usize) -> Self {
        let mut shape = Self {
            first_end: 0,
            end: at,
            letters: 0,
            digits: 0,
            dots: 0,
        };
        let mut dots = 0;
        for (position, &byte) in view.text.as_bytes().iter().enumerate().skip(at) {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => shape.letters += 1,
                b'0'..=b'9' => shape.digits += 1,
                b'-' | b'_' | b'.' => {
                    if shape.first_end == 0 {
                        shape.first_end = position;
                    }
                    dots += usize::from(byte == b'.');
                    continue;
                }
                _ => break,
            }
            shape.end = position + 1;
            shape.dots = dots;
        }
        if shape.first_end == 0 {
            shape.first_end = shape.end;
        }
        shape
    }
}
