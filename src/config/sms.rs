//! `[sms]` and `[sms.accounts.NAME]`: the ways to gateways of short messages.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::Secret;
use super::reader::suggestion;
use super::vault::Vault;

/// What a variable with a secret of an account begins with.
pub(super) const VARIABLE: &str = "SAMVAD_SMS_ACCOUNTS_";

/// The section the accounts stand in.
const SECTION: &str = "sms.accounts";

/// A path that can be tried out must be longer.
const SECRET_LEAST: usize = 16;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SmsSection {
    callback_url: String,
    client_address: String,
    accounts: Table,
}

/// Short messages, switched on: there is at least one account.
#[derive(Clone, Debug)]
pub struct Sms {
    /// Our address as gateways reach it, without a slash at its end; where gateways have to be told
    /// with each message where to report.
    pub callback_url: String,
    /// The header in which our own proxy names whoever called it, in small letters.
    pub client_address: Option<String>,
    /// In the order of their names.
    pub accounts: Vec<SmsAccount>,
}

/// One way to a gateway.
#[derive(Clone, Debug)]
pub struct SmsAccount {
    /// Letters, digits, `-` and `_`; it stands in paths and metrics.
    pub name: String,
    /// What phones show as the sender, and what people answer to.
    pub from: String,
    pub guard: Guard,
    /// Messages a second at most; `None`: as fast as the gateway takes them.
    pub per_second: Option<f64>,
    /// The word in front of every message at a number that is shared with others.
    pub keyword: Option<String>,
    /// The vendor knows the office's DLT templates and puts the right one beside each text. Without it a broadcast
    /// leaves only by a template of the office's own registry.
    pub templates_at_vendor: bool,
    pub road: SmsRoad,
}

impl SmsAccount {
    /// What works but is dangerous, in plain words.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.guard.allow.is_empty() {
            warnings.push(format!(
                "sms.accounts.{0}: whoever learns its path can speak for anybody; write the gateway's networks, allow = [\"10.1.2.3\"], in [sms.accounts.{0}]",
                self.name
            ));
        }
        let (url, key) = match &self.road {
            SmsRoad::Kannel(road) => (road.url.as_str(), "url"),
            SmsRoad::Http(road) => (road.base.as_deref().unwrap_or_default(), "base"),
        };
        let host = url.strip_prefix("http://").and_then(|rest| rest.split(['/', ':']).next());
        let is_here = |host: &str| host == "localhost" || host.starts_with("127.");
        if host.is_some_and(|host| !is_here(host)) {
            warnings.push(format!(
                "sms.accounts.{}.{key}: the way to the gateway is not encrypted; whoever reads along has its password and people's messages; put https before it, or a private network between",
                self.name
            ));
        }
        warnings
    }
}

/// Who may call an account's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The part of the path that only the gateway knows.
    pub secret: Secret,
    /// Networks the gateway calls from; empty: any.
    pub allow: Vec<Network>,
    /// User and password of HTTP basic authentication; `None`: not asked for.
    pub basic: Option<(String, Secret)>,
}

/// How an account's messages travel.
#[derive(Clone, Debug)]
pub enum SmsRoad {
    Kannel(KannelRoad),
    Http(HttpRoad),
}

/// An aggregator's HTTP interface, as a road file tells it.
#[derive(Clone, Debug)]
pub struct HttpRoad {
    /// The name of a shipped road, or the path of a road file.
    pub road: String,
    /// What stands in the road file; `None`: a shipped one.
    pub file: Option<String>,
    /// Where the vendor is; `None`: where the road file says.
    pub base: Option<String>,
    pub username: Option<String>,
    /// The password, the API key or the token, whatever the vendor calls it.
    pub password: Option<Secret>,
    /// With which the vendor signs its calls, where it signs with a key of its own.
    pub signature_key: Option<Secret>,
    /// What else the road file asks for, by name.
    pub values: BTreeMap<String, String>,
    pub dlt: DltIds,
}

