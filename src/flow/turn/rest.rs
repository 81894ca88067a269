//! Steps that take time: the conversation rests at `wait`, `fetch` and `handoff` until something
//! comes of it.
//!
//! What rests has no open question. A message that starts nothing is told so, a flow beside it
//! (help, language, my data) comes back to it, and neither begins it anew. What came meanwhile is
//! kept with it until the conversation is there again.

use jiff::{SignedDuration, Timestamp};

use super::{Run, smalltalk};
use crate::fact::Fact;
use crate::flow::definition::{StepKind, Target};
use crate::flow::fetch::Fetching;
use crate::flow::session::{Came, Frame, Rest};
use crate::flow::ways::{Way, way_of_call};
use crate::flow::{ANSWER_GRACE, Effect, Event, Fetch, Fetched, Timer, TimerKind};
use crate::message::{InboundContent, Lane};

/// A flow beside one that could go on is left after so long a silence.
pub(super) const QUIET: SignedDuration = SignedDuration::from_mins(10);
/// What follows a wait up to this long still belongs to the answer before it.
const PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// So long after their last word a person may be written to on every channel.
const WITHIN_REACH: SignedDuration = SignedDuration::from_hours(24);
/// A flow that went through so many waits and calls without a word of the person is talking to
/// itself, and is stopped.
const MOST_ALONE: u8 = 200;

/// What the step a conversation rests at leads to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum WayOn {
    /// Nothing came of it yet.
    Rests,
    /// On from this step: this way, or to what comes next.
    On(usize, Option<Target>),
    /// The step is there, but it does not rest any more (or never did): it is played.
    Again(usize),
    /// The step, or the whole flow, is gone.
    Gone,
}

impl<'t> Run<'t> {
    /// Whether there is something to come back to: an open question, or a step that takes time.
    pub(super) fn stands(&self) -> bool {
        self.session.rest.is_some() || self.open_question().is_some()
    }

    // ---- the steps -------------------------------------------------------------------------

    /// The conversation rests at this step for so long; `None`: until somebody gives it back.
    /// Gives the visit by which what comes of it is known.
    pub(in crate::flow) fn rest_at(&mut self, step: &str, time: Option<SignedDuration>) -> u32 {
        self.stand_at(step, 0);
        let now = self.turn.now;
        let until = time.map(|time| now.checked_add(time).unwrap_or(now).as_millisecond());
        let visit = self.session.visit;
        self.session.rest = Some(Rest { visit, until, came: None, alone: self.alone });
        if self.alone >= MOST_ALONE {
            self.open = false;
        }
        visit
    }

    /// Asks for an HTTP call and rests until its answer comes.
    pub(in crate::flow) fn fetch(&mut self, fetching: &Fetching, step: &str) {
        // An answer of an earlier call must not pass for one of this.
        for (name, _) in &fetching.keep {
            self.session.answers.remove(name);
        }
        let values = |name: &str| self.value_of(name);
        let (url, body) = (fetching.address(&values), fetching.body(&values));
        let Some(url) = url else {
            // No such address can be asked: the flow goes its `failed` way with its next timer.
            self.rest_at(step, Some(SignedDuration::ZERO));
            return self.settle(Came::Failed);
        };
        let timeout = SignedDuration::from_secs(i64::from(fetching.timeout_seconds));
        let visit = self.rest_at(step, Some(timeout + ANSWER_GRACE));
        if !self.open {
            return;
        }
        self.effects.push(Effect::Fetch(Fetch {
            visit,
            method: fetching.method,
            url,
            headers: fetching.headers.clone(),
            body,
            timeout_seconds: fetching.timeout_seconds,
        }));
    }

    fn settle(&mut self, came: Came) {
        if let Some(rest) = &mut self.session.rest {
            rest.came = Some(came);
        }
    }

    // ---- what comes of it ------------------------------------------------------------------

    /// Where the step the conversation stands at leads now.
    pub(in crate::flow) fn way_on(&self) -> WayOn {
        let Some((index, kind)) = self.resting_step() else { return WayOn::Gone };
        let Some(rest) = &self.session.rest else { return WayOn::Again(index) };
        let way = match kind {
            StepKind::Fetch(fetching) => fetching.way(rest.came.unwrap_or(Came::Failed)),
            StepKind::Wait { .. } | StepKind::Handoff(_) => None,
            _ => return WayOn::Again(index),
        };
        if self.is_over(rest) { WayOn::On(index, way) } else { WayOn::Rests }
    }

