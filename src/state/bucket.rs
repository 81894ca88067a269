//! The arithmetic of a token bucket, as the memory store does it. The Redis store does the same in
//! Lua, in the same order on the same doubles, so that both give the same answers.

use std::time::Duration;

use super::{Bucket, Taken};

/// Less than this is missing only because doubles round.
pub(super) const EPSILON: f64 = 1e-6;

/// Nobody is told to wait longer: a bucket that never fills (a rate of 0) is asked again.
pub(super) const LONGEST_WAIT_MS: f64 = 3_600_000.0;

/// What is in a bucket, and when that was so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    pub(super) tokens: f64,
    pub(super) at_ms: i64,
}

impl Level {
    /// A bucket nobody took from yet.
    pub(super) fn full(bucket: Bucket, now_ms: i64) -> Level {
        Level { tokens: bucket.burst, at_ms: now_ms }
    }

    /// The level at `now_ms`. A clock that stands behind (another replica's) lets nothing flow in
    /// and takes nothing away.
    pub(super) fn at(self, bucket: Bucket, now_ms: i64) -> Level {
        let at_ms = self.at_ms.max(now_ms);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a clock fit a double")]
        let elapsed_ms = (at_ms - self.at_ms) as f64;
        let tokens = (self.tokens + elapsed_ms * bucket.per_second / 1000.0).min(bucket.burst);
        Level { tokens, at_ms }
    }

    /// Takes all or none. More than the bucket can ever hold is asked as a full bucket.
    pub(super) fn take(&mut self, bucket: Bucket, tokens: f64, now_ms: i64) -> Taken {
        let level = self.at(bucket, now_ms);
        let wanted = tokens.min(bucket.burst);
        let missing = wanted - level.tokens;
        if missing <= EPSILON {
            *self = Level { tokens: level.tokens - wanted, ..level };
            return Taken::Yes;
        }
        // Half the allowance off, so that a wait of exactly 6 s is not told as 6.001.
        wait_ms((missing - EPSILON / 2.0) * 1000.0 / bucket.per_second)
    }

    /// Whether the bucket is full again, so that forgetting it changes nothing.
    pub(super) fn is_full(self, bucket: Bucket, now_ms: i64) -> bool {
        self.at(bucket, now_ms).tokens >= bucket.burst
    }
}

/// The wait in whole milliseconds, at least one, at most an hour.
pub(super) fn wait_ms(milliseconds: f64) -> Taken {
    let bounded = milliseconds.ceil().clamp(1.0, LONGEST_WAIT_MS);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    Taken::Wait(Duration::from_millis(bounded as u64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_more_leaves_than_burst_and_rate_allow(
            per_second in 0.1..200.0_f64,
            burst in 1.0..100.0_f64,
            steps in proptest::collection::vec((0..2_000_i64, 0.5..5.0_f64), 1..100),
        ) {
            let bucket = Bucket { per_second, burst };
            let mut level = Level::full(bucket, 0);
            let (mut now, mut taken) = (0, 0.0);
            for (pause, wish) in steps {
                now += pause;
                if level.take(bucket, wish, now) == Taken::Yes {
                    taken += wish.min(burst);
                }
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                let allowed = burst + now as f64 * per_second / 1000.0;
                prop_assert!(taken <= allowed + 1e-3, "{taken} > {allowed}");
            }
        }

        #[test]
        fn waiting_as_long_as_told_is_enough(
            per_second in 0.1..200.0_f64,
            burst in 1.0..100.0_f64,
            wish in 0.5..200.0_f64,
        ) {
            let bucket = Bucket { per_second, burst };
            let mut level = Level { tokens: 0.0, at_ms: 0 };
            if let Taken::Wait(wait) = level.take(bucket, wish, 0) {
                let later = i64::try_from(wait.as_millis()).unwrap();
                prop_assume!(later < 3_600_000);
                prop_assert_eq!(level.take(bucket, wish, later), Taken::Yes);
            }
        }
    }

    #[test]
    fn a_rate_of_zero_waits_an_hour_and_asks_again() {
        let bucket = Bucket { per_second: 0.0, burst: 1.0 };
        let mut level = Level::full(bucket, 0);
        assert_eq!(level.take(bucket, 1.0, 0), Taken::Yes);
        assert_eq!(level.take(bucket, 1.0, 1_000), Taken::Wait(Duration::from_hours(1)));
    }
}
