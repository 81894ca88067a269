//! Polls as the records hold them: the poll, its frozen roster, and until the close the envelopes. One text for both
//! engines but for what is written with a turn, and how the space of what was destroyed is overwritten.
//!
//! What nobody may learn from any of it stands in docs/secrecy.md.

pub(super) mod bound;
mod ready;
mod rolls;

use std::fmt;
use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use self::bound::Owned;
pub use self::rolls::ROLL_PART;

use self::ready::{Staged, open_poll, origin_of, ready_new, small};
use super::common::{halves, open_name, place};
use super::query::{Bulk, Cells, Step, Value};
use super::sql::polls as sql;
use super::{Beside, Records, RecordsError};
use crate::clock::from_ms;
use crate::poll::ballot::Kind;
use crate::poll::envelope::Origin;
use crate::poll::life::PollState;
use crate::poll::signals::Came;
use crate::poll::tally::Turnout;
use crate::seal::Keyring;

/// A poll to be written down.
#[derive(Clone)]
pub struct NewPoll {
    /// One poll a name.
    pub name: String,
    /// The text of its file; kept sealed.
    pub definition: String,
    pub opens: Timestamp,
    pub closes: Timestamp,
    /// Whether nobody learns who chose what.
    pub secret: bool,
    pub public_key: [u8; 32],
    /// The key that opens answers: of a poll that is no secret, and of no other. Kept sealed.
    pub private_key: Option<[u8; 32]>,
    /// By which each voter sees the candidates in an order of their own; kept sealed.
    pub order_key: [u8; 32],
    /// The codes behind the posts of the roster's cells, by their places; see
    /// [`Header::posts`](crate::poll::bundle::Header::posts).
    pub posts: Vec<String>,
    pub actor: String,
    pub at: Timestamp,
}

/// A poll as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct PollRow {
    pub id: i64,
    pub name: String,
    pub state: PollState,
    pub definition: String,
    /// SHA-256 of the definition.
    pub hash: [u8; 32],
    pub opens: Timestamp,
    pub closes: Timestamp,
    pub secret: bool,
    pub public_key: [u8; 32],
    pub order_key: [u8; 32],
    pub posts: Vec<String>,
    /// Of the frozen roster; `None` while it is being staged.
    pub roster_hash: Option<[u8; 32]>,
    /// The people on the frozen roster.
    pub roster_people: u64,
    /// Over the people by place and post, as far as places are kept
    /// ([`electorate_hash`](crate::poll::bundle::electorate_hash)); `None` while it is being staged.
    pub electorate_hash: Option<[u8; 32]>,
    /// Of the bundle that was taken to the count. Where it stands in a poll that is closing, the bundle is whole and
    /// the envelopes are being destroyed: what is left of them makes no bundle any more.
    pub bundle_digest: Option<[u8; 32]>,
    pub roll_head: Option<[u8; 32]>,
    /// Choices in the bundle.
    pub choices: Option<u64>,
    /// Who wrote it down.
    pub actor: String,
    pub created: Timestamp,
    pub opened_at: Option<Timestamp>,
    /// When it was closed, or cancelled.
    pub closed_at: Option<Timestamp>,
    pub counted_at: Option<Timestamp>,
}

/// One line of what was done with a poll; never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollEvent {
    pub at: Timestamp,
    pub actor: String,
    /// The state it came to.
    pub what: String,
    pub why: Option<String>,
}

/// A row of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoterRow {
    /// Its number, which no other row of the poll has.
    pub voter: i64,
    /// `None`: the person was erased since.
    pub contact: Option<i64>,
    /// Which of those on one phone; 0 is the one whose conversations the phone's are.
    pub person: i64,
    /// The whole place, whatever of it stays with an envelope ([`Poll::origin`](crate::poll::file::Poll::origin)).
    pub origin: Origin,
}

/// A row of a roster as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterRow {
    pub voter: VoterRow,
    /// Whether they answered.
    pub answered: bool,
    /// Whether it is of the contact it was written for, or has come to rightly since. `false`: it was changed in the
    /// database by hand.
    pub is_bound: bool,
}

