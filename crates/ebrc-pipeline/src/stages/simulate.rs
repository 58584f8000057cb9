use std::path::Path;

use ebrc_catalogue::Catalogue;
use ebrc_delivery::LogWriter;
use ebrc_simulation::{Settings, Simulation};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::BEGIN_AGAIN;
use crate::{Error, Run, Stage, Watch};

/// How often the stage tells its progress.
const RECORDS_A_REPORT: u64 = 4096;

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
    for record in Simulation::new(catalogue, settings.clone())? {
        summary.refusals += record
            .delivery_result
            .iter()
            .filter(|reply| !ebrc_ndr::is_accepted(reply))
            .count() as u64;
        writer.write(&record)?;
        summary.mails += 1;
        if summary.mails.is_multiple_of(RECORDS_A_REPORT) {
            watch.advance(summary.mails);
            if watch.wants_stop() {
                return Err(Error::Interrupted(BEGIN_AGAIN));
            }
        }
    }
    writer.commit()?;
    watch.advance(summary.mails);
    Ok(summary)
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
