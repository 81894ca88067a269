//! An aggregator by its road file: what is asked of it, what its answers mean, and what it calls us
//! with. Everything a vendor does its own way stands in the file (`road/presets/`, or the operator's).
//!
//! | file | subject |
//! |---|---|
//! | `file.rs` | the road file, and what is wrong with one |
//! | `request.rs` | the request that sends a message |
//! | `answer.rs` | what the answer means |
//! | `classes.rs` | what to do about a code; the operators' DLT scrubbing |
//! | `tree.rs` | a call in any shape as one tree |
//! | `callback.rs` | messages and reports in it |
//! | `time.rs` | times in the forms vendors write |
//! | `signature.rs` | whether the vendor signed it |

mod answer;
mod callback;
pub mod classes;
pub mod file;
mod request;
mod signature;
pub(in crate::channel) mod time;
pub(in crate::channel) mod tree;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder};

use self::callback::Whose;
pub use self::file::{BadRoad, PRESETS, RoadFile};
use self::file::{Method, SignatureKind};
use self::request::{Body, Request, Values};
use crate::channel::sms::config::{HttpRoad, Secret, SmsAccount};
use crate::channel::sms::dlt::{self, Ids};
use crate::channel::sms::wire::{self, PARTS_MAX, refused};
use crate::channel::sms::{Callback, Decode, DecodeError};
use crate::channel::{ErrorClass, SendAnswer};
use crate::message::{Inbound, Outgoing, Registered, StatusUpdate};
use crate::segments::{measure, split};

/// More of an answer than this is no aggregator's.
const ANSWER_MAX: usize = 256 * 1024;

/// One account's way through an aggregator. Cheap to clone.
#[derive(Clone)]
pub struct Aggregator {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    account: String,
    from: String,
    keyword: Option<String>,
    callback_url: String,
    /// Where the vendor reports, up to the query.
    report_url: String,
    road: RoadFile,
    options: HttpRoad,
}

impl std::fmt::Debug for Aggregator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Aggregator")
            .field("account", &self.inner.account)
            .field("vendor", &self.inner.road.vendor)
            .finish_non_exhaustive()
    }
}

impl Aggregator {
    /// `client` has its timeouts set and follows no redirects; `callback_url` is our address as the
    /// vendor reaches it.
    ///
    /// # Errors
    /// [`BadRoad`]: the road file cannot be used, or the account lacks what it needs.
    pub fn new(
        client: Client,
        callback_url: &str,
        account: &SmsAccount,
        options: &HttpRoad,
    ) -> Result<Aggregator, BadRoad> {
        let preset = PRESETS.iter().find(|(name, _)| *name == options.road).map(|(_, text)| *text);
        let text = options.file.as_deref().or(preset).unwrap_or_default();
        let road = RoadFile::parse(&options.road, text)?;
        let lacking: Vec<String> = road
            .needs
            .iter()
            .filter(|need| !has(options, &road, need))
            .map(|need| {
                let key = match need.as_str() {
                    "password" => "password_file".to_owned(),
                    "username" | "entity" | "template" | "chain" | "base" => need.clone(),
                    other => format!("values.{other}"),
                };
                format!("sms.accounts.{}.{key}: is missing; {} needs it", account.name, road.vendor)
            })
            .collect();
        if !lacking.is_empty() {
            return Err(BadRoad(lacking));
        }
        let inner = Inner {
            client,
            account: account.name.clone(),
            from: account.from.clone(),
            keyword: account.keyword.clone(),
            callback_url: callback_url.to_owned(),
            report_url: wire::report_url(callback_url, account),
            road,
            options: options.clone(),
        };
        Ok(Aggregator { inner: Arc::new(inner) })
    }

    /// What is known without a message: vendors have no question that costs nothing.
    pub(super) fn examine(&self) -> String {
        let RoadFile { vendor, note, .. } = &self.inner.road;
        format!(
            "{vendor} at {}, not asked ({note}); its key proves itself with the first message",
            self.inner.base()
        )
    }

    /// Whether a text is short enough for it.
    pub(super) fn takes(&self, text: &str) -> bool {
        let is_longer = |longest: usize| text.chars().count() > longest;
        split(text).parts.len() <= PARTS_MAX && !self.inner.road.send.longest.is_some_and(is_longer)
    }

