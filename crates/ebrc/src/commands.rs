//! What each command does, from the words of the command line to the stages.

use std::borrow::Cow;
use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, anyhow, bail};
use clap::CommandFactory;
use ebrc_catalogue::Catalogue;
use ebrc_model::{DeviceChoice, ModelFiles, Precision, TrainSettings, WeightFormat};
use ebrc_pipeline::{
    Base, Caution, Classification, EvaluateSettings, GoldSettings, LearningPlan, MessageStream,
    MineSettings, Order, OtherModel, PredictSettings, Run, SampleSettings, SampleSource,
    TrainRequest, Watch, WhenUnsure,
};
use rayon::prelude::*;

use crate::cli::{
    self, Annotate, CHECKPOINT_EVERY, Classify, Cli, Command, Evaluate, LEARNING_RATE, Label, Mine,
    PATIENCE, Predict, Reproduce, Sample, Simulate, Train,
};
use crate::hub_environment::hub_settings;
use crate::inspection;
use crate::label_page::LabelPage;
use crate::measurement;
use crate::mining_guide;
use crate::progress::Terminal;

/// Mails of `reproduce`, chosen so that two cores need a few minutes.
const REPRODUCE_EMAILS: u64 = 400_000;
const QUICK_EMAILS: u64 = 40_000;
const QUICK_EPOCHS: usize = 10;

/// As the paper has it, and as the commands do unless told otherwise.
const SAMPLE_PER_TYPE: u64 = 4000;
const VALIDATION_SHARE: f64 = 0.15;
const VOTERS: u64 = 100;

/// Messages that `classify` types at a time.
const MESSAGES_A_BATCH: usize = 8192;

/// Lines that one thread takes apart at a time.
const LINES_A_PART: usize = 512;

/// Bytes that it reads ahead: some thousand messages.
const READ_AHEAD: usize = 1 << 20;

pub(crate) fn execute(cli: Cli, stop: &Arc<AtomicBool>) -> Result<()> {
    if let Some(threads) = cli.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()
            .context("the threads cannot be made")?;
    }
    let mut terminal = Terminal::new(cli.quiet, Arc::clone(stop));
    let watch = &mut terminal;
    let done = match cli.command {
        Command::Reproduce(command) => reproduce(&command, watch),
        Command::Simulate(command) => simulate(&command, watch),
        Command::Mine(command) => mine(&command, watch),
        Command::Label(command) => label(&command, watch),
        Command::Sample(command) => sample(&command, watch),
        Command::Train(command) => train(&command, watch),
        Command::Predict(command) => predict(&command, watch),
        Command::Annotate(command) => annotate(&command, watch),
        Command::Evaluate(command) => evaluate(&command, watch),
        Command::Measure(command) => measurement::measure(&command, cli.threads, watch),
        Command::Sql(command) => measurement::query(&command, cli.threads),
        Command::Classify(command) => classify(&command, watch),
        Command::Model { command } => model(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ebrc", &mut script);
            Ok(io::stdout().write_all(&script)?)
        }
        Command::Man { folder } => man_pages(&folder),
    };
    terminal.clear();
    done
}

fn reproduce(command: &Reproduce, watch: &mut dyn Watch) -> Result<()> {
    let run = Run::go_on(&command.out)?;
    let usual = if command.quick {
        QUICK_EMAILS
    } else {
        REPRODUCE_EMAILS
    };
    let device = command.device;
    let catalogue = catalogue(command.catalogue.as_deref())?;
    let usual = ebrc_simulation::Settings {
        emails: usual,
        ..Default::default()
    };
    let simulation = simulation_settings(
        usual,
        command.config.as_deref(),
        command.emails,
        command.seed,
    )?;
    let seed = simulation.seed;
    let mine = MineSettings {
        logs: vec![run.simulated_log().to_string_lossy().into_owned()],
        drain: MineSettings::drain_defaults(),
        skip_bad: 0,
    };
    let sample = sample_settings(command.per_type, seed);
    let train = TrainRequest {
        epochs: command.quick.then_some(QUICK_EPOCHS),
        ..train_request(base(command.base.as_deref(), "main")?, device, seed)
    };
    let predict = PredictSettings {
        per_template: VOTERS,
        seed,
    };
    let evaluation = EvaluateSettings {
        per_type: 100,
        seed,
        reviews: Vec::new(),
    };
    let report = ebrc_pipeline::reproduce(
        &run,
        &catalogue,
        &ebrc_pipeline::Plan {
            simulation,
            mine,
            top: command.top,
            sample,
            train,
            predict,
            evaluation,
        },
        watch,
    )?;
    print_text(&ebrc_report::to_terminal(&report, terminal_width()))?;
    writeln!(
        io::stdout(),
        "\nThe report: {}",
        run.evaluation().join("report.html").display()
    )?;
    Ok(())
}

