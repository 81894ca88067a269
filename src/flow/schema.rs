//! JSON Schemas of flow files and rehearsals, for editors that complete and underline while one
//! writes. `check` knows more: names that lead somewhere, texts, conditions.

use serde_json::{Map, Value, json};

use crate::contact::Language;
use crate::message::Purpose;

const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// Every kind of step: its key, its line in an editor, and the keys that may stand beside it.
const STEPS: [(&str, &str, &[&str]); 11] = [
    ("say", "Says the text and goes on.", &["attach", "goto", "end"]),
    (
        "ask",
        "Says the text and waits for an answer.",
        &["answer", "when", "optional", "notice", "goto", "end"],
    ),
    ("do", "Makes something true.", &["goto", "end"]),
    ("if", "One of two ways, by a condition.", &["then", "else"]),
    ("switch", "The first way whose condition holds.", &[]),
    ("call", "Plays another flow to its end, then comes back.", &["when", "goto", "end"]),
    ("wait", "Lets time pass: 30s, 10m, 2h, 1d.", &["reply", "goto", "end"]),
    (
        "fetch",
        "Asks another program; the answer arrives as an event.",
        &["method", "headers", "body", "timeout", "keep", "when", "goto", "end"],
    ),
    ("handoff", "Says the text; a person takes over and the bot is mute.", &["goto", "end"]),
    ("goto", "On to that step; with `at_most` a loop with a limit.", &["at_most", "else"]),
    ("end", "The conversation is over.", &[]),
];

/// Answers that are a word and nothing else.
const PLAIN_ANSWERS: [&str; 15] = [
    "yes_no",
    "number",
    "year",
    "age",
    "text",
    "person_name",
    "phone",
    "district",
    "assembly",
    "lok_sabha",
    "date",
    "booth",
    "location",
    "photo",
    "voice",
];

/// Answers with details, and the keys that may stand beside them.
const DETAILED_ANSWERS: [(&str, &str, &[&str]); 10] = [
    ("one_of", "One of these choices; their labels are attributes of the text.", &[]),
    ("any_of", "Some of these choices, in one message.", &["at_least", "at_most"]),
    ("ranked", "These choices in an order, in one message.", &["at_least", "at_most"]),
    ("number", "A whole number.", &[]),
    ("year", "A year of birth; with `adult`, below 18 takes the way `minor`.", &[]),
    ("date", "A day; bounds are `today`, 7d, -30d or 2027-12-31.", &[]),
    ("booth", "The number of a booth.", &[]),
    ("assembly", "A seat; `in` names the step that asked the district.", &[]),
    ("pattern", "Words that fit a regular expression as a whole.", &[]),
    ("message", "A message of any of these kinds.", &[]),
];

/// Things a `do` step makes true that are a word and nothing else.
const PLAIN_ACTIONS: [&str; 5] =
    ["enrol_member", "renew_membership", "update_member", "leave_membership", "hand_over"];

fn name() -> Value {
    json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"})
}

fn text_name() -> Value {
    json!({"type": "string", "pattern": "^[a-zA-Z][a-zA-Z0-9_-]*$"})
}

fn duration() -> Value {
    json!({"type": "string", "pattern": "^[0-9]+ ?[smhd]$"})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

/// An object that takes these keys and no others.
fn closed(properties: Value, required: &[&str]) -> Value {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), properties);
    object.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    Value::Object(object)
}

/// A scalar that YAML may take for a number or a boolean.
fn scalar() -> Value {
    json!({"type": ["string", "number", "boolean", "null"]})
}

