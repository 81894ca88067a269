//! The HTTP calls of flows: to public addresses, encrypted, without redirects, bounded in time and in
//! size. Neither the address of a call nor what it carries or brings is ever logged.

use std::error::Error as StdError;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue as HttpValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response, Url};

use super::address::is_public;
use crate::config::{HostPort, Secrets};
use crate::flow::{Fetch, Fetched, HeaderValue, Method};

/// The largest answer that is read, in bytes.
pub const ANSWER_MAX: usize = 256 * 1024;

/// What carries the name of the effect, the same in every attempt.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Headers that are the call's own and no flow's.
const OURS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "idempotency-key",
];

/// What one call came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    /// It is over: an answer, or a reason why there can be none.
    Came(Fetched),
    /// The other side answers that it cannot just now.
    Busy(Fetched),
    /// Nothing left.
    NotSent,
    /// The request may have arrived; its answer was not seen.
    Lost,
}

/// Makes the calls. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Connects to public addresses only.
    guarded: Client,
    /// Connects to whatever the office allows.
    free: Client,
    allow: Vec<HostPort>,
    secrets: Secrets,
}

impl Fetcher {
    /// # Errors
    /// When the TLS of this machine cannot be set up.
    pub fn new(allow: Vec<HostPort>, secrets: Secrets) -> Result<Fetcher, reqwest::Error> {
        // Only the first installation counts.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .connect_timeout(Duration::from_secs(10))
                .redirect(Policy::none())
                // A proxy would look names up by itself, past our look at the address.
                .no_proxy()
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("samvad/", env!("CARGO_PKG_VERSION")))
        };
        let guarded = builder().dns_resolver(PublicOnly).build()?;
        let free = builder().build()?;
        Ok(Fetcher { inner: Arc::new(Inner { guarded, free, allow, secrets }) })
    }

    /// Makes one call under this name and reads its answer whole, within `limit`.
    pub(super) async fn call(&self, fetch: &Fetch, key: &str, limit: Duration) -> Call {
        let (client, request) = match self.request(fetch, key) {
            Ok(ready) => ready,
            Err(reason) => return failed(reason),
        };
        let calling = async {
            match client.execute(request).await {
                Ok(response) => read(response).await,
                Err(error) if is_refused(&error) => failed(PRIVATE.to_owned()),
                Err(error) if error.is_connect() => Call::NotSent,
                Err(error) if error.is_builder() => failed("the call cannot be made".to_owned()),
                Err(_) => Call::Lost,
            }
        };
        tokio::time::timeout(limit, calling).await.unwrap_or(Call::Lost)
    }

    /// The call, or why it is not made.
    fn request(&self, fetch: &Fetch, key: &str) -> Result<(&Client, Request), String> {
        let url = Url::parse(&fetch.url).map_err(|_| "the address is none".to_owned())?;
        let host = url.host_str().ok_or("the address names no host")?.to_ascii_lowercase();
        let port = url.port_or_known_default().ok_or("the address names no port")?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a name or a password".to_owned());
        }
        let is_allowed = self.inner.allow.iter().any(|one| one.host == host && one.port == port);
        match url.scheme() {
            "https" => {}
            "http" if is_allowed => {}
            "http" => return Err("plain http is for hosts in fetch.allow only".to_owned()),
            _ => return Err("the address is neither https nor http".to_owned()),
        }
        let client = if is_allowed {
            &self.inner.free
        } else {
            // A number is not looked up, so that the resolver never sees it.
            let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
            if number.is_ok_and(|address| !is_public(address)) {
                return Err(PRIVATE.to_owned());
            }
            &self.inner.guarded
        };
        let method = match fetch.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut request = Request::new(method, url);
        *request.headers_mut() = self.headers(fetch, key)?;
        *request.body_mut() = fetch.body.clone().map(Into::into);
        Ok((client, request))
    }

    fn headers(&self, fetch: &Fetch, key: &str) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        if fetch.body.is_some() {
            headers.insert(CONTENT_TYPE, HttpValue::from_static("application/json"));
        }
        for (name, value) in &fetch.headers {
            let cannot = || format!("the header {name} cannot be sent");
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot())?;
            if OURS.contains(&header.as_str()) {
                return Err(cannot());
            }
            let value = match value {
                HeaderValue::Plain(text) => HttpValue::from_bytes(text.as_bytes()),
                HeaderValue::Secret(secret) => {
                    let known = self.inner.secrets.get(secret);
                    let known = known.ok_or_else(|| format!("there is no secret {secret}"))?;
                    HttpValue::from_bytes(known.expose().as_bytes()).map(|mut value| {
                        value.set_sensitive(true);
                        value
                    })
                }
            };
            headers.insert(header, value.map_err(|_| cannot())?);
        }
        headers.insert(IDEMPOTENCY_KEY, HttpValue::from_str(key).map_err(|_| "no key")?);
        Ok(headers)
    }
}

/// Told to the office when an address is not public.
const PRIVATE: &str = "the address is not a public one; fetch.allow names the exceptions";

fn failed(reason: String) -> Call {
    Call::Came(Fetched::Failed { reason })
}

async fn read(mut response: Response) -> Call {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > ANSWER_MAX => {
                return failed(format!("the answer is longer than {} KB", ANSWER_MAX / 1024));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(_) => return Call::Lost,
        }
    }
    let body = serde_json::from_slice(&bytes).unwrap_or(serde_json::Value::Null);
    let answer = Fetched::Answer { status, body };
    if matches!(status, 429 | 502..=504) { Call::Busy(answer) } else { Call::Came(answer) }
}

/// Whether the address was refused on the way to it.
fn is_refused(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = source {
        if cause.is::<NotPublic>() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// A name that leads to an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the address is not a public one")]
struct NotPublic;

/// Looks names up and gives their addresses only when all of them are public: the connection is made
/// to what was looked at, and to nothing a second look might bring.
#[derive(Clone, Copy, Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            if addresses.iter().any(|address| !is_public(address.ip())) {
                return Err(Box::new(NotPublic) as Box<dyn StdError + Send + Sync>);
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
