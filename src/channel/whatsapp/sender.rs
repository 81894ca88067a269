//! The calls to the Graph API, one at a time. Limits, retries and order are delivery's.

use std::sync::Arc;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

use crate::channel::whatsapp::config::AccessTokens;
use crate::channel::whatsapp::encode::{encode, encode_read};
use crate::channel::whatsapp::errors;
use crate::channel::whatsapp::json::Json;
use crate::channel::whatsapp::picture::Uploads;
use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::message::Outgoing;

/// More of an answer than this is not Meta's.
const ANSWER_MAX: usize = 256 * 1024;

/// Sends through the Graph API. Cheap to clone.
#[derive(Clone)]
pub struct Sender {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    graph_url: String,
    tokens: AccessTokens,
    uploads: Uploads,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Sender")
            .field("graph_url", &self.inner.graph_url)
            .finish_non_exhaustive()
    }
}

/// Why a call other than a send did not come to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    #[error("refused: code {:?}, http {:?}", .0.code, .0.http)]
    Refused(SendError),
    #[error("no answer was seen")]
    NoAnswer,
    #[error("the call did not leave")]
    NotSent,
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// A 2xx that lacks what was asked for.
    #[error("the answer lacks its {0}")]
    Lacks(&'static str),
}

impl CallError {
    /// A call that we did not make because it could only be refused.
    pub(super) const fn ours(class: ErrorClass) -> CallError {
        CallError::Refused(not_made(class))
    }
}

const fn not_made(class: ErrorClass) -> SendError {
    SendError { class, code: None, http: None, retry_after: None }
}

impl Sender {
    /// `client` has its timeouts set and follows no redirects; `graph_url` names the version and has
    /// no slash at its end.
    #[must_use]
    pub fn new(client: Client, graph_url: impl Into<String>, tokens: AccessTokens) -> Sender {
        let graph_url = graph_url.into().trim_end_matches('/').to_owned();
        let uploads = Uploads::default();
        Sender { inner: Arc::new(Inner { client, graph_url, tokens, uploads }) }
    }

    /// Makes the one call that sends this message. A picture goes with it when it was
    /// [prepared](Sender::prepare); else its words go alone.
    pub async fn send(&self, outgoing: &Outgoing) -> SendAnswer {
        let outgoing = self.with_image(outgoing);
        let call = match encode(&outgoing) {
            Ok(call) => call,
            Err(error) => {
                tracing::error!(outgoing = outgoing.id.id, %error, "whatsapp would refuse this message; not sent");
                return SendAnswer::Refused(not_made(ErrorClass::Never));
            }
        };
        let answer = match self.post_message(&outgoing.account, &call).await {
            Ok(answer) => answer,
            Err(CallError::Refused(error)) => return SendAnswer::Refused(error),
            Err(CallError::NotSent) => return SendAnswer::NotSent,
            Err(CallError::NoAnswer | CallError::TooLarge(_) | CallError::Lacks(_)) => {
                return SendAnswer::NoAnswer;
            }
        };
        read_send_answer(&answer)
    }

    /// Marks a person's message as read and, if wished, shows that we are typing.
    ///
    /// # Errors
    /// [`CallError`]. Nothing depends on this call; it is not worth a retry.
    pub async fn mark_read(
        &self,
        account: &str,
        message_id: &str,
        typing: bool,
    ) -> Result<(), CallError> {
        let answer = self.post_message(account, &encode_read(message_id, typing)).await?;
        answer.success().map(|_| ())
    }

    /// Deletes what Meta keeps of a person in the portfolio's contact book (part of an erasure).
    /// `Ok(false)`: Meta had nothing.
    ///
    /// # Errors
    /// [`CallError`]. Safe to repeat.
    pub async fn delete_contact_book_entry(
        &self,
        account: &str,
        user_id: &str,
    ) -> Result<bool, CallError> {
        let query = [("messaging_product", "whatsapp"), ("bsuid", user_id)];
        let request = self.request(Method::DELETE, account, account, "/contact_book", &query)?;
        let answer = finish(request).await?;
        let text = answer.success()?;
        Ok(Json::parse(&text).is_ok_and(|json| json.is_true("deleted")))
    }

    async fn post_message(&self, account: &str, call: &Value) -> Result<Answer, CallError> {
        let request = self.request(Method::POST, account, account, "/messages", &[])?.json(call);
        finish(request).await
    }

