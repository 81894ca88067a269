//! The store that needs nothing installed: bounded maps in this process. A restart empties it, and
//! nobody notices: the next turn reads the session from the records.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::bucket::Level;
use super::lru::Lru;
use super::{Bucket, Cached, Taken, deadline_ms};
use crate::clock::Clock;

/// Bounded maps behind one lock; every call is over in about a microsecond.
#[derive(Debug)]
pub(crate) struct Memory {
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    sessions: Lru<i64, Session>,
    buckets: Lru<String, (Bucket, Level)>,
    /// Few keys (one a tier), each with as many members as the tier's limit.
    admitted: HashMap<String, Admitted>,
}

#[derive(Debug)]
struct Session {
    cached: Cached,
    expires_ms: i64,
}

/// The members of a moving window, by name and by the time they were last admitted.
#[derive(Debug, Default)]
struct Admitted {
    last: HashMap<String, i64>,
    order: BTreeSet<(i64, String)>,
}

impl Memory {
    /// Keeps at most `capacity` sessions and as many buckets.
    pub(crate) fn new(capacity: usize, clock: Clock) -> Memory {
        Memory {
            clock,
            kept: Mutex::new(Kept {
                sessions: Lru::new(capacity),
                buckets: Lru::new(capacity),
                admitted: HashMap::new(),
            }),
        }
    }

    pub(crate) fn get(&self, contact: i64) -> Option<Cached> {
        let now_ms = self.clock.now().as_millisecond();
        let mut kept = self.kept.lock();
        let session = kept.sessions.get(&contact)?;
        if session.expires_ms > now_ms {
            return Some(session.cached.clone());
        }
        kept.sessions.remove(&contact);
        None
    }

    pub(crate) fn put(&self, contact: i64, cached: Cached, ttl: Duration) -> bool {
        let now = self.clock.now();
        let mut kept = self.kept.lock();
        if let Some(known) = kept.sessions.get(&contact) {
            let alive = known.expires_ms > now.as_millisecond();
            if alive && known.cached.version >= cached.version {
                return false;
            }
        }
        kept.sessions.insert(contact, Session { cached, expires_ms: deadline_ms(now, ttl) });
        true
    }

    pub(crate) fn forget(&self, contact: i64) {
        self.kept.lock().sessions.remove(&contact);
    }

    pub(crate) fn take(&self, key: &str, bucket: Bucket, tokens: f64, now: Timestamp) -> Taken {
        let now_ms = now.as_millisecond();
        let mut kept = self.kept.lock();
        if let Some((shape, level)) = kept.buckets.get(&key.to_owned()) {
            *shape = bucket;
            return level.take(bucket, tokens, now_ms);
        }
        let mut level = Level::full(bucket, now_ms);
        let taken = level.take(bucket, tokens, now_ms);
        let evicted = kept.buckets.insert(key.to_owned(), (bucket, level));
        // A bucket that went although it was not full again would let its owner send too early.
        if let Some((_, (shape, level))) = evicted
            && !level.is_full(shape, now_ms)
        {
            tracing::debug!("a rate limit was forgotten early; raise state.capacity");
        }
        taken
    }

    pub(crate) fn admit(
        &self,
        key: &str,
        member: &str,
        limit: u64,
        window: Duration,
        now: Timestamp,
    ) -> bool {
        let now_ms = now.as_millisecond();
        let window_ms = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        let mut kept = self.kept.lock();
        let admitted = kept.admitted.entry(key.to_owned()).or_default();
        admitted.drop_until(now_ms.saturating_sub(window_ms));
        let known = admitted.last.contains_key(member);
        if !known && admitted.last.len() as u64 >= limit {
            return false;
        }
        admitted.add(member, now_ms);
        true
    }
}

impl Admitted {
    /// Lets go of everyone whose last time was at or before `until_ms`.
    fn drop_until(&mut self, until_ms: i64) {
        while let Some((last_ms, _)) = self.order.first()
            && *last_ms <= until_ms
        {
            if let Some((_, member)) = self.order.pop_first() {
                self.last.remove(&member);
            }
        }
    }

    /// Counts the member from `now_ms` on; a clock that stands behind does not shorten their stay.
    fn add(&mut self, member: &str, now_ms: i64) {
        let since_ms = match self.last.get(member) {
            Some(known_ms) => {
                let known = (*known_ms, member.to_owned());
                self.order.remove(&known);
                now_ms.max(known.0)
            }
            None => now_ms,
        };
        self.last.insert(member.to_owned(), since_ms);
        self.order.insert((since_ms, member.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(capacity: usize) -> Memory {
        Memory::new(capacity, Clock::fixed(Timestamp::UNIX_EPOCH))
    }

    #[test]
    fn it_holds_no_more_sessions_than_it_was_given_room_for() {
        let memory = memory(3);
        for contact in 1..=10 {
            memory.put(contact, Cached { version: 1, sealed: vec![0; 8] }, Duration::from_mins(1));
            memory.get(1);
        }
        let kept: Vec<i64> = (1..=10).filter(|contact| memory.get(*contact).is_some()).collect();
        assert_eq!(kept, [1, 9, 10], "the one in use stays, the oldest go");
    }

    #[test]
    fn it_holds_no_more_buckets_than_it_was_given_room_for() {
        let memory = memory(3);
        let bucket = Bucket { per_second: 1.0, burst: 1.0 };
        for key in 0..10 {
            memory.take(&key.to_string(), bucket, 1.0, Timestamp::UNIX_EPOCH);
        }
        assert_eq!(memory.kept.lock().buckets.len(), 3);
    }
}
