//! [`Outgoing`] → the body of `POST /{phone_number_id}/messages`, within the limits Meta publishes.
//!
//! What Meta would refuse is refused here, with a reason a developer can act on and without the
//! text: a refused call costs throughput and, repeated, the number's quality. Lengths count Unicode
//! scalar values.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::contact::{AddressKind, Identities};
use crate::message::{
    Choice, Content, MediaKind, MediaSource, Outgoing, Template, TemplateButton,
    TemplateButtonKind, TemplateHeader, TemplateVariable,
};

/// Longest text message, in characters.
pub const TEXT_MAX: usize = 4096;
/// Longest body of buttons, lists and requests (the documentation says 4096 for lists, the official
/// schema 1024).
pub const BODY_MAX: usize = 1024;
/// Longest caption of a medium.
pub const CAPTION_MAX: usize = 1024;
/// Most buttons under one message.
pub const BUTTONS_MAX: usize = 3;
/// Longest label of a button, and of the button that opens a list.
pub const BUTTON_TITLE_MAX: usize = 20;
/// Longest id of a button.
pub const BUTTON_ID_MAX: usize = 256;
/// Most rows of one list.
pub const ROWS_MAX: usize = 10;
/// Longest label of a list row.
pub const ROW_TITLE_MAX: usize = 24;
/// Longest second line of a list row.
pub const ROW_DESCRIPTION_MAX: usize = 72;
/// Longest id of a list row.
pub const ROW_ID_MAX: usize = 200;
/// Longest variable of a template's header.
const HEADER_VARIABLE_MAX: usize = 60;
/// Longest address of a link, and longest variable of a template's address button.
const LINK_MAX: usize = 2000;

