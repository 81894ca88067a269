//! JSON Schemas of flow files and rehearsals, for editors that complete and underline while one
//! writes. `check` knows more: names that lead somewhere, texts, conditions.

use serde_json::{Map, Value, json};

use super::condition::PURPOSES;
use super::definition::ASPECTS;
use super::dlt::{KEYS as DLT_KEYS, TEMPLATE_KEYS as DLT_TEMPLATE_KEYS};
use super::draft::action::{ACTIONS, ActionForm};
use super::draft::answer::{ANSWERS, AnswerForm, CHOICE_KEYS, Details, Takes};
use super::draft::step::STEPS;
use super::polling::Part;
use super::rehearse::{KEYS, LINES, MEMBER, METHODS, NUMBER_OF, PICTURES, POLL, SENDABLE, THEN};
use super::session::SentKind;
use super::template::{KEYS as TEMPLATE_KEYS, LANGUAGE_KEYS};
use crate::contact::Language;
use crate::dlt;
use crate::gate::Refusal;
use crate::message::Purpose;
use crate::template::{Category, LONGEST_BODY, LONGEST_LABEL, MOST_BUTTONS};

const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// The line an editor shows for a kind of step.
fn about_step(kind: &str) -> &'static str {
    match kind {
        "say" => "Says the text and goes on.",
        "ask" => "Says the text and waits for an answer.",
        "do" => "Makes something true.",
        "if" => "One of two ways, by a condition.",
        "switch" => "The first way whose condition holds.",
        "count" => "Keeps a number under the step's name: how many conditions hold, or a sum.",
        "call" => "Plays another flow to its end, then comes back.",
        "wait" => "Lets time pass: 30s, 10m, 2h.",
        "fetch" => "Asks another program; the answer arrives as an event.",
        "handoff" => "Says the text; a person takes over and the bot is mute.",
        "goto" => "On to that step; with `at_most` a loop with a limit.",
        "end" => "The conversation is over.",
        _ => "",
    }
}

/// The line an editor shows for an answer with details.
fn about_answer(kind: &str) -> &'static str {
    match kind {
        "one_of" => "One of these choices; their labels are attributes of the text.",
        "any_of" => "Some of these choices, in one message.",
        "ranked" => "These choices in an order, in one message.",
        "number" => "A whole number.",
        "year" => "A year of birth; with `adult`, below 18 takes the way `minor`.",
        "age" => "An age in years; with `adult`, below 18 takes the way `minor`.",
        "date" => "A day; bounds are `today`, 7d, -30d or 2027-12-31.",
        "booth" => "The number of a booth, 1 to `to`.",
        "assembly" => "A seat; `in` names the step that asked the district.",
        "pattern" => "Words that fit a regular expression as a whole.",
        "message" => "A message of any of these kinds.",
        "ballot" => "What a poll asks for; the answer is sealed, and nothing of it is kept.",
        _ => "",
    }
}

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

/// The schema of a whole file.
pub(crate) fn titled(mut schema: Value, title: &str) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), json!(DIALECT));
        schema.insert("title".to_owned(), json!(title));
    }
    schema
}

/// The same with what an editor says of it.
pub(crate) fn described(mut of: Value, about: &str) -> Value {
    if let Value::Object(of) = &mut of {
        of.insert("description".to_owned(), json!(about));
    }
    of
}

/// A day and a time, as a person writes them.
pub(crate) fn moment() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} +[0-9]{1,2}:[0-9]{2}$"})
}

/// An object that takes these keys and no others.
pub(crate) fn closed(properties: Value, required: &[&str]) -> Value {
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
        "count" => json!({
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "boolean"]}, "minItems": 1}],
            "description": "A list of conditions, of which those that hold are counted; or a sum such as adults + children.",
        }),
        "optional" => json!({"type": "boolean"}),
        "notice" => json!({"enum": Purpose::ALL.map(Purpose::name)}),
        "end" => {
            json!({"anyOf": [{"type": "boolean"}, name()], "description": "true, or the result for a flow that calls this one."})
        }
        "attach" => json!({"enum": ["membership_card"]}),
        "template" => json!({
            "allOf": [name()],
            "description": "What it is registered as: a file of flows/templates/, for when the person was silent for 24 hours.",
        }),
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
        .map(|(key, beside)| {
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
                kind.insert("description".to_owned(), json!(about_step(key)));
            }
            kind
        })
        .collect();
    json!({"anyOf": kinds})
}

