//! One process of ours on a runtime of its own, driven by hand: it does nothing unless it is told to,
//! its time moves only when it is moved, and it can be dropped in the middle of anything.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::channel::Senders;
use samvad::clock::{Clock, Ids};
use samvad::delivery::{
    self, DeliveryMetrics, DeliveryOptions, DeliverySettings, Registrar, Reports, Rulebook,
};
use samvad::gate::RulesHandle;
use samvad::intake::{FlowsHandle, Intake, IntakeOptions, PATIENCE};
use samvad::metrics::Metrics;
use samvad::records::{Lease, Records, RecordsError, RecordsOptions, keep_lease};
use samvad::seal::Keyring;
use samvad::state::State;
use samvad::vital::Vital;

use super::provider::{Line, Shared};

/// How long a process is believed alive.
pub(super) const LEASE: Duration = Duration::from_mins(15);
/// How long a call without an answer waits for the provider's word.
pub(super) const UNKNOWN_AFTER: Duration = Duration::from_mins(10);

/// What every process is made of.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) url: String,
    pub(super) clock: Clock,
    pub(super) keyring: Arc<Keyring>,
    pub(super) flows: FlowsHandle,
    pub(super) provider: Shared,
}

/// A process that runs.
pub(super) struct Process {
    /// `None` once it is dropped.
    runtime: Option<Runtime>,
    /// While it lasts, the runtime's time does not run away by itself.
    _still: mpsc::Sender<()>,
    pub(super) life: u64,
    pub(super) records: Records,
    pub(super) states: Vec<State>,
    intakes: Vec<Intake>,
    pub(super) fenced: CancellationToken,
    shutdown: CancellationToken,
    stop_delivery: CancellationToken,
    stop_lease: CancellationToken,
    vital: Vital,
    lanes: TaskTracker,
    deliveries: TaskTracker,
    provider: Shared,
    pub(super) asleep: bool,
    /// Time that passed while it stood still.
    debt: Duration,
}

/// A runtime whose time stands still until it is moved.
fn still_runtime() -> (Runtime, mpsc::Sender<()>) {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let (still, end) = mpsc::channel::<()>();
    // Tokio moves paused time on by itself when all tasks wait, unless a blocking one is at work.
    runtime.spawn_blocking(move || {
        let _ = end.recv();
    });
    (runtime, still)
}

