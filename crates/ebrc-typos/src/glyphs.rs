//! Which letters look like which, as dnstwist has it.

/// A letter or two, and what each looks like; every look-alike is one letter.
type LookAlikes = &'static [(&'static str, &'static str)];

/// The look-alikes in ASCII; some are two letters.
const ASCII: &[(&str, &[&str])] = &[
    ("0", &["o"]),
    ("1", &["l", "i"]),
    ("3", &["8"]),
    ("6", &["9"]),
    ("8", &["3"]),
    ("9", &["6"]),
    ("b", &["d", "lb"]),
    ("c", &["e"]),
    ("d", &["b", "cl", "dl"]),
    ("e", &["c"]),
    ("g", &["q"]),
    ("h", &["lh"]),
    ("i", &["1", "l"]),
    ("k", &["lc"]),
    ("l", &["1", "i"]),
    ("m", &["n", "nn", "rn"]),
    ("n", &["m", "r"]),
    ("o", &["0"]),
    ("q", &["g"]),
    ("u", &["v"]),
    ("v", &["u"]),
    ("w", &["vv"]),
    ("rn", &["m"]),
    ("cl", &["d"]),
];

/// The look-alikes outside ASCII.
const UNICODE: LookAlikes = &[
    ("2", "ƻ"),
    ("3", "ʒ"),
    ("5", "ƽ"),
    ("a", "ạăȧɑåąâǎáəäãāà"),
    ("b", "ḃḅƅʙḇɓ"),
    ("c", "čᴄċçćĉƈ"),
    ("d", "ďḍḋɖḏɗḓḑđ"),
    ("e", "êẹęèḛěɇėĕéëēȩ"),
    ("f", "ḟƒ"),
    ("g", "ǧġǵğɡǥĝģɢ"),
    ("h", "ȟḫḩḣɦḥḧħẖⱨĥ"),
    ("i", "ɩǐíɪỉȋɨïīĩịîıĭįì"),
    ("j", "ǰĵʝɉ"),
    ("k", "ĸǩⱪḵķᴋḳ"),
    ("l", "ĺłɫļľ"),
    ("m", "ᴍṁḿṃɱ"),
    ("n", "ņǹńňṅṉṇꞑñŋ"),
    ("o", "öóȯỏôᴏōòŏơőõọø"),
    ("p", "ṗƿƥṕ"),
    ("q", "ʠ"),
    ("r", "ʀȓɍɾřṛɽȑṙŗŕɼṟ"),
    ("s", "ṡșŝꜱʂšśṣş"),
    ("t", "ťƫţṭṫțŧ"),
    ("u", "ᴜųŭūűǔȕưùůʉúȗüûũụ"),
    ("v", "ᶌṿᴠⱴⱱṽ"),
    ("w", "ᴡẇẅẃẘẉⱳŵẁ"),
    ("x", "ẋẍ"),
    ("y", "ŷÿʏẏɏƴȳýỿỵ"),
    ("z", "žƶẓẕⱬᴢżźʐ"),
    ("ae", "æ"),
    ("oe", "œ"),
];

/// Endings whose registries take fewer letters outside ASCII, or none, and
/// which; all are among [`UNICODE`].
const BY_ENDING: &[(&[&str], LookAlikes)] = &[
    (
        &[
            "ad", "cz", "sk", "uk", "co.uk", "nl", "edu", "us", "jp", "co.jp", "ad.jp", "ne.jp",
            "cn", "com.cn", "tw", "com.tw", "net.tw",
        ],
        &[],
    ),
    (
        &["info"],
        &[
            ("a", "áäåą"),
            ("c", "ćč"),
            ("e", "éėę"),
            ("i", "íį"),
            ("l", "ł"),
            ("n", "ñń"),
            ("o", "óöøő"),
            ("s", "śš"),
            ("u", "úüūűų"),
            ("z", "źżž"),
            ("ae", "æ"),
        ],
    ),
    (
        &["br", "com.br"],
        &[
            ("a", "àáâã"),
            ("c", "ç"),
            ("e", "éê"),
            ("i", "í"),
            ("o", "óôõ"),
            ("u", "úü"),
            ("y", "ýÿ"),
        ],
    ),
    (
        &["dk"],
        &[
            ("a", "äå"),
            ("e", "é"),
            ("o", "öø"),
            ("u", "ü"),
            ("ae", "æ"),
        ],
    ),
    (
        &["eu", "de", "pl"],
        &[
            ("a", "áàăâåäãąā"),
            ("c", "ćĉčċç"),
            ("d", "ďđ"),
            ("e", "éèĕêěëėęē"),
            ("g", "ğĝġģ"),
            ("h", "ĥħ"),
            ("i", "íìĭîïĩįī"),
            ("j", "ĵ"),
            ("k", "ķĸ"),
            ("l", "ĺľļł"),
            ("n", "ńňñņ"),
            ("o", "óòŏôöőõøō"),
            ("r", "ŕřŗ"),
            ("s", "śŝšş"),
            ("t", "ťţŧ"),
            ("u", "úùŭûůüűũųū"),
            ("w", "ŵ"),
            ("y", "ýŷÿ"),
            ("z", "źžż"),
            ("ae", "æ"),
            ("oe", "œ"),
        ],
    ),
    (
        &["fi"],
        &[
            ("3", "ʒ"),
            ("a", "áäåâ"),
            ("c", "č"),
            ("d", "đ"),
            ("g", "ǧǥ"),
            ("k", "ǩ"),
            ("n", "ŋ"),
            ("o", "õö"),
            ("s", "š"),
            ("t", "ŧ"),
            ("z", "ž"),
        ],
    ),
    (
        &["no"],
        &[
            ("a", "áàäå"),
            ("c", "čç"),
            ("e", "éèê"),
            ("i", "ï"),
            ("n", "ŋńñ"),
            ("o", "óòôöø"),
            ("s", "š"),
            ("t", "ŧ"),
            ("u", "ü"),
            ("z", "ž"),
            ("ae", "æ"),
        ],
    ),
    (
        &["be", "fr", "re", "yt", "pm", "wf", "tf", "ch", "li"],
        &[
            ("a", "àáâãäå"),
            ("c", "ç"),
            ("e", "èéêë"),
            ("i", "ìíîï"),
            ("n", "ñ"),
            ("o", "òóôõö"),
            ("u", "ùúûü"),
            ("y", "ýÿ"),
            ("ae", "æ"),
            ("oe", "œ"),
        ],
    ),
    (
        &["ca"],
        &[
            ("a", "àâ"),
            ("c", "ç"),
            ("e", "èéêë"),
            ("i", "îï"),
            ("o", "ô"),
            ("u", "ùûü"),
            ("y", "ÿ"),
            ("ae", "æ"),
            ("oe", "œ"),
        ],
    ),
];