fn simulate(command: &Simulate, watch: &mut dyn Watch) -> Result<()> {
    let catalogue = catalogue(command.catalogue.as_deref())?;
    let usual = ebrc_simulation::Settings::default();
    let settings = simulation_settings(
        usual,
        command.config.as_deref(),
        command.emails,
        command.seed,
    )?;
    if let Some(folder) = &command.side_tables {
        ebrc_pipeline::write_side_tables(&catalogue, &settings, folder)?;
        watch.tell(&format!("simulate: side tables in {}", folder.display()));
    }
    let summary = ebrc_pipeline::write_log(&catalogue, &settings, &command.out, watch)?;
    watch.tell(&format!(
        "simulate: {} mails with {} refusals in {}",
        summary.mails,
        summary.refusals,
        command.out.display()
    ));
    Ok(())
}

/// The settings of a simulated log: the usual ones, changed by a file, changed
/// by the command line.
fn simulation_settings(
    usual: ebrc_simulation::Settings,
    config: Option<&Path>,
    emails: Option<u64>,
    seed: Option<u64>,
) -> Result<ebrc_simulation::Settings> {
    let mut settings = usual;
    if let Some(config) = config {
        let text = String::from_utf8(ebrc_files::read(config)?)
            .map_err(|_| anyhow!("{}: no UTF-8; write it as UTF-8", config.display()))?;
        settings = settings
            .with_toml(&text)
            .with_context(|| config.display().to_string())?;
    }
    settings.emails = emails.unwrap_or(settings.emails);
    settings.seed = seed.unwrap_or(settings.seed);
    Ok(settings)
}

fn mine(command: &Mine, watch: &mut dyn Watch) -> Result<()> {
    if let Some(file) = &command.explain {
        let run = Run::open(&command.run.run)?;
        let text = if file.as_os_str() == "-" {
            io::read_to_string(io::stdin()).context("standard input cannot be read as UTF-8")?
        } else {
            String::from_utf8(ebrc_files::read(file)?)
                .with_context(|| format!("{}: not UTF-8", file.display()))?
        };
        let messages: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let found = ebrc_pipeline::explain_messages(&run, &messages)?;
        return print_text(&mining_guide::explained(&found));
    }
    let settings = MineSettings {
        logs: command
            .logs
            .iter()
            .map(|log| log.to_string_lossy().into_owned())
            .collect(),
        drain: ebrc_pipeline::DrainSettings {
            depth: command.depth,
            similarity: command.similarity,
            max_children: command.max_children,
            ..MineSettings::drain_defaults()
        },
        skip_bad: command.skip_bad,
    };
    if let Some(most) = command.sweep {
        let sweep = ebrc_pipeline::sweep_settings(&settings, most, watch)?;
        return print_text(&mining_guide::swept(&sweep, &settings.drain));
    }
    let run = Run::create(&command.run.run)?;
    ebrc_pipeline::mine(&run, &settings, watch)?;
    Ok(())
}

fn label(command: &Label, watch: &mut dyn Watch) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    let order = if command.next {
        Order::MostInDoubt
    } else {
        Order::Biggest
    };
    if let Some(sheet) = &command.from {
        ebrc_pipeline::label_from_file(&run, sheet, watch)?;
    } else if let Some(sheet) = &command.sheet {
        let rows = ebrc_pipeline::label_sheet(&run, command.top, order, sheet)?;
        watch.tell(&format!(
            "label: {} holds {rows} templates; fill in the column `label` and hand \
             it in with --from",
            sheet.display()
        ));
    } else if command.from_truth {
        ebrc_pipeline::label_from_truth(&run, command.top, watch)?;
    } else {
        let templates = ebrc_pipeline::label_candidates(&run, command.top, order)?;
        let labels = ebrc_pipeline::labels(&run)?;
        let page = LabelPage::open(command.port)?;
        writeln!(io::stdout(), "{}", page.address()?)?;
        watch.tell("label: open this address in a browser of this machine; Ctrl-C ends the page");
        let saved = page.serve(&run, &templates, labels, &command.labelled_by, watch)?;
        if saved.is_none() {
            watch.tell("label: nothing was saved");
        }
    }
    Ok(())
}

