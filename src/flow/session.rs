//! A conversation under way, between two turns.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::polling::Polled;
use crate::contact::ConsentNow;

/// The newest form of a stored session.
const FORMAT: u8 = 1;

/// A conversation under way, between two turns. Old serialised forms must still load: a field is
/// added with a default, never renamed. Names are short in the stored form, because lakhs of
/// sessions lie in memory at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The form it was written in, 1.
    #[serde(rename = "x", default = "format", skip_serializing_if = "is_format")]
    pub format: u8,
    #[serde(rename = "f", alias = "flow")]
    pub flow: String,
    /// The step whose question is open, or that takes its time.
    #[serde(rename = "s", alias = "step")]
    pub step: String,
    /// One more with every question and every step that takes time. Starts from the clock, so that a button of an earlier
    /// conversation never fits a question of this one; a timer of another visit is void.
    #[serde(rename = "v", alias = "visit")]
    pub visit: u32,
    /// What was answered in this flow, by step.
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Given>,
    /// The steps answered, in order: the way back.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// The flows that wait for this one to end, the outermost first.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Frame>,
    /// When the open question was first asked, epoch milliseconds.
    #[serde(rename = "q", default)]
    pub asked_at: i64,
    /// What the open question takes; another number means the flow was edited.
    #[serde(rename = "k", default)]
    pub fingerprint: u32,
    /// Answers to the open question that were not understood.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero")]
    pub tries: u8,
    /// The page of choices that is shown.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub page: u8,
    /// Whether a list of places was offered with the question.
    #[serde(rename = "o", default, skip_serializing_if = "is_false")]
    pub offered: bool,
    /// Reminders sent for the open question.
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    pub reminded: u8,
    /// "Did you mean …?" was asked about these, best first.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub guess: Vec<Given>,
    /// What the choices of the open question were shuffled by.
    #[serde(rename = "z", default, skip_serializing_if = "is_no_seed")]
    pub seed: u64,
    /// "Did you mean …?" was asked about these ways to go, best first: the name of a flow, or a
    /// word that works everywhere as `!help`. Never together with `guess`.
    #[serde(rename = "y", default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<String>,
    /// The words of a question that asks for a consent, as they were shown.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// The ticket of a request filed in this conversation.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// The broadcast whose answer began the conversation, as the office calls it.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<String>,
    /// What a withdrawal of this conversation took: the words that stood before it.
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub stood: Vec<ConsentNow>,
    /// The conversation was handed to a person of the office where it stood.
    #[serde(rename = "m", default, skip_serializing_if = "is_false")]
    pub muted: bool,
    /// The step is one that takes time (`wait`, `fetch`, `handoff`), and nothing came of it yet.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
    /// The open question could not be said by SMS: the next message shows it, and answers nothing.
    #[serde(rename = "u", default, skip_serializing_if = "is_false")]
    pub unasked: bool,
    /// How often each loop with a limit was taken, by its step.
    #[serde(rename = "l", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loops: BTreeMap<String, u8>,
    /// Where it stands in the polls that ask the person.
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    pub polled: Option<Polled>,
    /// Conversations that rest underneath while the person is at another, the oldest first.
    #[serde(rename = "b", default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<Parked>,
}

/// A conversation that rests at a `wait` while the person is at another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// Its flows, the outermost first; the last is the one that rests.
    #[serde(rename = "c")]
    pub frames: Vec<Frame>,
    /// The ticket of a request filed in it.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

impl Parked {
    /// The rest it stands at.
    #[must_use]
    pub fn rest(&self) -> Option<&Rest> {
        self.frames.last()?.rest.as_ref()
    }
}

/// A step that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// The visit of the step: a timer or an answer for another one does nothing.
    #[serde(rename = "v")]
    pub visit: u32,
    /// When it is over by itself, epoch milliseconds; `None`: when the office gives the
    /// conversation back.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// What came of it while the conversation was elsewhere.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
    /// How many steps that take time came before it without a word of the person.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub alone: u8,
}

/// What came of an HTTP call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// 2xx, with everything in it that is kept.
    Ok,
    /// 404.
    NotFound,
    /// Anything else.
    Failed,
}

