//! Effects: claimed, answered, done; and the media that came of them.

use std::sync::Arc;

use super::Sqlite;
use super::fault::Fault;
use super::readers::Readers;
use super::statements::Statements;
use super::writer::Tx;
use crate::records::RecordsError;
use crate::records::common::milliseconds;
use crate::records::effects::{
    DueEffect, EFFECT_CLAIM, EffectKind, EffectResult, EffectRow, FORGET_AT_ONCE, KEEP_EFFECTS_MS,
    MediumRow, ReadyEffect, ReadyResult, StoredMedium, open_effects, ready_result,
};
use crate::records::person;
use crate::records::sql::effects as sql;
use crate::seal::Keyring;

const CLAIM: &str = "
    UPDATE effects SET epoch = ?1, next_try = ?2 + ?3, attempts = attempts + 1,
           begun = coalesce(begun, ?2)
    WHERE id IN (SELECT id FROM effects WHERE done IS NULL AND kind = ?5 AND next_try <= ?2
                 ORDER BY next_try LIMIT ?4)
    RETURNING id, contact, message, channel, account, hash, hash_rest, sealed, created, begun,
              attempts, answer";

impl Sqlite {
    pub(in crate::records) async fn claim_effects(
        &self,
        now: jiff::Timestamp,
        kind: EffectKind,
        limit: usize,
    ) -> Result<Vec<DueEffect>, RecordsError> {
        let (now, kind) = (now.as_millisecond(), kind.code());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Most of the time nothing waits, and asking does not make the writer commit.
        let due = self
            .readers
            .ask(move |statements| statements.row(sql::EFFECT_DUE, [kind, now], |_| Ok(())))
            .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.writer.submit(None, move |tx| claim(tx, now, kind, limit)).await?;
        Ok(open_effects(rows, &self.keyring))
    }

    pub(in crate::records) async fn record_effect(
        &self,
        effect: &DueEffect,
        result: EffectResult,
    ) -> Result<bool, RecordsError> {
        let ready = ready_result(&self.keyring, effect, result)?;
        let id = effect.id;
        let clock = self.clock.clone();
        self.writer
            .submit(None, move |tx| record(tx, id, clock.now().as_millisecond(), &ready))
            .await
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
    keyring: &Arc<Keyring>,
    which: &'static str,
    number: i64,
) -> Result<Vec<MediumRow>, RecordsError> {
    let keyring = Arc::clone(keyring);
    readers
        .ask(move |statements| {
            let stored = statements.rows(which, [number], |row| {
                Ok(StoredMedium {
                    id: row.get(0)?,
                    contact: row.get(1)?,
                    message: row.get(2)?,
                    kind: row.get(3)?,
                    mime_type: row.get(4)?,
                    size: row.get(5)?,
                    path: row.get(6)?,
                    file_key: row.get(7)?,
                    refused: row.get(8)?,
                    at: row.get(9)?,
                })
            })?;
            let mut media = Vec::with_capacity(stored.len());
            for medium in stored {
                media.push(medium.open(&keyring)?);
            }
            Ok(media)
        })
        .await
}

fn claim(tx: &Tx<'_>, now: i64, kind: i64, limit: i64) -> Result<Vec<EffectRow>, Fault> {
    let claim_ms = milliseconds(EFFECT_CLAIM);
    let mut rows = tx.rows(CLAIM, (tx.epoch, now, claim_ms, limit, kind), |row| {
        Ok(EffectRow {
            id: row.get(0)?,
            contact: row.get(1)?,
            message: row.get(2)?,
            channel: row.get(3)?,
            account: row.get(4)?,
            hash: (row.get(5)?, row.get(6)?),
            sealed: row.get(7)?,
            created: row.get(8)?,
            begun: row.get(9)?,
            attempts: row.get(10)?,
            answer: row.get(11)?,
        })
    })?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Whether the claim was still ours.
fn record(tx: &Tx<'_>, id: i64, now: i64, result: &ReadyResult) -> Result<bool, Fault> {
    let epoch = tx.epoch;
    let changed = match result {
        ReadyResult::Answered(sealed) => tx.run(sql::KEEP_ANSWER, (id, epoch, sealed))?,
        ReadyResult::Done => tx.run(sql::END_EFFECT, (id, epoch, now))?,
        ReadyResult::Free { not_before, counts } => {
            tx.run(sql::FREE_EFFECT, (id, epoch, not_before, i64::from(!counts)))?
        }
        ReadyResult::Medium(medium) => {
            tx.run(
                sql::ADD_MEDIUM,
                (
                    id,
                    epoch,
                    medium.kind,
                    &medium.mime_type,
                    medium.size,
                    &medium.path,
                    &medium.file_key,
                    &medium.refused,
                    now,
                ),
            )?;
            tx.run(sql::END_EFFECT, (id, epoch, now))?
        }
    };
    Ok(changed > 0)
}

/// Whose message made the effects, and the road of the conversation.
pub(super) struct Made<'a> {
    pub(super) contact: i64,
    pub(super) message: Option<i64>,
    pub(super) channel: i64,
    pub(super) account: &'a str,
    pub(super) at: i64,
}

/// Writes the effects of a turn that won.
pub(super) fn write(tx: &Tx<'_>, made: &Made<'_>, effects: &[ReadyEffect]) -> Result<(), Fault> {
    for effect in effects {
        tx.run(
            sql::ADD_EFFECT,
            (
                made.contact,
                effect.kind,
                made.message,
                made.channel,
                made.account,
                effect.hash.0,
                effect.hash.1,
                &effect.sealed,
                made.at,
            ),
        )?;
    }
    Ok(())
}

/// What dead processes had claimed is free again.
pub(super) fn free_of_the_dead(
    statements: Statements<'_>,
    epoch: i64,
    now: i64,
) -> Result<(), Fault> {
    statements.run(sql::FREE_EFFECTS_OF_THE_DEAD, (epoch, now)).map(drop)
}

pub(super) fn forget(statements: Statements<'_>, now: i64) -> Result<(), Fault> {
    let before = now.saturating_sub(KEEP_EFFECTS_MS);
    statements.run(sql::FORGET_EFFECTS, (before, FORGET_AT_ONCE))?;
    statements.run(person::FORGET_KEPT, [now]).map(drop)
}

/// How many wait, and since when the oldest does.
pub(super) fn waiting(statements: Statements<'_>) -> Result<(i64, Option<i64>), Fault> {
    statements.one(sql::EFFECTS_WAITING, (), |row| Ok((row.get(0)?, row.get(1)?)))
}
