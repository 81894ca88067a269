//! The whole address of the records, its password from wherever it was given.

use super::bounds::scheme;
use super::reader::RECORDS_PASSWORD;
use super::{PostgresUrl, RECORDS_FORMS, Root, Secret, is_postgres};

impl Root {
    /// The whole address of the records: `sqlite:` alone is the file in the data folder, PostgreSQL's
    /// password comes from a file, the environment, or stands in the address.
    pub(super) fn records_url(
        &self,
        environment: &[(String, String)],
        problems: &mut Vec<String>,
    ) -> Secret {
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
