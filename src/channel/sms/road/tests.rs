use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::channel::sms::config::{DltIds, Guard, SmsRoad};
use crate::contact::{AddressKind, Identities};
use crate::message::{Channel, Content, InboundContent, Lane, OutgoingId, Purpose, Status};

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

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().build().unwrap()
}

fn built(options: &HttpRoad) -> Result<Aggregator, BadRoad> {
    let guard = Guard { secret: Secret::new(SECRET), allow: Vec::new(), basic: None };
    let account = SmsAccount {
        name: "office".to_owned(),
        from: "UPSMVD".to_owned(),
        guard,
        per_second: None,
        keyword: Some("SAMVAD".to_owned()),
        road: SmsRoad::Http(options.clone()),
    };
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

// ---- Gupshup Enterprise

#[test]
fn gupshup_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("gupshup"), "नमस्ते & [1]"), @r"
    Post https://enterprise.smsgupshup.com/GatewayAPI/rest
    auth_scheme=plain
    dltTemplateId=1107161000000000002
    format=json
    mask=UPSMVD
    method=SendMessage
    msg=%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87+%26+%5B1%5D
    msg_type=UNICODE_TEXT
    password=token-of-ours
    principalEntityId=1101159000000000001
    send_to=919812345678
    userid=2000100
    v=1.1
    ");
    assert!(shown(&preset("gupshup"), "plain").contains("msg_type=TEXT"));
}

#[test]
fn gupshup_answers_are_read() {
    let took = r#"{"response":{"id":"3562707498794989059-328736121207676738","phone":"919812345678","details":"","status":"success"}}"#;
    assert_eq!(answer("gupshup", 200, took), taken("3562707498794989059-328736121207676738"));
    let error = |id: &str| {
        format!(r#"{{"response":{{"id":"{id}","phone":"","details":"no","status":"error"}}}}"#)
    };
    for (code, wanted) in [
        ("102", ErrorClass::PauseSender),
        ("105", ErrorClass::Never),
        ("633", ErrorClass::StopTemplate),
        ("650", ErrorClass::Never),
        ("660", ErrorClass::Never),
        ("670", ErrorClass::Retry { times: 8 }),
        ("9999", ErrorClass::Never),
    ] {
        assert_eq!(class(&answer("gupshup", 200, &error(code))), Some(wanted), "{code}");
    }
}

#[test]
fn gupshup_calls_are_read_by_query_and_as_a_list_in_a_field() {
    let query = format!(
        "phonecode=9220092200&keyword=SAMVAD&location=UP&carrier=Jio&content=SAMVAD+{HINDI_ENCODED}&msisdn=919812345678&timestamp=1763715600000"
    );
    let (number, text, sent_at, key) = message("gupshup", &get(&query));
    assert_eq!((number.as_str(), text.as_str()), ("9812345678", HINDI));
    assert_eq!(sent_at, at("2025-11-21T09:00:00Z"));
    assert_eq!(message("gupshup", &get(&query)).3, key, "the same call has the same key");

    let report = "externalId=3562707498794989059-328736121207676738&deliveredTS=1526347800000&status=SUCCESS&cause=SUCCESS&phoneNo=919892488888&errCode=000&noOfFrags=1&mask=TESTIN";
    assert_eq!(
        reports("gupshup", &get(report)),
        [(
            "3562707498794989059-328736121207676738".to_owned(),
            None,
            Status::Delivered,
            at("2018-05-15T01:30:00Z"),
            None
        )]
    );
    let list = r#"[{"externalId":"3562-1","eventType":"DELIVERED","eventTs":1526347800000,"destAddr":919892488888,"srcAddr":"TESTIN","cause":"SUCCESS","errCode":"000","channel":"SMS","noOfFrags":1},
        {"externalId":"3562-2","eventType":"FAILED","eventTs":1526347800000,"destAddr":919892377777,"srcAddr":"TESTIN","cause":"PREFERENCE_NOT_MATCHED","errCode":"650","channel":"SMS","noOfFrags":1}]"#;
    let body = reqwest::Url::parse_with_params("http://x", [("response", list)]).unwrap();
    for callback in [form(body.query().unwrap()), json(list), form(list)] {
        let read = reports("gupshup", &callback);
        let brief: Vec<_> = read.iter().map(|row| (row.0.as_str(), row.2, row.4)).collect();
        assert_eq!(
            brief,
            [("3562-1", Status::Delivered, None), ("3562-2", Status::Failed, Some(650))]
        );
    }
}

