//! Outgoing → channel: lanes, limits, retries, `unknown`, circuit breaker, sweep.

use crate::message::Outgoing;

/// The way into the sender for messages that were born claimed by this process.
#[derive(Clone, Debug)]
pub struct Delivery {}

impl Delivery {
    /// Hands freshly committed, claimed messages over; never blocks. What does not fit into memory
    /// is given back to the queue in the records.
    pub fn send(&self, outgoing: Vec<Outgoing>) {
        let _ = outgoing;
        todo!()
    }
}
