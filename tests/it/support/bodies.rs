//! Webhook bodies of every shape that Meta publishes or that was seen in practice, and what each
//! must leave behind.

use serde_json::{Map, Value, json};

/// The number of ours most bodies come to, and a second one.
pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const SECOND_NUMBER: &str = "106540352242999";
const ACCOUNT: &str = "215589313241560883";

/// One body, and what it must leave behind however often it comes.
pub(crate) struct Body {
    pub(crate) name: String,
    /// JSON in UTF-8.
    pub(crate) json: String,
    /// Persons nobody had heard of before.
    pub(crate) contacts: usize,
    /// Messages that a conversation answers.
    pub(crate) turns: usize,
    /// How many of those are answered: all, but not once the window of 24 hours has closed.
    pub(crate) answers: usize,
}

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq)]
enum Becomes {
    /// A conversation answers it.
    Turned,
    /// Kept with the person, not answered.
    Noted,
    /// Nobody said it (groups, notes of the provider).
    Nobodys,
}

/// How a body names who wrote; each is met in practice.
const SENDERS: [&str; 8] = [
    "number",
    "number and user id",
    "user id",
    "no contacts",
    "user id, no contacts",
    "number in the card alone",
    "user id in the card alone",
    "foreign number",
];

/// Gives numbers nobody had before, and the time.
struct Cast {
    last: u64,
    /// Seconds, as Meta writes them.
    now: String,
}

