//! What a person sent, read as the answer to the open question.

use std::borrow::Cow;

use jiff::civil::Date;

use super::definition::{Answer, Ask, Many};
use super::load::Flows;
use super::session::{Given, Sent, SentKind};
use crate::contact::{Language, PhoneNumber};
use crate::locale::{Value, join_and};
use crate::message::{InboundContent, MediaKind};
use crate::understanding::{self, ChoiceWords, Kind, Meaning, Reading};

/// What was made of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    Answer(Given),
    /// Best first, at most three.
    Unsure(Vec<Given>),
    Nothing,
}

/// What reading needs besides the words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// The calendar day in India.
    pub(super) today: Date,
    /// The district's code, where the seat is asked within one.
    pub(super) district: Option<&'a str>,
    /// A numbered list of places was shown with the question.
    pub(super) offered: bool,
    /// The choices this person sees by their place in the list, in the order they are shown in;
    /// `None`: all, as they are written.
    pub(super) order: Option<&'a [usize]>,
}

/// Reads words as the answer.
pub(super) fn read(flows: &Flows, ask: &Ask, text: &str, around: Around<'_>) -> Heard {
    let geography = &flows.geography;
    let kind = match &ask.answer {
        Answer::OneOf(choices) => {
            return choice(flows, &choices.words, text, around.order);
        }
        Answer::YesNo(choices) => match understanding::read(Kind::YesNo, text, geography) {
            Reading::None => return choice(flows, &choices.words, text, None),
            reading => return heard(flows, reading, &choices.words),
        },
        Answer::AnyOf(many) | Answer::Ranked(many) => {
            return several(flows, ask, many, text, around.order);
        }
        Answer::Number { from, to } => Kind::Number { from: *from, to: *to },
        Answer::Booth { to } => Kind::Number { from: 1, to: *to },
        Answer::Year { .. } => Kind::BirthYear { now_year: i64::from(around.today.year()) },
        Answer::Age { .. } => Kind::Age { today: around.today },
        Answer::Date { from, to } => Kind::Date {
            today: around.today,
            from: from.map(|bound| bound.day(around.today)),
            to: to.map(|bound| bound.day(around.today)),
        },
        Answer::Message(kinds) => {
            let reading = understanding::read(Kind::Text, text, geography);
            return match heard(flows, reading, &[]) {
                Heard::Answer(Given::Text(value)) if kinds.contains(&SentKind::Text) => {
                    let kind = SentKind::Text;
                    Heard::Answer(Given::Message(Sent {
                        kind,
                        value,
                        mime_type: None,
                        caption: None,
                    }))
                }
                _ => Heard::Nothing,
            };
        }
        Answer::Text => Kind::Text,
        Answer::PersonName => Kind::PersonName,
        Answer::Phone | Answer::OwnPhone => Kind::Phone,
        Answer::District => Kind::District,
        Answer::Assembly { .. } => Kind::Assembly { district: around.district },
        Answer::LokSabha => Kind::LokSabha,
        Answer::Pattern(regex) => {
            let trimmed = text.trim();
            if regex.is_match(trimmed) {
                return Heard::Answer(Given::Text(trimmed.to_owned()));
            }
            return Heard::Nothing;
        }
        Answer::Location
        | Answer::Photo
        | Answer::Voice
        | Answer::File
        // Only the poll knows how it is read.
        | Answer::Ballot(_) => return Heard::Nothing,
    };
    let reading = heard(flows, understanding::read(kind, text, geography), &[]);
    if reading != Heard::Nothing || !around.offered || !matches!(ask.answer, Answer::District) {
        return reading;
    }
    // A numbered list of districts was shown: its numbers count.
    let count = i64::try_from(geography.districts.len()).unwrap_or(i64::MAX);
    let number = understanding::read(Kind::Number { from: 1, to: count }, text, geography);
    let Reading::Sure(Meaning::Number(number)) = number else { return Heard::Nothing };
    let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
    match geography.districts.get(index) {
        Some(district) => Heard::Answer(Given::Text(district.code.clone())),
        None => Heard::Nothing,
    }
}

/// The words of the choices this person sees, in the order shown.
fn shown_words<'w>(words: &'w [ChoiceWords], order: Option<&[usize]>) -> Cow<'w, [ChoiceWords]> {
    match order {
        Some(order) => order.iter().filter_map(|place| words.get(*place)).cloned().collect(),
        None => Cow::Borrowed(words),
    }
}