/// A Kannel gateway's `sendsms`.
#[derive(Clone, Debug)]
pub struct KannelRoad {
    pub url: String,
    pub username: String,
    pub password: Secret,
    /// The `smsc-id` messages leave by; `None`: Kannel chooses.
    pub smsc: Option<String>,
    /// Whether lanes are told to Kannel as priorities 0 to 3.
    pub priority: bool,
    /// Minutes after which an operator gives a message up; `None`: the operator's own.
    pub validity_minutes: Option<u32>,
    /// Meta-data for each message, `{entity}`, `{template}` and `{chain}` filled in; `None`: none.
    pub meta: Option<String>,
    pub dlt: DltIds,
}

/// What India's DLT rules want said with each message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DltIds {
    /// The principal entity.
    pub entity: Option<String>,
    /// The content template of messages for which no other is known.
    pub template: Option<String>,
    /// The chain of telemarketers, or its hash.
    pub chain: Option<String>,
}

/// A network of addresses: `10.1.0.0/16`, or one address alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Bits that count, from the left.
    bits: u8,
}

impl Network {
    /// Reads `10.1.0.0/16`, `10.1.2.3`, `2001:db8::/32`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { address, bits })
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        // The left `bits` bits of both, as numbers of `width` bits.
        let same = |left: u128, right: u128, width: u32| {
            let ignored = width - u32::from(self.bits);
            left.checked_shr(ignored) == right.checked_shr(ignored)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

/// The kinds of roads, as `road` names them.
const ROADS: [&str; 7] = ["kannel", "gupshup", "msg91", "exotel", "kaleyra", "infobip", "twilio"];

impl SmsSection {
    /// The section with its secrets, or `None` without an account.
    pub(super) fn complete(
        &self,
        vault: &mut Vault<'_>,
        place: &dyn Fn(&str) -> String,
        problems: &mut Vec<String>,
    ) -> Option<Sms> {
        if self.accounts.is_empty() {
            return None;
        }
        let callback_url = self.callback_url.trim_end_matches('/').to_owned();
        let read = |keys: &mut Keys<'_, '_>| {
            let account = keys.account(&callback_url);
            // Which keys there are depends on the road.
            let road = keys.table.get("road").and_then(Value::as_str);
            if road.is_some_and(|road| ROADS.contains(&road)) {
                keys.refuse_unknown();
            }
            account
        };
        let sections = Sections { section: SECTION, variables: VARIABLE, place };
        let accounts = sections.read(&self.accounts, vault, problems, read);
        Some(Sms { callback_url, client_address: header_of(&self.client_address), accounts })
    }
}

/// The name of the header that tells a caller's address, where one was given.
pub(super) fn header_of(client_address: &str) -> Option<String> {
    let name = client_address.trim().to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

/// Sections of accounts with a name each: `[sms.accounts.NAME]`.
pub(super) struct Sections<'a> {
    /// `sms.accounts`.
    pub(super) section: &'static str,
    /// What a variable with a secret of an account begins with.
    pub(super) variables: &'static str,
    pub(super) place: &'a dyn Fn(&str) -> String,
}

impl Sections<'_> {
    /// The accounts that `read` makes of each section; what is none is told.
    pub(super) fn read<A>(
        &self,
        accounts: &Table,
        vault: &mut Vault<'_>,
        problems: &mut Vec<String>,
        read: impl Fn(&mut Keys<'_, '_>) -> Option<A>,
    ) -> Vec<A> {
        let Sections { section, variables, place } = *self;
        let mut found = Vec::new();
        for (name, value) in accounts {
            let Value::Table(table) = value else {
                problems.push(format!(
                    "{}: {section}.{name} is a section; write [{section}.{name}] above its keys",
                    place(section)
                ));
                continue;
            };
            if !is_account_name(name, section, problems) {
                continue;
            }
            let told = BTreeSet::new();
            let mut keys = Keys { section, variables, name, table, vault, place, told, problems };
            found.extend(read(&mut keys));
        }
        found
    }
}

/// Reads the keys of one account; what is wrong is said with its place.
pub(super) struct Keys<'a, 'v> {
    /// `sms.accounts`.
    pub(super) section: &'static str,
    /// What a variable with a secret of an account begins with.
    pub(super) variables: &'static str,
    pub(super) name: &'a str,
    pub(super) table: &'a Table,
    pub(super) vault: &'a mut Vault<'v>,
    pub(super) place: &'a dyn Fn(&str) -> String,
    /// Keys that were asked for: all that there are.
    pub(super) told: BTreeSet<&'static str>,
    pub(super) problems: &'a mut Vec<String>,
}

impl Keys<'_, '_> {
    fn account(&mut self, callback_url: &str) -> Option<SmsAccount> {
        let before = self.problems.len();
        let road = self.needed("road", "\"kannel\", or \"gupshup\" and the like");
        let from = self.needed("from", "the sender people see and answer to, \"56161\"");
        let guard = self.guard();
        let keyword = self.text("keyword");
        let per_second = self.number("per_second", 0.1, 100_000.0);
        let templates_at_vendor = self.flag("templates_at_vendor", false);
        let road = match road.as_deref() {
            Some("kannel") => self.kannel(callback_url).map(SmsRoad::Kannel),
            Some(name) if ROADS.contains(&name) => {
                self.http(callback_url, name, None).map(SmsRoad::Http)
            }
            Some(path) if Path::new(path).extension().is_some_and(|end| end == "toml") => {
                match std::fs::read_to_string(path) {
                    Ok(text) => self.http(callback_url, path, Some(text)).map(SmsRoad::Http),
                    Err(error) => {
                        self.wrong("road", &format!("{path} cannot be read: {error}"));
                        None
                    }
                }
            }
            Some(other) => {
                let hint = suggestion(other, ROADS.into_iter());
                let known = ROADS.join("\", \"");
                self.wrong("road", &format!("\"{other}\" is no road; write \"{known}\" or the path of a road file, \"roads/mine.toml\"{hint}"));
                None
            }
            None => None,
        };
        if self.problems.len() > before {
            return None;
        }
        Some(SmsAccount {
            name: self.name.to_owned(),
            from: from?,
            guard: guard?,
            per_second,
            keyword,
            templates_at_vendor,
            road: road?,
        })
    }