impl Cast {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// Every body; its messages were sent at `now`, unless their time is what is odd about them.
pub(crate) fn bodies(now: jiff::Timestamp) -> Vec<Body> {
    let mut cast = Cast { last: 0, now: now.as_second().to_string() };
    let mut bodies = Vec::new();
    for (at, (name, said, becomes)) in said().into_iter().enumerate() {
        // Every type of message by half of the senders, so that each pair of neighbours is met.
        for step in 0..SENDERS.len() / 2 {
            let sender = SENDERS[(at + 2 * step) % SENDERS.len()];
            bodies.push(by(&mut cast, sender, name, &said, becomes));
        }
    }
    for (place, (timestamp, is_old)) in timestamps().into_iter().enumerate() {
        let said = json!({"type": "text", "text": {"body": "समय"}, "timestamp": timestamp});
        let sender = SENDERS[place % SENDERS.len()];
        let body = by(&mut cast, sender, "timestamp", &said, Becomes::Turned);
        bodies.push(Body { answers: usize::from(!is_old), ..body });
    }
    statuses(&mut cast, &mut bodies);
    account_fields(&mut cast, &mut bodies);
    preferences(&mut cast, &mut bodies);
    envelopes(&mut cast, &mut bodies);
    bodies
}

fn phone_of(number: u64) -> String {
    format!("91{}", 9_100_000_000 + number)
}

fn user_of(number: u64) -> String {
    format!("IN.13491208655302{number:06}")
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// One message in an envelope of its own, written by somebody new.
fn by(cast: &mut Cast, sender: &str, name: &str, said: &Value, becomes: Becomes) -> Body {
    let number = cast.next();
    let (phone, user) = (phone_of(number), user_of(number));
    let parent = format!("IN.ENT.118{number:06}");
    let (from, card) = match sender {
        "number" => (
            json!({"from": phone}),
            json!([{"profile": {"name": "सुनीता 🌻"}, "wa_id": phone, "country_code": "IN"}]),
        ),
        "number and user id" => (
            json!({"from": phone, "from_user_id": user, "from_parent_user_id": parent,
                "from_logical_id": "268435456"}),
            json!([{"profile": {"name": "राम", "username": "@ram"}, "wa_id": phone,
                "user_id": user, "parent_user_id": parent, "identity_key_hash": "DF2lS5v2W6x="}]),
        ),
        "user id" => (
            json!({"from_user_id": user}),
            json!([{"profile": {"name": "", "username": "@sita"}, "user_id": user}]),
        ),
        "no contacts" => (json!({"from": phone}), Value::Null),
        "user id, no contacts" => (json!({"from_user_id": user, "from": ""}), Value::Null),
        "number in the card alone" => {
            (json!({}), json!([{"profile": {}, "wa_id": phone.parse::<u64>().unwrap()}]))
        }
        "user id in the card alone" => (json!({"from": null}), json!([{"user_id": user}])),
        _ => (
            json!({"from": format!("4477{number:08}")}),
            json!([{"profile": {"name": "Zoë"}, "wa_id": format!("4477{number:08}")}]),
        ),
    };
    let mut message = object(&from);
    message.insert("id".to_owned(), format!("wamid.body.{number}").into());
    message.insert("timestamp".to_owned(), cast.now.clone().into());
    message.extend(object(said));
    let mut value = object(&json!({"messages": [message]}));
    if !card.is_null() {
        value.insert("contacts".to_owned(), card);
    }
    Body {
        name: format!("{name}, {sender}"),
        json: of_value(value),
        contacts: usize::from(becomes != Becomes::Nobodys),
        turns: usize::from(becomes == Becomes::Turned),
        answers: usize::from(becomes == Becomes::Turned),
    }
}

/// A `value` of our first number in an envelope.
fn of_value(members: Map<String, Value>) -> String {
    let mut value = object(&json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+91 522 000 1234", "phone_number_id": NUMBER}}));
    value.extend(members);
    envelope(&json!([{"id": ACCOUNT, "changes": [{"field": "messages", "value": value}]}]))
}

fn envelope(entries: &Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": entries}).to_string()
}

/// Everything a person can send.
#[rustfmt::skip]
fn said() -> Vec<(&'static str, Value, Becomes)> {
    use Becomes::{Nobodys, Noted, Turned};
    let medium = json!({"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="});
    let error = json!([{"code": 131_051, "title": "Message type unknown", "message": "Message type unknown", "error_data": {"details": "यह प्रकार नहीं"}}]);
    let old_error = json!([{"code": 501, "title": "Unknown message type", "details": "Message type is not currently supported"}]);
    let referral = json!({"source_url": "https://fb.me/x", "source_id": "120", "source_type": "ad", "headline": "जुड़िए", "body": "…", "media_type": "image", "image_url": "https://x", "ctwa_clid": "ARAk"});
    vec![
        ("text", json!({"type": "text", "text": {"body": "नमस्ते 🙏🏽 \"जी\" \\ / <b> %40\n\tक्षेत्र"}}), Turned),
        ("text of 4096 letters", json!({"type": "text", "text": {"body": "क्ष".repeat(1365)}}), Turned),
        ("text of nothing", json!({"type": "text", "text": {"body": ""}}), Turned),
        ("text of spaces", json!({"type": "text", "text": {"body": " \u{200d}\u{feff}\u{a0}\n"}}), Turned),
        ("text with a zero byte", json!({"type": "text", "text": {"body": "अ\u{0}ब\u{202e}ग"}}), Turned),
        ("text without an object", json!({"type": "text", "text": "सीधा"}), Turned),
        ("text without a body", json!({"type": "text", "text": {}}), Turned),
        ("text of null", json!({"type": "text", "text": null}), Turned),
        ("text that is a number", json!({"type": "text", "text": {"body": 1985}}), Turned),
        ("text without a type", json!({"text": {"body": "बिना"}}), Turned),
        ("text that quotes", json!({"type": "text", "text": {"body": "हाँ"}, "context": {"from": "915220001234", "id": "wamid.ours"}}), Turned),
        ("text that was forwarded", json!({"type": "text", "text": {"body": "देखिए"}, "context": {"forwarded": true}}), Turned),
        ("text that was forwarded often", json!({"type": "text", "text": {"body": "देखिए"}, "context": {"frequently_forwarded": true}}), Turned),
        ("text about a product", json!({"type": "text", "text": {"body": "?"}, "context": {"from": "1", "id": "x", "referred_product": {"catalog_id": "1", "product_retailer_id": "2"}}}), Turned),
        ("text from an advertisement", json!({"type": "text", "text": {"body": "जुड़ना है"}, "referral": referral}), Turned),
        ("text with errors beside it", json!({"type": "text", "text": {"body": "क"}, "errors": old_error}), Turned),
        ("text with a context of null", json!({"type": "text", "text": {"body": "ख"}, "context": null, "referral": null}), Turned),
        ("button", json!({"type": "button", "button": {"payload": "STOP-NEWS", "text": "खबर बंद"}, "context": {"from": "915220001234", "id": "wamid.t"}}), Turned),
        ("button without context or payload", json!({"type": "button", "button": {"text": "ठीक"}}), Turned),
        ("button of nothing", json!({"type": "button", "button": {}}), Turned),
        ("button whose payload is a number", json!({"type": "button", "button": {"payload": 7, "text": "सात"}}), Turned),
        ("button reply", json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "हाँ"}}, "context": {"from": NUMBER, "id": "wamid.b"}}), Turned),
        ("list reply", json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "ac-171", "title": "लखनऊ पश्चिम"}}}), Turned),
        ("list reply with a description", json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "ac-172", "title": "लखनऊ उत्तर", "description": "लखनऊ"}}}), Turned),
        ("list reply whose id is a number", json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": 172, "title": "उत्तर"}}}), Turned),
        ("form", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{\"flow_token\": \"t\", \"naam\": \"सुनीता\"}"}}}), Turned),
        ("form without a token", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "address_message", "response_json": "{}"}}}), Turned),
        ("form that is a list", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "[1, null]"}}}), Turned),
        ("form that is no json", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{नहीं"}}}), Turned),
        ("form parsed already", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": {"a": [1.5, "ब"]}}}}), Turned),
        ("form of nothing", json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {}}}), Turned),
        ("interactive of nothing", json!({"type": "interactive", "errors": error}), Turned),
        ("interactive of null", json!({"type": "interactive", "interactive": null}), Turned),
        ("interactive of next year", json!({"type": "interactive", "interactive": {"type": "hologram_reply", "hologram_reply": {}}}), Turned),
        ("image", json!({"type": "image", "image": medium}), Turned),
        ("image with a caption and an address", json!({"type": "image", "image": {"id": "1", "mime_type": "image/png", "caption": "हमारी गली", "url": "https://lookaside.example/x"}}), Turned),
        ("image without an id", json!({"type": "image", "image": {"caption": "कहाँ"}}), Turned),
        ("video", json!({"type": "video", "video": {"id": 12, "mime_type": "video/mp4"}}), Turned),
        ("voice note", json!({"type": "audio", "audio": {"id": "2", "mime_type": "audio/ogg; codecs=opus", "voice": true}}), Turned),
        ("voice note of old", json!({"type": "voice", "voice": {"id": "2", "mime_type": "audio/ogg"}}), Turned),
        ("document", json!({"type": "document", "document": {"id": "3", "mime_type": "application/pdf", "filename": "आवेदन.pdf", "caption": ""}}), Turned),
        ("sticker", json!({"type": "sticker", "sticker": {"id": "4", "mime_type": "image/webp", "animated": false}}), Turned),
        ("location", json!({"type": "location", "location": {"latitude": 26.8467, "longitude": 80.9462, "name": "हज़रतगंज", "address": "लखनऊ", "url": "https://x"}}), Turned),
        ("location without a name", json!({"type": "location", "location": {"latitude": 26, "longitude": 80.9}}), Turned),
        ("location in texts and nulls", json!({"type": "location", "location": {"latitude": "26.8", "longitude": "80.9", "name": null, "address": null}}), Turned),
        ("location off the globe", json!({"type": "location", "location": {"latitude": 260.0, "longitude": 1e300}}), Turned),
        ("contact card", json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "रमेश", "first_name": "रमेश"}, "phones": [{"phone": "+91 98123 45678", "wa_id": "919812345678", "type": "CELL"}], "origin": "other", "vcard": "BEGIN:VCARD"}]}), Turned),
        ("own number on request", json!({"type": "contacts", "contacts": [{"origin": "contact_request", "phones": [{"phone": "+919812345678", "wa_id": "919812345678"}]}]}), Turned),
        ("no contact cards", json!({"type": "contacts", "contacts": []}), Turned),
        ("odd contact cards", json!({"type": "contacts", "contacts": [null, 7, {"phones": null}, {"phones": [{}, {"phone": 9_812_345_678_u64}]}]}), Turned),
        ("contact cards of null", json!({"type": "contacts", "contacts": null}), Turned),
        ("reaction", json!({"type": "reaction", "reaction": {"message_id": "wamid.r", "emoji": "👍🏽"}}), Noted),
        ("reaction taken away", json!({"type": "reaction", "reaction": {"message_id": "wamid.r", "emoji": ""}}), Noted),
        ("reaction taken away without a word", json!({"type": "reaction", "reaction": {"message_id": "wamid.r"}}), Noted),
        ("reaction of null", json!({"type": "reaction", "reaction": {"message_id": "wamid.r", "emoji": null}}), Noted),
        ("order", json!({"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [{"product_retailer_id": "a", "quantity": 1, "item_price": 1.5, "currency": "INR"}]}}), Turned),
        ("unsupported", json!({"type": "unsupported", "errors": error}), Turned),
        ("unsupported with its name", json!({"type": "unsupported", "errors": error, "unsupported": {"type": "poll"}}), Turned),
        ("unknown, as of old", json!({"type": "unknown", "errors": old_error}), Turned),
        ("first chat", json!({"type": "request_welcome"}), Turned),
        ("edit", json!({"type": "edit", "edit": {"original_message_id": "wamid.e", "message": {"type": "text", "text": {"body": "सुधार"}}}}), Noted),
        ("revoke", json!({"type": "revoke", "revoke": {"original_message_id": "wamid.e"}}), Noted),
        ("ephemeral", json!({"type": "ephemeral"}), Turned),
        ("type of next year", json!({"type": "hologram", "hologram": {"id": [[[["गहरा"]]]]}}), Turned),
        ("type of null", json!({"type": null}), Turned),
        ("type that is a number", json!({"type": 5, "text": {"body": "पाँच"}}), Turned),
        ("fields nobody knows", json!({"type": "text", "text": {"body": "क", "entities": [{"type": "mention"}]}, "from_logical_id": 1, "नया": {"क": [null, true, -0.0, 1e-7, 18_446_744_073_709_551_615_u64]}}), Turned),
        ("group", json!({"type": "text", "text": {"body": "सबको"}, "group_id": "Y2FwaV9ncm91cDo"}), Nobodys),
        ("note of the provider", json!({"type": "system", "system": {"type": "customer_identity_changed", "body": "बदला", "identity": {"acknowledged": true, "created_timestamp": 1, "hash": "x"}}}), Nobodys),
        ("note of the provider without content", json!({"type": "system"}), Nobodys),
    ]
}

/// Times as they are written, and whether they say that the message is older than a day.
fn timestamps() -> Vec<(Value, bool)> {
    let old = [
        json!("1763700000"),
        json!(1_763_700_000),
        json!(1_763_700_000_123_u64),
        json!("1763700000123"),
        json!(1_763_700_000.5),
    ];
    let none = [
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(1e300),
        json!("99999999999"),
        json!("कल"),
        json!(""),
        json!(null),
        json!([]),
        json!({"seconds": 1}),
        json!(true),
    ];
    old.into_iter()
        .map(|time| (time, true))
        .chain(none.into_iter().map(|time| (time, false)))
        .collect()
}

fn statuses(cast: &mut Cast, bodies: &mut Vec<Body>) {
    let details = [
        json!({}),
        json!({"conversation": {"id": "c", "expiration_timestamp": "1763700000", "origin": {"type": "service"}},
            "pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "marketing"}}),
        json!({"recipient_user_id": "IN.1349", "recipient_parent_user_id": "IN.ENT.11", "recipient_id": null}),
        json!({"biz_opaque_callback_data": "somebody else's", "recipient_identity_key_hash": "x"}),
        json!({"biz_opaque_callback_data": "", "timestamp": 1_763_700_000}),
        json!({"biz_opaque_callback_data": 12, "timestamp": null, "id": 77}),
        json!({"recipient_type": "group", "recipient_participant_id": "1"}),
        json!({"errors": [{"code": 131_026, "title": "Message undeliverable", "message": "x",
            "error_data": {"details": "पहुँचा नहीं"}, "href": "https://x"}]}),
        json!({"errors": [{"code": "131047", "title": "Re-engagement message", "details": "old"}, {"code": 1}]}),
        json!({"errors": []}),
        json!({"errors": null}),
        json!({"errors": [null, 5, {"code": "x"}]}),
        json!({"id": null}),
        json!({"id": ""}),
    ];
    let words = ["sent", "delivered", "read", "played", "failed", "deleted", "warning", "आगे"];
    for (place, detail) in details.iter().enumerate() {
        for step in 0..4 {
            let word = words[(place + 2 * step + step / 4) % words.len()];
            let number = cast.next();
            let mut status =
                object(&json!({"id": format!("wamid.theirs.{number}"), "status": word,
                "timestamp": "1763700000", "recipient_id": phone_of(number)}));
            status.extend(object(detail));
            let mut value = object(&json!({"statuses": [status]}));
            if word != "failed" {
                let card = json!([{"profile": {"name": "क"}, "wa_id": phone_of(number)}]);
                value.insert("contacts".to_owned(), card);
            }
            let name = format!("status {word} with {detail}");
            bodies.push(Body { name, json: of_value(value), contacts: 0, turns: 0, answers: 0 });
        }
    }
    let stopped = json!({"code": 131_050, "title": "User has stopped marketing messages"});
    for named in ["recipient_id", "recipient_user_id"] {
        let number = cast.next();
        let who = if named == "recipient_id" { phone_of(number) } else { user_of(number) };
        let status = json!({"id": format!("wamid.theirs.{number}"), "status": "failed",
            "timestamp": "1763700000", named: who, "errors": [stopped]});
        let value = object(&json!({"statuses": [status]}));
        // Whoever told the provider to stop is known from then on, by that word alone.
        let name = format!("status of a stop, {named}");
        bodies.push(Body { name, json: of_value(value), contacts: 1, turns: 0, answers: 0 });
    }
    let odd = [json!(null), json!(7), json!("x"), json!([]), json!({}), json!({"status": "sent"})];
    for status in odd {
        let name = format!("status {status}");
        let value = object(&json!({"statuses": [status]}));
        bodies.push(Body { name, json: of_value(value), contacts: 0, turns: 0, answers: 0 });
    }
}

/// Changes of our account, templates and numbers; none of them has a person.
#[rustfmt::skip]
fn account_fields(cast: &mut Cast, bodies: &mut Vec<Body>) {
    let mut values: Vec<(&str, Value)> = Vec::new();
    for event in ["APPROVED", "REJECTED", "PAUSED", "DISABLED", "FLAGGED", "PENDING_DELETION", "DELETED", "IN_APPEAL", "REINSTATED", "LOCKED", "LIMIT_EXCEEDED", "ARCHIVED", "UNARCHIVED", "NEXT_YEAR"] {
        values.push(("message_template_status_update", json!({"event": event, "message_template_id": 12_345_678, "message_template_name": "samvad_baithak", "message_template_language": "hi", "reason": null, "message_template_category": "MARKETING", "rejection_info": {"reason": "कारण", "recommendation": "…"}, "disable_info": {"disable_date": 1}, "other_info": {"title": "x"}})));
    }
    for score in ["GREEN", "YELLOW", "RED", "UNKNOWN"] {
        values.push(("message_template_quality_update", json!({"previous_quality_score": "GREEN", "new_quality_score": score, "message_template_id": "7", "message_template_name": "n", "message_template_language": "hi"})));
    }
    for tier in [json!(250), json!("TIER_2K"), json!(-1), json!(null), json!("-1")] {
        values.push(("business_capability_update", json!({"max_daily_conversations_per_business": tier, "max_phone_numbers_per_waba": 25})));
        values.push(("phone_number_quality_update", json!({"display_phone_number": "915220001234", "event": "THROUGHPUT_UPGRADE", "current_limit": tier})));
    }
    for update in [
        json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_763_700_000}]}),
        json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}),
        json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE", "waba_ban_date": "January 5, 2026"}}),
        json!({"event": "ACCOUNT_DELETED"}),
        json!({"event": "VOLUME_BASED_PRICING_TIER_UPDATE", "volume_tier_info": {"region": "India"}}),
        json!({}),
    ] {
        values.push(("account_update", update));
    }
    values.extend([
        ("template_category_update", json!({"previous_category": "UTILITY", "new_category": "MARKETING", "correct_category": null, "category_update_timestamp": 1})),
        ("message_template_components_update", json!({"message_template_element": "नमस्ते {{1}}", "message_template_buttons": []})),
        ("account_review_update", json!({"decision": "APPROVED"})),
        ("account_alerts", json!({"entity_type": "WABA", "entity_id": 1, "alert_severity": "CRITICAL"})),
        ("security", json!({"event": "PIN_CHANGED", "requester": "1"})),
        ("phone_number_name_update", json!({"display_phone_number": "1", "decision": "REJECTED", "requested_verified_name": "संवाद", "rejection_reason": null})),
        ("business_username_update", json!({"username": "samvad"})),
        ("smb_message_echoes", json!({"message_echoes": [{"from": "1", "to": "919812345678", "type": "text", "text": {"body": "गूँज"}}]})),
        ("smb_app_state_sync", json!({"state_sync": [{"contact": {"phone_number": "919812345678"}}]})),
        ("history", json!({"history": [{"threads": [{"id": "919812345678", "messages": []}]}]})),
        ("calls", json!({"calls": [{"id": "wacid.x", "from": "919812345678", "event": "connect"}]})),
        ("flows", json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "1", "message": "x"})),
        ("field_of_next_year", json!({"कुछ": "नया"})),
    ]);
    for (field, value) in values {
        let number = cast.next();
        let name = format!("{field} {value}");
        let time = if number.is_multiple_of(2) { json!(1_763_700_000) } else { json!("1763700000123") };
        let json = envelope(&json!([{"id": ACCOUNT, "time": time, "changes": [{"field": field, "value": value}]}]));
        bodies.push(Body { name, json, contacts: 0, turns: 0, answers: 0 });
    }
}

