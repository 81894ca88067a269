//! Three ways to run a statement, each prepared once a connection.

use rusqlite::{Connection, Params, Row};

use super::fault::Fault;

/// A connection as the subjects see it.
#[derive(Clone, Copy)]
pub(super) struct Statements<'c> {
    pub(super) connection: &'c Connection,
}

impl Statements<'_> {
    /// Runs it; how many rows it changed.
    pub(super) fn run<P: Params>(self, sql: &str, params: P) -> Result<usize, Fault> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// The first row, where there is one.
    pub(super) fn row<T, P: Params>(
        self,
        sql: &str,
        params: P,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        match rows.next()? {
            Some(row) => Ok(Some(read(row)?)),
            None => Ok(None),
        }
    }

    /// The one row the statement always gives.
    pub(super) fn one<T, P: Params>(
        self,
        sql: &str,
        params: P,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        Ok(self.connection.prepare_cached(sql)?.query_row(params, read)?)
    }

    /// Every row.
    pub(super) fn rows<T, P: Params>(
        self,
        sql: &str,
        params: P,
        mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }
}