// ---- MSG91

#[test]
fn msg91_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("msg91"), "हाँ"), @r#"
    Post https://api.msg91.com/api/v2/sendsms
    authkey: token-of-ours
    {
      "DLT_TE_ID": "1107161000000000002",
      "country": "91",
      "route": "4",
      "sender": "UPSMVD",
      "sms": [
        {
          "message": "हाँ",
          "to": [
            "919812345678"
          ]
        }
      ],
      "unicode": 1
    }
    "#);
    assert!(!shown(&preset("msg91"), "plain").contains("unicode"));
    let took = r#"{"message":"5762846b4f8d285d378b4567","type":"success"}"#;
    assert_eq!(answer("msg91", 200, took), taken("5762846b4f8d285d378b4567"));
    let refused = r#"{"type":"error","message":"Missing Authentication Key","code":"106"}"#;
    assert_eq!(class(&answer("msg91", 200, refused)), Some(ErrorClass::PauseSender));
}

#[test]
fn msg91_reports_are_lists_in_lists_in_a_field_or_flat() {
    let list = r#"[{"senderId":"UPSMVD","requestId":"546b38","report":[{"date":"2026-11-21 11:30:00","number":"919812345678","status":"1","desc":"DELIVERED","failedReason":""},{"date":"2026-11-21 11:30:05","number":"919812345679","status":"2","desc":"FAILED","failedReason":"650"}],"userId":"1","campaignName":"API"}]"#;
    let body = reqwest::Url::parse_with_params("http://x", [("data", list)]).unwrap();
    let read = reports("msg91", &form(body.query().unwrap()));
    assert_eq!(
        read,
        [
            ("546b38".to_owned(), None, Status::Delivered, at("2026-11-21T06:00:00Z"), None),
            ("546b38".to_owned(), None, Status::Failed, at("2026-11-21T06:00:05Z"), Some(650)),
        ]
    );
    let flat = r#"{"date":"2026-11-21 11:30:00","number":"919812345678","senderId":"UPSMVD","requestId":"546b38","credit":"1","status":"1"}"#;
    assert_eq!(reports("msg91", &json(flat))[0].2, Status::Delivered);
    let error = preset("msg91").inbound(&get("mobile=919812345678&message=1")).unwrap_err();
    assert_eq!(error.field, "inbound");
    assert!(error.reason.contains("[inbound]"), "{error}");
}

// ---- Exotel

#[test]
fn exotel_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("exotel"), "हाँ"), @r"
    Post https://api.in.exotel.com/v1/Accounts/HX1/Sms/send.json
    basic 2000100:token-of-ours
    Body=%E0%A4%B9%E0%A4%BE%E0%A4%81
    CustomField=sv1.300.1795000000000
    DltEntityId=1101159000000000001
    DltTemplateId=1107161000000000002
    EncodingType=unicode
    From=UPSMVD
    SmsType=transactional
    StatusCallback=https%3A%2F%2Fsms.example.in%2Fwebhooks%2Fsms%2Foffice%2F0123456789abcdef%2Freport%3Fid%3Dsv1.300.1795000000000
    To=%2B919812345678
    ");
    let took = r#"{"SMSMessage":{"Sid":"0f477d60517e6e6a0f6d9a7e9af8630e","AccountSid":"HX1","From":"UPSMVD","To":"09812345678","Status":"queued"}}"#;
    assert_eq!(answer("exotel", 200, took), taken("0f477d60517e6e6a0f6d9a7e9af8630e"));
    let gone =
        r#"{"RestException":{"Status":403,"Message":"Insufficient balance to send the SMS"}}"#;
    assert_eq!(class(&answer("exotel", 403, gone)), Some(ErrorClass::PauseSender));
    assert_eq!(class(&answer("exotel", 429, "{}")), Some(ErrorClass::Throttle));
    let wrong = r#"{"RestException":{"Status":400,"Message":"Invalid Recipient"}}"#;
    assert_eq!(class(&answer("exotel", 400, wrong)), Some(ErrorClass::Never));
}

