//! The rows of a set of turns, column by column, as `unnest` takes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decide::State;
use super::ready::{ReadyReply, ReadyTurn};
use crate::records::postgres::fault::Fault;
use crate::records::postgres::polls::Casts;
use crate::records::postgres::tx::Tx;

const TAKE_KEYS: &str = "
    INSERT INTO inbound_keys (hash, hash_rest, received)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[])
    ON CONFLICT (hash, hash_rest) DO NOTHING";

pub(in crate::records::postgres) const ADD_MESSAGES: &str = "
    INSERT INTO messages (id, contact, previous, direction, channel, account, at, content)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[],
                         ?6::text[], ?7::bigint[], ?8::bytea[])";

const ADD_OUTGOING: &str = "
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created,
                          not_before, epoch, answers, moved)
    SELECT id, contact, channel, account, lane, purpose, status, created,
           created, epoch, answers, created
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::text[], ?5::bigint[], ?6::text[],
                ?7::bigint[], ?8::bigint[], ?9::bigint[], ?10::bigint[])
      AS new (id, contact, channel, account, lane, purpose, status, created, epoch, answers)";

const ADD_EFFECTS: &str = "
    INSERT INTO effects (contact, kind, message, channel, account, hash, hash_rest, sealed, created,
                         next_try)
    SELECT contact, kind, message, channel, account, hash, hash_rest, sealed, created, created
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::text[], ?6::bigint[],
                ?7::bigint[], ?8::bytea[], ?9::bigint[])
      AS new (contact, kind, message, channel, account, hash, hash_rest, sealed, created)";

const PARK: &str = "
    INSERT INTO parked (message, contact, reason, at)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bigint[])";

const MOVE_CONTACTS: &str = "
    UPDATE contacts SET version = new.version, last_message = new.last_message,
           last_inbound = new.last_inbound, road_channel = new.road_channel,
           road_account = new.road_account, road_inbound = new.road_inbound
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[], ?6::text[],
                ?7::bigint[])
      AS new (id, version, last_message, last_inbound, road_channel, road_account, road_inbound)
    WHERE contacts.id = new.id";

const DROP_ROADS: &str = "
    DELETE FROM roads USING unnest(?1::bigint[], ?2::bigint[], ?3::text[])
      AS gone (contact, channel, account)
    WHERE roads.contact = gone.contact AND roads.channel = gone.channel
      AND roads.account = gone.account";

const KEEP_ROADS: &str = "
    INSERT INTO roads (contact, channel, account, last_inbound)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::text[], ?4::bigint[])
    ON CONFLICT (contact, channel, account) DO UPDATE SET last_inbound = excluded.last_inbound";

const KEEP_SESSIONS: &str = "
    INSERT INTO sessions (contact, version, sealed)
    SELECT * FROM unnest(?1::bigint[], ?2::bigint[], ?3::bytea[])
    ON CONFLICT (contact) DO UPDATE SET version = excluded.version, sealed = excluded.sealed";

const CLOSE_SESSIONS: &str = "DELETE FROM sessions WHERE contact = ANY(?1)";

const DROP_DUE_TIMERS: &str = "
    DELETE FROM timers USING unnest(?1::bigint[], ?2::bigint[]) AS due (contact, by)
    WHERE timers.contact = due.contact AND timers.due <= due.by";

/// Of these contacts' timers those stay that are in the set.
const CLEAR_TIMERS: &str = "
    DELETE FROM timers WHERE contact = ANY(?1) AND NOT EXISTS (
        SELECT 1 FROM unnest(?2::bigint[], ?3::bigint[], ?4::bigint[], ?5::bigint[])
          AS stays (contact, kind, visit, due)
        WHERE stays.contact = timers.contact AND stays.kind = timers.kind
          AND stays.visit = timers.visit AND stays.due = timers.due)";

/// A timer that stands already is left alone, unless somebody has taken it.
const SET_TIMERS: &str = "
    INSERT INTO timers (contact, kind, visit, due, next_try)
    SELECT DISTINCT contact, kind, visit, due, due
    FROM unnest(?1::bigint[], ?2::bigint[], ?3::bigint[], ?4::bigint[])
      AS new (contact, kind, visit, due)
    ON CONFLICT (contact, kind, visit, due) DO UPDATE SET next_try = excluded.next_try
    WHERE timers.next_try <> excluded.next_try";

