//! From step to step until a question is asked or the conversation is over.

use std::sync::Arc;

use cel::Value as CelValue;

use super::condition::{Facts, purposes};
use super::definition::{Action, Ask, Counting, StepKind, Target, Term};
use super::session::{Frame, Given, Session};
use super::text::TextId;
use super::turn::{BeforeBallot, DEEPEST_CALL, Run, WayOn};
use super::ways::Way;
use crate::contact::{ConsentNow, Language};
use crate::fact::{BROADCAST, Consent, Detail, Fact, MemberDetails, NewMember};
use crate::message::{Channel, Purpose};
use crate::understanding::is_namesake;

/// A step of the current flow, or where a called flow came back to.
enum Go {
    Step(usize),
    Done,
}

impl<'t> Run<'t> {
    /// Leaves everything and begins a flow.
    pub(super) fn start(&mut self, flow: usize) {
        self.leave_for(flow);
        self.walk(0);
    }

    /// The current flow once more; flows that wait for it go on waiting.
    pub(super) fn again_from_the_beginning(&mut self, flow: usize) {
        self.flow = flow;
        self.forget_the_way();
        self.walk(0);
    }

    /// The flow was edited so that what was answered before does not suffice.
    fn say_changed_and_begin_again(&mut self) {
        if let Some(flow) = self.flows.flow(self.flow) {
            self.say(flow.changed);
        }
        self.again_from_the_beginning(self.flow);
    }

    /// Plays a flow beside the open question, which is asked again when it ends.
    pub(super) fn interrupt(&mut self, flow: usize) {
        self.push_call(flow, true);
        self.walk(0);
    }

    /// Goes on after a step: to the target, or to what comes next.
    pub(super) fn follow(&mut self, step: usize, target: Option<Target>) {
        match self.resolve(step, target) {
            Go::Step(next) => self.walk(next),
            Go::Done => {}
        }
    }

    /// Walks from a step of the current flow until a question is asked or nothing is left.
    pub(super) fn walk(&mut self, from: usize) {
        let mut index = from;
        loop {
            if self.failed {
                return;
            }
            let Some(left) = self.steps_left.checked_sub(1) else {
                self.failed = true;
                return;
            };
            self.steps_left = left;
            let flows = self.flows;
            let Some(step) = flows.flow(self.flow).and_then(|flow| flow.steps.get(index)) else {
                self.failed = true;
                return;
            };
            let mut target = None;
            self.pass(Some(index), || Way::Arrived);
            match &step.kind {
                StepKind::Say { text, attach, template } => {
                    self.say_with(*text, *attach);
                    self.or_by_template(*template);
                }
                StepKind::Goto => {}
                StepKind::Limit { at_most, otherwise } => {
                    let taken = self.session.loops.entry(step.name.clone()).or_default();
                    let again = *taken < *at_most;
                    if again {
                        *taken += 1;
                    } else {
                        target = Some(*otherwise);
                    }
                    self.pass(Some(index), || Way::Case(usize::from(!again)));
                }
                StepKind::Do(action) => {
                    self.act(action, &step.name);
                    if std::mem::take(&mut self.lacks_answers) {
                        self.say_changed_and_begin_again();
                        return;
                    }
                }
                StepKind::Branch(ways) => {
                    let holds = ways.iter().position(|(condition, _)| {
                        condition.as_ref().is_none_or(|condition| condition.holds(self))
                    });
                    self.pass(Some(index), || holds.map_or(Way::NoCase, Way::Case));
                    target = holds.and_then(|way| ways.get(way)).map(|(_, target)| *target);
                }
                StepKind::Call { flow, .. } => target = Some(Target::Call(*flow)),
                StepKind::Wait { after, .. } => {
                    self.rest_at(&step.name, Some(*after));
                    return;
                }
                StepKind::Fetch(fetching) => {
                    self.fetch(fetching, &step.name);
                    return;
                }
                StepKind::Count(counting) => self.count(counting, &step.name),
                StepKind::Handoff(text) => {
                    self.say(*text);
                    self.rest_at(&step.name, None);
                    let reason = format!("handoff: {}/{}", self.session.flow, step.name);
                    self.fact(Fact::HandOver { reason });
                    return;
                }
                StepKind::Ask(ask) if ask.ballot().is_some() => match self.before_ballot(ask) {
                    BeforeBallot::Ask => {
                        self.ask(ask, &step.name);
                        return;
                    }
                    BeforeBallot::PassOver => {}
                    BeforeBallot::Rest => {
                        self.say_opinion_rests();
                        target = Some(Target::End);
                    }
                    BeforeBallot::Over(over) => {
                        self.say_opinion_is_over(over);
                        target = Some(Target::End);
                    }
                    BeforeBallot::Way(outcome) => {
                        let ways = ask.when.iter().find(|(known, _)| known == outcome);
                        target = ways.map(|(_, target)| *target);
                        self.pass(Some(index), || Way::Outcome(outcome.to_owned()));
                    }
                },
                StepKind::Ask(ask) => {
                    let nothing_to_choose =
                        self.visible(ask).is_some_and(|visible| !visible.contains(&true));
                    // A question all of whose choices are for others is not asked.
                    if !nothing_to_choose {
                        self.ask(ask, &step.name);
                        return;
                    }
                }
            }
            match self.resolve(index, target) {
                Go::Step(next) => index = next,
                Go::Done => return,
            }
        }
    }

