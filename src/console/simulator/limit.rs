//! How fast one internet address may use the simulator: enough for a hall of people behind one
//! router, too little to fill a disk.

use std::collections::HashMap;
use std::net::IpAddr;

use jiff::Timestamp;
use parking_lot::Mutex;

/// At most so many addresses are remembered; beyond them those that have rested are forgotten.
const REMEMBERED: usize = 10_000;

/// A token bucket for each internet address, in this process's memory.
#[derive(Debug)]
pub struct PerAddress {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<Option<IpAddr>, Level>>,
}

#[derive(Debug)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl PerAddress {
    /// Tokens flow in at `per_second` up to `burst`.
    #[must_use]
    pub fn new(per_second: f64, burst: f64) -> PerAddress {
        PerAddress { per_second, burst, buckets: Mutex::default() }
    }

    /// Takes a token of this address; `false` when it has none. All whose address is unknown
    /// share one bucket.
    pub fn take(&self, address: Option<IpAddr>, now: Timestamp) -> bool {
        let mut buckets = self.buckets.lock();
        if buckets.len() >= REMEMBERED && !buckets.contains_key(&address) {
            buckets.retain(|_, level| self.refilled(level, now) < self.burst);
            if buckets.len() >= REMEMBERED {
                return false;
            }
        }
        let level = buckets.entry(address).or_insert(Level { tokens: self.burst, at: now });
        level.tokens = self.refilled(level, now);
        level.at = now;
        if level.tokens < 1.0 {
            return false;
        }
        level.tokens -= 1.0;
        true
    }

    fn refilled(&self, level: &Level, now: Timestamp) -> f64 {
        let seconds = now.duration_since(level.at).as_secs_f64().max(0.0);
        (level.tokens + seconds * self.per_second).min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::from_ms;

    #[test]
    fn an_address_rests_when_its_burst_is_spent_and_others_go_on() {
        let limit = PerAddress::new(1.0, 2.0);
        let one: Option<IpAddr> = Some([192, 0, 2, 1].into());
        let other: Option<IpAddr> = Some([192, 0, 2, 2].into());
        assert!(limit.take(one, from_ms(0)));
        assert!(limit.take(one, from_ms(0)));
        assert!(!limit.take(one, from_ms(0)));
        assert!(limit.take(other, from_ms(0)));
        assert!(!limit.take(one, from_ms(900)));
        assert!(limit.take(one, from_ms(2_000)));
    }
}
