use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampSecondArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::common::cast::as_boolean_array;
use ebrc_rules::episodes::{Builder, Durations, Episode, Finished, Settings, Subject, Until};

use super::{numbers, text, value};
use crate::Error;
use crate::artefacts::sql;
use crate::engine::{Engine, TableFile};

/// Episodes are written so many at a time.
const BATCH: usize = 8192;

/// What is broken for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Authentication,
    MxRecords,
    Mailbox,
}

impl Kind {
    /// As a legend calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Authentication => "DKIM/SPF",
            Self::MxRecords => "MX records",
            Self::Mailbox => "mailbox full",
        }
    }

    /// The tables of its episodes and subjects.
    pub(crate) fn tables(self) -> [&'static str; 2] {
        match self {
            Self::Authentication => ["authentication_episodes", "authentication_subjects"],
            Self::MxRecords => ["mx_episodes", "mx_subjects"],
            Self::Mailbox => ["mailbox_episodes", "mailbox_subjects"],
        }
    }

    fn events(self) -> (&'static str, &'static str) {
        match self {
            Self::Authentication => ("authentication_events", sql!("authentication_events")),
            Self::MxRecords => ("mx_events", sql!("mx_events")),
            Self::Mailbox => ("mailbox_events", sql!("mailbox_events")),
        }
    }
}

/// Writes the tables of a kind's episodes and subjects, and tells how long they
/// last.
pub(crate) fn find_episodes(
    engine: &Engine,
    kind: Kind,
    settings: Settings,
    [episodes, subjects]: [&Path; 2],
) -> Result<Durations, Error> {
    let (name, events) = kind.events();
    let mut tables = Tables {
        settings,
        durations: Durations::new(settings),
        episodes: Rows::create(episodes, episode_schema())?,
        subjects: Rows::create(subjects, subject_schema())?,
    };
    let mut builder = Builder::new(settings).map_err(setting)?;
    engine.stream(name, events, |batch| {
        let subjects = text(batch, "subject")?;
        let times = numbers(batch, "start_time")?;
        let failed = super::column(batch, "failed", &DataType::Boolean)?;
        let failed = as_boolean_array(&failed).map_err(Error::query(name))?;
        for (row, time) in times.into_iter().enumerate() {
            let finished = builder
                .push(value(&subjects, row), time, failed.value(row))
                .map_err(setting)?;
            tables.take(finished)?;
        }
        Ok(())
    })?;
    tables.take(builder.finish())?;
    tables.commit()
}

fn setting(error: ebrc_rules::episodes::Error) -> Error {
    Error::Setting(error.to_string())
}

struct Tables {
    settings: Settings,
    durations: Durations,
    episodes: Rows<Episode>,
    subjects: Rows<Subject>,
}

impl Tables {
    fn take(&mut self, finished: Finished) -> Result<(), Error> {
        let settings = self.settings;
        if let Some(episode) = finished.episode {
            self.durations.add(&episode);
            self.episodes
                .push(episode, |rows| episode_columns(rows, settings))?;
        }
        if let Some(subject) = finished.subject {
            self.subjects.push(subject, subject_columns)?;
        }
        Ok(())
    }

    fn commit(self) -> Result<Durations, Error> {
        let settings = self.settings;
        self.episodes
            .commit(|rows| episode_columns(rows, settings))?;
        self.subjects.commit(subject_columns)?;
        Ok(self.durations)
    }
}

/// Rows on their way into a file.
struct Rows<T> {
    schema: SchemaRef,
    file: TableFile,
    pending: Vec<T>,
}

impl<T> Rows<T> {
    fn create(path: &Path, schema: Schema) -> Result<Self, Error> {
        let schema = Arc::new(schema);
        Ok(Self {
            file: TableFile::create(path, Arc::clone(&schema))?,
            schema,
            pending: Vec::new(),
        })
    }

    fn push(&mut self, row: T, columns: impl Fn(&[T]) -> Vec<ArrayRef>) -> Result<(), Error> {
        self.pending.push(row);
        if self.pending.len() == BATCH {
            self.flush(columns)?;
        }
        Ok(())
    }

    fn flush(&mut self, columns: impl Fn(&[T]) -> Vec<ArrayRef>) -> Result<(), Error> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns(&self.pending))
            .map_err(|error| Error::query("episodes")(error.into()))?;
        self.pending.clear();
        self.file.write(&batch)
    }

    fn commit(mut self, columns: impl Fn(&[T]) -> Vec<ArrayRef>) -> Result<(), Error> {
        self.flush(columns)?;
        self.file.commit()
    }
}