    /// Keeps a number under the step's name; nothing, where what it is made of was not answered.
    fn count(&mut self, counting: &Counting, step: &str) {
        let number = match counting {
            Counting::Holding(conditions) => {
                let holding = conditions.iter().filter(|condition| condition.holds(self)).count();
                i64::try_from(holding).ok()
            }
            Counting::Sum(sum) => sum.as_ref().and_then(|sum| sum.number(self)),
        };
        match number {
            Some(number) => {
                self.session.answers.insert(step.to_owned(), Given::Number(number));
            }
            None => {
                self.session.answers.remove(step);
            }
        }
    }

    /// What a target means here. Calls and ends change the flow the session stands in.
    fn resolve(&mut self, step: usize, target: Option<Target>) -> Go {
        let flows = self.flows;
        let next = |flow: usize, step: usize| {
            flows
                .flow(flow)
                .and_then(|flow| flow.steps.get(step))
                .map_or(Target::End, |step| step.next)
        };
        let mut target = target.unwrap_or_else(|| next(self.flow, step));
        let mut at = step;
        loop {
            let Some(left) = self.steps_left.checked_sub(1) else {
                self.failed = true;
                return Go::Done;
            };
            self.steps_left = left;
            match target {
                Target::Step(index) => return Go::Step(index),
                Target::Flow(flow) => {
                    self.leave_for(flow);
                    return Go::Step(0);
                }
                Target::Call(flow) => {
                    let name = flows
                        .flow(self.flow)
                        .and_then(|flow| flow.steps.get(at))
                        .map(|step| step.name.clone());
                    self.session.step = name.unwrap_or_default();
                    self.push_call(flow, false);
                    return Go::Step(0);
                }
                Target::End | Target::Result(_) => {
                    let ended = self.flow;
                    let result = match target {
                        Target::Result(index) => {
                            flows.flow(ended).and_then(|flow| flow.results.get(index))
                        }
                        _ => None,
                    };
                    let Some(frame) = self.session.calls.pop() else {
                        self.open = false;
                        return Go::Done;
                    };
                    let interrupted = frame.interrupted;
                    let was_asked = !self.session.history.is_empty();
                    self.come_back(frame);
                    // The way back leads through the flow that was called.
                    let history = &mut self.session.history;
                    if !interrupted && was_asked && history.last() != Some(&self.session.step) {
                        history.push(self.session.step.clone());
                    }
                    let back = flows.flow(self.flow).map(|flow| flow.step(&self.session.step));
                    match back {
                        // The flow that waited was removed: there is nothing to come back to.
                        None => {}
                        Some(None) => {
                            if let Some(flow) = flows.flow(self.flow) {
                                self.say(flow.changed);
                            }
                            self.forget_the_way();
                            return Go::Step(0);
                        }
                        Some(Some(index)) if interrupted => match self.way_on() {
                            WayOn::Rests | WayOn::Gone => return Go::Done,
                            WayOn::Again(_) => return Go::Step(index),
                            WayOn::On(index, way) => {
                                self.pass_rest(index);
                                self.session.rest = None;
                                at = index;
                                target = way.unwrap_or_else(|| next(self.flow, index));
                            }
                        },
                        Some(Some(index)) => {
                            at = index;
                            let way = self.way_by_result(index, ended, result);
                            self.pass(Some(index), || match (result, way) {
                                (Some(result), Some(_)) => Way::Outcome(result.clone()),
                                _ => Way::Other,
                            });
                            target = way.unwrap_or_else(|| next(self.flow, index));
                        }
                    }
                }
            }
        }
    }

