//! Where the live state is, as the office writes it: in memory, in one Redis, in a Redis Cluster, or
//! in a Redis that Sentinel looks after. Read once, so that a mistake is told at the start.
//!
//! No error and no `Debug` repeats what was written: any part of a mistyped address can be the
//! password.

use std::fmt;
use std::str::FromStr;

use super::Secret;

const REDIS_PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// What may be written, for messages.
pub const STATE_FORMS: &str = "\"memory\", \"redis://HOST:PORT/DB\", \"redis-cluster://HOST:PORT,HOST:PORT\" or \"redis-sentinel://HOST:PORT,HOST:PORT/MASTER\" (rediss… for TLS)";

/// Where the live state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateUrl {
    Memory,
    Redis(RedisUrl),
}

/// How a Redis is reached. `Display` and `Debug` show no user and no password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    pub shape: RedisShape,
    pub tls: bool,
    /// At least one: the server itself, some servers of the cluster, or the sentinels.
    pub hosts: Vec<Host>,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// The numbered database; 0 in a cluster.
    pub database: i64,
}

/// Who says which server has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisShape {
    /// There is only one.
    Single,
    /// The cluster's own map of slots.
    Cluster,
    /// The sentinels, asked for the master of this name.
    Sentinel { master: String },
}

/// A server's name or address, and its port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host {
    /// An IPv6 address stands without its brackets.
    pub name: String,
    pub port: u16,
}

/// What is wrong with an address, without repeating any of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StateUrlError(String);

impl StateUrl {
    /// Reads `memory`, `redis://[user:password@]host[:port][/db]`,
    /// `redis-cluster://[user:password@]host[:port][,host[:port]…][/]` or
    /// `redis-sentinel://[user:password@]host[:port][,host[:port]…]/MASTER[/db]`; `rediss…` is TLS.
    ///
    /// # Errors
    /// What is wrong and what to write instead, without the password.
    pub fn parse(text: &str) -> Result<StateUrl, StateUrlError> {
        if text == "memory" {
            return Ok(StateUrl::Memory);
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(unknown_kind)?;
        let (kind, tls) = match scheme {
            "redis" => (Kind::Single, false),
            "rediss" => (Kind::Single, true),
            "redis-cluster" => (Kind::Cluster, false),
            "rediss-cluster" => (Kind::Cluster, true),
            "redis-sentinel" => (Kind::Sentinel, false),
            "rediss-sentinel" => (Kind::Sentinel, true),
            _ => return Err(unknown_kind()),
        };
        let (authority, path) = parts(rest)?;
        let (credentials, list) = match authority.rsplit_once('@') {
            Some((credentials, list)) => (Some(credentials), list),
            None => (None, authority),
        };
        let (user, password) = match credentials {
            Some(credentials) => read_credentials(credentials, kind)?,
            None => (None, None),
        };
        let hosts = read_hosts(list, kind)?;
        let (shape, database) = read_path(path, kind)?;
        Ok(StateUrl::Redis(RedisUrl { shape, tls, hosts, user, password, database }))
    }
}

/// The three shapes before the path is read.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Single,
    Cluster,
    Sentinel,
}

fn error<T>(text: impl Into<String>) -> Result<T, StateUrlError> {
    Err(StateUrlError(text.into()))
}

fn unknown_kind() -> StateUrlError {
    StateUrlError(format!("this is no kind of state store; write {STATE_FORMS}"))
}

/// What stands before and behind the first slash.
fn parts(rest: &str) -> Result<(&str, &str), StateUrlError> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if path.contains('@') {
        return error(
            "in a user or password write / as %2F, ? as %3F, # as %23, @ as %40, % as %25",
        );
    }
    if path.contains(['?', '#']) {
        return error("what stands behind ? or # is not understood; take it away");
    }
    Ok((authority, path.strip_prefix('/').unwrap_or(path)))
}

type Login = (Option<String>, Option<Secret>);

