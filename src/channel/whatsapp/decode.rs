//! A signed webhook body → [`Envelope`].
//!
//! Every entry × change × message × status is read, in the order of the body. A body that is JSON
//! and names the right object always decodes: a part that cannot be read is kept as an
//! [`AccountEvent`] of the kind [`UNREADABLE`], so that one odd part never costs the others, and
//! Meta is never made to send for seven days what we will not understand tomorrow either.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use ring::digest;

use crate::channel::ErrorClass;
use crate::channel::whatsapp::errors::class_of;
use crate::channel::whatsapp::json::{Json, repair_surrogates};
use crate::channel::whatsapp::{content, signature};
use crate::contact::{AddressKind, Identities, PhoneNumber};
use crate::message::{
    AccountEvent, Channel, Envelope, Inbound, InboundContent, OutgoingId, PreferenceUpdate, Status,
    StatusUpdate,
};

/// The kind of an event that holds a part of a body which could not be read.
pub const UNREADABLE: &str = "unreadable";

/// What Meta writes into `object`.
const OBJECT: &str = "whatsapp_business_account";

/// Fields that repeat what people wrote to somebody else's app (coexistence), or whole histories:
/// neither turned on nor stored.
const NOT_OURS: [&str; 5] =
    ["smb_message_echoes", "message_echoes", "smb_app_state_sync", "history", "calls"];

/// Why a body is none of WhatsApp's. The words hold nothing of the body's content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the body is not utf-8 from byte {0} on")]
    NotUtf8(usize),
    #[error("the body is not json at line {line}, column {column}")]
    NotJson { line: usize, column: usize },
    #[error("the body is json, but not an object")]
    NotAnObject,
    #[error("field \"{field}\": {problem}")]
    Field { field: &'static str, problem: &'static str },
}

/// Reads one webhook body, whose signature was checked before.
///
/// A message that says no time, or an impossible one, counts as sent at `received_at`. Messages of
/// groups are left out, and so are statuses that move nothing (`deleted`, words of next year).
///
/// # Errors
/// [`DecodeError`] when the body is not JSON in UTF-8, or not an object with the right `object` and
/// a list `entry`.
pub fn decode(body: &[u8], received_at: Timestamp) -> Result<Envelope, DecodeError> {
    let text =
        std::str::from_utf8(body).map_err(|error| DecodeError::NotUtf8(error.valid_up_to()))?;
    match Json::parse(text) {
        Ok(tree) => read(&tree, received_at),
        Err(error) => {
            let not_json = DecodeError::NotJson { line: error.line(), column: error.column() };
            let repaired = repair_surrogates(text).ok_or_else(|| not_json.clone())?;
            let tree = Json::parse(&repaired).map_err(|_| not_json)?;
            read(&tree, received_at)
        }
    }
}

fn read(tree: &Json<'_>, received_at: Timestamp) -> Result<Envelope, DecodeError> {
    if !tree.is_object() {
        return Err(DecodeError::NotAnObject);
    }
    if tree.str("object") != Some(OBJECT) {
        let problem = "must be \"whatsapp_business_account\"";
        return Err(DecodeError::Field { field: "object", problem });
    }
    let Some(Json::List(entries)) = tree.get("entry") else {
        return Err(DecodeError::Field { field: "entry", problem: "must be a list" });
    };
    let mut reader = Reader { received_at, envelope: Envelope::default() };
    for entry in entries {
        reader.entry(entry);
    }
    Ok(reader.envelope)
}

struct Reader {
    received_at: Timestamp,
    envelope: Envelope,
}

impl Reader {
    fn entry(&mut self, entry: &Json<'_>) {
        // The account of Meta's, not a number of ours.
        let business = entry.text("id").unwrap_or_default();
        let at = self.time(entry, "time");
        let Some(Json::List(changes)) = entry.get("changes") else {
            self.event(&business, UNREADABLE, at, entry);
            return;
        };
        for change in changes {
            self.change(&business, at, change);
        }
    }

    fn change(&mut self, business: &str, at: Timestamp, change: &Json<'_>) {
        let Some(value) = change.get("value").filter(|value| value.is_object()) else {
            self.event(business, UNREADABLE, at, change);
            return;
        };
        // Only what belongs to one number of ours names it.
        let number = value.get("metadata").and_then(|metadata| metadata.text("phone_number_id"));
        let account = number.as_deref().filter(|number| !number.is_empty()).unwrap_or(business);
        match change.str("field") {
            Some("messages") | None => self.messages(account, at, value),
            Some("user_preferences") => {
                self.preferences(account, value);
                self.event(account, "user_preferences", at, value);
            }
            Some(field) if NOT_OURS.contains(&field) => {}
            Some(field) => self.event(account, field, at, value),
        }
    }

