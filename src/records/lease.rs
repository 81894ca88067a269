//! The lease of this process: how long the others are sure to believe it alive, and the heartbeat
//! that renews it. Whoever writes has a lease, whoever calls providers asks it first.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Records, RecordsError};
use crate::clock::{Clock, later};

/// Two heartbeats are at least this far apart, however much they are asked for.
const CLOSEST: Duration = Duration::from_secs(1);

/// What renews a lease.
pub trait Heartbeat: Send + Sync {
    /// See [`Records::heartbeat`].
    fn heartbeat(&self) -> impl Future<Output = Result<(), RecordsError>> + Send;
}

impl Heartbeat for Records {
    async fn heartbeat(&self) -> Result<(), RecordsError> {
        Records::heartbeat(self).await
    }
}

/// How long this process is believed alive. Cheap to clone; every clone tells of the same lease.
#[derive(Clone, Debug)]
pub struct Lease {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    /// `None` before the first heartbeat.
    until: watch::Sender<Option<Until>>,
    /// Somebody needs more of it than is left.
    wanted: Notify,
}

/// The end of the lease by both clocks. A machine that sleeps stops the monotonic one, an operator
/// sets the other: the earlier end counts.
#[derive(Clone, Copy, Debug)]
struct Until {
    monotonic: Instant,
    wall: Timestamp,
}

impl Lease {
    /// Not ours before the first heartbeat.
    #[must_use]
    pub fn new(clock: Clock) -> Lease {
        let until = watch::Sender::new(None);
        Lease { inner: Arc::new(Inner { clock, until, wanted: Notify::new() }) }
    }

    /// What is left of it by the more pessimistic clock; `None` before the first heartbeat.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let until = (*self.inner.until.borrow())?;
        let by_wall = until.wall.duration_since(self.inner.clock.now());
        let by_monotonic = until.monotonic.saturating_duration_since(Instant::now());
        // What is negative is over.
        Some(by_monotonic.min(Duration::try_from(by_wall).unwrap_or_default()))
    }

    /// Whether something that takes this long at most is over before anyone may take this process
    /// for dead.
    #[must_use]
    pub fn outlasts(&self, call: Duration) -> bool {
        self.left().is_some_and(|left| left > call)
    }

    /// Whether it was ours and is over: others may declare this process dead at any moment.
    #[must_use]
    pub fn ran_out(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// Waits until it outlasts such a call, and has it renewed early if need be.
    pub async fn until_it_outlasts(&self, call: Duration) {
        let mut until = self.inner.until.subscribe();
        loop {
            until.mark_unchanged();
            if self.outlasts(call) {
                return;
            }
            self.inner.wanted.notify_one();
            // The sender lives as long as we do.
            let _ = until.changed().await;
        }
    }

    /// The end of a lease that is asked for now.
    fn end_of(&self, length: Duration) -> Until {
        Until { monotonic: Instant::now() + length, wall: later(self.inner.clock.now(), length) }
    }
}

