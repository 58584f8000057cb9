//! `measure` and `sql`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use ebrc_artefacts::Outcome;
use ebrc_measurement::{
    Progress, Request, Resources, Session, Settings, Sources, Tables, Truth, Types,
};
use ebrc_measurement_report::Addresses;
use ebrc_pipeline::{MeasurementFiles, Run, Stage, Watch};
use ebrc_simulation::SideTable;
use ebrc_sources::{
    BandwidthTable, BlocklistHistory, BreachListFile, DomainBlocklistFile, MmdbAutonomousSystems,
    MmdbGeography,
};
use serde_json::json;

use crate::cli::{EngineOptions, Measure, RowFormat, Snapshots, Sql};

/// The names of snapshots that no simulation writes, in a folder of them.
const BANDWIDTH: &str = "bandwidth.csv";
const BLOCKLIST_HISTORY: &str = "blocklist-history.csv";

pub(crate) fn measure(
    command: &Measure,
    threads: Option<NonZeroUsize>,
    watch: &mut dyn Watch,
) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    let files = ebrc_pipeline::measurement_files(&run)?;
    let settings = settings(&command.engine)?;
    let snapshots = Files::of(&command.snapshots);
    let sources = snapshots.open()?;
    let resources = resources(&command.engine, threads, &files);
    let truth = command.against_truth.as_deref().map(Truth::in_folder);
    let mut steps = Steps::new(watch, command.timings);
    let measurement = ebrc_measurement::measure(
        &Request {
            annotated: &files.annotated,
            templates: Some(&files.templates),
            tables: &Tables::in_folder(&files.tables),
            settings: &settings,
            sources: &sources,
            resources: &resources,
            types: types(command.types_from_truth),
            truth: truth.as_ref(),
        },
        &mut steps,
    )?;
    steps.finish();
    steps.watch.advance(steps.total as u64);
    remove_empty(&files.spilled);
    let addresses = if command.show_addresses {
        Addresses::Shown
    } else {
        Addresses::Hidden
    };
    ebrc_measurement_report::write(&measurement, &files.report, addresses)?;
    let (measured, total) = (
        measurement
            .artefacts
            .iter()
            .filter(|artefact| matches!(artefact.outcome, Outcome::Measured(_)))
            .count(),
        measurement.artefacts.len(),
    );
    let mut read = snapshots.all();
    read.extend(truth.iter().flat_map(Truth::files));
    ebrc_pipeline::record_measurement(
        &run,
        &files,
        &json!({
            "settings": settings,
            "types_from_truth": command.types_from_truth,
            "against_truth": truth.is_some(),
            "show_addresses": command.show_addresses,
        }),
        &read,
        &json!({ "artefacts": total, "measured": measured }),
    )?;
    watch.tell(&format!(
        "measure: {measured} of {total} artefacts; the report is {}",
        files.report.join("report.html").display()
    ));
    if command.json {
        let json = ebrc_files::read(&files.report.join("measurement.json"))?;
        print(&json)
    } else {
        print(ebrc_measurement_report::terminal(&measurement).as_bytes())
    }
}

pub(crate) fn query(command: &Sql, threads: Option<NonZeroUsize>) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    let (files, measured) = ebrc_pipeline::measured_files(&run)?;
    let sql = if command.query == "-" {
        io::read_to_string(io::stdin()).context("standard input cannot be read as UTF-8")?
    } else {
        command.query.clone()
    };
    // As the measurement had them, where the command line does not say.
    let settings = match &command.engine.settings {
        Some(_) => settings(&command.engine)?,
        None => serde_json::from_value(measured["settings"].clone())
            .context("the settings of the measurement cannot be read; run `ebrc measure` again")?,
    };
    let session = Session::open(&Request {
        annotated: &files.annotated,
        templates: Some(&files.templates),
        tables: &Tables::in_folder(&files.tables),
        settings: &settings,
        sources: &Files::of(&command.snapshots).open()?,
        resources: &resources(&command.engine, threads, &files),
        types: types(measured["types_from_truth"] == true),
        truth: None,
    })?;
    let mut text = Vec::new();
    if command.format == RowFormat::Table {
        session.query(&sql)?.write_table(&mut text)?;
        drop(session);
        remove_empty(&files.spilled);
        return print(&text);
    }
    // What is long need not fit into memory.
    let mut is_first = true;
    session.stream(&sql, |rows| -> Result<()> {
        text.clear();
        match command.format {
            RowFormat::Csv if is_first => rows.write_csv_heading(&mut text)?,
            RowFormat::Csv => rows.write_csv(&mut text)?,
            _ => rows.write_ndjson(&mut text)?,
        }
        is_first = false;
        print(&text)
    })?;
    drop(session);
    remove_empty(&files.spilled);
    Ok(())
}

/// Takes a folder away where nothing is in it; another query may still use it.
fn remove_empty(folder: &Path) {
    let _ = std::fs::remove_dir(folder);
}

