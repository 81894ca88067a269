//! A flow file read: its keys, its steps, and lines that stand under the wrong one.

use super::read::{map_like, misspelt};
use super::step;
use super::{
    DASHES, FLOW_KEYS, FlowDraft, KindDraft, RemindDraft, StepDraft, duration, flag, get,
    identifier, integer, known_keys, looks_like_a_step, map, seconds, start_of, word, words,
};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::yaml::{Kind, Node, Word};

/// Keys of a step that no step is called by: where one stands among the steps, its line begins too
/// far left.
const NO_STEP_NAMES: [&str; 22] = [
    "say", "ask", "answer", "when", "goto", "end", "do", "if", "then", "else", "switch", "call",
    "optional", "notice", "attach", "at_most", "wait", "reply", "fetch", "timeout", "handoff",
    "template",
];

/// Reads the tree of one file, `stem` being its name without the ending. What is wrong is told;
/// what is right is given back.
pub(in crate::flow) fn flow(root: &Node, stem: &str, findings: &mut Findings<'_>) -> FlowDraft {
    let beginning = Place { end: root.place.start + 1, ..root.place };
    let unnamed = Word { text: stem.to_owned(), place: beginning };
    if matches!(root.kind, Kind::Empty) {
        findings
            .error_hint(
                beginning,
                "this file is empty",
                format!("begin it with `flow: {stem}`, then `steps:`; or remove it"),
            )
            .code(Code::MissingKey);
        return FlowDraft::named(unnamed);
    }
    let Some(entries) = map(root, "a flow file", findings) else {
        return FlowDraft::named(unnamed);
    };
    known_keys(entries, &FLOW_KEYS, findings);
    let name = if let Some(node) = get(entries, "flow") {
        word(node, "`flow`", findings)
    } else if misspelt(entries, "flow", &FLOW_KEYS) {
        None
    } else {
        findings
            .error_hint(
                beginning,
                "the file does not say which flow it is",
                format!("begin it with `flow: {stem}`, the same as the file's name"),
            )
            .code(Code::MissingKey);
        None
    };
    let mut draft = FlowDraft::named(name.unwrap_or(unnamed));
    draft.about =
        get(entries, "about").and_then(Node::word).map(|word| word.text).unwrap_or_default();
    if let Some((key, node)) = entries.iter().find(|(key, _)| key.text == "start") {
        draft.start = Some(key.place);
        start(node, &mut draft, findings);
    }
    if let Some(node) = get(entries, "remind") {
        draft.remind = remind(node, &mut draft, findings);
    }
    if let Some(node) = get(entries, "expires") {
        draft.expires = duration(node, findings);
    }
    let Some(steps) = get(entries, "steps") else {
        let near = entries.iter().any(|(key, node)| {
            !FLOW_KEYS.contains(&key.text.as_str()) && matches!(node.kind, Kind::Map(_))
        });
        // A misspelt `steps` is told already, and so is one that stands under another key.
        if !near && !draft.strays && !misspelt(entries, "steps", &FLOW_KEYS) {
            findings
                .error_hint(draft.name.place, "the flow has no steps", "add `steps:`")
                .code(Code::MissingKey);
        }
        return draft;
    };
    let strayed = matches!(steps.kind, Kind::Empty)
        && entries.iter().any(|(_, node)| looks_like_a_step(node));
    if strayed {
        // Each of them is told at its place.
        return draft;
    }
    if matches!(steps.kind, Kind::Empty) {
        let hint = "below `steps:` comes the first step: `  hello: {say: hello, end: true}`";
        findings.error_hint(start_of(steps), "the flow has no steps", hint).code(Code::MissingKey);
        return draft;
    }
    let Some(list) = map(steps, "`steps`", findings) else { return draft };
    draft.whole = true;
    steps_of(list, &mut draft, findings);
    if list.is_empty() {
        findings
            .error_hint(start_of(steps), "the flow has no steps", "add one under `steps:`")
            .code(Code::MissingKey);
    }
    draft
}

/// Every step, and what stands among them and is none.
fn steps_of(list: &[(Word, Node)], draft: &mut FlowDraft, findings: &mut Findings<'_>) {
    let mut strayed_under: Option<&(Word, Node)> = None;
    for (index, (step_name, node)) in list.iter().enumerate() {
        let name = step_name.text.as_str();
        if FLOW_KEYS.contains(&name) && name != "steps" && !looks_like_a_step(node) {
            findings
                .error_hint(
                    step_name.place,
                    format!("`{name}` stands among the steps, and it belongs beside `steps:`"),
                    format!("begin the line at the margin, without spaces: {name}:"),
                )
                .code(Code::Indentation);
            draft.whole = false;
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| list.get(before));
        let after_empty = matches!(before, Some((_, Node { kind: Kind::Empty, .. })));
        if is_of_a_step(step_name, node) {
            if after_empty || strayed_under.is_none() {
                strayed_under = before;
            }
            if let Some(owner) = strayed_under {
                beside_its_step(step_name, node, owner, findings);
            }
            draft.whole = false;
            continue;
        }
        strayed_under = None;
        identifier(step_name, findings);
        if name == "end" {
            findings
                .error_hint(
                    step_name.place,
                    "a step cannot be named `end`",
                    "`end` as a target closes the conversation; name the step by what it says",
                )
                .code(Code::BadName);
        }
        let broken = StepDraft { name: step_name.clone(), kind: KindDraft::Broken, next: None };
        let next_strays = list.get(index + 1).is_some_and(|(name, next)| is_of_a_step(name, next));
        if matches!(node.kind, Kind::Empty) && next_strays {
            draft.steps.push(broken);
            continue;
        }
        draft.steps.push(step::step(step_name, node, findings).unwrap_or(broken));
    }
}

