//! Where a PostgreSQL for the records is, as the office writes it. Read once, so that a mistake is told
//! at the start.
//!
//! No error, `Display` or `Debug` repeats a password: any part of a mistyped address can be it.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use super::Secret;
use super::state_url::{Host, percent_decoded};

const PORT: u16 = 5432;

/// What may be written, for messages.
pub const RECORDS_FORMS: &str = "\"sqlite:\", \"sqlite:///path/to/file.db\" or \"postgres://USER@HOST:PORT/DATABASE\" (its password in SAMVAD_RECORDS_PASSWORD or records_password_file)";

/// Whether the address is one of PostgreSQL.
#[must_use]
pub fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres:") || text.starts_with("postgresql:")
}

/// How a PostgreSQL is reached. `Display` and `Debug` show no user and no password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    /// At least one; of several the one that takes writes is used. A name that begins with `/` is the
    /// folder of a socket on this machine.
    pub hosts: Vec<Host>,
    pub user: String,
    pub password: Option<Secret>,
    pub database: String,
    pub tls: PostgresTls,
    /// The file of the authorities that may have signed the server's certificate; `None`: the system's.
    pub authorities: Option<PathBuf>,
}

/// How the way to the server is guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostgresTls {
    /// Never encrypted.
    Disable,
    /// Encrypted when the server offers it.
    Prefer,
    /// Encrypted, whoever the server is.
    Require,
    /// Encrypted, and the server proves its name.
    VerifyFull,
}

impl PostgresTls {
    const ALL: [PostgresTls; 4] =
        [PostgresTls::Disable, PostgresTls::Prefer, PostgresTls::Require, PostgresTls::VerifyFull];

    const fn name(self) -> &'static str {
        match self {
            PostgresTls::Disable => "disable",
            PostgresTls::Prefer => "prefer",
            PostgresTls::Require => "require",
            PostgresTls::VerifyFull => "verify-full",
        }
    }
}

/// What is wrong with an address, without repeating any of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordsUrlError(String);

fn error<T>(text: impl Into<String>) -> Result<T, RecordsUrlError> {
    Err(RecordsUrlError(text.into()))
}

impl PostgresUrl {
    /// Reads `postgres://USER[:PASSWORD]@HOST[:PORT][,HOST[:PORT]…]/DATABASE[?NAME=VALUE[&…]]`, also
    /// with `postgresql://`. Names: `sslmode` (disable, prefer, require, verify-full), `sslrootcert`
    /// (a file of authorities, with verify-full), `target_session_attrs` (read-write, which is what is
    /// done anyway).
    ///
    /// # Errors
    /// What is wrong and what to write instead, without the password.
    pub fn parse(text: &str) -> Result<PostgresUrl, RecordsUrlError> {
        let rest = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"))
            .ok_or_else(|| RecordsUrlError(format!("write {RECORDS_FORMS}")))?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at(end);
        let path_end = behind.find('?').unwrap_or(behind.len());
        let (path, query) = behind.split_at(path_end);
        if path.contains('@') || query.contains('@') && !authority.contains('@') {
            return error(
                "in a user or password write / as %2F, ? as %3F, # as %23, @ as %40, % as %25",
            );
        }
        let Some((credentials, list)) = authority.rsplit_once('@') else {
            return error("the user is missing; write postgres://USER@HOST/DATABASE");
        };
        let (user, password) = read_credentials(credentials, list.contains(','))?;
        let hosts = read_hosts(list)?;
        let database = decoded(path.strip_prefix('/').unwrap_or(path))?;
        if database.is_empty() {
            return error(
                "the database is missing; write its name behind the host: …@HOST/DATABASE",
            );
        }
        if database.contains(['/', '#']) {
            return error(
                "behind the database stands only ?NAME=VALUE; a / in its name is written %2F",
            );
        }
        let mut url = PostgresUrl {
            hosts,
            user,
            password,
            database,
            tls: PostgresTls::Prefer,
            authorities: None,
        };
        for pair in query.strip_prefix('?').unwrap_or(query).split('&') {
            if !pair.is_empty() {
                url.read_parameter(pair)?;
            }
        }
        if url.authorities.is_some() && url.tls != PostgresTls::VerifyFull {
            return error("sslrootcert counts with sslmode=verify-full only; write that too");
        }
        Ok(url)
    }