/// A line of the log.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) contact: i64,
    pub(super) previous: Option<i64>,
    pub(super) direction: i64,
    pub(super) channel: i64,
    pub(super) account: String,
    pub(super) at: i64,
    pub(super) content: Vec<u8>,
}

#[derive(Default)]
struct Messages {
    ids: Vec<i64>,
    contacts: Vec<i64>,
    previous: Vec<Option<i64>>,
    directions: Vec<i64>,
    channels: Vec<i64>,
    accounts: Vec<String>,
    at: Vec<i64>,
    contents: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Outgoing {
    ids: Vec<i64>,
    contacts: Vec<i64>,
    channels: Vec<i64>,
    accounts: Vec<String>,
    lanes: Vec<i64>,
    purposes: Vec<&'static str>,
    statuses: Vec<i64>,
    created: Vec<i64>,
    epochs: Vec<Option<i64>>,
    answers: Vec<Option<i64>>,
}

/// What the turns want done after the commit.
#[derive(Default)]
struct Effects {
    contacts: Vec<i64>,
    kinds: Vec<i64>,
    messages: Vec<Option<i64>>,
    channels: Vec<i64>,
    accounts: Vec<String>,
    hashes: Vec<i64>,
    rests: Vec<i64>,
    sealed: Vec<Vec<u8>>,
    created: Vec<i64>,
}

/// What a contact's conversation is after the last of its turns that was not parked.
struct Conversation {
    version: i64,
    session: Option<Vec<u8>>,
    timers: Vec<(i64, i64, i64)>,
}

/// What becomes of a road used before.
enum RoadChange {
    Drop,
    /// With the moment the person last wrote on it.
    Keep(Option<i64>),
}

/// Everything the winners of a set write.
#[derive(Default)]
pub(super) struct Rows {
    keys: (Vec<i64>, Vec<i64>, Vec<i64>),
    messages: Messages,
    outgoing: Outgoing,
    effects: Effects,
    parked: (Vec<i64>, Vec<i64>, Vec<String>, Vec<i64>),
    /// The contacts whose row moves.
    moved: BTreeSet<i64>,
    /// By contact, channel, account.
    roads: BTreeMap<(i64, i64, String), RoadChange>,
    conversations: BTreeMap<i64, Conversation>,
    due_timers: (Vec<i64>, Vec<i64>),
    pub(super) casts: Casts,
}

impl Rows {
    pub(super) fn is_empty(&self) -> bool {
        self.keys.0.is_empty()
    }

    pub(super) fn take_key(&mut self, halves: (i64, i64), received: i64) {
        self.keys.0.push(halves.0);
        self.keys.1.push(halves.1);
        self.keys.2.push(received);
    }

    pub(super) fn log(&mut self, line: Line) {
        let rows = &mut self.messages;
        rows.ids.push(line.id);
        rows.contacts.push(line.contact);
        rows.previous.push(line.previous);
        rows.directions.push(line.direction);
        rows.channels.push(line.channel);
        rows.accounts.push(line.account);
        rows.at.push(line.at);
        rows.contents.push(line.content);
    }

    pub(super) fn queue(
        &mut self,
        id: i64,
        turn: &ReadyTurn,
        reply: &ReadyReply,
        status: i64,
        epoch: Option<i64>,
        answers: Option<i64>,
    ) {
        let rows = &mut self.outgoing;
        rows.ids.push(id);
        rows.contacts.push(turn.contact);
        rows.channels.push(reply.line.channel);
        rows.accounts.push(reply.line.account.clone());
        rows.lanes.push(reply.lane);
        rows.purposes.push(reply.purpose);
        rows.statuses.push(status);
        rows.created.push(turn.created);
        rows.epochs.push(epoch);
        rows.answers.push(answers);
    }

    /// With the line of the message that made the turn, where one did.
    pub(super) fn effects(&mut self, turn: &ReadyTurn, message: Option<i64>) {
        let rows = &mut self.effects;
        for effect in &turn.effects {
            rows.contacts.push(turn.contact);
            rows.kinds.push(effect.kind);
            rows.messages.push(message);
            rows.channels.push(turn.road.channel.code());
            rows.accounts.push(turn.road.account.clone());
            rows.hashes.push(effect.hash.0);
            rows.rests.push(effect.hash.1);
            rows.sealed.push(effect.sealed.clone());
            rows.created.push(turn.created);
        }
    }

