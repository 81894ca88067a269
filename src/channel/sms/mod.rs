//! Short messages: through a Kannel gateway of our own, or an aggregator's HTTP interface.
//!
//! | file | subject |
//! |---|---|
//! | `config.rs` | what the operator configures of an account, and the secrets it names |
//! | `webhook.rs` | the routes gateways call, and who may |
//! | `kannel.rs` | Kannel: requests, answers, what it posts to us |
//!
//! An *account* is one way to a gateway: its address, its sender name or number, its secrets. The
//! account is the `account` of [`Inbound`] and [`Outgoing`](crate::message::Outgoing): an answer leaves
//! where the question came in.

pub mod config;
pub mod webhook;

use jiff::Timestamp;

use crate::message::{Inbound, StatusUpdate};

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
