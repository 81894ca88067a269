//! WhatsApp Cloud API (Graph API v25.0).

use crate::channel::SendAnswer;
use crate::message::Outgoing;

/// Sends through the Graph API.
#[derive(Clone, Debug)]
pub struct Sender {}

impl Sender {
    /// Makes the one call that sends this message.
    pub async fn send(&self, outgoing: &Outgoing) -> SendAnswer {
        let _ = outgoing;
        todo!()
    }
}