    pub(super) fn park(&mut self, message: i64, contact: i64, reason: String, at: i64) {
        self.parked.0.push(message);
        self.parked.1.push(contact);
        self.parked.2.push(reason);
        self.parked.3.push(at);
    }

    pub(super) fn moved(&mut self, contact: i64) {
        self.moved.insert(contact);
    }

    pub(super) fn drop_road(&mut self, contact: i64, channel: i64, account: &str) {
        self.roads.insert((contact, channel, account.to_owned()), RoadChange::Drop);
    }

    pub(super) fn keep_road(
        &mut self,
        contact: i64,
        channel: i64,
        account: &str,
        inbound: Option<i64>,
    ) {
        self.roads.insert((contact, channel, account.to_owned()), RoadChange::Keep(inbound));
    }

    pub(super) fn conversation(&mut self, turn: &ReadyTurn, version: i64) {
        let session = turn.session.clone();
        let timers = turn.timers.clone();
        self.conversations.insert(turn.contact, Conversation { version, session, timers });
    }

    pub(super) fn drop_due_timers(&mut self, contact: i64, by: i64) {
        self.due_timers.0.push(contact);
        self.due_timers.1.push(by);
    }

    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        states: &HashMap<i64, State>,
    ) -> Result<(), Fault> {
        tx.sql
            .warm(&[
                TAKE_KEYS,
                ADD_MESSAGES,
                ADD_OUTGOING,
                MOVE_CONTACTS,
                KEEP_SESSIONS,
                CLOSE_SESSIONS,
                CLEAR_TIMERS,
                SET_TIMERS,
            ])
            .await?;
        let (taken, ..) = tokio::try_join!(
            biased;
            async { tx.sql.run(TAKE_KEYS, &[&self.keys.0, &self.keys.1, &self.keys.2]).await },
            self.write_messages(tx),
            self.write_outgoing(tx),
            self.write_contacts(tx, states),
            self.write_sessions(tx),
            self.write_timers(tx),
            self.write_rare(tx),
        )?;
        if usize::try_from(taken).ok() != Some(self.keys.0.len()) {
            // Another process took one under another contact since we looked.
            return Err(Fault::Again("an inbound key was taken meanwhile".to_owned()));
        }
        Ok(())
    }

    async fn write_messages(&self, tx: &Tx) -> Result<(), Fault> {
        let rows = &self.messages;
        if rows.ids.is_empty() {
            return Ok(());
        }
        tx.sql
            .run(
                ADD_MESSAGES,
                &[
                    &rows.ids,
                    &rows.contacts,
                    &rows.previous,
                    &rows.directions,
                    &rows.channels,
                    &rows.accounts,
                    &rows.at,
                    &rows.contents,
                ],
            )
            .await
            .map(drop)
    }

    async fn write_outgoing(&self, tx: &Tx) -> Result<(), Fault> {
        let rows = &self.outgoing;
        if rows.ids.is_empty() {
            return Ok(());
        }
        tx.sql
            .run(
                ADD_OUTGOING,
                &[
                    &rows.ids,
                    &rows.contacts,
                    &rows.channels,
                    &rows.accounts,
                    &rows.lanes,
                    &rows.purposes,
                    &rows.statuses,
                    &rows.created,
                    &rows.epochs,
                    &rows.answers,
                ],
            )
            .await
            .map(drop)
    }

    async fn write_contacts(&self, tx: &Tx, states: &HashMap<i64, State>) -> Result<(), Fault> {
        let mut ids = Vec::new();
        let mut versions = Vec::new();
        let mut messages = Vec::new();
        let mut inbound = Vec::new();
        let mut channels = Vec::new();
        let mut accounts: Vec<Option<&str>> = Vec::new();
        let mut road_inbound = Vec::new();
        for contact in &self.moved {
            let Some(state) = states.get(contact) else { continue };
            ids.push(*contact);
            versions.push(state.version);
            messages.push(state.last_message);
            inbound.push(state.last_inbound);
            channels.push(state.road_channel);
            accounts.push(state.road_account.as_deref());
            road_inbound.push(state.road_inbound);
        }
        tx.sql
            .run(
                MOVE_CONTACTS,
                &[&ids, &versions, &messages, &inbound, &channels, &accounts, &road_inbound],
            )
            .await
            .map(drop)
    }

