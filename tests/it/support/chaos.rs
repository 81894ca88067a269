//! The chaos proxy: stands between the program and PostgreSQL or Redis, and does to their connections
//! what networks do.
//!
//! A *fault* stays in force until the next one; a *strike* happens once to every open connection; a
//! *mark* waits for certain bytes and then strikes the connection they came on. Once something
//! vanished on a connection, that direction of it stays dead, also after the fault is over: nothing
//! repairs a stream with a hole. Whoever waits for it is not told that the other has gone.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How many bytes are passed on at once.
const CHUNK: usize = 16 * 1024;
/// How often a slow connection passes something on.
const SLOW_STEP: Duration = Duration::from_millis(20);
/// Upstream is on this machine: it answers at once or not at all.
const CONNECT: Duration = Duration::from_secs(5);

/// What happens to connections from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    Pass,
    /// New connections are closed at once; those that are open go on.
    Refuse,
    /// Whatever passes waits so long, and by chance up to the jitter longer, in each direction.
    Delay { by: Duration, jitter: Duration },
    /// Connections are accepted and read, and nothing is passed on and nothing closed.
    HalfOpen,
    /// Requests pass, answers vanish.
    HalfOpenBack,
    /// So many bytes a second in each direction of each connection.
    Slow { bytes_per_second: usize },
}

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Towards {
    Server,
    Client,
}

/// What a mark waits for on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// These bytes in a row, wherever the packets break.
    Bytes(Vec<u8>),
    /// So many bytes, counted on each connection from the setting of the mark.
    Count(usize),
}

impl Sign {
    pub(crate) fn bytes(bytes: &[u8]) -> Sign {
        Sign::Bytes(bytes.to_vec())
    }
}

/// Strikes the next connections that show the sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) towards: Towards,
    pub(crate) sign: Sign,
    /// Whether the bytes of the sign are still passed on. Without them, an answer is lost for sure.
    pub(crate) passed_on: bool,
    /// How many connections are struck before the mark is used up.
    pub(crate) times: u64,
}

/// What struck so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Struck {
    /// Connections that were accepted and not refused.
    pub(crate) connections: u64,
    pub(crate) refused: u64,
    pub(crate) cut: u64,
    pub(crate) reset: u64,
    /// Connections cut by a mark.
    pub(crate) marked: u64,
    /// Packets that waited.
    pub(crate) delayed: u64,
    /// Packets passed on in small pieces.
    pub(crate) slowed: u64,
    /// Bytes that vanished on their way to the server, and back.
    pub(crate) vanished: u64,
    pub(crate) vanished_back: u64,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    refused: AtomicU64,
    cut: AtomicU64,
    reset: AtomicU64,
    marked: AtomicU64,
    delayed: AtomicU64,
    slowed: AtomicU64,
    vanished: AtomicU64,
    vanished_back: AtomicU64,
}

/// How an open connection is ended by force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Strike {
    #[default]
    Cut,
    /// With an RST in place of a FIN.
    Reset,
}

struct Shared {
    upstream: SocketAddr,
    fault: watch::Sender<Fault>,
    /// The number of the strike and its kind.
    strikes: watch::Sender<(u64, Strike)>,
    /// The number of the mark, and the mark while it is not used up.
    mark: Mutex<(u64, Option<Mark>)>,
    counters: Counters,
    jitter: Mutex<Chance>,
    stop: CancellationToken,
}

/// A proxy at a port of its own, on threads of its own: a test that blocks does not hold it up. Ends
/// with the value, and its connections with it.
pub(crate) struct Chaos {
    port: u16,
    shared: Arc<Shared>,
}

/// Where the proxies and balancers of this test process run.
pub(crate) fn ground() -> &'static Handle {
    static GROUND: OnceLock<Runtime> = OnceLock::new();
    let make = || Builder::new_multi_thread().worker_threads(2).enable_all().build();
    GROUND.get_or_init(|| make().expect("threads")).handle()
}

impl Chaos {
    /// A proxy that passes everything to this port of 127.0.0.1, until it is told otherwise.
    #[must_use]
    pub(crate) fn start(upstream_port: u16) -> Chaos {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a listener of ours");
        let port = listener.local_addr().expect("a bound address").port();
        let shared = Arc::new(Shared {
            upstream: (Ipv4Addr::LOCALHOST, upstream_port).into(),
            fault: watch::Sender::default(),
            strikes: watch::Sender::default(),
            mark: Mutex::default(),
            counters: Counters::default(),
            jitter: Mutex::new(Chance(u64::from(port))),
            stop: CancellationToken::new(),
        });
        ground().spawn(accept(listener, Arc::clone(&shared)));
        Chaos { port, shared }
    }