/// Whether this is a key of a step and no step: its line begins too far left.
fn is_of_a_step(name: &Word, node: &Node) -> bool {
    NO_STEP_NAMES.contains(&name.text.as_str()) && !matches!(node.kind, Kind::Map(_))
}

fn beside_its_step(key: &Word, value: &Node, owner: &(Word, Node), findings: &mut Findings<'_>) {
    let (step, content) = owner;
    let in_braces = findings.source_of(start_of(content)) == "{";
    let hint = match value.word() {
        Some(value) if in_braces => {
            format!("put it into the braces: {}: {{…, {}: {}}}", step.text, key.text, value.text)
        }
        _ if in_braces => format!("put it into the braces of `{}`", step.text),
        _ => "begin the line with two spaces more".to_owned(),
    };
    let message = format!("`{}` stands beside the step `{}`, not under it", key.text, step.text);
    findings.error_hint(key.place, message, hint).code(Code::Indentation);
}

fn start(node: &Node, draft: &mut FlowDraft, findings: &mut Findings<'_>) {
    let example = node.word().map(|word| word.text).filter(|text| text.len() < 40);
    let example = format!("{{words: [{}]}}", example.as_deref().unwrap_or("सदस्य, join"));
    let Some(entries) = map_like(node, "`start`", &example, findings) else { return };
    let entries = too_far_right(entries, "start", draft, findings);
    known_keys(entries, &["words", "link", "default"], findings);
    if let Some(node) = get(entries, "words") {
        draft.words = words(node, "`words`", findings);
        let alone = matches!(node.kind, Kind::Word(_));
        for word in &draft.words {
            if !words_run_together(word, findings) && alone {
                findings
                    .warn(
                        word.place,
                        "`words` is a list; this is taken for its only word",
                        format!("write [{}]", word.text),
                    )
                    .code(Code::WrongType);
            }
        }
    }
    if let Some(node) = get(entries, "link") {
        draft.link = word(node, "`link`", findings);
    }
    if let Some(node) = get(entries, "default")
        && flag(node, "default", findings) == Some(true)
    {
        draft.default = Some(node.place);
    }
}

/// `[बैठक; baithak]` and `words: बैठक, baithak`: one start word nobody writes. Whether it is one.
fn words_run_together(word: &Word, findings: &mut Findings<'_>) -> bool {
    let sign = |sign: char| {
        matches!(sign, ',' | ';' | '،' | '؛' | '।' | '۔' | '、' | '，' | '|' | '/')
            || DASHES.contains(&sign)
    };
    let parts: Vec<&str> =
        word.text.split(sign).map(str::trim).filter(|part| !part.is_empty()).collect();
    let hyphenated = !word.text.contains(|found: char| sign(found) && found != '-');
    if parts.len() < 2 || hyphenated {
        return false;
    }
    // `["a, b, c"]`: the commas are there, inside the quotes.
    let quoted = findings.source_of(word.place).starts_with(['"', '\'']);
    let (message, hint) = if quoted && word.text.contains(',') {
        (
            "one pair of quotes makes one start word of it, commas and all".to_owned(),
            format!("take the quotes away: [{}]", parts.join(", ")),
        )
    } else {
        (
            format!("commas are missing in `{}`", word.text),
            format!("write [{}], with the comma of the Latin keyboard", parts.join(", ")),
        )
    };
    findings.error_hint(word.place, message, hint).code(Code::MissingComma);
    true
}

/// The keys under `start` or `remind` up to one that belongs to the margin, which is told with all
/// that follows it.
fn too_far_right<'a>(
    entries: &'a [(Word, Node)],
    owner: &str,
    draft: &mut FlowDraft,
    findings: &mut Findings<'_>,
) -> &'a [(Word, Node)] {
    let of_file = |key: &Word| FLOW_KEYS.contains(&key.text.as_str()) && key.text != owner;
    let Some(index) = entries.iter().position(|(key, _)| of_file(key)) else { return entries };
    let Some((stray, _)) = entries.get(index) else { return entries };
    findings
        .error_hint(
            stray.place,
            format!("`{}` stands under `{owner}:`, and it belongs beside it", stray.text),
            format!("begin the line at the margin, without spaces: {}:", stray.text),
        )
        .code(Code::Indentation);
    draft.strays = true;
    entries.get(..index).unwrap_or_default()
}

fn remind(node: &Node, draft: &mut FlowDraft, findings: &mut Findings<'_>) -> Option<RemindDraft> {
    const KEYS: [&str; 4] = ["after", "times", "say", "template"];
    let after = node.word().map(|word| word.text).filter(|text| seconds(text).is_some());
    let example = format!("`remind: {{after: {}, times: 1}}`", after.as_deref().unwrap_or("20h"));
    let entries = map_like(node, "`remind`", &example, findings)?;
    let entries = too_far_right(entries, "remind", draft, findings);
    known_keys(entries, &KEYS, findings);
    let Some(after) = get(entries, "after") else {
        if misspelt(entries, "after", &KEYS) {
            return None;
        }
        findings
            .error_hint(start_of(node), "`remind` does not say when", "add `after: 20h`")
            .code(Code::MissingKey);
        return None;
    };
    let seconds = duration(after, findings)?;
    let times = match get(entries, "times") {
        Some(node) => u8::try_from(integer(node, findings)?).unwrap_or(u8::MAX),
        None => 1,
    };
    let say = get(entries, "say").and_then(|node| word(node, "`say`", findings));
    let template = get(entries, "template").and_then(|node| word(node, "`template`", findings));
    Some(RemindDraft { after: seconds, times, say, template, place: after.place })
}
