//! Every state store keeps the same promises: memory, a real redis-server, a real Redis Cluster of
//! six servers, and a real Redis with a replica behind three sentinels. The last two are started once
//! for the whole run. What happens when servers die is in `state_failover.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use samvad::clock::Clock;
use samvad::state::{Bucket, Cached, LiveEvent, State, StateOptions, Taken};

use crate::support::redis::RedisServer;
use crate::support::redis_cluster::RedisCluster;
use crate::support::redis_sentinel::RedisSentinel;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn noon() -> Timestamp {
    "2026-11-21T06:30:00Z".parse().unwrap()
}

fn cached(version: i64, bytes: &[u8]) -> Cached {
    Cached { version, sealed: bytes.to_vec() }
}

/// A store under test, and a clock that both the test and the store read.
struct Bench {
    clock: Clock,
    state: State,
    /// Nobody else's, so that tests can share servers.
    prefix: String,
    servers: Servers,
}

enum Servers {
    None,
    Redis(RedisServer),
    Cluster(&'static RedisCluster),
    Sentinel(&'static RedisSentinel),
}

impl Servers {
    fn url(&self) -> String {
        match self {
            Servers::None => "memory".to_owned(),
            Servers::Redis(redis) => redis.url(),
            Servers::Cluster(cluster) => cluster.url(),
            Servers::Sentinel(sentinel) => sentinel.url(),
        }
    }
}

/// These promises are not about time: a busy machine may take its time.
fn open_patiently(url: &str, prefix: &str, clock: &Clock) -> State {
    let mut options = StateOptions::new(url, prefix, clock.clone());
    options.timeout = Duration::from_secs(10);
    State::open(options).unwrap()
}

impl Bench {
    fn memory() -> Bench {
        Bench::on(Servers::None)
    }

    fn redis() -> Bench {
        Bench::on(Servers::Redis(RedisServer::start()))
    }

    fn redis_cluster() -> Bench {
        Bench::on(Servers::Cluster(RedisCluster::shared()))
    }

    fn redis_sentinel() -> Bench {
        Bench::on(Servers::Sentinel(RedisSentinel::shared()))
    }

    fn on(servers: Servers) -> Bench {
        static BENCHES: AtomicUsize = AtomicUsize::new(0);
        let prefix = format!("it{}", BENCHES.fetch_add(1, Ordering::Relaxed));
        let clock = Clock::fixed(noon());
        let state = open_patiently(&servers.url(), &prefix, &clock);
        Bench { clock, state, prefix, servers }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Another process's view of the same store. Memory is one process: there it is the same.
    fn another_client(&self) -> State {
        if matches!(self.servers, Servers::None) {
            return self.state.clone();
        }
        open_patiently(&self.servers.url(), &self.prefix, &self.clock)
    }

    /// Everything is lost: Redis is flushed, a process with a memory store starts afresh.
    fn flush(&mut self) {
        match &self.servers {
            Servers::None => self.state = Bench::memory().state,
            Servers::Redis(redis) => {
                redis.command(&["FLUSHALL"]);
                redis.command(&["SCRIPT", "FLUSH"]);
            }
            Servers::Cluster(cluster) => cluster.flush_prefix(&self.prefix),
            Servers::Sentinel(sentinel) => sentinel.flush_prefix(&self.prefix),
        }
    }
}

/// Stamps every promise on every store.
macro_rules! promises {
    ($($(#[$about:meta])* async fn $name:ident($bench:ident: $kind:ty) $body:block)*) => {
        $(
            $(#[$about])*
            async fn $name($bench: $kind) $body
        )*

        promises!(on memory: $($name)*);
        promises!(on redis: $($name)*);
        promises!(on redis_cluster: $($name)*);
        promises!(on redis_sentinel: $($name)*);
    };
    (on $store:ident: $($name:ident)*) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(super::Bench::$store()).await;
                }
            )*
        }
    };
}

promises! {
    async fn what_was_put_is_got(bench: Bench) {
        assert_eq!(bench.state.get(7).await.unwrap(), None);
        let sealed: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        assert!(bench.state.put(7, cached(3, &sealed), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(3, &sealed)));
        assert_eq!(bench.state.get(8).await.unwrap(), None);
        assert_eq!(bench.another_client().get(7).await.unwrap(), Some(cached(3, &sealed)));
    }

    async fn only_a_newer_version_is_written(bench: Bench) {
        assert!(bench.state.put(7, cached(9, b"nine"), HOUR).await.unwrap());
        assert!(!bench.state.put(7, cached(9, b"nine again"), HOUR).await.unwrap());
        assert!(!bench.state.put(7, cached(8, b"eight"), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(9, b"nine")));
        assert!(bench.state.put(7, cached(10, b"ten"), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(10, b"ten")));
        assert!(bench.state.put(7, cached(i64::MAX, b"last"), HOUR).await.unwrap());
        assert!(!bench.state.put(7, cached(i64::MAX - 1, b"late"), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(i64::MAX, b"last")));
    }

    async fn of_many_writers_the_newest_version_stays(bench: Bench) {
        let mut writers = tokio::task::JoinSet::new();
        let clients = [bench.state.clone(), bench.another_client()];
        for version in 0..200_i64 {
            let client = clients[usize::try_from(version).unwrap() % 2].clone();
            writers.spawn(async move {
                client.put(7, cached(version, &version.to_le_bytes()), HOUR).await.unwrap()
            });
        }
        writers.join_all().await;
        let kept = bench.state.get(7).await.unwrap();
        assert_eq!(kept, Some(cached(199, &199_i64.to_le_bytes())));
    }

    async fn what_outlived_its_time_is_gone(bench: Bench) {
        bench.state.put(7, cached(9, b"nine"), HOUR).await.unwrap();
        bench.clock.advance(HOUR.saturating_sub(Duration::from_millis(1)));
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(9, b"nine")));
        bench.clock.advance(Duration::from_millis(1));
        assert_eq!(bench.state.get(7).await.unwrap(), None);
        // What is gone stands in nobody's way, newer or not.
        assert!(bench.state.put(7, cached(1, b"one"), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(1, b"one")));
    }

