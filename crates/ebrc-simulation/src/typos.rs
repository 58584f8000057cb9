use rand::{Rng, RngExt};

/// The kinds of errors of dnstwist, in the proportions of section 4.3.2 for
/// user names; the paper gives the first three, the rest is split over the
/// others.
const KINDS: [(Kind, f64); 6] = [
    (Kind::Omission, 0.4392),
    (Kind::Bitsquatting, 0.1283),
    (Kind::Replacement, 0.1058),
    (Kind::Repetition, 0.1167),
    (Kind::Transposition, 0.1100),
    (Kind::Insertion, 0.1000),
];

/// For domains, in the same order.
const DOMAIN_SHARES: [f64; 6] = [0.3714, 0.1234, 0.1502, 0.1350, 0.1200, 0.1000];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Omission,
    Bitsquatting,
    Replacement,
    Repetition,
    Transposition,
    Insertion,
}

/// Neighbours on a keyboard with the letters in the order of QWERTY.
const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Mistypes a user's name, but not the number behind it: that would make
/// another user's name.
pub(crate) fn in_user<R: Rng + ?Sized>(name: &str, rng: &mut R) -> String {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    mistype(letters, &KINDS.map(|(_, share)| share), rng) + &name[letters.len()..]
}

/// Mistypes a domain in its first label.
pub(crate) fn in_domain<R: Rng + ?Sized>(domain: &str, rng: &mut R) -> String {
    let (label, rest) = domain.split_at(domain.find('.').unwrap_or(domain.len()));
    mistype(label, &DOMAIN_SHARES, rng) + rest
}

/// A name with one error; it is never the name itself. The name is ASCII.
fn mistype<R: Rng + ?Sized>(name: &str, shares: &[f64; 6], rng: &mut R) -> String {
    for _ in 0..64 {
        let mut letters = name.as_bytes().to_vec();
        let mut left = rng.random::<f64>();
        let kind = KINDS
            .iter()
            .zip(shares)
            .find(|(_, share)| {
                left -= *share;
                left < 0.0
            })
            .map_or(Kind::Omission, |((kind, _), _)| *kind);
        let at = rng.random_range(0..letters.len().max(1));
        apply(kind, &mut letters, at, rng);
        let plain = letters.iter().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(byte)
        });
        let edges = [letters.first(), letters.last()];
        let whole = edges
            .iter()
            .all(|edge| edge.is_some_and(u8::is_ascii_alphanumeric));
        if plain && whole && letters != name.as_bytes() {
            return letters.into_iter().map(char::from).collect();
        }
    }
    format!("{name}x")
}

fn apply<R: Rng + ?Sized>(kind: Kind, letters: &mut Vec<u8>, at: usize, rng: &mut R) {
    let Some(&letter) = letters.get(at) else {
        return;
    };
    match kind {
        Kind::Omission => {
            letters.remove(at);
        }
        Kind::Bitsquatting => letters[at] = letter ^ (1 << rng.random_range(0..8_u8)),
        Kind::Replacement => letters[at] = neighbour(letter, rng),
        Kind::Repetition => letters.insert(at, letter),
        Kind::Transposition => {
            if at + 1 < letters.len() {
                letters.swap(at, at + 1);
            }
        }
        Kind::Insertion => letters.insert(at, neighbour(letter, rng)),
    }
}

fn neighbour<R: Rng + ?Sized>(letter: u8, rng: &mut R) -> u8 {
    for row in ROWS {
        if let Some(at) = row.iter().position(|&other| other == letter) {
            let right = at == 0 || (at + 1 < row.len() && rng.random());
            return row[if right { at + 1 } else { at - 1 }];
        }
    }
    letter
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn a_typo_is_close_to_the_name_but_never_the_name() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut shorter = 0;
        for _ in 0..2000 {
            let typo = in_user("anna.keller", &mut rng);
            assert_ne!(typo, "anna.keller");
            assert!(typo.len().abs_diff(11) <= 1, "{typo}");
            shorter += usize::from(typo.len() == 10);
        }
        assert!((700..1100).contains(&shorter), "{shorter}");
        assert!(in_domain("harborbank.de.example", &mut rng).ends_with(".de.example"));
        assert_eq!(in_user("x", &mut rng).len().abs_diff(1), 1);
    }
}
