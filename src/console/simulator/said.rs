//! What a phone's page posts when its holder sends something, checked and turned into an inbound.

use serde::Deserialize;

use crate::channel::simulator::{PhoneId, account_of};
use crate::flow::Rendering;
use crate::message::{Channel, Inbound, InboundContent, MediaKind};

/// The longest text a phone sends, in characters (what WhatsApp takes).
pub const LONGEST_TEXT: usize = 4_096;

/// The body of `POST …/messages`: a rendering and exactly one of `text`, `choice` and `kind`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Made by the page once per message, so that sending again is harmless; 8 to 64 letters,
    /// digits and `-`. Left out, every request is a message of its own.
    pub key: Option<String>,
    pub rendering: Rendering,
    pub text: Option<String>,
    pub choice: Option<SaidChoice>,
    pub kind: Option<SaidKind>,
    /// The provider id of the bubble that was tapped or quoted.
    pub quoted: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidChoice {
    pub id: String,
    pub title: String,
}

/// What a phone can send besides words. There are no bytes behind the media, and no phone number
/// behind the contact: nobody could check that it is the sender's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidKind {
    Location,
    Photo,
    Voice,
    Document,
    Contact,
    /// It rings the office and hangs up. By SMS, where it is answered.
    MissedCall,
}

/// Why a body was refused: the field at fault and what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct NotSaid {
    pub field: &'static str,
    pub problem: String,
}

impl NotSaid {
    pub(super) fn new(field: &'static str, problem: impl Into<String>) -> NotSaid {
        NotSaid { field, problem: problem.into() }
    }
}

impl Said {
    /// The message as intake takes it. `key` is the page's or, where it gave none, a fresh one;
    /// `quoted` must have been checked against the phone by the caller.
    ///
    /// # Errors
    /// [`NotSaid`] with the first field that cannot stand.
    pub fn into_inbound(
        self,
        phone: &PhoneId,
        key: &str,
        now: jiff::Timestamp,
    ) -> Result<Inbound, NotSaid> {
        check_key(key)?;
        let given = usize::from(self.text.is_some())
            + usize::from(self.choice.is_some())
            + usize::from(self.kind.is_some());
        if given != 1 {
            return Err(NotSaid::new("text", "give exactly one of text, choice and kind"));
        }
        let is_call = self.kind == Some(SaidKind::MissedCall);
        if is_call && self.rendering != Rendering::Sms {
            return Err(NotSaid::new("rendering", "a missed call is answered by sms"));
        }
        if self.rendering == Rendering::Sms && self.text.is_none() && !is_call {
            let field = if self.choice.is_some() { "choice" } else { "kind" };
            return Err(NotSaid::new(field, "an SMS is text and nothing else"));
        }
        let content = if let Some(text) = self.text {
            check_length("text", &text, LONGEST_TEXT)?;
            InboundContent::Text { text }
        } else if let Some(choice) = self.choice {
            check_length("choice.id", &choice.id, 256)?;
            check_length("choice.title", &choice.title, 256)?;
            InboundContent::Choice { id: choice.id, title: choice.title }
        } else {
            self.kind.map_or(InboundContent::Welcome, |kind| content_of(kind, key))
        };
        Ok(Inbound {
            channel: Channel::Simulator,
            account: account_of(self.rendering).to_owned(),
            key: phone.inbound_key(key),
            from: phone.identities(),
            profile_name: None,
            sent_at: now,
            content,
            quoted: self.quoted,
        })
    }
}

fn check_key(key: &str) -> Result<(), NotSaid> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (8..=64).contains(&key.len()) && key.bytes().all(allowed) {
        return Ok(());
    }
    Err(NotSaid::new("key", "8 to 64 letters, digits and -"))
}

fn check_length(field: &'static str, text: &str, longest: usize) -> Result<(), NotSaid> {
    if text.trim().is_empty() {
        return Err(NotSaid::new(field, "must not be empty"));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(NotSaid::new(field, format!("{length} characters, at most {longest}")));
    }
    Ok(())
}

