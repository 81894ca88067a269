//! The configuration: the embedded `samvad.toml`, a file of the office, the environment, the
//! command line. Checked at start, every error at once.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

mod examine;
mod fetch;
mod records_url;
mod schema;
mod sms;
mod state_url;

pub use examine::{FileProblem, FileProblemKind, examine};
pub use fetch::{HostPort, Secrets};
pub use records_url::{PostgresTls, PostgresUrl, RECORDS_FORMS, RecordsUrlError, is_postgres};
pub use schema::schema;
pub use sms::{DltIds, Guard, HttpRoad, KannelRoad, Network, Sms, SmsAccount, SmsRoad};
pub use state_url::{Host, RedisShape, RedisUrl, STATE_FORMS, StateUrl, StateUrlError};

/// The embedded defaults, which are also the documentation of every key.
pub const DEFAULTS: &str = include_str!("../samvad.toml");

/// A text that never shows itself: tokens, passwords, addresses with passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one place that uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// The whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// With PostgreSQL's password in it, wherever that was given.
    pub records: Secret,
    /// Connections to PostgreSQL.
    pub records_connections: usize,
    /// May hold a password.
    pub state: Secret,
    pub state_prefix: String,
    pub key_file: PathBuf,
    /// The folder of people's media.
    pub media: PathBuf,
    /// `None`: the flows inside the program.
    pub flows: Option<PathBuf>,
    pub locales: Option<PathBuf>,
    pub reload: Reload,
    pub roles: Vec<Role>,
    pub log: Log,
    pub intake: IntakeSection,
    pub commit: CommitSection,
    pub delivery: DeliverySection,
    pub simulator: SimulatorSection,
    pub check: CheckSection,
    pub whatsapp: Option<Whatsapp>,
    pub sms: Option<Sms>,
    /// Where flows may call although the address is private or the way not encrypted.
    pub fetch_allow: Vec<HostPort>,
    /// What flows may name in the headers of their calls.
    pub secrets: Secrets,
}

