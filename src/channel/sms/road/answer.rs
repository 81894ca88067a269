//! What a vendor's answer to a send means. Pure.

use std::time::Duration;

use serde_json::Value;

use super::classes::of_http;
use super::file::{AnswerPart, Format, RoadFile};
use super::tree::{at, pipes, text_of};
use crate::channel::{ErrorClass, SendAnswer, SendError};

/// Reads an answer.
///
/// | answer | what it means |
/// |---|---|
/// | 2xx that passes the road's test | taken |
/// | 2xx that fails it, with a code | as the road's table says; a code nobody knows: never this message |
/// | 2xx that is not the vendor's | somebody between answered: not known |
/// | others with a code the table knows | as it says |
/// | 502, 504 | somebody between gave up waiting: not known |
/// | other | by its status |
#[must_use]
pub(super) fn read(
    road: &RoadFile,
    http: u16,
    retry_after: Option<Duration>,
    body: &[u8],
) -> SendAnswer {
    let part = &road.answer;
    let told = parse(part.format, body);
    let code = told.as_ref().and_then(|told| first(told, &part.code));
    let class = code.as_deref().and_then(|code| road.classes.of(code));
    let is_success = (200..300).contains(&http);
    if is_success {
        let Some(told) = told else { return SendAnswer::NoAnswer };
        match passes(part, &told) {
            Some(true) => {
                return SendAnswer::Accepted { provider_id: first(&told, &part.id), held: false };
            }
            None if code.is_none() => return SendAnswer::NoAnswer,
            Some(false) | None => {}
        }
    }
    if matches!(http, 502 | 504) && class.is_none() {
        return SendAnswer::NoAnswer;
    }
    // A code the road does not know may as well be an empty account: a few tries, then it has failed.
    let otherwise = if is_success { ErrorClass::Retry { times: 3 } } else { of_http(http) };
    SendAnswer::Refused(SendError {
        class: class.unwrap_or(otherwise),
        code: code.and_then(|code| code.parse().ok()),
        http: Some(http),
        retry_after,
    })
}

fn parse(format: Format, body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    match format {
        Format::Json => {
            let told: Value = serde_json::from_str(text).ok()?;
            (told.is_object() || told.is_array()).then_some(told)
        }
        Format::Pipes => text.contains('|').then(|| pipes(text)),
    }
}

/// Whether the answer says that the message was taken; `None`: it does not speak of it.
fn passes(part: &AnswerPart, told: &Value) -> Option<bool> {
    match &part.success {
        Some(success) => {
            let word = at(told, &success.path).and_then(text_of)?;
            Some(success.is.iter().any(|wanted| wanted.eq_ignore_ascii_case(word.trim())))
        }
        // Without a test the vendor's id has to be there, where the road names one.
        None => (part.id.is_empty() || first(told, &part.id).is_some()).then_some(true),
    }
}

fn first(told: &Value, paths: &[String]) -> Option<String> {
    let mut texts = paths.iter().filter_map(|path| text_of(at(told, path)?));
    texts.find(|text| !text.trim().is_empty())
}
