//! The conversation engine: flow files in, outcomes out. Pure: no clock, no I/O, no async, no
//! randomness of its own.
//!
//! [`load`] reads, checks and compiles the files of an office; [`turn`] takes one event to one
//! [`Outcome`]; [`rehearse`] plays the written transcripts; [`Talk`] is one person talking to the
//! engine without anything around it, for tests and benches.

mod answer;
mod check;
mod condition;
mod definition;
mod diagnostic;
mod draft;
mod link;
mod load;
mod quick;
mod rehearse;
mod render;
mod session;
mod speak;
mod talk;
mod text;
mod turn;
mod walk;
mod wording;
mod yaml;

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod turn_tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::fact::Fact;
pub use crate::message::Rendering;
use crate::message::{InboundContent, Reply};

pub use definition::{Answer, Ask, Choice, Choices, Flow, Remind, Step};
pub use diagnostic::{Diagnostic, Severity};
pub use load::{Flows, SourceFile, Sources, load};
pub use rehearse::{RehearsalReport, rehearse};
pub use session::{Frame, Given, Session, Shown};
pub use talk::Talk;
pub use turn::{Trace, parked_reply, turn, turn_traced};

/// Everything the engine may know about this moment.
#[derive(Clone, Debug)]
pub struct Turn<'a> {
    pub now: Timestamp,
    /// Decides shuffles; the same seed gives the same turn.
    pub seed: u64,
    pub contact: &'a Contact,
    pub rendering: Rendering,
    /// `None`: no conversation is open.
    pub session: Option<&'a Session>,
    pub event: Event<'a>,
    pub reserved: &'a Reserved,
}

/// What made this turn.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Message {
        content: &'a InboundContent,
        sent_at: Timestamp,
    },
    /// A timer of the session fell due; it does nothing when the session is at another visit.
    Timer {
        kind: TimerKind,
        visit: u32,
    },
}

/// Numbers set aside for this turn, so that a reply can show one before it is committed.
/// The turn says by its facts whether it used them.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    pub member_number: String,
    pub ticket: String,
}

/// What the engine decided. The shell commits it whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The session after the turn; `None` closes the conversation.
    pub session: Option<Session>,
    pub replies: Vec<Reply>,
    pub facts: Vec<Fact>,
    /// Every timer of the session; those it had before are void.
    pub timers: Vec<Timer>,
}

/// A timer of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    pub kind: TimerKind,
    pub due: Timestamp,
    /// The visit of the step it belongs to.
    pub visit: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    Remind,
    Expire,
}

impl TimerKind {
    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            TimerKind::Remind => 1,
            TimerKind::Expire => 2,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<TimerKind> {
        [TimerKind::Remind, TimerKind::Expire].into_iter().find(|kind| kind.code() == code)
    }
}
