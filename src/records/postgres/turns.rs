//! Turns in sets: the contacts of a group are locked in one statement, the winners decided here, and
//! all their rows written by a handful of statements that travel together.

mod decide;
mod ready;
mod rows;

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

pub(super) use self::ready::ReadyTurn;
pub(super) use self::rows::ADD_MESSAGES;

use self::decide::Group;
use self::ready::Trace;
use super::Postgres;
use super::contacts::{move_addresses, still_owns};
use super::facts;
use super::fault::Fault;
use super::job::Ask;
use super::polls;
use super::readers::Readers;
use super::sql::{Sql, get, get_bool};
use super::tx::{Op, Tx};
use crate::contact::Identities;
use crate::message::{Channel, Inbound, InboundContent};
use crate::records::common::{
    FROM_PERSON, ORDER_WAIT_MS, ReadyAddress, TIMER_CLAIM_MS, halves, place, ready_addresses,
};
use crate::records::sql::turns as sql;
use crate::records::totals::Total;
use crate::records::{DueTimer, RecordsError, TurnCommit, Verdict};
use crate::seal::Keyring;

/// Locks the contacts in the order of their numbers, which is what keeps two processes from waiting
/// for each other, and reads what deciding a winner needs.
const LOCK_CONTACTS: &str = "
    SELECT id, version, last_message, last_inbound, road_channel, road_account, road_inbound, gave_up
    FROM contacts WHERE id = ANY(?1) ORDER BY id FOR UPDATE";

const ROADS: &str = "
    SELECT contact, channel, account, last_inbound FROM roads WHERE contact = ANY(?1)";

const KEYS_KNOWN: &str = "
    SELECT hash, hash_rest FROM inbound_keys
    JOIN unnest(?1::bigint[], ?2::bigint[]) AS wanted (hash, hash_rest) USING (hash, hash_rest)";

/// The contacts to whom an earlier reply stands in the queue, or is another process's to deliver:
/// what comes after it waits too.
const REPLIES_WAIT: &str = "
    SELECT contact FROM outgoing
    WHERE status = 0 AND lane = 0 AND contact = ANY(?1) AND not_before <= ?2
    UNION
    SELECT contact FROM outgoing
    WHERE status = 1 AND lane = 0 AND contact = ANY(?1) AND epoch <> ?3";

/// Numbers for the log, with their month (see the schema). The server's clock gives it, for it is one
/// for all processes: under a contact's lock the numbers only grow.
pub(super) const MESSAGE_IDS: &str = "
    SELECT (((extract(year FROM moment)::bigint - 2025) * 12
             + extract(month FROM moment)::bigint - 12) << 40) + nextval('message_serial')
    FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS moment) AS present,
         generate_series(1, ?1::bigint)";

const TAKE_DUE_TIMERS: &str = "
    WITH free AS MATERIALIZED (
        SELECT contact, kind, visit, due FROM timers
        WHERE next_try <= ?1 ORDER BY next_try LIMIT ?2 FOR UPDATE SKIP LOCKED)
    UPDATE timers SET next_try = ?1 + ?3 FROM free
    WHERE timers.contact = free.contact AND timers.kind = free.kind
      AND timers.visit = free.visit AND timers.due = free.due
    RETURNING timers.contact, timers.kind, timers.visit, timers.due";

/// What a test asks for when a turn is to fail in the server.
const FAIL: &str = "SELECT 1 / 0";

impl Postgres {
    pub(in crate::records) fn commit(
        &self,
        turn: TurnCommit,
    ) -> impl Future<Output = Result<Verdict, RecordsError>> + Send + use<> {
        let queued = self.ready_turn(turn).map(|ready| {
            let trace = Arc::clone(&ready.trace);
            (self.writer.submit_turn(ready), trace)
        });
        let readers = self.readers.clone();
        async move {
            let (answer, trace) = queued?;
            match answer.await {
                Err(RecordsError::Unavailable(reason)) => {
                    let trace = trace.lock().take();
                    settle(&readers, trace, reason).await
                }
                decided => decided,
            }
        }
    }