    /// What rests until it is given back is over as soon as anybody can ask: while a person of the
    /// office talks, nothing comes this far.
    pub(super) fn is_over(&self, rest: &Rest) -> bool {
        let now = self.turn.now.as_millisecond();
        rest.came.is_some() || rest.until.is_none_or(|until| now >= until)
    }

    /// On from where the conversation rests, if something came of it.
    pub(super) fn go_on(&mut self) {
        let way = self.way_on();
        if way == WayOn::Rests {
            return;
        }
        if let WayOn::On(step, _) = way {
            self.pass_rest(step);
        }
        let rest = self.session.rest.take();
        if !matches!(self.turn.event, Event::Message { .. }) {
            self.alone = rest.map_or(0, |rest| rest.alone.saturating_add(1));
        }
        match way {
            WayOn::Rests => {}
            WayOn::On(step, target) => self.follow(step, target),
            WayOn::Again(step) => self.walk(step),
            // The person is told with their next word, and not out of the blue.
            WayOn::Gone => self.session.asked_at = self.turn.now.as_millisecond(),
        }
    }

    /// Notes which way what rested goes on.
    pub(in crate::flow) fn pass_rest(&mut self, step: usize) {
        let came = self.session.rest.as_ref().and_then(|rest| rest.came);
        let way = match self.resting_step() {
            Some((_, StepKind::Wait { .. })) => Way::Outcome("over".to_owned()),
            Some((_, StepKind::Fetch(fetching))) => {
                way_of_call(fetching, came.unwrap_or(Came::Failed))
            }
            _ => return,
        };
        self.pass(Some(step), || way);
    }

    /// A message while the conversation rests.
    pub(super) fn message_at_rest(&mut self, content: &InboundContent, sent_at: Timestamp) {
        let payload = match content {
            InboundContent::Button { payload, .. } => Some(payload.as_str()),
            _ => None,
        };
        // A greeting is no reason to leave.
        let greets = matches!(content, InboundContent::Text { text } if smalltalk::greets(text));
        let words = content.text().filter(|_| !greets);
        let started = payload.into_iter().chain(words).find_map(|text| self.begun_by(text));
        if let Some(flow) = started {
            return self.turn_to(flow);
        }
        match self.way_on() {
            WayOn::Gone => {
                self.session.rest = None;
                self.resume_edited();
            }
            WayOn::Rests if self.is_late(sent_at) => self.say_that_it_rests(),
            WayOn::Rests => self.answer_at_rest(),
            WayOn::On(..) | WayOn::Again(_) => {
                self.go_on();
                // The flow had nothing more to say: the message begins something of its own.
                if !self.open && self.said.is_empty() {
                    self.begin(content, false);
                }
            }
        }
    }

    /// Says that the conversation rests, or takes the way a message has there.
    pub(super) fn answer_at_rest(&mut self) {
        let WayOn::Rests = self.way_on() else { return self.go_on() };
        let Some((index, StepKind::Wait { reply: Some(reply), .. })) = self.resting_step() else {
            return self.say_that_it_rests();
        };
        self.session.rest = None;
        self.pass(Some(index), || Way::Outcome("reply".to_owned()));
        self.follow(index, Some(*reply));
    }

    fn say_that_it_rests(&mut self) {
        let common = &self.flows.common;
        let text = match self.resting_step() {
            Some((_, StepKind::Fetch(_))) => common.one_moment,
            _ => common.waiting,
        };
        self.say(text);
    }

    fn resting_step(&self) -> Option<(usize, &'t StepKind)> {
        let flow = self.flows.flow(self.flow)?;
        let index = flow.step(&self.session.step)?;
        Some((index, &flow.steps.get(index)?.kind))
    }

    /// The timer of a rest fell due.
    pub(super) fn rest_is_over(&mut self, visit: u32) {
        if let Some(rest) = &self.session.rest {
            if rest.visit == visit {
                let timed = rest.until.is_some() || rest.came.is_some();
                if timed && self.is_over(rest) {
                    self.lane = self.lane_after_rest();
                    self.go_on();
                }
                return;
            }
        } else if let Some((frame, rest)) = self.resting_frame()
            && rest.visit == visit
        {
            if self.turn.now.as_millisecond() >= self.due_beside(rest) {
                self.leave_aside_to(frame);
            }
            return;
        }
        self.parked_rest_is_over(visit);
    }

    /// What is said after a long wait is a word of our own accord.
    pub(super) fn lane_after_rest(&self) -> Lane {
        match self.resting_step() {
            Some((_, StepKind::Wait { after, .. })) if *after > PAUSE => Lane::Reminder,
            _ => Lane::Reply,
        }
    }

