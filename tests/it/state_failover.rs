//! What the state promises when servers of a Redis Cluster or behind Sentinel die.
//!
//! Promised: every call is over within the timeout. A server that is away takes its own keys away and
//! nobody else's, and after the first who met it nobody waits for it. When another server takes its
//! place the store goes on there by itself, seconds later. What a read gives was written once, whole,
//! for that contact.
//!
//! Not promised, because Redis answers before it tells its replicas: that the newest version that
//! was acknowledged survives a failover. An older one, or none, may stand there then, and be what the
//! next writer compares with. The contact's version in the records is the judge of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use samvad::clock::Clock;
use samvad::state::{Bucket, Cached, LiveEvent, State, StateOptions, Taken};

use crate::support::house::{House, Plan};
use crate::support::redis::RedisServer;
use crate::support::redis_cluster::{ClusterPlan, RedisCluster};
use crate::support::redis_node::wait_until;
use crate::support::redis_sentinel::{MASTER_NAME, RedisSentinel, SentinelPlan};

const HOUR: Duration = Duration::from_hours(1);
const TIMEOUT: Duration = Duration::from_millis(400);
/// What a busy machine may add to a timeout.
const SLACK: Duration = Duration::from_millis(600);
/// A server is silent for a second, the others agree on it and vote, and we look every 200 ms.
const FAILOVER: Duration = Duration::from_secs(15);

fn noon() -> Timestamp {
    "2026-11-21T06:30:00Z".parse().unwrap()
}

fn open(url: &str) -> State {
    let mut options = StateOptions::new(url, "it", Clock::fixed(noon()));
    options.timeout = TIMEOUT;
    options.leave_alone = Duration::from_millis(200);
    State::open(options).unwrap()
}

fn session_key(contact: i64) -> String {
    format!("it:1:{{c{contact}}}:s")
}

/// Bytes that tell whose they are, and of which version.
fn cached(contact: i64, version: i64) -> Cached {
    Cached { version, sealed: format!("{contact}:{version};").repeat(20).into_bytes() }
}

/// The first contact from `from` on whose key the given server is the master of.
fn contact_of(cluster: &RedisCluster, master: usize, from: i64) -> i64 {
    (from..from + 1_000)
        .find(|contact| cluster.master_of(&session_key(*contact)) == master)
        .expect("a contact of every master among a thousand")
}

