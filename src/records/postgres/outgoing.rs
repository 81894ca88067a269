//! Claims on messages that wait, and what became of the calls made for them.

mod claim;

pub(super) use self::claim::oldest;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Postgres;
use super::fault::Fault;
use super::job::Ask;
use super::messages::{self, Message, Messages, Name};
use super::tx::Tx;
use crate::message::Status;
use crate::records::common::{cannot_seal, halves, place};
use crate::records::totals::Totals;
use crate::records::{RecordsError, SendRecord, SendResult};
use crate::seal::Keyring;

/// An answer to a send, sealed on the caller's thread.
pub(super) struct ReadySend {
    record: SendRecord,
    /// The provider's id, sealed; its hash needs the channel, which the row knows.
    provider_id: Option<Vec<u8>>,
    keyring: Arc<Keyring>,
}

impl ReadySend {
    fn at(&self) -> i64 {
        self.record.at.as_millisecond()
    }
}

impl Postgres {
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
            ready.push(ReadySend { record, provider_id, keyring: Arc::clone(&self.keyring) });
        }
        self.writer.submit_sends(ready).await
    }
}

/// Writes all answers of a group, as sets.
pub(super) async fn write_sends(
    tx: &mut Tx,
    asks: &mut [&mut Ask<Vec<ReadySend>, ()>],
) -> Result<(), Fault> {
    let mut ids: Vec<i64> = Vec::new();
    for ask in asks.iter() {
        ids.extend(ask.input.iter().map(|send| send.record.id.id));
    }
    let mut messages = messages::lock(&tx.sql, &ids, &[]).await?;
    let mut sends: Vec<&ReadySend> = Vec::with_capacity(ids.len());
    for ask in asks.iter_mut() {
        let broken = ask.input.iter().find_map(|send| messages.broken(send.record.id.id));
        ask.refused = broken.cloned();
        ask.done = Some(());
        if ask.refused.is_none() {
            sends.extend(&ask.input);
        }
    }
    let mut names: BTreeMap<Name, (i64, i64)> = BTreeMap::new();
    let mut named: Vec<Option<Name>> = Vec::with_capacity(sends.len());
    for send in &sends {
        let name = name_of(&mut messages, send);
        if let Some(name) = name {
            names.entry(name).or_insert((send.record.id.id, send.at()));
        }
        named.push(name);
    }
    messages.name(tx, &names).await?;
    for (send, name) in sends.iter().zip(named) {
        record(tx.epoch, &mut tx.totals, &mut messages, send, name);
    }
    messages.write(tx).await
}

/// The name the answer brings for its message.
fn name_of(messages: &mut Messages, send: &ReadySend) -> Option<Name> {
    let SendResult::Sent { provider_id: Some(provider_id) } = &send.record.result else {
        return None;
    };
    let channel = messages.of(send.record.id)?.channel;
    Some(halves(send.keyring.provider_hash(channel, provider_id)))
}

/// Records one answer. A row this process still holds claimed goes where the answer says; one that
/// was settled or taken meanwhile only climbs the lattice.
fn record(
    epoch: i64,
    totals: &mut Totals,
    messages: &mut Messages,
    send: &ReadySend,
    name: Option<Name>,
) {
    let id = send.record.id;
    let Some(message) = messages.of(id) else {
        tracing::warn!(outgoing = id.id, "an answer to a message the records do not have");
        return;
    };
    let at = send.at();
    if message.status == Status::Claimed && message.epoch == Some(epoch) {
        record_claimed(message, at, &send.record.result, totals);
    } else if message.status == Status::Unknown {
        record_unknown(message, at, &send.record.result, totals);
    }
    if let (Some(name), Some(sealed)) = (name, &send.provider_id) {
        messages.keep_name(id.id, name, sealed, at, totals);
    }
}

fn record_claimed(message: &mut Message, at: i64, result: &SendResult, totals: &mut Totals) {
    match result {
        SendResult::Partly { taken, rest } => {
            message.parts_taken = i64::from(*taken);
            record_claimed(message, at, rest, totals);
        }
        SendResult::Sent { .. } => end(message, at, Status::Sent, (1, None, None), totals),
        SendResult::Failed { error, reason } => {
            end(message, at, Status::Failed, (1, *error, Some(reason)), totals);
        }
        SendResult::Suppressed { reason } => {
            end(message, at, Status::Suppressed, (0, None, Some(reason)), totals);
        }
        SendResult::Expired => end(message, at, Status::Expired, (0, None, None), totals),
        SendResult::Retry { not_before, error } => {
            message.attempts += 1;
            queue(message, at, totals);
            message.not_before = not_before.as_millisecond();
            message.error = *error;
        }
        SendResult::Released { not_before: Some(not_before) } => {
            queue(message, at, totals);
            message.not_before = not_before.as_millisecond();
            message.error = None;
        }
        SendResult::Released { not_before: None } => queue(message, at, totals),
        SendResult::Unknown => {
            message.attempts += 1;
            message.unknown_since = Some(at);
            message.move_to(Status::Unknown, at, totals);
        }
    }
}

/// The answer came after the claim was lost: it settles what we did not know.
fn record_unknown(message: &mut Message, at: i64, result: &SendResult, totals: &mut Totals) {
    match result {
        SendResult::Sent { .. } => end(message, at, Status::Sent, (1, None, None), totals),
        SendResult::Failed { error, reason } => {
            end(message, at, Status::Failed, (1, *error, Some(reason)), totals);
        }
        SendResult::Partly { rest, .. } => record_unknown(message, at, rest, totals),
        _ => {}
    }
}

fn queue(message: &mut Message, at: i64, totals: &mut Totals) {
    message.epoch = None;
    message.move_to(Status::Queued, at, totals);
}

/// With the calls it counts as, and the provider's error or our reason.
fn end(
    message: &mut Message,
    at: i64,
    to: Status,
    (calls, error, reason): (i64, Option<i64>, Option<&String>),
    totals: &mut Totals,
) {
    message.attempts += calls;
    message.error = error;
    message.reason = reason.cloned();
    message.unknown_since = None;
    message.move_to(to, at, totals);
}
