//! Time and ids as parameters.
//!
//! Everything that records a time or makes an id is handed a [`Clock`] or an [`Ids`]; nothing asks
//! the system by itself (`clippy.toml` bans it). Quiet hours, windows, timers and retries are
//! testable because of this one rule.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom, SystemRandom};

/// Where the time comes from: the system, or a test.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Epoch milliseconds, moved by the test that holds the other end.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at` until it is [advanced](Clock::advance).
    #[must_use]
    pub fn fixed(at: Timestamp) -> Clock {
        Clock::Fixed(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// Now, in whole milliseconds: what a store gives back equals what was put in.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let milliseconds = match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
            Clock::System => Timestamp::now().as_millisecond(),
            Clock::Fixed(milliseconds) => milliseconds.load(Ordering::SeqCst),
        };
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a fixed clock on; the system's goes its own way.
    pub fn advance(&self, by: std::time::Duration) {
        if let Clock::Fixed(milliseconds) = self {
            milliseconds
                .fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// The time of day and date a store's milliseconds mean; the epoch for a number no calendar holds.
#[must_use]
pub fn from_ms(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A moment after `now`; the end of time when no calendar holds it.
#[must_use]
pub fn later(now: Timestamp, by: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// A wait a quarter shorter to a quarter longer, so that what failed together does not come again
/// together. `random` is any number.
#[must_use]
pub fn jittered(wait: std::time::Duration, random: u64) -> std::time::Duration {
    let thousandths = u32::try_from(random % 501).unwrap_or(0) + 750;
    wait.saturating_mul(thousandths) / 1000
}

/// Where random numbers come from: the system, or a test's counter.
#[derive(Clone, Debug)]
pub enum Ids {
    System(SystemRandom),
    Counted(Arc<AtomicI64>),
}

impl Ids {
    #[must_use]
    pub fn system() -> Ids {
        Ids::System(SystemRandom::new())
    }

    /// Gives 1, 2, 3, … for snapshots.
    #[must_use]
    pub fn counted() -> Ids {
        Ids::Counted(Arc::new(AtomicI64::new(0)))
    }

    /// Fills the bytes with what cannot be guessed (or, in a test, with the counter).
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), ring::error::Unspecified> {
        match self {
            Ids::System(random) => random.fill(bytes),
            Ids::Counted(counter) => {
                let next = counter.fetch_add(1, Ordering::SeqCst) + 1;
                bytes.fill(0);
                for (byte, value) in bytes.iter_mut().zip(next.to_le_bytes()) {
                    *byte = value;
                }
                Ok(())
            }
        }
    }

    /// A number for a turn's seed; zero only when the system has no randomness.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let mut bytes = [0; 8];
        if self.fill(&mut bytes).is_err() {
            return 0;
        }
        u64::from_le_bytes(bytes)
    }

    /// A UUID v7 of this moment: sorts by time, so that an index on it stays warm (RFC 9562).
    #[must_use]
    pub fn uuid(&self, now: Timestamp) -> uuid::Uuid {
        let mut bytes = [0; 10];
        if self.fill(&mut bytes).is_err() {
            bytes = [0; 10];
        }
        let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid()
    }
}
