//! Plays six vendors of short messages beside Meta, each on a path of its own, and as strictly as its
//! documents allow: what the request must hold and how it is refused, what the answer says, and the
//! calls back in the vendor's own shape. What no document tells is marked "memory" or "invented" where
//! it stands.
//!
//! | file | subject |
//! |---|---|
//! | `asked.rs` | a request, read strictly |
//! | `send.rs` | taking a message: checks, faults, ledger, reports to come |
//! | `call.rs` | a call back, and its signature |
//! | `gupshup.rs` … `twilio.rs` | one vendor each |
//!
//! ```text
//! program ── POST /sms/{vendor}/… ─▶ check ─▶ faults ─▶ ledger
//!    ▲                                                    │
//!    └── inbound and reports, until 200 ◀── callbacks ◀───┘
//! ```

mod asked;
pub(super) mod call;
mod exotel;
mod gupshup;
mod infobip;
mod kaleyra;
mod msg91;
pub(super) mod send;
mod twilio;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use self::asked::Asked;
pub use self::call::Call;
use super::ledger::StatusWord;

/// What the program under test must be configured with to talk to a vendor of a sandbox that was not
/// told otherwise. They are no secrets: they open a sandbox and nothing else.
const DEFAULT_SECRET: &str = "sandbox-path-secret";
const DEFAULT_USERNAME: &str = "sandbox-user";
const DEFAULT_PASSWORD: &str = "sandbox-password";
/// A content template; any nineteen digits are one.
const TEMPLATE: &str = "1107161000000000002";
const DEFAULT_SIGNATURE_KEY: &str = "sandbox-signature-key";

/// A vendor the sandbox plays, by the name of its preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    Gupshup,
    Msg91,
    Exotel,
    Kaleyra,
    Infobip,
    Twilio,
}

impl Vendor {
    pub const ALL: [Vendor; 6] = [
        Vendor::Gupshup,
        Vendor::Msg91,
        Vendor::Exotel,
        Vendor::Kaleyra,
        Vendor::Infobip,
        Vendor::Twilio,
    ];

    /// As in the path and in `road`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Vendor::Gupshup => "gupshup",
            Vendor::Msg91 => "msg91",
            Vendor::Exotel => "exotel",
            Vendor::Kaleyra => "kaleyra",
            Vendor::Infobip => "infobip",
            Vendor::Twilio => "twilio",
        }
    }

    /// `None`: a vendor that is not played.
    #[must_use]
    pub fn named(name: &str) -> Option<Vendor> {
        Vendor::ALL.into_iter().find(|vendor| vendor.name() == name)
    }

    fn play(self) -> &'static dyn Play {
        match self {
            Vendor::Gupshup => &gupshup::Gupshup,
            Vendor::Msg91 => &msg91::Msg91,
            Vendor::Exotel => &exotel::Exotel,
            Vendor::Kaleyra => &kaleyra::Kaleyra,
            Vendor::Infobip => &infobip::Infobip,
            Vendor::Twilio => &twilio::Twilio,
        }
    }
}

/// The program's account at a vendor; one for each vendor at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsAccount {
    pub vendor: Vendor,
    /// The program's name of it, in the paths of its webhooks; the ledger's account.
    pub name: String,
    /// The sender that messages must bear, and the number people write to.
    pub from: String,
    pub username: String,
    /// The password, key or token.
    pub password: String,
    /// The account's id in paths, where the vendor has one.
    pub sid: String,
    /// The principal entity that messages must name, where the vendor takes it.
    pub entity: String,
    /// With which Infobip signs its calls; Twilio signs with `password`.
    pub signature_key: String,
    /// User and password of basic authentication that the calls bear.
    pub basic: Option<(String, String)>,
    /// The program's address up to `/inbound` and `/report`.
    pub webhook: String,
}

impl SmsAccount {
    /// The usual account, named after its vendor, of a program at this address (scheme, host, port).
    #[must_use]
    pub fn new(vendor: Vendor, program: &str) -> SmsAccount {
        let name = vendor.name();
        SmsAccount {
            vendor,
            name: name.to_owned(),
            from: "UPSMVD".to_owned(),
            username: DEFAULT_USERNAME.to_owned(),
            password: DEFAULT_PASSWORD.to_owned(),
            sid: "sandbox1".to_owned(),
            entity: "1101159000000000001".to_owned(),
            signature_key: DEFAULT_SIGNATURE_KEY.to_owned(),
            basic: None,
            webhook: format!("{program}/webhooks/sms/{name}/{DEFAULT_SECRET}"),
        }
    }

    /// The account as samvad.toml has it, by this road, with the vendor at this address.
    #[must_use]
    pub fn section(&self, road: &str, base: &str) -> String {
        let SmsAccount { name, from, username, sid, entity, .. } = self;
        let basic = self.basic.as_ref().map(|(user, _)| format!("basic_user = \"{user}\"\n"));
        format!(
            "[sms.accounts.{name}]\nroad = \"{road}\"\nfrom = \"{from}\"\nbase = \"{base}\"\n\
             username = \"{username}\"\nentity = \"{entity}\"\ntemplate = \"{TEMPLATE}\"\n\
             templates_at_vendor = true\n\
             values = {{ sid = \"{sid}\" }}\nallow = [\"127.0.0.1\"]\n{}",
            basic.unwrap_or_default()
        )
    }

    /// The variables of the environment that give the program the account's secrets.
    #[must_use]
    pub fn secrets(&self) -> Vec<(String, String)> {
        let secret = self.webhook.rsplit('/').next().unwrap_or_default();
        let mut secrets = vec![("PASSWORD", self.password.as_str()), ("SECRET", secret)];
        if self.vendor == Vendor::Infobip {
            secrets.push(("SIGNATURE_KEY", &self.signature_key));
        }
        if let Some((_, password)) = &self.basic {
            secrets.push(("BASIC_PASSWORD", password));
        }
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        let variable = |(key, value): (&str, &str)| {
            (format!("SAMVAD_SMS_ACCOUNTS_{name}_{key}"), value.to_owned())
        };
        secrets.into_iter().map(variable).collect()
    }

