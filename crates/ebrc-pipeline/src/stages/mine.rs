use std::path::PathBuf;

use ebrc_delivery::{Assignment, AssignmentWriter, DeliveryRecord, LogReader, LogWriter};
use ebrc_drain::{Cluster, ClusterId, Drain};
use ebrc_ndr::NdrMessage;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::BEGIN_AGAIN;
use crate::refusals::BadRecords;
use crate::run::file;
use crate::{Error, Run, Stage, TemplateRow, Watch, tables};

/// Records that are mined at a time, by all threads.
const RECORDS_A_BATCH: usize = 8_192;

/// How a log on standard input is named.
const STANDARD_INPUT: &str = "-";

/// What to mine, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MineSettings {
    /// The delivery logs, in order; paths inside the run are relative to it.
    /// `-` is standard input, which is kept in the run.
    pub logs: Vec<String>,
    /// Drain's settings.
    pub drain: ebrc_drain::Settings,
    /// How many bad records may be left out.
    pub skip_bad: u64,
}

impl MineSettings {
    /// Drain's settings for masked NDR messages. A low similarity would merge
    /// what differs in the one telling word: `Connection refused`, `Connection
    /// timed out`.
    #[must_use]
    pub fn drain_defaults() -> ebrc_drain::Settings {
        ebrc_drain::Settings {
            similarity: 0.7,
            ..ebrc_drain::Settings::default()
        }
    }
}

/// What mining found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MineSummary {
    /// Mails in the logs.
    pub mails: u64,
    /// Attempts that were refused: the NDR messages.
    pub refusals: u64,
    /// Refusals without an enhanced status code.
    pub without_enhanced_code: u64,
    /// Templates.
    pub templates: u64,
    /// Refusals that the 200 biggest templates hold.
    pub in_top_200: u64,
    /// Bad records left out; `rejected.ndjson` holds them.
    pub rejected: u64,
}

/// Clusters the logs' NDR messages into templates.
///
/// The codes are lifted out and are part of a template's identity; Drain sees
/// the masked text.
///
/// # Errors
/// Where a log cannot be read or holds more bad records than allowed.
pub fn mine(
    run: &Run,
    settings: &MineSettings,
    watch: &mut dyn Watch,
) -> Result<MineSummary, Error> {
    let mut settings = settings.clone();
    let given = settings.logs.clone();
    if given.iter().filter(|log| *log == STANDARD_INPUT).count() > 1 {
        return Err(Error::Nothing(
            "standard input can be read once; name `-` once".to_owned(),
        ));
    }
    for log in &mut settings.logs {
        if log != STANDARD_INPUT {
            *log = run.journal_name(log.as_ref());
        }
    }
    let inputs = |settings: &MineSettings| -> Vec<PathBuf> {
        settings.logs.iter().map(|log| run.resolve(log)).collect()
    };
    if let Some(summary) = run.finished(Stage::Mine, &settings, &inputs(&settings))? {
        watch.tell("mine: the templates are there already");
        return Ok(summary);
    }
    let kept_input = run.path(file::STANDARD_INPUT);
    let mut drain = Drain::new(settings.drain.clone())?;
    let assignments_path = run.path(file::ASSIGNMENTS);
    let mut assignments = AssignmentWriter::create(&assignments_path)?;
    let mut bad = BadRecords::new(settings.skip_bad);
    let mut summary = MineSummary {
        mails: 0,
        refusals: 0,
        without_enhanced_code: 0,
        templates: 0,
        in_top_200: 0,
        rejected: 0,
    };
    watch.begin(Stage::Mine, None);
    let mut batch: Vec<DeliveryRecord> = Vec::new();
    let mut kept: Option<LogWriter> = None;
    for (log, given) in settings.logs.iter_mut().zip(&given) {
        let mut keep = if given == STANDARD_INPUT {
            Some(LogWriter::create(&kept_input)?)
        } else {
            None
        };
        let mut records = LogReader::open(given.as_ref())?;
        loop {
            batch.clear();
            for record in records.by_ref() {
                batch.extend(bad.sift(record)?);
                if batch.len() == RECORDS_A_BATCH {
                    break;
                }
            }
            if batch.is_empty() {
                break;
            }
            mine_batch(&batch, &mut drain, &mut assignments, &mut summary)?;
            if let Some(keep) = &mut keep {
                for record in &batch {
                    keep.write(record)?;
                }
            }
            watch.advance(summary.mails);
            if watch.wants_stop() {
                return Err(Error::Interrupted(BEGIN_AGAIN));
            }
        }
        if keep.is_some() {
            kept = keep;
            file::STANDARD_INPUT.clone_into(log);
        }
    }
    watch.advance(summary.mails);
    if summary.refusals == 0 {
        return Err(Error::Nothing(
            "no mail of these logs was refused; there is nothing to mine".to_owned(),
        ));
    }
    let rows = template_rows(&drain);
    summary.templates = rows.len() as u64;
    summary.in_top_200 = rows.iter().take(200).map(|row| row.count).sum();
    summary.rejected = bad.count();

    let templates_path = run.path(file::TEMPLATES);
    set_labels_aside(run, &rows, watch)?;
    if let Some(kept) = kept {
        kept.commit()?;
    }
    assignments.commit()?;
    tables::write(&templates_path, &rows)?;
    let drain_path = run.path(file::DRAIN);
    ebrc_files::write_complete(&drain_path, &drain.to_json()?)?;
    let mut outputs = vec![assignments_path, templates_path, drain_path];
    let rejected = run.path(file::REJECTED);
    if bad.write(&rejected)? {
        outputs.push(rejected);
    }
    run.record(
        Stage::Mine,
        &settings,
        &inputs(&settings),
        &outputs,
        &summary,
    )?;
    watch.tell(&format!(
        "mine: {} refusals in {} mails make {} templates; the top 200 cover {:.2}%; \
         {:.2}% carry no enhanced status code",
        summary.refusals,
        summary.mails,
        summary.templates,
        percent(summary.in_top_200, summary.refusals),
        percent(summary.without_enhanced_code, summary.refusals),
    ));
    if summary.rejected > 0 {
        watch.tell(&format!(
            "mine: {} bad records left out, see {}",
            summary.rejected,
            run.path(file::REJECTED).display()
        ));
    }
    Ok(summary)
}

