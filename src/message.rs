//! The words every room shares: what came in, what goes out, and what became of it.
//!
//! Times are [`jiff::Timestamp`]s (UTC); stores keep them as epoch milliseconds. Texts are NFC only
//! where a comment says so: what a person typed is kept as typed.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::contact::Identities;

/// The kind of road a message travels. The stored form is [`Channel::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Whatsapp,
    Sms,
    Telegram,
    MissedCall,
    Simulator,
    /// Our own events: a timer that fell due, an effect that came back.
    Internal,
}

impl Channel {
    /// Every channel, in the order of their codes.
    pub const ALL: [Channel; 6] = [
        Channel::Whatsapp,
        Channel::Sms,
        Channel::Telegram,
        Channel::MissedCall,
        Channel::Simulator,
        Channel::Internal,
    ];

    /// The number a store keeps; never reused for another channel.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Channel::Whatsapp => 1,
            Channel::Sms => 2,
            Channel::Telegram => 3,
            Channel::MissedCall => 4,
            Channel::Simulator => 5,
            Channel::Internal => 6,
        }
    }

    /// The channel of a stored number; `None` when a newer version wrote it.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// The lower-case name used in configuration, metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Whatsapp => "whatsapp",
            Channel::Sms => "sms",
            Channel::Telegram => "telegram",
            Channel::MissedCall => "missed_call",
            Channel::Simulator => "simulator",
            Channel::Internal => "internal",
        }
    }

    /// Whether the provider lets nothing but approved templates through when the person has not
    /// written for 24 hours.
    #[must_use]
    pub const fn has_window(self) -> bool {
        matches!(self, Channel::Whatsapp)
    }

    /// Whether every message of this channel is told of soon, with the id we gave it, so that silence
    /// about a call whose answer was lost means that nothing left (`biz_opaque_callback_data` on
    /// WhatsApp). By SMS a report settles such a call, too; but while an operator's line is down a
    /// gateway keeps what it took for hours and says nothing, so that its silence means nothing.
    #[must_use]
    pub const fn echoes_our_id(self) -> bool {
        matches!(self, Channel::Whatsapp | Channel::Simulator)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One message that reached us, decoded, from whichever channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    pub channel: Channel,
    /// Which of our own numbers or accounts it came to (WhatsApp `phone_number_id`); the answer
    /// leaves from the same.
    pub account: String,
    /// Unique per channel: the provider's message id, or where there is none a hash of from, to,
    /// time and text. Duplicates are known by it for at least eight days.
    pub key: String,
    pub from: Identities,
    /// The name the person gave their own profile; never used as the member's name unasked.
    pub profile_name: Option<String>,
    /// When the provider says it was sent.
    pub sent_at: Timestamp,
    pub content: InboundContent,
    /// The provider's id of the message of ours that the person quoted or whose button was tapped.
    pub quoted: Option<String>,
}

/// The kind under which what an HTTP call of ours came to is turned ([`InboundContent::Other`]).
pub const FETCHED: &str = "fetched";
/// The same of a conversation that the office gives back.
pub const GIVEN_BACK: &str = "given back";
/// Both: turns that an effect makes.
pub const OF_EFFECTS: [&str; 2] = [FETCHED, GIVEN_BACK];

