//! Kannel: what we ask its `sendsms`, what its answers mean, and what it calls us with.
//!
//! What must be known of it, each found out on a real one (1.4.5; `tests/it/kannel.rs` holds to it):
//!
//! - A form is refused; text and its headers go as a `POST` with `X-Kannel-…`. The password stands in
//!   a header and in no log of addresses.
//! - Without `coding=2` Hindi arrives as `?????`, without the charset as rubbish; both get a 202.
//! - The answer holds no id. Ours travels in the address it reports to, and as the account of its log.
//! - It cuts long texts wherever 67 units end, inside a conjunct or an emoji. We cut ourselves, and
//!   send each part with its own header (UDH).
//! - It asks the operator for a receipt of the first part only. Of ours, the last part reports all that
//!   happens to it, the earlier ones only that they failed: the last is handed over only after all
//!   others, so that its words are the message's.
//! - Reports come twice, late, or in the wrong order: a status only moves forward.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, StatusCode};

use crate::channel::sms::config::{KannelRoad, SmsAccount};
use crate::channel::sms::dlt::{self, Ids};
use crate::channel::sms::road::classes::scrubbed;
use crate::channel::sms::wire::{self, PARTS_MAX, refused};
use crate::channel::sms::{Callback, Decode, DecodeError, decode};
use crate::channel::{ErrorClass, SendAnswer};
use crate::message::{
    Channel, Inbound, InboundContent, Lane, Outgoing, OutgoingId, Registered, Status, StatusUpdate,
};
use crate::segments::{Parts, split};

/// What the last part reports: delivered 1, failed 2, buffered 4, taken 8 or refused 16 by the operator.
const ALL_REPORTS: u8 = 31;
/// What the earlier ones report: failed, refused.
const FAILURES: u8 = 2 | 16;

/// One account's way through Kannel. Cheap to clone.
#[derive(Clone)]
pub struct Kannel {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    account: String,
    from: String,
    keyword: Option<String>,
    /// Where Kannel reports, up to the query.
    report_url: String,
    road: KannelRoad,
}

impl std::fmt::Debug for Kannel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kannel")
            .field("account", &self.inner.account)
            .finish_non_exhaustive()
    }
}

/// One request to `sendsms`: the headers after those of the account, and the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) text: String,
}

impl Kannel {
    /// `client` has its timeouts set and follows no redirects; `callback_url` is our address as
    /// Kannel reaches it.
    #[must_use]
    pub fn new(
        client: Client,
        callback_url: &str,
        account: &SmsAccount,
        road: &KannelRoad,
    ) -> Kannel {
        let inner = Inner {
            client,
            account: account.name.clone(),
            from: account.from.clone(),
            keyword: account.keyword.clone(),
            report_url: wire::report_url(callback_url, account),
            road: road.clone(),
        };
        Kannel { inner: Arc::new(inner) }
    }

    /// Whether Kannel is there and takes our user: a request that names nobody, which it refuses after
    /// it looked at the password.
    ///
    /// # Errors
    /// What is wrong and what to do, in words.
    pub(super) async fn examine(&self) -> Result<String, String> {
        let (inner, url) = (&self.inner, &self.inner.road.url);
        let from = vec![("X-Kannel-From", inner.from.clone())];
        let request = Request { headers: from, text: String::new() };
        let answer = inner.call(request).send().await;
        let answer = answer.map_err(|_| format!("nothing answers at {url}; is smsbox running?"))?;
        match answer.status().as_u16() {
            400 => Ok(format!("kannel answers at {url} and knows the user")),
            401 | 403 => Err(format!(
                "kannel at {url} refuses the user or the password; look at its group = sendsms-user"
            )),
            404 => Err(format!("kannel has nothing at {url}; the path is /cgi-bin/sendsms")),
            other => Err(format!("what answers at {url} is no sendsms of kannel (status {other})")),
        }
    }

    /// Hands a message over, part after part. What Kannel took it is not given again: a message whose
    /// third part was refused goes on with the third, also in another process.
    pub(super) async fn send(
        &self,
        outgoing: &Outgoing,
        to: &str,
        text: &str,
        now: Timestamp,
    ) -> SendAnswer {
        let requests = self.inner.requests(outgoing, to, text, now);
        if requests.len() > PARTS_MAX {
            tracing::error!(
                account = self.inner.account,
                outgoing = outgoing.id.id,
                parts = requests.len(),
                "a text of more than {PARTS_MAX} parts is not sent by sms"
            );
            return refused(ErrorClass::Never, None);
        }
        for (taken, request) in (0_u32..).zip(requests) {
            if taken < outgoing.parts_taken {
                continue;
            }
            match self.inner.post(request).await {
                SendAnswer::Accepted { .. } => {}
                answer @ (SendAnswer::Refused(_) | SendAnswer::NotSent) if taken > 0 => {
                    return SendAnswer::Partly { taken, answer: Box::new(answer) };
                }
                answer => return answer,
            }
        }
        SendAnswer::Accepted { provider_id: None, held: false }
    }
}

