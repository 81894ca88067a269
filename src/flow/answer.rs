//! What a person sent, read as the answer to the open question.

use std::borrow::Cow;

use super::definition::{Answer, Ask};
use super::load::Flows;
use super::session::Given;
use crate::contact::{Language, PhoneNumber};
use crate::locale::Value;
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
    /// The calendar year in India.
    pub(super) year: i64,
    /// The district's code, where the seat is asked within one.
    pub(super) district: Option<&'a str>,
    /// A numbered list of places was shown with the question.
    pub(super) offered: bool,
    /// For each choice whether this person sees it; `None`: all.
    pub(super) visible: Option<&'a [bool]>,
}

/// Reads words as the answer.
pub(super) fn read(flows: &Flows, ask: &Ask, text: &str, around: Around<'_>) -> Heard {
    let geography = &flows.geography;
    let kind = match &ask.answer {
        Answer::OneOf(choices) => {
            return choice(flows, &choices.words, text, around.visible);
        }
        Answer::YesNo(choices) => match understanding::read(Kind::YesNo, text, geography) {
            Reading::None => return choice(flows, &choices.words, text, None),
            reading => return heard(flows, reading, &choices.words),
        },
        Answer::Number { from, to } => Kind::Number { from: *from, to: *to },
        Answer::Year { .. } => Kind::BirthYear { now_year: around.year },
        Answer::Text => Kind::Text,
        Answer::PersonName => Kind::PersonName,
        Answer::Phone => Kind::Phone,
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
        Answer::Location | Answer::Photo | Answer::Voice | Answer::File => return Heard::Nothing,
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

/// Reads words as one of the choices this person sees.
pub(super) fn choice<'w>(
    flows: &Flows,
    words: &'w [ChoiceWords],
    text: &str,
    visible: Option<&[bool]>,
) -> Heard {
    let seen: Cow<'w, [ChoiceWords]> = match visible {
        Some(visible) if visible.contains(&false) => words
            .iter()
            .zip(visible)
            .filter(|(_, seen)| **seen)
            .map(|(words, _)| words.clone())
            .collect(),
        _ => Cow::Borrowed(words),
    };
    heard(flows, understanding::read(Kind::OneOf(&seen), text, &flows.geography), &seen)
}

fn heard(flows: &Flows, reading: Reading, choices: &[ChoiceWords]) -> Heard {
    match reading {
        Reading::None => Heard::Nothing,
        Reading::Sure(meaning) => {
            given(flows, meaning, choices).map_or(Heard::Nothing, Heard::Answer)
        }
        Reading::Unsure(meanings) => {
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
        Meaning::Number(number) => Given::Number(number),
        Meaning::Name(text) | Meaning::Text(text) => Given::Text(text),
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
        (Answer::Location, InboundContent::Location { latitude, longitude, .. }) => {
            Some(Given::Text(format!("{latitude:.6},{longitude:.6}")))
        }
        (Answer::Photo, InboundContent::Media { kind: MediaKind::Image, id, .. })
        | (Answer::Voice, InboundContent::Media { kind: MediaKind::Audio, id, .. })
        | (
            Answer::File,
            InboundContent::Media {
                kind: MediaKind::Document | MediaKind::Image | MediaKind::Video,
                id,
                ..
            },
        ) => Some(Given::Text(id.clone())),
        (Answer::Phone, InboundContent::Contacts { phones, .. }) => phones
            .iter()
            .find_map(|phone| PhoneNumber::parse(phone).ok())
            .map(|number| Given::Text(number.digits().to_owned())),
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
        (_, Given::Skipped) => Value::Text(Cow::Borrowed("-")),
        (Some(Answer::OneOf(choices) | Answer::YesNo(choices)), Given::Text(id)) => {
            let label = choices.list.iter().find(|choice| choice.id == *id);
            Value::Text(Cow::Borrowed(label.map_or(id, |choice| choice.label.get(language))))
        }
        (Some(Answer::District), Given::Text(code)) => {
            let name = geography.district(code).map(|district| match language {
                Language::En => district.name_en.as_str(),
                Language::Hi | Language::Ur => district.name_hi.as_str(),
            });
            Value::Text(Cow::Borrowed(name.unwrap_or(code)))
        }
        (Some(Answer::Assembly { .. }), Given::Number(number)) => {
            seat_name(flows, *number, language).map_or(Value::Plain(*number), Value::Text)
        }
        (Some(Answer::LokSabha), Given::Number(number)) => {
            let seat = geography.lok_sabha.iter().find(|seat| i64::from(seat.number) == *number);
            seat.map_or(Value::Plain(*number), |seat| {
                Value::Text(Cow::Borrowed(match language {
                    Language::En => &seat.name_en,
                    Language::Hi | Language::Ur => &seat.name_hi,
                }))
            })
        }
        (Some(Answer::Year { .. }), Given::Number(year)) => Value::Plain(*year),
        (_, Given::Number(number)) => Value::Number(*number),
        (_, Given::Text(text)) => Value::Text(Cow::Borrowed(text)),
    }
}

/// The name of an assembly seat.
pub(super) fn seat_name(flows: &Flows, number: i64, language: Language) -> Option<Cow<'_, str>> {
    let seat = flows.geography.assembly(u16::try_from(number).ok()?)?;
    Some(Cow::Borrowed(match language {
        Language::En => &seat.name_en,
        Language::Hi | Language::Ur => &seat.name_hi,
    }))
}
