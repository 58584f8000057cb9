//! Names of domains and users, made from numbers; other numbers, other names.

use std::fmt::Write;

const FIRST_WORDS: [&str; 48] = [
    "amber", "anchor", "arbor", "atlas", "aurora", "basalt", "beacon", "birch", "bright", "canyon",
    "cedar", "cobalt", "copper", "coral", "crest", "delta", "ember", "falcon", "fern", "granite",
    "harbor", "hazel", "indigo", "iron", "jade", "juniper", "kestrel", "lake", "laurel", "lunar",
    "maple", "marble", "meadow", "north", "ocean", "olive", "onyx", "orchard", "pine", "polar",
    "quartz", "raven", "ridge", "river", "silver", "stone", "summit", "willow",
];
const SECOND_WORDS: [&str; 40] = [
    "bank", "books", "cargo", "chem", "clinic", "cloud", "college", "craft", "data", "design",
    "energy", "farms", "films", "foods", "freight", "games", "glass", "health", "home", "hotels",
    "labs", "law", "line", "mail", "media", "motors", "music", "net", "optics", "paper", "parts",
    "pharma", "port", "press", "school", "shop", "steel", "tech", "travel", "works",
];
/// What stands before `.example`, about as often as in section 3.1: the United
/// States and international names first, then Germany, Canada and the others.
const RECEIVER_ENDS: [&str; 32] = [
    "com", "com", "com", "com", "com", "com", "com", "com", "com", "net", "org", "edu", "de", "de",
    "de", "ca", "ca", "co.uk", "fr", "co.jp", "com.au", "it", "nl", "com.br", "co.in", "es", "pl",
    "co.kr", "com.tw", "ru", "ch", "com.sg",
];
const SENDER_ENDS: [&str; 8] = [
    "com.cn", "com.cn", "com.cn", "cn", "cn", "com", "edu.cn", "edu.cn",
];
const FIRST_NAMES: [&str; 40] = [
    "anna", "bruno", "carla", "daniel", "elena", "farid", "greta", "hiro", "ines", "jonas",
    "kamil", "laura", "meilin", "nadia", "oscar", "paula", "rahul", "sofia", "tomas", "yuki",
    "alan", "beth", "chen", "diego", "emma", "frank", "grace", "henry", "irina", "james", "karin",
    "liam", "maria", "noah", "olga", "peter", "rosa", "simon", "tanya", "wei",
];
const LAST_NAMES: [&str; 48] = [
    "adler", "baker", "costa", "dietrich", "evans", "fischer", "garcia", "huang", "ivanov",
    "jansen", "keller", "lopez", "moreau", "nakamura", "olsen", "petrov", "quinn", "rossi",
    "schmidt", "tanaka", "ueda", "varga", "weber", "young", "zhang", "brown", "clark", "davis",
    "fontaine", "gupta", "holm", "ito", "kim", "lindberg", "mueller", "novak", "okafor", "park",
    "reyes", "sato", "thomas", "virtanen", "walker", "xu", "yamada", "zimmer", "singh", "marsh",
];

