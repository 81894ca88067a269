//! The limits, shared by all replicas through the state; while it does not answer, this process
//! keeps its own count and takes its share of them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::message::{Channel, Outgoing};
use crate::state::memory::Memory;
use crate::state::{Bucket, State, StateError, Taken};

const A_DAY: Duration = Duration::from_hours(24);

/// While the state is away, or some keys of it, that is told so often at most.
const TOLD_EVERY_MS: i64 = 60_000;

/// The key of a sender's tokens in the state.
fn sender_key(channel: Channel, account: &str) -> String {
    format!("sender.{channel}.{account}")
}

#[derive(Debug)]
pub(super) struct Limits {
    state: State,
    own: Memory,
    share: f64,
    clock: Clock,
    /// When it was last told that the state is away; in epoch milliseconds.
    told_ms: AtomicI64,
}

impl Limits {
    /// `share` of the limits is taken without the state; what is no share counts as a half.
    pub(super) fn new(state: State, clock: Clock, capacity: usize, share: f64) -> Limits {
        let share = if share > 0.0 && share <= 1.0 { share } else { 0.5 };
        let own = Memory::new(capacity, clock.clone());
        Limits { state, own, share, clock, told_ms: AtomicI64::new(i64::MIN) }
    }

    /// Takes tokens of a number of ours.
    pub(super) async fn take_sender(
        &self,
        channel: Channel,
        account: &str,
        bucket: Bucket,
        tokens: f64,
        now: Timestamp,
    ) -> Taken {
        let key = sender_key(channel, account);
        let answer = self.state.take(&key, bucket, tokens, now).await;
        self.known(answer).unwrap_or_else(|| self.own.take(&key, self.part(bucket), tokens, now))
    }

    /// Takes one token of the pair of a number of ours and a person.
    pub(super) async fn take_pair(
        &self,
        outgoing: &Outgoing,
        bucket: Bucket,
        now: Timestamp,
    ) -> Taken {
        let key = format!("pair.{}.{}.{}", outgoing.channel, outgoing.account, outgoing.contact);
        let answer = self.state.take(&key, bucket, 1.0, now).await;
        self.known(answer).unwrap_or_else(|| self.own.take(&key, self.part(bucket), 1.0, now))
    }

    /// Whether the person may be among those of a day that are written to outside their window.
    pub(super) async fn admit(&self, outgoing: &Outgoing, limit: u64, now: Timestamp) -> bool {
        let key = format!("tier.{}", outgoing.channel);
        let member = outgoing.contact.to_string();
        let answer = self.state.admit(&key, &member, limit, A_DAY, now).await;
        self.known(answer).unwrap_or_else(|| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a share of a count, rounded down"
            )]
            let part = (limit as f64 * self.share) as u64;
            self.own.admit(&key, &member, part, A_DAY, now)
        })
    }

    /// At least one token, or nothing would ever leave.
    fn part(&self, bucket: Bucket) -> Bucket {
        Bucket {
            per_second: bucket.per_second * self.share,
            burst: (bucket.burst * self.share).max(1.0),
        }
    }

    /// The state's answer; `None` when it is away. Of a cluster a part of the keys can be away for
    /// long while the others answer, so it is told now and then rather than at each change.
    fn known<T>(&self, answer: Result<T, StateError>) -> Option<T> {
        let error = match answer {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let now_ms = self.clock.now().as_millisecond();
        let told_ms = self.told_ms.load(Ordering::Relaxed);
        let is_due = now_ms.saturating_sub(told_ms) >= TOLD_EVERY_MS;
        let exchange = |now_ms| {
            self.told_ms.compare_exchange(told_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed)
        };
        if is_due && exchange(now_ms).is_ok() {
            tracing::warn!(%error, share = self.share, "taking our own share of the limits");
        }
        None
    }
}
