//! What is found without listing errors is what listing them finds.

use std::collections::{BTreeMap, HashMap};

use ebrc_typos::{
    DomainTypos, Kind, Part, Similarity, UserTypos, domain_variants, kind_of, normalise_domain,
    variants,
};
use proptest::prelude::*;

/// Names of few letters, and of those that look like others, so that one error
/// is often made by several kinds.
const NAME: &str = "[abcdelmnorsuvwxz0138.-]{1,7}";

/// Labels that a host name may have.
const LABEL: &str = "[acdelmnorsvwx1][abcdelmnorswx1-]{0,4}[acdelmnorsx0]";

fn ending() -> impl Strategy<Value = &'static str> {
    const ENDINGS: [&str; 7] = ["com", "de", "com.cn", "co.uk", "fi", "com.example", "test"];
    proptest::sample::select(&ENDINGS[..])
}

fn domain() -> impl Strategy<Value = String> {
    (proptest::option::weighted(0.2, LABEL), LABEL, ending()).prop_map(|(before, label, ending)| {
        let before = before.map(|before| before + ".").unwrap_or_default();
        format!("{before}{label}.{ending}")
    })
}

/// A number that a name and another name decide, to pick among their errors.
fn pick<T: Clone>(all: &[T], number: usize) -> Option<T> {
    all.get(number.checked_rem(all.len())?).cloned()
}

#[test]
fn the_papers_examples() {
    let typos = DomainTypos::new(["hotmail.com", "icloud.com", "yahoo.com.cn", "springer.com"]);
    let cases = [
        ("yaho.com.cn", "yahoo.com.cn", Kind::Omission, Part::Label),
        ("icloyd.com", "icloud.com", Kind::Replacement, Part::Label),
        (
            "lotmail.com",
            "hotmail.com",
            Kind::Bitsquatting,
            Part::Label,
        ),
        (
            "springer.comm",
            "springer.com",
            Kind::Repetition,
            Part::Ending,
        ),
    ];
    for (wrong, right, kind, part) in cases {
        let found = typos.find(wrong).unwrap();
        assert_eq!((found.right, found.kind, found.part), (right, kind, part));
    }
    // In a label, dnstwist's order holds for the same error.
    assert_eq!(kind_of("com", "comm"), Some(Kind::Addition));
}

#[test]
fn an_error_counts_as_the_first_kind_that_makes_it() {
    let cases = [
        ("springer", "sprringer", Kind::Repetition),
        ("keller", "kelelr", Kind::Transposition),
        ("keller", "kel-ler", Kind::Hyphenation),
        ("keller", "kel.ler", Kind::Subdomain),
        ("keller", "keoler", Kind::Replacement),
        // m and n lie side by side, but look alike too.
        ("simon", "sinon", Kind::Homoglyph),
        ("arnold", "amold", Kind::Homoglyph),
        // By way of `amold`: an omission too.
        ("arnold", "anold", Kind::Homoglyph),
        ("foxlane", "foxeslane", Kind::Plural),
        ("anna", "onna", Kind::VowelSwap),
        // a and e differ in one bit, and are vowels.
        ("anna", "enna", Kind::Bitsquatting),
        ("a-b", "ax-b", Kind::Addition),
        ("müller", "müler", Kind::Omission),
        ("muller", "müller", Kind::Homoglyph),
        ("cap", "сар", Kind::Cyrillic),
    ];
    for (right, wrong, kind) in cases {
        let listed = variants(right).find(|(other, _)| other == wrong);
        assert_eq!(
            kind_of(right, wrong),
            listed.map(|(_, kind)| kind),
            "{wrong}"
        );
        assert_eq!(kind_of(right, wrong), Some(kind), "{wrong}");
    }
    // A single Cyrillic letter is none of dnstwist's.
    assert_eq!(kind_of("yahoo", "y\u{430}hoo"), None);
    assert_eq!(kind_of("anna", "anna"), None);
    assert_eq!(kind_of("", ""), None);
}

#[test]
fn internationalised_domains_are_found_in_either_form() {
    let typos = DomainTypos::new(["müller.de", "cap.com", "harborbank.com.example"]);
    for (wrong, kind) in [
        ("müler.de", Kind::Omission),
        ("xn--mler-0ra.de", Kind::Omission),
        ("CÄP.com.", Kind::Homoglyph),
        ("сар.com", Kind::Cyrillic),
        ("harborbank.comm.example", Kind::Repetition),
        ("harborbank.сом.example", Kind::Cyrillic),
        ("harborbamk.com.example", Kind::Homoglyph),
    ] {
        let ascii = normalise_domain(wrong).unwrap();
        let found = [wrong, &ascii].map(|wrong| typos.find(wrong).map(|typo| typo.kind));
        assert_eq!(found, [Some(kind); 2], "{wrong}");
    }
    for other in ["müller.de", "harborbank.com.exampl", "cap", "", "c@p.com"] {
        assert_eq!(typos.find(other), None, "{other}");
    }
}