/// Mixes numbers well (the finaliser of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number from 0 to 1 for a mixed one.
pub(crate) fn fraction(mixed: u64) -> f64 {
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// A receiver domain; the commonest have the shortest names.
pub(crate) fn receiver_domain(domain: u32, out: &mut String) {
    words(domain, "", out);
    let end = RECEIVER_ENDS[mix(u64::from(domain)) as usize % RECEIVER_ENDS.len()];
    out.extend([".", end, ".example"]);
}

/// A sender domain.
pub(crate) fn sender_domain(domain: u32, out: &mut String) {
    words(domain, "-", out);
    let end = SENDER_ENDS[mix(u64::from(domain)) as usize % SENDER_ENDS.len()];
    out.extend([".", end, ".example"]);
}

/// The organisation that runs a network.
pub(crate) fn organisation(number: u32) -> String {
    let mut name = String::new();
    words(number, " ", &mut name);
    let capitals: Vec<String> = name
        .split(' ')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    capitals.join(" ") + " Networks"
}

fn words(number: u32, sign: &str, out: &mut String) {
    let number = number as usize;
    let (first, second) = (number % FIRST_WORDS.len(), number / FIRST_WORDS.len());
    // Neighbours differ in both words.
    let turned = (second + 7 * first) % SECOND_WORDS.len();
    out.extend([FIRST_WORDS[first], sign, SECOND_WORDS[turned]]);
    let round = second / SECOND_WORDS.len();
    if round > 0 {
        let _ = write!(out, "{round}");
    }
}

/// A user of a domain; each number another one.
pub(crate) fn user(domain: u32, user: u32, out: &mut String) {
    let (first, last, round) = user_parts(domain, user);
    // A domain forms its addresses in one way.
    match mix(u64::from(domain) ^ 0x5eed) % 3 {
        0 => out.extend([first, last]),
        1 => out.extend([last, "_", first]),
        _ => out.extend([first, ".", last]),
    }
    if round > 0 {
        let _ = write!(out, "{round}");
    }
}

/// How many names an attacker may think of for a user.
pub(crate) const GUESSES: usize = FORMS * SIGNS.len() * ENDS.len();
const FORMS: usize = 7;
const SIGNS: [&str; 4] = ["", "-", ".", "_"];
const ENDS: [&str; 6] = ["", "1", "01", "88", "2022", "_work"];

/// What an attacker may think that a user's name is: abbreviated, joined and
/// numbered as people do. None is the user's name.
pub(crate) fn guess(domain: u32, user: u32, variant: usize, out: &mut String) {
    let (first, last, _) = user_parts(domain, user);
    let (variant, end) = (variant / ENDS.len(), ENDS[variant % ENDS.len()]);
    let sign = SIGNS[variant % SIGNS.len()];
    let start = out.len();
    match variant / SIGNS.len() % FORMS {
        0 => out.extend([&first[..1], sign, last]),
        1 => out.extend([first, sign, &last[..1]]),
        2 => out.extend([last, sign, &first[..1]]),
        3 => out.extend([last, sign, first]),
        4 => out.extend([first, sign, last]),
        5 => out.extend([&first[..2], sign, last]),
        _ => out.extend([first, sign, &last[..3]]),
    }
    out.push_str(end);
    let mut own = String::new();
    self::user(domain, user, &mut own);
    if out[start..] == own {
        out.push('0');
    }
}

fn user_parts(domain: u32, user: u32) -> (&'static str, &'static str, usize) {
    let user = user as usize;
    let (first, rest) = (user % FIRST_NAMES.len(), user / FIRST_NAMES.len());
    let last = (rest + 11 * first + domain as usize) % LAST_NAMES.len();
    (
        FIRST_NAMES[first],
        LAST_NAMES[last],
        rest / LAST_NAMES.len(),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn other_numbers_make_other_names() {
        let all = |write: fn(u32, &mut String), count: u32| {
            let names: BTreeSet<String> = (0..count)
                .map(|number| {
                    let mut name = String::new();
                    write(number, &mut name);
                    name
                })
                .collect();
            assert_eq!(names.len(), count as usize);
        };
        all(receiver_domain, 20_000);
        all(sender_domain, 20_000);
        let guesses: BTreeSet<String> = (0..GUESSES)
            .map(|variant| {
                let mut name = String::new();
                guess(3, 77, variant, &mut name);
                name
            })
            .collect();
        assert_eq!(guesses.len(), GUESSES);
        for domain in 0..6 {
            let names: BTreeSet<String> = (0..20_000)
                .map(|number| {
                    let mut name = String::new();
                    user(domain, number, &mut name);
                    name
                })
                .collect();
            assert_eq!(names.len(), 20_000);
        }
    }
}
