use serde_json::json;

use super::*;
use crate::config::Secret;

#[path = "../../../tests/it/support/helpdesk.rs"]
mod helpdesk;

use helpdesk::{Helpdesk, Manner};

const KEY: &str = "00112233445566778899aabbccddeeff";

/// A fetcher that may call this desk and knows one secret.
fn fetcher(desk: &Helpdesk) -> Fetcher {
    let allow = vec![HostPort { host: "127.0.0.1".to_owned(), port: desk.port }];
    let secrets = Secrets::new([("helpdesk".to_owned(), Secret::new("Bearer geheim"))]);
    Fetcher::new(allow, secrets).unwrap()
}

fn get(url: &str) -> Fetch {
    Fetch {
        visit: 1,
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        timeout_seconds: 10,
    }
}

async fn call(fetcher: &Fetcher, fetch: &Fetch) -> Call {
    fetcher.call(fetch, KEY, Duration::from_secs(5)).await
}

fn reason(call: Call) -> String {
    match call {
        Call::Came(Fetched::Failed { reason }) => reason,
        other => panic!("it did not fail: {other:?}"),
    }
}

#[tokio::test]
async fn a_call_carries_its_key_its_secret_and_its_body() {
    let desk = Helpdesk::answering(201, r#"{"ticket": 7}"#);
    let fetch = Fetch {
        method: Method::Post,
        headers: vec![
            ("authorization".to_owned(), HeaderValue::Secret("helpdesk".to_owned())),
            ("x-office".to_owned(), HeaderValue::Plain("लखनऊ".to_owned())),
        ],
        body: Some(r#"{"text":"बिजली"}"#.to_owned()),
        ..get(&desk.url("/tickets?q=%E0%A4%95"))
    };
    let came = call(&fetcher(&desk), &fetch).await;
    assert_eq!(came, Call::Came(Fetched::Answer { status: 201, body: json!({"ticket": 7}) }));
    let calls = desk.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].line, "POST /tickets?q=%E0%A4%95");
    assert_eq!(calls[0].header("idempotency-key"), Some(KEY));
    assert_eq!(calls[0].header("authorization"), Some("Bearer geheim"));
    assert_eq!(calls[0].header("x-office"), Some("लखनऊ"));
    assert_eq!(calls[0].header("content-type"), Some("application/json"));
    assert_eq!(calls[0].body, r#"{"text":"बिजली"}"#);
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_null_and_any_status_is_an_answer() {
    for (status, body, read) in [
        (200, "", json!(null)),
        (200, "<html>", json!(null)),
        (404, r#"{"a":1}"#, json!({"a": 1})),
        (500, "null", json!(null)),
    ] {
        let desk = Helpdesk::answering(status, body);
        let came = call(&fetcher(&desk), &get(&desk.url("/"))).await;
        assert_eq!(came, Call::Came(Fetched::Answer { status, body: read }));
    }
    let desk = Helpdesk::answering(503, "{}");
    let came = call(&fetcher(&desk), &get(&desk.url("/"))).await;
    assert_eq!(came, Call::Busy(Fetched::Answer { status: 503, body: json!({}) }));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Helpdesk::answering(200, "{}");
    let desk = Helpdesk::start(vec![Manner::Redirect(other.url("/elsewhere"))]);
    let came = call(&fetcher(&desk), &get(&desk.url("/"))).await;
    assert_eq!(came, Call::Came(Fetched::Answer { status: 302, body: json!(null) }));
    assert!(other.calls().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_up_to_256_kb() {
    let fits = format!("\"{}\"", "x".repeat(ANSWER_MAX - 2));
    let desk = Helpdesk::answering(200, &fits);
    let came = call(&fetcher(&desk), &get(&desk.url("/"))).await;
    assert!(matches!(came, Call::Came(Fetched::Answer { .. })), "{came:?}");
    let desk = Helpdesk::answering(200, &format!("{fits} "));
    let came = call(&fetcher(&desk), &get(&desk.url("/"))).await;
    assert_eq!(reason(came), "the answer is longer than 256 KB");
}

#[tokio::test]
async fn what_was_perhaps_received_is_told_apart_from_what_never_left() {
    let desk = Helpdesk::start(vec![Manner::HangUp]);
    assert_eq!(call(&fetcher(&desk), &get(&desk.url("/"))).await, Call::Lost);
    let desk = Helpdesk::start(vec![Manner::Silence]);
    let limit = Duration::from_millis(300);
    let silent = fetcher(&desk).call(&get(&desk.url("/")), KEY, limit).await;
    assert_eq!(silent, Call::Lost);
    let (fetcher, url) = (fetcher(&desk), desk.url("/"));
    drop(desk);
    // Its thread ends by the connection that wakes it.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(call(&fetcher, &get(&url)).await, Call::NotSent);
}

#[tokio::test]
async fn no_address_of_this_house_is_called_unless_the_office_allows_it() {
    let desk = Helpdesk::answering(200, "{}");
    let port = desk.port;
    let fetcher = fetcher(&desk);
    for url in [
        format!("https://localhost:{port}/"),
        format!("https://LOCALHOST:{port}/"),
        "https://127.0.0.1/".to_owned(),
        "https://127.1/".to_owned(),
        "https://2130706433/".to_owned(),
        "https://0x7f.0.0.1/".to_owned(),
        "https://[::1]/".to_owned(),
        "https://[::ffff:127.0.0.1]/".to_owned(),
        "https://[::ffff:7f00:1]/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "https://[fd00:ec2::254]/".to_owned(),
        "https://0.0.0.0/".to_owned(),
        format!("https://127.0.0.1:{}/", port - 1),
    ] {
        assert_eq!(reason(call(&fetcher, &get(&url)).await), PRIVATE, "{url}");
    }
    for (url, why) in [
        ("http://example.org/", "plain http is for hosts in fetch.allow only"),
        ("ftp://example.org/", "the address is neither https nor http"),
        ("https://user:word@example.org/", "the address holds a name or a password"),
        ("helpdesk", "the address is none"),
    ] {
        assert_eq!(reason(call(&fetcher, &get(url)).await), why);
    }
    assert!(desk.calls().is_empty());
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_makes_no_call() {
    let desk = Helpdesk::answering(200, "{}");
    for (name, value, why) in [
        ("host", HeaderValue::Plain("x".to_owned()), "the header host cannot be sent"),
        ("x y", HeaderValue::Plain("x".to_owned()), "the header x y cannot be sent"),
        ("x", HeaderValue::Plain("a\r\nb: c".to_owned()), "the header x cannot be sent"),
        ("x", HeaderValue::Secret("geheim".to_owned()), "there is no secret geheim"),
    ] {
        let fetch = Fetch { headers: vec![(name.to_owned(), value)], ..get(&desk.url("/")) };
        assert_eq!(reason(call(&fetcher(&desk), &fetch).await), why);
    }
    assert!(desk.calls().is_empty());
}

#[test]
fn a_fetcher_does_not_show_its_secrets() {
    let shown = format!("{:?}", fetcher(&Helpdesk::answering(200, "")));
    assert!(!shown.contains("geheim"), "{shown}");
}