    fn read_parameter(&mut self, pair: &str) -> Result<(), RecordsUrlError> {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value)?;
        match name {
            "sslmode" => {
                let known = PostgresTls::ALL.into_iter().find(|tls| tls.name() == value);
                let Some(tls) = known else {
                    return error("sslmode is disable, prefer, require or verify-full");
                };
                self.tls = tls;
            }
            "sslrootcert" if value.is_empty() => {
                return error("sslrootcert names a file of certificates in PEM form");
            }
            "sslrootcert" => self.authorities = Some(PathBuf::from(value)),
            "target_session_attrs" if value == "read-write" => {}
            "target_session_attrs" => {
                return error(
                    "samvad writes, so target_session_attrs is read-write; take the other away",
                );
            }
            "password" => {
                return error(
                    "the password does not stand behind the ?; put it into SAMVAD_RECORDS_PASSWORD or records_password_file",
                );
            }
            _ => {
                return error(
                    "behind the ? only sslmode, sslrootcert and target_session_attrs are understood",
                );
            }
        }
        Ok(())
    }

    /// The same with this password.
    #[must_use]
    pub fn with_password(self, password: Secret) -> PostgresUrl {
        PostgresUrl { password: Some(password), ..self }
    }

    /// Written out again, password and all: [`PostgresUrl::parse`] reads the same from it.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        let mut text = format!("postgres://{}", percent_encoded(&self.user));
        if let Some(password) = &self.password {
            text.push(':');
            text.push_str(&percent_encoded(password.expose()));
        }
        text.push('@');
        self.write_place(&mut text);
        text.push_str("?sslmode=");
        text.push_str(self.tls.name());
        if let Some(file) = &self.authorities {
            text.push_str("&sslrootcert=");
            text.push_str(&percent_encoded(&file.to_string_lossy()));
        }
        Secret::new(text)
    }

    /// `host:port,host:port/database`.
    fn write_place(&self, text: &mut String) {
        for (index, host) in self.hosts.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            if host.name.starts_with('/') {
                text.push_str(&percent_encoded(&host.name));
                text.push(':');
                text.push_str(&host.port.to_string());
            } else {
                text.push_str(&host.to_string());
            }
        }
        text.push('/');
        text.push_str(&percent_encoded(&self.database));
    }

    /// Whether somebody on the way could read along: TLS is left to the server's mood, and some host
    /// is another machine.
    #[must_use]
    pub fn may_be_read_along(&self) -> bool {
        let is_here = |host: &Host| {
            host.name.starts_with('/')
                || host.name == "localhost"
                || host.name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        };
        self.tls == PostgresTls::Prefer && !self.hosts.iter().all(is_here)
    }
}

fn decoded(text: &str) -> Result<String, RecordsUrlError> {
    percent_decoded(text).map_err(|_| {
        RecordsUrlError(
            "a % stands before two hex digits; the sign itself is written %25".to_owned(),
        )
    })
}

/// Everything but letters, digits and `-._~` as `%40`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn read_credentials(
    text: &str,
    several_hosts: bool,
) -> Result<(String, Option<Secret>), RecordsUrlError> {
    // With one host it is clear which @ ends the password; in a list it may be the second host's.
    if several_hosts && text.contains('@') || text.contains(',') {
        return error(
            "write user and password once, before the first host; in a password an @ is written %40, a comma %2C",
        );
    }
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    if user.is_empty() {
        return error("the user is missing; write postgres://USER@HOST/DATABASE");
    }
    let password = match password {
        Some("") => {
            return error("the password before the @ is empty; take the colon away, or write one");
        }
        Some(password) => Some(Secret::new(decoded(password)?)),
        None => None,
    };
    Ok((decoded(user)?, password))
}

