//! A broadcast from its plan to the last word about it: how long it takes to plan and freeze, how many
//! messages a second leave with all their bookkeeping, and what a bare client does that only posts the
//! same bodies, in the same run.
//!
//! `cargo bench --bench broadcast`, with a number of recipients behind `--` (200,000 else). The provider
//! (the sandbox), the load and the server share this process and the cores of the machine, in every row
//! alike: the ratio of one run is what counts. What the figures mean is told in `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::any;
use samvad::broadcast::{Addressee, BroadcastState, Frozen, Wording};
use samvad::channel::whatsapp::encode::encode;
use samvad::clock::{Clock, Ids};
use samvad::config::{Config, Origins};
use samvad::contact::Identities;
use samvad::message::{Channel, Lane, Outgoing, OutgoingId, Purpose};
use samvad::records::{Beside, Funnel};
use samvad::sandbox::envelope::Business;
use samvad::sandbox::options::DEFAULT_ACCESS_TOKEN;
use samvad::sandbox::{self, SandboxHandle, SandboxOptions};
use samvad::serve::{Deps, serve};
use samvad::vital::Vital;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[expect(dead_code, reason = "what other benches measure by")]
#[path = "support/measure.rs"]
mod measure;
#[path = "support/memory.rs"]
mod memory;
#[expect(clippy::unwrap_used, reason = "a part of tests: it fails where it fails")]
#[path = "../tests/it/support/broadcast.rs"]
mod people;
#[path = "support/whatsapp.rs"]
mod whatsapp;
use measure::{count, processor_seconds, ready};
use memory::peak_megabytes;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Numbers of ours, each of which may send a thousand a second.
const NUMBERS: usize = 10;
/// Calls under way at once, of the bare client and of delivery: of the places of a number a quarter is kept
/// for replies.
const AT_ONCE: usize = 70;
const PLACES: usize = 9;
/// Callbacks under way at once: enough that nobody's are held up by the number of connections.
const CALLBACKS: usize = 128;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let measures = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok());
    let recipients = asked.unwrap_or(if measures { 200_000 } else { 200 });
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure_all(recipients));
}

/// A sandbox with a program of ours, or with somebody who takes every callback.
struct Provider {
    handle: SandboxHandle,
    stop: CancellationToken,
}

impl Provider {
    async fn start(webhook: SocketAddr) -> Provider {
        let mut options = SandboxOptions::new(format!("http://{webhook}/webhooks/whatsapp"));
        options.read_rate = 0.3;
        options.connections = CALLBACKS;
        options.businesses = numbers();
        let (listener, _) = bind().await;
        let stop = CancellationToken::new();
        let handle = sandbox::serve(options, listener, stop.clone()).await.expect("a sandbox");
        Provider { handle, stop }
    }
}

async fn measure_all(recipients: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (listener, address) = bind().await;
    let provider = Provider::start(address).await;
    let config = configuration(folder.path(), address, &provider.handle);
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let deps =
        Deps { clock: Clock::System, ids: Ids::system(), announce: false, vital: Vital::default() };
    let served = serve(config.clone(), listener, stop.clone(), deps);
    tracker.spawn(async move { served.await.expect("the server") });
    ready(address).await;
    let beside = people::beside(&config).await;

    let begun = Instant::now();
    people::people(&beside, recipients).await;
    println!("{recipients} people from a list in {:.1} s", begun.elapsed().as_secs_f64());
    let accounts: Vec<String> =
        numbers().into_iter().map(|number| number.phone_number_id).collect();
    let frozen = people::broadcast("bench", &accounts);
    let begun = Instant::now();
    let id = people::freeze(&beside, &frozen).await;
    let planning = begun.elapsed().as_secs_f64();
    println!(
        "planned and frozen in {planning:.1} s, {:.0} a second; most memory so far {} MB",
        count(recipients) / planning,
        peak_megabytes("self")
    );

    let bare_before = bare(&frozen, recipients).await;
    let cpu = processor_seconds();
    let begun = Instant::now();
    people::run(&beside, id).await;
    let left = until_left(&provider.handle, begun, recipients).await;
    let waiting = provider.handle.pending();
    assert!(provider.handle.until_quiet(Duration::from_hours(1)).await, "callbacks do not end");
    let told = begun.elapsed();
    let cpu_us = (processor_seconds() - cpu) * 1e6 / count(recipients);
    let funnel = until_done(&beside, id).await;
    assert_eq!(funnel.delivered, recipients as u64, "everybody was told of");
    let bare_after = bare(&frozen, recipients).await;
    let ours = Pace::new(recipients, left, told, cpu_us);
    let bare = bare_before.midpoint(&bare_after);

    println!();
    println!(
        "| who posts | sent/s | ratio | sent and told of/s | ratio | processor µs a message |"
    );
    println!("|---|---:|---:|---:|---:|---:|");
    bare.print(&format!("a bare client, {AT_ONCE} at once"), &bare);
    ours.print("the broadcast, every row and status kept", &bare);
    println!();
    println!("{waiting} callbacks were still to come when the last message had left; {funnel:?}");
    println!("most memory {} MB, the provider's ledger too", peak_megabytes("self"));
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    provider.stop.cancel();
}

/// How fast messages went, by the clock until the last had left and until the last callback was heard.
struct Pace {
    left: f64,
    told: f64,
    cpu_us: f64,
}

