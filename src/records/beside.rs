//! The records as an office's command sees them: beside a server that has them open. It reads, and writes
//! in short transactions what is nobody's conversation; it never brings the records forward.

use jiff::Timestamp;

use super::{
    MediumRow, RecordsError, RecordsOptions, Request, Snapshot, postgres, sqlite, sqlite_path,
};
use crate::config::is_postgres;
use crate::contact::Identities;

/// A conversation that a person of the office has taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    pub id: i64,
    pub contact: i64,
    /// Why and where, in the engine's words: `handoff: visit/person`.
    pub reason: String,
    pub at: Timestamp,
}

/// The records beside a server. With SQLite too the server may run meanwhile.
#[derive(Debug)]
pub struct Beside(pub(super) Engine);

#[derive(Debug)]
pub(super) enum Engine {
    Sqlite(sqlite::Beside),
    Postgres(postgres::Beside),
}

/// Asks whichever engine it is.
macro_rules! on {
    ($beside:expr, $store:ident => $call:expr) => {
        match &$beside.0 {
            $crate::records::beside::Engine::Sqlite($store) => $call,
            $crate::records::beside::Engine::Postgres($store) => $call,
        }
    };
}

impl Beside {
    /// # Errors
    /// [`RecordsError::Setup`] with what to do: there are no records, they are of an older or newer
    /// version, or the key file is not theirs.
    pub async fn open(options: RecordsOptions) -> Result<Beside, RecordsError> {
        if is_postgres(&options.url) {
            return postgres::Beside::open(options).await.map(Engine::Postgres).map(Beside);
        }
        let path = sqlite_path(&options.url)?;
        sqlite::Beside::open(path, options.keyring).await.map(Engine::Sqlite).map(Beside)
    }

    /// What people asked the office for, at most `limit`: the open requests, the oldest first, or with
    /// `also_done` all of them, the newest first.
    pub async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        on!(self, store => store.requests(also_done, limit).await)
    }

    /// One request by its ticket, as [`ticket_number`](crate::membership::ticket_number) writes it.
    pub async fn request(&self, ticket: &str) -> Result<Option<Request>, RecordsError> {
        on!(self, store => store.request(ticket).await)
    }

    /// Marks an open request as settled; `false` when there is no such.
    pub async fn finish_request(&self, ticket: &str, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.finish_request(ticket, at).await)
    }

    /// The addresses of a contact, and the person as known now.
    pub async fn person(
        &self,
        contact: i64,
    ) -> Result<(Identities, Option<Snapshot>), RecordsError> {
        on!(self, store => store.person(contact).await)
    }

    /// The conversations a person of the office has taken over: the longest first, at most `limit`.
    pub async fn handovers(&self, limit: usize) -> Result<Vec<Handover>, RecordsError> {
        on!(self, store => store.handovers(limit).await)
    }

    /// Gives a conversation back: a server makes the turn that goes on, within a second or two, or at its
    /// next start. `false` when there is no such open handover.
    pub async fn give_back(&self, handover: i64, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.give_back(handover, at).await)
    }

    /// What people sent and is kept, or was refused: the newest first, at most `limit`.
    pub async fn newest_media(&self, limit: usize) -> Result<Vec<MediumRow>, RecordsError> {
        on!(self, store => store.newest_media(limit).await)
    }

    /// The media of one person, oldest first.
    pub async fn media(&self, contact: i64) -> Result<Vec<MediumRow>, RecordsError> {
        let mut media = on!(self, store => store.media(contact).await)?;
        media.sort_by_key(|medium| medium.id);
        Ok(media)
    }

    /// One medium.
    pub async fn medium(&self, id: i64) -> Result<Option<MediumRow>, RecordsError> {
        on!(self, store => store.medium(id).await)
    }

    /// Erases the row of a medium, and with it the one key that opens its file; `false` when there is no
    /// such row.
    pub async fn erase_medium(&self, id: i64) -> Result<bool, RecordsError> {
        on!(self, store => store.erase_medium(id).await)
    }
}