    /// What a `fetch` step asked for came back, or will not.
    pub(super) fn fetched(&mut self, visit: u32, answer: &Fetched) {
        if !self.open {
            return;
        }
        let waits = |rest: &Rest| rest.visit == visit && rest.came.is_none();
        if self.session.rest.as_ref().is_some_and(waits) {
            let (came, kept) = match self.fetching(self.flow, &self.session.step) {
                Some(fetching) => fetching.came(answer),
                None => (Came::Failed, Vec::new()),
            };
            self.session.answers.extend(kept);
            self.settle(came);
            // While a person of the office talks it is only remembered.
            if !self.session.muted {
                self.go_on();
            }
            return;
        }
        let asked =
            self.session.calls.iter().position(|frame| frame.rest.as_ref().is_some_and(waits));
        let Some(frame) = asked.and_then(|index| self.session.calls.get(index)) else { return };
        let flow = self.flows.by_name.get(&frame.flow).copied().unwrap_or(usize::MAX);
        let (came, kept) = match self.fetching(flow, &frame.step) {
            Some(fetching) => fetching.came(answer),
            None => (Came::Failed, Vec::new()),
        };
        let frame = asked.and_then(|index| self.session.calls.get_mut(index));
        if let Some(Frame { answers, rest: Some(rest), .. }) = frame {
            answers.extend(kept);
            rest.came = Some(came);
        }
    }

    /// The person of the office who took over gives the conversation back: what rested until then goes
    /// on now. To somebody who has been silent for longer than the channel lets us write, it goes on with
    /// their next word.
    pub(super) fn given_back(&mut self) {
        if !self.turn.contact.handed_over {
            return;
        }
        self.fact(Fact::TakeBack);
        if !self.open || !self.session.muted {
            return;
        }
        self.session.muted = false;
        // What stands open counts from now on: the person could not answer it before.
        self.session.asked_at = self.turn.now.as_millisecond();
        let last = self.turn.contact.last_inbound;
        let is_within_reach =
            last.is_none_or(|last| self.turn.now.duration_since(last) < WITHIN_REACH);
        if self.session.rest.is_some() && is_within_reach {
            self.go_on();
        }
    }

    fn fetching(&self, flow: usize, step: &str) -> Option<&'t Fetching> {
        let flow = self.flows.flow(flow)?;
        match &flow.steps.get(flow.step(step)?)?.kind {
            StepKind::Fetch(fetching) => Some(fetching),
            _ => None,
        }
    }

    // ---- beside it -------------------------------------------------------------------------

    /// The newest of the flows that were interrupted while they rested.
    pub(super) fn resting_frame(&self) -> Option<(usize, &Rest)> {
        let frames = self.session.calls.iter().enumerate();
        frames.rev().find_map(|(index, frame)| Some((index, frame.rest.as_ref()?)))
    }

    /// When a flow beside a rest is left for it, epoch milliseconds: not before something came of
    /// it, and not while the person is at it.
    fn due_beside(&self, rest: &Rest) -> i64 {
        let quiet = i64::try_from(QUIET.as_millis()).unwrap_or(i64::MAX);
        let quiet_since = self.session.asked_at.saturating_add(quiet);
        match (rest.came, rest.until) {
            (None, Some(until)) => until.max(quiet_since),
            // While a person of the office talks there is nothing beside: it was given back.
            (Some(_), _) | (None, None) => quiet_since,
        }
    }

    /// Leaves the flow beside a rest.
    pub(super) fn leave_aside(&mut self) {
        if let Some((frame, _)) = self.resting_frame() {
            self.leave_aside_to(frame);
        }
    }

    fn leave_aside_to(&mut self, frame: usize) {
        self.come_back_to(frame);
        self.go_on();
    }

    /// The flow of this frame is the current one again; those above it are over.
    pub(super) fn come_back_to(&mut self, frame: usize) {
        self.session.calls.truncate(frame + 1);
        if let Some(frame) = self.session.calls.pop() {
            self.come_back(frame);
        }
    }

    /// The timer of what rests, the earliest of all; a function of the session alone.
    pub(super) fn rest_timer(&self) -> Option<Timer> {
        let own = match (&self.session.rest, self.resting_frame()) {
            (Some(rest), _) => rest.until.map(|until| (until, rest.visit)),
            (None, Some((_, rest))) => Some((self.due_beside(rest), rest.visit)),
            (None, None) => None,
        };
        let (due, visit) = own.into_iter().chain(self.parked_due()).min()?;
        Some(Timer { kind: TimerKind::Wait, due: crate::clock::from_ms(due), visit })
    }
}