impl Inner {
    /// A call with the account's user, ready to be sent.
    fn call(&self, request: Request) -> RequestBuilder {
        let mut call = self
            .client
            .post(&self.road.url)
            .header(CONTENT_TYPE, "text/plain; charset=UTF-8")
            .header("X-Kannel-Username", &self.road.username)
            .header("X-Kannel-Password", self.road.password.expose());
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        call.body(request.text)
    }

    async fn post(&self, request: Request) -> SendAnswer {
        let response = match wire::answer_to(self.call(request), &self.account).await {
            Ok(response) => response,
            Err(answer) => return answer,
        };
        let http = response.status();
        // The first words tell; they hold nothing of the message.
        let words = match response.text().await {
            Ok(words) => words,
            Err(_) if http.is_success() => return SendAnswer::NoAnswer,
            Err(_) => String::new(),
        };
        let answer = read_answer(http, &words);
        if let SendAnswer::Refused(error) = &answer {
            let said = harmless(&words);
            tracing::warn!(account = self.account, http = http.as_u16(), class = ?error.class, said, "kannel refused a message");
        }
        answer
    }

    /// The requests that carry a text, one a part.
    fn requests(&self, outgoing: &Outgoing, to: &str, text: &str, now: Timestamp) -> Vec<Request> {
        let Parts { unicode, parts } = split(text);
        let count = parts.len();
        let minutes = self.minutes(outgoing.send_before, now);
        let registered = outgoing.content.registered();
        let requests = parts.into_iter().enumerate().map(|(index, part)| {
            let number = index + 1;
            let mask = if number == count { ALL_REPORTS } else { FAILURES };
            let mut headers = vec![
                ("X-Kannel-From", dlt::sender(&self.from, registered).to_owned()),
                ("X-Kannel-To", to.to_owned()),
                ("X-Kannel-Coding", if unicode { "2" } else { "0" }.to_owned()),
                ("X-Kannel-Account", outgoing.id.to_opaque()),
                ("X-Kannel-DLR-Mask", mask.to_string()),
                ("X-Kannel-DLR-URL", self.report_url(outgoing.id, number, count)),
            ];
            if count > 1 {
                // One number for all parts, the same when they are sent again (23.040, 9.2.3.24.1).
                let reference = outgoing.id.id.rem_euclid(256);
                headers.push((
                    "X-Kannel-UDH",
                    format!("%05%00%03%{reference:02X}%{count:02X}%{number:02X}"),
                ));
            }
            if let Some(smsc) = &self.road.smsc {
                headers.push(("X-Kannel-SMSC", smsc.clone()));
            }
            if self.road.priority {
                headers.push(("X-Kannel-Priority", priority(outgoing.lane).to_owned()));
            }
            if let Some(minutes) = minutes {
                headers.push(("X-Kannel-Validity", minutes.to_string()));
            }
            if let Some(meta) = self.meta(registered) {
                headers.push(("X-Kannel-Meta-Data", meta));
            }
            Request { headers, text: part.to_owned() }
        });
        requests.collect()
    }

    /// Kannel fills in what begins with `%`.
    fn report_url(&self, id: OutgoingId, number: usize, count: usize) -> String {
        let (url, id) = (&self.report_url, id.to_opaque());
        format!("{url}?id={id}&part={number}&of={count}&t=%d&at=%T&smsc=%i&answer=%A")
    }

    /// Minutes an operator may try: never beyond the message's own last moment.
    fn minutes(&self, send_before: Option<Timestamp>, now: Timestamp) -> Option<i64> {
        let own =
            send_before.map(|last| (last.as_second() - now.as_second()).div_euclid(60).max(1));
        let usual = self.road.validity_minutes.map(i64::from);
        match (own, usual) {
            (Some(own), Some(usual)) => Some(own.min(usual)),
            (own, usual) => own.or(usual),
        }
    }