    /// Where a step leads after the flow it called ended so.
    fn way_by_result(&self, step: usize, ended: usize, result: Option<&String>) -> Option<Target> {
        let step = self.flows.flow(self.flow)?.steps.get(step)?;
        match &step.kind {
            StepKind::Call { flow, when, .. } if *flow == ended => {
                when.iter().find(|(known, _)| Some(known) == result).map(|(_, target)| *target)
            }
            _ => None,
        }
    }

    /// Nothing was answered in the current flow; those that wait for it go on waiting.
    fn forget_the_way(&mut self) {
        self.session.answers.clear();
        self.session.history.clear();
        self.session.guess.clear();
        self.session.ways.clear();
        self.session.loops.clear();
        self.session.rest = None;
        self.session.polled = None;
    }

    /// Forgets where the conversation stood, but for what rests; a flow begins.
    fn leave_for(&mut self, flow: usize) {
        let Some(definition) = self.flows.flow(flow) else {
            self.failed = true;
            return;
        };
        self.park_for(flow);
        let parked = std::mem::take(&mut self.session.parked);
        let ticket = self.session.ticket.take();
        let broadcast = self.session.broadcast.take();
        // Whoever says stop twice undoes both.
        let stood = if self.open && self.flow == flow {
            std::mem::take(&mut self.session.stood)
        } else {
            Vec::new()
        };
        // Counting on from an earlier conversation keeps its buttons from fitting this one.
        let visit =
            if self.open { self.session.visit } else { self.first_visit().max(self.session.visit) };
        self.session =
            Session { ticket, broadcast, stood, parked, ..Session::new(&definition.name, visit) };
        self.open = true;
        self.flow = flow;
    }

    /// A flow begins; the one that was under way waits at its step.
    fn push_call(&mut self, flow: usize, interrupted: bool) {
        let Some(definition) = self.flows.flow(flow) else {
            self.failed = true;
            return;
        };
        if self.session.calls.len() >= DEEPEST_CALL {
            self.failed = true;
            return;
        }
        let frame = Frame {
            flow: std::mem::replace(&mut self.session.flow, definition.name.clone()),
            step: std::mem::take(&mut self.session.step),
            answers: std::mem::take(&mut self.session.answers),
            history: std::mem::take(&mut self.session.history),
            interrupted,
            rest: self.session.rest.take(),
            loops: std::mem::take(&mut self.session.loops),
        };
        self.session.calls.push(frame);
        self.session.guess.clear();
        self.session.ways.clear();
        self.flow = flow;
    }

    /// The waiting flow is the current one again. The answers of a flow that was called stay with
    /// it, the newest where it was called before; those of one that only interrupted are gone.
    pub(super) fn come_back(&mut self, frame: Frame) {
        let theirs = std::mem::replace(&mut self.session.answers, frame.answers);
        if !frame.interrupted {
            self.session.answers.extend(theirs);
        }
        self.flow = self.flows.by_name.get(&frame.flow).copied().unwrap_or(usize::MAX);
        self.session.flow = frame.flow;
        self.session.step = frame.step;
        self.session.history = frame.history;
        self.session.rest = frame.rest;
        self.session.loops = frame.loops;
        self.session.guess.clear();
        self.session.ways.clear();
        // The question of the flow that is over is open no longer.
        self.session.fingerprint = 0;
    }

    /// Asks a question for the first time on this way.
    fn ask(&mut self, ask: &'t Ask, name: &str) {
        self.stand_at(name, ask.fingerprint);
        let shuffled = ask.choices().is_some_and(|choices| choices.shuffle);
        self.session.seed = if shuffled { self.turn.seed } else { 0 };
        // Asked once more right after it was answered (a menu that comes again): the way back leads
        // before it, and not to itself.
        let history = &mut self.session.history;
        while history.last().is_some_and(|last| last == name) {
            history.pop();
        }
        self.show(&[]);
        self.or_by_template(ask.template);
    }

