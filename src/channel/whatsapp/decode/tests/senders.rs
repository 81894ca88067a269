//! Who a message is from, when it was sent, and by what it is known again.

use super::*;

/// Fields of the message, the other part of the body, and the addresses they mean.
type IdentityCase = (&'static str, &'static str, &'static [(AddressKind, &'static str)]);

/// One message with these senders' fields, and these contacts.
fn sender(fields: &str, contacts: &str) -> Envelope {
    decoded(&messages(&format!(
        r#""contacts":{contacts},"messages":[{{"id":"w","timestamp":"1750030073",{fields}
        "type":"text","text":{{"body":"x"}}}}]"#
    )))
}

#[test]
fn a_sender_is_known_by_every_identifier_there_is() {
    use AddressKind::{ForeignPhone, Phone, WhatsappParentUser, WhatsappUser};
    let cases: &[IdentityCase] = &[
        (r#""from":"919812345678","#, "[]", &[(Phone, "9812345678")]),
        (r#""from":"+919812345678","#, "[]", &[(Phone, "9812345678")]),
        (r#""from":919812345678,"#, "[]", &[(Phone, "9812345678")]),
        // Singapore: ten digits, the first a 6.
        (r#""from":"6591234567","#, "[]", &[(ForeignPhone, "6591234567")]),
        (r#""from":"16505551234","#, "[]", &[(ForeignPhone, "16505551234")]),
        // A land line of Lucknow.
        (r#""from":"915222345678","#, "[]", &[(ForeignPhone, "915222345678")]),
        (
            r#""from":"919812345678","from_user_id":"IN.13","from_parent_user_id":"IN.ENT.11","#,
            "[]",
            &[(Phone, "9812345678"), (WhatsappUser, "IN.13"), (WhatsappParentUser, "IN.ENT.11")],
        ),
        (r#""from_user_id":"IN.13","#, "[]", &[(WhatsappUser, "IN.13")]),
        (
            r#""from_user_id":"IN.13","#,
            r#"[{"user_id":"IN.99","wa_id":"919800000009"},
            {"user_id":"IN.13","wa_id":"919812345678","parent_user_id":"IN.ENT.11"}]"#,
            &[(Phone, "9812345678"), (WhatsappUser, "IN.13"), (WhatsappParentUser, "IN.ENT.11")],
        ),
        (
            r#""from":"919812345678","#,
            r#"[{"wa_id":"919812345678","user_id":"IN.13"}]"#,
            &[(Phone, "9812345678"), (WhatsappUser, "IN.13")],
        ),
        ("", r#"[{"wa_id":"919812345678"}]"#, &[(Phone, "9812345678")]),
        (r#""from":"","#, r#"[{"user_id":"IN.13"}]"#, &[(WhatsappUser, "IN.13")]),
        (r#""from":"IN.13","#, "[]", &[(WhatsappUser, "IN.13")]),
        // Somebody else's card adds nothing.
        (
            r#""from":"919812345678","#,
            r#"[{"wa_id":"919800000009","user_id":"IN.99"}]"#,
            &[(Phone, "9812345678")],
        ),
    ];
    for (fields, contacts, expected) in cases {
        let envelope = sender(fields, contacts);
        let mut identities = Identities::default();
        for (kind, value) in *expected {
            identities.add(*kind, *value);
        }
        assert_eq!(envelope.inbound[0].from, identities, "{fields} {contacts}");
    }
}

#[test]
fn a_message_of_nobody_is_kept_but_not_turned() {
    for (fields, contacts) in [
        ("", "[]"),
        ("", r#"[{"wa_id":"919812345678"},{"wa_id":"919800000009"}]"#),
        (r#""from":"सीता","#, "[]"),
        (r#""from":{"a":1},"#, "{}"),
    ] {
        let envelope = sender(fields, contacts);
        assert_eq!((envelope.inbound.len(), envelope.events.len()), (0, 1), "{fields}");
        assert_eq!(envelope.events[0].kind, UNREADABLE);
        assert!(envelope.events[0].json.contains(r#""body":"x""#));
    }
}

#[test]
fn a_name_is_the_senders_own_or_none() {
    let body = messages(
        r#""contacts":[{"profile":{"name":"पहला"},"wa_id":"919800000001"},
        {"profile":{"name":"दूसरा"},"user_id":"IN.2"},{"profile":{"name":"  "},"wa_id":"919800000003"}],
        "messages":[
        {"from":"919800000004","id":"d","timestamp":"1","type":"request_welcome"},
        {"from":"919800000003","id":"c","timestamp":"1","type":"request_welcome"},
        {"from_user_id":"IN.2","id":"b","timestamp":"1","type":"request_welcome"},
        {"from":"919800000001","id":"a","timestamp":"1","type":"request_welcome"}]"#,
    );
    let names: Vec<_> =
        decoded(&body).inbound.into_iter().map(|inbound| inbound.profile_name).collect();
    assert_eq!(names, [None, None, Some("दूसरा".to_owned()), Some("पहला".to_owned())]);
}

#[test]
fn times_come_in_every_form_and_a_wrong_one_is_the_time_of_receipt() {
    let sent = at(1_750_030_073);
    let cases = [
        (r#""1750030073""#, sent),
        ("1750030073", sent),
        ("1750030073000", sent),
        (r#""1750030073000""#, sent),
        ("1750030073.0", sent),
        (r#"" 1750030073 ""#, sent),
        (r#""""#, now()),
        (r#""yesterday""#, now()),
        ("null", now()),
        ("0", now()),
        ("-5", now()),
        ("true", now()),
        ("{}", now()),
        // A year from now, and beyond every calendar.
        ("1826800000", now()),
        ("99999999999999999999", now()),
        ("9223372036854775807", now()),
        ("1e300", now()),
    ];
    for (time, expected) in cases {
        let body = messages(&format!(
            r#""messages":[{{"from":"919812345678","id":"w","timestamp":{time},"type":"text",
            "text":{{"body":"x"}}}}]"#
        ));
        assert_eq!(decoded(&body).inbound[0].sent_at, expected, "{time}");
    }
}

/// The key of a message with these fields and no id.
fn key_without_id(fields: &str) -> String {
    decoded(&messages(&format!(r#""messages":[{{{fields}}}]"#))).inbound.remove(0).key
}

#[test]
fn a_message_without_an_id_has_the_same_key_each_time_and_another_from_all_others() {
    let base = r#""from":"919812345678","timestamp":"1","type":"text","text":{"body":"हाँ"}"#;
    let key = key_without_id(base);
    assert_eq!(key, key_without_id(base));
    assert!(key.starts_with("sha256.") && key.len() == 71, "{key}");
    assert_eq!(key, key_without_id(&format!(r#"{base},"id":"","new":1"#)));
    for different in
        [base.replace("5678", "5679"), base.replace(r#""1""#, r#""2""#), base.replace("हाँ", "नहीं")]
    {
        assert_ne!(key, key_without_id(&different));
    }
    // Without a time our own clock must not come in: a second delivery arrives at another moment.
    let timeless = messages(r#""messages":[{"from":"919812345678","text":{"body":"x"}}]"#);
    let first = decode(timeless.as_bytes(), now()).unwrap();
    let second = decode(timeless.as_bytes(), at(1_700_000_000)).unwrap();
    assert_eq!(first.inbound[0].key, second.inbound[0].key);
}

#[test]
fn a_changed_identity_tells_the_old_and_the_new() {
    let cases: &[IdentityCase] = &[
        (
            r#""from":"919812345678","#,
            r#"{"body":"User A changed from 1 to 2","wa_id":"919800000002","type":"user_changed_number"}"#,
            &[(AddressKind::Phone, "9800000002")],
        ),
        (
            r#""from":"919812345678","#,
            r#"{"new_wa_id":"16505551234","type":"customer_changed_number"}"#,
            &[(AddressKind::ForeignPhone, "16505551234")],
        ),
        (
            "",
            r#"{"customer":"919812345678","wa_id":"919800000002","type":"customer_changed_number"}"#,
            &[(AddressKind::Phone, "9800000002")],
        ),
        (
            r#""from":"919812345678","#,
            r#"{"body":"x","user_id":"IN.2","parent_user_id":"IN.ENT.2","type":"user_changed_user_id"}"#,
            &[(AddressKind::WhatsappUser, "IN.2"), (AddressKind::WhatsappParentUser, "IN.ENT.2")],
        ),
    ];
    for (from, system, expected) in cases {
        let body = messages(&format!(
            r#""messages":[{{{from}"id":"w","timestamp":"1750030073","type":"system","system":{system}}}]"#
        ));
        let mut new = Identities::default();
        for (kind, value) in *expected {
            new.add(*kind, *value);
        }
        let inbound = decoded(&body).inbound.remove(0);
        assert_eq!(inbound.from, sita());
        assert_eq!(inbound.content, InboundContent::IdentityChanged { new });
    }
}

#[test]
fn other_system_messages_are_events_and_never_somebodys_words() {
    for (from, system) in [
        (
            r#""from":"919812345678","#,
            r#"{"type":"customer_identity_changed","identity":{"hash":"x"}}"#,
        ),
        (r#""from":"919812345678","#, r#"{"type":"next_year"}"#),
        (r#""from":"919812345678","#, r#"{"type":"user_changed_number"}"#),
        (r#""from":"919812345678","#, "null"),
        // The profile name stands in the sentence, so it proves nothing.
        (
            "",
            r#"{"type":"user_changed_user_id","user_id":"IN.2","body":"User A changed from IN.1 to IN.2"}"#,
        ),
    ] {
        let body = messages(&format!(
            r#""messages":[{{{from}"id":"w","timestamp":"1750030073","type":"system","system":{system}}}]"#
        ));
        let envelope = decoded(&body);
        assert_eq!((envelope.len(), envelope.events[0].kind.as_str()), (1, "system"), "{system}");
    }
}