fn read_credentials(text: &str, kind: Kind) -> Result<Login, StateUrlError> {
    // With one host it is clear which @ ends the password; in a list it may be the second host's.
    if kind != Kind::Single && text.contains('@') {
        return error(
            "write user and password once, before the first host; an @ in the password is written %40",
        );
    }
    let Some((user, password)) = text.split_once(':') else {
        return error("write :PASSWORD@ or USER:PASSWORD@ before the first host");
    };
    if password.is_empty() {
        return error("the password before the @ is empty; take it and the @ away, or write one");
    }
    let user = percent_decoded(user)?;
    let password = percent_decoded(password)?;
    Ok(((!user.is_empty()).then_some(user), Some(Secret::new(password))))
}

/// `%40` as `@`.
pub(super) fn percent_decoded(text: &str) -> Result<String, StateUrlError> {
    let wrong =
        "a % in a user or password stands before two hex digits; the sign itself is written %25";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = behind.split_at_checked(2).and_then(|(digits, behind_digits)| {
            rest = behind_digits;
            std::str::from_utf8(digits).ok()
        });
        let is_hex = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = digits.filter(is_hex).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or_else(|| StateUrlError(wrong.to_owned()))?);
    }
    String::from_utf8(bytes).map_err(|_| StateUrlError(wrong.to_owned()))
}

fn read_hosts(list: &str, kind: Kind) -> Result<Vec<Host>, StateUrlError> {
    if list.is_empty() {
        return error(match kind {
            Kind::Single => "the host is missing; write redis://HOST:PORT",
            Kind::Cluster => {
                "the list of hosts is empty; write some servers of the cluster: redis-cluster://HOST:PORT,HOST:PORT"
            }
            Kind::Sentinel => {
                "the list of hosts is empty; write the sentinels: redis-sentinel://HOST:PORT,HOST:PORT/MASTER"
            }
        });
    }
    let default_port = if kind == Kind::Sentinel { SENTINEL_PORT } else { REDIS_PORT };
    let mut hosts = Vec::new();
    for (index, text) in list.split(',').enumerate() {
        let host = Host::read(text, default_port).map_err(|problem| {
            let which = if list.contains(',') {
                format!("host {} of the list", index + 1)
            } else {
                "the host".to_owned()
            };
            StateUrlError(format!("{which} {problem}"))
        })?;
        hosts.push(host);
    }
    if kind == Kind::Single && hosts.len() > 1 {
        return error(
            "redis:// is one server; several are redis-cluster:// or, with sentinels, redis-sentinel://",
        );
    }
    Ok(hosts)
}

fn read_path(path: &str, kind: Kind) -> Result<(RedisShape, i64), StateUrlError> {
    match kind {
        Kind::Single => Ok((RedisShape::Single, read_database(path)?)),
        Kind::Cluster if matches!(path, "" | "0") => Ok((RedisShape::Cluster, 0)),
        Kind::Cluster => error(
            "a Redis Cluster has no numbered databases; take away what stands behind the hosts",
        ),
        Kind::Sentinel => {
            let (master, database) = path.split_once('/').unwrap_or((path, ""));
            if master.is_empty() {
                return error(
                    "the name of the master is missing; write it behind the sentinels: redis-sentinel://HOST:PORT,HOST:PORT/MASTER",
                );
            }
            let is_name =
                |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
            if !master.chars().all(is_name) {
                return error("the name of a master has letters, digits and . - _ only");
            }
            let shape = RedisShape::Sentinel { master: master.to_owned() };
            Ok((shape, read_database(database)?))
        }
    }
}

fn read_database(text: &str) -> Result<i64, StateUrlError> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse::<u16>().map(i64::from).or_else(|_| {
        error("the database behind the last / is a number, 0 where you did not choose another")
    })
}

impl Host {
    /// Reads `name:port`, `name`, `[IPv6]:port` or `[IPv6]`. The error goes on after "host 2 …".
    pub(super) fn read(text: &str, default_port: u16) -> Result<Host, &'static str> {
        let (name, port) = match text.strip_prefix('[') {
            Some(bracketed) => {
                let (name, behind) = bracketed
                    .split_once(']')
                    .ok_or("begins with [ and has no ] behind its address")?;
                match behind.strip_prefix(':') {
                    Some(port) => (name, Some(port)),
                    None if behind.is_empty() => (name, None),
                    None => return Err("has something else than :PORT behind its ]"),
                }
            }
            None => match text.rsplit_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            },
        };
        if name.is_empty() {
            return Err("is empty; write HOST:PORT");
        }
        if name.contains(':') && !text.starts_with('[') {
            return Err("has more than one colon; write an IPv6 address as [ADDRESS]:PORT");
        }
        if name.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err("has a space in it");
        }
        let port = match port {
            None => default_port,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or("has a bad port; a port is a number from 1 to 65535")?,
        };
        Ok(Host { name: name.to_owned(), port })
    }
}