#[test]
fn exotel_calls_are_read() {
    let query = format!(
        "SmsSid=6dd9&From=09812345678&To=08047112345&Date=2026-11-21+11%3A30%3A00&Body={HINDI_ENCODED}"
    );
    let (number, text, sent_at, key) = message("exotel", &get(&query));
    assert_eq!(
        (number.as_str(), text.as_str(), key.as_str()),
        ("9812345678", HINDI, "office:6dd9")
    );
    assert_eq!(sent_at, at("2026-11-21T06:00:00Z"), "it is Indian time");

    let report = |status: &str, detail: &str, code: &str| {
        form(&format!(
            "SmsSid=6dd9&To=09812345678&Status={status}&SmsUnits=2&DetailedStatus={detail}&DetailedStatusCode={code}&DateSent=2026-11-21+11%3A30%3A00&CustomField={OURS}"
        ))
    };
    for (callback, status, error) in [
        (report("sent", "DELIVERED_TO_HANDSET", "20005"), Status::Delivered, None),
        (report("sent", "DELIVERED_TO_OPERATOR", "20006"), Status::Sent, None),
        (report("submitted", "", ""), Status::Sent, None),
        (report("failed_dnd", "FAILED_DND", "23005"), Status::Failed, Some(23005)),
        (report("failed", "SOMETHING_NEW", "23999"), Status::Failed, Some(23999)),
    ] {
        let wanted = ("6dd9".to_owned(), Some(300), status, at("2026-11-21T06:00:00Z"), error);
        assert_eq!(reports("exotel", &callback), [wanted]);
    }
    assert_eq!(reports("exotel", &report("queued", "", "")), []);
}

// ---- Kaleyra

#[test]
fn kaleyra_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("kaleyra"), "हाँ"), @r"
    Post https://api.in.kaleyra.io/v1/HX1/messages
    api-key: token-of-ours
    body=%E0%A4%B9%E0%A4%BE%E0%A4%81
    sender=UPSMVD
    template_id=1107161000000000002
    to=%2B919812345678
    type=TXN
    unicode=1
    ");
    let took = r#"{"id":"7b6a","createdDateTime":"2026-11-21 06:00:00+00:00","totalCount":1,"unicode":"1","data":[{"message_id":"7b6a:1","recipient":"919812345678"}]}"#;
    assert_eq!(answer("kaleyra", 202, took), taken("7b6a:1"));
    let refused = r#"{"code":"E413","message":"Invalid sender"}"#;
    assert_eq!(class(&answer("kaleyra", 400, refused)), Some(ErrorClass::Never));
    assert_eq!(class(&answer("kaleyra", 401, "{}")), Some(ErrorClass::PauseSender));
}

#[test]
fn kaleyra_calls_are_read() {
    let body = r#"{"description":"Message has been sent","id":"90e7","kid":"90e7","recipient":"+919220092200","source":"919812345678","status":"SENT","status_trace":"SENT","message":"samvad सदस्य बनना है","keyword":"SAMVAD","operator":"JIO","circle":"JIO UP EAST","timestamp":"2025-04-17 18:35:20","parts[n]":"1"}"#;
    let (number, text, sent_at, key) = message("kaleyra", &json(body));
    assert_eq!(
        (number.as_str(), text.as_str(), key.as_str()),
        ("9812345678", HINDI, "office:90e7")
    );
    assert_eq!(sent_at, at("2025-04-17T13:05:20Z"), "no zone is named: Indian time");
    let report =
        r#"{"message_id":"7b6a:1","status":"Delivered","timestamp":"2025-04-17 18:35:20"}"#;
    let wanted = ("7b6a:1".to_owned(), None, Status::Delivered, at("2025-04-17T13:05:20Z"), None);
    assert_eq!(reports("kaleyra", &json(report)), [wanted]);
    let query = "message_id=7b6a:1&status=Undelivered&code=660";
    assert_eq!(reports("kaleyra", &get(query))[0].4, Some(660));
}

