//! The way of one message from its turn to its record: the gate, the limits of its person, the
//! call, and what the answer means.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::holds::{Passing, at_fault, rests_at_its_provider};
use super::options::{Certified, Known};
use super::outbox::{Carrier, Outbox};
use super::pump::Desk;
use super::queues::Popped;
use super::shared::Road;
use super::standings::Standing;
use super::verdict::{Backoff, Fate, Sign, judge};
use crate::channel::{ErrorClass, SendAnswer, SendError, refuses_template, template_advice};
use crate::clock::later;
use crate::contact::Contact;
use crate::gate::{Question, Refusal, gate, is_open, needs, promotional_opens};
use crate::message::{Asks, Channel, Content, Mark, Outgoing, PreferenceUpdate};
use crate::records::{Asked, Counted, HoldKind, SendResult};
use crate::state::Taken;

/// What the kill switch stops comes back from the records after this long, to be looked at again.
pub(super) const HALT_WAIT: Duration = Duration::from_secs(15);
/// A person who does not fit into the day's number is looked at again after this long.
const TIER_WAIT: Duration = Duration::from_mins(10);
/// What came back to wait for a road is looked at so long before anything else of its broadcast is released to
/// it.
const CAME_BACK: Duration = Duration::from_secs(5);
/// A message whose contact cannot be read is looked at again after this long.
const RECORDS_WAIT: Duration = Duration::from_secs(5);

