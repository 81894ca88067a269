//! The days a question takes.

use jiff::civil::Date;

use crate::flow::definition::Bound;
use crate::flow::diagnostic::Findings;
use crate::flow::draft::read::without_end_sign;
use crate::flow::draft::{AnswerDraft, get, seconds, start_of};
use crate::flow::yaml::{Node, Word};

pub(super) fn date(
    details: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<AnswerDraft> {
    let mut bound = |key: &str| match get(entries, key) {
        Some(node) => day(node, findings).map(Some),
        None => Some(None),
    };
    let (from, to) = (bound("from")?, bound("to")?);
    let empty = match (from, to) {
        (Some(Bound::Day(from)), Some(Bound::Day(to))) => from > to,
        (Some(Bound::FromToday(from)), Some(Bound::FromToday(to))) => from > to,
        _ => false,
    };
    if empty {
        findings.error_hint(
            start_of(details),
            "no day is within these bounds",
            "the earlier one stands under `from`",
        );
    }
    Some(AnswerDraft::Date { from, to })
}

/// `today`, `7d`, `-30d`, `2027-12-31`.
fn day(node: &Node, findings: &mut Findings<'_>) -> Option<Bound> {
    let text = node.word().map(|word| word.text).unwrap_or_default();
    let bound = bound_of(&text);
    if bound.is_none() {
        findings.error_hint(start_of(node), "this is no day", better_day(&text));
    }
    bound
}

fn bound_of(text: &str) -> Option<Bound> {
    if text == "today" {
        return Some(Bound::FromToday(0));
    }
    if let Ok(day) = text.parse::<Date>() {
        return Some(Bound::Day(day));
    }
    let (sign, length) = match text.strip_prefix('-') {
        Some(length) => (-1, length),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let count = seconds(length).filter(|_| length.ends_with('d'))? / 86_400;
    i32::try_from(sign * count).ok().map(Bound::FromToday)
}

/// `30 days` was meant as `30d`, `31/12/2027` as `2027-12-31`, and `14d।` as `14d`.
fn better_day(written: &str) -> String {
    if let Some((bare, behind)) = without_end_sign(written) {
        return match bound_of(bare) {
            Some(_) => format!("write {bare}, without the `{behind}` behind it"),
            None => better_day(bare),
        };
    }
    let usual = || "a date 2027-12-31, `today`, or days from today: 7d, -30d".to_owned();
    let number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty();
    let parts: Vec<&str> = written.split(['/', '.', '-']).filter(number).collect();
    if let [day, month, year] = parts.as_slice()
        && year.len() == 4
        && let Ok(date) = format!("{year}-{month:0>2}-{day:0>2}").parse::<Date>()
    {
        return format!("write {date}: the year first, then month and day");
    }
    let small = written.to_lowercase();
    match small.split_once(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+'))) {
        _ if matches!(small.as_str(), "now" | "आज" | "aaj") => "write today".to_owned(),
        _ if matches!(small.as_str(), "tomorrow" | "कल") => "write 1d".to_owned(),
        Some((count, _)) if !count.is_empty() && small.trim_end_matches('s').ends_with("day") => {
            format!("write {count}d")
        }
        Some((count, _)) if !count.is_empty() && small.ends_with("दिन") => {
            format!("write {count}d")
        }
        None if number(&small.as_str()) && small.len() < 4 => format!("write {small}d"),
        _ => usual(),
    }
}
