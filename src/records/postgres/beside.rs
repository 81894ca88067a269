//! The records beside the servers that write them: no place among the processes, no migration.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio_postgres::types::ToSql;

use super::contacts::{addresses_of, open_addresses};
use super::fault::Fault;
use super::merge::{known, open_one, read_open};
use super::read::read_snapshot;
use super::readers::Readers;
use super::sql::{Sql, get};
use super::{consent, dial, effects, holds, import, migrate, place, requests};
use crate::clock::from_ms;
use crate::config::{MembershipSection, PostgresUrl};
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
    Halt, Handover, Hold, Import, Imported, Incoming, MediumRow, OpenMerge, RecordsError,
    RecordsOptions, Request, Snapshot, Taken, Terms,
};
use crate::seal::Keyring;

/// A command asks one thing after another; a list of the whole state is read in parts at once.
const CONNECTIONS: usize = 8;

#[derive(Debug)]
pub(in crate::records) struct Beside {
    pub(super) readers: Readers,
    pub(super) keyring: Arc<Keyring>,
    pub(super) rules: MembershipSection,
}

impl Beside {
    /// # Errors
    /// [`RecordsError::Setup`]: the server cannot be reached, or its database is not of this version.
    pub(in crate::records) async fn open(options: RecordsOptions) -> Result<Beside, RecordsError> {
        let url = PostgresUrl::parse(&options.url)
            .map_err(|error| RecordsError::Setup(format!("records: {error}")))?;
        let pool = dial::pool(&url, CONNECTIONS)?;
        let sql = Sql::new(dial::first(&pool, &url).await?);
        place::check_server(&sql, &options.clock).await?;
        let pending = migrate::pending(&sql).await?;
        if pending.len() == migrate::MIGRATIONS.len() {
            return Err(RecordsError::Setup(format!("there are no records at {url} yet")));
        }
        if let Some(first) = pending.first() {
            return Err(is_older(&url.to_string(), first));
        }
        place::check_keys(&sql, &options.keyring).await?;
        drop(sql);
        Ok(Beside {
            readers: Readers::new(pool),
            keyring: options.keyring,
            rules: options.membership,
        })
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
        self.write(facts::FINISH_REQUEST, &[&ticket, &at.as_millisecond()]).await
    }

    pub(in crate::records) async fn person(
        &self,
        contact: i64,
    ) -> Result<(Identities, Option<Snapshot>), RecordsError> {
        let keyring = &*self.keyring;
        self.readers
            .ask(move |statements| async move {
                let rows = addresses_of(&statements, &[contact]).await?;
                let addresses = open_addresses(keyring, rows.iter())?;
                Ok((addresses, read_snapshot(&statements, keyring, contact).await?))
            })
            .await
    }

    pub(in crate::records) async fn handovers(
        &self,
        limit: usize,
    ) -> Result<Vec<Handover>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| async move {
                let mut handovers = Vec::new();
                for row in &statements.rows(effects_sql::HANDOVERS, &[&limit]).await? {
                    handovers.push(Handover {
                        id: get(row, 0)?,
                        contact: get(row, 1)?,
                        reason: get(row, 2)?,
                        at: from_ms(get(row, 3)?),
                    });
                }
                Ok(handovers)
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
        let row: [&(dyn ToSql + Sync); 7] =
            [&handover, &kind, &channel, &hash.0, &hash.1, &sealed, &at];
        self.write(effects_sql::GIVE_BACK, &row).await
    }

