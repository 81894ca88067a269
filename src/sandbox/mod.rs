//! Plays Meta, six vendors of short messages ([`sms`]) and three of missed calls ([`calls`]) on one port: a Graph API that checks what we send as strictly as it can, and signed
//! callbacks that come again until they are answered 200. Told to, it is slow, loses answers,
//! refuses, delivers twice and out of order, and dies.
//!
//! It keeps a ledger of what it received; that ledger, not our own tables, is what fault tests
//! compare against ([`SandboxHandle::verdict`]). It is also how an office tries the whole system
//! before it has an account anywhere.
//!
//! ```text
//! program ── POST /v25.0/{number}/messages ─▶ check ─▶ faults ─▶ ledger
//!    ▲                                                             │
//!    └── signed callbacks, until 200 ◀── callbacks ◀── statuses, what persons say
//! ```

mod callbacks;
pub mod calls;
pub mod check;
mod control;
pub mod envelope;
pub mod faults;
mod graph;
pub mod graph_error;
pub mod judge;
mod killable;
pub mod ledger;
pub mod load;
pub mod made_up;
mod media;
pub mod options;
mod sign;
pub mod sms;
mod state;
mod statuses;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, delete, get, post};
use parking_lot::{Mutex, RwLock};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::callbacks::Road;
pub use self::calls::Ringing;
pub use self::control::{InboundRequest, RingRequest, Summary};
use self::faults::{BadFaults, Dice, Faults};
use self::judge::{Duplicate, Line, Rang, Replies, Verdict};
use self::killable::{KillableListener, Scissors};
use self::ledger::{Entry, InboundEntry, Ledger, SendEntry};
pub use self::options::{SandboxError, SandboxOptions};
pub use self::sign::sign;
pub use self::state::Saying;
use self::state::{MediaFile, People, Shared};

/// The most bytes of one message request; ours have a few thousand.
const MESSAGE_MAX: usize = 1024 * 1024;
/// The most bytes of an upload: the largest file and its form.
const UPLOAD_MAX: usize = 101 * 1024 * 1024;

/// Starts a sandbox on this listener and gives the handle to it; it runs on the tracker of the
/// options until `shutdown` is cancelled.
///
/// # Errors
/// A webhook address that is none, no business number, rates outside 0 to 1, a ledger file that
/// cannot be opened.
pub async fn serve(
    options: SandboxOptions,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<SandboxHandle, SandboxError> {
    options.faults.check()?;
    let webhook = reqwest::Url::parse(&options.webhook)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| SandboxError::Webhook(options.webhook.clone()))?;
    if options.businesses.is_empty() {
        return Err(SandboxError::NoBusiness);
    }
    let address = listener.local_addr().map_err(SandboxError::Listen)?;
    let ledger = open_ledger(options.ledger.as_deref()).await?;
    let (road, queue) = Road::new(
        http_client(options.retry.timeout).map_err(SandboxError::Client)?,
        webhook,
        &options.app_secret,
        options.retry,
        options.connections,
        shutdown.clone(),
    );
    let run = format!("{:016X}", options.ids.seed());
    let shared = Arc::new(Shared {
        address,
        verify_token: options.verify_token,
        access_token: options.access_token,
        businesses: options.businesses.into_iter().map(Arc::new).collect(),
        sms: options.sms.into_iter().map(Arc::new).collect(),
        calls: options.calls,
        faults: RwLock::new(options.faults),
        dice: Dice::new(options.seed),
        only_road: options.only_road,
        pair_limit: options.pair_limit,
        throughput: options.throughput,
        templates: RwLock::new(options.templates),
        tier: options.tier,
        status_pace_ms: options.status_pace_ms,
        read_rate: options.read_rate,
        escaped: options.escaped,
        clock: options.clock,
        tracker: options.tracker,
        road,
        ledger: Mutex::new(ledger),
        people: Mutex::new(People::default()),
        media: Mutex::new(HashMap::new()),
        run,
        counter: AtomicU64::new(0),
    });
    shared.tracker.spawn(callbacks::run(Arc::clone(&shared), queue));
    let service = router(Arc::clone(&shared)).into_make_service_with_connect_info::<Scissors>();
    let stopped = shutdown.clone();
    shared.tracker.spawn(async move {
        let serving = axum::serve(KillableListener(listener), service)
            .with_graceful_shutdown(stopped.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "the sandbox stopped serving");
        }
    });
    Ok(SandboxHandle { shared, shutdown })
}

