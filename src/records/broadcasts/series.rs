//! The days of a broadcast that comes again: each is a row of its own, made once, and in one process's hands while
//! its recipients are written down.

use jiff::Timestamp;

use super::{BroadcastRow, NewBroadcast, NewRow, ready_new};
use crate::broadcast::BroadcastState;
use crate::records::{Beside, RecordsError};
use crate::seal::Keyring;

/// A day of a series, taken by somebody who wants to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOpening {
    pub series: i64,
    /// The hash of the series' definition as it was read, and where it stood: of another one the day is not this, and
    /// one that was paused since begins no day.
    pub shown: ([u8; 32], BroadcastState),
    pub day: NewBroadcast,
    /// Names who takes it.
    pub holder: String,
    /// Nobody else takes it before.
    pub until: Timestamp,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayOpened {
    /// It is the caller's; approved, as its series is.
    Yes(Box<BroadcastRow>),
    /// Somebody else is at work on it.
    Held,
    /// Its recipients are written down, or it is over: it stands so. Also where a broadcast of this name is no day of
    /// this series.
    Over(BroadcastState),
    /// The series is another by now, or stands where no day of it is run.
    Changed,
}

/// An opening as it is written.
#[derive(Clone, Debug)]
pub(in crate::records) struct Open {
    pub(in crate::records) opening: DayOpening,
    pub(in crate::records) now: i64,
    pub(in crate::records) until: i64,
}

impl Open {
    pub(in crate::records) fn new(opening: DayOpening) -> Open {
        let (now, until) = (opening.day.at.as_millisecond(), opening.until.as_millisecond());
        Open { opening, now, until }
    }

    /// Whether days of the series, as it stands now, are opened.
    pub(in crate::records) fn fits(&self, series: &BroadcastRow) -> bool {
        let stands = matches!(series.state, BroadcastState::Repeating | BroadcastState::Paused);
        series.repeats && stands && (series.hash, series.state) == self.opening.shown
    }

    /// Why a day that is there cannot be taken; `None`: it can.
    pub(in crate::records) fn obstacle(&self, day: &BroadcastRow) -> Option<DayOpened> {
        let is_open = matches!(day.state, BroadcastState::Approved | BroadcastState::Freezing);
        if day.series != Some(self.opening.series) || !is_open {
            return Some(DayOpened::Over(day.state));
        }
        let other = day.held.as_ref().filter(|(holder, _)| *holder != self.opening.holder);
        let is_held = other.is_some_and(|(_, until)| until.as_millisecond() > self.now);
        is_held.then_some(DayOpened::Held)
    }

    /// The day's row. `created`: when it was first written, to which what it says is bound; `None`: now.
    pub(in crate::records) fn row(
        &self,
        keyring: &Keyring,
        created: Option<Timestamp>,
    ) -> Result<NewRow, RecordsError> {
        let day = self.opening.day.clone();
        let created = created.unwrap_or(day.at);
        ready_new(keyring, day, created)
    }
}

/// Broadcasts that come again.
impl Beside {
    /// Those that are not over: they repeat, or are paused. The oldest first.
    pub async fn series(&self) -> Result<Vec<BroadcastRow>, RecordsError> {
        on!(self, store => store.series().await)
    }

    /// The days of one that were begun, the newest first.
    pub async fn days_of(&self, series: i64) -> Result<Vec<BroadcastRow>, RecordsError> {
        on!(self, store => store.days_of(series).await)
    }

    /// The same, and of each no more than its number, its name and where it stands; in any order.
    pub async fn day_states(
        &self,
        series: i64,
    ) -> Result<Vec<(i64, String, BroadcastState)>, RecordsError> {
        on!(self, store => store.day_states(series).await)
    }

    /// The days, of any series, whose time was over at this moment before their recipients were written down.
    pub async fn missed_days(&self, now: Timestamp) -> Result<Vec<BroadcastRow>, RecordsError> {
        on!(self, store => store.missed_days(now).await)
    }

    /// Takes a day: its row is made, once, or says from now on what `opening` says. Of several processes one has it
    /// at a time; what somebody who died had staged of it is the next one's to throw away.
    pub async fn open_day(&self, opening: DayOpening) -> Result<DayOpened, RecordsError> {
        on!(self, store => store.open_day(opening).await)
    }

    /// Keeps a day for longer; `false`: it is not the holder's any more.
    pub async fn hold_day(
        &self,
        day: i64,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.hold_day(day, holder, until).await)
    }

    /// Lets a day go that cannot be run now, and keeps why; whether that is another reason than before. Somebody
    /// else's day stays as it is.
    pub async fn leave_day(
        &self,
        day: i64,
        holder: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.leave_day(day, holder, why, at).await)
    }
}
