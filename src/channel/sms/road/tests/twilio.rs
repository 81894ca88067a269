//! Twilio, by the examples of its documents.

use super::*;

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