impl Process {
    /// Opens the records and begins to work, with a door (an intake) on each of the states.
    ///
    /// # Errors
    /// When the records cannot be opened now: a trouble of the stores, or they are locked still.
    pub(super) fn start(
        parts: &Parts,
        life: u64,
        states: impl FnOnce(&Runtime) -> Vec<State>,
    ) -> Result<Process, RecordsError> {
        let (runtime, still) = still_runtime();
        let options = RecordsOptions {
            url: parts.url.clone(),
            connections: 4,
            clock: parts.clock.clone(),
            keyring: Arc::clone(&parts.keyring),
            lease: LEASE,
            group: 50,
            membership: samvad::config::MembershipSection::default(),
        };
        let records = match runtime.block_on(Records::open(options)) {
            Ok(records) => records,
            Err(error) => {
                drop(still);
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let states = states(&runtime);
        let inside = runtime.enter();
        let (fenced, shutdown) = (CancellationToken::new(), CancellationToken::new());
        let (stop_delivery, lanes) = (CancellationToken::new(), TaskTracker::new());
        let deliveries = TaskTracker::new();
        let ids = Ids::counted();
        let (lease, vital) = (Lease::new(parts.clock.clone()), Vital::default());
        let stop_lease = CancellationToken::new();
        drop(runtime.spawn(keep_lease(
            records.clone(),
            lease.clone(),
            LEASE,
            fenced.clone(),
            stop_lease.clone(),
        )));
        let delivery = delivery::start_carried(
            DeliveryOptions {
                records: records.clone(),
                state: states[0].clone(),
                senders: Senders::default(),
                registrar: Registrar::default(),
                rulebook: Rulebook::default(),
                clock: parts.clock.clone(),
                ids: ids.clone(),
                halted: Arc::new(AtomicBool::new(false)),
                tracker: deliveries.clone(),
                shutdown: stop_delivery.clone(),
                fenced: fenced.clone(),
                lease,
                vital: vital.clone(),
                metrics: DeliveryMetrics::default(),
                settings: DeliverySettings {
                    lease: LEASE,
                    unknown_after: UNKNOWN_AFTER,
                    ..DeliverySettings::default()
                },
            },
            Line { provider: Arc::clone(&parts.provider), life },
        );
        let metrics = Metrics::register(&mut Registry::default());
        let mut intakes = Vec::new();
        for state in &states {
            intakes.push(Intake::start(&IntakeOptions {
                records: records.clone(),
                state: state.clone(),
                flows: parts.flows.clone(),
                rules: RulesHandle::default(),
                calls: std::sync::Arc::default(),
                keyring: Arc::clone(&parts.keyring),
                clock: parts.clock.clone(),
                ids: ids.clone(),
                delivery: Some(delivery.clone()),
                ballots: None,
                reports: Reports::new(
                    records.clone(),
                    parts.clock.clone(),
                    &DeliverySettings::default(),
                ),
                capacity: 0,
                shards: 2,
                state_ttl: Duration::from_hours(24),
                tracker: lanes.clone(),
                shutdown: shutdown.clone(),
                fenced: fenced.clone(),
                vital: vital.clone(),
                patience: PATIENCE,
                metrics: Arc::clone(&metrics),
            }));
        }
        drop(inside);
        Ok(Process {
            runtime: Some(runtime),
            _still: still,
            life,
            records,
            states,
            intakes,
            fenced,
            shutdown,
            stop_delivery,
            stop_lease,
            vital,
            lanes,
            deliveries,
            provider: Arc::clone(&parts.provider),
            asleep: false,
            debt: Duration::ZERO,
        })
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("a process that runs")
    }

    /// Runs anything on the process's own runtime.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime().block_on(future)
    }

    /// The provider brings an envelope to a door; nothing is done yet.
    pub(super) fn bring(&self, door: usize, post: usize) {
        let Some(intake) = self.intakes.get(door % self.intakes.len().max(1)).cloned() else {
            return;
        };
        let provider = Arc::clone(&self.provider);
        let envelope = provider.lock().posts[post].envelope.clone();
        drop(self.runtime().spawn(async move {
            let admission = intake.admit(envelope).await;
            provider.lock().answer(post, admission);
        }));
    }

    /// Everything that can go on goes on by `bits` small steps. A process that stands still does not.
    pub(super) fn work(&self, bits: usize) {
        if self.asleep {
            return;
        }
        self.block_on(async {
            for _ in 0..bits {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Calls to the records under way, and how many there ever were.
    pub(super) fn calls(&self) -> (u64, u64) {
        let (begun, ended) = self.records.calls();
        (begun - ended, begun)
    }

    /// Its time moves on, or is owed to it when it stands still.
    pub(super) fn pass(&mut self, time: Duration) {
        self.debt += time;
        if !self.asleep {
            let debt = std::mem::take(&mut self.debt);
            self.block_on(tokio::time::advance(debt));
        }
    }

    /// It goes on after standing still.
    pub(super) fn wake(&mut self) {
        self.asleep = false;
        self.pass(Duration::ZERO);
    }

    /// The first half of a good end: nothing new comes in.
    pub(super) fn begin_to_stop(&mut self) {
        self.intakes.clear();
        self.shutdown.cancel();
        self.lanes.close();
        self.deliveries.close();
    }

    /// Whether the lanes have finished; from then on the deliveries may end too.
    pub(super) fn lanes_are_done(&self) -> bool {
        let done = self.lanes.is_empty();
        if done {
            self.stop_delivery.cancel();
        }
        done
    }

    pub(super) fn deliveries_are_done(&self) -> bool {
        let done = self.deliveries.is_empty();
        if done {
            self.stop_lease.cancel();
        }
        done
    }

    /// Why it would end by itself: it was taken for dead, or one of its tasks was lost.
    pub(super) fn wants_to_end(&self) -> bool {
        self.fenced.is_cancelled() || self.vital.lost().is_some()
    }

    /// The task it lost, which is a defect.
    pub(super) fn lost(&self) -> Option<&'static str> {
        self.vital.lost()
    }
}

impl Drop for Process {
    /// Whatever it was doing, it does no more.
    fn drop(&mut self) {
        self.provider.lock().life_ended(self.life);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
