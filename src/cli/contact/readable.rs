//! What a person reads of themselves, in Hindi: a heading a table, a line a value. Everything stands in
//! `person.json` too, as it is kept.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::broadcast::Reason;
use crate::contact::Language;
use crate::people::post;
use crate::places::{Place, Tree};

/// The tables in the order of their reading, with their titles.
const TABLES: [(&str, &str); 19] = [
    ("contact", "संपर्क"),
    ("addresses", "नंबर और पते"),
    ("members", "सदस्यता"),
    ("member_history", "सदस्यता में पहले दर्ज जानकारी"),
    ("member_states", "सदस्यता की स्थिति कब-कब बदली"),
    ("posts", "पद"),
    ("tags", "कार्यालय के लगाए चिह्न"),
    ("consents", "आपकी सहमतियाँ और मनाहियाँ"),
    ("asked", "किस बात के लिए आपसे पूछा गया"),
    ("requests", "आपके अनुरोध और शिकायतें"),
    ("handovers", "कार्यालय से बातचीत"),
    ("messages", "बातचीत"),
    ("broadcasts", "सामूहिक संदेश, जिनमें आप थे"),
    ("rosters", "रायशुमारी, जिसमें आपसे पूछा गया"),
    ("media", "आपके भेजे फ़ोटो, आवाज़ और काग़ज़"),
    ("session", "अधूरी बातचीत"),
    ("timers", "बातचीत के तय समय"),
    ("roads", "किस रास्ते से बात हुई"),
    ("audit", "कार्यालय में किसने यह जानकारी देखी या बदली"),
];

/// The document of a person as they read it.
pub(super) fn readable(document: &Value, tree: &Tree<'_>) -> String {
    let mut out = String::from(
        "आपके बारे में हमारे पास दर्ज सारी जानकारी\n(डिजिटल व्यक्तिगत डेटा संरक्षण अधिनियम, 2023, धारा 11)\n",
    );
    for (table, title) in TABLES {
        let Some(rows) = document.get(table).and_then(Value::as_array) else { continue };
        // Writing into a string cannot fail.
        let _ = writeln!(out, "\n== {title} ==");
        if rows.is_empty() {
            out.push_str("कुछ दर्ज नहीं।\n");
        }
        for row in rows.iter().filter_map(Value::as_object) {
            for (column, value) in row {
                let _ = writeln!(
                    out,
                    "{}: {}",
                    label(table, column),
                    shown(table, column, value, row, tree)
                );
            }
            out.push('\n');
        }
    }
    out
}

