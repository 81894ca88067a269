//! What the calls of flows may reach, and the secrets they may carry.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::Secret;
use super::vault::Vault;

/// The section of the secrets; its keys are the office's own.
pub(super) const SECTION: &str = "secrets";

/// What a variable with a secret begins with.
pub(super) const VARIABLE: &str = "SAMVAD_SECRETS_";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FetchSection {
    allow: Vec<String>,
}

/// A host, in small letters as an address writes it (`[::1]` in brackets), and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    pub host: String,
    pub port: u16,
}

impl FetchSection {
    pub(super) fn hosts(&self, problems: &mut Vec<String>) -> Vec<HostPort> {
        let mut hosts = Vec::with_capacity(self.allow.len());
        for text in &self.allow {
            match HostPort::parse(text) {
                Some(host) => hosts.push(host),
                None => problems.push(format!(
                    "fetch.allow: \"{text}\" is not a host with its port; write \
                     \"helpdesk.internal:8443\" or \"10.1.2.3:80\""
                )),
            }
        }
        hosts
    }
}

impl HostPort {
    /// `host:port`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<HostPort> {
        let (host, port) = text.trim().rsplit_once(':')?;
        let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        let is_sound = !host.is_empty()
            && !host.contains(['/', '@', ' ', '*', '?', '#'])
            && (is_bracketed || !host.contains(':'));
        is_sound.then(|| HostPort { host: host.to_ascii_lowercase(), port })
    }
}

/// Secrets by the names that flows use. `Debug` shows the names alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    by_name: BTreeMap<String, Secret>,
}

impl Secrets {
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = (String, Secret)>) -> Secrets {
        Secrets { by_name: secrets.into_iter().collect() }
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.by_name.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The section of the office's file, over what the environment gives.
    pub(super) fn read(
        section: Option<&Value>,
        vault: &mut Vault<'_>,
        problems: &mut Vec<String>,
    ) -> Secrets {
        let mut by_name = BTreeMap::new();
        for (variable, value) in vault.environment() {
            let Some(name) = variable.strip_prefix(VARIABLE) else { continue };
            if name.is_empty() || value.is_empty() {
                problems.push(format!("the environment: {variable} gives no secret; take it away"));
                continue;
            }
            by_name.insert(name.to_lowercase(), Secret::new(value));
        }
        let files = section.and_then(Value::as_table).into_iter().flatten();
        for (name, file) in files {
            if !file.is_str() {
                problems.push(format!("secrets.{name}: {SECRET_ITSELF}"));
                continue;
            }
            let Some(file) = file.as_str().filter(|file| !file.is_empty()) else {
                problems.push(format!("secrets.{name}: name the file that holds it"));
                continue;
            };
            let told = |problem: &str| format!("secrets.{name}: {problem}");
            if let Some(secret) = vault.first_line(Path::new(file), told, problems) {
                by_name.insert(name.clone(), secret);
            }
        }
        Secrets { by_name }
    }
}

/// Said of a value that is no file and may be the secret: the value itself is not repeated.
pub(super) const SECRET_ITSELF: &str = "here the name of a file belongs, and no file is called so: \
     is it the secret itself?; put the secret into the first line of a file, and write the name of \
     that file here: \"secrets/name\"";

/// Whether these words look like a path, so that they may be shown when there is no such file.
fn looks_like_a_path(words: &str) -> bool {
    let parts: Vec<&str> = words.split(['/', '\\']).collect();
    let random = |part: &&str| {
        let has = |of: fn(&char) -> bool| part.chars().any(|sign| of(&sign));
        let mixed = has(char::is_ascii_digit)
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase);
        part.len() > 40 || (part.len() >= 16 && mixed)
    };
    let strange = |sign: char| sign.is_whitespace() || matches!(sign, '=' | '+' | ':' | '@');
    let named = parts.len() > 1 || words.contains('.') || says_what_it_holds(words);
    named && !words.contains(strange) && !parts.iter().any(random)
}

/// Whether these words are what people call such a file: `gupshup-password`, `path_secret`. A word as the
/// secret itself has no name for itself in it, or digits and capitals besides.
fn says_what_it_holds(words: &str) -> bool {
    let mut parts = words.split(['-', '_']);
    let is_plain = words.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_".contains(&byte));
    is_plain
        && words.contains(['-', '_'])
        && parts.any(|part| matches!(part, "password" | "secret" | "token" | "key"))
}

/// The text of a file that holds a secret.
///
/// # Errors
/// Why it cannot be read; its name only where it is no secret itself.
pub(super) fn read_secret_file(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| {
        if file.to_str().is_some_and(looks_like_a_path) {
            format!("{} cannot be read: {error}", file.display())
        } else {
            SECRET_ITSELF.to_owned()
        }
    })
}

