//! What `/metrics` shows, in the OpenMetrics text form. No label holds a person.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::message::{Channel, Inbound, StatusUpdate};

/// A turn's end: `won`, `duplicate`, `conflict`, `stranger`, `parked`, `again`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TurnLabels {
    pub channel: &'static str,
    pub outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct StatusLabel {
    pub status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LaneLabel {
    pub lane: &'static str,
}

/// A number or account of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct AccountLabels {
    pub channel: &'static str,
    /// The number's id at Meta, or our name of the account.
    pub account: String,
}

impl AccountLabels {
    #[must_use]
    pub fn new(channel: Channel, account: &str) -> AccountLabels {
        AccountLabels { channel: channel.name(), account: account.to_owned() }
    }
}

/// What a provider said about a message that left by an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReportLabels {
    pub channel: &'static str,
    pub account: String,
    pub status: &'static str,
}

/// What a gateway called us about: `inbound`, `report` or `missed_call`, and `taken`, `again`, `unreadable`, `refused`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CallbackLabels {
    /// Our name of the account.
    pub account: String,
    pub kind: &'static str,
    pub outcome: &'static str,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ReasonLabel {
    pub reason: &'static str,
}

/// What was done after a commit: `fetch`, `keep`, `give_back` or `unite`, and `answered`, `failed`, `again`, `kept`,
/// `refused`, `nobody` (the person was erased), `given_up`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct EffectLabels {
    pub kind: &'static str,
    pub outcome: &'static str,
}

/// What rests because its provider refuses it: an `account` of ours, or a DLT `template`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RestLabels {
    pub channel: &'static str,
    pub kind: &'static str,
    /// Our name of the account, or the operators' id of the template.
    pub name: String,
    /// The account by which it was refused last.
    pub account: String,
    /// The provider's code; 0 where it gave none.
    pub code: i64,
}

/// The counters of intake and of the records; delivery keeps its own.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub turns: Family<TurnLabels, Counter>,
    /// From the last byte of a message to its commit.
    pub turn_seconds: Histogram,
    /// What the pure engine alone takes.
    pub engine_seconds: Histogram,
    pub envelopes_refused: Counter,
    inbound: Family<AccountLabels, Counter>,
    reports: Family<ReportLabels, Counter>,
    pub sms_callbacks: Family<CallbackLabels, Counter>,
    /// Texts that no DLT template lets through, by the names of [`crate::dlt::Refusal`].
    pub sms_unsaid: Family<ReasonLabel, Counter>,
    pub waiting: Gauge,
    pub outgoing: Family<StatusLabel, Gauge>,
    /// Age of the oldest waiting message of a lane, in seconds.
    pub oldest_seconds: Family<LaneLabel, Gauge<f64, AtomicU64>>,
    pub parked: Gauge,
    pub members: Gauge,
    pub listed: Gauge,
    pub contacts: Gauge,
    pub unmatched_statuses: Gauge,
    /// Pairs of contacts that wait for the office.
    pub open_merges: Gauge,
    pub effects: Family<EffectLabels, Counter>,
    pub effects_waiting: Gauge,
    /// Age of the oldest effect that is not done, in seconds.
    pub oldest_effect_seconds: Gauge<f64, AtomicU64>,
    /// For how long each thing rests already, in seconds.
    resting_seconds: Family<RestLabels, Gauge>,
    pub flows_reloaded: Counter,
    pub flows_refused: Counter,
}

