//! One turn: an event in, what the engine decided out. Nothing here waits, looks at a clock or
//! fails: a flow that cannot go on ends in a gentle line and no facts.

mod ballots;
mod command;
mod hear;
mod parked;
mod rang;
mod rest;
mod silence;
mod smalltalk;

pub(super) use ballots::BeforeBallot;
pub(super) use rest::WayOn;
pub use silence::{silent_turn_walked, turn_in_silence};

use std::borrow::Cow;

use jiff::SignedDuration;

use super::dlt::Unsaid;
use super::load::Flows;
use super::polling::{Cast, Unkept};
use super::session::Session;
use super::text::TextId;
use super::ways::{Passed, Way};
use super::{Effect, Event, Flow, Outcome, Rendering, Timer, TimerKind, Turn};
use crate::contact::Contact;
use crate::fact::Fact;
use crate::message::{Content, Lane, Purpose, Reply, Template};

/// Steps one turn may take: more is a circle that asks nothing, which `check` finds at load.
const MOST_STEPS: u32 = 200;
/// Flows that may wait for one another.
pub(in crate::flow) const DEEPEST_CALL: usize = 8;
/// 2026-01-01, from which visits count the seconds: 136 years fit.
const VISIT_EPOCH: i64 = 1_767_225_600;

/// What was said in a turn, by the names of the texts: one entry a reply.
pub type Trace = Vec<Vec<String>>;

/// One turn of a conversation.
#[must_use]
pub fn turn(flows: &Flows, turn: &Turn<'_>) -> Outcome {
    let mut run = Run::new(flows, turn);
    run.event();
    run.outcome().0
}

/// The gentle line for a message that could not be turned; the conversation stays where it was. `None`:
/// it may not leave on this channel.
#[must_use]
pub fn parked_reply(
    flows: &Flows,
    language: crate::contact::Language,
    rendering: Rendering,
) -> Option<Reply> {
    let mut body = String::new();
    if let Some(text) = flows.text(flows.common.parked) {
        text.write(flows.spoken(rendering, language), &(), &mut body);
    }
    let content = flows.leaving(rendering, body)?;
    Some(Reply { content, lane: Lane::Reply, purpose: Purpose::Answer })
}

/// One turn, with the names of the texts that were said.
#[must_use]
pub fn turn_traced(flows: &Flows, turn: &Turn<'_>) -> (Outcome, Trace) {
    let (outcome, trace, _) = turn_walked(flows, turn);
    (outcome, trace)
}

/// The same, and the steps and ways it took.
#[must_use]
pub fn turn_walked(flows: &Flows, turn: &Turn<'_>) -> (Outcome, Trace, Vec<Passed>) {
    let mut run = Run::new(flows, turn);
    run.passed = Some(Vec::new());
    run.event();
    let passed = run.passed.take().unwrap_or_default();
    let (outcome, trace) = run.outcome_traced();
    (outcome, trace, passed)
}

/// A turn under way.
pub(in crate::flow) struct Run<'t> {
    pub(in crate::flow) flows: &'t Flows,
    pub(in crate::flow) turn: &'t Turn<'t>,
    /// The person, with the facts of this turn applied.
    pub(in crate::flow) contact: Cow<'t, Contact>,
    /// Holds a conversation while `open`.
    pub(in crate::flow) session: Session,
    pub(in crate::flow) open: bool,
    /// Index of the session's flow while `open`.
    pub(in crate::flow) flow: usize,
    pub(in crate::flow) said: Vec<Said>,
    /// Where among `said` the open question stands.
    pub(in crate::flow) question: Option<usize>,
    pub(in crate::flow) facts: Vec<Fact>,
    pub(in crate::flow) effects: Vec<Effect>,
    pub(in crate::flow) steps_left: u32,
    pub(in crate::flow) failed: bool,
    /// A step needs answers that were never given: the flow was edited meanwhile.
    pub(in crate::flow) lacks_answers: bool,
    pub(in crate::flow) how: &'static str,
    pub(in crate::flow) lane: Lane,
    /// How many steps that take time the conversation went through without a word of the person.
    pub(in crate::flow) alone: u8,
    /// What may not leave by SMS.
    pub(in crate::flow) unsaid: Vec<Unsaid>,
    /// The flow a message without words begins, where it is not the default one.
    pub(in crate::flow) rung_for: Option<usize>,
    /// The question answered in this turn: flow and step.
    pub(in crate::flow) answered: Option<(usize, usize)>,
    /// The steps and ways taken, where somebody wants to know.
    pub(in crate::flow) passed: Option<Vec<Passed>>,
    /// The answer to a poll.
    pub(in crate::flow) cast: Option<Cast>,
    /// What came may be an answer to a poll though it has no words.
    pub(in crate::flow) secret: bool,
}

