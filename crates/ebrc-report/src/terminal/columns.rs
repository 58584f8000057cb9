//! Texts by the columns that they take in a terminal.

use unicode_width::UnicodeWidthStr;

/// How many columns a text takes: two for an East Asian wide character, none
/// for a combining one.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The longest beginning of a text that fits.
pub(super) fn fitting(text: &str, room: usize) -> &str {
    let ends = text.char_indices().map(|(at, sign)| at + sign.len_utf8());
    let end = ends.take_while(|&end| columns(&text[..end]) <= room).last();
    &text[..end.unwrap_or(0)]
}

/// At most so many columns; three dots say that there was more.
pub(super) fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let kept = fitting(text, room.saturating_sub(3));
    format!("{}...", kept.trim_end())
}

/// Followed by blanks up to so many columns.
pub(super) fn padded(text: &str, room: usize) -> String {
    let blanks = room.saturating_sub(columns(text));
    format!("{text}{:blanks$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns_and_combining_ones_none() {
        let cases = [("", 0), ("abc", 3), ("연결", 4), ("ｶﾞ", 2), ("e\u{301}t", 2)];
        for (text, expected) in cases {
            assert_eq!(columns(text), expected, "{text}");
        }
    }

    #[test]
    fn no_character_is_halved() {
        assert_eq!(fitting("연결이", 3), "연");
        assert_eq!(fitting("연결이", 4), "연결");
        assert_eq!(fitting("연결이", 1), "");
        // An accent stays with its letter.
        assert_eq!(fitting("e\u{301}t", 1), "e\u{301}");
        assert_eq!(fitting("abc", 5), "abc");
    }

    #[test]
    fn texts_are_cut_and_padded_by_columns() {
        assert_eq!(cut("연결이 거부", 11), "연결이 거부");
        assert_eq!(cut("연결이 거부", 10), "연결이...");
        assert_eq!(cut("connection", 8), "conne...");
        for text in ["연결", "ab", ""] {
            assert_eq!(columns(&padded(text, 6)), 6);
        }
        assert_eq!(padded("연결이", 4), "연결이");
    }
}
