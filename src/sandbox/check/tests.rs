use serde_json::{Value, json};

use super::*;

const TO: &str = "+919812345678";

/// A whole request of this type around its payload.
fn request(kind: &str, payload: &Value) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO,
        "type": kind, kind: payload, "biz_opaque_callback_data": "o-1"})
}

fn text(body: &str) -> Value {
    request("text", &json!({"body": body, "preview_url": false}))
}

fn buttons(buttons: &Value) -> Value {
    request(
        "interactive",
        &json!({"type": "button", "body": {"text": "सहमत हैं?"}, "action": {"buttons": buttons}}),
    )
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

fn list(sections: &Value) -> Value {
    request(
        "interactive",
        &json!({"type": "list", "body": {"text": "विधानसभा?"},
            "action": {"button": "चुनिए", "sections": sections}}),
    )
}

fn rows(from: usize, count: usize) -> Value {
    (from..from + count)
        .map(|n| json!({"id": format!("r{n}"), "title": format!("क्षेत्र {n}")}))
        .collect()
}

fn template(components: &Value) -> Value {
    request(
        "template",
        &json!({"name": "sadasya_1", "language": {"code": "hi"}, "components": components}),
    )
}

fn with(mut value: Value, place: &str, new: Value) -> Value {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let target = value.pointer_mut(parent).unwrap();
    match target {
        Value::Object(map) => {
            map.insert(key.to_owned(), new);
        }
        other => *other.get_mut(key.parse::<usize>().unwrap()).unwrap() = new,
    }
    value
}

fn without(mut value: Value, place: &str) -> Value {
    let (parent, key) = place.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    value
}

fn x(count: usize) -> String {
    "क".repeat(count)
}

#[test]
fn every_kind_we_send_is_taken() {
    let interactive = |value: Value| request("interactive", &value);
    let good = [
        text("नमस्ते"),
        text(&x(4096)),
        with(text("नमस्ते"), "/context", json!({"message_id": "wamid.X"})),
        with(text("नमस्ते"), "/biz_opaque_callback_data", x(512).into()),
        with(without(text("नमस्ते"), "/to"), "/recipient", "IN.13491208655302741918".into()),
        with(text("नमस्ते"), "/recipient", "IN.ENT.11835".into()),
        buttons(&json!([button("a", &x(20)), button("b", "नहीं"), button("c", "बाद में")])),
        buttons(&json!([button(&x(256), "हाँ")])),
        list(&json!([{"rows": rows(0, 10)}])),
        list(&json!([{"title": "", "rows": rows(0, 1)}])),
        list(&json!([{"title": x(24), "rows": rows(0, 5)}, {"title": "ख", "rows": rows(5, 5)}])),
        list(&json!([{"rows": [{"id": x(200), "title": x(24), "description": x(72)}]}])),
        interactive(json!({"type": "cta_url", "body": {"text": "देखिए"}, "footer": {"text": x(60)},
            "header": {"type": "text", "text": x(60)},
            "action": {"name": "cta_url", "parameters":
                {"display_text": "खोलें", "url": "https://example.org/a"}}})),
        interactive(json!({"type": "flow", "body": {"text": "भरिए"}, "action": {"name": "flow",
            "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "भरें",
            "flow_token": "t", "mode": "draft", "flow_action": "navigate",
            "flow_action_payload": {"screen": "A", "data": {"x": 1}}}}})),
        interactive(json!({"type": "location_request_message", "body": {"text": "कहाँ?"},
            "action": {"name": "send_location"}})),
        interactive(json!({"type": "contact_request", "body": {"text": "नंबर?"},
            "action": {"name": "request_contact_info"}})),
        request("image", &json!({"id": "9", "caption": x(1024)})),
        request("image", &json!({"link": "https://example.org/a.png"})),
        request("document", &json!({"id": "9", "filename": "a.pdf", "caption": "पत्र"})),
        request("audio", &json!({"id": "9", "voice": true})),
        request("sticker", &json!({"id": "9"})),
        request("reaction", &json!({"message_id": "wamid.X", "emoji": "🙏"})),
        request("reaction", &json!({"message_id": "wamid.X", "emoji": ""})),
        request("location", &json!({"latitude": 26.8, "longitude": 80.9, "name": "लखनऊ"})),
        template(&json!([])),
        template(&json!([{"type": "body", "parameters": [{"type": "text", "text": "राम"}]},
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "9"}}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
                "parameters": [{"type": "payload", "payload": "STOP"}]},
            {"type": "button", "sub_type": "url", "index": 1,
                "parameters": [{"type": "text", "text": "abc"}]}])),
        template(&json!([{"type": "body", "parameters":
            [{"type": "text", "text": "राम", "parameter_name": "naam_1"}]}])),
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"}),
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X",
            "typing_indicator": {"type": "text"}}),
    ];
    for value in good {
        if let Err(error) = check(&value) {
            panic!("{value}\nrefused: {error:?}");
        }
    }
}