/// A wrapped envelope as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    pub kind: Kind,
    /// With which of the voter's answers it came.
    pub number: i64,
    pub bytes: Vec<u8>,
}

/// So long after its close what is said of a poll is still kept by nobody.
pub const HEARD_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where a contact stands on the roster of a poll that is open, or was in the [days before](HEARD_AFTER).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub poll: i64,
    pub voter: i64,
    pub person: i64,
    /// The person's, where several of the contact stand on this roster.
    pub name: Option<String>,
    /// The whole place, as [`VoterRow::origin`].
    pub origin: Origin,
    /// When they last answered.
    pub answered: Option<Timestamp>,
    /// How often they did.
    pub answers: i64,
    /// As [`RosterRow::is_bound`]: where it is not, nobody answers by it.
    pub is_bound: bool,
    /// Whether the poll takes answers.
    pub is_open: bool,
}

/// What a turn casts: the sealed answers of one voter, wrapped for their row.
#[derive(Clone, PartialEq, Eq)]
pub struct Cast {
    pub poll: i64,
    pub voter: i64,
    /// Which of the voter's answers it is, from 1. The wrappings hold it; a turn in which it is not the next one loses.
    pub number: i64,
    /// They take the place of those before, kind by kind.
    pub envelopes: Vec<(Kind, Vec<u8>)>,
    /// Empty ones of the kinds that nothing was said of: written where there is none of their kind yet, so that how
    /// many a voter has says nothing.
    pub fillers: Vec<(Kind, Vec<u8>)>,
}

/// What became of a wish to move a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollMoved {
    Yes,
    /// That may not follow the state it stands in; nothing was written.
    No {
        stands: PollState,
    },
    /// There is no such poll.
    Unknown,
}

/// What became of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    Yes,
    /// So many rows are there, and not as many as were hashed: throw the poll away and begin again.
    Differs {
        there: u64,
    },
    /// It is not being staged.
    No {
        stands: PollState,
    },
    Unknown,
}

/// The turnout of one seat in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatTurnout {
    pub seat: u16,
    pub turnout: Turnout,
}

/// A person of a poll, as an audience asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polled {
    pub contact: i64,
    /// Whether all who stand on the roster with this contact have answered.
    pub answered: bool,
}

/// What was taken to the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    pub bundle_digest: [u8; 32],
    pub roll_head: [u8; 32],
    pub choices: u64,
}

/// What a roster came to when it was frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Over all its rows.
    pub roster_hash: [u8; 32],
    /// Over the people by place and post, as far as places are kept.
    pub electorate_hash: [u8; 32],
    pub people: u64,
}

/// The voters of so many envelopes go in one step.
const DESTROYED_AT_ONCE: i64 = 10_000;
/// So many rows of a roster are thrown away in one step.
const DROPPED_AT_ONCE: i64 = 20_000;

const STAGE: Bulk = Bulk { one: sql::STAGE_ONE, all: sql::STAGE_ALL };

impl fmt::Debug for NewPoll {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewPoll").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for PollRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PollRow")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Wrapped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Wrapped").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Debug for Cast {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cast").field("poll", &self.poll).finish_non_exhaustive()
    }
}

/// Polls, as the commands see them.
impl Beside {
    /// Writes a poll down, its roster still to come; gives its number.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: there is one of this name.
    pub async fn create_poll(&self, new: NewPoll) -> Result<i64, RecordsError> {
        let (name, actor, at) = (new.name.clone(), new.actor.clone(), new.at.as_millisecond());
        let guard = ready_new(self.keyring(), new)?;
        let line = vec![Value::from(name.as_str()), at.into(), Value::from(actor.as_str())];
        let steps = vec![Step { sql: sql::BEGIN_LOG, values: line }];
        if !on!(self, store => store.carry_out(guard, steps).await)? {
            return Err(RecordsError::Refused(format!(
                "there is a poll {name} already; give this one another name"
            )));
        }
        let written = self.poll(&name).await?;
        let gone =
            || RecordsError::Unavailable(format!("the poll {name} was thrown away meanwhile"));
        written.map(|poll| poll.id).ok_or_else(gone)
    }

