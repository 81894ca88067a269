//! The sweep: leases that ran out, calls nobody heard of again, and what is old enough to forget.

use super::Sqlite;
use super::effects;
use super::fault::Fault;
use super::writer::Tx;
use crate::message::{Channel, Status};
use crate::records::hearing::{HEARING, Hearing, SAY_HEARING};
use crate::records::sql::{outgoing as outgoing_sql, process, statuses, turns};
use crate::records::totals::Total;
use crate::records::{RecordsError, Sweep, Waits};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Inbound keys are known for at least eight days; a ninth makes that true at any hour.
const KEEP_KEYS_MS: i64 = 9 * DAY_MS;
/// Provider ids and words about messages we do not know.
const KEEP_PROVIDER_IDS_MS: i64 = 30 * DAY_MS;

/// Rows looked at in one step, so that a sweep never holds the writer for long.
const STEP: i64 = 5_000;

/// So many silent messages go again in one sweep.
const AGAIN_AT_ONCE: i64 = 1_000;

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

impl Sqlite {
    pub(in crate::records) async fn sweep(
        &self,
        now: jiff::Timestamp,
        waits: &Waits,
    ) -> Result<Sweep, RecordsError> {
        let now = now.as_millisecond();
        let waits = *waits;
        self.writer
            .submit(None, move |tx| {
                let dead = tx.run(process::END_SILENT, (tx.epoch, now))?;

                let lost = tx.run(outgoing_sql::LOSE_CLAIMS_OF_THE_DEAD, (tx.epoch, now))?;
                tx.totals.moved(Some(Status::Claimed), Status::Unknown, lost);

                effects::free_of_the_dead(**tx, tx.epoch, now)?;

                let kept: Option<String> = tx.row(process::META, [HEARING], |row| row.get(0))?;
                let hearing = Hearing::heard(kept.as_deref(), now, &waits);
                tx.run(SAY_HEARING, [hearing.text()])?;
                let silent_since = hearing.silent_since(now, &waits);
                let mut again = 0;
                for channel in Channel::ALL {
                    if !channel.echoes_our_id() {
                        continue;
                    }
                    let which = (channel.code(), silent_since, now, AGAIN_AT_ONCE);
                    let queued = tx.run(outgoing_sql::AGAIN, which)?;
                    tx.totals.moved(Some(Status::Unknown), Status::Queued, queued);
                    again += queued;
                }
                for table in &FORGETTING {
                    forget(tx, table, now)?;
                }
                effects::forget(**tx, now)?;
                Ok(Sweep { dead: count(dead), unknown: count(lost), again: count(again) })
            })
            .await
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// One step of the walk; at the end it begins anew.
fn forget(tx: &mut Tx<'_>, table: &Forgetting, now: i64) -> Result<(), Fault> {
    let stands: Option<i64> = tx.row(process::SEQUENCE, [table.cursor], |row| row.get(0))?;
    let from = stands.unwrap_or(i64::MIN);
    let until: Option<i64> = tx.row(table.step, (from, STEP), |row| row.get(0))?;
    // The last hash there can be stays; nobody will miss the one row in 2^64.
    let gone = tx.run(table.delete, (from, until.unwrap_or(i64::MAX), now - table.keep_ms))?;
    if let Some(total) = table.total {
        tx.totals.add(total, -i64::try_from(gone).unwrap_or(0));
    }
    let next = until.unwrap_or(i64::MIN);
    if stands != Some(next) {
        tx.run(process::SET_SEQUENCE, (table.cursor, next))?;
    }
    Ok(())
}
