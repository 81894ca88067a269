//! What the sandbox does wrong on purpose, and how often.
//!
//! A fault is not drawn from a running generator but computed from the seed and the thing it
//! happens to: the same messages meet the same faults, in whichever order their connections come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How often each fault happens; every rate is 0 (never) to 1 (always).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// A send is answered late, by `slow_ms`.
    pub slow: f64,
    /// From and to, in milliseconds.
    pub slow_ms: (u64, u64),
    /// A send is accepted and its connection closed without an answer.
    pub lost: f64,
    /// A send's connection is closed before anything is accepted.
    pub death: f64,
    /// A send is answered HTTP 429 (code 4).
    pub too_many: f64,
    /// A send is answered HTTP 500 (131000) or 503 (a page, not JSON), one as often as the other.
    pub server_error: f64,
    /// A send is refused with this code (`130429`, `131056`, …), each at its own rate.
    pub refuse: BTreeMap<i64, f64>,
    /// An accepted message ends as `failed` with this code (`131049`, `131026`, …).
    pub fail: BTreeMap<i64, f64>,
    /// An accepted message never gets any status.
    pub drop_statuses: f64,
    /// A callback is delivered twice.
    pub duplicate: f64,
    /// A callback comes late, its statuses in the wrong order, half of them with the first status
    /// before the send's own answer.
    pub disorder: f64,
    /// The most a disordered callback is late, in milliseconds.
    pub disorder_ms: u64,
    /// A callback takes along others that are due, up to `batch_max` updates in one envelope.
    pub batch: f64,
    /// 2 to 1000.
    pub batch_max: usize,
}

/// A rate or a bound that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFaults {
    #[error("fault `{0}`: a rate is a number from 0 to 1")]
    Rate(String),
    #[error("fault `{0}`: {1}")]
    Bound(&'static str, &'static str),
    #[error("not a set of faults: {0}")]
    Shape(String),
}

impl Faults {
    /// None of them.
    #[must_use]
    pub fn none() -> Faults {
        Faults { slow_ms: (50, 500), disorder_ms: 300, batch_max: 20, ..Faults::default() }
    }

    /// The set that CI runs under: a little of everything that a real day brings.
    #[must_use]
    pub fn bad_day() -> Faults {
        Faults {
            slow: 0.05,
            lost: 0.02,
            death: 0.02,
            too_many: 0.01,
            server_error: 0.02,
            refuse: BTreeMap::from([(130_429, 0.02), (131_056, 0.01)]),
            duplicate: 0.1,
            disorder: 0.2,
            batch: 0.3,
            ..Faults::none()
        }
    }

    /// These faults with the named ones changed, as `POST /_sandbox/faults` has it: keys that are
    /// not named stay.
    ///
    /// # Errors
    /// An unknown name, a rate outside 0 to 1.
    pub fn changed(&self, changes: &Value) -> Result<Faults, BadFaults> {
        let shape = |error: serde_json::Error| BadFaults::Shape(error.to_string());
        let Value::Object(changes) = changes else {
            return Err(BadFaults::Shape("a JSON object is wanted".to_owned()));
        };
        let mut merged = serde_json::to_value(self).map_err(shape)?;
        if let Value::Object(merged) = &mut merged {
            for (key, value) in changes {
                merged.insert(key.clone(), value.clone());
            }
        }
        let faults: Faults = serde_json::from_value(merged).map_err(shape)?;
        faults.check()?;
        Ok(faults)
    }

    /// # Errors
    /// The first rate or bound that makes no sense.
    pub fn check(&self) -> Result<(), BadFaults> {
        let rates = [
            ("slow", self.slow),
            ("lost", self.lost),
            ("death", self.death),
            ("too_many", self.too_many),
            ("server_error", self.server_error),
            ("drop_statuses", self.drop_statuses),
            ("duplicate", self.duplicate),
            ("disorder", self.disorder),
            ("batch", self.batch),
        ];
        for (name, rate) in rates {
            if !(0.0..=1.0).contains(&rate) {
                return Err(BadFaults::Rate(name.to_owned()));
            }
        }
        for (name, codes) in [("refuse", &self.refuse), ("fail", &self.fail)] {
            for (code, rate) in codes {
                if !(0.0..=1.0).contains(rate) {
                    return Err(BadFaults::Rate(format!("{name} {code}")));
                }
            }
        }
        if self.slow_ms.0 > self.slow_ms.1 {
            return Err(BadFaults::Bound("slow_ms", "the first number is the smaller"));
        }
        if self.batch > 0.0 && !(2..=1000).contains(&self.batch_max) {
            return Err(BadFaults::Bound("batch_max", "2 to 1000 updates"));
        }
        Ok(())
    }

