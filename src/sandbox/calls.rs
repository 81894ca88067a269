//! Plays the three vendors of numbers that people ring and hang up: each tells of a call in its own shape,
//! in several words about one call, and in no sure order. What the shapes rest on stands in
//! [`missed_call`](crate::channel::missed_call).
//!
//! | vendor | the words about one call |
//! |---|---|
//! | Exotel | two GETs of Passthru: while it rings, and when it was hung up |
//! | Knowlarity | a POST of JSON when it ended, and one more with the call in `data` |
//! | Ozonetel | KooKoo's GETs, `NewCall` and `Hangup`, and CloudAgent's form with JSON in it |

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::callbacks::{Callback, News};
use super::ledger::{Entry, RingEntry};
use super::sms::Call;
use super::sms::call::with_basic;
use super::state::Shared;
use crate::config::CallVendor;

/// What the program under test must be configured with, unless the sandbox was told otherwise. It is no
/// secret: it opens a sandbox and nothing else.
const DEFAULT_SECRET: &str = "sandbox-path-secret";
const DEFAULT_PASSWORD: &str = "sandbox-password";

/// The number people ring.
const DIALLED: &str = "5226000000";

/// A number of the program's at a vendor; one for each vendor at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAccount {
    pub vendor: CallVendor,
    /// The program's name of it, in the path of its webhook; the ledger's account.
    pub name: String,
    /// User and password of basic authentication that the calls bear.
    pub basic: Option<(String, String)>,
    /// The program's address for its calls, with the secret.
    pub webhook: String,
}

impl CallAccount {
    /// The usual number, `calls-` and its vendor, of a program at this address (scheme, host, port).
    #[must_use]
    pub fn new(vendor: CallVendor, program: &str) -> CallAccount {
        let name = format!("calls-{}", vendor.name());
        // Only Exotel's applet takes a user and a password into its address.
        let basic = ("sandbox-user".to_owned(), DEFAULT_PASSWORD.to_owned());
        CallAccount {
            vendor,
            webhook: format!("{program}/webhooks/missed-call/{name}/{DEFAULT_SECRET}"),
            name,
            basic: (vendor == CallVendor::Exotel).then_some(basic),
        }
    }

    /// The number as samvad.toml has it: a call begins this flow and is answered by this account of a
    /// channel (`sms` or `whatsapp`).
    #[must_use]
    pub fn section(&self, flow: &str, (answer, account): (&str, &str)) -> String {
        let CallAccount { name, vendor, .. } = self;
        let basic = self.basic.as_ref().map(|(user, _)| format!("basic_user = \"{user}\"\n"));
        format!(
            "[missed_calls.accounts.{name}]\nvendor = \"{}\"\nflow = \"{flow}\"\n\
             answer = \"{answer}\"\naccount = \"{account}\"\nallow = [\"127.0.0.1\"]\n{}",
            vendor.name(),
            basic.unwrap_or_default()
        )
    }

    /// The variables of the environment that give the program the number's secrets.
    #[must_use]
    pub fn secrets(&self) -> Vec<(String, String)> {
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        let secret = self.webhook.rsplit('/').next().unwrap_or_default();
        let password = self.basic.as_ref().map(|(_, password)| ("BASIC_PASSWORD", password));
        let variable = |key: &str, value: &str| {
            (format!("SAMVAD_MISSED_CALLS_ACCOUNTS_{name}_{key}"), value.to_owned())
        };
        let mut secrets = vec![variable("SECRET", secret)];
        secrets.extend(password.map(|(key, password)| variable(key, password)));
        secrets
    }

    /// Everything the vendor tells of one call, in the order it happened.
    #[must_use]
    pub fn words(&self, ring: &Ring) -> Vec<Call> {
        let words = match self.vendor {
            CallVendor::Exotel => self.exotel(ring),
            CallVendor::Knowlarity => self.knowlarity(ring),
            CallVendor::Ozonetel => self.ozonetel(ring),
        };
        words.into_iter().map(|word| with_basic(word, self.basic.as_ref())).collect()
    }

    fn exotel(&self, ring: &Ring) -> Vec<Call> {
        let word = |kind: &str| {
            Call::get(
                &self.webhook,
                &[
                    ("CallSid", ring.key.clone()),
                    ("CallFrom", format!("0{}", ring.national())),
                    ("CallTo", format!("0{DIALLED}")),
                    ("Direction", "incoming".to_owned()),
                    ("StartTime", indian(ring.at, "%Y-%m-%d %H:%M:%S")),
                    ("EndTime", "1970-01-01 05:30:00".to_owned()),
                    ("CallType", kind.to_owned()),
                ],
            )
        };
        vec![word("call-attempt"), word("client-hangup")]
    }

    fn knowlarity(&self, ring: &Ring) -> Vec<Call> {
        let call = json!({
            "dispnumber": format!("+91{DIALLED}"),
            "callid": ring.key,
            "caller_id": format!("+{}", ring.from),
            "call_duration": "7",
            "destination": "Welcome Sound",
            "start_time": indian(ring.at, "%Y-%m-%d %H:%M:%S%.6f%:z"),
            "timezone": "Asia/Kolkata",
            "hangup_cause": "900",
            "type": "dtmf",
            "call_type": "incoming",
        });
        let nested = json!({"event": "call.completed", "data": call});
        [call, nested].iter().map(|body: &Value| Call::json(&self.webhook, body)).collect()
    }

