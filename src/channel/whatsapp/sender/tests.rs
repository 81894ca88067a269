use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::IntoResponse;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;
use crate::channel::whatsapp::config::Secret;
use crate::contact::Identities;
use crate::message::{Channel, Content, Lane, OutgoingId, Purpose};

pub(in crate::channel::whatsapp) const NUMBER: &str = "106540352242922";

/// What one call to [`Graph`] was.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::channel::whatsapp) struct Call {
    pub(in crate::channel::whatsapp) line: String,
    pub(in crate::channel::whatsapp) authorization: String,
    pub(in crate::channel::whatsapp) content_type: String,
    pub(in crate::channel::whatsapp) body: Vec<u8>,
}

/// The header of an answer that comes so many milliseconds late.
pub(in crate::channel::whatsapp) const LATE: &str = "x-late-ms";

/// A server that answers each call with the next of its answers and keeps the calls.
pub(in crate::channel::whatsapp) struct Graph {
    pub(in crate::channel::whatsapp) url: String,
    pub(in crate::channel::whatsapp) calls: Arc<Mutex<Vec<Call>>>,
    _server: JoinSet<()>,
}

type Scripted = (u16, &'static [(&'static str, &'static str)], Vec<u8>);

impl Graph {
    /// `{url}` in an answer's body becomes the server's own address.
    pub(in crate::channel::whatsapp) async fn answering(answers: Vec<Scripted>) -> Graph {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let kept = Arc::clone(&calls);
        let own = url.clone();
        let left = Arc::new(Mutex::new(answers.into_iter()));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (kept, own, left) = (Arc::clone(&kept), own.clone(), Arc::clone(&left));
            async move {
                let (parts, unread) = request.into_parts();
                let header = |name: &str| {
                    let value = parts.headers.get(name);
                    value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
                };
                let call = Call {
                    line: format!("{} {}", parts.method, parts.uri),
                    authorization: header("authorization"),
                    content_type: header("content-type"),
                    body: to_bytes(unread, 1 << 20).await.unwrap().to_vec(),
                };
                kept.lock().push(call);
                let (status, headers, body): Scripted = left.lock().next().unwrap();
                let body = match String::from_utf8(body) {
                    Ok(text) => text.replace("{url}", &own).into_bytes(),
                    Err(bytes) => bytes.into_bytes(),
                };
                let mut response = Body::from(body).into_response();
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                for (name, value) in headers {
                    if *name == LATE {
                        tokio::time::sleep(Duration::from_millis(value.parse().unwrap())).await;
                    }
                    response.headers_mut().insert(*name, value.parse().unwrap());
                }
                response
            }
        });
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.unwrap() });
        Graph { url, calls, _server: server }
    }

    pub(in crate::channel::whatsapp) fn sender(&self) -> Sender {
        sender(&format!("{}/v25.0", self.url))
    }
}

fn sender(graph_url: &str) -> Sender {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .no_proxy()
        .timeout(Duration::from_millis(500))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let by_number = [("555".to_owned(), Secret::new("own-token"))].into();
    let tokens = AccessTokens { common: Some(Secret::new("common-token")), by_number };
    Sender::new(client, graph_url, tokens)
}

pub(in crate::channel::whatsapp) fn outgoing() -> Outgoing {
    Outgoing {
        id: OutgoingId { id: 42, created_ms: 7 },
        contact: 7,
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        to: Identities::of(crate::contact::AddressKind::Phone, "9812345678"),
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content: Content::Text { body: "नमस्ते".to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

fn json_answer(status: u16, body: &str) -> Scripted {
    (status, &[("content-type", "application/json")], body.into())
}

const ACCEPTED: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+919812345678",
    "wa_id":"919812345678"}],"messages":[{"id":"wamid.S"}]}"#;

#[tokio::test]
async fn a_message_is_one_post_to_its_own_number_with_its_own_token() {
    let graph =
        Graph::answering(vec![json_answer(200, ACCEPTED), json_answer(200, ACCEPTED)]).await;
    let sender = graph.sender();
    let expected = SendAnswer::Accepted { provider_id: Some("wamid.S".into()), held: false };
    assert_eq!(sender.send(&outgoing()).await, expected);
    let other = Outgoing { account: "555".to_owned(), ..outgoing() };
    assert_eq!(sender.send(&other).await, expected);

    let calls = graph.calls.lock().clone();
    assert_eq!(calls[0].line, format!("POST /v25.0/{NUMBER}/messages"));
    assert_eq!(calls[0].authorization, "Bearer common-token");
    assert_eq!(calls[0].content_type, "application/json");
    let sent: Value = serde_json::from_slice(&calls[0].body).unwrap();
    assert_eq!(sent, encode(&outgoing()).unwrap());
    assert_eq!(calls[1].line, "POST /v25.0/555/messages");
    assert_eq!(calls[1].authorization, "Bearer own-token");
}

