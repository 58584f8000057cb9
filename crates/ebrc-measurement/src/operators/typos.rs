use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::cast::as_boolean_array;
use ebrc_typos::{DomainTypos, Part, UserTypos};

use super::{numbers, text, value};
use crate::artefacts::sql;
use crate::engine::{Engine, TableFile};
use crate::{Error, Settings};

/// Writes the table `domain_typos`: receiver domains that never resolved and
/// are typing errors of popular ones. Memory goes with these.
pub(crate) fn find_domain_typos(
    engine: &Engine,
    settings: &Settings,
    path: &Path,
) -> Result<(), Error> {
    let mut by_rank = Vec::new();
    let mut popular = HashMap::new();
    let mut unresolved = Vec::new();
    engine.stream("unresolved_domains", sql!("unresolved_domains"), |batch| {
        let domains = text(batch, "receiver_domain")?;
        let mails = numbers(batch, "mails")?;
        let resolved = super::column(batch, "has_resolved", &DataType::Boolean)?;
        let resolved: &BooleanArray =
            as_boolean_array(&resolved).map_err(Error::query("unresolved_domains"))?;
        for (row, mails) in mails.into_iter().enumerate() {
            let domain = value(&domains, row).to_owned();
            if resolved.value(row) {
                popular.insert(domain.clone(), mails);
                by_rank.push(domain);
            } else {
                unresolved.push((domain, mails));
            }
        }
        Ok(())
    })?;
    let typos = DomainTypos::new(&by_rank);
    unresolved.sort_unstable();
    let found: Vec<_> = unresolved
        .iter()
        .filter_map(|(wrong, mails)| {
            let typo = typos.find(wrong)?;
            // What gets as much mail as the right domain is one of its own.
            let right = popular.get(typo.right).copied().unwrap_or_default();
            let is_rare = *mails as f64 <= settings.typo_max_share * right as f64;
            is_rare.then_some((wrong, typo))
        })
        .collect();
    let columns: Vec<(&str, Vec<&str>)> = vec![
        (
            "receiver_domain",
            found.iter().map(|(wrong, _)| wrong.as_str()).collect(),
        ),
        (
            "right_domain",
            found.iter().map(|(_, typo)| typo.right).collect(),
        ),
        (
            "kind",
            found.iter().map(|(_, typo)| typo.kind.as_str()).collect(),
        ),
        (
            "part",
            found
                .iter()
                .map(|(_, typo)| match typo.part {
                    Part::Label => "name",
                    Part::Ending => "ending",
                })
                .collect(),
        ),
    ];
    write(path, columns, None)
}

/// Writes the table `username_typos`: wrong addresses with the right ones that
/// the same sender delivered to. Memory goes with the wrong ones.
pub(crate) fn find_username_typos(
    engine: &Engine,
    settings: &Settings,
    path: &Path,
) -> Result<(), Error> {
    let mut refused = Vec::new();
    engine.stream("wrong_addresses", sql!("wrong_addresses"), |batch| {
        let (senders, recipients) = (text(batch, "sender")?, text(batch, "recipient")?);
        for row in 0..batch.num_rows() {
            let pair = (value(&senders, row), value(&recipients, row));
            refused.push((pair.0.to_owned(), pair.1.to_owned()));
        }
        Ok(())
    })?;
    let mut typos = UserTypos::new(
        refused,
        settings.typo_similarity_measure,
        settings.typo_similarity,
    );
    engine.stream(
        "delivered_addresses",
        sql!("delivered_addresses"),
        |batch| {
            let (senders, recipients) = (text(batch, "sender")?, text(batch, "recipient")?);
            for row in 0..batch.num_rows() {
                typos.offer(value(&senders, row), value(&recipients, row));
            }
            Ok(())
        },
    )?;
    let found = typos.finish();
    let columns: Vec<(&str, Vec<&str>)> = vec![
        (
            "sender",
            found.iter().map(|typo| typo.sender.as_str()).collect(),
        ),
        (
            "recipient",
            found.iter().map(|typo| typo.wrong.as_str()).collect(),
        ),
        (
            "right_recipient",
            found.iter().map(|typo| typo.right.as_str()).collect(),
        ),
        (
            "kind",
            found.iter().map(|typo| typo.kind.as_str()).collect(),
        ),
    ];
    let similarity = found.iter().map(|typo| typo.similarity).collect();
    write(path, columns, Some(("similarity", similarity)))
}

fn write(
    path: &Path,
    texts: Vec<(&str, Vec<&str>)>,
    numbers: Option<(&str, Vec<f64>)>,
) -> Result<(), Error> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (name, column) in texts {
        fields.push(Field::new(name, DataType::Utf8, false));
        columns.push(Arc::new(StringArray::from(column)));
    }
    if let Some((name, column)) = numbers {
        fields.push(Field::new(name, DataType::Float64, false));
        columns.push(Arc::new(Float64Array::from(column)));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
        .map_err(|error| Error::query("typing errors")(error.into()))?;
    let mut file = TableFile::create(path, schema)?;
    file.write(&batch)?;
    file.commit()
}
