//! The request that sends a message, as data. Pure.

use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::{Map, Value as Json};
use toml::Value;

use super::file::{Method, Piece, RoadFile, UnicodeWords, pieces};

/// What stands for the placeholders of one message; a name without a value leaves its field out.
#[derive(Clone, Debug, Default)]
pub(super) struct Values<'a> {
    /// Digits with the country code: `919812345678`.
    pub(super) to: &'a str,
    pub(super) text: &'a str,
    pub(super) from: &'a str,
    /// Our own id, as a vendor may echo it.
    pub(super) id: &'a str,
    pub(super) report_url: &'a str,
    pub(super) is_unicode: bool,
    pub(super) entity: Option<&'a str>,
    pub(super) template: Option<&'a str>,
    pub(super) chain: Option<&'a str>,
    pub(super) username: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    pub(super) base: &'a str,
    /// The account's, over those of the road.
    pub(super) others: BTreeMap<&'a str, &'a str>,
}

/// A request, ready to be made. `Debug` shows no header and no body: they hold the password and the text.
#[derive(Clone, PartialEq)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    /// User and password of HTTP basic authentication.
    pub(super) basic: Option<(String, String)>,
    pub(super) body: Body,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

#[derive(Clone, PartialEq)]
pub(super) enum Body {
    None,
    /// `application/x-www-form-urlencoded`.
    Form(String),
    Json(Json),
}

/// The address cannot be: what the account or the road says makes no URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoAddress;

impl Values<'_> {
    fn get(&self, name: &str, unicode: Option<&UnicodeWords>) -> Option<String> {
        let national = self.to.strip_prefix("91").filter(|rest| rest.len() == 10);
        let value = match name {
            "to" => self.to.to_owned(),
            "to_plus" => format!("+{}", self.to),
            "to_national" => national.unwrap_or(self.to).to_owned(),
            "text" => self.text.to_owned(),
            "from" => self.from.to_owned(),
            "id" => self.id.to_owned(),
            "report_url" => self.report_url.to_owned(),
            "base" => self.base.to_owned(),
            "entity" => self.entity?.to_owned(),
            "template" => self.template?.to_owned(),
            "chain" => self.chain?.to_owned(),
            "username" => self.username?.to_owned(),
            "password" => self.password?.to_owned(),
            "unicode" => scalar(self.unicode_word(unicode?))?,
            other => (*self.others.get(other)?).to_owned(),
        };
        (!value.is_empty()).then_some(value)
    }

    const fn unicode_word<'w>(&self, words: &'w UnicodeWords) -> &'w Value {
        if self.is_unicode { &words.yes } else { &words.no }
    }
}

/// A text, a number or a truth as text.
fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        _ => return None,
    })
}

/// Fills a text; `None` when a placeholder in it has no value.
fn filled(
    text: &str,
    values: &Values<'_>,
    unicode: Option<&UnicodeWords>,
    write: impl Fn(&str, String) -> String,
) -> Option<String> {
    let mut out = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Placeholder(name) => out.push_str(&write(name, values.get(name, unicode)?)),
        }
    }
    Some(out)
}

/// Everything but letters, digits and `-._~` as `%XX` (RFC 3986).
fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The names and values of a query or a form.
fn pairs(
    table: &toml::Table,
    values: &Values<'_>,
    unicode: Option<&UnicodeWords>,
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (key, value) in table {
        let value = match value {
            Value::String(text) => filled(text, values, unicode, |_, value| value),
            other => scalar(other),
        };
        pairs.extend(value.map(|value| (key.clone(), value)));
    }
    pairs
}

/// A JSON value with its placeholders filled; `None` leaves it out.
fn json(value: &Value, values: &Values<'_>, unicode: Option<&UnicodeWords>) -> Option<Json> {
    Some(match value {
        Value::String(text) if text == "{unicode}" => {
            let word = values.unicode_word(unicode?);
            if word.as_str() == Some("") {
                return None;
            }
            serde_json::to_value(word).ok()?
        }
        Value::String(text) => Json::String(filled(text, values, unicode, |_, value| value)?),
        Value::Array(list) => {
            let list: Vec<Json> =
                list.iter().filter_map(|one| json(one, values, unicode)).collect();
            if list.is_empty() {
                return None;
            }
            Json::Array(list)
        }
        Value::Table(table) => {
            let mut object = Map::new();
            for (key, inner) in table {
                object.extend(json(inner, values, unicode).map(|inner| (key.clone(), inner)));
            }
            if object.is_empty() {
                return None;
            }
            Json::Object(object)
        }
        other => serde_json::to_value(other).ok()?,
    })
}

/// The request of a message.
///
/// # Errors
/// [`NoAddress`]: the account or the road is at fault, not the message.
pub(super) fn request(road: &RoadFile, values: &Values<'_>) -> Result<Request, NoAddress> {
    let send = &road.send;
    let unicode = send.unicode.as_ref();
    let address =
        filled(
            &send.url,
            values,
            unicode,
            |name, value| {
                if name == "base" { value } else { percent(&value) }
            },
        );
    let mut url = Url::parse(&address.ok_or(NoAddress)?).map_err(|_| NoAddress)?;
    let query = pairs(&send.query, values, unicode);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut headers = Vec::new();
    for (name, value) in &send.headers {
        let value = filled(value, values, unicode, |_, value| value);
        headers.extend(value.map(|value| (name.clone(), value)));
    }
    let body = if let Some(form) = &send.form {
        Body::Form(form_text(pairs(form, values, unicode)).ok_or(NoAddress)?)
    } else if let Some(table) = &send.json {
        let whole = json(&Value::Table(table.clone()), values, unicode);
        Body::Json(whole.unwrap_or_else(|| Json::Object(Map::new())))
    } else {
        Body::None
    };
    let basic = send.basic.then(|| {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        (text(values.username), text(values.password))
    });
    Ok(Request { method: send.method, url, headers, basic, body })
}

/// Names and values as a form writes them.
fn form_text(pairs: Vec<(String, String)>) -> Option<String> {
    let mut writer = Url::parse("form:/").ok()?;
    writer.query_pairs_mut().extend_pairs(pairs);
    Some(writer.query().unwrap_or_default().to_owned())
}
