//! The phone simulator's road: messages come from and go to a page of our own.

use crate::channel::SendAnswer;
use crate::message::Outgoing;

/// Holds what the simulated phones have received, and wakes the pages that show it.
#[derive(Clone, Debug, Default)]
pub struct Hub {}

impl Hub {
    /// Hands the message to the phone's page.
    #[must_use]
    pub fn send(&self, outgoing: &Outgoing) -> SendAnswer {
        let _ = outgoing;
        todo!()
    }
}
