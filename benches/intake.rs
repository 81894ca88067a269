//! Signed webhooks to committed turns a second, through a whole server in this process, beside a
//! bare axum handler that only verifies the signature of the same bodies.
//!
//! `cargo bench --bench intake`. The load, the server and the sandbox share the cores of the
//! machine, in every row alike: the ratio of one run is what counts, not its absolute figures.
//! What they mean is told in `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use samvad::channel::whatsapp::signature::AppSecrets;
use samvad::clock::{Clock, Ids};
use samvad::config::{Config, Origins, Secret};
use samvad::contact::{Contact, Road};
use samvad::flow::{self, Rendering, Talk};
use samvad::geography::Geography;
use samvad::message::Channel;
use samvad::records::Snapshot;
use samvad::sandbox::envelope::Business;
use samvad::sandbox::load::{RawPlan, RawReport, pour};
use samvad::sandbox::options::DEFAULT_APP_SECRET;
use samvad::sandbox::{self, SandboxOptions};
use samvad::seal::Keyring;
use samvad::serve::{Deps, serve};
use samvad::state::{Cached, State, StateOptions};
use samvad::vital::Vital;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[path = "support/measure.rs"]
mod measure;
#[expect(
    dead_code,
    clippy::indexing_slicing,
    reason = "servers of tests: they use more of it, and fail where it fails"
)]
mod support;
#[path = "support/whatsapp.rs"]
mod whatsapp;
use measure::{count, get, median, processor_seconds, ready, seconds_of};
use support::postgres::{Durability, PostgresServer};
use support::redis::RedisServer;
use support::redis_cluster::{ClusterPlan, RedisCluster};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What every citizen writes: a whole way through `join`, one message a turn.
const TEXTS: [&str; 9] =
    ["सदस्य", "haan ji", "1985", "सुनीता देवी", "लखनऊ", "लखनऊ पूर्व", "12", "haan sahi hai", "haan"];

/// Requests under way at once. A closed loop: with fewer the groups that are committed together are
/// small, and the rate is the time of a commit rather than the work of a turn.
const CONNECTIONS: usize = 512;

/// How much is done.
#[derive(Clone, Copy)]
struct Size {
    rounds: usize,
    citizens: usize,
    /// Seconds of the run at half of the highest rate.
    half: f64,
    sessions: i64,
}

const MEASURE: Size = Size { rounds: 5, citizens: 2_000, half: 4.0, sessions: 100_000 };
/// As a test: that it still works, nothing about speed.
const TRY: Size = Size { rounds: 1, citizens: 3, half: 0.1, sessions: 10 };

/// One row of the table: what stands behind the webhook.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    /// Nothing: the signature is verified and 200 said.
    Bare,
    Turns(Shape),
}

/// What keeps the records and the live state, and how many servers share them.
#[derive(Clone, Copy, PartialEq)]
struct Shape {
    records: Truth,
    state: Live,
    replicas: usize,
    delivery: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Truth {
    Sqlite,
    Postgres,
}

#[derive(Clone, Copy, PartialEq)]
enum Live {
    Memory,
    Redis,
    Cluster,
}

impl Behind {
    fn name(self) -> String {
        let Behind::Turns(shape) = self else { return "bare handler: signature only".to_owned() };
        let records = match shape.records {
            Truth::Sqlite => "SQLite",
            Truth::Postgres => "PostgreSQL",
        };
        let state = match shape.state {
            Live::Memory => "memory",
            Live::Redis => "Redis",
            Live::Cluster => "Redis Cluster",
        };
        let replicas = match shape.replicas {
            1 => String::new(),
            many => format!(", {many} replicas"),
        };
        let delivery = if shape.delivery { "on" } else { "off" };
        format!("({records}, {state}){replicas}, delivery {delivery}")
    }
}

fn main() {
    // Before the first server, which would do it: the bench asks it whether it is ready.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let measure = std::env::args().any(|argument| argument == "--bench");
    let size = if measure { MEASURE } else { TRY };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let has_redis = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    // First, while this process holds no memory that was used before.
    runtime.block_on(sessions(size.sessions, has_redis));
    println!();
    runtime.block_on(throughput(size, has_redis));
}

/// What one run came to.
struct Ran {
    report: RawReport,
    /// Processor time of this process in microseconds an update. What the generator costs is in it,
    /// and in that of the bare handler as well.
    cpu_us: f64,
    /// How much of the time the thread that writes the records was on a processor, 0 to 1.
    writer: f64,
    /// From the first webhook until the sandbox had every reply, where one delivers.
    delivered_per_second: Option<f64>,
}

async fn throughput(size: Size, has_redis: bool) {
    let mut shapes =
        vec![(Truth::Sqlite, Live::Memory, 1, false), (Truth::Sqlite, Live::Memory, 1, true)];
    if has_redis {
        shapes.extend([
            (Truth::Sqlite, Live::Redis, 1, false),
            (Truth::Postgres, Live::Redis, 1, false),
            (Truth::Postgres, Live::Cluster, 1, false),
            (Truth::Postgres, Live::Redis, 2, false),
            (Truth::Postgres, Live::Cluster, 2, false),
            (Truth::Postgres, Live::Redis, 1, true),
        ]);
    } else {
        println!("redis-server is not installed: its rows are missing");
    }
    let mut rows = vec![Behind::Bare];
    for (records, state, replicas, delivery) in shapes {
        rows.push(Behind::Turns(Shape { records, state, replicas, delivery }));
    }
    // As other benches: words on the command line choose among the rows.
    if let Some(words) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        rows.retain(|row| *row == Behind::Bare || row.name().contains(&words));
    }

