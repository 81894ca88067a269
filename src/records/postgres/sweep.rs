//! The sweep: leases that ran out, calls nobody heard of again, and what is old enough to forget.
//!
//! Every process sweeps. None waits long for another's rows: what is locked just now is left to
//! whoever has it, or to the next sweep.

use super::Postgres;
use super::effects;
use super::fault::Fault;
use super::partitions;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
use crate::message::{Channel, Status};
use crate::records::hearing::{HEARING, Hearing, SAY_HEARING};
use crate::records::sql::{process, statuses, turns};
use crate::records::totals::Total;
use crate::records::{RecordsError, Sweep, Waits};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Inbound keys are known for at least eight days; a ninth makes that true at any hour.
const KEEP_KEYS_MS: i64 = 9 * DAY_MS;
/// Provider ids and words about messages we do not know.
const KEEP_PROVIDER_IDS_MS: i64 = 30 * DAY_MS;
/// Rows of processes that ended.
const KEEP_PROCESSES_MS: i64 = 30 * DAY_MS;

/// Rows looked at in one step, so that a sweep never holds the writer for long.
const STEP: i64 = 5_000;

/// So many silent messages go again in one sweep.
const AGAIN_AT_ONCE: i64 = 1_000;

/// Whether anybody's lease ran out.
const SILENT: &str = "
    SELECT 1 FROM processes WHERE ended IS NULL AND epoch <> ?1 AND lease_until < ?2 LIMIT 1";

const KEPT_HEARING: &str = "SELECT value FROM meta WHERE name = ?1 FOR UPDATE SKIP LOCKED";

const HOW_LONG: &str = "SELECT current_setting('lock_timeout')";

const SO_LONG: &str = "SELECT set_config('lock_timeout', ?1, true)";

const LOSE_CLAIMS_OF_THE_DEAD: &str = "
    WITH lost AS MATERIALIZED (
        SELECT id FROM outgoing
        WHERE status = 1 AND epoch <> ?1
          AND epoch IN (SELECT epoch FROM processes WHERE ended IS NOT NULL)
        FOR UPDATE SKIP LOCKED)
    UPDATE outgoing SET status = 2, unknown_since = ?2, moved = ?2
    FROM lost WHERE outgoing.id = lost.id";

/// Replies and personal messages on one channel whose provider stayed silent, once each.
const AGAIN: &str = "
    WITH silent AS MATERIALIZED (
        SELECT id FROM outgoing
        WHERE status = 2 AND unknown_since <= ?2 AND channel = ?1 AND again = 0 AND lane IN (0, 1)
        ORDER BY unknown_since LIMIT ?4
        FOR UPDATE SKIP LOCKED)
    UPDATE outgoing SET status = 0, again = 1, epoch = NULL, unknown_since = NULL,
           not_before = ?3, moved = ?3
    FROM silent WHERE outgoing.id = silent.id";

/// One process at a time cleans up; the number is ours alone, "samvad" in ASCII.
const TAKE_THE_BROOM: &str = "SELECT pg_try_advisory_xact_lock(126862285496676)";

/// An ended process writes no totals any more.
const GATHER_TOTALS: &str = "
    WITH gone AS (
        DELETE FROM totals WHERE epoch IN (SELECT epoch FROM processes WHERE ended IS NOT NULL)
        RETURNING name, value)
    INSERT INTO totals (name, epoch, value)
    SELECT name, 0, CAST(sum(value) AS BIGINT) FROM gone GROUP BY name
    ON CONFLICT (name, epoch) DO UPDATE SET value = totals.value + excluded.value";

/// After the totals were gathered; its claims name it until they are lost.
const FORGET_PROCESSES: &str = "
    DELETE FROM processes
    WHERE ended < ?1
      AND NOT EXISTS (SELECT 1 FROM outgoing WHERE status = 1 AND epoch = processes.epoch)";

/// A table whose old rows are forgotten, walked in the order of its hashes a step a sweep.
struct Forgetting {
    /// The sequence that keeps where the walk stands.
    cursor: &'static str,
    step: &'static str,
    delete: &'static str,
    keep_ms: i64,
    total: Option<Total>,
}

const FORGETTING: [Forgetting; 3] = [
    Forgetting {
        cursor: "sweep.inbound_keys",
        step: turns::KEYS_STEP,
        delete: turns::PRUNE_KEYS,
        keep_ms: KEEP_KEYS_MS,
        total: None,
    },
    Forgetting {
        cursor: "sweep.provider_ids",
        step: statuses::PROVIDER_IDS_STEP,
        delete: statuses::PRUNE_PROVIDER_IDS,
        keep_ms: KEEP_PROVIDER_IDS_MS,
        total: None,
    },
    Forgetting {
        cursor: "sweep.unmatched_statuses",
        step: statuses::UNMATCHED_STEP,
        delete: statuses::PRUNE_UNMATCHED,
        keep_ms: KEEP_PROVIDER_IDS_MS,
        total: Some(Total::Unmatched),
    },
];

