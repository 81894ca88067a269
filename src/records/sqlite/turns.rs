//! One turn is one transaction: its inbound, its session, its replies, its facts, its timers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::effects::{self, Made};
use super::facts;
use super::fault::Fault;
use super::readers::Readers;
use super::statements::Statements;
use super::writer::Tx;
use super::{Sqlite, contacts, polls};
use crate::contact::{Identities, Road};
use crate::message::{Channel, Inbound, InboundContent, OutgoingId, Status};
use crate::records::common::{
    FROM_PERSON, FROM_US, ORDER_WAIT_MS, ReadyFact, StoredInbound, TIMER_CLAIM_MS, Told,
    cannot_seal, halves, place, ready_addresses, ready_fact,
};
use crate::records::effects::{ReadyEffect, ready_effects};
use crate::records::sql::{contacts as contacts_sql, outgoing as outgoing_sql, turns as sql};
use crate::records::totals::Total;
use crate::records::{Cast, Chain, DueTimer, RecordsError, TurnCommit, Verdict, inject};
use crate::seal::Keyring;

/// A row of the message log, sealed.
struct LogLine {
    id: i64,
    direction: i64,
    channel: i64,
    account: String,
    at: i64,
    content: Vec<u8>,
}

/// A turn made ready on the caller's thread: everything is serialised and sealed.
struct ReadyTurn {
    contact: i64,
    expected_version: i64,
    chain: Chain,
    place: u64,
    channel: Channel,
    key: String,
    key_halves: (i64, i64),
    received: i64,
    /// When the person wrote; `None` for our own events.
    wrote: Option<i64>,
    /// An effect's answer, not a timer, when nobody wrote.
    is_of_effect: bool,
    road: Road,
    /// `None` for our own events, which are not talk.
    inbound: Option<LogLine>,
    session: Option<Vec<u8>>,
    replies: Vec<ReadyReply>,
    facts: Vec<ReadyFact>,
    effects: Vec<ReadyEffect>,
    cast: Option<Cast>,
    /// Kind, visit, due.
    timers: Vec<(i64, u32, i64)>,
    claim: bool,
    /// Whether the replies were born claimed after all, as the last run of the turn wrote them.
    claimed: Arc<AtomicBool>,
    parked: Option<String>,
    created: i64,
    /// Who sent it, and the key to find them by; see [`contacts::still_owns`].
    from: Identities,
    keyring: Arc<Keyring>,
}

/// By what a turn is found that was perhaps written although nobody said so.
struct Trace {
    /// A row of the message log that this attempt alone can have written.
    row: i64,
    version: i64,
    outgoing: Vec<OutgoingId>,
    claimed: Arc<AtomicBool>,
}

impl ReadyTurn {
    /// `None` for a turn that would leave nothing in the log.
    fn trace(&self) -> Option<Trace> {
        let lines = self.inbound.iter().chain(self.replies.iter().map(|reply| &reply.line));
        let row = lines.map(|line| line.id).next()?;
        let ids = self.replies.iter().map(|reply| reply.line.id);
        let outgoing = ids.map(|id| OutgoingId { id, created_ms: self.created }).collect();
        let version = self.expected_version + 1;
        let claimed = Arc::clone(&self.claimed);
        Some(Trace { row, version, outgoing, claimed })
    }
}

/// Settles a COMMIT whose answer was lost. Its replies may have been born claimed by this process:
/// nobody else would ever send them.
async fn settle(readers: &Readers, trace: Trace, reason: String) -> Result<Verdict, RecordsError> {
    let row = trace.row;
    let written =
        readers.ask(move |statements| statements.row(sql::LOGGED, [row], |_| Ok(()))).await;
    match written {
        Ok(Some(())) => {
            let Trace { version, outgoing, claimed, .. } = trace;
            Ok(Verdict::Won { version, outgoing, claimed: claimed.load(Ordering::Acquire) })
        }
        _ => Err(RecordsError::Unavailable(reason)),
    }
}

struct ReadyReply {
    line: LogLine,
    lane: i64,
    purpose: &'static str,
}

/// What the contact's row says when its turn comes.
struct ContactState {
    version: i64,
    last_message: Option<i64>,
    last_inbound: Option<i64>,
    road_channel: Option<i64>,
    road_account: Option<String>,
    road_inbound: Option<i64>,
    /// Whether an address of theirs was ever given up.
    gave_up: bool,
}

