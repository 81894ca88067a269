//! The store that replicas share: one Redis, a Redis behind Sentinel, or a Redis Cluster.
//!
//! | file | about |
//! |---|---|
//! | `scripts.rs` | what is said: commands, and the Lua scripts |
//! | `line.rs` | the line to one server, and whether it is worth trying |
//! | `home.rs` | the three shapes, and the scout that looks after them |
//! | `sentinel.rs` | following the master that the sentinels name |
//! | `cluster.rs`, `slots.rs` | finding the master of a key |
//! | `events.rs` | hearing live events |

mod cluster;
mod events;
mod home;
mod line;
mod scripts;
mod sentinel;
mod slots;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redis::{FromRedisValue, RedisError};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use self::events::Listener;
use self::home::Home;
use self::line::{Dial, told};
use self::scripts::{Call, Scripts};
use super::bucket::{EPSILON, LONGEST_WAIT_MS, wait_ms};
use super::{Bucket, Cached, LiveEvent, StateError, StateOptions, Taken, deadline_ms};
use crate::clock::Clock;
use crate::config::RedisUrl;

/// Version and expiry, each as sixteen lower-case hex digits, stand before the sealed bytes.
const HEADER: usize = 32;

pub(super) struct Redis {
    home: Arc<Home>,
    /// Without user and password.
    address: String,
    prefix: String,
    clock: Clock,
    /// What events of this process begin with, so that it does not hear itself twice.
    origin: String,
    scripts: Scripts,
}

impl Redis {
    /// Makes no connection yet: the first call does.
    pub(super) fn open(
        url: RedisUrl,
        options: StateOptions,
        events: broadcast::Sender<LiveEvent>,
        stop: CancellationToken,
    ) -> Result<Redis, StateError> {
        let address = url.to_string();
        let dial = Dial { url, timeout: options.timeout, leave_alone: options.leave_alone };
        let home = Arc::new(Home::new(dial)?);
        let origin = options.ids.uuid(options.clock.now()).simple().to_string();
        let listener = Listener {
            home: Arc::clone(&home),
            channel: live_channel(&options.prefix),
            origin: origin.clone(),
            events,
        };
        let (scouted, until_stop) = (Arc::clone(&home), stop.clone());
        options.tracker.spawn(async move { until_stop.run_until_cancelled(scouted.scout()).await });
        options.tracker.spawn(async move { stop.run_until_cancelled(listener.listen()).await });
        Ok(Redis {
            home,
            address,
            prefix: options.prefix,
            clock: options.clock,
            origin,
            scripts: Scripts::new(),
        })
    }

    /// Where it is, for `Debug`; without user and password.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) async fn get(&self, contact: i64) -> Result<Option<Cached>, StateError> {
        let key = self.session_key(contact);
        let stored: Option<Vec<u8>> = self.ask(&Call::of_key("GET", key)).await?;
        let now_ms = self.clock.now().as_millisecond();
        Ok(stored.and_then(|bytes| read_session(&bytes, now_ms)))
    }

    pub(super) async fn put(
        &self,
        contact: i64,
        cached: Cached,
        ttl: Duration,
    ) -> Result<bool, StateError> {
        let now = self.clock.now();
        let call = Call::script(&self.scripts.put, self.session_key(contact))
            .arg(hex(cached.version))
            .arg(hex(deadline_ms(now, ttl)))
            .arg(hex(now.as_millisecond()))
            .arg(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, LONGEST_TTL_MS))
            .arg(cached.sealed);
        let written: i64 = self.ask(&call).await?;
        Ok(written == 1)
    }

    pub(super) async fn forget(&self, contact: i64) -> Result<(), StateError> {
        let key = self.session_key(contact);
        let _removed: i64 = self.ask(&Call::of_key("DEL", key)).await?;
        Ok(())
    }

    pub(super) async fn take(
        &self,
        key: &str,
        bucket: Bucket,
        tokens: f64,
        now: Timestamp,
    ) -> Result<Taken, StateError> {
        let call = Call::script(&self.scripts.take, self.key(key, 'b'))
            .arg(bucket.per_second)
            .arg(bucket.burst)
            .arg(tokens)
            .arg(now.as_millisecond())
            .arg(EPSILON);
        let missing_ms: String = self.ask(&call).await?;
        if missing_ms == "-1" {
            return Ok(Taken::Yes);
        }
        // A rate of 0 gives `inf`.
        Ok(wait_ms(missing_ms.parse().unwrap_or(LONGEST_WAIT_MS)))
    }

    pub(super) async fn admit(
        &self,
        key: &str,
        member: &str,
        limit: u64,
        window: Duration,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        let call = Call::script(&self.scripts.admit, self.key(key, 'w'))
            .arg(now.as_millisecond())
            .arg(u64::try_from(window.as_millis()).unwrap_or(u64::MAX).min(LONGEST_TTL_MS))
            .arg(limit)
            .arg(member);
        let admitted: i64 = self.ask(&call).await?;
        Ok(admitted == 1)
    }

    /// Tells the other processes; one that is away misses it.
    pub(super) async fn publish(&self, event: &LiveEvent) {
        let Ok(json) = serde_json::to_string(event) else {
            return;
        };
        let message = format!("{}\n{json}", self.origin);
        let call = Call::anywhere(&["PUBLISH", &live_channel(&self.prefix), &message]);
        let told: Result<i64, StateError> = self.ask(&call).await;
        if let Err(error) = told {
            tracing::debug!(%error, "a live event reached this process only");
        }
    }

    pub(super) async fn ping(&self) -> Result<(), StateError> {
        self.home.ping().await
    }

    fn session_key(&self, contact: i64) -> String {
        format!("{}:1:{{c{contact}}}:s", self.prefix)
    }

    fn key(&self, key: &str, kind: char) -> String {
        format!("{}:1:{{{key}}}:{kind}", self.prefix)
    }

    async fn ask<T: FromRedisValue>(&self, call: &Call<'_>) -> Result<T, StateError> {
        let answer = self.home.ask(call).await?;
        redis::from_redis_value(answer).map_err(|error| told(&RedisError::from(error)))
    }
}

fn live_channel(prefix: &str) -> String {
    format!("{prefix}:1:live")
}

/// A thousand years: more is no use and overflows Redis.
const LONGEST_TTL_MS: u64 = 31_536_000_000_000;

/// A number that is not negative, as sixteen hex digits.
fn hex(number: i64) -> String {
    format!("{:016x}", number.max(0))
}

/// Reads what `PUT` wrote; `None` when its time is over or it is nothing of ours.
fn read_session(bytes: &[u8], now_ms: i64) -> Option<Cached> {
    let (header, sealed) = bytes.split_at_checked(HEADER)?;
    let header = std::str::from_utf8(header).ok()?;
    let (version, expires) = header.split_at_checked(HEADER / 2)?;
    let version = i64::from_str_radix(version, 16).ok()?;
    let expires_ms = i64::from_str_radix(expires, 16).ok()?;
    (expires_ms > now_ms).then(|| Cached { version, sealed: sealed.to_vec() })
}
