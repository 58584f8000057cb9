use crate::NdrMessage;
use crate::character::View;
use crate::known_hosts::{self, Role};
use crate::slots::{Sink, SlotKind, scan};

/// How many words of a web address are kept.
const MOST_WORDS: usize = 6;

/// Words of web addresses that say nothing.
const EMPTY_WORDS: &[&str] = &[
    "asp", "aspx", "bin", "cgi", "com", "de", "do", "en", "fr", "gb", "htm", "html", "http",
    "https", "index", "jsp", "org", "php", "us", "www",
];

/// A reply as a classifier reads it: its codes, then its text with every slot
/// as a bare word (`email`, `ip`, `host`, `url`, `id`, `time`, `number`).
///
/// The names of blocklists follow their `host` or `url`, and web addresses of
/// known blocklists, filters and providers keep the words of their path:
/// `https://support.google.com/mail/?p=NoSuchUser` becomes
/// `url google mail no such user`. All other hosts and addresses keep nothing,
/// so replies that differ in their slots alone give the same text, and nobody
/// is named by a slot.
#[must_use]
pub fn classifier_text(raw: &str) -> String {
    let message = NdrMessage::parse(raw);
    let mut words = Words {
        text: String::with_capacity(message.text.len() + 16),
        after_slot: false,
    };
    if let Some(code) = message.reply_code {
        push_number(&mut words.text, code);
        words.text.push(' ');
    }
    if let Some(code) = message.enhanced_code {
        push_number(&mut words.text, u16::from(code.class));
        for number in [code.subject, code.detail] {
            words.text.push('.');
            push_number(&mut words.text, number);
        }
        words.text.push(' ');
    }
    scan(&message.text, &mut words);
    let length = words.text.trim_end().len();
    words.text.truncate(length);
    words.text
}

/// Appends a number without the machinery of formatting, which would cost as
/// much as reading some words.
fn push_number(text: &mut String, number: u16) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

struct Words {
    text: String,
    after_slot: bool,
}

impl Words {
    fn word(&mut self, word: &str) {
        if self.text.ends_with(char::is_alphanumeric) {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }
}

impl Sink for Words {
    fn literal(&mut self, text: &str) {
        let touches = self.after_slot && text.starts_with(char::is_alphanumeric);
        if touches {
            self.text.push(' ');
        }
        self.after_slot &= text.is_empty();
        self.text.push_str(text);
    }

    fn slot(&mut self, kind: SlotKind, value: &str) {
        self.word(kind.as_str());
        self.after_slot = true;
        let value = value.trim_matches(['<', '>']);
        match kind {
            SlotKind::Host => {
                let host = value.split(':').next().unwrap_or_default();
                if let Some((words, Role::Reputation)) = known_hosts::find(host) {
                    self.word(words);
                }
            }
            SlotKind::Url => self.url(value),
            _ => {}
        }
    }
}

impl Words {
    fn url(&mut self, url: &str) {
        let address = url.split_once("://").map_or(url, |(_, address)| address);
        let host_end = address.find(['/', '?', '#']).unwrap_or(address.len());
        let (authority, path) = address.split_at(host_end);
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let Some((words, _)) = known_hosts::find(host) else {
            return;
        };
        self.word(words);
        let mut left = MOST_WORDS;
        let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        for segment in path.split('/') {
            self.path_words(segment, &mut left);
        }
        // Of a query only Google's reason; other values may be anybody's.
        for pair in query.split('&') {
            if let Some(reason) = pair.strip_prefix("p=") {
                self.path_words(reason, &mut left);
            }
        }
        self.path_words(fragment, &mut left);
    }

    /// The words of a part of a path; none of a part that may be an address,
    /// a host or an id.
    fn path_words(&mut self, part: &str, left: &mut usize) {
        let name = part
            .rsplit_once('.')
            .filter(|(_, extension)| is_page(extension))
            .map_or(part, |(name, _)| name);
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+'));
        if !is_plain || is_slot(name) {
            return;
        }
        for word in name.split(['-', '_', '+']) {
            if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                camel_case(word, |word| {
                    let word = word.to_ascii_lowercase();
                    let says_nothing = word.len() < 2 || EMPTY_WORDS.contains(&word.as_str());
                    if *left > 0 && !says_nothing {
                        *left -= 1;
                        self.word(&word);
                    }
                });
            }
        }
    }
}

fn is_page(extension: &str) -> bool {
    matches!(
        extension,
        "html" | "htm" | "php" | "asp" | "aspx" | "cgi" | "jsp" | "shtml"
    )
}

/// Whether a part of a path is one slot as a whole.
fn is_slot(part: &str) -> bool {
    struct Whole(bool, usize);
    impl Sink for Whole {
        fn literal(&mut self, text: &str) {
            self.0 &= text.is_empty();
        }
        fn slot(&mut self, _kind: SlotKind, _value: &str) {
            self.1 += 1;
        }
    }
    let mut whole = Whole(true, 0);
    scan(part, &mut whole);
    whole.0 && whole.1 > 0
}

/// Cuts `UnsolicitedRateLimitError` and `SPFRecord` into their words.
fn camel_case(word: &str, mut each: impl FnMut(&str)) {
    let view = View { text: word };
    let mut start = 0;
    for end in 1..=word.len() {
        let is_border = end == word.len()
            || (view.byte(end).is_ascii_uppercase()
                && (view.byte(end - 1).is_ascii_lowercase()
                    || view.byte(end + 1).is_ascii_lowercase()));
        if is_border {
            each(&word[start..end]);
            start = end;
        }
    }
}