/// The id of a choice; YAML takes `yes` for a boolean in some editors.
fn choice() -> Value {
    json!({"anyOf": [name(), {"type": ["boolean"]}]})
}

fn choices() -> Value {
    json!({
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [
            choice(),
            closed(json!({"id": name(), "if": {"type": ["string", "boolean"]}}), &["id"]),
        ]},
    })
}

/// What a key of an answer takes.
fn taken(takes: Takes) -> Value {
    match takes {
        Takes::Number => json!({"type": "integer"}),
        Takes::Flag => json!({"type": "boolean"}),
        Takes::Step => name(),
        Takes::Day => {
            json!({"type": "string", "pattern": "^(today|[-+]?[0-9]+ ?d|[0-9]{4}-[0-9]{2}-[0-9]{2})$"})
        }
        Takes::Choices => reference("choices"),
        Takes::Ids => json!({"type": "array", "items": choice()}),
        Takes::Text => text_name(),
    }
}

fn keys(keys: &[(&str, Takes)], required: &[&str]) -> Value {
    let properties = keys.iter().map(|(key, takes)| ((*key).to_owned(), taken(*takes)));
    closed(Value::Object(properties.collect()), required)
}

/// What stands under the name of an answer; `None` where nothing may.
fn details(form: &AnswerForm) -> Option<Value> {
    Some(match form.details {
        Details::Nothing => return None,
        Details::Choices => {
            json!({"anyOf": [reference("choices"), keys(&CHOICE_KEYS, &["choices"])]})
        }
        Details::Pattern => json!({"type": "string"}),
        Details::Kinds => json!({
            "type": "array",
            "minItems": 1,
            "items": {"enum": SentKind::ALL.map(SentKind::name)},
        }),
        Details::Part => json!({"enum": Part::ALL.map(Part::name)}),
        Details::Keys(list) => keys(list, &[]),
    })
}

fn answer() -> Value {
    let plain: Vec<&str> = ANSWERS.iter().filter(|form| form.bare).map(|form| form.name).collect();
    let mut kinds = vec![json!({"enum": plain})];
    for form in &ANSWERS {
        let Some(under) = details(form) else { continue };
        let mut properties = Map::new();
        properties.insert(form.name.to_owned(), under);
        for (key, takes) in form.beside {
            properties.insert((*key).to_owned(), taken(*takes));
        }
        let mut kind = closed(Value::Object(properties), &[form.name]);
        if let Value::Object(kind) = &mut kind {
            kind.insert("description".to_owned(), json!(about_answer(form.name)));
        }
        kinds.push(kind);
    }
    json!({"anyOf": kinds})
}

