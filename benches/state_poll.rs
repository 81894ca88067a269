//! The poll of a whole state, from its lists to its result: booths and workers are made up and imported, a poll is opened
//! for every Lok Sabha seat, workers answer it by signed webhooks to the real server, and it is closed and counted by the
//! real commands. What the server took of each worker last is written down here, counted a second time, and has to agree
//! with the result to the last ballot.
//!
//! `cargo bench --bench state_poll -- 500000` is the whole state: 80 seats, 162,000 booths, 16 lakh workers, 5 lakh
//! ballots. With fewer ballots the state is smaller in the same measure. What the figures mean is told in
//! `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use jiff::SignedDuration;
use jiff::tz::{Offset, TimeZone};
use samvad::channel::whatsapp::webhook::PATH;
use samvad::clock::Clock;
use samvad::sandbox::envelope::{self, Business, Layout, Person, Update, envelope};
use samvad::sandbox::load::{Caller, Quantiles};
use samvad::sandbox::options::DEFAULT_APP_SECRET;
use samvad::sandbox::{self, SandboxHandle, SandboxOptions};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[expect(dead_code, reason = "what other benches measure by")]
#[path = "support/measure.rs"]
mod measure;
#[path = "support/memory.rs"]
mod memory;
#[expect(
    clippy::indexing_slicing,
    reason = "the plainest form of a count: a place that is not there ends the bench"
)]
#[path = "support/recount.rs"]
mod recount;
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "parts of tests: they use more of it, and fail where it fails"
)]
mod support {
    #[path = "../../tests/it/support/redis_node.rs"]
    pub(crate) mod redis_node;
    #[path = "../../tests/it/support/server.rs"]
    pub(crate) mod server;
    #[path = "../../tests/it/support/warden.rs"]
    pub(crate) mod warden;
}
#[path = "support/voters.rs"]
mod voters;
#[path = "support/whatsapp.rs"]
mod whatsapp;
use measure::{count, processor_seconds_of, ready};
use memory::peak_megabytes;
use recount::{Elector, Recount, Said};
use support::server::{Server, free_port};
use voters::{ASKED, Letter, State, Voters, Who, Worker, candidates, said, worded};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const POLL: &str = "state_poll";
/// As many ballots as the whole state casts.
const WHOLE: usize = 500_000;
/// The smallest state has two seats.
const SMALLEST: f64 = 0.0025;
/// Requests under way at once, as in the bench of the intake.
const CONNECTIONS: usize = 512;
/// So long a reply may take, and a webhook that is refused for the moment.
const PATIENCE: Duration = Duration::from_mins(2);

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let is_measured = std::env::args().any(|word| word == "--bench");
    let said = std::env::args().skip(1).find_map(|word| word.parse::<usize>().ok());
    let ballots = said.unwrap_or(if is_measured { 10_000 } else { 400 });
    let scale = (count(ballots) / count(WHOLE)).clamp(SMALLEST, 1.0);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");

    let mut office = Office::new();
    let lists = office.folder("lists");
    let list = |name: &str| lists.join(name).display().to_string();
    let scale = scale.to_string();
    office.does(
        "the lists are made up",
        &["sandbox", "state", "--out", &list(""), "--scale", &scale],
    );
    // They are not asked, and large.
    std::fs::remove_file(list("members.csv")).expect("a list");
    // The first start makes the records.
    office.serve("web", "http://127.0.0.1:9").stop();
    office.does("booths are imported", &["places", "import", &list("booths.csv")]);
    office.does("workers are imported", &["people", "import", &list("workers.csv")]);
    let state = State::read(Path::new(&list("workers.csv")));
    let voters = Arc::new(Voters::draw(state, ballots));
    let state = &voters.state;
    let electors = state.workers.iter().map(|worker| worker.elector);
    let mut recount = Recount::new(electors, |seat| candidates(seat).len());

    std::fs::write(office.folder("polls").join(format!("{POLL}.yaml")), poll_file(state))
        .expect("the poll's file");
    let table = office.folder("table");
    let key = table.join("count.key").display().to_string();
    office.does("the poll is checked", &["poll", "check", POLL]);
    let open = ["poll", "open", POLL, "--by", "Ravi", "--key-out", &key];
    office.does("the poll is opened", &open);

    let told = runtime.block_on(by_number(&office, &voters));
    for (elector, said) in &told {
        recount.add(*elector, said);
    }
    let server = office.serve("web", "http://127.0.0.1:9");
    let process = server.child.id().to_string();
    let before = processor_seconds_of(&process);
    let poured = runtime.block_on(pour(&voters, server.address));
    let processor = processor_seconds_of(&process) - before;
    for who in &voters.all {
        who.walk().counts.iter().for_each(|(elector, said)| recount.add(*elector, said));
    }
    let ballots = recount.answered() - told.len() as u64;
    let open_for = office.done.len();
    let closed = table.display().to_string();
    let why = "सबने जवाब दे दिया";
    let close =
        ["poll", "close", POLL, "--by", "Ravi", "--out", &closed, "--early", "--why", why, "--yes"];
    office.does("the poll is closed", &close);
    let megabytes = peak_megabytes(&process);
    server.stop();
    let what = format!("{ballots} ballots in {} webhooks, the server", poured.webhooks);
    office.done.insert(open_for, Done { what, seconds: poured.seconds, megabytes });

    let bundle = table.join(format!("{POLL}.bundle")).display().to_string();
    office.does("the ballots are counted", &["poll", "count", &bundle, "--key", &key]);
    let result = |name: &str| {
        let path = table.join(format!("{POLL}.result")).join(name);
        std::fs::read_to_string(path).expect("a file of the result")
    };
    let read: Value = serde_json::from_str(&result("result.json")).expect("a result");
    recount.holds(&read);
    recount.holds_others(&result("others.csv"));
    office.print();
    println!();
    poured.print(ballots, processor);
    println!(
        "{} ballots, {} of them by the numbers that were shown, of {} who might answer in {} seats: every number agrees \
         with the second count.",
        recount.answered(),
        told.len(),
        recount.eligible(),
        recount.seats()
    );
}