/// What a column is called; one of a newer version keeps its own name.
fn label<'c>(table: &str, column: &'c str) -> &'c str {
    match (table, column) {
        ("members" | "member_states", "number") => return "सदस्य संख्या",
        ("members" | "member_states", "state") => return "सदस्यता की स्थिति",
        ("roads", "last_inbound") => return "इस रास्ते से आपका पिछला संदेश",
        ("media", "refused") => return "क्यों नहीं रखा गया",
        ("audit", "what") => return "क्या किया",
        ("broadcasts", "state") => return "क्या हुआ",
        _ => {}
    }
    match column {
        "id" => "क्रमांक",
        "created" => "कब से दर्ज",
        "language" => "भाषा",
        "language_chosen" => "भाषा आपने चुनी",
        "handed_over" => "कार्यालय के व्यक्ति से बात चल रही है",
        "last_inbound" => "आपका पिछला संदेश",
        "rang" => "आपकी पिछली मिस्ड कॉल",
        "blocked" => "कार्यालय ने कब से रोका",
        "no_promotion" => "ऑपरेटर से प्रचार बंद, कब से",
        "no_dlt_consent" => "ऑपरेटर के पास सहमति नहीं, कब से",
        "referred_by" => "किसके कोड से जुड़े (संपर्क क्रमांक)",
        "kind" => "किस्म",
        "address" => "नंबर या पता",
        "since" => "कब से",
        "until" => "कब तक",
        "at" => "कब",
        "ended" | "done" => "कब पूरा",
        "due" => "कब होना है",
        "number" => "संख्या",
        "person" => "फ़ोन पर कौन",
        "name" => "नाम",
        "father" => "पिता या पति का नाम",
        "state" => "स्थिति",
        "state_at" => "स्थिति कब से",
        "district" => "ज़िला",
        "assembly" => "विधानसभा क्षेत्र",
        "booth" => "बूथ",
        "sector" => "सेक्टर",
        "gender" => "लिंग",
        "birth_year" => "जन्म का वर्ष",
        "ends" => "सदस्यता कब तक",
        "actor" => "किसने",
        "why" => "क्यों",
        "post" => "पद",
        "place" => "जगह",
        "ended_by" => "पद किसने समाप्त किया",
        "purpose" => "किसलिए",
        "given" => "सहमति",
        "how" => "कैसे",
        "channel" => "रास्ता",
        "only_channel" => "केवल इस रास्ते के लिए",
        "notice" => "सूचना का संस्करण",
        "wording" => "सूचना के शब्दों का चिह्न",
        "message" => "आपका संदेश (क्रमांक)",
        "proof" => "प्रमाण",
        "ticket" => "टिकट",
        "details" => "ब्योरा",
        "reason" => "कारण",
        "direction" => "किसने लिखा",
        "account" => "हमारा नंबर या खाता",
        "lane" => "किस तरह का संदेश",
        "status" => "संदेश का क्या हुआ",
        "content" => "संदेश",
        "mime_type" => "फ़ाइल की किस्म",
        "size" => "आकार (बाइट)",
        "refused" => "क्यों नहीं भेजा गया",
        "session" => "बातचीत",
        "broadcast" => "सामूहिक संदेश",
        "replied" => "आपने कब उत्तर दिया",
        "second_way" => "दूसरे रास्ते से भी भेजा",
        "tag" => "चिह्न",
        "poll" => "रायशुमारी",
        "seat" => "सीट",
        "answered" => "आपने कब जवाब दिया (क्या दिया, यह किसी को पता नहीं)",
        "answers" => "कितनी बार जवाब दिया",
        other => other,
    }
}

fn shown(
    table: &str,
    column: &str,
    value: &Value,
    row: &Map<String, Value>,
    tree: &Tree<'_>,
) -> String {
    match value {
        Value::Bool(true) => "हाँ".to_owned(),
        Value::Bool(false) => "नहीं".to_owned(),
        Value::Number(number) => {
            let number = number.as_i64();
            number
                .and_then(|number| counted(table, column, number, tree))
                .unwrap_or_else(|| value.to_string())
        }
        Value::String(text) => word(column, text, row, tree),
        Value::Object(_) if column == "session" => {
            "एक बातचीत बीच में है; उसका पूरा ब्योरा person.json में है।".to_owned()
        }
        // A message, or what somebody asked for: its words are what a person looks for.
        Value::Object(object) => {
            let inner = object.get("content").unwrap_or(value);
            let words = ["text", "body", "title", "caption"]
                .iter()
                .find_map(|key| inner.get(key).and_then(Value::as_str));
            words.map_or_else(|| value.to_string(), str::to_owned)
        }
        other => other.to_string(),
    }
}

/// A number that stands for something.
fn counted(table: &str, column: &str, number: i64, tree: &Tree<'_>) -> Option<String> {
    Some(match (table, column) {
        (_, "assembly") if number == 0 => "ज्ञात नहीं".to_owned(),
        (_, "assembly") => tree.words(Place::Assembly(u16::try_from(number).ok()?), Language::Hi),
        (_, "person") if number == 0 => "आप (फ़ोन आपका है)".to_owned(),
        (_, "person") => format!("इस फ़ोन का व्यक्ति {}", number + 1),
        (_, "gender") => match number {
            1 => "पुरुष".to_owned(),
            2 => "महिला".to_owned(),
            3 => "अन्य".to_owned(),
            _ => return None,
        },
        ("timers", "kind") => match number {
            1 => "याद दिलाना".to_owned(),
            2 => "बातचीत समाप्त होना".to_owned(),
            3 => "प्रतीक्षा".to_owned(),
            _ => return None,
        },
        _ => return None,
    })
}

