//! How delivery is set up.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::metrics::DeliveryMetrics;
use crate::channel::Senders;
use crate::clock::{Clock, Ids};
use crate::gate::{Rules, RulesHandle};
use crate::message::{Channel, Content, Registered};
use crate::records::{Lease, Records, RecordsError};
use crate::state::{Bucket, State};
use crate::vital::Vital;

/// Everything delivery works with.
#[derive(Debug)]
pub struct DeliveryOptions {
    pub records: Records,
    pub state: State,
    pub senders: Senders,
    pub registrar: Registrar,
    pub rulebook: Rulebook,
    pub clock: Clock,
    /// For the jitter of waits.
    pub ids: Ids,
    /// The office's kill switch: while `true` nothing is called, and what waits stays queued.
    pub halted: Arc<AtomicBool>,
    /// Delivery runs on it, and is over when everything under way was recorded.
    pub tracker: TaskTracker,
    /// The graceful stop.
    pub shutdown: CancellationToken,
    /// Cancelled by whoever learns that another process was given our lease: this process must not
    /// write any more and should end.
    pub fenced: CancellationToken,
    /// Kept by [`keep_lease`](crate::records::keep_lease) until delivery has ended.
    pub lease: Lease,
    pub vital: Vital,
    pub metrics: DeliveryMetrics,
    pub settings: DeliverySettings,
}

/// What the DLT registry in force says of a template, asked by its id when a message leaves: what was
/// registered when it was planned may be mended since.
#[derive(Clone)]
pub struct Registrar(Arc<dyn Fn(&str) -> Known + Send + Sync>);

/// How a template stands in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// What leaves with a message of it now.
    Live(Registered),
    /// The office stopped it: nothing leaves by it any more.
    Stopped,
    /// It is not in the registry: the message leaves as it was planned.
    No,
}

impl Registrar {
    #[must_use]
    pub fn new(ask: impl Fn(&str) -> Known + Send + Sync + 'static) -> Registrar {
        Registrar(Arc::new(ask))
    }

    pub(super) fn ask(&self, template: &str) -> Known {
        (self.0)(template)
    }
}

impl Default for Registrar {
    /// Without a registry.
    fn default() -> Registrar {
        Registrar::new(|_| Known::No)
    }
}

impl fmt::Debug for Registrar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Registrar")
    }
}

/// What election law and the office have in force when a message leaves, and whether its text is certified.
#[derive(Clone)]
pub struct Rulebook {
    rules: RulesHandle,
    certified: Arc<IsCertified>,
}

/// Asks of the words of a broadcast, by its number, whether a committee allowed them by now.
type IsCertified =
    dyn Fn(Certified) -> BoxFuture<'static, Result<bool, RecordsError>> + Send + Sync;

/// What is asked of a message that is about to leave.
#[derive(Clone, Debug)]
pub struct Certified {
    /// `None`: of none that is known.
    pub broadcast: Option<i64>,
    /// As it leaves.
    pub content: Content,
    pub rules: Arc<Rules>,
    pub now: Timestamp,
}

impl Rulebook {
    /// `certified` says whether a committee certified what leaves; it is asked under the code of conduct alone.
    #[must_use]
    pub fn new(
        rules: RulesHandle,
        certified: impl Fn(Certified) -> BoxFuture<'static, Result<bool, RecordsError>>
        + Send
        + Sync
        + 'static,
    ) -> Rulebook {
        Rulebook { rules, certified: Arc::new(certified) }
    }

    pub(super) fn rules(&self) -> Arc<Rules> {
        self.rules.get()
    }

    /// Whether a committee certified what leaves now.
    ///
    /// # Errors
    /// Its broadcast cannot be read.
    pub(super) async fn is_certified(&self, asked: Certified) -> Result<bool, RecordsError> {
        (self.certified)(asked).await
    }
}

impl Default for Rulebook {
    /// Without an election, and without a cap.
    fn default() -> Rulebook {
        Rulebook::new(RulesHandle::default(), |_| Box::pin(std::future::ready(Ok(false))))
    }
}