    /// Writes rows of the roster of a poll that is being staged. Some thousand at a time, in the order of the voters;
    /// each with its contact.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: it is not being staged, or one of them is staged already; nothing was written.
    pub async fn stage_roster(&self, poll: i64, voters: Vec<VoterRow>) -> Result<(), RecordsError> {
        if self.state_of(poll).await? != Some(PollState::Staging) {
            return Err(RecordsError::Refused("the poll is not being staged".to_owned()));
        }
        let columns = Staged::of(self.keyring(), poll, &voters)?;
        on!(self, store => store.add_many(STAGE, columns.0, Vec::new()).await)?;
        self.pass().await;
        Ok(())
    }

    /// Drops a poll that was never opened, with what was staged of it; its name is free again. `false`: it is not
    /// being staged.
    pub async fn throw_away_poll(&self, poll: i64) -> Result<bool, RecordsError> {
        if self.state_of(poll).await? != Some(PollState::Staging) {
            return Ok(false);
        }
        let steps = (sql::ROSTER_STEP, sql::DROP_ROSTER, DROPPED_AT_ONCE);
        self.in_steps(poll, steps).await?;
        let held = held(poll, PollState::Staging);
        let rows = sql::THROW_AWAY.map(|sql| Step { sql, values: vec![poll.into()] });
        on!(self, store => store.carry_out(held, rows.to_vec()).await)
    }

