//! One turn: an event in, what the engine decided out.
//!
//! The order in which a message is understood: a word that works everywhere, a tap on a button of
//! the open question, the answer to it, a word another flow begins with, and only then "not
//! understood". Nothing here waits, looks at a clock or fails: a flow that cannot go on ends in a
//! gentle line and no facts.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::answer::{self, Around, Heard};
use super::definition::{Answer, Ask, Choices, Flow};
use super::load::Flows;
use super::render::{Tap, Tapped, pages, zeros};
use super::session::{Given, Session};
use super::text::TextId;
use super::ways::{Passed, Way};
use super::{Effect, Event, Outcome, Timer, TimerKind, Turn};
use crate::contact::Contact;
use crate::fact::Fact;
use crate::message::{Content, InboundContent, Lane, Purpose, Reply};
use crate::understanding::{self, Command, Kind, Meaning, Reading};

/// A message this much older than the open question, or than now, does not answer it.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// Steps one turn may take: more is a circle that asks nothing, which `check` finds at load.
const MOST_STEPS: u32 = 200;
/// After this many answers that were not understood a person takes over.
const MOST_TRIES: u8 = 3;
/// Flows that may wait for one another.
pub(super) const DEEPEST_CALL: usize = 8;
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

/// The gentle line for a message that could not be turned; the conversation stays where it was.
#[must_use]
pub fn parked_reply(flows: &Flows, language: crate::contact::Language) -> Reply {
    let mut body = String::new();
    if let Some(text) = flows.text(flows.common.parked) {
        text.write(language, &(), &mut body);
    }
    Reply { content: Content::Text { body }, lane: Lane::Reply, purpose: Purpose::Answer }
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
    let (outcome, keys) = run.outcome();
    let trace = keys
        .into_iter()
        .map(|keys| {
            keys.into_iter().filter_map(|id| flows.text(id)).map(|text| text.key.clone()).collect()
        })
        .collect();
    (outcome, trace, passed)
}

/// A turn under way.
pub(super) struct Run<'t> {
    pub(super) flows: &'t Flows,
    pub(super) turn: &'t Turn<'t>,
    /// The person, with the facts of this turn applied.
    pub(super) contact: Cow<'t, Contact>,
    /// Holds a conversation while `open`.
    pub(super) session: Session,
    pub(super) open: bool,
    /// Index of the session's flow while `open`.
    pub(super) flow: usize,
    pub(super) said: Vec<Said>,
    /// Where among `said` the open question stands.
    pub(super) question: Option<usize>,
    pub(super) facts: Vec<Fact>,
    pub(super) effects: Vec<Effect>,
    pub(super) steps_left: u32,
    pub(super) failed: bool,
    pub(super) how: &'static str,
    pub(super) lane: Lane,
    /// The question answered in this turn: flow and step.
    pub(super) answered: Option<(usize, usize)>,
    /// The steps and ways taken, where somebody wants to know.
    pub(super) passed: Option<Vec<Passed>>,
}

/// A reply with the texts it is made of.
pub(super) struct Said {
    pub(super) content: Content,
    pub(super) keys: Vec<TextId>,
}

/// A line in front of a question: a text and what fills it.
pub(super) struct Lead {
    pub(super) text: TextId,
    pub(super) arguments: Vec<(&'static str, String)>,
}

impl Lead {
    pub(super) fn plain(text: TextId) -> Lead {
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
            how: "text",
            lane: Lane::Reply,
            answered: None,
            passed: None,
        }
    }

    fn event(&mut self) {
        match self.turn.event {
            Event::Message { content, sent_at } => self.message(content, sent_at),
            Event::Timer { kind, visit } => self.timer(kind, visit),
            Event::Fetched { .. } => {}
        }
    }