/// Why a message cannot be sent as it stands: a fault of the flow or of our own, so it is never
/// tried. Holds places and lengths, no texts and no addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("the contact has no address whatsapp can send to")]
    NoAddress,
    #[error("{place} is empty")]
    Empty { place: &'static str },
    #[error("{place} has {length} characters; whatsapp takes {limit}")]
    TooLong { place: &'static str, length: usize, limit: usize },
    #[error("{place}: {count}; whatsapp takes 1 to {limit}")]
    Count { place: &'static str, count: usize, limit: usize },
    #[error("{place} is there twice")]
    Twice { place: &'static str },
    #[error("{place} {problem}")]
    Malformed { place: &'static str, problem: &'static str },
}

/// Makes the body of the call that sends this message.
///
/// A phone number is preferred to a business-scoped user id, and always written with `+` and
/// country code: without, Meta puts the business number's own country before it.
///
/// # Errors
/// [`EncodeError`] for what Meta would refuse.
pub fn encode(outgoing: &Outgoing) -> Result<Value, EncodeError> {
    let mut call = Map::new();
    call.insert("messaging_product".to_owned(), json!("whatsapp"));
    call.insert("recipient_type".to_owned(), json!("individual"));
    let (field, recipient) = recipient(&outgoing.to)?;
    call.insert(field.to_owned(), json!(recipient));
    let (kind, body) = content(&outgoing.content)?;
    call.insert("type".to_owned(), json!(kind));
    call.insert(kind.to_owned(), body);
    call.insert("biz_opaque_callback_data".to_owned(), json!(outgoing.id.to_opaque()));
    Ok(Value::Object(call))
}

/// The body that marks a person's message as read and, if wished, shows that we are typing (for 25
/// seconds or until we answer).
#[must_use]
pub fn encode_read(message_id: &str, typing: bool) -> Value {
    let mut call =
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": message_id});
    if typing && let Some(fields) = call.as_object_mut() {
        fields.insert("typing_indicator".to_owned(), json!({"type": "text"}));
    }
    call
}

/// The field of the call that names the person, and what it says.
fn recipient(to: &Identities) -> Result<(&'static str, String), EncodeError> {
    if let Some(digits) = to.get(AddressKind::Phone) {
        return Ok(("to", format!("+91{digits}")));
    }
    if let Some(number) = to.get(AddressKind::ForeignPhone) {
        return Ok(("to", format!("+{number}")));
    }
    let user = to.get(AddressKind::WhatsappUser).ok_or(EncodeError::NoAddress)?;
    Ok(("recipient", user.to_owned()))
}

fn content(content: &Content) -> Result<(&'static str, Value), EncodeError> {
    match content {
        Content::Text { body }
        | Content::Picture { body, .. }
        | Content::Registered { body, .. } => {
            let text = filled("the text", body, TEXT_MAX)?;
            Ok(("text", json!({"body": text, "preview_url": false})))
        }
        Content::Buttons { body, choices } => Ok(("interactive", buttons(body, choices)?)),
        Content::List { body, open, choices } => Ok(("interactive", list(body, open, choices)?)),
        Content::Media { kind, source, caption, filename } => {
            Ok((kind.name(), media(*kind, source, caption.as_deref(), filename.as_deref())?))
        }
        Content::LocationRequest { body } => {
            let action = json!({"name": "send_location"});
            Ok(("interactive", interactive("location_request_message", body, &action)?))
        }
        Content::ContactRequest { body } => {
            let action = json!({"name": "request_contact_info"});
            Ok(("interactive", interactive("contact_request", body, &action)?))
        }
        Content::Template(template) => Ok(("template", encode_template(template)?)),
        Content::Windowed { inside, .. } => self::content(inside),
    }
}

fn interactive(kind: &str, body: &str, action: &Value) -> Result<Value, EncodeError> {
    let text = filled("the body", body, BODY_MAX)?;
    Ok(json!({"type": kind, "body": {"text": text}, "action": action}))
}

fn buttons(body: &str, choices: &[Choice]) -> Result<Value, EncodeError> {
    counted("the buttons", choices.len(), BUTTONS_MAX)?;
    unique("a button's id", choices.iter().map(|choice| choice.id.as_str()))?;
    unique("a button's label", choices.iter().map(|choice| choice.title.as_str()))?;
    let mut buttons = Vec::with_capacity(choices.len());
    for choice in choices {
        let id = identifier("a button's id", &choice.id, BUTTON_ID_MAX)?;
        let title = filled("a button's label", &choice.title, BUTTON_TITLE_MAX)?;
        buttons.push(json!({"type": "reply", "reply": {"id": id, "title": title}}));
    }
    interactive("button", body, &json!({"buttons": buttons}))
}

fn list(body: &str, open: &str, choices: &[Choice]) -> Result<Value, EncodeError> {
    counted("the list's rows", choices.len(), ROWS_MAX)?;
    unique("a row's id", choices.iter().map(|choice| choice.id.as_str()))?;
    let open = filled("the label that opens the list", open, BUTTON_TITLE_MAX)?;
    let mut rows = Vec::with_capacity(choices.len());
    for choice in choices {
        let id = identifier("a row's id", &choice.id, ROW_ID_MAX)?;
        let title = filled("a row's label", &choice.title, ROW_TITLE_MAX)?;
        let mut row = json!({"id": id, "title": title});
        if let (Some(description), Some(fields)) = (&choice.description, row.as_object_mut()) {
            let text = filled("a row's second line", description, ROW_DESCRIPTION_MAX)?;
            fields.insert("description".to_owned(), json!(text));
        }
        rows.push(row);
    }
    // A single section needs no title.
    interactive("list", body, &json!({"button": open, "sections": [{"rows": rows}]}))
}

fn media(
    kind: MediaKind,
    source: &MediaSource,
    caption: Option<&str>,
    filename: Option<&str>,
) -> Result<Value, EncodeError> {
    let mut medium = media_source(source)?;
    if let Some(caption) = caption {
        if matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
            let problem = "cannot stand under audio or a sticker; send it as a text of its own";
            return Err(EncodeError::Malformed { place: "the caption", problem });
        }
        let text = filled("the caption", caption, CAPTION_MAX)?;
        medium.insert("caption".to_owned(), json!(text));
    }
    if let (MediaKind::Document, Some(filename)) = (kind, filename) {
        medium.insert("filename".to_owned(), json!(filled("the file's name", filename, 240)?));
    }
    Ok(Value::Object(medium))
}

fn media_source(source: &MediaSource) -> Result<Map<String, Value>, EncodeError> {
    let (field, value) = match source {
        MediaSource::Id(id) => ("id", identifier("the media id", id, BUTTON_ID_MAX)?),
        MediaSource::Link(link) => {
            if !link.starts_with("https://") {
                let problem = "must begin with https://";
                return Err(EncodeError::Malformed { place: "the media link", problem });
            }
            ("link", identifier("the media link", link, LINK_MAX)?)
        }
    };
    Ok(Map::from_iter([(field.to_owned(), json!(value))]))
}

fn encode_template(template: &Template) -> Result<Value, EncodeError> {
    let name = filled("the template's name", &template.name, 512)?;
    if !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        let problem = "may only have small letters, digits and _";
        return Err(EncodeError::Malformed { place: "the template's name", problem });
    }
    let language = identifier("the template's language", &template.language, 16)?;
    let mut components = Vec::new();
    if let Some(header) = &template.header {
        components.push(json!({"type": "header", "parameters": [header_parameter(header)?]}));
    }
    if !template.body.is_empty() {
        components.push(json!({"type": "body", "parameters": body_parameters(&template.body)?}));
    }
    for button in &template.buttons {
        components.push(button_component(button)?);
    }
    unique_indices(&template.buttons)?;
    let mut encoded = json!({"name": name, "language": {"code": language}});
    if !components.is_empty()
        && let Some(fields) = encoded.as_object_mut()
    {
        fields.insert("components".to_owned(), Value::Array(components));
    }
    Ok(encoded)
}

fn header_parameter(header: &TemplateHeader) -> Result<Value, EncodeError> {
    match header {
        TemplateHeader::Text(variable) => text_parameter(variable, HEADER_VARIABLE_MAX),
        TemplateHeader::Media { kind, source } => {
            if matches!(kind, MediaKind::Audio | MediaKind::Sticker) {
                let problem = "must be an image, a video or a document";
                return Err(EncodeError::Malformed { place: "the template's header", problem });
            }
            let medium = Value::Object(media_source(source)?);
            Ok(json!({"type": kind.name(), kind.name(): medium}))
        }
    }
}

fn body_parameters(variables: &[TemplateVariable]) -> Result<Vec<Value>, EncodeError> {
    let named: Vec<&str> =
        variables.iter().filter_map(|variable| variable.name.as_deref()).collect();
    if !named.is_empty() && named.len() < variables.len() {
        let problem = "must all have names, or none of them";
        return Err(EncodeError::Malformed { place: "the template's variables", problem });
    }
    unique("a template variable's name", named.into_iter())?;
    variables.iter().map(|variable| text_parameter(variable, BODY_MAX)).collect()
}

fn text_parameter(variable: &TemplateVariable, limit: usize) -> Result<Value, EncodeError> {
    const PLACE: &str = "a template variable";
    let text = filled(PLACE, &variable.text, limit)?;
    // Meta refuses these with 132018 only after the call.
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        let problem = "may not have line breaks, tabs or more than four spaces in a row";
        return Err(EncodeError::Malformed { place: PLACE, problem });
    }
    let mut parameter = json!({"type": "text", "text": text});
    if let (Some(name), Some(fields)) = (&variable.name, parameter.as_object_mut()) {
        let is_sound = !name.is_empty()
            && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !is_sound {
            let problem = "may only have small letters, digits and _";
            return Err(EncodeError::Malformed { place: "a template variable's name", problem });
        }
        fields.insert("parameter_name".to_owned(), json!(name));
    }
    Ok(parameter)
}

