//! A road file: how an aggregator is asked and how it calls, as the operator writes it. Pure.

use std::collections::BTreeMap;
use std::fmt;

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::{Table, Value};

use super::classes::{Classes, Word};
use crate::message::Status;

/// The roads that are shipped, by name. All are from documents, not yet against the vendor.
pub const PRESETS: [(&str, &str); 6] = [
    ("exotel", include_str!("presets/exotel.toml")),
    ("gupshup", include_str!("presets/gupshup.toml")),
    ("infobip", include_str!("presets/infobip.toml")),
    ("kaleyra", include_str!("presets/kaleyra.toml")),
    ("msg91", include_str!("presets/msg91.toml")),
    ("twilio", include_str!("presets/twilio.toml")),
];

/// What an operator may write between braces, besides the names in `[values]`.
pub(super) const PLACEHOLDERS: [&str; 14] = [
    "to",
    "to_plus",
    "to_national",
    "text",
    "from",
    "id",
    "report_url",
    "unicode",
    "entity",
    "template",
    "chain",
    "username",
    "password",
    "base",
];

/// A road file, read and checked.
#[derive(Clone, Debug)]
pub struct RoadFile {
    /// For people: `Gupshup Enterprise`.
    pub vendor: String,
    /// Where it was taken from, and whether it was ever tried.
    pub note: String,
    /// Where `{base}` leads, unless the account says otherwise.
    pub base: String,
    /// What the account has to give: placeholders, or names in its `values`.
    pub needs: Vec<String>,
    /// What accounts that say nothing have.
    pub values: BTreeMap<String, String>,
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// Forms of times tried before the usual ones (strptime).
    pub times: Vec<String>,
    pub send: SendPart,
    pub answer: AnswerPart,
    pub classes: Classes,
    pub inbound: Option<InboundPart>,
    pub report: Option<ReportPart>,
    pub signature: Option<SignaturePart>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    vendor: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    base: String,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    zone: Option<String>,
    #[serde(default)]
    times: Vec<String>,
    #[serde(default)]
    dlt_codes: bool,
    send: SendPart,
    answer: AnswerPart,
    #[serde(default)]
    errors: BTreeMap<String, Word>,
    inbound: Option<InboundPart>,
    report: Option<ReportPart>,
    signature: Option<SignaturePart>,
}

/// The request that sends a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendPart {
    pub method: Method,
    pub url: String,
    /// HTTP basic authentication with the account's user and password.
    #[serde(default)]
    pub basic: bool,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What `{unicode}` stands for.
    pub unicode: Option<UnicodeWords>,
    #[serde(default)]
    pub query: Table,
    pub form: Option<Table>,
    pub json: Option<Table>,
    /// The most characters the vendor takes.
    pub longest: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
}

/// An empty text leaves the field out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnicodeWords {
    pub yes: Value,
    pub no: Value,
}

/// How an answer to a send is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerPart {
    #[serde(default)]
    pub format: Format,
    /// What has to stand in it besides a status of 2xx; nothing: that is enough.
    pub success: Option<Success>,
    /// Where the vendor's id stands, the first that is there.
    #[serde(default)]
    pub id: Vec<String>,
    /// Where the code of an error stands.
    #[serde(default)]
    pub code: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Json,
    /// `success | 919812345678 | 123-456`: its fields are 0, 1, 2.
    Pipes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    pub path: String,
    /// In any letters.
    pub is: Vec<String>,
}

/// How a person's message is read. Each list names fields; the first that is there counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundPart {
    /// A form's field that holds JSON.
    pub json_field: Option<String>,
    /// The lists messages stand in, the outer first.
    #[serde(default)]
    pub rows: Vec<String>,
    pub from: Vec<String>,
    pub text: Vec<String>,
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default)]
    pub id: Vec<String>,
    #[serde(default)]
    pub at: Vec<String>,
}

/// How a report is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportPart {
    pub json_field: Option<String>,
    #[serde(default)]
    pub rows: Vec<String>,
    /// Our own id, where the vendor echoes it in a field; in the query as `id` it is found anyway.
    #[serde(default)]
    pub our_id: Vec<String>,
    /// The vendor's.
    pub id: Vec<String>,
    pub status: Vec<String>,
    /// The vendor's words, in any letters.
    pub statuses: BTreeMap<String, StatusWord>,
    #[serde(default)]
    pub at: Vec<String>,
    #[serde(default)]
    pub code: Vec<String>,
}

/// What a vendor's word about a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// Nothing that we do not know.
    Nothing,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl StatusWord {
    pub(super) const fn status(self) -> Option<Status> {
        Some(match self {
            StatusWord::Nothing => return None,
            StatusWord::Sent => Status::Sent,
            StatusWord::Delivered => Status::Delivered,
            StatusWord::Read => Status::Read,
            StatusWord::Failed => Status::Failed,
        })
    }
}

/// How the vendor signs what it calls us with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignaturePart {
    pub kind: SignatureKind,
    /// The header it stands in, in small letters.
    pub header: String,
    /// Before the signature in the header: `sha256=`.
    #[serde(default)]
    pub prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// Base64 of HMAC-SHA1 over the address and the sorted fields of the form; the key is the
    /// account's password.
    Twilio,
    /// HMAC over the body, in hex or base64; the key is the account's `signature_key`. Without one
    /// nothing is checked.
    HmacSha256,
    HmacSha1,
}

/// What is wrong with a road file, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRoad(pub Vec<String>);

