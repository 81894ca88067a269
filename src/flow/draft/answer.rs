//! What a question takes, as it was written.

use jiff::civil::Date;

use super::read::{
    as_list, belongs_to_the_step, braces_for_brackets, digits, home, key_hint,
    lines_without_dashes, map_like, tell_of_dashes, without_end_sign,
};
use super::{AnswerDraft, ChoiceDraft, ChoicesDraft, ManyDraft};
use super::{flag, get, identifier, integer, known_keys, seconds, start_of, word, words};
use crate::flow::code::Code;
use crate::flow::definition::Bound;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::session::SentKind;
use crate::flow::yaml::{Kind, Node, Word};
use crate::geography::LAST_BOOTH;

/// One kind of answer as a flow file writes it.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) struct AnswerForm {
    pub(in crate::flow) name: &'static str,
    /// Whether the bare name is an answer (`answer: district`).
    pub(in crate::flow) bare: bool,
    /// What may stand under the name (`answer: {name: …}`).
    pub(in crate::flow) details: Details,
    /// The keys that may stand beside the name (`answer: {any_of: […], at_least: 1}`).
    pub(in crate::flow) beside: &'static [(&'static str, Takes)],
}

/// What stands under the name of an answer.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) enum Details {
    Nothing,
    /// A list of choices, or `{choices: […], shuffle: true, last: […]}` ([`CHOICE_KEYS`]).
    Choices,
    /// A regular expression.
    Pattern,
    /// A list of names of [`SentKind`].
    Kinds,
    Keys(&'static [(&'static str, Takes)]),
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(in crate::flow) enum Takes {
    Number,
    Flag,
    /// The name of a step.
    Step,
    /// `today`, `7d`, `-30d` or `2027-12-31`.
    Day,
    Choices,
    Ids,
}

/// The keys of the long form of a list of choices.
pub(in crate::flow) const CHOICE_KEYS: [(&str, Takes); 3] =
    [("choices", Takes::Choices), ("shuffle", Takes::Flag), ("last", Takes::Ids)];

const BOUNDS: &[(&str, Takes)] = &[("from", Takes::Number), ("to", Takes::Number)];
const DAYS: &[(&str, Takes)] = &[("from", Takes::Day), ("to", Takes::Day)];
const ADULT: &[(&str, Takes)] = &[("adult", Takes::Flag)];
const COUNTS: &[(&str, Takes)] = &[("at_least", Takes::Number), ("at_most", Takes::Number)];

const fn bare(name: &'static str) -> AnswerForm {
    AnswerForm { name, bare: true, details: Details::Nothing, beside: &[] }
}

const fn with(name: &'static str, keys: &'static [(&'static str, Takes)]) -> AnswerForm {
    AnswerForm { name, bare: true, details: Details::Keys(keys), beside: &[] }
}

const fn of(
    name: &'static str,
    details: Details,
    beside: &'static [(&'static str, Takes)],
) -> AnswerForm {
    AnswerForm { name, bare: false, details, beside }
}

/// Every kind of answer.
pub(in crate::flow) const ANSWERS: [AnswerForm; 22] = [
    of("one_of", Details::Choices, &[]),
    of("any_of", Details::Choices, COUNTS),
    of("ranked", Details::Choices, COUNTS),
    bare("yes_no"),
    with("number", BOUNDS),
    with("year", ADULT),
    with("age", ADULT),
    with("date", DAYS),
    with("booth", &[("to", Takes::Number)]),
    bare("text"),
    bare("person_name"),
    bare("phone"),
    bare("own_phone"),
    bare("district"),
    with("assembly", &[("in", Takes::Step)]),
    bare("lok_sabha"),
    of("pattern", Details::Pattern, &[]),
    of("message", Details::Kinds, &[]),
    bare("location"),
    bare("photo"),
    bare("voice"),
    bare("file"),
];

/// Their names.
pub(super) fn answer_names() -> impl Iterator<Item = &'static str> + Clone {
    ANSWERS.iter().map(|form| form.name)
}

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

