//! Why an expression cannot be read, said for people.

use std::collections::HashMap;

use super::{BUILT_INS, Known};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::yaml::Word;

/// Why an expression cannot be read, said for people: the place, the code, what is wrong, what to
/// write instead.
pub(super) fn unreadable(
    word: &Word,
    said: &str,
    answers: &HashMap<String, Known>,
    findings: &Findings<'_>,
) -> (Place, Code, String, String) {
    let text = word.text.as_str();
    let syntax = |at: &str, message: &str, hint: String| {
        let place = if at.is_empty() { word.place } else { findings.find_in(word.place, at) };
        (place, Code::ConditionSyntax, message.to_owned(), hint)
    };
    if text.trim().is_empty() {
        return syntax("", "the condition is empty", "for instance `member`".to_owned());
    }
    if let Some(quote) = text.chars().find(|sign| matches!(sign, '“' | '”' | '‘' | '’' | '`' | '„'))
    {
        let straight: String = text
            .chars()
            .map(|sign| {
                if matches!(sign, '“' | '”' | '‘' | '’' | '`' | '„') {
                    '\''
                } else {
                    sign
                }
            })
            .collect();
        let place = findings.find_in(word.place, &quote.to_string());
        return (
            place,
            Code::Quotes,
            format!("`{quote}` is no quote for a program"),
            format!("write \"{straight}\", with the straight quotes of the keyboard"),
        );
    }
    if text.matches('\'').count() % 2 == 1 || text.matches('"').count() % 2 == 1 {
        return syntax(
            "",
            "a quote is opened and not closed",
            "words stand in quotes: coming == 'yes'".to_owned(),
        );
    }
    // Signs and words of other languages, and what CEL has for them.
    let plain = without_quoted(text);
    for (wrong, right) in
        [("===", "=="), ("!==", "!="), ("<>", "!="), ("=>", ">="), ("=<", "<="), ("=!", "!=")]
    {
        if plain.contains(wrong) {
            let written = text.replacen(wrong, right, 1);
            return syntax(
                wrong,
                &format!("`{wrong}` is no sign of a condition"),
                format!("write {written}"),
            );
        }
    }
    if let Some(offset) = thousands(&plain) {
        let at = text.get(..offset).unwrap_or_default().rfind(|sign: char| !sign.is_ascii_digit());
        let number = text.get(at.map_or(0, |at| at + 1)..offset + 1).unwrap_or_default();
        return syntax(
            number,
            "a number has no commas",
            format!("write {}", without_thousands(text)),
        );
    }
    if let Some(offset) = single_equals(&plain) {
        let written = format!(
            "{}=={}",
            text.get(..offset).unwrap_or_default(),
            text.get(offset + 1..).unwrap_or_default()
        );
        return syntax(
            "=",
            "a single `=` compares nothing",
            format!("compare with two: {written}"),
        );
    }
    for (wrong, right) in [
        ("and", "&&"),
        ("or", "||"),
        ("not", "!"),
        ("AND", "&&"),
        ("OR", "||"),
        ("NOT", "!"),
        ("और", "&&"),
        ("या", "||"),
        ("नहीं", "!"),
        ("is", "=="),
    ] {
        if plain.split_whitespace().any(|part| part == wrong) {
            let written: Vec<&str> = text
                .split_whitespace()
                .map(|part| if part == wrong { right } else { part })
                .collect();
            let written = written.join(" ").replace("! ", "!");
            return syntax(
                wrong,
                &format!("`{wrong}` is no word of a condition"),
                format!("write {written}"),
            );
        }
    }
    for single in ['&', '|'] {
        let double = format!("{single}{single}");
        if plain.replace(&double, "").contains(single) {
            return syntax(
                &single.to_string(),
                &format!("a single `{single}` joins nothing"),
                format!("write `{double}`"),
            );
        }
    }
    if let Some(sign) = plain.chars().find(|sign| matches!(sign, '$' | '{' | '}')) {
        let written = text.replace(['$', '{', '}'], "");
        return syntax(
            &sign.to_string(),
            "names stand plainly in a condition",
            format!("write {}", written.trim()),
        );
    }
    let opened = plain.matches('(').count();
    let closed = plain.matches(')').count();
    if opened != closed {
        let hint = if opened > closed { "put a `)` where it ends" } else { "remove one `)`" };
        return syntax(
            if opened > closed { "(" } else { ")" },
            "the brackets ( and ) do not pair",
            hint.to_owned(),
        );
    }
    if plain.chars().any(|sign| sign.is_alphabetic() && !sign.is_ascii()) {
        let mut names: Vec<&str> =
            BUILT_INS.into_iter().chain(answers.keys().map(String::as_str)).collect();
        names.sort_unstable();
        return syntax(
            "",
            "names in a condition are Latin letters",
            format!("one of: {}", names.join(", ")),
        );
    }
    // What the grammar would have taken instead helps nobody who writes flows.
    let said = said.trim_start_matches("Syntax error: ");
    let said = said.split(" expecting ").next().unwrap_or(said);
    let said = said.replace("mismatched input '<EOF>'", "it breaks off");
    let said = said
        .replace("mismatched input", "it does not go on with")
        .replace("extraneous input", "it does not go on with")
        .replace("token recognition error at:", "there is no sign");
    syntax(
        "",
        &format!("this condition cannot be read: {said}"),
        "for instance member, !consents.samvad, people > 10, coming == 'yes'; \
         with quotes around the whole when it has spaces or quotes in it"
            .to_owned(),
    )
}

