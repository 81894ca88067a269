//! The broadcasts as this process last saw them: whether what was released of them may still leave.

use std::collections::HashMap;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::broadcast::BroadcastState;
use crate::contact::Road;

/// What the runner and the flights tell each other of broadcasts.
#[derive(Debug, Default)]
pub(super) struct Standings {
    seen: Mutex<Seen>,
    /// Wakes the runner: something is wrong with a broadcast.
    pub(super) trouble: Notify,
}

#[derive(Debug, Default)]
struct Seen {
    states: HashMap<i64, BroadcastState>,
    /// Broadcasts that must pause, and why; not written down yet.
    troubles: Vec<(i64, String)>,
    /// Roads on which nothing of a broadcast leaves for a while, and until when.
    closed: Vec<(i64, Road, Timestamp)>,
}

/// Whether a message of a broadcast may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Goes,
    /// It is paused: its messages wait.
    Waits,
    Cancelled,
    Expired,
    /// Not seen yet.
    Unknown,
}

impl Standings {
    pub(super) fn of(&self, broadcast: i64) -> Standing {
        match self.seen.lock().states.get(&broadcast) {
            None => Standing::Unknown,
            // What still waits of one that is done goes by its second way.
            Some(BroadcastState::Running | BroadcastState::Done) => Standing::Goes,
            Some(BroadcastState::Cancelled) => Standing::Cancelled,
            Some(BroadcastState::Expired) => Standing::Expired,
            Some(_) => Standing::Waits,
        }
    }

    /// Takes over what the records say of the broadcasts at work. One that is no more among them is asked
    /// for again; what was stopped for good stays so.
    pub(super) fn replace(&self, at_work: impl Iterator<Item = (i64, BroadcastState)>) {
        let mut seen = self.seen.lock();
        seen.states.retain(|_, state| is_stopped(*state));
        seen.states.extend(at_work);
        let paused: Vec<i64> = seen.troubles.iter().map(|(id, _)| *id).collect();
        for id in paused {
            seen.states.insert(id, BroadcastState::Paused);
        }
    }

    /// The records said it of one that was not known.
    pub(super) fn learn(&self, broadcast: i64, state: BroadcastState) {
        self.seen.lock().states.entry(broadcast).or_insert(state);
    }

    /// Nothing more of it leaves from here on; the runner writes that down.
    pub(super) fn pause(&self, broadcast: i64, why: &str) {
        let mut seen = self.seen.lock();
        if seen.states.get(&broadcast).is_some_and(|state| is_stopped(*state)) {
            return;
        }
        let is_paused = seen.states.insert(broadcast, BroadcastState::Paused);
        if is_paused != Some(BroadcastState::Paused) {
            seen.troubles.push((broadcast, why.to_owned()));
            drop(seen);
            self.trouble.notify_one();
        }
    }

    /// Nothing of the broadcast leaves by this road before then.
    pub(super) fn close(&self, broadcast: i64, road: Road, until: Timestamp) {
        let mut seen = self.seen.lock();
        let known =
            seen.closed.iter_mut().find(|(of, closed, _)| *of == broadcast && *closed == road);
        match known {
            Some((_, _, closed_until)) => *closed_until = until.max(*closed_until),
            None => seen.closed.push((broadcast, road, until)),
        }
    }

    /// The roads of a broadcast that are closed now.
    pub(super) fn closed(&self, broadcast: i64, now: Timestamp) -> Vec<Road> {
        let mut seen = self.seen.lock();
        seen.closed.retain(|(_, _, until)| *until > now);
        let of_it = seen.closed.iter().filter(|(of, _, _)| *of == broadcast);
        of_it.map(|(_, road, _)| road.clone()).collect()
    }

    /// The broadcasts that must pause.
    pub(super) fn troubles(&self) -> Vec<(i64, String)> {
        self.seen.lock().troubles.clone()
    }

    /// It is written down.
    pub(super) fn settled(&self, broadcast: i64) {
        self.seen.lock().troubles.retain(|(id, _)| *id != broadcast);
    }
}

/// Whether no message of it leaves any more, whatever comes.
const fn is_stopped(state: BroadcastState) -> bool {
    matches!(state, BroadcastState::Cancelled | BroadcastState::Expired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broadcast_in_trouble_stands_still_until_that_is_written_down() {
        let standings = Standings::default();
        assert_eq!(standings.of(7), Standing::Unknown);
        standings.replace([(7, BroadcastState::Running)].into_iter());
        assert_eq!(standings.of(7), Standing::Goes);
        standings.pause(7, "the template is paused");
        standings.pause(7, "the template is paused");
        assert_eq!(standings.troubles().len(), 1, "told once");
        standings.replace([(7, BroadcastState::Running)].into_iter());
        assert_eq!(standings.of(7), Standing::Waits, "what was asked before does not undo it");
        standings.settled(7);
        standings.replace([(7, BroadcastState::Running)].into_iter());
        assert_eq!(standings.of(7), Standing::Goes, "the office resumed it");
    }

    #[test]
    fn what_is_over_stays_so_and_what_left_the_work_is_asked_for_again() {
        let standings = Standings::default();
        standings.replace([(7, BroadcastState::Running)].into_iter());
        standings.replace([].into_iter());
        assert_eq!(standings.of(7), Standing::Unknown);
        standings.learn(7, BroadcastState::Cancelled);
        standings.replace([].into_iter());
        assert_eq!(standings.of(7), Standing::Cancelled);
        standings.pause(7, "late");
        assert_eq!(standings.of(7), Standing::Cancelled);
    }

    #[test]
    fn what_goes_by_the_second_way_after_the_end_can_be_stopped() {
        let standings = Standings::default();
        standings.replace([(7, BroadcastState::Done)].into_iter());
        standings.pause(7, "the template is paused");
        assert_eq!(standings.of(7), Standing::Waits);
        standings.settled(7);
        standings.replace([(7, BroadcastState::Done)].into_iter());
        assert_eq!(standings.of(7), Standing::Goes);
        standings.replace([].into_iter());
        standings.learn(7, BroadcastState::Cancelled);
        assert_eq!(standings.of(7), Standing::Cancelled, "it was cancelled meanwhile");
    }

    #[test]
    fn a_road_is_closed_until_the_latest_of_its_hours_and_for_its_broadcast_alone() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let road = Road { channel: crate::message::Channel::Sms, account: "party".to_owned() };
        let standings = Standings::default();
        standings.close(7, road.clone(), at(20));
        standings.close(7, road.clone(), at(10));
        assert_eq!(standings.closed(8, at(0)), []);
        assert_eq!(standings.closed(7, at(19)), [road]);
        assert_eq!(standings.closed(7, at(20)), []);
    }
}
