//! What the operator configures of WhatsApp, and the secrets that configuration names.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// A token or secret. `Debug` is redacted; the text comes out only by [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The secret itself, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The table `[whatsapp]` of the configuration.
///
/// Secrets are never written into it: each key ending in `_file` names a file (relative to the
/// configuration's folder), and where none is named the environment variable of the key ending in
/// `_env` is read.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsappConfig {
    /// Turns the channel on: its webhook, and sending.
    pub enabled: bool,
    /// Must be `true` beside `enabled`: the operator has read that Meta's policy does not allow
    /// political parties on this platform, and starts it all the same.
    pub acknowledge_policy: bool,
    /// Where calls go: `https`, with the version, without a slash at the end. Plain `http` is taken
    /// for this machine only (the sandbox).
    pub graph_url: String,
    /// The token that Meta repeats when the callback address is set.
    pub verify_token_file: Option<PathBuf>,
    pub verify_token_env: String,
    /// The app secret webhooks are signed with. Several, one a line (or separated by spaces), are
    /// all accepted: put the new one first, change it at Meta, then take the old one away.
    pub app_secret_file: Option<PathBuf>,
    pub app_secret_env: String,
    /// The system user's token, for every number that has none of its own.
    pub access_token_file: Option<PathBuf>,
    pub access_token_env: String,
    /// Our numbers that need a token or a throughput of their own.
    pub numbers: Vec<NumberConfig>,
    /// Messages a second from one number of ours, in and out together: 80 for a new number, 1000
    /// after Meta's upgrade, 20 for a number shared with the Business app.
    pub throughput_per_second: u32,
    /// One message to the same person in so many seconds, on the average (Meta: 6).
    pub pair_seconds: u32,
    /// So many messages to the same person may leave at once, borrowed from that average (Meta: 45).
    pub pair_burst: u32,
    /// How many people may be written to first in a moving day, over all numbers of the portfolio:
    /// 250, 2000, 10000, 100000; 0 means without limit. Meta's own word replaces it while we run.
    pub people_per_day: u64,
    /// How long one call may take before it counts as unanswered, in seconds.
    pub timeout_seconds: u64,
    /// How long connecting may take, in seconds.
    pub connect_timeout_seconds: u64,
}

/// One entry of `[[whatsapp.numbers]]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberConfig {
    /// Meta's id of the number (digits), not the number itself.
    pub phone_number_id: String,
    pub access_token_file: Option<PathBuf>,
    pub access_token_env: Option<String>,
    /// Replaces the common `throughput_per_second`.
    pub throughput_per_second: Option<u32>,
}

impl Default for WhatsappConfig {
    fn default() -> WhatsappConfig {
        WhatsappConfig {
            enabled: false,
            acknowledge_policy: false,
            graph_url: "https://graph.facebook.com/v25.0".to_owned(),
            verify_token_file: None,
            verify_token_env: "SAMVAD_WHATSAPP_VERIFY_TOKEN".to_owned(),
            app_secret_file: None,
            app_secret_env: "SAMVAD_WHATSAPP_APP_SECRET".to_owned(),
            access_token_file: None,
            access_token_env: "SAMVAD_WHATSAPP_ACCESS_TOKEN".to_owned(),
            numbers: Vec::new(),
            throughput_per_second: 80,
            pair_seconds: 6,
            pair_burst: 45,
            people_per_day: 250,
            timeout_seconds: 20,
            connect_timeout_seconds: 5,
        }
    }
}

/// The secrets the configuration named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatsappSecrets {
    pub verify_token: Secret,
    /// At least one.
    pub app_secrets: Vec<Secret>,
    pub access_tokens: AccessTokens,
}

/// Which token speaks for which number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessTokens {
    /// For every number without one of its own.
    pub common: Option<Secret>,
    /// By `phone_number_id`.
    pub by_number: HashMap<String, Secret>,
}

impl AccessTokens {
    /// The token for a number of ours.
    #[must_use]
    pub fn of(&self, account: &str) -> Option<&Secret> {
        self.by_number.get(account).or(self.common.as_ref())
    }
}