/// A word that is kept as a name of ours, in Hindi; everything else as it was written.
fn word(column: &str, text: &str, row: &Map<String, Value>, tree: &Tree<'_>) -> String {
    if let Ok(at) = text.parse::<Timestamp>() {
        return crate::locale::india_zoned(at).strftime("%d-%m-%Y %H:%M").to_string();
    }
    let known = match column {
        "district" => text.parse().ok().map(|code| tree.words(Place::District(code), Language::Hi)),
        "place" => text.parse().ok().map(|place| tree.words(place, Language::Hi)),
        "post" => post(text).map(|post| post.name(Language::Hi).to_owned()),
        // Of a message of ours that did not leave, or of somebody's part in a broadcast; of a talk with the
        // office it is words of a flow.
        "reason" if row.contains_key("status") || row.contains_key("state") => {
            Reason::from_name(text).map(|reason| reason.office_words().0.to_owned())
        }
        _ => name(column, text).map(str::to_owned),
    };
    known.unwrap_or_else(|| text.to_owned())
}

fn name(column: &str, text: &str) -> Option<&'static str> {
    Some(match (column, text) {
        ("direction", "person") => "आपने",
        ("direction", "us") => "हमने",
        ("language", "hi") => "हिंदी",
        ("language", "en") => "अंग्रेज़ी",
        ("language", "ur") => "उर्दू",
        ("channel" | "only_channel", "whatsapp") => "WhatsApp",
        ("channel" | "only_channel", "sms") => "SMS",
        ("channel" | "only_channel", "telegram") => "Telegram",
        ("channel" | "only_channel", "missed_call") => "मिस्ड कॉल",
        ("channel" | "only_channel", "simulator") | ("kind", "Simulator") => "परीक्षण का फ़ोन",
        ("channel" | "only_channel", "internal") => "हमारा कार्यालय",
        ("purpose", "answer") => "आपकी बात का उत्तर",
        ("purpose", "membership") => "सदस्यता",
        ("purpose", "opinion") => "राय जानना",
        ("purpose", "samvad") => "संवाद (पार्टी के संदेश)",
        ("purpose", "follow_up") => "आपके काम की सूचना",
        ("purpose", "acknowledgment") => "आपका संदेश मिलने की सूचना",
        ("lane", "reply") => "आपके संदेश का उत्तर",
        ("lane", "person") => "कार्यालय के व्यक्ति का लिखा",
        ("lane", "reminder") => "याद दिलाने के लिए",
        ("lane", "broadcast") => "सामूहिक संदेश",
        ("status", "queued" | "claimed") => "भेजा जाना है",
        ("status", "unknown") => "भेजा गया या नहीं, पता नहीं",
        ("status", "sent") => "भेजा गया",
        ("status", "delivered") => "पहुँचा",
        ("status", "read") => "पढ़ा गया",
        ("status", "failed") => "नहीं पहुँचा",
        ("status", "expired") => "समय निकल गया, नहीं भेजा",
        ("status", "suppressed") => "रोका गया, नहीं भेजा",
        ("state", "details") => "सूची से दर्ज",
        ("state", "confirmed") => "आपने पुष्टि की",
        ("state", "verified") => "जाँचा हुआ सदस्य",
        ("state", "active") => "सक्रिय सदस्य",
        ("state", "lapsed") => "अवधि समाप्त",
        ("state", "withdrawn") => "सदस्यता छोड़ी",
        ("state", "planned") => "बारी आनी है",
        ("state", "released") => "आपके लिए संदेश बना",
        ("state", "refused") => "नहीं भेजा गया",
        ("state", "cancelled") => "उससे पहले रद्द हुआ",
        ("state", "expired") => "समय निकल गया",
        ("kind", "Phone") => "मोबाइल नंबर",
        ("kind", "ForeignPhone") => "विदेश का नंबर",
        ("kind", "WhatsappUser") => "WhatsApp की पहचान",
        ("kind", "TelegramUser") => "Telegram की पहचान",
        ("kind", "image") => "फ़ोटो",
        ("kind", "video") => "वीडियो",
        ("kind", "audio") => "आवाज़",
        ("kind", "document") => "काग़ज़",
        ("kind", "sticker") => "स्टिकर",
        ("kind", "complaint") => "शिकायत",
        ("kind", "complaint_again") => "वही शिकायत दोबारा",
        ("kind", "answer") => "हमारे संदेश पर आपका उत्तर",
        ("kind", "lost_number") => "खोया हुआ नंबर",
        ("kind", "correction") => "सुधार",
        ("kind", "erasure") => "जानकारी मिटाना",
        ("how", "button" | "tap") => "बटन दबाकर",
        ("how", "keyword" | "word") => "लिखकर",
        ("how", "text") => "अपने शब्दों में",
        ("how", "import") => "कार्यालय की सूची से",
        ("how", "provider") => "WhatsApp या ऑपरेटर के द्वारा",
        ("what", "export") => "पूरी जानकारी निकाली",
        ("what", "consent") => "सहमतियाँ देखीं",
        ("what", "block") => "संदेश रोके",
        ("what", "unblock") => "रोक हटाई",
        ("what", "erase") => "जानकारी मिटाई",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::geography::Geography;
    use crate::records::person_columns;

    fn read(document: &Value) -> String {
        let geography = Geography::shipped().unwrap();
        readable(document, &Tree::new(&geography))
    }

    #[test]
    fn a_person_reads_everything_of_theirs_in_hindi() {
        let text = read(&json!({
            "addresses": [{"kind": "Phone", "address": "9812345678", "since": "2026-11-21T06:30:00Z"}],
            "members": [{"number": "UP-1", "person": 0, "state": "verified", "district": "162", "assembly": 173, "gender": 2}],
            "posts": [{"post": "booth_president", "place": "booth:173/45", "person": 1}],
            "consents": [
                {"purpose": "samvad", "given": true, "at": "2026-11-21T06:30:00Z", "how": "button",
                 "channel": "whatsapp", "wording": "ab12"},
                {"purpose": "samvad", "given": false, "how": "keyword", "only_channel": "sms"},
            ],
            "messages": [
                {"at": "2026-11-21T06:30:00Z", "direction": "person",
                 "content": {"content": {"type": "text", "text": "सदस्य"}}},
                {"direction": "us", "lane": "broadcast", "status": "suppressed", "reason": "withdrawn",
                 "content": {"type": "text", "body": "नमस्ते"}},
            ],
            "handovers": [],
        }));
        for words in [
            "नंबर या पता: 9812345678",
            "किस्म: मोबाइल नंबर",
            "कब से: 21-11-2026 12:00",
            "सदस्य संख्या: UP-1",
            "सदस्यता की स्थिति: जाँचा हुआ सदस्य",
            "लिंग: महिला",
            "सहमति: हाँ",
            "सहमति: नहीं",
            "किसलिए: संवाद (पार्टी के संदेश)",
            "केवल इस रास्ते के लिए: SMS",
            "किसने लिखा: आपने",
            "संदेश: सदस्य",
            "किस तरह का संदेश: सामूहिक संदेश",
            "कारण: इस व्यक्ति ने ऐसे संदेशों के लिए मना किया है।",
            "== कार्यालय से बातचीत ==\nकुछ दर्ज नहीं।",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(text.contains("लखनऊ"), "districts and seats by their names\n{text}");
        // Of what is said in Latin letters only names of their own are left.
        let is_own = |value: &str| ["WhatsApp", "ab12"].contains(&value);
        for (_, value) in text.lines().filter_map(|line| line.split_once(": ")) {
            let is_english = value.chars().any(|sign| sign.is_ascii_lowercase());
            assert!(!is_english || is_own(value), "{value}\n{text}");
        }
    }

    #[test]
    fn every_column_of_a_person_has_a_name_in_hindi() {
        for (table, column) in person_columns() {
            assert!(TABLES.iter().any(|(known, _)| *known == table), "{table}");
            let words = label(table, column);
            let is_hindi = words.chars().any(|sign| ('\u{900}'..='\u{97f}').contains(&sign));
            assert!(is_hindi, "{table}.{column}: {words}");
        }
    }

    #[test]
    fn what_is_kept_as_a_word_of_ours_is_read_in_hindi() {
        use crate::message::{Lane, Purpose, Status};
        use crate::records::MemberState;
        let lanes = Lane::ALL.map(|lane| ("lane", lane.name()));
        let purposes = Purpose::ALL.map(|purpose| ("purpose", purpose.name()));
        let statuses = Status::ALL.map(|status| ("status", status.name()));
        let states = MemberState::ALL.map(|state| ("state", state.name()));
        let all = lanes.into_iter().chain(purposes).chain(statuses).chain(states);
        for (column, text) in all {
            assert!(name(column, text).is_some(), "{column} {text}");
        }
    }
}
