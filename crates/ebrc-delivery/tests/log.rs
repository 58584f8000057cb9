//! Logs there and back in every format, and what is said of broken ones.

#![allow(
    clippy::unwrap_used,
    reason = "a test that fails by a panic is a test that fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use ebrc_delivery::{
    AnnotatedReader, AnnotatedRecord, AnnotatedWriter, Assignment, AssignmentReader,
    AssignmentWriter, DeliveryRecord, EmailFlag, Error, LogReader, LogWriter, TypeSource,
};
use ebrc_taxonomy::{BounceDegree, BounceType, TemplateLabel};
use proptest::prelude::*;
use tempfile::TempDir;

const FORMATS: [&str; 5] = [
    "log.ndjson",
    "log.jsonl.gz",
    "log.ndjson.zst",
    "log.json",
    "log.parquet",
];

/// Figure 3 of the paper, with one attempt less.
const FIGURE_3: &str = r#"{"from":"alice@a.example","to":"bob@b.example","start_time":"2022-06-14 16:30:35","end_time":"2022-06-14 16:45:19","from_ip":["p1","p5"],"to_ip":["d1","d5"],"delivery_result":["550 Mail rejected","250 OK"],"delivery_latency":[54854,28320],"email_flag":"Spam"}"#;

fn label() -> impl Strategy<Value = TemplateLabel> {
    prop_oneof![
        Just(TemplateLabel::Ambiguous),
        (0..16_usize).prop_map(|index| BounceType::ALL[index].into()),
    ]
}

prop_compose! {
    fn record(with_truth: bool)(
        from in "\\PC{0,12}",
        start in 0_i64..4_000_000_000,
        duration in 0_i64..1_000_000,
        attempts in prop::collection::vec(
            ("[0-9.]{0,12}", "\\PC{0,40}", 0_u64..1_000_000_000, prop::option::of(label())),
            1..5,
        ),
        has_latency: bool,
        is_spam: Option<bool>,
        cause in "[a-z-]{0,8}",
    ) -> DeliveryRecord {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
        DeliveryRecord {
            to: from.chars().rev().collect(),
            from,
            start_time: time(start),
            end_time: time(start + duration),
            from_ip: attempts.iter().map(|attempt| attempt.0.clone()).collect(),
            to_ip: attempts.iter().map(|attempt| attempt.0.clone()).collect(),
            delivery_result: attempts.iter().map(|attempt| attempt.1.clone()).collect(),
            delivery_latency: has_latency
                .then(|| attempts.iter().map(|attempt| attempt.2).collect()),
            email_flag: is_spam.map(|spam| if spam { EmailFlag::Spam } else { EmailFlag::Normal }),
            truth_type: with_truth.then(|| attempts.iter().map(|attempt| attempt.3).collect()),
            truth_cause: with_truth.then_some(cause),
        }
    }
}

fn records() -> impl Strategy<Value = Vec<DeliveryRecord>> {
    any::<bool>().prop_flat_map(|truth| prop::collection::vec(record(truth), 0..12))
}

fn write(path: &Path, records: &[DeliveryRecord]) {
    let mut writer = LogWriter::create(path).unwrap();
    for record in records {
        writer.write(record).unwrap();
    }
    writer.commit().unwrap();
}

fn read(path: &Path) -> Result<Vec<DeliveryRecord>, Error> {
    LogReader::open(path)?.collect()
}

fn figure_3() -> DeliveryRecord {
    serde_json::from_str(FIGURE_3).unwrap()
}

