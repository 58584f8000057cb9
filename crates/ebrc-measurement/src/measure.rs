use std::path::Path;

use ebrc_artefacts::{Artefact, Figure, Findings, Measurement, Outcome, Picture, Setting};

use crate::artefacts::{ARTEFACTS, Spec, sql};
use crate::embedded::{self, FigureSpec};
use crate::engine::{Engine, Resources};
use crate::operators::{self, Kind};
use crate::sources::Need;
use crate::table::{only_row, table};
use crate::truth::CHECKS;
use crate::{Error, Settings, Sources, Tables, Truth, Types};

/// What is to be measured, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The annotated log.
    pub annotated: &'a Path,
    /// The run's `templates.csv`, for the texts of templates.
    pub templates: Option<&'a Path>,
    /// Where the tables go.
    pub tables: &'a Tables,
    /// What the paper leaves open.
    pub settings: &'a Settings,
    /// What lies outside the log.
    pub sources: &'a Sources,
    /// What the engine may use.
    pub resources: &'a Resources,
    /// Where types come from.
    pub types: Types,
    /// The truth of a simulated log, to hold against it what the rules find.
    pub truth: Option<&'a Truth>,
}

/// Somebody who is told how a measurement gets on.
pub trait Progress {
    /// Something begins: a table or an artefact, the n-th of so many.
    fn begin(&mut self, what: &str, number: usize, total: usize);

    /// Whether the measurement is asked to stop.
    fn wants_stop(&self) -> bool {
        false
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn begin(&mut self, _what: &str, _number: usize, _total: usize) {}
}

/// Measures every artefact of an annotated log. The tables that it makes stay.
///
/// # Errors
/// Where the log or a source cannot be read, a setting is out of range, or disk
/// or memory runs out.
pub fn measure(request: &Request<'_>, progress: &mut dyn Progress) -> Result<Measurement, Error> {
    clear_folder(&request.resources.spill_folder)?;
    let mut engine = Engine::new(request.settings, request.sources, request.resources)?;
    engine.set_parameter("keep_truth", request.truth.is_some());
    engine.set_parameter("has_breach_list", request.sources.has(Need::BreachList));
    let checks = if request.truth.is_some() { CHECKS } else { &[] };
    let mut steps = Steps {
        progress,
        done: 0,
        total: TABLES + ARTEFACTS.len() + checks.len(),
    };
    open_log(&engine, request)?;
    register_embedded(&engine, request.templates)?;
    if let Some(truth) = request.truth {
        truth.open(&engine)?;
    }
    make_tables(&engine, request, &mut steps)?;
    if request.truth.is_some() {
        engine.define_view("found_episodes", sql!("found_episodes"))?;
        engine.define_view("true_episodes", sql!("true_episodes"))?;
    }
    let missing = missing(&engine, request.sources)?;
    let figures = embedded::figures()?;
    let settings = request.settings.describe();
    let artefacts = ARTEFACTS
        .iter()
        .chain(checks)
        .map(|spec| {
            steps.begin(spec.id)?;
            artefact(&engine, spec, &figures, &settings, &missing)
        })
        .collect::<Result<_, Error>>()?;
    Ok(Measurement {
        settings,
        sources: request.sources.describe(),
        artefacts,
    })
}

/// Takes away what a measurement that was killed left.
fn clear_folder(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(ebrc_files::Error::write(folder, source).into())
        }
        _ => Ok(()),
    }
}

struct Steps<'a> {
    progress: &'a mut dyn Progress,
    done: usize,
    total: usize,
}

impl Steps<'_> {
    fn begin(&mut self, what: &str) -> Result<(), Error> {
        if self.progress.wants_stop() {
            return Err(Error::Interrupted);
        }
        self.done += 1;
        self.progress.begin(what, self.done, self.total);
        Ok(())
    }
}

pub(crate) fn open_log(engine: &Engine, request: &Request<'_>) -> Result<(), Error> {
    match request.types {
        Types::Annotated => engine.open_table("annotated", request.annotated),
        Types::Truth => {
            engine.open_table("annotated_log", request.annotated)?;
            engine.define_view("annotated", sql!("annotated_by_truth"))
        }
    }
}

/// Makes what the program knows, and the run's templates, tables.
pub(crate) fn register_embedded(engine: &Engine, templates: Option<&Path>) -> Result<(), Error> {
    engine.register("paper", embedded::paper()?)?;
    engine.register("table_2", embedded::table_2()?)?;
    engine.register("types", embedded::types()?)?;
    for (name, rows) in embedded::paper_tables()? {
        engine.register(name, rows)?;
    }
    engine.register("templates", embedded::templates(templates)?)
}

/// Tables that are made one after the other.
const TABLES: usize = 12;