    async fn write_sessions(&self, tx: &Tx) -> Result<(), Fault> {
        let mut closed = Vec::new();
        let mut contacts = Vec::new();
        let mut versions = Vec::new();
        let mut sealed: Vec<&[u8]> = Vec::new();
        for (contact, conversation) in &self.conversations {
            match &conversation.session {
                None => closed.push(*contact),
                Some(session) => {
                    contacts.push(*contact);
                    versions.push(conversation.version);
                    sealed.push(session);
                }
            }
        }
        let keep = async {
            if contacts.is_empty() {
                return Ok(0);
            }
            tx.sql.run(KEEP_SESSIONS, &[&contacts, &versions, &sealed]).await
        };
        let close = async {
            if closed.is_empty() {
                return Ok(0);
            }
            tx.sql.run(CLOSE_SESSIONS, &[&closed]).await
        };
        tokio::try_join!(biased; keep, close).map(drop)
    }

    async fn write_timers(&self, tx: &Tx) -> Result<(), Fault> {
        let whose: Vec<i64> = self.conversations.keys().copied().collect();
        let mut contacts = Vec::new();
        let mut kinds = Vec::new();
        let mut visits = Vec::new();
        let mut due = Vec::new();
        for (contact, conversation) in &self.conversations {
            for (kind, visit, at) in &conversation.timers {
                contacts.push(*contact);
                kinds.push(*kind);
                visits.push(*visit);
                due.push(*at);
            }
        }
        let drop_due = async {
            if self.due_timers.0.is_empty() {
                return Ok(0);
            }
            tx.sql.run(DROP_DUE_TIMERS, &[&self.due_timers.0, &self.due_timers.1]).await
        };
        let clear = async {
            if whose.is_empty() {
                return Ok(0);
            }
            tx.sql.run(CLEAR_TIMERS, &[&whose, &contacts, &kinds, &visits, &due]).await
        };
        let set = async {
            if contacts.is_empty() {
                return Ok(0);
            }
            tx.sql.run(SET_TIMERS, &[&contacts, &kinds, &visits, &due]).await
        };
        // A parked timer's turn is the first of its contact in the set: what it takes away goes
        // before what a later one sets. The first is seldom there, and not prepared beforehand.
        drop_due.await?;
        tokio::try_join!(biased; clear, set).map(drop)
    }

    /// Roads that changed, effects, turns that were parked, and what was cast.
    async fn write_rare(&self, tx: &Tx) -> Result<(), Fault> {
        self.casts.write(tx).await?;
        let (mut gone, mut kept) =
            ((Vec::new(), Vec::new(), Vec::new()), (Vec::new(), Vec::new(), Vec::new()));
        let mut kept_inbound = Vec::new();
        for ((contact, channel, account), road) in &self.roads {
            let list = match road {
                RoadChange::Drop => &mut gone,
                RoadChange::Keep(inbound) => {
                    kept_inbound.push(*inbound);
                    &mut kept
                }
            };
            list.0.push(*contact);
            list.1.push(*channel);
            list.2.push(account.as_str());
        }
        if !gone.0.is_empty() {
            tx.sql.run(DROP_ROADS, &[&gone.0, &gone.1, &gone.2]).await?;
        }
        if !kept.0.is_empty() {
            tx.sql.run(KEEP_ROADS, &[&kept.0, &kept.1, &kept.2, &kept_inbound]).await?;
        }
        let effects = &self.effects;
        if !effects.contacts.is_empty() {
            tx.sql
                .run(
                    ADD_EFFECTS,
                    &[
                        &effects.contacts,
                        &effects.kinds,
                        &effects.messages,
                        &effects.channels,
                        &effects.accounts,
                        &effects.hashes,
                        &effects.rests,
                        &effects.sealed,
                        &effects.created,
                    ],
                )
                .await?;
        }
        if !self.parked.0.is_empty() {
            let (messages, contacts, reasons, at) = &self.parked;
            tx.sql.run(PARK, &[messages, contacts, reasons, at]).await?;
        }
        Ok(())
    }
}
