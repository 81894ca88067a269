//! Live session state, limits shared by all replicas, and live events. May be stale, flushed or
//! gone at any moment: the records are the truth, the contact's version the judge.
//!
//! Two stores, equal under one conformance suite (`tests/it/state_conformance.rs`): `memory` for
//! one process with nothing to install, Redis (one server, behind Sentinel, or a cluster) for
//! replicas that share. What is kept:
//!
//! | what | key in Redis | lives |
//! |---|---|---|
//! | a contact's sealed snapshot | `<prefix>:1:{c<contact>}:s` | as long as the writer says |
//! | a token bucket | `<prefix>:1:{<key>}:b` | until it is full again |
//! | the members of a moving window | `<prefix>:1:{<key>}:w` | one window after the last |
//! | live events | channel `<prefix>:1:live` | the moment |
//!
//! `1` is the version of the format; the braces keep everything of one script on one node of a
//! cluster. No key, member or event holds an address or a text: contacts go by their number.

mod bucket;
mod lru;
pub(crate) mod memory;
mod redis;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Ids};
use crate::config::StateUrl;
use memory::Memory;
use redis::Redis;

/// How many live events a slow reader may fall behind before it misses some.
const EVENTS_KEPT: usize = 1024;

/// Why the state store did not answer. Never a reason to refuse a message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the state store does not answer: {0}")]
pub struct StateError(pub String);

/// A cached snapshot: sealed bytes and the contact's version they were made at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Not negative.
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
    /// None were taken; ask again after this long (1 ms to an hour).
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
    /// Messages were queued in the records that nobody has claimed: whoever sends may look.
    Queued,
}

/// How the state is opened. `Debug` does not show the password in the URL.
#[derive(Clone)]
pub struct StateOptions {
    /// `memory`, `redis://…`, `redis-cluster://…` or `redis-sentinel://…`, as [`StateUrl`] reads it.
    pub url: String,
    /// The first word of every key, so that several installations can share one Redis.
    pub prefix: String,
    pub clock: Clock,
    /// Tells the events of this process from those of others.
    pub ids: Ids,
    /// The memory store holds at most this many sessions, and as many rate limits.
    pub capacity: usize,
    /// No call to Redis takes longer; a server that does not answer by then is away.
    pub timeout: Duration,
    /// The pause between looks whether a server that was found away answers again, and where the
    /// master of a key is by now.
    pub leave_alone: Duration,
    /// Where the tasks run that listen for live events and look after the servers. They end when the
    /// last clone of the [`State`] is dropped, or with `shutdown`.
    pub tracker: TaskTracker,
    pub shutdown: CancellationToken,
}

impl StateOptions {
    /// Options with the usual figures: room for 100,000 sessions, 500 ms, left alone for a second.
    #[must_use]
    pub fn new(url: impl Into<String>, prefix: impl Into<String>, clock: Clock) -> StateOptions {
        StateOptions {
            url: url.into(),
            prefix: prefix.into(),
            clock,
            ids: Ids::system(),
            capacity: 100_000,
            timeout: Duration::from_millis(500),
            leave_alone: Duration::from_secs(1),
            tracker: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        }
    }
}

impl fmt::Debug for StateOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StateOptions")
            .field("url", &without_password(&self.url))
            .field("prefix", &self.prefix)
            .field("capacity", &self.capacity)
            .field("timeout", &self.timeout)
            .field("leave_alone", &self.leave_alone)
            .finish_non_exhaustive()
    }
}

/// Where live state is kept. Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct State {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    events: broadcast::Sender<LiveEvent>,
    /// Ends the tasks with the last clone.
    _stop: DropGuard,
}

enum Store {
    Memory(Box<Memory>),
    Redis(Box<Redis>),
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shared.store {
            Store::Memory(_) => formatter.write_str("State(memory)"),
            Store::Redis(redis) => write!(formatter, "State({})", redis.address()),
        }
    }
}

impl State {
    /// Opens by URI (see [`StateUrl`]). A Redis that is away now is no error: calls are bounded by a
    /// short timeout, a server found away is left alone for a moment, and it comes by itself.
    ///
    /// Must be called inside a Tokio runtime: the connection is made on it.
    ///
    /// # Errors
    /// When the URI is of no known kind, or cannot be read.
    pub fn open(options: StateOptions) -> Result<State, StateError> {
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let stop = options.shutdown.child_token();
        let url = StateUrl::parse(&options.url).map_err(|error| StateError(error.to_string()))?;
        let store = match url {
            StateUrl::Memory => {
                Store::Memory(Box::new(Memory::new(options.capacity, options.clock)))
            }
            StateUrl::Redis(url) => {
                Store::Redis(Box::new(Redis::open(url, options, events.clone(), stop.clone())?))
            }
        };
        let shared = Shared { store, events, _stop: stop.drop_guard() };
        Ok(State { shared: Arc::new(shared) })
    }

