//! Where secrets come from, and what becomes of one that is not there.

use std::path::Path;

use super::Secret;
use super::fetch::{SECRET_ITSELF, read_first_line};

/// The environment, and whether somebody is going to use the secrets: who serves needs each of them, who
/// checks, chats and rehearses none.
pub(super) struct Vault<'a> {
    environment: &'a [(String, String)],
    /// What is not there; `None`: a lack is a problem.
    absent: Option<Vec<String>>,
}

impl<'a> Vault<'a> {
    /// One that needs every secret.
    pub(super) const fn needed(environment: &'a [(String, String)]) -> Vault<'a> {
        Vault { environment, absent: None }
    }

    /// One of which nothing is used.
    pub(super) const fn spared(environment: &'a [(String, String)]) -> Vault<'a> {
        Vault { environment, absent: Some(Vec::new()) }
    }

    pub(super) const fn environment(&self) -> &'a [(String, String)] {
        self.environment
    }

    /// A variable as it stands, its ends trimmed; `None` when it is empty or not set.
    pub(super) fn variable(&self, name: &str) -> Option<&'a str> {
        let given = self.environment.iter().find(|(known, _)| known == name)?;
        Some(given.1.trim()).filter(|value| !value.is_empty())
    }

    /// A secret that is not there: a problem in these words, or, where nobody uses it, an empty one.
    pub(super) fn lacks(&mut self, words: String, problems: &mut Vec<String>) -> Option<Secret> {
        if let Some(absent) = &mut self.absent {
            absent.push(words);
            return Some(Secret::new(""));
        }
        problems.push(words);
        None
    }

    /// The first line of a file that holds a secret. What is wrong is worded by `told`.
    pub(super) fn first_line(
        &mut self,
        file: &Path,
        told: impl FnOnce(&str) -> String,
        problems: &mut Vec<String>,
    ) -> Option<Secret> {
        match read_first_line(file) {
            Ok(secret) => Some(secret),
            // A secret that stands in the place of its file is a mistake everywhere.
            Err(problem) if problem == SECRET_ITSELF => {
                problems.push(told(&problem));
                None
            }
            Err(problem) => self.lacks(told(&problem), problems),
        }
    }

    /// What was not there, in the words it would be told with.
    pub(super) fn absent(self) -> Vec<String> {
        self.absent.unwrap_or_default()
    }
}
