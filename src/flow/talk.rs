//! One person talking to the engine with nothing around it: what the shell does with an outcome,
//! done in memory. For rehearsals, tests and benches.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::load::Flows;
use super::polling::{Ballot, ReceiptCheck};
use super::session::Session;
use super::staged::{STAGED_RECEIPT, Staged};
use super::turn::{Trace, silent_turn_walked, turn_walked};
use super::ways::Passed;
use super::{Effect, Event, Fetch, Fetched, Outcome, Rendering, Reserved, Timer, Turn, Unsaid};
use crate::contact::Contact;
use crate::fact::{Fact, Reached};
use crate::gate::{self, Refusal, Rules};
use crate::membership::{member_number, ticket_number};
use crate::message::{Channel, Choice, Content, InboundContent, Reply, Template};

/// WhatsApp's customer service window.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// A person, their conversation and a clock of their own.
#[derive(Clone, Debug)]
pub struct Talk {
    pub contact: Contact,
    /// What election law and the office have in force.
    pub rules: Rules,
    pub rendering: Rendering,
    pub session: Option<Session>,
    pub now: Timestamp,
    pub reserved: Reserved,
    /// Decides shuffles of the next turn.
    pub seed: u64,
    pub facts: Vec<Fact>,
    timers: Vec<Timer>,
    /// Everything the flows wanted done, in order.
    pub effects: Vec<Effect>,
    /// The newest HTTP call, until it is answered.
    asked: Option<Fetch>,
    /// The broadcast that reached the person last.
    pub reached: Option<Reached>,
    /// The choices of the newest reply that had any.
    choices: Vec<Choice>,
    /// Whether that reply left as a template, whose buttons come back otherwise.
    by_template: bool,
    /// Every step and way taken, in order.
    pub walked: Vec<Passed>,
    /// How each reply to the newest thing that happened left, in their order.
    pub left: Vec<Left>,
    /// What the newest thing that happened wanted said by SMS, and may not leave.
    pub unsaid: Vec<Unsaid>,
    /// When the person last wrote or rang before that.
    wrote_before: Option<Timestamp>,
    /// The polls that ask the person.
    ballots: Vec<Staged>,
    /// What the next message is found to ask about a receipt.
    pub checked: Option<ReceiptCheck>,
}

/// How a reply left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// As it was said.
    Said,
    /// By this template: the person had been silent for a day.
    ByTemplate(Template),
    KeptBack(Refusal),
}

impl Talk {
    /// Begins at noon of 21 November 2026 in India.
    #[must_use]
    pub fn new(contact: Contact, rendering: Rendering) -> Talk {
        Talk {
            contact,
            rules: Rules::default(),
            rendering,
            session: None,
            now: crate::clock::from_ms(1_795_242_600_000),
            reserved: Reserved { member_number: member_number(17), ticket: ticket_number(25) },
            seed: 0,
            facts: Vec::new(),
            timers: Vec::new(),
            effects: Vec::new(),
            asked: None,
            reached: None,
            choices: Vec::new(),
            by_template: false,
            walked: Vec::new(),
            left: Vec::new(),
            unsaid: Vec::new(),
            wrote_before: None,
            ballots: Vec::new(),
            checked: None,
        }
    }

    /// The person writes a text now.
    pub fn write(&mut self, flows: &Flows, text: &str) -> (Vec<Reply>, Trace) {
        self.send(flows, &InboundContent::Text { text: text.to_owned() })
    }

    /// The person taps the choice with this id (`yes`), as it was last shown; `None` when it is not
    /// on the screen.
    pub fn tap(&mut self, flows: &Flows, id: &str) -> Option<(Vec<Reply>, Trace)> {
        let content = self.tapped(id)?;
        Some(self.send(flows, &content))
    }

    /// What comes back from the phone when the choice with this id is tapped.
    #[must_use]
    pub fn tapped(&self, id: &str) -> Option<InboundContent> {
        let shown = self
            .choices
            .iter()
            .find(|choice| choice.id == id || choice.id.splitn(3, ':').nth(2) == Some(id))?;
        let (id, title) = (shown.id.clone(), shown.title.clone());
        Some(if self.by_template {
            InboundContent::Button { payload: id, text: title }
        } else {
            InboundContent::Choice { id, title }
        })
    }

