//! Small readers: words, numbers, lengths of time.

use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, did_you_mean, nearest, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(in crate::flow) fn map<'a>(
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

pub(in crate::flow) fn get<'a>(entries: &'a [(Word, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node)
}

pub(in crate::flow) fn known_keys(
    entries: &[(Word, Node)],
    allowed: &[&str],
    findings: &mut Findings<'_>,
) {
    let mut goes_on = false;
    for (index, (key, node)) in entries.iter().enumerate() {
        let is_known = allowed.contains(&key.text.as_str());
        if goes_on && !is_known && matches!(node.kind, Kind::Empty) {
            // Told with the first of them.
            continue;
        }
        goes_on = false;
        if !is_known {
            let beside = index.checked_sub(1).and_then(|index| entries.get(index..));
            if let Some(beside) = beside.filter(|_| matches!(node.kind, Kind::Empty))
                && list_without_brackets(beside, allowed, findings)
            {
                goes_on = true;
                continue;
            }
            let before = index.checked_sub(1).and_then(|index| entries.get(index));
            unknown_key(key, node, before, allowed, findings);
        }
    }
}

/// `with: district, seat` and `to: 1,00,000`: a value with a comma in it, of which YAML makes keys.
/// The first of `entries` is the one with the value; `false` when it is something else.
fn list_without_brackets(
    entries: &[(Word, Node)],
    allowed: &[&str],
    findings: &mut Findings<'_>,
) -> bool {
    let Some(((owner, value), rest)) = entries.split_first() else { return false };
    let (Some(value), true) = (value.word(), allowed.contains(&owner.text.as_str())) else {
        return false;
    };
    let strays = rest.iter().take_while(|(key, node)| {
        matches!(node.kind, Kind::Empty) && !allowed.contains(&key.text.as_str())
    });
    let strays: Vec<&Word> = strays.map(|(key, _)| key).collect();
    let Some(first) = strays.first() else { return false };
    let misspelt = |key: &&Word| {
        let name = key.text.split(' ').next().unwrap_or_default();
        nearest(name, allowed.iter().copied()).is_some()
    };
    if strays.iter().any(misspelt) {
        return false;
    }
    let texts =
        || std::iter::once(value.text.as_str()).chain(strays.iter().map(|key| key.text.as_str()));
    if number_with_commas(entries, findings) {
        return true;
    }
    let words: Vec<&str> = texts().map(|text| text.trim_matches(['(', ')', ' '])).collect();
    findings
        .error_hint(
            first.place,
            format!("`{}` is a list, and this stands beside it", owner.text),
            format!("put square brackets around it: {}: [{}]", owner.text, words.join(", ")),
        )
        .code(Code::WrongType);
    findings.mute(value.place);
    true
}

