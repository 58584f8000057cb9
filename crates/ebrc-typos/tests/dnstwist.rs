//! What dnstwist makes of made-up domains, kind by kind, is what we make.
//!
//! The list is dnstwist's own output, by `scripts/dnstwist-parity.sh`.
//!
//! Where we differ on purpose, and so not in the list: a label of one letter is
//! never left out altogether, which in dnstwist turns `mail.x.com` into
//! `mail.com`; a label in Unicode may no more begin or end with a hyphen than
//! one in ASCII; and a reserved top-level domain, such as `.example`, counts as
//! absent.

use std::collections::BTreeMap;

use ebrc_typos::{DomainTypos, Part, domain_variants, normalise_domain};
use sha2::{Digest, Sha256};

type Forms = BTreeMap<(String, String), Vec<String>>;

fn ours(domain: &str) -> Forms {
    let mut forms = Forms::new();
    for (wrong, kind) in domain_variants(domain) {
        let of_kind = forms.entry((domain.to_owned(), kind.to_string()));
        of_kind.or_default().push(wrong);
    }
    forms.values_mut().for_each(|forms| forms.sort_unstable());
    forms
}

/// None if a line has not four fields.
fn lines() -> Option<Vec<[&'static str; 4]>> {
    let lines = include_str!("dnstwist.tsv").lines();
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
        .collect()
}

#[test]
fn errors_are_dnstwists() {
    let lines = lines().unwrap();
    let mut domains: Vec<&str> = lines.iter().map(|[domain, ..]| *domain).collect();
    domains.dedup();
    assert!(domains.len() > 35);
    let mut ours: Forms = domains.into_iter().flat_map(ours).collect();
    for [domain, kind, count, expected] in lines {
        let found = ours.remove(&(domain.to_owned(), kind.to_owned()));
        let found = found.unwrap_or_default();
        let mut text = found.join(" ");
        if expected.starts_with("sha256:") {
            let digest = Sha256::digest(text.as_bytes());
            let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            text = format!("sha256:{digits}");
        }
        assert_eq!(found.len().to_string(), count, "{domain} {kind}: {text}");
        assert_eq!(text, expected, "{domain} {kind}");
    }
    assert_eq!(ours, Forms::new(), "what dnstwist does not make");
}

#[test]
fn every_error_of_dnstwists_is_found() {
    for [domain, kind, _, forms] in lines().unwrap() {
        let typos = DomainTypos::new([domain]);
        for wrong in forms.split(' ').filter(|form| !form.starts_with("sha256:")) {
            let found = typos
                .find(wrong)
                .unwrap_or_else(|| panic!("{domain} {wrong}"));
            assert_eq!(found.kind.as_str(), kind, "{domain} {wrong}");
            assert_eq!(Some(found.right), normalise_domain(domain).as_deref());
            // `vellora.com.cn` to `vellora.cn` is the only one that leaves the label right.
            let fewer = wrong.matches('.').count() < domain.matches('.').count();
            let cut = kind == "various" && fewer && wrong.starts_with("vellora.");
            assert_eq!(found.part == Part::Ending, cut, "{domain} {wrong}");
        }
    }
}
