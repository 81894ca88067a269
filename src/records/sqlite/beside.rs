//! The same file from another process than the one that has it open: a reader, and a writer of short
//! transactions. SQLite's own locks let the two pass each other.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use rusqlite::{Connection, Params, TransactionBehavior};

use super::contacts::read_addresses;
use super::fault::Fault;
use super::import::open;
use super::lock::is_held;
use super::merge::{known, read_open};
use super::read::read_snapshot;
use super::readers::Readers;
use super::statements::Statements;
use super::{check_keys, consent, effects, holds, import, migrate, requests};
use crate::clock::from_ms;
use crate::config::MembershipSection;
use crate::contact::{Identities, PhoneNumber};
use crate::message::{Channel, Purpose};
use crate::people::Counts;
use crate::records::effects::{ReadyEffect, ready_give_back};
use crate::records::holds::SERVERS_KNOW_MS;
use crate::records::import::OnPhone;
use crate::records::merge::{Known, ready_unite};
use crate::records::migrations::is_older;
use crate::records::sql::{
    consent as consent_sql, effects as effects_sql, facts, holds as holds_sql,
    import as import_sql, merge as merge_sql,
};
use crate::records::{
    Halt, Handover, Hold, Import, Imported, Incoming, MediumRow, OpenMerge, RecordsError, Request,
    Snapshot, Taken, Terms,
};
use crate::seal::Keyring;

/// How the connection of one write is set: it waits for the server's writer longer than that holds the
/// file, is on disk when it is done, and overwrites what it deletes.
const PRAGMAS: &str = "
    PRAGMA busy_timeout = 15000;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;";

/// Between two batches of an import that write beside a server: while it waits for the file, it looks again
/// within this time.
const LET_PASS: Duration = Duration::from_millis(25);

/// The records beside a server: without its lock.
#[derive(Debug)]
pub(in crate::records) struct Beside {
    path: PathBuf,
    pub(super) readers: Readers,
    pub(super) keyring: Arc<Keyring>,
    pub(super) rules: MembershipSection,
    /// The connection of an import: its batches come one after the other.
    writer: Arc<Mutex<Option<Connection>>>,
}

impl Beside {
    /// # Errors
    /// [`RecordsError::Setup`]: there is no such file, or it is not of this version.
    pub(in crate::records) async fn open(
        path: PathBuf,
        keyring: Arc<Keyring>,
        rules: MembershipSection,
    ) -> Result<Beside, RecordsError> {
        if !path.exists() {
            let path = path.display();
            return Err(RecordsError::Setup(format!("there are no records {path} yet")));
        }
        let shown = path.display().to_string();
        let readers = Readers::new(path.clone());
        let keys = Arc::clone(&keyring);
        let look = readers.ask(move |statements| {
            let pending = migrate::pending(statements.connection);
            let checked = pending.and_then(|pending| match pending.first() {
                Some(first) => Err(is_older(&shown, first)),
                None => check_keys(statements, &keys),
            });
            Ok(checked)
        });
        look.await??;
        Ok(Beside { path, readers, keyring, rules, writer: Arc::default() })
    }

