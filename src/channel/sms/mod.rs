//! Short messages: through a Kannel gateway of our own, or an aggregator's HTTP interface.
//!
//! | file | subject |
//! |---|---|
//! | `config.rs` | what the operator configures of an account, and the secrets it names |
//! | `webhook.rs` | the routes gateways call, and who may |
//! | `decode.rs` | what decoders of all roads need: numbers, keys, texts |
//! | `dlt.rs` | the registration a message names |
//! | `wire.rs` | what all roads do alike when they call a gateway |
//! | `kannel.rs` | Kannel: requests, answers, what it calls us with |
//! | `road.rs` | aggregators: the same, as a road file tells it |
//!
//! An *account* is one way to a gateway: its address, its sender name or number, its secrets. The
//! account is the `account` of [`Inbound`] and [`Outgoing`](crate::message::Outgoing): an answer leaves
//! where the question came in.

pub mod config;
pub mod decode;
mod dlt;
pub mod kannel;
pub mod road;
pub mod webhook;
mod wire;

#[cfg(test)]
mod fixture;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Client;

use crate::channel::{ErrorClass, SendAnswer};
use crate::clock::Clock;
use crate::contact::{AddressKind, Identities};
use crate::message::{Channel, Content, Inbound, MediaSource, Outgoing, StatusUpdate};
use crate::segments::{measure, split};
use config::{Sms, SmsRoad};
use kannel::Kannel;
use road::{Aggregator, BadRoad};
use webhook::Door;
use wire::{PARTS_MAX, refused};

/// Sends by the accounts of the configuration. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {
    roads: Arc<BTreeMap<String, Road>>,
    clock: Clock,
}

/// The way of one account.
#[derive(Clone, Debug)]
pub enum Road {
    Kannel(Kannel),
    Aggregator(Aggregator),
}

impl Road {
    /// A message as it leaves. What is told in memory alone and does not fit is not told: a row that failed for its length
    /// would say what it was.
    fn leaving<'m>(&self, outgoing: &'m Outgoing) -> Cow<'m, Outgoing> {
        let is_told = outgoing.kept.is_some();
        if is_told && words_of(&outgoing.content).is_some_and(|text| !self.takes(&text)) {
            return outgoing.as_kept();
        }
        Cow::Borrowed(outgoing)
    }

    /// Whether a text is short enough for it.
    fn takes(&self, text: &str) -> bool {
        match self {
            Road::Kannel(_) => split(text).parts.len() <= PARTS_MAX,
            Road::Aggregator(aggregator) => aggregator.takes(text),
        }
    }
}

impl Sender {
    /// `client` has its timeouts set and follows no redirects.
    ///
    /// # Errors
    /// [`BadRoad`]: a road file that cannot be used, or an account that lacks what its road needs.
    pub fn new(sms: &Sms, client: &Client, clock: Clock) -> Result<Sender, BadRoad> {
        let mut roads = BTreeMap::new();
        let mut problems = Vec::new();
        let url = &sms.callback_url;
        for account in &sms.accounts {
            let road = match &account.road {
                SmsRoad::Kannel(road) => {
                    Ok(Road::Kannel(Kannel::new(client.clone(), url, account, road)))
                }
                SmsRoad::Http(road) => {
                    Aggregator::new(client.clone(), url, account, road).map(Road::Aggregator)
                }
            };
            match road {
                Ok(road) => drop(roads.insert(account.name.clone(), road)),
                Err(BadRoad(found)) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(Sender { roads: Arc::new(roads), clock })
        } else {
            Err(BadRoad(problems))
        }
    }

    /// Makes the calls that send this message: one, or one a part.
    pub async fn send(&self, outgoing: &Outgoing) -> SendAnswer {
        let Some(road) = self.roads.get(&outgoing.account) else {
            tracing::error!(
                account = outgoing.account,
                "messages wait for an sms account that is not configured; write [sms.accounts.{}]",
                outgoing.account
            );
            // Not made, for it could only be refused.
            return refused(ErrorClass::PauseSender, None);
        };
        let leaving = road.leaving(outgoing);
        let outgoing = leaving.as_ref();
        let Some(to) = number_of(&outgoing.to) else {
            return refused(ErrorClass::OtherChannel, None);
        };
        let Some(text) = words_of(&outgoing.content) else {
            return refused(ErrorClass::OtherChannel, None);
        };
        match road {
            Road::Kannel(kannel) => kannel.send(outgoing, &to, &text, self.clock.now()).await,
            Road::Aggregator(aggregator) => aggregator.send(outgoing, &to, &text).await,
        }
    }

    /// The short messages this one leaves as: those we cut ourselves, or those its aggregator cuts and
    /// bills. `None`: it does not leave by SMS.
    #[must_use]
    pub fn parts(&self, outgoing: &Outgoing) -> Option<usize> {
        let words = words_of(&outgoing.content.leaving(Channel::Sms, true))?;
        Some(match self.roads.get(&outgoing.account)? {
            Road::Kannel(_) => split(&words).parts.len(),
            Road::Aggregator(_) => measure(&words).parts,
        })
    }

    /// Asks each gateway whether it is there and knows us: the account, and words; no message is sent.
    pub async fn examine(&self) -> Vec<(String, Result<String, String>)> {
        let mut found = Vec::with_capacity(self.roads.len());
        for (name, road) in self.roads.iter() {
            let words = match road {
                Road::Kannel(kannel) => kannel.examine().await,
                Road::Aggregator(aggregator) => Ok(aggregator.examine()),
            };
            found.push((name.clone(), words));
        }
        found
    }

    /// The accounts as their gateways call them, by name.
    #[must_use]
    pub fn doors(&self, sms: &Sms) -> BTreeMap<String, Door> {
        let doors = sms.accounts.iter().filter_map(|account| {
            let decoder: Arc<dyn Decode + Send + Sync> = match self.roads.get(&account.name)? {
                Road::Kannel(kannel) => Arc::new(kannel.clone()),
                Road::Aggregator(aggregator) => Arc::new(aggregator.clone()),
            };
            Some((account.name.clone(), Door { guard: account.guard.clone(), decoder }))
        });
        doors.collect()
    }
}

/// What a code of the operators' scrubbing is called and what an office does about it; `None` for any other.
#[must_use]
pub fn scrubbing(code: i64) -> Option<(&'static str, &'static str)> {
    crate::dlt::scrub::code(code).map(|code| (code.name, code.advice))
}

/// What an operator does about a DLT template that is refused with this code; `None`: it is not the
/// template's.
#[must_use]
pub const fn template_advice(code: i64) -> Option<&'static str> {
    crate::dlt::scrub::template_advice(code)
}