    /// What a person's message comes as: an unsigned call, as the vendor makes it.
    #[must_use]
    pub fn inbound(&self, message: &Message) -> Call {
        self.vendor.play().inbound(self, message)
    }

    /// The call that tells of these messages, all to one address.
    #[must_use]
    pub fn reports(&self, reports: &[Report]) -> Call {
        self.vendor.play().reports(self, reports)
    }

    /// The same call with what proves that the vendor made it.
    #[must_use]
    pub fn signed(&self, call: Call) -> Call {
        call::signed(self, call)
    }

    fn address(&self, kind: &str) -> String {
        format!("{}/{kind}", self.webhook)
    }
}

/// A person's message on its way to the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub key: String,
    /// Digits with the country code.
    pub from: String,
    pub text: String,
    pub at: Timestamp,
}

/// What became of a message of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The vendor's id of it.
    pub id: String,
    /// The program's own, where the vendor echoes one.
    pub our_id: Option<String>,
    /// Digits with the country code.
    pub to: String,
    pub word: StatusWord,
    pub code: Option<i64>,
    /// Where the request wanted to be told; `None`: where the account says.
    pub url: Option<String>,
    pub at: Timestamp,
}

/// What the program is told of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Message(Message),
    Report(Report),
}

/// The call that tells this, signed.
pub(super) fn call_of(account: &SmsAccount, told: &[&Told]) -> Option<Call> {
    let mut reports = Vec::new();
    for one in told {
        match one {
            Told::Message(message) => return Some(account.signed(account.inbound(message))),
            Told::Report(report) => reports.push(report.clone()),
        }
    }
    (!reports.is_empty()).then(|| account.signed(account.reports(&reports)))
}

/// How many may be told of in one call with this one, and whether the other is one of them.
pub(super) fn most_together(account: &SmsAccount, told: &Told) -> usize {
    match told {
        Told::Message(_) => 1,
        Told::Report(_) => account.vendor.play().most_reports(),
    }
}

/// Whether the two may be told of in one call.
pub(super) fn go_together(one: &Told, other: &Told) -> bool {
    match (one, other) {
        (Told::Report(one), Told::Report(other)) => one.url == other.url,
        _ => false,
    }
}

/// A request that the vendor takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Taken {
    /// Digits with the country code.
    to: String,
    text: String,
    /// Whether the request says that the text is more than GSM-7, or the vendor sees it by itself.
    unicode: bool,
    our_id: Option<String>,
    report_url: Option<String>,
}

/// A request that the vendor refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    http: u16,
    code: i64,
    words: String,
}

impl Refusal {
    fn new(http: u16, code: i64, words: impl Into<String>) -> Refusal {
        Refusal { http, code, words: words.into() }
    }
}

/// What the vendor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answered {
    http: u16,
    content_type: &'static str,
    body: String,
}

impl Answered {
    fn json(http: u16, body: &serde_json::Value) -> Answered {
        Answered { http, content_type: "application/json", body: body.to_string() }
    }
}

/// One vendor.
trait Play: Sync {
    fn check(&self, account: &SmsAccount, asked: &Asked<'_>) -> Result<Taken, Refusal>;

    /// The answer to a message that was taken under this id.
    fn took(&self, account: &SmsAccount, taken: &Taken, id: &str, at: Timestamp) -> Answered;

    fn refuse(&self, refusal: &Refusal) -> Answered;

    /// The status of HTTP with which a refusal of the message comes.
    fn refusal_http(&self) -> u16 {
        400
    }

    /// How it refuses what comes too fast: by the status of HTTP, and a code where its document has one.
    fn too_many(&self) -> Refusal {
        Refusal::new(429, 429, "Too Many Requests")
    }

    /// How it says that it cannot take a message now; as what comes too fast, where its document knows no
    /// other code.
    fn not_now(&self) -> Refusal {
        self.too_many()
    }

    /// How it says that something broke on its side.
    fn broken(&self) -> Refusal {
        Refusal::new(500, 500, "Internal Server Error")
    }

    /// An unsigned call.
    fn inbound(&self, account: &SmsAccount, message: &Message) -> Call;

    /// An unsigned call that tells of at most [`Play::most_reports`], all to one address.
    fn reports(&self, account: &SmsAccount, reports: &[Report]) -> Call;

    fn most_reports(&self) -> usize {
        1
    }

    /// Whether the vendor tells of a message whose request named no address.
    fn reports_unasked(&self) -> bool {
        true
    }
}

/// The number as a vendor that takes `919812345678` or `+919812345678` reads it: digits with the
/// country code, a phone of India's.
fn mobile(text: &str, plus: bool) -> Option<String> {
    let digits = match text.strip_prefix('+') {
        Some(digits) if plus => digits,
        None if !plus => text,
        _ => return None,
    };
    let national = digits.strip_prefix("91")?;
    let is_mobile = national.len() == 10
        && national.bytes().all(|byte| byte.is_ascii_digit())
        && national.starts_with(['6', '7', '8', '9']);
    is_mobile.then(|| digits.to_owned())
}

/// Whether it is an id of DLT: nineteen digits.
fn is_dlt_id(text: &str) -> bool {
    text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2026-11-21 11:30:00`, in India.
fn indian_time(at: Timestamp) -> String {
    let india = Offset::from_seconds(19_800).map_or(TimeZone::UTC, TimeZone::fixed);
    at.to_zoned(india).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests;
