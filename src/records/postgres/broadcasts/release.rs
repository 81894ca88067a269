//! Recipients become messages: taken past what other processes are taking, all their rows written by a
//! handful of statements.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio_postgres::types::ToSql;

use super::{STATE_KEPT, addresses, but_closed, gather, one, state};
use crate::broadcast::parts_of;
use crate::message::{Outgoing, Status};
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::broadcasts::{
    BroadcastRow, Chunk, For, LOOKED_AT_ONCE, Planned, Ready, Release, Released, came_to,
    may_release_in, ready_chunk, road_keys,
};
use crate::records::common::FROM_US;
use crate::records::postgres::Postgres;
use crate::records::postgres::fault::Fault;
use crate::records::postgres::sql::get;
use crate::records::postgres::turns::{ADD_MESSAGES, MESSAGE_IDS};
use crate::records::postgres::tx::{Op, Tx};
use crate::records::sql::{broadcasts as sql, turns as turns_sql};
use crate::seal::Keyring;

const LOCK_CONTACTS: &str = "
    SELECT id, last_message FROM contacts WHERE id = ANY(?1) ORDER BY id FOR UPDATE";

const LAST_MESSAGES: &str = "
    UPDATE contacts SET last_message = new.message
    FROM unnest(?1::bigint[], ?2::bigint[]) AS new (id, message) WHERE contacts.id = new.id";

const ADD_OUTGOING: &str = "
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created, not_before,
                          epoch, moved, send_before, broadcast, parts)
    SELECT id, contact, channel, account, 3, ?5, 1, ?6, ?6, ?7, ?6, ?8, ?9, parts
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::text[], ?10::bigint[])
      AS new (id, contact, channel, account, parts)";

const TAKE: &str = "
    UPDATE recipients SET state = 1, outgoing = new.message
    FROM unnest(?2::bigint[], ?3::bigint[]) AS new (contact, message)
    WHERE broadcast = ?1 AND recipients.contact = new.contact";

const TAKE_FALLEN: &str = "
    UPDATE recipients SET fallback_outgoing = new.message
    FROM unnest(?2::bigint[], ?3::bigint[]) AS new (contact, message)
    WHERE broadcast = ?1 AND recipients.contact = new.contact";

const REFUSE: &str = "
    UPDATE recipients SET state = 2, reason = new.reason
    FROM unnest(?2::bigint[], ?3::text[]) AS new (contact, reason)
    WHERE broadcast = ?1 AND recipients.contact = new.contact";

/// As [`asked::ASK`], many at once; those whom another broadcast asked are not among what comes back.
const ASK: &str = "
    INSERT INTO asked (contact, purpose, at, broadcast)
    SELECT contact, ?2, ?3, ?4 FROM unnest(?1::bigint[]) AS new (contact)
    ON CONFLICT (contact, purpose) DO UPDATE SET broadcast = excluded.broadcast
    WHERE asked.broadcast = excluded.broadcast RETURNING contact";

/// One chunk. What its last run made is kept besides, for an answer that is lost on its way to the caller.
struct ReleaseChunk {
    release: Release,
    now: Timestamp,
    keyring: Arc<Keyring>,
    made: Arc<Mutex<Chunk>>,
}

impl Postgres {
    pub(in crate::records) async fn release_recipients(
        &self,
        release: Release,
        now: Timestamp,
    ) -> Result<Chunk, RecordsError> {
        let made = Arc::new(Mutex::new(Chunk::default()));
        let keyring = Arc::clone(&self.keyring);
        let chunk = ReleaseChunk { release, now, keyring, made: Arc::clone(&made) };
        let reason = match self.writer.submit(chunk).await {
            Err(RecordsError::Unavailable(reason)) => reason,
            answered => return answered,
        };
        let chunk = std::mem::take(&mut *made.lock());
        let Some(first) = chunk.outgoing.first().map(|outgoing| outgoing.id.id) else {
            return Err(RecordsError::Unavailable(reason));
        };
        let logged = self.readers.ask(move |statements| async move {
            statements.row(turns_sql::LOGGED, &[&first]).await
        });
        match logged.await {
            Ok(Some(_)) => Ok(chunk),
            _ => Err(RecordsError::Unavailable(reason)),
        }
    }
}

