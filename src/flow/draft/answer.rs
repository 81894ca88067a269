//! What a question takes, as it was written.

use super::{AnswerDraft, ChoiceDraft};
use super::{flag, get, identifier, integer, known_keys, map, start_of, word};
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(super) const ANSWERS: [&str; 16] = [
    "one_of",
    "yes_no",
    "number",
    "year",
    "age",
    "text",
    "person_name",
    "phone",
    "district",
    "assembly",
    "lok_sabha",
    "pattern",
    "location",
    "photo",
    "voice",
    "file",
];
const LATER_ANSWERS: [&str; 4] = ["any_of", "date", "booth", "ranked"];

pub(in crate::flow) fn answer(node: &Node, findings: &mut Findings<'_>) -> Option<AnswerDraft> {
    let (kind, details) = match &node.kind {
        Kind::Word(text) => (Word { text: text.clone(), place: node.place }, None),
        Kind::Map(entries) => {
            if let [(key, value)] = entries.as_slice() {
                (key.clone(), Some(value))
            } else {
                findings.error_hint(
                    start_of(node),
                    "an answer is of one kind",
                    "for instance {number: {from: 1, to: 800}}",
                );
                return None;
            }
        }
        _ => {
            findings.error_hint(
                start_of(node),
                format!("an answer is a word or one key, this is {}", node.what()),
                "for instance `person_name`, or {one_of: [yes, no]}",
            );
            return None;
        }
    };
    if LATER_ANSWERS.contains(&kind.text.as_str()) {
        findings.error_hint(
            kind.place,
            format!("the answer `{}` comes with a later version", kind.text),
            format!("what works today: {}", ANSWERS.join(", ")),
        );
        return None;
    }
    if !ANSWERS.contains(&kind.text.as_str()) {
        findings.error_hint(
            kind.place,
            format!("there is no answer `{}`", kind.text),
            one_of_these(&kind.text, ANSWERS),
        );
        return None;
    }
    match (kind.text.as_str(), details) {
        ("one_of", Some(list)) => one_of(list, findings).map(AnswerDraft::OneOf),
        ("number", Some(details)) => {
            let entries = map(details, "`number`", findings)?;
            known_keys(entries, &["from", "to"], findings);
            let from = match get(entries, "from") {
                Some(node) => integer(node, findings)?,
                None => 0,
            };
            let to = match get(entries, "to") {
                Some(node) => integer(node, findings)?,
                None => 1_000_000_000,
            };
            if from > to {
                findings.error_hint(
                    start_of(details),
                    format!("no number is from {from} to {to}"),
                    "the smaller bound stands under `from`",
                );
            }
            Some(AnswerDraft::Number { from, to })
        }
        ("number", None) => Some(AnswerDraft::Number { from: 0, to: 1_000_000_000 }),
        ("age", None) => Some(AnswerDraft::Number { from: 1, to: 110 }),
        ("year", None) => Some(AnswerDraft::Year { adult: false }),
        ("year", Some(details)) => {
            let entries = map(details, "`year`", findings)?;
            known_keys(entries, &["adult"], findings);
            let adult = match get(entries, "adult") {
                Some(node) => flag(node, "adult", findings)?,
                None => false,
            };
            Some(AnswerDraft::Year { adult })
        }
        ("assembly", None) => Some(AnswerDraft::Assembly { district: None }),
        ("assembly", Some(details)) => {
            let entries = map(details, "`assembly`", findings)?;
            known_keys(entries, &["in"], findings);
            let district = get(entries, "in").and_then(|node| word(node, "`in`", findings));
            Some(AnswerDraft::Assembly { district })
        }
        ("pattern", Some(details)) => {
            word(details, "`pattern`", findings).map(AnswerDraft::Pattern)
        }
        ("yes_no", None) => Some(AnswerDraft::YesNo(kind.place)),
        ("one_of", None) => {
            findings.error_hint(
                kind.place,
                "`one_of` does not say of what",
                "write {one_of: [first, second]}",
            );
            None
        }
        ("pattern", None) => {
            findings.error_hint(
                kind.place,
                "`pattern` has no pattern",
                "write {pattern: '[A-Z]+'}",
            );
            None
        }
        (_, None) => Some(AnswerDraft::Plain(kind)),
        (_, Some(_)) => {
            findings.error_hint(
                kind.place,
                format!("`{}` takes no details", kind.text),
                format!("write `answer: {}`", kind.text),
            );
            None
        }
    }
}

fn one_of(node: &Node, findings: &mut Findings<'_>) -> Option<Vec<ChoiceDraft>> {
    let Kind::List(items) = &node.kind else {
        findings.error_hint(
            start_of(node),
            format!("`one_of` is a list, this is {}", node.what()),
            "write {one_of: [first, second]}",
        );
        return None;
    };
    let mut choices: Vec<ChoiceDraft> = Vec::new();
    for item in items {
        let (id, condition) = match &item.kind {
            Kind::Map(entries) => {
                known_keys(entries, &["id", "if"], findings);
                let Some(id) = get(entries, "id") else {
                    findings.error_hint(
                        start_of(item),
                        "the choice has no `id`",
                        "write {id: name, if: condition}",
                    );
                    return None;
                };
                let condition = match get(entries, "if") {
                    Some(node) => Some(word(node, "`if`", findings)?),
                    None => None,
                };
                (word(id, "a choice", findings)?, condition)
            }
            _ => (word(item, "a choice", findings)?, None),
        };
        identifier(&id, findings);
        if choices.iter().any(|known| known.id.text == id.text) {
            findings.error_hint(
                id.place,
                format!("the choice `{}` is there twice", id.text),
                "remove one",
            );
            continue;
        }
        choices.push(ChoiceDraft { id, condition });
    }
    if choices.is_empty() {
        findings.error_hint(node.place, "there is nothing to choose", "name at least one choice");
        return None;
    }
    Some(choices)
}
