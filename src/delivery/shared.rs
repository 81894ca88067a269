//! What the pumps, the calls, the puller and the way in share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::holds::Holds;
use super::metrics::DeliveryMetrics;
use super::options::{ChannelLimits, DeliverySettings};
use super::pace::{Circuit, Rate};
use super::queues::{Offer, Queues, SenderKey};
use super::standings::Standings;
use crate::clock::{Clock, later};
use crate::message::{Outgoing, OutgoingId};
use crate::records::{Lease, SendRecord, SendResult};
use crate::vital::Vital;

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) settings: DeliverySettings,
    pub(super) metrics: DeliveryMetrics,
    pub(super) queues: Mutex<Queues>,
    roads: Mutex<HashMap<SenderKey, Arc<Road>>>,
    new_roads: mpsc::UnboundedSender<Arc<Road>>,
    outcomes: mpsc::UnboundedSender<SendRecord>,
    /// Messages given back whose row is not written yet.
    pub(super) unwritten: AtomicU64,
    /// Wakes the puller.
    pub(super) pull: Notify,
    /// No new call begins.
    pub(super) stopping: CancellationToken,
    /// Calls under way are waited for no longer.
    pub(super) abandoned: CancellationToken,
    /// Another process has our claims: nothing may be written any more.
    pub(super) fenced: CancellationToken,
    pub(super) lease: Lease,
    pub(super) vital: Vital,
    /// Accounts and templates that rest.
    pub(super) holds: Holds,
    held: Mutex<Held>,
    /// How the broadcasts stand.
    pub(super) standings: Standings,
    /// Wakes the runner: messages of broadcasts were written off our hands.
    pub(super) broadcast_room: Notify,
    /// How many people a day WhatsApp said last that may be written to; `u64::MAX`: it said none, or no end.
    pub(super) people_a_day_said: AtomicU64,
}

/// The messages that are in our hands, from the moment we hear of their claim until what became of it is
/// written.
#[derive(Debug, Default)]
struct Held {
    /// How often, for one can be claimed again before the count of its last time; and its broadcast.
    messages: HashMap<OutgoingId, (u32, Option<i64>)>,
    of_broadcasts: HashMap<i64, Passed>,
}

/// What became here of the messages of a broadcast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) in_hand: usize,
    /// Sent, or ended otherwise; and gone back to the records to be tried again.
    pub(super) ended: u64,
    pub(super) returned: u64,
}

impl Held {
    fn hold(&mut self, id: OutgoingId, broadcast: Option<i64>) {
        match self.messages.entry(id) {
            Entry::Occupied(mut held) => held.get_mut().0 += 1,
            Entry::Vacant(place) => {
                place.insert((1, broadcast));
                if let Some(broadcast) = broadcast {
                    self.of_broadcasts.entry(broadcast).or_default().in_hand += 1;
                }
            }
        }
    }

    /// Whether it was one of a broadcast, and is gone.
    fn let_go(&mut self, id: OutgoingId) -> bool {
        let Entry::Occupied(mut held) = self.messages.entry(id) else { return false };
        held.get_mut().0 -= 1;
        let (times, broadcast) = *held.get();
        if times > 0 {
            return false;
        }
        held.remove();
        let Some(broadcast) = broadcast else { return false };
        self.of_broadcasts.entry(broadcast).or_default().in_hand -= 1;
        true
    }

    fn passed(&mut self, broadcast: i64, goes_back: bool) {
        let passed = self.of_broadcasts.entry(broadcast).or_default();
        if goes_back {
            passed.returned += 1;
        } else {
            passed.ended += 1;
        }
    }
}

/// What delivery is set up with.
pub(super) struct Setup {
    pub(super) clock: Clock,
    pub(super) settings: DeliverySettings,
    pub(super) metrics: DeliveryMetrics,
    pub(super) stopping: CancellationToken,
    pub(super) fenced: CancellationToken,
    pub(super) lease: Lease,
    pub(super) vital: Vital,
}