    /// What happens to this send. `key`: its opaque id or, without one, whom and what it is;
    /// `attempt`: how often the same key came before.
    #[must_use]
    pub(super) fn on_send(&self, dice: Dice, key: &str, attempt: u64) -> SendFault {
        let hit = |what: &str, rate: f64| dice.roll(what, key, attempt) < rate;
        if hit("death", self.death) {
            return SendFault::Death;
        }
        if hit("too_many", self.too_many) {
            return SendFault::TooMany;
        }
        if hit("server_error", self.server_error) {
            return if hit("server_error kind", 0.5) {
                SendFault::Internal
            } else {
                SendFault::Unavailable
            };
        }
        for (code, rate) in &self.refuse {
            if hit(&format!("refuse {code}"), *rate) {
                return SendFault::Refuse(*code);
            }
        }
        if hit("lost", self.lost) { SendFault::Lost } else { SendFault::None }
    }

    /// How long this send waits for its answer, in milliseconds.
    #[must_use]
    pub(super) fn delay_ms(&self, dice: Dice, key: &str, attempt: u64) -> u64 {
        if dice.roll("slow", key, attempt) < self.slow {
            dice.between("slow_ms", key, attempt, self.slow_ms)
        } else {
            0
        }
    }

    /// The code this accepted message fails with in the end, if it does.
    #[must_use]
    pub(super) fn failure(&self, dice: Dice, key: &str) -> Option<i64> {
        self.fail
            .iter()
            .find(|(code, rate)| dice.roll(&format!("fail {code}"), key, 0) < **rate)
            .map(|(code, _)| *code)
    }
}

/// What goes wrong with one send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SendFault {
    None,
    Death,
    Lost,
    TooMany,
    Internal,
    Unavailable,
    Refuse(i64),
}

/// Chance that depends on the seed and on what it is thrown for, and on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    #[must_use]
    pub const fn new(seed: u64) -> Dice {
        Dice { seed }
    }

    /// 64 bits: FNV-1a over what it is for, mixed by splitmix64.
    fn bits(self, what: &str, key: &str, turn: u64) -> u64 {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325 ^ self.seed;
        let turn_bytes = turn.to_le_bytes();
        let parts = [what.as_bytes(), &[0], key.as_bytes(), &[0], turn_bytes.as_slice()];
        for byte in parts.into_iter().flatten() {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut mixed = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 (possible) to 1 (never reached).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
    #[must_use]
    pub fn roll(self, what: &str, key: &str, turn: u64) -> f64 {
        (self.bits(what, key, turn) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number between the two, both included.
    #[must_use]
    pub fn between(self, what: &str, key: &str, turn: u64, (from, to): (u64, u64)) -> u64 {
        let span = to.saturating_sub(from).saturating_add(1).max(1);
        from.saturating_add(self.bits(what, key, turn) % span)
    }

    /// Puts the members in an order that depends on the seed and the key.
    pub fn shuffle<T>(self, what: &str, key: &str, members: &mut [T]) {
        for place in (1..members.len()).rev() {
            let turn = place as u64;
            let other = self.between(what, key, turn, (0, turn));
            members.swap(place, usize::try_from(other).unwrap_or(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_faults_in_any_order() {
        let faults = Faults::bad_day();
        let dice = Dice::new(7);
        let keys: Vec<String> = (0..500).map(|number| format!("o-{number}")).collect();
        let forward: Vec<SendFault> = keys.iter().map(|key| faults.on_send(dice, key, 0)).collect();
        let mut backward: Vec<SendFault> =
            keys.iter().rev().map(|key| faults.on_send(dice, key, 0)).collect();
        backward.reverse();
        assert_eq!(forward, backward);
        let other_seed: Vec<SendFault> =
            keys.iter().map(|key| faults.on_send(Dice::new(8), key, 0)).collect();
        assert_ne!(forward, other_seed);
    }

    #[test]
    fn a_rate_is_met_within_a_few_percent() {
        let dice = Dice::new(1);
        let hits =
            (0..10_000).filter(|number| dice.roll("lost", &number.to_string(), 0) < 0.2).count();
        assert!((1850..2150).contains(&hits), "{hits} of 10000");
    }

    #[test]
    fn a_change_leaves_the_other_faults_alone() {
        let faults = Faults { lost: 0.5, ..Faults::none() };
        let changed = faults.changed(&json!({"slow": 1, "refuse": {"131056": 0.1}})).unwrap();
        assert!((changed.lost - 0.5).abs() < f64::EPSILON);
        assert!((changed.slow - 1.0).abs() < f64::EPSILON);
        assert_eq!(changed.refuse.len(), 1);
    }

    #[test]
    fn a_wrong_change_is_refused_by_name() {
        let faults = Faults::none();
        assert_eq!(faults.changed(&json!({"lost": 2})), Err(BadFaults::Rate("lost".to_owned())));
        assert!(matches!(faults.changed(&json!({"lots": 0.1})), Err(BadFaults::Shape(_))));
        assert!(faults.changed(&json!({"refuse": {"131056": -1}})).is_err());
    }

    #[test]
    fn shuffling_keeps_every_member_and_repeats_itself() {
        let mut first: Vec<u32> = (0..50).collect();
        Dice::new(3).shuffle("order", "k", &mut first);
        let mut second: Vec<u32> = (0..50).collect();
        Dice::new(3).shuffle("order", "k", &mut second);
        assert_eq!(first, second);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<u32>>());
        assert_ne!(first, sorted);
    }
}