    /// A proxy before the server of this URL, which must be on 127.0.0.1.
    #[must_use]
    pub(crate) fn before(url: &str) -> Chaos {
        let (_, rest) = url.split_once("127.0.0.1:").expect("a server of this machine");
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Chaos::start(digits.parse().expect("a port"))
    }

    #[must_use]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A URL of the server behind, led through the proxy.
    #[must_use]
    pub(crate) fn url(&self, of_the_server: &str) -> String {
        let behind = format!("127.0.0.1:{}", self.shared.upstream.port());
        assert!(of_the_server.contains(&behind), "{of_the_server} is not what stands behind");
        of_the_server.replace(&behind, &format!("127.0.0.1:{}", self.port))
    }

    /// From now on, this fault in place of the one before.
    pub(crate) fn set(&self, fault: Fault) {
        self.shared.fault.send_replace(fault);
    }

    /// The end of every fault.
    pub(crate) fn pass(&self) {
        self.set(Fault::Pass);
    }

    /// Closes both ends of every open connection, now.
    pub(crate) fn cut(&self) {
        self.strike(Strike::Cut);
    }

    /// The same with an RST on both sides.
    pub(crate) fn reset(&self) {
        self.strike(Strike::Reset);
    }

    /// Sets a mark in place of the one before.
    pub(crate) fn mark(&self, mark: Mark) {
        let mut place = self.shared.mark.lock().expect("no holder panics");
        place.0 += 1;
        place.1 = (mark.times > 0).then_some(mark);
    }

    /// The next `times` answers that hold these bytes do not arrive: the connection is cut in their
    /// place. With `COMMIT`, the commit happened and its answer is lost.
    pub(crate) fn lose_answers(&self, holding: &[u8], times: u64) {
        let sign = Sign::bytes(holding);
        self.mark(Mark { towards: Towards::Client, sign, passed_on: false, times });
    }

    /// Takes the mark away, used or not.
    pub(crate) fn unmark(&self) {
        let mut place = self.shared.mark.lock().expect("no holder panics");
        place.0 += 1;
        place.1 = None;
    }

    /// What struck so far.
    #[must_use]
    pub(crate) fn struck(&self) -> Struck {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let counters = &self.shared.counters;
        Struck {
            connections: read(&counters.connections),
            refused: read(&counters.refused),
            cut: read(&counters.cut),
            reset: read(&counters.reset),
            marked: read(&counters.marked),
            delayed: read(&counters.delayed),
            slowed: read(&counters.slowed),
            vanished: read(&counters.vanished),
            vanished_back: read(&counters.vanished_back),
        }
    }

    fn strike(&self, how: Strike) {
        self.shared.strikes.send_modify(|(number, last)| {
            *number += 1;
            *last = how;
        });
    }
}

impl Drop for Chaos {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).expect("a listener that does not block");
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                if *shared.fault.borrow() == Fault::Refuse {
                    count(&shared.counters.refused, 1);
                    continue;
                }
                count(&shared.counters.connections, 1);
                // Seen from here: a strike between the accepting and the first byte counts.
                let strikes = shared.strikes.subscribe();
                ground().spawn(connection(client, Arc::clone(&shared), strikes));
            }
        }
    }
}

/// One connection from its beginning to its end.
async fn connection(
    client: TcpStream,
    shared: Arc<Shared>,
    mut strikes: watch::Receiver<(u64, Strike)>,
) {
    let _ = client.set_nodelay(true);
    let stop = shared.stop.clone();
    // Whoever connects into a half-open world speaks to nobody.
    let fault = *shared.fault.borrow();
    if matches!(fault, Fault::HalfOpen) {
        let (mut from, to) = client.into_split();
        tokio::select! {
            () = stop.cancelled() => {}
            () = swallow(&mut from, &shared.counters.vanished) => {}
            _ = strikes.changed() => end_by_force(&shared, &strikes, [to]),
        }
        return;
    }
    let Ok(Ok(server)) = timeout(CONNECT, TcpStream::connect(shared.upstream)).await else {
        return;
    };
    let _ = server.set_nodelay(true);
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let marked = {
        let there = pump(&shared, Towards::Server, &mut from_client, &mut to_server);
        let back = pump(&shared, Towards::Client, &mut from_server, &mut to_client);
        tokio::pin!(there, back);
        let mut ended = [None, None];
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                end = &mut there, if ended[0].is_none() => ended[0] = Some(end),
                end = &mut back, if ended[1].is_none() => ended[1] = Some(end),
                _ = strikes.changed() => break false,
            }
            match ended {
                // The other end hears of it when both sockets are dropped.
                [Some(End::Broken), _] | [_, Some(End::Broken)] => return,
                [Some(End::Marked), _] | [_, Some(End::Marked)] => break true,
                [Some(_), Some(_)] => return,
                // The other direction goes on: half of a connection can be closed, and the end of a
                // writer that nobody is told of changes nothing for the one who waits.
                _ => {}
            }
        }
    };
    if marked {
        count(&shared.counters.marked, 1);
    } else {
        end_by_force(&shared, &strikes, [to_client, to_server]);
    }
}

