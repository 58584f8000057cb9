use std::path::{Path, PathBuf};

use crate::Error;
use crate::artefacts::sql;
use crate::engine::{Engine, PIECES, piece};
use crate::operators::Kind;

/// Where the types of a log's messages come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Types {
    /// From the annotation.
    #[default]
    Annotated,
    /// From a simulated log's truth: to tell what rules get wrong from what the
    /// classifier does.
    Truth,
}

/// The folder of a run's tables: `mails` (one row a mail), `refusals` (one row a
/// refused attempt), and what was found out from them.
#[derive(Debug, Clone)]
pub struct Tables {
    folder: PathBuf,
}

/// Tables that are folders of files; all others are one file.
const IN_PIECES: [&str; 2] = ["mails", "refusals"];

/// All other tables that are files.
const SINGLE: [&str; 15] = [
    "servers",
    "proxies",
    "receiver_domains",
    "sender_domains",
    "bulk_spammers",
    "guessing",
    "domain_typos",
    "username_typos",
    "authentication_episodes",
    "authentication_subjects",
    "mx_episodes",
    "mx_subjects",
    "mailbox_episodes",
    "mailbox_subjects",
    "durations",
];

impl Tables {
    /// The tables in a folder, which need not be there yet.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        if IN_PIECES.contains(&name) {
            self.folder.join(name)
        } else {
            self.folder.join(format!("{name}.parquet"))
        }
    }

    pub(crate) fn episode_paths(&self, kind: Kind) -> [PathBuf; 2] {
        kind.tables().map(|name| self.path(name))
    }

    /// Takes away tables of an earlier measurement, so that none of them is
    /// taken for one of this.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        for name in IN_PIECES {
            let folder = self.path(name);
            ebrc_files::create_folder(&folder)?;
            for number in 0..PIECES {
                ebrc_files::remove_if_there(&piece(&folder, number))?;
            }
        }
        for name in SINGLE {
            ebrc_files::remove_if_there(&self.path(name))?;
        }
        Ok(())
    }

    /// Opens every table that is there, and the views over them.
    pub(crate) fn open(&self, engine: &Engine) -> Result<(), Error> {
        for name in IN_PIECES.into_iter().chain(SINGLE) {
            engine.open_table(name, &self.path(name))?;
        }
        self.define_views(engine)
    }

    pub(crate) fn define_views(&self, engine: &Engine) -> Result<(), Error> {
        engine.define_view("big_countries", sql!("big_countries"))?;
        engine.define_view("region_latency", sql!("region_latency"))?;
        engine.define_view("bounces", sql!("bounces"))?;
        engine.define_view("country_bounces", sql!("country_bounces"))
    }
}