/// What stands under a key of a step.
fn of_key(key: &str) -> Value {
    match key {
        "say" | "ask" | "handoff" => text_name(),
        "answer" | "when" | "do" | "switch" | "fetch" => reference(key),
        "goto" | "then" | "else" | "reply" => reference("target"),
        "call" => name(),
        "if" => {
            json!({"type": ["string", "boolean"], "description": "A condition, such as member or people > 10."})
        }
        "optional" => json!({"type": "boolean"}),
        "notice" => json!({"enum": Purpose::ALL.map(Purpose::name)}),
        "end" => {
            json!({"anyOf": [{"type": "boolean"}, name()], "description": "true, or the result for a flow that calls this one."})
        }
        "attach" => json!({"enum": ["membership_card"]}),
        "wait" | "timeout" => duration(),
        "at_most" | "at_least" => json!({"type": "integer", "minimum": 0, "maximum": 99}),
        "method" => json!({"enum": ["get", "post", "put"]}),
        "headers" => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [
                scalar(),
                closed(json!({"secret": {"type": "string"}}), &["secret"]),
            ]},
        }),
        "keep" => json!({
            "type": "object",
            "propertyNames": name(),
            "additionalProperties": {"type": "string", "pattern": "^(/.*)?$"},
        }),
        _ => json!({}),
    }
}

fn step() -> Value {
    let kinds: Vec<Value> = STEPS
        .iter()
        .map(|(key, about, beside)| {
            let mut properties = Map::new();
            for part in std::iter::once(key).chain(*beside) {
                properties.insert((*part).to_owned(), of_key(part));
            }
            let required: &[&str] = match *key {
                "ask" => &["ask", "answer"],
                "if" => &["if", "then"],
                one => &[one],
            };
            let mut kind = closed(Value::Object(properties), required);
            if let Value::Object(kind) = &mut kind {
                kind.insert("description".to_owned(), json!(about));
            }
            kind
        })
        .collect();
    json!({"anyOf": kinds})
}

fn choices() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [
            {"anyOf": [name(), {"type": ["boolean"]}]},
            closed(json!({"id": name(), "if": {"type": ["string", "boolean"]}}), &["id"]),
        ]},
    })
}

fn details(answer: &str) -> Value {
    let bounds = |of: Value| closed(json!({"from": of.clone(), "to": of}), &[]);
    match answer {
        "one_of" | "any_of" | "ranked" => json!({"anyOf": [
            reference("choices"),
            closed(
                json!({
                    "choices": reference("choices"),
                    "shuffle": {"type": "boolean"},
                    "last": {"type": "array", "items": name()},
                }),
                &["choices"],
            ),
        ]}),
        "number" | "booth" => bounds(json!({"type": "integer"})),
        "year" => closed(json!({"adult": {"type": "boolean"}}), &[]),
        "date" => bounds(
            json!({"type": "string", "pattern": "^(today|-?[0-9]+d|[0-9]{4}-[0-9]{2}-[0-9]{2})$"}),
        ),
        "assembly" => closed(json!({"in": name()}), &[]),
        "message" => json!({
            "type": "array",
            "minItems": 1,
            "items": {"enum": ["text", "voice", "photo", "location", "file", "video"]},
        }),
        _ => json!({"type": "string"}),
    }
}

fn answer() -> Value {
    let mut plain: Vec<&str> = PLAIN_ANSWERS.to_vec();
    plain.push("file");
    let mut kinds = vec![json!({"enum": plain})];
    for (kind, about, beside) in DETAILED_ANSWERS {
        let mut properties = Map::new();
        properties.insert(kind.to_owned(), details(kind));
        for key in beside {
            properties.insert((*key).to_owned(), of_key(key));
        }
        let mut form = closed(Value::Object(properties), &[kind]);
        if let Value::Object(form) = &mut form {
            form.insert("description".to_owned(), json!(about));
        }
        kinds.push(form);
    }
    json!({"anyOf": kinds})
}

fn action() -> Value {
    let purposes = json!({"type": "array", "items": {"enum": Purpose::ALL.map(Purpose::name)}});
    let term = closed(json!({"term": json!({"type": "string", "pattern": "^[0-9]+[dmy]$"})}), &[]);
    json!({"anyOf": [
        {"enum": PLAIN_ACTIONS},
        closed(json!({"enrol_member": term.clone()}), &["enrol_member"]),
        closed(json!({"renew_membership": term}), &["renew_membership"]),
        closed(json!({"consent": purposes.clone()}), &["consent"]),
        closed(json!({"withdraw": purposes}), &["withdraw"]),
        closed(json!({"language": {"type": "string"}}), &["language"]),
        closed(
            json!({"request": {"anyOf": [
                {"type": "string"},
                closed(json!({"kind": {"type": "string"}, "with": {"type": "array", "items": name()}}), &["kind"]),
            ]}}),
            &["request"],
        ),
    ]})
}