/// The ledger, written to this file as well where one is named.
async fn open_ledger(path: Option<&Path>) -> Result<Ledger, SandboxError> {
    let Some(path) = path else { return Ok(Ledger::default()) };
    let opened = tokio::fs::File::options().create(true).append(true).open(path).await;
    let file = opened
        .map_err(|source| SandboxError::Ledger { path: path.to_owned(), source })?
        .into_std()
        .await;
    Ok(Ledger::written_to(file))
}

/// A client that knows our TLS provider, follows nothing and asks no proxy.
fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // Fails only where another part of the program has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_sandbox/summary", get(control::summary))
        .route("/_sandbox/ledger", get(control::ledger))
        .route("/_sandbox/transcript/{person}", get(control::transcript))
        .route("/_sandbox/faults", get(control::get_faults).post(control::set_faults))
        .route("/_sandbox/inbound", post(control::inbound))
        .route("/_sandbox/rings", post(control::rings))
        .route("/_sandbox/handshake", post(control::handshake))
        .route("/_sandbox/media/{id}", get(media::download))
        .route("/sms/{vendor}/{*path}", any(sms::send::receive))
        .route("/{version}/{id}/messages", post(graph::messages))
        .route("/{version}/{id}/contact_book", delete(graph::forget))
        .route("/{version}/{id}", get(graph::get_node).delete(media::delete))
        .layer(DefaultBodyLimit::max(MESSAGE_MAX))
        .route(
            "/{version}/{id}/media",
            post(media::upload).layer(DefaultBodyLimit::max(UPLOAD_MAX)),
        )
        .fallback(graph::unknown)
        .with_state(shared)
}

/// Asks the webhook for its handshake, as Meta does when its address is set.
async fn handshake(shared: &Shared) -> Result<(), SandboxError> {
    let challenge = shared.new_id("1158");
    let mut address = shared.road.webhook.clone();
    address
        .query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", &shared.verify_token);
    let wrong = |words: String| SandboxError::Handshake(words);
    let response = shared
        .road
        .client
        .get(address)
        .send()
        .await
        .map_err(|_| wrong("no answer from the webhook".to_owned()))?;
    let status = response.status().as_u16();
    let body = response.text().await.unwrap_or_default();
    if status != 200 {
        return Err(wrong(format!("HTTP {status} instead of 200")));
    }
    if body != challenge {
        return Err(wrong("the body is not the challenge".to_owned()));
    }
    Ok(())
}

/// A running sandbox: what happens to it, and what it saw.
#[derive(Clone)]
pub struct SandboxHandle {
    shared: Arc<Shared>,
    shutdown: CancellationToken,
}