    /// How a reply leaves now, as the gate and the channel have it.
    fn leave(&self, reply: &Reply) -> Left {
        let channel = match self.rendering {
            Rendering::Whatsapp => Channel::Whatsapp,
            Rendering::Sms => Channel::Sms,
        };
        let window_until =
            self.contact.last_inbound.and_then(|wrote| wrote.checked_add(WINDOW).ok());
        let question = gate::Question {
            now: self.now,
            contact: &self.contact,
            seat: self.contact.seat(),
            channel,
            account: "",
            purpose: reply.purpose,
            lane: reply.lane,
            content: &reply.content,
            window_until,
            send_before: None,
            halted: false,
            rules: &self.rules,
            // No flow says a broadcast.
            certified: false,
            told: 0,
        };
        if let Err(refusal) = gate::gate(&question) {
            return Left::KeptBack(refusal);
        }
        let open = gate::is_open(window_until, self.now);
        match reply.content.leaving(channel, open).as_ref() {
            Content::Template(template) => Left::ByTemplate(template.clone()),
            _ => Left::Said,
        }
    }

    /// The person sends anything now.
    pub fn send(&mut self, flows: &Flows, content: &InboundContent) -> (Vec<Reply>, Trace) {
        self.send_late(flows, content, SignedDuration::ZERO)
    }

    /// The person sends something that was under way for so long.
    pub fn send_late(
        &mut self,
        flows: &Flows,
        content: &InboundContent,
        late: SignedDuration,
    ) -> (Vec<Reply>, Trace) {
        let sent_at = self.now.checked_sub(late).unwrap_or(self.now);
        // What the provider vouches for is known before the turn.
        self.contact.has_phone |= self.rendering == Rendering::Whatsapp
            && matches!(content, InboundContent::Contacts { requested: true, .. });
        self.left.clear();
        self.wrote_before = self.contact.last_inbound;
        self.contact.last_inbound = self.contact.last_inbound.max(Some(sent_at));
        self.event(flows, Event::Message { content, sent_at })
    }

    /// The person shares their own number, of which this is known already: the two are one from now on,
    /// as the records make them.
    pub(super) fn send_known(
        &mut self,
        flows: &Flows,
        content: &InboundContent,
        known: &Contact,
    ) -> (Vec<Reply>, Trace) {
        let own = &mut self.contact;
        own.membership = own.membership.take().or_else(|| known.membership.clone());
        own.brought = own.brought.max(known.brought);
        for post in &known.posts {
            if !own.posts.contains(post) {
                own.posts.push(post.clone());
            }
        }
        for consent in &known.consents {
            // A withdrawal of either wins.
            let stands = own.consents.iter().find(|own| own.purpose == consent.purpose);
            if stands.is_none_or(|stands| stands.given && !consent.given) {
                own.consents.retain(|own| own.purpose != consent.purpose);
                own.consents.push(consent.clone());
            }
        }
        own.consents.sort_by_key(|known| known.purpose);
        self.send(flows, content)
    }

    /// The HTTP call the conversation waits for.
    #[must_use]
    pub fn asked(&self) -> Option<&Fetch> {
        let asked = self.asked.as_ref()?;
        let session = self.session.as_ref()?;
        let frames = session.calls.iter().filter_map(|frame| frame.rest.as_ref());
        let mut rests = session.rest.iter().chain(frames);
        rests.any(|rest| rest.visit == asked.visit && rest.came.is_none()).then_some(asked)
    }

    /// The answer of that call is there; `None` when nothing was asked.
    pub fn fetched(&mut self, flows: &Flows, answer: &Fetched) -> Option<(Vec<Reply>, Trace)> {
        let visit = self.asked()?.visit;
        self.asked = None;
        self.left.clear();
        Some(self.event(flows, Event::Fetched { visit, answer }))
    }

    /// The person of the office who took over is done: the bot may speak again, and goes on.
    pub fn give_back(&mut self, flows: &Flows) -> (Vec<Reply>, Trace) {
        self.event(flows, Event::GivenBack)
    }

    /// Time passes; timers that fall due on the way go off.
    pub fn wait(&mut self, flows: &Flows, time: SignedDuration) -> (Vec<Reply>, Trace) {
        let until = self.now.checked_add(time).unwrap_or(self.now);
        let mut replies = Vec::new();
        let mut trace = Vec::new();
        self.left.clear();
        while let Some((at, timer)) = self.next_timer(flows, until) {
            self.now = self.now.max(at);
            self.timers.retain(|known| *known != timer);
            let event = Event::Timer { kind: timer.kind, visit: timer.visit };
            let (said, keys) = self.event(flows, event);
            replies.extend(said);
            trace.extend(keys);
        }
        self.now = until;
        (replies, trace)
    }

