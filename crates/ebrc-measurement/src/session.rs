use crate::engine::Engine;
use crate::{Error, Request, Rows, measure};

/// The tables and functions of a measurement, for any query.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
}

impl Session {
    /// Opens the tables of a measurement, made with the same request, and the
    /// annotated log as `annotated`.
    ///
    /// # Errors
    /// Where a table is missing or damaged.
    pub fn open(request: &Request<'_>) -> Result<Self, Error> {
        let engine = Engine::new(request.settings, request.sources, request.resources)?;
        measure::open_log(&engine, request)?;
        measure::register_embedded(&engine, request.templates)?;
        request.tables.open(&engine)?;
        Ok(Self { engine })
    }

    /// Gives the rows of a query to `take`, bit by bit: first none, for the
    /// columns alone.
    ///
    /// # Errors
    /// Where the query is wrong, or would change something, or `take` fails.
    pub fn stream<E: From<Error> + Send>(
        &self,
        sql: &str,
        take: impl FnMut(&Rows) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        self.engine.stream_query(sql, take)
    }

    /// The rows of a query, all at once.
    ///
    /// # Errors
    /// Where the query is wrong, or would change something.
    pub fn query(&self, sql: &str) -> Result<Rows, Error> {
        self.engine.query(sql)
    }
}
