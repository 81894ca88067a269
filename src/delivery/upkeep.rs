//! What runs beside the pumps: the puller, the recorder, the ear for what others queue, the sweep,
//! and the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::outbox::{Carrier, Outbox};
use super::pump::Desk;
use super::shared::{Shared, Streams};
use crate::records::{RecordsError, SendRecord, Waits};
use crate::state::LiveEvent;

/// Outcomes written in one go.
const GATHERING: usize = 512;
/// A claim that is older than so many leases and in nobody's hands was lost on its way to us: nothing
/// that still travels is that old.
const LOST_AFTER_LEASES: u32 = 2;

/// Runs delivery from its start to its end.
pub(super) async fn run<O: Outbox, C: Carrier>(
    desk: Arc<Desk<O, C>>,
    streams: Streams,
    events: broadcast::Receiver<LiveEvent>,
) {
    let Streams { mut new_roads, outcomes } = streams;
    let shared = desk.shared.clone();
    let (vital, stopping) = (&shared.vital, &shared.stopping);
    let tasks = TaskTracker::new();
    let closing = CancellationToken::new();
    let recorder = record(desk.clone(), outcomes, closing.clone());
    let recorder = tasks.spawn(vital.until(&closing, "delivery's recorder", recorder));
    // It is never cut off between a claim and its offer: what it claimed it hands on.
    let puller = tasks.spawn(vital.until(stopping, "delivery's puller", pull(desk.clone())));
    tasks.spawn(vital.until(stopping, "delivery's ear", listen(desk.clone(), events)));
    tasks.spawn(vital.until(stopping, "the sweep", sweep(desk.clone())));
    let watching = desk.clone();
    let watch = async move { watching.watch_holds().await };
    tasks.spawn(vital.until(stopping, "the watch over what rests", watch));

    loop {
        tokio::select! {
            biased;
            () = shared.fenced.cancelled() => break,
            () = shared.stopping.cancelled() => break,
            road = new_roads.recv() => {
                if let Some(road) = road {
                    let pump = desk.clone().pump(road);
                    desk.calls.spawn(vital.until(stopping, "a sender's pump", pump));
                }
            }
        }
    }

    shared.stopping.cancel();
    shared.give_back(shared.drain(), None);
    desk.calls.close();
    let patience =
        if shared.fenced.is_cancelled() { Duration::ZERO } else { shared.settings.drain };
    if tokio::time::timeout(patience, desk.calls.wait()).await.is_err() {
        // What is still under way ends as `unknown`.
        shared.abandoned.cancel();
        let _ = tokio::time::timeout(shared.settings.drain, desk.calls.wait()).await;
    }
    // What was put back, or came in by a last claim, in the meantime.
    let _ = tokio::time::timeout(shared.settings.drain, puller).await;
    shared.give_back(shared.drain(), None);
    closing.cancel();
    if tokio::time::timeout(shared.settings.drain, recorder).await.is_err() {
        tracing::warn!("the records did not take the last outcomes; they will stand as `unknown`");
    }
    tasks.close();
    let _ = tokio::time::timeout(shared.settings.drain, tasks.wait()).await;
}

impl Shared {
    /// Takes everything out that waits.
    fn drain(&self) -> Vec<crate::message::Outgoing> {
        let mut queues = self.queues.lock();
        let drained = queues.drain();
        self.metrics.waiting(queues.waiting_by_lane());
        drained
    }

    /// How many claimed messages are held: few, for a crash makes `unknown` of them.
    fn pull_limit(&self) -> usize {
        self.settings.concurrency.max(1) * 2
    }

    /// Wakes the puller when half of its messages are gone and there are more.
    pub(super) fn fetch_more_if_room(&self) {
        let queues = self.queues.lock();
        if queues.may_pull_more() && queues.pulled() <= self.pull_limit() / 2 {
            drop(queues);
            self.pull.notify_one();
        }
    }
}

/// Fills the queues from the records.
async fn pull<O: Outbox, C: Carrier>(desk: Arc<Desk<O, C>>) {
    let shared = &desk.shared;
    loop {
        tokio::select! {
            () = shared.stopping.cancelled() => return,
            () = tokio::time::sleep(shared.settings.poll) => {}
            () = shared.pull.notified() => {}
        }
        if desk.is_halted() || !shared.lease_holds() {
            continue;
        }
        let (room, spills) = {
            let queues = shared.queues.lock();
            (shared.pull_limit().saturating_sub(queues.pulled()), queues.spills())
        };
        // What was given back and is not written yet cannot be seen by this claim.
        let is_written = shared.unwritten.load(Ordering::SeqCst) == 0;
        if room == 0 {
            continue;
        }
        match desk.outbox.claim(shared.clock.now(), room).await {
            Ok(claimed) => {
                let is_empty = claimed.len() < room;
                shared.offer_pulled(claimed);
                let mut queues = shared.queues.lock();
                queues.set_more(!is_empty);
                if is_empty && is_written {
                    queues.caught_up(spills);
                }
            }
            Err(RecordsError::Fenced) => shared.fence(),
            Err(error) => tracing::warn!(%error, "the queue cannot be read; asking again"),
        }
    }
}