/// `to: 1,00,000` and `voted < 1,000`: a number with commas in it, which begins where the value of the
/// first of `entries` ends. `false` when it is something else.
pub(super) fn number_with_commas(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> bool {
    let Some(((_, value), rest)) = entries.split_first() else { return false };
    let Some(value) = value.word() else { return false };
    let strays: Vec<&Word> = rest
        .iter()
        .take_while(|(key, node)| matches!(node.kind, Kind::Empty) && digits(&key.text).is_some())
        .map(|(key, _)| key)
        .collect();
    let Some(first) = strays.first() else { return false };
    let (head, begun) = split_before_digits(&value.text);
    let groups = || std::iter::once(begun).chain(strays.iter().map(|key| key.text.as_str()));
    let Some(number) = groups().map(digits).collect::<Option<String>>() else { return false };
    let written: Vec<&str> = groups().collect();
    findings
        .error_hint(
            first.place,
            format!("the comma in `{}` ends the number", written.join(",")),
            format!("write {head}{number}, without commas"),
        )
        .code(Code::BadNumber);
    findings.mute(value.place);
    for stray in strays.iter().skip(1) {
        findings.mute(stray.place);
    }
    true
}

/// A value without the digits it ends with, and those digits.
fn split_before_digits(text: &str) -> (&str, &str) {
    let digits = text.chars().rev().take_while(|sign| latin_digit(*sign).is_some());
    let length: usize = digits.map(char::len_utf8).sum();
    text.split_at(text.len() - length)
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

/// Tells of a key that is not known, `before` being the entry above it.
pub(super) fn unknown_key(
    key: &Word,
    node: &Node,
    before: Option<&(Word, Node)>,
    allowed: &[&str],
    findings: &mut Findings<'_>,
) {
    let name = key.text.as_str();
    let bare = plain(name);
    if bare != name && allowed.contains(&bare.as_str()) {
        let (message, code) = if name.starts_with(DASHES) {
            (
                format!("a dash stands before the key `{bare}`, and this is no list"),
                Code::MissingDash,
            )
        } else {
            (format!("signs stand around the key `{bare}` that do not belong there"), Code::Quotes)
        };
        findings.error_hint(key.place, message, format!("write `{bare}: …`")).code(code);
        return;
    }
    let begins_known = || {
        let first = name.split(' ').next().unwrap_or_default();
        allowed.contains(&first) || nearest(name, allowed.iter().copied()).is_some()
    };
    if name.contains(' ') && !begins_known() && goes_on_with_a_comment(key.place, findings) {
        findings
            .error_hint(
                key.place,
                "the line above is a comment, and this one goes on with it",
                "put `# ` before this line too",
            )
            .code(Code::YamlSyntax);
        findings.mute(node.place);
        return;
    }
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
                format!("write `{first}: {}`", rest.trim().replace(" to ", ", to: ")),
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
        let below_another = allowed.contains(&"after") || allowed.contains(&"words");
        findings
            .error_hint(
                key.place,
                format!("the step `{name}` begins at the wrong column"),
                if below_another {
                    "move it up, under `steps:`; what stands here belongs to the key above"
                } else {
                    "all steps begin with the same number of spaces, two, under `steps:`"
                },
            )
            .code(Code::Indentation);
        return;
    }
    let hint = if name == "then" && allowed.contains(&"when") {
        "`then` belongs to `if`; single answers lead on by `when: {no: …}`, all of them by `goto`"
            .to_owned()
    } else {
        key_hint(key, node, allowed)
    };
    findings
        .error_hint(key.place, format!("the key `{name}` is not known here"), hint)
        .code(Code::UnknownKey);
}

/// What to do about a key that is not known: the one that is meant, the place where it belongs, or
/// those there are.
pub(super) fn key_hint(key: &Word, node: &Node, allowed: &[&str]) -> String {
    let name = key.text.as_str();
    did_you_mean(name, allowed.iter().copied())
        .or_else(|| home(key, node))
        .unwrap_or_else(|| one_of_these(name, allowed.iter().copied()))
}

/// Keys of a whole step: they stand beside its answer and its choices, never inside.
const BESIDE_THE_ANSWER: [&str; 8] =
    ["ask", "answer", "optional", "notice", "when", "template", "goto", "end"];

/// Whether a key stands in an answer and belongs to the step around it.
pub(super) fn belongs_to_the_step(key: &Word) -> bool {
    BESIDE_THE_ANSWER.contains(&key.text.as_str())
}

/// Where in a flow a key belongs that stands somewhere else; `None` for what is no key anywhere.
pub(super) fn home(key: &Word, node: &Node) -> Option<String> {
    let name = key.text.as_str();
    let written = match node.word() {
        Some(value) => format!("{name}: {}", value.text),
        None => format!("{name}: …"),
    };
    Some(match name {
        "optional" | "notice" => {
            format!("it belongs to the step, beside `answer:` and not inside it: `{written}`")
        }
        "ask" | "answer" | "when" | "template" | "goto" | "end" => {
            format!("it belongs to the step itself, beside `ask:` or `say:`: `{written}`")
        }
        "at_least" | "at_most" => format!(
            "it stands behind the brackets of `any_of` or `ranked`: {{any_of: [first, second, third], {written}}}"
        ),
        "shuffle" | "last" => format!(
            "it stands beside `choices`: {{one_of: {{choices: [first, second, third], {written}}}}}"
        ),
        "adult" => "it belongs to `year` and `age`: {year: {adult: true}}".to_owned(),
        "from" | "to" => {
            "it belongs to `number` and `date`: {number: {from: 1, to: 800}}".to_owned()
        }
        "words" | "link" | "default" => format!("it belongs under `start:`: {{{written}}}"),
        "after" | "times" => "it belongs under `remind:`: {after: 20h, times: 1}".to_owned(),
        "keep" | "method" | "headers" | "body" | "timeout" => {
            "it belongs to a step with `fetch:`, beside it".to_owned()
        }
        "about" | "start" | "steps" | "remind" | "expires" => {
            format!("it belongs to the whole flow: on a line of its own at the margin, `{name}: …`")
        }
        _ => return None,
    })
}

/// Whether the line right above this key is a comment.
fn goes_on_with_a_comment(key: Place, findings: &Findings<'_>) -> bool {
    let before = findings.source_of(Place { start: 0, end: key.start, ..key });
    let mut lines = before.rsplit('\n');
    let own = lines.next().unwrap_or_default();
    own.trim().is_empty() && lines.next().is_some_and(|line| line.trim_start().starts_with('#'))
}

pub(in crate::flow) fn word(node: &Node, what: &str, findings: &mut Findings<'_>) -> Option<Word> {
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
pub(in crate::flow) fn words(node: &Node, what: &str, findings: &mut Findings<'_>) -> Vec<Word> {
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
    let written = node.word().map(|word| word.text).unwrap_or_default();
    let number = written.parse().ok();
    if number.is_none() {
        findings
            .error_hint(start_of(node), "a whole number is expected", better_number(&written))
            .code(Code::BadNumber);
    }
    number
}

/// `२०` was meant as `20`, and so were `20 people`, `2,0` and `20।`.
fn better_number(written: &str) -> String {
    if let Some((bare, behind)) = without_end_sign(written) {
        return match bare.parse::<i64>() {
            Ok(_) => format!("write {bare}, without the `{behind}` behind it"),
            Err(_) => better_number(bare),
        };
    }
    if let Some(plain) = digits(written) {
        return format!("write {plain}, with the digits 0 to 9");
    }
    let mut found = String::new();
    for sign in written.chars() {
        match latin_digit(sign) {
            Some(digit) => found.push(digit),
            None if matches!(sign, ',' | '_' | ' ' | '\'') => {}
            None if sign.is_alphabetic() && !found.is_empty() => break,
            None => return "digits alone, without a unit, a comma or a word".to_owned(),
        }
    }
    let counted =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = written.trim().to_lowercase();
    if let Some(value) = counted.iter().position(|name| *name == word) {
        return format!("write {value}");
    }
    if word == "once" {
        return "write 1".to_owned();
    }
    if found.is_empty() {
        return "digits alone, without a unit, a comma or a word".to_owned();
    }
    format!("write {found}, digits alone")
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

/// A value without the full stop, danda, comma or quote that a hand used to sentences put behind it,
/// and that sign; `None` where there is none.
pub(super) fn without_end_sign(written: &str) -> Option<(&str, &str)> {
    let signs =
        ['।', '॥', '.', '۔', ',', '،', ';', '؛', ':', '!', '|', '\'', '"', '’', '”', '`', ' '];
    let bare = written.trim_end_matches(signs);
    let behind = written.get(bare.len()..)?.trim();
    (!bare.is_empty() && !behind.is_empty()).then_some((bare, behind))
}

/// `3d aage`, `3dd`, `1d 12h`: a length of time with more behind it.
fn with_more_behind(written: &str) -> Option<String> {
    let end = written.find(|sign: char| latin_digit(sign).is_none() && sign != ' ')?;
    let (count, rest) = written.split_at_checked(end)?;
    let unit = rest.chars().next().filter(|unit| matches!(unit, 's' | 'm' | 'h' | 'd'))?;
    let behind = rest.get(1..)?;
    let length = format!("{}{unit}", digits(count.trim())?);
    let first = seconds(&length)?;
    if let Some(second) = seconds(behind.trim()) {
        let minutes = (first + second) / 60;
        return Some(if minutes % 60 == 0 {
            format!("write {}h", minutes / 60)
        } else {
            format!("write {minutes}m")
        });
    }
    // `3mo` is no three minutes.
    let slipped = unit != 'm' && behind.chars().count() <= 2;
    let apart = behind.starts_with(|sign: char| !sign.is_alphanumeric());
    (slipped || apart).then(|| format!("write {length}, without the `{}` behind it", behind.trim()))
}

/// `20 hours` was meant as `20h`, and `3d।` as `3d`.
fn better_duration(written: &str) -> String {
    if let Some((bare, behind)) = without_end_sign(written) {
        return match seconds(bare) {
            Some(_) => format!("write {bare}, without the `{behind}` behind it"),
            None => better_duration(bare),
        };
    }
    let digits: String = written.chars().filter_map(latin_digit).collect();
    let unit =
        written.trim_start_matches(|c: char| c.is_numeric() || c.is_whitespace()).to_lowercase();
    if let (Some((whole, "5")), "h" | "d") = (
        written.trim_end_matches(char::is_alphabetic).trim().split_once('.'),
        unit.trim_start_matches(['.', '5']),
    ) && let Ok(whole) = whole.parse::<u32>()
        && whole < 1_000
    {
        return if unit.ends_with('h') {
            format!("write {}m", whole * 60 + 30)
        } else {
            format!("write {}h", whole * 24 + 12)
        };
    }
    let short = match unit.as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" | "सेकंड" => Some('s'),
        "m" | "min" | "mins" | "minute" | "minutes" | "मिनट" => Some('m'),
        "h" | "hr" | "hrs" | "hour" | "hours" | "घंटे" | "घंटा" | "ghante" => {
            Some('h')
        }
        "w" | "week" | "weeks" | "हफ्ते" | "सप्ताह" => {
            let days = digits.parse::<u32>().ok().filter(|weeks| *weeks < 500);
            return days.map_or_else(
                || "a number with s, m, h or d behind it: 30m, 20h, 7d".to_owned(),
                |weeks| format!("write {}d", weeks * 7),
            );
        }
        "mo" | "month" | "months" | "महीने" | "महीना" | "माह" => {
            let months = digits.parse::<u32>().ok().filter(|months| *months < 100);
            if let Some(months) = months {
                return format!("write {}d", months * 30);
            }
            None
        }
        "d" | "day" | "days" | "दिन" | "din" => Some('d'),
        _ => None,
    };
    match short {
        Some(short) if !digits.is_empty() && digits.len() < 5 => format!("write {digits}{short}"),
        None if unit.is_empty() && !digits.is_empty() && digits.len() < 5 => {
            format!("write {digits}m for minutes, {digits}h for hours, {digits}d for days")
        }
        None if let Some(better) = with_more_behind(written) => better,
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
/// Whether it is one; told when it is not.
pub(in crate::flow) fn identifier(word: &Word, findings: &mut Findings<'_>) -> bool {
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
pub(in crate::flow) fn start_of(node: &Node) -> Place {
    match node.kind {
        Kind::Word(_) => node.place,
        _ => Place { end: node.place.start + 1, ..node.place },
    }
}
