//! Kaleyra: developers.kaleyra.io, "SMS API send with Unicode", "SMS Callback", "Create Callback Profile
//! for Incoming SMS Messages". The form of its refusals is from memory; what a report holds is what the
//! account's callback profile says, here the names of its fields.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::asked::Asked;
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, indian_time,
    is_dlt_id, mobile,
};

const KNOWN: [&str; 7] =
    ["to", "sender", "type", "body", "unicode", "template_id", "callback_profile_id"];

pub(super) struct Kaleyra;

fn no(words: impl Into<String>) -> Refusal {
    Refusal::new(400, 400, words)
}

impl Play for Kaleyra {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != format!("v1/{}/messages", account.sid) {
            return Err(Refusal::new(404, 404, "no such path"));
        }
        if *asked.method != Method::POST {
            return Err(Refusal::new(405, 405, "POST"));
        }
        if asked.header("api-key") != Some(account.password.as_str()) {
            return Err(Refusal::new(401, 401, "Invalid api-key"));
        }
        let fields = asked.form().map_err(no)?;
        let need = |name: &str| fields.get(name).ok_or_else(|| no(format!("{name} is required")));
        if let Some(name) = fields.unknown(&KNOWN) {
            return Err(no(format!("{name} is unknown")));
        }
        if need("sender")? != account.from {
            return Err(Refusal::new(403, 403, "sender is none of this account"));
        }
        let to = mobile(need("to")?, true).ok_or_else(|| no("to is no valid number"))?;
        if !["TXN", "MKT", "OTP", "DEFAULT"].contains(&need("type")?) {
            return Err(no("type must be TXN, MKT, OTP or DEFAULT"));
        }
        let unicode = match fields.get("unicode") {
            Some("1") => true,
            None | Some("0") => false,
            Some(_) => return Err(no("unicode must be 0 or 1")),
        };
        if !is_dlt_id(need("template_id")?) {
            return Err(no("template_id has nineteen digits"));
        }
        let text = need("body")?.to_owned();
        Ok(Taken { to, text, unicode, our_id: None, report_url: None })
    }

    fn took(&self, account: &SmsAccount, taken: &Taken, id: &str, at: Timestamp) -> Answered {
        let body = json!({"id": id, "type": "TXN", "sender": account.from,
            "createdDateTime": indian_time(at), "totalCount": 1,
            "unicode": if taken.unicode { "1" } else { "0" }, "body": taken.text,
            "data": [{"message_id": format!("{id}:0"), "recipient": format!("+{}", taken.to)}],
            "error": {}});
        Answered::json(202, &body)
    }

    fn refuse(&self, refusal: &Refusal) -> Answered {
        let body = json!({"code": refusal.code.to_string(), "message": refusal.words});
        Answered::json(refusal.http, &body)
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        let body = json!({"source": format!("+{}", message.from), "recipient": account.from,
            "message": message.text, "keyword": "SAMVAD", "operator": "Jio",
            "circle": "UP East", "timestamp": indian_time(message.at), "id": message.key,
            "kid": "1", "status": "RECEIVED", "description": ""});
        Call::json(&account.address("inbound"), &body)
    }

    /// Failures by a POST, others by a GET: a profile may say either.
    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let Some(report) = reports.first() else { return Call::form(&address, &[]) };
        let status = match report.word {
            StatusWord::Sent => "Sent",
            StatusWord::Delivered | StatusWord::Read => "Delivered",
            StatusWord::Failed => "Failed",
        };
        let mut fields = vec![
            ("message_id", format!("{}:0", report.id)),
            ("recipient", format!("+{}", report.to)),
            ("status", status.to_owned()),
            ("timestamp", indian_time(report.at)),
        ];
        fields.extend(report.code.map(|code| ("error_code", code.to_string())));
        if report.word != StatusWord::Failed {
            return Call::get(&address, &fields);
        }
        let object: serde_json::Map<_, _> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        Call::json(&address, &object.into())
    }
}
