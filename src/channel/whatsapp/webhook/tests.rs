use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use tower::ServiceExt;

use super::*;
use crate::channel::whatsapp::config::AccessTokens;
use crate::channel::whatsapp::signature::HEADER;
use crate::message::Envelope;

/// Takes the place of the intake: keeps what it gets, answers as told.
#[derive(Clone)]
struct Door {
    answer: Admission,
    admitted: Arc<Mutex<Vec<Envelope>>>,
}

impl Admit for Door {
    async fn admit(&self, envelope: Envelope) -> Admission {
        self.admitted.lock().unwrap().push(envelope);
        self.answer
    }
}

fn secrets() -> WhatsappSecrets {
    WhatsappSecrets {
        verify_token: Secret::new("टोकन-42"),
        app_secrets: vec![Secret::new("new"), Secret::new("old")],
        access_tokens: AccessTokens::default(),
    }
}

fn door(answer: Admission) -> (Router, Door) {
    let door = Door { answer, admitted: Arc::default() };
    let now = "2026-11-21T06:00:00Z".parse().unwrap();
    (routes(WebhookState::new(&secrets(), door.clone(), Clock::fixed(now))), door)
}

fn signature(secret: &str, body: &[u8]) -> String {
    AppSecrets::new(&[Secret::new(secret)]).sign(body).unwrap()
}

/// Status, body and the envelopes that were admitted.
async fn ask(answer: Admission, request: Request<Body>) -> (u16, String, Vec<Envelope>) {
    let (router, door) = door(answer);
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let admitted = std::mem::take(&mut *door.admitted.lock().unwrap());
    (status, String::from_utf8(body.to_vec()).unwrap(), admitted)
}

fn post(signature: Option<&str>, body: &[u8]) -> Request<Body> {
    let mut request = Request::builder().method(Method::POST).uri(PATH);
    if let Some(signature) = signature {
        request = request.header(HEADER, signature);
    }
    request.body(Body::from(body.to_vec())).unwrap()
}

async fn signed(answer: Admission, body: &[u8]) -> (u16, String, Vec<Envelope>) {
    ask(answer, post(Some(&signature("new", body)), body)).await
}

fn text_message() -> Vec<u8> {
    r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",
    "value":{"metadata":{"phone_number_id":"100"},"messages":[{"from":"919812345678","id":"wamid.A",
    "timestamp":"1750030073","type":"text","text":{"body":"सदस्य"}}]}}]}]}"#
        .into()
}

#[tokio::test]
async fn a_committed_envelope_is_answered_with_exactly_200_and_nothing() {
    let (status, body, admitted) = signed(Admission::Committed, &text_message()).await;
    assert_eq!((status, body.as_str(), admitted.len()), (200, "", 1));
    assert_eq!(admitted[0].inbound[0].key, "wamid.A");
}

#[tokio::test]
async fn an_envelope_that_is_not_committed_is_asked_for_again() {
    let (status, _, admitted) = signed(Admission::Again, &text_message()).await;
    assert_eq!((status, admitted.len()), (503, 1));
}

#[tokio::test]
async fn both_secrets_are_accepted_while_they_change() {
    let body = text_message();
    for (secret, expected) in [("new", 200), ("old", 200), ("older", 401)] {
        let request = post(Some(&signature(secret, &body)), &body);
        assert_eq!(ask(Admission::Committed, request).await.0, expected);
    }
}

#[tokio::test]
async fn an_unsigned_or_forged_body_is_401_before_anything_is_read() {
    let body = text_message();
    let mut changed = body.clone();
    changed[20] ^= 1;
    let right = signature("new", &body);
    // Not even a body that is no JSON is looked at.
    for (header, sent) in [
        (None, body.clone()),
        (Some("sha256="), body.clone()),
        (Some(right.as_str()), changed),
        (Some(right.as_str()), b"not json".to_vec()),
        (None, vec![b' '; BODY_MAX + 1]),
    ] {
        let (status, text, admitted) = ask(Admission::Committed, post(header, &sent)).await;
        assert_eq!((status, admitted.len()), (401, 0));
        assert_eq!(text, "x-hub-signature-256 is missing or wrong");
    }
}

#[tokio::test]
async fn the_signature_is_over_the_bytes_and_not_over_what_they_mean() {
    let body = text_message();
    let spaced = String::from_utf8(body.clone()).unwrap().replace("सदस्य", "\\u0938दस्य");
    let request = post(Some(&signature("new", &body)), spaced.as_bytes());
    assert_eq!(ask(Admission::Committed, request).await.0, 401);
}

#[tokio::test]
async fn a_signed_body_that_is_none_of_whatsapp_s_is_400_and_names_the_field() {
    for (body, expected) in [
        (&b"{"[..], "the body is not json at line 1, column 1"),
        (b"\xff", "the body is not utf-8 from byte 0 on"),
        (b"{\"object\":\"page\"}", "field \"object\": must be \"whatsapp_business_account\""),
    ] {
        let (status, text, admitted) = signed(Admission::Committed, body).await;
        assert_eq!((status, text.as_str(), admitted.len()), (400, expected, 0));
    }
}

#[tokio::test]
async fn an_envelope_with_nothing_for_us_is_200_and_troubles_nobody() {
    let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
    let (status, text, admitted) = signed(Admission::Again, body).await;
    assert_eq!((status, text.as_str(), admitted.len()), (200, "", 0));
}

#[tokio::test]
async fn three_megabytes_are_taken_and_more_is_413() {
    let mut body = text_message();
    body.resize(3 * 1024 * 1024, b' ');
    assert_eq!(signed(Admission::Committed, &body).await.0, 200);
    body.resize(BODY_MAX + 1, b' ');
    assert_eq!(signed(Admission::Committed, &body).await.0, 413);
    // Without an announced length, and with one that would be refused before anything is read.
    let chunks = futures_util::stream::iter(
        body.chunks(100_000)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let header = signature("new", &body);
    let request = Request::post(PATH).header(HEADER, &header).body(Body::from_stream(chunks));
    assert_eq!(ask(Admission::Committed, request.unwrap()).await.0, 413);
    let request = Request::post(PATH)
        .header(HEADER, &header)
        .header(CONTENT_LENGTH, "999999999")
        .body(Body::empty());
    assert_eq!(ask(Admission::Committed, request.unwrap()).await.0, 413);
}

#[tokio::test]
async fn the_handshake_answers_the_raw_challenge_to_our_own_token_only() {
    let token = "%E0%A4%9F%E0%A5%8B%E0%A4%95%E0%A4%A8-42";
    let cases = [
        (
            format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}"),
            200,
            "1158201444",
        ),
        (
            format!("hub.verify_token={token}&hub.challenge=a%2Bb%20c&hub.mode=subscribe&x=1"),
            200,
            "a+b c",
        ),
        (format!("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={token}"), 403, ""),
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong".to_owned(), 403, ""),
        ("hub.mode=subscribe&hub.challenge=1".to_owned(), 403, ""),
        (String::new(), 403, ""),
    ];
    for (query, expected, challenge) in cases {
        let request = Request::get(format!("{PATH}?{query}")).body(Body::empty()).unwrap();
        let (status, body, _) = ask(Admission::Committed, request).await;
        assert_eq!(status, expected, "{query}");
        if expected == 200 {
            assert_eq!(body, challenge);
        }
    }
}

#[tokio::test]
async fn other_methods_are_405() {
    let request = Request::put(PATH).body(Body::empty()).unwrap();
    assert_eq!(ask(Admission::Committed, request).await.0, 405);
}
