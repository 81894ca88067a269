//! `/_sandbox/…`: how tests in other processes, and people with curl, steer a sandbox.
//!
//! | | |
//! |---|---|
//! | `GET /_sandbox/summary` | the verdict over the ledger, callbacks on their way, what the webhook answered |
//! | `GET /_sandbox/ledger?after=N` | the entries from place N on (0 is the first), as JSON |
//! | `GET /_sandbox/transcript/{number}` | one conversation, as JSON |
//! | `GET`, `POST /_sandbox/faults` | the faults; a POST changes the named ones |
//! | `POST /_sandbox/inbound` | a person says something |
//! | `POST /_sandbox/rings` | a person rings and hangs up, once or several times |
//! | `POST /_sandbox/handshake` | asks the webhook for its handshake |

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::calls::Ringing;
use super::envelope::{Person, Said};
use super::judge::{self, Line, Verdict};
use super::ledger::{Entry, InboundEntry, SendEntry};
use super::state::{Saying, Shared};

/// Nobody rings more often than that.
const MOST_RINGS: usize = 1_000;

/// What `POST /_sandbox/inbound` takes: who says it, and exactly one of `text`, `button`, `row`,
/// `template_button`, `message`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InboundRequest {
    /// The number, digits with country code, plus or not.
    pub from: Option<String>,
    /// The business-scoped user id.
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
    pub text: Option<String>,
    pub button: Option<Tapped>,
    pub row: Option<Tapped>,
    pub template_button: Option<TappedTemplate>,
    /// Members of `messages[i]` as they are.
    pub message: Option<Map<String, Value>>,
    /// The message id; a known one is a duplicate.
    pub key: Option<String>,
    /// The id of ours that it answers.
    pub quoted: Option<String>,
    /// The `phone_number_id` it comes to, or the name of an account at a vendor of SMS.
    pub account: Option<String>,
    /// How many deliveries go out at once.
    pub copies: Option<usize>,
}

/// A tapped button or row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tapped {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

/// A tapped quick-reply button of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TappedTemplate {
    pub payload: String,
    pub text: String,
}

impl InboundRequest {
    /// # Errors
    /// What is missing or too much, in words.
    pub fn saying(self) -> Result<Saying, &'static str> {
        let mut said = Vec::new();
        said.extend(self.text.map(Said::Text));
        said.extend(self.button.map(|tap| Said::Button { id: tap.id, title: tap.title }));
        said.extend(self.row.map(|tap| Said::Row {
            id: tap.id,
            title: tap.title,
            description: tap.description,
        }));
        said.extend(
            self.template_button
                .map(|tap| Said::TemplateButton { payload: tap.payload, text: tap.text }),
        );
        said.extend(self.message.map(Said::Raw));
        let (Some(only), true) = (said.pop(), said.is_empty()) else {
            return Err("exactly one of text, button, row, template_button and message is wanted");
        };
        if self.from.is_none() && self.user_id.is_none() {
            return Err("from or user_id is wanted");
        }
        Ok(Saying {
            person: Person {
                phone: self.from.map(|from| from.trim_start_matches('+').to_owned()),
                user_id: self.user_id,
                name: self.name,
                username: self.username,
            },
            said: only,
            key: self.key,
            quoted: self.quoted,
            account: self.account,
            copies: self.copies.unwrap_or(1),
        })
    }
}

/// What `POST /_sandbox/rings` takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RingRequest {
    /// The number, digits with country code, plus or not.
    pub from: String,
    /// The number that is rung, by its name (`calls-exotel`).
    pub account: String,
    /// The vendor's id of the call; a known one is told again. Not with `times`.
    #[serde(default)]
    pub key: Option<String>,
    /// So many calls, one after the other; 1 when nothing is said.
    #[serde(default)]
    pub times: Option<usize>,
    /// How often each word about a call goes out at once.
    #[serde(default)]
    pub copies: Option<usize>,
}