    async fn what_is_forgotten_is_gone(bench: Bench) {
        bench.state.put(7, cached(9, b"nine"), HOUR).await.unwrap();
        bench.state.put(8, cached(1, b"other"), HOUR).await.unwrap();
        bench.state.forget(7).await.unwrap();
        bench.state.forget(99).await.unwrap();
        assert_eq!(bench.state.get(7).await.unwrap(), None);
        assert_eq!(bench.state.get(8).await.unwrap(), Some(cached(1, b"other")));
        assert!(bench.state.put(7, cached(2, b"two"), HOUR).await.unwrap());
    }

    async fn a_bucket_gives_its_burst_then_makes_wait_then_refills(bench: Bench) {
        let pair = Bucket { per_second: 1.0 / 6.0, burst: 45.0 };
        for _ in 0..45 {
            assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        }
        let wait = Taken::Wait(Duration::from_secs(6));
        assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), wait);
        // Asking took nothing: the wait is the same.
        assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), wait);
        bench.clock.advance(Duration::from_millis(2_500));
        let rest = Taken::Wait(Duration::from_millis(3_500));
        assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), rest);
        bench.clock.advance(Duration::from_millis(3_500));
        assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        assert_eq!(bench.state.take("pair", pair, 1.0, bench.now()).await.unwrap(), wait);
        // Another bucket is another bucket.
        assert_eq!(bench.state.take("pair2", pair, 1.0, bench.now()).await.unwrap(), Taken::Yes);
    }

    async fn a_bucket_never_holds_more_than_its_burst(bench: Bench) {
        let bucket = Bucket { per_second: 10.0, burst: 5.0 };
        assert_eq!(bench.state.take("b", bucket, 5.0, bench.now()).await.unwrap(), Taken::Yes);
        bench.clock.advance(DAY);
        assert_eq!(bench.state.take("b", bucket, 5.0, bench.now()).await.unwrap(), Taken::Yes);
        let wait = Taken::Wait(Duration::from_millis(100));
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), wait);
    }

    async fn tokens_are_taken_all_or_none(bench: Bench) {
        let bucket = Bucket { per_second: 1.0, burst: 10.0 };
        assert_eq!(bench.state.take("b", bucket, 7.0, bench.now()).await.unwrap(), Taken::Yes);
        let wait = Taken::Wait(Duration::from_secs(1));
        assert_eq!(bench.state.take("b", bucket, 4.0, bench.now()).await.unwrap(), wait);
        assert_eq!(bench.state.take("b", bucket, 3.0, bench.now()).await.unwrap(), Taken::Yes);
        // A wish above the burst is a wish for all of it.
        bench.clock.advance(Duration::from_secs(10));
        assert_eq!(bench.state.take("b", bucket, 99.0, bench.now()).await.unwrap(), Taken::Yes);
    }

    async fn a_bucket_is_shared_by_all_clients(bench: Bench) {
        let bucket = Bucket { per_second: 1.0, burst: 50.0 };
        let clients = [bench.state.clone(), bench.another_client()];
        let mut takers = tokio::task::JoinSet::new();
        for taker in 0..100 {
            let (client, now) = (clients[taker % 2].clone(), bench.now());
            takers.spawn(async move { client.take("b", bucket, 1.0, now).await.unwrap() });
        }
        let answers = takers.join_all().await;
        assert_eq!(answers.iter().filter(|taken| **taken == Taken::Yes).count(), 50);
    }

    async fn a_clock_that_stands_behind_neither_gives_nor_takes(bench: Bench) {
        let bucket = Bucket { per_second: 1.0, burst: 2.0 };
        let behind = bench.now() - SignedDuration::from_secs(30);
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        assert_eq!(bench.state.take("b", bucket, 1.0, behind).await.unwrap(), Taken::Yes);
        let wait = Taken::Wait(Duration::from_secs(1));
        assert_eq!(bench.state.take("b", bucket, 1.0, behind).await.unwrap(), wait);
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), wait);
    }

    async fn a_bucket_that_never_fills_is_asked_again_in_an_hour(bench: Bench) {
        let bucket = Bucket { per_second: 0.0, burst: 1.0 };
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        let wait = Taken::Wait(HOUR);
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), wait);
    }

    async fn a_rate_may_change_between_two_wishes(bench: Bench) {
        let fast = Bucket { per_second: 80.0, burst: 8.0 };
        let slow = Bucket { per_second: 2.0, burst: 1.0 };
        assert_eq!(bench.state.take("b", fast, 8.0, bench.now()).await.unwrap(), Taken::Yes);
        let wait = Taken::Wait(Duration::from_millis(500));
        assert_eq!(bench.state.take("b", slow, 1.0, bench.now()).await.unwrap(), wait);
        bench.clock.advance(Duration::from_mins(1));
        assert_eq!(bench.state.take("b", slow, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        assert_eq!(bench.state.take("b", slow, 1.0, bench.now()).await.unwrap(), wait);
    }

    async fn a_person_counts_once_and_the_window_lets_them_go(bench: Bench) {
        let admit = async |member: &str| {
            bench.state.admit("tier", member, 2, DAY, bench.now()).await.unwrap()
        };
        assert!(admit("1").await);
        assert!(admit("1").await);
        assert!(admit("2").await);
        assert!(!admit("3").await);
        assert!(admit("1").await, "who is in stays in");
        bench.clock.advance(DAY.saturating_sub(Duration::from_millis(1)));
        assert!(!admit("3").await);
        bench.clock.advance(Duration::from_millis(1));
        assert!(admit("3").await, "a day later there is room");
        assert!(admit("4").await);
        assert!(!admit("1").await);
    }

    async fn a_person_counts_from_their_last_time_on(bench: Bench) {
        let admit = async |member: &str| {
            bench.state.admit("tier", member, 1, DAY, bench.now()).await.unwrap()
        };
        assert!(admit("1").await);
        bench.clock.advance(HOUR);
        assert!(admit("1").await);
        bench.clock.advance(DAY.saturating_sub(HOUR));
        assert!(!admit("2").await);
        bench.clock.advance(HOUR);
        assert!(admit("2").await);
    }

    async fn a_limit_of_none_admits_nobody(bench: Bench) {
        assert!(!bench.state.admit("tier", "1", 0, DAY, bench.now()).await.unwrap());
    }

    async fn an_event_reaches_this_client_once(bench: Bench) {
        let mut events = bench.state.subscribe();
        // A replica that listens too, so that an echo has had its time to come back.
        let mut echo = bench.another_client().subscribe();
        let event = LiveEvent::Turned { contact: 7, version: 3 };
        bench.state.publish(event.clone()).await;
        assert_eq!(events.try_recv(), Ok(event));
        let _ = tokio::time::timeout(Duration::from_millis(300), echo.recv()).await;
        assert!(events.try_recv().is_err());
    }

    async fn an_event_reaches_a_subscriber_of_another_client(bench: Bench) {
        let other = bench.another_client();
        let mut events = other.subscribe();
        let event = LiveEvent::Moved { contact: 7, outgoing: 42 };
        // Listening begins a moment after the opening.
        let heard = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                bench.state.publish(event.clone()).await;
                let soon = tokio::time::timeout(Duration::from_millis(50), events.recv());
                if let Ok(heard) = soon.await {
                    return heard;
                }
            }
        });
        assert_eq!(heard.await.expect("an event within ten seconds"), Ok(event));
    }

    async fn a_flush_in_the_middle_loses_nothing_but_cache(bench_before: Bench) {
        let mut bench = bench_before;
        let bucket = Bucket { per_second: 1.0, burst: 1.0 };
        bench.state.put(7, cached(9, b"nine"), HOUR).await.unwrap();
        bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap();
        bench.state.admit("tier", "1", 1, DAY, bench.now()).await.unwrap();
        bench.flush();
        assert_eq!(bench.state.get(7).await.unwrap(), None);
        assert!(bench.state.put(7, cached(9, b"from the records"), HOUR).await.unwrap());
        assert_eq!(bench.state.get(7).await.unwrap(), Some(cached(9, b"from the records")));
        assert_eq!(bench.state.take("b", bucket, 1.0, bench.now()).await.unwrap(), Taken::Yes);
        assert!(bench.state.admit("tier", "2", 1, DAY, bench.now()).await.unwrap());
        bench.state.ping().await.unwrap();
    }
}

