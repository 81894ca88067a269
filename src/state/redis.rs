//! The store that replicas share. One multiplexed connection for calls, one of its own for live
//! events. Every change that depends on what is there is one Lua script, so that replicas cannot
//! come between its reading and its writing.
//!
//! A Redis that is away costs at most one timeout, then nothing for a moment: the *line* is down
//! and every call says so at once, until one caller is let through to look again.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use parking_lot::Mutex;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{
    Client, ErrorKind, IntoConnectionInfo, RedisError, RedisResult, Script, ServerErrorKind,
};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::bucket::{EPSILON, LONGEST_WAIT_MS, wait_ms};
use super::{Bucket, Cached, LiveEvent, StateError, StateOptions, Taken, deadline_ms};
use crate::clock::Clock;

/// Version and expiry, each as sixteen lower-case hex digits, stand before the sealed bytes.
const HEADER: usize = 32;

/// `KEYS[1]` snapshot; `ARGV`: version, expiry, now (16 hex digits each), ttl in ms, sealed bytes.
/// Hex of one width compares as text like the numbers compare, without a detour over doubles.
const PUT: &str = r"
local head = redis.call('GETRANGE', KEYS[1], 0, 31)
local ours = #head == 32 and not string.find(head, '%X')
if ours and string.sub(head, 17, 32) > ARGV[3] and string.sub(head, 1, 16) >= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2] .. ARGV[5], 'PX', ARGV[4])
return 1
";

/// `KEYS[1]` bucket; `ARGV`: per second, burst, tokens, now in ms, the rounding allowance.
/// Gives -1 when taken, else the milliseconds that are missing, as text. The same steps in the same
/// order as `bucket.rs`; 17 digits bring a double back as it was.
const TAKE: &str = r"
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
local wanted = math.min(tonumber(ARGV[3]), burst)
local known = redis.call('HMGET', KEYS[1], 't', 'a')
local tokens, at = tonumber(known[1] or burst), tonumber(known[2] or now)
local later = math.max(at, now)
tokens = math.min(tokens + (later - at) * rate / 1000, burst)
local missing = wanted - tokens
local epsilon = tonumber(ARGV[5])
if missing > epsilon then
  return string.format('%.17g', (missing - epsilon / 2) * 1000 / rate)
end
tokens = tokens - wanted
redis.call('HSET', KEYS[1], 't', string.format('%.17g', tokens), 'a', string.format('%.0f', later))
local full = 86400000
if rate > 0 then full = math.min(full, math.ceil((burst - tokens) * 1000 / rate)) end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', full + 60000))
return '-1'
";

/// `KEYS[1]` window; `ARGV`: now in ms, window in ms, limit, member.
const ADMIT: &str = r"
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local known = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not known and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
local since = math.max(now, tonumber(known or now))
redis.call('ZADD', KEYS[1], string.format('%.0f', since), ARGV[4])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', window + 60000))
return 1
";

/// `KEYS[1]` pause; `ARGV`: until in ms, time to keep it in ms.
const PAUSE: &str = r"
local known = tonumber(redis.call('GET', KEYS[1]) or 0)
if known < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
";

pub(super) struct Redis {
    client: Client,
    /// Scheme, host and port, without credentials.
    address: String,
    prefix: String,
    clock: Clock,
    timeout: Duration,
    leave_alone: Duration,
    /// What events of this process begin with, so that it does not hear itself twice.
    origin: String,
    line: Mutex<Line>,
    put: Script,
    take: Script,
    admit: Script,
    pause: Script,
}

/// The connection, and whether it is worth trying.
struct Line {
    connection: ConnectionManager,
    /// Counts connections, so that a late failure of an old one does not take the new one down.
    generation: u64,
    /// Left alone until then; `None` while it answers.
    away_until: Option<Instant>,
}

impl Redis {
    /// Makes no connection yet: the first call does.
    pub(super) fn open(
        options: StateOptions,
        events: broadcast::Sender<LiveEvent>,
        stop: CancellationToken,
    ) -> Result<Redis, StateError> {
        let info = options.url.as_str().into_connection_info().map_err(|error| {
            // The error's own words can hold the URL, and with it the password.
            StateError(format!(
                "the address of Redis cannot be read ({}); write redis://[user:password@]HOST:PORT[/DB]",
                error.category()
            ))
        })?;
        let address = info.addr().to_string();
        let client = Client::open(info).map_err(|error| told(&error))?;
        let connection = connect(&client, options.timeout)?;
        let origin = options.ids.uuid(options.clock.now()).simple().to_string();
        let listener = Listener {
            client: client.clone(),
            address: address.clone(),
            channel: format!("{}:1:live", options.prefix),
            origin: origin.clone(),
            timeout: options.timeout,
            leave_alone: options.leave_alone,
            events,
        };
        options.tracker.spawn(async move { stop.run_until_cancelled(listener.listen()).await });
        Ok(Redis {
            client,
            address,
            prefix: options.prefix,
            clock: options.clock,
            timeout: options.timeout,
            leave_alone: options.leave_alone,
            origin,
            line: Mutex::new(Line { connection, generation: 0, away_until: None }),
            put: Script::new(PUT),
            take: Script::new(TAKE),
            admit: Script::new(ADMIT),
            pause: Script::new(PAUSE),
        })
    }