// ---- the office --------------------------------------------------------------------------------

/// The folder of everything, and the commands that were typed.
struct Office {
    home: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
    port: u16,
    done: Vec<Done>,
}

/// A command at its end.
struct Done {
    what: String,
    seconds: f64,
    megabytes: u64,
}

impl Office {
    fn new() -> Office {
        let home = tempfile::tempdir().expect("a folder");
        let office = Office { home, settings: Vec::new(), port: free_port(), done: Vec::new() };
        let settings = vec![
            ("SAMVAD_DATA", office.data().display().to_string()),
            ("SAMVAD_POLL_FOLDER", office.folder("polls").display().to_string()),
        ];
        Office { settings, ..office }
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// A folder of the office, made when it is not there.
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// The program as a server with these roles, which hands what it sends to this address.
    fn serve(&self, roles: &str, graph: &str) -> Server {
        let mut settings = self.settings.clone();
        settings.extend(whatsapp::settings(&Business::default().phone_number_id, graph));
        settings.extend([
            ("SAMVAD_ROLES", roles.to_owned()),
            ("SAMVAD_WHATSAPP_THROUGHPUT", "1000".to_owned()),
            ("SAMVAD_LOG_LEVEL", "warn".to_owned()),
        ]);
        Server::start(&self.data(), self.port, &settings)
    }

    /// Runs a command to its end. Memory is looked at every few milliseconds.
    fn does(&mut self, what: &str, words: &[&str]) {
        let said = self.home.path().join("said.txt");
        let out = File::create(&said).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SAMVAD_")) {
            command.env_remove(name);
        }
        command
            .args(words)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a file"))
            .stderr(out);
        let began = Instant::now();
        let mut child = command.spawn().expect("the program");
        let process = child.id().to_string();
        let mut megabytes = 0;
        let status = loop {
            megabytes = megabytes.max(peak_megabytes(&process));
            if let Some(status) = child.try_wait().expect("its end") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let seconds = began.elapsed().as_secs_f64();
        let said = || std::fs::read_to_string(&said).unwrap_or_default();
        assert!(status.success(), "samvad {}: {status}\n{}", words.join(" "), said());
        self.done.push(Done { what: what.to_owned(), seconds, megabytes });
    }

    fn print(&self) {
        println!("| what | s | most memory, MB |");
        println!("|---|---:|---:|");
        for Done { what, seconds, megabytes } in &self.done {
            println!("| {what} | {seconds:.1} | {megabytes} |");
        }
    }
}

/// A poll whose window is now, wherever this runs.
fn poll_file(state: &State) -> String {
    let india = TimeZone::fixed(Offset::from_seconds(19_800).expect("an offset"));
    let moment = |hours: i64, form: &str| {
        let at = Clock::System.now() + SignedDuration::from_hours(hours);
        at.to_zoned(india.clone()).strftime(form).to_string()
    };
    let (day, minute) = ("%Y-%m-%d", "%Y-%m-%d %H:%M");
    let mut text = format!(
        "poll: {POLL}\nabout: Made up.\nquestion: {{hi: प्रत्याशी कौन हो?, en: Who should stand?}}\nmethod: rank\n\
         other: true\nreviewed_by: Sunita\nkeep: assembly\nelectorate:\n  who: post in {ASKED:?}\n  on: {}\n\
         opens: {}\ncloses: {}\nlevel: lok_sabha\nseats:\n",
        moment(-72, day),
        moment(-24, minute),
        moment(24, minute),
    );
    let seats: BTreeSet<u16> = state.workers.iter().map(|worker| worker.elector.seat).collect();
    for seat in seats {
        let _ = writeln!(text, "  {seat}:");
        for (hi, en) in candidates(seat) {
            let _ = writeln!(text, "    - {{hi: {hi}, en: {en}}}");
        }
    }
    text
}

// ---- by the number that is shown ---------------------------------------------------------------

/// Some answer as people do: they read the list they are sent, each in an order of their own, and write numbers. Gives
/// who said what.
async fn by_number(office: &Office, voters: &Voters) -> Vec<(Elector, Said)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let stop = CancellationToken::new();
    let webhook = format!("http://127.0.0.1:{}{PATH}", office.port);
    let sandbox = sandbox::serve(SandboxOptions::new(webhook), listener, stop.clone());
    let sandbox = sandbox.await.expect("a sandbox");
    let server = office.serve("web,delivery", &sandbox.graph_url());
    ready(server.address).await;
    let answers = voters.by_number.iter().map(|worker| one_by_number(&sandbox, worker));
    let said = futures_util::stream::iter(answers).buffered(16).collect().await;
    assert!(sandbox.until_quiet(PATIENCE).await, "callbacks do not end");
    server.stop();
    stop.cancel();
    said
}