/// The expression with everything in quotes blanked out, byte for byte.
fn without_quoted(text: &str) -> String {
    let mut quote: Option<char> = None;
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        let inside = quote.is_some();
        if quote == Some(sign) {
            quote = None;
        } else if quote.is_none() && matches!(sign, '\'' | '"') {
            quote = Some(sign);
        }
        if inside || quote.is_some() {
            out.extend(std::iter::repeat_n(' ', sign.len_utf8()));
        } else {
            out.push(sign);
        }
    }
    out
}

/// Where a `=` stands that is not part of `==`, `!=`, `<=` or `>=`.
fn single_equals(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    (0..bytes.len()).find(|at| {
        bytes.get(*at) == Some(&b'=')
            && !matches!(other(at.checked_sub(1)), b'=' | b'!' | b'<' | b'>')
            && other(at.checked_add(1)) != b'='
    })
}

/// The reader of expressions, and whoever walks what it read, goes one call deeper with each of these.
const MOST_BRACKETS: usize = 8;
const MOST_SIGNS: usize = 40;
const LONGEST: usize = 1_000;

/// Why an expression is not even read: reading it could use up the stack.
pub(crate) fn too_involved(source: &str) -> Option<&'static str> {
    if source.len() > LONGEST {
        return Some("this condition is longer than anybody can read");
    }
    let (mut deep, mut deepest, mut signs) = (0_usize, 0_usize, 0_usize);
    for character in source.chars() {
        match character {
            '(' | '[' | '{' => {
                deep += 1;
                deepest = deepest.max(deep);
            }
            ')' | ']' | '}' => deep = deep.saturating_sub(1),
            '!' | '-' | '.' | '?' => signs += 1,
            _ => {}
        }
    }
    if deepest > MOST_BRACKETS {
        return Some("the brackets of this condition are nested too deeply");
    }
    (signs > MOST_SIGNS).then_some("this condition is too involved")
}

/// Where a comma parts the digits of a number, `1,00,000`; in a list it parts numbers.
fn thousands(text: &str) -> Option<usize> {
    if text.contains('[') {
        return None;
    }
    let parts_digits = |(offset, _): &(usize, &str)| {
        let before = text.get(..*offset).unwrap_or_default();
        let behind = text.get(offset + 1..).unwrap_or_default();
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        before.ends_with(|sign: char| sign.is_ascii_digit()) && (2..=3).contains(&digits)
    };
    text.match_indices(',').find(parts_digits).map(|(offset, _)| offset)
}

fn without_thousands(text: &str) -> String {
    let mut written = text.to_owned();
    while let Some(offset) = thousands(&written) {
        written.remove(offset);
    }
    written
}