    fn kannel(&mut self, callback_url: &str) -> Option<KannelRoad> {
        let url = self.needed("url", "\"http://127.0.0.1:13013/cgi-bin/sendsms\"");
        let url = url.filter(|url| {
            if !is_url(url) {
                self.wrong("url", "must begin with http:// or https://");
            }
            is_url(url)
        });
        self.need_callback(callback_url);
        let username = self.needed("username", "that of Kannel's group = sendsms-user");
        let password = self.secret("password");
        let smsc = self.text("smsc");
        let priority = self.flag("priority", true);
        let validity = self.number("validity_minutes", 1.0, 10_080.0);
        let meta = self.text("meta");
        let dlt = self.dlt();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 10080")]
        let validity_minutes = validity.map(|minutes| minutes as u32);
        Some(KannelRoad {
            url: url?,
            username: username?,
            password: password?,
            smsc,
            priority,
            validity_minutes,
            meta,
            dlt,
        })
    }

    fn http(&mut self, callback_url: &str, road: &str, file: Option<String>) -> Option<HttpRoad> {
        self.need_callback(callback_url);
        let before = self.problems.len();
        let base = self.text("base").map(|base| base.trim_end_matches('/').to_owned());
        if base.as_ref().is_some_and(|base| !is_url(base)) {
            self.wrong("base", "must begin with http:// or https://");
        }
        let username = self.text("username");
        let password = self.optional_secret("password");
        let signature_key = self.optional_secret("signature_key");
        let dlt = self.dlt();
        self.told.insert("values");
        let mut values = BTreeMap::new();
        match self.table.get("values") {
            None => {}
            Some(Value::Table(table)) => {
                for (key, value) in table {
                    match value {
                        Value::String(text) => {
                            values.insert(key.clone(), text.clone());
                        }
                        _ => self.wrong("values", &format!("{key} is to be a text in quotes")),
                    }
                }
            }
            Some(_) => self.wrong("values", "expected { sid = \"…\" }"),
        }
        (self.problems.len() == before).then(|| HttpRoad {
            road: road.to_owned(),
            file,
            base,
            username,
            password,
            signature_key,
            values,
            dlt,
        })
    }

