//! What a question takes, as it was written.

mod choices;
mod days;
mod forms;

use self::choices::{choices, many};
use self::days::date;
pub(super) use self::forms::answer_names;
pub(in crate::flow) use self::forms::{ANSWERS, AnswerForm, CHOICE_KEYS, Details, Takes};
use super::read::{belongs_to_the_step, digits, home, key_hint, map_like};
use super::{AnswerDraft, BallotDraft};
use super::{flag, get, integer, known_keys, start_of, word, words};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::polling::Part;
use crate::flow::session::SentKind;
use crate::flow::yaml::{Kind, Node, Word};
use crate::geography::LAST_BOOTH;

pub(in crate::flow) fn answer(node: &Node, findings: &mut Findings<'_>) -> Option<AnswerDraft> {
    let (kind, details, beside) = parts(node, findings)?;
    let Some(form) = ANSWERS.iter().find(|form| form.name == kind.text) else {
        findings.error_hint(
            kind.place,
            format!("there is no answer `{}`", kind.text),
            one_of_these(&kind.text, answer_names()),
        );
        return None;
    };
    let counts: Vec<&str> = form.beside.iter().map(|(key, _)| *key).collect();
    for (key, node) in &beside {
        let lone = matches!(node.kind, Kind::Empty) && matches!(form.details, Details::Choices);
        if lone && !counts.contains(&key.text.as_str()) {
            let lone = beside.iter().filter(|(_, node)| matches!(node.kind, Kind::Empty));
            let first = details.and_then(Node::word).map(|word| word.text);
            let all: Vec<String> = first
                .into_iter()
                .chain(lone.map(|(key, _)| key.text.clone()))
                .map(|word| word.trim_matches(['(', ')', ' ']).to_owned())
                .collect();
            findings
                .error_hint(
                    key.place,
                    format!("`{}` is a list, and this stands beside it", form.name),
                    format!(
                        "put square brackets around the choices: {{{}: [{}]}}",
                        form.name,
                        all.join(", ")
                    ),
                )
                .code(Code::WrongType);
            return None;
        }
        if belongs_to_the_step(key) {
            findings
                .error_hint(
                    key.place,
                    format!("`{}` stands inside the answer", key.text),
                    home(key, node).unwrap_or_default(),
                )
                .code(Code::UnknownKey);
            continue;
        }
        if counts.is_empty() {
            findings.error_hint(
                key.place,
                format!("`{}` cannot stand beside `{}`", key.text, form.name),
                "an answer is of one kind, for instance {number: {from: 1, to: 800}}",
            );
            return None;
        }
        if !counts.contains(&key.text.as_str()) {
            findings.error_hint(
                key.place,
                format!("the key `{}` is not known here", key.text),
                key_hint(key, node, &counts),
            );
        }
    }
    let Some(details) = details else {
        if !form.bare {
            findings.error_hint(
                kind.place,
                format!("`{}` does not say of what", kind.text),
                format!("write {}", example(&kind.text)),
            );
            return None;
        }
        return Some(bare_answer(kind));
    };
    let entries = match form.details {
        Details::Nothing => {
            findings.error_hint(
                kind.place,
                format!("`{}` takes no details", kind.text),
                format!("write `answer: {}`", kind.text),
            );
            return None;
        }
        Details::Choices => {
            let choices = choices(&kind, details, findings)?;
            return match kind.text.as_str() {
                "one_of" => Some(AnswerDraft::OneOf(choices)),
                "any_of" => many(&kind, choices, &beside, findings).map(AnswerDraft::AnyOf),
                _ => many(&kind, choices, &beside, findings).map(AnswerDraft::Ranked),
            };
        }
        Details::Pattern => return word(details, "`pattern`", findings).map(AnswerDraft::Pattern),
        Details::Kinds => return message(details, findings),
        Details::Part => return ballot(&kind, details, &beside, findings),
        Details::Keys(keys) => {
            let entries = map_like(
                details,
                &format!("`{}`", kind.text),
                &details_like(&kind.text, details),
                findings,
            )?;
            let keys: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
            let numbers = |(key, node): &(Word, Node)| {
                matches!(node.kind, Kind::Empty) && digits(&key.text).is_some()
            };
            if !entries.is_empty() && entries.iter().all(numbers) {
                let items = entries
                    .iter()
                    .map(|(key, _)| Node { kind: Kind::Word(key.text.clone()), place: key.place });
                let list = Node { kind: Kind::List(items.collect()), place: details.place };
                findings
                    .error_hint(
                        start_of(details),
                        format!("`{}` does not say which number is which", kind.text),
                        format!("write {}", details_like(&kind.text, &list)),
                    )
                    .code(Code::MissingKey);
                return None;
            }
            if bounds_it_does_not_take(&kind, entries, &keys, findings) {
                return None;
            }
            known_keys(entries, &keys, findings);
            entries
        }
    };
    match kind.text.as_str() {
        "number" => number(details, entries, findings),
        "year" => Some(AnswerDraft::Year { adult: adult(entries, findings)? }),
        "age" => Some(AnswerDraft::Age { adult: adult(entries, findings)? }),
        "date" => date(details, entries, findings),
        "booth" => {
            let to = match get(entries, "to") {
                Some(node) => integer(node, findings)?,
                None => LAST_BOOTH,
            };
            if to < 1 {
                findings.error_hint(
                    start_of(details),
                    "no booth is within this",
                    "booths begin with 1",
                );
            }
            Some(AnswerDraft::Booth { to })
        }
        _ => {
            let district = get(entries, "in").and_then(|node| word(node, "`in`", findings));
            Some(AnswerDraft::Assembly { district })
        }
    }
}