fn button_component(button: &TemplateButton) -> Result<Value, EncodeError> {
    if button.index > 9 {
        let problem = "must be 0 to 9";
        return Err(EncodeError::Malformed { place: "a template button's place", problem });
    }
    let (sub_type, parameter) = match &button.kind {
        TemplateButtonKind::QuickReply { payload } => {
            let payload = identifier("a template button's payload", payload, BUTTON_ID_MAX)?;
            ("quick_reply", json!({"type": "payload", "payload": payload}))
        }
        TemplateButtonKind::UrlSuffix { text } => {
            let text = identifier("a template button's address", text, LINK_MAX)?;
            ("url", json!({"type": "text", "text": text}))
        }
    };
    Ok(json!({
        "type": "button",
        "sub_type": sub_type,
        "index": button.index.to_string(),
        "parameters": [parameter],
    }))
}

fn unique_indices(buttons: &[TemplateButton]) -> Result<(), EncodeError> {
    let mut seen = HashSet::new();
    for button in buttons {
        if !seen.insert(button.index) {
            return Err(EncodeError::Twice { place: "a template button's place" });
        }
    }
    Ok(())
}

/// A text for people: not blank, and no longer than the limit.
fn filled<'t>(place: &'static str, text: &'t str, limit: usize) -> Result<&'t str, EncodeError> {
    if text.trim().is_empty() {
        return Err(EncodeError::Empty { place });
    }
    let length = text.chars().count();
    if length > limit {
        return Err(EncodeError::TooLong { place, length, limit });
    }
    Ok(text)
}

/// A text for machines: as [`filled`], and without spaces at its edges.
fn identifier<'t>(
    place: &'static str,
    text: &'t str,
    limit: usize,
) -> Result<&'t str, EncodeError> {
    let text = filled(place, text, limit)?;
    if text.trim() != text {
        return Err(EncodeError::Malformed { place, problem: "may not begin or end with a space" });
    }
    Ok(text)
}

const fn counted(place: &'static str, count: usize, limit: usize) -> Result<(), EncodeError> {
    if count == 0 || count > limit {
        Err(EncodeError::Count { place, count, limit })
    } else {
        Ok(())
    }
}

fn unique<'t>(
    place: &'static str,
    texts: impl Iterator<Item = &'t str>,
) -> Result<(), EncodeError> {
    let mut seen = HashSet::new();
    for text in texts {
        if !seen.insert(text) {
            return Err(EncodeError::Twice { place });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