fn folder_with(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_come_back_from_every_format(records in records()) {
        let folder = TempDir::new().unwrap();
        for name in FORMATS {
            let path = folder.path().join(name);
            write(&path, &records);
            prop_assert_eq!(&read(&path).unwrap(), &records);
            let bytes = fs::read(&path).unwrap();
            write(&path, &records);
            prop_assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn no_format_forgets_or_invents_a_field(records in records()) {
        let folder = TempDir::new().unwrap();
        for (here, there) in [("ndjson", "parquet"), ("parquet", "ndjson")] {
            let [first, other, again] = [("first", here), ("other", there), ("again", here)]
                .map(|(stem, format)| folder.path().join(format!("{stem}.{format}")));
            write(&first, &records);
            write(&other, &read(&first).unwrap());
            write(&again, &read(&other).unwrap());
            prop_assert_eq!(fs::read(&first).unwrap(), fs::read(&again).unwrap());
        }
    }
}

#[test]
fn records_made_from_numbers_are_written_like_others() {
    let folder = TempDir::new().unwrap();
    let make = |number: u64| DeliveryRecord {
        from: format!("{number}@a.example"),
        start_time: DateTime::from_timestamp(number as i64 * 98_765, 0)
            .unwrap()
            .naive_utc(),
        ..figure_3()
    };
    // More than one thread makes at a time, and a part that is not whole.
    let records: Vec<DeliveryRecord> = (3..2_000).map(make).collect();
    for name in FORMATS {
        let one = folder.path().join(name);
        let all = folder.path().join(format!("all-{name}"));
        write(&one, &records);
        let mut writer = LogWriter::create(&all).unwrap();
        for numbers in [3..1_500, 1_500..1_500, 1_500..2_000] {
            writer.write_made(numbers, make).unwrap();
        }
        writer.commit().unwrap();
        assert_eq!(read(&all).unwrap(), records);
        assert!(name.ends_with("parquet") || fs::read(&one).unwrap() == fs::read(&all).unwrap());
    }
}

#[test]
fn the_papers_example_is_read() {
    let record = figure_3();
    assert_eq!(record.degree(), BounceDegree::SoftBounced);
    assert_eq!(serde_json::to_string(&record).unwrap(), FIGURE_3);
}

#[test]
fn many_records_span_batches() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    let mut record = figure_3();
    let records: Vec<DeliveryRecord> = (0..20_001)
        .map(|number| {
            record.delivery_latency = Some(vec![number, 28320]);
            record.clone()
        })
        .collect();
    write(&path, &records);
    assert_eq!(read(&path).unwrap(), records);
}

#[test]
fn reading_goes_on_after_a_bad_record() {
    let (_folder, path) = folder_with(
        "log.ndjson",
        format!("{FIGURE_3}\nnonsense\n\n{FIGURE_3}\n\u{ff}\n"),
    );
    let items: Vec<_> = LogReader::open(&path).unwrap().collect();
    let lines: Vec<u64> = items
        .iter()
        .filter_map(|item| match item {
            Err(Error::BadRecord { line, .. }) => Some(*line),
            _ => None,
        })
        .collect();
    assert_eq!((items.len(), lines), (4, vec![2, 5]));
}

#[test]
fn a_bad_record_names_the_field_and_nothing_personal() {
    let check = |from: &str, to: &str, expected: &str| {
        let line = FIGURE_3.replacen(from, to, 1);
        assert_ne!(line, FIGURE_3, "{from}");
        let (_folder, path) = folder_with("log.ndjson", line);
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("log.ndjson, line 1: "), "{error}");
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("alice"), "{error}");
    };
    check(r#""to":"bob@b.example","#, "", "to is missing");
    check(r#""alice@a.example""#, "7", "from must be text");
    check(
        "2022-06-14 16:30:35",
        "2022-06-14T16:30:35",
        "start_time must be a time as YYYY",
    );
    check(
        "[54854,28320]",
        "[54854]",
        "delivery_latency has 1 elements where delivery_result has 2",
    );
    check(
        "[54854,28320]",
        "[-1,2]",
        "delivery_latency must be a list of whole milliseconds",
    );
    check(
        "[54854,28320]",
        "[54854,null]",
        "delivery_latency must be a list of whole milliseconds",
    );
    check(
        "[54854,28320]",
        "[]",
        "delivery_latency has 0 elements where delivery_result has 2",
    );
    check("\"Spam\"", "\"spam\"", "email_flag must be Normal or Spam");
    check("\"Spam\"", "[]", "email_flag must be Normal or Spam");
    check(
        "\"email_flag\"",
        "\"truth_type\":[\"T99\",null],\"email_flag\"",
        "truth_type must be",
    );
    check(
        r#"["550 Mail rejected","250 OK"]"#,
        "[]",
        "delivery_result is empty",
    );
    check(r#"{"from":"#, r#"[{"from":"#, "no valid JSON");
    check(
        "2022-06-14 16:30:35",
        "2022-6-14 16:30:35",
        "start_time must be a time as YYYY",
    );
    check(
        "\"email_flag\"",
        "\"truth_type\":[\"T1\"],\"email_flag\"",
        "truth_type has 1 elements where delivery_result has 2",
    );
    check(
        "\"email_flag\"",
        "\"truth_cause\":7,\"email_flag\"",
        "truth_cause must be text",
    );
    check("\"to\"", "\"from\"", "to is missing");
    check("\"to\"", "\"to\":\"x\",\"to\"", "a field stands twice");
    check(
        "\"to\"",
        "\"email_flag\":null,\"to\"",
        "a field stands twice",
    );
    check(
        "[\"p1\",\"p5\"]",
        "[\"p1\",5]",
        "from_ip must be a list of text",
    );
}

#[test]
fn unknown_keys_are_passed_over() {
    let line = FIGURE_3.replacen('{', r#"{"subject":{"a":[1]},"#, 1);
    let (_folder, path) = folder_with("log.ndjson", format!("\u{feff}{line}\r\n"));
    assert_eq!(read(&path).unwrap(), [figure_3()]);
}

#[test]
fn a_line_that_is_no_text_is_bad() {
    let mut content = FIGURE_3.replace("550", "\u{1}").into_bytes();
    let foreign = content.iter().position(|&byte| byte == 1).unwrap();
    content[foreign] = 0xe9;
    let (_folder, path) = folder_with("log.ndjson", [&content, FIGURE_3.as_bytes()].join(&b'\n'));
    let items: Vec<_> = LogReader::open(&path).unwrap().collect();
    let Err(Error::BadRecord {
        line: 1,
        reason,
        raw,
        ..
    }) = &items[0]
    else {
        panic!("{items:?}");
    };
    assert!(reason.starts_with("no UTF-8 (column "), "{reason}");
    assert_eq!(raw, &content);
    assert_eq!(items[1].as_ref().unwrap(), &figure_3());
}

#[test]
fn an_endless_line_is_bad_and_not_kept() {
    let mut content = vec![b'x'; 40 << 20];
    content.extend_from_slice(b"\n\n");
    content.extend_from_slice(FIGURE_3.as_bytes());
    let (_folder, path) = folder_with("log.ndjson.zst", zstd::encode_all(&*content, 1).unwrap());
    let items: Vec<_> = LogReader::open(&path).unwrap().collect();
    let Err(Error::BadRecord { line: 1, raw, .. }) = &items[0] else {
        panic!("{:?}", items[0]);
    };
    assert!(raw.len() <= 1024);
    assert_eq!(items[1].as_ref().unwrap(), &figure_3());
    assert_eq!(items.len(), 2);
}

#[test]
fn a_packed_parquet_file_is_unpacked_first() {
    let folder = TempDir::new().unwrap();
    let plain = folder.path().join("log.parquet");
    write(&plain, &[figure_3()]);
    let packed = folder.path().join("log.parquet.zst");
    fs::write(
        &packed,
        zstd::encode_all(&*fs::read(&plain).unwrap(), 1).unwrap(),
    )
    .unwrap();
    assert_eq!(read(&packed).unwrap(), [figure_3()]);
}

#[test]
fn truth_may_end_and_must_not_begin_within_a_parquet_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    let plain = figure_3();
    let with_truth = DeliveryRecord {
        truth_type: Some(vec![Some(BounceType::Other.into()), None]),
        truth_cause: Some("malicious-email-behavior".to_owned()),
        ..plain.clone()
    };
    let records = [with_truth.clone(), plain.clone()];
    write(&path, &records);
    assert_eq!(read(&path).unwrap(), records);
    let mut writer = LogWriter::create(&path).unwrap();
    writer.write(&plain).unwrap();
    let error = writer.write(&with_truth).unwrap_err().to_string();
    assert!(error.contains("carries truth"), "{error}");
}

#[test]
fn other_programs_column_types_are_taken() {
    use std::sync::Arc;

    use arrow_array::builder::{Int32Builder, LargeListBuilder, LargeStringBuilder, ListBuilder};
    use arrow_array::{
        ArrayRef, LargeStringArray, RecordBatch, StringArray, StringViewArray,
        TimestampMicrosecondArray,
    };
    use parquet::arrow::ArrowWriter;

    let mut texts = LargeListBuilder::new(LargeStringBuilder::new());
    texts.append_value([Some("a"), Some("b")]);
    let texts: ArrayRef = Arc::new(texts.finish());
    let mut numbers = ListBuilder::new(Int32Builder::new());
    numbers.append_value([Some(54854), Some(28320)]);
    let start = figure_3().start_time.and_utc().timestamp_micros() + 999_999;
    let columns = |latency: ArrayRef, end: &str| -> Vec<(&str, ArrayRef)> {
        vec![
            ("email_flag", Arc::new(StringArray::from(vec!["Spam"]))),
            (
                "from",
                Arc::new(LargeStringArray::from(vec!["alice@a.example"])),
            ),
            ("to", Arc::new(StringViewArray::from(vec!["bob@b.example"]))),
            (
                "start_time",
                Arc::new(TimestampMicrosecondArray::from(vec![start]).with_timezone("UTC")),
            ),
            ("end_time", Arc::new(StringArray::from(vec![end]))),
            ("from_ip", texts.clone()),
            ("to_ip", texts.clone()),
            ("delivery_result", texts.clone()),
            ("delivery_latency", latency),
            ("further", texts.clone()),
        ]
    };
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    let read_back = |columns: Vec<(&str, ArrayRef)>| {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = fs::File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        read(&path)
    };
    let list: ArrayRef = Arc::new(numbers.finish());
    let two = vec!["a".to_owned(), "b".to_owned()];
    let expected = DeliveryRecord {
        from_ip: two.clone(),
        to_ip: two.clone(),
        delivery_result: two,
        ..figure_3()
    };
    let records = read_back(columns(list.clone(), "2022-06-14 16:45:19")).unwrap();
    assert_eq!(records, [expected]);
    let error = read_back(columns(list, "yesterday")).unwrap_err();
    assert!(matches!(error, Error::BadRecord { line: 1, .. }), "{error}");
    assert!(
        error.to_string().contains("end_time is null or no time"),
        "{error}"
    );
    let wrong = read_back(columns(texts.clone(), "2022-06-14 16:45:19")).unwrap_err();
    assert!(
        wrong.to_string().contains("column delivery_latency is ")
            && wrong
                .to_string()
                .contains("must be a list of whole numbers"),
        "{wrong}"
    );
}

#[test]
fn a_folder_that_is_not_there_is_told_at_once() {
    for name in FORMATS {
        let error = LogWriter::create(&Path::new("/nowhere/at/all").join(name)).unwrap_err();
        assert!(
            error.to_string().ends_with("make the folder first"),
            "{error}"
        );
    }
}

#[test]
fn files_cut_short_are_named() {
    let folder = TempDir::new().unwrap();
    for name in ["log.jsonl.gz", "log.ndjson.zst", "log.parquet"] {
        let path = folder.path().join(name);
        write(&path, &vec![figure_3(); 2000]);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() * 2 / 3]).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(error.contains("copy it again"), "{error}");
    }
}