    /// Host and port, for `Debug`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) async fn get(&self, contact: i64) -> Result<Option<Cached>, StateError> {
        let key = self.session_key(contact);
        let stored: Option<Vec<u8>> = self
            .call(async |mut connection| {
                redis::cmd("GET").arg(key).query_async(&mut connection).await
            })
            .await?;
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
        let mut invocation = self.put.key(self.session_key(contact));
        invocation
            .arg(hex(cached.version))
            .arg(hex(deadline_ms(now, ttl)))
            .arg(hex(now.as_millisecond()))
            .arg(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, LONGEST_TTL_MS))
            .arg(cached.sealed);
        let written: i64 = self
            .call(async |mut connection| invocation.invoke_async(&mut connection).await)
            .await?;
        Ok(written == 1)
    }

    pub(super) async fn forget(&self, contact: i64) -> Result<(), StateError> {
        let key = self.session_key(contact);
        self.call(async |mut connection| {
            redis::cmd("DEL").arg(key).query_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn take(
        &self,
        key: &str,
        bucket: Bucket,
        tokens: f64,
        now: Timestamp,
    ) -> Result<Taken, StateError> {
        let mut invocation = self.take.key(self.key(key, 'b'));
        invocation
            .arg(bucket.per_second)
            .arg(bucket.burst)
            .arg(tokens)
            .arg(now.as_millisecond())
            .arg(EPSILON);
        let missing_ms: String = self
            .call(async |mut connection| invocation.invoke_async(&mut connection).await)
            .await?;
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
        let mut invocation = self.admit.key(self.key(key, 'w'));
        invocation
            .arg(now.as_millisecond())
            .arg(u64::try_from(window.as_millis()).unwrap_or(u64::MAX).min(LONGEST_TTL_MS))
            .arg(limit)
            .arg(member);
        let admitted: i64 = self
            .call(async |mut connection| invocation.invoke_async(&mut connection).await)
            .await?;
        Ok(admitted == 1)
    }

    pub(super) async fn pause(&self, key: &str, until: Timestamp) -> Result<(), StateError> {
        let keep_ms = until.as_millisecond().saturating_sub(self.clock.now().as_millisecond());
        if keep_ms <= 0 {
            return Ok(());
        }
        let mut invocation = self.pause.key(self.key(key, 'p'));
        invocation.arg(until.as_millisecond()).arg(keep_ms.saturating_add(60_000));
        let _: i64 = self
            .call(async |mut connection| invocation.invoke_async(&mut connection).await)
            .await?;
        Ok(())
    }

    pub(super) async fn paused(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StateError> {
        let pause_key = self.key(key, 'p');
        let until_ms: Option<i64> = self
            .call(async |mut connection| {
                redis::cmd("GET").arg(pause_key).query_async(&mut connection).await
            })
            .await?;
        let until = until_ms.map(crate::clock::from_ms);
        Ok(until.filter(|until| *until > now))
    }

    /// Tells the other processes; one that is away misses it.
    pub(super) async fn publish(&self, event: &LiveEvent) {
        let Ok(json) = serde_json::to_string(event) else {
            return;
        };
        let channel = format!("{}:1:live", self.prefix);
        let message = format!("{}\n{json}", self.origin);
        let told: Result<i64, StateError> = self
            .call(async |mut connection| {
                redis::cmd("PUBLISH").arg(channel).arg(message).query_async(&mut connection).await
            })
            .await;
        if let Err(error) = told {
            tracing::debug!(%error, "a live event reached this process only");
        }
    }

    pub(super) async fn ping(&self) -> Result<(), StateError> {
        self.call(async |mut connection| redis::cmd("PING").query_async(&mut connection).await)
            .await
    }

    fn session_key(&self, contact: i64) -> String {
        format!("{}:1:{{c{contact}}}:s", self.prefix)
    }

    fn key(&self, key: &str, kind: char) -> String {
        format!("{}:1:{{{key}}}:{kind}", self.prefix)
    }

    /// Makes one call, bounded in time, unless the line is known to be down.
    async fn call<T, F, C>(&self, command: C) -> Result<T, StateError>
    where
        C: FnOnce(ConnectionManager) -> F,
        F: Future<Output = RedisResult<T>>,
    {
        let (connection, generation) = self.line_up()?;
        let answer = tokio::time::timeout(self.timeout, command(connection)).await;
        match answer {
            Ok(Ok(value)) => {
                self.line_answers(generation);
                Ok(value)
            }
            Ok(Err(error)) if is_away(&error) => {
                self.line_down(generation);
                Err(told(&error))
            }
            Ok(Err(error)) => Err(told(&error)),
            Err(_elapsed) => {
                self.line_down(generation);
                Err(StateError(format!("no answer within {} ms", self.timeout.as_millis())))
            }
        }
    }

    /// The connection, unless it is left alone just now. After that time one caller is let through
    /// to look; the others are held off until it knows.
    fn line_up(&self) -> Result<(ConnectionManager, u64), StateError> {
        let now = Instant::now();
        let mut line = self.line.lock();
        if let Some(until) = line.away_until {
            if now < until {
                return Err(StateError("it is away and left alone for a moment".to_owned()));
            }
            line.away_until = Some(now + self.timeout);
        }
        Ok((line.connection.clone(), line.generation))
    }

    fn line_answers(&self, generation: u64) {
        let mut line = self.line.lock();
        if line.generation == generation && line.away_until.take().is_some() {
            tracing::info!(redis = %self.address, "the state store answers again");
        }
    }

    /// Leaves the line alone, and has the next caller make a fresh connection: an old one may hang
    /// in a network that lost it.
    fn line_down(&self, generation: u64) {
        let mut line = self.line.lock();
        if line.generation != generation {
            return;
        }
        if line.away_until.is_none() {
            tracing::warn!(redis = %self.address, "the state store does not answer; going on without it");
        }
        line.away_until = Some(Instant::now() + self.leave_alone);
        if let Ok(fresh) = connect(&self.client, self.timeout) {
            line.connection = fresh;
            line.generation += 1;
        }
    }
}

/// A thousand years: more is no use and overflows Redis.
const LONGEST_TTL_MS: u64 = 31_536_000_000_000;

/// A connection that is made at its first use and never tries twice: when to try is `Line`'s word.
fn connect(client: &Client, timeout: Duration) -> Result<ConnectionManager, StateError> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(timeout))
        .set_response_timeout(Some(timeout));
    ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(|error| told(&error))
}

/// Whether the server as a whole did not answer, rather than refused this one command.
fn is_away(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_unrecoverable_error()
        || matches!(
            error.kind(),
            ErrorKind::AuthenticationFailed
                | ErrorKind::Server(ServerErrorKind::BusyLoading | ServerErrorKind::MasterDown)
        )
}

/// The kind and code of an error, without the words of it: they can repeat what was sent.
fn told(error: &RedisError) -> StateError {
    match error.code() {
        Some(code) => StateError(format!("{} ({code})", error.category())),
        None => StateError(error.category().to_owned()),
    }
}

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

/// Hears the events of other processes and tells them in this one.
struct Listener {
    client: Client,
    address: String,
    channel: String,
    origin: String,
    timeout: Duration,
    leave_alone: Duration,
    events: broadcast::Sender<LiveEvent>,
}

impl Listener {
    /// Listens for ever; what ends is the connection, and then it makes another.
    async fn listen(self) {
        loop {
            if let Err(error) = self.listen_once().await {
                tracing::debug!(redis = %self.address, %error, "not listening for live events");
            }
            tokio::time::sleep(self.leave_alone).await;
        }
    }

    async fn listen_once(&self) -> Result<(), StateError> {
        let away = |_elapsed| StateError("no answer in time".to_owned());
        let connected = tokio::time::timeout(self.timeout, self.client.get_async_pubsub());
        let pubsub = connected.await.map_err(away)?.map_err(|error| told(&error))?;
        let (mut sink, mut messages) = pubsub.split();
        let subscribed = tokio::time::timeout(self.timeout, sink.subscribe(&self.channel));
        subscribed.await.map_err(away)?.map_err(|error| told(&error))?;
        // A network can lose a connection without a word; a ping now and then finds out.
        let mut look = tokio::time::interval(Duration::from_secs(10));
        loop {
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => self.tell(message.get_payload_bytes()),
                    None => return Err(StateError("the connection ended".to_owned())),
                },
                _ = look.tick() => {
                    let pong = tokio::time::timeout(self.timeout, sink.ping::<redis::Value>());
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