    /// What DLT wants said with each message.
    fn dlt(&mut self) -> DltIds {
        let [entity, template, chain] = ["entity", "template", "chain"].map(|key| self.text(key));
        DltIds { entity, template, chain }
    }

    fn need_callback(&mut self, callback_url: &str) {
        let unreachable = "sms.callback_url: gateways are told with each message where to report; write \
                           our address as they reach it, \"http://127.0.0.1:8080\"";
        if !is_url(callback_url) && !self.problems.iter().any(|problem| problem == unreachable) {
            self.problems.push(unreachable.to_owned());
        }
    }

    pub(super) fn guard(&mut self) -> Option<Guard> {
        let secret = self.secret("secret");
        // One that is not there is empty.
        let there = secret.as_ref().filter(|secret| !secret.expose().is_empty());
        if let Some(secret) = there {
            let text = secret.expose();
            let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if !is_plain || text.len() < SECRET_LEAST {
                self.wrong(
                    "secret_file",
                    &format!(
                        "the secret stands in a path; at least {SECRET_LEAST} letters, digits, - and _: `openssl rand -hex 16` makes one"
                    ),
                );
            }
        }
        let mut allow = Vec::new();
        for text in self.list("allow") {
            match Network::parse(&text) {
                Some(network) => allow.push(network),
                None => self.wrong(
                    "allow",
                    &format!("\"{text}\" is no network; write \"10.1.0.0/16\" or \"10.1.2.3\""),
                ),
            }
        }
        let user = self.text("basic_user");
        self.told.insert("basic_password_file");
        let basic = match user {
            Some(user) => Some((user, self.secret("basic_password")?)),
            None => None,
        };
        Some(Guard { secret: secret?, allow, basic })
    }

    pub(super) fn wrong(&mut self, key: &str, reason: &str) {
        let words = self.words(key, reason);
        self.problems.push(words);
    }

    /// What is wrong with a key, with its place.
    fn words(&self, key: &str, reason: &str) -> String {
        let dotted = format!("{}.{}.{key}", self.section, self.name);
        let place = (self.place)(&dotted);
        format!("{place}: {dotted}: {reason}")
    }

