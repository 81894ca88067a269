//! Each vendor refuses what its documents forbid; the requests here are written from the documents
//! alone, not by the roads of the program.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

use super::*;
use crate::sandbox::faults::{Faults, SendFault};

const HINDI: &str = "नमस्ते जी";

fn account(vendor: Vendor) -> SmsAccount {
    SmsAccount::new(vendor, "http://127.0.0.1:8080")
}

/// A request in pieces that can be changed one at a time.
#[derive(Clone)]
struct Written {
    vendor: Vendor,
    path: String,
    headers: Vec<(&'static str, String)>,
    form: Vec<(&'static str, String)>,
    json: Value,
}

impl Written {
    /// As the vendor's document shows it.
    fn right(vendor: Vendor) -> Written {
        let account = account(vendor);
        let basic = call::base64(format!("{}:{}", account.username, account.password).as_bytes());
        let basic = ("authorization", format!("Basic {basic}"));
        let form = |fields: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
        };
        let (entity, template) = (account.entity.as_str(), "1107161000000000002");
        let sid = account.sid.as_str();
        let (path, headers, form, json) = match vendor {
            Vendor::Gupshup => (
                "GatewayAPI/rest".to_owned(),
                Vec::new(),
                form(&[
                    ("method", "SendMessage"),
                    ("v", "1.1"),
                    ("format", "json"),
                    ("auth_scheme", "plain"),
                    ("userid", &account.username),
                    ("password", &account.password),
                    ("send_to", "919812345678"),
                    ("msg", HINDI),
                    ("msg_type", "UNICODE_TEXT"),
                    ("mask", &account.from),
                    ("principalEntityId", entity),
                    ("dltTemplateId", template),
                ]),
                Value::Null,
            ),
            Vendor::Msg91 => (
                "api/v2/sendsms".to_owned(),
                vec![("authkey", account.password.clone())],
                Vec::new(),
                json!({"sender": account.from, "route": "4", "country": "91", "unicode": 1,
                    "DLT_TE_ID": template, "sms": [{"message": HINDI, "to": ["919812345678"]}]}),
            ),
            Vendor::Exotel => (
                format!("v1/Accounts/{sid}/Sms/send.json"),
                vec![basic],
                form(&[
                    ("From", &account.from),
                    ("To", "+919812345678"),
                    ("Body", HINDI),
                    ("EncodingType", "unicode"),
                    ("DltEntityId", entity),
                    ("DltTemplateId", template),
                    ("SmsType", "transactional"),
                    ("StatusCallback", "http://127.0.0.1:8080/report"),
                    ("CustomField", "sv1.5.6"),
                ]),
                Value::Null,
            ),
            Vendor::Kaleyra => (
                format!("v1/{sid}/messages"),
                vec![("api-key", account.password.clone())],
                form(&[
                    ("to", "+919812345678"),
                    ("sender", &account.from),
                    ("type", "TXN"),
                    ("body", HINDI),
                    ("unicode", "1"),
                    ("template_id", template),
                ]),
                Value::Null,
            ),
            Vendor::Infobip => (
                "sms/3/messages".to_owned(),
                vec![("authorization", format!("App {}", account.password))],
                Vec::new(),
                json!({"messages": [{"sender": account.from,
                    "destinations": [{"to": "919812345678", "messageId": "sv1.5.6"}],
                    "content": {"text": HINDI},
                    "options": {"regional": {"indiaDlt": {"contentTemplateId": template,
                        "principalEntityId": entity}}},
                    "webhooks": {"delivery": {"url": "http://127.0.0.1:8080/report"}}}]}),
            ),
            Vendor::Twilio => (
                format!("2010-04-01/Accounts/{}/Messages.json", account.username),
                vec![basic],
                form(&[
                    ("To", "+919812345678"),
                    ("From", &account.from),
                    ("Body", HINDI),
                    ("StatusCallback", "http://127.0.0.1:8080/report"),
                    ("DltPEId", entity),
                    ("DltTemplateId", template),
                ]),
                Value::Null,
            ),
        };
        Written { vendor, path, headers, form, json }
    }

    /// The field of the form, or the member at this pointer of JSON, with this value; without it when
    /// `None`.
    fn with(mut self, name: &'static str, value: Option<&str>) -> Written {
        if self.json.is_null() {
            self.form.retain(|(known, _)| *known != name);
            self.form.extend(value.map(|value| (name, value.to_owned())));
            return self;
        }
        let (parent, key) = name.rsplit_once('/').unwrap();
        let parent = self.json.pointer_mut(parent).unwrap();
        match (parent, value) {
            (Value::Object(object), Some(value)) => {
                object.insert(key.to_owned(), value.into());
            }
            (Value::Object(object), None) => drop(object.remove(key)),
            (Value::Array(list), Some(value)) => list[0] = value.into(),
            _ => panic!("{name} is in no object"),
        }
        self
    }

    fn check(&self) -> Result<Taken, i64> {
        let mut headers = HeaderMap::new();
        let (kind, body) = if self.json.is_null() {
            let url = reqwest::Url::parse_with_params("form:/", &self.form).unwrap();
            ("application/x-www-form-urlencoded", url.query().unwrap_or_default().to_owned())
        } else {
            ("application/json", self.json.to_string())
        };
        headers.insert("content-type", HeaderValue::from_static(kind));
        for (name, value) in &self.headers {
            let name = HeaderName::from_static(name);
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let asked = Asked {
            method: &Method::POST,
            path: &self.path,
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let checked = self.vendor.play().check(&account(self.vendor), &asked);
        checked.map_err(|refusal| refusal.code)
    }
}

#[test]
fn each_vendor_takes_what_its_document_shows() {
    for vendor in Vendor::ALL {
        let taken = Written::right(vendor).check().unwrap();
        assert_eq!((taken.to.as_str(), taken.text.as_str()), ("919812345678", HINDI), "{vendor:?}");
        assert!(taken.unicode, "{vendor:?}");
        let echoes = matches!(vendor, Vendor::Exotel | Vendor::Infobip);
        assert_eq!(taken.our_id.is_some(), echoes, "{vendor:?}");
    }
}

#[test]
fn each_vendor_refuses_what_its_document_forbids_with_a_code_of_its_own() {
    use Vendor::{Exotel, Gupshup, Infobip, Kaleyra, Msg91, Twilio};
    for (vendor, field, value, code) in [
        (Gupshup, "method", None, 101),
        (Gupshup, "msg", None, 101),
        (Gupshup, "msg_type", Some("HINDI"), 101),
        (Gupshup, "v", Some("1.0"), 101),
        (Gupshup, "password", Some("another"), 102),
        (Gupshup, "send_to", Some("+919812345678"), 105),
        (Gupshup, "send_to", Some("911234567890"), 105),
        (Gupshup, "principalEntityId", Some("1101159000000000009"), 604),
        (Gupshup, "mask", Some("upsmvd"), 620),
        (Gupshup, "dltTemplateId", Some("1.107161e18"), 637),
        (Gupshup, "surprise", Some("1"), 101),
        (Msg91, "/sender", None, 201),
        (Msg91, "/sender", Some("OTHERS"), 203),
        (Msg91, "/route", Some("2"), 203),
        (Msg91, "/country", Some("1"), 203),
        (Msg91, "/unicode", Some("yes"), 201),
        (Msg91, "/sms/0/message", None, 201),
        (Msg91, "/sms/0/to/0", Some("9812345678"), 301),
        (Msg91, "/DLT_TE_ID", Some("7"), 637),
        (Msg91, "/surprise", Some("1"), 201),
        (Exotel, "To", Some("919812345678"), 400),
        (Exotel, "From", Some("OTHERS"), 403),
        (Exotel, "Body", None, 400),
        (Exotel, "EncodingType", Some("utf8"), 400),
        (Exotel, "DltEntityId", None, 400),
        (Exotel, "SmsType", Some("spam"), 400),
        (Exotel, "surprise", Some("1"), 400),
        (Kaleyra, "to", Some("919812345678"), 400),
        (Kaleyra, "sender", Some("OTHERS"), 403),
        (Kaleyra, "type", None, 400),
        (Kaleyra, "unicode", Some("yes"), 400),
        (Kaleyra, "template_id", Some("1"), 400),
        (Kaleyra, "surprise", Some("1"), 400),
        (Infobip, "/messages/0/sender", Some("OTHERS"), 12),
        (Infobip, "/messages/0/content/text", None, 400),
        (Infobip, "/messages/0/destinations/0/to", Some("+919812345678"), 52),
        (Infobip, "/messages/0/surprise", Some("1"), 400),
        (Infobip, "/messages/0/options/regional/indiaDlt/contentTemplateId", Some("1"), 400),
        (Twilio, "To", None, 21604),
        (Twilio, "To", Some("919812345678"), 21211),
        (Twilio, "Body", None, 21602),
        (Twilio, "From", Some("OTHERS"), 21606),
        (Twilio, "From", None, 21603),
        (Twilio, "StatusCallback", Some("nowhere"), 21609),
        (Twilio, "DltPEId", Some("1"), 21900),
        (Twilio, "DltTemplateId", Some("1"), 21901),
    ] {
        let refused = Written::right(vendor).with(field, value).check();
        assert_eq!(refused, Err(code), "{vendor:?} {field} {value:?}");
    }
    let long = "क".repeat(2001);
    for (vendor, code) in [(Exotel, 400), (Twilio, 21617)] {
        assert_eq!(Written::right(vendor).with("Body", Some(&long)).check(), Err(code));
    }
    for (vendor, code) in
        [(Msg91, 106), (Exotel, 401), (Kaleyra, 401), (Infobip, 401), (Twilio, 20003)]
    {
        let nameless = Written { headers: Vec::new(), ..Written::right(vendor) };
        assert_eq!(nameless.check(), Err(code), "{vendor:?} without its key");
        let lost = Written { path: "elsewhere".to_owned(), ..Written::right(vendor) };
        assert!(lost.check().is_err(), "{vendor:?}");
    }
}

#[test]
fn a_report_stands_in_the_shape_of_its_vendor() {
    let report = Report {
        id: "SM1".to_owned(),
        our_id: None,
        to: "919812345678".to_owned(),
        word: StatusWord::Failed,
        code: Some(650),
        url: None,
        at: "2026-11-21T06:00:00Z".parse().unwrap(),
    };
    let shape = |vendor: Vendor, many: usize| {
        let call = account(vendor).reports(&vec![report.clone(); many]);
        let query = call.url.split_once('?').map_or(String::new(), |(_, query)| query.to_owned());
        format!("{} {query}{}", call.method, String::from_utf8_lossy(&call.body))
    };
    insta::assert_snapshot!(shape(Vendor::Gupshup, 1), @"GET externalId=SM1&deliveredTS=1795240800000&status=FAILED&cause=FAILED&phoneNo=919812345678&errCode=650&noOfFrags=1&mask=UPSMVD");
    assert!(shape(Vendor::Gupshup, 2).starts_with("POST response=%5B%7B%22cause%22"));
    assert!(shape(Vendor::Msg91, 2).starts_with("POST data=%5B%7B%22campaignName%22"));
    insta::assert_snapshot!(shape(Vendor::Msg91, 1), @r#"POST {"credit":"1","date":"2026-11-21 11:30:00","desc":"FAILED","failedReason":"650","number":"919812345678","requestId":"SM1","senderId":"UPSMVD","status":"2"}"#);
    insta::assert_snapshot!(shape(Vendor::Exotel, 1), @"POST SmsSid=SM1&To=09812345678&Status=failed&SmsUnits=1&DetailedStatus=FAILED&DetailedStatusCode=650&DateSent=2026-11-21+11%3A30%3A00");
    insta::assert_snapshot!(shape(Vendor::Kaleyra, 1), @r#"POST {"error_code":"650","message_id":"SM1:0","recipient":"+919812345678","status":"Failed","timestamp":"2026-11-21 11:30:00"}"#);
    insta::assert_snapshot!(shape(Vendor::Twilio, 1), @"POST MessageSid=SM1&SmsSid=SM1&MessageStatus=undelivered&SmsStatus=undelivered&AccountSid=sandbox-user&From=UPSMVD&To=%2B919812345678&ApiVersion=2010-04-01&ErrorCode=650");
    let infobip: Value =
        serde_json::from_slice(&account(Vendor::Infobip).reports(&[report]).body).unwrap();
    assert_eq!(infobip.pointer("/results/0/doneAt"), Some(&json!("2026-11-21T06:00:00.000+0000")));
    assert_eq!(infobip.pointer("/results/0/error/id"), Some(&json!(650)));
}

#[test]
fn a_text_that_is_not_said_to_be_unicode_is_damaged_as_vendors_do() {
    let damaged = Written::right(Vendor::Gupshup).with("msg_type", Some("TEXT"));
    let taken = damaged.check().unwrap();
    assert_eq!(send::shown(&taken), "?????? ??");
    let plain = Taken { text: "Namaste ji".to_owned(), ..taken };
    assert_eq!(send::shown(&plain), "Namaste ji");
}

#[test]
fn a_bad_day_of_a_vendor_brings_its_own_codes_and_never_metas() {
    let answered = |vendor: Vendor, fault| {
        let play = vendor.play();
        let refusal = send::refused_on_purpose(play, fault).unwrap();
        let answered = play.refuse(&refusal);
        (answered.http, refusal.code, answered.body)
    };
    for (vendor, http, code) in [
        (Vendor::Gupshup, 200, 100),
        (Vendor::Msg91, 200, 506),
        (Vendor::Exotel, 429, 429),
        (Vendor::Kaleyra, 429, 429),
        (Vendor::Infobip, 429, 429),
        (Vendor::Twilio, 429, 20429),
    ] {
        for metas in Faults::bad_day().refuse.into_keys() {
            let (status, own, body) = answered(vendor, SendFault::Refuse(metas));
            assert_eq!((status, own), (http, code), "{vendor:?}");
            assert!(!body.contains(&metas.to_string()), "{vendor:?}: {body}");
        }
        // A code that was asked for stays.
        assert_eq!(answered(vendor, SendFault::Refuse(637)).1, 637);
    }
    assert_eq!(answered(Vendor::Twilio, SendFault::TooMany).1, 20429);
    assert_eq!(answered(Vendor::Twilio, SendFault::Internal).1, 20500);
}