impl Config {
    /// Our number in the links members share; see [`Whatsapp::phone`].
    #[must_use]
    pub fn whatsapp_phone(&self) -> Option<&str> {
        self.whatsapp.as_ref()?.phone.as_deref()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reload {
    Auto,
    Signal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Web,
    Delivery,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Root {
    listen: SocketAddr,
    data: PathBuf,
    records: String,
    records_password_file: PathBuf,
    records_connections: usize,
    state: String,
    state_prefix: String,
    key_file: PathBuf,
    media: PathBuf,
    flows: PathBuf,
    locales: PathBuf,
    reload: Reload,
    roles: Vec<Role>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IntakeSection {
    pub capacity: usize,
    pub shards: usize,
    pub state_hours: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommitSection {
    pub group: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeliverySection {
    pub concurrency: usize,
    pub timeout_seconds: u64,
    pub lease_seconds: u64,
    pub unknown_after_seconds: u64,
    pub sweep_seconds: u64,
    pub attempts: u32,
    pub breaker_minutes: u64,
    pub share_without_state: f64,
    pub halted: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulatorSection {
    pub enabled: SimulatorSwitch,
    pub phones: usize,
}

/// What the office allows its authors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckSection {
    pub sms_parts: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulatorSwitch {
    Auto,
    On,
    Off,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct WhatsappSection {
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

/// Everything that is wrong, in plain words, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "the configuration cannot be used:")?;
        for problem in &self.0 {
            writeln!(formatter, "  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Where values come from besides the defaults.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The office's file: its name, for messages, and its text.
    pub file: Option<(PathBuf, String)>,
    /// Environment variables, all of them; those that begin with `SAMVAD_` count.
    pub environment: Vec<(String, String)>,
    /// From the command line: dotted key and value, as if it stood in the file.
    pub arguments: Vec<(String, String)>,
}

impl Origins {
    /// The process's environment and an optional file.
    ///
    /// # Errors
    /// When the named file cannot be read.
    pub fn of_process(file: Option<&Path>) -> Result<Origins, ConfigErrors> {
        let mut origins = Origins { environment: std::env::vars().collect(), ..Origins::default() };
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                ConfigErrors(vec![format!("{} cannot be read: {error}", path.display())])
            })?;
            origins.file = Some((path.to_owned(), text));
        }
        Ok(origins)
    }
}

/// Variables that are no keys: secrets, and what the program itself is told.
const SECRET_VARIABLES: [&str; 4] = [
    "SAMVAD_WHATSAPP_VERIFY_TOKEN",
    "SAMVAD_WHATSAPP_APP_SECRET",
    "SAMVAD_WHATSAPP_ACCESS_TOKEN",
    RECORDS_PASSWORD,
];
const RECORDS_PASSWORD: &str = "SAMVAD_RECORDS_PASSWORD";
const OTHER_VARIABLES: [&str; 1] = ["SAMVAD_CONFIG"];

impl Config {
    /// Reads the defaults, then the file, the environment and the arguments over them.
    ///
    /// # Errors
    /// Every problem at once; nothing is half taken.
    pub fn read(origins: &Origins) -> Result<Config, ConfigErrors> {
        let mut problems = Vec::new();
        let defaults = table_of(DEFAULTS).unwrap_or_default();
        let mut user = Table::new();
        if let Some((path, text)) = &origins.file {
            match table_of(text) {
                Ok(table) => user = table,
                Err(error) => problems.push(format!("{}: {error}", path.display())),
            }
        }
        let mut source = Source::default();
        source.note_file(origins);
        take_environment(&mut user, &mut source, &defaults, &origins.environment, &mut problems);
        for (key, value) in &origins.arguments {
            source.note(key, format!("the command line ({key})"));
            put(&mut user, key, value, &defaults);
        }
        let mut reader = Reader { defaults: &defaults, user: &user, source, problems };
        let named_secrets = reader.user.get(fetch::SECTION).cloned();
        reader.refuse_unknown_sections();
        let root: Option<Root> = reader.section("");
        let log: Option<Log> = reader.section("log");
        let intake: Option<IntakeSection> = reader.section("intake");
        let commit: Option<CommitSection> = reader.section("commit");
        let delivery: Option<DeliverySection> = reader.section("delivery");
        let simulator: Option<SimulatorSection> = reader.section("simulator");
        let check: Option<CheckSection> = reader.section("check");
        let whatsapp: Option<WhatsappSection> = reader.section("whatsapp");
        let fetch: Option<fetch::FetchSection> = reader.section("fetch");
        let sms: Option<sms::SmsSection> = reader.section("sms");
        let source = reader.source;
        let mut problems = reader.problems;
        let (
            Some(root),
            Some(log),
            Some(intake),
            Some(commit),
            Some(delivery),
            Some(simulator),
            Some(check),
            Some(whatsapp),
            Some(fetch),
            Some(sms),
        ) = (root, log, intake, commit, delivery, simulator, check, whatsapp, fetch, sms)
        else {
            problems.push("the embedded defaults are broken".to_owned());
            return Err(ConfigErrors(problems));
        };
        check_root(&root, &mut problems);
        let records = root.records_url(&origins.environment, &mut problems);
        check_numbers(&intake, &commit, &delivery, &simulator, &mut problems);
        check.complete(&mut problems);
        let whatsapp = whatsapp.complete(&origins.environment, &mut problems);
        let place = |key: &str| source.place(key);
        let sms = sms.complete(&origins.environment, &place, &mut problems);
        let fetch_allow = fetch.hosts(&mut problems);
        let secrets = Secrets::read(named_secrets.as_ref(), &origins.environment, &mut problems);
        if !problems.is_empty() {
            return Err(ConfigErrors(problems));
        }
        let key_file = if root.key_file.as_os_str().is_empty() {
            root.data.join("keys.toml")
        } else {
            root.key_file
        };
        let media =
            if root.media.as_os_str().is_empty() { root.data.join("media") } else { root.media };
        Ok(Config {
            listen: root.listen,
            records,
            records_connections: root.records_connections,
            state: Secret::new(root.state),
            state_prefix: root.state_prefix,
            key_file,
            media,
            flows: folder(&root.flows, "flows"),
            locales: folder(&root.locales, "locales"),
            data: root.data,
            reload: root.reload,
            roles: root.roles,
            log,
            intake,
            commit,
            delivery,
            simulator,
            check,
            whatsapp,
            sms,
            fetch_allow,
            secrets,
        })
    }

    /// Whether this process has the role.
    #[must_use]
    pub fn does(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the phone simulator is served.
    #[must_use]
    pub fn serves_simulator(&self) -> bool {
        match self.simulator.enabled {
            SimulatorSwitch::On => true,
            SimulatorSwitch::Off => false,
            SimulatorSwitch::Auto => {
                self.whatsapp.is_none() && self.sms.is_none() && self.listen.ip().is_loopback()
            }
        }
    }

    /// What works but is dangerous, in plain words.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.delivery.lease_seconds <= self.delivery.timeout_seconds {
            warnings.push(format!(
                "delivery.lease_seconds ({}) is not longer than delivery.timeout_seconds ({}): a slow call can be settled by another process while it is under way, and a reply can go twice",
                self.delivery.lease_seconds, self.delivery.timeout_seconds
            ));
        }
        if self.delivery.unknown_after_seconds <= self.delivery.timeout_seconds {
            warnings.push(format!(
                "delivery.unknown_after_seconds ({}) is not longer than delivery.timeout_seconds ({}): a reply can go again before its first call has ended",
                self.delivery.unknown_after_seconds, self.delivery.timeout_seconds
            ));
        }
        let postgres = PostgresUrl::parse(self.records.expose());
        if let Some(url) = postgres.ok().filter(PostgresUrl::may_be_read_along) {
            warnings.push(format!(
                "records: the way to {url} is not encrypted for certain; add ?sslmode=verify-full, or ?sslmode=disable where nobody can read along"
            ));
        }
        warnings
            .extend(self.sms.iter().flat_map(|sms| &sms.accounts).flat_map(SmsAccount::warnings));
        if self.delivery.halted {
            warnings.push("delivery.halted is true: nothing at all is sent".to_owned());
        }
        if !self.listen.ip().is_loopback() && self.serves_simulator() {
            warnings.push(format!(
                "the phone simulator is served on {}: whoever reaches this address can write to the flows",
                self.listen
            ));
        }
        warnings
    }
}

impl DeliverySection {
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }
}

fn table_of(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| error.to_string().trim_end().replace('\n', "\n    "))
}

impl Root {
    /// The whole address of the records: `sqlite:` alone is the file in the data folder, PostgreSQL's
    /// password comes from a file, the environment, or stands in the address.
    fn records_url(&self, environment: &[(String, String)], problems: &mut Vec<String>) -> Secret {
        let file = &self.records_password_file;
        if !is_postgres(&self.records) {
            if !self.records.starts_with("sqlite:") {
                problems.push(format!(
                    "records: \"{}\" is of no known kind; write {RECORDS_FORMS}",
                    scheme(&self.records)
                ));
            } else if !file.as_os_str().is_empty() {
                problems.push("records_password_file: SQLite has no password; take it away".into());
            }
            return match self.records.as_str() {
                "sqlite:" => {
                    Secret::new(format!("sqlite://{}", self.data.join("samvad.db").display()))
                }
                named => Secret::new(named),
            };
        }
        let given = self.records_password(environment);
        let url = PostgresUrl::parse(&self.records).map_err(|error| format!("records: {error}"));
        match (url, given) {
            (Ok(url), Ok(Some(_))) if url.password.is_some() => problems.push(format!(
                "records: a password stands in the address and in {}; keep one of them",
                if file.as_os_str().is_empty() {
                    RECORDS_PASSWORD
                } else {
                    "records_password_file"
                }
            )),
            (Ok(url), Ok(Some(password))) => return url.with_password(password).to_text(),
            (Ok(url), Ok(None)) => return url.to_text(),
            (url, given) => {
                problems.extend(url.err());
                problems.extend(given.err());
            }
        }
        Secret::new(String::new())
    }

    /// The first line of the file that is named, or the variable.
    fn records_password(&self, environment: &[(String, String)]) -> Result<Option<Secret>, String> {
        let file = &self.records_password_file;
        if file.as_os_str().is_empty() {
            let variable = environment.iter().find(|(name, _)| name == RECORDS_PASSWORD);
            return Ok(variable
                .map(|(_, value)| Secret::new(value))
                .filter(|one| !one.0.is_empty()));
        }
        let text = std::fs::read_to_string(file).map_err(|error| {
            format!("records_password_file: {} cannot be read: {error}", file.display())
        })?;
        match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Some(Secret::new(line))),
            _ => Err(format!("records_password_file: {} is empty", file.display())),
        }
    }
}

/// The folder that was named, or the usual one where it is there.
fn folder(named: &Path, usual: &str) -> Option<PathBuf> {
    if !named.as_os_str().is_empty() {
        return Some(named.to_owned());
    }
    let usual = PathBuf::from(usual);
    usual.is_dir().then_some(usual)
}

fn check_root(root: &Root, problems: &mut Vec<String>) {
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

/// What stands before the colon: the rest may hold a password.
fn scheme(url: &str) -> String {
    url.split_once(':').map_or_else(|| url.to_owned(), |(scheme, _)| format!("{scheme}:…"))
}

fn check_numbers(
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
    fn complete(&self, problems: &mut Vec<String>) {
        if !(1..=20).contains(&self.sms_parts) {
            problems.push(format!(
                "check.sms_parts: {} is outside 1 to 20; longer texts are not sent by SMS",
                self.sms_parts
            ));
        }
    }
}

impl WhatsappSection {
    /// The section with its secrets, or `None` while it is off.
    fn complete(
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

/// Where each key that is not a default was given, for messages.
#[derive(Default)]
struct Source {
    file: Option<(PathBuf, String)>,
    noted: Vec<(String, String)>,
}

impl Source {
    fn note_file(&mut self, origins: &Origins) {
        self.file.clone_from(&origins.file);
    }

    fn note(&mut self, key: &str, place: String) {
        self.noted.push((key.to_owned(), place));
    }

    /// `samvad.local.toml line 3`, or the variable or argument that gave it.
    fn place(&self, dotted: &str) -> String {
        if let Some((_, place)) = self.noted.iter().rev().find(|(key, _)| key == dotted) {
            return place.clone();
        }
        let Some((path, text)) = &self.file else { return "the configuration".to_owned() };
        let (section, key) = dotted.rsplit_once('.').unwrap_or(("", dotted));
        let mut current = String::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.trim().clone_into(&mut current);
                if section.is_empty() && current == key {
                    return format!("{} line {}", path.display(), index + 1);
                }
            }
            let is_key = line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
            if current == section && is_key {
                return format!("{} line {}", path.display(), index + 1);
            }
        }
        path.display().to_string()
    }
}

/// Reads sections over their defaults, key by key, so that every wrong key is found.
struct Reader<'a> {
    defaults: &'a Table,
    user: &'a Table,
    source: Source,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn refuse_unknown_sections(&mut self) {
        for (key, value) in self.user {
            if value.is_table() && !self.defaults.get(key).is_some_and(Value::is_table) {
                let place = self.source.place(key);
                let known = self.defaults.iter().filter(|(_, value)| value.is_table());
                let hint = suggestion(key, known.map(|(known, _)| known.as_str()));
                self.problems.push(format!("{place}: there is no section [{key}]{hint}"));
            }
        }
    }

    /// `None` only when the embedded defaults do not fit the type.
    fn section<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let only_values = |table: &Table| -> Table {
            table
                .iter()
                .filter(|(_, value)| !value.is_table())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        let (mut merged, user) = if name.is_empty() {
            (only_values(self.defaults), only_values(self.user))
        } else {
            let table_in = |table: &Table| match table.get(name) {
                Some(Value::Table(section)) => section.clone(),
                _ => Table::new(),
            };
            if let Some(value) = self.user.get(name)
                && !value.is_table()
            {
                let place = self.source.place(name);
                self.problems
                    .push(format!("{place}: {name} is a section; write [{name}] above its keys"));
            }
            (table_in(self.defaults), table_in(self.user))
        };
        for (key, value) in user {
            let dotted = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            if !merged.contains_key(&key) {
                if name.is_empty() && self.defaults.get(&key).is_some_and(Value::is_table) {
                    continue;
                }
                let place = self.source.place(&dotted);
                let hint = suggestion(&key, merged.keys().map(String::as_str));
                self.problems.push(format!("{place}: there is no key {dotted}{hint}"));
                continue;
            }
            let mut candidate = merged.clone();
            candidate.insert(key.clone(), value.clone());
            match Value::Table(candidate.clone()).try_into::<T>() {
                Ok(_) => merged = candidate,
                Err(error) => {
                    let place = self.source.place(&dotted);
                    let reason = error.to_string();
                    let reason = reason.lines().next().unwrap_or_default();
                    self.problems.push(format!("{place}: {dotted}: {reason}"));
                }
            }
        }
        Value::Table(merged).try_into().ok()
    }
}

/// `; did you mean "…"?` for the nearest known word within two edits.
fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|known| (edits(word, known), known)).min();
    match nearest {
        Some((distance, known)) if distance <= 2 => format!("; did you mean \"{known}\"?"),
        _ => String::new(),
    }
}

