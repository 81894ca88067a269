//! Every road by its vendor's documents, and what holds for all of them.

mod exotel;
mod gupshup;
mod infobip;
mod kaleyra;
mod msg91;
mod twilio;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::channel::sms::config::{DltIds, SmsRoad};
use crate::channel::sms::fixture::{account, client};
use crate::contact::{AddressKind, Identities};
use crate::message::{
    Asks, Channel, Content, InboundContent, Lane, Mark, OutgoingId, Purpose, Status,
};

const SECRET: &str = "0123456789abcdef";
const OURS: &str = "sv1.300.1795000000000";
const HINDI: &str = "सदस्य बनना है";
const HINDI_ENCODED: &str = "%E0%A4%B8%E0%A4%A6%E0%A4%B8%E0%A5%8D%E0%A4%AF+%E0%A4%AC%E0%A4%A8%E0%A4%A8%E0%A4%BE+%E0%A4%B9%E0%A5%88";

fn options(road: &str) -> HttpRoad {
    HttpRoad {
        road: road.to_owned(),
        file: None,
        base: (road == "infobip").then(|| "https://abc.api.infobip.com".to_owned()),
        username: Some("2000100".to_owned()),
        password: Some(Secret::new("token-of-ours")),
        signature_key: None,
        values: [("sid".to_owned(), "HX1".to_owned())].into(),
        dlt: DltIds {
            entity: Some("1101159000000000001".to_owned()),
            template: Some("1107161000000000002".to_owned()),
            chain: None,
        },
    }
}

fn built(options: &HttpRoad) -> Result<Aggregator, BadRoad> {
    let account = account("UPSMVD", SECRET, SmsRoad::Http(options.clone()));
    Aggregator::new(client(), "https://sms.example.in", &account, options)
}

fn preset(road: &str) -> Aggregator {
    built(&options(road)).unwrap()
}

/// The request as a person would write it down.
fn shown(aggregator: &Aggregator, text: &str) -> String {
    let inner = &aggregator.inner;
    let report = format!("{}?id={OURS}", inner.report_url);
    let unicode = measure(text).unicode;
    let values = inner.values(("919812345678", text), (OURS, &report), unicode, None);
    let request = request::request(&inner.road, &values).unwrap();
    let mut lines = vec![format!("{:?} {}", request.method, request.url)];
    lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    lines.extend(request.basic.iter().map(|(user, password)| format!("basic {user}:{password}")));
    match request.body {
        Body::None => {}
        Body::Form(text) => lines.extend(text.split('&').map(str::to_owned)),
        Body::Json(json) => lines.push(serde_json::to_string_pretty(&json).unwrap()),
    }
    lines.join("\n")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-21T06:00:00Z")
}

fn get(query: &str) -> Callback {
    let target = format!("/webhooks/sms/office/{SECRET}/any?{query}");
    let url = reqwest::Url::parse(&format!("http://x{target}")).unwrap();
    Callback {
        method: "GET".to_owned(),
        query: url.query_pairs().into_owned().collect(),
        target,
        at: now(),
        ..Callback::default()
    }
}

fn post(content_type: &str, body: &str) -> Callback {
    Callback {
        method: "POST".to_owned(),
        target: format!("/webhooks/sms/office/{SECRET}/inbound"),
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
        at: now(),
        ..Callback::default()
    }
}

fn form(body: &str) -> Callback {
    post("application/x-www-form-urlencoded", body)
}

fn json(body: &str) -> Callback {
    post("application/json", body)
}

/// Number, text, time and key of the one message in a call.
fn message(road: &str, callback: &Callback) -> (String, String, Timestamp, String) {
    let mut messages = preset(road).inbound(callback).unwrap();
    assert_eq!(messages.len(), 1);
    let one = messages.remove(0);
    assert_eq!((one.channel, one.account.as_str()), (Channel::Sms, "office"));
    let InboundContent::Text { text } = one.content else { panic!("a text") };
    let number = one.from.get(AddressKind::Phone).unwrap().to_owned();
    (number, text, one.sent_at, one.key)
}

/// Id, our id, status, time and code of a report.
type Report = (String, Option<i64>, Status, Timestamp, Option<i64>);

fn reports(road: &str, callback: &Callback) -> Vec<Report> {
    let reports = preset(road).reports(callback).unwrap();
    let row = |one: crate::message::StatusUpdate| {
        assert_eq!(one.recipient, Identities::default(), "a report names nobody");
        (one.provider_id, one.outgoing.map(|id| id.id), one.status, one.at, one.error)
    };
    reports.into_iter().map(row).collect()
}

fn answer(road: &str, http: u16, body: &str) -> SendAnswer {
    answer::read(&preset(road).inner.road, http, None, body.as_bytes())
}

