//! Signs that look right and are not: tabs, colons and dashes of other keyboards, quotes.

use super::{Line, Slip, span_from, without_comment};
use crate::flow::code::Code;

/// A tab before the first word of a line.
pub(super) fn tab(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let head = line.text.get(..line.indent())?;
        let offset = head.find('\t')?;
        let start = line.start + offset;
        Some(Slip {
            start,
            end: start + 1,
            code: Code::Tab,
            message: "the line begins with a tab".to_owned(),
            hint: "YAML counts spaces: put two spaces in place of each tab".to_owned(),
        })
    })
}

/// A colon of another script looks like one and is none; a space that cannot be seen.
pub(super) fn strange_colon(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let content = line.content();
        if let Some((key, _)) = content.split_once(['：', '﹕', 'ः'])
            && !content.contains(": ")
            && !content.ends_with(':')
            && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))
        {
            let start = line.start + line.indent() + key.len();
            let width = line.text.get(line.indent() + key.len()..)?.chars().next()?.len_utf8();
            return Some(Slip {
                start,
                end: start + width,
                code: Code::MissingColon,
                message: "this sign looks like a colon and is none".to_owned(),
                hint: format!("write `{key}: …` with the colon of the Latin keyboard"),
            });
        }
        let head: String = line.text.chars().take_while(|c| c.is_whitespace()).collect();
        let strange = head.find(|c: char| !matches!(c, ' ' | '\t'))?;
        let width = head.get(strange..)?.chars().next()?.len_utf8();
        let start = line.start + strange;
        Some(Slip {
            start,
            end: start + width,
            code: Code::Indentation,
            message: "this space is not the space of the keyboard".to_owned(),
            hint: "delete the spaces at the beginning of the line and type them anew".to_owned(),
        })
    })
}

/// `-{else: full}` for `- {else: full}`: without its space the dash begins no line of a list.
pub(super) fn dash_without_space(lines: &[Line<'_>]) -> Option<Slip> {
    let glued = |line: &&Line<'_>| {
        line.content().strip_prefix('-').is_some_and(|rest| rest.starts_with(['{', '[']))
    };
    let line = lines.iter().find(glued)?;
    let (start, end) = line.span();
    let rest = line.content().strip_prefix('-')?;
    Some(Slip {
        start,
        end,
        code: Code::MissingDash,
        message: "there is no space behind the dash".to_owned(),
        hint: format!("write `- {rest}`"),
    })
}

/// `– me: …` for `- me: …`: a dash of a word processor makes no list.
pub(super) fn long_dash(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let content = line.content();
        let beside_a_list = || {
            lines.iter().any(|other| {
                other.indent() == line.indent() && other.content().starts_with("- ")
            })
        };
        let dash = content.chars().next().filter(|sign| match sign {
            '–' | '—' | '−' | '‐' | '‑' | '•' | '●' | '▪' | '·' => true,
            '*' => content.starts_with("* "),
            '+' => beside_a_list(),
            _ => false,
        })?;
        let rest = content.strip_prefix(dash)?.trim_start();
        let (start, _) = line.span();
        let hint = if beside_a_list() || !rest.contains(": ") || rest.starts_with(['{', '[']) {
            format!("write `- {rest}` with the hyphen of the keyboard")
        } else {
            format!("write `{rest}`, or, as a line of a list, `- {rest}` with the hyphen of the keyboard")
        };
        Some(Slip {
            start,
            end: start + dash.len_utf8(),
            code: Code::MissingDash,
            message: format!("`{dash}` makes no list"),
            hint,
        })
    })
}