/// The ends that the upkeep reads from.
pub(super) struct Streams {
    pub(super) new_roads: mpsc::UnboundedReceiver<Arc<Road>>,
    pub(super) outcomes: mpsc::UnboundedReceiver<SendRecord>,
}

/// One sender, as it stands with its provider.
#[derive(Debug)]
pub(super) struct Road {
    pub(super) key: SenderKey,
    pub(super) limits: ChannelLimits,
    /// Woken when there is something to do.
    pub(super) wake: Arc<Notify>,
    pub(super) rate: Mutex<Rate>,
    pub(super) circuit: Mutex<Circuit>,
    /// Tokens taken for messages that then did not leave.
    pub(super) credit: AtomicU32,
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Delivery")
    }
}

impl Shared {
    pub(super) fn new(setup: Setup) -> (Arc<Shared>, Streams) {
        let Setup { clock, settings, metrics, stopping, fenced, lease, vital } = setup;
        let (new_roads, roads_stream) = mpsc::unbounded_channel();
        let (outcomes, outcomes_stream) = mpsc::unbounded_channel();
        let shared = Shared {
            clock,
            queues: Mutex::new(Queues::new(settings.capacity)),
            settings,
            metrics,
            roads: Mutex::new(HashMap::new()),
            new_roads,
            outcomes,
            unwritten: AtomicU64::new(0),
            pull: Notify::new(),
            stopping,
            abandoned: CancellationToken::new(),
            fenced,
            lease,
            vital,
            holds: Holds::default(),
            held: Mutex::default(),
            standings: Standings::default(),
            broadcast_room: Notify::new(),
            people_a_day_said: AtomicU64::new(u64::MAX),
        };
        (Arc::new(shared), Streams { new_roads: roads_stream, outcomes: outcomes_stream })
    }

    /// Takes freshly committed messages, or gives them back.
    pub(super) fn offer(&self, outgoing: Vec<Outgoing>) {
        self.hold(outgoing.iter().map(|message| (message.id, message.broadcast)));
        if self.stopping.is_cancelled() {
            self.give_back(outgoing, None);
            return;
        }
        let now = Instant::now();
        let mut queues = self.queues.lock();
        for message in outgoing {
            self.know_road(&mut queues, &message, now);
            if let Offer::GiveBack(message, not_before) = queues.offer(message, now) {
                // Under the lock: a claim that begins now must know that something is on its way.
                self.give_back([*message], not_before);
            }
        }
        self.metrics.waiting(queues.waiting_by_lane());
    }

    /// Takes messages claimed from the records.
    pub(super) fn offer_pulled(&self, outgoing: Vec<Outgoing>) {
        self.hold(outgoing.iter().map(|message| (message.id, message.broadcast)));
        let now = Instant::now();
        let mut queues = self.queues.lock();
        for message in outgoing {
            self.know_road(&mut queues, &message, now);
            queues.offer_pulled(message, now);
        }
        self.metrics.waiting(queues.waiting_by_lane());
    }

    /// A sender met for the first time gets a pump.
    fn know_road(&self, queues: &mut Queues, message: &Outgoing, now: Instant) {
        let key = (message.channel, message.account.clone());
        let mut roads = self.roads.lock();
        if roads.contains_key(&key) {
            return;
        }
        let road = Arc::new(Road {
            limits: self.settings.limits_of(key.0, &key.1),
            wake: queues.sender(&key),
            rate: Mutex::new(Rate::new(now)),
            circuit: Mutex::new(Circuit::new(self.settings.pause, self.settings.pause_cap)),
            credit: AtomicU32::new(0),
            key: key.clone(),
        });
        roads.insert(key, road.clone());
        // Only after the end is nobody there to take it.
        let _ = self.new_roads.send(road);
    }

    /// The sender of this name, when it was met.
    pub(super) fn road(&self, key: &SenderKey) -> Option<Arc<Road>> {
        self.roads.lock().get(key).cloned()
    }

