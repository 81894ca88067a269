//! Effects: claimed, answered, done; and the media that came of them.

use tokio_postgres::types::ToSql;

use super::Postgres;
use super::fault::Fault;
use super::readers::Readers;
use super::sql::{Sql, get};
use super::tx::{Op, Tx};
use crate::records::RecordsError;
use crate::records::common::milliseconds;
use crate::records::effects::{
    DueEffect, EFFECT_CLAIM, EffectKind, EffectResult, EffectRow, FORGET_AT_ONCE, KEEP_EFFECTS_MS,
    MediumRow, ReadyResult, StoredMedium, open_effects, ready_result,
};
use crate::records::person;
use crate::records::sql::effects as sql;
use crate::seal::Keyring;

/// Past what other processes are taking.
const CLAIM: &str = "
    WITH free AS MATERIALIZED (
        SELECT id FROM effects WHERE done IS NULL AND kind = ?5 AND next_try <= ?2
        ORDER BY next_try LIMIT ?4 FOR UPDATE SKIP LOCKED)
    UPDATE effects SET epoch = ?1, next_try = ?2 + ?3, attempts = attempts + 1,
           begun = coalesce(begun, ?2)
    FROM free WHERE effects.id = free.id
    RETURNING effects.id, contact, message, channel, account, hash, hash_rest, sealed, created,
              begun, attempts, answer";

const FREE_OF_THE_DEAD: &str = "
    WITH lost AS MATERIALIZED (
        SELECT id FROM effects
        WHERE done IS NULL AND epoch <> ?1
          AND epoch IN (SELECT epoch FROM processes WHERE ended IS NOT NULL)
        FOR UPDATE SKIP LOCKED)
    UPDATE effects SET epoch = NULL, next_try = ?2 FROM lost WHERE effects.id = lost.id";

impl Postgres {
    pub(in crate::records) async fn claim_effects(
        &self,
        now: jiff::Timestamp,
        kind: EffectKind,
        limit: usize,
    ) -> Result<Vec<DueEffect>, RecordsError> {
        let (now, kind) = (now.as_millisecond(), kind.code());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Most of the time nothing waits, and asking does not make the writer commit.
        let due =
            self.readers
                .ask(move |statements| async move {
                    statements.row(sql::EFFECT_DUE, &[&kind, &now]).await
                })
                .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.writer.submit(Claim { now, kind, limit }).await?;
        Ok(open_effects(rows, &self.keyring))
    }

    pub(in crate::records) async fn record_effect(
        &self,
        effect: &DueEffect,
        result: EffectResult,
    ) -> Result<bool, RecordsError> {
        let result = ready_result(&self.keyring, effect, result)?;
        self.writer.submit(Record { id: effect.id, now: self.now_ms(), result }).await
    }

    pub(in crate::records) async fn media(
        &self,
        contact: i64,
    ) -> Result<Vec<MediumRow>, RecordsError> {
        media(&self.readers, &self.keyring, sql::MEDIA, contact).await
    }
}

/// The media that one of the statements finds by its number.
pub(super) async fn media(
    readers: &Readers,
    keyring: &Keyring,
    which: &'static str,
    number: i64,
) -> Result<Vec<MediumRow>, RecordsError> {
    readers
        .ask(move |statements| async move {
            let mut media = Vec::new();
            for row in &statements.rows(which, &[&number]).await? {
                let stored = StoredMedium {
                    id: get(row, 0)?,
                    contact: get(row, 1)?,
                    message: get(row, 2)?,
                    kind: get(row, 3)?,
                    mime_type: get(row, 4)?,
                    size: get(row, 5)?,
                    path: get(row, 6)?,
                    file_key: get(row, 7)?,
                    refused: get(row, 8)?,
                    at: get(row, 9)?,
                };
                media.push(stored.open(keyring)?);
            }
            Ok(media)
        })
        .await
}

struct Claim {
    now: i64,
    kind: i64,
    limit: i64,
}

impl Op for Claim {
    type Done = Vec<EffectRow>;

    async fn run(&mut self, tx: &mut Tx) -> Result<Vec<EffectRow>, Fault> {
        let claim_ms = milliseconds(EFFECT_CLAIM);
        let mut rows = Vec::new();
        let values: [&(dyn ToSql + Sync); 5] =
            [&tx.epoch, &self.now, &claim_ms, &self.limit, &self.kind];
        for row in &tx.sql.rows(CLAIM, &values).await? {
            rows.push(EffectRow {
                id: get(row, 0)?,
                contact: get(row, 1)?,
                message: get(row, 2)?,
                channel: get(row, 3)?,
                account: get(row, 4)?,
                hash: (get(row, 5)?, get(row, 6)?),
                sealed: get(row, 7)?,
                created: get(row, 8)?,
                begun: get(row, 9)?,
                attempts: get(row, 10)?,
                answer: get(row, 11)?,
            });
        }
        rows.sort_by_key(|row| row.id);
        Ok(rows)
    }
}

struct Record {
    id: i64,
    now: i64,
    result: ReadyResult,
}

impl Op for Record {
    /// Whether the claim was still ours.
    type Done = bool;

    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Fault> {
        let (id, epoch, now) = (self.id, tx.epoch, self.now);
        let changed = match &self.result {
            ReadyResult::Answered(sealed) => {
                tx.sql.run(sql::KEEP_ANSWER, &[&id, &epoch, sealed]).await?
            }
            ReadyResult::Done => tx.sql.run(sql::END_EFFECT, &[&id, &epoch, &now]).await?,
            ReadyResult::Free { not_before, counts } => {
                let uncounted = i64::from(!counts);
                tx.sql.run(sql::FREE_EFFECT, &[&id, &epoch, not_before, &uncounted]).await?
            }
            ReadyResult::Medium(medium) => {
                tx.sql
                    .run(
                        sql::ADD_MEDIUM,
                        &[
                            &id,
                            &epoch,
                            &medium.kind,
                            &medium.mime_type,
                            &medium.size,
                            &medium.path,
                            &medium.file_key,
                            &medium.refused,
                            &now,
                        ],
                    )
                    .await?;
                tx.sql.run(sql::END_EFFECT, &[&id, &epoch, &now]).await?
            }
        };
        Ok(changed > 0)
    }
}

/// What dead processes had claimed is free again.
pub(super) async fn free_of_the_dead(tx: &Tx, now: i64) -> Result<(), Fault> {
    tx.sql.run(FREE_OF_THE_DEAD, &[&tx.epoch, &now]).await.map(drop)
}

pub(super) async fn forget(tx: &Tx, now: i64) -> Result<(), Fault> {
    let before = now.saturating_sub(KEEP_EFFECTS_MS);
    tx.sql.run(sql::FORGET_EFFECTS, &[&before, &FORGET_AT_ONCE]).await?;
    tx.sql.run(person::FORGET_KEPT, &[&now]).await.map(drop)
}

/// How many wait, and since when the oldest does.
pub(super) async fn waiting(statements: &Sql) -> Result<(i64, Option<i64>), Fault> {
    let row = statements.one(sql::EFFECTS_WAITING, &[]).await?;
    Ok((get(&row, 0)?, get(&row, 1)?))
}