    /// Begins a call on `{graph_url}/{node}{edge}?{query}` with the token of `account`.
    pub(super) fn request(
        &self,
        method: Method,
        account: &str,
        node: &str,
        edge: &str,
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, CallError> {
        // An id that is no id would address another path of the API.
        let is_sound = !node.is_empty()
            && node.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !is_sound {
            tracing::error!(
                "a whatsapp id is not made of letters and digits; the call is not made"
            );
            return Err(CallError::ours(ErrorClass::Never));
        }
        let url = format!("{}/{node}{edge}", self.inner.graph_url);
        if query.is_empty() {
            return self.authorised(method, account, &url);
        }
        let with_query = Url::parse_with_params(&url, query)
            .map_err(|_| CallError::ours(ErrorClass::PauseSender))?;
        self.authorised(method, account, with_query.as_str())
    }

    /// Begins a call on any address with the token of `account`.
    pub(super) fn authorised(
        &self,
        method: Method,
        account: &str,
        url: &str,
    ) -> Result<RequestBuilder, CallError> {
        let Some(token) = self.inner.tokens.of(account) else {
            tracing::error!(
                account,
                "no access token for this whatsapp number; add one to whatsapp.numbers"
            );
            return Err(CallError::ours(ErrorClass::PauseSender));
        };
        Ok(self.inner.client.request(method, url).bearer_auth(token.expose()))
    }

    pub(super) fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    pub(super) fn graph_is_https(&self) -> bool {
        self.inner.graph_url.starts_with("https://")
    }
}

/// What came back of a call.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) http: StatusCode,
    retry_after: Option<String>,
    /// `None` when it broke off or was too long.
    body: Option<Vec<u8>>,
}

impl Answer {
    /// The text of a 2xx.
    pub(super) fn success(&self) -> Result<String, CallError> {
        if !self.http.is_success() {
            return Err(self.refused());
        }
        let body = self.body.as_deref().ok_or(CallError::NoAnswer)?;
        Ok(String::from_utf8_lossy(body).into_owned())
    }

    pub(super) fn refused(&self) -> CallError {
        let body = self.body.as_deref().unwrap_or_default();
        CallError::Refused(errors::refusal(self.http.as_u16(), self.retry_after.as_deref(), body))
    }
}

/// Makes the call and reads its answer whole.
pub(super) async fn finish(request: RequestBuilder) -> Result<Answer, CallError> {
    let response = request.send().await.map_err(|error| failure(&error))?;
    let http = response.status();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = read_body(response, ANSWER_MAX).await.ok();
    Ok(Answer { http, retry_after, body })
}

/// Whether the request may have left.
pub(super) fn failure(error: &reqwest::Error) -> CallError {
    // The name was not found, the connection refused, its handshake failed or took too long: not a
    // byte of the request was written.
    if error.is_connect() {
        return CallError::NotSent;
    }
    // The address or a header cannot be: configuration, not the message.
    if error.is_builder() {
        return CallError::ours(ErrorClass::PauseSender);
    }
    CallError::NoAnswer
}

/// Reads at most `limit` bytes.
pub(super) async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, CallError> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(limit));
    while let Some(chunk) = response.chunk().await.map_err(|_| CallError::NoAnswer)? {
        if body.len() + chunk.len() > limit {
            return Err(CallError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What an answer to a send means.
fn read_send_answer(answer: &Answer) -> SendAnswer {
    let Answer { http, retry_after, body } = answer;
    let body = body.as_deref().unwrap_or_default();
    let code = errors::code_of(body);
    if http.is_success() && code.is_none() {
        return accepted(body);
    }
    // A gateway on the way gave up waiting: what stands behind it may have taken the message.
    let is_gateway = matches!(*http, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT);
    if is_gateway && code.is_none() {
        return SendAnswer::NoAnswer;
    }
    SendAnswer::Refused(errors::refusal(http.as_u16(), retry_after.as_deref(), body))
}

/// A 2xx in the Graph API's words was accepted, even when it names no id: the status webhook will
/// bring ours. Any other 2xx came from somewhere in between, and says nothing.
fn accepted(body: &[u8]) -> SendAnswer {
    let text = String::from_utf8_lossy(body);
    let Ok(json) = Json::parse(&text) else { return SendAnswer::NoAnswer };
    let message = json.list("messages").first();
    if message.is_none() && json.str("messaging_product") != Some("whatsapp") {
        return SendAnswer::NoAnswer;
    }
    let word = message.and_then(|message| message.str("message_status"));
    SendAnswer::Accepted {
        provider_id: message.and_then(|message| message.id("id")),
        held: word.is_some_and(|word| word != "accepted"),
    }
}

#[cfg(test)]
pub(super) mod tests;
