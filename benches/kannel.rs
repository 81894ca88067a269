//! Short messages a second into a real Kannel: what its own HTTP intake takes from a load of bare
//! sockets, what our sender alone hands over, and what the whole of delivery does from the queue in
//! the records to their outcome.
//!
//! `cargo bench --bench kannel`. Kannel (Debian's package), the operator behind it, the load and the
//! server share the cores of the machine, in every row alike: the ratio of one run is what counts.
//! What the figures mean is told in `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream as StdStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get as route_get;
use futures_util::StreamExt as _;
use parking_lot::Mutex;
use samvad::channel::SendAnswer;
use samvad::channel::sms::Sender;
use samvad::clock::{Clock, Ids};
use samvad::config::{Config, Origins};
use samvad::contact::{Identities, PhoneNumber, Road};
use samvad::message::{
    Channel, Content, Inbound, InboundContent, Lane, Outgoing, OutgoingId, Purpose, Reply,
};
use samvad::records::{Chain, Records, RecordsOptions, TurnCommit};
use samvad::seal::Keyring;
use samvad::serve::{Deps, serve};
use samvad::vital::Vital;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[expect(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "parts of tests: they use more of it, and fail where it fails"
)]
mod support {
    #[path = "../../tests/it/support/kannel.rs"]
    pub(crate) mod kannel;
    #[path = "../../tests/it/support/redis_node.rs"]
    pub(crate) mod redis_node;
    #[path = "../../tests/it/support/smsc.rs"]
    pub(crate) mod smsc;
    #[path = "../../tests/it/support/warden.rs"]
    pub(crate) mod warden;
}
#[path = "support/measure.rs"]
mod measure;
use measure::{count, median, processor_seconds, ready};
use support::kannel::{Kannel, Setup, USER, USER_PASSWORD, VILLAGE, accounts};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What every message says: twenty signs of Hindi, one part.
const TEXT: &str = "नमस्ते, यह परीक्षा है";

/// How much is done.
#[derive(Clone, Copy)]
struct Size {
    rounds: usize,
    messages: usize,
}

const MEASURE: Size = Size { rounds: 5, messages: 30_000 };
/// As a test: that it still works, nothing about speed.
const TRY: Size = Size { rounds: 1, messages: 50 };

/// Who hands messages over.
#[derive(Clone, Copy, PartialEq)]
enum Row {
    /// Bare sockets that say the same bytes again and again: what the intake of Kannel can take.
    Load { connections: usize, reports: bool },
    /// Our sender, called for so many messages at once.
    Sender { at_once: usize },
    /// The queue in the records, delivery, the sender, the outcomes in the records; the reports go to
    /// a bare handler, or back into the records.
    Delivery { at_once: usize, reports_home: bool },
}

impl Row {
    fn name(self) -> String {
        match self {
            Row::Load { connections, reports: false } => {
                format!("bare sockets, {connections} of them, no reports wanted")
            }
            Row::Load { connections, reports: true } => {
                format!("bare sockets, {connections} of them, our request")
            }
            Row::Sender { at_once } => format!("our sender alone, {at_once} at once"),
            Row::Delivery { at_once, reports_home: false } => {
                format!("delivery from the records, {at_once} at once")
            }
            Row::Delivery { at_once, reports_home: true } => {
                format!("delivery from the records, {at_once} at once, reports into the records")
            }
        }
    }
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let measure = std::env::args().any(|argument| argument == "--bench");
    let size = if measure { MEASURE } else { TRY };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(throughput(size));
}

/// What one run came to.
struct Ran {
    per_second: f64,
    /// Processor time of this process in microseconds a message: the load, or us, and the operator.
    cpu_us: f64,
}

