//! Keys that are not known where they stand: misspelt ones, such that belong elsewhere, and values with
//! commas in them, of which YAML makes keys.

use super::{DASHES, digits, latin_digit, looks_like_a_step, plain};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, did_you_mean, nearest, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(crate) fn known_keys(entries: &[(Word, Node)], allowed: &[&str], findings: &mut Findings<'_>) {
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
pub(in crate::flow::draft) fn number_with_commas(
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> bool {
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

/// Tells of a key that is not known, `before` being the entry above it.
pub(in crate::flow::draft) fn unknown_key(
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
pub(in crate::flow::draft) fn key_hint(key: &Word, node: &Node, allowed: &[&str]) -> String {
    let name = key.text.as_str();
    did_you_mean(name, allowed.iter().copied())
        .or_else(|| home(key, node))
        .unwrap_or_else(|| one_of_these(name, allowed.iter().copied()))
}

/// Keys of a whole step: they stand beside its answer and its choices, never inside.
const BESIDE_THE_ANSWER: [&str; 8] =
    ["ask", "answer", "optional", "notice", "when", "template", "goto", "end"];

/// Whether a key stands in an answer and belongs to the step around it.
pub(in crate::flow::draft) fn belongs_to_the_step(key: &Word) -> bool {
    BESIDE_THE_ANSWER.contains(&key.text.as_str())
}

/// Where in a flow a key belongs that stands somewhere else; `None` for what is no key anywhere.
pub(in crate::flow::draft) fn home(key: &Word, node: &Node) -> Option<String> {
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
