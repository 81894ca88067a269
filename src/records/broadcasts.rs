//! Broadcasts as the records hold them: the broadcast, its recipients, its funnel. What is of one engine
//! only stands with it. Pure.

mod gather;
mod ready;
mod series;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub(super) use self::gather::{ContactRow, For, Gathered, MemberRow, under_their_old_numbers};
pub(super) use self::ready::{
    BroadcastColumns, FunnelRow, NewRow, Planned, Ready, Released, Step, came_to, may_release,
    may_release_in, name_is_taken, open_broadcast, ready_chunk, ready_new, staged, state_of, took,
};
pub(super) use self::series::Open;
pub use self::series::{DayOpened, DayOpening};
use super::sql::broadcasts as sql;
use super::{Beside, Records, RecordsError};
use crate::broadcast::{BroadcastState, Candidate, Recipient, RecipientState, Wording};
use crate::contact::{PhoneNumber, Road};
use crate::message::{Channel, Outgoing, Purpose, Status};

/// A broadcast to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBroadcast {
    /// One broadcast a name.
    pub name: String,
    pub purpose: Purpose,
    pub author: String,
    /// What is said and to whom, as JSON; kept sealed.
    pub definition: String,
    /// The expression, or the name of the list.
    pub audience: String,
    /// Nothing leaves before.
    pub from: Option<Timestamp>,
    /// Nothing leaves at this moment or after it.
    pub send_before: Timestamp,
    /// The dialogue that an answer opens.
    pub flow: Option<String>,
    /// The approved templates it leaves by, by their names at the provider.
    pub templates: Vec<String>,
    pub fallback: Option<Fallback>,
    /// The number of the certificate under the code of conduct.
    pub certificate: Option<String>,
    /// The broadcast that it tries on the phones of the office.
    pub test_of: Option<i64>,
    /// It comes again: it has no recipients of its own, its days have ([`Beside::open_day`]).
    pub repeats: bool,
    pub at: Timestamp,
}

/// Where it goes a second time, to whom the first way failed or was silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    pub channel: Channel,
    /// Ours it may leave from; each person has one of them, see [`Candidate::account_of`].
    pub accounts: Vec<String>,
    /// So long after a message left without a word that it arrived.
    pub after: Duration,
}

/// A broadcast as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastRow {
    pub id: i64,
    pub name: String,
    pub state: BroadcastState,
    pub purpose: Purpose,
    pub author: String,
    pub definition: String,
    /// SHA-256 of the definition.
    pub hash: [u8; 32],
    pub audience: String,
    pub created: Timestamp,
    pub from: Option<Timestamp>,
    pub send_before: Timestamp,
    pub approved_by: Option<String>,
    pub approved_at: Option<Timestamp>,
    pub frozen_at: Option<Timestamp>,
    /// Its rows when it was frozen, refused ones too, and a hash of them.
    pub recipients: Option<u64>,
    pub recipients_hash: Option<Vec<u8>>,
    /// Why it is paused, or was cancelled.
    pub why: Option<String>,
    pub flow: Option<String>,
    pub templates: Vec<String>,
    pub fallback: Option<Fallback>,
    pub certificate: Option<String>,
    /// Of a test: what it tries.
    pub test_of: Option<i64>,
    /// To how many people it went when somebody said yes to it.
    pub approved_for: Option<u64>,
    /// It comes again.
    pub repeats: bool,
    /// Of a day: the broadcast that comes again.
    pub series: Option<i64>,
    /// Of one that comes again: since when servers run its days.
    pub begun: Option<Timestamp>,
    /// Of a day whose recipients are not written down: who is at work on it, and until when nobody else takes it.
    pub held: Option<(String, Timestamp)>,
}

/// One line of what was done with a broadcast; never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastEvent {
    pub at: Timestamp,
    pub actor: String,
    /// The state it came to.
    pub what: String,
    pub why: Option<String>,
}

/// What became of a wish to move a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    Yes {
        from: BroadcastState,
    },
    /// That may not follow the state it stands in; nothing was written.
    No {
        stands: BroadcastState,
    },
    /// Another definition stands in its place than the one that was shown; nothing was written.
    Changed,
    /// There is no such broadcast.
    Unknown,
}

/// How many rows a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// To whom it goes.
    pub planned: u64,
    pub refused: u64,
}

