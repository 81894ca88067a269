//! Hearing the events of other processes, and telling them in this one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::broadcast;

use super::home::Home;
use super::line::{Line, told};
use crate::state::{LiveEvent, StateError};

/// Listens on a connection of its own. In a cluster every server passes every event on, so one is
/// enough; when it dies another is listened to.
pub(super) struct Listener {
    pub(super) home: Arc<Home>,
    pub(super) channel: String,
    /// What events of this process begin with.
    pub(super) origin: String,
    pub(super) events: broadcast::Sender<LiveEvent>,
}

impl Listener {
    /// Listens for ever; what ends is the connection, and then it makes another.
    pub(super) async fn listen(self) {
        // Processes begin at different servers, so that one server does not serve them all.
        let mut turn = self.origin.bytes().map(usize::from).sum();
        loop {
            if let Some(line) = self.home.ear(turn).await
                && let Err(error) = self.listen_at(&line).await
            {
                tracing::debug!(redis = %line.host(), %error, "not listening for live events");
            }
            turn = turn.wrapping_add(1);
            tokio::time::sleep(self.home.dial().leave_alone).await;
        }
    }

    async fn listen_at(&self, line: &Line) -> Result<(), StateError> {
        let timeout = self.home.dial().timeout;
        let away = |_elapsed| StateError("no answer in time".to_owned());
        let connected = tokio::time::timeout(timeout, line.client().get_async_pubsub());
        let pubsub = connected.await.map_err(away)?.map_err(|error| told(&error))?;
        let (mut sink, mut messages) = pubsub.split();
        let subscribed = tokio::time::timeout(timeout, sink.subscribe(&self.channel));
        subscribed.await.map_err(away)?.map_err(|error| told(&error))?;
        // A network can lose a connection without a word; a ping now and then finds out.
        let mut look = tokio::time::interval(Duration::from_secs(10));
        let mut is_left = std::pin::pin!(self.home.is_left(line.host()));
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => self.tell(message.get_payload_bytes()),
                    None => return Err(StateError("the connection ended".to_owned())),
                },
                () = &mut is_left => {
                    return Err(StateError("another server has its place now".to_owned()));
                }
                _ = look.tick() => {
                    let pong = tokio::time::timeout(timeout, sink.ping::<redis::Value>());
                    pong.await.map_err(away)?.map_err(|error| told(&error))?;
                }
            }
        }
    }

    fn tell(&self, payload: &[u8]) {
        let parts = std::str::from_utf8(payload).ok().and_then(|text| text.split_once('\n'));
        let Some((origin, json)) = parts else {
            return;
        };
        if origin == self.origin {
            return;
        }
        // An event of a newer version is not ours to show.
        if let Ok(event) = serde_json::from_str::<LiveEvent>(json) {
            let _ = self.events.send(event);
        }
    }
}
