//! Yes and no, numbers, lengths of time; and what was meant by those that are written otherwise.

use super::{digits, latin_digit, start_of};
use crate::flow::code::Code;
use crate::flow::diagnostic::Findings;
use crate::flow::yaml::Node;

pub(crate) fn flag(node: &Node, name: &str, findings: &mut Findings<'_>) -> Option<bool> {
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

pub(crate) fn integer(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
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
pub(crate) fn duration(node: &Node, findings: &mut Findings<'_>) -> Option<i64> {
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
pub(in crate::flow::draft) fn without_end_sign(written: &str) -> Option<(&str, &str)> {
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
