//! Exotel: developer.exotel.com, "Send SMS", "SMS Status Codes", "SMS Webhooks"; support.exotel.com 45270
//! for people's messages.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::asked::Asked;
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, indian_time,
    is_dlt_id, mobile,
};

const KNOWN: [&str; 10] = [
    "From",
    "To",
    "Body",
    "EncodingType",
    "DltEntityId",
    "DltTemplateId",
    "SmsType",
    "StatusCallback",
    "CustomField",
    "Priority",
];
const TYPES: [&str; 3] = ["transactional", "transactional_opt_in", "promotional"];
/// The longest `Body`, in characters.
const LONGEST: usize = 2000;

pub(super) struct Exotel;

fn no(words: impl Into<String>) -> Refusal {
    Refusal::new(400, 400, words)
}

impl Play for Exotel {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != format!("v1/Accounts/{}/Sms/send.json", account.sid) {
            return Err(Refusal::new(404, 404, "The requested resource could not be found"));
        }
        if *asked.method != Method::POST {
            return Err(Refusal::new(405, 405, "Method not allowed"));
        }
        if !asked.has_basic(&account.username, &account.password) {
            return Err(Refusal::new(401, 401, "Authentication failed"));
        }
        let fields = asked.form().map_err(no)?;
        let need = |name: &str| {
            fields.get(name).ok_or_else(|| no(format!("Mandatory parameter {name} is missing")))
        };
        if let Some(name) = fields.unknown(&KNOWN) {
            return Err(no(format!("Unknown parameter {name}")));
        }
        if need("From")? != account.from {
            return Err(Refusal::new(403, 403, "From is no sender id of this account"));
        }
        let to = mobile(need("To")?, true).ok_or_else(|| no("Invalid Recipient"))?;
        let text = need("Body")?.to_owned();
        if text.chars().count() > LONGEST {
            return Err(no("Body has more than 2000 characters"));
        }
        let unicode = match fields.get("EncodingType") {
            Some("unicode") => true,
            Some("plain") | None => false,
            Some(_) => return Err(no("EncodingType must be plain or unicode")),
        };
        if need("DltEntityId")? != account.entity {
            return Err(no("DltEntityId is not that of this account"));
        }
        if fields.get("DltTemplateId").is_some_and(|id| !is_dlt_id(id)) {
            return Err(no("DltTemplateId has nineteen digits"));
        }
        if fields.get("SmsType").is_some_and(|kind| !TYPES.contains(&kind)) {
            return Err(no("SmsType must be transactional, transactional_opt_in or promotional"));
        }
        Ok(Taken {
            to,
            text,
            unicode,
            our_id: fields.get("CustomField").map(str::to_owned),
            report_url: fields.get("StatusCallback").map(str::to_owned),
        })
    }

    fn took(&self, account: &SmsAccount, taken: &Taken, id: &str, at: Timestamp) -> Answered {
        let national = taken.to.trim_start_matches("91");
        let message = json!({"Sid": id, "AccountSid": account.sid, "From": account.from,
            "To": format!("0{national}"), "DateCreated": indian_time(at),
            "DateUpdated": indian_time(at), "DateSent": null, "Body": taken.text,
            "Direction": "outbound-api", "ApiVersion": null, "Price": null, "Status": "queued",
            "SmsUnits": null, "DetailedStatusCode": 21010, "DetailedStatus": "PENDING_TO_OPERATOR",
            "Uri": format!("/v1/Accounts/{}/SMS/Messages/{id}", account.sid)});
        Answered::json(200, &json!({ "SMSMessage": message }))
    }

    fn refuse(&self, refusal: &Refusal) -> Answered {
        let mut exception = json!({"Status": refusal.http, "Message": refusal.words});
        // Its own codes have five digits; a status alone stands without one.
        if let Some(object) = exception.as_object_mut()
            && refusal.code >= 1000
        {
            object.insert("Code".to_owned(), refusal.code.into());
        }
        Answered::json(refusal.http, &json!({ "RestException": exception }))
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        let national = message.from.strip_prefix("91").unwrap_or(&message.from);
        let call = Call::get(
            &account.address("inbound"),
            &[
                ("SmsSid", message.key.clone()),
                ("From", format!("0{national}")),
                ("To", account.from.clone()),
                ("Date", indian_time(message.at)),
                ("Body", message.text.clone()),
            ],
        );
        Call { head_first: true, ..call }
    }

    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let Some(report) = reports.first() else { return Call::form(&address, &[]) };
        let (status, detail, code) = match report.word {
            StatusWord::Sent => ("submitted", "PENDING_FROM_OPERATOR", 21020),
            StatusWord::Delivered | StatusWord::Read => ("sent", "DELIVERED_TO_HANDSET", 20005),
            StatusWord::Failed => match report.code {
                Some(code @ 23005) => ("failed_dnd", "FAILED_DND", code),
                code => ("failed", "FAILED", code.unwrap_or(23010)),
            },
        };
        let national = report.to.strip_prefix("91").unwrap_or(&report.to);
        let mut fields = vec![
            ("SmsSid", report.id.clone()),
            ("To", format!("0{national}")),
            ("Status", status.to_owned()),
            ("SmsUnits", "1".to_owned()),
            ("DetailedStatus", detail.to_owned()),
            ("DetailedStatusCode", code.to_string()),
            ("DateSent", indian_time(report.at)),
        ];
        fields.extend(report.our_id.clone().map(|id| ("CustomField", id)));
        Call::form(report.url.as_deref().unwrap_or(&address), &fields)
    }

    fn reports_unasked(&self) -> bool {
        false
    }
}
