//! Which parts of a text differ from mail to mail.

use crate::time;

/// What kind of value a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKind {
    /// An email address.
    Email,
    /// An IPv4 or IPv6 address, with its port or prefix length.
    Ip,
    /// A host name.
    Host,
    /// A link.
    Url,
    /// A queue id, session id, message id or any other opaque token.
    Id,
    /// A date, a time, or both.
    Time,
    /// A number, with its unit where that is glued on.
    Number,
}

impl SlotKind {
    /// The kind as a word: what the classifier reads in the slot's place.
    #[must_use]
    pub fn word(self) -> &'static str {
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

    /// The kind as a mask: what the template miner sees in the slot's place.
    #[must_use]
    pub fn mask(self) -> &'static str {
        match self {
            Self::Email => "<email>",
            Self::Ip => "<ip>",
            Self::Host => "<host>",
            Self::Url => "<url>",
            Self::Id => "<id>",
            Self::Time => "<time>",
            Self::Number => "<number>",
        }
    }

    pub(crate) const ALL: [Self; 7] = [
        Self::Email,
        Self::Ip,
        Self::Host,
        Self::Url,
        Self::Id,
        Self::Time,
        Self::Number,
    ];
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Words of the template.
    Literal(&'a str),
    /// A slot and its value.
    Slot(SlotKind, &'a str),
    /// White space between words.
    Space,
}

/// Takes a text apart, word by word.
pub(crate) fn each_part<'a>(text: &'a str, mut each: impl FnMut(Part<'a>)) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut position = 0;
    let mut previous = "";
    while let Some(&word) = words.get(position) {
        if position > 0 {
            each(Part::Space);
        }
        let in_time = if may_be_time(word) {
            time::span(&words[position..])
        } else {
            0
        };
        if in_time > 0 {
            let last = words[position + in_time - 1];
            each(Part::Slot(SlotKind::Time, word));
            emit_trailing(last, &mut each);
            position += in_time;
            previous = "";
            continue;
        }
        word_parts(word, previous, &mut each);
        previous = word;
        position += 1;
    }
}

/// A cheap look that spares most words the search for a point in time.
fn may_be_time(word: &str) -> bool {
    let first = word.trim_start_matches(['(', '[', '<', '"', '\'']);
    let bytes = first.as_bytes();
    match bytes.first() {
        Some(byte) if byte.is_ascii_digit() => true,
        Some(byte) if byte.is_ascii_alphabetic() => bytes.len() <= 10,
        _ => false,
    }
}

/// The punctuation behind a point in time is the sentence's.
fn emit_trailing<'a>(word: &'a str, each: &mut impl FnMut(Part<'a>)) {
    let kept = word.trim_end_matches([',', '.', ';', ':', ')', ']', '>']);
    if kept.len() < word.len() {
        each(Part::Literal(&word[kept.len()..]));
    }
}

/// A word of the text: letters, punctuation and slots between them. Scripts
/// without spaces are parted from the ASCII in their midst.
fn word_parts<'a>(word: &'a str, previous: &str, each: &mut impl FnMut(Part<'a>)) {
    if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        each(Part::Literal(word));
        return;
    }
    let mut rest = word;
    while !rest.is_empty() {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        if ascii > 0 {
            ascii_parts(&rest[..ascii], previous, each);
            rest = &rest[ascii..];
            continue;
        }
        let other = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        each(Part::Literal(&rest[..other]));
        rest = &rest[other..];
    }
}

fn ascii_parts<'a>(run: &'a str, previous: &str, each: &mut impl FnMut(Part<'a>)) {
    if let Some(start) = url_start(run) {
        let link = run[start..]
            .trim_end_matches(['.', ',', ';', ':', '!', ')', ']', '}', '>', '"', '\'', '*']);
        if start > 0 {
            atoms(&run[..start], previous, each);
        }
        each(Part::Slot(SlotKind::Url, link));
        let end = start + link.len();
        if end < run.len() {
            each(Part::Literal(&run[end..]));
        }
        return;
    }
    if let Some((start, end)) = email_range(run) {
        // The brackets around an address come and go; they are no text.
        let (mut before, mut after) = (&run[..start], &run[end..]);
        if before.ends_with('<') && after.starts_with('>') {
            before = &before[..before.len() - 1];
            after = &after[1..];
        }
        if !before.is_empty() {
            atoms(before, previous, each);
        }
        each(Part::Slot(SlotKind::Email, &run[start..end]));
        if !after.is_empty() {
            ascii_parts(after, previous, each);
        }
        return;
    }
    atoms(run, previous, each);
}

