//! The section of WhatsApp, checked and with its secrets.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Secret;

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

impl WhatsappSection {
    /// The section with its secrets, or `None` while it is off.
    pub(super) fn complete(
        self,
        environment: &[(String, String)],
        problems: &mut Vec<String>,
    ) -> Option<Whatsapp> {
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
        let phone: String =
            self.phone.chars().filter(|sign| !matches!(sign, '+' | ' ' | '-')).collect();
        let is_number = phone.is_empty()
            || ((8..=15).contains(&phone.len()) && phone.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_number {
            problems.push(
                "whatsapp.phone: write our number with its country code, \"+91 98123 45678\""
                    .to_owned(),
            );
        }
        let is_loopback = self.graph_url.starts_with("http://127.0.0.1")
            || self.graph_url.starts_with("http://[::1]")
            || self.graph_url.starts_with("http://localhost");
        if !self.graph_url.starts_with("https://") && !is_loopback {
            problems.push("whatsapp.graph_url: must begin with https:// (http:// only to the sandbox on loopback)".to_owned());
        }
        if self.throughput == 0 || self.pair_burst == 0 || self.pair_seconds <= 0.0 {
            problems.push(
                "whatsapp.throughput, pair_burst and pair_seconds must be above 0".to_owned(),
            );
        }
        let mut secret = |name: &str, file: &Path| -> Vec<Secret> {
            match read_secret(name, file, environment) {
                Ok(secrets) => secrets,
                Err(problem) => {
                    problems.push(problem);
                    Vec::new()
                }
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
        std::fs::read_to_string(file).map_err(|error| {
            format!("whatsapp.{name}_file: {} cannot be read: {error}", file.display())
        })?
    };
    let secrets: Vec<Secret> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Secret::new).collect();
    if secrets.is_empty() {
        return Err(format!("whatsapp.{name}: the secret is empty"));
    }
    Ok(secrets)
}
