//! Rules that SQL does not carry: each reads a query's rows in their order and
//! writes a table.

mod episodes;
mod guessing;
mod typos;

pub(crate) use episodes::{Kind, find_episodes, write_durations};
pub(crate) use guessing::find_guessing;
pub(crate) use typos::{find_domain_typos, find_username_typos};

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;

use crate::Error;

/// A column as text, and as whole numbers, whatever width the engine gave it.
fn column(batch: &RecordBatch, name: &str, as_type: &DataType) -> Result<ArrayRef, Error> {
    let array = batch
        .column_by_name(name)
        .ok_or_else(|| DataFusionError::Internal(format!("no column {name}")));
    array
        .and_then(|array| Ok(cast(array, as_type)?))
        .map_err(Error::query(name))
}

fn text(batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    let array = column(batch, name, &DataType::Utf8)?;
    Ok(as_string_array(&array).map_err(Error::query(name))?.clone())
}

fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<i64>, Error> {
    let array = column(batch, name, &DataType::Int64)?;
    let array = datafusion::common::cast::as_int64_array(&array).map_err(Error::query(name))?;
    Ok(array.iter().map(Option::unwrap_or_default).collect())
}

fn value(texts: &StringArray, row: usize) -> &str {
    if texts.is_valid(row) {
        texts.value(row)
    } else {
        ""
    }
}
