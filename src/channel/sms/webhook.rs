//! The routes gateways call. Most gateways sign nothing: whoever calls proves itself by a path that
//! only the gateway was told, by where it calls from, and by a password where the gateway can send one.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::channel::Admit;
use crate::channel::sms::config::Guard;
use crate::channel::sms::{Callback, Decode, DecodeError};
use crate::channel::whatsapp::signature::token_matches;
use crate::clock::Clock;
use crate::intake::Admission;
use crate::message::Envelope;
use crate::metrics::{CallbackLabels, Metrics};

/// The path of both routes.
pub const PATH: &str = "/webhooks/sms/{account}/{secret}/{kind}";

/// The path of missed calls.
pub const CALL_PATH: &str = "/webhooks/missed-call/{account}/{secret}";

/// Longer bodies are no gateway's.
pub const BODY_MAX: usize = 1024 * 1024;

/// One account, as its gateway calls it.
#[derive(Clone)]
pub struct Door {
    pub guard: Guard,
    pub decoder: Arc<dyn Decode + Send + Sync>,
}

/// What the routes need.
#[derive(Clone)]
pub struct WebhookState<A> {
    /// By the name of the account.
    pub doors: BTreeMap<String, Door>,
    pub intake: A,
    pub clock: Clock,
    /// The header in which a proxy of ours names the address it was called from; `None`: nothing
    /// stands between us and the gateways.
    pub client_address: Option<String>,
    pub metrics: Arc<Metrics>,
}

/// `GET` and `POST` on `/webhooks/sms/{account}/{secret}/inbound` and `…/report`.
///
/// | answer | when |
/// |---|---|
/// | exactly 200, empty | everything in it is committed, or there is nothing in it for us |
/// | 404 | no such account, its secret is another, or neither `inbound` nor `report` |
/// | 403 | the call does not come from a network of the account, or lacks the vendor's signature |
/// | 401 | the account asks for a user and a password |
/// | 413 | the body is larger than [`BODY_MAX`] |
/// | 400 and a line that names the field | it cannot be read |
/// | 503 | not everything is committed: the gateway is to call again |
pub fn routes<A: Admit>(state: WebhookState<A>) -> Router {
    Router::new()
        .route(PATH, get(receive::<A>).post(receive::<A>))
        // The limit is ours: it answers with a word.
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(state))
}

/// `GET` and `POST` on `/webhooks/missed-call/{account}/{secret}`: the doors are those of the numbers for
/// missed calls, everything else is as with short messages.
pub fn call_routes<A: Admit>(state: WebhookState<A>) -> Router {
    Router::new()
        .route(CALL_PATH, get(receive_call::<A>).post(receive_call::<A>))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(state))
}

/// What a gateway calls about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Inbound,
    Report,
    Call,
}

impl Kind {
    /// As in the path and in the metrics.
    const fn name(self) -> &'static str {
        match self {
            Kind::Inbound => "inbound",
            Kind::Report => "report",
            Kind::Call => "missed_call",
        }
    }
}

async fn receive_call<A: Admit>(
    State(state): State<Arc<WebhookState<A>>>,
    Path((account, secret)): Path<(String, String)>,
    request: Request,
) -> Response {
    let door = state.doors.get(&account).filter(|door| token_matches(&door.guard.secret, &secret));
    let Some(door) = door else { return refused(StatusCode::NOT_FOUND, "no such address") };
    take_and_count(&state, door, account, Kind::Call, request).await
}