    /// The conversation stands at this step from now on.
    pub(super) fn stand_at(&mut self, name: &str, fingerprint: u32) {
        let session = &mut self.session;
        session.step.clear();
        session.step.push_str(name);
        session.visit = session.visit.wrapping_add(1);
        session.fingerprint = fingerprint;
        session.asked_at = self.turn.now.as_millisecond();
        session.tries = 0;
        session.page = 0;
        session.offered = false;
        session.reminded = 0;
        session.guess.clear();
        session.ways.clear();
        session.shown = None;
        session.unasked = false;
        session.rest = None;
    }

    /// Whether an answer of the current flow names several choices.
    fn takes_many(&self, answer: &str) -> bool {
        let flow = self.flows.flow(self.flow);
        flow.and_then(|flow| flow.ask_named(answer)).is_some_and(|ask| ask.many().is_some())
    }

    // ---- facts -----------------------------------------------------------------------------

    pub(super) fn fact(&mut self, fact: Fact) {
        self.contact.to_mut().apply(&fact, self.turn.now);
        self.facts.push(fact);
    }

    /// A person of the office takes over; the conversation stays where it is.
    pub(super) fn hand_over(&mut self, reason: &str) {
        self.say(self.flows.common.handover);
        let place = format!("{reason}: {}/{}", self.session.flow, self.session.step);
        self.fact(Fact::HandOver { reason: place });
    }

    fn act(&mut self, action: &Action, step: &str) {
        match action {
            Action::EnrolMember(term) => self.enrol(*term),
            Action::RenewMembership(term) => {
                let now = self.turn.now;
                if let Some(member) = &self.contact.membership {
                    let from = member.ends.map_or(now, |ends| ends.max(now));
                    self.fact(Fact::RenewMembership { ends: term.after(from) });
                }
            }
            Action::UpdateMember => self.update_member(),
            Action::LeaveMembership => {
                if self.contact.membership.is_some() {
                    self.fact(Fact::LeaveMembership);
                }
            }
            Action::DisownMembership => {
                if self.contact.membership.is_some() {
                    self.fact(Fact::DisownMembership);
                    self.fact(Fact::LeaveMembership);
                }
            }
            Action::HandOver => {
                self.session.step.clear();
                self.session.step.push_str(step);
                self.hand_over("asked for");
            }
            Action::Withdraw(list) => {
                self.remember_what_stood(list);
                let flow = self.session.flow.clone();
                for purpose in list {
                    let rule = format!("{flow}/{step}: withdraw {}", purpose.name());
                    self.fact(Fact::Consent(Consent {
                        purpose: *purpose,
                        given: false,
                        notice: None,
                        wording: Some(sha256_hex(&rule)),
                        how: self.how.to_owned(),
                        only: None,
                    }));
                }
            }
            Action::Consent(list) => self.consent_by_rule(list),
            Action::Restore => self.restore(step),
            Action::Language(language) => self.speak(*language),
            Action::LanguageOf(step) => {
                let chosen = self
                    .flows
                    .flow(self.flow)
                    .and_then(|flow| flow.steps.get(*step))
                    .and_then(|step| self.session.answers.get(&step.name));
                if let Some(Given::Text(code)) = chosen
                    && let Some(language) = Language::from_code(code)
                {
                    self.speak(language);
                }
            }
            Action::Request { kind, with } => {
                let ticket = self.turn.reserved.ticket.clone();
                self.session.ticket = Some(ticket.clone());
                let mut details: Vec<Detail> = with
                    .iter()
                    .filter_map(|name| {
                        Some(Detail { name: name.clone(), text: self.detail_text(name)? })
                    })
                    .collect();
                if let Some(broadcast) = self.session.broadcast.clone() {
                    details.push(Detail { name: BROADCAST.to_owned(), text: broadcast });
                }
                self.fact(Fact::Request { kind: kind.clone(), ticket, details });
            }
        }
    }

    fn speak(&mut self, language: Language) {
        self.fact(Fact::Language { language, guessed: false });
    }

