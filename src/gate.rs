//! May this message go to this person, on this channel, now? One pure function; when in doubt it
//! refuses, and every refusal says why in words an office can read.

use jiff::Timestamp;

use crate::contact::Contact;
use crate::message::{Channel, Content, Lane, Purpose};

/// What the gate looks at.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub now: Timestamp,
    pub contact: &'a Contact,
    pub channel: Channel,
    pub purpose: Purpose,
    pub lane: Lane,
    pub content: &'a Content,
    /// When the person's 24-hour window closes; `None` when they never wrote on this channel.
    pub window_until: Option<Timestamp>,
    pub send_before: Option<Timestamp>,
    /// The office's kill switch.
    pub halted: bool,
}

/// Why a message may not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    Halted,
    Expired,
    WindowClosed,
    Withdrawn,
    NoConsent,
    /// Broadcasts wait for the consent rules to be whole.
    NotYet,
}

/// Decides.
///
/// # Errors
/// The [`Refusal`], first in the order of the table in `docs/architecture.md`.
pub fn gate(question: &Question<'_>) -> Result<(), Refusal> {
    let _ = question;
    todo!()
}
