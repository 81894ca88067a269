//! Broadcasts: written by commands beside the servers, run by all of them at once.

mod release;
mod series;

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::contacts::{contact_of, open_addresses, owners};
use super::fault::Fault;
use super::query::of_these;
use super::readers::Readers;
use super::sql::{Sql, get, get_bool};
use super::tx::{Op, Tx};
use super::{Beside, Postgres};
use crate::broadcast::{BroadcastState, Candidate, Recipient, RecipientState};
use crate::clock::from_ms;
use crate::contact::{AddressKind, Identities, PhoneNumber, Road};
use crate::message::Status;
use crate::records::RecordsError;
use crate::records::asked;
use crate::records::askers::{Answers, Sent};
use crate::records::broadcasts::{
    BroadcastColumns, BroadcastEvent, BroadcastRow, By, CLEARED_AT_ONCE, ContactRow, For, Froze,
    Funnel, FunnelRow, Gathered, MemberRow, MessagesRow, Moved, NewBroadcast, NewRow, PlanCounts,
    Progress, Step, Took, name_is_taken, open_broadcast, ready_new, road_keys, staged, state_of,
    took, under_their_old_numbers,
};
use crate::records::import::ready::phone_hash;
use crate::records::sql::{broadcasts as sql, process, report as report_sql};
use crate::records::totals::Totals;
use crate::seal::Keyring;

/// The state, and nobody moves it until this transaction is over.
const STATE_KEPT: &str = "SELECT state FROM broadcasts WHERE id = ?1 FOR SHARE";

/// The same for whoever moves it.
const STATE_LOCKED: &str = "SELECT state FROM broadcasts WHERE id = ?1 FOR UPDATE";

const STAGE: &str = "
    INSERT INTO recipients (broadcast, contact, state, reason, channel, account, language)
    SELECT ?1, * FROM unnest(?2::bigint[], ?3::bigint[], ?4::text[], ?5::bigint[], ?6::text[],
                             ?7::text[])";

/// The broadcasts that several contacts were sent since `?2`, as [`TOLD`](crate::records::sql::consent::TOLD)
/// counts them. The limits make each step a search by the index, whatever the planner thinks of how many
/// there are.
const SENT_TO: &str = "
    WITH RECURSIVE chain (contact, message, previous, at) AS (
        SELECT c.id, m.id, m.previous, m.at
        FROM contacts c CROSS JOIN LATERAL (
            SELECT id, previous, at FROM messages WHERE id = c.last_message LIMIT 1) AS m
        WHERE c.id = ANY(?1)
        UNION ALL
        SELECT chain.contact, m.id, m.previous, m.at
        FROM chain CROSS JOIN LATERAL (
            SELECT id, previous, at FROM messages WHERE id = chain.previous LIMIT 1) AS m
        WHERE chain.at >= ?2)
    SELECT chain.contact, o.purpose, chain.at, CASE WHEN o.status = 1 THEN chain.message END,
           o.broadcast
    FROM chain CROSS JOIN LATERAL (
        SELECT lane, status, purpose, broadcast FROM outgoing WHERE id = chain.message LIMIT 1) AS o
    WHERE o.lane = 3 AND o.status BETWEEN 1 AND 5 AND chain.at >= ?2
      AND NOT EXISTS (SELECT 1 FROM broadcasts b WHERE b.id = o.broadcast AND b.test_of IS NOT NULL)";

impl Beside {
    pub(in crate::records) async fn create_broadcast(
        &self,
        new: NewBroadcast,
    ) -> Result<i64, RecordsError> {
        let created = new.at;
        let row = Arc::new(ready_new(&self.keyring, new, created)?);
        self.transact(move |sql| {
            let row = Arc::clone(&row);
            async move { create(&sql, &row).await }
        })
        .await
    }

    pub(in crate::records) async fn redefine_broadcast(
        &self,
        id: i64,
        new: NewBroadcast,
    ) -> Result<Moved, RecordsError> {
        let keyring = Arc::clone(&self.keyring);
        self.transact(move |sql| {
            let (keyring, new) = (Arc::clone(&keyring), new.clone());
            async move {
                state(&sql, STATE_LOCKED, id).await?;
                let Some(known) = one(&sql, &keyring, id).await? else { return Ok(Moved::Unknown) };
                if !known.may_be_redefined() {
                    return Ok(Moved::No { stands: known.state });
                }
                let row = ready_new(&keyring, new, known.created)?;
                redefine(&sql, id, &row).await?;
                Ok(Moved::Yes { from: known.state })
            }
        })
        .await
    }

