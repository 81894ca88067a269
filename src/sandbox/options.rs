//! What a sandbox is told at its start.

use std::path::PathBuf;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::calls::CallAccount;
use super::envelope::Business;
use super::faults::Faults;
use super::sms::SmsAccount;
use crate::clock::{Clock, Ids};
use crate::template::Declared;

/// What the program under test must be configured with to talk to a sandbox that was not told
/// otherwise. They are no secrets: they open a sandbox and nothing else.
pub const DEFAULT_APP_SECRET: &str = "sandbox-app-secret";
pub const DEFAULT_VERIFY_TOKEN: &str = "sandbox-verify-token";
pub const DEFAULT_ACCESS_TOKEN: &str = "sandbox-access-token";

/// How callbacks are repeated until they are answered 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The first wait; each next one is half as long again.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After so long a callback is given up.
    pub give_up_after: Duration,
    /// An answer that takes longer counts as none.
    pub timeout: Duration,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(5),
            give_up_after: Duration::from_mins(10),
            timeout: Duration::from_secs(20),
        }
    }
}

/// A template the business has approval for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovedTemplate {
    pub name: String,
    pub language: String,
    /// Its text, with `{{1}}` where something is filled in.
    pub body: String,
    pub body_parameters: usize,
    /// The labels of its quick replies.
    pub quick_replies: Vec<String>,
}

impl ApprovedTemplate {
    /// A declared template as the provider knows it, once for each language.
    pub fn all_of(declared: &Declared) -> impl Iterator<Item = ApprovedTemplate> {
        declared.wordings.iter().map(|wording| ApprovedTemplate {
            name: declared.registered_as.clone(),
            language: wording.code.clone(),
            body: wording.body.clone(),
            body_parameters: declared.variables.len(),
            quick_replies: wording.labels.clone(),
        })
    }
}

/// Everything a sandbox needs. [`SandboxOptions::new`] gives the usual; change what differs.
#[derive(Clone)]
pub struct SandboxOptions {
    /// Where callbacks go: the whole address of the program's WhatsApp webhook.
    pub webhook: String,
    /// Signs the callbacks.
    pub app_secret: String,
    /// Shown in the handshake.
    pub verify_token: String,
    /// The bearer token that sends must carry.
    pub access_token: String,
    /// The business numbers; the first is where persons write to unless told otherwise.
    pub businesses: Vec<Business>,
    /// Accounts at vendors of short messages, at most one a vendor.
    pub sms: Vec<SmsAccount>,
    /// Numbers that people ring, at vendors of missed calls, at most one a vendor.
    pub calls: Vec<CallAccount>,
    /// Where the ledger is written as JSON lines, besides memory. An existing file is appended to.
    pub ledger: Option<PathBuf>,
    pub faults: Faults,
    /// The same seed and the same messages meet the same faults.
    pub seed: u64,
    /// The sandbox is the only road by which persons write: it knows when each of them last did,
    /// refuses free-form messages after 24 hours (131047) and the reading of messages that it
    /// never brought (100). Off for tests that post webhooks by other means.
    pub only_road: bool,
    /// Enforce Meta's pair limit: bursts of 45, one more every six seconds (131056).
    pub pair_limit: bool,
    /// Enforce a throughput of so many messages a second and business number (130429).
    pub throughput: Option<u32>,
    /// When not empty, the only templates there are (132001), with so many variables (132000) and
    /// so many quick replies (132018).
    pub templates: Vec<ApprovedTemplate>,
    /// What `whatsapp_business_manager_messaging_limit` says.
    pub tier: String,
    pub retry: Retry,
    /// The most callbacks on their way at once.
    pub connections: usize,
    /// From and to, in milliseconds: the wait before each of `sent`, `delivered` and `read`.
    pub status_pace_ms: (u64, u64),
    /// How many of the delivered messages are read, 0 to 1.
    pub read_rate: f64,
    /// Callbacks as Meta writes them: letters outside ASCII as `\uXXXX`.
    pub escaped: bool,
    pub clock: Clock,
    pub ids: Ids,
    /// Every task of the sandbox runs on it.
    pub tracker: TaskTracker,
}

impl SandboxOptions {
    /// A sandbox without faults that calls this webhook back.
    #[must_use]
    pub fn new(webhook: impl Into<String>) -> SandboxOptions {
        SandboxOptions {
            webhook: webhook.into(),
            app_secret: DEFAULT_APP_SECRET.to_owned(),
            verify_token: DEFAULT_VERIFY_TOKEN.to_owned(),
            access_token: DEFAULT_ACCESS_TOKEN.to_owned(),
            businesses: vec![Business::default()],
            sms: Vec::new(),
            calls: Vec::new(),
            ledger: None,
            faults: Faults::none(),
            seed: 1,
            only_road: true,
            pair_limit: false,
            throughput: None,
            templates: Vec::new(),
            tier: "TIER_2K".to_owned(),
            retry: Retry::default(),
            connections: 32,
            status_pace_ms: (5, 40),
            read_rate: 0.8,
            escaped: true,
            clock: Clock::System,
            ids: Ids::system(),
            tracker: TaskTracker::new(),
        }
    }
}

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the webhook address `{0}` is not an http address")]
    Webhook(String),
    #[error("a sandbox needs at least one business number")]
    NoBusiness,
    #[error(transparent)]
    Faults(#[from] super::faults::BadFaults),
    #[error("the ledger {path} cannot be opened: {source}")]
    Ledger { path: PathBuf, source: std::io::Error },
    #[error("the sandbox cannot listen: {0}")]
    Listen(std::io::Error),
    #[error("no HTTP client: {0}")]
    Client(reqwest::Error),
    #[error("the webhook refused the handshake: {0}")]
    Handshake(String),
}