impl Sqlite {
    pub(in crate::records) fn commit(
        &self,
        turn: TurnCommit,
    ) -> impl Future<Output = Result<Verdict, RecordsError>> + Send + use<> {
        let queued = self.ready(turn).map(|ready| {
            let link = (ready.chain.clone(), ready.place);
            let trace = ready.trace();
            let answer =
                self.writer.submit_turn(ready.contact, link, move |tx| write_turn(tx, &ready));
            (answer, trace)
        });
        let readers = Arc::clone(&self.readers);
        async move {
            let (answer, trace) = queued?;
            match (answer.await, trace) {
                (Err(RecordsError::Unavailable(reason)), Some(trace)) => {
                    settle(&readers, trace, reason).await
                }
                (decided, _) => decided,
            }
        }
    }

    fn ready(&self, turn: TurnCommit) -> Result<ReadyTurn, RecordsError> {
        let is_of_effect = turn.is_of_effect();
        let wrote = turn.wrote_at().map(jiff::Timestamp::as_millisecond);
        let TurnCommit { contact, mut inbound, road, parked, cast, .. } = turn;
        let from = std::mem::take(&mut inbound.from);
        let received = turn.received_at.as_millisecond();
        let created = self.now_ms();
        let logs_inbound = inbound.channel != Channel::Internal || parked.is_some();
        let mut ids = self.message_ids(turn.replies.len() + usize::from(logs_inbound));

        let channel = inbound.channel;
        let effects = ready_effects(&self.keyring, contact, &inbound, &turn.effects)?;
        let key = inbound.key.clone();
        let key_halves = halves(self.keyring.inbound_hash(channel, &key));
        let line = match logs_inbound.then(|| ids.next()).flatten() {
            Some(id) => Some(self.log_inbound(id, inbound, wrote.unwrap_or(received))?),
            None => None,
        };
        let session = match &turn.session {
            Some(session) => Some(self.seal_json(place::SESSION, contact, session)?),
            None => None,
        };
        let mut replies = Vec::with_capacity(turn.replies.len());
        for (id, reply) in ids.zip(&turn.replies) {
            let line = LogLine {
                id,
                direction: FROM_US,
                channel: road.channel.code(),
                account: road.account.clone(),
                at: created,
                content: self.seal_json(place::MESSAGE, id, &reply.content)?,
            };
            let (lane, purpose) = (reply.lane.code(), reply.purpose.name());
            replies.push(ReadyReply { line, lane, purpose });
        }
        let mut facts = Vec::with_capacity(turn.facts.len());
        for fact in turn.facts {
            facts.push(ready_fact(&self.keyring, contact, fact)?);
        }
        let timers = turn.timers.iter();
        Ok(ReadyTurn {
            contact,
            expected_version: turn.expected_version,
            chain: turn.chain,
            place: turn.place,
            channel,
            key,
            key_halves,
            received,
            wrote,
            is_of_effect,
            road,
            inbound: line,
            session,
            replies,
            facts,
            effects,
            cast: cast.filter(|_| parked.is_none()),
            timers: timers
                .map(|timer| (timer.kind.code(), timer.visit, timer.due.as_millisecond()))
                .collect(),
            claim: turn.claim,
            claimed: Arc::default(),
            parked,
            created,
            from,
            keyring: Arc::clone(&self.keyring),
        })
    }

    fn log_inbound(&self, id: i64, inbound: Inbound, at: i64) -> Result<LogLine, RecordsError> {
        let stored = StoredInbound {
            key: inbound.key,
            content: inbound.content,
            quoted: inbound.quoted,
            profile_name: inbound.profile_name,
        };
        Ok(LogLine {
            id,
            direction: FROM_PERSON,
            channel: inbound.channel.code(),
            account: inbound.account,
            at,
            content: self.seal_json(place::MESSAGE, id, &stored)?,
        })
    }

    /// Serialises and seals for one place.
    pub(super) fn seal_json<T: Serialize>(
        &self,
        place: &'static str,
        id: i64,
        value: &T,
    ) -> Result<Vec<u8>, RecordsError> {
        let json = serde_json::to_vec(value).map_err(|error| {
            RecordsError::Refused(format!("{place} does not serialise: {error}"))
        })?;
        self.keyring.seal(place, id, &json).map_err(|error| cannot_seal(&error))
    }