fn end_by_force<const ENDS: usize>(
    shared: &Shared,
    strikes: &watch::Receiver<(u64, Strike)>,
    ends: [OwnedWriteHalf; ENDS],
) {
    let (_, how) = *strikes.borrow();
    match how {
        Strike::Cut => count(&shared.counters.cut, 1),
        Strike::Reset => {
            for end in ends {
                let _ = end.as_ref().set_zero_linger();
                // Dropped, it would say goodbye before the socket is closed.
                end.forget();
            }
            count(&shared.counters.reset, 1);
        }
    }
}

/// How a direction of a connection came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its reader was told that its writer is done.
    Finished,
    /// The writer is done, and nobody is told.
    Unheard,
    /// An error on one of the sockets.
    Broken,
    Marked,
}

/// One direction of a connection.
async fn pump(
    shared: &Shared,
    towards: Towards,
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
) -> End {
    let mut buffer = vec![0; CHUNK];
    let mut watch = MarkWatch::default();
    let vanished = match towards {
        Towards::Server => &shared.counters.vanished,
        Towards::Client => &shared.counters.vanished_back,
    };
    let mut dead = false;
    loop {
        let Ok(length) = from.read(&mut buffer).await else {
            return if dead { End::Unheard } else { End::Broken };
        };
        let fault = *shared.fault.borrow();
        dead |= match fault {
            Fault::HalfOpen => true,
            Fault::HalfOpenBack => towards == Towards::Client,
            _ => false,
        };
        if dead {
            if length == 0 {
                return End::Unheard;
            }
            count(vanished, length);
            continue;
        }
        if length == 0 {
            return if to.shutdown().await.is_ok() { End::Finished } else { End::Broken };
        }
        let chunk = &buffer[..length];
        let mark = watch.look(shared, towards, chunk);
        if matches!(mark, Some(Found { passed_on: false })) {
            return End::Marked;
        }
        if pass_on(shared, fault, chunk, to).await.is_err() {
            return End::Broken;
        }
        if mark.is_some() {
            return End::Marked;
        }
    }
}

async fn pass_on(
    shared: &Shared,
    fault: Fault,
    chunk: &[u8],
    to: &mut OwnedWriteHalf,
) -> io::Result<()> {
    match fault {
        Fault::Delay { by, jitter } => {
            count(&shared.counters.delayed, 1);
            let wait = by + shared.jitter.lock().expect("no holder panics").up_to(jitter);
            tokio::time::sleep(wait).await;
            to.write_all(chunk).await
        }
        Fault::Slow { bytes_per_second } => {
            count(&shared.counters.slowed, 1);
            let steps_per_second = 1000 / usize::try_from(SLOW_STEP.as_millis()).unwrap_or(1);
            for piece in chunk.chunks((bytes_per_second / steps_per_second).max(1)) {
                tokio::time::sleep(SLOW_STEP).await;
                to.write_all(piece).await?;
            }
            Ok(())
        }
        _ => to.write_all(chunk).await,
    }
}

/// Reads until the other end is done, and keeps nothing.
async fn swallow(from: &mut OwnedReadHalf, vanished: &AtomicU64) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        count(vanished, length);
    }
}

/// What one direction of one connection showed of the mark in force.
#[derive(Default)]
struct MarkWatch {
    number: u64,
    /// The end of what passed, as long as a sign could still begin in it.
    tail: Vec<u8>,
    counted: usize,
}

struct Found {
    passed_on: bool,
}

impl MarkWatch {
    /// Whether this chunk completes the sign; then the mark is used up by one.
    fn look(&mut self, shared: &Shared, towards: Towards, chunk: &[u8]) -> Option<Found> {
        let mut place = shared.mark.lock().expect("no holder panics");
        let (number, mark) = &mut *place;
        if *number != self.number {
            *self = MarkWatch { number: *number, ..MarkWatch::default() };
        }
        let set = mark.as_mut().filter(|mark| mark.towards == towards)?;
        let found = match &set.sign {
            Sign::Bytes(bytes) => {
                self.tail.extend_from_slice(chunk);
                let found = self.tail.windows(bytes.len()).any(|window| window == bytes);
                let keep = self.tail.len().min(bytes.len().saturating_sub(1));
                self.tail.drain(..self.tail.len() - keep);
                found
            }
            Sign::Count(bytes) => {
                self.counted += chunk.len();
                self.counted >= *bytes
            }
        };
        if !found {
            return None;
        }
        let passed_on = set.passed_on;
        set.times -= 1;
        if set.times == 0 {
            *mark = None;
        }
        Some(Found { passed_on })
    }
}