/// Every rule broken once: what is wrong, the request, the code it is refused with.
fn broken() -> Vec<(&'static str, Value, i64)> {
    let t = || text("नमस्ते");
    let b = || buttons(&json!([button("a", "हाँ"), button("b", "नहीं")]));
    let l = || list(&json!([{"rows": rows(0, 3)}]));
    let i = |value: Value| request("interactive", &value);
    let cta = || {
        i(json!({"type": "cta_url", "body": {"text": "देखिए"}, "action": {"name": "cta_url",
            "parameters": {"display_text": "खोलें", "url": "https://example.org/"}}}))
    };
    let flow = || {
        i(json!({"type": "flow", "body": {"text": "भरिए"}, "action": {"name": "flow",
            "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "भरें"}}}))
    };
    let body = |parameters: Value| template(&json!([{"type": "body", "parameters": parameters}]));
    let tb = |value: Value| template(&json!([value]));
    let read = || json!({"messaging_product": "whatsapp", "status": "read", "message_id": "w"});
    vec![
        ("not an object", json!([1]), 100),
        ("no product", without(t(), "/messaging_product"), 100),
        ("another product", with(t(), "/messaging_product", "sms".into()), 100),
        ("unknown key", with(t(), "/ttl", 5.into()), 100),
        ("group", with(t(), "/recipient_type", "group".into()), 131_009),
        ("no recipient", without(t(), "/to"), 100),
        ("no plus", with(t(), "/to", "919812345678".into()), 131_009),
        ("letters in the number", with(t(), "/to", "+91981234567x".into()), 131_009),
        ("Devanagari digits", with(t(), "/to", "+९१९८१२३४५६७८".into()), 131_009),
        ("too short a number", with(t(), "/to", "+91981".into()), 131_009),
        ("number not a string", with(t(), "/to", 919_812_345_678_u64.into()), 100),
        ("bad user id", with(t(), "/recipient", "in.12".into()), 131_009),
        ("user id with a dash", with(t(), "/recipient", "IN.1-2".into()), 131_009),
        ("no type", without(t(), "/type"), 131_008),
        ("unknown type", with(t(), "/type", "poll".into()), 131_051),
        ("payload of another type", with(t(), "/image", json!({"id": "9"})), 100),
        ("no payload", without(t(), "/text"), 131_008),
        ("empty context", with(t(), "/context", json!({})), 131_008),
        ("context with more", with(t(), "/context", json!({"message_id": "w", "from": "1"})), 100),
        ("long opaque", with(t(), "/biz_opaque_callback_data", x(513).into()), 100),
        ("opaque not a string", with(t(), "/biz_opaque_callback_data", 5.into()), 100),
        // text
        ("no body", without(t(), "/text/body"), 131_008),
        ("empty body", text(""), 100),
        ("blank body", text(" \n"), 100),
        ("long body", text(&x(4097)), 100),
        ("body not a string", with(t(), "/text/body", 5.into()), 100),
        ("preview not a flag", with(t(), "/text/preview_url", "no".into()), 100),
        ("unknown key in text", with(t(), "/text/format", "x".into()), 100),
        // buttons
        ("unknown interactive", with(b(), "/interactive/type", "poll".into()), 131_009),
        ("no interactive body", without(b(), "/interactive/body"), 131_008),
        ("blank interactive body", with(b(), "/interactive/body/text", " ".into()), 131_009),
        ("long interactive body", with(b(), "/interactive/body/text", x(1025).into()), 131_009),
        ("empty footer", with(b(), "/interactive/footer", json!({"text": ""})), 131_009),
        ("long footer", with(b(), "/interactive/footer", json!({"text": x(61)})), 131_009),
        (
            "long header",
            with(b(), "/interactive/header", json!({"type": "text", "text": x(61)})),
            131_009,
        ),
        (
            "header of two kinds",
            with(b(), "/interactive/header", json!({"type": "text", "text": "a", "image": {}})),
            100,
        ),
        (
            "header with a caption",
            with(
                b(),
                "/interactive/header",
                json!({"type": "image", "image": {"id": "9", "caption": "x"}}),
            ),
            100,
        ),
        ("no action", without(b(), "/interactive/action"), 131_008),
        ("no buttons", buttons(&json!([])), 131_009),
        (
            "four buttons",
            buttons(&json!([
                button("a", "1"),
                button("b", "2"),
                button("c", "3"),
                button("d", "4")
            ])),
            131_009,
        ),
        ("long button title", buttons(&json!([button("a", &x(21))])), 131_009),
        ("empty button title", buttons(&json!([button("a", "")])), 131_009),
        ("blank button title", buttons(&json!([button("a", " ")])), 131_009),
        ("two like titles", buttons(&json!([button("a", "हाँ"), button("b", "हाँ")])), 131_009),
        ("two like ids", buttons(&json!([button("a", "हाँ"), button("a", "नहीं")])), 131_009),
        ("long button id", buttons(&json!([button(&x(257), "हाँ")])), 131_009),
        ("empty button id", buttons(&json!([button("", "हाँ")])), 131_009),
        ("space before the id", buttons(&json!([button(" a", "हाँ")])), 131_009),
        ("space after the id", buttons(&json!([button("a ", "हाँ")])), 131_009),
        (
            "button of another type",
            with(b(), "/interactive/action/buttons/0/type", "url".into()),
            131_009,
        ),
        ("rows on buttons", with(b(), "/interactive/action/sections", json!([])), 100),
        // lists
        ("no list button", without(l(), "/interactive/action/button"), 131_008),
        ("long list button", with(l(), "/interactive/action/button", x(21).into()), 131_009),
        ("no sections", list(&json!([])), 131_009),
        (
            "eleven sections",
            list(&(0..11).map(|n| json!({"title": "क", "rows": rows(n, 1)})).collect()),
            131_009,
        ),
        ("no rows", list(&json!([{"rows": []}])), 131_009),
        ("eleven rows", list(&json!([{"rows": rows(0, 11)}])), 131_009),
        (
            "eleven rows in two sections",
            list(&json!([{"title": "क", "rows": rows(0, 6)}, {"title": "ख", "rows": rows(6, 5)}])),
            131_009,
        ),
        (
            "untitled sections",
            list(&json!([{"rows": rows(0, 1)}, {"title": "ख", "rows": rows(1, 1)}])),
            131_008,
        ),
        ("long section title", list(&json!([{"title": x(25), "rows": rows(0, 1)}])), 131_009),
        ("long row title", list(&json!([{"rows": [{"id": "a", "title": x(25)}]}])), 131_009),
        ("blank row title", list(&json!([{"rows": [{"id": "a", "title": "  "}]}])), 131_009),
        ("long row id", list(&json!([{"rows": [{"id": x(201), "title": "a"}]}])), 131_009),
        (
            "two like row ids",
            list(&json!([{"rows": [{"id": "a", "title": "1"}, {"id": "a", "title": "2"}]}])),
            131_009,
        ),
        (
            "long description",
            list(&json!([{"rows": [{"id": "a", "title": "a", "description": x(73)}]}])),
            131_009,
        ),
        (
            "empty description",
            list(&json!([{"rows": [{"id": "a", "title": "a", "description": ""}]}])),
            131_009,
        ),
        (
            "picture over a list",
            with(l(), "/interactive/header", json!({"type": "image", "image": {"id": "9"}})),
            131_009,
        ),
        // links, forms, requests
        (
            "long link label",
            with(cta(), "/interactive/action/parameters/display_text", x(21).into()),
            131_009,
        ),
        (
            "link without http",
            with(cta(), "/interactive/action/parameters/url", "example.org".into()),
            131_009,
        ),
        ("another link name", with(cta(), "/interactive/action/name", "url".into()), 131_009),
        (
            "long form label",
            with(flow(), "/interactive/action/parameters/flow_cta", x(31).into()),
            131_009,
        ),
        (
            "form by id and name",
            with(flow(), "/interactive/action/parameters/flow_name", "a".into()),
            131_009,
        ),
        ("form by neither", without(flow(), "/interactive/action/parameters/flow_id"), 131_009),
        (
            "form of another version",
            with(flow(), "/interactive/action/parameters/flow_message_version", "2".into()),
            131_009,
        ),
        (
            "form with empty data",
            with(
                flow(),
                "/interactive/action/parameters/flow_action_payload",
                json!({"screen": "A", "data": {}}),
            ),
            131_009,
        ),
        (
            "footer on a location request",
            i(json!({"type": "location_request_message", "body": {"text": "a"},
                "footer": {"text": "b"}, "action": {"name": "send_location"}})),
            100,
        ),
        (
            "contact request with another action",
            i(json!({"type": "contact_request", "body": {"text": "a"},
                "action": {"name": "send_location"}})),
            131_009,
        ),
        // media
        ("neither id nor link", request("image", &json!({})), 131_008),
        ("id and link", request("image", &json!({"id": "9", "link": "https://a.b/"})), 100),
        ("link to a file", request("image", &json!({"link": "file:///a"})), 131_009),
        ("long caption", request("image", &json!({"id": "9", "caption": x(1025)})), 131_009),
        ("caption on a voice", request("audio", &json!({"id": "9", "caption": "a"})), 100),
        ("file name on a picture", request("image", &json!({"id": "9", "filename": "a"})), 100),
        // small kinds
        ("reaction to nothing", request("reaction", &json!({"emoji": "🙏"})), 131_008),
        (
            "reaction in words",
            request("reaction", &json!({"message_id": "w", "emoji": "ok"})),
            131_009,
        ),
        (
            "location nowhere",
            request("location", &json!({"latitude": 91, "longitude": 0})),
            131_009,
        ),
        ("location halfway", request("location", &json!({"latitude": 9})), 131_008),
        ("no contacts", request("contacts", &json!([])), 131_009),
        ("contact without a name", request("contacts", &json!([{"name": {}}])), 131_008),
        // templates
        (
            "template name in capitals",
            with(tb(json!({})), "/template/name", "Sadasya".into()),
            131_009,
        ),
        ("no language", without(template(&json!([])), "/template/language"), 131_008),
        (
            "language by name",
            with(template(&json!([])), "/template/language/code", "Hindi".into()),
            131_009,
        ),
        (
            "another language policy",
            with(template(&json!([])), "/template/language/policy", "fallback".into()),
            131_009,
        ),
        ("namespace", with(template(&json!([])), "/template/namespace", "x".into()), 100),
        ("unknown component", tb(json!({"type": "footer"})), 131_009),
        ("no parameters", body(json!([])), 131_009),
        ("empty variable", body(json!([{"type": "text", "text": ""}])), 132_005),
        ("long variable", body(json!([{"type": "text", "text": x(1025)}])), 132_005),
        ("new line in a variable", body(json!([{"type": "text", "text": "a\nb"}])), 132_018),
        ("five spaces in a variable", body(json!([{"type": "text", "text": "a     b"}])), 132_018),
        (
            "named and numbered",
            body(json!([{"type": "text", "text": "a", "parameter_name": "n"},
                {"type": "text", "text": "b"}])),
            132_012,
        ),
        (
            "variable name in capitals",
            body(json!([{"type": "text", "text": "a", "parameter_name": "Naam"}])),
            132_012,
        ),
        (
            "two bodies",
            template(&json!([{"type": "body", "parameters": [{"type": "text", "text": "a"}]},
                {"type": "body", "parameters": [{"type": "text", "text": "a"}]}])),
            132_012,
        ),
        (
            "button at no place",
            tb(json!({"type": "button", "sub_type": "url",
                "parameters": [{"type": "text", "text": "a"}]})),
            131_008,
        ),
        (
            "eleventh button",
            tb(json!({"type": "button", "sub_type": "url", "index": "10",
                "parameters": [{"type": "text", "text": "a"}]})),
            131_009,
        ),
        (
            "text on a quick reply",
            tb(json!({"type": "button", "sub_type": "quick_reply", "index": "0",
                "parameters": [{"type": "text", "text": "a"}]})),
            131_009,
        ),
        (
            "place on a body",
            tb(
                json!({"type": "body", "index": "0", "parameters": [{"type": "text", "text": "a"}]}),
            ),
            100,
        ),
        // reading
        ("another status", with(read(), "/status", "delivered".into()), 131_009),
        ("reading nothing", without(read(), "/message_id"), 131_008),
        ("reading with more", with(read(), "/to", TO.into()), 100),
        ("typing a picture", with(read(), "/typing_indicator", json!({"type": "image"})), 131_009),
    ]
}

#[test]
fn every_rule_broken_once_is_refused_with_its_code() {
    for (what, value, code) in broken() {
        match check(&value) {
            Ok(_) => panic!("{what}: taken\n{value}"),
            Err(error) => assert_eq!(error.code, code, "{what}: {}", error.details),
        }
    }
}

#[test]
fn a_message_gives_what_the_person_can_tap() {
    let Ok(Request::Message(message)) = check(&list(&json!([{"rows": rows(0, 2)}]))) else {
        panic!("a message");
    };
    assert_eq!(message.recipient, Recipient::Phone("919812345678".to_owned()));
    assert_eq!(message.opaque.as_deref(), Some("o-1"));
    assert!(message.listed);
    let titles: Vec<&str> = message.offered.iter().map(|offered| offered.title.as_str()).collect();
    assert_eq!(titles, ["क्षेत्र 0", "क्षेत्र 1"]);
}

#[test]
fn a_number_wins_over_a_user_id() {
    let both = with(text("a"), "/recipient", "IN.5".into());
    let Ok(Request::Message(message)) = check(&both) else { panic!("a message") };
    assert_eq!(message.recipient, Recipient::Phone("919812345678".to_owned()));
}

#[test]
fn a_file_too_large_or_of_no_known_type_is_refused() {
    assert!(check_file("image/png", 5 * 1024 * 1024).is_ok());
    assert!(check_file("audio/ogg; codecs=opus", 10).is_ok());
    for (mime_type, bytes) in [
        ("image/png", 5 * 1024 * 1024 + 1),
        ("image/webp", 500 * 1024 + 1),
        ("image/png", 0),
        ("application/x-sh", 10),
    ] {
        assert_eq!(check_file(mime_type, bytes).unwrap_err().code, 131_053);
    }
}
