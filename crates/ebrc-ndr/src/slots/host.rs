//! Host and domain names.

use super::ip;
use super::top_level_domains::is_top_level_domain;
use crate::character::View;

/// A host name that begins at `at` and ends at `end` or, where a sentence goes
/// on behind its dot without a space, before.
pub(super) fn find(view: View<'_>, at: usize, end: usize) -> Option<usize> {
    let mut found = None;
    let mut labels = 0;
    let mut label_start = at;
    let mut named = false;
    let mut previous_is_lower = false;
    while label_start < end {
        let label_end = view.span(label_start, |byte| byte != b'.').min(end);
        let label = view.bytes(label_start, label_end);
        labels += 1;
        if labels > 1
            && ends_a_name(label, named, previous_is_lower)
            && view.word_ends(label_end)
            && !is_postfix_file(view.bytes(at, label_end))
        {
            found = Some(label_end);
        }
        if label.is_empty() {
            break;
        }
        named |= label.iter().any(u8::is_ascii_alphabetic);
        previous_is_lower = label.iter().any(u8::is_ascii_lowercase);
        label_start = label_end + 1;
    }
    found
}

/// Whether a label is a top-level domain, in one case: `Please` behind a full
/// stop is none, and neither is `IT` behind lower-case letters.
fn ends_a_name(label: &[u8], named: bool, previous_is_lower: bool) -> bool {
    let upper = label.iter().any(u8::is_ascii_uppercase);
    let lower = label.iter().any(u8::is_ascii_lowercase);
    if upper && (lower || previous_is_lower) {
        return false;
    }
    // `163.com` and `12306.cn` are names, `10.in` hardly.
    let plausible = named || label.len() > 2 || label.eq_ignore_ascii_case(b"cn");
    plausible && is_top_level_domain(label)
}

fn is_postfix_file(name: &[u8]) -> bool {
    matches!(name, b"main.cf" | b"master.cf")
}

/// Where a host name ends with its port.
pub(super) fn with_port(view: View<'_>, end: usize) -> usize {
    ip::port(view, end).unwrap_or(end)
}
