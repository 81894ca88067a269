//! Live session state, limits shared by all replicas, and live events. May be stale, flushed or
//! gone at any moment: the records are the truth, the contact's version the judge.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// Why the state store did not answer. Never a reason to refuse a message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the state store does not answer: {0}")]
pub struct StateError(pub String);

/// A cached snapshot: sealed bytes and the contact's version they were made at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    pub version: i64,
    pub sealed: Vec<u8>,
}

/// A token bucket. Tokens flow in at `per_second` up to `burst`; the bucket starts full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    pub per_second: f64,
    pub burst: f64,
}

/// The answer to a wish for tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Taken {
    Yes,
    /// None were taken; ask again after this long.
    Wait(Duration),
}

/// Something a console or simulator shows at once. Holds ids only, no texts and no addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A turn of this contact was committed.
    Turned {
        contact: i64,
        version: i64,
    },
    /// A message of ours moved on.
    Moved {
        contact: i64,
        outgoing: i64,
    },
    FlowsReloaded,
}

/// Where live state is kept.
#[derive(Clone, Debug)]
pub struct State {}

impl State {
    /// Opens by URI: `memory`, `redis://…`, `rediss://…`. A Redis that is away now is no error: it
    /// is asked again at each use (bounded by a short timeout, then left alone for a moment).
    ///
    /// # Errors
    /// When the URI is of no known kind.
    pub async fn open(url: &str, prefix: &str) -> Result<State, StateError> {
        let _ = (url, prefix);
        todo!()
    }

    /// The cached snapshot of a contact.
    pub async fn get(&self, contact: i64) -> Result<Option<Cached>, StateError> {
        let _ = contact;
        todo!()
    }

    /// Writes when newer than what is there; `false` when something as new or newer stood.
    pub async fn put(
        &self,
        contact: i64,
        cached: Cached,
        ttl: Duration,
    ) -> Result<bool, StateError> {
        let _ = (contact, cached, ttl);
        todo!()
    }

    pub async fn forget(&self, contact: i64) -> Result<(), StateError> {
        let _ = contact;
        todo!()
    }

    /// Takes `tokens` from the bucket under `key`, all or none.
    pub async fn take(
        &self,
        key: &str,
        bucket: Bucket,
        tokens: f64,
        now: Timestamp,
    ) -> Result<Taken, StateError> {
        let _ = (key, bucket, tokens, now);
        todo!()
    }

    /// Adds `member` to a set of the moving day under `key` unless it holds `limit` members already;
    /// `false` when full. A member counts once (the daily tier counts people).
    pub async fn admit(
        &self,
        key: &str,
        member: &str,
        limit: u64,
        window: Duration,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        let _ = (key, member, limit, window, now);
        todo!()
    }

    /// Pauses everything that asks [`State::paused`] for this key.
    pub async fn pause(&self, key: &str, until: Timestamp) -> Result<(), StateError> {
        let _ = (key, until);
        todo!()
    }

    pub async fn paused(&self, key: &str, now: Timestamp) -> Result<Option<Timestamp>, StateError> {
        let _ = (key, now);
        todo!()
    }

    /// Tells every replica; best effort.
    pub async fn publish(&self, event: LiveEvent) {
        let _ = event;
        todo!()
    }

    /// Live events from now on, of this and every other replica.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        todo!()
    }

    /// A cheap question, for `/ready`.
    pub async fn ping(&self) -> Result<(), StateError> {
        todo!()
    }
}