fn read_hosts(list: &str) -> Result<Vec<Host>, RecordsUrlError> {
    if list.is_empty() {
        return error("the host is missing; write postgres://USER@HOST/DATABASE");
    }
    let mut hosts = Vec::new();
    for (index, text) in list.split(',').enumerate() {
        let mut host = Host::read(text, PORT).map_err(|problem| {
            if list.contains(',') {
                RecordsUrlError(format!("host {} of the list {problem}", index + 1))
            } else {
                RecordsUrlError(format!("the host {problem}"))
            }
        })?;
        host.name = decoded(&host.name)?;
        hosts.push(host);
    }
    Ok(hosts)
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = String::new();
        self.write_place(&mut place);
        write!(formatter, "postgres://•••@{place}")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PostgresUrl {
        PostgresUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_form_is_read_and_shown_without_user_and_password() {
        let table = [
            ("postgres://u@localhost/d", "postgres://•••@localhost:5432/d"),
            ("postgresql://u:geheim@127.0.0.1:7000/d", "postgres://•••@127.0.0.1:7000/d"),
            ("postgres://u:geheim@[::1]:7000/d?sslmode=require", "postgres://•••@[::1]:7000/d"),
            (
                "postgres://u:geheim@a,b:7000/d?target_session_attrs=read-write",
                "postgres://•••@a:5432,b:7000/d",
            ),
            (
                "postgres://u@%2Fvar%2Frun%2Fpostgresql/d",
                "postgres://•••@%2Fvar%2Frun%2Fpostgresql:5432/d",
            ),
        ];
        for (text, shown) in table {
            assert_eq!(read(text).to_string(), shown, "{text}");
            assert_eq!(format!("{:?}", read(text)), shown);
        }
    }

    #[test]
    fn user_password_and_database_are_decoded_and_written_out_again() {
        let url = read("postgres://of%20fice:a%2Fb%40c%25%2C:d@h/%E0%A4%B8?sslmode=disable");
        assert_eq!(url.user, "of fice");
        assert_eq!(url.password.as_ref().unwrap().expose(), "a/b@c%,:d");
        assert_eq!(url.database, "स");
        for text in [
            "postgres://of%20fice:a%2Fb%40c%25%2C:d@h/%E0%A4%B8?sslmode=disable",
            "postgres://u@a,b:7000,[::1]/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fa%26b.pem",
            "postgres://u@%2Frun%2Fpg:6000/d",
        ] {
            let url = read(text);
            assert_eq!(read(url.to_text().expose()), url, "{text}");
        }
        let url = read("postgres://u@h/d").with_password(Secret::new("x@y"));
        assert_eq!(read(url.to_text().expose()), url);
    }

    #[test]
    fn only_a_way_to_another_machine_that_may_be_plain_can_be_read_along() {
        assert!(read("postgres://u@db.example/d").may_be_read_along());
        assert!(read("postgres://u@localhost,db.example/d").may_be_read_along());
        for text in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1/d",
            "postgres://u@[::1]/d",
            "postgres://u@%2Frun/d",
            "postgres://u@db.example/d?sslmode=verify-full",
            "postgres://u@db.example/d?sslmode=disable",
        ] {
            assert!(!read(text).may_be_read_along(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let table = [
            "postgres:geheim",
            "postgres://",
            "postgres://geheim",
            "postgres://:geheim@h/d",
            "postgres://u:@h/d",
            "postgres://u:geheim@/d",
            "postgres://u:geheim@h",
            "postgres://u:geheim@h/",
            "postgres://u:geheim@h/d/e",
            "postgres://u:geheim@h:0/d",
            "postgres://u:geheim@h:geheim/d",
            "postgres://u:gehe/im@h/d",
            "postgres://u:gehe?im@h/d",
            "postgres://u:geheim%4@h/d",
            "postgres://u:ge@heim@a,b/d",
            "postgres://u:geheim@a,u:geheim@b/d",
            "postgres://u:geheim@a,,b/d",
            "postgres://u@h/d?sslmode=geheim",
            "postgres://u@h/d?password=geheim",
            "postgres://u@h/d?geheim",
            "postgres://u@h/d?target_session_attrs=any",
            "postgres://u@h/d?sslrootcert=/geheim.pem",
            "postgres://u@h/d?sslmode=verify-full&sslrootcert=",
        ];
        let mut told = String::new();
        for text in table {
            let error = PostgresUrl::parse(text).unwrap_err();
            assert!(!error.to_string().contains("heim"), "{error}");
            let _ = writeln!(told, "{text}\n  {error}");
        }
        insta::assert_snapshot!(told, @r#"
        postgres:geheim
          write "sqlite:", "sqlite:///path/to/file.db" or "postgres://USER@HOST:PORT/DATABASE" (its password in SAMVAD_RECORDS_PASSWORD or records_password_file)
        postgres://
          the user is missing; write postgres://USER@HOST/DATABASE
        postgres://geheim
          the user is missing; write postgres://USER@HOST/DATABASE
        postgres://:geheim@h/d
          the user is missing; write postgres://USER@HOST/DATABASE
        postgres://u:@h/d
          the password before the @ is empty; take the colon away, or write one
        postgres://u:geheim@/d
          the host is missing; write postgres://USER@HOST/DATABASE
        postgres://u:geheim@h
          the database is missing; write its name behind the host: …@HOST/DATABASE
        postgres://u:geheim@h/
          the database is missing; write its name behind the host: …@HOST/DATABASE
        postgres://u:geheim@h/d/e
          behind the database stands only ?NAME=VALUE; a / in its name is written %2F
        postgres://u:geheim@h:0/d
          the host has a bad port; a port is a number from 1 to 65535
        postgres://u:geheim@h:geheim/d
          the host has a bad port; a port is a number from 1 to 65535
        postgres://u:gehe/im@h/d
          in a user or password write / as %2F, ? as %3F, # as %23, @ as %40, % as %25
        postgres://u:gehe?im@h/d
          in a user or password write / as %2F, ? as %3F, # as %23, @ as %40, % as %25
        postgres://u:geheim%4@h/d
          a % stands before two hex digits; the sign itself is written %25
        postgres://u:ge@heim@a,b/d
          write user and password once, before the first host; in a password an @ is written %40, a comma %2C
        postgres://u:geheim@a,u:geheim@b/d
          write user and password once, before the first host; in a password an @ is written %40, a comma %2C
        postgres://u:geheim@a,,b/d
          host 2 of the list is empty; write HOST:PORT
        postgres://u@h/d?sslmode=geheim
          sslmode is disable, prefer, require or verify-full
        postgres://u@h/d?password=geheim
          the password does not stand behind the ?; put it into SAMVAD_RECORDS_PASSWORD or records_password_file
        postgres://u@h/d?geheim
          behind the ? only sslmode, sslrootcert and target_session_attrs are understood
        postgres://u@h/d?target_session_attrs=any
          samvad writes, so target_session_attrs is read-write; take the other away
        postgres://u@h/d?sslrootcert=/geheim.pem
          sslrootcert counts with sslmode=verify-full only; write that too
        postgres://u@h/d?sslmode=verify-full&sslrootcert=
          sslrootcert names a file of certificates in PEM form
        "#);
    }
}