/// Reads words as several of the choices this person sees.
fn several(flows: &Flows, ask: &Ask, many: &Many, text: &str, order: Option<&[usize]>) -> Heard {
    let seen = shown_words(&many.choices.words, order);
    let ranked = matches!(ask.answer, Answer::Ranked(_));
    let kind = if ranked { Kind::Ranked(&seen) } else { Kind::AnyOf(&seen) };
    let (least, most) = (many.at_least.min(seen.len()), many.at_most.min(seen.len()));
    let mut cut = false;
    let mut fitting = |meaning: Meaning| {
        let Meaning::Choices(mut places) = meaning else { return None };
        if ranked && places.len() > most {
            // More than were asked for: the first of them, if the person agrees.
            places.truncate(most);
            cut = true;
        }
        let named: Vec<&str> = places
            .iter()
            .filter_map(|place| seen.get(*place))
            .map(|choice| choice.id.as_str())
            .collect();
        if named.is_empty() && least > 0 && ask.optional {
            return Some(Given::Skipped);
        }
        if !(least..=most).contains(&named.len()) {
            return None;
        }
        let ids = if ranked {
            named.iter().map(|id| (*id).to_owned()).collect()
        } else {
            // Kept as they are written, in whatever order they were shown.
            let written = many.choices.list.iter().map(|choice| choice.id.as_str());
            written.filter(|id| named.contains(id)).map(str::to_owned).collect()
        };
        Some(Given::List(ids))
    };
    match understanding::read(kind, text, &flows.geography) {
        Reading::None => Heard::Nothing,
        Reading::Sure(meaning) => match fitting(meaning) {
            Some(given) if cut => Heard::Unsure(vec![given]),
            Some(given) => Heard::Answer(given),
            None => Heard::Nothing,
        },
        Reading::Unsure(meanings) | Reading::Tie(meanings) => {
            let offered: Vec<Given> = meanings.into_iter().filter_map(fitting).collect();
            if offered.is_empty() { Heard::Nothing } else { Heard::Unsure(offered) }
        }
    }
}

/// Reads words as one of the choices this person sees.
pub(super) fn choice<'w>(
    flows: &Flows,
    words: &'w [ChoiceWords],
    text: &str,
    order: Option<&[usize]>,
) -> Heard {
    let seen: Cow<'w, [ChoiceWords]> = shown_words(words, order);
    heard(flows, understanding::read(Kind::OneOf(&seen), text, &flows.geography), &seen)
}

fn heard(flows: &Flows, reading: Reading, choices: &[ChoiceWords]) -> Heard {
    match reading {
        Reading::None => Heard::Nothing,
        Reading::Sure(meaning) => {
            given(flows, meaning, choices).map_or(Heard::Nothing, Heard::Answer)
        }
        Reading::Unsure(meanings) | Reading::Tie(meanings) => {
            let mut candidates: Vec<Given> = Vec::new();
            for candidate in meanings.into_iter().filter_map(|one| given(flows, one, choices)) {
                if candidates.len() < 3 && !candidates.contains(&candidate) {
                    candidates.push(candidate);
                }
            }
            if candidates.is_empty() { Heard::Nothing } else { Heard::Unsure(candidates) }
        }
    }
}

/// The form in which a meaning is kept.
fn given(flows: &Flows, meaning: Meaning, choices: &[ChoiceWords]) -> Option<Given> {
    let geography = &flows.geography;
    Some(match meaning {
        Meaning::YesNo(yes) => Given::Text(if yes { "yes" } else { "no" }.to_owned()),
        Meaning::Choice(index) => Given::Text(choices.get(index)?.id.clone()),
        Meaning::Choices(places) => {
            let ids = places.iter().filter_map(|place| choices.get(*place));
            Given::List(ids.map(|choice| choice.id.clone()).collect())
        }
        Meaning::Date(day) => Given::Text(day.to_string()),
        Meaning::Number(number) => Given::Number(number),
        Meaning::Name(text) | Meaning::Text(text) => Given::Text(text),
        Meaning::Gender(_) | Meaning::Command(_) => return None,
        Meaning::Phone(number) => Given::Text(number.digits().to_owned()),
        Meaning::District(index) => Given::Text(geography.districts.get(index)?.code.clone()),
        Meaning::Assembly(index) => {
            Given::Number(i64::from(geography.assemblies.get(index)?.number))
        }
        Meaning::LokSabha(index) => {
            Given::Number(i64::from(geography.lok_sabha.get(index)?.number))
        }
    })
}