#[test]
fn a_parquet_file_with_other_columns_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.parquet");
    AssignmentWriter::create(&path).unwrap().commit().unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("column from is missing"), "{error}");
}

#[test]
fn a_name_without_format_is_refused() {
    let folder = TempDir::new().unwrap();
    for name in ["log", "log.csv", "log.parquet.gz"] {
        let error = LogWriter::create(&folder.path().join(name)).unwrap_err();
        assert!(matches!(error, Error::UnknownFormat(_)), "{name}");
    }
}

#[test]
fn a_writer_that_is_not_committed_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    for name in FORMATS {
        let mut writer = LogWriter::create(&folder.path().join(name)).unwrap();
        writer.write(&figure_3()).unwrap();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn assignments_come_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("assignments.parquet");
    let assignments: Vec<Assignment> = (0..10_000)
        .map(|number| Assignment {
            mail: u64::from(number / 2),
            attempt: number % 2,
            template_id: number % 7,
        })
        .collect();
    let mut writer = AssignmentWriter::create(&path).unwrap();
    for assignment in &assignments {
        writer.write(assignment).unwrap();
    }
    writer.commit().unwrap();
    let read: Result<Vec<Assignment>, Error> = AssignmentReader::open(&path).unwrap().collect();
    assert_eq!(read.unwrap(), assignments);
}

#[test]
fn annotations_come_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("annotated.parquet");
    let annotated = AnnotatedRecord {
        record: figure_3(),
        template_id: vec![Some(3), None],
        label: vec![Some(TemplateLabel::Ambiguous), None],
        source: vec![Some(TypeSource::Labelled), None],
    };
    let mut writer = AnnotatedWriter::create(&path).unwrap();
    writer.write(&annotated).unwrap();
    writer.commit().unwrap();
    let read: Result<Vec<_>, Error> = AnnotatedReader::open(&path).unwrap().collect();
    assert_eq!(read.unwrap(), [annotated]);
    // A log's reader takes the log's columns out of it.
    assert_eq!(LogReader::open(&path).unwrap().count(), 1);
}
