//! The truth: contacts, members, sessions, messages, outgoing, consent, timers.
//!
//! One interface for both engines (SQLite now, PostgreSQL next). Writes are gathered into group
//! commits inside: every call below queues its work at once, in call order, and its answer comes
//! when the group it fell into is on disk.

mod asked;
mod askers;
#[macro_use]
mod beside;
#[macro_use]
mod broadcasts;
mod common;
mod effects;
mod electors;
mod events;
mod halt;
mod hearing;
mod holds;
mod import;
mod inject;
mod lease;
mod listing;
mod merge;
mod migrate_data;
mod migrations;
mod person;
mod places;
mod polls;
mod postgres;
mod query;
mod sql;
mod sqlite;
mod states;
mod tags;
mod totals;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::Either;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::config::{MembershipSection, is_postgres};
use crate::contact::{Contact, Identities, PhoneNumber, Road};
use crate::fact::{Fact, Reached};
use crate::flow::{Session, Timer, TimerKind};
use crate::message::{
    AccountEvent, Channel, HistoryLine, Inbound, InboundContent, Lane, Mark, OF_EFFECTS, Outgoing,
    OutgoingId, PreferenceUpdate, Reply, Status, StatusUpdate,
};
use crate::seal::Keyring;

pub use self::askers::{Asked, Counted};
pub use self::beside::{Beside, Handover};
pub use self::broadcasts::{
    BroadcastEvent, BroadcastRow, By, Chunk, DayOpened, DayOpening, Ended, Fallback, Froze, Funnel,
    Messages, Moved, NewBroadcast, PlanCounts, Progress, Release, Took,
};
pub use self::effects::{DueEffect, EFFECT_CLAIM, EffectKind, EffectResult, Medium, MediumRow};
pub use self::electors::{FurtherMember, HeldPost};
pub use self::halt::Halt;
#[doc(hidden)]
pub use self::hearing::Waits;
pub use self::holds::{Hold, HoldKind, HoldName, Refused, Reported, Rests};
pub use self::import::{Details, Import, Imported, Incoming, MemberState, NewPost, Taken, Terms};
pub use self::inject::Fault;
pub use self::lease::{Heartbeat, Lease, keep_lease};
pub use self::listing::{
    Answered, Audited, Below, Holding, Indexed, Listed, Pair, Sample, Sampled, Settled, Wanted,
    Whom, WhyDuplicate,
};
pub use self::merge::{Adopted, OpenMerge, WhyTwo};
pub use self::migrate_data::{
    Begun, MigrateData, MovedTable, News, Report, Tally, compare_data, migrate_data,
};
#[cfg(test)]
pub(crate) use self::person::person_columns;
pub use self::person::{Audit, Erasure};
pub use self::places::{CodeRange, HandedOver, OnNumber, PlaceRow, PostRow, Somebody};
pub use self::polls::{
    Bundled, Cast, Frozen, HEARD_AFTER, NewPoll, Opened, PollEvent, PollMoved, PollRow, Polled,
    ROLL_PART, RosterRow, SeatTurnout, Standing, VoterRow, Wrapped,
};
pub use self::states::{Disowned, StepOutcome};

/// Whom a sender was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    pub contact: i64,
    /// Another of the addresses is another contact's: [`Records::unite`] decides whether the two are one.
    pub is_torn: bool,
}
/// A message that may answer a broadcast: its contact, and the provider's id of what it quotes.
pub type MayAnswer = (i64, Option<(Channel, String)>);

/// So long after a broadcast reached somebody a word of theirs may be about it (48 hours).
const ANSWERS_MS: i64 = 48 * 60 * 60 * 1000;

/// No broadcast takes longer than this to be sent.
const LONGEST_RUN_MS: i64 = 30 * 24 * 60 * 60 * 1000;

fn begun_since(now: Timestamp) -> i64 {
    answers_since(now).saturating_sub(LONGEST_RUN_MS)
}

fn answers_since(now: Timestamp) -> i64 {
    now.as_millisecond().saturating_sub(ANSWERS_MS)
}

/// The sequence of member numbers; see [`Records::reserve`].
pub const MEMBER_NUMBERS: &str = "member";

