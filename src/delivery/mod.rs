//! Outgoing → channel: lanes, limits, retries, `unknown`, circuit breaker, sweep.
//!
//! ```text
//!  freshly committed ──▶ Delivery::send ─┐                        ┌─▶ carrier ─▶ provider
//!  (born claimed)                        ├─▶ queues ─▶ one pump ──┤
//!  records ─▶ puller (claims) ───────────┘   by lane   a sender   └─▶ recorder ─▶ records
//! ```
//!
//! A pump waits for a token of its sender and only then takes the most urgent message there is, so
//! that a broadcast is never between a reply and its token. Each call runs by itself; its answer
//! becomes a [`crate::records::SendRecord`], written in gatherings. What cannot leave soon goes back
//! to the records: memory holds what leaves within seconds, for a crash makes `unknown` of it.
//!
//! The claims of this process are good while its lease is ([`Lease`]; every process keeps one, whether
//! it sends or not). No call begins unless the lease outlasts the longest call, so that what another
//! process sweeps is never still under way here.
//!
//! Broadcasts come the same way as replies, born claimed: the runner (`runner.rs`) makes messages of their
//! recipients as fast as they leave.
//!
//! Processes that send also sweep: what a sweep puts back into the queue is theirs to send, and those
//! that only take messages in never claim any.

mod events;
mod flight;
mod holds;
mod limits;
mod metrics;
mod options;
mod outbox;
mod pace;
mod pump;
mod queues;
mod reports;
mod runner;
mod shared;
mod standings;
mod upkeep;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use events::{TIER_EVENTS, newest_people_a_day};
pub use metrics::DeliveryMetrics;
pub use options::{
    Certified, ChannelLimits, DeliveryOptions, DeliverySettings, Known, Registrar, Rulebook,
};
#[doc(hidden)]
pub use outbox::Carrier;
pub use reports::Reports;
pub use runner::{RunnerOptions, Wanted, Wordings, run_broadcasts};

use crate::clock::{Clock, Ids};
use crate::message::Outgoing;
use crate::records::Lease;
use crate::state::State;
use crate::vital::Vital;
use limits::Limits;
use outbox::Outbox;
use pump::Desk;
use shared::{Setup, Shared};

/// The way into the sender for messages that were born claimed by this process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Delivery {
    shared: Arc<Shared>,
}

/// Starts delivery on the tracker of the options. It ends with their `shutdown`: calls under way
/// are finished (for a while), everything untouched is given back.
///
/// Must be called inside a Tokio runtime.
#[must_use]
pub fn start(options: DeliveryOptions) -> Delivery {
    let senders = options.senders.clone();
    start_carried(options, senders)
}

/// The same with another carrier in the place of the senders, for tests that play the provider.
///
/// Must be called inside a Tokio runtime.
#[doc(hidden)]
#[must_use]
pub fn start_carried(options: DeliveryOptions, carrier: impl Carrier) -> Delivery {
    for warning in options.warnings() {
        tracing::warn!("{warning}");
    }
    let DeliveryOptions {
        records,
        state,
        senders: _,
        registrar,
        rulebook,
        clock,
        ids,
        halted,
        tracker,
        shutdown,
        fenced,
        lease,
        vital,
        metrics,
        settings,
    } = options;
    let parts = Parts {
        state,
        registrar,
        rulebook,
        clock,
        ids,
        halted,
        tracker,
        shutdown,
        fenced,
        lease,
        vital,
        metrics,
        settings,
    };
    start_with(records, carrier, parts)
}

/// The options without the two outside things.
struct Parts {
    state: State,
    registrar: Registrar,
    rulebook: Rulebook,
    clock: Clock,
    ids: Ids,
    halted: Arc<std::sync::atomic::AtomicBool>,
    tracker: TaskTracker,
    shutdown: CancellationToken,
    fenced: CancellationToken,
    lease: Lease,
    vital: Vital,
    metrics: DeliveryMetrics,
    settings: DeliverySettings,
}

fn start_with<O: Outbox, C: Carrier>(outbox: O, carrier: C, parts: Parts) -> Delivery {
    let events = parts.state.subscribe();
    let limits = Limits::new(
        parts.state,
        parts.clock.clone(),
        parts.settings.capacity.max(10_000),
        parts.settings.share,
    );
    let stopping = parts.shutdown.child_token();
    let setup = Setup {
        clock: parts.clock,
        settings: parts.settings,
        metrics: parts.metrics,
        stopping: stopping.clone(),
        fenced: parts.fenced,
        lease: parts.lease,
        vital: parts.vital.clone(),
    };
    let (shared, streams) = Shared::new(setup);
    let desk = Desk {
        shared: shared.clone(),
        outbox,
        carrier,
        registrar: parts.registrar,
        rulebook: parts.rulebook,
        limits,
        ids: parts.ids,
        halted: parts.halted,
        calls: TaskTracker::new(),
    };
    let upkeep = upkeep::run(Arc::new(desk), streams, events);
    parts.tracker.spawn(parts.vital.until(&stopping, "delivery", upkeep));
    Delivery { shared }
}

impl Delivery {
    /// Hands freshly committed, claimed messages over; never blocks. What does not fit into memory
    /// is given back to the queue in the records.
    pub fn send(&self, outgoing: Vec<Outgoing>) {
        self.shared.offer(outgoing);
    }

    /// Has the queue in the records looked at now rather than at the next interval: something was
    /// queued there.
    pub fn wake(&self) {
        self.shared.pull.notify_one();
    }

    /// Messages waiting in memory, over all senders.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.queues.lock().waiting()
    }
}