/// What became of a freezing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Froze {
    Yes,
    /// Not so many rows are there: somebody else staged, or something is missing. Throw them away and begin
    /// again.
    Differs(PlanCounts),
    /// It is not being frozen.
    No,
}

/// How far a run has come; cheap enough to be asked every second or two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub planned: u64,
    pub released: u64,
    pub refused: u64,
    pub cancelled: u64,
    pub expired: u64,
}

/// Of those a broadcast was released to, who got nothing in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Stopped by the gate when it was to leave, or with the broadcast, by reason, the most first.
    pub stopped: Vec<(String, u64)>,
    /// Refused by the provider, or lost on its way.
    pub failed: u64,
    /// `send_before` passed first.
    pub expired: u64,
}

impl Ended {
    /// How many they are.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.failed + self.expired + self.stopped.iter().map(|(_, count)| count).sum::<u64>()
    }
}

/// What became of the recipients of a broadcast, or of a part of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// How many rows there are.
    pub recipients: u64,
    /// Who wait for their turn. Of a broadcast that is over nobody does.
    pub planned: u64,
    pub cancelled: u64,
    /// `send_before` passed before their turn came, or before the message left.
    pub expired: u64,
    /// Refused when it was planned or when its message was made, by reason, the most first.
    pub refused: Vec<(String, u64)>,
    /// Stopped by the gate when it was to leave, by reason, the most first.
    pub suppressed: Vec<(String, u64)>,
    /// Released and not sent yet.
    pub waiting: u64,
    /// A call was made and its answer never seen: they are never sent again.
    pub unknown: u64,
    /// Taken by the provider, whatever came after: the next two are among them.
    pub sent: u64,
    pub delivered: u64,
    pub read: u64,
    /// By the provider's code, the most first.
    pub failed: Vec<(Option<i64>, u64)>,
    pub replied: u64,
    /// To whom it went a second time, by the other channel. Each person is counted once above, by the message
    /// that came further; in a funnel by channel each message stands under its own.
    pub fell_back: u64,
}

/// How a funnel is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The assembly seat of the member, by its number; empty where it is not known.
    Place,
    Channel,
    Language,
}

/// What became of a broadcast for one person, as an audience asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    pub contact: i64,
    pub sent: bool,
    pub delivered: bool,
    pub replied: bool,
    pub failed: bool,
}

/// Messages of a broadcast that stand alike: of both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages {
    /// The part of the broadcast they are of, as [`Beside::funnel_by`] names it.
    pub part: String,
    /// The channel they left by, or are to.
    pub channel: Channel,
    pub status: Status,
    /// The provider's code.
    pub error: Option<i64>,
    /// The provider took them, whatever came after: it gave them a number.
    pub taken: bool,
    pub messages: u64,
    /// The short messages they fill; on other channels 0.
    pub parts: u64,
}

/// The columns of it: part, channel, status, error, taken, messages, parts.
pub(super) type MessagesRow = (String, i64, i64, Option<i64>, i64, i64, i64);

impl Messages {
    fn read(row: MessagesRow, by: Option<By>) -> Result<Messages, RecordsError> {
        let (part, channel, status, error, taken, messages, parts) = row;
        let broken = |column: &'static str| RecordsError::Broken {
            table: "outgoing",
            column,
            id: 0,
            reason: "written by a newer version".to_owned(),
        };
        Ok(Messages {
            part: part_name(&part, by),
            channel: Channel::from_code(channel).ok_or_else(|| broken("channel"))?,
            status: Status::from_code(status).ok_or_else(|| broken("status"))?,
            error,
            taken: taken != 0,
            messages: count_of(messages),
            parts: count_of(parts),
        })
    }
}