fn taken(id: &str) -> SendAnswer {
    SendAnswer::Accepted { provider_id: Some(id.to_owned()), held: false }
}

fn class(answer: &SendAnswer) -> Option<ErrorClass> {
    match answer {
        SendAnswer::Refused(error) => Some(error.class),
        _ => None,
    }
}

#[test]
fn every_form_of_a_number_is_one_person_and_a_machine_is_none() {
    let from = |number: &str| {
        let number = number.replace('+', "%2B").replace(' ', "%20");
        form(&format!("MessageSid=SM1&From={number}&Body=1"))
    };
    for number in [
        "9812345678",
        "919812345678",
        "+919812345678",
        "09812345678",
        "00919812345678",
        " 919812345678",
        "+91 98123 45678",
    ] {
        assert_eq!(message("twilio", &from(number)).0, "9812345678", "{number}");
    }
    for machine in ["AD-UPBANK", "53733"] {
        assert_eq!(preset("twilio").inbound(&from(machine)).unwrap(), []);
    }
}

#[test]
fn what_cannot_be_read_names_its_field_and_no_person() {
    let rows: [(&str, Callback, bool, &str); 14] = [
        ("twilio", form("Body=1"), true, "From: is missing"),
        ("twilio", form("From=&Body=1"), true, "From: is missing"),
        ("twilio", form("From=%2B919812345678"), true, "Body: is missing"),
        ("twilio", form("From=9812345678901234567&Body=1"), true, "From: is no phone number"),
        ("twilio", form("From=919812345678&Body=%FF%FE"), true, "Body: is not UTF-8"),
        ("twilio", Callback { body: vec![0xff, 0xfe], ..form("") }, true, "body: is not UTF-8"),
        ("kaleyra", json("{\"source\":"), true, "body: is not JSON: line 1, column 10"),
        ("kaleyra", json("\"text\""), true, "body: is neither an object nor a list nor a form"),
        (
            "kaleyra",
            json(r#"{"source":"919812345678","message":"1","timestamp":"yesterday"}"#),
            true,
            "timestamp: is no time",
        ),
        ("kaleyra", json(r#"{"source":{"a":1},"message":"1"}"#), true, "source: is missing"),
        ("infobip", json(r#"{"results":[7]}"#), true, "results: holds something that is no object"),
        ("gupshup", form("response=%5B%7B"), false, "response: is not JSON"),
        ("gupshup", get("externalId=1&status=9812345678"), false, "status: this is no known word"),
        ("exotel", form("Status=sent"), false, "SmsSid: is missing"),
    ];
    for (road, callback, is_inbound, wanted) in rows {
        let road = preset(road);
        let error = if is_inbound {
            road.inbound(&callback).unwrap_err()
        } else {
            road.reports(&callback).unwrap_err()
        };
        let said = error.to_string();
        assert!(said.starts_with(wanted), "{said} begins {wanted}");
        assert!(!said.contains("98123"), "{said}");
    }
}

/// Three messages or reports in one call of a vendor, the second of them with this field taken out.
fn three(road: &str, is_inbound: bool, lacks: Option<&str>) -> Callback {
    let rows = (1..=3).map(|number| {
        let id = number.to_string();
        let fields: &[(&str, &str)] = match (road, is_inbound) {
            ("exotel", true) => &[("From", "09812345678"), ("Body", "1"), ("SmsSid", &id)],
            ("gupshup", true) => &[("msisdn", "919812345678"), ("content", "1"), ("msgId", &id)],
            ("infobip", true) => &[("from", "919812345678"), ("text", "1"), ("messageId", &id)],
            ("kaleyra", true) => &[("source", "919812345678"), ("message", "1"), ("id", &id)],
            ("twilio", true) => &[("From", "+919812345678"), ("Body", "1"), ("MessageSid", &id)],
            ("gupshup", false) => &[("externalId", &id), ("eventType", "DELIVERED")],
            ("infobip", false) => &[("messageId", &id), ("status.name", "DELIVERED_TO_HANDSET")],
            ("kaleyra", false) => &[("message_id", &id), ("status", "DELIVERED")],
            ("msg91", false) => &[("requestId", &id), ("status", "1")],
            ("twilio", false) => &[("MessageSid", &id), ("MessageStatus", "delivered")],
            _ => &[("SmsSid", &id), ("DetailedStatus", "DELIVERED_TO_HANDSET")],
        };
        let kept = fields.iter().filter(|(name, _)| number != 2 || lacks != Some(*name));
        kept.map(|(name, value)| ((*name).to_owned(), serde_json::json!(value))).collect()
    });
    let rows: Vec<serde_json::Value> = rows.map(serde_json::Value::Object).collect();
    let field = match (road, is_inbound) {
        ("infobip", _) => return json(&serde_json::json!({"results": rows}).to_string()),
        ("gupshup", false) => "response",
        ("msg91", false) => "data",
        _ => return json(&serde_json::Value::Array(rows).to_string()),
    };
    let list = serde_json::Value::Array(rows).to_string();
    form(reqwest::Url::parse_with_params("http://x", [(field, list)]).unwrap().query().unwrap())
}

#[test]
fn a_list_with_one_odd_row_is_refused_whole_and_told_which_and_is_taken_once_when_it_is_mended() {
    for (road, lacks) in [
        ("exotel", "From"),
        ("gupshup", "msisdn"),
        ("infobip", "from"),
        ("kaleyra", "source"),
        ("twilio", "From"),
    ] {
        let error = preset(road).inbound(&three(road, true, Some(lacks))).unwrap_err().to_string();
        assert!(error.starts_with(&format!("row 2 of 3, {lacks}: is missing")), "{road}: {error}");
        let mended = preset(road).inbound(&three(road, true, None)).unwrap();
        let keys: Vec<&str> = mended.iter().map(|one| one.key.as_str()).collect();
        // By these keys nothing that came before, in whatever call, is taken again.
        assert_eq!(keys, ["office:1", "office:2", "office:3"], "{road}");
    }
    for (road, lacks) in [
        ("exotel", "SmsSid"),
        ("gupshup", "externalId"),
        ("infobip", "status.name"),
        ("kaleyra", "status"),
        ("msg91", "status"),
        ("twilio", "MessageStatus"),
    ] {
        let error = preset(road).reports(&three(road, false, Some(lacks))).unwrap_err().to_string();
        assert!(error.starts_with("row 2 of 3, "), "{road}: {error}");
        assert!(error.contains(": is missing"), "{road}: {error}");
        let mended = preset(road).reports(&three(road, false, None)).unwrap();
        let told: Vec<&str> = mended.iter().map(|one| one.provider_id.as_str()).collect();
        assert_eq!(told, ["1", "2", "3"], "{road}");
        assert!(mended.iter().all(|one| one.status == Status::Delivered), "{road}");
    }
    let odd = json(r#"[{"source":"919812345678","message":"1"},7]"#);
    let error = preset("kaleyra").inbound(&odd).unwrap_err().to_string();
    assert_eq!(error, "row 2 of 2, body: holds something that is no object");
}

#[test]
fn an_answer_that_is_not_the_vendors_leaves_the_message_unknown() {
    for (name, _) in PRESETS {
        for (http, body) in
            [(200, "<html>Welcome</html>"), (200, ""), (200, "{}"), (502, ""), (504, "x")]
        {
            assert_eq!(answer(name, http, body), SendAnswer::NoAnswer, "{name} {http} {body}");
        }
        assert_eq!(class(&answer(name, 429, "slow")), Some(ErrorClass::Throttle), "{name}");
        assert_eq!(class(&answer(name, 401, "who?")), Some(ErrorClass::PauseSender), "{name}");
        let retry = Some(ErrorClass::Retry { times: 8 });
        assert_eq!(class(&answer(name, 500, "oh")), retry, "{name}");
    }
}

#[test]
fn fields_between_pipes_are_an_answer_too() {
    let file = "vendor = \"Pipes\"\nbase = \"https://x.example\"\n[send]\nmethod = \"GET\"\nurl = \"{base}/send\"\nquery = { to = \"{to}\", text = \"{text}\" }\n[answer]\nformat = \"pipes\"\nsuccess = { path = \"0\", is = [\"success\", \"1701\"] }\nid = [\"2\"]\ncode = [\"0\"]\n[errors]\n1703 = \"pause\"\n";
    let road = RoadFile::parse("mine.toml", file).unwrap();
    let read = |body: &str| answer::read(&road, 200, None, body.as_bytes());
    assert_eq!(read("success | 919812345678 | 3562-1"), taken("3562-1"));
    assert_eq!(read("1701|919812345678|9"), taken("9"));
    assert_eq!(class(&read("1703|919812345678|")), Some(ErrorClass::PauseSender));
    assert_eq!(read("hello"), SendAnswer::NoAnswer);
    let own = HttpRoad { road: "mine.toml".to_owned(), file: Some(file.to_owned()), ..options("") };
    assert_eq!(
        shown(&built(&own).unwrap(), "a b"),
        "Get https://x.example/send?text=a+b&to=919812345678"
    );
}

#[test]
fn an_account_that_lacks_what_its_road_needs_is_told_all_of_it() {
    let bare = HttpRoad {
        username: None,
        password: None,
        values: std::collections::BTreeMap::new(),
        dlt: DltIds::default(),
        ..options("exotel")
    };
    insta::assert_snapshot!(built(&bare).unwrap_err(), @r"
    sms.accounts.office.username: is missing; Exotel needs it
      - sms.accounts.office.password_file: is missing; Exotel needs it
      - sms.accounts.office.values.sid: is missing; Exotel needs it
      - sms.accounts.office.entity: is missing; Exotel needs it
    ");
}

#[test]
fn a_road_file_with_mistakes_is_told_where_and_what_to_write() {
    let wrong = "vendor = \"Mine\"\nzone = \"Indian\"\n[send]\nmethod = \"GET\"\nurl = \"example.in\"\nform = { text = \"{txt}\", kind = \"{unicode}\" }\n[answer]\n[errors]\n9-1 = \"never\"\n";
    insta::assert_snapshot!(RoadFile::parse("mine.toml", wrong).unwrap_err(), @r#"
    mine.toml: errors: "9-1" is no code; write "21610", or "600-625" for a range
      - mine.toml: zone: there is no "Indian"; write "Asia/Kolkata" or "UTC"
      - mine.toml: send.url: must begin with https:// or {base}
      - mine.toml: send.method: a GET has no body; write "POST", or use query
      - mine.toml: send.unicode: is missing; write unicode = { yes = "1", no = "" }
      - mine.toml: send.form: there is no {txt}; write one of {to}, {to_plus}, {to_national}, {text}, {from}, {id}, {report_url}, {unicode}, {entity}, {template}, {chain}, {username}, {password}, {base}, or name it in needs
    "#);
    let unknown = RoadFile::parse("mine.toml", "vendor = 7\n").unwrap_err().to_string();
    assert!(unknown.contains("mine.toml") && unknown.contains("line 1"), "{unknown}");
}

#[test]
fn every_shipped_road_says_that_it_was_never_tried() {
    for (name, text) in PRESETS {
        let road = RoadFile::parse(name, text).unwrap();
        assert_eq!(road.note, "from documents, not yet against the vendor", "{name}");
        assert!(preset(name).examine().contains(&road.note));
    }
}

fn outgoing(text: &str) -> Outgoing {
    Outgoing {
        id: OutgoingId { id: 300, created_ms: 1_795_000_000_000 },
        contact: 1,
        channel: Channel::Sms,
        account: "office".to_owned(),
        to: Identities::of(AddressKind::Phone, "9812345678"),
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content: Content::Text { body: text.to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_silence_is_no_answer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Some(format!("http://{}", listener.local_addr().unwrap()));
    let silent = built(&HttpRoad { base, ..options("gupshup") }).unwrap();
    let hangs_up = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut seen = [0; 1];
        std::io::Read::read_exact(&mut socket, &mut seen).unwrap();
        // It took the request, and went.
    });
    let message = outgoing("हाँ");
    assert_eq!(silent.send(&message, "919812345678", "हाँ").await, SendAnswer::NoAnswer);
    hangs_up.join().unwrap();
    assert_eq!(silent.send(&message, "919812345678", "हाँ").await, SendAnswer::NotSent);
    let long = "क".repeat(2001);
    let never = silent.send(&outgoing(&long), "919812345678", &long).await;
    assert_eq!(class(&never), Some(ErrorClass::Never));
}

proptest! {
    #[test]
    fn nothing_a_stranger_sends_breaks_a_road(
        index in 0..PRESETS.len(),
        content_type in prop_oneof![Just("application/json"), Just("application/x-www-form-urlencoded"), Just("")],
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            "[\\[\\]{}\":,a-z0-9&=%+]{0,200}".prop_map(String::into_bytes),
        ],
        query in proptest::collection::vec(("[a-zA-Z]{0,8}", ".{0,20}"), 0..4),
        is_post in any::<bool>(),
    ) {
        let road = preset(PRESETS[index].0);
        let callback = Callback {
            method: if is_post { "POST" } else { "GET" }.to_owned(),
            query,
            content_type: Some(content_type.to_owned()),
            headers: vec![("x-twilio-signature".to_owned(), "AAAA".to_owned())],
            body: body.clone(),
            at: now(),
            ..Callback::default()
        };
        let _ = road.inbound(&callback);
        let _ = road.reports(&callback);
        let _ = road.is_genuine(&callback);
        let _ = answer::read(&road.inner.road, 200, None, &body);
    }

    #[test]
    fn no_road_file_breaks_its_reader(text in "[a-z\\[\\]{}=\"\n .0-9]{0,200}") {
        let _ = RoadFile::parse("any.toml", &text);
    }
}