/// A reply with the texts it is made of.
#[derive(Clone)]
pub(in crate::flow) struct Said {
    pub(in crate::flow) content: Content,
    pub(in crate::flow) keys: Vec<TextId>,
    /// Of a question with choices its words alone, where they may have to go without them.
    pub(in crate::flow) words: Option<String>,
    /// How it is said once the window is closed, and the consent it then needs.
    pub(in crate::flow) outside: Option<(Template, Purpose)>,
    /// What it says in memory only.
    pub(in crate::flow) unkept: Option<Box<Said>>,
}

impl Said {
    pub(in crate::flow) fn new(content: Content, keys: Vec<TextId>) -> Said {
        Said { content, keys, words: None, outside: None, unkept: None }
    }

    /// The characters of it, or of what it says in memory where that is longer: however it is kept, as many messages
    /// are made of it.
    pub(in crate::flow) fn length(&self) -> usize {
        let own = self.content.body().chars().count();
        own.max(self.unkept.as_ref().map_or(0, |told| told.content.body().chars().count()))
    }

    fn reply(self, lane: Lane) -> (Reply, Vec<TextId>) {
        let (content, purpose) = match self.outside {
            None => (self.content, Purpose::Answer),
            Some((outside, purpose)) => {
                (Content::Windowed { inside: Box::new(self.content), outside }, purpose)
            }
        };
        (Reply { content, lane, purpose }, self.keys)
    }
}