    /// The outcome, and the texts of each reply.
    fn outcome(mut self) -> (Outcome, Vec<Vec<TextId>>) {
        if self.failed {
            let mut parked = String::new();
            let id = self.flows.common.parked;
            self.write(id, &[], &mut parked);
            let content = Content::Text { body: parked };
            let reply = Reply { content, lane: Lane::Reply, purpose: Purpose::Answer };
            let outcome = Outcome {
                session: None,
                replies: vec![reply],
                facts: Vec::new(),
                timers: Vec::new(),
                effects: Vec::new(),
            };
            return (outcome, vec![vec![id]]);
        }
        self.join_short_messages();
        self.cut_overlong();
        self.keep_wording();
        let handed_over = self.facts.iter().any(|fact| matches!(fact, Fact::HandOver { .. }));
        if handed_over {
            self.session.muted = true;
        }
        let timers = self.timers();
        let (contents, keys): (Vec<Content>, Vec<Vec<TextId>>) =
            self.said.into_iter().map(|said| (said.content, said.keys)).unzip();
        let lane = self.lane;
        let replies = contents
            .into_iter()
            .map(|content| Reply { content, lane, purpose: Purpose::Answer })
            .collect();
        let session = self.open.then_some(self.session);
        (Outcome { session, replies, facts: self.facts, timers, effects: self.effects }, keys)
    }

    /// The timers of the session as it now stands: a function of the session alone, so that a turn
    /// that changes nothing leaves them as they were.
    fn timers(&self) -> Vec<Timer> {
        let mut timers = Vec::new();
        if !self.open || self.session.muted {
            return timers;
        }
        let Some(flow) = self.flows.flow(self.flow) else { return timers };
        let asked_at = crate::clock::from_ms(self.session.asked_at);
        let visit = self.session.visit;
        let mut add = |kind, after: SignedDuration| {
            if let Ok(due) = asked_at.checked_add(after) {
                timers.push(Timer { kind, due, visit });
            }
        };
        if let Some(remind) = &flow.remind
            && self.session.reminded < remind.times
        {
            let times = i32::from(self.session.reminded) + 1;
            add(TimerKind::Remind, remind.after.checked_mul(times).unwrap_or(remind.after));
        }
        if let Some(expires) = flow.expires {
            add(TimerKind::Expire, expires);
        }
        timers
    }

    fn timer(&mut self, kind: TimerKind, visit: u32) {
        if !self.open || self.session.muted || self.session.visit != visit {
            return;
        }
        match kind {
            TimerKind::Expire => {
                self.pass(None, || Way::Expire);
                self.open = false;
            }
            TimerKind::Wait => {}
            TimerKind::Remind => {
                let Some(remind) = self.flows.flow(self.flow).and_then(|flow| flow.remind) else {
                    return;
                };
                if self.session.reminded >= remind.times || self.open_question().is_none() {
                    return;
                }
                self.pass(None, || Way::Remind);
                self.session.reminded += 1;
                self.lane = Lane::Reminder;
                self.show(&[Lead::plain(remind.say)]);
            }
        }
    }

    // ---- a message -------------------------------------------------------------------------

    fn message(&mut self, content: &InboundContent, sent_at: Timestamp) {
        if !content.is_turned() {
            return;
        }
        let muted = self.turn.contact.handed_over && (!self.open || self.session.muted);
        let typed = match content {
            InboundContent::Text { text } | InboundContent::Button { text, .. } => Some(text),
            _ => None,
        };
        if let Some(command) = typed.and_then(|text| understanding::command(text))
            // A mute bot shows nothing: the words that work then must, whatever stood there last.
            && (muted || !typed.is_some_and(|text| self.is_on_the_screen(text)))
        {
            // While a person of the office is talking, only the ways out of that still work.
            if muted && !matches!(command, Command::Menu | Command::Stop) {
                return;
            }
            if command == Command::Menu && self.contact.handed_over {
                self.fact(Fact::TakeBack);
            }
            self.how = "keyword";
            if self.command(command) {
                return;
            }
            self.how = "text";
        }
        if muted {
            return;
        }
        let expired = self.expired();
        if expired {
            self.open = false;
        }
        if self.open {
            self.session.muted = false;
            self.reply_to_question(content, sent_at);
            return;
        }
        self.begin(content, expired);
    }

    /// Whether the open question offers these very words: "छोड़ दें" under a question passes it over,
    /// and only elsewhere stops everything.
    fn is_on_the_screen(&self, text: &str) -> bool {
        let Some((ask, _)) = self.open_question() else { return false };
        let folded = understanding::fold(text);
        if ask.optional && self.flows.common.skip_words.contains(&folded) {
            return true;
        }
        let Some(choices) = ask.choices() else { return false };
        let visible = self.visible(ask);
        choices.words.iter().enumerate().any(|(index, words)| {
            visible.as_ref().is_none_or(|visible| visible.get(index) == Some(&true))
                && words.folded.contains(&folded)
        })
    }

