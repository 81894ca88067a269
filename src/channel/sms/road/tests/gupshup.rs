//! Gupshup Enterprise, by the examples of its documents.

use super::*;

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
        ("650", ErrorClass::Marked(Mark::NoPromotion)),
        ("660", ErrorClass::Marked(Mark::NoDltConsent)),
        ("670", ErrorClass::Retry { times: 8 }),
        ("9999", ErrorClass::Retry { times: 3 }),
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

#[test]
fn a_scrubbing_code_in_a_report_asks_for_what_it_asks_in_an_answer() {
    for (code, asks) in [
        ("620", Some(Asks::Rest)),
        ("637", Some(Asks::StopTemplate)),
        ("635", None),
        ("650", Some(Asks::Mark(Mark::NoPromotion))),
        ("660", Some(Asks::Mark(Mark::NoDltConsent))),
        ("670", Some(Asks::Again)),
        ("000", None),
        ("9999", None),
    ] {
        let report = format!("externalId=356&deliveredTS=1526347800000&status=FAIL&errCode={code}");
        let updates = preset("gupshup").reports(&get(&report)).unwrap();
        assert_eq!((updates[0].status, updates[0].asks), (Status::Failed, asks), "{code}");
        let delivered = report.replace("FAIL", "SUCCESS");
        assert_eq!(preset("gupshup").reports(&get(&delivered)).unwrap()[0].asks, None, "{code}");
    }
}