/// Why the records could not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecordsError {
    /// Nothing was written and nothing is wrong with the request: the disk is full, the server is
    /// away, the process shuts down. Ask the provider to send again (503).
    #[error("the records cannot be written now: {0}")]
    Unavailable(String),
    /// This one request cannot be stored, however often it is tried; others can.
    #[error("the records refuse this row: {0}")]
    Refused(String),
    /// Another process was given our lease: we were paused too long and must not write any more.
    #[error("this process was taken for dead and may not write any more")]
    Fenced,
    /// A row that cannot be read back.
    #[error("broken row in {table}, column {column}, id {id}: {reason}")]
    Broken { table: &'static str, column: &'static str, id: i64, reason: String },
    /// The store cannot be opened as it stands; the words say what to do.
    #[error("{0}")]
    Setup(String),
}

/// What a lane reads before its first turn: the person, the session and the road of the last message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub contact: Contact,
    pub session: Option<Session>,
    pub road: Option<Road>,
}

/// Ties the turns of a lane that were made one upon the other before the first was committed: when
/// one of them does not win, none after it may, even if its expected version happens to fit (a
/// writer of another kind can have moved the contact by exactly one).
#[derive(Clone, Debug)]
pub struct Chain {
    /// The first place of the chain that did not win.
    broken_at: Arc<AtomicU64>,
}

impl Default for Chain {
    fn default() -> Chain {
        Chain { broken_at: Arc::new(AtomicU64::new(u64::MAX)) }
    }
}

impl Chain {
    /// Whether a turn before this place did not win.
    #[must_use]
    pub fn is_broken_before(&self, place: u64) -> bool {
        self.broken_at.load(Ordering::Acquire) < place
    }

    /// Said by the records when the turn at this place did not win.
    pub fn break_at(&self, place: u64) {
        self.broken_at.fetch_min(place, Ordering::AcqRel);
    }
}

/// Everything one turn wants written, together or not at all.
#[derive(Clone, Debug)]
pub struct TurnCommit {
    pub contact: i64,
    /// The contact's version the turn was made from; it wins only when that still stands.
    pub expected_version: i64,
    /// The turns this one was made upon, and its own place among them.
    pub chain: Chain,
    pub place: u64,
    /// The message that made the turn. A timer comes as `Channel::Internal` with a key of its own.
    pub inbound: Inbound,
    /// When we had it. The facts of the turn carry this time.
    pub received_at: Timestamp,
    /// The road the replies take (the inbound's own; for a timer, the last one).
    pub road: Road,
    /// The session after the turn; `None` closes it.
    pub session: Option<Session>,
    pub replies: Vec<Reply>,
    pub facts: Vec<Fact>,
    /// All timers of the session after the turn.
    pub timers: Vec<Timer>,
    /// Done after the commit, at least once each.
    pub effects: Vec<crate::flow::Effect>,
    /// The sealed answers it casts. The turn wins only while the poll is open and the voter is this contact's; else
    /// it is in [`Conflict`](Verdict::Conflict) with whoever closed it.
    pub cast: Option<Cast>,
    /// Whether this process delivers the replies itself: they are born claimed, unless an earlier
    /// reply to the person waits in the queue.
    pub claim: bool,
    /// Set when the turn could not be made or stored and is put aside: its reason, without persons.
    /// The session and its timers are left as they are, whatever `session` and `timers` say; only
    /// when it was a timer's turn, what of the contact's timers is due is gone.
    pub parked: Option<String>,
}

impl TurnCommit {
    /// When the person wrote, as far as they can be believed: never after we had it. `None` for
    /// our own events. This is what [`Contact::last_inbound`] becomes.
    #[must_use]
    pub fn wrote_at(&self) -> Option<Timestamp> {
        match self.inbound.channel {
            Channel::Internal => None,
            // A message that stood there already.
            _ if matches!(self.inbound.content, InboundContent::Edited { .. }) => None,
            _ => Some(self.inbound.sent_at.min(self.received_at)),
        }
    }

    /// Whether an effect made it, and no timer: those that are due stay.
    pub(crate) fn is_of_effect(&self) -> bool {
        self.inbound.channel == Channel::Internal
            && matches!(&self.inbound.content, InboundContent::Other { kind } if OF_EFFECTS.contains(&kind.as_str()))
    }
}