fn episode_schema() -> Schema {
    let time = DataType::Timestamp(TimeUnit::Second, None);
    Schema::new(vec![
        Field::new("subject", DataType::Utf8, false),
        Field::new("start_time", time.clone(), false),
        Field::new("last_failure", time.clone(), false),
        Field::new("end_time", time, true),
        Field::new("seconds", DataType::Int64, false),
        Field::new("failures", DataType::Int64, false),
        Field::new("is_ended", DataType::Boolean, false),
        Field::new("is_open_at_start", DataType::Boolean, false),
        Field::new("is_open_at_end", DataType::Boolean, false),
    ])
}

fn episode_columns(episodes: &[Episode], settings: Settings) -> Vec<ArrayRef> {
    let flags = |flag: fn(&Episode) -> bool| -> ArrayRef {
        Arc::new(
            episodes
                .iter()
                .map(|it| Some(flag(it)))
                .collect::<BooleanArray>(),
        )
    };
    let times = |time: fn(&Episode) -> Option<i64>| -> ArrayRef {
        Arc::new(episodes.iter().map(time).collect::<TimestampSecondArray>())
    };
    let is_ended = episodes
        .iter()
        .map(|it| Some(it.end.is_some() && (settings.count_open_at_start || !it.is_open_at_start)));
    let seconds = episodes.iter().map(|it| {
        let last = match (it.end, settings.until) {
            (Some(end), Until::Repair) => end,
            _ => it.last_failure,
        };
        last - it.start
    });
    let failures = episodes
        .iter()
        .map(|it| i64::try_from(it.failures).unwrap_or(i64::MAX));
    vec![
        Arc::new(StringArray::from_iter_values(
            episodes.iter().map(|it| it.subject.as_str()),
        )),
        times(|it| Some(it.start)),
        times(|it| Some(it.last_failure)),
        times(|it| it.end),
        Arc::new(Int64Array::from_iter_values(seconds)),
        Arc::new(Int64Array::from_iter_values(failures)),
        Arc::new(is_ended.collect::<BooleanArray>()),
        flags(|it| it.is_open_at_start),
        flags(|it| it.is_open_at_end),
    ]
}

fn subject_schema() -> Schema {
    Schema::new(vec![
        Field::new("subject", DataType::Utf8, false),
        Field::new("episodes", DataType::Int64, false),
        Field::new("is_never_fixed", DataType::Boolean, false),
        Field::new("is_always_broken", DataType::Boolean, false),
        Field::new("is_recurrent", DataType::Boolean, false),
    ])
}

fn subject_columns(subjects: &[Subject]) -> Vec<ArrayRef> {
    let flags = |flag: fn(&Subject) -> bool| -> ArrayRef {
        Arc::new(
            subjects
                .iter()
                .map(|it| Some(flag(it)))
                .collect::<BooleanArray>(),
        )
    };
    let episodes = subjects
        .iter()
        .map(|it| i64::try_from(it.episodes).unwrap_or(i64::MAX));
    vec![
        Arc::new(StringArray::from_iter_values(
            subjects.iter().map(|it| it.subject.as_str()),
        )),
        Arc::new(Int64Array::from_iter_values(episodes)),
        flags(|it| it.is_never_fixed),
        flags(|it| it.is_always_broken),
        flags(|it| it.is_recurrent),
    ]
}

/// Writes the cumulative distributions of all kinds (Figure 7).
pub(crate) fn write_durations(kinds: &mut [(Kind, Durations)], path: &Path) -> Result<(), Error> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("kind", DataType::Utf8, false),
        Field::new("days", DataType::Float64, false),
        Field::new("share", DataType::Float64, false),
        Field::new("with_open_share", DataType::Float64, false),
    ]));
    let mut file = TableFile::create(path, Arc::clone(&schema))?;
    for (kind, durations) in kinds {
        let ended = durations.empirical();
        let all = durations.kaplan_meier();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(
                ended.iter().map(|_| kind.name()),
            )),
            Arc::new(Float64Array::from_iter_values(
                ended.iter().map(|(days, _)| *days),
            )),
            Arc::new(Float64Array::from_iter_values(
                ended.iter().map(|(_, share)| *share),
            )),
            Arc::new(Float64Array::from_iter_values(
                all.iter().map(|(_, share)| *share),
            )),
        ];
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
            .map_err(|error| Error::query("durations")(error.into()))?;
        file.write(&batch)?;
    }
    file.commit()
}