fn make_tables(engine: &Engine, request: &Request<'_>, steps: &mut Steps<'_>) -> Result<(), Error> {
    let tables = request.tables;
    let settings = request.settings;
    tables.clear()?;
    for (name, rule) in [("mails", sql!("mails")), ("refusals", sql!("refusals"))] {
        steps.begin(name)?;
        engine.write_pieces(name, rule, &tables.path(name))?;
        engine.open_table(name, &tables.path(name))?;
    }
    for (name, rule) in [
        ("servers", sql!("servers")),
        ("proxies", sql!("proxies")),
        ("receiver_domains", sql!("receiver_domains")),
        ("sender_domains", sql!("sender_domains")),
        ("bulk_spammers", sql!("bulk_spammers")),
    ] {
        steps.begin(name)?;
        engine.write_ordered(name, rule, &tables.path(name))?;
        engine.open_table(name, &tables.path(name))?;
    }
    let open = |name: &str| engine.open_table(name, &tables.path(name));
    steps.begin("guessing")?;
    operators::find_guessing(engine, &settings.guessing, &tables.path("guessing"))?;
    open("guessing")?;
    steps.begin("domain_typos")?;
    operators::find_domain_typos(engine, settings, &tables.path("domain_typos"))?;
    open("domain_typos")?;
    steps.begin("username_typos")?;
    operators::find_username_typos(engine, settings, &tables.path("username_typos"))?;
    open("username_typos")?;
    steps.begin("episodes")?;
    let mut durations = Vec::new();
    for (kind, settings) in [
        (Kind::Authentication, settings.authentication_episodes),
        (Kind::MxRecords, settings.mx_episodes),
        (Kind::Mailbox, settings.mailbox_episodes),
    ] {
        let [episodes, subjects] = tables.episode_paths(kind);
        let found = operators::find_episodes(engine, kind, settings, [&episodes, &subjects])?;
        durations.push((kind, found));
        for name in kind.tables() {
            open(name)?;
        }
    }
    steps.begin("durations")?;
    operators::write_durations(&mut durations, &tables.path("durations"))?;
    open("durations")?;
    tables.define_views(engine)
}

/// What the log and the sources lack.
fn missing(engine: &Engine, sources: &Sources) -> Result<Vec<Need>, Error> {
    let has = only_row(
        "what the log has",
        &engine.rows("what the log has", sql!("has"))?,
    )?;
    let lacks = |name: &str| {
        has.iter()
            .any(|(column, count)| column == name && count.unwrap_or_default() == 0.0)
    };
    Ok(Need::ALL
        .into_iter()
        .filter(|need| match need {
            Need::EmailFlag => lacks("flags"),
            Need::Latency => lacks("latencies"),
            Need::Retries => lacks("retries"),
            Need::ServerIps => lacks("servers"),
            Need::ProxyIps => lacks("proxies"),
            _ => !sources.has(*need),
        })
        .collect())
}

fn artefact(
    engine: &Engine,
    spec: &Spec,
    figures: &[FigureSpec],
    settings: &[Setting],
    missing: &[Need],
) -> Result<Artefact, Error> {
    let lacking: Vec<&str> = spec
        .needs
        .iter()
        .filter(|need| missing.contains(need))
        .map(|need| need.missing())
        .collect();
    let outcome = if lacking.is_empty() {
        Outcome::Measured(findings(engine, spec, figures)?)
    } else {
        Outcome::NotMeasurable {
            missing: lacking.join("; "),
        }
    };
    let queries: Vec<&str> = spec
        .figures
        .into_iter()
        .chain(spec.tables.iter().map(|table| table.sql))
        .map(str::trim_end)
        .collect();
    Ok(Artefact {
        id: spec.id.to_owned(),
        name: spec.name.to_owned(),
        title: spec.title.to_owned(),
        place: spec.place.to_owned(),
        rule: spec.rule.to_owned(),
        settings: settings_of(spec, settings),
        sql: queries.join(";\n\n"),
        outcome,
    })
}

/// The settings that decide about an artefact; of a group, all.
fn settings_of(spec: &Spec, settings: &[Setting]) -> Vec<String> {
    let decides = |setting: &&Setting| {
        spec.settings.iter().any(|name| {
            let rest = setting.name.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let names = settings.iter().filter(decides);
    names.map(|setting| setting.name.clone()).collect()
}

fn findings(engine: &Engine, spec: &Spec, figures: &[FigureSpec]) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    if let Some(query) = spec.figures {
        let numbers = only_row(spec.id, &engine.rows(spec.id, query)?)?;
        for (name, value) in numbers {
            let known = figures
                .iter()
                .find(|figure| figure.artefact == spec.id && figure.figure == name)
                .ok_or_else(|| Error::Unexplained(format!("{} {name}", spec.id)))?;
            findings.figures.push(Figure {
                name: known.label.clone(),
                value,
                paper: known.paper,
                unit: known.unit,
            });
        }
    }
    for spec in spec.tables {
        let rows = engine.rows(spec.name, spec.sql)?;
        findings.tables.push(table(spec.name, spec.title, &rows)?);
    }
    for spec in spec.pictures {
        if let Some(drawing) = (spec.draw)(&findings.tables) {
            findings.pictures.push(Picture {
                name: spec.name.to_owned(),
                title: spec.title.to_owned(),
                drawing,
            });
        }
    }
    Ok(findings)
}