/// What a person sent. Everything a provider can deliver has a place; the unknown is kept by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InboundContent {
    Text {
        text: String,
    },
    /// A button or list row of ours was tapped: `id` is what we gave it.
    Choice {
        id: String,
        title: String,
    },
    /// A quick-reply button of a template was tapped.
    Button {
        payload: String,
        text: String,
    },
    Media {
        kind: MediaKind,
        /// The provider's media id; downloads run after the commit.
        id: String,
        mime_type: String,
        sha256: Option<String>,
        caption: Option<String>,
        filename: Option<String>,
        /// A voice note rather than an audio file.
        voice: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    /// Contact cards; `requested` when the person answered our contact request with their own.
    Contacts {
        phones: Vec<String>,
        requested: bool,
    },
    /// A structured form came back (WhatsApp Flow), as the JSON it carried.
    Form {
        json: String,
    },
    /// An emoji under one of our messages; empty when it was taken away.
    Reaction {
        message: String,
        emoji: String,
    },
    /// A first-ever chat was opened without a word.
    Welcome,
    /// They rang and hung up: a missed call.
    MissedCall,
    /// The person's number or provider id changed.
    IdentityChanged {
        new: Identities,
    },
    /// A message of theirs was edited or taken back.
    Edited {
        message: String,
    },
    Revoked {
        message: String,
    },
    /// Something we do not turn on, by the provider's name of it (`order`, `poll`, a type of next year).
    Other {
        kind: String,
    },
}

impl InboundContent {
    /// The words a person typed or tapped, where there are any.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            InboundContent::Text { text } | InboundContent::Button { text, .. } => Some(text),
            InboundContent::Choice { title, .. } => Some(title),
            InboundContent::Media { caption, .. } => caption.as_deref(),
            _ => None,
        }
    }

    /// Whether it may say something without words that are read: a voice note, a picture, a card, a form.
    #[must_use]
    pub const fn is_wordless(&self) -> bool {
        matches!(
            self,
            InboundContent::Media { .. }
                | InboundContent::Contacts { .. }
                | InboundContent::Form { .. }
                | InboundContent::Other { .. }
        )
    }

    /// Whether a conversation answers this at all. Reactions, edits, revocations and identity
    /// changes are recorded and end there.
    #[must_use]
    pub const fn is_turned(&self) -> bool {
        !matches!(
            self,
            InboundContent::Reaction { .. }
                | InboundContent::IdentityChanged { .. }
                | InboundContent::Edited { .. }
                | InboundContent::Revoked { .. }
        )
    }
}

/// The kinds of media, as providers name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

impl MediaKind {
    pub const ALL: [MediaKind; 5] = [
        MediaKind::Image,
        MediaKind::Video,
        MediaKind::Audio,
        MediaKind::Document,
        MediaKind::Sticker,
    ];

    /// The provider's lower-case word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MediaKind::Image => "image",
            MediaKind::Video => "video",
            MediaKind::Audio => "audio",
            MediaKind::Document => "document",
            MediaKind::Sticker => "sticker",
        }
    }
}

/// One thing a person can choose, as a channel shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What comes back when it is tapped; at most 200 bytes, no spaces at the edges.
    pub id: String,
    /// At most 20 characters on a button, 24 on a list row.
    pub title: String,
    /// A second line under a list row, at most 72 characters.
    pub description: Option<String>,
}

/// What goes out, already worded and fitted to its channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text {
        body: String,
    },
    /// At most three choices.
    Buttons {
        body: String,
        choices: Vec<Choice>,
    },
    /// At most ten choices, opened by a button that reads `open`.
    List {
        body: String,
        open: String,
        choices: Vec<Choice>,
    },
    Media {
        kind: MediaKind,
        source: MediaSource,
        caption: Option<String>,
        filename: Option<String>,
    },
    /// A picture made for this person after the commit, with words under it. Where it cannot be made
    /// or uploaded in ten seconds, or the channel has no pictures, the words go alone.
    Picture {
        body: String,
        picture: Picture,
    },
    /// A short message in India: its words, and the DLT template they were rendered from.
    Registered {
        body: String,
        dlt: Registered,
    },
    /// Asks for the person's position by a button.
    LocationRequest {
        body: String,
    },
    /// Asks for the person's own phone number by a button.
    ContactRequest {
        body: String,
    },
    /// A message the provider approved beforehand; the only thing that may leave outside the window.
    Template(Template),
    /// The same thing said in two ways: `inside` the person's 24-hour window, and on every channel
    /// that knows no window, freely; `outside` it as an approved template. Which of the two leaves is
    /// decided when it leaves, for the window may close while it waits.
    Windowed {
        inside: Box<Content>,
        outside: Template,
    },
}

