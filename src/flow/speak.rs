//! What is said in a turn: texts filled in, questions with their choices.

use std::borrow::Cow;

use super::Rendering;
use super::answer::{nothing, seat_name, shown};
use super::definition::{Answer, Ask, Attachment, Choice};
use super::load::Flows;
use super::render::{NO_GUESS, NO_WAY, Question, Row, Words, guess_id, template_id, way_id};
use super::session::{Given, SentKind, Shown};
use super::text::{Label, TextId};
use super::turn::{Lead, Run, Said};
use super::walk::sha256_hex;
use super::wording::{LONGEST_QUESTION, LONGEST_TEXT};
use crate::contact::Language;
use crate::locale::{Arguments, Value, civil_date, india_date, join_and, own_name};
use crate::membership::referral_code;
use crate::message::{Content, Picture, Purpose, cut};
use crate::people::post;
use crate::understanding::{self, ChoiceWords};

/// Short messages are joined into one up to this many characters: about ten parts in Hindi.
const LONGEST_JOINED: usize = 670;

impl<'t> Run<'t> {
    /// Says a text.
    pub(super) fn say(&mut self, text: TextId) {
        let mut body = String::with_capacity(160);
        self.write(text, &[], &mut body);
        self.said.push(Said::new(Content::Text { body }, vec![text]));
    }

    /// Says a text of the engine about something the person wrote.
    pub(super) fn say_about(&mut self, text: TextId, name: &'static str, about: String) {
        let mut body = String::with_capacity(160);
        self.write(text, &[(name, about)], &mut body);
        self.said.push(Said::new(Content::Text { body }, vec![text]));
    }

    /// Says a text with what belongs to it, where the person has one and their channel shows it.
    pub(super) fn say_with(&mut self, text: TextId, attach: Option<Attachment>) {
        self.say(text);
        let Some(Attachment::MembershipCard) = attach else { return };
        let Some(picture) = self.membership_card() else { return };
        let Some(Said { content, .. }) = self.said.last_mut() else { return };
        if let Content::Text { body } = content
            && body.chars().count() <= LONGEST_QUESTION
        {
            *content = Content::Picture { body: std::mem::take(body), picture };
        }
    }

    fn membership_card(&self) -> Option<Picture> {
        if self.turn.rendering == Rendering::Sms {
            return None;
        }
        let fill = Fill { run: self, extra: &[] };
        let words = |name: &str| fill.person(name).map(|value| display(value, self.spoken()));
        Some(Picture::MembershipCard {
            language: self.spoken(),
            number: words("member_number")?,
            name: words("member_name")?,
            district: words("member_district")?,
            seat: words("member_seat")?,
            since: words("member_since")?,
            link: words("my_link").filter(|link| link.starts_with("https://")),
        })
    }

    /// An answer or a variable as a program reads it: codes and numbers, not names; `null` for
    /// what is not known.
    pub(super) fn value_of(&self, name: &str) -> serde_json::Value {
        if let Some(given) = self.session.answers.get(name) {
            return serde_json::to_value(given).unwrap_or_default();
        }
        match name {
            "language" => return self.contact.language.code().into(),
            "channel" => return self.turn.rendering.name().into(),
            _ => {}
        }
        match (Fill { run: self, extra: &[] }).person(name) {
            Some(Value::Text(text)) => text.into_owned().into(),
            Some(Value::Number(number) | Value::Plain(number)) => number.into(),
            Some(Value::Date(day)) => day.to_string().into(),
            None => serde_json::Value::Null,
        }
    }

