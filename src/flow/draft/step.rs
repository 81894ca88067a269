//! The steps of a flow file: what each does, and where it leads.

use super::action::action;
use super::answer::{answer, answer_names};
use super::fetch::fetch;
use super::read::{map_like, misspelt, number_with_commas, unknown_key};
use super::{AskDraft, CountDraft, KindDraft, StepDraft, TargetDraft};
use super::{DASHES, duration, flag, get, identifier, integer, known_keys, map, start_of, word};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, did_you_mean, nearest, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

/// Every kind of step, and the keys that may stand beside it.
pub(in crate::flow) const STEPS: [(&str, &[&str]); 12] = [
    ("say", &["attach", "template", "goto", "end"]),
    ("ask", &["answer", "when", "optional", "notice", "template", "goto", "end"]),
    ("do", &["goto", "end"]),
    ("if", &["then", "else"]),
    ("switch", &[]),
    ("count", &["goto", "end"]),
    ("goto", &["at_most", "else"]),
    ("call", &["when", "goto", "end"]),
    ("wait", &["reply", "goto", "end"]),
    ("fetch", &["method", "headers", "body", "timeout", "keep", "when", "goto", "end"]),
    ("handoff", &["goto", "end"]),
    ("end", &[]),
];

/// The keys of a question.
const ASK_KEYS: [&str; 8] =
    ["ask", "answer", "when", "optional", "notice", "template", "goto", "end"];

/// Their names.
fn step_kinds() -> impl Iterator<Item = &'static str> + Clone {
    STEPS.iter().map(|(kind, _)| *kind)
}

pub(in crate::flow) fn step(
    name: &Word,
    node: &Node,
    findings: &mut Findings<'_>,
) -> Option<StepDraft> {
    let entries = map(node, "a step", findings)?;
    let kinds: Vec<&(Word, Node)> = entries
        .iter()
        .filter(|(key, _)| step_kinds().any(|kind| kind == key.text))
        .filter(|(key, _)| !matches!(key.text.as_str(), "goto" | "end"))
        .collect();
    if let [_, (second, _), ..] = kinds.as_slice() {
        findings.error_hint(
            second.place,
            format!("the step `{}` does two things", name.text),
            "one thing a step: write a step of its own for this",
        );
        return None;
    }
    let next = next(entries, findings);
    let kind = if let Some((key, value)) = kinds.first() {
        let beside =
            STEPS.iter().find(|(kind, _)| *kind == key.text).map_or(&[][..], |found| found.1);
        let allowed: Vec<&str> =
            std::iter::once(key.text.as_str()).chain(beside.iter().copied()).collect();
        keys_of_a_step(&key.text, entries, &allowed, findings);
        match key.text.as_str() {
            "say" => {
                let attach = match get(entries, "attach") {
                    Some(node) => Some(word(node, "`attach`", findings)?),
                    None => None,
                };
                let template = template(entries, findings);
                KindDraft::Say { text: word(value, "`say`", findings)?, attach, template }
            }
            "ask" => KindDraft::Ask(Box::new(ask(value, entries, findings)?)),
            "do" => KindDraft::Do(action(value, findings)?),
            "if" => branch(key, value, entries, findings)?,
            "switch" => switch(value, findings)?,
            "count" => KindDraft::Count(count(value, findings)?),
            "wait" => {
                let seconds = duration(value, findings)?;
                let reply = match get(entries, "reply") {
                    Some(node) => Some(target(node, findings)?),
                    None => None,
                };
                KindDraft::Wait { seconds, place: value.place, reply }
            }
            "fetch" => KindDraft::Fetch(Box::new(fetch(value, entries, findings)?)),
            "handoff" => KindDraft::Handoff(word(value, "`handoff`", findings)?),
            _ => {
                let flow = word(value, "`call`", findings)?;
                let when = get(entries, "when").map(|node| targets(node, findings));
                KindDraft::Call { flow, when: when.unwrap_or_default() }
            }
        }
    } else {
        known_keys_or_kind(entries, name, findings)?;
        limit(entries, findings)?
    };
    Some(StepDraft { name: name.clone(), kind, next })
}