    pub(in crate::records) async fn is_committed(
        &self,
        channel: Channel,
        key: &str,
    ) -> Result<bool, RecordsError> {
        let halves = halves(self.keyring.inbound_hash(channel, key));
        self.readers.ask(move |statements| key_is_known(statements, halves)).await
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

    /// Logs an inbound that makes no turn, once per key.
    async fn keep(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: jiff::Timestamp,
        parked: Option<String>,
    ) -> Result<Verdict, RecordsError> {
        let received = received_at.as_millisecond();
        let key_halves = halves(self.keyring.inbound_hash(inbound.channel, &inbound.key));
        let moves_to = match &inbound.content {
            InboundContent::IdentityChanged { new } => ready_addresses(&self.keyring, new)?,
            _ => Vec::new(),
        };
        // What is parked stays with whoever it was read for.
        let sender = (parked.is_none() && moves_to.is_empty()).then(|| inbound.from.clone());
        let keyring = Arc::clone(&self.keyring);
        let id = self.message_ids(1).start;
        let at = inbound.sent_at.min(received_at).as_millisecond();
        let line = self.log_inbound(id, inbound, at)?;
        self.writer
            .submit(Some(contact), move |tx| {
                let mut state = contact_state(tx, contact)?;
                if let Some(from) = &sender
                    && state.gave_up
                    && !contacts::still_owns(tx, &keyring, contact, from)?
                {
                    let known = key_is_known(**tx, key_halves)?;
                    return Ok(if known { Verdict::Duplicate } else { Verdict::Stranger });
                }
                if tx.run(sql::TAKE_KEY, (key_halves.0, key_halves.1, received))? == 0 {
                    return Ok(Verdict::Duplicate);
                }
                log(tx, contact, &mut state.last_message, &line)?;
                tx.run(sql::LAST_MESSAGE, (contact, state.last_message))?;
                if let Some(reason) = &parked {
                    tx.run(sql::PARK, (id, contact, reason, received))?;
                    tx.totals.add(Total::Parked, 1);
                }
                if !moves_to.is_empty() {
                    contacts::move_addresses(tx, contact, &moves_to, received)?;
                }
                let version = contact_state(tx, contact)?.version;
                Ok(Verdict::Won { version, outgoing: Vec::new(), claimed: false })
            })
            .await
    }

    pub(in crate::records) async fn due_timers(
        &self,
        now: jiff::Timestamp,
        limit: usize,
    ) -> Result<Vec<DueTimer>, RecordsError> {
        let now = now.as_millisecond();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Most of the time nothing is due, and asking does not make the writer commit.
        let due = self
            .readers
            .ask(move |statements| statements.row(sql::DUE_TIMERS, (now, 1), |_| Ok(())))
            .await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        self.writer.submit(None, move |tx| take_timers(tx, now, limit)).await
    }

    pub(in crate::records) async fn hold_timer(
        &self,
        timer: DueTimer,
        until: jiff::Timestamp,
    ) -> Result<(), RecordsError> {
        let DueTimer { contact, kind, visit, due } = timer;
        let row = (contact, kind.code(), visit, due.as_millisecond(), until.as_millisecond());
        self.writer.submit(None, move |tx| tx.run(sql::TAKE_TIMER, row).map(drop)).await
    }
}

/// Decides whether the turn wins, and only then writes.
fn write_turn(tx: &mut Tx<'_>, turn: &ReadyTurn) -> Result<Verdict, Fault> {
    let state = contact_state(tx, turn.contact)?;
    let stands_on_a_loser = turn.chain.is_broken_before(turn.place);
    let lost = if state.version != turn.expected_version || stands_on_a_loser {
        Some(Verdict::Conflict)
    } else if state.gave_up && !contacts::still_owns(tx, &turn.keyring, turn.contact, &turn.from)? {
        Some(Verdict::Stranger)
    } else if let Some(cast) = &turn.cast
        && !polls::may_cast(**tx, &turn.keyring, turn.contact, cast)?
    {
        Some(Verdict::Conflict)
    } else {
        None
    };
    if let Some(verdict) = lost {
        turn.chain.break_at(turn.place);
        let known = key_is_known(**tx, turn.key_halves)?;
        return Ok(if known { Verdict::Duplicate } else { verdict });
    }
    let (hash, hash_rest) = turn.key_halves;
    if tx.run(sql::TAKE_KEY, (hash, hash_rest, turn.received))? == 0 {
        turn.chain.break_at(turn.place);
        return Ok(Verdict::Duplicate);
    }
    // It won: from here on rows are written.
    strike(tx, turn)?;
    let version = turn.expected_version + 1;
    let outgoing = write_log(tx, turn, state, version)?;
    if let Some(cast) = &turn.cast {
        polls::write(**tx, cast, turn.received)?;
    }
    match (&turn.parked, turn.wrote) {
        (None, _) => write_session(tx, turn, version)?,
        // The timer that cannot be turned would come again every minute.
        (Some(_), None) if !turn.is_of_effect => {
            tx.run(sql::DROP_DUE_TIMERS, (turn.contact, turn.received))?;
        }
        (Some(_), _) => {}
    }
    Ok(Verdict::Won { version, outgoing, claimed: turn.claimed.load(Ordering::Acquire) })
}

/// The messages of the turn, its facts, and the contact's row after it.
fn write_log(
    tx: &mut Tx<'_>,
    turn: &ReadyTurn,
    state: ContactState,
    version: i64,
) -> Result<Vec<OutgoingId>, Fault> {
    let contact = turn.contact;
    let mut newest = state.last_message;
    let inbound = turn.inbound.as_ref().map(|line| line.id);
    if let Some(line) = &turn.inbound {
        log(tx, contact, &mut newest, line)?;
    }
    if let (Some(reason), Some(message)) = (&turn.parked, inbound) {
        tx.run(sql::PARK, (message, contact, reason, turn.received))?;
        tx.totals.add(Total::Parked, 1);
    }
    // Before the replies: a withdrawal takes back what waited, not the word that confirms it.
    let told = Told { contact, channel: turn.channel, message: inbound, at: turn.received };
    facts::write(tx, &told, &turn.facts)?;
    let made = Made {
        contact,
        message: inbound,
        channel: turn.road.channel.code(),
        account: &turn.road.account,
        at: turn.created,
    };
    effects::write(tx, &made, &turn.effects)?;

    let is_claimed = turn.claim && !reply_waits(tx, turn)?;
    turn.claimed.store(is_claimed, Ordering::Release);
    let (status, epoch) =
        if is_claimed { (Status::Claimed, Some(tx.epoch)) } else { (Status::Queued, None) };
    let answers = inbound.filter(|_| turn.wrote.is_some() && turn.channel == turn.road.channel);
    let mut outgoing = Vec::with_capacity(turn.replies.len());
    for reply in &turn.replies {
        log(tx, contact, &mut newest, &reply.line)?;
        tx.run(
            sql::ADD_OUTGOING,
            (
                reply.line.id,
                contact,
                reply.line.channel,
                &reply.line.account,
                reply.lane,
                reply.purpose,
                status.code(),
                turn.created,
                epoch,
                answers,
            ),
        )?;
        outgoing.push(OutgoingId { id: reply.line.id, created_ms: turn.created });
    }
    tx.totals.moved(None, status, outgoing.len());
    move_contact(tx, turn, state, version, newest)?;
    Ok(outgoing)
}

/// Whether an earlier reply of the contact stands in the queue.
fn reply_waits(tx: &Tx<'_>, turn: &ReadyTurn) -> Result<bool, Fault> {
    let by = turn.created + ORDER_WAIT_MS;
    Ok(tx.row(outgoing_sql::REPLY_WAITS, (turn.contact, by), |_| Ok(()))?.is_some())
}

/// The contact's row after the turn; the road is the one the person just used.
fn move_contact(
    tx: &Tx<'_>,
    turn: &ReadyTurn,
    state: ContactState,
    version: i64,
    newest: Option<i64>,
) -> Result<(), Fault> {
    let Some(wrote) = turn.wrote else {
        tx.run(
            sql::MOVE_CONTACT,
            (
                turn.contact,
                version,
                newest,
                state.last_inbound,
                state.road_channel,
                state.road_account,
                state.road_inbound,
            ),
        )?;
        return Ok(());
    };
    let channel = turn.road.channel.code();
    let account = &turn.road.account;
    let mut road_inbound = state.road_inbound;
    let same_road =
        state.road_channel == Some(channel) && state.road_account.as_ref() == Some(account);
    if !same_road {
        let key = (turn.contact, channel, account);
        road_inbound = tx.row(contacts_sql::ROAD_INBOUND, key, |row| row.get(0))?.flatten();
        tx.run(contacts_sql::DROP_ROAD, key)?;
        if let (Some(old_channel), Some(old_account)) = (state.road_channel, state.road_account) {
            tx.run(
                contacts_sql::KEEP_ROAD,
                (turn.contact, old_channel, old_account, state.road_inbound),
            )?;
        }
    }
    // A missed call answered by SMS opens no window on the SMS road.
    if turn.channel == turn.road.channel {
        road_inbound = road_inbound.max(Some(wrote));
    }
    let last_inbound = state.last_inbound.max(Some(wrote));
    tx.run(
        sql::MOVE_CONTACT,
        (turn.contact, version, newest, last_inbound, channel, account, road_inbound),
    )?;
    Ok(())
}

fn write_session(tx: &Tx<'_>, turn: &ReadyTurn, version: i64) -> Result<(), Fault> {
    match &turn.session {
        Some(sealed) => tx.run(sql::KEEP_SESSION, (turn.contact, version, sealed))?,
        None => tx.run(sql::CLOSE_SESSION, [turn.contact])?,
    };
    tx.run(sql::CLEAR_TIMERS, [turn.contact])?;
    for (kind, visit, due) in &turn.timers {
        tx.run(sql::ADD_TIMER, (turn.contact, kind, visit, due))?;
    }
    Ok(())
}

/// Appends to the log and to the contact's own chain through it.
fn log(tx: &Tx<'_>, contact: i64, newest: &mut Option<i64>, line: &LogLine) -> Result<(), Fault> {
    tx.run(
        sql::ADD_MESSAGE,
        (
            line.id,
            contact,
            *newest,
            line.direction,
            line.channel,
            &line.account,
            line.at,
            &line.content,
        ),
    )?;
    *newest = Some(line.id);
    Ok(())
}

fn contact_state(tx: &Tx<'_>, contact: i64) -> Result<ContactState, Fault> {
    let state = tx.row(sql::CONTACT_STATE, [contact], |row| {
        Ok(ContactState {
            version: row.get(0)?,
            last_message: row.get(1)?,
            last_inbound: row.get(2)?,
            road_channel: row.get(3)?,
            road_account: row.get(4)?,
            road_inbound: row.get(5)?,
            gave_up: row.get(6)?,
        })
    })?;
    state.ok_or_else(|| Fault::refused(format!("there is no contact {contact}")))
}

fn key_is_known(statements: Statements<'_>, halves: (i64, i64)) -> Result<bool, Fault> {
    Ok(statements.row(sql::KEY_KNOWN, halves, |_| Ok(()))?.is_some())
}

fn take_timers(tx: &mut Tx<'_>, now: i64, limit: i64) -> Result<Vec<DueTimer>, Fault> {
    let due: Vec<(i64, i64, u32, i64)> = tx.rows(sql::DUE_TIMERS, (now, limit), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    let mut taken = Vec::with_capacity(due.len());
    for (contact, kind, visit, due) in due {
        tx.run(sql::TAKE_TIMER, (contact, kind, visit, due, now + TIMER_CLAIM_MS))?;
        // A kind of a newer version is left to it.
        let Some(kind) = crate::flow::TimerKind::from_code(kind) else { continue };
        taken.push(DueTimer { contact, kind, visit, due: crate::clock::from_ms(due) });
    }
    Ok(taken)
}

/// What a test put in this turn's way.
fn strike(tx: &Tx<'_>, turn: &ReadyTurn) -> Result<(), Fault> {
    if turn.parked.is_some() {
        return Ok(());
    }
    match tx.faults.strikes(&turn.key) {
        None => Ok(()),
        Some(inject::Fault::Panic { .. }) => std::panic::panic_any("injected"),
        Some(_) => Err(Fault::refused("injected")),
    }
}