    let mut runs: Vec<Vec<Ran>> = rows.iter().map(|_| Vec::new()).collect();
    for round in 0..size.rounds {
        for (behind, ran) in rows.iter().zip(&mut runs) {
            ran.push(run(*behind, size, None, &format!("R{round}")).await);
        }
    }
    let rate = |ran: &Vec<Ran>| median(ran.iter().map(|ran| ran.report.updates_per_second));
    // Each against the bare run of its own round, for the machine is not the same all the time.
    let bare = runs.first().expect("the bare row");
    println!(
        "webhooks of one message, {} a run, {CONNECTIONS} connections, median of {} runs",
        size.citizens * TEXTS.len(),
        size.rounds
    );
    println!("one fdatasync here: {:.2} ms", fdatasync_ms());
    println!();
    println!(
        "| behind the webhook | turns/s | ratio to bare | processor µs/turn more than bare | writing thread busy | replies sent/s |"
    );
    println!("|---|---:|---:|---:|---:|---:|");
    for (behind, ran) in rows.iter().zip(&runs) {
        let sent = match median(ran.iter().filter_map(|ran| ran.delivered_per_second)) {
            rate if rate > 0.0 => format!("{rate:.0}"),
            _ => "-".to_owned(),
        };
        println!(
            "| {} | {:.0} | {:.2} | {:.0} | {:.0} % | {sent} |",
            behind.name(),
            rate(ran),
            median(ran.iter().zip(bare).map(|(ran, bare)| {
                ran.report.updates_per_second / bare.report.updates_per_second
            })),
            median(ran.iter().zip(bare).map(|(ran, bare)| ran.cpu_us - bare.cpu_us)),
            median(ran.iter().map(|ran| ran.writer * 100.0)),
        );
    }
    println!();
    println!("| at half of its highest rate | rate/s | p50 ms | p99 ms | max ms |");
    println!("|---|---:|---:|---:|---:|");
    for (behind, ran) in rows.iter().zip(&runs) {
        let half = rate(ran) / 2.0;
        let report = run(*behind, size, Some(half), "HALF").await.report;
        println!(
            "| {} | {:.0} | {:.1} | {:.1} | {:.1} |",
            behind.name(),
            report.updates_per_second,
            report.took.p50,
            report.took.p99,
            report.took.max
        );
    }
}

