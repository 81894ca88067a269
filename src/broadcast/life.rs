//! The life of a broadcast: which step may follow which.

/// Where a broadcast stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BroadcastState {
    /// Written down and counted; nobody has seen it yet.
    Draft,
    /// It was sent to the phones of the office.
    Tested,
    /// Somebody else than its author said yes to it.
    Approved,
    /// Its recipients are being written down.
    Freezing,
    /// They are; it waits for its hour.
    Frozen,
    Running,
    /// Of a series: each of its days is run by itself when its hour comes.
    Repeating,
    /// Stopped by a person, or by itself with a reason.
    Paused,
    /// Everybody has been written to or refused, and no message waits. The second way may still be open.
    Done,
    Cancelled,
    /// `send_before` passed first.
    Expired,
}

impl BroadcastState {
    pub const ALL: [BroadcastState; 11] = [
        BroadcastState::Draft,
        BroadcastState::Tested,
        BroadcastState::Approved,
        BroadcastState::Freezing,
        BroadcastState::Frozen,
        BroadcastState::Running,
        BroadcastState::Repeating,
        BroadcastState::Paused,
        BroadcastState::Done,
        BroadcastState::Cancelled,
        BroadcastState::Expired,
    ];

    /// The lower-case word of the command line and the records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            BroadcastState::Draft => "draft",
            BroadcastState::Tested => "tested",
            BroadcastState::Approved => "approved",
            BroadcastState::Freezing => "freezing",
            BroadcastState::Frozen => "frozen",
            BroadcastState::Running => "running",
            BroadcastState::Repeating => "repeating",
            BroadcastState::Paused => "paused",
            BroadcastState::Done => "done",
            BroadcastState::Cancelled => "cancelled",
            BroadcastState::Expired => "expired",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<BroadcastState> {
        BroadcastState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nobody waits for their turn any more. Of one that is done a second way may still be open.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, BroadcastState::Done | BroadcastState::Cancelled | BroadcastState::Expired)
    }

    /// Whether another definition may stand in its place: its recipients are not written down. Whatever was
    /// tested or approved of the old one says nothing of the new. A series has no recipients of its own.
    #[must_use]
    pub const fn may_be_planned_anew(self) -> bool {
        use BroadcastState::{Approved, Draft, Freezing, Repeating, Tested};
        matches!(self, Draft | Tested | Approved | Freezing | Repeating)
    }

    /// The same of a series: while it is paused, and when its last day is over, too. Its days keep their names, and
    /// none comes twice.
    #[must_use]
    pub const fn series_may_be_planned_anew(self) -> bool {
        matches!(self, BroadcastState::Paused | BroadcastState::Done) || self.may_be_planned_anew()
    }

    /// Whether a step is one of a series alone (`Some(true)`), or of a broadcast that has recipients (`Some(false)`).
    #[must_use]
    pub const fn is_of_series(self) -> Option<bool> {
        use BroadcastState::{Freezing, Frozen, Repeating, Running};
        match self {
            Repeating => Some(true),
            Freezing | Frozen | Running => Some(false),
            _ => None,
        }
    }

    /// Whether this step may follow. A small broadcast needs no second person: it is frozen as soon as it
    /// was tested. A freezing that was cut off begins again from its own state; where more people came into
    /// the audience than somebody said yes to, they say yes anew. What goes by the second way after the end
    /// can be stopped.
    #[must_use]
    pub const fn may_become(self, next: BroadcastState) -> bool {
        use BroadcastState::{
            Approved, Cancelled, Done, Draft, Expired, Freezing, Frozen, Paused, Repeating,
            Running, Tested,
        };
        match (self, next) {
            (Cancelled | Expired, _) | (Done, Expired) => false,
            (_, Cancelled | Expired)
            | (Draft | Tested, Tested)
            | (Tested | Approved | Freezing, Approved | Freezing)
            | (Freezing, Frozen)
            | (Frozen | Paused, Running)
            | (Frozen | Running | Done | Repeating, Paused)
            | (Approved | Paused, Repeating)
            | (Running | Repeating, Done) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_an_end_but_a_stop_of_what_goes_by_the_second_way() {
        use BroadcastState::{Cancelled, Done, Paused};
        for over in BroadcastState::ALL.into_iter().filter(|state| state.is_over()) {
            for next in BroadcastState::ALL {
                let stops = over == Done && matches!(next, Paused | Cancelled);
                assert_eq!(over.may_become(next), stops, "{} → {}", over.name(), next.name());
            }
        }
    }

    #[test]
    fn nobody_is_written_to_before_the_recipients_are_frozen() {
        use BroadcastState::{Frozen, Paused, Running};
        for state in BroadcastState::ALL {
            let runs = state.may_become(Running);
            assert_eq!(runs, matches!(state, Frozen | Paused), "{}", state.name());
        }
    }

    #[test]
    fn nothing_before_the_frozen_recipients_is_a_dead_end() {
        use BroadcastState::{Approved, Freezing, Tested};
        for state in [Tested, Approved, Freezing] {
            assert!(state.may_be_planned_anew(), "{}: its lists may change", state.name());
            assert!(state.may_become(Approved), "{}: its audience may grow", state.name());
        }
        for state in BroadcastState::ALL {
            let has_recipients = !state.may_be_planned_anew();
            assert!(!(has_recipients && state.may_become(Approved)), "{}", state.name());
        }
    }

    #[test]
    fn a_series_repeats_only_after_somebody_said_yes_and_needs_one_again_when_it_is_planned_anew() {
        use BroadcastState::{Approved, Paused, Repeating};
        for state in BroadcastState::ALL {
            let repeats = state.may_become(Repeating);
            assert_eq!(repeats, matches!(state, Approved | Paused), "{}", state.name());
        }
        assert!(Repeating.series_may_be_planned_anew() && Paused.series_may_be_planned_anew());
        assert!(!Paused.may_be_planned_anew(), "a paused broadcast has recipients");
    }

    #[test]
    fn every_name_is_read_back() {
        for state in BroadcastState::ALL {
            assert_eq!(BroadcastState::from_name(state.name()), Some(state));
        }
    }
}