    /// Freezes the roster and takes answers from now on, all in one moment. The hashes are the caller's, over the
    /// rows that were staged. `told` stands in the log of the poll.
    pub async fn open_poll(
        &self,
        poll: i64,
        frozen: Frozen,
        (actor, told): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<Opened, RecordsError> {
        let at = at.as_millisecond();
        let Frozen { roster_hash, electorate_hash, people } = frozen;
        let opens = vec![
            poll.into(),
            Value::from(&roster_hash),
            people.into(),
            at.into(),
            Value::from(&electorate_hash),
        ];
        let line =
            vec![poll.into(), at.into(), Value::from(actor), told.unwrap_or_default().into()];
        let steps = vec![
            Step { sql: sql::OPEN_IT, values: opens },
            Step { sql: sql::OPENED_LOG, values: line },
        ];
        let held = held(poll, PollState::Staging);
        let was_staging = on!(self, store => store.carry_out(held, steps).await)?;
        match self.state_of(poll).await? {
            None => Ok(Opened::Unknown),
            Some(PollState::Staging) => {
                let rows = self.query(sql::PEOPLE.to_owned(), vec![poll.into()]).await?;
                let there = rows.first().map_or(Ok(0), |row| row.int(0))?;
                Ok(Opened::Differs { there: u64::try_from(there).unwrap_or(0) })
            }
            Some(_) if was_staging => Ok(Opened::Yes),
            Some(stands) => Ok(Opened::No { stands }),
        }
    }

    /// The poll of this name.
    pub async fn poll(&self, name: &str) -> Result<Option<PollRow>, RecordsError> {
        let rows = self.query(sql::NAMED.to_owned(), vec![name.into()]).await?;
        rows.first().map(|row| open_poll(self.keyring(), row)).transpose()
    }

    /// The newest polls, the newest first.
    pub async fn polls(&self, limit: usize) -> Result<Vec<PollRow>, RecordsError> {
        let rows = self.query(sql::NEWEST.to_owned(), vec![limit.into()]).await?;
        rows.iter().map(|row| open_poll(self.keyring(), row)).collect()
    }

    /// What was done with a poll, the oldest first.
    pub async fn poll_log(&self, poll: i64) -> Result<Vec<PollEvent>, RecordsError> {
        let mut events = Vec::new();
        for row in self.query(sql::LOG.to_owned(), vec![poll.into()]).await? {
            let why = Some(row.text(3)?.to_owned()).filter(|why| !why.is_empty());
            events.push(PollEvent {
                at: from_ms(row.int(0)?),
                actor: row.text(1)?.to_owned(),
                what: row.text(2)?.to_owned(),
                why,
            });
        }
        Ok(events)
    }

    /// The key that opens the answers of a poll that is no secret; of another `None`.
    pub async fn open_key(&self, poll: i64) -> Result<Option<[u8; 32]>, RecordsError> {
        let rows = self.query(sql::PRIVATE_KEY.to_owned(), vec![poll.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(sealed) = row.maybe_bytes(1)? else { return Ok(None) };
        ready::open_key(self.keyring(), place::POLL_KEY, (poll, row.int(0)?), sealed).map(Some)
    }

    /// How many stand on the roster and how many answered, in the order of seat, assembly seat, sector and booth.
    pub async fn turnout(&self, poll: i64) -> Result<Vec<SeatTurnout>, RecordsError> {
        let mut parts = Vec::new();
        for row in self.query(sql::TURNOUT.to_owned(), vec![poll.into()]).await? {
            let number = |column| small(poll, &row, column);
            let turnout = Turnout {
                assembly: number(1)?,
                sector: number(2)?,
                booth: number(3)?,
                eligible: count(row.int(4)?),
                answered: count(row.int(5)?),
            };
            parts.push(SeatTurnout { seat: number(0)?, turnout });
        }
        Ok(parts)
    }

    /// How many stand on the roster and have answered, by seat and post, in that order; a post is its place among those
    /// of the poll.
    pub async fn turnout_by_post(
        &self,
        poll: i64,
    ) -> Result<Vec<(u16, u16, u64, u64)>, RecordsError> {
        let rows = self.query(sql::TURNOUT_BY_POST.to_owned(), vec![poll.into()]).await?;
        let part = |row: &Cells| {
            let number = |column| small(poll, row, column);
            Ok((number(0)?, number(1)?, count(row.int(2)?), count(row.int(3)?)))
        };
        rows.iter().map(part).collect()
    }

    /// How many stand on the roster from each seat, place and post, in that order.
    pub async fn electorate(&self, poll: i64) -> Result<Vec<(Origin, u64)>, RecordsError> {
        let rows = self.query(sql::ELECTORATE.to_owned(), vec![poll.into()]).await?;
        let part = |row: &Cells| Ok((origin_of(poll, row, 0)?, count(row.int(5)?)));
        rows.iter().map(part).collect()
    }

    /// Rows of the roster behind a voter, in their order; none: there are no more.
    pub async fn voters(
        &self,
        poll: i64,
        after_voter: i64,
        limit: usize,
    ) -> Result<Vec<RosterRow>, RecordsError> {
        let values = vec![poll.into(), after_voter.into(), limit.into()];
        let rows = self.query(sql::VOTERS.to_owned(), values).await?;
        rows.iter().map(|row| roster_row(self.keyring(), poll, row)).collect()
    }

    /// Takes no more answers. Every turn that was about to cast one has done so, or is made again and hears it. `why`
    /// stands in the log of the poll: of a close before its hour.
    pub async fn begin_closing(
        &self,
        poll: i64,
        (actor, why): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<PollMoved, RecordsError> {
        let guard = Step { sql: sql::BEGIN_CLOSING, values: vec![poll.into()] };
        self.move_poll(poll, guard, PollState::Closing, (actor, at, why)).await
    }

    /// The wrapped envelopes of the next voters behind one, at most so many voters, each with all of theirs; none:
    /// there are no more.
    pub async fn envelopes_page(
        &self,
        poll: i64,
        after_voter: i64,
        limit: usize,
    ) -> Result<Vec<(RosterRow, Wrapped)>, RecordsError> {
        let values = vec![poll.into(), after_voter.into(), limit.into()];
        let Some(last) = self.end_of_step(sql::ENVELOPES_STEP, values).await? else {
            return Ok(Vec::new());
        };
        let values = vec![poll.into(), after_voter.into(), last.into()];
        let rows = self.query(sql::ENVELOPES.to_owned(), values).await?;
        let mut page = Vec::with_capacity(rows.len());
        for row in &rows {
            page.push((roster_row(self.keyring(), poll, row)?, wrapped(poll, row, 10)?));
        }
        Ok(page)
    }

    /// Ends a close: notes what was taken to the count, destroys the envelopes, overwrites the space they stood in,
    /// and only then says so. Where it was cut off, the same call goes on. `why` stands in the log of the poll: what was
    /// missing, where somebody goes on although.
    ///
    /// # Errors
    /// [`RecordsError::Refused`]: another bundle was noted before; that one counts, for envelopes may be gone since.
    pub async fn finish_closing(
        &self,
        poll: i64,
        bundled: Bundled,
        (actor, why): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<PollMoved, RecordsError> {
        let values = vec![
            poll.into(),
            Value::from(&bundled.bundle_digest),
            Value::from(&bundled.roll_head),
            bundled.choices.into(),
        ];
        let note = Step { sql: sql::NOTE_BUNDLE, values };
        if !on!(self, store => store.carry_out(note, Vec::new()).await)? {
            return match self.state_of(poll).await? {
                None => Ok(PollMoved::Unknown),
                Some(PollState::Closing) => Err(RecordsError::Refused(
                    "another bundle of this poll was written before, and its envelopes may be gone since: \
                     the first one counts"
                        .to_owned(),
                )),
                Some(stands) => Ok(PollMoved::No { stands }),
            };
        }
        self.destroy_envelopes(poll).await?;
        let guard = Step { sql: sql::CLOSE, values: vec![poll.into(), at.as_millisecond().into()] };
        self.move_poll(poll, guard, PollState::Closed, (actor, at, why)).await
    }

    /// The count was made. `which` stands in the log of the poll: the hash of the numbers it came to.
    pub async fn mark_counted(
        &self,
        poll: i64,
        (actor, which): (&str, Option<&str>),
        at: Timestamp,
    ) -> Result<PollMoved, RecordsError> {
        let guard =
            Step { sql: sql::COUNTED, values: vec![poll.into(), at.as_millisecond().into()] };
        self.move_poll(poll, guard, PollState::Counted, (actor, at, which)).await
    }

    /// Gives a poll up before its close: what was answered is destroyed uncounted. Where it was cut off, the same call
    /// goes on.
    pub async fn cancel_poll(
        &self,
        poll: i64,
        actor: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<PollMoved, RecordsError> {
        let guard =
            Step { sql: sql::CANCEL, values: vec![poll.into(), at.as_millisecond().into()] };
        let moved =
            self.move_poll(poll, guard, PollState::Cancelled, (actor, at, Some(why))).await?;
        if matches!(moved, PollMoved::Yes | PollMoved::No { stands: PollState::Cancelled }) {
            self.destroy_envelopes(poll).await?;
        }
        Ok(moved)
    }

    /// When the voters behind one answered, first and last, in their order, at most so many; none: there are no more.
    /// What they chose nobody here knows. `invitation` names the broadcast that invited them, `reminders` what the names
    /// of those that reminded them begin with.
    pub async fn came(
        &self,
        poll: i64,
        (invitation, reminders): (&str, &str),
        after_voter: i64,
        limit: usize,
    ) -> Result<Vec<Came>, RecordsError> {
        let like = format!("{reminders}%");
        let values = vec![
            poll.into(),
            after_voter.into(),
            limit.into(),
            invitation.into(),
            like.as_str().into(),
        ];
        let mut came = Vec::new();
        for row in self.query(sql::CAME.to_owned(), values).await? {
            let (voter, contact) = (row.int(0)?, row.maybe_int(1)?);
            came.push(Came {
                first: row.int(4)?,
                last: row.int(5)?,
                delivered: row.maybe_int(6)?,
                number: number_hash(self.keyring(), poll, voter, contact),
                holder: voter,
                assembly: small(poll, &row, 2)?,
                booth: small(poll, &row, 3)?,
            });
        }
        Ok(came)
    }

    /// Who of the contacts between two, both included, stands on a roster, in their order.
    pub async fn polled(
        &self,
        poll: i64,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<Polled>, RecordsError> {
        let (first, last) = contacts.into_inner();
        let values = vec![poll.into(), first.into(), last.into()];
        let rows = self.query(sql::POLLED.to_owned(), values).await?;
        let one = |row: &Cells| Ok(Polled { contact: row.int(0)?, answered: row.int(1)? != 0 });
        rows.iter().map(one).collect()
    }

    async fn state_of(&self, poll: i64) -> Result<Option<PollState>, RecordsError> {
        let rows = self.query(sql::STATE.to_owned(), vec![poll.into()]).await?;
        rows.first().map(|row| ready::state_of(poll, row.text(0)?)).transpose()
    }

    async fn move_poll(
        &self,
        poll: i64,
        guard: Step,
        to: PollState,
        (actor, at, why): (&str, Timestamp, Option<&str>),
    ) -> Result<PollMoved, RecordsError> {
        let line = vec![
            poll.into(),
            at.as_millisecond().into(),
            actor.into(),
            to.name().into(),
            why.unwrap_or_default().into(),
        ];
        let steps = vec![Step { sql: sql::ADD_LOG, values: line }];
        if on!(self, store => store.carry_out(guard, steps).await)? {
            return Ok(PollMoved::Yes);
        }
        let stands = self.state_of(poll).await?;
        Ok(stands.map_or(PollMoved::Unknown, |stands| PollMoved::No { stands }))
    }

    /// Of a poll that takes no more answers.
    async fn destroy_envelopes(&self, poll: i64) -> Result<(), RecordsError> {
        let steps = (sql::ENVELOPES_STEP, sql::DESTROY, DESTROYED_AT_ONCE);
        self.in_steps(poll, steps).await?;
        on!(self, store => store.overwrite_envelopes().await)
    }

    /// Deletes rows of a poll, voter by voter, so many voters in one transaction.
    async fn in_steps(
        &self,
        poll: i64,
        (step, delete, at_once): (&'static str, &'static str, i64),
    ) -> Result<(), RecordsError> {
        let mut after = i64::MIN;
        loop {
            let values = vec![poll.into(), after.into(), at_once.into()];
            let Some(last) = self.end_of_step(step, values).await? else { return Ok(()) };
            let values = vec![poll.into(), after.into(), last.into()];
            let delete = Step { sql: delete, values };
            on!(self, store => store.carry_out(delete, Vec::new()).await)?;
            self.pass().await;
            after = last;
        }
    }

    async fn end_of_step(
        &self,
        step: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<i64>, RecordsError> {
        let rows = self.query(step.to_owned(), values).await?;
        rows.first().map_or(Ok(None), |row| row.maybe_int(0))
    }

    /// A server that waits for the file passes.
    async fn pass(&self) {
        if let super::beside::Engine::Sqlite(store) = &self.0 {
            store.let_pass().await;
        }
    }
}

/// The same, as a server asks.
impl Records {
    /// Which polls are open or being closed, by their numbers; cheap enough to be asked every second.
    pub async fn polls_under_way(&self) -> Result<Vec<(i64, PollState)>, RecordsError> {
        let rows = self.ask_polls(sql::UNDER_WAY, Vec::new()).await?;
        let one = |row: &Cells| Ok((row.int(0)?, ready::state_of(row.int(0)?, row.text(1)?)?));
        rows.iter().map(one).collect()
    }

    /// The numbers of the polls that take no answers any more and did in the last [days](HEARD_AFTER).
    pub async fn polls_of_late(&self) -> Result<Vec<i64>, RecordsError> {
        let rows = self.ask_polls(sql::IDS_OF_LATE, vec![self.heard_since().into()]).await?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    /// Those polls themselves.
    pub async fn late_polls(&self) -> Result<Vec<PollRow>, RecordsError> {
        let rows = self.ask_polls(sql::OF_LATE, vec![self.heard_since().into()]).await?;
        rows.iter().map(|row| open_poll(self.keyring(), row)).collect()
    }

    fn heard_since(&self) -> i64 {
        let now = match &self.engine {
            super::Engine::Sqlite(store) => store.now_ms(),
            super::Engine::Postgres(store) => store.now_ms(),
        };
        now.saturating_sub(i64::try_from(HEARD_AFTER.as_millis()).unwrap_or(i64::MAX))
    }

    /// The names of the polls that are closed or cancelled: of none of them an envelope is left.
    pub async fn polls_over(&self) -> Result<Vec<String>, RecordsError> {
        let rows = self.ask_polls(sql::OVER, Vec::new()).await?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// The polls that take answers. The one that closes first comes first.
    pub async fn open_polls(&self) -> Result<Vec<PollRow>, RecordsError> {
        let rows = self.ask_polls(sql::OPEN, Vec::new()).await?;
        rows.iter().map(|row| open_poll(self.keyring(), row)).collect()
    }

    /// Where contacts stand on the rosters of polls that are open or were of late, one list for each, in order: the
    /// poll that closes first comes first.
    pub async fn standings(&self, contacts: &[i64]) -> Result<Vec<Vec<Standing>>, RecordsError> {
        let mut wanted = contacts.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let rows = self
            .ask_polls(sql::STANDINGS, vec![Value::Many(wanted), self.heard_since().into()])
            .await?;
        ready::standings(self.keyring(), contacts, &rows)
    }

    /// The wrapped envelopes of a voter.
    pub async fn envelopes_of(&self, poll: i64, voter: i64) -> Result<Vec<Wrapped>, RecordsError> {
        let rows = self.ask_polls(sql::ENVELOPES_OF, vec![poll.into(), voter.into()]).await?;
        rows.iter().map(|row| wrapped(poll, row, 0)).collect()
    }

    async fn ask_polls(
        &self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        served!(self, store => store.query(text.to_owned(), values).await)
    }

    fn keyring(&self) -> &Keyring {
        match &self.engine {
            super::Engine::Sqlite(store) => store.keyring(),
            super::Engine::Postgres(store) => store.keyring(),
        }
    }
}

/// A poll that stands so, and does until the transaction ends.
fn held(poll: i64, state: PollState) -> Step {
    Step { sql: sql::HOLD, values: vec![poll.into(), state.name().into()] }
}

fn voter_of(poll: i64, row: &Cells) -> Result<VoterRow, RecordsError> {
    Ok(VoterRow {
        voter: row.int(0)?,
        contact: row.maybe_int(1)?,
        person: row.int(2)?,
        origin: origin_of(poll, row, 3)?,
    })
}

/// A row as [`sql::VOTERS`] gives it.
fn roster_row(keyring: &Keyring, poll: i64, row: &Cells) -> Result<RosterRow, RecordsError> {
    let voter = voter_of(poll, row)?;
    let VoterRow { voter: number, contact, person, .. } = voter;
    let owned = Owned { poll, voter: number, contact, person };
    Ok(RosterRow {
        voter,
        answered: row.maybe_int(8)?.is_some(),
        is_bound: owned.is_bound(keyring, row.int(9)?),
    })
}

/// Three columns from this one on.
fn wrapped(poll: i64, row: &Cells, from: usize) -> Result<Wrapped, RecordsError> {
    let kind = kind_of(poll, row.text(from)?)?;
    Ok(Wrapped { kind, number: row.int(from + 1)?, bytes: row.bytes(from + 2)?.to_vec() })
}

fn kind_of(poll: i64, letter: &str) -> Result<Kind, RecordsError> {
    let mut letters = letter.chars();
    let kind = letters.next().and_then(Kind::from_letter).filter(|_| letters.next().is_none());
    kind.ok_or_else(|| RecordsError::Broken {
        table: "envelopes",
        column: "kind",
        id: poll,
        reason: "written by a newer version".to_owned(),
    })
}

/// A number is known again by it within one poll, and nowhere else.
fn number_hash(keyring: &Keyring, poll: i64, voter: i64, contact: Option<i64>) -> u64 {
    let (subject, number) = match contact {
        Some(contact) => ("poll contact", contact),
        None => ("poll voter", voter),
    };
    halves(keyring.keyed_hash(subject, poll, &number.to_be_bytes())).0.cast_unsigned()
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The name of a member's row, for whoever is called by it.
fn name_of(
    keyring: &Keyring,
    contact: i64,
    (id, sealed): (Option<i64>, Option<&[u8]>),
) -> Result<Option<String>, RecordsError> {
    let (Some(id), Some(sealed)) = (id, sealed) else { return Ok(None) };
    open_name(keyring, contact, id, sealed).map(Some)
}
