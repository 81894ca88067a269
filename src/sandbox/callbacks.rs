//! The road back: signed callbacks, Meta's and the other vendors', repeated until they are answered
//! exactly 200.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use parking_lot::Mutex;
use ring::hmac;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::envelope::{Business, Layout, Update, envelope};
use super::faults::{Dice, Faults};
use super::ledger::{End, Place};
use super::options::Retry;
use super::sign::sign_with;
use super::sms::{self, Call, SmsAccount};
use super::state::Shared;

/// How far ahead a batch takes updates that are not yet due.
const BATCH_WINDOW: Duration = Duration::from_millis(50);

/// What the program is told of.
pub(super) enum News {
    /// By Meta.
    Graph { business: Arc<Business>, update: Update },
    /// By a vendor of short messages.
    Sms { account: Arc<SmsAccount>, told: sms::Told },
    /// By the vendor of a number that people ring, of one call alone.
    Ring { call: Arc<Call> },
}

impl News {
    /// Whether both may stand in one call.
    fn goes_with(&self, other: &News) -> bool {
        match (self, other) {
            (News::Graph { business: one, .. }, News::Graph { business: other, .. }) => {
                one == other
            }
            (News::Sms { account: one, told }, News::Sms { account: other, told: other_told }) => {
                one == other && sms::go_together(told, other_told)
            }
            _ => false,
        }
    }

    /// The most of its kind in one call.
    fn most(&self, of_graph: usize) -> usize {
        match self {
            News::Graph { .. } => of_graph,
            News::Sms { account, told } => sms::most_together(account, told).min(of_graph),
            News::Ring { .. } => 1,
        }
    }
}

/// One update that waits for its time.
pub(super) struct Callback {
    pub(super) news: News,
    /// What it is in the ledger.
    pub(super) place: Place,
    /// What its chances are drawn for.
    pub(super) key: String,
    pub(super) due: Instant,
    /// Delivered so often at once, for tests of duplicates; 1 is the usual.
    pub(super) copies: usize,
    /// Told when it was answered 200 for the first time.
    pub(super) heard: Option<oneshot::Sender<()>>,
}

/// What goes out together, and again until it is heard.
struct Post {
    call: Call,
    places: Vec<Place>,
    heard: Vec<oneshot::Sender<()>>,
}

/// The way out, shared by all who post.
pub(super) struct Road {
    pub(super) client: reqwest::Client,
    pub(super) webhook: reqwest::Url,
    pub(super) secret: hmac::Key,
    pub(super) retry: Retry,
    pub(super) permits: Semaphore,
    pub(super) shutdown: CancellationToken,
    pub(super) queue: mpsc::UnboundedSender<Callback>,
    /// Posts and callbacks not yet at their end.
    pending: AtomicUsize,
    quiet: Notify,
    /// How often the webhook answered what: `200`, `503`, `no answer`.
    answers: Mutex<BTreeMap<String, u64>>,
}

impl Road {
    pub(super) fn new(
        client: reqwest::Client,
        webhook: reqwest::Url,
        secret: &str,
        retry: Retry,
        connections: usize,
        shutdown: CancellationToken,
    ) -> (Road, mpsc::UnboundedReceiver<Callback>) {
        let (queue, receiver) = mpsc::unbounded_channel();
        let road = Road {
            client,
            webhook,
            secret: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            retry,
            permits: Semaphore::new(connections.max(1)),
            shutdown,
            queue,
            pending: AtomicUsize::new(0),
            quiet: Notify::new(),
            answers: Mutex::new(BTreeMap::new()),
        };
        (road, receiver)
    }

