//! What a message means here.
//!
//! The order in which it is understood: a word that works everywhere, a tap on a button of the open
//! question, the answer to it, a word another flow begins with, and only then "not understood".

use jiff::{SignedDuration, Timestamp};

use super::{Lead, Run};
use crate::fact::Fact;
use crate::flow::answer::{self, Around, Heard};
use crate::flow::definition::{Answer, Ask, Choices};
use crate::flow::render::{Tap, Tapped, pages, zeros};
use crate::flow::session::Given;
use crate::flow::text::TextId;
use crate::flow::ways::Way;
use crate::flow::{Effect, Flow};
use crate::message::InboundContent;
use crate::understanding::{self, Command, Kind, Meaning, Reading};

/// A message this much older than the open question, or than now, does not answer it.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// After this many answers that were not understood a person takes over.
const MOST_TRIES: u8 = 3;

impl<'t> Run<'t> {
    pub(super) fn message(&mut self, content: &InboundContent, sent_at: Timestamp) {
        if !content.is_turned() {
            return;
        }
        let muted = self.turn.contact.handed_over && (!self.open || self.session.muted);
        // The person of the office is done: the conversation is its own again.
        self.session.muted = muted && self.session.muted;
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
        if expired && self.resting_frame().is_some() {
            self.leave_aside();
            if self.session.rest.is_some() {
                self.message_at_rest(content, sent_at);
            }
            return;
        }
        if expired {
            self.open = false;
        }
        if self.open {
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

    /// A message to which no question is open.
    pub(super) fn begin(&mut self, content: &InboundContent, expired: bool) {
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
    pub(super) fn started_by(&self, text: &str) -> Option<usize> {
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
        if self.is_late(sent_at) {
            self.too_late();
            return;
        }
        if let Some(given) = answer::read_content(ask, content) {
            self.keep_medium(content);
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

    /// The code of the district a seat is asked within.
    pub(in crate::flow) fn district_of(&self, ask: &Ask) -> Option<String> {
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

    /// A medium that answers is copied before the provider forgets it.
    fn keep_medium(&mut self, content: &InboundContent) {
        if let InboundContent::Media { kind, id, mime_type, .. } = content {
            let (id, mime_type) = (id.clone(), mime_type.clone());
            self.effects.push(Effect::Keep { kind: *kind, id, mime_type });
        }
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
}

enum Guessed {
    This(Given),
    /// None of the candidates.
    None,
    /// Nothing was asked back, or the text speaks of something else.
    NotAsked,
}
