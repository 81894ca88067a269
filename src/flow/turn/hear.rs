//! What a message means here.
//!
//! The order in which it is understood: a word that works everywhere, a tap on a button of the open
//! question, the answer to it, a word another flow begins with, and only then "not understood".

use jiff::{SignedDuration, Timestamp};

use super::{Lead, Run, smalltalk};
use crate::fact::{self, Fact};
use crate::flow::answer::{self, Around, Heard};
use crate::flow::definition::{Answer, Ask, Choices, NOT_UNDERSTOOD};
use crate::flow::render::{Tap, Tapped, pages, zeros};
use crate::flow::session::Given;
use crate::flow::text::TextId;
use crate::flow::ways::Way;
use crate::flow::{Effect, Event, Flow};
use crate::membership::{looks_like_referral_code, parse_referral_code};
use crate::message::InboundContent;
use crate::understanding::{self, Command, Kind, Meaning, Reading};

/// A message this much older than the open question, or than now, does not answer it.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// So many questions are remembered for the way back.
const LONGEST_WAY_BACK: usize = 60;
/// After this many answers that were not understood the question is given up.
pub(super) const MOST_TRIES: u8 = 3;

impl<'t> Run<'t> {
    pub(super) fn message(&mut self, content: &InboundContent, sent_at: Timestamp) {
        if matches!(content, InboundContent::Edited { .. }) {
            return self.edited();
        }
        if !content.is_turned() {
            return;
        }
        self.secret = self.may_answer_without_words(content);
        self.hear_the_language(content);
        let muted = self.turn.contact.handed_over && (!self.open || self.session.muted);
        // The person of the office is done: the conversation is its own again.
        self.session.muted = muted && self.session.muted;
        // What a button is comes before what it says.
        let known_button = |payload: &str| {
            (self.open && Tap::read(payload).is_some()) || self.started_by(payload).is_some()
        };
        let typed = match content {
            InboundContent::Button { payload, .. } if known_button(payload) => None,
            // A broadcast's button that ends these messages says so whatever stands on it.
            InboundContent::Button { payload, .. } if understanding::command(payload).is_some() => {
                Some(payload)
            }
            InboundContent::Text { text } | InboundContent::Button { text, .. } => Some(text),
            _ => None,
        };
        if let Some((channel, wants)) = typed.and_then(|text| understanding::one_channel(text))
            && self.narrow(channel, wants)
        {
            return;
        }
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
        self.count_answer(content, muted);
        if muted || self.shows_receipt(content) || self.checks_receipt(true) {
            return;
        }
        if self.says_receipts_are_over(content) {
            return;
        }
        let expired = self.expired();
        if expired && (self.resting_frame().is_some() || !self.session.parked.is_empty()) {
            self.leave_for_a_rest();
            if self.session.rest.is_some() {
                self.message_at_rest(content, sent_at);
            }
            // What rested had nothing more to say: the message begins something of its own.
            if !self.open && self.said.is_empty() {
                self.begin(content, true);
            }
            return;
        }
        if expired {
            self.open = false;
        }
        if self.open && !self.speaks_of_a_broadcast(content) {
            self.reply_to_question(content, sent_at);
            return;
        }
        self.begin(content, expired);
    }

    /// Whoever writes after a broadcast answered it when they named it, or when nothing else is open and
    /// they begin nothing else. A command is no answer, least of all `stop`; nor is what they say to a
    /// person of the office meanwhile (`muted`), unless they named the broadcast. What the broadcast asked is the
    /// first question of its flow: whoever is asked that again, since their first words did not say, answers it then.
    fn count_answer(&mut self, content: &InboundContent, muted: bool) {
        let Some(reached) = self.turn.reached else { return };
        let is_of_nothing_else =
            !muted && self.asks_nothing() && !self.begins_another(content, false);
        let says_it_now = !muted && self.is_asked_what_it_asked(reached, content);
        // A button of a template that no question of ours waits for is a broadcast's, also where the provider does not
        // say of which message it was.
        let taps_it = !muted
            && matches!(content, InboundContent::Button { payload, .. } if Tap::read(payload).is_none());
        if reached.named || is_of_nothing_else || says_it_now || taps_it {
            self.fact(Fact::Answered { broadcast: reached.broadcast });
        }
    }

