//! The whole address of the records, its password from wherever it was given.

use super::bounds::scheme;
use super::reader::RECORDS_PASSWORD;
use super::vault::Vault;
use super::{PostgresUrl, RECORDS_FORMS, Root, Secret, is_postgres};

/// The key that names the file of PostgreSQL's password.
const PASSWORD_FILE: &str = "records_password_file";

impl Root {
    /// The whole address of the records: `sqlite:` alone is the file in the data folder, PostgreSQL's
    /// password comes from a file, the environment, or stands in the address.
    pub(super) fn records_url(&self, vault: &mut Vault<'_>, problems: &mut Vec<String>) -> Secret {
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
        let given = self.records_password(vault, problems);
        let url = PostgresUrl::parse(&self.records).map_err(|error| format!("records: {error}"));
        match (url, given) {
            (Ok(url), Some(_)) if url.password.is_some() => problems.push(format!(
                "records: a password stands in the address and in {}; keep one of them",
                if file.as_os_str().is_empty() {
                    RECORDS_PASSWORD
                } else {
                    "records_password_file"
                }
            )),
            (Ok(url), Some(password)) => return url.with_password(password).to_text(),
            (Ok(url), None) => return url.to_text(),
            (Err(problem), _) => problems.push(problem),
        }
        Secret::new(String::new())
    }

    /// The first line of the file that is named, or the variable; `None` without one, and where it is
    /// not there.
    fn records_password(
        &self,
        vault: &mut Vault<'_>,
        problems: &mut Vec<String>,
    ) -> Option<Secret> {
        let file = &self.records_password_file;
        if file.as_os_str().is_empty() {
            // As it stands: blanks may belong to it.
            let given = vault.environment().iter().find(|(name, _)| name == RECORDS_PASSWORD)?;
            return Some(Secret::new(&given.1)).filter(|one| !one.0.is_empty());
        }
        let lack = match std::fs::read_to_string(file) {
            Err(error) => format!("{} cannot be read: {error}", file.display()),
            Ok(text) => match text.lines().next() {
                Some(line) if !line.is_empty() => return Some(Secret::new(line)),
                _ => format!("{} is empty", file.display()),
            },
        };
        vault.lacks(format!("{PASSWORD_FILE}: {lack}"), problems).filter(|one| !one.0.is_empty())
    }
}