fn action() -> Value {
    let mut bare: Vec<&str> = Vec::new();
    let mut forms: Vec<Value> = Vec::new();
    for (action, form) in ACTIONS {
        if matches!(form, ActionForm::Bare | ActionForm::Term { bare: true }) {
            bare.push(action);
        }
        let under = match form {
            ActionForm::Bare => continue,
            ActionForm::Term { .. } => {
                closed(json!({"term": {"type": "string", "pattern": "^[0-9]+ ?[yd]$"}}), &["term"])
            }
            ActionForm::Purposes => {
                json!({"type": "array", "items": {"enum": Purpose::ALL.map(Purpose::name)}})
            }
            ActionForm::Language => json!({"type": "string"}),
            ActionForm::Request => json!({"anyOf": [
                {"type": "string"},
                closed(
                    json!({"kind": name(), "with": {"type": "array", "items": name()}}),
                    &["kind"],
                ),
            ]}),
        };
        let mut properties = Map::new();
        properties.insert(action.to_owned(), under);
        forms.push(closed(Value::Object(properties), &[action]));
    }
    forms.insert(0, json!({"enum": bare}));
    json!({"anyOf": forms})
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
                    "template": of_key("template"),
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

fn one_or_more() -> Value {
    json!({"anyOf": [scalar(), {"type": "array", "items": scalar()}]})
}

/// A member of a rehearsal: `none`, or what is known of one.
fn member() -> Value {
    let properties = MEMBER.map(|key| (key.to_owned(), scalar()));
    let details = closed(Value::Object(Map::from_iter(properties)), &[]);
    json!({"anyOf": [{"type": ["string", "boolean"]}, details]})
}

/// What is known of a number before the person shares it.
fn number_of() -> Value {
    let properties = NUMBER_OF.map(|key| (key.to_owned(), of_rehearsal(key)));
    closed(Value::Object(Map::from_iter(properties)), &[])
}

fn consents() -> Value {
    json!({
        "type": "object",
        "propertyNames": {"enum": Purpose::ALL.map(Purpose::name)},
        "additionalProperties": {"type": "boolean"},
    })
}

fn free_keys() -> Value {
    json!({"type": "object", "additionalProperties": scalar()})
}

/// A poll that asks the person of a rehearsal.
fn staged_poll() -> Value {
    let of = |key: &str| match key {
        "method" => json!({"enum": METHODS}),
        "candidates" => json!({"type": "array", "minItems": 2, "items": {"type": "string"}}),
        "ratings" => json!({"type": "array", "items": {"enum": ASPECTS}}),
        "again" => json!({"enum": ["until_close", "never"]}),
        "people" => json!({
            "type": "array",
            "items": {"type": "string"},
            "description": "Several people who are asked on this phone.",
        }),
        "closes" => duration(),
        _ => json!({"type": "boolean"}),
    };
    let properties = POLL.map(|key| (key.to_owned(), of(key)));
    let mut poll = closed(Value::Object(Map::from_iter(properties)), &["candidates"]);
    if let Value::Object(poll) = &mut poll {
        poll.insert("description".to_owned(), json!("A poll that asks the person."));
    }
    poll
}

/// What stands under a key of a rehearsal.
fn of_rehearsal(key: &str) -> Value {
    match key {
        "rehearse" => json!({"allOf": [name()], "description": "The flow it rehearses."}),
        "about" | "calendar" => json!({"type": "string"}),
        "channel" => json!({"enum": ["whatsapp", "sms"]}),
        "lang" => json!({"enum": Language::ALL.map(Language::code)}),
        "member" => member(),
        "brought" => {
            json!({"type": "integer", "minimum": 0, "description": "How many came by this person's code."})
        }
        "posts" => json!({"type": "array", "items": {"type": "string"}}),
        "consents" => consents(),
        "phone" => json!({"type": "boolean"}),
        "poll" => staged_poll(),
        "talk" => {
            let properties = LINES.map(|line| (line.to_owned(), of_line(line)));
            json!({
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": false,
                    "properties": Map::from_iter(properties),
                },
            })
        }
        "then" => {
            let properties = THEN.map(|key| (key.to_owned(), of_then(key)));
            let mut then = closed(Value::Object(Map::from_iter(properties)), &[]);
            if let Value::Object(then) = &mut then {
                then.insert("description".to_owned(), json!("What is true at the end."));
            }
            then
        }
        _ => json!({}),
    }
}

/// What stands under the one key of a line of the talk.
fn of_line(key: &str) -> Value {
    match key {
        "me" => json!({"description": "The person writes this.", "anyOf": [
            scalar(),
            closed(json!({"text": scalar(), "late": duration()}), &["text"]),
        ]}),
        "tap" => json!({
            "description": "The person taps this choice.",
            "type": ["string", "number", "boolean"],
        }),
        "send" => json!({"description": "The person sends one of these.", "anyOf": [
            {"enum": SENDABLE},
            closed(json!({"number_of": number_of()}), &["number_of"]),
        ]}),
        "bot" => json!({
            "description": "The text that must come, by its name.",
            "anyOf": [one_or_more()],
        }),
        "buttons" => json!({
            "description": "The choices on the screen.",
            "type": "array",
            "items": scalar(),
        }),
        "picture" => json!({"description": "The picture that must come.", "enum": PICTURES}),
        "template" => json!({
            "description": "The template by which it leaves, after 24 hours of silence.",
            "allOf": [name()],
        }),
        "kept_back" => json!({
            "description": "Why what is said does not leave.",
            "enum": Refusal::ALL.map(Refusal::name),
        }),
        "wait" => duration(),
        "fetched" => json!({"description": "What an asked program answers.", "anyOf": [
            {"enum": ["failed", "never"]},
            closed(
                json!({
                    "status": {"type": "integer", "minimum": 100, "maximum": 599},
                    "body": {"description": "What it sends, as JSON."},
                }),
                &[],
            ),
        ]}),
        "broadcast" => json!({
            "description": "A broadcast of this name reaches the person; an answer to it begins the flow.",
            "type": "string",
        }),
        "poll" => json!({"description": "The poll closes.", "enum": ["closed"]}),
        "office" => json!({
            "description": "The person of the office gives the conversation back.",
            "enum": ["done"],
        }),
        _ => json!({}),
    }
}

