//! The section of WhatsApp, checked and with its secrets.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Secret;
use super::fetch::SECRET_ITSELF;
use super::vault::Vault;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WhatsappSection {
    enabled: bool,
    acknowledge_policy: bool,
    graph_url: String,
    numbers: Vec<String>,
    phone: String,
    verify_token_file: PathBuf,
    app_secret_file: PathBuf,
    access_token_file: PathBuf,
    throughput: u32,
    pair_burst: u32,
    pair_seconds: f64,
    tier: u64,
    presence: Presence,
}

/// What a person sees of us between their message and the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Off,
    Read,
    Typing,
}

/// WhatsApp, switched on and complete.
#[derive(Clone, Debug)]
pub struct Whatsapp {
    pub graph_url: String,
    pub numbers: Vec<String>,
    /// Our number as it stands in a `wa.me` link: digits, with the country code.
    pub phone: Option<String>,
    pub verify_token: Secret,
    /// Several while a secret is being rotated.
    pub app_secrets: Vec<Secret>,
    /// The lines of the token file: one for all numbers, or `ID TOKEN` for one of them.
    pub access_tokens: Vec<Secret>,
    pub throughput: u32,
    pub pair_burst: u32,
    pub pair_seconds: f64,
    /// `None`: unlimited.
    pub tier: Option<u64>,
    pub presence: Presence,
}

/// How many people a day Meta lets an account write to first, by its tier; 0 is unlimited.
const TIERS: [u64; 6] = [0, 250, 1_000, 2_000, 10_000, 100_000];

impl WhatsappSection {
    /// Our number as it stands in a link: digits alone.
    fn digits(&self) -> String {
        self.phone.chars().filter(|sign| !matches!(sign, '+' | ' ' | '-')).collect()
    }

    /// What is wrong with the values whether WhatsApp is switched on or not: one that waits for the
    /// day it is switched on is found before.
    fn check_values(&self, problems: &mut Vec<String>) {
        let phone = self.digits();
        let is_number = phone.is_empty()
            || ((8..=15).contains(&phone.len()) && phone.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_number {
            problems.push(
                "whatsapp.phone: this is no number; write our number with its country code, \
                 \"+91 98123 45678\""
                    .to_owned(),
            );
        }
        if let Some(problem) = wrong_address(&self.graph_url) {
            problems.push(format!("whatsapp.graph_url: {problem}"));
        }
        for (index, number) in self.numbers.iter().enumerate() {
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                problems.push(format!(
                    "whatsapp.numbers: entry {} is no phone_number_id; write the id Meta shows for \
                     the number, digits alone",
                    index + 1
                ));
            }
        }
        let mut least = |key: &str, fits: bool, value: String, rule: &str| {
            if !fits {
                problems.push(format!("whatsapp.{key}: {value} {rule}"));
            }
        };
        least(
            "throughput",
            (1..=1_000).contains(&self.throughput),
            self.throughput.to_string(),
            "is outside 1 to 1000; Meta allows 80 a second, and 1000 after its word",
        );
        least(
            "pair_burst",
            (1..=1_000).contains(&self.pair_burst),
            self.pair_burst.to_string(),
            "is outside 1 to 1000; Meta allows 45 at once",
        );
        least(
            "pair_seconds",
            self.pair_seconds > 0.0 && self.pair_seconds <= 3_600.0,
            self.pair_seconds.to_string(),
            "is outside 0.01 to 3600; Meta allows one message in 6 seconds",
        );
        least(
            "tier",
            TIERS.contains(&self.tier),
            self.tier.to_string(),
            "is no tier of Meta's; 250, 1000, 2000, 10000 or 100000, and 0 for unlimited",
        );
    }

    /// The section with its secrets, or `None` while it is off.
    pub(super) fn complete(
        self,
        vault: &mut Vault<'_>,
        problems: &mut Vec<String>,
    ) -> Option<Whatsapp> {
        self.check_values(problems);
        if !self.enabled {
            return None;
        }
        let before = problems.len();
        if !self.acknowledge_policy {
            problems.push("whatsapp.acknowledge_policy: set it to true once you have read the notice on Meta's policy (README, \"Before you switch WhatsApp on\")".to_owned());
        }
        if self.numbers.is_empty() {
            problems.push("whatsapp.numbers: name at least one phone_number_id".to_owned());
        }
        let phone = self.digits();
        let mut secret = |name: &str, file: &Path| -> Vec<Secret> {
            match read_secret(name, file, vault.environment()) {
                Ok(secrets) => secrets,
                Err(problem) if problem.ends_with(SECRET_ITSELF) => {
                    problems.push(problem);
                    Vec::new()
                }
                Err(problem) => vault.lacks(problem, problems).into_iter().collect(),
            }
        };
        let verify_token = secret("verify_token", &self.verify_token_file);
        let app_secrets = secret("app_secret", &self.app_secret_file);
        let access_tokens = secret("access_token", &self.access_token_file);
        if problems.len() > before {
            return None;
        }
        Some(Whatsapp {
            graph_url: self.graph_url.trim_end_matches('/').to_owned(),
            numbers: self.numbers,
            phone: (!phone.is_empty()).then_some(phone),
            verify_token: verify_token.into_iter().next()?,
            app_secrets,
            access_tokens,
            throughput: self.throughput,
            pair_burst: self.pair_burst,
            pair_seconds: self.pair_seconds,
            tier: (self.tier > 0).then_some(self.tier),
            presence: self.presence,
        })
    }
}

/// Why nothing can be called there.
fn wrong_address(url: &str) -> Option<&'static str> {
    let of_scheme = |scheme: &str| url.strip_prefix(scheme);
    let Some(rest) = of_scheme("https://").or_else(|| of_scheme("http://")) else {
        return Some(
            "this is no address; it begins with https:// (http:// only to the sandbox on loopback)",
        );
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() || host.contains(char::is_whitespace) {
        return Some("no host stands in this address; write https://graph.facebook.com/v25.0");
    }
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Some("the port is no number from 1 to 65535; leave it away for https");
    }
    let is_loopback = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    (url.starts_with("http://") && !is_loopback)
        .then_some("http:// is read along on the way; write https:// (http:// only to the sandbox on loopback)")
}

/// The lines of a secret file, or the variable; never empty.
fn read_secret(
    name: &str,
    file: &Path,
    environment: &[(String, String)],
) -> Result<Vec<Secret>, String> {
    let variable = format!("SAMVAD_WHATSAPP_{}", name.to_uppercase());
    let text = if file.as_os_str().is_empty() {
        environment
            .iter()
            .find(|(key, _)| *key == variable)
            .map(|(_, value)| value.clone())
            .ok_or_else(|| {
                format!("whatsapp.{name}_file: name a file that holds it, or set {variable}")
            })?
    } else {
        super::fetch::read_secret_file(file)
            .map_err(|problem| format!("whatsapp.{name}_file: {problem}"))?
    };
    let secrets: Vec<Secret> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect();
    if secrets.is_empty() {
        return Err(format!("whatsapp.{name}: the secret is empty"));
    }
    Ok(secrets)
}