async fn throughput(size: Size) {
    let mut rows = vec![
        Row::Load { connections: 32, reports: false },
        Row::Load { connections: 32, reports: true },
        Row::Load { connections: 64, reports: true },
        Row::Sender { at_once: 32 },
        Row::Sender { at_once: 64 },
        Row::Delivery { at_once: 32, reports_home: false },
        Row::Delivery { at_once: 64, reports_home: false },
        Row::Delivery { at_once: 64, reports_home: true },
    ];
    // As other benches: words on the command line choose among the rows.
    if let Some(words) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        rows.retain(|row| matches!(row, Row::Load { .. }) || row.name().contains(&words));
    }
    let mut runs: Vec<Vec<Ran>> = rows.iter().map(|_| Vec::new()).collect();
    for _round in 0..size.rounds {
        for (row, ran) in rows.iter().zip(&mut runs) {
            ran.push(run(*row, size).await);
        }
    }
    println!("messages of one part, {} a run, median of {} runs", size.messages, size.rounds);
    println!();
    println!(
        "| who hands over | messages/s | ratio to the first | to the faster of our request | µs a message here |"
    );
    println!("|---|---:|---:|---:|---:|");
    let of = |is: fn(&Row) -> bool| {
        let rates = rows.iter().zip(&runs).filter(move |(row, _)| is(row));
        rates.map(|(_, ran)| median(ran.iter().map(|ran| ran.per_second))).fold(0.0, f64::max)
    };
    let plain = of(|row| matches!(row, Row::Load { reports: false, .. }));
    let same = of(|row| matches!(row, Row::Load { reports: true, .. }));
    for (row, ran) in rows.iter().zip(&runs) {
        let rate = median(ran.iter().map(|ran| ran.per_second));
        println!(
            "| {} | {rate:.0} | {:.2} | {:.2} | {:.0} |",
            row.name(),
            rate / plain,
            rate / same,
            median(ran.iter().map(|ran| ran.cpu_us))
        );
    }
}

/// Starts a Kannel with an operator behind it, hands everything over, stops it.
async fn run(row: Row, size: Size) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stop = CancellationToken::new();
    let tracker = TaskTracker::new();
    let (listener, address) = bind().await;
    let kannel = Kannel::start(address.port(), Setup { forgetful: true, ..Setup::default() });
    let operator = Operator::behind(&kannel, size.messages);
    let (sink, sink_address) = bind().await;
    serve_reports(sink, &tracker, &stop);

    let begun;
    match row {
        Row::Load { connections, reports } => {
            begun = (Instant::now(), processor_seconds());
            let report = reports.then(|| format!("http://{sink_address}/webhooks/sms/x"));
            pour(&kannel, connections, size.messages, report).await;
        }
        Row::Sender { at_once } => {
            let config = configuration(folder.path(), address, sink_address, &kannel, at_once);
            let sms = config.sms.as_ref().expect("an account");
            let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build();
            let client = client.expect("a client");
            let sender = Sender::new(sms, &client, Clock::System).expect("a sender");
            begun = (Instant::now(), processor_seconds());
            hand_over(&sender, at_once, size.messages).await;
        }
        Row::Delivery { at_once, reports_home } => {
            let calls = if reports_home { address } else { sink_address };
            let config = configuration(folder.path(), address, calls, &kannel, at_once);
            queue(&config, size.messages).await;
            let (clock, ids, vital) = (Clock::System, Ids::system(), Vital::default());
            begun = (Instant::now(), processor_seconds());
            let server =
                serve(config, listener, stop.clone(), Deps { clock, ids, announce: false, vital });
            tracker.spawn(async move { server.await.expect("the server") });
            ready(address).await;
        }
    }
    let (began, cpu_before) = begun;
    let (first, last) = operator.until_all(began).await;
    let cpu = processor_seconds() - cpu_before;
    stop.cancel();
    tracker.close();
    let _ = tokio::time::timeout(Duration::from_secs(50), tracker.wait()).await;
    drop(kannel);
    // From a tenth on: what was still starting does not count.
    let counted = count(size.messages - size.messages / 10);
    Ran {
        per_second: counted / (last - first).as_secs_f64(),
        cpu_us: cpu * 1e6 / count(size.messages),
    }
}

/// A phone on Kannel's fake line that counts what comes.
struct Operator {
    came: Arc<AtomicUsize>,
    /// When a tenth had come, and when all.
    times: Arc<Mutex<Vec<Instant>>>,
    messages: usize,
}