    pub(in crate::records) async fn broadcast(
        &self,
        name: &str,
    ) -> Result<Option<BroadcastRow>, RecordsError> {
        let keyring = &*self.keyring;
        self.readers
            .ask(move |statements| async move {
                let row = statements.row(sql::NAMED, &[&name]).await?;
                row.map(|row| Ok(open_broadcast(keyring, columns(&row)?)?)).transpose()
            })
            .await
    }

    pub(in crate::records) async fn broadcasts(
        &self,
        limit: usize,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        several(&self.readers, &self.keyring, sql::NEWEST, limit).await
    }

    pub(in crate::records) async fn broadcast_log(
        &self,
        id: i64,
    ) -> Result<Vec<BroadcastEvent>, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                let mut events = Vec::new();
                for row in &statements.rows(sql::LOG, &[&id]).await? {
                    let at = from_ms(get(row, 0)?);
                    let (actor, what, why) = (get(row, 1)?, get(row, 2)?, get(row, 3)?);
                    events.push(BroadcastEvent { at, actor, what, why });
                }
                Ok(events)
            })
            .await
    }

    pub(in crate::records) async fn move_broadcast(
        &self,
        id: i64,
        to: BroadcastState,
        actor: &str,
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        let step = Step::new(id, to, actor, why, at);
        self.transact(move |sql| {
            let step = Arc::clone(&step);
            async move { move_to(&sql, &step).await }
        })
        .await
    }

    /// A step; `false`: nothing was left to do.
    pub(in crate::records) async fn clear_broadcast(
        &self,
        id: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        let at = at.as_millisecond();
        self.transact(move |sql| async move {
            let mut totals = Totals::default();
            let cleared = clear(&sql, &mut totals, id, at).await?;
            for (name, sum) in totals.changes() {
                // Under the epoch of no process.
                sql.run(process::ADD_TO_TOTAL, &[&name, &0_i64, &sum]).await?;
            }
            Ok(cleared)
        })
        .await
    }

    pub(in crate::records) async fn take_step(
        &self,
        step: Arc<Step>,
    ) -> Result<Moved, RecordsError> {
        self.transact(move |sql| {
            let step = Arc::clone(&step);
            async move { move_to(&sql, &step).await }
        })
        .await
    }

    pub(in crate::records) async fn candidates(
        &self,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<Candidate>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| async move {
                let rows = statements.rows(sql::CONTACTS_AFTER, &[&after_contact, &limit]).await?;
                let ids: Vec<i64> = rows.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
                Ok(gather(&statements, &ids, For::Audience).await?.candidates())
            })
            .await
    }

    pub(in crate::records) async fn contacts_of(
        &self,
        phones: &[PhoneNumber],
    ) -> Result<Vec<i64>, RecordsError> {
        let kind = AddressKind::Phone.code();
        let keys: Vec<(i64, [u8; 16])> =
            phones.iter().map(|phone| (kind, phone_hash(&self.keyring, *phone))).collect();
        let keys = keys.as_slice();
        self.readers
            .ask(move |statements| async move {
                Ok(owners(&statements, keys).await?.into_values().collect())
            })
            .await
    }

    pub(in crate::records) async fn candidates_among(
        &self,
        ids: Vec<i64>,
    ) -> Result<Vec<Candidate>, RecordsError> {
        let ids = ids.as_slice();
        self.readers
            .ask(move |statements| async move {
                Ok(gather(&statements, ids, For::Audience).await?.candidates())
            })
            .await
    }

    pub(in crate::records) async fn stage(
        &self,
        broadcast: i64,
        recipients: Vec<Recipient>,
    ) -> Result<(), RecordsError> {
        let rows = Arc::new(Staged::of(broadcast, recipients));
        self.transact(move |sql| {
            let rows = Arc::clone(&rows);
            async move {
                if state(&sql, STATE_KEPT, broadcast).await? != Some(BroadcastState::Freezing) {
                    return Err(Fault::refused("the broadcast is not being frozen"));
                }
                rows.write(&sql, broadcast).await
            }
        })
        .await
    }

    pub(in crate::records) async fn drop_staged(
        &self,
        broadcast: i64,
    ) -> Result<bool, RecordsError> {
        self.transact(move |sql| async move {
            let stands = state(&sql, STATE_KEPT, broadcast).await?;
            if !stands.is_some_and(BroadcastState::may_be_planned_anew) {
                return Ok(false);
            }
            Ok(sql.run(sql::DROP_STAGED, &[&broadcast, &CLEARED_AT_ONCE]).await? > 0)
        })
        .await
    }

    pub(in crate::records) async fn freeze(
        &self,
        broadcast: i64,
        expected: PlanCounts,
        hash: &[u8],
        actor: &str,
        at: Timestamp,
    ) -> Result<Froze, RecordsError> {
        let step = Step::new(broadcast, BroadcastState::Frozen, actor, None, at);
        let hash = hash.to_vec();
        self.transact(move |sql| {
            let (step, hash) = (Arc::clone(&step), hash.clone());
            async move {
                // The series before its day, as they are locked everywhere.
                let series = format!("{} FOR SHARE OF s", sql::SERIES_STANDS);
                let stands = match sql.row(&series, &[&broadcast]).await? {
                    Some(row) => get::<i64>(&row, 0)? > 0,
                    None => true,
                };
                let from = state(&sql, STATE_LOCKED, broadcast).await?;
                if from != Some(BroadcastState::Freezing) || !stands {
                    return Ok(Froze::No);
                }
                let there = PlanCounts::of(&by_state(&sql, broadcast).await?);
                if there != expected {
                    return Ok(Froze::Differs(there));
                }
                sql.run(sql::FREEZE_MERGED, &[&broadcast]).await?;
                sql.run(sql::FREEZE_MERGED_TWICE, &[&broadcast]).await?;
                sql.run(sql::FREEZE, &[&broadcast, &step.at, &there.all(), &hash]).await?;
                log(&sql, &step).await?;
                Ok(Froze::Yes)
            }
        })
        .await
    }

    pub(in crate::records) async fn took_part(
        &self,
        broadcast: i64,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<Took>, RecordsError> {
        let (first, last) = contacts.into_inner();
        self.readers
            .ask(move |statements| async move {
                let mut parts = Vec::new();
                for row in &statements.rows(sql::TOOK_PART, &[&broadcast, &first, &last]).await? {
                    parts.push(took(get(row, 0)?, get(row, 1)?, get_bool(row, 2)?));
                }
                Ok(parts)
            })
            .await
    }

    pub(in crate::records) async fn progress(
        &self,
        broadcast: i64,
    ) -> Result<Progress, RecordsError> {
        let counts = self
            .readers
            .ask(move |statements| async move { by_state(&statements, broadcast).await })
            .await?;
        Ok(Progress::of(&counts))
    }

    pub(in crate::records) async fn funnel(
        &self,
        broadcast: i64,
        by: Option<By>,
    ) -> Result<Vec<(String, Funnel)>, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                let Some(state) = state(&statements, sql::STATE, broadcast).await? else {
                    return Ok(Vec::new());
                };
                let mut rows = Vec::new();
                for row in &statements.rows(By::text(by), &[&broadcast]).await? {
                    let texts = (get(row, 0)?, get(row, 2)?, get(row, 5)?);
                    let message = (get(row, 3)?, get(row, 4)?);
                    let flags = (get(row, 6)?, get(row, 7)?);
                    rows.push(FunnelRow::read(texts, get(row, 1)?, message, flags, get(row, 8)?)?);
                }
                Ok(Funnel::parts(&rows, state, by))
            })
            .await
    }

    pub(in crate::records) async fn opted_out_by(
        &self,
        broadcast: i64,
        by: By,
    ) -> Result<Vec<(String, i64)>, RecordsError> {
        counted(&self.readers, report_sql::opted_out(by), broadcast).await
    }

    pub(in crate::records) async fn messages_of(
        &self,
        broadcast: i64,
        by: Option<By>,
    ) -> Result<Vec<MessagesRow>, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                let mut messages = Vec::new();
                for row in &statements.rows(report_sql::messages(by), &[&broadcast]).await? {
                    let (part, channel, status) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
                    let (error, taken) = (get(row, 3)?, get(row, 4)?);
                    let (count, parts) = (get(row, 5)?, get(row, 6)?);
                    messages.push((part, channel, status, error, taken, count, parts));
                }
                Ok(messages)
            })
            .await
    }

    pub(in crate::records) async fn refusals(
        &self,
        broadcast: i64,
    ) -> Result<Vec<(String, i64)>, RecordsError> {
        counted(&self.readers, report_sql::REFUSALS, broadcast).await
    }

    pub(in crate::records) async fn under_way(&self, broadcast: i64) -> Result<i64, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                get(&statements.one(report_sql::UNDER_WAY, &[&broadcast]).await?, 0)
            })
            .await
    }

    pub(in crate::records) async fn ended(
        &self,
        broadcast: i64,
    ) -> Result<Vec<(i64, String, i64)>, RecordsError> {
        self.readers
            .ask(move |statements| async move {
                let mut ended = Vec::new();
                for row in &statements.rows(sql::ENDED, &[&broadcast]).await? {
                    ended.push((get(row, 0)?, get(row, 1)?, get(row, 2)?));
                }
                Ok(ended)
            })
            .await
    }

    pub(in crate::records) async fn refused(
        &self,
        broadcast: i64,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>, RecordsError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.readers
            .ask(move |statements| async move {
                let asked: [&(dyn ToSql + Sync); 3] = [&broadcast, &after_contact, &limit];
                let mut refused = Vec::new();
                for row in &statements.rows(sql::REFUSED, &asked).await? {
                    refused.push((get(row, 0)?, get(row, 1)?));
                }
                Ok(refused)
            })
            .await
    }
}