fn url_start(run: &str) -> Option<usize> {
    let find = |needle: &str| {
        run.as_bytes()
            .windows(needle.len())
            .position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
    };
    if run.contains("://") {
        let start = ["https://", "http://", "ftp://"]
            .into_iter()
            .filter_map(find)
            .min();
        if start.is_some() {
            return start;
        }
    }
    let start = find("www.")?;
    let begins = start == 0 || !run.as_bytes()[start - 1].is_ascii_alphanumeric();
    (begins && run.len() > start + 4).then_some(start)
}

/// An address in a run without white space.
fn email_range(run: &str) -> Option<(usize, usize)> {
    let bytes = run.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'@')?;
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-=/!#$&*?^`{|}~".contains(byte);
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_*".contains(byte);
    let mut start = at
        - bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| local(byte))
            .count();
    // `to=bob@b.com`: the word before the sign of equality is no address.
    if let Some(equal) = bytes[start..at].iter().position(|&byte| byte == b'=')
        && (1..=9).contains(&equal)
        && bytes[start..start + equal]
            .iter()
            .all(u8::is_ascii_alphabetic)
        && start + equal + 1 < at
    {
        start += equal + 1;
    }
    let mut end = at
        + 1
        + bytes[at + 1..]
            .iter()
            .take_while(|byte| domain(byte))
            .count();
    while end > at + 1 && matches!(bytes[end - 1], b'.' | b'-' | b'_') {
        end -= 1;
    }
    (start < at && end > at + 1).then_some((start, end))
}

fn is_delimiter(byte: u8) -> bool {
    b"<>()[]{}\"',;|`".contains(&byte)
}

/// Splits at brackets, quotes and commas, and looks at what lies between.
fn atoms<'a>(run: &'a str, previous: &str, each: &mut impl FnMut(Part<'a>)) {
    let bytes = run.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let delimiters = bytes[start..]
            .iter()
            .take_while(|&&b| is_delimiter(b))
            .count();
        if delimiters > 0 {
            each(Part::Literal(&run[start..start + delimiters]));
            start += delimiters;
            continue;
        }
        let mut length = bytes[start..]
            .iter()
            .take_while(|&&b| !is_delimiter(b))
            .count();
        // The comma of 10,240,000 is no delimiter.
        while bytes.get(start + length) == Some(&b',')
            && start + length > 0
            && bytes[start + length - 1].is_ascii_digit()
            && bytes
                .get(start + length + 1)
                .is_some_and(u8::is_ascii_digit)
        {
            let from = start + length + 1;
            length += 1 + bytes[from..]
                .iter()
                .take_while(|&&b| !is_delimiter(b))
                .count();
        }
        atom(&run[start..start + length], previous, each);
        start += length;
    }
}

fn atom<'a>(atom: &'a str, previous: &str, each: &mut impl FnMut(Part<'a>)) {
    const EDGE: [char; 10] = ['.', ':', '!', '?', '-', '=', '*', '#', '/', '~'];
    let core = atom.trim_start_matches(EDGE);
    let lead = atom.len() - core.len();
    let core = core.trim_end_matches(EDGE);
    let tail = lead + core.len();
    if core.is_empty() {
        each(Part::Literal(atom));
        return;
    }
    // `IP192.0.2.1`: a word glued to an address.
    let letters = core.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters > 0 && is_ipv4(&core[letters..]) {
        each(Part::Literal(&atom[..lead + letters]));
        self::atom(&atom[lead + letters..], previous, each);
        return;
    }
    if let Some(kind) = kind_of(core, previous) {
        if lead > 0 {
            each(Part::Literal(&atom[..lead]));
        }
        each(Part::Slot(kind, core));
        if tail < atom.len() {
            each(Part::Literal(&atom[tail..]));
        }
        return;
    }
    // `ip=192.0.2.1`, `id:4BqX`, `a/b`: each side by itself.
    match core.find([':', '=', '/']) {
        Some(at)
            if core
                .bytes()
                .any(|byte| byte.is_ascii_digit() || byte == b'.') =>
        {
            let cut = lead + at;
            if lead > 0 {
                each(Part::Literal(&atom[..lead]));
            }
            self::atom(&atom[lead..cut], previous, each);
            each(Part::Literal(&atom[cut..=cut]));
            self::atom(&atom[cut + 1..], "", each);
        }
        _ => each(Part::Literal(atom)),
    }
}

fn kind_of(core: &str, previous: &str) -> Option<SlotKind> {
    let bytes = core.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return is_host(core).then_some(SlotKind::Host);
    }
    if is_ipv4(core) || is_ipv6(core) {
        return Some(SlotKind::Ip);
    }
    if is_status_code(core) {
        return None;
    }
    if is_number(core) {
        let telling = digits < 2 || previous.eq_ignore_ascii_case("rfc");
        return (!telling).then_some(SlotKind::Number);
    }
    if is_host(core) {
        return Some(SlotKind::Host);
    }
    is_id(core).then_some(SlotKind::Id)
}