    /// Nobody becomes a member twice: who is one already stays the member they are, and whom a list knows
    /// keeps the number they have there.
    fn enrol(&mut self, term: Option<Term>) {
        if self.contact.membership.is_some() {
            return;
        }
        let answers = &self.session.answers;
        let (Some(Given::Text(name)), Some(Given::Text(district)), Some(Given::Number(seat))) =
            (answers.get("name"), answers.get("district"), answers.get("seat"))
        else {
            self.lacks_answers = true;
            return;
        };
        let number = |key: &str| match answers.get(key) {
            Some(Given::Number(number)) => u16::try_from(*number).ok(),
            _ => None,
        };
        let assembly = u16::try_from(*seat).unwrap_or_default();
        let listed = self.contact.listed.as_ref().filter(|listed| is_namesake(&listed.name, name));
        let reserved = &self.turn.reserved.member_number;
        let booth_of_the_list =
            listed.filter(|listed| listed.assembly == assembly).and_then(|listed| listed.booth);
        let member = NewMember {
            number: listed.map_or(reserved, |listed| &listed.number).clone(),
            name: name.clone(),
            district: district.clone(),
            assembly,
            booth: number("booth").or(booth_of_the_list),
            birth_year: number("birth_year"),
            ends: term.map(|term| term.after(self.turn.now)),
        };
        self.fact(Fact::EnrolMember(member));
    }