    pub(in crate::records) async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        requests::requests(&self.readers, &self.keyring, also_done, limit).await
    }

    pub(in crate::records) async fn request(
        &self,
        ticket: &str,
    ) -> Result<Option<Request>, RecordsError> {
        requests::request(&self.readers, &self.keyring, ticket).await
    }

    pub(in crate::records) async fn finish_request(
        &self,
        ticket: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.write(facts::FINISH_REQUEST, (ticket.to_owned(), at.as_millisecond())).await
    }

    pub(in crate::records) async fn person(
        &self,
        contact: i64,
    ) -> Result<(Identities, Option<Snapshot>), RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers
            .ask(move |statements| {
                let addresses = read_addresses(statements, &keyring, contact)?;
                Ok((addresses, read_snapshot(statements, &keyring, contact)?))
            })
            .await
    }

    pub(in crate::records) async fn handovers(
        &self,
        limit: usize,
    ) -> Result<Vec<Handover>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                statements.rows(effects_sql::HANDOVERS, [limit], |row| {
                    Ok(Handover {
                        id: row.get(0)?,
                        contact: row.get(1)?,
                        reason: row.get(2)?,
                        at: from_ms(row.get(3)?),
                    })
                })
            })
            .await
    }

    pub(in crate::records) async fn give_back(
        &self,
        handover: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let ReadyEffect { kind, hash, sealed } = ready_give_back(&self.keyring, handover)?;
        let (channel, at) = (Channel::Internal.code(), at.as_millisecond());
        let row = (handover, kind, channel, hash.0, hash.1, sealed, at);
        self.write(effects_sql::GIVE_BACK, row).await
    }

    pub(in crate::records) async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        holds::holds(&self.readers).await
    }

    pub(in crate::records) async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        consent::halt(&self.readers).await
    }

    pub(in crate::records) async fn turn_halt(&self, halt: &Halt) -> Result<(), RecordsError> {
        let row = (halt.halted, halt.by.clone(), halt.why.clone(), halt.at.as_millisecond());
        self.write(consent_sql::ADD_HALT, row).await.map(drop)
    }

    pub(in crate::records) async fn told(
        &self,
        after: i64,
        last: i64,
        purpose: Purpose,
        since: Timestamp,
        older_than: i64,
    ) -> Result<Vec<(i64, u32)>, RecordsError> {
        consent::told(&self.readers, (after, last), purpose, since, older_than).await
    }

    pub(in crate::records) async fn release(
        &self,
        name: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let (name, at) = (name.to_owned(), at.as_millisecond());
        let released = self.write(holds_sql::RELEASE_HOLDS, (name.clone(), at)).await?;
        self.write(holds_sql::FREE_HELD, (name, at, at + SERVERS_KNOW_MS)).await?;
        Ok(released)
    }

    pub(in crate::records) async fn merges(
        &self,
        limit: usize,
    ) -> Result<Vec<OpenMerge>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let open = self
            .readers
            .ask(move |statements| statements.rows(merge_sql::OPEN, [limit], read_open))
            .await?;
        Ok(open.into_iter().flatten().collect())
    }

    pub(in crate::records) async fn merge(
        &self,
        id: i64,
    ) -> Result<Option<OpenMerge>, RecordsError> {
        let open = self
            .readers
            .ask(move |statements| statements.row(merge_sql::OPEN_ONE, [id], read_open))
            .await?;
        Ok(open.flatten())
    }

    pub(in crate::records) async fn known(&self, contact: i64) -> Result<Known, RecordsError> {
        self.readers.ask(move |statements| known(statements, contact)).await
    }

    pub(in crate::records) async fn unite(
        &self,
        merge: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let ReadyEffect { kind, hash, sealed } = ready_unite(&self.keyring, merge)?;
        let (channel, at) = (Channel::Internal.code(), at.as_millisecond());
        self.write(merge_sql::UNITE, (merge, kind, channel, hash.0, hash.1, sealed, at)).await
    }

    pub(in crate::records) async fn keep_apart(
        &self,
        merge: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.write(merge_sql::SETTLE_ONE, (merge, at.as_millisecond())).await
    }

    pub(in crate::records) async fn newest_media(
        &self,
        limit: usize,
    ) -> Result<Vec<MediumRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        effects::media(&self.readers, &self.keyring, effects_sql::NEWEST_MEDIA, limit).await
    }

    pub(in crate::records) async fn media(
        &self,
        contact: i64,
    ) -> Result<Vec<MediumRow>, RecordsError> {
        effects::media(&self.readers, &self.keyring, effects_sql::MEDIA, contact).await
    }

    pub(in crate::records) async fn medium(
        &self,
        id: i64,
    ) -> Result<Option<MediumRow>, RecordsError> {
        let found = effects::media(&self.readers, &self.keyring, effects_sql::MEDIUM, id).await?;
        Ok(found.into_iter().next())
    }

    pub(in crate::records) async fn erase_medium(&self, id: i64) -> Result<bool, RecordsError> {
        self.write(effects_sql::ERASE_MEDIUM, [id]).await
    }

    pub(in crate::records) async fn import_people(
        &self,
        import: &Import,
        id: Option<i64>,
        batch: Vec<Incoming>,
    ) -> Result<Imported, RecordsError> {
        let (path, keyring, import) =
            (self.path.clone(), Arc::clone(&self.keyring), import.clone());
        let idle = Arc::clone(&self.writer);
        let written = tokio::task::spawn_blocking(move || -> Result<_, Fault> {
            let kept = idle.lock().take();
            let connection = match kept {
                Some(connection) => connection,
                None => open(&path, PRAGMAS)?,
            };
            let (imported, has_written) =
                import::import(&connection, &keyring, &import, id, &batch)?;
            *idle.lock() = Some(connection);
            Ok((imported, has_written && is_held(&path)))
        });
        let (imported, let_pass) = match written.await {
            Ok(imported) => imported.map_err(RecordsError::from)?,
            Err(error) => {
                return Err(RecordsError::Unavailable(format!("a write failed: {error}")));
            }
        };
        if let_pass {
            self.let_pass().await;
        }
        Ok(imported)
    }

    pub(in crate::records) async fn would_import(
        &self,
        terms: &Terms,
        batch: Vec<Incoming>,
    ) -> Result<Vec<Taken>, RecordsError> {
        let (keyring, terms) = (Arc::clone(&self.keyring), terms.clone());
        self.readers.ask(move |statements| import::look(statements, &keyring, &terms, &batch)).await
    }

    /// Between two batches: turns that wait for the file pass.
    pub(in crate::records) async fn let_pass(&self) {
        tokio::time::sleep(LET_PASS).await;
    }

    pub(in crate::records) async fn people_on(
        &self,
        phone: PhoneNumber,
    ) -> Result<Option<OnPhone>, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.readers.ask(move |statements| import::people_on(statements, &keyring, phone)).await
    }

    pub(in crate::records) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(in crate::records) async fn finish_import(
        &self,
        id: i64,
        counts: Counts,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let [rows, accepted, refused] = counts.columns();
        self.write(import_sql::FINISH_IMPORT, (id, rows, accepted, refused, at.as_millisecond()))
            .await
    }

    /// Copies the whole log into the file and empties it; `false`: somebody is reading by it.
    pub(super) async fn empty_log(&self) -> Result<bool, RecordsError> {
        let path = self.path.clone();
        let emptied = tokio::task::spawn_blocking(move || -> Result<bool, Fault> {
            let connection = open(&path, PRAGMAS)?;
            let busy: i64 =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0))?;
            Ok(busy == 0)
        });
        match emptied.await {
            Ok(emptied) => emptied.map_err(RecordsError::from),
            Err(error) => Err(RecordsError::Unavailable(format!("a write failed: {error}"))),
        }
    }

    /// Runs one statement; whether it changed a row.
    pub(super) async fn write<P>(&self, sql: &'static str, params: P) -> Result<bool, RecordsError>
    where
        P: Params + Send + 'static,
    {
        self.transact(move |statements| Ok(statements.run(sql, params)? > 0)).await
    }

    /// Runs statements in one transaction, all of them or none. The server's writer waits meanwhile.
    pub(super) async fn transact<T, F>(&self, work: F) -> Result<T, RecordsError>
    where
        T: Send + 'static,
        F: FnOnce(Statements<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || -> Result<T, Fault> {
            let mut connection = open(&path, PRAGMAS)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(Statements { connection: &transaction })?;
            transaction.commit()?;
            Ok(done)
        });
        match written.await {
            Ok(done) => done.map_err(RecordsError::from),
            Err(error) => Err(RecordsError::Unavailable(format!("a write failed: {error}"))),
        }
    }
}