    fn messages(&mut self, account: &str, at: Timestamp, value: &Json<'_>) {
        let cards: Vec<Card<'_>> = value.list("contacts").iter().map(Card::read).collect();
        let messages = value.list("messages");
        // With one message and one card, the card is the sender's even when neither names a number.
        let only_card = match cards.as_slice() {
            [card] if messages.len() == 1 => Some(card),
            _ => None,
        };
        for message in messages {
            self.message(account, at, message, &cards, only_card);
        }
        for status in value.list("statuses") {
            self.status(account, at, status, &cards);
        }
        for error in value.list("errors") {
            self.event(account, "errors", at, error);
        }
        let parts = ["messages", "statuses", "errors"].map(|key| value.get(key));
        let is_odd = parts.iter().flatten().any(|part| !matches!(part, Json::List(_)));
        if is_odd || parts.iter().all(Option::is_none) {
            self.event(account, UNREADABLE, at, value);
        }
    }

    fn message(
        &mut self,
        account: &str,
        at: Timestamp,
        message: &Json<'_>,
        cards: &[Card<'_>],
        only_card: Option<&Card<'_>>,
    ) {
        if message.get("group_id").is_some() {
            return;
        }
        let kind = content::kind_of(message);
        let sender = Sender::read(message);
        let card = cards.iter().find(|card| sender.owns(card));
        let card = card.or_else(|| only_card.filter(|_| sender.is_nameless()));
        let from = sender.identities(card);
        let content = if kind == "system" {
            identity_change(message)
        } else {
            Some(content::read(message, kind))
        };
        let (false, Some(content)) = (from.is_empty(), content) else {
            // Nobody to answer (or nothing to answer to): kept, not turned.
            let event = if kind == "system" { "system" } else { UNREADABLE };
            self.event(account, event, at, message);
            return;
        };
        let key = message.id("id").unwrap_or_else(|| derived_key(account, &from, message, kind));
        self.envelope.inbound.push(Inbound {
            channel: Channel::Whatsapp,
            account: account.to_owned(),
            key,
            from,
            profile_name: card.and_then(|card| card.name).map(str::to_owned),
            sent_at: self.time(message, "timestamp"),
            content,
            quoted: message.get("context").and_then(|context| context.id("id")),
        });
    }

    fn status(&mut self, account: &str, at: Timestamp, status: &Json<'_>, cards: &[Card<'_>]) {
        if status.str("recipient_type") == Some("group") {
            return;
        }
        let provider_id = status.id("id");
        let outgoing = status.str("biz_opaque_callback_data").and_then(OutgoingId::from_opaque);
        let word = status.str("status");
        let (Some(word), true) = (word, provider_id.is_some() || outgoing.is_some()) else {
            self.event(account, UNREADABLE, at, status);
            return;
        };
        let reported = match word {
            "sent" => Status::Sent,
            "delivered" => Status::Delivered,
            // `played` is a voice note that was heard.
            "read" | "played" => Status::Read,
            "failed" => Status::Failed,
            _ => return,
        };
        let error = status.list("errors").iter().find_map(|error| error.integer("code"));
        let named = Sender {
            number: named(status, "recipient_id"),
            user: named(status, "recipient_user_id"),
            parent: named(status, "recipient_parent_user_id"),
        };
        let recipient = named.identities(cards.iter().find(|card| named.owns(card)));
        if reported == Status::Failed && class_of(error, None) == ErrorClass::OptedOut {
            self.stopped(account, status, recipient.clone(), outgoing);
        }
        self.envelope.statuses.push(StatusUpdate {
            channel: Channel::Whatsapp,
            account: account.to_owned(),
            provider_id: provider_id.unwrap_or_default(),
            outgoing,
            status: reported,
            at: self.time(status, "timestamp"),
            error,
            asks: None,
            recipient,
        });
    }

