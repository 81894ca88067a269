//! Load: invented citizens who walk through a flow, and envelopes as fast as they are taken.
//!
//! Only ever against this machine: a webhook address that is not loopback is refused.

pub mod citizens;
pub mod raw;
pub mod script;

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

pub use self::citizens::{CitizenPlan, CitizenReport, play};
pub use self::raw::{Caller, RawPlan, RawReport, pour};
pub use self::script::Script;

/// Why a load cannot run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("`{0}` is not a plain http address; write http://127.0.0.1:8080/webhooks/whatsapp")]
    Webhook(String),
    #[error("`{0}` is not this machine: load goes to 127.0.0.0/8, ::1 or localhost only")]
    NotLoopback(String),
    #[error("the script cannot be used: {0}")]
    Script(String),
    #[error("the load would be empty or unbounded: {0}")]
    Plan(&'static str),
    #[error(
        "nobody answers at the webhook: {0}; start samvad first, or name its address with --webhook"
    )]
    Connect(std::io::Error),
}

/// Reads a webhook address and refuses every one that is not this machine.
///
/// # Errors
/// Not an `http` address; another machine.
pub fn require_loopback(webhook: &str) -> Result<reqwest::Url, LoadError> {
    let url = reqwest::Url::parse(webhook)
        .ok()
        .filter(|url| url.scheme() == "http")
        .ok_or_else(|| LoadError::Webhook(webhook.to_owned()))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if is_loopback { Ok(url) } else { Err(LoadError::NotLoopback(webhook.to_owned())) }
}

/// Times of many like things, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    pub count: usize,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Quantiles {
    /// Of these times; all zero when there are none.
    #[must_use]
    pub fn of(mut times: Vec<f64>) -> Quantiles {
        times.sort_by(f64::total_cmp);
        // Nearest rank: the smallest time that so many percent do not exceed.
        let at = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1);
            times.get(rank - 1).copied().unwrap_or_default()
        };
        Quantiles { count: times.len(), p50: at(50), p95: at(95), p99: at(99), max: at(100) }
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, max {:.1} ms ({} measured)",
            self.p50, self.p95, self.p99, self.max, self.count
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_goes_to_this_machine_only() {
        for good in [
            "http://127.0.0.1:8080/webhook",
            "http://127.5.0.1/",
            "http://localhost:1/a",
            "http://[::1]:8080/w",
        ] {
            assert!(require_loopback(good).is_ok(), "{good}");
        }
        for other in [
            "http://10.0.0.1/",
            "http://localhost.example.org/",
            "http://0.0.0.0:80/",
            "http://example.org/127.0.0.1",
            "http://127.0.0.1@example.org/",
        ] {
            assert!(matches!(require_loopback(other), Err(LoadError::NotLoopback(_))), "{other}");
        }
        assert!(matches!(require_loopback("https://127.0.0.1/"), Err(LoadError::Webhook(_))));
    }

    #[test]
    fn quantiles_are_nearest_ranks() {
        let times: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        let quantiles = Quantiles::of(times);
        assert_eq!(
            quantiles,
            Quantiles { count: 200, p50: 100.0, p95: 190.0, p99: 198.0, max: 200.0 }
        );
        assert_eq!(Quantiles::of(Vec::new()), Quantiles::default());
        assert!((Quantiles::of(vec![3.0]).p99 - 3.0).abs() < f64::EPSILON);
    }
}

#[cfg(test)]
mod walk_tests;