/// The number with its country code, digits alone.
fn number_of(to: &Identities) -> Option<String> {
    if let Some(number) = to.get(AddressKind::Phone) {
        return Some(format!("91{number}"));
    }
    to.get(AddressKind::ForeignPhone).map(str::to_owned)
}

/// What of a message a phone without pictures and buttons can show; its choices stand numbered in the
/// body already. `None`: nothing.
#[must_use]
pub fn words_of(content: &Content) -> Option<String> {
    let words = match content {
        Content::Media { source: MediaSource::Link(link), caption, .. } => match caption {
            Some(caption) => format!("{caption}\n{link}"),
            None => link.clone(),
        },
        other => other.body().to_owned(),
    };
    (!words.is_empty()).then_some(words)
}

/// One request of a gateway to us, as plain data, so that decoders stay pure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// In capitals, `GET` or `POST`.
    pub method: String,
    /// Path and query as they came: a vendor's signature may cover them.
    pub target: String,
    /// Decoded, in their order; a name may come twice.
    pub query: Vec<(String, String)>,
    /// Names in small letters, in their order; a value that is no text is left out.
    pub headers: Vec<(String, String)>,
    /// Without its parameters, in small letters: `application/json`.
    pub content_type: Option<String>,
    /// Exactly as it came.
    pub body: Vec<u8>,
    /// When it came.
    pub at: Timestamp,
}

impl Callback {
    /// The first value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first value of a header; `name` in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Why a request of a gateway cannot be read. Goes back to the gateway: no number and no text of a
/// person stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct DecodeError {
    /// The field as the gateway names it.
    pub field: String,
    /// What is wrong with it and what belongs there.
    pub reason: String,
}

impl DecodeError {
    #[must_use]
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> DecodeError {
        DecodeError { field: field.into(), reason: reason.into() }
    }

    /// The same of one of several rows of a call; rows are counted from 1 for people.
    #[must_use]
    pub fn in_row(self, place: usize, of: usize) -> DecodeError {
        if of < 2 {
            return self;
        }
        DecodeError { field: format!("row {} of {of}, {}", place + 1, self.field), ..self }
    }
}

/// What a gateway's requests mean. Pure; one implementation a kind of road.
pub trait Decode {
    /// The messages of people in a request to the `inbound` address; none when there is nothing for
    /// us in it.
    ///
    /// # Errors
    /// [`DecodeError`]: the request is answered 400 and nothing of it is taken.
    fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError>;

    /// The words about messages of ours in a request to the `report` address.
    ///
    /// # Errors
    /// As [`Decode::inbound`].
    fn reports(&self, callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError>;

    /// Whether the request bears the vendor's signature, where the vendor has one.
    fn is_genuine(&self, callback: &Callback) -> bool {
        let _ = callback;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MediaKind;

    #[test]
    fn a_phone_without_pictures_gets_the_words_and_the_link() {
        let media = |source, caption: Option<&str>| Content::Media {
            kind: MediaKind::Image,
            source,
            caption: caption.map(str::to_owned),
            filename: None,
        };
        let link = || MediaSource::Link("https://example.in/a.jpg".to_owned());
        for (content, words) in [
            (Content::Text { body: "हाँ".to_owned() }, Some("हाँ")),
            (Content::LocationRequest { body: "कहाँ?".to_owned() }, Some("कहाँ?")),
            (media(link(), Some("देखिए")), Some("देखिए\nhttps://example.in/a.jpg")),
            (media(link(), None), Some("https://example.in/a.jpg")),
            (media(MediaSource::Id("7".to_owned()), None), None),
        ] {
            assert_eq!(words_of(&content).as_deref(), words, "{content:?}");
        }
    }

    #[test]
    fn a_number_is_written_with_its_country_and_without_signs() {
        let indian = Identities::of(AddressKind::Phone, "9812345678");
        assert_eq!(number_of(&indian).as_deref(), Some("919812345678"));
        let foreign = Identities::of(AddressKind::ForeignPhone, "16505551234");
        assert_eq!(number_of(&foreign).as_deref(), Some("16505551234"));
        assert_eq!(number_of(&Identities::of(AddressKind::WhatsappUser, "IN.1")), None);
    }
}