/// What became of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Committed; the contact now has this version, the replies these ids, in order. `claimed`: they
    /// are this process's to deliver. Else they are queued: nobody asked for the claim, or an earlier
    /// message of the person waits in the queue, and they must not pass it.
    Won { version: i64, outgoing: Vec<OutgoingId>, claimed: bool },
    /// The inbound key was there already: nothing was written, its effect stands.
    Duplicate,
    /// Another writer moved the contact: nothing was written, read again and turn again.
    Conflict,
    /// The sender's addresses are not this contact's any more (a number changed hands): nothing was
    /// written, resolve the sender again.
    Stranger,
}

/// What a call to a provider came to.
#[derive(Clone, Debug, PartialEq)]
pub struct SendRecord {
    pub id: OutgoingId,
    pub at: Timestamp,
    pub result: SendResult,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SendResult {
    Sent {
        provider_id: Option<String>,
    },
    /// Back to the queue until then; the call counted as an attempt.
    Retry {
        not_before: Timestamp,
        error: Option<i64>,
    },
    /// The call's answer was never seen.
    Unknown,
    Failed {
        error: Option<i64>,
        reason: String,
    },
    Suppressed {
        reason: String,
    },
    Expired,
    /// Given back untried (shutdown, pause); the call does not count.
    Released {
        not_before: Option<Timestamp>,
    },
    /// The gateway has so many parts of it, from the first, and this became of the rest.
    Partly {
        taken: u32,
        rest: Box<SendResult>,
    },
}

impl SendResult {
    /// Whether the message goes back to the queue.
    #[must_use]
    pub fn goes_back(&self) -> bool {
        match self {
            SendResult::Released { .. } | SendResult::Retry { .. } => true,
            SendResult::Partly { rest, .. } => rest.goes_back(),
            SendResult::Sent { .. }
            | SendResult::Unknown
            | SendResult::Failed { .. }
            | SendResult::Suppressed { .. }
            | SendResult::Expired => false,
        }
    }
}

/// A timer that fell due, claimed for a minute by the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct DueTimer {
    pub contact: i64,
    pub kind: TimerKind,
    pub visit: u32,
    pub due: Timestamp,
}

/// What a sweep changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Processes found dead by their lease.
    pub dead: u64,
    /// Claims of theirs that became `unknown`.
    pub unknown: u64,
    /// Replies whose provider stayed silent and that go once more.
    pub again: u64,
}

/// The states of outgoing messages and how old the oldest waiting one is, for metrics and doctor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueReport {
    pub by_status: Vec<(Status, u64)>,
    /// By lane: how long the oldest queued message has been free to leave.
    pub oldest: Vec<(Lane, Duration)>,
    pub parked: u64,
    /// Who confirmed their membership and has it still.
    pub members: u64,
    /// Who only stands in a list of the office: nobody has asked them.
    pub listed: u64,
    pub contacts: u64,
    pub unmatched_statuses: u64,
    /// Calls and media that committed turns want and that are not done; counted up to 10,000.
    pub effects: u64,
    /// How long the oldest of them has waited.
    pub oldest_effect: Option<Duration>,
    /// What rests because a provider refuses it.
    pub holds: Vec<Hold>,
    /// Pairs of contacts of which the office has to say whether they are one person; counted up to 10,000.
    pub open_merges: u64,
}

/// What a person asked the office for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub ticket: String,
    /// `erasure`, `correction`, `access`, `complaint`, …: as the flow calls it.
    pub kind: String,
    pub contact: i64,
    pub at: Timestamp,
    /// When the office settled it.
    pub done: Option<Timestamp>,
    /// What the person said of it, in the order of the flow.
    pub details: Vec<crate::fact::Detail>,
}

/// How the records are opened. `Debug` does not show the password in the URL.
#[derive(Clone)]
pub struct RecordsOptions {
    /// `sqlite://PATH`, or `postgres://…` as [`PostgresUrl`](crate::config::PostgresUrl) reads it.
    pub url: String,
    /// How many connections to PostgreSQL this process takes at most: one writes, the others read.
    pub connections: usize,
    pub clock: Clock,
    pub keyring: Arc<Keyring>,
    /// How long a process is believed alive after its last heartbeat.
    pub lease: Duration,
    /// Gather at most this many writes in one transaction.
    pub group: usize,
    /// When a membership lapses, and who becomes an active member.
    pub membership: MembershipSection,
}

