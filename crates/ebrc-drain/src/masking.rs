//! Masks for logs of any kind: what differs from line to line is found by its
//! form and written as a named slot, before the line goes to the miner.
//!
//! ```
//! use ebrc_drain::masking::{Masks, Slot};
//!
//! let line = "10:22:01 session 0x1f3a of bob from /10.0.0.7:3888 read 1.5 MB of /var/log/a.log";
//! assert_eq!(
//!     Masks::all().mask(line),
//!     "<time> session <id> of bob from /<ip> read <number> of <path>"
//! );
//! assert_eq!(Masks::none().with(Slot::Ip).mask("port 80 of ::1"), "port 80 of <ip>");
//! ```
//!
//! The scanner is one pass over the bytes and needs no regular expressions.
//! Masks of one's own go first ([`Patterns`]): a slot `<name>` that a line
//! already has, in lower-case letters and `_`, stays.

mod address;
mod name;
mod number;
mod path;
mod patterns;
mod time;

pub use patterns::Patterns;

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A date, a time of day or both, also with names of days and months.
    Time,
    /// An IPv4 or IPv6 address, with its port or prefix length.
    Ip,
    /// A mail address.
    Email,
    /// What follows the `://` of a web or file address.
    Url,
    /// A path of at least two parts, of Unix or Windows.
    Path,
    /// A host name: dotted, with a number in it or a well-known ending.
    Host,
    /// A UUID, a hexadecimal number, a hardware address, or a name that is
    /// partly a number (`blk_-38865`, `node7f3a`).
    Id,
    /// A number, with its decimals, unit of bytes, or what `:` or `/` joins to
    /// it.
    Number,
}

impl Slot {
    /// Every slot.
    pub const ALL: [Self; 8] = [
        Self::Time,
        Self::Ip,
        Self::Email,
        Self::Url,
        Self::Path,
        Self::Host,
        Self::Id,
        Self::Number,
    ];

    /// What stands in the place of such a slot, such as `<number>`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "<time>",
            Self::Ip => "<ip>",
            Self::Email => "<email>",
            Self::Url => "<url>",
            Self::Path => "<path>",
            Self::Host => "<host>",
            Self::Id => "<id>",
            Self::Number => "<number>",
        }
    }
}

/// Which slots are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks {
    masked: u8,
}

impl Default for Masks {
    /// [`Masks::all`].
    fn default() -> Self {
        Self::all()
    }
}

impl Masks {
    /// Every slot.
    #[must_use]
    pub fn all() -> Self {
        Self { masked: u8::MAX }
    }

    /// No slot: a line stays as it is.
    #[must_use]
    pub fn none() -> Self {
        Self { masked: 0 }
    }

    /// These masks and one more.
    #[must_use]
    pub fn with(self, slot: Slot) -> Self {
        Self {
            masked: self.masked | 1 << slot as u8,
        }
    }

    /// These masks but for one.
    #[must_use]
    pub fn without(self, slot: Slot) -> Self {
        Self {
            masked: self.masked & !(1 << slot as u8),
        }
    }

    /// Whether a slot is masked.
    #[must_use]
    pub fn masks(self, slot: Slot) -> bool {
        self.masked & 1 << slot as u8 != 0
    }

    /// The line with its slots masked.
    #[must_use]
    pub fn mask(self, line: &str) -> String {
        let mut masked = String::with_capacity(line.len());
        self.mask_into(line, &mut masked);
        masked
    }

    /// Appends the line with its slots masked, for callers that keep a buffer.
    pub fn mask_into(self, line: &str, masked: &mut String) {
        let bytes = line.as_bytes();
        // Where the text begins that has not been written yet.
        let mut literal = 0;
        let mut at = 0;
        let mut in_word = false;
        let mut last = None;
        while let Some(&byte) = bytes.get(at) {
            let found = if in_word { None } else { find(bytes, at, byte) };
            match found {
                Some(Found::Slot(slot, start, end)) => {
                    if self.masks(slot) {
                        // A list is one slot, however long it is.
                        let listed = last == Some(slot) && &line[literal..start] == ",";
                        if !listed {
                            masked.push_str(&line[literal..start]);
                            masked.push_str(slot.as_str());
                        }
                        literal = end;
                        last = Some(slot);
                    }
                    at = end;
                    in_word = false;
                }
                Some(Found::Literal(end)) => {
                    at = end;
                    in_word = joins(bytes[end - 1]);
                }
                None => {
                    at += 1;
                    in_word = joins(byte);
                }
            }
        }
        masked.push_str(&line[literal..]);
    }
}