/// `{age: {from: 18, to: 60}}`: bounds where there are none. Whether it is so, which is told once.
fn bounds_it_does_not_take(
    kind: &Word,
    entries: &[(Word, Node)],
    keys: &[&str],
    findings: &mut Findings<'_>,
) -> bool {
    const LOWER: [&str; 6] = ["from", "min", "minimum", "at_least", "above", "over"];
    const UPPER: [&str; 6] = ["to", "max", "maximum", "at_most", "below", "under"];
    let of = |names: [&str; 6]| {
        entries.iter().find(|(key, _)| {
            names.contains(&key.text.as_str()) && !keys.contains(&key.text.as_str())
        })
    };
    let (lower, upper) = (of(LOWER), of(UPPER));
    let Some((first, _)) = lower.or(upper) else { return false };
    let number = |bound: Option<&(Word, Node)>| {
        let word = bound.and_then(|(_, node)| node.word())?;
        digits(&word.text)
    };
    let both = match (number(lower), number(upper)) {
        (Some(from), Some(to)) => format!("from: {from}, to: {to}"),
        (Some(from), None) => format!("from: {from}"),
        (None, Some(to)) => format!("to: {to}"),
        (None, None) => "from: 18, to: 60".to_owned(),
    };
    let (message, hint) = match kind.text.as_str() {
        "age" if upper.is_none() && number(lower).as_deref() == Some("18") => (
            "`age` has no bounds but one: of age, or not".to_owned(),
            "write {age: {adult: true}}; who is younger goes the way `minor`".to_owned(),
        ),
        "age" | "year" => (
            format!("`{}` has no bounds", kind.text),
            format!(
                "it takes `adult: true`, for 18 years and more; for other bounds write \
                 {{number: {{{both}}}}}, or an `if` on the answer behind the question"
            ),
        ),
        "booth" => {
            let to = get(entries, "to").and_then(Node::word).or(upper.and_then(|(_, n)| n.word()));
            let to = to.map_or_else(|| "400".to_owned(), |word| word.text);
            (
                "booths are counted from 1, and `booth` takes only the last one".to_owned(),
                format!("write {{booth: {{to: {to}}}}}"),
            )
        }
        _ => return false,
    };
    findings.error_hint(first.place, message, hint).code(Code::UnknownKey);
    true
}

/// The name of an answer, what stands under it, and the keys beside it.
type Parts<'a> = (Word, Option<&'a Node>, Vec<&'a (Word, Node)>);

fn parts<'a>(node: &'a Node, findings: &mut Findings<'_>) -> Option<Parts<'a>> {
    match &node.kind {
        Kind::Word(text) => {
            let (first, rest) = text.split_once([' ', '[', '{', '(', '=']).unwrap_or((text, ""));
            if !rest.is_empty() && answer_names().any(|name| name == first) {
                let inner = rest.trim_matches(['[', ']', '(', ')', '{', '}', '=', ' ']);
                let form = ANSWERS.iter().find(|form| form.name == first);
                let hint = match form.map(|form| form.details) {
                    Some(Details::Choices | Details::Kinds) => {
                        format!("write {{{first}: [{inner}]}}")
                    }
                    _ => format!("write {}", details_like(first, node)),
                };
                findings
                    .error_hint(node.place, format!("there is no colon after `{first}`"), hint)
                    .code(Code::MissingColon);
                return None;
            }
            Some((Word { text: text.clone(), place: node.place }, None, Vec::new()))
        }
        Kind::Map(entries) => {
            let known = |key: &Word| answer_names().any(|name| name == key.text);
            let named = entries.iter().find(|(key, _)| known(key)).or_else(|| entries.first());
            let Some((key, value)) = named else {
                findings.error_hint(
                    start_of(node),
                    "an answer is of one kind",
                    "for instance {number: {from: 1, to: 800}}",
                );
                return None;
            };
            let beside = entries.iter().filter(|(other, _)| other.place != key.place).collect();
            Some((key.clone(), Some(value), beside))
        }
        _ => {
            let words: Vec<String> = match &node.kind {
                Kind::List(items) => {
                    items.iter().filter_map(Node::word).map(|word| word.text).collect()
                }
                _ => Vec::new(),
            };
            let hint = if words.is_empty() {
                "for instance `person_name`, or {one_of: [yes, no]}".to_owned()
            } else {
                format!("write {{one_of: [{}]}}", words.join(", "))
            };
            findings
                .error_hint(
                    start_of(node),
                    format!("an answer is a word or one key, this is {}", node.what()),
                    hint,
                )
                .code(Code::WrongType);
            None
        }
    }
}

