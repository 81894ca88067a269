//! Providers' words about our messages, applied along the lattice. A word that comes before we know
//! the provider's id is kept until the answer to the send brings it.

use std::sync::Arc;

use super::fault::Fault;
use super::holds::write_mark;
use super::outgoing::keep_provider_id;
use super::query::{list, of_these};
use super::writer::Tx;
use super::{Sqlite, contacts};
use crate::message::{Asks, Channel, Status, StatusUpdate};
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::common::{
    Another, ReadyAddress, another_try, cannot_seal, halves, place, ready_addresses,
};
use crate::records::sql::{outgoing as outgoing_sql, statuses as sql};
use crate::records::totals::Total;
use crate::seal::Keyring;

/// Where a message stands in its table.
pub(super) struct Standing {
    pub(super) status: Status,
    pub(super) created: i64,
    pub(super) epoch: Option<i64>,
    pub(super) channel: Channel,
    pub(super) has_provider_id: bool,
    pub(super) contact: i64,
    calls: i64,
}

/// A provider's word, its id and its addresses hashed and sealed on the caller's thread.
struct Word {
    update: StatusUpdate,
    hash: (i64, i64),
    recipient: Vec<ReadyAddress>,
}

/// What one word says, wherever it came from.
#[derive(Clone, Copy)]
struct Said {
    status: Status,
    at: i64,
    error: Option<i64>,
    asks: Option<Asks>,
}

impl Sqlite {
    pub(in crate::records) async fn apply_statuses(
        &self,
        updates: Vec<StatusUpdate>,
    ) -> Result<(), RecordsError> {
        if updates.is_empty() {
            return Ok(());
        }
        let mut words = Vec::with_capacity(updates.len());
        for update in updates {
            let hash = halves(self.keyring.provider_hash(update.channel, &update.provider_id));
            // One name alone teaches nothing.
            let recipient = match update.recipient.addresses.len() {
                0 | 1 => Vec::new(),
                _ => ready_addresses(&self.keyring, &update.recipient)?,
            };
            words.push(Word { update, hash, recipient });
        }
        let (clock, keyring) = (self.clock.clone(), Arc::clone(&self.keyring));
        self.writer
            .submit(None, move |tx| {
                let now = clock.now().as_millisecond();
                for word in &words {
                    apply(tx, &keyring, word, now)?;
                }
                Ok(())
            })
            .await
    }
}

/// Where the message stands; `None` when there is no such message.
pub(super) fn standing(tx: &Tx<'_>, id: i64) -> Result<Option<Standing>, Fault> {
    let row = tx.row(outgoing_sql::STANDING, [id], |row| {
        let (status, channel): (i64, i64) = (row.get(0)?, row.get(3)?);
        // The codes are read below.
        let standing = Standing {
            status: Status::Queued,
            created: row.get(1)?,
            epoch: row.get(2)?,
            channel: Channel::Internal,
            has_provider_id: row.get(4)?,
            contact: row.get(5)?,
            calls: row.get(6)?,
        };
        Ok((status, channel, standing))
    })?;
    let Some((status, channel, standing)) = row else { return Ok(None) };
    let broken = |column: &'static str| {
        let reason = "written by a newer version".to_owned();
        Fault::Job(RecordsError::Broken { table: "outgoing", column, id, reason })
    };
    Ok(Some(Standing {
        status: Status::from_code(status).ok_or_else(|| broken("status"))?,
        channel: Channel::from_code(channel).ok_or_else(|| broken("channel"))?,
        ..standing
    }))
}