/// What stands under a key of `then`.
fn of_then(key: &str) -> Value {
    match key {
        "member" => member(),
        "consents" => consents(),
        "session" => {
            json!({"type": "string", "description": "A step, a flow, flow/step, or none."})
        }
        "language" => json!({"enum": Language::ALL.map(Language::code)}),
        "handed_over" => json!({"type": "boolean"}),
        "request" => json!({"type": "string", "description": "Its kind, or none."}),
        "details" | "answers" => free_keys(),
        "referred_by" => {
            json!({"type": ["string", "integer"], "description": "The number of a member, or none."})
        }
        _ => json!({}),
    }
}

/// The schema of `flows/rehearsals/*.yaml`.
#[must_use]
pub fn rehearsal_schema() -> Value {
    let properties = KEYS.map(|key| (key.to_owned(), of_rehearsal(key)));
    titled(
        closed(Value::Object(Map::from_iter(properties)), &["rehearse", "talk"]),
        "A rehearsal of a flow of Samvad",
    )
}

/// What stands under a key of a template.
fn of_template(key: &str) -> Value {
    match key {
        "template" => {
            json!({"allOf": [name()], "description": "Its name, the same as the file's."})
        }
        "about" => json!({"type": "string"}),
        "registered_as" => json!({
            "type": "string",
            "pattern": "^[a-z0-9_]{1,512}$",
            "description": "What the provider calls it, where that is another name.",
        }),
        "category" => json!({
            "enum": Category::ALL.map(Category::name),
            "description": "utility: about something the person did or asked for; marketing: all else.",
        }),
        "purpose" => json!({
            "enum": PURPOSES.map(Purpose::name),
            "description": "The consent it needs; samvad for marketing.",
        }),
        "variables" => json!({
            "description": "What fills {{1}}, {{2}}, …: answers of the flow, or what is known of the person.",
            "anyOf": [name(), {"type": "array", "items": name()}],
        }),
        "languages" => {
            let properties = LANGUAGE_KEYS.map(|key| (key.to_owned(), of_wording(key)));
            json!({
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"enum": Language::ALL.map(Language::code)},
                "additionalProperties": closed(Value::Object(Map::from_iter(properties)), &["body"]),
            })
        }
        _ => json!({}),
    }
}

/// What stands under a key of one language of a template.
fn of_wording(key: &str) -> Value {
    match key {
        "body" => json!({
            "type": "string",
            "maxLength": LONGEST_BODY,
            "description": "The approved text, with {{1}} where something is filled in.",
        }),
        "buttons" => json!({
            "type": "object",
            "maxProperties": MOST_BUTTONS,
            "additionalProperties": {"type": "string", "maxLength": LONGEST_LABEL},
            "description": "The choices of the question, each with its label.",
        }),
        "code" => json!({
            "type": "string",
            "pattern": "^[a-z]{2,3}(_[A-Z]{2})?$",
            "description": "The provider's code of the language, where it is another: en_US.",
        }),
        _ => json!({}),
    }
}

/// The schema of `flows/templates/*.yaml`.
#[must_use]
pub fn template_schema() -> Value {
    let properties = TEMPLATE_KEYS.map(|key| (key.to_owned(), of_template(key)));
    let required = ["template", "category", "languages"];
    let schema = closed(Value::Object(Map::from_iter(properties)), &required);
    titled(schema, "A template of Samvad, registered at the provider")
}