impl Operator {
    /// A phone that so many messages will come to.
    fn behind(kannel: &Kannel, messages: usize) -> Operator {
        let line = StdStream::connect(("127.0.0.1", kannel.fake_port())).expect("the fake line");
        let (came, times): (Arc<AtomicUsize>, Arc<Mutex<Vec<Instant>>>) = Default::default();
        let (counter, noted) = (Arc::clone(&came), Arc::clone(&times));
        std::thread::spawn(move || {
            for _line in BufReader::new(line).split(b'\n').map_while(Result::ok) {
                let now = counter.fetch_add(1, Ordering::Relaxed) + 1;
                if now == messages / 10 || now == messages {
                    noted.lock().push(Instant::now());
                }
            }
        });
        let up = Instant::now() + Duration::from_secs(30);
        while !kannel.status().contains("FAKE:") || kannel.status().matches("(online").count() < 2 {
            assert!(Instant::now() < up, "kannel does not see the phone");
            std::thread::sleep(Duration::from_millis(20));
        }
        Operator { came, times, messages }
    }

    /// Waits for all of them; when a tenth had come, and when all.
    async fn until_all(&self, began: Instant) -> (Instant, Instant) {
        loop {
            if let [first, last] = self.times.lock().as_slice() {
                return (*first, *last);
            }
            let came = self.came.load(Ordering::Relaxed);
            assert!(began.elapsed() < Duration::from_mins(3), "{came} of {} came", self.messages);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Takes every call and says 200.
fn serve_reports(listener: TcpListener, tracker: &TaskTracker, stop: &CancellationToken) {
    let app = Router::new().route("/{*path}", route_get(async || ()));
    let served = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    tracker.spawn(async move { served.await.expect("the bare server") });
}

async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    (listener, address)
}

fn configuration(
    data: &std::path::Path,
    listen: SocketAddr,
    calls: SocketAddr,
    kannel: &Kannel,
    at_once: usize,
) -> Config {
    let (file, secrets) = accounts(&kannel.url(), calls.port());
    let own = [
        ("SAMVAD_DATA", data.display().to_string()),
        ("SAMVAD_LISTEN", listen.to_string()),
        ("SAMVAD_DELIVERY_CONCURRENCY", at_once.to_string()),
    ];
    let environment = own.into_iter().chain(secrets);
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).collect();
    let file = Some((data.join("office.toml"), file));
    Config::read(&Origins { file, environment, ..Origins::default() }).expect("a configuration")
}

fn number(person: usize) -> String {
    (9_300_000_000 + person).to_string()
}

// ---- bare sockets

/// Says one request again and again on so many connections.
async fn pour(kannel: &Kannel, connections: usize, messages: usize, report: Option<String>) {
    let url = kannel.url();
    let address = url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
    let address: SocketAddr = address.and_then(|text| text.parse().ok()).expect("an address");
    let left = Arc::new(AtomicUsize::new(messages));
    let tracker = TaskTracker::new();
    let pourers = (0..connections).map(|_| {
        let (left, report) = (Arc::clone(&left), report.clone());
        tracker.spawn(async move {
            let mut line = TcpStream::connect(address).await.expect("kannel");
            line.set_nodelay(true).expect("a socket");
            let take = |left: usize| left.checked_sub(1);
            while let Ok(place) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
                line.write_all(&request(place, report.as_deref())).await.expect("a request");
                read_answer(&mut line).await;
            }
        })
    });
    for pourer in pourers.collect::<Vec<_>>() {
        pourer.await.expect("a pourer");
    }
}

/// What our sender asks, or without a report what is left of it.
fn request(person: usize, report: Option<&str>) -> Vec<u8> {
    let id = format!("sv1.{person}.1795000000000");
    let reports = report.map(|url| {
        format!(
            "x-kannel-account: {id}\r\nx-kannel-dlr-mask: 31\r\n\
             x-kannel-dlr-url: {url}?id={id}&part=1&of=1&t=%d&at=%T&smsc=%i&answer=%A\r\n"
        )
    });
    let head = format!(
        "POST /cgi-bin/sendsms HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain; charset=UTF-8\r\n\
         x-kannel-username: {USER}\r\nx-kannel-password: {USER_PASSWORD}\r\nx-kannel-from: {VILLAGE}\r\n\
         x-kannel-to: 91{}\r\nx-kannel-coding: 2\r\nx-kannel-smsc: village\r\nx-kannel-priority: 3\r\n\
         {}content-length: {}\r\n\r\n",
        number(person),
        reports.unwrap_or_default(),
        TEXT.len()
    );
    [head.as_bytes(), TEXT.as_bytes()].concat()
}

