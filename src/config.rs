//! The configuration: the embedded `samvad.toml`, a file of the office, the environment, the
//! command line. Checked at start, every error at once.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::Table;

mod bounds;
mod broadcast;
mod examine;
mod fetch;
mod membership;
mod missed_calls;
mod reader;
mod records;
mod records_url;
mod rules;
mod schema;
mod sms;
mod state_url;
mod vault;
mod whatsapp;

pub use broadcast::CostsSection;
pub use examine::{FileProblem, FileProblemKind, examine, place_in};
pub use fetch::{HostPort, Secrets};
pub use membership::{Area, MembershipSection};
pub use missed_calls::{CallAccount, CallAnswer, CallVendor, MissedCalls, UnknownFlow};
pub use records_url::{PostgresTls, PostgresUrl, RECORDS_FORMS, RecordsUrlError, is_postgres};
pub use rules::{CALENDAR, read_calendar};
pub use schema::schema;
pub use sms::{DltIds, Guard, HttpRoad, KannelRoad, Network, Sms, SmsAccount, SmsRoad};
pub use state_url::{Host, RedisShape, RedisUrl, STATE_FORMS, StateUrl, StateUrlError};
pub use whatsapp::{Presence, Whatsapp};

use self::bounds::{check_log, check_numbers, check_root};
use self::broadcast::{BroadcastSection, PollSection};
use self::reader::{Reader, Source, put, table_of, take_environment};
use self::rules::{CapsSection, calendar_of, rules_of};
use self::vault::Vault;
use self::whatsapp::WhatsappSection;
use crate::gate::Rules;

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
    /// Where the calendar of elections stands, or would.
    pub calendar: PathBuf,
    /// What the gate is asked by, as it was read at the start.
    pub rules: Rules,
    pub reload: Reload,
    pub roles: Vec<Role>,
    pub log: Log,
    pub intake: IntakeSection,
    pub commit: CommitSection,
    pub delivery: DeliverySection,
    pub simulator: SimulatorSection,
    pub check: CheckSection,
    pub membership: MembershipSection,
    /// The folder of the broadcasts; `None`: there are none.
    pub broadcasts: Option<PathBuf>,
    /// The folder of the polls; `None`: there are none.
    pub polls: Option<PathBuf>,
    /// A broadcast to more people than this needs a second person's yes.
    pub approve_above: u64,
    pub costs: CostsSection,
    pub whatsapp: Option<Whatsapp>,
    pub sms: Option<Sms>,
    pub missed_calls: Option<MissedCalls>,
    /// Where flows may call although the address is private or the way not encrypted.
    pub fetch_allow: Vec<HostPort>,
    /// What flows may name in the headers of their calls.
    pub secrets: Secrets,
    /// The secrets that are not on this machine, each in the words that [`Config::read`] refuses it with.
    /// Empty unless it was [read without them](Config::read_without_secrets).
    pub absent: Vec<String>,
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
    calendar: PathBuf,
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

impl Config {
    /// Reads the defaults, then the file, the environment and the arguments over them.
    ///
    /// # Errors
    /// Every problem at once; nothing is half taken.
    pub fn read(origins: &Origins) -> Result<Config, ConfigErrors> {
        Config::read_by(origins, Vault::needed(&origins.environment))
    }

    /// The same for whoever serves nothing: a secret that is not there is empty and stands in
    /// [`Config::absent`], so that a laptop without any can check, chat and rehearse.
    ///
    /// # Errors
    /// Every other problem at once.
    pub fn read_without_secrets(origins: &Origins) -> Result<Config, ConfigErrors> {
        Config::read_by(origins, Vault::spared(&origins.environment))
    }

