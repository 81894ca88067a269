//! Small readers: words, numbers, lengths of time.

use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, nearest, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(in crate::flow) fn map<'a>(
    node: &'a Node,
    what: &str,
    findings: &mut Findings<'_>,
) -> Option<&'a [(Word, Node)]> {
    if let Kind::Map(entries) = &node.kind {
        return Some(entries);
    }
    findings
        .error_hint(
            start_of(node),
            format!("{what} has keys and values, this is {}", node.what()),
            match &node.kind {
                Kind::Empty => "what belongs to it stands below it, two spaces further right",
                Kind::List(_) => "write `key: value`, one a line, without `- ` before it",
                _ => "write `key: value`, one a line, or {key: value}",
            },
        )
        .code(Code::WrongType);
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
    for (index, (key, node)) in entries.iter().enumerate() {
        if !allowed.contains(&key.text.as_str()) {
            let before = index.checked_sub(1).and_then(|index| entries.get(index));
            unknown_key(key, node, before, allowed, findings);
        }
    }
}

/// Keys by which a step is known.
const STEP_WORDS: [&str; 12] = [
    "say", "ask", "do", "if", "switch", "goto", "call", "end", "wait", "fetch", "handoff", "answer",
];

/// Whether this looks like a step written at the wrong place.
pub(in crate::flow) fn looks_like_a_step(node: &Node) -> bool {
    let Kind::Map(entries) = &node.kind else { return false };
    entries.iter().any(|(key, _)| STEP_WORDS.contains(&key.text.as_str()))
}

/// Tells of a key that is not known, `before` being the entry above it.
pub(super) fn unknown_key(
    key: &Word,
    node: &Node,
    before: Option<&(Word, Node)>,
    allowed: &[&str],
    findings: &mut Findings<'_>,
) {
    let name = key.text.as_str();
    if let Some((first, rest)) = name.split_once([':', '{', '[', '：'])
        && !first.trim().is_empty()
    {
        let first = first.trim();
        let value = rest.trim();
        let glued = name.get(first.len()..).unwrap_or_default().trim_start().starts_with(':');
        findings
            .error_hint(
                key.place,
                if glued {
                    format!("there is no space after the colon of `{first}:`")
                } else {
                    format!("there is no colon after `{first}`")
                },
                if value.is_empty() {
                    format!("write `{first}: …`")
                } else if glued {
                    format!("write `{first}: {value}`, with a space")
                } else {
                    format!(
                        "write `{first}: {}`",
                        &name.get(first.len()..).unwrap_or_default().trim()
                    )
                },
            )
            .code(Code::MissingColon);
        return;
    }
    if let Some((first, rest)) = name.split_once(' ')
        && allowed.contains(&first)
    {
        findings
            .error_hint(
                key.place,
                format!("there is no colon after `{first}`"),
                format!("write `{first}: {}`", rest.trim()),
            )
            .code(Code::MissingColon);
        return;
    }
    if let Some((earlier, Node { kind: Kind::Empty, .. })) = before
        && allowed.contains(&earlier.text.as_str())
        && nearest(name, allowed.iter().copied()).is_none()
    {
        findings
            .error_hint(
                key.place,
                format!("`{name}` stands beside `{}:`, not under it", earlier.text),
                "begin the line with two spaces more",
            )
            .code(Code::Indentation);
        return;
    }
    if looks_like_a_step(node) {
        findings
            .error_hint(
                key.place,
                format!("the step `{name}` begins at the wrong column"),
                "all steps begin with the same number of spaces, two, under `steps:`",
            )
            .code(Code::Indentation);
        return;
    }
    findings
        .error_hint(
            key.place,
            format!("the key `{name}` is not known here"),
            one_of_these(name, allowed.iter().copied()),
        )
        .code(Code::UnknownKey);
}

pub(in crate::flow) fn word(node: &Node, what: &str, findings: &mut Findings<'_>) -> Option<Word> {
    let found = node.word();
    if found.is_none() {
        findings
            .error_hint(
                start_of(node),
                format!("{what} is a word, this is {}", node.what()),
                match &node.kind {
                    Kind::Empty => "write it behind the colon, on the same line",
                    Kind::List(_) => "one word, without [ and ]",
                    _ => "a text with `: `, `{` or `[` in it needs quotes",
                },
            )
            .code(Code::WrongType);
    }
    found
}