#[tokio::test]
async fn every_answer_of_the_api_has_its_meaning() {
    let accepted = |provider_id: Option<&str>, held| SendAnswer::Accepted {
        provider_id: provider_id.map(str::to_owned),
        held,
    };
    let refused = |class, code, http| {
        SendAnswer::Refused(SendError { class, code, http: Some(http), retry_after: None })
    };
    let error = |code: i64| format!(r#"{{"error":{{"message":"(#{code})","code":{code}}}}}"#);
    let cases: Vec<(u16, String, SendAnswer)> = vec![
        (
            200,
            r#"{"messages":[{"id":"w","message_status":"accepted"}]}"#.into(),
            accepted(Some("w"), false),
        ),
        (
            200,
            r#"{"messages":[{"id":"w","message_status":"held_for_quality_assessment"}]}"#.into(),
            accepted(Some("w"), true),
        ),
        // Accepted in the API's words, without an id: its status will bring ours.
        (200, r#"{"messaging_product":"whatsapp"}"#.into(), accepted(None, false)),
        // Not the API's words.
        (200, "<html>hello</html>".into(), SendAnswer::NoAnswer),
        (200, "{}".into(), SendAnswer::NoAnswer),
        (200, r#"{"messages":[{"id":"w"#.into(), SendAnswer::NoAnswer),
        (502, "<html>bad gateway</html>".into(), SendAnswer::NoAnswer),
        (504, String::new(), SendAnswer::NoAnswer),
        (200, error(131_047), refused(ErrorClass::NeedsTemplate, Some(131_047), 200)),
        (400, error(131_047), refused(ErrorClass::NeedsTemplate, Some(131_047), 400)),
        (400, error(131_056), refused(ErrorClass::WaitRecipient, Some(131_056), 400)),
        (401, error(190), refused(ErrorClass::PauseSender, Some(190), 401)),
        (500, error(131_000), refused(ErrorClass::Retry { times: 3 }, Some(131_000), 500)),
        (500, "oops".into(), refused(ErrorClass::Retry { times: 10 }, None, 500)),
        (503, String::new(), refused(ErrorClass::Retry { times: 10 }, None, 503)),
        (429, "slow down".into(), refused(ErrorClass::Throttle, None, 429)),
        (400, "what?".into(), refused(ErrorClass::Never, None, 400)),
        (302, String::new(), refused(ErrorClass::PauseSender, None, 302)),
    ];
    let answers = cases.iter().map(|(http, body, _)| json_answer(*http, body)).collect();
    let graph = Graph::answering(answers).await;
    let sender = graph.sender();
    for (http, body, expected) in cases {
        assert_eq!(sender.send(&outgoing()).await, expected, "{http} {body}");
    }
}

#[tokio::test]
async fn the_wait_meta_asks_for_is_handed_on() {
    let graph = Graph::answering(vec![(429, &[("retry-after", "13")], Vec::new())]).await;
    let SendAnswer::Refused(error) = graph.sender().send(&outgoing()).await else {
        panic!("refused");
    };
    assert_eq!(error.retry_after, Some(Duration::from_secs(13)));
}

#[tokio::test]
async fn a_refused_connection_did_not_send() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(
        sender(&format!("http://{address}/v25.0")).send(&outgoing()).await,
        SendAnswer::NotSent
    );
    let nowhere = sender("http://nowhere.invalid/v25.0");
    assert_eq!(nowhere.send(&outgoing()).await, SendAnswer::NotSent);
}

#[tokio::test]
async fn a_lost_answer_is_not_taken_for_a_refusal() {
    use tokio::io::AsyncReadExt;
    // Silent until the caller gives up; then one that hangs up after the request.
    for hangs_up in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            while stream.read(&mut request).await.unwrap_or(0) > 0 {
                if hangs_up {
                    return;
                }
            }
        });
        let answer = sender(&format!("http://{address}/v25.0")).send(&outgoing()).await;
        assert_eq!(answer, SendAnswer::NoAnswer, "hangs up: {hangs_up}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_without_a_call() {
    let graph = Graph::answering(Vec::new()).await;
    let sender = graph.sender();
    let empty = Outgoing { content: Content::Text { body: String::new() }, ..outgoing() };
    let nobody = Outgoing { to: Identities::default(), ..outgoing() };
    let elsewhere = Outgoing { account: "../me".to_owned(), ..outgoing() };
    for impossible in [empty, nobody, elsewhere] {
        let answer = sender.send(&impossible).await;
        assert_eq!(answer, SendAnswer::Refused(not_made(ErrorClass::Never)));
    }
    assert_eq!(graph.calls.lock().len(), 0);
}

#[tokio::test]
async fn a_number_without_a_token_is_paused() {
    let sender = Sender::new(
        sender("http://127.0.0.1:9/v25.0").inner.client.clone(),
        "http://127.0.0.1:9/v25.0",
        AccessTokens::default(),
    );
    let answer = sender.send(&outgoing()).await;
    assert_eq!(answer, SendAnswer::Refused(not_made(ErrorClass::PauseSender)));
}

#[tokio::test]
async fn reading_and_erasing_are_calls_of_their_own() {
    let graph = Graph::answering(vec![
        json_answer(200, r#"{"success":true}"#),
        json_answer(400, r#"{"error":{"code":100}}"#),
        json_answer(200, r#"{"success":true,"deleted":true}"#),
        json_answer(200, r#"{"success":true,"deleted":false}"#),
    ])
    .await;
    let sender = graph.sender();
    assert_eq!(sender.mark_read(NUMBER, "wamid.A", true).await, Ok(()));
    assert!(matches!(
        sender.mark_read(NUMBER, "wamid.A", false).await,
        Err(CallError::Refused(SendError { code: Some(100), .. }))
    ));
    assert_eq!(sender.delete_contact_book_entry(NUMBER, "IN.13&x").await, Ok(true));
    assert_eq!(sender.delete_contact_book_entry(NUMBER, "IN.13").await, Ok(false));
    let calls = graph.calls.lock().clone();
    assert_eq!(calls[0].line, format!("POST /v25.0/{NUMBER}/messages"));
    assert_eq!(
        serde_json::from_slice::<Value>(&calls[0].body).unwrap(),
        encode_read("wamid.A", true)
    );
    assert_eq!(
        calls[2].line,
        format!("DELETE /v25.0/{NUMBER}/contact_book?messaging_product=whatsapp&bsuid=IN.13%26x")
    );
}

#[tokio::test]
async fn the_sender_prints_no_token() {
    let graph = Graph::answering(Vec::new()).await;
    assert!(!format!("{:?}", graph.sender()).contains("token"));
}