/// A quote that is still open at the end of its line, where the parser went on to another.
pub(super) fn open_quote(lines: &[Line<'_>], said: &str) -> Option<Slip> {
    if said.contains("unclosed quote") {
        // The parser knows where.
        return None;
    }
    lines.iter().find_map(|line| {
        let mut before = ' ';
        let mut open: Option<(usize, char)> = None;
        for (offset, sign) in without_comment(line.text).char_indices() {
            match open {
                Some((_, quote)) if quote == sign => open = None,
                None if matches!(sign, '\'' | '"') && matches!(before, ' ' | '[' | '{' | ',') => {
                    open = Some((offset, sign));
                }
                _ => {}
            }
            before = sign;
        }
        let (offset, quote) = open?;
        Some(Slip {
            start: line.start + offset,
            end: line.span().1.max(line.start + offset + 1),
            code: Code::Quotes,
            message: format!("the quote `{quote}` is opened here and not closed"),
            hint: format!("put a second {quote} behind the last word"),
        })
    })
}

pub(super) fn unclosed_quote(text: &str, at: usize, line: Line<'_>) -> Slip {
    let quote = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('"');
    let quote = if matches!(quote, '\'' | '"') { quote } else { '"' };
    let (start, end) = span_from(at, line);
    Slip {
        start,
        end,
        code: Code::Quotes,
        message: format!("the quote `{quote}` is opened here and not closed"),
        hint: format!("put a second {quote} behind the last word"),
    }
}

/// `"\d{2}"`: in double quotes a backslash makes another sign of the one behind it.
pub(super) fn strange_escape(line: Line<'_>) -> Option<Slip> {
    /// Signs that may stand behind it.
    const KNOWN: &str = "0abtnvfe \"/\\N_LPxuU\t";
    let mut open: Option<(usize, char)> = None;
    let mut strange: Option<char> = None;
    let mut before = ' ';
    let mut signs = line.text.char_indices();
    while let Some((offset, sign)) = signs.next() {
        match open {
            Some((_, '"')) if sign == '\\' => {
                let (_, behind) = signs.next()?;
                if !KNOWN.contains(behind) {
                    strange = strange.or(Some(behind));
                }
            }
            Some((start, quote)) if quote == sign => {
                if let Some(behind) = strange {
                    return Some(in_single_quotes(line, start, offset + 1, behind));
                }
                open = None;
            }
            None if matches!(sign, '\'' | '"') && matches!(before, ' ' | '[' | '{' | ',') => {
                open = Some((offset, sign));
            }
            _ => {}
        }
        before = sign;
    }
    None
}

/// The value in double quotes between these bytes of a line, in single ones.
fn in_single_quotes(line: Line<'_>, start: usize, end: usize, behind: char) -> Slip {
    let quoted = line.text.get(start + 1..end - 1).unwrap_or_default();
    let inner = quoted.replace("\\\"", "\"").replace("\\\\", "\\").replace('\'', "''");
    let head = line.text.get(..start).unwrap_or_default().trim_start();
    let tail = line.text.get(end..).unwrap_or_default().trim_end();
    Slip {
        start: line.start + start,
        end: line.start + end,
        code: Code::Quotes,
        message: format!("in double quotes `\\{behind}` means something else"),
        hint: format!("put it into single quotes: {head}'{inner}'{tail}"),
    }
}

pub(super) fn after_quote(at: usize, line: Line<'_>) -> Slip {
    let (start, end) = span_from(at, line);
    let before = line.text.get(..at.saturating_sub(line.start)).unwrap_or_default();
    let single = before.rfind('\'') > before.rfind('"');
    Slip {
        start,
        end,
        code: Code::Quotes,
        message: "the value goes on after its closing quote".to_owned(),
        hint: match whole_value(line, before, single) {
            Some(value) if single => format!("put the whole value into double quotes: \"{value}\""),
            Some(value) => format!("put the whole value into single quotes: '{value}'"),
            None if single => "put the whole value into double quotes, with single ones inside: \
                               \"coming == 'yes'\""
                .to_owned(),
            None => "put the whole value into single quotes, with double ones inside: \
                     'coming == \"yes\"'"
                .to_owned(),
        },
    }
}

/// The value of a line that begins with a quote and goes on behind it, where it ends with the line.
fn whole_value<'l>(line: Line<'l>, before: &str, single: bool) -> Option<&'l str> {
    let content = line.content();
    let rest = content.strip_prefix("- ").unwrap_or(content);
    let value = match rest.split_once(": ") {
        Some((key, value)) if key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => value,
        _ => rest,
    };
    let (own, other) = if single { ('\'', '"') } else { ('"', '\'') };
    let whole = value.starts_with(own) && !value.contains([other, '{', '}', '#']);
    (whole && !before.contains('{')).then_some(value)
}

pub(super) fn special_sign(text: &str, at: usize, line: Line<'_>) -> Slip {
    let sign = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('@');
    let (start, _) = span_from(at, line);
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find(['\n', ',', '}']).unwrap_or(rest.len()).max(1);
    let value = rest.get(..length).unwrap_or_default().trim();
    Slip {
        start,
        end: start + value.len().max(1),
        code: Code::NeedsQuotes,
        message: format!("a value cannot begin with `{sign}`"),
        hint: match sign {
            '*' | '&' => format!("put it in quotes: '{value}'; names are not passed on by & and *"),
            _ => format!("put it in quotes: '{value}'"),
        },
    }
}
