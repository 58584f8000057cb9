use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Schema};

use crate::Error;
use crate::artefacts::{Spec, artefacts, sql};
use crate::engine::Engine;

/// The truth of a simulated world: the tables in the folder `truth` of what
/// `ebrc simulate --side-tables` wrote.
#[derive(Debug, Clone)]
pub struct Truth {
    folder: PathBuf,
}

const TABLES: [(&str, &str); 4] = [
    ("truth_senders", "senders.csv"),
    ("truth_episodes", "episodes.csv"),
    ("truth_proxies", "proxies.csv"),
    ("truth_domains", "domains.csv"),
];

impl Truth {
    /// The truth in a folder of side tables.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.join("truth"),
        }
    }

    /// Its files.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        TABLES.map(|(_, file)| self.folder.join(file)).into()
    }

    pub(crate) fn open(&self, engine: &Engine) -> Result<(), Error> {
        for (name, file) in TABLES {
            engine.register(name, texts(&self.folder.join(file))?)?;
        }
        Ok(())
    }
}

/// A CSV file as columns of text; empty cells are null.
fn texts(file: &Path) -> Result<RecordBatch, Error> {
    let bytes = ebrc_files::read(file)?;
    let wrong = |error: csv::Error| Error::Table {
        file: file.to_owned(),
        reason: error.to_string(),
        remedy: "write it again with `ebrc simulate --side-tables`",
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let fields: Vec<Field> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(|name| Field::new(name, DataType::Utf8, true))
        .collect();
    let mut columns: Vec<StringBuilder> = fields.iter().map(|_| StringBuilder::new()).collect();
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(&record.map_err(wrong)?) {
            column.append_option((!cell.is_empty()).then_some(cell));
        }
    }
    let columns = columns
        .iter_mut()
        .map(|column| Arc::new(column.finish()) as ArrayRef)
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| Error::query("truth")(error.into()))
}

/// What the rules find, held against the truth.
pub(crate) const CHECKS: &[Spec] = artefacts! {
    "V1" "truth-counts" "Counts against the truth", "Simulated logs":
        "Mails by degree and by type, as measured and as the truth of each attempt has them. Equal where types are the truth's; else the classifier's errors show."
        table "degrees" "Mails by degree" "v1-degrees";
        table "types" "Mails by type" "v1-types";

    "V2" "truth-reasons" "Rows of Table 2 against the truth", "Simulated logs":
        "A row that a type and a degree make is right where an attempt truly has that type; a row that a rule infers is right where the mail's true cause is that."
        table "reasons" "Mails by bounce reason" "v2-reasons";

    "V3" "truth-senders" "Attackers against the truth", "Simulated logs":
        "Sender domains that guess or send bulk spam, of those that sent any mail."
        table "senders" "Sender domains" "v3-senders";

    "V4" "truth-typos" "Typing errors against the truth", "Simulated logs":
        "Mistyped domains; and pairs of sender and mistyped address. Findable are the pairs of which the log shows that the sender delivered to an address of that domain at all."
        table "typos" "Typing errors" "v4-typos";

    "V5" "truth-episodes" "Episodes against the truth", "Simulated logs":
        "An episode that was found is right where a true one of the same subject overlaps it. A true one counts where a mail bounced by it, and is found where one that was found overlaps it."
        table "episodes" "Episodes" "v5-episodes";

    "V6" "truth-proxies" "Blocked proxy MTAs against the truth", "Simulated logs":
        "Pairs of proxy MTA and day."
        needs &[crate::sources::Need::ProxyIps];
        table "proxies" "Proxy MTAs and days" "v6-proxies";

    "V7" "truth-policies" "Policies of receiver domains against the truth", "Simulated logs":
        "Receiver domains that greylist (B4) or demand TLS (A3). True ones count where a mail met it."
        table "policies" "Receiver domains" "v7-policies";
};