impl SandboxHandle {
    /// From now on these templates are approved and no others, as [`SandboxOptions::templates`].
    pub fn approve(&self, templates: Vec<options::ApprovedTemplate>) {
        *self.shared.templates.write() = templates;
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// The address to configure in place of `https://graph.facebook.com`, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// The same with the version of the Graph API: what a `graph_url` is set to.
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}/v25.0", self.base_url())
    }

    /// The address to configure as the `base` of an account at this vendor.
    #[must_use]
    pub fn sms_url(&self, vendor: sms::Vendor) -> String {
        format!("{}/sms/{}", self.base_url(), vendor.name())
    }

    /// The account of this name at a vendor of short messages.
    #[must_use]
    pub fn sms_account(&self, name: &str) -> Option<sms::SmsAccount> {
        self.shared.sms_account(name).map(|account| account.as_ref().clone())
    }

    /// The program's number of this name at a vendor of missed calls.
    #[must_use]
    pub fn call_account(&self, name: &str) -> Option<calls::CallAccount> {
        self.shared.calls.iter().find(|account| account.name == name).cloned()
    }

    /// Makes one call to the program as it is. Gives the HTTP status, `None` where no answer was seen.
    /// Nothing of it stands in the ledger.
    pub async fn call_once(&self, call: &sms::Call) -> Option<u16> {
        self.shared.road.call_once(call).await
    }

    /// Where its callbacks go.
    #[must_use]
    pub fn webhook(&self) -> &str {
        self.shared.road.webhook.as_str()
    }

    /// Stops taking, sending and repeating. [`SandboxHandle::stopped`] waits for the end.
    pub fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until every task of the sandbox (of the tracker it was given) has ended.
    pub async fn stopped(&self) {
        self.shared.tracker.close();
        self.shared.tracker.wait().await;
    }

    /// A person says something; it is delivered until it is answered 200. Gives its key, `None`
    /// when the saying names a business number that is none of ours.
    pub fn say(&self, saying: Saying) -> Option<String> {
        self.shared.say(saying)
    }

    /// Somebody rings a number of the program's and hangs up; every word about it is delivered until it is
    /// answered 200. Gives the call's id, `None` when the number is none of ours.
    pub fn ring(&self, ringing: Ringing) -> Option<String> {
        self.shared.ring(ringing)
    }

    /// Everybody who rang, and how often they were answered.
    #[must_use]
    pub fn rang(&self) -> Vec<Rang> {
        judge::rang(self.shared.ledger.lock().entries())
    }

    /// A text of a person with this number. Gives its key.
    pub fn say_text(&self, phone: &str, text: &str) -> String {
        // The first business number is always there.
        self.say(Saying::text(phone, text)).unwrap_or_default()
    }

    /// Signs these bytes and posts them to the webhook once. Gives the HTTP status, `None` where no
    /// answer was seen. Nothing of it stands in the ledger.
    pub async fn post_envelope(&self, bytes: Vec<u8>) -> Option<u16> {
        self.shared.road.call_once(&self.shared.road.envelope_call(bytes)).await
    }

    /// Asks the webhook for its handshake.
    ///
    /// # Errors
    /// Any answer but 200 with the challenge.
    pub async fn handshake(&self) -> Result<(), SandboxError> {
        handshake(&self.shared).await
    }

    /// Puts a file where a media message of a person can name it. Gives its id.
    pub fn put_media(&self, mime_type: &str, bytes: Vec<u8>) -> String {
        let id = self.shared.new_id("9");
        let file = MediaFile {
            bytes: Bytes::from(bytes),
            mime_type: mime_type.to_owned(),
            url_given: None,
        };
        self.shared.media.lock().insert(id.clone(), file);
        id
    }

    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults.read().clone()
    }

    /// # Errors
    /// Rates outside 0 to 1.
    pub fn set_faults(&self, faults: Faults) -> Result<(), BadFaults> {
        faults.check()?;
        *self.shared.faults.write() = faults;
        Ok(())
    }

    /// Everything, in the order it happened.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.shared.ledger.lock().entries().to_vec()
    }

    /// Every request to send, refused ones too.
    #[must_use]
    pub fn sends(&self) -> Vec<SendEntry> {
        let ledger = self.shared.ledger.lock();
        let sends = ledger.entries().iter().filter_map(|entry| match entry {
            Entry::Send(send) => Some(send.clone()),
            _ => None,
        });
        sends.collect()
    }

    /// How many messages were taken, whoever they are for.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.shared.ledger.lock().taken()
    }

    /// Every request to send to this person (number or user id), refused ones too.
    #[must_use]
    pub fn sends_to(&self, person: &str) -> Vec<SendEntry> {
        let person = self.shared.people.lock().canonical(person.trim_start_matches('+'));
        self.sends().into_iter().filter(|send| send.to == person).collect()
    }

    /// The conversation with a person (number or user id): what they wrote, what reached them.
    #[must_use]
    pub fn transcript(&self, person: &str) -> Vec<Line> {
        self.shared.transcript(person)
    }

    #[must_use]
    pub fn inbound(&self, key: &str) -> Option<InboundEntry> {
        self.shared.ledger.lock().inbound(key).cloned()
    }

    /// Opaque ids under which more than one message reached a person.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Duplicate> {
        judge::duplicates(self.shared.ledger.lock().entries())
    }

    /// For every message of a person, how many of ours reached them before their next one.
    #[must_use]
    pub fn replies(&self) -> Vec<Replies> {
        judge::replies(self.shared.ledger.lock().entries())
    }

    #[must_use]
    pub fn verdict(&self) -> Verdict {
        judge::verdict(self.shared.ledger.lock().entries())
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        self.shared.summary()
    }

    /// Callbacks not yet at their end.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.shared.road.pending()
    }

    /// Waits until no callback is on its way; `false` when that took longer than `limit`.
    pub async fn until_quiet(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.shared.road.until_quiet()).await.is_ok()
    }

    /// Waits until the sandbox is as asked for; `false` when that took longer than `limit`.
    pub async fn until<F>(&self, limit: Duration, is_so: F) -> bool
    where
        F: Fn(&SandboxHandle) -> bool,
    {
        let started = Instant::now();
        loop {
            if is_so(self) {
                return true;
            }
            if started.elapsed() > limit {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Every message that reaches this person from now on, in its order. A second watch of the same
    /// person ends the first.
    pub fn watch(&self, person: &str) -> mpsc::UnboundedReceiver<SendEntry> {
        let mut people = self.shared.people.lock();
        let person = people.canonical(person.trim_start_matches('+'));
        people.watch(&person)
    }

    /// The faults changed by name, as over HTTP.
    ///
    /// # Errors
    /// An unknown name, a rate outside 0 to 1.
    pub fn change_faults(&self, changes: &Value) -> Result<(), BadFaults> {
        let mut faults = self.shared.faults.write();
        *faults = faults.changed(changes)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