/// 192.0.2.1, 192.0.2.1:25, 192.0.2.0/24.
fn is_ipv4(core: &str) -> bool {
    let address = match core.find([':', '/']) {
        Some(at) if core[at + 1..].bytes().all(|byte| byte.is_ascii_digit()) => &core[..at],
        _ => core,
    };
    let mut parts = 0;
    for part in address.split('.') {
        parts += 1;
        if part.len() > 3 || part.parse::<u8>().is_err() {
            return false;
        }
    }
    parts == 4
}

fn is_ipv6(core: &str) -> bool {
    let address = core
        .strip_prefix("IPv6:")
        .or_else(|| core.strip_prefix("ipv6:"))
        .unwrap_or(core);
    let address = address.split('/').next().unwrap_or(address);
    let colons = address.bytes().filter(|&byte| byte == b':').count();
    colons >= 2
        && (address.contains("::") || colons == 7 || core.len() > address.len())
        && address
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}

/// A status code inside the text tells something: 5.7.1, 4.7.26.
fn is_status_code(core: &str) -> bool {
    let mut parts = core.split('.');
    let class = parts.next();
    matches!(class, Some("2" | "4" | "5"))
        && parts.clone().count() == 2
        && parts.all(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// 300, 10,240,000, 12.5, 25MB, 300s, 90%.
fn is_number(core: &str) -> bool {
    const UNITS: &[&str] = &[
        "", "%", "b", "bytes", "d", "days", "gb", "h", "hours", "hrs", "k", "kb", "kib", "m", "mb",
        "mib", "min", "mins", "minutes", "ms", "msg", "s", "sec", "secs", "seconds", "st", "th",
    ];
    let end = core
        .bytes()
        .position(|byte| !byte.is_ascii_digit() && !matches!(byte, b',' | b'.'))
        .unwrap_or(core.len());
    let number = &core[..end];
    let dots = number.bytes().filter(|&byte| byte == b'.').count();
    let commas = number.contains(',');
    number.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && (dots <= 1 || (!commas && number.split('.').skip(1).all(|part| part.len() == 3)))
        && UNITS
            .iter()
            .any(|unit| core[end..].eq_ignore_ascii_case(unit))
}

/// Labels with dots between them, the last of which is a top-level domain.
fn is_host(core: &str) -> bool {
    const FILES: &[&str] = &[
        "asp", "aspx", "bat", "cf", "cgi", "cmd", "doc", "exe", "gif", "htm", "html", "jpg", "js",
        "pdf", "php", "pif", "png", "scr", "shtml", "txt", "vbs", "xls", "zip",
    ];
    let Some((first, last)) = core.rsplit_once('.') else {
        return false;
    };
    let label_is_valid = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let labels = first.split('.').count() + 1;
    let top_is_valid = last.starts_with("xn--")
        || (last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    if !top_is_valid || !first.split('.').all(label_is_valid) {
        return false;
    }
    if labels >= 3 && core.len() > 5 {
        // e.g.or such
        return first.split('.').any(|label| label.len() > 1);
    }
    // `rejected.Please` is the end of a sentence and the start of the next.
    let next_sentence = last.as_bytes()[0].is_ascii_uppercase()
        && !first
            .bytes()
            .any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && last.bytes().skip(1).any(|byte| byte.is_ascii_lowercase());
    crate::known::is_top_level(last)
        && !FILES.iter().any(|file| last.eq_ignore_ascii_case(file))
        && !next_sentence
        && first.len() > 1
}

/// An opaque token of letters and digits, as queue ids and session ids are.
fn is_id(core: &str) -> bool {
    let bytes = core.as_bytes();
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+/=:$%~".contains(byte);
    if bytes.len() < 6 || !bytes.iter().all(allowed) {
        return false;
    }
    let letters = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if letters == 0 {
        // 1234-5678-90: digits and punctuation.
        return digits >= 5;
    }
    // RFC5322, TLSv1.2, OU-001, office365: words of the trade, not tokens.
    let head = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let tail = &bytes[head..];
    let tail_digits = tail.iter().filter(|byte| byte.is_ascii_digit()).count();
    let tail_is_number = tail
        .iter()
        .all(|byte| byte.is_ascii_digit() || b"-_.:".contains(byte));
    if tail_is_number && (tail_digits <= 4 || bytes[..head].eq_ignore_ascii_case(b"rfc")) {
        return false;
    }
    // Words joined by signs, with a digit somewhere, are still words.
    let longest = core
        .split(|c: char| !c.is_ascii_alphabetic())
        .map(str::len)
        .max()
        .unwrap_or(0);
    let changes = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    changes >= 2 && (digits >= 3 || longest <= 4) || digits >= 4
}
