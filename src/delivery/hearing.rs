//! Since when this process has heard whatever providers had to say.
//!
//! A provider whose statuses we refuse keeps them and tells us later. While the records were away,
//! a silence therefore says nothing about a message, and the time of it does not count.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The ear of this process, as its sweeps show it: a sweep writes to the records, and a status that
/// came at that moment could have been written too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hearing {
    since: Timestamp,
    /// The last moment we know to have heard.
    last: Timestamp,
    /// Two sweeps further apart than this leave a time in doubt.
    gap: SignedDuration,
}

impl Hearing {
    /// It begins `now`, with a sweep every so often.
    pub(super) fn begin(now: Timestamp, sweep: Duration) -> Hearing {
        let gap = SignedDuration::try_from(sweep.saturating_mul(2)).unwrap_or(SignedDuration::MAX);
        Hearing { since: now, last: now, gap }
    }

    /// Since when nothing was missed, as far as is known at the beginning of a sweep.
    pub(super) fn since(&mut self, now: Timestamp) -> Timestamp {
        if now.duration_since(self.last) > self.gap {
            self.deaf(now);
        }
        self.since
    }

    /// A sweep was written.
    pub(super) fn heard(&mut self, now: Timestamp) {
        // One that took long was held up, and statuses with it.
        self.since(now);
        self.last = now;
    }

    /// A sweep was not written.
    pub(super) fn deaf(&mut self, now: Timestamp) {
        self.since = now;
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWEEP: Duration = Duration::from_secs(10);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn it_counts_from_the_start_while_sweep_follows_sweep() {
        let mut hearing = Hearing::begin(at(0), SWEEP);
        for second in (10..200).step_by(10) {
            assert_eq!(hearing.since(at(second)), at(0));
            hearing.heard(at(second));
        }
    }

    #[test]
    fn a_failed_a_slow_and_a_missing_sweep_each_begin_it_anew() {
        let mut failed = Hearing::begin(at(0), SWEEP);
        failed.deaf(at(10));
        assert_eq!(failed.since(at(20)), at(10));

        let mut slow = Hearing::begin(at(0), SWEEP);
        assert_eq!(slow.since(at(10)), at(0));
        slow.heard(at(45));
        assert_eq!(slow.since(at(55)), at(45));

        let mut missing = Hearing::begin(at(0), SWEEP);
        missing.heard(at(10));
        assert_eq!(missing.since(at(100)), at(100));
    }
}