impl fmt::Debug for Rulebook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Rulebook")
    }
}

impl DeliveryOptions {
    /// See [`DeliverySettings::warnings`].
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.settings.warnings()
    }
}

/// The figures of delivery; [`DeliverySettings::default`] is what `samvad.toml` says.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliverySettings {
    /// Calls under way at once, for each number of ours. A quarter of them is kept for replies and
    /// persons.
    pub concurrency: usize,
    /// Messages held in memory; what comes above it is given back to the queue in the records.
    pub capacity: usize,
    /// How often the queue in the records is asked.
    pub poll: Duration,
    /// After this a call counts as unanswered. Longer than the HTTP client's own timeout, which
    /// knows more of what happened.
    pub call_timeout: Duration,
    /// How long the records believe this process alive after a heartbeat: the records' own figure.
    pub lease: Duration,
    /// How often dead processes and silent providers are looked for.
    pub sweep: Duration,
    /// How long an `unknown` reply waits for the provider's word, while we hear, before it goes once
    /// more.
    pub unknown_after: Duration,
    /// How long a graceful stop waits for calls under way.
    pub drain: Duration,
    /// A retry waits at most this, doubled with every attempt …
    pub retry_base: Duration,
    /// … up to this.
    pub retry_cap: Duration,
    /// How long an account at fault is left alone the first time; doubled while the fault stays …
    pub pause: Duration,
    /// … up to this.
    pub pause_cap: Duration,
    /// How long a message waits for an earlier one of its contact that is to be tried again.
    pub order_wait: Duration,
    /// What has to wait longer than this waits in the records rather than in memory.
    pub memory_wait: Duration,
    /// This process's share of the limits while the shared state does not answer; above 0, at most 1.
    pub share: f64,
    /// Whether a person sees that their message was read and an answer is being typed.
    pub mark_read: bool,
    /// A channel that is not named has no limits.
    pub limits: BTreeMap<Channel, ChannelLimits>,
    /// Messages a second of single numbers of ours, where they differ from their channel's.
    pub throughput: HashMap<String, f64>,
}

/// What a provider allows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChannelLimits {
    /// Messages a second, for each number of ours.
    pub per_second: Option<f64>,
    /// Messages to one person from one number of ours.
    pub pair: Option<Bucket>,
    /// People written to in a moving day outside their window, over all numbers of ours.
    pub people_a_day: Option<u64>,
}

impl ChannelLimits {
    /// The Cloud API's figures for a new account (Meta, 2026): 80 messages a second, to one person
    /// one in six seconds with bursts of 45, 250 people a day outside their window.
    pub const WHATSAPP: ChannelLimits = ChannelLimits {
        per_second: Some(80.0),
        pair: Some(Bucket { per_second: 1.0 / 6.0, burst: 45.0 }),
        people_a_day: Some(250),
    };
}

impl Default for DeliverySettings {
    fn default() -> DeliverySettings {
        DeliverySettings {
            concurrency: 64,
            capacity: 20_000,
            poll: Duration::from_millis(500),
            call_timeout: Duration::from_secs(22),
            lease: Duration::from_secs(45),
            sweep: Duration::from_secs(10),
            unknown_after: Duration::from_mins(2),
            drain: Duration::from_secs(25),
            retry_base: Duration::from_secs(1),
            retry_cap: Duration::from_mins(5),
            pause: Duration::from_mins(5),
            pause_cap: Duration::from_hours(1),
            order_wait: Duration::from_mins(1),
            memory_wait: Duration::from_secs(5),
            share: 0.5,
            mark_read: false,
            limits: BTreeMap::from([(Channel::Whatsapp, ChannelLimits::WHATSAPP)]),
            throughput: HashMap::new(),
        }
    }
}