impl RingRequest {
    /// # Errors
    /// What does not go together, in words.
    pub fn ringings(self) -> Result<Vec<Ringing>, &'static str> {
        let times = self.times.unwrap_or(1);
        if !(1..=MOST_RINGS).contains(&times) {
            return Err("times is 1 to 1000");
        }
        if self.key.is_some() && times > 1 {
            return Err("key names one call; leave times away");
        }
        let ringing = Ringing {
            from: self.from.trim_start_matches('+').to_owned(),
            account: self.account,
            key: self.key,
            copies: self.copies.unwrap_or(1),
        };
        Ok(vec![ringing; times])
    }
}

/// What `GET /_sandbox/summary` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Callbacks not yet at their end.
    pub pending: usize,
    /// How often the webhook answered what.
    pub webhook: std::collections::BTreeMap<String, u64>,
}

impl Shared {
    pub(super) fn summary(&self) -> Summary {
        Summary {
            verdict: judge::verdict(self.ledger.lock().entries()),
            pending: self.road.pending(),
            webhook: self.road.answers(),
        }
    }

    pub(super) fn transcript(&self, person: &str) -> Vec<Line> {
        let person = self.people.lock().canonical(person.trim_start_matches('+'));
        judge::transcript(self.ledger.lock().entries(), &person)
    }
}

fn bad_request(words: impl std::fmt::Display) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": words.to_string()}))).into_response()
}

pub(super) async fn summary(State(shared): State<Arc<Shared>>) -> Json<Summary> {
    Json(shared.summary())
}

#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: usize,
}

pub(super) async fn ledger(
    State(shared): State<Arc<Shared>>,
    Query(After { after }): Query<After>,
) -> Json<Vec<Entry>> {
    let ledger = shared.ledger.lock();
    Json(ledger.entries().get(after..).unwrap_or_default().to_vec())
}

/// A line of a conversation, with whose it is.
#[derive(Serialize)]
#[serde(tag = "who", rename_all = "snake_case")]
enum LineJson {
    Theirs(InboundEntry),
    Ours(SendEntry),
}

pub(super) async fn transcript(
    State(shared): State<Arc<Shared>>,
    Path(person): Path<String>,
) -> Response {
    let lines: Vec<LineJson> = shared
        .transcript(&person)
        .into_iter()
        .map(|line| match line {
            Line::Theirs(inbound) => LineJson::Theirs(inbound),
            Line::Ours(send) => LineJson::Ours(send),
        })
        .collect();
    Json(lines).into_response()
}

pub(super) async fn get_faults(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.faults.read().clone()).into_response()
}

pub(super) async fn set_faults(
    State(shared): State<Arc<Shared>>,
    Json(changes): Json<Value>,
) -> Response {
    let mut faults = shared.faults.write();
    match faults.changed(&changes) {
        Ok(changed) => {
            *faults = changed.clone();
            Json(changed).into_response()
        }
        Err(error) => bad_request(error),
    }
}

pub(super) async fn inbound(
    State(shared): State<Arc<Shared>>,
    Json(request): Json<InboundRequest>,
) -> Response {
    match request.saying() {
        Ok(saying) => match shared.say(saying) {
            Some(key) => Json(json!({"key": key})).into_response(),
            None => bad_request("account is none of this sandbox's business numbers"),
        },
        Err(words) => bad_request(words),
    }
}

pub(super) async fn rings(
    State(shared): State<Arc<Shared>>,
    Json(request): Json<RingRequest>,
) -> Response {
    let ringings = match request.ringings() {
        Ok(ringings) => ringings,
        Err(words) => return bad_request(words),
    };
    let keys: Option<Vec<String>> =
        ringings.into_iter().map(|ringing| shared.ring(ringing)).collect();
    match keys {
        Some(keys) => Json(json!({"keys": keys})).into_response(),
        None => bad_request("account is none of this sandbox's numbers for missed calls"),
    }
}

pub(super) async fn handshake(State(shared): State<Arc<Shared>>) -> Response {
    match super::handshake(&shared).await {
        Ok(()) => Json(json!({"handshake": "ok"})).into_response(),
        Err(error) => {
            (StatusCode::BAD_GATEWAY, Json(json!({"error": error.to_string()}))).into_response()
        }
    }
}