impl WhatsappConfig {
    /// Everything wrong with the keys themselves, each as one line that says what to do. Nothing is
    /// wrong with a channel that is off.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.enabled {
            return problems;
        }
        if !self.acknowledge_policy {
            problems.push(
                "whatsapp.acknowledge_policy: meta's policy does not allow political parties on \
                 this platform; read business.whatsapp.com/policy, then set it to true or turn \
                 whatsapp.enabled off"
                    .to_owned(),
            );
        }
        if !is_graph_url(&self.graph_url) {
            problems.push(format!(
                "whatsapp.graph_url: \"{}\" is not an https address with a version and without a \
                 slash at its end, like https://graph.facebook.com/v25.0",
                self.graph_url
            ));
        }
        for (key, value) in [
            ("throughput_per_second", u64::from(self.throughput_per_second)),
            ("pair_seconds", u64::from(self.pair_seconds)),
            ("pair_burst", u64::from(self.pair_burst)),
            ("timeout_seconds", self.timeout_seconds),
            ("connect_timeout_seconds", self.connect_timeout_seconds),
        ] {
            if value == 0 {
                problems.push(format!("whatsapp.{key}: must be 1 or more"));
            }
        }
        for (place, number) in self.numbers.iter().enumerate() {
            let id = &number.phone_number_id;
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                problems.push(format!(
                    "whatsapp.numbers[{place}].phone_number_id: must be the digits meta shows as \
                     \"phone number id\" in the app's api setup"
                ));
            }
            let earlier = self.numbers.iter().take(place);
            if !id.is_empty() && earlier.into_iter().any(|other| other.phone_number_id == *id) {
                problems.push(format!("whatsapp.numbers[{place}].phone_number_id: given twice"));
            }
            if number.throughput_per_second == Some(0) {
                problems.push(format!(
                    "whatsapp.numbers[{place}].throughput_per_second: must be 1 or more"
                ));
            }
        }
        problems
    }

    /// Reads the secrets. `folder` is the configuration's, `variable` looks one up in the environment.
    ///
    /// # Errors
    /// Every missing or empty secret at once, each as one line that says what to do and never holds
    /// the secret.
    pub fn secrets(
        &self,
        folder: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<WhatsappSecrets, Vec<String>> {
        let mut problems = Vec::new();
        let mut read = |key: &str, file: Option<&Path>, env: &str| {
            let place = Place { key: format!("whatsapp.{key}"), file, env };
            match place.read(folder, variable) {
                Ok(secrets) => secrets,
                Err(problem) => {
                    problems.push(problem);
                    Vec::new()
                }
            }
        };
        let verify_token =
            read("verify_token", self.verify_token_file.as_deref(), &self.verify_token_env);
        let app_secrets = read("app_secret", self.app_secret_file.as_deref(), &self.app_secret_env);
        let every_number_has_its_own = !self.numbers.is_empty()
            && self.numbers.iter().all(|number| {
                number.access_token_file.is_some() || number.access_token_env.is_some()
            });
        let common = if every_number_has_its_own && self.access_token_file.is_none() {
            variable(&self.access_token_env).and_then(|text| words(&text).into_iter().next())
        } else {
            read("access_token", self.access_token_file.as_deref(), &self.access_token_env)
                .into_iter()
                .next()
        };
        let mut by_number = HashMap::new();
        for (place, number) in self.numbers.iter().enumerate() {
            let file = number.access_token_file.as_deref();
            let env = number.access_token_env.as_deref();
            if file.is_none() && env.is_none() {
                continue;
            }
            let key = format!("numbers[{place}].access_token");
            if let Some(token) = read(&key, file, env.unwrap_or_default()).into_iter().next() {
                by_number.insert(number.phone_number_id.clone(), token);
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(WhatsappSecrets {
            verify_token: verify_token.into_iter().next().unwrap_or_else(|| Secret::new("")),
            app_secrets,
            access_tokens: AccessTokens { common, by_number },
        })
    }

    /// Messages a second that may leave from and come to this number of ours.
    #[must_use]
    pub fn throughput_of(&self, account: &str) -> u32 {
        self.numbers
            .iter()
            .find(|number| number.phone_number_id == account)
            .and_then(|number| number.throughput_per_second)
            .unwrap_or(self.throughput_per_second)
    }

    /// For the client's builder.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// For the client's builder.
    #[must_use]
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }
}

/// `https` to anywhere, `http` to this machine, no slash at the end.
fn is_graph_url(url: &str) -> bool {
    let Ok(parsed) = reqwest::Url::parse(url) else { return false };
    let is_local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && is_local);
    is_safe && !url.ends_with('/') && parsed.query().is_none() && parsed.fragment().is_none()
}

/// Where one secret is to be found.
struct Place<'a> {
    key: String,
    file: Option<&'a Path>,
    env: &'a str,
}

impl Place<'_> {
    fn read(
        &self,
        folder: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<Secret>, String> {
        let Place { key, file, env } = self;
        let Some(file) = file else {
            let found = words(&variable(env).unwrap_or_default());
            return if found.is_empty() {
                Err(format!(
                    "{key}: put it into a file named by {key}_file, or into the environment variable \
                     {env}"
                ))
            } else {
                Ok(found)
            };
        };
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{key}_file: {} cannot be read: {error}", path.display()))?;
        let found = words(&text);
        if found.is_empty() {
            return Err(format!("{key}_file: {} is empty", path.display()));
        }
        Ok(found)
    }
}

