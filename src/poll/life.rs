//! The life of a poll: which step may follow which.

/// Where a poll stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PollState {
    /// Its roster is being written down; nobody is asked yet.
    Staging,
    /// Its roster is frozen, and answers are taken within its window.
    Open,
    /// No answer is taken any more; the envelopes are being stripped of their voters.
    Closing,
    /// The bundle is written and no envelope is left here.
    Closed,
    Counted,
    /// Given up before the close; its envelopes are gone.
    Cancelled,
}

impl PollState {
    pub const ALL: [PollState; 6] = [
        PollState::Staging,
        PollState::Open,
        PollState::Closing,
        PollState::Closed,
        PollState::Counted,
        PollState::Cancelled,
    ];

    /// The lower-case word of the command line and the records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PollState::Staging => "staging",
            PollState::Open => "open",
            PollState::Closing => "closing",
            PollState::Closed => "closed",
            PollState::Counted => "counted",
            PollState::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<PollState> {
        PollState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether this step may follow. A close goes through to its end: what was begun to be stripped can neither
    /// be opened again nor cancelled.
    #[must_use]
    pub const fn may_become(self, next: PollState) -> bool {
        use PollState::{Cancelled, Closed, Closing, Counted, Open, Staging};
        matches!(
            (self, next),
            (Staging, Open)
                | (Staging | Open, Cancelled)
                | (Open, Closing)
                | (Closing, Closed)
                | (Closed, Counted)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_known_by_its_name() {
        for state in PollState::ALL {
            assert_eq!(PollState::from_name(state.name()), Some(state));
        }
        assert_eq!(PollState::from_name("opened"), None);
    }

    #[test]
    fn a_poll_is_closed_once_and_never_opened_again() {
        let all = PollState::ALL;
        let into = |next: PollState| {
            all.into_iter().filter(|state| state.may_become(next)).collect::<Vec<_>>()
        };
        assert_eq!(into(PollState::Staging), []);
        assert_eq!(into(PollState::Open), [PollState::Staging]);
        assert_eq!(into(PollState::Closing), [PollState::Open]);
        assert_eq!(into(PollState::Closed), [PollState::Closing]);
        assert_eq!(into(PollState::Counted), [PollState::Closed]);
        assert_eq!(into(PollState::Cancelled), [PollState::Staging, PollState::Open]);
    }
}