    fn hold(&self, messages: impl Iterator<Item = (OutgoingId, Option<i64>)>) {
        let mut held = self.held.lock();
        for (id, broadcast) in messages {
            held.hold(id, broadcast);
        }
    }

    /// What became of them is written.
    pub(super) fn let_go(&self, ids: impl Iterator<Item = OutgoingId>) {
        let mut of_broadcasts = false;
        let mut held = self.held.lock();
        for id in ids {
            of_broadcasts |= held.let_go(id);
        }
        drop(held);
        if of_broadcasts {
            self.broadcast_room.notify_one();
        }
    }

    /// What became here of the messages of a broadcast.
    pub(super) fn passed(&self, broadcast: i64) -> Passed {
        self.held.lock().of_broadcasts.get(&broadcast).copied().unwrap_or_default()
    }

    /// The broadcast is over: nothing is counted of it any more.
    pub(super) fn forget_broadcast(&self, broadcast: i64) {
        let mut held = self.held.lock();
        if held.of_broadcasts.get(&broadcast).is_some_and(|passed| passed.in_hand == 0) {
            held.of_broadcasts.remove(&broadcast);
        }
    }

    /// Claims of ours that nobody here holds were lost on their way to us. Whether they left is not
    /// known, so they stand as the claims of a dead process do; gives their number.
    pub(super) fn give_up_lost(&self, claimed: Vec<OutgoingId>) -> u64 {
        let lost: Vec<OutgoingId> = {
            let held = self.held.lock();
            claimed.into_iter().filter(|id| !held.messages.contains_key(id)).collect()
        };
        self.hold(lost.iter().map(|id| (*id, None)));
        let at = self.clock.now();
        for id in &lost {
            let _ = self.outcomes.send(SendRecord { id: *id, at, result: SendResult::Unknown });
        }
        lost.len() as u64
    }

    /// Hands claimed, untried messages back to the queue in the records.
    pub(super) fn give_back(
        &self,
        outgoing: impl IntoIterator<Item = Outgoing>,
        not_before: Option<Timestamp>,
    ) {
        for message in outgoing {
            self.metrics.sent(&message, "released", None);
            self.record(&message, SendResult::Released { not_before });
        }
    }

    /// Has the outcome written with the next gathering.
    pub(super) fn record(&self, outgoing: &Outgoing, result: SendResult) {
        let goes_back = result.goes_back();
        if goes_back {
            self.unwritten.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(broadcast) = outgoing.broadcast {
            self.held.lock().passed(broadcast, goes_back);
        }
        let record = SendRecord { id: outgoing.id, at: self.clock.now(), result };
        // After the end nobody writes: the claim is given back when the records are closed.
        let _ = self.outcomes.send(record);
    }

    /// Whether a call that begins now is over before anyone may take this process for dead.
    pub(super) fn lease_holds(&self) -> bool {
        self.lease.outlasts(self.settings.call_timeout)
    }

    /// What waits longer than a moment does not wait in memory: everything of the sender goes back
    /// until then.
    pub(super) fn send_home(&self, road: &Road, until: Timestamp) {
        let now = Instant::now();
        let hold_until = now + self.time_until(until) + self.settings.poll * 2;
        let drained = {
            let mut queues = self.queues.lock();
            let drained = queues.drain_sender(&road.key, until, hold_until, now);
            self.metrics.waiting(queues.waiting_by_lane());
            drained
        };
        self.give_back(drained, Some(until));
    }

    /// From now to a moment of the clock.
    pub(super) fn time_until(&self, at: Timestamp) -> Duration {
        Duration::try_from(at.duration_since(self.clock.now())).unwrap_or_default()
    }

    /// A moment of the clock from now.
    pub(super) fn time_in(&self, wait: Duration) -> Timestamp {
        later(self.clock.now(), wait)
    }
}
