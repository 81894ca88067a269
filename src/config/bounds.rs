//! The bounds of single values, and what each is for.

use super::reader::suggestion;
use super::{
    CheckSection, CommitSection, DeliverySection, IntakeSection, Root, SimulatorSection, StateUrl,
};

pub(super) fn check_root(root: &Root, problems: &mut Vec<String>) {
    if !(2..=500).contains(&root.records_connections) {
        problems.push(format!(
            "records_connections: {} is outside 2 to 500; one writes, the others read",
            root.records_connections
        ));
    }
    if let Err(error) = StateUrl::parse(&root.state) {
        problems.push(format!("state: {error}"));
    }
    if root.state_prefix.is_empty() || root.state_prefix.contains(['{', '}', ' ']) {
        problems
            .push("state_prefix: must not be empty and must not hold spaces or braces".to_owned());
    }
    if root.data.as_os_str().is_empty() {
        problems.push("data: must name a folder".to_owned());
    }
    for (key, path) in [("flows", &root.flows), ("locales", &root.locales)] {
        if !path.as_os_str().is_empty() && !path.is_dir() {
            problems.push(format!("{key}: there is no folder {}", path.display()));
        }
    }
    if root.roles.is_empty() {
        problems.push("roles: name at least one of \"web\", \"delivery\"".to_owned());
    }
}

/// The words a level of the log may be.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// A level, or a filter of `part=level` with commas between them.
pub(super) fn check_log(level: &str, problems: &mut Vec<String>) {
    for directive in level.split(',').map(str::trim) {
        let wanted = directive.rsplit_once('=').map_or(directive, |(_, wanted)| wanted);
        if LEVELS.contains(&wanted.to_lowercase().as_str()) {
            continue;
        }
        let hint = suggestion(wanted, LEVELS.into_iter());
        let hint = if hint.is_empty() {
            "; error, warn, info, debug or trace, or a filter: \"samvad=debug,info\"".to_owned()
        } else {
            hint
        };
        problems.push(format!("log.level: \"{wanted}\" is no level{hint}"));
    }
}

/// What stands before the colon: the rest may hold a password.
pub(super) fn scheme(url: &str) -> String {
    url.split_once(':').map_or_else(|| url.to_owned(), |(scheme, _)| format!("{scheme}:…"))
}

pub(super) fn check_numbers(
    intake: &IntakeSection,
    commit: &CommitSection,
    delivery: &DeliverySection,
    simulator: &SimulatorSection,
    problems: &mut Vec<String>,
) {
    let mut least = |key: &str, value: u64, from: u64, to: u64, why: &str| {
        if value < from || value > to {
            problems.push(format!("{key}: {value} is outside {from} to {to}; {why}"));
        }
    };
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    least(
        "intake.capacity",
        count(intake.capacity),
        2_000,
        1_000_000,
        "one request can bring 1000 updates, and two must fit",
    );
    least("intake.shards", count(intake.shards), 0, 1_024, "0 means one for each core");
    least(
        "intake.state_hours",
        u64::from(intake.state_hours),
        1,
        720,
        "a conversation lives for days at most",
    );
    least("commit.group", count(commit.group), 1, 10_000, "larger groups only make everyone wait");
    least(
        "delivery.concurrency",
        count(delivery.concurrency),
        1,
        10_000,
        "calls under way at once",
    );
    least(
        "delivery.timeout_seconds",
        delivery.timeout_seconds,
        1,
        300,
        "a provider answers in seconds",
    );
    least(
        "delivery.lease_seconds",
        delivery.lease_seconds,
        3,
        3_600,
        "a sign of life goes out three times in a lease",
    );
    least(
        "delivery.unknown_after_seconds",
        delivery.unknown_after_seconds,
        1,
        86_400,
        "statuses arrive within seconds",
    );
    least(
        "delivery.sweep_seconds",
        delivery.sweep_seconds,
        1,
        3_600,
        "how often dead processes are looked for",
    );
    least(
        "delivery.attempts",
        u64::from(delivery.attempts),
        1,
        100,
        "how often one message is tried",
    );
    least(
        "delivery.breaker_minutes",
        delivery.breaker_minutes,
        1,
        1_440,
        "how long a sender rests",
    );
    least("simulator.phones", count(simulator.phones), 1, 1_000_000, "phones remembered in memory");
    if !(delivery.share_without_state > 0.0 && delivery.share_without_state <= 1.0) {
        problems.push(format!(
            "delivery.share_without_state: {} is not a share; write a number above 0 and up to 1",
            delivery.share_without_state
        ));
    }
}

impl CheckSection {
    pub(super) fn complete(&self, problems: &mut Vec<String>) {
        if !(1..=20).contains(&self.sms_parts) {
            problems.push(format!(
                "check.sms_parts: {} is outside 1 to 20; longer texts are not sent by SMS",
                self.sms_parts
            ));
        }
    }
}
