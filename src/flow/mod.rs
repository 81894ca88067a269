//! The conversation engine: flow files in, outcomes out. Pure: no clock, no I/O, no async, no
//! randomness of its own.
//!
//! [`load`] reads, checks and compiles the files of an office; [`turn`] takes one event to one
//! [`Outcome`]; [`rehearse`] plays the written transcripts; [`Talk`] is one person talking to the
//! engine without anything around it, for tests and benches.

mod answer;
mod causes;
mod check;
mod code;
mod condition;
mod coverage;
mod definition;
mod diagnostic;
#[cfg(test)]
mod dialogue_tests;
mod dlt;
#[cfg(test)]
mod docs_tests;
mod draft;
#[cfg(test)]
mod expect_tests;
mod fetch;
mod graph;
mod hint;
mod lacking;
mod link;
mod load;
mod meant;
mod polling;
mod posts;
mod put_aside;
mod quick;
mod record;
mod rehearse;
mod render;
mod schema;
mod session;
mod sms;
mod speak;
mod staged;
mod synonyms;
mod talk;
mod template;
mod terms;
mod text;
mod turn;
mod walk;
mod ways;
mod wording;
mod yaml;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod causes_tests;
#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod dlt_tests;
#[cfg(test)]
mod ear_tests;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod gallery_tests;
#[cfg(test)]
mod hints_tests;
#[cfg(test)]
mod kin_gallery_tests;
#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod people_tests;
#[cfg(test)]
mod place_gallery_tests;
#[cfg(test)]
mod polling_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod quiet_gallery_tests;
#[cfg(test)]
mod recess_tests;
#[cfg(test)]
mod settled_gallery_tests;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
mod silent_gallery_tests;
#[cfg(test)]
mod steps_tests;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod turn_tests;

/// Reading a YAML file of the office and telling what is wrong with it: for rooms that have files of their own.
pub(crate) mod reading {
    pub(crate) use super::diagnostic::{Findings, Place, one_of_these};
    pub(crate) use super::draft::{
        duration, flag, get, identifier, integer, known_keys, map, start_of, word, words,
    };
    pub(crate) use super::yaml::{Kind, Node, Word, read};
}

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::fact::{Fact, Reached};
pub use crate::message::Rendering;
use crate::message::{InboundContent, MediaKind, Reply};

pub(crate) use check::never_kept;
pub use code::Code;
pub(crate) use condition::too_involved;
pub use coverage::{Coverage, FlowCoverage, Unvisited, Visited, coverage, unplayed};
pub use definition::{Answer, Ask, Bound, Choice, Choices, Flow, Many, Remind, Step};
pub(crate) use diagnostic::nearest;
pub use diagnostic::{Diagnostic, Severity, at};
pub use dlt::{Lacking, Unsaid};
pub use graph::{GraphFormat, graph, graph_of_flows};
pub use load::{
    Flows, Proved, Rules, SourceFile, Sources, load, propose, prove, prove_all, registered_entity,
};
pub use polling::{
    Ballot, Cast, HeardBallot, OnRoll, Over, Part, Polled, RECEIPT, ReceiptCheck, SECRET, Sealed,
    StagePolls, StagedPoll, Unkept, asks_receipt, behind_receipt_word, secret_key, without_words,
};
pub use record::Recording;
pub use rehearse::{
    RehearsalReport, SENDABLE, choice_name, length_of_time, person_of, rehearse, sendable,
};
pub use schema::{dlt_schema, flow_schema, rehearsal_schema, template_schema};
pub use session::{Came, Frame, Given, Rest, Sent, SentKind, Session, Shown};
pub use sms::{SmsSize, sms_size};
pub use talk::{Left, Talk};
pub use turn::{
    Trace, parked_reply, silent_turn_walked, turn, turn_in_silence, turn_traced, turn_walked,
};
pub use ways::Passed;

