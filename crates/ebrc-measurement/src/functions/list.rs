//! What the attempts of a mail tell together.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, ListArray, ListBuilder, StringArray, StringBuilder, UInt32Array,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::{as_list_array, as_string_array};
use datafusion::logical_expr::ScalarUDF;
use ebrc_rules::wording;
use ebrc_taxonomy::{BounceType, TemplateLabel};

use super::{list_of_text, scalar};
use crate::MajorType;

pub(super) fn all(major: MajorType) -> Vec<ScalarUDF> {
    let lists = || vec![list_of_text(), list_of_text()];
    vec![
        // The number of the first accepted attempt, from 1; 0 where none was.
        scalar(
            "first_accepted",
            vec![list_of_text()],
            DataType::UInt32,
            |values| {
                let numbers: UInt32Array = each_list(&values[0], |mut replies| {
                    let first = replies.position(|reply| reply.is_some_and(ebrc_ndr::is_accepted));
                    Some(first.map_or(0, |at| at as u32 + 1))
                })?;
                Ok(Arc::new(numbers))
            },
        ),
        // The first, or last, element that is not empty: an attempt that reached
        // no server has an empty address.
        scalar(
            "first_filled",
            vec![list_of_text()],
            DataType::Utf8,
            |values| {
                let texts: StringArray = each_list(&values[0], |texts| {
                    texts.flatten().find(|text| !text.is_empty())
                })?;
                Ok(Arc::new(texts))
            },
        ),
        scalar(
            "last_filled",
            vec![list_of_text()],
            DataType::Utf8,
            |values| {
                let texts: StringArray = each_list(&values[0], |texts| {
                    texts.flatten().filter(|text| !text.is_empty()).last()
                })?;
                Ok(Arc::new(texts))
            },
        ),
        // The types T1 to T16 among the types of a mail's attempts, each once,
        // in order; those of ambiguous messages are no types.
        scalar(
            "distinct_types",
            vec![list_of_text()],
            list_of_text(),
            distinct_types,
        ),
        // The type that stands for a mail with several: the setting `major_type`
        // says which.
        scalar(
            "major_type",
            vec![list_of_text()],
            DataType::Utf8,
            move |values| {
                let types: StringArray = each_list(&values[0], |labels| {
                    major_type(labels, major).map(BounceType::id)
                })?;
                Ok(Arc::new(types))
            },
        ),
        // The blocklists that the replies of type T5 name, each once: the first
        // of each reply.
        scalar("blocklists_named", lists(), list_of_text(), |values| {
            let mut out = ListBuilder::new(StringBuilder::new());
            for replies in replies_of(values, BounceType::Blocklisted)? {
                let mut named: Vec<&str> = Vec::new();
                for name in replies.filter_map(wording::blocklist_named) {
                    if !named.contains(&name) {
                        named.push(name);
                        out.values().append_value(name);
                    }
                }
                out.append(true);
            }
            Ok(Arc::new(out.finish()))
        }),
        // What the replies of type T3 say has failed; the first that says it.
        scalar(
            "first_authentication_failed",
            lists(),
            DataType::Utf8,
            |values| {
                first_of(values, BounceType::SenderAuthentication, |reply| {
                    wording::authentication_failed(reply).map(super::text::class)
                })
            },
        ),
        // Whether a reply of type T8 says that the address is not used any more.
        scalar("any_says_inactive", lists(), DataType::Boolean, |values| {
            any_of(values, BounceType::NoSuchRecipient, wording::is_inactive)
        }),
        // Whether a reply of type T4 demands TLS.
        scalar("any_requires_tls", lists(), DataType::Boolean, |values| {
            any_of(values, BounceType::Starttls, wording::tls_required)
        }),
        // Whether a reply of type T6 names greylisting.
        scalar(
            "any_names_greylisting",
            lists(),
            DataType::Boolean,
            |values| any_of(values, BounceType::Greylisted, wording::greylisting_named),
        ),
    ]
}

/// One answer for each list of text.
fn each_list<'a, T, C: FromIterator<Option<T>>>(
    lists: &'a ArrayRef,
    mut call: impl FnMut(Texts<'a>) -> Option<T>,
) -> Result<C> {
    let lists = as_list_array(lists)?;
    let texts = as_string_array(lists.values())?;
    Ok((0..lists.len())
        .map(|row| {
            if lists.is_null(row) {
                return None;
            }
            call(texts_of(lists, texts, row))
        })
        .collect())
}

/// The texts of a list.
struct Texts<'a> {
    all: &'a StringArray,
    rows: Range<usize>,
}