    /// Shows the open question, with lines in front of it.
    pub(super) fn show(&mut self, leads: &[Lead]) {
        let Some((ask, _)) = self.open_question() else { return };
        // However the conversation came back to it.
        if ask.ballot().is_some() && self.recess().is_some() {
            return self.say_opinion_rests();
        }
        self.session.unasked = false;
        let mut keys: Vec<TextId> = Vec::with_capacity(leads.len() + 1);
        let mut body = String::with_capacity(256);
        let is_registered = self.is_registered();
        for lead in leads {
            self.write(lead.text, &lead.arguments, &mut body);
            if is_registered {
                let content = Content::Text { body: std::mem::take(&mut body) };
                self.said.push(Said::new(content, vec![lead.text]));
                continue;
            }
            body.push('\n');
            keys.push(lead.text);
        }
        if !leads.is_empty() && self.turn.rendering == Rendering::Whatsapp {
            body.push('\n');
        }
        let guessing = !self.session.guess.is_empty() || !self.session.ways.is_empty();
        let text = if guessing { self.flows.common.did_you_mean } else { ask.text };
        if guessing {
            let guess = self.guess_titles(ask).join(" / ");
            self.write(text, &[("guess", guess)], &mut body);
        } else {
            self.write(text, &[], &mut body);
        }
        keys.push(text);
        let language = self.spoken();
        let common = &self.flows.common;
        let rows = if guessing { self.guess_rows(ask) } else { self.rows(ask) };
        let many = ask.many().filter(|_| !guessing);
        let skip = match many {
            _ if guessing => None,
            Some(many) if many.at_least == 0 => Some(common.none.get(language)),
            _ => ask.optional.then(|| common.skip.get(language)),
        };
        let has_choices = !rows.is_empty() || skip.is_some();
        let words = (is_registered && has_choices).then(|| body.clone());
        let question = Question {
            body,
            rendering: self.turn.rendering,
            visit: self.session.visit,
            rows,
            skip,
            page: usize::from(self.session.page),
            numbered: many.is_some(),
            words: Words {
                list_open: common.list_open.get(language),
                more: common.more.get(language),
                sms_choose: match many {
                    Some(many) => Cow::Owned(self.choose_line(ask, many)),
                    None => Cow::Borrowed(common.sms_choose.get(language)),
                },
            },
        };
        let content = match (&ask.answer, self.turn.rendering) {
            (Answer::Location, Rendering::Whatsapp) if !ask.optional => {
                Content::LocationRequest { body: question.body }
            }
            (Answer::OwnPhone, _) if !guessing && self.asks_for_the_card() => question.by_card(),
            _ => question.content(),
        };
        self.question = Some(self.said.len());
        self.said.push(Said { words, ..Said::new(content, keys) });
    }

    /// Whether `own_phone` is asked by the button that shares the number: it is not known, and the button
    /// is there.
    pub(super) fn asks_for_the_card(&self) -> bool {
        self.turn.rendering == Rendering::Whatsapp && !self.contact.has_phone
    }

    /// What was said last has this template besides: it goes as that when the window is closed.
    pub(super) fn or_by_template(&mut self, template: Option<usize>) {
        let Some(declared) = template.and_then(|index| self.flows.templates.get(index)) else {
            return;
        };
        let language = self.spoken();
        let fill = Fill { run: self, extra: &[] };
        let value = |name: &str| fill.value(name).map(|value| display(value, language));
        let visit = self.session.visit;
        let template = declared.filled(language, value, |choice| template_id(visit, choice));
        let purpose = declared.purpose;
        if let (Some(said), Some(template)) = (self.said.last_mut(), template) {
            said.outside = Some((template, purpose));
        }
    }

    /// The language of what is said: the person's, or, by SMS, the one that the office registered.
    pub(super) fn spoken(&self) -> Language {
        let language = self.contact.language;
        self.flows.spoken(self.turn.rendering, language)
    }

