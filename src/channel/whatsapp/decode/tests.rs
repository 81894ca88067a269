use std::fmt::Write;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::message::MediaKind;

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
fn a_text_is_decoded_whole() {
    let inbound = one(r#""type":"text","text":{"body":"मुझे सदस्य बनना है 🙏🏽\n\"हाँ\""}"#);
    assert_eq!(
        inbound,
        Inbound {
            channel: Channel::Whatsapp,
            account: NUMBER.to_owned(),
            key: "wamid.A".to_owned(),
            from: sita(),
            profile_name: Some("सीता 🙏".to_owned()),
            sent_at: at(1_750_030_073),
            content: InboundContent::Text {
                text: "मुझे सदस्य बनना है 🙏🏽\n\"हाँ\"".to_owned()
            },
            quoted: None,
        }
    );
}

#[test]
fn taps_give_what_we_put_into_the_button() {
    let button = one(r#""type":"button","button":{"payload":"STOP","text":"बंद करें"},
        "context":{"from":"15550783881","id":"wamid.OURS"}"#);
    let payload =
        InboundContent::Button { payload: "STOP".into(), text: "बंद करें".into() };
    assert_eq!((button.content, button.quoted.as_deref()), (payload, Some("wamid.OURS")));

    let without_context = one(r#""type":"button","button":{"payload":"a","text":"b"}"#);
    assert_eq!(without_context.quoted, None);

    let reply = one(r#""type":"interactive","interactive":{"type":"button_reply","button_reply":
        {"id":"yes","title":"हाँ"}},"context":{"id":"wamid.OURS"}"#);
    assert_eq!(reply.content, InboundContent::Choice { id: "yes".into(), title: "हाँ".into() });

    for description in ["", r#","description":"लखनऊ उत्तर""#] {
        let row = one(&format!(
            r#""type":"interactive","interactive":{{"type":"list_reply","list_reply":
            {{"id":"ac-171","title":"लखनऊ"{description}}}}}"#
        ));
        let choice = InboundContent::Choice { id: "ac-171".into(), title: "लखनऊ".into() };
        assert_eq!(row.content, choice);
    }
}

#[test]
fn forms_come_back_as_the_json_they_carried() {
    for (given, json) in [
        (r#""{\"name\":\"सीता\"}""#, r#"{"name":"सीता"}"#),
        (r#""[1]""#, "[1]"),
        (r#""not json""#, "not json"),
        (r#"{"a": 1}"#, r#"{"a":1}"#),
    ] {
        let form = one(&format!(
            r#""type":"interactive","interactive":{{"type":"nfm_reply","nfm_reply":
            {{"name":"flow","body":"Sent","response_json":{given}}}}}"#
        ));
        assert_eq!(form.content, InboundContent::Form { json: json.to_owned() });
    }
}

#[test]
fn media_of_every_kind_keep_what_a_download_needs() {
    let cases = [
        (
            "image",
            MediaKind::Image,
            r#","caption":"बैठक की फोटो""#,
            Some("बैठक की फोटो"),
            None,
            false,
        ),
        ("video", MediaKind::Video, "", None, None, false),
        ("audio", MediaKind::Audio, r#","voice":true"#, None, None, true),
        ("audio", MediaKind::Audio, r#","voice":false"#, None, None, false),
        ("voice", MediaKind::Audio, "", None, None, true),
        ("document", MediaKind::Document, r#","filename":"सूची.pdf""#, None, Some("सूची.pdf"), false),
        ("sticker", MediaKind::Sticker, r#","animated":true"#, None, None, false),
    ];
    for (kind, expected, extra, caption, filename, voice) in cases {
        let inbound = one(&format!(
            r#""type":"{kind}","{kind}":{{"id":"1479537","mime_type":"a/b","sha256":"q+8=",
            "url":"https://lookaside.fbsbx.com/x"{extra}}}"#
        ));
        let media = InboundContent::Media {
            kind: expected,
            id: "1479537".into(),
            mime_type: "a/b".into(),
            sha256: Some("q+8=".into()),
            caption: caption.map(str::to_owned),
            filename: filename.map(str::to_owned),
            voice,
        };
        assert_eq!(inbound.content, media);
    }
}

#[test]
fn a_location_needs_no_name_and_stays_on_the_globe() {
    let bare = one(r#""type":"location","location":{"latitude":26.8467,"longitude":80.9462}"#);
    let place = InboundContent::Location {
        latitude: 26.8467,
        longitude: 80.9462,
        name: None,
        address: None,
    };
    assert_eq!(bare.content, place);
    let named =
        one(r#""type":"location","location":{"latitude":"26.5","longitude":80,"name":"हज़रतगंज",
        "address":"लखनऊ","url":"https://x"}"#);
    let place = InboundContent::Location {
        latitude: 26.5,
        longitude: 80.0,
        name: Some("हज़रतगंज".into()),
        address: Some("लखनऊ".into()),
    };
    assert_eq!(named.content, place);
    for wrong in [r#"{"latitude":91,"longitude":0}"#, r#"{"latitude":"NaN","longitude":0}"#, "{}"] {
        let odd = one(&format!(r#""type":"location","location":{wrong}"#));
        assert_eq!(odd.content, other("location"));
    }
}

#[test]
fn a_contact_is_requested_only_when_whatsapp_says_so() {
    let asked = one(r#""type":"contacts","contacts":[{"origin":"contact_request","phones":
        [{"phone":"+91 98123 45678","wa_id":"919812345678"}]}]"#);
    let own = InboundContent::Contacts { phones: vec!["919812345678".into()], requested: true };
    assert_eq!(asked.content, own);
    let shared =
        one(r#""type":"contacts","contacts":[{"name":{"formatted_name":"राम"},"origin":"other",
        "vcard":"BEGIN:VCARD","phones":[{"phone":"+91 98000 00001","type":"Mobile"},
        {"phone":"+91 98000 00001"}]},{"phones":[{"wa_id":"919800000002"}]},{}]"#);
    let phones = vec!["+91 98000 00001".into(), "919800000002".into()];
    assert_eq!(shared.content, InboundContent::Contacts { phones, requested: false });
}

#[test]
fn reactions_edits_revocations_and_welcomes_have_their_place() {
    let cases = [
        (
            r#""type":"reaction","reaction":{"message_id":"wamid.O","emoji":"👍"}"#,
            InboundContent::Reaction { message: "wamid.O".into(), emoji: "👍".into() },
        ),
        (
            r#""type":"reaction","reaction":{"message_id":"wamid.O","emoji":""}"#,
            InboundContent::Reaction { message: "wamid.O".into(), emoji: String::new() },
        ),
        (
            r#""type":"reaction","reaction":{"message_id":"wamid.O"}"#,
            InboundContent::Reaction { message: "wamid.O".into(), emoji: String::new() },
        ),
        (
            r#""type":"edit","edit":{"original_message_id":"wamid.E","message":{"type":"text",
            "text":{"body":"नया"}}}"#,
            InboundContent::Edited { message: "wamid.E".into() },
        ),
        (
            r#""type":"revoke","revoke":{"original_message_id":"wamid.R"}"#,
            InboundContent::Revoked { message: "wamid.R".into() },
        ),
        (r#""type":"request_welcome""#, InboundContent::Welcome),
    ];
    for (content, expected) in cases {
        assert_eq!(one(content).content, expected);
    }
}

#[test]
fn what_we_do_not_turn_on_is_kept_by_name() {
    let cases = [
        (r#""type":"order","order":{"catalog_id":"1","text":"","product_items":[]}"#, "order"),
        (r#""type":"unsupported","errors":[{"code":131051,"title":"x"}]"#, "unsupported"),
        (
            r#""type":"unsupported","errors":[{"code":131051}],"unsupported":{"type":"poll"}"#,
            "poll",
        ),
        (r#""type":"unknown","errors":[{"code":501,"details":"x"}]"#, "unknown"),
        (r#""type":"hologram","hologram":{"id":"1"}"#, "hologram"),
        (r#""type":"interactive""#, "interactive"),
        (
            r#""type":"interactive","interactive":{"type":"call_permission_reply"}"#,
            "call_permission_reply",
        ),
        (
            r#""type":"interactive","interactive":{"type":"button_reply","button_reply":[]}"#,
            "button_reply",
        ),
        (r#""type":"text""#, "text"),
        (r#""type":"text","text":{"body":{"no":"text"}}"#, "text"),
        (r#""type":"text","text":7"#, "text"),
        (r#""type":"image","image":{"caption":"बिना आईडी"}"#, "image"),
        (r#""type":"edit","edit":{}"#, "edit"),
        (r#""type":"contacts","contacts":{}"#, "contacts"),
        (r#""type":7"#, "unknown"),
        (r#""note":"no type at all""#, "unknown"),
    ];
    for (content, kind) in cases {
        assert_eq!(one(content).content, other(kind), "{content}");
    }
}

#[test]
fn a_message_without_a_type_is_known_by_its_content() {
    let inbound = one(r#""text":{"body":"हाँ"}"#);
    assert_eq!(inbound.content, InboundContent::Text { text: "हाँ".into() });
}

#[test]
fn fields_nobody_documented_change_nothing() {
    let body = messages(
        r#""contacts":[{"profile":{"name":"A","username":"@a"},"wa_id":"919812345678",
        "user_id":"IN.1349","country_code":"IN","identity_key_hash":"x","new":{"deep":[1]}}],
        "messages":[{"from":"919812345678","from_logical_id":"7","id":"w","timestamp":"1750030073",
        "type":"text","text":{"body":"x","extra":1},"referral":{"source_url":"https://fb.me/x",
        "source_type":"ad","headline":"जुड़ें"},"context":{"forwarded":true},"mystery":null}],
        "new_part":[{}]"#,
    );
    let envelope = decoded(&body);
    assert_eq!(envelope.len(), 1);
    assert_eq!(envelope.inbound[0].quoted, None);
    assert_eq!(envelope.inbound[0].from.get(AddressKind::WhatsappUser), Some("IN.1349"));
}

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
fn messages_of_groups_are_left_out() {
    let body = messages(
        r#""messages":[{"from":"919812345678","group_id":"G","id":"w","timestamp":"1","type":"text",
        "text":{"body":"x"}}],"statuses":[{"id":"w","status":"read","timestamp":"1",
        "recipient_type":"group","recipient_id":"G"}]"#,
    );
    assert!(decoded(&body).is_empty());
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

#[test]
fn statuses_say_what_became_of_which_message() {
    let status = |fields: &str| decoded(&messages(&format!(r#""statuses":[{{{fields}}}]"#)));
    let envelope = status(
        r#""id":"wamid.S","status":"sent","timestamp":"1750030073","recipient_id":"919812345678",
        "biz_opaque_callback_data":"sv1.42.1750030070000","conversation":{"id":"c",
        "origin":{"type":"marketing"}},"pricing":{"billable":true,"category":"marketing"}"#,
    );
    let expected = StatusUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        provider_id: "wamid.S".to_owned(),
        outgoing: Some(OutgoingId { id: 42, created_ms: 1_750_030_070_000 }),
        status: Status::Sent,
        at: at(1_750_030_073),
        error: None,
        recipient: Identities::of(AddressKind::Phone, "9812345678"),
    };
    assert_eq!(envelope.statuses, [expected]);
    assert_eq!(envelope.len(), 1);

    for (word, reported) in [
        ("delivered", Some(Status::Delivered)),
        ("read", Some(Status::Read)),
        ("played", Some(Status::Read)),
        ("failed", Some(Status::Failed)),
        ("deleted", None),
        ("warning", None),
        ("next_year", None),
    ] {
        let envelope = status(&format!(
            r#""id":"wamid.S","status":"{word}","timestamp":1750030073,
            "biz_opaque_callback_data":"not ours""#
        ));
        let words: Vec<_> = envelope.statuses.iter().map(|update| update.status).collect();
        assert_eq!(words, reported.into_iter().collect::<Vec<_>>(), "{word}");
        assert_eq!(envelope.events, []);
        assert!(envelope.statuses.iter().all(|update| update.outgoing.is_none()));
    }

    for errors in [
        r#"[{"code":131049,"title":"x","error_data":{"details":"d"},"href":"h"}]"#,
        r#"[{"title":"no code"},{"code":"131049"},{"code":1}]"#,
    ] {
        let failed =
            status(&format!(r#""id":"w","status":"failed","timestamp":"1","errors":{errors}"#));
        assert_eq!(failed.statuses[0].error, Some(131_049));
    }
}

#[test]
fn a_status_tells_every_name_of_the_recipient() {
    let mut both = Identities::of(AddressKind::Phone, "9812345678");
    both.add(AddressKind::WhatsappUser, "IN.13");
    let mut all = both.clone();
    all.add(AddressKind::WhatsappParentUser, "IN.ENT.1");
    let user = Identities::of(AddressKind::WhatsappUser, "IN.13");
    let card = r#"{"wa_id":"919812345678","user_id":"IN.13","parent_user_id":"IN.ENT.1"}"#;
    let others = r#"{"wa_id":"919800000000","user_id":"IN.14"}"#;
    let cases = [
        (r#""recipient_id":"919812345678","recipient_user_id":"IN.13""#, "", both),
        (r#""recipient_user_id":"IN.13""#, "", user),
        (r#""recipient_id":"919812345678""#, card, all.clone()),
        (r#""recipient_user_id":"IN.13""#, card, all),
        (
            r#""recipient_id":"919812345678""#,
            others,
            Identities::of(AddressKind::Phone, "9812345678"),
        ),
        (r#""x":1"#, card, Identities::default()),
    ];
    for (names, card, expected) in cases {
        let envelope = decoded(&messages(&format!(
            r#""contacts":[{card}],"statuses":[{{"id":"w","status":"sent","timestamp":"1",{names}}}]"#
        )));
        assert_eq!(envelope.statuses[0].recipient, expected, "{names} {card}");
    }
}

#[test]
fn a_message_refused_because_the_person_stopped_us_is_a_withdrawal() {
    let failed = |rest: &str, code: i64| {
        decoded(&messages(&format!(
            r#""statuses":[{{"id":"w","status":"failed","timestamp":"1750030073",{rest}
            "errors":[{{"code":{code}}}]}}]"#
        )))
    };
    let withdrawal = |from, about| PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        from,
        about,
        stop: true,
        at: at(1_750_030_073),
    };
    let ours = OutgoingId { id: 42, created_ms: 7 };
    let user = Identities::of(AddressKind::WhatsappUser, "IN.13");
    let cases = [
        (r#""recipient_id":"919812345678","#, withdrawal(sita(), None)),
        (r#""recipient_user_id":"IN.13","#, withdrawal(user, None)),
        (
            r#""biz_opaque_callback_data":"sv1.42.7","#,
            withdrawal(Identities::default(), Some(ours)),
        ),
    ];
    for (rest, expected) in cases {
        let envelope = failed(rest, 131_050);
        assert_eq!(envelope.preferences, [expected], "{rest}");
        assert_eq!(envelope.statuses[0].error, Some(131_050));
        assert_eq!(failed(rest, 131_049).preferences, [], "{rest}");
    }
    assert_eq!(failed("", 131_050).preferences, [], "nobody is named");
}

#[test]
fn a_status_needs_meta_s_id_or_ours() {
    let ours = decoded(&messages(
        r#""statuses":[{"status":"sent","biz_opaque_callback_data":"sv1.42.7"}]"#,
    ));
    assert_eq!(ours.statuses[0].provider_id, "");
    assert!(ours.statuses[0].outgoing.is_some());
    for odd in [r#"{"status":"sent"}"#, r#"{"id":"w"}"#, "7", r#"{"id":"w","status":3}"#] {
        let envelope = decoded(&messages(&format!(r#""statuses":[{odd}]"#)));
        assert_eq!((envelope.len(), envelope.events[0].kind.as_str()), (1, UNREADABLE), "{odd}");
    }
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
fn account_fields_are_kept_with_their_json() {
    let cases = [
        (
            "message_template_status_update",
            r#"{"event":"PAUSED","message_template_id":594425479261596,"message_template_name":"samvad_1","message_template_language":"hi","reason":null}"#,
        ),
        (
            "message_template_quality_update",
            r#"{"previous_quality_score":"GREEN","new_quality_score":"YELLOW"}"#,
        ),
        (
            "template_category_update",
            r#"{"new_category":"MARKETING","correct_category":"MARKETING"}"#,
        ),
        ("message_template_components_update", r#"{"message_template_element":"नमस्ते {{1}}"}"#),
        (
            "phone_number_quality_update",
            r#"{"display_phone_number":"1555","event":"THROUGHPUT_UPGRADE","current_limit":"TIER_2K"}"#,
        ),
        (
            "business_capability_update",
            r#"{"max_daily_conversations_per_business":-1,"max_phone_numbers_per_waba":25}"#,
        ),
        (
            "account_update",
            r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1681424123}]}"#,
        ),
        ("account_review_update", r#"{"decision":"APPROVED"}"#),
        ("account_alerts", r#"{"entity_type":"WABA","alert_info":{"alert_severity":"CRITICAL"}}"#),
        ("security", r#"{"display_phone_number":"1555","event":"PIN_CHANGED"}"#),
        ("phone_number_name_update", r#"{"decision":"APPROVED","requested_verified_name":"संवाद"}"#),
        ("business_username_update", r#"{"username":"samvad"}"#),
        ("a_field_of_next_year", r#"{"anything":[1,2.5,"x",null,true]}"#),
    ];
    for (field, value) in cases {
        let envelope = decoded(&change(field, value));
        let event = AccountEvent {
            channel: Channel::Whatsapp,
            account: "WABA1".to_owned(),
            kind: field.to_owned(),
            at: at(1_743_451_903),
            json: value.to_owned(),
        };
        assert_eq!(envelope.events, [event]);
        assert_eq!(envelope.len(), 1);
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
fn a_preference_is_a_withdrawal_or_a_return_and_an_event() {
    let value = format!(
        r#"{{"messaging_product":"whatsapp","metadata":{{"phone_number_id":"{NUMBER}"}},
        "contacts":[{{"profile":{{"name":"A"}},"wa_id":"919812345678","user_id":"IN.13"}}],
        "user_preferences":[
        {{"wa_id":"919812345678","detail":"User requested to stop marketing messages",
        "category":"marketing_messages","value":"stop","timestamp":1750030073}},
        {{"user_id":"IN.14","value":"resume","category":"marketing_messages","timestamp":1750030073}},
        {{"wa_id":"919812345678","value":"signup","timestamp":1750030073}},
        {{"value":"stop"}},7]}}"#
    );
    let envelope = decoded(&change("user_preferences", &value));
    let mut first = sita();
    first.add(AddressKind::WhatsappUser, "IN.13");
    let preference = |from, stop| PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        from,
        about: None,
        stop,
        at: at(1_750_030_073),
    };
    let second = Identities::of(AddressKind::WhatsappUser, "IN.14");
    assert_eq!(envelope.preferences, [preference(first, true), preference(second, false)]);
    assert_eq!(envelope.events.len(), 1);
    assert_eq!(envelope.events[0].kind, "user_preferences");

    // Who it is may stand in `contacts` alone.
    let value = r#"{"contacts":[{"user_id":"IN.13"}],"user_preferences":[{"value":"stop"}]}"#;
    let envelope = decoded(&change("user_preferences", value));
    assert_eq!(envelope.preferences[0].from, Identities::of(AddressKind::WhatsappUser, "IN.13"));
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

#[test]
fn half_an_emoji_does_not_cost_the_message() {
    let body = messages(
        r#""messages":[{"from":"919812345678","id":"w","timestamp":"1","type":"text",
        "text":{"body":"\u0928\u092e\u0938\u094d\u0924\u0947 \ud83d"}}]"#,
    );
    let inbound = decode(body.as_bytes(), now()).unwrap().inbound.remove(0);
    assert_eq!(inbound.content, InboundContent::Text { text: "नमस्ते \u{fffd}".into() });
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
