//! Lists of choices.

use super::forms::{CHOICE_KEYS, COUNTS};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::draft::read::{
    as_list, belongs_to_the_step, braces_for_brackets, digits, home, lines_without_dashes,
    tell_of_dashes,
};
use crate::flow::draft::{
    ChoiceDraft, ChoicesDraft, ManyDraft, flag, get, identifier, integer, known_keys, start_of,
    word, words,
};
use crate::flow::yaml::{Kind, Node, Word};

/// `[talk, film, at_most: 2]`: keys of the list inside its brackets. Whether there are any, which is
/// told once.
pub(super) fn keys_among_choices(kind: &Word, items: &[Node], findings: &mut Findings<'_>) -> bool {
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

/// A list of choices, or its long form.
pub(super) fn choices(
    kind: &Word,
    node: &Node,
    findings: &mut Findings<'_>,
) -> Option<ChoicesDraft> {
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

pub(super) fn many(
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

pub(super) fn list(
    kind: &Word,
    node: &Node,
    findings: &mut Findings<'_>,
) -> Option<Vec<ChoiceDraft>> {
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
            let quoted = findings.source_of(id.place).starts_with(['"', '\'']);
            let (message, hint) = if quoted && id.text.contains(',') {
                (
                    "one pair of quotes makes one choice of it, commas and all".to_owned(),
                    format!("take the quotes away: {}", parts.join(", ")),
                )
            } else {
                (
                    format!("commas are missing in `{}`", id.text),
                    format!("write {}", parts.join(", ")),
                )
            };
            findings.error_hint(id.place, message, hint).code(Code::MissingComma);
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