/// Latin letters, and the Cyrillic ones that look the same.
const CYRILLIC: &[(char, char)] = &[
    ('a', 'а'),
    ('b', 'ь'),
    ('c', 'с'),
    ('d', 'ԁ'),
    ('e', 'е'),
    ('g', 'ԍ'),
    ('h', 'һ'),
    ('i', 'і'),
    ('j', 'ј'),
    ('k', 'к'),
    ('l', 'ӏ'),
    ('m', 'м'),
    ('o', 'о'),
    ('p', 'р'),
    ('q', 'ԛ'),
    ('s', 'ѕ'),
    ('t', 'т'),
    ('v', 'ѵ'),
    ('w', 'ԝ'),
    ('x', 'х'),
    ('y', 'у'),
];

/// The look-alikes that can be met under one ending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyphs {
    foreign: LookAlikes,
}

impl Glyphs {
    /// All that there are.
    pub(crate) const ALL: Self = Self { foreign: UNICODE };
    /// Those in ASCII.
    pub(crate) const ASCII: Self = Self { foreign: &[] };

    /// Those that the registry of an ending, such as `com` or `com.br`, takes.
    pub(crate) fn of_ending(ending: &str) -> Self {
        let foreign = BY_ENDING
            .iter()
            .find(|(endings, _)| endings.contains(&ending))
            .map_or(UNICODE, |(_, foreign)| foreign);
        Self { foreign }
    }

    /// Every pair of a letter or two and what they look like.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (&'static str, Glyph)> {
        let ascii = ASCII
            .iter()
            .flat_map(|(right, glyphs)| glyphs.iter().map(|glyph| (*right, Glyph::Ascii(glyph))));
        let foreign = self.foreign.iter().flat_map(|(right, glyphs)| {
            glyphs.chars().map(|glyph| (*right, Glyph::Foreign(glyph)))
        });
        ascii.chain(foreign)
    }
}

/// What a letter or two look like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Glyph {
    /// A letter or two of ASCII.
    Ascii(&'static str),
    /// A letter outside ASCII.
    Foreign(char),
}

impl Glyph {
    /// Its letters.
    pub(crate) fn letters(self) -> impl Iterator<Item = char> + Clone {
        let (ascii, foreign) = match self {
            Self::Ascii(letters) => (letters, None),
            Self::Foreign(letter) => ("", Some(letter)),
        };
        ascii.chars().chain(foreign)
    }
}

/// The Cyrillic letter that looks like a Latin one.
pub(crate) fn cyrillic(latin: char) -> Option<char> {
    let found = CYRILLIC.iter().find(|(other, _)| *other == latin);
    found.map(|(_, cyrillic)| *cyrillic)
}

/// The Latin letter that looks like a Cyrillic one.
pub(crate) fn latin(cyrillic: char) -> Option<char> {
    let found = CYRILLIC.iter().find(|(_, other)| *other == cyrillic);
    found.map(|(latin, _)| *latin)
}

/// The letter or two that a letter outside ASCII looks like.
pub(crate) fn key_of(letter: char) -> Option<&'static str> {
    let mut keys = UNICODE.iter();
    let found = (!letter.is_ascii()).then(|| keys.find(|(_, glyphs)| glyphs.contains(letter)));
    found.flatten().map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ending_has_look_alikes_of_its_own() {
        for (endings, foreign) in BY_ENDING {
            for (key, glyphs) in *foreign {
                for glyph in glyphs.chars() {
                    assert_eq!(key_of(glyph), Some(*key), "{endings:?}");
                }
            }
        }
    }
}
