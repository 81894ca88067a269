//! The person a rehearsal begins with.

use jiff::Timestamp;

use super::MEMBER;
use crate::calendar::Calendar;
use crate::contact::{ConsentNow, Contact, Language, Member};
use crate::flow::Rendering;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::draft::{get, integer, known_keys, map, word};
use crate::flow::load::Flows;
use crate::flow::yaml::{Kind as YamlKind, Node, Word};
use crate::gate::Rules;
use crate::membership::member_number;
use crate::message::Purpose;
use crate::understanding::{self, Kind, Meaning, Reading};

pub(super) fn rendering(
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<Rendering> {
    let Some(node) = get(entries, "channel") else { return Some(Rendering::Whatsapp) };
    let channel = word(node, "`channel`", findings)?;
    match channel.text.as_str() {
        "whatsapp" => Some(Rendering::Whatsapp),
        "sms" => Some(Rendering::Sms),
        other => {
            findings.error_hint(
                channel.place,
                format!("there is no channel `{other}`"),
                one_of_these(other, ["whatsapp", "sms"]),
            );
            None
        }
    }
}

/// The person before the first word.
pub(super) fn person(
    flows: &Flows,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<Contact> {
    let mut contact = Contact { id: 1, has_phone: true, ..Contact::default() };
    let since = crate::clock::from_ms(1_767_225_600_000);
    if let Some(node) = get(entries, "lang") {
        contact.language = language(&word(node, "`lang`", findings)?, findings)?;
        contact.language_chosen = true;
    }
    if let Some(node) = get(entries, "phone") {
        contact.has_phone = word(node, "`phone`", findings)?.text != "false";
    }
    if let Some(node) = get(entries, "brought") {
        contact.brought = u32::try_from(integer(node, findings)?).unwrap_or(0);
    }
    if let Some(node) = get(entries, "posts") {
        let YamlKind::List(items) = &node.kind else {
            findings.error_hint(node.place, "`posts` is a list", "posts: [booth_president]");
            return None;
        };
        contact.posts = items.iter().filter_map(Node::word).map(|word| word.text).collect();
    }
    if let Some(node) = get(entries, "consents") {
        for (name, value) in map(node, "`consents`", findings)? {
            let purpose = purpose(name, findings)?;
            let given = word(value, "a consent", findings)?.text == "true";
            contact.consents.push(ConsentNow { purpose, given, at: since, only: None });
        }
        contact.consents.sort_by_key(|known| known.purpose);
    }
    if let Some(node) = get(entries, "member") {
        let details = map(node, "`member`", findings)?;
        known_keys(details, &MEMBER, findings);
        let text = |key: &str| get(details, key).and_then(Node::word);
        let district = match text("district") {
            Some(word) => district_code(flows, &word, findings)?,
            None => String::new(),
        };
        let number = |key: &str| text(key).and_then(|word| word.text.parse().ok());
        contact.membership = Some(Member {
            number: text("number").map_or_else(|| member_number(9), |word| word.text),
            name: text("name").map_or_else(|| "सुनीता देवी".to_owned(), |word| word.text),
            district,
            assembly: number("seat").unwrap_or(0),
            booth: number("booth"),
            since,
            ends: text("until").and_then(|word| end_of_day(&word.text)),
        });
    }
    Some(contact)
}

/// The calendar of elections the rehearsal plays under, written as in `calendar.toml`.
pub(super) fn rules(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<Rules> {
    let Some(node) = get(entries, "calendar") else { return Some(Rules::default()) };
    let written = word(node, "`calendar`", findings)?;
    match Calendar::read(&written.text) {
        Ok(calendar) => Some(Rules { calendar, ..Rules::default() }),
        Err(errors) => {
            for error in errors {
                findings.error_hint(
                    written.place,
                    error.to_string(),
                    "write it as in calendar.toml, behind `calendar: |`",
                );
            }
            None
        }
    }
}

fn language(word: &Word, findings: &mut Findings<'_>) -> Option<Language> {
    let found = Language::from_code(&word.text);
    if found.is_none() {
        findings.error_hint(
            word.place,
            format!("there is no language `{}`", word.text),
            one_of_these(&word.text, Language::ALL.map(Language::code)),
        );
    }
    found
}

pub(super) fn purpose(word: &Word, findings: &mut Findings<'_>) -> Option<Purpose> {
    let found = Purpose::ALL.into_iter().find(|purpose| purpose.name() == word.text);
    if found.is_none() {
        findings.error_hint(
            word.place,
            format!("there is no purpose `{}`", word.text),
            one_of_these(&word.text, Purpose::ALL.map(Purpose::name)),
        );
    }
    found
}

/// The last second of a day of India (`2026-12-31`).
fn end_of_day(day: &str) -> Option<Timestamp> {
    format!("{day}T23:59:59+05:30").parse().ok()
}

/// A district by code or by any spelling of its name.
pub(super) fn district_code(
    flows: &Flows,
    word: &Word,
    findings: &mut Findings<'_>,
) -> Option<String> {
    let geography = &flows.geography;
    if geography.district(&word.text).is_some() {
        return Some(word.text.clone());
    }
    if let Reading::Sure(Meaning::District(index)) =
        understanding::read(Kind::District, &word.text, geography)
        && let Some(district) = geography.districts.get(index)
    {
        return Some(district.code.clone());
    }
    findings.error(word.place, format!("there is no district `{}`", word.text));
    None
}
