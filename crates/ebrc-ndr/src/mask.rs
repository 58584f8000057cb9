use crate::slots::{Sink, SlotKind, scan};

/// The text with every slot in angle brackets: `<email>`, `<ip>`, `<host>`,
/// `<url>`, `<id>`, `<time>`, `<number>`.
///
/// A slot is one token whatever it held: `Tue, 24 Nov 2026 09:00:00 +0000` is
/// one `<time>`. Angle brackets right around a slot are part of it, so
/// `<bob@b.com>:` becomes `<email>:`; other punctuation stays. Enhanced codes
/// in the text stay, and so do the numbers of RFCs and of TLS versions, short
/// provider codes (`TSS04`, `OU-002`), and whatever is too short to be told
/// from a word.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut masked = Masked(String::with_capacity(text.len()));
    scan(text, &mut masked);
    masked.0
}

struct Masked(String);

impl Sink for Masked {
    fn literal(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn slot(&mut self, kind: SlotKind, _value: &str) {
        self.0.push('<');
        self.0.push_str(kind.as_str());
        self.0.push('>');
    }
}

/// A template as the paper writes it: each slot, and each wildcard `<*>` of
/// the miner, as `(*)`.
#[must_use]
pub fn display_template(drain_template: &str) -> String {
    let mut display = String::with_capacity(drain_template.len());
    let mut rest = drain_template;
    while let Some(position) = rest.find('<') {
        display.push_str(&rest[..position]);
        rest = &rest[position..];
        let slot = rest.find('>').filter(|&end| {
            let name = &rest[1..end];
            name == "*" || SlotKind::ALL.iter().any(|kind| kind.as_str() == name)
        });
        let end = match slot {
            Some(end) => {
                display.push_str("(*)");
                end + 1
            }
            None => {
                display.push('<');
                1
            }
        };
        rest = &rest[end..];
    }
    display.push_str(rest);
    display
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_and_wildcards_are_shown_alike() {
        let check = |template: &str, expected: &str| {
            assert_eq!(display_template(template), expected);
        };
        check(
            "<email>: no <*> <<id>> a<b>c <",
            "(*): no (*) <(*)> a<b>c <",
        );
        check("host<ip>[<ip>]", "host(*)[(*)]");
        check("不存在<email>的", "不存在(*)的");
        check("", "");
    }
}
