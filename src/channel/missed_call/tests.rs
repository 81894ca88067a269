use super::*;
use crate::contact::AddressKind;

fn get(query: &str) -> Callback {
    let url =
        reqwest::Url::parse(&format!("http://x/webhooks/missed-call/line/s?{query}")).unwrap();
    Callback {
        method: "GET".to_owned(),
        query: url.query_pairs().into_owned().collect(),
        target: format!("/webhooks/missed-call/line/s?{query}"),
        at: "2026-11-21T06:00:00Z".parse().unwrap(),
        ..Callback::default()
    }
}

fn post(content_type: &str, body: &str) -> Callback {
    Callback {
        method: "POST".to_owned(),
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
        query: Vec::new(),
        ..get("")
    }
}

fn form(body: &str) -> Callback {
    post("application/x-www-form-urlencoded", body)
}

fn json(body: &str) -> Callback {
    post("application/json", body)
}

fn read(vendor: CallVendor, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
    MissedCalls::new("line", vendor).inbound(callback)
}

/// Number, key and time of the one ring in a call.
fn ring(vendor: CallVendor, callback: &Callback) -> (String, String, String) {
    let mut rings = read(vendor, callback).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rings.len(), 1, "{callback:?}");
    let ring = rings.remove(0);
    assert_eq!((ring.channel, &ring.content), (Channel::MissedCall, &InboundContent::MissedCall));
    let number = ring.from.get(AddressKind::Phone).unwrap_or_default().to_owned();
    (number, ring.key, ring.sent_at.to_string())
}

const KNOWLARITY_CALL: &str = r#"{"dispnumber":"+911206000000","extension":"None",
    "callid":"ec8a4ba6-c2eb-4e71-888f-c3acbf585111","call_duration":"7","destination":"Welcome Sound",
    "caller_id":"+919812345678","end_time":"2026-11-21 11:19:34.667036+05:30","action":"6",
    "timezone":"Asia/Kolkata","hangup_cause":"900","type":"dtmf",
    "start_time":"2026-11-21 05:49:44.391601+00:00","call_type":"incoming"}"#;

const CLOUDAGENT_CALL: &str = r#"{"monitorUCID":"9049754955340984","Did":"915226000000",
    "CampaignName":"Inbound_915226000000","CallerID":"919812345678","StartTime":"2026-11-21 11:19:44",
    "EndTime":"2026-11-21 11:19:50","CallDuration":"00:00:06","Type":"inbound",
    "Status":"NotAnswered","DialStatus":"not_answered"}"#;

#[test]
fn every_vendors_ring_gives_number_call_and_time() {
    use CallVendor::{Exotel, Knowlarity, Ozonetel};
    let in_form = |body: &str| {
        let mut form = reqwest::Url::parse("http://x/").unwrap();
        form.query_pairs_mut().append_pair("data", body);
        form.query().unwrap().to_owned()
    };
    let exotel = "CallSid=d95feaed6383&CallFrom=09812345678&CallTo=05226000000&Direction=incoming\
                  &StartTime=2026-11-21+11:19:44&EndTime=1970-01-01+05:30:00&CallType=call-attempt";
    let kookoo = "event=NewCall&cid=9812345678&called_number=915226000000&sid=13951436&circle=UP";
    let nested = format!(r#"{{"event":"call.completed","data":{KNOWLARITY_CALL}}}"#);
    let newer = r#"{"data":{"uuid":"70967713","customer_number":"+919812345678",
        "knowlarity_number":"+911206000000","start_time":"2026-11-21 11:19:44+05:30"}}"#;
    let events = r#"{"eventType":"Call","action":"Disconnect","call_type":"Inbound","monitor_ucid":
        9049754955340984,"caller_id":"09812345678","did":"915226000000","event_time":"2026-11-21 11:19:44"}"#;
    for (vendor, callback, key, at) in [
        (Exotel, get(exotel), "line:d95feaed6383", "2026-11-21T05:49:44Z"),
        (Exotel, form(exotel), "line:d95feaed6383", "2026-11-21T05:49:44Z"),
        (
            Exotel,
            json(r#"{"CallSid":"d95feaed6383","From":"+919812345678","CallType":"client-hangup"}"#),
            "line:d95feaed6383",
            "2026-11-21T06:00:00Z",
        ),
        (
            Knowlarity,
            json(KNOWLARITY_CALL),
            "line:ec8a4ba6-c2eb-4e71-888f-c3acbf585111",
            "2026-11-21T05:49:44.391601Z",
        ),
        (
            Knowlarity,
            json(&nested),
            "line:ec8a4ba6-c2eb-4e71-888f-c3acbf585111",
            "2026-11-21T05:49:44.391601Z",
        ),
        (Knowlarity, json(newer), "line:70967713", "2026-11-21T05:49:44Z"),
        (
            Knowlarity,
            get("caller_id=%2B919812345678&callid=7&call_type=incoming"),
            "line:7",
            "2026-11-21T06:00:00Z",
        ),
        (Ozonetel, get(kookoo), "line:13951436", "2026-11-21T06:00:00Z"),
        (
            Ozonetel,
            form(&in_form(CLOUDAGENT_CALL)),
            "line:9049754955340984",
            "2026-11-21T05:49:44Z",
        ),
        (Ozonetel, json(CLOUDAGENT_CALL), "line:9049754955340984", "2026-11-21T05:49:44Z"),
        (Ozonetel, json(events), "line:9049754955340984", "2026-11-21T05:49:44Z"),
    ] {
        let expected = ("9812345678".to_owned(), key.to_owned(), at.to_owned());
        assert_eq!(ring(vendor, &callback), expected, "{vendor:?} {callback:?}");
    }
}