    /// Queues an update; it is lost only with the sandbox itself.
    pub(super) fn enqueue(&self, callback: Callback) {
        self.pending.fetch_add(1, Ordering::SeqCst);
        if self.queue.send(callback).is_err() {
            self.done(1);
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.load(Ordering::SeqCst)
    }

    fn done(&self, count: usize) {
        if self.pending.fetch_sub(count, Ordering::SeqCst) == count {
            self.quiet.notify_waiters();
        }
    }

    /// Waits until no callback is on its way.
    pub(super) async fn until_quiet(&self) {
        loop {
            let notified = self.quiet.notified();
            if self.pending() == 0 {
                return;
            }
            notified.await;
        }
    }

    pub(super) fn answers(&self) -> BTreeMap<String, u64> {
        self.answers.lock().clone()
    }

    /// The call that brings these bytes to the WhatsApp webhook.
    pub(super) fn envelope_call(&self, bytes: Vec<u8>) -> Call {
        Call {
            method: reqwest::Method::POST,
            url: self.webhook.to_string(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("user-agent", "facebookexternalua".to_owned()),
                ("x-hub-signature-256", sign_with(&self.secret, &bytes)),
            ],
            body: Bytes::from(bytes),
            head_first: false,
        }
    }

    /// Calls once. Gives the HTTP status, or `None` where no answer was seen.
    pub(super) async fn call_once(&self, call: &Call) -> Option<u16> {
        if call.head_first {
            // Whatever it says, the call follows: the vendor only warms up.
            let _ = self.client.head(&call.url).send().await;
        }
        let mut request = self.client.request(call.method.clone(), &call.url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let status = match request.body(call.body.clone()).send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                // The body is read so that the connection can be used again; it says nothing.
                let _ = response.bytes().await;
                Some(status)
            }
            Err(_) => None,
        };
        let word = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        *self.answers.lock().entry(word).or_default() += 1;
        status
    }
}

/// Takes callbacks as they fall due, puts them in envelopes and sends those on their way.
pub(super) async fn run(shared: Arc<Shared>, mut queue: mpsc::UnboundedReceiver<Callback>) {
    let mut waiting: BTreeMap<(Instant, u64), Callback> = BTreeMap::new();
    let mut arrived: u64 = 0;
    loop {
        let next = waiting.first_key_value().map(|((due, _), _)| *due);
        tokio::select! {
            biased;
            () = shared.road.shutdown.cancelled() => return,
            () = async { tokio::time::sleep_until(next.unwrap_or_else(Instant::now)).await },
                if next.is_some() => {}
            received = queue.recv() => {
                let Some(callback) = received else { return };
                arrived += 1;
                waiting.insert((callback.due, arrived), callback);
                continue;
            }
        }
        // What has come meanwhile may go along.
        while let Ok(callback) = queue.try_recv() {
            arrived += 1;
            waiting.insert((callback.due, arrived), callback);
        }
        let now = Instant::now();
        let faults = shared.faults.read().clone();
        while waiting.first_key_value().is_some_and(|((due, _), _)| *due <= now) {
            let Some((_, first)) = waiting.pop_first() else { break };
            let together = gather(first, &mut waiting, now, &faults, shared.dice);
            dispatch(&shared, together, &faults);
        }
    }
}

/// The first alone or, by chance, with others of the same number that are due or nearly so.
fn gather(
    first: Callback,
    waiting: &mut BTreeMap<(Instant, u64), Callback>,
    now: Instant,
    faults: &Faults,
    dice: Dice,
) -> Vec<Callback> {
    let batched = first.copies == 1 && dice.roll("batch", &first.key, 0) < faults.batch;
    if !batched {
        return vec![first];
    }
    let most = first.news.most(faults.batch_max);
    let due: Vec<(Instant, u64)> = waiting
        .range(..=(now + BATCH_WINDOW, u64::MAX))
        .filter(|(_, other)| other.copies == 1 && first.news.goes_with(&other.news))
        .map(|(place, _)| *place)
        .take(most.saturating_sub(1))
        .collect();
    let mut together = vec![first];
    for place in due {
        together.extend(waiting.remove(&place));
    }
    together
}