impl FromStr for Host {
    type Err = StateUrlError;

    /// Reads `name:port`, as servers of a cluster name each other (an IPv6 address without brackets).
    fn from_str(text: &str) -> Result<Host, StateUrlError> {
        let unreadable = || StateUrlError("a host is written HOST:PORT".to_owned());
        let (name, port) = text.rsplit_once(':').ok_or_else(unreadable)?;
        let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Host { name, port: port.parse().map_err(|_| unreadable())? })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            return write!(formatter, "[{}]:{}", self.name, self.port);
        }
        write!(formatter, "{}:{}", self.name, self.port)
    }
}

impl fmt::Display for StateUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateUrl::Memory => formatter.write_str("memory"),
            StateUrl::Redis(redis) => redis.fmt(formatter),
        }
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.shape {
            RedisShape::Single => "",
            RedisShape::Cluster => "-cluster",
            RedisShape::Sentinel { .. } => "-sentinel",
        };
        write!(formatter, "{}{kind}://", if self.tls { "rediss" } else { "redis" })?;
        if self.user.is_some() || self.password.is_some() {
            formatter.write_str("•••@")?;
        }
        for (index, host) in self.hosts.iter().enumerate() {
            if index > 0 {
                formatter.write_str(",")?;
            }
            host.fmt(formatter)?;
        }
        if let RedisShape::Sentinel { master } = &self.shape {
            write!(formatter, "/{master}")?;
        }
        if self.database != 0 {
            write!(formatter, "/{}", self.database)?;
        }
        Ok(())
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redis(text: &str) -> RedisUrl {
        match StateUrl::parse(text) {
            Ok(StateUrl::Redis(redis)) => redis,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_shape_is_read_and_shown_without_its_password() {
        let table = [
            ("redis://localhost", "redis://localhost:6379"),
            ("redis://127.0.0.1:7000/3", "redis://127.0.0.1:7000/3"),
            ("rediss://:geheim@[::1]:7000/", "rediss://•••@[::1]:7000"),
            ("redis-cluster://a:1,b,[::1]:3/", "redis-cluster://a:1,b:6379,[::1]:3"),
            ("redis-cluster://a:1/0", "redis-cluster://a:1"),
            ("rediss-cluster://u:geheim@a:1,b:2", "rediss-cluster://•••@a:1,b:2"),
            ("redis-sentinel://a,b:2/main", "redis-sentinel://a:26379,b:2/main"),
            ("rediss-sentinel://:geheim@a:1/my-main.1/7", "rediss-sentinel://•••@a:1/my-main.1/7"),
        ];
        for (text, shown) in table {
            assert_eq!(redis(text).to_string(), shown, "{text}");
            assert_eq!(format!("{:?}", StateUrl::parse(text).unwrap()), format!("Redis({shown})"));
        }
        assert_eq!(StateUrl::parse("memory"), Ok(StateUrl::Memory));
    }

    #[test]
    fn user_and_password_are_decoded() {
        let url = redis("redis-cluster://of%20fice:a%2Fb%40c%25:d@a:1");
        assert_eq!(url.user.as_deref(), Some("of fice"));
        assert_eq!(url.password.unwrap().expose(), "a/b@c%:d");
        let url = redis("redis://:geheim@a");
        assert_eq!((url.user, url.password.unwrap().expose()), (None, "geheim"));
        let url = redis("redis://:ge@heim@a");
        assert_eq!((url.hosts[0].name.as_str(), url.password.unwrap().expose()), ("a", "ge@heim"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let table = [
            "postgres://u:geheim@h/d",
            "redis:geheim",
            "redis://",
            "redis://:geheim@",
            "redis://a:1,b:2",
            "redis://a:geheim",
            "redis://a:0",
            "redis://a:1/geheim",
            "redis://a:1/0?password=geheim",
            "redis://:gehe/im@a:1",
            "redis://:geheim%4@a:1",
            "redis-sentinel://:ge@heim@a:1/main",
            "redis://geheim@a:1",
            "redis://geheim:@a:1",
            "redis-cluster://",
            "redis-cluster://a:1,,b:2",
            "redis-cluster://u:geheim@a:1,u:geheim@b:2",
            "redis-cluster://a:1,::1:7000",
            "redis-cluster://a:1,[::1",
            "redis-cluster://a:1, b:2",
            "redis-cluster://a:1/3",
            "redis-sentinel:///main",
            "redis-sentinel://a:1",
            "redis-sentinel://a:1/",
            "redis-sentinel://a:1/my main",
            "redis-sentinel://a:1/main/geheim",
            "redis-sentinel://a:70000/main",
        ];
        let mut told = String::new();
        for text in table {
            let error = StateUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("heim"), "{error}");
            told = format!("{told}{text}\n  {error}\n");
        }
        insta::assert_snapshot!(told, @r#"
        postgres://u:geheim@h/d
          this is no kind of state store; write "memory", "redis://HOST:PORT/DB", "redis-cluster://HOST:PORT,HOST:PORT" or "redis-sentinel://HOST:PORT,HOST:PORT/MASTER" (rediss… for TLS)
        redis:geheim
          this is no kind of state store; write "memory", "redis://HOST:PORT/DB", "redis-cluster://HOST:PORT,HOST:PORT" or "redis-sentinel://HOST:PORT,HOST:PORT/MASTER" (rediss… for TLS)
        redis://
          the host is missing; write redis://HOST:PORT
        redis://:geheim@
          the host is missing; write redis://HOST:PORT
        redis://a:1,b:2
          redis:// is one server; several are redis-cluster:// or, with sentinels, redis-sentinel://
        redis://a:geheim
          the host has a bad port; a port is a number from 1 to 65535
        redis://a:0
          the host has a bad port; a port is a number from 1 to 65535
        redis://a:1/geheim
          the database behind the last / is a number, 0 where you did not choose another
        redis://a:1/0?password=geheim
          what stands behind ? or # is not understood; take it away
        redis://:gehe/im@a:1
          in a user or password write / as %2F, ? as %3F, # as %23, @ as %40, % as %25
        redis://:geheim%4@a:1
          a % in a user or password stands before two hex digits; the sign itself is written %25
        redis-sentinel://:ge@heim@a:1/main
          write user and password once, before the first host; an @ in the password is written %40
        redis://geheim@a:1
          write :PASSWORD@ or USER:PASSWORD@ before the first host
        redis://geheim:@a:1
          the password before the @ is empty; take it and the @ away, or write one
        redis-cluster://
          the list of hosts is empty; write some servers of the cluster: redis-cluster://HOST:PORT,HOST:PORT
        redis-cluster://a:1,,b:2
          host 2 of the list is empty; write HOST:PORT
        redis-cluster://u:geheim@a:1,u:geheim@b:2
          write user and password once, before the first host; an @ in the password is written %40
        redis-cluster://a:1,::1:7000
          host 2 of the list has more than one colon; write an IPv6 address as [ADDRESS]:PORT
        redis-cluster://a:1,[::1
          host 2 of the list begins with [ and has no ] behind its address
        redis-cluster://a:1, b:2
          host 2 of the list has a space in it
        redis-cluster://a:1/3
          a Redis Cluster has no numbered databases; take away what stands behind the hosts
        redis-sentinel:///main
          the list of hosts is empty; write the sentinels: redis-sentinel://HOST:PORT,HOST:PORT/MASTER
        redis-sentinel://a:1
          the name of the master is missing; write it behind the sentinels: redis-sentinel://HOST:PORT,HOST:PORT/MASTER
        redis-sentinel://a:1/
          the name of the master is missing; write it behind the sentinels: redis-sentinel://HOST:PORT,HOST:PORT/MASTER
        redis-sentinel://a:1/my main
          the name of a master has letters, digits and . - _ only
        redis-sentinel://a:1/main/geheim
          the database behind the last / is a number, 0 where you did not choose another
        redis-sentinel://a:70000/main
          the host has a bad port; a port is a number from 1 to 65535
        "#);
    }
}
