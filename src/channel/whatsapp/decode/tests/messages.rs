//! What a message of each type becomes.

use super::*;

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
fn half_an_emoji_does_not_cost_the_message() {
    let body = messages(
        r#""messages":[{"from":"919812345678","id":"w","timestamp":"1","type":"text",
        "text":{"body":"\u0928\u092e\u0938\u094d\u0924\u0947 \ud83d"}}]"#,
    );
    let inbound = decode(body.as_bytes(), now()).unwrap().inbound.remove(0);
    assert_eq!(inbound.content, InboundContent::Text { text: "नमस्ते \u{fffd}".into() });
}
