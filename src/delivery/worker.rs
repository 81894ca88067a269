//! The pump of a sender, and the way of one message from its turn to its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::limits::Limits;
use super::outbox::{Carrier, Outbox};
use super::pace::Passage;
use super::queues::Popped;
use super::shared::{Road, Shared};
use super::verdict::{Backoff, Fate, Sign, judge};
use crate::channel::SendAnswer;
use crate::clock::Ids;
use crate::contact::Contact;
use crate::gate::{Question, Refusal, gate, needs_contact};
use crate::message::{Outgoing, PreferenceUpdate};
use crate::records::SendResult;
use crate::state::{Bucket, Taken};

/// How often a pump asks whether another replica paused its sender.
const PAUSE_LOOK: Duration = Duration::from_secs(1);
/// What the kill switch stops comes back from the records after this long, to be looked at again.
const HALT_WAIT: Duration = Duration::from_secs(15);
/// A person who does not fit into the day's number is looked at again after this long.
const TIER_WAIT: Duration = Duration::from_mins(10);
/// A message whose contact cannot be read is looked at again after this long.
const RECORDS_WAIT: Duration = Duration::from_secs(5);

/// Everything a message meets on its way.
pub(super) struct Desk<O, C> {
    pub(super) shared: Arc<Shared>,
    pub(super) outbox: O,
    carrier: C,
    limits: Limits,
    ids: Ids,
    halted: Arc<AtomicBool>,
    pub(super) calls: TaskTracker,
}