impl Op for ReleaseChunk {
    type Done = Chunk;

    async fn run(&mut self, tx: &mut Tx) -> Result<Chunk, Fault> {
        *self.made.lock() = Chunk::default();
        let stands = state(&tx.sql, STATE_KEPT, self.release.broadcast).await?;
        if !may_release_in(stands, self.release.fallback.is_some()) {
            return Ok(Chunk::default());
        }
        let Some(broadcast) = one(&tx.sql, &self.keyring, self.release.broadcast).await? else {
            return Ok(Chunk::default());
        };
        let (planned, last) = self.planned(tx).await?;
        if planned.is_empty() {
            return Ok(Chunk { last, ..Chunk::default() });
        }
        let contacts: Vec<i64> = planned.iter().map(|row| row.contact).collect();
        let mut previous: HashMap<i64, Option<i64>> = HashMap::with_capacity(contacts.len());
        for row in &tx.sql.rows(LOCK_CONTACTS, &[&contacts]).await? {
            previous.insert(get(row, 0)?, get(row, 1)?);
        }
        let people = gather(&tx.sql, &contacts, For::Message).await?;
        let addresses = addresses(&tx.sql, &self.keyring, &contacts).await?;
        let wanted = i64::try_from(contacts.len()).unwrap_or(i64::MAX);
        let ids = tx.sql.rows(MESSAGE_IDS, &[&wanted]).await?;
        let mut ids: Vec<i64> = ids.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
        ids.sort_unstable();
        let known = (&people, addresses);
        let ids = ids.into_iter();
        let mut released =
            ready_chunk(&self.keyring, &broadcast, &self.release, planned, known, ids, self.now)?;
        self.ask(tx, &broadcast, &mut released).await?;
        self.write(tx, &broadcast, &released, &previous).await?;
        let Released { ready, refused } = released;
        let outgoing: Vec<Outgoing> = ready.into_iter().map(|ready| ready.outgoing).collect();
        tx.totals.moved(None, Status::Claimed, outgoing.len());
        let chunk = Chunk { outgoing, last, refused: refused.len() as u64 };
        *self.made.lock() = chunk.clone();
        Ok(chunk)
    }
}

impl ReleaseChunk {
    /// Whose turn it is, and nobody else's to take; and how far that came.
    async fn planned(&self, tx: &Tx) -> Result<(Vec<Planned>, Option<i64>), Fault> {
        let Release { broadcast, after, limit, fallback, closed, .. } = &self.release;
        let limit = i64::try_from(*limit).unwrap_or(i64::MAX);
        let mut end = None;
        let rows = match fallback {
            None if closed.is_empty() => {
                let text = format!("{} FOR UPDATE SKIP LOCKED", sql::PLANNED);
                tx.sql.rows(&text, &[broadcast, after, &limit]).await?
            }
            None => {
                let text = but_closed(sql::PLANNED_ON_OPEN, 4);
                let text = format!("{text} FOR UPDATE SKIP LOCKED");
                tx.sql.rows(&text, &[broadcast, after, &limit, &road_keys(closed)]).await?
            }
            Some((fallback, silent)) => {
                let step = tx.sql.one(sql::STEP, &[broadcast, after, &LOOKED_AT_ONCE]).await?;
                end = get(&step, 0)?;
                if end.is_none() {
                    return Ok((Vec::new(), None));
                }
                let text = format!("{} FOR UPDATE OF r SKIP LOCKED", sql::FALLEN);
                let silent = silent.as_millisecond();
                let channel = fallback.channel.code();
                tx.sql.rows(&text, &[broadcast, after, &limit, &silent, &end, &channel]).await?
            }
        };
        let mut planned = Vec::with_capacity(rows.len());
        for row in &rows {
            planned.push(Planned {
                contact: get(row, 0)?,
                channel: get(row, 1)?,
                account: get(row, 2)?,
                language: get(row, 3)?,
            });
        }
        let last = match end {
            Some(end) => Some(came_to(&planned, limit, end)),
            None => planned.last().map(|row| row.contact),
        };
        Ok((planned, last))
    }

