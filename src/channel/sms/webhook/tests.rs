use std::sync::Mutex;

use axum::body::{Body, to_bytes};
use prometheus_client::registry::Registry;
use tower::ServiceExt as _;

use super::*;
use crate::channel::sms::config::{Network, Secret};
use crate::contact::Identities;
use crate::message::{Channel, Inbound, InboundContent, OutgoingId, Status, StatusUpdate};

/// Takes the place of the intake: keeps what it gets, answers as told.
#[derive(Clone)]
struct Hall {
    answer: Admission,
    admitted: Arc<Mutex<Vec<Envelope>>>,
}

impl Admit for Hall {
    async fn admit(&self, envelope: Envelope) -> Admission {
        self.admitted.lock().unwrap().push(envelope);
        self.answer
    }
}

/// Takes the body as the text of one message, and `id` as a report.
struct Plain;

impl Decode for Plain {
    fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
        let text = String::from_utf8(callback.body.clone())
            .map_err(|_| DecodeError::new("body", "is not UTF-8"))?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Inbound {
            channel: Channel::Sms,
            account: "one".to_owned(),
            key: callback.query("key").unwrap_or_default().to_owned(),
            from: Identities::default(),
            profile_name: None,
            sent_at: callback.at,
            content: InboundContent::Text { text },
            quoted: None,
        }])
    }

    fn reports(&self, callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError> {
        let id = callback.query("id").and_then(OutgoingId::from_opaque);
        let id = id.ok_or_else(|| DecodeError::new("id", "is missing"))?;
        Ok(vec![StatusUpdate {
            channel: Channel::Sms,
            account: "one".to_owned(),
            provider_id: String::new(),
            outgoing: Some(id),
            status: Status::Delivered,
            at: callback.at,
            error: None,
            asks: None,
            recipient: Identities::default(),
        }])
    }

    fn is_genuine(&self, callback: &Callback) -> bool {
        callback.header("x-forged").is_none()
    }
}

const SECRET: &str = "0123456789abcdef";

#[derive(Clone, Default)]
struct Rules {
    allow: Vec<&'static str>,
    basic: bool,
    client_address: Option<&'static str>,
}

async fn ask_with(rules: &Rules, answer: Admission, request: Request) -> (u16, String, Hall) {
    let hall = Hall { answer, admitted: Arc::default() };
    let guard = Guard {
        secret: Secret::new(SECRET),
        allow: rules.allow.iter().map(|text| Network::parse(text).unwrap()).collect(),
        basic: rules.basic.then(|| ("kannel".to_owned(), Secret::new("पासवर्ड:1"))),
    };
    let door = Door { guard, decoder: Arc::new(Plain) };
    let now = "2026-11-21T06:00:00Z".parse().unwrap();
    let router = routes(WebhookState {
        doors: BTreeMap::from([("one".to_owned(), door)]),
        intake: hall.clone(),
        clock: Clock::fixed(now),
        client_address: rules.client_address.map(str::to_owned),
        metrics: Metrics::register(&mut Registry::default()),
    });
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap(), hall)
}

async fn ask(request: Request) -> (u16, String, Hall) {
    ask_with(&Rules::default(), Admission::Committed, request).await
}

fn post(path: &str, body: &str) -> Request {
    Request::post(path).body(Body::from(body.to_owned())).unwrap()
}

fn inbound(body: &str) -> Request {
    post(&format!("/webhooks/sms/one/{SECRET}/inbound?key=7"), body)
}

/// The same from an address of the network, with a header.
fn from(address: &str, header: (&str, &str)) -> Request {
    let mut request = inbound("हाँ");
    let peer: SocketAddr = format!("{address}:40000").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let name = axum::http::HeaderName::from_bytes(header.0.as_bytes()).unwrap();
    request.headers_mut().insert(name, header.1.parse().unwrap());
    request
}

const NONE: (&str, &str) = ("x-none", "");

#[tokio::test]
async fn what_is_committed_is_answered_with_exactly_200_and_nothing() {
    let (status, body, hall) = ask(inbound("सदस्य")).await;
    assert_eq!((status, body.as_str()), (200, ""));
    let admitted = hall.admitted.lock().unwrap();
    assert_eq!(admitted[0].inbound[0].key, "7");
    assert_eq!(admitted[0].inbound[0].content.text(), Some("सदस्य"));
}

#[tokio::test]
async fn what_is_not_committed_is_asked_for_again() {
    let rules = Rules::default();
    let (status, body, _) = ask_with(&rules, Admission::Again, inbound("सदस्य")).await;
    assert_eq!((status, body.as_str()), (503, ""));
}