    /// The meta-data with its values; a tag without one is left out.
    fn meta(&self, registered: Option<&Registered>) -> Option<String> {
        let pattern = self.road.meta.as_deref()?;
        let Ids { entity, template, chain } = dlt::ids(&self.road.dlt, registered);
        let values = [("{entity}", entity), ("{template}", template), ("{chain}", chain)];
        let (group, tags) = match pattern.strip_prefix('?').and_then(|rest| rest.split_once('?')) {
            Some((group, tags)) => (format!("?{group}?"), tags),
            None => (String::new(), pattern),
        };
        let mut filled = Vec::new();
        for tag in tags.split('&') {
            let named = values.iter().find(|(name, _)| tag.contains(name));
            match named {
                Some((name, Some(value))) => filled.push(tag.replace(name, value)),
                Some((_, None)) => {}
                None => filled.push(tag.to_owned()),
            }
        }
        (!filled.is_empty()).then(|| format!("{group}{}", filled.join("&")))
    }
}

/// Kannel's priorities are 0 to 3, the highest first.
const fn priority(lane: Lane) -> &'static str {
    match lane {
        Lane::Reply => "3",
        Lane::Person => "2",
        Lane::Reminder => "1",
        Lane::Broadcast => "0",
    }
}

/// What an answer of `sendsms` means.
///
/// | answer | what it means |
/// |---|---|
/// | 202 | taken, or queued until the operator's line is back |
/// | other 2xx | not Kannel's: whether anybody took it is not known |
/// | 503, 429 | its queue is full or its core is away: slower, then again |
/// | 502, 504 | of a proxy before it: not known |
/// | 500 | again, a few times |
/// | 403 "Not routable" | no operator's line takes it now: again for half an hour |
/// | 400 | never in this form |
/// | other 4xx, 3xx | the account: user, password, address |
fn read_answer(http: StatusCode, words: &str) -> SendAnswer {
    let class = match http.as_u16() {
        202 => return SendAnswer::Accepted { provider_id: None, held: false },
        200..=299 | 502 | 504 => return SendAnswer::NoAnswer,
        503 | 429 => ErrorClass::Throttle,
        500..=599 => ErrorClass::Retry { times: 8 },
        403 if words.starts_with("Not routable") => ErrorClass::Retry { times: 12 },
        400 => ErrorClass::Never,
        _ => ErrorClass::PauseSender,
    };
    refused(class, Some(http.as_u16()))
}

/// The first words of an answer for the log, every digit hidden.
fn harmless(words: &str) -> String {
    words.chars().take(80).map(|sign| if sign.is_ascii_digit() { '•' } else { sign }).collect()
}

impl Decode for Kannel {
    /// Kannel's `post-url` (text in the body, the rest in `X-Kannel-…`) or `get-url` (all in the
    /// query: `from=%p&to=%P&text=%b&id=%I&at=%T`).
    fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
        let message = if callback.method == "POST" { posted(callback)? } else { asked(callback)? };
        let Some(from) = decode::sender(message.from) else {
            if !decode::is_machine(message.from) {
                let field = if callback.method == "POST" { "X-Kannel-From" } else { "from" };
                return Err(DecodeError::new(
                    field,
                    "is no phone number; a person's has ten digits, or a country code before them",
                ));
            }
            tracing::info!(
                account = self.inner.account,
                "an sms of no person's number is left alone"
            );
            return Ok(Vec::new());
        };
        let sent_at = message.sent_at.unwrap_or(callback.at);
        let told = [message.from, message.to.unwrap_or_default()];
        let key = message.id.map_or_else(
            || decode::key(&self.inner.account, &told, sent_at, &message.text),
            |id| format!("{}:{id}", self.inner.account),
        );
        let content = match message.text {
            Ok(text) => {
                let text = decode::without_keyword(&text, self.inner.keyword.as_deref());
                InboundContent::Text { text: text.to_owned() }
            }
            Err(_octets) => InboundContent::Other { kind: "binary".to_owned() },
        };
        Ok(vec![Inbound {
            channel: Channel::Sms,
            account: self.inner.account.clone(),
            key,
            from,
            profile_name: None,
            sent_at,
            content,
            quoted: None,
        }])
    }

    fn reports(&self, callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError> {
        let given = |name: &str| {
            callback.query(name).ok_or_else(|| DecodeError::new(name, "is missing from the query"))
        };
        let id = given("id")?;
        let outgoing = OutgoingId::from_opaque(id)
            .ok_or_else(|| DecodeError::new("id", "is none of ours: sv1.NUMBER.TIME"))?;
        let bits: u8 = given("t")?
            .parse()
            .map_err(|_| DecodeError::new("t", "is no delivery report's number (%d)"))?;
        let status = status_of(bits).ok_or_else(|| {
            DecodeError::new("t", "holds none of the bits 1, 2, 4, 8, 16, 32, 64")
        })?;
        let is_last = callback.query("part") == callback.query("of");
        if !is_last && status != Status::Failed {
            // The words of an earlier part are not the message's.
            return Ok(Vec::new());
        }
        let answer = callback.query("answer").unwrap_or_default();
        let error = (status == Status::Failed).then(|| error_of(answer)).flatten();
        Ok(vec![StatusUpdate {
            channel: Channel::Sms,
            account: self.inner.account.clone(),
            provider_id: id.to_owned(),
            outgoing: Some(outgoing),
            status,
            at: callback.query("at").and_then(epoch).unwrap_or(callback.at),
            error,
            asks: error.and_then(scrubbed).and_then(ErrorClass::asks),
            recipient: crate::contact::Identities::default(),
        }])
    }
}

