use proptest::prelude::*;

use super::*;
use crate::contact::PhoneNumber;
use crate::message::{Channel, Lane, OutgoingId, Purpose};

mod schema;

fn outgoing(to: Identities, content: Content) -> Outgoing {
    Outgoing {
        id: OutgoingId { id: 42, created_ms: 1_750_030_070_000 },
        contact: 7,
        channel: Channel::Whatsapp,
        account: "106540352242922".to_owned(),
        to,
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content,
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

fn sita() -> Identities {
    Identities::phone(PhoneNumber::parse("9812345678").unwrap())
}

fn choice(id: &str, title: &str, description: Option<&str>) -> Choice {
    Choice { id: id.into(), title: title.into(), description: description.map(Into::into) }
}

/// The encoded call, which Meta's limits must allow.
fn call(content: Content) -> Value {
    let call = encode(&outgoing(sita(), content)).unwrap();
    schema::check(&call).unwrap();
    call
}

fn refused(content: Content) -> EncodeError {
    encode(&outgoing(sita(), content)).unwrap_err()
}

/// What surrounds the content of a call to Sita.
fn with(kind: &str, body: Value) -> Value {
    let mut expected = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+919812345678",
        "type": kind,
        "biz_opaque_callback_data": "sv1.42.1750030070000",
    });
    expected.as_object_mut().unwrap().insert(kind.to_owned(), body);
    expected
}

fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned() }
}

#[test]
fn a_text_goes_without_a_preview_of_links() {
    assert_eq!(
        call(text("नमस्ते सीता")),
        with("text", json!({"body": "नमस्ते सीता", "preview_url": false}))
    );
}

#[test]
fn buttons_and_lists_carry_ids_and_labels() {
    let choices = vec![choice("yes", "हाँ, सहमत हूँ", Some("not shown")), choice("no", "नहीं", None)];
    let body = "सहमत हैं?".to_owned();
    assert_eq!(
        call(Content::Buttons { body: body.clone(), choices: choices.clone() }),
        with(
            "interactive",
            json!({
                "type": "button",
                "body": {"text": "सहमत हैं?"},
                "action": {"buttons": [
                    {"type": "reply", "reply": {"id": "yes", "title": "हाँ, सहमत हूँ"}},
                    {"type": "reply", "reply": {"id": "no", "title": "नहीं"}},
                ]},
            })
        )
    );
    let choices =
        vec![choice("ac-171", "लखनऊ पश्चिम", Some("171")), choice("ac-172", "लखनऊ उत्तर", None)];
    assert_eq!(
        call(Content::List { body, open: "चुनें".into(), choices }),
        with(
            "interactive",
            json!({
                "type": "list",
                "body": {"text": "सहमत हैं?"},
                "action": {"button": "चुनें", "sections": [{"rows": [
                    {"id": "ac-171", "title": "लखनऊ पश्चिम", "description": "171"},
                    {"id": "ac-172", "title": "लखनऊ उत्तर"},
                ]}]},
            })
        )
    );
}

#[test]
fn requests_for_place_and_number_are_buttons_of_their_own() {
    assert_eq!(
        call(Content::LocationRequest { body: "आप कहाँ हैं?".into() }),
        with(
            "interactive",
            json!({"type": "location_request_message", "body": {"text": "आप कहाँ हैं?"},
                "action": {"name": "send_location"}})
        )
    );
    assert_eq!(
        call(Content::ContactRequest { body: "नंबर?".into() }),
        with(
            "interactive",
            json!({"type": "contact_request", "body": {"text": "नंबर?"},
                "action": {"name": "request_contact_info"}})
        )
    );
}

fn medium(kind: MediaKind, source: MediaSource, caption: Option<&str>) -> Content {
    Content::Media {
        kind,
        source,
        caption: caption.map(Into::into),
        filename: Some("सूची.pdf".into()),
    }
}

