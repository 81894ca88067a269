//! What the tests of all roads begin with.

use reqwest::Client;

use super::config::{Guard, Secret, SmsAccount, SmsRoad};

pub(super) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().build().unwrap()
}

/// The account `office`, whose messages begin with a keyword.
pub(super) fn account(from: &str, secret: &str, road: SmsRoad) -> SmsAccount {
    SmsAccount {
        name: "office".to_owned(),
        from: from.to_owned(),
        guard: Guard { secret: Secret::new(secret), allow: Vec::new(), basic: None },
        per_second: None,
        keyword: Some("SAMVAD".to_owned()),
        templates_at_vendor: false,
        road,
    }
}