fn content_of(kind: SaidKind, key: &str) -> InboundContent {
    let media = |kind: MediaKind, mime_type: &str, filename: Option<&str>, voice: bool| {
        InboundContent::Media {
            kind,
            id: format!("simulator-{key}"),
            mime_type: mime_type.to_owned(),
            sha256: None,
            caption: None,
            filename: filename.map(str::to_owned),
            voice,
        }
    };
    match kind {
        // The Vidhan Bhavan in Lucknow.
        SaidKind::Location => InboundContent::Location {
            latitude: 26.8405,
            longitude: 80.9459,
            name: Some("विधान भवन, लखनऊ".to_owned()),
            address: None,
        },
        SaidKind::Photo => media(MediaKind::Image, "image/jpeg", None, false),
        SaidKind::Voice => media(MediaKind::Audio, "audio/ogg; codecs=opus", None, true),
        SaidKind::Document => {
            media(MediaKind::Document, "application/pdf", Some("namuna.pdf"), false)
        }
        SaidKind::MissedCall => InboundContent::MissedCall,
        SaidKind::Contact => InboundContent::Contacts { phones: Vec::new(), requested: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> Result<Inbound, NotSaid> {
        let said: Said = serde_json::from_str(json).unwrap();
        let phone = PhoneId::parse("00112233445566778899aabbccddeeff").unwrap();
        let key = said.key.clone().unwrap_or_else(|| "made-by-us".to_owned());
        said.into_inbound(&phone, &key, jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_tap_comes_in_as_the_choice_it_was() {
        let inbound = said(
            r#"{"rendering": "whatsapp", "choice": {"id": "yes", "title": "हाँ"}, "quoted": "sim.a.1"}"#,
        )
        .unwrap();
        let choice = InboundContent::Choice { id: "yes".to_owned(), title: "हाँ".to_owned() };
        assert_eq!(inbound.content, choice);
        assert_eq!(inbound.account, "whatsapp");
        assert_eq!(inbound.quoted.as_deref(), Some("sim.a.1"));
    }

    #[test]
    fn a_phone_can_ring_and_hang_up() {
        let inbound = said(r#"{"rendering": "sms", "kind": "missed_call"}"#).unwrap();
        assert_eq!(inbound.content, InboundContent::MissedCall);
        assert_eq!(inbound.account, crate::channel::simulator::CALLS);
    }

    #[test]
    fn the_same_key_is_the_same_message_and_only_on_the_same_phone() {
        let first = said(r#"{"key": "12345678", "rendering": "sms", "text": "1"}"#).unwrap();
        let again = said(r#"{"key": "12345678", "rendering": "sms", "text": "1"}"#).unwrap();
        let other_phone = PhoneId::parse("ffffffffffffffffffffffffffffffff").unwrap();
        assert_eq!(first.key, again.key);
        assert_ne!(first.key, other_phone.inbound_key("12345678"));
    }

    #[test]
    fn a_refusal_names_the_field() {
        let long = format!(r#"{{"rendering": "sms", "text": "{}"}}"#, "क".repeat(4_097));
        let cases = [
            (r#"{"rendering": "sms"}"#, "text"),
            (r#"{"rendering": "sms", "text": "1", "kind": "photo"}"#, "text"),
            (r#"{"rendering": "sms", "text": "  "}"#, "text"),
            (&long, "text"),
            (r#"{"rendering": "sms", "choice": {"id": "a", "title": "b"}}"#, "choice"),
            (r#"{"rendering": "sms", "kind": "photo"}"#, "kind"),
            (r#"{"rendering": "whatsapp", "kind": "missed_call"}"#, "rendering"),
            (r#"{"rendering": "whatsapp", "choice": {"id": "", "title": "b"}}"#, "choice.id"),
            (r#"{"key": "a b", "rendering": "sms", "text": "1"}"#, "key"),
        ];
        for (json, field) in cases {
            assert_eq!(said(json).unwrap_err().field, field, "{json}");
        }
    }
}
