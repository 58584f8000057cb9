//! What an address, and the words of a reply, tell.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, StringArray, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::logical_expr::ScalarUDF;
use ebrc_ndr::NdrMessage;
use ebrc_rules::wording::{self, Authentication};

use super::scalar;

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        // The domain of an address: lower case, without a dot at the end, as
        // IDNA writes it (UTS 46).
        words("domain", |address| normalised(address.rsplit_once('@')?.1)),
        // What stands before the last `@` of an address.
        words("user_name", |address| {
            address
                .rsplit_once('@')
                .map(|(user, _)| Cow::Borrowed(user))
        }),
        tells("is_accepted", ebrc_ndr::is_accepted),
        tells("has_enhanced_code", |reply| {
            NdrMessage::parse(reply).enhanced_code.is_some()
        }),
        words("blocklist_named", |reply| {
            wording::blocklist_named(reply).map(Cow::Borrowed)
        }),
        words("authentication_failed", |reply| {
            wording::authentication_failed(reply).map(|failed| Cow::Borrowed(class(failed)))
        }),
        tells("says_inactive", wording::is_inactive),
        tells("requires_tls", wording::tls_required),
        tells("names_greylisting", wording::greylisting_named),
    ]
}

/// The domain as it is compared with others; one that IDNA refuses is only
/// written small.
fn normalised(domain: &str) -> Option<Cow<'_, str>> {
    let is_plain = domain.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-'
    });
    if is_plain && !domain.ends_with('.') && !domain.contains("xn--") {
        return Some(Cow::Borrowed(domain));
    }
    Some(Cow::Owned(
        ebrc_typos::normalise_domain(domain)
            .unwrap_or_else(|| domain.trim_end_matches('.').to_lowercase()),
    ))
}

/// What failed, in a word.
pub(super) fn class(failed: Authentication) -> &'static str {
    match failed {
        Authentication::Both => "both",
        Authentication::Either => "either",
        Authentication::Dmarc => "dmarc",
    }
}

/// A function from text to text.
pub(super) fn words(
    name: &str,
    call: impl Fn(&str) -> Option<Cow<'_, str>> + Send + Sync + 'static,
) -> ScalarUDF {
    scalar(name, vec![DataType::Utf8], DataType::Utf8, move |values| {
        Ok(map_text(as_string_array(&values[0])?, &call))
    })
}

fn map_text(texts: &StringArray, call: impl Fn(&str) -> Option<Cow<'_, str>>) -> ArrayRef {
    let mut out = StringBuilder::with_capacity(texts.len(), 16 * texts.len());
    for text in texts {
        out.append_option(text.and_then(&call));
    }
    Arc::new(out.finish())
}

/// A function from text to yes or no.
pub(super) fn tells(name: &str, call: impl Fn(&str) -> bool + Send + Sync + 'static) -> ScalarUDF {
    scalar(
        name,
        vec![DataType::Utf8],
        DataType::Boolean,
        move |values| {
            let texts = as_string_array(&values[0])?;
            let answers: BooleanArray = texts.iter().map(|text| text.map(&call)).collect();
            Ok(Arc::new(answers))
        },
    )
}