fn count_of(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn counts_of(rows: Vec<(String, i64)>) -> Vec<(String, u64)> {
    rows.into_iter().map(|(name, count)| (name, count_of(count))).collect()
}

/// The name of a part from what the statement gives: channels are kept by their codes.
fn part_name(key: &str, by: Option<By>) -> String {
    let channel = match by {
        Some(By::Channel) => key.parse().ok().and_then(Channel::from_code),
        _ => None,
    };
    channel.map_or_else(|| key.to_owned(), |channel| channel.name().to_owned())
}

/// Which recipients are released.
#[derive(Clone)]
pub struct Release {
    pub broadcast: i64,
    /// Those behind this contact.
    pub after: i64,
    pub limit: usize,
    pub wording: Arc<dyn Wording>,
    /// `None`: their turn has come. Else those are asked for whom the first way failed, or stayed silent
    /// since before this time.
    pub fallback: Option<(Fallback, Timestamp)>,
    /// Whoever is written to on one of these roads is passed over.
    pub closed: Vec<Road>,
}

/// What was released: it is this process's to deliver.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    pub outgoing: Vec<Outgoing>,
    /// The last contact looked at; `None`: nobody is left behind the one asked from.
    pub last: Option<i64>,
    /// Who got no message after all: no address any more, or no words.
    pub refused: u64,
}

/// So many rows are thrown away or cleared in one step.
pub(super) const CLEARED_AT_ONCE: i64 = 10_000;

/// Roads as statements compare them.
pub(super) fn road_keys(roads: &[Road]) -> Vec<String> {
    roads.iter().map(|road| format!("{}:{}", road.channel.code(), road.account)).collect()
}

/// So many rows are looked at in one step for who failed or stayed silent.
pub(super) const LOOKED_AT_ONCE: i64 = 5_000;

impl BroadcastRow {
    /// See [`BroadcastState::may_be_planned_anew`]. A day is what its series is.
    #[must_use]
    pub const fn may_be_redefined(&self) -> bool {
        if self.repeats {
            return self.state.series_may_be_planned_anew();
        }
        self.series.is_none() && self.state.may_be_planned_anew()
    }
}

impl PlanCounts {
    /// From how many rows stand in each state.
    pub(super) fn of(by_state: &[(i64, i64)]) -> PlanCounts {
        let Progress { planned, refused, .. } = Progress::of(by_state);
        PlanCounts { planned, refused }
    }

    pub(super) fn all(self) -> i64 {
        i64::try_from(self.planned + self.refused).unwrap_or(i64::MAX)
    }
}

impl Progress {
    /// From how many rows stand in each state.
    pub(super) fn of(by_state: &[(i64, i64)]) -> Progress {
        let count = |state: RecipientState| {
            let found = by_state.iter().find(|(code, _)| *code == state.code());
            found.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or(0))
        };
        Progress {
            planned: count(RecipientState::Planned),
            released: count(RecipientState::Released),
            refused: count(RecipientState::Refused),
            cancelled: count(RecipientState::Cancelled),
            expired: count(RecipientState::Expired),
        }
    }
}

impl By {
    /// The statement that counts a funnel by this.
    pub(super) const fn text(by: Option<By>) -> &'static str {
        match by {
            None => sql::FUNNEL,
            Some(By::Place) => sql::BY_PLACE,
            Some(By::Channel) => sql::BY_CHANNEL,
            Some(By::Language) => sql::BY_LANGUAGE,
        }
    }
}

/// Asks whichever engine a server has; the call over the network in a box, as `on!` does.
macro_rules! served {
    ($records:expr, $store:ident => $call:expr) => {{
        let _busy = $records.busy();
        match &$records.engine {
            super::Engine::Sqlite($store) => $call,
            super::Engine::Postgres($store) => Box::pin(async { $call }).await,
        }
    }};
}

/// Broadcasts, as the commands see them.
impl Beside {
    /// Writes a broadcast down as a draft; gives its number.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: there is one of this name.
    pub async fn create_broadcast(&self, new: NewBroadcast) -> Result<i64, RecordsError> {
        on!(self, store => store.create_broadcast(new).await)
    }

    /// Puts another definition in the place of one whose recipients are not written down: it is a draft again,
    /// and nobody has said yes to it. Its name stays.
    pub async fn redefine_broadcast(
        &self,
        id: i64,
        new: NewBroadcast,
    ) -> Result<Moved, RecordsError> {
        on!(self, store => store.redefine_broadcast(id, new).await)
    }

    /// The broadcast of this name.
    pub async fn broadcast(&self, name: &str) -> Result<Option<BroadcastRow>, RecordsError> {
        on!(self, store => store.broadcast(name).await)
    }

    /// The newest broadcasts, the newest first.
    pub async fn broadcasts(&self, limit: usize) -> Result<Vec<BroadcastRow>, RecordsError> {
        on!(self, store => store.broadcasts(limit).await)
    }

