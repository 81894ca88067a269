//! Recipients become messages: read and sealed on a reader's thread, written in one short transaction.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{but_closed, gather, key_list, list, of_these, one, state};
use crate::broadcast::parts_of;
use crate::contact::Identities;
use crate::message::{Outgoing, Status};
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::broadcasts::{
    Chunk, For, LOOKED_AT_ONCE, Planned, Release, Released, came_to, may_release, may_release_in,
    ready_chunk,
};
use crate::records::common::{FROM_US, open_address};
use crate::records::sql::{broadcasts as sql, turns as turns_sql};
use crate::records::sqlite::Sqlite;
use crate::records::sqlite::fault::Fault;
use crate::records::sqlite::statements::Statements;
use crate::records::sqlite::writer::Tx;
use crate::seal::Keyring;

/// What is written of a chunk.
struct Writing {
    broadcast: i64,
    falls_back: bool,
    sealed: Vec<Vec<u8>>,
    outgoing: Arc<Vec<Outgoing>>,
    refused: Vec<(i64, &'static str)>,
}

impl Sqlite {
    pub(in crate::records) async fn release_recipients(
        &self,
        release: Release,
        now: Timestamp,
    ) -> Result<Chunk, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        let ids = self.message_ids(release.limit);
        let (broadcast, falls_back) = (release.broadcast, release.fallback.is_some());
        let (Released { ready, refused }, last) = self
            .readers
            .ask(move |statements| read(statements, &keyring, &release, ids, now))
            .await?;
        if ready.is_empty() && refused.is_empty() {
            return Ok(Chunk { last, ..Chunk::default() });
        }
        let (sealed, outgoing): (Vec<_>, Vec<_>) =
            ready.into_iter().map(|ready| (ready.sealed, ready.outgoing)).unzip();
        let outgoing = Arc::new(outgoing);
        let refused_count = refused.len() as u64;
        let writing =
            Writing { broadcast, falls_back, sealed, outgoing: Arc::clone(&outgoing), refused };
        let written = self.writer.submit(None, move |tx| write(tx, &writing)).await;
        let ours = match written {
            Ok(ours) => ours,
            // Perhaps it was written and only its answer lost: nobody else would ever send them.
            Err(RecordsError::Unavailable(reason)) => {
                let asked = Arc::clone(&outgoing);
                let found = self.readers.ask(move |statements| logged(statements, &asked)).await;
                match found {
                    Ok(ours) if ours.contains(&true) => ours,
                    _ => return Err(RecordsError::Unavailable(reason)),
                }
            }
            Err(error) => return Err(error),
        };
        let mut ours = ours.into_iter();
        let mut outgoing = Arc::try_unwrap(outgoing).unwrap_or_else(|shared| (*shared).clone());
        outgoing.retain(|_| ours.next() == Some(true));
        Ok(Chunk { outgoing, last, refused: refused_count })
    }
}

/// The recipients whose turn it is, with their messages.
fn read(
    statements: Statements<'_>,
    keyring: &Keyring,
    release: &Release,
    ids: std::ops::Range<i64>,
    now: Timestamp,
) -> Result<(Released, Option<i64>), Fault> {
    let Some(broadcast) = one(statements, keyring, release.broadcast)? else {
        return Ok((Released::default(), None));
    };
    if !may_release(&broadcast, release) {
        return Ok((Released::default(), None));
    }
    let limit = i64::try_from(release.limit).unwrap_or(i64::MAX);
    let read = |row: &rusqlite::Row<'_>| {
        let (contact, channel) = (row.get(0)?, row.get(1)?);
        Ok(Planned { contact, channel, account: row.get(2)?, language: row.get(3)? })
    };
    let (id, after) = (release.broadcast, release.after);
    let (planned, last) = match &release.fallback {
        None => {
            let planned = if release.closed.is_empty() {
                statements.rows(sql::PLANNED, (id, after, limit), read)?
            } else {
                let text = but_closed(sql::PLANNED_ON_OPEN, 4);
                statements.rows(&text, (id, after, limit, key_list(&release.closed)), read)?
            };
            let last = planned.last().map(|row| row.contact);
            (planned, last)
        }
        Some((fallback, silent)) => {
            let end: Option<i64> =
                statements.one(sql::STEP, (id, after, LOOKED_AT_ONCE), |row| row.get(0))?;
            let Some(end) = end else { return Ok((Released::default(), None)) };
            let channel = fallback.channel.code();
            let asked = (id, after, limit, silent.as_millisecond(), end, channel);
            let fallen = statements.rows(sql::FALLEN, asked, read)?;
            let last = came_to(&fallen, limit, end);
            (fallen, Some(last))
        }
    };
    let contacts: Vec<i64> = planned.iter().map(|row| row.contact).collect();
    let people = gather(statements, &contacts, For::Message)?;
    let addresses = addresses(statements, keyring, &contacts)?;
    let people = (&people, addresses);
    let ready = ready_chunk(keyring, &broadcast, release, planned, people, ids, now)?;
    Ok((ready, last))
}