async fn until_it_answers(state: &State, contact: i64, patience: Duration) {
    let begun = Instant::now();
    while let Err(error) = state.put(contact, cached(contact, 1_000), HOUR).await {
        assert!(begun.elapsed() < patience, "contact {contact} is still away: {error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The server that somebody hears live events from.
async fn until_listened_at(cluster: &RedisCluster) -> usize {
    let is_listened_at = |node: &usize| {
        let told = cluster.node(*node).command(&["PUBSUB", "NUMSUB", "it:1:live"]).unwrap();
        let (_channel, listeners): (String, i64) = redis::from_redis_value(told).unwrap();
        listeners > 0
    };
    let begun = Instant::now();
    loop {
        if let Some(node) = (0..6).find(is_listened_at) {
            return node;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "nobody listens for live events");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_an_event_is_heard(teller: &State, listener: &State) {
    let mut events = listener.subscribe();
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

/// What one contact's writer met.
#[derive(Debug, Default)]
struct Met {
    contact: i64,
    failures: usize,
    puts_since_trouble: usize,
    slowest: Duration,
    away_for: Duration,
}

/// Puts one version after the other and reads what stands there, until told to stop and until it
/// works again.
async fn write_on(state: State, contact: i64, stop: Arc<AtomicBool>) -> Met {
    let mut met = Met { contact, ..Met::default() };
    let mut last_success = Instant::now();
    let mut version = 0;
    loop {
        version += 1;
        let begun = Instant::now();
        let put = state.put(contact, cached(contact, version), HOUR).await;
        met.slowest = met.slowest.max(begun.elapsed());
        let begun = Instant::now();
        let got = state.get(contact).await;
        met.slowest = met.slowest.max(begun.elapsed());
        if let Ok(Some(got)) = &got {
            assert!(got.version <= version, "contact {contact} has a version nobody wrote");
            if met.failures == 0 {
                assert_eq!(got.version, version, "contact {contact} went back without a failover");
            }
            assert_eq!(*got, cached(contact, got.version), "contact {contact} has other bytes");
        }
        if let (Ok(_), Ok(got)) = (put, got) {
            met.puts_since_trouble += 1;
            met.away_for = met.away_for.max(last_success.elapsed());
            last_success = Instant::now();
            if stop.load(Ordering::Relaxed) && met.puts_since_trouble > 3 {
                // The last word of a writer whose server stays is the last word.
                assert_eq!(got, Some(cached(contact, version)));
                return met;
            }
        } else {
            met.failures += 1;
            met.puts_since_trouble = 0;
            assert!(last_success.elapsed() < FAILOVER, "contact {contact} is still away");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_master_of_a_cluster_is_replaced_under_writes_and_the_others_do_not_notice() {
    let mut cluster = RedisCluster::start(ClusterPlan::default());
    let state = open(&cluster.url());
    state.ping().await.unwrap();
    // The one we listen at is the one to kill.
    let killed = until_listened_at(&cluster).await;
    let teller = open(&cluster.url());
    let contacts: Vec<i64> = (1..=40).collect();
    let masters: Vec<usize> =
        contacts.iter().map(|contact| cluster.master_of(&session_key(*contact))).collect();
    let mourner = contact_of(&cluster, killed, 1_000);
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for contact in contacts {
        writers.spawn(write_on(state.clone(), contact, Arc::clone(&stop)));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    cluster.kill(killed);
    tokio::time::sleep(Duration::from_millis(100)).await;
    until_it_answers(&state, mourner, FAILOVER).await;
    // The others go on for longer than a look at the new order takes.
    tokio::time::sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut failed = 0;
    for met in writers.join_all().await {
        assert!(met.slowest < TIMEOUT + SLACK, "{met:?}");
        let master = masters[usize::try_from(met.contact).unwrap() - 1];
        if master == killed {
            failed += met.failures;
            assert!(met.away_for < FAILOVER, "{met:?}");
        } else {
            assert_eq!(met.failures, 0, "{met:?} although its server lives");
        }
    }
    assert!(failed > 0, "nobody noticed the death of server {killed}");
    until_an_event_is_heard(&teller, &state).await;
    // What comes back follows the new master; nobody notices that either.
    cluster.restart(killed);
    cluster.wait_until_whole();
    for contact in 100..140 {
        assert!(state.put(contact, cached(contact, 1), HOUR).await.unwrap());
        assert_eq!(state.get(contact).await.unwrap(), Some(cached(contact, 1)));
    }
    state.ping().await.unwrap();
}

#[tokio::test]
async fn a_shard_without_servers_takes_its_own_keys_away_and_nothing_waits_for_it() {
    let mut cluster = RedisCluster::start(ClusterPlan::default());
    let state = open(&cluster.url());
    state.ping().await.unwrap();
    let dead = 1;
    let gone = contact_of(&cluster, dead, 1);
    let alive = [contact_of(&cluster, 0, 1), contact_of(&cluster, 2, 1)];
    for contact in [gone, alive[0], alive[1]] {
        assert!(state.put(contact, cached(contact, 1), HOUR).await.unwrap());
    }
    cluster.kill(RedisCluster::partner_of(dead));
    assert_eq!(cluster.kill_master_of(&session_key(gone)), dead);
    let began = Instant::now();
    let mut rounds = 0;
    // Through all of it: before the others agree that it is dead, and after.
    while began.elapsed() < Duration::from_secs(4) {
        rounds += 1;
        let dead_begun = Instant::now();
        assert!(state.get(gone).await.is_err());
        assert!(state.put(gone, cached(gone, 2), HOUR).await.is_err());
        let took = dead_begun.elapsed();
        assert!(took < TIMEOUT, "round {rounds} took {took:?}");
        for contact in alive {
            let begun = Instant::now();
            let version = rounds + 1;
            assert!(state.put(contact, cached(contact, version), HOUR).await.unwrap());
            assert_eq!(state.get(contact).await.unwrap(), Some(cached(contact, version)));
            let took = begun.elapsed();
            assert!(took < TIMEOUT, "round {rounds} took {took:?}");
        }
        // An event goes to any server.
        state.publish(LiveEvent::FlowsReloaded).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(rounds > 50, "only {rounds} rounds in four seconds");
    let key = format!("c{gone}");
    let bucket = Bucket { per_second: 1.0, burst: 1.0 };
    assert!(state.forget(gone).await.is_err());
    assert!(state.take(&key, bucket, 1.0, noon()).await.is_err());
    assert!(state.admit(&key, "1", 1, HOUR, noon()).await.is_err());
    let other = format!("c{}", alive[0]);
    assert_eq!(state.take(&other, bucket, 1.0, noon()).await.unwrap(), Taken::Yes);
    let told = state.ping().await.unwrap_err().to_string();
    assert!(told.contains("1 of 3 masters of the cluster are away"), "{told}");
    until_an_event_is_heard(&open(&cluster.url()), &state).await;
    cluster.restart(dead);
    cluster.restart(RedisCluster::partner_of(dead));
    until_it_answers(&state, gone, FAILOVER).await;
    cluster.wait_until_whole();
    state.ping().await.unwrap();
}

#[tokio::test]
async fn a_frozen_and_a_dead_server_of_a_cluster_cost_one_timeout_and_the_others_nothing() {
    // Long enough that nobody takes their places while we look.
    let plan = ClusterPlan { node_timeout: Duration::from_secs(5), ..ClusterPlan::default() };
    let mut cluster = RedisCluster::start(plan);
    let state = open(&cluster.url());
    state.ping().await.unwrap();
    let (dead, frozen) = (contact_of(&cluster, 1, 1), contact_of(&cluster, 2, 1));
    let alive = contact_of(&cluster, 0, 1);
    cluster.kill(1);
    cluster.freeze(2, true);
    let begun = Instant::now();
    assert!(state.get(frozen).await.is_err());
    let first = begun.elapsed();
    assert!(first >= TIMEOUT && first < TIMEOUT + SLACK, "{first:?}");
    let mut slowest = Duration::ZERO;
    while begun.elapsed() < Duration::from_secs(3) {
        let round = Instant::now();
        for away in [frozen, dead] {
            assert!(state.get(away).await.is_err());
            assert!(state.put(away, cached(away, 1), HOUR).await.is_err());
        }
        let _ = state.put(alive, cached(alive, 1), HOUR).await.unwrap();
        assert_eq!(state.get(alive).await.unwrap(), Some(cached(alive, 1)));
        slowest = slowest.max(round.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(slowest < TIMEOUT, "somebody waited for the frozen server: {slowest:?}");
    cluster.freeze(2, false);
    until_it_answers(&state, frozen, Duration::from_secs(5)).await;
    until_it_answers(&state, dead, FAILOVER).await;
}

#[tokio::test]
async fn a_slot_moves_to_another_server_and_its_keys_are_found_all_the_while() {
    let plan = ClusterPlan { password: Some("geheim"), ..ClusterPlan::default() };
    let cluster = RedisCluster::start(plan);
    let state = open(&cluster.url());
    let (from, to) = (0, 1);
    let moved = contact_of(&cluster, from, 1);
    let key = session_key(moved);
    assert!(state.put(moved, cached(moved, 1), HOUR).await.unwrap());
    let (source, target) = (cluster.node(from), cluster.node(to));
    let slot: i64 =
        redis::from_redis_value(source.command(&["CLUSTER", "KEYSLOT", &key]).unwrap()).unwrap();
    let slot = slot.to_string();
    let (source_id, target_id) =
        (source.told(&["CLUSTER", "MYID"]), target.told(&["CLUSTER", "MYID"]));
    let set = |node: usize, words: [&str; 2]| {
        let command = ["CLUSTER", "SETSLOT", &slot, words[0], words[1]];
        cluster.node(node).command(&command).unwrap();
    };
    set(to, ["IMPORTING", &source_id]);
    set(from, ["MIGRATING", &target_id]);
    // The key is still at the old place.
    assert_eq!(state.get(moved).await.unwrap(), Some(cached(moved, 1)));
    let port = target.port().to_string();
    source.command(&["MIGRATE", "127.0.0.1", &port, &key, "0", "1000", "AUTH", "geheim"]).unwrap();
    // The key is at the new place, the slot is not: ASK. The new place never saw our scripts.
    assert_eq!(state.get(moved).await.unwrap(), Some(cached(moved, 1)));
    assert!(state.put(moved, cached(moved, 2), HOUR).await.unwrap());
    assert!(!state.put(moved, cached(moved, 1), HOUR).await.unwrap());
    for node in [to, from, 2] {
        set(node, ["NODE", &target_id]);
    }
    // The slot has moved, and our map is old: MOVED.
    assert_eq!(state.get(moved).await.unwrap(), Some(cached(moved, 2)));
    assert!(state.put(moved, cached(moved, 3), HOUR).await.unwrap());
    assert_eq!(cluster.master_of(&key), to);
    cluster.flush();
    assert_eq!(state.get(moved).await.unwrap(), None);
    assert!(state.put(moved, cached(moved, 1), HOUR).await.unwrap());
    let shown = format!("{state:?} {:?}", StateOptions::new(cluster.url(), "it", Clock::System));
    assert!(!shown.contains("geheim"), "{shown}");
    let wrong = open(&cluster.url().replace("geheim", "falsch"));
    let error = wrong.get(moved).await.unwrap_err();
    assert!(!format!("{error} {error:?} {wrong:?}").contains("falsch"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_master_behind_sentinel_is_replaced_under_writes() {
    let plan = SentinelPlan { password: Some("geheim"), sentinels_want_it: false };
    let mut group = RedisSentinel::start(plan);
    group.wait_until_ready();
    let (state, teller) = (open(&group.url()), open(&group.url()));
    until_an_event_is_heard(&teller, &state).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for contact in 1..=10 {
        writers.spawn(write_on(state.clone(), contact, Arc::clone(&stop)));
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    group.kill(0);
    tokio::time::sleep(Duration::from_millis(100)).await;
    until_it_answers(&state, 1_000, FAILOVER).await;
    stop.store(true, Ordering::Relaxed);
    for met in writers.join_all().await {
        assert!(met.failures > 0 && met.slowest < TIMEOUT + SLACK, "{met:?}");
    }
    assert_eq!(group.master(), 1);
    until_an_event_is_heard(&teller, &state).await;
    // The old one comes back and believes it is the master, until the sentinels tell it otherwise.
    group.restart(0);
    let begun = Instant::now();
    for version in 1.. {
        assert!(state.put(2_000, cached(2_000, version), HOUR).await.unwrap());
        if begun.elapsed() > Duration::from_secs(1) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let role = group.server(0).told(&["INFO", "replication"]);
    let strayed = group.server(0).told(&["EXISTS", &session_key(2_000)]);
    assert!(strayed == "0" || role.contains("role:slave"), "we wrote to the old master: {role}");
    assert!(!format!("{state:?}").contains("geheim"));
}

#[tokio::test]
async fn a_master_made_a_replica_by_hand_leads_back_to_the_sentinels() {
    let plan = SentinelPlan { password: Some("geheim"), sentinels_want_it: true };
    let group = RedisSentinel::start(plan);
    let (state, teller) = (open(&group.url()), open(&group.url()));
    until_an_event_is_heard(&teller, &state).await;
    assert!(state.put(1, cached(1, 1), HOUR).await.unwrap());
    let has_it = || group.server(1).told(&["EXISTS", &session_key(1)]) == "1";
    wait_until(Duration::from_secs(10), || "the replica does not follow".to_owned(), has_it);
    // No connection ends: the first we hear of it is that a replica takes no writes.
    let port = group.server(1).port().to_string();
    group.tell_sentinels(&["SENTINEL", "REMOVE", MASTER_NAME]);
    group.server(1).command(&["REPLICAOF", "NO", "ONE"]).unwrap();
    group.server(0).command(&["REPLICAOF", "127.0.0.1", &port]).unwrap();
    let refused = state.put(1, cached(1, 2), HOUR).await.unwrap_err();
    assert!(refused.to_string().contains("READONLY"), "{refused}");
    assert_eq!(state.get(1).await.unwrap(), Some(cached(1, 1)), "reads go on");
    group.tell_sentinels(&["SENTINEL", "MONITOR", MASTER_NAME, "127.0.0.1", &port, "2"]);
    group.tell_sentinels(&["SENTINEL", "SET", MASTER_NAME, "auth-pass", "geheim"]);
    until_it_answers(&state, 1, Duration::from_secs(5)).await;
    until_an_event_is_heard(&teller, &state).await;
}

#[tokio::test]
async fn a_shape_that_is_not_the_servers_is_told() {
    let single = RedisServer::start();
    let (cluster, group) = (RedisCluster::shared(), RedisSentinel::shared());
    let first = |url: String| url.split(',').next().unwrap().to_owned();
    let table = [
        (
            group.url().replace(MASTER_NAME, "nobody"),
            "the sentinels know no master of the name nobody",
        ),
        (
            single.url().replace("redis:", "redis-sentinel:") + "/main",
            "a server of the list is no sentinel",
        ),
        (single.url().replace("redis:", "redis-cluster:"), "write redis:// for one server"),
        (first(cluster.url()).replace("redis-cluster:", "redis:"), "write redis-cluster:// for it"),
    ];
    for (url, words) in table {
        let state = open(&url);
        // One server of a cluster has a third of the keys and tells it of the others.
        let mut told = Vec::new();
        for contact in 0..20 {
            told.extend(state.get(contact).await.err().map(|error| error.to_string()));
        }
        let is_told = !told.is_empty() && told.iter().all(|told| told.contains(words));
        assert!(is_told, "{url}: {told:?}");
    }
}

#[tokio::test]
async fn servers_that_are_nowhere_are_told_within_the_timeout() {
    for url in ["redis-cluster://127.0.0.1:1,127.0.0.1:2", "redis-sentinel://127.0.0.1:1/main"] {
        let state = open(url);
        let begun = Instant::now();
        for contact in 0..20 {
            assert!(state.get(contact).await.is_err());
            state.publish(LiveEvent::FlowsReloaded).await;
        }
        assert!(state.ping().await.is_err());
        assert!(begun.elapsed() < TIMEOUT + SLACK, "{url}: {:?}", begun.elapsed());
    }
}

/// Everybody says the same at once; how long each waited for the first word of the answer, in order.
async fn waits_for_an_answer(house: &House, people: &[String]) -> Vec<Duration> {
    let ask = async |person: &String| {
        let mut answers = house.sandbox.watch(person);
        let begun = Instant::now();
        house.sandbox.say_text(person, "नमस्ते");
        let answer = tokio::time::timeout(Duration::from_secs(20), answers.recv()).await;
        answer.expect("an answer within twenty seconds").expect("an answer");
        begun.elapsed()
    };
    let mut waits = futures_util::future::join_all(people.iter().map(ask)).await;
    waits.sort();
    waits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_go_on_at_their_pace_while_a_shard_hangs() {
    let plan = ClusterPlan { node_timeout: Duration::from_secs(2), ..ClusterPlan::default() };
    let cluster = RedisCluster::start(plan);
    let house = House::new(Plan { state: cluster.url(), ..Plan::default() }).await;
    let server = house.start();
    let people: Vec<String> = (0..40).map(|number| format!("9194000{number:05}")).collect();
    let usual = waits_for_an_answer(&house, &people).await;
    for node in [0, RedisCluster::partner_of(0)] {
        cluster.freeze(node, true);
    }
    // These find out, and wait for a timeout or two.
    let finding_out = waits_for_an_answer(&house, &people).await;
    // These know; the program looks after the shard by itself meanwhile.
    let mut knowing = Vec::new();
    for _ in 0..4 {
        knowing.extend(waits_for_an_answer(&house, &people).await);
    }
    knowing.sort();
    let report = format!("usual {usual:?}\nfinding out {finding_out:?}\nknowing {knowing:?}");
    let patience = Duration::from_millis(450);
    let slow = knowing.iter().filter(|wait| **wait > patience + usual[people.len() - 1]).count();
    // A busy machine delays a wave or two of the four; a shard that is waited for delays them all.
    assert!(slow <= knowing.len() / 2, "{slow} waited for a shard known to be away\n{report}");
    assert!(finding_out[people.len() - 1] < Duration::from_secs(5), "{report}");
    for node in [0, RedisCluster::partner_of(0)] {
        cluster.freeze(node, false);
    }
    server.stop();
}
