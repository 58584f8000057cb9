//! What a word is.

/// The words of a text, in lower case and in order.
///
/// A word is a run of letters and digits, with a dot between two digits (5.1.1)
/// and an apostrophe between two letters (doesn't). Han, Kana and Hangul have
/// no spaces between words, or long words of many parts: each character is a
/// word there.
pub(crate) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut characters = lower.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let inner = match character {
            '.' => before.is_ascii_digit() && after.is_ascii_digit(),
            '\'' => is_letter(before) && is_letter(after),
            _ => false,
        };
        if stands_alone(character) {
            end(&mut word, &mut words);
            words.push(character.to_string());
        } else if inner || character.is_alphanumeric() {
            word.push(character);
        } else {
            end(&mut word, &mut words);
        }
        before = character;
    }
    end(&mut word, &mut words);
    words
}

/// Calls `each` with every word, and with every pair of neighbours: `a b`.
pub(crate) fn words_and_pairs(text: &str, mut each: impl FnMut(&str)) {
    let words = words(text);
    let mut pair = String::new();
    for (position, word) in words.iter().enumerate() {
        each(word);
        if let Some(next) = words.get(position + 1) {
            pair.clear();
            pair.extend([word, " ", next.as_str()]);
            each(&pair);
        }
    }
}

fn end(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() && !stands_alone(character)
}

/// A letter of Han, Kana or Hangul.
fn stands_alone(character: char) -> bool {
    character.is_alphanumeric()
        && matches!(
            u32::from(character),
            0x1100..=0x11ff
                | 0x2e80..=0x2fdf
                | 0x3005..=0x3007
                | 0x3040..=0x30ff
                | 0x3100..=0x318f
                | 0x31f0..=0x31ff
                | 0x3400..=0x4dbf
                | 0x4e00..=0x9fff
                | 0xa960..=0xa97f
                | 0xac00..=0xd7ff
                | 0xf900..=0xfaff
                | 0xff66..=0xffdc
                | 0x20000..=0x3ffff
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut() {
        for (text, expected) in [
            ("", vec![]),
            ("-- ,", vec![]),
            (
                "550 5.1.1 User unknown",
                vec!["550", "5.1.1", "user", "unknown"],
            ),
            ("Bad.See 5.1.1.", vec!["bad", "see", "5.1.1"]),
            ("doesn't 'exist'", vec!["doesn't", "exist"]),
            ("RP-001_x", vec!["rp", "001", "x"]),
            ("Größe überschritten", vec!["größe", "überschritten"]),
            ("邮箱full了", vec!["邮", "箱", "full", "了"]),
            ("サーバ、메일", vec!["サ", "ー", "バ", "메", "일"]),
            ("нет такого", vec!["нет", "такого"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn neighbours_are_pairs() {
        let mut found = Vec::new();
        words_and_pairs("User unknown here", |feature| {
            found.push(feature.to_owned())
        });
        assert_eq!(
            found,
            ["user", "user unknown", "unknown", "unknown here", "here"]
        );
        found.clear();
        words_and_pairs("User", |feature| found.push(feature.to_owned()));
        assert_eq!(found, ["user"]);
    }
}
