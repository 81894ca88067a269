//! Exotel, by the examples of its documents.

use super::*;

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
