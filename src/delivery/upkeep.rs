//! What runs beside the pumps: the puller, the recorder, the heartbeat, the sweep, and the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::outbox::{Carrier, Outbox};
use super::pump::Desk;
use super::shared::{Shared, Streams};
use crate::records::{RecordsError, SendRecord, SendResult};

/// Outcomes written in one go.
const GATHERING: usize = 512;

/// Runs delivery from its start to its end.
pub(super) async fn run<O: Outbox, C: Carrier>(desk: Arc<Desk<O, C>>, streams: Streams) {
    let Streams { mut new_roads, outcomes } = streams;
    let shared = desk.shared.clone();
    let tasks = TaskTracker::new();
    // The last to end: until everything is written, the lease must hold.
    let written = CancellationToken::new();
    let closing = CancellationToken::new();
    tasks.spawn(heartbeat(desk.clone(), written.clone()));
    let recorder = tasks.spawn(record(desk.clone(), outcomes, closing.clone()));
    let puller = tasks.spawn(pull(desk.clone()));
    tasks.spawn(sweep(desk.clone()));

    loop {
        tokio::select! {
            biased;
            () = shared.fenced.cancelled() => break,
            () = shared.stopping.cancelled() => break,
            road = new_roads.recv() => {
                if let Some(road) = road {
                    desk.calls.spawn(desk.clone().pump(road));
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
    written.cancel();
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
        let given_back = gathered.iter().filter(|record| goes_back(record)).count();
        write(&desk, std::mem::take(&mut gathered)).await;
        desk.shared.unwritten.fetch_sub(given_back as u64, Ordering::SeqCst);
    }
}

fn goes_back(record: &SendRecord) -> bool {
    matches!(record.result, SendResult::Released { .. } | SendResult::Retry { .. })
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
            Ok(()) => continue,
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
            _ => {
                let id = part.first().map(|record| record.id.id);
                tracing::error!(%error, outgoing = id, "an outcome cannot be written; it will stand as `unknown`");
            }
        }
    }
}

/// Keeps the lease. It counts from before the heartbeat was asked for.
async fn heartbeat<O: Outbox, C: Carrier>(desk: Arc<Desk<O, C>>, written: CancellationToken) {
    let shared = &desk.shared;
    let beat = shared.settings.lease / 3;
    loop {
        let asked = Instant::now();
        let answer =
            tokio::time::timeout(beat.max(Duration::from_secs(1)), desk.outbox.heartbeat());
        let answer = tokio::select! {
            answer = answer => answer,
            () = written.cancelled() => return,
        };
        let next = match answer {
            Ok(Ok(())) => {
                shared.lease_until.send_replace(asked + shared.settings.lease);
                beat
            }
            Ok(Err(RecordsError::Fenced)) => {
                shared.fence();
                return;
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the lease could not be renewed; trying again");
                (beat / 5).min(Duration::from_secs(1))
            }
            Err(_elapsed) => {
                tracing::warn!("the records do not answer the heartbeat; trying again");
                Duration::ZERO
            }
        };
        tokio::select! {
            () = tokio::time::sleep(next) => {}
            () = written.cancelled() => return,
        }
    }
}

/// Looks for dead processes and silent providers.
async fn sweep<O: Outbox, C: Carrier>(desk: Arc<Desk<O, C>>) {
    let shared = &desk.shared;
    loop {
        tokio::select! {
            () = tokio::time::sleep(shared.settings.sweep) => {}
            () = shared.stopping.cancelled() => return,
        }
        match desk.outbox.sweep(shared.clock.now()).await {
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
    }
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
