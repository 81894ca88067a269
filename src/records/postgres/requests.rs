//! What people asked the office for.

use tokio_postgres::Row;

use super::Postgres;
use super::fault::Fault;
use super::readers::Readers;
use super::sql::get;
use crate::records::common::open_request;
use crate::records::sql::facts as sql;
use crate::records::{RecordsError, Request};
use crate::seal::Keyring;

impl Postgres {
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
    keyring: &Keyring,
    also_done: bool,
    limit: usize,
) -> Result<Vec<Request>, RecordsError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let which = if also_done { sql::REQUESTS } else { sql::OPEN_REQUESTS };
    let rows = readers
        .ask(move |statements| async move { statements.rows(which, &[&limit]).await })
        .await?;
    Ok(rows.iter().map(|row| read(row, keyring)).collect::<Result<_, Fault>>()?)
}

pub(super) async fn request(
    readers: &Readers,
    keyring: &Keyring,
    ticket: &str,
) -> Result<Option<Request>, RecordsError> {
    let row = readers
        .ask(move |statements| async move { statements.row(sql::REQUEST, &[&ticket]).await })
        .await?;
    Ok(row.as_ref().map(|row| read(row, keyring)).transpose()?)
}

fn read(row: &Row, keyring: &Keyring) -> Result<Request, Fault> {
    let row = (
        get(row, 0)?,
        get(row, 1)?,
        get(row, 2)?,
        get(row, 3)?,
        get(row, 4)?,
        get(row, 5)?,
        get(row, 6)?,
    );
    Ok(open_request(keyring, row)?)
}
