//! The records on PostgreSQL: one writing task with group commit, a pool of readers, as many
//! processes as the office runs.
//!
//! What only one process can promise by itself is promised by rows here: a turn wins under its
//! contact's lock, an epoch is fenced by its process's row, claims pass over what others hold.

mod beside;
mod broadcasts;
mod connect;
mod consent;
mod contacts;
mod dial;
mod effects;
mod events;
mod facts;
mod fault;
mod holds;
mod import;
mod job;
#[cfg(test)]
mod long_locks;
mod merge;
mod messages;
mod migrate;
pub(super) mod move_in;
mod outgoing;
mod partitions;
mod place;
mod places;
mod polls;
mod query;
mod reached;
mod read;
mod readers;
mod requests;
mod reseal;
mod sql;
mod states;
mod statuses;
mod sweep;
mod tls;
mod turns;
mod tx;
mod writer;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::task::TaskTracker;

use self::fault::Fault;
use self::readers::Readers;
use self::sql::get;
use self::tx::{Op, Tx};
use self::writer::Writer;
use super::common::milliseconds;
use super::inject::Faults;
use super::sql::process;
use super::{RecordsError, RecordsOptions};
use crate::clock::Clock;
use crate::config::MembershipSection;
use crate::seal::{INDEX_KEY, Keyring};

pub(super) use self::beside::Beside;
pub(super) use self::connect::examine;

/// The open store.
#[derive(Debug)]
pub(super) struct Postgres {
    writer: Writer,
    readers: Readers,
    keyring: Arc<Keyring>,
    clock: Clock,
    epoch: i64,
    lease_ms: i64,
    incarnation: String,
    faults: Arc<Faults>,
    reseal: Mutex<reseal::Cursor>,
    rules: MembershipSection,
    /// Holds the writing task.
    _tasks: TaskTracker,
}

impl Postgres {
    pub(super) async fn open(options: RecordsOptions) -> Result<Postgres, RecordsError> {
        let opened = connect::open(&options).await?;
        let faults = Arc::new(Faults::default());
        let (writer, work) = Writer::new(writer::Setup {
            pool: opened.pool.clone(),
            epoch: opened.epoch,
            group: options.group,
            clock: options.clock.clone(),
            faults: Arc::clone(&faults),
        });
        let tasks = TaskTracker::new();
        tasks.spawn(work);
        Ok(Postgres {
            writer,
            readers: Readers::new(opened.pool),
            keyring: options.keyring,
            clock: options.clock,
            epoch: opened.epoch,
            lease_ms: milliseconds(options.lease),
            incarnation: opened.incarnation,
            faults,
            reseal: Mutex::default(),
            rules: options.membership,
            _tasks: tasks,
        })
    }

    pub(super) fn incarnation(&self) -> &str {
        &self.incarnation
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
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
        let end = self.writer.submit(Reserve { sequence, block }).await?;
        let end = u64::try_from(end).map_err(|_| refused())?;
        Ok(end.saturating_sub(count)..end)
    }

    pub(super) async fn heartbeat(&self) -> Result<(), RecordsError> {
        self.writer.submit(Heartbeat { clock: self.clock.clone(), lease_ms: self.lease_ms }).await
    }

    pub(super) async fn close(&self) -> Result<(), RecordsError> {
        let ended = self.writer.close().await;
        self.readers.close();
        ended
    }

    pub(super) async fn until_ended(&self) {
        self.writer.until_ended().await;
    }

    pub(super) async fn ping(&self) -> Result<(), RecordsError> {
        self.readers.ask(async |sql| sql.row(process::COMMITS, &[&0_i64]).await.map(drop)).await
    }

    pub(super) async fn needed_keys(&self) -> Result<Vec<u32>, RecordsError> {
        self.readers
            .ask(async |sql| {
                let mut ids = Vec::new();
                for row in sql.rows(process::KEYS, &[]).await? {
                    ids.extend(u32::try_from(get::<i64>(&row, 0)?).ok());
                }
                ids.retain(|id| *id != INDEX_KEY);
                Ok(ids)
            })
            .await
    }
}

/// Takes a block of numbers.
struct Reserve {
    sequence: &'static str,
    block: i64,
}

impl Op for Reserve {
    type Done = i64;

    async fn run(&mut self, tx: &mut Tx) -> Result<i64, Fault> {
        let row = tx.sql.one(process::RESERVE, &[&self.sequence, &self.block]).await?;
        get(&row, 0)
    }
}

/// Renews the lease.
struct Heartbeat {
    clock: Clock,
    lease_ms: i64,
}

impl Op for Heartbeat {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let until = self.clock.now().as_millisecond() + self.lease_ms;
        tx.sql.run(process::RENEW_LEASE, &[&tx.epoch, &until]).await.map(drop)
    }
}
