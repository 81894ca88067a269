//! How fast a sender may go, and whether it may go at all. Pure: times are handed in.
//!
//! The rate follows additive increase, multiplicative decrease (RFC 5681, section 3.1, in spirit):
//! halved when the provider says "too fast", won back slowly. The circuit breaker opens when the
//! account is at fault or the line is down, and lets one message through when its time is over.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock::later;

/// From a standstill back to the full rate.
const RECOVERY: Duration = Duration::from_mins(1);
/// A whole volley of refusals is one sign: the calls were under way together.
const ONE_SIGN: Duration = Duration::from_secs(1);
/// However often it is halved, something still goes.
const SLOWEST: f64 = 1.0 / 64.0;
/// So many calls in a row without an answer open the circuit.
const LINE_FAILURES: u32 = 5;
/// How long a line that failed is left alone at most.
const LINE_PAUSE_CAP: Duration = Duration::from_mins(1);

/// The rate of one sender as a share of what is configured.
#[derive(Debug)]
pub(super) struct Rate {
    share: f64,
    since: Instant,
    held_until: Option<Instant>,
    last_sign: Option<Instant>,
}

impl Rate {
    pub(super) fn new(now: Instant) -> Rate {
        Rate { share: 1.0, since: now, held_until: None, last_sign: None }
    }

    /// Above 0, at most 1.
    pub(super) fn share(&self, now: Instant) -> f64 {
        let elapsed = now.saturating_duration_since(self.since);
        (self.share + elapsed.as_secs_f64() / RECOVERY.as_secs_f64()).min(1.0)
    }

    /// The provider said "too fast": half the rate, and nothing at all for a moment.
    pub(super) fn slow_down(&mut self, now: Instant, hold: Duration) {
        let held = now + hold;
        self.held_until = Some(self.held_until.map_or(held, |known| known.max(held)));
        let is_same_volley =
            self.last_sign.is_some_and(|last| now.saturating_duration_since(last) < ONE_SIGN);
        if is_same_volley {
            return;
        }
        self.share = (self.share(now) / 2.0).max(SLOWEST);
        self.since = now;
        self.last_sign = Some(now);
    }

    /// When anything may go again; `None`: now.
    pub(super) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.held_until.filter(|until| *until > now)
    }
}

/// Whether a sender may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    Free,
    /// One message at a time, to see whether the sender is well again.
    One,
    Shut(Timestamp),
}

/// The circuit breaker of one sender.
#[derive(Debug)]
pub(super) struct Circuit {
    state: CircuitState,
    /// Times it opened since it was last well: the pauses grow with it.
    streak: u32,
    /// Calls in a row without an answer.
    silent: u32,
    pause: Duration,
    pause_cap: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CircuitState {
    Closed,
    Open(Timestamp),
    HalfOpen,
}

impl Circuit {
    /// `pause`: how long the first pause of an account at fault lasts; it doubles up to `pause_cap`.
    pub(super) fn new(pause: Duration, pause_cap: Duration) -> Circuit {
        Circuit { state: CircuitState::Closed, streak: 0, silent: 0, pause, pause_cap }
    }

    pub(super) fn passage(&mut self, now: Timestamp) -> Passage {
        match self.state {
            CircuitState::Closed => Passage::Free,
            CircuitState::HalfOpen => Passage::One,
            CircuitState::Open(until) if now < until => Passage::Shut(until),
            CircuitState::Open(_) => {
                self.state = CircuitState::HalfOpen;
                Passage::One
            }
        }
    }

    /// The provider answered as it does when all is well with the account; `true` when that is news.
    pub(super) fn well(&mut self) -> bool {
        self.silent = 0;
        // An answer to a call made before the pause says nothing about after it.
        if matches!(self.state, CircuitState::Open(_)) {
            return false;
        }
        self.streak = 0;
        std::mem::replace(&mut self.state, CircuitState::Closed) == CircuitState::HalfOpen
    }

    /// The account is at fault: shut. The end of the pause, and whether it is a new one.
    pub(super) fn at_fault(&mut self, now: Timestamp) -> (Timestamp, bool) {
        if let CircuitState::Open(until) = self.state
            && until > now
            && self.silent < LINE_FAILURES
        {
            return (until, false);
        }
        self.silent = 0;
        (self.open(now, self.pause, self.pause_cap), true)
    }

    /// A call had no answer, or did not leave. Enough of them in a row shut the line for a moment;
    /// the end of that, when this one did it.
    pub(super) fn silent(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.silent = self.silent.saturating_add(1);
        match self.state {
            CircuitState::Open(_) => None,
            CircuitState::Closed if self.silent < LINE_FAILURES => None,
            CircuitState::Closed | CircuitState::HalfOpen => {
                Some(self.open(now, Duration::from_secs(1), LINE_PAUSE_CAP))
            }
        }
    }

    /// The records say how long the account at fault rests.
    pub(super) fn rest_until(&mut self, until: Timestamp) {
        self.state = CircuitState::Open(until);
    }