    /// A text; an empty one counts as none.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.told.insert(key);
        match self.table.get(key) {
            None => None,
            Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|one| !one.is_empty()),
            Some(other) => {
                self.wrong(key, &format!("expected a text in quotes, not {other}"));
                None
            }
        }
    }

    pub(super) fn needed(&mut self, key: &'static str, example: &str) -> Option<String> {
        let before = self.problems.len();
        let text = self.text(key);
        if text.is_none() && self.problems.len() == before {
            self.wrong(key, &format!("is missing; write {example}"));
        }
        text
    }

    fn list(&mut self, key: &'static str) -> Vec<String> {
        self.told.insert(key);
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let texts = value.as_array().map(|list| list.iter().filter_map(Value::as_str));
        let texts: Option<Vec<String>> = texts.map(|texts| texts.map(str::to_owned).collect());
        if texts.is_none() {
            self.wrong(key, "expected a list, [\"first\", \"second\"]");
        }
        texts.unwrap_or_default()
    }

    fn flag(&mut self, key: &'static str, default: bool) -> bool {
        self.told.insert(key);
        match self.table.get(key) {
            None => default,
            Some(Value::Boolean(flag)) => *flag,
            Some(_) => {
                self.wrong(key, "expected true or false");
                default
            }
        }
    }

    pub(super) fn number(&mut self, key: &'static str, from: f64, to: f64) -> Option<f64> {
        self.told.insert(key);
        let number = match self.table.get(key)? {
            #[expect(clippy::cast_precision_loss, reason = "checked against small bounds")]
            Value::Integer(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        };
        let inside = number.filter(|number| (from..=to).contains(number));
        if inside.is_none() {
            self.wrong(key, &format!("expected a number from {from} to {to}"));
        }
        inside
    }

    /// The first line of the file that `KEY_file` names, or the variable such as
    /// `SAMVAD_SMS_ACCOUNTS_NAME_KEY`.
    fn secret(&mut self, key: &'static str) -> Option<Secret> {
        let before = self.problems.len();
        let secret = self.optional_secret(key);
        if secret.is_none() && self.problems.len() == before {
            let reason = format!("name a file that holds it, or set {}", self.variable(key));
            let words = self.words(file_key(key), &reason);
            return self.vault.lacks(words, self.problems);
        }
        secret
    }

    fn variable(&self, key: &str) -> String {
        format!("{}{}_{key}", self.variables, self.name).to_uppercase().replace('-', "_")
    }

    /// The same; none at all is no mistake.
    fn optional_secret(&mut self, key: &'static str) -> Option<Secret> {
        let file_key = file_key(key);
        if let Some(file) = self.text(file_key) {
            let dotted = format!("{}.{}.{file_key}", self.section, self.name);
            let place = (self.place)(&dotted);
            let told = |problem: &str| format!("{place}: {dotted}: {problem}");
            return self.vault.first_line(Path::new(&file), told, self.problems);
        }
        self.vault.variable(&self.variable(key)).map(Secret::new)
    }

    pub(super) fn refuse_unknown(&mut self) {
        for key in self.table.keys() {
            if !self.told.contains(key.as_str()) {
                let hint = suggestion(key, self.told.iter().copied());
                let dotted = format!("{}.{}.{key}", self.section, self.name);
                let place = (self.place)(&dotted);
                self.problems.push(format!("{place}: there is no key {dotted}{hint}"));
            }
        }
    }
}

