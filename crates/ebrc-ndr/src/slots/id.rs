//! Opaque tokens: queue ids, session ids, hashes, UUIDs.

use super::Shape;
use crate::character::View;

/// The fewest letters and digits of an id that mixes both.
const SHORTEST: usize = 6;

/// The fewest letters of an id without digits.
const SHORTEST_OF_LETTERS: usize = 8;

/// The fewest bytes of base64 with `+`, `/` or `=` inside.
const SHORTEST_BASE64: usize = 20;

/// Words that digits follow: names of standards and products, no ids.
const NAMES: &[&str] = &[
    "aes",
    "base",
    "cp",
    "dkim",
    "dmarc",
    "error",
    "exchange",
    "gb",
    "http",
    "ipv",
    "iso",
    "koi",
    "latin",
    "level",
    "md",
    "microsoft",
    "msexchange",
    "office",
    "outlook",
    "rc",
    "rfc",
    "rsa",
    "sha",
    "smtputf",
    "spf",
    "ssl",
    "sslv",
    "tls",
    "tlsv",
    "ucs",
    "utf",
    "win",
    "windows",
];

/// An id that begins at `at`.
pub(super) fn find(view: View<'_>, at: usize, shape: &Shape) -> Option<usize> {
    let end = shape.end;
    if let Some(end) = base64(view, at, end) {
        return Some(end);
    }
    // No id is shorter, and most words are.
    if end - at < SHORTEST {
        return None;
    }
    if shape.digits == 0 && end - at < SHORTEST_OF_LETTERS {
        return None;
    }
    if let Some(end) = joined(view, at, shape) {
        return Some(end);
    }
    let first = view.bytes(at, shape.first_end);
    if is_opaque(first) && view.word_ends(shape.first_end) {
        return Some(behind_padding(view, shape.first_end));
    }
    // `4F2A91C0D3_x`: the sign that ends it belongs to a word.
    if is_opaque(first) && view.byte(shape.first_end) == b'_' {
        return Some(shape.first_end);
    }
    None
}

/// An id of several parts that begins at `at`, such as a UUID.
pub(super) fn joined(view: View<'_>, at: usize, shape: &Shape) -> Option<usize> {
    let run = view.bytes(at, shape.end);
    let is_id = run.len() >= SHORTEST
        && shape.first_end < shape.end
        && (is_uuid(run) || is_joined_id(run))
        && view.word_ends(shape.end);
    is_id.then(|| behind_padding(view, shape.end))
}

/// Signs at the end of base64, and of ids cut short.
fn behind_padding(view: View<'_>, end: usize) -> usize {
    let padded = view.span(end, |byte| matches!(byte, b'=' | b'-'));
    let closed = matches!(
        view.byte(padded),
        0 | b' ' | b')' | b']' | b'>' | b',' | b';' | b'.' | b'\'' | b'"'
    );
    if closed { padded } else { end }
}

/// Whether letters and digits in a row are an id.
fn is_opaque(part: &[u8]) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    match part.len() - digits {
        0 => false,
        letters if letters == part.len() => looks_random(part),
        _ => part.len() >= SHORTEST && !is_name(part),
    }
}

/// Whether a word with digits is one: `SHA256`, `8BITMIME`, `IPTS04`.
fn is_name(part: &[u8]) -> bool {
    let letters = part
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let (word, digits) = part.split_at(letters);
    if !digits.iter().all(u8::is_ascii_digit) {
        return part.eq_ignore_ascii_case(b"8bitmime");
    }
    let is_vendor_code =
        part.len() <= 7 && digits.len() <= 3 && word.iter().all(u8::is_ascii_uppercase);
    is_vendor_code || has_known_name(part)
}

/// Whether a known name and digits make up a word.
fn has_known_name(part: &[u8]) -> bool {
    let letters = part
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let (word, digits) = part.split_at(letters);
    digits.iter().all(u8::is_ascii_digit)
        && NAMES
            .iter()
            .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// `10MB`: digits and a unit of two letters.
fn is_size(part: &[u8]) -> bool {
    let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(
        part[digits..],
        [b'k' | b'K' | b'm' | b'M' | b'g' | b'G', b'b' | b'B']
    )
}

/// Whether a run with joining signs is one id: some part is opaque, and no
/// part is a word.
fn is_joined_id(run: &[u8]) -> bool {
    let mut opaque = false;
    let mut mixed_parts = 0;
    let mut mixed_bytes = 0;
    let mut parts = 0;
    for part in run.split(|byte| matches!(byte, b'-' | b'_' | b'.')) {
        if part.is_empty() {
            continue;
        }
        parts += 1;
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits == 0 && is_word(part) {
            return false;
        }
        if digits > 0 && part.len() > 4 && has_known_name(part) {
            return false;
        }
        if is_size(part) {
            continue;
        }
        if digits > 0 && digits < part.len() {
            mixed_parts += 1;
            mixed_bytes += part.len();
        }
        opaque |= is_opaque(part);
    }
    parts > 1 && (opaque || (mixed_parts > 1 && mixed_bytes >= SHORTEST))
}

/// Whether letters may be a word: in one case but for the first, with a vowel.
fn is_word(letters: &[u8]) -> bool {
    let rest = &letters[1..];
    let one_case =
        rest.iter().all(u8::is_ascii_lowercase) || letters.iter().all(u8::is_ascii_uppercase);
    letters.len() > 2 && one_case && has_vowel(letters)
}

fn has_vowel(letters: &[u8]) -> bool {
    letters
        .iter()
        .any(|byte| matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

/// Whether letters are too irregular for words: no vowels, or capitals in
/// places where no `CamelCase` has them.
pub(super) fn looks_random(letters: &[u8]) -> bool {
    if letters.len() < SHORTEST_OF_LETTERS {
        return false;
    }
    if !has_vowel(letters) {
        return true;
    }
    // One hump, as most words are.
    if !letters[1..].iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let mut humps = 0;
    let mut mute_humps = 0;
    let mut start = 0;
    for end in 1..=letters.len() {
        let is_border = end == letters.len()
            || (letters[end - 1].is_ascii_lowercase() && letters[end].is_ascii_uppercase());
        if is_border {
            humps += 1;
            mute_humps += usize::from(!has_vowel(&letters[start..end]));
            start = end;
        }
    }
    // Words of a camel case have vowels and are longer than two letters and a
    // half on average.
    humps > 2 && (2 * mute_humps > humps || 5 * humps > 2 * letters.len())
}

fn is_uuid(run: &[u8]) -> bool {
    run.len() == 36
        && run
            .iter()
            .enumerate()
            .all(|(position, byte)| match position {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
}

/// Base64 with `+` or `/` inside, long and mixed enough to be no path.
fn base64(view: View<'_>, at: usize, run_end: usize) -> Option<usize> {
    if !matches!(view.byte(run_end), b'+' | b'/' | b'=') {
        return None;
    }
    let end = view.span(at, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
    });
    let token = view.bytes(at, end);
    let has = |class: fn(&u8) -> bool| token.iter().any(class);
    let mixed =
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let is_path = token
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty() && !part.iter().any(u8::is_ascii_digit))
        .any(is_word);
    // `key=value` is no padding.
    let inner_sign = token
        .iter()
        .position(|&byte| byte == b'=')
        .is_some_and(|sign| token[sign..].iter().any(|&byte| byte != b'='));
    (token.len() >= SHORTEST_BASE64 && mixed && !is_path && !inner_sign && view.word_ends(end))
        .then_some(end)
}