impl Content {
    /// The words of it that a person reads first; empty for a template (its text stands at the provider).
    #[must_use]
    pub fn body(&self) -> &str {
        match self {
            Content::Text { body }
            | Content::Buttons { body, .. }
            | Content::List { body, .. }
            | Content::Picture { body, .. }
            | Content::Registered { body, .. }
            | Content::LocationRequest { body }
            | Content::ContactRequest { body } => body,
            Content::Media { caption, .. } => caption.as_deref().unwrap_or_default(),
            Content::Template(_) => "",
            Content::Windowed { inside, .. } => inside.body(),
        }
    }

    /// The same words, to be changed before they leave; `None` where they stand at the provider.
    pub fn body_mut(&mut self) -> Option<&mut String> {
        match self {
            Content::Text { body }
            | Content::Buttons { body, .. }
            | Content::List { body, .. }
            | Content::Picture { body, .. }
            | Content::Registered { body, .. }
            | Content::LocationRequest { body }
            | Content::ContactRequest { body } => Some(body),
            Content::Media { caption, .. } => caption.as_mut(),
            Content::Template(_) => None,
            Content::Windowed { inside, .. } => inside.body_mut(),
        }
    }

    /// What is said within a conversation: itself, unless it says it in two ways.
    #[must_use]
    pub fn inside(&self) -> &Content {
        match self {
            Content::Windowed { inside, .. } => inside.inside(),
            other => other,
        }
    }

    /// The template it is said by when the person has been silent for a day; `None` when it has none.
    #[must_use]
    pub const fn outside(&self) -> Option<&Template> {
        match self {
            Content::Windowed { outside, .. } | Content::Template(outside) => Some(outside),
            _ => None,
        }
    }

    /// The registration it is sent by in India; `None` when it has none.
    #[must_use]
    pub fn registered(&self) -> Option<&Registered> {
        match self.inside() {
            Content::Registered { dlt, .. } => Some(dlt),
            _ => None,
        }
    }

    /// The same with another registration; only what has one changes.
    #[must_use]
    pub fn registered_as(&self, now: Registered) -> Content {
        match self {
            Content::Registered { body, .. } => {
                Content::Registered { body: body.clone(), dlt: now }
            }
            Content::Windowed { inside, outside } => Content::Windowed {
                inside: Box::new(inside.registered_as(now)),
                outside: outside.clone(),
            },
            other => other.clone(),
        }
    }

    /// What leaves on a channel at a moment: one way of saying it.
    #[must_use]
    pub fn leaving(&self, channel: Channel, window_open: bool) -> Cow<'_, Content> {
        match self {
            Content::Windowed { outside, .. } if channel.has_window() && !window_open => {
                Cow::Owned(Content::Template(outside.clone()))
            }
            other => Cow::Borrowed(other.inside()),
        }
    }
}

/// By what a short message is known to India's operators (see [`dlt`](crate::dlt)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The principal entity; `None`: the account's own.
    pub entity: Option<String>,
    /// The content template's id.
    pub template: String,
    /// The headers it was registered for, exactly as they are written; none: the account's sender.
    pub headers: Vec<String>,
    /// Whether it is registered as advertising: it leaves by day alone, and not to who wants none.
    #[serde(default)]
    pub promotional: bool,
}

/// Cuts a text to so many characters, between letters as a reader sees them.
pub fn cut(text: &mut String, most: usize) {
    // As many bytes hold at most as many characters.
    if text.len() <= most || text.chars().count() <= most {
        return;
    }
    let mut characters = 0;
    let mut end = 0;
    for (start, letter) in text.grapheme_indices(true) {
        characters += letter.chars().count();
        // One place is for the sign that something is missing.
        if characters >= most {
            break;
        }
        end = start + letter.len();
    }
    text.truncate(end);
    text.push('…');
}

