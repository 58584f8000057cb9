//! The command line: what can be said, and the words that explain it.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use ebrc_model::DeviceChoice;

/// The highest learning rate that suits the base that ships with ebrc and some
/// hundred distinct texts; with ten thousand, half of it does as well.
pub(crate) const LEARNING_RATE: f64 = 2e-4;

/// Epochs without a gain after which training stops.
pub(crate) const PATIENCE: usize = 3;

/// Steps from one checkpoint to the next: a minute's work on two cores.
pub(crate) const CHECKPOINT_EVERY: usize = 50;

/// Understand why email bounces.
///
/// `ebrc` clusters the NDR messages of a delivery log into templates, learns
/// the types of bounce from the labelled ones, and types all the others.
#[derive(Debug, Parser)]
#[command(name = "ebrc", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// Threads to compute with; all cores where not given.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// No progress and no remarks on standard error.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The main job on a simulated log: every stage up to the evaluation.
    Reproduce(Reproduce),
    /// Write a delivery log whose truth is known.
    Simulate(Simulate),
    /// Cluster the NDR messages of delivery logs into templates.
    Mine(Mine),
    /// Label templates, the biggest first: on a local page, or from a sheet.
    Label(Label),
    /// Draw a balanced training set from the labelled templates.
    Sample(Sample),
    /// Fine-tune BERT on the training set.
    Train(Train),
    /// Type every other template by majority vote of its messages.
    Predict(Predict),
    /// Give every message of the log its template's type.
    Annotate(Annotate),
    /// Compare types with the truth: of a run, or of a model on labelled messages.
    Evaluate(Evaluate),
    /// Measure an annotated log: every table and figure of the paper.
    Measure(Measure),
    /// Query the tables of a measurement in SQL.
    Sql(Sql),
    /// Type messages: one a line, or NDJSON with "text".
    Classify(Classify),
    /// Look at a model, make its card anew, or average several.
    Model {
        #[command(subcommand)]
        command: Model,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the man pages into a folder.
    Man {
        /// The folder.
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunFolder {
    /// The run folder.
    #[arg(long, value_name = "RUN")]
    pub(crate) run: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// The run folder.
    #[arg(long, value_name = "RUN", default_value = "runs/reproduce")]
    pub(crate) out: PathBuf,
    /// A tenth of the mails and ten epochs: to see that everything works.
    #[arg(long)]
    pub(crate) quick: bool,
    /// How many mails to simulate.
    #[arg(long, value_name = "N")]
    pub(crate) emails: Option<u64>,
    /// A TOML file that changes the simulated world: what data/simulation.toml
    /// documents.
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// How many of the biggest templates are labelled.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) top: usize,
    /// Messages a type in the training set.
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) per_type: u64,
    /// The seed of every random choice; 1 where neither this nor --config tells.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// A folder, or a hub id, of the BERT to start from; the one that ships
    /// with ebrc where not given.
    #[arg(long, value_name = "MODEL")]
    pub(crate) base: Option<String>,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// The catalogue of NDR texts; the one that ships with ebrc where not given.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) catalogue: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// How many mails; 1,000,000 where neither this nor --config tells.
    #[arg(long, value_name = "N")]
    pub(crate) emails: Option<u64>,
    /// The seed of every random choice; 1 where neither this nor --config tells.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The log to write: .ndjson, .ndjson.gz, .ndjson.zst or .parquet.
    #[arg(long, value_name = "LOG")]
    pub(crate) out: PathBuf,
    /// A TOML file that changes the world: what data/simulation.toml documents.
    #[arg(long, value_name = "TOML")]
    pub(crate) config: Option<PathBuf>,
    /// Also write what a measurement asks the outside for (geography, networks,
    /// leaked addresses, resolver, registrar), and the world's truth.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) side_tables: Option<PathBuf>,
    /// The catalogue of NDR texts; the one that ships with ebrc where not given.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) catalogue: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Mine {
    /// Delivery logs: NDJSON or Parquet, also .gz and .zst; - is standard input.
    #[arg(required_unless_present = "explain", value_name = "LOG")]
    pub(crate) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// Mine nothing, and tell of the messages of a file, one a line (- is
    /// standard input), which template of the run each belongs to, and why.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["logs", "sweep"])]
    pub(crate) explain: Option<PathBuf>,
    /// Mine nothing, and tell what other depths and similarities would make of
    /// the first N messages of the logs.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "50000")]
    pub(crate) sweep: Option<usize>,
    /// Drain: depth of the tree.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) depth: usize,
    /// Drain: share of tokens in which a message equals its template.
    #[arg(long, value_name = "SHARE", default_value_t = 0.7, value_parser = share)]
    pub(crate) similarity: f64,
    /// Drain: children a node may have.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) max_children: usize,
    /// Leave out up to N bad records and write them to rejected.ndjson.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_bad: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Label {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// How many templates.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) top: usize,
    /// Those next whose labels are worth most: most messages × least certain
    /// predictions. Without it, the biggest.
    #[arg(long, conflicts_with_all = ["from", "from_truth"])]
    pub(crate) next: bool,
    /// Take the labels of a filled-in sheet.
    #[arg(long, value_name = "CSV", conflicts_with_all = ["sheet", "from_truth"])]
    pub(crate) from: Option<PathBuf>,
    /// Write a sheet to fill in with any spreadsheet.
    #[arg(long, value_name = "CSV", conflicts_with = "from_truth")]
    pub(crate) sheet: Option<PathBuf>,
    /// Take the labels from a simulated log's truth.
    #[arg(long)]
    pub(crate) from_truth: bool,
    /// The page's port on this machine; any free one where not given.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    /// Who labels on the page.
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub(crate) labelled_by: String,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// Messages a type.
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) per_type: u64,
    /// Messages of ambiguous templates to add: the classifier learns to be
    /// unsure of them (0.25 for T16, the rest evenly), so that a low confidence
    /// tells them later.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) ambiguous: u64,
    /// Share of each type's templates that are kept for validation.
    #[arg(long, value_name = "SHARE", default_value_t = 0.15, value_parser = share)]
    pub(crate) validation: f64,
    /// The seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Draw from a catalogue of NDR texts instead of the run's templates.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) catalogue: Option<PathBuf>,
    /// Alter the messages to train on, for a classifier that meets other
    /// people's logs: other codes or none, and the words of sending servers
    /// around the reply.
    #[arg(long)]
    pub(crate) altered: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Train {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// A folder, or a hub id such as google-bert/bert-base-uncased, of the BERT
    /// to start from; the one that ships with ebrc where not given.
    ///
    /// The hub is reached as Python's library reaches it: HF_ENDPOINT, HF_TOKEN,
    /// HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE say how, and the cache is shared.
    #[arg(long, value_name = "MODEL")]
    pub(crate) base: Option<String>,
    /// The revision of a hub id: a branch, tag or commit. A commit gives the same
    /// files for ever; a branch those that the cache has of it, else its newest.
    #[arg(long, value_name = "REVISION", default_value = "main")]
    pub(crate) revision: String,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// Go on from the run's checkpoint.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Times the training set is gone through at most; where not given, 5 to 60,
    /// the fewer distinct texts the more.
    #[arg(long, value_name = "N")]
    pub(crate) epochs: Option<usize>,
    /// Texts a step.
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) batch_size: usize,
    /// Highest learning rate.
    #[arg(long, value_name = "RATE", default_value_t = LEARNING_RATE)]
    pub(crate) learning_rate: f64,
    /// A layer's learning rate over that of the layer above it; 1 for the same
    /// rate everywhere.
    #[arg(long, value_name = "RATIO", default_value_t = 1.0)]
    pub(crate) layer_decay: f64,
    /// Share of a text's probability that training spreads over all types.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub(crate) label_smoothing: f32,
    /// Epochs without a better macro-F1 after which training stops; a third of
    /// the epochs at least.
    #[arg(long, value_name = "N", default_value_t = PATIENCE)]
    pub(crate) patience: usize,
    /// Tokens of a message that are read.
    #[arg(long, value_name = "N", default_value_t = 128)]
    pub(crate) max_length: usize,
    /// Steps from one checkpoint to the next.
    #[arg(long, value_name = "N", default_value_t = CHECKPOINT_EVERY)]
    pub(crate) checkpoint_every: usize,
    /// The seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Number format of the saved weights.
    #[arg(long, value_enum, default_value_t = WeightFormat::F32)]
    pub(crate) precision: WeightFormat,
}