    /// The number of the member by whose referral code the person came.
    #[must_use]
    pub fn referred_by(&self) -> Option<&str> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Referred { member } => Some(member.as_str()),
            _ => None,
        })
    }

    /// The timers of the conversation.
    #[must_use]
    pub fn timers(&self) -> &[Timer] {
        &self.timers
    }

    /// What can be tapped: the choices of the newest reply that had any.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The timer that goes off next up to then, and when.
    fn next_timer(&self, flows: &Flows, until: Timestamp) -> Option<(Timestamp, Timer)> {
        let asks = flows.asks_ballot(self.session.as_ref());
        let due = self.timers.iter().map(|timer| (self.goes_off(timer.due, asks), timer));
        let next = due.filter(|(at, _)| *at <= until).min_by_key(|(at, timer)| (*at, timer.due));
        next.map(|(at, timer)| (at, timer.clone()))
    }

    /// What falls due in the silence before a poll waits for its end, and what `asks` for an opinion for the end of
    /// every time in which nobody may.
    fn goes_off(&self, due: Timestamp, asks: bool) -> Timestamp {
        let mut at = due;
        if asks && let Some(recess) = self.rules.calendar.recess(&[self.contact.seat()], at) {
            at = recess.until.unwrap_or(Timestamp::MAX);
        }
        while let Some(silence) = self.rules.calendar.silence_of_any(self.contact.seats(), at) {
            at = silence.until;
        }
        at
    }

    /// A broadcast reaches the person; an answer to it opens this flow.
    pub fn reach(&mut self, name: &str, flow: &str) {
        let (name, flow) = (name.to_owned(), Some(flow.to_owned()));
        self.reached = Some(Reached { broadcast: 1, name, flow, named: false, at: self.now });
    }

    /// Polls ask the person from now on, one ballot a voter on this phone, until each is closed.
    pub fn ask_opinion(&mut self, ballots: Vec<Arc<dyn Ballot>>) {
        self.ballots.extend(ballots.into_iter().map(Staged::new));
    }

    /// Every poll is closed.
    pub fn close_polls(&mut self) {
        self.ballots.clear();
    }

    /// Any event; the outcome is taken over as the shell would.
    pub fn event(&mut self, flows: &Flows, event: Event<'_>) -> (Vec<Reply>, Trace) {
        self.ballots.retain(|ballot| self.now < ballot.closes());
        let recess = self.rules.calendar.recess(&[self.contact.seat()], self.now);
        for ballot in &mut self.ballots {
            ballot.rest(recess);
        }
        let ballots: Vec<&dyn Ballot> =
            self.ballots.iter().map(|ballot| ballot as &dyn Ballot).collect();
        // The turn sees when they wrote before this message.
        let mut contact = self.contact.clone();
        if matches!(event, Event::Message { .. }) {
            contact.last_inbound = self.wrote_before;
        }
        let checked = self.checked.take();
        let turn = Turn {
            now: self.now,
            seed: self.seed,
            contact: &contact,
            rendering: self.rendering,
            session: self.session.as_ref(),
            event,
            reserved: &self.reserved,
            reached: self.reached.as_ref(),
            ballots: &ballots,
            checked: checked.as_ref(),
            over: None,
        };
        let silence = self.rules.calendar.silence_of_any(self.contact.seats(), self.now);
        let (outcome, trace, passed) = match silence {
            Some(silence) => {
                let first = self.wrote_before.is_none_or(|wrote| wrote < silence.from);
                silent_turn_walked(flows, &turn, first)
            }
            None => turn_walked(flows, &turn),
        };
        self.walked.extend(passed);
        let Outcome { session, mut replies, facts, timers, effects, unsaid, cast, unkept, .. } =
            outcome;
        self.unsaid = unsaid;
        for ballot in &mut self.ballots {
            if let Some(cast) = &cast {
                ballot.heed(cast);
            }
        }
        // The person reads what is in memory.
        for told in unkept {
            if let Some(reply) = replies.get_mut(told.reply) {
                reply.content = told.with_receipt(STAGED_RECEIPT);
            }
        }
        for fact in &facts {
            self.contact.apply(fact, self.now);
        }
        for reply in &replies {
            let left = self.leave(reply);
            let inside = reply.content.inside();
            if let Content::Buttons { choices, .. } | Content::List { choices, .. } = inside {
                self.choices.clone_from(choices);
                self.by_template = matches!(left, Left::ByTemplate(_));
            }
            self.left.push(left);
        }
        self.facts.extend(facts);
        self.session = session;
        self.timers = timers;
        let asked = effects.iter().rev().find_map(|effect| match effect {
            Effect::Fetch(fetch) => Some(fetch.clone()),
            Effect::Keep { .. } | Effect::GiveBack | Effect::Unite { .. } => None,
        });
        self.asked = asked.or(self.asked.take());
        self.effects.extend(effects);
        (replies, trace)
    }
}
