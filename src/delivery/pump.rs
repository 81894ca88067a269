//! The pump of a sender: waits until something may leave, and sets the most urgent message on its
//! way (`flight.rs`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::flight::{Flight, HALT_WAIT};
use super::limits::Limits;
use super::options::{Registrar, Rulebook};
use super::outbox::{Carrier, Outbox};
use super::pace::Passage;
use super::shared::{Road, Shared};
use crate::clock::Ids;
use crate::state::{Bucket, Taken};

/// Everything a message meets on its way.
pub(super) struct Desk<O, C> {
    pub(super) shared: Arc<Shared>,
    pub(super) outbox: O,
    pub(super) carrier: C,
    pub(super) registrar: Registrar,
    pub(super) rulebook: Rulebook,
    pub(super) limits: Limits,
    pub(super) ids: Ids,
    pub(super) halted: Arc<AtomicBool>,
    pub(super) calls: TaskTracker,
}

impl<O: Outbox, C: Carrier> Desk<O, C> {
    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
    }

    /// Sends what comes for one sender until delivery stops.
    pub(super) async fn pump(self: Arc<Self>, road: Arc<Road>) {
        while !self.shared.stopping.is_cancelled() {
            if let Some(urgent_only) = self.has_work(&road).await {
                if !self.may_send(&road).await {
                    continue;
                }
                if !self.take_token(&road).await {
                    continue;
                }
                self.begin(&road, urgent_only);
            }
        }
    }

    /// Waits until something may be popped. `Some(true)`: only what people stand behind, the other
    /// places are taken; `None`: look again.
    async fn has_work(&self, road: &Road) -> Option<bool> {
        let places = self.shared.settings.concurrency.max(1);
        let kept_for_urgent = if places > 1 { (places / 4).max(1) } else { 0 };
        let next_due = {
            let mut queues = self.shared.queues.lock();
            queues.wake_due(Instant::now());
            let under_way = queues.under_way(&road.key);
            let urgent_only = under_way + kept_for_urgent >= places;
            if under_way < places && queues.is_ready(&road.key, urgent_only) {
                return Some(urgent_only);
            }
            queues.next_due()
        };
        let due = async {
            match next_due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.shared.stopping.cancelled() => {}
            () = road.wake.notified() => {}
            () = due => {}
        }
        None
    }

    /// Whether the sender may be called now; else waits a moment, or sends everything home.
    async fn may_send(&self, road: &Road) -> bool {
        if !self.shared.lease_holds() {
            // The heartbeat renews it, or finds that we are fenced.
            tokio::select! {
                () = self.shared.stopping.cancelled() => {}
                () = self.shared.lease.until_it_outlasts(self.shared.settings.call_timeout) => {}
            }
            return false;
        }
        if self.is_halted() {
            self.shared.send_home(road, self.shared.time_in(HALT_WAIT));
            return false;
        }
        let passage = road.circuit.lock().passage(self.shared.clock.now());
        match passage {
            Passage::Shut(until) => {
                self.wait_for_sender(road, until).await;
                return false;
            }
            Passage::One if self.shared.queues.lock().under_way(&road.key) > 0 => {
                tokio::select! {
                    () = self.shared.stopping.cancelled() => {}
                    () = road.wake.notified() => {}
                }
                return false;
            }
            Passage::Free | Passage::One => {}
        }
        let held_until = road.rate.lock().held_until(Instant::now());
        if let Some(until) = held_until {
            let wait = until.saturating_duration_since(Instant::now());
            self.wait_for_sender(road, self.shared.time_in(wait)).await;
            return false;
        }
        true
    }

    /// Waits here when it is short, else sends everything home until then.
    async fn wait_for_sender(&self, road: &Road, until: Timestamp) {
        let wait = self.shared.time_until(until);
        if wait > self.shared.settings.memory_wait {
            self.shared.send_home(road, until);
            return;
        }
        self.sleep(wait.max(Duration::from_millis(1))).await;
    }

    /// Takes a token of the sender, or waits for one and says `false`.
    async fn take_token(&self, road: &Road) -> bool {
        let Some(per_second) = road.limits.per_second else {
            return true;
        };
        let took_credit =
            road.credit
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credit| credit.checked_sub(1));
        if took_credit.is_ok() {
            return true;
        }
        let rate = per_second * road.rate.lock().share(Instant::now());
        // A tenth of a second's worth at once: more could come to twice the rate in one second.
        let burst = (rate / 10.0).max(1.0);
        let bucket = Bucket { per_second: rate, burst };
        // A fast number asks for several at once, for each question is a way to the store and back;
        // never for so many that a reply would notice the wait.
        let waiting = u32::try_from(self.shared.queues.lock().waiting()).unwrap_or(u32::MAX);
        let tokens = (burst / 4.0).floor().min(f64::from(waiting)).max(1.0);
        let now = self.shared.clock.now();
        match self.limits.take_sender(road.key.0, &road.key.1, bucket, tokens, now).await {
            Taken::Yes => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a small whole number, at least 1"
                )]
                road.credit.fetch_add(tokens as u32 - 1, Ordering::Relaxed);
                true
            }
            Taken::Wait(wait) => {
                self.shared.metrics.limited("sender", road.key.0);
                self.sleep(wait).await;
                false
            }
        }
    }

    pub(super) async fn sleep(&self, wait: Duration) {
        tokio::select! {
            () = self.shared.stopping.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    /// Takes the most urgent message and sets it on its way.
    fn begin(self: &Arc<Self>, road: &Arc<Road>, urgent_only: bool) {
        let popped = {
            let mut queues = self.shared.queues.lock();
            let popped = queues.pop(&road.key, urgent_only, Instant::now());
            self.shared.metrics.waiting(queues.waiting_by_lane());
            popped
        };
        match popped {
            None => road.give_token_back(),
            Some(popped) => {
                let flight = Flight::new(self.clone(), road.clone(), popped);
                self.calls.spawn(flight.fly());
            }
        }
    }
}

impl Road {
    /// A token was taken and nothing left for it.
    pub(super) fn give_token_back(&self) {
        if self.limits.per_second.is_some() {
            self.credit.fetch_add(1, Ordering::Relaxed);
        }
    }
}