/// Levenshtein's distance, in characters.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, from) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        for ((into, diagonal), above) in right.iter().zip(&row).zip(row.iter().skip(1)) {
            let before = next.last().copied().unwrap_or(usize::MAX - 1);
            let replaced = diagonal + usize::from(*into != from);
            next.push(replaced.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// `SAMVAD_DELIVERY_LEASE_SECONDS=90` as `delivery.lease_seconds`.
fn take_environment(
    user: &mut Table,
    source: &mut Source,
    defaults: &Table,
    environment: &[(String, String)],
    problems: &mut Vec<String>,
) {
    let known = dotted_keys(defaults);
    for (variable, value) in environment {
        let Some(rest) = variable.strip_prefix("SAMVAD_") else { continue };
        if SECRET_VARIABLES.contains(&variable.as_str())
            || OTHER_VARIABLES.contains(&variable.as_str())
            || variable.starts_with(fetch::VARIABLE)
            || variable.starts_with(sms::VARIABLE)
        {
            continue;
        }
        let found = known.iter().find(|key| key.replace('.', "_").to_uppercase() == rest);
        if let Some(key) = found {
            source.note(key, format!("the environment ({variable})"));
            put(user, key, value, defaults);
        } else {
            let names: Vec<String> = known
                .iter()
                .map(|key| format!("SAMVAD_{}", key.replace('.', "_").to_uppercase()))
                .collect();
            let hint = suggestion(variable, names.iter().map(String::as_str));
            problems
                .push(format!("the environment: {variable} is no key of the configuration{hint}"));
        }
    }
}

/// Every key of the defaults, dotted.
fn dotted_keys(defaults: &Table) -> Vec<String> {
    let mut keys = Vec::new();
    for (key, value) in defaults {
        match value {
            Value::Table(section) => {
                let plain = section.iter().filter(|(_, value)| !value.is_table());
                keys.extend(plain.map(|(inner, _)| format!("{key}.{inner}")));
            }
            _ => keys.push(key.clone()),
        }
    }
    keys
}

/// Puts a text value where the key stands, as the type its default has; a value that does not fit
/// is put as text, so that the section reader names it.
fn put(user: &mut Table, dotted: &str, text: &str, defaults: &Table) {
    let (section, key) = dotted.split_once('.').unwrap_or(("", dotted));
    let default = if section.is_empty() {
        defaults.get(key)
    } else {
        defaults.get(section).and_then(Value::as_table).and_then(|table| table.get(key))
    };
    let as_text = || Value::String(text.to_owned());
    let value = match default {
        Some(Value::Integer(_)) => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Float(_)) => text.parse().map_or_else(|_| as_text(), Value::Float),
        Some(Value::Boolean(_)) => text.parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::Array(_)) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
        ),
        _ => as_text(),
    };
    if section.is_empty() {
        user.insert(key.to_owned(), value);
        return;
    }
    let entry = user.entry(section.to_owned()).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(table) = entry {
        table.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(text: &str) -> Result<Config, ConfigErrors> {
        Config::read(&Origins {
            file: Some((PathBuf::from("office.toml"), text.to_owned())),
            ..Origins::default()
        })
    }

    #[test]
    fn the_embedded_defaults_are_a_whole_configuration() {
        let config = Config::read(&Origins::default()).unwrap();
        assert_eq!(config.listen.port(), 8080);
        assert!(config.whatsapp.is_none());
        assert!(config.serves_simulator());
        assert_eq!(config.warnings(), Vec::<String>::new());
    }

    #[test]
    fn every_default_key_has_a_comment_above_it() {
        let mut described = false;
        for line in DEFAULTS.lines() {
            let line = line.trim();
            if line.starts_with('#') {
                described = true;
            } else if line.is_empty() || line.starts_with('[') {
                described = false;
            } else if line.contains('=') {
                assert!(described, "no comment above: {line}");
            }
        }
    }

    #[test]
    fn every_error_is_said_at_once_with_its_place_and_a_hint() {
        let errors = with_file("listn = \"x\"\nlisten = 7\n[delivery]\nlease_seconds = \"long\"\nattempts = 0\n[whatsap]\nenabled = true\n").unwrap_err();
        insta::assert_snapshot!(errors.to_string(), @r#"
        the configuration cannot be used:
          - office.toml line 6: there is no section [whatsap]; did you mean "whatsapp"?
          - office.toml line 2: listen: invalid type: integer `7`, expected socket address
          - office.toml line 1: there is no key listn; did you mean "listen"?
          - office.toml line 4: delivery.lease_seconds: invalid type: string "long", expected u64
          - delivery.attempts: 0 is outside 1 to 100; how often one message is tried
        "#);
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
        let origins = Origins {
            file: Some((
                PathBuf::from("office.toml"),
                "listen = \"127.0.0.1:1\"\ndata = \"from-file\"\n[delivery]\nattempts = 2\n"
                    .to_owned(),
            )),
            environment: vec![
                ("SAMVAD_LISTEN".to_owned(), "127.0.0.1:2".to_owned()),
                ("SAMVAD_DELIVERY_ATTEMPTS".to_owned(), "3".to_owned()),
                ("PATH".to_owned(), "/bin".to_owned()),
            ],
            arguments: vec![("listen".to_owned(), "127.0.0.1:3".to_owned())],
        };
        let config = Config::read(&origins).unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.delivery.attempts, 3);
        assert_eq!(config.data, PathBuf::from("from-file"));
    }

    #[test]
    fn a_misspelt_variable_is_refused() {
        let origins = Origins {
            environment: vec![("SAMVAD_LISTN".to_owned(), "127.0.0.1:2".to_owned())],
            ..Origins::default()
        };
        let errors = Config::read(&origins).unwrap_err();
        assert_eq!(
            errors.0,
            [
                "the environment: SAMVAD_LISTN is no key of the configuration; did you mean \"SAMVAD_LISTEN\"?"
            ]
        );
    }

    #[test]
    fn whatsapp_needs_its_acknowledgement_numbers_and_secrets() {
        let errors = with_file("[whatsapp]\nenabled = true\n").unwrap_err();
        assert_eq!(errors.0.len(), 5, "{errors}");
    }

    #[test]
    fn secrets_and_passwords_do_not_show_themselves() {
        let origins = Origins {
            file: Some((PathBuf::from("office.toml"), "state = \"redis://:geheim@127.0.0.1:6379\"\n[whatsapp]\nenabled = true\nacknowledge_policy = true\nnumbers = [\"1\"]\n".to_owned())),
            environment: SECRET_VARIABLES.iter().map(|name| ((*name).to_owned(), "geheim".to_owned())).collect(),
            ..Origins::default()
        };
        let config = Config::read(&origins).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
        let errors = with_file("state = \"rediss:geheim\"\nrecords = \"postgres://u:geheim@h\"")
            .unwrap_err();
        assert!(!errors.to_string().contains("geheim"), "{errors}");
    }

    /// The records on PostgreSQL, the password in a file or in the environment.
    fn on_postgres(records: &str, file: Option<&str>, variable: Option<&str>) -> Origins {
        let file = file.map(|path| format!("\nrecords_password_file = \"{path}\""));
        let text = format!("records = \"{records}\"{}", file.unwrap_or_default());
        let variable = variable.map(|value| (RECORDS_PASSWORD.to_owned(), value.to_owned()));
        Origins {
            file: Some((PathBuf::from("office.toml"), text)),
            environment: variable.into_iter().collect(),
            ..Origins::default()
        }
    }

    #[test]
    fn the_password_of_the_records_stands_in_a_file_the_environment_or_the_address() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "ge@heim\n").unwrap();
        let file = file.to_str().unwrap();
        let (bare, whole) = ("postgres://u@h/d", "postgres://u:ge%40heim@h:5432/d?sslmode=prefer");
        for origins in [
            on_postgres(bare, Some(file), None),
            on_postgres(bare, Some(file), Some("other")),
            on_postgres(bare, None, Some("ge@heim")),
            on_postgres("postgresql://u:ge%40heim@h/d", None, None),
        ] {
            let config = Config::read(&origins).unwrap();
            assert_eq!(config.records.expose(), whole);
            assert!(!format!("{config:?} {:?}", config.warnings()).contains("heim"));
        }
        let refused = |origins: &Origins| Config::read(origins).unwrap_err().to_string();
        let told = refused(&on_postgres("postgres://u:geheim@h/d", None, Some("geheim")));
        assert!(told.contains("keep one of them") && !told.contains("geheim"), "{told}");
        let told = refused(&on_postgres(bare, Some("/there/is/none"), None));
        assert!(told.contains("cannot be read"), "{told}");
        let told = refused(&on_postgres("sqlite:", Some(file), None));
        assert!(told.contains("SQLite has no password"), "{told}");
    }

    #[test]
    fn a_way_to_the_records_that_may_be_read_along_is_warned_about() {
        let config = Config::read(&on_postgres("postgres://u@db.example/d", None, None)).unwrap();
        assert!(config.warnings()[0].contains("sslmode=verify-full"), "{:?}", config.warnings());
        let safe = on_postgres("postgres://u@db.example/d?sslmode=verify-full", None, None);
        assert_eq!(Config::read(&safe).unwrap().warnings(), Vec::<String>::new());
    }

    #[test]
    fn records_of_no_known_kind_are_told_both_kinds() {
        let told = with_file("records = \"mysql://u:geheim@h/d\"").unwrap_err().to_string();
        assert!(told.contains("sqlite:") && told.contains("postgres://USER@HOST"), "{told}");
        assert!(!told.contains("geheim"), "{told}");
        let told = with_file("records_connections = 1").unwrap_err().to_string();
        assert!(told.contains("records_connections: 1 is outside"), "{told}");
    }

    #[test]
    fn a_state_that_cannot_be_reached_as_written_is_refused_at_the_start() {
        let told = |state: &str| with_file(&format!("state = \"{state}\"\n")).unwrap_err().0;
        assert_eq!(
            told("redis-cluster://:geheim@a:1/2"),
            [
                "state: a Redis Cluster has no numbered databases; take away what stands behind the hosts"
            ]
        );
        assert!(told("redis-sentinel://a:1")[0].starts_with("state: the name of the master"));
        assert!(told("mongodb://a")[0].starts_with("state: this is no kind of state store"));
        let good = with_file("state = \"redis-sentinel://:geheim@a,b,c/main\"\n").unwrap();
        assert!(!format!("{good:?}").contains("geheim"));
    }

    #[test]
    fn an_intake_that_cannot_hold_two_large_envelopes_is_refused() {
        let errors = with_file("[intake]\ncapacity = 1999\n").unwrap_err();
        assert!(errors.0[0].starts_with("intake.capacity: 1999 is outside"), "{errors}");
    }

    #[test]
    fn a_lease_shorter_than_a_call_is_warned_about() {
        let config = with_file("[delivery]\nlease_seconds = 10\n").unwrap();
        assert!(config.warnings()[0].contains("a reply can go twice"));
    }
}