/// Reads one answer to its end, which must be a 202.
async fn read_answer(line: &mut TcpStream) {
    let mut seen = Vec::with_capacity(512);
    let mut more = [0; 512];
    loop {
        let read = line.read(&mut more).await.expect("an answer");
        assert!(read > 0, "kannel closed the connection");
        seen.extend(more.get(..read).unwrap_or_default());
        let text = String::from_utf8_lossy(&seen);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 202"), "{text}");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or_default() {
            return;
        }
    }
}

// ---- our sender

async fn hand_over(sender: &Sender, at_once: usize, messages: usize) {
    let tracker = TaskTracker::new();
    let sends = futures_util::stream::iter(0..messages).map(|person| {
        let sender = sender.clone();
        // As delivery does: each in a task of its own.
        tracker.spawn(async move {
            let answer = sender.send(&outgoing(person)).await;
            assert!(matches!(answer, SendAnswer::Accepted { .. }), "{answer:?}");
        })
    });
    sends.buffer_unordered(at_once).for_each(async |ended| ended.expect("a send")).await;
}

fn outgoing(person: usize) -> Outgoing {
    let id = i64::try_from(person).expect("a small number");
    Outgoing {
        id: OutgoingId { id, created_ms: 1_795_000_000_000 },
        contact: id,
        channel: Channel::Sms,
        account: "village".to_owned(),
        to: Identities::phone(PhoneNumber::parse(&number(person)).expect("a number")),
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content: Content::Text { body: TEXT.to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

// ---- the queue

/// Puts so many answers to so many people into the records' queue.
async fn queue(config: &Config, messages: usize) {
    let ids = Ids::system();
    std::fs::create_dir_all(&config.data).expect("a folder");
    let keyring = Keyring::open(&config.key_file, true, &ids).expect("keys");
    let records = Records::open(RecordsOptions {
        url: config.records.expose().to_owned(),
        connections: 4,
        clock: Clock::System,
        keyring: Arc::new(keyring),
        lease: Duration::from_mins(1),
        group: 200,
        membership: config.membership.clone(),
    })
    .await
    .expect("records");
    let people: Vec<_> = (0..messages).map(|person| (Channel::Sms, outgoing(person).to)).collect();
    let mut contacts = Vec::new();
    for some in people.chunks(500) {
        contacts.extend(records.resolve(some.to_vec()).await.expect("contacts"));
    }
    let turns = futures_util::stream::iter(contacts).map(|contact| {
        let records = records.clone();
        async move {
            let snapshot = records.snapshot(contact).await.expect("a snapshot").expect("a contact");
            records.commit(turn(contact, snapshot.contact.version)).await.expect("a turn");
        }
    });
    turns.buffer_unordered(256).collect::<Vec<()>>().await;
    records.close().await.expect("closed");
}

fn turn(contact: i64, expected_version: i64) -> TurnCommit {
    let at = Clock::System.now();
    let content = Content::Text { body: TEXT.to_owned() };
    TurnCommit {
        contact,
        expected_version,
        chain: Chain::default(),
        place: 0,
        inbound: Inbound {
            channel: Channel::Sms,
            account: "village".to_owned(),
            key: format!("village:{contact}"),
            from: Identities::default(),
            profile_name: None,
            sent_at: at,
            content: InboundContent::Text { text: "1".to_owned() },
            quoted: None,
        },
        received_at: at,
        road: Road { channel: Channel::Sms, account: "village".to_owned() },
        session: None,
        replies: vec![Reply { content, lane: Lane::Reply, purpose: Purpose::Answer }],
        facts: Vec::new(),
        timers: Vec::new(),
        effects: Vec::new(),
        cast: None,
        claim: false,
        parked: None,
    }
}
