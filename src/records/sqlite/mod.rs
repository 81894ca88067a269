//! The records in one SQLite file: WAL, `synchronous=FULL`, one writing thread with group commit,
//! a few readers, one process.

mod backup;
mod beside;
mod broadcasts;
mod consent;
mod contacts;
mod effects;
mod events;
mod facts;
mod fault;
mod holds;
mod import;
mod lock;
mod merge;
mod migrate;
pub(super) mod move_out;
mod outgoing;
mod places;
mod polls;
mod query;
mod reached;
mod read;
mod readers;
mod requests;
mod reseal;
mod statements;
mod states;
mod statuses;
mod sweep;
mod turns;
mod writer;

use std::fs::OpenOptions;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use self::fault::Fault;
use self::lock::ProcessLock;
use self::readers::Readers;
use self::statements::Statements;
use self::writer::{Writer, write_totals};
use super::common::{holds_keys, milliseconds};
use super::inject::Faults;
use super::sql::{process, turns as turns_sql};
use super::totals::Totals;
use super::{RecordsError, RecordsOptions};
use crate::clock::Clock;
use crate::config::MembershipSection;
use crate::message::Status;
use crate::seal::{INDEX_KEY, Keyring};

/// How the writer's connection is set. The write-ahead log is synced at each COMMIT (`FULL`), and
/// copied into the file every 16 MB rather than every 4, which costs fewer seeks. What is deleted is
/// overwritten: an erased person's words, a sealed answer whose voter gave another.
const WRITER_PRAGMAS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA temp_store = MEMORY;
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -65536;
    PRAGMA wal_autocheckpoint = 4096;
    PRAGMA journal_size_limit = 67108864;";

pub(super) use self::backup::copy_database;
pub(super) use self::beside::Beside;

/// The open store.
#[derive(Debug)]
pub(super) struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
    keyring: Arc<Keyring>,
    clock: Clock,
    epoch: i64,
    lease_ms: i64,
    /// The next row of the message log; one process writes it, so that a caller can seal for a row
    /// before it is written.
    next_message: AtomicI64,
    incarnation: String,
    faults: Arc<Faults>,
    reseal: Mutex<reseal::Cursor>,
    rules: MembershipSection,
}

/// What opening found out, before any thread runs.
struct Opened {
    connection: Connection,
    epoch: i64,
    next_message: i64,
    incarnation: String,
}

impl Sqlite {
    pub(super) async fn open(
        path: PathBuf,
        options: RecordsOptions,
    ) -> Result<Sqlite, RecordsError> {
        let opening = tokio::task::spawn_blocking(move || Sqlite::open_blocking(&path, options));
        opening
            .await
            .unwrap_or_else(|error| Err(RecordsError::Setup(format!("opening failed: {error}"))))
    }

    fn open_blocking(path: &Path, options: RecordsOptions) -> Result<Sqlite, RecordsError> {
        make_private(path).map_err(|error| {
            RecordsError::Setup(format!("the records {} cannot be made: {error}", path.display()))
        })?;
        let lock = ProcessLock::take(path)?;
        let lease_ms = milliseconds(options.lease);
        let opened = prepare(path, &options, lease_ms)?;

        let faults = Arc::new(Faults::default());
        let writer = Writer::start(writer::Setup {
            connection: opened.connection,
            lock,
            epoch: opened.epoch,
            group: options.group,
            clock: options.clock.clone(),
            faults: Arc::clone(&faults),
        })?;
        Ok(Sqlite {
            writer,
            readers: Arc::new(Readers::new(path.to_owned())),
            keyring: options.keyring,
            clock: options.clock,
            epoch: opened.epoch,
            lease_ms,
            next_message: AtomicI64::new(opened.next_message),
            incarnation: opened.incarnation,
            faults,
            reseal: Mutex::default(),
            rules: options.membership,
        })
    }