fn print(text: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    Ok(out.flush()?)
}

fn types(from_truth: bool) -> Types {
    if from_truth {
        Types::Truth
    } else {
        Types::Annotated
    }
}

fn settings(options: &EngineOptions) -> Result<Settings> {
    let Some(file) = &options.settings else {
        return Ok(Settings::default());
    };
    let text = String::from_utf8(ebrc_files::read(file)?)
        .map_err(|_| anyhow!("{}: no UTF-8; write it as UTF-8", file.display()))?;
    Settings::from_toml(&text).with_context(|| file.display().to_string())
}

fn resources(
    options: &EngineOptions,
    threads: Option<NonZeroUsize>,
    files: &MeasurementFiles,
) -> Resources {
    let threads = threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZeroUsize::get);
    Resources {
        threads,
        memory: usize::try_from(options.memory.saturating_mul(1 << 20)).unwrap_or(usize::MAX),
        spill_folder: files.spilled.clone(),
    }
}

/// The files of snapshots, those of a folder and those that are named.
struct Files {
    geography: Option<PathBuf>,
    networks: Option<PathBuf>,
    breach_list: Option<PathBuf>,
    domain_blocklist: Option<PathBuf>,
    blocklist_history: Option<PathBuf>,
    bandwidth: Option<PathBuf>,
}

impl Files {
    fn of(snapshots: &Snapshots) -> Self {
        let in_folder = |name: &str| {
            let file = snapshots.snapshots.as_ref()?.join(name);
            file.is_file().then_some(file)
        };
        let file = |named: &Option<PathBuf>, name: &str| named.clone().or_else(|| in_folder(name));
        Self {
            geography: file(&snapshots.geography, SideTable::Countries.path()),
            networks: file(&snapshots.networks, SideTable::AutonomousSystems.path()),
            breach_list: file(&snapshots.breach_list, SideTable::BreachList.path()),
            domain_blocklist: file(
                &snapshots.domain_blocklist,
                SideTable::DomainBlocklist.path(),
            ),
            blocklist_history: file(&snapshots.blocklist_history, BLOCKLIST_HISTORY),
            bandwidth: file(&snapshots.bandwidth, BANDWIDTH),
        }
    }

    fn all(&self) -> Vec<PathBuf> {
        [
            &self.geography,
            &self.networks,
            &self.breach_list,
            &self.domain_blocklist,
            &self.blocklist_history,
            &self.bandwidth,
        ]
        .into_iter()
        .flatten()
        .cloned()
        .collect()
    }

    fn open(&self) -> Result<Sources> {
        let path = Option::as_deref;
        Ok(Sources {
            geography: match path(&self.geography) {
                Some(file) => Some(Arc::new(MmdbGeography::open(file)?)),
                None => None,
            },
            autonomous_systems: match path(&self.networks) {
                Some(file) => Some(Arc::new(MmdbAutonomousSystems::open(file)?)),
                None => None,
            },
            breach_list: match path(&self.breach_list) {
                Some(file) => Some(Arc::new(BreachListFile::open(file)?)),
                None => None,
            },
            domain_blocklist: match path(&self.domain_blocklist) {
                Some(file) => Some(Arc::new(DomainBlocklistFile::open(file)?)),
                None => None,
            },
            blocklist_history: opened(path(&self.blocklist_history), BlocklistHistory::open)?,
            bandwidth: opened(path(&self.bandwidth), BandwidthTable::open)?,
        })
    }
}

fn opened<T>(
    file: Option<&Path>,
    open: impl Fn(&Path) -> Result<T, ebrc_sources::Error>,
) -> Result<Option<Arc<T>>> {
    Ok(file.map(open).transpose()?.map(Arc::new))
}

/// Tells a watch of the engine's steps.
struct Steps<'a> {
    watch: &'a mut dyn Watch,
    total: usize,
    /// Where times are asked for: the step that runs, and since when.
    timings: bool,
    running: Option<(String, Instant)>,
}

impl<'a> Steps<'a> {
    fn new(watch: &'a mut dyn Watch, timings: bool) -> Self {
        Self {
            watch,
            total: 0,
            timings,
            running: None,
        }
    }

    fn finish(&mut self) {
        if let Some((step, since)) = self.running.take() {
            let seconds = since.elapsed().as_secs_f64();
            self.watch.tell(&format!("{step}\t{seconds:.3} s"));
        }
    }
}

impl Progress for Steps<'_> {
    fn begin(&mut self, what: &str, number: usize, total: usize) {
        self.finish();
        if number == 1 {
            self.watch.begin(Stage::Measure, Some(total as u64));
        }
        self.total = total;
        self.watch.advance(number as u64 - 1);
        if self.timings {
            self.running = Some((what.to_owned(), Instant::now()));
        }
    }

    fn wants_stop(&self) -> bool {
        self.watch.wants_stop()
    }
}
