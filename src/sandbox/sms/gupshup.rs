//! Gupshup Enterprise: docs.gupshup.io, "Send Messages to Single Number", "Real Time Delivery Reports",
//! "Setting a response SMS to marketing call to actions". The codes of its refusals are from memory.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::asked::Asked;
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, is_dlt_id,
    mobile,
};

const KNOWN: [&str; 12] = [
    "method",
    "v",
    "format",
    "auth_scheme",
    "userid",
    "password",
    "send_to",
    "msg",
    "msg_type",
    "mask",
    "principalEntityId",
    "dltTemplateId",
];

pub(super) struct Gupshup;

/// It refuses in the body of a 200.
fn no(code: i64, words: impl Into<String>) -> Refusal {
    Refusal::new(200, code, words)
}

impl Play for Gupshup {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != "GatewayAPI/rest" {
            return Err(Refusal::new(404, 404, "no such path"));
        }
        let fields = match *asked.method {
            Method::GET => asked.query(),
            Method::POST => asked.form(),
            _ => return Err(Refusal::new(405, 405, "GET or POST")),
        };
        let fields = fields.map_err(|words| no(101, words))?;
        let need = |name: &str| {
            fields.get(name).ok_or_else(|| no(101, format!("The parameter {name} is missing")))
        };
        if let Some(name) = fields.unknown(&KNOWN) {
            return Err(no(101, format!("The parameter {name} is unknown")));
        }
        for (name, wanted) in
            [("method", "SendMessage"), ("v", "1.1"), ("auth_scheme", "plain"), ("format", "json")]
        {
            // As text it would answer between pipes; the program asks for JSON.
            if !need(name)?.eq_ignore_ascii_case(wanted) {
                return Err(no(101, format!("The parameter {name} must be {wanted}")));
            }
        }
        if (need("userid")?, need("password")?) != (&account.username, &account.password) {
            return Err(no(102, "Authentication failed due to invalid userId or password"));
        }
        let to = mobile(need("send_to")?, false);
        let to = to.ok_or_else(|| no(105, "The phone number is not a valid phone number"))?;
        let unicode = match need("msg_type")? {
            "UNICODE_TEXT" => true,
            "TEXT" => false,
            _ => return Err(no(101, "The parameter msg_type must be TEXT or UNICODE_TEXT")),
        };
        if need("principalEntityId")? != account.entity {
            return Err(no(604, "INVALID_ENTITY_ID"));
        }
        if !is_dlt_id(need("dltTemplateId")?) {
            return Err(no(637, "INVALID_TEMPLATE_ID"));
        }
        if need("mask")? != account.from {
            return Err(no(620, "HEADER_NOT_FOUND"));
        }
        let text = need("msg")?.to_owned();
        Ok(Taken { to, text, unicode, our_id: None, report_url: None })
    }

    fn took(&self, _: &SmsAccount, taken: &Taken, id: &str, _: Timestamp) -> Answered {
        let body = json!({"id": id, "phone": taken.to, "details": "", "status": "success"});
        Answered::json(200, &json!({ "response": body }))
    }

    fn refuse(&self, refusal: &Refusal) -> Answered {
        let body = json!({"id": refusal.code.to_string(), "phone": "", "details": refusal.words,
            "status": "error"});
        Answered::json(refusal.http, &json!({ "response": body }))
    }

    fn refusal_http(&self) -> u16 {
        200
    }

    fn not_now(&self) -> Refusal {
        no(100, "An unknown exception has occurred. Please retry the request after some time")
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        Call::get(
            &account.address("inbound"),
            &[
                ("phonecode", account.from.clone()),
                ("keyword", "SAMVAD".to_owned()),
                ("location", "Uttar Pradesh (East)".to_owned()),
                ("carrier", "Reliance Jio".to_owned()),
                ("content", message.text.clone()),
                ("msisdn", message.from.clone()),
                ("timestamp", message.at.as_millisecond().to_string()),
            ],
        )
    }

    /// One by a GET, several as a list in a field of a form.
    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let code = |report: &Report| format!("{:03}", report.code.unwrap_or_default());
        if let [report] = reports {
            let status = match report.word {
                StatusWord::Sent => "SUBMITTED",
                StatusWord::Delivered | StatusWord::Read => "SUCCESS",
                StatusWord::Failed => "FAILED",
            };
            return Call::get(
                &address,
                &[
                    ("externalId", report.id.clone()),
                    ("deliveredTS", report.at.as_millisecond().to_string()),
                    ("status", status.to_owned()),
                    ("cause", status.to_owned()),
                    ("phoneNo", report.to.clone()),
                    ("errCode", code(report)),
                    ("noOfFrags", "1".to_owned()),
                    ("mask", account.from.clone()),
                ],
            );
        }
        let rows: Vec<_> = reports
            .iter()
            .map(|report| {
                let event = match report.word {
                    StatusWord::Sent => "SUBMITTED",
                    StatusWord::Delivered | StatusWord::Read => "DELIVERED",
                    StatusWord::Failed => "FAILED",
                };
                // Numbers of phones stand there as numbers.
                json!({"externalId": report.id, "eventType": event,
                    "eventTs": report.at.as_millisecond(),
                    "destAddr": report.to.parse::<u64>().unwrap_or_default(),
                    "srcAddr": account.from, "cause": event, "errCode": code(report),
                    "channel": "SMS", "noOfFrags": 1})
            })
            .collect();
        Call::form(&address, &[("response", json!(rows).to_string())])
    }

    fn most_reports(&self) -> usize {
        20
    }
}
