//! The records as an office's command sees them: beside a server that has them open. It reads, and writes
//! in short transactions what is nobody's conversation; it never brings the records forward.

use jiff::Timestamp;

use super::merge::why_two;
use super::{
    Audit, Erasure, Halt, Hold, Import, Imported, Incoming, MediumRow, OpenMerge, RecordsError,
    RecordsOptions, Request, Snapshot, Taken, Terms, WhyTwo, postgres, sqlite, sqlite_path,
};
use crate::config::is_postgres;
use crate::contact::Identities;
use crate::message::Purpose;
use crate::people::Counts;

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
        let RecordsOptions { keyring, membership, .. } = options;
        sqlite::Beside::open(path, keyring, membership).await.map(Engine::Sqlite).map(Beside)
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

    /// Takes rows of a roster: all that are not refused, or, where it fails, none of them. `id` is what an
    /// earlier batch of the same file gave back. Some thousand rows at a time: a server beside it waits as
    /// long as one batch takes.
    pub async fn import_people(
        &self,
        import: &Import,
        id: Option<i64>,
        batch: Vec<Incoming>,
    ) -> Result<Imported, RecordsError> {
        on!(self, store => store.import_people(import, id, batch).await)
    }

    /// What rows of a roster would come to if they were taken now; nothing is written.
    pub async fn would_import(
        &self,
        terms: &Terms,
        batch: Vec<Incoming>,
    ) -> Result<Vec<Taken>, RecordsError> {
        on!(self, store => store.would_import(terms, batch).await)
    }

    /// Ends an import with its counts; `false` when it had ended.
    pub async fn finish_import(
        &self,
        id: i64,
        counts: Counts,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.finish_import(id, counts, at).await)
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

    /// How the kill switch stands; `None`: nobody ever turned it.
    pub async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        on!(self, store => store.halt().await)
    }

    /// Turns the kill switch: every process knows within two seconds.
    pub async fn turn_halt(&self, halt: &Halt) -> Result<(), RecordsError> {
        on!(self, store => store.turn_halt(halt).await)
    }

    /// How many broadcasts of a purpose the contacts above `after` and up to `last` were sent since then;
    /// or are being sent now; who was sent none is left out. In the order of the contacts.
    pub async fn told(
        &self,
        after: i64,
        last: i64,
        purpose: Purpose,
        since: Timestamp,
    ) -> Result<Vec<(i64, u32)>, RecordsError> {
        on!(self, store => store.told(after, last, purpose, since, i64::MAX).await)
    }

    /// Everything the records hold of a person (a contact and those that were found to be them): a JSON
    /// object with the rows of each table, opened. Whoever looks is written down.
    ///
    /// # Errors
    /// [`RecordsError::Broken`]: something of theirs does not open; nothing is given then.
    pub async fn person_document(
        &self,
        contact: i64,
        audit: &Audit,
    ) -> Result<serde_json::Value, RecordsError> {
        on!(self, store => store.person_document(contact, audit).await)
    }

    /// Writes down who of the office did what with a person.
    pub async fn add_audit(&self, contact: i64, audit: &Audit) -> Result<(), RecordsError> {
        on!(self, store => store.add_audit(contact, audit).await)
    }

    /// Blocks a person, or with `None` writes to them again; `false` when it was so already.
    pub async fn block(
        &self,
        contact: i64,
        since: Option<Timestamp>,
        audit: &Audit,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.block(contact, since, audit).await)
    }

    /// Names this life of the records; see [`Records::incarnation`](super::Records::incarnation).
    pub async fn incarnation(&self) -> Result<String, RecordsError> {
        on!(self, store => store.incarnation().await)
    }

    /// Erases a person in one transaction: addresses, names, words, sessions, what waits. What is counted
    /// stays without them; what the law has kept for a year lies sealed and apart. The number of the
    /// erasure. The files of their media are the caller's to delete, before.
    pub async fn erase_person(&self, contact: i64, erasure: &Erasure) -> Result<i64, RecordsError> {
        on!(self, store => store.erase_person(contact, erasure).await)
    }

    /// What rests because a provider refuses it, the longest first.
    pub async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        on!(self, store => store.holds().await)
    }

    /// The office says that what was wrong is mended: an account by our name of it, or a DLT template by its
    /// id. Servers let its messages go within a second or two. `false` when nothing of that name rests.
    pub async fn release(&self, name: &str, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.release(name, at).await)
    }

    /// The pairs of contacts of which the office has to say whether they are one person: the oldest first, at
    /// most `limit`.
    pub async fn merges(&self, limit: usize) -> Result<Vec<OpenMerge>, RecordsError> {
        on!(self, store => store.merges(limit).await)
    }

    /// One of them; `None` when it is settled, or there never was such.
    pub async fn merge(&self, id: i64) -> Result<Option<OpenMerge>, RecordsError> {
        on!(self, store => store.merge(id).await)
    }

    /// Why the two were not made one; `None` where nothing stands in the way any more.
    pub async fn why_two(&self, open: &OpenMerge) -> Result<Option<WhyTwo>, RecordsError> {
        let speaker = on!(self, store => store.known(open.speaker).await)?;
        let owner = on!(self, store => store.known(open.owner).await)?;
        Ok(why_two(&speaker, &owner))
    }

    /// They are one person: a server makes them one, within a second or two, or at its next start. `false`
    /// when there is no such open pair, or it is being done already.
    pub async fn unite(&self, merge: i64, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.unite(merge, at).await)
    }

    /// They are two persons, whatever comes. `false` when there is no such open pair.
    pub async fn keep_apart(&self, merge: i64, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.keep_apart(merge, at).await)
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