impl fmt::Debug for RecordsOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordsOptions")
            .field("connections", &self.connections)
            .field("lease", &self.lease)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

/// The open records. Cheap to clone; every clone is the same store.
#[derive(Clone, Debug)]
pub struct Records {
    engine: Engine,
    calls: Arc<Calls>,
    askers: Arc<askers::Askers>,
}

/// Counts calls, so that a test that moves time by hand knows when nothing is under way.
#[derive(Debug, Default)]
struct Calls {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// A call under way.
struct Busy(Arc<Calls>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Release);
    }
}

/// The engines; chosen by the scheme of the URL.
#[derive(Clone, Debug)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

/// The same call to whichever engine there is. A call over the network has a box of its own: its future is
/// many times as large as the other's, and would make that of every message and webhook as large.
macro_rules! on {
    ($records:expr, $store:ident => $call:expr) => {{
        let _busy = $records.busy();
        match &$records.engine {
            Engine::Sqlite($store) => $call,
            Engine::Postgres($store) => Box::pin(async { $call }).await,
        }
    }};
}

impl Records {
    /// Opens (and on first use makes) the store, runs migrations, takes the process lock and a
    /// lease with a fresh epoch.
    ///
    /// # Errors
    /// [`RecordsError::Setup`] with what to do: no key for this database, locked by another
    /// process, written by a newer version, an unknown scheme.
    pub async fn open(options: RecordsOptions) -> Result<Records, RecordsError> {
        if is_postgres(&options.url) {
            let store = postgres::Postgres::open(options).await?;
            return Ok(Records {
                engine: Engine::Postgres(Arc::new(store)),
                calls: Arc::default(),
                askers: Arc::default(),
            });
        }
        let path = sqlite_path(&options.url)?;
        let store = sqlite::Sqlite::open(path, options).await?;
        Ok(Records {
            engine: Engine::Sqlite(Arc::new(store)),
            calls: Arc::default(),
            askers: Arc::default(),
        })
    }

    /// Names this life of the store: another after a restore from a backup. What is kept beside the
    /// records (live state) is kept under it, for after a restore numbers are met again.
    #[must_use]
    pub fn incarnation(&self) -> &str {
        match &self.engine {
            Engine::Sqlite(store) => store.incarnation(),
            Engine::Postgres(store) => store.incarnation(),
        }
    }

    /// The contact of each sender, made when it is new; identifiers not seen before are added to
    /// it. Idempotent; one answer per question, in order. `has_phone` follows.
    ///
    /// The first known address says who it is. One that is another contact's stays there, and the two are
    /// queued for a person of the office, until [`Records::unite`] makes them one.
    ///
    /// # Errors
    /// [`RecordsError::Refused`] when a sender has no address at all; otherwise as every write.
    pub async fn senders(
        &self,
        from: Vec<(Channel, Identities)>,
    ) -> Result<Vec<Sender>, RecordsError> {
        on!(self, store => store.senders(from).await)
    }

    /// [`Records::senders`], for whom only the contacts matter.
    ///
    /// # Errors
    /// As [`Records::senders`].
    pub async fn resolve(
        &self,
        from: Vec<(Channel, Identities)>,
    ) -> Result<Vec<i64>, RecordsError> {
        let senders = self.senders(from).await?;
        Ok(senders.into_iter().map(|sender| sender.contact).collect())
    }

    /// Takes a number to whoever these addresses are, because the provider vouches that it is theirs. When
    /// it is another contact's, the two are one from now on, in one transaction: sessions, consents,
    /// members and all. Idempotent.
    ///
    /// # Errors
    /// [`RecordsError::Refused`] and [`RecordsError::Broken`]: something of the two cannot be read back,
    /// and nothing was changed; otherwise as every write.
    pub async fn adopt(
        &self,
        from: &Identities,
        number: PhoneNumber,
    ) -> Result<Adopted, RecordsError> {
        on!(self, store => store.adopt(from, &Identities::phone(number)).await)
    }

    /// Makes one of the contacts that a sender's addresses belong to, because the provider vouches in one
    /// signed message that they are one person's. Where that is not safe they stay two and a person of the
    /// office decides. Idempotent.
    ///
    /// # Errors
    /// As [`Records::adopt`].
    pub async fn unite(&self, from: &Identities) -> Result<Adopted, RecordsError> {
        on!(self, store => store.adopt(from, from).await)
    }