    fn ozonetel(&self, ring: &Ring) -> Vec<Call> {
        let kookoo = |event: &str| {
            Call::get(
                &self.webhook,
                &[
                    ("event", event.to_owned()),
                    ("cid", ring.national().to_owned()),
                    ("called_number", format!("91{DIALLED}")),
                    ("sid", ring.key.clone()),
                    ("circle", "UTTAR PRADESH (EAST)".to_owned()),
                ],
            )
        };
        let agent = json!({
            "monitorUCID": ring.key,
            "Did": format!("91{DIALLED}"),
            "CallerID": ring.from,
            "StartTime": indian(ring.at, "%Y-%m-%d %H:%M:%S"),
            "Type": "inbound",
            "Status": "NotAnswered",
            "DialStatus": "not_answered",
        });
        let agent = Call::form(&self.webhook, &[("data", agent.to_string())]);
        vec![kookoo("NewCall"), kookoo("Hangup"), agent]
    }
}

/// One call that nobody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The vendor's id of the call.
    pub key: String,
    /// Digits with the country code.
    pub from: String,
    pub at: Timestamp,
}

impl Ring {
    /// The ten digits of a number of India; of another the whole.
    fn national(&self) -> &str {
        match self.from.strip_prefix("91") {
            Some(national) if national.len() == 10 => national,
            _ => &self.from,
        }
    }
}

/// A time in India.
fn indian(at: Timestamp, form: &str) -> String {
    let india = Offset::from_seconds(19_800).map_or(TimeZone::UTC, TimeZone::fixed);
    at.to_zoned(india).strftime(form).to_string()
}

/// Who rings, and how the vendor tells of it.
#[derive(Clone, Debug)]
pub struct Ringing {
    /// Digits with the country code.
    pub from: String,
    /// The number of the program's that is rung, by its name.
    pub account: String,
    /// The vendor's id of the call; made up when `None`. A known one is told again.
    pub key: Option<String>,
    /// How often each word about it goes out at once.
    pub copies: usize,
}

impl Shared {
    /// Somebody rings and hangs up: it stands in the ledger, and every word about it is delivered until it
    /// is answered 200. Gives the call's id, or `None` when the account is none of ours.
    pub(super) fn ring(&self, ringing: Ringing) -> Option<String> {
        let account = self.calls.iter().find(|account| account.name == ringing.account)?;
        let key = ringing.key.unwrap_or_else(|| self.new_id("CA"));
        let ring = Ring { key: key.clone(), from: ringing.from, at: self.clock.now() };
        let faults = self.faults.read();
        for (word, call) in account.words(&ring).into_iter().enumerate() {
            let place = self.ledger.lock().push(Entry::Ring(RingEntry {
                at: ring.at,
                key: key.clone(),
                word,
                account: account.name.clone(),
                from: ring.from.clone(),
                acked: false,
                tries: 0,
                gave_up: false,
            }));
            let chance = format!("{key} {word}");
            let late = if self.dice.roll("disorder", &chance, 0) < faults.disorder {
                self.dice.between("disorder_ms", &chance, 0, (0, faults.disorder_ms))
            } else {
                0
            };
            self.road.enqueue(Callback {
                news: News::Ring { call: Arc::new(call) },
                place,
                key: chance,
                due: tokio::time::Instant::now() + std::time::Duration::from_millis(late),
                copies: ringing.copies.clamp(1, 1000),
                heard: None,
            });
        }
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::missed_call::MissedCalls;
    use crate::channel::sms::{Callback as Told, Decode as _};
    use crate::contact::AddressKind;

    /// The call as the program's webhook has it.
    fn told(call: &Call, at: Timestamp) -> Told {
        let url = reqwest::Url::parse(&call.url).unwrap();
        let content_type = call.headers.iter().find(|(name, _)| *name == "content-type");
        Told {
            method: call.method.to_string(),
            target: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            headers: Vec::new(),
            content_type: content_type.map(|(_, value)| value.clone()),
            body: call.body.to_vec(),
            at,
        }
    }

    #[test]
    fn every_word_of_every_vendor_is_the_same_ring_of_the_same_number() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        for vendor in CallVendor::ALL {
            let account = CallAccount::new(vendor, "http://127.0.0.1:1");
            let ring = Ring { key: "CA1".to_owned(), from: "919812345678".to_owned(), at };
            let words = account.words(&ring);
            assert!(words.len() > 1, "{vendor:?}");
            for word in words {
                let decoder = MissedCalls::new(&account.name, vendor);
                let rings = decoder.inbound(&told(&word, at)).unwrap();
                assert_eq!(rings.len(), 1, "{vendor:?} {word:?}");
                assert_eq!(rings[0].key, format!("{}:CA1", account.name), "{word:?}");
                assert_eq!(rings[0].from.get(AddressKind::Phone), Some("9812345678"), "{word:?}");
                assert_eq!(rings[0].sent_at, at, "{word:?}");
            }
        }
    }
}