    /// A message of ours was not delivered because the person told Meta to stop them: the same word
    /// as in `user_preferences`, which may never come.
    fn stopped(
        &mut self,
        account: &str,
        status: &Json<'_>,
        from: Identities,
        about: Option<OutgoingId>,
    ) {
        if from.is_empty() && about.is_none() {
            return;
        }
        self.envelope.preferences.push(PreferenceUpdate {
            channel: Channel::Whatsapp,
            account: account.to_owned(),
            from,
            about,
            stop: true,
            at: self.time(status, "timestamp"),
        });
    }

    fn preferences(&mut self, account: &str, value: &Json<'_>) {
        let cards: Vec<Card<'_>> = value.list("contacts").iter().map(Card::read).collect();
        let preferences = value.list("user_preferences");
        for preference in preferences {
            let stop = match preference.str("value") {
                Some("stop") => true,
                Some("resume") => false,
                // `signup` and words of next year: in the event, for a person to look at.
                _ => continue,
            };
            let sender = Sender {
                number: named(preference, "wa_id"),
                user: named(preference, "user_id"),
                parent: named(preference, "parent_user_id"),
            };
            let matching = cards.iter().find(|card| sender.owns(card));
            let card = matching.or_else(|| match cards.as_slice() {
                [card] if sender.is_nameless() && preferences.len() == 1 => Some(card),
                _ => None,
            });
            let from = sender.identities(card);
            if from.is_empty() {
                continue;
            }
            self.envelope.preferences.push(PreferenceUpdate {
                channel: Channel::Whatsapp,
                account: account.to_owned(),
                from,
                about: None,
                stop,
                at: self.time(preference, "timestamp"),
            });
        }
    }

    fn event(&mut self, account: &str, kind: &str, at: Timestamp, json: &Json<'_>) {
        self.envelope.events.push(AccountEvent {
            channel: Channel::Whatsapp,
            account: account.to_owned(),
            kind: kind.to_owned(),
            at,
            json: json.to_json(),
        });
    }

    /// A time in seconds or milliseconds, as text or number; the time of receipt for one that is
    /// missing, no number, not after 1970, or more than a day ahead of us.
    fn time(&self, object: &Json<'_>, key: &str) -> Timestamp {
        // In seconds the year 5138; in milliseconds 1973.
        const FIRST_MILLISECONDS: i64 = 100_000_000_000;
        let said = object
            .integer(key)
            .or_else(|| object.float(key).map(whole))
            .filter(|number| *number > 0)
            .and_then(|number| {
                let is_milliseconds = number >= FIRST_MILLISECONDS;
                let milliseconds =
                    if is_milliseconds { number } else { number.checked_mul(1000)? };
                Timestamp::from_millisecond(milliseconds).ok()
            });
        let day = SignedDuration::from_hours(24);
        said.filter(|time| time.duration_since(self.received_at) <= day).unwrap_or(self.received_at)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is no time saturates, and is then refused"
)]
const fn whole(number: f64) -> i64 {
    number as i64
}

/// An identifier of a person; `None` when it is empty.
fn named<'b>(object: &'b Json<'_>, key: &str) -> Option<Cow<'b, str>> {
    object.text(key).filter(|text| !text.is_empty())
}

/// One item of `contacts[]`: what Meta knows of a sender.
struct Card<'b> {
    number: Option<Cow<'b, str>>,
    user: Option<Cow<'b, str>>,
    parent: Option<Cow<'b, str>>,
    name: Option<&'b str>,
}

impl<'b> Card<'b> {
    fn read(card: &'b Json<'_>) -> Card<'b> {
        Card {
            number: named(card, "wa_id"),
            user: named(card, "user_id"),
            parent: named(card, "parent_user_id"),
            name: card
                .get("profile")
                .and_then(|profile| profile.str("name"))
                .filter(|name| !name.trim().is_empty()),
        }
    }
}

/// What a message says of who sent it.
struct Sender<'b> {
    number: Option<Cow<'b, str>>,
    user: Option<Cow<'b, str>>,
    parent: Option<Cow<'b, str>>,
}