    fn read_by(origins: &Origins, mut vault: Vault<'_>) -> Result<Config, ConfigErrors> {
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
        let broadcast: Option<BroadcastSection> = reader.section("broadcast");
        let poll: Option<PollSection> = reader.section("poll");
        let costs: Option<CostsSection> = reader.section("costs");
        let caps: Option<CapsSection> = reader.section("caps");
        let membership: Option<MembershipSection> = reader.section("membership");
        let whatsapp: Option<WhatsappSection> = reader.section("whatsapp");
        let fetch: Option<fetch::FetchSection> = reader.section("fetch");
        let sms: Option<sms::SmsSection> = reader.section("sms");
        let missed_calls: Option<missed_calls::MissedCallsSection> = reader.section("missed_calls");
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
            Some(broadcast),
            Some(poll),
            Some(costs),
            Some(caps),
            Some(membership),
            Some(whatsapp),
            Some(fetch),
            Some(sms),
            Some(missed_calls),
        ) = (
            root,
            log,
            intake,
            commit,
            delivery,
            simulator,
            check,
            broadcast,
            poll,
            costs,
            caps,
            membership,
            whatsapp,
            fetch,
            sms,
            missed_calls,
        )
        else {
            problems.push("the embedded defaults are broken".to_owned());
            return Err(ConfigErrors(problems));
        };
        check_root(&root, &mut problems);
        check_log(&log.level, &mut problems);
        let records = root.records_url(&mut vault, &mut problems);
        check_numbers(&intake, &commit, &delivery, &simulator, &mut problems);
        check.complete(&mut problems);
        broadcast.complete(&mut problems);
        poll.complete(&mut problems);
        costs.complete(&mut problems);
        let calendar = calendar_of(&root.calendar, origins);
        let is_named = !root.calendar.as_os_str().is_empty();
        let caps = caps.complete(&mut problems);
        let mut rules = rules_of(&calendar, is_named, caps, &mut problems);
        membership.complete(&mut problems);
        let whatsapp = whatsapp.complete(&mut vault, &mut problems);
        let place = |key: &str| source.place(key);
        let sms = sms.complete(&mut vault, &place, &mut problems);
        let accounts = sms.iter().flat_map(|sms| &sms.accounts);
        let at_vendor = accounts.filter(|account| account.templates_at_vendor);
        rules.templates_at_vendor = at_vendor.map(|account| account.name.clone()).collect();
        let roads = (sms.as_ref(), whatsapp.as_ref());
        let missed_calls = missed_calls.complete(&mut vault, &place, roads, &mut problems);
        let fetch_allow = fetch.hosts(&mut problems);
        let secrets = Secrets::read(named_secrets.as_ref(), &mut vault, &mut problems);
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
            calendar,
            rules,
            data: root.data,
            reload: root.reload,
            roles: root.roles,
            log,
            intake,
            commit,
            delivery,
            simulator,
            check,
            membership,
            broadcasts: folder(&broadcast.folder, "broadcasts"),
            polls: folder(&poll.folder, "polls"),
            approve_above: broadcast.approve_above,
            costs,
            whatsapp,
            sms,
            missed_calls,
            fetch_allow,
            secrets,
            absent: vault.absent(),
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
        warnings.extend(self.delivery.too_short().map(|risk| {
            let Risk { key, seconds, timeout, harm } = risk;
            format!(
                "{key} ({seconds}) is not longer than delivery.timeout_seconds ({timeout}): {harm}"
            )
        }));
        let postgres = PostgresUrl::parse(self.records.expose());
        if let Some(url) = postgres.ok().filter(PostgresUrl::may_be_read_along) {
            warnings.push(format!(
                "records: the way to {url} is not encrypted for certain; add ?sslmode=verify-full, or ?sslmode=disable where nobody can read along"
            ));
        }
        warnings
            .extend(self.sms.iter().flat_map(|sms| &sms.accounts).flat_map(SmsAccount::warnings));
        warnings.extend(self.missed_calls.iter().flat_map(MissedCalls::warnings));
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

/// A time that ends before a call may: dangerous, and possible.
struct Risk {
    key: &'static str,
    seconds: u64,
    timeout: u64,
    /// What comes of it.
    harm: &'static str,
}

impl DeliverySection {
    /// The times that must be longer than a call may take, and are not.
    fn too_short(&self) -> impl Iterator<Item = Risk> {
        let timeout = self.timeout_seconds;
        let risk = move |key, seconds, harm| {
            (seconds <= timeout).then_some(Risk { key, seconds, timeout, harm })
        };
        let lease = risk(
            "delivery.lease_seconds",
            self.lease_seconds,
            "a slow call can be settled by another process while it is under way, and a reply can go \
             twice",
        );
        let unknown = risk(
            "delivery.unknown_after_seconds",
            self.unknown_after_seconds,
            "a reply can go again before its first call has ended",
        );
        lease.into_iter().chain(unknown)
    }

    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
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

#[cfg(test)]
mod tests;
