//! What people asked the office for, read where a command runs: beside a server that has the records open.

use super::{Records, RecordsError, RecordsOptions, Request, Snapshot, sqlite, sqlite_path};
use crate::config::is_postgres;
use crate::contact::Identities;

/// Reads requests and writes nothing. With SQLite the server may run meanwhile.
#[derive(Debug)]
pub struct RequestReader(Source);

#[derive(Debug)]
enum Source {
    Beside(sqlite::Beside),
    Open(Records),
}

impl RequestReader {
    /// # Errors
    /// [`RecordsError::Setup`] with what to do, as [`Records::open`] gives it.
    pub async fn open(options: RecordsOptions) -> Result<RequestReader, RecordsError> {
        if is_postgres(&options.url) {
            return Ok(RequestReader(Source::Open(Records::open(options).await?)));
        }
        let path = sqlite_path(&options.url)?;
        sqlite::Beside::open(path, options.keyring)
            .map(|beside| RequestReader(Source::Beside(beside)))
    }

    /// As [`Records::requests`].
    pub async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        match &self.0 {
            Source::Beside(beside) => beside.requests(also_done, limit).await,
            Source::Open(records) => records.requests(also_done, limit).await,
        }
    }

    /// As [`Records::request`].
    pub async fn request(&self, ticket: &str) -> Result<Option<Request>, RecordsError> {
        match &self.0 {
            Source::Beside(beside) => beside.request(ticket).await,
            Source::Open(records) => records.request(ticket).await,
        }
    }

    /// The addresses of whoever asked, and the person as known now.
    pub async fn sender(
        &self,
        contact: i64,
    ) -> Result<(Identities, Option<Snapshot>), RecordsError> {
        match &self.0 {
            Source::Beside(beside) => beside.sender(contact).await,
            Source::Open(records) => {
                Ok((records.addresses(contact).await?, records.snapshot(contact).await?))
            }
        }
    }

    pub async fn close(self) -> Result<(), RecordsError> {
        match self.0 {
            Source::Beside(_) => Ok(()),
            Source::Open(records) => records.close().await,
        }
    }
}