/// Mines the messages of some records, in their order.
fn mine_batch(
    records: &[DeliveryRecord],
    drain: &mut Drain,
    assignments: &mut AssignmentWriter,
    summary: &mut MineSummary,
) -> Result<(), Error> {
    let mut refusals: Vec<(u64, u32, &str)> = Vec::new();
    for record in records {
        let attempts = (0..).zip(&record.delivery_result);
        for (attempt, raw) in attempts.filter(|(_, raw)| !ebrc_ndr::is_accepted(raw)) {
            refusals.push((summary.mails, attempt, raw));
        }
        summary.mails += 1;
    }
    let (lines, without): (Vec<(String, String)>, Vec<bool>) = refusals
        .par_iter()
        .map(|&(_, _, raw)| {
            let message = NdrMessage::parse(raw);
            (line_of(&message), message.enhanced_code.is_none())
        })
        .unzip();
    let learned = drain.learn_all(&lines);
    summary.refusals += lines.len() as u64;
    summary.without_enhanced_code += without.iter().filter(|&&without| without).count() as u64;
    for (&(mail, attempt, _), learned) in refusals.iter().zip(learned) {
        assignments.write(&Assignment {
            mail,
            attempt,
            template_id: learned.cluster.0,
        })?;
    }
    Ok(())
}

/// Labels name templates by number: those of other templates are kept under
/// another name.
fn set_labels_aside(run: &Run, rows: &[TemplateRow], watch: &mut dyn Watch) -> Result<(), Error> {
    let templates = run.path(file::TEMPLATES);
    let labels = run.labels();
    if !labels.exists() || (templates.exists() && tables::read::<TemplateRow>(&templates)? == rows)
    {
        return Ok(());
    }
    let aside = run.path(file::EARLIER_LABELS);
    std::fs::rename(&labels, &aside).map_err(|source| ebrc_files::Error::write(&aside, source))?;
    watch.tell(&format!(
        "mine: the labels belonged to other templates; they are kept in {}",
        aside.display()
    ));
    Ok(())
}

pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        100.0 * part as f64 / whole as f64
    }
}

/// What Drain learns of a message: its key and its text.
pub(super) fn line_of(message: &NdrMessage) -> (String, String) {
    (key(message), ebrc_ndr::mask(&message.text))
}

/// The part of a template's identity beside its text: its codes.
pub(crate) fn key(message: &NdrMessage) -> String {
    let reply = message.reply_code.map(|code| code.to_string());
    let enhanced = message.enhanced_code.map(|code| code.to_string());
    format!(
        "{} {}",
        reply.as_deref().unwrap_or("-"),
        enhanced.as_deref().unwrap_or("-")
    )
}

/// The miner's clusters as `templates.csv` has them, the biggest first.
fn template_rows(drain: &Drain) -> Vec<TemplateRow> {
    let row = |(id, cluster): (ClusterId, Cluster<'_>)| {
        let (reply, enhanced) = cluster.key().split_once(' ').unwrap_or(("-", "-"));
        TemplateRow {
            template_id: id.0,
            count: cluster.size(),
            reply_code: reply.parse().ok(),
            enhanced_code: (enhanced != "-").then(|| enhanced.to_owned()),
            template: ebrc_ndr::display_template(&cluster.template()),
        }
    };
    let mut rows: Vec<TemplateRow> = drain.clusters().map(row).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.count), row.template_id));
    rows
}
