//! How long a provider was silent while we could hear.
//!
//! A provider whose statuses we refuse keeps them and tells us later. While the records were away, or
//! this process was not running, a silence therefore says nothing about a message, and its time does
//! not count.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Breaks that are remembered; older ones count as hearing, and are older than any wait.
const BREAKS: usize = 512;

/// The ear of this process, as its sweeps show it: a sweep writes to the records, and a status that
/// came at that moment could have been written too.
#[derive(Clone, Debug)]
pub(super) struct Hearing {
    /// Before this nothing was heard.
    began: Timestamp,
    /// The last moment we know to have heard.
    last: Timestamp,
    /// Two sweeps further apart than this leave the time between them in doubt.
    gap: SignedDuration,
    /// When we did not hear: from, until; in order, none touches the next.
    breaks: VecDeque<(Timestamp, Timestamp)>,
}

impl Hearing {
    /// It begins `now`, with a sweep every so often.
    pub(super) fn begin(now: Timestamp, sweep: Duration) -> Hearing {
        let gap = signed(sweep.saturating_mul(2));
        Hearing { began: now, last: now, gap, breaks: VecDeque::new() }
    }

    /// A sweep was written.
    pub(super) fn heard(&mut self, now: Timestamp) {
        // One that took long was held up, and statuses with it.
        if now.duration_since(self.last) > self.gap {
            self.deaf(now);
        }
        self.last = self.last.max(now);
    }

    /// A sweep was not written.
    pub(super) fn deaf(&mut self, now: Timestamp) {
        let now = now.max(self.last);
        match self.breaks.back_mut() {
            Some((_, until)) if *until >= self.last => *until = now,
            _ => self.breaks.push_back((self.last, now)),
        }
        if self.breaks.len() > BREAKS {
            self.breaks.pop_front();
        }
        self.last = now;
    }

    /// The moment from which on, until `now`, we heard for so long: who is silent since before it was
    /// waited for long enough. [`Timestamp::MIN`] (nobody) while we have not heard for so long at all,
    /// and after a break for as long as the break was, or `wait` if that is less: providers ask again
    /// after ever longer pauses, and what they could not tell us comes within that time.
    pub(super) fn silent_since(&self, now: Timestamp, wait: Duration) -> Timestamp {
        let wait = signed(wait);
        let in_doubt = now.duration_since(self.last) > self.gap;
        let catching_up = self.breaks.back().is_some_and(|(from, until)| {
            now.duration_since(*until) < until.duration_since(*from).min(wait)
        });
        if in_doubt || catching_up {
            return Timestamp::MIN;
        }
        let mut left = wait;
        let mut upto = now;
        for (from, until) in self.breaks.iter().rev() {
            let heard = upto.duration_since(*until);
            if heard >= left {
                break;
            }
            left -= heard;
            upto = *from;
        }
        let since = upto.checked_sub(left).unwrap_or(Timestamp::MIN);
        if since < self.began { Timestamp::MIN } else { since }
    }
}

fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWEEP: Duration = Duration::from_secs(10);
    const WAIT: Duration = Duration::from_secs(60);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Sweeps every ten seconds over these times, written but for those that are named.
    fn after(until: i64, failed: &[i64]) -> Hearing {
        let mut hearing = Hearing::begin(at(0), SWEEP);
        for second in (10..=until).step_by(10) {
            if failed.contains(&second) {
                hearing.deaf(at(second));
            } else {
                hearing.heard(at(second));
            }
        }
        hearing
    }

    #[test]
    fn a_silence_is_counted_from_our_start_at_the_earliest() {
        assert_eq!(after(50, &[]).silent_since(at(50), WAIT), Timestamp::MIN);
        assert_eq!(after(60, &[]).silent_since(at(60), WAIT), at(0));
        assert_eq!(after(200, &[]).silent_since(at(200), WAIT), at(140));
    }

    #[test]
    fn the_time_of_a_break_does_not_count() {
        // Deaf from 100 to 130.
        let hearing = after(200, &[110, 120, 130]);
        assert_eq!(hearing.silent_since(at(200), WAIT), at(140));
        assert_eq!(hearing.silent_since(at(180), WAIT), at(90));
        // Two of them.
        let hearing = after(200, &[110, 120, 150]);
        assert_eq!(hearing.silent_since(at(170), WAIT), at(80));
    }

    #[test]
    fn after_a_break_the_provider_has_as_long_to_catch_up() {
        let hearing = after(130, &[110, 120, 130]);
        assert_eq!(hearing.silent_since(at(130), WAIT), Timestamp::MIN);
        let hearing = after(150, &[110, 120, 130]);
        assert_eq!(hearing.silent_since(at(150), WAIT), Timestamp::MIN);
        let hearing = after(160, &[110, 120, 130]);
        assert_eq!(hearing.silent_since(at(160), WAIT), at(70));
        // Never longer than the wait itself.
        let long: Vec<i64> = (110..=500).step_by(10).collect();
        assert_eq!(after(550, &long).silent_since(at(550), WAIT), Timestamp::MIN);
        assert_eq!(after(560, &long).silent_since(at(560), WAIT), at(500));
    }

    #[test]
    fn a_slow_and_a_missing_sweep_are_breaks_too() {
        let mut slow = after(100, &[]);
        slow.heard(at(145));
        assert_eq!(slow.silent_since(at(150), WAIT), Timestamp::MIN);
        let missing = after(100, &[]);
        assert_eq!(missing.silent_since(at(121), WAIT), Timestamp::MIN);
    }
}