fn sample(command: &Sample, watch: &mut dyn Watch) -> Result<()> {
    let (run, source) = match &command.catalogue {
        Some(folder) => (
            Run::create(&command.run.run)?,
            SampleSource::Catalogue(folder.clone()),
        ),
        None => (Run::open(&command.run.run)?, SampleSource::Run),
    };
    let settings = SampleSettings {
        source,
        per_type: command.per_type,
        ambiguous: command.ambiguous,
        validation_share: command.validation,
        altered: command.altered,
        seed: command.seed,
    };
    ebrc_pipeline::sample(&run, &settings, watch)?;
    Ok(())
}

fn train(command: &Train, watch: &mut dyn Watch) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    let request = TrainRequest {
        base: base(command.base.as_deref(), &command.revision)?,
        device: command.device,
        settings: TrainSettings {
            batch_size: command.batch_size,
            learning_rate: command.learning_rate,
            layer_decay: command.layer_decay,
            label_smoothing: command.label_smoothing,
            patience: command.patience,
            max_length: command.max_length,
            seed: command.seed,
            ..TrainSettings::default()
        },
        epochs: command.epochs,
        checkpoint_every: command.checkpoint_every,
        resume: command.resume,
        weights: command.precision.into(),
    };
    ebrc_pipeline::train(&run, &request, watch)?;
    Ok(())
}

fn predict(command: &Predict, watch: &mut dyn Watch) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    let model = run_model(&run, command.model.as_deref(), command.device, watch)?;
    let settings = PredictSettings {
        per_template: command.per_template,
        seed: command.seed,
    };
    ebrc_pipeline::predict(&run, &model, &settings, watch)?;
    Ok(())
}

fn annotate(command: &Annotate, watch: &mut dyn Watch) -> Result<()> {
    let run = Run::open(&command.run.run)?;
    match &command.out {
        None => ebrc_pipeline::annotate(&run, watch)?,
        Some(out) => {
            let model = run_model(&run, command.model.as_deref(), command.device, watch)?;
            ebrc_pipeline::annotate_logs(&run, &command.logs, out, &model, command.skip_bad, watch)?
        }
    };
    Ok(())
}

fn evaluate(command: &Evaluate, watch: &mut dyn Watch) -> Result<()> {
    let report = match (&command.run, &command.gold) {
        (Some(run), _) => {
            let run = Run::open(run)?;
            let settings = EvaluateSettings {
                per_type: command.per_type,
                seed: command.seed,
                reviews: command.import_review.clone(),
            };
            if let Some(sheet) = &command.export_for_review {
                let rows = ebrc_pipeline::review_sheet(&run, &settings, sheet, watch)?;
                watch.tell(&format!(
                    "evaluate: {} holds {rows} messages; fill in the column `type` and hand it \
                     in with --import-review",
                    sheet.display()
                ));
                return Ok(());
            }
            if !command.learning_curve.is_empty() {
                let plan = learning_plan(command)?;
                ebrc_pipeline::learning_curve(&run, &plan, watch)?;
            }
            let report = ebrc_pipeline::evaluate(&run, &settings, watch)?;
            watch.tell(&format!(
                "evaluate: the report is {}",
                run.evaluation().join("report.html").display()
            ));
            report
        }
        (None, Some(gold)) => {
            let model = classification(
                command.model.as_deref(),
                command.device,
                command.precision.into(),
            )?;
            let card = command.model.as_deref().filter(|_| command.card);
            if let Some(card) = card.map(|folder| folder.join("README.md"))
                && !card.is_file()
            {
                bail!(
                    "{} is missing: the model has no card to write into",
                    card.display()
                );
            }
            let mut others = Vec::new();
            for folder in &command.against {
                others.push(OtherModel {
                    name: folder.display().to_string(),
                    model: classification(Some(folder), command.device, command.precision.into())?,
                });
            }
            let seen = command.seen.as_deref().map(Catalogue::load).transpose()?;
            let settings = GoldSettings {
                gold: gold.clone(),
                seen,
                out: command.out.clone(),
                seed: command.seed,
            };
            let report = ebrc_pipeline::evaluate_gold(&model, &others, &settings, watch)?;
            if let Some(folder) = card {
                ebrc_pipeline::write_model_card(&report, folder)?;
            }
            report
        }
        (None, None) => bail!("name a run with --run, or labelled messages with --gold"),
    };
    if command.json {
        print_json(&report)
    } else {
        print_text(&ebrc_report::to_terminal(&report, terminal_width()))
    }
}

