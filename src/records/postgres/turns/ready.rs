//! A turn made ready on the caller's thread: serialised, and sealed where its place is known.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;

use crate::contact::{Identities, Road};
use crate::message::{Channel, Inbound};
use crate::records::common::{ReadyFact, StoredInbound, cannot_seal, halves, place, ready_fact};
use crate::records::effects::{ReadyEffect, ready_effects};
use crate::records::postgres::Postgres;
use crate::records::{Cast, Chain, RecordsError, TurnCommit, Verdict};
use crate::seal::Keyring;

/// By what a turn is found that was perhaps written although nobody said so.
pub(in crate::records::postgres) struct Trace {
    /// A row of the message log that this attempt alone can have written.
    pub(super) row: i64,
    pub(super) verdict: Verdict,
}

/// A line of the log before it has its number, to which its seal is bound.
pub(super) struct ReadyLine {
    pub(super) channel: i64,
    pub(super) account: String,
    pub(super) at: i64,
    pub(super) json: Vec<u8>,
}

pub(super) struct ReadyReply {
    pub(super) line: ReadyLine,
    pub(super) lane: i64,
    pub(super) purpose: &'static str,
}

pub(in crate::records::postgres) struct ReadyTurn {
    pub(in crate::records::postgres) contact: i64,
    pub(super) expected_version: i64,
    pub(in crate::records::postgres) chain: Chain,
    pub(in crate::records::postgres) place: u64,
    pub(super) channel: Channel,
    /// For the faults of tests, which name it.
    pub(super) key: String,
    pub(super) key_halves: (i64, i64),
    pub(super) received: i64,
    /// When the person wrote; `None` for our own events.
    pub(super) wrote: Option<i64>,
    /// An effect's answer, not a timer, when nobody wrote.
    pub(super) is_of_effect: bool,
    pub(super) road: Road,
    /// `None` for our own events, which are not talk.
    pub(super) inbound: Option<ReadyLine>,
    pub(super) session: Option<Vec<u8>>,
    pub(super) replies: Vec<ReadyReply>,
    pub(super) facts: Vec<ReadyFact>,
    pub(super) effects: Vec<ReadyEffect>,
    pub(super) cast: Option<Cast>,
    /// Kind, visit, due.
    pub(super) timers: Vec<(i64, i64, i64)>,
    pub(super) claim: bool,
    pub(super) parked: Option<String>,
    pub(super) created: i64,
    /// Who sent it; asked for only when the contact gave an address up.
    pub(super) from: Identities,
    pub(super) keyring: Arc<Keyring>,
    /// Filled by the attempt in which it wins.
    pub(super) trace: Arc<Mutex<Option<Trace>>>,
}

impl ReadyTurn {
    /// How many lines of the log it takes.
    pub(super) fn lines(&self) -> usize {
        self.replies.len() + usize::from(self.inbound.is_some())
    }
}

impl Postgres {
    pub(super) fn ready_turn(&self, turn: TurnCommit) -> Result<ReadyTurn, RecordsError> {
        let is_of_effect = turn.is_of_effect();
        let wrote = turn.wrote_at().map(jiff::Timestamp::as_millisecond);
        let TurnCommit { contact, mut inbound, road, parked, cast, .. } = turn;
        let from = std::mem::take(&mut inbound.from);
        let received = turn.received_at.as_millisecond();
        let created = self.now_ms();
        let channel = inbound.channel;
        let effects = ready_effects(&self.keyring, contact, &inbound, &turn.effects)?;
        let key = inbound.key.clone();
        let key_halves = halves(self.keyring.inbound_hash(channel, &key));
        let logs_inbound = channel != Channel::Internal || parked.is_some();
        let line = if logs_inbound {
            Some(ReadyLine {
                channel: channel.code(),
                account: inbound.account.clone(),
                at: wrote.unwrap_or(received),
                json: inbound_json(inbound)?,
            })
        } else {
            None
        };
        let session = match &turn.session {
            Some(session) => {
                Some(seal(&self.keyring, place::SESSION, contact, &json(place::SESSION, session)?)?)
            }
            None => None,
        };
        let mut replies = Vec::with_capacity(turn.replies.len());
        for reply in &turn.replies {
            let line = ReadyLine {
                channel: road.channel.code(),
                account: road.account.clone(),
                at: created,
                json: json(place::MESSAGE, &reply.content)?,
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
                .map(|timer| {
                    (timer.kind.code(), i64::from(timer.visit), timer.due.as_millisecond())
                })
                .collect(),
            claim: turn.claim,
            parked,
            created,
            from,
            keyring: Arc::clone(&self.keyring),
            trace: Arc::default(),
        })
    }
}

/// What the log keeps of an inbound message.
pub(super) fn inbound_json(inbound: Inbound) -> Result<Vec<u8>, RecordsError> {
    let stored = StoredInbound {
        key: inbound.key,
        content: inbound.content,
        quoted: inbound.quoted,
        profile_name: inbound.profile_name,
    };
    json(place::MESSAGE, &stored)
}

fn json<T: Serialize>(place: &'static str, value: &T) -> Result<Vec<u8>, RecordsError> {
    serde_json::to_vec(value)
        .map_err(|error| RecordsError::Refused(format!("{place} does not serialise: {error}")))
}

pub(super) fn seal(
    keyring: &Keyring,
    place: &'static str,
    id: i64,
    plain: &[u8],
) -> Result<Vec<u8>, RecordsError> {
    keyring.seal(place, id, plain).map_err(|error| cannot_seal(&error))
}