impl Pace {
    fn new(messages: usize, left: Duration, told: Duration, cpu_us: f64) -> Pace {
        let per_second = |within: Duration| count(messages) / within.as_secs_f64();
        Pace { left: per_second(left), told: per_second(told), cpu_us }
    }

    fn midpoint(&self, other: &Pace) -> Pace {
        Pace {
            left: f64::midpoint(self.left, other.left),
            told: f64::midpoint(self.told, other.told),
            cpu_us: f64::midpoint(self.cpu_us, other.cpu_us),
        }
    }

    fn print(&self, who: &str, beside: &Pace) {
        let Pace { left, told, cpu_us } = self;
        let ratios = (left / beside.left, told / beside.told);
        println!(
            "| {who} | {left:.0} | {:.2} | {told:.0} | {:.2} | {cpu_us:.0} |",
            ratios.0, ratios.1
        );
    }
}

/// Waits until the provider has taken every message; when that was. The records are not asked meanwhile: a look
/// at a million recipients is work of its own.
async fn until_left(provider: &SandboxHandle, began: Instant, recipients: usize) -> Duration {
    let all_left = |provider: &SandboxHandle| provider.taken() >= recipients;
    assert!(provider.until(Duration::from_hours(2), all_left).await, "not every message leaves");
    began.elapsed()
}

/// Waits until the broadcast is done; what it came to.
async fn until_done(beside: &Beside, id: i64) -> Funnel {
    for _ in 0..600 {
        let row = beside.broadcast("bench").await.expect("the broadcast");
        if row.is_some_and(|row| row.state == BroadcastState::Done) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    beside.counts(id).await.expect("the funnel")
}

/// A client that posts the same bodies and keeps nothing, to a provider whose callbacks nobody keeps.
async fn bare(frozen: &Frozen, messages: usize) -> Pace {
    let (listener, sink) = bind().await;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let app = Router::new().route("/{*path}", any(async || ()));
    let served = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    tracker.spawn(async move { served.await.expect("the sink") });
    let provider = Provider::start(sink).await;
    let account = frozen.senders.first().map(|sender| sender.account.clone()).unwrap_or_default();
    let url = format!("{}/{account}/messages", provider.handle.graph_url());
    let client = reqwest::Client::builder().build().expect("a client");
    let bodies: Vec<String> = (0..messages).map(|person| body(frozen, &account, person)).collect();
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let (began, cpu) = (Instant::now(), processor_seconds());
    let posters = (0..AT_ONCE).map(|_| {
        let (bodies, next) = (Arc::clone(&bodies), Arc::clone(&next));
        let (client, url) = (client.clone(), url.clone());
        tracker.spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = client
                    .post(&url)
                    .bearer_auth(DEFAULT_ACCESS_TOKEN)
                    .header("content-type", "application/json")
                    .body(body.clone());
                let answer = request.send().await.expect("an answer");
                assert!(answer.status().is_success(), "{}", answer.status());
                let _ = answer.bytes().await;
            }
        })
    });
    for poster in posters.collect::<Vec<_>>() {
        poster.await.expect("a poster");
    }
    let left = began.elapsed();
    assert!(provider.handle.until_quiet(Duration::from_mins(10)).await, "callbacks do not end");
    let told = began.elapsed();
    let cpu_us = (processor_seconds() - cpu) * 1e6 / count(messages);
    provider.stop.cancel();
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    Pace::new(messages, left, told, cpu_us)
}

/// What our sender posts for this person.
fn body(frozen: &Frozen, account: &str, person: usize) -> String {
    let to =
        Addressee { name: Some("रमेश यादव".to_owned()), ..Addressee::default() };
    let content = frozen.content(&to, Channel::Whatsapp).expect("words");
    let id = i64::try_from(person).expect("few") + 1;
    let outgoing = Outgoing {
        id: OutgoingId { id, created_ms: 1_795_000_000_000 },
        contact: id,
        channel: Channel::Whatsapp,
        account: account.to_owned(),
        to: Identities::phone(people::phone(person)),
        lane: Lane::Broadcast,
        purpose: Purpose::Samvad,
        content,
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    };
    encode(&outgoing).expect("a body").to_string()
}

/// The numbers of ours that the sandbox knows.
fn numbers() -> Vec<Business> {
    let number = |place: usize| Business {
        phone_number_id: format!("1065403522429{place:02}"),
        display_phone_number: format!("9152200012{place:02}"),
        ..Business::default()
    };
    (0..NUMBERS).map(number).collect()
}

async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    (listener, address)
}

fn configuration(data: &std::path::Path, listen: SocketAddr, provider: &SandboxHandle) -> Config {
    let numbers: Vec<String> = numbers().into_iter().map(|number| number.phone_number_id).collect();
    let mut environment = whatsapp::settings(&numbers.join(","), &provider.graph_url());
    environment.extend([
        ("SAMVAD_DATA", data.display().to_string()),
        ("SAMVAD_LISTEN", listen.to_string()),
        ("SAMVAD_WHATSAPP_THROUGHPUT", "1000".to_owned()),
        ("SAMVAD_DELIVERY_CONCURRENCY", PLACES.to_string()),
    ]);
    let environment =
        environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Config::read(&Origins { environment, ..Origins::default() }).expect("a configuration")
}