/// What was found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A slot from here to there.
    Slot(Slot, usize, usize),
    /// Text that holds no slot, up to there.
    Literal(usize),
}

/// Whether a byte is part of the word that it touches.
fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The byte at a place; beyond both ends lie zeros.
fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(bytes, at))
}

/// Where the bytes of a class that begin at `at` end.
fn span(bytes: &[u8], at: usize, class: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|&&byte| class(byte)).count()
}

fn digits(bytes: &[u8], at: usize) -> usize {
    span(bytes, at, |byte| byte.is_ascii_digit())
}

/// Whether no word goes on at `at`.
fn word_ends(bytes: &[u8], at: usize) -> bool {
    !joins(byte(bytes, at))
}

/// What begins at `at`, where no word goes on.
fn find(bytes: &[u8], at: usize, first: u8) -> Option<Found> {
    let slot = |slot, end| Some(Found::Slot(slot, at, end));
    match first {
        b'a'..=b'z' | b'A'..=b'Z' => {
            let end = span(bytes, at, |byte| byte.is_ascii_alphabetic());
            let next = byte(bytes, end);
            if first.is_ascii_uppercase()
                && matches!(next, b' ' | b',')
                && let Some(end) = time::find(bytes, at)
            {
                return slot(Slot::Time, end);
            }
            if !(joins(next) || matches!(next, b'.' | b'-' | b':' | b'@' | b'/')) {
                return match name::is_hexadecimal(&bytes[at..end]) {
                    true => slot(Slot::Id, end),
                    false => Some(Found::Literal(end)),
                };
            }
            if next == b':' {
                if let Some((start, end)) = path::url(bytes, end) {
                    return Some(Found::Slot(Slot::Url, start, end));
                }
                if end == at + 1
                    && let Some(end) = path::windows(bytes, end + 1)
                {
                    return slot(Slot::Path, end);
                }
            }
            Some(name::find(bytes, at))
        }
        b'0'..=b'9' => {
            if let Some(end) = time::find(bytes, at) {
                return slot(Slot::Time, end);
            }
            if let Some(end) = address::v4(bytes, at) {
                return slot(Slot::Ip, end);
            }
            Some(name::find(bytes, at))
        }
        b'/' => path::unix(bytes, at).map(|end| Found::Slot(Slot::Path, at, end)),
        b'.' | b'~' => path::from_here(bytes, at).map(|end| Found::Slot(Slot::Path, at, end)),
        b'\\' => path::windows(bytes, at).map(|end| Found::Slot(Slot::Path, at, end)),
        b'-' | b'+' if byte(bytes, at + 1).is_ascii_digit() => {
            let signed = matches!(
                before(bytes, at),
                0 | b' ' | b'\t' | b'=' | b':' | b'(' | b'[' | b'{' | b',' | b'"' | b'\''
            );
            match name::find(bytes, at + 1) {
                Found::Slot(Slot::Number, _, end) if signed => slot(Slot::Number, end),
                _ => None,
            }
        }
        b':' if byte(bytes, at + 1) == b':' => {
            address::v6(bytes, at).map(|end| Found::Slot(Slot::Ip, at, end))
        }
        b'<' => {
            let end = span(bytes, at + 1, |byte| {
                byte.is_ascii_lowercase() || byte == b'_'
            });
            let named = end > at + 1 && byte(bytes, end) == b'>';
            named.then_some(Found::Literal(end + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(Masks::all().mask(line), expected, "{line}");
    }

    #[test]
    fn times() {
        for time in [
            "09:15",
            "9:15:02",
            "09:15:02.123",
            "09:15:02,123",
            "09:15:02 UTC",
            "09:15:02 PM",
            "2026-11-24",
            "2026/11/24 09:15:02",
            "2026-11-24T09:15:02.5Z",
            "2026-11-24T09:15:02+01:00",
            "24.11.2026",
            "24/11/26",
            "24/Nov/2026:09:15:02 +0100",
            "Nov 24 09:15:02",
            "Nov  4 09:15:02 2026",
            "Tue Nov 24 09:15:02 CET 2026",
            "Tue, 24 Nov 2026 09:15:02 +0000",
            "24 November 2026",
        ] {
            check(time, "<time>");
            check(&format!("at {time}, said"), "at <time>, said");
        }
        check(
            "09:15:02 POST x; 09:15:02 GET x",
            "<time> POST x; <time> GET x",
        );
        check("may 3 be on Sun", "may <number> be on Sun");
        check("March on", "March on");
        check("Mon is a name", "Mon is a name");
        check("took 09:15:02 of 2 hours", "took <time> of <number> hours");
    }

    #[test]
    fn addresses() {
        check("10.0.0.1", "<ip>");
        check("/10.0.0.1:80, 10.0.0.0/8.", "/<ip>, <ip>.");
        check("10.0.0.1,10.0.0.2 x", "<ip> x");
        check("fe80::1 ::1 2001:db8:0:0:0:0:0:1", "<ip> <ip> <ip>");
        check("a::b std::io :: 1", "a::b std::io :: <number>");
        check("00:1a:2b:3c:4d:5e", "<id>");
        check("10.0.0.1.rev.example.net", "<host>");
        check("bob@example.com: no", "<email>: no");
        check("user@host", "user@host");
        check("https://example.com/a?b=c, is", "https://<url>, is");
        check("example.com mx1.example.co.uk:25 no", "<host> <host> no");
        check(
            "java.lang.String com.example.Main e.g. i.e. x",
            "java.lang.String com.example.Main e.g. i.e. x",
        );
    }

    #[test]
    fn paths() {
        check("/usr/lib/a.so: no", "<path>: no");
        check(
            "open(/etc/passwd) \"/a/b\" in=/a/b/",
            "open(<path>) \"<path>\" in=<path>",
        );
        check("./run ../a/b ~/x", "<path> <path> <path>");
        check("/default and/or I/O a/b/c", "/default and/or I/O a/b/c");
        check("src/main/java/A", "<path>");
        check("C:\\Windows\\x.dll, \\\\server\\share", "<path>, <path>");
        check("......", "......");
    }

    #[test]
    fn ids_and_numbers() {
        check("123e4567-e89b-12d3-a456-426614174000", "<id>");
        check("0x7f3a 0XFF deadbeef 9a90dc", "<id> <id> <id> <id>");
        check("blk_-38865 attempt_14_0001_m_0_0", "<id> <id>");
        check(
            "core.2275 Thread-12 part-0001",
            "core.<number> Thread-<number> part-<number>",
        );
        check("node7f3a", "<id>");
        check(
            "ssh2 eth0 x86 jk2_init() log4j ipv4",
            "ssh2 eth0 x86 jk2_init() log4j ipv4",
        );
        check(
            "-1 +2 =-3 a-4 5-6",
            "<number> <number> =<number> a-<number> <number>-<number>",
        );
        check(
            "1.5 2,3 10.5.3 12:5 3/4",
            "<number> <number> <number> <number> <number>",
        );
        check(
            "10ms 5% 384.0 B, 1.5 KiB of 3 Bs",
            "<number> <number>% <number>, <number> of <number> Bs",
        );
        check("x=1,y=2", "x=<number>,y=<number>");
        check("1##2", "<number>##<number>");
        check("id[3]={4}", "id[<number>]={<number>}");
        check("décor2 été 3", "décor2 été <number>");
    }

    #[test]
    fn slots_that_are_there_stay_and_masks_can_be_left_out() {
        check("<ip> <node_id> <*> <3>", "<ip> <node_id> <*> <<number>>");
        let masks = Masks::all().without(Slot::Ip);
        assert!(!masks.masks(Slot::Ip) && masks.masks(Slot::Number));
        assert_eq!(masks.mask("10.0.0.1 has 3"), "10.0.0.1 has <number>");
        assert_eq!(Masks::none().mask("10.0.0.1 has 3"), "10.0.0.1 has 3");
        assert_eq!(Masks::none().with(Slot::Number).mask("a 3"), "a <number>");
        assert_eq!(Masks::default(), Masks::all());
    }

    proptest! {
        #[test]
        fn any_text_is_masked_without_a_slip(line in "[ -~é不]{0,60}") {
            let masked = Masks::all().mask(&line);
            prop_assert_eq!(Masks::none().mask(&line), line.clone());
            // What stays is in the order of the line.
            let mut texts = Slot::ALL.iter().fold(vec![masked], |texts, slot| {
                texts.iter().flat_map(|text| text.split(slot.as_str())).map(str::to_owned).collect()
            });
            texts.reverse();
            let mut rest = line.as_str();
            while let Some(text) = texts.pop() {
                let position = rest.find(&text);
                prop_assert!(position.is_some(), "{text} in {rest}");
                rest = &rest[position.unwrap_or(0) + text.len()..];
            }
        }
    }
}
