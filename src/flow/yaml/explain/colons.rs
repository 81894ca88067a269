//! Colons that are missing, too many, or not followed by a space.

use super::{Line, Slip, head, without_comment};
use crate::flow::code::Code;
use crate::flow::draft::FLOW_KEYS;

/// Keys whose value is a text or one word: a colon in it needs quotes, not braces.
const OF_WORDS: [&str; 14] = [
    "about", "flow", "me", "bot", "tap", "if", "fetch", "say", "ask", "goto", "link", "expires",
    "rehearse", "url",
];

pub(super) fn no_colon(line: Line<'_>) -> Slip {
    let (start, end) = line.span();
    let content = line.content();
    if content.starts_with('{') {
        return Slip {
            start,
            end,
            code: Code::MissingDash,
            message: "this line stands in a list and does not begin with `- `".to_owned(),
            hint: format!("write `- {content}`"),
        };
    }
    if let Some(quoted) =
        content.strip_suffix([':', '"', '\'']).filter(|_| content.starts_with(['"', '\'']))
    {
        let key = quoted.trim_matches(['"', '\'', ':']);
        return Slip {
            start,
            end,
            code: Code::MissingColon,
            message: format!("the colon of `{key}` stands inside the quotes"),
            hint: format!("write `{key}:`"),
        };
    }
    let (key, rest) = content.split_once([' ', '{', '[']).unwrap_or((content, ""));
    let key = key.trim_end_matches([';', '.', ',', '=', '-', '।', '۔']);
    // `ask:ride` is a colon without its space, and `ask = ride` one that was taken for another sign.
    let glued = key.split_once(':').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (key, hint) = if let Some((name, value)) = glued {
        (name, format!("write `{name}: {value}`, with a space behind the colon"))
    } else if rest.is_empty() {
        (key, format!("write `{key}:`"))
    } else {
        let value = content.get(key.len()..).unwrap_or_default().trim_start();
        let value = value.trim_start_matches([';', '.', ',', '=', '-', '–', '।', '۔', '>', ' ']);
        (key, format!("write `{key}: {value}`"))
    };
    Slip {
        start,
        end: end.min(start + key.len().max(1)),
        code: Code::MissingColon,
        message: format!("there is no colon after `{key}`"),
        hint,
    }
}

/// `thanks: say: bye, end: true`: several keys on a line need braces.
fn keys_without_braces(owner: &str, value: &str, start: usize) -> Option<Slip> {
    let (first, _) = value.split_once(':')?;
    let (value, first) = if value.starts_with('(') && value.ends_with(')') {
        (value.trim_matches(['(', ')']), first.trim_start_matches('('))
    } else {
        (value, first)
    };
    let is_key = !first.is_empty()
        && first.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let plain = owner.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-'));
    if !is_key || !plain || owner.is_empty() || OF_WORDS.contains(&owner) {
        return None;
    }
    Some(Slip {
        start,
        end: start + value.len().max(1),
        code: Code::NeedsBraces,
        message: format!("keys on the line of `{owner}:` need braces around them"),
        hint: format!("write `{owner}: {{{value}}}`"),
    })
}

/// `expires: 3d` and below it `  parking: {say: bye}`: a step under a key of the file that has a value.
fn step_below_a_key(before: Line<'_>, line: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let owner = head(before.content());
    if before.indent() > 0 || line.indent() == 0 || !FLOW_KEYS.contains(&owner) {
        return None;
    }
    let (name, value) = line.content().split_once(':')?;
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let value = value.trim();
    if !plain || name.is_empty() || !(value.is_empty() || value.starts_with('{')) {
        return None;
    }
    let steps = upto.iter().position(|line| line.text.starts_with("steps:"));
    let below = steps.and_then(|index| upto.get(index + 1..)).and_then(|lines| {
        let margin = |line: &&Line<'_>| line.indent() == 0 && !line.is_blank();
        lines.iter().find(margin).map(|line| head(line.content()))
    });
    let hint = match (steps, below) {
        (Some(_), Some(next)) => format!("move it up, under `steps:` and above `{next}:`"),
        _ => "move it down, under `steps:`".to_owned(),
    };
    Some(Slip::of_line(
        &line,
        Code::Indentation,
        format!("the step `{name}` stands under `{owner}:`, and steps belong under `steps:`"),
        hint,
    ))
}

/// A colon where no key can stand: in a text, after a line without a colon, or too far right.
pub(super) fn stray_colon(at: usize, line: Line<'_>, upto: &[Line<'_>]) -> Slip {
    let offset = at.saturating_sub(line.start);
    let first_colon = line.text.find(": ").or_else(|| line.text.find(':')).unwrap_or(offset);
    if line.content().starts_with('{') {
        return no_colon(line);
    }
    let before_brace = line.content().split(['{', '[']).next().unwrap_or_default();
    if before_brace.len() < line.content().len()
        && !before_brace.contains(": ")
        && !before_brace.trim().is_empty()
        && !before_brace.starts_with('-')
    {
        let (start, _) = line.span();
        let key = before_brace.trim_end();
        let (key, missing) = match key.strip_suffix(':') {
            Some(key) => (key, "there is no space after the colon of"),
            None => (key, "there is no colon after"),
        };
        return Slip {
            start,
            end: start + before_brace.trim_end().len().max(1),
            code: Code::MissingColon,
            message: format!("{missing} `{key}`"),
            hint: format!(
                "write `{key}: {}`",
                line.content().get(before_brace.len()..).unwrap_or_default()
            ),
        };
    }
    if first_colon < offset {
        let value = line.text.get(first_colon + 1..).unwrap_or_default();
        let lead = value.len() - value.trim_start().len();
        let start = line.start + first_colon + 1 + lead;
        let value = without_comment(value).trim();
        let owner =
            line.text.get(..first_colon).unwrap_or_default().trim().trim_start_matches("- ");
        if let Some(slip) = keys_without_braces(owner, value, start) {
            return slip;
        }
        return Slip {
            start,
            end: start + value.len().max(1),
            code: Code::NeedsQuotes,
            message: "a value with `: ` in it needs quotes".to_owned(),
            hint: format!("write '{value}'"),
        };
    }
    let before = upto.iter().rev().skip(1).find(|line| !line.is_blank()).copied();
    if let Some(before) = before {
        let content = before.content();
        let colon = content.contains(": ") || content.ends_with(':');
        if !colon && before.indent() <= line.indent() {
            return no_colon(before);
        }
        if let Some(slip) = step_below_a_key(before, line, upto) {
            return slip;
        }
        if before.indent() < line.indent() {
            let (start, end) = line.span();
            return Slip {
                start,
                end,
                code: Code::Indentation,
                message: format!(
                    "this line begins with {} spaces, the one it belongs to with {}",
                    line.indent(),
                    before.indent()
                ),
                hint: format!("begin it with {} spaces, like `{}`", before.indent(), head(content)),
            };
        }
    }
    let (start, end) = line.span();
    Slip {
        start,
        end,
        code: Code::NeedsQuotes,
        message: "a colon stands where none can".to_owned(),
        hint: "a value with `: ` in it needs quotes".to_owned(),
    }
}