// ---- Infobip

#[test]
fn infobip_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("infobip"), "हाँ"), @r#"
    Post https://abc.api.infobip.com/sms/3/messages
    Accept: application/json
    Authorization: App token-of-ours
    {
      "messages": [
        {
          "content": {
            "text": "हाँ"
          },
          "destinations": [
            {
              "messageId": "sv1.300.1795000000000",
              "to": "919812345678"
            }
          ],
          "options": {
            "regional": {
              "indiaDlt": {
                "contentTemplateId": "1107161000000000002",
                "principalEntityId": "1101159000000000001"
              }
            }
          },
          "sender": "UPSMVD",
          "webhooks": {
            "delivery": {
              "url": "https://sms.example.in/webhooks/sms/office/0123456789abcdef/report?id=sv1.300.1795000000000"
            }
          }
        }
      ]
    }
    "#);
    let told = |group: &str, id: u16| {
        format!(
            r#"{{"bulkId":"1","messages":[{{"messageId":"{OURS}","status":{{"groupId":1,"groupName":"{group}","id":{id}}},"destination":"919812345678"}}]}}"#
        )
    };
    assert_eq!(answer("infobip", 200, &told("PENDING", 26)), taken(OURS));
    assert_eq!(
        class(&answer("infobip", 200, &told("REJECTED", 12))),
        Some(ErrorClass::PauseSender)
    );
    let unauthorized = r#"{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED","text":"Invalid login details"}}}"#;
    assert_eq!(class(&answer("infobip", 401, unauthorized)), Some(ErrorClass::PauseSender));
}

#[test]
fn infobip_calls_are_read() {
    let body = r#"{"results":[{"messageId":"817790313235066447","from":"919812345678","to":"56161","text":"SAMVAD सदस्य बनना है","cleanText":"सदस्य बनना है","keyword":"SAMVAD","receivedAt":"2026-11-21T06:00:00.000+0000","smsCount":1,"callbackData":"x"}],"messageCount":1,"pendingMessageCount":0}"#;
    let (number, text, sent_at, key) = message("infobip", &json(body));
    assert_eq!((number.as_str(), text.as_str()), ("9812345678", HINDI));
    assert_eq!((sent_at, key.as_str()), (now(), "office:817790313235066447"));
    assert_eq!(preset("infobip").inbound(&json(r#"{"results":[]}"#)).unwrap(), []);

    let report = format!(
        r#"{{"results":[{{"bulkId":"1","messageId":"{OURS}","to":"919812345678","sentAt":"2026-11-21T05:59:58.000+0000","doneAt":"2026-11-21T06:00:00.000+0000","status":{{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET"}},"error":{{"groupId":0,"id":0,"name":"NO_ERROR"}}}},
        {{"messageId":"other","doneAt":"2026-11-21T11:30:00.000+0530","status":{{"groupId":5,"groupName":"REJECTED","id":6,"name":"REJECTED_NETWORK"}},"error":{{"id":8}}}}]}}"#
    );
    assert_eq!(
        reports("infobip", &json(&report)),
        [
            (OURS.to_owned(), Some(300), Status::Delivered, now(), None),
            ("other".to_owned(), None, Status::Failed, now(), Some(8)),
        ]
    );
}

// ---- Twilio

#[test]
fn twilio_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("twilio"), "हाँ"), @r"
    Post https://api.twilio.com/2010-04-01/Accounts/2000100/Messages.json
    basic 2000100:token-of-ours
    Body=%E0%A4%B9%E0%A4%BE%E0%A4%81
    DltPEId=1101159000000000001
    DltTemplateId=1107161000000000002
    From=UPSMVD
    StatusCallback=https%3A%2F%2Fsms.example.in%2Fwebhooks%2Fsms%2Foffice%2F0123456789abcdef%2Freport%3Fid%3Dsv1.300.1795000000000
    To=%2B919812345678
    ");
    let took = r#"{"sid":"SM900","status":"queued","error_code":null,"error_message":null}"#;
    assert_eq!(answer("twilio", 201, took), taken("SM900"));
    let stopped = r#"{"code":21610,"message":"unsubscribed","status":400}"#;
    assert_eq!(class(&answer("twilio", 400, stopped)), Some(ErrorClass::OptedOut));
    let dlt = r#"{"code":21901,"message":"DltTemplateId","status":400}"#;
    assert_eq!(class(&answer("twilio", 400, dlt)), Some(ErrorClass::PauseSender));
}