/// Reads what is no words (a photo, a position, a contact card) as the answer; `None` when the
/// content is none the question takes.
pub(super) fn read_content(ask: &Ask, content: &InboundContent) -> Option<Given> {
    match (&ask.answer, content) {
        (Answer::Location, InboundContent::Location { .. }) => {
            sent(content, &[SentKind::Location]).map(|sent| Given::Text(sent.value))
        }
        (Answer::Photo, InboundContent::Media { .. }) => {
            sent(content, &[SentKind::Photo]).map(|sent| Given::Text(sent.value))
        }
        (Answer::Voice, InboundContent::Media { .. }) => {
            sent(content, &[SentKind::Voice]).map(|sent| Given::Text(sent.value))
        }
        (Answer::File, InboundContent::Media { .. }) => {
            sent(content, &[SentKind::File]).map(|sent| Given::Text(sent.value))
        }
        (Answer::Message(kinds), content) => sent(content, kinds).map(Given::Message),
        // Somebody else's card is no answer to what one's own number is.
        (Answer::Phone, InboundContent::Contacts { phones, .. })
        | (Answer::OwnPhone, InboundContent::Contacts { phones, requested: true }) => phones
            .iter()
            .find_map(|phone| PhoneNumber::parse(phone).ok())
            .map(|number| Given::Text(number.digits().to_owned())),
        _ => None,
    }
}

/// What was sent as one of these kinds: the first that fits it best. A picture or a recording sent
/// as a document is what its MIME type says; a sticker is nothing.
fn sent(content: &InboundContent, kinds: &[SentKind]) -> Option<Sent> {
    match content {
        InboundContent::Location { latitude, longitude, .. } => {
            let value = format!("{latitude:.6},{longitude:.6}");
            let sent = Sent { kind: SentKind::Location, value, mime_type: None, caption: None };
            kinds.contains(&SentKind::Location).then_some(sent)
        }
        InboundContent::Media { kind, id, mime_type, caption, .. } => {
            let is = |family: &str| {
                mime_type
                    .split_once('/')
                    .is_some_and(|(known, _)| known.eq_ignore_ascii_case(family))
            };
            let own = match kind {
                MediaKind::Sticker => return None,
                MediaKind::Image => SentKind::Photo,
                MediaKind::Video => SentKind::Video,
                MediaKind::Audio => SentKind::Voice,
                MediaKind::Document if is("image") => SentKind::Photo,
                MediaKind::Document if is("video") => SentKind::Video,
                MediaKind::Document if is("audio") => SentKind::Voice,
                MediaKind::Document => SentKind::File,
            };
            // Whatever it is, it is a file, but a voice note is spoken, not filed.
            let spoken = *kind == MediaKind::Audio;
            let fits = [own, SentKind::File]
                .into_iter()
                .filter(|kind| !(spoken && *kind == SentKind::File))
                .find(|kind| kinds.contains(kind))?;
            Some(Sent {
                kind: fits,
                value: id.clone(),
                mime_type: Some(mime_type.clone()).filter(|mime| !mime.is_empty()),
                caption: caption.clone().filter(|words| !words.trim().is_empty()),
            })
        }
        _ => None,
    }
}

/// A tapped id as the answer; `None` when it is none of the question's (any more).
pub(super) fn tapped(
    flows: &Flows,
    ask: &Ask,
    id: &str,
    visible: Option<&[bool]>,
    district: Option<&str>,
) -> Option<Given> {
    match &ask.answer {
        Answer::OneOf(choices) | Answer::YesNo(choices) => {
            let index = choices.list.iter().position(|choice| choice.id == id)?;
            let seen = visible.is_none_or(|visible| visible.get(index) == Some(&true));
            seen.then(|| Given::Text(id.to_owned()))
        }
        Answer::District => flows.geography.district(id).map(|_| Given::Text(id.to_owned())),
        Answer::Assembly { .. } => {
            let number = id.parse().ok()?;
            let seat = flows.geography.assembly(number)?;
            // A list of another district may still be on the screen.
            let fits = district.is_none_or(|code| seat.district_code == code);
            fits.then(|| Given::Number(i64::from(number)))
        }
        Answer::LokSabha => {
            let number: u16 = id.parse().ok()?;
            let known = flows.geography.lok_sabha.iter().any(|seat| seat.number == number);
            known.then(|| Given::Number(i64::from(number)))
        }
        _ => None,
    }
}