    /// The cached snapshot of a contact, unless its time is over.
    pub async fn get(&self, contact: i64) -> Result<Option<Cached>, StateError> {
        match &self.shared.store {
            Store::Memory(memory) => Ok(memory.get(contact)),
            Store::Redis(redis) => redis.get(contact).await,
        }
    }

    /// Writes when newer than what is there; `false` when something as new or newer stood.
    pub async fn put(
        &self,
        contact: i64,
        cached: Cached,
        ttl: Duration,
    ) -> Result<bool, StateError> {
        match &self.shared.store {
            Store::Memory(memory) => Ok(memory.put(contact, cached, ttl)),
            Store::Redis(redis) => redis.put(contact, cached, ttl).await,
        }
    }

    pub async fn forget(&self, contact: i64) -> Result<(), StateError> {
        match &self.shared.store {
            Store::Memory(memory) => {
                memory.forget(contact);
                Ok(())
            }
            Store::Redis(redis) => redis.forget(contact).await,
        }
    }

    /// Takes `tokens` from the bucket under `key`, all or none; more than the bucket can ever hold
    /// is asked as a full bucket. `now` is the caller's: a replica whose clock stands behind lets
    /// nothing flow in, one that is ahead lets the tokens of its lead flow in once.
    pub async fn take(
        &self,
        key: &str,
        bucket: Bucket,
        tokens: f64,
        now: Timestamp,
    ) -> Result<Taken, StateError> {
        match &self.shared.store {
            Store::Memory(memory) => Ok(memory.take(key, bucket, tokens, now)),
            Store::Redis(redis) => redis.take(key, bucket, tokens, now).await,
        }
    }

    /// Adds `member` to a set of the moving `window` under `key` unless it holds `limit` members
    /// already; `false` when full. A member counts once, from its last time on (the daily tier
    /// counts people). A member is a contact's number, never an address.
    pub async fn admit(
        &self,
        key: &str,
        member: &str,
        limit: u64,
        window: Duration,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        match &self.shared.store {
            Store::Memory(memory) => Ok(memory.admit(key, member, limit, window, now)),
            Store::Redis(redis) => redis.admit(key, member, limit, window, now).await,
        }
    }

    /// Tells this process at once and every replica soon; best effort.
    pub async fn publish(&self, event: LiveEvent) {
        if let Store::Redis(redis) = &self.shared.store {
            redis.publish(&event).await;
        }
        // Nobody listening is no error.
        let _ = self.shared.events.send(event);
    }

    /// Live events from now on, of this and every other replica.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.shared.events.subscribe()
    }

    /// A cheap question, for `/ready`.
    pub async fn ping(&self) -> Result<(), StateError> {
        match &self.shared.store {
            Store::Memory(_) => Ok(()),
            Store::Redis(redis) => redis.ping().await,
        }
    }
}

/// The epoch millisecond at which something kept for `ttl` is over.
fn deadline_ms(now: Timestamp, ttl: Duration) -> i64 {
    let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
    now.as_millisecond().saturating_add(ttl_ms)
}

/// The URL without user and password; nothing of one that cannot be read.
fn without_password(url: &str) -> String {
    StateUrl::parse(url).map_or_else(|_| "•••".to_owned(), |url| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> StateOptions {
        StateOptions::new(url, "test", Clock::fixed(Timestamp::UNIX_EPOCH))
    }

    #[tokio::test]
    async fn passwords_are_not_shown() {
        let urls = [
            "redis://:geheim@127.0.0.1:1/0",
            "redis://office:ge@heim@127.0.0.1:1",
            "redis://office:geheim?@127.0.0.1:1",
            "rediss://office:geheim@127.0.0.1:1/3?password=geheim",
            "redis://:geheim@127.0.0.1:notaport",
            "geheimnis://x",
            "redis-cluster://:geheim@127.0.0.1:1,127.0.0.1:2/",
            "redis-cluster://:geheim@127.0.0.1:1,:geheim@127.0.0.1:2",
            "rediss-cluster://office:geheim@127.0.0.1:1",
            "redis-sentinel://office:geheim@127.0.0.1:1,127.0.0.1:2/main/3",
            "redis-sentinel://office:geheim@127.0.0.1:1",
        ];
        for url in urls {
            let mut options = options(url);
            options.timeout = Duration::from_millis(50);
            let mut shown = format!("{options:?}");
            match State::open(options) {
                Ok(state) => {
                    shown = format!("{shown} {state:?} {:?}", state.get(1).await);
                }
                Err(error) => shown = format!("{shown} {error} {error:?}"),
            }
            assert!(!shown.contains("heim@") && !shown.contains("geheim"), "{shown}");
        }
    }

    #[tokio::test]
    async fn an_unknown_store_is_told_what_there_is() {
        let error = State::open(options("postgres://x")).unwrap_err();
        insta::assert_snapshot!(error, @r#"the state store does not answer: this is no kind of state store; write "memory", "redis://HOST:PORT/DB", "redis-cluster://HOST:PORT,HOST:PORT" or "redis-sentinel://HOST:PORT,HOST:PORT/MASTER" (rediss… for TLS)"#);
    }
}
