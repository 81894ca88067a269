//! The two routes Meta calls: the handshake, and every envelope.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use serde::Deserialize;

use crate::channel::Admit;
use crate::channel::whatsapp::config::{Secret, WhatsappSecrets};
use crate::channel::whatsapp::decode::{DecodeError, decode};
use crate::channel::whatsapp::signature::{AppSecrets, tag_of, token_matches};
use crate::clock::Clock;
use crate::intake::Admission;

/// The path of both routes.
pub const PATH: &str = "/webhooks/whatsapp";

/// Meta's bodies have at most 3 MB; the rest is for what 3 MB may mean to them.
pub const BODY_MAX: usize = 3 * 1024 * 1024 + 64 * 1024;

/// What the routes need.
#[derive(Clone, Debug)]
pub struct WebhookState<A> {
    pub app_secrets: AppSecrets,
    pub verify_token: Secret,
    pub intake: A,
    pub clock: Clock,
}

impl<A: Admit> WebhookState<A> {
    #[must_use]
    pub fn new(secrets: &WhatsappSecrets, intake: A, clock: Clock) -> WebhookState<A> {
        WebhookState {
            app_secrets: AppSecrets::new(&secrets.app_secrets),
            verify_token: secrets.verify_token.clone(),
            intake,
            clock,
        }
    }
}

/// `GET` and `POST` on [`PATH`].
///
/// | answer to a `POST` | when |
/// |---|---|
/// | exactly 200, empty | everything in it is committed, or there is nothing in it for us |
/// | 401 | the signature is missing or not made with one of our app secrets |
/// | 413 | the body is larger than [`BODY_MAX`] |
/// | 400 and a line that names the field | signed, but no body of WhatsApp's |
/// | 503 | not everything is committed: Meta is to send it again |
pub fn routes<A: Admit>(state: WebhookState<A>) -> Router {
    Router::new().route(PATH, get(handshake::<A>).post(receive::<A>)).with_state(Arc::new(state))
}

#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "hub.mode", default)]
    mode: String,
    #[serde(rename = "hub.verify_token", default)]
    verify_token: String,
    #[serde(rename = "hub.challenge", default)]
    challenge: String,
}

async fn handshake<A: Admit>(
    State(state): State<Arc<WebhookState<A>>>,
    Query(query): Query<Handshake>,
) -> Response {
    let is_ours = token_matches(&state.verify_token, &query.verify_token);
    if query.mode != "subscribe" || !is_ours {
        tracing::warn!("whatsapp handshake refused: wrong mode or verify token");
        return plain(StatusCode::FORBIDDEN, "wrong hub.mode or hub.verify_token");
    }
    tracing::info!("whatsapp handshake accepted");
    plain(StatusCode::OK, query.challenge)
}

async fn receive<A: Admit>(
    State(state): State<Arc<WebhookState<A>>>,
    request: Request,
) -> Response {
    // Without a signature nothing is worth reading.
    if tag_of(request.headers()).is_none() {
        return forged();
    }
    let (parts, unread) = request.into_parts();
    if announced_length(&parts.headers).is_some_and(|length| length > BODY_MAX) {
        return too_large();
    }
    let body = match read_body(unread).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => return too_large(),
        Err(Unread::BrokeOff) => return plain(StatusCode::BAD_REQUEST, "the body broke off"),
    };
    if !state.app_secrets.accept(&parts.headers, &body) {
        return forged();
    }
    let envelope = match decode(&body, state.clock.now()) {
        Ok(envelope) => envelope,
        Err(error) => return undecodable(&error, body.len()),
    };
    if envelope.is_empty() {
        return StatusCode::OK.into_response();
    }
    match state.intake.admit(envelope).await {
        Admission::Committed => StatusCode::OK.into_response(),
        Admission::Again => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

enum Unread {
    TooLarge,
    BrokeOff,
}

/// Reads at most [`BODY_MAX`] bytes, exactly as they came.
async fn read_body(body: Body) -> Result<Vec<u8>, Unread> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Unread::BrokeOff)?;
        if bytes.len() + chunk.len() > BODY_MAX {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn forged() -> Response {
    // Anyone can send these, as many as they like: not a line a piece at the usual level.
    tracing::debug!("whatsapp webhook refused: signature missing or wrong");
    plain(StatusCode::UNAUTHORIZED, "x-hub-signature-256 is missing or wrong")
}

fn too_large() -> Response {
    tracing::warn!(limit = BODY_MAX, "whatsapp webhook refused: the body is too large");
    plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")
}

fn undecodable(error: &DecodeError, length: usize) -> Response {
    tracing::error!(%error, length, "a signed whatsapp webhook cannot be read");
    plain(StatusCode::BAD_REQUEST, error.to_string())
}

fn plain(status: StatusCode, text: impl Into<String>) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, text.into()).into_response()
}

#[cfg(test)]
mod tests;