/// The keys a kind of step takes; a key of another kind is told so.
fn keys_of_a_step(
    kind: &str,
    entries: &[(Word, Node)],
    allowed: &[&str],
    findings: &mut Findings<'_>,
) {
    let owners = [("attach", "say"), ("reply", "wait"), ("at_most", "goto"), ("template", "ask")];
    for (index, (key, node)) in entries.iter().enumerate() {
        let owner = owners.iter().find(|(known, _)| *known == key.text);
        match owner {
            Some((own, owner)) if !allowed.contains(own) => {
                findings.error_hint(
                    key.place,
                    format!("`{own}` does not belong to `{kind}`"),
                    format!("it stands in a step of its own: {{{owner}: …, {own}: …}}"),
                );
            }
            _ if !allowed.contains(&key.text.as_str()) => {
                let before = index.checked_sub(1);
                let from_before = before.and_then(|index| entries.get(index..)).unwrap_or_default();
                if !number_with_commas(from_before, findings) {
                    unknown_key(key, node, from_before.first(), allowed, findings);
                }
            }
            _ => {}
        }
    }
}

/// `goto` alone, or with a limit.
fn limit(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<KindDraft> {
    let key = |name: &str| entries.iter().find(|(key, _)| key.text == name);
    match (key("goto"), key("at_most"), key("else")) {
        (_, None, None) => Some(KindDraft::Goto),
        (Some(_), Some((_, times)), Some((_, other))) => {
            let at_most = integer(times, findings)?;
            let Some(at_most) = u8::try_from(at_most).ok().filter(|times| (1..=99).contains(times))
            else {
                findings.error_hint(
                    start_of(times),
                    format!("a loop is taken 1 to 99 times, not {at_most}"),
                    "for instance {goto: ask_again, at_most: 3, else: enough}",
                );
                return None;
            };
            Some(KindDraft::Limit { at_most, otherwise: target(other, findings)? })
        }
        (_, Some((found, _)), _) | (_, None, Some((found, _))) => {
            findings.error_hint(
                found.place,
                "a loop with a limit says three things",
                "for instance {goto: ask_again, at_most: 3, else: enough}",
            );
            None
        }
    }
}

/// A step without a kind: `{goto: …}` and `{end: true}` are whole steps, all else is a mistake.
fn known_keys_or_kind(
    entries: &[(Word, Node)],
    name: &Word,
    findings: &mut Findings<'_>,
) -> Option<()> {
    let known = ["goto", "at_most", "else", "end"];
    let stranger = entries.iter().find(|(key, _)| !known.contains(&key.text.as_str()));
    match stranger {
        Some((key, node)) => {
            let first = key.text.split([' ', ':']).next().unwrap_or_default();
            let told = first != key.text && step_kinds().any(|kind| kind == first);
            if told || key.text.starts_with(DASHES) || key.text.starts_with(['“', '‘', '*']) {
                let kinds: Vec<&str> = step_kinds().collect();
                unknown_key(key, node, None, &kinds, findings);
                return None;
            }
            findings.error_hint(
                key.place,
                format!("`{}` is no kind of step", key.text),
                one_of_these(&key.text, step_kinds()),
            );
            None
        }
        None if entries.is_empty() => {
            findings.error_hint(
                name.place,
                format!("the step `{}` does nothing", name.text),
                format!("give it one of: {}", step_kinds().collect::<Vec<_>>().join(", ")),
            );
            None
        }
        None => Some(()),
    }
}

fn next(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<TargetDraft> {
    let end = get(entries, "end").and_then(|node| end(node, findings));
    match (get(entries, "goto"), end) {
        (Some(node), Some(_)) => {
            findings.error_hint(
                node.place,
                "the step both goes on and ends",
                "keep `goto` or `end: true`",
            );
            None
        }
        (Some(node), None) => target(node, findings),
        (None, end) => end,
    }
}

/// `end: true`, or what the flow that called is told.
fn end(node: &Node, findings: &mut Findings<'_>) -> Option<TargetDraft> {
    let result = word(node, "`end`", findings)?;
    match result.text.as_str() {
        "true" => return Some(TargetDraft::End),
        "false" => return None,
        _ => {}
    }
    let slips = ["yes", "no", "on", "off", "True", "False"];
    let slip = slips.contains(&result.text.as_str())
        || did_you_mean(&result.text, ["true", "false"]).is_some();
    if slip {
        findings.error_hint(
            result.place,
            format!("`end` is `true` or the name of a result, not `{}`", result.text),
            "write `end: true`; a result that a flow which calls this one can ask for is a name: \
             `end: verified`",
        );
        return Some(TargetDraft::End);
    }
    identifier(&result, findings);
    Some(TargetDraft::Result(result))
}

/// Outcomes and where they lead.
pub(super) fn targets(node: &Node, findings: &mut Findings<'_>) -> Vec<(Word, TargetDraft)> {
    let mut when = Vec::new();
    for (outcome, node) in map_like(node, "`when`", &ways_like(node), findings).unwrap_or_default()
    {
        let arrow = outcome.text.split_once("->").or_else(|| outcome.text.split_once("=>"));
        let arrow =
            arrow.or_else(|| outcome.text.split_once('=')).or_else(|| outcome.text.split_once(' '));
        if let (Some((from, to)), Kind::Empty) = (arrow, &node.kind) {
            findings
                .error_hint(
                    outcome.place,
                    format!("there is no colon after `{}`", from.trim()),
                    format!("write {}: {}", from.trim(), to.trim()),
                )
                .code(Code::MissingColon);
            continue;
        }
        if let Some(target) = target(node, findings) {
            when.push((outcome.clone(), target));
        }
    }
    when
}

/// How outcomes are written, with those that stand in a list where none belongs.
fn ways_like(node: &Node) -> String {
    if let Kind::Word(text) = &node.kind {
        let parts = text.split(['=', '>', '-', ' ']).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.collect();
        return match parts.as_slice() {
            [from, to] => format!("{{{from}: {to}}}"),
            [only] => format!("{{yes: {only}}}; where all answers lead is `goto: {only}`"),
            _ => "{yes: step, no: other_step}".to_owned(),
        };
    }
    let Kind::List(items) = &node.kind else { return "{yes: step, no: other_step}".to_owned() };
    let ways: Vec<String> = items
        .iter()
        .filter_map(|item| match &item.kind {
            Kind::Map(entries) => entries.first(),
            _ => None,
        })
        .filter_map(|(key, value)| Some(format!("{}: {}", key.text, value.word()?.text)))
        .collect();
    if ways.is_empty() {
        return "{yes: step, no: other_step}".to_owned();
    }
    format!("{{{}}}", ways.join(", "))
}

fn ask(message: &Node, entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<AskDraft> {
    let message = word(message, "`ask`", findings)?;
    let Some(node) = get(entries, "answer") else {
        if misspelt(entries, "answer", &ASK_KEYS) {
            return None;
        }
        findings.error_hint(
            message.place,
            "the question does not say what may be answered",
            format!("add `answer:`, {}", one_of_these("", answer_names())),
        );
        return None;
    };
    let answer = answer(node, findings)?;
    let when = get(entries, "when").map(|node| targets(node, findings)).unwrap_or_default();
    let optional = match get(entries, "optional") {
        Some(node) => flag(node, "optional", findings)?,
        None => false,
    };
    let notice = match get(entries, "notice") {
        Some(node) => Some(word(node, "`notice`", findings)?),
        None => None,
    };
    let template = template(entries, findings);
    Some(AskDraft { message, answer, when, optional, notice, template })
}

/// The template a step is said by once the person has been silent for a day.
fn template(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<Word> {
    get(entries, "template").and_then(|node| word(node, "`template`", findings))
}

fn branch(
    key: &Word,
    condition: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<KindDraft> {
    let condition = word(condition, "`if`", findings)?;
    let Some(then) = get(entries, "then") else {
        if !misspelt(entries, "then", &["if", "then", "else"]) {
            let hint = "say where it leads: `then: step`";
            findings.error_hint(key.place, "`if` without `then`", hint).code(Code::MissingKey);
        }
        return None;
    };
    let mut ways = vec![(Some(condition), target(then, findings)?)];
    if let Some(node) = get(entries, "else") {
        ways.push((None, target(node, findings)?));
    }
    Some(KindDraft::Branch(ways))
}

fn switch(node: &Node, findings: &mut Findings<'_>) -> Option<KindDraft> {
    let Kind::List(items) = &node.kind else {
        findings
            .error_hint(
                start_of(node),
                format!("`switch` is a list, this is {}", node.what()),
                "one line a way: - {if: condition, goto: step}, the last - {else: step}",
            )
            .code(Code::WrongType);
        return None;
    };
    let mut ways = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let entries = map(item, "a way of `switch`", findings)?;
        known_keys(entries, &["if", "goto", "else"], findings);
        match (get(entries, "if"), get(entries, "goto"), get(entries, "else")) {
            (Some(condition), Some(goto), None) => {
                ways.push((Some(word(condition, "`if`", findings)?), target(goto, findings)?));
            }
            (None, None, Some(other)) => {
                ways.push((None, target(other, findings)?));
                if index + 1 < items.len() {
                    findings.error_hint(
                        start_of(item),
                        "ways after `else` are never taken",
                        "move `else` to the end",
                    );
                }
            }
            (_, None, None) if misspelt(entries, "goto", &["if", "goto", "else"]) => return None,
            _ => {
                findings.error_hint(
                    start_of(item),
                    "a way of `switch` has a condition and a step",
                    "write {if: condition, goto: step} or, last, {else: step}",
                );
                return None;
            }
        }
    }
    Some(KindDraft::Branch(ways))
}

/// A list of conditions, or a sum.
fn count(node: &Node, findings: &mut Findings<'_>) -> Option<CountDraft> {
    let Kind::List(items) = &node.kind else {
        return Some(CountDraft::Sum(word(node, "`count`", findings)?));
    };
    if items.is_empty() {
        findings.error_hint(
            node.place,
            "there is nothing to count",
            "conditions, of which those that hold are counted: [\"river == 'gomti'\", member]",
        );
        return None;
    }
    let conditions = items.iter().map(|item| word(item, "a condition", findings));
    Some(CountDraft::Holding(conditions.collect::<Option<Vec<Word>>>()?))
}

fn target(node: &Node, findings: &mut Findings<'_>) -> Option<TargetDraft> {
    match &node.kind {
        Kind::Word(text) if text == "end" => Some(TargetDraft::End),
        Kind::Word(text) => Some(TargetDraft::Step(Word { text: text.clone(), place: node.place })),
        Kind::Map(entries) => match entries.as_slice() {
            [(key, value)] if key.text == "flow" => {
                word(value, "`flow`", findings).map(TargetDraft::Flow)
            }
            [(key, value)] if key.text == "call" => {
                word(value, "`call`", findings).map(TargetDraft::Call)
            }
            [(key, value)] if key.text == "end" => end(value, findings),
            [(key, Node { kind: Kind::Word(name), .. })] => {
                let known = ["flow", "call", "end", "goto", "step"];
                let hint = match nearest(&key.text, known) {
                    Some("flow") => format!("write {{flow: {name}}}"),
                    Some("call") => format!("write {{call: {name}}}"),
                    Some("goto" | "step") => format!("write the name of the step alone: {name}"),
                    _ => "a step's name, `end`, {flow: name} or {call: name}".to_owned(),
                };
                findings.error_hint(key.place, "this leads nowhere", hint).code(Code::UnknownKey);
                None
            }
            [(key, Node { kind: Kind::Empty, .. })] => {
                findings
                    .error_hint(
                        key.place,
                        format!("`{}` in braces leads nowhere", key.text),
                        format!("write it without the braces: {}", key.text),
                    )
                    .code(Code::WrongType);
                None
            }
            _ => {
                findings
                    .error_hint(
                        start_of(node),
                        "this leads nowhere",
                        "a step's name, `end`, {flow: name} or {call: name}",
                    )
                    .code(Code::WrongType);
                None
            }
        },
        _ => {
            let only = match &node.kind {
                Kind::List(items) => {
                    items.first().and_then(Node::word).filter(|_| items.len() == 1)
                }
                _ => None,
            };
            let hint = only.map_or_else(
                || "a step's name, `end`, {flow: name} or {call: name}".to_owned(),
                |only| format!("write {}, without [ and ]", only.text),
            );
            let message = format!("a step's name is expected, this is {}", node.what());
            findings.error_hint(start_of(node), message, hint).code(Code::WrongType);
            None
        }
    }
}