/// Whether an account can be called so: its name stands in paths, variables and metrics.
fn is_account_name(name: &str, section: &str, problems: &mut Vec<String>) -> bool {
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let is_name = is_plain && (1..=40).contains(&name.len());
    if !is_name {
        problems.push(format!(
            "{section}.{name}: a name is made of letters, digits, - and _, at most 40"
        ));
    }
    is_name
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The key that names the file of a secret.
fn file_key(key: &str) -> &'static str {
    match key {
        "password" => "password_file",
        "secret" => "secret_file",
        "signature_key" => "signature_key_file",
        _ => "basic_password_file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Origins};

    fn read(file: &str, secrets: bool) -> Result<Config, String> {
        let environment = ["PASSWORD", "SECRET"]
            .map(|key| (format!("{VARIABLE}OFFICE_{key}"), "0123456789abcdef".to_owned()));
        Config::read(&Origins {
            file: Some(("office.toml".into(), file.to_owned())),
            environment: if secrets { environment.to_vec() } else { Vec::new() },
            ..Origins::default()
        })
        .map_err(|errors| errors.to_string())
    }

    const OFFICE: &str = "[sms]\ncallback_url = \"http://127.0.0.1:8080/\"\n[sms.accounts.office]\n\
        road = \"kannel\"\nfrom = \"56161\"\nurl = \"http://127.0.0.1:13013/cgi-bin/sendsms\"\n\
        username = \"samvad\"\n";

    #[test]
    fn without_an_account_there_are_no_short_messages() {
        assert!(read("", true).unwrap().sms.is_none());
    }

    #[test]
    fn an_account_needs_little_and_takes_the_rest_as_usual() {
        let config = read(OFFICE, true).unwrap();
        let sms = config.sms.as_ref().unwrap();
        assert_eq!(sms.callback_url, "http://127.0.0.1:8080");
        let account = &sms.accounts[0];
        let SmsRoad::Kannel(road) = &account.road else { panic!("it goes by Kannel") };
        assert_eq!((account.name.as_str(), road.priority, &road.smsc), ("office", true, &None));
        assert_eq!((account.per_second, &account.guard.basic), (None, &None));
        assert!(!config.serves_simulator(), "a real channel is on");
        assert!(config.warnings()[0].contains("allow = [\"10.1.2.3\"]"), "{:?}", config.warnings());
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn every_mistake_of_an_account_is_said_with_its_place_and_what_to_write() {
        let file = "[sms.accounts.office]\nroad = \"kanel\"\nform = \"56161\"\nper_second = \"5\"\n\
            allow = [\"10.1\"]\nbasic_user = \"kannel\"\n[sms.accounts.other]\nroad = \"kannel\"\n\
            from = \"56161\"\nurl = \"localhost:13013\"\nusername = \"samvad\"\npriorty = 3\n";
        insta::assert_snapshot!(read(file, false).unwrap_err(), @r#"
        the configuration cannot be used:
          - office.toml: sms.accounts.office.from: is missing; write the sender people see and answer to, "56161"
          - office.toml: sms.accounts.office.secret_file: name a file that holds it, or set SAMVAD_SMS_ACCOUNTS_OFFICE_SECRET
          - office.toml line 5: sms.accounts.office.allow: "10.1" is no network; write "10.1.0.0/16" or "10.1.2.3"
          - office.toml: sms.accounts.office.basic_password_file: name a file that holds it, or set SAMVAD_SMS_ACCOUNTS_OFFICE_BASIC_PASSWORD
          - office.toml line 4: sms.accounts.office.per_second: expected a number from 0.1 to 100000
          - office.toml line 2: sms.accounts.office.road: "kanel" is no road; write "kannel", "gupshup", "msg91", "exotel", "kaleyra", "infobip", "twilio" or the path of a road file, "roads/mine.toml"; did you mean "kannel"?
          - office.toml: sms.accounts.other.secret_file: name a file that holds it, or set SAMVAD_SMS_ACCOUNTS_OTHER_SECRET
          - office.toml line 10: sms.accounts.other.url: must begin with http:// or https://
          - sms.callback_url: gateways are told with each message where to report; write our address as they reach it, "http://127.0.0.1:8080"
          - office.toml: sms.accounts.other.password_file: name a file that holds it, or set SAMVAD_SMS_ACCOUNTS_OTHER_PASSWORD
          - office.toml line 12: there is no key sms.accounts.other.priorty; did you mean "priority"?
        "#);
    }

    #[test]
    fn a_way_to_kannel_that_others_read_along_is_warned_about() {
        let here = format!("{OFFICE}allow = [\"127.0.0.1\"]\n");
        assert_eq!(read(&here, true).unwrap().warnings(), Vec::<String>::new());
        let there = here.replace("127.0.0.1:13013", "kannel.example:13013");
        let warnings = read(&there, true).unwrap().warnings();
        assert!(warnings[0].contains("not encrypted"), "{warnings:?}");
    }

    #[test]
    fn a_secret_that_can_be_tried_out_is_refused() {
        let file = format!("{OFFICE}basic_password_file = \"\"\n");
        let environment = [("PASSWORD", "x"), ("SECRET", "kurz")]
            .map(|(key, value)| (format!("{VARIABLE}OFFICE_{key}"), value.to_owned()));
        let told = Config::read(&Origins {
            file: Some(("office.toml".into(), file)),
            environment: environment.to_vec(),
            ..Origins::default()
        });
        let told = told.unwrap_err().to_string();
        assert!(told.contains("openssl rand -hex 16") && !told.contains("kurz"), "{told}");
    }

    #[test]
    fn a_mistake_in_the_file_is_shown_at_its_value() {
        let text = OFFICE.replace("http://127.0.0.1:13013", "127.0.0.1:13013");
        let problems = crate::config::examine(Path::new("office.toml"), &text);
        let at: Vec<&str> =
            problems.iter().filter_map(|problem| text.get(problem.span.clone())).collect();
        assert!(at.contains(&"\"127.0.0.1:13013/cgi-bin/sendsms\""), "{problems:?}");
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let rows = [
            ("10.1.0.0/16", "10.1.255.3", true),
            ("10.1.0.0/16", "10.2.0.0", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("10.0.0.0/8", "::1", false),
        ];
        for (network, address, inside) in rows {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        for wrong in ["", "10.1", "10.1.0.0/33", "::/129", "host", "10.0.0.1/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
