//! What the Graph API accepts as a message, rule by rule, and the code it refuses with.
//!
//! The rules are Meta's published ones (Cloud API, v25.0). Lengths count Unicode scalar values.
//! Where Meta is lenient about keys it does not know, this is not: an unknown key is a mistake of
//! ours and is refused (100).

mod interactive;
mod media;
mod params;
mod template;

use serde_json::Value;

pub(in crate::sandbox) use self::media::check_file;
use self::params::{Length, Params};
use super::graph_error::{Checked, GraphError};

/// What a valid request asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Message(Box<Message>),
    /// A message of theirs was read; `typing`: and they shall see that an answer is being written.
    Read {
        message_id: String,
        typing: bool,
    },
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// Digits with country code, no plus.
    Phone(String),
    /// A business-scoped user id, `IN.…`.
    User(String),
}

impl Recipient {
    /// The digits or the user id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Recipient::Phone(id) | Recipient::User(id) => id,
        }
    }
}

/// A button or row that the person can tap.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Offered {
    pub id: String,
    pub title: String,
}

/// A message that passed every rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub recipient: Recipient,
    /// The recipient as it was written.
    pub input: String,
    /// `text`, `interactive`, `template`, `image`, ….
    pub kind: String,
    /// The words a person would read first; empty where there are none.
    pub text: String,
    /// Buttons or list rows, in their order.
    pub offered: Vec<Offered>,
    /// Whether the choices stand in a list rather than on buttons.
    pub listed: bool,
    pub opaque: Option<String>,
    pub quoted: Option<String>,
    /// The uploaded media it names.
    pub media: Option<String>,
    pub template: Option<TemplateUse>,
}

/// What a template message names, for comparing with the approved ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateUse {
    pub name: String,
    pub language: String,
    /// What fills its places, in their order.
    pub body_parameters: Vec<String>,
    /// What its quick replies come back with, by the place of the button.
    pub payloads: Vec<(u8, String)>,
}

/// What the part of a message that belongs to its type gives.
#[derive(Default)]
struct Payload {
    text: String,
    offered: Vec<Offered>,
    listed: bool,
    media: Option<String>,
    template: Option<TemplateUse>,
}

/// The types of message that may be sent.
const TYPES: [&str; 11] = [
    "text",
    "interactive",
    "template",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "reaction",
    "location",
    "contacts",
];

const COMMON: [&str; 7] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
];

/// Meta raised it from 256.
const OPAQUE_MAX: usize = 512;

/// Checks the JSON of one `POST /{phone_number_id}/messages`.
///
/// # Errors
/// The first rule it breaks, with Meta's code.
pub fn check(value: &Value) -> Checked<Request> {
    if value.get("status").is_some() {
        return check_read(value);
    }
    let keys: Vec<&str> = COMMON.into_iter().chain(TYPES).collect();
    let params = Params::of("", value, &keys)?;
    check_product(&params)?;
    if params.get("recipient_type").is_some() {
        params.one_of("recipient_type", &["individual"])?;
    }
    let (recipient, input) = check_recipient(&params)?;
    let kind = check_type(&params)?;
    for other in TYPES {
        if other != kind && params.get(other).is_some() {
            return Err(GraphError::of(
                100,
                format!("Unexpected key \"{other}\" on a message of type {kind}."),
            ));
        }
    }
    let payload = match kind {
        "text" => check_text(&params)?,
        "interactive" => interactive::check(&params)?,
        "template" => template::check(&params)?,
        "reaction" => check_reaction(&params)?,
        "location" => check_location(&params)?,
        "contacts" => check_contacts(&params)?,
        media => media::check(&params, media)?,
    };
    let quoted = match params.optional_object("context", &["message_id"])? {
        Some(context) => Some(context.text("message_id", Length::up_to(512))?.to_owned()),
        None => None,
    };
    let opaque = params
        .optional_text("biz_opaque_callback_data", Length::up_to(OPAQUE_MAX).refused_as(100))?
        .map(str::to_owned);
    Ok(Request::Message(Box::new(Message {
        recipient,
        input,
        kind: kind.to_owned(),
        text: payload.text,
        offered: payload.offered,
        listed: payload.listed,
        opaque,
        quoted,
        media: payload.media,
        template: payload.template,
    })))
}

fn check_product(params: &Params<'_>) -> Checked<()> {
    match params.get("messaging_product").and_then(Value::as_str) {
        Some("whatsapp") => Ok(()),
        Some(_) => Err(GraphError::of(100, "Param messaging_product must be one of {WHATSAPP}.")),
        None => Err(GraphError::of(100, "The parameter messaging_product is required.")),
    }
}