/// The schema of `flows/*.yaml`.
#[must_use]
pub fn flow_schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "A flow of Samvad",
        "type": "object",
        "required": ["flow", "steps"],
        "additionalProperties": false,
        "properties": {
            "flow": {"allOf": [name()], "description": "Its name, the same as the file's."},
            "about": {"type": "string", "description": "One line for people who read the list of flows."},
            "start": closed(
                json!({
                    "words": {
                        "description": "The words it begins with, in any spelling.",
                        "anyOf": [scalar(), {"type": "array", "items": scalar()}],
                    },
                    "link": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "description": "The word in a wa.me link or QR code."},
                    "default": {"type": "boolean", "description": "Answers a first message that fits nothing else: in exactly one flow."},
                }),
                &[],
            ),
            "steps": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": name(),
                "additionalProperties": reference("step"),
                "description": "The steps, in order; an answer is kept under the name of its step.",
            },
            "remind": closed(
                json!({
                    "after": duration(),
                    "times": {"type": "integer", "minimum": 1, "maximum": 255},
                    "say": text_name(),
                }),
                &["after"],
            ),
            "expires": duration(),
        },
        "definitions": {
            "step": step(),
            "answer": answer(),
            "choices": choices(),
            "do": action(),
            "target": {"anyOf": [
                {"type": "string", "description": "A step of this flow, or `end`."},
                closed(json!({"flow": name()}), &["flow"]),
                closed(json!({"call": name()}), &["call"]),
            ]},
            "when": {"type": "object", "additionalProperties": reference("target")},
            "switch": {
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [
                    closed(json!({"if": of_key("if"), "goto": reference("target")}), &["if", "goto"]),
                    closed(json!({"else": reference("target")}), &["else"]),
                ]},
            },
            "fetch": {"type": "string", "pattern": "^https?://"},
        },
    })
}

/// The schema of `flows/rehearsals/*.yaml`.
#[must_use]
pub fn rehearsal_schema() -> Value {
    let member = json!({"anyOf": [
        {"type": ["string", "boolean"]},
        {"type": "object", "additionalProperties": scalar()},
    ]});
    let one_or_more = json!({"anyOf": [scalar(), {"type": "array", "items": scalar()}]});
    json!({
        "$schema": DIALECT,
        "title": "A rehearsal of a flow of Samvad",
        "type": "object",
        "required": ["rehearse", "talk"],
        "additionalProperties": false,
        "properties": {
            "rehearse": {"allOf": [name()], "description": "The flow it rehearses."},
            "about": {"type": "string"},
            "channel": {"enum": ["whatsapp", "sms"]},
            "lang": {"enum": Language::ALL.map(Language::code)},
            "member": member,
            "posts": {"type": "array", "items": {"type": "string"}},
            "consents": {
                "type": "object",
                "propertyNames": {"enum": Purpose::ALL.map(Purpose::name)},
                "additionalProperties": {"type": "boolean"},
            },
            "phone": {"type": "boolean"},
            "talk": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": false,
                    "properties": {
                        "me": {"description": "The person writes this.", "type": ["string", "number", "boolean"]},
                        "tap": {"description": "The person taps this choice.", "type": ["string", "number", "boolean"]},
                        "send": {"description": "The person sends one of these.", "anyOf": [
                            {"enum": super::rehearse::SENDABLE},
                            {"type": "object"},
                        ]},
                        "bot": {"description": "The text that must come, by its name.", "anyOf": [one_or_more.clone()]},
                        "buttons": {"description": "The choices on the screen.", "type": "array", "items": scalar()},
                        "picture": {"description": "The picture that must come.", "type": ["string", "boolean"]},
                        "wait": duration(),
                        "fetched": {"description": "What an asked program answers."},
                        "office": {"description": "What the office does or writes."},
                    },
                },
            },
            "then": {
                "description": "What is true at the end.",
                "type": "object",
            },
        },
    })
}