    /// Of a broadcast that asks for a consent: whom another has asked meanwhile gets nothing.
    async fn ask(
        &self,
        tx: &Tx,
        broadcast: &BroadcastRow,
        released: &mut Released,
    ) -> Result<(), Fault> {
        let Some(wanted) = broadcast.purpose.asks_for() else { return Ok(()) };
        let contacts: Vec<i64> =
            released.ready.iter().map(|ready| ready.outgoing.contact).collect();
        let (name, at) = (wanted.name(), self.now.as_millisecond());
        let mut ours = HashSet::with_capacity(contacts.len());
        for row in &tx.sql.rows(ASK, &[&contacts, &name, &at, &broadcast.id]).await? {
            ours.insert(get::<i64>(row, 0)?);
        }
        let is_ours = |ready: &Ready| ours.contains(&ready.outgoing.contact);
        let (asked, before): (Vec<_>, Vec<_>) =
            std::mem::take(&mut released.ready).into_iter().partition(is_ours);
        released.ready = asked;
        let before = before.into_iter().map(|ready| (ready.outgoing.contact, asked::BEFORE));
        released.refused.extend(before);
        Ok(())
    }

    async fn write(
        &self,
        tx: &Tx,
        broadcast: &BroadcastRow,
        released: &Released,
        previous: &HashMap<i64, Option<i64>>,
    ) -> Result<(), Fault> {
        let ready = &released.ready;
        let falls_back = self.release.fallback.is_some();
        if !ready.is_empty() {
            let each = || ready.iter().map(|ready| &ready.outgoing);
            let ids: Vec<i64> = each().map(|outgoing| outgoing.id.id).collect();
            let contacts: Vec<i64> = each().map(|outgoing| outgoing.contact).collect();
            let channels: Vec<i64> = each().map(|outgoing| outgoing.channel.code()).collect();
            let accounts: Vec<&str> = each().map(|outgoing| outgoing.account.as_str()).collect();
            let parts = each().map(|outgoing| parts_of(&outgoing.content, outgoing.channel));
            let parts: Vec<i64> =
                parts.map(|parts| i64::try_from(parts).unwrap_or(i64::MAX)).collect();
            let before: Vec<Option<i64>> =
                contacts.iter().map(|contact| previous.get(contact).copied().flatten()).collect();
            let directions = vec![FROM_US; ids.len()];
            let created = self.now.as_millisecond();
            let at = vec![created; ids.len()];
            let contents: Vec<&[u8]> = ready.iter().map(|ready| ready.sealed.as_slice()).collect();
            let (purpose, send_before) =
                (broadcast.purpose.name(), broadcast.send_before.as_millisecond());
            let take = if falls_back { TAKE_FALLEN } else { TAKE };
            tx.sql.warm(&[ADD_MESSAGES, ADD_OUTGOING, LAST_MESSAGES, take]).await?;
            tokio::try_join!(
                biased;
                async {
                    let columns: [&(dyn ToSql + Sync); 8] = [
                        &ids, &contacts, &before, &directions, &channels, &accounts, &at, &contents,
                    ];
                    tx.sql.run(ADD_MESSAGES, &columns).await
                },
                async {
                    let columns: [&(dyn ToSql + Sync); 10] = [
                        &ids, &contacts, &channels, &accounts, &purpose, &created, &tx.epoch,
                        &send_before, &broadcast.id, &parts,
                    ];
                    tx.sql.run(ADD_OUTGOING, &columns).await
                },
                async { tx.sql.run(LAST_MESSAGES, &[&contacts, &ids]).await },
                async { tx.sql.run(take, &[&broadcast.id, &contacts, &ids]).await },
            )?;
        }
        if released.refused.is_empty() {
            return Ok(());
        }
        let contacts: Vec<i64> = released.refused.iter().map(|(contact, _)| *contact).collect();
        if falls_back {
            let none = vec![0_i64; contacts.len()];
            tx.sql.run(TAKE_FALLEN, &[&broadcast.id, &contacts, &none]).await?;
        } else {
            let reasons: Vec<&str> = released.refused.iter().map(|(_, reason)| *reason).collect();
            tx.sql.run(REFUSE, &[&broadcast.id, &contacts, &reasons]).await?;
        }
        Ok(())
    }
}