/// An answer as a text shows it: a place by its name, a choice by its label.
pub(super) fn shown<'a>(
    flows: &'a Flows,
    answer: Option<&'a Answer>,
    given: &'a Given,
    language: Language,
) -> Value<'a> {
    let geography = &flows.geography;
    match (answer, given) {
        (_, Given::Skipped) => Value::Text(Cow::Borrowed(nothing(language))),
        (Some(Answer::OneOf(choices) | Answer::YesNo(choices)), Given::Text(id)) => {
            let label = choices.list.iter().find(|choice| choice.id == *id);
            Value::Text(Cow::Borrowed(label.map_or(id, |choice| choice.label.get(language))))
        }
        (Some(Answer::AnyOf(many) | Answer::Ranked(many)), Given::List(ids)) => {
            let labels: Vec<&str> = ids
                .iter()
                .map(|id| {
                    let choice = many.choices.list.iter().find(|choice| choice.id == *id);
                    choice.map_or(id.as_str(), |choice| choice.label.get(language))
                })
                .collect();
            Value::Text(match (labels.as_slice(), answer) {
                ([], _) => Cow::Borrowed(flows.common.none.get(language)),
                ([one], _) => Cow::Owned((*one).to_owned()),
                (_, Some(Answer::AnyOf(_))) => Cow::Owned(join_and(&labels, language)),
                _ => Cow::Owned(labels.join(if language == Language::Ur { "، " } else { ", " })),
            })
        }
        (Some(Answer::Date { .. }), Given::Text(day)) => match day.parse() {
            Ok(day) => Value::Date(day),
            Err(_) => Value::Text(Cow::Borrowed(day)),
        },
        (Some(Answer::Booth { .. } | Answer::Age { .. }), Given::Number(number)) => {
            Value::Plain(*number)
        }
        // A medium has no words of its own; a text shows what it is.
        (Some(Answer::Photo), Given::Text(_)) => sent_name(flows, SentKind::Photo, language),
        (Some(Answer::Voice), Given::Text(_)) => sent_name(flows, SentKind::Voice, language),
        (Some(Answer::File), Given::Text(_)) => sent_name(flows, SentKind::File, language),
        (_, Given::Message(sent)) => match (sent.kind, &sent.caption) {
            (SentKind::Text, _) => Value::Text(Cow::Borrowed(&sent.value)),
            (_, Some(caption)) => Value::Text(Cow::Borrowed(caption)),
            (kind, None) => sent_name(flows, kind, language),
        },
        (_, Given::List(ids)) => Value::Text(Cow::Owned(ids.join(", "))),
        (Some(Answer::District), Given::Text(code)) => {
            let name = geography.district(code).map(|district| district.name(language));
            Value::Text(Cow::Borrowed(name.unwrap_or(code)))
        }
        (Some(Answer::Assembly { .. }), Given::Number(number)) => {
            seat_name(flows, *number, language).map_or(Value::Plain(*number), Value::Text)
        }
        (Some(Answer::LokSabha), Given::Number(number)) => {
            let seat = geography.lok_sabha.iter().find(|seat| i64::from(seat.number) == *number);
            seat.map_or(Value::Plain(*number), |seat| {
                Value::Text(Cow::Borrowed(seat.name(language)))
            })
        }
        (Some(Answer::Year { .. }), Given::Number(year)) => Value::Plain(*year),
        (_, Given::Number(number)) => Value::Number(*number),
        (_, Given::Text(text)) => Value::Text(Cow::Borrowed(text)),
    }
}

/// What stands in a text for what nobody said. One long dash would make an English SMS of 160 letters
/// one of 70.
pub(super) const fn nothing(language: Language) -> &'static str {
    match language {
        Language::En => "-",
        Language::Hi | Language::Ur => "—",
    }
}

/// "फोटो", "आवाज़ का संदेश".
fn sent_name(flows: &Flows, kind: SentKind, language: Language) -> Value<'_> {
    Value::Text(Cow::Borrowed(flows.common.sent(kind).get(language)))
}

/// The name of an assembly seat.
pub(super) fn seat_name(flows: &Flows, number: i64, language: Language) -> Option<Cow<'_, str>> {
    let seat = flows.geography.assembly(u16::try_from(number).ok()?)?;
    Some(Cow::Borrowed(seat.name(language)))
}