#[test]
fn media_go_by_id_or_link() {
    let link = || MediaSource::Link("https://example.org/card.png".into());
    let id = || MediaSource::Id("1479537".into());
    assert_eq!(
        call(medium(MediaKind::Image, link(), Some("कार्ड"))),
        with("image", json!({"link": "https://example.org/card.png", "caption": "कार्ड"}))
    );
    assert_eq!(
        call(medium(MediaKind::Document, id(), None)),
        with("document", json!({"id": "1479537", "filename": "सूची.pdf"}))
    );
    for kind in [MediaKind::Audio, MediaKind::Sticker, MediaKind::Video] {
        assert_eq!(call(medium(kind, id(), None)), with(kind.name(), json!({"id": "1479537"})));
    }
}

fn template(body: Vec<TemplateVariable>) -> Template {
    Template {
        name: "samvad_1".into(),
        language: "hi".into(),
        header: None,
        body,
        buttons: Vec::new(),
    }
}

fn variable(name: Option<&str>, text: &str) -> TemplateVariable {
    TemplateVariable { name: name.map(Into::into), text: text.into() }
}

#[test]
fn templates_carry_their_variables_by_place_or_by_name() {
    assert_eq!(
        call(Content::Template(template(Vec::new()))),
        with("template", json!({"name": "samvad_1", "language": {"code": "hi"}}))
    );
    let positional = template(vec![variable(None, "सीता"), variable(None, "लखनऊ")]);
    assert_eq!(
        call(Content::Template(positional))["template"]["components"],
        json!([{"type": "body", "parameters": [
            {"type": "text", "text": "सीता"}, {"type": "text", "text": "लखनऊ"}]}])
    );
    let mut named = template(vec![variable(Some("naam"), "सीता")]);
    named.header =
        Some(TemplateHeader::Media { kind: MediaKind::Image, source: MediaSource::Id("9".into()) });
    named.buttons = vec![
        TemplateButton {
            index: 0,
            kind: TemplateButtonKind::QuickReply { payload: "STOP".into() },
        },
        TemplateButton { index: 2, kind: TemplateButtonKind::UrlSuffix { text: "abc".into() } },
    ];
    assert_eq!(
        call(Content::Template(named))["template"]["components"],
        json!([
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "9"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "सीता", "parameter_name": "naam"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP"}]},
            {"type": "button", "sub_type": "url", "index": "2",
                "parameters": [{"type": "text", "text": "abc"}]},
        ])
    );
    let mut headed = template(Vec::new());
    headed.header = Some(TemplateHeader::Text(variable(None, "राम")));
    assert_eq!(
        call(Content::Template(headed))["template"]["components"],
        json!([{"type": "header", "parameters": [{"type": "text", "text": "राम"}]}])
    );
}

#[test]
fn the_recipient_is_the_number_with_its_country_and_else_the_user_id() {
    let recipient = |addresses: &[(AddressKind, &str)]| {
        let mut to = Identities::default();
        for (kind, value) in addresses {
            to.add(*kind, *value);
        }
        encode(&outgoing(to, text("x"))).map(|call| {
            schema::check(&call).unwrap();
            (call["to"].as_str().map(str::to_owned), call["recipient"].as_str().map(str::to_owned))
        })
    };
    let phone = (AddressKind::Phone, "9812345678");
    let foreign = (AddressKind::ForeignPhone, "16505551234");
    let user = (AddressKind::WhatsappUser, "IN.1349");
    let parent = (AddressKind::WhatsappParentUser, "IN.ENT.118");
    assert_eq!(recipient(&[user, phone]), Ok((Some("+919812345678".into()), None)));
    assert_eq!(recipient(&[foreign, user]), Ok((Some("+16505551234".into()), None)));
    assert_eq!(recipient(&[parent, user]), Ok((None, Some("IN.1349".into()))));
    assert_eq!(recipient(&[]), Err(EncodeError::NoAddress));
    assert_eq!(recipient(&[(AddressKind::Simulator, "1")]), Err(EncodeError::NoAddress));
}

#[test]
fn reading_and_typing_is_one_call() {
    assert_eq!(
        encode_read("wamid.A", true),
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A",
            "typing_indicator": {"type": "text"}})
    );
    assert_eq!(
        encode_read("wamid.A", false),
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"})
    );
}

