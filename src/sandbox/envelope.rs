//! The JSON that Meta's callbacks are made of.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ledger::StatusWord;

/// The business number that callbacks speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Business {
    /// The WhatsApp Business Account.
    pub waba_id: String,
    pub phone_number_id: String,
    /// Digits with country code.
    pub display_phone_number: String,
}

impl Default for Business {
    fn default() -> Business {
        Business {
            waba_id: "215589313241560883".to_owned(),
            phone_number_id: "106540352242922".to_owned(),
            display_phone_number: "915220001234".to_owned(),
        }
    }
}

/// A person with a phone, as Meta knows them. At least one of `phone` and `user_id` is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Digits with country code, no plus.
    pub phone: Option<String>,
    /// Business-scoped user id.
    pub user_id: Option<String>,
    /// The name of their profile.
    pub name: Option<String>,
    pub username: Option<String>,
}

impl Person {
    /// A person with a number; written with or without the plus.
    #[must_use]
    pub fn phone(number: &str) -> Person {
        Person { phone: Some(number.trim_start_matches('+').to_owned()), ..Person::default() }
    }

    fn contact(&self) -> Value {
        let mut profile = Map::new();
        let name = self.name.clone().unwrap_or_else(|| "Sandbox".to_owned());
        profile.insert("name".to_owned(), name.into());
        insert_some(&mut profile, "username", self.username.as_ref());
        let mut contact = Map::new();
        contact.insert("profile".to_owned(), profile.into());
        insert_some(&mut contact, "wa_id", self.phone.as_ref());
        insert_some(&mut contact, "user_id", self.user_id.as_ref());
        contact.into()
    }
}

fn insert_some(map: &mut Map<String, Value>, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.as_str().into());
    }
}

/// What a person says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Text(String),
    /// A reply button of ours.
    Button {
        id: String,
        title: String,
    },
    /// A row of a list of ours.
    Row {
        id: String,
        title: String,
        description: Option<String>,
    },
    /// A quick-reply button of a template.
    TemplateButton {
        payload: String,
        text: String,
    },
    /// Members of `messages[i]` as they are: must have `type`; `id`, `timestamp` and `from` are
    /// filled in where they are missing.
    Raw(Map<String, Value>),
}

impl Said {
    /// The words in it, for the ledger.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Said::Text(text) | Said::TemplateButton { text, .. } => text.clone(),
            Said::Button { title, .. } | Said::Row { title, .. } => title.clone(),
            Said::Raw(members) => {
                let kind = members.get("type").and_then(Value::as_str).unwrap_or("?");
                let body = members.get("text").and_then(|text| text.get("body"));
                body.and_then(Value::as_str).map_or_else(|| format!("[{kind}]"), str::to_owned)
            }
        }
    }
}

/// One update of an envelope: a message or a status, with the contact it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    kind: UpdateKind,
    contact: Option<Value>,
    body: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UpdateKind {
    Message,
    Status,
}

impl Update {
    /// A message of a person. `key`: its id (`wamid.…`); `quoted`: the id of ours it answers.
    #[must_use]
    pub fn message(
        person: &Person,
        key: &str,
        said: &Said,
        quoted: Option<(&str, &Business)>,
        at: Timestamp,
    ) -> Update {
        let mut members = match said {
            Said::Text(text) => object(json!({"type": "text", "text": {"body": text}})),
            Said::Button { id, title } => object(json!({"type": "interactive", "interactive":
                {"type": "button_reply", "button_reply": {"id": id, "title": title}}})),
            Said::Row { id, title, description } => {
                let mut row = object(json!({"id": id, "title": title}));
                insert_some(&mut row, "description", description.as_ref());
                object(json!({"type": "interactive", "interactive":
                    {"type": "list_reply", "list_reply": row}}))
            }
            Said::TemplateButton { payload, text } => object(json!({"type": "button", "button":
                {"payload": payload, "text": text}})),
            Said::Raw(members) => members.clone(),
        };
        let mut defaults = Map::new();
        insert_some(&mut defaults, "from", person.phone.as_ref());
        insert_some(&mut defaults, "from_user_id", person.user_id.as_ref());
        defaults.insert("id".to_owned(), key.into());
        defaults.insert("timestamp".to_owned(), at.as_second().to_string().into());
        if let Some((quoted, business)) = quoted {
            let context = json!({"from": business.display_phone_number, "id": quoted});
            defaults.insert("context".to_owned(), context);
        }
        for (name, value) in defaults {
            members.entry(name).or_insert(value);
        }
        let is_system = members.get("type").and_then(Value::as_str) == Some("system");
        Update {
            kind: UpdateKind::Message,
            contact: (!is_system).then(|| person.contact()),
            body: members.into(),
        }
    }