fn check_type<'a>(params: &Params<'a>) -> Checked<&'a str> {
    // Meta takes a missing type for text; we always say it, so leaving it out is our mistake.
    let kind = params.text("type", Length::up_to(64))?;
    if TYPES.contains(&kind) {
        Ok(kind)
    } else {
        Err(GraphError::of(131_051, format!("Message type {kind} is not supported.")))
    }
}

/// When both are given, Meta lets `to` win; both are checked.
fn check_recipient(params: &Params<'_>) -> Checked<(Recipient, String)> {
    let any = Length { min: 0, max: 512, code: 131_009 };
    let user = params.optional_text("recipient", any)?;
    if let Some(user) = user
        && !is_user_id(user)
    {
        return Err(GraphError::of(131_009, "Param recipient is not a business-scoped user id."));
    }
    if let Some(to) = params.optional_text("to", any)? {
        let Some(digits) = phone_digits(to) else {
            return Err(GraphError::of(
                131_009,
                "Param to must be a plus sign, the country code and the number, digits only.",
            ));
        };
        return Ok((Recipient::Phone(digits.to_owned()), to.to_owned()));
    }
    let Some(user) = user else {
        return Err(GraphError::of(100, "The parameter to is required."));
    };
    Ok((Recipient::User(user.to_owned()), user.to_owned()))
}

/// The digits of `+9198…`: 7 to 15 of them, none of them leading zero (ITU-T E.164). Without the
/// plus Meta would put the country code of the *business* in front, so that is refused.
fn phone_digits(to: &str) -> Option<&str> {
    let digits = to.strip_prefix('+')?;
    let fits = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(digits)
}

/// `^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let id = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_read(value: &Value) -> Checked<Request> {
    let params =
        Params::of("", value, &["messaging_product", "status", "message_id", "typing_indicator"])?;
    check_product(&params)?;
    params.one_of("status", &["read"])?;
    let message_id = params.text("message_id", Length::up_to(512))?.to_owned();
    let typing = params.optional_object("typing_indicator", &["type"])?;
    if let Some(typing) = &typing {
        typing.one_of("type", &["text"])?;
    }
    Ok(Request::Read { message_id, typing: typing.is_some() })
}

fn check_text(params: &Params<'_>) -> Checked<Payload> {
    let text = params.object("text", &["body", "preview_url"])?;
    text.optional_flag("preview_url")?;
    let body = text.text("body", Length::up_to(4096).refused_as(100))?;
    if body.trim().is_empty() {
        return Err(GraphError::of(100, "Param text['body'] must not be blank."));
    }
    Ok(Payload { text: body.to_owned(), ..Payload::default() })
}

fn check_reaction(params: &Params<'_>) -> Checked<Payload> {
    let reaction = params.object("reaction", &["message_id", "emoji"])?;
    reaction.text("message_id", Length::up_to(512))?;
    let emoji = reaction.text("emoji", Length::up_to(16).or_empty())?;
    if emoji.chars().any(|character| character.is_alphabetic() || character.is_whitespace()) {
        return Err(GraphError::of(131_009, "Param reaction['emoji'] must be one emoji."));
    }
    Ok(Payload { text: emoji.to_owned(), ..Payload::default() })
}

fn check_location(params: &Params<'_>) -> Checked<Payload> {
    let location = params.object("location", &["latitude", "longitude", "name", "address"])?;
    for (key, bound) in [("latitude", 90.0), ("longitude", 180.0)] {
        if location.number(key)?.abs() > bound {
            return Err(GraphError::of(
                131_009,
                format!("Param {} is out of range.", location.at(key)),
            ));
        }
    }
    location.optional_text("name", Length::up_to(1000))?;
    location.optional_text("address", Length::up_to(1000))?;
    Ok(Payload::default())
}

fn check_contacts(params: &Params<'_>) -> Checked<Payload> {
    for (place, value) in params.list("contacts", 257)? {
        let keys = ["addresses", "birthday", "emails", "name", "org", "phones", "urls"];
        let contact = Params::of(&place, value, &keys)?;
        let name_keys =
            ["formatted_name", "first_name", "last_name", "middle_name", "suffix", "prefix"];
        let name = contact.object("name", &name_keys)?;
        name.text("formatted_name", Length::up_to(1024))?;
    }
    Ok(Payload::default())
}

#[cfg(test)]
mod tests;