/// So many characters of three bytes each.
fn long(characters: usize) -> String {
    "क".repeat(characters)
}

#[test]
fn each_limit_is_met_exactly_and_not_overstepped() {
    let choices = |count: usize, id: usize, title: usize, description: usize| -> Vec<Choice> {
        (0..count)
            .map(|number| Choice {
                id: format!("{number:0>id$}"),
                title: format!("{number:क>title$}"),
                description: (description > 0).then(|| long(description)),
            })
            .collect()
    };
    let buttons = |body, count, id, title| Content::Buttons {
        body: long(body),
        choices: choices(count, id, title, 0),
    };
    let list = |body, open, count, id, title, description| Content::List {
        body: long(body),
        open: long(open),
        choices: choices(count, id, title, description),
    };
    let captioned =
        |length: usize| medium(MediaKind::Image, MediaSource::Id("1".into()), Some(&long(length)));
    for fits in [
        text(&long(4096)),
        buttons(1024, 3, 256, 20),
        list(1024, 20, 10, 200, 24, 72),
        Content::LocationRequest { body: long(1024) },
        Content::ContactRequest { body: long(1024) },
        captioned(1024),
    ] {
        call(fits);
    }
    for does_not in [
        text(&long(4097)),
        buttons(1025, 3, 1, 5),
        buttons(1, 4, 1, 5),
        buttons(1, 0, 1, 5),
        buttons(1, 3, 257, 5),
        buttons(1, 3, 1, 21),
        list(1025, 1, 1, 1, 1, 0),
        list(1, 21, 1, 1, 1, 0),
        list(1, 1, 11, 1, 1, 0),
        list(1, 1, 0, 1, 1, 0),
        list(1, 1, 1, 201, 1, 0),
        list(1, 1, 1, 1, 25, 0),
        list(1, 1, 1, 1, 1, 73),
        Content::LocationRequest { body: long(1025) },
        Content::ContactRequest { body: long(1025) },
        captioned(1025),
    ] {
        let error = refused(does_not);
        assert!(
            matches!(error, EncodeError::TooLong { .. } | EncodeError::Count { .. }),
            "{error}"
        );
        assert!(!error.to_string().contains('क'), "an error repeats no text: {error}");
    }
}