/// Starts what stands behind, pours, stops it.
async fn run(behind: Behind, size: Size, rate: Option<f64>, name: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stop = CancellationToken::new();
    let tracker = TaskTracker::new();
    let path = samvad::channel::whatsapp::webhook::PATH;
    let webhook_at = |address: SocketAddr| format!("http://{address}{path}");
    let mut addresses = Vec::new();
    let mut behind_it = Stores::default();
    let mut meta = None;
    match behind {
        Behind::Bare => {
            let (listener, address) = bind().await;
            let app = bare(path);
            let served =
                axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
            tracker.spawn(async move { served.await.expect("the bare server") });
            addresses.push(address);
        }
        Behind::Turns(shape) => {
            behind_it = Stores::start(shape);
            let mut listeners = Vec::new();
            for _ in 0..shape.replicas {
                let (listener, address) = bind().await;
                listeners.push((listener, address));
                addresses.push(address);
            }
            if shape.delivery {
                let options = SandboxOptions {
                    only_road: false,
                    tracker: tracker.clone(),
                    ..SandboxOptions::new(
                        webhook_at(*addresses.first().expect("a replica")).as_str(),
                    )
                };
                let (listener, _) = bind().await;
                let handle =
                    sandbox::serve(options, listener, stop.clone()).await.expect("a sandbox");
                meta = Some(handle);
            }
            let graph = meta
                .as_ref()
                .map_or("http://127.0.0.1:9/v25.0".to_owned(), sandbox::SandboxHandle::graph_url);
            for (listener, address) in listeners {
                let config = configuration(folder.path(), address, &behind_it, &graph, shape);
                let (clock, ids, vital) = (Clock::System, Ids::system(), Vital::default());
                let deps = Deps { clock, ids, announce: false, vital };
                let server = serve(config, listener, stop.clone(), deps);
                tracker.spawn(async move { server.await.expect("the server") });
                // The first one makes the key file the next ones read.
                ready(address).await;
            }
        }
    }
    let (&address, others) = addresses.split_first().expect("a server");
    let citizens = match rate {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few thousand"
        )]
        Some(rate) => ((rate * size.half / 9.0) as usize).max(1),
        // The bare handler is done so soon that its run would be too short to measure.
        None if behind == Behind::Bare => 4 * size.citizens,
        None => size.citizens,
    };
    let plan = RawPlan {
        webhook: webhook_at(address),
        replicas: others.iter().map(|address| webhook_at(*address)).collect(),
        app_secret: DEFAULT_APP_SECRET.to_owned(),
        business: Business::default(),
        envelopes: citizens * TEXTS.len(),
        updates: 1,
        citizens,
        texts: TEXTS.map(str::to_owned).to_vec(),
        connections: CONNECTIONS,
        limit: Duration::from_secs(30),
        rate,
        run: name.to_owned(),
        at: Clock::System.now(),
    };
    let began = Instant::now();
    let (cpu_before, writer_before) = (processor_seconds(), writer_seconds());
    let report = pour(&plan, &tracker, &stop).await.expect("a load");
    let cpu = processor_seconds() - cpu_before;
    let writer = (writer_seconds() - writer_before) / report.seconds;
    assert_eq!(report.answers.keys().collect::<Vec<_>>(), [&200], "{report}");
    let mut delivered_per_second = None;
    if behind != Behind::Bare {
        let mut won = 0;
        for address in &addresses {
            won += turns_won(*address).await;
        }
        assert_eq!(won, report.updates, "not every message became a turn");
    }
    if let Some(meta) = &meta {
        let (mut sends, mut at) = (0, Instant::now());
        // The last reply has left when no other follows it for a while.
        while at.elapsed() < Duration::from_millis(500) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = meta.sends().len();
            if now > sends {
                (sends, at) = (now, Instant::now());
            }
        }
        delivered_per_second = Some(count(sends) / (at - began).as_secs_f64());
    }
    stop.cancel();
    tracker.close();
    let _ = tokio::time::timeout(Duration::from_secs(50), tracker.wait()).await;
    drop(behind_it);
    Ran { cpu_us: cpu * 1e6 / count(report.updates), writer, report, delivered_per_second }
}

/// The least a webhook can do: the signature over the raw bytes.
fn bare(path: &str) -> Router {
    let secrets = AppSecrets::new(&[Secret::new(DEFAULT_APP_SECRET)]);
    let handler = async |Extract(secrets): Extract<AppSecrets>, headers: HeaderMap, body: Bytes| {
        if secrets.accept(&headers, &body) { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
    };
    Router::new().route(path, post(handler)).with_state(secrets)
}

/// The servers behind ours; they end with it.
#[derive(Default)]
struct Stores {
    records: Option<(PostgresServer, String)>,
    redis: Option<RedisServer>,
    cluster: Option<RedisCluster>,
}

impl Stores {
    fn start(shape: Shape) -> Stores {
        let records = (shape.records == Truth::Postgres).then(|| {
            let server = PostgresServer::start(Durability::Durable);
            let url = server.fresh_database();
            (server, url)
        });
        let redis = (shape.state == Live::Redis).then(RedisServer::start);
        let cluster =
            (shape.state == Live::Cluster).then(|| RedisCluster::start(ClusterPlan::default()));
        Stores { records, redis, cluster }
    }

    fn records_url(&self) -> String {
        self.records.as_ref().map_or_else(|| "sqlite:".to_owned(), |(_, url)| url.clone())
    }

    fn state_url(&self) -> String {
        match (&self.redis, &self.cluster) {
            (Some(redis), _) => redis.url(),
            (None, Some(cluster)) => cluster.url(),
            (None, None) => "memory".to_owned(),
        }
    }
}

async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    (listener, address)
}

fn configuration(
    data: &Path,
    listen: SocketAddr,
    stores: &Stores,
    graph: &str,
    shape: Shape,
) -> Config {
    let roles = if shape.delivery { "web,delivery" } else { "web" };
    let mut environment = whatsapp::settings(&Business::default().phone_number_id, graph);
    environment.extend([
        ("SAMVAD_DATA", data.display().to_string()),
        ("SAMVAD_LISTEN", listen.to_string()),
        ("SAMVAD_RECORDS", stores.records_url()),
        ("SAMVAD_STATE", stores.state_url()),
    ]);
    let environment =
        environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let arguments = vec![("roles".to_owned(), roles.to_owned())];
    let mut config =
        Config::read(&Origins { file: None, environment, arguments }).expect("a configuration");
    if let Some(whatsapp) = &mut config.whatsapp {
        // Not what is measured here: Meta allows one number 1,000.
        whatsapp.throughput = 100_000;
    }
    config
}