/// A person's message as Kannel tells of it; text that is none comes as octets.
struct Told<'a> {
    from: &'a str,
    to: Option<&'a str>,
    id: Option<&'a str>,
    sent_at: Option<Timestamp>,
    text: Result<String, Vec<u8>>,
}

fn posted(callback: &Callback) -> Result<Told<'_>, DecodeError> {
    let from = callback.header("x-kannel-from").filter(|from| !from.trim().is_empty());
    let from = from.ok_or_else(|| {
        DecodeError::new("X-Kannel-From", "is missing; set send-sender = true in sms-service")
    })?;
    Ok(Told {
        from,
        to: callback.header("x-kannel-to"),
        id: callback.query("id").filter(|id| !id.is_empty()),
        sent_at: callback.header("x-kannel-time").and_then(kannel_time),
        text: decode::text(&callback.body, callback.header("content-type").unwrap_or_default()),
    })
}

fn asked(callback: &Callback) -> Result<Told<'_>, DecodeError> {
    let from = callback.query("from").filter(|from| !from.trim().is_empty());
    let from = from.ok_or_else(|| {
        DecodeError::new(
            "from",
            "is missing; write get-url = \"…/inbound?from=%p&to=%P&text=%b&id=%I&at=%T\"",
        )
    })?;
    let text = callback.query("text");
    let text =
        text.ok_or_else(|| DecodeError::new("text", "is missing; write text=%b in get-url"))?;
    // What was no UTF-8 has become this sign; a person may have sent it, too.
    let was_sent = callback.target.to_ascii_uppercase().contains("%EF%BF%BD");
    if text.contains('\u{fffd}') && !was_sent {
        return Err(DecodeError::new(
            "text",
            "is not UTF-8; set mo-recode = true in group = smsbox",
        ));
    }
    Ok(Told {
        from,
        to: callback.query("to"),
        id: callback.query("id").filter(|id| !id.is_empty()),
        sent_at: callback.query("at").and_then(epoch),
        text: Ok(text.to_owned()),
    })
}

/// `2026-11-21 13:53:12`, in UTC.
fn kannel_time(text: &str) -> Option<Timestamp> {
    let civil = text.trim().replace(' ', "T");
    format!("{civil}Z").parse().ok()
}

/// Seconds since 1970.
fn epoch(text: &str) -> Option<Timestamp> {
    let seconds: i64 = text.trim().parse().ok()?;
    // Before our time or far after it somebody made it up.
    (1_000_000_000..=4_000_000_000)
        .contains(&seconds)
        .then(|| Timestamp::from_second(seconds).ok())?
}

/// What the bits of a report say; `None` when it says nothing. Expired is 32 and 2; 64 and 2 means
/// that the operator does not know any more, which is no failure.
const fn status_of(bits: u8) -> Option<Status> {
    if bits & 64 != 0 {
        Some(Status::Sent)
    } else if bits & 1 != 0 {
        Some(Status::Delivered)
    } else if bits & (2 | 16 | 32) != 0 {
        Some(Status::Failed)
    } else if bits & (4 | 8) != 0 {
        Some(Status::Sent)
    } else {
        None
    }
}

/// The operator's code: `NACK/0x0000000b/Invalid …`, or `… stat:UNDELIV err:001 text:`.
fn error_of(answer: &str) -> Option<i64> {
    if let Some(rest) = answer.strip_prefix("NACK/") {
        let code = rest.split('/').next()?;
        return match code.strip_prefix("0x") {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => code.parse().ok(),
        };
    }
    let (_, rest) = answer.split_once("err:")?;
    let code = rest.split_whitespace().next()?;
    code.parse().ok().or_else(|| i64::from_str_radix(code, 16).ok())
}

#[cfg(test)]
mod tests;