impl Postgres {
    pub(in crate::records) async fn series(&self) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::SERIES, 1).await
    }

    pub(in crate::records) async fn running_broadcasts(
        &self,
        now: Timestamp,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        several(&self.readers, &self.keyring, sql::AT_WORK, now.as_millisecond()).await
    }

    pub(in crate::records) async fn take_step(
        &self,
        step: Arc<Step>,
    ) -> Result<Moved, RecordsError> {
        self.writer.submit(Move(step)).await
    }

    pub(in crate::records) async fn clear_broadcast(
        &self,
        id: i64,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        self.writer.submit(Clear { id, at: at.as_millisecond() }).await
    }

    pub(in crate::records) async fn has_planned(
        &self,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        self.has_on_open(sql::HAS_PLANNED, broadcast, closed).await
    }

    pub(in crate::records) async fn has_waiting(
        &self,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        self.has_on_open(sql::HAS_WAITING, broadcast, closed).await
    }

    async fn has_on_open(
        &self,
        text: &'static str,
        broadcast: i64,
        closed: &[Road],
    ) -> Result<bool, RecordsError> {
        let keys = road_keys(closed);
        let keys = &keys;
        let found = self
            .readers
            .ask(move |statements| async move {
                statements.row(&but_closed(text, 2), &[&broadcast, keys]).await
            })
            .await?;
        Ok(found.is_some())
    }

    pub(in crate::records) async fn broadcast_of(
        &self,
        id: i64,
    ) -> Result<Option<BroadcastRow>, RecordsError> {
        let keyring = &*self.keyring;
        self.readers.ask(move |statements| async move { one(&statements, keyring, id).await }).await
    }

    pub(in crate::records) async fn broadcast_state(
        &self,
        id: i64,
    ) -> Result<Option<BroadcastState>, RecordsError> {
        self.readers
            .ask(move |statements| async move { state(&statements, sql::STATE, id).await })
            .await
    }

    /// Several contacts at once, as the gate reads them, with the broadcasts they were sent since then; who is
    /// not there is left out. Who was found to be somebody else is them.
    pub(in crate::records) async fn asked(
        &self,
        ids: Vec<i64>,
        since: Option<Timestamp>,
    ) -> Result<Answers, RecordsError> {
        let (keyring, ids) = (&*self.keyring, ids.as_slice());
        self.readers
            .ask(move |statements| async move {
                let mut people = gather(&statements, ids, For::Gate).await?.contacts(keyring);
                if people.len() < ids.len() {
                    let merged = merged_into(&statements, ids).await?;
                    let kept: Vec<i64> = merged.iter().map(|(_, kept)| *kept).collect();
                    let stay = gather(&statements, &kept, For::Gate).await?.contacts(keyring);
                    people.extend(under_their_old_numbers(merged, &stay));
                }
                let mut sent = Vec::new();
                if let Some(since) = since {
                    let since = since.as_millisecond();
                    for row in &statements.rows(SENT_TO, &[&ids, &since]).await? {
                        let (contact, purpose) = (get(row, 0)?, get(row, 1)?);
                        let (at_ms, in_hand, broadcast) =
                            (get(row, 2)?, get(row, 3)?, get(row, 4)?);
                        sent.push(Sent { contact, purpose, at_ms, broadcast, in_hand });
                    }
                }
                Ok(Answers { people, sent })
            })
            .await
    }
}

