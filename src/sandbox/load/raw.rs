//! Envelopes signed beforehand, as fast as the webhook takes them or at a steady rate.
//!
//! The client is a few lines over a socket, so that on a machine with few cores the load costs
//! little beside what it measures.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ring::hmac;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::citizens::phone_of;
use super::{LoadError, Quantiles, require_loopback};
use crate::sandbox::envelope::{Business, Layout, Person, Said, Update, envelope};
use crate::sandbox::sign::sign_with;

/// At most so many envelopes are signed beforehand: they are held in memory.
const ENVELOPES_MAX: usize = 1_000_000;
const CONNECTIONS_MAX: usize = 1_000;

/// What to pour, and how.
#[derive(Clone, Debug)]
pub struct RawPlan {
    /// On this machine.
    pub webhook: String,
    /// The same webhook of other replicas: connections are dealt out among all of them, and so one
    /// person's messages are too.
    pub replicas: Vec<String>,
    pub app_secret: String,
    pub business: Business,
    /// Envelopes; the run ends with the last, or at `limit`.
    pub envelopes: usize,
    /// Messages in each; 1 to 1000.
    pub updates: usize,
    /// The messages come from so many persons in turn.
    pub citizens: usize,
    /// What each of them says, one text a message, and from the first again after the last.
    pub texts: Vec<String>,
    pub connections: usize,
    pub limit: Duration,
    /// Envelopes a second; `None` is as fast as they are taken. At a rate, times are measured from
    /// when an envelope was due, so that a stall counts for all that it held up.
    pub rate: Option<f64>,
    /// Begins every message id: another run with the same would send duplicates.
    pub run: String,
    /// What the messages' timestamps say.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RawReport {
    pub envelopes: usize,
    pub updates: usize,
    /// Answers by HTTP status; 0 is no answer.
    pub answers: BTreeMap<u16, usize>,
    pub seconds: f64,
    pub envelopes_per_second: f64,
    pub updates_per_second: f64,
    pub bytes: usize,
    pub took: Quantiles,
}