/// What the way of one message came to.
enum Outcome {
    /// Written, and the contact's next may go.
    End { result: SendResult, outcome: &'static str },
    /// The person's limit is used up for this moment.
    WaitHere(Duration),
    /// Back to the records; the contact's later ones follow.
    Defer { result: SendResult, not_before: Timestamp, outcome: &'static str },
    /// Back to the records with everything of its sender.
    SendHome {
        until: Timestamp,
        /// The parts the gateway has.
        taken: Option<u32>,
    },
}

/// One message on its way. Whatever happens to the task, the contact's next gets its turn: a way
/// that ended without an outcome (a bug, an abort) counts as a call whose answer was never seen.
pub(super) struct Flight<O: Outbox, C: Carrier> {
    desk: Arc<Desk<O, C>>,
    road: Arc<Road>,
    popped: Option<Popped>,
}

impl<O: Outbox, C: Carrier> Flight<O, C> {
    pub(super) fn new(desk: Arc<Desk<O, C>>, road: Arc<Road>, popped: Popped) -> Flight<O, C> {
        Flight { desk, road, popped: Some(popped) }
    }

    pub(super) async fn fly(mut self) {
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

impl<O: Outbox, C: Carrier> Desk<O, C> {
    /// The way of one message: the gate, the person's limits, the lease, the call.
    async fn attempt(&self, road: &Road, popped: &Popped) -> Outcome {
        if let Some(outcome) = self.pass_broadcast(&popped.outgoing).await {
            road.give_token_back();
            return outcome;
        }
        let registered = match self.as_registered(&popped.outgoing) {
            Ok(registered) => registered,
            Err(outcome) => {
                road.give_token_back();
                return outcome;
            }
        };
        let outgoing = registered.as_ref();
        if let Some(outcome) = self.pass_gate(outgoing, outgoing.window_until).await {
            road.give_token_back();
            return outcome;
        }
        if let Some(outcome) = self.pass_limits(road, outgoing).await {
            road.give_token_back();
            return outcome;
        }
        let passing = self.pass_holds(outgoing).await;
        if let Some(outcome) = self.held(road, passing) {
            road.give_token_back();
            return outcome;
        }
        tokio::select! {
            () = self.shared.stopping.cancelled() => {}
            () = self.carrier.prepare(outgoing) => {}
        }
        // The last look before the call, after everything that can take time.
        if self.is_halted() {
            road.give_token_back();
            return Outcome::SendHome { until: self.shared.time_in(HALT_WAIT), taken: None };
        }
        if let Some(outcome) = self.of_broadcast(outgoing) {
            road.give_token_back();
            return outcome;
        }
        if self.shared.stopping.is_cancelled() || !self.shared.lease_holds() {
            // Back to the head of its contact: the pump, or the end, deals with the rest.
            road.give_token_back();
            return Outcome::WaitHere(Duration::from_millis(100));
        }
        let open = is_open(outgoing.window_until, self.shared.clock.now());
        let leaving = as_it_leaves(outgoing, open);
        let answer = self.call(popped, &leaving).await;
        let otherwise = as_it_leaves(outgoing, false);
        if !wants_a_template(answer.as_ref()) || leaving == otherwise {
            return self.conclude(road, &leaving, answer).await;
        }
        // The provider's word that the window is closed counts more than our clock, and a message
        // that is no answer any more needs another consent.
        if let Some(outcome) = self.pass_gate(outgoing, None).await {
            return outcome;
        }
        let answer = self.call(popped, &otherwise).await;
        self.conclude(road, &otherwise, answer).await
    }

    /// `None`: it is of no broadcast, or of one that goes on. One this process has not seen is asked for.
    async fn pass_broadcast(&self, outgoing: &Outgoing) -> Option<Outcome> {
        let broadcast = outgoing.broadcast?;
        if self.shared.standings.of(broadcast) == Standing::Unknown {
            match self.outbox.broadcast_state(broadcast).await {
                Ok(Some(state)) => self.shared.standings.learn(broadcast, state),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "a message waits: its broadcast cannot be read");
                }
            }
        }
        self.of_broadcast(outgoing)
    }

    /// The same as it was last seen.
    fn of_broadcast(&self, outgoing: &Outgoing) -> Option<Outcome> {
        match self.shared.standings.of(outgoing.broadcast?) {
            Standing::Goes => None,
            Standing::Waits => Some(self.defer_untried(HALT_WAIT, "broadcast_paused")),
            Standing::Cancelled => {
                let result = SendResult::Suppressed { reason: "cancelled".to_owned() };
                Some(Outcome::End { result, outcome: "suppressed" })
            }
            Standing::Expired => {
                Some(Outcome::End { result: SendResult::Expired, outcome: "expired" })
            }
            Standing::Unknown => Some(self.defer_untried(RECORDS_WAIT, "released")),
        }
    }

    /// `None`: open.
    async fn pass_gate(
        &self,
        outgoing: &Outgoing,
        window_until: Option<Timestamp>,
    ) -> Option<Outcome> {
        let now = self.shared.clock.now();
        let rules = self.rulebook.rules();
        let (purpose, content) = (outgoing.purpose, &outgoing.content);
        let needs = needs(purpose, outgoing.lane, content, &rules, now);
        let asked = if needs.contact || needs.told {
            let counted = needs.told.then(|| Counted {
                purpose,
                since: rules.counts_since(purpose, now),
                asks: outgoing.id,
                broadcast: outgoing.broadcast,
            });
            match self.outbox.asked(outgoing.contact, counted).await {
                Ok(Some(asked)) => asked,
                Ok(None) => {
                    let result = SendResult::Suppressed { reason: "no_contact".to_owned() };
                    return Some(Outcome::End { result, outcome: "suppressed" });
                }
                Err(error) => {
                    tracing::warn!(%error, "a message waits: its person cannot be read");
                    return Some(self.defer_untried(RECORDS_WAIT, "released"));
                }
            }
        } else {
            Asked { contact: Contact::default(), told: 0 }
        };
        let Asked { contact, told } = asked;
        let certified = if needs.certificate {
            let leaves = content.leaving(outgoing.channel, is_open(window_until, now));
            let (broadcast, content) = (outgoing.broadcast, leaves.into_owned());
            let asked = Certified { broadcast, content, rules: Arc::clone(&rules), now };
            match self.rulebook.is_certified(asked).await {
                Ok(certified) => certified,
                Err(error) => {
                    tracing::warn!(%error, "a broadcast waits: its words cannot be read");
                    return Some(self.defer_untried(RECORDS_WAIT, "released"));
                }
            }
        } else {
            false
        };
        let question = Question {
            now,
            contact: &contact,
            seat: contact.seat(),
            channel: outgoing.channel,
            account: &outgoing.account,
            purpose,
            lane: outgoing.lane,
            content,
            window_until,
            send_before: outgoing.send_before,
            halted: self.is_halted(),
            rules: &rules,
            certified,
            told,
        };
        match gate(&question) {
            Ok(()) => None,
            // The switch can be turned back: nothing is lost by it.
            Err(Refusal::Halted) => {
                Some(Outcome::SendHome { until: self.shared.time_in(HALT_WAIT), taken: None })
            }
            Err(Refusal::Expired) => {
                Some(Outcome::End { result: SendResult::Expired, outcome: "expired" })
            }
            Err(Refusal::PromotionalHours) => {
                let not_before = promotional_opens(question.now);
                if outgoing.send_before.is_some_and(|last| last <= not_before) {
                    return Some(Outcome::End { result: SendResult::Expired, outcome: "expired" });
                }
                self.close_road(outgoing, not_before);
                let result = SendResult::Released { not_before: Some(not_before) };
                let outcome = Refusal::PromotionalHours.name();
                Some(Outcome::Defer { result, not_before, outcome })
            }
            Err(refusal) if refusal.is_of_its_broadcast() && outgoing.broadcast.is_some() => {
                let (_, why) = refusal.office_words();
                Some(self.stand_still(outgoing, why))
            }
            Err(refusal) => {
                let result = SendResult::Suppressed { reason: refusal.name().to_owned() };
                Some(Outcome::End { result, outcome: "suppressed" })
            }
        }
    }

    /// What is wrong with its broadcast is wrong for everybody: all of it waits until the office has mended that,
    /// and this message with it.
    fn stand_still(&self, outgoing: &Outgoing, why: &str) -> Outcome {
        if let Some(broadcast) = outgoing.broadcast {
            self.shared.standings.pause(broadcast, why);
        }
        self.defer_untried(HALT_WAIT, "broadcast_paused")
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
        if let Some(limit) = self.people_a_day(road, outgoing.channel)
            && is_our_idea(outgoing, now)
            && !self.limits.admit(outgoing, limit, now).await
        {
            self.shared.metrics.limited("people_a_day", outgoing.channel);
            self.close_road(outgoing, self.shared.time_in(TIER_WAIT));
            return Some(self.defer_untried(TIER_WAIT, "limited"));
        }
        None
    }

    /// The lower of what the office says of its account and what its provider said last.
    fn people_a_day(&self, road: &Road, channel: Channel) -> Option<u64> {
        let said = self.shared.people_a_day_said.load(Ordering::Relaxed);
        let said = (channel == Channel::Whatsapp && said != u64::MAX).then_some(said);
        road.limits.people_a_day.into_iter().chain(said).min()
    }

    /// Nothing more of its broadcast is released to where it leaves until then, and it comes first.
    fn close_road(&self, outgoing: &Outgoing, until: Timestamp) {
        if let Some(broadcast) = outgoing.broadcast {
            let (channel, account) = (outgoing.channel, outgoing.account.clone());
            let road = crate::contact::Road { channel, account };
            self.shared.standings.close(broadcast, road, later(until, CAME_BACK));
        }
    }

    /// The message with what is registered now of the template it leaves by: the office may have mended that
    /// since it was planned.
    fn as_registered<'m>(&self, outgoing: &'m Outgoing) -> Result<Cow<'m, Outgoing>, Outcome> {
        let Some(planned) = outgoing.content.registered() else {
            return Ok(Cow::Borrowed(outgoing));
        };
        match self.registrar.ask(&planned.template) {
            Known::No => Ok(Cow::Borrowed(outgoing)),
            Known::Live(now) if now == *planned => Ok(Cow::Borrowed(outgoing)),
            Known::Live(now) => {
                let content = outgoing.content.registered_as(now);
                Ok(Cow::Owned(Outgoing { content, ..outgoing.clone() }))
            }
            Known::Stopped if outgoing.broadcast.is_some() => {
                let name = &planned.template;
                let why = format!(
                    "the DLT template {name} that it leaves by has stopped; once another is live in flows/dlt/ it can go on"
                );
                Err(self.stand_still(outgoing, &why))
            }
            Known::Stopped => {
                let result = SendResult::Suppressed { reason: "template_stopped".to_owned() };
                Err(Outcome::End { result, outcome: "suppressed" })
            }
        }
    }

