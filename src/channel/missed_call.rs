//! Missed calls: a person rings a number of ours and hangs up, and the vendor of the number tells us.
//! Pure.
//!
//! | vendor | what it calls us with |
//! |---|---|
//! | Exotel | a GET of its Passthru applet: `CallSid`, `CallFrom`, `CallTo`, `StartTime`, `CallType` |
//! | Knowlarity | a POST of JSON: `caller_id`, `dispnumber`, `callid`, `start_time`, `call_type`; or the call in `data` |
//! | Ozonetel | KooKoo: a GET with `event`, `cid`, `called_number`, `sid`; CloudAgent: a form whose `data` is JSON, or JSON itself |
//!
//! All of them are taken as a query, a form, JSON, and JSON in a field of a form. They are from the
//! vendors' documents and samples, not yet against the vendors.
//!
//! One call makes several words (it rings, it ended, its record): all bear its id, and the first that
//! tells of a caller is the ring.

use jiff::tz::TimeZone;

use crate::channel::sms::decode;
use crate::channel::sms::road::time::time;
use crate::channel::sms::road::tree::{Row, Told};
use crate::channel::sms::{Callback, Decode, DecodeError};
use crate::config::CallVendor;
use crate::message::{Channel, Inbound, InboundContent, StatusUpdate};

/// A number that was withheld, in the words of vendors and operators.
const WITHHELD: [&str; 8] =
    ["anonymous", "private", "restricted", "unknown", "unavailable", "withheld", "none", "0"];

/// The fields of a vendor; of several names the first that is there counts.
struct Fields {
    from: &'static [&'static str],
    id: &'static [&'static str],
    at: &'static [&'static str],
    /// Which way the call went, with what stands there when we rang.
    direction: (&'static [&'static str], &'static [&'static str]),
    /// What became of it, with what stands there when somebody of ours talked to the person.
    end: (&'static [&'static str], &'static [&'static str]),
    /// The field of a form that holds JSON.
    json_field: Option<&'static str>,
    /// The object in which the call stands, where it is not the whole.
    row: &'static [&'static str],
}

const EXOTEL: Fields = Fields {
    from: &["CallFrom", "From"],
    id: &["CallSid"],
    at: &["StartTime", "CurrentTime"],
    direction: (&["Direction"], &["outbound-dial", "outbound-api", "outgoing", "outbound"]),
    end: (&["CallType"], &["completed"]),
    json_field: None,
    row: &[],
};

const KNOWLARITY: Fields = Fields {
    from: &["caller_id", "customer_number", "caller_number"],
    id: &["callid", "uuid", "call_id"],
    at: &["start_time"],
    direction: (&["call_type", "direction"], &["outgoing", "outbound", "1"]),
    end: (&["call_status", "status"], &["answered", "connected"]),
    json_field: Some("data"),
    row: &["data"],
};

const OZONETEL: Fields = Fields {
    from: &["cid", "CallerID", "caller_id"],
    id: &["sid", "monitorUCID", "monitor_ucid", "ucid"],
    at: &["StartTime", "event_time", "eventTime"],
    direction: (
        &["Type", "call_type"],
        &["manual", "outbound", "progressive", "preview", "predictive"],
    ),
    end: (&["Status", "action"], &["answered"]),
    json_field: Some("data"),
    row: &[],
};

/// Decodes the calls of one account.
#[derive(Clone, Debug)]
pub struct MissedCalls {
    account: String,
    vendor: CallVendor,
}

impl MissedCalls {
    #[must_use]
    pub fn new(account: impl Into<String>, vendor: CallVendor) -> MissedCalls {
        MissedCalls { account: account.into(), vendor }
    }

    const fn fields(&self) -> &'static Fields {
        match self.vendor {
            CallVendor::Exotel => &EXOTEL,
            CallVendor::Knowlarity => &KNOWLARITY,
            CallVendor::Ozonetel => &OZONETEL,
        }
    }

    fn ring(&self, row: &Row<'_>, callback: &Callback) -> Result<Option<Inbound>, DecodeError> {
        let fields = self.fields();
        let (from_us, answered) = (is_one_of(row, fields.direction), is_one_of(row, fields.end));
        if from_us || answered {
            let account = &self.account;
            tracing::debug!(account, from_us, answered, "a call that was not missed is left alone");
            return Ok(None);
        }
        let (field, number) = first(row, fields.from).ok_or_else(|| missing(fields.from))?;
        let Some(from) = decode::sender(&number) else {
            let is_withheld = WITHHELD.contains(&number.trim().to_ascii_lowercase().as_str());
            if is_withheld || decode::is_machine(&number) {
                tracing::info!(
                    account = self.account,
                    "a missed call of no mobile number is left alone"
                );
                return Ok(None);
            }
            return Err(DecodeError::new(
                field,
                "is no phone number; a person's has ten digits, or a country code before them",
            ));
        };
        let told_at = match first(row, fields.at) {
            None => callback.at,
            // Times without a zone are India's.
            Some((field, text)) => {
                let zone = TimeZone::get("Asia/Kolkata").unwrap_or(TimeZone::UTC);
                time(&text, &[], &zone).ok_or_else(|| {
                    DecodeError::new(
                        field,
                        "is no time; \"2026-11-21 13:05:00\" or seconds since 1970 are",
                    )
                })?
            }
        };
        let key = match first(row, fields.id) {
            Some((_, id)) => format!("{}:{id}", self.account),
            None => decode::key(&self.account, &[&number], told_at, &Ok(String::new())),
        };
        Ok(Some(Inbound {
            channel: Channel::MissedCall,
            account: self.account.clone(),
            key,
            from,
            profile_name: None,
            // Nobody rings tomorrow.
            sent_at: told_at.min(callback.at),
            content: InboundContent::MissedCall,
            quoted: None,
        }))
    }
}

impl Decode for MissedCalls {
    fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
        let fields = self.fields();
        let told = Told::of(callback, fields.json_field)?;
        let lists: Vec<String> = fields.row.iter().map(|name| (*name).to_owned()).collect();
        let rows = told.rows(&lists)?;
        let mut rings = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let ring = self.ring(row, callback);
            rings.extend(ring.map_err(|error| error.in_row(place, rows.len()))?);
        }
        Ok(rings)
    }

    fn reports(&self, _callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError> {
        Ok(Vec::new())
    }
}

/// The first of the fields that is there and not empty: its name, and its value.
fn first(row: &Row<'_>, names: &[&'static str]) -> Option<(&'static str, String)> {
    let mut found = names.iter().filter_map(|name| Some((*name, row.text(name)?)));
    found.find(|(_, text)| !text.trim().is_empty())
}

fn is_one_of(row: &Row<'_>, (names, words): (&[&'static str], &[&str])) -> bool {
    let Some((_, told)) = first(row, names) else { return false };
    words.iter().any(|word| told.trim().eq_ignore_ascii_case(word))
}

fn missing(names: &[&'static str]) -> DecodeError {
    let field = names.first().copied().unwrap_or("body");
    let reason = match names.get(1..).unwrap_or_default() {
        [] => "is missing".to_owned(),
        others => format!("is missing, and so is {}", others.join(", ")),
    };
    DecodeError::new(field, reason)
}

#[cfg(test)]
mod tests;
