//! Blocklists of domains, in the format of rbldnsd's `dnset`.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::fs;

use ebrc_sources::{DomainBlocklist, DomainBlocklistFile, Error};
use proptest::prelude::*;

fn open(bytes: &[u8]) -> Result<DomainBlocklistFile, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("domains.txt");
    fs::write(&path, bytes).unwrap();
    DomainBlocklistFile::open(&path)
}

#[track_caller]
fn check(text: &str, listed: &[&str], others: &[&str]) {
    let list = open(text.as_bytes()).unwrap();
    for domain in listed {
        assert!(list.contains(domain), "{domain} in {text:?}");
    }
    for domain in others {
        assert!(!list.contains(domain), "{domain} in {text:?}");
    }
}

#[test]
fn an_entry_lists_the_domain_what_is_below_it_or_both() {
    check(
        "plain.example\n*.below.example\n.both.example\n",
        &[
            "plain.example",
            "PLAIN.example.",
            "a.below.example",
            "a.b.below.example",
            "both.example",
            "a.b.both.example",
        ],
        &[
            "a.plain.example",
            "below.example",
            "notboth.example",
            "example",
            "",
            ".",
        ],
    );
}

#[test]
fn exclusions_go_before_wider_entries() {
    check(
        ".spam.example\n!good.spam.example\n! *.fine.spam.example\n.bad.fine.spam.example\n\
         twice.example\n!twice.example\n!.thrice.example\n.thrice.example\n",
        &[
            "spam.example",
            "a.spam.example",
            "a.good.spam.example",
            "fine.spam.example",
            "bad.fine.spam.example",
            "a.bad.fine.spam.example",
        ],
        &[
            "good.spam.example",
            "a.fine.spam.example",
            "twice.example",
            "thrice.example",
            "a.thrice.example",
        ],
    );
}

#[test]
fn answers_settings_and_comments_list_nothing() {
    let text = "$SOA 1w ns.bl.example admin.bl.example 0 2h 2h 1w 1h\n#$NS 1w ns.bl.example\n\
                :$TTL 2100\n;# comment\n# comment.example\n:127.0.1.2:$ sends spam\n\
                $DATASET dnset:list @\n\
                a.example :127.0.0.3:Has a text, see www.bl.example\nb.example\t# since.may.example\n\
                c.example ; ours\n\n:3:other\n.d.example some text\n";
    check(
        text,
        &["a.example", "b.example", "c.example", "x.d.example"],
        &[
            "ns.bl.example",
            "www.bl.example",
            "comment.example",
            "since.may.example",
        ],
    );
    let list = open(text.as_bytes()).unwrap();
    assert_eq!(list.describe(), "domains.txt: 4 domains");
}

#[test]
fn a_list_may_be_compressed() {
    let packed = zstd::encode_all(&b".spam.example\n"[..], 1).unwrap();
    let list: Box<dyn DomainBlocklist> = Box::new(open(&packed).unwrap());
    assert!(list.contains("a.spam.example"));
    assert_eq!(list.describe(), "domains.txt: 1 domain");
    assert!(open(&packed[..packed.len() - 2]).is_err());
}

#[test]
fn a_bad_line_is_named_and_not_repeated() {
    let long = "secret.".repeat(50);
    for bad in [
        "secret@example.org",
        "secret..example",
        "!",
        ".",
        "*.",
        "secret/24",
        "*secret.example",
        &long,
        "$DATASET ip4set:secret @",
    ] {
        let message = open(format!("a.example\n{bad}\n").as_bytes())
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("domains.txt, line 2: "),
            "{bad}: {message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }
}

proptest! {
    #[test]
    fn a_wildcard_lists_what_ends_with_it(
        name in "[a-z]{1,8}\\.[a-z]{2,3}", below in "([a-z]{1,5}\\.){1,4}", glued in "[a-z]{1,5}",
    ) {
        let list = open(format!(".{name}\n").as_bytes()).unwrap();
        prop_assert!(list.contains(&name));
        let lower = format!("{below}{name}");
        let longer = format!("{glued}{name}");
        prop_assert!(list.contains(&lower));
        prop_assert!(!list.contains(&longer));
    }
}