fn words(text: &str) -> Vec<Secret> {
    text.split_whitespace().map(Secret::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        match name {
            "SAMVAD_WHATSAPP_VERIFY_TOKEN" => Some("verify".to_owned()),
            "SAMVAD_WHATSAPP_APP_SECRET" => Some("new old".to_owned()),
            "SAMVAD_WHATSAPP_ACCESS_TOKEN" => Some("common\n".to_owned()),
            "TOKEN_B" => Some("own".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn it_is_off_by_default_and_nothing_is_wrong_with_that() {
        let config: WhatsappConfig = toml::from_str("").unwrap();
        assert_eq!(config, WhatsappConfig::default());
        assert!(!config.enabled);
        assert_eq!(config.problems(), Vec::<String>::new());
    }

    #[test]
    fn it_cannot_be_turned_on_without_acknowledging_the_policy() {
        let config: WhatsappConfig = toml::from_str("enabled = true").unwrap();
        assert_eq!(config.problems().len(), 1);
        assert!(config.problems()[0].starts_with("whatsapp.acknowledge_policy: "));
        let config: WhatsappConfig =
            toml::from_str("enabled = true\nacknowledge_policy = true").unwrap();
        assert_eq!(config.problems(), Vec::<String>::new());
    }

    #[test]
    fn every_wrong_key_is_told_at_once() {
        let config: WhatsappConfig = toml::from_str(
            "enabled = true\nacknowledge_policy = true\ngraph_url = \"http://example.org/\"\n\
             throughput_per_second = 0\n[[numbers]]\nphone_number_id = \"+91\"\n\
             [[numbers]]\nphone_number_id = \"1\"\n[[numbers]]\nphone_number_id = \"1\"",
        )
        .unwrap();
        let keys: Vec<String> = config
            .problems()
            .iter()
            .map(|problem| problem.split(':').next().unwrap().to_owned())
            .collect();
        assert_eq!(
            keys,
            [
                "whatsapp.graph_url",
                "whatsapp.throughput_per_second",
                "whatsapp.numbers[0].phone_number_id",
                "whatsapp.numbers[2].phone_number_id"
            ]
        );
        assert!(toml::from_str::<WhatsappConfig>("enable = true").is_err());
    }

    #[test]
    fn the_sandbox_on_this_machine_may_be_plain_http() {
        for url in ["http://127.0.0.1:4010/v25.0", "http://localhost:1/v25.0", "https://a.b/v25.0"]
        {
            assert!(is_graph_url(url), "{url}");
        }
        for url in ["http://a.b/v25.0", "https://a.b/v25.0/", "graph.facebook.com", "ftp://a.b/v"] {
            assert!(!is_graph_url(url), "{url}");
        }
    }

    #[test]
    fn secrets_come_from_files_and_from_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "first\nsecond\n").unwrap();
        let config: WhatsappConfig = toml::from_str(
            "app_secret_file = \"secret\"\n[[numbers]]\nphone_number_id = \"2\"\n\
             access_token_env = \"TOKEN_B\"\nthroughput_per_second = 20",
        )
        .unwrap();
        let secrets = config.secrets(folder.path(), &environment).unwrap();
        assert_eq!(secrets.verify_token, Secret::new("verify"));
        assert_eq!(secrets.app_secrets, [Secret::new("first"), Secret::new("second")]);
        assert_eq!(secrets.access_tokens.of("1"), Some(&Secret::new("common")));
        assert_eq!(secrets.access_tokens.of("2"), Some(&Secret::new("own")));
        assert_eq!((config.throughput_of("1"), config.throughput_of("2")), (80, 20));
    }

    #[test]
    fn every_missing_secret_is_told_at_once() {
        let config =
            WhatsappConfig { verify_token_file: Some("none".into()), ..WhatsappConfig::default() };
        let problems = config.secrets(Path::new("."), &|_| None).unwrap_err();
        assert_eq!(problems.len(), 3);
        assert!(problems[0].starts_with("whatsapp.verify_token_file: "));
        assert_eq!(
            problems[1],
            "whatsapp.app_secret: put it into a file named by whatsapp.app_secret_file, or into \
             the environment variable SAMVAD_WHATSAPP_APP_SECRET"
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let secrets = WhatsappConfig::default().secrets(Path::new("."), &environment).unwrap();
        let printed = format!("{secrets:?}");
        for secret in ["verify\"", "old", "new", "common\""] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