/// What the way of one message came to.
enum Outcome {
    /// Written, and the contact's next may go.
    End { result: SendResult, outcome: &'static str },
    /// The person's limit is used up for this moment.
    WaitHere(Duration),
    /// Back to the records; the contact's later ones follow.
    Defer { result: SendResult, not_before: Timestamp, outcome: &'static str },
    /// Back to the records with everything of its sender.
    SendHome { until: Timestamp },
}

impl<O: Outbox, C: Carrier> Desk<O, C> {
    pub(super) fn new(
        shared: Arc<Shared>,
        outbox: O,
        carrier: C,
        limits: Limits,
        ids: Ids,
        halted: Arc<AtomicBool>,
    ) -> Desk<O, C> {
        Desk { shared, outbox, carrier, limits, ids, halted, calls: TaskTracker::new() }
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
    }

    /// Sends what comes for one sender until delivery stops.
    pub(super) async fn pump(self: Arc<Self>, road: Arc<Road>) {
        let mut looked: Option<Instant> = None;
        while !self.shared.stopping.is_cancelled() {
            if let Some(urgent_only) = self.has_work(&road).await {
                if !self.may_send(&road, &mut looked).await {
                    continue;
                }
                if !self.take_token(&road).await {
                    continue;
                }
                self.begin(&road, urgent_only);
            }
        }
    }

    /// Waits until something may be popped. `Some(true)`: only what people stand behind, the other
    /// places are taken; `None`: look again.
    async fn has_work(&self, road: &Road) -> Option<bool> {
        let places = self.shared.settings.concurrency.max(1);
        let kept_for_urgent = if places > 1 { (places / 4).max(1) } else { 0 };
        let next_due = {
            let mut queues = self.shared.queues.lock();
            queues.wake_due(Instant::now());
            let under_way = queues.under_way(&road.key);
            let urgent_only = under_way + kept_for_urgent >= places;
            if under_way < places && queues.is_ready(&road.key, urgent_only) {
                return Some(urgent_only);
            }
            queues.next_due()
        };
        let due = async {
            match next_due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.shared.stopping.cancelled() => {}
            () = road.wake.notified() => {}
            () = due => {}
        }
        None
    }

    /// Whether the sender may be called now; else waits a moment, or sends everything home.
    async fn may_send(&self, road: &Road, looked: &mut Option<Instant>) -> bool {
        if !self.shared.lease_holds() {
            // The heartbeat renews it, or finds that we are fenced.
            let mut lease = self.shared.lease_until.subscribe();
            if self.shared.lease_holds() {
                return false;
            }
            tokio::select! {
                () = self.shared.stopping.cancelled() => {}
                _ = lease.changed() => {}
            }
            return false;
        }
        if self.is_halted() {
            self.shared.send_home(road, self.shared.time_in(HALT_WAIT));
            return false;
        }
        let now = Instant::now();
        if looked.is_none_or(|last| now.saturating_duration_since(last) >= PAUSE_LOOK) {
            *looked = Some(now);
            let clock_now = self.shared.clock.now();
            if let Some(until) = self.limits.paused(road.key.0, &road.key.1, clock_now).await {
                road.circuit.lock().paused_elsewhere(until);
            }
        }
        let passage = road.circuit.lock().passage(self.shared.clock.now());
        match passage {
            Passage::Free => {}
            Passage::Shut(until) => {
                self.wait_for_sender(road, until).await;
                return false;
            }
            Passage::One if self.shared.queues.lock().under_way(&road.key) > 0 => {
                tokio::select! {
                    () = self.shared.stopping.cancelled() => {}
                    () = road.wake.notified() => {}
                }
                return false;
            }
            Passage::One => {}
        }
        let held_until = road.rate.lock().held_until(Instant::now());
        if let Some(until) = held_until {
            let wait = until.saturating_duration_since(Instant::now());
            self.wait_for_sender(road, self.shared.time_in(wait)).await;
            return false;
        }
        true
    }

    /// Waits here when it is short, else sends everything home until then.
    async fn wait_for_sender(&self, road: &Road, until: Timestamp) {
        let wait = self.shared.time_until(until);
        if wait > self.shared.settings.memory_wait {
            self.shared.send_home(road, until);
            return;
        }
        self.sleep(wait.max(Duration::from_millis(1))).await;
    }

    /// Takes a token of the sender, or waits for one and says `false`.
    async fn take_token(&self, road: &Road) -> bool {
        let Some(per_second) = road.limits.per_second else {
            return true;
        };
        let took_credit =
            road.credit
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |credit| credit.checked_sub(1));
        if took_credit.is_ok() {
            return true;
        }
        let rate = per_second * road.rate.lock().share(Instant::now());
        // A tenth of a second's worth at once: more could come to twice the rate in one second.
        let bucket = Bucket { per_second: rate, burst: (rate / 10.0).max(1.0) };
        let now = self.shared.clock.now();
        match self.limits.take_sender(road.key.0, &road.key.1, bucket, 1.0, now).await {
            Taken::Yes => true,
            Taken::Wait(wait) => {
                self.shared.metrics.limited("sender", road.key.0);
                self.sleep(wait).await;
                false
            }
        }
    }

    async fn sleep(&self, wait: Duration) {
        tokio::select! {
            () = self.shared.stopping.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    /// Takes the most urgent message and sets it on its way.
    fn begin(self: &Arc<Self>, road: &Arc<Road>, urgent_only: bool) {
        let popped = {
            let mut queues = self.shared.queues.lock();
            let popped = queues.pop(&road.key, urgent_only, Instant::now());
            self.shared.metrics.waiting(queues.waiting_by_lane());
            popped
        };
        match popped {
            None => Road::credit(road),
            Some(popped) => {
                let flight =
                    Flight { desk: self.clone(), road: road.clone(), popped: Some(popped) };
                self.calls.spawn(flight.fly());
            }
        }
    }

    /// The way of one message: the gate, the person's limits, the lease, the call.
    async fn attempt(&self, road: &Road, popped: &Popped) -> Outcome {
        let outgoing = &popped.outgoing;
        if let Some(outcome) = self.pass_gate(outgoing).await {
            Road::credit(road);
            return outcome;
        }
        if let Some(outcome) = self.pass_limits(road, outgoing).await {
            Road::credit(road);
            return outcome;
        }
        // The last look before the call, after everything that can take time.
        if self.is_halted() {
            Road::credit(road);
            return Outcome::SendHome { until: self.shared.time_in(HALT_WAIT) };
        }
        if self.shared.stopping.is_cancelled() || !self.shared.lease_holds() {
            Road::credit(road);
            return released(None, "released");
        }
        let answer = self.call(popped).await;
        self.conclude(road, outgoing, answer).await
    }

    /// `None`: open.
    async fn pass_gate(&self, outgoing: &Outgoing) -> Option<Outcome> {
        let contact = if needs_contact(outgoing.purpose, outgoing.lane) {
            match self.outbox.contact(outgoing.contact).await {
                Ok(Some(contact)) => contact,
                Ok(None) => {
                    let result = SendResult::Suppressed { reason: "no_contact".to_owned() };
                    return Some(Outcome::End { result, outcome: "suppressed" });
                }
                Err(error) => {
                    tracing::warn!(%error, "a message waits: its contact cannot be read");
                    return Some(self.defer_untried(RECORDS_WAIT, "released"));
                }
            }
        } else {
            Contact::default()
        };
        let question = Question {
            now: self.shared.clock.now(),
            contact: &contact,
            channel: outgoing.channel,
            purpose: outgoing.purpose,
            lane: outgoing.lane,
            content: &outgoing.content,
            window_until: outgoing.window_until,
            send_before: outgoing.send_before,
            halted: self.is_halted(),
        };
        match gate(&question) {
            Ok(()) => None,
            // The switch can be turned back: nothing is lost by it.
            Err(Refusal::Halted) => {
                Some(Outcome::SendHome { until: self.shared.time_in(HALT_WAIT) })
            }
            Err(Refusal::Expired) => {
                Some(Outcome::End { result: SendResult::Expired, outcome: "expired" })
            }
            Err(refusal) => {
                let result = SendResult::Suppressed { reason: refusal.name().to_owned() };
                Some(Outcome::End { result, outcome: "suppressed" })
            }
        }
    }

    /// `None`: within the limits of this person and of the day.
    async fn pass_limits(&self, road: &Road, outgoing: &Outgoing) -> Option<Outcome> {
        let now = self.shared.clock.now();
        if let Some(bucket) = road.limits.pair
            && let Taken::Wait(wait) = self.limits.take_pair(outgoing, bucket, now).await
        {
            self.shared.metrics.limited("pair", outgoing.channel);
            if wait > self.shared.settings.memory_wait {
                return Some(self.defer_untried(wait, "limited"));
            }
            return Some(Outcome::WaitHere(wait));
        }
        if let Some(limit) = road.limits.people_a_day
            && is_our_idea(outgoing, now)
            && !self.limits.admit(outgoing, limit, now).await
        {
            self.shared.metrics.limited("people_a_day", outgoing.channel);
            return Some(self.defer_untried(TIER_WAIT, "limited"));
        }
        None
    }

    fn defer_untried(&self, wait: Duration, outcome: &'static str) -> Outcome {
        released(Some(self.shared.time_in(wait)), outcome)
    }

    /// Makes the call, bounded in time. `None`: nobody carries this channel.
    async fn call(&self, popped: &Popped) -> Option<SendAnswer> {
        let outgoing = &popped.outgoing;
        let limit = self.shared.settings.call_timeout;
        let begun = Instant::now();
        let call = async {
            if popped.first_answer && self.shared.settings.mark_read {
                // It is a courtesy; the answer does not wait long for it.
                let sign = self.carrier.mark_read(outgoing);
                let _ = tokio::time::timeout(limit / 10, sign).await;
            }
            self.carrier.send(outgoing).await
        };
        let answer = tokio::select! {
            biased;
            answer = tokio::time::timeout(limit, call) => {
                answer.unwrap_or(Some(SendAnswer::NoAnswer))
            }
            () = self.shared.abandoned.cancelled() => Some(SendAnswer::NoAnswer),
        };
        self.shared.metrics.called(outgoing.channel, begun.elapsed());
        answer
    }

    /// What the answer means for the message, its person and its sender.
    async fn conclude(
        &self,
        road: &Road,
        outgoing: &Outgoing,
        answer: Option<SendAnswer>,
    ) -> Outcome {
        let Some(answer) = answer else {
            let result = SendResult::Failed { error: None, reason: "no_sender".to_owned() };
            return Outcome::End { result, outcome: "failed" };
        };
        let settings = &self.shared.settings;
        let backoff = Backoff { base: settings.retry_base, cap: settings.retry_cap };
        let verdict = judge(&answer, outgoing.attempts, backoff, self.ids.seed());
        let until = self.heed(road, outgoing, verdict.sign, &answer).await;
        if verdict.opted_out {
            self.write_opt_out(outgoing).await;
        }
        let outcome = verdict.outcome;
        match verdict.fate {
            Fate::Sent { provider_id } => {
                Outcome::End { result: SendResult::Sent { provider_id }, outcome }
            }
            Fate::Unknown => Outcome::End { result: SendResult::Unknown, outcome },
            Fate::Failed { error, reason } => {
                let result = SendResult::Failed { error, reason: reason.to_owned() };
                Outcome::End { result, outcome }
            }
            Fate::Keep => Outcome::SendHome { until },
            Fate::Again { wait, error } => {
                let not_before = self.shared.time_in(wait);
                if outgoing.send_before.is_some_and(|last| last <= not_before) {
                    return Outcome::End { result: SendResult::Expired, outcome: "expired" };
                }
                Outcome::Defer {
                    result: SendResult::Retry { not_before, error },
                    not_before,
                    outcome,
                }
            }
        }
    }

    /// Slows or stops the sender when the answer says so; when it may be called again.
    async fn heed(
        &self,
        road: &Road,
        outgoing: &Outgoing,
        sign: Sign,
        answer: &SendAnswer,
    ) -> Timestamp {
        let (channel, account) = (road.key.0, road.key.1.as_str());
        let now = self.shared.clock.now();
        match sign {
            Sign::Well => {
                if road.circuit.lock().well() {
                    tracing::info!(%channel, account, "the sender is well again");
                }
                now
            }
            Sign::TooFast(hold) => {
                road.circuit.lock().well();
                road.rate.lock().slow_down(Instant::now(), hold);
                tracing::debug!(%channel, account, "the provider asks us to go slower");
                now
            }
            Sign::Silent => {
                let shut = road.circuit.lock().silent(now);
                if let Some(until) = shut {
                    self.shared.metrics.paused(channel);
                    tracing::warn!(%channel, account, %until, "the provider does not answer; trying again then");
                }
                now
            }
            Sign::AtFault => {
                let (until, is_new) = road.circuit.lock().at_fault(now);
                if is_new {
                    let (code, http) = match answer {
                        SendAnswer::Refused(error) => (error.code, error.http),
                        _ => (None, None),
                    };
                    self.shared.metrics.paused(channel);
                    tracing::error!(
                        %channel, account, code, http, %until, outgoing = outgoing.id.id,
                        "the provider refuses this sender (account, number or token): it is paused and its messages are kept; look at the account"
                    );
                    self.limits.pause(channel, account, until).await;
                }
                until
            }
        }
    }

    /// Writes the withdrawal the provider told us of before anything else leaves for this person.
    async fn write_opt_out(&self, outgoing: &Outgoing) {
        let update = PreferenceUpdate {
            channel: outgoing.channel,
            account: outgoing.account.clone(),
            from: outgoing.to.clone(),
            stop: true,
            at: self.shared.clock.now(),
        };
        let mut wait = Duration::from_millis(250);
        loop {
            let written = self.outbox.apply_preferences(vec![update.clone()]).await;
            let Err(error) = written else { return };
            tracing::error!(%error, outgoing = outgoing.id.id, "a withdrawal told by the provider is not in the ledger yet");
            // At the end the failed row itself still says `opted_out`.
            if self.shared.stopping.is_cancelled() {
                return;
            }
            self.sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(30));
        }
    }

    /// Writes the outcome down and lets the contact's next go.
    fn settle(&self, road: &Road, outgoing: Outgoing, outcome: Outcome) {
        let shared = &self.shared;
        let now = Instant::now();
        let contact = outgoing.contact;
        match outcome {
            Outcome::End { result, outcome } => {
                shared.metrics.sent(&outgoing, outcome);
                shared.record(&outgoing, result);
                shared.queues.lock().finish(contact, now);
            }
            Outcome::WaitHere(wait) => {
                let mut queues = shared.queues.lock();
                queues.put_back(outgoing, now + wait, now);
                shared.metrics.waiting(queues.waiting_by_lane());
            }
            Outcome::Defer { result, not_before, outcome } => {
                shared.metrics.sent(&outgoing, outcome);
                // The row has to be written, found and claimed: a little longer than the wait.
                let hold = shared.time_until(not_before) + shared.settings.poll * 2;
                let hold = (hold <= shared.settings.order_wait).then_some(hold);
                self.defer(&outgoing, result, not_before, hold);
            }
            Outcome::SendHome { until } => {
                shared.metrics.sent(&outgoing, "released");
                let hold = shared.time_until(until) + shared.settings.poll * 2;
                let result = SendResult::Released { not_before: Some(until) };
                self.defer(&outgoing, result, until, Some(hold));
                shared.send_home(road, until);
            }
        }
        road.wake.notify_one();
        shared.fetch_more_if_room();
    }

    /// Back to the records, and after it what must not pass it; what comes for the contact later is
    /// held up for as long as `hold` says.
    fn defer(
        &self,
        outgoing: &Outgoing,
        result: SendResult,
        not_before: Timestamp,
        hold: Option<Duration>,
    ) {
        let shared = &self.shared;
        let now = Instant::now();
        let followers = {
            let mut queues = shared.queues.lock();
            shared.record(outgoing, result);
            match hold {
                Some(hold) => queues.defer(outgoing, not_before, now + hold, now),
                None => {
                    queues.finish(outgoing.contact, now);
                    Vec::new()
                }
            }
        };
        shared.give_back(followers, Some(not_before));
    }
}

/// Back to the queue untried.
fn released(not_before: Option<Timestamp>, outcome: &'static str) -> Outcome {
    match not_before {
        Some(at) => {
            Outcome::Defer { result: SendResult::Released { not_before }, not_before: at, outcome }
        }
        None => Outcome::End { result: SendResult::Released { not_before: None }, outcome },
    }
}

/// Whether the provider counts the message as one the person did not begin.
fn is_our_idea(outgoing: &Outgoing, now: Timestamp) -> bool {
    outgoing.window_until.is_none_or(|until| now >= until)
}

impl Road {
    /// A token was taken and nothing left for it.
    fn credit(road: &Road) {
        if road.limits.per_second.is_some() {
            road.credit.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One message on its way. Whatever happens to the task, the contact's next gets its turn: a way
/// that ended without an outcome (a bug, an abort) counts as a call whose answer was never seen.
struct Flight<O: Outbox, C: Carrier> {
    desk: Arc<Desk<O, C>>,
    road: Arc<Road>,
    popped: Option<Popped>,
}

impl<O: Outbox, C: Carrier> Flight<O, C> {
    async fn fly(mut self) {
        let Some(popped) = &self.popped else { return };
        let outcome = self.desk.attempt(&self.road, popped).await;
        if let Some(popped) = self.popped.take() {
            self.desk.settle(&self.road, popped.outgoing, outcome);
        }
    }
}

impl<O: Outbox, C: Carrier> Drop for Flight<O, C> {
    fn drop(&mut self) {
        if let Some(popped) = self.popped.take() {
            let outcome = Outcome::End { result: SendResult::Unknown, outcome: "unknown" };
            self.desk.settle(&self.road, popped.outgoing, outcome);
        }
    }
}
