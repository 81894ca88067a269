//! WhatsApp Cloud API (Graph API v25.0): webhooks in, calls out.
//!
//! | file | subject |
//! |---|---|
//! | `config.rs` | what the operator configures, and the secrets it names |
//! | `webhook.rs` | the two routes: handshake and envelopes |
//! | `signature.rs` | who may speak to them |
//! | `json.rs`, `decode.rs`, `content.rs` | a body → [`Envelope`](crate::message::Envelope) |
//! | `encode.rs` | [`Outgoing`](crate::message::Outgoing) → the body of a call, within Meta's published limits |
//! | `sender.rs`, `media.rs` | the calls |
//! | `picture.rs` | a picture of ours: drawn, uploaded once, sent with its words |
//! | `errors.rs` | Meta's error codes → [`ErrorClass`](crate::channel::ErrorClass), as a table |
//!
//! The channel is off until it is configured, because of [`POLICY_NOTICE`].

pub mod config;
mod content;
pub mod decode;
pub mod encode;
pub mod errors;
mod json;
pub mod media;
mod picture;
pub mod sender;
pub mod signature;
pub mod webhook;

pub use decode::{DecodeError, decode};
pub use picture::PICTURE_WAIT;
pub use sender::{CallError, Sender};
pub use webhook::{WebhookState, routes};

/// What an operator must know before this channel is turned on; logged at every start with it.
pub const POLICY_NOTICE: &str = "whatsapp is on. meta's policy for the whatsapp business platform \
    does not allow use by political parties, politicians, political candidates and political \
    campaigns (as reported by several sources up to 2026; read business.whatsapp.com/policy for the \
    wording of today). the number can be restricted or disabled without appeal. keep another channel \
    ready, keep consents and contacts here and not at meta, and never ask for identity numbers in a chat";
