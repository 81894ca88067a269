//! A flow file as it was written: shapes checked, names not yet looked up.

use super::diagnostic::{Findings, Place, one_of_these};
use super::yaml::{Kind, Node, Word};

/// The keys of a flow file.
const FLOW_KEYS: [&str; 6] = ["flow", "about", "start", "steps", "remind", "expires"];
const STEP_KINDS: [&str; 8] = ["say", "ask", "do", "if", "switch", "goto", "call", "end"];
/// Kinds the design names and a later version brings.
const LATER_KINDS: [&str; 3] = ["fetch", "wait", "handoff"];
const ANSWERS: [&str; 16] = [
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
const ACTIONS: [&str; 7] =
    ["enrol_member", "leave_membership", "hand_over", "withdraw", "consent", "language", "request"];

#[derive(Debug)]
pub(super) struct FlowDraft {
    pub(super) name: Word,
    pub(super) about: String,
    pub(super) words: Vec<Word>,
    pub(super) link: Option<Word>,
    pub(super) default: Option<Place>,
    pub(super) steps: Vec<StepDraft>,
    pub(super) remind: Option<RemindDraft>,
    /// Seconds.
    pub(super) expires: Option<i64>,
}

#[derive(Debug)]
pub(super) struct RemindDraft {
    /// Seconds.
    pub(super) after: i64,
    pub(super) times: u8,
    pub(super) say: Option<Word>,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) struct StepDraft {
    pub(super) name: Word,
    pub(super) kind: KindDraft,
    /// `goto`, or `end: true`.
    pub(super) next: Option<TargetDraft>,
}

#[derive(Debug)]
pub(super) enum KindDraft {
    Say(Word),
    Ask(Box<AskDraft>),
    Do(ActionDraft),
    Branch(Vec<(Option<Word>, TargetDraft)>),
    Goto,
    Call(Word),
    /// It could not be read, which is told; other steps may still name it.
    Broken,
}

#[derive(Debug)]
pub(super) struct AskDraft {
    pub(super) message: Word,
    pub(super) answer: AnswerDraft,
    pub(super) when: Vec<(Word, TargetDraft)>,
    pub(super) optional: bool,
    pub(super) notice: Option<Word>,
}

#[derive(Debug)]
pub(super) enum AnswerDraft {
    OneOf(Vec<ChoiceDraft>),
    YesNo(Place),
    Number {
        from: i64,
        to: i64,
    },
    Year {
        adult: bool,
    },
    Assembly {
        district: Option<Word>,
    },
    Pattern(Word),
    /// One of the answers that are a name and nothing else.
    Plain(Word),
}

#[derive(Debug)]
pub(super) struct ChoiceDraft {
    pub(super) id: Word,
    pub(super) condition: Option<Word>,
}

#[derive(Debug)]
pub(super) enum ActionDraft {
    EnrolMember(Place),
    LeaveMembership,
    HandOver,
    Withdraw(Vec<Word>),
    Consent(Vec<Word>),
    Language(Word),
    Request(Word),
}

#[derive(Debug)]
pub(super) enum TargetDraft {
    Step(Word),
    Flow(Word),
    Call(Word),
    End,
}

/// Reads the tree of one file. What is wrong is told; what is right is given back.
pub(super) fn flow(root: &Node, findings: &mut Findings<'_>) -> Option<FlowDraft> {
    let entries = map(root, "a flow file", findings)?;
    known_keys(entries, &FLOW_KEYS, findings);
    let Some(name) = get(entries, "flow") else {
        findings.error_hint(
            Place { end: root.place.start + 1, ..root.place },
            "the file does not say which flow it is",
            "begin it with `flow: name`, the same as the file's name",
        );
        return None;
    };
    let name = word(name, "the name of a flow", findings)?;
    identifier(&name, findings);
    let about = get(entries, "about").and_then(Node::word).map(|word| word.text);
    let mut draft = FlowDraft {
        name,
        about: about.unwrap_or_default(),
        words: Vec::new(),
        link: None,
        default: None,
        steps: Vec::new(),
        remind: None,
        expires: None,
    };
    if let Some(node) = get(entries, "start") {
        start(node, &mut draft, findings);
    }
    if let Some(node) = get(entries, "remind") {
        draft.remind = remind(node, findings);
    }
    if let Some(node) = get(entries, "expires") {
        draft.expires = duration(node, findings);
    }
    let Some(steps) = get(entries, "steps") else {
        findings.error_hint(draft.name.place, "the flow has no steps", "add `steps:`");
        return None;
    };
    for (step_name, node) in map(steps, "`steps`", findings)? {
        identifier(step_name, findings);
        if step_name.text == "end" {
            findings.error_hint(
                step_name.place,
                "a step cannot be named `end`",
                "`end` as a target closes the conversation; name the step by what it says",
            );
        }
        let broken = StepDraft { name: step_name.clone(), kind: KindDraft::Broken, next: None };
        draft.steps.push(step(step_name, node, findings).unwrap_or(broken));
    }
    if draft.steps.is_empty() {
        findings.error_hint(steps.place, "the flow has no steps", "add one under `steps:`");
        return None;
    }
    Some(draft)
}

fn start(node: &Node, draft: &mut FlowDraft, findings: &mut Findings<'_>) {
    let Some(entries) = map(node, "`start`", findings) else { return };
    known_keys(entries, &["words", "link", "default"], findings);
    if let Some(node) = get(entries, "words") {
        draft.words = words(node, "`words`", findings);
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

fn remind(node: &Node, findings: &mut Findings<'_>) -> Option<RemindDraft> {
    let entries = map(node, "`remind`", findings)?;
    known_keys(entries, &["after", "times", "say"], findings);
    let Some(after) = get(entries, "after") else {
        findings.error_hint(start_of(node), "`remind` does not say when", "add `after: 20h`");
        return None;
    };
    let seconds = duration(after, findings)?;
    let times = match get(entries, "times") {
        Some(node) => u8::try_from(integer(node, findings)?).unwrap_or(u8::MAX),
        None => 1,
    };
    let say = get(entries, "say").and_then(|node| word(node, "`say`", findings));
    Some(RemindDraft { after: seconds, times, say, place: after.place })
}

fn step(name: &Word, node: &Node, findings: &mut Findings<'_>) -> Option<StepDraft> {
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
            format!("add `answer:`, {}", one_of_these("", ANSWERS)),
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

fn answer(node: &Node, findings: &mut Findings<'_>) -> Option<AnswerDraft> {
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

fn action(node: &Node, findings: &mut Findings<'_>) -> Option<ActionDraft> {
    let (name, details) = match &node.kind {
        Kind::Word(text) => (Word { text: text.clone(), place: node.place }, None),
        Kind::Map(entries) if entries.len() == 1 => {
            let (key, value) = entries.first()?;
            (key.clone(), Some(value))
        }
        _ => {
            findings.error_hint(
                start_of(node),
                "`do` makes one thing true",
                format!("one of: {}", ACTIONS.join(", ")),
            );
            return None;
        }
    };
    match (name.text.as_str(), details) {
        ("enrol_member", None) => Some(ActionDraft::EnrolMember(name.place)),
        ("leave_membership", None) => Some(ActionDraft::LeaveMembership),
        ("hand_over", None) => Some(ActionDraft::HandOver),
        ("withdraw", Some(details)) => {
            Some(ActionDraft::Withdraw(words(details, "`withdraw`", findings)))
        }
        ("consent", Some(details)) => {
            Some(ActionDraft::Consent(words(details, "`consent`", findings)))
        }
        ("language", Some(details)) => {
            word(details, "`language`", findings).map(ActionDraft::Language)
        }
        ("request", Some(details)) => {
            word(details, "`request`", findings).map(ActionDraft::Request)
        }
        (known, _) if ACTIONS.contains(&known) => {
            let example = match known {
                "withdraw" | "consent" => "{withdraw: [samvad]}",
                "language" => "{language: hi}",
                "request" => "{request: erasure}",
                plain => plain,
            };
            findings.error_hint(
                name.place,
                format!("`{known}` is written otherwise"),
                format!("for instance `do: {example}`"),
            );
            None
        }
        (unknown, _) => {
            findings.error_hint(
                name.place,
                format!("`{unknown}` is nothing a flow can do"),
                one_of_these(unknown, ACTIONS),
            );
            None
        }
    }
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

// ---- small readers -------------------------------------------------------------------------

pub(super) fn map<'a>(
    node: &'a Node,
    what: &str,
    findings: &mut Findings<'_>,
) -> Option<&'a [(Word, Node)]> {
    if let Kind::Map(entries) = &node.kind {
        return Some(entries);
    }
    findings.error_hint(
        start_of(node),
        format!("{what} has keys and values, this is {}", node.what()),
        "write `key: value`, one a line, or {key: value}",
    );
    None
}

pub(super) fn get<'a>(entries: &'a [(Word, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
}

pub(super) fn known_keys(entries: &[(Word, Node)], allowed: &[&str], findings: &mut Findings<'_>) {
    for (key, _) in entries {
        if !allowed.contains(&key.text.as_str()) {
            findings.error_hint(
                key.place,
                format!("the key `{}` is not known here", key.text),
                one_of_these(&key.text, allowed.iter().copied()),
            );
        }
    }
}

pub(super) fn word(node: &Node, what: &str, findings: &mut Findings<'_>) -> Option<Word> {
    let found = node.word();
    if found.is_none() {
        findings.error_hint(
            start_of(node),
            format!("{what} is a word, this is {}", node.what()),
            "a text with `: `, `{` or `[` in it needs quotes",
        );
    }
    found
}

/// A list of words; one word alone is taken for a list of one.
fn words(node: &Node, what: &str, findings: &mut Findings<'_>) -> Vec<Word> {
    match &node.kind {
        Kind::Word(_) => node.word().into_iter().collect(),
        Kind::List(items) => {
            items.iter().filter_map(|item| word(item, "a word of the list", findings)).collect()
        }
        _ => {
            findings.error_hint(
                start_of(node),
                format!("{what} is a list of words, this is {}", node.what()),
                "write [first, second]",
            );
            Vec::new()
        }
    }
}

fn flag(node: &Node, name: &str, findings: &mut Findings<'_>) -> Option<bool> {
    match node.word().map(|word| word.text).as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            findings.error_hint(
                start_of(node),
                format!("`{name}` is `true` or `false`"),
                format!("write `{name}: true`, or leave it away"),
            );
            None
        }
    }
}

fn integer(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
    let number = node.word().and_then(|word| word.text.parse().ok());
    if number.is_none() {
        findings.error(start_of(node), "a whole number is expected");
    }
    number
}

/// `30m`, `20h`, `7d` in seconds.
pub(super) fn duration(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
    let seconds = node.word().and_then(|word| seconds(&word.text));
    if seconds.is_none() {
        findings.error_hint(
            start_of(node),
            "this is no length of time",
            "a number with s, m, h or d behind it: 30m, 20h, 7d",
        );
    }
    seconds
}

/// Seconds of `90s`, `30m`, `20h`, `7d`; at most ten years.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let total = count.checked_mul(each)?;
    (1..=3_650 * 86_400).contains(&total).then_some(total)
}

/// Names of flows, steps and choices are small Latin letters, digits and `_`.
fn identifier(word: &Word, findings: &mut Findings<'_>) {
    let fits = word.text.starts_with(|first: char| first.is_ascii_lowercase())
        && word.text.len() <= 40
        && word.text.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        });
    if !fits {
        let small = word.text.to_ascii_lowercase().replace(['-', ' '], "_");
        findings.error_hint(
            word.place,
            format!("`{}` is not a name", word.text),
            format!("small Latin letters, digits and _, at most 40, a letter first: `{small}`"),
        );
    }
}

/// The first character of a node: a whole block would mark too much.
fn start_of(node: &Node) -> Place {
    match node.kind {
        Kind::Word(_) => node.place,
        _ => Place { end: node.place.start + 1, ..node.place },
    }
}
