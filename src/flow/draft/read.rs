//! Small readers: words, numbers, lengths of time.

use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(in crate::flow) fn map<'a>(
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

pub(in crate::flow) fn get<'a>(entries: &'a [(Word, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
}

pub(in crate::flow) fn known_keys(
    entries: &[(Word, Node)],
    allowed: &[&str],
    findings: &mut Findings<'_>,
) {
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

pub(in crate::flow) fn word(node: &Node, what: &str, findings: &mut Findings<'_>) -> Option<Word> {
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
pub(in crate::flow) fn words(node: &Node, what: &str, findings: &mut Findings<'_>) -> Vec<Word> {
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

pub(in crate::flow) fn flag(node: &Node, name: &str, findings: &mut Findings<'_>) -> Option<bool> {
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

pub(in crate::flow) fn integer(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
    let number = node.word().and_then(|word| word.text.parse().ok());
    if number.is_none() {
        findings.error(start_of(node), "a whole number is expected");
    }
    number
}

/// `30m`, `20h`, `7d` in seconds.
pub(in crate::flow) fn duration(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
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
pub(in crate::flow) fn seconds(text: &str) -> Option<i64> {
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
pub(in crate::flow) fn identifier(word: &Word, findings: &mut Findings<'_>) {
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
pub(in crate::flow) fn start_of(node: &Node) -> Place {
    match node.kind {
        Kind::Word(_) => node.place,
        _ => Place { end: node.place.start + 1, ..node.place },
    }
}
