use std::fmt::Write;

use crate::NdrMessage;
use crate::known;
use crate::slots::{Part, SlotKind, each_part};

/// Words of a help link's path that are kept at most.
const PATH_WORDS: usize = 6;

/// A text as the template miner sees it: every slot is one token, such as
/// `<email>`, and angle brackets around an address are gone.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    each_part(text, |part| match part {
        Part::Literal(literal) => masked.push_str(literal),
        Part::Slot(kind, _) => masked.push_str(kind.mask()),
        Part::Space => masked.push(' '),
    });
    masked
}

/// A mined template as people read it: every slot is written `(*)`, as the
/// paper does.
#[must_use]
pub fn display_template(drain_template: &str) -> String {
    let mut shown = drain_template.replace("<*>", "(*)");
    for kind in SlotKind::ALL {
        if shown.contains(kind.mask()) {
            shown = shown.replace(kind.mask(), "(*)");
        }
    }
    shown
}

/// A raw message as the classifier reads it: its codes, then its text with
/// slots as plain words. Of links to the help pages of providers and filters,
/// and of blocklists' hosts, the telling words stay; nothing personal does.
#[must_use]
pub fn classifier_text(raw: &str) -> String {
    let message = NdrMessage::parse(raw);
    let mut text = String::with_capacity(message.text.len() + 12);
    if let Some(code) = message.reply_code {
        push_word(&mut text, &code.to_string());
    }
    if let Some(code) = message.enhanced_code {
        push_word(&mut text, &code.to_string());
    }
    if !text.is_empty() && !message.text.is_empty() {
        text.push(' ');
    }
    each_part(&message.text, |part| match part {
        Part::Literal(literal) => text.push_str(literal),
        Part::Slot(kind, value) => {
            text.push_str(kind.word());
            match kind {
                SlotKind::Url => push_link(&mut text, value),
                SlotKind::Host => {
                    if let Some(name) = known::blocklist(value) {
                        push_word(&mut text, name);
                    }
                }
                _ => {}
            }
        }
        Part::Space => text.push(' '),
    });
    text
}

fn push_word(text: &mut String, word: &str) {
    let space = if text.is_empty() { "" } else { " " };
    // Writing into a string cannot fail.
    let _ = write!(text, "{space}{word}");
}

/// The telling words of a link to a known host.
fn push_link(text: &mut String, link: &str) {
    let address = link.split_once("://").map_or(link, |(_, address)| address);
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let host = address[..end].split(':').next().unwrap_or_default();
    let Some(name) = known::help(host) else {
        return;
    };
    push_word(text, name);
    let mut words = 0;
    for segment in address[end..].split(|c: char| !c.is_ascii_alphanumeric()) {
        // A segment with digits is an id, or somebody's.
        if segment.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for word in camel_words(segment) {
            if word.len() < 3 || word.len() > 20 || is_of_every_link(&word) {
                continue;
            }
            if words == PATH_WORDS {
                return;
            }
            words += 1;
            push_word(text, &word);
        }
    }
}

fn is_of_every_link(word: &str) -> bool {
    [
        "html", "htm", "php", "asp", "aspx", "cgi", "bin", "www", "answer",
    ]
    .contains(&word)
}

