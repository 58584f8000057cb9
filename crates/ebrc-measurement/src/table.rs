//! From rows of the engine to tables of a report.

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::cast::{as_float64_array, as_string_array};
use datafusion::error::DataFusionError;
use ebrc_artefacts::{Column, ColumnKind, Table, Unit, Value};

use crate::{Error, Rows};

/// A table of a query's rows. What a column is follows from its type and from
/// the last or first word of its name.
pub(crate) fn table(name: &str, title: &str, rows: &Rows) -> Result<Table, Error> {
    let columns = columns(&rows.schema);
    let mut cells = Vec::new();
    for batch in &rows.batches {
        cells.extend(values(name, batch, &columns)?);
    }
    Ok(Table {
        name: name.to_owned(),
        title: title.to_owned(),
        columns,
        rows: cells,
    })
}

fn columns(schema: &SchemaRef) -> Vec<Column> {
    schema
        .fields()
        .iter()
        .map(|field| Column {
            name: field.name().clone(),
            kind: kind(field.name(), field.data_type()),
        })
        .collect()
}

fn kind(name: &str, data_type: &DataType) -> ColumnKind {
    let last = name.rsplit('_').next().unwrap_or(name);
    let first = name.split('_').next().unwrap_or(name);
    match data_type {
        DataType::Date32 | DataType::Date64 => ColumnKind::Date,
        _ if name == "month" => ColumnKind::Date,
        _ if last == "sender" || last == "recipient" => ColumnKind::Address,
        data_type if !data_type.is_numeric() => ColumnKind::Text,
        _ => ColumnKind::Number(match (first, last) {
            (_, "share") => Unit::Share,
            (_, "seconds") => Unit::Seconds,
            (_, "days") => Unit::Days,
            ("mean", _) => Unit::Mean,
            // A number that is a name.
            ("as", "number") | (_, "rank") => return ColumnKind::Text,
            _ => Unit::Count,
        }),
    }
}

fn values(name: &str, batch: &RecordBatch, columns: &[Column]) -> Result<Vec<Vec<Value>>, Error> {
    let mut rows = vec![Vec::with_capacity(columns.len()); batch.num_rows()];
    for (column, array) in columns.iter().zip(batch.columns()) {
        let cells = cells(array, matches!(column.kind, ColumnKind::Number(_)))
            .map_err(Error::query(name))?;
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.push(cell);
        }
    }
    Ok(rows)
}

fn cells(array: &ArrayRef, is_number: bool) -> Result<Vec<Value>, DataFusionError> {
    if is_number {
        let numbers = cast(array, &DataType::Float64)?;
        let numbers = as_float64_array(&numbers)?;
        let value = |number: Option<f64>| match number {
            Some(number) if number.is_finite() => Value::Number(number),
            _ => Value::Missing,
        };
        return Ok(numbers.iter().map(value).collect());
    }
    let texts = cast(array, &DataType::Utf8)?;
    let texts = as_string_array(&texts)?;
    let value = |text: Option<&str>| match text {
        Some(text) => Value::Text(text.to_owned()),
        None => Value::Missing,
    };
    Ok(texts.iter().map(value).collect())
}

/// The numbers of a query's only row, by the names of its columns.
pub(crate) fn only_row(name: &str, rows: &Rows) -> Result<Vec<(String, Option<f64>)>, Error> {
    let mut numbers: Vec<(String, Option<f64>)> = rows
        .schema
        .fields()
        .iter()
        .map(|field| (field.name().clone(), None))
        .collect();
    for batch in rows.batches.iter().filter(|batch| batch.num_rows() > 0) {
        for ((_, number), array) in numbers.iter_mut().zip(batch.columns()) {
            let array = cast(array, &DataType::Float64)
                .map_err(DataFusionError::from)
                .map_err(Error::query(name))?;
            let array = as_float64_array(&array).map_err(Error::query(name))?;
            *number = array
                .is_valid(0)
                .then(|| array.value(0))
                .filter(|it| it.is_finite());
        }
    }
    Ok(numbers)
}

/// The values of a column; missing ones are `None`.
pub(crate) fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    cells_of(table, column)
        .map(|value| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        })
        .collect()
}

/// The words of a column; missing ones are empty.
pub(crate) fn texts(table: &Table, column: &str) -> Vec<String> {
    cells_of(table, column)
        .map(|value| match value {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        })
        .collect()
}

fn cells_of<'a>(table: &'a Table, column: &str) -> impl Iterator<Item = &'a Value> {
    let place = table.columns.iter().position(|other| other.name == column);
    table.rows.iter().filter_map(move |row| row.get(place?))
}
