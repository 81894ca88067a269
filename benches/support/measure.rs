//! What benches ask a server and the system.

use std::net::SocketAddr;
use std::time::Duration;

/// What the server says at this path; `None` when it does not answer.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Option<String> {
    let client = reqwest::Client::builder().build().expect("a client");
    client.get(format!("http://{address}{path}")).send().await.ok()?.text().await.ok()
}

/// Waits until the server takes messages.
pub(crate) async fn ready(address: SocketAddr) {
    for _ in 0..600 {
        if get(address, "/ready").await.is_some_and(|text| text.starts_with("ready")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server at {address} does not get ready");
}

/// Processor time of this process so far (Linux).
pub(crate) fn processor_seconds() -> f64 {
    processor_seconds_of("self")
}

/// The same of the process of this number.
pub(crate) fn processor_seconds_of(process: &str) -> f64 {
    std::fs::read_to_string(format!("/proc/{process}/stat")).map_or(0.0, |stat| seconds_of(&stat))
}

/// User and system time of a `stat` line, which counts in hundredths.
pub(crate) fn seconds_of(stat: &str) -> f64 {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}