/// `UnsolicitedRateLimitError` is four words.
fn camel_words(segment: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous_lower = false;
    for c in segment.chars() {
        if c.is_ascii_uppercase() && previous_lower {
            words.push(std::mem::take(&mut word));
        }
        previous_lower = c.is_ascii_lowercase();
        word.push(c.to_ascii_lowercase());
    }
    words.push(word);
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check_mask(text: &str, expected: &str) {
        assert_eq!(mask(text), expected);
    }

    #[test]
    fn every_kind_of_slot_is_one_token() {
        check_mask("<bob@b.com>: user unknown", "<email>: user unknown");
        check_mask("to=bob@b.com rejected", "to=<email> rejected");
        check_mask("mailbox of b+x=y@b.co.uk.", "mailbox of <email>.");
        check_mask(
            "host mx1.b.com[192.0.2.1]:25 refused",
            "host <host>[<ip>]:<number> refused",
        );
        check_mask("blocked [2001:db8::1]", "blocked [<ip>]");
        check_mask("see https://b.com/x?y=1, please.", "see <url>, please.");
        check_mask("(www.b.com/help)", "(<url>)");
        check_mask("queued as 4BqX1z2Y3w", "queued as <id>");
        check_mask("id 550e8400-e29b-41d4-a716-446655440000", "id <id>");
        check_mask("since Tue, 24 Nov 2026 09:00:00 +0000.", "since <time>.");
        check_mask("at 2026-11-24 03:04:05: expired", "at <time>: expired");
        check_mask("limit 10,240,000 bytes", "limit <number> bytes");
        check_mask("size 25MB over 20MB", "size <number> over <number>");
        check_mask("retry in 300s", "retry in <number>");
        check_mask("AS(201806281)", "AS(<number>)");
        check_mask("ip=192.0.2.1,host=a.b.com", "ip=<ip>,host=<host>");
        check_mask("x12-20020a05si123.45 - gsmtp", "<id> - gsmtp");
    }

    #[test]
    fn words_of_the_trade_stay() {
        for text in [
            "message is not RFC 5322 compliant",
            "see RFC5321, section 4",
            "TLSv1.2 required",
            "(#4.4.1) timed out",
            "error 5.7.1 again",
            "attachment virus.exe found",
            "mail rejected.Please retry",
            "OU-001 blocked",
            "too many e-mails (S3140)",
            "e.g. this",
        ] {
            check_mask(text, text);
        }
    }

    #[test]
    fn scripts_without_spaces_are_parted_from_addresses() {
        check_mask("收件人bob@b.com不存在", "收件人<email>不存在");
        check_mask("发件IP192.0.2.1被拒绝", "发件IP<ip>被拒绝");
        check_mask("来自192.0.2.1的连接", "来自<ip>的连接");
    }

    #[test]
    fn the_classifier_reads_codes_words_and_telling_names() {
        let check = |raw: &str, expected: &str| assert_eq!(classifier_text(raw), expected);
        check("550-5.1.1 <b@b.com> unknown", "550 5.1.1 email unknown");
        check("timed out", "timed out");
        check("550", "550");
        check(
            "554 blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1",
            "554 blocked using host spamhaus; url spamhaus query",
        );
        check(
            "421 4.7.28 see https://support.google.com/mail/?p=UnsolicitedRateLimitError x",
            "421 4.7.28 see url google mail unsolicited rate limit error x",
        );
        check("550 see http://bob.example/carol", "550 see url");
    }

    #[test]
    fn templates_are_shown_as_the_paper_does() {
        assert_eq!(
            display_template("<email>: no <*> at [<ip>]"),
            "(*): no (*) at [(*)]"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            let masked = mask(&text);
            prop_assert_eq!(
                masked.split_whitespace().count(),
                mask(&masked).split_whitespace().count()
            );
            classifier_text(&text);
        }

        #[test]
        fn any_ascii_is_read(text in "[ -~]{0,200}") {
            mask(&text);
            classifier_text(&text);
        }

        #[test]
        fn no_address_is_left(
            local in "[a-z][a-z0-9.+_-]{0,10}[a-z0-9]",
            domain in "[a-z][a-z0-9-]{0,8}[a-z0-9]\\.(com|de|co\\.uk)",
            before in "(<|\\(|to=|rcpt:|\\[|\"|)",
            after in "(>|\\)|:|,|\\.|\\]|\"|)",
        ) {
            let text = format!("user {before}{local}@{domain}{after} unknown");
            for seen in [mask(&text), classifier_text(&text)] {
                prop_assert!(!seen.contains('@'), "{}", seen);
                prop_assert!(!seen.contains(&domain), "{}", seen);
            }
        }

        #[test]
        fn a_slots_value_changes_nothing(
            (ip, other_ip) in (any::<[u8; 4]>(), any::<[u8; 4]>()),
            (id, other_id) in ("[0-9A-F]{4}[0-9][A-F][0-9]", "[0-9][A-F]{2}[0-9]{7}"),
            (size, other_size) in (10_u32.., 10_u32..),
        ) {
            let render = |[a, b, c, d]: [u8; 4], id: &str, size: u32| {
                format!("550 5.7.1 [{a}.{b}.{c}.{d}] blocked, queue id {id}, size {size}")
            };
            let (one, two) = (render(ip, &id, size), render(other_ip, &other_id, other_size));
            prop_assert_eq!(mask(&one), mask(&two));
            prop_assert_eq!(classifier_text(&one), classifier_text(&two));
        }
    }
}
