//! How much two texts have in common.

use std::collections::BTreeSet;

/// Every slot is this word, which no text contains.
const SLOT: &str = "(*)";

/// The distinct words of a text, in lower case.
///
/// A word is a run of letters and digits; in scripts without spaces (Han, kana)
/// and in Hangul each character is one. Every slot, `{name}` of the catalogue
/// or `<kind>` of [`ebrc_ndr::mask`], is one and the same word; `{code}`, which
/// only repeats codes, is none.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = slot(rest) {
            end_word(&mut word, &mut words);
            if &rest[..length] != "{code}" {
                words.insert(SLOT.to_owned());
            }
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if stands_alone(c) {
            end_word(&mut word, &mut words);
            words.insert(c.to_string());
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else {
            end_word(&mut word, &mut words);
        }
    }
    end_word(&mut word, &mut words);
    words
}

/// The share of words that two texts have in common, 0 to 1 (Jaccard): those
/// in both over those in either. Texts without words have nothing in common.
#[must_use]
pub fn shared_words(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    share(one.intersection(other).count(), one.len(), other.len())
}

pub(crate) fn share(both: usize, one: usize, other: usize) -> f64 {
    let either = one + other - both;
    if either == 0 {
        0.0
    } else {
        both as f64 / either as f64
    }
}

fn end_word(word: &mut String, words: &mut BTreeSet<String>) {
    if !word.is_empty() {
        words.insert(std::mem::take(word));
    }
}

/// The length of a slot at the front.
fn slot(text: &str) -> Option<usize> {
    let close = match text.as_bytes().first()? {
        b'{' => '}',
        b'<' => '>',
        _ => return None,
    };
    let end = text.find(close)?;
    let name = &text[1..end];
    let is_slot = if close == '}' {
        crate::Slot::from_name(name).is_some()
    } else {
        ebrc_ndr::SlotKind::ALL
            .iter()
            .any(|kind| kind.as_str() == name)
    };
    is_slot.then_some(end + 1)
}

fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        words(text).into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_letters_and_digits_and_slots_one_word() {
        assert_eq!(
            of("<{recipient}>: User UNKNOWN; user <email>"),
            "(*) unknown user"
        );
        assert_eq!(of("first {code} second"), "first second");
        assert_eq!(of("邮箱不存在 <no>"), "no 不 在 存 箱 邮");
        assert_eq!(of("<{"), "");
    }

    #[test]
    fn shared_words_are_those_in_both_over_those_in_either() {
        let share = |one, other| shared_words(&words(one), &words(other));
        assert!((share("mailbox is full", "Mailbox full.") - 2.0 / 3.0).abs() < 1e-12);
        assert!((share("a b", "b a a") - 1.0).abs() < 1e-12);
        assert!(share("", "").abs() < 1e-12);
    }
}