    /// Makes the one call that sends this text to a number with its country code, digits alone.
    pub(super) async fn send(&self, outgoing: &Outgoing, to: &str, text: &str) -> SendAnswer {
        let inner = &self.inner;
        let size = measure(text);
        if !self.takes(text) {
            let (account, outgoing, parts) = (&inner.account, outgoing.id.id, size.parts);
            tracing::error!(account, outgoing, parts, "a text too long for this road is not sent");
            return refused(ErrorClass::Never, None);
        }
        let id = outgoing.id.to_opaque();
        let report_url = format!("{}?id={id}", inner.report_url);
        let registered = outgoing.content.registered();
        let values = inner.values((to, text), (&id, &report_url), size.unicode, registered);
        let Ok(request) = request::request(&inner.road, &values) else {
            tracing::error!(
                account = inner.account,
                "the address of this road is none; look at base and values of the account"
            );
            return refused(ErrorClass::PauseSender, None);
        };
        inner.make(request).await
    }
}

/// Whether an account has what its road needs.
fn has(options: &HttpRoad, road: &RoadFile, need: &str) -> bool {
    let dlt = &options.dlt;
    match need {
        "username" => options.username.is_some(),
        "password" => options.password.is_some(),
        "entity" => dlt.entity.is_some(),
        "template" => dlt.template.is_some(),
        "chain" => dlt.chain.is_some(),
        "base" => options.base.is_some() || !road.base.is_empty(),
        other => [&options.values, &road.values].iter().any(|values| values.contains_key(other)),
    }
}

impl Inner {
    fn base(&self) -> &str {
        self.options.base.as_deref().unwrap_or(&self.road.base)
    }

    fn values<'a>(
        &'a self,
        (to, text): (&'a str, &'a str),
        (id, report_url): (&'a str, &'a str),
        is_unicode: bool,
        registered: Option<&'a Registered>,
    ) -> Values<'a> {
        let all = self.road.values.iter().chain(&self.options.values);
        let Ids { entity, template, chain } = dlt::ids(&self.options.dlt, registered);
        Values {
            to,
            text,
            from: dlt::sender(&self.from, registered),
            id,
            report_url,
            is_unicode,
            entity,
            template,
            chain,
            username: self.options.username.as_deref(),
            password: self.options.password.as_ref().map(Secret::expose),
            base: self.base(),
            others: all.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        }
    }

    fn call(&self, request: Request) -> RequestBuilder {
        let mut call = match request.method {
            Method::Get => self.client.get(request.url),
            Method::Post => self.client.post(request.url),
        };
        for (name, value) in request.headers {
            call = call.header(name, value);
        }
        if let Some((user, password)) = request.basic {
            call = call.basic_auth(user, Some(password));
        }
        match request.body {
            Body::None => call,
            Body::Form(text) => {
                call.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
            }
            Body::Json(json) => call.json(&json),
        }
    }

    async fn make(&self, request: Request) -> SendAnswer {
        let account = &self.account;
        let mut response = match wire::answer_to(self.call(request), account).await {
            Ok(response) => response,
            Err(answer) => return answer,
        };
        let http = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after =
            retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
        let mut body = Vec::new();
        let mut is_whole = true;
        while is_whole {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_MAX => body.extend(chunk),
                Ok(None) => break,
                Ok(Some(_)) | Err(_) => is_whole = false,
            }
        }
        // It broke off or is endless: of a refusal the status is enough.
        if !is_whole && http.is_success() {
            return SendAnswer::NoAnswer;
        }
        let answer = answer::read(&self.road, http.as_u16(), retry_after, &body);
        if let SendAnswer::Refused(error) = &answer {
            let vendor = &self.road.vendor;
            tracing::warn!(account, vendor, http = http.as_u16(), code = error.code, class = ?error.class, "an aggregator refused a message");
        }
        answer
    }

    fn whose(&self) -> Whose<'_> {
        Whose { road: &self.road, account: &self.account, keyword: self.keyword.as_deref() }
    }
}

impl Decode for Aggregator {
    fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
        self.inner.whose().inbound(callback)
    }

    fn reports(&self, callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError> {
        self.inner.whose().reports(callback)
    }

    fn is_genuine(&self, callback: &Callback) -> bool {
        let Some(part) = &self.inner.road.signature else { return true };
        let options = &self.inner.options;
        let key = match part.kind {
            SignatureKind::Twilio => options.password.as_ref(),
            SignatureKind::HmacSha256 | SignatureKind::HmacSha1 => options.signature_key.as_ref(),
        };
        // A vendor that can sign, and was not told to.
        let Some(key) = key else { return true };
        signature::is_genuine(part, key, &self.inner.callback_url, callback)
    }
}

#[cfg(test)]
mod tests;
