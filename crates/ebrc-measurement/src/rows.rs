use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::WriterBuilder;
use datafusion::arrow::json::writer::LineDelimited;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches_with_schema;
use datafusion::error::DataFusionError;

use crate::Error;

/// What a query gave.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Its columns, even where there are no rows.
    pub(crate) schema: SchemaRef,
    /// Its rows.
    pub(crate) batches: Vec<RecordBatch>,
}

impl Rows {
    /// Writes lines and columns for a terminal.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write_table(&self, out: &mut dyn Write) -> Result<(), Error> {
        let table = pretty_format_batches_with_schema(self.schema.clone(), &self.batches)
            .map_err(unwritten)?;
        writeln!(out, "{table}").map_err(|error| unwritten(error.into()))
    }

    /// Writes the names of the columns as a line of CSV.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write_csv_heading(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut writer = csv::Writer::from_writer(out);
        writer
            .write_record(self.schema.fields().iter().map(|field| field.name()))
            .map_err(not_csv)?;
        writer.flush().map_err(|error| unwritten(error.into()))
    }

    /// Writes CSV without a heading; lists as the engine shows them.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write_csv(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut writer = csv::Writer::from_writer(out);
        let options = FormatOptions::default();
        for batch in &self.batches {
            let columns: Vec<ArrayFormatter<'_>> = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column, &options))
                .collect::<Result<_, _>>()
                .map_err(unwritten)?;
            for row in 0..batch.num_rows() {
                writer
                    .write_record(columns.iter().map(|column| column.value(row).to_string()))
                    .map_err(not_csv)?;
            }
        }
        writer.flush().map_err(|error| unwritten(error.into()))
    }

    /// Writes one JSON object a line.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write_ndjson(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut writer = WriterBuilder::new()
            .with_explicit_nulls(true)
            .build::<_, LineDelimited>(out);
        for batch in &self.batches {
            writer.write(batch).map_err(unwritten)?;
        }
        writer.finish().map_err(unwritten)
    }
}

fn not_csv(error: csv::Error) -> Error {
    unwritten(ArrowError::CsvError(error.to_string()))
}

fn unwritten(error: ArrowError) -> Error {
    Error::query("query")(DataFusionError::from(error))
}