impl DeliverySettings {
    /// Combinations that work and are dangerous, each in a sentence that says what to do.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let (lease, call) = (self.lease.as_secs_f64(), self.call_timeout.as_secs_f64());
        if self.lease <= self.call_timeout {
            warnings.push(format!(
                "the lease ({lease} s) is not longer than a call may take ({call} s): nothing can be sent, for a call could outlive the lease and be sent twice; make the lease at least {} s",
                call * 3.0
            ));
        } else if self.lease * 2 / 3 <= self.call_timeout {
            warnings.push(format!(
                "the lease ({lease} s) is short beside a call ({call} s): sending stops between two heartbeats; make the lease at least {} s",
                call * 3.0
            ));
        }
        if self.drain < self.call_timeout {
            warnings.push(format!(
                "a graceful stop waits {} s and a call may take {call} s: calls cut off end as `unknown`; make drain at least {call} s",
                self.drain.as_secs_f64()
            ));
        }
        if self.memory_wait >= self.lease {
            warnings.push(format!(
                "messages wait up to {} s in memory, longer than the lease ({lease} s): a crash makes more of them `unknown`; make memory_wait a few seconds",
                self.memory_wait.as_secs_f64()
            ));
        }
        if !(self.share > 0.0 && self.share <= 1.0) {
            warnings.push(format!(
                "the share of the limits without the shared state is {}: it must be above 0 and at most 1 (1 divided by the number of replicas); 0.5 is used",
                self.share
            ));
        }
        for (channel, limits) in &self.limits {
            if *channel == Channel::Whatsapp && limits.pair.is_none() {
                warnings.push(
                    "no limit for messages to one person on WhatsApp: the provider has one and refuses (131056)".to_owned(),
                );
            }
        }
        warnings
    }

    /// The limits of a number of ours.
    pub(super) fn limits_of(&self, channel: Channel, account: &str) -> ChannelLimits {
        let limits = self.limits.get(&channel).copied().unwrap_or_default();
        match self.throughput.get(account) {
            Some(per_second) => ChannelLimits { per_second: Some(*per_second), ..limits },
            None => limits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_not_dangerous() {
        assert_eq!(DeliverySettings::default().warnings(), Vec::<String>::new());
    }

    #[test]
    fn each_dangerous_combination_is_told_with_what_to_do() {
        let dangerous = DeliverySettings {
            lease: Duration::from_secs(10),
            drain: Duration::from_secs(5),
            call_timeout: Duration::from_secs(20),
            memory_wait: Duration::from_secs(30),
            share: 0.0,
            limits: BTreeMap::from([(Channel::Whatsapp, ChannelLimits::default())]),
            ..DeliverySettings::default()
        };
        insta::assert_snapshot!(dangerous.warnings().join("\n"), @r"
        the lease (10 s) is not longer than a call may take (20 s): nothing can be sent, for a call could outlive the lease and be sent twice; make the lease at least 60 s
        a graceful stop waits 5 s and a call may take 20 s: calls cut off end as `unknown`; make drain at least 20 s
        messages wait up to 30 s in memory, longer than the lease (10 s): a crash makes more of them `unknown`; make memory_wait a few seconds
        the share of the limits without the shared state is 0: it must be above 0 and at most 1 (1 divided by the number of replicas); 0.5 is used
        no limit for messages to one person on WhatsApp: the provider has one and refuses (131056)
        ");
        let short =
            DeliverySettings { lease: Duration::from_secs(30), ..DeliverySettings::default() };
        insta::assert_snapshot!(short.warnings().join("\n"), @"the lease (30 s) is short beside a call (22 s): sending stops between two heartbeats; make the lease at least 66 s");
    }

    #[test]
    fn a_number_of_ours_may_have_a_throughput_of_its_own() {
        let settings = DeliverySettings {
            throughput: HashMap::from([("2".to_owned(), 20.0)]),
            ..DeliverySettings::default()
        };
        assert_eq!(settings.limits_of(Channel::Whatsapp, "1"), ChannelLimits::WHATSAPP);
        assert_eq!(settings.limits_of(Channel::Whatsapp, "2").per_second, Some(20.0));
        assert_eq!(settings.limits_of(Channel::Simulator, "1"), ChannelLimits::default());
    }
}