/// Has the queue looked at when another process says that it queued something.
async fn listen<O: Outbox, C: Carrier>(
    desk: Arc<Desk<O, C>>,
    mut events: broadcast::Receiver<LiveEvent>,
) {
    let shared = &desk.shared;
    loop {
        let event = tokio::select! {
            () = shared.stopping.cancelled() => return,
            event = events.recv() => event,
        };
        match event {
            Ok(LiveEvent::Queued) | Err(RecvError::Lagged(_)) => shared.pull.notify_one(),
            Ok(_) => {}
            // Nothing more is told; the queue is looked at as often as `poll` says.
            Err(RecvError::Closed) => return shared.stopping.cancelled().await,
        }
    }
}

/// Writes outcomes as they come, many at a time.
async fn record<O: Outbox, C: Carrier>(
    desk: Arc<Desk<O, C>>,
    mut outcomes: mpsc::UnboundedReceiver<SendRecord>,
    closing: CancellationToken,
) {
    let mut gathered = Vec::with_capacity(GATHERING);
    loop {
        let received = tokio::select! {
            biased;
            count = outcomes.recv_many(&mut gathered, GATHERING) => count,
            () = closing.cancelled() => {
                // Nothing new comes in; what is there is written below, then this ends.
                outcomes.close();
                outcomes.recv_many(&mut gathered, GATHERING).await
            }
        };
        if received == 0 {
            return;
        }
        let given_back = gathered.iter().filter(|record| record.result.goes_back()).count();
        write(&desk, std::mem::take(&mut gathered)).await;
        desk.shared.unwritten.fetch_sub(given_back as u64, Ordering::SeqCst);
    }
}

/// Writes one gathering, however long it takes, until another process has our claims.
async fn write<O: Outbox, C: Carrier>(desk: &Desk<O, C>, sends: Vec<SendRecord>) {
    let mut wait = Duration::from_millis(50);
    // Halves of a gathering with a row that cannot be written, until it stands alone.
    let mut parts = vec![sends];
    while let Some(part) = parts.pop() {
        if desk.shared.fenced.is_cancelled() {
            return;
        }
        let error = match desk.outbox.record_sends(part.clone()).await {
            Ok(()) => {
                desk.shared.let_go(part.iter().map(|record| record.id));
                continue;
            }
            Err(error) => error,
        };
        match error {
            RecordsError::Fenced => {
                desk.shared.fence();
                return;
            }
            RecordsError::Unavailable(_) => {
                tracing::warn!(%error, waiting = part.len(), "outcomes wait for the records");
                parts.push(part);
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(2));
            }
            _ if part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.push(second.to_vec());
                parts.push(first.to_vec());
            }
            // It stays in our hands, so that nobody takes it for a lost claim.
            _ => {
                let id = part.first().map(|record| record.id.id);
                tracing::error!(%error, outgoing = id, "an outcome cannot be written; it will stand as `unknown`");
            }
        }
    }
}

/// Looks for dead processes and silent providers.
async fn sweep<O: Outbox, C: Carrier>(desk: Arc<Desk<O, C>>) {
    let shared = &desk.shared;
    let waits =
        Waits { unknown_after: shared.settings.unknown_after, sweep: shared.settings.sweep };
    loop {
        tokio::select! {
            () = tokio::time::sleep(shared.settings.sweep) => {}
            () = shared.stopping.cancelled() => return,
        }
        match desk.outbox.sweep(shared.clock.now(), waits).await {
            Ok(swept) => {
                shared.metrics.swept(swept.unknown, swept.again);
                if swept.dead > 0 || swept.unknown > 0 || swept.again > 0 {
                    tracing::info!(
                        dead = swept.dead,
                        unknown = swept.unknown,
                        again = swept.again,
                        "swept"
                    );
                }
                if swept.again > 0 {
                    shared.pull.notify_one();
                }
            }
            Err(RecordsError::Fenced) => shared.fence(),
            Err(error) => tracing::warn!(%error, "the sweep failed; trying again"),
        }
        let before = earlier(shared.clock.now(), shared.settings.lease * LOST_AFTER_LEASES);
        match desk.outbox.claimed_before(before, GATHERING).await {
            Ok(claimed) => {
                let lost = shared.give_up_lost(claimed);
                if lost > 0 {
                    shared.metrics.swept(lost, 0);
                    tracing::warn!(
                        lost,
                        "claims of ours never reached us; they stand as `unknown` from now on"
                    );
                }
            }
            Err(error) => tracing::warn!(%error, "our claims cannot be read; trying again"),
        }
    }
}

pub(super) fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_sub(by).ok())
        .unwrap_or(Timestamp::MIN)
}

impl Shared {
    /// Another process was given our lease: not another word from this one.
    fn fence(&self) {
        if !self.fenced.is_cancelled() {
            tracing::error!(
                "another process took this one for dead; it stops sending and must be started again"
            );
        }
        self.fenced.cancel();
        self.stopping.cancel();
    }
}
