//! The JSON Schema of broadcast files, for editors. `check` knows more.

use serde_json::{Map, Value, json};

use super::file::{
    ASKED, CHANNELS, FALLBACK_KEYS, HEADERS, KEYS, PURPOSES, SEND_KEYS, STOP, VALUE_KEYS,
};
use super::said::Known;
use super::send::Repeat;
use crate::contact::Language;
use crate::flow::author::{closed, described, moment, titled};
use crate::message::{Channel, MediaKind, Purpose};

/// The schema of a file in `broadcasts/`.
#[must_use]
pub fn schema() -> Value {
    let properties = KEYS.map(|key| (key.to_owned(), of(key)));
    titled(
        closed(Value::Object(Map::from_iter(properties)), &["broadcast", "send"]),
        "A broadcast of Samvad",
    )
}

fn name() -> Value {
    json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"})
}

/// Words for everybody, or in each language.
fn words() -> Value {
    let each = Language::ALL.map(|language| (language.code().to_owned(), scalar()));
    json!({"anyOf": [scalar(), closed(Value::Object(Map::from_iter(each)), &[])]})
}

fn scalar() -> Value {
    json!({"type": ["string", "number"]})
}

fn of(key: &str) -> Value {
    match key {
        "broadcast" => described(name(), "Its name, that of the file."),
        "about" => json!({"type": "string"}),
        "purpose" => described(
            json!({"enum": PURPOSES.map(Purpose::name)}),
            "The consent it needs; without it that of the template.",
        ),
        "asks" => described(
            json!({"enum": ASKED.map(Purpose::name)}),
            "The consent it asks for, of people who never said anything about it: once ever.",
        ),
        "audience" => described(
            json!({"type": "string"}),
            "Whom it is for: member && place.within(\"lucknow\").",
        ),
        "list" => described(json!({"type": "string"}), "A file of numbers beside it."),
        "template" => described(name(), "What leaves on WhatsApp: a file of flows/templates/."),
        "header" => {
            let kinds = HEADERS.map(|kind: MediaKind| {
                (kind.name().to_owned(), json!({"type": "string", "pattern": "^https://"}))
            });
            described(closed(Value::Object(Map::from_iter(kinds)), &[]), "Above the template.")
        }
        "values" => {
            let known = json!({"enum": Known::ALL.map(Known::name)});
            let [of, otherwise] = VALUE_KEYS;
            let person = closed(json!({of: known, otherwise: words()}), &[otherwise]);
            json!({
                "type": "object",
                "additionalProperties": {"anyOf": [words(), person]},
                "description": "What fills the places of its messages.",
            })
        }
        "buttons" => json!({
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": format!("The flow that a tap on each button begins, or `{STOP}`."),
        }),
        "sms" => json!({
            "anyOf": [
                {"enum": ["template"]},
                closed(json!({"say": {"type": "string"}}), &["say"]),
            ],
            "description": "The short message: a text of locales/*/broadcasts.ftl, or the template's own words.",
        }),
        "replies" => described(name(), "The flow that an answer opens."),
        "senders" => json!({
            "anyOf": [scalar(), {"type": "array", "items": scalar()}],
            "description": "Numbers and accounts of ours it may leave from, or a channel for all of its; every one without it.",
        }),
        "send" => {
            let [from, before, repeat, until] = SEND_KEYS;
            let hour = json!({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"});
            let properties = json!({
                from: moment(),
                before: {"anyOf": [moment(), hour]},
                repeat: {"enum": Repeat::ALL.map(Repeat::name)},
                until: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            });
            described(closed(properties, &[before]), "When it leaves, by the clocks of India.")
        }
        "fallback" => {
            let [channel, after] = FALLBACK_KEYS;
            let properties = json!({
                channel: {"enum": CHANNELS.map(Channel::name)},
                after: {"type": "string", "pattern": "^[0-9]+ ?[smhd]$"},
            });
            described(
                closed(properties, &[channel, after]),
                "The other way, for whom the first did not reach in this time.",
            )
        }
        "certificate" => {
            described(scalar(), "The number of the certificate that the code of conduct wants.")
        }
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_schema() {
        for key in KEYS {
            assert_ne!(of(key), json!({}), "{key}");
        }
    }
}