#[test]
fn the_more_used_domain_is_the_one_meant() {
    let ordered = ["kmail.com", "mail.com"];
    let typos = DomainTypos::new(ordered);
    assert_eq!(typos.find("jmail.com").unwrap().right, "kmail.com");
    assert_eq!(typos.find("mail.com").unwrap().right, "kmail.com");
    let typos = DomainTypos::new(["mail.com", "kmail.com"]);
    assert_eq!(typos.find("jmail.com").unwrap().right, "mail.com");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_variant_is_of_its_kind(name in NAME) {
        let mut all = BTreeMap::new();
        for (wrong, kind) in variants(&name) {
            prop_assert_eq!(kind_of(&name, &wrong), Some(kind), "{} {}", name, wrong);
            prop_assert_eq!(all.insert(wrong, kind), None);
        }
        prop_assert!(!all.contains_key(&name));
    }

    #[test]
    fn what_is_of_a_kind_is_a_variant(right in NAME, edits in proptest::collection::vec((0..9_usize, "[abcelmnosx.-]{0,2}", 0..3_usize), 1..3)) {
        let mut wrong: Vec<char> = right.chars().collect();
        for (at, put, taken) in edits {
            let at = at.min(wrong.len());
            let end = (at + taken).min(wrong.len());
            wrong.splice(at..end, put.chars());
        }
        let wrong: String = wrong.into_iter().collect();
        let all: HashMap<String, Kind> = variants(&right).collect();
        prop_assert_eq!(kind_of(&right, &wrong), all.get(&wrong).copied(), "{} {}", right, wrong);
    }

    #[test]
    fn domains_found_are_those_listed(
        rights in proptest::collection::vec(domain(), 1..6),
        others in proptest::collection::vec(domain(), 0..20),
        numbers in proptest::collection::vec(any::<usize>(), 60),
    ) {
        let typos = DomainTypos::new(&rights);
        let listed: Vec<HashMap<String, Kind>> = rights
            .iter()
            .map(|right| domain_variants(right).into_iter().collect())
            .collect();
        let few: Vec<Vec<String>> = rights
            .iter()
            .map(|right| {
                // Mostly errors of other kinds than homoglyphs.
                let all = domain_variants(right).into_iter();
                all.filter(|(wrong, kind)| *kind != Kind::Homoglyph || wrong.len() % 5 == 0)
                    .map(|(wrong, _)| wrong)
                    .collect()
            })
            .collect();
        let wrong = numbers
            .iter()
            .filter_map(|&number| pick(pick(&few, number)?.as_slice(), number / 7));
        for wrong in wrong.chain(others).chain(rights.clone()) {
            let expected = rights
                .iter()
                .zip(&listed)
                .find_map(|(right, all)| Some((normalise_domain(right)?, *all.get(&wrong)?)));
            let found = typos.find(&wrong);
            // Errors in an ending are not dnstwist's.
            let found = found.filter(|typo| typo.part == Part::Label || typo.kind == Kind::Various);
            let found = found.map(|typo| (typo.right.to_owned(), typo.kind));
            if expected.is_some() || found.is_some() {
                prop_assert_eq!(found, expected, "{}", wrong);
            }
        }
    }

    #[test]
    fn errors_in_endings_are_found(label in LABEL, ending in ending(), number in any::<usize>()) {
        let right = format!("{label}.{ending}");
        let name = ending.trim_end_matches(".example");
        let all: Vec<String> = variants(name).map(|(wrong, _)| wrong).collect();
        let wrong = pick(&all, number).unwrap();
        let domain = format!("{label}.{wrong}{}", &ending[name.len()..]);
        if let Some(domain) = normalise_domain(&domain) {
            let typos = DomainTypos::new([&right]);
            let found = typos.find(&domain);
            // Under some endings there are fewer homoglyphs.
            if kind_of(name, &wrong) != Some(Kind::Homoglyph) {
                prop_assert_eq!(found.unwrap().part, Part::Ending);
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn users_found_are_those_of_all_pairs(
        names in proptest::collection::vec("[alm][alm]{2,5}[alms]", 4..12),
        numbers in proptest::collection::vec((any::<usize>(), 0..2_usize, 0..3_usize), 1..180),
        measure in proptest::sample::select(&Similarity::ALL[..]),
    ) {
        let senders = ["ann@a.com", "eve@a.com"];
        let domains = ["x.com", "a-longer-domain.com", "müller.de"];
        let all: Vec<Vec<String>> = names
            .iter()
            .map(|name| {
                let all = variants(name);
                all.filter(|(wrong, _)| wrong.is_ascii()).map(|(wrong, _)| wrong).collect()
            })
            .collect();
        let refused: Vec<(&str, String)> = numbers
            .iter()
            .filter_map(|&(number, sender, domain)| {
                let user = pick(&pick(&all, number)?, number / 11)?;
                Some((senders[sender], format!("{user}@{}", domains[domain])))
            })
            .collect();
        let mut typos = UserTypos::new(refused.clone(), measure, 0.9);
        let mut best: BTreeMap<(String, String), (f64, String, Kind)> = BTreeMap::new();
        for name in &names {
            for sender in senders {
                for domain in domains {
                    let right = format!("{name}@{domain}");
                    typos.offer(sender, &right);
                    for (_, wrong) in refused.iter().filter(|(other, _)| *other == sender) {
                        let (user, at) = wrong.rsplit_once('@').unwrap();
                        let similarity = measure.of(wrong, &right);
                        let Some(kind) = kind_of(name, user) else {
                            continue;
                        };
                        if at != domain || similarity <= 0.9 {
                            continue;
                        }
                        let key = (sender.to_owned(), wrong.clone());
                        let new = (similarity, right.clone(), kind);
                        let kept = best.entry(key).or_insert_with(|| new.clone());
                        if new.0 > kept.0 || new.0 == kept.0 && new.1 < kept.1 {
                            *kept = new;
                        }
                    }
                }
            }
        }
        let expected: Vec<_> = best.into_iter().collect();
        let found: Vec<_> = typos
            .finish()
            .into_iter()
            .map(|typo| ((typo.sender, typo.wrong), (typo.similarity, typo.right, typo.kind)))
            .collect();
        prop_assert_eq!(found, expected);
    }
}
