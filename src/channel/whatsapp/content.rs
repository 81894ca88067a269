//! One inbound message → what the person sent, by the shapes Meta publishes and those seen in practice.

use crate::channel::whatsapp::json::Json;
use crate::message::{InboundContent, MediaKind};

/// The type of a message: its `type`, or where that is missing the content it brings along.
pub(super) fn kind_of<'m>(message: &'m Json<'_>) -> &'m str {
    const GUESSED: [&str; 10] = [
        "text",
        "button",
        "interactive",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
    ];
    let named = message.str("type").filter(|kind| !kind.is_empty());
    named
        .or_else(|| GUESSED.into_iter().find(|kind| message.get(kind).is_some()))
        .unwrap_or("unknown")
}

/// Reads the content. What is of no known type, or lacks what its type needs, is `Other`.
///
/// `system` messages are not for here: they are no one's words.
pub(super) fn read(message: &Json<'_>, kind: &str) -> InboundContent {
    let known = message.get(kind).and_then(|body| match kind {
        "text" => text(body),
        "button" => button(body),
        "interactive" => interactive(body),
        "image" => media(body, MediaKind::Image, false),
        "video" => media(body, MediaKind::Video, false),
        "audio" => media(body, MediaKind::Audio, body.is_true("voice")),
        // The older word for a voice note, still sent by some providers in between.
        "voice" => media(body, MediaKind::Audio, true),
        "document" => media(body, MediaKind::Document, false),
        "sticker" => media(body, MediaKind::Sticker, false),
        "location" => location(body),
        "contacts" => contacts(body),
        "reaction" => reaction(body),
        "edit" => body.id("original_message_id").map(|message| InboundContent::Edited { message }),
        "revoke" => {
            body.id("original_message_id").map(|message| InboundContent::Revoked { message })
        }
        _ => None,
    });
    if let Some(content) = known {
        return content;
    }
    if kind == "request_welcome" {
        return InboundContent::Welcome;
    }
    InboundContent::Other { kind: name_of_other(message, kind) }
}

/// The most telling name of what we do not turn on.
fn name_of_other(message: &Json<'_>, kind: &str) -> String {
    let body = message.get(kind);
    let named = match kind {
        "unsupported" | "unknown" => message.get("unsupported").and_then(|body| body.str("type")),
        "interactive" => body.and_then(|body| body.str("type")),
        _ => None,
    };
    named.unwrap_or(kind).to_owned()
}

fn text(body: &Json<'_>) -> Option<InboundContent> {
    // Some senders in between give the text itself where Meta has an object.
    let text = body.str("body").or_else(|| body.as_str())?;
    Some(InboundContent::Text { text: text.to_owned() })
}

/// Either half stands in for the other.
fn button(body: &Json<'_>) -> Option<InboundContent> {
    let payload = body.id("payload");
    let text = body.id("text");
    Some(InboundContent::Button {
        payload: payload.clone().or_else(|| text.clone())?,
        text: text.or(payload)?,
    })
}

fn interactive(body: &Json<'_>) -> Option<InboundContent> {
    if let Some(reply) = body.get("button_reply").or_else(|| body.get("list_reply")) {
        let id = reply.id("id");
        let title = reply.id("title");
        return Some(InboundContent::Choice {
            id: id.clone().or_else(|| title.clone())?,
            title: title.or(id)?,
        });
    }
    let form = body.get("nfm_reply")?;
    let json = match form.get("response_json")? {
        Json::Text(json) => json.clone().into_owned(),
        already_parsed => already_parsed.to_json(),
    };
    Some(InboundContent::Form { json })
}

fn media(body: &Json<'_>, kind: MediaKind, voice: bool) -> Option<InboundContent> {
    Some(InboundContent::Media {
        kind,
        id: body.id("id")?,
        mime_type: body.id("mime_type").unwrap_or_else(|| "application/octet-stream".to_owned()),
        sha256: body.id("sha256"),
        caption: body.id("caption"),
        filename: body.id("filename"),
        voice,
    })
}

/// `None` for a place that is not on the globe.
fn location(body: &Json<'_>) -> Option<InboundContent> {
    let latitude = body.float("latitude").filter(|degrees| degrees.abs() <= 90.0)?;
    let longitude = body.float("longitude").filter(|degrees| degrees.abs() <= 180.0)?;
    Some(InboundContent::Location {
        latitude,
        longitude,
        name: body.id("name"),
        address: body.id("address"),
    })
}

/// The numbers of all cards, WhatsApp's own spelling (country code and digits) first.
fn contacts(body: &Json<'_>) -> Option<InboundContent> {
    let Json::List(cards) = body else { return None };
    let mut phones: Vec<String> = Vec::new();
    for card in cards {
        for phone in card.list("phones") {
            let Some(number) = phone.id("wa_id").or_else(|| phone.id("phone")) else { continue };
            if !phones.contains(&number) {
                phones.push(number);
            }
        }
    }
    // The answer to our request is one card of Meta's own making; a card somebody shares by hand, whoever it
    // is of, bears a vcard.
    let requested = match cards.as_slice() {
        [card] => card.str("origin") == Some("contact_request") && card.get("vcard").is_none(),
        _ => false,
    };
    Some(InboundContent::Contacts { phones, requested })
}

/// A removed reaction has an empty emoji or none.
fn reaction(body: &Json<'_>) -> Option<InboundContent> {
    Some(InboundContent::Reaction {
        message: body.id("message_id")?,
        emoji: body.str("emoji").unwrap_or_default().to_owned(),
    })
}