    /// A status of a message of ours. `opaque` is echoed; `error`: code and title of a failure.
    #[must_use]
    pub fn status(
        person: &Person,
        wamid: &str,
        word: StatusWord,
        opaque: Option<&str>,
        error: Option<(i64, &str)>,
        at: Timestamp,
    ) -> Update {
        let mut body = object(json!({
            "id": wamid, "status": word.name(), "timestamp": at.as_second().to_string(),
        }));
        insert_some(&mut body, "recipient_id", person.phone.as_ref());
        let failed = word == StatusWord::Failed;
        // A failure of a message to a phone number does not name the user id.
        if !failed || person.phone.is_none() {
            insert_some(&mut body, "recipient_user_id", person.user_id.as_ref());
        }
        if let Some(opaque) = opaque {
            body.insert("biz_opaque_callback_data".to_owned(), opaque.into());
        }
        if matches!(word, StatusWord::Sent | StatusWord::Delivered) {
            let pricing = json!({"billable": false, "pricing_model": "PMP",
                "type": "free_customer_service", "category": "service"});
            body.insert("pricing".to_owned(), pricing);
        }
        if let Some((code, title)) = error {
            let error = json!([{"code": code, "title": title, "message": title,
                "error_data": {"details": title},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}]);
            body.insert("errors".to_owned(), error);
        }
        Update {
            kind: UpdateKind::Status,
            contact: (!failed).then(|| person.contact()),
            body: body.into(),
        }
    }
}

/// How the updates of one envelope are laid out; Meta does all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All in one `value`.
    OneValue,
    /// One `changes` member each.
    Changes,
    /// One `entry` each.
    Entries,
}

/// The bytes of an envelope. `escaped`: every letter outside ASCII as `\uXXXX`, as Meta writes it.
#[must_use]
pub fn envelope(business: &Business, updates: &[Update], layout: Layout, escaped: bool) -> Vec<u8> {
    let change =
        |updates: &[Update]| json!({"field": "messages", "value": value(business, updates)});
    let entry = |changes: Vec<Value>| json!({"id": business.waba_id, "changes": changes});
    let entries = match layout {
        Layout::OneValue => vec![entry(vec![change(updates)])],
        Layout::Changes => vec![entry(updates.chunks(1).map(change).collect())],
        Layout::Entries => updates.chunks(1).map(|one| entry(vec![change(one)])).collect(),
    };
    let whole = json!({"object": "whatsapp_business_account", "entry": entries}).to_string();
    if escaped { escape(&whole).into_bytes() } else { whole.into_bytes() }
}

/// One text of one person in an envelope of its own. `phone`: digits with country code, plus or not.
#[must_use]
pub fn envelope_text(
    business: &Business,
    phone: &str,
    key: &str,
    text: &str,
    at: Timestamp,
) -> Vec<u8> {
    let said = Said::Text(text.to_owned());
    let update = Update::message(&Person::phone(phone), key, &said, None, at);
    envelope(business, &[update], Layout::OneValue, true)
}

fn value(business: &Business, updates: &[Update]) -> Value {
    let mut contacts: Vec<&Value> = Vec::new();
    let mut messages: Vec<&Value> = Vec::new();
    let mut statuses: Vec<&Value> = Vec::new();
    for update in updates {
        if let Some(contact) = &update.contact {
            contacts.push(contact);
        }
        match update.kind {
            UpdateKind::Message => messages.push(&update.body),
            UpdateKind::Status => statuses.push(&update.body),
        }
    }
    contacts.dedup();
    let mut value = object(json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": business.display_phone_number,
            "phone_number_id": business.phone_number_id},
    }));
    for (key, members) in [("contacts", contacts), ("messages", messages), ("statuses", statuses)] {
        if !members.is_empty() {
            value.insert(key.to_owned(), json!(members));
        }
    }
    value.into()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// JSON text with every character outside ASCII as UTF-16 escapes (RFC 8259 section 7).
fn escape(json: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(json.len() * 2);
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_envelope_says_the_same_as_a_plain_one() {
        let said = Said::Text("नमस्ते 🙏 \"जी\"".to_owned());
        let update = Update::message(
            &Person::phone("+919812345678"),
            "wamid.A",
            &said,
            None,
            Timestamp::UNIX_EPOCH,
        );
        let business = Business::default();
        let plain = envelope(&business, std::slice::from_ref(&update), Layout::OneValue, false);
        let escaped = envelope(&business, &[update], Layout::OneValue, true);
        assert!(escaped.is_ascii());
        let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        assert_eq!(read(&plain), read(&escaped));
    }

    #[test]
    fn every_layout_keeps_every_update() {
        let updates: Vec<Update> = (0..7)
            .map(|number| {
                Update::status(
                    &Person::phone("919812345678"),
                    &format!("wamid.{number}"),
                    StatusWord::Sent,
                    Some("o"),
                    None,
                    Timestamp::UNIX_EPOCH,
                )
            })
            .collect();
        for layout in [Layout::OneValue, Layout::Changes, Layout::Entries] {
            let bytes = envelope(&Business::default(), &updates, layout, true);
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text.matches("wamid.").count(), 7, "{layout:?}");
        }
    }

    #[test]
    fn a_text_has_metas_shape() {
        let bytes = envelope_text(
            &Business::default(),
            "+919812345678",
            "wamid.A",
            "sadasya",
            Timestamp::UNIX_EPOCH,
        );
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            value,
            json!({"object": "whatsapp_business_account", "entry": [{
                "id": "215589313241560883",
                "changes": [{"field": "messages", "value": {
                    "messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": "915220001234",
                        "phone_number_id": "106540352242922"},
                    "contacts": [{"profile": {"name": "Sandbox"}, "wa_id": "919812345678"}],
                    "messages": [{"from": "919812345678", "id": "wamid.A", "timestamp": "0",
                        "type": "text", "text": {"body": "sadasya"}}],
                }}],
            }]})
        );
    }
}