    /// The account is well, as the office or another process says. A line that does not answer stays shut.
    pub(super) fn reopen(&mut self) {
        if self.silent < LINE_FAILURES {
            self.state = CircuitState::Closed;
            self.streak = 0;
        }
    }

    fn open(&mut self, now: Timestamp, first: Duration, cap: Duration) -> Timestamp {
        let pause = first.saturating_mul(2_u32.saturating_pow(self.streak)).min(cap);
        self.streak = self.streak.saturating_add(1);
        let until = later(now, pause);
        self.state = CircuitState::Open(until);
        until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_mins(5);
    const CAP: Duration = Duration::from_hours(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn circuit() -> Circuit {
        Circuit::new(PAUSE, CAP)
    }

    #[test]
    fn too_fast_halves_the_rate_and_it_comes_back_slowly() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        assert!((rate.share(start) - 1.0).abs() < 1e-9);
        rate.slow_down(start, Duration::from_secs(1));
        assert!((rate.share(start) - 0.5).abs() < 1e-9);
        assert_eq!(rate.held_until(start), Some(start + Duration::from_secs(1)));
        assert_eq!(rate.held_until(start + Duration::from_secs(1)), None);
        let later = start + Duration::from_secs(15);
        assert!((rate.share(later) - 0.75).abs() < 1e-9);
        assert!((rate.share(start + Duration::from_mins(5)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_volley_of_refusals_halves_the_rate_once() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        for _ in 0..64 {
            rate.slow_down(start, Duration::from_secs(1));
        }
        assert!((rate.share(start) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn however_slow_something_still_goes() {
        let mut now = Instant::now();
        let mut rate = Rate::new(now);
        for _ in 0..100 {
            rate.slow_down(now, Duration::ZERO);
            now += ONE_SIGN;
        }
        assert!(rate.share(now) >= SLOWEST);
    }

    #[test]
    fn an_account_at_fault_is_paused_and_then_tried_with_one_message() {
        let mut circuit = circuit();
        assert_eq!(circuit.passage(at(0)), Passage::Free);
        assert_eq!(circuit.at_fault(at(0)), (at(300), true));
        assert_eq!(circuit.at_fault(at(1)), (at(300), false), "calls that were under way");
        assert_eq!(circuit.passage(at(299)), Passage::Shut(at(300)));
        assert!(!circuit.well(), "an answer of before");
        assert_eq!(circuit.passage(at(299)), Passage::Shut(at(300)));
        assert_eq!(circuit.passage(at(300)), Passage::One);
        assert!(circuit.well());
        assert_eq!(circuit.passage(at(300)), Passage::Free);
    }

    #[test]
    fn pauses_grow_while_the_fault_stays_and_start_small_after_it() {
        let mut circuit = circuit();
        let mut now = at(0);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let (until, _) = circuit.at_fault(now);
            pauses.push(until.as_second() - now.as_second());
            now = until;
            assert_eq!(circuit.passage(now), Passage::One);
        }
        assert_eq!(pauses, [300, 600, 1200, 2400, 3600, 3600]);
        circuit.well();
        let (until, _) = circuit.at_fault(now);
        assert_eq!(until.as_second() - now.as_second(), 300);
    }

    #[test]
    fn five_calls_without_an_answer_shut_the_line_for_a_moment() {
        let mut circuit = circuit();
        for _ in 0..4 {
            assert_eq!(circuit.silent(at(0)), None);
        }
        assert_eq!(circuit.silent(at(0)), Some(at(1)));
        assert_eq!(circuit.silent(at(0)), None);
        assert_eq!(circuit.passage(at(1)), Passage::One);
        assert_eq!(circuit.silent(at(1)), Some(at(3)), "the one that looked had no answer either");
    }

    #[test]
    fn an_answer_in_between_keeps_the_line_open() {
        let mut circuit = circuit();
        for _ in 0..20 {
            assert_eq!(circuit.silent(at(0)), None);
            circuit.well();
        }
    }

    #[test]
    fn a_fault_told_while_the_line_was_shut_for_a_moment_pauses_for_long() {
        let mut circuit = circuit();
        for _ in 0..5 {
            circuit.silent(at(0));
        }
        let (until, is_new) = circuit.at_fault(at(0));
        assert!(is_new && until >= at(300), "{until}");
    }

    #[test]
    fn the_records_say_how_long_an_account_rests_and_when_it_is_over() {
        let mut circuit = circuit();
        circuit.at_fault(at(0));
        circuit.rest_until(at(60));
        assert_eq!(circuit.passage(at(59)), Passage::Shut(at(60)));
        circuit.reopen();
        assert_eq!(circuit.passage(at(59)), Passage::Free);
        for _ in 0..5 {
            circuit.silent(at(0));
        }
        circuit.reopen();
        assert_eq!(circuit.passage(at(0)), Passage::Shut(at(1)), "the line stays shut");
    }
}