/// Pours.
///
/// # Errors
/// A webhook elsewhere, an empty or boundless plan, nobody listening.
pub async fn pour(
    plan: &RawPlan,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> Result<RawReport, LoadError> {
    let url = require_loopback(&plan.webhook)?;
    if !(1..=ENVELOPES_MAX).contains(&plan.envelopes)
        || !(1..=1000).contains(&plan.updates)
        || plan.citizens == 0
        || plan.texts.is_empty()
    {
        return Err(LoadError::Plan(
            "1 to 1000000 envelopes of 1 to 1000 updates of someone who says something",
        ));
    }
    if !(1..=CONNECTIONS_MAX).contains(&plan.connections) {
        return Err(LoadError::Plan("1 to 1000 connections"));
    }
    if plan.rate.is_some_and(|rate| !(rate > 0.0 && rate.is_finite())) {
        return Err(LoadError::Plan("a rate above zero"));
    }
    let mut callers = vec![Caller::of(&url, &plan.app_secret)];
    for replica in &plan.replicas {
        callers.push(Caller::of(&require_loopback(replica)?, &plan.app_secret));
    }
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(sign_all(plan, &callers));
    // Nobody listening is an error at once, not a million failed posts.
    for caller in &callers {
        drop(caller.connect().await.map_err(LoadError::Connect)?);
    }
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let deadline = started + plan.limit;
    let mut workers = Vec::with_capacity(plan.connections);
    for caller in callers.iter().cycle().take(plan.connections) {
        let worker = Worker {
            caller: caller.clone(),
            requests: Arc::clone(&requests),
            next: Arc::clone(&next),
            started,
            deadline,
            rate: plan.rate,
            shutdown: shutdown.clone(),
        };
        workers.push(tracker.spawn(worker.run()));
    }
    let mut times: Vec<f64> = Vec::with_capacity(plan.envelopes);
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    let mut bytes = 0;
    for worker in workers {
        let Ok(done) = worker.await else { continue };
        times.extend(done.times);
        bytes += done.bytes;
        for (status, count) in done.answers {
            *answers.entry(status).or_default() += count;
        }
    }
    let seconds = started.elapsed().as_secs_f64().max(1e-9);
    let envelopes: usize = answers.values().sum();
    let updates = envelopes * plan.updates;
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
    let per_second = |count: usize| count as f64 / seconds;
    Ok(RawReport {
        envelopes,
        updates,
        answers,
        seconds,
        envelopes_per_second: per_second(envelopes),
        updates_per_second: per_second(updates),
        bytes,
        took: Quantiles::of(times),
    })
}

/// Every request whole, as it goes over the wire.
fn sign_all(plan: &RawPlan, callers: &[Caller]) -> Vec<Vec<u8>> {
    let Some(caller) = callers.first() else { return Vec::new() };
    let said: Vec<Said> = plan.texts.iter().cloned().map(Said::Text).collect();
    let mut requests = Vec::with_capacity(plan.envelopes);
    for number in 0..plan.envelopes {
        let mut updates = Vec::with_capacity(plan.updates);
        for place in 0..plan.updates {
            let serial = number * plan.updates + place;
            let person = Person::phone(&phone_of(serial % plan.citizens));
            let id = format!("wamid.{}{serial:010}", plan.run);
            let turn = serial / plan.citizens;
            let Some(words) = said.get(turn % said.len()) else { continue };
            updates.push(Update::message(&person, &id, words, None, plan.at));
        }
        let body = envelope(&plan.business, &updates, Layout::OneValue, true);
        requests.push(caller.request(&body));
    }
    requests
}

/// Posts to a webhook of this machine over one connection, one request after the other. A clone has a
/// connection of its own.
#[derive(Debug)]
pub struct Caller {
    host: String,
    port: u16,
    /// What every request begins with.
    head: String,
    key: hmac::Key,
    open: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Clone for Caller {
    fn clone(&self) -> Caller {
        let (host, head) = (self.host.clone(), self.head.clone());
        Caller {
            host,
            head,
            port: self.port,
            key: self.key.clone(),
            open: None,
            buffer: Vec::new(),
        }
    }
}

impl Caller {
    /// Connects with its first request. `app_secret` signs what it posts.
    ///
    /// # Errors
    /// A webhook elsewhere.
    pub fn new(webhook: &str, app_secret: &str) -> Result<Caller, LoadError> {
        Ok(Caller::of(&require_loopback(webhook)?, app_secret))
    }

    fn of(url: &reqwest::Url, app_secret: &str) -> Caller {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(80);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Caller {
            head: format!("POST {path} HTTP/1.1\r\nhost: {host}:{port}\r\n"),
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            key: hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes()),
            open: None,
            buffer: Vec::new(),
        }
    }

    /// A request whole, as it goes over the wire: this body of JSON, signed.
    #[must_use]
    pub fn request(&self, body: &[u8]) -> Vec<u8> {
        let mut request = format!(
            "{}content-type: application/json\r\nx-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
            self.head,
            sign_with(&self.key, body),
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        request
    }

    /// Sends a request and gives the HTTP status of its answer.
    ///
    /// # Errors
    /// No whole answer came; the next request takes another connection.
    pub async fn call(&mut self, request: &[u8]) -> io::Result<u16> {
        let mut stream = match self.open.take() {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        stream.write_all(request).await?;
        let answer = read_answer(&mut stream, &mut self.buffer).await?;
        if answer.keep {
            self.open = Some(stream);
        }
        Ok(answer.status)
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

struct Worker {
    caller: Caller,
    requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    started: Instant,
    deadline: Instant,
    rate: Option<f64>,
    shutdown: CancellationToken,
}

#[derive(Default)]
struct Done {
    times: Vec<f64>,
    answers: BTreeMap<u16, usize>,
    bytes: usize,
}

impl Worker {
    async fn run(mut self) -> Done {
        let mut done = Done::default();
        while !self.shutdown.is_cancelled() {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = self.requests.get(place) else { break };
            let mut due = Instant::now();
            if let Some(rate) = self.rate {
                #[expect(clippy::cast_precision_loss, reason = "a million fits an f64 exactly")]
                let offset = Duration::from_secs_f64(place as f64 / rate);
                due = self.started + offset;
                if due >= self.deadline {
                    break;
                }
                tokio::time::sleep_until(due).await;
            } else if due >= self.deadline {
                break;
            }
            // One request may take the rest of the run and not a moment more.
            let patience = self.deadline + Duration::from_secs(1);
            let answered = tokio::time::timeout_at(patience, self.caller.call(request)).await;
            let status = answered.ok().and_then(Result::ok).unwrap_or(0);
            *done.answers.entry(status).or_default() += 1;
            done.times.push(due.elapsed().as_secs_f64() * 1000.0);
            done.bytes += request.len();
            if status == 0 {
                // Nobody there: no hammering.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        done
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// The connection may be used again.
    keep: bool,
}

/// Reads one answer to its end; what it says beyond its status is of no interest.
async fn read_answer<R: AsyncReadExt + Unpin>(
    stream: &mut R,
    buffer: &mut Vec<u8>,
) -> io::Result<Head> {
    buffer.clear();
    let broken = |words: &'static str| io::Error::new(io::ErrorKind::InvalidData, words);
    let head_end = loop {
        if let Some(place) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break place;
        }
        if buffer.len() > 64 * 1024 {
            return Err(broken("a head without end"));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = std::str::from_utf8(buffer.get(..head_end).unwrap_or_default())
        .map_err(|_| broken("a head that is not text"))?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|word| word.parse::<u16>().ok())
        .ok_or_else(|| broken("no status"))?;
    let mut length = None;
    let mut keep = true;
    for line in lines {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if key.eq_ignore_ascii_case("content-length") {
            length = value.parse::<usize>().ok();
        } else if key.eq_ignore_ascii_case("connection") {
            keep = !value.eq_ignore_ascii_case("close");
        }
    }
    let Some(length) = length.or((status == 204).then_some(0)) else {
        // Chunked, or until the end: the connection is not used again.
        return Ok(Head { status, keep: false });
    };
    let end = head_end + 4 + length;
    while buffer.len() < end {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Head { status, keep })
}

impl fmt::Display for RawReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} envelopes, {} updates in {:.2} s: {:.0} envelopes/s, {:.0} updates/s",
            self.envelopes,
            self.updates,
            self.seconds,
            self.envelopes_per_second,
            self.updates_per_second
        )?;
        writeln!(formatter, "answers: {:?} (0 is none)", self.answers)?;
        writeln!(formatter, "took: {}", self.took)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_read_in_pieces_and_to_its_end() {
        let (mut ours, mut theirs) = tokio::io::duplex(7);
        let writer = async {
            theirs
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello\r\n\r\nyouHTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
        };
        let reader = async {
            let mut buffer = Vec::new();
            read_answer(&mut ours, &mut buffer).await.unwrap()
        };
        let (head, ()) = tokio::join!(reader, async {
            // The reader stops before all is written.
            let _ = tokio::time::timeout(Duration::from_millis(50), writer).await;
        });
        assert_eq!(head, Head { status: 200, keep: true });
    }

    #[tokio::test]
    async fn an_answer_cut_short_is_none() {
        let mut short: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel";
        assert!(read_answer(&mut short, &mut Vec::new()).await.is_err());
        let mut closing: &[u8] =
            b"HTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let head = read_answer(&mut closing, &mut Vec::new()).await.unwrap();
        assert_eq!(head, Head { status: 503, keep: false });
    }
}