/// Of these contacts those that were found to be others, and which.
async fn merged_into(sql: &Sql, ids: &[i64]) -> Result<Vec<(i64, i64)>, Fault> {
    let mut merged = Vec::new();
    for row in &sql.rows(&of_these(sql::MERGED_INTO), &[&ids]).await? {
        merged.push((get(row, 0)?, get(row, 1)?));
    }
    Ok(merged)
}

/// Moves a broadcast.
struct Move(Arc<Step>);

impl Op for Move {
    type Done = Moved;

    async fn run(&mut self, tx: &mut Tx) -> Result<Moved, Fault> {
        move_to(&tx.sql, &self.0).await
    }
}

/// A step of clearing a broadcast that is over.
struct Clear {
    id: i64,
    at: i64,
}

impl Op for Clear {
    type Done = bool;

    async fn run(&mut self, tx: &mut Tx) -> Result<bool, Fault> {
        clear(&tx.sql, &mut tx.totals, self.id, self.at).await
    }
}

async fn clear(sql: &Sql, totals: &mut Totals, id: i64, at: i64) -> Result<bool, Fault> {
    let to = match state(sql, STATE_KEPT, id).await? {
        Some(BroadcastState::Cancelled) => RecipientState::Cancelled,
        Some(BroadcastState::Expired) => RecipientState::Expired,
        _ => return Ok(false),
    };
    let mut stopped = 0;
    if to == RecipientState::Cancelled {
        let rows = sql.rows(sql::STOP, &[&id, &"cancelled", &at, &CLEARED_AT_ONCE]).await?;
        let ids: Vec<i64> = rows.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
        sql.run(&of_these(asked::UNASK_BY_INDEX), &[&ids]).await?;
        totals.moved(Some(Status::Queued), Status::Suppressed, ids.len());
        stopped = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    }
    let cleared = sql.run(sql::CLEAR, &[&id, &to.code(), &CLEARED_AT_ONCE]).await?;
    Ok(stopped + cleared > 0)
}