    pub(super) fn incarnation(&self) -> &str {
        &self.incarnation
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Sets so many rows of the message log aside; a turn that loses leaves a gap.
    fn message_ids(&self, count: usize) -> Range<i64> {
        let count = i64::try_from(count).unwrap_or(0);
        let first = self.next_message.fetch_add(count, Ordering::Relaxed);
        first..first + count
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    pub(super) async fn reserve(
        &self,
        sequence: &'static str,
        count: u64,
    ) -> Result<Range<u64>, RecordsError> {
        let refused = || RecordsError::Refused(format!("the sequence {sequence} has run out"));
        let block = i64::try_from(count).map_err(|_| refused())?;
        let end: i64 = self
            .writer
            .submit(None, move |tx| tx.one(process::RESERVE, (sequence, block), |row| row.get(0)))
            .await?;
        let end = u64::try_from(end).map_err(|_| refused())?;
        Ok(end.saturating_sub(count)..end)
    }

    pub(super) async fn heartbeat(&self) -> Result<(), RecordsError> {
        let clock = self.clock.clone();
        let lease_ms = self.lease_ms;
        self.writer
            .submit(None, move |tx| {
                let until = clock.now().as_millisecond() + lease_ms;
                tx.run(process::RENEW_LEASE, (tx.epoch, until)).map(drop)
            })
            .await
    }

    pub(super) async fn close(&self) -> Result<(), RecordsError> {
        self.readers.close();
        self.writer.close().await
    }

    pub(super) async fn until_ended(&self) {
        self.writer.until_ended().await;
    }

    pub(super) async fn ping(&self) -> Result<(), RecordsError> {
        self.readers.ask(|sql| sql.row(process::COMMITS, [0], |_| Ok(())).map(drop)).await
    }

    pub(super) async fn needed_keys(&self) -> Result<Vec<u32>, RecordsError> {
        self.readers
            .ask(|sql| {
                let ids = sql.rows(process::KEYS, (), |row| row.get::<_, u32>(0))?;
                Ok(ids.into_iter().filter(|id| *id != INDEX_KEY).collect())
            })
            .await
    }
}

/// Makes the folder and the file for this user alone, when they are not there; SQLite gives its
/// side files the mode of the file.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Statements kept ready on a connection: more than the busiest has.
const STATEMENTS: usize = 256;

/// What every connection is told first: plans are made once, whatever values come (else SQLite plans a
/// statement anew for each value it was bound to).
fn tune(connection: &Connection) -> Result<(), Fault> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens the file, brings it forward, checks its keys and takes a fresh epoch.
fn prepare(path: &Path, options: &RecordsOptions, lease_ms: i64) -> Result<Opened, RecordsError> {
    let cannot = |fault: Fault| match RecordsError::from(fault) {
        setup @ RecordsError::Setup(_) => setup,
        error => {
            RecordsError::Setup(format!("the records {} cannot be opened: {error}", path.display()))
        }
    };
    let now = options.clock.now().as_millisecond();
    let mut connection = Connection::open(path).map_err(|error| cannot(error.into()))?;
    tune(&connection).map_err(cannot)?;
    set_up(&connection).map_err(cannot)?;
    migrate::migrate(&mut connection, &migrate::MIGRATIONS, now)?;

    let sql = Statements { connection: &connection };
    check_keys(sql, &options.keyring)?;
    sql.run("BEGIN IMMEDIATE", ()).map_err(cannot)?;
    let (epoch, incarnation) = take_over(sql, &options.keyring, now, lease_ms).map_err(cannot)?;
    sql.run("COMMIT", ()).map_err(cannot)?;
    let highest: Option<i64> =
        sql.one(turns_sql::HIGHEST_MESSAGE, (), |row| row.get(0)).map_err(cannot)?;
    let next_message = highest.unwrap_or(0) + 1;
    Ok(Opened { connection, epoch, next_message, incarnation })
}

fn set_up(connection: &Connection) -> Result<(), Fault> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Environment(format!(
            "its file system has no shared memory for a write-ahead log (mode {mode})"
        )));
    }
    connection.execute_batch(WRITER_PRAGMAS)?;
    Ok(())
}

/// Refuses a database whose keys the key file does not hold, before anything is written.
fn check_keys(sql: Statements<'_>, keyring: &Keyring) -> Result<(), RecordsError> {
    let needed: Vec<(u32, Vec<u8>)> = sql
        .rows(process::KEYS, (), |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(RecordsError::from)?;
    holds_keys(keyring, &needed)
}

/// Everybody before us is dead, for we hold the lock: their claims become `unknown`, we take the
/// next epoch and write down the keys we are going to use.
fn take_over(
    sql: Statements<'_>,
    keyring: &Keyring,
    now: i64,
    lease_ms: i64,
) -> Result<(i64, String), Fault> {
    for (id, fingerprint) in keyring.needs() {
        sql.run(process::ADD_KEY, (id, fingerprint.as_slice(), now))?;
    }
    sql.run(process::END_ALL, [now])?;
    let epoch = sql.one(process::BEGIN_PROCESS, (now, now + lease_ms), |row| row.get(0))?;
    let mut totals = Totals::default();
    let lost = sql.run(super::sql::outgoing::LOSE_CLAIMS_OF_THE_DEAD, (epoch, now))?;
    totals.moved(Some(Status::Claimed), Status::Unknown, lost);
    write_totals(sql, &totals)?;
    effects::free_of_the_dead(sql, epoch, now)?;

    sql.run(
        "INSERT INTO meta (name, value) VALUES ('incarnation', lower(hex(randomblob(8))))
         ON CONFLICT (name) DO NOTHING",
        (),
    )?;
    let incarnation = sql.one(process::META, ["incarnation"], |row| row.get(0))?;
    Ok((epoch, incarnation))
}