/// How many turns this server has committed.
async fn turns_won(address: SocketAddr) -> usize {
    let metrics = get(address, "/metrics").await.expect("metrics");
    let mark = "outcome=\"won\"} ";
    let line = metrics.lines().find(|line| line.contains(mark));
    let count = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
    count.unwrap_or_default()
}

// ---- a live session ----------------------------------------------------------------------------

/// Bytes of a session in the middle of `join`, and what the state stores need to keep it.
async fn sessions(many: i64, has_redis: bool) {
    let geography = Geography::shipped().expect("the shipped tables");
    let flows = flow::load(
        &samvad::serve::read_sources(None, None).expect("shipped files"),
        geography.into(),
    )
    .expect("shipped flows");
    let contact = Contact { id: 1, version: 7, has_phone: true, ..Contact::default() };
    let mut talk = Talk::new(contact, Rendering::Whatsapp);
    for text in TEXTS.into_iter().take(6) {
        talk.write(&flows, text);
    }
    let session = serde_json::to_vec(&talk.session).expect("a session").len();
    let road = Road { channel: Channel::Whatsapp, account: Business::default().phone_number_id };
    let snapshot = Snapshot {
        contact: Contact { last_inbound: Some(talk.now), ..talk.contact },
        session: talk.session,
        road: Some(road),
    };
    let plain = serde_json::to_vec(&snapshot).expect("a snapshot");
    let keyring = Keyring::in_memory(&Ids::system()).expect("keys");
    let sealed = keyring.seal("state.snapshot", 1, &plain).expect("sealed");

    println!("a live session in the middle of `join` (six answers given), bytes");
    println!();
    println!("| what | bytes |");
    println!("|---|---:|");
    println!("| the session as JSON | {session} |");
    println!("| person, session and road as JSON | {} |", plain.len());
    println!("| the same, sealed, as the state store has it | {} |", sealed.len());
    let before = resident_bytes();
    let memory = open_state("memory", many);
    keep(&memory, &sealed, many).await;
    println!(
        "| a session in the memory store, resident, {many} of them | {:.0} |",
        (resident_bytes() - before) / each(many)
    );
    drop(memory);
    if has_redis {
        let server = RedisServer::start();
        let before = redis_bytes(&server);
        let state = open_state(&server.url(), many);
        keep(&state, &sealed, many).await;
        println!(
            "| a session in Redis (`used_memory`), {many} of them | {:.0} |",
            (redis_bytes(&server) - before) / each(many)
        );
    }
}

fn open_state(url: &str, many: i64) -> State {
    let capacity = usize::try_from(many).unwrap_or_default();
    State::open(StateOptions { capacity, ..StateOptions::new(url, "bench", Clock::System) })
        .expect("a state store")
}

async fn keep(state: &State, sealed: &[u8], many: i64) {
    for contact in 0..many {
        let cached = Cached { version: 7, sealed: sealed.to_vec() };
        state.put(contact, cached, Duration::from_hours(1)).await.expect("it is kept");
    }
}

fn redis_bytes(server: &RedisServer) -> f64 {
    let redis::Value::VerbatimString { text, .. } = server.command(&["INFO", "memory"]) else {
        let redis::Value::BulkString(bytes) = server.command(&["INFO", "memory"]) else {
            return 0.0;
        };
        return used_memory(&String::from_utf8_lossy(&bytes));
    };
    used_memory(&text)
}

fn used_memory(info: &str) -> f64 {
    let value = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
    value.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
}

// ---- figures of the process (Linux) ------------------------------------------------------------

/// Resident memory of this process.
fn resident_bytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok());
    pages.unwrap_or_default() * 4096.0
}

/// Processor time of the threads that write records; those of ended servers do not count any more.
fn writer_seconds() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    let stats =
        threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("stat")).ok());
    stats.filter(|stat| stat.contains("(records-writer)")).map(|stat| seconds_of(&stat)).sum()
}

/// What it takes to have one page on disk, where the records of these runs are.
fn fdatasync_ms() -> f64 {
    use std::io::Write as _;
    let mut file = tempfile::tempfile().expect("a temporary file");
    median((0..50).map(|_| {
        let began = Instant::now();
        file.write_all(&[7; 4096]).expect("written");
        file.sync_data().expect("on disk");
        began.elapsed().as_secs_f64() * 1000.0
    }))
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn each(number: i64) -> f64 {
    number as f64
}