fn count(counter: &AtomicU64, by: impl TryInto<u64>) {
    counter.fetch_add(by.try_into().unwrap_or_default(), Ordering::SeqCst);
}

/// A cheap sequence that looks random and is the same in every run with the same seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below the bound, which is not zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.below(most.saturating_add(1)))
    }

    pub(crate) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + self.up_to(most.saturating_sub(least))
    }
}

/// One kind of trouble of a storm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Cut,
    Reset,
    /// The next answer that holds these bytes is lost with its connection.
    LoseAnswer(&'static [u8]),
    /// A fault for as long as the schedule says. A storm that refuses cuts what is open first, or
    /// nobody would knock.
    For(Fault),
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Trouble::Cut => "cut",
            Trouble::Reset => "reset",
            Trouble::LoseAnswer(_) => "lost answer",
            Trouble::For(Fault::Pass) => "calm",
            Trouble::For(Fault::Refuse) => "refuse",
            Trouble::For(Fault::Delay { .. }) => "delay",
            Trouble::For(Fault::HalfOpen) => "half-open",
            Trouble::For(Fault::HalfOpenBack) => "half-open back",
            Trouble::For(Fault::Slow { .. }) => "slow",
        };
        formatter.write_str(word)
    }
}

/// What a storm is made of.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// How long it goes on.
    pub(crate) lasts: Duration,
    /// The shortest and the longest calm between two troubles.
    pub(crate) calm: (Duration, Duration),
    /// The shortest and the longest time a fault stays.
    pub(crate) stays: (Duration, Duration),
    /// Drawn by chance, but each comes before any comes again.
    pub(crate) troubles: Vec<Trouble>,
}

/// What a storm did: when, what, how long.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: Duration,
    pub(crate) trouble: Trouble,
    pub(crate) stayed: Duration,
}

/// How often each trouble of a storm came.
pub(crate) fn tally(log: &[Line]) -> HashMap<String, u64> {
    let mut tally = HashMap::new();
    for line in log {
        *tally.entry(line.trouble.to_string()).or_default() += 1;
    }
    tally
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { at, trouble, stayed } = self;
        write!(formatter, "{:7.3} s  {trouble} {} ms", at.as_secs_f64(), stayed.as_millis())
    }
}

impl Chaos {
    /// Makes trouble by chance for a while, then passes everything again. The same seed makes the
    /// same trouble in the same order. Gives what it did; dropped before its end, it passes as well.
    pub(crate) async fn storm(&self, seed: u64, schedule: &Schedule) -> Vec<Line> {
        let _calm_after = CalmAfter(self);
        let mut chance = Chance(seed);
        let mut log: Vec<Line> = Vec::new();
        let mut left: Vec<Trouble> = Vec::new();
        let began = Instant::now();
        loop {
            tokio::time::sleep(chance.between(schedule.calm.0, schedule.calm.1)).await;
            let at = began.elapsed();
            if at >= schedule.lasts {
                return log;
            }
            if left.is_empty() {
                left.clone_from(&schedule.troubles);
            }
            let drawn = chance.below(left.len() as u64);
            let trouble = left.swap_remove(usize::try_from(drawn).unwrap_or_default());
            let stays = chance.between(schedule.stays.0, schedule.stays.1);
            let stayed = match &trouble {
                Trouble::Cut => {
                    self.cut();
                    Duration::ZERO
                }
                Trouble::Reset => {
                    self.reset();
                    Duration::ZERO
                }
                Trouble::LoseAnswer(holding) => {
                    self.lose_answers(holding, 1);
                    Duration::ZERO
                }
                Trouble::For(fault) => {
                    self.set(*fault);
                    if *fault == Fault::Refuse {
                        self.cut();
                    }
                    tokio::time::sleep(stays).await;
                    self.pass();
                    stays
                }
            };
            log.push(Line { at, trouble, stayed });
        }
    }
}

struct CalmAfter<'a>(&'a Chaos);

impl Drop for CalmAfter<'_> {
    fn drop(&mut self) {
        self.0.pass();
        self.0.unmark();
    }
}
