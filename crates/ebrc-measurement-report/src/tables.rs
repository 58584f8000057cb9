//! Tables and figures as CSV.

use ebrc_artefacts::{Measurement, Outcome, Table, Unit, Value};

/// A table: its columns' names, then its rows. Numbers are written so that
/// reading gives the same ones back; what is missing is empty.
pub(crate) fn table(table: &Table) -> Vec<u8> {
    let header = table.columns.iter().map(|column| column.name.clone());
    let rows = table.rows.iter().map(|row| row.iter().map(cell).collect());
    csv(header.collect(), rows)
}

/// The single figures of all artefacts.
pub(crate) fn figures(measurement: &Measurement) -> Vec<u8> {
    let header = ["artefact", "figure", "unit", "ours", "paper"].map(str::to_owned);
    let rows = measurement.artefacts.iter().flat_map(|artefact| {
        let figures = match &artefact.outcome {
            Outcome::Measured(findings) => findings.figures.as_slice(),
            Outcome::NotMeasurable { .. } => &[],
        };
        figures.iter().map(|figure| {
            vec![
                artefact.id.clone(),
                figure.name.clone(),
                unit(figure.unit).to_owned(),
                number(figure.value),
                number(figure.paper),
            ]
        })
    });
    csv(header.to_vec(), rows)
}

fn csv(header: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        // A row of another length shows in the file; it is not lost.
        .flexible(true)
        .from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Number(value) => number(Some(*value)),
        Value::Text(text) => text.clone(),
    }
}

fn number(value: Option<f64>) -> String {
    let value = value.filter(|value| value.is_finite());
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// As in `measurement.json`.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Share => "share",
        Unit::Mean => "mean",
        Unit::Seconds => "seconds",
        Unit::Days => "days",
    }
}