    /// What was done with a broadcast, the oldest first.
    pub async fn broadcast_log(&self, id: i64) -> Result<Vec<BroadcastEvent>, RecordsError> {
        on!(self, store => store.broadcast_log(id).await)
    }

    /// Moves a broadcast where its life allows it ([`BroadcastState::may_become`]). An approval is kept
    /// with who gave it, a pause and a cancelling with why. A server sees it within a second.
    pub async fn move_broadcast(
        &self,
        id: i64,
        to: BroadcastState,
        actor: &str,
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        on!(self, store => store.move_broadcast(id, to, actor, why, at).await)
    }

    /// Takes what is left of a broadcast that was cancelled or expired out of its plan, in steps, and stops
    /// what is queued of it: no server need be up for it. Of another broadcast nothing changes.
    pub async fn clear_broadcast(&self, id: i64, at: Timestamp) -> Result<(), RecordsError> {
        while on!(self, store => store.clear_broadcast(id, at).await)? {}
        Ok(())
    }

    /// Moves a broadcast as somebody saw it: where its definition is another by now (`shown` is the
    /// [`BroadcastRow::hash`] of what they saw) it is [`Moved::Changed`]. `people`: of an approval, to how many
    /// it goes.
    pub async fn move_as_shown(
        &self,
        (id, shown): (i64, [u8; 32]),
        to: BroadcastState,
        people: Option<u64>,
        actor: &str,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        let step = ready::Step::as_shown((id, shown), to, people, actor, at);
        on!(self, store => store.take_step(step).await)
    }

