use std::fmt::Write;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::message::MediaKind;

mod messages;
mod senders;
mod statuses;

const NUMBER: &str = "106540352242922";

fn now() -> Timestamp {
    "2026-11-21T06:00:00Z".parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// Every character beyond ASCII as `\u` escapes, as Meta writes them.
fn escaped(body: &str) -> String {
    let mut text = String::new();
    for unit in body.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => write!(text, "\\u{unit:04x}").unwrap(),
        }
    }
    text
}

/// Decodes both forms of the body; they must be equal.
fn decoded(body: &str) -> Envelope {
    let envelope = decode(body.as_bytes(), now()).unwrap();
    assert_eq!(decode(escaped(body).as_bytes(), now()).unwrap(), envelope);
    envelope
}

/// A body with one change of this field.
fn change(field: &str, value: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"WABA1","time":1743451903,
        "changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
    )
}

/// A body of the field `messages` with these parts of its value.
fn messages(parts: &str) -> String {
    let value = format!(
        r#"{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"+1 555",
        "phone_number_id":"{NUMBER}"}},{parts}}}"#
    );
    change("messages", &value)
}

/// The one inbound of a body with this message, sent by Sita's phone.
fn one(content: &str) -> Inbound {
    let body = messages(&format!(
        r#""contacts":[{{"profile":{{"name":"सीता 🙏"}},"wa_id":"919812345678"}}],"messages":[
        {{"from":"919812345678","id":"wamid.A","timestamp":"1750030073",{content}}}]"#
    ));
    let mut envelope = decoded(&body);
    assert_eq!(envelope.len(), 1, "{envelope:?}");
    envelope.inbound.remove(0)
}

fn other(kind: &str) -> InboundContent {
    InboundContent::Other { kind: kind.to_owned() }
}

fn sita() -> Identities {
    Identities::of(AddressKind::Phone, "9812345678")
}

#[test]
fn every_entry_change_message_status_and_error_is_read_in_order() {
    let part = |number: &str, ids: [&str; 2]| {
        format!(
            r#"{{"field":"messages","value":{{"metadata":{{"phone_number_id":"{number}"}},
            "messages":[{{"from":"919812345678","id":"{}","timestamp":"1","type":"text","text":{{"body":"x"}}}},
            {{"from":"919812345678","id":"{}","timestamp":"1","type":"text","text":{{"body":"x"}}}}],
            "statuses":[{{"id":"s{number}","status":"read","timestamp":"1"}}],
            "errors":[{{"code":131000,"title":"x","message":"y"}}]}}}}"#,
            ids[0], ids[1]
        )
    };
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{},{}]}},
        {{"id":"2","changes":[]}},{{"id":"3","changes":[{}]}}]}}"#,
        part("100", ["a", "b"]),
        part("200", ["c", "d"]),
        part("300", ["e", "f"])
    );
    let envelope = decoded(&body);
    let received: Vec<_> =
        envelope.inbound.iter().map(|i| (i.account.as_str(), i.key.as_str())).collect();
    let expected =
        [("100", "a"), ("100", "b"), ("200", "c"), ("200", "d"), ("300", "e"), ("300", "f")];
    assert_eq!(received, expected);
    let statuses: Vec<_> = envelope.statuses.iter().map(|s| s.provider_id.as_str()).collect();
    assert_eq!(statuses, ["s100", "s200", "s300"]);
    let errors: Vec<_> =
        envelope.events.iter().map(|e| (e.account.as_str(), e.kind.as_str())).collect();
    assert_eq!(errors, [("100", "errors"), ("200", "errors"), ("300", "errors")]);
}