    /// Whether the conversation ran out before its timer came to say so.
    fn expired(&self) -> bool {
        let Some(expires) = self.flows.flow(self.flow).and_then(|flow| flow.expires) else {
            return false;
        };
        let asked_at = crate::clock::from_ms(self.session.asked_at);
        self.open && self.turn.now.duration_since(asked_at) >= expires
    }

    /// A message to which no question is open.
    fn begin(&mut self, content: &InboundContent, expired: bool) {
        if let InboundContent::Button { payload, .. } = content
            && let Some(flow) = self.started_by(payload)
        {
            self.how = "button";
            self.start(flow);
            return;
        }
        if let Some(text) = content.text() {
            if let InboundContent::Choice { title, .. } = content
                && let Some(command) = understanding::command(title)
                && self.command(command)
            {
                return;
            }
            if let Some(flow) = self.started_by(text) {
                self.start(flow);
                return;
            }
        }
        if expired {
            self.say(self.flows.common.expired);
        }
        self.start(self.flows.default);
    }

    /// The flow whose link or start word this whole text is. Behind a link a referral code may
    /// stand (`join AB12CD`).
    fn started_by(&self, text: &str) -> Option<usize> {
        let mut words = text.split_whitespace();
        if let (Some(first), second, None) = (words.next(), words.next(), words.next()) {
            let is_code = second.is_none_or(|code| {
                code.len() <= 20
                    && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            });
            if is_code && let Some(flow) = self.flows.links.get(&first.to_lowercase()) {
                return Some(*flow);
            }
        }
        self.flows.starts.get(&understanding::fold(text)).copied()
    }