fn apply(tx: &mut Tx<'_>, keyring: &Keyring, word: &Word, now: i64) -> Result<(), Fault> {
    let said = Said {
        status: word.update.status,
        at: word.update.at.as_millisecond(),
        error: word.update.error,
        asks: word.update.asks,
    };
    // Our own id, echoed, is the best witness; its moment keeps a number met again after a restore
    // from being taken for the old one.
    if let Some(id) = word.update.outgoing
        && let Some(known) = standing(tx, id.id)?.filter(|row| row.created == id.created_ms)
    {
        let mut moved = false;
        if !known.has_provider_id && !word.update.provider_id.is_empty() {
            // Only the first word about a message has to name it: sealed here, not for every word.
            let sealed = keyring
                .seal(place::PROVIDER_ID, id.id, word.update.provider_id.as_bytes())
                .map_err(|error| cannot_seal(&error))?;
            keep_provider_id(tx, id.id, &known, word.hash, &sealed, now)?;
            moved = apply_unmatched(tx, id.id, word.hash, now)?;
        }
        return hear(tx, (id.id, known, moved), word, said, now);
    }
    let (hash, hash_rest) = word.hash;
    let known: Option<i64> = tx.row(sql::BY_PROVIDER_ID, (hash, hash_rest), |row| row.get(0))?;
    if let Some(id) = known {
        let Some(known) = standing(tx, id)? else { return Ok(()) };
        return hear(tx, (id, known, false), word, said, now);
    }
    let kept = tx.run(
        sql::KEEP_UNMATCHED,
        (
            hash,
            hash_rest,
            said.status.code(),
            said.at,
            word.update.channel.code(),
            said.error,
            word.update.outgoing.map(crate::message::OutgoingId::to_opaque),
            now,
            said.asks.map(Asks::code),
        ),
    )?;
    tx.totals.add(Total::Unmatched, i64::try_from(kept).unwrap_or(0));
    Ok(())
}

/// Learns whom the message went to and lets it climb. `moved`: it stands elsewhere by now than was read.
fn hear(
    tx: &mut Tx<'_>,
    (id, known, moved): (i64, Standing, bool),
    word: &Word,
    said: Said,
    now: i64,
) -> Result<(), Fault> {
    contacts::learn(tx, known.contact, &word.recipient, now)?;
    // What was learnt may have made two contacts one.
    let is_old = moved || !word.recipient.is_empty();
    let stands = if is_old { standing(tx, id)? } else { Some(known) };
    match stands {
        Some(stands) => climb(tx, id, &stands, said, now),
        None => Ok(()),
    }
}

/// Logs the word and moves the message when the word is above where it stands.
fn climb(tx: &mut Tx<'_>, id: i64, standing: &Standing, said: Said, now: i64) -> Result<(), Fault> {
    let is_news = tx.run(sql::LOG_STATUS, (id, said.status.code(), said.at, said.error, now))? > 0;
    let after = standing.status.after(said.status);
    match said.asks {
        Some(Asks::Mark(mark)) => write_mark(**tx, standing.contact, mark, now)?,
        Some(Asks::Again) => match another_try(standing.status, is_news, standing.calls, now) {
            Another::No => {}
            Another::Heard => return Ok(()),
            Another::At(not_before) => {
                tx.run(outgoing_sql::GO_AGAIN, (id, not_before, said.error, now))?;
                tx.totals.moved(Some(standing.status), Status::Queued, 1);
                return Ok(());
            }
        },
        _ => {}
    }
    if after != standing.status {
        tx.run(outgoing_sql::MOVE_STATUS, (id, after.code(), said.error, now))?;
        tx.totals.moved(Some(standing.status), after, 1);
        if after == Status::Failed {
            tx.run(&of_these(asked::UNASK), [list(&[id])])?;
        } else if standing.status == Status::Failed {
            tx.run(&of_these(asked::ASKED_AFTER_ALL), [list(&[id])])?;
        }
    }
    Ok(())
}

/// The message now has its provider's id: words that came before it are applied. Whether there were any.
pub(super) fn apply_unmatched(
    tx: &mut Tx<'_>,
    id: i64,
    hash: (i64, i64),
    now: i64,
) -> Result<bool, Fault> {
    let waiting: Vec<(i64, i64, Option<i64>, Option<i64>)> =
        tx.rows(sql::UNMATCHED, hash, |row| row.try_into())?;
    if waiting.is_empty() {
        return Ok(false);
    }
    for (status, at, error, asks) in waiting {
        let Some(stands) = standing(tx, id)? else { break };
        if let Some(status) = Status::from_code(status) {
            let asks = asks.and_then(Asks::from_code);
            climb(tx, id, &stands, Said { status, at, error, asks }, now)?;
        }
    }
    let dropped = tx.run(sql::DROP_UNMATCHED, hash)?;
    tx.totals.add(Total::Unmatched, -i64::try_from(dropped).unwrap_or(0));
    Ok(true)
}

pub(super) fn add_provider_id(
    tx: &Tx<'_>,
    id: i64,
    hash: (i64, i64),
    at: i64,
) -> Result<(), Fault> {
    tx.run(sql::ADD_PROVIDER_ID, (hash.0, hash.1, id, at)).map(drop)
}