/// What rooms with files of their own read them with, and tell what is wrong in them.
pub(crate) mod author {
    pub(crate) use super::check::{BROADCASTS, saved};
    pub(crate) use super::diagnostic::{Findings, Place, one_of_these};
    pub(crate) use super::draft::{
        duration, get, identifier, known_keys, map, start_of, word, words,
    };
    pub(crate) use super::schema::{closed, described, moment, titled};
    pub(crate) use super::walk::sha256_hex;
    pub(crate) use super::wording::english_name;
    pub(crate) use super::yaml::{Kind, Node, Word, read};
}

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
    /// The broadcast a message may answer.
    pub reached: Option<&'a Reached>,
    /// The polls that ask this person now.
    pub ballots: &'a [&'a dyn Ballot],
    /// What was found of the receipt that the message asks about.
    pub checked: Option<&'a ReceiptCheck>,
    /// What is said to whoever wants to answer, where no poll asks them and one did or will.
    pub over: Option<Over>,
}

/// What made this turn.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    Message {
        content: &'a InboundContent,
        sent_at: Timestamp,
    },
    /// The person gave a missed call: what is open is asked again, else this flow begins. One that rings
    /// less than `once_in` after another that was answered is the same wish, and nothing is said.
    Rang {
        /// A flow there is not begins the default one.
        flow: &'a str,
        once_in: SignedDuration,
    },
    /// A timer of the session fell due; it does nothing when the session is at another visit.
    Timer {
        kind: TimerKind,
        visit: u32,
    },
    /// What a `fetch` step asked for came back, or will not; it does nothing at another visit.
    Fetched {
        visit: u32,
        answer: &'a Fetched,
    },
    /// The person of the office who took over gives the conversation back; it does nothing when nobody
    /// took over.
    GivenBack,
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
    /// What is done after the commit, at least once each.
    pub effects: Vec<Effect>,
    /// What was to be said by SMS and may not: the office is told.
    pub unsaid: Vec<Unsaid>,
    /// An answer to a poll, to be sealed.
    pub cast: Option<Cast>,
    /// What replies say in memory only.
    pub unkept: Vec<Unkept>,
    /// The message may be an answer to a poll though it has no words: nothing of it is written down or fetched.
    pub secret: bool,
}

/// What a turn wants done in the world. It never runs inside a turn: the shell does it after the
/// commit, at least once, and where a flow waits for it the answer comes back as an [`Event`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// An HTTP call of a `fetch` step.
    Fetch(Fetch),
    /// A medium of the person is copied to our own store before the provider forgets it.
    Keep {
        kind: MediaKind,
        /// The provider's media id.
        id: String,
        mime_type: String,
    },
    /// A person of the office gives the conversation back. No turn wants this: it comes from outside, and
    /// makes the turn that goes on.
    GiveBack,
    /// The office says that two contacts are one person. No turn wants this either, and it makes none.
    Unite {
        /// The pair, by its number among those that wait for the office.
        merge: i64,
    },
}

/// The answer of a call that ran out of time itself comes this much later at most; then the flow goes
/// on without it.
pub const ANSWER_GRACE: SignedDuration = SignedDuration::from_secs(30);

/// An HTTP call with everything filled in but the secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fetch {
    /// The visit of the step that waits for it.
    pub visit: u32,
    pub method: Method,
    /// Absolute, `https` (or `http` where the office allows the host).
    pub url: String,
    /// Names in small letters.
    pub headers: Vec<(String, HeaderValue)>,
    /// JSON.
    pub body: Option<String>,
    /// Seconds until the flow goes its `failed` way; 1 to 60.
    pub timeout_seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Get,
    Post,
    Put,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderValue {
    Plain(String),
    /// The name of a secret of the configuration; its value never enters a flow or a record.
    Secret(String),
}

/// What became of a [`Fetch`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fetched {
    /// Any status; a body that is no JSON is `null`.
    Answer { status: u16, body: serde_json::Value },
    /// No answer in time, a refused address, too long a body: in words for the office.
    Failed { reason: String },
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
    /// A `wait` step is over, or a `fetch` took too long.
    Wait,
}

impl TimerKind {
    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            TimerKind::Remind => 1,
            TimerKind::Expire => 2,
            TimerKind::Wait => 3,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<TimerKind> {
        [TimerKind::Remind, TimerKind::Expire, TimerKind::Wait]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}