impl Came {
    pub(super) const ALL: [Came; 3] = [Came::Ok, Came::NotFound, Came::Failed];

    /// The name it has in flow files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Came::Ok => "ok",
            Came::NotFound => "not_found",
            Came::Failed => "failed",
        }
    }
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Given {
    /// A number, a year, a seat's number.
    Number(i64),
    /// A choice's id, a district's code, a day (`1990-08-15`), or words.
    Text(String),
    /// The ids of several choices: those of `any_of` in the order they are written in, those of
    /// `ranked` the best first. May be empty.
    List(Vec<String>),
    /// What was sent to a question that takes messages of several kinds.
    Message(Sent),
    /// An optional question was passed over.
    Skipped,
}

/// Sessions are read at every turn: what is derived tries each variant and writes an error for every one
/// that does not fit.
impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(GivenVisitor)
    }
}

struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text, a list of texts, a message or null")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Given, E> {
        Ok(Given::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Given, E> {
        i64::try_from(number)
            .map(Given::Number)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Given, E> {
        Ok(Given::Text(text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Given, E> {
        Ok(Given::Skipped)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Given, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Given::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Given, A::Error> {
        Sent::deserialize(MapAccessDeserializer::new(map)).map(Given::Message)
    }
}

/// A message of one of several kinds, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    #[serde(rename = "k")]
    pub kind: SentKind,
    /// The words; the provider's id of a medium; a position as `26.846700,80.946200`.
    #[serde(rename = "v")]
    pub value: String,
    /// The MIME type of a medium.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// The words that came with a medium.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// The kinds of messages a question may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentKind {
    Text,
    Voice,
    Photo,
    Video,
    Location,
    File,
}

impl SentKind {
    pub const ALL: [SentKind; 6] = [
        SentKind::Text,
        SentKind::Voice,
        SentKind::Photo,
        SentKind::Video,
        SentKind::Location,
        SentKind::File,
    ];

    /// The name it has in flow files and conditions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SentKind::Text => "text",
            SentKind::Voice => "voice",
            SentKind::Photo => "photo",
            SentKind::Video => "video",
            SentKind::Location => "location",
            SentKind::File => "file",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<SentKind> {
        SentKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A flow that waits for the one it called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    #[serde(rename = "f")]
    pub flow: String,
    #[serde(rename = "s")]
    pub step: String,
    #[serde(rename = "a", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, Given>,
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// It was interrupted at an open question (by "help", say): that question is asked again.
    #[serde(rename = "i", default, skip_serializing_if = "is_false")]
    pub interrupted: bool,
    /// It was interrupted at a step that takes time.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
    #[serde(rename = "l", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub loops: BTreeMap<String, u8>,
}

/// The exact words a consent was asked with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The version of the notice.
    #[serde(rename = "v")]
    pub version: String,
    /// SHA-256 of the message as it was sent, lower-case hex.
    #[serde(rename = "w")]
    pub wording: String,
}

impl Session {
    /// A conversation at the beginning of a flow.
    #[must_use]
    pub fn new(flow: &str, visit: u32) -> Session {
        Session { format: FORMAT, flow: flow.to_owned(), visit, ..Session::default() }
    }
}

const fn format() -> u8 {
    FORMAT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
const fn is_format(format: &u8) -> bool {
    *format == FORMAT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
const fn is_zero(number: &u8) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
const fn is_no_seed(seed: &u64) -> bool {
    *seed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sessions as they were written by the first version. Add to these, never change them.
    const KEPT: [&str; 6] = [
        r#"{"f":"join","s":"name","v":27993601}"#,
        r#"{"f":"join","s":"seat","v":7,"a":{"consent":"yes","birth_year":1985,"name":"सुनीता देवी","district":"157","booth":null},"h":["consent","birth_year"],"q":1795240800000,"k":12345,"t":2,"p":1,"o":true,"r":1,"g":["157",3]}"#,
        r#"{"flow":"samvad","step":"samvad","visit":3,"c":[{"f":"join","s":"updates","a":{"seat":173},"h":["seat"]},{"f":"x","s":"y","i":true}],"n":{"v":"2026-11-21","w":"ab"},"d":"T1","m":true}"#,
        r#"{"f":"help","s":"what","v":9,"c":[{"f":"status","s":"look_up","a":{"ticket":"T1"},"i":true,"w":{"v":8,"u":1795240840000,"c":"not_found"},"l":{"again":2}}],"w":{"v":9,"n":3},"l":{"more":1}}"#,
        // From here on as the second version wrote them.
        r#"{"f":"survey","s":"order","v":9,"a":{"likes":["a","c"],"nothing":[],"what":{"k":"voice","v":"media.1","m":"audio/ogg"},"said":{"k":"photo","v":"media.2","w":"नल"},"day":"1990-08-15"},"g":[["b","a"]],"z":18446744073709551615,"y":["!stop","join"]}"#,
        // And the third.
        r#"{"f":"greeting","s":"citizen","v":12,"b":[{"c":[{"f":"complaint","s":"rest","a":{"seat":173},"i":true,"w":{"v":11,"u":1795500040000}}],"d":"T1"}]}"#,
    ];

    #[test]
    fn every_form_ever_written_still_loads() {
        let [plain, full, called, resting, several, parked] =
            KEPT.map(|kept| serde_json::from_str::<Session>(kept).unwrap());
        assert_eq!(
            plain,
            Session { asked_at: 0, step: "name".to_owned(), ..Session::new("join", 27_993_601) }
        );
        assert_eq!(full.answers["birth_year"], Given::Number(1985));
        assert_eq!(full.answers["booth"], Given::Skipped);
        assert_eq!(full.guess, [Given::Text("157".to_owned()), Given::Number(3)]);
        assert_eq!(called.calls.len(), 2);
        assert!(called.calls[1].interrupted && called.muted);
        assert_eq!(resting.rest, Some(Rest { visit: 9, until: None, came: None, alone: 3 }));
        let frame = &resting.calls[0];
        let until = Some(1_795_240_840_000);
        assert_eq!(
            frame.rest,
            Some(Rest { visit: 8, until, came: Some(Came::NotFound), alone: 0 })
        );
        assert_eq!((frame.loops["again"], resting.loops["more"]), (2, 1));
        let ids = |ids: &[&str]| Given::List(ids.iter().map(ToString::to_string).collect());
        assert_eq!(several.answers["likes"], ids(&["a", "c"]));
        assert_eq!(several.answers["nothing"], ids(&[]));
        assert_eq!(several.guess, [ids(&["b", "a"])]);
        assert_eq!((several.seed, several.ways.len()), (u64::MAX, 2));
        let Given::Message(voice) = &several.answers["what"] else { panic!("{several:?}") };
        assert_eq!((voice.kind, voice.mime_type.as_deref()), (SentKind::Voice, Some("audio/ogg")));
        let Given::Message(photo) = &several.answers["said"] else { panic!("{several:?}") };
        assert_eq!((photo.kind, photo.caption.as_deref()), (SentKind::Photo, Some("नल")));
        let [beneath] = parked.parked.as_slice() else { panic!("{parked:?}") };
        assert_eq!(beneath.ticket.as_deref(), Some("T1"));
        assert_eq!(beneath.rest().and_then(|rest| rest.until), Some(1_795_500_040_000));
    }

    #[test]
    fn a_session_comes_back_as_it_was_written() {
        for kept in KEPT {
            let session: Session = serde_json::from_str(kept).unwrap();
            let written = serde_json::to_string(&session).unwrap();
            assert_eq!(serde_json::from_str::<Session>(&written).unwrap(), session);
        }
    }

    #[test]
    fn a_session_is_small() {
        let session = Session {
            step: "name".to_owned(),
            asked_at: 1_795_240_800_000,
            fingerprint: 1,
            ..Session::new("join", 27_993_601)
        };
        let written = serde_json::to_string(&session).unwrap();
        assert_eq!(written, r#"{"f":"join","s":"name","v":27993601,"q":1795240800000,"k":1}"#);
    }
}