    /// Takes over what was answered of name, district, seat and booth. A seat that does not lie in the
    /// district is left as it was; with another seat an old booth number means nothing.
    fn update_member(&mut self) {
        let Some(member) = &self.contact.membership else { return };
        let answers = &self.session.answers;
        let text = |key: &str| match answers.get(key) {
            Some(Given::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let number = |key: &str| match answers.get(key) {
            Some(Given::Number(number)) => u16::try_from(*number).ok(),
            _ => None,
        };
        let mut details = MemberDetails {
            name: text("name").unwrap_or(&member.name).to_owned(),
            district: member.district.clone(),
            assembly: member.assembly,
            booth: member.booth,
        };
        let seat = number("seat").and_then(|seat| self.flows.geography.assembly(seat));
        if let Some(seat) = seat
            && text("district").is_none_or(|district| district == seat.district_code)
        {
            if seat.number != member.assembly {
                details.booth = None;
            }
            details.district.clone_from(&seat.district_code);
            details.assembly = seat.number;
        }
        if let Some(booth) = number("booth") {
            details.booth = Some(booth);
        }
        let same = details.name == member.name
            && details.district == member.district
            && details.assembly == member.assembly
            && details.booth == member.booth;
        if !same {
            self.fact(Fact::UpdateMember(details));
        }
    }

    /// The consent a `yes` or `no` to a question with a notice is.
    pub(super) fn consent_by_answer(&mut self, ask: &'t Ask, purpose: Purpose, given: bool) {
        let shown = self.session.shown.take();
        let (version, wording) = match shown {
            Some(shown) => (shown.version, shown.wording),
            // The question was asked before it had a notice: its words now stand for it.
            None => (self.notice_version(purpose), sha256_hex(&self.words_of(ask.text))),
        };
        self.fact(Fact::Consent(Consent {
            purpose,
            given,
            notice: Some(version),
            wording: Some(wording),
            how: self.how.to_owned(),
            only: None,
        }));
    }

    /// What a withdrawal is about to take, for whoever undoes it: the consents that stand, and the channels that were
    /// taken out of them. Of what it does not take, because nothing stands, an earlier withdrawal is remembered.
    fn remember_what_stood(&mut self, list: &[Purpose]) {
        for purpose in list {
            let all = &self.contact.consents;
            let own: Vec<&ConsentNow> =
                all.iter().filter(|word| word.purpose == *purpose).collect();
            let is_whole = own.iter().any(|word| word.only.is_none() && word.given);
            // Without a yes for every channel a no for one says nothing more.
            let stands = |word: &&&ConsentNow| word.given || (is_whole && word.only.is_some());
            let stood: Vec<ConsentNow> = own.iter().filter(stands).copied().cloned().collect();
            if !stood.is_empty() {
                self.session.stood.retain(|known| known.purpose != *purpose);
                self.session.stood.extend(stood);
            }
        }
    }

    /// Gives back what the withdrawal of this conversation took, and nothing more.
    fn restore(&mut self, step: &str) {
        for ConsentNow { purpose, given, only, .. } in std::mem::take(&mut self.session.stood) {
            if given {
                self.give(purpose, only);
                continue;
            }
            let rule = format!("{}/{step}: restore {}", self.session.flow, purpose.name());
            self.fact(Fact::Consent(Consent {
                purpose,
                given,
                notice: None,
                wording: Some(sha256_hex(&rule)),
                how: self.how.to_owned(),
                only,
            }));
        }
    }

    /// Consents a step gives back.
    fn consent_by_rule(&mut self, list: &[Purpose]) {
        for purpose in list {
            self.give(*purpose, None);
        }
    }

    /// The words that were shown are those of the question answered.
    fn give(&mut self, purpose: Purpose, only: Option<Channel>) {
        let asked = self
            .answered
            .and_then(|(flow, step)| self.flows.flow(flow)?.ask(step))
            .map(|ask| self.words_of(ask.text));
        let words = match (asked, self.flows.notice(purpose)) {
            (Some(words), _) => words,
            (None, Some(notice)) => self.words_of(notice.text),
            (None, None) => String::new(),
        };
        self.fact(Fact::Consent(Consent {
            purpose,
            given: true,
            notice: Some(self.notice_version(purpose)),
            wording: Some(sha256_hex(&words)),
            how: self.how.to_owned(),
            only,
        }));
    }

    pub(super) fn notice_version(&self, purpose: Purpose) -> String {
        let language = self.spoken();
        self.flows
            .notice(purpose)
            .map(|notice| notice.version.get(language).to_owned())
            .unwrap_or_default()
    }

    fn words_of(&self, text: TextId) -> String {
        let mut words = String::new();
        self.write(text, &[], &mut words);
        words
    }
}

impl Facts for Run<'_> {
    fn value(&self, name: &str) -> CelValue {
        let contact = &self.contact;
        match name {
            "member" => CelValue::Bool(contact.membership.is_some()),
            "has_phone" => CelValue::Bool(contact.has_phone),
            "posts" => CelValue::List(Arc::new(
                contact.posts.iter().map(|post| CelValue::from(post.as_str())).collect(),
            )),
            "my_count" => CelValue::Int(i64::from(contact.brought)),
            "term_over" => CelValue::Bool(
                contact.membership.as_ref().is_some_and(|member| member.is_over(self.turn.now)),
            ),
            "days_left" => {
                let member = contact.membership.as_ref();
                member
                    .and_then(|member| member.days_left(self.turn.now))
                    .map_or(CelValue::Null, CelValue::Int)
            }
            "language" => CelValue::from(contact.language.code()),
            "channel" => CelValue::from(self.turn.rendering.name()),
            "consents" => purposes(|purpose| contact.consents_to(purpose)),
            "withdrawn" => purposes(|purpose| contact.withdrew(purpose)),
            answer => match self.session.answers.get(answer) {
                Some(Given::Number(number)) => CelValue::Int(*number),
                Some(Given::Text(text)) => CelValue::from(text.as_str()),
                Some(Given::List(ids)) => words(ids),
                Some(Given::Message(sent)) => CelValue::from(sent.kind.name()),
                // Of several choices none was named.
                Some(Given::Skipped) | None if self.takes_many(answer) => words(&[]),
                Some(Given::Skipped) | None => CelValue::Null,
            },
        }
    }

    fn member(&self) -> bool {
        self.contact.membership.is_some()
    }

    fn has_phone(&self) -> bool {
        self.contact.has_phone
    }

    fn has_posts(&self) -> bool {
        !self.contact.posts.is_empty()
    }

    fn consents_to(&self, purpose: Purpose) -> bool {
        self.contact.consents_to(purpose)
    }

    fn withdrew(&self, purpose: Purpose) -> bool {
        self.contact.withdrew(purpose)
    }

    fn word(&self, name: &str) -> Option<&str> {
        match name {
            "language" => Some(self.contact.language.code()),
            "channel" => Some(self.turn.rendering.name()),
            answer => match self.session.answers.get(answer) {
                Some(Given::Text(text)) => Some(text),
                Some(Given::Message(sent)) => Some(sent.kind.name()),
                _ => None,
            },
        }
    }
}

/// A list of words as conditions see it.
fn words(ids: &[String]) -> CelValue {
    CelValue::List(Arc::new(ids.iter().map(|id| CelValue::from(id.as_str())).collect()))
}

/// SHA-256 as lower-case hex.
pub(crate) fn sha256_hex(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let mut hex = String::with_capacity(64);
    for byte in digest.as_ref() {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0')));
        }
    }
    hex
}