/// A line in front of a question: a text and what fills it.
pub(in crate::flow) struct Lead {
    pub(in crate::flow) text: TextId,
    pub(in crate::flow) arguments: Vec<(&'static str, String)>,
}

impl Lead {
    pub(in crate::flow) fn plain(text: TextId) -> Lead {
        Lead { text, arguments: Vec::new() }
    }
}

impl<'t> Run<'t> {
    fn new(flows: &'t Flows, turn: &'t Turn<'t>) -> Run<'t> {
        let session = turn.session.cloned().unwrap_or_default();
        let flow = flows.by_name.get(&session.flow).copied().unwrap_or(usize::MAX);
        Run {
            flows,
            turn,
            contact: Cow::Borrowed(turn.contact),
            open: turn.session.is_some(),
            session,
            flow,
            said: Vec::new(),
            question: None,
            facts: Vec::new(),
            effects: Vec::new(),
            steps_left: MOST_STEPS,
            failed: false,
            lacks_answers: false,
            how: "text",
            lane: Lane::Reply,
            alone: 0,
            unsaid: Vec::new(),
            rung_for: None,
            answered: None,
            passed: None,
            cast: None,
            secret: false,
        }
    }

    fn event(&mut self) {
        match self.turn.event {
            Event::Message { content, sent_at } => self.message(content, sent_at),
            Event::Rang { flow, once_in } => self.rang(flow, once_in),
            Event::Timer { kind, visit } => self.timer(kind, visit),
            Event::Fetched { visit, answer } => self.fetched(visit, answer),
            Event::GivenBack => self.given_back(),
        }
        self.return_to_parked();
    }

    /// The outcome, and the texts of each reply.
    /// With the names of the texts that were said.
    fn outcome_traced(self) -> (Outcome, Trace) {
        let flows = self.flows;
        let (outcome, keys) = self.outcome();
        let names = |keys: Vec<TextId>| {
            keys.into_iter().filter_map(|id| flows.text(id)).map(|text| text.key.clone()).collect()
        };
        (outcome, keys.into_iter().map(names).collect())
    }

    fn outcome(mut self) -> (Outcome, Vec<Vec<TextId>>) {
        if self.failed {
            let language = self.contact.language;
            let reply = parked_reply(self.flows, language, self.turn.rendering);
            let replies: Vec<Reply> = reply.into_iter().collect();
            let keys = replies.iter().map(|_| vec![self.flows.common.parked]).collect();
            let outcome = Outcome {
                session: None,
                replies,
                facts: Vec::new(),
                timers: Vec::new(),
                effects: Vec::new(),
                unsaid: Vec::new(),
                cast: None,
                unkept: Vec::new(),
                secret: self.secret,
            };
            return (outcome, keys);
        }
        let told = self.told();
        self.keep_wording();
        let handed_over = self.facts.iter().any(|fact| matches!(fact, Fact::HandOver { .. }));
        if handed_over {
            self.session.muted = true;
        }
        let timers = self.timers();
        let lane = self.lane;
        let said = std::mem::take(&mut self.said);
        let (replies, mut keys): (Vec<Reply>, Vec<Vec<TextId>>) =
            said.into_iter().map(|said| said.reply(lane)).unzip();
        let mut unkept = Vec::new();
        for (place, told) in told {
            let (reply, told_keys) = told.reply(lane);
            unkept.push(Unkept { reply: place, content: reply.content });
            if let Some(keys) = keys.get_mut(place) {
                *keys = told_keys;
            }
        }
        let Run { open, session, facts, effects, unsaid, cast, secret, .. } = self;
        let session = open.then_some(session);
        (Outcome { session, replies, facts, timers, effects, unsaid, cast, unkept, secret }, keys)
    }

    /// Fits what is said to its channel.
    fn fit(&mut self) {
        if !self.register() {
            self.join_short_messages();
        }
        self.cut_overlong();
    }

    /// The timers of the session as it now stands: a function of the session alone, so that a turn
    /// that changes nothing leaves them as they were.
    fn timers(&self) -> Vec<Timer> {
        let mut timers = Vec::new();
        if !self.open || self.session.muted {
            return timers;
        }
        timers.extend(self.rest_timer());
        // What rests neither runs out nor is reminded of: its own timer ends it.
        if self.session.rest.is_some() && !timers.is_empty() {
            return timers;
        }
        let asked_at = crate::clock::from_ms(self.session.asked_at);
        let visit = self.session.visit;
        let mut add = |kind, after: SignedDuration| {
            if let Ok(due) = asked_at.checked_add(after) {
                timers.push(Timer { kind, due, visit });
            }
        };
        if let Some((_, remind)) = self.nearest(|flow| flow.remind)
            && self.session.reminded < remind.times
        {
            let times = i32::from(self.session.reminded) + 1;
            add(TimerKind::Remind, remind.after.checked_mul(times).unwrap_or(remind.after));
        }
        if let Some((_, expires)) = self.nearest(|flow| flow.expires) {
            add(TimerKind::Expire, expires);
        }
        timers
    }

    /// What a flow says for all its questions (`remind`, `expires`), with the index of the flow that
    /// says it: the one under way, or else the nearest of those that wait for it. What rests has a
    /// timer of its own and comes back by itself: it says nothing of a flow beside it.
    fn nearest<T>(&self, said: impl Fn(&Flow) -> Option<T>) -> Option<(usize, T)> {
        let waiting = self.session.calls.iter().rev().take_while(|frame| frame.rest.is_none());
        let waiting = waiting.filter_map(|frame| self.flows.by_name.get(&frame.flow).copied());
        std::iter::once(self.flow)
            .chain(waiting)
            .find_map(|index| Some((index, said(self.flows.flow(index)?)?)))
    }

    /// Notes a way that was taken, where somebody wants to know.
    pub(in crate::flow) fn pass(&mut self, step: Option<usize>, way: impl FnOnce() -> Way) {
        self.pass_in(self.flow, step, way);
    }

    /// The same of a way of another flow than the one under way.
    fn pass_in(&mut self, flow: usize, step: Option<usize>, way: impl FnOnce() -> Way) {
        if let Some(passed) = &mut self.passed {
            passed.push(Passed { flow, step, way: way() });
        }
    }

    fn timer(&mut self, kind: TimerKind, visit: u32) {
        if !self.open || self.session.muted {
            return;
        }
        if kind == TimerKind::Wait {
            return self.rest_is_over(visit);
        }
        if self.session.visit != visit {
            return;
        }
        match kind {
            // It waited for the end of a silence, and the conversation did not wait for it.
            TimerKind::Remind if self.expired() => self.timer(TimerKind::Expire, visit),
            TimerKind::Expire if self.resting_frame().is_some() => self.leave_aside(),
            TimerKind::Expire => {
                if let Some((flow, _)) = self.nearest(|flow| flow.expires) {
                    self.pass_in(flow, None, || Way::Expire);
                }
                self.open = false;
            }
            TimerKind::Wait => {}
            TimerKind::Remind => {
                let Some((flow, remind)) = self.nearest(|flow| flow.remind) else { return };
                if self.session.reminded >= remind.times {
                    return;
                }
                self.pass_in(flow, None, || Way::Remind);
                self.session.reminded += 1;
                if self.open_question().is_none() {
                    return;
                }
                self.lane = Lane::Reminder;
                self.show(&[Lead::plain(remind.say)]);
                self.or_by_template(remind.template);
            }
        }
    }

    /// Whether the conversation ran out before its timer came to say so. What rests does not.
    fn expired(&self) -> bool {
        let Some((_, expires)) = self.nearest(|flow| flow.expires) else { return false };
        let asked_at = crate::clock::from_ms(self.session.asked_at);
        self.open
            && self.session.rest.is_none()
            && self.turn.now.duration_since(asked_at) >= expires
    }

    pub(in crate::flow) fn first_visit(&self) -> u32 {
        let seconds = self.turn.now.as_second().saturating_sub(VISIT_EPOCH);
        u32::try_from(seconds.max(0)).unwrap_or(u32::MAX / 2)
    }
}
