//! Messages whose words stand at the provider, with their variables.

use serde_json::Value;

use super::media;
use super::params::{Length, Params};
use super::{Checked, GraphError, Payload, TemplateUse};

pub(super) fn check(params: &Params<'_>) -> Checked<Payload> {
    let template = params.object("template", &["name", "language", "components"])?;
    let name = template.text("name", Length::up_to(512))?;
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(GraphError::of(
            131_009,
            "Param template['name'] has letters other than a-z, 0-9 and _.",
        ));
    }
    let language = template.object("language", &["code", "policy"])?;
    let code = language.text("code", Length::up_to(16))?;
    if !is_language(code) {
        return Err(GraphError::of(131_009, "Param template['language']['code'] is no language."));
    }
    if language.get("policy").is_some() {
        language.one_of("policy", &["deterministic"])?;
    }
    let mut body_parameters = Vec::new();
    let mut payloads = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    if template.get("components").is_some_and(|list| list.as_array().is_none_or(|l| !l.is_empty()))
    {
        // One header, one body, ten buttons.
        for (place, value) in template.list("components", 12)? {
            let component = Component::read(&place, value)?;
            if seen.contains(&component.identity) {
                return Err(GraphError::of(
                    132_012,
                    format!("{place}: a second {} component", component.identity),
                ));
            }
            body_parameters.extend(component.body_parameters);
            payloads.extend(component.payload);
            seen.push(component.identity);
        }
    }
    Ok(Payload {
        template: Some(TemplateUse {
            name: name.to_owned(),
            language: code.to_owned(),
            body_parameters,
            payloads,
        }),
        ..Payload::default()
    })
}

/// `hi`, `en`, `en_US`, `fil`.
fn is_language(code: &str) -> bool {
    let (language, region) = code.split_once('_').unwrap_or((code, "XX"));
    matches!(language.len(), 2 | 3)
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|byte| byte.is_ascii_uppercase())
}

struct Component {
    /// `header`, `body` or `button 0`: none may come twice.
    identity: String,
    body_parameters: Vec<String>,
    /// Of a quick reply: its place, and what comes back when it is tapped.
    payload: Option<(u8, String)>,
}

impl Component {
    fn read(place: &str, value: &Value) -> Checked<Component> {
        let keys = ["type", "sub_type", "index", "parameters"];
        let component = Params::of(place, value, &keys)?;
        let kind = component.one_of("type", &["header", "body", "button"])?;
        if kind == "button" {
            return read_button(&component);
        }
        for key in ["sub_type", "index"] {
            if component.get(key).is_some() {
                return Err(GraphError::of(
                    100,
                    format!("Unexpected key \"{key}\" on a {kind} component."),
                ));
            }
        }
        let body_parameters =
            if kind == "header" { read_header(&component)? } else { read_body(&component)? };
        Ok(Component { identity: kind.to_owned(), body_parameters, payload: None })
    }
}

fn read_header(component: &Params<'_>) -> Checked<Vec<String>> {
    for (place, value) in component.list("parameters", 1)? {
        let keys = ["type", "text", "parameter_name", "image", "video", "document", "location"];
        let parameter = Params::of(&place, value, &keys)?;
        let kinds = ["text", "image", "video", "document", "location"];
        match parameter.one_of("type", &kinds)? {
            "text" => {
                read_variable(&parameter, 60)?;
            }
            "location" => {
                parameter.require("location")?;
            }
            media_kind => {
                media::check_source(&parameter, media_kind, false)?;
            }
        }
    }
    Ok(Vec::new())
}

fn read_body(component: &Params<'_>) -> Checked<Vec<String>> {
    let parameters = component.list("parameters", 1024)?;
    let count = parameters.len();
    let mut named = 0;
    let mut texts = Vec::with_capacity(count);
    for (place, value) in parameters {
        let keys = ["type", "text", "parameter_name", "currency", "date_time"];
        let parameter = Params::of(&place, value, &keys)?;
        match parameter.one_of("type", &["text", "currency", "date_time"])? {
            "text" => {
                named += usize::from(read_variable(&parameter, 1024)?);
                texts.push(parameter.text("text", Length::up_to(1024))?.to_owned());
            }
            other => texts.push(parameter.require(other)?.to_string()),
        }
    }
    if named != 0 && named != count {
        return Err(GraphError::of(132_012, "Named and positional parameters are mixed."));
    }
    Ok(texts)
}

/// Gives whether the variable has a name.
fn read_variable(parameter: &Params<'_>, max: usize) -> Checked<bool> {
    let text = parameter.text("text", Length::up_to(max).refused_as(132_005))?;
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(GraphError::of(
            132_018,
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces.",
        ));
    }
    let Some(name) = parameter.optional_text("parameter_name", Length::up_to(512))? else {
        return Ok(false);
    };
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(GraphError::of(132_012, "A parameter_name has a-z, 0-9 and _ only."));
    }
    Ok(true)
}

fn read_button(component: &Params<'_>) -> Checked<Component> {
    let sub_type = component.one_of("sub_type", &["quick_reply", "url", "flow", "copy_code"])?;
    let index = match component.require("index")? {
        Value::String(text) => text.parse::<u8>().ok(),
        Value::Number(number) => number.as_u64().and_then(|number| u8::try_from(number).ok()),
        _ => None,
    };
    let Some(index) = index.filter(|index| *index < 10) else {
        return Err(GraphError::of(
            131_009,
            format!("Param {} must be 0 to 9.", component.at("index")),
        ));
    };
    let mut payload = None;
    for (place, value) in component.list("parameters", 1)? {
        let keys = ["type", "payload", "text", "coupon_code", "action"];
        let parameter = Params::of(&place, value, &keys)?;
        let (kind, max) = match sub_type {
            "quick_reply" => ("payload", 256),
            "url" => ("text", 2000),
            "copy_code" => ("coupon_code", 20),
            _ => ("action", 0),
        };
        parameter.one_of("type", &[kind])?;
        if kind == "action" {
            parameter.object("action", &["flow_token", "flow_action_data"])?;
        } else {
            let text = parameter.text(kind, Length::up_to(max))?;
            if kind == "payload" {
                payload = Some((index, text.to_owned()));
            }
        }
    }
    let identity = format!("button {index}");
    Ok(Component { identity, body_parameters: Vec::new(), payload })
}