/// A picture as data: the same data give the same picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "picture", rename_all = "snake_case")]
pub enum Picture {
    /// The membership card, in the member's language.
    MembershipCard {
        language: crate::contact::Language,
        number: String,
        name: String,
        /// As a reader of that language reads them.
        district: String,
        seat: String,
        /// A date as a reader of that language reads it.
        since: String,
        /// What the QR code says: the link by which others join through this member.
        link: Option<String>,
    },
}

/// Where a medium of ours comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// Uploaded to the provider before.
    Id(String),
    /// Fetched by the provider from an `https` address.
    Link(String),
}

/// A provider-approved template with its variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    /// The provider's language code, `hi` for Hindi.
    pub language: String,
    pub header: Option<TemplateHeader>,
    /// Positional when no name is given; never mixed.
    pub body: Vec<TemplateVariable>,
    pub buttons: Vec<TemplateButton>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    Text(TemplateVariable),
    Media { kind: MediaKind, source: MediaSource },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVariable {
    pub name: Option<String>,
    pub text: String,
}

/// One button of a template, at its place (0-based).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButton {
    pub index: u8,
    pub kind: TemplateButtonKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateButtonKind {
    QuickReply { payload: String },
    UrlSuffix { text: String },
}

/// How urgent a message is: a later lane never delays an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The answer to a person's own message.
    Reply,
    /// A worker of the office wrote it by hand.
    Person,
    Reminder,
    Broadcast,
}

impl Lane {
    pub const ALL: [Lane; 4] = [Lane::Reply, Lane::Person, Lane::Reminder, Lane::Broadcast];

    /// The number a store keeps; the smaller, the sooner.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Lane::Reply => 0,
            Lane::Person => 1,
            Lane::Reminder => 2,
            Lane::Broadcast => 3,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.code() == code)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Lane::Reply => "reply",
            Lane::Person => "person",
            Lane::Reminder => "reminder",
            Lane::Broadcast => "broadcast",
        }
    }
}

/// Why a person is written to; consent is kept apart for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An answer within a conversation the person began.
    Answer,
    Membership,
    Opinion,
    /// Broadcasts of the state office.
    Samvad,
    /// Coming back to something the person asked us for: was the complaint seen to?
    FollowUp,
    /// That a message came, or that nothing is sent any more: the one word that election law lets through
    /// in the silence before a poll.
    Acknowledgment,
    /// The one question for a consent to somebody who never said anything about it, each for its own: nothing
    /// is ever consented to under these.
    AskMembership,
    AskOpinion,
    AskSamvad,
}

impl Purpose {
    /// All but those that ask for another.
    pub const ALL: [Purpose; 6] = [
        Purpose::Answer,
        Purpose::Membership,
        Purpose::Opinion,
        Purpose::Samvad,
        Purpose::FollowUp,
        Purpose::Acknowledgment,
    ];

    /// Those that ask for a consent, each with the one it asks for.
    pub const ASKING: [(Purpose, Purpose); 3] = [
        (Purpose::AskMembership, Purpose::Membership),
        (Purpose::AskOpinion, Purpose::Opinion),
        (Purpose::AskSamvad, Purpose::Samvad),
    ];

    /// The consent that a message of this purpose asks for; `None`: it asks for none.
    #[must_use]
    pub fn asks_for(self) -> Option<Purpose> {
        Purpose::ASKING.into_iter().find(|(asks, _)| *asks == self).map(|(_, of)| of)
    }

    /// The purpose of a message that asks for this consent; `None`: nobody is asked for it unasked.
    #[must_use]
    pub fn asked_by(self) -> Option<Purpose> {
        Purpose::ASKING.into_iter().find(|(_, of)| *of == self).map(|(asks, _)| asks)
    }

