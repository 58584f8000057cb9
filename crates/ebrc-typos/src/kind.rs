//! The kinds of error.

use std::fmt;

/// A kind of typing error: an algorithm of dnstwist.
///
/// The two of dnstwist that need a list of words, `dictionary` and `tld-swap`,
/// are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A letter or digit more at the end, or before a hyphen.
    Addition,
    /// A letter with one bit flipped: `hotmail` to `lotmail`.
    Bitsquatting,
    /// All letters by the Cyrillic ones that look the same.
    Cyrillic,
    /// One or two replacements by what looks alike: `m` to `rn`.
    Homoglyph,
    /// A hyphen more inside.
    Hyphenation,
    /// A letter more, beside a neighbour of it on the keyboard.
    Insertion,
    /// A letter less: `yahoo` to `yaho`.
    Omission,
    /// An `s`, or `es` where English wants it, inside.
    Plural,
    /// A letter twice.
    Repetition,
    /// A letter by its neighbour on the keyboard: `icloud` to `icloyd`.
    Replacement,
    /// A dot more inside.
    Subdomain,
    /// Two letters in the wrong order.
    Transposition,
    /// A vowel by another.
    VowelSwap,
    /// A domain's label and ending run into each other, or its ending cut short.
    Various,
}

impl Kind {
    /// Every kind, in dnstwist's order: an error that several make counts as
    /// the first of them.
    pub const ALL: [Self; 14] = [
        Self::Addition,
        Self::Bitsquatting,
        Self::Cyrillic,
        Self::Homoglyph,
        Self::Hyphenation,
        Self::Insertion,
        Self::Omission,
        Self::Plural,
        Self::Repetition,
        Self::Replacement,
        Self::Subdomain,
        Self::Transposition,
        Self::VowelSwap,
        Self::Various,
    ];

    /// dnstwist's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Addition => "addition",
            Self::Bitsquatting => "bitsquatting",
            Self::Cyrillic => "cyrillic",
            Self::Homoglyph => "homoglyph",
            Self::Hyphenation => "hyphenation",
            Self::Insertion => "insertion",
            Self::Omission => "omission",
            Self::Plural => "plural",
            Self::Repetition => "repetition",
            Self::Replacement => "replacement",
            Self::Subdomain => "subdomain",
            Self::Transposition => "transposition",
            Self::VowelSwap => "vowel-swap",
            Self::Various => "various",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
