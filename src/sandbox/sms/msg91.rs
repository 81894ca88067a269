//! MSG91: api.msg91.com/apidoc, "Send SMS" (v2); msg91.com/help, webhooks v2 and v3. The codes of its
//! refusals are from memory. Its documents say that a virtual number calls an address of yours and not
//! with what: the fields of a person's message are invented, and whoever uses them writes `[inbound]`.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asked::{Asked, unknown_member};
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, indian_time,
    is_dlt_id, mobile,
};

pub(super) struct Msg91;

/// It refuses in the body of a 200.
fn no(code: i64, words: impl Into<String>) -> Refusal {
    Refusal::new(200, code, words)
}

fn need<'v>(value: &'v Value, name: &str) -> Result<&'v str, Refusal> {
    let text = value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| no(201, format!("{name} is missing or no text")))
}

impl Play for Msg91 {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != "api/v2/sendsms" {
            return Err(Refusal::new(404, 404, "no such path"));
        }
        if *asked.method != Method::POST {
            return Err(Refusal::new(405, 405, "POST"));
        }
        match asked.header("authkey") {
            None => return Err(no(106, "Missing Authentication Key")),
            Some(key) if key != account.password => {
                return Err(no(207, "Invalid authentication key"));
            }
            Some(_) => {}
        }
        let value = asked.json().map_err(|words| no(201, words))?;
        let known = ["sender", "route", "country", "unicode", "DLT_TE_ID", "sms"];
        if let Some(name) = unknown_member(&value, &known) {
            return Err(no(201, format!("{name} is unknown")));
        }
        if need(&value, "sender")? != account.from {
            return Err(no(203, "Invalid sender ID"));
        }
        if !["1", "4"].contains(&need(&value, "route")?) {
            return Err(no(203, "Invalid route"));
        }
        if need(&value, "country")? != "91" {
            return Err(no(203, "Invalid country code"));
        }
        if !is_dlt_id(need(&value, "DLT_TE_ID")?) {
            return Err(no(637, "INVALID_TEMPLATE_ID"));
        }
        let unicode = match value.get("unicode") {
            None => false,
            Some(word) if *word == json!(1) || *word == json!("1") => true,
            Some(_) => return Err(no(201, "unicode must be 1")),
        };
        let sms = value.get("sms").and_then(Value::as_array).map(Vec::as_slice);
        let Some([sms]) = sms else { return Err(no(201, "sms is missing")) };
        let to = sms.get("to").and_then(Value::as_array).map(Vec::as_slice);
        let Some([Value::String(to)]) = to else { return Err(no(201, "to is missing")) };
        let to = mobile(to, false).ok_or_else(|| no(301, "Invalid mobile number"))?;
        let text = need(sms, "message")?.to_owned();
        Ok(Taken { to, text, unicode, our_id: None, report_url: None })
    }

    fn took(&self, _: &SmsAccount, _: &Taken, id: &str, _: Timestamp) -> Answered {
        Answered::json(200, &json!({"message": id, "type": "success"}))
    }

    fn refuse(&self, refusal: &Refusal) -> Answered {
        let code = refusal.code.to_string();
        let body = json!({"message": refusal.words, "type": "error", "code": code});
        Answered::json(refusal.http, &body)
    }

    fn refusal_http(&self) -> u16 {
        200
    }

    fn not_now(&self) -> Refusal {
        no(506, "Internal error")
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        Call::get(
            &account.address("inbound"),
            &[
                ("mobile", message.from.clone()),
                ("number", account.from.clone()),
                ("message", message.text.clone()),
                ("received", message.at.as_millisecond().to_string()),
            ],
        )
    }

    /// One as a flat object (v3), several as a list in a field of a form (v2).
    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let row = |report: &Report| {
            let (status, words) = match report.word {
                StatusWord::Sent => ("0", "SUBMITTED"),
                StatusWord::Delivered | StatusWord::Read => ("1", "DELIVERED"),
                StatusWord::Failed => ("2", "FAILED"),
            };
            let reason = report.code.map(|code| code.to_string()).unwrap_or_default();
            json!({"date": indian_time(report.at), "number": report.to, "credit": "1",
                "status": status, "desc": words, "failedReason": reason})
        };
        if let [report] = reports {
            let mut flat = row(report);
            for (name, value) in [("requestId", report.id.as_str()), ("senderId", &account.from)] {
                if let Some(object) = flat.as_object_mut() {
                    object.insert(name.to_owned(), value.into());
                }
            }
            return Call::json(&address, &flat);
        }
        let list: Vec<_> = reports
            .iter()
            .map(|report| {
                json!({"senderId": account.from, "requestId": report.id, "report": [row(report)],
                    "userId": "270000", "campaignName": "API"})
            })
            .collect();
        Call::form(&address, &[("data", json!(list).to_string())])
    }

    fn most_reports(&self) -> usize {
        20
    }
}