    /// Does what a word that works everywhere asks for; `false` when this office has nothing for it.
    fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Menu => self.start(self.flows.default),
            Command::Stop => match self.flows.leave {
                Some(flow) => self.start(flow),
                None => return false,
            },
            Command::Help => return self.aside(self.flows.help),
            Command::Language => return self.aside(self.flows.language),
            Command::MyData => return self.aside(self.flows.my_data),
            Command::Restart => match self.flows.flow(self.flow) {
                Some(_) if self.open => self.again_from_the_beginning(self.flow),
                _ => self.start(self.flows.default),
            },
            Command::Back => self.back(),
            Command::Notice => return self.say_notice(),
        }
        true
    }

    /// A flow beside the open question: it comes back to that when it ends.
    fn aside(&mut self, flow: Option<usize>) -> bool {
        let Some(flow) = flow else { return false };
        if self.open && self.flow == flow {
            self.again_from_the_beginning(flow);
        } else if self.open_question().is_some() && self.session.calls.len() < DEEPEST_CALL {
            self.interrupt(flow);
        } else {
            self.start(flow);
        }
        true
    }

    /// A flow begun by its own word while a question is open: the flows beside every other one come
    /// back to it, any other takes its place.
    fn turn_to(&mut self, flow: usize) {
        let beside = [self.flows.help, self.flows.language, self.flows.my_data];
        if beside.contains(&Some(flow)) {
            self.aside(Some(flow));
        } else {
            self.start(flow);
        }
    }

    fn say_notice(&mut self) -> bool {
        let asked = self.open_question().and_then(|(ask, _)| ask.notice);
        let purpose = asked.unwrap_or(Purpose::Membership);
        let Some(notice) = self.flows.notice(purpose) else { return false };
        self.say(notice.text);
        if self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    // ---- the open question -----------------------------------------------------------------

    /// The open question and its step, if it still stands as it was asked.
    pub(super) fn open_question(&self) -> Option<(&'t Ask, usize)> {
        if !self.open {
            return None;
        }
        let flow: &'t Flow = self.flows.flow(self.flow)?;
        let step = flow.step(&self.session.step)?;
        let ask = flow.ask(step)?;
        (ask.fingerprint == self.session.fingerprint).then_some((ask, step))
    }

    fn reply_to_question(&mut self, content: &InboundContent, sent_at: Timestamp) {
        let Some((ask, _)) = self.open_question() else {
            self.resume_edited();
            return;
        };
        let tapped = match content {
            InboundContent::Choice { id, .. } | InboundContent::Button { payload: id, .. } => {
                Some(id.as_str())
            }
            _ => None,
        };
        if let Some(id) = tapped {
            self.how = "button";
            match Tap::read(id) {
                Some(tap) if tap.visit == self.session.visit => return self.tap(ask, &tap.what),
                Some(_) => return self.too_late(),
                None if matches!(content, InboundContent::Choice { .. }) => return self.too_late(),
                // A button of a template: what it says counts like words.
                None => {}
            }
        }
        let age = self.turn.now.duration_since(sent_at);
        let before_question = crate::clock::from_ms(self.session.asked_at).duration_since(sent_at);
        if age > LATE || before_question > LATE {
            self.too_late();
            return;
        }
        if let Some(given) = answer::read_content(ask, content) {
            self.answer(ask, given);
            return;
        }
        match (content, content.text()) {
            (InboundContent::Button { payload, text }, _) => match self.started_by(payload) {
                Some(flow) => self.turn_to(flow),
                None => self.words(ask, text),
            },
            (_, Some(text)) if !text.trim().is_empty() => self.words(ask, text),
            (InboundContent::Welcome, _) => self.show(&[]),
            _ => self.not_understood(ask, Some(self.flows.common.unsupported)),
        }
    }

    /// The flow was edited under the person's feet.
    fn resume_edited(&mut self) {
        let Some(flow) = self.flows.flow(self.flow) else {
            // The whole flow is gone; the default one says its own `changed`.
            if let Some(default) = self.flows.flow(self.flows.default) {
                self.say(default.changed);
            }
            self.start(self.flows.default);
            return;
        };
        if let Some(step) = flow.step(&self.session.step) {
            self.walk(step);
        } else {
            self.say(flow.changed);
            self.again_from_the_beginning(self.flow);
        }
    }

    fn too_late(&mut self) {
        self.show(&[Lead::plain(self.flows.common.late)]);
    }

    fn tap(&mut self, ask: &'t Ask, what: &Tapped<'_>) {
        match *what {
            Tapped::Page(page) => {
                self.session.page = page;
                self.show(&[]);
            }
            Tapped::Skip if ask.optional => self.answer(ask, Given::Skipped),
            Tapped::Guess(index) => match self.session.guess.get(index).cloned() {
                Some(given) => self.answer(ask, given),
                None => self.too_late(),
            },
            Tapped::NoGuess if !self.session.guess.is_empty() => self.not_understood(ask, None),
            Tapped::Choice(id) => {
                let visible = self.visible(ask);
                let district = self.district_of(ask);
                match answer::tapped(self.flows, ask, id, visible.as_deref(), district.as_deref()) {
                    Some(given) => self.answer(ask, given),
                    None => self.too_late(),
                }
            }
            Tapped::Skip | Tapped::NoGuess => self.too_late(),
        }
    }

    fn words(&mut self, ask: &'t Ask, text: &str) {
        match self.guessed(ask, text) {
            Guessed::This(given) => return self.answer(ask, given),
            Guessed::None => return self.not_understood(ask, None),
            Guessed::NotAsked => self.session.guess.clear(),
        }
        if self.turns_page(ask, text) {
            self.session.page = self.session.page.wrapping_add(1);
            self.show(&[]);
            return;
        }
        if ask.optional && self.skips(ask, text) {
            self.answer(ask, Given::Skipped);
            return;
        }
        let visible = self.visible(ask);
        let district = self.district_of(ask);
        let around = Around {
            year: i64::from(crate::locale::india_date(self.turn.now).year()),
            district: district.as_deref(),
            offered: self.session.offered,
            visible: visible.as_deref(),
        };
        match answer::read(self.flows, ask, text, around) {
            Heard::Answer(given) => self.answer(ask, given),
            Heard::Unsure(candidates) => {
                if let Some(flow) = self.started_by(text) {
                    self.turn_to(flow);
                } else {
                    self.session.guess = candidates;
                    self.show(&[]);
                }
            }
            Heard::Nothing => match self.started_by(text) {
                Some(flow) => self.turn_to(flow),
                None => self.not_understood(ask, None),
            },
        }
    }

    /// What a text says to "did you mean …?".
    fn guessed(&self, ask: &Ask, text: &str) -> Guessed {
        let words = self.guess_words(ask);
        if words.is_empty() {
            return Guessed::NotAsked;
        }
        let reading = understanding::read(Kind::OneOf(&words), text, &self.flows.geography);
        let Reading::Sure(Meaning::Choice(index)) = reading else { return Guessed::NotAsked };
        // The last of the words is always "no" or "none of these".
        match self.session.guess.get(index) {
            Some(given) => Guessed::This(given.clone()),
            None => Guessed::None,
        }
    }

    fn turns_page(&self, ask: &Ask, text: &str) -> bool {
        let rows = self.row_count(ask);
        let paged = rows > 0 && pages(rows, ask.optional) > 1;
        paged
            && (zeros(text) == Some(1)
                || self.flows.common.more_words.contains(&understanding::fold(text)))
    }

    fn skips(&self, ask: &Ask, text: &str) -> bool {
        // Zero passes over, except where zero is a number one may answer.
        let zero_is_free = !matches!(ask.answer, Answer::Number { from, .. } if from <= 0);
        (zero_is_free && zeros(text).is_some())
            || self.flows.common.skip_words.contains(&understanding::fold(text))
    }

    /// For each choice whether this person sees it; `None`: all of them.
    pub(super) fn visible(&self, ask: &Ask) -> Option<Vec<bool>> {
        let choices: &Choices = ask.choices()?;
        if !choices.conditional {
            return None;
        }
        let seen = choices
            .list
            .iter()
            .map(|choice| choice.condition.as_ref().is_none_or(|condition| condition.holds(self)));
        Some(seen.collect())
    }

    /// The code of the district a seat is asked within.
    pub(super) fn district_of(&self, ask: &Ask) -> Option<String> {
        let Answer::Assembly { district: Some(step) } = ask.answer else { return None };
        let name = &self.flows.flow(self.flow)?.steps.get(step)?.name;
        match self.session.answers.get(name) {
            Some(Given::Text(code)) => Some(code.clone()),
            _ => None,
        }
    }

    /// Asks again: gently, then otherwise and with the choices, and then a person takes over.
    fn not_understood(&mut self, ask: &'t Ask, lead: Option<TextId>) {
        let common = &self.flows.common;
        self.session.guess.clear();
        self.session.tries = self.session.tries.saturating_add(1);
        if self.session.tries >= MOST_TRIES {
            self.hand_over("not understood");
            return;
        }
        let hint = self.hint(ask);
        let mut leads = Vec::new();
        if self.session.tries == 1 {
            leads.push(Lead::plain(lead.unwrap_or(common.again)));
            leads.extend(hint);
        } else {
            let places =
                matches!(ask.answer, Answer::District | Answer::Assembly { .. } | Answer::LokSabha);
            self.session.offered = places;
            leads.extend(lead.map(Lead::plain));
            if places || ask.choices().is_some() {
                leads.push(Lead::plain(common.again_choices));
            } else {
                leads.push(hint.unwrap_or(Lead::plain(common.again)));
            }
        }
        self.show(&leads);
    }

    /// The line that says what an answer looks like.
    fn hint(&self, ask: &Ask) -> Option<Lead> {
        let common = &self.flows.common;
        Some(match &ask.answer {
            Answer::OneOf(choices) | Answer::YesNo(choices) => {
                let ids: Vec<&str> = choices.list.iter().map(|choice| choice.id.as_str()).collect();
                if ids != ["yes", "no"] {
                    return None;
                }
                Lead::plain(common.hint_yes_no)
            }
            Answer::Number { from, to } => {
                let mut bounds = (String::new(), String::new());
                crate::locale::grouped(*from, &mut bounds.0);
                crate::locale::grouped(*to, &mut bounds.1);
                Lead {
                    text: common.hint_number,
                    arguments: vec![("from", bounds.0), ("to", bounds.1)],
                }
            }
            Answer::Year { .. } => Lead::plain(common.hint_year),
            Answer::Text => Lead::plain(common.hint_text),
            Answer::PersonName => Lead::plain(common.hint_name),
            Answer::Phone => Lead::plain(common.hint_phone),
            Answer::District => Lead::plain(common.hint_district),
            Answer::Assembly { .. } => {
                let district = self.district_of(ask).and_then(|code| {
                    let district = self.flows.geography.district(&code)?;
                    Some(match self.contact.language {
                        crate::contact::Language::En => district.name_en.clone(),
                        _ => district.name_hi.clone(),
                    })
                });
                let arguments = vec![("district", district?)];
                Lead { text: common.hint_assembly, arguments }
            }
            Answer::LokSabha => Lead::plain(common.hint_lok_sabha),
            Answer::Pattern(_)
            | Answer::Location
            | Answer::Photo
            | Answer::Voice
            | Answer::File => return None,
        })
    }

    /// Takes the answer and goes where it leads.
    fn answer(&mut self, ask: &'t Ask, given: Given) {
        let Some((_, step)) = self.open_question() else { return };
        let outcome = self.outcome_of(ask, &given);
        if let (Some(purpose), Some(said)) = (ask.notice, outcome)
            && matches!(said, "yes" | "no")
        {
            self.consent_by_answer(ask, purpose, said == "yes");
        }
        let target = outcome
            .and_then(|outcome| ask.when.iter().find(|(known, _)| known == outcome))
            .map(|(_, target)| *target);
        self.pass(Some(step), || match (outcome, target) {
            (Some(outcome), Some(_)) => Way::Outcome(outcome.to_owned()),
            (Some("skip"), None) => Way::Outcome("skip".to_owned()),
            _ => Way::Other,
        });
        self.answered = Some((self.flow, step));
        let name = std::mem::take(&mut self.session.step);
        self.session.answers.insert(name.clone(), given);
        self.session.history.push(name);
        self.session.guess.clear();
        self.session.shown = None;
        self.follow(step, target);
    }

    /// What `when` calls this answer.
    fn outcome_of<'g>(&self, ask: &'t Ask, given: &'g Given) -> Option<&'t str>
    where
        't: 'g,
    {
        match (&ask.answer, given) {
            (_, Given::Skipped) => Some("skip"),
            (Answer::OneOf(choices) | Answer::YesNo(choices), Given::Text(id)) => {
                choices.list.iter().find(|choice| choice.id == *id).map(|choice| choice.id.as_str())
            }
            (Answer::Year { adult: true }, Given::Number(year)) => {
                let this_year = i64::from(crate::locale::india_date(self.turn.now).year());
                (this_year - year < 18).then_some("minor")
            }
            _ => None,
        }
    }

    /// One question back; what was answered since is forgotten.
    fn back(&mut self) {
        if !self.open {
            self.start(self.flows.default);
            return;
        }
        let Some(flow) = self.flows.flow(self.flow) else {
            self.start(self.flows.default);
            return;
        };
        let current = self.session.step.clone();
        while let Some(name) = self.session.history.pop() {
            self.session.answers.remove(&name);
            if let Some(step) = flow.step(&name) {
                self.session.answers.remove(&current);
                self.walk(step);
                return;
            }
        }
        // The first question of a flow that was called leads back to the one before it.
        if !self.session.calls.is_empty() {
            self.leave_called_flow();
            return;
        }
        if self.open_question().is_some() {
            self.show(&[Lead::plain(self.flows.common.back_none)]);
        } else {
            self.resume_edited();
        }
    }

    /// Back out of a called flow: to the question it interrupted, or the one before the call.
    fn leave_called_flow(&mut self) {
        let Some(frame) = self.session.calls.pop() else { return };
        self.flow = self.flows.by_name.get(&frame.flow).copied().unwrap_or(usize::MAX);
        self.session.flow = frame.flow;
        self.session.step = frame.step;
        self.session.answers = frame.answers;
        self.session.history = frame.history;
        if frame.interrupted {
            self.resume_edited();
        } else {
            self.back();
        }
    }

    /// Notes a way that was taken, where somebody wants to know.
    pub(super) fn pass(&mut self, step: Option<usize>, way: impl FnOnce() -> Way) {
        let flow = self.flow;
        if let Some(passed) = &mut self.passed {
            passed.push(Passed { flow, step, way: way() });
        }
    }

    pub(super) fn first_visit(&self) -> u32 {
        let seconds = self.turn.now.as_second().saturating_sub(VISIT_EPOCH);
        u32::try_from(seconds.max(0)).unwrap_or(u32::MAX / 2)
    }
}

enum Guessed {
    This(Given),
    /// None of the candidates.
    None,
    /// Nothing was asked back, or the text speaks of something else.
    NotAsked,
}
