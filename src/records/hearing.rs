//! How long a provider was silent while we could hear.
//!
//! A provider whose statuses we refuse keeps them and tells us later. While no process could write, a
//! silence therefore says nothing about a message, and its time does not count. That we could is shown
//! by the sweeps of all processes: each leaves its time in the records.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The name of the row in `meta`.
pub(in crate::records) const HEARING: &str = "hearing";

pub(in crate::records) const SAY_HEARING: &str = "
    INSERT INTO meta (name, value) VALUES ('hearing', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Breaks that are remembered; older ones count as hearing, and are older than any wait.
const BREAKS: usize = 64;

/// How long replies wait, and by what a break is known.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// So long an `unknown` reply waits for the provider's word, while we hear, before it goes once more.
    pub unknown_after: Duration,
    /// How often a process sweeps.
    pub sweep: Duration,
}

impl Waits {
    /// Two sweeps further apart than this leave the time between them in doubt. A moment that is little
    /// beside the wait is no break: a busy machine sweeps late.
    fn gap(&self) -> Duration {
        self.sweep.saturating_mul(2).max(self.unknown_after / 4)
    }
}

/// When we heard. Times are epoch milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::records) struct Hearing {
    /// The last sweep of any process.
    last: i64,
    /// When nobody heard: from, until; in order, apart from each other.
    breaks: Vec<(i64, i64)>,
}

impl Hearing {
    /// What was kept, and a sweep now. Where nothing is known, or a clock has gone wrong, nobody heard
    /// before this.
    pub(in crate::records) fn heard(kept: Option<&str>, now: i64, waits: &Waits) -> Hearing {
        let known = kept.and_then(|text| serde_json::from_str::<Hearing>(text).ok());
        let is_sane = |hearing: &Hearing| hearing.last.saturating_sub(now) <= millis(waits.gap());
        let Some(mut hearing) = known.filter(is_sane) else {
            return Hearing { last: now, breaks: vec![(0, now)] };
        };
        if now.saturating_sub(hearing.last) > millis(waits.gap()) {
            hearing.breaks.push((hearing.last, now));
            let surplus = hearing.breaks.len().saturating_sub(BREAKS);
            hearing.breaks.drain(..surplus);
        }
        hearing.last = hearing.last.max(now);
        hearing
    }

    /// As it is kept.
    pub(in crate::records) fn text(&self) -> String {
        // Numbers alone: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The moment from which on, until `now`, we heard for as long as a reply waits: who is silent since
    /// before it was waited for long enough. After a break nobody was ([`i64::MIN`]) for as long as the
    /// break took, or a whole wait if that is less: providers ask again after ever longer pauses, and
    /// what they could not tell us comes within that time.
    pub(in crate::records) fn silent_since(&self, now: i64, waits: &Waits) -> i64 {
        let wait = millis(waits.unknown_after);
        let catching_up = self.breaks.last().is_some_and(|(from, until)| {
            now.saturating_sub(*until) < until.saturating_sub(*from).min(wait)
        });
        if catching_up {
            return i64::MIN;
        }
        let mut left = wait;
        let mut upto = now;
        for (from, until) in self.breaks.iter().rev() {
            let heard = upto.saturating_sub(*until);
            if heard >= left {
                break;
            }
            left = left.saturating_sub(heard.max(0));
            upto = *from;
        }
        upto.saturating_sub(left)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: Waits =
        Waits { unknown_after: Duration::from_mins(1), sweep: Duration::from_secs(10) };

    /// Swept every ten seconds but in these.
    fn after(until: i64, missing: &[i64]) -> Hearing {
        let mut kept: Option<String> = None;
        let mut hearing = Hearing::default();
        for second in (0..=until).step_by(10).filter(|second| !missing.contains(second)) {
            hearing = Hearing::heard(kept.as_deref(), second * 1000, &WAITS);
            kept = Some(hearing.text());
        }
        hearing
    }

    fn silent_since(hearing: &Hearing, second: i64) -> Option<i64> {
        let since = hearing.silent_since(second * 1000, &WAITS);
        (since != i64::MIN).then_some(since / 1000)
    }

    #[test]
    fn while_sweep_follows_sweep_a_silence_is_counted_by_the_clock() {
        assert_eq!(silent_since(&after(200, &[]), 200), Some(140));
        // One sweep that did not come is no break.
        assert_eq!(silent_since(&after(200, &[150]), 200), Some(140));
    }

    #[test]
    fn the_time_of_a_break_does_not_count() {
        // From 100 to 130.
        let hearing = after(200, &[110, 120]);
        assert_eq!(silent_since(&hearing, 200), Some(140));
        assert_eq!(silent_since(&hearing, 180), Some(90));
        // And from 140 to 170.
        let hearing = after(220, &[110, 120, 150, 160]);
        assert_eq!(silent_since(&hearing, 210), Some(90));
    }

    #[test]
    fn after_a_break_the_provider_has_as_long_to_catch_up() {
        let hearing = after(160, &[110, 120]);
        assert_eq!(silent_since(&hearing, 130), None);
        assert_eq!(silent_since(&hearing, 150), None);
        assert_eq!(silent_since(&hearing, 160), Some(70));
        // Never longer than a whole wait.
        let long: Vec<i64> = (110..500).step_by(10).collect();
        assert_eq!(silent_since(&after(550, &long), 550), None);
        assert_eq!(silent_since(&after(560, &long), 560), Some(500));
    }

    #[test]
    fn what_cannot_be_read_begins_anew() {
        for kept in [None, Some("garbage"), Some(r#"{"last":9000000,"breaks":[[5,9000000]]}"#)] {
            let hearing = Hearing::heard(kept, 1_000_000, &WAITS);
            assert_eq!(hearing, Hearing { last: 1_000_000, breaks: vec![(0, 1_000_000)] });
            assert_eq!(silent_since(&hearing, 1_059), None);
            assert_eq!(silent_since(&hearing, 1_060), Some(1_000));
        }
    }
}
