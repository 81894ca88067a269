//! A request to a vendor, read strictly.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

use super::call::base64;

/// A request to a vendor.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    /// After the vendor's name, without a slash before it.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Names and values, in their order.
pub(super) struct Fields(Vec<(String, String)>);

impl Asked<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it bears this user and password by basic authentication (RFC 7617).
    pub(super) fn has_basic(&self, user: &str, password: &str) -> bool {
        let wanted = format!("Basic {}", base64(format!("{user}:{password}").as_bytes()));
        self.header("authorization") == Some(&wanted)
    }

    fn says(&self, content_type: &str) -> bool {
        let kind = self.header(CONTENT_TYPE.as_str()).and_then(|kind| kind.split(';').next());
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(content_type))
    }

    /// The fields of the form in the body.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn form(&self) -> Result<Fields, String> {
        if !self.says("application/x-www-form-urlencoded") {
            return Err("the content type must be application/x-www-form-urlencoded".to_owned());
        }
        let text = std::str::from_utf8(self.body).map_err(|_| "the form is not UTF-8")?;
        Fields::read(text)
    }

    /// The fields of the query.
    ///
    /// # Errors
    /// As [`Asked::form`].
    pub(super) fn query(&self) -> Result<Fields, String> {
        Fields::read(self.query)
    }

    /// # Errors
    /// As [`Asked::form`].
    pub(super) fn json(&self) -> Result<Value, String> {
        if !self.says("application/json") {
            return Err("the content type must be application/json".to_owned());
        }
        serde_json::from_slice(self.body).map_err(|error| format!("the body is no JSON: {error}"))
    }
}

impl Fields {
    fn read(text: &str) -> Result<Fields, String> {
        let mut reader = reqwest::Url::parse("form:/").map_err(|error| error.to_string())?;
        reader.set_query(Some(text));
        let fields: Vec<(String, String)> = reader.query_pairs().into_owned().collect();
        if let Some((name, _)) = fields.iter().find(|(_, value)| value.contains('\u{fffd}')) {
            return Err(format!("{name} is not UTF-8"));
        }
        Ok(Fields(fields))
    }

    /// A field that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A field no document of the vendor names.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| !known.contains(&name.as_str()));
        found.map(|(name, _)| name.as_str())
    }
}

/// A member of an object that no document of the vendor names.
pub(super) fn unknown_member<'v>(value: &'v Value, known: &[&str]) -> Option<&'v str> {
    let object = value.as_object()?;
    object.keys().map(String::as_str).find(|name| !known.contains(name))
}