    pub(in crate::records) async fn is_committed(
        &self,
        channel: Channel,
        key: &str,
    ) -> Result<bool, RecordsError> {
        let (hash, hash_rest) = halves(self.keyring.inbound_hash(channel, key));
        let known = self
            .readers
            .ask(move |statements| async move {
                statements.row(sql::KEY_KNOWN, &[&hash, &hash_rest]).await
            })
            .await?;
        Ok(known.is_some())
    }

    pub(in crate::records) async fn note(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: jiff::Timestamp,
    ) -> Result<Verdict, RecordsError> {
        self.keep(contact, inbound, received_at, None).await
    }

    pub(in crate::records) async fn park(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: jiff::Timestamp,
        reason: String,
    ) -> Result<Verdict, RecordsError> {
        self.keep(contact, inbound, received_at, Some(reason)).await
    }

    async fn keep(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: jiff::Timestamp,
        parked: Option<String>,
    ) -> Result<Verdict, RecordsError> {
        let moves_to = match &inbound.content {
            InboundContent::IdentityChanged { new } => ready_addresses(&self.keyring, new)?,
            _ => Vec::new(),
        };
        let key = self.keyring.inbound_hash(inbound.channel, &inbound.key);
        let at = inbound.sent_at.min(received_at).as_millisecond();
        // What is parked stays with whoever it was read for.
        let sender = (parked.is_none() && moves_to.is_empty()).then(|| inbound.from.clone());
        let keep = Keep {
            contact,
            key: halves(key),
            received: received_at.as_millisecond(),
            at,
            channel: inbound.channel.code(),
            account: inbound.account.clone(),
            json: ready::inbound_json(inbound)?,
            parked,
            moves_to,
            sender,
            keyring: Arc::clone(&self.keyring),
        };
        self.writer.submit(keep).await
    }