/// What stands under a key of a DLT registry.
fn of_registry(key: &str) -> Value {
    let id = json!({"type": "string", "pattern": "^[0-9]{19}$"});
    match key {
        "entity" => {
            json!({"allOf": [id], "description": "The principal entity's id: 19 digits, in quotes."})
        }
        "about" => json!({"type": "string"}),
        "headers" => json!({
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9]{3,11}$"},
            "additionalProperties": {"enum": dlt::Category::ALL.map(dlt::Category::name)},
            "description": "The headers, exactly as registered, each with its category.",
        }),
        "brands" => json!({
            "description": "The party's names, of which every template holds one.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        }),
        "languages" => {
            let code = json!({"enum": Language::ALL.map(Language::code)});
            json!({
                "description": "The languages that go by SMS, the first for everybody else; every one without it.",
                "anyOf": [code, {"type": "array", "items": code}],
            })
        }
        "flows" => json!({
            "description": "The flows that go by SMS, by name; every one without it. What all flows share always goes.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        }),
        "longest" => json!({
            "type": "integer",
            "minimum": 1,
            "maximum": 160,
            "description": "Characters one value may have; 30 unless the operator said otherwise.",
        }),
        "passes" => json!({
            "type": "string",
            "description": "Signs that came through in {#alphanumeric#} and {#numeric#} when you tried.",
        }),
        "tested" => scripts(
            "Scripts in which values came through when you tried, for templates that do not say it themselves; latin alone without it.",
        ),
        "urls" | "callback_numbers" => json!({
            "description": "What stands on the portal's list.",
            "anyOf": [scalar(), {"type": "array", "items": scalar()}],
        }),
        "templates" => {
            let properties =
                DLT_TEMPLATE_KEYS.map(|key| (key.to_owned(), of_content_template(key, &id)));
            json!({
                "type": "object",
                "propertyNames": {"pattern": "^[A-Za-z0-9._-]{1,80}$"},
                "additionalProperties": closed(Value::Object(Map::from_iter(properties)), &["text"]),
            })
        }
        _ => json!({}),
    }
}

fn scripts(about: &str) -> Value {
    let script = json!({"enum": dlt::Script::ALL.map(dlt::Script::name)});
    json!({"description": about, "anyOf": [script, {"type": "array", "items": script}]})
}

/// What stands under a key of one content template.
fn of_content_template(key: &str, id: &Value) -> Value {
    let words = json!({"type": "string"});
    match key {
        "id" => {
            json!({"allOf": [id], "description": "The id on the portal: 19 digits, in quotes."})
        }
        "about" => words,
        "header" => json!({
            "description": "The headers it is registered for.",
            "anyOf": [words, {"type": "array", "items": words}],
        }),
        "category" => json!({"enum": dlt::Category::ALL.map(dlt::Category::name)}),
        "language" => json!({"enum": Language::ALL.map(Language::code)}),
        "tested" => scripts(
            "Scripts in which values came through when you tried; those of the registry without it.",
        ),
        "status" => json!({"enum": dlt::Standing::ALL.map(dlt::Standing::name)}),
        "text" => json!({
            "type": "string",
            "description": "The approved text, letter by letter, with {#alphanumeric#} and the like.",
        }),
        _ => json!({}),
    }
}

/// The schema of `flows/dlt/*.yaml`.
#[must_use]
pub fn dlt_schema() -> Value {
    let properties = DLT_KEYS.map(|key| (key.to_owned(), of_registry(key)));
    titled(
        closed(Value::Object(Map::from_iter(properties)), &[]),
        "A DLT registry of Samvad, for SMS in India",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::draft::FLOW_KEYS;

    #[test]
    fn every_key_of_the_files_is_described() {
        let nothing = json!({});
        for key in KEYS {
            assert_ne!(of_rehearsal(key), nothing, "{key}");
        }
        for key in TEMPLATE_KEYS {
            assert_ne!(of_template(key), nothing, "{key}");
        }
        for key in LANGUAGE_KEYS {
            assert_ne!(of_wording(key), nothing, "{key}");
        }
        for key in LINES {
            assert_ne!(of_line(key), nothing, "{key}");
        }
        for key in THEN {
            assert_ne!(of_then(key), nothing, "{key}");
        }
        for (kind, beside) in STEPS {
            assert_ne!(about_step(kind), "", "{kind}");
            for key in beside.iter().filter(|key| **key != "body") {
                assert_ne!(of_key(key), nothing, "{key}");
            }
        }
        for form in ANSWERS.iter().filter(|form| details(form).is_some()) {
            assert_ne!(about_answer(form.name), "", "{}", form.name);
        }
        let schema = flow_schema();
        let described = schema["properties"].as_object().unwrap();
        assert_eq!(described.len(), FLOW_KEYS.len());
        assert!(FLOW_KEYS.iter().all(|key| described.contains_key(*key)));
    }
}