fn example(kind: &str) -> &'static str {
    match kind {
        "any_of" => "{any_of: [first, second, third], at_least: 1, at_most: 2}",
        "ranked" => "{ranked: [first, second, third], at_most: 2}",
        "pattern" => "{pattern: '[A-Z]+'}",
        "message" => "{message: [text, voice, photo]}",
        "ballot" => "{ballot: choice, noted: noted, plain: noted-plain}",
        _ => "{one_of: [first, second]}",
    }
}

/// How the details of an answer are written, with the numbers that stand there.
fn details_like(kind: &str, details: &Node) -> String {
    let written: Vec<String> = match &details.kind {
        Kind::List(items) => items.iter().filter_map(Node::word).map(|word| word.text).collect(),
        Kind::Word(text) => {
            text.split(|sign: char| !sign.is_alphanumeric()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    let numbers: Vec<String> = written.iter().filter_map(|word| digits(word)).collect();
    match (kind, numbers.as_slice()) {
        ("number", [from, to]) => format!("{{number: {{from: {from}, to: {to}}}}}"),
        ("number", [to]) => format!("{{number: {{from: 1, to: {to}}}}}"),
        ("number", _) => "{number: {from: 1, to: 800}}".to_owned(),
        ("booth", [.., to]) => format!("{{booth: {{to: {to}}}}}"),
        ("booth", []) => "{booth: {to: 400}}".to_owned(),
        ("date", _) => "{date: {from: today, to: 30d}}".to_owned(),
        ("assembly", _) => "{assembly: {in: district}}".to_owned(),
        _ => format!("{{{kind}: {{adult: true}}}}"),
    }
}

/// An answer that is its name alone.
fn bare_answer(kind: Word) -> AnswerDraft {
    match kind.text.as_str() {
        "yes_no" => AnswerDraft::YesNo(kind.place),
        "number" => AnswerDraft::Number { from: 0, to: 1_000_000_000 },
        "year" => AnswerDraft::Year { adult: false },
        "age" => AnswerDraft::Age { adult: false },
        "date" => AnswerDraft::Date { from: None, to: None },
        "booth" => AnswerDraft::Booth { to: LAST_BOOTH },
        "assembly" => AnswerDraft::Assembly { district: None },
        _ => AnswerDraft::Plain(kind),
    }
}

fn number(
    details: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<AnswerDraft> {
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

fn adult(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<bool> {
    match get(entries, "adult") {
        Some(node) => flag(node, "adult", findings),
        None => Some(false),
    }
}

/// What of a poll is asked, and the texts beside it.
fn ballot(
    kind: &Word,
    details: &Node,
    beside: &[&(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<AnswerDraft> {
    let written = word(details, "`ballot`", findings)?;
    let Some(part) = Part::from_name(&written.text) else {
        let message = format!("a poll asks for no `{}`", written.text);
        let hint = one_of_these(&written.text, Part::ALL.map(Part::name));
        findings.error_hint(written.place, message, hint).code(Code::UnknownAnswerKind);
        return None;
    };
    let mut text = |key: &str| {
        let (_, node) = beside.iter().find(|(known, _)| known.text == key)?;
        word(node, &format!("`{key}`"), findings)
    };
    let (noted, plain, receipt) = (text("noted"), text("plain"), text("receipt"));
    Some(AnswerDraft::Ballot(BallotDraft { part, place: kind.place, noted, plain, receipt }))
}

fn message(node: &Node, findings: &mut Findings<'_>) -> Option<AnswerDraft> {
    let mut kinds: Vec<SentKind> = Vec::new();
    let named = words(node, "`message`", findings);
    if named.is_empty() && !matches!(node.kind, Kind::List(_)) {
        // That it is no list is told.
        return None;
    }
    for name in named {
        let Some(kind) = SentKind::from_name(&name.text) else {
            findings.error_hint(
                name.place,
                format!("there is no message of the kind `{}`", name.text),
                one_of_these(&name.text, SentKind::ALL.map(SentKind::name)),
            );
            continue;
        };
        if kinds.contains(&kind) {
            findings.error_hint(
                name.place,
                format!("the kind `{}` is there twice", name.text),
                "remove one",
            );
            continue;
        }
        kinds.push(kind);
    }
    if kinds.is_empty() {
        findings.error_hint(
            start_of(node),
            "no message would be an answer",
            "write [text, voice, photo]",
        );
        return None;
    }
    Some(AnswerDraft::Message(kinds))
}
