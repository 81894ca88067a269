//! What the records say now: a person, their history, the queues.

use jiff::Timestamp;

use super::Postgres;
use crate::message::HistoryLine;
use crate::records::{QueueReport, RecordsError, Snapshot};

impl Postgres {
    pub(in crate::records) async fn snapshot(
        &self,
        contact: i64,
    ) -> Result<Option<Snapshot>, RecordsError> {
        let _ = contact;
        todo!()
    }

    pub(in crate::records) async fn history(
        &self,
        contact: i64,
        limit: usize,
    ) -> Result<Vec<HistoryLine>, RecordsError> {
        let _ = (contact, limit);
        todo!()
    }

    pub(in crate::records) async fn report(
        &self,
        now: Timestamp,
    ) -> Result<QueueReport, RecordsError> {
        let _ = now;
        todo!()
    }

    pub(in crate::records) async fn backup(
        &self,
        to: &std::path::Path,
    ) -> Result<(), RecordsError> {
        let _ = to;
        Err(RecordsError::Refused(
            "the records stand in PostgreSQL: copy them with pg_dump or pg_basebackup, see \
             docs/operations.md"
                .to_owned(),
        ))
    }
}