    /// Whether the open question is the first of the flow that an answer to this broadcast began.
    fn is_asked_what_it_asked(&self, reached: &fact::Reached, content: &InboundContent) -> bool {
        let is_of_it = self.session.broadcast.as_ref() == Some(&reached.name)
            && reached.flow.as_ref() == Some(&self.session.flow);
        let is_first = self.session.history.is_empty() && self.session.calls.is_empty();
        let speaks_to_it = match content {
            InboundContent::Text { text } => {
                self.started_by(text).is_none() && !smalltalk::greets(text)
            }
            InboundContent::Choice { id, .. } | InboundContent::Button { payload: id, .. } => {
                Tap::read(id).is_some_and(|tap| tap.visit == self.session.visit)
            }
            _ => true,
        };
        !self.asks_nothing() && is_of_it && is_first && speaks_to_it
    }

    /// Whether nobody waits for an answer: nothing is open, or what is open takes its time.
    fn asks_nothing(&self) -> bool {
        !self.open || self.expired() || self.session.rest.is_some()
    }

    /// Whether a message leaves what is open alone and speaks to a broadcast: it names it, or nobody
    /// waits for another answer. A second message about it goes on where the first began.
    fn speaks_of_a_broadcast(&self, content: &InboundContent) -> bool {
        let Some((flow, reached)) = self.dialogue(content) else { return false };
        (reached.named || self.asks_nothing()) && flow != self.flow
    }

    /// What was no answer to the open question answers the broadcast that came after it: that is what stands last
    /// on their phone.
    fn turns_to_the_newer_broadcast(&mut self) -> bool {
        let Event::Message { content, .. } = self.turn.event else { return false };
        let Some((flow, reached)) = self.dialogue(content) else { return false };
        let wrote = self.turn.contact.last_inbound;
        let is_newest = reached.at.as_millisecond() > self.session.asked_at
            && wrote.is_none_or(|wrote| wrote < reached.at);
        if !is_newest || flow == self.flow {
            return false;
        }
        self.fact(Fact::Answered { broadcast: reached.broadcast });
        self.begin_dialogue(flow, reached, content);
        true
    }

    /// The flow that takes an answer to the broadcast, where this message may be one.
    fn dialogue(&self, content: &InboundContent) -> Option<(usize, &'t fact::Reached)> {
        let reached = self.turn.reached?;
        let flow = self.flows.by_name.get(reached.flow.as_ref()?).copied()?;
        (!self.begins_another(content, reached.named)).then_some((flow, reached))
    }

    /// Whether a message is of something else than the broadcast that came last: a button of ours, a word
    /// that begins a flow, a bare greeting that quotes nothing.
    fn begins_another(&self, content: &InboundContent, named: bool) -> bool {
        match content {
            InboundContent::Button { payload, .. } => {
                Tap::read(payload).is_some() || self.started_by(payload).is_some()
            }
            InboundContent::Choice { .. } | InboundContent::Welcome => true,
            InboundContent::Text { text } => {
                self.started_by(text).is_some() || (!named && smalltalk::greets(text))
            }
            _ => false,
        }
    }

    /// Begins the flow that takes the answer. What the broadcast asked is its first question: a message
    /// that answers it is not asked for again. A consent is: nobody saw its words yet.
    fn begin_dialogue(&mut self, flow: usize, reached: &fact::Reached, content: &InboundContent) {
        self.turn_to(flow);
        self.session.broadcast = Some(reached.name.clone());
        let Some((ask, _)) = self.open_question().filter(|(ask, _)| ask.notice.is_none()) else {
            return;
        };
        let given = answer::read_content(ask, content).or_else(|| {
            let district = self.district_of(ask);
            if let InboundContent::Button { payload, .. } = content {
                let visible = self.visible(ask);
                let visible = visible.as_deref();
                let tapped = answer::tapped(self.flows, ask, payload, visible, district.as_deref());
                if tapped.is_some() {
                    return tapped;
                }
            }
            let text = content.text().filter(|text| !text.trim().is_empty())?;
            let order = self.order(ask);
            let around = self.around(district.as_deref(), order.as_deref());
            match answer::read(self.flows, ask, text, around) {
                Heard::Answer(given) => Some(given),
                Heard::Unsure(_) | Heard::Nothing => None,
            }
        });
        if let (Some(given), Some(question)) = (given, self.question.take()) {
            self.said.truncate(question);
            self.keep_medium(content);
            self.answer(ask, given);
        }
    }

