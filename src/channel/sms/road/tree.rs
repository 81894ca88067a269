//! What a vendor says, in whatever shape, as one tree: a query, a form, JSON, JSON in a field of a
//! form, fields between pipes. Pure.

use reqwest::Url;
use serde_json::{Map, Value};

use crate::channel::sms::{Callback, DecodeError};

/// One message or report in a call: itself, then what it stands in, then the query.
#[derive(Clone, Debug)]
pub(in crate::channel) struct Row<'a> {
    scopes: Vec<&'a Value>,
}

/// A call as a tree: what it says itself, and the query beside it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::channel) struct Told {
    pub(super) body: Value,
    pub(super) query: Value,
}

impl Told {
    /// Reads a call by what it looks like; `json_field` names a form's field that holds JSON.
    ///
    /// # Errors
    /// [`DecodeError`]: the body is neither JSON nor a form, or no UTF-8.
    pub(in crate::channel) fn of(
        callback: &Callback,
        json_field: Option<&str>,
    ) -> Result<Told, DecodeError> {
        let was_sent = callback.target.to_ascii_uppercase().contains("%EF%BF%BD");
        let query = object(callback.query.iter().cloned(), was_sent)?;
        let body = body(callback)?;
        let fields = match &body {
            None => &query,
            Some(body) => body,
        };
        let inside = json_field.and_then(|name| Some((name, field(fields, name)?)));
        let body = match inside {
            Some((name, Value::String(text))) => parse(name, text)?,
            // The same as plain JSON.
            Some((_, value @ (Value::Array(_) | Value::Object(_)))) => value.clone(),
            _ => fields.clone(),
        };
        if !body.is_object() && !body.is_array() {
            return Err(DecodeError::new("body", "is neither an object nor a list nor a form"));
        }
        Ok(Told { body, query })
    }

    /// The rows of the lists that `paths` name, the outer first. Where a list is missing the element
    /// itself is the row.
    ///
    /// # Errors
    /// [`DecodeError`]: a row is no object.
    pub(in crate::channel) fn rows(&self, paths: &[String]) -> Result<Vec<Row<'_>>, DecodeError> {
        let mut rows = match &self.body {
            Value::Array(list) => list.iter().map(|one| Row { scopes: vec![one] }).collect(),
            one => vec![Row { scopes: vec![one] }],
        };
        for path in paths {
            let mut inner = Vec::new();
            for row in rows {
                let Some(list) = row.scopes.first().and_then(|scope| at(scope, path)) else {
                    inner.push(row);
                    continue;
                };
                let elements: Vec<&Value> = match list {
                    Value::Array(list) => list.iter().collect(),
                    one => vec![one],
                };
                for element in elements {
                    let scopes = [element].into_iter().chain(row.scopes.iter().copied());
                    inner.push(Row { scopes: scopes.collect() });
                }
            }
            rows = inner;
        }
        let count = rows.len();
        for (place, row) in rows.iter_mut().enumerate() {
            if !row.scopes.first().is_some_and(|one| one.is_object()) {
                let name = paths.last().map_or("body", String::as_str);
                let error = DecodeError::new(name, "holds something that is no object");
                return Err(error.in_row(place, count));
            }
            row.scopes.push(&self.query);
        }
        Ok(rows)
    }
}

impl Row<'_> {
    /// The first of the fields that is there and not empty: its name, and its value as text.
    #[must_use]
    pub(super) fn first<'p>(&self, paths: &'p [String]) -> Option<(&'p str, String)> {
        let mut texts = paths.iter().filter_map(|path| Some((path.as_str(), self.text(path)?)));
        texts.find(|(_, text)| !text.trim().is_empty())
    }

    /// A field as text, an empty one too; `None`: it is not there, or no text, number or truth.
    #[must_use]
    pub(in crate::channel) fn text(&self, path: &str) -> Option<String> {
        self.scopes.iter().find_map(|scope| text_of(at(scope, path)?))
    }
}

/// What a path (`status.groupName`, `results.0.id`) leads to.
#[must_use]
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    // A name with dots in it first.
    if let Some(found) = field(value, path) {
        return Some(found);
    }
    let mut found = value;
    for name in path.split('.') {
        found = match found {
            Value::Array(list) => list.get(name.parse::<usize>().ok()?)?,
            other => field(other, name)?,
        };
    }
    Some(found)
}

/// A field of an object, in any letters where it is not there in these.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let same = || object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    object.get(name).or_else(|| same().map(|(_, value)| value))
}

/// A text, a number or a truth, as text.
#[must_use]
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The body, `None` where there is none.
fn body(callback: &Callback) -> Result<Option<Value>, DecodeError> {
    let text = std::str::from_utf8(&callback.body)
        .map_err(|_| DecodeError::new("body", "is not UTF-8"))?;
    // A mark of byte order some programs begin with.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(None);
    }
    let says_json = callback.content_type.as_deref().is_some_and(|kind| kind.ends_with("json"));
    // Vendors send JSON and call it a form.
    if says_json || text.starts_with(['{', '[']) {
        return parse("body", text).map(Some);
    }
    form(text).map(Some)
}

fn parse(name: &str, text: &str) -> Result<Value, DecodeError> {
    serde_json::from_str(text).map_err(|error| {
        // The library's own words quote nothing of the text.
        let (line, column) = (error.line(), error.column());
        DecodeError::new(name, format!("is not JSON: line {line}, column {column}"))
    })
}

/// The fields of a form.
///
/// # Errors
/// [`DecodeError`]: a value is no UTF-8 when decoded.
pub(super) fn form(text: &str) -> Result<Value, DecodeError> {
    let mut reader =
        Url::parse("form:/").map_err(|_| DecodeError::new("body", "cannot be read"))?;
    reader.set_query(Some(text));
    let was_sent = text.contains('\u{fffd}') || text.to_ascii_uppercase().contains("%EF%BF%BD");
    let pairs = reader.query_pairs().into_owned();
    object(pairs, was_sent)
}

/// Names and values as an object; of a name that comes twice the first counts.
fn object(
    pairs: impl Iterator<Item = (String, String)>,
    was_sent: bool,
) -> Result<Value, DecodeError> {
    let mut object = Map::new();
    for (name, value) in pairs {
        // What was no UTF-8 has become this sign; a person may have sent it, too.
        if value.contains('\u{fffd}') && !was_sent {
            return Err(DecodeError::new(name, "is not UTF-8"));
        }
        object.entry(name).or_insert(Value::String(value));
    }
    Ok(Value::Object(object))
}

/// The fields of `success | 919812345678 | 123-456`.
#[must_use]
pub(super) fn pipes(text: &str) -> Value {
    Value::Array(text.split('|').map(|one| Value::String(one.trim().to_owned())).collect())
}