async fn one_by_number(sandbox: &SandboxHandle, worker: &Worker) -> (Elector, Said) {
    let phone = format!("91{}", worker.phone);
    let mut replies = sandbox.watch(&phone);
    let mut said_to = async |words: &str| {
        sandbox.say_text(&phone, words);
        let reply = tokio::time::timeout(PATIENCE, replies.recv()).await;
        reply.ok().flatten().expect("a reply").text
    };
    let shown = said_to("राय").await;
    let said = said(worker, 0);
    let Said::Names(names, None) = &said else {
        let told = said_to(&worded(worker, 0, &said)).await;
        assert!(told.contains("मुहर"), "no answer was taken: {told}");
        return (worker.elector, said);
    };
    let candidates = candidates(worker.elector.seat);
    let number = |name: &usize| {
        let (hi, _) = candidates.get(*name).expect("a candidate");
        let stands = |line: &&str| line.split_once(". ").is_some_and(|(_, shown)| shown == *hi);
        let line = shown.lines().map(str::trim).find(stands).expect("a name on the list");
        line.split_once('.').map(|(number, _)| number).unwrap_or_default()
    };
    let numbers: Vec<&str> = names.iter().map(number).collect();
    let told = said_to(&numbers.join(" ")).await;
    assert!(told.contains("मुहर"), "no answer was taken: {told}");
    (worker.elector, said)
}

// ---- by name, as fast as it goes ---------------------------------------------------------------

/// What came of it.
struct Poured {
    webhooks: usize,
    /// Those that had to be sent once more.
    refused: usize,
    seconds: f64,
    took: Quantiles,
}

/// Lets everybody write: so many phones at once, each its next message when the last one was answered 200.
async fn pour(voters: &Arc<Voters>, server: SocketAddr) -> Poured {
    ready(server).await;
    let caller = Caller::new(&format!("http://{server}{PATH}"), DEFAULT_APP_SECRET);
    let caller = caller.expect("a webhook of this machine");
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let tracker = TaskTracker::new();
    let mut under_way = Vec::new();
    for _ in 0..CONNECTIONS.min(voters.all.len()) {
        let (voters, next, mut caller) = (Arc::clone(voters), Arc::clone(&next), caller.clone());
        under_way.push(tracker.spawn(async move {
            let (mut times, mut refused) = (Vec::new(), 0);
            while let Some(who) = voters.all.get(next.fetch_add(1, Ordering::Relaxed)) {
                refused += write(&mut caller, who, &mut times).await;
            }
            (times, refused)
        }));
    }
    let (mut times, mut refused) = (Vec::new(), 0);
    for one in under_way {
        let (its_times, its_refused) = one.await.expect("all of it was written");
        times.extend(its_times);
        refused += its_refused;
    }
    let seconds = began.elapsed().as_secs_f64();
    Poured { webhooks: times.len(), refused, seconds, took: Quantiles::of(times) }
}

/// One phone's messages; how often one was refused for the moment.
async fn write(caller: &mut Caller, who: &Who, times: &mut Vec<f64>) -> usize {
    let business = Business::default();
    let person = Person::phone(&format!("91{}", who.phone()));
    let mut requests: Vec<Vec<u8>> = Vec::new();
    let mut refused = 0;
    for letter in who.walk().letters {
        let request = match letter {
            Letter::Again(place) => requests.get(place).expect("an earlier letter").clone(),
            Letter::Says(text) => {
                let key = format!("wamid.{}.{}", who.phone(), requests.len());
                let said = envelope::Said::Text(text);
                let update = Update::message(&person, &key, &said, None, Clock::System.now());
                caller.request(&envelope(&business, &[update], Layout::OneValue, true))
            }
        };
        let began = Instant::now();
        while !matches!(caller.call(&request).await, Ok(200)) {
            assert!(began.elapsed() < PATIENCE, "the webhook does not take it");
            refused += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        requests.push(request);
    }
    refused
}

impl Poured {
    fn print(&self, ballots: u64, processor: f64) {
        let Poured { webhooks, refused, seconds, took } = self;
        let rate = |many: usize| count(many) / seconds.max(1e-9);
        println!(
            "{:.0} ballots/s, {:.0} webhooks/s, {:.0} µs of the server's processor time each, {refused} refused for the \
             moment; {took}",
            rate(usize::try_from(ballots).unwrap_or(0)),
            rate(*webhooks),
            processor * 1e6 / count(*webhooks)
        );
    }
}
