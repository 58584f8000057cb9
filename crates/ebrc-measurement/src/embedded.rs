//! What the paper says, and the words of the taxonomy, as tables.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use ebrc_artefacts::Unit;
use ebrc_taxonomy::BounceType;
use serde::Deserialize;

use crate::Error;

/// What a column of a figures' query is called, and the paper's value.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FigureSpec {
    pub(crate) artefact: String,
    pub(crate) figure: String,
    pub(crate) label: String,
    pub(crate) unit: Unit,
    pub(crate) paper: Option<f64>,
}

/// The figures of all artefacts.
pub(crate) fn figures() -> Result<Vec<FigureSpec>, Error> {
    read(include_str!("../figures.csv"))
}

#[derive(Deserialize)]
struct PaperValue {
    artefact: String,
    row_name: String,
    value: f64,
}

/// Table `paper`: values of rows of the paper's tables.
pub(crate) fn paper() -> Result<RecordBatch, Error> {
    let rows: Vec<PaperValue> = read(include_str!("../paper-tables.csv"))?;
    batch(vec![
        (
            "artefact",
            texts(rows.iter().map(|row| row.artefact.as_str())),
        ),
        (
            "row_name",
            texts(rows.iter().map(|row| row.row_name.as_str())),
        ),
        ("value", numbers(rows.iter().map(|row| row.value))),
    ])
}

#[derive(Deserialize)]
struct Table2Row {
    place: i64,
    root_cause: String,
    types: String,
    bounce_reason: String,
    degree: String,
    causative_entity: String,
    paper_share: f64,
    paper_cause_share: f64,
}

/// Table `table_2`: the rows of the paper's Table 2.
pub(crate) fn table_2() -> Result<RecordBatch, Error> {
    let rows: Vec<Table2Row> = read(include_str!("../table-2.csv"))?;
    batch(vec![
        (
            "place",
            Arc::new(Int64Array::from_iter_values(
                rows.iter().map(|row| row.place),
            )),
        ),
        (
            "root_cause",
            texts(rows.iter().map(|row| row.root_cause.as_str())),
        ),
        ("types", texts(rows.iter().map(|row| row.types.as_str()))),
        (
            "bounce_reason",
            texts(rows.iter().map(|row| row.bounce_reason.as_str())),
        ),
        ("degree", texts(rows.iter().map(|row| row.degree.as_str()))),
        (
            "causative_entity",
            texts(rows.iter().map(|row| row.causative_entity.as_str())),
        ),
        (
            "paper_share",
            numbers(rows.iter().map(|row| row.paper_share)),
        ),
        (
            "paper_cause_share",
            numbers(rows.iter().map(|row| row.paper_cause_share)),
        ),
    ])
}

/// Table `types`: T1 to T16 with their names and categories.
pub(crate) fn types() -> Result<RecordBatch, Error> {
    let all = BounceType::ALL;
    batch(vec![
        ("type", texts(all.into_iter().map(BounceType::id))),
        ("name", texts(all.into_iter().map(BounceType::name))),
        (
            "category",
            texts(all.into_iter().map(|kind| kind.category().name())),
        ),
    ])
}

/// Table `templates`: the ids and texts of a run's templates, from its
/// `templates.csv`.
pub(crate) fn templates(file: Option<&Path>) -> Result<RecordBatch, Error> {
    #[derive(Deserialize)]
    struct Row {
        template_id: u32,
        reply_code: String,
        enhanced_code: String,
        template: String,
    }
    let rows: Vec<Row> = match file {
        Some(file) => {
            let text = ebrc_files::read(file)?;
            csv::Reader::from_reader(text.as_slice())
                .deserialize()
                .collect::<Result<_, _>>()
                .map_err(|error| Error::Table {
                    file: file.to_owned(),
                    reason: error.to_string(),
                    remedy: "run `ebrc mine` again",
                })?
        }
        None => Vec::new(),
    };
    let whole = |row: &Row| {
        [&row.reply_code, &row.enhanced_code, &row.template]
            .into_iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let ids = rows.iter().map(|row| row.template_id);
    batch(vec![
        ("template_id", Arc::new(UInt32Array::from_iter_values(ids))),
        (
            "template",
            Arc::new(StringArray::from_iter_values(rows.iter().map(whole))),
        ),
    ])
}

/// Tables that stand in the paper, under the names `paper_…`.
const PAPER_TABLES: [(&str, &str); 7] = [
    ("paper_span", include_str!("../paper/span.csv")),
    ("paper_table_3", include_str!("../paper/table_3.csv")),
    ("paper_table_4", include_str!("../paper/table_4.csv")),
    (
        "paper_table_5_hard",
        include_str!("../paper/table_5_hard.csv"),
    ),
    (
        "paper_table_5_soft",
        include_str!("../paper/table_5_soft.csv"),
    ),
    ("paper_table_6", include_str!("../paper/table_6.csv")),
    ("paper_latency", include_str!("../paper/latency.csv")),
];

/// The tables of the paper that are shown as they are.
pub(crate) fn paper_tables() -> Result<Vec<(&'static str, RecordBatch)>, Error> {
    PAPER_TABLES
        .into_iter()
        .map(|(name, text)| Ok((name, whole(text)?)))
        .collect()
}

/// A CSV file as columns: of numbers where all cells are some, else of text.
fn whole(text: &str) -> Result<RecordBatch, Error> {
    let wrong = |error: csv::Error| Error::Setting(error.to_string());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(str::to_owned)
        .collect();
    let records: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().map_err(wrong)?;
    let columns = names.iter().enumerate().map(|(place, name)| {
        let cells = || {
            records
                .iter()
                .map(|record| record.get(place).unwrap_or_default())
        };
        let parsed: Result<Vec<f64>, _> = cells().map(str::parse).collect();
        let column = match parsed {
            Ok(parsed) => numbers(parsed.into_iter()),
            Err(_) => texts(cells()),
        };
        (name.as_str(), column)
    });
    batch(columns.collect())
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Vec<T>, Error> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Setting(error.to_string()))
}

fn texts<'a>(words: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(words))
}

fn numbers(numbers: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(numbers))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Error> {
    let field = |(name, column): &(&str, ArrayRef)| {
        Field::new(
            *name,
            column.data_type().clone(),
            *column.data_type() == DataType::Null,
        )
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(schema), columns)
        .map_err(|error| Error::query("embedded tables")(error.into()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ebrc_taxonomy::RootCause;

    use super::*;

    #[test]
    fn table_2_speaks_the_taxonomys_words() {
        let rows: Vec<Table2Row> = read(include_str!("../table-2.csv")).unwrap();
        let causes: BTreeSet<&str> = rows.iter().map(|row| row.root_cause.as_str()).collect();
        let known: BTreeSet<&str> = RootCause::ALL.map(RootCause::name).into();
        assert_eq!(causes, known);
        let sums: f64 = rows.iter().map(|row| row.paper_share).sum();
        assert!(
            (sums - (0.0774 + 0.4410 + 0.1534 + 0.0919 + 0.1020)).abs() < 2e-3,
            "{sums}"
        );
    }

    #[test]
    fn every_figure_has_an_artefact() {
        let ids: BTreeSet<&str> = crate::artefacts::ARTEFACTS.iter().map(|it| it.id).collect();
        for figure in figures().unwrap() {
            assert!(
                ids.contains(figure.artefact.as_str()),
                "{}",
                figure.artefact
            );
        }
    }
}
