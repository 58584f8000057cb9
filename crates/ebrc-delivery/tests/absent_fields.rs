//! Logs of MTAs that measure no latency, or judge no mail.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, NullArray, RecordBatch, StringArray};
use ebrc_delivery::{
    AnnotatedReader, AnnotatedRecord, AnnotatedWriter, DeliveryRecord, EmailFlag, Error, LogReader,
    LogWriter,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

const NEITHER: &str = r#"{"from":"alice@a.example","to":"bob@b.example","start_time":"2022-06-14 16:30:35","end_time":"2022-06-14 16:45:19","from_ip":["p1"],"to_ip":["d1"],"delivery_result":["550 no"]}"#;

fn neither() -> DeliveryRecord {
    serde_json::from_str(NEITHER).unwrap()
}

/// One mail for each choice of the fields that are there.
fn mails() -> Vec<DeliveryRecord> {
    let mut mails = Vec::new();
    for delivery_latency in [None, Some(vec![54854])] {
        for email_flag in [None, Some(EmailFlag::Normal), Some(EmailFlag::Spam)] {
            mails.push(DeliveryRecord {
                delivery_latency: delivery_latency.clone(),
                email_flag,
                ..neither()
            });
        }
    }
    mails
}

fn read(path: &Path) -> Result<Vec<DeliveryRecord>, Error> {
    LogReader::open(path)?.collect()
}

fn write(path: &Path, mails: &[DeliveryRecord]) {
    let mut writer = LogWriter::create(path).unwrap();
    for mail in mails {
        writer.write(mail).unwrap();
    }
    writer.commit().unwrap();
}

/// Whether each of the two columns may be null, and how many rows are.
fn nulls(path: &Path) -> [(bool, usize); 2] {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap())
        .unwrap()
        .build()
        .unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    ["delivery_latency", "email_flag"].map(|name| {
        let schema = batches[0].schema();
        let is_nullable = schema.field_with_name(name).unwrap().is_nullable();
        let of_batch = |batch: &RecordBatch| batch.column_by_name(name).unwrap().null_count();
        (is_nullable, batches.iter().map(of_batch).sum())
    })
}

#[test]
fn null_is_as_good_as_absent_and_is_left_out() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.ndjson");
    let nulls = NEITHER.replace('}', r#","delivery_latency":null,"email_flag":null}"#);
    fs::write(&path, format!("{NEITHER}\n{nulls}\n")).unwrap();
    let mails = read(&path).unwrap();
    assert_eq!(mails, [neither(), neither()]);
    assert_eq!(
        (&mails[0].delivery_latency, mails[0].email_flag),
        (&None, None)
    );
    write(&path, &mails);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{NEITHER}\n{NEITHER}\n")
    );
}

#[test]
fn a_parquet_log_has_both_columns_null_where_absent() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    write(&path, &mails());
    assert_eq!(nulls(&path), [(true, 3), (true, 2)]);
    assert_eq!(read(&path).unwrap(), mails());
}

#[test]
fn annotations_have_both_columns_null_where_absent() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("annotated.parquet");
    let annotated: Vec<AnnotatedRecord> = mails()
        .into_iter()
        .map(|record| AnnotatedRecord {
            record,
            template_id: vec![Some(3)],
            label: vec![None],
            source: vec![None],
        })
        .collect();
    let mut writer = AnnotatedWriter::create(&path).unwrap();
    for mail in &annotated {
        writer.write(mail).unwrap();
    }
    writer.commit().unwrap();
    assert_eq!(nulls(&path), [(true, 3), (true, 2)]);
    let back: Result<Vec<_>, Error> = AnnotatedReader::open(&path).unwrap().collect();
    assert_eq!(back.unwrap(), annotated);
}

/// Reads a Parquet log of another program: two mails, and further columns.
fn read_foreign(further: Vec<(&str, ArrayRef)>) -> Result<Vec<DeliveryRecord>, Error> {
    let texts = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; 2])) };
    let lists = |text: &str| -> ArrayRef {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some(text)]);
        lists.append_value([Some(text)]);
        Arc::new(lists.finish())
    };
    let mut columns = vec![
        ("from", texts("alice@a.example")),
        ("to", texts("bob@b.example")),
        ("start_time", texts("2022-06-14 16:30:35")),
        ("end_time", texts("2022-06-14 16:45:19")),
        ("from_ip", lists("p1")),
        ("to_ip", lists("d1")),
        ("delivery_result", lists("550 no")),
    ];
    columns.extend(further);
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    read(&path)
}

fn latencies(second: Option<Vec<Option<i64>>>) -> ArrayRef {
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_null();
    lists.append_option(second);
    Arc::new(lists.finish())
}

#[test]
fn other_programs_may_leave_a_column_out_or_empty() {
    let flags: ArrayRef = Arc::new(StringArray::from(vec![None, Some("Spam")]));
    let untyped: ArrayRef = Arc::new(NullArray::new(2));
    assert_eq!(read_foreign(vec![]).unwrap(), [neither(), neither()]);
    let without_values = vec![
        ("delivery_latency", untyped.clone()),
        ("email_flag", untyped),
    ];
    assert_eq!(
        read_foreign(without_values).unwrap(),
        [neither(), neither()]
    );
    let second = DeliveryRecord {
        email_flag: Some(EmailFlag::Spam),
        ..neither()
    };
    let flagged = read_foreign(vec![("email_flag", flags.clone())]).unwrap();
    assert_eq!(flagged, [neither(), second.clone()]);
    let second = DeliveryRecord {
        delivery_latency: Some(vec![7]),
        ..second
    };
    let both = vec![
        ("email_flag", flags),
        ("delivery_latency", latencies(Some(vec![Some(7)]))),
    ];
    assert_eq!(read_foreign(both).unwrap(), [neither(), second]);
}

#[test]
fn a_wrong_value_is_still_wrong() {
    let odd: ArrayRef = Arc::new(StringArray::from(vec![None, Some("odd")]));
    for (name, column, expected) in [
        ("email_flag", odd, "email_flag is neither Normal nor Spam"),
        (
            "delivery_latency",
            latencies(Some(vec![None])),
            "delivery_latency has an element that is null or negative",
        ),
        (
            "delivery_latency",
            latencies(Some(vec![Some(-1)])),
            "delivery_latency has an element that is null or negative",
        ),
        (
            "delivery_latency",
            latencies(Some(vec![])),
            "delivery_latency has 0 elements where delivery_result has 1",
        ),
    ] {
        let error = read_foreign(vec![(name, column)]).unwrap_err().to_string();
        assert!(error.contains("log.parquet, line 2: "), "{error}");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("odd"), "{error}");
    }
}

#[test]
fn a_missing_field_is_not_asked_for_where_it_may_be_absent() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.ndjson");
    fs::write(&path, NEITHER.replacen("\"to\"", "\"too\"", 1)).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("to is missing"), "{error}");
    assert!(!error.contains("email_flag"), "{error}");
}