    /// Whether it belongs to what the person began, and asks for no consent.
    #[must_use]
    pub const fn is_of_a_conversation(self) -> bool {
        matches!(self, Purpose::Answer | Purpose::Acknowledgment)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Answer => "answer",
            Purpose::Membership => "membership",
            Purpose::Opinion => "opinion",
            Purpose::Samvad => "samvad",
            Purpose::FollowUp => "follow_up",
            Purpose::Acknowledgment => "acknowledgment",
            Purpose::AskMembership => "ask_membership",
            Purpose::AskOpinion => "ask_opinion",
            Purpose::AskSamvad => "ask_samvad",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Purpose> {
        let asking = Purpose::ASKING.into_iter().map(|(asks, _)| asks);
        Purpose::ALL.into_iter().chain(asking).find(|purpose| purpose.name() == name)
    }
}

/// One message a turn wants said, in order. The shell gives it an id, a claim and a lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub content: Content,
    pub lane: Lane,
    /// Of [`Content::Windowed`] the consent it needs once it is no answer any more.
    pub purpose: Purpose,
}

/// The id of an outgoing message: a row number, together with the moment of its making so that a
/// number met again after a restore is not taken for the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OutgoingId {
    pub id: i64,
    pub created_ms: i64,
}

impl OutgoingId {
    /// The form that leaves the house (WhatsApp's `biz_opaque_callback_data`): `sv1.<id>.<ms>`.
    #[must_use]
    pub fn to_opaque(self) -> String {
        format!("sv1.{}.{}", self.id, self.created_ms)
    }

    /// Reads what [`OutgoingId::to_opaque`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_opaque(text: &str) -> Option<OutgoingId> {
        let (id, created) = text.strip_prefix("sv1.")?.split_once('.')?;
        Some(OutgoingId { id: id.parse().ok()?, created_ms: created.parse().ok()? })
    }
}

/// A message on its way to one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    pub id: OutgoingId,
    pub contact: i64,
    pub channel: Channel,
    /// The number of ours it leaves from.
    pub account: String,
    pub to: Identities,
    pub lane: Lane,
    pub purpose: Purpose,
    pub content: Content,
    /// The provider's id of the person's message this answers, for the read receipt and typing sign.
    pub answers: Option<String>,
    /// How many calls were made for it before this one.
    pub attempts: u32,
    /// After this it must not leave any more.
    pub send_before: Option<Timestamp>,
    /// When the person's 24-hour window closes (last own message + 24 h); `None` when they never wrote.
    pub window_until: Option<Timestamp>,
    /// Parts of it, from the first, that the gateway has already: they are not handed over again.
    pub parts_taken: u32,
    /// The broadcast it is of.
    pub broadcast: Option<i64>,
    /// What its row says where that is something else: what leaves is told in memory alone, and nothing that is counted,
    /// logged or kept of it may tell the two apart.
    pub kept: Option<Box<Content>>,
}

impl Outgoing {
    /// The message as its row has it.
    #[must_use]
    pub fn as_kept(&self) -> Cow<'_, Outgoing> {
        match &self.kept {
            None => Cow::Borrowed(self),
            Some(kept) => {
                let content = (**kept).clone();
                Cow::Owned(Outgoing { content, kept: None, ..self.clone() })
            }
        }
    }
}

/// Where an outgoing message stands. `Queued < Sent < Delivered < Read` never goes down; `Failed`,
/// `Expired` and `Suppressed` are ends, except that a late `Delivered` or `Read` corrects `Failed`
/// and `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Queued,
    /// Claimed by a process: the call may be under way.
    Claimed,
    /// A call whose answer we never saw, or a claim of a dead process.
    Unknown,
    Sent,
    Delivered,
    Read,
    Failed,
    Expired,
    Suppressed,
}