    /// Whoever never chose a language and begins a conversation is answered in the one they write,
    /// if the office speaks it.
    fn hear_the_language(&mut self, content: &InboundContent) {
        if self.contact.language_chosen || (self.open && !self.expired()) {
            return;
        }
        let InboundContent::Text { text } = content else { return };
        if let Some(language) = understanding::language(text)
            && language != self.contact.language
            && self.flows.speaks(language)
        {
            self.fact(Fact::Language { language, guessed: true });
        }
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
                && words.is_called(text)
        })
    }

    /// A message to which no question is open.
    pub(super) fn begin(&mut self, content: &InboundContent, expired: bool) {
        if self.secret {
            return self.ask_for_words();
        }
        if let InboundContent::Button { payload, .. } = content
            && let Some(flow) = self.begun_by(payload)
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
            if let Some(flow) = self.begun_by(text) {
                self.start(flow);
                return;
            }
        }
        if self.checks_receipt(false) {
            return;
        }
        // A name or a number out of nowhere, from somebody whom a poll asks: they are shown what it asks.
        if let Some(flow) = self.opinion_flow(content) {
            self.start(flow);
            return;
        }
        if let Some((flow, reached)) = self.dialogue(content) {
            return self.begin_dialogue(flow, reached, content);
        }
        if expired {
            self.say(self.flows.common.expired);
        } else if self.asks_what_was_meant(content) {
            return;
        }
        self.start(self.rung_for.unwrap_or(self.flows.default));
    }

    /// The flow this text begins. A referral code that stands with it is kept; of one that is none
    /// the person is told.
    pub(in crate::flow) fn begun_by(&mut self, text: &str) -> Option<usize> {
        let flow = self.started_by(text)?;
        let is_told = |fact: &Fact| matches!(fact, Fact::Referred { .. });
        if self.contact.membership.is_some() || self.facts.iter().any(is_told) {
            return Some(flow);
        }
        match with_code(text) {
            Some((_, Code::Of(member))) => self.fact(Fact::Referred { member }),
            Some((_, Code::Wrong(code))) => {
                self.say_about(self.flows.common.code_unknown, "code", code);
            }
            None => {}
        }
        Some(flow)
    }

    /// The flow whose link or start word this whole text is. Behind either a referral code may stand
    /// (`join UP-5724`); one that is nobody's does not keep a flow from beginning.
    pub(super) fn started_by(&self, text: &str) -> Option<usize> {
        let coded = with_code(text).and_then(|(start, _)| self.start_named(start));
        coded.or_else(|| self.start_named(text))
    }

    fn start_named(&self, text: &str) -> Option<usize> {
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
        let listed = self.flows.starts.get(&understanding::fold(text)).copied();
        listed.or_else(|| {
            let sounds = self.flows.sounds.iter().map(|((flow, _), phrase)| (*flow, phrase));
            understanding::phrase_said(text, sounds)
        })
    }

    // ---- the open question -----------------------------------------------------------------

    /// The open question and its step, if it still stands as it was asked.
    pub(in crate::flow) fn open_question(&self) -> Option<(&'t Ask, usize)> {
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
            if self.session.rest.is_some() {
                self.message_at_rest(content, sent_at);
            } else {
                self.resume_edited();
            }
            return;
        };
        // It never reached the person: what they write is no answer to it.
        if self.session.unasked {
            self.show(&[]);
            return;
        }
        let tapped = match content {
            InboundContent::Choice { id, .. } | InboundContent::Button { payload: id, .. } => {
                Some(id.as_str())
            }
            _ => None,
        };
        if let Some(id) = tapped {
            self.how = "button";
            match Tap::read(id) {
                Some(tap) if tap.visit == self.session.visit => {
                    return match ask.ballot() {
                        Some(asked) => self.tap_ballot(ask, asked, &tap.what),
                        None => self.tap(ask, &tap.what),
                    };
                }
                Some(_) => return self.too_late(),
                None if matches!(content, InboundContent::Choice { .. }) => return self.too_late(),
                // A button of a template: what it says counts like words.
                None => {}
            }
        }
        if self.is_late(sent_at) {
            self.too_late();
            return;
        }
        if matches!(content, InboundContent::Text { text } if self.only_greets(ask, text)) {
            self.show(&[Lead::plain(self.flows.common.salute)]);
            return;
        }
        if let Some(asked) = ask.ballot() {
            self.reply_to_ballot(ask, asked, content);
            return;
        }
        if let Some(given) = answer::read_content(ask, content) {
            self.keep_medium(content);
            self.answer(ask, given);
            return;
        }
        match (content, content.text()) {
            (InboundContent::Button { payload, text }, _) => match self.begun_by(payload) {
                Some(flow) => self.turn_to(flow),
                None => self.words(ask, text),
            },
            (_, Some(text)) if !text.trim().is_empty() => self.words(ask, text),
            (InboundContent::Welcome, _) => self.show(&[]),
            // "Please write" is no help where something is to be sent.
            _ if ask.answer.takes_media() => self.not_understood(ask, None),
            (InboundContent::Contacts { .. }, _)
                if matches!(ask.answer, Answer::Phone | Answer::OwnPhone) =>
            {
                self.not_understood(ask, None);
            }
            _ => self.not_understood(ask, Some(self.flows.common.unsupported)),
        }
    }

    /// The flow was edited under the person's feet.
    pub(super) fn resume_edited(&mut self) {
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
            // It takes time now, and the person just wrote.
            if self.session.rest.is_some() && self.said.is_empty() {
                self.answer_at_rest();
            }
        } else {
            self.say(flow.changed);
            self.again_from_the_beginning(self.flow);
        }
    }

    /// Whether a message was under way for so long that it speaks of something else.
    pub(super) fn is_late(&self, sent_at: Timestamp) -> bool {
        let age = self.turn.now.duration_since(sent_at);
        let before_question = crate::clock::from_ms(self.session.asked_at).duration_since(sent_at);
        age > LATE || before_question > LATE
    }

    /// Whether a text beside this question is a greeting and no answer: it leaves nothing, and counts
    /// for no mistake. At the first question of the menu it asks for the menu, as ever.
    fn only_greets(&self, ask: &Ask, text: &str) -> bool {
        if !smalltalk::greets(text)
            || (self.flow == self.flows.default && self.session.calls.is_empty())
        {
            return false;
        }
        match &ask.answer {
            // Any words would be an answer here, and these are none.
            Answer::Text | Answer::Message(_) => true,
            _ => {
                let district = self.district_of(ask);
                let order = self.order(ask);
                let around = self.around(district.as_deref(), order.as_deref());
                !matches!(answer::read(self.flows, ask, text, around), Heard::Answer(_))
            }
        }
    }

    fn around<'a>(&self, district: Option<&'a str>, order: Option<&'a [usize]>) -> Around<'a> {
        Around {
            today: crate::locale::india_date(self.turn.now),
            district,
            offered: self.session.offered,
            order,
        }
    }

    pub(super) fn too_late(&mut self) {
        self.show(&[Lead::plain(self.flows.common.late)]);
    }

    fn tap(&mut self, ask: &'t Ask, what: &Tapped<'_>) {
        match *what {
            Tapped::Page(page) => {
                self.session.page = page;
                self.show(&[]);
            }
            Tapped::Skip if ask.optional => self.answer(ask, Given::Skipped),
            Tapped::Way(index) if !self.session.ways.is_empty() => {
                if !self.go_way(index) {
                    self.too_late();
                }
            }
            Tapped::NoWay if !self.session.ways.is_empty() => self.go_no_way(),
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
            Tapped::Skip | Tapped::NoGuess | Tapped::Way(_) | Tapped::NoWay => self.too_late(),
        }
    }

    fn words(&mut self, ask: &'t Ask, text: &str) {
        match self.guessed(ask, text) {
            Guessed::This(given) => return self.answer(ask, given),
            Guessed::Way(index) => {
                if !self.go_way(index) {
                    self.too_late();
                }
                return;
            }
            Guessed::NoWay => return self.go_no_way(),
            Guessed::None => return self.not_understood(ask, None),
            Guessed::NotAsked => {
                self.session.guess.clear();
                self.session.ways.clear();
            }
        }
        if self.turns_page(ask, text) {
            self.session.page = self.session.page.wrapping_add(1);
            self.show(&[]);
            return;
        }
        if let Some(many) = ask.many()
            && many.at_least == 0
            && zeros(text).is_some()
        {
            self.answer(ask, Given::List(Vec::new()));
            return;
        }
        if ask.optional && self.skips(ask, text) {
            self.answer(ask, Given::Skipped);
            return;
        }
        let order = self.order(ask);
        let district = self.district_of(ask);
        let around = self.around(district.as_deref(), order.as_deref());
        match answer::read(self.flows, ask, text, around) {
            Heard::Answer(given) => self.answer(ask, given),
            Heard::Unsure(candidates) => {
                if let Some(flow) = self.begun_by(text) {
                    self.turn_to(flow);
                } else {
                    self.session.guess = candidates;
                    self.show(&[]);
                }
            }
            Heard::Nothing => match self.begun_by(text) {
                Some(flow) => self.turn_to(flow),
                None if self.checks_receipt(false) => {}
                None => match self.command_meant(text) {
                    Some(way) => {
                        self.session.ways = vec![way];
                        self.show(&[]);
                    }
                    None => self.not_understood(ask, None),
                },
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
        if !self.session.ways.is_empty() {
            let is_way = index < self.session.ways.len();
            return if is_way { Guessed::Way(index) } else { Guessed::NoWay };
        }
        match self.session.guess.get(index) {
            Some(given) => Guessed::This(given.clone()),
            None => Guessed::None,
        }
    }

    fn turns_page(&self, ask: &Ask, text: &str) -> bool {
        let rows = self.row_count(ask);
        let paged = rows > 0 && pages(rows, ask.passes_by_zero()) > 1;
        paged
            && (zeros(text) == Some(1)
                || self.flows.common.more_words.contains(&understanding::fold(text)))
    }

    pub(super) fn skips(&self, ask: &Ask, text: &str) -> bool {
        // Zero passes over, except where zero is a number one may answer.
        let zero_is_free = !matches!(ask.answer, Answer::Number { from, .. } if from <= 0);
        (zero_is_free && zeros(text).is_some())
            || self.flows.common.skip_words.contains(&understanding::fold(text))
            || (smalltalk::knows_not(text) && !offers(ask, text))
    }

    /// For each choice whether this person sees it; `None`: all of them.
    pub(in crate::flow) fn visible(&self, ask: &Ask) -> Option<Vec<bool>> {
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

    /// The choices this person sees, by their place in the list, in the order they are shown in;
    /// `None`: all of them as they are written.
    pub(in crate::flow) fn order(&self, ask: &Ask) -> Option<Vec<usize>> {
        let choices = ask.choices()?;
        if !choices.shuffle && !choices.conditional {
            return None;
        }
        let visible = self.visible(ask);
        let seen = |place: &usize| {
            visible.as_ref().is_none_or(|visible| visible.get(*place) == Some(&true))
        };
        let mut order: Vec<usize> = (0..choices.list.len()).filter(seen).collect();
        if choices.shuffle {
            let fixed_from = choices.list.len().saturating_sub(choices.last);
            let free = order.iter().take_while(|place| **place < fixed_from).count();
            shuffle(order.get_mut(..free).unwrap_or_default(), self.session.seed);
        }
        Some(order)
    }

    /// The code of the district a seat is asked within.
    pub(in crate::flow) fn district_of(&self, ask: &Ask) -> Option<String> {
        let Answer::Assembly { district: Some(step) } = ask.answer else { return None };
        let name = &self.flows.flow(self.flow)?.steps.get(step)?.name;
        match self.session.answers.get(name) {
            Some(Given::Text(code)) => Some(code.clone()),
            _ => None,
        }
    }

    /// Asks again: gently, then otherwise and with the choices; then the flow goes the way it has for
    /// that, or a person takes over.
    fn not_understood(&mut self, ask: &'t Ask, lead: Option<TextId>) {
        if self.turns_to_the_newer_broadcast() {
            return;
        }
        let common = &self.flows.common;
        self.session.guess.clear();
        self.session.ways.clear();
        self.session.tries = self.session.tries.saturating_add(1);
        if self.session.tries >= MOST_TRIES {
            if ask.when.iter().any(|(outcome, _)| outcome == NOT_UNDERSTOOD) {
                self.take(ask, Given::Skipped, Some(NOT_UNDERSTOOD));
            } else {
                self.hand_over("not understood");
            }
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
            if ask.many().is_some() {
                leads.push(Lead::plain(common.again_numbers));
                leads.extend(hint);
            } else if places || ask.choices().is_some() {
                leads.push(Lead::plain(common.again_choices));
            } else {
                leads.push(hint.unwrap_or(Lead::plain(common.again)));
            }
        }
        self.show(&leads);
    }

    /// A medium that answers is copied before the provider forgets it.
    fn keep_medium(&mut self, content: &InboundContent) {
        if let InboundContent::Media { kind, id, mime_type, .. } = content {
            let (id, mime_type) = (id.clone(), mime_type.clone());
            self.effects.push(Effect::Keep { kind: *kind, id, mime_type });
        }
    }

    /// Takes the answer and goes where it leads.
    fn answer(&mut self, ask: &'t Ask, given: Given) {
        let outcome = self.outcome_of(ask, &given);
        self.take(ask, given, outcome);
    }

    /// Keeps the answer and goes where this outcome leads.
    pub(super) fn take(&mut self, ask: &'t Ask, given: Given, outcome: Option<&str>) {
        let Some((_, step)) = self.open_question() else { return };
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
        // A circle of questions does not grow the way back for ever.
        let surplus = self.session.history.len().saturating_sub(LONGEST_WAY_BACK);
        self.session.history.drain(..surplus);
        self.session.guess.clear();
        self.session.ways.clear();
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
            (Answer::AnyOf(_) | Answer::Ranked(_), Given::List(ids)) => {
                ids.is_empty().then_some("none")
            }
            (Answer::Message(_), Given::Message(sent)) => Some(sent.kind.name()),
            (Answer::Age { adult: true }, Given::Number(age)) => (*age < 18).then_some("minor"),
            (Answer::Year { adult: true }, Given::Number(year)) => {
                let this_year = i64::from(crate::locale::india_date(self.turn.now).year());
                (this_year - year < 18).then_some("minor")
            }
            _ => None,
        }
    }
}

/// Whether a choice of the question says these words: "अभी पता नहीं" may be an answer.
fn offers(ask: &Ask, text: &str) -> bool {
    let folded = understanding::fold(text);
    ask.choices().is_some_and(|choices| {
        let mut known = choices.words.iter().flat_map(|words| &words.folded);
        known.any(|label| label.contains(&folded))
    })
}

/// Puts the places in an order that is the seed's alone (Fisher-Yates over SplitMix64).
fn shuffle(places: &mut [usize], seed: u64) {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    for last in (1..places.len()).rev() {
        let among = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let other = usize::try_from(next() % among).unwrap_or_default();
        places.swap(last, other);
    }
}

/// What stands behind a start word.
enum Code {
    /// A member's code: their number.
    Of(String),
    /// It looks like one, and its check digit does not fit. As it was written.
    Wrong(String),
}

/// Parts a referral code from the words before it; `None` where there is no code, or nothing before it.
fn with_code(text: &str) -> Option<(&str, Code)> {
    let text = text.trim();
    // The code may be written in two words: `UP 5724`.
    let splits = || text.rmatch_indices(char::is_whitespace).take(2);
    let parted = |(split, _): (usize, &str)| {
        let (start, code) = text.split_at(split);
        (start.trim(), code.trim())
    };
    let known = splits().map(parted).find_map(|(start, code)| {
        parse_referral_code(code).map(|member| (start, Code::Of(member)))
    });
    known.or_else(|| {
        let wrong = splits().map(parted).find(|(_, code)| looks_like_referral_code(code));
        wrong.map(|(start, code)| (start, Code::Wrong(code.to_owned())))
    })
}

enum Guessed {
    This(Given),
    /// A way to go, by its place.
    Way(usize),
    NoWay,
    /// None of the candidates.
    None,
    /// Nothing was asked back, or the text speaks of something else.
    NotAsked,
}
