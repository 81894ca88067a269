//! What all roads do alike when they call a gateway.

use reqwest::{RequestBuilder, Response};

use super::config::SmsAccount;
use crate::channel::{ErrorClass, SendAnswer, SendError};

/// More parts than this no person reads; gateways and operators have limits of their own.
pub(super) const PARTS_MAX: usize = 20;

/// Where the gateway of an account reports, up to the query; `callback_url` is our address as it
/// reaches us.
pub(super) fn report_url(callback_url: &str, account: &SmsAccount) -> String {
    let secret = account.guard.secret.expose();
    format!("{callback_url}/webhooks/sms/{}/{secret}/report", account.name)
}

/// A refusal without a code.
pub(super) fn refused(class: ErrorClass, http: Option<u16>) -> SendAnswer {
    SendAnswer::Refused(SendError { class, code: None, http, retry_after: None })
}

/// Makes the call.
///
/// # Errors
/// What it means that there is no answer to read.
pub(super) async fn answer_to(call: RequestBuilder, account: &str) -> Result<Response, SendAnswer> {
    call.send().await.map_err(|error| {
        if error.is_connect() {
            // The connection was refused or the name not found: not a byte of it left.
            return SendAnswer::NotSent;
        }
        if error.is_builder() {
            tracing::error!(
                account,
                "a key of this sms account cannot stand in a request; look at from, username, password, smsc, meta and values"
            );
            return refused(ErrorClass::PauseSender, None);
        }
        SendAnswer::NoAnswer
    })
}
