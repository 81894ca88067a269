//! Kaleyra, by the examples of its documents.

use super::*;

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