    /// `None`: nothing that the message leaves by rests.
    fn held(&self, road: &Road, passing: Passing) -> Option<Outcome> {
        match passing {
            Passing::Free => None,
            Passing::AccountRests(until) => {
                road.circuit.lock().rest_until(until);
                Some(Outcome::SendHome { until, taken: None })
            }
            Passing::TemplateRests(until) => {
                let result = SendResult::Released { not_before: Some(until) };
                Some(Outcome::Defer { result, not_before: until, outcome: "template_stopped" })
            }
            Passing::Unknown => Some(self.defer_untried(RECORDS_WAIT, "released")),
        }
    }

    /// Back to the records untried, for a while.
    fn defer_untried(&self, wait: Duration, outcome: &'static str) -> Outcome {
        let not_before = self.shared.time_in(wait);
        let result = SendResult::Released { not_before: Some(not_before) };
        Outcome::Defer { result, not_before, outcome }
    }

    /// Makes the call that says it this way, bounded in time. `None`: nobody carries this channel.
    async fn call(&self, popped: &Popped, outgoing: &Outgoing) -> Option<SendAnswer> {
        let limit = self.shared.settings.call_timeout;
        let begun = Instant::now();
        let call = async {
            if popped.first_answer && self.shared.settings.mark_read {
                // It is a courtesy; the answer does not wait long for it.
                let sign = Box::pin(self.carrier.mark_read(outgoing));
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
        // What was told goes on as what was kept, from its beginning: the rest of the one behind the first half of the
        // other would be no message, and how many parts there were tells how long the first was.
        let (taken, answer) = match answer {
            SendAnswer::Partly { answer, .. } if outgoing.kept.is_some() => (None, *answer),
            SendAnswer::Partly { taken, answer } => (Some(taken), *answer),
            answer => (None, answer),
        };
        let answer = without_template(outgoing, answer);
        let settings = &self.shared.settings;
        let backoff = Backoff { base: settings.retry_base, cap: settings.retry_cap };
        let verdict = judge(&answer, outgoing.attempts, backoff, self.ids.seed());
        let mut until = self.heed(road, verdict.sign);
        match verdict.asks {
            Some(Asks::OptOut) => self.write_opt_out(outgoing).await,
            Some(Asks::Mark(mark)) => self.write_mark(outgoing, mark).await,
            Some(Asks::Rest | Asks::StopTemplate | Asks::Again) | None => {}
        }
        let sender = (outgoing.channel, outgoing.account.as_str());
        let template = outgoing.content.registered().map(|dlt| dlt.template.as_str());
        if let Some(held) = at_fault(verdict.asks, sender, template) {
            let of_account = held.kind == HoldKind::Account;
            if let Some(broadcast) = outgoing.broadcast.filter(|_| !of_account) {
                self.shared.standings.pause(broadcast, &rests_at_its_provider(&held));
            }
            let rests = self.refuse(held, outgoing, &answer).await;
            if of_account {
                // Its other numbers go on; where there is none, the runner pauses it, which looks at what rests.
                self.close_road(outgoing, self.shared.clock.now());
                road.circuit.lock().rest_until(rests);
            }
            until = rests;
        }
        let advice = tell_of_template(outgoing, &answer);
        let outcome = verdict.outcome;
        if let (Some(_), Some(advice)) = (outgoing.broadcast, advice)
            && refuses_everybody(outgoing, &answer)
        {
            let name = outgoing.content.outside().map_or("", |template| template.name.as_str());
            let why = format!("the provider refuses the template {name}: {advice}");
            return self.stand_still(outgoing, &why);
        }
        match verdict.fate {
            Fate::Sent { provider_id } => {
                self.found_well(outgoing).await;
                Outcome::End { result: SendResult::Sent { provider_id }, outcome }
            }
            Fate::Unknown => Outcome::End { result: SendResult::Unknown, outcome },
            Fate::Failed { error, reason } => {
                let result = SendResult::Failed { error, reason: reason.to_owned() };
                Outcome::End { result, outcome }
            }
            Fate::Keep => Outcome::SendHome { until, taken },
            Fate::KeepForTemplate => {
                let result = with_parts(taken, SendResult::Released { not_before: Some(until) });
                Outcome::Defer { result, not_before: until, outcome }
            }
            Fate::Again { wait, error } => {
                let not_before = self.shared.time_in(wait);
                if outgoing.send_before.is_some_and(|last| last <= not_before) {
                    return Outcome::End { result: SendResult::Expired, outcome: "expired" };
                }
                let result = with_parts(taken, SendResult::Retry { not_before, error });
                Outcome::Defer { result, not_before, outcome }
            }
        }
    }

    /// Slows or stops the sender when the answer says so; when it may be called again.
    fn heed(&self, road: &Road, sign: Sign) -> Timestamp {
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
                    self.shared.metrics.paused(channel);
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
            about: Some(outgoing.id),
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

    /// Writes the mark of the person's number before anything else leaves for them.
    async fn write_mark(&self, outgoing: &Outgoing, mark: Mark) {
        let mut wait = Duration::from_millis(250);
        loop {
            let now = self.shared.clock.now();
            let Err(error) = self.outbox.mark(outgoing.contact, mark, now).await else { return };
            tracing::error!(%error, outgoing = outgoing.id.id, mark = mark.name(), "a mark of a number is not in the records yet");
            // At the end the failed row itself still names it.
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
                let parts = self.carrier.parts(&outgoing.as_kept());
                shared.metrics.sent(&outgoing, outcome, parts);
                shared.record(&outgoing, result);
                shared.queues.lock().finish(contact, now);
            }
            Outcome::WaitHere(wait) => {
                let mut queues = shared.queues.lock();
                queues.put_back(outgoing, now + wait, now);
                shared.metrics.waiting(queues.waiting_by_lane());
            }
            Outcome::Defer { result, not_before, outcome } => {
                shared.metrics.sent(&outgoing, outcome, None);
                // The row has to be written, found and claimed: a little longer than the wait.
                let hold = shared.time_until(not_before) + shared.settings.poll * 2;
                let hold = (hold <= shared.settings.order_wait).then_some(hold);
                self.defer(&outgoing, result, not_before, hold);
            }
            Outcome::SendHome { until, taken } => {
                shared.metrics.sent(&outgoing, "released", None);
                let hold = shared.time_until(until) + shared.settings.poll * 2;
                let result = with_parts(taken, SendResult::Released { not_before: Some(until) });
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
            if let Some(hold) = hold {
                queues.defer(outgoing, not_before, now + hold, now)
            } else {
                queues.finish(outgoing.contact, now);
                Vec::new()
            }
        };
        shared.give_back(followers, Some(not_before));
    }
}

/// What becomes of a message of which the gateway has so many parts.
fn with_parts(taken: Option<u32>, result: SendResult) -> SendResult {
    match taken {
        Some(taken) => SendResult::Partly { taken, rest: Box::new(result) },
        None => result,
    }
}

/// The message in the one way in which it leaves now.
fn as_it_leaves(outgoing: &Outgoing, window_open: bool) -> Cow<'_, Outgoing> {
    if !matches!(outgoing.content, Content::Windowed { .. }) {
        return Cow::Borrowed(outgoing);
    }
    let content = outgoing.content.leaving(outgoing.channel, window_open).into_owned();
    Cow::Owned(Outgoing { content, ..outgoing.clone() })
}

/// Whether the provider takes nothing but a template for this person now.
fn wants_a_template(answer: Option<&SendAnswer>) -> bool {
    matches!(answer, Some(SendAnswer::Refused(error)) if error.class == ErrorClass::NeedsTemplate)
}

/// A refused template that the message does not name is that of its account.
fn without_template(outgoing: &Outgoing, answer: SendAnswer) -> SendAnswer {
    match answer {
        SendAnswer::Refused(error)
            if error.class == ErrorClass::StopTemplate
                && outgoing.content.registered().is_none() =>
        {
            SendAnswer::Refused(SendError { class: ErrorClass::PauseSender, ..error })
        }
        answer => answer,
    }
}

/// A template the provider refuses is refused for everybody: the operator must hear of it. What is to be
/// done about it.
fn tell_of_template(outgoing: &Outgoing, answer: &SendAnswer) -> Option<&'static str> {
    let (Content::Template(template), SendAnswer::Refused(error)) = (&outgoing.content, answer)
    else {
        return None;
    };
    let advice = error.code.and_then(|code| template_advice(outgoing.channel, code))?;
    tracing::error!(
        channel = %outgoing.channel, code = error.code, outgoing = outgoing.id.id,
        template = %template.name, language = %template.language,
        "the provider refuses this template: {advice}"
    );
    Some(advice)
}

/// Whether the template is refused whoever it is sent to.
fn refuses_everybody(outgoing: &Outgoing, answer: &SendAnswer) -> bool {
    match answer {
        SendAnswer::Refused(error) => {
            error.code.is_some_and(|code| refuses_template(outgoing.channel, code))
        }
        _ => false,
    }
}

/// Whether the provider counts the message as one the person did not begin.
fn is_our_idea(outgoing: &Outgoing, now: Timestamp) -> bool {
    !is_open(outgoing.window_until, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Senders;
    use crate::records::Records;

    /// The size of what a call of this begins.
    fn size_of_call<A, F: Future>(_: impl Fn(A) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_way_of_a_message_takes_a_few_kilobytes() {
        let bytes = size_of_call(Flight::<Records, Senders>::fly);
        assert!(bytes <= 6 * 1024, "{bytes} bytes: what is rare on the way belongs into a box");
    }
}
