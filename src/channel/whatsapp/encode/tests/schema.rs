//! Meta's published limits of `POST /{phone_number_id}/messages`, written down a second time, from
//! the documentation and not from the encoder. A key it does not name is refused.

use std::collections::HashSet;

use serde_json::{Map, Value};

type Checked = Result<(), String>;

/// Refuses what the Graph API would refuse.
pub(super) fn check(call: &Value) -> Checked {
    let call = object("call", call)?;
    let kind = string(call, "type", 1..=20)?;
    keys(
        call,
        &["messaging_product", "recipient_type", "type", kind],
        &["to", "recipient", "biz_opaque_callback_data", "context"],
    )?;
    is(call, "messaging_product", "whatsapp")?;
    is(call, "recipient_type", "individual")?;
    match (call.get("to"), call.get("recipient")) {
        (Some(to), None) => phone(to)?,
        (None, Some(user)) => user_id(user)?,
        _ => return Err("exactly one of to and recipient".into()),
    }
    if call.contains_key("biz_opaque_callback_data") {
        string(call, "biz_opaque_callback_data", 1..=512)?;
    }
    let body = object(kind, &call[kind])?;
    match kind {
        "text" => {
            keys(body, &["body"], &["preview_url"])?;
            string(body, "body", 1..=4096)?;
            Ok(())
        }
        "interactive" => interactive(body),
        "image" | "video" => media(body, &["caption"]),
        "audio" | "sticker" => media(body, &[]),
        "document" => media(body, &["caption", "filename"]),
        "template" => template(body),
        other => Err(format!("unknown type {other}")),
    }
}

fn interactive(body: &Map<String, Value>) -> Checked {
    keys(body, &["type", "body", "action"], &["header", "footer"])?;
    let words = object("body", &body["body"])?;
    keys(words, &["text"], &[])?;
    string(words, "text", 1..=1024)?;
    let action = object("action", &body["action"])?;
    match string(body, "type", 1..=40)? {
        "button" => {
            keys(action, &["buttons"], &[])?;
            let mut titles = HashSet::new();
            let mut ids = HashSet::new();
            for button in array("buttons", &action["buttons"], 1..=3)? {
                let button = object("button", button)?;
                keys(button, &["type", "reply"], &[])?;
                is(button, "type", "reply")?;
                let reply = object("reply", &button["reply"])?;
                keys(reply, &["id", "title"], &[])?;
                fresh(&mut titles, string(reply, "title", 1..=20)?)?;
                fresh(&mut ids, trimmed(string(reply, "id", 1..=256)?)?)?;
            }
            Ok(())
        }
        "list" => {
            keys(action, &["button", "sections"], &[])?;
            string(action, "button", 1..=20)?;
            let sections = array("sections", &action["sections"], 1..=10)?;
            let mut ids = HashSet::new();
            for section in sections {
                let section = object("section", section)?;
                keys(section, &["rows"], &["title"])?;
                if sections.len() > 1 {
                    string(section, "title", 1..=24)?;
                }
                for row in array("rows", &section["rows"], 1..=10)? {
                    let row = object("row", row)?;
                    keys(row, &["id", "title"], &["description"])?;
                    fresh(&mut ids, trimmed(string(row, "id", 1..=200)?)?)?;
                    string(row, "title", 1..=24)?;
                    if row.contains_key("description") {
                        string(row, "description", 1..=72)?;
                    }
                }
            }
            if ids.len() > 10 { Err("more than ten rows".into()) } else { Ok(()) }
        }
        "location_request_message" => {
            keys(action, &["name"], &[])?;
            is(action, "name", "send_location")
        }
        "contact_request" => {
            keys(action, &["name"], &[])?;
            is(action, "name", "request_contact_info")
        }
        other => Err(format!("unknown interactive {other}")),
    }
}

fn media(body: &Map<String, Value>, optional: &[&str]) -> Checked {
    match (body.get("id"), body.get("link")) {
        (Some(_), None) => {
            keys(body, &["id"], optional)?;
            trimmed(string(body, "id", 1..=300)?)?;
        }
        (None, Some(_)) => {
            keys(body, &["link"], optional)?;
            let link = trimmed(string(body, "link", 9..=2000)?)?;
            if !link.starts_with("https://") {
                return Err("link is not https".into());
            }
        }
        _ => return Err("exactly one of id and link".into()),
    }
    if body.contains_key("caption") {
        string(body, "caption", 1..=1024)?;
    }
    if body.contains_key("filename") {
        string(body, "filename", 1..=240)?;
    }
    Ok(())
}