    /// Does what the office decided of an [`OpenMerge`]: the two are one person. Whatever only one of them
    /// can have is given up by the one that has the older of it. Idempotent.
    ///
    /// # Errors
    /// As [`Records::adopt`].
    pub async fn settle_merge(&self, merge: i64) -> Result<Adopted, RecordsError> {
        on!(self, store => store.settle_merge(merge).await)
    }

    /// Every address of a contact, in the order they became known; empty for an id nobody has.
    pub async fn addresses(&self, contact: i64) -> Result<Identities, RecordsError> {
        on!(self, store => store.addresses(contact).await)
    }

    /// The person, session and last road as committed now; `None` for an id nobody has.
    pub async fn snapshot(&self, contact: i64) -> Result<Option<Snapshot>, RecordsError> {
        on!(self, store => store.snapshot(contact).await)
    }

    /// Queues the turn for the next group commit, in call order (the queueing happens before this
    /// returns its future), and tells what became of it.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`] and [`RecordsError::Fenced`]: nothing was written, as far as
    /// can be known (a COMMIT whose answer was lost is looked up); the inbound key makes it
    /// harmless to try again.
    /// [`RecordsError::Refused`]: this turn alone cannot be written (the rest of its group was).
    pub fn commit(
        &self,
        turn: TurnCommit,
    ) -> impl Future<Output = Result<Verdict, RecordsError>> + Send + 'static + use<> {
        let busy = self.busy();
        let decided = match &self.engine {
            Engine::Sqlite(store) => Either::Left(store.commit(turn)),
            Engine::Postgres(store) => Either::Right(store.commit(turn)),
        };
        async move {
            let _busy = busy;
            decided.await
        }
    }

    /// Whether this inbound key was committed: settles a COMMIT whose answer was lost.
    pub async fn is_committed(&self, channel: Channel, key: &str) -> Result<bool, RecordsError> {
        on!(self, store => store.is_committed(channel, key).await)
    }

    /// Records an inbound that no conversation answers (a reaction, an edit, an identity change),
    /// once per key. Identity changes move the contact's addresses. [`Verdict::Stranger`] as for
    /// turns, but not for identity changes.
    pub async fn note(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: Timestamp,
    ) -> Result<Verdict, RecordsError> {
        on!(self, store => store.note(contact, inbound, received_at).await)
    }

    /// Keeps a message that cannot even be turned (its contact cannot be read back) with the reason,
    /// without persons; once per key. Nothing else of the contact moves.
    pub async fn park(
        &self,
        contact: i64,
        inbound: Inbound,
        received_at: Timestamp,
        reason: String,
    ) -> Result<Verdict, RecordsError> {
        on!(self, store => store.park(contact, inbound, received_at, reason).await)
    }

    /// Applies provider statuses along the lattice; one that matches nothing yet is kept and
    /// applied when its send answer is recorded. Idempotent.
    ///
    /// A failure that asks for a mark marks the contact; one that asks for another try ([`Asks::Again`](crate::message::Asks::Again))
    /// puts the message back into the queue, at most eight calls in all, later and later.
    ///
    /// A recipient told under several names, one of them an address of the contact the message went
    /// to, gains the others as by [`Records::resolve`].
    pub async fn apply_statuses(&self, updates: Vec<StatusUpdate>) -> Result<(), RecordsError> {
        on!(self, store => store.apply_statuses(updates).await)
    }

    /// What rests because a provider refuses it: accounts of ours, DLT templates; the longest first.
    pub async fn holds(&self) -> Result<Vec<Hold>, RecordsError> {
        on!(self, store => store.holds().await)
    }

    /// A provider refuses an account or a template: how it rests now, for every process. `None`: what was
    /// wrong is mended since the message left; see [`Hold::after`].
    pub async fn hold(&self, refused: Refused) -> Result<Option<Rests>, RecordsError> {
        on!(self, store => store.hold(refused).await)
    }

    /// Lets one message through to try what rested long enough; the others wait until `until` for what
    /// becomes of it. `false`: another tries it, or it rests no more.
    pub async fn try_hold(
        &self,
        held: HoldName,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.try_hold(held, now, until).await)
    }

    /// It is well again; whether it rested.
    pub async fn end_hold(&self, held: HoldName, at: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.end_hold(held, at).await)
    }

    /// How the office's kill switch stands; `None`: nobody ever turned it.
    pub async fn halt(&self) -> Result<Option<Halt>, RecordsError> {
        on!(self, store => store.halt().await)
    }

    /// The contacts of the persons who were erased at this moment or later.
    pub async fn erased_since(&self, since: Timestamp) -> Result<Vec<i64>, RecordsError> {
        on!(self, store => store.erased_since(person::kept_until(since)).await)
    }

    /// Marks a contact's number as the operators do, once; the contact moves when that is news.
    pub async fn mark(&self, contact: i64, mark: Mark, at: Timestamp) -> Result<(), RecordsError> {
        on!(self, store => store.mark(contact, mark, at).await)
    }

    /// The message a provider's word is about; `None` when it names none of ours.
    pub async fn reported(&self, update: &StatusUpdate) -> Result<Option<Reported>, RecordsError> {
        on!(self, store => store.reported(update).await)
    }

    /// Stores account-level events sealed, once each.
    pub async fn keep_events(&self, events: Vec<AccountEvent>) -> Result<(), RecordsError> {
        on!(self, store => store.keep_events(events).await)
    }

    /// Writes withdrawals and returns told to the provider into the consent ledger. A return undoes
    /// a stop told to the provider, never a withdrawal told to us.
    pub async fn apply_preferences(
        &self,
        updates: Vec<PreferenceUpdate>,
    ) -> Result<(), RecordsError> {
        on!(self, store => store.apply_preferences(updates).await)
    }

    /// Sets numbers aside that will never be given again; gaps are allowed. The first is 1.
    pub async fn reserve(
        &self,
        sequence: &'static str,
        count: u64,
    ) -> Result<Range<u64>, RecordsError> {
        on!(self, store => store.reserve(sequence, count).await)
    }

    /// Whether a broadcast went out so lately that a message may be an answer to it.
    pub async fn spoke_lately(&self, now: Timestamp) -> Result<bool, RecordsError> {
        on!(self, store => store.spoke_since(begun_since(now)).await)
    }

    /// The broadcast each message may answer, one for each, in order: the one it quotes, else the newest
    /// that reached the person within 48 hours.
    pub async fn reached(
        &self,
        asked: Vec<MayAnswer>,
        now: Timestamp,
    ) -> Result<Vec<Option<Reached>>, RecordsError> {
        on!(self, store => store.reached(asked, (answers_since(now), begun_since(now))).await)
    }

    /// Timers due by now, each claimed for a minute so that replicas do not turn it twice.
    pub async fn due_timers(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueTimer>, RecordsError> {
        on!(self, store => store.due_timers(now, limit).await)
    }

    /// Puts a timer off that was given to this process: it is not due again before this moment. One that a turn
    /// has done away with meanwhile stays away.
    pub async fn hold_timer(&self, timer: DueTimer, until: Timestamp) -> Result<(), RecordsError> {
        on!(self, store => store.hold_timer(timer, until).await)
    }

    /// Claims effects of a kind that may be carried out now, each for [`EFFECT_CLAIM`]: past what others
    /// have, and what a dead process or one that took too long had. What was begun elsewhere may be done
    /// twice.
    pub async fn claim_effects(
        &self,
        now: Timestamp,
        kind: EffectKind,
        limit: usize,
    ) -> Result<Vec<DueEffect>, RecordsError> {
        on!(self, store => store.claim_effects(now, kind, limit).await)
    }

    /// Records what became of a claimed effect, and whether the claim was still this process's: if not,
    /// nothing is written.
    pub async fn record_effect(
        &self,
        effect: &DueEffect,
        result: EffectResult,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.record_effect(effect, result).await)
    }

    /// The media a person sent, kept or refused, oldest first.
    pub async fn media(&self, contact: i64) -> Result<Vec<MediumRow>, RecordsError> {
        let mut media = on!(self, store => store.media(contact).await)?;
        media.sort_by_key(|medium| medium.id);
        Ok(media)
    }

    /// Claims queued messages that may leave now, most urgent lane first, oldest first. A message
    /// waits for an earlier one of the same person that is queued for later.
    pub async fn claim(&self, now: Timestamp, limit: usize) -> Result<Vec<Outgoing>, RecordsError> {
        on!(self, store => store.claim(now, limit).await)
    }

    /// Records what became of claimed messages. A row that is not claimed by this process any more
    /// (it was swept, or a status overtook the answer) follows the lattice.
    pub async fn record_sends(&self, sends: Vec<SendRecord>) -> Result<(), RecordsError> {
        on!(self, store => store.record_sends(sends).await)
    }

    /// Messages this process claimed before `before` and that are claimed by it still: what nobody here
    /// holds any more was lost on its way from the records to a caller.
    pub async fn claimed_before(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OutgoingId>, RecordsError> {
        on!(self, store => store.claimed_before(before, limit).await)
    }

    /// Renews this process's lease.
    ///
    /// # Errors
    /// [`RecordsError::Fenced`] when another process has already declared this one dead.
    pub async fn heartbeat(&self) -> Result<(), RecordsError> {
        on!(self, store => store.heartbeat().await)
    }

    /// Declares processes dead whose lease ran out, turns their claims into `unknown`, and settles
    /// `unknown` rows that waited long enough while we could hear: a reply on a channel that echoes our id goes
    /// back to the queue once; everything else stays `unknown` and is listed. Forgets a step's
    /// worth of inbound keys older than nine days, and of effects done three days ago.
    pub async fn sweep(&self, now: Timestamp, waits: Waits) -> Result<Sweep, RecordsError> {
        on!(self, store => store.sweep(now, &waits).await)
    }

    /// Gives the lease back after everything queued is written. Release claims that were never
    /// tried before: what is still claimed here may have left and becomes `unknown`.
    pub async fn close(&self) -> Result<(), RecordsError> {
        on!(self, store => store.close().await)
    }

    /// The newest lines of a person's history, oldest first; secret ones are not among them.
    pub async fn history(
        &self,
        contact: i64,
        limit: usize,
    ) -> Result<Vec<HistoryLine>, RecordsError> {
        on!(self, store => store.history(contact, limit).await)
    }

    /// What people asked the office for, at most `limit`: the open requests, the oldest first, or with
    /// `also_done` all of them, the newest first.
    pub async fn requests(
        &self,
        also_done: bool,
        limit: usize,
    ) -> Result<Vec<Request>, RecordsError> {
        on!(self, store => store.requests(also_done, limit).await)
    }

    /// One request by its ticket, as [`ticket_number`](crate::membership::ticket_number) writes it.
    pub async fn request(&self, ticket: &str) -> Result<Option<Request>, RecordsError> {
        on!(self, store => store.request(ticket).await)
    }

    /// Counts for metrics and `doctor`; cheap however large the store.
    pub async fn report(&self, now: Timestamp) -> Result<QueueReport, RecordsError> {
        on!(self, store => store.report(now).await)
    }

    /// How many messages failed since then with each code between the first and the last of these. It
    /// looks at every message of the store: for a person who asks, not for a clock.
    pub async fn failures(
        &self,
        codes: (i64, i64),
        since: Timestamp,
    ) -> Result<Vec<(i64, u64)>, RecordsError> {
        on!(self, store => store.failures(codes, since).await)
    }

    /// Copies the whole store into a file while running; the copy names the key it needs.
    ///
    /// # Errors
    /// [`RecordsError::Refused`] when the file is there already or cannot be written, and on
    /// PostgreSQL, which has tools of its own.
    pub async fn backup(&self, to: &Path) -> Result<(), RecordsError> {
        match &self.engine {
            Engine::Sqlite(store) => store.backup(to).await,
            Engine::Postgres(_) => Err(RecordsError::Refused(BACKUP_OF_POSTGRES.to_owned())),
        }
    }

    /// The ids of the sealing keys without which this store cannot be read.
    pub async fn needed_keys(&self) -> Result<Vec<u32>, RecordsError> {
        on!(self, store => store.needed_keys().await)
    }

    /// After a key rotation: seals up to `limit` rows anew under the active key and tells how many.
    /// Call it until it gives 0; then the older keys are not needed any more.
    pub async fn reseal(&self, limit: usize) -> Result<u64, RecordsError> {
        on!(self, store => store.reseal(limit).await)
    }

    /// Memberships whose term is over lapse, at most `limit`; how many did.
    pub async fn lapse(&self, now: Timestamp, limit: usize) -> Result<u64, RecordsError> {
        on!(self, store => store.lapse(now, limit).await)
    }

    /// Completes at most `limit` members from before there was what they lack: the hash by which a name is
    /// found, and the state of a membership that ended; and counts, once, whom lists alone know. How many; call it until it gives 0.
    pub async fn complete_members(&self, limit: usize) -> Result<u64, RecordsError> {
        on!(self, store => store.complete_members(limit).await)
    }

    /// Waits until nothing can be written here any more: the store was closed, or what writes fell.
    pub async fn until_ended(&self) {
        on!(self, store => store.until_ended().await);
    }

    /// A cheap question to the store, for `/ready`.
    pub async fn ping(&self) -> Result<(), RecordsError> {
        on!(self, store => store.ping().await)
    }

    fn busy(&self) -> Busy {
        self.calls.begun.fetch_add(1, Ordering::Release);
        Busy(Arc::clone(&self.calls))
    }

    /// How many calls were begun, and how many of them have ended: for tests that move time by hand
    /// when nothing is under way.
    #[doc(hidden)]
    #[must_use]
    pub fn calls(&self) -> (u64, u64) {
        let ended = self.calls.ended.load(Ordering::Acquire);
        (self.calls.begun.load(Ordering::Acquire), ended)
    }

    /// Puts a fault in the way of what comes, for tests of the paths nobody sees on a good day.
    #[doc(hidden)]
    pub fn inject(&self, fault: inject::Fault) {
        match &self.engine {
            Engine::Sqlite(store) => store.faults().add(fault),
            Engine::Postgres(store) => store.faults().add(fault),
        }
    }
}

