//! The steps of a flow file: what each does, and where it leads.

use super::action::action;
use super::answer::{answer, answer_names};
use super::{AskDraft, KindDraft, StepDraft, TargetDraft};
use super::{flag, get, known_keys, map, start_of, word};
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

const STEP_KINDS: [&str; 8] = ["say", "ask", "do", "if", "switch", "goto", "call", "end"];
/// Kinds the design names and a later version brings.
const LATER_KINDS: [&str; 3] = ["fetch", "wait", "handoff"];

pub(in crate::flow) fn step(
    name: &Word,
    node: &Node,
    findings: &mut Findings<'_>,
) -> Option<StepDraft> {
    let entries = map(node, "a step", findings)?;
    let kinds: Vec<&(Word, Node)> = entries
        .iter()
        .filter(|(key, _)| STEP_KINDS.contains(&key.text.as_str()))
        .filter(|(key, _)| !matches!(key.text.as_str(), "goto" | "end"))
        .collect();
    for (key, _) in entries {
        if LATER_KINDS.contains(&key.text.as_str()) {
            findings.error_hint(
                key.place,
                format!("`{}` comes with a later version", key.text),
                format!("what works today: {}", STEP_KINDS.join(", ")),
            );
            return None;
        }
    }
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
        let allowed: &[&str] = match key.text.as_str() {
            "say" => &["say", "goto", "end"],
            "ask" => &["ask", "answer", "when", "optional", "notice", "goto", "end"],
            "do" => &["do", "goto", "end"],
            "if" => &["if", "then", "else"],
            "switch" => &["switch"],
            _ => &["call", "goto", "end"],
        };
        known_keys(entries, allowed, findings);
        match key.text.as_str() {
            "say" => KindDraft::Say(word(value, "`say`", findings)?),
            "ask" => KindDraft::Ask(Box::new(ask(value, entries, findings)?)),
            "do" => KindDraft::Do(action(value, findings)?),
            "if" => branch(key, value, entries, findings)?,
            "switch" => switch(value, findings)?,
            _ => KindDraft::Call(word(value, "`call`", findings)?),
        }
    } else {
        known_keys_or_kind(entries, name, findings)?;
        KindDraft::Goto
    };
    Some(StepDraft { name: name.clone(), kind, next })
}

/// A step without a kind: `{goto: …}` and `{end: true}` are whole steps, all else is a mistake.
fn known_keys_or_kind(
    entries: &[(Word, Node)],
    name: &Word,
    findings: &mut Findings<'_>,
) -> Option<()> {
    let stranger = entries.iter().find(|(key, _)| !matches!(key.text.as_str(), "goto" | "end"));
    match stranger {
        Some((key, _)) => {
            findings.error_hint(
                key.place,
                format!("`{}` is no kind of step", key.text),
                one_of_these(&key.text, STEP_KINDS),
            );
            None
        }
        None if entries.is_empty() => {
            findings.error_hint(
                name.place,
                format!("the step `{}` does nothing", name.text),
                format!("give it one of: {}", STEP_KINDS.join(", ")),
            );
            None
        }
        None => Some(()),
    }
}

fn next(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<TargetDraft> {
    let ends = match get(entries, "end") {
        Some(node) => flag(node, "end", findings)?,
        None => false,
    };
    match (get(entries, "goto"), ends) {
        (Some(node), true) => {
            findings.error_hint(
                node.place,
                "the step both goes on and ends",
                "keep `goto` or `end: true`",
            );
            None
        }
        (Some(node), false) => target(node, findings),
        (None, true) => Some(TargetDraft::End),
        (None, false) => None,
    }
}

fn ask(message: &Node, entries: &[(Word, Node)], findings: &mut Findings<'_>) -> Option<AskDraft> {
    let message = word(message, "`ask`", findings)?;
    let Some(node) = get(entries, "answer") else {
        findings.error_hint(
            message.place,
            "the question does not say what may be answered",
            format!("add `answer:`, {}", one_of_these("", answer_names())),
        );
        return None;
    };
    let answer = answer(node, findings)?;
    let mut when = Vec::new();
    if let Some(node) = get(entries, "when") {
        for (outcome, node) in map(node, "`when`", findings).unwrap_or_default() {
            if let Some(target) = target(node, findings) {
                when.push((outcome.clone(), target));
            }
        }
    }
    let optional = match get(entries, "optional") {
        Some(node) => flag(node, "optional", findings)?,
        None => false,
    };
    let notice = match get(entries, "notice") {
        Some(node) => Some(word(node, "`notice`", findings)?),
        None => None,
    };
    Some(AskDraft { message, answer, when, optional, notice })
}
fn branch(
    key: &Word,
    condition: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<KindDraft> {
    let condition = word(condition, "`if`", findings)?;
    let Some(then) = get(entries, "then") else {
        findings.error_hint(key.place, "`if` without `then`", "say where it leads: `then: step`");
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
        findings.error_hint(
            start_of(node),
            format!("`switch` is a list, this is {}", node.what()),
            "one line a way: - {if: condition, goto: step}, the last - {else: step}",
        );
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
            _ => {
                findings.error_hint(
                    start_of(node),
                    "this leads nowhere",
                    "a step's name, `end`, {flow: name} or {call: name}",
                );
                None
            }
        },
        _ => {
            findings.error_hint(
                start_of(node),
                format!("a step's name is expected, this is {}", node.what()),
                "a step's name, `end`, {flow: name} or {call: name}",
            );
            None
        }
    }
}