/// Memory and Redis give the same answer to the same wish, to the millisecond, over a long random run.
#[tokio::test]
async fn memory_and_redis_count_alike() {
    let (memory, redis) = (Bench::memory(), Bench::redis());
    let mut seed = 0x5eed_u64;
    let mut random = move |below: u64| {
        // An LCG with Knuth's MMIX constants: enough to wander about.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut now = noon();
    for step in 0..2_000 {
        now += SignedDuration::from_millis(i64::try_from(random(700)).unwrap());
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let (rate, tokens) = ((random(30) + 1) as f64 / 7.0, (random(40) + 1) as f64 / 11.0);
        let bucket = Bucket { per_second: rate, burst: 3.0 };
        let key = format!("k{}", random(3));
        let one = memory.state.take(&key, bucket, tokens, now).await.unwrap();
        let other = redis.state.take(&key, bucket, tokens, now).await.unwrap();
        assert_eq!(one, other, "take {tokens} of {bucket:?} at step {step}");
        let member = random(30).to_string();
        let window = Duration::from_secs(20);
        let one = memory.state.admit("tier", &member, 15, window, now).await.unwrap();
        let other = redis.state.admit("tier", &member, 15, window, now).await.unwrap();
        assert_eq!(one, other, "admit {member} at step {step}");
    }
}

/// Redis alone can be away; then nothing waits, and it comes back by itself.
mod redis_away {
    use std::time::Instant;

    use super::*;

    fn open(redis: &RedisServer) -> State {
        let mut options = StateOptions::new(redis.url(), "it", Clock::fixed(noon()));
        options.timeout = Duration::from_millis(200);
        options.leave_alone = Duration::from_millis(200);
        State::open(options).unwrap()
    }

    async fn answers_within(state: &State, patience: Duration) {
        let until = Instant::now() + patience;
        while let Err(error) = state.put(7, cached(1, b"one"), HOUR).await {
            assert!(Instant::now() < until, "still away: {error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn opening_neither_fails_nor_hangs_and_it_comes_by_itself() {
        let mut redis = RedisServer::start();
        redis.stop();
        let begun = Instant::now();
        let state = open(&redis);
        assert!(state.get(7).await.is_err());
        assert!(begun.elapsed() < Duration::from_secs(1));
        redis.resume();
        answers_within(&state, Duration::from_secs(5)).await;
    }

    #[tokio::test]
    async fn every_call_says_so_quickly_and_is_then_left_alone() {
        let mut redis = RedisServer::start();
        let state = open(&redis);
        state.ping().await.unwrap();
        redis.stop();
        let begun = Instant::now();
        assert!(state.get(7).await.is_err());
        let now = noon();
        let bucket = Bucket { per_second: 1.0, burst: 1.0 };
        assert!(state.put(7, cached(1, b"one"), HOUR).await.is_err());
        assert!(state.forget(7).await.is_err());
        assert!(state.take("b", bucket, 1.0, now).await.is_err());
        assert!(state.admit("t", "1", 1, DAY, now).await.is_err());
        assert!(state.ping().await.is_err());
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        // Events still reach those who listen here.
        let mut events = state.subscribe();
        state.publish(LiveEvent::FlowsReloaded).await;
        assert_eq!(events.try_recv(), Ok(LiveEvent::FlowsReloaded));
        redis.resume();
        answers_within(&state, Duration::from_secs(5)).await;
    }

    #[tokio::test]
    async fn a_frozen_server_costs_one_timeout_and_is_found_again() {
        let redis = RedisServer::start();
        let state = open(&redis);
        state.ping().await.unwrap();
        redis.freeze(true);
        let begun = Instant::now();
        for contact in 0..50 {
            assert!(state.get(contact).await.is_err());
        }
        let waited = begun.elapsed();
        redis.freeze(false);
        assert!(waited < Duration::from_millis(600), "{waited:?}");
        answers_within(&state, Duration::from_secs(5)).await;
    }

    #[tokio::test]
    async fn live_events_come_back_after_a_restart() {
        let mut redis = RedisServer::start();
        let (teller, listener) = (open(&redis), open(&redis));
        redis.stop();
        let mut events = listener.subscribe();
        redis.resume();
        let heard = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                teller.publish(LiveEvent::FlowsReloaded).await;
                let soon = tokio::time::timeout(Duration::from_millis(50), events.recv());
                if soon.await.is_ok() {
                    return;
                }
            }
        });
        heard.await.expect("an event within ten seconds");
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_without_the_password() {
        let redis = RedisServer::start_with(Some("geheim"));
        let good = State::open(StateOptions::new(redis.url(), "it", Clock::fixed(noon()))).unwrap();
        good.ping().await.unwrap();
        let url = redis.url().replace("geheim", "falsch");
        let bad = State::open(StateOptions::new(url, "it", Clock::fixed(noon()))).unwrap();
        let error = bad.ping().await.unwrap_err();
        assert!(!format!("{error} {error:?} {bad:?}").contains("falsch"), "{error}");
    }

    #[tokio::test]
    async fn what_others_wrote_under_our_key_is_not_read_as_a_session() {
        let redis = RedisServer::start();
        let state = open_patiently(&redis.url(), "it", &Clock::fixed(noon()));
        for text in ["", "short", &"x".repeat(100), &"é".repeat(50)] {
            redis.command(&["SET", "it:1:{c7}:s", text]);
            assert_eq!(state.get(7).await.unwrap(), None, "{text}");
            assert!(state.put(7, cached(1, b"one"), HOUR).await.unwrap(), "{text}");
        }
    }

    #[tokio::test]
    async fn every_key_ends_by_itself() {
        let redis = RedisServer::start();
        let state = open_patiently(&redis.url(), "it", &Clock::fixed(noon()));
        let now = noon();
        let bucket = Bucket { per_second: 1.0, burst: 1.0 };
        state.put(7, cached(1, b"one"), HOUR).await.unwrap();
        state.take("b", bucket, 1.0, now).await.unwrap();
        state.admit("t", "1", 1, DAY, now).await.unwrap();
        for key in ["it:1:{c7}:s", "it:1:{b}:b", "it:1:{t}:w"] {
            let ::redis::Value::Int(left_ms) = redis.command(&["PTTL", key]) else {
                panic!("PTTL {key} gave no number");
            };
            assert!(left_ms > 0, "{key} stays for ever ({left_ms})");
        }
    }
}
