//! Who wrote to whom stays out of a report, unless it was asked for.

use ebrc_artefacts::{ColumnKind, Findings, Measurement, Outcome, Table};

/// Whether a report shows columns of addresses of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// Left out of every file: the safe choice, for reports are passed on.
    #[default]
    Hidden,
    /// Shown as they are.
    Shown,
}

/// The measurement as a report may show it.
pub(crate) fn presentable(measurement: &Measurement, addresses: Addresses) -> Measurement {
    let mut shown = measurement.clone();
    if addresses == Addresses::Hidden {
        for artefact in &mut shown.artefacts {
            if let Outcome::Measured(Findings { tables, .. }) = &mut artefact.outcome {
                tables.iter_mut().for_each(drop_addresses);
            }
        }
    }
    shown
}

fn drop_addresses(table: &mut Table) {
    let kept: Vec<bool> = table
        .columns
        .iter()
        .map(|column| column.kind != ColumnKind::Address)
        .collect();
    if kept.iter().all(|kept| *kept) {
        return;
    }
    for row in &mut table.rows {
        // A row that is longer than its header: what nobody named is dropped too.
        let mut kept = kept.iter().copied();
        row.retain(|_| kept.next().unwrap_or(false));
    }
    let mut kept = kept.into_iter();
    table.columns.retain(|_| kept.next().unwrap_or(false));
}

/// The names of the columns that a report of this table would leave out.
pub(crate) fn left_out(table: &Table) -> impl Iterator<Item = &str> {
    let columns = table.columns.iter();
    columns
        .filter(|column| column.kind == ColumnKind::Address)
        .map(|column| column.name.as_str())
}