    /// Appends a text of the [spoken](Run::spoken) language.
    pub(super) fn write(&self, text: TextId, extra: &[(&'static str, String)], out: &mut String) {
        let Some(text) = self.flows.text(text) else { return };
        text.write(self.spoken(), &Fill { run: self, extra }, out);
    }

    // ---- choices ---------------------------------------------------------------------------

    /// Every choice of a question, over all pages.
    fn rows(&self, ask: &'t Ask) -> Vec<Row<'t>> {
        let language = self.spoken();
        if let Some(choices) = ask.choices() {
            let row = |(place, choice): (usize, &'t Choice)| Row {
                id: Cow::Borrowed(choice.id.as_str()),
                title: Cow::Borrowed(choice.label.get(language)),
                description: choice.hint.as_ref().map(|hint| hint.get(language)),
                number: place + 1,
            };
            return match self.order(ask) {
                None => choices.list.iter().enumerate().map(row).collect(),
                Some(order) => {
                    let shown = order.iter().filter_map(|place| choices.list.get(*place));
                    shown.enumerate().map(row).collect()
                }
            };
        }
        if self.session.offered { self.places(ask) } else { Vec::new() }
    }

    /// Places to choose from: districts counted, seats by their own numbers.
    fn places(&self, ask: &Ask) -> Vec<Row<'t>> {
        let flows: &'t Flows = self.flows;
        let geography = &flows.geography;
        let language = self.spoken();
        match &ask.answer {
            Answer::District => geography
                .districts
                .iter()
                .enumerate()
                .map(|(index, district)| Row {
                    id: Cow::Borrowed(district.code.as_str()),
                    title: Cow::Borrowed(district.name(language)),
                    description: None,
                    number: index + 1,
                })
                .collect(),
            Answer::Assembly { .. } => {
                let Some(code) = self.district_of(ask) else { return Vec::new() };
                let seats = geography.assemblies.iter().filter(|seat| seat.district_code == code);
                seats
                    .map(|seat| Row {
                        id: Cow::Owned(seat.number.to_string()),
                        title: Cow::Borrowed(seat.name(language)),
                        description: None,
                        number: usize::from(seat.number),
                    })
                    .collect()
            }
            Answer::LokSabha => geography
                .lok_sabha
                .iter()
                .map(|seat| Row {
                    id: Cow::Owned(seat.number.to_string()),
                    title: Cow::Borrowed(seat.name(language)),
                    description: None,
                    number: usize::from(seat.number),
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// How many choices the open question shows over all pages.
    pub(super) fn row_count(&self, ask: &'t Ask) -> usize {
        match ask.choices() {
            Some(choices) => self
                .visible(ask)
                .map_or(choices.list.len(), |visible| visible.iter().filter(|seen| **seen).count()),
            None if self.session.offered => self.places(ask).len(),
            None => 0,
        }
    }

    // ---- did you mean …? -------------------------------------------------------------------

    /// The candidates as a person reads them.
    fn guess_titles(&self, ask: &Ask) -> Vec<String> {
        if !self.session.ways.is_empty() {
            return self.way_titles();
        }
        let language = self.spoken();
        self.session
            .guess
            .iter()
            .map(|given| display(shown(self.flows, Some(&ask.answer), given, language), language))
            .collect()
    }

    fn guess_rows(&self, ask: &Ask) -> Vec<Row<'t>> {
        let common = &self.flows.common;
        let language = self.spoken();
        let ways = !self.session.ways.is_empty();
        let one = self.session.guess.len() + self.session.ways.len() == 1;
        let mut rows: Vec<Row<'t>> = self
            .guess_titles(ask)
            .into_iter()
            .enumerate()
            .map(|(index, title)| Row {
                id: Cow::Owned(if ways { way_id(index) } else { guess_id(index) }),
                title: if one {
                    Cow::Borrowed(common.yes.get(language))
                } else {
                    Cow::Owned(title)
                },
                description: None,
                number: index + 1,
            })
            .collect();
        let none = if one { &common.no } else { &common.none };
        rows.push(Row {
            id: Cow::Borrowed(if ways { NO_WAY } else { NO_GUESS }),
            title: Cow::Borrowed(none.get(language)),
            description: None,
            number: rows.len() + 1,
        });
        rows
    }

    /// What may be written to "did you mean …?": the candidates in order, and last that it is none
    /// of them. Empty when nothing was asked back.
    pub(super) fn guess_words(&self, ask: &Ask) -> Vec<ChoiceWords> {
        let common = &self.flows.common;
        let said = |id: &str, label: &Label| understanding::choice_words(id, &label.texts);
        let offered = self.session.guess.len() + self.session.ways.len();
        match self.session.guess.as_slice() {
            _ if offered == 0 => Vec::new(),
            _ if offered == 1 => vec![said("yes", &common.yes), said("no", &common.no)],
            [] => {
                let titles = self.way_titles().into_iter().enumerate();
                let mut words: Vec<ChoiceWords> = titles
                    .map(|(index, title)| understanding::choice_words(&guess_id(index), &[title]))
                    .collect();
                words.push(said("no", &common.none));
                words
            }
            several => {
                let mut words: Vec<ChoiceWords> = several
                    .iter()
                    .enumerate()
                    .map(|(index, given)| {
                        let shown_as = |language| {
                            let value = shown(self.flows, Some(&ask.answer), given, language);
                            display(value, language)
                        };
                        let labels = Language::ALL.map(shown_as);
                        understanding::choice_words(&guess_id(index), &labels)
                    })
                    .collect();
                words.push(said("no", &common.none));
                words
            }
        }
    }

    /// An answer as the person reads it; `None` for a question not answered, or passed over.
    pub(super) fn answer_text(&self, name: &str) -> Option<String> {
        if matches!(self.session.answers.get(name)?, Given::Skipped) {
            return None;
        }
        Fill { run: self, extra: &[] }.value(name).map(|value| display(value, self.spoken()))
    }

    /// An answer as the office reads it with a request: as the person does, but of a medium both
    /// what it is and the words that came with it, and of a place where it is.
    pub(super) fn detail_text(&self, name: &str) -> Option<String> {
        let read = self.answer_text(name)?;
        let Some(Given::Message(sent)) = self.session.answers.get(name) else { return Some(read) };
        let kind = self.flows.common.sent(sent.kind).get(self.spoken());
        Some(match (sent.kind, &sent.caption) {
            (SentKind::Text, _) => read,
            (SentKind::Location, _) => format!("{kind}: {}", sent.value),
            (_, Some(caption)) => format!("{kind}: {caption}"),
            (_, None) => read,
        })
    }

    // ---- at the end of the turn ------------------------------------------------------------

    /// On a phone that pays by the message, what is said in one turn is one message.
    pub(super) fn join_short_messages(&mut self) {
        if self.turn.rendering != Rendering::Sms || self.said.len() < 2 {
            return;
        }
        let length: usize = self.said.iter().map(|said| said.length() + 1).sum();
        if length > LONGEST_JOINED {
            return;
        }
        let mut body = String::new();
        let mut keys = Vec::new();
        let mut outside = None;
        for said in self.said.drain(..) {
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(said.content.body());
            keys.extend(said.keys);
            // A short message knows no templates; whose consent it needs it says all the same.
            outside = outside.or(said.outside);
        }
        self.said.push(Said { outside, ..Said::new(Content::Text { body }, keys) });
        self.question = self.question.map(|_| 0);
    }

    /// No text leaves that a provider would refuse: what people wrote may stand in it.
    pub(super) fn cut_overlong(&mut self) {
        for said in &mut self.said {
            // What is registered has a length that was approved.
            if let Content::Text { body } = &mut said.content {
                cut(body, LONGEST_TEXT);
            }
        }
    }

    /// Keeps the hash of the message that asks for a consent, as it leaves.
    pub(super) fn keep_wording(&mut self) {
        let Some(said) = self.question.and_then(|index| self.said.get(index)) else { return };
        let Some((ask, _)) = self.open_question() else { return };
        let Some(purpose) = ask.notice else { return };
        // "Did you mean …?" is not what a person consents to.
        if !said.keys.contains(&ask.text) {
            return;
        }
        let wording = sha256_hex(said.content.body());
        self.session.shown = Some(Shown { version: self.notice_version(purpose), wording });
    }
}

fn display(value: Value<'_>, language: Language) -> String {
    match value {
        Value::Text(text) => text.into_owned(),
        Value::Number(number) | Value::Plain(number) => number.to_string(),
        Value::Date(day) => {
            let mut written = String::new();
            civil_date(day, language, &mut written);
            written
        }
    }
}

/// Fills the variables of a text in.
struct Fill<'r, 't> {
    run: &'r Run<'t>,
    extra: &'r [(&'static str, String)],
}

impl Arguments for Fill<'_, '_> {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        if let Some((_, text)) = self.extra.iter().find(|(known, _)| *known == name) {
            return Some(Value::Text(Cow::Borrowed(text)));
        }
        let run = self.run;
        if let Some(given) = run.session.answers.get(name) {
            let answer = run.flows.question(run.flow, name).map(|ask| &ask.answer);
            return Some(shown(run.flows, answer, given, run.spoken()));
        }
        self.person(name)
    }

    /// Variants are chosen by the names the flow uses, whatever words the language shows for them.
    fn key(&self, name: &str) -> Option<Value<'_>> {
        let run = self.run;
        let given = run.session.answers.get(name);
        let ask = given.and_then(|_| run.flows.question(run.flow, name));
        match (given, ask.map(|ask| &ask.answer)) {
            // What was passed over: a line may be left out for it.
            (Some(Given::Skipped), _) => Some(Value::Text(Cow::Borrowed("skip"))),
            (Some(Given::Text(id)), Some(Answer::OneOf(_) | Answer::YesNo(_))) => {
                Some(Value::Text(Cow::Borrowed(id)))
            }
            (Some(Given::Message(sent)), _) => Some(Value::Text(Cow::Borrowed(sent.kind.name()))),
            _ => self.value(name),
        }
    }
}

impl Fill<'_, '_> {
    /// A seat by its name.
    fn seat(&self, number: u16) -> Value<'_> {
        let number = i64::from(number);
        let name = seat_name(self.run.flows, number, self.run.spoken());
        name.map_or(Value::Plain(number), Value::Text)
    }