#[test]
fn twilio_calls_are_read() {
    let body = format!(
        "MessageSid=SM1&From=%2B919812345678&To=%2B15005550006&Body={HINDI_ENCODED}&NumMedia=0&SmsStatus=received"
    );
    let (number, text, sent_at, key) = message("twilio", &form(&body));
    assert_eq!((number.as_str(), text.as_str(), key.as_str()), ("9812345678", HINDI, "office:SM1"));
    assert_eq!(sent_at, now(), "it tells no time");
    let mut report =
        form("MessageSid=SM900&MessageStatus=undelivered&ErrorCode=30005&To=%2B919812345678");
    report.query = vec![("id".to_owned(), OURS.to_owned())];
    let wanted = ("SM900".to_owned(), Some(300), Status::Failed, now(), Some(30005));
    assert_eq!(reports("twilio", &report), [wanted]);
}

/// Twilio's own example, and one of ours computed by another program.
#[test]
fn twilio_signatures_are_base64_of_hmac_sha1_over_address_and_sorted_fields() {
    let twilio = preset("twilio");
    let part = twilio.inner.road.signature.clone().unwrap();
    let signed = |signature: &str, target: &str, body: &str| Callback {
        target: target.to_owned(),
        headers: vec![("x-twilio-signature".to_owned(), signature.to_owned())],
        ..form(body)
    };
    let example = signed(
        "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        "/myapp.php?foo=1&bar=2",
        "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030",
    );
    let url = "https://mycompany.com";
    assert!(signature::is_genuine(&part, &Secret::new("12345"), url, &example));
    assert!(!signature::is_genuine(&part, &Secret::new("12346"), url, &example));
    assert!(!signature::is_genuine(&part, &Secret::new("12345"), "http://mycompany.com", &example));

    let path = format!("/webhooks/sms/office/{SECRET}/inbound");
    let body = format!(
        "MessageSid=SM1&From=%2B919812345678&To=%2B15005550006&Body={HINDI_ENCODED}&NumMedia=0"
    );
    let hindi = signed("0arolheUVwimsgVqwoGw4F5GQ/4=", &path, &body);
    assert!(twilio.is_genuine(&hindi));
    for forged in [
        signed("0arolheUVwimsgVqwoGw4F5GQ/4=", &path, &body.replace("NumMedia=0", "NumMedia=1")),
        signed("", &path, &body),
        signed("नमस्ते", &path, &body),
        form(&body),
    ] {
        assert!(!twilio.is_genuine(&forged));
    }
}

#[test]
fn a_body_is_signed_with_the_accounts_key_in_hex_or_base64_once_one_is_named() {
    let unsigned = json(r#"{"results":[]}"#);
    assert!(preset("infobip").is_genuine(&unsigned), "no key was named");
    let with_key =
        HttpRoad { signature_key: Some(Secret::new("key-of-ours")), ..options("infobip") };
    let infobip = built(&with_key).unwrap();
    let signed = |value: &str| Callback {
        headers: vec![("x-hub-signature".to_owned(), value.to_owned())],
        ..unsigned.clone()
    };
    let hex = "4a70d78015e2262ba83df3090cacaae9c1d8d0acd33a22675d7c1ccd99aeaf3a";
    assert!(infobip.is_genuine(&signed(&format!("sha256={hex}"))));
    assert!(infobip.is_genuine(&signed("sha256=SnDXgBXiJiuoPfMJDKyq6cHY0KzTOiJnXXwczZmurzo=")));
    for wrong in ["", "sha256=", hex, &format!("sha256={}0", &hex[1..])] {
        assert!(!infobip.is_genuine(&signed(wrong)), "{wrong}");
    }
    assert!(!infobip.is_genuine(&unsigned));
}

// ---- all of them

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