/// How weights are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WeightFormat {
    /// 32 bits a number.
    F32,
    /// 16 bits a number: half the size.
    F16,
}

impl From<WeightFormat> for ebrc_model::WeightFormat {
    fn from(format: WeightFormat) -> Self {
        match format {
            WeightFormat::F32 => Self::F32,
            WeightFormat::F16 => Self::F16,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Predict {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// The classifier's folder; the run's own, or else the one that ships with
    /// ebrc.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,
    /// Messages a template that vote.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u64).range(1..))]
    pub(crate) per_template: u64,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// The seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Annotate {
    /// Other logs than those that were mined, matched with the run's
    /// templates; a message without one is typed by the model at once.
    #[arg(value_name = "LOG", requires = "out")]
    pub(crate) logs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// Where the other logs' annotation goes (.parquet).
    #[arg(long, value_name = "FILE", requires = "logs")]
    pub(crate) out: Option<PathBuf>,
    /// The classifier's folder; the run's own, or else the one that ships with
    /// ebrc.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// Leave out up to N bad records of the other logs.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) skip_bad: u64,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["run", "gold"]))]
pub(crate) struct Evaluate {
    /// A run: the paper's protocol, and the whole population where its truth is
    /// known.
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<PathBuf>,
    /// Labelled messages: JSON lines of {"text": …, "type": …}.
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub(crate) gold: Option<PathBuf>,
    /// The classifier's folder; the one that ships with ebrc where not given.
    #[arg(long, value_name = "DIR", requires = "gold")]
    pub(crate) model: Option<PathBuf>,
    /// Another classifier's folder, to compare with on the same messages; may be
    /// given several times.
    #[arg(long, value_name = "DIR", requires = "gold")]
    pub(crate) against: Vec<PathBuf>,
    /// Write the figures into the card (README.md) of the classifier's folder.
    #[arg(long, requires = "model")]
    pub(crate) card: bool,
    /// Split the figures by whether a text of this catalogue is alike.
    #[arg(long, value_name = "CATALOGUE", requires = "gold")]
    pub(crate) seen: Option<PathBuf>,
    /// Write the report's files (HTML, JSON, CSV, SVG) into this folder.
    #[arg(long, value_name = "DIR", requires = "gold")]
    pub(crate) out: Option<PathBuf>,
    /// Write the sample of the paper's protocol as a sheet for people to judge.
    /// It holds messages as they are in the log.
    #[arg(long, value_name = "CSV", requires = "run", conflicts_with_all = ["import_review", "learning_curve", "json"])]
    pub(crate) export_for_review: Option<PathBuf>,
    /// Take the truth of the sample from a filled-in sheet. Give two of
    /// different people for their agreement, and a third that settles where
    /// they differ.
    #[arg(long, value_name = "CSV", requires = "run", num_args = 1..=3)]
    pub(crate) import_review: Vec<PathBuf>,
    /// First measure how many labelled templates buy which quality, on a run
    /// with known truth: numbers of templates, 25,50,100,200,400 where none are
    /// given. Trains a classifier for each, with the biggest labelled and with
    /// those in most doubt.
    #[arg(long, value_name = "N,N,…", requires = "run", value_delimiter = ',', num_args = 0..=1, default_missing_value = "25,50,100,200,400")]
    pub(crate) learning_curve: Vec<usize>,
    /// Messages a predicted type in the paper's protocol.
    #[arg(long, value_name = "N", requires = "run", default_value_t = 100, value_parser = value_parser!(u64).range(1..))]
    pub(crate) per_type: u64,
    /// The seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// How the classifier computes on the CPU.
    #[arg(long, value_enum, default_value_t = Precision::F32, requires = "gold")]
    pub(crate) precision: Precision,
}

/// Snapshots of what lies outside the log. What needs one that is not given is
/// named as not measurable.
#[derive(Debug, Args)]
pub(crate) struct Snapshots {
    /// A folder with some of the snapshots below, under the names that
    /// `simulate --side-tables` gives them.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) snapshots: Option<PathBuf>,
    /// Countries of IP addresses: a MaxMind database, such as GeoLite2 Country.
    #[arg(long, value_name = "MMDB")]
    pub(crate) geography: Option<PathBuf>,
    /// Networks of IP addresses: a MaxMind database, such as GeoLite2 ASN.
    #[arg(long, value_name = "MMDB")]
    pub(crate) networks: Option<PathBuf>,
    /// Leaked addresses, or their SHA-1, one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) breach_list: Option<PathBuf>,
    /// Domains that are known to send spam: rbldnsd's dnset, or one a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) domain_blocklist: Option<PathBuf>,
    /// When your MTAs were on a blocklist: ip,listed_from,listed_to.
    #[arg(long, value_name = "CSV")]
    pub(crate) blocklist_history: Option<PathBuf>,
    /// The bandwidth of countries: country,mbps.
    #[arg(long, value_name = "CSV")]
    pub(crate) bandwidth: Option<PathBuf>,
}

/// How the engine of `measure` and `sql` works.
#[derive(Debug, Args)]
pub(crate) struct EngineOptions {
    /// A TOML file with the settings that the paper leaves open; every report
    /// lists them. `sql` has those of the measurement where not given.
    #[arg(long, value_name = "TOML")]
    pub(crate) settings: Option<PathBuf>,
    /// Memory for what queries gather, in MiB; what is more goes to disk, into
    /// the run.
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = value_parser!(u64).range(64..))]
    pub(crate) memory: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    #[command(flatten)]
    pub(crate) snapshots: Snapshots,
    #[command(flatten)]
    pub(crate) engine: EngineOptions,
    /// Take the types from a simulated log's truth instead of the annotation.
    #[arg(long)]
    pub(crate) types_from_truth: bool,
    /// Also compare what the rules find with a simulated log's truth; FOLDER is
    /// that of `simulate --side-tables`.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) against_truth: Option<PathBuf>,
    /// Show addresses of people, too; without it the report has counts and
    /// domains.
    #[arg(long)]
    pub(crate) show_addresses: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Tell of each step how long it took.
    #[arg(long)]
    pub(crate) timings: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Sql {
    #[command(flatten)]
    pub(crate) run: RunFolder,
    /// The query; - reads it from standard input. `SHOW TABLES` tells the
    /// tables, `DESCRIBE mails` the columns of one.
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) snapshots: Snapshots,
    #[command(flatten)]
    pub(crate) engine: EngineOptions,
    /// How the rows are printed.
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub(crate) format: RowFormat,
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Lines and columns.
    Table,
    /// CSV with a heading.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct Classify {
    /// Messages, one a line, or NDJSON with "text"; - is standard input.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) input: PathBuf,
    /// The classifier's folder; the one that ships with ebrc where not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// How the classifier computes on the CPU.
    #[arg(long, value_enum, default_value_t = Precision::F32)]
    pub(crate) precision: Precision,
    /// Trust only answers above the probability at which this share of them was
    /// right on the classifier's validation set, such as 0.95.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) target_precision: Option<f64>,
    /// What to say of messages below it.
    #[arg(long, value_enum, default_value_t = WhenUnsure::Review, requires = "target_precision")]
    pub(crate) when_unsure: WhenUnsure,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Model {
    /// Tell what a model is: its architecture, weights, labels, training,
    /// calibration and figures.
    Inspect {
        #[command(flatten)]
        folder: ModelFolder,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print a trained model's card (README.md), made anew from what its
    /// training saved, with the evaluation of the card that it has.
    Card {
        #[command(flatten)]
        folder: ModelFolder,
        /// Write it to README.md in the folder instead. (A shell that is told to
        /// do so empties the old card before its evaluation is read.)
        #[arg(long, requires = "folder")]
        write: bool,
    },
    /// Write the classifier whose weights are the mean of those of several runs,
    /// trained on one training set and base with different seeds: it costs what
    /// one of them costs, and is often better than each.
    Average(Average),
}

#[derive(Debug, Args)]
pub(crate) struct Average {
    /// The runs' folders, two or more.
    #[arg(value_name = "RUN", required = true, num_args = 2..)]
    pub(crate) runs: Vec<PathBuf>,
    /// The new classifier's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Where to compute: auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub(crate) device: DeviceChoice,
    /// Number format of the saved weights.
    #[arg(long, value_enum, default_value_t = WeightFormat::F32)]
    pub(crate) precision: WeightFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ModelFolder {
    /// The model's folder; the classifier that ships with ebrc where not given.
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// What `classify` says where it does not trust its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenUnsure {
    /// The answer, with "review": true.
    Review,
    /// T16 (other).
    Other,
}

/// How a classifier computes on the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// In numbers of 32 bits, as it was trained.
    F32,
    /// In bytes: two to three times faster; scores move by about a hundredth,
    /// by more where the model is unsure.
    Int8,
}

/// A share, 0 to 1.
fn share(word: &str) -> Result<f64, String> {
    match word.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("write a number between 0 and 1".to_owned()),
    }
}
