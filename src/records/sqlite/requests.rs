//! What people asked the office for.

use std::sync::Arc;

use rusqlite::Row;

use super::Sqlite;
use super::fault::Fault;
use super::readers::Readers;
use super::statements::Statements;
use crate::records::common::{RequestRow, open_request};
use crate::records::sql::facts as sql;
use crate::records::{RecordsError, Request};
use crate::seal::Keyring;

impl Sqlite {
    pub(in crate::records) async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        requests(&self.readers, &self.keyring, also_done, limit).await
    }

    pub(in crate::records) async fn request(
        &self,
        ticket: &str,
    ) -> Result<Option<Request>, RecordsError> {
        request(&self.readers, &self.keyring, ticket).await
    }
}

pub(super) async fn requests(
    readers: &Readers,
    keyring: &Arc<Keyring>,
    also_done: bool,
    limit: usize,
) -> Result<Vec<Request>, RecordsError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let which = if also_done { sql::REQUESTS } else { sql::OPEN_REQUESTS };
    let keyring = Arc::clone(keyring);
    readers.ask(move |statements| list(statements, &keyring, which, limit)).await
}

pub(super) async fn request(
    readers: &Readers,
    keyring: &Arc<Keyring>,
    ticket: &str,
) -> Result<Option<Request>, RecordsError> {
    let (keyring, ticket) = (Arc::clone(keyring), ticket.to_owned());
    readers.ask(move |statements| one(statements, &keyring, &ticket)).await
}

fn list(
    statements: Statements<'_>,
    keyring: &Keyring,
    which: &'static str,
    limit: i64,
) -> Result<Vec<Request>, Fault> {
    let rows = statements.rows(which, [limit], read)?;
    rows.into_iter().map(|row| Ok(open_request(keyring, row)?)).collect()
}

fn one(
    statements: Statements<'_>,
    keyring: &Keyring,
    ticket: &str,
) -> Result<Option<Request>, Fault> {
    let row = statements.row(sql::REQUEST, [ticket], read)?;
    row.map(|row| Ok(open_request(keyring, row)?)).transpose()
}

fn read(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}
