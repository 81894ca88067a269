//! Claims on messages that wait, and what became of the calls made for them.

use std::sync::Arc;

use super::Sqlite;
use super::contacts::read_addresses;
use super::fault::Fault;
use super::query::{list, of_these};
use super::statements::Statements;
use super::statuses::{self, Standing};
use super::writer::Tx;
use crate::clock::from_ms;
use crate::message::{Channel, Lane, Outgoing, OutgoingId, Purpose, Status};
use crate::records::asked;
use crate::records::common::{
    StoredInbound, WINDOW_MS, broken_message, cannot_seal, halves, open_message, place,
};
use crate::records::sql::{contacts as contacts_sql, outgoing as sql};
use crate::records::{RecordsError, SendRecord, SendResult};
use crate::seal::Keyring;

/// A claimed row, before its words and addresses are read.
struct ClaimedRow {
    id: i64,
    contact: i64,
    channel: i64,
    account: String,
    lane: i64,
    purpose: String,
    created: i64,
    attempts: u32,
    send_before: Option<i64>,
    answers: Option<i64>,
    parts_taken: u32,
    broadcast: Option<i64>,
}

/// An answer to a send, hashed and sealed on the caller's thread.
struct ReadySend {
    record: SendRecord,
    /// The provider's id, sealed; its hash needs the channel, which the row knows.
    provider_id: Option<Vec<u8>>,
}