pub(super) fn read_first_line(file: &Path) -> Result<Secret, String> {
    let text = read_secret_file(file)?;
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(Secret::new(line)),
        _ => Err(format!("{} is empty", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Origins};

    use super::*;

    #[test]
    fn a_host_is_named_with_its_port() {
        let of = |host: &str, port| Some(HostPort { host: host.to_owned(), port });
        for (text, read) in [
            ("helpdesk.internal:8443", of("helpdesk.internal", 8443)),
            (" HelpDesk.Internal:80", of("helpdesk.internal", 80)),
            ("10.1.2.3:80", of("10.1.2.3", 80)),
            ("[::1]:8080", of("[::1]", 8080)),
            ("helpdesk.internal", None),
            ("::1:80", None),
            ("http://helpdesk:80", None),
            ("helpdesk:0", None),
            ("helpdesk:99999", None),
            ("*.internal:80", None),
            (":80", None),
        ] {
            assert_eq!(HostPort::parse(text), read, "{text}");
        }
    }

    #[test]
    fn secrets_come_from_files_and_the_environment_and_are_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("helpdesk");
        std::fs::write(&file, "Bearer geheim\nmore\n").unwrap();
        let config = Config::read(&Origins {
            file: Some((
                "office.toml".into(),
                format!("[secrets]\nhelpdesk = \"{}\"\n", file.display()),
            )),
            environment: vec![("SAMVAD_SECRETS_SMS_DESK".to_owned(), "streng".to_owned())],
            arguments: Vec::new(),
        })
        .unwrap();
        assert_eq!(config.secrets.names().collect::<Vec<_>>(), ["helpdesk", "sms_desk"]);
        assert_eq!(config.secrets.get("helpdesk").unwrap().expose(), "Bearer geheim");
        assert_eq!(config.secrets.get("sms_desk").unwrap().expose(), "streng");
        let shown = format!("{config:?}");
        assert!(!shown.contains("geheim") && !shown.contains("streng"), "{shown}");
        assert_eq!(config.media, config.data.join("media"));
    }

    #[test]
    fn a_secret_in_the_place_of_its_file_is_told_and_not_repeated() {
        for written in [
            "ward = \"Bearer 83jd72hs\"",
            "ward = \"83jd72hsKq\"",
            "ward = \"eyJhbGciOiJIUzI1NiJ9Xa.c2VjcmV0\"",
            "ward = \"83jd/72hs+Kq==\"",
            "ward = Bearer 83jd72hs",
            "ward = 8372",
        ] {
            let text = format!("[secrets]\n{written}\n");
            let told = crate::config::examine(Path::new("office.toml"), &text);
            let [only] = told.as_slice() else { panic!("{told:?}") };
            assert_eq!(only.kind, crate::config::FileProblemKind::Secret, "{written}");
            assert!(written.ends_with(text.get(only.span.clone()).unwrap()), "{only:?}");
            let said = format!("{} {}", only.message, only.hint.as_deref().unwrap());
            assert!(said.contains("first line of a file"), "{said}");
            for secret in ["83", "72", "eyJ"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
        for path in ["path-secret", "gupshup-password", "api_key"] {
            assert!(looks_like_a_path(path), "{path}");
        }
        for secret in ["secret", "Path-Secret", "path-secret-7", "correct-horse-battery-staple"] {
            assert!(!looks_like_a_path(secret), "{secret}");
        }
        let path = "[secrets]\nward = \"secrets/ward.txt\"\n";
        let told = crate::config::examine(Path::new("office.toml"), path);
        assert!(told[0].message.contains("secrets/ward.txt cannot be read"), "{told:?}");
    }

    #[test]
    fn what_is_wrong_about_calls_and_secrets_is_told_at_once() {
        let text = "[fetch]\nallow = [\"helpdesk\"]\n[secrets]\na = \"\"\nb = \"no/such/file\"\n";
        let errors = Config::read(&Origins {
            file: Some(("office.toml".into(), text.to_owned())),
            environment: vec![("SAMVAD_SECRETS_C".to_owned(), String::new())],
            arguments: Vec::new(),
        })
        .unwrap_err();
        insta::assert_snapshot!(errors.0.join("\n"), @r#"
        fetch.allow: "helpdesk" is not a host with its port; write "helpdesk.internal:8443" or "10.1.2.3:80"
        the environment: SAMVAD_SECRETS_C gives no secret; take it away
        secrets.a: name the file that holds it
        secrets.b: no/such/file cannot be read: No such file or directory (os error 2)
        "#);
    }
}