/// The trainings of a learning curve: those that `reproduce` would make.
fn learning_plan(command: &Evaluate) -> Result<LearningPlan> {
    let seed = command.seed;
    Ok(LearningPlan {
        sizes: command.learning_curve.clone(),
        sample: sample_settings(SAMPLE_PER_TYPE, seed),
        train: train_request(Base::Embedded, command.device, seed),
        per_template: VOTERS,
    })
}

fn sample_settings(per_type: u64, seed: u64) -> SampleSettings {
    SampleSettings {
        source: SampleSource::Run,
        per_type,
        ambiguous: 0,
        validation_share: VALIDATION_SHARE,
        altered: false,
        seed,
    }
}

fn train_request(base: Base, device: DeviceChoice, seed: u64) -> TrainRequest {
    TrainRequest {
        base,
        device,
        settings: TrainSettings {
            learning_rate: LEARNING_RATE,
            patience: PATIENCE,
            seed,
            ..TrainSettings::default()
        },
        epochs: None,
        checkpoint_every: CHECKPOINT_EVERY,
        resume: true,
        weights: WeightFormat::F32,
    }
}

fn classify(command: &Classify, watch: &mut dyn Watch) -> Result<()> {
    let model = classification(
        command.model.as_deref(),
        command.device,
        command.precision.into(),
    )?;
    let source: Box<dyn Read> = if command.input == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(&command.input)
            .with_context(|| format!("{} cannot be read", command.input.display()))?;
        Box::new(file)
    };
    let mut reader = BufReader::with_capacity(READ_AHEAD, source);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut stream = MessageStream::new(&model);
    if let Some(precision) = command.target_precision {
        let found = model.threshold_for(precision)?;
        watch.tell(&format!(
            "classify: answers of a probability of {:.3} and more are trusted; on the \
             classifier's validation set these were {:.1}% of all, and {:.1}% of them right",
            found.threshold,
            100.0 * found.coverage,
            100.0 * found.precision
        ));
        stream = stream.with_caution(Caution {
            threshold: found.threshold as f32,
            when_unsure: match command.when_unsure {
                cli::WhenUnsure::Review => WhenUnsure::Review,
                cli::WhenUnsure::Other => WhenUnsure::Other,
            },
        });
    }
    let name = command.input.display().to_string();
    let mut batch = Lines::default();
    loop {
        let length = read_line(&mut reader, &mut batch.bytes)
            .with_context(|| format!("{name}, line {}", batch.before + batch.ends.len() + 1))?;
        if length > 0 {
            batch.ends.push(batch.bytes.len());
        }
        // Where the input pauses or ends, what came before is answered.
        let pauses = reader.buffer().is_empty();
        if pauses || batch.ends.len() == MESSAGES_A_BATCH {
            let (messages, ending) = batch.messages(&name);
            for lines in stream.lines(&messages)? {
                out.write_all(&lines)?;
            }
            if pauses || ending.is_err() {
                out.flush()?;
            }
            ending?;
            if watch.wants_stop() {
                bail!("stopped");
            }
            batch.clear();
        }
        if length == 0 {
            return Ok(());
        }
    }
}

fn model(command: &cli::Model) -> Result<()> {
    match command {
        cli::Model::Inspect { folder, json } => {
            let found = ebrc_pipeline::inspect_model(folder.folder.as_deref())?;
            if *json {
                return print_json(&found);
            }
            print_text(&inspection::table(&found)?)
        }
        cli::Model::Card { folder, write } => {
            let card = ebrc_pipeline::renewed_model_card(folder.folder.as_deref())?;
            match folder.folder.as_ref().filter(|_| *write) {
                Some(folder) => {
                    ebrc_files::write_complete(&folder.join("README.md"), card.as_bytes())?;
                    Ok(())
                }
                None => print_text(&card),
            }
        }
        cli::Model::Average(command) => average(command),
    }
}

fn average(command: &cli::Average) -> Result<()> {
    let mut runs = Vec::with_capacity(command.runs.len());
    for folder in &command.runs {
        runs.push(Run::open(folder)?);
    }
    let weights = command.precision.into();
    ebrc_pipeline::average_models(&runs, &command.output, weights, command.device)?;
    Ok(())
}

/// As [`BufRead::read_until`] up to a line's end, with `memchr`'s search.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let before = line.len();
    loop {
        let ready = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            ready => ready?,
        };
        let end = memchr::memchr(b'\n', ready);
        let taken = end.map_or(ready.len(), |end| end + 1);
        line.extend_from_slice(&ready[..taken]);
        reader.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(line.len() - before);
        }
    }
}