impl Sqlite {
    pub(in crate::records) async fn claim(
        &self,
        now: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<Outgoing>, RecordsError> {
        let now_ms = now.as_millisecond();
        // Most of the time nothing waits, and asking does not make the writer commit.
        if !self.readers.ask(move |statements| something_waits(statements, now_ms)).await? {
            return Ok(Vec::new());
        }
        let rows = self.writer.submit(None, move |tx| claim_rows(tx, now_ms, limit)).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<OutgoingId> =
            rows.iter().map(|row| OutgoingId { id: row.id, created_ms: row.created }).collect();
        let keyring = Arc::clone(&self.keyring);
        let read = self
            .readers
            .ask(move |statements| {
                let mut whole = Vec::with_capacity(rows.len());
                let mut broken = Vec::new();
                for row in rows {
                    let id = OutgoingId { id: row.id, created_ms: row.created };
                    match fill(statements, &keyring, row) {
                        Ok(outgoing) => whole.push(outgoing),
                        Err(Fault::Job(error)) => broken.push((id, error)),
                        Err(fault) => return Err(fault),
                    }
                }
                Ok((whole, broken))
            })
            .await;
        let (whole, broken) = match read {
            Ok(read) => read,
            Err(error) => {
                self.release(ids, now).await?;
                return Err(error);
            }
        };
        // The others are on their way whatever becomes of these, which stay claimed if need be.
        if !broken.is_empty()
            && let Err(error) = self.give_up(broken, now).await
        {
            tracing::warn!(%error, "messages that cannot be read back are not ended yet");
        }
        Ok(whole)
    }

    pub(in crate::records) async fn claimed_before(
        &self,
        before: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<OutgoingId>, RecordsError> {
        let (epoch, before) = (self.epoch, before.as_millisecond());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| {
                statements.rows(sql::CLAIMED_BEFORE, (epoch, before, limit), |row| {
                    Ok(OutgoingId { id: row.get(0)?, created_ms: row.get(1)? })
                })
            })
            .await
    }

    /// Gives claims back that never came as far as a caller.
    async fn release(
        &self,
        ids: Vec<OutgoingId>,
        now: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let result = SendResult::Released { not_before: None };
        let untried =
            ids.into_iter().map(|id| SendRecord { id, at: now, result: result.clone() }).collect();
        self.record_sends(untried).await
    }

    /// Rows that cannot be read back can never be sent: they end here, and the operator is told.
    async fn give_up(
        &self,
        broken: Vec<(OutgoingId, RecordsError)>,
        now: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let mut ends = Vec::with_capacity(broken.len());
        for (id, error) in broken {
            tracing::error!(outgoing = id.id, %error, "a message cannot be read back");
            let reason = "it cannot be read back".to_owned();
            ends.push(SendRecord {
                id,
                at: now,
                result: SendResult::Failed { error: None, reason },
            });
        }
        self.record_sends(ends).await
    }

    pub(in crate::records) async fn record_sends(
        &self,
        sends: Vec<SendRecord>,
    ) -> Result<(), RecordsError> {
        if sends.is_empty() {
            return Ok(());
        }
        let mut ready = Vec::with_capacity(sends.len());
        for record in sends {
            let provider_id = match &record.result {
                SendResult::Sent { provider_id: Some(provider_id) } => Some(
                    self.keyring
                        .seal(place::PROVIDER_ID, record.id.id, provider_id.as_bytes())
                        .map_err(|error| cannot_seal(&error))?,
                ),
                _ => None,
            };
            ready.push(ReadySend { record, provider_id });
        }
        let keyring = Arc::clone(&self.keyring);
        self.writer
            .submit(None, move |tx| {
                for send in &ready {
                    record(tx, &keyring, send)?;
                }
                Ok(())
            })
            .await
    }
}

fn something_waits(statements: Statements<'_>, now: i64) -> Result<bool, Fault> {
    for lane in Lane::ALL {
        let oldest: Option<i64> =
            statements.one(sql::OLDEST_QUEUED, [lane.code()], |row| row.get(0))?;
        if oldest.is_some_and(|not_before| not_before <= now) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn claim_rows(tx: &mut Tx<'_>, now: i64, limit: usize) -> Result<Vec<ClaimedRow>, Fault> {
    let mut claimed = Vec::new();
    for lane in Lane::ALL {
        let left = i64::try_from(limit.saturating_sub(claimed.len())).unwrap_or(i64::MAX);
        if left == 0 {
            break;
        }
        let mut rows = tx.rows(sql::CLAIM_LANE, (tx.epoch, now, lane.code(), left), |row| {
            Ok(ClaimedRow {
                id: row.get(0)?,
                contact: row.get(1)?,
                channel: row.get(2)?,
                account: row.get(3)?,
                lane: row.get(4)?,
                purpose: row.get(5)?,
                created: row.get(6)?,
                attempts: row.get(7)?,
                send_before: row.get(8)?,
                answers: row.get(9)?,
                parts_taken: row.get(10)?,
                broadcast: row.get(11)?,
            })
        })?;
        rows.sort_by_key(|row| row.id);
        claimed.append(&mut rows);
    }
    tx.totals.moved(Some(Status::Queued), Status::Claimed, claimed.len());
    Ok(claimed)
}

/// Reads the words, the addresses and the window of a claimed row.
fn fill(statements: Statements<'_>, keyring: &Keyring, row: ClaimedRow) -> Result<Outgoing, Fault> {
    let broken = |column: &'static str, reason: String| {
        Fault::Job(RecordsError::Broken { table: "outgoing", column, id: row.id, reason })
    };
    let channel = Channel::from_code(row.channel)
        .ok_or_else(|| broken("channel", format!("unknown channel {}", row.channel)))?;
    let lane = Lane::from_code(row.lane)
        .ok_or_else(|| broken("lane", format!("unknown lane {}", row.lane)))?;
    let purpose = Purpose::from_name(&row.purpose)
        .ok_or_else(|| broken("purpose", format!("unknown purpose {}", row.purpose)))?;
    let content = read_message(statements, keyring, row.id)?;
    let answers = match row.answers {
        Some(message) => {
            let inbound: StoredInbound = read_message(statements, keyring, message)?;
            Some(inbound.key)
        }
        None => None,
    };
    let to = read_addresses(statements, keyring, row.contact)?;
    let wrote: Option<Option<i64>> = if channel.has_window() {
        let road = (row.contact, row.channel, &row.account);
        statements.row(contacts_sql::ROAD_INBOUND, road, |found| found.get(0))?
    } else {
        // Elsewhere only we count the hours, and a missed call is a word of the person, too.
        statements.row(contacts_sql::LAST_INBOUND, [row.contact], |found| found.get(0))?
    };
    let wrote = wrote.flatten();
    Ok(Outgoing {
        id: OutgoingId { id: row.id, created_ms: row.created },
        contact: row.contact,
        channel,
        account: row.account,
        to,
        lane,
        purpose,
        content,
        answers,
        attempts: row.attempts,
        send_before: row.send_before.map(from_ms),
        window_until: wrote.map(|wrote| from_ms(wrote.saturating_add(WINDOW_MS))),
        parts_taken: row.parts_taken,
        broadcast: row.broadcast,
        kept: None,
    })
}

/// Opens one row of the message log.
pub(super) fn read_message<T: serde::de::DeserializeOwned>(
    statements: Statements<'_>,
    keyring: &Keyring,
    id: i64,
) -> Result<T, Fault> {
    let sealed: Option<Vec<u8>> = statements.row(sql::CONTENT, [id], |row| row.get(0))?;
    match sealed {
        Some(sealed) => Ok(open_message(keyring, id, &sealed)?),
        None => Err(broken_message(id, "there is no such row".to_owned()).into()),
    }
}

/// Records one answer. A row this process still holds claimed goes where the answer says; one that
/// was settled or taken meanwhile only climbs the lattice.
fn record(tx: &mut Tx<'_>, keyring: &Keyring, send: &ReadySend) -> Result<(), Fault> {
    let id = send.record.id;
    let Some(standing) = statuses::standing(tx, id.id)?.filter(|row| row.created == id.created_ms)
    else {
        tracing::warn!(outgoing = id.id, "an answer to a message the records do not have");
        return Ok(());
    };
    let at = send.record.at.as_millisecond();
    let named = match (&send.record.result, &send.provider_id) {
        (SendResult::Sent { provider_id: Some(provider_id) }, Some(sealed)) => {
            Some((halves(keyring.provider_hash(standing.channel, provider_id)), sealed))
        }
        _ => None,
    };
    let is_ours = standing.status == Status::Claimed && standing.epoch == Some(tx.epoch);
    if is_ours && let (Some((hash, sealed)), false) = (named, standing.has_provider_id) {
        // Nearly every answer is this one: its row is written once.
        tx.run(sql::SENT_AND_NAMED, (id.id, sealed, at))?;
        tx.totals.moved(Some(Status::Claimed), Status::Sent, 1);
        statuses::add_provider_id(tx, id.id, hash, at)?;
        statuses::apply_unmatched(tx, id.id, hash, at)?;
        return Ok(());
    }
    if is_ours {
        record_claimed(tx, id.id, at, &send.record.result)?;
    } else if standing.status == Status::Unknown {
        record_unknown(tx, id.id, at, &send.record.result)?;
    }
    if let Some((hash, sealed)) = named {
        keep_provider_id(tx, id.id, &standing, hash, sealed, at)?;
        statuses::apply_unmatched(tx, id.id, hash, at)?;
    }
    Ok(())
}

/// Names the message by its provider's id, once.
pub(super) fn keep_provider_id(
    tx: &Tx<'_>,
    id: i64,
    standing: &Standing,
    hash: (i64, i64),
    sealed: &[u8],
    at: i64,
) -> Result<(), Fault> {
    if !standing.has_provider_id {
        tx.run(sql::KEEP_PROVIDER_ID, (id, sealed))?;
    }
    statuses::add_provider_id(tx, id, hash, at)
}

fn record_claimed(tx: &mut Tx<'_>, id: i64, at: i64, result: &SendResult) -> Result<(), Fault> {
    let to = match result {
        SendResult::Partly { taken, rest } => {
            tx.run(sql::PARTS_TAKEN, (id, taken))?;
            return record_claimed(tx, id, at, rest);
        }
        SendResult::Sent { .. } => end(tx, id, at, Status::Sent, 1, None, None)?,
        SendResult::Failed { error, reason } => {
            end(tx, id, at, Status::Failed, 1, *error, Some(reason))?
        }
        SendResult::Suppressed { reason } => {
            end(tx, id, at, Status::Suppressed, 0, None, Some(reason))?
        }
        SendResult::Expired => end(tx, id, at, Status::Expired, 0, None, None)?,
        SendResult::Retry { not_before, error } => {
            tx.run(sql::REQUEUE, (id, 1, not_before.as_millisecond(), error, at))?;
            Status::Queued
        }
        SendResult::Released { not_before: Some(not_before) } => {
            tx.run(sql::REQUEUE, (id, 0, not_before.as_millisecond(), None::<i64>, at))?;
            Status::Queued
        }
        SendResult::Released { not_before: None } => {
            tx.run(sql::RELEASE, (id, at))?;
            Status::Queued
        }
        SendResult::Unknown => {
            tx.run(sql::LOSE, (id, at))?;
            Status::Unknown
        }
    };
    tx.totals.moved(Some(Status::Claimed), to, 1);
    Ok(())
}

/// The answer came after the claim was lost: it settles what we did not know.
fn record_unknown(tx: &mut Tx<'_>, id: i64, at: i64, result: &SendResult) -> Result<(), Fault> {
    let to = match result {
        SendResult::Sent { .. } => end(tx, id, at, Status::Sent, 1, None, None)?,
        SendResult::Failed { error, reason } => {
            end(tx, id, at, Status::Failed, 1, *error, Some(reason))?
        }
        SendResult::Partly { rest, .. } => return record_unknown(tx, id, at, rest),
        _ => return Ok(()),
    };
    tx.totals.moved(Some(Status::Unknown), to, 1);
    Ok(())
}

fn end(
    tx: &Tx<'_>,
    id: i64,
    at: i64,
    to: Status,
    attempts: u32,
    error: Option<i64>,
    reason: Option<&String>,
) -> Result<Status, Fault> {
    tx.run(sql::SENT, (id, to.code(), attempts, error, reason, at))?;
    if to != Status::Sent {
        tx.run(&of_these(asked::UNASK), [list(&[id])])?;
    }
    Ok(to)
}