/// What to do instead of `samvad backup`.
const BACKUP_OF_POSTGRES: &str = "the records stand in PostgreSQL, which makes its own backups: pg_dump --format=custom --file=FILE DATABASE, or pg_basebackup with an archive of its log; see docs/operations.md";

/// Copies the database of `url` into a file without opening it as a server does: no lock, no lease,
/// no key is needed, and a server may be running on it. Gives the size of the copy in bytes.
///
/// # Errors
/// [`RecordsError::Setup`] when there is no such database, or it is PostgreSQL's, which has tools of
/// its own; [`RecordsError::Refused`] when the file is there already or cannot be written.
pub fn copy_database(url: &str, to: &Path) -> Result<u64, RecordsError> {
    if is_postgres(url) {
        return Err(RecordsError::Setup(BACKUP_OF_POSTGRES.to_owned()));
    }
    sqlite::copy_database(&sqlite_path(url)?, to)
}

/// What a look at PostgreSQL found, for `doctor`.
#[derive(Clone, Debug)]
pub struct Examination {
    /// As the server says it: `16.2`.
    pub version: String,
    /// By how much its clock and ours differ, and whether that is too much.
    pub ahead: Duration,
    pub is_skewed: bool,
    /// Whether the database holds nothing yet.
    pub is_empty: bool,
    /// The migrations that the next start applies.
    pub pending: Vec<&'static str>,
    /// The months of the log that should stand and do not.
    pub missing_months: Vec<String>,
}

/// Looks at a PostgreSQL and the database in it without writing anything: no place is taken, nothing
/// brought forward. `None` for records that stand elsewhere.
///
/// # Errors
/// [`RecordsError::Setup`] with what to do, as [`Records::open`] gives it.
pub async fn examine_postgres(
    url: &str,
    clock: &Clock,
    keyring: Option<&Keyring>,
) -> Result<Option<Examination>, RecordsError> {
    if !is_postgres(url) {
        return Ok(None);
    }
    postgres::examine(url, clock, keyring).await.map(Some)
}

/// Whether there may be records at a URL: no file of that name is none; of a server nothing is known.
#[must_use]
pub fn may_exist(url: &str) -> bool {
    is_postgres(url) || sqlite_path(url).map_or(true, |path| path.exists())
}

/// The file of a `sqlite://` URL.
fn sqlite_path(url: &str) -> Result<PathBuf, RecordsError> {
    let path = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).ok_or_else(|| {
        RecordsError::Setup(
            "the records are named by sqlite:// and the path of a file, for instance \
             sqlite://data/samvad.db, or by postgres://USER@HOST/DATABASE"
                .to_owned(),
        )
    })?;
    Ok(PathBuf::from(path))
}
