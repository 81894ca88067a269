//! The JSON Schema of the configuration, made of the embedded defaults: their keys, the types of
//! their values, and the comments above them.

use serde_json::{Map, Value as Json, json};
use toml::Value;

use super::DEFAULTS;
use super::reader::table_of;

/// Keys with a few words to choose from.
const WORDS: [(&str, &[&str]); 6] = [
    ("reload", &["auto", "signal"]),
    ("roles", &["web", "delivery"]),
    ("log.format", &["text", "json"]),
    ("membership.active_area", &["seat", "district"]),
    ("simulator.enabled", &["auto", "on", "off"]),
    ("whatsapp.presence", &["off", "read", "typing"]),
];

/// The schema of `samvad.toml`.
#[must_use]
pub fn schema() -> Json {
    let defaults = table_of(DEFAULTS).unwrap_or_default();
    let comments = comments();
    let about = |dotted: &str| {
        comments.iter().find(|(key, _)| key == dotted).map_or("", |(_, words)| words.as_str())
    };
    let mut properties = Map::new();
    for (key, value) in &defaults {
        let Value::Table(section) = value else {
            properties.insert(key.clone(), of_value(key, value, about(key)));
            continue;
        };
        let mut inner = Map::new();
        for (name, value) in section {
            let dotted = format!("{key}.{name}");
            inner.insert(name.clone(), of_value(&dotted, value, about(&dotted)));
        }
        // A section without keys of its own takes the office's.
        let closed = !inner.is_empty();
        properties.insert(
            key.clone(),
            json!({"type": "object", "properties": inner, "additionalProperties": !closed}),
        );
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The configuration of Samvad",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn of_value(dotted: &str, value: &Value, about: &str) -> Json {
    let words = WORDS.iter().find(|(key, _)| *key == dotted).map(|(_, words)| *words);
    let mut of = match (value, words) {
        (Value::Array(_), Some(words)) => json!({"type": "array", "items": {"enum": words}}),
        (_, Some(words)) => json!({"enum": words}),
        (Value::String(_), None) => json!({"type": "string"}),
        (Value::Integer(_), None) => json!({"type": "integer"}),
        (Value::Float(_), None) => json!({"type": "number"}),
        (Value::Boolean(_), None) => json!({"type": "boolean"}),
        (Value::Array(_), None) => json!({"type": "array", "items": {"type": "string"}}),
        // Each of the office's own, by its name.
        (Value::Table(_), None) => {
            json!({"type": "object", "additionalProperties": {"type": "object"}})
        }
        (Value::Datetime(_), None) => json!({}),
    };
    if let Json::Object(of) = &mut of
        && !about.is_empty()
    {
        of.insert("description".to_owned(), json!(about));
    }
    of
}

/// The comment above each key of the defaults.
fn comments() -> Vec<(String, String)> {
    let mut section = String::new();
    let mut above: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in DEFAULTS.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix('#') {
            above.push(words.trim());
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            above.clear();
        } else if let Some((key, _)) = line.split_once('=') {
            let key = key.trim();
            let dotted =
                if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
            found.push((dotted, above.join(" ")));
            above.clear();
        } else {
            above.clear();
        }
    }
    found
}