    pub(in crate::records) async fn due_timers(
        &self,
        now: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<DueTimer>, RecordsError> {
        let now = now.as_millisecond();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Most of the time nothing is due, and asking does not make the writer commit.
        let due =
            self.readers
                .ask(move |statements| async move {
                    statements.row(sql::DUE_TIMERS, &[&now, &1_i64]).await
                })
                .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        self.writer.submit(TakeTimers { now, limit }).await
    }

    pub(in crate::records) async fn hold_timer(
        &self,
        timer: DueTimer,
        until: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        self.writer.submit(HoldTimer { timer, until: until.as_millisecond() }).await
    }
}

/// Settles an answer that was lost between the writer and the caller: the trace names a row of the
/// log that this attempt alone can have written.
async fn settle(
    readers: &Readers,
    trace: Option<Trace>,
    reason: String,
) -> Result<Verdict, RecordsError> {
    let Some(trace) = trace else { return Err(RecordsError::Unavailable(reason)) };
    let row = trace.row;
    let written = readers
        .ask(move |statements| async move { statements.row(sql::LOGGED, &[&row]).await })
        .await;
    match written {
        Ok(Some(_)) => Ok(trace.verdict),
        _ => Err(RecordsError::Unavailable(reason)),
    }
}

/// Decides which turns win, and only then writes.
pub(super) async fn write(
    tx: &mut Tx,
    asks: &mut [&mut Ask<ReadyTurn, Verdict>],
) -> Result<(), Fault> {
    let mut rest = asks;
    while !rest.is_empty() {
        let (batch, after) = rest.split_at_mut(batch_length(rest));
        Box::pin(write_batch(tx, batch)).await?;
        rest = after;
    }
    Ok(())
}

/// How many turns may be written as one set. Facts stand before everything else of a set: a turn
/// that brings some must be the first of its contact, for what came before it must be there. So with
/// a timer's turn that is parked: it takes timers away.
fn batch_length(asks: &[&mut Ask<ReadyTurn, Verdict>]) -> usize {
    let mut last = None;
    for (length, ask) in asks.iter().enumerate() {
        let turn = &ask.input;
        let must_be_first =
            !turn.facts.is_empty() || (turn.parked.is_some() && turn.wrote.is_none());
        // They are sorted by contact.
        if must_be_first && last == Some(turn.contact) {
            return length;
        }
        last = Some(turn.contact);
    }
    asks.len()
}

async fn write_batch(tx: &mut Tx, asks: &mut [&mut Ask<ReadyTurn, Verdict>]) -> Result<(), Fault> {
    let mut group = look(tx, asks).await?;
    let decided = panic::catch_unwind(AssertUnwindSafe(|| {
        for ask in asks.iter_mut() {
            ask.done = None;
            ask.refused = None;
            group.decide(ask, tx)?;
        }
        Ok::<(), Fault>(())
    }));
    decided.unwrap_or_else(|_| Err(Fault::refused("the write panicked")))?;
    if group.fails {
        tx.sql
            .rows(FAIL, &[])
            .await
            .map_err(|fault| Fault::refused(format!("injected: {}", RecordsError::from(fault))))?;
    }
    if group.rows.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = group.facts_of(asks);
    let referrers = if told.is_empty() { BTreeSet::new() } else { facts::write(tx, &told).await? };
    Box::pin(group.write(tx)).await?;
    facts::move_referrers(tx, referrers).await
}

/// Locks the contacts and reads what deciding needs, in one journey.
async fn look(tx: &Tx, asks: &[&mut Ask<ReadyTurn, Verdict>]) -> Result<Group, Fault> {
    let mut contacts: Vec<i64> = asks.iter().map(|ask| ask.input.contact).collect();
    contacts.dedup();
    let hashes: Vec<i64> = asks.iter().map(|ask| ask.input.key_halves.0).collect();
    let rests: Vec<i64> = asks.iter().map(|ask| ask.input.key_halves.1).collect();
    let lines: usize = asks.iter().map(|ask| ask.input.lines()).sum();
    let lines = i64::try_from(lines).unwrap_or(0);
    let newest = asks.iter().map(|ask| ask.input.created).max().unwrap_or(0);
    let by = newest + ORDER_WAIT_MS;
    tx.sql.warm(&[LOCK_CONTACTS, ROADS, KEYS_KNOWN, MESSAGE_IDS, REPLIES_WAIT]).await?;
    let (states, roads, known, ids, waiting) = tokio::try_join!(
        biased;
        async { tx.sql.rows(LOCK_CONTACTS, &[&contacts]).await },
        async { tx.sql.rows(ROADS, &[&contacts]).await },
        async { tx.sql.rows(KEYS_KNOWN, &[&hashes, &rests]).await },
        async { tx.sql.rows(MESSAGE_IDS, &[&lines]).await },
        async { tx.sql.rows(REPLIES_WAIT, &[&contacts, &by, &tx.epoch]).await },
    )?;
    let mut group = Group::read(&states, &roads, &known, &ids, &waiting)?;
    if let Some(first) = asks.first() {
        let casts = asks.iter().filter_map(|ask| ask.input.cast.as_ref());
        group.may_cast = polls::may_cast(tx, &first.input.keyring, casts).await?;
    }
    for (at, ask) in asks.iter().enumerate() {
        let turn = &ask.input;
        let gave_up = group.states.get(&turn.contact).is_some_and(|state| state.gave_up);
        if gave_up && !still_owns(tx, &turn.keyring, turn.contact, &turn.from).await? {
            group.strangers.insert(at);
        }
    }
    Ok(group)
}

/// A fresh number for one line of the log.
async fn message_id(sql: &Sql) -> Result<i64, Fault> {
    get(&sql.one(MESSAGE_IDS, &[&1_i64]).await?, 0)
}

/// Logs an inbound that makes no turn, once per key.
struct Keep {
    contact: i64,
    key: (i64, i64),
    received: i64,
    at: i64,
    channel: i64,
    account: String,
    json: Vec<u8>,
    parked: Option<String>,
    moves_to: Vec<ReadyAddress>,
    /// Who sent it, when that decides whose it is.
    sender: Option<Identities>,
    keyring: Arc<Keyring>,
}

impl Op for Keep {
    type Done = Verdict;