/// `[talk, film, at_most: 2]`: keys of the list inside its brackets. Whether there are any, which is
/// told once.
fn keys_among_choices(kind: &Word, items: &[Node], findings: &mut Findings<'_>) -> bool {
    let entries = |item: &Node| match &item.kind {
        Kind::Map(entries) if get(entries, "id").is_none() => entries.clone(),
        _ => Vec::new(),
    };
    let is_count = |key: &str| COUNTS.iter().any(|(name, _)| *name == key);
    let is_of_choices = |key: &str| matches!(key, "shuffle" | "last");
    let strays: Vec<(Word, Node)> = items
        .iter()
        .flat_map(entries)
        .filter(|(key, _)| {
            is_count(&key.text) || is_of_choices(&key.text) || belongs_to_the_step(key)
        })
        .collect();
    let Some((first, value)) = strays.first() else { return false };
    let ids: Vec<String> = items.iter().filter_map(Node::word).map(|word| word.text).collect();
    let ids = ids.join(", ");
    let written = |wanted: &dyn Fn(&str) -> bool| {
        let of_them = strays.iter().filter(|(key, _)| wanted(&key.text));
        let pairs = of_them.map(|(key, node)| {
            let source = findings.source_of(node.place).trim_end();
            let value = node.word().map_or_else(|| source.to_owned(), |word| word.text);
            format!("{}: {value}", key.text)
        });
        pairs.collect::<Vec<String>>().join(", ")
    };
    let hint = if is_count(&first.text) {
        let (name, why) = match kind.text.as_str() {
            "one_of" => ("any_of", "of `one_of` one is chosen; for several write "),
            name => (name, "put it behind the closing bracket: "),
        };
        format!("{why}{{{name}: [{ids}], {}}}", written(&is_count))
    } else if is_of_choices(&first.text) {
        let pairs = written(&is_of_choices);
        format!("put it beside the list: {{{}: {{choices: [{ids}], {pairs}}}}}", kind.text)
    } else {
        home(first, value).unwrap_or_default()
    };
    findings
        .error_hint(
            first.place,
            format!("`{}` stands inside the brackets of the choices", first.text),
            hint,
        )
        .code(Code::UnknownKey);
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

fn date(
    details: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<AnswerDraft> {
    let mut bound = |key: &str| match get(entries, key) {
        Some(node) => day(node, findings).map(Some),
        None => Some(None),
    };
    let (from, to) = (bound("from")?, bound("to")?);
    let empty = match (from, to) {
        (Some(Bound::Day(from)), Some(Bound::Day(to))) => from > to,
        (Some(Bound::FromToday(from)), Some(Bound::FromToday(to))) => from > to,
        _ => false,
    };
    if empty {
        findings.error_hint(
            start_of(details),
            "no day is within these bounds",
            "the earlier one stands under `from`",
        );
    }
    Some(AnswerDraft::Date { from, to })
}

/// `today`, `7d`, `-30d`, `2027-12-31`.
fn day(node: &Node, findings: &mut Findings<'_>) -> Option<Bound> {
    let text = node.word().map(|word| word.text).unwrap_or_default();
    let bound = bound_of(&text);
    if bound.is_none() {
        findings.error_hint(start_of(node), "this is no day", better_day(&text));
    }
    bound
}

fn bound_of(text: &str) -> Option<Bound> {
    if text == "today" {
        return Some(Bound::FromToday(0));
    }
    if let Ok(day) = text.parse::<Date>() {
        return Some(Bound::Day(day));
    }
    let (sign, length) = match text.strip_prefix('-') {
        Some(length) => (-1, length),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let count = seconds(length).filter(|_| length.ends_with('d'))? / 86_400;
    i32::try_from(sign * count).ok().map(Bound::FromToday)
}

/// `30 days` was meant as `30d`, `31/12/2027` as `2027-12-31`, and `14d।` as `14d`.
fn better_day(written: &str) -> String {
    if let Some((bare, behind)) = without_end_sign(written) {
        return match bound_of(bare) {
            Some(_) => format!("write {bare}, without the `{behind}` behind it"),
            None => better_day(bare),
        };
    }
    let usual = || "a date 2027-12-31, `today`, or days from today: 7d, -30d".to_owned();
    let number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty();
    let parts: Vec<&str> = written.split(['/', '.', '-']).filter(number).collect();
    if let [day, month, year] = parts.as_slice()
        && year.len() == 4
        && let Ok(date) = format!("{year}-{month:0>2}-{day:0>2}").parse::<Date>()
    {
        return format!("write {date}: the year first, then month and day");
    }
    let small = written.to_lowercase();
    match small.split_once(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+'))) {
        _ if matches!(small.as_str(), "now" | "आज" | "aaj") => "write today".to_owned(),
        _ if matches!(small.as_str(), "tomorrow" | "कल") => "write 1d".to_owned(),
        Some((count, _)) if !count.is_empty() && small.trim_end_matches('s').ends_with("day") => {
            format!("write {count}d")
        }
        Some((count, _)) if !count.is_empty() && small.ends_with("दिन") => {
            format!("write {count}d")
        }
        None if number(&small.as_str()) && small.len() < 4 => format!("write {small}d"),
        _ => usual(),
    }
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

/// A list of choices, or its long form.
fn choices(kind: &Word, node: &Node, findings: &mut Findings<'_>) -> Option<ChoicesDraft> {
    let Kind::Map(entries) = &node.kind else {
        return Some(ChoicesDraft { list: list(kind, node, findings)?, shuffle: false, last: 0 });
    };
    let own = CHOICE_KEYS.map(|(key, _)| key);
    let meant =
        braces_for_brackets(node).filter(|names| !names.iter().any(|name| own.contains(name)));
    if let Some(names) = meant {
        findings
            .error_hint(
                start_of(node),
                "choices stand in square brackets, not in braces",
                format!("write {}: [{}]", kind.text, names.join(", ")),
            )
            .code(Code::WrongType);
        return None;
    }
    known_keys(entries, &own, findings);
    let Some(items) = get(entries, "choices") else {
        findings.error_hint(
            start_of(node),
            format!("`{}` has no choices", kind.text),
            "write {choices: [first, second, other], shuffle: true, last: [other]}",
        );
        return None;
    };
    let mut drafts = list(kind, items, findings)?;
    let shuffle = match get(entries, "shuffle") {
        Some(node) => flag(node, "shuffle", findings)?,
        None => false,
    };
    let mut last = 0;
    if let Some(node) = get(entries, "last") {
        for name in words(node, "`last`", findings) {
            let ids = drafts.iter().map(|choice| choice.id.text.as_str());
            match drafts.iter().position(|choice| choice.id.text == name.text) {
                Some(place) => {
                    let choice = drafts.remove(place);
                    drafts.push(choice);
                    last += 1;
                }
                None => findings
                    .error_hint(
                        name.place,
                        format!("there is no choice `{}`", name.text),
                        one_of_these(&name.text, ids),
                    )
                    .code(Code::UnknownChoice),
            }
        }
    }
    Some(ChoicesDraft { list: drafts, shuffle, last })
}

fn many(
    kind: &Word,
    choices: ChoicesDraft,
    beside: &[&(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<ManyDraft> {
    let count = choices.list.len();
    let mut bound = |name: &str, otherwise: usize| {
        let Some((_, node)) = beside.iter().find(|(key, _)| key.text == name) else {
            return Some(otherwise);
        };
        let number = integer(node, findings)?;
        let fits = usize::try_from(number).ok().filter(|number| *number <= count);
        if fits.is_none() {
            findings
                .error_hint(
                    start_of(node),
                    format!("`{name}: {number}`, and there are {count} choices"),
                    format!("a number from 0 to {count}"),
                )
                .code(Code::BadBounds);
        }
        fits
    };
    // An order is one of all choices, unless a bound says that a part is enough.
    let is_whole_order =
        kind.text == "ranked" && !beside.iter().any(|(key, _)| key.text == "at_most");
    let at_least = bound("at_least", if is_whole_order { count } else { 1 })?;
    let at_most = bound("at_most", count)?;
    if at_least > at_most || at_most == 0 {
        findings.error_hint(
            kind.place,
            format!("nobody can choose at least {at_least} and at most {at_most}"),
            "`at_least` is the smaller number, and `at_most` at least 1",
        );
        return None;
    }
    let none = choices.list.iter().find(|choice| choice.id.text == "none");
    if let (0, Some(none)) = (at_least, none) {
        findings.error_hint(
            none.id.place,
            "with `at_least: 0` the outcome `none` is that nothing was chosen",
            "leave the choice away: \"none of these\" is shown by itself",
        );
    }
    Some(ManyDraft { choices, at_least, at_most })
}

fn list(kind: &Word, node: &Node, findings: &mut Findings<'_>) -> Option<Vec<ChoiceDraft>> {
    if let Some(lines) = lines_without_dashes(node, findings) {
        tell_of_dashes(node, &format!("`{}:`", kind.text), &lines, findings);
        return None;
    }
    let Kind::List(items) = &node.kind else {
        if let Some(names) = braces_for_brackets(node) {
            findings
                .error_hint(
                    start_of(node),
                    "choices stand in square brackets, not in braces",
                    format!("write [{}]", names.join(", ")),
                )
                .code(Code::WrongType);
            return None;
        }
        let meant = as_list(node).unwrap_or_else(|| vec!["first".to_owned(), "second".to_owned()]);
        findings
            .error_hint(
                start_of(node),
                format!("`{}` is a list, this is {}", kind.text, node.what()),
                format!(
                    "write {{{}: [{}]}}, with square brackets and commas",
                    kind.text,
                    meant.join(", ")
                ),
            )
            .code(Code::WrongType);
        return None;
    };
    if keys_among_choices(kind, items, findings) {
        return None;
    }
    let mut choices: Vec<ChoiceDraft> = Vec::new();
    let mut wrong = false;
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
        if let Some(parts) = run_together(&id.text) {
            findings
                .error_hint(
                    id.place,
                    format!("commas are missing in `{}`", id.text),
                    format!("write {}", parts.join(", ")),
                )
                .code(Code::MissingComma);
            wrong = true;
            continue;
        }
        if digits(&id.text).is_some() {
            findings
                .error_hint(
                    id.place,
                    format!("`{}` is a number, and a choice has a name", id.text),
                    "name each choice by what it means: [road, water]; numbers are shown by themselves",
                )
                .code(Code::BadName);
            return None;
        }
        if !identifier(&id, findings) {
            wrong = true;
            continue;
        }
        if choices.iter().any(|known| known.id.text == id.text) {
            findings
                .error_hint(
                    id.place,
                    format!("the choice `{}` is there twice", id.text),
                    "remove one, or name it differently",
                )
                .code(Code::DuplicateKey);
            wrong = true;
            continue;
        }
        choices.push(ChoiceDraft { id, condition });
    }
    if wrong {
        return None;
    }
    if choices.is_empty() {
        findings.error_hint(node.place, "there is nothing to choose", "name at least one choice");
        return None;
    }
    Some(choices)
}

/// Names of choices that something else than a comma stands between: `own need`, `own. need`.
fn run_together(text: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = text
        .split(|sign: char| {
            sign.is_whitespace()
                || matches!(
                    sign,
                    '.' | ';' | '/' | '|' | '+' | '&' | '،' | '۔' | '।' | '、' | '，' | ','
                )
        })
        .filter(|part| !part.is_empty())
        .collect();
    let plain = |part: &&str| {
        part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    (parts.len() > 1 && parts.iter().all(plain)).then_some(parts)
}