impl std::error::Error for BadRoad {}

impl fmt::Display for BadRoad {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("\n  - "))
    }
}

impl RoadFile {
    /// Reads a road file. `name` is what it is called in what is wrong with it.
    ///
    /// # Errors
    /// [`BadRoad`]: the place and what to write.
    pub fn parse(name: &str, text: &str) -> Result<RoadFile, BadRoad> {
        let raw: Raw = toml::from_str(text)
            .map_err(|error| BadRoad(vec![format!("{name}: {}", error.to_string().trim_end())]))?;
        let mut problems = Vec::new();
        let classes = match Classes::new(raw.dlt_codes, &raw.errors) {
            Ok(classes) => Some(classes),
            Err(key) => {
                problems.push(format!(
                    "errors: \"{key}\" is no code; write \"21610\", or \"600-625\" for a range"
                ));
                None
            }
        };
        let zone = raw.zone.as_deref().unwrap_or("Asia/Kolkata");
        let zone = TimeZone::get(zone).map_err(|_| {
            problems
                .push(format!("zone: there is no \"{zone}\"; write \"Asia/Kolkata\" or \"UTC\""));
        });
        check_send(&raw, &mut problems);
        let used =
            |wanted: &str| raw.values.contains_key(wanted) || raw.needs.iter().any(|n| n == wanted);
        for (place, placeholder) in placeholders(&raw.send) {
            if !PLACEHOLDERS.contains(&placeholder.as_str()) && !used(&placeholder) {
                problems.push(format!(
                    "{place}: there is no {{{placeholder}}}; write one of {{{}}}, or name it in needs",
                    PLACEHOLDERS.join("}, {")
                ));
            }
        }
        match (classes, zone) {
            (Some(classes), Ok(zone)) if problems.is_empty() => Ok(RoadFile {
                vendor: raw.vendor,
                note: raw.note,
                base: raw.base,
                needs: raw.needs,
                values: raw.values,
                zone,
                times: raw.times,
                send: raw.send,
                answer: raw.answer,
                classes,
                inbound: raw.inbound,
                report: raw.report.map(small_words),
                signature: raw.signature,
            }),
            _ => Err(BadRoad(problems.into_iter().map(|one| format!("{name}: {one}")).collect())),
        }
    }
}

/// The words of a report in small letters, as they are looked up.
fn small_words(mut report: ReportPart) -> ReportPart {
    let words = std::mem::take(&mut report.statuses).into_iter();
    report.statuses = words.map(|(word, status)| (word.to_lowercase(), status)).collect();
    report
}

fn check_send(raw: &Raw, problems: &mut Vec<String>) {
    let send = &raw.send;
    let is_url = ["http://", "https://", "{base}"].iter().any(|head| send.url.starts_with(head));
    if !is_url {
        problems.push("send.url: must begin with https:// or {base}".to_owned());
    }
    if send.form.is_some() && send.json.is_some() {
        problems.push("send: has both form and json; a request has one body".to_owned());
    }
    if send.method == Method::Get && (send.form.is_some() || send.json.is_some()) {
        problems.push("send.method: a GET has no body; write \"POST\", or use query".to_owned());
    }
    let flat = [Some(&send.query), send.form.as_ref()];
    for (key, value) in flat.into_iter().flatten().flatten() {
        if !matches!(value, Value::String(_) | Value::Integer(_) | Value::Boolean(_)) {
            problems.push(format!("send: {key} is to be a text or a number"));
        }
    }
    if placeholders(send).any(|(_, name)| name == "unicode") && send.unicode.is_none() {
        problems.push(
            "send.unicode: is missing; write unicode = { yes = \"1\", no = \"\" }".to_owned(),
        );
    }
}

/// Every placeholder of a request with its place.
fn placeholders(send: &SendPart) -> impl Iterator<Item = (&'static str, String)> {
    let mut found = Vec::new();
    let mut look = |place: &'static str, text: &str| {
        found.extend(pieces(text).filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some((place, name.to_owned())),
            Piece::Text(_) => None,
        }));
    };
    look("send.url", &send.url);
    send.headers.values().for_each(|value| look("send.headers", value));
    let mut tables = vec![("send.query", &send.query)];
    tables.extend(send.form.iter().map(|table| ("send.form", table)));
    tables.extend(send.json.iter().map(|table| ("send.json", table)));
    for (place, table) in tables {
        let mut waiting: Vec<&Value> = table.values().collect();
        while let Some(value) = waiting.pop() {
            match value {
                Value::String(text) => look(place, text),
                Value::Array(list) => waiting.extend(list),
                Value::Table(inner) => waiting.extend(inner.values()),
                _ => {}
            }
        }
    }
    found.into_iter()
}

/// A piece of a text with placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// The pieces of `Bearer {password}`. Braces around anything but small letters, digits and `_` are
/// text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut begun = 0;
    while let Some(open) = rest.get(begun..).and_then(|tail| tail.find('{')).map(|at| at + begun) {
        let after = rest.get(open + 1..).unwrap_or_default();
        let name = after.split('}').next().unwrap_or_default();
        let is_closed = after.len() > name.len();
        let is_name = !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_closed || !is_name {
            begun = open + 1;
            continue;
        }
        if open > 0 {
            pieces.push(Piece::Text(rest.get(..open).unwrap_or_default()));
        }
        pieces.push(Piece::Placeholder(name));
        rest = after.get(name.len() + 1..).unwrap_or_default();
        begun = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces.into_iter()
}
