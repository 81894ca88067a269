//! What people asked the office for.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::Postgres;
use super::fault::Fault;
use super::sql::get;
use super::tx::{Op, Tx};
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
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let which = if also_done { sql::REQUESTS } else { sql::OPEN_REQUESTS };
        let rows = self
            .readers
            .ask(move |statements| async move { statements.rows(which, &[&limit]).await })
            .await?;
        Ok(rows.iter().map(|row| read(row, &self.keyring)).collect::<Result<_, Fault>>()?)
    }

    pub(in crate::records) async fn request(
        &self,
        ticket: &str,
    ) -> Result<Option<Request>, RecordsError> {
        let row = self
            .readers
            .ask(move |statements| async move { statements.row(sql::REQUEST, &[&ticket]).await })
            .await?;
        Ok(row.as_ref().map(|row| read(row, &self.keyring)).transpose()?)
    }

    pub(in crate::records) async fn finish_request(
        &self,
        ticket: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let finish = Finish { ticket: ticket.to_owned(), at: at.as_millisecond() };
        self.writer.submit(finish).await
    }
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

/// Marks one request as settled.
struct Finish {
    ticket: String,
    at: i64,
}

impl Op for Finish {
    type Done = bool;

    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Fault> {
        Ok(tx.sql.run(sql::FINISH_REQUEST, &[&self.ticket, &self.at]).await? == 1)
    }
}
