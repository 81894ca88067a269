//! Infobip: infobip.com/docs/api/channels/sms, "Send SMS messages" (v3), "Receive outbound SMS message
//! reports", "Receive inbound SMS messages", "Message status codes".

use axum::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asked::{Asked, unknown_member};
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, is_dlt_id,
};

pub(super) struct Infobip;

fn no(words: impl Into<String>) -> Refusal {
    Refusal::new(400, 400, words)
}

/// The only element of a list.
fn only<'v>(value: &'v Value, name: &str) -> Result<&'v Value, Refusal> {
    let list = value.get(name).and_then(Value::as_array).map(Vec::as_slice);
    let Some([one]) = list else { return Err(no(format!("{name} must have one element here"))) };
    Ok(one)
}

fn need<'v>(value: &'v Value, path: &[&str]) -> Result<&'v str, Refusal> {
    text(value, path).ok_or_else(|| no(format!("{} is missing", path.join("."))))
}

fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    let mut found = value;
    for name in path {
        found = found.get(name)?;
    }
    found.as_str().filter(|text| !text.is_empty())
}

impl Play for Infobip {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != "sms/3/messages" {
            return Err(Refusal::new(404, 404, "no such path"));
        }
        if *asked.method != Method::POST {
            return Err(Refusal::new(405, 405, "POST"));
        }
        if asked.header("authorization") != Some(&format!("App {}", account.password)) {
            return Err(Refusal::new(401, 401, "Invalid login details"));
        }
        let value = asked.json().map_err(no)?;
        let message = only(&value, "messages")?;
        let destination = only(message, "destinations")?;
        for (object, known) in [
            (&value, ["messages"].as_slice()),
            (message, &["sender", "destinations", "content", "options", "webhooks"]),
            (destination, &["to", "messageId"]),
        ] {
            if let Some(name) = unknown_member(object, known) {
                return Err(no(format!("{name} is unknown")));
            }
        }
        if need(message, &["sender"])? != account.from {
            return Err(Refusal::new(200, 12, "Invalid sender"));
        }
        let dlt = ["options", "regional", "indiaDlt"];
        for name in ["contentTemplateId", "principalEntityId"] {
            let path = [&dlt[..], &[name]].concat();
            if text(message, &path).is_some_and(|id| !is_dlt_id(id)) {
                return Err(no(format!("{name} has nineteen digits")));
            }
        }
        // With the country code, digits alone.
        let to = need(destination, &["to"])?;
        let is_number = (8..=15).contains(&to.len()) && to.bytes().all(|b| b.is_ascii_digit());
        if !is_number || to.starts_with('0') {
            return Err(Refusal::new(200, 52, "Invalid destination address"));
        }
        Ok(Taken {
            to: to.to_owned(),
            text: need(message, &["content", "text"])?.to_owned(),
            unicode: true,
            our_id: text(destination, &["messageId"]).map(str::to_owned),
            report_url: text(message, &["webhooks", "delivery", "url"]).map(str::to_owned),
        })
    }

    fn took(&self, _: &SmsAccount, taken: &Taken, id: &str, _: Timestamp) -> Answered {
        let status = json!({"groupId": 1, "groupName": "PENDING", "id": 26,
            "name": "PENDING_ACCEPTED", "description": "Message sent to next instance"});
        let id = taken.our_id.as_deref().unwrap_or(id);
        let message = json!({"messageId": id, "status": status, "destination": taken.to});
        Answered::json(200, &json!({"bulkId": "2034072219640523072", "messages": [message]}))
    }

    /// A message it knows and will not send is rejected in a 200; a request it cannot read is an error.
    fn refuse(&self, refusal: &Refusal) -> Answered {
        if refusal.http == 200 {
            let status = json!({"groupId": 5, "groupName": "REJECTED", "id": refusal.code,
                "name": "REJECTED", "description": refusal.words});
            return Answered::json(200, &json!({"messages": [{"status": status}]}));
        }
        let word = match refusal.http {
            401 => "UNAUTHORIZED",
            429 => "TOO_MANY_REQUESTS",
            500.. => "GENERAL_ERROR",
            _ => "BAD_REQUEST",
        };
        let exception = json!({"messageId": word, "text": refusal.words});
        let body = json!({"requestError": {"serviceException": exception}});
        Answered::json(refusal.http, &body)
    }

    fn refusal_http(&self) -> u16 {
        200
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        let row = json!({"messageId": message.key, "from": message.from, "to": account.from,
            "text": message.text, "cleanText": message.text, "keyword": "", "smsCount": 1,
            "receivedAt": iso(message.at), "callbackData": null,
            "price": {"pricePerMessage": 0, "currency": "INR"}});
        let body = json!({"results": [row], "messageCount": 1, "pendingMessageCount": 0});
        Call::json(&account.address("inbound"), &body)
    }

    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let url = reports.first().and_then(|report| report.url.clone());
        let rows: Vec<_> = reports
            .iter()
            .map(|report| {
                let (group, name, id) = match report.word {
                    StatusWord::Sent => ("DELIVERED", "DELIVERED_TO_OPERATOR", 2),
                    StatusWord::Delivered | StatusWord::Read => {
                        ("DELIVERED", "DELIVERED_TO_HANDSET", 5)
                    }
                    StatusWord::Failed => ("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", 9),
                };
                let code = report.code.unwrap_or_default();
                json!({"bulkId": "2034072219640523072", "price": {"pricePerMessage": 0.0, "currency": "INR"},
                    "status": {"groupId": 3, "groupName": group, "id": id, "name": name, "description": ""},
                    "error": {"groupId": 0, "groupName": "OK", "id": code, "name": "", "description": "", "permanent": false},
                    "messageId": report.our_id.as_deref().unwrap_or(&report.id), "to": report.to,
                    "sentAt": iso(report.at), "doneAt": iso(report.at), "smsCount": 1, "mccMnc": "40500"})
            })
            .collect();
        Call::json(url.as_deref().unwrap_or(&address), &json!({ "results": rows }))
    }

    fn most_reports(&self) -> usize {
        20
    }
}

/// `2026-11-21T06:00:00.000+0000`
fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}
