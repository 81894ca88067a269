//! Two lines that have become one: a line break was lost between them.

use super::columns::{AT_THE_MARGIN, is_of_a_step};
use super::{Line, Slip, head, spaces_in_words};
use crate::flow::code::Code;
use crate::flow::rehearse::LINES;

/// `thanks: {say: thanks}  too_young: {…}`, `ask: slot    answer: yes_no`, `- me: a  - bot: b`.
pub(super) fn joined(line: Line<'_>) -> Option<Slip> {
    let content = line.content();
    let from = behind_brackets(content)
        .or_else(|| behind_a_word(content))
        .or_else(|| behind_a_line_of_the_talk(content))?;
    let second = content.get(from..)?;
    let key = second.trim_start_matches("- ").split(':').next()?;
    let spaces = if AT_THE_MARGIN.contains(&key) && !is_of_a_step(key) && !second.starts_with('-') {
        0
    } else {
        line.indent()
    };
    let start = line.start + line.indent() + from;
    Some(Slip {
        start,
        end: start + second.len().max(1),
        code: Code::YamlSyntax,
        message: format!(
            "two lines stand on one: `{key}` begins a line of its own, below `{}`",
            head(content.trim_start_matches("- ")).trim()
        ),
        hint: format!(
            "put a line break before `{key}:` and begin it with {}",
            spaces_in_words(spaces)
        ),
    })
}

/// Where a second key begins behind a value in brackets.
fn behind_brackets(content: &str) -> Option<usize> {
    let (key, value) = content.split_once(": ")?;
    if !is_name(key) || !value.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut open = 0_usize;
    for (offset, sign) in content.char_indices() {
        match sign {
            '{' | '[' => open += 1,
            '}' | ']' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    let behind = content.get(offset + 1..)?;
                    let blanks = behind.len() - behind.trim_start().len();
                    let second = behind.trim_start();
                    let (name, _) = second.split_once(':')?;
                    return (blanks > 0 && is_name(name)).then_some(offset + 1 + blanks);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where a second key begins behind a value that is one word, or stands well apart from it.
fn behind_a_word(content: &str) -> Option<usize> {
    let (key, value) = content.split_once(": ")?;
    let lead = value.len() - value.trim_start().len();
    let value_at = key.len() + 2 + lead;
    let value = value.trim_start();
    if !is_name(key) || value.starts_with(['"', '\'', '{', '[', '|', '>']) {
        return None;
    }
    let (before, _) = value.split_once(": ").or_else(|| value.split_once(":{"))?;
    let second = before.rfind(' ')? + 1;
    let (name, first) = (before.get(second..)?, before.get(..second)?);
    let is_key = is_of_a_step(name) || AT_THE_MARGIN.contains(&name);
    let apart = first.ends_with("  ");
    let is_word =
        !first.trim().contains(' ') && (is_of_a_step(key) || AT_THE_MARGIN.contains(&key));
    (is_key && !first.trim().is_empty() && (apart || is_word)).then_some(value_at + second)
}

/// Where `- bot: …` begins behind `- me: …`.
fn behind_a_line_of_the_talk(content: &str) -> Option<usize> {
    let first = content.strip_prefix("- ")?;
    if !LINES.contains(&head(first)) {
        return None;
    }
    let mut dashes = content.match_indices(" - ").map(|(at, _)| at + 1);
    dashes.find(|at| {
        let behind = content.get(at + 2..).unwrap_or_default();
        behind.contains(':') && LINES.contains(&head(behind))
    })
}

fn is_name(key: &str) -> bool {
    !key.is_empty()
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