fn preferences(cast: &mut Cast, bodies: &mut Vec<Body>) {
    for word in [json!("stop"), json!("resume"), json!("signup"), json!("नया"), json!(null)] {
        for named in ["wa_id", "user_id", "card"] {
            let number = cast.next();
            let (phone, user) = (phone_of(number), user_of(number));
            let mut preference = object(&json!({"detail": "User requested to stop",
                "category": "marketing_messages", "value": word, "timestamp": 1_763_700_000}));
            match named {
                "wa_id" => drop(preference.insert("wa_id".to_owned(), json!(phone))),
                "user_id" => drop(preference.insert("user_id".to_owned(), json!(user))),
                _ => {}
            }
            let value = json!({"messaging_product": "whatsapp",
                "metadata": {"phone_number_id": NUMBER},
                "contacts": [{"profile": {"name": "क"}, "wa_id": phone, "user_id": user}],
                "user_preferences": [preference]});
            let json = envelope(&json!([{"id": ACCOUNT, "time": 1_763_700_000,
                "changes": [{"field": "user_preferences", "value": value}]}]));
            let is_heard = word == "stop" || word == "resume";
            let name = format!("preference {word} by {named}");
            bodies.push(Body { name, json, contacts: usize::from(is_heard), turns: 0, answers: 0 });
        }
    }
}