#[test]
fn all_words_about_one_call_have_one_key() {
    let word = |event: &str| get(&format!("event={event}&cid=9812345678&sid=13951436"));
    let first = ring(CallVendor::Ozonetel, &word("NewCall"));
    for event in ["Hangup", "Disconnect"] {
        assert_eq!(ring(CallVendor::Ozonetel, &word(event)), first, "{event}");
    }
}

#[test]
fn a_call_without_an_id_is_known_by_its_number_and_time() {
    let call = |number: &str, second: u32| {
        let query = format!("CallFrom={number}&StartTime=2026-11-21+11:19:{second}");
        ring(CallVendor::Exotel, &get(&query)).1
    };
    assert_eq!(call("09812345678", 44), call("09812345678", 44));
    assert_ne!(call("09812345678", 44), call("09812345678", 45));
    assert_ne!(call("09812345678", 44), call("09812345679", 44));
}

#[test]
fn what_is_no_missed_call_of_a_person_is_nothing_for_us() {
    use CallVendor::{Exotel, Knowlarity, Ozonetel};
    for (vendor, query) in [
        // Somebody talked to them, or we rang.
        (Exotel, "CallSid=1&CallFrom=09812345678&CallType=completed"),
        (Exotel, "CallSid=1&CallFrom=09812345678&Direction=outbound-dial"),
        (Knowlarity, "callid=1&caller_id=09812345678&call_type=outgoing"),
        (Ozonetel, "monitorUCID=1&CallerID=09812345678&Status=Answered"),
        (Ozonetel, "monitorUCID=1&CallerID=09812345678&Type=Manual"),
        // Nobody who could be answered.
        (Exotel, "CallSid=1&CallFrom=05222234567"),
        (Exotel, "CallSid=1&CallFrom=anonymous"),
        (Knowlarity, "callid=1&caller_id=None"),
        (Ozonetel, "sid=1&cid=1800"),
    ] {
        assert_eq!(read(vendor, &get(query)).unwrap(), Vec::new(), "{query}");
    }
}

#[test]
fn a_call_that_cannot_be_read_is_refused_by_the_name_of_its_field() {
    use CallVendor::{Exotel, Knowlarity, Ozonetel};
    let told = |vendor, callback: &Callback| read(vendor, callback).unwrap_err().to_string();
    let words = [
        told(Exotel, &get("CallSid=1")),
        told(Exotel, &get("CallSid=1&CallFrom=%2B9198123")),
        told(Exotel, &get("CallSid=1&CallFrom=09812345678&StartTime=yesterday")),
        told(Knowlarity, &json("{\"caller_id\": ")),
        told(Knowlarity, &json("[1]")),
        told(Ozonetel, &form("data=nothing")),
        told(Ozonetel, &post("application/json", "7")),
    ];
    insta::assert_snapshot!(words.join("\n"), @r#"
    CallFrom: is missing, and so is From
    CallFrom: is no phone number; a person's has ten digits, or a country code before them
    StartTime: is no time; "2026-11-21 13:05:00" or seconds since 1970 are
    body: is not JSON: line 1, column 13
    data: holds something that is no object
    data: is not JSON: line 1, column 2
    body: is neither an object nor a list nor a form
    "#);
    for word in words {
        assert!(!word.contains("98123"), "{word}");
    }
}

#[test]
fn of_several_calls_the_one_that_cannot_be_read_is_named() {
    let calls = r#"{"data":[{"caller_id":"9812345678","callid":"1"},{"callid":"2"}]}"#;
    let error = read(CallVendor::Knowlarity, &json(calls)).unwrap_err().to_string();
    assert!(error.starts_with("row 2 of 2, caller_id: is missing"), "{error}");
}
