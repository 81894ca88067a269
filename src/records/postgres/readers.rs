//! Reading beside the writer: a pool of connections.

use std::time::Duration;

use deadpool_postgres::{Object, Pool};

use super::fault::Fault;
use super::sql::Sql;
use crate::records::RecordsError;

/// No usual question takes longer.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone)]
pub(super) struct Readers {
    pool: Pool,
}

impl Readers {
    pub(super) fn new(pool: Pool) -> Readers {
        Readers { pool }
    }

    /// Answers one question from what is committed now. A connection that turns out to be gone is
    /// replaced once and the question asked again: it may be called twice.
    pub(super) async fn ask<T, F, Fut>(&self, question: F) -> Result<T, RecordsError>
    where
        F: Fn(Sql) -> Fut + Send,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        self.ask_within(PATIENCE, question).await
    }

    /// The same for one that may take longer.
    pub(super) async fn ask_within<T, F, Fut>(
        &self,
        patience: Duration,
        question: F,
    ) -> Result<T, RecordsError>
    where
        F: Fn(Sql) -> Fut + Send,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        let first = self.ask_once(patience, &question).await;
        match first {
            Err((Fault::Environment(_) | Fault::Again(_), true)) => {
                self.ask_once(patience, &question).await.map_err(|(fault, _)| fault.into())
            }
            other => other.map_err(|(fault, _)| fault.into()),
        }
    }

    /// The answer, or the fault and whether the connection was to blame.
    async fn ask_once<T, F, Fut>(
        &self,
        patience: Duration,
        question: &F,
    ) -> Result<T, (Fault, bool)>
    where
        F: Fn(Sql) -> Fut + Send,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        let asking = async {
            let mut lent = Lent(Some(Sql::new(get(&self.pool).await.map_err(|f| (f, false))?)));
            let Some(sql) = lent.0.clone() else {
                return Err((Fault::Environment("no connection".to_owned()), false));
            };
            let answer = question(sql.clone()).await;
            let gone = sql.is_closed() || matches!(answer, Err(Fault::Environment(_)));
            drop(sql);
            if !gone {
                // Whole again: back to the pool.
                lent.0 = None;
            }
            answer.map_err(|fault| (fault, gone))
        };
        let late = |_| {
            let reason = "PostgreSQL did not answer in time".to_owned();
            Err((Fault::Environment(reason), false))
        };
        tokio::time::timeout(patience, asking).await.unwrap_or_else(late)
    }

    /// Gives no connection any more.
    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// A connection out of the pool. Dropped before its question was answered (the asker went away, time
/// was up) it does not go back: it may be in the middle of something.
struct Lent(Option<Sql>);

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(object) = self.0.take().and_then(Sql::into_object) {
            drop(Object::take(object));
        }
    }
}

/// A connection from the pool.
pub(super) async fn get(pool: &Pool) -> Result<Object, Fault> {
    pool.get().await.map_err(|error| match error {
        deadpool_postgres::PoolError::Backend(error) => match Fault::from(error) {
            Fault::Job(error) => Fault::Environment(error.to_string()),
            fault => fault,
        },
        other => Fault::Environment(format!("no connection to PostgreSQL: {other}")),
    })
}