/// Lines of the input, end to end.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Where each line ends, its line end included.
    ends: Vec<usize>,
    /// How many lines came before.
    before: usize,
}

impl Lines {
    fn clear(&mut self) {
        self.before += self.ends.len();
        self.ends.clear();
        self.bytes.clear();
    }

    /// The messages of the lines; where one is bad, those before it and what is
    /// wrong.
    fn messages(&self, file: &str) -> (Vec<Cow<'_, str>>, Result<()>) {
        let message = |index: usize| {
            let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
            message_of(&self.bytes[start..self.ends[index]])
        };
        let found: Vec<Result<Cow<str>, &str>> = (0..self.ends.len())
            .into_par_iter()
            .with_min_len(LINES_A_PART)
            .map(message)
            .collect();
        let mut messages = Vec::with_capacity(found.len());
        for message in found {
            match message {
                Ok(message) => messages.push(message),
                Err(reason) => {
                    let number = self.before + messages.len() + 1;
                    let error =
                        anyhow!("{file}, line {number}: {reason}; a JSON line must have \"text\"");
                    return (messages, Err(error));
                }
            }
        }
        (messages, Ok(()))
    }
}

/// The message of an input line: the line itself, or its "text".
fn message_of(line: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    #[derive(serde::Deserialize)]
    struct Row {
        text: String,
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    // Exchange Online says `{LED=…};{MSG=…}`: only an object begins like one.
    let object = line.trim_ascii_start().strip_prefix(b"{");
    let is_object = object.is_some_and(|rest| matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]));
    if is_object {
        return match serde_json::from_slice::<Row>(line) {
            Ok(row) => Ok(row.text.into()),
            Err(error) => Err(json_reason(&error)),
        };
    }
    // The lossy way looks at each byte, also where all is well.
    Ok(match std::str::from_utf8(line) {
        Ok(message) => message.into(),
        Err(_) => String::from_utf8_lossy(line),
    })
}

/// serde's own position is that within the line, and its message may quote.
fn json_reason(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "no text in this JSON object",
        _ => "no valid JSON",
    }
}

fn man_pages(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .with_context(|| format!("the man pages cannot be written into {}", folder.display()))?;
    Ok(())
}

/// The catalogue of a folder, or the one that ships with ebrc.
fn catalogue(folder: Option<&Path>) -> Result<Catalogue> {
    Ok(match folder {
        Some(folder) => Catalogue::load(folder)?,
        None => ebrc_embedded::catalogue()?,
    })
}

impl From<cli::Precision> for Precision {
    fn from(precision: cli::Precision) -> Self {
        match precision {
            cli::Precision::F32 => Self::F32,
            cli::Precision::Int8 => Self::Int8,
        }
    }
}

/// The classifier of a folder, or the one that ships with ebrc.
fn classification(
    folder: Option<&Path>,
    device: DeviceChoice,
    precision: Precision,
) -> Result<Classification> {
    let files = match folder {
        Some(folder) => ModelFiles::from_folder(folder)?,
        None => ebrc_embedded::classifier(),
    };
    Ok(Classification::load(&files, device, precision)?)
}

/// The classifier that types a run: the one named, the run's own, or else the
/// one that ships with ebrc.
fn run_model(
    run: &Run,
    named: Option<&Path>,
    device: DeviceChoice,
    watch: &mut dyn Watch,
) -> Result<Classification> {
    let own = run.model();
    let folder = match named {
        Some(folder) => Some(folder),
        None if own.is_dir() => Some(own.as_path()),
        None => {
            watch.tell(
                "the run has no model of its own; the classifier that ships with ebrc serves",
            );
            None
        }
    };
    classification(folder, device, Precision::F32)
}

/// The BERT to start from: a folder where there is one, else a hub id.
fn base(name: Option<&str>, revision: &str) -> Result<Base> {
    let Some(name) = name else {
        return Ok(Base::Embedded);
    };
    let folder = PathBuf::from(name);
    if folder.is_dir() {
        return Ok(Base::Folder(folder));
    }
    Ok(Base::Hub {
        id: name.to_owned(),
        revision: revision.to_owned(),
        settings: hub_settings(
            |name| env::var_os(name),
            &env::home_dir().unwrap_or_default(),
        ),
    })
}

fn terminal_width() -> usize {
    let size = console::Term::stdout().size_checked();
    usize::from(size.map_or(80, |(_, columns)| columns)).clamp(60, 140)
}

fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn print_text(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