impl Status {
    pub const ALL: [Status; 9] = [
        Status::Queued,
        Status::Claimed,
        Status::Unknown,
        Status::Sent,
        Status::Delivered,
        Status::Read,
        Status::Failed,
        Status::Expired,
        Status::Suppressed,
    ];

    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Status::Queued => 0,
            Status::Claimed => 1,
            Status::Unknown => 2,
            Status::Sent => 3,
            Status::Delivered => 4,
            Status::Read => 5,
            Status::Failed => 6,
            Status::Expired => 7,
            Status::Suppressed => 8,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.code() == code)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::Queued => "queued",
            Status::Claimed => "claimed",
            Status::Unknown => "unknown",
            Status::Sent => "sent",
            Status::Delivered => "delivered",
            Status::Read => "read",
            Status::Failed => "failed",
            Status::Expired => "expired",
            Status::Suppressed => "suppressed",
        }
    }

    /// What a provider's word makes of this status: the join of the lattice.
    ///
    /// `reported` is one of `Sent`, `Delivered`, `Read`, `Failed`; anything else changes nothing.
    #[must_use]
    pub fn after(self, reported: Status) -> Status {
        match (self, reported) {
            (Status::Queued | Status::Claimed | Status::Unknown, Status::Sent | Status::Delivered | Status::Read | Status::Failed)
            | (Status::Sent, Status::Delivered | Status::Read | Status::Failed)
            | (Status::Delivered, Status::Read)
            // A provider that first said failed and then delivered is believed the second time.
            | (Status::Failed, Status::Delivered | Status::Read) => reported,
            _ => self,
        }
    }
}

/// A provider's word about a message of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusUpdate {
    pub channel: Channel,
    pub account: String,
    /// The provider's id of our message.
    pub provider_id: String,
    /// Our own id, where the provider echoes it.
    pub outgoing: Option<OutgoingId>,
    pub status: Status,
    pub at: Timestamp,
    /// The provider's error code when it failed.
    pub error: Option<i64>,
    /// What that code asks for beyond the message, where the road knows it.
    #[serde(default)]
    pub asks: Option<Asks>,
    /// Whom the provider brought it to, by every name it told; empty when it told none. A number
    /// written to is answered with the user id behind it.
    #[serde(default)]
    pub recipient: Identities,
}

/// What a refusal asks for beyond its message, whether it is the answer to a call or comes in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// The account, its sender or its registration is at fault: nothing leaves by it until it is mended.
    Rest,
    /// The template it left by is at fault: nothing leaves by that one.
    StopTemplate,
    /// The number has a mark at the operators.
    Mark(Mark),
    /// The provider failed to look at it: the same message again, later.
    Again,
    /// The person told the provider to stop us.
    OptOut,
}

impl Asks {
    /// The number a store keeps.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Asks::Rest => 1,
            Asks::StopTemplate => 2,
            Asks::Mark(Mark::NoPromotion) => 3,
            Asks::Mark(Mark::NoDltConsent) => 4,
            Asks::Again => 5,
            Asks::OptOut => 6,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<Asks> {
        let marks = Mark::ALL.into_iter().map(Asks::Mark);
        let others = [Asks::Rest, Asks::StopTemplate, Asks::Again, Asks::OptOut];
        marks.chain(others).find(|asks| asks.code() == code)
    }
}

/// What India's operators know of a number and told us by refusing a message to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The person asked them for no advertising.
    NoPromotion,
    /// They know of no consent that the person gave.
    NoDltConsent,
}

impl Mark {
    pub const ALL: [Mark; 2] = [Mark::NoPromotion, Mark::NoDltConsent];

    /// The name in metrics, and as the stored reason of a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Mark::NoPromotion => "no_promotion",
            Mark::NoDltConsent => "no_dlt_consent",
        }
    }
}

/// A provider's word about our account, template or number; stored whole, acted on by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountEvent {
    pub channel: Channel,
    pub account: String,
    /// The provider's field name (`account_update`, `user_preferences`, …).
    pub kind: String,
    pub at: Timestamp,
    /// The provider's own JSON, sealed before it is stored (it can hold addresses).
    pub json: String,
}

