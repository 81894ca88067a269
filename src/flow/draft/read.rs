//! Small readers: keys, words and lists of them, numbers, lengths of time.

mod keys;
mod values;

pub(crate) use self::keys::known_keys;
pub(super) use self::keys::{belongs_to_the_step, home, key_hint, number_with_commas, unknown_key};
pub(in crate::flow) use self::values::seconds;
pub(super) use self::values::without_end_sign;
pub(crate) use self::values::{duration, flag, integer};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, nearest};
use crate::flow::yaml::{Kind, Node, Word};

pub(crate) fn map<'a>(
    node: &'a Node,
    what: &str,
    findings: &mut Findings<'_>,
) -> Option<&'a [(Word, Node)]> {
    if let Kind::Map(entries) = &node.kind {
        return Some(entries);
    }
    let hint = match &node.kind {
        Kind::Empty => "what belongs to it stands below it, two spaces further right",
        Kind::List(_) if findings.source_of(start_of(node)) == "[" => {
            "put it in { and } instead of [ and ]"
        }
        Kind::List(_) => "write `key: value`, one a line, without `- ` before it",
        _ => "write `key: value`, one a line, or {key: value}",
    };
    findings
        .error_hint(
            start_of(node),
            format!("{what} has keys and values, this is {}", node.what()),
            hint,
        )
        .code(Code::WrongType);
    None
}

/// The same, with an example of what is meant where something else stands.
pub(super) fn map_like<'a>(
    node: &'a Node,
    what: &str,
    example: &str,
    findings: &mut Findings<'_>,
) -> Option<&'a [(Word, Node)]> {
    if let Kind::Map(entries) = &node.kind {
        return Some(entries);
    }
    findings
        .error_hint(
            start_of(node),
            format!("{what} has keys and values, this is {}", node.what()),
            format!("write {example}"),
        )
        .code(Code::WrongType);
    None
}

/// Whether a key stands there under a misspelt name, or without its colon, which is told.
pub(in crate::flow) fn misspelt(entries: &[(Word, Node)], key: &str, allowed: &[&str]) -> bool {
    entries.iter().any(|(found, _)| {
        let name = found.text.as_str();
        let first = name.split([' ', ':', '{', '[', '：', '=']).next().unwrap_or_default();
        !allowed.contains(&name)
            && (first == key || nearest(&plain(name), allowed.iter().copied()) == Some(key))
    })
}

pub(crate) fn get<'a>(entries: &'a [(Word, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
}

/// Keys by which a step is known.
const STEP_WORDS: [&str; 13] = [
    "say", "ask", "do", "if", "switch", "goto", "call", "end", "wait", "fetch", "handoff", "count",
    "answer",
];

/// Whether this looks like a step written at the wrong place.
pub(in crate::flow) fn looks_like_a_step(node: &Node) -> bool {
    let Kind::Map(entries) = &node.kind else { return false };
    entries.iter().any(|(key, _)| STEP_WORDS.contains(&key.text.as_str()))
}

/// Dashes and points a word processor makes of the `-` before a line of a list.
pub(in crate::flow) const DASHES: [char; 10] = ['–', '—', '−', '‐', '‑', '•', '●', '▪', '·', '-'];

/// A key without dashes and quotes of a word processor around it.
fn plain(name: &str) -> String {
    let bare = name.trim_start_matches(DASHES);
    bare.trim_matches(|sign: char| {
        sign.is_whitespace() || matches!(sign, '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '`' | '*')
    })
    .to_owned()
}

/// Digits of any script as those of the keyboard; `None` when there is anything else.
pub(super) fn digits(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    text.chars().map(latin_digit).collect()
}

/// `९` and `۹` are `9`.
fn latin_digit(sign: char) -> Option<char> {
    let zeros = ['0', '०', '٠', '۰'];
    zeros.into_iter().find_map(|zero| {
        let value = u32::from(sign).checked_sub(u32::from(zero)).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    })
}

pub(crate) fn word(node: &Node, what: &str, findings: &mut Findings<'_>) -> Option<Word> {
    let found = node.word();
    if found.is_none() {
        findings
            .error_hint(
                start_of(node),
                format!("{what} is a word, this is {}", node.what()),
                match &node.kind {
                    Kind::Empty if what == "`end`" => "write `end: true`".to_owned(),
                    Kind::Empty => "write it behind the colon, on the same line".to_owned(),
                    Kind::List(items) => match items.as_slice() {
                        [Node { kind: Kind::Word(only), .. }] => {
                            format!("write {only}, without [ and ]")
                        }
                        _ => "one word, without [ and ]".to_owned(),
                    },
                    Kind::Map(entries) => match entries.as_slice() {
                        [(_, Node { kind: Kind::Word(inner), .. })] => {
                            format!("write `{}: {inner}`", what.trim_matches('`'))
                        }
                        _ => "a text with `: `, `{` or `[` in it needs quotes".to_owned(),
                    },
                    Kind::Word(_) => String::new(),
                },
            )
            .code(Code::WrongType);
    }
    found
}