impl<'b> Sender<'b> {
    fn read(message: &'b Json<'_>) -> Sender<'b> {
        // Older bodies name the old number of a changed one inside.
        let changed = || named(message.get("system")?, "customer");
        Sender {
            number: named(message, "from").or_else(changed),
            user: named(message, "from_user_id"),
            parent: named(message, "from_parent_user_id"),
        }
    }

    fn owns(&self, card: &Card<'_>) -> bool {
        let same = |ours: &Option<Cow<'_, str>>, theirs: &Option<Cow<'_, str>>| {
            ours.as_deref().is_some_and(|ours| theirs.as_deref() == Some(ours))
        };
        same(&self.user, &card.user) || same(&self.number, &card.number)
    }

    const fn is_nameless(&self) -> bool {
        self.number.is_none() && self.user.is_none()
    }

    /// Everything known of the sender: the phone first (it outlives accounts), then Meta's ids.
    fn identities(&self, card: Option<&Card<'_>>) -> Identities {
        let mut identities = Identities::default();
        let either = |ours: &Option<Cow<'_, str>>, theirs: Option<&Option<Cow<'_, str>>>| {
            ours.as_deref()
                .or_else(|| theirs.and_then(|theirs| theirs.as_deref()))
                .map(str::to_owned)
        };
        if let Some(number) = either(&self.number, card.map(|card| &card.number)) {
            add_number(&mut identities, &number);
        }
        if let Some(user) = either(&self.user, card.map(|card| &card.user)) {
            add_id(&mut identities, AddressKind::WhatsappUser, &user);
        }
        if let Some(parent) = either(&self.parent, card.map(|card| &card.parent)) {
            add_id(&mut identities, AddressKind::WhatsappParentUser, &parent);
        }
        identities
    }
}

/// Adds a `wa_id`: a number with its country code, no plus. What is neither a number nor one of
/// Meta's user ids is no address.
fn add_number(identities: &mut Identities, text: &str) {
    let number = text.strip_prefix('+').unwrap_or(text);
    let is_number = (1..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        if is_user_id(text) {
            identities.add(AddressKind::WhatsappUser, text);
        }
        return;
    }
    // The country code is always there, so ten digits are never an Indian number (65… is Singapore).
    let indian = if number.len() == 12 && number.starts_with("91") {
        PhoneNumber::parse(number).ok()
    } else {
        None
    };
    match indian {
        Some(phone) => identities.add(AddressKind::Phone, phone.digits()),
        None => identities.add(AddressKind::ForeignPhone, number),
    }
}

fn add_id(identities: &mut Identities, kind: AddressKind, id: &str) {
    let is_sound = (1..=256).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_sound {
        identities.add(kind, id);
    }
}

/// Two capital letters, a dot, then letters, digits and dots (`IN.1349…`, `IN.ENT.118…`).
fn is_user_id(text: &str) -> bool {
    let [first, second, b'.', rest @ ..] = text.as_bytes() else { return false };
    first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
        && (1..=132).contains(&rest.len())
        && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
}

/// The new identity a `system` message tells of; `None` for other system messages, which are
/// nobody's words.
///
/// The sentence in `system.body` is not read: it holds the profile name, which the person chose.
fn identity_change(message: &Json<'_>) -> Option<InboundContent> {
    let system = message.get("system")?;
    let is_change = matches!(
        system.str("type"),
        Some("user_changed_user_id" | "user_changed_number" | "customer_changed_number")
    );
    if !is_change {
        return None;
    }
    let mut new = Identities::default();
    // `new_wa_id` was its name before version 12.
    if let Some(number) = system.text("wa_id").or_else(|| system.text("new_wa_id")) {
        add_number(&mut new, &number);
    }
    if let Some(user) = system.text("user_id") {
        add_id(&mut new, AddressKind::WhatsappUser, &user);
    }
    if let Some(parent) = system.text("parent_user_id") {
        add_id(&mut new, AddressKind::WhatsappParentUser, &parent);
    }
    if new.is_empty() { None } else { Some(InboundContent::IdentityChanged { new }) }
}

/// The key of a message without an id: the same whenever the same message is sent again, so the
/// time is taken as Meta wrote it and never our own.
fn derived_key(account: &str, from: &Identities, message: &Json<'_>, kind: &str) -> String {
    let sender = from.addresses.first().map_or("", |address| address.value.as_str());
    let time = message.text("timestamp").unwrap_or_default();
    let content = message.get(kind).map(Json::to_json).unwrap_or_default();
    let mut hash = digest::Context::new(&digest::SHA256);
    for part in [account, sender, &time, kind, &content] {
        // The length first, so that no two different messages give the same bytes.
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    format!("sha256.{}", signature::hex(hash.finish().as_ref()))
}

#[cfg(test)]
mod tests;
