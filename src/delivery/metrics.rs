//! What delivery counts. Labels are names of ours, never of persons.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::message::{Channel, Lane, Outgoing};
use crate::metrics::AccountLabels;

/// The metric families of delivery. Clones count into the same families.
#[derive(Clone, Debug)]
pub struct DeliveryMetrics {
    sends: Family<SendLabels, Counter>,
    sent: Family<AccountLabels, Counter>,
    failed: Family<AccountLabels, Counter>,
    unknown: Family<AccountLabels, Counter>,
    parts: Family<AccountLabels, Counter>,
    call_seconds: Family<ChannelLabel, Histogram, fn() -> Histogram>,
    waiting: Family<LaneLabel, Gauge>,
    /// The gauges of that family, in the order of [`Lane::ALL`]: they are set with every message.
    waiting_by_lane: [Gauge; 4],
    limited: Family<LimitLabels, Counter>,
    paused: Family<ChannelLabel, Counter>,
    swept_unknown: Counter,
    swept_again: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SendLabels {
    outcome: &'static str,
    channel: &'static str,
    lane: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabel {
    channel: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaneLabel {
    lane: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
    channel: &'static str,
}

/// 5 ms to 20 s.
fn call_histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 13))
}

impl Default for DeliveryMetrics {
    fn default() -> DeliveryMetrics {
        let waiting: Family<LaneLabel, Gauge> = Family::default();
        let of_lane = |lane: Lane| waiting.get_or_create_owned(&LaneLabel { lane: lane.name() });
        DeliveryMetrics {
            sends: Family::default(),
            sent: Family::default(),
            failed: Family::default(),
            unknown: Family::default(),
            parts: Family::default(),
            call_seconds: Family::new_with_constructor(call_histogram),
            waiting_by_lane: Lane::ALL.map(of_lane),
            waiting,
            limited: Family::default(),
            paused: Family::default(),
            swept_unknown: Counter::default(),
            swept_again: Counter::default(),
        }
    }
}

impl DeliveryMetrics {
    /// Makes the families and names them in the registry.
    #[must_use]
    pub fn register(registry: &mut Registry) -> DeliveryMetrics {
        let metrics = DeliveryMetrics::default();
        registry.register(
            "delivery_sends",
            "What became of messages that were to be sent",
            metrics.sends.clone(),
        );
        for (name, help, family) in [
            ("sent", "Messages that a provider took, by channel and account", &metrics.sent),
            ("failed", "Messages that were given up, by channel and account", &metrics.failed),
            (
                "unknown",
                "Calls whose answer was not seen, by channel and account",
                &metrics.unknown,
            ),
            (
                "parts",
                "Short messages that gateways took: a long text is several, as it left",
                &metrics.parts,
            ),
        ] {
            registry.register(name, help, family.clone());
        }
        registry.register(
            "delivery_call_seconds",
            "How long calls to the provider took",
            metrics.call_seconds.clone(),
        );
        registry.register(
            "delivery_waiting",
            "Messages waiting in memory",
            metrics.waiting.clone(),
        );
        registry.register(
            "delivery_limited",
            "How often a limit made a message wait",
            metrics.limited.clone(),
        );
        registry.register(
            "delivery_sender_pauses",
            "How often a sender was stopped because its account was at fault or silent",
            metrics.paused.clone(),
        );
        registry.register(
            "delivery_swept_unknown",
            "Claims of dead processes that became unknown",
            metrics.swept_unknown.clone(),
        );
        registry.register(
            "delivery_swept_again",
            "Replies that go once more because the provider stayed silent",
            metrics.swept_again.clone(),
        );
        metrics
    }

    /// What became of a message, and the short messages it left as.
    pub(super) fn sent(&self, outgoing: &Outgoing, outcome: &'static str, parts: Option<usize>) {
        let labels =
            SendLabels { outcome, channel: outgoing.channel.name(), lane: outgoing.lane.name() };
        self.sends.get_or_create(&labels).inc();
        let family = match outcome {
            "sent" | "held" => &self.sent,
            "failed" | "opted_out" => &self.failed,
            "unknown" => &self.unknown,
            _ => return,
        };
        let account = AccountLabels::new(outgoing.channel, &outgoing.account);
        family.get_or_create(&account).inc();
        if let Some(parts) = parts.filter(|_| matches!(outcome, "sent" | "held")) {
            self.parts.get_or_create(&account).inc_by(u64::try_from(parts).unwrap_or(u64::MAX));
        }
    }

    pub(super) fn called(&self, channel: Channel, took: Duration) {
        let label = ChannelLabel { channel: channel.name() };
        self.call_seconds.get_or_create(&label).observe(took.as_secs_f64());
    }

    /// `waiting` by lane, in the order of [`Lane::ALL`].
    pub(super) fn waiting(&self, waiting: [usize; 4]) {
        for (gauge, count) in self.waiting_by_lane.iter().zip(waiting) {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    pub(super) fn limited(&self, limit: &'static str, channel: Channel) {
        self.limited.get_or_create(&LimitLabels { limit, channel: channel.name() }).inc();
    }

    pub(super) fn paused(&self, channel: Channel) {
        self.paused.get_or_create(&ChannelLabel { channel: channel.name() }).inc();
    }

    pub(super) fn swept(&self, unknown: u64, again: u64) {
        self.swept_unknown.inc_by(unknown);
        self.swept_again.inc_by(again);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_named_and_written_out() {
        let mut registry = Registry::default();
        let metrics = DeliveryMetrics::register(&mut registry);
        let message = crate::delivery::tests::message(1, 1, Lane::Reply);
        metrics.sent(&message, "sent", None);
        let sms = Outgoing { channel: Channel::Sms, account: "party".to_owned(), ..message };
        for outcome in ["sent", "sent", "retry", "failed", "unknown"] {
            metrics.sent(&sms, outcome, Some(3));
        }
        metrics.called(Channel::Whatsapp, Duration::from_millis(30));
        metrics.waiting([1, 0, 0, 7]);
        metrics.limited("pair", Channel::Whatsapp);
        metrics.paused(Channel::Whatsapp);
        metrics.swept(2, 1);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let mut counts: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.contains("_bucket"))
            .filter(|line| !line.contains("_sum"))
            .collect();
        counts.sort_unstable();
        insta::assert_snapshot!(counts.join("\n"), @r#"
        delivery_call_seconds_count{channel="whatsapp"} 1
        delivery_limited_total{limit="pair",channel="whatsapp"} 1
        delivery_sender_pauses_total{channel="whatsapp"} 1
        delivery_sends_total{outcome="failed",channel="sms",lane="reply"} 1
        delivery_sends_total{outcome="retry",channel="sms",lane="reply"} 1
        delivery_sends_total{outcome="sent",channel="sms",lane="reply"} 2
        delivery_sends_total{outcome="sent",channel="whatsapp",lane="reply"} 1
        delivery_sends_total{outcome="unknown",channel="sms",lane="reply"} 1
        delivery_swept_again_total 1
        delivery_swept_unknown_total 2
        delivery_waiting{lane="broadcast"} 7
        delivery_waiting{lane="person"} 0
        delivery_waiting{lane="reminder"} 0
        delivery_waiting{lane="reply"} 1
        failed_total{channel="sms",account="party"} 1
        parts_total{channel="sms",account="party"} 6
        sent_total{channel="sms",account="party"} 2
        sent_total{channel="whatsapp",account="1"} 1
        unknown_total{channel="sms",account="party"} 1
        "#);
    }
}