fn template(body: &Map<String, Value>) -> Checked {
    keys(body, &["name", "language"], &["components"])?;
    let name = string(body, "name", 1..=512)?;
    if !name.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_')) {
        return Err("template name".into());
    }
    let language = object("language", &body["language"])?;
    keys(language, &["code"], &["policy"])?;
    string(language, "code", 2..=10)?;
    let Some(components) = body.get("components") else { return Ok(()) };
    let mut places = HashSet::new();
    for component in array("components", components, 1..=12)? {
        let component = object("component", component)?;
        let kind = string(component, "type", 1..=10)?;
        if kind == "button" {
            keys(component, &["type", "sub_type", "index", "parameters"], &[])?;
            let index = string(component, "index", 1..=1)?;
            fresh(&mut places, index)?;
            index.parse::<u8>().map_err(|_| "index is not a digit".to_owned())?;
            let [parameter] = array("parameters", &component["parameters"], 1..=1)? else {
                return Err("one parameter".into());
            };
            let parameter = object("parameter", parameter)?;
            let (kind, field) = match string(component, "sub_type", 1..=20)? {
                "quick_reply" => ("payload", "payload"),
                "url" => ("text", "text"),
                other => return Err(format!("sub_type {other}")),
            };
            keys(parameter, &["type", field], &[])?;
            is(parameter, "type", kind)?;
            trimmed(string(parameter, field, 1..=2000)?)?;
            continue;
        }
        fresh(&mut places, kind)?;
        keys(component, &["type", "parameters"], &[])?;
        let most = if kind == "header" { 1 } else { 100 };
        let parameters = array("parameters", &component["parameters"], 1..=most)?;
        let mut names = HashSet::new();
        for parameter in parameters {
            let parameter = object("parameter", parameter)?;
            match (kind, string(parameter, "type", 1..=10)?) {
                ("header", medium @ ("image" | "video" | "document")) => {
                    keys(parameter, &["type", medium], &[])?;
                    media(object("medium", &parameter[medium])?, &[])?;
                }
                ("header" | "body", "text") => {
                    keys(parameter, &["type", "text"], &["parameter_name"])?;
                    let most = if kind == "header" { 60 } else { 1024 };
                    let text = string(parameter, "text", 1..=most)?;
                    if text.contains(['\n', '\t']) || text.contains("     ") {
                        return Err("new-line, tab or more than four spaces".into());
                    }
                    if parameter.contains_key("parameter_name") {
                        fresh(&mut names, string(parameter, "parameter_name", 1..=100)?)?;
                    }
                }
                other => return Err(format!("parameter {other:?}")),
            }
        }
        if !names.is_empty() && names.len() != parameters.len() {
            return Err("named and positional parameters are mixed".into());
        }
    }
    Ok(())
}

fn phone(value: &Value) -> Checked {
    let digits = value.as_str().and_then(|text| text.strip_prefix('+'));
    let is_e164 = digits.is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    if is_e164 { Ok(()) } else { Err("to is not + and a number".into()) }
}

fn user_id(value: &Value) -> Checked {
    let rest = value.as_str().and_then(|text| text.get(2..)?.strip_prefix('.'));
    let rest = rest.map(|rest| rest.strip_prefix("ENT.").unwrap_or(rest));
    let is_id = rest.is_some_and(|rest| {
        (1..=128).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if is_id { Ok(()) } else { Err("recipient is not a user id".into()) }
}

fn object<'v>(name: &str, value: &'v Value) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{name} is not an object"))
}

fn array<'v>(
    name: &str,
    value: &'v Value,
    count: std::ops::RangeInclusive<usize>,
) -> Result<&'v [Value], String> {
    let items = value.as_array().ok_or_else(|| format!("{name} is not a list"))?;
    if count.contains(&items.len()) { Ok(items) } else { Err(format!("{name}: {}", items.len())) }
}

fn keys(object: &Map<String, Value>, required: &[&str], optional: &[&str]) -> Checked {
    for key in required {
        if !object.contains_key(*key) {
            return Err(format!("{key} is missing"));
        }
    }
    for key in object.keys() {
        if !required.contains(&key.as_str()) && !optional.contains(&key.as_str()) {
            return Err(format!("unknown key {key}"));
        }
    }
    Ok(())
}

fn string<'v>(
    object: &'v Map<String, Value>,
    key: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<&'v str, String> {
    let text =
        object.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is no text"))?;
    let count = text.chars().count();
    if !length.contains(&count) || text.trim().is_empty() {
        return Err(format!("{key} has {count} characters"));
    }
    Ok(text)
}

fn trimmed(text: &str) -> Result<&str, String> {
    if text.trim() == text { Ok(text) } else { Err("spaces at an edge".into()) }
}

fn is(object: &Map<String, Value>, key: &str, expected: &str) -> Checked {
    if object.get(key).and_then(Value::as_str) == Some(expected) {
        Ok(())
    } else {
        Err(format!("{key} is not {expected}"))
    }
}

fn fresh<'v>(seen: &mut HashSet<&'v str>, text: &'v str) -> Checked {
    if seen.insert(text) { Ok(()) } else { Err("there twice".into()) }
}
