//! Brackets and braces that do not pair, and what stands between them.

use super::{Line, Slip, eaten_by_comment};
use crate::flow::code::Code;

/// An opening bracket on the way to `at` that is still open there, innermost first.
fn open_brackets(text: &str, at: usize) -> Vec<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut comment = false;
    let mut before = '\n';
    for (offset, character) in text.get(..at).unwrap_or(text).char_indices() {
        if character == '\n' {
            comment = false;
        } else if comment {
            continue;
        }
        match (quote, character) {
            (Some(open), _) => quote = (open != character).then_some(open),
            (None, '#') if before.is_whitespace() => comment = true,
            (None, '\'' | '"') if matches!(before, ' ' | '[' | '{' | ',' | '\n') => {
                quote = Some(character);
            }
            (None, '{' | '[') => open.push((offset, character)),
            (None, '}' | ']') => {
                open.pop();
            }
            _ => {}
        }
        before = character;
    }
    open
}

pub(super) fn bracket(text: &str, at: usize, said: &str, line: Line<'_>) -> Option<Slip> {
    let here = text.get(at..).unwrap_or_default();
    let sign = here.chars().next().unwrap_or('\n');
    if said.contains("misplaced bracket") {
        return Some(Slip {
            start: at,
            end: at + sign.len_utf8(),
            code: Code::Unclosed,
            message: format!("`{sign}` closes nothing"),
            hint: "remove it, or open a bracket before".to_owned(),
        });
    }
    let unclosed = |start: usize, opened: char| {
        let closing = if opened == '{' { '}' } else { ']' };
        if let Some(slip) = eaten_by_comment(text, start, closing) {
            return slip;
        }
        Slip {
            start,
            end: start + 1,
            code: Code::Unclosed,
            message: format!("`{opened}` is opened here and not closed"),
            hint: format!("put a `{closing}` where it ends"),
        }
    };
    if said.contains("mismatched bracket") && matches!(sign, '[' | '{') {
        return Some(unclosed(at, sign));
    }
    let open = open_brackets(text, at);
    let (opened_at, opened) = open.last().copied()?;
    if opened_at < line.start {
        // The bracket that was opened on an earlier line and never closed there.
        let first_left_open = open.iter().rev().take_while(|(start, _)| *start < line.start).last();
        let (start, opened) = first_left_open.copied().unwrap_or((opened_at, opened));
        return Some(unclosed(start, opened));
    }
    if matches!(sign, '[' | '{') {
        let value_start = value_before(text, at);
        return Some(Slip {
            start: at,
            end: at + 1,
            code: Code::NeedsQuotes,
            message: format!("a value with `{sign}` in it needs quotes"),
            hint: format!(
                "put the whole in quotes: \"{}…\"",
                text.get(value_start..at).unwrap_or_default()
            ),
        });
    }
    let doubled = text.get(..at).is_some_and(|before| before.trim_end().ends_with(','));
    if said.contains("implicit flow mapping") || (here.starts_with(',') && doubled) {
        return Some(Slip {
            start: at,
            end: at + 1,
            code: Code::YamlSyntax,
            message: "two commas, and nothing between them".to_owned(),
            hint: "remove one of them".to_owned(),
        });
    }
    if sign == ':' || here.trim_start().starts_with(':') {
        let start = word_before(text, at);
        let key = text.get(start..at).unwrap_or_default().trim();
        let before = text.get(..start).unwrap_or_default().trim_end();
        if let Some(owner) = before.strip_suffix(':') {
            let owner = owner.rsplit([' ', '{', ',', '\n']).next().unwrap_or_default();
            let rest = text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
            let value = rest.trim_start_matches([':', ' ']).trim_end();
            return Some(Slip {
                start,
                end: at,
                code: Code::NeedsBraces,
                message: format!("what belongs to `{owner}:` needs braces of its own"),
                hint: format!("write {owner}: {{{key}: {}}}", without_spare_braces(value)),
            });
        }
        return Some(Slip {
            start,
            end: at,
            code: Code::Unclosed,
            message: format!("a comma is missing before `{key}`"),
            hint: "keys between { and } are separated by commas: {from: 1, to: 8}".to_owned(),
        });
    }
    Some(unclosed(opened_at, opened))
}

/// A value up to the brace that closes nothing in it.
fn without_spare_braces(value: &str) -> &str {
    let mut open = 0_usize;
    for (offset, sign) in value.char_indices() {
        match sign {
            '{' | '[' => open += 1,
            '}' | ']' if open == 0 => return value.get(..offset).unwrap_or(value),
            '}' | ']' => open -= 1,
            _ => {}
        }
    }
    value
}

/// Where the value begins that byte `at` belongs to.
fn value_before(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let colon = before.rfind(": ").map_or(line_start, |colon| colon + 2);
    colon.max(line_start)
}

/// Where the word begins that ends before byte `at`.
fn word_before(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let trimmed = before.trim_end();
    trimmed.rfind([' ', ',', '{', '[', '\n']).map_or(0, |separator| separator + 1)
}