/// What a statement counts of a broadcast, by a name.
async fn counted(
    readers: &Readers,
    text: &'static str,
    broadcast: i64,
) -> Result<Vec<(String, i64)>, RecordsError> {
    readers
        .ask(move |statements| async move {
            let mut counts = Vec::new();
            for row in &statements.rows(text, &[&broadcast]).await? {
                counts.push((get(row, 0)?, get(row, 1)?));
            }
            Ok(counts)
        })
        .await
}

async fn several(
    readers: &Readers,
    keyring: &Keyring,
    text: &'static str,
    asked: i64,
) -> Result<Vec<BroadcastRow>, RecordsError> {
    readers
        .ask(move |statements| async move {
            let mut broadcasts = Vec::new();
            for row in &statements.rows(text, &[&asked]).await? {
                broadcasts.push(open_broadcast(keyring, columns(row)?)?);
            }
            Ok(broadcasts)
        })
        .await
}

async fn one(sql: &Sql, keyring: &Keyring, id: i64) -> Result<Option<BroadcastRow>, Fault> {
    let row = sql.row(sql::ONE, &[&id]).await?;
    row.map(|row| Ok(open_broadcast(keyring, columns(&row)?)?)).transpose()
}

fn columns(row: &Row) -> Result<BroadcastColumns, Fault> {
    Ok(BroadcastColumns {
        id: get(row, 0)?,
        name: get(row, 1)?,
        state: get(row, 2)?,
        purpose: get(row, 3)?,
        author: get(row, 4)?,
        definition: get(row, 5)?,
        hash: get(row, 6)?,
        audience: get(row, 7)?,
        created: get(row, 8)?,
        from_at: get(row, 9)?,
        send_before: get(row, 10)?,
        approved_by: get(row, 11)?,
        approved_at: get(row, 12)?,
        frozen_at: get(row, 13)?,
        recipients: get(row, 14)?,
        recipients_hash: get(row, 15)?,
        why: get(row, 16)?,
        flow: get(row, 17)?,
        templates: get(row, 18)?,
        fallback: (get(row, 19)?, get(row, 20)?, get(row, 21)?),
        certificate: get(row, 22)?,
        test_of: get(row, 23)?,
        approved_for: get(row, 24)?,
        repeats: get(row, 25)?,
        series: get(row, 26)?,
        begun: get(row, 27)?,
        held: (get(row, 28)?, get(row, 29)?),
    })
}

