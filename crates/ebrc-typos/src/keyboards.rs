//! Which keys lie beside which, on the three keyboards that dnstwist knows.

/// A key, its neighbours on the qwerty keyboard, and those it has on qwertz or
/// azerty only; each from the top row to the bottom row.
const KEYS: [(char, &str, &str); 36] = [
    ('1', "2q", "a"),
    ('2', "13qw", "az"),
    ('3', "24we", "z"),
    ('4', "35er", ""),
    ('5', "46rt", ""),
    ('6', "57ty", "z"),
    ('7', "68yu", "z"),
    ('8', "79ui", ""),
    ('9', "80io", ""),
    ('0', "9op", ""),
    ('q', "12wa", "sz"),
    ('w', "23qeas", "x"),
    ('e', "34wrsd", "z"),
    ('r', "45etdf", ""),
    ('t', "56ryfg", "z"),
    ('y', "67tugh", "asx"),
    ('u', "78yihj", "z"),
    ('i', "89uojk", ""),
    ('o', "90ipkl", ""),
    ('p', "0ol", "m"),
    ('a', "qwsz", "12y"),
    ('s', "weadzx", "qy"),
    ('d', "ersfxc", ""),
    ('f', "rtdgcv", ""),
    ('g', "tyfhvb", "z"),
    ('h', "yugjbn", "z"),
    ('j', "uihknm", ""),
    ('k', "iojlm", ""),
    ('l', "opk", "m"),
    ('z', "asx", "2367qetugh"),
    ('x', "sdzc", "wy"),
    ('c', "dfxv", ""),
    ('v', "fgcb", ""),
    ('b', "ghvn", ""),
    ('n', "hjbm", ""),
    ('m', "jkn", "pl"),
];

/// The neighbours of a key on the qwerty keyboard, from the top row to the
/// bottom row; none for what is no lower-case letter or digit.
pub fn neighbours_on_qwerty(key: char) -> &'static str {
    neighbours(key).0
}

/// The neighbours of a key on qwerty, and its further ones on qwertz or azerty.
pub(crate) fn neighbours(key: char) -> (&'static str, &'static str) {
    KEYS.iter()
        .find(|(other, ..)| *other == key)
        .map_or(("", ""), |(_, qwerty, others)| (qwerty, others))
}

/// Whether `other` lies beside `key` on one of the keyboards.
pub(crate) fn are_neighbours(key: char, other: char) -> bool {
    let (qwerty, others) = neighbours(key);
    qwerty.contains(other) || others.contains(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_those_of_three_keyboards() {
        assert_eq!(neighbours_on_qwerty('q'), "12wa");
        assert_eq!(neighbours_on_qwerty('-'), "");
        assert!(are_neighbours('a', 'y'), "qwertz");
        assert!(are_neighbours('a', '1'), "azerty");
        assert!(!are_neighbours('a', 'p'));
        for (key, qwerty, _) in KEYS {
            for other in qwerty.chars() {
                assert!(neighbours_on_qwerty(other).contains(key), "{key}{other}");
            }
        }
    }
}