async fn receive<A: Admit>(
    State(state): State<Arc<WebhookState<A>>>,
    Path((account, secret, kind)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    // Whoever guesses learns nothing of which accounts there are.
    let door = state.doors.get(&account).filter(|door| token_matches(&door.guard.secret, &secret));
    let Some(door) = door else { return refused(StatusCode::NOT_FOUND, "no such address") };
    let kinds = [Kind::Inbound, Kind::Report];
    let Some(kind) = kinds.into_iter().find(|known| known.name() == kind) else {
        return refused(StatusCode::NOT_FOUND, "no such address: inbound or report");
    };
    take_and_count(&state, door, account, kind, request).await
}

async fn take_and_count<A: Admit>(
    state: &WebhookState<A>,
    door: &Door,
    account: String,
    kind: Kind,
    request: Request,
) -> Response {
    let answer = take(state, door, &account, kind, request).await;
    let outcome = match answer.status() {
        StatusCode::OK => "taken",
        StatusCode::SERVICE_UNAVAILABLE => "again",
        StatusCode::BAD_REQUEST => "unreadable",
        _ => "refused",
    };
    let labels = CallbackLabels { account, kind: kind.name(), outcome };
    state.metrics.sms_callbacks.get_or_create(&labels).inc();
    answer
}

/// A call at the right address.
async fn take<A: Admit>(
    state: &WebhookState<A>,
    door: &Door,
    account: &str,
    kind: Kind,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(answer) = check_caller(state, door, account, &parts) {
        return *answer;
    }
    if parts.method == Method::HEAD {
        // Some vendors look whether the address is there before they call it.
        return StatusCode::OK.into_response();
    }
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        tracing::warn!(
            account,
            limit = BODY_MAX,
            "a gateway's call refused: too large or broken off"
        );
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off");
    };
    let callback = match callback_of(&parts, body.to_vec(), &state.clock) {
        Ok(callback) => callback,
        Err(error) => return unreadable(account, kind, &error),
    };
    if !door.decoder.is_genuine(&callback) {
        tracing::warn!(account, "a gateway's call refused: its signature is missing or wrong");
        return refused(StatusCode::FORBIDDEN, "the signature is missing or wrong");
    }
    let envelope = match read(door, kind, &callback) {
        Ok(envelope) => envelope,
        Err(error) => return unreadable(account, kind, &error),
    };
    if envelope.is_empty() {
        return StatusCode::OK.into_response();
    }
    match state.intake.admit(envelope).await {
        Admission::Committed => StatusCode::OK.into_response(),
        Admission::Again => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn read(door: &Door, kind: Kind, callback: &Callback) -> Result<Envelope, DecodeError> {
    Ok(match kind {
        Kind::Inbound | Kind::Call => {
            Envelope { inbound: door.decoder.inbound(callback)?, ..Envelope::default() }
        }
        Kind::Report => {
            Envelope { statuses: door.decoder.reports(callback)?, ..Envelope::default() }
        }
    })
}

/// Where the call comes from, and its password.
fn check_caller<A>(
    state: &WebhookState<A>,
    door: &Door,
    account: &str,
    parts: &Parts,
) -> Result<(), Box<Response>> {
    if !door.guard.allow.is_empty() {
        let address = address_of(parts, state.client_address.as_deref());
        let is_allowed = address.is_some_and(|address| {
            door.guard.allow.iter().any(|network| network.contains(address))
        });
        if !is_allowed {
            tracing::warn!(
                account,
                ?address,
                "a gateway's call refused: not from a network of allow"
            );
            return Err(Box::new(refused(StatusCode::FORBIDDEN, "not from this address")));
        }
    }
    if let Some((user, password)) = &door.guard.basic {
        let given = basic_of(&parts.headers);
        let is_known =
            given.is_some_and(|(name, word)| name == *user && token_matches(password, &word));
        if !is_known {
            tracing::warn!(account, "a gateway's call refused: wrong user or password");
            let realm = [(WWW_AUTHENTICATE, "Basic realm=\"samvad\"")];
            let answer = refused(StatusCode::UNAUTHORIZED, "user or password is missing or wrong");
            return Err(Box::new((realm, answer).into_response()));
        }
    }
    Ok(())
}

/// The address of whoever called our proxy, or us. Of several in the header the last is the one our
/// own proxy wrote; what stands before it anybody may have written. Some proxies write the port, too.
fn address_of(parts: &Parts, header: Option<&str>) -> Option<IpAddr> {
    let Some(header) = header else {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        return peer.map(|ConnectInfo(address)| address.ip().to_canonical());
    };
    let value = parts.headers.get_all(header).iter().next_back()?.to_str().ok()?;
    let last = value.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(last);
    let alone = bare.parse::<IpAddr>().ok();
    let address = alone.or_else(|| last.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.map(|address| address.to_canonical())
}

/// User and password of HTTP basic authentication (RFC 7617).
fn basic_of(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(base64(encoded.trim())?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Decodes base64 of the usual alphabet (RFC 4648); `None` for anything else.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len());
    let (mut held, mut bits) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(value)) & 0xfff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// The request as plain data.
fn callback_of(parts: &Parts, body: Vec<u8>, clock: &Clock) -> Result<Callback, DecodeError> {
    let Ok(Query(query)) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri) else {
        return Err(DecodeError::new("query", "is not of the form name=value&name=value"));
    };
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        let text = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().to_owned(), text.to_owned()))
    });
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Ok(Callback {
        method: parts.method.as_str().to_owned(),
        target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        query,
        headers: headers.collect(),
        content_type: content_type
            .and_then(|value| value.split(';').next())
            .map(|kind| kind.trim().to_ascii_lowercase()),
        body,
        at: clock.now(),
    })
}

fn unreadable(account: &str, kind: Kind, error: &DecodeError) -> Response {
    tracing::error!(account, kind = kind.name(), %error, "a gateway's call cannot be read");
    refused(StatusCode::BAD_REQUEST, error.to_string())
}

fn refused(status: StatusCode, text: impl Into<String>) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, text.into()).into_response()
}

#[cfg(test)]
mod tests;