#[test]
fn a_thousand_updates_are_kept_whole() {
    let mut parts = Vec::new();
    for number in 0..1000 {
        parts.push(format!(
            r#"{{"from":"9198{number:08}","id":"w{number}","timestamp":"1750030073","type":"text",
            "text":{{"body":"संदेश {number}"}}}}"#
        ));
    }
    let envelope = decoded(&messages(&format!(r#""messages":[{}]"#, parts.join(","))));
    assert_eq!(envelope.len(), 1000);
    assert_eq!(envelope.inbound[999].key, "w999");
    assert_eq!(envelope.inbound[999].from.get(AddressKind::Phone), Some("9800000999"));
}

#[test]
fn one_odd_part_costs_none_of_the_others() {
    let good =
        r#"{"from":"919812345678","id":"good","timestamp":"1","type":"text","text":{"body":"x"}}"#;
    let odd = ["7", "null", "[]", r#""text""#, "{}", r#"{"id":{},"from":[],"type":{}}"#];
    for part in odd {
        let bodies = [
            messages(&format!(r#""messages":[{part},{good}]"#)),
            messages(&format!(r#""messages":[{good}],"statuses":[{part}]"#)),
            messages(&format!(r#""messages":[{good}],"statuses":{part}"#)),
            messages(&format!(r#""messages":[{good}],"contacts":[{part}]"#)),
            messages(&format!(r#""messages":[{good}],"contacts":{part}"#)),
            messages(&format!(r#""messages":[{good}],"errors":[{part}]"#)),
            messages(&format!(r#""messages":[{good}]"#))
                .replace("\"changes\":[", &format!("\"changes\":[{part},")),
            messages(&format!(r#""messages":[{good}]"#))
                .replace("\"entry\":[", &format!("\"entry\":[{part},")),
        ];
        for body in bodies {
            let envelope = decoded(&body);
            assert_eq!(envelope.inbound.len(), 1, "{body}");
            assert_eq!(envelope.inbound[0].key, "good");
        }
    }
}

#[test]
fn echoes_histories_and_calls_are_ignored() {
    for field in NOT_OURS {
        let value = r#"{"metadata":{"phone_number_id":"1"},"messages":[{"text":{"body":"x"}}]}"#;
        assert!(decoded(&change(field, value)).is_empty(), "{field}");
    }
}

#[test]
fn a_body_that_is_none_of_whatsapp_s_is_refused_by_the_name_of_its_fault() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "the body is not json at line 1, column 0"),
        (b"{", "the body is not json at line 1, column 1"),
        (b"hello", "the body is not json at line 1, column 1"),
        (b"{} {}", "the body is not json at line 1, column 4"),
        (b"{\"object\":\"\\ud83\"}", "the body is not json at line 1, column 17"),
        (b"\"\xff\"", "the body is not utf-8 from byte 1 on"),
        (b"null", "the body is json, but not an object"),
        (b"[]", "the body is json, but not an object"),
        (b"{}", "field \"object\": must be \"whatsapp_business_account\""),
        (
            b"{\"object\":\"page\",\"entry\":[]}",
            "field \"object\": must be \"whatsapp_business_account\"",
        ),
        (b"{\"object\":\"whatsapp_business_account\"}", "field \"entry\": must be a list"),
        (
            b"{\"object\":\"whatsapp_business_account\",\"entry\":{}}",
            "field \"entry\": must be a list",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(decode(body, now()).unwrap_err().to_string(), *expected);
    }
    let empty = b"{\"object\":\"whatsapp_business_account\",\"entry\":[]}";
    assert!(decode(empty, now()).unwrap().is_empty());
}

/// JSON of any shape, often with keys and values that mean something here.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let word = prop_oneof![
        Just("text"),
        Just("system"),
        Just("interactive"),
        Just("messages"),
        Just("read"),
        Just("919812345678"),
        Just("IN.13"),
        Just("1750030073"),
        Just("stop"),
        Just("सदस्य 🙏"),
        Just("\u{0}"),
        Just(""),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("id"),
        Just("from"),
        Just("from_user_id"),
        Just("timestamp"),
        Just("type"),
        Just("text"),
        Just("body"),
        Just("interactive"),
        Just("button_reply"),
        Just("list_reply"),
        Just("nfm_reply"),
        Just("system"),
        Just("contacts"),
        Just("wa_id"),
        Just("profile"),
        Just("name"),
        Just("location"),
        Just("latitude"),
        Just("image"),
        Just("context"),
        Just("status"),
        Just("errors"),
        Just("code"),
        Just("messages"),
        Just("statuses"),
        Just("metadata"),
        Just("user_preferences"),
        Just("value"),
        Just("title"),
        Just("phones"),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes, now());
    }

    #[test]
    fn arbitrary_json_inside_a_valid_body_always_decodes_and_equally_in_both_forms(
        value in any_json(),
        field in prop_oneof![Just("messages"), Just("user_preferences"), Just("account_update")],
    ) {
        decoded(&change(field, &value.to_string()));
        decoded(&messages(&format!(r#""messages":[{value}],"statuses":[{value}],"contacts":{value}"#)));
    }

    #[test]
    fn a_cut_or_changed_body_never_panics(at in 0_usize..400, byte in any::<u8>(), cut in any::<bool>()) {
        let mut body = messages(
            r#""contacts":[{"profile":{"name":"सीता"},"wa_id":"919812345678"}],"messages":[{"from":
            "919812345678","id":"wamid.A","timestamp":"1750030073","type":"text","text":{"body":"हाँ\ud83d\ude4f"}}]"#,
        ).into_bytes();
        let place = at % body.len();
        if cut { body.truncate(place) } else { body[place] = byte }
        let _ = decode(&body, now());
    }
}