/// Envelopes that are odd as a whole.
#[rustfmt::skip]
fn envelopes(cast: &mut Cast, bodies: &mut Vec<Body>) {
    let mut add = |name: &str, entries: Value, contacts: usize, turns: usize| {
        bodies.push(Body { name: name.to_owned(), json: envelope(&entries), contacts, turns, answers: turns });
    };
    let now = cast.now.clone();
    let mut text = |words: &str| {
        let number = cast.next();
        json!({"from": phone_of(number), "id": format!("wamid.body.{number}"), "timestamp": now, "type": "text", "text": {"body": words}})
    };
    let value = |number: &str, messages: Value| json!({"messaging_product": "whatsapp", "metadata": {"display_phone_number": "1", "phone_number_id": number}, "messages": messages});
    let change = |value: Value| json!({"field": "messages", "value": value});
    let status = json!({"id": "wamid.mixed", "status": "sent", "timestamp": "1763700000", "recipient_id": "919800000000"});

    add("no entries", json!([]), 0, 0);
    add("entries that are none", json!([null, 5, "x", [], {}, {"id": 7}, {"id": null, "changes": null}, {"changes": {}}]), 0, 0);
    add("changes that are none", json!([{"id": ACCOUNT, "changes": [null, 5, {}, {"field": "messages"}, {"field": "messages", "value": null}, {"field": "messages", "value": []}, {"field": null, "value": {}}]}]), 0, 0);
    add("empty lists", json!([{"id": ACCOUNT, "changes": [change(json!({"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, "contacts": [], "messages": [], "statuses": [], "errors": []}))]}]), 0, 0);
    add("lists of null", json!([{"id": ACCOUNT, "changes": [change(json!({"metadata": null, "contacts": null, "messages": null, "statuses": null, "errors": null}))]}]), 0, 0);
    add("lists that are none", json!([{"id": ACCOUNT, "changes": [change(json!({"metadata": "x", "contacts": {}, "messages": {}, "statuses": 5, "errors": "x"}))]}]), 0, 0);
    add("messages that are none", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([null, 5, "x", [], {}])))]}]), 0, 0);
    add("errors alone", json!([{"id": ACCOUNT, "changes": [change(json!({"metadata": {"phone_number_id": NUMBER}, "errors": [{"code": 131_000, "title": "Something went wrong"}, null]}))]}]), 0, 0);
    add("two entries", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([text("एक")])))]}, {"id": "2", "changes": [change(value(NUMBER, json!([text("दो")])))]}]), 2, 2);
    add("two changes", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([text("एक")]))), change(value(NUMBER, json!([text("दो")])))]}]), 2, 2);
    add("two numbers of ours", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([text("एक")]))), change(value(SECOND_NUMBER, json!([text("दो")])))]}]), 2, 2);
    add("a number that is a number", json!([{"id": 215_589_313, "changes": [change(json!({"metadata": {"phone_number_id": NUMBER.parse::<u64>().unwrap()}, "messages": [text("अंक")]}))]}]), 1, 1);
    add("five messages", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([text("एक"), text("दो"), text("तीन"), text("चार"), text("पाँच")])))]}]), 5, 5);
    add("messages among odd ones", json!([{"id": ACCOUNT, "changes": [null, change(value(NUMBER, json!([null, text("बीच"), {}])))]}, 7]), 1, 1);
    add("a message, a status and an error", json!([{"id": ACCOUNT, "changes": [change(json!({"metadata": {"phone_number_id": NUMBER}, "contacts": [], "messages": [text("मिला")], "statuses": [status], "errors": [{"code": 1}]}))]}]), 1, 1);
    add("a change without a field", json!([{"id": ACCOUNT, "changes": [{"value": value(NUMBER, json!([text("बिना")]))}]}]), 1, 1);
    let (first, second) = (text("एक"), text("दो"));
    let person = first["from"].clone();
    let mut again = object(&second);
    again.insert("from".to_owned(), person.clone());
    add("two messages of one person", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([first, again])))]}]), 1, 2);
    let twice = text("एक ही");
    add("one message twice", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([twice, twice])))]}]), 1, 1);
    for id in [json!(null), json!(""), json!(10_203_040)] {
        let mut message = object(&text("पहचान"));
        message.insert("id".to_owned(), id.clone());
        add(&format!("the id {id}"), json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([message])))]}]), 1, 1);
    }
    let mut nobody = object(&text("कौन"));
    nobody.remove("from");
    add("nobody", json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([nobody])))]}]), 0, 0);
    for from in [json!(""), json!(null), json!("नहीं"), json!("-1"), json!("919812345678919812345678"), json!([]), json!(1.5)] {
        let mut message = object(&text("कौन"));
        message.insert("from".to_owned(), from.clone());
        add(&format!("from {from}"), json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([message])))]}]), 0, 0);
    }
    for (kind, new) in [("user_changed_number", json!({"wa_id": "919811110001"})), ("user_changed_user_id", json!({"user_id": "IN.998877"})), ("customer_changed_number", json!({"new_wa_id": "919811110002", "customer": "918811110002"}))] {
        let mut message = object(&text(""));
        let mut system = object(&json!({"type": kind, "body": "User क changed from A to B"}));
        system.extend(object(&new));
        message.extend(object(&json!({"type": "system", "system": system})));
        add(kind, json!([{"id": ACCOUNT, "changes": [change(value(NUMBER, json!([message])))]}]), 1, 0);
    }
}
