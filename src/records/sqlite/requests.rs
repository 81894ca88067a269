//! What people asked the office for.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Row;

use super::Sqlite;
use crate::records::common::{RequestRow, open_request};
use crate::records::sql::facts as sql;
use crate::records::{RecordsError, Request};

impl Sqlite {
    pub(in crate::records) async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let which = if also_done { sql::REQUESTS } else { sql::OPEN_REQUESTS };
        let keyring = Arc::clone(&self.keyring);
        self.readers
            .ask(move |statements| {
                let rows = statements.rows(which, [limit], read)?;
                rows.into_iter().map(|row| Ok(open_request(&keyring, row)?)).collect()
            })
            .await
    }

    pub(in crate::records) async fn request(
        &self,
        ticket: &str,
    ) -> Result<Option<Request>, RecordsError> {
        let (keyring, ticket) = (Arc::clone(&self.keyring), ticket.to_owned());
        self.readers
            .ask(move |statements| {
                let row = statements.row(sql::REQUEST, [&ticket], read)?;
                row.map(|row| Ok(open_request(&keyring, row)?)).transpose()
            })
            .await
    }

    pub(in crate::records) async fn finish_request(
        &self,
        ticket: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let (ticket, at) = (ticket.to_owned(), at.as_millisecond());
        self.writer
            .submit(None, move |tx| Ok(tx.run(sql::FINISH_REQUEST, (&ticket, at))? == 1))
            .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}
