//! Statements on one connection, each prepared once.

use std::sync::Arc;

use deadpool_postgres::Object;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Row, Statement};

use super::fault::Fault;

/// Parameters of a statement.
pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection as the subjects see it. Cheap to clone; every clone is the same connection.
///
/// Statements whose futures are polled together (`tokio::try_join!(biased; …)`) travel together and
/// are carried out in the order of their first poll. That holds only when all of them are prepared
/// already: call [`Sql::warm`] first.
#[derive(Clone)]
pub(super) struct Sql {
    client: Arc<Object>,
}

impl Sql {
    pub(super) fn new(client: Object) -> Sql {
        Sql { client: Arc::new(client) }
    }

    /// Prepares statements that are going to travel together.
    pub(super) async fn warm(&self, texts: &[&str]) -> Result<(), Fault> {
        for text in texts {
            self.prepare(text).await?;
        }
        Ok(())
    }

    /// The shared texts name their parameters `?1`.
    async fn prepare(&self, text: &str) -> Result<Statement, Fault> {
        Ok(self.client.prepare_cached(&text.replace('?', "$")).await?)
    }

    /// Runs it; how many rows it changed.
    pub(super) async fn run(&self, text: &str, params: Params<'_>) -> Result<u64, Fault> {
        let statement = self.prepare(text).await?;
        Ok(self.client.execute(&statement, params).await?)
    }

    /// The first row, where there is one.
    pub(super) async fn row(&self, text: &str, params: Params<'_>) -> Result<Option<Row>, Fault> {
        Ok(self.rows(text, params).await?.into_iter().next())
    }

    /// The one row the statement always gives.
    pub(super) async fn one(&self, text: &str, params: Params<'_>) -> Result<Row, Fault> {
        let first = self.row(text, params).await?;
        first.ok_or_else(|| Fault::refused("a statement gave no row"))
    }

    /// Every row.
    pub(super) async fn rows(&self, text: &str, params: Params<'_>) -> Result<Vec<Row>, Fault> {
        let statement = self.prepare(text).await?;
        Ok(self.client.query(&statement, params).await?)
    }

    /// Every row, by a plan made for this one time: for the queue, which is empty or holds a million, and
    /// whose best plan at one time is the worst at the other. The parameters come with their types.
    pub(super) async fn rows_planned_anew(
        &self,
        text: &str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, Fault> {
        Ok(self.client.query_typed(&text.replace('?', "$"), params).await?)
    }

    /// Plain text without parameters: transactions, settings, migrations.
    pub(super) async fn batch(&self, text: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(text).await?)
    }

    /// The connection itself, for COPY.
    pub(super) fn client(&self) -> &Object {
        &self.client
    }

    /// The same, for the few who must know the server's own code.
    pub(super) async fn raw_batch(&self, text: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(text).await
    }

    /// Whether the connection is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The connection back, when this was the last clone.
    pub(super) fn into_object(self) -> Option<Object> {
        Arc::into_inner(self.client)
    }
}

/// One column of a row. Integers are `i64`, truth is an `i64` that is not 0.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, Fault> {
    Ok(row.try_get(column)?)
}

/// A column of truth.
pub(super) fn get_bool(row: &Row, column: usize) -> Result<bool, Fault> {
    Ok(get::<i64>(row, column)? != 0)
}