/// Commas of other keyboards, and what else people put between words.
const BETWEEN: [char; 9] = ['،', '，', '、', '؛', ';', '|', '।', '۔', ','];

/// The words that one word was meant to be: `बैठक، meeting` with the comma of another keyboard. Nothing
/// where it is one.
pub(in crate::flow) fn several_in_one(word: &Word) -> Vec<Word> {
    let parts = word.text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<Word> =
        parts.map(|part| Word { text: part.to_owned(), place: word.place }).collect();
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// Tells of several words in one.
pub(in crate::flow) fn tell_several(
    word: &Word,
    parts: &[Word],
    code: Code,
    findings: &mut Findings<'_>,
) {
    let sign = word.text.chars().find(|sign| BETWEEN.contains(sign)).unwrap_or(',');
    let place = findings.find_in(word.place, &sign.to_string());
    let parts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    findings
        .error_hint(
            place,
            format!("`{}` is taken for one word: `{sign}` does not part them", word.text),
            format!("write [{}], each with the plain comma behind it", parts.join(", ")),
        )
        .code(code);
}

/// A list of words; one word alone is taken for a list of one.
pub(in crate::flow) fn words(node: &Node, what: &str, findings: &mut Findings<'_>) -> Vec<Word> {
    match &node.kind {
        Kind::Word(_) => node.word().into_iter().collect(),
        Kind::List(items) => {
            items.iter().filter_map(|item| word(item, "a word of the list", findings)).collect()
        }
        _ => {
            findings
                .error_hint(
                    start_of(node),
                    format!("{what} is a list of words, this is {}", node.what()),
                    "write [first, second]",
                )
                .code(Code::WrongType);
            Vec::new()
        }
    }
}

pub(in crate::flow) fn flag(node: &Node, name: &str, findings: &mut Findings<'_>) -> Option<bool> {
    match node.word().map(|word| word.text).as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => {
            findings
                .error_hint(
                    start_of(node),
                    format!("`{name}` is `true` or `false`"),
                    format!("write `{name}: true`, or leave it away"),
                )
                .code(Code::WrongType);
            None
        }
    }
}

pub(in crate::flow) fn integer(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
    let number = node.word().and_then(|word| word.text.parse().ok());
    if number.is_none() {
        findings
            .error_hint(
                start_of(node),
                "a whole number is expected",
                "digits alone, without a unit, a comma or a word",
            )
            .code(Code::BadNumber);
    }
    number
}

/// `30m`, `20h`, `7d` in seconds.
pub(in crate::flow) fn duration(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
    let seconds = node.word().and_then(|word| seconds(&word.text));
    if seconds.is_none() {
        let written = node.word().map(|word| word.text).unwrap_or_default();
        findings
            .error_hint(start_of(node), "this is no length of time", better_duration(&written))
            .code(Code::BadDuration);
    }
    seconds
}

/// `20 hours` was meant as `20h`.
fn better_duration(written: &str) -> String {
    let digits: String =
        written.chars().filter_map(|c| c.to_digit(10)).map(|d| d.to_string()).collect();
    let unit =
        written.trim_start_matches(|c: char| c.is_numeric() || c.is_whitespace()).to_lowercase();
    let short = match unit.as_str() {
        "sec" | "secs" | "second" | "seconds" | "सेकंड" => Some('s'),
        "min" | "mins" | "minute" | "minutes" | "मिनट" | "M" => Some('m'),
        "h" | "hr" | "hrs" | "hour" | "hours" | "घंटे" | "घंटा" | "ghante" => {
            Some('h')
        }
        "d" | "day" | "days" | "दिन" | "din" => Some('d'),
        _ => None,
    };
    match short {
        Some(short) if !digits.is_empty() && digits.len() < 5 => format!("write {digits}{short}"),
        None if unit.is_empty() && !digits.is_empty() && digits.len() < 5 => {
            format!("write {digits}m for minutes, {digits}h for hours, {digits}d for days")
        }
        _ => "a number with s, m, h or d behind it: 30m, 20h, 7d".to_owned(),
    }
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
        let plain = small.is_ascii() && small.starts_with(|c: char| c.is_ascii_lowercase());
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
}

/// The first character of a node: a whole block would mark too much.
pub(in crate::flow) fn start_of(node: &Node) -> Place {
    match node.kind {
        Kind::Word(_) => node.place,
        _ => Place { end: node.place.start + 1, ..node.place },
    }
}
