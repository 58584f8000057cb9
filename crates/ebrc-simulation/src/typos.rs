//! Typing errors, by the algorithms of the tool dnstwist.

use ebrc_typos::Kind::{
    self, Addition, Bitsquatting, Hyphenation, Insertion, Omission, Repetition, Replacement,
    Transposition, VowelSwap,
};
use ebrc_typos::{kind_of, neighbours_on_qwerty};
use rand::{Rng, RngExt};

/// The kinds that are made.
const KINDS: [Kind; 9] = [
    Addition,
    Bitsquatting,
    Hyphenation,
    Insertion,
    Omission,
    Repetition,
    Replacement,
    Transposition,
    VowelSwap,
];

/// Section 4.3.2 gives omission, bitsquatting and replacement; how the rest
/// is split is ours.
const OF_USERS: [f64; 9] = [
    0.0300, 0.1283, 0.0067, 0.0700, 0.4392, 0.1000, 0.1058, 0.0900, 0.0300,
];
const OF_DOMAINS: [f64; 9] = [
    0.0300, 0.1234, 0.0050, 0.0800, 0.3714, 0.1200, 0.1502, 0.1000, 0.0200,
];

/// Of the errors in a domain, how many are in what stands behind its first
/// label.
const IN_ENDS: f64 = 0.06;

/// How often another error of the same kind is tried.
const PATIENCE: usize = 200;

const VOWELS: &[u8] = b"aeiou";

/// Mistypes a user's name, but not the number behind it: that would make
/// another user's name.
pub(crate) fn in_user<R: Rng + ?Sized>(name: &str, rng: &mut R) -> String {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    mistype(letters, &OF_USERS, rng) + &name[letters.len()..]
}

/// Mistypes a domain: its first label or, more rarely, the one behind it.
pub(crate) fn in_domain<R: Rng + ?Sized>(domain: &str, rng: &mut R) -> String {
    let (label, rest) = domain.split_at(domain.find('.').unwrap_or(domain.len()));
    if rng.random_bool(IN_ENDS) {
        // `springer.com` to `springer.comm`, mostly.
        let ends = rest.trim_start_matches('.');
        let (end, more) = ends.split_at(ends.find('.').unwrap_or(ends.len()));
        let mut letters = end.as_bytes().to_vec();
        let kind = if rng.random_bool(0.6) {
            Repetition
        } else {
            Omission
        };
        let at = rng.random_range(0..letters.len().max(1));
        if letters.len() > 1 {
            apply(kind, &mut letters, at, rng);
        }
        let wrong: String = letters.into_iter().map(char::from).collect();
        if wrong != end {
            return [label, ".", &wrong, more].concat();
        }
    }
    mistype(label, &OF_DOMAINS, rng) + rest
}

/// A name with one error; it is never the name itself. The name is ASCII.
fn mistype<R: Rng + ?Sized>(name: &str, shares: &[f64; 9], rng: &mut R) -> String {
    let mut left = rng.random::<f64>();
    let kind = KINDS
        .iter()
        .zip(shares)
        .find(|(_, share)| {
            left -= *share;
            left < 0.0
        })
        .map_or(Omission, |(kind, _)| *kind);
    let right = name.as_bytes();
    for kind in [kind, Omission] {
        for _ in 0..PATIENCE {
            let mut wrong = right.to_vec();
            let at = rng.random_range(0..wrong.len().max(1));
            apply(kind, &mut wrong, at, rng);
            if !is_name(&wrong) {
                continue;
            }
            let wrong: String = wrong.into_iter().map(char::from).collect();
            if kind_of(name, &wrong) == Some(kind) {
                return wrong;
            }
        }
    }
    format!("{name}x")
}

fn is_name(letters: &[u8]) -> bool {
    let plain = letters
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(byte));
    let edges = [letters.first(), letters.last()];
    plain
        && edges
            .iter()
            .all(|edge| edge.is_some_and(u8::is_ascii_alphanumeric))
}

fn apply<R: Rng + ?Sized>(kind: Kind, letters: &mut Vec<u8>, at: usize, rng: &mut R) {
    let Some(&letter) = letters.get(at) else {
        return;
    };
    match kind {
        Addition => letters.push(b'a' + rng.random_range(0..26_u8)),
        Bitsquatting => letters[at] = letter ^ (1 << rng.random_range(0..8_u8)),
        Hyphenation => letters.insert(at, b'-'),
        Insertion => {
            let beside = at + usize::from(rng.random::<bool>());
            if let Some(other) = neighbour(letter, rng) {
                letters.insert(beside, other);
            }
        }
        Omission => {
            letters.remove(at);
        }
        Repetition => letters.insert(at, letter),
        Replacement => {
            if let Some(other) = neighbour(letter, rng) {
                letters[at] = other;
            }
        }
        Transposition if at + 1 < letters.len() => letters.swap(at, at + 1),
        VowelSwap if VOWELS.contains(&letter) => {
            letters[at] = VOWELS[rng.random_range(0..VOWELS.len())];
        }
        // Nothing to change here, or not among those that are made.
        _ => {}
    }
}

fn neighbour<R: Rng + ?Sized>(letter: u8, rng: &mut R) -> Option<u8> {
    let all = neighbours_on_qwerty(letter.into()).as_bytes();
    (!all.is_empty()).then(|| all[rng.random_range(0..all.len())])
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn errors_have_the_papers_shares() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0_u32; 9];
        for _ in 0..20_000 {
            let typo = in_user("anna.keller7", &mut rng);
            let wrong = typo.strip_suffix('7').unwrap();
            let kind = kind_of("anna.keller", wrong).unwrap();
            counts[KINDS.iter().position(|&other| other == kind).unwrap()] += 1;
        }
        for (kind, (count, share)) in KINDS.iter().zip(counts.into_iter().zip(OF_USERS)) {
            let found = f64::from(count) / 20_000.0;
            assert!((found - share).abs() < 0.012, "{kind:?}: {found}");
        }
        for shares in [OF_USERS, OF_DOMAINS] {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_typo_is_never_the_name_and_keeps_what_stands_behind() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut in_ends = 0;
        for _ in 0..2000 {
            let typo = in_domain("harborbank.com.example", &mut rng);
            assert_ne!(typo, "harborbank.com.example");
            assert!(typo.ends_with(".example"), "{typo}");
            in_ends += u32::from(typo.starts_with("harborbank."));
        }
        assert!((60..200).contains(&in_ends), "{in_ends}");
        assert_eq!(in_user("x", &mut rng).len().abs_diff(1), 1);
    }
}