impl Postgres {
    pub(in crate::records) async fn sweep(
        &self,
        now: jiff::Timestamp,
        waits: &Waits,
    ) -> Result<Sweep, RecordsError> {
        let now = now.as_millisecond();
        let waits = *waits;
        let swept = self.writer.submit(Settle { now, waits }).await?;
        self.writer.submit(Clean { now }).await?;
        if let Err(error) = self.readers.ask(keep_months).await {
            tracing::error!(%error, "the log has no months ahead; they are made at the next sweep");
        }
        Ok(swept)
    }
}

async fn keep_months(statements: Sql) -> Result<(), Fault> {
    partitions::keep_partitions(&statements).await
}

/// Declares silent processes dead and settles what stays unknown.
struct Settle {
    now: i64,
    waits: Waits,
}

impl Op for Settle {
    type Done = Sweep;

    async fn run(&mut self, tx: &mut Tx) -> Result<Sweep, Fault> {
        let dead = end_silent(tx, self.now).await?;

        let lost = tx.sql.run(LOSE_CLAIMS_OF_THE_DEAD, &[&tx.epoch, &self.now]).await?;
        tx.totals.moved(Some(Status::Claimed), Status::Unknown, count(lost));

        effects::free_of_the_dead(tx, self.now).await?;

        let silent_since = listened(tx, self.now, &self.waits).await?;
        let mut again = 0;
        for channel in Channel::ALL {
            if !channel.echoes_our_id() {
                continue;
            }
            let which: super::sql::Params<'_> =
                &[&channel.code(), &silent_since, &self.now, &AGAIN_AT_ONCE];
            let queued = tx.sql.run(AGAIN, which).await?;
            tx.totals.moved(Some(Status::Unknown), Status::Queued, count(queued));
            again += queued;
        }
        Ok(Sweep { dead, unknown: lost, again })
    }
}

/// Keeps that we hear now; gives the moment since before which a silence was waited for long enough.
/// While another process keeps it, that one sees to what was silent.
async fn listened(tx: &mut Tx, now: i64, waits: &Waits) -> Result<i64, Fault> {
    let kept = match tx.sql.row(KEPT_HEARING, &[&HEARING]).await? {
        Some(row) => Some(get::<String>(&row, 0)?),
        None if tx.sql.row(process::META, &[&HEARING]).await?.is_some() => return Ok(i64::MIN),
        None => None,
    };
    let hearing = Hearing::heard(kept.as_deref(), now, waits);
    tx.sql.run(SAY_HEARING, &[&hearing.text()]).await?;
    Ok(hearing.silent_since(now, waits))
}

/// Ends processes that gave no sign of life. One that is in the middle of a transaction is waited for,
/// so that what it claims there is lost with the rest; but not for long, for it may have stopped
/// there, and then the server cuts it off before the next sweep or the one after it.
async fn end_silent(tx: &mut Tx, now: i64) -> Result<u64, Fault> {
    if tx.sql.row(SILENT, &[&tx.epoch, &now]).await?.is_none() {
        return Ok(0);
    }
    let usual: String = get(&tx.sql.one(HOW_LONG, &[]).await?, 0)?;
    tx.sql.batch("SAVEPOINT ending; SET LOCAL lock_timeout = '500ms'").await?;
    match tx.sql.run(process::END_SILENT, &[&tx.epoch, &now]).await {
        Ok(dead) => {
            tx.sql.row(SO_LONG, &[&usual]).await?;
            Ok(dead)
        }
        Err(fault) => {
            tx.sql.batch("ROLLBACK TO SAVEPOINT ending").await?;
            let error = RecordsError::from(fault);
            tracing::warn!(%error, "a silent process is not ended yet");
            Ok(0)
        }
    }
}

fn count(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Forgets what is old, a step of each table at a time.
struct Clean {
    now: i64,
}

impl Op for Clean {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let has_the_broom: bool = get(&tx.sql.one(TAKE_THE_BROOM, &[]).await?, 0)?;
        if !has_the_broom {
            return Ok(());
        }
        for table in &FORGETTING {
            forget(tx, table, self.now).await?;
        }
        effects::forget(tx, self.now).await?;
        tx.sql.run(GATHER_TOTALS, &[]).await?;
        let before = self.now.saturating_sub(KEEP_PROCESSES_MS);
        tx.sql.run(FORGET_PROCESSES, &[&before]).await.map(drop)
    }
}

/// One step of the walk; at the end it begins anew.
async fn forget(tx: &mut Tx, table: &Forgetting, now: i64) -> Result<(), Fault> {
    let stands = match tx.sql.row(process::SEQUENCE, &[&table.cursor]).await? {
        Some(row) => Some(get::<i64>(&row, 0)?),
        None => None,
    };
    let from = stands.unwrap_or(i64::MIN);
    let until = match tx.sql.row(table.step, &[&from, &STEP]).await? {
        Some(row) => Some(get::<i64>(&row, 0)?),
        None => None,
    };
    // The last hash there can be stays; nobody will miss the one row in 2^64.
    let old = now.saturating_sub(table.keep_ms);
    let gone = tx.sql.run(table.delete, &[&from, &until.unwrap_or(i64::MAX), &old]).await?;
    if let Some(total) = table.total {
        tx.totals.add(total, -i64::try_from(gone).unwrap_or(0));
    }
    let next = until.unwrap_or(i64::MIN);
    if stands != Some(next) {
        tx.sql.run(process::SET_SEQUENCE, &[&table.cursor, &next]).await?;
    }
    Ok(())
}