impl<'a> Iterator for Texts<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(self.all.is_valid(row).then(|| self.all.value(row)))
    }
}

fn texts_of<'a>(lists: &ListArray, all: &'a StringArray, row: usize) -> Texts<'a> {
    let offsets = lists.value_offsets();
    Texts {
        all,
        rows: offsets[row] as usize..offsets[row + 1] as usize,
    }
}

/// The type of an attempt, where it was refused and the reply says why.
fn typed(label: Option<&str>) -> Option<BounceType> {
    label?.parse::<TemplateLabel>().ok()?.bounce_type()
}

fn distinct_types(values: &[ArrayRef]) -> Result<ArrayRef> {
    let lists = as_list_array(&values[0])?;
    let texts = as_string_array(lists.values())?;
    let mut out = ListBuilder::new(StringBuilder::new());
    for row in 0..lists.len() {
        let mut found = [false; BounceType::ALL.len()];
        if lists.is_valid(row) {
            for kind in texts_of(lists, texts, row).filter_map(typed) {
                found[kind.index()] = true;
            }
        }
        for kind in BounceType::ALL
            .into_iter()
            .filter(|kind| found[kind.index()])
        {
            out.values().append_value(kind.id());
        }
        out.append(true);
    }
    Ok(Arc::new(out.finish()))
}

fn major_type<'a>(
    labels: impl Iterator<Item = Option<&'a str>>,
    major: MajorType,
) -> Option<BounceType> {
    let mut types = labels.filter_map(typed);
    match major {
        MajorType::First => types.next(),
        MajorType::Last => types.last(),
        MajorType::MostFrequent => {
            let mut counts = [0_u32; BounceType::ALL.len()];
            let mut order: Vec<BounceType> = Vec::new();
            for kind in types {
                counts[kind.index()] += 1;
                if !order.contains(&kind) {
                    order.push(kind);
                }
            }
            // The first of those that are equally frequent.
            order
                .into_iter()
                .rev()
                .max_by_key(|kind| counts[kind.index()])
        }
    }
}

/// The replies of a mail whose attempts have a type, row by row.
fn replies_of(
    values: &[ArrayRef],
    kind: BounceType,
) -> Result<impl Iterator<Item = impl Iterator<Item = &str>>> {
    let replies = as_list_array(&values[0])?;
    let labels = as_list_array(&values[1])?;
    let (reply_texts, label_texts) = (
        as_string_array(replies.values())?,
        as_string_array(labels.values())?,
    );
    let word = kind.id();
    Ok((0..replies.len()).map(move |row| {
        let is_there = replies.is_valid(row) && labels.is_valid(row);
        let rows = is_there.then_some(row);
        rows.into_iter().flat_map(move |row| {
            texts_of(replies, reply_texts, row)
                .zip(texts_of(labels, label_texts, row))
                .filter(move |(_, label)| *label == Some(word))
                .filter_map(|(reply, _)| reply)
        })
    }))
}

fn first_of(
    values: &[ArrayRef],
    kind: BounceType,
    call: impl Fn(&str) -> Option<&'static str>,
) -> Result<ArrayRef> {
    let words: StringArray = replies_of(values, kind)?
        .map(|mut replies| replies.find_map(&call))
        .collect();
    Ok(Arc::new(words))
}

fn any_of(values: &[ArrayRef], kind: BounceType, call: impl Fn(&str) -> bool) -> Result<ArrayRef> {
    let answers: BooleanArray = replies_of(values, kind)?
        .map(|mut replies| Some(replies.any(&call)))
        .collect();
    Ok(Arc::new(answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_type_follows_its_rule() {
        let labels = [
            None,
            Some("ambiguous"),
            Some("T5"),
            Some("T14"),
            Some("T14"),
            Some("T8"),
        ];
        let major = |rule| major_type(labels.into_iter(), rule);
        assert_eq!(major(MajorType::First), Some(BounceType::Blocklisted));
        assert_eq!(major(MajorType::Last), Some(BounceType::NoSuchRecipient));
        assert_eq!(major(MajorType::MostFrequent), Some(BounceType::Timeout));
        // Equally frequent: the first.
        let tie = [Some("T8"), Some("T5"), Some("T5"), Some("T8")];
        let kind = major_type(tie.into_iter(), MajorType::MostFrequent);
        assert_eq!(kind, Some(BounceType::NoSuchRecipient));
        assert_eq!(
            major_type([Some("ambiguous"), None].into_iter(), MajorType::First),
            None
        );
    }
}