    /// Contacts behind this one, in the order of their numbers; none: there are no more.
    pub async fn candidates(
        &self,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<Candidate>, RecordsError> {
        on!(self, store => store.candidates(after_contact, limit).await)
    }

    /// The contacts of these numbers, one for each that is somebody's, in any order. Some thousand numbers at
    /// a time.
    pub async fn contacts_of(&self, phones: &[PhoneNumber]) -> Result<Vec<i64>, RecordsError> {
        on!(self, store => store.contacts_of(phones).await)
    }

    /// These contacts, in their order. Some thousand at a time.
    pub async fn candidates_among(&self, ids: &[i64]) -> Result<Vec<Candidate>, RecordsError> {
        let ids = ids.to_vec();
        on!(self, store => store.candidates_among(ids).await)
    }

    /// Writes rows of a broadcast that is being frozen; nobody else sees them. Some thousand at a time, in
    /// the order of the contacts: a server waits as long as one batch takes.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: it is not being frozen, or one of them is staged already; nothing was
    /// written.
    pub async fn stage(
        &self,
        broadcast: i64,
        recipients: Vec<Recipient>,
    ) -> Result<(), RecordsError> {
        on!(self, store => store.stage(broadcast, recipients).await)
    }

    /// Drops what was staged of a broadcast whose recipients are not written down, in steps.
    pub async fn throw_away_staged(&self, broadcast: i64) -> Result<(), RecordsError> {
        while on!(self, store => store.drop_staged(broadcast).await)? {}
        Ok(())
    }

    /// Makes what was staged the recipients, all in one moment. `hash` is the caller's, of the rows.
    pub async fn freeze(
        &self,
        broadcast: i64,
        expected: PlanCounts,
        hash: &[u8],
        actor: &str,
        at: Timestamp,
    ) -> Result<Froze, RecordsError> {
        on!(self, store => store.freeze(broadcast, expected, hash, actor, at).await)
    }

    /// What became of a broadcast for its recipients between two contacts, both included, in their order.
    pub async fn took_part(
        &self,
        broadcast: i64,
        contacts: std::ops::RangeInclusive<i64>,
    ) -> Result<Vec<Took>, RecordsError> {
        on!(self, store => store.took_part(broadcast, contacts).await)
    }

    pub async fn progress(&self, broadcast: i64) -> Result<Progress, RecordsError> {
        on!(self, store => store.progress(broadcast).await)
    }

    /// The whole funnel; it looks at every recipient and message.
    pub async fn counts(&self, broadcast: i64) -> Result<Funnel, RecordsError> {
        let parts = on!(self, store => store.funnel(broadcast, None).await)?;
        Ok(parts.into_iter().next().map(|(_, funnel)| funnel).unwrap_or_default())
    }

    /// The same by part, in the order of their names: an assembly's number, a channel's name, a language's
    /// code.
    pub async fn funnel_by(
        &self,
        broadcast: i64,
        by: By,
    ) -> Result<Vec<(String, Funnel)>, RecordsError> {
        on!(self, store => store.funnel(broadcast, Some(by)).await)
    }

    /// How many of those it reached took back a consent within seven days of its message.
    pub async fn opted_out(&self, broadcast: i64) -> Result<u64, RecordsError> {
        let parts = self.opted_out_by(broadcast, By::Language).await?;
        Ok(parts.iter().map(|(_, count)| count).sum())
    }

    /// The same by part.
    pub async fn opted_out_by(
        &self,
        broadcast: i64,
        by: By,
    ) -> Result<Vec<(String, u64)>, RecordsError> {
        let rows = on!(self, store => store.opted_out_by(broadcast, by).await)?;
        let named = rows.into_iter().map(|(part, count)| (part_name(&part, Some(by)), count));
        Ok(counts_of(named.collect()))
    }

    /// What its messages are billed by and why they failed; `None`: as a whole.
    pub async fn messages_of(
        &self,
        broadcast: i64,
        by: Option<By>,
    ) -> Result<Vec<Messages>, RecordsError> {
        let rows = on!(self, store => store.messages_of(broadcast, by).await)?;
        rows.into_iter().map(|row| Messages::read(row, by)).collect()
    }

    /// To how many it does not go, by the reason, the most first.
    pub async fn refusals(&self, broadcast: i64) -> Result<Vec<(String, u64)>, RecordsError> {
        Ok(counts_of(on!(self, store => store.refusals(broadcast).await)?))
    }

    /// How many of its messages wait or are in somebody's hands; cheap enough to be asked every second.
    pub async fn under_way(&self, broadcast: i64) -> Result<u64, RecordsError> {
        Ok(count_of(on!(self, store => store.under_way(broadcast).await)?))
    }

    /// Of those it was released to, who got nothing in the end, by how that ended and why it was stopped: each
    /// person once, by the message that ended last.
    pub async fn ended(&self, broadcast: i64) -> Result<Ended, RecordsError> {
        let rows = on!(self, store => store.ended(broadcast).await)?;
        let mut ended = Ended::default();
        for (status, reason, count) in rows {
            let count = count_of(count);
            match Status::from_code(status) {
                Some(Status::Suppressed) => add_to(&mut ended.stopped, reason, count),
                Some(Status::Failed) => ended.failed += count,
                _ => ended.expired += count,
            }
        }
        ended.stopped.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        Ok(ended)
    }

    /// Whom it does not go to, with the reason, in the order of the contacts behind this one.
    pub async fn refused(
        &self,
        broadcast: i64,
        after_contact: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>, RecordsError> {
        on!(self, store => store.refused(broadcast, after_contact, limit).await)
    }
}

/// The same, as a server runs them.
impl Records {
    /// The broadcasts a server has to do with: frozen, running and paused ones, and those that are done but
    /// may still fall back. The oldest first.
    pub async fn running_broadcasts(
        &self,
        now: Timestamp,
    ) -> Result<Vec<BroadcastRow>, RecordsError> {
        served!(self, store => store.running_broadcasts(now).await)
    }

    /// As [`Beside::series`].
    pub async fn series(&self) -> Result<Vec<BroadcastRow>, RecordsError> {
        served!(self, store => store.series().await)
    }

    /// As [`Beside::move_broadcast`].
    pub async fn move_broadcast(
        &self,
        id: i64,
        to: BroadcastState,
        actor: &str,
        why: Option<&str>,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        let step = ready::Step::new(id, to, actor, why, at);
        served!(self, store => store.take_step(step).await)
    }

    /// What is frozen runs from now on. Where somebody paused it meanwhile it stays so: [`Moved::No`].
    pub async fn begin_broadcast(
        &self,
        id: i64,
        actor: &str,
        at: Timestamp,
    ) -> Result<Moved, RecordsError> {
        let step = ready::Step::beginning(id, actor, at);
        served!(self, store => store.take_step(step).await)
    }

    /// Makes messages of recipients of a running broadcast, born claimed by this process, all of them in one
    /// transaction with the rows they are made of. None when it does not run any more.
    pub async fn release(&self, release: Release, now: Timestamp) -> Result<Chunk, RecordsError> {
        served!(self, store => store.release_recipients(release, now).await)
    }

    /// Moves rows of a broadcast that was cancelled or expired out of the plan, and stops what is queued of
    /// it; a step at a time. `false`: nothing was left to do.
    pub async fn clear_broadcast(&self, id: i64, at: Timestamp) -> Result<bool, RecordsError> {
        served!(self, store => store.clear_broadcast(id, at).await)
    }

    /// Whether anybody still waits for their turn, on another road than these.
    pub async fn has_planned(&self, broadcast: i64, closed: &[Road]) -> Result<bool, RecordsError> {
        served!(self, store => store.has_planned(broadcast, closed).await)
    }

    /// Whether a message of it is queued or in a process's hands, on another road than these.
    pub async fn has_waiting(&self, broadcast: i64, closed: &[Road]) -> Result<bool, RecordsError> {
        served!(self, store => store.has_waiting(broadcast, closed).await)
    }

    /// One broadcast; `None`: there is none of this number.
    pub async fn broadcast_of(&self, id: i64) -> Result<Option<BroadcastRow>, RecordsError> {
        served!(self, store => store.broadcast_of(id).await)
    }

    /// Where a broadcast stands; `None`: there is none of this number.
    pub async fn broadcast_state(&self, id: i64) -> Result<Option<BroadcastState>, RecordsError> {
        served!(self, store => store.broadcast_state(id).await)
    }
}

impl Funnel {
    /// Adds so many rows that stand so.
    fn add(&mut self, row: &FunnelRow, is_over: Option<BroadcastState>) {
        use RecipientState as Of;
        let count = row.count;
        self.recipients += count;
        self.replied += if row.replied { count } else { 0 };
        self.fell_back += if row.fell_back { count } else { 0 };
        match (row.state, is_over) {
            (Of::Planned, Some(BroadcastState::Cancelled)) | (Of::Cancelled, _) => {
                self.cancelled += count;
            }
            (Of::Planned, Some(BroadcastState::Expired)) | (Of::Expired, _) => {
                self.expired += count;
            }
            (Of::Planned, _) => self.planned += count,
            (Of::Refused, _) => add_to(&mut self.refused, row.reason.clone(), count),
            (Of::Released, _) => self.add_message(row),
        }
    }

    fn add_message(&mut self, row: &FunnelRow) {
        let count = row.count;
        match row.status {
            None | Some(Status::Queued | Status::Claimed) => self.waiting += count,
            Some(Status::Unknown) => self.unknown += count,
            Some(Status::Sent) => self.sent += count,
            Some(Status::Delivered) => {
                self.sent += count;
                self.delivered += count;
            }
            Some(Status::Read) => {
                self.sent += count;
                self.delivered += count;
                self.read += count;
            }
            Some(Status::Failed) => add_to(&mut self.failed, row.error, count),
            Some(Status::Expired) => self.expired += count,
            Some(Status::Suppressed) => add_to(&mut self.suppressed, row.stopped.clone(), count),
        }
    }

    /// The most first; of as many, in the order of what is counted.
    fn sort(&mut self) {
        for reasons in [&mut self.refused, &mut self.suppressed] {
            reasons.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        }
        self.failed.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    }

    /// The funnels of the parts that rows are of, in the order of the parts.
    pub(super) fn parts(
        rows: &[FunnelRow],
        state: BroadcastState,
        by: Option<By>,
    ) -> Vec<(String, Funnel)> {
        let is_over = state.is_over().then_some(state);
        let mut parts: std::collections::BTreeMap<String, Funnel> =
            std::collections::BTreeMap::new();
        for row in rows {
            parts.entry(part_name(&row.key, by)).or_default().add(row, is_over);
        }
        let mut parts: Vec<(String, Funnel)> = parts.into_iter().collect();
        if by == Some(By::Place) {
            parts.sort_by_key(|(seat, _)| seat.parse::<u32>().unwrap_or(0));
        }
        for (_, funnel) in &mut parts {
            funnel.sort();
        }
        parts
    }
}

fn add_to<K: PartialEq>(counts: &mut Vec<(K, u64)>, key: K, count: u64) {
    match counts.iter_mut().find(|(known, _)| *known == key) {
        Some((_, sum)) => *sum += count,
        None => counts.push((key, count)),
    }
}
