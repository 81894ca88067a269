//! Broadcasts: what the state office says to many, once each. The words of it that records, the command
//! line and the run share. Pure.
//!
//! ```text
//! draft ─▶ tested ─▶ approved ─▶ freezing ─▶ frozen ─▶ running ⇄ paused ─▶ done
//!   └────────┴──────────┴───────────┴──────────┴──────────┴────────┴─▶ cancelled, expired
//! ```
//!
//! Of one that is done, what still goes by its second way can be paused or cancelled.
//!
//! One that comes again (a *series*) is approved once and `repeating` from then on; each of its days is a broadcast of
//! its own, born approved, whose recipients a server writes down when its hour has come.
//!
//! ```text
//! draft ─▶ tested ─▶ approved ─▶ repeating ⇄ paused ─▶ done, cancelled, expired
//! ```

mod candidate;
mod file;
#[cfg(test)]
pub(crate) mod fixture;
mod frozen;
mod life;
mod pace;
mod plan;
mod propose;
mod reason;
mod said;
mod schema;
mod send;

pub use candidate::{Candidate, KnownRoad, Membership};
pub use file::{Around, Definition, is_broadcast, read};
pub use frozen::{Fallback, Frozen, Named, Sender};
pub use life::BroadcastState;
pub use pace::{Load, over_at};
pub use plan::{Costs, Earlier, Plan, Rendering, Share, Tally, Took, is_in, parts_of, renderings};
pub use propose::BOOK;
pub use reason::{Reason, reason_words};
pub use said::{BySms, ByTemplate, Known, Piece, Said, SeatWords, Value, Words};
pub use schema::schema;
pub use send::{Before, Occurrence, Repeat, Series, Times, in_india};

pub use crate::audience::{Home, Standing};

use crate::contact::Language;
use crate::message::{Channel, Content};

/// Where somebody stands in a broadcast, as its own row says. What became of a message that left the
/// plan is said by that message's row ([`Status`](crate::message::Status)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecipientState {
    /// Waits for its turn.
    Planned,
    /// A message was made of it; the message's row says the rest.
    Released,
    /// The gate refused it when it was planned; the row has the reason.
    Refused,
    /// The broadcast was cancelled first.
    Cancelled,
    /// `send_before` passed first.
    Expired,
}

impl RecipientState {
    pub const ALL: [RecipientState; 5] = [
        RecipientState::Planned,
        RecipientState::Released,
        RecipientState::Refused,
        RecipientState::Cancelled,
        RecipientState::Expired,
    ];

    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            RecipientState::Planned => 0,
            RecipientState::Released => 1,
            RecipientState::Refused => 2,
            RecipientState::Cancelled => 3,
            RecipientState::Expired => 4,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<RecipientState> {
        RecipientState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One row of a broadcast as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub contact: i64,
    /// The way it takes and the number of ours it leaves from: the one the person knows, where that is
    /// one of the broadcast's. [`Channel::Internal`] and no number for whoever is on none of its channels.
    pub channel: Channel,
    pub account: String,
    pub language: Language,
    /// Why nothing goes to them; `None`: it goes.
    pub refused: Option<Reason>,
}

/// What is known of a recipient when their message is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    pub contact: i64,
    pub name: Option<String>,
    /// The number of the membership.
    pub member: Option<String>,
    /// The assembly seat, and the booth in it.
    pub assembly: Option<u16>,
    pub booth: Option<u16>,
    pub language: Language,
}

/// Makes the message of one recipient: what was frozen, with the person's own words in its places.
pub trait Wording: Send + Sync {
    /// `None`: it says nothing on this channel, which the plan has refused before.
    fn content(&self, to: &Addressee, channel: Channel) -> Option<Content>;
}