/// An address as it is read: its id, kind, hash, sealed bytes, contact.
type AddressRow = (i64, i64, [u8; 16], Vec<u8>, i64);

fn addresses(
    statements: Statements<'_>,
    keyring: &Keyring,
    contacts: &[i64],
) -> Result<HashMap<i64, Identities>, Fault> {
    let rows: Vec<AddressRow> =
        statements.rows(&of_these(sql::ADDRESSES), [list(contacts)], |row| row.try_into())?;
    let mut addresses: HashMap<i64, Identities> = HashMap::with_capacity(contacts.len());
    for (id, kind, hash, sealed, contact) in rows {
        let address = open_address(keyring, id, kind, hash, &sealed)?;
        addresses.entry(contact).or_default().addresses.push(address);
    }
    Ok(addresses)
}

/// Writes the chunk; of each message whether it is ours to send: another may have taken the row.
fn write(tx: &mut Tx<'_>, chunk: &Writing) -> Result<Vec<bool>, Fault> {
    let mut ours = vec![false; chunk.outgoing.len()];
    if !may_release_in(state(**tx, chunk.broadcast)?, chunk.falls_back) {
        return Ok(ours);
    }
    let epoch = tx.epoch;
    let connection = tx.connection;
    let take = if chunk.falls_back { sql::TAKE_FALLEN } else { sql::TAKE };
    let mut take = connection.prepare_cached(take)?;
    let mut newest = connection.prepare_cached(turns_sql::NEWEST_MESSAGE)?;
    let mut log = connection.prepare_cached(turns_sql::ADD_MESSAGE)?;
    let mut is_newest = connection.prepare_cached(turns_sql::LAST_MESSAGE)?;
    let mut add = connection.prepare_cached(sql::ADD_OUTGOING)?;
    let mut taken = 0;
    let asks_for = chunk.outgoing.first().and_then(|outgoing| outgoing.purpose.asks_for());
    for ((outgoing, sealed), ours) in chunk.outgoing.iter().zip(&chunk.sealed).zip(&mut ours) {
        let (id, contact) = (outgoing.id.id, outgoing.contact);
        if take.execute((chunk.broadcast, contact, id))? == 0 {
            continue;
        }
        if let Some(wanted) = asks_for {
            let row = (contact, wanted.name(), outgoing.id.created_ms, chunk.broadcast);
            if tx.run(asked::ASK, row)? == 0 {
                if chunk.falls_back {
                    tx.run(asked::NO_SECOND_WAY, (chunk.broadcast, contact))?;
                } else {
                    tx.run(asked::REFUSE_TAKEN, (chunk.broadcast, contact, asked::BEFORE))?;
                }
                continue;
            }
        }
        let previous: Option<i64> = newest.query_row([contact], |row| row.get(0))?;
        let (channel, account) = (outgoing.channel.code(), &outgoing.account);
        let created = outgoing.id.created_ms;
        log.execute((id, contact, previous, FROM_US, channel, account, created, sealed))?;
        is_newest.execute((contact, id))?;
        let send_before = outgoing.send_before.map(Timestamp::as_millisecond);
        let purpose = outgoing.purpose.name();
        let parts = parts_of(&outgoing.content, outgoing.channel);
        let of = (chunk.broadcast, i64::try_from(parts).unwrap_or(i64::MAX));
        let row = (id, contact, channel, account, purpose, created, epoch, send_before, of.0, of.1);
        add.execute(row)?;
        *ours = true;
        taken += 1;
    }
    for (contact, reason) in &chunk.refused {
        if chunk.falls_back {
            take.execute((chunk.broadcast, contact, 0))?;
        } else {
            tx.run(sql::REFUSE, (chunk.broadcast, contact, reason))?;
        }
    }
    drop((take, newest, log, is_newest, add));
    tx.totals.moved(None, Status::Claimed, taken);
    Ok(ours)
}

/// Which of them stand in the log.
fn logged(statements: Statements<'_>, outgoing: &[Outgoing]) -> Result<Vec<bool>, Fault> {
    let mut logged = Vec::with_capacity(outgoing.len());
    for message in outgoing {
        let found = statements.row(turns_sql::LOGGED, [message.id.id], |_| Ok(()))?;
        logged.push(found.is_some());
    }
    Ok(logged)
}