fn dispatch(shared: &Arc<Shared>, mut together: Vec<Callback>, faults: &Faults) {
    let Some(first) = together.first() else { return };
    let key = first.key.clone();
    let mut copies = first.copies;
    let dice = shared.dice;
    if dice.roll("disorder", &key, 1) < faults.disorder {
        dice.shuffle("disorder", &key, &mut together);
    }
    let call = call_of(shared, &key, &together);
    let mut places = Vec::with_capacity(together.len());
    let mut heard = Vec::new();
    for callback in together {
        places.push(callback.place);
        heard.extend(callback.heard);
    }
    let Some(call) = call else { return shared.road.done(places.len()) };
    if copies == 1 && dice.roll("duplicate", &key, 0) < faults.duplicate {
        copies = 2;
    }
    // The envelope is at its end when its last copy is.
    let count = places.len();
    shared.road.pending.fetch_add(count * (copies - 1), Ordering::SeqCst);
    for copy in 1..copies {
        let post = Post { call: call.clone(), places: places.clone(), heard: Vec::new() };
        // Some duplicates come at once, some later, as Meta's do; copies asked for by name at once.
        let later = if copies == 2 {
            Duration::from_millis(dice.between("duplicate", &key, copy as u64, (0, 250)))
        } else {
            Duration::ZERO
        };
        shared.tracker.spawn(deliver(Arc::clone(shared), post, later));
    }
    let post = Post { call, places, heard };
    shared.tracker.spawn(deliver(Arc::clone(shared), post, Duration::ZERO));
}

/// The one call that tells of all of them.
fn call_of(shared: &Shared, key: &str, together: &[Callback]) -> Option<Call> {
    let mut sender: Option<&Arc<Business>> = None;
    let mut vendor: Option<&Arc<SmsAccount>> = None;
    let (mut updates, mut told) = (Vec::new(), Vec::new());
    for callback in together {
        match &callback.news {
            News::Graph { business, update } => {
                sender = Some(business);
                updates.push(update.clone());
            }
            News::Sms { account, told: one } => {
                vendor = Some(account);
                told.push(one);
            }
            News::Ring { call } => return Some(call.as_ref().clone()),
        }
    }
    if let Some(account) = vendor {
        return sms::call_of(account, &told);
    }
    let layout = match shared.dice.between("layout", key, 0, (0, 2)) {
        0 => Layout::OneValue,
        1 => Layout::Changes,
        _ => Layout::Entries,
    };
    let bytes = envelope(sender?, &updates, layout, shared.escaped);
    Some(shared.road.envelope_call(bytes))
}

/// Posts until 200, with growing waits, until it is given up or the sandbox stops.
async fn deliver(shared: Arc<Shared>, post: Post, later: Duration) {
    let road = &shared.road;
    let count = post.places.len();
    let stopped = tokio::select! {
        () = road.shutdown.cancelled() => true,
        () = post_until_heard(&shared, post, later) => false,
    };
    if stopped {
        tracing::debug!(count, "callbacks dropped: the sandbox stops");
    }
    road.done(count);
}

async fn post_until_heard(shared: &Shared, post: Post, later: Duration) {
    if !later.is_zero() {
        tokio::time::sleep(later).await;
    }
    let road = &shared.road;
    let started = Instant::now();
    let mut wait = road.retry.first;
    let mut tries: u32 = 0;
    loop {
        let status = {
            // The semaphore is never closed.
            let _permit = road.permits.acquire().await;
            if tries == 0 {
                shared.ledger.lock().posted(&post.places, Instant::now());
            }
            road.call_once(&post.call).await
        };
        tries = tries.saturating_add(1);
        let heard = status == Some(200);
        let given_up = !heard && started.elapsed() + wait > road.retry.give_up_after;
        if heard || given_up {
            let end = End { at: shared.clock.now(), instant: Instant::now() };
            shared.ledger.lock().ended(&post.places, heard, tries, end);
        }
        if heard {
            for told in post.heard {
                // Nobody waits any longer: their business.
                let _ = told.send(());
            }
            return;
        }
        if given_up {
            tracing::warn!(tries, "a callback is given up: the webhook never answered 200");
            return;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 3 / 2).min(road.retry.longest);
    }
}