    pub(in crate::records) async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        holds::holds(&self.readers).await
    }

    pub(in crate::records) async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        consent::halt(&self.readers).await
    }

    pub(in crate::records) async fn turn_halt(&self, halt: &Halt) -> Result<(), RecordsError> {
        let row: [&(dyn ToSql + Sync); 4] =
            [&i64::from(halt.halted), &halt.by, &halt.why, &halt.at.as_millisecond()];
        self.write(consent_sql::ADD_HALT, &row).await.map(drop)
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
        let at = at.as_millisecond();
        let released = self.write(holds_sql::RELEASE_HOLDS, &[&name, &at]).await?;
        self.write(holds_sql::FREE_HELD, &[&name, &at, &(at + SERVERS_KNOW_MS)]).await?;
        Ok(released)
    }

    pub(in crate::records) async fn merges(
        &self,
        limit: usize,
    ) -> Result<Vec<OpenMerge>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| async move {
                let mut open = Vec::new();
                for row in &statements.rows(merge_sql::OPEN, &[&limit]).await? {
                    open.extend(read_open(row)?);
                }
                Ok(open)
            })
            .await
    }

    pub(in crate::records) async fn merge(
        &self,
        id: i64,
    ) -> Result<Option<OpenMerge>, RecordsError> {
        self.readers.ask(move |statements| async move { open_one(&statements, id).await }).await
    }

    pub(in crate::records) async fn known(&self, contact: i64) -> Result<Known, RecordsError> {
        self.readers.ask(move |statements| async move { known(&statements, contact).await }).await
    }

    pub(in crate::records) async fn unite(
        &self,
        merge: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let ReadyEffect { kind, hash, sealed } = ready_unite(&self.keyring, merge)?;
        let (channel, at) = (Channel::Internal.code(), at.as_millisecond());
        let row: [&(dyn ToSql + Sync); 7] =
            [&merge, &kind, &channel, &hash.0, &hash.1, &sealed, &at];
        self.write(merge_sql::UNITE, &row).await
    }

    pub(in crate::records) async fn keep_apart(
        &self,
        merge: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.write(merge_sql::SETTLE_ONE, &[&merge, &at.as_millisecond()]).await
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
        self.write(effects_sql::ERASE_MEDIUM, &[&id]).await
    }

    pub(in crate::records) async fn import_people(
        &self,
        import: &Import,
        id: Option<i64>,
        batch: Vec<Incoming>,
    ) -> Result<Imported, RecordsError> {
        let (keyring, batch) = (&*self.keyring, batch.as_slice());
        let known =
            self.readers
                .ask(move |sql| async move {
                    import::planned(&sql, keyring, &import.terms, batch).await
                })
                .await?;
        if known.writes.is_empty() {
            return Ok(Imported { taken: known.taken, import: id });
        }
        self.transact(
            move |sql| async move { import::take(&sql, keyring, import, id, batch).await },
        )
        .await
    }

    pub(in crate::records) async fn would_import(
        &self,
        terms: &Terms,
        batch: Vec<Incoming>,
    ) -> Result<Vec<Taken>, RecordsError> {
        let (keyring, batch) = (&*self.keyring, batch.as_slice());
        let planned = self
            .readers
            .ask(move |sql| async move { import::planned(&sql, keyring, terms, batch).await })
            .await?;
        Ok(planned.taken)
    }

    pub(in crate::records) async fn people_on(
        &self,
        phone: PhoneNumber,
    ) -> Result<Option<OnPhone>, RecordsError> {
        let keyring = &*self.keyring;
        self.readers
            .ask(move |sql| async move { import::people_on(&sql, keyring, phone).await })
            .await
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
        let at = at.as_millisecond();
        self.write(import_sql::FINISH_IMPORT, &[&id, &rows, &accepted, &refused, &at]).await
    }

    /// Runs one statement; whether it changed a row. Where the answer is lost it may be run twice: each of
    /// them changes nothing the second time, or nothing that counts.
    pub(super) async fn write(
        &self,
        text: &'static str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<bool, RecordsError> {
        let changed = self
            .readers
            .ask(move |statements| async move { statements.run(text, params).await })
            .await;
        changed.map(|rows| rows > 0)
    }

    /// Runs statements in one transaction, all of them or none. Where the answer to COMMIT is lost, the server is
    /// asked what became of it: they are not run twice.
    pub(super) async fn transact<T, F, Fut>(&self, work: F) -> Result<T, RecordsError>
    where
        T: Send,
        F: Fn(Sql) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        let work = &work;
        let unheard = &Unheard::new(None);
        self.readers.ask(move |sql| transacted(sql, work, unheard)).await
    }
}

/// The number of a transaction whose COMMIT got no answer, and what it would have given.
type Unheard<T> = Mutex<Option<(i64, T)>>;

/// Another process may be in the way: so often a transaction is run again as it was.
const TRIES: u32 = 5;

/// So often, a moment apart, the server is asked what became of a transaction that is still under way.
const ASKED: u32 = 50;

/// `None` for a transaction that wrote nothing.
const NUMBER: &str = "SELECT txid_current_if_assigned()";

const BECAME: &str = "SELECT txid_status(?1)";

async fn transacted<T, F, Fut>(sql: Sql, work: &F, unheard: &Unheard<T>) -> Result<T, Fault>
where
    F: Fn(Sql) -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    let before = unheard.lock().take();
    if let Some((number, done)) = before
        && is_committed(&sql, number).await?
    {
        return Ok(done);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        sql.batch("BEGIN").await?;
        let fault = match in_transaction(&sql, work).await {
            Ok((number, done)) => match sql.batch("COMMIT").await {
                Ok(()) => return Ok(done),
                Err(fault @ Fault::Environment(_)) => {
                    *unheard.lock() = number.map(|number| (number, done));
                    return Err(fault);
                }
                Err(fault) => fault,
            },
            Err(fault) => fault,
        };
        // The reason counts; a connection that is gone has rolled back by itself.
        let _ = sql.batch("ROLLBACK").await;
        if !matches!(fault, Fault::Again(_)) || tries == TRIES {
            return Err(fault);
        }
    }
}

async fn in_transaction<T, F, Fut>(sql: &Sql, work: &F) -> Result<(Option<i64>, T), Fault>
where
    F: Fn(Sql) -> Fut,
    Fut: Future<Output = Result<T, Fault>>,
{
    let done = work(sql.clone()).await?;
    Ok((get(&sql.one(NUMBER, &[]).await?, 0)?, done))
}

/// What became of a transaction; its old connection may still be at it.
async fn is_committed(sql: &Sql, number: i64) -> Result<bool, Fault> {
    for _ in 0..ASKED {
        let row = sql.one(BECAME, &[&number]).await?;
        match get::<Option<String>>(&row, 0)?.as_deref() {
            Some("committed") => return Ok(true),
            Some("in progress") => sql.batch("SELECT pg_sleep(0.1)").await?,
            _ => return Ok(false),
        }
    }
    Err(Fault::Environment("PostgreSQL is still at the transaction before".to_owned()))
}
