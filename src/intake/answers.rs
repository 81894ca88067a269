//! What an effect came to, and what the office orders, become turns like any other.

use std::sync::Arc;

use super::{Admission, Answer, Intake, shard};
use crate::contact::Identities;
use crate::flow::Fetched;
use crate::message::{Channel, FETCHED, GIVEN_BACK, Inbound, InboundContent};

impl Intake {
    /// Makes the turn that goes on from what a `fetch` step asked for. `key` names the effect: however
    /// often it is handed over, it is turned once. `Again`: the turn is not committed.
    pub async fn fetched(&self, contact: i64, key: &str, visit: u32, answer: Fetched) -> Admission {
        let source = shard::Source::Fetched { visit, answer: Arc::new(answer) };
        self.turned(contact, key, FETCHED, source).await
    }

    /// Makes the turn of a conversation that a person of the office gives back. `key` names the effect:
    /// however often it is handed over, it is turned once. `Again`: the turn is not committed.
    pub async fn given_back(&self, contact: i64, key: &str) -> Admission {
        self.turned(contact, key, GIVEN_BACK, shard::Source::GivenBack).await
    }

    async fn turned(
        &self,
        contact: i64,
        key: &str,
        kind: &str,
        source: shard::Source,
    ) -> Admission {
        let now = self.inner.clock.now();
        let inbound = Inbound {
            channel: Channel::Internal,
            account: String::new(),
            key: format!("effect:{key}"),
            from: Identities::default(),
            profile_name: None,
            sent_at: now,
            content: InboundContent::Other { kind: kind.to_owned() },
            quoted: None,
        };
        let (work, wait) = shard::Work::new(contact, source, inbound, now);
        self.hand_over(vec![work]);
        match wait.await {
            Ok(Answer::Done(admission)) => admission,
            // Our own events are of nobody else; a shard that went away promised nothing.
            Ok(Answer::Stranger(_)) | Err(_) => Admission::Again,
        }
    }

    /// Waits until a turn that wants something done was committed here; what was committed since the
    /// last call counts.
    pub async fn until_wanted(&self) {
        self.inner.wanted.notified().await;
    }
}
