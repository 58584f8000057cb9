//! Which bytes and characters belong to a word.

/// Text seen by position; beyond its end lie zero bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
}

impl<'a> View<'a> {
    pub(crate) fn byte(self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    pub(crate) fn len(self) -> usize {
        self.text.len()
    }

    pub(crate) fn bytes(self, start: usize, end: usize) -> &'a [u8] {
        self.text.as_bytes().get(start..end).unwrap_or_default()
    }

    /// Where the bytes of a class that begin at `at` end.
    pub(crate) fn span(self, at: usize, class: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&byte| class(byte)).count()
    }

    /// Whether no word goes on at `at`.
    pub(crate) fn word_ends(self, at: usize) -> bool {
        match self.byte(at) {
            b'_' => false,
            byte if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
            _ => self.char_at(at).is_none_or(|next| !joins_words(next)),
        }
    }

    pub(crate) fn char_at(self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Whether the text before `at` ends with a lower-case ASCII word, in any
    /// case.
    pub(crate) fn ends_with_before(self, at: usize, word: &str) -> bool {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        before.len() >= word.len()
            && before[before.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
    }
}

/// Whether a character is part of the word it touches: a letter or digit of a
/// script that puts spaces between words.
pub(crate) fn joins_words(character: char) -> bool {
    character.is_alphanumeric() && !is_unspaced(character)
}

/// Chinese, Japanese, Korean, Thai and the like, and their punctuation: words
/// touch each other there, and touch addresses.
pub(crate) fn is_unspaced(character: char) -> bool {
    matches!(
        u32::from(character),
        0x0e00..=0x0eff
            | 0x1000..=0x109f
            | 0x1100..=0x11ff
            | 0x1780..=0x17ff
            | 0x2e80..=0x9fff
            | 0xa960..=0xa97f
            | 0xac00..=0xd7ff
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe4f
            | 0xff00..=0xffef
            | 0x20000..=0x3ffff
    )
}