impl Metrics {
    /// Registers every family under its name.
    pub fn register(registry: &mut Registry) -> Arc<Metrics> {
        let metrics = Metrics {
            turns: Family::default(),
            turn_seconds: Histogram::new(exponential_buckets(0.000_5, 2.0, 16)),
            engine_seconds: Histogram::new(exponential_buckets(0.000_001, 2.0, 16)),
            envelopes_refused: Counter::default(),
            inbound: Family::default(),
            reports: Family::default(),
            sms_callbacks: Family::default(),
            sms_unsaid: Family::default(),
            waiting: Gauge::default(),
            outgoing: Family::default(),
            oldest_seconds: Family::default(),
            parked: Gauge::default(),
            members: Gauge::default(),
            listed: Gauge::default(),
            contacts: Gauge::default(),
            unmatched_statuses: Gauge::default(),
            open_merges: Gauge::default(),
            effects: Family::default(),
            effects_waiting: Gauge::default(),
            oldest_effect_seconds: Gauge::default(),
            resting_seconds: Family::default(),
            flows_reloaded: Counter::default(),
            flows_refused: Counter::default(),
        };
        // Alarms want a number from the start.
        for reason in crate::dlt::Refusal::NAMES {
            let _ = metrics.sms_unsaid.get_or_create(&ReasonLabel { reason });
        }
        registry.register("turns", "turns by channel and outcome", metrics.turns.clone());
        registry.register_with_unit(
            "turn",
            "time from receiving a message to its commit",
            Unit::Seconds,
            metrics.turn_seconds.clone(),
        );
        registry.register_with_unit(
            "engine",
            "time of the pure engine for one turn",
            Unit::Seconds,
            metrics.engine_seconds.clone(),
        );
        registry.register(
            "envelopes_refused",
            "webhook requests answered 503",
            metrics.envelopes_refused.clone(),
        );
        registry.register(
            "inbound",
            "messages of people, each once, by channel and account",
            metrics.inbound.clone(),
        );
        registry.register(
            "reports",
            "words of providers about messages of ours, by channel, account and status",
            metrics.reports.clone(),
        );
        registry.register(
            "sms_callbacks",
            "calls of gateways for sms and missed calls, by account, kind and outcome",
            metrics.sms_callbacks.clone(),
        );
        registry.register(
            "sms_unsaid",
            "texts that no dlt template lets through by sms, by reason",
            metrics.sms_unsaid.clone(),
        );
        registry.register(
            "intake_waiting",
            "updates admitted, not yet committed",
            metrics.waiting.clone(),
        );
        registry.register("outgoing", "outgoing messages by status", metrics.outgoing.clone());
        registry.register_with_unit(
            "oldest_queued",
            "age of the oldest waiting message by lane",
            Unit::Seconds,
            metrics.oldest_seconds.clone(),
        );
        registry.register(
            "parked_turns",
            "turns put aside for a person to look at",
            metrics.parked.clone(),
        );
        registry.register(
            "members",
            "members who confirmed their membership",
            metrics.members.clone(),
        );
        registry.register(
            "listed",
            "people whom only a list of the office knows",
            metrics.listed.clone(),
        );
        registry.register("contacts", "contacts known", metrics.contacts.clone());
        registry.register(
            "unmatched_statuses",
            "statuses waiting for their send answer",
            metrics.unmatched_statuses.clone(),
        );
        registry.register(
            "open_merges",
            "pairs of contacts that may be one person and wait for the office",
            metrics.open_merges.clone(),
        );
        registry.register(
            "effects",
            "calls and media that committed turns wanted, by outcome",
            metrics.effects.clone(),
        );
        registry.register(
            "effects_waiting",
            "calls and media that are not done, counted up to 10000",
            metrics.effects_waiting.clone(),
        );
        registry.register_with_unit(
            "oldest_effect",
            "age of the oldest call or medium that is not done",
            Unit::Seconds,
            metrics.oldest_effect_seconds.clone(),
        );
        registry.register_with_unit(
            "resting",
            "for how long an account or a dlt template rests, since its provider refuses it",
            Unit::Seconds,
            metrics.resting_seconds.clone(),
        );
        registry.register(
            "flows_reloaded",
            "flow reloads that took effect",
            metrics.flows_reloaded.clone(),
        );
        registry.register(
            "flows_refused",
            "flow reloads refused by check",
            metrics.flows_refused.clone(),
        );
        Arc::new(metrics)
    }

    /// Counts one turn's end.
    pub fn turned(&self, channel: &'static str, outcome: &'static str) {
        self.turns.get_or_create(&TurnLabels { channel, outcome }).inc();
    }

    /// Counts one message of a person that was taken for the first time.
    pub fn heard(&self, inbound: &Inbound) {
        if inbound.channel != Channel::Internal {
            let labels = AccountLabels::new(inbound.channel, &inbound.account);
            self.inbound.get_or_create(&labels).inc();
        }
    }

    /// Counts one word of a provider about a message of ours.
    pub fn told(&self, update: &StatusUpdate) {
        let labels = ReportLabels {
            channel: update.channel.name(),
            account: update.account.clone(),
            status: update.status.name(),
        };
        self.reports.get_or_create(&labels).inc();
    }

    /// Counts one attempt at an effect.
    pub fn carried_out(&self, kind: &'static str, outcome: &'static str) {
        self.effects.get_or_create(&EffectLabels { kind, outcome }).inc();
    }

    /// Takes over a fresh report of the records, made `now`.
    pub fn take_report(&self, report: &crate::records::QueueReport, now: Timestamp) {
        self.resting_seconds.clear();
        for hold in &report.holds {
            let labels = RestLabels {
                channel: hold.channel.name(),
                kind: hold.kind.name(),
                name: hold.name.clone(),
                account: hold.account.clone(),
                code: hold.code.unwrap_or_default(),
            };
            let seconds = now.duration_since(hold.since).as_secs().max(1);
            self.resting_seconds.get_or_create(&labels).set(seconds);
        }
        let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        for status in crate::message::Status::ALL {
            let count = report
                .by_status
                .iter()
                .find(|(known, _)| *known == status)
                .map_or(0, |(_, count)| *count);
            self.outgoing.get_or_create(&StatusLabel { status: status.name() }).set(gauge(count));
        }
        for lane in crate::message::Lane::ALL {
            let age = report
                .oldest
                .iter()
                .find(|(known, _)| *known == lane)
                .map_or(Duration::ZERO, |(_, age)| *age);
            self.oldest_seconds
                .get_or_create(&LaneLabel { lane: lane.name() })
                .set(age.as_secs_f64());
        }
        self.parked.set(gauge(report.parked));
        self.members.set(gauge(report.members));
        self.listed.set(gauge(report.listed));
        self.contacts.set(gauge(report.contacts));
        self.unmatched_statuses.set(gauge(report.unmatched_statuses));
        self.open_merges.set(gauge(report.open_merges));
        self.effects_waiting.set(gauge(report.effects));
        let oldest = report.oldest_effect.unwrap_or_default();
        self.oldest_effect_seconds.set(oldest.as_secs_f64());
    }
}