    async fn run(&mut self, tx: &mut Tx) -> Result<Verdict, Fault> {
        let contact = self.contact;
        let locked = tx.sql.row(LOCK_CONTACTS, &[&[contact].as_slice()]).await?;
        let Some(state) = locked else {
            return Err(Fault::refused(format!("there is no contact {contact}")));
        };
        let (version, previous): (i64, Option<i64>) = (get(&state, 1)?, get(&state, 2)?);
        let (hash, hash_rest) = self.key;
        if let Some(from) = &self.sender
            && get_bool(&state, 7)?
            && !still_owns(tx, &self.keyring, contact, from).await?
        {
            let known = tx.sql.row(sql::KEY_KNOWN, &[&hash, &hash_rest]).await?.is_some();
            return Ok(if known { Verdict::Duplicate } else { Verdict::Stranger });
        }
        if tx.sql.run(sql::TAKE_KEY, &[&hash, &hash_rest, &self.received]).await? == 0 {
            return Ok(Verdict::Duplicate);
        }
        let id = message_id(&tx.sql).await?;
        let content = ready::seal(&self.keyring, place::MESSAGE, id, &self.json)?;
        tx.sql
            .run(
                sql::ADD_MESSAGE,
                &[
                    &id,
                    &contact,
                    &previous,
                    &FROM_PERSON,
                    &self.channel,
                    &self.account,
                    &self.at,
                    &content,
                ],
            )
            .await?;
        tx.sql.run(sql::LAST_MESSAGE, &[&contact, &id]).await?;
        if let Some(reason) = &self.parked {
            tx.sql.run(sql::PARK, &[&id, &contact, reason, &self.received]).await?;
            tx.totals.add(Total::Parked, 1);
        }
        if self.moves_to.is_empty() {
            return Ok(Verdict::Won { version, outgoing: Vec::new(), claimed: false });
        }
        move_addresses(tx, contact, &self.moves_to, self.received).await?;
        let moved = tx.sql.one(sql::CONTACT_STATE, &[&contact]).await?;
        Ok(Verdict::Won { version: get(&moved, 0)?, outgoing: Vec::new(), claimed: false })
    }
}

/// Puts one off that this process was given.
struct HoldTimer {
    timer: DueTimer,
    until: i64,
}

impl Op for HoldTimer {
    type Done = ();

    async fn run(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let DueTimer { contact, kind, visit, due } = &self.timer;
        let (kind, visit, due) = (kind.code(), i64::from(*visit), due.as_millisecond());
        tx.sql.run(sql::TAKE_TIMER, &[contact, &kind, &visit, &due, &self.until]).await.map(drop)
    }
}

/// Takes due timers that nobody else is taking.
struct TakeTimers {
    now: i64,
    limit: i64,
}

impl Op for TakeTimers {
    type Done = Vec<DueTimer>;

    async fn run(&mut self, tx: &mut Tx) -> Result<Vec<DueTimer>, Fault> {
        let rows = tx.sql.rows(TAKE_DUE_TIMERS, &[&self.now, &self.limit, &TIMER_CLAIM_MS]).await?;
        let mut taken = Vec::with_capacity(rows.len());
        for row in &rows {
            // A kind of a newer version is left to it.
            let Some(kind) = crate::flow::TimerKind::from_code(get(row, 1)?) else { continue };
            let visit = u32::try_from(get::<i64>(row, 2)?).unwrap_or(u32::MAX);
            let due = crate::clock::from_ms(get(row, 3)?);
            taken.push(DueTimer { contact: get(row, 0)?, kind, visit, due });
        }
        taken.sort_by_key(|timer| (timer.due, timer.contact));
        Ok(taken)
    }
}