/// The words of `{morning, noon, evening}`, keys without values, where a list was meant.
pub(super) fn braces_for_brackets(node: &Node) -> Option<Vec<&str>> {
    let Kind::Map(entries) = &node.kind else { return None };
    let lone = |(_, node): &(Word, Node)| matches!(node.kind, Kind::Empty);
    (!entries.is_empty() && entries.iter().all(lone))
        .then(|| entries.iter().map(|(key, _)| key.text.as_str()).collect())
}

/// The lines of a value that goes on over several, not in quotes: words of a list without their dashes.
pub(super) fn lines_without_dashes<'a>(
    node: &Node,
    findings: &Findings<'a>,
) -> Option<Vec<&'a str>> {
    let Kind::Word(_) = &node.kind else { return None };
    let written = findings.source_of(node.place).trim_end();
    if written.starts_with(['"', '\'', '|', '>', '-']) {
        return None;
    }
    let lines: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (lines.len() > 1).then_some(lines)
}

/// Tells of words one below the other that have no dashes; `what` is the list they stand in.
pub(super) fn tell_of_dashes(node: &Node, what: &str, lines: &[&str], findings: &mut Findings<'_>) {
    let Some(first) = lines.first() else { return };
    let all: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(',')).collect();
    findings
        .error_hint(
            Place { end: node.place.start + first.len(), ..node.place },
            format!("each line under {what} begins with a dash"),
            format!(
                "write `- {}` and so on, or all on one line: [{}]",
                first.trim_end_matches(','),
                all.join(", ")
            ),
        )
        .code(Code::MissingDash);
}

/// What was meant by one word where a list stands: `(yes, no)`, `yes, no`, `– yes – no`.
pub(in crate::flow) fn as_list(node: &Node) -> Option<Vec<String>> {
    let Kind::Word(text) = &node.kind else { return None };
    let inner = text.trim_matches(['(', ')', '[', ']', '<', '>', '-', ' ']).replace(" -", ",");
    let parts = inner.split(|sign: char| {
        let separates = matches!(sign, ',' | ';' | '/' | '|' | '،' | '।' | '、' | '，');
        separates || (sign != '-' && DASHES.contains(&sign))
    });
    let words: Vec<String> =
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    (!words.is_empty()).then_some(words)
}

/// A list of words; one word alone is taken for a list of one.
pub(crate) fn words(node: &Node, what: &str, findings: &mut Findings<'_>) -> Vec<Word> {
    if let Some(lines) = lines_without_dashes(node, findings) {
        tell_of_dashes(node, what, &lines, findings);
        return Vec::new();
    }
    match &node.kind {
        Kind::Word(_) => node.word().into_iter().collect(),
        Kind::List(items) => {
            items.iter().filter_map(|item| word(item, "a word of the list", findings)).collect()
        }
        other => {
            let words: Vec<&str> = match other {
                Kind::Map(entries)
                    if entries.iter().all(|(_, node)| matches!(node.kind, Kind::Empty)) =>
                {
                    entries.iter().map(|(key, _)| key.text.as_str()).collect()
                }
                _ => vec!["first", "second"],
            };
            findings
                .error_hint(
                    start_of(node),
                    format!("{what} is a list of words, this is {}", node.what()),
                    format!("write [{}]", words.join(", ")),
                )
                .code(Code::WrongType);
            Vec::new()
        }
    }
}

/// Names of flows, steps and choices are small Latin letters, digits and `_`.
/// Whether it is one; told when it is not.
pub(crate) fn identifier(word: &Word, findings: &mut Findings<'_>) -> bool {
    let fits = word.text.starts_with(|first: char| first.is_ascii_lowercase())
        && word.text.len() <= 40
        && word.text.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        });
    if !fits {
        let small = without_end_sign(&word.text).map_or(word.text.as_str(), |(bare, _)| bare);
        let small = small.to_ascii_lowercase().replace(['-', ' ', '.'], "_");
        let plain = small.starts_with(|c: char| c.is_ascii_lowercase())
            && small.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        findings
            .error_hint(
                word.place,
                format!("`{}` is not a name", word.text),
                if plain {
                    format!(
                        "small Latin letters, digits and _, at most 40, a letter first: `{small}`"
                    )
                } else {
                    "small Latin letters, digits and _, at most 40, a letter first".to_owned()
                },
            )
            .code(Code::BadName);
    }
    fits
}

/// The first character of a node: a whole block would mark too much.
pub(crate) fn start_of(node: &Node) -> Place {
    match node.kind {
        Kind::Word(_) => node.place,
        _ => Place { end: node.place.start + 1, ..node.place },
    }
}
