//! What rests while the person is at another conversation.
//!
//! A conversation that rests at a `wait` is not over when the person begins something else: it is
//! parked underneath, with its flows and its ticket, and goes on when the other one has ended. One that
//! fell due meanwhile goes on right after. The flow `leave` ends them all; a flow begun again takes the
//! place of its own.

use super::Run;
use super::rest::QUIET;
use crate::flow::Event;
use crate::flow::definition::StepKind;
use crate::flow::session::{Frame, Parked, Rest};

/// So many conversations rest underneath; of more the oldest is dropped.
const MOST_PARKED: usize = 3;

impl Run<'_> {
    /// The conversation under way is left for this flow: what rests of it is parked.
    pub(in crate::flow) fn park_for(&mut self, flow: usize) {
        if self.flows.leave == Some(flow) {
            self.session.parked.clear();
            return;
        }
        if self.open
            && let Some(resting) = self.take_resting()
        {
            self.park(resting);
        }
        // A new complaint is a new conversation: it takes the place of the one that rests.
        let Some(begun) = self.flows.flow(flow) else { return };
        self.session
            .parked
            .retain(|parked| parked.frames.iter().all(|frame| frame.flow != begun.name));
    }

    fn park(&mut self, resting: Parked) {
        let flow = |parked: &Parked| parked.frames.first().map(|frame| frame.flow.clone());
        let newest = flow(&resting);
        self.session.parked.retain(|parked| flow(parked) != newest);
        self.session.parked.push(resting);
        let surplus = self.session.parked.len().saturating_sub(MOST_PARKED);
        self.session.parked.drain(..surplus);
    }

    /// Where the newest rest at a `wait` stands: in this frame, or, one behind the last of them, in the
    /// flow under way.
    fn resting_wait(&self) -> Option<usize> {
        let waits = |flow: &str, step: &str, rest: Option<&Rest>| {
            let definition = self.flows.get(flow);
            let step = definition.and_then(|flow| flow.steps.get(flow.step(step)?));
            rest.is_some_and(|rest| rest.until.is_some())
                && step.is_some_and(|step| matches!(step.kind, StepKind::Wait { .. }))
        };
        let session = &self.session;
        if waits(&session.flow, &session.step, session.rest.as_ref()) {
            return Some(session.calls.len());
        }
        let mut frames = session.calls.iter().enumerate().rev();
        let frame =
            frames.find(|(_, frame)| waits(&frame.flow, &frame.step, frame.rest.as_ref()))?;
        Some(frame.0)
    }

    /// Takes the conversation that rests at a `wait`, without what is beside it.
    fn take_resting(&mut self) -> Option<Parked> {
        let place = self.resting_wait()?;
        if place < self.session.calls.len() {
            self.come_back_to(place);
        }
        let session = &mut self.session;
        let mut frames = std::mem::take(&mut session.calls);
        frames.push(Frame {
            flow: session.flow.clone(),
            step: std::mem::take(&mut session.step),
            answers: std::mem::take(&mut session.answers),
            history: std::mem::take(&mut session.history),
            interrupted: true,
            rest: session.rest.take(),
            loops: std::mem::take(&mut session.loops),
        });
        Some(Parked { frames, ticket: session.ticket.clone() })
    }

    /// The conversation under way is this one from now on.
    fn unpark(&mut self, parked: Parked) {
        let Parked { mut frames, ticket } = parked;
        let Some(resting) = frames.pop() else { return };
        self.session.calls = frames;
        self.come_back(resting);
        self.session.ticket = ticket;
        self.session.tries = 0;
        self.session.reminded = 0;
        self.session.shown = None;
        self.open = true;
    }

    /// The place of the one that falls due first, and when, epoch milliseconds.
    fn first_parked(&self) -> Option<(usize, i64)> {
        let rests = self.session.parked.iter().enumerate();
        // One without a time of its own is over at once.
        let due = |parked: &Parked| parked.rest().and_then(|rest| rest.until).unwrap_or_default();
        rests.map(|(place, parked)| (place, due(parked))).min_by_key(|(_, due)| *due)
    }

    /// When the conversation under way is left for one that is parked, epoch milliseconds, and the
    /// visit of that. `None` while the person is at something: then the end of that leads back.
    pub(super) fn parked_due(&self) -> Option<(i64, u32)> {
        let (place, due) = self.first_parked()?;
        let visit = self.session.parked.get(place)?.rest().map_or(0, |rest| rest.visit);
        let resting = self.resting_wait();
        if resting == Some(self.session.calls.len()) {
            return Some((due, visit));
        }
        // A call is answered in seconds.
        if self.session.rest.is_some() {
            return None;
        }
        let untouched = self.session.history.is_empty() && self.session.calls.is_empty();
        let stays = self.nearest(|flow| flow.expires).is_none();
        if !untouched && !stays && resting.is_none() {
            return None;
        }
        let quiet = i64::try_from(QUIET.as_millis()).unwrap_or(i64::MAX);
        Some((due.max(self.session.asked_at.saturating_add(quiet)), visit))
    }

    /// The timer of a parked rest fell due.
    pub(super) fn parked_rest_is_over(&mut self, visit: u32) {
        let is_due =
            |(due, first): (i64, u32)| first == visit && self.turn.now.as_millisecond() >= due;
        if !self.parked_due().is_some_and(is_due) {
            return;
        }
        let Some((place, _)) = self.first_parked() else { return };
        let next = self.session.parked.remove(place);
        if let Some(resting) = self.take_resting() {
            self.park(resting);
        }
        self.unpark(next);
        self.lane = self.lane_after_rest();
        self.go_on();
    }

    /// Leaves a conversation that ran out for what rests beside or underneath.
    pub(super) fn leave_for_a_rest(&mut self) {
        if self.resting_frame().is_some() {
            return self.leave_aside();
        }
        let Some((place, _)) = self.first_parked() else { return };
        let next = self.session.parked.remove(place);
        self.unpark(next);
    }

    /// The conversation under way is over: on with what rests underneath, at once where it is due.
    pub(super) fn return_to_parked(&mut self) {
        while !self.open && !self.failed {
            let Some((place, _)) = self.first_parked() else { return };
            let next = self.session.parked.remove(place);
            self.unpark(next);
            // While a person of the office talks, nothing is said beside.
            if self.contact.handed_over {
                return;
            }
            let is_due = self.session.rest.as_ref().is_some_and(|rest| self.is_over(rest));
            if is_due && matches!(self.turn.event, Event::Timer { .. }) {
                self.lane = self.lane_after_rest();
            }
            self.go_on();
        }
    }
}
