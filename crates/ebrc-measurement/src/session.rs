use std::path::Path;

use crate::engine::{Engine, Resources};
use crate::{Error, Rows, Settings, Sources, Tables, measure};

/// The tables and functions of a measurement, for any query.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
}

impl Session {
    /// Opens the tables of a measurement, and the annotated log as
    /// `annotated`.
    ///
    /// # Errors
    /// Where a table is missing or damaged.
    pub fn open(
        annotated: &Path,
        templates: Option<&Path>,
        tables: &Tables,
        settings: &Settings,
        sources: &Sources,
        resources: &Resources,
    ) -> Result<Self, Error> {
        let engine = Engine::new(settings, sources, resources)?;
        engine.open_table("annotated", annotated)?;
        measure::register_embedded(&engine, templates)?;
        tables.open(&engine)?;
        Ok(Self { engine })
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// Where the query is wrong, or would change something.
    pub fn query(&self, sql: &str) -> Result<Rows, Error> {
        self.engine.query(sql)
    }
}