#[test]
fn what_whatsapp_would_refuse_is_refused_here() {
    let id = || MediaSource::Id("1".into());
    let with_template = |change: fn(&mut Template)| {
        let mut changed = template(Vec::new());
        change(&mut changed);
        Content::Template(changed)
    };
    let pair = |first: Choice, second: Choice| Content::Buttons {
        body: "x".into(),
        choices: vec![first, second],
    };
    let cases = [
        text(" \n"),
        pair(choice("a", "x", None), choice("a", "y", None)),
        pair(choice("a", "x", None), choice("b", "x", None)),
        pair(choice(" a", "x", None), choice("b", "y", None)),
        pair(choice("", "x", None), choice("b", "y", None)),
        pair(choice("a", "", None), choice("b", "y", None)),
        Content::List {
            body: "x".into(),
            open: "o".into(),
            choices: vec![choice("a", "x", Some(""))],
        },
        medium(MediaKind::Audio, id(), Some("words")),
        medium(MediaKind::Sticker, id(), Some("words")),
        medium(MediaKind::Image, MediaSource::Link("http://example.org/a.png".into()), None),
        medium(MediaKind::Image, MediaSource::Id(String::new()), None),
        with_template(|t| t.name = "Samvad".into()),
        with_template(|t| t.name = String::new()),
        with_template(|t| t.language = String::new()),
        with_template(|t| t.body = vec![variable(None, "a"), variable(Some("b"), "c")]),
        with_template(|t| t.body = vec![variable(Some("b"), "a"), variable(Some("b"), "c")]),
        with_template(|t| t.body = vec![variable(Some("नाम"), "a")]),
        with_template(|t| t.body = vec![variable(None, "a\nb")]),
        with_template(|t| t.body = vec![variable(None, "a     b")]),
        with_template(|t| t.body = vec![variable(None, "")]),
        with_template(|t| {
            t.header = Some(TemplateHeader::Media {
                kind: MediaKind::Sticker,
                source: MediaSource::Id("1".into()),
            });
        }),
        with_template(|t| t.header = Some(TemplateHeader::Text(variable(None, &"x".repeat(61))))),
        with_template(|t| {
            t.buttons = vec![TemplateButton {
                index: 10,
                kind: TemplateButtonKind::QuickReply { payload: "x".into() },
            }];
        }),
        with_template(|t| {
            let kind = TemplateButtonKind::QuickReply { payload: "x".into() };
            let button = TemplateButton { index: 1, kind };
            t.buttons = vec![button.clone(), button];
        }),
    ];
    for content in cases {
        let shown = format!("{content:?}");
        assert!(encode(&outgoing(sita(), content)).is_err(), "{shown}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z_]{1,8}",
        ".{0,12}",
        (15_usize..30).prop_map(long),
        Just(long(1100)),
        Just("https://example.org/x".to_owned()),
    ]
}

fn any_choice() -> impl Strategy<Value = Choice> {
    (any_text(), any_text(), prop::option::of(any_text()))
        .prop_map(|(id, title, description)| Choice { id, title, description })
}

fn any_kind() -> impl Strategy<Value = MediaKind> {
    prop_oneof![
        Just(MediaKind::Image),
        Just(MediaKind::Video),
        Just(MediaKind::Audio),
        Just(MediaKind::Document),
        Just(MediaKind::Sticker),
    ]
}

fn any_source() -> impl Strategy<Value = MediaSource> {
    prop_oneof![any_text().prop_map(MediaSource::Id), any_text().prop_map(MediaSource::Link)]
}

fn any_template() -> impl Strategy<Value = Template> {
    let variable = || {
        (prop::option::of("[a-z_]{0,3}"), any_text())
            .prop_map(|(name, text)| TemplateVariable { name, text })
    };
    let header = prop_oneof![
        variable().prop_map(TemplateHeader::Text),
        (any_kind(), any_source())
            .prop_map(|(kind, source)| TemplateHeader::Media { kind, source }),
    ];
    let kind = prop_oneof![
        any_text().prop_map(|payload| TemplateButtonKind::QuickReply { payload }),
        any_text().prop_map(|text| TemplateButtonKind::UrlSuffix { text }),
    ];
    let button = (0_u8..12, kind).prop_map(|(index, kind)| TemplateButton { index, kind });
    (
        "[a-z_]{1,8}",
        prop::option::of(header),
        prop::collection::vec(variable(), 0..3),
        prop::collection::vec(button, 0..3),
    )
        .prop_map(|(name, header, body, buttons)| Template {
            name,
            language: "hi".into(),
            header,
            body,
            buttons,
        })
}

fn any_content() -> impl Strategy<Value = Content> {
    let choices = |most| prop::collection::vec(any_choice(), 0..most);
    prop_oneof![
        any_text().prop_map(|body| Content::Text { body }),
        (any_text(), choices(5)).prop_map(|(body, choices)| Content::Buttons { body, choices }),
        (any_text(), any_text(), choices(13)).prop_map(|(body, open, choices)| Content::List {
            body,
            open,
            choices
        }),
        (any_kind(), any_source(), prop::option::of(any_text()), prop::option::of(any_text()))
            .prop_map(|(kind, source, caption, filename)| Content::Media {
                kind,
                source,
                caption,
                filename
            }),
        any_text().prop_map(|body| Content::LocationRequest { body }),
        any_text().prop_map(|body| Content::ContactRequest { body }),
        any_template().prop_map(Content::Template),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_is_encoded_keeps_the_published_limits(content in any_content()) {
        if let Ok(call) = encode(&outgoing(sita(), content)) {
            prop_assert_eq!(schema::check(&call), Ok(()));
        }
    }
}
