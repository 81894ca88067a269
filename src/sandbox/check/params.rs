//! Reading one JSON object strictly: every key is asked for by name, and a key nobody asks for is
//! refused.

use serde_json::{Map, Value};

use crate::sandbox::graph_error::{Checked, GraphError};

/// One object of the request and where it stands, as Meta writes places: `interactive['action']`.
pub(super) struct Params<'a> {
    place: String,
    map: &'a Map<String, Value>,
}

/// How long a text may be, in Unicode scalar values, and the code of a refusal.
#[derive(Clone, Copy)]
pub(super) struct Length {
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) code: i64,
}

impl Length {
    /// 1 to `max` characters; refused as 131009.
    pub(super) const fn up_to(max: usize) -> Length {
        Length { min: 1, max, code: 131_009 }
    }

    pub(super) const fn refused_as(self, code: i64) -> Length {
        Length { code, ..self }
    }

    pub(super) const fn or_empty(self) -> Length {
        Length { min: 0, ..self }
    }

    pub(super) fn check(self, place: &str, text: &str) -> Checked<()> {
        let count = text.chars().count();
        if count < self.min || count > self.max {
            return Err(GraphError::of(
                self.code,
                format!(
                    "Param {place} length invalid: {count} characters. Min length: {}, Max length: {}",
                    self.min, self.max
                ),
            ));
        }
        Ok(())
    }
}

impl<'a> Params<'a> {
    /// The object at this place, with no other keys than these.
    pub(super) fn of(place: &str, value: &'a Value, keys: &[&str]) -> Checked<Params<'a>> {
        let Value::Object(map) = value else {
            return Err(GraphError::of(100, format!("Param {place} must be a JSON object.")));
        };
        for key in map.keys() {
            if !keys.contains(&key.as_str()) {
                return Err(GraphError::of(
                    100,
                    format!("Unexpected key \"{key}\" on param \"{place}\"."),
                ));
            }
        }
        Ok(Params { place: place.to_owned(), map })
    }

    /// Where a key of this object stands.
    pub(super) fn at(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}['{key}']", self.place) }
    }

    /// Refuses as missing.
    pub(super) fn missing(&self, key: &str) -> GraphError {
        GraphError::of(131_008, format!("The parameter {} is required.", self.at(key)))
    }

    /// The value of a key; `null` is a missing one.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn require(&self, key: &str) -> Checked<&'a Value> {
        self.get(key).ok_or_else(|| self.missing(key))
    }

    pub(super) fn text(&self, key: &str, length: Length) -> Checked<&'a str> {
        let value = self.require(key)?;
        self.read_text(key, value, length)
    }

    pub(super) fn optional_text(&self, key: &str, length: Length) -> Checked<Option<&'a str>> {
        match self.get(key) {
            Some(value) => Ok(Some(self.read_text(key, value, length)?)),
            None => Ok(None),
        }
    }

    fn read_text(&self, key: &str, value: &'a Value, length: Length) -> Checked<&'a str> {
        let Value::String(text) = value else {
            return Err(GraphError::of(100, format!("Param {} must be a string.", self.at(key))));
        };
        length.check(&self.at(key), text)?;
        Ok(text)
    }

    pub(super) fn one_of(&self, key: &str, allowed: &[&str]) -> Checked<&'a str> {
        let text = self.text(key, Length { min: 0, max: usize::MAX, code: 131_009 })?;
        if !allowed.contains(&text) {
            return Err(GraphError::of(
                131_009,
                format!("Param {} must be one of {{{}}}.", self.at(key), allowed.join(", ")),
            ));
        }
        Ok(text)
    }

    pub(super) fn optional_flag(&self, key: &str) -> Checked<Option<bool>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => {
                Err(GraphError::of(100, format!("Param {} must be a boolean.", self.at(key))))
            }
        }
    }

    pub(super) fn number(&self, key: &str) -> Checked<f64> {
        self.require(key)?
            .as_f64()
            .ok_or_else(|| GraphError::of(100, format!("Param {} must be a number.", self.at(key))))
    }

    pub(super) fn object(&self, key: &str, keys: &[&str]) -> Checked<Params<'a>> {
        let value = self.require(key)?;
        Params::of(&self.at(key), value, keys)
    }

    pub(super) fn optional_object(&self, key: &str, keys: &[&str]) -> Checked<Option<Params<'a>>> {
        match self.get(key) {
            Some(value) => Ok(Some(Params::of(&self.at(key), value, keys)?)),
            None => Ok(None),
        }
    }

    /// The members of a list with their places; at least one, at most `max`.
    pub(super) fn list(&self, key: &str, max: usize) -> Checked<Vec<(String, &'a Value)>> {
        let Value::Array(members) = self.require(key)? else {
            return Err(GraphError::of(100, format!("Param {} must be an array.", self.at(key))));
        };
        if members.is_empty() || members.len() > max {
            return Err(GraphError::of(
                131_009,
                format!("Param {} has {} members. Min: 1, Max: {max}", self.at(key), members.len()),
            ));
        }
        let place = self.at(key);
        Ok(members
            .iter()
            .enumerate()
            .map(|(index, member)| (format!("{place}[{index}]"), member))
            .collect())
    }
}

/// An address that the provider would fetch: `http://` or `https://`, at most 2,000 characters.
pub(super) fn check_link(place: &str, link: &str) -> Checked<()> {
    Length::up_to(2000).check(place, link)?;
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
    });
    if has_host {
        Ok(())
    } else {
        Err(GraphError::of(131_009, format!("Param {place} is not a valid URI.")))
    }
}