/// Renews the lease three times in its length until `stop`; cancels `fenced` when another process
/// has declared this one dead. The lease counts from before its heartbeat was asked for.
pub async fn keep_lease<H: Heartbeat>(
    records: H,
    lease: Lease,
    length: Duration,
    fenced: CancellationToken,
    stop: CancellationToken,
) {
    let beat = length / 3;
    loop {
        let asked = Instant::now();
        let end = lease.end_of(length);
        let answer = tokio::time::timeout(beat.max(CLOSEST), records.heartbeat());
        let Some(answer) = stop.run_until_cancelled(answer).await else { return };
        let mut is_renewed = false;
        let next = match answer {
            Ok(Ok(())) => {
                lease.inner.until.send_replace(Some(end));
                is_renewed = true;
                beat
            }
            Ok(Err(RecordsError::Fenced)) => {
                tracing::error!(
                    "another process took this one for dead; it stops and must be started again"
                );
                fenced.cancel();
                stop.cancelled().await;
                return;
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the lease could not be renewed; trying again");
                (beat / 5).min(CLOSEST)
            }
            Err(_elapsed) => {
                tracing::warn!("the records do not answer the heartbeat; trying again");
                Duration::ZERO
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(next) => {}
            () = lease.inner.wanted.notified(), if is_renewed => {
                tokio::time::sleep_until(asked + CLOSEST).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LENGTH: Duration = Duration::from_secs(45);

    /// Renews what it is asked for, unless another process was faster.
    #[derive(Clone, Default)]
    struct Heart {
        beats: Arc<AtomicUsize>,
        fenced: CancellationToken,
    }

    impl Heartbeat for Heart {
        async fn heartbeat(&self) -> Result<(), RecordsError> {
            self.beats.fetch_add(1, Ordering::SeqCst);
            if self.fenced.is_cancelled() { Err(RecordsError::Fenced) } else { Ok(()) }
        }
    }

    struct Bench {
        heart: Heart,
        lease: Lease,
        clock: Clock,
        fenced: CancellationToken,
        stop: CancellationToken,
        tracker: tokio_util::task::TaskTracker,
    }

    impl Bench {
        fn start() -> Bench {
            let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
            let bench = Bench {
                heart: Heart::default(),
                lease: Lease::new(clock.clone()),
                clock,
                fenced: CancellationToken::new(),
                stop: CancellationToken::new(),
                tracker: tokio_util::task::TaskTracker::new(),
            };
            bench.tracker.spawn(keep_lease(
                bench.heart.clone(),
                bench.lease.clone(),
                LENGTH,
                bench.fenced.clone(),
                bench.stop.clone(),
            ));
            bench
        }

        /// Both clocks go.
        async fn run(&self, seconds: u64) {
            for _ in 0..seconds {
                self.clock.advance(Duration::from_secs(1));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }

        fn beats(&self) -> usize {
            self.heart.beats.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_not_ours_before_the_first_heartbeat_and_renewed_three_times_in_its_length() {
        let bench = Bench::start();
        assert_eq!((bench.lease.left(), bench.lease.ran_out()), (None, false));
        assert!(!bench.lease.outlasts(Duration::ZERO));
        bench.run(91).await;
        assert_eq!(bench.beats(), 7);
        assert!(bench.lease.outlasts(LENGTH / 2));
        bench.stop.cancel();
        bench.tracker.close();
        bench.tracker.wait().await;
    }

    #[tokio::test(start_paused = true)]
    async fn whichever_clock_says_that_it_is_over_is_believed() {
        let lease = Lease::new(Clock::fixed(Timestamp::UNIX_EPOCH));
        let renew = || lease.inner.until.send_replace(Some(lease.end_of(LENGTH)));
        renew();
        tokio::time::advance(LENGTH / 2).await;
        assert_eq!(lease.left(), Some(LENGTH / 2));
        // The machine slept: the monotonic clock stood still.
        lease.inner.clock.advance(LENGTH);
        assert!(lease.ran_out() && !lease.outlasts(Duration::ZERO));
        renew();
        assert!(lease.outlasts(LENGTH / 2));
        tokio::time::advance(LENGTH).await;
        assert!(lease.ran_out());
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_sleep_of_the_machine_it_is_renewed_as_soon_as_somebody_needs_it() {
        let bench = Bench::start();
        bench.run(2).await;
        bench.clock.advance(Duration::from_hours(1));
        assert!(bench.lease.ran_out());
        let woke = Instant::now();
        bench.lease.until_it_outlasts(Duration::from_secs(20)).await;
        assert!(woke.elapsed() <= CLOSEST, "{:?}", woke.elapsed());
        assert!(bench.lease.outlasts(Duration::from_secs(20)));
        // What can never be had is not asked for without end.
        let beats = bench.beats();
        let vain = bench.lease.until_it_outlasts(LENGTH * 2);
        assert!(tokio::time::timeout(Duration::from_secs(10), vain).await.is_err());
        assert!(bench.beats() - beats <= 11, "{} heartbeats", bench.beats() - beats);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_declared_dead_is_told() {
        let bench = Bench::start();
        bench.run(1).await;
        bench.heart.fenced.cancel();
        bench.run(16).await;
        assert!(bench.fenced.is_cancelled());
        let beats = bench.beats();
        bench.run(90).await;
        assert_eq!(bench.beats(), beats, "it asks no more");
    }
}