    /// What every text may say of the person.
    fn person(&self, name: &str) -> Option<Value<'_>> {
        let run = self.run;
        let contact = run.contact.as_ref();
        let language = run.spoken();
        let member = contact.membership.as_ref();
        let yes = |flag: bool| Value::Text(Cow::Borrowed(if flag { "yes" } else { "no" }));
        let text = |text| Some(Value::Text(Cow::Borrowed(text)));
        match name {
            "member_number" => text(&member?.number),
            "member_name" => text(&member?.name),
            "member_since" => Some(Value::Date(india_date(member?.since))),
            "member_district" => {
                let code = &member?.district;
                let district = run.flows.geography.district(code);
                text(district.map_or(code, |district| district.name(language)))
            }
            "member_seat" => Some(self.seat(member?.assembly)),
            "member_booth" => match member?.booth {
                Some(booth) => Some(Value::Plain(i64::from(booth))),
                None => text(nothing(language)),
            },
            "member_until" => match member?.ends {
                Some(ends) => {
                    let mut date = String::new();
                    crate::locale::date(ends, language, &mut date);
                    Some(Value::Text(Cow::Owned(date)))
                }
                None => text(nothing(language)),
            },
            "listed" => {
                let is_there = contact.listed.is_some() || !contact.posts.is_empty();
                Some(yes(member.is_none() && is_there))
            }
            "listed_name" => match &contact.listed {
                Some(listed) => text(&listed.name),
                None => text(nothing(language)),
            },
            "listed_seat" => match &contact.listed {
                Some(listed) if listed.assembly > 0 => Some(self.seat(listed.assembly)),
                _ => text(nothing(language)),
            },
            "listed_booth" => match contact.listed.as_ref().and_then(|listed| listed.booth) {
                Some(booth) => Some(Value::Plain(i64::from(booth))),
                None => text(nothing(language)),
            },
            "my_posts" => {
                let names = contact
                    .posts
                    .iter()
                    .map(|code| post(code).map_or(code.as_str(), |post| post.name(language)));
                let names: Vec<&str> = names.collect();
                if names.is_empty() {
                    return text(nothing(language));
                }
                Some(Value::Text(Cow::Owned(join_and(&names, language))))
            }
            "my_code" => Some(Value::Text(Cow::Owned(referral_code(&member?.number)))),
            "my_link" => {
                let code = referral_code(&member?.number);
                Some(Value::Text(Cow::Owned(run.flows.referral_link(&code))))
            }
            "my_count" => Some(Value::Number(i64::from(contact.brought))),
            "ticket" => text(run.session.ticket.as_deref()?),
            "phone_known" => Some(yes(contact.has_phone)),
            "consent_samvad" => Some(yes(contact.consents_to(Purpose::Samvad))),
            "consent_membership" => Some(yes(contact.consents_to(Purpose::Membership))),
            "language_name" => text(own_name(contact.language)),
            "channel" => text(run.turn.rendering.name()),
            _ => run.of_the_poll(name).map(|words| Value::Text(Cow::Owned(words))),
        }
    }
}
