//! Lists of leaked addresses, in either form.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use ebrc_sources::{BreachList, BreachListFile, Error};
use proptest::prelude::*;
use tempfile::TempDir;

fn write(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("leaked.txt");
    fs::write(&path, bytes).unwrap();
    path
}

fn open(bytes: &[u8]) -> Result<BreachListFile, Error> {
    let folder = tempfile::tempdir().unwrap();
    BreachListFile::open(&write(&folder, bytes))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn case_comments_and_blank_lines_make_no_difference() {
    let text = "\u{feff}# leaked\r\n\r\nAnna@Example.org\r\n  bert@example.org \n\
                anna@EXAMPLE.org\nJÜRGEN@bücher.example";
    let list = open(text.as_bytes()).unwrap();
    for there in [
        "anna@example.org",
        "ANNA@example.ORG",
        "bert@example.org",
        "jürgen@bücher.example",
    ] {
        assert!(list.contains(there), "{there}");
    }
    for other in ["", "anna", "@example.org", "anna@example.com", "# leaked"] {
        assert!(!list.contains(other), "{other}");
    }
    assert_eq!(list.describe(), "leaked.txt: 3 addresses");
}

// The digests are those of coreutils' sha1sum for `anna@example.org` and
// `bert@example.org`.
const ANNA: &str = "0d21b9f610440a3774db33a4019c4ce53b971eea";
const BERT: &str = "d90d47c5e2a759be07cff90609cac152c9d9ecf6";

#[test]
fn hashes_say_the_same_as_addresses() {
    let upper = ANNA.to_uppercase();
    let list = open(format!("# a service's\n{upper}:12\n{BERT}\n").as_bytes()).unwrap();
    assert!(list.contains("Anna@example.org"));
    assert!(list.contains("bert@example.org"));
    assert!(!list.contains("carl@example.org"));
    assert_eq!(list.describe(), "leaked.txt: 2 SHA-1 hashes");
}

#[test]
fn compressed_lists_are_read_and_cut_ones_refused() {
    let text = b"anna@example.org\nbert@example.org\n";
    for packed in [gzip(text), zstd::encode_all(&text[..], 1).unwrap()] {
        let list = open(&packed).unwrap();
        assert!(list.contains("bert@example.org"));
        assert!(!list.contains("carl@example.org"));
        let error = open(&packed[..packed.len() - 3]).unwrap_err();
        assert!(matches!(error, Error::File(_)), "{error}");
        assert!(error.to_string().contains("leaked.txt"), "{error}");
    }
}

#[test]
fn an_empty_list_holds_nobody() {
    let list = open(b"").unwrap();
    assert!(!list.contains("anna@example.org"));
    assert_eq!(list.describe(), "leaked.txt: 0 addresses");
}

#[test]
fn a_bad_line_is_named_and_not_repeated() {
    let hash = format!("{ANNA}\n");
    let long = [b"anna@example.org\n".as_slice(), &[b'x'; 1 << 17]].concat();
    let cases: [(&[u8], &str); 6] = [
        (
            b"anna@example.org\n\nsecret@example.org:pass\n",
            "line 3: the entry is no address",
        ),
        (
            b"anna@example.org\nsecret\n",
            "line 2: the entry is no address",
        ),
        (
            &[b"anna@example.org\n", hash.as_bytes()].concat(),
            "line 2: the entry is no address",
        ),
        (
            &[hash.as_bytes(), b"secret@example.org\n"].concat(),
            "line 2: the entry is no SHA-1",
        ),
        (
            b"anna@example.org\nsecret\xff@example.org\n",
            "line 2: the line is not UTF-8",
        ),
        (&long, "line 2: the line is longer"),
    ];
    for (bytes, expected) in cases {
        let error = open(bytes).unwrap_err();
        assert!(matches!(error, Error::Line { .. }), "{error:?}");
        let message = error.to_string();
        assert!(message.contains("leaked.txt, "), "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(
            !message.contains("secret") && !message.contains(ANNA),
            "{message}"
        );
    }
}

#[test]
fn a_missing_file_is_named() {
    let path = PathBuf::from("nowhere/leaked.txt");
    let message = BreachListFile::open(&path).unwrap_err().to_string();
    assert!(message.starts_with("nowhere/leaked.txt: "), "{message}");
}

fn addresses() -> impl Strategy<Value = BTreeSet<String>> {
    prop::collection::btree_set("[a-z0-9._+-]{1,12}@[a-z0-9-]{1,10}\\.(com|example)", 0..200)
}

proptest! {
    /// All that were written are there. Of others, one may be taken for one of
    /// them with a chance of 200 in 2^64 each: never in the life of this test.
    #[test]
    fn those_written_are_there_and_no_others(written in addresses(), others in addresses()) {
        let text: String = written.iter().map(|address| format!("{address}\n")).collect();
        let list = open(text.as_bytes()).unwrap();
        for address in &written {
            prop_assert!(list.contains(address));
            prop_assert!(list.contains(&address.to_uppercase()));
        }
        for address in others.difference(&written) {
            prop_assert!(!list.contains(address));
        }
    }

    #[test]
    fn any_bytes_are_a_list_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = open(&bytes) {
            prop_assert!(error.to_string().contains("leaked.txt"));
        }
    }
}