#[tokio::test]
async fn reports_come_by_get_and_are_no_messages() {
    let path = format!("/webhooks/sms/one/{SECRET}/report?id=sv1.5.99");
    let (status, body, hall) = ask(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!((status, body.as_str()), (200, ""));
    let admitted = hall.admitted.lock().unwrap();
    assert_eq!(admitted[0].statuses[0].outgoing, Some(OutgoingId { id: 5, created_ms: 99 }));
    assert!(admitted[0].inbound.is_empty());
}

#[tokio::test]
async fn nothing_for_us_is_200_and_nothing_is_admitted() {
    let (status, _, hall) = ask(inbound("")).await;
    assert_eq!(status, 200);
    assert!(hall.admitted.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_does_not_know_the_path_learns_nothing() {
    let mut words = Vec::new();
    for path in ["one/0123456789abcdee/inbound", "two/0123456789abcdef/inbound", "one//inbound"] {
        let (status, body, hall) = ask(post(&format!("/webhooks/sms/{path}"), "हाँ")).await;
        assert_eq!(status, 404, "{path}");
        assert!(hall.admitted.lock().unwrap().is_empty());
        words.push(body);
    }
    assert_eq!(words[0], words[1]);
    let path = format!("/webhooks/sms/one/{SECRET}/other");
    assert_eq!(ask(post(&path, "")).await.0, 404);
}

#[tokio::test]
async fn what_cannot_be_read_names_its_field() {
    let path = format!("/webhooks/sms/one/{SECRET}/report");
    let (status, body, _) = ask(post(&path, "")).await;
    assert_eq!((status, body.as_str()), (400, "id: is missing"));
    let request = Request::post(format!("/webhooks/sms/one/{SECRET}/inbound"));
    let (status, body, _) = ask(request.body(Body::from(vec![0xff])).unwrap()).await;
    assert_eq!((status, body.as_str()), (400, "body: is not UTF-8"));
}

#[tokio::test]
async fn a_call_from_elsewhere_or_without_its_signature_is_refused() {
    let rules = Rules { allow: vec!["10.1.0.0/16", "127.0.0.1"], ..Rules::default() };
    let status =
        async |rules: &Rules, request| ask_with(rules, Admission::Committed, request).await.0;
    assert_eq!(status(&rules, from("10.1.2.3", NONE)).await, 200);
    assert_eq!(status(&rules, from("10.2.2.3", NONE)).await, 403);
    assert_eq!(status(&rules, inbound("nobody knows from where")).await, 403);
    let forged = from("10.1.2.3", ("x-forged", "yes"));
    assert_eq!(status(&rules, forged).await, 403);
    // Without a proxy of ours, what a caller says of its address is not believed; behind one, only the
    // last word is, which the proxy wrote.
    let said = from("8.8.8.8", ("x-forwarded-for", "10.1.2.3"));
    assert_eq!(status(&rules, said).await, 403);
    let behind = Rules { client_address: Some("x-forwarded-for"), ..rules };
    let passed_on = from("192.168.0.1", ("x-forwarded-for", "8.8.8.8, 10.1.2.3"));
    assert_eq!(status(&behind, passed_on).await, 200);
    for with_port in
        ["10.1.2.3:5678", "8.8.8.8, 10.1.2.3:5678", "[::ffff:10.1.2.3]:80", "[::ffff:10.1.2.3]"]
    {
        let passed_on = from("192.168.0.1", ("x-forwarded-for", with_port));
        assert_eq!(status(&behind, passed_on).await, 200, "{with_port}");
    }
    for unreadable in ["10.1.2.3:", "10.1.2.3:x", "10.1.2.3:5678:1", "[10.1.2.3", "unknown", ""] {
        let passed_on = from("192.168.0.1", ("x-forwarded-for", unreadable));
        assert_eq!(status(&behind, passed_on).await, 403, "{unreadable}");
    }
    let claimed = from("192.168.0.1", ("x-forwarded-for", "10.1.2.3, 8.8.8.8"));
    assert_eq!(status(&behind, claimed).await, 403);
    assert_eq!(status(&behind, from("10.1.2.3", NONE)).await, 403);
    let sixes = Rules { allow: vec!["2001:db8::/32"], ..behind };
    for address in ["2001:db8::7", "[2001:db8::7]:443", "[2001:db8::7]"] {
        let passed_on = from("192.168.0.1", ("x-forwarded-for", address));
        assert_eq!(status(&sixes, passed_on).await, 200, "{address}");
    }
}

#[tokio::test]
async fn where_a_password_is_asked_for_the_right_one_opens() {
    let rules = Rules { basic: true, ..Rules::default() };
    // kannel:पासवर्ड:1, kannel:wrong, other:पासवर्ड:1
    let right = "Basic a2FubmVsOuCkquCkvuCkuOCkteCksOCljeCkoTox";
    let wrong = "Basic a2FubmVsOndyb25n";
    for (header, status) in [
        (("authorization", right), 200),
        (("authorization", wrong), 401),
        (("authorization", "Bearer x"), 401),
        (("authorization", "Basic ¤"), 401),
        (NONE, 401),
    ] {
        let request = from("127.0.0.1", header);
        let (came, _, _) = ask_with(&rules, Admission::Committed, request).await;
        assert_eq!(came, status, "{header:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let (status, _, _) = ask(inbound(&"x".repeat(BODY_MAX + 1))).await;
    assert_eq!(status, 413);
}
