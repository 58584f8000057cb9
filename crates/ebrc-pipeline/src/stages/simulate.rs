use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use ebrc_catalogue::Catalogue;
use ebrc_delivery::LogWriter;
use ebrc_files::CompleteFile;
use ebrc_simulation::{Settings, SideTable, Simulation};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::BEGIN_AGAIN;
use crate::{Error, Run, Stage, Watch};

/// How many records are made at a time, by all threads together.
const RECORDS_A_BATCH: u64 = 16_384;

/// What a simulation wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulateSummary {
    /// How many mails.
    pub mails: u64,
    /// How many refusals their attempts met.
    pub refusals: u64,
}

/// Writes a simulated delivery log to any path; its extension tells the format.
///
/// # Errors
/// Where the settings are wrong, the log cannot be written, or the watch wants
/// a stop; no log is left then.
pub fn write_log(
    catalogue: &Catalogue,
    settings: &Settings,
    log: &Path,
    watch: &mut dyn Watch,
) -> Result<SimulateSummary, Error> {
    watch.begin(Stage::Simulate, Some(settings.emails));
    let mut writer = LogWriter::create(log)?;
    let mut summary = SimulateSummary {
        mails: 0,
        refusals: 0,
    };
    let simulation = Simulation::new(catalogue, settings.clone())?;
    while summary.mails < settings.emails {
        let end = settings.emails.min(summary.mails + RECORDS_A_BATCH);
        let refusals = AtomicU64::new(0);
        writer.write_made(summary.mails..end, |number| {
            let record = simulation.record(number);
            let own = record.delivery_result.iter();
            let own = own.filter(|reply| !ebrc_ndr::is_accepted(reply)).count();
            refusals.fetch_add(own as u64, Ordering::Relaxed);
            record
        })?;
        summary.mails = end;
        summary.refusals += refusals.into_inner();
        watch.advance(summary.mails);
        if watch.wants_stop() {
            return Err(Error::Interrupted(BEGIN_AGAIN));
        }
    }
    writer.commit()?;
    Ok(summary)
}

/// Writes everything that is known of a simulated world beside its log into a
/// folder: see [`SideTable`].
///
/// # Errors
/// Where the settings are wrong, or the folder cannot be written to.
pub fn write_side_tables(
    catalogue: &Catalogue,
    settings: &Settings,
    folder: &Path,
) -> Result<(), Error> {
    let simulation = Simulation::new(catalogue, settings.clone())?;
    for table in SideTable::ALL {
        let path = folder.join(table.path());
        if let Some(parent) = path.parent() {
            ebrc_files::create_folder(parent)?;
        }
        let mut file = CompleteFile::create(&path)?;
        simulation
            .write_side_table(table, &mut file)
            .map_err(|error| ebrc_files::Error::write(&path, error))?;
        file.commit()?;
    }
    Ok(())
}

/// Writes a run's own simulated log; nothing where it lies there already.
///
/// # Errors
/// As [`write_log`].
pub fn simulate(
    run: &Run,
    catalogue: &Catalogue,
    settings: &Settings,
    watch: &mut dyn Watch,
) -> Result<SimulateSummary, Error> {
    let recorded = json!({ "simulation": settings, "catalogue": catalogue.sha256() });
    if let Some(summary) = run.finished(Stage::Simulate, &recorded, &[])? {
        watch.tell("simulate: the log is there already");
        return Ok(summary);
    }
    let log = run.simulated_log();
    let summary = write_log(catalogue, settings, &log, watch)?;
    watch.tell(&format!(
        "simulate: {} mails, {} refusals",
        summary.mails, summary.refusals
    ));
    run.record(Stage::Simulate, &recorded, &[], &[log], &summary)?;
    Ok(summary)
}
