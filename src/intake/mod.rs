//! Inbound → turn → commit: lanes, conflicts, parking, timers.

use crate::message::Envelope;

/// What a webhook answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everything in the envelope is committed (or was before): exactly 200.
    Committed,
    /// Not everything is; the provider must send the whole envelope again: 503.
    Again,
}

/// The front door of every channel.
#[derive(Clone, Debug)]
pub struct Intake {}

impl Intake {
    /// Takes one envelope whole and answers when all of it is committed. Refuses it whole at once
    /// when the queue has no room for all of it.
    pub async fn admit(&self, envelope: Envelope) -> Admission {
        let _ = envelope;
        todo!()
    }
}