/// Everything one webhook request held, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    pub inbound: Vec<Inbound>,
    pub statuses: Vec<StatusUpdate>,
    pub events: Vec<AccountEvent>,
    /// Withdrawals and returns a provider reports outside a message (`user_preferences`).
    pub preferences: Vec<PreferenceUpdate>,
}

impl Envelope {
    /// How many updates admission counts it as.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inbound.len() + self.statuses.len() + self.events.len() + self.preferences.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A person told the provider, not us, that they do or do not want to be written to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreferenceUpdate {
    pub channel: Channel,
    pub account: String,
    pub from: Identities,
    /// The message of ours that was refused for it: whoever that went to is the person, whatever
    /// `from` says or leaves out.
    pub about: Option<OutgoingId>,
    /// `true`: no more broadcasts.
    pub stop: bool,
    pub at: Timestamp,
}

/// How a question is shown: what the phone at the other end can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// Buttons (at most 3) and lists (at most 10 rows).
    Whatsapp,
    /// Numbered lines.
    Sms,
}

impl Rendering {
    /// The name conditions and rehearsals know it by (`channel == 'sms'`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rendering::Whatsapp => "whatsapp",
            Rendering::Sms => "sms",
        }
    }
}

/// One line of a person's history, for the simulator and the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    pub id: i64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: HistoryKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum HistoryKind {
    Person { content: InboundContent },
    Us { content: Content, status: Status },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windowed() -> Content {
        Content::Windowed {
            inside: Box::new(Content::Text { body: "नमस्ते".to_owned() }),
            outside: Template {
                name: "solved".to_owned(),
                language: "hi".to_owned(),
                header: None,
                body: Vec::new(),
                buttons: Vec::new(),
            },
        }
    }

    #[test]
    fn what_has_two_ways_leaves_by_one_of_them() {
        let content = windowed();
        let words = Content::Text { body: "नमस्ते".to_owned() };
        for channel in Channel::ALL {
            assert_eq!(*content.leaving(channel, true), words, "{channel}");
            let late = content.leaving(channel, false);
            let as_template = matches!(*late, Content::Template(_));
            assert_eq!(as_template, channel == Channel::Whatsapp, "{channel}");
            assert_eq!(*words.leaving(channel, false), words, "{channel}");
        }
    }

    #[test]
    fn a_stored_content_is_read_again_also_one_of_before_templates() {
        let stored = serde_json::to_string(&windowed()).unwrap();
        assert_eq!(serde_json::from_str::<Content>(&stored).unwrap(), windowed());
        let old = r#"{"type":"buttons","body":"a","choices":[{"id":"c:1:yes","title":"हाँ","description":null}]}"#;
        let content: Content = serde_json::from_str(old).unwrap();
        assert_eq!(content.outside(), None);
        let form = r#"{"type":"windowed","inside":{"type":"text","body":"a"},"outside":{"name":"n","language":"hi","header":null,"body":[{"name":null,"text":"T1"}],"buttons":[{"index":0,"kind":{"quick_reply":{"payload":"c:1:yes"}}}]}}"#;
        let content: Content = serde_json::from_str(form).unwrap();
        assert_eq!(content.outside().map(|template| template.name.as_str()), Some("n"));
    }

    #[test]
    fn an_overlong_text_is_cut_between_letters() {
        for (text, most, expected) in [
            ("नमस्ते", 6, "नमस्ते"),
            ("नमस्ते जी", 6, "नम…"),
            ("किताब", 3, "कि…"),
            ("👨‍👩‍👧 घर", 4, "…"),
            ("abc", 2, "a…"),
        ] {
            let mut body = text.to_owned();
            cut(&mut body, most);
            assert_eq!(body, expected, "{text}");
        }
    }
}