/// `None`: the name is taken.
async fn add(sql: &Sql, row: &NewRow) -> Result<Option<i64>, Fault> {
    let values: [&(dyn ToSql + Sync); 17] = [
        &row.name,
        &row.purpose,
        &row.author,
        &row.definition,
        &row.hash,
        &row.audience,
        &row.created,
        &row.from_at,
        &row.send_before,
        &row.flow,
        &row.templates,
        &row.fallback_channel,
        &row.fallback_account,
        &row.fallback_after,
        &row.certificate,
        &row.test_of,
        &row.repeats,
    ];
    let added = sql.row(sql::ADD, &values).await?;
    added.map(|added| get(&added, 0)).transpose()
}

async fn create(sql: &Sql, row: &NewRow) -> Result<i64, Fault> {
    let Some(id) = add(sql, row).await? else { return Err(name_is_taken(&row.name).into()) };
    let why = None::<&str>;
    let draft = BroadcastState::Draft.name();
    sql.run(sql::ADD_LOG, &[&id, &row.at, &row.author, &draft, &why]).await?;
    Ok(id)
}

async fn redefine(sql: &Sql, id: i64, row: &NewRow) -> Result<(), Fault> {
    replace(sql, id, row).await?;
    let why = None::<&str>;
    let draft = BroadcastState::Draft.name();
    sql.run(sql::ADD_LOG, &[&id, &row.at, &row.author, &draft, &why]).await.map(drop)
}

/// Puts another definition in its place.
async fn replace(sql: &Sql, id: i64, row: &NewRow) -> Result<(), Fault> {
    sql.run(
        sql::REDEFINE,
        &[
            &id,
            &row.purpose,
            &row.author,
            &row.definition,
            &row.hash,
            &row.audience,
            &row.from_at,
            &row.send_before,
            &row.flow,
            &row.templates,
            &row.fallback_channel,
            &row.fallback_account,
            &row.fallback_after,
            &row.certificate,
            &row.repeats,
        ],
    )
    .await
    .map(drop)
}

/// Where a broadcast stands; `None`: there is none of this number. The text says how it is locked.
async fn state(sql: &Sql, text: &str, id: i64) -> Result<Option<BroadcastState>, Fault> {
    let Some(row) = sql.row(text, &[&id]).await? else { return Ok(None) };
    Ok(Some(state_of(id, get(&row, 0)?)?))
}

async fn move_to(sql: &Sql, step: &Step) -> Result<Moved, Fault> {
    let Some(from) = state(sql, STATE_LOCKED, step.id).await? else { return Ok(Moved::Unknown) };
    if let Some(shown) = &step.shown {
        let stands: Vec<u8> = get(&sql.one(sql::HASH, &[&step.id]).await?, 0)?;
        if stands != *shown {
            return Ok(Moved::Changed);
        }
    }
    let repeats: i64 = get(&sql.one(sql::REPEATS, &[&step.id]).await?, 0)?;
    if !step.is_allowed_from(from) || !step.fits(repeats) {
        return Ok(Moved::No { stands: from });
    }
    let kept = step.why_kept();
    let (before, after) = (from.name(), step.to.name());
    let row: [&(dyn ToSql + Sync); 7] =
        [&step.id, &before, &after, &kept, &step.actor, &step.at, &step.people];
    sql.run(sql::MOVE, &row).await?;
    log(sql, step).await?;
    Ok(Moved::Yes { from })
}

async fn log(sql: &Sql, step: &Step) -> Result<(), Fault> {
    let what = step.to.name();
    sql.run(sql::ADD_LOG, &[&step.id, &step.at, &step.actor, &what, &step.why]).await.map(drop)
}

async fn by_state(sql: &Sql, broadcast: i64) -> Result<Vec<(i64, i64)>, Fault> {
    let mut counts = Vec::new();
    for row in &sql.rows(sql::BY_STATE, &[&broadcast]).await? {
        counts.push((get(row, 0)?, get(row, 1)?));
    }
    Ok(counts)
}

