//! A log in a folder, annotated with its truth; a simulated one has its world's
//! side tables, too.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use ebrc_artefacts::Measurement;
use ebrc_catalogue::Catalogue;
use ebrc_delivery::{AnnotatedRecord, AnnotatedWriter, DeliveryRecord, TypeSource};
use ebrc_measurement::{
    Error, Request, Resources, Settings, Sources, Tables, Truth, Types, Unwatched, measure,
};
use ebrc_simulation::{SideTable, Simulation};
use ebrc_sources::{
    BandwidthTable, BlocklistHistory, BreachListFile, DomainBlocklistFile, MmdbAutonomousSystems,
    MmdbGeography,
};
use ebrc_taxonomy::TemplateLabel;
use tempfile::TempDir;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogue");
    Catalogue::load(&folder).unwrap()
});

pub(crate) struct World {
    folder: TempDir,
    annotated: PathBuf,
    pub(crate) records: Vec<DeliveryRecord>,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) fn new(emails: u64) -> Self {
        let settings = ebrc_simulation::Settings {
            emails,
            seed: 3,
            receiver_domains: 2_000,
            sender_domains: 200,
            ..ebrc_simulation::Settings::default()
        };
        let simulation = Simulation::new(&CATALOGUE, settings).unwrap();
        let folder = TempDir::new().unwrap();
        for side in SideTable::ALL {
            let path = folder.path().join(side.path());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut file = fs::File::create(path).unwrap();
            simulation.write_side_table(side, &mut file).unwrap();
        }
        fs::write(
            folder.path().join("bandwidth.csv"),
            "country,mbps\nUS,120\nDE,20\n",
        )
        .unwrap();
        let mut world = Self {
            annotated: folder.path().join("annotated.parquet"),
            folder,
            records: simulation.collect(),
            settings: Settings {
                // A small log has few mails anywhere.
                country_min_mails: 20,
                bulk_spam_min_recipients: 3,
                ..Settings::default()
            },
        };
        world.annotate();
        world
    }

    pub(crate) fn of(records: Vec<DeliveryRecord>) -> Self {
        let folder = TempDir::new().unwrap();
        let mut world = Self {
            annotated: folder.path().join("annotated.parquet"),
            folder,
            records,
            settings: Settings::default(),
        };
        world.annotate();
        world
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn annotated(&self) -> PathBuf {
        self.annotated.clone()
    }

    /// Annotates the log with its truth.
    pub(crate) fn annotate(&mut self) {
        self.annotate_with(|truth| truth);
    }

    pub(crate) fn annotate_with(&mut self, label: impl Fn(TemplateLabel) -> TemplateLabel) {
        let mut writer = AnnotatedWriter::create(&self.annotated()).unwrap();
        for record in &self.records {
            let labels: Vec<Option<TemplateLabel>> = record
                .truth_type
                .iter()
                .flatten()
                .map(|truth| truth.map(&label))
                .collect();
            writer
                .write(&AnnotatedRecord {
                    record: record.clone(),
                    template_id: labels.iter().map(|it| it.map(|_| 7)).collect(),
                    source: labels
                        .iter()
                        .map(|it| it.map(|_| TypeSource::Labelled))
                        .collect(),
                    label: labels,
                })
                .unwrap();
        }
        writer.commit().unwrap();
    }

    pub(crate) fn request(&self) -> Plan {
        Plan {
            tables: Tables::in_folder(&self.folder.path().join("tables")),
            sources: self.sources(),
            resources: Resources {
                threads: 2,
                memory: 256 << 20,
                spill_folder: self.folder.path().join("spilled"),
            },
            types: Types::Annotated,
            truth: self
                .folder
                .path()
                .join("truth")
                .is_dir()
                .then(|| Truth::in_folder(self.folder.path())),
        }
    }

    fn sources(&self) -> Sources {
        let path = |name: &str| Some(self.folder.path().join(name)).filter(|it| it.is_file());
        let side = |table: SideTable| path(table.path());
        Sources {
            geography: side(SideTable::Countries)
                .map(|file| Arc::new(MmdbGeography::open(&file).unwrap()) as _),
            autonomous_systems: side(SideTable::AutonomousSystems)
                .map(|file| Arc::new(MmdbAutonomousSystems::open(&file).unwrap()) as _),
            breach_list: side(SideTable::BreachList)
                .map(|file| Arc::new(BreachListFile::open(&file).unwrap()) as _),
            domain_blocklist: side(SideTable::DomainBlocklist)
                .map(|file| Arc::new(DomainBlocklistFile::open(&file).unwrap()) as _),
            blocklist_history: side(SideTable::Proxies)
                .map(|file| Arc::new(BlocklistHistory::open(&file).unwrap())),
            bandwidth: path("bandwidth.csv")
                .map(|file| Arc::new(BandwidthTable::open(&file).unwrap())),
        }
    }

    pub(crate) fn measure(&self, plan: &Plan) -> Result<Measurement, Error> {
        measure(&plan.borrow(self), &mut Unwatched)
    }

    /// The tables' files.
    pub(crate) fn table_bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().join("tables")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(
                        path.to_string_lossy().into_owned(),
                        fs::read(&path).unwrap(),
                    );
                }
            }
        }
        files
    }
}

/// How to measure.
pub(crate) struct Plan {
    pub(crate) tables: Tables,
    pub(crate) sources: Sources,
    pub(crate) resources: Resources,
    types: Types,
    truth: Option<Truth>,
}

impl Plan {
    pub(crate) fn threads(mut self, threads: usize) -> Self {
        self.resources.threads = threads;
        self
    }

    pub(crate) fn memory(mut self, memory: usize) -> Self {
        self.resources.memory = memory;
        self
    }

    pub(crate) fn types(mut self, types: Types) -> Self {
        self.types = types;
        self
    }

    pub(crate) fn without_sources(mut self) -> Self {
        self.sources = Sources::default();
        self.truth = None;
        self
    }

    pub(crate) fn borrow<'a>(&'a self, world: &'a World) -> Request<'a> {
        Request {
            annotated: &world.annotated,
            templates: None,
            tables: &self.tables,
            settings: &world.settings,
            sources: &self.sources,
            resources: &self.resources,
            types: self.types,
            truth: self.truth.as_ref(),
        }
    }
}
