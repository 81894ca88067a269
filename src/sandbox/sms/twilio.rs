//! Twilio: twilio.com/docs, "Messages resource", "Messaging webhook request", "Security", "Error
//! dictionary".

use axum::http::Method;
use jiff::Timestamp;
use serde_json::json;

use super::asked::Asked;
use super::{
    Answered, Call, Message, Play, Refusal, Report, SmsAccount, StatusWord, Taken, is_dlt_id,
};

/// The longest `Body`, in characters.
const LONGEST: usize = 1600;

pub(super) struct Twilio;

fn no(code: i64, words: impl Into<String>) -> Refusal {
    Refusal::new(400, code, words)
}

impl Play for Twilio {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal> {
        if asked.path != format!("2010-04-01/Accounts/{}/Messages.json", account.username) {
            return Err(Refusal::new(404, 20404, "The requested resource was not found"));
        }
        if *asked.method != Method::POST {
            return Err(Refusal::new(405, 20004, "Method not allowed"));
        }
        if !asked.has_basic(&account.username, &account.password) {
            return Err(Refusal::new(401, 20003, "Authenticate"));
        }
        let fields = asked.form().map_err(|words| no(20001, words))?;
        let to = fields.get("To").ok_or_else(|| no(21604, "A 'To' phone number is required."))?;
        let text = fields.get("Body").ok_or_else(|| no(21602, "Message body is required."))?;
        if text.chars().count() > LONGEST {
            return Err(no(
                21617,
                "The concatenated message body exceeds the 1600 character limit",
            ));
        }
        match (fields.get("From"), fields.get("MessagingServiceSid")) {
            (None, None) => return Err(no(21603, "A 'From' phone number is required.")),
            (Some(from), None) if from != account.from => {
                return Err(no(
                    21606,
                    "The 'From' phone number is not a valid message-capable one",
                ));
            }
            _ => {}
        }
        for (name, code) in [("DltPEId", 21900), ("DltTemplateId", 21901)] {
            if fields.get(name).is_some_and(|id| !is_dlt_id(id)) {
                return Err(no(code, format!("{name} is invalid")));
            }
        }
        let callback = fields.get("StatusCallback");
        if callback.is_some_and(|url| reqwest::Url::parse(url).is_err()) {
            return Err(no(21609, "The 'StatusCallback' URL is not a valid URL."));
        }
        // E.164.
        let digits = to.strip_prefix('+').filter(|digits| {
            (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        let digits = digits.ok_or_else(|| no(21211, "Invalid 'To' Phone Number"))?;
        Ok(Taken {
            to: digits.to_owned(),
            text: text.to_owned(),
            unicode: true,
            our_id: None,
            report_url: callback.map(str::to_owned),
        })
    }

    fn took(&self, account: &SmsAccount, taken: &Taken, id: &str, at: Timestamp) -> Answered {
        let body = json!({"sid": id, "account_sid": account.username, "api_version": "2010-04-01",
            "body": taken.text, "date_created": at.strftime("%a, %d %b %Y %H:%M:%S %z").to_string(),
            "direction": "outbound-api", "error_code": null, "error_message": null,
            "from": account.from, "num_segments": "1", "status": "queued",
            "to": format!("+{}", taken.to)});
        Answered::json(201, &body)
    }

    fn refuse(&self, refusal: &Refusal) -> Answered {
        let code = refusal.code;
        let body = json!({"code": code, "message": refusal.words, "status": refusal.http,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}")});
        Answered::json(refusal.http, &body)
    }

    fn too_many(&self) -> Refusal {
        Refusal::new(429, 20429, "Too Many Requests")
    }

    fn broken(&self) -> Refusal {
        Refusal::new(500, 20500, "Internal Server Error")
    }

    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call {
        Call::form(
            &account.address("inbound"),
            &[
                ("MessageSid", message.key.clone()),
                ("SmsMessageSid", message.key.clone()),
                ("SmsSid", message.key.clone()),
                ("AccountSid", account.username.clone()),
                ("From", format!("+{}", message.from)),
                ("To", account.from.clone()),
                ("Body", message.text.clone()),
                ("NumMedia", "0".to_owned()),
                ("NumSegments", "1".to_owned()),
                ("SmsStatus", "received".to_owned()),
                ("ApiVersion", "2010-04-01".to_owned()),
            ],
        )
    }

    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call {
        let address = account.address("report");
        let Some(report) = reports.first() else { return Call::form(&address, &[]) };
        let status = match report.word {
            StatusWord::Sent => "sent",
            StatusWord::Delivered | StatusWord::Read => "delivered",
            StatusWord::Failed => "undelivered",
        };
        let mut fields = vec![
            ("MessageSid", report.id.clone()),
            ("SmsSid", report.id.clone()),
            ("MessageStatus", status.to_owned()),
            ("SmsStatus", status.to_owned()),
            ("AccountSid", account.username.clone()),
            ("From", account.from.clone()),
            ("To", format!("+{}", report.to)),
            ("ApiVersion", "2010-04-01".to_owned()),
        ];
        fields.extend(report.code.map(|code| ("ErrorCode", code.to_string())));
        Call::form(report.url.as_deref().unwrap_or(&address), &fields)
    }

    fn reports_unasked(&self) -> bool {
        false
    }
}