/// Rows of a plan as columns.
#[derive(Default)]
struct Staged {
    contacts: Vec<i64>,
    states: Vec<i64>,
    reasons: Vec<Option<&'static str>>,
    channels: Vec<i64>,
    accounts: Vec<String>,
    languages: Vec<&'static str>,
}

impl Staged {
    fn of(broadcast: i64, recipients: Vec<Recipient>) -> Staged {
        let mut rows = Staged::default();
        for recipient in recipients {
            let (_, contact, state, reason, channel, account, language) =
                staged(broadcast, recipient);
            rows.contacts.push(contact);
            rows.states.push(state);
            rows.reasons.push(reason);
            rows.channels.push(channel);
            rows.accounts.push(account);
            rows.languages.push(language);
        }
        rows
    }

    async fn write(&self, sql: &Sql, broadcast: i64) -> Result<(), Fault> {
        sql.run(
            STAGE,
            &[
                &broadcast,
                &self.contacts,
                &self.states,
                &self.reasons,
                &self.channels,
                &self.accounts,
                &self.languages,
            ],
        )
        .await
        .map(drop)
    }
}

/// The statement for roads that are open; the closed ones are this parameter.
fn but_closed(text: &str, parameter: u8) -> String {
    text.replace("{closed}", &format!("<> ALL(?{parameter})"))
}

/// Several contacts at once.
async fn gather(sql: &Sql, ids: &[i64], wanted: For) -> Result<Gathered, Fault> {
    let mut people = Gathered::default();
    if ids.is_empty() {
        return Ok(people);
    }
    let asked = async |text: &str| sql.rows(&of_these(text), &[&ids]).await;
    for row in &asked(sql::CONTACTS).await? {
        people.contact(ContactRow {
            id: get(row, 0)?,
            version: get(row, 1)?,
            language: get(row, 2)?,
            language_chosen: get_bool(row, 3)?,
            handed_over: get_bool(row, 4)?,
            has_phone: get_bool(row, 5)?,
            last_inbound: get(row, 6)?,
            road: (get(row, 7)?, get(row, 8)?, get(row, 9)?),
            rang: get(row, 10)?,
            marks: [get(row, 11)?, get(row, 12)?],
            blocked: get(row, 13)?,
        });
    }
    if wanted.needs_ways() {
        for row in &asked(sql::ROADS).await? {
            people.road(get(row, 0)?, get(row, 1)?, get(row, 2)?, get(row, 3)?);
        }
        for row in &asked(sql::KINDS).await? {
            people.kind(get(row, 0)?, get(row, 1)?);
        }
    }
    for row in &asked(sql::MEMBERS).await? {
        people.member(MemberRow {
            contact: get(row, 0)?,
            id: get(row, 1)?,
            number: get(row, 2)?,
            name: get(row, 3)?,
            district: get(row, 4)?,
            state: get(row, 5)?,
            assembly: get(row, 6)?,
            sector: get(row, 7)?,
            booth: get(row, 8)?,
            gender: get(row, 9)?,
            since: get(row, 10)?,
            ends: get(row, 11)?,
        });
    }
    for row in &asked(sql::SEATS_BESIDE).await? {
        people.seat_beside(get(row, 0)?, get(row, 1)?);
    }
    if wanted.needs_consents() {
        for row in &asked(sql::CONSENTS).await? {
            let word = (get(row, 1)?, get_bool(row, 2)?);
            people.consent(get(row, 0)?, word, get(row, 3)?, get(row, 4)?);
        }
    }
    if wanted != For::Audience {
        return Ok(people);
    }
    for row in &asked(sql::POSTS).await? {
        people.post(get(row, 0)?, get(row, 1)?, get(row, 2)?, get(row, 3)?);
    }
    for row in &asked(sql::BROUGHT).await? {
        people.brought(get(row, 0)?, get(row, 1)?);
    }
    Ok(people)
}

async fn addresses(
    sql: &Sql,
    keyring: &Keyring,
    contacts: &[i64],
) -> Result<HashMap<i64, Identities>, Fault> {
    let rows = sql.rows(&of_these(sql::ADDRESSES), &[&contacts]).await?;
    let mut addresses: HashMap<i64, Identities> = HashMap::with_capacity(contacts.len());
    for row in &rows {
        let opened = open_addresses(keyring, std::iter::once(row))?;
        addresses.entry(contact_of(row)?).or_default().addresses.extend(opened.addresses);
    }
    Ok(addresses)
}
